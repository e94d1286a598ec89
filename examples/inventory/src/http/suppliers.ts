import { Hono } from "hono";
import { z } from "zod";
import { SupplierService } from "../suppliers/suppliers.js";
import { idParam } from "./input.js";

const overviewQuery = z.object({
  page: z.coerce.number().int().positive().default(1),
  pageSize: z.coerce.number().int().min(1).max(100).default(25),
});
const newSupplier = z.object({ name: z.string().min(1).max(200), country: z.string().length(2) });

/** Routes under /suppliers. */
export function supplierRoutes(service = new SupplierService()): Hono {
  const routes = new Hono();
  routes.get("/", async (c) => c.json(await service.listActive()));
  routes.get("/overview", async (c) => {
    const { page, pageSize } = overviewQuery.parse(c.req.query());
    return c.json(await service.overview(page, pageSize));
  });
  routes.post("/", async (c) => {
    const input = newSupplier.parse(await c.req.json());
    return c.json(await service.create(input.name, input.country), 201);
  });
  routes.get("/:id", async (c) => c.json(await service.details(idParam.parse(c.req.param()).id)));
  routes.post("/:id/archive", async (c) => c.json(await service.archive(idParam.parse(c.req.param()).id)));
  return routes;
}
