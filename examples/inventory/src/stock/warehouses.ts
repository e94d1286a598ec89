import { asc, eq } from "drizzle-orm";
import { db } from "../db/orm.js";
import { stockLevels, warehouses } from "../db/schema.js";
import { NotFoundError } from "../errors.js";

export type Warehouse = typeof warehouses.$inferSelect;

const MOST_WAREHOUSES = 100;

/** All warehouses, for pickers such as "Select a warehouse". */
export async function listWarehouses(): Promise<Warehouse[]> {
  return db.select().from(warehouses).orderBy(asc(warehouses.code)).limit(MOST_WAREHOUSES);
}

/** The warehouse with this code. */
export async function warehouseByCode(code: string): Promise<Warehouse> {
  const warehouse = await db.query.warehouses.findFirst({ where: eq(warehouses.code, code) });
  if (!warehouse) throw new NotFoundError(`There is no warehouse ${code}`);
  return warehouse;
}

/** How many products have a place in a warehouse. */
export async function productsInWarehouse(warehouseId: number): Promise<number> {
  return db.$count(stockLevels, eq(stockLevels.warehouseId, warehouseId));
}
