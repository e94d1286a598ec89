/** What a hole of a text holds, as its place in the text tells. */
import type { SqlHole } from "../sql/index.js";
import type { TextHole } from "../syntax/text.js";

/** Words after which a value follows, or an expression; after any other word a piece of text does. */
const BEFORE_VALUE = /(?:^|[^\w$"])(?:like|ilike|similar\s+to|regexp|rlike|glob|match|in|any|all|limit|offset|top|then|else|case|when|between|interval|escape|values|default|distinct\s+from|at\s+time\s+zone|collate|fetch\s+(?:first|next))$/iu;
/** `BETWEEN a AND`: the AND of a range, not that of two conditions. */
const IN_BETWEEN = /(?:^|\W)between\b(?:(?!\b(?:and|or)\b)[\s\S])+\band$/iu;
/** A parenthesis that opens a condition, not a list of arguments. */
const OPENS_CONDITION = /(?:^|\W)(?:where|and|or|not|on|having|when)\s*\($/iu;

/**
 * The kind of a hole. One that may hold a bound value or a piece of text is a value where an operand is expected, and a
 * piece of text anywhere else: `WHERE ${…}` is no parameter. `shift` is how far the text begins before the hole's own.
 */
export function placedKind({ kind, span }: TextHole, text: string, shift = 0): SqlHole["kind"] {
  if (kind !== "open") return kind;
  const before = text.slice(0, span.start + shift).trimEnd();
  if (/(?:\.|\bselect\s+(?:distinct\s+)?)\*$/iu.test(before)) return "text";
  if (/[=<>!+\-*/%~|@&^#?,]$/u.test(before)) return "value";
  if (before.endsWith("(")) return OPENS_CONDITION.test(before) ? "text" : "value";
  const last = before.slice(-400);
  return BEFORE_VALUE.test(last) || IN_BETWEEN.test(last) ? "value" : "text";
}
