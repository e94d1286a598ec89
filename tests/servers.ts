/**
 * The database servers that some tests need. Where one does not answer, its tests are skipped and a line says so; with
 * QUERY_GUARD_SERVERS=required, as in `.ci/run`, they fail instead.
 *
 * QUERY_GUARD_POSTGRESQL_URL and QUERY_GUARD_MARIADB_URL name other servers than those of this machine.
 */
import { createConnection } from "mysql2/promise";
import { Client } from "pg";
import { describe, it } from "vitest";

export interface Server {
  /** As people call it. */
  readonly name: string;
  /** The variable that names another server. */
  readonly variable: string;
  readonly url: string;
}

export const POSTGRESQL: Server = server("PostgreSQL", "QUERY_GUARD_POSTGRESQL_URL", "postgres://postgres@127.0.0.1:5432/test");
export const MARIADB: Server = server("MariaDB", "QUERY_GUARD_MARIADB_URL", "mysql://root@127.0.0.1:3306/");

const PROBE_MS = 5_000;

/**
 * `describe` for tests that need a server; to be awaited at the top level of a test file. `body` is called only when the
 * server answers.
 */
export async function describeWith(wanted: Server, name: string, body: () => void): Promise<void> {
  const problem = await problemWith(wanted);
  if (problem === undefined) {
    describe(name, body);
    return;
  }
  const words = `${wanted.name} does not answer (${problem}), so these tests did not run: ${name}. Start it, or name one with ${wanted.variable}.`;
  if (process.env["QUERY_GUARD_SERVERS"] === "required") {
    describe(name, () => {
      it(`needs ${wanted.name}`, () => {
        throw new Error(words);
      });
    });
    return;
  }
  process.stderr.write(`${words}\n`);
  describe.skip(`${name} [skipped: ${wanted.name} does not answer]`, () => {
    it(`needs ${wanted.name}`, () => undefined);
  });
}

/** Why a server cannot be used; undefined when it answers. The address is not in it: it may hold a password. */
async function problemWith(wanted: Server): Promise<string | undefined> {
  try {
    await (wanted.url.startsWith("postgres") ? askPostgres(wanted.url) : askMysql(wanted.url));
    return undefined;
  } catch (error) {
    return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : "it refuses the connection";
  }
}

async function askPostgres(url: string): Promise<void> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: PROBE_MS });
  try {
    await client.connect();
    await client.query("SELECT 1");
  } finally {
    await client.end();
  }
}

async function askMysql(url: string): Promise<void> {
  const connection = await createConnection({ uri: url, connectTimeout: PROBE_MS });
  try {
    await connection.query("SELECT 1");
  } finally {
    await connection.end();
  }
}

function server(name: string, variable: string, url: string): Server {
  return { name, variable, url: process.env[variable] ?? url };
}
