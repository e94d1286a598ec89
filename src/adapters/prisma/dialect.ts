/** The dialect of raw SQL. Prisma's schema states it, which adapters do not see; what the project uses and the text itself tell it too. */
import type { Dialect } from "../../query/model.js";
import type { AdapterContext } from "../contract.js";

/** Prisma's driver adapters, and drivers that stand beside it. */
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
const DRIVERS: readonly (readonly [name: string, dialect: Dialect])[] = [
  ["pg", "postgresql"],
  ["postgres", "postgresql"],
  ["@neondatabase/serverless", "postgresql"],
  ["mysql2", "mysql"],
  ["mariadb", "mariadb"],
  ["better-sqlite3", "sqlite"],
  ["mssql", "sqlserver"],
];
/** Casts, JSON paths, `ILIKE`, `$1`, and names in double quotes, which MySQL takes for strings. */
const POSTGRES_MARKS = /::\s*"?[a-z]|#>>?|->>|\bilike\b|\$\d|~\*?\s*['(]|"[A-Za-z_]\w*"/iu;

export function dialectOf(text: string, context: AdapterContext): Dialect | undefined {
  return context.dialect ?? only(PACKAGES, context) ?? only(DRIVERS, context) ?? (text.includes("`") ? "mysql" : POSTGRES_MARKS.test(text) ? "postgresql" : undefined);
}

function only(packages: typeof PACKAGES, context: AdapterContext): Dialect | undefined {
  const [dialect, ...others] = new Set(packages.filter(([name]) => context.uses(name)).map(([, used]) => used));
  return others.length === 0 ? dialect : undefined;
}
