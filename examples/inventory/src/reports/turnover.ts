import { pg } from "../db/client.js";

export interface TopProduct {
  readonly productId: number;
  readonly sku: string;
  readonly pieces: number;
}

/** The products a customer bought most. */
export async function topProductsOfCustomer(customerId: number, limit: number): Promise<TopProduct[]> {
  const result = await pg.query<TopProduct>(
    `SELECT p.id AS "productId", p.sku, sum(l.quantity)::int AS pieces
     FROM orders o
     JOIN order_lines l ON l.order_id = o.id
     JOIN products p ON p.id = l.product_id
     WHERE o.customer_id = $1 AND o.status IN ('placed', 'shipped')
     GROUP BY p.id
     ORDER BY pieces DESC, p.id
     LIMIT $2`,
    [customerId, limit],
  );
  return result.rows;
}

/** Turnover per month, months without an order included. */
export async function turnoverByMonth(months: number) {
  const result = await pg.query<{ month: string; orders: number; totalCents: number }>(
    `SELECT to_char(m.start, 'YYYY-MM') AS month, count(o.id)::int AS orders, coalesce(sum(o.total_cents), 0) AS "totalCents"
     FROM generate_series(
            date_trunc('month', now()) - make_interval(months => $1::int - 1), date_trunc('month', now()), interval '1 month'
          ) AS m (start)
     LEFT JOIN orders o
       ON o.status IN ('placed', 'shipped') AND o.placed_at >= m.start AND o.placed_at < m.start + interval '1 month'
     GROUP BY m.start
     ORDER BY m.start`,
    [months],
  );
  return result.rows;
}
