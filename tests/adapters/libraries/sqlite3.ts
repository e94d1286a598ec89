import type { LibraryScenarios } from "../scenarios.js";
import { LOOK_ALIKES, sqlScenarios } from "./sql.js";

const send = (sql: string, values: readonly string[]): string => `db.${sql.startsWith("SELECT") ? "all" : "run"}(${JSON.stringify(sql)}, [${values.join(", ")}], (error: Error | null) => {})`;

export const sqlite3: LibraryScenarios = {
  id: "sqlite3",
  prelude: `import sqlite3 from "sqlite3";\nconst db = new sqlite3.Database("orders.db");`,
  files: { "src/db.ts": `const sqlite3 = require("sqlite3").verbose();\nexports.db = new sqlite3.Database("orders.db");`, "src/index.ts": `export { db as database } from "./db.js";` },
  scenarios: {
    ...sqlScenarios({ send, placeholder: () => "?", column: (name) => name }),
    "read by key": { code: `function f(id: string) { db.get("SELECT * FROM orders WHERE id = ?", id, (error, row) => {}); }`, expect: "select orders, where id = parameter, delivers one", because: "the engine stops after the first row" },
    "read many, limit maybe undefined": { code: `function f(n?: number) { return ${send("SELECT * FROM orders LIMIT ?", ["n"])}; }`, expect: "select orders, where nothing, limit parameter", because: "NULL after LIMIT is an error" },
    "read many by key list": { code: `function f(ids: string[]) { db.all(\`SELECT * FROM orders WHERE id IN (\${ids.map(() => "?").join(",")})\`, ids, () => {}); }`, expect: "select orders, where id in array", because: "as many placeholders as there are keys" },
    "read many, conditional filter": `function f(customerId?: string) { const conditions: string[] = []; if (customerId) { conditions.push("customerId = ?"); } const where = conditions.length ? "WHERE " + conditions.join(" AND ") : ""; db.all(\`SELECT * FROM orders \${where}\`, [customerId], () => {}); }`,
    "raw statement": `import { open } from "sqlite";\nconst wrapper = await open({ filename: "orders.db", driver: sqlite3.Database });\nasync function f(customerId: string) { return wrapper.all("SELECT * FROM orders WHERE customerId = :customerId", { ":customerId": customerId }); }`,
    "in a transaction callback": { code: `db.serialize(() => { db.run("UPDATE orders SET status = 'paid' WHERE id = ?", [id]); });`, expect: "update orders, where id = parameter", because: "statements in order, on the same database" },
    "client imported through a re-export": { bare: true, code: `import { database } from "./index.js";\ndatabase.all("SELECT * FROM orders", () => {});`, expect: "select orders, where nothing", because: "the database of the other file" },
    "client annotated as a parameter": `function f(database: sqlite3.Database) { database.all("SELECT * FROM orders", () => {}); }`,
    "client in a class field": `class Orders { private db: sqlite3.Database; constructor() { this.db = new sqlite3.Database("orders.db"); } all() { this.db.all("SELECT * FROM orders", () => {}); } }`,
    "builder over several statements": `function f(customerId?: string) { let sql = "SELECT * FROM orders"; if (customerId) sql += " WHERE customerId = ?"; sql += " LIMIT 50"; db.all(sql, [customerId], () => {}); }`,
    "builder never executed": { code: `export const list = db.prepare("SELECT * FROM orders");`, expect: "select orders, where nothing, built", because: "nothing in the file executes the statement" },
    "look-alikes": LOOK_ALIKES,
  },
};
