import { describe, expect, it } from "vitest";
import { DRIZZLE, ids, PG, PRISMA } from "./support.js";

const inAsync = (body: string, parameters = ""): string => `export async function run(${parameters}) {\n  ${body}\n}\n`;

describe("no-unbounded-select", () => {
  it.each([
    ["noFilter", PG, 'return await pool.query("SELECT * FROM orders");', ""],
    ["noFilter", PG, "const { rows } = await pool.query(`SELECT id\n    FROM orders\n    ORDER BY id`); return rows;", ""],
    ["noFilter", PG, 'const text = "SELECT id FROM " + "orders"; return (await pool.query(text)).rows;', ""],
    ["noFilter", PG, 'return await pool.query({ text: "SELECT * FROM orders", values: [] });', ""],
    ["flagsOnly", PG, 'return await pool.query("SELECT * FROM orders WHERE archived = false");', ""],
    ["offsetWithoutLimit", PG, 'return await pool.query("SELECT * FROM orders OFFSET $1", [offset]);', "offset: number"],
    ["noFilter", PRISMA, "return await prisma.order.findMany();", ""],
    ["noFilter", PRISMA, "return await prisma.order.findMany({ orderBy: { id: 'asc' } });", ""],
    ["optionalFilter", PRISMA, "return await prisma.order.findMany({ where: { ...(status && { status }) } });", "status?: string"],
    ["limitMayBeUndefined", PRISMA, "return await prisma.order.findMany({ take });", "take?: number"],
    ["offsetWithoutLimit", PRISMA, "return await prisma.order.findMany({ skip: 10 });", ""],
    ["noFilter", DRIZZLE, "return await db.select().from(orders);", ""],
    ["noFilter", DRIZZLE, "return await db.query.orders.findMany();", ""],
  ])("reports %s: %s%s", (id, setup, body, parameters) => {
    expect(ids("no-unbounded-select", setup + inAsync(body, parameters))).toEqual([id]);
  });

  it.each([
    [PG, 'return await pool.query("SELECT * FROM orders LIMIT 10");', ""],
    [PG, 'return await pool.query("SELECT * FROM orders LIMIT $1", [limit]);', "limit: number"],
    [PG, 'return await pool.query("SELECT * FROM orders WHERE id = $1", [id]);', "id: number"],
    [PG, 'return await pool.query("SELECT * FROM orders WHERE id = ANY($1)", [ids]);', "ids: number[]"],
    [PG, 'return await pool.query("SELECT count(*) FROM orders");', ""],
    [PG, 'return await pool.query("SELECT now()");', ""],
    [PG, 'return await pool.query("SELECT * FROM generate_series(1, 10)");', ""],
    [PG, "return await pool.query(`SELECT * FROM orders ${clause}`);", "clause: string"],
    [PG, "return await pool.query(text);", "text: string"],
    [PG, 'return "Select all notes from the list";', ""],
    [PRISMA, "return await prisma.order.findMany({ take: 10 });", ""],
    [PRISMA, "return await prisma.order.findMany({ where: { id: { in: ids } } });", "ids: number[]"],
    [PRISMA, "return await prisma.order.count();", ""],
    [PRISMA, "return await prisma.order.findUnique({ where: { id } });", "id: number"],
    [DRIZZLE, "return await db.select().from(orders).limit(10);", ""],
    [DRIZZLE, "return await db.select().from(orders).where(inArray(orders.id, ids));", "ids: number[]"],
    [DRIZZLE, "const all = db.select({ id: orders.id }).from(orders); return await db.select().from(orders).where(inArray(orders.id, all)).limit(1);", ""],
  ])("is silent: %s%s", (setup, body, parameters) => {
    expect(ids("no-unbounded-select", setup + inAsync(body, parameters))).toEqual([]);
  });

  it("reports what only a parent narrows where asked", () => {
    const code = PG + inAsync('return await pool.query("SELECT * FROM orders WHERE customer_id = $1", [id]);', "id: number");
    expect(ids("no-unbounded-select", code)).toEqual([]);
    expect(ids("no-unbounded-select", code, { scoped: true })).toEqual(["scoped"]);
  });
});
