/** A migration or dump file → statements, whatever client's commands stand between them. */
import type { Dialect } from "../../query/model.js";
import { scan, TokenIndex, type Token } from "../scanner.js";

/** One statement: its tokens; offsets count in the file. */
export interface SplitStatement {
  readonly tokens: readonly Token[];
  readonly start: number;
  readonly end: number;
}

function blank(text: string, start: number, end: number, lead = ""): string {
  const removed = text.slice(start, end).slice(lead.length);
  return text.slice(0, start) + lead + removed.replace(/[^\n]/gu, " ") + text.slice(end);
}

/** Blanks what every match of a pattern covers. */
function blankAll(text: string, pattern: RegExp, lead = ""): string {
  return text.replace(pattern, (match: string) => lead + match.slice(lead.length).replace(/[^\n]/gu, " "));
}

/** Comments with which migration tools open the part that undoes the migration, and the part that does it. */
const downMarker = /^[ \t]*--[ \t]*(?:\+goose[ \t]+down|\+migrate[ \t]+down|\+micrate[ \t]+down|migrate:down|down[ \t]+migration|@down|!down|-*[ \t]*down)[ \t]*(?:--.*|transaction:.*)?$/imu;
const upMarker = /^[ \t]*--[ \t]*(?:\+goose[ \t]+up|\+migrate[ \t]+up|\+micrate[ \t]+up|migrate:up|up[ \t]+migration|@up|!up|-*[ \t]*up)\b.*$/imu;

function withoutClientCommands(text: string, dialect: Dialect | undefined): string {
  let result = text;
  // Data first: what it holds must not be taken for commands.
  if (/^copy\s/imu.test(result)) {
    const copy = /^COPY\s[^;]*?\bFROM\s+STDIN\b[^;\n]*;[^\n]*\n/gimu;
    for (let match = copy.exec(result); match !== null; match = copy.exec(result)) {
      const from = match.index + match[0].length;
      const close = /^\\\.[ \t]*\r?$/mu.exec(result.slice(from));
      const end = close === null ? result.length : from + close.index + close[0].length;
      result = blank(result, from, end);
      copy.lastIndex = end;
    }
  }
  if (result.length > 200_000) result = blankAll(result, /^(?:INSERT|REPLACE) INTO .*;[ \t]*\r?$/gimu);
  result = blankAll(result, /^\\[a-z!?].*$/gimu);
  result = blankAll(result, /^[ \t]*--> ?statement-breakpoint.*$|--> ?statement-breakpoint[^\n]*/gimu, ";");
  if (dialect === "sqlserver") result = blankAll(result, /^[ \t]*GO(?:[ \t]+\d+)?[ \t]*\r?$/gimu, ";");
  if (/^[ \t]*delimiter[ \t]/imu.test(result)) result = withoutDelimited(result);
  for (let down = downMarker.exec(result), guard = 0; down !== null && guard < 50; down = downMarker.exec(result), guard++) {
    const from = down.index + down[0].length;
    const up = upMarker.exec(result.slice(from));
    result = blank(result, down.index, up === null ? result.length : from + up.index);
  }
  return result;
}

/** Bodies between `DELIMITER //` and `DELIMITER ;` are routines and triggers. */
function withoutDelimited(text: string): string {
  const line = /^[ \t]*delimiter[ \t]+(\S+)[^\n]*$/gimu;
  let result = text;
  let openedAt: number | undefined;
  for (let match = line.exec(text); match !== null; match = line.exec(text)) {
    const end = match.index + match[0].length;
    if (match[1] === ";") {
      result = openedAt === undefined ? blank(result, match.index, end) : blank(result, openedAt, end);
      openedAt = undefined;
    } else openedAt ??= match.index;
  }
  return openedAt === undefined ? result : blank(result, openedAt, result.length);
}

const routines = new Set(["TRIGGER", "PROCEDURE", "FUNCTION", "EVENT", "PACKAGE"]);

/** Splits a file into its statements. */
export function splitStatements(text: string, dialect: Dialect | undefined): readonly SplitStatement[] {
  const { tokens } = scan(withoutClientCommands(text, dialect), dialect);
  const index = new TokenIndex(tokens);
  const found: SplitStatement[] = [];
  let from = 0;
  let blocks = 0;
  const close = (to: number): void => {
    const first = tokens[from];
    const last = tokens[to - 1];
    if (first !== undefined && last !== undefined && to > from) found.push({ tokens: tokens.slice(from, to), start: first.start, end: last.end });
  };
  for (let at = 0; at < tokens.length; at++) {
    const partner = index.partner(at);
    if (partner > at) {
      at = partner;
      continue;
    }
    const token = tokens[at];
    if (token === undefined) continue;
    if (token.kind === "word" && isRoutine(index, from)) {
      // A body's own semicolons end no statement.
      if (token.upper === "BEGIN" || token.upper === "CASE") blocks++;
      else if (token.upper === "END" && !["IF", "LOOP", "WHILE", "REPEAT"].includes(index.upperAt(at + 1))) blocks = Math.max(0, blocks - 1);
    }
    if (token.kind === "punct" && token.text === ";" && blocks === 0) {
      close(at);
      from = at + 1;
    }
  }
  close(tokens.length);
  return found;
}

function isRoutine(index: TokenIndex, from: number): boolean {
  if (index.upperAt(from) !== "CREATE") return false;
  for (let at = from + 1; at < from + 10; at++) if (routines.has(index.upperAt(at))) return true;
  return false;
}
