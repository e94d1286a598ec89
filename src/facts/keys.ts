/** Foreign keys that no index serves: of a table, and those that a query makes the database look up. */
import { indexForKey, unindexedKeys } from "../indexes/foreign-keys.js";
import type { Dialect, Query, Range, TableRef } from "../query/model.js";
import type { ForeignKey, Table } from "../schema/model.js";
import type { KeyUse, TableAccess, TableFacts, UnindexedKey } from "./contract.js";

export interface KeyContext {
  readonly table: (ref: TableRef) => Table | undefined;
  readonly dialect: Dialect | undefined;
  /** The foreign keys that refer to a table. */
  readonly referencing: (table: Table) => readonly { readonly table: Table; readonly key: ForeignKey }[];
  readonly isSmall: (table: Table) => boolean;
  readonly rows: (table: Table) => number | undefined;
}

/** The keys of a table that a linted file declares. */
export function tableFactsOf(table: Table, file: string, lineRange: (line: number) => Range, context: Omit<KeyContext, "table" | "referencing">): TableFacts {
  return {
    unindexedKeys: () =>
      unindexedKeys(table, context.dialect)
        .filter(({ provenance }) => provenance.file === file)
        .map((key) => ({ ...describe(table, key, context), range: lineRange(key.provenance.line) }))
        .filter(() => !context.isSmall(table)),
  };
}

/** The keys that a query makes the database look up, as far as no linted file declares them. */
export function keyUsesOf(query: Query, accesses: () => readonly TableAccess[], context: KeyContext): readonly KeyUse[] {
  const certain: KeyContext = { ...context, dialect: query.dialect ?? context.dialect };
  return [...usesOfParent(query, certain), ...accesses().flatMap((access) => usesOfChild(access, certain))];
}

/** A row that is deleted, or whose key is changed, must have no children: the database looks for them by the foreign key. */
function usesOfParent(query: Query, context: KeyContext): readonly KeyUse[] {
  const { target, kind } = query;
  if (target === undefined || (kind !== "delete" && kind !== "update")) return [];
  const parent = context.table(target);
  if (parent === undefined) return [];
  const written = new Set(query.assignments.map(({ column }) => column.name.toLowerCase()));
  return context.referencing(parent).flatMap(({ table, key }) => {
    if (isDeclaredInCode(key) || context.isSmall(table) || !unindexedKeys(table, context.dialect).includes(key)) return [];
    if (kind === "update" && !key.referencedColumns.some((name) => written.has(name.toLowerCase()))) return [];
    return [{ ...describe(table, key, context), use: kind, span: target.span }];
  });
}

function usesOfChild({ verdict, table, columns, joined, span }: TableAccess, context: KeyContext): readonly KeyUse[] {
  if (verdict !== "unusable") return [];
  return unindexedKeys(table, context.dialect).flatMap((key) =>
    !isDeclaredInCode(key) && key.columns.every((column) => columns.includes(column)) ? [{ ...describe(table, key, context), use: joined ? ("join" as const) : ("filter" as const), span }] : [],
  );
}

/** The file that declares it is linted, and the key is reported there. */
function isDeclaredInCode({ provenance }: ForeignKey): boolean {
  return provenance.kind === "drizzle" || provenance.kind === "code";
}

function describe(table: Table, key: ForeignKey, { dialect, rows }: Pick<KeyContext, "dialect" | "rows">): UnindexedKey {
  const proposal = indexForKey(table, key, dialect);
  const number = rows(table);
  return { table, columns: key.columns, parent: key.referencedTable, provenance: key.provenance, ...(number === undefined ? {} : { rows: number }), ...(proposal && { proposal }) };
}
