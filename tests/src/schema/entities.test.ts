/** Entities and models read from code, against the tables that their library makes of them (fixtures/truth.mjs). */
import fs from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { memoryHost, nodeHost } from "../../../src/host.js";
import { loadSchema } from "../../../src/schema/load.js";
import type { Column, Index, SchemaModel, Table } from "../../../src/schema/model.js";
import { normaliseType } from "../../../src/schema/types.js";

const FIXTURES = path.join(path.dirname(fileURLToPath(import.meta.url)), "fixtures");

interface Truth {
  readonly schema?: string;
  readonly view?: boolean;
  readonly columns: Readonly<Record<string, string>>;
  readonly indexes: readonly string[];
  readonly foreignKeys: readonly string[];
}

function read(name: string): { readonly model: SchemaModel; readonly truth: Readonly<Record<string, Truth>> } {
  const cwd = path.join(FIXTURES, name);
  const model = loadSchema({ host: nodeHost, cwd }).summary()[0]?.model;
  if (model === undefined) throw new Error(`no schema in ${cwd}`);
  return { model, truth: JSON.parse(fs.readFileSync(path.join(cwd, "truth.json"), "utf8")) as Readonly<Record<string, Truth>> };
}

/** Types as both sides name them; what PostgreSQL has under several names counts as one. */
function typeName(type: string): string {
  const name = normaliseType(type) ?? type;
  return name.replace("bytea", "blob").replace(/^timestamptz?$/u, "timestamp");
}

function columnOf(column: Column): string {
  return `${column.type === undefined ? "?" : typeName(column.type)} ${column.nullable === "no" ? "not null" : "null"}`;
}

/** Expressions as the server prints them have casts and parentheses. */
function comparable(expression: string): string {
  return expression.replace(/::\w+/gu, "").replace(/^\((.*)\)$/u, "$1").replaceAll('"', "");
}

function indexOf(index: Index): string {
  const parts = index.parts.map((part) => `${part.column ?? comparable(part.expression ?? "")}${part.descending === true ? " desc" : ""}`);
  return `${index.kind} ${index.method} (${parts.join(", ")})${index.where === undefined ? "" : " partial"}`;
}

/** An index over the same columns as another one of the same kind serves nothing more. */
function distinct(items: readonly string[]): readonly string[] {
  return [...new Set(items)].sort();
}

function shown(table: Table): Truth {
  return {
    ...(table.schema === undefined ? {} : { schema: table.schema }),
    ...(table.view === true ? { view: true } : {}),
    columns: table.view === true ? {} : Object.fromEntries([...table.columns].sort((left, right) => (left.name < right.name ? -1 : 1)).map((column) => [column.name, columnOf(column)])),
    indexes: distinct(table.indexes.map(indexOf)),
    foreignKeys: distinct(table.foreignKeys.map((key) => `(${key.columns.join(", ")}) -> ${key.referencedTable} (${key.referencedColumns.join(", ")})`)),
  };
}

function expected(truth: Truth): Truth {
  return {
    ...truth,
    columns: Object.fromEntries(
      Object.entries(truth.columns)
        .sort(([left], [right]) => (left < right ? -1 : 1))
        .map(([name, text]) => {
          const nullable = text.endsWith("not null") ? "not null" : "null";
          return [name, `${typeName(text.slice(0, -nullable.length - 1))} ${nullable}`];
        }),
    ),
    indexes: distinct(truth.indexes.map((index) => index.replace(/\((.*)\)( partial)?$/u, (_match, parts: string, partial: string | undefined) => `(${comparable(parts)})${partial ?? ""}`))),
    foreignKeys: distinct(truth.foreignKeys),
  };
}

describe.each(["typeorm", "typeorm-snake", "sequelize", "sequelize-typescript", "mikroorm"])("%s", (name) => {
  const { model, truth } = read(name);

  it("finds the tables that the library makes", () => {
    expect(model.tables.map((table) => table.name).sort()).toEqual(Object.keys(truth).sort());
  });

  it.each(Object.keys(truth))("reads %s", (table) => {
    const own = model.tables.find((candidate) => candidate.name === table);
    const wanted = truth[table];
    if (own === undefined || wanted === undefined) throw new Error(`no table ${table}`);
    expect(shown(own)).toEqual(expected(wanted));
  });
});

const TYPEORM = JSON.stringify({ name: "app", dependencies: { typeorm: "0.3.27", pg: "8.16.0" } });
const SEQUELIZE = JSON.stringify({ name: "app", dependencies: { sequelize: "6.37.7", pg: "8.16.0" } });
const MIKROORM = JSON.stringify({ name: "app", dependencies: { "@mikro-orm/core": "6.6.0", "@mikro-orm/postgresql": "6.6.0" } });

/** The schema that a file of an application sees; `files` are below its folder. */
function seen(files: Readonly<Record<string, string>>, library?: string): SchemaModel | undefined {
  const all = Object.fromEntries(Object.entries(files).map(([file, text]) => [path.join("/app", file), text]));
  return loadSchema({ host: memoryHost(all), cwd: "/app" }).schemaFor("/app/src/query.ts", library === undefined ? {} : { library });
}

function tableIn(files: Readonly<Record<string, string>>, name: string): Table {
  const table = seen(files)?.table(name);
  if (table === undefined) throw new Error(`no table ${name}`);
  return table;
}

const show = (table: Table | undefined): readonly string[] => (table?.indexes ?? []).map(indexOf);

describe("entities are found", () => {
  const user = 'import { Entity, PrimaryGeneratedColumn, Column } from "typeorm";\n@Entity()\nexport class User {\n  @PrimaryGeneratedColumn() id: number;\n  @Column() name: string;\n}\n';

  it("in packages that depend on the library", () => {
    expect(seen({ "package.json": TYPEORM, "src/user.ts": user })?.table("user")?.model).toBe("User");
    expect(seen({ "package.json": JSON.stringify({ name: "app", dependencies: { pg: "8.16.0" } }), "src/user.ts": user })).toBeUndefined();
  });

  it("not in tests", () => {
    expect(seen({ "package.json": TYPEORM, "e2e/fixtures/user.ts": user, "src/user.spec.ts": user })).toBeUndefined();
  });

  it("and asked by queries of their library only", () => {
    const files = { "package.json": TYPEORM, "src/user.ts": user };
    expect(seen(files, "typeorm")?.tableOfModel("User")?.name).toBe("user");
    expect(seen(files, "sequelize")).toBeUndefined();
  });

  it("each with its line", () => {
    expect(tableIn({ "package.json": TYPEORM, "src/user.ts": user }, "user").columns.find(({ name }) => name === "name")?.provenance).toEqual({ file: "/app/src/user.ts", line: 5, kind: "typeorm" });
  });

  it("and joined with the migrations of their package", () => {
    const schema = seen({ "package.json": TYPEORM, "src/user.ts": user, "migrations/001_users.sql": 'CREATE TABLE "user" (id serial PRIMARY KEY, name varchar NOT NULL);', "migrations/002_name.sql": 'CREATE INDEX user_name ON "user" (name);' }, "typeorm");
    expect(show(schema?.tableOfModel("User"))).toEqual(["primary btree (id)", "index btree (name)"]);
  });

  it("below a base class that an alias imports", () => {
    const files = {
      "package.json": TYPEORM,
      "src/core/base.ts": 'import { PrimaryGeneratedColumn, Index, Column } from "typeorm";\nexport abstract class Base { @PrimaryGeneratedColumn() id: number; @Index() @Column() tenantId: number; }\n',
      "src/user.ts": 'import { Entity } from "typeorm";\nimport { Base } from "@/core/base";\n@Entity() export class User extends Base {}\n',
    };
    expect(show(tableIn(files, "user"))).toEqual(["primary btree (id)", "index btree (tenantId)"]);
  });

  it("in packages of a workspace, with a base class of another package", () => {
    const host = memoryHost({
      "/app/package.json": JSON.stringify({ name: "root", workspaces: ["packages/*"] }),
      "/app/packages/core/package.json": JSON.stringify({ name: "@shop/core", dependencies: { typeorm: "0.3.27" } }),
      "/app/packages/core/src/index.ts": 'export * from "./base";\n',
      "/app/packages/core/src/base.ts": 'import { PrimaryGeneratedColumn } from "typeorm";\nexport abstract class Base { @PrimaryGeneratedColumn("uuid") id: string; }\n',
      "/app/packages/plugin/package.json": JSON.stringify({ name: "@shop/plugin", dependencies: { typeorm: "0.3.27", "@shop/core": "1.0.0" } }),
      "/app/packages/plugin/src/note.ts": 'import { Entity, Column } from "typeorm";\nimport { Base } from "@shop/core";\n@Entity() export class Note extends Base { @Column() text: string; }\n',
    });
    const table = loadSchema({ host, cwd: "/app" }).schemaFor("/app/packages/plugin/src/query.ts")?.table("note");
    expect(table?.uncertain).toBeUndefined();
    expect(show(table)).toEqual(["primary btree (id)"]);
  });
});

describe("what is not certain", () => {
  it("is a column that a decorator of the project makes, and no other", () => {
    const files = {
      "package.json": TYPEORM,
      "src/key.ts": 'const keys: object[] = [];\nexport function Key() { return (target: object, name: string) => { keys.push({ target, name }); }; }\n',
      "src/user.ts": 'import { Entity, PrimaryGeneratedColumn, Column } from "typeorm";\nimport { IsEmail } from "class-validator";\nimport { Key } from "./key";\n@Entity() export class User { @PrimaryGeneratedColumn() id: number; @Key() teamId: number; @IsEmail() @Column() email: string; @IsEmail() note: string; }\n',
    };
    const table = tableIn(files, "user");
    expect(table.uncertain).toBeUndefined();
    expect(table.columns.map(({ name, nullable }) => [name, nullable])).toEqual([
      ["id", "no"],
      ["teamId", "unknown"],
      ["email", "no"],
    ]);
    expect(show(table)).toEqual(["primary btree (id)", "index other (teamId)"]);
  });

  it("is the index of a discriminator beside embedded columns, which TypeORM may lose", () => {
    const files = (embedded: string): Readonly<Record<string, string>> => ({
      "package.json": TYPEORM,
      "src/pet.ts": `import { Entity, PrimaryGeneratedColumn, TableInheritance, Column } from "typeorm";\nclass Custom {}\n@Entity() @TableInheritance({ column: { type: "varchar", name: "kind" } }) export class Pet { @PrimaryGeneratedColumn() id: number; ${embedded} }\n`,
    });
    expect(show(tableIn(files(""), "pet"))).toEqual(["primary btree (id)", "index btree (kind)"]);
    expect(show(tableIn(files("@Column(() => Custom) custom: Custom;"), "pet"))).toEqual(["primary btree (id)", "index other (kind)"]);
  });

  it("is an index that a decorator adds under a condition", () => {
    const files = {
      "package.json": TYPEORM,
      "src/user.ts": 'import { Entity, PrimaryGeneratedColumn, Column, Index } from "typeorm";\nfunction Text(indexed: boolean) { return (target: object, key: string) => { Column("text")(target, key); if (indexed) Index()(target, key); }; }\nfunction Maybe() { return (target: object, key: string) => { Column("text")(target, key); if (process.env.INDEXED) Index()(target, key); }; }\n@Entity() export class User { @PrimaryGeneratedColumn() id: number; @Text(true) a: string; @Text(false) b: string; @Maybe() c: string; }\n',
    };
    expect(show(tableIn(files, "user"))).toEqual(["primary btree (id)", "index btree (a)", "index other (c)"]);
  });

  it.each([
    ["a base class that is not found", 'import { Base } from "./missing";', "@Entity() export class User extends Base { @PrimaryGeneratedColumn() id: number; }"],
    ["a name that is computed", "", "@Entity({ name: process.env.TABLE }) export class User { @PrimaryGeneratedColumn() id: number; }"],
    ["the columns of an index", "const fields = load();", "@Entity() @Index(fields) export class User { @PrimaryGeneratedColumn() id: number; }"],
    ["the target of a relation", "", '@Entity() export class User { @PrimaryGeneratedColumn() id: number; @ManyToOne("Missing") other: unknown; }'],
  ])("is a table with %s", (_, above, declared) => {
    const schema = seen({ "package.json": TYPEORM, "src/user.ts": `import { Entity, Index, ManyToOne, PrimaryGeneratedColumn } from "typeorm";\n${above}\n${declared}\n` });
    expect(schema?.tableOfModel("User")?.uncertain).toBeDefined();
  });

  it("is every name that a strategy makes which cannot be read", () => {
    const schema = seen({
      "package.json": TYPEORM,
      "src/data-source.ts": 'import { DataSource, DefaultNamingStrategy } from "typeorm";\nimport { decamelize } from "humps";\nclass Own extends DefaultNamingStrategy { columnName(name: string, given: string) { return given ?? decamelize(name); } }\nexport default new DataSource({ type: "postgres", namingStrategy: new Own() });\n',
      "src/user.ts": 'import { Entity, PrimaryColumn } from "typeorm";\n@Entity("users") export class User { @PrimaryColumn({ name: "id" }) id: number; }\n@Entity("posts") export class Post { @PrimaryColumn() postId: number; }\n',
    });
    expect(schema?.table("users")?.uncertain).toBeUndefined();
    expect(schema?.table("posts")?.uncertain).toBeDefined();
  });

  it("is the dialect when the configuration chooses it", () => {
    const files = (type: string): Readonly<Record<string, string>> => ({ "package.json": TYPEORM, "src/user.ts": `import { DataSource, Entity, PrimaryColumn } from "typeorm";\n@Entity() export class User { @PrimaryColumn() id: number; }\nexport const source = new DataSource({ type: ${type}, entities: [User] });\n` });
    expect(seen(files('"mysql"'))?.dialect).toBe("mysql");
    expect(seen(files("process.env.DB as never"))?.dialect).toBeUndefined();
    // The only driver tells it where no configuration does.
    expect(seen({ "package.json": TYPEORM, "src/user.ts": 'import { Entity, PrimaryColumn } from "typeorm";\n@Entity() export class User { @PrimaryColumn() id: number; }\n' })?.dialect).toBe("postgresql");
  });

  it("costs nothing else when a file cannot be parsed", () => {
    const schema = seen({ "package.json": TYPEORM, "src/broken.ts": "@Entity( class {{{", "src/user.ts": 'import { Entity, PrimaryColumn } from "typeorm";\n@Entity() export class User { @PrimaryColumn() id: number; }\n' });
    expect(schema?.tables.map(({ name }) => name)).toEqual(["user"]);
    expect(schema?.sources.find(({ file }) => file.endsWith("broken.ts"))?.notUnderstood).toHaveLength(1);
  });
});

describe("relations can be followed", () => {
  const relations = (table: Table | undefined): readonly unknown[] => (table?.relations ?? []).map(({ name, target, list, columns, referencedColumns, through }) => [name, target, list, columns, referencedColumns, through]);

  it("of TypeORM", () => {
    const { model } = read("typeorm");
    expect(relations(model.tableOfModel("Loan"))).toEqual([
      ["member", "Member", false, ["memberId"], ["id"], undefined],
      ["book", "Book", false, ["bookId"], ["id"], undefined],
    ]);
    expect(relations(model.tableOfModel("Member"))).toEqual([
      ["sponsor", "Member", false, ["sponsorId"], ["id"], undefined],
      ["card", "Card", false, ["cardId"], ["id"], undefined],
      ["loans", "Loan", true, [], ["memberId"], undefined],
      ["following", "Member", true, [], [], "member_following_member"],
      ["followers", "Member", true, [], [], "member_following_member"],
    ]);
    // Children of single-table inheritance are in the table of their parent.
    expect(model.tableOfModel("AudioBook")?.name).toBe("book");
    expect(model.tableOfModel("VisitEntity")?.name).toBe("visits");
  });

  it("of Sequelize", () => {
    const { model } = read("sequelize");
    expect(relations(model.tableOfModel("SalesOrder"))).toEqual([
      ["buyer", "person", false, ["buyer_id"], ["id"], undefined],
      ["Categories", "Category", true, [], [], "order_categories"],
    ]);
    expect(relations(model.tableOfModel("person")).slice(0, 3)).toEqual([
      ["orders", "SalesOrder", true, [], ["buyer_id"], undefined],
      ["Passport", "Passport", false, [], ["personId"], undefined],
      ["manager", "person", false, ["managerId"], ["id"], undefined],
    ]);
    expect(read("sequelize-typescript").model.tableOfModel("Room")?.name).toBe("treatment_rooms");
  });

  it("of MikroORM", () => {
    const { model } = read("mikroorm");
    expect(relations(model.tableOfModel("Author"))).toEqual([
      ["articles", "Article", true, [], ["author_id"], undefined],
      ["issue", "Issue", false, ["issue_id"], ["id"], undefined],
    ]);
    expect(relations(model.tableOfModel("Article")).at(-1)).toEqual(["issues", "Issue", true, [], [], "issue_contents"]);
  });
});

describe("Sequelize models", () => {
  it("follow the options of the connection", () => {
    const table = tableIn(
      {
        "package.json": SEQUELIZE,
        "src/db.js": 'const { Sequelize } = require("sequelize");\nmodule.exports = new Sequelize("postgres://localhost/app", { define: { underscored: true, timestamps: false } });\n',
        "src/user.js": 'const { DataTypes } = require("sequelize");\nconst sequelize = require("./db");\nmodule.exports = sequelize.define("UserProfile", { firstName: DataTypes.STRING });\n',
      },
      "user_profiles",
    );
    expect(table.columns.map(({ name, property }) => [name, property])).toEqual([
      ["id", "id"],
      ["first_name", "firstName"],
    ]);
  });

  it("are no other library's definitions", () => {
    expect(seen({ "package.json": SEQUELIZE, "src/a.js": '// sequelize\ncustomElements.define("x-y", { a: 1 });\nchart.init({ type: "line" }, { theme: "dark" });\nregistry.define("z", {});\n' })?.tables ?? []).toEqual([]);
  });

  it("are uncertain when their attributes are not seen", () => {
    const schema = seen({ "package.json": SEQUELIZE, "src/user.js": 'const { DataTypes } = require("sequelize");\nmodule.exports = (sequelize) => sequelize.define("user", { ...shared(), email: DataTypes.STRING });\n' });
    expect(schema?.tableOfModel("user")?.uncertain).toBeDefined();
  });
});

describe("MikroORM entities", () => {
  it("have indexes on their foreign keys but for PostgreSQL", () => {
    const entities = (driver: string): Readonly<Record<string, string>> => ({
      "package.json": MIKROORM,
      "src/config.ts": `import { defineConfig } from "@mikro-orm/${driver}";\nexport default defineConfig({});\n`,
      "src/user.ts": 'import { Entity, PrimaryKey, ManyToOne, type Ref } from "@mikro-orm/core";\n@Entity() export class User { @PrimaryKey() id: number; }\n@Entity() export class BlogPost { @PrimaryKey() id: number; @ManyToOne() author: Ref<User>; }\n',
    });
    expect(show(tableIn(entities("postgresql"), "blog_post"))).toEqual(["primary btree (id)"]);
    expect(show(tableIn(entities("sqlite"), "blog_post"))).toEqual(["primary btree (id)", "index btree (author_id)"]);
  });

  it("keep their names with EntityCaseNamingStrategy", () => {
    const table = tableIn(
      {
        "package.json": MIKROORM,
        "src/config.ts": 'import { EntityCaseNamingStrategy } from "@mikro-orm/core";\nimport { defineConfig } from "@mikro-orm/postgresql";\nexport default defineConfig({ namingStrategy: EntityCaseNamingStrategy });\n',
        "src/user.ts": 'import { Entity, PrimaryKey, Property } from "@mikro-orm/core";\n@Entity() export class UserProfile { @PrimaryKey() id: number; @Property() firstName: string; }\n',
      },
      "userProfile",
    );
    expect(table.columns.map(({ name }) => name)).toEqual(["id", "firstName"]);
  });
});

describe("when files change", () => {
  it("the schema follows a file that entities only import", () => {
    const files: Record<string, string> = {
      "/app/package.json": TYPEORM,
      "/app/src/names.ts": 'export const USERS = "users";\n',
      "/app/src/user.ts": 'import { Entity, PrimaryColumn } from "typeorm";\nimport { USERS } from "./names";\n@Entity(USERS) export class User { @PrimaryColumn() id: number; }\n',
    };
    const index = loadSchema({ host: memoryHost(files), cwd: "/app" });
    const before = index.digest();
    expect(index.schemaFor("/app/src/query.ts")?.tableOfModel("User")?.name).toBe("users");
    files["/app/src/names.ts"] = 'export const USERS = "accounts";\n';
    index.revalidate(true);
    expect(index.schemaFor("/app/src/query.ts")?.tableOfModel("User")?.name).toBe("accounts");
    expect(index.digest()).not.toBe(before);
  });
});
