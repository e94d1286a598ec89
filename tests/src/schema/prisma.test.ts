import { describe, expect, it } from "vitest";
import { mergeParts } from "../../../src/schema/merge.js";
import type { SchemaModel, Table } from "../../../src/schema/model.js";
import { readPrisma } from "../../../src/schema/sources/prisma.js";

function model(text: string, more: Record<string, string> = {}): SchemaModel {
  const part = readPrisma([{ file: "/app/prisma/schema.prisma", text }, ...Object.entries(more).map(([file, other]) => ({ file, text: other }))]);
  if (part === undefined) throw new Error("no SQL database");
  return mergeParts([part], part.dialect, "test");
}

function indexes(table: Table | undefined): readonly string[] {
  return (table?.indexes ?? []).map((index) => {
    const parts = index.parts.map((part) => [part.column ?? part.expression, part.operatorClass, part.length, part.descending === true ? "desc" : undefined].filter((word) => word !== undefined).join(" "));
    return `${index.kind} ${index.method} (${parts.join(", ")})${index.where === undefined ? "" : ` where ${index.where}`}${index.implicit === true ? " implicit" : ""}`;
  });
}

const POSTGRES = `datasource db {\n  provider = "postgresql"\n  url = env("DATABASE_URL")\n}\n`;

describe("Prisma schema", () => {
  it("maps models, fields and keys to the database's names", () => {
    const schema = model(`${POSTGRES}
/** The people. */
model User {
  id       Int     @id @default(autoincrement())
  email    String  @unique @db.VarChar(255) // login
  fullName String? @map("full_name")
  role     Role    @default(USER)
  tags     String[]
  posts    Post[]
  @@map("users")
  @@index([fullName(sort: Desc), role])
}
model Post {
  id       String @id @default(cuid()) @db.Uuid
  authorId Int    @map("author_id")
  author   User   @relation(fields: [authorId], references: [id], onDelete: Cascade)
  meta     Json
  @@id([id, authorId])
  @@unique([authorId, id], map: "one_each")
  @@index([meta(ops: JsonbPathOps)], type: Gin)
  @@schema("blog")
}
enum Role { 
  USER
  ADMIN
}
`);
    expect(schema.dialect).toBe("postgresql");
    const users = schema.table("users");
    expect(users).toBe(schema.tableOfModel("user"));
    expect(users).toBe(schema.tableOfModel("User"));
    expect(users?.columns.map((column) => [column.name, column.property, column.type, column.nullable])).toEqual([
      ["id", "id", "integer", "no"],
      ["email", "email", "varchar", "no"],
      ["full_name", "fullName", "text", "yes"],
      ["role", "role", "enum", "no"],
      ["tags", "tags", "text[]", "no"],
    ]);
    expect(indexes(users)).toEqual(["primary btree (id)", "unique btree (email)", "index btree (full_name desc, role)"]);
    expect(users?.relations).toEqual([{ name: "posts", target: "Post", list: true, columns: [], referencedColumns: ["author_id"] }]);
    expect(users?.provenance).toEqual({ file: "/app/prisma/schema.prisma", line: 7, kind: "prisma" });
    const posts = schema.tableOfModel("post");
    expect(posts?.schema).toBe("blog");
    expect(schema.table("Post", "blog")).toBe(posts);
    expect(schema.table("Post", "public")).toBeUndefined();
    expect(indexes(posts)).toEqual(["primary btree (id)", "primary btree (id, author_id)", "unique btree (author_id, id)", "index gin (meta jsonb_path_ops)"]);
    expect(posts?.foreignKeys.map((key) => [key.columns, key.referencedTable, key.referencedColumns])).toEqual([[["author_id"], "users", ["id"]]]);
  });

  it("knows the table of an implicit many-to-many relation", () => {
    const schema = model(`${POSTGRES}
model Post {
  id   Int   @id
  tags Tag[]
  liked User[] @relation("likes")
}
model Tag {
  id    Int    @id
  posts Post[]
}
model User {
  id Int @id
  likes Post[] @relation("likes")
}
`);
    expect(indexes(schema.table("_PostToTag"))).toEqual(["unique btree (A, B)", "index btree (B)"]);
    expect(schema.table("_PostToTag")?.foreignKeys.map((key) => key.referencedTable)).toEqual(["Post", "Tag"]);
    expect(schema.table("_likes")).toBeDefined();
    expect(schema.tableOfModel("Post")?.relations.map((relation) => relation.through)).toEqual(["_PostToTag", "_likes"]);
  });

  it("adds InnoDB's own indexes of foreign keys, unless relations are emulated", () => {
    const text = (mode: string): string => `datasource db {\n provider = "mysql"\n${mode}\n}\nmodel A {\n id Int @id\n b B @relation(fields: [bId], references: [id])\n bId Int\n}\nmodel B {\n id Int @id\n as A[]\n}\n`;
    expect(indexes(model(text("")).table("a"))).toEqual(["primary btree (id)", "index btree (bId) implicit"]);
    expect(indexes(model(text('relationMode = "prisma"')).table("A"))).toEqual(["primary btree (id)"]);
  });

  it("reads partial indexes, lengths, raw operator classes and full text", () => {
    const schema = model(`${POSTGRES}
model Doc {
  id Int @id
  title String
  deletedAt DateTime? @map("deleted_at")
  kind String
  @@index([title(ops: raw("gin_trgm_ops"))], type: Gin)
  @@index(fields: [kind], where: { deletedAt: null, kind: "x" })
  @@unique([title], where: raw("deleted_at IS NULL"))
  @@index([title(length: 20)])
  @@fulltext([title])
}
`);
    expect(indexes(schema.table("Doc"))).toEqual([
      "primary btree (id)",
      "index gin (title gin_trgm_ops)",
      `index btree (kind) where "deleted_at" IS NULL AND "kind" = 'x'`,
      "unique btree (title) where deleted_at IS NULL",
      "index btree (title 20)",
      "index fulltext (title)",
    ]);
  });

  it("joins the files of a schema folder", () => {
    const schema = model(POSTGRES, { "/app/prisma/models/a.prisma": "model A {\n id Int @id\n bs B[]\n}\n", "/app/prisma/models/b.prisma": "model B {\n id Int @id\n aId Int\n a A @relation(fields: [aId], references: [id])\n}\n" });
    expect(schema.table("A")?.relations[0]?.referencedColumns).toEqual(["aId"]);
    expect(schema.sources.map((source) => source.tables)).toEqual([0, 1, 1]);
  });

  it.each([
    ["an attribute half written", "model A {\n id Int @id\n email String @unique(\n name String\n}\nmodel B {\n id Int @id\n}\n", "A"],
    ["an index half written", "model A {\n id Int @id\n @@index([id, \n}\nmodel B {\n id Int @id\n}\n", "A"],
    ["a field half written", "model A {\n id Int @id\n x\n}\nmodel B {\n id Int @id\n}\n", "A"],
    ["a block that is not closed", "model A {\n id Int @id\n email\nmodel B {\n id Int @id\n}\n", "A"],
  ])("loses no more than the model: %s", (_, text, broken) => {
    const schema = model(POSTGRES + text);
    expect(schema.table(broken)?.uncertain).toBeDefined();
    expect(schema.table("B")?.uncertain).toBeUndefined();
    expect(indexes(schema.table("B"))).toEqual(["primary btree (id)"]);
  });

  it.each(["", "{", "}", "model", "model A {", "@@@@((((", '"', "/*", "model A { id Int @id }", "[".repeat(50_000), `model A {\n id Int @default(${"a(".repeat(20_000)}\n}`])("never throws: %#", (text) => {
    expect(() => readPrisma([{ file: "/x", text }])).not.toThrow();
  });

  it("says nothing about MongoDB", () => {
    expect(readPrisma([{ file: "/x", text: 'datasource db {\n provider = "mongodb"\n}\nmodel A {\n id String @id\n}' }])).toBeUndefined();
  });
});
