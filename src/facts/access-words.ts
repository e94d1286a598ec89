/** Why an index does not serve, in words for a message. */
import { unreachable } from "../base/exhaustive.js";
import type { AccessPath } from "../indexes/access.js";
import type { Index } from "../schema/model.js";

/** A clause that follows "no index serves it:". Names the nearest index where there is one. */
export function accessWords({ reason, nearest, column }: AccessPath): string {
  const index = nearest ? `the index ${indexName(nearest)}` : "the nearest index";
  const name = column === undefined ? "the column" : `\`${column}\``;
  switch (reason) {
    case "no-index":
      return `no index contains ${name}`;
    case "not-leading":
      return `${index} does not begin with ${name}`;
    case "wrapped":
      return `${name} stands inside a function or a computation that no index has`;
    case "leading-wildcard":
      return "the pattern begins with a wildcard";
    case "ignores-case":
      return "the comparison ignores case";
    case "negated":
      return `${name} is compared with what it must not be`;
    case "partial":
      return `${index} covers only some rows, and the filter does not say that it wants those`;
    case "method":
      return `${index} is of a kind that does not serve this operator`;
    case "operator-class":
      return `${index} has an operator class or a collation that does not serve this operator`;
    case "bare-boolean":
      return `SQLite uses an index on ${name} only for a comparison, such as \`= 1\``;
    case "same-row":
      return `${name} is compared with another column of the same row`;
    case "volatile":
      return `${name} is compared with a value that changes from row to row`;
    case "or":
      return "one side of the OR has no index";
    case "anti-join":
      return "rows are kept for lack of a related row";
    case "leading":
    case "never-true":
      return `${index} serves`;
    case "no-filter":
    case "view":
    case "uncertain-table":
    case "unknown-column":
    case "dialect":
    case "opaque":
    case "optional":
    case "relation":
    case "subquery":
    case "operator":
    case "collation":
    case "type-mismatch":
    case "unselective":
    case "partial-unknown":
    case "partial-scan":
    case "skip-scan":
    case "expression-unknown":
    case "method-unknown":
    case "not":
    case "index-merge":
      return "it cannot be told";
    default:
      return unreachable(reason);
  }
}

function indexName(index: Index): string {
  const columns = index.parts.map((part) => part.column ?? part.expression ?? "?").join(", ");
  return index.name === undefined ? `on (${columns})` : `\`${index.name}\` on (${columns})`;
}
