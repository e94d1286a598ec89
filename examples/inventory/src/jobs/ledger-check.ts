import { pg } from "../db/client.js";

export interface Deviation {
  readonly productId: number;
  readonly warehouseId: number;
  readonly level: number;
  readonly ledger: number;
}

interface LevelRow {
  readonly product_id: number;
  readonly warehouse_id: number;
  readonly quantity: number;
}

const PAGE = 1000;

/** Compares every stock level with the sum of its movements, a page of products at a time. */
export async function findDeviations(): Promise<Deviation[]> {
  const deviations: Deviation[] = [];
  let after = 0;
  while (true) {
    const page = await pg.query<{ id: number }>("SELECT id FROM products WHERE id > $1 ORDER BY id LIMIT $2", [after, PAGE]);
    const ids = page.rows.map((row) => row.id);
    if (ids.length === 0) return deviations;

    const levels = await pg.query<LevelRow>(
      "SELECT product_id, warehouse_id, quantity FROM stock_levels WHERE product_id = ANY($1)",
      [ids],
    );
    const sums = await pg.query<LevelRow>(
      `SELECT product_id, warehouse_id, sum(quantity)::int AS quantity
       FROM stock_movements
       WHERE product_id = ANY($1)
       GROUP BY product_id, warehouse_id`,
      [ids],
    );
    const ledger = new Map(sums.rows.map((row) => [`${row.product_id}/${row.warehouse_id}`, row.quantity]));
    for (const level of levels.rows) {
      const sum = ledger.get(`${level.product_id}/${level.warehouse_id}`) ?? 0;
      if (sum !== level.quantity) {
        deviations.push({
          productId: level.product_id,
          warehouseId: level.warehouse_id,
          level: level.quantity,
          ledger: sum,
        });
      }
    }
    after = ids[ids.length - 1] ?? after;
  }
}
