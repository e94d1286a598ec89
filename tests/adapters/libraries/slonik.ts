import type { LibraryScenarios } from "../scenarios.js";
import { LOOK_ALIKES, sqlScenarios } from "./sql.js";

/** `$1` is where the expression of the value stands. */
const tagged = (sql: string, values: readonly string[]): string => `sql.unsafe\`${values.reduce((text, value, index) => text.replace(`$${index + 1}`, () => `\${${value}}`), sql)}\``;
const send = (sql: string, values: readonly string[]): string => `await pool.query(${tagged(sql, values)})`;

export const slonik: LibraryScenarios = {
  id: "slonik",
  prelude: `import { createPool, sql, type CommonQueryMethods, type DatabaseTransactionConnection, type FragmentSqlToken } from "slonik";\nconst pool = await createPool(process.env.DATABASE_URL);`,
  files: { "src/db.ts": `import { createPool } from "slonik";\nexport const pool = await createPool("postgresql://");`, "src/index.ts": `export { pool as database } from "./db.js";` },
  scenarios: {
    ...sqlScenarios({ send, placeholder: (n) => `$${n}`, column: (name) => `"${name}"` }),
    "read by key": { code: `async function f(id: string) { return pool.maybeOne(sql.type(order)\`SELECT * FROM orders WHERE id = \${id}\`); }`, expect: "select orders, where id = parameter, delivers one-unlimited", because: "no LIMIT is added; the rows are counted when they are there" },
    "read many, limit maybe undefined": { code: `async function f(n?: number) { return pool.any(sql.typeAlias("order")\`SELECT * FROM orders LIMIT \${n}\`); }`, expect: "select orders, where nothing, limit parameter", because: "undefined is refused" },
    "read many by key list": `async function f(ids: string[]) { return pool.any(sql.unsafe\`SELECT * FROM orders WHERE id IN (\${sql.join(ids, sql.fragment\`, \`)})\`); }`,
    "read many, conditional filter": `async function f(customerId?: string) { return pool.any(sql.unsafe\`SELECT * FROM orders \${customerId ? sql.fragment\`WHERE "customerId" = \${customerId}\` : sql.fragment\`\`}\`); }`,
    "raw statement": `async function f(customerId: string) { const query = sql.unsafe\`SELECT * FROM orders WHERE "customerId" = \${customerId}\`; return pool.anyFirst(query); }`,
    "in a transaction callback": `await pool.transaction(async (tx) => { await tx.query(sql.unsafe\`UPDATE orders SET status = 'paid' WHERE id = \${id}\`); });`,
    "client imported through a re-export": { bare: true, code: `import { sql } from "slonik";\nimport { database } from "./index.js";\nawait database.any(sql.unsafe\`SELECT * FROM orders\`);`, expect: "select orders, where nothing", because: "the pool of the other file" },
    "client annotated as a parameter": `export const createQueries = (pool: CommonQueryMethods) => ({ list: () => pool.any(sql.unsafe\`SELECT * FROM orders\`) });`,
    "client in a class field": `class Orders { constructor(private readonly pool: CommonQueryMethods) {} list() { return this.pool.any(sql.unsafe\`SELECT * FROM orders\`); } }`,
    "builder over several statements": `async function f(customerId?: string) { const conditions: FragmentSqlToken[] = []; if (customerId) conditions.push(sql.fragment\`"customerId" = \${customerId}\`); return pool.any(sql.unsafe\`SELECT * FROM orders \${conditions.length > 0 ? sql.fragment\`WHERE \${sql.join(conditions, sql.fragment\` AND \`)}\` : sql.fragment\`\`} LIMIT 50\`); }`,
    "builder never executed": { code: "export const list = sql.unsafe`SELECT * FROM orders`;", expect: "no site", because: "a template is a text; the pool that is given it sends it" },
    "look-alikes": `${LOOK_ALIKES}\n[1, 2].map(String);\nPromise.any([]);\nvalidator.exists("SELECT 1");`,
  },
};
