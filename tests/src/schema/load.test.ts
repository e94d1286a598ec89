import path from "node:path";
import { describe, expect, it } from "vitest";
import { memoryHost, type Host } from "../../../src/host.js";
import { SchemaIndex } from "../../../src/schema/load.js";

function load(files: Readonly<Record<string, string>>, cwd = "/w"): SchemaIndex {
  return new SchemaIndex({ host: memoryHost(files), cwd });
}

const prisma = (table: string, provider = "postgresql"): string => `datasource db {\n  provider = "${provider}"\n}\nmodel ${table} {\n  id Int @id\n  email String @unique\n}\n`;
const manifest = (name: string, ...dependencies: string[]): string => JSON.stringify({ name, dependencies: Object.fromEntries(dependencies.map((dependency) => [dependency, "*"])) });
const drizzle = (table: string, core = "pg"): string => `import { ${core}Table, integer } from "drizzle-orm/${core}-core";\nexport const ${table} = ${core}Table("${table}", { id: integer("id").primaryKey() });\n`;

function tables(index: SchemaIndex, file: string, hint = {}): readonly string[] | undefined {
  return index.schemaFor(file, hint)?.tables.map((table) => table.name);
}

describe("which schema a file sees", () => {
  it("its package's own", () => {
    const index = load({ "/w/package.json": manifest("app"), "/w/prisma/schema.prisma": prisma("A"), "/w/src/x.ts": "" });
    expect(tables(index, "/w/src/x.ts")).toEqual(["A"]);
    expect(tables(index, "/w/src/deep/er/x.ts", { library: "prisma" })).toEqual(["A"]);
    expect(tables(index, "/w/src/x.ts", { library: "drizzle" })).toBeUndefined();
  });

  it("one that its package depends on, the fewest steps away", () => {
    const index = load({
      "/w/package.json": manifest("root"),
      "/w/apps/web/package.json": manifest("web", "@x/lib"),
      "/w/apps/other/package.json": manifest("other"),
      "/w/packages/lib/package.json": manifest("@x/lib", "@x/db"),
      "/w/packages/db/package.json": manifest("@x/db"),
      "/w/packages/db/prisma/schema.prisma": prisma("A"),
      "/w/packages/stats/package.json": manifest("@x/stats"),
      "/w/packages/stats/prisma/schema.prisma": prisma("B"),
    });
    expect(tables(index, "/w/apps/web/src/x.ts")).toEqual(["A"]);
    expect(tables(index, "/w/packages/stats/src/x.ts")).toEqual(["B"]);
    // No proof for either.
    expect(tables(index, "/w/apps/other/src/x.ts")).toBeUndefined();
    // The table is proof.
    expect(tables(index, "/w/apps/other/src/x.ts", { tables: ["B"] })).toEqual(["B"]);
  });

  it("the only one of the workspace", () => {
    const index = load({ "/w/package.json": manifest("root"), "/w/apps/web/package.json": manifest("web"), "/w/db/package.json": manifest("db"), "/w/db/prisma/schema.prisma": prisma("A") });
    expect(tables(index, "/w/apps/web/x.ts")).toEqual(["A"]);
  });

  it("the one around it, of several in one package", () => {
    const index = load({ "/w/package.json": manifest("root"), "/w/services/a/prisma/schema.prisma": prisma("A"), "/w/services/b/prisma/schema.prisma": prisma("B") });
    expect(tables(index, "/w/services/a/src/x.ts")).toEqual(["A"]);
    expect(tables(index, "/w/services/b/x.ts")).toEqual(["B"]);
    expect(tables(index, "/w/x.ts")).toBeUndefined();
    expect(index.schemasFor("/w/x.ts").length).toBe(2);
  });

  it("the one of its dialect", () => {
    const index = load({ "/w/package.json": manifest("db", "drizzle-orm"), "/w/schema/pg.ts": drizzle("t", "pg"), "/w/schema/sqlite.ts": drizzle("t", "sqlite"), "/w/schema/mysql.ts": drizzle("t", "mysql") });
    expect(index.schemaFor("/w/x.ts")).toBeUndefined();
    expect(index.schemasFor("/w/x.ts").map((schema) => schema.dialect).sort()).toEqual(["mysql", "postgresql", "sqlite"]);
    expect(index.schemaFor("/w/x.ts", { dialect: "sqlite" })?.dialect).toBe("sqlite");
    expect(index.schemaFor("/w/x.ts", { dialect: "mariadb" })?.dialect).toBe("mysql");
  });

  it("that of a neighbour, when the linter runs inside one package of a monorepo", () => {
    const files = { "/w/package.json": JSON.stringify({ workspaces: ["apps/*", "packages/*"] }), "/w/apps/web/package.json": manifest("web", "@x/db"), "/w/packages/db/package.json": manifest("@x/db"), "/w/packages/db/prisma/schema.prisma": prisma("A") };
    expect(load(files, "/w/apps/web").root).toBe("/w");
    expect(tables(load(files, "/w/apps/web"), "/w/apps/web/x.ts")).toEqual(["A"]);
    const pnpm = { ...files, "/w/package.json": "{}", "/w/pnpm-workspace.yaml": "packages:\n  # all\n  - 'apps/**'\n  - packages/*\n" };
    expect(load(pnpm, "/w/apps/web").root).toBe("/w");
    expect(load({ ...files, "/w/package.json": JSON.stringify({ workspaces: ["libs/*"] }) }, "/w/apps/web").root).toBe("/w/apps/web");
  });

  it("none where there is none", () => {
    expect(tables(load({ "/w/package.json": manifest("app") }), "/w/x.ts")).toBeUndefined();
    expect(tables(load({}), "/w/x.ts")).toBeUndefined();
  });
});

describe("discovery", () => {
  it("skips what is not the project's own", () => {
    const index = load({ "/w/package.json": manifest("a", "drizzle-orm"), "/w/node_modules/x/prisma/schema.prisma": prisma("X"), "/w/dist/prisma/schema.prisma": prisma("Y"), "/w/.next/schema.prisma": prisma("Z"), "/w/src/__tests__/t.ts": drizzle("q"), "/w/src/t.test.ts": drizzle("r") });
    expect(index.summary()).toEqual([]);
  });

  it("joins the files of a schema folder, and keeps schemas of one folder apart", () => {
    const index = load({
      "/w/package.json": manifest("a"),
      "/w/prisma/schema/base.prisma": 'datasource db {\n  provider = "mysql"\n}\n',
      "/w/prisma/schema/a.prisma": "model A {\n id Int @id\n}\n",
      "/w/prisma/schema/deep/b.prisma": "model B {\n id Int @id\n}\n",
      "/w/other/pg.prisma": prisma("P", "postgresql"),
      "/w/other/lite.prisma": prisma("L", "sqlite"),
    });
    expect(index.summary().map(({ id, model }) => [id, model?.dialect, model?.tables.map((table) => table.name).sort()])).toEqual([
      ["other/lite.prisma", "sqlite", ["L"]],
      ["other/pg.prisma", "postgresql", ["P"]],
      ["prisma/schema/base.prisma", "mysql", ["A", "B"]],
    ]);
  });

  it("reads casing and separate schemas from drizzle's configuration", () => {
    const index = load({
      "/w/package.json": manifest("a", "drizzle-orm"),
      "/w/drizzle.one.config.ts": `export default defineConfig({ schema: "./src/one/*.ts", dialect: "postgresql", casing: "snake_case" }) // drizzle-kit`,
      "/w/drizzle-two.config.ts": `export default defineConfig({ schema: ["./src/two"], dialect: "postgresql" }) // drizzle-kit`,
      "/w/src/one/a.ts": `import { pgTable, integer } from "drizzle-orm/pg-core";\nexport const a = pgTable("a", { someId: integer() });`,
      "/w/src/two/b.ts": drizzle("b"),
    });
    const models = index.summary().map(({ model }) => model);
    expect(models.map((model) => model?.tables.map((table) => table.name))).toEqual([["a"], ["b"]]);
    expect(models[0]?.tables[0]?.columns[0]?.name).toBe("some_id");
  });

  it("costs nothing but facts in a hostile repository", () => {
    const text = "x".repeat(1000);
    const host: Host = {
      readText: (file) => (file.endsWith("schema.prisma") ? undefined : text),
      stat: (file) => ({ kind: /\.\w+$/u.test(file) ? "file" : "directory", size: 1, mtimeMs: 1 }),
      // Every folder holds itself.
      list: () => [{ name: "a", kind: "directory" }, { name: "b", kind: "directory" }, { name: "link", kind: "other" }, { name: "schema.prisma", kind: "file" }, { name: "package.json", kind: "file" }],
    };
    const begun = performance.now();
    const index = new SchemaIndex({ host, cwd: "/w" });
    expect(index.schemaFor("/w/x.ts")).toBeUndefined();
    expect(performance.now() - begun).toBeLessThan(5_000);
  });
});

describe("staying current", () => {
  function clocked(files: Record<string, string>): { readonly index: SchemaIndex; readonly tick: (milliseconds: number) => void; readonly stats: () => number; readonly write: (file: string, text: string | undefined) => void } {
    const times = new Map<string, number>();
    let stats = 0;
    let now = 0;
    let clock = 1;
    const host: Host = {
      readText: (file) => files[file],
      stat(file) {
        stats += 1;
        const found = memoryHost(files).stat(file);
        return found === undefined ? undefined : { ...found, mtimeMs: times.get(file) ?? 1 };
      },
      list: (directory) => memoryHost(files).list(directory),
    };
    return {
      index: new SchemaIndex({ host, cwd: "/w", now: () => (now += 0.001) }),
      tick: (milliseconds) => (now += milliseconds),
      stats: () => stats,
      write(file, text) {
        clock += 1;
        if (text === undefined) Reflect.deleteProperty(files, file);
        else files[file] = text;
        times.set(file, clock);
        for (let above = path.dirname(file); above.length > 1; above = path.dirname(above)) times.set(above, clock);
      },
    };
  }

  it("sees a changed, a new and a removed file", () => {
    const { index, tick, write } = clocked({ "/w/package.json": manifest("a"), "/w/prisma/schema.prisma": prisma("A") });
    const seen = (): readonly string[] | undefined => {
      tick(1000);
      index.revalidate();
      return tables(index, "/w/x.ts");
    };
    expect(seen()).toEqual(["A"]);
    const digest = index.digest();
    write("/w/prisma/schema.prisma", prisma("B"));
    expect(seen()).toEqual(["B"]);
    expect(index.digest()).not.toBe(digest);
    write("/w/prisma/more.prisma", "model C {\n id Int @id\n}\n");
    expect(seen()).toEqual(["B", "C"]);
    write("/w/prisma/more.prisma", undefined);
    write("/w/prisma/schema.prisma", undefined);
    expect(seen()).toBeUndefined();
    write("/w/prisma/schema.prisma", prisma("A"));
    expect(seen()).toEqual(["A"]);
    expect(index.digest()).toBe(digest);
  });

  it("does not look again at once", () => {
    const { index, stats } = clocked({ "/w/package.json": manifest("a"), "/w/prisma/schema.prisma": prisma("A") });
    index.schemaFor("/w/x.ts");
    index.revalidate();
    const before = stats();
    for (let file = 0; file < 5; file += 1) index.revalidate();
    expect(stats()).toBe(before);
  });
});

describe("several accounts of one database", () => {
  const SQL = 'CREATE TABLE users (id serial PRIMARY KEY, email text); CREATE INDEX users_lower ON users (lower(email)); CREATE TABLE posts (id serial PRIMARY KEY, author_id int); CREATE INDEX posts_author ON posts (author_id);';
  const PRISMA = 'datasource db {\n  provider = "postgresql"\n}\nmodel User {\n  id Int @id\n  mail String @map("email")\n  @@map("users")\n}\nmodel Post {\n  id Int @id\n  authorId Int @map("author_id")\n  @@map("posts")\n}\n';
  const DRIZZLE = 'import { pgTable, integer, text } from "drizzle-orm/pg-core";\nexport const people = pgTable("users", { id: integer("id").primaryKey(), address: text("email") });\n';

  it("in one package are one schema, by every library's names", () => {
    const index = load({ "/w/package.json": manifest("app", "drizzle-orm"), "/w/prisma/schema.prisma": PRISMA, "/w/migrations/0001_a.sql": SQL, "/w/src/db/tables.ts": DRIZZLE });
    const schema = index.schemaFor("/w/src/x.ts");
    expect(schema?.tables.map((table) => table.name).sort()).toEqual(["posts", "users"]);
    const users = schema?.table("users");
    expect(schema?.tableOfModel("user")).toBe(users);
    expect(schema?.tableOfModel("people")).toBe(users);
    expect(users?.columns.map((column) => column.name)).toEqual(["id", "email"]);
    expect(new Set([users?.columns[1]?.property, ...(users?.columns[1]?.otherProperties ?? [])])).toEqual(new Set(["mail", "address"]));
    expect(users?.indexes.map((index) => index.name)).toContain("users_lower");
    expect(schema?.table("posts")?.indexes.map((index) => index.name)).toContain("posts_author");
    expect(index.schemaFor("/w/src/x.ts", { library: "prisma" })).toBe(schema);
  });

  it("are joined with plain SQL of another package, when the declaration has no migrations of its own", () => {
    const files = { "/w/package.json": manifest("root"), "/w/supabase/migrations/20240101_a.sql": SQL, "/w/packages/db/package.json": manifest("@x/db"), "/w/packages/db/prisma/schema.prisma": PRISMA, "/w/apps/web/package.json": manifest("web", "@x/db") };
    const seen = (more: Record<string, string> = {}): readonly (string | undefined)[] | undefined => load({ ...files, ...more }).schemaFor("/w/apps/web/x.ts")?.table("posts")?.indexes.map((index) => index.name);
    expect(seen()).toContain("posts_author");
    expect(seen({ "/w/packages/db/prisma/migrations/1_a/migration.sql": "CREATE TABLE posts (id int);" })).not.toContain("posts_author");
  });

  it("of two services stay two", () => {
    const index = load({ "/w/package.json": manifest("root"), "/w/a/prisma/schema.prisma": PRISMA, "/w/b/migrations/0001_a.sql": SQL });
    expect(index.schemasFor("/w/x.ts").length).toBe(2);
    expect(index.schemaFor("/w/a/x.ts")?.table("posts")?.indexes.map((item) => item.name)).not.toContain("posts_author");
  });
});

describe("files that cannot be read", () => {
  it("leave every table of their database uncertain", () => {
    const files = memoryHost({ "/w/package.json": manifest("app"), "/w/migrations/0001_a.sql": "CREATE TABLE a (id int);", "/w/migrations/0002_b.sql": "" });
    const host: Host = { ...files, readText: (file) => (file.endsWith("0002_b.sql") ? undefined : files.readText(file)) };
    expect(new SchemaIndex({ host, cwd: "/w" }).schemaFor("/w/x.ts")?.table("a")?.uncertain).toContain("0002_b.sql");
  });
});
