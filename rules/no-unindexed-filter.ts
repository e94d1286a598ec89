import { defineRule, isNamed, listOfNames, type TableAccess } from "../src/rule.js";

export interface Options {
  /** Tables that may be scanned. */
  readonly ignoreTables: readonly string[];
}

export type MessageId = "noIndex" | "nearest";

export default defineRule<Options, MessageId>({
  id: "no-unindexed-filter",
  description: "Disallow filters that no index of the table serves",
  preset: "recommended",
  messages: {
    noIndex: "Scans `{{table}}` ({{place}}): no index serves the filter on {{columns}}{{reason}}.{{proposal}}",
    nearest: "Scans `{{table}}` ({{place}}): no index serves the filter on {{columns}}; the nearest, `{{index}}`, does not{{reason}}.{{proposal}}",
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
      messageId: access.nearest === undefined ? "noIndex" : "nearest",
      data: {
        table: access.table.name,
        place: place(access.table.provenance),
        columns: listOfNames(access.columns),
        index: indexLabel(access),
        reason: access.reason === "" ? "" : `: ${access.reason}`,
        proposal: proposalWords(access),
      },
    };
  },
});

/** The name of the nearest index, or its columns when it has none. */
function indexLabel({ nearest }: TableAccess): string {
  return nearest?.name ?? `(${(nearest?.parts ?? []).map(({ column, expression }) => column ?? expression ?? "?").join(", ")})`;
}

function proposalWords({ proposal }: TableAccess): string {
  if (proposal === undefined) return "";
  const words = proposal.declaration ?? proposal.ddl;
  return words.includes("`") ? ` Add ${words}.` : ` Add \`${words}\`.`;
}
