import type { Product } from "./products.js";

const KEEP_MS = 30_000;
const MOST = 1000;

const bySku = new Map<string, { readonly product: Product; readonly until: number }>();

/** The product from the cache, or from `load`, which is then remembered for half a minute. */
export async function readThrough(sku: string, load: () => Promise<Product | undefined>): Promise<Product | undefined> {
  const known = bySku.get(sku);
  if (known && known.until > Date.now()) return known.product;

  const product = await load();
  if (product) {
    if (bySku.size >= MOST) dropExpired();
    bySku.set(sku, { product, until: Date.now() + KEEP_MS });
  }
  return product;
}

/** Forgets one product, so that the next read sees what was written. */
export function forgetProduct(sku: string): void {
  bySku.delete(sku);
}

function dropExpired(): void {
  const now = Date.now();
  for (const [sku, entry] of bySku) {
    if (entry.until <= now) bySku.delete(sku);
  }
  if (bySku.size >= MOST) bySku.clear();
}
