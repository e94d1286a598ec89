/**
 * Can an index limit the rows of a table that a predicate selects? Pure: predicate, indexes and dialect in, a verdict out.
 *
 * "Usable" means that the condition bounds the range of the index that is read (PostgreSQL's Index Cond, MySQL's ref or
 * range, SQLite's SEARCH), not that the planner will choose it. "Unusable" is a proof and covers every configuration of a
 * filter that the program completes conditionally. What depends on a fact that is not in the repository (the collation of
 * the database, statistics) is unknown. That nothing bounds the range does not always mean that the table is read: see
 * `partial-scan` and {@link scanPath}.
 *
 * Rules by the leftmost prefix: PostgreSQL manual 11.2-11.11, MySQL manual 10.2.1.2, 10.2.1.3 and 10.3.6, MariaDB
 * knowledge base "Index Condition", SQLite "The Query Optimizer Overview".
 */
import type { Dialect, OrderItem, Predicate } from "../query/model.js";
import type { Index, Relation, Table } from "../schema/model.js";
import { planners, type KnownDialect } from "./planners/index.js";
import { walk } from "./walk.js";

export type AccessReason =
  /** usable: an index leads with the column (or the expression). */
  | "leading"
  /** usable: the condition is never true. */
  | "never-true"
  /** unusable: no index contains the column. */
  | "no-index"
  /** unusable: an index contains the column, but not in front. */
  | "not-leading"
  /** unusable: a function, cast or computation around the column that no index has. */
  | "wrapped"
  | "leading-wildcard"
  /** unusable in SQLite: a pattern that is computed, as by `|| '%'`. */
  | "computed-pattern"
  /** unusable: a pattern match that ignores case. */
  | "ignores-case"
  /** unusable: `<>`, NOT IN, NOT LIKE, IS DISTINCT FROM: what is left after taking some values away. */
  | "negated"
  /** unusable: the index covers only some rows, and the filter does not say that it wants those. */
  | "partial"
  /** unusable: the method of the index does not serve the operator. */
  | "method"
  /** unusable: the operator class or the collation of the index does not serve the operator. */
  | "operator-class"
  /** unusable in SQLite: a column that stands alone as a condition. */
  | "bare-boolean"
  /** unusable: the column is compared with another column of the same row. */
  | "same-row"
  /** unusable in MySQL and MariaDB: `(a, b) > (1, 2)`. */
  | "row-comparison"
  /** unusable: compared with a value that changes from row to row. */
  | "volatile"
  /** unusable: one side of an OR has no index, so every row must be read. */
  | "or"
  /** unusable: one side of an OR asks about a parameter, so that one plan must be ready to read every row. */
  | "or-parameter"
  /** unusable: rows are kept for lack of a related row. */
  | "anti-join"
  /** unusable in SQLite: each row is tested for a related row. */
  | "exists"
  /** unusable: what a related row must fulfil is served by no index of its table. */
  | "related"
  /** unusable, yet no scan of the table: a partial index may hold just the rows that are asked for, and is read as a whole. */
  | "partial-scan"
  | "no-filter"
  | "view"
  | "uncertain-table"
  | "unknown-column"
  | "dialect"
  | "opaque"
  | "optional"
  | "relation"
  | "subquery"
  | "operator"
  | "collation"
  | "type-mismatch"
  | "unselective"
  /** unknown: versions of the server differ. */
  | "version"
  | "partial-unknown"
  /** unknown: a partial index serves if a parameter has the value that its condition asks for. */
  | "partial-parameter"
  /** unknown: the value of a parameter decides. */
  | "parameter"
  | "skip-scan"
  | "expression-unknown"
  | "method-unknown"
  | "not"
  | "index-merge"
  /** unknown: conditions may exclude each other, and the planner goes on with what is left. */
  | "contradiction";

export interface AccessPath {
  readonly verdict: "usable" | "unusable" | "unknown";
  readonly reason: AccessReason;
  /** The index that serves. */
  readonly index?: Index;
  /** The index that comes nearest without serving. */
  readonly nearest?: Index;
  /** Name of the column in the database that the reason speaks of. */
  readonly column?: string;
  /** The conditions of the partial index `nearest` that the filter does not state. */
  readonly lacks?: readonly string[];
  /** unusable by "related": the table behind the relation, and its own access path. */
  readonly through?: Through;
  /** unusable, but an index gives the order asked for: with a LIMIT the read may stop early. */
  readonly ordered?: Index;
}

/** What is asked of a related table, and what its indexes answer. */
export interface Through {
  readonly table: Table;
  readonly predicate: Predicate;
  readonly path: AccessPath;
}

export interface AccessQuestion {
  readonly table: Table;
  /** WHERE, together with the ON conditions that restrict this table. */
  readonly predicate: Predicate;
  readonly dialect: Dialect | undefined;
  /** Version of the server: `18`, `10.11`. Without it, only what holds for all versions in use is definite. */
  readonly version?: string;
  /** What the statement calls the table. */
  readonly alias?: string;
  /** False when the statement has other relations: unqualified names may be theirs. */
  readonly alone?: boolean;
  readonly order?: readonly OrderItem[];
  /** The table behind a relation of `from`, when it is known and too large to be read as a whole. */
  readonly related?: (from: Table, relation: Relation) => Table | undefined;
}

const KNOWN_DIALECTS: readonly KnownDialect[] = ["postgresql", "mysql", "mariadb", "sqlite"];

/** The access path of one table. */
export function accessPath(question: AccessQuestion): AccessPath {
  const { dialect } = question;
  const known = KNOWN_DIALECTS.find((candidate) => candidate === dialect);
  if (known !== undefined) return walk(question, planners[known]);
  // The dialect is not known: what all of them agree on holds.
  const [first, ...others] = dialect === undefined ? KNOWN_DIALECTS.map((candidate) => walk(question, planners[candidate])) : [];
  if (first === undefined || others.some((other) => other.verdict !== first.verdict)) return { verdict: "unknown", reason: "dialect" };
  return others.find(({ reason }) => reason === "partial-scan") ?? first;
}

/** The same, asked whether the whole table is read: where a partial index may be read in its place, that is not proved. */
export function scanPath(question: AccessQuestion): AccessPath {
  const path = accessPath(question);
  return path.reason === "partial-scan" ? { ...path, verdict: "unknown" } : path;
}
