import { Hono } from "hono";
import { z } from "zod";
import type { ReleaseContent } from "../releases.js";
import { stockValue } from "../reports/stock-value.js";
import { turnoverByMonth } from "../reports/turnover.js";
import { page } from "./input.js";

const months = z.coerce.number().int().min(1).max(60).default(12);

/** Routes under /reports. */
export function reportRoutes(release: ReleaseContent): Hono {
  const routes = new Hono();
  routes.get("/stock-value", async (c) => c.json(await stockValue()));
  routes.get("/turnover", async (c) => c.json(await turnoverByMonth(months.parse(c.req.query("months")))));

  const { lowStockReport } = release;
  if (lowStockReport) {
    routes.get("/low-stock", async (c) => c.json(await lowStockReport(page.parse(c.req.query()))));
  }
  return routes;
}
