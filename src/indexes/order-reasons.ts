/** Words for messages: why no index gives an order. */
import { unreachable } from "../base/exhaustive.js";
import type { Table } from "../schema/model.js";
import type { OrderPath } from "./order.js";
import { describeIndex } from "./reasons.js";

/** One clause in lower case, without a full stop: "no index of `orders` contains `created_at`". */
export function describeOrderReason(path: OrderPath, table: Pick<Table, "name">): string {
  const column = path.column === undefined ? "the columns of the order" : `\`${path.column}\``;
  const near = path.nearest ?? path.index;
  const index = near === undefined ? undefined : `\`${describeIndex(near)}\``;
  switch (path.reason) {
    case "no-order":
      return "the selected rows are equal in every column of the order";
    case "one-row":
      return `the filter fixes the whole key of ${index ?? "a unique index"}`;
    case "leading":
      return `${index ?? "the key of the table"} gives the order`;
    case "after-equality":
      return `${index ?? "an index"} gives the order behind the columns that the filter fixes`;
    case "unique-prefix":
      return `the order begins with the unique key of ${index ?? "an index"}`;
    case "no-index":
      return `no index of \`${table.name}\` contains ${column}`;
    case "not-leading":
      return `${index ?? "the index"} contains ${column} behind columns that the filter does not fix`;
    case "list":
      return `${index ?? "the index"} gives the order for one value of the list at a time only`;
    case "prefix-order":
      return `${index ?? "the index"} gives the order only up to ${column}`;
    case "direction":
      return `${index ?? "the index"} has the columns of the order, but not in these directions`;
    case "nulls":
      return `${index ?? "the index"} has the nulls at the other end`;
    case "collation":
      return `${index ?? "the index"} is sorted by another collation or operator class`;
    case "wrapped":
      return index === undefined ? `no index has the value computed from ${column}` : `${index} has ${column} itself, not the value computed from it`;
    case "prefix-length":
      return `${index ?? "the index"} has only the first characters of ${column}`;
    case "partial":
      return `${index ?? "the index"} covers only rows where ${path.nearest?.where ?? "its condition holds"}, which the filter does not state`;
    case "method":
      return `${index ?? "the index"} is a ${path.nearest?.method ?? "special"} index, which has no order`;
    case "view":
      return `\`${table.name}\` is a view`;
    case "uncertain-table":
      return `the definition of \`${table.name}\` is not fully understood`;
    case "unknown-column":
      return "a column of the order is not in the schema";
    case "other-table":
      return "the order depends on another table";
    case "dialect":
      return "it depends on the database";
    case "opaque":
      return "a part of the filter could not be read";
    case "optional":
      return "a part of the filter is not always there";
    case "same-row":
      return `${column} is compared with another column of the same row`;
    case "expression":
      return "the rows are ordered by an expression that is not modelled";
    case "expression-unknown":
      return `it depends on whether ${index ?? "an index"} has the same expression`;
    case "collation-unknown":
      return `it depends on the collation of ${column}`;
    case "method-unknown":
      return `it depends on the operators of ${index ?? "an index"}`;
    case "partial-unknown":
      return `it depends on whether the filter implies the condition of ${index ?? "a partial index"}`;
    case "direction-unknown":
      return "the direction of the order is chosen at run time";
    case "nulls-unknown":
      return "it depends on where the nulls are put";
    case "type-mismatch":
      return "it depends on how a value of the filter is converted";
    case "version":
      return `it depends on the version of the server whether ${index ?? "the index"} has descending keys`;
    case "operator":
      return "it depends on a condition that is not modelled";
    default:
      return unreachable(path.reason);
  }
}
