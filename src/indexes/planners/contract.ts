/** What the walk over a predicate asks of a dialect's planner. */
import type { Tri } from "../../base/tri.js";
import type { ColumnWrapper, Operand, Predicate } from "../../query/model.js";
import type { Column, Index, IndexPart, Table } from "../../schema/model.js";
import type { AccessPath, AccessReason } from "../access.js";
import type { Relation } from "../columns.js";
import type { Outcome } from "../outcomes.js";

export type KnownDialect = "postgresql" | "mysql" | "mariadb" | "sqlite";

/** What a condition asks of the values of one column. */
export type Test =
  | { readonly kind: "equal"; readonly operands: readonly Operand[]; readonly list: boolean }
  | { readonly kind: "range"; readonly operands: readonly Operand[] }
  | { readonly kind: "null" | "not-null" | "unequal" | "semi-join" }
  | { readonly kind: "boolean"; readonly value: boolean; readonly form: "bare" | "is" }
  | { readonly kind: "like"; readonly insensitive: boolean; readonly prefix: string | undefined; readonly pattern: Operand };

export type TestOf<Kind extends Test["kind"]> = Extract<Test, { readonly kind: Kind }>;

/** Makers of the path by one index. */
export interface Answers {
  readonly yes: AccessPath;
  readonly no: (reason: AccessReason) => AccessPath;
  readonly perhaps: (reason: AccessReason) => AccessPath;
}

/** The conditions that are matched to indexes; the rest is put together from them. `not`: what was left in front of one. */
export type Leaf = Extract<Predicate, { readonly op: "compare" | "in" | "like" | "null" | "between" | "boolean" | "operator" | "not" }>;

/** What is known around a condition. */
export interface Surroundings {
  /** What holds whenever the condition matters: its conjuncts, and those of the disjunctions that it stands in. */
  readonly conjuncts: readonly Predicate[];
  /** It stands in an arm of an OR. */
  readonly belowOr: boolean;
}

/** How a dialect judges single conditions. */
export interface Leaves {
  /** The predicate in the form in which the planner looks at it. */
  rewrite(predicate: Predicate): Predicate;
  /** Undefined when the condition says nothing about the table. */
  outcome(leaf: Leaf, around: Surroundings): Outcome;
  /** Do the conditions imply that of a partial index? */
  implies(conjuncts: readonly Predicate[], condition: string): Tri;
}

/** What a predicate is judged for. */
export interface Scope {
  readonly relation: Relation;
  readonly indexes: readonly Index[];
  /** Version of the server: `18`, `10.11`. */
  readonly version: string | undefined;
}

export interface Planner {
  readonly dialect: KnownDialect;
  /** Every index that the table has, those included that the engine makes itself. */
  indexesOf(table: Table): readonly Index[];
  /** NOT is pushed down to the comparisons before indexes are considered; `rewritten`: the leaves have done it. */
  readonly not: "pushed" | "kept" | "rewritten";
  /** The arms of an OR may use an index each, on different columns, in a statement with several tables. */
  readonly mergesIndexesInJoins: boolean;
  /** Each execution is planned with the values of its parameters; otherwise one plan has to serve whatever values come. */
  readonly plansWithValues: boolean;
  leaves(scope: Scope): Leaves;
}

/** In what the dialects differ whose planners match conditions to B-trees and little else. Pure functions of schema and condition. */
export interface Habits {
  readonly dialect: KnownDialect;
  indexesOf(table: Table): readonly Index[];
  /** NOT is pushed down to the comparisons before indexes are considered. */
  readonly pushesNot: boolean;
  readonly mergesIndexesInJoins: boolean;
  readonly plansWithValues: boolean;
  /** An index looks up `IS NOT DISTINCT FROM` (`<=>`, SQLite's `IS`) like an equality. */
  readonly looksUpNotDistinct: boolean;
  /** `USING HASH` makes a real hash index, which serves equality only. */
  readonly hasHash: boolean;
  /** The comparison under a COLLATE of its own uses indexes of exactly that collation; unknown otherwise. */
  readonly collateNeedsSame: boolean;
  /** The wrapper around the column changes nothing for the planner. */
  isWithoutEffect(wrapper: ColumnWrapper, column: Column): boolean;
  /** `<>`, NOT IN, NOT LIKE. */
  unequal(answers: Answers): AccessPath;
  boolean(column: Column, test: TestOf<"boolean">, answers: Answers): AccessPath;
  /** `isPattern`: the index has a pattern operator class. */
  like(part: IndexPart, column: Column, test: TestOf<"like">, isPattern: boolean, answers: Answers): AccessPath;
  /** What the value that the column is compared with does to the index. */
  operand(column: Column, operand: Operand): OperandEffect | undefined;
  /** Is the collation of the index, which is written, that of the comparison? */
  collation(indexed: string, own: string | undefined): "same" | "other" | "unknown";
}

/** `no`: the index does not serve; `perhaps`: it depends. */
export interface OperandEffect {
  readonly verdict: "no" | "perhaps";
  readonly reason: AccessReason;
}
