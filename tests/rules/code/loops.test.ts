import { describe, expect, it } from "vitest";
import { DRIZZLE, ids, lint, PG, PRISMA, SEQUELIZE } from "./support.js";

const inAsync = (body: string, parameters = "ids: number[]"): string => `export async function run(${parameters}) {\n  ${body}\n}\n`;
const BY_ID = 'pool.query("SELECT * FROM orders WHERE id = $1", [id])';

describe("no-n-plus-one", () => {
  it.each([
    ["read", PG, `for (const id of ids) await ${BY_ID};`],
    ["read", PG, `for (let i = 0; i < ids.length; i++) { const id = ids[i]; await ${BY_ID}; }`],
    ["read", PG, `await Promise.all(ids.map((id) => ${BY_ID}));`],
    ["read", PG, `await Promise.all(ids.map(async (id) => { const { rows } = await ${BY_ID}; return rows[0]; }));`],
    ["read", PG, `for await (const id of ids) { await ${BY_ID}; }`],
    ["read", PG, `const load = (id: number) => ${BY_ID}; for (const id of ids) await load(id);`],
    ["insert", PG, 'for (const id of ids) await pool.query("INSERT INTO orders (id) VALUES ($1)", [id]);'],
    ["delete", PG, 'for (const id of ids) await pool.query("DELETE FROM orders WHERE id = $1", [id]);'],
    ["updateSame", PG, `for (const id of ids) await pool.query("UPDATE orders SET status = 'sent' WHERE id = $1", [id]);`],
    ["invariant", PG, 'for (const id of ids) { const { rows } = await pool.query("SELECT rate FROM rates WHERE code = $1", ["EUR"]); use(id, rows); }'],
    ["read", PRISMA, "for (const id of ids) await prisma.order.findFirst({ where: { id } });"],
    ["read", PRISMA, "for (const id of ids) await prisma.order.findUnique({ where: { id } });"],
    ["insert", PRISMA, "await Promise.all(ids.map((id) => prisma.order.create({ data: { id } })));"],
    ["upsert", PRISMA, "for (const id of ids) await prisma.order.upsert({ where: { id }, create: { id }, update: { id } });"],
    ["read", SEQUELIZE, "for (const id of ids) await Order.findByPk(id);"],
    ["insert", SEQUELIZE, "for (const customerId of ids) await Order.create({ customerId });"],
    ["delete", SEQUELIZE, "for (const order of await Order.findAll({ limit: 5 })) await order.destroy();"],
    ["updateSame", SEQUELIZE, "for (const order of await Order.findAll({ limit: 5 })) await order.update({ sent: true });"],
    ["read", DRIZZLE, "for (const id of ids) await db.select().from(orders).where(eq(orders.id, id));"],
  ])("reports %s: %s%s", (id, setup, body) => {
    expect(ids("no-n-plus-one", setup + inAsync(body))).toEqual([id]);
  });

  it.each([
    ["chunks", PG, 'for (let i = 0; i < ids.length; i += 100) await pool.query("DELETE FROM orders WHERE id = ANY($1)", [ids.slice(i, i + 100)]);'],
    ["pages", PG, 'let after = 0; while (true) { const { rows } = await pool.query("SELECT id FROM orders WHERE id > $1 ORDER BY id LIMIT 100", [after]); if (rows.length === 0) break; after = rows.at(-1).id; }'],
    ["draining", PG, 'while (true) { const { rowCount } = await pool.query("DELETE FROM orders WHERE id IN (SELECT id FROM orders WHERE done LIMIT 100)"); if (!rowCount) break; }'],
    ["retries", PG, 'for (let attempt = 0; attempt < 3; attempt++) { try { return await pool.query("SELECT 1 FROM orders WHERE id = $1", [ids[0]]); } catch { await wait(attempt); } }'],
    ["a loop that leaves", PG, `for (const id of ids) { if (id > 5) { return await ${BY_ID}; } }`],
    ["a literal list", PG, 'for (const name of ["a", "b"]) await pool.query("SELECT * FROM orders WHERE status = $1", [name]);'],
    ["schema changes", PG, "for (const id of ids) await pool.query(`CREATE TABLE part_${id} (id int)`);"],
    ["transaction commands", PG, 'for (const id of ids) { await pool.query("BEGIN"); await work(id); await pool.query("COMMIT"); }'],
    ["a loader", PG, "await Promise.all(ids.map((id) => loader.load(id)));"],
    ["a map", PG, "const seen = new Map(); for (const id of ids) { seen.get(id); seen.delete(id); }"],
    ["findUnique in one tick", PRISMA, "await Promise.all(ids.map((id) => prisma.order.findUnique({ where: { id } })));"],
    ["different values", PG, 'for (const [id, status] of pairs) await pool.query("UPDATE orders SET status = $2 WHERE id = $1", [id, status]);'],
  ])("is silent about %s: %s%s", (_, setup, body) => {
    expect(ids("no-n-plus-one", setup + inAsync(body))).toEqual([]);
  });

  it("reports different values where asked", () => {
    const code = PG + inAsync('for (const [id, status] of pairs) await pool.query("UPDATE orders SET status = $2 WHERE id = $1", [id, status]);', "pairs: [number, string][]");
    expect(ids("no-n-plus-one", code, { updateDifferent: true })).toEqual(["updateDifferent"]);
  });

  it("names the class that an inherited method is called on", () => {
    expect(lint("no-n-plus-one", SEQUELIZE + inAsync("for (const id of ids) await Order.findAllBy(id);")).map(({ message }) => message)).toEqual([expect.stringContaining("Reads `Order` once per element of `ids`")]);
  });
});
