/** Questions about one table of the schema. */
import type { Column, Table } from "./model.js";

/** The column a query names, by its column name or by the library's property name. */
export function columnOf(table: Table, named: { readonly name: string; readonly property?: boolean }): Column | undefined {
  const exact = table.columns.find((column) => (named.property ? (column.property ?? column.name) === named.name : column.name === named.name));
  if (exact) return exact;
  const folded = named.name.toLowerCase();
  return table.columns.find((column) => column.name.toLowerCase() === folded || column.property?.toLowerCase() === folded);
}

/** Columns of every key that identifies at most one row: primary and unique indexes over plain columns, without a condition. */
export function uniqueKeys(table: Table): readonly (readonly string[])[] {
  return table.indexes
    .filter((index) => index.kind !== "index" && index.where === undefined && index.parts.every((part) => part.column !== undefined))
    .map((index) => index.parts.map((part) => part.column ?? ""));
}
