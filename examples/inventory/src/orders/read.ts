import { and, desc, eq, exists, gte, inArray, lt, type SQL } from "drizzle-orm";
import { db } from "../db/orm.js";
import { orderLines, orders, type OrderStatus } from "../db/schema.js";
import { NotFoundError } from "../errors.js";
import type { Order } from "./numbers.js";

export interface CustomerOrderFilter {
  readonly status?: OrderStatus | undefined;
  readonly from?: Date | undefined;
  /** Orders placed before this moment: the last one of the page before. */
  readonly before?: Date | undefined;
  readonly limit: number;
}

export interface ExportFilter {
  readonly status?: OrderStatus | undefined;
  readonly warehouseId?: number | undefined;
  readonly from?: Date | undefined;
}

/** An order with its customer and its lines. */
export async function orderDetails(id: number) {
  const order = await db.query.orders.findFirst({
    where: eq(orders.id, id),
    with: { customer: true, lines: { with: { product: { columns: { sku: true, name: true } } } } },
  });
  if (!order) throw new NotFoundError(`There is no order ${id}`);
  return order;
}

/** The order a customer knows under a number of their own. */
export async function orderByCustomerReference(reference: string): Promise<Order> {
  const [order] = await db.select().from(orders).where(eq(orders.customerReference, reference)).limit(1);
  if (!order) throw new NotFoundError(`There is no order with the reference ${reference}`);
  return order;
}

/** A customer's orders, latest first. */
export async function ordersOfCustomer(customerId: number, filter: CustomerOrderFilter): Promise<Order[]> {
  const conditions = [eq(orders.customerId, customerId)];
  if (filter.status) conditions.push(eq(orders.status, filter.status));
  if (filter.from) conditions.push(gte(orders.placedAt, filter.from));
  if (filter.before) conditions.push(lt(orders.placedAt, filter.before));
  return db
    .select()
    .from(orders)
    .where(and(...conditions))
    .orderBy(desc(orders.placedAt))
    .limit(filter.limit);
}

/** Orders for the bookkeepers' spreadsheet. */
export async function ordersForExport(filter: ExportFilter): Promise<Order[]> {
  const conditions: SQL[] = [];
  if (filter.status) conditions.push(eq(orders.status, filter.status));
  if (filter.warehouseId) conditions.push(eq(orders.warehouseId, filter.warehouseId));
  if (filter.from) conditions.push(gte(orders.placedAt, filter.from));

  return db
    .select()
    .from(orders)
    .where(and(...conditions))
    .orderBy(desc(orders.placedAt));
}

/** The orders a picking list was printed for, by their numbers. */
export async function ordersByNumbers(numbers: readonly string[]): Promise<Order[]> {
  if (numbers.length === 0) return [];
  return db.query.orders.findMany({ where: inArray(orders.number, [...numbers]) });
}

/** The latest orders that contain a product. */
export async function ordersWithProduct(productId: number, limit = 50): Promise<Order[]> {
  return db
    .select()
    .from(orders)
    .where(
      exists(
        db
          .select({ orderId: orderLines.orderId })
          .from(orderLines)
          .where(and(eq(orderLines.orderId, orders.id), eq(orderLines.productId, productId))),
      ),
    )
    .orderBy(desc(orders.id))
    .limit(limit);
}
