import { defineRule, isNamed, listOfNames, sizeLabel, tableLabel, type Finding, type OrderAccess, type Query, type RuleContext } from "../src/rule.js";

export interface Options {
  /** A table with this many rows is too large to be sorted for a few of them. */
  readonly minRows: number;
  /** Report tables too of which the number of rows is not known. */
  readonly unknownRows: boolean;
  /** Rows that may be skipped. */
  readonly maxOffset: number;
  /** Report offsets too that the program computes. */
  readonly computedOffset: boolean;
  /** Tables that may be sorted and skipped through. */
  readonly ignoreTables: readonly string[];
}

export type MessageId = "sortsForFew" | "sortsAll" | "skips" | "skipsComputed";

export default defineRule<Options, MessageId>({
  id: "no-unindexed-order",
  description: "Disallow sorting a large table for a few rows, and skipping many rows",
  preset: "recommended",
  messages: {
    sortsForFew: "Sorts all of `{{table}}`{{size}} by {{columns}} to return a few rows: {{reason}} ({{place}}).{{proposal}}",
    sortsAll: "Sorts all of `{{table}}`{{size}} by {{columns}}, and returns every row: {{reason}} ({{place}}).{{proposal}}",
    skips: "Reads {{offset}} rows of `{{table}}` only to skip them. Begin behind the last row of the page before: {{keyset}}.",
    skipsComputed: "Reads every row of `{{table}}` before the page only to skip it. Begin behind the last row of the page before: {{keyset}}.",
  },
  options: {
    minRows: { type: "integer", minimum: 0, description: "Tables of which the number of rows is known are reported from this many on." },
    unknownRows: { type: "boolean", description: "Also report tables of which the number of rows is not known." },
    maxOffset: { type: "integer", minimum: 0, description: "How many rows a written offset may skip." },
    computedOffset: { type: "boolean", description: "Also report offsets that the program computes, such as the number of a page times its size." },
    ignoreTables: {
      type: "array",
      items: { type: "string" },
      uniqueItems: true,
      description: "Tables that may be sorted and skipped through, by the name of the table or of its model.",
    },
  },
  defaults: { minRows: 10_000, unknownRows: false, maxOffset: 1000, computedOffset: false, ignoreTables: [] },
  *check(query, context) {
    if (query.sending !== "now" || query.kind !== "select") return;
    yield* sorted(query, context);
    yield* skipped(query, context);
  },
});

function* sorted(query: Query, { facts, options, place }: RuleContext<Options>): Iterable<Finding<MessageId>> {
  const order = facts.order();
  if (order?.verdict !== "unusable" || !isLarge(order, options) || isNamed(order.table, options.ignoreTables)) return;
  const { table, rows, columns, reason, limited } = order;
  yield {
    range: query.locate(order.span),
    messageId: limited ? "sortsForFew" : "sortsAll",
    data: { table: table.name, size: sizeLabel(rows), columns: listOfNames(columns), reason, place: place(order.provenance), proposal: proposalWords(order) },
  };
}

function* skipped(query: Query, { facts, options }: RuleContext<Options>): Iterable<Finding<MessageId>> {
  const { offset } = query;
  const table = tableLabel(query, facts);
  if (offset === undefined || isNamed({ name: table }, options.ignoreTables) || facts.isSmall()) return;
  const range = offset.span === undefined ? query.site.range : query.locate(offset.span);
  const keyset = keysetWords(query);
  if (offset.kind === "number" && offset.value > options.maxOffset) yield { range, messageId: "skips", data: { table, offset: offset.value, keyset } };
  if (offset.kind === "parameter" && options.computedOffset) yield { range, messageId: "skipsComputed", data: { table, keyset } };
}

/** Without a limit every row is sorted and read: that alone is no-unbounded-select's, unless the table is known to be large. */
function isLarge({ rows, limited }: OrderAccess, { minRows, unknownRows }: Options): boolean {
  return rows === undefined ? unknownRows && limited : rows >= minRows;
}

function proposalWords({ proposal }: OrderAccess): string {
  if (proposal === undefined) return "";
  const words = proposal.declaration ?? proposal.ddl;
  return words.includes("`") ? ` Add ${words}.` : ` Add \`${words}\`.`;
}

/** Keyset pagination in the words of the library. MySQL and MariaDB read no index for a comparison of rows. */
function keysetWords({ library, dialect, orderBy }: Query): string {
  if (library === "prisma") return "`cursor` with the key of that row, and `skip: 1`";
  const names = orderBy.flatMap(({ column }) => (column === undefined || column.wrappers.length > 0 ? [] : [column.name]));
  const [first, second] = names;
  const after = orderBy[0]?.descending === "yes" ? "<" : ">";
  if (first === undefined || names.length !== orderBy.length) return "a condition on the columns of the order";
  if (library === "drizzle") return second === undefined ? `a condition \`${after === "<" ? "lt" : "gt"}\` on \`${first}\`` : "a condition on the columns of the order";
  if (second === undefined) return `\`WHERE ${first} ${after} …\``;
  if (names.length > 2 || new Set(orderBy.map(({ descending }) => descending)).size > 1) return "a condition on the columns of the order";
  return dialect === "mysql" || dialect === "mariadb" ? `\`WHERE ${first} ${after} … OR (${first} = … AND ${second} ${after} …)\`` : `\`WHERE (${first}, ${second}) ${after} (…, …)\``;
}
