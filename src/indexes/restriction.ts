/** Which conditions of a statement can lead a planner into one of its tables. */
import type { ColumnRef, Predicate, Source, Statement, TableRef } from "../query/model.js";

/**
 * WHERE together with the ON conditions by which the table can be entered: those of inner joins, in whichever order the
 * planner takes them, and that of the outer join that adds this table. The ON of a LEFT JOIN neither restricts the table
 * before it nor lets the planner start behind it (PostgreSQL manual 14.3), unless a condition refuses the rows that the
 * join fills with nulls: then it is an inner join to every planner. `owns` tells the table's columns from others where a
 * column is not qualified.
 */
export function restrictionOf(statement: Pick<Statement, "where" | "sources">, table: TableRef, owns: (column: ColumnRef) => boolean = () => true): Predicate {
  const own = statement.sources.findIndex((source) => source.kind === "table" && source.table === table);
  const items: Predicate[] = [statement.where];
  const inner = reducedJoins(statement, owns);
  for (const [position, source] of statement.sources.entries()) {
    const on = inner.has(source) ? source.join?.on : entering(source, position, own);
    if (on !== undefined) items.push(on);
  }
  const [only, ...others] = items.filter((item) => item.op !== "constant" || !item.value);
  if (only === undefined) return statement.where;
  return others.length === 0 ? only : { op: "and", items: [only, ...others] };
}

function entering(source: Source, position: number, own: number): Predicate | undefined {
  const { join } = source;
  if (join === undefined) return undefined;
  switch (join.type) {
    case "inner":
    case "cross":
    case "comma":
      return join.on;
    case "left":
      return position === own ? join.on : undefined;
    case "right":
      // What stands before a RIGHT JOIN is its inner side.
      return position === own ? undefined : join.on;
    case "full":
      return undefined;
    case "natural":
      return { op: "opaque", restricts: "unknown", reason: "the columns of a natural join are not written" };
  }
}

/** Left joins that a condition makes inner ones, directly or through a join behind them. */
export function reducedJoins({ where, sources }: Pick<Statement, "where" | "sources">, owns: (column: ColumnRef) => boolean): ReadonlySet<Source> {
  const reduced = new Set<Source>();
  const left = sources.filter(({ join }) => join?.type === "left");
  if (left.length === 0) return reduced;
  const conditions: Predicate[] = [where, ...sources.flatMap(({ join }) => (join?.type === "inner" ? [join.on] : []))];
  for (let condition = conditions.shift(); condition !== undefined; condition = conditions.shift()) {
    const refused = refusedNulls(condition);
    for (const source of left) {
      if (reduced.has(source) || source.join === undefined) continue;
      const alias = aliasOf(source).toLowerCase();
      if (!refused.some((column) => (column.table === undefined ? left.length === 1 && !owns(column) : column.table.toLowerCase() === alias))) continue;
      reduced.add(source);
      conditions.push(source.join.on);
    }
  }
  return reduced;
}

function aliasOf(source: Source): string {
  return source.kind === "table" ? source.table.alias : source.alias;
}

/** Columns that are not null in any row for which the condition is true. */
function refusedNulls(predicate: Predicate): readonly ColumnRef[] {
  switch (predicate.op) {
    case "and":
      return predicate.items.flatMap(refusedNulls);
    case "compare": {
      if (predicate.operator === "is distinct" || predicate.operator === "is not distinct") return [];
      const columns = predicate.operand.kind === "column" ? [predicate.column, predicate.operand.column] : [predicate.column];
      return columns.filter(isPlain);
    }
    case "in":
    case "like":
    case "between":
      return [predicate.column].filter(isPlain);
    case "null":
      return predicate.negated ? [predicate.column].filter(isPlain) : [];
    case "boolean":
      return predicate.form === "bare" ? [predicate.column].filter(isPlain) : [];
    case "or":
    case "not":
    case "constant":
    case "optional":
    case "exists":
    case "relation":
    case "operator":
    case "opaque":
      return [];
  }
}

/** `coalesce(a, 0) = 0` is true of nulls. */
function isPlain({ wrappers }: ColumnRef): boolean {
  return wrappers.every(({ kind }) => kind === "cast" || kind === "collate");
}
