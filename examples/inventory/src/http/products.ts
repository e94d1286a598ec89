import { Hono } from "hono";
import { z } from "zod";
import { importPriceList } from "../products/import.js";
import {
  changePrice,
  createProduct,
  listProducts,
  newestProducts,
  productBySku,
  productDetails,
} from "../products/products.js";
import { stockOfProduct, totalOnHand } from "../stock/levels.js";
import { ordersWithProduct } from "../orders/read.js";
import { id, idParam, page } from "./input.js";

const listQuery = page.extend({ search: z.string().max(100).optional(), supplierId: id.optional() });
const cents = z.number().int().min(0);
const newProduct = z.object({
  sku: z.string().min(1).max(40),
  name: z.string().min(1).max(200),
  supplierId: z.number().int().positive(),
  unitPriceCents: cents,
  reorderPoint: z.number().int().min(0).default(0),
});
const priceList = z.object({
  supplierId: z.number().int().positive(),
  rows: z.array(z.object({ sku: z.string().min(1), name: z.string().min(1), unitPriceCents: cents })).max(50_000),
});

/** Routes under /products. */
export function productRoutes(): Hono {
  const routes = new Hono();
  routes.get("/", async (c) => c.json(await listProducts(listQuery.parse(c.req.query()))));
  routes.get("/newest", async (c) => c.json(await newestProducts()));
  routes.get("/by-sku/:sku", async (c) => c.json(await productBySku(c.req.param("sku"))));
  routes.post("/", async (c) => c.json(await createProduct(newProduct.parse(await c.req.json())), 201));
  routes.post("/import", async (c) => {
    const input = priceList.parse(await c.req.json());
    return c.json({ written: await importPriceList(input.supplierId, input.rows) });
  });
  routes.get("/:id", async (c) => c.json(await productDetails(idParam.parse(c.req.param()).id)));
  routes.get("/:id/stock", async (c) => {
    const product = idParam.parse(c.req.param());
    return c.json({ total: await totalOnHand(product.id), levels: await stockOfProduct(product.id) });
  });
  routes.get("/:id/orders", async (c) => c.json(await ordersWithProduct(idParam.parse(c.req.param()).id)));
  routes.patch("/:id/price", async (c) => {
    const { unitPriceCents } = z.object({ unitPriceCents: cents }).parse(await c.req.json());
    return c.json(await changePrice(idParam.parse(c.req.param()).id, unitPriceCents));
  });
  return routes;
}
