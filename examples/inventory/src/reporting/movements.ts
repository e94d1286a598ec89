import { prisma } from "./client.js";

export interface Period {
  readonly from: Date;
  readonly to: Date;
}

/** How many pieces were sold in a period, all warehouses together. */
export async function piecesSold(period: Period): Promise<number> {
  const sold = await prisma.stockMovement.aggregate({
    where: { kind: "sale", occurredAt: { gte: period.from, lt: period.to } },
    _sum: { quantity: true },
  });
  return -(sold._sum.quantity ?? 0);
}

/** How many pieces came into one warehouse in a period. */
export async function piecesReceived(warehouseId: number, period: Period): Promise<number> {
  const received = await prisma.stockMovement.aggregate({
    where: { warehouseId, kind: "receipt", occurredAt: { gte: period.from, lt: period.to } },
    _sum: { quantity: true },
  });
  return received._sum.quantity ?? 0;
}

/** The newest rows of the ledger, for the screen in the office. */
export async function latestMovements(options: { take?: number } = {}) {
  return prisma.stockMovement.findMany({
    include: { product: { select: { name: true } }, warehouse: { select: { code: true } } },
    orderBy: { id: "desc" },
    take: options.take,
  });
}

/** The warehouses of a comparison sheet, in the order in which they were picked. */
export async function warehousesByCode(codes: readonly string[]) {
  const warehouses = await Promise.all(codes.map((code) => prisma.warehouse.findUnique({ where: { code } })));
  return warehouses.filter((warehouse) => warehouse !== null);
}

/** Hands over the ledger of a warehouse row by row, a page at a time, without holding it in memory. */
export async function* ledgerOf(warehouseId: number, period: Period) {
  let cursor: bigint | undefined;
  while (true) {
    const rows = await prisma.stockMovement.findMany({
      where: { warehouseId, occurredAt: { gte: period.from, lt: period.to } },
      orderBy: [{ occurredAt: "asc" }, { id: "asc" }],
      take: 1000,
      ...(cursor === undefined ? {} : { cursor: { id: cursor }, skip: 1 }),
    });
    yield* rows;
    const last = rows[rows.length - 1];
    if (!last || rows.length < 1000) return;
    cursor = last.id;
  }
}
