/** Foreign keys without an index: every delete of a row of the parent, and every way from the parent, scans the table. */
import type { Dialect, Predicate } from "../query/model.js";
import type { ForeignKey, Index, Table } from "../schema/model.js";
import { conditionTerms } from "./expression.js";
import { proposeIndex, type IndexProposal } from "./proposal.js";

/** Databases that make no index for a foreign key (PostgreSQL manual 5.5.5, SQLite "Foreign Key Support" 3, SQL Server "Primary and foreign key constraints"). InnoDB does. */
const MAKE_NONE: ReadonlySet<Dialect | undefined> = new Set<Dialect | undefined>(["postgresql", "sqlite", "sqlserver"]);

/** The foreign keys of a table that no index can look up. None where the table is not known for certain. */
export function unindexedKeys(table: Table, dialect: Dialect | undefined): readonly ForeignKey[] {
  if (!MAKE_NONE.has(dialect) || table.uncertain !== undefined || table.view === true) return [];
  return table.foreignKeys.filter(({ columns }) => columns.length > 0 && !table.indexes.some((index) => serves(index, columns)));
}

/** An index that begins with a column of the key; of several columns one is enough to find few rows, in whatever order they stand. */
function serves({ method, parts, where }: Index, columns: readonly string[]): boolean {
  const isOfKey = (name: string | undefined): boolean => name !== undefined && columns.some((column) => column.toLowerCase() === name.toLowerCase());
  if (where !== undefined && !conditionTerms(where).every((term) => term.kind === "not null" && isOfKey(term.column))) return false;
  // What other methods serve is not known: any column of theirs may do.
  return method === "btree" || method === "hash" ? isOfKey(parts[0]?.column) : parts.some(({ column }) => isOfKey(column));
}

/** The index for a foreign key. */
export function indexForKey(table: Table, { columns }: ForeignKey, dialect: Dialect | undefined): IndexProposal | undefined {
  const span = { start: 0, end: 0 };
  const items = columns.map((name): Predicate => ({ op: "compare", column: { name, span, wrappers: [] }, operator: "=", operand: { kind: "parameter" }, span }));
  return proposeIndex({ table, predicate: { op: "and", items }, dialect });
}
