/** The dialect of raw SQL. Prisma's schema states it, which adapters do not see; what the project uses and the text itself tell it too. */
import type { Dialect } from "../../query/model.js";
import type { AdapterContext } from "../contract.js";
import { dialectOfDriver, dialectOfText, onlyDialect } from "../dialects.js";

/** Prisma's driver adapters. */
const PACKAGES: readonly (readonly [name: string, dialect: Dialect])[] = [
  ["@prisma/adapter-pg", "postgresql"],
  ["@prisma/adapter-neon", "postgresql"],
  ["@prisma/adapter-ppg", "postgresql"],
  ["@prisma/adapter-mariadb", "mysql"],
  ["@prisma/adapter-planetscale", "mysql"],
  ["@prisma/adapter-better-sqlite3", "sqlite"],
  ["@prisma/adapter-libsql", "sqlite"],
  ["@prisma/adapter-d1", "sqlite"],
  ["@prisma/adapter-mssql", "sqlserver"],
];

export function dialectOf(text: string, context: AdapterContext): Dialect | undefined {
  return context.dialect ?? onlyDialect(PACKAGES, context) ?? dialectOfDriver(context) ?? dialectOfText(text);
}
