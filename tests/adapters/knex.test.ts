import { describe as group, expect, test } from "vitest";
import { isOpaque, type Opaque, type Query } from "../../src/query/model.js";
import { describe, outline, sites } from "./harness.js";

const PRELUDE = `
  import createKnex, { Knex } from "knex";
  const db = createKnex({ client: "pg" });
  declare const id: string, ids: string[], x: string, y: string, on: boolean, other: any;
`;
const USES = { "package.json": JSON.stringify({ name: "example", dependencies: { knex: "3", pg: "8" } }) };

function knexSites(code: string, files: Readonly<Record<string, string>> = {}): readonly (Query | Opaque)[] {
  return sites(`${PRELUDE}\n${code}`, { ...USES, ...files });
}

function only(code: string, files?: Readonly<Record<string, string>>): Query {
  const [site, ...others] = knexSites(code, files);
  if (!site || isOpaque(site) || others.length > 0) throw new Error(`not one query: ${code}`);
  return site;
}

const outlines = (code: string, files?: Readonly<Record<string, string>>): readonly string[] => knexSites(code, files).map(outline);

group("conditions", () => {
  test.each([
    [".where('a', x)", "a = parameter"],
    [".where('o.a', '>=', 5)", "a >= 5"],
    [".where('a', '!=', x)", "a <> parameter"],
    [".where('a', null)", "a is null"],
    [".where('a', 'is not', null)", "a is not null"],
    [".where({ a: null, b: 1 })", "(a is null and b = 1)"],
    [".where({ a: undefined })", "always false"],
    [".where(undefined)", "always false"],
    [".where({})", "nothing"],
    [".where((b) => {})", "nothing"],
    [".where(other)", "opaque(unknown)"],
    [".where(true)", "always true"],
    [".where({ a: 1 }).andWhere('b', 2)", "(a = 1 and b = 2)"],
    [".where('a', 1).orWhere('b', 2).andWhere('c', 3)", "(a = 1 or (b = 2 and c = 3))"],
    [".orWhere('b', 2)", "b = 2"],
    [".where('a', 1).where((b) => b.where('b', 2).orWhere('c', 3))", "(a = 1 and (b = 2 or c = 3))"],
    [".where(function () { this.where('b', 2).orWhereNull('c'); })", "(b = 2 or c is null)"],
    [".where((b) => { if (on) b.where('b', 2); })", "maybe[b = 2]"],
    [".where((b) => other(b))", "opaque(unknown)"],
    [".whereNot('a', 1)", "not a = 1"],
    [".whereNot({ a: 1 })", "not a = 1"],
    [".whereIn('a', ids)", "a in array"],
    [".whereIn('a', [1, 2])", "a in list"],
    [".whereIn('a', [])", "always false"],
    [".whereNotIn('a', [])", "always true"],
    [".where('a', 'in', ids)", "a in array"],
    [".whereIn('a', function () { this.select('id').from('t'); })", "a in subquery"],
    [".whereIn(['a', 'b'], [[1, 2]])", "a,b row in"],
    [".whereNotNull('a')", "a is not null"],
    [".whereBetween('a', [1, x])", "a between"],
    [".whereNotBetween('a', [1, 2])", "a not between"],
    [".whereLike('a', 'Ab%')", "a like 'Ab…'"],
    [".whereILike('a', x)", "a ilike ?"],
    [".where('a', 'not like', '%b')", "a not like '…'"],
    [".whereExists(db('t').whereColumn('t.a', 'o.a'))", "exists subquery"],
    [".whereColumn('a', '>', 'b')", "a > column b"],
    [".where('a', db.ref('o.b'))", "a = column b"],
    [".whereRaw('lower(a) = ?', [x])", "a = parameter"],
    [".whereRaw('a = :x', { x: 5 })", "a = 5"],
    [".whereRaw('a = ?', 5)", "a = 5"],
    [".where(db.raw('a = ?', [x]))", "a = parameter"],
    [".whereRaw(other)", "opaque(unknown)"],
    [".where('a', 1).clearWhere().where('b', 2)", "b = 2"],
    [".modify((b) => b.where('a', 1))", "a = 1"],
    [".modify(other)", "opaque(unknown)"],
    [".whereJsonSupersetOf('a', { b: 1 })", "a JsonSupersetOf"],
  ])("%s", (steps, expected) => {
    expect(describe(only(`await db("orders as o")${steps};`).where)).toBe(expected);
  });
});

group("statements", () => {
  test.each([
    ["db('orders').select('id').where({ x }).first()", "select orders, where x = parameter, limit 1, delivers one"],
    ["db.first('id').from('orders')", "select orders, where nothing, limit 1, delivers one"],
    ["db.withSchema('s').from('orders')", "select orders, where nothing"],
    ["db({ o: 'orders' })", "select orders, where nothing"],
    ["db(other.table)", "select , where nothing"],
    ["db('orders').limit(undefined)", "select orders, where nothing, limit none"],
    ["db('orders').sum('total')", "select orders, where nothing, aggregate"],
    ["db('orders').count('*').groupBy('status')", "select orders, where nothing"],
    ["db('orders').select(db.raw('count(*) as n'))", "select orders, where nothing, aggregate"],
    ["db('orders').insert([{ x }, { x }]).onConflict('x').merge()", "insert orders, where nothing, rows many, conflict update"],
    ["db('orders').insert({ x }).onConflict('x').ignore()", "insert orders, where nothing, rows one, conflict ignore"],
    ["db('orders').insert(db('old').select('x'))", "insert orders, where nothing, rows select"],
    ["db('orders').where({ x }).increment('n', 1)", "update orders, where x = parameter"],
    ["db('orders').truncate()", "truncate orders, where nothing"],
    ["db('orders').where({ x }).stream()", "select orders, where x = parameter, delivers stream"],
  ])("await %s", (code, expected) => {
    expect(outlines(`await ${code};`)).toEqual([expected]);
  });

  test("a join keeps its condition and the alias", () => {
    const [, joined] = only("await db('orders as o').leftJoin('users as u', 'u.id', 'o.user_id');").sources;
    expect(joined).toMatchObject({ kind: "table", table: { name: "users", alias: "u" }, join: { type: "left", on: { op: "compare", operator: "=", column: { table: "u", name: "id" } } } });
  });

  test("assignments of an update have their columns", () => {
    expect(only("await db('orders').where({ id }).update({ status: 'sent' });").assignments).toMatchObject([{ column: { name: "status" }, operand: { kind: "literal", value: "sent" } }]);
  });

  test("the dialect is that of the client", () => {
    expect(only("import make from 'knex'; await make({ client: 'mysql2' })('orders');").dialect).toBe("mysql");
  });
});

group("builders over time", () => {
  test.each([
    ["returned from an async function", "async function list() { return db('orders'); }", ["select orders, where nothing"]],
    ["a list in Promise.all", "await Promise.all(ids.map((id) => db('orders').where({ id }).del()));", ["delete orders, where id = parameter"]],
    ["collected and awaited together", "const all = []; ids.forEach((id) => { all.push(db('orders').insert({ id })); }); await Promise.all(all);", ["insert orders, where nothing, rows one"]],
    ["completed by a function", "function paged(qb) { return qb.limit(10); } await paged(db('orders'));", ["select orders, where nothing, limit 10"]],
    ["told by a function in place", "function mine(qb) { qb.where('owner', x); } async function f() { const q = db('orders'); mine(q); return q; }", ["select orders, where owner = parameter"]],
    ["handed out of sight", "const q = db('orders'); other(q); await q;", ["select orders, where opaque(unknown), limit maybe"]],
    ["a copy is a query of its own", "const q = db('orders').where({ x }); const n = await q.clone().count('*'); const rows = await q.limit(5);", ["select orders, where x = parameter, limit 5", "select orders, where x = parameter, aggregate"]],
    ["one of two branches", "const q = db('orders'); if (on) q.where('a', 1); else q.where('b', 2); await q;", ["select orders, where maybe[(a = 1 | b = 2)]"]],
    ["only its text", "const text = db('orders').where({ x }).toSQL();", ["select orders, where x = parameter, built"]],
    ["transacting", "await db('orders').transacting(other).where({ x });", ["select orders, where x = parameter"]],
  ])("%s", (_title, code, expected) => {
    expect(outlines(code)).toEqual(expected);
  });

  test("what a function gives back un-awaited is sent by who calls it", () => {
    const files = { "src/orders.ts": "import createKnex from 'knex'; const db = createKnex({ client: 'pg' }); export function findBy(filter) { return db('orders').where({ owner: filter }); }" };
    expect(outlines("import { findBy } from './orders.js'; const order = await findBy(x).first();", files)).toEqual(["select orders, where owner = parameter, limit 1, delivers one"]);
    expect(outlines("export function all() { return db('orders'); }")).toEqual(["select orders, where opaque(unknown), limit maybe, unknown"]);
  });

  test("rows are no builders", () => {
    expect(outlines("const rows = await db('orders').limit(5); rows.map((row) => row.id); rows.first(); for (const row of rows) row.delete();")).toHaveLength(1);
  });
});

group("receivers", () => {
  test.each([
    ["CommonJS", "const knex = require('knex')({ client: 'pg' }); knex('orders').then((rows) => rows);"],
    ["a field that is assigned", "class Store { private db: Knex; constructor(db: Knex) { this.db = db; } async all() { return this.db('orders'); } }"],
    ["either of two types", "type Db = Knex | Knex.Transaction; async function f(client: Db) { await client('orders'); }"],
    ["a transaction that is awaited", "const trx = await db.transaction(); await trx('orders');"],
    ["a parameter by its callers", "async function f(trx) { await trx('orders'); } db.transaction((trx) => f(trx));"],
    ["by its shape", "export async function f(app) { await app.locals.db('orders').whereIn('id', ids); }"],
  ])("%s", (_title, code) => {
    expect(outlines(code).map((line) => line.split(",")[0])).toEqual(["select orders"]);
  });

  test("a shape is no sign in a package without Knex", () => {
    expect(sites("export async function f(app, ids) { await app.db('orders').whereIn('id', ids); }")).toEqual([]);
  });
});

test("the limit that is added stands at the end of the chain", () => {
  const query = only("await db('orders').where({ x });");
  expect(query.edits.limit?.(100)).toMatchObject([{ text: ".limit(100)" }]);
  expect(only("async function f(n?: number) { await db('orders').limit(n); }").edits.limit?.(100)).toMatchObject([{ text: "n ?? 100" }]);
});
