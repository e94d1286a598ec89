import type { LibraryScenarios } from "../scenarios.js";
import { LOOK_ALIKES, sqlScenarios } from "./sql.js";

const send = (sql: string, values: readonly string[]): string => `db.prepare(${JSON.stringify(sql)}).${sql.startsWith("SELECT") ? "all" : "run"}(${values.join(", ")})`;

export const nodeSqlite: LibraryScenarios = {
  id: "node:sqlite",
  prelude: `import { DatabaseSync } from "node:sqlite";\nconst db = new DatabaseSync("orders.db");`,
  files: { "src/db.ts": `import { DatabaseSync } from "node:sqlite";\nexport const db = new DatabaseSync("orders.db");`, "src/index.ts": `export { db as database } from "./db.js";` },
  scenarios: {
    ...sqlScenarios({ send, placeholder: () => "?", column: (name) => name }),
    "read by key": { code: `function f(id: string) { return db.prepare("SELECT * FROM orders WHERE id = ?").get(id); }`, expect: "select orders, where id = parameter, delivers one", because: "the engine stops after the first row" },
    "read many, limit maybe undefined": { code: `function f(n?: number) { return ${send("SELECT * FROM orders LIMIT ?", ["n"])}; }`, expect: "select orders, where nothing, limit parameter", because: "the driver rejects undefined" },
    "read many by key list": { code: `function f(ids: string[]) { return db.prepare("SELECT * FROM orders WHERE id IN (SELECT value FROM json_each(?))").all(JSON.stringify(ids)); }`, expect: "select orders, where id in subquery", because: "the list is a table of the engine's own" },
    "read many, conditional filter": `function f(customerId?: string) { const where = customerId ? "WHERE customerId = $customerId" : ""; return db.prepare(\`SELECT * FROM orders \${where}\`).all({ customerId }); }`,
    "raw statement": `const sql = db.createTagStore();\nfunction f(customerId: string) { return sql.all\`SELECT * FROM orders WHERE customerId = \${customerId}\`; }`,
    "in a transaction callback": { cannot: "there is no callback; BEGIN and COMMIT are statements" },
    "client imported through a re-export": { bare: true, code: `import { database } from "./index.js";\ndatabase.prepare("SELECT * FROM orders").all();`, expect: "select orders, where nothing", because: "the database of the other file" },
    "client annotated as a parameter": `function f(database: DatabaseSync) { return database.prepare("SELECT * FROM orders").all(); }`,
    "client in a class field": `class Orders { readonly #db = new DatabaseSync("orders.db"); all() { return this.#db.prepare("SELECT * FROM orders").all(); } }`,
    "builder over several statements": `function f(customerId?: string) { let sql = "SELECT * FROM orders"; if (customerId) { sql = sql + " WHERE customerId = ?"; } sql += " LIMIT 50"; return db.prepare(sql).all(customerId); }`,
    "builder never executed": { code: `export const list = db.prepare("SELECT * FROM orders");`, expect: "select orders, where nothing, built", because: "nothing in the file executes the statement" },
    "look-alikes": LOOK_ALIKES,
  },
};
