/** `query-guard snapshot` against PostgreSQL: a server, a server behind TLS, and PGlite. */
import fs from "node:fs";
import net from "node:net";
import path from "node:path";
import tls from "node:tls";
import { PGlite } from "@electric-sql/pglite";
import { Client } from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readPostgresql, schemasOfPostgresql } from "../../src/cli/database/postgresql.js";
import { rowsOf, type Row } from "../../src/cli/database/rows.js";
import { memoryHost } from "../../src/host.js";
import { accessPath } from "../../src/indexes/access.js";
import { SchemaIndex } from "../../src/schema/load.js";
import { readSnapshot, writeSnapshot } from "../../src/schema/snapshot.js";
import { describeWith, POSTGRESQL } from "../servers.js";
import { DDL, expectPostgresql } from "./postgresql-schema.js";
import { cli, tableIn, temporaryFolder, written } from "./support.js";

const folder = temporaryFolder();
const NAME = `query_guard_${String(process.pid)}`;
const DENIED = `${NAME}_denied`;
const PASSWORD = "s3cr3t/p@ss";

/** The address of the server with other parts. */
function address(changes: { readonly user?: string; readonly password?: string; readonly host?: string; readonly port?: number; readonly database?: string; readonly parameters?: Readonly<Record<string, string>> } = {}): string {
  const url = new URL(POSTGRESQL.url);
  if (changes.user !== undefined) url.username = changes.user;
  if (changes.password !== undefined) url.password = encodeURIComponent(changes.password);
  if (changes.host !== undefined) url.hostname = changes.host;
  if (changes.port !== undefined) url.port = String(changes.port);
  url.pathname = `/${changes.database ?? NAME}`;
  for (const [key, value] of Object.entries(changes.parameters ?? {})) url.searchParams.set(key, value);
  return url.href;
}

async function ask(sql: string, url = POSTGRESQL.url): Promise<readonly Row[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return rowsOf((await client.query(sql)).rows);
  } finally {
    await client.end();
  }
}

afterAll(() => {
  fs.rmSync(folder, { recursive: true, force: true });
});

describe("PGlite", () => {
  it("tells the same", async () => {
    const database = await PGlite.create();
    try {
      await database.exec(DDL);
      const query = async (sql: string, values?: readonly unknown[]) => rowsOf((await database.query(sql, values === undefined ? undefined : [...values])).rows);
      await database.exec("BEGIN READ ONLY");
      const read = await readPostgresql(query, await schemasOfPostgresql(query));
      const reading = readSnapshot(writeSnapshot({ version: 1, taken: "2026-03-31", ...read }));
      if (!("snapshot" in reading)) throw new Error(reading.problem);
      expectPostgresql(reading.snapshot);
    } finally {
      await database.close();
    }
    // It makes a database first.
  }, 120_000);
});

await describeWith(POSTGRESQL, "a snapshot of PostgreSQL", () => {
  beforeAll(async () => {
    await ask(`DROP DATABASE IF EXISTS ${NAME}`);
    await ask(`CREATE DATABASE ${NAME}`);
    await ask(DDL, address());
    await ask(`CREATE ROLE ${DENIED} LOGIN PASSWORD '${PASSWORD}'; REVOKE CONNECT ON DATABASE ${NAME} FROM PUBLIC`);
  });

  afterAll(async () => {
    await ask(`DROP DATABASE IF EXISTS ${NAME}`);
    await ask(`DROP ROLE IF EXISTS ${DENIED}`);
  });

  it("has tables, columns, indexes, keys and rows", async () => {
    expect(await cli(folder, ["snapshot", address()])).toEqual({ code: 0, out: "Wrote query-guard.schema.json: 8 tables, 11 indexes.\n", err: "" });
    expectPostgresql(written(folder));
  });

  it("is the same text the next time, and holds nothing of the address", async () => {
    const text = (): string => fs.readFileSync(path.join(folder, "query-guard.schema.json"), "utf8");
    await cli(folder, ["snapshot", address()]);
    const first = text();
    await cli(folder, ["snapshot"], { DATABASE_URL: address() });
    expect(text()).toBe(first);
    for (const part of [NAME, new URL(POSTGRESQL.url).hostname, "postgres:"]) expect(first).not.toContain(part);
  });

  it("leaves verdicts as they are in the server's words", async () => {
    await cli(folder, ["snapshot", address()]);
    const host = memoryHost({ "/w/package.json": '{ "name": "app" }', "/w/x.ts": "", "/w/query-guard.schema.json": fs.readFileSync(path.join(folder, "query-guard.schema.json"), "utf8") });
    const schema = new SchemaIndex({ host, cwd: "/w" }).schemaFor("/w/x.ts");
    const at = { span: { start: 0, end: 0 } };
    const parameter = { kind: "parameter" } as const;
    const email = { name: "email", wrappers: [{ kind: "function", name: "lower", text: "lower(email)" }], ...at } as const;
    expect(accessPath({ table: schema!.table("customers")!, predicate: { op: "compare", operator: "=", column: email, operand: parameter, ...at }, dialect: "postgresql" })).toMatchObject({ verdict: "usable", index: { name: "customers_email_key" } });
    const note = { name: "note", wrappers: [], ...at } as const;
    expect(accessPath({ table: schema!.table("orders")!, predicate: { op: "compare", operator: "=", column: note, operand: parameter, ...at }, dialect: "postgresql" })).toMatchObject({ verdict: "unusable", reason: "no-index" });
  });

  it("reads only the schemas that are named", async () => {
    expect((await cli(folder, ["snapshot", address(), "--schema", "audit", "-o", "audit.query-guard.json"])).code).toBe(0);
    expect(written(folder, "audit.query-guard.json").tables.map(({ name }) => name)).toEqual(["entries"]);
    expect((await cli(folder, ["snapshot", address({ parameters: { schema: "audit" } }), "-o", "audit.query-guard.json"])).code).toBe(0);
    expect(written(folder, "audit.query-guard.json").tables.map(({ name }) => name)).toEqual(["entries"]);
    expect(await cli(folder, ["snapshot", address(), "--schema", "adit"])).toMatchObject({ code: 2, err: "query-guard: the database has no schema `adit`.\n" });
  });

  it("leaves numbers out when asked", async () => {
    await cli(folder, ["snapshot", address(), "--no-rows", "-o", "bare.query-guard.json"]);
    expect(tableIn(written(folder, "bare.query-guard.json"), "customers")).not.toHaveProperty("rows");
    expect(tableIn(written(folder, "bare.query-guard.json"), "customers")).not.toHaveProperty("bytes");
  });

  it("shows progress only to a person", async () => {
    expect((await cli(folder, ["snapshot", address()])).err).toBe("");
    expect((await cli(folder, ["snapshot", address()], {}, true)).err).toMatch(/^connecting to PostgreSQL …$/mu);
  });

  it("is checked against the database", async () => {
    await cli(folder, ["snapshot", address()]);
    expect(await cli(folder, ["snapshot", address(), "--check"])).toEqual({ code: 0, out: "query-guard.schema.json is up to date.\n", err: "" });
    await ask("INSERT INTO orders SELECT n, n % 1000 + 1, 'open', NULL, timestamptz '2026-01-02' + n * interval '1 day' FROM generate_series(1001, 3000) n; ANALYZE orders", address());
    expect((await cli(folder, ["snapshot", address(), "--check"])).code).toBe(0);
    await ask("CREATE INDEX orders_note_idx ON orders (note); ALTER TABLE customers ALTER COLUMN name TYPE varchar(80); DROP TABLE empty", address());
    const before = fs.readFileSync(path.join(folder, "query-guard.schema.json"), "utf8");
    const { code, out } = await cli(folder, ["snapshot", address(), "--check"]);
    expect(code).toBe(1);
    expect(out.split("\n")).toEqual([
      "query-guard.schema.json is not up to date:",
      '  public.customers: column {"collation":"C","name":"name","nullable":true,"type":"text"} is now {"name":"name","nullable":true,"type":"character varying(80)"}',
      "  table public.empty is no longer in the database",
      "  public.orders: index orders_note_idx is new in the database",
      "Take the snapshot again: query-guard snapshot",
      "",
    ]);
    expect(fs.readFileSync(path.join(folder, "query-guard.schema.json"), "utf8")).toBe(before);
  });

  describe("that cannot be taken", () => {
    const failure = async (url: string, ...args: readonly string[]): Promise<string> => {
      const { code, out, err } = await cli(folder, ["snapshot", url, ...args]);
      expect({ code, out }).toEqual({ code: 2, out: "" });
      const { username, password, hostname, pathname } = new URL(url);
      for (const secret of [url, password, decodeURIComponent(password), `${username}:${password}`, `${username}@${hostname}`].filter((part) => part !== "" && part !== "@")) expect(err).not.toContain(secret);
      expect(err).not.toContain(pathname.slice(1));
      return err;
    };

    it("says that the server cannot be reached", async () => {
      expect(await failure(address({ port: 1, user: "someone", password: PASSWORD }))).toMatch(/^query-guard: the address could not be used \(ECONNREFUSED\): the server cannot be reached\. Check .*\.\n$/u);
    });

    it("says that the host is not known", async () => {
      expect(await failure(address({ host: "no-such-host.invalid", user: "someone", password: PASSWORD }))).toMatch(/\((?:ENOTFOUND|EAI_AGAIN)\): the name of the server's host is not known/u);
    });

    it("says that there is no such database", async () => {
      expect(await failure(address({ database: "no_such_database", password: PASSWORD }))).toMatch(/\(3D000\): the server has no database of that name/u);
    });

    it("says that rights are missing", async () => {
      expect(await failure(address({ user: DENIED, password: PASSWORD }))).toMatch(/\(42501\): the user may not read the catalogue/u);
    });

    it("says that the server has no TLS, where TLS is asked for", async () => {
      const [variable] = await ask("SHOW ssl");
      const { code, err } = await cli(folder, ["snapshot", address(), "--tls", "require"]);
      // A server of one's own may have it.
      if (variable?.["ssl"] === "on") expect(code).toBe(0);
      else expect(err).toBe("query-guard: the address could not be used (HANDSHAKE_NO_SSL_SUPPORT): the server has no TLS, which was asked for. Set it up there, or connect without: --tls disable.\n");
    });

    it("stops a statement that takes too long", async () => {
      const client = new Client({ connectionString: address() });
      await client.connect();
      await client.query("BEGIN; LOCK TABLE customers IN ACCESS EXCLUSIVE MODE");
      try {
        expect(await failure(address(), "--timeout", "3")).toMatch(/\(57014\): a query took too long and was stopped\. Allow more with --timeout/u);
      } finally {
        await client.query("ROLLBACK");
        await client.end();
      }
    });
  });

  describe("over TLS", () => {
    const fixture = (name: string): string => path.join(import.meta.dirname, "fixtures", name);
    let proxy: net.Server;
    let encrypted = 0;
    let sent = "";

    /** Answers PostgreSQL's request for TLS (manual, 54.2.11), ends the encryption, and hands everything on to the server. */
    beforeAll(async () => {
      const { hostname, port } = new URL(POSTGRESQL.url);
      const context = tls.createSecureContext({ key: fs.readFileSync(fixture("server.key")), cert: fs.readFileSync(fixture("server.pem")) });
      proxy = net.createServer((socket) => {
        socket.on("error", () => undefined);
        socket.once("data", () => {
          socket.write("S");
          const secure = new tls.TLSSocket(socket, { isServer: true, secureContext: context });
          const server = net.connect(Number(port || 5432), hostname);
          secure.on("secure", () => {
            encrypted += 1;
          });
          secure.on("error", () => server.destroy());
          server.on("error", () => secure.destroy());
          secure.on("data", (bytes: Buffer) => {
            sent += bytes.toString("latin1");
          });
          secure.pipe(server).pipe(secure);
        });
      });
      await new Promise<void>((resolve) => proxy.listen(0, resolve));
    });

    afterAll(() => {
      proxy.close();
    });

    const port = (): number => (proxy.address() as net.AddressInfo).port;

    it.each([
      ["verify-full", "localhost", true],
      ["verify-ca", "127.0.0.1", true],
      ["require", "127.0.0.1", false],
      ["prefer", "127.0.0.1", false],
    ])("%s, to %s", async (mode, host, ca) => {
      encrypted = 0;
      const outcome = await cli(folder, ["snapshot", address({ host, port: port() }), "--tls", mode, ...(ca ? ["--ca", fixture("ca.pem")] : []), "-o", "tls.query-guard.json"]);
      expect(outcome).toMatchObject({ code: 0, err: "" });
      expect(encrypted).toBe(1);
    });

    it("sends nothing but questions, inside a transaction that cannot write", async () => {
      sent = "";
      await cli(folder, ["snapshot", address({ host: "localhost", port: port() }), "-o", "tls.query-guard.json"]);
      const [first, ...others] = [...sent.matchAll(/\b(?:BEGIN|SELECT|ROLLBACK|COMMIT|SET|INSERT|UPDATE|DELETE|CREATE|ALTER|DROP)\b[^\0]*/gu)].map(([statement]) => statement.trim());
      expect(first).toBe("BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY");
      expect(others.at(-1)).toBe("ROLLBACK");
      expect(new Set(others.slice(0, -1).map((statement) => statement.split(/\s/u)[0]))).toEqual(new Set(["SELECT"]));
    });

    it("as the address asks for it", async () => {
      encrypted = 0;
      const outcome = await cli(folder, ["snapshot", address({ host: "localhost", port: port(), parameters: { sslmode: "verify-full", sslrootcert: fixture("ca.pem") } }), "-o", "tls.query-guard.json"]);
      expect(outcome).toMatchObject({ code: 0, err: "" });
      expect(encrypted).toBe(1);
    });

    it.each([
      ["whose authority is not known", "verify-full", "localhost", false, /signed by nobody who is trusted here\. Name the certificates of its authority with --ca/u],
      ["for another host", "verify-full", "127.0.0.1", true, /\(ERR_TLS_CERT_ALTNAME_INVALID\): the certificate of the server is for another host/u],
      ["of another authority than the named one", "require", "localhost", "other-ca.pem", /signed by nobody who is trusted here/u],
    ])("refuses a certificate %s", async (_, mode, host, ca, words) => {
      const args = ca === false ? [] : ["--ca", fixture(ca === true ? "ca.pem" : ca)];
      const outcome = await cli(folder, ["snapshot", address({ host, port: port() }), "--tls", mode, ...args]);
      expect(outcome.code).toBe(2);
      expect(outcome.err).toMatch(words);
    });

    it("says that the file with the certificates is missing", async () => {
      const outcome = await cli(folder, ["snapshot", address({ host: "localhost", port: port() }), "--tls", "verify-full", "--ca", "nowhere.pem"]);
      expect(outcome).toMatchObject({ code: 2, err: "query-guard: the file with the certificates (--ca, or sslrootcert in the address) cannot be read.\n" });
    });
  });
});
