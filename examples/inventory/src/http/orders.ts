import { Hono } from "hono";
import { z } from "zod";
import { cancelOrder } from "../orders/cancel.js";
import { placeOrder } from "../orders/place.js";
import { orderByCustomerReference, orderDetails, ordersByNumbers, ordersForExport } from "../orders/read.js";
import { id, idParam, pieces, status } from "./input.js";

const bodyId = z.number().int().positive();
const newOrder = z.object({
  customerId: bodyId,
  warehouseId: bodyId,
  customerReference: z.string().max(100).optional(),
  lines: z.array(z.object({ productId: bodyId, quantity: pieces })).min(1).max(200),
});
const exportQuery = z.object({ status: status.optional(), warehouseId: id.optional(), from: z.coerce.date().optional() });

/** Routes under /orders. */
export function orderRoutes(): Hono {
  const routes = new Hono();
  routes.post("/", async (c) => c.json(await placeOrder(newOrder.parse(await c.req.json())), 201));
  routes.get("/export", async (c) => {
    const orders = await ordersForExport(exportQuery.parse(c.req.query()));
    const rows = orders.map((order) => [order.number, order.status, order.totalCents, order.placedAt.toISOString()]);
    return c.text([["number", "status", "total_cents", "placed_at"], ...rows].map((row) => row.join(";")).join("\n"));
  });
  routes.get("/by-numbers", async (c) => c.json(await ordersByNumbers((c.req.queries("number") ?? []).slice(0, 200))));
  routes.get("/by-reference/:reference", async (c) => c.json(await orderByCustomerReference(c.req.param("reference"))));
  routes.get("/:id", async (c) => c.json(await orderDetails(idParam.parse(c.req.param()).id)));
  routes.post("/:id/cancel", async (c) => c.json(await cancelOrder(idParam.parse(c.req.param()).id)));
  return routes;
}
