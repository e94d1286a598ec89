import type { Transaction } from "@electric-sql/pglite";
import { pg } from "../db/client.js";

export type MovementKind = "receipt" | "sale" | "return" | "transfer_in" | "transfer_out" | "adjustment";

export interface Movement {
  readonly productId: number;
  readonly warehouseId: number;
  readonly kind: MovementKind;
  readonly quantity: number;
  readonly reference?: string | undefined;
}

export interface MovementFilter {
  readonly from?: Date | undefined;
  readonly to?: Date | undefined;
  readonly limit: number;
}

/** Writes rows of the ledger, all in one statement. */
export async function recordMovements(tx: Transaction, movements: readonly Movement[]): Promise<void> {
  await tx.query(
    `INSERT INTO stock_movements (product_id, warehouse_id, sku, kind, quantity, reference)
     SELECT p.id, m.warehouse_id, p.sku, m.kind, m.quantity, m.reference
     FROM unnest($1::int[], $2::int[], $3::text[], $4::int[], $5::text[])
       AS m (product_id, warehouse_id, kind, quantity, reference)
     JOIN products p ON p.id = m.product_id`,
    [
      movements.map((movement) => movement.productId),
      movements.map((movement) => movement.warehouseId),
      movements.map((movement) => movement.kind),
      movements.map((movement) => movement.quantity),
      movements.map((movement) => movement.reference ?? null),
    ],
  );
}

/** What happened in a warehouse, latest first. */
export async function movementsOfWarehouse(warehouseId: number, filter: MovementFilter) {
  const conditions = ["warehouse_id = $1"];
  const params: unknown[] = [warehouseId];
  if (filter.from) {
    params.push(filter.from.toISOString());
    conditions.push(`occurred_at >= $${params.length}`);
  }
  if (filter.to) {
    params.push(filter.to.toISOString());
    conditions.push(`occurred_at < $${params.length}`);
  }
  params.push(filter.limit);
  const result = await pg.query<Movement & { id: number; sku: string; occurredAt: Date }>(
    `SELECT id, product_id AS "productId", warehouse_id AS "warehouseId", sku, kind, quantity, reference,
            occurred_at AS "occurredAt"
     FROM stock_movements
     WHERE ${conditions.join(" AND ")}
     ORDER BY occurred_at DESC
     LIMIT $${params.length}`,
    params,
  );
  return result.rows;
}
