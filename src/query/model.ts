/**
 * The query model: one normalised shape for SQL text and builder chains, pure data.
 * Adapters and the SQL front end lower into it; facts and rules read nothing else.
 */
import type { Tri } from "../base/tri.js";

/** The SQL dialects that are told apart. MySQL and MariaDB are two dialects: they plan differently. */
export type Dialect = "postgresql" | "mysql" | "mariadb" | "sqlite" | "sqlserver" | "bigquery" | "snowflake" | "other";

/**
 * A half-open range of UTF-16 offsets. In a {@link Statement} the offsets count in the text the statement was lowered
 * from: the SQL text, or the source file for a builder chain. `Query.locate` turns either into an offset of the source file.
 */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** A half-open range of UTF-16 offsets in the source file. */
export type Range = readonly [start: number, end: number];

export type StatementKind =
  | "select"
  | "insert"
  | "update"
  | "delete"
  | "merge"
  | "truncate"
  /** CREATE, ALTER, DROP, … */
  | "ddl"
  /** BEGIN, COMMIT, SAVEPOINT, … */
  | "transaction"
  /** SET, SHOW, PRAGMA, EXPLAIN, LOCK, CALL, VACUUM, …: no rows of a table are asked for. */
  | "utility";

/**
 * A table as a query names it. `name` is folded the way the dialect folds it (PostgreSQL: lower case unless quoted);
 * where a library maps models to tables, `name` is the table's name if the code says it, else `model` alone is given
 * and the schema resolves it.
 */
export interface TableRef {
  readonly name: string;
  readonly schema?: string;
  /** What predicates call it: the alias, or the name. */
  readonly alias: string;
  /** The name of the model in the library's own terms (`user` of `prisma.user`), when the table's name is not in the code. */
  readonly model?: string;
  /** The model is the class of `this`: where a method is inherited, the query is about the class it is called on. */
  readonly inherited?: true;
  /** The name holds a hole of a template: the table is not known. */
  readonly dynamic?: boolean;
  /**
   * What chooses the table, where it is `dynamic` and that is known: a parameter that holds an entity. Nothing: it is one
   * table for every call of this place, as in a generic base class.
   */
  readonly chosenBy?: readonly HostExpression[];
  readonly span: Span;
}

/** One item of FROM or JOIN, nested joins flattened. */
export type Source =
  | { readonly kind: "table"; readonly table: TableRef; readonly join?: Join }
  | { readonly kind: "cte"; readonly name: string; readonly alias: string; readonly join?: Join; readonly span: Span }
  | { readonly kind: "subquery"; readonly statement: Statement; readonly alias: string; readonly lateral: boolean; readonly join?: Join; readonly span: Span }
  /** A set-returning function: `generate_series(…)`, `unnest($1)`, `pragma_table_info(…)`, `json_each(…)`. */
  | { readonly kind: "function"; readonly name: string; readonly alias: string; readonly join?: Join; readonly span: Span }
  | { readonly kind: "values"; readonly alias: string; readonly join?: Join; readonly span: Span };

export interface Join {
  readonly type: "inner" | "left" | "right" | "full" | "cross" | "natural" | "comma";
  /** The ON condition; USING (a) is lowered to an equality of the two columns. Constant true when there is none. */
  readonly on: Predicate;
}

/** A column as a predicate names it. `table` is the alias used, absent when the column is unqualified. */
export interface ColumnRef {
  readonly table?: string;
  /** Column name as written (folded as the dialect folds it), or the property name when `property` is true. */
  readonly name: string;
  /** The name is the library's property name (Prisma field, Drizzle key without a column name); the schema maps it. */
  readonly property?: boolean;
  readonly span: Span;
  /** What stands around the column, outermost first: the predicate tests the result of this, not the column itself. */
  readonly wrappers: readonly ColumnWrapper[];
  /** Normalised text of the whole expression, where something stands around the column and the text is known. */
  readonly text?: string;
  /** Further columns of the expression: `b` of `a + b`, `coalesce(a, b)`. */
  readonly others?: readonly ColumnRef[];
}

export type ColumnWrapper =
  | { readonly kind: "function"; readonly name: string; /** Normalised text of the whole expression, for expression indexes. */ readonly text: string }
  | { readonly kind: "cast"; readonly type: string }
  | { readonly kind: "arithmetic" }
  | { readonly kind: "json"; readonly path: string }
  | { readonly kind: "collate"; readonly collation: string }
  | { readonly kind: "concat" };

/** What a column is compared with. */
export type Operand =
  | { readonly kind: "literal"; readonly value: string | number | boolean | bigint | null; /** SQL type that the text gives it: by a cast, or `numeric` by a fraction. */ readonly sqlType?: string; /** Of a COLLATE behind the value: the comparison is made by it. */ readonly collation?: string; readonly span?: Span }
  /** A value that the program supplies: a placeholder, a template hole, an expression of the host language. */
  | ParameterOperand
  | { readonly kind: "column"; readonly column: ColumnRef }
  | { readonly kind: "subquery"; readonly statement: Statement; readonly span?: Span }
  /** now(), current_date, a computed value without a column. */
  | { readonly kind: "expression"; readonly volatile: Tri; /** SQL type of the result, where the text settles it. */ readonly sqlType?: string; readonly span?: Span };

export interface ParameterOperand {
  readonly kind: "parameter";
  /** 1-based position or the name of the placeholder, when it has one. */
  readonly placeholder?: number | string;
  readonly span?: Span;
  /** Of a COLLATE behind the value: the comparison is made by it. */
  readonly collation?: string;
  /** The source expression that supplies the value, when it is known. The type is opaque here; syntax facts read it. */
  readonly value?: HostExpression;
  /** SQL type that the text casts it to: `$1::bigint`. */
  readonly sqlType?: string;
  /** Type of the value as far as known. */
  readonly type?: "string" | "number" | "boolean" | "bigint" | "date" | "array" | "object" | "null";
  /** May the value be undefined (or, where the library treats both alike, null) at run time? */
  readonly undefinable?: Undefinable;
  /** The value is a constant of the program: a member of an enum, a const literal that is not inlined. */
  readonly constant?: boolean;
}

/** Whether a value may be undefined, with the words that say why. */
export interface Undefinable {
  readonly answer: Tri;
  /** Why, for the message: "`id` is optional", "`req.query.id` has the type `string | undefined`". Present when the answer is yes. */
  readonly why?: string;
}

/** A node of the host program. Only src/syntax and src/facts look inside. */
export interface HostExpression {
  readonly type: string;
  readonly range: readonly [number, number];
}

export type ComparisonOperator = "=" | "<>" | "<" | "<=" | ">" | ">=" | "is distinct" | "is not distinct";

/**
 * A condition on rows. `optional` marks a condition that the program adds only sometimes;
 * when it is absent the conjunct is true (under `and`) or the arm is missing (under `or`).
 */
export type Predicate =
  /** `choice` (of an `or`): the program sends one of the items, never several at once: `where(cond ? a : b)`. */
  | { readonly op: "and" | "or"; readonly items: readonly Predicate[]; readonly choice?: true }
  | { readonly op: "not"; readonly item: Predicate }
  /** Always true or always false: `1 = 1`, `WHERE true`, an empty filter object, `in []`. `written` tells an explicit one from an absent filter. */
  | { readonly op: "constant"; readonly value: boolean; readonly written: boolean; readonly span?: Span }
  | OptionalPredicate
  | ComparePredicate
  | InPredicate
  | { readonly op: "like"; readonly column: ColumnRef; readonly negated: boolean; readonly insensitive: boolean; /** Text before the first wildcard; undefined when the pattern is not known. */ readonly prefix?: string; readonly pattern: Operand; readonly span: Span }
  /** `unknown`: written IS [NOT] UNKNOWN, which means the same of a boolean, but which planners do not look up. */
  | { readonly op: "null"; readonly column: ColumnRef; readonly negated: boolean; readonly unknown?: true; /** The library adds it by itself, to leave out rows that are only marked as deleted. */ readonly implied?: true; readonly span: Span }
  | { readonly op: "between"; readonly column: ColumnRef; readonly negated: boolean; readonly low: Operand; readonly high: Operand; readonly span: Span }
  /** A bare boolean column, or IS [NOT] TRUE / FALSE. */
  | { readonly op: "boolean"; readonly column: ColumnRef; readonly value: boolean; readonly form: "bare" | "is"; readonly span: Span }
  /** EXISTS (…), or a relation filter of a library (`posts: { some: … }`), whose `item` is what the related row must fulfil. */
  | { readonly op: "exists"; readonly negated: boolean; readonly statement?: Statement; readonly relation?: string; readonly item?: Predicate; readonly span: Span }
  /** A filter on a related row that the library reaches by a join (`author: { name: … }`). */
  | { readonly op: "relation"; readonly relation: string; readonly item: Predicate; readonly span: Span }
  /**
   * Containment, overlap, full text, regular expression, row values, …: read, but not modelled further. An operator
   * between one column and a value has that column, with what stands around it, and that operand; it reads with the
   * column on its left (`ARRAY[1] <@ tags` is `@>` on `tags`). `row >` and its like have the columns and the values of the
   * two rows in their order. `= any` has the array column; `<operator> any` the column that is compared with an array.
   */
  | { readonly op: "operator"; readonly operator: string; readonly columns: readonly ColumnRef[]; readonly operands: readonly Operand[]; readonly span: Span }
  /** A condition that could not be read. `restricts` says whether there certainly is one. */
  | { readonly op: "opaque"; readonly restricts: Tri; readonly reason: string; /** It names no column, and a parameter decides it: it is true of every row or of none (`$1 IS NULL`). */ readonly invariant?: true; readonly span?: Span };

export interface ComparePredicate {
  readonly op: "compare";
  readonly column: ColumnRef;
  readonly operator: ComparisonOperator;
  readonly operand: Operand;
  readonly span: Span;
}

export interface InPredicate {
  readonly op: "in";
  readonly column: ColumnRef;
  readonly negated: boolean;
  readonly values:
    | { readonly kind: "list"; readonly operands: readonly Operand[] }
    /** One array supplied by the program: `= ANY($1)`, `IN (?)`, `{ in: ids }`. `items` is given when its length is known. */
    | { readonly kind: "array"; readonly operand: Operand; readonly items?: number }
    | { readonly kind: "subquery"; readonly statement: Statement };
  readonly span: Span;
}

export interface OptionalPredicate {
  readonly op: "optional";
  readonly item: Predicate;
  /**
   * - `condition`: the program adds it under a condition (`if (x) …`, `...(x && { … })`).
   * - `undefined`: the library drops it when its value is undefined, and the value may be (see `why`).
   */
  readonly cause: "condition" | "undefined";
  /** For `undefined`: is the value proved to be possibly undefined, or merely not known? For `condition`: yes. */
  readonly droppable: Tri;
  /** The program writes `undefined` there itself: `all ? undefined : false`. */
  readonly deliberate?: boolean;
  readonly why?: string;
  readonly span: Span;
}

/** LIMIT, OFFSET, TOP, FETCH, take, skip. */
export type Amount =
  | { readonly kind: "number"; readonly value: number; readonly span?: Span }
  /** Supplied by the program. `undefinable`: the library sends no LIMIT when it is undefined. */
  | { readonly kind: "parameter"; readonly value?: HostExpression; readonly undefinable?: Undefinable; readonly span?: Span }
  /** LIMIT ALL, LIMIT NULL, limit(-1): written, but without effect. */
  | { readonly kind: "none"; readonly span?: Span }
  /** There may or may not be one (a builder completed conditionally, a hole). */
  | { readonly kind: "maybe"; readonly why: string; readonly proved: Tri; readonly span?: Span };

export interface OrderItem {
  readonly column?: ColumnRef;
  readonly descending: Tri;
  readonly nulls?: "first" | "last";
  readonly span: Span;
}

export interface Projection {
  /** `*` or the library's "all columns". */
  readonly all: boolean;
  readonly columns: readonly ColumnRef[];
  /** Every item is an aggregate over the whole input (or a constant) and there is no GROUP BY: one row comes back. */
  readonly aggregate: Tri;
}

export interface Subquery {
  readonly statement: Statement;
  readonly role: "scalar" | "exists" | "in" | "from" | "lateral" | "array" | "cte" | "set";
  readonly span: Span;
}

/** One statement of one query language, frozen. */
export interface Statement {
  readonly kind: StatementKind;
  readonly span: Span;
  /** `parsed`: a grammar accepted it. `tokens`: only verb, tables, presence of WHERE and LIMIT were read. */
  readonly certainty: "parsed" | "tokens";
  /** Written table of insert, update, delete, merge, truncate; created or altered table of ddl. */
  readonly target?: TableRef;
  /** FROM and JOIN of a select, USING / FROM of a delete or update (the target itself is not repeated). */
  readonly sources: readonly Source[];
  /** The filter. Constant true with `written: false` when there is none. */
  readonly where: Predicate;
  readonly projection: Projection;
  readonly groupBy: readonly (ColumnRef | undefined)[];
  readonly having: boolean;
  readonly distinct: boolean;
  /** The library drops rows that are not distinct after it has read them; a limit counts what is left. */
  readonly distinctAfterRead?: boolean;
  readonly orderBy: readonly OrderItem[];
  readonly limit?: Amount;
  readonly offset?: Amount;
  /** UNION and its like: the branches; order and limit of this node belong to the whole. */
  readonly branches?: readonly Statement[];
  /** Rows are locked (FOR UPDATE, FOR SHARE); `skipLocked` is how job queues are drained. */
  readonly locking?: { readonly skipLocked: boolean };
  /** Columns written by update or insert (or by the update part of an upsert) with what is written. */
  readonly assignments: readonly Assignment[];
  /** insert: how many rows one execution writes. */
  readonly rows?: "one" | "many" | "select" | "unknown";
  /** insert: there is an ON CONFLICT / ON DUPLICATE KEY / upsert clause. */
  readonly conflict?: "update" | "ignore";
  readonly returning: boolean;
  readonly temporary?: boolean;
  /** Every nested statement, in text order, those of FROM included. */
  readonly subqueries: readonly Subquery[];
  /** Names of common table expressions that the sources may name. */
  readonly ctes: readonly string[];
}

export interface Assignment {
  readonly column: ColumnRef;
  readonly operand: Operand;
  /** Values of the program inside a computed value: the `$1` of `SET n = n + $1`. */
  readonly inputs?: readonly Operand[];
}

export type LibraryId = string;

/** Where a query is issued. */
export interface Site {
  readonly library: LibraryId;
  /** The outermost expression of the call chain or tagged template; facts read around it. */
  readonly node: HostExpression;
  /** What a report marks when nothing narrower is known. */
  readonly range: Range;
  /** Path of the file. */
  readonly file: string;
  /** The rung of the ladder of evidence that recognised the receiver. */
  readonly evidence: "types" | "origin" | "shape" | "settings";
  /** The call in the library's words: `prisma.user.findMany`, `db.select`, `pool.query`. For messages. */
  readonly name: string;
}

/**
 * When the statement is sent.
 * - `now`: the call or its await sends it.
 * - `built`: only a builder or a prepared statement; nothing is sent here.
 * - `fragment`: part of another query.
 * - `unknown`: the builder leaves what can be seen.
 */
export type Sending = "now" | "built" | "fragment" | "unknown";

/** How rows reach the program. */
export type Delivery =
  | "all"
  /** The library sends LIMIT 1, or the engine stops after the first row. */
  | "one"
  /** A one-row terminal that sends no LIMIT (`getOne`, `executeTakeFirst`, `db.one`): every matching row is read. */
  | "one-unlimited"
  | "scalar"
  | "stream"
  | "none";

/** A text edit on the source file. */
export interface TextEdit {
  readonly range: Range;
  readonly text: string;
}

/** Edit makers that an adapter supplies; absent where no right edit exists. Each yields source that parses. */
export interface Edits {
  /** Bounds the read to `rows` rows. */
  limit?(rows: number): readonly TextEdit[] | undefined;
  /** Makes the call fail instead of dropping the conditions whose spans these are. */
  requireValue?(spans: readonly Span[]): readonly TextEdit[] | undefined;
}

/** The library's own bulk forms, for advice. */
export interface BulkAdvice {
  /** Words for a message: "`findMany` with `id: { in: ids }`". */
  readonly read?: string;
  readonly insert?: string;
  readonly upsert?: string;
  readonly updateSame?: string;
  readonly delete?: string;
}

/** One normalised, frozen query: what the rules see. */
export interface Query extends Statement {
  readonly library: LibraryId;
  readonly dialect: Dialect | undefined;
  readonly site: Site;
  readonly sending: Sending;
  readonly delivery: Delivery;
  /**
   * Several calls of the same tick become one statement: Prisma's `findUnique`. Only concurrent calls, never awaited ones.
   */
  readonly batchesInTick: boolean;
  /** The call writes or reads every row by the meaning of its name: `deleteAll()`, `truncate()`. */
  readonly wholeTableByName: boolean;
  /** At most one row matches by the call's own contract (findUnique, update by unique key). */
  readonly byUniqueKey: boolean;
  /** The call asks for the one row that its conditions name, and sends no limit: Objection's `findOne`. */
  readonly asksForOne?: true;
  /** Expressions of the program that flow into the statement: arguments, holes, filter values. Facts ask whether they vary. */
  readonly inputs: readonly HostExpression[];
  /** Turns a span of this statement (or of a nested one) into a range of the source file. */
  locate(span: Span): Range;
  readonly edits: Edits;
  readonly bulk: BulkAdvice;
}

/** Why a recognised site's query cannot be seen. A closed list: the coverage report counts by it. */
export type OpaqueReason =
  /** The SQL text comes from somewhere that cannot be followed. */
  | "dynamic-text"
  /** The parser of the dialect rejects the text. */
  | "syntax-error"
  /** No parser reads the dialect, or the dialect is not known and the readings differ. */
  | "dialect"
  /** Too long or too deeply nested to be parsed in time. */
  | "too-complex"
  /** The table or the model is chosen at run time. */
  | "dynamic-table"
  /** The arguments come from somewhere that cannot be followed. */
  | "dynamic-arguments"
  /** The builder is completed where it cannot be seen. */
  | "escapes"
  /** A call of the library whose meaning the adapter does not model. */
  | "unmodelled-call";

/** A recognised site whose query cannot be seen. */
export interface Opaque {
  readonly opaque: OpaqueReason;
  readonly library: LibraryId;
  readonly site: Site;
  /** What is known all the same. */
  readonly kind?: StatementKind;
  readonly sending: Sending;
  readonly inputs: readonly HostExpression[];
}

export function isOpaque(result: Query | Opaque): result is Opaque {
  return "opaque" in result;
}
