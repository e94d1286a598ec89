/** What the walk over a predicate asks of a dialect's planner. */
import type { Tri } from "../../base/tri.js";
import type { Predicate } from "../../query/model.js";
import type { Index, Table } from "../../schema/model.js";
import type { Relation } from "../columns.js";
import type { Outcome } from "../outcomes.js";

export type KnownDialect = "postgresql" | "mysql" | "mariadb" | "sqlite";

/** The conditions that are matched to indexes; the rest is put together from them. `not`: what was left in front of one. */
export type Leaf = Extract<Predicate, { readonly op: "compare" | "in" | "like" | "null" | "between" | "boolean" | "operator" | "not" }>;

/** What is known around a condition. */
export interface Surroundings {
  /** What holds whenever the condition matters: its conjuncts, and those of the disjunctions that it stands in. */
  readonly conjuncts: readonly Predicate[];
  /** The conjuncts of the innermost arm of an OR, or of the whole predicate: without those around that OR. */
  readonly arm: readonly Predicate[];
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
  /** What its literals show to be never true is left out of the plan, arm by arm. */
  readonly dropsContradictions: boolean;
  /** EXISTS may become a join that comes into the table from the other side. */
  readonly entersByExists: boolean;
  leaves(scope: Scope): Leaves;
}
