/** Index expressions and conditions as text, brought into a form in which identical ones are equal. */

const TOKEN = /'(?:[^']|'')*'|"(?:[^"]|"")*"|`[^`]*`|\[[A-Za-z_][\w ]*\]|::\s*(?:character varying|double precision|timestamp with(?:out)? time zone|"?\w+"?)(?:\(\s*\d+(?:\s*,\s*\d+)?\s*\))?(?:\[\])?|->>|->|<>|!=|<=|>=|\|\||\w+(?:\.\d+)?|[^\s]/gu;

/** Longer texts are not compared: no index expression is that long. */
const LONGEST = 4000;

/**
 * Tokens of an SQL expression: identifiers without quotes, words in lower case, casts to text types dropped (pg_dump
 * writes `lower((email)::text)` for `lower(email)`), redundant parentheses dropped.
 */
export function expressionTokens(text: string): readonly string[] {
  if (text.length > LONGEST) return [text];
  const tokens: string[] = [];
  for (const [found] of text.matchAll(TOKEN)) {
    if (found.startsWith("::") && isHarmlessCast(found, tokens.at(-1))) continue;
    if (found.startsWith("'")) tokens.push(found);
    else if (found.startsWith('"') || found.startsWith("`") || (found.startsWith("[") && found.length > 1)) tokens.push(found.slice(1, -1));
    else tokens.push(found === "!=" ? "<>" : found.toLowerCase());
  }
  return dropQualifiers(dropParentheses(tokens));
}

/** A cast of a literal to its own type, or of a text column to text, changes nothing that an index would notice. */
function isHarmlessCast(cast: string, before: string | undefined): boolean {
  return before?.startsWith("'") === true || /^::\s*(?:text|character varying|varchar)/iu.test(cast);
}

/** `(email)` → `email`, `((a))` → `(a)`. Parentheses of calls stay. */
function dropParentheses(tokens: readonly string[]): readonly string[] {
  let current = tokens;
  for (;;) {
    const next: string[] = [];
    for (let at = 0; at < current.length; at += 1) {
      const token = current[at] ?? "";
      const before = next.at(-1);
      const isCall = before !== undefined && /^\w/u.test(before) && !KEYWORDS.has(before);
      const inside = current[at + 1];
      if (token === "(" && !isCall && current[at + 2] === ")" && inside !== undefined && inside !== "(") {
        next.push(inside);
        at += 2;
      } else next.push(token);
    }
    if (next.length > 2 && next[0] === "(" && closes(next) === next.length - 1) {
      next.pop();
      next.shift();
    }
    if (next.length === current.length) return next;
    current = next;
  }
}

const KEYWORDS: ReadonlySet<string> = new Set(["and", "or", "not", "in", "is", "like", "between", "when", "then", "else", "case"]);

/** Position of the parenthesis that closes the first token. */
function closes(tokens: readonly string[]): number {
  let depth = 0;
  for (const [at, token] of tokens.entries()) {
    if (token === "(") depth += 1;
    else if (token === ")") depth -= 1;
    if (depth === 0) return at;
  }
  return -1;
}

/** `users.email` → `email`: inside one table's index there is only one table. */
function dropQualifiers(tokens: readonly string[]): readonly string[] {
  const kept: string[] = [];
  for (const token of tokens) {
    if (kept.at(-1) === "." && kept.length >= 2) kept.splice(-2, 2);
    kept.push(token);
  }
  return kept;
}

/** Are two expressions the same, up to quoting, case of words, white space and redundant parentheses? */
export function sameExpression(left: string, right: string): boolean {
  return expressionTokens(left).join(" ") === expressionTokens(right).join(" ");
}

/** Does the expression name the column? */
export function expressionNames(text: string, column: string): boolean {
  const wanted = column.toLowerCase();
  return expressionTokens(text).some((token) => token.toLowerCase() === wanted);
}

/** One AND-term of the condition of a partial index. */
export type ConditionTerm =
  | { readonly kind: "null" | "not null" | "true" | "false"; readonly column: string }
  | { readonly kind: "equal"; readonly column: string; readonly value: string | number | boolean }
  /** Read, but not modelled; `columns` are the words that may be columns. */
  | { readonly kind: "other"; readonly words: readonly string[] };

/** The AND-terms of a partial index's condition. */
export function conditionTerms(text: string): readonly ConditionTerm[] {
  return split(expressionTokens(text)).map(readTerm);
}

/** Splits at AND outside parentheses. `a BETWEEN x AND y` stays whole; an OR outside parentheses keeps everything together. */
function split(tokens: readonly string[]): readonly (readonly string[])[] {
  const terms: string[][] = [[]];
  let depth = 0;
  let between = false;
  for (const token of tokens) {
    if (token === "(") depth += 1;
    else if (token === ")") depth -= 1;
    if (depth === 0 && token === "or") return [tokens];
    if (depth === 0 && token === "between") between = true;
    if (depth === 0 && token === "and" && !between) {
      terms.push([]);
      continue;
    }
    if (token === "and") between = false;
    terms.at(-1)?.push(token);
  }
  return terms.filter((term) => term.length > 0).map((term) => dropParentheses(term));
}

function readTerm(tokens: readonly string[]): ConditionTerm {
  const [first, second, third, fourth] = tokens;
  const isName = (token: string | undefined): token is string => token !== undefined && /^[\p{L}_][\p{L}\p{N}_$]*$/u.test(token) && !KEYWORDS.has(token);
  if (isName(first)) {
    if (tokens.length === 1) return { kind: "true", column: first };
    if (second === "is" && third === "null" && tokens.length === 3) return { kind: "null", column: first };
    if (second === "is" && third === "not" && fourth === "null" && tokens.length === 4) return { kind: "not null", column: first };
    if (second === "=" && third !== undefined && tokens.length === 3) {
      if (third === "true" || third === "false") return { kind: third, column: first };
      if (third.startsWith("'")) return { kind: "equal", column: first, value: third.slice(1, -1).replace(/''/gu, "'") };
      if (/^\d+(?:\.\d+)?$/u.test(third)) return { kind: "equal", column: first, value: Number(third) };
    }
  }
  if (first === "not" && isName(second) && tokens.length === 2) return { kind: "false", column: second };
  return { kind: "other", words: tokens.filter((token) => !token.startsWith("'")) };
}
