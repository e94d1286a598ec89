import { describe, expect, it } from "vitest";
import { accessPath } from "../../../src/indexes/access.js";
import { memoryHost } from "../../../src/host.js";
import { SchemaIndex } from "../../../src/schema/load.js";
import type { SchemaModel } from "../../../src/schema/model.js";
import { readSnapshot, roundCount, writeSnapshot, type Snapshot, type SnapshotIndex, type SnapshotTable } from "../../../src/schema/snapshot.js";

const table = (name: string, columns: Readonly<Record<string, string>>, more: Partial<SnapshotTable> = {}): SnapshotTable => ({
  name,
  kind: "table",
  columns: Object.entries(columns).map(([column, type]) => ({ name: column, type, nullable: false })),
  indexes: [{ name: `${name}_pkey`, kind: "primary", method: "btree", parts: [{ column: "id" }] }],
  foreignKeys: [],
  ...more,
});
const index = (name: string, column: string, more: Partial<SnapshotIndex> = {}): SnapshotIndex => ({ name, kind: "index", method: "btree", parts: [{ column }], ...more });
const snapshot = (tables: readonly SnapshotTable[], server: Partial<Snapshot["server"]> = {}): Snapshot => ({ version: 1, taken: "2026-03-31", server: { kind: "postgresql", version: "15.20", ...server }, tables });
const manifest = (name: string, ...dependencies: string[]): string => JSON.stringify({ name, dependencies: Object.fromEntries(dependencies.map((dependency) => [dependency, "*"])) });

function indexOf(files: Readonly<Record<string, string>>): SchemaIndex {
  return new SchemaIndex({ host: memoryHost({ "/w/package.json": manifest("app"), "/w/src/x.ts": "", ...files }), cwd: "/w" });
}

function schemaOf(files: Readonly<Record<string, string>>, hint = {}): SchemaModel {
  const schemas = indexOf(files).schemasFor("/w/src/x.ts", hint);
  expect(schemas).toHaveLength(1);
  return schemas[0]!;
}

const namesOf = (schema: SchemaModel, name: string): (string | undefined)[] => schema.table(name)!.indexes.map((found) => found.name);

describe("the text of a snapshot", () => {
  const orders = table("orders", { id: "bigint", status: "text" }, { schema: "public", rows: 4_200_000, indexes: [index("b", "status"), { ...index("a", "id"), kind: "primary" }] });
  const users = table("users", { id: "bigint" }, { schema: "public" });

  it("is the same whatever the order in which a server answers", () => {
    const { name, kind, columns, indexes, foreignKeys, ...rest } = orders;
    const shuffled: SnapshotTable = { foreignKeys, indexes: [...indexes].reverse(), columns, kind, name, ...rest };
    expect(writeSnapshot(snapshot([users, shuffled]))).toBe(writeSnapshot(snapshot([orders, users])));
  });

  it("has a line for each column and index", () => {
    const text = writeSnapshot(snapshot([orders]));
    expect(text).toContain('\n        { "name": "status", "type": "text", "nullable": false }\n');
    expect(text).toContain('\n        { "name": "b", "kind": "index", "method": "btree", "parts": [{ "column": "status" }] }\n');
    expect(text.endsWith("}\n")).toBe(true);
  });

  it("is read as it was written, with the line of each object", () => {
    const text = writeSnapshot(snapshot([users, orders]));
    const reading = readSnapshot(text);
    if (!("snapshot" in reading)) throw new Error(reading.problem);
    const read = reading.snapshot.tables.find(({ name }) => name === "orders")!;
    expect(read.rows).toBe(4_200_000);
    const lines = text.split("\n");
    expect(lines[reading.lineOf(read.indexes[1]!) - 1]).toContain('"name": "b"');
    expect(lines[reading.lineOf(read.columns[1]!) - 1]).toContain('"name": "status"');
    expect(lines[reading.lineOf(read) - 1]).toBe("    {");
  });

  it("has its lines after a formatter, too", () => {
    const text = JSON.stringify(snapshot([users, orders]), undefined, 4);
    const reading = readSnapshot(text);
    if (!("snapshot" in reading)) throw new Error(reading.problem);
    const found = reading.snapshot.tables[1]!.indexes[0]!;
    expect(text.split("\n")[reading.lineOf(found)]).toContain('"name": "b"');
  });

  it.each([
    [0, 0],
    [87, 87],
    [104, 100],
    [4_239_871, 4_200_000],
    [98_700, 99_000],
  ])("rounds %d rows to %d", (count, rounded) => {
    expect(roundCount(count)).toBe(rounded);
  });
});

describe("a file that is no snapshot", () => {
  const good = writeSnapshot(snapshot([table("orders", { id: "bigint" })]));

  it.each([
    ["{", /^is not valid JSON$/u],
    [good.replace('"orders_pkey"', '"orders_pkey'), /^is not valid JSON$/u],
    ["[]", /the file must be an object/u],
    ["null", /the file must be an object/u],
    [good.replace('"version": 1,', '"version": 2,'), /^has version 2, which this version of the plugin does not read/u],
    [good.replace('"version": 1,', ""), /no `version` that is known/u],
    [good.replace('"kind": "postgresql"', '"kind": "oracle"'), /`server` must have one of "postgresql", "mysql", "mariadb", "sqlite" as `kind`/u],
    [good.replace('"tables": [', '"tables": 3, "others": ['), /the file must have a list `tables`/u],
    [good.replace('"nullable": false', '"nullable": "no"'), /tables\[0\]\.columns\[0\] must have true or false as `nullable`/u],
    [good.replace('[{ "column": "id" }]', '[{ "length": 3 }]'), /tables\[0\]\.indexes\[0\]\.parts\[0\] must have either `column` or `expression`/u],
    [good.replace('"kind": "primary"', '"kind": "main"'), /tables\[0\]\.indexes\[0\] must have one of "primary", "unique", "index" as `kind`/u],
    [good.replace('"foreignKeys": []', '"foreignKeys": [null]'), /tables\[0\]\.foreignKeys\[0\] must be an object/u],
    ["[".repeat(100_000) + "]".repeat(100_000), /must be an object/u],
  ])("is told apart: %#", (text, problem) => {
    const reading = readSnapshot(text);
    expect("problem" in reading ? reading.problem : "").toMatch(problem);
  });

  it("is reported with its line and leaves the other sources as they are", () => {
    const files = { "/w/schema.sql": "CREATE TABLE orders (id bigint PRIMARY KEY);", "/w/query-guard.schema.json": good.replace('"nullable": false', '"nullable": "no"') };
    const found = indexOf(files);
    expect(found.schemasFor("/w/src/x.ts").map((schema) => schema.tables.map(({ name }) => name))).toEqual([["orders"]]);
    const line = good.split("\n").findIndex((text) => text.includes('"nullable"')) + 1;
    expect(found.problems()).toEqual([{ file: "/w/query-guard.schema.json", line, text: "is no snapshot: tables[0].columns[0] must have true or false as `nullable`" }]);
  });
});

describe("what a snapshot adds", () => {
  const MIGRATIONS = {
    "/w/migrations/001_orders.sql": "CREATE TABLE orders (id bigint PRIMARY KEY, status varchar(20), email text);\nCREATE INDEX orders_status_idx ON orders (status);\nCREATE INDEX orders_email_idx ON orders (lower(email));",
    "/w/migrations/002_later.sql": "CREATE TABLE parcels (id bigint PRIMARY KEY, order_id bigint);\nALTER TABLE orders ADD COLUMN note text;\nCREATE INDEX orders_note_idx ON orders (note);",
  };
  const live = table("orders", { id: "bigint", status: "text", email: "text", placed_at: "timestamp with time zone" }, {
    schema: "public",
    rows: 4_200_000,
    indexes: [index("orders_pkey", "id", { kind: "primary" }), index("orders_status_idx", "status"), index("orders_email_idx", "", { parts: [{ expression: "lower((email)::text)" }] }), index("orders_placed_at_idx", "placed_at")],
  });
  const all = { ...MIGRATIONS, "/w/query-guard.schema.json": writeSnapshot(snapshot([live], { collation: "en_US.UTF-8" })) };

  it("is read alone", () => {
    const schema = schemaOf({ "/w/query-guard.schema.json": all["/w/query-guard.schema.json"] });
    expect(schema.dialect).toBe("postgresql");
    expect(schema.table("orders")).toMatchObject({ rows: 4_200_000, provenance: { file: "/w/query-guard.schema.json", kind: "snapshot" } });
    expect(schema.table("orders")!.columns.find(({ name }) => name === "status")).toMatchObject({ type: "text", nullable: "no", collation: "en_US.UTF-8" });
    expect(schema.table("orders")!.columns.find(({ name }) => name === "id")).not.toHaveProperty("collation");
  });

  it("is found under any name before .query-guard.json", () => {
    expect(schemaOf({ "/w/db/shop.query-guard.json": all["/w/query-guard.schema.json"] }).table("orders")).toBeDefined();
  });

  it("comes before migrations in what exists", () => {
    const orders = schemaOf(all).table("orders")!;
    expect(orders.rows).toBe(4_200_000);
    expect(orders.columns.find(({ name }) => name === "status")).toMatchObject({ type: "text", provenance: { kind: "snapshot" } });
    expect(orders.columns.map(({ name }) => name)).toContain("placed_at");
  });

  it("knows an index of the migrations again, in the words of the server", () => {
    expect(namesOf(schemaOf(all), "orders").filter((name) => name === "orders_email_idx")).toHaveLength(1);
  });

  it("leaves what a newer migration may have added", () => {
    const schema = schemaOf(all);
    expect(schema.table("parcels")).toBeDefined();
    expect(schema.table("orders")!.columns.map(({ name }) => name)).toContain("note");
    expect(namesOf(schema, "orders")).toContain("orders_note_idx");
  });

  it("keeps two indexes of one name over other columns: one of them is newer", () => {
    const files = { ...all, "/w/migrations/003_again.sql": "DROP INDEX orders_status_idx; CREATE INDEX orders_status_idx ON orders (note, status);" };
    expect(namesOf(schemaOf(files), "orders").filter((name) => name === "orders_status_idx")).toHaveLength(2);
  });

  it("settles what the migrations leave uncertain", () => {
    const files = { ...MIGRATIONS, "/w/migrations/003_odd.sql": "ALTER TABLE orders FROBNICATE WITH indexes;" };
    expect(schemaOf(files).table("orders")!.uncertain).toBeDefined();
    expect(schemaOf({ ...files, "/w/query-guard.schema.json": all["/w/query-guard.schema.json"] }).table("orders")).not.toHaveProperty("uncertain");
  });

  it("says itself what is uncertain", () => {
    const text = writeSnapshot(snapshot([{ ...live, uncertain: "partitions have indexes of their own" }]));
    expect(schemaOf({ ...MIGRATIONS, "/w/query-guard.schema.json": text }).table("orders")!.uncertain).toBe("partitions have indexes of their own");
  });

  it("leaves models, properties, relations and their places to Prisma's schema", () => {
    const prisma = 'datasource db {\n  provider = "postgresql"\n}\nmodel Order {\n  id BigInt @id\n  state String @map("status")\n  lines Line[]\n  @@map("orders")\n}\nmodel Line {\n  id BigInt @id\n  orderId BigInt\n  order Order @relation(fields: [orderId], references: [id])\n}\n';
    const schema = schemaOf({ "/w/prisma/schema.prisma": prisma, "/w/query-guard.schema.json": all["/w/query-guard.schema.json"] }, { library: "prisma" });
    const order = schema.tableOfModel("order")!;
    expect(order).toMatchObject({ name: "orders", model: "Order", rows: 4_200_000, provenance: { file: "/w/prisma/schema.prisma", kind: "prisma" } });
    expect(order.relations.map(({ name }) => name)).toEqual(["lines"]);
    expect(order.columns.find(({ name }) => name === "status")).toMatchObject({ property: "state", type: "text", collation: "en_US.UTF-8", provenance: { kind: "prisma" } });
    expect(order.indexes.find(({ name }) => name === "orders_placed_at_idx")).toMatchObject({ provenance: { kind: "snapshot" } });
    expect(schema.tables.filter(({ name }) => name === "orders")).toHaveLength(1);
  });

  it("says what is a view now", () => {
    const views = writeSnapshot(snapshot([live, table("open_orders", { id: "bigint" }, { kind: "view", indexes: [] }), table("totals", { id: "bigint" }, { kind: "materialized view" })]));
    const schema = schemaOf({ "/w/query-guard.schema.json": views, "/w/schema.sql": "CREATE TABLE orders (id bigint); CREATE TABLE open_orders (id bigint); CREATE MATERIALIZED VIEW totals AS SELECT 1;" });
    expect(schema.table("open_orders")!.view).toBe(true);
    expect(schema.table("totals")!.view).toBeUndefined();
  });

  it("names the schema that declarations leave to the connection", () => {
    const files = { "/w/schema.sql": "CREATE TABLE orders (id bigint PRIMARY KEY, status text);", "/w/query-guard.schema.json": writeSnapshot(snapshot([{ ...live, schema: "shop" }])) };
    const schema = schemaOf(files);
    expect(schema.tables.map(({ schema: own, name }) => `${own ?? ""}.${name}`)).toEqual(["shop.orders"]);
    expect(schema.table("orders")!.rows).toBe(4_200_000);
  });

  it("tells MariaDB from MySQL", () => {
    const prisma = 'datasource db {\n  provider = "mysql"\n}\nmodel orders {\n  id BigInt @id\n}\n';
    const text = writeSnapshot(snapshot([table("orders", { id: "bigint(20)" })], { kind: "mariadb", version: "10.11.6" }));
    expect(schemaOf({ "/w/prisma/schema.prisma": prisma, "/w/query-guard.schema.json": text }).dialect).toBe("mariadb");
  });

  it("is the database's own, where a workspace has several", () => {
    const files = {
      "/w/services/a/package.json": manifest("a"),
      "/w/services/a/query-guard.schema.json": writeSnapshot(snapshot([table("orders", { id: "bigint" }, { rows: 5 })])),
      "/w/services/b/package.json": manifest("b"),
      "/w/services/b/query-guard.schema.json": writeSnapshot(snapshot([table("orders", { id: "bigint" }, { rows: 7 })])),
    };
    const found = indexOf(files);
    expect(found.schemaFor("/w/services/a/src/x.ts")?.table("orders")?.rows).toBe(5);
    expect(found.schemaFor("/w/services/b/src/x.ts")?.table("orders")?.rows).toBe(7);
    expect(found.schemaFor("/w/src/x.ts")).toBeUndefined();
  });

  it("serves the declaration of another package from the root, by its tables", () => {
    const prisma = 'datasource db {\n  provider = "postgresql"\n}\nmodel orders {\n  id BigInt @id\n}\nmodel parcels {\n  id BigInt @id\n}\n';
    const files = {
      "/w/packages/db/package.json": manifest("db"),
      "/w/packages/db/prisma/schema.prisma": prisma,
      "/w/query-guard.schema.json": writeSnapshot(snapshot([live, table("parcels", { id: "bigint" })])),
      "/w/packages/other/package.json": manifest("other"),
      "/w/packages/other/prisma/schema.prisma": prisma.replaceAll("orders", "songs").replaceAll("parcels", "albums"),
    };
    const found = indexOf(files);
    expect(found.schemaFor("/w/packages/db/src/x.ts")?.table("orders")?.rows).toBe(4_200_000);
    expect(found.schemaFor("/w/packages/other/src/x.ts")?.tables.map(({ name }) => name)).toEqual(["songs", "albums"]);
  });

  it("changes the digest", () => {
    const other = all["/w/query-guard.schema.json"].replace("4200000", "4300000");
    expect(indexOf(all).digest()).not.toBe(indexOf({ ...all, "/w/query-guard.schema.json": other }).digest());
  });
});

describe("the collation of the database", () => {
  const like = { op: "like", column: { name: "status", wrappers: [], span: { start: 0, end: 0 } }, pattern: { kind: "literal", value: "op%" }, prefix: "op", insensitive: false, negated: false, span: { start: 0, end: 0 } } as const;
  const verdict = (collation: string | undefined, operatorClass?: string): string => {
    const part = operatorClass === undefined ? {} : { operatorClass };
    const orders = table("orders", { id: "bigint", status: "text" }, { indexes: [index("orders_status_idx", "", { parts: [{ column: "status", ...part }] })] });
    const schema = schemaOf({ "/w/query-guard.schema.json": writeSnapshot(snapshot([orders], collation === undefined ? {} : { collation })) });
    const { verdict: answer, reason } = accessPath({ table: schema.table("orders")!, predicate: like, dialect: "postgresql" });
    return `${answer}: ${reason}`;
  };

  it.each([
    ["C", undefined, "usable: leading"],
    ["en_US.UTF-8", undefined, "unusable: operator-class"],
    ["en_US.UTF-8", "text_pattern_ops", "usable: leading"],
    // PostgreSQL 17's own C.UTF-8 sorts by code points, the operating system's of that name need not.
    ["C.UTF-8", undefined, "unknown: collation"],
    [undefined, undefined, "unknown: collation"],
  ])("decides whether %s with %s serves LIKE", (collation, operatorClass, answer) => {
    expect(verdict(collation, operatorClass)).toBe(answer);
  });
});
