/** SQLite in the process (`node:sqlite` where Node has it, `sql.js` otherwise), and how its plans are read. */
import initSqlJs from "sql.js";
import type { Asked, Oracle, Reading } from "./compare.js";
import { sqlite } from "./vocabulary-sqlite.js";

export interface SqliteEngine {
  readonly run: (sql: string) => void;
  /** The lines of EXPLAIN QUERY PLAN; undefined when SQLite refuses the statement. */
  readonly plan: (sql: string) => readonly string[] | undefined;
  readonly version: string;
  readonly close: () => void;
}

/** An empty database without automatic indexes and without statistics: plans then tell what indexes can do. */
export async function openSqlite(): Promise<SqliteEngine> {
  const engine = (await openNative()) ?? (await openWasm());
  engine.run("PRAGMA automatic_index = OFF");
  return engine;
}

interface NativeStatement {
  all(): readonly Readonly<Record<string, unknown>>[];
}
interface NativeDatabase {
  exec(sql: string): void;
  prepare(sql: string): NativeStatement;
  close(): void;
}
interface NativeModule {
  readonly DatabaseSync: new (path: string) => NativeDatabase;
}

function isNative(found: object): found is NativeModule {
  return "DatabaseSync" in found && typeof found.DatabaseSync === "function";
}

async function openNative(): Promise<SqliteEngine | undefined> {
  const name = "node:sqlite";
  let found: unknown;
  try {
    found = await import(name);
  } catch {
    return undefined;
  }
  if (typeof found !== "object" || found === null || !isNative(found)) return undefined;
  const database = new found.DatabaseSync(":memory:");
  return {
    run: (sql) => {
      database.exec(sql);
    },
    plan: (sql) => {
      try {
        return database.prepare(`EXPLAIN QUERY PLAN ${sql}`).all().map((row) => String(row["detail"]));
      } catch {
        return undefined;
      }
    },
    version: String(database.prepare("SELECT sqlite_version() AS v").all()[0]?.["v"]),
    close: () => {
      database.close();
    },
  };
}

async function openWasm(): Promise<SqliteEngine> {
  const { Database } = await initSqlJs();
  const database = new Database();
  const rows = (sql: string): readonly string[] => database.exec(sql)[0]?.values.map((row) => String(row.at(-1))) ?? [];
  return {
    run: (sql) => {
      database.run(sql);
    },
    plan: (sql) => {
      try {
        return rows(`EXPLAIN QUERY PLAN ${sql}`);
      } catch {
        return undefined;
      }
    },
    version: rows("SELECT sqlite_version()")[0] ?? "",
    close: () => {
      database.close();
    },
  };
}

/** SQLite as an oracle: empty tables without statistics. */
export async function openSqliteOracle(): Promise<Oracle> {
  const engine = await openSqlite();
  return {
    name: "SQLite",
    version: engine.version,
    vocabulary: sqlite,
    plansNever: true,
    readings: (ddl, asked) => {
      engine.run(`DROP TABLE IF EXISTS t; DROP TABLE IF EXISTS p; DROP TABLE IF EXISTS q; CREATE TABLE q (q_id integer PRIMARY KEY, q_a integer, q_s text); ${ddl.join("; ")}`);
      const indexes = ddl.filter((statement) => statement.startsWith("CREATE INDEX")).map((_, at) => `i${String(at)}`);
      return Promise.resolve(asked.map((item) => readingOf(engine, item, indexes)));
    },
    close: engine.close,
  };
}

/**
 * SEARCH bounds the range that is read, SCAN does not, whichever index it walks; an OR over several indexes searches in
 * each arm. Every index is also named in turn (INDEXED BY). CROSS JOIN keeps the order of the tables.
 */
function readingOf(engine: SqliteEngine, { source, condition }: Asked, indexes: readonly string[]): Reading | undefined {
  const ordered = source.startsWith("q JOIN") ? source.replace("JOIN", "CROSS JOIN") : source;
  const hinted = (hint: string): string => ordered.replace(/\bt\b(?! *\.)/u, `t ${hint}`);
  const [chosen, ...forced] = ["", ...indexes.map((name) => `INDEXED BY ${name}`)].map((hint) => engine.plan(`SELECT * FROM ${hinted(hint)} WHERE ${condition}`));
  if (chosen === undefined) return undefined;
  const searches = (plan: readonly string[] | undefined): boolean => plan?.some((line) => /^SEARCH t\b/u.test(line)) === true && !plan.some((line) => /^SCAN t\b/u.test(line));
  return { seeks: searches(chosen), can: [chosen, ...forced].some(searches) };
}
