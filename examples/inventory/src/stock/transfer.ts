import { pg } from "../db/client.js";
import { ConflictError } from "../errors.js";
import { recordMovements } from "./movements.js";

export interface Transfer {
  readonly productId: number;
  readonly fromWarehouseId: number;
  readonly toWarehouseId: number;
  readonly quantity: number;
}

/** Moves pieces of a product from one warehouse to another; the company's total stays what it was. */
export async function transferStock(transfer: Transfer): Promise<void> {
  const { productId, fromWarehouseId, toWarehouseId, quantity } = transfer;
  if (fromWarehouseId === toWarehouseId) throw new ConflictError("A transfer needs two warehouses");

  await pg.transaction(async (tx) => {
    const taken = await tx.query(
      `UPDATE stock_levels SET quantity = quantity - $3, updated_at = now()
       WHERE product_id = $1 AND warehouse_id = $2 AND quantity - reserved >= $3`,
      [productId, fromWarehouseId, quantity],
    );
    if (taken.affectedRows !== 1) {
      throw new ConflictError(`Warehouse ${fromWarehouseId} does not have ${quantity} pieces of product ${productId}`);
    }
    await tx.query(
      `INSERT INTO stock_levels (product_id, warehouse_id, quantity) VALUES ($1, $2, $3)
       ON CONFLICT (product_id, warehouse_id)
       DO UPDATE SET quantity = stock_levels.quantity + excluded.quantity, updated_at = now()`,
      [productId, toWarehouseId, quantity],
    );
    await recordMovements(tx, [
      { productId, warehouseId: fromWarehouseId, kind: "transfer_out", quantity: -quantity },
      { productId, warehouseId: toWarehouseId, kind: "transfer_in", quantity },
    ]);
  });
}
