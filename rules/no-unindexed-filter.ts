import { defineRule, isNamed, listOfNames, sizeLabel, type TableAccess } from "../src/rule.js";

export interface Options {
  /** Tables that may be scanned. */
  readonly ignoreTables: readonly string[];
}

export type MessageId = "scan";

export default defineRule<Options, MessageId>({
  id: "no-unindexed-filter",
  description: "Disallow filters that no index of the table serves",
  preset: "recommended",
  messages: {
    scan: "Scans all of `{{table}}`{{size}} to filter by {{columns}}: {{reason}} ({{place}}).{{proposal}}",
  },
  options: {
    ignoreTables: {
      type: "array",
      items: { type: "string" },
      uniqueItems: true,
      description: "Tables that may be scanned, by the name of the table or of its model.",
    },
  },
  defaults: { ignoreTables: [] },
  *check(query, { facts, options, place }) {
    if (query.sending !== "now") return;
    const access = facts.access().find(({ verdict, table }) => verdict === "unusable" && !isNamed(table, options.ignoreTables));
    if (access === undefined) return;
    yield {
      range: query.locate(access.span),
      messageId: "scan",
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
  },
});

function proposalWords({ proposal }: TableAccess): string {
  if (proposal === undefined) return "";
  const words = proposal.declaration ?? proposal.ddl;
  return words.includes("`") ? ` Add ${words}.` : ` Add \`${words}\`.`;
}
