/** The part of a pattern that an index can look up (like_support.c). */

export interface Fixed {
  /** What every match begins with. */
  readonly prefix: string;
  /** A match is that and nothing more. */
  readonly exact: boolean;
}

/** Letters of either case are not fixed; in a multi-byte encoding nothing beyond ASCII is. */
function withoutCase(fixed: Fixed): Fixed {
  const caseless = /^[^A-Za-z\u0080-\u{10ffff}]*/u.exec(fixed.prefix)?.[0] ?? "";
  return { prefix: caseless, exact: fixed.exact && caseless.length === fixed.prefix.length };
}

/** Of a LIKE pattern: `prefix` is the text before its first wildcard, `literal` the pattern where it is known. */
export function fixedOfLike(prefix: string, literal: string | undefined, insensitive: boolean): Fixed {
  const exact = literal !== undefined && !/[%_\\]/u.test(literal);
  const fixed = { prefix, exact };
  return insensitive ? withoutCase(fixed) : fixed;
}

/** Of a regular expression; undefined when this small reading cannot tell. */
export function fixedOfRegex(pattern: string, insensitive: boolean): Fixed | undefined {
  // Options and alternatives change what the rest means.
  if (/^\*\*\*|^\(\?|\||\\/u.test(pattern)) return undefined;
  if (!pattern.startsWith("^")) return pattern.includes("^") ? undefined : { prefix: "", exact: false };
  const body = pattern.slice(1);
  const prefix = /^[\p{L}\p{N} _\-@/:,;'"<>=!~#%&]*/u.exec(body)?.[0] ?? "";
  const rest = body.slice(prefix.length);
  if (prefix === "" && rest === "$") return undefined;
  // What a quantifier stands behind may be missing.
  const isOptional = /^[*?{]/u.test(rest);
  if (rest.startsWith("(") || rest.startsWith("[")) {
    if (prefix === "") return undefined;
  }
  const fixed = { prefix: isOptional ? prefix.slice(0, -1) : prefix, exact: rest === "$" };
  return insensitive ? withoutCase(fixed) : fixed;
}

/** Of a SIMILAR TO pattern, which must match from end to end. */
export function fixedOfSimilar(pattern: string): Fixed | undefined {
  if (/[\\|]/u.test(pattern)) return undefined;
  const prefix = /^[^%_*+?{}()[\]]*/u.exec(pattern)?.[0] ?? "";
  const rest = pattern.slice(prefix.length);
  if (/^[*?{]/u.test(rest)) return { prefix: prefix.slice(0, -1), exact: false };
  if (/^[([]/u.test(rest) && prefix === "") return undefined;
  return { prefix, exact: rest === "" };
}
