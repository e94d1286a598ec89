/**
 * DDL text → changes of a schema. Read from tokens and not by the dialects' parsers: a schema file must not be lost as
 * a whole to one clause that a parser lacks, every change needs exact positions, and no parser needs to be loaded.
 */
import type { Dialect, Span } from "../../query/model.js";
import type { DdlChange, DdlColumn, DdlConstraint, TableName } from "../contract.js";
import { scan, TokenIndex } from "../scanner.js";
import { Cursor } from "./cursor.js";
import { readColumn, readConstraint, readIndexTail, readParts, readType } from "./parts.js";
import { splitStatements, type SplitStatement } from "./split.js";

/** Reads a whole migration or dump. Never throws. */
export function readDdl(text: string, dialect: Dialect | undefined): readonly DdlChange[] {
  const known = dialect === undefined || dialect === "other" ? guessDialect(text) : dialect;
  const changes: DdlChange[] = [];
  for (const statement of splitStatements(text, known)) {
    try {
      changes.push(...readStatement(statement, text, known));
    } catch {
      // A stack that overflows on a hostile statement, or a bug: either costs this statement only.
      changes.push(notUnderstood(text, statement, undefined));
    }
  }
  return changes;
}

/** The dialect of a file that nobody stated, by the words only one of them has. */
export function guessDialect(text: string): Dialect {
  const sample = text.slice(0, 200_000);
  if (/\bENGINE\s*=|\bAUTO_INCREMENT\b|\bFOREIGN_KEY_CHECKS\b|\/\*!\d{5}|\bUNSIGNED\b/iu.test(sample)) return "mysql";
  if (/\bAUTOINCREMENT\b|\bWITHOUT\s+ROWID\b|^\s*PRAGMA\s/imu.test(sample)) return "sqlite";
  if (/\bNVARCHAR\b|\[dbo\]|^\s*GO\s*$|\bUNIQUEIDENTIFIER\b/imu.test(sample)) return "sqlserver";
  if (/`/u.test(sample)) return /\b(?:varchar|bigint|datetime|enum|tinyint|serial|json)\b/iu.test(sample) ? "mysql" : "sqlite";
  return "postgresql";
}

function notUnderstood(text: string, statement: { readonly start: number; readonly end: number }, table: TableName | undefined): DdlChange {
  const written = text.slice(statement.start, statement.end);
  return {
    change: "notUnderstood", ...(table === undefined ? {} : { table }),
    text: written.length > 200 ? `${written.slice(0, 199)}…` : written, span: { start: statement.start, end: statement.end },
  };
}

function readStatement(statement: SplitStatement, text: string, dialect: Dialect): readonly DdlChange[] {
  const cursor = new Cursor(new TokenIndex(statement.tokens), text, dialect);
  const span: Span = { start: statement.start, end: statement.end };
  const lost = (table?: TableName): readonly DdlChange[] => [notUnderstood(text, statement, table)];
  if (cursor.words("CREATE")) return readCreate(cursor, span, lost);
  if (cursor.words("ALTER")) return readAlter(cursor, span, lost);
  if (cursor.words("DROP")) return readDrop(cursor, span, lost);
  if (cursor.words("RENAME", "TABLE") || cursor.words("RENAME", "TABLES")) {
    return cursor.items().flatMap((item): readonly DdlChange[] => {
      const table = item.table();
      const to = item.words("TO") ? item.table() : undefined;
      return table === undefined || to === undefined ? lost(table) : [{ change: "renameTable", table, to, span }];
    });
  }
  if (cursor.words("DO")) return readDo(cursor, dialect, lost);
  if (cursor.peek("EXEC", "EXECUTE") && statement.tokens.some((token) => /^(?:\[?sp_rename\]?)$/iu.test(token.text))) return lost();
  return [];
}

type Lost = (table?: TableName) => readonly DdlChange[];

function readCreate(cursor: Cursor, span: Span, lost: Lost): readonly DdlChange[] {
  let temporary = false;
  let materialized = false;
  let unique = false;
  let virtual = false;
  let special: string | undefined;
  for (;;) {
    if (cursor.words("OR", "REPLACE") || cursor.words("GLOBAL") || cursor.words("LOCAL") || cursor.words("UNLOGGED") || cursor.words("RECURSIVE") || cursor.words("FOREIGN") || cursor.words("CLUSTERED") || cursor.words("NONCLUSTERED") || cursor.words("FORCE") || cursor.words("EXTERNAL") || cursor.words("TRANSIENT")) continue;
    if (cursor.words("ALGORITHM") || cursor.words("DEFINER") || cursor.words("SQL", "SECURITY")) {
      // ALGORITHM=UNDEFINED DEFINER=`a`@`b` SQL SECURITY DEFINER, of MySQL's views.
      while (!cursor.ended && !cursor.peek("VIEW", "SQL", "DEFINER", "TRIGGER", "FUNCTION", "PROCEDURE", "EVENT")) cursor.at++;
      if (cursor.peek("DEFINER") && cursor.upper(1) === "VIEW") cursor.at++;
      continue;
    }
    if (cursor.words("TEMP") || cursor.words("TEMPORARY")) temporary = true;
    else if (cursor.words("MATERIALIZED")) materialized = true;
    else if (cursor.words("VIRTUAL")) virtual = true;
    else if (cursor.words("UNIQUE")) unique = true;
    else if (cursor.peek("FULLTEXT", "SPATIAL", "COLUMNSTORE")) {
      special = cursor.upper().toLowerCase();
      cursor.at++;
    } else break;
  }
  if (cursor.words("TABLE")) return readCreateTable(cursor, span, temporary, virtual, lost);
  if (cursor.words("VIEW")) {
    cursor.words("IF", "NOT", "EXISTS");
    const table = cursor.table();
    return table === undefined ? lost() : [{ change: "createView", table, materialized, span }];
  }
  if (cursor.words("INDEX")) return readCreateIndex(cursor, span, unique, special, lost);
  return [];
}

function readCreateTable(cursor: Cursor, span: Span, temporary: boolean, virtual: boolean, lost: Lost): readonly DdlChange[] {
  const ifNotExists = cursor.words("IF", "NOT", "EXISTS");
  const table = cursor.table();
  if (table === undefined) return lost();
  const columns: DdlColumn[] = [];
  const constraints: DdlConstraint[] = [];
  let opaqueColumns = virtual;
  let withoutRowid = false;
  let collation: string | undefined;
  let charset: string | undefined;
  const body = virtual ? undefined : cursor.group();
  if (body === undefined) opaqueColumns = true;
  else if (body.peek("SELECT", "WITH")) opaqueColumns = true;
  else {
    for (const item of body.items()) {
      if (item.peek("LIKE")) {
        opaqueColumns = true;
        continue;
      }
      const constraint = readConstraint(item);
      if (constraint !== undefined) {
        constraints.push(constraint);
        continue;
      }
      const column = readColumn(item);
      if (column === undefined) opaqueColumns = true;
      else columns.push(column);
    }
    // INHERITS, or MySQL's CREATE TABLE t (…) SELECT …: more columns than are written.
    while (!cursor.ended) {
      if (cursor.peek("INHERITS", "SELECT") || (cursor.peek("AS") && cursor.upper(1) === "SELECT")) opaqueColumns = true;
      if (cursor.words("WITHOUT", "ROWID")) withoutRowid = true;
      else if (cursor.isMysql && cursor.words("COLLATE")) collation = readOption(cursor);
      else if (cursor.isMysql && (cursor.words("CHARSET") || cursor.words("CHARACTER", "SET"))) charset = readOption(cursor);
      else cursor.step();
    }
  }
  return [{
    change: "createTable", table, columns, constraints, ifNotExists, temporary, span,
    ...(opaqueColumns ? { opaqueColumns: true } : {}),
    ...(withoutRowid ? { withoutRowid } : {}),
    ...(collation === undefined ? {} : { collation }),
    ...(charset === undefined ? {} : { charset }),
  }];
}

/** The value of a table option, with or without an equals sign. */
function readOption(cursor: Cursor): string | undefined {
  if (cursor.token()?.text === "=") cursor.at++;
  const token = cursor.token();
  if (token?.kind === "string") {
    cursor.at++;
    return token.text.slice(1, -1).toLowerCase();
  }
  return cursor.name()?.toLowerCase();
}

function readCreateIndex(cursor: Cursor, span: Span, unique: boolean, special: string | undefined, lost: Lost): readonly DdlChange[] {
  cursor.skip("CONCURRENTLY", "ASYNC");
  const ifNotExists = cursor.words("IF", "NOT", "EXISTS");
  const named = cursor.peek("ON") && cursor.token()?.kind === "word" ? undefined : cursor.table();
  let method = cursor.words("USING") ? cursor.name()?.toLowerCase() : undefined;
  if (!cursor.words("ON")) return lost();
  cursor.words("ONLY");
  const table = cursor.table();
  if (table === undefined) return lost();
  if (cursor.words("USING")) method = cursor.name()?.toLowerCase();
  if (!cursor.isPunct("(")) return lost(table);
  const parts = readParts(cursor);
  const tail = readIndexTail(cursor);
  if (parts.length === 0) return lost(table);
  return [{
    change: "createIndex", table, span,
    index: {
      ...(named === undefined ? {} : { name: named.name }),
      unique, method: special ?? tail.method ?? method ?? "btree", parts, include: tail.include, ifNotExists,
      ...(tail.where === undefined ? {} : { where: tail.where }),
    },
  }];
}

function readAlter(cursor: Cursor, span: Span, lost: Lost): readonly DdlChange[] {
  cursor.skip("ONLINE", "OFFLINE", "IGNORE");
  cursor.words("FOREIGN");
  if (cursor.words("INDEX")) {
    cursor.words("IF", "EXISTS");
    const index = cursor.table();
    if (index === undefined) return lost();
    if (!cursor.words("RENAME", "TO")) return [];
    const to = cursor.table();
    return to === undefined ? lost() : [{ change: "renameIndex", name: index.name, to: to.name, span }];
  }
  const isView = cursor.words("MATERIALIZED", "VIEW") || cursor.words("VIEW");
  if (!isView && !cursor.words("TABLE")) return [];
  cursor.words("IF", "EXISTS");
  cursor.words("ONLY");
  const table = cursor.table();
  if (table === undefined) return lost();
  if (cursor.token()?.text === "*") cursor.at++;
  if (isView && !cursor.peek("RENAME")) return [];
  // SQL Server: WITH CHECK ADD CONSTRAINT …
  if (cursor.words("WITH", "CHECK") || cursor.words("WITH", "NOCHECK")) cursor.at += 0;
  const changes: DdlChange[] = [];
  let adding: "column" | undefined;
  for (const action of cursor.items()) {
    const from = action.at;
    const actionSpan = action.span(from);
    const read = readAction(action, table, actionSpan);
    if (read !== undefined) {
      changes.push(...read);
      adding = read[0]?.change === "addColumn" || read[0]?.change === "addConstraint" ? "column" : undefined;
    } else if (adding !== undefined && cursor.dialect === "sqlserver") {
      // ADD a int, b int: the word is not repeated.
      changes.push(...added(action.slice(from, from + 1_000_000), table, actionSpan));
    } else return [...changes, ...lost(table)];
  }
  return changes;
}

/** Words that open an action which changes neither columns nor indexes. */
const harmless = new Set(["OWNER", "ENABLE", "DISABLE", "FORCE", "NO", "CLUSTER", "REPLICA", "VALIDATE", "ENGINE", "AUTO_INCREMENT", "COMMENT", "CONVERT", "CHARACTER", "CHARSET", "COLLATE", "ROW_FORMAT", "LOCK", "ALGORITHM", "ATTACH", "DETACH", "RESET", "DEFAULT", "CHECK", "NOCHECK", "ORDER", "STATS_PERSISTENT", "KEY_BLOCK_SIZE", "REORGANIZE", "OPTIMIZE", "ANALYZE", "TRUNCATE", "COALESCE", "REBUILD", "DISCARD", "IMPORT", "WITH"]);

/** One action of ALTER TABLE; undefined when it is not understood. */
function readAction(action: Cursor, table: TableName, span: Span): readonly DdlChange[] | undefined {
  if (action.words("ADD")) return added(action, table, span);
  if (action.words("DROP")) return dropped(action, table, span);
  if (action.words("ALTER")) return altered(action, table, span);
  if (action.words("MODIFY")) {
    action.words("COLUMN");
    action.words("IF", "EXISTS");
    const column = readColumn(action);
    return column === undefined ? undefined : [alterTo(table, column, span)];
  }
  if (action.words("CHANGE")) {
    action.words("COLUMN");
    action.words("IF", "EXISTS");
    const name = action.name();
    const column = readColumn(action);
    if (name === undefined || column === undefined) return undefined;
    const rename: readonly DdlChange[] = name === column.name ? [] : [{ change: "renameColumn", table, column: name, to: column.name, span }];
    return [...rename, alterTo(table, column, span)];
  }
  if (action.words("RENAME")) return renamed(action, table, span);
  if (action.words("SET")) return action.peek("SCHEMA") ? undefined : [];
  if (action.peek("INHERIT") || action.peek("OF")) return undefined;
  return action.token()?.kind === "word" && harmless.has(action.upper()) ? [] : undefined;
}

function alterTo(table: TableName, column: DdlColumn, span: Span): DdlChange {
  return { change: "alterColumn", table, column: column.name, nullable: column.nullable, span, ...(column.type === undefined ? {} : { type: column.type }) };
}

function added(action: Cursor, table: TableName, span: Span): readonly DdlChange[] {
  const isColumn = action.words("COLUMN");
  action.words("IF", "NOT", "EXISTS");
  if (!isColumn && action.peek("PARTITION") && (action.isPunct("(", 1) || action.upper(1) === "PARTITIONS")) return [];
  if (action.isPunct("(")) {
    const group = action.group();
    return group?.items().flatMap((item) => added(item, table, span)) ?? [];
  }
  const from = action.at;
  const constraint = isColumn ? undefined : readConstraint(action);
  if (constraint !== undefined) {
    // MySQL's ADD INDEX is an index, not a constraint.
    if (constraint.kind === "index") return [{ change: "createIndex", table, index: constraint.index, span }];
    return [{ change: "addConstraint", table, constraint, span }];
  }
  action.at = from;
  const column = readColumn(action);
  return column === undefined ? [{ change: "notUnderstood", table, text: action.written(from), span }] : [{ change: "addColumn", table, column, span }];
}

function dropped(action: Cursor, table: TableName, span: Span): readonly DdlChange[] | undefined {
  if (action.words("PRIMARY", "KEY")) return [{ change: "dropConstraint", table, name: "PRIMARY", span }];
  if (action.peek("PARTITION") && action.token(1) !== undefined) return [];
  const isConstraint = action.words("CONSTRAINT") || action.words("FOREIGN", "KEY") || action.words("CHECK");
  const isIndex = !isConstraint && (action.words("INDEX") || ((action.isMysql) && action.words("KEY")));
  if (!isConstraint && !isIndex) action.words("COLUMN");
  action.words("IF", "EXISTS");
  const name = action.name();
  if (name === undefined) return undefined;
  if (isConstraint) return [{ change: "dropConstraint", table, name, span }];
  if (isIndex) return [{ change: "dropIndex", table, name, span }];
  return [{ change: "dropColumn", table, column: name, span }];
}

function altered(action: Cursor, table: TableName, span: Span): readonly DdlChange[] | undefined {
  if (action.words("INDEX") || action.words("CONSTRAINT") || action.words("CHECK")) return [];
  action.words("COLUMN");
  action.words("IF", "EXISTS");
  const column = action.name();
  if (column === undefined) return undefined;
  if (action.words("SET", "DATA", "TYPE") || action.words("TYPE")) {
    const type = readType(action);
    return type === undefined ? undefined : [{ change: "alterColumn", table, column, type, span }];
  }
  if (action.words("SET", "NOT", "NULL")) return [{ change: "alterColumn", table, column, nullable: false, span }];
  if (action.words("DROP", "NOT", "NULL")) return [{ change: "alterColumn", table, column, nullable: true, span }];
  if (action.peek("SET", "DROP", "ADD", "RESET", "RESTART")) return [];
  // SQL Server: ALTER COLUMN a nvarchar(20) NOT NULL
  const type = readType(action);
  if (type === undefined) return undefined;
  return [{ change: "alterColumn", table, column, type, nullable: !action.words("NOT", "NULL"), span }];
}

function renamed(action: Cursor, table: TableName, span: Span): readonly DdlChange[] | undefined {
  if (action.words("TO") || action.words("AS")) {
    const to = action.table();
    return to === undefined ? undefined : [{ change: "renameTable", table, to, span }];
  }
  const isIndex = action.words("INDEX") || (action.isMysql && action.words("KEY")) || action.words("CONSTRAINT");
  if (!isIndex) action.words("COLUMN");
  const name = action.name();
  if (name === undefined) return undefined;
  if (!action.words("TO")) return action.ended ? [{ change: "renameTable", table, to: { name }, span }] : undefined;
  const to = action.name();
  if (to === undefined) return undefined;
  // Renaming a constraint renames the index behind it.
  return isIndex ? [{ change: "renameIndex", table, name, to, span }] : [{ change: "renameColumn", table, column: name, to, span }];
}

function readDrop(cursor: Cursor, span: Span, lost: Lost): readonly DdlChange[] {
  cursor.words("TEMPORARY");
  cursor.words("MATERIALIZED");
  cursor.words("FOREIGN");
  if (cursor.words("TABLE") || cursor.words("VIEW") || cursor.words("TABLES")) {
    cursor.words("IF", "EXISTS");
    const tables = cursor.items().flatMap((item) => item.table() ?? []);
    return tables.length === 0 ? lost() : [{ change: "dropTable", tables, span }];
  }
  if (cursor.words("INDEX")) {
    cursor.words("CONCURRENTLY");
    cursor.words("IF", "EXISTS");
    const changes: DdlChange[] = [];
    for (const item of cursor.items()) {
      const index = item.table();
      if (index === undefined) return lost();
      const table = item.words("ON") ? item.table() : undefined;
      changes.push({ change: "dropIndex", name: index.name, span, ...(index.schema === undefined ? {} : { schema: index.schema }), ...(table === undefined ? {} : { table }) });
    }
    return changes;
  }
  // Whatever was in it is gone, and what that was is not written here.
  if (cursor.peek("SCHEMA", "DATABASE", "OWNED")) return lost();
  return [];
}

const tableObjects = new Set(["TABLE", "INDEX", "VIEW"]);

/** DO $$ … $$: read through where its statements surely run, as in drizzle's and hand-written idempotent migrations. */
function readDo(cursor: Cursor, dialect: Dialect, lost: Lost): readonly DdlChange[] {
  while (!cursor.ended && cursor.token()?.kind !== "string") cursor.at++;
  const token = cursor.token();
  const tag = /^\$[^$]*\$/u.exec(token?.text ?? "")?.[0];
  if (token === undefined || tag === undefined) return lost();
  const start = token.start + tag.length;
  const body = cursor.text.slice(start, token.end - tag.length);
  const { tokens } = scan(body, dialect);
  const touchesSchema = tokens.some((word, at) => word.kind === "word" && (word.upper === "EXECUTE" || (["CREATE", "ALTER", "DROP"].includes(word.upper) && tokens.slice(at + 1, at + 5).some((next) => tableObjects.has(next.upper)))));
  if (!touchesSchema) return [];
  const statements = splitBody(tokens);
  const changes: DdlChange[] = [];
  // Offsets of the body count in the file.
  const padded = " ".repeat(start) + body;
  for (const statement of statements) {
    const verb = statement[0]?.upper ?? "";
    if (verb === "CREATE" || verb === "ALTER" || verb === "DROP") {
      const moved = statement.map((word) => ({ ...word, start: word.start + start, end: word.end + start }));
      const first = moved[0];
      const last = moved[moved.length - 1];
      if (first === undefined || last === undefined) continue;
      changes.push(...readStatement({ tokens: moved, start: first.start, end: last.end }, padded, dialect));
    } else if (!["END", "EXCEPTION", "WHEN", "NULL", "RAISE", ""].includes(verb)) return lost();
  }
  return changes;
}

type BodyToken = ReturnType<typeof scan>["tokens"][number];

/** Statements of a PL/pgSQL body, without BEGIN and without a guard that only asks whether the change is made already. */
function splitBody(tokens: readonly BodyToken[]): readonly (readonly BodyToken[])[] {
  const statements: BodyToken[][] = [];
  let current: BodyToken[] = [];
  let depth = 0;
  for (const token of tokens) {
    if (token.kind === "punct" && token.text === "(") depth++;
    if (token.kind === "punct" && token.text === ")") depth--;
    if (token.kind === "punct" && token.text === ";" && depth === 0) {
      statements.push(current);
      current = [];
      continue;
    }
    current.push(token);
    if (current.length === 1 && token.upper === "BEGIN") current = [];
    const guarded = token.upper === "THEN" && depth === 0 && current[0]?.upper === "IF" && (current[1]?.upper === "NOT" && current[2]?.upper === "EXISTS" || current[1]?.upper === "EXISTS");
    const handler = token.upper === "THEN" && (current[0]?.upper === "EXCEPTION" || current[0]?.upper === "WHEN");
    if (guarded || handler) current = [];
  }
  statements.push(current);
  return statements.filter((statement) => statement.length > 0);
}
