/** Orders that no index gives, and rows that are read to be skipped. */
import { describe, expect, it } from "vitest";
import { schemaProject } from "./code/project.js";

const RULE = "no-unindexed-order";
const SCHEMA = `CREATE TABLE orders (id integer PRIMARY KEY, customer_id integer, status text, active boolean, placed_at timestamp, total integer);
CREATE INDEX orders_customer ON orders (customer_id);
CREATE INDEX orders_total ON orders (total DESC, id DESC);
CREATE INDEX orders_status ON orders (status, placed_at);
`;
const PG = 'import { Pool } from "pg";\nconst pool = new Pool();\n';
const PRISMA = 'import { PrismaClient } from "@prisma/client";\nconst prisma = new PrismaClient();\n';
const large = schemaProject({ "migrations/001.sql": SCHEMA }, { tableRows: { orders: 4_200_000 } });
const medium = schemaProject({ "migrations/001.sql": SCHEMA }, { tableRows: { orders: 5000 } });
const unknown = schemaProject({ "migrations/001.sql": SCHEMA });
const mysql = schemaProject({ "migrations/mysql/001.sql": SCHEMA });
const query = (sql: string): string => `${PG}export async function run(a: number) {\n  return await pool.query("${sql}", [a]);\n}\n`;
const inMysql = (sql: string): string => `import db from "mysql2/promise";\nconst pool = db.createPool("mysql://localhost/shop");\nexport async function run(a: number) {\n  return await pool.query("${sql}", [a]);\n}\n`;

describe("a sorted table", () => {
  const MISSING = "`orders_status (status, placed_at)` contains `placed_at` behind columns that the filter does not fix (migrations/001.sql:4). Add `CREATE INDEX orders_placed_at_idx ON orders (placed_at)`.";

  it.each([
    ["SELECT id FROM orders ORDER BY placed_at DESC LIMIT 10", `Sorts all of \`orders\` (about 4.2 million rows) by \`placed_at\` to return a few rows: ${MISSING}`],
    ["SELECT id FROM orders ORDER BY placed_at", `Sorts all of \`orders\` (about 4.2 million rows) by \`placed_at\`, and returns every row: ${MISSING}`],
    [
      "SELECT id FROM orders WHERE active ORDER BY placed_at DESC LIMIT 10",
      "Sorts all of `orders` (about 4.2 million rows) by `placed_at` to return a few rows: `orders_status (status, placed_at)` contains `placed_at` behind columns that the filter does not fix (migrations/001.sql:4). Add `CREATE INDEX orders_active_placed_at_idx ON orders (active, placed_at)`.",
    ],
    ["SELECT id FROM orders ORDER BY total DESC, id LIMIT 10", undefined],
  ])("is reported where it is known to be large: %s", (sql, message) => {
    expect(large.messages(RULE, query(sql))).toEqual(message === undefined ? [] : [message]);
  });

  it("is reported where its size is not known, when that is asked for", () => {
    const sorted = query("SELECT id FROM orders ORDER BY placed_at DESC LIMIT 10");
    expect(unknown.messages(RULE, sorted)).toEqual([]);
    expect(unknown.messages(RULE, sorted, { unknownRows: true })).toHaveLength(1);
    // A read without a limit is no-unbounded-select's business.
    expect(unknown.messages(RULE, query("SELECT id FROM orders ORDER BY placed_at"), { unknownRows: true })).toEqual([]);
  });

  it.each([
    ["an index gives the order", "SELECT id FROM orders ORDER BY total DESC, id DESC LIMIT 10"],
    ["it gives the order backwards", "SELECT id FROM orders ORDER BY total, id LIMIT 10"],
    ["it gives the order behind a column that is fixed", "SELECT id FROM orders WHERE status = 'open' ORDER BY placed_at LIMIT 10"],
    ["the rows of one customer are sorted", "SELECT id FROM orders WHERE customer_id = $1 ORDER BY placed_at LIMIT 10"],
    ["one row is sorted", "SELECT id FROM orders WHERE id = $1 ORDER BY placed_at LIMIT 10"],
    ["groups are sorted", "SELECT status FROM orders GROUP BY status ORDER BY status LIMIT 10"],
    ["there is one row of an aggregate", "SELECT max(total) FROM orders ORDER BY 1 LIMIT 1"],
    ["a join decides how many rows are sorted", "SELECT o.id FROM orders o JOIN orders p ON p.id = o.customer_id ORDER BY o.placed_at LIMIT 10"],
  ])("is fine where %s", (_name, sql) => {
    expect(large.messages(RULE, query(sql), { unknownRows: true })).toEqual([]);
  });

  it("is fine below the number of rows, and where it is ignored", () => {
    const sorted = query("SELECT id FROM orders ORDER BY placed_at DESC LIMIT 10");
    expect(medium.messages(RULE, sorted)).toEqual([]);
    expect(medium.lint(RULE, sorted, { minRows: 5000 })).toHaveLength(1);
    expect(large.lint(RULE, sorted, { ignoreTables: ["orders"] })).toEqual([]);
  });
});

describe("an offset", () => {
  const page = (order: string): string => `SELECT id FROM orders ${order} LIMIT 20 OFFSET 5000`;

  it.each([
    ["ORDER BY id", "`WHERE id > …`"],
    ["ORDER BY total DESC, id DESC", "`WHERE (total, id) < (…, …)`"],
    ["ORDER BY total DESC, id", "a condition on the columns of the order"],
    ["ORDER BY lower(status)", "a condition on the columns of the order"],
  ])("of many rows is reported with the keyset of %s", (order, keyset) => {
    expect(unknown.messages(RULE, query(page(order)))).toEqual([`Reads 5000 rows of \`orders\` only to skip them. Begin behind the last row of the page before: ${keyset}.`]);
  });

  it("is given the form of which MySQL can use an index", () => {
    expect(mysql.messages(RULE, inMysql(page("ORDER BY total DESC, id DESC")))[0]).toContain("`WHERE total < … OR (total = … AND id < …)`");
  });

  it("is given the words of Prisma", () => {
    const code = `${PRISMA}export const run = async () => await prisma.order.findMany({ where: { active: true }, orderBy: { id: "asc" }, take: 20, skip: 5000 });\n`;
    expect(unknown.messages(RULE, code)).toEqual(["Reads 5000 rows of `order` only to skip them. Begin behind the last row of the page before: `cursor` with the key of that row, and `skip: 1`."]);
  });

  it("is reported from the option's number on", () => {
    expect(unknown.messages(RULE, query("SELECT id FROM orders ORDER BY id LIMIT 20 OFFSET 1000"))).toEqual([]);
    expect(unknown.lint(RULE, query("SELECT id FROM orders ORDER BY id LIMIT 20 OFFSET 50"), { maxOffset: 40 })).toHaveLength(1);
  });

  it("that the program computes is reported when that is asked for", () => {
    const computed = query("SELECT id FROM orders ORDER BY id LIMIT 20 OFFSET $1");
    expect(unknown.messages(RULE, computed)).toEqual([]);
    expect(unknown.messages(RULE, computed, { computedOffset: true })).toEqual(["Reads every row of `orders` before the page only to skip it. Begin behind the last row of the page before: `WHERE id > …`."]);
  });

  it("into a small table is fine", () => {
    const small = schemaProject({ "migrations/001.sql": SCHEMA }, { smallTables: ["orders"] });
    expect(small.messages(RULE, query(page("ORDER BY id")))).toEqual([]);
    expect(unknown.lint(RULE, query(page("ORDER BY id")), { ignoreTables: ["orders"] })).toEqual([]);
  });
});
