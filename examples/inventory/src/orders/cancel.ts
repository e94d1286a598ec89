import { and, eq, sql } from "drizzle-orm";
import { db } from "../db/orm.js";
import { orderLines, orders, products, stockMovements } from "../db/schema.js";
import { ConflictError } from "../errors.js";
import type { Order } from "./numbers.js";

/** Cancels an order that has not been shipped and puts its pieces back where they came from. */
export async function cancelOrder(id: number): Promise<Order> {
  return db.transaction(async (tx) => {
    const [order] = await tx
      .update(orders)
      .set({ status: "cancelled" })
      .where(and(eq(orders.id, id), eq(orders.status, "placed")))
      .returning();
    if (!order) throw new ConflictError(`Order ${id} cannot be cancelled`);

    await tx.execute(sql`
      UPDATE stock_levels
      SET quantity = stock_levels.quantity + returned.quantity, updated_at = now()
      FROM (SELECT product_id, sum(quantity) AS quantity FROM order_lines WHERE order_id = ${id} GROUP BY product_id) returned
      WHERE stock_levels.product_id = returned.product_id AND stock_levels.warehouse_id = ${order.warehouseId}
    `);
    const lines = await tx
      .select({ productId: orderLines.productId, quantity: orderLines.quantity, sku: products.sku })
      .from(orderLines)
      .innerJoin(products, eq(products.id, orderLines.productId))
      .where(eq(orderLines.orderId, id));
    await tx.insert(stockMovements).values(
      lines.map((line) => ({
        ...line,
        warehouseId: order.warehouseId,
        kind: "return" as const,
        reference: order.number,
      })),
    );
    return order;
  });
}
