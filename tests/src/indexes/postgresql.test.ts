/** PostgreSQL's peculiarities, from the texts of the DDL and of the condition. tests/oracle checks the verdicts against the server. */
import { describe, expect, it } from "vitest";
import { accessPath, type AccessPath } from "../../../src/indexes/access.js";
import { describeReason } from "../../../src/indexes/reasons.js";
import { mergeParts } from "../../../src/schema/merge.js";
import type { Table } from "../../../src/schema/model.js";
import { readSqlFiles } from "../../../src/schema/sources/sql.js";
import { readSql } from "../../../src/sql/index.js";

const TABLE = `CREATE TABLE t (id int PRIMARY KEY, a int, b int, req int NOT NULL, n numeric, s text COLLATE "C", u text, name varchar(50), code char(8), flag boolean, ts timestamp, data jsonb, tags text[], doc tsvector, ip inet);`;

function tableWith(index: string): Table {
  const table = mergeParts([readSqlFiles([{ file: "/schema.sql", text: `${TABLE}\nCREATE INDEX i ON t ${index};` }], "postgresql")], "postgresql", "test").table("t");
  if (table === undefined) throw new Error("no table");
  return table;
}

function judge(index: string, condition: string, version?: string): { readonly path: AccessPath; readonly table: Table } {
  const table = tableWith(index);
  const reading = readSql({ text: `SELECT * FROM t WHERE ${condition}`, holes: [] }, { dialect: "postgresql" });
  const statement = "opaque" in reading ? undefined : reading.statements[0];
  if (statement === undefined) throw new Error(`not read: ${condition}`);
  return { path: accessPath({ table, predicate: statement.where, dialect: "postgresql", alias: "t", alone: true, ...(version === undefined ? {} : { version }) }), table };
}

const rows: readonly (readonly [index: string, condition: string, verdict: string])[] = [
  // The value decides whether the column is converted
  ["(a)", "a = 5.0", "unusable type-mismatch"],
  ["(a)", "a = $1::numeric", "unusable type-mismatch"],
  ["(a)", "a = $1::bigint", "usable leading"],
  ["(a)", "a IN (1, 2.5)", "unusable type-mismatch"],
  ["(n)", "n = 5", "usable leading"],
  ["(code)", "code = $1::text", "unusable type-mismatch"],
  ["(code)", "code = $1", "usable leading"],
  ["(name)", "name::text = 'x'", "usable leading"],
  ["(name)", "name::varchar(10) = 'x'", "unusable wrapped"],
  // What the planner may turn into a range or a comparison is not denied
  ["(ip)", "ip << '10.0.0.0/8'", "unknown operator"],
  ["(a)", "a <@ int4range(1, 9)", "unknown operator"],
  ["(tags)", "tags <@ ARRAY['x']", "unusable method"],
  ["(a)", "NOT (a > ALL (ARRAY[1, 2]))", "unknown not"],
  ["USING brin (ip)", "ip << '10.0.0.0/8'", "unknown method-unknown"],
  ["(a) WHERE a > 0", "a = 2 + 3", "unknown partial-unknown"],
  ["(a) WHERE a > 0", "a > ANY (ARRAY[1, 2])", "unknown partial-unknown"],
  ["(a) WHERE a > 0", "a = -1", "unusable partial"],
  ["(s)", "starts_with(s, 'x') = true", "unknown operator"],
  ["(a)", "(a, b) IS NULL", "unknown operator"],
  ["(b)", "5 BETWEEN b AND a", "usable leading"],
  // Equal columns share their constant
  ["(a)", "a = b AND b = 5", "usable leading"],
  ["(a)", "a = b AND b > 5", "unusable no-index"],
  ["(a)", "a = a", "usable leading"],
  ["(a)", "a = a OR (a = a AND b = 1)", "usable leading"],
  ["(a)", "(a = 5 AND b = 1) OR (b = 2 AND a = 5)", "usable leading"],
  ["(req)", "req < 5 OR (s = 'x' AND req IS NOT NULL)", "unknown unselective"],
  ["(b)", "b = 5 OR (a = 1 AND 1 + 1 = 3)", "unknown opaque"],
  // Constants
  ["(a)", "a = NULL", "usable never-true"],
  ["(a)", "a IS NOT DISTINCT FROM NULL", "usable leading"],
  ["(a)", "b = 1 AND 1 = 0", "usable never-true"],
  ["(a)", "($1::int IS NULL OR a = $1)", "unusable or-parameter"],
  ["(a)", "a = 5 OR 1 = 0", "usable leading"],
  // NOT, BETWEEN
  ["(a)", "NOT (a < 5 OR b = 1)", "usable leading"],
  ["(a)", "a NOT BETWEEN 1 AND 5", "usable leading"],
  ["(a)", "a BETWEEN SYMMETRIC 5 AND 1", "usable leading"],
  // Row values
  ["(a, b)", "(a, b) > (1, 2)", "usable leading"],
  ["(a)", "(1, a) > (1, 2)", "unknown operator"],
  ["(b, a)", "(a, b) > (1, 2)", "unusable not-leading"],
  ["(a)", "(a, b) IN ((1, 2), (3, 4))", "usable leading"],
  ["(a)", "NOT (a, b) > (1, 2)", "unusable negated"],
  // Expressions
  ["((a + b))", "a + b = 5", "usable leading"],
  ["((a + b))", "b + a = 5", "unusable wrapped"],
  ["(((data->>'k')::int))", "CAST(data->>'k' AS integer) = 5", "usable leading"],
  ["(trim(u))", "trim(u) = 'x'", "usable leading"],
  ["((ts::date))", "date(ts) = '2024-01-01'", "usable leading"],
  ["((data->>'k'))", "data->>'j' = 'x'", "unusable wrapped"],
  ["(date_trunc('day', ts))", "date_trunc('day', ts) = '2024-01-01'", "usable leading"],
  ["(date_trunc('day', ts))", "date_trunc('month', ts) = '2024-01-01'", "unusable wrapped"],
  // Patterns
  ["(s)", "s LIKE 'abc%'", "usable leading"],
  ["(u)", "u LIKE 'abc%'", "unknown collation"],
  ["(u text_pattern_ops)", "u LIKE 'abc%'", "usable leading"],
  ['(u COLLATE "C")', "u LIKE 'abc%'", "usable leading"],
  ['(u COLLATE "C")', "u = 'x'", "unusable operator-class"],
  ["(u)", "u = 'x' COLLATE \"C\"", "unusable operator-class"],
  ["(s)", "s = 'x' COLLATE \"C\"", "usable leading"],
  ["(u)", "u = current_user", "unusable operator-class"],
  ["USING gin (u gin_trgm_ops)", "u COLLATE \"C\" LIKE '%x%'", "unusable operator-class"],
  ["(s)", "s LIKE $1", "unknown parameter"],
  ["(s)", "s LIKE ''", "usable leading"],
  ["(s)", "s LIKE '%'", "unusable leading-wildcard"],
  ["(s)", "s ~ '^abc'", "usable leading"],
  ["(s)", "s ~ 'abc'", "unusable leading-wildcard"],
  ["(s)", "s ~ '^ab*c'", "usable leading"],
  ["(s)", "s ~ '^a*b'", "unusable leading-wildcard"],
  ["(s)", "s ~ '^(a|b)'", "unknown operator"],
  ["(s)", "s SIMILAR TO 'abc%'", "usable leading"],
  ["(s)", "s ILIKE '12%'", "usable leading"],
  ["(s)", "s ILIKE 'ab%'", "unusable ignores-case"],
  ["USING gin (s gin_trgm_ops)", "s ILIKE '%x%'", "usable leading"],
  ["USING gin (s gin_trgm_ops)", "s LIKE $1", "usable leading"],
  ["USING gin (s gin_trgm_ops)", "s NOT LIKE '%x%'", "unusable negated"],
  // Methods
  ["USING gin (tags)", "tags @> ARRAY[$1]", "usable leading"],
  ["USING gin (tags)", "ARRAY['x'] <@ tags", "usable leading"],
  ["USING gin (tags)", "'x' = ANY(tags)", "unusable method"],
  ["USING gin (data jsonb_path_ops)", "data ? 'k'", "unusable method"],
  ["USING gin (data)", "data->'tags' @> '[1]'", "unusable wrapped"],
  ["USING gin (to_tsvector('english', s))", "to_tsvector('english', s) @@ plainto_tsquery($1)", "usable leading"],
  ["USING gin (to_tsvector('english', s))", "to_tsvector('simple', s) @@ plainto_tsquery($1)", "unusable wrapped"],
  ["USING hash (a)", "a IN (1, 2)", "usable leading"],
  ["USING hash (a)", "a IS NULL", "unusable method"],
  ["USING brin (a, b)", "b > 5", "usable leading"],
  // Booleans
  ["(flag)", "flag IS FALSE", "usable leading"],
  ["(flag)", "flag IS NOT TRUE", "unusable negated"],
  ["(flag)", "flag IS UNKNOWN", "unusable operator"],
  ["(a)", "(a = 5) = true", "usable leading"],
  // Partial indexes
  ["(a) WHERE b > 5", "a = 1 AND b > 5", "usable leading"],
  ["(b) WHERE b > 5", "b > 5", "unknown partial-scan"],
  ["(b) WHERE b > 5", "b > 7", "usable leading"],
  ["(a) WHERE b > 5", "a = 1 AND b >= 6", "usable leading"],
  ["(a) WHERE b > 5", "a = 1 AND b IN (6, 7)", "usable leading"],
  ["(a) WHERE b > 5", "a = 1 AND b IN (5, 6)", "unusable partial"],
  ["(a) WHERE b > 5", "a = 1 AND b = $1", "unknown partial-parameter"],
  ["(a) WHERE b IN (1, 2, 3)", "a = 1 AND b = 2", "usable leading"],
  ["(a) WHERE b NOT IN (1, 2)", "a = 1 AND b NOT IN (1, 2, 3)", "usable leading"],
  ["(a) WHERE b NOT IN (1, 2)", "a = 1 AND b NOT IN (1, 3)", "unusable partial"],
  ["(a) WHERE s <> 'done'", "a = 1 AND s = 'new'", "usable leading"],
  ["(a) WHERE flag", "a = 1 AND flag = true", "usable leading"],
  ["(a) WHERE flag", "a = 1 AND flag IS TRUE", "unusable partial"],
  ["(a) WHERE lower(s) IS NOT NULL", "a = 1 AND lower(s) = 'x'", "usable leading"],
  ["(a) WHERE s IS NOT NULL", "a = 1 AND lower(s) = 'x'", "usable leading"],
  ["(a) WHERE s IS NOT NULL", "a = 1 AND coalesce(s, '') = 'x'", "unusable partial"],
  ["(a) WHERE b IS NOT NULL", "a = 1 AND b <> ALL($1::int[])", "unusable partial"],
  ["(b) WHERE flag", "flag AND a = 1", "unusable partial-scan"],
];

describe("PostgreSQL", () => {
  it.each(rows)("index %s, %s: %s", (index, condition, verdict) => {
    const { path } = judge(index, condition, "18");
    expect(`${path.verdict} ${path.reason}`).toBe(verdict);
  });

  it("knows what the version decides", () => {
    const versions = ["16", "18", undefined] as const;
    expect(versions.map((version) => judge("(req)", "req IS NOT NULL", version).path.verdict)).toEqual(["usable", "unknown", "unknown"]);
    expect(versions.map((version) => judge("(flag, a)", "a = 5", version).path.reason)).toEqual(["not-leading", "skip-scan", "skip-scan"]);
  });

  it("says which condition a partial index lacks", () => {
    const { path, table } = judge("(a) WHERE flag AND b > 5 AND s = 'x'", "a = 1 AND b > 7");
    expect(path.lacks).toEqual(["flag", "s = 'x'"]);
    expect(describeReason(path, table)).toBe("`i (a)` would serve, but covers only rows where flag AND s = 'x', which the filter does not state");
  });

  it("says that a parameter proves nothing", () => {
    const { path, table } = judge("(a) WHERE s = 'x'", "a = 1 AND s = $1");
    expect(describeReason(path, table)).toBe("`i (a)` covers only rows where s = 'x', and the planner cannot know that the parameter is that value");
    const pattern = judge("(s)", "s LIKE $1");
    expect(describeReason(pattern.path, pattern.table)).toBe("`i (s)` serves only a value that the planner knows, and it does not know the parameter");
  });

  it("says that an OR with a test of a parameter reads every row", () => {
    const { path, table } = judge("(a)", "($1::int IS NULL OR a = $1)");
    expect(describeReason(path, table)).toBe("one side of the OR tests a parameter, whose value the planner cannot know, so a plan must read every row");
  });
});
