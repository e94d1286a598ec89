import { describe, expect, test } from "vitest";
import { outline, sites } from "./harness.js";

const SLONIK = `import { createPool, sql } from "slonik";\nimport type { CommonQueryMethods, FragmentSqlToken, IdentifierSqlToken } from "slonik";\nconst pool = await createPool("");\n`;
const outlines = (code: string, files: Readonly<Record<string, string>> = {}): string[] => sites(code, files).map(outline);

describe("Slonik", () => {
  test.each([
    ["a name", "await pool.any(sql.unsafe`SELECT * FROM ${sql.identifier(['shop', 'orders'])} WHERE id = ${id}`);", "select orders, where id = parameter"],
    ["a name that is not known", "async function f(table: IdentifierSqlToken) { await pool.query(sql.unsafe`DELETE FROM ${table}`); }", "delete qg_hole_0, where nothing"],
    ["a fragment as a parameter", "async function f(where: FragmentSqlToken) { await pool.query(sql.unsafe`DELETE FROM orders WHERE ${where}`); }", "delete orders, where opaque(unknown), limit maybe"],
    ["a fragment that a function makes", "const byId = (id: string) => sql.fragment`id = ${id}`; await pool.any(sql.unsafe`SELECT * FROM orders WHERE ${byId(a)}`);", "select orders, where id = parameter"],
    ["a fragment that a function is given to make", "const when = (value: unknown, make: () => FragmentSqlToken) => value ? make() : sql.fragment``; await pool.any(sql.unsafe`SELECT * FROM orders ${when(a, () => sql.fragment`WHERE id = ${a}`)}`);", "select orders, where maybe[id = parameter]"],
    ["a condition of unknown origin", "await pool.any(sql.unsafe`SELECT * FROM orders WHERE ${condition} LIMIT 5`);", "select orders, where opaque(unknown), limit 5"],
    ["a value of unknown origin", "await pool.any(sql.unsafe`SELECT * FROM orders WHERE id = ${given()}`);", "select orders, where id = parameter"],
    ["rows as columns", "await pool.query(sql.unsafe`INSERT INTO orders (id) SELECT * FROM ${sql.unnest(rows, ['text'])}`);", "insert orders, where nothing, rows select"],
    ["a key list as an array", "await pool.any(sql.unsafe`SELECT * FROM orders WHERE id = ANY(${sql.array(ids, 'text')})`);", "select orders, where id in array"],
    ["the old form of the tag", "await pool.any(sql`SELECT * FROM orders`);", "select orders, where nothing"],
    ["a row that must be there", "await pool.exists(sql.unsafe`SELECT 1 FROM orders WHERE id = ${id}`);", "select orders, where id = parameter, delivers one"],
  ])("%s", (_name, code, expected) => {
    expect(outlines(SLONIK + code)).toEqual([expected]);
  });

  test("queries of a factory are found by their callers", () => {
    const files = { "src/orders.ts": "import { sql, type CommonQueryMethods } from 'slonik';\nexport const createOrderQueries = (pool: CommonQueryMethods) => {\n  const run = (text: string) => pool.any(sql.unsafe`SELECT * FROM orders`);\n  return { run };\n};" };
    expect(sites(files["src/orders.ts"]).map(outline)).toEqual(["select orders, where nothing"]);
  });
});

describe("templates that a driver is given", () => {
  const PG = `import { Pool } from "pg";\nconst pool = new Pool();\n`;
  test.each([
    ["in a variable", "import SQL from 'sql-template-strings'; const query = SQL`SELECT * FROM orders WHERE id = ${id}`; await pool.query(query);", "select orders, where id = parameter"],
    ["appended", "import SQL from 'sql-template-strings'; const query = SQL`SELECT * FROM orders`.append(SQL` WHERE id = ${id}`); await pool.query(query);", "select orders, where id = parameter"],
    ["appended under a condition", "import { SQL } from 'sql-template-strings'; const query = SQL`SELECT * FROM orders`; if (id) query.append(SQL` WHERE id = ${id}`).append(' AND a = 1'); await pool.query(query);", "select orders, where (maybe[id = parameter] and maybe[a = 1])"],
    ["appended in place", "import SQL from 'sql-template-strings'; const query = SQL`SELECT * FROM orders`; await pool.query(query.append(' LIMIT 5'));", "select orders, where nothing, limit 5"],
    ["joined", "import sql, { join, raw, empty } from 'sql-template-tag'; await pool.query(sql`SELECT * FROM orders WHERE id IN (${join(ids)}) ${raw('LIMIT 5')} ${empty}`);", "select orders, where id in array, limit 5"],
    ["conditions joined", "import sql, { join } from 'sql-template-tag'; await pool.query(sql`SELECT * FROM orders WHERE ${join([sql`a = ${a}`, sql`b = ${b}`], ' AND ')}`);", "select orders, where (a = parameter and b = parameter)"],
    ["of a parameter that is a template", "import sql, { type Sql } from 'sql-template-tag'; async function f(where: Sql) { await pool.query(sql`SELECT * FROM orders ${where}`); }", "select orders, where opaque(unknown), limit maybe"],
  ])("%s", (_name, code, expected) => {
    expect(outlines(PG + code)).toEqual([expected]);
  });

  test("are no sites by themselves, nor is what is appended to something else", () => {
    expect(outlines("import SQL from 'sql-template-strings'; export const list = SQL`SELECT * FROM orders`;")).toEqual([]);
    expect(outlines(`${PG}const form = new FormData(); form.append("DELETE FROM orders"); await pool.query(form);`)).toEqual(["opaque dynamic-text"]);
  });
});

describe("pg-promise", () => {
  const DB = `const pgp = require("pg-promise")();\nconst db = pgp({});\n`;
  test.each([
    ["a name", "db.none('DELETE FROM ${table:name} WHERE id = ${id}', { table, id });", "delete qg_hole_0, where id = parameter"],
    ["a list", "db.any('SELECT * FROM orders WHERE id IN ($/ids:csv/)', { ids });", "select orders, where id in array"],
    ["raw text", "db.any('SELECT * FROM orders WHERE $1:raw', [condition]);", "select orders, where opaque(unknown), limit maybe"],
    ["a value of the server", "db.any('SELECT * FROM orders WHERE id = $1', id);", "select orders, where id = parameter"],
    ["a query file, which is not read", "db.any(new pgp.QueryFile('./orders.sql'));", "opaque dynamic-text"],
  ])("%s", (_name, code, expected) => {
    expect(outlines(DB + code)).toEqual([expected]);
  });

  test("in a repository that is given the database", () => {
    const code = "class Orders { constructor(db, pgp) { this.db = db; } find(id) { return this.db.oneOrNone('SELECT * FROM orders WHERE id = $1', +id); } }";
    expect(outlines(code, { "package.json": JSON.stringify({ name: "example", dependencies: { "pg-promise": "12" } }) })).toEqual(["select orders, where id = parameter, delivers one-unlimited"]);
    expect(outlines(code, { "package.json": "{}" })).toEqual([]);
  });
});
