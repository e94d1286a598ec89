/** Other parsers: ESLint's own on plain JavaScript, JSX and CommonJS, and trees with nodes that nobody has described. */
import * as parser from "@typescript-eslint/parser";
import { Linter } from "eslint";
import { describe, expect, it } from "vitest";
import { plugin } from "../../src/plugin.js";

const cwd = "/nowhere";

function reports(code: string, languageOptions: Linter.LanguageOptions = {}, file = "src/file.js"): string[] {
  const config: Linter.Config[] = [plugin.configs.all, { files: ["**/*.{js,cjs,jsx,vue}"], languageOptions }];
  return new Linter({ cwd }).verify(code, config, `${cwd}/${file}`).map(({ line, ruleId, messageId, message }) => `${line} ${ruleId?.replace("query-guard/", "")} ${messageId ?? message}`);
}

const BODY = `async function run(ids, status, take) {
  await pool.query("DELETE FROM orders");
  for (const id of ids) await pool.query("SELECT id FROM orders WHERE id = $1", [id]);
  await prisma.order.findMany({ where: { status }, take: 10 });
  await prisma.order.deleteMany({ where: { reference: status?.reference } });
  return await db.select().from(orders);
}
`;
const FOUND = [
  (first: number) => `${first + 1} require-where noWhere`,
  (first: number) => `${first + 2} no-n-plus-one read`,
  (first: number) => `${first + 4} no-undefined-filter writesAll`,
  (first: number) => `${first + 5} no-unbounded-select noFilter`,
];
const found = (first: number): string[] => FOUND.map((line) => line(first));

describe("ESLint's own parser", () => {
  it("reads modules", () => {
    const code = `import { PrismaClient } from "@prisma/client";
import { drizzle } from "drizzle-orm/node-postgres";
import { integer, pgTable } from "drizzle-orm/pg-core";
import { Pool } from "pg";
const orders = pgTable("orders", { id: integer("id").primaryKey() });
const db = drizzle("postgres://localhost/shop"), pool = new Pool(), prisma = new PrismaClient();
export ${BODY}`;
    expect(reports(code)).toEqual(found(7));
  });

  it("reads CommonJS", () => {
    const code = `const { PrismaClient } = require("@prisma/client");
const { drizzle } = require("drizzle-orm/node-postgres");
const { integer, pgTable } = require("drizzle-orm/pg-core");
const pg = require("pg");
const orders = pgTable("orders", { id: integer("id").primaryKey() });
const db = drizzle("postgres://localhost/shop"), pool = new pg.Pool(), prisma = new PrismaClient();
module.exports.run = ${BODY}`;
    expect(reports(code, { sourceType: "commonjs" }, "src/file.cjs")).toEqual(found(7));
    expect(reports(code, { sourceType: "script" })).toEqual(found(7));
  });

  it("reads classes with every kind of member", () => {
    const code = `import { Pool } from "pg";
export class Orders {
  #pool = new Pool();
  static #shared = new Pool();
  pool;
  constructor() { this.pool = new Pool(); }
  async clear() { await this.#pool.query("DELETE FROM orders"); }
  async empty() { await this.pool.query("DELETE FROM orders"); }
  static async wipe() { await Orders.#shared.query("DELETE FROM orders"); }
  static { void this.#shared.query("DELETE FROM orders"); }
}
`;
    expect(reports(code)).toEqual(["7", "8", "9", "10"].map((line) => `${line} require-where noWhere`));
  });

  it("reads JSX", () => {
    const code = `import { Pool } from "pg";
const pool = new Pool();
export async function Page({ ids }) {
  const { rows } = await pool.query("SELECT id, name FROM orders");
  return <Layout title="Select from the list" {...ids}><>{rows.map((row) => <Row key={row.id} onClick={async () => { await pool.query("DELETE FROM orders"); }} />)}</></Layout>;
}
`;
    expect(reports(code, { parserOptions: { ecmaFeatures: { jsx: true } } }, "src/page.jsx")).toEqual(["4 no-unbounded-select noFilter", "5 require-where noWhere"]);
  });

  it("knows what a comment of JSDoc claims for no proof", () => {
    const code = "/** @param {import('pg').Pool} pool */\nexport async function run(pool) {\n  await pool.query('DELETE FROM orders');\n}\n";
    expect(reports(code)).toEqual([]);
  });
});

describe("a parser whose nodes nobody has described", () => {
  const code = 'import { Pool } from "pg";\nconst pool = new Pool();\nawait pool.query("DELETE FROM orders");\n';

  /** Puts a node around each statement of the program, as a template compiler might: with a cycle, a proxy to a parent, odd values. */
  function wrapping(): Linter.Parser {
    const parse: typeof parser.parseForESLint = (text, options) => {
      const parsed = parser.parseForESLint(text, options);
      const { ast } = parsed;
      const [first, ...rest] = ast.body;
      const last = rest.pop();
      if (!first || !last) throw new Error("too short");
      const element = { type: "VElement", range: last.range, loc: last.loc, parent: ast, name: "div", attributes: [null, undefined, 1, "a"], map: new Map(), children: [{ type: "VText", range: last.range, loc: last.loc, value: "x" }, last] };
      Object.assign(element, { self: element, variables: [{ type: 5 }], startTag: Object.create(null) as object });
      Reflect.set(ast, "body", [first, ...rest, element]);
      return parsed;
    };
    const keys = { ...parser.parseForESLint("").visitorKeys, VElement: ["children"], VText: [] };
    return {
      parseForESLint: (text: string, options?: parser.ParserOptions) => ({ ...parse(text, options), visitorKeys: keys }),
    };
  }

  it("is walked, once", () => {
    expect(reports(code, { parser: wrapping() }, "src/page.vue")).toEqual(["3 require-where noWhere"]);
  });
});
