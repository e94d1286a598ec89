/** The merged schema of one database: tables, columns, indexes and keys, each with its provenance. Pure data. */
import type { Tri } from "../base/tri.js";

/** Where a fact about the schema was read. `line` is 1-based. */
export interface Provenance {
  readonly file: string;
  readonly line: number;
  readonly kind: "sql" | "prisma" | "drizzle" | "typeorm" | "sequelize" | "mikroorm" | "snapshot" | "code";
}

export interface SchemaModel {
  /** Digest of everything that went in: equal digests, equal models. */
  readonly digest: string;
  /** Dialect the sources declare, when they agree. */
  readonly dialect: "postgresql" | "mysql" | "mariadb" | "sqlite" | "sqlserver" | undefined;
  /** Files that were read, and what could not be understood in them. */
  readonly sources: readonly SchemaSourceReport[];
  /**
   * The table a query names. `name` is compared the way the dialect compares identifiers; with `schema` absent the
   * table must be unique over all schemas. Undefined when there is no such table or more than one.
   */
  table(name: string, schema?: string): Table | undefined;
  /** The table a library's model maps to (`User`, or the delegate name `user`). */
  tableOfModel(model: string): Table | undefined;
  readonly tables: readonly Table[];
  /** The library that declares it is told to refuse undefined in its arguments (Prisma's `strictUndefinedChecks`). */
  readonly refusesUndefined: boolean;
}

export interface SchemaSourceReport {
  readonly file: string;
  readonly kind: Provenance["kind"];
  readonly tables: number;
  /** Statements or declarations that were not understood, with their line. */
  readonly notUnderstood: readonly { readonly line: number; readonly text: string }[];
}

export interface Table {
  readonly name: string;
  readonly schema?: string;
  /** Name of the model in the library that declares it, when there is one. */
  readonly model?: string;
  /** Its names in further libraries, where several declare the same database. */
  readonly otherModels?: readonly string[];
  readonly columns: readonly Column[];
  readonly indexes: readonly Index[];
  readonly foreignKeys: readonly ForeignKey[];
  /** Relation fields of a model (Prisma `posts`, Drizzle relations): name, target model or table, and the local columns that hold the key. */
  readonly relations: readonly Relation[];
  /** Something about this table was not understood: verdicts on it are unknown. */
  readonly uncertain?: string;
  /** Estimated number of rows, from a snapshot or from the settings. */
  readonly rows?: number;
  readonly view?: boolean;
  readonly provenance: Provenance;
}

export interface Column {
  readonly name: string;
  /** Property name in the library (Prisma field, Drizzle key), when it differs or is declared. */
  readonly property?: string;
  /** Property names in further libraries, where several declare the same database. */
  readonly otherProperties?: readonly string[];
  /** Normalised type: `integer`, `bigint`, `text`, `varchar`, `boolean`, `timestamp`, `uuid`, `jsonb`, `enum`, …; undefined when not known. */
  readonly type?: string;
  readonly nullable: Tri;
  readonly collation?: string;
  readonly enumeration?: boolean;
  /** The expression of a generated column. */
  readonly generated?: string;
  /** SQLite: another name of the row number (INTEGER PRIMARY KEY), or certainly not one; undefined where it was not read. */
  readonly rowid?: boolean;
  readonly provenance: Provenance;
}

export interface Index {
  readonly name?: string;
  readonly kind: "primary" | "unique" | "index";
  readonly method: "btree" | "hash" | "gin" | "gist" | "spgist" | "brin" | "fulltext" | "spatial" | "other";
  readonly parts: readonly IndexPart[];
  readonly include: readonly string[];
  /** Text of the condition of a partial index. */
  readonly where?: string;
  /** Made by the database itself (InnoDB's index of a foreign key). */
  readonly implicit?: boolean;
  readonly provenance: Provenance;
}

export interface IndexPart {
  /** Column name; absent for an expression. */
  readonly column?: string;
  /** Normalised text of the expression. */
  readonly expression?: string;
  readonly descending?: boolean;
  readonly nulls?: "first" | "last";
  readonly operatorClass?: string;
  readonly collation?: string;
  /** MySQL prefix length. */
  readonly length?: number;
}

export interface ForeignKey {
  readonly columns: readonly string[];
  readonly referencedTable: string;
  readonly referencedColumns: readonly string[];
  readonly provenance: Provenance;
}

export interface Relation {
  readonly name: string;
  /** Model or table on the other side. */
  readonly target: string;
  readonly list: boolean;
  /** Local columns of the key; empty when the other side holds it. */
  readonly columns: readonly string[];
  /** Columns on the other side, as far as declared. */
  readonly referencedColumns: readonly string[];
  /** Name of the relation, where the library pairs the two sides by it. */
  readonly pair?: string;
  /** Table that joins the two sides of a many-to-many relation. */
  readonly through?: string;
}

/**
 * The indexes that InnoDB makes for foreign keys that no index leads with (MySQL manual, 15.1.20.5; MariaDB, Foreign
 * Keys). Other engines make none.
 */
export function foreignKeyIndexes(table: Pick<Table, "indexes" | "foreignKeys">): readonly Index[] {
  const made: Index[] = [];
  const leads = (index: Index, columns: readonly string[]): boolean =>
    index.method === "btree" && columns.every((column, position) => index.parts[position]?.column?.toLowerCase() === column.toLowerCase() && index.parts[position].length === undefined);
  for (const { columns, provenance } of table.foreignKeys) {
    if (columns.length === 0 || [...table.indexes, ...made].some((index) => leads(index, columns))) continue;
    made.push({ kind: "index", method: "btree", parts: columns.map((column) => ({ column })), include: [], implicit: true, provenance });
  }
  return made;
}
