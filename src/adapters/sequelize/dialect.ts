/** The dialect of a connection: the settings say it, else the drivers that the project depends on. */
import type { Dialect } from "../../query/model.js";
import type { AdapterContext } from "../contract.js";

const DRIVERS: readonly (readonly [name: string, dialect: Dialect])[] = [
  ["pg", "postgresql"],
  ["@sequelize/postgres", "postgresql"],
  ["mysql2", "mysql"],
  ["@sequelize/mysql", "mysql"],
  ["mariadb", "mariadb"],
  ["@sequelize/mariadb", "mariadb"],
  ["sqlite3", "sqlite"],
  ["@vscode/sqlite3", "sqlite"],
  ["@sequelize/sqlite3", "sqlite"],
  ["tedious", "sqlserver"],
  ["@sequelize/mssql", "sqlserver"],
  ["snowflake-sdk", "snowflake"],
];

/** Undefined where several could be meant. An SQLite driver beside another one is for tests. */
export function dialectOf(context: AdapterContext): Dialect | undefined {
  if (context.dialect) return context.dialect;
  const used = new Set(DRIVERS.filter(([name]) => context.uses(name)).map(([, dialect]) => dialect));
  if (used.size > 1) used.delete("sqlite");
  const [dialect, ...others] = used;
  return others.length === 0 ? dialect : undefined;
}
