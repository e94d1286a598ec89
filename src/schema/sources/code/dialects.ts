/** Dialects by the names that libraries and drivers give them. */
import type { SchemaDialect } from "../../names.js";

const DIALECTS: Readonly<Record<string, SchemaDialect>> = {
  pg: "postgresql", pgnative: "postgresql", postgres: "postgresql", postgresql: "postgresql", cockroachdb: "postgresql", "aurora-postgres": "postgresql", redshift: "postgresql",
  mysql: "mysql", mysql2: "mysql", "aurora-mysql": "mysql", mariadb: "mariadb",
  sqlite: "sqlite", sqlite3: "sqlite", "better-sqlite3": "sqlite", bettersqlite3: "sqlite", libsql: "sqlite", "better-sqlite": "sqlite", sqljs: "sqlite",
  mssql: "sqlserver", sqlserver: "sqlserver", tedious: "sqlserver", oracle: undefined, oracledb: undefined,
};

/** Is this the name of a dialect, of one that is not read here too? */
export function isDialectName(name: string): boolean {
  return Object.hasOwn(DIALECTS, name.toLowerCase());
}

/** The dialect of a name (`pg`, `better-sqlite3`); undefined for other names and other dialects. */
export function dialectOfClient(name: string): SchemaDialect {
  return isDialectName(name) ? DIALECTS[name.toLowerCase()] : undefined;
}
