import { prisma } from "./client.js";

export interface ProductValue {
  readonly sku: string;
  readonly name: string;
  readonly pieces: number;
  readonly valueCents: number;
}

/** What the stock of every product is worth, for the annual accounts. */
export async function productValuation(): Promise<ProductValue[]> {
  const products = await prisma.product.findMany({
    include: { stockLevels: true },
    orderBy: { sku: "asc" },
  });
  return products.map((product) => {
    const pieces = product.stockLevels.reduce((sum, level) => sum + level.quantity, 0);
    return { sku: product.sku, name: product.name, pieces, valueCents: pieces * product.unitPriceCents };
  });
}

/** Size of the catalogue and of the stock, for the head of a report. */
export async function headline() {
  const [products, stock, discontinued] = await Promise.all([
    prisma.product.count(),
    prisma.stockLevel.aggregate({ _sum: { quantity: true, reserved: true } }),
    prisma.product.count({ where: { supplier: { archived: true } } }),
  ]);
  return { products, pieces: stock._sum.quantity ?? 0, reserved: stock._sum.reserved ?? 0, discontinued };
}
