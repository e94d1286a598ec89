import { describe, expect, it } from "vitest";
import rule from "../../rules/no-unindexed-filter.js";
import type { TableAccess } from "../../src/facts/contract.js";
import type { Index, Provenance, Table } from "../../src/schema/model.js";
import { table as ref } from "../eslint/subjects.js";
import { messages, reports, type Case } from "./support.js";

const provenance: Provenance = { file: "/project/db/001.sql", line: 3, kind: "sql" };
const orders: Table = { name: "orders", schema: "shop", model: "Order", columns: [], indexes: [], foreignKeys: [], relations: [], provenance };
const index: Index = { name: "orders_customer_idx", kind: "index", method: "btree", parts: [{ column: "customer_id" }, { column: "created_at" }], include: [], provenance };
const access = (changes: Partial<TableAccess> = {}): TableAccess => ({
  ref: ref("orders"),
  table: orders,
  verdict: "unusable",
  columns: ["status"],
  span: { start: 30, end: 34 },
  reason: "",
  ...changes,
});
const accessed = (changes: Partial<TableAccess> = {}, more: Case = {}): Case => ({ ...more, facts: { access: () => [access({ verdict: "usable" }), access(changes)] } });

describe("no-unindexed-filter", () => {
  it.each<[string, Case]>([
    ["Scans `orders` (db/001.sql:3): no index serves the filter on `status`.", accessed()],
    ["Scans `orders` (db/001.sql:3): no index serves the filter on `status`: LIKE begins with a wildcard.", accessed({ reason: "LIKE begins with a wildcard" })],
    [
      "Scans `orders` (db/001.sql:3): no index serves the filter on `created_at` and `status`; the nearest, `orders_customer_idx`, does not: it starts with `customer_id`. Add `CREATE INDEX ON orders (status, created_at)`.",
      accessed({
        columns: ["created_at", "status"],
        nearest: index,
        reason: "it starts with `customer_id`",
        proposal: { ddl: "CREATE INDEX ON orders (status, created_at)" },
      }),
    ],
    [
      "Scans `orders` (db/001.sql:3): no index serves the filter on `status`; the nearest, `(customer_id, created_at)`, does not: it starts with `customer_id`. Add `@@index([status])`.",
      accessed({ nearest: { ...index, name: undefined }, reason: "it starts with `customer_id`", proposal: { ddl: "CREATE INDEX", declaration: "@@index([status])" } }),
    ],
    [
      "Scans `orders` (db/001.sql:3): no index serves the filter on `status`. Add CREATE INDEX `a` ON `orders` (`status`).",
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
    ["a builder that is not sent here", accessed({}, { query: { sending: "built" } })],
  ])("is silent about %s", (_name, of) => {
    expect(messages(rule, of)).toEqual([]);
  });

  it("reports a query once, at its filter", () => {
    const twice: Case = { facts: { access: () => [access(), access({ columns: ["total"] })] } };
    expect(reports(rule, twice)).toMatchObject([{ column: 16, endColumn: 20 }]);
  });
});
