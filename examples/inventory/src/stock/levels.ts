import { pg } from "../db/client.js";
import { many, maybeOne } from "../db/query.js";

export interface StockLevel {
  readonly productId: number;
  readonly warehouseId: number;
  readonly quantity: number;
}

/** What is in a warehouse, one page at a time. */
export async function stockOfWarehouse(warehouseId: number, after: number, limit: number) {
  const result = await pg.query<StockLevel & { sku: string; name: string }>(
    `SELECT l.product_id AS "productId", l.warehouse_id AS "warehouseId", l.quantity, p.sku, p.name
     FROM stock_levels l
     JOIN products p ON p.id = l.product_id
     WHERE l.warehouse_id = $1 AND l.product_id > $2
     ORDER BY l.product_id
     LIMIT $3`,
    [warehouseId, after, limit],
  );
  return result.rows;
}

/** Where a product is. */
export async function stockOfProduct(productId: number): Promise<StockLevel[]> {
  return many<StockLevel>(
    pg,
    `SELECT product_id AS "productId", warehouse_id AS "warehouseId", quantity
     FROM stock_levels
     WHERE product_id = $1
     ORDER BY warehouse_id`,
    [productId],
  );
}

/** How many pieces of a product the company has, in all warehouses together. */
export async function totalOnHand(productId: number): Promise<number> {
  const row = await maybeOne<{ total: number }>(
    pg,
    "SELECT coalesce(sum(quantity), 0)::int AS total FROM stock_levels WHERE product_id = $1",
    [productId],
  );
  return row?.total ?? 0;
}

/** What is on hand of several products, by product id. */
export async function onHandOf(productIds: readonly number[]): Promise<Map<number, number>> {
  const result = await pg.query<{ productId: number; quantity: number }>(
    `SELECT product_id AS "productId", sum(quantity)::int AS quantity
     FROM stock_levels
     WHERE product_id = ANY($1)
     GROUP BY product_id`,
    [productIds],
  );
  return new Map(result.rows.map((row) => [row.productId, row.quantity]));
}

/** Whether a warehouse could ship this many pieces now. */
export async function isAvailable(productId: number, warehouseId: number, quantity: number): Promise<boolean> {
  const result = await pg.query<{ available: boolean }>(
    `SELECT EXISTS (
       SELECT 1 FROM stock_levels WHERE product_id = $1 AND warehouse_id = $2 AND quantity - reserved >= $3
     ) AS available`,
    [productId, warehouseId, quantity],
  );
  return result.rows[0]?.available ?? false;
}
