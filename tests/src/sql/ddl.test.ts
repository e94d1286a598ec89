import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { Dialect } from "../../../src/query/model.js";
import { readDdl, splitStatements, type DdlChange } from "../../../src/sql/index.js";
import { cut } from "./support.js";

function changes(text: string, dialect: Dialect | "unknown" = "postgresql"): readonly DdlChange[] {
  return readDdl(text, dialect === "unknown" ? undefined : dialect);
}

function only(text: string, dialect: Dialect | "unknown" = "postgresql"): DdlChange {
  const found = changes(text, dialect);
  const [first] = found;
  if (first === undefined || found.length !== 1) throw new Error(JSON.stringify(found));
  return first;
}

describe("PostgreSQL", () => {
  const dump = `--
-- PostgreSQL database dump
\\restrict abc
SET statement_timeout = 0;
SELECT pg_catalog.set_config('search_path', '', false);
\\connect inventory
CREATE FUNCTION public.f() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN CREATE TABLE not_here (a int); END; $$;
CREATE TYPE public.status AS ENUM ('a', 'b');
CREATE TABLE public.users (
    id integer NOT NULL,
    email character varying(255) DEFAULT 'NOT NULL'::character varying NOT NULL,
    "createdAt" timestamp(3) with time zone DEFAULT now(),
    tags text[] DEFAULT '{}'::text[],
    parent_id bigint REFERENCES public.users(id) ON DELETE SET NULL,
    CONSTRAINT chk CHECK ((id > 0))
);
ALTER TABLE public.users OWNER TO postgres;
COPY public.users (id, email) FROM stdin;
1\tCREATE TABLE evil (a int);
2\t'
\\.
ALTER TABLE ONLY public.users
    ADD CONSTRAINT users_pkey PRIMARY KEY (id);
CREATE UNIQUE INDEX users_email_idx ON public.users USING btree (lower((email)::text) text_pattern_ops DESC NULLS LAST, "createdAt") INCLUDE (id) WHERE (tags IS NOT NULL);
GRANT ALL ON TABLE public.users TO app;
`;

  it("takes an exclusion constraint for the index that enforces it", () => {
    expect(only('ALTER TABLE periods ADD CONSTRAINT no_overlap EXCLUDE USING gist ("accountId" WITH =, period WITH &&) WHERE (NOT cancelled)')).toMatchObject({
      change: "createIndex", table: { name: "periods" }, index: { name: "no_overlap", method: "gist", unique: false, parts: [{ column: "accountId" }, { column: "period" }], where: "NOT cancelled" },
    });
    expect(only("CREATE TABLE b (r tstzrange, exclude text, EXCLUDE (r WITH &&))")).toMatchObject({ columns: [{ name: "r" }, { name: "exclude" }], constraints: [{ kind: "index", index: { method: "gist", parts: [{ column: "r" }] } }] });
  });

  it("reads a dump", () => {
    expect(changes(dump)).toMatchObject([
      {
        change: "createTable", table: { schema: "public", name: "users" }, temporary: false,
        columns: [
          { name: "id", type: "integer", nullable: false }, { name: "email", type: "character varying", nullable: false }, { name: "createdAt", type: "timestamp with time zone", nullable: true },
          { name: "tags", type: "text[]" }, { name: "parent_id", nullable: true, references: { table: { schema: "public", name: "users" }, columns: ["id"] } },
        ],
        constraints: [{ kind: "other", name: "chk" }],
      },
      { change: "addConstraint", table: { schema: "public", name: "users" }, constraint: { kind: "primary", name: "users_pkey", parts: [{ column: "id" }] } },
      {
        change: "createIndex",
        index: {
          name: "users_email_idx", unique: true, method: "btree", include: ["id"], where: "tags IS NOT NULL",
          parts: [{ expression: "lower((email)::text)", operatorClass: "text_pattern_ops", descending: true, nulls: "last" }, { column: "createdAt" }],
        },
      },
    ]);
  });

  it("gives places in the file", () => {
    const [table, constraint] = changes(dump);
    expect(cut(dump, table?.span)?.startsWith("CREATE TABLE public.users (")).toBe(true);
    expect(table?.change === "createTable" && cut(dump, table.columns[0]?.span)).toBe("id integer NOT NULL");
    expect(cut(dump, constraint?.span)).toBe("ADD CONSTRAINT users_pkey PRIMARY KEY (id)");
  });

  it("reads indexes", () => {
    const cases: readonly (readonly [string, object])[] = [
      ["CREATE INDEX CONCURRENTLY IF NOT EXISTS i ON t (a)", { ifNotExists: true, unique: false, name: "i", method: "btree" }],
      ["CREATE INDEX ON ONLY t USING gin (tags jsonb_path_ops)", { method: "gin", parts: [{ column: "tags", operatorClass: "jsonb_path_ops" }] }],
      ["CREATE INDEX i ON t (a COLLATE \"C\" varchar_pattern_ops, (b + 1), coalesce(c, 0), (data->>'k'))", { parts: [{ column: "a", collation: "C", operatorClass: "varchar_pattern_ops" }, { expression: "b + 1" }, { expression: "coalesce(c, 0)" }, { expression: "data->>'k'" }] }],
      ["CREATE UNIQUE INDEX i ON t (a, b) NULLS NOT DISTINCT WITH (fillfactor = 70) WHERE deleted_at IS NULL AND (a > 1)", { unique: true, where: "deleted_at IS NULL AND (a > 1)" }],
    ];
    for (const [text, index] of cases) expect(only(text), text).toMatchObject({ change: "createIndex", table: { name: "t" }, index });
  });

  it("reads ALTER TABLE action by action", () => {
    expect(changes(`ALTER TABLE IF EXISTS users ADD CONSTRAINT u UNIQUE USING INDEX ui, ADD COLUMN IF NOT EXISTS age int NOT NULL DEFAULT 1, DROP COLUMN foo CASCADE,
      ALTER COLUMN age TYPE bigint USING age::bigint, ALTER age SET NOT NULL, ALTER COLUMN age DROP NOT NULL, ALTER COLUMN age SET DEFAULT 2, ADD FOREIGN KEY (a, b) REFERENCES x (c, d) NOT VALID, DROP CONSTRAINT IF EXISTS old`)).toMatchObject([
      { change: "addConstraint", constraint: { kind: "unique", name: "u", usingIndex: "ui" } },
      { change: "addColumn", column: { name: "age", nullable: false } },
      { change: "dropColumn", column: "foo" },
      { change: "alterColumn", column: "age", type: "bigint" },
      { change: "alterColumn", nullable: false },
      { change: "alterColumn", nullable: true },
      { change: "addConstraint", constraint: { kind: "foreign", columns: ["a", "b"], table: { name: "x" }, referenced: ["c", "d"] } },
      { change: "dropConstraint", name: "old" },
    ]);
    expect(changes("ALTER TABLE a RENAME TO b; ALTER TABLE a RENAME COLUMN x TO y; ALTER TABLE a RENAME x TO y; ALTER INDEX i RENAME TO j; ALTER TABLE a RENAME CONSTRAINT c TO d;")).toMatchObject([
      { change: "renameTable", to: { name: "b" } }, { change: "renameColumn", column: "x", to: "y" }, { change: "renameColumn" }, { change: "renameIndex", name: "i", to: "j" }, { change: "renameIndex", name: "c", to: "d" },
    ]);
    expect(changes("ALTER TABLE a OWNER TO x; ALTER TABLE a ENABLE ROW LEVEL SECURITY; ALTER TABLE a VALIDATE CONSTRAINT c; ALTER TABLE a SET (fillfactor = 70); ALTER TYPE s ADD VALUE 'x';")).toEqual([]);
  });

  it("reads drops", () => {
    expect(changes('DROP TABLE IF EXISTS a, public."B" CASCADE; DROP INDEX CONCURRENTLY IF EXISTS public.i, j; DROP MATERIALIZED VIEW v; DROP FUNCTION f();')).toMatchObject([
      { change: "dropTable", tables: [{ name: "a" }, { schema: "public", name: "B" }] }, { change: "dropIndex", schema: "public", name: "i" }, { change: "dropIndex", name: "j" }, { change: "dropTable", tables: [{ name: "v" }] },
    ]);
  });

  it("knows when columns are not written", () => {
    for (const text of ["CREATE TABLE c AS SELECT 1 AS a", "CREATE TABLE c (LIKE d INCLUDING ALL)", "CREATE TABLE c PARTITION OF d FOR VALUES IN (1)", "CREATE TABLE c (a int) INHERITS (d)"]) expect(only(text), text).toMatchObject({ change: "createTable", opaqueColumns: true });
    expect(only("CREATE TABLE c (a int, b text) PARTITION BY RANGE (a)")).not.toHaveProperty("opaqueColumns");
    expect(only("CREATE TEMP TABLE IF NOT EXISTS c (a serial PRIMARY KEY, b int GENERATED ALWAYS AS IDENTITY UNIQUE)")).toMatchObject({ temporary: true, ifNotExists: true, columns: [{ primaryKey: true, nullable: false }, { nullable: false, unique: true }] });
    expect(only("CREATE OR REPLACE VIEW v AS SELECT 1")).toMatchObject({ change: "createView", materialized: false });
    expect(only("CREATE MATERIALIZED VIEW v AS SELECT 1")).toMatchObject({ change: "createView", materialized: true });
  });

  it("reads through DO blocks that surely run", () => {
    const text = 'DO $$ BEGIN\n ALTER TABLE "x" ADD CONSTRAINT "fk" FOREIGN KEY ("a") REFERENCES "public"."y"("id") ON DELETE no action;\nEXCEPTION\n WHEN duplicate_object THEN null;\nEND $$;';
    const found = only(text);
    expect(found).toMatchObject({ change: "addConstraint", table: { name: "x" }, constraint: { kind: "foreign", name: "fk" } });
    expect(cut(text, found.span)?.startsWith('ADD CONSTRAINT "fk"')).toBe(true);
    expect(only("DO $$ BEGIN IF NOT EXISTS (SELECT 1 FROM pg_class) THEN CREATE INDEX i ON t (a); END IF; END $$")).toMatchObject({ change: "createIndex" });
    expect(only("DO $$ DECLARE r record; BEGIN FOR r IN SELECT 1 LOOP EXECUTE 'DROP TABLE x'; END LOOP; END $$")).toMatchObject({ change: "notUnderstood" });
    expect(changes("DO $$ BEGIN RAISE NOTICE 'hello'; END $$")).toEqual([]);
  });

  it("says what it does not understand and goes on", () => {
    expect(changes("CREATE TABLE a (x int); ALTER TABLE a INHERIT base; ALTER TABLE a SET SCHEMA other; CREATE INDEX i ON a (x);")).toMatchObject([
      { change: "createTable" }, { change: "notUnderstood", table: { name: "a" }, text: "ALTER TABLE a INHERIT base" }, { change: "notUnderstood", table: { name: "a" } }, { change: "createIndex" },
    ]);
  });

  it("skips the part that undoes a migration", () => {
    for (const [up, down] of [["-- migrate:up", "-- migrate:down"], ["-- +goose Up", "-- +goose Down"], ["-- Up Migration", "-- Down Migration"], ["-- Up", "-- Down"]]) {
      expect(only(`${String(up)}\nCREATE TABLE a (x int);\n${String(down)}\nDROP TABLE a;`), down).toMatchObject({ change: "createTable" });
    }
  });
});

describe("MySQL", () => {
  it("reads a dump", () => {
    const text = `/*!40101 SET NAMES utf8 */;
DROP TABLE IF EXISTS \`users\`;
CREATE TABLE \`users\` (
  \`id\` int(11) unsigned NOT NULL AUTO_INCREMENT,
  \`email\` varchar(255) COLLATE utf8mb4_bin DEFAULT NULL COMMENT 'a, b',
  \`role\` enum('a','b') CHARACTER SET utf8 NOT NULL DEFAULT 'a',
  \`at\` timestamp NOT NULL DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP,
  PRIMARY KEY (\`id\`) USING BTREE,
  UNIQUE KEY \`uq\` (\`email\`(20),\`role\` DESC),
  KEY \`k\` (\`role\`) USING BTREE,
  KEY \`fx\` ((lower(\`email\`))),
  FULLTEXT KEY \`ft\` (\`email\`),
  CONSTRAINT \`fk\` FOREIGN KEY (\`role\`) REFERENCES \`roles\` (\`id\`) ON DELETE CASCADE
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;
LOCK TABLES \`users\` WRITE;
INSERT INTO \`users\` VALUES (1,'x; CREATE TABLE evil (a int)');
DELIMITER ;;
CREATE TRIGGER x BEFORE INSERT ON users FOR EACH ROW BEGIN CREATE TABLE q (a int); END ;;
DELIMITER ;
`;
    for (const dialect of ["mysql", "mariadb", "unknown"] as const) {
      expect(changes(text, dialect)).toMatchObject([
        { change: "dropTable" },
        {
          change: "createTable",
          columns: [{ name: "id", type: "int unsigned", nullable: false }, { name: "email", type: "varchar", nullable: true, collation: "utf8mb4_bin" }, { name: "role", type: "enum", nullable: false }, { name: "at", type: "timestamp", nullable: false }],
          constraints: [
            { kind: "primary", parts: [{ column: "id" }] }, { kind: "unique", name: "uq", parts: [{ column: "email", length: 20 }, { column: "role", descending: true }] },
            { kind: "index", index: { name: "k", method: "btree", parts: [{ column: "role" }] } }, { kind: "index", index: { name: "fx", parts: [{ expression: "lower(`email`)" }] } },
            { kind: "index", index: { name: "ft", method: "fulltext" } }, { kind: "foreign", name: "fk", table: { name: "roles" } },
          ],
        },
      ]);
    }
  });

  it("reads ALTER TABLE", () => {
    expect(changes("ALTER TABLE users ADD INDEX ix (email, r), ADD COLUMN (q int, w text), MODIFY r varchar(3) NOT NULL, CHANGE a b int, DROP PRIMARY KEY, DROP INDEX k, RENAME INDEX a TO b, ADD UNIQUE uqq (q), DROP FOREIGN KEY fk, ENGINE=InnoDB", "mysql")).toMatchObject([
      { change: "createIndex", index: { name: "ix" } }, { change: "addColumn", column: { name: "q" } }, { change: "addColumn", column: { name: "w" } }, { change: "alterColumn", column: "r", nullable: false },
      { change: "renameColumn", column: "a", to: "b" }, { change: "alterColumn", column: "b" }, { change: "dropConstraint", name: "PRIMARY" }, { change: "dropIndex", name: "k" }, { change: "renameIndex" },
      { change: "addConstraint", constraint: { kind: "unique", name: "uqq" } }, { change: "dropConstraint", name: "fk" },
    ]);
    expect(changes("RENAME TABLE a TO b, c TO d; DROP INDEX z ON users; CREATE FULLTEXT INDEX f ON users (w);", "mysql")).toMatchObject([
      { change: "renameTable", table: { name: "a" } }, { change: "renameTable", to: { name: "d" } }, { change: "dropIndex", table: { name: "users" } }, { change: "createIndex", index: { method: "fulltext" } },
    ]);
  });
});

describe("SQLite", () => {
  it("reads drizzle's migrations with the rebuild of a table", () => {
    const text = "CREATE TABLE `__new_t` (\n\t`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,\n\t`a` text DEFAULT 'x' NOT NULL UNIQUE,\n\tb,\n\tFOREIGN KEY (`a`) REFERENCES `u`(`id`) ON UPDATE no action\n) WITHOUT ROWID;\n--> statement-breakpoint\nINSERT INTO `__new_t` SELECT * FROM t;--> statement-breakpoint\nDROP TABLE `t`;--> statement-breakpoint\nALTER TABLE `__new_t` RENAME TO `t`\n--> statement-breakpoint\nCREATE UNIQUE INDEX `i` ON `t` (lower(\"a\"), b DESC) WHERE b IS NOT NULL;\nCREATE TRIGGER tr AFTER INSERT ON t BEGIN UPDATE t SET a = 1; SELECT CASE WHEN 1 THEN 2 END; END;\nPRAGMA foreign_keys = ON;";
    expect(changes(text, "sqlite")).toMatchObject([
      { change: "createTable", columns: [{ name: "id", primaryKey: true, nullable: false }, { name: "a", unique: true, nullable: false }, { name: "b" }], constraints: [{ kind: "foreign", columns: ["a"], table: { name: "u" } }] },
      { change: "dropTable" }, { change: "renameTable", table: { name: "__new_t" }, to: { name: "t" } },
      { change: "createIndex", index: { unique: true, parts: [{ expression: 'lower("a")' }, { column: "b", descending: true }], where: "b IS NOT NULL" } },
    ]);
    expect(only("CREATE VIRTUAL TABLE f USING fts5(a, b)", "sqlite")).toMatchObject({ change: "createTable", opaqueColumns: true });
  });
});

describe("SQL Server", () => {
  it("reads batches", () => {
    expect(changes("CREATE TABLE [dbo].[Users] ([Id] INT IDENTITY(1,1) NOT NULL, [Email] NVARCHAR(255) NULL, CONSTRAINT [PK] PRIMARY KEY CLUSTERED ([Id] ASC))\nGO\nCREATE NONCLUSTERED INDEX [IX] ON [dbo].[Users] ([Email]) INCLUDE ([Id])\nGO\n", "unknown")).toMatchObject([
      { change: "createTable", table: { schema: "dbo", name: "Users" }, columns: [{ name: "Id", nullable: false }, { name: "Email", nullable: true }], constraints: [{ kind: "primary", name: "PK" }] },
      { change: "createIndex", index: { name: "IX", include: ["Id"] } },
    ]);
  });
});

describe("DDL of the corpus", () => {
  it("is understood, but for listed statements", () => {
    const lost: string[] = [];
    let read = 0;
    for (const dialect of ["postgresql", "mysql", "sqlite"] as const) {
      const items = JSON.parse(readFileSync(new URL(`./corpus/emitted-${dialect}.json`, import.meta.url), "utf8")) as readonly { readonly sql: string }[];
      for (const { sql } of items) {
        if (!/^(?:create (?:unique )?(?:table|index)|alter table|drop (?:table|index))\b/iu.test(sql)) continue;
        const found = changes(sql, dialect);
        read++;
        if (found.some((change) => change.change === "notUnderstood")) lost.push(sql);
      }
    }
    expect(read).toBeGreaterThan(200);
    expect(lost.filter((sql) => !/set schema/iu.test(sql))).toEqual([]);
  });
});

describe("splitStatements", () => {
  it("minds quotes, comments and bodies", () => {
    const text = "SELECT ';'; -- ;\nSELECT $$;$$; /* ; */ CREATE FUNCTION f() BEGIN ATOMIC SELECT 1; SELECT 2; END; SELECT 3";
    expect(splitStatements(text, "postgresql").map((item) => text.slice(item.start, item.end))).toEqual(["SELECT ';'", "SELECT $$;$$", "CREATE FUNCTION f() BEGIN ATOMIC SELECT 1; SELECT 2; END", "SELECT 3"]);
  });
});
