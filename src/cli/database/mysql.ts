/** Reads the catalogue of MySQL 5.7, MariaDB 10.3, or newer ones. */
import { roundCount, type Snapshot, type SnapshotColumn, type SnapshotForeignKey, type SnapshotIndex, type SnapshotIndexPart, type SnapshotTable } from "../../schema/snapshot.js";
import { CommandError } from "../terminal.js";
import type { Ask } from "./postgresql.js";
import { groups, name, number, text, type Row } from "./rows.js";

const SERVER = "SELECT VERSION() AS version, DATABASE() AS db, (SELECT DEFAULT_COLLATION_NAME FROM information_schema.SCHEMATA WHERE SCHEMA_NAME = DATABASE()) AS collation";

const TABLES = `
SELECT TABLE_NAME AS name, TABLE_TYPE AS kind, TABLE_ROWS AS estimate, DATA_LENGTH + INDEX_LENGTH AS bytes
FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() AND TABLE_TYPE IN ('BASE TABLE', 'SYSTEM VERSIONED', 'VIEW')`;

const COLUMNS = `
SELECT TABLE_NAME AS owner, COLUMN_NAME AS name, COLUMN_TYPE AS type, IS_NULLABLE AS nullable, COLLATION_NAME AS collation
FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE() ORDER BY TABLE_NAME, ORDINAL_POSITION`;

/** All columns: EXPRESSION and IS_VISIBLE are MySQL's, IGNORED is MariaDB's. */
const INDEXES = "SELECT * FROM information_schema.STATISTICS WHERE TABLE_SCHEMA = DATABASE() ORDER BY TABLE_NAME, INDEX_NAME, SEQ_IN_INDEX";

const FOREIGN_KEYS = `
SELECT TABLE_NAME AS owner, CONSTRAINT_NAME AS name, COLUMN_NAME AS col, REFERENCED_TABLE_NAME AS target, REFERENCED_COLUMN_NAME AS referenced,
  CASE WHEN REFERENCED_TABLE_SCHEMA <> TABLE_SCHEMA THEN REFERENCED_TABLE_SCHEMA END AS other
FROM information_schema.KEY_COLUMN_USAGE WHERE TABLE_SCHEMA = DATABASE() AND REFERENCED_TABLE_NAME IS NOT NULL
ORDER BY TABLE_NAME, CONSTRAINT_NAME, ORDINAL_POSITION`;

/** Who may read single columns only sees the indexes of those; a list with gaps would be a wrong proof. */
const SINGLE_COLUMNS = `
SELECT DISTINCT c.TABLE_NAME AS name FROM information_schema.COLUMN_PRIVILEGES c
WHERE c.TABLE_SCHEMA = DATABASE()
  AND NOT EXISTS (SELECT 1 FROM information_schema.TABLE_PRIVILEGES t WHERE t.TABLE_SCHEMA = c.TABLE_SCHEMA AND t.TABLE_NAME = c.TABLE_NAME)
  AND NOT EXISTS (SELECT 1 FROM information_schema.SCHEMA_PRIVILEGES s WHERE DATABASE() LIKE s.TABLE_SCHEMA AND s.PRIVILEGE_TYPE = 'SELECT')
  AND NOT EXISTS (SELECT 1 FROM information_schema.USER_PRIVILEGES u WHERE u.PRIVILEGE_TYPE = 'SELECT')
ORDER BY c.TABLE_NAME`;

/** Is the server MariaDB? It says so in its version. */
export async function isMariadb(ask: Ask): Promise<boolean> {
  const [row = {}] = await ask("SELECT VERSION() AS version");
  return /mariadb/iu.test(name(row, "version"));
}

/** Server and tables of the connection's database. Runs in one transaction that cannot write. */
export async function readMysql(ask: Ask): Promise<Pick<Snapshot, "server" | "tables">> {
  const [server = {}] = await ask(SERVER);
  if (text(server, "db") === undefined) throw new CommandError("the address names no database. Write its name at its end: mysql://host/name.");
  const partial = (await ask(SINGLE_COLUMNS)).map((row) => name(row, "name"));
  if (partial.length > 0) throw new CommandError(`the user may read only single columns of ${partial.map((table) => `\`${table}\``).join(", ")}, and then the server does not tell all indexes. Grant SELECT on the whole table.`);
  const collation = text(server, "collation");
  const columns = groups(await ask(COLUMNS), (row) => name(row, "owner"));
  const indexes = groups(await ask(INDEXES), (row) => name(row, "TABLE_NAME"));
  const keys = groups(await ask(FOREIGN_KEYS), (row) => name(row, "owner"));
  const tables = (await ask(TABLES)).map((row): SnapshotTable => {
    const own = name(row, "name");
    const [rows, bytes] = [number(row, "estimate"), number(row, "bytes")];
    const isView = name(row, "kind") === "VIEW";
    return {
      name: own,
      kind: isView ? "view" : "table",
      ...(rows === undefined || isView ? {} : { rows: roundCount(rows) }),
      ...(bytes === undefined || isView ? {} : { bytes: roundCount(bytes) }),
      columns: (columns.get(own) ?? []).map((column) => readColumn(column, collation)),
      indexes: [...groups(indexes.get(own) ?? [], (part) => name(part, "INDEX_NAME")).values()].map(readIndex),
      foreignKeys: [...groups(keys.get(own) ?? [], (key) => name(key, "name")).values()].map(readForeignKey),
    };
  });
  const version = name(server, "version");
  return {
    server: { kind: /mariadb/iu.test(version) ? "mariadb" : "mysql", version: /^[\d.]+/u.exec(version.replace(/^5\.5\.5-(?=\d)/u, ""))?.[0] ?? version, ...(collation === undefined ? {} : { collation }) },
    tables,
  };
}

function readColumn(row: Row, ofDatabase: string | undefined): SnapshotColumn {
  const collation = text(row, "collation");
  return {
    name: name(row, "name"),
    type: name(row, "type"),
    nullable: name(row, "nullable") === "YES",
    ...(collation === undefined || collation === ofDatabase ? {} : { collation }),
  };
}

function readIndex(rows: readonly Row[]): SnapshotIndex {
  const [first = {}] = rows;
  const own = name(first, "INDEX_NAME");
  return {
    name: own,
    kind: own === "PRIMARY" ? "primary" : number(first, "NON_UNIQUE") === 0 ? "unique" : "index",
    method: name(first, "INDEX_TYPE").toLowerCase().replace("rtree", "spatial"),
    parts: rows.map(readPart),
    ...(text(first, "IS_VISIBLE") === "NO" || text(first, "IGNORED") === "YES" ? { disabled: true } : {}),
  };
}

function readPart(row: Row): SnapshotIndexPart {
  const [column, length] = [text(row, "COLUMN_NAME"), number(row, "SUB_PART")];
  return {
    // MySQL escapes the quotes of an expression as if it were inside a string.
    ...(column === undefined ? { expression: name(row, "EXPRESSION").replace(/\\'/gu, "'") } : { column }),
    ...(text(row, "COLLATION") === "D" ? { descending: true } : {}),
    // Full-text and spatial indexes have lengths that are no prefixes.
    ...(length === undefined || name(row, "INDEX_TYPE") !== "BTREE" ? {} : { length }),
  };
}

function readForeignKey(rows: readonly Row[]): SnapshotForeignKey {
  const [first = {}] = rows;
  const schema = text(first, "other");
  return {
    columns: rows.map((row) => name(row, "col")),
    ...(schema === undefined ? {} : { schema }),
    table: name(first, "target"),
    referencedColumns: rows.map((row) => name(row, "referenced")),
  };
}
