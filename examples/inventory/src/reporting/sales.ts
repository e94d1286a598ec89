import { prisma } from "./client.js";

export interface SalesFilter {
  readonly productId?: number;
}

/** The latest order lines of a product, for the sheet that goes to its supplier. */
export async function latestSales(filter: SalesFilter) {
  return prisma.orderLine.findMany({
    where: { productId: filter.productId },
    include: { order: { select: { number: true, placedAt: true } } },
    orderBy: { orderId: "desc" },
    take: 200,
  });
}

/** The last fifty orders of the customer with this address. */
export async function orderHistory(email: string) {
  const customer = await prisma.customer.findUnique({ where: { email } });
  return prisma.order.findMany({
    where: { customerId: customer?.id },
    orderBy: { placedAt: "desc" },
    take: 50,
  });
}

/** The products a supplier sells best, with their names. */
export async function bestSellers(supplierId: number) {
  const totals = await prisma.orderLine.groupBy({
    by: ["productId"],
    where: { product: { supplierId } },
    _sum: { quantity: true },
    orderBy: { _sum: { quantity: "desc" } },
    take: 20,
  });
  const products = await prisma.product.findMany({
    where: { id: { in: totals.map((total) => total.productId) } },
    select: { id: true, sku: true, name: true },
  });
  const byId = new Map(products.map((product) => [product.id, product]));
  return totals.map((total) => ({ ...byId.get(total.productId), pieces: total._sum.quantity ?? 0 }));
}

/** Turnover of one customer since a day; null for an address nobody orders from. */
export async function turnoverOf(email: string, since: Date): Promise<number | null> {
  const customer = await prisma.customer.findUnique({ where: { email }, select: { id: true } });
  if (!customer) return null;
  const turnover = await prisma.order.aggregate({
    where: { customerId: customer.id, status: "shipped", placedAt: { gte: since } },
    _sum: { totalCents: true },
  });
  return turnover._sum.totalCents ?? 0;
}
