/** Makers of query-model values, so that adapters state only what they know. */
import type { Predicate, Projection, Query, Range, Span, Statement, StatementKind, TableRef } from "./model.js";

/** The filter of a statement that has none. */
export const NO_FILTER: Predicate = { op: "constant", value: true, written: false };

/** A projection of every column. */
export const ALL_COLUMNS: Projection = { all: true, columns: [], aggregate: "no" };

/** One aggregate row: `count`, `sum`, `exists`. */
export const AGGREGATE: Projection = { all: false, columns: [], aggregate: "yes" };

/** A statement in which everything that is not given is absent. */
export function statement(kind: StatementKind, span: Span, given: Partial<Statement> = {}): Statement {
  return {
    kind,
    span,
    certainty: "parsed",
    sources: [],
    where: NO_FILTER,
    projection: ALL_COLUMNS,
    groupBy: [],
    having: false,
    distinct: false,
    orderBy: [],
    assignments: [],
    returning: false,
    subqueries: [],
    ctes: [],
    ...given,
  };
}

/** A query: a statement and where and how it is sent. Everything optional is the usual: sent now, all rows, no edits. */
export function query(base: Statement, given: Pick<Query, "library" | "site" | "dialect"> & Partial<Omit<Query, keyof Statement>>): Query {
  return {
    ...base,
    sending: "now",
    delivery: base.kind === "select" ? "all" : "none",
    batchesInTick: false,
    wholeTableByName: false,
    byUniqueKey: false,
    inputs: [],
    locate: (span) => [span.start, span.end],
    edits: {},
    bulk: {},
    ...given,
  };
}

/** Conjunction without needless nesting: constants that are true and not written drop out, nested conjunctions merge. */
export function and(items: readonly Predicate[]): Predicate {
  const parts: Predicate[] = [];
  for (const item of items) {
    if (item.op === "constant" && item.value && !item.written) continue;
    if (item.op === "and") parts.push(...item.items);
    else parts.push(item);
  }
  const [only] = parts;
  if (!only) return NO_FILTER;
  return parts.length === 1 ? only : { op: "and", items: parts };
}

/** Disjunction; of one item, the item. */
export function or(items: readonly Predicate[]): Predicate {
  const [only] = items;
  return items.length === 1 && only ? only : { op: "or", items };
}

/** One of several conditions, which the program chooses; of one, that one. */
export function choice(items: readonly Predicate[]): Predicate {
  const parts = items.flatMap((item) => (item.op === "or" && item.choice ? item.items : [item]));
  const [only] = parts;
  return parts.length === 1 && only ? only : { op: "or", items: parts, choice: true };
}

/** The span of a node's range. */
export function spanOf(range: readonly [number, number]): Span {
  return { start: range[0], end: range[1] };
}

export function rangeOf(span: Span): Range {
  return [span.start, span.end];
}

/** The table a statement is about: the one it writes, else the first it reads, also through common table expressions. */
export function mainTable(base: Statement): TableRef | undefined {
  if (base.target) return base.target;
  for (const source of base.sources) if (source.kind === "table") return source.table;
  for (const source of base.sources) {
    const inner = source.kind === "subquery" ? mainTable(source.statement) : undefined;
    if (inner) return inner;
  }
  for (const nested of base.subqueries) {
    const inner = mainTable(nested.statement);
    if (inner) return inner;
  }
  for (const branch of base.branches ?? []) {
    const inner = mainTable(branch);
    if (inner) return inner;
  }
  return undefined;
}
