import { pg } from "../db/client.js";
import { many } from "../db/query.js";

export interface WarehouseValue {
  readonly warehouse: string;
  readonly products: number;
  readonly units: number;
  readonly valueCents: number;
  readonly takenAt: Date;
}

/** What the stock of each warehouse was worth when the last night's job counted it. */
export async function stockValue(): Promise<WarehouseValue[]> {
  return many<WarehouseValue>(
    pg,
    `SELECT w.code AS warehouse, s.products, s.units, s.value_cents AS "valueCents", s.taken_at AS "takenAt"
     FROM stock_snapshots s
     JOIN warehouses w ON w.id = s.warehouse_id
     ORDER BY w.code
     LIMIT 100`,
  );
}
