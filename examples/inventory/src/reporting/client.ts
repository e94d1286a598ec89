import { PrismaClient } from "@prisma/client";

/** The reporting jobs' client; it reads a copy of the service's database that REPORTING_URL names. */
export const prisma = new PrismaClient({ accelerateUrl: process.env.REPORTING_URL });
