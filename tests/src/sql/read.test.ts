import { describe, expect, it } from "vitest";
import type { Dialect, Predicate } from "../../../src/query/model.js";
import { clearSqlCache, normalizeExpression, readSql, sqlCounters } from "../../../src/sql/index.js";
import { cut, statement, statements } from "./support.js";

const first: readonly Dialect[] = ["postgresql", "mysql", "sqlite"];
const all: readonly Dialect[] = [...first, "mariadb", "sqlserver", "bigquery", "snowflake"];

function where(condition: string, dialect: Dialect = "postgresql"): Predicate {
  return statement(`SELECT * FROM t WHERE ${condition}`, dialect).where;
}

describe("conditions", () => {
  const cases: readonly (readonly [string, object])[] = [
    ["a = 1", { op: "compare", column: { name: "a" }, operator: "=", operand: { kind: "literal", value: 1 } }],
    ["1 < a", { op: "compare", column: { name: "a" }, operator: ">", operand: { value: 1 } }],
    ["5 >= x.a", { op: "compare", column: { table: "x", name: "a" }, operator: "<=" }],
    ["a <> 'x'", { op: "compare", operator: "<>", operand: { value: "x" } }],
    ["a != -3", { op: "compare", operator: "<>", operand: { kind: "literal", value: -3 } }],
    ["a.x = b.y", { op: "compare", column: { table: "a" }, operand: { kind: "column", column: { table: "b", name: "y" } } }],
    ["a IS NULL", { op: "null", negated: false }],
    ["a IS NOT NULL", { op: "null", negated: true }],
    ["NOT (a IS NULL)", { op: "null", negated: true }],
    ["a BETWEEN 1 AND 5", { op: "between", negated: false, low: { value: 1 }, high: { value: 5 } }],
    ["a NOT BETWEEN 1 AND 5", { op: "between", negated: true }],
    ["a IN (1, 2, 3)", { op: "in", negated: false, values: { kind: "list", operands: [{ value: 1 }, { value: 2 }, { value: 3 }] } }],
    ["a NOT IN (1)", { op: "in", negated: true }],
    ["NOT a IN (1)", { op: "in", negated: true }],
    ["a IN (SELECT id FROM u)", { op: "in", values: { kind: "subquery", statement: { sources: [{ table: { name: "u" } }] } } }],
    ["a NOT IN (SELECT id FROM u)", { op: "in", negated: true, values: { kind: "subquery" } }],
    ["EXISTS (SELECT 1 FROM u)", { op: "exists", negated: false, statement: { kind: "select" } }],
    ["NOT EXISTS (SELECT 1 FROM u)", { op: "exists", negated: true }],
    ["a LIKE 'abc%'", { op: "like", negated: false, insensitive: false, prefix: "abc", pattern: { value: "abc%" } }],
    ["a LIKE '%abc'", { op: "like", prefix: "" }],
    ["a NOT LIKE 'a_c'", { op: "like", negated: true, prefix: "a" }],
    ["a = (SELECT max(b) FROM u)", { op: "compare", operand: { kind: "subquery", statement: { projection: { aggregate: "yes" } } } }],
    ["lower(a) = 'x'", { op: "compare", column: { name: "a", wrappers: [{ kind: "function", name: "lower", text: "lower(a)" }] } }],
    ["CAST(a AS char) = 'x'", { op: "compare", column: { name: "a", wrappers: [{ kind: "cast" }] } }],
    ["a + 1 = 2", { op: "compare", column: { name: "a", wrappers: [{ kind: "arithmetic" }] } }],
    ["coalesce(lower(t.a), 'x') = 'y'", { op: "compare", column: { table: "t", wrappers: [{ name: "coalesce", text: "coalesce(lower(a),'x')" }, { name: "lower" }] } }],
    ["coalesce(a, b) = 1", { op: "compare", column: { name: "a", wrappers: [{ kind: "function", name: "coalesce" }], others: [{ name: "b" }] }, operand: { value: 1 } }],
    ["a + b > 1", { op: "compare", column: { name: "a", wrappers: [{ kind: "arithmetic" }], others: [{ name: "b" }], text: '("a" + "b")' } }],
    ["a = b + c", { op: "compare", column: { name: "a" }, operand: { kind: "column", column: { name: "b", others: [{ name: "c" }] } } }],
    ["(a, b) = (1, 2)", { op: "and", items: [{ op: "compare", column: { name: "a" }, operator: "=", operand: { value: 1 } }, { column: { name: "b" }, operand: { value: 2 } }] }],
    ["(a, b) <> (1, 2)", { op: "or", items: [{ column: { name: "a" }, operator: "<>" }, { column: { name: "b" }, operator: "<>" }] }],
    ["(a, b) > (1, 2)", { op: "operator", operator: "row >", columns: [{ name: "a" }, { name: "b" }], operands: [{ value: 1 }, { value: 2 }] }],
    ["(1, 2) > (a, b)", { op: "operator", operator: "row <", columns: [{ name: "a" }, { name: "b" }] }],
    ["1 = 1", { op: "constant", value: true, written: true }],
    ["1 = 0", { op: "constant", value: false, written: true }],
    ["'a' = 'a'", { op: "constant", value: true }],
    ["NOT (1 = 0)", { op: "constant", value: true }],
    ["a = 1 AND b = 2 AND c = 3", { op: "and", items: [{}, {}, {}] }],
    ["a = 1 OR b = 2 AND c = 3", { op: "or", items: [{ op: "compare" }, { op: "and" }] }],
    ["(a = 1 OR b = 2) AND c = 3", { op: "and", items: [{ op: "or" }, { op: "compare" }] }],
    ["NOT (a = 1 OR b = 2)", { op: "not", item: { op: "or" } }],
    ["5 BETWEEN a AND b", { op: "and", items: [{ op: "compare", column: { name: "a" }, operator: "<=", operand: { value: 5 } }, { column: { name: "b" }, operator: ">=" }] }],
    ["5 NOT BETWEEN a AND b", { op: "or", items: [{ column: { name: "a" }, operator: ">" }, { column: { name: "b" }, operator: "<" }] }],
    ["CASE WHEN a = 1 THEN 1 ELSE 0 END = 1", { op: "compare", column: { name: "a", wrappers: [{ kind: "function", name: "case" }] } }],
  ];
  for (const [condition, expected] of cases) {
    it(condition, () => {
      for (const dialect of first) {
        const text = `SELECT * FROM t WHERE ${condition}`;
        const found = statement(text, dialect).where;
        expect(found, dialect).toMatchObject(expected);
        if ("span" in found) expect(cut(text, found.span), dialect).toBe(condition);
      }
    });
  }

  it("of PostgreSQL", () => {
    expect(where("a = ANY($1)")).toMatchObject({ op: "in", negated: false, values: { kind: "array", operand: { kind: "parameter", placeholder: 1 } } });
    expect(where("a = ANY($1::int[])")).toMatchObject({ op: "in", values: { kind: "array", operand: { type: "array" } } });
    expect(where("a <> ALL($1)")).toMatchObject({ op: "in", negated: true, values: { kind: "array" } });
    expect(where("a = ANY(ARRAY[1, 2])")).toMatchObject({ op: "in", values: { kind: "list", operands: [{ value: 1 }, { value: 2 }] } });
    expect(where("a = ANY(SELECT 1)")).toMatchObject({ op: "in", values: { kind: "subquery" } });
    expect(where("$1 = ANY(tags)")).toMatchObject({ op: "operator", columns: [{ name: "tags" }] });
    expect(where("a = $1::uuid")).toMatchObject({ op: "compare", operand: { kind: "parameter", type: "string" } });
    expect(where("a::date = '2024-01-01'")).toMatchObject({ op: "compare", column: { wrappers: [{ kind: "cast", type: "date" }] } });
    expect(where("data->>'k' = 'x'")).toMatchObject({ op: "compare", column: { name: "data", wrappers: [{ kind: "json", path: "->>k" }] } });
    expect(where("data @> '{}'")).toMatchObject({ op: "operator", operator: "@>", columns: [{ name: "data" }] });
    expect(where("a ILIKE 'x%'")).toMatchObject({ op: "like", insensitive: true, prefix: "x" });
    expect(where("a LIKE '%' || $1 || '%'")).toMatchObject({ op: "like", prefix: "" });
    expect(where("a LIKE $1 || '%'")).toMatchObject({ op: "like" });
    expect(where(String.raw`a LIKE 'a\_b%'`)).toMatchObject({ op: "like", prefix: "a_b" });
    expect(where("a IS NOT DISTINCT FROM $1")).toMatchObject({ op: "compare", operator: "is not distinct" });
    expect(where("active")).toMatchObject({ op: "boolean", value: true, form: "bare" });
    expect(where("NOT active")).toMatchObject({ op: "boolean", value: false, form: "bare" });
    expect(where("active IS TRUE")).toMatchObject({ op: "boolean", value: true, form: "is" });
    expect(where("active IS NOT TRUE")).toMatchObject({ op: "not", item: { op: "boolean", value: true } });
    expect(where("true")).toMatchObject({ op: "constant", value: true });
    expect(where("$1 IS NULL OR a = $1")).toMatchObject({ op: "or", items: [{ op: "opaque", restricts: "unknown", invariant: true }, { op: "compare" }] });
    expect(where("a > now() - interval '1 day'")).toMatchObject({ op: "compare", operand: { kind: "expression", volatile: "no" } });
    expect(where("a = random()")).toMatchObject({ operand: { kind: "expression", volatile: "yes" } });
    expect(where('"userId" = 1')).toMatchObject({ column: { name: "userId" } });
    expect(where("userId = 1")).toMatchObject({ column: { name: "userid" } });
    expect(where("name COLLATE \"C\" = 'x'")).toMatchObject({ column: { wrappers: [{ kind: "collate", collation: "C" }] } });
    expect(where("a || 'x' = 'y'")).toMatchObject({ column: { wrappers: [{ kind: "concat" }] } });
    expect(where("(a, b) IN ((1, 2))")).toMatchObject({ op: "and", items: [{ column: { name: "a" } }, { column: { name: "b" } }] });
    expect(where("(a, b) IN ((1, 2), (3, 4))")).toMatchObject({ op: "or", items: [{ op: "and" }, { op: "and" }] });
    expect(where("(a, b) NOT IN ((1, 2), (3, 4))")).toMatchObject({ op: "not", item: { op: "or" } });
    expect(where("data->'tags' @> $1")).toMatchObject({ op: "operator", operator: "@>", columns: [{ name: "data", wrappers: [{ kind: "json" }] }], operands: [{ kind: "parameter" }] });
    expect(where("ARRAY[1] <@ tags")).toMatchObject({ op: "operator", operator: "@>", columns: [{ name: "tags" }], operands: [{ kind: "expression" }] });
    expect(where("a < ANY($1)")).toMatchObject({ op: "operator", operator: "< any", columns: [{ name: "a" }], operands: [{ kind: "parameter" }] });
    expect(where("a BETWEEN SYMMETRIC 5 AND 1")).toMatchObject({ op: "or", items: [{ op: "between", low: { value: 5 } }, { op: "between", low: { value: 1 } }] });
    expect(where("a NOT BETWEEN SYMMETRIC 5 AND 1")).toMatchObject({ op: "not", item: { op: "or" } });
    expect(where("(a = 5) = true")).toMatchObject({ op: "compare", column: { name: "a" }, operand: { value: 5 } });
    expect(where("(a = 5) <> true")).toMatchObject({ op: "not", item: { op: "compare" } });
    expect(where("active IS UNKNOWN")).toMatchObject({ op: "null", unknown: true });
    expect(where("a = 5.0")).toMatchObject({ operand: { kind: "literal", value: 5, sqlType: "numeric" } });
    expect(where("a = $1::bigint")).toMatchObject({ operand: { kind: "parameter", sqlType: "int8" } });
    expect(where("a::varchar(10) = 'x'")).toMatchObject({ column: { wrappers: [{ kind: "cast", type: "varchar(10)" }] } });
    expect(where("(data->>'k')::int = 5")).toMatchObject({ column: { text: `cast(("data" ->> 'k') as int4)` } });
  });

  it("of MySQL and SQLite", () => {
    expect(where("a <=> 1", "mysql")).toMatchObject({ op: "compare", operator: "is not distinct" });
    expect(where("a REGEXP '^x'", "mysql")).toMatchObject({ op: "operator", operator: "regexp" });
    expect(where("MATCH (a, b) AGAINST ('x')", "mysql")).toMatchObject({ op: "operator", operator: "match", columns: [{ name: "a" }, { name: "b" }] });
    expect(where("data->'$.k' = 1", "mysql")).toMatchObject({ op: "compare", column: { wrappers: [{ kind: "json" }] } });
    expect(where("data->>'$.k' = 1 AND b = 2", "mysql")).toMatchObject({ op: "and", items: [{ column: { name: "data" } }, { column: { name: "b" } }] });
    expect(where("a = \"x\"", "mysql")).toMatchObject({ operand: { kind: "literal", value: "x" } });
    for (const dialect of ["mysql", "mariadb"] as const) {
      expect(where("a = 5 && b = 3", dialect)).toMatchObject({ op: "and", items: [{ column: { name: "a" } }, { column: { name: "b" } }] });
      expect(where("a = 5 || b = 3 AND c = 1", dialect)).toMatchObject({ op: "or", items: [{ column: { name: "a" } }, { op: "and" }] });
      expect(where("a='x'|| b='y'", dialect)).toMatchObject({ op: "or", items: [{ column: { name: "a" } }, { column: { name: "b" } }] });
      expect(where("ROW(a, b) = ROW(1, 2)", dialect)).toMatchObject({ op: "and", items: [{ column: { name: "a" } }, { column: { name: "b" } }] });
    }
    expect(where("likely(a = 1) AND likelihood(b = 2, 0.5)", "sqlite")).toMatchObject({ op: "and", items: [{ op: "compare", column: { name: "a" } }, { op: "compare", column: { name: "b" } }] });
    expect(where("1", "mysql")).toMatchObject({ op: "constant", value: true });
    expect(where("a IS ?", "sqlite")).toMatchObject({ op: "compare", operator: "is not distinct", operand: { kind: "parameter" } });
    for (const dialect of ["mysql", "sqlite", "postgresql"] as const) {
      expect(where("c = 3 AND a IS NOT DISTINCT FROM 5 OR b = 1", dialect)).toMatchObject({ op: "or", items: [{ op: "and", items: [{ operator: "=" }, { operator: "is not distinct" }] }, { operator: "=" }] });
    }
    expect(where("BINARY a = 'x' AND b = BINARY 'y' OR c = CAST(d AS BINARY)", "mysql")).toMatchObject({
      op: "or",
      items: [{ op: "and", items: [{ column: { name: "a", wrappers: [{ kind: "cast", type: "binary" }] }, operand: { value: "x" } }, { column: { name: "b" }, operand: { kind: "literal", sqlType: "binary" } }] }, { column: { name: "c" } }],
    });
    expect(where("a IS NOT ?", "sqlite")).toMatchObject({ op: "compare", operator: "is distinct" });
    expect(where("a GLOB 'x*'", "sqlite")).toMatchObject({ op: "operator", operator: "glob" });
    expect(where("t MATCH 'x'", "sqlite")).toMatchObject({ op: "operator", operator: "match" });
    expect(where("a IN ()", "sqlite")).toMatchObject({ op: "constant", value: false });
  });
});

describe("sources", () => {
  for (const dialect of first) {
    it(`flatten joins in ${dialect}`, () => {
      const read = statement("SELECT * FROM a x LEFT JOIN b ON b.id = x.b_id JOIN c USING (id) CROSS JOIN d, e", dialect);
      expect(read.sources).toMatchObject([
        { kind: "table", table: { name: "a", alias: "x" } },
        { table: { name: "b" }, join: { type: "left", on: { op: "compare" } } },
        { table: { name: "c" }, join: { type: "inner", on: { op: "compare", operator: "=", column: { table: "c", name: "id" }, operand: { kind: "column" } } } },
        { table: { name: "d" }, join: { type: "cross", on: { op: "constant", written: false } } },
        { table: { name: "e" }, join: { type: "comma" } },
      ]);
      expect(read.sources[0]?.join).toBeUndefined();
    });
    it(`tell tables from CTEs and sub-queries in ${dialect}`, () => {
      const read = statement("WITH c AS (SELECT 1 AS id) SELECT * FROM c JOIN (SELECT id FROM u LIMIT 3) s ON s.id = c.id", dialect);
      expect(read).toMatchObject({ ctes: ["c"], sources: [{ kind: "cte", name: "c" }, { kind: "subquery", alias: "s", lateral: false, statement: { limit: { value: 3 } } }] });
      expect(read.subqueries.map((item) => item.role)).toEqual(["cte", "from"]);
    });
    it(`collect every nested query in ${dialect}`, () => {
      const text = "SELECT (SELECT count(*) FROM a), x FROM t WHERE x IN (SELECT id FROM b) AND EXISTS (SELECT 1 FROM c) ORDER BY (SELECT 2)";
      const read = statement(text, dialect);
      expect(read.subqueries.map((item) => item.role)).toEqual(["scalar", "in", "exists", "scalar"]);
      expect(read.subqueries.map((item) => cut(text, item.span))).toEqual(["SELECT count(*) FROM a", "SELECT id FROM b", "SELECT 1 FROM c", "SELECT 2"]);
    });
  }

  it("of PostgreSQL", () => {
    expect(statement("SELECT * FROM generate_series(1, 10) g").sources).toMatchObject([{ kind: "function", name: "generate_series", alias: "g" }]);
    expect(statement("SELECT * FROM unnest($1::int[]) AS u(id)").sources).toMatchObject([{ kind: "function", name: "unnest", alias: "u" }]);
    expect(statement("SELECT * FROM (VALUES (1), (2)) v(id)").sources).toMatchObject([{ kind: "values", alias: "v" }]);
    expect(statement("SELECT * FROM t, LATERAL (SELECT 1 FROM u WHERE u.id = t.id) l").sources).toMatchObject([{}, { kind: "subquery", lateral: true, join: { type: "comma" } }]);
    expect(statement("SELECT * FROM ONLY public.t").sources).toMatchObject([{ table: { name: "t", schema: "public" } }]);
    expect(statement("SELECT * FROM a LEFT JOIN (b JOIN c ON b.id = c.id) ON a.id = b.id").sources).toMatchObject([{ table: { name: "a" } }, { table: { name: "b" }, join: { type: "left" } }, { table: { name: "c" }, join: { type: "inner" } }]);
    expect(statement("VALUES (1), (2)").sources).toMatchObject([{ kind: "values" }]);
    expect(statement("SELECT pg_advisory_xact_lock(1)")).toMatchObject({ kind: "select", sources: [] });
    expect(statement("TABLE users").sources).toMatchObject([{ table: { name: "users" } }]);
  });

  it("point at the exact characters", () => {
    const text = "/* é𝄞 */ SELECT 'ünï𝄞', u.id\nFROM \"public\".\"Users\" u\nWHERE u.\"é\" = 'x' AND lower(u.name) = $1 LIMIT 10";
    for (const dialect of ["postgresql", "sqlite"] as const) {
      const read = statement(text, dialect);
      const [source] = read.sources;
      expect(cut(text, source?.kind === "table" ? source.table.span : undefined)).toBe('"public"."Users"');
      if (read.where.op !== "and") throw new Error("no conjunction");
      expect(read.where.items.map((item) => ("span" in item ? cut(text, item.span) : ""))).toEqual(["u.\"é\" = 'x'", "lower(u.name) = $1"]);
      expect(cut(text, read.limit?.span)).toBe("10");
      expect(read.projection.columns.map((column) => cut(text, column.span))).toEqual(["u.id"]);
    }
  });
});

describe("limits", () => {
  const cases: readonly (readonly [string, readonly Dialect[], object])[] = [
    ["SELECT * FROM t LIMIT 10", first, { limit: { kind: "number", value: 10 } }],
    ["SELECT * FROM t LIMIT 10 OFFSET 20", first, { limit: { value: 10 }, offset: { value: 20 } }],
    ["SELECT * FROM t LIMIT 20, 10", ["mysql", "sqlite"], { limit: { value: 10 }, offset: { value: 20 } }],
    ["SELECT * FROM t LIMIT ?", ["mysql", "sqlite"], { limit: { kind: "parameter" } }],
    ["SELECT * FROM t LIMIT -1 OFFSET 5", ["sqlite"], { limit: { kind: "none" }, offset: { value: 5 } }],
    ["SELECT * FROM t LIMIT 18446744073709551615 OFFSET 5", ["mysql"], { limit: { kind: "none" } }],
    ["SELECT * FROM t LIMIT ALL", ["postgresql"], { limit: { kind: "none" } }],
    ["SELECT * FROM t LIMIT NULL", ["postgresql"], { limit: { kind: "none" } }],
    ["SELECT * FROM t FETCH FIRST 5 ROWS ONLY", ["postgresql"], { limit: { kind: "number", value: 5 } }],
    ["SELECT * FROM t FETCH FIRST ROW ONLY", ["postgresql"], { limit: { kind: "number", value: 1 } }],
    ["SELECT * FROM t LIMIT least($1, 100)", ["postgresql"], { limit: { kind: "parameter" } }],
    ["SELECT TOP 5 * FROM t", ["sqlserver"], { limit: { kind: "number", value: 5 } }],
    ["SELECT TOP (@n) * FROM t", ["sqlserver"], { limit: { kind: "parameter" } }],
    ["SELECT * FROM t ORDER BY a OFFSET 5 ROWS FETCH NEXT 10 ROWS ONLY", ["sqlserver"], { limit: { value: 10 }, offset: { value: 5 } }],
    ["SELECT a FROM t UNION ALL SELECT a FROM u ORDER BY a LIMIT 10", first, { limit: { value: 10 }, orderBy: [{}], branches: [{ sources: [{ table: { name: "t" } }] }, { sources: [{ table: { name: "u" } }] }] }],
    ["DELETE FROM t WHERE a = 1 LIMIT 100", ["mysql"], { kind: "delete", limit: { value: 100 } }],
    ["DELETE TOP (100) FROM t WHERE a = 1", ["sqlserver"], { kind: "delete", limit: { value: 100 } }],
    ["SELECT * FROM jobs FOR UPDATE SKIP LOCKED", ["postgresql", "mysql"], { locking: { skipLocked: true } }],
    ["SELECT * FROM jobs FOR UPDATE", ["postgresql", "mysql"], { locking: { skipLocked: false } }],
  ];
  for (const [text, dialects, expected] of cases) {
    it(text, () => {
      for (const dialect of dialects) expect(statement(text, dialect), dialect).toMatchObject(expected);
    });
  }
  it("are absent where none is written", () => {
    for (const dialect of first) {
      expect(statement("SELECT * FROM t", dialect).limit).toBeUndefined();
      expect(statement("SELECT * FROM t UNION SELECT * FROM u LIMIT 3", dialect).branches?.[1]?.limit).toBeUndefined();
    }
    expect(statement("SELECT * FROM t OFFSET 10").limit).toBeUndefined();
  });
});

describe("projection", () => {
  const cases: readonly (readonly [string, object])[] = [
    ["SELECT * FROM t", { all: true, aggregate: "no" }],
    ["SELECT t.* FROM t", { all: true }],
    ["SELECT count(*) FROM t", { all: false, aggregate: "yes" }],
    ["SELECT max(a), 1, sum(b) / 2 FROM t", { aggregate: "yes" }],
    ["SELECT a, count(*) FROM t GROUP BY a", { aggregate: "no", columns: [{ name: "a" }] }],
    ["SELECT count(*) OVER () FROM t", { aggregate: "no" }],
    ["SELECT lower(a) FROM t", { aggregate: "no" }],
    ["SELECT coalesce(sum(a), 0) FROM t", { aggregate: "yes" }],
  ];
  for (const [text, expected] of cases) {
    it(text, () => {
      for (const dialect of first) expect(statement(text, dialect).projection, dialect).toMatchObject(expected);
    });
  }
  it("groups, distinct, order", () => {
    for (const dialect of first) {
      expect(statement("SELECT DISTINCT a FROM t GROUP BY a, lower(b) HAVING count(*) > 1 ORDER BY a DESC, b", dialect)).toMatchObject({
        distinct: true, having: true, groupBy: [{ name: "a" }, { name: "b" }], orderBy: [{ column: { name: "a" }, descending: "yes" }, { descending: "no" }],
      });
    }
    expect(statement("SELECT a FROM t ORDER BY a DESC NULLS LAST")).toMatchObject({ orderBy: [{ nulls: "last" }] });
  });
});

describe("writes", () => {
  const cases: readonly (readonly [string, readonly Dialect[], object])[] = [
    ["INSERT INTO t (a, b) VALUES (1, 2)", first, { kind: "insert", target: { name: "t" }, rows: "one", assignments: [{ column: { name: "a" }, operand: { value: 1 } }, { column: { name: "b" } }] }],
    ["INSERT INTO t (a) VALUES (1), (2)", first, { rows: "many" }],
    ["INSERT INTO t (a) SELECT a FROM u", first, { rows: "select", subqueries: [{ role: "from", statement: { sources: [{ table: { name: "u" } }] } }] }],
    ["INSERT INTO t DEFAULT VALUES", ["postgresql", "sqlite"], { rows: "one" }],
    ["INSERT INTO t (a) VALUES (1) ON CONFLICT (a) DO UPDATE SET b = excluded.b RETURNING id", ["postgresql", "sqlite"], { conflict: "update", returning: true, assignments: [{ column: { name: "a" } }, { column: { name: "b" } }] }],
    ["INSERT INTO t (a) VALUES (1) ON CONFLICT DO NOTHING", ["postgresql", "sqlite"], { conflict: "ignore" }],
    ["INSERT INTO t (a) VALUES (1) ON DUPLICATE KEY UPDATE b = 2", ["mysql"], { conflict: "update" }],
    ["INSERT IGNORE INTO t (a) VALUES (1)", ["mysql"], { conflict: "ignore" }],
    ["REPLACE INTO t (a) VALUES (1)", ["mysql", "sqlite"], { kind: "insert", conflict: "update" }],
    ["INSERT OR IGNORE INTO t (a) VALUES (1)", ["sqlite"], { conflict: "ignore" }],
    ["INSERT INTO t SET a = 1", ["mysql"], { rows: "one", assignments: [{ column: { name: "a" } }] }],
    ["UPDATE t SET a = 1, b = ? WHERE id = 2", ["mysql", "sqlite"], { kind: "update", target: { name: "t" }, sources: [], where: { op: "compare" }, assignments: [{ operand: { value: 1 } }, { operand: { kind: "parameter" } }] }],
    ["UPDATE t SET a = 1", first, { where: { op: "constant", value: true, written: false } }],
    ["UPDATE t SET a = u.a FROM u WHERE u.id = t.id", ["postgresql", "sqlite"], { target: { name: "t" }, sources: [{ table: { name: "u" } }] }],
    ["UPDATE t SET (a, b) = (1, 2)", ["postgresql", "sqlite"], { assignments: [{ column: { name: "a" }, operand: { value: 1 } }, { column: { name: "b" }, operand: { value: 2 } }] }],
    ["UPDATE a JOIN b ON a.id = b.id SET b.x = 1 WHERE a.y = 2", ["mysql"], { target: { name: "b" }, sources: [{ table: { name: "a" } }] }],
    ["UPDATE a, b SET a.x = 1 WHERE a.id = b.id", ["mysql"], { target: { name: "a" }, sources: [{ table: { name: "b" } }], where: { op: "compare" } }],
    ["UPDATE u SET x = 1 FROM users u JOIN o ON o.id = u.id WHERE o.y = 2", ["sqlserver"], { target: { name: "users", alias: "u" }, sources: [{ table: { name: "o" } }] }],
    ["DELETE FROM t WHERE id = 1", all, { kind: "delete", target: { name: "t" }, sources: [], where: { op: "compare" } }],
    ["DELETE FROM t", all, { where: { op: "constant", value: true, written: false } }],
    ["DELETE FROM t USING u WHERE u.id = t.id", ["postgresql"], { target: { name: "t" }, sources: [{ table: { name: "u" } }] }],
    ["DELETE a FROM a JOIN b ON a.id = b.id WHERE b.x = 1", ["mysql"], { target: { name: "a" }, sources: [{ table: { name: "b" } }] }],
    ["DELETE FROM t WHERE CURRENT OF c", ["postgresql"], { where: { op: "opaque", restricts: "yes" } }],
    ["WITH d AS (DELETE FROM t WHERE a = 1 RETURNING *) SELECT count(*) FROM d", ["postgresql"], { kind: "select", subqueries: [{ role: "cte", statement: { kind: "delete", returning: true } }] }],
    ["WITH x AS (SELECT 1 AS id) DELETE FROM t WHERE id IN (SELECT id FROM x)", first, { kind: "delete", ctes: ["x"], where: { op: "in", values: { statement: { sources: [{ kind: "cte" }] } } } }],
    ["MERGE INTO t USING s ON t.id = s.id WHEN MATCHED THEN UPDATE SET a = s.a", ["postgresql", "sqlserver"], { kind: "merge", target: { name: "t" }, sources: [{ table: { name: "s" }, join: { on: { op: "compare" } } }], assignments: [{ column: { name: "a" } }] }],
    ["TRUNCATE TABLE t", ["postgresql", "mysql"], { kind: "truncate", target: { name: "t" } }],
    ["TRUNCATE a, b", ["postgresql"], { target: { name: "a" }, sources: [{ table: { name: "b" } }] }],
    ["INSERT INTO t (a) OUTPUT inserted.id VALUES (1)", ["sqlserver"], { kind: "insert", rows: "one", returning: true }],
  ];
  for (const [text, dialects, expected] of cases) {
    it(text, () => {
      for (const dialect of dialects) expect(statement(text, dialect), dialect).toMatchObject(expected);
    });
  }
});

describe("kinds", () => {
  it("are told apart", () => {
    const cases: readonly (readonly [string, Dialect, string])[] = [
      ["BEGIN", "postgresql", "transaction"], ["COMMIT", "mysql", "transaction"], ["SAVEPOINT x", "sqlite", "transaction"], ["ROLLBACK", "sqlite", "transaction"],
      ["CREATE TABLE t (a int)", "postgresql", "ddl"], ["ALTER TABLE t ADD COLUMN b int", "mysql", "ddl"], ["DROP TABLE t", "sqlite", "ddl"], ["CREATE INDEX i ON t (a)", "postgresql", "ddl"],
      ["SET search_path TO x", "postgresql", "utility"], ["SHOW TABLES", "mysql", "utility"], ["PRAGMA foreign_keys = ON", "sqlite", "utility"], ["EXPLAIN SELECT * FROM t", "postgresql", "utility"], ["LISTEN c", "postgresql", "utility"], ["VACUUM", "sqlite", "utility"],
      ["CREATE TEMP TABLE x AS SELECT * FROM t", "postgresql", "ddl"],
    ];
    for (const [text, dialect, kind] of cases) expect(statement(text, dialect).kind, text).toBe(kind);
    expect(statement("CREATE TEMP TABLE x AS SELECT * FROM t")).toMatchObject({ temporary: true, target: { name: "x" }, subqueries: [{ statement: { sources: [{ table: { name: "t" } }] } }] });
  });
  it("several statements of one text have their own places", () => {
    for (const dialect of first) {
      const text = "DELETE FROM a; SELECT * FROM b WHERE x = ';';\n-- end\nUPDATE c SET d = 1;";
      const read = statements(text, dialect);
      expect(read.map((item) => item.kind)).toEqual(["delete", "select", "update"]);
      expect(read.map((item) => cut(text, item.span))).toEqual(["DELETE FROM a", "SELECT * FROM b WHERE x = ';'", "UPDATE c SET d = 1"]);
    }
  });
});

describe("text that no grammar accepts", () => {
  it("is never fine", () => {
    expect(readSql({ text: "SELEC * FROM t", holes: [] }, { dialect: "postgresql" })).toMatchObject({ opaque: "syntax-error" });
    expect(readSql({ text: "", holes: [] }, { dialect: "mysql" })).toMatchObject({ opaque: "syntax-error" });
    expect(readSql({ text: "SELECT * FROM t WHERE (a = 1", holes: [] }, { dialect: "sqlite" })).toMatchObject({ opaque: "syntax-error", kind: "select" });
  });
  it("is read by its tokens where that is safe", () => {
    const read = statement("SELECT * FROM users u FROBNICATE WHERE a = 1 LIMIT 10");
    expect(read).toMatchObject({ certainty: "tokens", sources: [{ table: { name: "users", alias: "u" } }], where: { op: "opaque", restricts: "yes" }, limit: { kind: "maybe" } });
    expect(readSql({ text: "SELECT * FROM users WHERE a = = 1 UNION SELECT * FROM b", holes: [] }, { dialect: "postgresql" })).toMatchObject({ opaque: "syntax-error" });
  });
});

describe("an unknown dialect", () => {
  it("counts where two grammars agree", () => {
    expect(statement("SELECT id FROM users WHERE id = 1 AND name LIKE 'x%' LIMIT 5", "unknown")).toMatchObject({ certainty: "parsed", where: { op: "and" } });
  });
  it("is opaque where they differ", () => {
    expect(readSql({ text: 'SELECT * FROM users WHERE name = "x"', holes: [] }, { dialect: undefined })).toMatchObject({ opaque: "dialect", kind: "select" });
  });
  it("takes the only grammar that accepts", () => {
    expect(statement("SELECT `id` FROM `users`", "unknown").sources).toMatchObject([{ table: { name: "users" } }]);
    expect(statement('SELECT "id" FROM "Users" WHERE a = ANY($1)', "unknown").sources).toMatchObject([{ table: { name: "Users" } }]);
    expect(statement("INSERT OR IGNORE INTO t (a) VALUES (1)", "unknown")).toMatchObject({ conflict: "ignore" });
  });
});

describe("the cache", () => {
  it("keeps one parse a statement", () => {
    clearSqlCache();
    const before = sqlCounters().parses;
    for (let time = 0; time < 5; time++) statement("SELECT cached FROM t WHERE a = 1");
    expect(sqlCounters().parses - before).toBe(1);
  });
  it("keeps failures as well", () => {
    clearSqlCache();
    readSql({ text: "SELECT FROM WHERE cached", holes: [] }, { dialect: "mysql" });
    const before = sqlCounters().parses;
    readSql({ text: "SELECT FROM WHERE cached", holes: [] }, { dialect: "mysql" });
    expect(sqlCounters().parses).toBe(before);
  });
});

describe("normalizeExpression", () => {
  it("makes spellings of one expression equal", () => {
    expect(normalizeExpression("lower( U.\"email\" )", "postgresql")).toBe("lower(email)");
    expect(normalizeExpression("((LOWER(email)))", "postgresql")).toBe("lower(email)");
    expect(normalizeExpression("lower(`email`)", "mysql")).toBe("lower(email)");
    expect(normalizeExpression("(data ->> 'Key')", "postgresql")).toBe("data->>'Key'");
  });
});
