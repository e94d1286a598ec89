/** Clients that only the checker can recognise: each is silent without types, which proves that it is the types that tell. */
import { describe, expect, it } from "vitest";
import { ids } from "./support.js";

const run = (parameters: string, body: string, type = ""): string => `export async function run${type}(${parameters}) {\n  ${body}\n}\n`;
const DELETE = '"DELETE FROM orders"';
const ORM = `import { integer, pgTable } from "drizzle-orm/pg-core";
const orders = pgTable("orders", { id: integer("id").primaryKey() });
`;

const CASES: readonly (readonly [what: string, code: string])[] = [
  ["a parameter whose type is an alias of an alias", `import type { Conn } from "@acme/db";\n${run("db: Conn", `await db.query(${DELETE});`)}`],
  ["a part of a client: Pick", `import type { Reader } from "@acme/db";\n${run("db: Reader", `await db.query(${DELETE});`)}`],
  ["a generic parameter", `import type { Conn } from "@acme/db";\n${run("db: T", `await db.query(${DELETE});`, "<T extends Conn>")}`],
  ["a method's result, declared elsewhere", `import { db } from "@acme/db";\n${run("", `const client = await db.connection(); await client.query(${DELETE});`)}`],
  ["a method's result, used at once", `import { db } from "@acme/db";\n${run("", `await (await db.connection()).query(${DELETE});`)}`],
  ["a callback's parameter", `import { db } from "@acme/db";\n${run("", `await db.run(async (client) => { await client.query(${DELETE}); });`)}`],
  ["an import of a package", `import { pool } from "@acme/db";\n${run("", `await pool.query(${DELETE});`)}`],
  ["a member of a context", `import type { Context } from "@acme/db";\n${run("ctx: Context", `await ctx.db.query(${DELETE});`)}`],
  ["a destructured context", `import type { Context } from "@acme/db";\n${run("{ db }: Context", `await db.query(${DELETE});`)}`],
  ["a destructured variable", `import type { Context } from "@acme/db";\n${run("ctx: Context", `const { db: connection } = ctx; await connection.query(${DELETE});`)}`],
  ["a member that may be missing", `import type { Context } from "@acme/db";\n${run("ctx?: Context", `await ctx?.db?.query(${DELETE});`)}`],
  ["a member of this", `import type { Context } from "@acme/db";\ndeclare const Base: new () => Context;\nexport class Orders extends Base {\n  async clear() {\n    await this.db.query(${DELETE});\n  }\n}\n`],
  ["a union of clients", `import type { Context } from "@acme/db";\n${run("ctx: Context", `await ctx.either.query(${DELETE});`)}`],
  ["PGlite", `import type { Context } from "@acme/db";\n${run("ctx: Context", `await ctx.lite.query(${DELETE});`)}`],
  ["PGlite's transaction", `import type { Context } from "@acme/db";\n${run("ctx: Context", `await ctx.lite.transaction(async (tx) => { await tx.query(${DELETE}); });`)}`],
  ["mysql2", `import type { Context } from "@acme/db";\n${run("ctx: Context", `await ctx.mysql.query(${DELETE});`)}`],
  ["better-sqlite3", `import type { Context } from "@acme/db";\n${run("ctx: Context", `ctx.sqlite.prepare(${DELETE}).run();`)}`],
  ["a tag of postgres.js", `import type { Context } from "@acme/db";\n${run("{ sql }: Context", "await sql`DELETE FROM orders`;")}`],
  ["a tag that is a member", `import type { Context } from "@acme/db";\n${run("ctx: Context", "await ctx.sql`DELETE FROM orders`;")}`],
  ["ReturnType<typeof drizzle>", `import type { Orm } from "@acme/db";\n${ORM}${run("db: Orm", "await db.execute('DELETE FROM orders');")}`],
  ["Drizzle's transaction", `import type { Context } from "@acme/db";\n${ORM}${run("ctx: Context", "await ctx.orm.transaction(async (tx) => { await tx.execute('DELETE FROM orders'); });")}`],
  ["a generated Prisma client in a folder of any name", `import { service } from "./registry.js";\n${run("", "await service('store').order.deleteMany();")}`],
  ["a delegate of it in a variable", `import { service } from "./registry.js";\n${run("", "const { order } = service('store'); await order.deleteMany();")}`],
  ["its raw queries", `import { service } from "./registry.js";\n${run("", "await service('store').$executeRawUnsafe('DELETE FROM orders');")}`],
  ["its transaction", `import { service } from "./registry.js";\n${run("", "await service('store').$transaction(async (tx) => { await tx.order.deleteMany(); });")}`],
];

describe("a client that only its type tells", () => {
  it.each(CASES)("%s", (_, code) => {
    expect(ids(code, { rule: "require-where" })).toEqual([]);
    expect(ids(code, { rule: "require-where", types: "strict" })).toEqual(["noWhere"]);
  });

  it.each(CASES)("without strict null checks: %s", (_, code) => {
    expect(ids(code, { rule: "require-where", types: "loose" })).toEqual(["noWhere"]);
  });
});

describe("types that say nothing, or something else", () => {
  it.each([
    ["any", `import type { Context } from "@acme/db";\n${run("ctx: Context", `await ctx.anything.query(${DELETE}); await ctx.anything.order.deleteMany();`)}`],
    ["an unknown package", `import type { Pool } from "@acme/nowhere";\n${run("db: Pool", `await db.query(${DELETE});`)}`],
    ["a look-alike", `import type { Context } from "@acme/db";\n${run("ctx: Context", `await ctx.cache.deleteMany(); await ctx.cache.query(${DELETE});`)}`],
    ["a repository that hands on a promise of Prisma", `import type { Prisma } from "./store/client.js";\ndeclare class Orders { findMany(): Prisma.PrismaPromise<number[]>; deleteMany(): Prisma.PrismaPromise<number> }\n${run("orders: Orders", "await orders.deleteMany();")}`],
    ["a map", run("seen: Map<string, number>", "seen.delete('DELETE FROM orders');")],
  ])("are silent: %s", (_, code) => {
    for (const types of [undefined, "strict", "loose"] as const) expect(ids(code, { rule: "require-where", ...(types && { types }) })).toEqual([]);
  });
});
