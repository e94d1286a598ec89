import type { LibraryScenarios } from "../scenarios.js";
import { LOOK_ALIKES, sqlScenarios } from "./sql.js";

const send = (sql: string, values: readonly string[]): string => `await pool.execute(${JSON.stringify(sql)}${values.length > 0 ? `, [${values.join(", ")}]` : ""})`;

export const mysql2: LibraryScenarios = {
  id: "mysql2",
  prelude: `import mysql, { type PoolConnection } from "mysql2/promise";\nconst pool = mysql.createPool({ uri: process.env.DATABASE_URL });`,
  files: { "src/db.ts": `const mysql = require("mysql2");\nconst pool = mysql.createPool({}).promise();\nmodule.exports = { pool };`, "src/index.ts": `export { pool as database } from "./db.js";` },
  scenarios: {
    ...sqlScenarios({ send, placeholder: () => "?", column: (name) => name }),
    "read by key": { code: `async function f(id: string) { const [rows] = await pool.query("SELECT * FROM orders WHERE id = ?", id); return rows[0]; }`, expect: "select orders, where id = parameter", because: "every row is delivered, whatever is taken of them" },
    "read many, limit maybe undefined": { code: `async function f(n?: number) { return ${send("SELECT * FROM orders LIMIT ?", ["n"])}; }`, expect: "select orders, where nothing, limit parameter", because: "the driver or the server rejects it" },
    "read many by key list": `async function f(ids: string[]) { return pool.query("SELECT * FROM orders WHERE id IN (?)", [ids]); }`,
    "read many, conditional filter": `async function f(customerId?: string) { return pool.query(\`SELECT * FROM orders\${customerId ? " WHERE customerId = ?" : ""}\`, [customerId]); }`,
    "raw statement": `async function f(customerId: string) { return pool.query({ sql: "SELECT * FROM orders WHERE customerId = ?", values: [customerId] }); }`,
    "in a transaction callback": { code: `async function inTransaction<T>(work: (connection: PoolConnection) => Promise<T>) { const connection = await pool.getConnection(); await connection.beginTransaction(); return work(connection); }\nawait inTransaction((connection) => connection.execute("UPDATE orders SET status = 'paid' WHERE id = ?", [id]));`, expect: "update orders, where id = parameter", because: "the driver has no transaction callback; a function of the project hands the connection on" },
    "client imported through a re-export": { bare: true, code: `import { database } from "./index.js";\nawait database.query("SELECT * FROM orders");`, expect: "select orders, where nothing", because: "the client of the other file" },
    "client annotated as a parameter": `async function f(connection: PoolConnection) { return connection.query("SELECT * FROM orders"); }`,
    "client in a class field": `class Orders { #pool = mysql.createPool({}); list() { return this.#pool.query("SELECT * FROM orders"); } }`,
    "builder over several statements": `async function f(customerId?: string) { const conditions = []; if (customerId) conditions.push("customerId = ?"); const where = conditions.length ? "WHERE " + conditions.join(" AND ") : ""; return pool.query(["SELECT * FROM orders", where, "LIMIT 50"].join(" "), [customerId]); }`,
    "builder never executed": { code: `const statement = await (await pool.getConnection()).prepare("SELECT * FROM orders");`, expect: "select orders, where nothing, built", because: "a prepared statement that nothing executes" },
    "look-alikes": LOOK_ALIKES,
  },
};
