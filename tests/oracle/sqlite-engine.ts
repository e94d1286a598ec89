/** SQLite in the process: `node:sqlite` where Node has it, `sql.js` otherwise. */
import initSqlJs from "sql.js";

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
