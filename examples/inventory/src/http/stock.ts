import { Hono } from "hono";
import { z } from "zod";
import { isAvailable, stockOfWarehouse } from "../stock/levels.js";
import { movementsOfWarehouse } from "../stock/movements.js";
import { receiveStock } from "../stock/receiving.js";
import { bookStocktake } from "../stock/stocktake.js";
import { transferStock } from "../stock/transfer.js";
import { listWarehouses, productsInWarehouse, warehouseByCode } from "../stock/warehouses.js";
import { id, idParam, limit, page, pieces } from "./input.js";

const movementQuery = z.object({ from: z.coerce.date().optional(), to: z.coerce.date().optional(), limit });
const availability = z.object({ productId: id, quantity: z.coerce.number().int().positive() });
const bodyId = z.number().int().positive();
const receipt = z.object({
  warehouseId: bodyId,
  reference: z.string().max(100).optional(),
  lines: z.array(z.object({ productId: bodyId, quantity: pieces })).min(1).max(1000),
});
const transfer = z.object({ productId: bodyId, fromWarehouseId: bodyId, toWarehouseId: bodyId, quantity: pieces });
const stocktake = z.object({
  warehouseId: bodyId,
  counts: z.array(z.object({ sku: z.string().min(1), counted: z.number().int().min(0) })).min(1).max(1000),
});

/** Routes under /warehouses and /stock. */
export function stockRoutes(): Hono {
  const routes = new Hono();
  routes.get("/warehouses", async (c) => c.json(await listWarehouses()));
  routes.get("/warehouses/by-code/:code", async (c) => {
    const warehouse = await warehouseByCode(c.req.param("code"));
    return c.json({ ...warehouse, products: await productsInWarehouse(warehouse.id) });
  });
  routes.get("/warehouses/:id/stock", async (c) => {
    const { after, limit: most } = page.parse(c.req.query());
    return c.json(await stockOfWarehouse(idParam.parse(c.req.param()).id, after, most));
  });
  routes.get("/warehouses/:id/movements", async (c) =>
    c.json(await movementsOfWarehouse(idParam.parse(c.req.param()).id, movementQuery.parse(c.req.query()))),
  );
  routes.get("/warehouses/:id/availability", async (c) => {
    const { productId, quantity } = availability.parse(c.req.query());
    return c.json({ available: await isAvailable(productId, idParam.parse(c.req.param()).id, quantity) });
  });
  routes.post("/stock/receipts", async (c) => {
    const input = receipt.parse(await c.req.json());
    await receiveStock(input.warehouseId, input.lines, input.reference);
    return c.json({ received: input.lines.length }, 201);
  });
  routes.post("/stock/transfers", async (c) => {
    await transferStock(transfer.parse(await c.req.json()));
    return c.json({ transferred: true }, 201);
  });
  routes.post("/stock/stocktakes", async (c) => {
    const input = stocktake.parse(await c.req.json());
    return c.json({ corrected: await bookStocktake(input.warehouseId, input.counts) }, 201);
  });
  return routes;
}
