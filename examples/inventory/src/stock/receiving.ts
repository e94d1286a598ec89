import { pg } from "../db/client.js";
import { enqueue } from "../events/outbox.js";
import { NotFoundError } from "../errors.js";
import { recordMovements } from "./movements.js";

export interface ReceivedLine {
  readonly productId: number;
  readonly quantity: number;
}

/** Books a delivery into a warehouse: levels rise, the ledger gets a row per line. */
export async function receiveStock(warehouseId: number, lines: readonly ReceivedLine[], reference?: string): Promise<void> {
  const pieces = new Map<number, number>();
  for (const line of lines) pieces.set(line.productId, (pieces.get(line.productId) ?? 0) + line.quantity);
  const productIds = [...pieces.keys()];

  await pg.transaction(async (tx) => {
    const known = await tx.query<{ id: number }>("SELECT id FROM products WHERE id = ANY($1)", [productIds]);
    for (const row of known.rows) pieces.delete(row.id);
    const [missing] = pieces.keys();
    if (missing !== undefined) throw new NotFoundError(`There is no product ${missing}`);

    await tx.query(
      `INSERT INTO stock_levels (product_id, warehouse_id, quantity)
       SELECT product_id, $1, sum(quantity)
       FROM unnest($2::int[], $3::int[]) AS received (product_id, quantity)
       GROUP BY product_id
       ON CONFLICT (product_id, warehouse_id)
       DO UPDATE SET quantity = stock_levels.quantity + excluded.quantity, updated_at = now()`,
      [warehouseId, lines.map((line) => line.productId), lines.map((line) => line.quantity)],
    );
    await recordMovements(
      tx,
      lines.map((line) => ({ ...line, warehouseId, kind: "receipt", reference })),
    );
    await enqueue(tx, "stock.received", { warehouseId, productIds });
  });
}
