import type { LibraryScenarios } from "../scenarios.js";
import { LOOK_ALIKES, sqlScenarios } from "./sql.js";

const send = (sql: string, values: readonly string[]): string => `await db.any(${JSON.stringify(sql)}${values.length > 0 ? `, [${values.join(", ")}]` : ""})`;

export const pgPromise: LibraryScenarios = {
  id: "pg-promise",
  prelude: `import pgPromise, { type IDatabase, type ITask } from "pg-promise";\nconst pgp = pgPromise({});\nconst db = pgp(process.env.DATABASE_URL);`,
  files: { "src/db.ts": `const db = require("pg-promise")()("postgresql://");\nmodule.exports = { db };`, "src/index.ts": `export { db as database } from "./db.js";` },
  scenarios: {
    ...sqlScenarios({ send, placeholder: (n) => `$${n}`, column: (name) => `"${name}"` }),
    "read by key": { code: `async function f(id: string) { return db.oneOrNone("SELECT * FROM orders WHERE id = $/id/", { id }); }`, expect: "select orders, where id = parameter, delivers one-unlimited", because: "no LIMIT is added; the rows are counted when they are there" },
    "read many, limit maybe undefined": `async function f(n?: number) { return db.any("SELECT * FROM orders LIMIT $<n>", { n }); }`,
    "read many by key list": `async function f(ids: string[]) { return db.manyOrNone("SELECT * FROM orders WHERE id IN ($1:csv)", [ids]); }`,
    "read many, conditional filter": `async function f(customerId?: string) { return db.any('SELECT * FROM orders' + (customerId ? ' WHERE "customerId" = $(customerId)' : ''), { customerId }); }`,
    "raw statement": `async function f(customerId: string) { return db.result({ text: 'SELECT * FROM orders WHERE "customerId" = $1', values: [customerId] }); }`,
    "in a transaction callback": `await db.tx("pay", async (t) => { await t.none("UPDATE orders SET status = 'paid' WHERE id = \${id}", { id }); });`,
    "client imported through a re-export": { bare: true, code: `import { database } from "./index.js";\nawait database.any("SELECT * FROM orders");`, expect: "select orders, where nothing", because: "the database of the other file" },
    "client annotated as a parameter": `async function f(t: ITask<{}>) { return t.any("SELECT * FROM orders"); }`,
    "client in a class field": `class Orders { constructor(private db: IDatabase<{}>) {} list() { return this.db.any("SELECT * FROM orders"); } }`,
    "builder over several statements": `async function f(customerId?: string) { const conditions: string[] = []; if (customerId) conditions.push('"customerId" = $[customerId]'); const where = conditions.length > 0 ? "WHERE " + conditions.join(" AND ") : ""; return db.any(\`SELECT * FROM orders \${where} LIMIT 50\`, { customerId }); }`,
    "builder never executed": { cannot: "the call itself sends the statement; there is no builder" },
    "look-alikes": `${LOOK_ALIKES}\n[1, 2].map(String);\nPromise.any([]);\n$("li").each(() => {});`,
  },
};
