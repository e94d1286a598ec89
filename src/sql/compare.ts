/** Do two readings of one text say the same? */
import type { Statement } from "../query/model.js";

/** What two grammars may write differently without meaning anything else. */
const ignored = new Set(["span", "value", "undefinable", "text", "volatile", "sqlType"]);
const folded = new Set(["name", "table", "alias", "schema", "collation", "operator"]);

function normal(value: unknown, key: string, inWrapper: boolean): unknown {
  if (typeof value === "bigint") return `${String(value)}n`;
  if (typeof value === "string") return folded.has(key) ? value.toLowerCase() : value;
  if (Array.isArray(value)) return value.map((item: unknown) => normal(item, key, key === "wrappers"));
  if (typeof value !== "object" || value === null) return value;
  const result: Record<string, unknown> = {};
  for (const [name, item] of Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))) {
    if (item === undefined) continue;
    // The values of literals count; the host's values of parameters do not, nor do the spellings of types.
    const isLiteral = "kind" in value && (value.kind === "literal" || value.kind === "number");
    const isPredicate = "op" in value;
    if (ignored.has(name) && !(name === "value" && (isLiteral || isPredicate))) continue;
    if (name === "type" && (inWrapper || ("kind" in value && value.kind === "parameter"))) continue;
    result[name] = normal(item, name, false);
  }
  return result;
}

/** A form in which equal readings are equal strings: without positions, host values and spellings. */
export function canonical(statements: readonly Statement[]): string {
  return JSON.stringify(normal(statements, "", false));
}
