import type { LibraryScenarios } from "../scenarios.js";
import { LOOK_ALIKES, sqlScenarios } from "./sql.js";

const isRead = (sql: string): boolean => sql.startsWith("SELECT");
const send = (sql: string, values: readonly string[]): string => `db.query(${JSON.stringify(sql)}).${isRead(sql) ? "all" : "run"}(${values.join(", ")})`;

export const bunSqlite: LibraryScenarios = {
  id: "bun:sqlite",
  prelude: `import { Database } from "bun:sqlite";\nconst db = new Database("orders.db");`,
  files: { "src/db.ts": `const { Database } = require("bun:sqlite");\nconst db = new Database("orders.db");\nmodule.exports = db;`, "src/index.ts": `import database from "./db.js";\nexport { database };` },
  scenarios: {
    ...sqlScenarios({ send, placeholder: () => "?", column: (name) => name }),
    "read by key": { code: `function f(id: string) { return db.prepare("SELECT * FROM orders WHERE id = ?").get(id); }`, expect: "select orders, where id = parameter, delivers one", because: "the engine stops after the first row" },
    "read many, limit maybe undefined": { code: `function f(n?: number) { return ${send("SELECT * FROM orders LIMIT ?", ["n"])}; }`, expect: "select orders, where nothing, limit parameter", because: "NULL after LIMIT is an error" },
    "read many by key list": { code: `function f(ids: string[]) { return db.prepare(\`SELECT * FROM orders WHERE id IN (\${ids.map(() => "?").join(",")})\`).all(ids); }`, expect: "select orders, where id in array", because: "as many placeholders as there are keys" },
    "read many, conditional filter": `function f(customerId?: string) { return db.prepare("SELECT * FROM orders" + (customerId ? " WHERE customerId = @customerId" : "")).all({ customerId }); }`,
    "raw statement": `const byCustomer = db.prepare("SELECT * FROM orders WHERE customerId = :customerId");\nfunction f(customerId: string) { return byCustomer.values({ customerId }); }`,
    "in a transaction callback": { code: `const pay = db.prepare("UPDATE orders SET status = 'paid' WHERE id = ?");\nconst payAll = db.transaction((id: string) => { pay.run(id); });`, expect: "update orders, where id = parameter", because: "the function runs on the same database" },
    "client imported through a re-export": { bare: true, code: `import { database } from "./index.js";\ndatabase.prepare("SELECT * FROM orders").all();`, expect: "select orders, where nothing", because: "the database of the other file" },
    "client annotated as a parameter": `function f(database: Database) { return database.prepare("SELECT * FROM orders").all(); }`,
    "client in a class field": `class Orders { private list = db.prepare("SELECT * FROM orders"); all() { return this.list.all(); } }`,
    "builder over several statements": `function f(customerId?: string) { let sql = "SELECT * FROM orders"; if (customerId) sql += " WHERE customerId = ?"; const list = db.prepare(sql + " LIMIT 50"); return list.all(customerId); }`,
    "builder never executed": { code: `export const list = db.prepare("SELECT * FROM orders");`, expect: "select orders, where nothing, built", because: "nothing in the file executes the statement" },
    "look-alikes": LOOK_ALIKES,
  },
};
