/** Column types under one name each, whichever source they come from. */

const SYNONYMS: ReadonlyMap<string, string> = new Map([
  ["int", "integer"],
  ["int4", "integer"],
  ["serial", "integer"],
  ["serial4", "integer"],
  ["mediumint", "integer"],
  ["int2", "smallint"],
  ["smallserial", "smallint"],
  ["int8", "bigint"],
  ["bigserial", "bigint"],
  ["serial8", "bigint"],
  ["bool", "boolean"],
  ["character varying", "varchar"],
  ["nvarchar", "varchar"],
  ["character", "char"],
  ["bpchar", "char"],
  ["nchar", "char"],
  ["tinytext", "text"],
  ["mediumtext", "text"],
  ["longtext", "text"],
  ["string", "text"],
  ["float4", "real"],
  ["float8", "double"],
  ["float", "double"],
  ["double precision", "double"],
  ["decimal", "numeric"],
  ["timestamp without time zone", "timestamp"],
  ["timestamp with time zone", "timestamptz"],
  ["time without time zone", "time"],
  ["time with time zone", "timetz"],
]);

/** `VARCHAR(255)` → `varchar`, `int4` → `integer`. Names that are not known stay as they are, in lower case. */
export function normaliseType(type: string | undefined): string | undefined {
  if (type === undefined) return undefined;
  const array = /\[\s*\]|\barray\b/iu.test(type);
  const bare = type
    .toLowerCase()
    .replace(/\([^)]*\)/gu, "")
    .replace(/\[[^\]]*\]|\barray\b/gu, "")
    .replace(/\b(?:unsigned|signed|zerofill)\b/gu, "")
    .replace(/"/gu, "")
    // `public.citext`, as pg_dump writes it.
    .replace(/^(?:\w+\.)+/u, "")
    .replace(/\s+/gu, " ")
    .trim();
  if (bare === "") return undefined;
  const name = SYNONYMS.get(bare) ?? (bare.startsWith("enum") ? "enum" : bare);
  return array ? `${name}[]` : name;
}
