/**
 * Several sources of one database → one model.
 *
 * The rule of the merge: an index that exists in any current source exists. A library's declaration and the replayed
 * migrations describe one database at two times: the declaration may be ahead (a migration not yet written) or behind
 * (an index that only SQL can express). Reporting "no index" where one may be is the worse mistake, so indexes, columns
 * and keys are the union. What is gone is what no current source holds: migrations are applied in order, so an index that
 * one creates and a later one drops is in the union only if the declaration lists it.
 *
 * The declaration comes first wherever both state the same thing: its property names, types and places are what a
 * developer reads and changes. Collations come from SQL, since declarations cannot express them.
 *
 * A snapshot of the live database comes before both in what exists; see {@link overlay}.
 */
import { createHash } from "node:crypto";
import { foreignKeyIndexes, type Column, type ForeignKey, type Index, type Provenance, type SchemaModel, type Table } from "./model.js";
import { delegateName, nameKey, normaliseSchema, tableKey, type SchemaDialect } from "./names.js";
import type { SchemaPart } from "./part.js";

/** Merges the parts of one database. `digest` stands for the contents of its files. */
export function mergeParts(parts: readonly SchemaPart[], dialect: SchemaDialect, digest: string): SchemaModel {
  const ordered = [...parts.filter((part) => part.kind === "declared"), ...parts.filter((part) => part.kind === "replayed")];
  const merged = new Map<string, Table>();
  for (const part of ordered) {
    for (const table of part.tables) add(merged, table, dialect);
  }
  const orphans: Table[] = [];
  for (const part of ordered) {
    for (const orphan of part.orphans ?? []) {
      if (merged.has(tableKey(orphan.name, orphan.schema, dialect))) add(merged, orphan, dialect);
      else orphans.push({ ...orphan, uncertain: orphan.uncertain ?? "it is created where it was not read" });
    }
  }
  for (const orphan of orphans) add(merged, orphan, dialect);
  const snapshots = parts.filter((part) => part.kind === "snapshot");
  for (const part of snapshots) lay(part, merged, dialect);
  const tables = [...merged.values()].map((table) => (dialect === "mysql" || dialect === "mariadb" ? withForeignKeyIndexes(table) : table));
  return new MergedSchema(
    tables,
    dialect,
    digest,
    [...snapshots, ...ordered].flatMap((part) => part.reports),
    ordered.some((part) => part.refusesUndefined === true),
  );
}

/** A model over tables that are already final: snapshots and tests. */
export function schemaOf(tables: readonly Table[], dialect: SchemaDialect): SchemaModel {
  const digest = createHash("sha256").update(JSON.stringify(tables)).digest("hex");
  return mergeParts([{ kind: "replayed", dialect, reports: [], tables }], dialect, digest);
}

/** Lays a snapshot over what the files of the repository state. */
function lay(snapshot: SchemaPart, stated: Map<string, Table>, dialect: SchemaDialect): void {
  const names = new Map<string, number>();
  for (const table of snapshot.tables) names.set(nameKey(table.name, dialect), (names.get(nameKey(table.name, dialect)) ?? 0) + 1);
  for (const table of snapshot.tables) {
    const key = tableKey(table.name, table.schema, dialect);
    // Declarations and migrations often leave the schema to the connection; then the only table of that name is meant.
    const bare = tableKey(table.name, undefined, dialect);
    const found = stated.has(key) || names.get(nameKey(table.name, dialect)) !== 1 ? key : bare;
    const present = stated.get(found);
    if (found !== key) stated.delete(found);
    stated.set(key, present === undefined ? table : overlay(table, present, dialect));
  }
}

/** Where a developer changes a table: a library's declaration comes before the place in the snapshot. */
function placeOf(taken: Provenance, stated: Provenance): Provenance {
  return stated.kind === "sql" ? taken : stated;
}

/**
 * One table as the live database has it, with what only the repository's files say: models, property names, relations.
 * Columns, types, collations, indexes, keys and rows are the snapshot's, and what made the files uncertain no longer
 * matters. A column, an index or a key that only the files have may come from a migration that is newer than the
 * snapshot, so it stays: "no index" is claimed only where neither has one.
 */
function overlay(taken: Table, stated: Table, dialect: SchemaDialect): Table {
  const { uncertain, rows, view, ...merged } = mergeTables(taken, stated, dialect);
  const columns = new Map(stated.columns.map((column) => [nameKey(column.name, dialect), column]));
  return {
    ...merged,
    columns: merged.columns.map((column) => {
      const other = columns.get(nameKey(column.name, dialect));
      return other === undefined ? column : { ...column, provenance: placeOf(column.provenance, other.provenance) };
    }),
    indexes: overlayIndexes(taken.indexes, stated.indexes, dialect),
    ...(taken.uncertain === undefined ? {} : { uncertain: taken.uncertain }),
    ...(taken.rows === undefined ? {} : { rows: taken.rows }),
    ...(taken.view === true ? { view: true } : {}),
    provenance: placeOf(taken.provenance, stated.provenance),
  };
}

function overlayIndexes(taken: readonly Index[], stated: readonly Index[], dialect: SchemaDialect): readonly Index[] {
  const rest = new Set(stated);
  const known = taken.map((index) => {
    const same = [...rest].filter((other) => isSameIndex(index, other, dialect));
    for (const other of same) rest.delete(other);
    const [first] = same;
    return first === undefined ? index : { ...index, provenance: placeOf(index.provenance, first.provenance) };
  });
  return [...known, ...rest];
}

/** PostgreSQL cuts names off (NAMEDATALEN); the files have the whole. */
const LONGEST_NAME = 63;

/**
 * Equal for a planner, or of one name and over the same columns: a server writes expressions, conditions and operator
 * classes in other words than a migration does.
 */
function isSameIndex(taken: Index, stated: Index, dialect: SchemaDialect): boolean {
  if (indexKey(taken, dialect) === indexKey(stated, dialect)) return true;
  if (taken.name === undefined || stated.name === undefined || nameKey(taken.name, dialect) !== nameKey(stated.name.slice(0, LONGEST_NAME), dialect)) return false;
  const shape = (index: Index): string => JSON.stringify([index.parts.map(({ column }) => (column === undefined ? 0 : nameKey(column, dialect))), index.where === undefined]);
  return shape(taken) === shape(stated);
}

function withForeignKeyIndexes(table: Table): Table {
  const made = foreignKeyIndexes(table);
  return made.length === 0 ? table : { ...table, indexes: [...table.indexes, ...made] };
}

function add(tables: Map<string, Table>, table: Table, dialect: SchemaDialect): void {
  const key = tableKey(table.name, table.schema, dialect);
  const present = tables.get(key);
  tables.set(key, present === undefined ? table : mergeTables(present, table, dialect));
}

/** The union of two accounts of one table; the first comes first. */
export function mergeTables(first: Table, second: Table, dialect: SchemaDialect): Table {
  const [model, ...otherModels] = distinct([first.model, ...(first.otherModels ?? []), second.model, ...(second.otherModels ?? [])]);
  const uncertain = first.uncertain ?? second.uncertain;
  const rows = first.rows ?? second.rows;
  return {
    name: first.name,
    ...(first.schema === undefined ? {} : { schema: first.schema }),
    ...(model === undefined ? {} : { model }),
    ...(otherModels.length === 0 ? {} : { otherModels }),
    columns: mergeColumns(first.columns, second.columns, dialect),
    indexes: mergeIndexes(first.indexes, second.indexes, dialect),
    foreignKeys: mergeForeignKeys(first.foreignKeys, second.foreignKeys, dialect),
    relations: [...first.relations, ...second.relations.filter((relation) => !first.relations.some((own) => own.name === relation.name))],
    ...(uncertain === undefined ? {} : { uncertain }),
    ...(rows === undefined ? {} : { rows }),
    ...(first.view === true ? { view: true } : {}),
    provenance: first.provenance,
  };
}

function mergeColumns(first: readonly Column[], second: readonly Column[], dialect: SchemaDialect): readonly Column[] {
  const merged = new Map(first.map((column) => [nameKey(column.name, dialect), column]));
  for (const column of second) {
    const key = nameKey(column.name, dialect);
    const present = merged.get(key);
    merged.set(key, present === undefined ? column : mergeColumn(present, column));
  }
  return [...merged.values()];
}

function mergeColumn(first: Column, second: Column): Column {
  const [property, ...otherProperties] = distinct([first.property, ...(first.otherProperties ?? []), second.property, ...(second.otherProperties ?? [])]);
  return {
    ...second,
    ...first,
    ...(property === undefined ? {} : { property }),
    ...(otherProperties.length === 0 ? {} : { otherProperties }),
    nullable: first.nullable === "unknown" ? second.nullable : first.nullable,
  };
}

function distinct(names: readonly (string | undefined)[]): readonly string[] {
  return [...new Set(names.filter((name) => name !== undefined))];
}

const STRENGTH: Readonly<Record<Index["kind"], number>> = { primary: 2, unique: 1, index: 0 };

function mergeIndexes(first: readonly Index[], second: readonly Index[], dialect: SchemaDialect): readonly Index[] {
  const merged = new Map<string, Index>();
  for (const index of [...first, ...second]) {
    const key = indexKey(index, dialect);
    const present = merged.get(key);
    if (present === undefined) merged.set(key, index);
    else if (STRENGTH[index.kind] > STRENGTH[present.kind]) merged.set(key, { ...present, kind: index.kind });
  }
  return [...merged.values()];
}

/** What makes two indexes the same for a planner: method, parts in order, condition. */
function indexKey(index: Index, dialect: SchemaDialect): string {
  const parts = index.parts.map((part) => [
    part.column === undefined ? "" : nameKey(part.column, dialect),
    part.expression ?? "",
    part.descending ?? false,
    part.nulls ?? "",
    part.operatorClass ?? "",
    part.collation ?? "",
    part.length ?? 0,
  ]);
  return JSON.stringify([index.method, parts, comparableCondition(index.where)]);
}

/** Conditions are written with and without quotes, parentheses and the table's name. */
function comparableCondition(text: string | undefined): string {
  return text === undefined ? "" : text.replace(/["`]?[A-Za-z_]\w*["`]?\.(?=["`A-Za-z_])/gu, "").replace(/[\s"`()]/gu, "").toLowerCase();
}

function mergeForeignKeys(first: readonly ForeignKey[], second: readonly ForeignKey[], dialect: SchemaDialect): readonly ForeignKey[] {
  const key = (foreign: ForeignKey): string => JSON.stringify([foreign.columns.map((column) => nameKey(column, dialect)), nameKey(foreign.referencedTable, dialect)]);
  const merged = new Map<string, ForeignKey>();
  for (const foreign of [...first, ...second]) {
    if (!merged.has(key(foreign))) merged.set(key(foreign), foreign);
  }
  return [...merged.values()];
}

/** Marks a name that several tables answer to. */
const AMBIGUOUS = Symbol("ambiguous");
type Lookup = Map<string, Table | typeof AMBIGUOUS>;

class MergedSchema implements SchemaModel {
  readonly tables: readonly Table[];
  readonly dialect: SchemaDialect;
  readonly digest: string;
  readonly sources: SchemaModel["sources"];
  readonly refusesUndefined: boolean;
  readonly #exact: Lookup = new Map();
  readonly #unqualified: Lookup = new Map();
  readonly #models: Lookup = new Map();

  constructor(tables: readonly Table[], dialect: SchemaDialect, digest: string, sources: SchemaModel["sources"], refusesUndefined: boolean) {
    this.tables = tables;
    this.dialect = dialect;
    this.digest = digest;
    this.sources = sources;
    this.refusesUndefined = refusesUndefined;
    for (const table of tables) {
      register(this.#exact, tableKey(table.name, table.schema, dialect), table);
      register(this.#unqualified, nameKey(table.name, dialect), table);
      const models = distinct([table.model, ...(table.otherModels ?? [])]);
      for (const name of distinct(models.flatMap((model) => [model, delegateName(model)]))) register(this.#models, name, table);
    }
  }

  table(name: string, schema?: string): Table | undefined {
    if (schema === undefined) return single(this.#unqualified.get(nameKey(name, this.dialect)));
    const exact = single(this.#exact.get(tableKey(name, schema, this.dialect)));
    if (exact !== undefined || this.dialect === "postgresql" || this.dialect === "sqlserver") return exact;
    // The qualifier of MySQL and SQLite is a database, which the schema's own files seldom name.
    const only = single(this.#unqualified.get(nameKey(name, this.dialect)));
    return only !== undefined && normaliseSchema(only.schema) === undefined ? only : undefined;
  }

  tableOfModel(model: string): Table | undefined {
    return single(this.#models.get(model));
  }
}

function register(lookup: Lookup, key: string, table: Table): void {
  lookup.set(key, lookup.has(key) ? AMBIGUOUS : table);
}

function single(found: Table | typeof AMBIGUOUS | undefined): Table | undefined {
  return found === AMBIGUOUS ? undefined : found;
}
