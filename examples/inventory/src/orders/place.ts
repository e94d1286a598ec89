import { and, eq, gte, sql } from "drizzle-orm";
import { db } from "../db/orm.js";
import { orderLines, products, stockLevels, stockMovements } from "../db/schema.js";
import { ConflictError, NotFoundError } from "../errors.js";
import { insertNumbered, type Order } from "./numbers.js";

export interface NewOrder {
  readonly customerId: number;
  readonly warehouseId: number;
  readonly customerReference?: string | undefined;
  readonly lines: ReadonlyArray<{ readonly productId: number; readonly quantity: number }>;
}

/** Places an order: takes the pieces out of the warehouse at today's prices, or fails as a whole. */
export async function placeOrder(input: NewOrder): Promise<Order> {
  return db.transaction(async (tx) => {
    const priced = [];
    for (const line of input.lines) {
      const [product] = await tx
        .select({ sku: products.sku, unitPriceCents: products.unitPriceCents })
        .from(products)
        .where(eq(products.id, line.productId))
        .limit(1);
      if (!product) throw new NotFoundError(`There is no product ${line.productId}`);
      priced.push({ ...line, ...product });
    }

    const order = await insertNumbered(tx, {
      customerId: input.customerId,
      warehouseId: input.warehouseId,
      status: "placed",
      customerReference: input.customerReference,
      totalCents: priced.reduce((total, line) => total + line.quantity * line.unitPriceCents, 0),
    });

    for (const line of priced) {
      const taken = await tx
        .update(stockLevels)
        .set({ quantity: sql`${stockLevels.quantity} - ${line.quantity}`, updatedAt: new Date() })
        .where(
          and(
            eq(stockLevels.productId, line.productId),
            eq(stockLevels.warehouseId, input.warehouseId),
            gte(stockLevels.quantity, line.quantity),
          ),
        )
        .returning({ productId: stockLevels.productId });
      if (taken.length === 0) throw new ConflictError(`There are not ${line.quantity} pieces of ${line.sku} in stock`);
    }

    await tx.insert(orderLines).values(
      priced.map((line, position) => ({
        orderId: order.id,
        lineNo: position + 1,
        productId: line.productId,
        quantity: line.quantity,
        unitPriceCents: line.unitPriceCents,
      })),
    );
    await tx.insert(stockMovements).values(
      priced.map((line) => ({
        productId: line.productId,
        warehouseId: input.warehouseId,
        sku: line.sku,
        kind: "sale" as const,
        quantity: -line.quantity,
        reference: order.number,
      })),
    );
    return order;
  });
}
