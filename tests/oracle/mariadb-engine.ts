/** A MariaDB server with a database of its own for a while, and how its plans are read. */
import { createConnection, type Connection } from "mysql2/promise";
import type { Asked, Oracle, Reading } from "./compare.js";
import { mariadb } from "./vocabulary-mariadb.js";

const ROWS = 2000;

/** They enter an index by its first key; ALL and index read everything. */
const SEEKS: ReadonlySet<string> = new Set(["system", "const", "eq_ref", "ref", "ref_or_null", "range", "index_merge", "fulltext", "unique_subquery", "index_subquery"]);

/** MariaDB as an oracle: some thousand rows with statistics. */
export async function openMariadb(url: string): Promise<Oracle> {
  const connection = await createConnection({ uri: url });
  const name = `query_guard_access_${Math.random().toString(36).slice(2, 10)}`;
  await connection.query(`CREATE DATABASE ${name} CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci`);
  await connection.query(`USE ${name}`);
  await connection.query("SET NAMES utf8mb4 COLLATE utf8mb4_general_ci");
  const fill = async (table: string, columns: string, rows: number, row: (at: number) => string): Promise<void> => {
    await connection.query(`CREATE TABLE ${table} (${columns}) DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci`);
    await connection.query(`INSERT INTO ${table} VALUES ${Array.from({ length: rows }, (_, at) => `(${row(at)})`).join(", ")}`);
    await connection.query(`ANALYZE TABLE ${table}`);
  };
  await fill("p", "id int PRIMARY KEY, x int, y varchar(20), KEY (x)", 60, (at) => `${String(at + 1)}, ${String(at * 3)}, '${["x", "y", "z"][at % 3] ?? ""}'`);
  await fill("q", "q_id int PRIMARY KEY, q_a int, q_s varchar(100)", 40, (at) => `${String(at + 1)}, ${String(at * 5)}, 'y${String(at * 6 + 1)}'`);
  const data = rows();
  return {
    name: "MariaDB",
    version: (await first(connection, "SELECT version() AS value")).replace(/-.*/u, ""),
    vocabulary: mariadb,
    plansNever: true,
    readings: async (ddl, asked) => {
      await connection.query("DROP TABLE IF EXISTS t");
      for (const statement of ddl) await connection.query(statement);
      await connection.query(`INSERT INTO t (${COLUMNS}) VALUES ${data}`);
      await connection.query("ANALYZE TABLE t");
      const [keys] = await connection.query("SHOW INDEX FROM t");
      const indexes = [...new Set(Array.isArray(keys) ? keys.map((key) => ("Key_name" in key ? `\`${String(key.Key_name)}\`` : "")) : [])];
      const readings: (Reading | undefined)[] = [];
      for (const item of asked) readings.push(await readingOf(connection, item, indexes));
      return readings;
    },
    close: async () => {
      await connection.query(`DROP DATABASE IF EXISTS ${name}`);
      await connection.end();
    },
  };
}

async function first(connection: Connection, sql: string): Promise<string> {
  const [found] = await connection.query(sql);
  const [row] = Array.isArray(found) ? found : [];
  return row !== undefined && "value" in row ? String(row.value) : "";
}

function rows(): string {
  const cell = (id: number): readonly (string | number)[] => {
    const word = `'${["x", "y", "abc", "abd", "5", "zz"][id % 6] ?? ""}${id % 5 === 0 ? "" : String(id)}'`;
    const day = `'2024-${String(1 + (id % 12)).padStart(2, "0")}-${String(1 + (id % 28)).padStart(2, "0")}'`;
    return [id, id % 307, id % 11 === 0 ? "NULL" : id % 211, id % 13 === 0 ? "NULL" : id % 173, id % 401, word, word, word, word, id % 2, day, day, id % 100, id % 97, "'xyz'".charAt(1 + (id % 3)).replace(/^(.)$/u, "'$1'"), id % 503, `'{"k": ${String(id)}}'`, 1 + (id % 50)];
  };
  return Array.from({ length: ROWS }, (_, at) => `(${cell(at + 1).join(", ")})`).join(", ");
}

const COLUMNS = "id, a, b, c, n, s, u, v, w, flag, d, da, m, f, e, k, j, p_id";

/** With FORCE INDEX a wide range is not given up for its cost. STRAIGHT_JOIN keeps the order of the tables. */
async function readingOf(connection: Connection, { source, condition }: Asked, indexes: readonly string[]): Promise<Reading | undefined> {
  const ordered = source.startsWith("q JOIN") ? source.replace("JOIN", "STRAIGHT_JOIN") : source;
  const can = await seeks(connection, `${ordered.replace(/\bt\b(?! *\.)/u, `t FORCE INDEX (${indexes.join(", ")})`)} WHERE ${condition}`);
  return can === undefined ? undefined : { can, seeks: can && (await seeks(connection, `${ordered} WHERE ${condition}`)) === true };
}

/** Undefined when MariaDB refuses the statement, or knows without an index that its condition is never true. */
async function seeks(connection: Connection, from: string): Promise<boolean | undefined> {
  let plan: readonly object[];
  try {
    const [found] = await connection.query(`EXPLAIN SELECT * FROM ${from}`);
    plan = Array.isArray(found) ? found.filter((row) => typeof row === "object") : [];
  } catch {
    return undefined;
  }
  const own = plan.find((row) => "table" in row && row.table === "t");
  if (own === undefined || !("type" in own)) return undefined;
  // `ref|filter`: a second index narrows what the first one finds.
  return SEEKS.has(String(own.type).split("|")[0] ?? "");
}
