/** The tables of a database while migrations are applied to them, one change after the other. */
import { unreachable } from "../../base/exhaustive.js";
import type { DdlChange, DdlColumn, DdlConstraint, DdlIndex, DdlIndexPart, TableName } from "../../sql/index.js";
import { nameKey, normaliseSchema, sameName, tableKey, type SchemaDialect } from "../names.js";
import type { SchemaPart } from "../part.js";
import { normaliseType } from "../types.js";
import type { Column, ForeignKey, Index, IndexPart, Provenance, Table } from "../model.js";

interface KeptIndex {
  readonly index: Index;
  /** The name by which a later statement drops it: written, or the one that the database gives. */
  readonly name: string;
  /** The name as names are compared. */
  readonly key: string;
  /** Made by a constraint: only dropping that drops it. */
  readonly constrained?: boolean;
}

interface KeptForeignKey {
  readonly key: ForeignKey;
  /** The name of the other table as names are compared. */
  readonly target: string;
  readonly name: string;
}

interface TableState {
  name: string;
  schema: string | undefined;
  columns: Column[];
  indexes: KeptIndex[];
  foreignKeys: KeptForeignKey[];
  uncertain: string | undefined;
  readonly view: boolean;
  /** Created by a statement that was read; false for a table that is only changed. */
  readonly created: boolean;
  /** SQLite: columns whose type is exactly INTEGER, which a primary key makes the row number. */
  integers: ReadonlySet<string>;
  withoutRowid: boolean;
  /** MySQL: of columns that name none. */
  collation: string | undefined;
  readonly provenance: Provenance;
}

/** Where what stands at an offset of the text of a change was read. */
export type Place = (offset: number) => Provenance;
export type Understood = Exclude<DdlChange, { readonly change: "notUnderstood" }>;

/** The tables after the statements applied so far. */
export class Replay {
  readonly #tables = new Map<string, TableState>();
  /** The same by name alone, whatever the schema. */
  readonly #named = new Map<string, Set<TableState>>();
  /** Tables that end with the session: indexes made on them are nobody's. */
  readonly #temporary = new Set<string>();
  readonly #dialect: SchemaDialect;

  constructor(dialect: SchemaDialect) {
    this.#dialect = dialect;
  }

  get count(): number {
    return this.#tables.size;
  }

  result(): Pick<SchemaPart, "tables" | "orphans"> {
    const states = [...this.#tables.values()];
    return { tables: states.filter((state) => state.created).map((state) => finish(state, this.#dialect)), orphans: states.filter((state) => !state.created).map((state) => finish(state, this.#dialect)) };
  }

  apply(change: Understood, place: Place): void {
    const provenance = place(change.span.start);
    if (change.change !== "createTable" && "table" in change && change.table !== undefined && this.#temporary.has(this.#key(change.table))) return;
    switch (change.change) {
      case "createTable":
        this.#createTable(change, place);
        return;
      case "createView": {
        const state = newTable(change.table, provenance, { created: true, view: true });
        this.#put(state);
        return;
      }
      case "dropTable":
        for (const table of change.tables) {
          const state = this.#find(table);
          if (state !== undefined) this.#remove(state);
        }
        return;
      case "renameTable": {
        const state = this.#state(change.table, provenance);
        this.#remove(state);
        const before = state.name;
        state.name = change.to.name;
        state.schema = normaliseSchema(change.to.schema ?? state.schema);
        this.#put(state);
        this.#renameReferences(before, change.to.name);
        return;
      }
      case "addColumn": {
        const state = this.#state(change.table, provenance);
        this.#addColumn(state, change.column, place(change.column.span.start));
        return;
      }
      case "dropColumn":
        this.#dropColumn(this.#state(change.table, provenance), change.column);
        return;
      case "renameColumn":
        this.#renameColumn(this.#state(change.table, provenance), change.column, change.to);
        return;
      case "alterColumn": {
        const state = this.#state(change.table, provenance);
        state.columns = state.columns.map((column) =>
          this.#same(column.name, change.column) ? { ...column, ...typeOf(change.type), ...(change.nullable === undefined ? {} : { nullable: change.nullable ? "yes" : "no" }) } : column,
        );
        return;
      }
      case "addConstraint":
        this.#addConstraint(this.#state(change.table, provenance), change.constraint, place(change.constraint.span.start));
        return;
      case "dropConstraint": {
        const state = this.#state(change.table, provenance);
        // DROP PRIMARY KEY of MySQL names no constraint.
        // In PostgreSQL an index that CREATE INDEX made is no constraint, whatever its name.
        const isConstraint = (kept: KeptIndex): boolean => this.#dialect !== "postgresql" || kept.constrained === true;
        state.indexes = state.indexes.filter((kept) => !(this.#same(kept.name, change.name) && isConstraint(kept)) && !(change.name === "PRIMARY" && kept.index.kind === "primary"));
        state.foreignKeys = state.foreignKeys.filter((kept) => !this.#same(kept.name, change.name));
        return;
      }
      case "createIndex": {
        const state = this.#state(change.table, provenance);
        const index = toIndex(change.index, provenance);
        this.#addIndex(state, index, change.index.name, change.index.ifNotExists);
        return;
      }
      case "dropIndex":
        this.#dropIndex(change.table, change.schema, nameKey(change.name, this.#dialect));
        return;
      case "renameIndex":
        for (const state of this.#owners(change.table, undefined)) {
          state.indexes = state.indexes.map((kept) => (this.#same(kept.name, change.name) ? { ...kept, name: change.to, key: nameKey(change.to, this.#dialect), index: { ...kept.index, name: change.to } } : kept));
        }
        return;
      default:
        unreachable(change);
    }
  }

  /** The table as it is after the changes so far; undefined when none of them made it. */
  table(table: TableName): Table | undefined {
    const state = this.#find(table);
    return state === undefined ? undefined : finish(state, this.#dialect);
  }

  /** The table that an index of this name is on. */
  tableOfIndex(name: string): TableName | undefined {
    const key = nameKey(name, this.#dialect);
    for (const state of this.#tables.values()) if (state.indexes.some((kept) => kept.key === key)) return state;
    return undefined;
  }

  /** The name of the foreign key on these columns. */
  nameOfForeignKey(table: TableName, columns: readonly string[]): string | undefined {
    return this.#find(table)?.foreignKeys.find(({ key }) => key.columns.join("\0") === columns.join("\0"))?.name;
  }

  /** Names of the tables that are known by now. */
  names(): readonly string[] {
    return [...this.#tables.values()].map((state) => state.name);
  }

  /** Something touched the table that was not understood. */
  doubt(table: TableName, why: string, provenance: Provenance): void {
    if (this.#temporary.has(this.#key(table))) return;
    this.#state(table, provenance).uncertain ??= why;
  }

  /** Something may have touched any of the tables. */
  doubtAll(why: string): void {
    for (const state of this.#tables.values()) state.uncertain ??= why;
  }

  /** A statement that was not read makes uncertain what it names: its table, or every table whose name and an index occur in it. */
  notUnderstood(change: Extract<DdlChange, { change: "notUnderstood" }>, text: string, provenance: Provenance): void {
    const why = `the statement at ${shortName(provenance.file)}:${String(provenance.line)} was not understood`;
    if (change.table !== undefined) {
      const state = this.#state(change.table, provenance);
      state.uncertain ??= why;
      return;
    }
    if (!/\b(?:index|unique|primary\s+key)\b/iu.test(text)) return;
    const words = new Set(text.toLowerCase().match(/[\p{L}_][\p{L}\p{N}_$]*/gu));
    for (const state of this.#tables.values()) if (words.has(state.name.toLowerCase())) state.uncertain ??= why;
  }

  #createTable(change: Extract<DdlChange, { change: "createTable" }>, place: Place): void {
    if (change.temporary) {
      this.#temporary.add(this.#key(change.table));
      return;
    }
    this.#temporary.delete(this.#key(change.table));
    const provenance = place(change.span.start);
    const present = this.#find(change.table);
    if (present?.created === true && change.ifNotExists) return;
    const state = newTable(change.table, provenance, { created: true, view: false });
    state.withoutRowid = change.withoutRowid === true;
    state.collation = change.collation;
    if (change.opaqueColumns === true) state.uncertain = "its columns come from a query";
    for (const column of change.columns) this.#addColumn(state, column, place(column.span.start));
    for (const constraint of change.constraints) this.#addConstraint(state, constraint, place(constraint.span.start));
    // Created twice (a dump beside its migrations), or changed before: nothing that was there is known to be gone.
    for (const kept of present?.indexes ?? []) this.#addIndex(state, kept.index, kept.name, true, kept.constrained === true);
    for (const column of present?.columns ?? []) if (!state.columns.some((own) => this.#same(own.name, column.name))) state.columns.push(column);
    state.uncertain ??= present?.uncertain;
    this.#put(state);
  }

  #addColumn(state: TableState, column: DdlColumn, provenance: Provenance): void {
    if (state.columns.some((own) => this.#same(own.name, column.name))) return;
    const type = typeOf(column.type);
    if (column.type?.toLowerCase() === "integer") state.integers = new Set([...state.integers, column.name]);
    // A character set brings its own collation, which depends on the version of the server.
    const collation = column.collation ?? (column.charset === undefined ? state.collation : undefined);
    state.columns.push({
      name: column.name,
      ...type,
      nullable: column.nullable && !column.primaryKey ? "yes" : "no",
      ...(collation === undefined ? {} : { collation }),
      ...(column.generated === undefined ? {} : { generated: column.generated }),
      ...(type.type === "enum" ? { enumeration: true } : {}),
      provenance,
    });
    const parts: readonly IndexPart[] = [{ column: column.name }];
    const made = (kind: Index["kind"]): Index => ({ kind, method: "btree", parts, include: [], provenance });
    if (column.primaryKey) this.#addIndex(state, made("primary"), undefined, false, true);
    if (column.unique) this.#addIndex(state, made("unique"), undefined, false, true);
    if (column.references !== undefined) {
      this.#addForeignKey(state, { columns: [column.name], referencedTable: column.references.table.name, referencedColumns: column.references.columns, provenance }, undefined);
    }
  }

  #addConstraint(state: TableState, constraint: DdlConstraint, provenance: Provenance): void {
    switch (constraint.kind) {
      case "primary":
      case "unique": {
        const { kind, usingIndex } = constraint;
        if (usingIndex !== undefined) {
          // The index takes the name of the constraint (PostgreSQL, ALTER TABLE … ADD table_constraint_using_index).
          const name = constraint.name ?? usingIndex;
          state.indexes = state.indexes.map((kept) => (this.#same(kept.name, usingIndex) ? { name, key: nameKey(name, this.#dialect), constrained: true, index: { ...kept.index, kind, name } } : kept));
          return;
        }
        this.#addIndex(state, { kind, method: "btree", parts: constraint.parts.map(toPart), include: [], ...(constraint.name === undefined ? {} : { name: constraint.name }), provenance }, constraint.name, false, true);
        return;
      }
      case "foreign":
        this.#addForeignKey(state, { columns: constraint.columns, referencedTable: constraint.table.name, referencedColumns: constraint.referenced, provenance }, constraint.name);
        return;
      case "index":
        this.#addIndex(state, toIndex(constraint.index, provenance), constraint.index.name, constraint.index.ifNotExists);
        return;
      case "other":
        return;
    }
  }

  #addIndex(state: TableState, index: Index, written: string | undefined, ifNotExists: boolean, constrained = false): void {
    const name = written ?? this.#defaultName(state, index);
    if (ifNotExists && state.indexes.some((kept) => this.#same(kept.name, name))) return;
    const key = nameKey(name, this.#dialect);
    // A table has one index of a name: what was there under it was dropped where that was not read.
    if (written !== undefined && state.indexes.some((kept) => kept.key === key)) state.indexes = state.indexes.filter((kept) => kept.key !== key);
    state.indexes.push({ index, name, key, constrained });
  }

  #addForeignKey(state: TableState, key: ForeignKey, written: string | undefined): void {
    state.foreignKeys.push({ key, target: nameKey(key.referencedTable, this.#dialect), name: written ?? `${state.name}_${key.columns.join("_")}_fkey` });
  }

  /** The name that the database gives, by which later migrations drop it. */
  #defaultName(state: TableState, index: Index): string {
    const columns = index.parts.map((part) => part.column ?? "expr");
    if (this.#dialect === "mysql" || this.#dialect === "mariadb") return index.kind === "primary" ? "PRIMARY" : (columns[0] ?? "");
    switch (index.kind) {
      case "primary":
        return `${state.name}_pkey`;
      case "unique":
        return `${state.name}_${columns.join("_")}_key`;
      case "index":
        return `${state.name}_${columns.join("_")}_idx`;
    }
  }

  #dropIndex(table: TableName | undefined, schema: string | undefined, key: string): void {
    for (const state of this.#owners(table, schema)) {
      if (state.indexes.some((kept) => kept.key === key)) state.indexes = state.indexes.filter((kept) => kept.key !== key);
    }
  }

  #dropColumn(state: TableState, name: string): void {
    const uses = (index: Index): boolean => index.parts.some((part) => part.column !== undefined && this.#same(part.column, name)) || index.include.some((column) => this.#same(column, name));
    state.columns = state.columns.filter((column) => !this.#same(column.name, name));
    state.foreignKeys = state.foreignKeys.filter(({ key }) => !key.columns.some((column) => this.#same(column, name)));
    if (this.#dialect === "mysql" || this.#dialect === "mariadb") {
      // MySQL takes the column out of the indexes that have others (ALTER TABLE, DROP COLUMN); PostgreSQL drops them whole.
      state.indexes = state.indexes.flatMap((kept) => {
        if (!uses(kept.index)) return [kept];
        const parts = kept.index.parts.filter((part) => part.column === undefined || !this.#same(part.column, name));
        return parts.length === 0 ? [] : [{ ...kept, index: { ...kept.index, parts } }];
      });
    } else state.indexes = state.indexes.filter(({ index }) => !uses(index));
  }

  #renameColumn(state: TableState, from: string, to: string): void {
    const rename = (name: string): string => (this.#same(name, from) ? to : name);
    const word = new RegExp(`(?<![\\p{L}\\p{N}_$])${from.replace(/[.*+?^${}()|[\]\\]/gu, "\\$&")}(?![\\p{L}\\p{N}_$])`, "gu");
    const inText = (text: string): string => text.replace(word, to);
    state.columns = state.columns.map((column) => ({ ...column, name: rename(column.name), ...(column.generated === undefined ? {} : { generated: inText(column.generated) }) }));
    state.integers = new Set([...state.integers].map(rename));
    state.foreignKeys = state.foreignKeys.map((kept) => ({ ...kept, key: { ...kept.key, columns: kept.key.columns.map(rename) } }));
    state.indexes = state.indexes.map((kept) => ({
      ...kept,
      index: {
        ...kept.index,
        parts: kept.index.parts.map((part) => ({
          ...part,
          ...(part.column === undefined ? {} : { column: rename(part.column) }),
          ...(part.expression === undefined ? {} : { expression: inText(part.expression) }),
        })),
        include: kept.index.include.map(rename),
        ...(kept.index.where === undefined ? {} : { where: inText(kept.index.where) }),
      },
    }));
    const own = nameKey(state.name, this.#dialect);
    for (const other of this.#tables.values()) {
      if (!other.foreignKeys.some((kept) => kept.target === own)) continue;
      other.foreignKeys = other.foreignKeys.map((kept) =>
        kept.target === own ? { ...kept, key: { ...kept.key, referencedColumns: kept.key.referencedColumns.map(rename) } } : kept,
      );
    }
  }

  #renameReferences(from: string, to: string): void {
    const renamed = nameKey(from, this.#dialect);
    for (const state of this.#tables.values()) {
      if (!state.foreignKeys.some((kept) => kept.target === renamed)) continue;
      state.foreignKeys = state.foreignKeys.map((kept) => (kept.target === renamed ? { ...kept, target: nameKey(to, this.#dialect), key: { ...kept.key, referencedTable: to } } : kept));
    }
  }

  /** The tables among which an index of a given name is: one, or all, since the name alone identifies it in most dialects. */
  #owners(table: TableName | undefined, schema: string | undefined): Iterable<TableState> {
    if (table === undefined) {
      const wanted = normaliseSchema(schema);
      return [...this.#tables.values()].filter((state) => wanted === undefined || state.schema === undefined || this.#same(state.schema, wanted));
    }
    const state = this.#find(table);
    return state === undefined ? [] : [state];
  }

  /** The table, or one that stands for a table created where it was not read. */
  #state(table: TableName, provenance: Provenance): TableState {
    const present = this.#find(table);
    if (present !== undefined) return present;
    const state = newTable(table, provenance, { created: false, view: false });
    this.#put(state);
    return state;
  }

  /** Without a schema, the search path decides, which the files do not tell: the only table of that name is meant. */
  #find(table: TableName): TableState | undefined {
    const exact = this.#tables.get(this.#key(table));
    if (exact !== undefined || normaliseSchema(table.schema) !== undefined) return exact;
    const named = this.#named.get(nameKey(table.name, this.#dialect));
    if (named?.size !== 1) return undefined;
    const [only] = named;
    return only;
  }

  #put(state: TableState): void {
    const key = this.#key(state);
    const present = this.#tables.get(key);
    if (present !== undefined) this.#remove(present);
    this.#tables.set(key, state);
    const name = nameKey(state.name, this.#dialect);
    this.#named.set(name, (this.#named.get(name) ?? new Set()).add(state));
  }

  #remove(state: TableState): void {
    this.#tables.delete(this.#key(state));
    this.#named.get(nameKey(state.name, this.#dialect))?.delete(state);
  }

  #key(table: { readonly name: string; readonly schema?: string | undefined }): string {
    return tableKey(table.name, table.schema, this.#dialect);
  }

  #same(left: string, right: string): boolean {
    return sameName(left, right, this.#dialect);
  }
}

function newTable(table: TableName, provenance: Provenance, { created, view }: { readonly created: boolean; readonly view: boolean }): TableState {
  return { name: table.name, schema: normaliseSchema(table.schema), columns: [], indexes: [], foreignKeys: [], uncertain: undefined, view, created, integers: new Set(), withoutRowid: false, collation: undefined, provenance };
}

function finish(state: TableState, dialect: SchemaDialect): Table {
  const primary = dialect === "sqlite" && state.created ? state.indexes.find(({ index }) => index.kind === "primary")?.index : undefined;
  const keyed = new Set(primary?.parts.flatMap(({ column }) => column ?? []));
  const isRowid = (name: string): boolean => keyed.size === 1 && state.integers.has(name) && !state.withoutRowid;
  return {
    name: state.name,
    ...(state.schema === undefined ? {} : { schema: state.schema }),
    columns: keyed.size === 0 ? state.columns : state.columns.map((column) => (keyed.has(column.name) ? { ...column, rowid: isRowid(column.name) } : column)),
    indexes: state.indexes.map(({ index, name }) => ({ ...index, name: index.name ?? name })),
    foreignKeys: state.foreignKeys.map(({ key }) => key),
    relations: [],
    ...(state.uncertain === undefined ? {} : { uncertain: state.uncertain }),
    ...(state.view ? { view: true } : {}),
    provenance: state.provenance,
  };
}

function toIndex(index: DdlIndex, provenance: Provenance): Index {
  return {
    ...(index.name === undefined ? {} : { name: index.name }),
    kind: index.unique ? "unique" : "index",
    method: toMethod(index.method),
    parts: index.parts.map(toPart),
    include: index.include,
    ...(index.where === undefined ? {} : { where: index.where }),
    provenance,
  };
}

function toPart(part: DdlIndexPart): IndexPart {
  return part;
}

const METHODS: readonly Index["method"][] = ["btree", "hash", "gin", "gist", "spgist", "brin", "fulltext", "spatial"];

function toMethod(method: string): Index["method"] {
  const name = method.toLowerCase().replace(/[-_]/gu, "");
  return name === "" ? "btree" : (METHODS.find((known) => known === name) ?? "other");
}

function typeOf(type: string | undefined): { readonly type?: string } {
  const normalised = normaliseType(type);
  return normalised === undefined ? {} : { type: normalised };
}

function shortName(file: string): string {
  return file.split(/[\\/]/u).slice(-2).join("/");
}
