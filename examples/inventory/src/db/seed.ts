import { pg } from "./client.js";

/** How much data {@link seed} writes. */
export interface SeedSize {
  readonly suppliers: number;
  readonly products: number;
  readonly customers: number;
  readonly movements: number;
  readonly orders: number;
}

const WAREHOUSES: ReadonlyArray<readonly [code: string, name: string, city: string]> = [
  ["HAM", "Harbour", "Hamburg"],
  ["LEJ", "Central", "Leipzig"],
  ["MUC", "South", "Munich"],
  ["DUS", "Rhine", "Düsseldorf"],
];

/** The size of the seed data for a scale; 1 is a company of 4000 products. */
export function seedSize(scale: number, movements?: number): SeedSize {
  const scaled = (count: number, least: number): number => Math.max(least, Math.round(count * scale));
  return {
    suppliers: scaled(120, 5),
    products: scaled(4000, 40),
    customers: scaled(2000, 20),
    movements: movements ?? scaled(60_000, 400),
    orders: scaled(8000, 40),
  };
}

/**
 * Fills an empty database. Everything but the clock is deterministic: the same size gives the same rows, dated back
 * from `now`. Returns false, and writes nothing, when there is data already.
 */
export async function seed(size: SeedSize, now: Date = new Date()): Promise<boolean> {
  const existing = await pg.query<{ filled: boolean }>("SELECT EXISTS (SELECT 1 FROM products) AS filled");
  if (existing.rows[0]?.filled) return false;

  await pg.transaction(async (tx) => {
    for (const [code, name, city] of WAREHOUSES) {
      await tx.query("INSERT INTO warehouses (code, name, city) VALUES ($1, $2, $3)", [code, name, city]);
    }
    await tx.query(
      `INSERT INTO suppliers (name, country, archived)
       SELECT 'Supplier ' || lpad(i::text, 4, '0'), (ARRAY['DE', 'NL', 'PL', 'IT', 'CN'])[1 + i % 5], i % 9 = 0
       FROM generate_series(1, $1::int) AS i`,
      [size.suppliers],
    );
    await tx.query(
      `INSERT INTO products (sku, name, supplier_id, unit_price_cents, reorder_point)
       SELECT 'SKU-' || lpad(i::text, 6, '0'),
              (ARRAY['steel', 'brass', 'nylon', 'oak', 'copper', 'rubber'])[1 + i % 6] || ' '
                || (ARRAY['bolt', 'hinge', 'bracket', 'valve', 'gasket', 'spring', 'plate'])[1 + i % 7] || ' ' || i,
              1 + (i * 7) % $2::int, 95 + (i * 37) % 9000, 20 + (i * 31) % 60
       FROM generate_series(1, $1::int) AS i`,
      [size.products, size.suppliers],
    );
    await tx.query(
      `INSERT INTO customers (email, name)
       SELECT 'buyer' || i || '@customer-' || (i * 13) % 400 || '.example', 'Customer ' || i
       FROM generate_series(1, $1::int) AS i`,
      [size.customers],
    );
    // A year of trade: seven sales, two receipts and one return in ten movements, spread over products and warehouses.
    await tx.query(
      `INSERT INTO stock_movements (product_id, warehouse_id, sku, kind, quantity, reference, occurred_at)
       SELECT p.id, 1 + (i / 3) % 4, p.sku,
              CASE WHEN i % 10 < 7 THEN 'sale' WHEN i % 10 < 9 THEN 'receipt' ELSE 'return' END,
              CASE WHEN i % 10 < 7 THEN -(1 + i % 5) WHEN i % 10 < 9 THEN 4 + i % 9 ELSE 1 END,
              'seed-' || i,
              $3::timestamptz - (($1::int - i) * (interval '365 days' / $1::int))
       FROM generate_series(1, $1::int) AS i
       JOIN products p ON p.id = 1 + (i::bigint * 7919) % $2::int`,
      [size.movements, size.products, now.toISOString()],
    );
    // What was in the warehouses before: enough that no level was ever below zero.
    await tx.query(
      `INSERT INTO stock_movements (product_id, warehouse_id, sku, kind, quantity, reference, occurred_at)
       SELECT p.id, w.id, p.sku, 'receipt', greatest(0, -coalesce(m.quantity, 0)) + 1 + (p.id * 17 + w.id * 5) % 30,
              'opening', $1::timestamptz - interval '366 days'
       FROM products p
       CROSS JOIN warehouses w
       LEFT JOIN (SELECT product_id, warehouse_id, sum(quantity) AS quantity
                  FROM stock_movements GROUP BY product_id, warehouse_id) m
         ON m.product_id = p.id AND m.warehouse_id = w.id`,
      [now.toISOString()],
    );
    await tx.query(
      `INSERT INTO stock_levels (product_id, warehouse_id, quantity, updated_at)
       SELECT product_id, warehouse_id, sum(quantity), max(occurred_at)
       FROM stock_movements GROUP BY product_id, warehouse_id`,
    );
    await tx.query(
      `INSERT INTO orders (number, customer_id, warehouse_id, status, customer_reference, placed_at)
       SELECT 'A' || lpad(i::text, 7, '0'), 1 + (i * 11) % $2::int, 1 + i % 4,
              CASE WHEN i % 20 = 0 THEN 'draft' WHEN i % 20 = 1 THEN 'cancelled' WHEN i % 4 = 2 THEN 'placed' ELSE 'shipped' END,
              CASE WHEN i % 3 = 0 THEN 'PO-' || i END,
              $3::timestamptz - (($1::int - i) * (interval '365 days' / $1::int))
       FROM generate_series(1, $1::int) AS i`,
      [size.orders, size.customers, now.toISOString()],
    );
    await tx.query(
      `INSERT INTO order_lines (order_id, line_no, product_id, quantity, unit_price_cents)
       SELECT i, line, p.id, 1 + (i + line) % 5, p.unit_price_cents
       FROM generate_series(1, $1::int) AS i
       CROSS JOIN generate_series(1, 3) AS line
       JOIN products p ON p.id = 1 + (i * 31 + line * 977) % $2::int`,
      [size.orders, size.products],
    );
    await tx.query(
      `UPDATE orders o SET total_cents = t.total
       FROM (SELECT order_id, sum(quantity * unit_price_cents) AS total FROM order_lines GROUP BY order_id) t
       WHERE t.order_id = o.id`,
    );
  });
  await pg.exec("ANALYZE");
  return true;
}
