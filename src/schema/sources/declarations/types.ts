/** Types of columns as declarations in code name them. */
import type { SchemaDialect } from "../../names.js";
import { normaliseType } from "../../types.js";

/** Types that TypeORM, Sequelize and MikroORM map to others, in lower case. */
const MAPPED: ReadonlyMap<string, string> = new Map([
  ["datetime", "timestamp"],
  ["datetime2", "timestamp"],
  ["smalldatetime", "timestamp"],
  ["simple-array", "text"],
  ["simple-json", "text"],
  ["simple-enum", "enum"],
  ["buffer", "blob"],
  ["bytea", "blob"],
]);

/** The normalised name of a database type that a declaration states. */
export function declaredType(type: string): string | undefined {
  return MAPPED.get(type.toLowerCase()) ?? normaliseType(type);
}

/** A `uuid` where the database has none is text. */
export function uuidType(dialect: SchemaDialect): string {
  return dialect === undefined || dialect === "postgresql" || dialect === "mariadb" ? "uuid" : "varchar";
}
