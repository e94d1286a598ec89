/** `settings["query-guard"].clients`: what a team says about modules that cannot be followed. */
import fs from "node:fs";
import path from "node:path";
import { Linter } from "eslint";
import { describe, expect, it } from "vitest";
import { CLIENT_LIBRARIES } from "../../src/analyze.js";
import { plugin } from "../../src/plugin.js";

function reports(code: string, clients: Record<string, string>): (string | undefined)[] {
  const config: Linter.Config = { plugins: { "query-guard": plugin }, settings: { "query-guard": { clients } }, rules: { "query-guard/require-where": "error" } };
  return new Linter({ cwd: "/nowhere" }).verify(code, [config], "/nowhere/src/file.js").map(({ messageId, message }) => messageId ?? message);
}

/** Empties a table with a client of each library that is called `db`. */
const EMPTIES: Readonly<Record<string, string>> = {
  pg: 'await db.query("DELETE FROM orders");',
  pglite: 'await db.query("DELETE FROM orders");',
  mysql2: 'await db.execute("DELETE FROM orders");',
  "postgres.js": "await db`DELETE FROM orders`;",
  "better-sqlite3": 'db.prepare("DELETE FROM orders").run();',
  "node:sqlite": 'db.exec("DELETE FROM orders");',
  sqlite3: 'db.run("DELETE FROM orders");',
  neon: "await db`DELETE FROM orders`;",
  "@vercel/postgres": 'await db.query("DELETE FROM orders");',
  prisma: "await db.order.deleteMany();",
  drizzle: "await db.delete(orders);",
  sequelize: 'await db.query("DELETE FROM orders");',
  typeorm: 'await db.query("DELETE FROM orders");',
  knex: 'await db("orders").del();',
  mikroorm: 'await db.execute("DELETE FROM orders");',
  slonik: 'await db.query(sql.unsafe`DELETE FROM orders`);',
  "pg-promise": 'await db.none("DELETE FROM orders");',
  "bun:sqlite": 'db.run("DELETE FROM orders");',
};

describe("a client that the settings name", () => {
  it.each([...CLIENT_LIBRARIES.keys()])("is one of %s", (library) => {
    const code = `import { db, orders } from "@acme/db";\nexport async function empty() { ${EMPTIES[library] ?? "throw new Error('no example');"} }\n`;
    expect(reports(code, {})).toEqual([]);
    expect(reports(code, { "@acme/db#db": library })).toHaveLength(1);
    // The module of a Drizzle client exports its tables as well: there the client has to be named.
    if (library !== "drizzle") expect(reports(code, { "@acme/db": library })).toHaveLength(1);
    expect(reports(code, { "@acme/db#other": library })).toEqual([]);
  });

  it("stays what it is known to be: the tables and operators of the module are no clients", () => {
    const code = 'import { eq } from "drizzle-orm";\nimport { db } from "@acme/db";\nexport async function one(table, id) { await db.delete(table).where(eq(table.id, id)); }\n';
    expect(reports(code, { "@acme/db": "drizzle", "drizzle-orm": "drizzle" })).toEqual([]);
  });

  it("of a library that there is not is reported", () => {
    expect(reports("export const a = 1;\n", { "@acme/db": "postgres" })).toEqual(["invalidSetting"]);
  });

  it("is documented with every library there is", () => {
    const page = fs.readFileSync(path.resolve("docs/settings.md"), "utf8");
    for (const library of CLIENT_LIBRARIES.keys()) expect(page).toContain(`\`"${library}"\``);
  });
});
