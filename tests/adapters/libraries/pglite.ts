import type { LibraryScenarios } from "../scenarios.js";
import { LOOK_ALIKES, sqlScenarios } from "./sql.js";

const send = (sql: string, values: readonly string[]): string => `await db.query(${JSON.stringify(sql)}${values.length > 0 ? `, [${values.join(", ")}]` : ""})`;

export const pglite: LibraryScenarios = {
  id: "pglite",
  prelude: `import { PGlite, type Transaction } from "@electric-sql/pglite";\nconst db = await PGlite.create();`,
  files: { "src/db.ts": `import { PGlite } from "@electric-sql/pglite";\nexport const db = new PGlite();`, "src/index.ts": `export { db as database } from "./db.js";` },
  scenarios: {
    ...sqlScenarios({ send, placeholder: (n) => `$${n}`, column: (name) => `"${name}"` }),
    "read by key": { code: `async function f(id: string) { const { rows } = ${send("SELECT * FROM orders WHERE id = $1", ["id"])}; return rows[0]; }`, expect: "select orders, where id = parameter", because: "every row is delivered, whatever is taken of them" },
    "read many, limit maybe undefined": `async function f(n?: number) { return ${send("SELECT * FROM orders LIMIT $1", ["n"])}; }`,
    "read many by key list": `async function f(ids: string[]) { return ${send("SELECT * FROM orders WHERE id = ANY($1)", ["ids"])}; }`,
    "read many, conditional filter": `async function f(customerId?: string) { return db.query(\`SELECT * FROM orders \${customerId ? \`WHERE "customerId" = $1\` : ""}\`, customerId ? [customerId] : []); }`,
    "raw statement": `async function f(customerId: string) { return db.sql\`SELECT * FROM orders WHERE "customerId" = \${customerId}\`; }`,
    "in a transaction callback": `await db.transaction(async (tx) => { await tx.query("UPDATE orders SET status = 'paid' WHERE id = $1", [id]); });`,
    "client imported through a re-export": { bare: true, code: `import { database } from "./index.js";\nawait database.query("SELECT * FROM orders");`, expect: "select orders, where nothing", because: "the client of the other file" },
    "client annotated as a parameter": `async function f(tx: Transaction) { return tx.query("SELECT * FROM orders"); }`,
    "client in a class field": `class Orders { constructor(private readonly db: PGlite) {} list() { return this.db.query("SELECT * FROM orders"); } }`,
    "builder over several statements": `async function f(customerId?: string) { let text = "SELECT * FROM orders"; if (customerId) text += ' WHERE "customerId" = $1'; text += " LIMIT 50"; return db.query(text, [customerId]); }`,
    "builder never executed": { cannot: "the call itself sends the statement; there is no builder" },
    "look-alikes": LOOK_ALIKES,
  },
};
