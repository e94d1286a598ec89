/** How names of tables and columns are compared, and how property names become column names. */
import type { SchemaModel } from "./model.js";

export type SchemaDialect = SchemaModel["dialect"];

/** Schemas that mean "no schema written". */
const DEFAULT_SCHEMAS: ReadonlySet<string> = new Set(["public", "main", "dbo"]);

/**
 * The schema a table is filed under: undefined for the dialect's default one, so that `public.users` and `users` are one
 * table. In MySQL and MariaDB the qualifier is the name of the database, which the files of a repository seldom repeat.
 */
export function normaliseSchema(schema: string | undefined): string | undefined {
  return schema === undefined || schema === "" || DEFAULT_SCHEMAS.has(schema.toLowerCase()) ? undefined : schema;
}

/**
 * The form in which two names of one database are compared. PostgreSQL folds unquoted names to lower case when it reads
 * them and compares exactly (manual, 4.1.1), and names arrive here folded. The others compare without regard to case:
 * SQLite always, MySQL, MariaDB and SQL Server for columns always and for tables on most systems.
 */
export function nameKey(name: string, dialect: SchemaDialect): string {
  return dialect === "postgresql" ? name : name.toLowerCase();
}

export function tableKey(name: string, schema: string | undefined, dialect: SchemaDialect): string {
  return `${nameKey(normaliseSchema(schema) ?? "", dialect)}\0${nameKey(name, dialect)}`;
}

export function sameName(left: string, right: string, dialect: SchemaDialect): boolean {
  return nameKey(left, dialect) === nameKey(right, dialect);
}

/** The words of a camelCase, PascalCase or snake_case name. */
function words(name: string): readonly string[] {
  return name.match(/[0-9a-z]+|[A-Z]+(?![a-z])|[A-Z][0-9a-z]+/gu) ?? [name];
}

/** Drizzle's `casing: "snake_case"` (drizzle-orm, casing). */
export function snakeCase(name: string): string {
  return words(name)
    .map((word) => word.toLowerCase())
    .join("_");
}

/** Drizzle's `casing: "camelCase"`. */
export function camelCase(name: string): string {
  return words(name)
    .map((word, position) => (position === 0 ? word.toLowerCase() : word.charAt(0).toUpperCase() + word.slice(1).toLowerCase()))
    .join("");
}

/** The property of the Prisma client that a model has: its name with the first character in lower case. */
export function delegateName(model: string): string {
  return model.charAt(0).toLowerCase() + model.slice(1);
}
