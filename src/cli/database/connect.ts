/** Opens a database for reading, hands it to a reader, and closes it. */
import fs from "node:fs";
import net from "node:net";
import type { Snapshot } from "../../schema/snapshot.js";
import { CommandError } from "../terminal.js";
import { secretsOf, type Address, type ServerAddress, type TlsMode } from "./address.js";
import { loadDriver, memberOf } from "./drivers.js";
import { codeOf, describeFailure } from "./failures.js";
import { isMariadb, readMysql } from "./mysql.js";
import { readPostgresql, schemasOfPostgresql, type Ask } from "./postgresql.js";
import { rowsOf } from "./rows.js";
import { readSqlite } from "./sqlite.js";

export interface ReadOptions {
  /** The address as it was given, to keep it out of messages. */
  readonly written: string;
  /** How messages call the address. */
  readonly origin: string;
  readonly cwd: string;
  /** Longest time of a statement and of connecting, in milliseconds. */
  readonly timeoutMs: number;
  /** In place of what the address says. */
  readonly tls: TlsMode | undefined;
  /** File with the certificates of trusted authorities, in place of what the address says. */
  readonly ca: string | undefined;
  /** PostgreSQL: the schemas to read; all but the server's own when empty. */
  readonly schemas: readonly string[];
  /** Called with what is being done, for a person who waits. */
  readonly progress: (doing: string) => void;
}

/** Server and tables of a database. Throws a {@link CommandError} that holds no part of the address. */
export async function readDatabase(address: Address, options: ReadOptions): Promise<Pick<Snapshot, "server" | "tables">> {
  try {
    switch (address.kind) {
      case "sqlite":
        if (options.schemas.length > 0) throw new CommandError("--schema is for PostgreSQL: a SQLite file has one schema.");
        options.progress("reading the file");
        return await readSqlite(address.file, options.cwd, options.timeoutMs);
      case "postgresql":
        return await withTls(address, options, (tls) => readFromPostgresql(address, tls, options));
      case "mysql":
        if (options.schemas.length > 0) throw new CommandError("--schema is for PostgreSQL: name the database of MySQL or MariaDB at the end of the address.");
        return await withTls(address, options, (tls) => readFromMysql(address, tls, options));
    }
  } catch (error) {
    throw describeFailure(error, options.origin, secretsOf(options.written, address));
  }
}

/** What both drivers call `ssl`. */
interface Tls {
  readonly ca?: string;
  readonly rejectUnauthorized: boolean;
  /** The certificate must be for this host. */
  readonly verifyIdentity: boolean;
}

async function withTls<Result>(address: ServerAddress, options: ReadOptions, read: (tls: Tls | undefined) => Promise<Result>): Promise<Result> {
  const mode = address.socket === undefined ? (options.tls ?? address.tls ?? "prefer") : "disable";
  const file = options.ca ?? address.ca;
  const ca = mode === "disable" || file === undefined ? undefined : readCertificates(file);
  const trusting = ca === undefined ? {} : { ca };
  switch (mode) {
    case "disable":
      return await read(undefined);
    case "prefer":
      try {
        return await read({ ...trusting, rejectUnauthorized: false, verifyIdentity: false });
      } catch (error) {
        if (codeOf(error) !== "HANDSHAKE_NO_SSL_SUPPORT") throw error;
        return await read(undefined);
      }
    case "require":
      // As libpq does: who names an authority wants it asked.
      return await read({ ...trusting, rejectUnauthorized: ca !== undefined, verifyIdentity: false });
    case "verify-ca":
      return await read({ ...trusting, rejectUnauthorized: true, verifyIdentity: false });
    case "verify-full":
      return await read({ ...trusting, rejectUnauthorized: true, verifyIdentity: true });
  }
}

function readCertificates(file: string): string {
  try {
    return fs.readFileSync(file, "utf8");
  } catch {
    throw new CommandError("the file with the certificates (--ca, or sslrootcert in the address) cannot be read.");
  }
}

interface PgClient {
  connect(): Promise<unknown>;
  query(sql: string, values?: readonly unknown[]): Promise<unknown>;
  end(): Promise<unknown>;
  on(event: "error", listener: () => void): unknown;
}

interface Pg {
  readonly Client: new (options: object) => PgClient;
}

function isPg(value: unknown): value is Pg {
  return typeof memberOf(value, "Client") === "function";
}

async function readFromPostgresql(address: ServerAddress, tls: Tls | undefined, options: ReadOptions): Promise<Pick<Snapshot, "server" | "tables">> {
  const { Client } = await loadDriver("pg", options.cwd, isPg);
  const { timeoutMs, progress } = options;
  progress("connecting to PostgreSQL");
  const client = new Client({
    host: address.socket ?? address.host,
    port: address.port,
    user: address.user,
    password: address.password,
    database: address.database,
    ssl: tls === undefined ? false : { ca: tls.ca, rejectUnauthorized: tls.rejectUnauthorized, ...(tls.verifyIdentity ? {} : { checkServerIdentity: () => undefined }) },
    application_name: "query-guard",
    connectionTimeoutMillis: timeoutMs,
    // The server stops a statement first; this is for a server that no longer answers.
    query_timeout: timeoutMs + 1000,
  });
  // A connection that breaks also fails the query that waits for it.
  client.on("error", () => undefined);
  const ask: Ask = async (sql, values) => rowsOf(memberOf(await client.query(sql, values), "rows"));
  try {
    await client.connect();
    // Inside the transaction and not at the start of the session: poolers refuse parameters there.
    await ask("BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY");
    await ask("SELECT set_config('statement_timeout', $1, true)", [String(timeoutMs)]);
    const present = await schemasOfPostgresql(ask);
    const wanted = options.schemas.length > 0 ? options.schemas : address.schema === undefined ? [] : [address.schema];
    const missing = wanted.filter((schema) => !present.includes(schema));
    if (missing.length > 0) throw new CommandError(`the database has no schema ${missing.map((schema) => `\`${schema}\``).join(", ")}.`);
    progress("reading the catalogue");
    const read = await readPostgresql(ask, wanted.length > 0 ? wanted : present);
    await ask("ROLLBACK");
    return read;
  } finally {
    await client.end().catch(() => undefined);
  }
}

interface MysqlConnection {
  query(options: { readonly sql: string; readonly timeout: number }): Promise<unknown>;
  end(): Promise<unknown>;
  destroy(): void;
}

interface Mysql {
  createConnection(options: object): Promise<MysqlConnection>;
}

function isMysql(value: unknown): value is Mysql {
  return typeof memberOf(value, "createConnection") === "function";
}

async function readFromMysql(address: ServerAddress, tls: Tls | undefined, options: ReadOptions): Promise<Pick<Snapshot, "server" | "tables">> {
  // Of an address in numbers mysql2 compares the certificate with `localhost`.
  if (tls?.verifyIdentity === true && net.isIP(address.host ?? "") !== 0) throw new CommandError("verify-full needs the name of the server's host: the driver cannot compare a certificate with an address in numbers. Use the name, or --tls verify-ca.");
  const driver = await loadDriver("mysql2", options.cwd, isMysql);
  const { timeoutMs, progress } = options;
  progress("connecting to MySQL or MariaDB");
  const connection = await driver.createConnection({
    ...(address.socket === undefined ? { host: address.host ?? "localhost", port: address.port ?? 3306 } : { socketPath: address.socket }),
    ...(address.user === undefined ? {} : { user: address.user }),
    ...(address.password === undefined ? {} : { password: address.password }),
    ...(address.database === undefined ? {} : { database: address.database }),
    ...(tls === undefined ? {} : { ssl: { ...(tls.ca === undefined ? {} : { ca: tls.ca }), rejectUnauthorized: tls.rejectUnauthorized, verifyIdentity: tls.verifyIdentity } }),
    connectTimeout: timeoutMs,
  });
  const ask: Ask = async (sql) => {
    const answer = await connection.query({ sql, timeout: timeoutMs + 1000 });
    return rowsOf(Array.isArray(answer) ? answer[0] : undefined);
  };
  try {
    const mariadb = await isMariadb(ask);
    await ask(mariadb ? `SET SESSION max_statement_time = ${String(timeoutMs / 1000)}` : `SET SESSION max_execution_time = ${String(timeoutMs)}`);
    await ask("START TRANSACTION READ ONLY");
    progress("reading the catalogue");
    const read = await readMysql(ask);
    await ask("ROLLBACK");
    return read;
  } finally {
    await connection.end().catch(() => {
      connection.destroy();
    });
  }
}
