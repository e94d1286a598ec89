/** What the walk over a predicate asks of a dialect's planner. */
import type { ColumnWrapper, Operand } from "../../query/model.js";
import type { Column, Index, IndexPart, Table } from "../../schema/model.js";
import type { AccessPath, AccessReason } from "../access.js";

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

/** The peculiarities of one dialect. Everything here is a pure function of the schema and the condition. */
export interface Planner {
  readonly dialect: KnownDialect;
  /** Every index that the table has, those included that the engine makes itself. */
  indexesOf(table: Table): readonly Index[];
  /** NOT is pushed down to the comparisons before indexes are considered. */
  readonly pushesNot: boolean;
  /** An index looks up `IS NOT DISTINCT FROM` (`<=>`, SQLite's `IS`) like an equality. */
  readonly looksUpNotDistinct: boolean;
  /** The arms of an OR may use an index each, on different columns, in a statement with several tables. */
  readonly mergesIndexesInJoins: boolean;
  /** `USING HASH` makes a real hash index, which serves equality only. */
  readonly hasHash: boolean;
  /** The walk over an index may leave out its first column where that has few values. */
  readonly skips: boolean;
  /** Operators (lower case) that neither B-tree nor hash indexes have. */
  readonly beyondBtree: ReadonlySet<string>;
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
