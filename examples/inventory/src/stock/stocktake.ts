import type { Transaction } from "@electric-sql/pglite";
import { pg } from "../db/client.js";
import { NotFoundError } from "../errors.js";

export interface Count {
  readonly sku: string;
  readonly counted: number;
}

interface Level {
  readonly product_id: number;
  readonly quantity: number;
}

/** Books what was counted in a warehouse. Returns the labels whose level was corrected. */
export async function bookStocktake(warehouseId: number, counts: readonly Count[]): Promise<string[]> {
  const corrected: string[] = [];

  await pg.transaction(async (tx) => {
    for (const count of counts) {
      const level = await lockLevel(tx, warehouseId, count.sku);
      const difference = count.counted - level.quantity;
      if (difference === 0) continue;

      await tx.query(
        `UPDATE stock_levels SET quantity = $3, updated_at = now()
         WHERE product_id = $1 AND warehouse_id = $2`,
        [level.product_id, warehouseId, count.counted],
      );
      await tx.query(
        `INSERT INTO stock_movements (product_id, warehouse_id, sku, kind, quantity, reference)
         VALUES ($1, $2, $3, 'adjustment', $4, 'stocktake')`,
        [level.product_id, warehouseId, count.sku, difference],
      );
      corrected.push(count.sku);
    }
  });
  return corrected;
}

async function lockLevel(tx: Transaction, warehouseId: number, sku: string): Promise<Level> {
  const result = await tx.query<Level>(
    `SELECT l.product_id, l.quantity
     FROM products p
     JOIN stock_levels l ON l.product_id = p.id AND l.warehouse_id = $1
     WHERE p.sku = $2
     FOR UPDATE OF l`,
    [warehouseId, sku],
  );
  const [level] = result.rows;
  if (!level) throw new NotFoundError(`Warehouse ${warehouseId} has no place for ${sku}`);
  return level;
}
