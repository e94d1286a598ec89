import { describe, expect, test } from "vitest";
import { isOpaque, type Opaque, type Predicate, type Query, type Span } from "../../src/query/model.js";
import { outline, sites } from "./harness.js";

const PG = `import { Pool } from "pg";\nconst pool = new Pool();\n`;
const PACKAGE = { "package.json": JSON.stringify({ name: "example", dependencies: { pg: "8" } }) };

function outlines(code: string, files: Readonly<Record<string, string>> = {}, file?: string): string[] {
  return sites(code, files, file).map((site) => `${site.site.name}: ${outline(site)}`);
}

function only(code: string, files: Readonly<Record<string, string>> = {}): Query {
  const found = sites(code, files).filter((site): site is Query => !isOpaque(site));
  expect(found).toHaveLength(1);
  return found[0]!;
}

function opaque(code: string): Opaque {
  const [site] = sites(code);
  if (!site || !isOpaque(site)) throw new Error("not opaque");
  return site;
}

describe("wrappers", () => {
  const DB = `import { Pool, type QueryConfig } from "pg";
export const pool = new Pool();
export async function query(config: string | QueryConfig<unknown[]>, params?: unknown[]) {
  const sql = typeof config === "string" ? config : config.text;
  const started = Date.now();
  if (typeof config === "string") return pool.query(config, params);
  const result = await pool.query(config);
  console.log(sql, Date.now() - started);
  return result;
}
export class Store {
  async rows(text: string, ...values: unknown[]) { return (await pool.query(text, values)).rows; }
  async one(text: string, ...values: unknown[]) { const [row] = await this.rows(text, ...values); return row; }
  static run({ sql, values = [] }: { sql: string; values?: unknown[] }) { return pool.query(sql, values); }
}
export const run = (...args: Parameters<typeof pool.query>) => pool.query(...args);
export const bound = pool.query.bind(pool);
export const api = { fetch: (text: string, values: unknown[]) => query(text.trim(), values) };
`;

  test.each([
    ["a function", `import { query } from "./db.js"; await query("SELECT * FROM orders");`, "query: select orders, where nothing"],
    ["a function that takes a query object", `import { query } from "./db.js"; await query({ text: "SELECT * FROM orders WHERE id = $1", values: [id] });`, "query: select orders, where id = parameter"],
    ["a function of a namespace", `import * as db from "./db.js"; await db.query("SELECT * FROM orders LIMIT 5");`, "db.query: select orders, where nothing, limit 5"],
    ["a method", `import { Store } from "./db.js"; const store = new Store(); await store.rows("SELECT * FROM orders");`, "store.rows: select orders, where nothing"],
    ["a method of an injected instance", `import { Store } from "./db.js"; class Orders { constructor(private readonly store: Store) {} list() { return this.store.rows("SELECT * FROM orders"); } }`, "this.store.rows: select orders, where nothing"],
    ["a method that calls another", `import { Store } from "./db.js"; await new Store().one("SELECT * FROM orders WHERE id = $1", id);`, "….one: select orders, where id = parameter"],
    ["a static method with an object", `import { Store } from "./db.js"; await Store.run({ sql: "DELETE FROM orders" });`, "Store.run: delete orders, where nothing"],
    ["rest arguments", `import { run } from "./db.js"; await run("SELECT * FROM orders");`, "run: select orders, where nothing"],
    ["a bound method", `import { bound } from "./db.js"; await bound("SELECT * FROM orders");`, "bound: select orders, where nothing"],
    ["a member of an object, two levels deep", `import { api } from "./db.js"; await api.fetch(" SELECT * FROM orders ", []);`, "api.fetch: select orders, where nothing"],
  ])("are found: %s", (_name, code, expected) => {
    expect(outlines(code, { "src/db.ts": DB })).toEqual([expected]);
  });

  test("have no sites of their own, but for what they write themselves", () => {
    expect(outlines(DB)).toEqual([]);
    expect(outlines(`${PG}export async function explain(sql: string) { await pool.query("BEGIN"); return pool.query(\`EXPLAIN \${sql}\`); }`)).toEqual(["pool.query: transaction -, where nothing", expect.stringContaining("pool.query: ")]);
  });

  test("are followed six levels deep and no further into recursion", () => {
    const levels = Array.from({ length: 5 }, (_, index) => `const f${index + 1} = (sql: string) => f${index}(sql);`).join("\n");
    expect(outlines(`${PG}const f0 = (sql: string) => pool.query(sql);\n${levels}\nf5("SELECT * FROM orders");`)).toEqual(["f5: select orders, where nothing"]);
    expect(outlines(`${PG}function a(sql: string, n: number) { return n ? b(sql, n - 1) : pool.query(sql); }\nfunction b(sql: string, n: number) { return a(sql, n); }\na("SELECT * FROM orders", 3);`)).toEqual(["a: select orders, where nothing"]);
  });

  test("in CommonJS, over a cache of prepared statements and callbacks", () => {
    const SQL = `const Database = require("better-sqlite3");
const db = new Database("app.db");
const cache = {};
function stmt(sql) { if (!(sql in cache)) { cache[sql] = db.prepare(sql); } return cache[sql]; }
function wrap(query, func) { try { return func(stmt(query)); } catch (e) { throw e; } }
function getRow(query, params = []) { return wrap(query, s => s.get(params)); }
function getRows(query, params = []) { return wrap(query, s => s.all(params)); }
function getColumn(query, params = []) { return wrap(query, s => s.pluck().all(params)); }
function execute(query, params = []) { return wrap(query, s => s.run(params)); }
function iterateRows(query, params = []) { return stmt(query).iterate(params); }
function getManyRows(query, params) {
  let results = [];
  while (params.length > 0) { const current = query.replace(/\\?\\?\\?/g, marks(params)); results = results.concat(stmt(current).all(params)); }
  return results;
}
function script(query) { return db.exec(query); }
module.exports = { getRow, getRows, getColumn, execute, iterateRows, getManyRows, script };
`;
    const code = `const sql = require("./sql.js");
sql.getRow("SELECT * FROM notes WHERE noteId = ?", [id]);
sql.getRows("SELECT * FROM notes");
sql.getColumn("SELECT noteId FROM notes WHERE isDeleted = 0");
sql.execute("UPDATE notes SET isDeleted = 1");
sql.iterateRows("SELECT * FROM notes");
sql.getManyRows("SELECT * FROM notes WHERE noteId IN (???)", ids);
sql.script("DELETE FROM a; DELETE FROM b WHERE x = 1;");`;
    expect(outlines(code, { "src/sql.js": SQL }, "src/main.js")).toEqual([
      "sql.getRow: select notes, where noteId = parameter, delivers one",
      "sql.getRows: select notes, where nothing",
      "sql.getColumn: select notes, where isDeleted = 0",
      "sql.execute: update notes, where nothing",
      "sql.iterateRows: select notes, where nothing, delivers stream",
      "sql.getManyRows: select notes, where noteId in array",
      "sql.script: delete a, where nothing",
      "sql.script: delete b, where x = 1",
    ]);
    expect(outlines(SQL, {}, "src/sql.js")).toEqual([]);
  });

  test("over a Map of prepared statements", () => {
    const code = `import Database from "better-sqlite3";
const db = new Database("app.db");
const cache = new Map();
function statement(sql: string) { let kept = cache.get(sql); if (!kept) { kept = db.prepare(sql); cache.set(sql, kept); } return kept; }
statement("SELECT * FROM notes").all();`;
    expect(outlines(code)).toEqual(["statement().all: select notes, where nothing"]);
  });

  test("that append text make a limit possible", () => {
    const code = `${PG}async function page(sql: string, n: number) { return pool.query(\`\${sql} LIMIT \${n}\`); }\nawait page("SELECT * FROM orders", 5);`;
    expect(outlines(code)).toEqual([expect.stringMatching(/^page: select orders, where .*limit maybe$/u)]);
  });

  test("that are promisified, as in callback times", () => {
    const code = `const util = require("util");\nconst mysql = require("mysql");\nconst pool = mysql.createPool({});\nconst query = util.promisify(pool.query).bind(pool);\nexports.list = async () => query("SELECT * FROM orders WHERE id IN (?)", [ids]);`;
    expect(outlines(code, {}, "src/main.js")).toEqual(["query: select orders, where id in array"]);
  });

  test("through a require that a module makes", () => {
    expect(outlines(`import { createRequire } from "node:module";\nconst require = createRequire(import.meta.url);\nconst { query } = require("./db.ts");\nawait query("SELECT * FROM orders");`, { "src/db.ts": DB }, "src/main.mjs")).toEqual(["query: select orders, where nothing"]);
  });

  test("give the values of the placeholders", () => {
    const { limit } = only(`import { query } from "./db.js"; async function f(n?: number) { return query("SELECT * FROM orders LIMIT $1", [n]); }`, { "src/db.ts": DB });
    expect(limit).toMatchObject({ kind: "parameter", undefinable: { answer: "yes" } });
  });
});

describe("receivers", () => {
  test("of which nothing is known count when they are given SQL text and the driver is a dependency", () => {
    const code = `export async function list(client, id) { return client.query("SELECT * FROM orders WHERE id = $1", [id]); }`;
    const [site] = sites(code, PACKAGE, "src/a.js");
    expect(site?.site.evidence).toBe("shape");
    expect(sites(code, { "package.json": "{}" }, "src/a.js")).toEqual([]);
  });

  test("of which nothing is known count when they are given the query object of a driver", () => {
    const code = (query: string): string => `module.exports = function (module) { module.list = async (id) => { await module.pool.query(${query}); }; };`;
    expect(outlines(code("{ name: 'list', text: 'SELECT * FROM orders WHERE id = $1', values: [id] }"), { "package.json": "{}" }, "src/a.js")).toEqual(["module.pool.query: select orders, where id = parameter"]);
    expect(outlines(code("{ text: 'Select all notes', values: [id] }"), { "package.json": "{}" }, "src/a.js")).toEqual([]);
    expect(outlines(code("{ text: 'SELECT * FROM orders' }"), { "package.json": "{}" }, "src/a.js")).toEqual([]);
  });

  test("that are functions count when their result is awaited", () => {
    const code = `type Run = (text: string, values?: unknown[]) => Promise<unknown>;\nexport async function list(run: Run) { return run("SELECT * FROM orders", []); }`;
    expect(outlines(code, PACKAGE)).toEqual(["run: select orders, where nothing"]);
    expect(outlines(`export function list(log: (text: string) => void) { log("SELECT * FROM orders"); }`, PACKAGE)).toEqual([]);
  });

  test.each([
    ["Apollo", `import { ApolloClient } from "@apollo/client"; new ApolloClient({}).query("SELECT * FROM orders");`],
    ["urql", `import { createClient } from "urql"; const client = createClient({}); client.query("SELECT * FROM orders");`],
    ["a collection of the project", `class Collection { query(text: string) { return text.length; } }\nconst db = { collection: new Collection() }; db.collection.query("SELECT * FROM orders");`],
    ["a cache", `cache.get("SELECT * FROM orders"); const c = new Map(); c.get("select * from orders");`],
    ["a log", `logger.info("DELETE FROM orders"); console.log("SELECT * FROM orders"); log(\`DELETE FROM \${table}\`);`],
    ["text for people", `notify("Select all notes from the current level"); button.title("Delete from list"); pool("Update to the latest version");`],
    ["a parser", `import { parse } from "sql-parser"; parse("SELECT * FROM orders");`],
    ["an assertion", `expect(text).toBe("SELECT * FROM orders");`],
    ["format, which only writes", `import mysql from "mysql2"; mysql.format("SELECT * FROM orders WHERE id = ?", [1]);`],
    ["GraphQL", "const q = gql`query { orders { id } }`; client.query({ query: q });"],
  ])("are not %s", (_name, code) => {
    expect(sites(code, { "package.json": JSON.stringify({ name: "example", dependencies: { pg: "8", sqlite3: "5" } }) })).toEqual([]);
  });
});

describe("text", () => {
  test.each([
    ["concatenation", `await pool.query("SELECT * " + "FROM orders" + " LIMIT " + 5);`, "select orders, where nothing, limit 5"],
    ["a join", `await pool.query(["SELECT *", "FROM orders", "WHERE id = $1"].join("\\n"), [id]);`, "select orders, where id = parameter"],
    ["a constant", `const TABLE = "orders"; const LIST = \`SELECT * FROM \${TABLE}\`; await pool.query(LIST);`, "select orders, where nothing"],
    ["a constant of another module", `import { LIST, TEXTS } from "./texts.js"; await pool.query(LIST);`, "select orders, where nothing"],
    ["a member of a constant of another module", `import { LIST, TEXTS } from "./texts.js"; await pool.query(TEXTS.byId, [id]);`, "select orders, where id = parameter"],
    ["a function", `const select = (table: string) => \`SELECT * FROM orders WHERE \${table} = 1 LIMIT 5\`; await pool.query(select("a"));`, "select orders, where a = 1, limit 5"],
    ["a number", `await pool.query(\`SELECT * FROM orders LIMIT \${Number(n)}\`);`, "select orders, where nothing, limit parameter"],
    ["a placeholder whose number is counted", `const values = [1, 2]; await pool.query(\`SELECT * FROM orders WHERE a = $\${values.length + 1}\`, values);`, "select orders, where a = parameter"],
    ["a part under a condition", `let text = "SELECT * FROM orders"; if (id) text += " WHERE id = $1"; await pool.query(text, [id]);`, "select orders, where maybe[id = parameter]"],
    ["a limit under a condition", `await pool.query(\`SELECT * FROM orders \${all ? "" : "LIMIT 10"}\`);`, "select orders, where nothing, limit maybe"],
    ["conditions that are collected", `const parts = ["a = 1"]; if (b) parts.push("b = 2"); await pool.query(\`SELECT * FROM orders \${parts.length ? "WHERE " + parts.join(" AND ") : ""}\`);`, "select orders, where (a = 1 and maybe[b = 2])"],
    ["conditions that are certainly there", `const where = ["a = 1", b ? "b = 2" : ""].filter(Boolean).join(" AND "); await pool.query(\`SELECT * FROM orders \${where ? \`WHERE \${where}\` : ""}\`);`, "select orders, where (a = 1 and maybe[b = 2])"],
    ["a test that asks for more", `const parts = ["a = 1"]; await pool.query(\`SELECT * FROM orders \${parts.length > 1 ? "WHERE " + parts.join(" AND ") : ""}\`);`, "select orders, where maybe[a = 1]"],
    ["columns that are collected", `const set: string[] = []; if (a) set.push("a = $1"); if (b) set.push("b = $2"); await pool.query(\`UPDATE orders SET \${set.join(", ")} WHERE id = $3\`, values);`, "update orders, where id = parameter"],
    ["branches that exclude each other", `let text = "SELECT * FROM orders"; if (a) text += " WHERE a = 1"; else text += " WHERE b = 2"; await pool.query(text);`, "select orders, where opaque(unknown), limit maybe"],
    ["what cannot be known", `await pool.query(\`SELECT * FROM orders \${rest}\`);`, "select orders, where opaque(unknown), limit maybe"],
    ["a template of a library", `import SQL from "sql-template-strings"; await pool.query(SQL\`SELECT * FROM orders WHERE id = \${id}\`);`, "select orders, where id = parameter"],
    ["a cursor", `import Cursor from "pg-cursor"; const client = await pool.connect(); client.query(new Cursor("SELECT * FROM orders"));`, "select orders, where nothing, delivers stream"],
  ])("of %s", (_name, code, expected) => {
    const files = { "src/texts.ts": `const TABLE = "orders";\nexport const LIST = \`SELECT * FROM \${TABLE}\`;\nexport const TEXTS = { byId: "SELECT * FROM orders WHERE id = $1" } as const;` };
    expect(sites(PG + code, files).map(outline)).toEqual([expected]);
  });

  test("of two branches is two queries", () => {
    expect(sites(`${PG}await pool.query(all ? "SELECT * FROM orders" : "SELECT * FROM orders LIMIT 5");`).map(outline)).toEqual(["select orders, where nothing", "select orders, where nothing, limit 5"]);
  });

  test("that a user types is opaque", () => {
    expect(opaque(`${PG}app.post("/sql", async (req, res) => { res.json(await pool.query(req.body.sql)); });`)).toMatchObject({ opaque: "dynamic-text" });
    expect(opaque(`${PG}for (const statement of statements) await pool.query(statement);`)).toMatchObject({ opaque: "dynamic-text" });
  });

  test("that is no SQL is a syntax error", () => {
    expect(opaque(`${PG}await pool.query("SELEC * FROM orders");`)).toMatchObject({ opaque: "syntax-error" });
  });

  test("of settings and transactions asks for no rows", () => {
    expect(sites(`${PG}await pool.query("SET LOCAL lock_timeout = 100"); await pool.query("BEGIN"); await pool.query("VACUUM orders");`).map((site) => !isOpaque(site) && site.kind)).toEqual(["utility", "transaction", "utility"]);
  });
});

describe("prepared statements", () => {
  const DB = `import Database from "better-sqlite3";\nconst db = new Database("app.db");\n`;

  test("are sent where they are executed", () => {
    const code = `${DB}const insert = db.prepare("INSERT INTO orders (id) VALUES (?)");\nconst many = db.transaction((ids) => { for (const id of ids) insert.run(id); });`;
    const [site, ...others] = sites(code);
    expect(others).toEqual([]);
    expect(site?.site.name).toBe("insert.run");
    expect(code.slice(...site!.site.range)).toBe("insert.run");
    expect(code.slice(...site!.inputs[0]!.range)).toBe("id");
  });

  test("keep their text in objects and classes", () => {
    const code = `${DB}const statements = { list: db.prepare("SELECT * FROM orders"), one: db.prepare("SELECT * FROM orders WHERE id = ?") };\nexport const list = () => statements.list.all();\nexport const one = (id) => statements.one.get(id);`;
    expect(outlines(code)).toEqual(["statements.list.all: select orders, where nothing", "statements.one.get: select orders, where id = parameter, delivers one"]);
  });

  test("are only written where another file executes them", () => {
    expect(outlines(`${DB}export const list = db.prepare("SELECT * FROM orders");`)).toEqual(["db.prepare: select orders, where nothing, built"]);
    expect(outlines(`import { list } from "./db.js"; list.all();`, { "src/db.ts": `${DB}export const list = db.prepare("SELECT * FROM orders");` })).toEqual(["list.all: select orders, where nothing"]);
  });
});

describe("places", () => {
  function where(query: Query): Span {
    const find = (predicate: Predicate): Span | undefined => ("span" in predicate ? predicate.span : undefined);
    const span = find(query.where);
    if (!span) throw new Error("no span");
    return span;
  }

  test.each([
    ["a plain literal", `${PG}pool.query("SELECT * FROM orders WHERE note = 'x'");`, "note = 'x'"],
    ["escaped quotes", `${PG}pool.query('SELECT * FROM orders WHERE note = \\'x\\'');`, "note = \\'x\\'"],
    ["escapes before it", `${PG}pool.query("SELECT *\\n\\tFROM \\u006frders\\x20WHERE note = 'x'");`, "note = 'x'"],
    ["a template with line breaks", `${PG}pool.query(\`\n  SELECT *\n  FROM orders\n  WHERE note = 'x'\n\`);`, "note = 'x'"],
    ["a template after a hole", `${PG}pool.query(\`SELECT \${columns} FROM orders WHERE note = 'x'\`);`, "note = 'x'"],
    ["a concatenation", `${PG}pool.query("SELECT * FROM orders " + "WHERE note = 'x'");`, "note = 'x'"],
    ["a constant of the file", `${PG}const LIST = "SELECT * FROM orders WHERE note = 'x'";\npool.query(LIST);`, "note = 'x'"],
    ["a tag", `import postgres from "postgres";\nconst sql = postgres();\nawait sql\`SELECT * FROM orders WHERE note = \${note}\`;`, "note = ${note"],
  ])("are exact in %s", (_name, code, expected) => {
    const query = only(code);
    expect(code.slice(...query.locate(where(query)))).toBe(expected);
  });

  test("of text from another file are the call", () => {
    const code = `import { LIST } from "./texts.js";\n${PG}pool.query(LIST);`;
    const query = only(code, { "src/texts.ts": `export const LIST = "SELECT * FROM orders WHERE note = 'x'";` });
    expect(code.slice(...query.locate(where(query)))).toBe("pool.query");
  });
});

describe("a limit is added", () => {
  const limited = (code: string): string | undefined => {
    const [edit] = only(code).edits.limit?.(100) ?? [];
    return edit && code.slice(0, edit.range[0]) + edit.text + code.slice(edit.range[1]);
  };

  test.each([
    ["at the end", `pool.query("SELECT * FROM orders");`, `pool.query("SELECT * FROM orders LIMIT 100");`],
    ["before a semicolon and blanks", "pool.query(`SELECT * FROM orders ;\n`);", "pool.query(`SELECT * FROM orders LIMIT 100 ;\n`);"],
    ["before a comment", "pool.query(`SELECT * FROM orders -- all\n`);", "pool.query(`SELECT * FROM orders LIMIT 100 -- all\n`);"],
    ["before a lock", `pool.query("SELECT * FROM orders FOR UPDATE SKIP LOCKED");`, `pool.query("SELECT * FROM orders LIMIT 100 FOR UPDATE SKIP LOCKED");`],
    ["behind an order", `pool.query('SELECT * FROM orders ORDER BY "id" DESC');`, `pool.query('SELECT * FROM orders ORDER BY "id" DESC LIMIT 100');`],
    ["behind a union", `pool.query("SELECT id FROM a UNION SELECT id FROM b");`, `pool.query("SELECT id FROM a UNION SELECT id FROM b LIMIT 100");`],
  ])("%s", (_name, code, expected) => {
    expect(limited(PG + code)).toBe(PG + expected);
  });

  test("behind a value of a tag", () => {
    const code = "import postgres from \"postgres\";\nconst sql = postgres();\nawait sql`SELECT * FROM orders WHERE id = ${ id }`;";
    expect(limited(code)).toBe(code.replace("${ id }", "${ id } LIMIT 100"));
  });

  test("not where unknown text may hold one, nor to what is no read", () => {
    expect(limited(`${PG}pool.query(\`SELECT * FROM orders \${rest}\`);`)).toBeUndefined();
    expect(limited(`${PG}pool.query("DELETE FROM orders");`)).toBeUndefined();
    expect(limited(`${PG}pool.query("SELECT * FROM orders LIMIT 5");`)).toBeUndefined();
  });
});

describe("postgres.js", () => {
  const SQL = `import postgres from "postgres";\nconst sql = postgres();\n`;

  test.each([
    ["a fragment in a condition", "await sql`SELECT * FROM orders ${all ? sql`` : sql`WHERE id = ${id}`}`;", ["sql: select orders, where maybe[id = parameter]"]],
    ["a fragment in a variable", "const where = sql`WHERE id = ${id}`; await sql`SELECT * FROM orders ${where}`;", ["sql: select orders, where id = parameter"]],
    ["a name", "await sql`SELECT * FROM ${sql(\"orders\")} WHERE id = ${id}`;", ["sql: select orders, where id = parameter"]],
    ["a list", "await sql`SELECT * FROM orders WHERE id IN ${sql([1, 2])}`;", ["sql: select orders, where id in array"]],
    ["rows", "await sql`INSERT INTO orders ${sql(rows, \"id\")}`;", ["sql: insert orders, where nothing, rows unknown"]],
    ["columns", "await sql`UPDATE orders SET ${sql(order, \"status\")} WHERE id = ${id}`;", ["sql: update orders, where id = parameter"]],
    ["a cursor", "for await (const rows of sql`SELECT * FROM orders`.cursor(100)) use(rows);", ["sql: select orders, where nothing, delivers stream"]],
    ["statements of a transaction", "await sql.begin((tx) => [tx`DELETE FROM a WHERE id = ${id}`, tx`DELETE FROM b WHERE id = ${id}`]);", ["tx: delete a, where id = parameter", "tx: delete b, where id = parameter"]],
    ["a query that is awaited later", "const pending = sql`SELECT * FROM orders`; const rows = await pending;", ["sql: select orders, where nothing"]],
  ])("%s", (_name, code, expected) => {
    expect(outlines(SQL + code)).toEqual(expected);
  });

  test("an instance of another name", () => {
    expect(outlines(`import postgres from "postgres";\nexport const db = postgres();\nawait db\`SELECT * FROM orders\`;`)).toEqual(["db: select orders, where nothing"]);
  });

  test("Neon and Vercel", () => {
    expect(outlines(`import { neon } from "@neondatabase/serverless";\nconst sql = neon(url);\nawait sql\`SELECT * FROM orders WHERE id = \${id}\`;\nawait sql.query("SELECT * FROM orders");`)).toEqual(["sql: select orders, where id = parameter", "sql.query: select orders, where nothing"]);
    expect(outlines(`import { sql, db } from "@vercel/postgres";\nawait sql\`SELECT * FROM orders\`;\nconst client = await db.connect();\nawait client.query("SELECT * FROM orders LIMIT 1");`)).toEqual(["sql: select orders, where nothing", "client.query: select orders, where nothing, limit 1"]);
  });
});
