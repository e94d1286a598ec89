import { describe, expect, it } from "vitest";
import { accessPath } from "../../../src/indexes/access.js";
import { restrictionOf } from "../../../src/indexes/restriction.js";
import { readSql } from "../../../src/sql/index.js";
import { table } from "./predicates.js";

function verdict(sql: string, alias: string, indexes: readonly string[]): string {
  const reading = readSql({ text: sql, holes: [] }, { dialect: "postgresql" });
  if ("opaque" in reading) throw new Error(reading.message);
  const [statement] = reading.statements;
  const source = statement?.sources.find((candidate) => candidate.kind === "table" && candidate.table.alias === alias);
  if (statement === undefined || source?.kind !== "table") throw new Error("no such table");
  const { verdict: found, reason } = accessPath({ table: table(indexes), predicate: restrictionOf(statement, source.table), dialect: "postgresql", alias, alone: false });
  return `${found} ${reason}`;
}

describe("the conditions that lead into a table", () => {
  it.each([
    ["SELECT * FROM t JOIN o ON o.t_id = t.id WHERE o.x = 1", "t", ["id"], "usable leading"],
    ["SELECT * FROM t JOIN o ON o.t_id = t.id WHERE t.b = 1", "t", ["id"], "usable leading"],
    ["SELECT * FROM t JOIN o ON o.t_id = t.id WHERE t.b = 1", "t", ["a"], "unusable no-index"],
    ["SELECT * FROM t, o WHERE o.t_id = t.id AND o.x = 1", "t", ["id"], "usable leading"],
    ["SELECT * FROM t LEFT JOIN o ON o.t_id = t.id WHERE t.b = 1", "t", ["id"], "unusable no-index"],
    ["SELECT * FROM t LEFT JOIN o ON o.t_id = t.id", "t", ["id"], "unknown no-filter"],
    // A condition that no row without a partner passes makes the join an inner one.
    ["SELECT * FROM t LEFT JOIN o ON o.t_id = t.id WHERE t.b = 1 AND o.x = 1", "t", ["id"], "usable leading"],
    ["SELECT * FROM t LEFT JOIN o ON o.t_id = t.id WHERE t.b = 1 AND o.x IS NOT NULL", "t", ["id"], "usable leading"],
    ["SELECT * FROM t LEFT JOIN o ON o.t_id = t.id LEFT JOIN p ON p.id = o.p_id WHERE t.b = 1 AND p.x LIKE 'a%'", "t", ["id"], "usable leading"],
    ["SELECT * FROM t LEFT JOIN o ON o.t_id = t.id WHERE t.b = 1 AND o.x IS NULL", "t", ["id"], "unusable no-index"],
    ["SELECT * FROM t LEFT JOIN o ON o.t_id = t.id WHERE t.b = 1 AND coalesce(o.x, 1) = 1", "t", ["id"], "unusable no-index"],
    ["SELECT * FROM t LEFT JOIN o ON o.t_id = t.id WHERE t.b = 1 AND o.x IS DISTINCT FROM 1", "t", ["id"], "unusable no-index"],
    ["SELECT * FROM o LEFT JOIN t ON t.a = o.id", "t", ["a"], "usable leading"],
    ["SELECT * FROM o LEFT JOIN t ON t.a = o.id", "t", ["b"], "unusable no-index"],
    ["SELECT * FROM o JOIN t USING (a) WHERE o.x = 1", "t", ["a"], "usable leading"],
    ["SELECT * FROM t JOIN o ON o.t_id = t.id JOIN p ON p.id = o.p_id WHERE p.x = 1", "t", ["id"], "usable leading"],
  ])("%s → %s", (sql, alias, indexes, expected) => {
    expect(verdict(sql, alias, indexes)).toBe(expected);
  });
});
