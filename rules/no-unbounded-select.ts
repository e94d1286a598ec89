import { defineRule, listOfNames, sizeLabel, tableLabel, type Query, type RowBound, type Suggestion } from "../src/rule.js";

export interface Options {
  /** Also report reads that only the key of a parent or a tenant narrows. */
  readonly scoped: boolean;
}

export type MessageId =
  | "noFilter"
  | "oneRowOfAll"
  | "optionalFilter"
  | "flagsOnly"
  | "distinctAfterRead"
  | "offsetWithoutLimit"
  | "limitMayBeUndefined"
  | "scoped"
  | "addLimit";

/** Rows per page that the suggestion writes; the developer puts the right number in its place. */
const SUGGESTED_ROWS = 100;

export default defineRule<Options, MessageId>({
  id: "no-unbounded-select",
  description: "Disallow reads that return every row of a table",
  preset: "recommended",
  strictOptions: { scoped: true },
  messages: {
    noFilter: "Reads every row of `{{table}}`{{size}}: the query has neither a filter nor a limit.",
    oneRowOfAll: "Reads every row of `{{table}}`{{size}} to return one: `{{call}}` sends no limit and the query has no filter.",
    optionalFilter: "May read every row of `{{table}}`{{size}}: every condition of its filter is optional{{detail}}, and there is no limit.",
    flagsOnly: "Reads an open-ended share of `{{table}}`{{size}}: many rows match {{filter}}, and there is no limit.",
    distinctAfterRead: "Reads {{rows}} of `{{table}}`{{size}} to keep the distinct ones: `{{call}}` drops the others only after the read.",
    offsetWithoutLimit: "Reads `{{table}}`{{size}} from an offset to its end: the query skips rows but has no limit.",
    limitMayBeUndefined: "May read `{{table}}`{{size}} without a limit: the limit may be undefined{{detail}}, and then none is sent.",
    scoped: "Reads all rows of `{{table}}`{{size}} for one {{parent}}: their number grows with the data, and there is no limit.",
    addLimit: "Limit the read to {{rows}} rows.",
  },
  options: { scoped: { type: "boolean", description: "Also report reads that only the key of a parent or a tenant narrows." } },
  defaults: { scoped: false },
  *check(query, { facts, options }) {
    if (query.kind !== "select" || query.sending !== "now" || query.delivery === "stream") return;
    const bound = facts.bound();
    const messageId = messageFor(query, bound, options);
    if (messageId === undefined) return;
    const span = bound.kind === "whole" ? bound.span : undefined;
    yield {
      range: span === undefined ? query.site.range : query.locate(span),
      messageId,
      data: { table: tableLabel(query, facts), size: sizeLabel(facts.rows()), call: query.site.name, ...wordsOf(bound) },
      suggestions: [limitSuggestion(query)],
    };
  },
});

function messageFor(query: Query, bound: RowBound, options: Options): MessageId | undefined {
  if (bound.kind === "scoped") return options.scoped ? "scoped" : undefined;
  if (bound.kind !== "whole") return undefined;
  switch (bound.why) {
    case "no-filter":
      return query.delivery === "one-unlimited" ? "oneRowOfAll" : "noFilter";
    case "optional-filter":
      return "optionalFilter";
    case "flags-only":
      return "flagsOnly";
    case "distinct-after-read":
      return "distinctAfterRead";
    case "offset-without-limit":
      return "offsetWithoutLimit";
    case "limit-may-be-undefined":
      return "limitMayBeUndefined";
  }
}

function wordsOf(bound: RowBound): { filter: string; rows: string; parent: string; detail: string } {
  const columns = bound.kind === "scoped" || bound.kind === "whole" ? (bound.columns ?? []) : [];
  const names = columns.length === 0 ? undefined : listOfNames(columns);
  return {
    rows: names === undefined ? "every row" : "an open-ended share",
    filter: names === undefined ? "its filter" : `the filter on ${names}`,
    parent: names ?? "parent",
    detail: bound.kind === "whole" && bound.detail !== undefined ? ` (${bound.detail})` : "",
  };
}

function limitSuggestion(query: Query): Suggestion<MessageId> {
  return { messageId: "addLimit", data: { rows: SUGGESTED_ROWS }, edits: () => query.edits.limit?.(SUGGESTED_ROWS) };
}
