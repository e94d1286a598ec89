/** The pipeline: text → slots → guard → parser → neutral tree → statements, with a bounded cache of trees. */
import { BoundedMap } from "../base/bounded-map.js";
import type { Dialect, Statement } from "../query/model.js";
import type { SqlOptions, SqlReading, SqlText } from "./contract.js";
import { canonical } from "./compare.js";
import { guard, longestText, measure, type Engine } from "./guard.js";
import { findSlots, prepare, substitutions, type Original, type Prepared } from "./holes.js";
import { LoweringContext } from "./lower/context.js";
import { lowerStatement } from "./lower/statement.js";
import { adaptForSqlparser } from "./parsers/adapt.js";
import { parsePostgres } from "./parsers/libpg.js";
import { ParserDied, SyntaxRejected } from "./parsers/resolve.js";
import { parseNodesql, type NodesqlDialect } from "./parsers/nodesql.js";
import { parseSqlparser, type SqlparserDialect } from "./parsers/sqlparser.js";
import { scan, type Token } from "./scanner.js";
import { readTokens } from "./tokens-reader.js";
import { translateNodesql } from "./translate/nodesql.js";
import { translatePostgres } from "./translate/postgres.js";
import { translateSqlparser } from "./translate/sqlparser.js";
import type { StatementTree } from "./tree.js";

/** A parse that can be lowered again with other values in its holes. */
interface Parsed {
  readonly prepared: Prepared;
  readonly tokens: readonly Token[];
  readonly trees: readonly StatementTree[];
  readonly dialect: Dialect | undefined;
}

type Failure = Extract<SqlReading, { readonly opaque: unknown }>;

interface Entry {
  readonly parsed?: Parsed;
  /** Read by tokens only, or not at all. */
  readonly fallback?: SqlReading;
  /** The finished reading, kept where no hole can change it. */
  reading?: SqlReading;
}

const cache = new BoundedMap<string, Entry>(500);

/** The longest text kept as a key of the cache. */
const cachedLength = 20_000;
/** Wall clock after which no further substitution or reader is tried. */
const patience = 120;

/** Forgets every parse. For tests. */
export function clearSqlCache(): void {
  cache.clear();
}

/** Reads SQL text. Never throws; what cannot be read is opaque with a reason. */
export function readSql(sql: SqlText, options: SqlOptions): SqlReading {
  const key = keyOf(sql, options);
  const known = key === undefined ? undefined : cache.get(key);
  if (known?.reading !== undefined) return known.reading;
  const entry = known ?? parseEntry(sql, options);
  const reading = entry.parsed === undefined ? (entry.fallback ?? syntaxError("no reader")) : lower(entry.parsed, sql);
  if (sql.holes.length === 0) entry.reading = reading;
  if (key !== undefined && known === undefined) cache.set(key, entry);
  return reading;
}

function keyOf(sql: SqlText, options: SqlOptions): string | undefined {
  if (sql.text.length > cachedLength) return undefined;
  const holes = sql.holes.map((hole) => `${String(hole.span.start)}-${String(hole.span.end)}${hole.kind}`).join();
  const style = options.placeholders;
  const placeholders = style === undefined ? "" : `${String(style.question)}${String(style.doubled)}${style.named?.join("") ?? ""}/${style.numbered?.join("") ?? ""}`;
  return `${options.dialect ?? ""}|${placeholders}|${holes}|${sql.text}`;
}

function syntaxError(message: string): Failure {
  return { opaque: "syntax-error", message };
}

function lower(parsed: Parsed, sql: SqlText): SqlReading {
  try {
    const context = new LoweringContext(parsed.prepared, sql, parsed.dialect, parsed.tokens);
    const statements = parsed.trees.map((tree) => lowerStatement(tree, context));
    return { statements };
  } catch (error) {
    // A stack that overflows on a deep tree; anything else is a bug that must not break a lint.
    return { opaque: error instanceof RangeError ? "too-complex" : "syntax-error", message: error instanceof Error ? error.message : "cannot be lowered" };
  }
}

type Attempt = { readonly parsed: Parsed } | { readonly failure: "too-complex" | "syntax-error"; readonly message: string };

interface Reader {
  readonly engine: Engine;
  readonly dialect: Dialect;
  parse(text: string, tokens: readonly Token[], prepared: Prepared): readonly StatementTree[];
}

const postgresReader: Reader = {
  engine: "libpg", dialect: "postgresql",
  parse: (text, tokens) => translatePostgres(parsePostgres(text), text, tokens),
};

type SecondTier = Exclude<Dialect, "postgresql" | "other">;

const grammars: Readonly<Record<SecondTier, readonly [SqlparserDialect, NodesqlDialect]>> = {
  mysql: ["mysql", "mysql"], mariadb: ["mysql", "mariadb"], sqlite: ["sqlite", "sqlite"],
  sqlserver: ["mssql", "transactsql"], bigquery: ["bigquery", "bigquery"], snowflake: ["snowflake", "snowflake"],
};

function nodesqlReader(dialect: SecondTier): Reader {
  return {
    engine: "nodesql", dialect,
    parse: (text, tokens) => translateNodesql(parseNodesql(grammars[dialect][1], text), tokens, dialect),
  };
}

function sqlparserReader(dialect: SecondTier): Reader {
  const grammar = grammars[dialect][0];
  return {
    engine: "sqlparser", dialect,
    parse: (text, tokens) => translateSqlparser(parseSqlparser(grammar, adaptForSqlparser(text, tokens, dialect)), text, tokens, dialect),
  };
}

function readersOf(dialect: Dialect): readonly Reader[] {
  switch (dialect) {
    case "postgresql":
    case "other":
      return [postgresReader];
    case "mysql":
    case "mariadb":
    case "sqlite":
    case "sqlserver":
    case "bigquery":
    case "snowflake":
      return [sqlparserReader(dialect), nodesqlReader(dialect)];
  }
}

function parseEntry(sql: SqlText, options: SqlOptions): Entry {
  const started = performance.now();
  if (sql.text.length > longestText) return { fallback: { opaque: "too-complex", message: "too long to be parsed in time" } };
  try {
    if (options.dialect === undefined || options.dialect === "other") return parseUndecided(sql, options, started);
    const result = attempt(sql, options.dialect, options, started);
    if ("parsed" in result) return { parsed: result.parsed };
    return { fallback: fallbackFor(sql, options, result) };
  } catch (error) {
    return { fallback: syntaxError(error instanceof Error ? error.message : "cannot be read") };
  }
}

/** sqlparser-rs's PostgreSQL grammar: not used for reading, but a second opinion on libpg-query's translation. */
const postgresOpinion: Reader = {
  engine: "sqlparser", dialect: "postgresql",
  parse: (text, tokens) => translateSqlparser(parseSqlparser("postgresql", text), text, tokens, "postgresql"),
};

/** What each reader of a dialect makes of a text, undefined where it rejects it. For the comparison of parsers. */
export function readingsOf(sql: SqlText, options: SqlOptions & { readonly dialect: Dialect }): readonly (readonly Statement[] | undefined)[] {
  const readers = options.dialect === "postgresql" ? [postgresReader, postgresOpinion] : readersOf(options.dialect);
  return readers.map((reader) => {
    const result = attemptWith(reader, findSlots(sql, reader.dialect, options.placeholders, false), performance.now());
    const reading = "parsed" in result ? lower(result.parsed, sql) : undefined;
    return reading !== undefined && "statements" in reading ? reading.statements : undefined;
  });
}

/** Reads text of an unknown dialect: what two grammars accept counts only where they agree. */
function parseUndecided(sql: SqlText, options: SqlOptions, started: number): Entry {
  // Two grammars read it one after the other: half the length takes the same time.
  if (sql.text.length > undecidedLength) return { fallback: fallbackFor(sql, options, { failure: "too-complex", message: tooComplex }) };
  const postgres = attempt(sql, "postgresql", options, started);
  if ("failure" in postgres && postgres.failure === "too-complex") return { fallback: fallbackFor(sql, options, postgres) };
  const mysql = attempt(sql, "mysql", options, started);
  if ("parsed" in postgres && "parsed" in mysql) {
    const [first, second] = [lower(postgres.parsed, sql), lower(mysql.parsed, sql)];
    if (canonical(statementsOf(first)) === canonical(statementsOf(second))) return { parsed: postgres.parsed };
    const [statement] = statementsOf(first);
    return { fallback: { opaque: "dialect", message: "PostgreSQL and MySQL read the text differently", ...(statement === undefined ? {} : { kind: statement.kind }) } };
  }
  if ("parsed" in postgres) return { parsed: postgres.parsed };
  if ("parsed" in mysql) return { parsed: mysql.parsed };
  for (const dialect of ["sqlite", "sqlserver"] as const) {
    if (performance.now() - started > patience) break;
    const other = attempt(sql, dialect, options, started);
    if ("parsed" in other) return { parsed: other.parsed };
  }
  return { fallback: fallbackFor(sql, options, postgres) };
}

function fallbackFor(sql: SqlText, options: SqlOptions, failed: { readonly failure: "too-complex" | "syntax-error"; readonly message: string }): SqlReading {
  const original = findSlots(sql, options.dialect, options.placeholders, true);
  const read = readTokens(original, sql, options.dialect, failed.failure === "too-complex");
  if (read.statement !== undefined) return { statements: [read.statement] };
  const isDynamic = failed.failure === "syntax-error" && original.slots.some((slot) => slot.kind === "text");
  return { opaque: isDynamic ? "dynamic-text" : failed.failure, message: failed.message, ...(read.kind === undefined ? {} : { kind: read.kind }) };
}

/** Tries every reader of a dialect, and every likely reading of placeholders and holes. */
function attempt(sql: SqlText, dialect: Dialect, options: SqlOptions, started: number): Attempt {
  let failure: Attempt = { failure: "syntax-error", message: "no reader for this dialect" };
  for (const reader of readersOf(dialect)) {
    for (const permissive of [false, true]) {
      const original = findSlots(sql, reader.dialect, options.placeholders, permissive);
      if (permissive && !original.tokens.some((token) => token.kind === "parameter")) break;
      const result = attemptWith(reader, original, started);
      if ("parsed" in result) return result;
      failure = result;
      if (result.failure === "too-complex" || performance.now() - started > patience) break;
    }
  }
  return failure;
}

/** Longest text, in UTF-16 units, that is read in more than one dialect. */
const undecidedLength = 40_000;

const tooComplex = "too long or too deeply nested to be parsed in time";

function attemptWith(reader: Reader, original: Original, started: number): Attempt {
  let failure: Attempt = { failure: "syntax-error", message: "" };
  if (guard(reader.engine, measure(original.tokens, original.text.length, false)) === "too-complex") return { failure: "too-complex", message: tooComplex };
  for (const choices of substitutions(original)) {
    const prepared = prepare(original, reader.engine, choices);
    const scanned = scan(prepared.text, reader.dialect);
    const verdict = guard(reader.engine, measure(scanned.tokens, prepared.text.length, scanned.unterminated));
    if (verdict === "too-complex") return { failure: verdict, message: tooComplex };
    if (scanned.tokens.length === 0) return { failure: "syntax-error", message: "no SQL" };
    if (verdict === "syntax-error") {
      failure = { failure: verdict, message: "a quote or a parenthesis is not closed" };
      continue;
    }
    try {
      const trees = reader.parse(prepared.text, scanned.tokens, prepared);
      return { parsed: { prepared, tokens: scanned.tokens, trees, dialect: reader.dialect } };
    } catch (error) {
      if (error instanceof SyntaxRejected) failure = { failure: "syntax-error", message: error.message };
      else if (error instanceof ParserDied || error instanceof RangeError) return { failure: "too-complex", message: error.message };
      else return { failure: "syntax-error", message: error instanceof Error ? error.message : "cannot be read" };
    }
    if (performance.now() - started > patience) break;
  }
  return failure;
}

function statementsOf(reading: SqlReading): readonly Statement[] {
  return "statements" in reading ? reading.statements : [];
}
