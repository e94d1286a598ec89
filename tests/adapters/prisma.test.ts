import { describe as group, expect, test } from "vitest";
import { isOpaque, type Query } from "../../src/query/model.js";
import { parseModule } from "../../src/syntax/source-module.js";
import { describe, outline, sites } from "./harness.js";

const PRELUDE = `
  import { PrismaClient, Prisma } from "@prisma/client";
  const prisma = new PrismaClient();
  declare const id: string, ids: string[], user: { id: string } | undefined, x: string, y: string, on: boolean, other: any;
`;

function prismaSites(code: string, files?: Readonly<Record<string, string>>) {
  return sites(`${PRELUDE}\n${code}`, files).filter((site) => site.site.library === "prisma");
}

function only(code: string): Query {
  const [site, ...others] = prismaSites(code);
  if (!site || isOpaque(site) || others.length > 0) throw new Error(`not one query: ${code}`);
  return site;
}

const filterOf = (where: string) => describe(only(`await prisma.user.findMany({ where: ${where} });`).where);

group("filters", () => {
  test.each([
    ["{ email: x }", "email = parameter"],
    ["{ email: { equals: x } }", "email = parameter"],
    ["{ email: { equals: x, mode: 'insensitive' } }", "email ilike ?"],
    ["{ email: { equals: 'ab', mode: 'insensitive' } }", "email ilike 'ab…'"],
    ["{ email: { not: x } }", "email <> parameter"],
    ["{ email: { not: null } }", "email is not null"],
    ["{ email: { not: { in: ids } } }", "not email in array"],
    ["{ email: null }", "email is null"],
    ["{ email: { in: ids } }", "email in array"],
    ["{ email: { in: [x, y] } }", "email in list"],
    ["{ email: { in: [] } }", "always false"],
    ["{ email: { notIn: [] } }", "always true"],
    ["{ email: { notIn: ids } }", "email not in array"],
    ["{ age: { gte: 18, lt: 65 } }", "(age >= 18 and age < 65)"],
    ["{ name: { startsWith: 'Ab%' } }", "name like 'Ab…'"],
    ["{ name: { startsWith: x } }", "name like ?"],
    ["{ name: { contains: x, mode: 'insensitive' } }", "name ilike '…'"],
    ["{ name: { search: x } }", "name @@"],
    ["{ tags: { has: x } }", "tags @>"],
    ["{ tags: { hasSome: ids } }", "tags &&"],
    ["{ meta: { path: ['a', 'b'], equals: 1 } }", "meta = 1"],
    ["{ active: true }", "active = true"],
    ["{ role: Role.ADMIN }", "role = parameter"],
    ["{ a: x, AND: [{ b: y }, { c: 1 }] }", "(a = parameter and b = parameter and c = 1)"],
    ["{ AND: { b: y } }", "b = parameter"],
    ["{ OR: [{ a: x }, { b: y, c: 1 }] }", "(a = parameter or (b = parameter and c = 1))"],
    ["{ NOT: { a: x, b: y } }", "not (a = parameter and b = parameter)"],
    ["{ NOT: [{ a: x }, { b: y }] }", "(not a = parameter and not b = parameter)"],
    ["{ posts: { some: { title: x } } }", "exists posts (title = parameter)"],
    ["{ posts: { none: {} } }", "not exists posts"],
    ["{ posts: { every: { title: x } } }", "not exists posts (not title = parameter)"],
    ["{ author: { name: x } }", "author.(name = parameter)"],
    ["{ author: { is: { name: x } } }", "author.(name = parameter)"],
    ["{ author: { isNot: { name: x } } }", "not author.(name = parameter)"],
    ["{ author: { is: null } }", "author is null"],
    ["{ updatedAt: { gt: prisma.user.fields.createdAt } }", "updatedAt > column createdAt"],
    // What is empty restricts nothing, but for OR, which then lets nothing pass.
    ["{}", "nothing"],
    ["undefined", "nothing"],
    ["{ OR: [] }", "always false"],
    ["{ OR: [{}] }", "always false"],
    ["{ AND: [] }", "nothing"],
    ["{ NOT: [] }", "nothing"],
    ["{ NOT: {} }", "nothing"],
    ["{ OR: undefined }", "nothing"],
    ["{ author: {} }", "nothing"],
    ["{ posts: { every: {} } }", "nothing"],
    // What is undefined is dropped.
    ["{ id: undefined }", "unless undefined[id = parameter]"],
    ["{ id: user?.id }", "unless undefined[id = parameter]"],
    ["{ id: { equals: user?.id } }", "unless undefined[id = parameter]"],
    ["{ id: { in: on ? ids : undefined } }", "unless undefined[id in array]"],
    ["{ id: on ? { in: ids } : undefined }", "unless undefined[id in array]"],
    ["{ author: { id: user?.id } }", "unless undefined[author.(id = parameter)]"],
    ["{ NOT: { id: user?.id } }", "unless undefined[not id = parameter]"],
    // An arm of OR that is dropped lets fewer rows pass, not more.
    ["{ OR: [{ id: user?.id }, { a: x }] }", "(id = parameter or a = parameter)"],
    ["{ OR: [...(on ? [{ id }] : []), ...(x ? [{ a: x }] : [])] }", "(id = parameter or a = parameter)"],
    ["{ OR: [{ id: user?.id, ...(on && { a: x }) }, { b: 1 }] }", "((id = parameter or a = parameter) or b = 1)"],
    ["{ OR: [{ id: user?.id, a: x }] }", "(unless undefined[id = parameter] and a = parameter)"],
    // What stands before a default is taken only when it is there.
    ["{ id: user?.id || { not: x } }", "(id = parameter | id <> parameter)"],
    ["{ id: user?.id ?? null }", "(id = parameter | id is null)"],
    ["{ id: other.id }", "id = parameter"],
    ["{ id: Prisma.skip }", "nothing"],
    ["{ id: on ? id : Prisma.skip }", "maybe[id = parameter]"],
    ["{ id: other ?? Prisma.skip }", "maybe[id = parameter]"],
    // What the program assembles.
    ["{ a: x, ...(on && { b: y }) }", "(a = parameter and maybe[b = parameter])"],
    ["{ ...(on ? { b: y } : {}) }", "maybe[b = parameter]"],
    ["{ ...(on ? { a: x } : { b: y }) }", "(a = parameter | b = parameter)"],
    ["on ? { a: x } : { b: y }", "(a = parameter | b = parameter)"],
    ["on ? { a: x } : {}", "maybe[a = parameter]"],
    ["{ a: on ? x : y }", "a = parameter"],
    ["{ a: on ? null : x }", "(a is null | a = parameter)"],
    ["{ AND: [{ a: x }, ...(on ? [{ b: y }] : [])] }", "(a = parameter and maybe[b = parameter])"],
    ["{ a: x, ...other }", "(a = parameter and opaque(unknown))"],
    ["{ OR: other }", "opaque(unknown)"],
    ["other", "opaque(unknown)"],
  ])("%s", (where, expected) => {
    expect(filterOf(where)).toBe(expected);
  });

  test.each([
    ["const where: Prisma.UserWhereInput = {}; if (on) where.a = x;", "maybe[a = parameter]"],
    ["const where: any = {}; if (on) where.a = x; else where.a = y;", "(a = parameter | a = parameter)"],
    ["let where: Prisma.UserWhereInput; if (on) where = { a: x }; else { where = { b: y }; }", "(a = parameter | b = parameter)"],
    ["let where: Prisma.UserWhereInput = {}; if (on) { where = { a: x }; } else if (x) where = { b: y }; else throw new Error();", "(a = parameter | b = parameter)"],
    ["let where: Prisma.UserWhereInput = {}; if (on) { where = { a: x }; } else if (x) where = { b: y };", "(maybe[a = parameter] | b = parameter)"],
    ["const where = build(); function build() { return on ? { a: x } : { b: y }; }", "(a = parameter | b = parameter)"],
    ["const conditions: any[] = []; if (on) conditions.push({ a: x }); const where = { AND: conditions };", "maybe[a = parameter]"],
    ["for (const where of other)", "opaque(unknown)"],
    ["const range = { gte: x, ...(on && { lte: y }) }; const where = { at: range };", "(at >= parameter and maybe[at <= parameter])"],
  ])("%s", (before, expected) => {
    expect(describe(only(`${before} await prisma.user.findMany({ where });`).where)).toBe(expected);
  });

  test("a compound unique key is a conjunction of equalities", () => {
    expect(outline(only("await prisma.user.findUnique({ where: { tenantId_email: { tenantId: id, email: x } } });"))).toBe(
      "select user, where (tenantId = parameter and email = parameter), by unique key, delivers one",
    );
    expect(outline(only("await prisma.user.delete({ where: { slugKey: { tenantId: id, slug: x } } });"))).toBe("delete user, where (tenantId = parameter and slug = parameter), by unique key");
  });

  test("a unique key that is undefined fails, another filter beside it may be dropped", () => {
    expect(describe(only("await prisma.user.delete({ where: { id: user?.id } });").where)).toBe("id = parameter");
    const { where } = only("await prisma.user.update({ where: { id, tenantId: user?.id }, data: {} });");
    expect(where.op === "and" && where.items[1]).toMatchObject({ op: "optional", cause: "undefined", droppable: "unknown" });
  });

  test("the reason is kept", () => {
    const { where } = only("async function drop(key?: string) { await prisma.user.deleteMany({ where: { key } }); }");
    expect(where).toMatchObject({ op: "optional", why: "the parameter `key` is optional", item: { op: "compare", column: { property: true } } });
  });

  test("an empty filter has a place, no filter has none", () => {
    expect(only("await prisma.user.deleteMany({ where: {} });").where).toHaveProperty("span");
    expect(only("await prisma.user.deleteMany();").where).not.toHaveProperty("span");
  });
});

group("amounts", () => {
  test.each([
    ["{ take: 10 }", "limit 10"],
    ["{ take: -10 }", "limit 10"],
    ["{ take: undefined }", "limit none"],
    ["{ take: other.take }", "limit parameter"],
    ["{ take: user?.id }", "limit maybe undefined"],
    ["{ ...(on && { take: 10 }) }", "limit maybe"],
    ["{ ...other }", "limit maybe"],
    ["{ skip: 20 }", "offset 20"],
    ["{ distinct: ['email'], take: 10 }", "limit none"],
  ])("%s", (args, expected) => {
    expect(outline(only(`await prisma.user.findMany(${args});`))).toContain(expected);
  });

  test("a variable that changes is no constant", () => {
    expect(outline(only("let page = 1; page = other; await prisma.user.findMany({ take: 10, skip: page });"))).toContain("offset parameter");
    expect(outline(only("const skip = on ? other : 0; await prisma.user.findMany({ take: 10, skip });"))).toContain("offset parameter");
  });

  test("updates and deletes of Prisma 7 can be limited", () => {
    expect(outline(only("await prisma.user.deleteMany({ limit: 10 });"))).toBe("delete user, where nothing, limit 10");
  });
});

group("methods", () => {
  test.each([
    ["findFirst({ where: { id } })", "select user, where id = parameter, limit 1, delivers one"],
    ["findFirstOrThrow()", "select user, where nothing, limit 1, delivers one"],
    ["findUniqueOrThrow({ where: { id } })", "select user, where id = parameter, by unique key, delivers one"],
    ["aggregate({ _sum: { age: true } })", "select user, where nothing, aggregate, delivers scalar"],
    ["createManyAndReturn({ data: other, skipDuplicates: true })", "insert user, where nothing, rows many, conflict ignore"],
    ["updateManyAndReturn({ where: { x }, data: {} })", "update user, where x = parameter"],
    ["upsert({ where: { id }, create: {}, update: {} })", "insert user, where id = parameter, rows one, conflict update, by unique key"],
    ["delete({ where: { id } })", "delete user, where id = parameter, by unique key"],
    ["deleteMany({ where: { OR: [] } })", "delete user, where always false"],
    ["update({ where: { id }, data: { posts: { deleteMany: {}, updateMany: { where: {}, data: {} } } } })", "update user, where id = parameter, by unique key"],
  ])("%s", (call, expected) => {
    expect(outline(only(`await prisma.user.${call};`))).toBe(expected);
  });

  test("groupBy names its columns", () => {
    const query = only("await prisma.user.groupBy({ by: ['role', 'country'], _count: true, having: {}, orderBy: { role: 'desc' } });");
    expect(query.groupBy.map((column) => column?.name)).toEqual(["role", "country"]);
    expect(query).toMatchObject({ having: true, orderBy: [{ column: { name: "role" }, descending: "yes" }] });
  });

  test("order, projection and assignments", () => {
    const read = only("await prisma.user.findMany({ select: { id: true, name: true, posts: { take: 1 } }, orderBy: [{ name: { sort: 'asc', nulls: 'last' } }, { author: { name: 'asc' } }] });");
    expect(read.projection.columns.map((column) => column.name)).toEqual(["id", "name"]);
    expect(read.orderBy).toMatchObject([{ column: { name: "name" }, descending: "no", nulls: "last" }, { descending: "unknown" }]);
    const write = only("await prisma.user.update({ where: { id }, data: { name: x, count: { increment: 1 } } });");
    expect(write.assignments).toMatchObject([{ column: { name: "name" }, operand: { kind: "parameter" } }, { column: { name: "count" }, operand: { kind: "expression" } }]);
  });

  test.each([
    ["findUnique({ where: { id } })", true],
    ["findUnique({ where: { id, name: x } })", true],
    ["findUnique({ where: { a_b: { a: x, b: y } } })", true],
    ["findUnique({ where: { id, name: { contains: x } } })", false],
    ["findUnique({ where: { id, OR: [{ a: x }, { b: y }] } })", false],
    ["findFirst({ where: { id } })", false],
  ])("%s batches: %s", (call, expected) => {
    expect(only(`await prisma.user.${call};`).batchesInTick).toBe(expected);
  });
});

group("sending", () => {
  test.each([
    ["await prisma.user.findMany();", "now"],
    ["prisma.user.findMany();", "built"],
    ["void prisma.user.deleteMany();", "built"],
    ["prisma.user.findMany().then(other);", "now"],
    ["const list = () => prisma.user.findMany();", "now"],
    ["await Promise.all([prisma.user.findMany()]);", "now"],
    ["await prisma.$transaction([prisma.user.deleteMany()]);", "now"],
    ["const work: any[] = []; work.push(prisma.user.deleteMany());", "now"],
    ["const work = [prisma.user.deleteMany()]; await prisma.$transaction(work);", "now"],
    ["const pending = prisma.user.findMany(); await pending;", "now"],
    ["await Promise.all(ids.map((id) => prisma.user.delete({ where: { id } })));", "now"],
    ["ids.forEach((id) => prisma.user.delete({ where: { id } }));", "built"],
    ["ids.forEach(async (id) => prisma.user.delete({ where: { id } }));", "now"],
    ["other({ users: prisma.user.findMany() });", "now"],
  ])("%s is %s", (code, expected) => {
    expect(only(code).sending).toBe(expected);
  });
});

group("receivers", () => {
  const FOUND = "select user, where nothing";
  test.each([
    "const { user: users } = prisma; await users.findMany();",
    "const { findMany } = prisma.user; await findMany();",
    "await prisma['user'].findMany();",
    "const name = 'user'; await prisma[name].findMany();",
    "await (prisma as any).user.findMany();",
    "await prisma.$extends({}).user.findMany();",
    "await prisma.$transaction(async (tx) => tx.user.findMany());",
    "const work = async (tx: Prisma.TransactionClient) => tx.user.findMany();",
    "const work = async (tx: Omit<PrismaClient, '$connect' | '$transaction'>) => tx.user.findMany();",
    "class Users { constructor(private readonly db: PrismaClient) {} all() { return this.db.user.findMany(); } }",
    "class Client extends PrismaClient {} await new Client().user.findMany();",
    "const shared = globalThis as unknown as { prisma?: PrismaClient }; const client = shared.prisma ?? new PrismaClient(); await client.user.findMany();",
    "const get = () => prisma; await get().user.findMany();",
  ])("%s", (code) => {
    expect(prismaSites(code).map(outline)).toEqual([FOUND]);
  });

  test.each([
    ["a generated client that is not there", 'import { PrismaClient } from "./generated/prisma/client.js"; const db = new PrismaClient(); await db.user.findMany();'],
    ["a generated client at a place of one's own", 'import { PrismaClient } from "../prisma/client"; const db = new PrismaClient(); await db.user.findMany();'],
    ["a type of such a client", 'import type { Prisma } from "../prisma/client"; export const f = (tx: Prisma.TransactionClient) => tx.user.findMany();'],
    ["nestjs-prisma", 'import { PrismaService } from "nestjs-prisma"; class Users { constructor(private prisma: PrismaService) {} all() { return this.prisma.user.findMany(); } }'],
    ["require", 'const { PrismaClient } = require("@prisma/client"); const prisma = new PrismaClient(); prisma.user.findMany().then(done);'],
  ])("%s", (_name, code) => {
    expect(sites(code).map(outline)).toEqual([FOUND]);
  });

  test("by shape, when the client cannot be followed", () => {
    const found = (code: string) => sites(code).map((site) => `${site.site.evidence} ${outline(site)}`);
    expect(found("export const f = (ctx) => ctx.prisma.user.findMany();")).toEqual(["shape select user, where nothing"]);
    expect(found("export const f = (ctx) => ctx.db.user.findMany({ where: {} });")).toEqual(["shape select user, where nothing"]);
    expect(found("export const f = (tx, id) => tx.user.update({ where: { id }, data: {} });")).toEqual(["shape update user, where id = parameter, by unique key"]);
    expect(found("export const f = (client, name) => client.user.create({ data: { name } });")).toEqual(["shape insert user, where nothing, rows one"]);
    expect(found("export const f = (db, id) => db.update.delete({ where: { id } });")).toEqual(["shape delete update, where id = parameter, by unique key"]);
    expect(found("export const f = (prisma, model) => prisma[model].findMany({ where: {} });")).toEqual(["shape opaque dynamic-table"]);
  });

  test("a shape without the dependency is no evidence", () => {
    expect(sites("export const f = (ctx) => ctx.prisma.user.findMany();", { "package.json": '{"name":"x"}' })).toEqual([]);
  });

  test.each([
    "new Map().delete('a');",
    "stripe.customers.update('cus_1', { name: 'a' }); stripe.accounts.del('a'); stripe.plans.create({ data: 1 });",
    "class Post { static updateMany(a, b) {} } Post.updateMany({ a: 1 }, { b: 2 });",
    "mongo.users.updateMany({ a: 1 }, { $set: { b: 2 } }); db.users.deleteMany({ age: 1 }); db.users.aggregate([{ $match: {} }]);",
    "EditorState.create({ doc: '' }); Object.create({ data: 1 });",
    "cache.deleteMany(['a']); this.cache.deleteMany(ids); this.services.cache.deleteMany(ids); redis.del('a');",
    "supabase.from('users').delete(); collection.find({}).count();",
    "db.query.users.findMany({ where: {} }); ctx.db.query.users.findFirst();",
    "api.user.findMany({ where: {} }); trpc.user.findMany({}); caller.user.findMany({ where: {} });",
    "this.userRepository.findMany({ where: {} }); deps.userRepository.findMany({ where: {} }); this.user.findMany();",
    "class Users { findMany() {} } class Db { user = new Users(); } const db = new Db(); db.user.findMany();",
    "_.groupBy(rows, 'a'); data.items.groupBy((row) => row.a); chart.series.update({ name: 'a' });",
    "strapi.db.query('api::user').findMany({ where: {} }); strapi.entityService.findMany('api::user', {});",
    "db.User.findMany({ where: {} }); Sequelize.models.update({ a: 1 }, { where: {} });",
  ])("not: %s", (code) => {
    expect(sites(code).filter((site) => site.site.library === "prisma").map(outline)).toEqual([]);
  });

  test("a query that an extension passes on is not one of its own", () => {
    expect(prismaSites("prisma.$extends({ query: { user: { async findMany({ args, query }) { return query(args); } } } });")).toEqual([]);
  });
});

group("raw", () => {
  test.each([
    ["await prisma.$queryRaw`SELECT * FROM users WHERE id = ${id}`;", "select users, where id = parameter"],
    ["await prisma.$queryRaw(Prisma.sql`SELECT * FROM users WHERE id = ${id}`);", "select users, where id = parameter"],
    ["await prisma.$queryRaw<{ id: string }[]>`SELECT * FROM users WHERE id IN (${Prisma.join(ids)})`;", "select users, where id in array"],
    ["const only = Prisma.sql`WHERE id = ${id}`; await prisma.$queryRaw`SELECT * FROM users ${only}`;", "select users, where id = parameter"],
    ["await prisma.$queryRaw`SELECT * FROM users ${on ? Prisma.sql`WHERE id = ${id}` : Prisma.empty} LIMIT 5`;", "select users, where maybe[id = parameter], limit 5"],
    ["const filter = on ? Prisma.sql`WHERE id = ${id}` : Prisma.empty; await prisma.$queryRaw`SELECT * FROM users ${filter}`;", "select users, where maybe[id = parameter]"],
    ["let filter = Prisma.empty; if (on) filter = Prisma.sql`WHERE id = ${id}`; await prisma.$queryRaw`SELECT * FROM users ${filter}`;", "select users, where opaque(unknown), limit maybe"],
    ["await prisma.$queryRaw`SELECT * FROM users ${on ? Prisma.sql`WHERE id = ${id}` : Prisma.sql`WHERE a = ${x}`}`;", "select users, where opaque(unknown), limit maybe"],
    ["const by = (key: string) => Prisma.sql`id = ${key}`; await prisma.$queryRaw`SELECT * FROM users WHERE ${by(id)}`;", "select users, where id = parameter"],
    ["async function f(filter: Prisma.Sql) { await prisma.$queryRaw`SELECT * FROM users ${filter}`; }", "select users, where opaque(unknown), limit maybe"],
    ["await prisma.$executeRaw`DELETE FROM users ${Prisma.empty}`;", "delete users, where nothing"],
    ["await prisma.$queryRaw`SELECT * FROM users WHERE ${Prisma.join(other, ' AND ')}`;", "select users, where opaque(unknown), limit maybe"],
    ["await prisma.$queryRawUnsafe('SELECT * FROM users WHERE id = $1', id);", "select users, where id = parameter"],
    ["await prisma.$executeRawUnsafe(`TRUNCATE TABLE users`);", "truncate users, where nothing"],
    ["await prisma.$executeRawUnsafe(other);", "opaque dynamic-text"],
    ["await prisma.$queryRawTyped(other());", "opaque unmodelled-call"],
    ["await prisma.$transaction(async (tx) => { await tx.$executeRaw`UPDATE users SET a = ${x}`; });", "update users, where nothing"],
  ])("%s", (code, expected) => {
    expect(prismaSites(code).map(outline)).toEqual([expected]);
  });

  test("places stand in the template", () => {
    const code = "await prisma.$queryRaw`SELECT * FROM users WHERE name = ${x} AND age > 3`;";
    const query = only(code);
    const text = `${PRELUDE}\n${code}`;
    expect(query.where.op === "and" && query.where.items.map((item) => ("span" in item && item.span ? text.slice(...query.locate(item.span)) : ""))).toEqual(["name = ${x", "age > 3"]);
  });
});

group("edits", () => {
  const limited = (call: string): string | undefined => {
    const code = `${PRELUDE}\nawait ${call};`;
    const [site] = sites(code);
    if (!site || isOpaque(site)) throw new Error(call);
    const edits = site.edits.limit?.(100);
    if (!edits) return undefined;
    const changed = [...edits].sort((a, b) => b.range[0] - a.range[0]).reduce((text, { range, text: by }) => text.slice(0, range[0]) + by + text.slice(range[1]), code);
    expect(parseModule("/example.ts", changed)).toBeDefined();
    const [after] = sites(changed);
    expect(after && !isOpaque(after) && after.limit?.kind === "maybe" ? "" : after && outline(after)).toMatch(/limit (?:100|parameter)/u);
    return changed.slice(code.lastIndexOf("\nawait ") + 7, -1);
  };

  test.each([
    ["prisma.user.findMany()", "prisma.user.findMany({ take: 100 })"],
    ["prisma.user.findMany({})", "prisma.user.findMany({ take: 100 })"],
    ["prisma.user.findMany({ where: { id } })", "prisma.user.findMany({ where: { id }, take: 100 })"],
    ["prisma.user.findMany({ where: { id }, })", "prisma.user.findMany({ where: { id }, take: 100, })"],
    ["prisma.user.findMany({\n  where: { id },\n})", "prisma.user.findMany({\n  where: { id },\n  take: 100,\n})"],
    ["prisma.user.findMany({ take: undefined })", "prisma.user.findMany({ take: 100 })"],
    ["prisma.user.findMany({ take: user?.id })", "prisma.user.findMany({ take: user?.id ?? 100 })"],
    ["prisma.user.findMany({ take: other })", "prisma.user.findMany({ take: other ?? 100 })"],
    ["prisma.user.findMany(other)", undefined],
    ["prisma.user.findMany({ ...other })", undefined],
    ["prisma.user.findMany({ distinct: ['email'] })", undefined],
    ["prisma.user.findMany({ ...(on && { take: 5 }) })", undefined],
    ["prisma.user.groupBy({ by: ['role'] })", undefined],
  ])("%s", (call, expected) => {
    expect(limited(call)).toBe(expected);
  });
});

group("the bulk form that a message advises", () => {
  test.each([
    ["findFirst({ where: { id } })", "read", "`findMany` and `{ in: keys }`"],
    ["count({ where: { id } })", "read", "`groupBy` and `{ in: keys }`"],
    ["aggregate({ where: { id }, _sum: { n: true } })", "read", "`groupBy` and `{ in: keys }`"],
    ["create({ data: { id } })", "insert", "`createMany`"],
    ["create({ data: { id, owner: { connect: { id: x } } } })", "insert", "`createMany`"],
    ["create({ data: { id, lines: { create: [{ n: 1 }] } } })", "insert", "`createMany`, once for each table"],
    ["upsert({ where: { id }, create: { id }, update: {} })", "insert", undefined],
  ] as const)("%s", (call, kind, words) => {
    expect(only(`await prisma.user.${call};`).bulk[kind]).toBe(words);
  });
});
