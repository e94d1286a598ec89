import { sql } from "drizzle-orm";
import { db } from "../db/orm.js";
import { stockSnapshots } from "../db/schema.js";

/** Counts what the stock of each warehouse is worth, for the reports of the next day. */
export async function takeSnapshots(): Promise<void> {
  await db.transaction(async (tx) => {
    await tx.delete(stockSnapshots);
    await tx.execute(sql`
      INSERT INTO stock_snapshots (warehouse_id, products, units, value_cents)
      SELECT l.warehouse_id, count(*), sum(l.quantity), sum(l.quantity::bigint * p.unit_price_cents)
      FROM stock_levels l
      JOIN products p ON p.id = l.product_id
      GROUP BY l.warehouse_id
    `);
  });
}
