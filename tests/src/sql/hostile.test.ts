/** No input crashes a reader or takes long, and a normal statement is read afterwards all the same. */
import { describe, expect, it } from "vitest";
import type { Dialect } from "../../../src/query/model.js";
import { readDdl, readSql, sqlCounters, looksLikeSql } from "../../../src/sql/index.js";
import { parseSqlparser } from "../../../src/sql/parsers/sqlparser.js";
import { ParserDied } from "../../../src/sql/parsers/resolve.js";

function nested(open: string, inner: string, close: string, depth: number): string {
  return open.repeat(depth) + inner + close.repeat(depth);
}

const inputs: Readonly<Record<string, string>> = {
  "nested parentheses": `SELECT * FROM t WHERE ${nested("(", "a = 1", ")", 30_000)}`,
  "nested conditions": `SELECT * FROM t WHERE ${nested("(a = 1 AND (b = 2 OR ", "c = 3", "))", 200)}`,
  "moderately nested conditions": `SELECT * FROM t WHERE ${nested("(a = 1 AND b = 2 OR ", "c = 3", ")", 14)}`,
  "nested functions": `SELECT ${nested("f(", "1", ")", 5_000)} FROM t`,
  "nested functions, few": `SELECT ${nested("f(", "1", ")", 15)} FROM t`,
  "nested casts": `SELECT ${nested("CAST(", "1", " AS int)", 100)} FROM t`,
  "nested casts, few": `SELECT ${nested("CAST(", "1", " AS char)", 14)} FROM t`,
  "nested CASE": `SELECT ${nested("CASE WHEN a THEN ", "1", " ELSE 2 END", 500)} FROM t`,
  "CASE without END": `SELECT ${"CASE WHEN a THEN ".repeat(20)} 1 FROM t`,
  "nested sub-queries": `${nested("SELECT * FROM (", "SELECT 1", ") x", 300)}`,
  "unbalanced parentheses": `SELECT * FROM t WHERE ${"(a = 1 AND ".repeat(18)}`,
  "closing parentheses": `SELECT * FROM t WHERE a = 1 ${")".repeat(10_000)}`,
  "unclosed quote": `SELECT * FROM t WHERE a = '${"x".repeat(100_000)}`,
  "unclosed comment": `SELECT * FROM t /* ${"x".repeat(100_000)}`,
  "unclosed dollar quote": "SELECT $a$ x",
  "alternating quotes": `SELECT ${`'"`.repeat(20_001)} FROM t`,
  "a megabyte of columns": `SELECT ${Array.from({ length: 120_000 }, (_, index) => `c${String(index)}`).join(", ")} FROM t`,
  "ten thousand values": `SELECT * FROM t WHERE id IN (${Array.from({ length: 10_000 }, (_, index) => String(index)).join(", ")})`,
  "ten thousand rows": `INSERT INTO t (a, b) VALUES ${Array.from({ length: 10_000 }, (_, index) => `(${String(index)}, 'x')`).join(", ")}`,
  "a thousand joins": `SELECT * FROM t0 ${Array.from({ length: 1_000 }, (_, index) => `JOIN t${String(index + 1)} ON t${String(index + 1)}.id = t${String(index)}.id`).join(" ")}`,
  "chained OR": `SELECT * FROM t WHERE ${Array.from({ length: 5_000 }, () => "a = 1").join(" OR ")}`,
  "chained plus": `SELECT ${"1 + ".repeat(20_000)}1 FROM t`,
  "chained concatenation": `SELECT ${"a || ".repeat(1_000)}a FROM t`,
  "chained NOT": `SELECT * FROM t WHERE ${"NOT ".repeat(5_000)}a`,
  "chained minus": `SELECT ${"- ".repeat(20_000)}1`,
  "chained UNION": Array.from({ length: 2_000 }, () => "SELECT 1").join(" UNION ALL "),
  "many statements": "SELECT 1;".repeat(5_000),
  "many placeholders": `SELECT * FROM t WHERE a IN (${"?,".repeat(5_000)}?)`,
  "null characters": "SELECT \0 FROM t\0",
  "lone surrogates": "SELECT '\ud800' FROM t WHERE a = '\udc00'",
  "only quotes": "'".repeat(9_999),
  "only backslashes": "SELECT '" + "\\".repeat(9_999),
  "operators": "SELECT " + "+-*/<>=~!@#%^&|`?:".repeat(500),
  "digits and dots": "SELECT " + "1.".repeat(9_999),
};

const dialects: readonly (Dialect | undefined)[] = ["postgresql", "mysql", "sqlite", "sqlserver", undefined];

describe("hostile input", () => {
  // The readers are loaded before anything is measured.
  for (const dialect of dialects) readSql({ text: "SELECT 1 FROM warm_up", holes: [] }, { dialect });

  for (const [name, text] of Object.entries(inputs)) {
    it(name, () => {
      for (const dialect of dialects) {
        const started = performance.now();
        const reading = readSql({ text, holes: [] }, { dialect });
        const taken = performance.now() - started;
        // The goal is a quarter of a second; the ceiling allows for a busy machine.
        expect(taken, `${String(dialect)}: ${JSON.stringify(reading).slice(0, 80)}`).toBeLessThan(1_500);
        expect("statements" in reading || reading.opaque.length > 0).toBe(true);
        const after = readSql({ text: `SELECT id FROM t WHERE name = '${name}' AND a = 1 LIMIT 3`, holes: [] }, { dialect });
        expect("statements" in after && after.statements[0]?.certainty).toBe("parsed");
      }
      looksLikeSql(text);
    });
  }

  it("gives no parser what the guard refuses", () => {
    const before = sqlCounters().parses;
    for (const dialect of dialects) expect(readSql({ text: inputs["a megabyte of columns"] ?? "", holes: [] }, { dialect })).toMatchObject({ opaque: "too-complex" });
    expect(sqlCounters().parses).toBe(before);
  });

  it("reads ten thousand values", () => {
    for (const dialect of ["postgresql", "mysql", "sqlite"] as const) {
      const reading = readSql({ text: inputs["ten thousand values"] ?? "", holes: [] }, { dialect });
      expect("statements" in reading && reading.statements[0]?.where).toMatchObject({ op: "in", values: { kind: "list" } });
    }
  });

  it("replaces a WASM instance that a trap has spoiled", () => {
    const before = sqlCounters().rebuilds;
    // Past the guard on purpose.
    expect(() => parseSqlparser("mysql", `SELECT ${"a || ".repeat(20_000)}a FROM t`)).toThrow(ParserDied);
    expect(sqlCounters().rebuilds).toBe(before + 1);
    const after = readSql({ text: "SELECT spoiled FROM t WHERE a = 1", holes: [] }, { dialect: "mysql" });
    expect("statements" in after && after.statements[0]?.certainty).toBe("parsed");
  });

  it("reads hostile DDL", () => {
    for (const text of Object.values(inputs)) expect(() => readDdl(text, undefined)).not.toThrow();
    expect(() => readDdl(`CREATE TABLE t ${nested("(", "a int", ")", 20_000)}`, "postgresql")).not.toThrow();
  });
});
