import type { Prisma } from "@prisma/client";
import { prisma } from "./client.js";

/** Keeps a report for its owner and drops that owner's oldest ones beyond twenty. */
export async function keepReport(ownerEmail: string, title: string, body: Prisma.InputJsonValue) {
  return prisma.$transaction(async (tx) => {
    const report = await tx.savedReport.create({ data: { ownerEmail, title, body } });
    const surplus = await tx.savedReport.findMany({
      where: { ownerEmail },
      orderBy: { createdAt: "desc" },
      skip: 20,
      take: 100,
      select: { id: true },
    });
    await tx.savedReport.deleteMany({ where: { id: { in: surplus.map((old) => old.id) } } });
    return report;
  });
}

/** The reports somebody kept, newest first. */
export async function reportsOf(ownerEmail: string) {
  return prisma.savedReport.findMany({ where: { ownerEmail }, orderBy: { createdAt: "desc" }, take: 20 });
}

/** Gives somebody's reports to a colleague who takes over. */
export async function handOver(fromEmail: string | undefined, toEmail: string): Promise<number> {
  if (!fromEmail) return 0;
  const moved = await prisma.savedReport.updateMany({ where: { ownerEmail: fromEmail }, data: { ownerEmail: toEmail } });
  return moved.count;
}

/** Drops the reports of somebody who leaves. */
export async function discardReports(ownerEmail?: string): Promise<number> {
  const discarded = await prisma.savedReport.deleteMany({ where: { ownerEmail } });
  return discarded.count;
}
