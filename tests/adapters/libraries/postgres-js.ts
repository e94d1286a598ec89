import type { LibraryScenarios } from "../scenarios.js";
import { LOOK_ALIKES, sqlScenarios } from "./sql.js";

/** `$1` is where the expression of the value stands. */
const send = (sql: string, values: readonly string[]): string => `await sql\`${values.reduce((text, value, index) => text.replace(`$${index + 1}`, () => `\${${value}}`), sql)}\``;

export const postgresJs: LibraryScenarios = {
  id: "postgres.js",
  prelude: `import postgres, { type TransactionSql } from "postgres";\nconst sql = postgres(process.env.DATABASE_URL);`,
  files: { "src/db.ts": `import postgres from "postgres";\nexport default postgres();`, "src/index.ts": `export { default as database } from "./db.js";` },
  scenarios: {
    ...sqlScenarios({ send, placeholder: (n) => `$${n}`, column: (name) => `"${name}"` }),
    "read by key": { code: `async function f(id: string) { const [order] = await sql\`SELECT * FROM orders WHERE id = \${id}\`; return order; }`, expect: "select orders, where id = parameter", because: "every row is delivered, whatever is taken of them" },
    "read many, limit maybe undefined": { code: `async function f(n?: number) { return sql\`SELECT * FROM orders LIMIT \${n}\`; }`, expect: "select orders, where nothing, limit parameter", because: "the driver throws on undefined" },
    "read many by key list": `async function f(ids: string[]) { return sql\`SELECT * FROM orders WHERE id IN \${sql(ids)}\`; }`,
    "read many, conditional filter": `async function f(customerId?: string) { return sql\`SELECT * FROM orders \${customerId ? sql\`WHERE "customerId" = \${customerId}\` : sql\`\`}\`; }`,
    "raw statement": `async function f(customerId: string) { return sql.unsafe('SELECT * FROM orders WHERE "customerId" = $1', [customerId]); }`,
    "in a transaction callback": `await sql.begin("read write", async (tx) => { await tx\`UPDATE orders SET status = 'paid' WHERE id = \${id}\`; });`,
    "client imported through a re-export": { bare: true, code: `import { database } from "./index.js";\nawait database\`SELECT * FROM orders\`;`, expect: "select orders, where nothing", because: "the tag of the other file" },
    "client annotated as a parameter": `async function f(tx: TransactionSql) { return tx\`SELECT * FROM orders\`; }`,
    "client in a class field": `class Orders { constructor(private readonly sql: postgres.Sql) {} list() { return this.sql\`SELECT * FROM orders\`; } }`,
    "builder over several statements": `async function f(customerId?: string) { let where = sql\`\`; if (customerId) where = sql\`WHERE "customerId" = \${customerId}\`; return sql\`SELECT * FROM orders \${where} LIMIT 50\`; }`,
    "builder never executed": { code: `sql\`SELECT * FROM orders\`;`, expect: "select orders, where nothing, built", because: "a query that nothing awaits is not sent" },
    "look-alikes": LOOK_ALIKES,
  },
};
