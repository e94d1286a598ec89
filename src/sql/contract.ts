/** What the SQL front end takes and gives. Nothing outside this folder knows a SQL parser. */
import type { Dialect, HostExpression, OpaqueReason, Span, Statement, Undefinable } from "../query/model.js";

/** A hole in SQL text: a piece that only the running program knows. Offsets count in {@link SqlText.text}. */
export interface SqlHole {
  readonly span: Span;
  /**
   * What the hole can hold.
   * - `value`: one bound value (a driver's tagged template, `$1`): it never changes the shape of the statement.
   * - `list`: the values of a list: `IN (${sql.join(ids)})`, `sql(ids)`.
   * - `identifier`: one name of a table or a column.
   * - `text`: SQL text that is not known: any number of tokens, or none. A WHERE or a LIMIT may be inside.
   * - `scalar`: text interpolated without quoting whose value is known to be a number, a boolean or similar:
   *   one literal.
   */
  readonly kind: "value" | "list" | "identifier" | "text" | "scalar";
  readonly value?: HostExpression;
  readonly undefinable?: Undefinable;
  /** Length of a list, when it is known. */
  readonly items?: number;
}

/** SQL text with holes. The text holds something readable of any length at each hole (its content is ignored). */
export interface SqlText {
  readonly text: string;
  readonly holes: readonly SqlHole[];
}

/** How a driver writes placeholders, beyond those of the dialect. */
export interface PlaceholderStyle {
  /** `?` stands for a value; `??` for an identifier where `doubled` is set (mysql2 `query`, knex). */
  readonly question?: boolean;
  readonly doubled?: boolean;
  /** `:name`, `@name`, `$name`. */
  readonly named?: readonly (":" | "@" | "$")[];
  /** `$1`, `?1`. */
  readonly numbered?: readonly ("$" | "?" | ":")[];
}

export interface SqlOptions {
  /** Undefined: not known. Then the text is read as PostgreSQL and as MySQL, and only an equal reading counts. */
  readonly dialect: Dialect | undefined;
  readonly placeholders?: PlaceholderStyle;
}

/** Statements in text order, or why there are none. Never throws, never takes longer than a quarter of a second. */
export type SqlReading =
  | { readonly statements: readonly Statement[] }
  | { readonly opaque: Extract<OpaqueReason, "syntax-error" | "too-complex" | "dialect" | "dynamic-text" | "dynamic-table">; readonly kind?: Statement["kind"]; readonly message: string };

/** A change of a schema as a DDL statement states it. Names are folded as the dialect folds them. Spans count in the file's text. */
export type DdlChange =
  | { readonly change: "createTable"; readonly table: TableName; readonly columns: readonly DdlColumn[]; readonly constraints: readonly DdlConstraint[]; readonly ifNotExists: boolean; readonly temporary: boolean; readonly span: Span;
      /** The columns come from a query or another table: they are not known. */ readonly opaqueColumns?: boolean;
      /** SQLite: the rows are kept by the primary key. */ readonly withoutRowid?: boolean;
      /** MySQL: of columns that name none of their own. */ readonly collation?: string; readonly charset?: string }
  | { readonly change: "createView"; readonly table: TableName; readonly materialized: boolean; readonly span: Span }
  | { readonly change: "dropTable"; readonly tables: readonly TableName[]; readonly span: Span }
  | { readonly change: "renameTable"; readonly table: TableName; readonly to: TableName; readonly span: Span }
  | { readonly change: "addColumn"; readonly table: TableName; readonly column: DdlColumn; readonly span: Span }
  | { readonly change: "dropColumn"; readonly table: TableName; readonly column: string; readonly span: Span }
  | { readonly change: "renameColumn"; readonly table: TableName; readonly column: string; readonly to: string; readonly span: Span }
  | { readonly change: "alterColumn"; readonly table: TableName; readonly column: string; readonly type?: string; readonly nullable?: boolean; readonly span: Span }
  | { readonly change: "addConstraint"; readonly table: TableName; readonly constraint: DdlConstraint; readonly span: Span }
  | { readonly change: "dropConstraint"; readonly table: TableName; readonly name: string; readonly span: Span }
  | { readonly change: "createIndex"; readonly table: TableName; readonly index: DdlIndex; readonly span: Span }
  | { readonly change: "dropIndex"; readonly table?: TableName; readonly schema?: string; readonly name: string; readonly span: Span }
  | { readonly change: "renameIndex"; readonly table?: TableName; readonly name: string; readonly to: string; readonly span: Span }
  /** A statement that touches a table in a way that is not modelled, or that no parser reads. `table` when its name could be found. */
  | { readonly change: "notUnderstood"; readonly table?: TableName; readonly text: string; readonly span: Span };

export interface TableName {
  readonly name: string;
  readonly schema?: string;
}

export interface DdlColumn {
  readonly name: string;
  /** As written, lower-cased, without length: `varchar`, `timestamp with time zone`. */
  readonly type?: string;
  readonly nullable: boolean;
  readonly collation?: string;
  /** MySQL: the character set, which brings a collation along. */
  readonly charset?: string;
  /** The expression of a generated column. */
  readonly generated?: string;
  readonly primaryKey: boolean;
  readonly unique: boolean;
  readonly references?: { readonly table: TableName; readonly columns: readonly string[] };
  readonly span: Span;
}

export type DdlConstraint =
  | { readonly kind: "primary" | "unique"; readonly name?: string; readonly parts: readonly DdlIndexPart[]; readonly usingIndex?: string; readonly span: Span }
  | { readonly kind: "foreign"; readonly name?: string; readonly columns: readonly string[]; readonly table: TableName; readonly referenced: readonly string[]; readonly span: Span }
  | { readonly kind: "index"; readonly index: DdlIndex; readonly span: Span }
  | { readonly kind: "other"; readonly name?: string; readonly span: Span };

export interface DdlIndex {
  readonly name?: string;
  readonly unique: boolean;
  readonly method: string;
  readonly parts: readonly DdlIndexPart[];
  readonly include: readonly string[];
  /** Text of the WHERE of a partial index, as written. */
  readonly where?: string;
  readonly ifNotExists: boolean;
}

export interface DdlIndexPart {
  readonly column?: string;
  /** Text of the expression as written. */
  readonly expression?: string;
  readonly descending?: boolean;
  readonly nulls?: "first" | "last";
  readonly operatorClass?: string;
  readonly collation?: string;
  readonly length?: number;
}
