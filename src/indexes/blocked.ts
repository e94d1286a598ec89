/** Conditions that keep an index from being used which is there: what is in the way, and what to write instead. */
import type { Dialect, Predicate, Span } from "../query/model.js";
import type { Index } from "../schema/model.js";
import { accessPath, type AccessPath, type AccessQuestion } from "./access.js";
import { columnsOf, resolve, type Relation } from "./columns.js";
import { describeIndex } from "./reasons.js";
import { rewriteOf } from "./rewrite.js";

export interface Blocked {
  readonly kind: "computed" | "wildcard" | "ignores-case" | "operand-type" | "catch-all";
  /** Name of the column in the database. */
  readonly column: string;
  /** The index that would serve the column itself. */
  readonly index: Index;
  /** The index in words: its name and its columns. */
  readonly label: string;
  /** Where the condition stands. */
  readonly span: Span;
  /** What to do, as an imperative sentence without its period. */
  readonly advice: string;
  /** The condition that selects the same rows by the index. */
  readonly exact?: string;
}

/** What the outcome of the whole filter is owed to, when that is a condition and not a missing index. */
export function blockedIndex(path: AccessPath, question: AccessQuestion, textOf: (span: Span) => string): Blocked | undefined {
  const { nearest, reason } = path;
  const kind = KINDS.get(reason);
  if (path.verdict !== "unusable" || kind === undefined || nearest === undefined || path.column === undefined) return undefined;
  const relation: Relation = { table: question.table, alias: question.alias, alone: question.alone ?? true };
  // Of an OR every arm is in the way; the one that the outcome speaks of is told.
  for (const predicate of partsIn(question.predicate)) {
    if (!("span" in predicate) || predicate.span === undefined) continue;
    const [first] = columnsOf(predicate).columns;
    const found = first === undefined ? undefined : resolve(first, relation);
    if (found?.kind !== "own" || found.column.name !== path.column || accessPath({ ...question, predicate }).reason !== reason) continue;
    // With a wildcard in front, an index that ignores case would not serve either.
    const form = predicate.op === "like" && predicate.prefix === "" ? "wildcard" : kind;
    const rewrite = form === "computed" ? rewriteOf({ predicate, column: found.column, dialect: question.dialect, textOf }) : { advice: adviceOf(form, question.dialect, found.column.name) };
    return rewrite && { kind: form, column: found.column.name, index: nearest, label: describeIndex(nearest), span: predicate.span, ...rewrite };
  }
  return undefined;
}

const KINDS: ReadonlyMap<AccessPath["reason"], Exclude<Blocked["kind"], "catch-all">> = new Map([
  ["wrapped", "computed"],
  ["leading-wildcard", "wildcard"],
  ["ignores-case", "ignores-case"],
  ["type-mismatch", "operand-type"],
]);

function adviceOf(kind: "wildcard" | "ignores-case" | "operand-type", dialect: Dialect | undefined, column: string): string {
  switch (kind) {
    case "wildcard":
      return `Match the beginning of the text, or search it by ${textSearch(dialect)}`;
    case "ignores-case":
      return `Compare \`lower(${column})\` over an index on that expression, or search by ${textSearch(dialect)}`;
    case "operand-type":
      return "Give the value the type of the column";
  }
}

function textSearch(dialect: Dialect | undefined): string {
  switch (dialect) {
    case "postgresql":
      return "a trigram index (`pg_trgm`)";
    case "sqlite":
      return "an FTS5 table";
    case "mysql":
    case "mariadb":
      return "a FULLTEXT index";
    default:
      return "a text index";
  }
}

/**
 * `($1 IS NULL OR col = $1)`: a condition that a null value switches off. One plan has to serve both cases: SQLite never
 * knows the values it plans for, PostgreSQL does not in a generic plan (manual, PREPARE). MySQL and MariaDB plan each
 * execution with its values.
 */
export function isCatchAll(predicate: Predicate): boolean {
  return predicate.op === "or" && !predicate.choice && predicate.items.some(isValueTest) && !predicate.items.every(isValueTest);
}

function isValueTest(predicate: Predicate): boolean {
  return predicate.op === "opaque" && predicate.invariant === true;
}

/** The index that the column's own condition in a catch-all would use. */
export function catchAllOf(question: AccessQuestion): Blocked | undefined {
  if (question.dialect !== "postgresql" && question.dialect !== "sqlite") return undefined;
  for (const predicate of conjunctsOf(question.predicate)) {
    if (!isCatchAll(predicate) || predicate.op !== "or") continue;
    const items = predicate.items.filter((item) => !isValueTest(item));
    const [only] = items;
    const { verdict, index, column } = accessPath({ ...question, predicate: only !== undefined && items.length === 1 ? only : { op: "or", items } });
    const spans = predicate.items.flatMap((item) => ("span" in item && item.span !== undefined ? [item.span] : []));
    if (verdict !== "usable" || index === undefined || column === undefined || spans.length === 0) continue;
    const span = { start: Math.min(...spans.map(({ start }) => start)), end: Math.max(...spans.map(({ end }) => end)) };
    return { kind: "catch-all", column, index, label: describeIndex(index), span, advice: "Add the condition to the statement only when there is a value" };
  }
  return undefined;
}

/** The conditions of a filter, those of an OR and those that the program may leave out included. */
function partsIn(predicate: Predicate): readonly Predicate[] {
  switch (predicate.op) {
    case "and":
    case "or":
      return predicate.items.flatMap(partsIn);
    case "optional":
      return partsIn(predicate.item);
    default:
      return [predicate];
  }
}

function conjunctsOf(predicate: Predicate): readonly Predicate[] {
  return predicate.op === "and" ? predicate.items.flatMap(conjunctsOf) : [predicate];
}
