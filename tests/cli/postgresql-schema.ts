/** A schema with one of everything that a snapshot of PostgreSQL says, and what it must say. */
import { expect } from "vitest";
import type { Snapshot } from "../../src/schema/snapshot.js";
import { indexesOf, tableIn } from "./support.js";

export const DDL = `
CREATE TYPE status AS ENUM ('open', 'closed');
CREATE DOMAIN label AS varchar(40) NOT NULL;
CREATE DOMAIN short_label AS label;
CREATE TABLE customers (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, email varchar(255) NOT NULL, name text COLLATE "C", code short_label, tags text[]);
CREATE UNIQUE INDEX customers_email_key ON customers (lower(email));
CREATE INDEX customers_name_idx ON customers (name text_pattern_ops);
CREATE INDEX customers_sorted_idx ON customers (name COLLATE "POSIX" DESC NULLS LAST, id NULLS FIRST);
CREATE INDEX customers_tags_idx ON customers USING gin (tags);
CREATE TABLE orders (
  id bigint PRIMARY KEY,
  customer_id bigint NOT NULL REFERENCES customers (id),
  status status NOT NULL,
  note text,
  placed_at timestamptz NOT NULL,
  UNIQUE (customer_id, placed_at)
);
CREATE INDEX orders_open_idx ON orders (placed_at DESC) INCLUDE (note) WHERE status = 'open' AND note IS NOT NULL;
CREATE TABLE empty (id int);
CREATE TABLE measurements (at date NOT NULL, value int) PARTITION BY RANGE (at);
CREATE INDEX measurements_at_idx ON measurements (at);
CREATE TABLE measurements_2026 PARTITION OF measurements FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
CREATE TABLE readings (at date NOT NULL, value int) PARTITION BY RANGE (at);
CREATE TABLE readings_2026 PARTITION OF readings FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
CREATE INDEX readings_2026_value_idx ON readings_2026 (value);
CREATE VIEW open_orders AS SELECT id, placed_at FROM orders WHERE status = 'open';
CREATE MATERIALIZED VIEW totals AS SELECT customer_id, count(*) AS orders FROM orders GROUP BY customer_id;
CREATE INDEX totals_customer_idx ON totals (customer_id);
CREATE SCHEMA audit;
CREATE TABLE audit.entries (id bigint PRIMARY KEY, order_id bigint REFERENCES orders (id));
INSERT INTO customers (email, code) SELECT 'c' || n || '@example.org', 'c' FROM generate_series(1, 1234) n;
INSERT INTO orders SELECT n, n, 'open', NULL, '2026-01-01' FROM generate_series(1, 1000) n;
INSERT INTO measurements SELECT '2026-02-01', n FROM generate_series(1, 300) n;
ANALYZE;
`;

/** What every PostgreSQL says of {@link DDL}. */
export function expectPostgresql(snapshot: Snapshot): void {
  expect(snapshot.server.kind).toBe("postgresql");
  expect(snapshot.server.version).toMatch(/^\d+(?:\.\d+)?$/u);
  expect(snapshot.tables.map(({ schema, name, kind }) => `${schema ?? ""}.${name}: ${kind}`)).toEqual([
    "audit.entries: table",
    "public.customers: table",
    "public.empty: table",
    "public.measurements: table",
    "public.open_orders: view",
    "public.orders: table",
    "public.readings: table",
    "public.totals: materialized view",
  ]);

  const customers = tableIn(snapshot, "customers");
  expect(customers.rows).toBe(1200);
  expect(customers.bytes).toBeGreaterThan(0);
  expect(customers.columns).toEqual([
    { name: "id", type: "bigint", nullable: false },
    { name: "email", type: "character varying(255)", nullable: false },
    { name: "name", type: "text", nullable: true, collation: "C" },
    { name: "code", type: "character varying(40)", nullable: false },
    { name: "tags", type: "text[]", nullable: true },
  ]);
  const indexes = indexesOf(customers);
  expect(Object.keys(indexes)).toEqual(["customers_email_key", "customers_name_idx", "customers_pkey", "customers_sorted_idx", "customers_tags_idx"]);
  expect(indexes["customers_pkey"]).toEqual({ name: "customers_pkey", kind: "primary", method: "btree", parts: [{ column: "id" }] });
  expect(indexes["customers_email_key"]).toEqual({ name: "customers_email_key", kind: "unique", method: "btree", parts: [{ expression: "lower(email::text)" }] });
  expect(indexes["customers_name_idx"]?.parts).toEqual([{ column: "name", operatorClass: "text_pattern_ops" }]);
  expect(indexes["customers_sorted_idx"]?.parts).toEqual([{ column: "name", descending: true, nulls: "last", collation: "POSIX" }, { column: "id", nulls: "first" }]);
  expect(indexes["customers_tags_idx"]).toMatchObject({ method: "gin", parts: [{ column: "tags" }] });

  const orders = tableIn(snapshot, "orders");
  expect(orders.columns.find(({ name }) => name === "status")).toEqual({ name: "status", type: "status", nullable: false, enumeration: true });
  expect(indexesOf(orders)["orders_open_idx"]).toEqual({
    name: "orders_open_idx",
    kind: "index",
    method: "btree",
    parts: [{ column: "placed_at", descending: true }],
    include: ["note"],
    where: "status = 'open'::status AND note IS NOT NULL",
  });
  expect(indexesOf(orders)["orders_customer_id_placed_at_key"]).toMatchObject({ kind: "unique", parts: [{ column: "customer_id" }, { column: "placed_at" }] });
  expect(orders.foreignKeys).toEqual([{ columns: ["customer_id"], schema: "public", table: "customers", referencedColumns: ["id"] }]);

  expect(tableIn(snapshot, "empty").rows).toBe(0);
  expect(tableIn(snapshot, "measurements")).toMatchObject({ rows: 300, indexes: [{ name: "measurements_at_idx" }] });
  expect(tableIn(snapshot, "measurements")).not.toHaveProperty("uncertain");
  expect(tableIn(snapshot, "readings")).toMatchObject({ uncertain: "partitions have indexes of their own" });
  expect(tableIn(snapshot, "open_orders").columns.map(({ name }) => name)).toEqual(["id", "placed_at"]);
  expect(tableIn(snapshot, "totals").indexes.map(({ name }) => name)).toEqual(["totals_customer_idx"]);
  expect(tableIn(snapshot, "entries").foreignKeys).toEqual([{ columns: ["order_id"], schema: "public", table: "orders", referencedColumns: ["id"] }]);
}
