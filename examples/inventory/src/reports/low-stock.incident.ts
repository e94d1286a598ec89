import { pg } from "../db/client.js";
import { type LowStockLine, type LowStockRequest, thirtyDaysAgo } from "./low-stock.types.js";

interface ProductRow {
  readonly id: number;
  readonly sku: string;
  readonly name: string;
  readonly reorder_point: number;
}

/** The products that have to be ordered, with how fast they sell. */
export async function lowStockReport(request: LowStockRequest): Promise<LowStockLine[]> {
  const products = await pg.query<ProductRow>("SELECT id, sku, name, reorder_point FROM products ORDER BY id");
  const since = thirtyDaysAgo();
  const lines: LowStockLine[] = [];

  for (const product of products.rows) {
    const onHand = await piecesOnHand(product.id);
    if (onHand >= product.reorder_point) continue;
    lines.push({
      productId: product.id,
      sku: product.sku,
      name: product.name,
      reorderPoint: product.reorder_point,
      onHand,
      soldLately: await piecesSold(product.sku, since),
    });
  }
  return lines.filter((line) => line.productId > request.after).slice(0, request.limit);
}

async function piecesOnHand(productId: number): Promise<number> {
  const result = await pg.query<{ pieces: number }>(
    "SELECT coalesce(sum(quantity), 0)::int AS pieces FROM stock_levels WHERE product_id = $1",
    [productId],
  );
  return result.rows[0]?.pieces ?? 0;
}

async function piecesSold(sku: string, since: Date): Promise<number> {
  const result = await pg.query<{ pieces: number }>(
    `SELECT coalesce(-sum(quantity), 0)::int AS pieces
     FROM stock_movements
     WHERE sku = $1 AND kind = 'sale' AND occurred_at >= $2`,
    [sku, since.toISOString()],
  );
  return result.rows[0]?.pieces ?? 0;
}
