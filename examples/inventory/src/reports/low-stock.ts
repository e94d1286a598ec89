import { pg } from "../db/client.js";
import { type LowStockLine, type LowStockRequest, thirtyDaysAgo } from "./low-stock.types.js";

/** The products that have to be ordered, with how fast they sell, one page at a time. */
export async function lowStockReport(request: LowStockRequest): Promise<LowStockLine[]> {
  const result = await pg.query<LowStockLine>(
    `WITH low AS (
       SELECT p.id, p.sku, p.name, p.reorder_point, sum(l.quantity)::int AS on_hand
       FROM products p
       JOIN stock_levels l ON l.product_id = p.id
       WHERE p.id > $1
       GROUP BY p.id
       HAVING sum(l.quantity) < p.reorder_point
       ORDER BY p.id
       LIMIT $2
     )
     SELECT low.id AS "productId", low.sku, low.name, low.reorder_point AS "reorderPoint", low.on_hand AS "onHand",
            coalesce(sold.pieces, 0)::int AS "soldLately"
     FROM low
     LEFT JOIN LATERAL (
       SELECT -sum(m.quantity) AS pieces
       FROM stock_movements m
       WHERE m.product_id = low.id AND m.kind = 'sale' AND m.occurred_at >= $3
     ) sold ON true
     ORDER BY low.id`,
    [request.after, request.limit, thirtyDaysAgo().toISOString()],
  );
  return result.rows;
}
