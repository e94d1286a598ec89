import { pg } from "../db/client.js";

/** Computes from the drafts how many pieces are reserved. */
export async function recalculateReservations(): Promise<void> {
  await pg.transaction(async (tx) => {
    await tx.query("UPDATE stock_levels SET reserved = 0");
    await tx.query(
      `UPDATE stock_levels
       SET reserved = wanted.quantity
       FROM (
         SELECT l.product_id, o.warehouse_id, sum(l.quantity)::int AS quantity
         FROM orders o
         JOIN order_lines l ON l.order_id = o.id
         WHERE o.status = 'draft'
         GROUP BY l.product_id, o.warehouse_id
       ) wanted
       WHERE stock_levels.product_id = wanted.product_id AND stock_levels.warehouse_id = wanted.warehouse_id`,
    );
  });
}
