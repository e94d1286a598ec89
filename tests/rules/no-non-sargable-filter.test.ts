/** Conditions in the way of an index that is there, and which of the two rules speaks of them. */
import { describe, expect, it } from "vitest";
import { schemaProject } from "./code/project.js";

const RULE = "no-non-sargable-filter";
const COLUMNS = (time: string): string => `id integer PRIMARY KEY, number integer NOT NULL, uid ${time === "datetime" ? "char(36)" : "uuid"}, email text NOT NULL, name varchar(80), placed_at ${time} NOT NULL, day date, note text`;
const SCHEMA = (time: string): string => `
CREATE TABLE orders (${COLUMNS(time)});
CREATE INDEX orders_number ON orders (number);
CREATE INDEX orders_uid ON orders (uid);
CREATE INDEX orders_email ON orders (email);
CREATE INDEX orders_name ON orders (name);
CREATE INDEX orders_placed ON orders (placed_at);
CREATE INDEX orders_day ON orders (day);
`;
const PG = 'import { Pool } from "pg";\nconst pool = new Pool();\n';
const MYSQL = 'import mysql from "mysql2/promise";\nconst pool = mysql.createPool("mysql://localhost/shop");\n';
const SQLITE = 'import Database from "better-sqlite3";\nconst db = new Database("shop.db");\n';

const postgres = schemaProject({ "migrations/001.sql": SCHEMA("timestamp") });
const zoned = schemaProject({ "migrations/001.sql": SCHEMA("timestamptz") });
const mysql = schemaProject({ "migrations/mysql/001.sql": SCHEMA("datetime") });
const sqlite = schemaProject({ "migrations/sqlite/001.sql": SCHEMA("text") });

const inPg = (where: string): string => `${PG}export async function run(a: string) {\n  return await pool.query("SELECT id FROM orders WHERE ${where}", [a]);\n}\n`;
const inMysql = (where: string): string => `${MYSQL}export async function run(a: string) {\n  return await pool.query("SELECT id FROM orders WHERE ${where}", [a]);\n}\n`;
const inSqlite = (where: string): string => `${SQLITE}export function run(a: string) {\n  return db.prepare("SELECT id FROM orders WHERE ${where} LIMIT 10").all(a);\n}\n`;

/** The conditions that the suggestions write. */
const written = (project: typeof postgres, code: string): (string | undefined)[] => {
  expect(project.messages(RULE, code)).toHaveLength(1);
  return project.lint(RULE, code).map(({ suggestions = [] }) => suggestions[0]?.fix.text);
};

describe("an exact rewrite", () => {
  it.each([
    ["date(placed_at) = '2024-02-28'", "placed_at >= '2024-02-28' AND placed_at < '2024-02-29'"],
    ["placed_at::date = '2024-12-31'", "placed_at >= '2024-12-31' AND placed_at < '2025-01-01'"],
    ["CAST(orders.placed_at AS date) = '2024-01-01'", "orders.placed_at >= '2024-01-01' AND orders.placed_at < '2024-01-02'"],
    ["date(placed_at) BETWEEN '2024-01-01' AND '2024-01-31'", "placed_at >= '2024-01-01' AND placed_at < '2024-02-01'"],
    ["date_trunc('month', placed_at) = '2024-01-01'", "placed_at >= '2024-01-01' AND placed_at < '2024-02-01'"],
    ["extract(year from placed_at) = 2024", "placed_at >= '2024-01-01' AND placed_at < '2025-01-01'"],
    ["number + 1 = 5", "number = 4"],
    ["number - 10 = 5", "number = 15"],
    ["number::text = '5'", "number = 5"],
    ["uid::text = '5e1c4d2e-0d65-4d6a-9a3f-1f2e3d4c5b6a'", "uid = '5e1c4d2e-0d65-4d6a-9a3f-1f2e3d4c5b6a'"],
    ["coalesce(number, 0) = 5", "number = 5"],
  ])("of %s is %s", (where, exact) => {
    expect(written(postgres, inPg(where))).toEqual([exact]);
  });

  it("is written for MySQL's datetime too", () => {
    expect(written(mysql, inMysql("date(placed_at) = '2024-01-01'"))).toEqual(["placed_at >= '2024-01-01' AND placed_at < '2024-01-02'"]);
  });

  it.each([
    // The day of the session's time zone, which is not always a day of the literal's.
    [zoned, inPg("placed_at::date = '2024-01-01'")],
    // What is in a text of SQLite is not known to be a time.
    [sqlite, inSqlite("date(placed_at) = '2024-01-01'")],
    [sqlite, inSqlite("number + 1 = 5")],
    [postgres, inPg("date(placed_at) = $1")],
    [postgres, inPg("date(placed_at) = '2024-02-30'")],
    [postgres, inPg("date_trunc('month', placed_at) = '2024-01-15'")],
    [postgres, inPg("date_trunc('week', placed_at) = '2024-01-01'")],
    [postgres, inPg("extract(month from placed_at) = 1")],
    [postgres, inPg("number::text = '05'")],
    [postgres, inPg("number::text = $1")],
    [postgres, inPg("number * 2 = 5")],
    [postgres, inPg("number + 1 = $1")],
    // Rows without a number are meant.
    [postgres, inPg("coalesce(number, 0) = 0")],
  ])("is not known, and the advice is in words: %#", (project, code) => {
    expect(written(project, code)).toEqual([undefined]);
  });
});

describe("the message", () => {
  it.each([
    [
      postgres,
      inPg("date(placed_at) = $1"),
      "Scans all of `orders`: the condition tests what is computed from `placed_at`, and `orders_placed (placed_at)` (migrations/001.sql:7) has the column itself. Compare the column with a range: from the beginning of the day, and before that of the next.",
    ],
    [postgres, inPg("email LIKE '%' || $1"), "Scans all of `orders`: a pattern that begins with a wildcard cannot use `orders_email (email)` (migrations/001.sql:5). Match the beginning of the text, or search it by a trigram index (`pg_trgm`)."],
    [postgres, inPg("email ILIKE 'ann%'"), "Scans all of `orders`: a match that ignores case cannot use `orders_email (email)` (migrations/001.sql:5). Compare `lower(email)` over an index on that expression, or search by a trigram index (`pg_trgm`)."],
    [postgres, inPg("email ILIKE '%ann'"), "Scans all of `orders`: a pattern that begins with a wildcard cannot use `orders_email (email)` (migrations/001.sql:5). Match the beginning of the text, or search it by a trigram index (`pg_trgm`)."],
    [postgres, inPg("(name LIKE '%x' OR email LIKE '%x')"), "Scans all of `orders`: a pattern that begins with a wildcard cannot use `orders_name (name)` (migrations/001.sql:6). Match the beginning of the text, or search it by a trigram index (`pg_trgm`)."],
    [
      postgres,
      inPg("($1 IS NULL OR email = $1)"),
      "May scan all of `orders`: a null value switches the condition on `email` off, and a plan for every value cannot use `orders_email (email)` (migrations/001.sql:5). Add the condition to the statement only when there is a value.",
    ],
    [
      sqlite,
      inSqlite("(? IS NULL OR email = ?)"),
      "May scan all of `orders`: a null value switches the condition on `email` off, and a plan for every value cannot use `orders_email (email)` (migrations/sqlite/001.sql:5). Add the condition to the statement only when there is a value.",
    ],
  ])("%#", (project, code, message) => {
    expect(project.messages(RULE, code)).toEqual([message]);
  });
});

describe("a condition that the program may leave out", () => {
  const prisma = schemaProject({
    "prisma/schema.prisma": 'datasource db {\n  provider = "postgresql"\n}\nmodel Domain {\n  id Int @id\n  name String @unique\n  label String\n  state State\n  @@index([label])\n}\nenum State {\n  open\n  closed\n}\n',
  });

  it("is told as one that is always there", () => {
    const code = `import { PrismaClient, type Prisma } from "@prisma/client";
const prisma = new PrismaClient();
export async function search(text: string, state?: "open" | "closed") {
  const where: Prisma.DomainWhereInput = {};
  if (text) where.OR = [{ name: { contains: text } }, { label: { contains: text } }];
  if (state) where.state = state;
  return await prisma.domain.findMany({ where, take: 20, orderBy: { id: "desc" } });
}
`;
    // The index of the order ends the read early.
    for (const rule of [RULE, "no-unindexed-filter"]) expect(prisma.lint(rule, code)).toEqual([]);
    const sorted = code.replace('id: "desc"', 'state: "desc"');
    expect(prisma.messages(RULE, sorted)).toEqual([
      "Scans all of `Domain`: a pattern that begins with a wildcard cannot use `Domain_name_key (name)` (prisma/schema.prisma:6). Match the beginning of the text, or search it by a trigram index (`pg_trgm`).",
    ]);
    expect(prisma.lint("no-unindexed-filter", sorted)).toEqual([]);
  });
});

describe("silence", () => {
  it.each([
    ["another condition is served", postgres, inPg("date(placed_at) = '2024-01-01' AND number = $1")],
    ["no index leads with the column", postgres, inPg("note LIKE '%x'")],
    ["the cure is an index on the expression", postgres, inPg("lower(email) = $1")],
    ["the index serves", postgres, inPg("placed_at >= $1")],
    ["another condition finds the rows", postgres, inPg("($1 IS NULL OR email = $1) AND number = 5")],
    ["MySQL plans with the value", mysql, inMysql("(? IS NULL OR email = ?)")],
    ["the text has no wildcard in front", mysql, inMysql("email LIKE 'ann%'")],
    ["it selects a large part of the table anyway", postgres, inPg("date(placed_at) > '2024-01-01'")],
    ["the statement is not known", postgres, `${PG}export const run = (where: string) => pool.query("SELECT 1 FROM orders WHERE " + where);\n`],
  ])("where %s", (_name, project, code) => {
    expect(project.messages(RULE, code)).toEqual([]);
  });

  it("about ignored tables and columns", () => {
    const code = inPg("email LIKE '%x'");
    for (const options of [{ ignoreTables: ["orders"] }, { ignoreColumns: ["email"] }, { ignoreColumns: ["orders.email"] }]) expect(postgres.lint(RULE, code, options)).toEqual([]);
    expect(postgres.lint(RULE, code, { ignoreColumns: ["users.email"] })).toHaveLength(1);
  });
});

describe("of the two rules about indexes one speaks", () => {
  it.each([
    // The statement can be written so that the index serves.
    ["date(placed_at) = $1", RULE],
    ["email LIKE '%x'", RULE],
    ["date(placed_at) = $1 AND email LIKE '%x'", RULE],
    // Another index is what is missing.
    ["lower(email) = $1", "no-unindexed-filter"],
    ["note = $1 AND email LIKE '%x'", "no-unindexed-filter"],
    ["note = $1", "no-unindexed-filter"],
  ])("%s: %s", (where, speaker) => {
    const speaks = (rule: string): boolean => postgres.lint(rule, inPg(where)).length === 1;
    expect([RULE, "no-unindexed-filter"].filter(speaks)).toEqual([speaker]);
  });
});
