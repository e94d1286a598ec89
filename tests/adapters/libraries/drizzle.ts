import type { LibraryScenarios } from "../scenarios.js";

const NAMES_NOT_KNOWN = "EXISTS is written as a read of one constant";

export const drizzle: LibraryScenarios = {
  id: "drizzle",
  prelude: `
    import { and, count, eq, inArray, isNull, or, sql } from "drizzle-orm";
    import { drizzle, type NodePgDatabase } from "drizzle-orm/node-postgres";
    import { pgTable, text } from "drizzle-orm/pg-core";
    const orders = pgTable("orders", { id: text("id").primaryKey(), customerId: text("customerId").notNull(), status: text("status"), note: text("note") });
    const customers = pgTable("customers", { id: text("id").primaryKey(), country: text("country") });
    const db = drizzle(process.env.DATABASE_URL, { schema: { orders, customers } });
    declare const customerId: string; declare const id: string; declare const ids: string[]; declare const n: number;
  `,
  files: {
    "src/schema.ts": `import { pgTable, text } from "drizzle-orm/pg-core";\nexport const orders = pgTable("orders", { id: text("id"), customerId: text("customerId") });`,
    "src/db/client.ts": `import { drizzle } from "drizzle-orm/postgres-js";\nimport * as schema from "../schema.js";\nexport const client = drizzle({ schema });`,
    "src/db/index.ts": `export { client as db } from "./client.js";\nexport * from "../schema.js";\nexport * from "drizzle-orm";`,
  },
  scenarios: {
    "read by key": { code: `const [order] = await db.select().from(orders).where(eq(orders.id, id));`, expect: "select orders, where id = parameter", because: "the schema says that the key is unique, and no LIMIT is sent" },
    "read many, unbounded": `await db.select().from(orders);`,
    "read many, limited": `await db.query.orders.findMany({ limit: 50 });`,
    "read many, limit from a parameter": `await db.select().from(orders).limit(n);`,
    "read many, limit maybe undefined": `async function f(size?: number) { return db.select().from(orders).limit(size); }`,
    "read many, limited and skipped": `await db.select().from(orders).limit(50).offset(n * 50);`,
    "read many by key list": `await db.select().from(orders).where(inArray(orders.id, ids));`,
    "read many, filtered": `await db.query.orders.findMany({ where: (t, { eq }) => eq(t.customerId, customerId) });`,
    "read many, filtered by two": `await db.select().from(orders).where(and(eq(orders.customerId, customerId), eq(orders.status, "shipped")));`,
    "read many, either of two": `await db.select().from(orders).where(or(eq(orders.customerId, customerId), eq(orders.status, "shipped")));`,
    "read many, conditional filter": `async function f(customerId?: string) { return db.select().from(orders).where(customerId ? eq(orders.customerId, customerId) : undefined); }`,
    "read many, null test": `await db.select().from(orders).where(isNull(orders.note));`,
    "count": `const [row] = await db.select({ total: count() }).from(orders).where(eq(orders.customerId, customerId));`,
    "exists": { code: `const [found] = await db.select({ one: sql\`1\` }).from(orders).where(eq(orders.customerId, customerId)).limit(1);`, expect: "select orders, where customerId = parameter, limit 1", because: NAMES_NOT_KNOWN },
    "insert one": `await db.insert(orders).values({ id, customerId });`,
    "insert many": `await db.insert(orders).values(ids.map((id) => ({ id, customerId })));`,
    "update with filter": `await db.update(orders).set({ status: "paid" }).where(eq(orders.customerId, customerId));`,
    "update without filter": `await db.update(orders).set({ status: "paid" });`,
    "update with empty filter": `await db.update(orders).set({ status: "paid" }).where(and());`,
    "update with a filter that may be undefined": { code: `async function f(customerId?: string) { await db.update(orders).set({ status: "paid" }).where(and(customerId ? eq(orders.customerId, customerId) : undefined)); }`, expect: "update orders, where maybe[customerId = parameter]", because: "a value that is undefined is compared as NULL; only a condition that is undefined is dropped" },
    "delete with filter": `await db.delete(orders).where(eq(orders.customerId, customerId));`,
    "delete without filter": `await db.delete(orders);`,
    "delete with always true filter": `await db.delete(orders).where(sql\`true\`);`,
    "delete with a filter that may be undefined": { code: `async function f(customerId?: string) { await db.delete(orders).where(eq(orders.customerId, customerId)); }`, expect: "delete orders, where customerId = parameter", because: "undefined is bound as NULL, which equals nothing" },
    "raw statement": `await db.execute(sql\`select * from \${orders} where \${orders.customerId} = \${customerId}\`);`,
    "in a transaction callback": `await db.transaction(async (tx) => { await tx.update(orders).set({ status: "paid" }).where(eq(orders.id, id)); });`,
    "client imported through a re-export": { bare: true, code: `import { db, orders } from "./db/index.js";\nawait db.select().from(orders);`, expect: "select orders, where nothing", because: "the client of the other file" },
    "client annotated as a parameter": `async function f(tx: NodePgDatabase) { return tx.select().from(orders); }`,
    "client in a class field": `class Orders { constructor(private readonly database: NodePgDatabase) {} list() { return this.database.select().from(orders); } }`,
    "builder over several statements": `async function f(customerId?: string) {\n  let query = db.select().from(orders).$dynamic();\n  if (customerId) query = query.where(eq(orders.customerId, customerId));\n  return await query.limit(50);\n}`,
    "builder never executed": { code: `const query = db.select().from(orders);\nquery.toSQL();`, expect: "select orders, where nothing, built", because: "a builder is sent when it is awaited" },
    "sub-query is not a query of its own": `await db.select().from(orders).where(inArray(orders.customerId, db.select({ id: customers.id }).from(customers)));`,
    "look-alikes": `
      const map = new Map(); map.delete(orders); cache.delete("orders"); await axios.delete("/orders"); set.values(); params.get("id"); Object.values(orders);
      import { Kysely } from "kysely"; const kysely = new Kysely({}); await kysely.selectFrom("orders").selectAll().execute(); await kysely.deleteFrom("orders").execute();
      await knex("orders").select().where({ id }); await supabase.from("orders").select(); await supabase.from("orders").delete().eq("id", id);
      await redis.get("orders"); form.select("orders"); editor.insert(orders); stream.all().values();
    `,
  },
};
