import { describe, expect, it } from "vitest";
import { DRIZZLE, ids, lint, PG, PRISMA, SEQUELIZE } from "./support.js";

const inAsync = (body: string, parameters = ""): string => `export async function run(${parameters}) {\n  ${body}\n}\n`;

describe("require-where", () => {
  it.each([
    ["noWhere", PG, 'await pool.query("DELETE FROM orders");', ""],
    ["noWhere", PG, 'await pool.query("UPDATE orders SET status = $1", [status]);', "status: string"],
    ["alwaysTrue", PG, 'await pool.query("DELETE FROM orders WHERE true");', ""],
    ["alwaysTrue", PG, 'await pool.query("DELETE FROM orders WHERE 1 = 1");', ""],
    ["truncate", PG, 'await pool.query("TRUNCATE orders");', ""],
    ["noWhere", PRISMA, "await prisma.order.deleteMany();", ""],
    ["emptyWhere", PRISMA, "await prisma.order.deleteMany({ where: {} });", ""],
    ["noWhere", PRISMA, "await prisma.order.updateMany({ data: { status: 'x' } });", ""],
    ["emptyWhere", SEQUELIZE, "await Order.destroy({ where: {} });", ""],
    ["emptyWhere", SEQUELIZE, "await Order.update({ status: 'x' }, { where: {} });", ""],
    ["optionalWhere", SEQUELIZE, "await Order.destroy({ where: { ...(id && { id }) } });", "id?: number"],
    ["noWhere", DRIZZLE, "await db.delete(orders);", ""],
    ["noWhere", DRIZZLE, "await db.update(orders).set({ status: 'x' });", ""],
    ["optionalWhere", DRIZZLE, "await db.delete(orders).where(id ? eq(orders.id, id) : undefined);", "id?: number"],
  ])("reports %s: %s%s", (id, setup, body, parameters) => {
    expect(ids("require-where", setup + inAsync(body, parameters))).toEqual([id]);
  });

  it.each([
    [PG, 'await pool.query("DELETE FROM orders WHERE id = $1", [id]);', "id: number"],
    [PG, "await pool.query(`DELETE FROM orders ${where}`);", "where: string"],
    [PG, "const seen = new Map(); seen.delete(id); seen.clear();", "id: number"],
    [PRISMA, "await prisma.order.deleteMany({ where: { status: 'x' } });", ""],
    [PRISMA, "await prisma.order.delete({ where: { id } });", "id: number"],
    [SEQUELIZE, "await Order.destroy({ where: { id } }); await Order.destroy(); await Order.update({ status: 'x' }, {});", "id?: number"],
    [PRISMA, "await cache.deleteMany();", "cache: { deleteMany(): Promise<void> }"],
    [DRIZZLE, "await db.delete(orders).where(eq(orders.id, id));", "id: number"],
    [DRIZZLE, "const all = db.update(orders).set({ status: 'x' }); return { all };", ""],
  ])("is silent: %s%s", (setup, body, parameters) => {
    expect(ids("require-where", setup + inAsync(body, parameters))).toEqual([]);
  });
});

describe("no-undefined-filter", () => {
  it.each([
    ["writesAll", "await prisma.order.deleteMany({ where: { id } });", "id?: number"],
    ["writesAll", "await prisma.order.deleteMany({ where: { id: request.query.id } });", "request: any"],
    ["writesMore", "await prisma.order.deleteMany({ where: { status: 'x', id } });", "id: number | undefined"],
    ["readsAny", "return await prisma.order.findFirst({ where: { reference: user?.reference } });", "user?: { reference: string }"],
  ])("reports %s: %s", (id, body, parameters) => {
    expect(ids("no-undefined-filter", PRISMA + inAsync(body, parameters))).toEqual([id]);
  });

  it.each([
    ["if (!id) return; await prisma.order.deleteMany({ where: { id } });", "id?: number"],
    ["if (id === undefined) throw new Error(); await prisma.order.deleteMany({ where: { id } });", "id?: number"],
    ["await prisma.order.deleteMany({ where: { id: id ?? -1 } });", "id?: number"],
    ["await prisma.order.deleteMany({ where: { id } });", "id: number"],
    ["return await prisma.order.findMany({ where: { status }, take: 10 });", "status?: string"],
    ["return await prisma.order.findUnique({ where: { id } });", "id?: number"],
  ])("is silent: %s", (body, parameters) => {
    expect(ids("no-undefined-filter", PRISMA + inAsync(body, parameters))).toEqual([]);
  });

  const suggested = (body: string, parameters: string): (string | undefined)[] => {
    const code = PRISMA + inAsync(body, parameters);
    return lint("no-undefined-filter", code).map(({ suggestions }) => suggestions?.[0]?.fix.text);
  };

  it.each([
    ["await prisma.order.deleteMany({ where: { id } });", "id?: number", 'if (id === undefined) throw new Error("id is missing");\n  '],
    ["const gone = await prisma.order.deleteMany({ where: { id: filter.id } });", "filter: { id?: number }", 'if (filter.id === undefined) throw new Error("filter.id is missing");\n  '],
    ["return await prisma.order.findFirst({ where: { reference: user?.reference } });", "user?: { reference: string }", 'if (user?.reference === undefined) throw new Error("user.reference is missing");\n  '],
    ["const a = 1; await prisma.order.deleteMany({ where: { id } });", "id?: number", 'if (id === undefined) throw new Error("id is missing"); '],
    [
      "await prisma.order.deleteMany({ where: { id, status } });",
      "id?: number, status?: string",
      'if (id === undefined) throw new Error("id is missing");\n  if (status === undefined) throw new Error("status is missing");\n  ',
    ],
  ])("suggests a test in front: %s", (body, parameters, text) => {
    expect(suggested(body, parameters)).toEqual([text]);
    expect(ids("no-undefined-filter", PRISMA + inAsync(body, parameters))).toHaveLength(1);
  });

  it.each([
    ["where it would fail too often", "if (id !== 5) await prisma.order.deleteMany({ where: { id } });", "id?: number"],
    ["where it would fail too often", "const done = other ? await prisma.order.deleteMany({ where: { id } }) : 0;", "id: number | undefined, other: boolean"],
    ["where the value is not there yet", "for (const item of all) await prisma.order.deleteMany({ where: { id: item?.id } });", "all: { id?: number }[]"],
    ["where there is no list of statements", "await prisma.$transaction(async (tx) => tx.order.deleteMany({ where: { id } }));", "id?: number"],
  ])("suggests nothing %s: %s", (_, body, parameters) => {
    expect(suggested(body, parameters)).toEqual([undefined]);
  });
});
