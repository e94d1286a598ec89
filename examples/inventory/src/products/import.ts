import { pg } from "../db/client.js";

export interface PriceListRow {
  readonly sku: string;
  readonly name: string;
  readonly unitPriceCents: number;
}

const CHUNK = 500;

/** Takes over a supplier's price list: new labels become products, known ones get the new name and price. */
export async function importPriceList(supplierId: number, rows: readonly PriceListRow[]): Promise<number> {
  const unique = [...new Map(rows.map((row) => [row.sku, row])).values()];
  let written = 0;

  await pg.transaction(async (tx) => {
    for (let start = 0; start < unique.length; start += CHUNK) {
      const chunk = unique.slice(start, start + CHUNK);
      const result = await tx.query(
        `INSERT INTO products (supplier_id, sku, name, unit_price_cents)
         SELECT $1, sku, name, price
         FROM unnest($2::text[], $3::text[], $4::int[]) AS listed (sku, name, price)
         ON CONFLICT (sku) DO UPDATE SET name = excluded.name, unit_price_cents = excluded.unit_price_cents
         WHERE products.supplier_id = excluded.supplier_id`,
        [supplierId, chunk.map((row) => row.sku), chunk.map((row) => row.name), chunk.map((row) => row.unitPriceCents)],
      );
      written += result.affectedRows ?? 0;
    }
  });
  return written;
}
