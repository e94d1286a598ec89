/** What facts say about a query. Rules are views on these answers; one file beside this one computes each of them. */
import type { Tri } from "../base/tri.js";
import type { Blocked } from "../indexes/blocked.js";
import type { ColumnRef, Query, Range, Span, TableRef } from "../query/model.js";
import type { Index, Provenance, Table } from "../schema/model.js";

export type { Blocked } from "../indexes/blocked.js";
export type { Table } from "../schema/model.js";

/** How many rows can come back, as a lattice from at most one to the whole table. */
export type RowBound =
  | { readonly kind: "one" }
  /** `rows` is absent when the number is a parameter. */
  | { readonly kind: "limited"; readonly rows?: number }
  /** An IN list or another list of keys bounds it. */
  | { readonly kind: "keyList" }
  /** The table is small by its row count or by the settings. */
  | { readonly kind: "smallTable" }
  /** Nothing but equalities with keys of a parent or tenant; `columns` are those keys. */
  | { readonly kind: "scoped"; readonly columns: readonly string[] }
  /** Some condition that may select few rows or many. */
  | { readonly kind: "filtered" }
  /** Every row, or every row in at least one configuration of the program that `why` names. */
  | { readonly kind: "whole"; readonly why: WholeReason; readonly columns?: readonly string[]; readonly detail?: string; readonly span?: Span }
  /** It does not read rows of a table: no FROM, only functions, a sub-query of another query. */
  | { readonly kind: "none" }
  | { readonly kind: "unknown"; readonly why: string };

export type WholeReason =
  | "no-filter"
  /** Every part of the filter is optional. */
  | "optional-filter"
  /** Only conditions that many rows satisfy: flags, null tests, inequalities. */
  | "flags-only"
  /** The library reads the rows and then drops those that are not distinct. */
  | "distinct-after-read"
  /** OFFSET or skip without a limit. */
  | "offset-without-limit"
  | "limit-may-be-undefined";

/** Which rows an update or a delete hits. */
export type WriteScope =
  | { readonly kind: "filtered" }
  | { readonly kind: "all"; readonly why: "no-where" | "empty-where" | "always-true" | "optional-where"; readonly span?: Span }
  /** Whole-table by its name (`deleteAll`, `truncate`) or on a temporary table. */
  | { readonly kind: "deliberate"; readonly why: "named" | "truncate" | "temporary" }
  | { readonly kind: "unknown"; readonly why: string };

/** A condition that the library drops because its value may be undefined. */
export interface DroppedCondition {
  readonly column: ColumnRef;
  readonly span: Span;
  /** "`id` is an optional parameter" */
  readonly why: string;
  /** Nothing restricts the rows once it (and every other such condition) is dropped. */
  readonly leavesAll: Tri;
  /** The value is taken from something that may be missing (`customer?.id`): nobody meant to leave the condition out. */
  readonly accidental: boolean;
  /** The program writes `undefined` there itself: the condition is meant to be left out at times. */
  readonly deliberate: boolean;
}

/** A query that is executed once per element of something. */
export interface Repetition {
  /** What the report marks, in the linted file: the query, or the call in the loop that reaches it. */
  readonly place: Range;
  /** 1-based line of the loop or of the call of the callback. */
  readonly loopLine: number;
  /** `for…of`, `map`, `forEach`, `while`, … */
  readonly loopKind: string;
  /** Source text of what is iterated, shortened; absent when there is none. */
  readonly over?: string;
  readonly operation: RepeatedOperation;
  /** The elements run at once (`Promise.all`), not one after the other. */
  readonly concurrent: boolean;
  /** Names of the functions between the loop and the query, outermost first; empty when the query stands in the loop. */
  readonly via: readonly string[];
  /** Where the query stands, when it is another file: path relative to the working directory, and 1-based line. */
  readonly target?: { readonly file: string; readonly line: number };
  /** How many loops enclose the query, this one included. */
  readonly depth: number;
}

/** What is repeated: the advice differs. */
export type RepeatedOperation =
  | "read"
  | "insert"
  /** The same values written to each row. */
  | "update-same"
  | "update-different"
  | "delete"
  | "upsert"
  /** The query does not depend on the element at all. */
  | "invariant";

/** How one table of a query can be reached. */
export interface TableAccess {
  readonly ref: TableRef;
  readonly table: Table;
  /** Estimated number of rows, where the settings or a snapshot tell. */
  readonly rows?: number;
  readonly verdict: "usable" | "unusable" | "unknown";
  /** It is read for rows of other tables, by the condition that joins it. */
  readonly joined: boolean;
  /** Columns of the table that the conditions name, in order, by their names in the database. */
  readonly columns: readonly string[];
  /** What the report marks. */
  readonly span: Span;
  /** Words for the message: why the nearest index does not serve. */
  readonly reason: string;
  readonly index?: Index;
  readonly nearest?: Index;
  /** An index is there, and a condition keeps it from being used: the statement is to be changed, not the schema. */
  readonly blocked?: Blocked;
  /** The index that would serve: DDL in the dialect, and the declaration where the schema is declared in code. */
  readonly proposal?: { readonly ddl: string; readonly declaration?: string };
}

/** How the order of a read comes about that sorts a table, or a large part of it. */
export interface OrderAccess {
  readonly table: Table;
  /** Estimated rows of the table, where a snapshot or the settings tell. */
  readonly rows?: number;
  /** Does an index give the order? */
  readonly verdict: "usable" | "unusable" | "unknown";
  /** Columns of the order, by their names in the database. */
  readonly columns: readonly string[];
  /** Only the first of the sorted rows are returned. */
  readonly limited: boolean;
  /** Words for the message: why the nearest index does not give the order. */
  readonly reason: string;
  readonly provenance: Provenance;
  readonly span: Span;
  readonly proposal?: { readonly ddl: string; readonly declaration?: string };
}

/** A foreign key that no index of its table leads with. */
export interface UnindexedKey {
  readonly table: Table;
  readonly columns: readonly string[];
  /** Name of the table it refers to. */
  readonly parent: string;
  readonly provenance: Provenance;
  /** Estimated rows of the table, where a snapshot or the settings tell. */
  readonly rows?: number;
  readonly proposal?: { readonly ddl: string; readonly declaration?: string };
}

/** A query that makes the database look a foreign key up. */
export interface KeyUse extends UnindexedKey {
  /** It deletes rows of the parent or changes their key, or it comes to the table by the key. */
  readonly use: "delete" | "update" | "filter" | "join";
  readonly span: Span;
}

/** Everything rules may ask about a table that the linted file declares. */
export interface TableFacts {
  /** Its foreign keys without an index, each with the line that declares it. */
  unindexedKeys(): readonly (UnindexedKey & { readonly range: Range })[];
}

/** A table that the linted file declares, with its facts. */
export interface TableSubject {
  readonly table: Table;
  readonly facts: TableFacts;
}

/** Everything rules may ask about a query; each answer is computed at most once. */
export interface QueryFacts {
  bound(): RowBound;
  writeScope(): WriteScope;
  droppedConditions(): readonly DroppedCondition[];
  repetitions(): readonly Repetition[];
  access(): readonly TableAccess[];
  keyUses(): readonly KeyUse[];
  order(): OrderAccess | undefined;
  /** Estimated rows of the table that the query reads or writes, where a snapshot or the settings tell. */
  rows(): number | undefined;
  /** Name of the table for messages: the table's name, the model's name, or undefined. */
  tableName(): string | undefined;
  /** Is the table small by the settings or by a snapshot? */
  isSmall(): boolean;
  /** Source text of a range of the linted file. */
  text(range: Range): string;
  /** 1-based line of an offset of the linted file. */
  line(offset: number): number;
}

/** One query of a linted file with its facts. `reached` queries stand in another function; only their repetitions matter. */
export interface Subject {
  readonly query: Query;
  readonly facts: QueryFacts;
  readonly reached: boolean;
}
