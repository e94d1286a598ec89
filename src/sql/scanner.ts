/** SQL text → tokens, linear in the length of the text. Comments are skipped; positions are UTF-16 offsets. */
import type { Dialect } from "../query/model.js";

export type TokenKind =
  | "word"
  /** A quoted identifier. */
  | "quoted"
  | "string"
  | "number"
  /** `?`, `??`, `$1`, `:name`, `@name`: whether it stands for a value is decided in holes.ts. */
  | "parameter"
  /** Parentheses, brackets, comma, semicolon, dot. */
  | "punct"
  | "operator"
  /** A hole of the host program. */
  | "hole";

export interface Token {
  readonly kind: TokenKind;
  readonly start: number;
  readonly end: number;
  /** As written. */
  readonly text: string;
  /** Upper case for words, the text itself otherwise. */
  readonly upper: string;
  /** Indexes of the holes inside a string or a quoted identifier, or of the hole itself. */
  readonly holes?: readonly number[];
}

export interface HoleSpan {
  readonly start: number;
  readonly end: number;
}

export interface Scan {
  readonly tokens: readonly Token[];
  /** A string, a quoted identifier or a comment is not closed. */
  readonly unterminated: boolean;
}

/** How a dialect writes its tokens. */
interface Lexis {
  readonly backslash: boolean;
  readonly doubleIsString: boolean;
  readonly backquote: boolean;
  readonly bracket: boolean;
  readonly hashComment: boolean;
  readonly slashComment: boolean;
  /** `--` opens a comment only before white space. */
  readonly strictDash: boolean;
  readonly nestedComments: boolean;
  readonly dollarQuote: boolean;
}

const postgres: Lexis = { backslash: false, doubleIsString: false, backquote: false, bracket: false, hashComment: false, slashComment: false, strictDash: false, nestedComments: true, dollarQuote: true };
const mysql: Lexis = { backslash: true, doubleIsString: true, backquote: true, bracket: false, hashComment: true, slashComment: false, strictDash: true, nestedComments: false, dollarQuote: false };
const sqlite: Lexis = { backslash: false, doubleIsString: false, backquote: true, bracket: true, hashComment: false, slashComment: false, strictDash: false, nestedComments: false, dollarQuote: false };

function lexisOf(dialect: Dialect | undefined): Lexis {
  switch (dialect) {
    case "postgresql":
    case "other":
      return postgres;
    case undefined:
      return { ...postgres, backquote: true };
    case "mysql":
    case "mariadb":
      return mysql;
    case "sqlite":
      return sqlite;
    case "sqlserver":
      return { ...sqlite, backquote: false, nestedComments: true };
    case "bigquery":
      return { ...mysql, strictDash: false };
    case "snowflake":
      return { ...postgres, backslash: true, slashComment: true, nestedComments: false };
  }
}

const operatorCharacters = new Set("+-*/<>=~!@#%^&|`?:");

function isWordStart(code: number): boolean {
  return (code >= 97 && code <= 122) || (code >= 65 && code <= 90) || code === 95 || code > 127;
}
function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}
function isWordPart(code: number): boolean {
  return isWordStart(code) || isDigit(code) || code === 36;
}
function isSpace(code: number): boolean {
  return code === 32 || (code >= 9 && code <= 13) || code === 0xa0 || code === 0xfeff;
}

/** Reads tokens. Never throws; an unclosed string or comment ends the text and is reported in the result. */
export function scan(text: string, dialect: Dialect | undefined, holes: readonly HoleSpan[] = []): Scan {
  const lexis = lexisOf(dialect);
  const tokens: Token[] = [];
  const length = text.length;
  let unterminated = false;
  let at = 0;
  let nextHole = 0;

  const push = (kind: TokenKind, start: number, end: number, inside?: readonly number[]): void => {
    const written = text.slice(start, end);
    tokens.push({
      kind, start, end, text: written,
      upper: kind === "word" ? written.toUpperCase() : written,
      ...(inside !== undefined && inside.length > 0 ? { holes: inside } : {}),
    });
  };
  /** Steps over a hole that starts here. */
  const holeHere = (position: number): HoleSpan | undefined => {
    while (nextHole < holes.length && (holes[nextHole]?.start ?? 0) < position) nextHole++;
    const hole = holes[nextHole];
    return hole?.start === position ? hole : undefined;
  };
  const quotedUntil = (start: number, from: number, quote: string, backslash: boolean, kind: TokenKind): number => {
    let position = from;
    const inside: number[] = [];
    for (;;) {
      const hole = holeHere(position);
      if (hole !== undefined) {
        inside.push(nextHole);
        nextHole++;
        position = hole.end;
        continue;
      }
      if (position >= length) {
        unterminated = true;
        push(kind, start, length, inside);
        return length;
      }
      const character = text[position];
      if (backslash && character === "\\") {
        position += 2;
      } else if (character === quote) {
        if (text[position + 1] === quote && quote !== "]" && holeHere(position + 1) === undefined) position += 2;
        else {
          push(kind, start, position + 1, inside);
          return position + 1;
        }
      } else position++;
    }
  };
  const skipUntil = (from: number, stop: string): number => {
    const found = text.indexOf(stop, from);
    const hole = holes[nextHole];
    if (found === -1 || hole === undefined || hole.start > found) return found;
    // A stop inside a hole is not one.
    let position = from;
    for (;;) {
      const inner = holeHere(position);
      if (inner !== undefined) {
        nextHole++;
        position = Math.max(inner.end, position);
        continue;
      }
      if (position >= length) return -1;
      if (text.startsWith(stop, position)) return position;
      position++;
    }
  };

  while (at < length || nextHole < holes.length) {
    const hole = holeHere(at);
    if (hole !== undefined) {
      push("hole", hole.start, hole.end, [nextHole]);
      nextHole++;
      at = hole.end;
      continue;
    }
    if (at >= length) break;
    const code = text.charCodeAt(at);
    if (isSpace(code)) {
      at++;
      continue;
    }
    const character = text.charAt(at);
    const next = text.charAt(at + 1);

    if (character === "-" && next === "-" && (!lexis.strictDash || at + 2 >= length || text.charCodeAt(at + 2) <= 32)) {
      const end = skipUntil(at, "\n");
      at = end === -1 ? length : end + 1;
      continue;
    }
    if ((character === "#" && lexis.hashComment) || (character === "/" && next === "/" && lexis.slashComment)) {
      const end = skipUntil(at, "\n");
      at = end === -1 ? length : end + 1;
      continue;
    }
    if (character === "/" && next === "*") {
      // MySQL's /*! … */ is read by the server: its content is tokens.
      if (lexis.backquote && lexis.backslash && text.charAt(at + 2) === "!") {
        at += 3;
        while (isDigit(text.charCodeAt(at))) at++;
        continue;
      }
      let depth = 1;
      let position = at + 2;
      while (depth > 0) {
        const close = skipUntil(position, "*/");
        if (close === -1) {
          unterminated = true;
          position = length;
          break;
        }
        if (lexis.nestedComments) {
          let open = text.indexOf("/*", position);
          while (open !== -1 && open < close) {
            depth++;
            open = text.indexOf("/*", open + 2);
          }
        }
        depth--;
        position = close + 2;
      }
      at = position;
      continue;
    }
    if (character === "*" && next === "/" && lexis.backquote && lexis.backslash) {
      at += 2;
      continue;
    }
    if (character === "'") {
      const previous = tokens[tokens.length - 1];
      const prefixed = previous !== undefined && previous.end === at && previous.kind === "word";
      const escape = prefixed && previous.upper === "E";
      if (prefixed && /^(?:E|B|X|N|U&|R|_[A-Z0-9]+)$/u.test(previous.upper)) {
        tokens.pop();
        at = quotedUntil(previous.start, at + 1, "'", lexis.backslash || escape, "string");
      } else at = quotedUntil(at, at + 1, "'", lexis.backslash, "string");
      continue;
    }
    if (character === '"') {
      at = quotedUntil(at, at + 1, '"', lexis.backslash && lexis.doubleIsString, lexis.doubleIsString ? "string" : "quoted");
      continue;
    }
    if (character === "`" && lexis.backquote) {
      at = quotedUntil(at, at + 1, "`", false, "quoted");
      continue;
    }
    if (character === "[" && lexis.bracket) {
      at = quotedUntil(at, at + 1, "]", false, "quoted");
      continue;
    }
    if (character === "$") {
      if (isDigit(next.charCodeAt(0))) {
        let end = at + 1;
        while (isDigit(text.charCodeAt(end))) end++;
        push("parameter", at, end);
        at = end;
        continue;
      }
      if (lexis.dollarQuote) {
        const tag = /^\$(?:[A-Za-z_\u0080-\uffff][\w\u0080-\uffff]*)?\$/u.exec(text.slice(at, at + 70));
        if (tag !== null) {
          const close = text.indexOf(tag[0], at + tag[0].length);
          if (close === -1) unterminated = true;
          const end = close === -1 ? length : close + tag[0].length;
          const inside: number[] = [];
          while (nextHole < holes.length && (holes[nextHole]?.start ?? 0) < end) inside.push(nextHole++);
          push("string", at, end, inside);
          at = end;
          continue;
        }
      }
      if (isWordStart(next.charCodeAt(0))) {
        let end = at + 1;
        while (isWordPart(text.charCodeAt(end)) && holeHere(end) === undefined) end++;
        push("parameter", at, end);
        at = end;
        continue;
      }
      push("operator", at, at + 1);
      at++;
      continue;
    }
    if (character === "?") {
      if (isDigit(next.charCodeAt(0))) {
        let end = at + 1;
        while (isDigit(text.charCodeAt(end))) end++;
        push("parameter", at, end);
        at = end;
      } else if (next === "?") {
        push("parameter", at, at + 2);
        at += 2;
      } else if (next === "|" || next === "&") {
        // PostgreSQL's jsonb operators ?| and ?&, unless what follows makes it `? ||` written without a space.
        const isOperator = text.charAt(at + 2) !== "|" && text.charAt(at + 2) !== "&";
        push(isOperator ? "operator" : "parameter", at, at + (isOperator ? 2 : 1));
        at += isOperator ? 2 : 1;
      } else {
        push("parameter", at, at + 1);
        at++;
      }
      continue;
    }
    if (character === ":" && next !== ":" && next !== "=" && (isWordPart(next.charCodeAt(0)) || text.startsWith(":...", at))) {
      let end = text.startsWith(":...", at) ? at + 4 : at + 1;
      while (isWordPart(text.charCodeAt(end)) && holeHere(end) === undefined) end++;
      push("parameter", at, end);
      at = end;
      continue;
    }
    if (character === ":" && next === ":") {
      push("operator", at, at + 2);
      at += 2;
      continue;
    }
    if (character === "@" && (isWordStart(next.charCodeAt(0)) || next === "@")) {
      let end = at + (next === "@" ? 2 : 1);
      if (isWordStart(text.charCodeAt(end))) {
        while (isWordPart(text.charCodeAt(end)) && holeHere(end) === undefined) end++;
        push(next === "@" ? "word" : "parameter", at, end);
        at = end;
        continue;
      }
    }
    if (isDigit(code) || (character === "." && isDigit(next.charCodeAt(0)))) {
      const number = /^(?:0[xX][0-9a-fA-F_]+|(?:\d[\d_]*)?(?:\.\d[\d_]*|\.(?![\w.]))?(?:[eE][+-]?\d+)?)/u.exec(text.slice(at, at + 400));
      let end = at + Math.max(1, number?.[0].length ?? 1);
      const hole = holes[nextHole];
      if (hole !== undefined && hole.start < end) end = Math.max(at + 1, hole.start);
      // MySQL names may begin with a digit.
      if (isWordStart(text.charCodeAt(end)) && holeHere(end) === undefined && lexis.backslash) {
        while (isWordPart(text.charCodeAt(end)) && holeHere(end) === undefined) end++;
        push("word", at, end);
      } else push("number", at, end);
      at = end;
      continue;
    }
    if (isWordStart(code)) {
      let end = at + 1;
      while (end < length && isWordPart(text.charCodeAt(end)) && holeHere(end) === undefined) end++;
      push("word", at, end);
      at = end;
      continue;
    }
    if (operatorCharacters.has(character)) {
      let end = at + 1;
      while (end < length && operatorCharacters.has(text.charAt(end)) && holeHere(end) === undefined) {
        const here = text.charAt(end);
        if (here === "?" || here === "`" || (here === "-" && text.charAt(end + 1) === "-") || (here === "/" && text.charAt(end + 1) === "*")) break;
        // A sign or a placeholder after a comparison is a token of its own: `=-1`, `=:id`, `=@id`.
        if ((here === "-" || here === "+") && !"~!@#%^&|?".split("").some((sign) => text.slice(at, end).includes(sign)) && text.charAt(end + 1) !== ">") break;
        if ((here === ":" || here === "@") && isWordStart(text.charCodeAt(end + 1))) break;
        if (here === ":" && text.charAt(end + 1) === ":") break;
        end++;
      }
      push("operator", at, end);
      at = end;
      continue;
    }
    push("punct", at, at + 1);
    at++;
  }
  return { tokens, unterminated };
}

/** The name a word or a quoted identifier stands for, quotes removed, not folded. */
export function nameOf(token: Token): string {
  if (token.kind !== "quoted" && token.kind !== "string") return token.text;
  const quote = token.text.charAt(0);
  const inner = token.text.slice(1, -1);
  if (quote === "[") return inner;
  return inner.split(quote + quote).join(quote);
}

/** The value of a string token of a dialect, quotes and escapes removed; undefined for the forms with a prefix. */
export function stringOf(token: Token, dialect: Dialect | undefined): string | undefined {
  const quote = token.text.charAt(0);
  if (quote !== "'" && quote !== '"') return undefined;
  const inner = token.text.slice(1, -1).split(quote + quote).join(quote);
  if (!lexisOf(dialect).backslash) return inner;
  return inner.replace(/\\([\s\S])/gu, (_, escaped: string) => escapes[escaped] ?? (escaped === "%" || escaped === "_" ? `\\${escaped}` : escaped));
}

const escapes: Readonly<Record<string, string>> = { n: "\n", t: "\t", r: "\r", b: "\b", "0": "\0", Z: "\u001a" };

/** Folds an identifier as the dialect folds it: PostgreSQL and Snowflake change the case of unquoted names. */
export function foldName(name: string, quoted: boolean, dialect: Dialect | undefined): string {
  if (quoted) return name;
  switch (dialect) {
    case "postgresql":
    case "other":
    case undefined:
    case "snowflake":
      return name.toLowerCase();
    case "mysql":
    case "mariadb":
    case "sqlite":
    case "sqlserver":
    case "bigquery":
      return name;
  }
}

/** Index over tokens: lookup by position, matching parentheses. */
export class TokenIndex {
  readonly tokens: readonly Token[];
  /** For every `(` or `)`: the index of its partner, else -1. */
  readonly #partner: Int32Array;

  constructor(tokens: readonly Token[]) {
    this.tokens = tokens;
    this.#partner = new Int32Array(tokens.length).fill(-1);
    const open: number[] = [];
    for (const [index, token] of tokens.entries()) {
      if (token.kind !== "punct") continue;
      if (token.text === "(" || token.text === "[") open.push(index);
      else if (token.text === ")" || token.text === "]") {
        const start = open.pop();
        if (start !== undefined) {
          this.#partner[start] = index;
          this.#partner[index] = start;
        }
      }
    }
  }

  partner(index: number): number {
    return this.#partner[index] ?? -1;
  }

  /** Index of the first token that ends after `offset`; the number of tokens when there is none. */
  indexAt(offset: number): number {
    let low = 0;
    let high = this.tokens.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.tokens[middle]?.end ?? 0) > offset) high = middle;
      else low = middle + 1;
    }
    return low;
  }

  /** Index of the last token that starts before `offset`, -1 when there is none. */
  indexBefore(offset: number): number {
    let low = 0;
    let high = this.tokens.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.tokens[middle]?.start ?? 0) < offset) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  }

  upperAt(index: number): string {
    const token = this.tokens[index];
    return token === undefined || token.kind === "string" || token.kind === "quoted" ? "" : token.upper;
  }

  /** Widens a range until its parentheses are balanced. */
  balance(start: number, end: number): { start: number; end: number } {
    let from = start;
    let to = end;
    for (let index = this.indexAt(start); index < this.tokens.length; index++) {
      const token = this.tokens[index];
      if (token === undefined || token.start >= end) break;
      if (token.kind !== "punct") continue;
      const partner = this.#partner[index] ?? -1;
      const other = this.tokens[partner];
      if (other === undefined) continue;
      if (other.end > to) to = other.end;
      if (other.start < from) from = other.start;
    }
    return { start: from, end: to };
  }
}
