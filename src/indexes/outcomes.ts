/** Paths of single conditions, and how several become one. */
import type { Predicate } from "../query/model.js";
import type { Column, Index, IndexPart } from "../schema/model.js";
import type { AccessPath, AccessReason } from "./access.js";
import { columnsOf, hasFewValues, resolve, type Relation } from "./columns.js";
import { expressionNames } from "./expression.js";

/** A conjunct that says nothing about this table. */
type Neutral = undefined;
export type Outcome = AccessPath | Neutral;

/** Of several conjuncts (or indexes) the one that serves best. */
export function bestOf(outcomes: readonly Outcome[], relation: Relation): Outcome {
  const usable = outcomes.find((outcome) => outcome?.verdict === "usable");
  if (usable !== undefined) return usable;
  const unknown = outcomes.find((outcome) => outcome?.verdict === "unknown");
  if (unknown !== undefined) return unknown;
  // What one condition of several may spare is spared.
  const whole = outcomes.find((outcome) => outcome?.reason === "partial-scan");
  if (whole !== undefined) return whole;
  const distance = (outcome: AccessPath): number => {
    const { table, path } = outcome.through ?? { table: relation.table, path: outcome };
    const column = table.columns.find((candidate) => candidate.name === path.column);
    return (DISTANCES[outcome.reason] ?? FAR) + (column === undefined || hasFewValues(column) ? FAR : 0);
  };
  return outcomes.filter((outcome) => outcome !== undefined).sort((left, right) => distance(left) - distance(right))[0];
}


/**
 * How near an unusable condition is to being served, for the message: first what a change of an index or of the filter
 * would cure, last what no index helps.
 */
const DISTANCES: Readonly<Partial<Record<AccessReason, number>>> = { partial: 1, "not-leading": 1, "no-index": 2, wrapped: 3, "operator-class": 3, "type-mismatch": 3, related: 3, or: 4, "bare-boolean": 4, "ignores-case": 5, "leading-wildcard": 5 };
const FAR = 6;

export function withNearest(path: AccessPath, nearest: Index | undefined): AccessPath {
  return nearest === undefined ? path : { ...path, nearest };
}

export function leads(part: IndexPart, column: Column): boolean {
  return part.column !== undefined && (part.column === column.name || part.column.toLowerCase() === column.name.toLowerCase());
}

/** Does the index have anything to do with the column, at any position, in an expression or in its condition? */
export function mentions(index: Index, column: Column): boolean {
  return index.parts.some((part) => leads(part, column) || (part.expression !== undefined && expressionNames(part.expression, column.name))) || (index.where !== undefined && expressionNames(index.where, column.name));
}

/** The fallback for shapes that are not modelled: without an index on any column named, nothing can serve. */
export function mentioned(predicate: Predicate, reason: AccessReason, relation: Relation, indexes: readonly Index[]): Outcome {
  const { columns, complete } = columnsOf(predicate);
  const resolved = columns.map((column) => resolve(column, relation));
  if (!complete || resolved.some((item) => item.kind === "unknown")) return { verdict: "unknown", reason };
  const own = resolved.flatMap((item) => (item.kind === "own" ? [item.column] : []));
  const [first] = own;
  if (first === undefined) return undefined;
  return indexes.some((index) => own.some((column) => mentions(index, column)))
    ? { verdict: "unknown", reason, column: first.name }
    : { verdict: "unusable", reason: "no-index", column: first.name };
}

/** What is usable becomes unknown. */
export function atMost(outcome: Outcome, reason: AccessReason): Outcome {
  return outcome?.verdict === "usable" && outcome.reason !== "never-true" ? { ...outcome, verdict: "unknown", reason } : outcome;
}

/** An index of a method that the engines with B-trees only do not have: it comes from a file of another engine. */
export function otherMethod(indexes: readonly Index[], columns: readonly Column[]): Index | undefined {
  return indexes.find((index) => methodProblem(index)?.verdict === "unknown" && columns.some((column) => mentions(index, column)));
}

/** What the method of an index means for a comparison, in the engines with B-trees and little else. */
export function methodProblem(index: Index): { readonly verdict: "unusable" | "unknown"; readonly reason: "method" | "method-unknown" } | undefined {
  switch (index.method) {
    case "btree":
    case "hash":
      return undefined;
    case "fulltext":
    case "spatial":
      return { verdict: "unusable", reason: "method" };
    default:
      return { verdict: "unknown", reason: "method-unknown" };
  }
}
