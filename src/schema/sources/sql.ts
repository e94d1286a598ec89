/** SQL files (migrations in order, dumps) → tables, by applying every statement to the tables that the ones before it left. */
import { readDdl } from "../../sql/index.js";
import type { SchemaDialect } from "../names.js";
import type { SchemaPart } from "../part.js";
import { CODE_FILE, CodeReader, type ReadText } from "./code/read.js";
import { upPart } from "./migrations.js";
import { Replay } from "./replay.js";
import type { SchemaSourceReport } from "../model.js";

export interface SqlFile {
  readonly file: string;
  readonly text: string;
}

/** What migrations that are code may need beside their own text. */
export interface CodeSurroundings {
  readonly read: ReadText;
  /** Packages that the project depends on. */
  readonly dependencies: ReadonlySet<string>;
}

const NO_SURROUNDINGS: CodeSurroundings = { read: () => undefined, dependencies: new Set() };

/** Applies the files in the order given: SQL, and migrations in JavaScript and TypeScript. */
export function readSqlFiles(files: readonly SqlFile[], dialect: SchemaDialect, surroundings: CodeSurroundings = NO_SURROUNDINGS): SchemaPart {
  const replay = new Replay(dialect);
  const reports: SchemaSourceReport[] = [];
  let code: CodeReader | undefined;
  for (const { file, text } of files) {
    if (CODE_FILE.test(file)) {
      code ??= new CodeReader(replay, dialect, surroundings.read, surroundings.dependencies);
      const report = code.apply(file, text);
      if (report !== undefined) reports.push(report);
      continue;
    }
    const forwards = upPart(text);
    const lines = new Lines(forwards);
    const notUnderstood: { line: number; text: string }[] = [];
    const made = replay.count;
    for (const change of readDdl(forwards, dialect)) {
      const line = lines.at(change.span.start);
      if (change.change === "notUnderstood") {
        notUnderstood.push({ line, text: change.text.slice(0, 120) });
        replay.notUnderstood(change, forwards.slice(change.span.start, change.span.end), { file, line, kind: "sql" });
      } else replay.apply(change, (offset) => ({ file, line: lines.at(offset), kind: "sql" }));
    }
    reports.push({ file, kind: "sql", tables: Math.max(0, replay.count - made), notUnderstood });
  }
  return { kind: "replayed", dialect, reports, ...replay.result() };
}

/** Line numbers of rising offsets, in one pass over the text. */
class Lines {
  readonly #starts: number[] = [0];

  constructor(text: string) {
    for (let at = text.indexOf("\n"); at !== -1; at = text.indexOf("\n", at + 1)) this.#starts.push(at + 1);
  }

  at(offset: number): number {
    let low = 0;
    let high = this.#starts.length - 1;
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if ((this.#starts[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return low + 1;
  }
}

/** Which dialect an SQL text is written in, as far as words that only one of them has tell. */
export function sniffDialect(text: string): SchemaDialect | "other" {
  const head = text.slice(0, 200_000);
  if (/\bENGINE\s*=\s*\w*MergeTree|\bON\s+CLUSTER\b/iu.test(head)) return "other";
  if (/-- MariaDB dump/u.test(head)) return "mariadb";
  const marks: readonly (readonly [SchemaDialect, RegExp])[] = [
    ["postgresql", /-- PostgreSQL database dump|\$\$|::\w|\b(?:(?:big|small)?serial|jsonb|timestamptz|bytea|tsvector)\b|\bUSING\s+(?:gin|gist|btree|brin|hash)\b|\bCREATE\s+(?:EXTENSION|TYPE|SCHEMA|POLICY)\b|\bALTER\s+COLUMN\b|\bgen_random_uuid\b|\bTIMESTAMP WITH TIME ZONE\b|\bTIMESTAMP\(3\)/iu],
    ["mysql", /-- MySQL dump|\bENGINE\s*=|\bAUTO_INCREMENT\b|\bDEFAULT CHARSET\b|`\w+`\s+(?:var)?char\(\d+\)\s+(?:CHARACTER SET|COLLATE)|\bLONGTEXT\b|\bUNSIGNED\b|\bMODIFY\s+COLUMN\b/iu],
    ["sqlite", /\bAUTOINCREMENT\b|\bPRAGMA\b|\bWITHOUT\s+ROWID\b|\bsqlite_\w+|\bstrftime\s*\(|\bunixepoch\s*\(/iu],
    ["sqlserver", /\bNVARCHAR\b|^\s*GO\s*$|\bIDENTITY\s*\(\s*1/imu],
  ];
  const found = marks.filter(([, pattern]) => pattern.test(head));
  return found.length === 1 ? found[0]?.[0] : undefined;
}

/** The same, over several files: what the files that tell agree on; one of a foreign engine decides for all. */
export function sniffDialects(texts: Iterable<string>): SchemaDialect | "other" {
  const found = new Set<SchemaDialect | "other">();
  for (const text of texts) {
    const dialect = sniffDialect(text);
    if (dialect !== undefined) found.add(dialect);
  }
  if (found.has("other")) return "other";
  return found.size === 1 ? [...found][0] : undefined;
}

/** Words of SQL in code, each of one dialect. Methods of schema builders are called alike in all, so a word after a dot tells nothing. */
const CODE_MARKS: readonly (readonly [SchemaDialect, RegExp])[] = [
  ["postgresql", /(?<![.\w])(?:jsonb|timestamptz|bytea|tsvector|gen_random_uuid|uuid_generate_v4|pg_catalog|plpgsql)\b|\bUSING\s+(?:gin|gist|btree|brin|hash)\b|\bCREATE\s+EXTENSION\b/u],
  ["mysql", /\bENGINE\s*=\s*InnoDB\b|\bAUTO_INCREMENT\b|\butf8mb4\b/u],
  ["sqlite", /\bAUTOINCREMENT\b|\bPRAGMA\s+\w|\bsqlite_master\b/u],
];

/** The dialect of the SQL in migrations written as code, when it has words of one dialect only. */
export function sniffCode(texts: readonly string[]): SchemaDialect {
  const found = CODE_MARKS.filter(([, pattern]) => texts.some((text) => pattern.test(text)));
  return found.length === 1 ? found[0]?.[0] : undefined;
}
