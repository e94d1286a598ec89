import path from "node:path";
import { describe, expect, it } from "vitest";
import { directoryOf, PRISMA, repetitionsOf, SETUP } from "./support.js";

const READ = 'pool.query("SELECT * FROM orders WHERE id = $1", [id])';
const INSERT = 'pool.query("INSERT INTO orders (id) VALUES ($1)", [id])';
const DELETE = 'pool.query("DELETE FROM orders WHERE id = $1", [id])';
const SAME = `pool.query("UPDATE orders SET status = 'sent', at = now() WHERE id = $1", [id])`;

const inAsync = (body: string): string => `${SETUP}export async function run(ids: number[], rows: { id: number }[]) {\n${body}\n}\n`;

describe("what runs once per element", () => {
  it.each([
    // Loops.
    [`for (const id of ids) await ${READ};`, "read for…of ids"],
    [`for (const id of ids) { ${READ}; }`, "read for…of ids"],
    [`for (const { id } of rows) { await ${READ}; }`, "read for…of rows"],
    [`for (const [id] of pairs) { await ${READ}; }`, "read for…of pairs"],
    [`for (const id in map) { await ${READ}; }`, "read for…in map"],
    [`for await (const id of stream) { await ${READ}; }`, "read for await stream"],
    [`for (let i = 0; i < ids.length; i++) { const id = ids[i]; await ${READ}; }`, "read for"],
    [`for (let i = 0, n = ids.length; i < n; i++) { await pool.query("SELECT * FROM t WHERE id = $1", [ids[i]]); }`, "read for"],
    [`for (let i = ids.length - 1; i >= 0; i--) { const id = ids[i]; await ${READ}; }`, "read for"],
    [`for (const id of ids) { if (id > 3) { await ${READ}; } }`, "read for…of ids"],
    [`for (const id of ids) { if (id > 3) continue; await ${READ}; }`, "read for…of ids"],
    [`for (const id of ids) { switch (id) { case 1: await ${READ}; break; default: } }`, "read for…of ids"],
    [`for (const id of ids) { try { await ${READ}; } catch (error) { log(error); } }`, "read for…of ids"],
    [`for (const id of ids) { try { await ${READ}; } catch { continue; } }`, "read for…of ids"],
    [`for (const id of ids) { const r = await ${READ}; if (!r.rowCount) throw new Error("gone"); }`, "read for…of ids"],
    [`for (const id of ids) { const r = await ${READ}; if (!r.rowCount) break; }`, "read for…of ids"],
    [`for (const id of new Set(ids)) await ${READ};`, "read for…of new Set(ids)"],
    [`for (const id of [...ids]) await ${READ};`, "read for…of [...ids]"],
    [`for (const [i, id] of ids.entries()) await ${READ};`, "read for…of ids.entries()"],
    [`for (const id of Object.keys(map)) await ${READ};`, "read for…of Object.keys(map)"],
    // Callbacks.
    [`await Promise.all(ids.map((id) => ${READ}));`, "read map ids at once"],
    [`await Promise.all(ids.map(async (id) => { await ${READ}; }));`, "read map ids at once"],
    [`await Promise.all(ids.map(async function (id) { return await ${READ}; }));`, "read map ids at once"],
    [`await Promise.allSettled(ids.map((id) => ${READ}));`, "read map ids at once"],
    [`const work = ids.map((id) => ${READ}); await Promise.all(work);`, "read map ids at once"],
    [`ids.forEach(async (id) => { await ${READ}; });`, "read forEach ids at once"],
    [`await Promise.all(ids.flatMap(async (id) => { return (await ${READ}).rows; }));`, "read flatMap ids at once"],
    [`await Promise.all(ids.filter((id) => id > 3).map((id) => ${READ}));`, "read map ids.filter((id) => id > 3) at once"],
    [`await ids.reduce(async (before, id) => { await before; await ${READ}; }, Promise.resolve());`, "read reduce ids"],
    [`await ids.reduce((chain, id) => chain.then(() => ${READ}), Promise.resolve());`, "read reduce ids"],
    [`await Promise.all(Array.from(ids, (id) => ${READ}));`, "read Array.from ids at once"],
    [`await Promise.all([...ids].map((id) => ${READ}));`, "read map [...ids] at once"],
    [`await Promise.all(Object.entries(map).map(([id]) => ${READ}));`, "read map Object.entries(map) at once"],
    [`await pMap(ids, (id) => ${READ}, { concurrency: 5 });`, "read pMap ids at once"],
    [`await pMapSeries(ids, (id) => ${READ});`, "read pMapSeries ids"],
    [`await async.eachLimit(ids, 5, async (id) => { await ${READ}; });`, "read eachLimit ids at once"],
    [`await async.eachSeries(ids, async (id) => { await ${READ}; });`, "read eachSeries ids"],
    [`await Promise.map(ids, (id) => ${READ});`, "read map ids at once"],
    [`_.forEach(ids, async (id) => { await ${READ}; });`, "read forEach ids at once"],
    [`const limit = pLimit(5); await Promise.all(ids.map((id) => limit(() => ${READ})));`, "read map ids at once"],
    [`for (const id of ids) { await (async () => { await ${READ}; })(); }`, "read for…of ids"],
    [`for (const id of ids) { await new Promise((done) => { ${READ}.then(done); }); }`, "read for…of ids"],
    [`for (const id of ids) { work.push(${READ}); } await Promise.all(work);`, "read for…of ids"],
    [`for (const id of ids) ${READ}.then((r) => out.push(r));`, "read for…of ids"],
    [`for (const id of ids) { await retry(() => ${READ}); }`, "read for…of ids"],
    [`for (const id of ids) { await withSpan("read", async () => { await ${READ}; }); }`, "read for…of ids"],
    [`for (const id of ids) { for (let attempt = 0; attempt < 3; attempt++) { await ${READ}; } }`, "read for…of ids"],
    [`for (const id of ids) { const r = await ${READ}; if (r.rows[0]) continue; throw new Error("x"); }`, "read for…of ids"],
    // Nested.
    [`for (const row of rows) for (const id of row.ids) await ${READ};`, "read for…of row.ids 2 deep"],
    [`await Promise.all(rows.map((row) => Promise.all(row.ids.map((id) => ${READ}))));`, "read map row.ids at once 2 deep"],
    [`for (const name of ["a", "b"]) for (const id of ids) await ${READ};`, "read for…of ids"],
    // What is repeated.
    [`for (const id of ids) await ${INSERT};`, "insert for…of ids"],
    [`for (const id of ids) await ${DELETE};`, "delete for…of ids"],
    [`for (const id of ids) await ${SAME};`, "update-same for…of ids"],
    [`for (const id of ids) await pool.query("UPDATE orders SET seen = $2 WHERE id = $1", [id, new Date()]);`, "update-same for…of ids"],
    [`for (const id of ids) await pool.query("UPDATE orders SET owner = $2 WHERE id = $1", [id, user.id]);`, "update-same for…of ids"],
    [`for (const row of rows) await pool.query("UPDATE orders SET name = $2 WHERE id = $1", [row.id, row.name]);`, "update-different for…of rows"],
    [`for (const row of rows) await pool.query("UPDATE orders SET n = n - $2 WHERE id = $1", [row.id, row.n]);`, "update-different for…of rows"],
    [`for (const row of rows) await pool.query("UPDATE orders SET name = coalesce($2, name), at = now() WHERE id = $1", [row.id, row.name]);`, "update-different for…of rows"],
    [`for (const id of ids) await pool.query("UPDATE orders SET n = n - $2 WHERE id = $1", [id, step]);`, "update-same for…of ids"],
    [`for (const id of ids) await pool.query("UPDATE orders SET n = n + 1 WHERE id = $1", [id]);`, "update-same for…of ids"],
    [`for (const [i, row] of rows.entries()) await pool.query("UPDATE orders SET position = $2 WHERE id = $1", [row.id, i]);`, "update-different for…of rows.entries()"],
    [`for (const row of rows) { const total = sum(row); await pool.query("UPDATE orders SET total = $2 WHERE id = $1", [row.id, total]); }`, "update-different for…of rows"],
    [`for (const id of ids) await pool.query("INSERT INTO orders (id) VALUES ($1) ON CONFLICT (id) DO UPDATE SET n = orders.n + 1", [id]);`, "upsert for…of ids"],
    [`for (const id of ids) await pool.query("INSERT INTO orders (id) VALUES ($1) ON CONFLICT DO NOTHING", [id]);`, "insert for…of ids"],
    [`for (const id of ids) { const r = await pool.query("SELECT rate FROM rates WHERE code = $1", ["EUR"]); out.push(r.rows[0].rate * id); }`, "invariant for…of ids"],
    [`for (const id of ids) { const r = await pool.query("SELECT rate FROM rates WHERE code = $1", [code]); out.push(r.rows[0].rate * id); }`, "invariant for…of ids"],
    [`for (const id of ids) { const r = await pool.query("SELECT count(*) FROM rates WHERE at > $1", [new Date()]); out.push(r, id); }`, "read for…of ids"],
  ])("%s", (body, expected) => {
    expect(repetitionsOf(inAsync(body))).toEqual([expected]);
  });

  it("tells an invariant read from one whose table the loop writes", () => {
    const body = `for (const id of ids) { const r = await pool.query("SELECT count(*) FROM orders WHERE open = $1", [flag]); if (r.rows[0].count < 5) await ${INSERT}; }`;
    expect(repetitionsOf(inAsync(body))).toEqual(["read for…of ids", "insert for…of ids"]);
  });

  it("reports two queries of one loop", () => {
    expect(repetitionsOf(inAsync(`for (const id of ids) { await ${READ}; await ${DELETE}; }`))).toEqual(["read for…of ids", "delete for…of ids"]);
  });

  it("sees through a transaction per element", () => {
    const body = `for (const id of ids) { const client = await pool.connect(); try { await client.query("BEGIN"); await client.query("DELETE FROM orders WHERE id = $1", [id]); await client.query("COMMIT"); } finally { client.release(); } }`;
    expect(repetitionsOf(inAsync(body))).toEqual(["delete for…of ids"]);
    const prisma = `${PRISMA}export async function run(ids) { for (const id of ids) { await prisma.$transaction(async (tx) => { await tx.order.delete({ where: { id } }); }); } }`;
    expect(repetitionsOf(prisma)).toEqual(["delete for…of ids"]);
  });

  it("counts a loop inside a transaction", () => {
    const code = `${PRISMA}export async function run(ids) { await prisma.$transaction(async (tx) => { for (const id of ids) await tx.order.delete({ where: { id } }); }); }`;
    expect(repetitionsOf(code)).toEqual(["delete for…of ids"]);
    const list = `${PRISMA}export async function run(ids) { await prisma.$transaction(ids.map((id) => prisma.order.delete({ where: { id } }))); }`;
    expect(repetitionsOf(list)).toHaveLength(1);
  });
});

describe("what does not run once per element, or is meant to", () => {
  it.each([
    // Chunks.
    ['for (let i = 0; i < ids.length; i += 100) await pool.query("DELETE FROM orders WHERE id = ANY($1)", [ids.slice(i, i + 100)]);'],
    ['for (let i = 0; i < ids.length; i += SIZE) { const part = ids.slice(i, i + SIZE); await pool.query("SELECT * FROM orders WHERE id = ANY($1)", [part]); }'],
    ['for (const chunk of chunks) await pool.query("SELECT * FROM orders WHERE id = ANY($1)", [chunk]);'],
    ['for (const part of chunk(ids, 100)) await pool.query("SELECT * FROM orders WHERE id = ANY($1)", [part]);'],
    ['for (const part of _.chunk(ids, 100)) await pool.query("SELECT * FROM orders WHERE id = ANY($1)", [part]);'],
    ['const parts = splitIntoBatches(ids, 100); for (const part of parts) await pool.query("SELECT * FROM orders WHERE id = ANY($1)", [part]);'],
    ['for (const part of parts) await pool.query("SELECT * FROM orders WHERE id = ANY($1)", [part.map((row) => row.id)]);'],
    ['for (const part of parts) { const keys = part.map((row) => row.id); await pool.query("SELECT * FROM orders WHERE id = ANY($1)", [keys]); }'],
    ['await Promise.all(chunk(ids, 100).map((part) => pool.query("SELECT * FROM orders WHERE id = ANY($1)", [part])));'],
    ['await Promise.all(batches.map(async (batch) => { await pool.query("INSERT INTO t SELECT * FROM unnest($1::int[])", [batch]); }));'],
    ['while (ids.length > 0) { const part = ids.splice(0, 100); await pool.query("SELECT * FROM orders WHERE id = ANY($1)", [part]); }'],
    ['for (let offset = 0; offset < ids.length; offset += 500) { await pool.query("SELECT * FROM orders WHERE id = ANY($1)", [ids.slice(offset, offset + 500)]); }'],
    ['for (let page = 0; page < Math.ceil(ids.length / 100); page++) { const part = ids.slice(page * 100, (page + 1) * 100); await pool.query("SELECT * FROM orders WHERE id = ANY($1)", [part]); }'],
    ['for (let i = 0; i < ids.length; i = i + 100) { await pool.query("DELETE FROM orders WHERE id = ANY($1)", [ids.slice(i, i + 100)]); }'],
    ['for await (const batch of batches(stream, 100)) { await pool.query("SELECT * FROM orders WHERE id = ANY($1)", [batch]); }'],
    ['for (const [tenant, members] of Object.entries(groups)) { await pool.query("SELECT * FROM orders WHERE id = ANY($1)", [members]); }'],
    // Pages and queues.
    ['let after = 0; while (true) { const { rows } = await pool.query("SELECT id FROM orders WHERE id > $1 ORDER BY id LIMIT 100", [after]); if (rows.length === 0) break; after = rows.at(-1).id; }'],
    ['let rows; do { ({ rows } = await pool.query("SELECT * FROM orders LIMIT 100 OFFSET $1", [offset])); offset += 100; } while (rows.length > 0);'],
    ['for (let page = 0; ; page++) { const { rows } = await pool.query("SELECT * FROM orders LIMIT 100 OFFSET $1", [page * 100]); if (rows.length < 100) break; }'],
    ['for (let page = 1; page <= totalPages; page++) { await pool.query("SELECT * FROM orders ORDER BY id LIMIT 100 OFFSET $1", [page * 100]); }'],
    ['for (let offset = 0; offset < total; offset += 100) { await pool.query("SELECT * FROM orders ORDER BY id LIMIT 100 OFFSET $1", [offset]); }'],
    ['while (true) { const { rowCount } = await pool.query("DELETE FROM orders WHERE id IN (SELECT id FROM orders WHERE done LIMIT 100)"); if (!rowCount) break; }'],
    ['for (const worker of workers) { await pool.query("SELECT * FROM jobs WHERE done = false ORDER BY id FOR UPDATE SKIP LOCKED LIMIT 1"); }'],
    ["for (;;) { await pool.query('SELECT * FROM jobs LIMIT 10'); await sleep(1000); }"],
    // Retries and searches.
    [`for (let attempt = 0; attempt < 3; attempt++) { try { return await ${READ}; } catch { await wait(attempt); } }`],
    [`for (let attempt = 1; attempt <= MAX; attempt++) { try { await ${READ}; break; } catch (error) { if (attempt === MAX) throw error; } }`],
    [`let slug = base; let n = 1; while ((await pool.query("SELECT 1 FROM posts WHERE slug = $1", [slug])).rowCount) slug = base + n++;`],
    [`for (let n = 0; n < 100; n++) { const code = random(); const r = await pool.query("SELECT 1 FROM codes WHERE code = $1", [code]); if (!r.rowCount) return code; }`],
    [`for (const id of ids) { if (id > 5) { return await ${READ}; } }`],
    [`for (const id of ids) { if (id > 5) { await ${READ}; break; } }`],
    [`for (const id of ids) { if (id > 5) { await ${READ}; return; } }`],
    [`for (const id of ids) { if (id > 5) { await ${READ}; throw new Error("x"); } }`],
    [`for (const id of ids) { await ${READ}; break; }`],
    // Written-down collections.
    [`for (const id of [1, 2, 3]) await ${READ};`],
    [`const FIXED = [1, 2]; for (const id of FIXED) await ${READ};`],
    [`for (const id of ["a", "b"].filter(Boolean)) await ${READ};`],
    [`for (const id of ["a", "b"] as const) await ${READ};`],
    [`enum Status { A, B } for (const id of Object.values(Status)) await ${READ};`],
    [`const COLORS = { a: 1, b: 2 }; for (const id of Object.keys(COLORS)) await ${READ};`],
    [`await Promise.all(["a", "b"].map((id) => ${READ}));`],
    [`await Promise.all([1, 2].map((n) => n * 2).map((id) => ${READ}));`],
    [`await Promise.all(Array.from({ length: 3 }, (_, id) => ${READ}));`],
    [`const WORKERS = 8; await Promise.all(Array.from({ length: WORKERS }, async (_, id) => { await ${READ}; }));`],
    [`const parallel = 8; await Promise.all(Array.from({ length: parallel }, async (_, id) => { await ${READ}; }));`],
    [`await Promise.all(Array.from({ length: Math.min(CONCURRENCY, ids.length) }, async (_, id) => { await ${READ}; }));`],
    ["for (const table of tables) await pool.query(`DELETE FROM ${table} WHERE old`);"],
    ["for (const table of tables) await pool.query(`SELECT count(*) FROM ${table}`);"],
    // Not per element.
    [`await Promise.all([${READ.replace("[id]", "[1]")}, ${READ.replace("[id]", "[2]")}]);`],
    [`const r = await ${READ.replace("[id]", "[1]")}; for (const row of r.rows) use(row);`],
    ['for (const row of (await pool.query("SELECT * FROM orders")).rows) use(row);'],
    [`for (let i = 0, r = await pool.query("SELECT * FROM orders"); i < r.rows.length; i++) use(r.rows[i]);`],
    ['ids.map((id) => () => pool.query("SELECT * FROM orders WHERE id = $1", [id]));'],
    [`for (const id of ids) handlers.set(id, () => ${READ});`],
    [`for (const id of ids) { emitter.on("x", async () => { await ${READ}; }); }`],
    [`for (const route of routes) { app.get(route.path, async (req, res) => { res.json(await pool.query("SELECT * FROM orders WHERE id = $1", [req.params.id])); }); }`],
    [`for (const id of ids) { setTimeout(() => { ${READ}; }, 1000); }`],
    [`for (const id of ids) { class X { load() { return ${READ}; } } use(X); }`],
    [`for (const id of ids) { function load() { return ${READ}; } loaders.push(load); }`],
    // Nothing that costs per row.
    ["for (const id of ids) await pool.query(`CREATE TABLE part_${id} (id int)`);"],
    ['for (const id of ids) { await pool.query("BEGIN"); await work(id); await pool.query("COMMIT"); }'],
    ['for (const id of ids) await pool.query("SELECT pg_advisory_lock($1)", [id]);'],
    ['for (const id of ids) await pool.query("SELECT nextval($1)", [id]);'],
    ['for (const id of ids) await pool.query("TRUNCATE orders");'],
    ['for (const id of ids) await pool.query("SET LOCAL x = 1");'],
    // No query at all.
    ["await Promise.all(ids.map((id) => loader.load(id)));"],
    ["const seen = new Map(); for (const id of ids) { seen.get(id); seen.delete(id); await cache.query(id); }"],
    ["for (const id of ids) await fetch(`https://x/${id}`);"],
    ["for (const id of ids) await redis.del(id);"],
  ])("%s", (body) => {
    expect(repetitionsOf(inAsync(body))).toEqual([]);
  });

  it.each([
    ["findUnique in one tick", "await Promise.all(ids.map((id) => prisma.order.findUnique({ where: { id } })));", 0],
    ["findUnique in one tick, awaited in the callback", "await Promise.all(ids.map(async (id) => { const o = await prisma.order.findUnique({ where: { id } }); return o; }));", 0],
    ["findUnique one after the other", "for (const id of ids) await prisma.order.findUnique({ where: { id } });", 1],
    ["findFirst in one tick", "await Promise.all(ids.map((id) => prisma.order.findFirst({ where: { id } })));", 1],
    ["createMany per chunk", "for (const chunk of chunks) await prisma.order.createMany({ data: chunk });", 0],
    ["createMany per list", "for (const part of parts) await prisma.order.createMany({ data: part });", 0],
    ["createMany per chunk, by its number", "const chunks = chunk(ids, 100); for (let i = 0; i < chunks.length; i++) { const rows = chunks[i].filter((id) => id > 0); await prisma.order.createMany({ data: rows.map((id) => ({ id })) }); }", 0],
    ["a chunk by its number in another chunk's name", "const parts = chunk(ids, 100); for (let i = 0; i < parts.length; i++) { const part = parts[i]; await Promise.all(part.map((id) => prisma.order.findFirst({ where: { id } }))); }", 1],
    ["a row called batch, by its number", "for (let i = 0; i < batches.length; i++) await prisma.order.findFirst({ where: { id: batches[i].id } });", 1],
    ["in per chunk", "for (const part of parts) await prisma.order.findMany({ where: { id: { in: part } } });", 0],
    ["in per mapped list", "for (const part of parts) await prisma.order.findMany({ where: { id: { in: part.map((row) => row.id) } } });", 0],
  ])("%s", (_, body, expected) => {
    expect(repetitionsOf(`${PRISMA}export async function run(ids: number[]) { ${body} }`)).toHaveLength(expected);
  });
});

describe("what is sent at once", () => {
  const CREATE = "order.create({ data: { id } })";

  it.each([
    ["all together", `await Promise.all(ids.map((id) => prisma.${CREATE}));`, true],
    ["one transaction of a list", `await prisma.$transaction(ids.map((id) => prisma.${CREATE}));`, false],
    ["one transaction of a list with others", `await prisma.$transaction([prisma.order.deleteMany({ where: { id: 1 } }), ...ids.map((id) => prisma.${CREATE})]);`, false],
    ["one transaction of a variable", `const work = ids.map((id) => prisma.${CREATE}); await prisma.$transaction(work);`, false],
    ["one transaction of what is collected", `const work = []; ids.forEach((id) => { work.push(prisma.${CREATE}); }); await prisma.$transaction(work);`, false],
    ["the connection of a transaction", `await prisma.$transaction(async (client) => { await Promise.all(ids.map((id) => client.${CREATE})); });`, false],
    ["a transaction per element", `await Promise.all(ids.map((id) => prisma.$transaction(async (tx) => { await tx.${CREATE}; })));`, true],
  ])("%s", (_, body, atOnce) => {
    const [repetition, ...others] = repetitionsOf(`${PRISMA}export async function run(ids: number[]) { ${body} }`);
    expect(others).toEqual([]);
    expect(repetition?.endsWith("at once")).toBe(atOnce);
  });

  it("by the function that is called", () => {
    const own = `${PRISMA}async function save(id) { await prisma.$transaction(async (tx) => { await tx.${CREATE}; }); }\nexport async function run(ids) { await Promise.all(ids.map((id) => save(id))); }`;
    expect(repetitionsOf(own)).toEqual(["insert map ids at once via save"]);
    const given = `${PRISMA}async function save(id, { tx }) { await tx.${CREATE}; }\nexport async function run(ids) { await prisma.$transaction(async (tx) => { await Promise.all(ids.map((id) => save(id, { tx }))); }); }`;
    expect(repetitionsOf(given).every((words) => words === "insert map ids via save")).toBe(true);
  });

  it("one after the other on a client that a transaction hands on", () => {
    const code = `import type { Prisma } from "@prisma/client";\nexport async function run(ids, tx: Prisma.TransactionClient) { await Promise.all(ids.map((id) => tx.${CREATE})); }`;
    expect(repetitionsOf(code)).toEqual(["insert map ids"]);
  });
});

describe("what Prisma's updates write", () => {
  it.each([
    ["a constant", '{ status: "sent" }', "update-same"],
    ["the time", "{ at: new Date() }", "update-same"],
    ["a value from outside", "{ ownerId: user.id }", "update-same"],
    ["a step", "{ n: { increment: 1 } }", "update-same"],
    ["a step from outside", "{ n: { increment: step } }", "update-same"],
    ["a value of the row", "{ name: row.name }", "update-different"],
    ["a step of the row", "{ n: { increment: row.n } }", "update-different"],
    ["a value of the row, set", "{ name: { set: row.name } }", "update-different"],
    ["a related row, which `updateMany` cannot write", "{ owner: { connect: { id: user.id } } }", "update-different"],
    ["related rows, which `updateMany` cannot write", "{ tags: { set: tags } }", "update-different"],
    ["further values from elsewhere", "{ status: 1, ...valuesOf(row) }", "update-different"],
  ])("%s", (_, data, expected) => {
    const code = `${PRISMA}export async function run(rows: { id: number }[], user, step: number) { for (const row of rows) await prisma.order.update({ where: { id: row.id }, data: ${data} }); }`;
    expect(repetitionsOf(code)).toEqual([`${expected} for…of rows`]);
  });
});

/** What is read is chosen by a parameter. */
const CHOSEN = `import { EntityManager } from "typeorm";\ndeclare const manager: EntityManager;\nasync function load(target: Type, id: number) { return await manager.findOne(target, { where: { id } }); }\n`;

describe("queries that a call reaches", () => {
  const LOAD = `async function load(id: number) { return await ${READ}; }\n`;
  const loop = "for (const id of ids) await load(id);";
  const file = (declarations: string, body: string): string => `${SETUP}${declarations}export async function run(ids: number[], rows: { id: number }[]) {\n${body}\n}\n`;

  it.each([
    ["a function", LOAD, loop, ["read for…of ids via load"]],
    ["an arrow", `const load = (id: number) => ${READ};\n`, loop, ["read for…of ids via load"]],
    ["in map", LOAD, "await Promise.all(ids.map((id) => load(id)));", ["read map ids at once via load"]],
    ["in an async map", LOAD, "await Promise.all(ids.map(async (id) => { const row = await load(id); return row; }));", ["read map ids at once via load"]],
    ["by name", LOAD, "await Promise.all(ids.map(load));", ["read map ids at once via load"]],
    ["by name to forEach", LOAD, "ids.forEach(load);", ["read forEach ids at once via load"]],
    ["by name to pMap", LOAD, "await pMap(ids, load, { concurrency: 4 });", ["read pMap ids at once via load"]],
    ["by name over a fixed list", LOAD, "await Promise.all([1, 2].map(load));", []],
    ["by name over chunks", 'async function load(part: number[]) { return await pool.query("SELECT * FROM t WHERE id = ANY($1)", [part]); }\n', "await Promise.all(parts.map(load));", []],
    ["two functions", `${LOAD}async function show(id: number) { const r = await load(id); return r.rows; }\n`, "for (const id of ids) await show(id);", ["read for…of ids via show > load"]],
    ["three functions", `${LOAD}const b = (id: number) => load(id);\nconst a = (id: number) => b(id);\n`, "for (const id of ids) await a(id);", ["read for…of ids via a > b > load"]],
    ["a function that loops itself", `async function all(ids: number[]) { for (const id of ids) await ${READ}; }\n`, "await all(ids);", ["read for…of ids"]],
    ["a loop in a loop's function", `async function all(ids: number[]) { for (const id of ids) await ${READ}; }\n`, "for (const row of rows) await all(row.ids);", ["read for…of ids", "read for…of rows via all"]],
    ["what always runs, before what stands in a branch", `async function load(id: number) { if (debug) await ${INSERT}; return await ${READ}; }\n`, loop, ["read for…of ids via load"]],
    ["a branch, where nothing else is", `async function load(id: number) { if (debug) await ${INSERT}; }\n`, loop, ["insert for…of ids via load"]],
    ["the nearest of several", `async function inner(id: number) { await ${INSERT}; }\nasync function load(id: number) { await inner(id); return await ${READ}; }\n`, loop, ["read for…of ids via load"]],
    ["a table that the call names", CHOSEN, "for (const id of ids) await load(User, id);", ["read for…of ids via load"]],
    ["tables one after the other", CHOSEN, "for (const target of targets) await load(target, 1);", []],
    ["an insert", `async function save(id: number) { await ${INSERT}; }\n`, "for (const id of ids) await save(id);", ["insert for…of ids via save"]],
    ["a nested function", "", `const load = async (id: number) => { await ${READ}; }; for (const id of ids) await load(id);`, ["read for…of ids via load"]],
    ["inside a try", `async function load(id: number) { try { return await ${READ}; } catch { return undefined; } }\n`, loop, ["read for…of ids via load"]],
    ["inside a callback that runs at once", `async function load(id: number) { return withRetry(() => ${READ}); }\n`, loop, ["read for…of ids via load"]],
    ["a promise that is collected", LOAD, "const work = []; for (const id of ids) work.push(load(id)); await Promise.all(work);", ["read for…of ids via load"]],
    ["a hidden batch", 'async function load(part: number[]) { return await pool.query("SELECT * FROM t WHERE id = ANY($1)", [part]); }\n', "for (const part of parts) await load(part);", []],
    ["a hidden batch of one", 'async function load(list: number[]) { return await pool.query("SELECT * FROM t WHERE id = ANY($1)", [list]); }\n', "for (const id of ids) await load([id]);", ["read for…of ids via load"]],
    ["a memo by has", `const cache = new Map();\nasync function load(id: number) { if (cache.has(id)) return cache.get(id); const r = await ${READ}; cache.set(id, r); return r; }\n`, loop, []],
    ["a memo by get", `const cache = new Map();\nasync function load(id: number) { const known = cache.get(id); if (known) return known; const r = await ${READ}; cache.set(id, r); return r; }\n`, loop, []],
    ["a memo in the loop", LOAD, "const seen = new Map(); for (const id of ids) { if (seen.has(id)) continue; seen.set(id, await load(id)); }", ["read for…of ids via load"]],
    ["recursion", `async function walk(id: number) { const { rows } = await ${READ}; for (const row of rows) await walk(row.id); }\n`, "await walk(1);", ["read for…of rows via walk"]],
    ["a tree in memory", `async function walk(node: Tree) { await pool.query("SELECT * FROM t WHERE id = $1", [node.id]); for (const child of node.children) await walk(child); }\n`, "await walk(rows);", []],
    ["a tree in memory, by name", `async function walk(node: Tree) { await pool.query("SELECT * FROM t WHERE id = $1", [node.id]); await Promise.all((node.children ?? []).map(walk)); }\n`, "await walk(rows);", []],
    ["a tree in memory, in a list", `async function walk(node: Tree) { await pool.query("SELECT * FROM t WHERE id = $1", [node.id]); for (const child of node.children) await walk(child); }\n`, "for (const row of rows) await walk(row);", ["read for…of rows via walk"]],
    ["mutual recursion", `async function a(id: number) { await ${READ}; await b(id); }\nasync function b(id: number) { await a(id); }\n`, "for (const id of ids) await b(id);", ["read for…of ids via b > a"]],
    ["a loop that leaves", LOAD, "for (const id of ids) { if (id > 3) return await load(id); }", []],
    ["a retry", LOAD, "for (let i = 0; i < 3; i++) { try { return await load(1); } catch { /* again */ } }", []],
    ["what runs before an error leaves", `async function load(id: number) { try { await work(id); } catch (error) { await ${READ}; throw error; } }\n`, loop, []],
    ["a call before an error leaves", `${LOAD}async function work(id: number) { if (id > 3) { await load(id); throw new Error("x"); } }\n`, "for (const id of ids) await work(id);", []],
    ["an error on one way out only", `async function load(id: number) { const r = await ${READ}; if (r.rows[0]) return r.rows[0]; throw new Error("x"); }\n`, loop, ["read for…of ids via load"]],
    ["an error where the query is not returned", `async function load(id: number) { if (id > 3) return ${READ}; throw new Error("x"); }\n`, loop, ["read for…of ids via load"]],
    ["an error after a search", `async function load(id: number) { while (id) { const r = await ${READ}; if (r.rows[0]) break; id = r.rows[0].up; } throw new Error("x"); }\n`, loop, ["read for…of ids via load"]],
    ["an error that is caught at once", `async function work(id: number) { try { await ${READ}; throw new Error("x"); } catch { /* next */ } }\n`, "for (const id of ids) await work(id);", ["read for…of ids via work"]],
    ["a query that nothing flows into", 'async function rates() { return await pool.query("SELECT * FROM rates"); }\nasync function load(id: number) { const r = await rates(); return r.rows[id]; }\n', loop, ["invariant for…of ids via load > rates"]],
    ["a queue", 'async function next() { return await pool.query("SELECT * FROM jobs ORDER BY id LIMIT 1"); }\n', "for (const id of ids) await next();", ["read for…of ids via next"]],
    ["a query whose table the loop writes", 'async function all() { return await pool.query("SELECT * FROM orders"); }\n', `for (const id of ids) { await all(); await ${INSERT}; }`, ["insert for…of ids", "read for…of ids via all"]],
    ["one call outside", LOAD, "await load(1);", []],
    ["a handler that is only registered", LOAD, "for (const id of ids) emitter.on('x', () => load(id));", []],
    ["a query that is only built", "const build = (id: number) => ({ text: \"SELECT 1 FROM t\", values: [id] });\n", "for (const id of ids) list.push(build(id));", []],
    ["a callback of the function that is not run", `function make(id: number) { return () => ${READ}; }\n`, "for (const id of ids) makers.push(make(id));", []],
    ["a default that loads", `async function f(id: number, row = ${READ}) { return row; }\n`, "for (const id of ids) await f(id);", ["read for…of ids via f"]],
  ])("through %s", (_, declarations, body, expected) => {
    expect(repetitionsOf(file(declarations, body))).toEqual(expected);
  });

  it.each([
    ["a method", `class Store { async load(id: number) { return await ${READ}; } async all(ids: number[]) { for (const id of ids) await this.load(id); } }`, ["read for…of ids via load"]],
    ["a private method", `class Store { async #load(id: number) { return await ${READ}; } async all(ids: number[]) { for (const id of ids) await this.#load(id); } }`, ["read for…of ids via #load"]],
    ["an arrow field", `class Store { load = async (id: number) => await ${READ}; async all(ids: number[]) { return Promise.all(ids.map((id) => this.load(id))); } }`, ["read map ids at once via load"]],
    ["a bound method by name", `class Store { async load(id: number) { return await ${READ}; } async all(ids: number[]) { return Promise.all(ids.map(this.load, this)); } }`, ["read map ids at once via load"]],
    ["a static method", `class Store { static async load(id: number) { return await ${READ}; } static async all(ids: number[]) { for (const id of ids) await Store.load(id); } }`, ["read for…of ids via load"]],
    ["an inherited method", `class Base { async load(id: number) { return await ${READ}; } }\nclass Store extends Base { async all(ids: number[]) { for (const id of ids) await this.load(id); } }`, ["read for…of ids via load"]],
    ["a method of an instance", `class Store { async load(id: number) { return await ${READ}; } }\nconst store = new Store();\nexport async function all(ids: number[]) { for (const id of ids) await store.load(id); }`, ["read for…of ids via load"]],
    ["a method of an injected instance", `class Store { async load(id: number) { return await ${READ}; } }\nclass Service { constructor(private store: Store) {} async all(ids: number[]) { for (const id of ids) await this.store.load(id); } }`, ["read for…of ids via load"]],
    ["a method of an object", `const store = { async load(id: number) { return await ${READ}; } };\nexport async function all(ids: number[]) { for (const id of ids) await store.load(id); }`, ["read for…of ids via load"]],
    ["a method that calls another", `class Store { private async one(id: number) { return await ${READ}; } async load(id: number) { return this.one(id); } async all(ids: number[]) { for (const id of ids) await this.load(id); } }`, ["read for…of ids via load > one"]],
  ])("through %s", (_, code, expected) => {
    expect(repetitionsOf(SETUP + code)).toEqual(expected);
  });

  it("through other files of the project", () => {
    const main = `import { load } from "./load.js";\nimport * as store from "./store";\nexport async function run(ids: number[]) {\n  for (const id of ids) await load(id);\n  await Promise.all(ids.map(store.find));\n  for (const id of ids) await store.deep(id);\n}\n`;
    const root = directoryOf({
      "package.json": '{ "name": "x" }',
      "src/db.ts": 'import { Pool } from "pg";\nexport const pool = new Pool();\n',
      "src/load.ts": `import { pool } from "./db";\n\nexport async function load(id: number) {\n  return await ${READ};\n}\n`,
      "src/store.ts": `import { pool } from "./db";\nimport { load } from "./load";\nexport const find = async (id: number) => ${READ};\nexport const deep = (id: number) => load(id);\n`,
      "src/main.ts": main,
    });
    expect(repetitionsOf(main, path.join(root, "src/main.ts"), root)).toEqual([
      "read for…of ids via load in src/load.ts:4",
      "read map ids at once via find in src/store.ts:3",
      "read for…of ids via deep > load in src/load.ts:4",
    ]);
  });
});
