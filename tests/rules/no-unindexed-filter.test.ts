import { describe, expect, it } from "vitest";
import rule from "../../rules/no-unindexed-filter.js";
import type { TableAccess } from "../../src/facts/contract.js";
import type { Index, Provenance, Table } from "../../src/schema/model.js";
import { table as ref } from "../eslint/subjects.js";
import { messages, reports, type Case } from "./support.js";

const provenance: Provenance = { file: "/project/db/001.sql", line: 3, kind: "sql" };
const orders: Table = { name: "orders", schema: "shop", model: "Order", columns: [], indexes: [], foreignKeys: [], relations: [], provenance };
const index: Index = { name: "orders_customer_idx", kind: "index", method: "btree", parts: [{ column: "customer_id" }, { column: "created_at" }], include: [], provenance: { ...provenance, line: 9 } };
const access = (changes: Partial<TableAccess> = {}): TableAccess => ({
  ref: ref("orders"),
  table: orders,
  verdict: "unusable",
  joined: false,
  columns: ["status"],
  span: { start: 30, end: 34 },
  reason: "no index contains `status`",
  ...changes,
});
const accessed = (changes: Partial<TableAccess> = {}, more: Case = {}): Case => ({ ...more, facts: { access: () => [access({ verdict: "usable" }), access(changes)] } });

describe("no-unindexed-filter", () => {
  it.each<[string, Case]>([
    ["Scans all of `orders` (about 4.2 million rows) to filter by `status`: no index contains `status` (db/001.sql:3).", accessed({ rows: 4_200_000 })],
    ["Scans all of `orders` (about 42,000 rows) to filter by `status`: no index contains `status` (query-guard.schema.json:3).", accessed({ rows: 42_000, table: { ...orders, provenance: { file: "/project/query-guard.schema.json", line: 3, kind: "snapshot" } } })],
    ["Scans all of `orders` to filter by `status`: no index contains `status` (db/001.sql:3).", accessed()],
    [
      "Scans all of `orders` to filter by `created_at` and `status`: the index `orders_customer_idx` does not begin with `status` (db/001.sql:9). Add `CREATE INDEX ON orders (status, created_at)`.",
      accessed({
        columns: ["created_at", "status"],
        nearest: index,
        reason: "the index `orders_customer_idx` does not begin with `status`",
        proposal: { ddl: "CREATE INDEX ON orders (status, created_at)" },
      }),
    ],
    [
      "Scans all of `orders` to filter by `status`: no index contains `status` (db/001.sql:3). Add `@@index([status])`.",
      accessed({ proposal: { ddl: "CREATE INDEX", declaration: "@@index([status])" } }),
    ],
    [
      "Scans all of `orders` to filter by `status`: no index contains `status` (db/001.sql:3). Add CREATE INDEX `a` ON `orders` (`status`).",
      accessed({ proposal: { ddl: "CREATE INDEX `a` ON `orders` (`status`)" } }),
    ],
  ])("says: %s", (words, of) => {
    expect(messages(rule, of)).toEqual([words]);
  });

  it.each<[string, Case]>([
    ["a usable index", accessed({ verdict: "usable" })],
    ["what is not known", accessed({ verdict: "unknown" })],
    ["an ignored table", accessed({}, { options: { ignoreTables: ["ORDERS"] } })],
    ["an ignored table with its schema", accessed({}, { options: { ignoreTables: ["shop.orders"] } })],
    ["an ignored model", accessed({}, { options: { ignoreTables: ["Order"] } })],
    ["an ignored column", accessed({}, { options: { ignoreColumns: ["Status"] } })],
    ["an ignored column of the table", accessed({}, { options: { ignoreColumns: ["shop.orders.status"] } })],
    ["a table with fewer rows", accessed({ rows: 5000 }, { options: { minRows: 10_000 } })],
    ["a condition that keeps an index from being used", accessed({ blocked: { kind: "wildcard", column: "status", index, label: "", span: { start: 0, end: 1 }, advice: "" } })],
    ["a builder that is not sent here", accessed({}, { query: { sending: "built" } })],
  ])("is silent about %s", (_name, of) => {
    expect(messages(rule, of)).toEqual([]);
  });

  it("tells a table that is joined from one that is filtered", () => {
    expect(messages(rule, accessed({ joined: true }))).toEqual(["Scans all of `orders` to join it by `status`: no index contains `status` (db/001.sql:3)."]);
  });

  it("reports each table of a query", () => {
    const both: Case = { facts: { access: () => [access(), access({ table: { ...orders, name: "items" }, span: { start: 20, end: 24 } })] } };
    expect(reports(rule, both)).toHaveLength(2);
  });

  it("still reports tables of which the number of rows is not known, and other columns", () => {
    expect(messages(rule, accessed({}, { options: { minRows: 10_000, ignoreColumns: ["customers.status", "total"] } }))).toHaveLength(1);
  });

  it("reports a query once, at its filter", () => {
    const twice: Case = { facts: { access: () => [access(), access({ columns: ["total"] })] } };
    expect(reports(rule, twice)).toMatchObject([{ column: 16, endColumn: 20 }]);
  });
});
