/**
 * Placeholders and holes: which pieces of the text stand for something else, what takes their place so that a parser
 * reads the text, and the way back from a position in the parsed text to the original one.
 */
import type { Dialect, Span } from "../query/model.js";
import type { PlaceholderStyle, SqlText } from "./contract.js";
import type { Engine } from "./guard.js";
import type { Place } from "./tree.js";
import { scan, type Token } from "./scanner.js";

/** A piece of the text that a parser cannot be shown as it is. Positions count in the original text. */
export interface Slot extends Place {
  /** `escaped` is the backslash of `\\?`, with which a driver writes the operator `?`. */
  readonly kind: "value" | "list" | "identifier" | "text" | "quoted" | "escaped";
  /** Index into the holes of the text; undefined for a placeholder. */
  readonly hole?: number;
  readonly placeholder?: number | string;
  /** Index of the token. */
  readonly token: number;
  /** Touches the end of the previous token or the start of the next: a part of a name. */
  readonly glued: boolean;
  /** A placeholder that the server itself knows, so one value and never an expanded list. */
  readonly native: boolean;
}

/** What takes the place of a text hole. */
export type TextChoice = "nothing" | "identifier" | "parameter" | "assignment" | "tuple" | "operator" | "values" | "branches";

export interface Original {
  readonly text: string;
  readonly tokens: readonly Token[];
  readonly unterminated: boolean;
  readonly slots: readonly Slot[];
}

const marker = "qg_hole_";

/** Finds placeholders and holes. `permissive` takes every known way of writing a placeholder for one. */
export function findSlots(sql: SqlText, dialect: Dialect | undefined, style: PlaceholderStyle | undefined, permissive: boolean): Original {
  const spans = sql.holes.map((hole) => hole.span);
  const { tokens, unterminated } = scan(sql.text, dialect, spans);
  const slots: Slot[] = [];
  let questions = 0;
  for (const [position, token] of tokens.entries()) {
    if (token.kind === "hole") {
      const index = token.holes?.[0];
      const hole = index === undefined ? undefined : sql.holes[index];
      if (index === undefined || hole === undefined) continue;
      const before = tokens[position - 1];
      const after = tokens[position + 1];
      const glued = touchesName(before, token.start, "end") || touchesName(after, token.end, "start");
      const kind = glued && hole.kind !== "list" ? "identifier" : hole.kind === "scalar" ? "value" : hole.kind;
      slots.push({ kind, hole: index, start: token.start, end: token.end, token: position, glued, native: hole.kind !== "list" });
    } else if (token.holes !== undefined) {
      for (const index of token.holes) {
        const hole = sql.holes[index];
        if (hole !== undefined) slots.push({ kind: "quoted", hole: index, start: hole.span.start, end: hole.span.end, token: position, glued: false, native: true });
      }
    } else if (token.text === "\\" && tokens[position + 1]?.text.startsWith("?") === true && tokens[position + 1]?.start === token.end) {
      slots.push({ kind: "escaped", start: token.start, end: token.end, token: position, glued: false, native: false });
    } else if (token.kind === "parameter") {
      if (tokens[position - 1]?.text === "\\" && tokens[position - 1]?.end === token.start) continue;
      const found = placeholderOf(token, dialect, style, permissive);
      if (found === undefined) continue;
      if (found.question) questions++;
      slots.push({
        kind: found.kind, start: token.start, end: token.end, token: position, glued: false, native: found.native,
        placeholder: found.question ? questions : found.name,
      });
    }
  }
  return { text: sql.text, tokens, unterminated, slots };
}

function touchesName(token: Token | undefined, offset: number, side: "start" | "end"): boolean {
  if (token === undefined || token.kind !== "word") return false;
  return token[side] === offset;
}

interface FoundPlaceholder {
  readonly kind: "value" | "list" | "identifier";
  readonly question: boolean;
  readonly name: string | number;
  readonly native: boolean;
}

function placeholderOf(token: Token, dialect: Dialect | undefined, style: PlaceholderStyle | undefined, permissive: boolean): FoundPlaceholder | undefined {
  const written = token.text;
  const sigil = written.charAt(0);
  const rest = written.slice(1);
  const isSqlite = dialect === "sqlite";
  const isMysql = dialect === "mysql" || dialect === "mariadb";
  const isPostgres = dialect === "postgresql" || dialect === "other" || dialect === undefined;
  if (written === "?") {
    const known = style?.question === true || permissive || !isPostgres;
    return known ? { kind: "value", question: true, name: "", native: isSqlite } : undefined;
  }
  if (written === "??") {
    const known = style?.doubled === true || isMysql || permissive;
    return known ? { kind: "identifier", question: true, name: "", native: false } : undefined;
  }
  if (sigil === "?") {
    const known = isSqlite || permissive || style?.numbered?.includes("?") === true;
    return known ? { kind: "value", question: false, name: Number(rest), native: isSqlite } : undefined;
  }
  if (sigil === "$" && /^\d+$/u.test(rest)) return { kind: "value", question: false, name: Number(rest), native: true };
  if (sigil !== "$" && sigil !== ":" && sigil !== "@") return undefined;
  const stated = style?.named?.includes(sigil) === true;
  const numeric = /^\d+$/u.test(rest);
  const own =
    (isSqlite && !numeric) ||
    // PostgreSQL would read `@ name`, the absolute value.
    (isPostgres && sigil === "@" && !numeric) || (dialect === "sqlserver" && sigil === "@") || (dialect === "bigquery" && sigil === "@") ||
    (dialect === "snowflake" && sigil === ":") || (isMysql && sigil === ":" && !numeric);
  const numbered = sigil === ":" && numeric && (permissive || style?.numbered?.includes(":") === true);
  if (!stated && !own && !numbered && !permissive) return undefined;
  if (rest.startsWith("...")) return { kind: "list", question: false, name: rest.slice(3), native: false };
  return { kind: "value", question: false, name: numeric ? Number(rest) : rest, native: isSqlite || dialect === "sqlserver" || dialect === "bigquery" };
}

interface Edit {
  /** In the original text. */
  readonly start: number;
  readonly end: number;
  /** In the parsed text. */
  readonly parsedStart: number;
  readonly parsedEnd: number;
  /** Where the replacing token begins in the parsed text. */
  readonly tokenStart: number;
  readonly slot: number;
}

/** The text a parser is given, with the way back. */
export class Prepared {
  readonly text: string;
  readonly original: Original;
  readonly choices: ReadonlyMap<number, TextChoice>;
  readonly #edits: readonly Edit[];

  constructor(original: Original, text: string, edits: readonly Edit[], choices: ReadonlyMap<number, TextChoice>) {
    this.original = original;
    this.text = text;
    this.#edits = edits;
    this.choices = choices;
  }

  #before(offset: number): Edit | undefined {
    let low = 0;
    let high = this.#edits.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#edits[middle]?.parsedStart ?? 0) <= offset) low = middle + 1;
      else high = middle;
    }
    return this.#edits[low - 1];
  }

  /** A place of the parsed text in the original text. */
  span(place: Place): Span {
    const first = this.#before(place.start);
    let start = place.start;
    if (first !== undefined) start = place.start < first.parsedEnd ? first.start : first.end + (place.start - first.parsedEnd);
    const last = this.#before(place.end - 1);
    let end = place.end;
    if (last !== undefined) end = place.end <= last.parsedEnd ? last.end : last.end + (place.end - last.parsedEnd);
    return { start, end: Math.max(start, end) };
  }

  /** The slots inside a place of the parsed text. */
  slotsIn(place: Place): readonly Slot[] {
    if (this.#edits.length === 0) return none;
    let low = 0;
    let high = this.#edits.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#edits[middle]?.parsedEnd ?? 0) > place.start) high = middle;
      else low = middle + 1;
    }
    const found: Slot[] = [];
    for (let index = low; index < this.#edits.length; index++) {
      const edit = this.#edits[index];
      if (edit === undefined || edit.parsedStart >= place.end) break;
      const slot = this.original.slots[edit.slot];
      if (slot !== undefined) found.push(slot);
    }
    return found;
  }
}

const none: readonly Slot[] = [];

/** Number literals that stand for placeholders where a parser's tree has no positions: this plus the slot's index. */
export const numericMarker = 770_000_000;

/** Writes stand-ins for all slots. */
export function prepare(original: Original, engine: Engine, choices: ReadonlyMap<number, TextChoice>): Prepared {
  const edits: Edit[] = [];
  let text = "";
  let copied = 0;
  for (const [index, slot] of original.slots.entries()) {
    text += original.text.slice(copied, slot.start);
    const parsedStart = text.length;
    const token = standIn(original, slot, index, engine, choices.get(index));
    const lead = slot.kind === "text" && token !== "" && slot.start === slot.end ? " " : "";
    // A hole that touches its neighbours keeps touching them; others get room on both sides where they have none.
    const written = lead + token;
    const width = slot.end - slot.start;
    text += written;
    if (written.length < width) text += slot.kind === "quoted" ? "x".repeat(width - written.length) : slot.glued && touchesNext(original, slot) ? "" : " ".repeat(width - written.length);
    if (slot.kind === "text" && token !== "" && needsRoom(original.text, slot.end)) text += " ";
    edits.push({ start: slot.start, end: slot.end, parsedStart, parsedEnd: text.length, tokenStart: parsedStart + lead.length, slot: index });
    copied = slot.end;
  }
  text += original.text.slice(copied);
  return new Prepared(original, text, edits, choices);
}

function touchesNext(original: Original, slot: Slot): boolean {
  return touchesName(original.tokens[slot.token + 1], slot.end, "start");
}

function needsRoom(text: string, offset: number): boolean {
  return /\w/u.test(text.charAt(offset));
}

function standIn(original: Original, slot: Slot, index: number, engine: Engine, choice: TextChoice | undefined): string {
  const parameter = engine === "libpg" ? "$1" : engine === "sqlparser" ? "?" : String(numericMarker + index);
  switch (slot.kind) {
    case "quoted":
      return original.tokens[slot.token]?.kind === "quoted" ? marker + String(index) : "";
    case "escaped":
      return "";
    case "identifier":
      return marker + String(index);
    case "value":
    case "list": {
      const previous = original.tokens[slot.token - 1];
      // postgres.js: INSERT INTO t ${sql(rows)}, UPDATE t SET ${sql(changes)}.
      if (slot.hole !== undefined && previous?.upper === "SET" && previous.kind === "word") return `${marker}${String(index)} = ${parameter}`;
      if (slot.hole !== undefined && followsInsertTarget(original.tokens, slot.token)) return `VALUES (${parameter})`;
      const bare = previous !== undefined && (previous.upper === "IN" || previous.upper === "VALUES" || previous.upper === "VALUE") && previous.kind === "word";
      return bare ? `(${parameter})` : parameter;
    }
    case "text":
      switch (choice) {
        case undefined:
        case "nothing":
          return "";
        case "identifier":
          return marker + String(index);
        case "parameter":
          return parameter;
        case "assignment":
          return `${marker}${String(index)} = ${parameter}`;
        case "tuple":
          return `(${parameter})`;
        case "operator":
          return "=";
        case "values":
          return `VALUES (${parameter})`;
        case "branches":
          return "WHEN 1 THEN 1";
      }
  }
}

/** Is this the place of the rows in INSERT INTO name …, or in INSERT INTO name (a, b) …? */
function followsInsertTarget(tokens: readonly Token[], index: number): boolean {
  let at = index - 1;
  if (tokens[at]?.text === ")" && tokens[at]?.kind === "punct") {
    while (at >= 0 && tokens[at]?.text !== "(") at--;
    at--;
  }
  const isName = (token: Token | undefined): boolean => token?.kind === "word" || token?.kind === "quoted" || token?.kind === "hole";
  while (isName(tokens[at]) && tokens[at - 1]?.text === ".") at -= 2;
  return isName(tokens[at]) && tokens[at - 1]?.kind === "word" && tokens[at - 1]?.upper === "INTO";
}

const operandExpected = new Set([
  "WHERE", "AND", "OR", "NOT", "ON", "HAVING", "BY", "SELECT", "DISTINCT", "FROM", "JOIN", "INTO", "UPDATE", "TABLE", "AS", "USING", "RETURNING",
  "WHEN", "THEN", "ELSE", "CASE", "LIKE", "ILIKE", "BETWEEN", "IS", "TRUNCATE", "TOP", "ONLY", "INTERVAL", "ALL",
]);
const clauseWords = new Set(["FROM", "WHERE", "GROUP", "HAVING", "ORDER", "LIMIT", "OFFSET", "FETCH", "FOR", "RETURNING", "UNION", "INTERSECT", "EXCEPT", "SET", "VALUES", "JOIN", "LEFT", "RIGHT", "INNER", "FULL", "CROSS", "ON", "USING", "AND", "OR", "ASC", "DESC", "NULLS", "AS", "THEN", "END", "ELSE", "WHEN", "IS", "IN", "LIKE", "ILIKE", "BETWEEN", "NOT"]);

/** What most likely stands at a text hole, from the tokens around it. */
export function likelyChoice(original: Original, slot: Slot): TextChoice {
  const previous = original.tokens[slot.token - 1];
  const next = original.tokens[slot.token + 1];
  const word = previous?.kind === "word" ? previous.upper : "";
  if (previous === undefined) return "nothing";
  if (word === "LIMIT" || word === "OFFSET" || word === "FETCH") return "parameter";
  const ends = next === undefined || next.kind === "hole" || (next.kind === "punct" && next.text !== "(" && next.text !== ".") || next.kind === "operator" || (next.kind === "word" && clauseWords.has(next.upper));
  if (next?.kind === "word" && (next.upper === "ELSE" || next.upper === "END") && lacksBranches(original.tokens, slot.token)) return "branches";
  if (word === "SET") return "assignment";
  if (word === "VALUES" || word === "IN" || word === "VALUE") return "tuple";
  if (previous.kind === "punct" && previous.text === ".") return "identifier";
  if (next?.kind === "punct" && next.text === ".") return "identifier";
  if (word === "SELECT" && next?.kind === "word" && next.upper === "FROM") return "identifier";
  if (word === "FROM" || word === "JOIN" || word === "INTO" || word === "UPDATE" || word === "TABLE") return "identifier";
  if (!ends) return "nothing";
  if (operandExpected.has(word)) return word === "IS" ? "nothing" : "identifier";
  if (previous.kind === "operator" && previous.text !== "*") return "identifier";
  if (previous.kind === "punct" && (previous.text === "(" || previous.text === ",")) return "identifier";
  return "nothing";
}

/** Does the token stand in a CASE that has no WHEN before it? */
function lacksBranches(tokens: readonly Token[], token: number): boolean {
  let closed = 0;
  for (let index = token - 1; index >= 0; index--) {
    const { kind, upper } = tokens[index] ?? {};
    if (kind !== "word") continue;
    if (upper === "END") closed++;
    else if (upper === "CASE" && closed-- === 0) return true;
    else if (upper === "WHEN" && closed === 0) return false;
  }
  return false;
}

/**
 * The substitutions worth trying, the likeliest first, never more than nine: all as the context suggests,
 * none at all, then each hole alone in the other ways.
 */
export function* substitutions(original: Original): Generator<ReadonlyMap<number, TextChoice>> {
  const textSlots = [...original.slots.entries()].filter(([, slot]) => slot.kind === "text");
  const likely = new Map<number, TextChoice>(textSlots.map(([index, slot]) => [index, likelyChoice(original, slot)]));
  yield likely;
  if (textSlots.length === 0) return;
  const seen = new Set([signature(likely)]);
  const others: ReadonlyMap<number, TextChoice>[] = [];
  others.push(new Map(textSlots.map(([index]) => [index, "nothing"])));
  for (const choice of ["identifier", "nothing", "operator", "values", "tuple", "assignment", "parameter"] as const) {
    for (const [index] of textSlots) others.push(new Map([...likely, [index, choice]]));
  }
  for (const candidate of others) {
    if (seen.size >= 9) return;
    const key = signature(candidate);
    if (seen.has(key)) continue;
    seen.add(key);
    yield candidate;
  }
}

function signature(choices: ReadonlyMap<number, TextChoice>): string {
  return [...choices.values()].join();
}
