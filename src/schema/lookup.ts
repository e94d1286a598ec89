/** Questions about one table of the schema. */
import type { Table } from "./model.js";

/** Columns of every key that identifies at most one row: primary and unique indexes over plain columns, without a condition. */
export function uniqueKeys(table: Table): readonly (readonly string[])[] {
  return table.indexes
    .filter((index) => index.kind !== "index" && index.where === undefined && index.parts.every((part) => part.column !== undefined))
    .map((index) => index.parts.map((part) => part.column ?? ""));
}
