/** Which conditions of a statement can lead a planner into one of its tables. */
import type { Predicate, Source, Statement, TableRef } from "../query/model.js";

/**
 * WHERE together with the ON conditions by which the table can be entered: those of inner joins, in whichever order the
 * planner takes them, and that of the outer join that adds this table. The ON of a LEFT JOIN neither restricts the table
 * before it nor lets the planner start behind it (PostgreSQL manual 14.3).
 */
export function restrictionOf(statement: Pick<Statement, "where" | "sources">, table: TableRef): Predicate {
  const own = statement.sources.findIndex((source) => source.kind === "table" && source.table === table);
  const items: Predicate[] = [statement.where];
  for (const [position, source] of statement.sources.entries()) {
    const on = entering(source, position, own);
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
