import { defineRule, isNamed, isNamedColumn, listOfNames, sizeLabel, type TableAccess } from "../src/rule.js";

export interface Options {
  /** Tables of which the number of rows is known are reported from this many on. */
  readonly minRows: number;
  /** Tables that may be scanned. */
  readonly ignoreTables: readonly string[];
  /** Columns by which a table may be scanned. */
  readonly ignoreColumns: readonly string[];
}

export type MessageId = "scan" | "join";

export default defineRule<Options, MessageId>({
  id: "no-unindexed-filter",
  description: "Disallow filters that no index of the table serves",
  preset: "recommended",
  messages: {
    scan: "Scans all of `{{table}}`{{size}} to filter by {{columns}}: {{reason}} ({{place}}).{{proposal}}",
    join: "Scans all of `{{table}}`{{size}} to join it by {{columns}}: {{reason}} ({{place}}).{{proposal}}",
  },
  options: {
    minRows: { type: "integer", minimum: 0, description: "Tables of which the number of rows is known are reported from this many on." },
    ignoreTables: {
      type: "array",
      items: { type: "string" },
      uniqueItems: true,
      description: "Tables that may be scanned, by the name of the table or of its model.",
    },
    ignoreColumns: {
      type: "array",
      items: { type: "string" },
      uniqueItems: true,
      description: "Columns by which a table may be scanned, as `table.column` or `column`.",
    },
  },
  defaults: { minRows: 0, ignoreTables: [], ignoreColumns: [] },
  *check(query, { facts, options, place }) {
    if (query.sending !== "now") return;
    const reported = new Set<string>();
    for (const access of facts.access()) {
      // Where an index is there and a condition is in its way, no-non-sargable-filter speaks.
      if (access.verdict !== "unusable" || access.blocked !== undefined || reported.has(access.table.name) || isIgnored(access, options)) continue;
      reported.add(access.table.name);
      const range = query.locate(access.span);
      yield {
        range,
        // A filter that a list and its count share is one mistake.
        once: [access.table.name, ...range].join(),
        messageId: access.joined ? "join" : "scan",
        data: {
          table: access.table.name,
          size: sizeLabel(access.rows),
          columns: listOfNames(access.columns),
          reason: access.reason,
          // The reason speaks of the nearest index, where there is one.
          place: place((access.nearest ?? access.table).provenance),
          proposal: proposalWords(access),
        },
      };
    }
  },
});

function isIgnored({ table, columns, rows }: TableAccess, { minRows, ignoreTables, ignoreColumns }: Options): boolean {
  if (rows !== undefined && rows < minRows) return true;
  return isNamed(table, ignoreTables) || columns.some((column) => isNamedColumn(table, column, ignoreColumns));
}

function proposalWords({ proposal }: TableAccess): string {
  if (proposal === undefined) return "";
  const words = proposal.declaration ?? proposal.ddl;
  return words.includes("`") ? ` Add ${words}.` : ` Add \`${words}\`.`;
}
