import { expect, it } from "vitest";
import { memoryHost } from "../../../src/host.js";
import { SchemaIndex } from "../../../src/schema/load.js";
import { SchemaView } from "../../../src/schema/view.js";

const FILES = { "/w/package.json": "{}", "/w/schema.sql": "CREATE TABLE orders (id int PRIMARY KEY); CREATE TABLE lines (id int PRIMARY KEY);" };
const view = new SchemaView(() => new SchemaIndex({ host: memoryHost(FILES), cwd: "/w" }).schemasFor("/w/src/x.ts"), { smallTables: [], tableRows: {}, smallTableRows: 0 });

it.each([
  ["the table's name", { name: "orders" }, "orders"],
  ["a model whose table the code names", { name: "orders", model: "Order" }, "orders"],
  ["a model that no schema knows", { name: "orders", model: "orders" }, undefined],
  ["a table that is chosen at run time", { name: "orders", dynamic: true }, undefined],
])("finds a table by %s", (_, ref, expected) => {
  expect(view.table(ref)?.name).toBe(expected);
});
