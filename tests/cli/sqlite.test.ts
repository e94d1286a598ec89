/** `query-guard snapshot` of SQLite files: with Node's own SQLite where there is one, with sql.js otherwise. */
import fs from "node:fs";
import path from "node:path";
import initSqlJs from "sql.js";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { cli, indexesOf, tableIn, temporaryFolder, written } from "./support.js";

const folder = temporaryFolder();

const DDL = `
CREATE TABLE customers (id INTEGER PRIMARY KEY, email TEXT NOT NULL COLLATE NOCASE, name, born date, UNIQUE (email));
CREATE INDEX customers_name_idx ON customers (name COLLATE NOCASE DESC, born);
CREATE INDEX customers_lower_idx ON customers (lower(name), born) WHERE born IS NOT NULL;
CREATE TABLE "order lines" (order_id INTEGER, line INTEGER, customer_id INTEGER REFERENCES customers, PRIMARY KEY (order_id, line)) WITHOUT ROWID;
CREATE TABLE codes (code TEXT PRIMARY KEY, label TEXT REFERENCES customers (email));
CREATE VIEW names AS SELECT name FROM customers;
CREATE VIRTUAL TABLE texts USING fts4 (body);
WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1234) INSERT INTO customers (email) SELECT 'c' || i FROM n;
`;

beforeAll(async () => {
  const { Database } = await initSqlJs();
  const database = new Database();
  database.exec(DDL);
  const bytes = database.export();
  fs.writeFileSync(path.join(folder, "shop.db"), bytes);
  // The header of a database with a write-ahead log (file format, 1.3).
  bytes.fill(2, 18, 20);
  fs.writeFileSync(path.join(folder, "logged.db"), bytes);
  database.close();
});

afterAll(() => {
  fs.rmSync(folder, { recursive: true, force: true });
});

describe("a snapshot of SQLite", () => {
  it("has tables, columns, indexes, keys and rows", async () => {
    const { code, out } = await cli(folder, ["snapshot", "shop.db"]);
    expect({ code, out }).toEqual({ code: 0, out: "Wrote query-guard.schema.json: 5 tables, 6 indexes.\n" });
    const snapshot = written(folder);
    expect(snapshot.server.kind).toBe("sqlite");
    expect(snapshot.server.version).toMatch(/^3\.\d+/u);
    expect(snapshot.tables.map(({ name, kind, rows }) => [name, kind, rows])).toEqual([
      ["codes", "table", 0],
      ["customers", "table", 1200],
      ["names", "view", undefined],
      ["order lines", "table", 0],
      ["texts", "virtual table", undefined],
    ]);
    const customers = tableIn(snapshot, "customers");
    expect(customers.columns).toEqual([
      { name: "id", type: "INTEGER", nullable: false },
      { name: "email", type: "TEXT", nullable: false, collation: "NOCASE" },
      { name: "name", type: "", nullable: true },
      { name: "born", type: "date", nullable: true },
    ]);
    expect(indexesOf(customers)).toEqual({
      "(rowid)": { kind: "primary", method: "btree", parts: [{ column: "id" }] },
      sqlite_autoindex_customers_1: { name: "sqlite_autoindex_customers_1", kind: "unique", method: "btree", parts: [{ column: "email" }] },
      customers_name_idx: { name: "customers_name_idx", kind: "index", method: "btree", parts: [{ column: "name", descending: true, collation: "NOCASE" }, { column: "born" }] },
      customers_lower_idx: { name: "customers_lower_idx", kind: "index", method: "btree", parts: [{ expression: "lower(name)" }, { column: "born" }], where: "born IS NOT NULL" },
    });
    expect(tableIn(snapshot, "order lines")).toMatchObject({ indexes: [{ kind: "primary", parts: [{ column: "order_id" }, { column: "line" }] }], foreignKeys: [{ columns: ["customer_id"], table: "customers", referencedColumns: [] }] });
    expect(tableIn(snapshot, "codes")).toMatchObject({ indexes: [{ kind: "primary", parts: [{ column: "code" }] }], foreignKeys: [{ columns: ["label"], table: "customers", referencedColumns: ["email"] }] });
  });

  it.each(["sqlite:shop.db", "file:./shop.db?mode=ro", "sqlite://shop.db", `file://${folder}/shop.db`])("takes %s for the file", async (address) => {
    expect((await cli(folder, ["snapshot", address])).code).toBe(0);
    expect(written(folder).tables).toHaveLength(5);
  });

  it("reads a file with a write-ahead log and leaves it as it is", async () => {
    const before = fs.readFileSync(path.join(folder, "logged.db"));
    expect((await cli(folder, ["snapshot", "logged.db"])).code).toBe(0);
    expect(fs.readFileSync(path.join(folder, "logged.db")).equals(before)).toBe(true);
  });

  it.each([
    ["nowhere.db", /there is no such file/u],
    ["text.db", /the file is no SQLite database/u],
    [".", /there is no such file/u],
  ])("says why %s cannot be read", async (file, words) => {
    fs.writeFileSync(path.join(folder, "text.db"), "This is not a database.".repeat(100));
    const { code, err } = await cli(folder, ["snapshot", file]);
    expect(code).toBe(2);
    expect(err).toMatch(words);
  });
});
