import { Hono } from "hono";
import { ZodError } from "zod";
import { pg } from "../db/client.js";
import { ConflictError, NotFoundError } from "../errors.js";
import type { ReleaseContent } from "../releases.js";
import { customerRoutes } from "./customers.js";
import { orderRoutes } from "./orders.js";
import { productRoutes } from "./products.js";
import { reportRoutes } from "./reports.js";
import { stockRoutes } from "./stock.js";
import { supplierRoutes } from "./suppliers.js";

/** Puts the routes together and turns errors into answers. */
export function createApp(release: ReleaseContent): Hono {
  const app = new Hono();

  app.get("/health", async (c) => {
    await pg.query("SELECT 1");
    return c.json({ ok: true });
  });
  app.route("/products", productRoutes());
  app.route("/", stockRoutes());
  app.route("/orders", orderRoutes());
  app.route("/customers", customerRoutes());
  app.route("/suppliers", supplierRoutes());
  app.route("/reports", reportRoutes(release));

  app.onError((error, c) => {
    if (error instanceof ZodError) return c.json({ error: "The input is not valid", issues: error.issues }, 400);
    if (error instanceof SyntaxError) return c.json({ error: "The body is not JSON" }, 400);
    if (error instanceof NotFoundError) return c.json({ error: error.message }, 404);
    if (error instanceof ConflictError) return c.json({ error: error.message }, 409);
    const conflict = constraintConflict(error);
    if (conflict) return c.json({ error: conflict }, 409);
    console.error(error);
    return c.json({ error: "Something went wrong" }, 500);
  });
  return app;
}

/** Words for a statement that a constraint of the database refused; undefined for any other error. */
function constraintConflict(error: unknown): string | undefined {
  const cause = error instanceof Error && error.cause ? error.cause : error;
  if (!(cause instanceof Error) || !("code" in cause)) return undefined;
  if (cause.code === "23503") return "Something that the request refers to does not exist";
  if (cause.code === "23505") return "Something with this name exists already";
  return undefined;
}
