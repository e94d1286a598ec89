/** The dialect of SQL that a library sends, where neither the settings nor the code name it. */
import type { Dialect } from "../query/model.js";
import type { AdapterContext } from "./contract.js";

export type DialectOfPackage = readonly (readonly [name: string, dialect: Dialect])[];

const DRIVERS: DialectOfPackage = [
  ["pg", "postgresql"],
  ["postgres", "postgresql"],
  ["@neondatabase/serverless", "postgresql"],
  ["mysql2", "mysql"],
  ["mysql", "mysql"],
  ["mariadb", "mariadb"],
  ["better-sqlite3", "sqlite"],
  ["sqlite3", "sqlite"],
  ["mssql", "sqlserver"],
];
/** Casts, JSON paths, `ILIKE`, `$1`, and names in double quotes, which MySQL takes for strings. */
const POSTGRES_MARKS = /::\s*"?[a-z]|#>>?|->>|\bilike\b|\$\d|~\*?\s*['(]|"[A-Za-z_]\w*"/iu;

/** The dialect of the packages that the project depends on, when all of them speak one. */
export function onlyDialect(packages: DialectOfPackage, context: AdapterContext): Dialect | undefined {
  const [dialect, ...others] = new Set(packages.filter(([name]) => context.uses(name)).map(([, used]) => used));
  return others.length === 0 ? dialect : undefined;
}

/** The dialect of the drivers among the dependencies. */
export function dialectOfDriver(context: AdapterContext): Dialect | undefined {
  return onlyDialect(DRIVERS, context);
}

/** The dialect that a text itself shows. */
export function dialectOfText(text: string): Dialect | undefined {
  return text.includes("`") ? "mysql" : POSTGRES_MARKS.test(text) ? "postgresql" : undefined;
}
