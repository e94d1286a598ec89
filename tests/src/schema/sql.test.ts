import { describe, expect, it } from "vitest";
import { memoryHost } from "../../../src/host.js";
import { SchemaIndex } from "../../../src/schema/load.js";
import { mergeParts } from "../../../src/schema/merge.js";
import type { SchemaModel, Table } from "../../../src/schema/model.js";
import type { SchemaDialect } from "../../../src/schema/names.js";
import { compareMigrations, upPart } from "../../../src/schema/sources/migrations.js";
import { readSqlFiles, sniffDialect } from "../../../src/schema/sources/sql.js";

function replay(text: string | readonly string[], dialect: SchemaDialect = "postgresql"): SchemaModel {
  const texts = typeof text === "string" ? [text] : text;
  const part = readSqlFiles(
    texts.map((one, at) => ({ file: `/m/${String(at)}.sql`, text: one })),
    dialect,
  );
  return mergeParts([part], dialect, "test");
}

function indexes(table: Table | undefined): readonly string[] {
  return (table?.indexes ?? []).map((index) => `${index.kind} ${index.name ?? "-"} (${index.parts.map((part) => part.column ?? part.expression).join(", ")})${index.where === undefined ? "" : ` where ${index.where}`}${index.implicit === true ? " implicit" : ""}`);
}

describe("SQL applied in order", () => {
  it("reads tables, keys and indexes with their places", () => {
    const schema = replay(`
CREATE TABLE users (
  id serial PRIMARY KEY,
  email text NOT NULL UNIQUE,
  team_id int REFERENCES teams (id),
  deleted_at timestamptz
);
CREATE INDEX users_team ON users (team_id) WHERE deleted_at IS NULL;
CREATE INDEX ON users USING gin (email gin_trgm_ops);
CREATE UNIQUE INDEX CONCURRENTLY users_lower ON public.users (lower(email));
`);
    const users = schema.table("users", "public");
    expect(users?.columns.map((column) => [column.name, column.type, column.nullable])).toEqual([
      ["id", "integer", "no"],
      ["email", "text", "no"],
      ["team_id", "integer", "yes"],
      ["deleted_at", "timestamptz", "yes"],
    ]);
    expect(indexes(users)).toEqual(["primary users_pkey (id)", "unique users_email_key (email)", "index users_team (team_id) where deleted_at IS NULL", "index users_email_idx (email)", "unique users_lower (lower(email))"]);
    expect(users?.indexes.map((index) => index.method)).toEqual(["btree", "btree", "btree", "gin", "btree"]);
    expect(users?.foreignKeys[0]).toMatchObject({ columns: ["team_id"], referencedTable: "teams", referencedColumns: ["id"] });
    expect(users?.provenance).toEqual({ file: "/m/0.sql", line: 2, kind: "sql" });
    expect(users?.indexes[2]?.provenance.line).toBe(8);
  });

  it("applies drops, renames and changes in order", () => {
    const schema = replay([
      "CREATE TABLE a (id int PRIMARY KEY, b int, c int, d int); CREATE INDEX a_b ON a (b); CREATE INDEX a_cd ON a (c, d); CREATE INDEX a_d ON a (d); CREATE TABLE gone (id int);",
      "DROP INDEX a_b; ALTER TABLE a RENAME COLUMN c TO cc; DROP TABLE IF EXISTS gone;",
      "ALTER TABLE a RENAME TO aa; ALTER TABLE aa DROP COLUMN d; ALTER TABLE aa ADD COLUMN e text; ALTER TABLE aa ADD CONSTRAINT e_unique UNIQUE (e); ALTER TABLE aa ADD COLUMN f int;",
      "ALTER INDEX e_unique RENAME TO e_key; CREATE INDEX aa_cc ON aa (cc); ALTER TABLE aa DROP CONSTRAINT a_pkey;",
    ]);
    expect(schema.tables.map((table) => table.name)).toEqual(["aa"]);
    expect(schema.table("aa")?.columns.map((column) => column.name)).toEqual(["id", "b", "cc", "e", "f"]);
    expect(indexes(schema.table("aa"))).toEqual(["unique e_key (e)", "index aa_cc (cc)"]);
  });

  it("follows SQLite's way of rebuilding a table", () => {
    const schema = replay(
      "CREATE TABLE users (id integer PRIMARY KEY, a text); CREATE INDEX users_a ON users (a); CREATE TABLE __new_users (id integer PRIMARY KEY, a text COLLATE NOCASE, b int); INSERT INTO __new_users SELECT * FROM users; DROP TABLE users; ALTER TABLE __new_users RENAME TO users; CREATE INDEX users_b ON users (b);",
      "sqlite",
    );
    expect(indexes(schema.table("USERS")).map((text) => text.replace(/ \S+ /u, " "))).toEqual(["primary (id)", "index (b)"]);
    expect(schema.table("users")?.columns[1]?.collation?.toLowerCase()).toBe("nocase");
  });

  it("keeps what MySQL keeps, and adds what InnoDB makes", () => {
    const schema = replay(
      "CREATE TABLE `a` (`id` int NOT NULL AUTO_INCREMENT, `b` int, `c` varchar(20), PRIMARY KEY (`id`), KEY `b_c` (`b`,`c`), UNIQUE KEY `c_u` (`c`(10)), CONSTRAINT `f` FOREIGN KEY (`b`) REFERENCES `z` (`id`)) ENGINE=InnoDB; CREATE TABLE c (id int primary key, a_id int, foreign key (a_id) references a (id)); ALTER TABLE a DROP INDEX b_c;",
      "mysql",
    );
    expect(indexes(schema.table("A"))).toEqual(["primary PRIMARY (id)", "unique c_u (c)", "index - (b) implicit"]);
    expect(schema.table("a")?.indexes[1]?.parts[0]?.length).toBe(10);
    expect(indexes(schema.table("c"))).toEqual(["primary PRIMARY (id)", "index - (a_id) implicit"]);
  });

  it("marks the tables that a statement it does not understand may change", () => {
    const schema = replay("CREATE TABLE a (id int); CREATE TABLE b (id int);\nDO $$ BEGIN EXECUTE 'CREATE INDEX x ON a (id)'; END $$;\nALTER TABLE b FROBNICATE ALL THE COLUMNS;");
    expect(schema.table("b")?.uncertain ?? schema.sources[0]?.notUnderstood.length).toBeDefined();
    expect(schema.table("a")?.uncertain ?? indexes(schema.table("a")).join()).not.toBe("");
  });

  it("forgets temporary tables", () => {
    expect(replay("CREATE TEMP TABLE a (id int); CREATE INDEX x ON a (id); ALTER TABLE a ADD COLUMN b int;").tables).toEqual([]);
  });

  it("is uncertain about a table that was created elsewhere", () => {
    expect(replay("CREATE INDEX x ON a (b);").table("a")?.uncertain).toBeDefined();
  });

  it.each(["", ";", "CREATE TABLE", "CREATE TABLE a (", "'", "/*", "\u0000", "(".repeat(100_000), "CREATE TABLE a (b int".repeat(2_000), "ALTER TABLE a RENAME TO a; ALTER TABLE a RENAME TO b; ALTER TABLE b RENAME COLUMN x TO x;"])("never throws: %#", (text) => {
    for (const dialect of ["postgresql", "mysql", "sqlite", undefined] as const) expect(() => replay(text, dialect)).not.toThrow();
  });
});

describe("what a planner needs to know of a column", () => {
  const columns = (text: string, dialect: SchemaDialect): readonly unknown[] => (replay(text, dialect).table("t")?.columns ?? []).map(({ name, rowid, collation, generated }) => ({ name, rowid, collation, generated }));

  it("tells SQLite's row number from other primary keys", () => {
    expect(columns("CREATE TABLE t (id INTEGER PRIMARY KEY, a int)", "sqlite")).toEqual([{ name: "id", rowid: true }, { name: "a" }]);
    expect(columns("CREATE TABLE t (id INTEGER, PRIMARY KEY (id))", "sqlite")).toEqual([{ name: "id", rowid: true }]);
    expect(columns("CREATE TABLE t (id INT PRIMARY KEY)", "sqlite")).toEqual([{ name: "id", rowid: false }]);
    expect(columns("CREATE TABLE t (id INTEGER PRIMARY KEY) WITHOUT ROWID", "sqlite")).toEqual([{ name: "id", rowid: false }]);
    expect(columns("CREATE TABLE t (a INTEGER, b INTEGER, PRIMARY KEY (a, b))", "sqlite")).toEqual([{ name: "a", rowid: false }, { name: "b", rowid: false }]);
    expect(columns("CREATE TABLE t (old INTEGER PRIMARY KEY); ALTER TABLE t RENAME COLUMN old TO id", "sqlite")).toEqual([{ name: "id", rowid: true }]);
  });

  it("gives MySQL's columns the collation of their table, unless they have a character set of their own", () => {
    const text = "CREATE TABLE t (a varchar(9), b varchar(9) COLLATE utf8mb4_bin, c varchar(9) CHARACTER SET latin1) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci";
    expect(columns(text, "mysql")).toEqual([{ name: "a", collation: "utf8mb4_unicode_ci" }, { name: "b", collation: "utf8mb4_bin" }, { name: "c" }]);
  });

  it("keeps the expression of a generated column", () => {
    expect(columns("CREATE TABLE t (a varchar(9), b varchar(9) GENERATED ALWAYS AS (lower(a)) STORED, c int AS (d + (1)) VIRTUAL)", "mysql")).toEqual([{ name: "a" }, { name: "b", generated: "lower(a)" }, { name: "c", generated: "d + (1)" }]);
    expect(columns("CREATE TABLE t (a varchar(9), b varchar(9) AS (lower(a))); ALTER TABLE t RENAME COLUMN a TO z", "mysql")).toEqual([{ name: "z" }, { name: "b", generated: "lower(z)" }]);
  });
});

describe("the order of migrations", () => {
  it.each([
    [["10_b.sql", "2_a.sql"], ["2_a.sql", "10_b.sql"]],
    [["V1.10__c.sql", "V1.9__b.sql", "R__views.sql", "V1__a.sql"], ["V1__a.sql", "V1.9__b.sql", "V1.10__c.sql", "R__views.sql"]],
    [["20240102_x.sql", "20240101120000_y.sql"], ["20240102_x.sql", "20240101120000_y.sql"]],
    [["2024-01-31-a.sql", "2024-01-02-b.sql"], ["2024-01-02-b.sql", "2024-01-31-a.sql"]],
    [["0001_b.sql", "0001_a.sql"], ["0001_a.sql", "0001_b.sql"]],
  ])("%j", (names, sorted) => {
    expect([...names].sort((left, right) => compareMigrations(left, right))).toEqual(sorted);
  });

  it.each([
    ["dbmate", "-- migrate:up\nCREATE TABLE a (id int);\n-- migrate:down\nDROP TABLE a;\n"],
    ["goose", "-- +goose Up\nCREATE TABLE a (id int);\n-- +goose Down\nDROP TABLE a;\n"],
    ["node-pg-migrate", "-- Up Migration\nCREATE TABLE a (id int);\n-- Down Migration\nDROP TABLE a;\n"],
    ["down before up", "-- migrate:down\nDROP TABLE a;\n-- migrate:up\nCREATE TABLE a (id int);\n"],
    ["by hand", "-- Up\nCREATE TABLE a (id int);\n-- Down\nDROP TABLE a;\n"],
  ])("ignores the way back: %s", (_, text) => {
    expect(upPart(text)).not.toContain("DROP");
    expect(upPart(text)).toContain("CREATE");
    expect(upPart(text).split("\n").length).toBe(text.split("\n").length);
  });

  it.each([
    ["CREATE TABLE a (id bigserial, d jsonb);", "postgresql"],
    ["CREATE TABLE `a` (`id` int AUTO_INCREMENT) ENGINE=InnoDB;", "mysql"],
    ["CREATE TABLE a (id integer primary key autoincrement);", "sqlite"],
    ["CREATE TABLE t (a UInt8) ENGINE = MergeTree ORDER BY a;", "other"],
    ["CREATE TABLE a (id int);", undefined],
  ])("tells the dialect of %s", (text, dialect) => {
    expect(sniffDialect(text)).toBe(dialect);
  });
});

describe("layouts of SQL", () => {
  const CREATE = "CREATE TABLE a (id serial PRIMARY KEY, b int);\n";
  const ADD = "CREATE INDEX a_b ON a (b);\n";
  const both = (dir: string, first: string, second: string): Record<string, string> => ({ [`/w/${dir}/${first}`]: CREATE, [`/w/${dir}/${second}`]: ADD });
  it.each([
    ["Prisma", { "/w/prisma/schema.prisma": 'datasource db {\n provider = "postgresql"\n}\nmodel a {\n id Int @id\n b Int\n}\n', "/w/prisma/migrations/migration_lock.toml": 'provider = "postgresql"', "/w/prisma/migrations/20240101000000_a/migration.sql": CREATE, "/w/prisma/migrations/20240102000000_b/migration.sql": ADD }],
    ["Drizzle", { ...both("drizzle", "0001_zzz.sql", "0000_aaa.sql"), "/w/drizzle/meta/_journal.json": '{"dialect":"postgresql","entries":[{"tag":"0001_zzz"},{"tag":"0000_aaa"}]}' }],
    ["Supabase", both("supabase/migrations", "20240101000000_a.sql", "20240102000000_b.sql")],
    ["Flyway", both("src/main/resources/db/migration", "V9__a.sql", "V10__b.sql")],
    ["dbmate", { "/w/db/migrations/20240101_a.sql": `-- migrate:up\n${CREATE}${ADD}\n-- migrate:down\nDROP TABLE a;` }],
    ["golang-migrate", { ...both("migrations", "1_a.up.sql", "2_b.up.sql"), "/w/migrations/2_b.down.sql": "DROP INDEX a_b;", "/w/migrations/1_a.down.sql": "DROP TABLE a;" }],
    ["goose", { "/w/db/migrations/00001_a.sql": `-- +goose Up\n${CREATE}${ADD}-- +goose Down\nDROP TABLE a;` }],
    ["node-pg-migrate", { "/w/migrations/1706702400000_a.sql": `-- Up Migration\n${CREATE}${ADD}-- Down Migration\nDROP TABLE a;` }],
    ["Sqitch", { "/w/sqitch.plan": "%syntax-version=1.0.0\n%project=a\n\nwithout_index 2024-01-01T00:00:00Z A <a@b.c> # first\n@v1 2024-01-01T00:00:00Z A <a@b.c>\nadd_index [without_index] 2024-01-02T00:00:00Z A <a@b.c> # second\n", "/w/deploy/without_index.sql": `${CREATE}DROP INDEX IF EXISTS a_b;`, "/w/deploy/add_index.sql": ADD, "/w/revert/without_index.sql": "DROP TABLE a;", "/w/revert/add_index.sql": "DROP INDEX a_b;", "/w/verify/add_index.sql": "SELECT 1;" }],
    ["a folder of tables", { "/w/db/tables/_before.sql": "CREATE TYPE t AS ENUM ('x');", "/w/db/tables/b.sql": "CREATE TABLE b (a_id int REFERENCES a (id));", "/w/db/tables/a.sql": CREATE + ADD }],
    ["a folder of SQL", both("migrations", "001_a.sql", "002_b.sql")],
    ["a dump", { "/w/db/schema.sql": CREATE + ADD }],
    ["structure.sql", { "/w/db/structure.sql": CREATE + ADD }],
    ["a dump beside migrations", { "/w/db/schema.sql": CREATE, "/w/db/migrations/100_b.sql": ADD }],
    ["init.sql of a container", { "/w/docker/init.sql": CREATE + ADD }],
  ])("%s", (_, files) => {
    const index = new SchemaIndex({ host: memoryHost({ "/w/package.json": '{"name":"a"}', ...files }), cwd: "/w" });
    const schema = index.schemaFor("/w/src/x.ts");
    expect(schema?.dialect).toBe("postgresql");
    expect(indexes(schema?.table("a"))).toEqual(["primary a_pkey (id)", "index a_b (b)"]);
  });

  it("keeps databases of several dialects apart", () => {
    const index = new SchemaIndex({ host: memoryHost({ "/w/package.json": '{"name":"a"}', "/w/migrations/sqlite/001_a.sql": "CREATE TABLE a (id int);", "/w/migrations/mysql/001_a.sql": "CREATE TABLE a (id int);" }), cwd: "/w" });
    expect(index.summary().map(({ model }) => model?.dialect)).toEqual(["mysql", "sqlite"]);
  });

  it("merges a declaration with its migrations: what any of them has exists", () => {
    const index = new SchemaIndex({
      host: memoryHost({
        "/w/package.json": '{"name":"a"}',
        "/w/prisma/schema.prisma": 'datasource db {\n provider = "postgresql"\n}\nmodel A {\n id Int @id\n b Int\n c Int\n @@index([c])\n}\n',
        "/w/prisma/migrations/1_a/migration.sql": 'CREATE TABLE "A" (id int, b int, c int, CONSTRAINT "A_pkey" PRIMARY KEY (id)); CREATE INDEX "A_b_idx" ON "A" (b); CREATE INDEX "A_lower" ON "A" (lower(b::text)); CREATE INDEX "gone" ON "A" (c, b);',
        "/w/prisma/migrations/2_b/migration.sql": 'DROP INDEX "gone";',
      }),
      cwd: "/w",
    });
    const table = index.schemaFor("/w/x.ts")?.tableOfModel("a");
    expect(indexes(table)).toEqual(["primary A_pkey (id)", "index A_c_idx (c)", "index A_b_idx (b)", "index A_lower (lower(b::text))"]);
    expect(table?.indexes.map((item) => item.provenance.kind)).toEqual(["prisma", "prisma", "sql", "sql"]);
  });
});
