/** Words for messages: why no index serves. */
import type { Index, Table } from "../schema/model.js";
import type { AccessPath } from "./access.js";

/** `users_email_key (email)`, `(lower(email))`. */
export function describeIndex(index: Index): string {
  const parts = index.parts.map((part) => `${part.column ?? part.expression ?? "?"}${part.length === undefined ? "" : `(${String(part.length)})`}`).join(", ");
  return index.name === undefined ? `(${parts})` : `${index.name} (${parts})`;
}

/** One clause in lower case, without a full stop: "no index of `orders` contains `customer_id`". */
export function describeReason(path: AccessPath, table: Table): string {
  const column = path.column === undefined ? "the filtered columns" : `\`${path.column}\``;
  const nearest = path.nearest === undefined ? undefined : `\`${describeIndex(path.nearest)}\``;
  switch (path.reason) {
    case "leading":
      return `${path.index === undefined ? "an index" : `\`${describeIndex(path.index)}\``} leads with ${column}`;
    case "never-true":
      return "the filter is never true";
    case "no-index":
      return nearest === undefined ? `no index of \`${table.name}\` contains ${column}` : `${nearest} indexes an expression, not ${column} itself`;
    case "not-leading":
      return `${nearest ?? "the index"} contains ${column}, but does not begin with it`;
    case "wrapped":
      return nearest === undefined ? `no index has the computed value of ${column}` : `${nearest} has ${column} itself, not the value computed from it`;
    case "leading-wildcard":
      return `a pattern that begins with a wildcard cannot use ${nearest ?? "a B-tree index"}`;
    case "computed-pattern":
      return `a pattern that is put together in the query cannot use ${nearest ?? "an index"}`;
    case "ignores-case":
      return `a match that ignores case cannot use ${nearest ?? "a B-tree index"}`;
    case "negated":
      return `a condition that excludes values cannot use ${nearest ?? "a B-tree index"}`;
    case "partial":
      return `${nearest ?? "the index"} would serve, but covers only rows where ${lacking(path)}, which the filter does not state`;
    case "method":
      return `${nearest ?? "the index"} is a ${path.nearest?.method ?? "special"} index, which does not serve this operator`;
    case "operator-class":
      return `${nearest ?? "the index"} has an operator class or a collation that does not serve this comparison`;
    case "bare-boolean":
      return `a bare column as a condition cannot use ${nearest ?? "an index"}: compare it with a value`;
    case "same-row":
      return "two columns of the same row are compared";
    case "row-comparison":
      return `an order of rows cannot use ${nearest ?? "an index"}: write it as comparisons of the columns`;
    case "volatile":
      return `${column} is compared with a value that may change from row to row`;
    case "or":
      return path.column === undefined ? "one side of the OR cannot use an index" : `the side of the OR on ${column} cannot use an index, so every row is read`;
    case "or-parameter":
      return "one side of the OR tests a parameter, whose value the planner cannot know, so a plan must read every row";
    case "anti-join":
      return "rows are kept for lack of a related row, which no index of this table answers";
    case "related":
      return path.through === undefined ? "no index serves the condition on the related table" : describeReason(path.through.path, path.through.table);
    case "exists":
      return "each row is tested for a related row, which no index of this table answers";
    case "no-filter":
      return "there is no filter";
    case "view":
      return `\`${table.name}\` is a view`;
    case "uncertain-table":
      return table.uncertain ?? "the table is not known for certain";
    case "unknown-column":
      return "the schema does not have a filtered column";
    case "dialect":
      return "the dialect is not known well enough";
    case "opaque":
      return "a part of the filter cannot be seen";
    case "optional":
      return "a part of the filter is not always there";
    case "relation":
    case "subquery":
      return "it depends on where the planner starts";
    case "operator":
      return "the operator is not modelled";
    case "collation":
      return `it depends on the collation of ${column}`;
    case "type-mismatch":
      return `it depends on how the value is converted to the type of ${column}`;
    case "version":
      return "it depends on the version of the server";
    case "unselective":
      return "it depends on how many rows the condition selects";
    case "partial-unknown":
      return `it depends on whether the filter implies the condition of ${nearest ?? "a partial index"}`;
    case "partial-parameter":
      return `${nearest ?? "a partial index"} covers only rows where ${lacking(path)}, and the planner cannot know that the parameter is that value`;
    case "parameter":
      return `${nearest ?? "the index"} serves only a value that the planner knows, and it does not know the parameter`;
    case "partial-scan":
      return `${nearest ?? "a partial index"} may hold just the rows that are asked for`;
    case "skip-scan":
      return `${nearest ?? "an index"} may be skipped through`;
    case "expression-unknown":
      return `it depends on whether ${nearest ?? "an index"} has the same expression`;
    case "method-unknown":
      return `it depends on the operators of ${nearest ?? "an index"}`;
    case "not":
      return "a negated condition is not modelled";
    case "index-merge":
      return "it depends on whether the planner merges indexes";
    case "contradiction":
      return "it depends on what the planner makes of conditions that exclude each other";
  }
}

/** What a partial index asks for and the filter does not say. */
function lacking({ lacks, nearest }: AccessPath): string {
  return lacks === undefined || lacks.length === 0 ? (nearest?.where ?? "its condition holds") : lacks.join(" AND ");
}
