import { describe, expect, it } from "vitest";
import { mergeParts } from "../../../src/schema/merge.js";
import type { Index, SchemaModel } from "../../../src/schema/model.js";
import { readDrizzle } from "../../../src/schema/sources/drizzle.js";

function model(files: Readonly<Record<string, string>>, casing?: "snake_case"): SchemaModel {
  const part = readDrizzle(
    Object.entries(files).map(([file, text]) => ({ file, text })),
    "postgresql",
    casing,
  );
  return mergeParts([part], part.dialect, "test");
}

function show(indexes: readonly Index[] | undefined): readonly string[] {
  return (indexes ?? []).map((index) => `${index.kind} ${index.name ?? "-"} ${index.method} (${index.parts.map((part) => [part.column ?? part.expression, part.operatorClass, part.descending === true ? "desc" : undefined, part.nulls].filter((word) => word !== undefined).join(" ")).join(", ")})${index.where === undefined ? "" : ` where ${index.where}`}`);
}

const CORE = `import { pgTable, text, integer, serial, uuid, boolean, timestamp, jsonb, index, uniqueIndex, unique, primaryKey, foreignKey, check, pgEnum, pgSchema, pgTableCreator, varchar, customType, pgView } from "drizzle-orm/pg-core";\nimport { sql, relations, isNull } from "drizzle-orm";\n`;

describe("Drizzle tables", () => {
  it("reads columns, keys and references", () => {
    const schema = model({
      "/db/schema.ts": `${CORE}
export const role = pgEnum("role", ["a", "b"]);
export const users = pgTable("users", {
  id: serial("id").primaryKey(),
  email: text("email").notNull().unique("users_email_unique"),
  fullName: varchar({ length: 200 }),
  role: role("role").notNull().default("a"),
  tags: text("tags").array(),
  managerId: integer("manager_id").references((): AnyPgColumn => users.id),
});
export const posts = pgTable("posts", {
  id: uuid().defaultRandom().primaryKey(),
  authorId: integer("author_id").notNull().references(() => users.id, { onDelete: "cascade" }),
});`,
    });
    const users = schema.table("users");
    expect(users?.columns.map((column) => [column.name, column.property, column.type, column.nullable])).toEqual([
      ["id", "id", "integer", "no"],
      ["email", "email", "text", "no"],
      ["fullName", "fullName", "varchar", "yes"],
      ["role", "role", "enum", "no"],
      ["tags", "tags", "text[]", "yes"],
      ["manager_id", "managerId", "integer", "yes"],
    ]);
    expect(show(users?.indexes)).toEqual(["primary - btree (id)", "unique users_email_unique btree (email)"]);
    expect(schema.table("posts")?.foreignKeys.map((key) => [key.columns, key.referencedTable, key.referencedColumns])).toEqual([[["author_id"], "users", ["id"]]]);
    expect(users?.foreignKeys[0]?.referencedTable).toBe("users");
    expect(users?.uncertain).toBeUndefined();
    expect(schema.tableOfModel("posts")).toBe(schema.table("posts"));
    expect(users?.provenance).toEqual({ file: "/db/schema.ts", line: 5, kind: "drizzle" });
  });

  it.each([
    ["array", "(t) => [", "]", (_: string, text: string) => text],
    ["object", "(t) => ({", "})", (name: string, text: string) => `${name}: ${text}`],
    ["block", "(t) => { return [", "]; }", (_: string, text: string) => text],
  ])("reads indexes in %s form", (_, open, close, item) => {
    const schema = model({
      "/db/schema.ts": `${CORE}
export const t = pgTable("t", { a: integer("a_col"), b: integer("b"), email: text("email"), meta: jsonb("meta"), gone: timestamp("gone_at"), kind: text("kind") }, ${open}
  ${item("i1", 'index("i1").on(t.a, t.b.desc().nullsLast())')},
  ${item("i2", 'uniqueIndex("i2").on(sql`lower(${t.email})`)')},
  ${item("i3", 'index("i3").using("gin", t.meta.op("jsonb_path_ops"))')},
  ${item("i4", 'index().on(t.b).where(sql`${t.gone} IS NULL`)')},
  ${item("i5", "unique().on(t.a, t.email)")},
  ${item("i6", "primaryKey({ columns: [t.a, t.b] })")},
  ${item("i7", "foreignKey({ columns: [t.a], foreignColumns: [other.id] })")},
  ${item("i8", 'check("c", sql`${t.a} > 0`)')},
  ${item("i9", 'index("i9").on(t.kind.op("text_pattern_ops")).where(isNull(t.gone)).concurrently()')},
${close});
export const other = pgTable("others", { id: integer("other_id").primaryKey() });`,
    });
    expect(show(schema.table("t")?.indexes)).toEqual([
      "index i1 btree (a_col, b desc last)",
      'unique i2 btree (lower("email"))',
      "index i3 gin (meta jsonb_path_ops)",
      'index - btree (b) where "gone_at" IS NULL',
      "unique - btree (a_col, email)",
      "primary - btree (a_col, b)",
      'index i9 btree (kind text_pattern_ops) where "gone_at" IS NULL',
    ]);
    expect(schema.table("t")?.foreignKeys).toMatchObject([{ columns: ["a_col"], referencedTable: "others", referencedColumns: ["other_id"] }]);
    expect(schema.table("t")?.uncertain).toBeUndefined();
  });

  it("follows creators, schemas, shared columns and helpers across files", () => {
    const schema = model({
      "/db/shared.ts": `${CORE}
export const createTable = pgTableCreator((name) => \`app_\${name}\`);
export const audit = pgSchema("audit");
export const timestamps = { createdAt: timestamp("created_at").notNull().defaultNow(), ...more };
const more = { deletedAt: timestamp("deleted_at") };
export const id = () => uuid("id").primaryKey();
export const citext = customType<{ data: string }>({ dataType: () => "citext" });`,
      "/db/tables.ts": `import * as p from "drizzle-orm/pg-core";
import { createTable, audit, timestamps, id, citext } from "./shared";
export const users = createTable("users", { id: id(), name: citext("name").unique(), ...timestamps });
export const log = audit.table("log", (t) => ({ id: t.uuid().primaryKey(), userId: t.uuid("user_id").references(() => users.id) }));
export const plain = p.pgTable("plain", { id: p.integer("id") }, (t) => [p.index().on(t.id)]);`,
    });
    const users = schema.table("app_users");
    expect(users?.columns.map((column) => column.name)).toEqual(["id", "name", "created_at", "deleted_at"]);
    expect(show(users?.indexes)).toEqual(["primary - btree (id)", "unique - btree (name)"]);
    expect(users?.uncertain).toBeUndefined();
    expect(schema.table("log", "audit")?.foreignKeys[0]?.referencedTable).toBe("app_users");
    expect(show(schema.table("plain")?.indexes)).toEqual(["index - btree (id)"]);
  });

  it("applies the casing of the configuration to nameless columns", () => {
    const schema = model({ "/s.ts": `${CORE}export const t = pgTable("t", { createdAt: timestamp(), userID: integer(), own: text("Own") }, (t) => [index().on(t.createdAt)]);` }, "snake_case");
    expect(schema.table("t")?.columns.map((column) => column.name)).toEqual(["created_at", "user_id", "Own"]);
    expect(show(schema.table("t")?.indexes)).toEqual(["index - btree (created_at)"]);
  });

  it("reads relations of both generations", () => {
    const schema = model({
      "/s.ts": `${CORE}import { defineRelations } from "drizzle-orm";
export const users = pgTable("users", { id: integer("id").primaryKey() });
export const posts = pgTable("posts", { id: integer("id"), authorId: integer("author_id") });
export const r1 = relations(posts, ({ one }) => ({ author: one(users, { fields: [posts.authorId], references: [users.id], relationName: "wrote" }) }));
export const r2 = defineRelations({ users, posts }, (r) => ({ users: { posts: r.many.posts({ from: r.users.id, to: r.posts.authorId }) } }));`,
    });
    expect(schema.table("posts")?.relations).toEqual([{ name: "author", target: "users", list: false, columns: ["author_id"], referencedColumns: ["id"], pair: "wrote" }]);
    expect(schema.table("users")?.relations).toEqual([{ name: "posts", target: "posts", list: true, columns: [], referencedColumns: ["author_id"] }]);
  });

  it.each([
    ["columns spread from elsewhere", `pgTable("t", { id: integer("id"), ...elsewhere })`],
    ["a column made by an unknown helper", `pgTable("t", { id: elsewhere() })`],
    ["indexes from a helper", `pgTable("t", { id: integer("id") }, (t) => makeIndexes(t))`],
    ["one index from a helper", `pgTable("t", { id: integer("id") }, (t) => [makeIndex(t)])`],
    ["indexes spread", `pgTable("t", { id: integer("id") }, (t) => [...common(t)])`],
    ["an index on something computed", `pgTable("t", { id: integer("id") }, (t) => [index().on(pick(t))])`],
  ])("is uncertain about a table with %s", (_, text) => {
    expect(model({ "/s.ts": `${CORE}import { elsewhere, makeIndexes, makeIndex, common, pick } from "elsewhere";\nexport const t = ${text};` }).table("t")?.uncertain).toBeDefined();
  });

  it.each(["", "export const t = pgTable(", "\0\0\0", `${CORE}export const t = pgTable();`, `${CORE}export const t = pgTable("t");`, `${CORE}export const a = b; const b = a; export const t = pgTable(a, a);`, `${CORE}const f = () => f(); export const t = pgTable("t", f());`])("never throws: %#", (text) => {
    expect(() => model({ "/s.ts": text })).not.toThrow();
  });

  it("ignores look-alikes", () => {
    expect(model({ "/s.ts": `import { pgTable } from "./mine";\nexport const t = pgTable("t", { id: 1 });` }).tables).toEqual([]);
  });
});
