import { defineRule, isNamed, isNamedColumn, sizeLabel, type Blocked, type Query, type Suggestion, type TableAccess } from "../src/rule.js";

export interface Options {
  /** Tables of which the number of rows is known are reported from this many on. */
  readonly minRows: number;
  /** Tables that may be scanned. */
  readonly ignoreTables: readonly string[];
  /** Columns by which a table may be scanned. */
  readonly ignoreColumns: readonly string[];
}

export type MessageId = "computed" | "wildcard" | "ignoresCase" | "operandType" | "catchAll" | "rewrite";

const MESSAGES: Readonly<Record<Blocked["kind"], MessageId>> = {
  computed: "computed",
  wildcard: "wildcard",
  "ignores-case": "ignoresCase",
  "operand-type": "operandType",
  "catch-all": "catchAll",
};

export default defineRule<Options, MessageId>({
  id: "no-non-sargable-filter",
  description: "Disallow conditions that keep an existing index from being used",
  preset: "strict",
  messages: {
    computed: "Scans all of `{{table}}`{{size}}: the condition tests what is computed from `{{column}}`, and `{{index}}` ({{place}}) has the column itself. {{advice}}.",
    wildcard: "Scans all of `{{table}}`{{size}}: a pattern that begins with a wildcard cannot use `{{index}}` ({{place}}). {{advice}}.",
    ignoresCase: "Scans all of `{{table}}`{{size}}: a match that ignores case cannot use `{{index}}` ({{place}}). {{advice}}.",
    operandType: "Scans all of `{{table}}`{{size}}: `{{column}}` is converted to the type of the value row by row, so `{{index}}` ({{place}}) does not serve. {{advice}}.",
    catchAll: "May scan all of `{{table}}`{{size}}: a null value switches the condition on `{{column}}` off, and a plan for every value cannot use `{{index}}` ({{place}}). {{advice}}.",
    rewrite: "Write `{{condition}}`, which selects the same rows.",
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
    for (const access of facts.access()) {
      const { blocked, table, verdict, rows } = access;
      if (verdict !== "unusable" || blocked === undefined || isIgnored(access, blocked, options)) continue;
      yield {
        range: query.locate(blocked.span),
        messageId: MESSAGES[blocked.kind],
        data: { table: table.name, size: sizeLabel(rows), column: blocked.column, index: blocked.label, place: place(blocked.index.provenance), advice: blocked.advice },
        suggestions: rewriteSuggestion(query, blocked),
      };
    }
  },
});

function isIgnored({ table, rows }: TableAccess, { column }: Blocked, { minRows, ignoreTables, ignoreColumns }: Options): boolean {
  return (rows !== undefined && rows < minRows) || isNamed(table, ignoreTables) || isNamedColumn(table, column, ignoreColumns);
}

function rewriteSuggestion(query: Query, { exact, span }: Blocked): readonly Suggestion<MessageId>[] {
  return exact === undefined ? [] : [{ messageId: "rewrite", data: { condition: exact }, edits: () => [{ range: query.locate(span), text: exact }] }];
}
