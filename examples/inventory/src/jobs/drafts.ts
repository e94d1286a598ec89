import { and, asc, eq, lt } from "drizzle-orm";
import { db } from "../db/orm.js";
import { orders } from "../db/schema.js";

const KEPT_DAYS = 14;
const MOST_PER_NIGHT = 500;

/** Lets drafts expire that nobody has placed for two weeks. Returns their number. */
export async function expireDrafts(now: Date = new Date()): Promise<number> {
  const stale = await db
    .select({ id: orders.id })
    .from(orders)
    .where(and(eq(orders.status, "draft"), lt(orders.placedAt, new Date(now.getTime() - KEPT_DAYS * 86_400_000))))
    .orderBy(asc(orders.placedAt))
    .limit(MOST_PER_NIGHT);

  for (const order of stale) {
    await db.update(orders).set({ status: "expired" }).where(eq(orders.id, order.id));
  }
  return stale.length;
}
