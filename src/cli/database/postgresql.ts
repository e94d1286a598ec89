/** Reads the catalogue of PostgreSQL 11 or newer. */
import { roundCount, type Snapshot, type SnapshotColumn, type SnapshotForeignKey, type SnapshotIndex, type SnapshotIndexPart, type SnapshotTable, type SnapshotTableKind } from "../../schema/snapshot.js";
import { flag, groups, name, number, text, texts, type Row } from "./rows.js";

/** Sends one statement; the session is read-only already. */
export type Ask = (sql: string, values?: readonly unknown[]) => Promise<readonly Row[]>;

/** Schemas of the server's own, and what extensions keep for themselves. */
const SYSTEM = "n.nspname <> 'information_schema' AND n.nspname !~ '^pg_'";

const SCHEMAS = `SELECT n.nspname AS name FROM pg_namespace n WHERE ${SYSTEM} ORDER BY n.nspname = 'public' DESC, n.nspname`;

/** Columns of pg_database differ from version to version; as JSON, those that are missing are null. */
const SERVER = `
SELECT current_setting('server_version') AS version, d.datcollate AS collation,
  to_jsonb(d)->>'datlocprovider' AS provider, coalesce(to_jsonb(d)->>'datlocale', to_jsonb(d)->>'daticulocale') AS locale
FROM pg_database d WHERE d.datname = current_database()`;

/**
 * Partitions are part of their table. reltuples is -1 before the first ANALYZE (0 before version 14), and then the
 * counters of the statistics collector are all there is.
 */
const TABLES = `
WITH RECURSIVE descendants AS (
  SELECT i.inhparent AS root, i.inhrelid AS member FROM pg_inherits i
  UNION ALL
  SELECT d.root, i.inhrelid FROM descendants d JOIN pg_inherits i ON i.inhparent = d.member
), parts AS (
  SELECT d.root,
    sum(greatest(c.reltuples, 0))::float8 AS tuples,
    bool_and(c.reltuples >= 0) AS counted,
    sum(pg_total_relation_size(c.oid))::float8 AS bytes,
    bool_or(EXISTS (SELECT FROM pg_index i WHERE i.indrelid = c.oid AND NOT EXISTS (SELECT FROM pg_inherits h WHERE h.inhrelid = i.indexrelid))) AS own_indexes
  FROM descendants d JOIN pg_class c ON c.oid = d.member
  WHERE c.relkind IN ('r', 'f')
  GROUP BY d.root
)
SELECT c.oid::text AS oid, n.nspname AS schema, c.relname AS name, c.relkind::text AS kind,
  CASE
    WHEN c.relkind = 'p' THEN CASE WHEN parts.counted THEN parts.tuples END
    WHEN c.reltuples > 0 THEN c.reltuples::float8
    WHEN c.relkind IN ('r', 'm') AND pg_relation_size(c.oid) = 0 THEN 0
    WHEN s.n_live_tup > 0 THEN s.n_live_tup::float8
    WHEN c.reltuples = 0 AND s.last_analyze IS NOT NULL THEN 0
  END AS rows,
  CASE WHEN c.relkind = 'p' THEN parts.bytes WHEN c.relkind IN ('r', 'm') THEN pg_total_relation_size(c.oid)::float8 END AS bytes,
  c.relkind = 'p' AND parts.own_indexes AS own_indexes,
  c.relkind = 'r' AND parts.root IS NOT NULL AS inherited
FROM pg_class c
JOIN pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN parts ON parts.root = c.oid
LEFT JOIN pg_stat_all_tables s ON s.relid = c.oid
WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND NOT c.relispartition AND n.nspname = ANY ($1::text[])
  AND NOT EXISTS (SELECT FROM pg_depend e WHERE e.classid = 'pg_class'::regclass AND e.objid = c.oid AND e.deptype = 'e')`;

/** A domain is indexed and compared as the type below it. 100 is the collation of the database. */
const COLUMNS = `
WITH RECURSIVE domains AS (
  SELECT t.oid AS domain, t.typbasetype AS base, t.typtypmod AS typmod, t.typnotnull AS filled FROM pg_type t WHERE t.typtype = 'd'
  UNION ALL
  SELECT d.domain, t.typbasetype, CASE WHEN d.typmod = -1 THEN t.typtypmod ELSE d.typmod END, d.filled OR t.typnotnull
  FROM domains d JOIN pg_type t ON t.oid = d.base AND t.typtype = 'd'
), bases AS (
  SELECT d.* FROM domains d JOIN pg_type t ON t.oid = d.base AND t.typtype <> 'd'
)
SELECT a.attrelid::text AS oid, a.attname AS name,
  format_type(coalesce(b.base, a.atttypid), CASE WHEN b.base IS NULL THEN a.atttypmod ELSE b.typmod END) AS type,
  NOT (a.attnotnull OR coalesce(b.filled, false)) AS nullable,
  CASE WHEN a.attcollation NOT IN (0, 100) THEN co.collname END AS collation,
  t.typtype = 'e' AS enumeration
FROM pg_attribute a
JOIN pg_class c ON c.oid = a.attrelid
JOIN pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN bases b ON b.domain = a.atttypid
JOIN pg_type t ON t.oid = coalesce(b.base, a.atttypid)
LEFT JOIN pg_collation co ON co.oid = a.attcollation
WHERE a.attnum > 0 AND NOT a.attisdropped AND c.relkind IN ('r', 'p', 'v', 'm', 'f') AND NOT c.relispartition AND n.nspname = ANY ($1::text[])
ORDER BY a.attrelid, a.attnum`;

/** One row for each part. The bits of indoption: 1 descending, 2 nulls first. */
const INDEXES = `
SELECT i.indrelid::text AS oid, ic.relname AS name, am.amname AS method, i.indisprimary AS primary, i.indisunique AS unique,
  i.indisvalid AND i.indisready AS valid, pg_get_expr(i.indpred, i.indrelid, true) AS condition,
  k.n > i.indnkeyatts AS included, a.attname AS column,
  CASE WHEN a.attname IS NULL THEN pg_get_indexdef(i.indexrelid, k.n, true) END AS expression,
  (i.indoption[k.n - 1])::int AS option,
  CASE WHEN NOT oc.opcdefault THEN oc.opcname END AS class,
  CASE WHEN i.indcollation[k.n - 1] NOT IN (0, coalesce(a.attcollation, 100)) THEN co.collname END AS collation
FROM pg_index i
JOIN pg_class ic ON ic.oid = i.indexrelid
JOIN pg_am am ON am.oid = ic.relam
JOIN pg_class c ON c.oid = i.indrelid
JOIN pg_namespace n ON n.oid = c.relnamespace
CROSS JOIN LATERAL generate_series(1, i.indnatts::int) AS k(n)
LEFT JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[k.n - 1] AND i.indkey[k.n - 1] <> 0
LEFT JOIN pg_opclass oc ON oc.oid = i.indclass[k.n - 1] AND k.n <= i.indnkeyatts
LEFT JOIN pg_collation co ON co.oid = i.indcollation[k.n - 1] AND k.n <= i.indnkeyatts
WHERE NOT c.relispartition AND n.nspname = ANY ($1::text[])
ORDER BY i.indexrelid, k.n`;

const FOREIGN_KEYS = `
SELECT k.conrelid::text AS oid, n2.nspname AS schema, r.relname AS table,
  ARRAY(SELECT a.attname::text FROM unnest(k.conkey) WITH ORDINALITY u(attnum, at) JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = u.attnum ORDER BY u.at) AS columns,
  ARRAY(SELECT a.attname::text FROM unnest(k.confkey) WITH ORDINALITY u(attnum, at) JOIN pg_attribute a ON a.attrelid = k.confrelid AND a.attnum = u.attnum ORDER BY u.at) AS referenced
FROM pg_constraint k
JOIN pg_class c ON c.oid = k.conrelid
JOIN pg_namespace n ON n.oid = c.relnamespace
JOIN pg_class r ON r.oid = k.confrelid
JOIN pg_namespace n2 ON n2.oid = r.relnamespace
WHERE k.contype = 'f' AND k.conparentid = 0 AND n.nspname = ANY ($1::text[])`;

/** The schemas that can be read, `public` first. */
export async function schemasOfPostgresql(ask: Ask): Promise<readonly string[]> {
  return (await ask(SCHEMAS)).map((row) => name(row, "name"));
}

/** Server and tables of these schemas. Runs in one transaction that sees one state and cannot write. */
export async function readPostgresql(ask: Ask, schemas: readonly string[]): Promise<Pick<Snapshot, "server" | "tables">> {
  // Expressions and types are written without the schemas of the path.
  await ask("SELECT set_config('search_path', $1, true)", [schemas.map((schema) => `"${schema.replace(/"/gu, '""')}"`).join(", ")]);
  const [server = {}] = await ask(SERVER);
  const columns = groups(await ask(COLUMNS, [schemas]), (row) => name(row, "oid"));
  const indexes = groups(await ask(INDEXES, [schemas]), (row) => name(row, "oid"));
  const keys = groups(await ask(FOREIGN_KEYS, [schemas]), (row) => name(row, "oid"));
  const tables = (await ask(TABLES, [schemas])).map((row): SnapshotTable => {
    const oid = name(row, "oid");
    const [rows, bytes] = [number(row, "rows"), number(row, "bytes")];
    const uncertain = flag(row, "own_indexes") ? "partitions have indexes of their own" : flag(row, "inherited") ? "other tables inherit from it" : undefined;
    return {
      schema: name(row, "schema"),
      name: name(row, "name"),
      kind: kindOf(name(row, "kind")),
      ...(rows === undefined ? {} : { rows: roundCount(rows) }),
      ...(bytes === undefined ? {} : { bytes: roundCount(bytes) }),
      ...(uncertain === undefined ? {} : { uncertain }),
      columns: (columns.get(oid) ?? []).map(readColumn),
      indexes: [...groups(indexes.get(oid) ?? [], (part) => name(part, "name")).values()].map(readIndex),
      foreignKeys: (keys.get(oid) ?? []).map(readForeignKey),
    };
  });
  const collation = collationOf(server);
  return { server: { kind: "postgresql", version: name(server, "version").split(" ")[0] ?? "", ...(collation === undefined ? {} : { collation }) }, tables };
}

/** The collation as CREATE COLLATION knows it: ICU's are called `…-x-icu`, those of the server itself `pg_…`. */
function collationOf(server: Row): string | undefined {
  const locale = text(server, "locale");
  switch (text(server, "provider")) {
    case "i":
      return locale === undefined ? undefined : `${locale}-x-icu`;
    case "b":
      return locale === "C" ? "C" : locale === "C.UTF-8" || locale === "C.UTF8" ? "pg_c_utf8" : locale?.toLowerCase();
    default:
      return text(server, "collation");
  }
}

function kindOf(kind: string): SnapshotTableKind {
  switch (kind) {
    case "v":
      return "view";
    case "m":
      return "materialized view";
    case "f":
      return "foreign table";
    default:
      return "table";
  }
}

function readColumn(row: Row): SnapshotColumn {
  const collation = text(row, "collation");
  return {
    name: name(row, "name"),
    type: name(row, "type"),
    nullable: flag(row, "nullable"),
    ...(collation === undefined ? {} : { collation }),
    ...(flag(row, "enumeration") ? { enumeration: true } : {}),
  };
}

function readIndex(rows: readonly Row[]): SnapshotIndex {
  const [first = {}] = rows;
  const include = rows.filter((row) => flag(row, "included")).map((row) => name(row, "column"));
  const where = text(first, "condition");
  return {
    name: name(first, "name"),
    kind: flag(first, "primary") ? "primary" : flag(first, "unique") ? "unique" : "index",
    method: name(first, "method"),
    parts: rows.filter((row) => !flag(row, "included")).map(readPart),
    ...(include.length === 0 ? {} : { include }),
    ...(where === undefined ? {} : { where }),
    ...(flag(first, "valid") ? {} : { disabled: true }),
  };
}

function readPart(row: Row): SnapshotIndexPart {
  const option = number(row, "option") ?? 0;
  const [descending, nullsFirst] = [option % 2 === 1, option >= 2];
  const [column, operatorClass, collation] = [text(row, "column"), text(row, "class"), text(row, "collation")];
  return {
    ...(column === undefined ? { expression: name(row, "expression") } : { column }),
    ...(descending ? { descending } : {}),
    // The default: nulls sort as if larger than any value (manual, CREATE INDEX).
    ...(descending === nullsFirst ? {} : { nulls: nullsFirst ? "first" : "last" }),
    ...(operatorClass === undefined ? {} : { operatorClass }),
    ...(collation === undefined ? {} : { collation }),
  };
}

function readForeignKey(row: Row): SnapshotForeignKey {
  return { columns: texts(row, "columns"), schema: name(row, "schema"), table: name(row, "table"), referencedColumns: texts(row, "referenced") };
}
