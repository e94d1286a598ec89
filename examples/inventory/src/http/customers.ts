import { Hono } from "hono";
import { z } from "zod";
import { customerByEmail, customerById, listCustomers, saveCustomer } from "../customers/customers.js";
import { ordersOfCustomer } from "../orders/read.js";
import { topProductsOfCustomer } from "../reports/turnover.js";
import { idParam, limit, page, status } from "./input.js";

const orderQuery = z.object({
  status: status.optional(),
  from: z.coerce.date().optional(),
  before: z.coerce.date().optional(),
  limit,
});
const newCustomer = z.object({ email: z.email(), name: z.string().min(1).max(200) });

/** Routes under /customers. */
export function customerRoutes(): Hono {
  const routes = new Hono();
  routes.get("/", async (c) => {
    const { after, limit: most } = page.parse(c.req.query());
    return c.json(await listCustomers(after, most));
  });
  routes.post("/", async (c) => {
    const input = newCustomer.parse(await c.req.json());
    return c.json(await saveCustomer(input.email, input.name), 201);
  });
  routes.get("/by-email/:email", async (c) => c.json(await customerByEmail(c.req.param("email"))));
  routes.get("/:id", async (c) => c.json(await customerById(idParam.parse(c.req.param()).id)));
  routes.get("/:id/orders", async (c) =>
    c.json(await ordersOfCustomer(idParam.parse(c.req.param()).id, orderQuery.parse(c.req.query()))),
  );
  routes.get("/:id/top-products", async (c) =>
    c.json(await topProductsOfCustomer(idParam.parse(c.req.param()).id, limit.parse(c.req.query("limit")))),
  );
  return routes;
}
