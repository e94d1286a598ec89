import { describe, expect, test } from "vitest";
import { isOpaque, type Query } from "../../src/query/model.js";
import { parseModule } from "../../src/syntax/source-module.js";
import { outline, sites } from "./harness.js";

const PRELUDE = `
  import { and, or, not, eq, gt, lt, ilike, inArray, notInArray, isNull, exists, count, sql, type SQL } from "drizzle-orm";
  import { drizzle } from "drizzle-orm/node-postgres";
  import { alias, boolean, integer, pgSchema, pgTable, pgTableCreator, text, timestamp, union } from "drizzle-orm/pg-core";
  const timestamps = { createdAt: timestamp("created_at").notNull() };
  const users = pgTable("users", { id: text("id").primaryKey(), orgId: text("org_id"), email: text(), active: boolean("active"), age: integer("age"), ...timestamps });
  const appTable = pgTableCreator((name) => \`app_\${name}\`);
  const posts = appTable("posts", (t) => ({ id: t.text("id"), userId: t.text("user_id").references(() => users.id) }));
  const log = pgSchema("audit").table("log", { id: text("id"), at: timestamp("at") });
  const db = drizzle({ schema: { users, posts } });
  declare const id: string; declare const ids: string[]; declare const flag: boolean;
`;

function query(code: string, files: Readonly<Record<string, string>> = {}): Query {
  const [site, ...others] = sites(PRELUDE + code, files);
  if (!site || isOpaque(site) || others.length > 0) throw new Error(`one query was expected: ${[site, ...others].map((item) => (item ? outline(item) : "none")).join("; ")}`);
  return site;
}

function outlines(code: string, files: Readonly<Record<string, string>> = {}): readonly string[] {
  return sites(PRELUDE + code, files).map(outline);
}

/** Texts with the edits of the first site applied. */
function edited(code: string): string | undefined {
  const text = PRELUDE + code;
  const [site] = sites(text);
  if (!site || isOpaque(site)) throw new Error("a query was expected");
  const edits = site.edits.limit?.(100);
  if (!edits) return undefined;
  const result = [...edits].sort((a, b) => b.range[0] - a.range[0]).reduce((current, edit) => current.slice(0, edit.range[0]) + edit.text + current.slice(edit.range[1]), text);
  expect(parseModule("/project/src/edited.ts", result)).toBeDefined();
  return result.slice(PRELUDE.length);
}

describe("conditions", () => {
  test.each<[name: string, code: string, where: string]>([
    ["an operand that is undefined is NULL, a condition that is undefined is none", `await db.delete(users).where(and(flag ? eq(users.age, 1) : undefined));`, "maybe[age = 1]"],
    ["the last where wins", `await db.select().from(users).$dynamic().where(eq(users.id, id)).where(eq(users.orgId, id));`, "org_id = parameter"],
    ["conditions collected by push", `const list = [eq(users.active, true)]; if (flag) list.push(eq(users.orgId, id)); await db.select().from(users).where(and(...list));`, "(active = true and maybe[org_id = parameter])"],
    ["conditions collected by push, none certain", `const list: SQL[] = []; if (flag) list.push(eq(users.orgId, id)); await db.select().from(users).where(list.length > 0 ? and(...list) : undefined);`, "maybe[org_id = parameter]"],
    ["conditions filtered", `const list = [flag ? eq(users.orgId, id) : undefined, isNull(users.email)].filter(Boolean); await db.select().from(users).where(and(...list));`, "(maybe[org_id = parameter] and email is null)"],
    ["conditions made by map", `await db.select().from(users).where(or(...ids.map((term) => ilike(users.email, term))));`, "maybe[email ilike ?]"],
    ["a variable that is extended", `let where = eq(users.active, true); if (flag) where = and(where, eq(users.orgId, id))!; await db.select().from(users).where(where);`, "(active = true and maybe[org_id = parameter])"],
    ["a variable assigned in both branches", `let where; if (flag) where = eq(users.orgId, id); else where = eq(users.id, id); await db.select().from(users).where(where);`, "(org_id = parameter | id = parameter)"],
    ["a column that is chosen", `await db.select().from(users).where(eq(flag ? users.orgId : users.email, id));`, "(org_id = parameter | email = parameter)"],
    ["an operator that is chosen", `const compare = flag ? eq : gt; await db.select().from(users).where(and(compare(users.age, 3), eq(users.orgId, id)));`, "((age = 3 | age > 3) and org_id = parameter)"],
    ["a variable assigned in one branch", `let where: SQL | undefined; if (flag) where = eq(users.orgId, id); await db.select().from(users).where(where);`, "maybe[org_id = parameter]"],
    ["a helper of the project", `const byOrg = (table: typeof users, org: string, more?: SQL) => and(eq(table.orgId, org), more); await db.select().from(users).where(byOrg(users, id, gt(users.age, 3)));`, "(org_id = parameter and age > 3)"],
    ["a helper that returns nothing sometimes", `function filter(org?: string) { if (!org) return; return eq(users.orgId, org); } await db.select().from(users).where(filter(id));`, "maybe[org_id = parameter]"],
    ["a filter from a parameter", `async function f(where?: SQL) { return db.select().from(users).where(where); }`, "opaque(unknown)"],
    ["an arm that may be missing restricts no less than its presence", `await db.select().from(users).where(or(eq(users.id, id), flag ? eq(users.orgId, id) : undefined));`, "(id = parameter or org_id = parameter)"],
    ["a fragment", "await db.select().from(users).where(sql`${users.age} > 3 or ${users.orgId} = ${id}`);", "(age > 3 or org_id = parameter)"],
    ["a fragment among operators", "await db.select().from(users).where(and(sql`${users.age} > 3 or ${users.age} < 1`, eq(users.id, id)));", "((age > 3 or age < 1) and id = parameter)"],
    ["a list in a fragment gets its parentheses from the library", "await db.select().from(users).where(sql`${users.id} in ${ids}`);", "id in array"],
    ["an empty fragment", "await db.delete(users).where(sql``);", "nothing"],
    ["a filter that is always true", "await db.delete(users).where(sql`1 = 1`);", "always true"],
    ["an empty list", `await db.select().from(users).where(inArray(users.id, []));`, "always false"],
    ["an empty list, negated", `await db.delete(users).where(notInArray(users.id, []));`, "always true"],
    ["a column on the right", "await db.select().from(users).where(lt(sql`now()`, users.createdAt));", "created_at > expression"],
    ["a builder completed in two branches", `const q = db.select().from(users).$dynamic(); if (flag) q.where(eq(users.id, id)); else q.where(eq(users.orgId, id)); await q;`, "(id = parameter | org_id = parameter)"],
  ])("%s", (_name, code, where) => {
    expect(outline(query(code)).replace(/^.*?where (.*?)(?:, (?:limit|aggregate|unknown).*)?$/u, "$1")).toBe(where);
  });

  test("a function around a column stays with it", () => {
    const lower = query("const lower = (column: unknown) => sql`lower(${column})`; await db.select().from(users).where(eq(lower(users.email), id));");
    expect(lower.where).toMatchObject({ op: "compare", column: { table: "users", name: "email", wrappers: [{ kind: "function", name: "lower" }] } });
  });

  test("a condition of another file is marked where it is used", () => {
    const site = query(`import { active } from "./filters.js"; await db.select().from(users).where(active(id));`, {
      "src/filters.ts": `import { eq } from "drizzle-orm";\nimport { pgTable, text } from "drizzle-orm/pg-core";\nconst users = pgTable("users", { orgId: text("org_id") });\nexport const active = (org: string) => eq(users.orgId, org);`,
    });
    expect(outline(site)).toBe("select users, where org_id = parameter");
    const span = site.where.op === "compare" ? site.where.span : undefined;
    const text = PRELUDE + `import { active } from "./filters.js"; await db.select().from(users).where(active(id));`;
    expect(span && text.slice(span.start, span.end)).toBe("active(id)");
  });

  test("what is written and says nothing is told apart from what is not written", () => {
    expect(query(`await db.delete(users).where(and());`).where).toMatchObject({ value: true, written: false, span: {} });
    expect(query(`await db.delete(users);`).where).not.toHaveProperty("span");
  });
});

describe("names", () => {
  test("of columns: the name in the builder, else the property", () => {
    expect(query(`await db.select().from(users).where(eq(users.orgId, id));`).where).toMatchObject({ column: { table: "users", name: "org_id" } });
    expect(query(`await db.select().from(users).where(eq(users.email, id));`).where).toMatchObject({ column: { name: "email", property: true } });
    expect(query(`await db.select().from(users).where(gt(users.createdAt, new Date()));`).where).toMatchObject({ column: { name: "created_at" } });
  });

  test("of tables: of a creator, of a schema, of an alias", () => {
    expect(query(`await db.select().from(posts);`).sources).toMatchObject([{ table: { name: "app_posts" } }]);
    expect(query(`await db.select().from(log);`).sources).toMatchObject([{ table: { name: "log", schema: "audit" } }]);
    const parent = query(`const parent = alias(users, "parent"); await db.select().from(users).leftJoin(parent, eq(parent.id, users.orgId)).where(eq(parent.email, id));`);
    expect(parent.sources).toMatchObject([{ table: { name: "users", alias: "users" } }, { table: { name: "users", alias: "parent" }, join: { type: "left" } }]);
    expect(parent.where).toMatchObject({ column: { table: "parent", name: "email" } });
  });

  test("of a relational query: the table behind the schema's key", () => {
    expect(query(`await db.query.posts.findMany();`).sources).toMatchObject([{ table: { name: "app_posts" } }]);
    const typed = query(`import type { NodePgDatabase } from "drizzle-orm/node-postgres"; async function f(tx: NodePgDatabase) { return tx.query.posts.findMany({ where: (t, { eq }) => eq(t.userId, id) }); }`);
    expect(typed.sources).toMatchObject([{ table: { model: "posts" } }]);
    expect(typed.where).toMatchObject({ op: "compare", column: { name: "userId", property: true } });
  });

  test("of a table whose package cannot be read: the name of its import", () => {
    const site = query(`import { accounts } from "@acme/schema"; await db.select().from(accounts).where(eq(accounts.ownerId, id));`);
    expect(site.sources).toMatchObject([{ table: { model: "accounts" } }]);
    expect(site.where).toMatchObject({ column: { table: "accounts", name: "ownerId", property: true } });
  });

  test("a table that is chosen at run time is dynamic", () => {
    expect(query(`for (const table of [users, posts]) await db.delete(table);`).target).toMatchObject({ dynamic: true });
    expect(query(`await db.select().from(flag ? users : posts);`).sources).toMatchObject([{ table: { dynamic: true } }]);
  });
});

describe("parts of other queries", () => {
  test.each<[name: string, code: string, expected: readonly string[]]>([
    ["a sub-query in FROM", `const sq = db.select({ userId: posts.userId, n: count().as("n") }).from(posts).groupBy(posts.userId).as("sq"); await db.select().from(users).innerJoin(sq, eq(users.id, sq.userId)).where(gt(sq.n, 3));`, ["select users, where n > 3"]],
    ["a sub-query of a client that is not known", `async function f(ctx) { const sq = ctx.db.select().from(posts).as("sq"); return ctx.db.select().from(users).innerJoin(sq, eq(users.id, sq.userId)); }`, ["select users, where nothing"]],
    ["a common table expression", `const recent = db.$with("recent").as((qb) => qb.select().from(users)); await db.with(recent).delete(users).where(inArray(users.id, db.select({ id: recent.id }).from(recent)));`, ["delete users, where id in subquery"]],
    ["EXISTS", `await db.select().from(users).where(exists(db.select().from(posts).where(eq(posts.userId, users.id))));`, ["select users, where exists subquery"]],
    ["a scalar in the projection", `await db.select({ id: users.id, posts: db.$count(posts, eq(posts.userId, users.id)) }).from(users);`, ["select users, where nothing"]],
    ["an aggregate in an expression", "await db.select({ size: sql<number>`coalesce(sum(${users.age}), 0)` }).from(users);", ["select users, where nothing, aggregate"]],
    ["a computation in an expression", "await db.select({ age: sql<number>`coalesce(${users.age}, 0)` }).from(users);", ["select users, where nothing"]],
    ["a set operation", `await union(db.select().from(users), db.select().from(posts)).limit(10);`, ["select users, where nothing, limit 10"]],
    ["an insert from a select", `await db.insert(posts).select(db.select().from(users));`, ["insert app_posts, where nothing, rows select"]],
    ["an awaited result is no sub-query", `const rows = await db.select().from(users).limit(3); await db.delete(posts).where(inArray(posts.userId, rows));`, ["select users, where nothing, limit 3", "delete app_posts, where user_id in array"]],
  ])("%s", (_name, code, expected) => {
    expect(outlines(code)).toEqual(expected);
  });

  test("a sub-query is nested with its own filter", () => {
    const site = query(`await db.select().from(users).where(inArray(users.id, db.select({ id: posts.userId }).from(posts).where(eq(posts.id, id))));`);
    expect(site.subqueries).toMatchObject([{ role: "in", statement: { sources: [{ table: { name: "app_posts" } }], where: { op: "compare", column: { name: "id" } } } }]);
  });
});

describe("sending", () => {
  test.each<[name: string, code: string, expected: readonly string[]]>([
    ["a statement without await sends nothing", `db.insert(users).values({ id });`, ["insert users, where nothing, rows one, built"]],
    ["the elements of a batch", `await db.batch([db.delete(users).where(eq(users.id, id))]);`, ["delete users, where id = parameter"]],
    ["a list that is awaited later", `const all = []; for (const id of ids) all.push(db.delete(users).where(eq(users.id, id))); await Promise.all(all);`, ["delete users, where id = parameter"]],
    ["a helper that only awaits", `async function retry(work) { return await work; } await retry(db.select().from(users));`, ["select users, where nothing"]],
    ["a helper that completes the builder", `const paged = (qb, page) => qb.limit(10).offset(page * 10); await paged(db.select().from(users).$dynamic(), 2);`, ["select users, where opaque(unknown), limit maybe, unknown"]],
    ["a limit under a condition", `const q = db.select().from(users).$dynamic(); if (flag) q.limit(5); await q;`, ["select users, where nothing, limit maybe"]],
    ["builders made in a map that become one query", `const parts = ids.map((id) => db.select().from(users).where(eq(users.id, id))); await union(...parts);`, ["opaque dynamic-arguments"]],
    ["prepared and executed", `const p = db.select().from(users).where(eq(users.id, sql.placeholder("id"))).prepare("p"); await p.execute({ id });`, ["select users, where id = parameter"]],
    ["prepared only", `export const p = db.select().from(users).prepare("p");`, ["select users, where nothing, built"]],
  ])("%s", (_name, code, expected) => {
    expect(outlines(code)).toEqual(expected);
  });

  test("skipped locks are how queues are drained", () => {
    expect(query(`await db.transaction(async (tx) => tx.select().from(users).limit(1).for("update", { skipLocked: true }));`).locking).toEqual({ skipLocked: true });
  });
});

describe("what an update sets", () => {
  test("an increment by a value varies with the value", () => {
    const site = query("async function f(n: number) { await db.update(users).set({ age: sql`${users.age} + ${n}`, email: sql`lower(${users.email})` }).where(eq(users.id, id)); }");
    expect(site.assignments).toMatchObject([{ column: { name: "age" }, operand: { kind: "parameter" } }, { column: { name: "email" }, operand: { kind: "expression" } }]);
  });

  test("an object that cannot be seen is no constant", () => {
    const site = query("async function f(values) { await db.update(users).set({ ...values, age: 1 }).where(eq(users.id, id)); }");
    expect(site.assignments).toMatchObject([{ operand: { kind: "literal" } }, { operand: { kind: "parameter" } }]);
  });
});

describe("raw statements", () => {
  test.each<[name: string, code: string, expected: readonly string[]]>([
    ["a piece that is there only sometimes", "const extra = flag ? sql` where org_id = ${id}` : sql``; await db.execute(sql`select * from ${users} ${extra}`);", ["select users, where maybe[org_id = parameter]"]],
    ["a piece from elsewhere may hold a filter and a limit", "async function f(where: SQL) { await db.execute(sql`select * from ${users} ${where}`); }", ["select users, where opaque(unknown), limit maybe"]],
    ["a joined list", "await db.execute(sql`delete from users where id in (${sql.join(ids.map((item) => sql`${item}`), sql`, `)})`);", ["delete users, where id in array"]],
    ["raw text", "await db.execute(sql.raw(`delete from users`));", ["delete users, where nothing"]],
    ["a fragment that grows", "const q = sql`select * from ${users}`; q.append(sql` where id = ${id}`); await db.execute(q);", ["opaque dynamic-text"]],
  ])("%s", (_name, code, expected) => {
    expect(outlines(code)).toEqual(expected);
  });
});

describe("SQLite and MySQL", () => {
  const sqlite = `
    import { drizzle as lite } from "drizzle-orm/better-sqlite3";
    import { sqliteTable, text as t } from "drizzle-orm/sqlite-core";
    const notes = sqliteTable("notes", { id: t("id"), owner: t("owner_id") });
    const local = lite("app.db");
  `;

  test("terminals of SQLite", () => {
    const answers = sites(`${PRELUDE}${sqlite}
      local.select().from(notes).all();
      local.select().from(notes).where(eq(notes.id, id)).get();
      local.delete(notes).where(eq(notes.owner, id)).run();
      local.all(sql\`select * from \${notes}\`);
      const names = local.select().from(notes).all().map((note) => note.id);
    `);
    expect(answers.map(outline)).toEqual([
      "select notes, where nothing",
      "select notes, where id = parameter, delivers one",
      "delete notes, where owner_id = parameter",
      "select notes, where nothing",
      "select notes, where nothing",
    ]);
    expect(answers.every((site) => !isOpaque(site) && site.dialect === "sqlite")).toBe(true);
  });

  test("the dialect comes from the table where the client does not tell", () => {
    const site = sites(`${PRELUDE}${sqlite} async function f(ctx) { return ctx.db.update(notes).set({ owner: id }).where(eq(notes.id, id)); }`)[0];
    expect(site && !isOpaque(site) && site.dialect).toBe("sqlite");
    expect(site?.site.evidence).toBe("shape");
  });

  test("a limited delete of MySQL", () => {
    const code = `
      import { eq } from "drizzle-orm";
      import { drizzle } from "drizzle-orm/mysql2";
      import { int, mysqlTable } from "drizzle-orm/mysql-core";
      const jobs = mysqlTable("jobs", { id: int("id"), state: int("state") });
      const db = drizzle(process.env.URL);
      await db.delete(jobs).where(eq(jobs.state, 2)).limit(1000);
      await db.insert(jobs).values({ id: 1 }).onDuplicateKeyUpdate({ set: { state: 1 } });
    `;
    expect(sites(code).map(outline)).toEqual(["delete jobs, where state = 2, limit 1000", "insert jobs, where nothing, rows one, conflict update"]);
  });
});

describe("version 1", () => {
  test("an object filter", () => {
    const site = query(`await db.query.users.findMany({ where: { orgId: id, age: { gte: 3 }, OR: [{ email: { ilike: "a%" } }, { active: true }], posts: { title: id } }, limit: 5 });`);
    expect(outline(site)).toBe("select users, where (org_id = parameter and age >= 3 and (email ilike 'a…' or active = true) and posts.(title = parameter)), limit 5");
  });

  test("options from elsewhere", () => {
    expect(outlines(`async function f(options) { return db.query.users.findMany({ ...options, limit: 10 }); }`)).toEqual(["select users, where opaque(unknown), limit 10, offset maybe"]);
  });
});

describe("look-alikes", () => {
  test.each([
    `const map = new Map(); map.delete(users); map.get(users); await cache.delete("users");`,
    `await axios.delete("/users"); redis.get("users"); Object.values(users); new Set(ids).values();`,
    `import { Kysely } from "kysely"; const other = new Kysely({}); await other.selectFrom("users").selectAll().execute(); await other.deleteFrom("users").execute();`,
    `await knex("users").select().where({ id }); await supabase.from("users").delete().eq("id", id); await supabase.from("users").select();`,
    `form.select("users").from(list); editor.insert("text").values(); crypto.createHash("md5").update(id).digest();`,
  ])("%s", (code) => {
    expect(outlines(code)).toEqual([]);
  });

  test("a Prisma model that is called `update`", () => {
    const answers = sites(`import { PrismaClient } from "@prisma/client"; const db = new PrismaClient(); await db.update.delete({ where: { id } });`);
    expect(answers.map((site) => site.site.library)).not.toContain("drizzle");
  });
});

describe("edits", () => {
  test.each<[before: string, after: string | undefined]>([
    [`await db.select().from(users);`, `await db.select().from(users).limit(100);`],
    [`const rows = await db.select().from(users).where(eq(users.orgId, id)).orderBy(users.id);`, `const rows = await db.select().from(users).where(eq(users.orgId, id)).orderBy(users.id).limit(100);`],
    [`await db.select().from(users).execute();`, `await db.select().from(users).limit(100).execute();`],
    [`await db.select().from(users).limit(-1);`, `await db.select().from(users).limit(100);`],
    [`async function f(n?: number) { return db.select().from(users).limit(n); }`, `async function f(n?: number) { return db.select().from(users).limit(n ?? 100); }`],
    [`await db.query.users.findMany();`, `await db.query.users.findMany({ limit: 100 });`],
    [`await db.query.users.findMany({ with: { posts: true } });`, `await db.query.users.findMany({ with: { posts: true }, limit: 100 });`],
    [`await db.query.users.findMany({});`, `await db.query.users.findMany({ limit: 100 });`],
    [`async function f(limit?: number) { return db.query.users.findMany({ limit }); }`, `async function f(limit?: number) { return db.query.users.findMany({ limit: limit ?? 100 }); }`],
    [`await db.query.users.findFirst();`, undefined],
    [`await db.delete(users);`, undefined],
  ])("%s", (before, after) => {
    expect(edited(before)).toBe(after);
  });

  test("an edited query is limited", () => {
    const after = edited(`await db.select().from(users);`) ?? "";
    expect(outlines(after)).toEqual(["select users, where nothing, limit 100"]);
  });
});
