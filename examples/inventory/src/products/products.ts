import { and, asc, desc, eq, gt, sql } from "drizzle-orm";
import { db } from "../db/orm.js";
import { products } from "../db/schema.js";
import { NotFoundError } from "../errors.js";
import { forgetProduct, readThrough } from "./cache.js";

export type Product = typeof products.$inferSelect;
export type NewProduct = Pick<Product, "sku" | "name" | "supplierId" | "unitPriceCents" | "reorderPoint">;

export interface ProductFilter {
  readonly search?: string | undefined;
  readonly supplierId?: number | undefined;
  /** Products after this id: the last one of the page before. */
  readonly after?: number | undefined;
  readonly limit: number;
}

/** One page of the catalogue, in the order of the ids. */
export async function listProducts(filter: ProductFilter): Promise<Product[]> {
  const conditions = [gt(products.id, filter.after ?? 0)];
  if (filter.supplierId !== undefined) conditions.push(eq(products.supplierId, filter.supplierId));
  if (filter.search) {
    conditions.push(sql`to_tsvector('simple', ${products.name}) @@ plainto_tsquery('simple', ${filter.search})`);
  }
  return db
    .select()
    .from(products)
    .where(and(...conditions))
    .orderBy(asc(products.id))
    .limit(filter.limit);
}

/** A product with its supplier and what is in each warehouse. */
export async function productDetails(id: number) {
  const product = await db.query.products.findFirst({
    where: eq(products.id, id),
    with: { supplier: true, stockLevels: { with: { warehouse: true } } },
  });
  if (!product) throw new NotFoundError(`There is no product ${id}`);
  return product;
}

/** A product by its label. Scanners ask for the same few labels all day, hence the cache. */
export async function productBySku(sku: string): Promise<Product> {
  const product = await readThrough(sku, async () => {
    const [row] = await db.select().from(products).where(eq(products.sku, sku)).limit(1);
    return row;
  });
  if (!product) throw new NotFoundError(`There is no product ${sku}`);
  return product;
}

/** The products that came into the catalogue last. */
export async function newestProducts(limit = 20): Promise<Product[]> {
  return db.select().from(products).orderBy(desc(products.id)).limit(limit);
}

/** Adds a product to the catalogue. */
export async function createProduct(input: NewProduct): Promise<Product> {
  const [product] = await db.insert(products).values(input).returning();
  if (!product) throw new Error("The insert returned no row");
  return product;
}

/** Changes what a product costs from now on; orders keep the price they were placed at. */
export async function changePrice(id: number, unitPriceCents: number): Promise<Product> {
  const [product] = await db.update(products).set({ unitPriceCents }).where(eq(products.id, id)).returning();
  if (!product) throw new NotFoundError(`There is no product ${id}`);
  forgetProduct(product.sku);
  return product;
}
