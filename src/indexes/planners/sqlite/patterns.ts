/** "The LIKE Optimization" of SQLite: which patterns become a range. */
import type { Operand } from "../../../query/model.js";

/** Does a LIKE pattern with this text before its first wildcard make a range? A pattern that is computed never does. */
export function patternOf(prefix: string | undefined, pattern: Operand): "yes" | "no" | "unknown" {
  switch (pattern.kind) {
    case "literal":
      return typeof pattern.value === "string" && prefixOfLike(prefix, pattern.value) !== "" ? "yes" : "no";
    case "parameter":
      // Prepared anew when the value is bound.
      return prefix === "" ? "no" : "unknown";
    case "expression":
    case "column":
    case "subquery":
      return "no";
  }
}

/** The text before the first wildcard: all of it, when there is none. */
export function prefixOfLike(prefix: string | undefined, pattern: string): string {
  return prefix ?? pattern;
}

/** The text of a GLOB pattern before its first wildcard. */
export function prefixOfGlob(pattern: string): string {
  return /^[^*?[]*/u.exec(pattern)?.[0] ?? "";
}

/** May a text that begins so be a number? Then a column that is not TEXT may hold it as one, and the range misses it. */
export function looksNumeric(prefix: string): boolean {
  return /^\s*[-+]?(?:\d|\.|$)/u.test(prefix);
}
