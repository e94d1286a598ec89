/** Reads the schema of a SQLite file, with Node's own SQLite or with sql.js. */
import fs from "node:fs";
import { roundCount, type Snapshot, type SnapshotColumn, type SnapshotForeignKey, type SnapshotIndex, type SnapshotIndexPart, type SnapshotTable, type SnapshotTableKind } from "../../schema/snapshot.js";
import { readDdl, type DdlColumn, type DdlIndex } from "../../sql/index.js";
import { CommandError } from "../terminal.js";
import { loadDriver, memberOf } from "./drivers.js";
import { flag, groups, name, number, rowsOf, text, type Row } from "./rows.js";

interface SqliteFile {
  all(sql: string): readonly Row[];
  close(): void;
}

/** SQLite has no limit for a statement; counting stops here, and a table of more rows is as large as any. */
const MOST_COUNTED = 10_000_000;

/** sql.js holds the file in memory. */
const MOST_IN_MEMORY = 1024 ** 3;

/** Opens, reads and closes a file. Tables are counted as long as `timeoutMs` lasts. */
export async function readSqlite(file: string, cwd: string, timeoutMs: number): Promise<Pick<Snapshot, "server" | "tables">> {
  if (fs.statSync(file, { throwIfNoEntry: false })?.isFile() !== true) throw new CommandError("there is no such file. A relative path counts from the working directory.");
  const database = openWithNode(file) ?? (await openWithSqlJs(file, cwd));
  try {
    return readAll(database, performance.now() + timeoutMs);
  } catch (error) {
    if (error instanceof Error && /file is not a database|file is encrypted|malformed/iu.test(error.message)) throw new CommandError("the file is no SQLite database, or it is encrypted or damaged.");
    throw error;
  } finally {
    database.close();
  }
}

/** SQLite of Node, from 22.13 on. */
function openWithNode(file: string): SqliteFile | undefined {
  const sqlite: unknown = typeof process.getBuiltinModule === "function" ? process.getBuiltinModule("node:sqlite") : undefined;
  const Database = memberOf(sqlite, "DatabaseSync");
  if (!isNodeSqlite(Database)) return undefined;
  const database = new Database(file, { readOnly: true });
  return { all: (sql) => rowsOf(database.prepare(sql).all()), close: () => database.close() };
}

type NodeSqlite = new (file: string, options: object) => { prepare(sql: string): { all(): unknown }; close(): void };

function isNodeSqlite(value: unknown): value is NodeSqlite {
  return typeof value === "function";
}

async function openWithSqlJs(file: string, cwd: string): Promise<SqliteFile> {
  const start = await loadDriver("sql.js", cwd, isSqlJs);
  if (fs.statSync(file).size > MOST_IN_MEMORY) throw new CommandError("the file is larger than 1 GB, which only Node 22.13 or newer can read.");
  const log = fs.statSync(`${file}-wal`, { throwIfNoEntry: false });
  if (log !== undefined && log.size > 0) throw new CommandError("the file has changes beside it that are not written yet (…-wal). Close the programs that use it, or use Node 22.13 or newer.");
  const bytes = fs.readFileSync(file);
  // Bytes 18 and 19 say that there may be a write-ahead log (file format, 1.3), which memory has no place for.
  if (bytes[18] === 2 && bytes[19] === 2) bytes.fill(1, 18, 20);
  const { Database } = await start();
  const database = new Database(bytes);
  return {
    all(sql) {
      const statement = database.prepare(sql);
      const rows: Row[] = [];
      try {
        while (statement.step()) rows.push(statement.getAsObject());
      } finally {
        statement.free();
      }
      return rows;
    },
    close: () => database.close(),
  };
}

interface SqlJs {
  readonly Database: new (bytes: Uint8Array) => { prepare(sql: string): { step(): boolean; getAsObject(): Row; free(): void }; close(): void };
}

function isSqlJs(value: unknown): value is () => Promise<SqlJs> {
  return typeof value === "function";
}

function readAll(database: SqliteFile, deadline: number): Pick<Snapshot, "server" | "tables"> {
  const [server = {}] = database.all("SELECT sqlite_version() AS version");
  const statements = database.all("SELECT type, name, sql FROM sqlite_master WHERE sql IS NOT NULL");
  const written = new Map(statements.map((row) => [`${name(row, "type")} ${name(row, "name")}`, name(row, "sql")]));
  const sqlOf = (type: string, own: string): string => written.get(`${type} ${own}`) ?? "";
  const tables = database
    .all("SELECT name, type, wr FROM pragma_table_list WHERE schema = 'main' AND type <> 'shadow' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'")
    .map((row) => readTable(database, row, sqlOf, deadline));
  return { server: { kind: "sqlite", version: name(server, "version") }, tables };
}

function readTable(database: SqliteFile, row: Row, sqlOf: (type: string, own: string) => string, deadline: number): SnapshotTable {
  const own = name(row, "name");
  const quoted = quote(own);
  const kind = kindOf(name(row, "type"));
  const declared = new Map(readDdl(sqlOf("table", own), "sqlite").flatMap((change) => (change.change === "createTable" ? change.columns : [])).map((column) => [column.name.toLowerCase(), column]));
  const info = database.all(`PRAGMA table_xinfo(${quoted})`).filter((column) => number(column, "hidden") !== 1);
  const columns = info.map((column) => readColumn(column, declared.get(name(column, "name").toLowerCase())));
  const indexes = database.all(`PRAGMA index_list(${quoted})`).map((index) => readIndex(database, index, columns, sqlOf("index", name(index, "name"))));
  // The primary key of a table with a rowid is the rowid itself, where it is one integer column: there is no index to list.
  const key = info.filter((column) => (number(column, "pk") ?? 0) > 0).sort((left, right) => (number(left, "pk") ?? 0) - (number(right, "pk") ?? 0));
  const rowid: SnapshotIndex[] = key.length > 0 && !indexes.some((index) => index.kind === "primary") ? [{ kind: "primary", method: "btree", parts: key.map((column) => ({ column: name(column, "name") })) }] : [];
  const rows = kind === "table" && performance.now() < deadline ? number(database.all(`SELECT count(*) AS rows FROM (SELECT 1 FROM ${quoted} LIMIT ${String(MOST_COUNTED)})`)[0] ?? {}, "rows") : undefined;
  return {
    name: own,
    kind,
    ...(rows === undefined ? {} : { rows: roundCount(rows) }),
    columns,
    indexes: [...rowid, ...indexes],
    foreignKeys: [...groups(database.all(`PRAGMA foreign_key_list(${quoted})`), (part) => String(number(part, "id"))).values()].map(readForeignKey),
  };
}

function kindOf(type: string): SnapshotTableKind {
  switch (type) {
    case "view":
      return "view";
    case "virtual":
      return "virtual table";
    default:
      return "table";
  }
}

function readColumn(row: Row, declared: DdlColumn | undefined): SnapshotColumn {
  const collation = declared?.collation;
  const isKey = (number(row, "pk") ?? 0) > 0;
  return {
    name: name(row, "name"),
    type: name(row, "type"),
    // A primary key other than the rowid may hold nulls in SQLite unless it says otherwise; the rowid never does.
    nullable: !flag(row, "notnull") && !(isKey && /^integer$/iu.test(name(row, "type"))),
    ...(collation === undefined || isBinary(collation) ? {} : { collation }),
  };
}

function readIndex(database: SqliteFile, row: Row, columns: readonly SnapshotColumn[], sql: string): SnapshotIndex {
  const own = name(row, "name");
  const written = readDdl(sql, "sqlite").flatMap((change) => (change.change === "createIndex" ? [change.index] : []))[0];
  const parts = database.all(`PRAGMA index_xinfo(${quote(own)})`).filter((part) => flag(part, "key"));
  const where = written?.where;
  const origin = name(row, "origin");
  return {
    name: own,
    kind: origin === "pk" ? "primary" : flag(row, "unique") ? "unique" : "index",
    method: "btree",
    parts: parts.map((part, at) => readPart(part, at, columns, written)),
    ...(flag(row, "partial") ? { where: where ?? "?" } : {}),
  };
}

function readPart(row: Row, at: number, columns: readonly SnapshotColumn[], written: DdlIndex | undefined): SnapshotIndexPart {
  const column = text(row, "name");
  const collation = text(row, "coll");
  const ofColumn = columns.find((candidate) => candidate.name === column)?.collation;
  const isOwn = collation !== undefined && collation.toLowerCase() !== (ofColumn ?? "binary").toLowerCase();
  return {
    // The rowid (-1) and expressions (-2) have no name here.
    ...(column !== undefined ? { column } : { expression: written?.parts[at]?.expression ?? written?.parts[at]?.column ?? "?" }),
    ...(flag(row, "desc") ? { descending: true } : {}),
    ...(isOwn ? { collation } : {}),
  };
}

function readForeignKey(rows: readonly Row[]): SnapshotForeignKey {
  const parts = [...rows].sort((left, right) => (number(left, "seq") ?? 0) - (number(right, "seq") ?? 0));
  return { columns: parts.map((part) => name(part, "from")), table: name(parts[0] ?? {}, "table"), referencedColumns: parts.flatMap((part) => text(part, "to") ?? []) };
}

function isBinary(collation: string): boolean {
  return collation.toLowerCase() === "binary";
}

function quote(own: string): string {
  return `"${own.replace(/"/gu, '""')}"`;
}
