/** Families of column types. */

const TEXT_TYPES: ReadonlySet<string> = new Set(["text", "varchar", "char", "citext", "name", "enum"]);
const INTEGER_TYPES: ReadonlySet<string> = new Set(["integer", "bigint", "smallint"]);

/** A type whose comparison may depend on a collation; a type that is not known may be one. */
export function isText(type: string | undefined): boolean {
  return type === undefined || TEXT_TYPES.has(type);
}

export function isInteger(type: string | undefined): boolean {
  return type !== undefined && INTEGER_TYPES.has(type);
}
