import { asc, count, eq } from "drizzle-orm";
import { db } from "../db/orm.js";
import { products, suppliers } from "../db/schema.js";
import { ConflictError, NotFoundError } from "../errors.js";

export type Supplier = typeof suppliers.$inferSelect;

/** Suppliers and what they deliver. */
export class SupplierService {
  /** The suppliers the company buys from. */
  async listActive(): Promise<Supplier[]> {
    return db.select().from(suppliers).where(eq(suppliers.archived, false)).orderBy(asc(suppliers.name));
  }

  /** The supplier with this id, with the newest products it delivers. */
  async details(id: number) {
    const supplier = await db.query.suppliers.findFirst({
      where: eq(suppliers.id, id),
      with: { products: { limit: 20, orderBy: (product, { desc }) => desc(product.id) } },
    });
    if (!supplier) throw new NotFoundError(`There is no supplier ${id}`);
    return supplier;
  }

  /** One page of suppliers with the number of products of each. */
  async overview(page: number, pageSize: number) {
    const rows = await db
      .select({ id: suppliers.id, name: suppliers.name, country: suppliers.country })
      .from(suppliers)
      .where(eq(suppliers.archived, false))
      .orderBy(asc(suppliers.name))
      .limit(pageSize)
      .offset((page - 1) * pageSize);
    return Promise.all(rows.map(async (supplier) => ({ ...supplier, products: await this.countProducts(supplier.id) })));
  }

  /** Adds a supplier. */
  async create(name: string, country: string): Promise<Supplier> {
    const [supplier] = await db.insert(suppliers).values({ name, country }).returning();
    if (!supplier) throw new Error("The insert returned no row");
    return supplier;
  }

  /** Ends the business with a supplier that no product comes from any more. */
  async archive(id: number): Promise<Supplier> {
    if ((await this.countProducts(id)) > 0) throw new ConflictError(`Supplier ${id} still delivers products`);
    const [supplier] = await db.update(suppliers).set({ archived: true }).where(eq(suppliers.id, id)).returning();
    if (!supplier) throw new NotFoundError(`There is no supplier ${id}`);
    return supplier;
  }

  private async countProducts(supplierId: number): Promise<number> {
    const [row] = await db.select({ total: count() }).from(products).where(eq(products.supplierId, supplierId));
    return row?.total ?? 0;
  }
}
