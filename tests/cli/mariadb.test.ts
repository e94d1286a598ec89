/** `query-guard snapshot` against MariaDB, through the driver that also speaks to MySQL. */
import fs from "node:fs";
import path from "node:path";
import { createConnection } from "mysql2/promise";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { rowsOf, type Row } from "../../src/cli/database/rows.js";
import { describeWith, MARIADB } from "../servers.js";
import { cli, indexesOf, tableIn, temporaryFolder, written } from "./support.js";

const folder = temporaryFolder();
const NAME = `query_guard_${String(process.pid)}`;
const USER = `qg_${String(process.pid)}`;
const PASSWORD = "s3cr3t/p@ss";

const DDL = `
CREATE TABLE customers (
  id bigint unsigned NOT NULL AUTO_INCREMENT PRIMARY KEY,
  email varchar(255) NOT NULL,
  name varchar(100) COLLATE utf8mb4_bin,
  kind enum('person', 'company') NOT NULL,
  notes text,
  UNIQUE KEY customers_email_key (email),
  KEY customers_name_idx (name(10), id DESC),
  KEY customers_kind_idx (kind) IGNORED,
  FULLTEXT KEY customers_notes_idx (notes)
) ENGINE = InnoDB;
CREATE TABLE orders (
  id int NOT NULL PRIMARY KEY,
  customer_id bigint unsigned NOT NULL,
  placed_at datetime NOT NULL,
  placed_on date AS (date(placed_at)) STORED,
  CONSTRAINT orders_customer_fk FOREIGN KEY (customer_id) REFERENCES customers (id)
) ENGINE = InnoDB;
CREATE INDEX orders_placed_on_idx ON orders (placed_on);
CREATE VIEW recent AS SELECT id, placed_at FROM orders;
INSERT INTO customers (email, kind) SELECT concat('c', seq, '@example.org'), 'person' FROM seq_1_to_1234;
ANALYZE TABLE customers, orders;
`;

function address(changes: { readonly user?: string; readonly password?: string; readonly port?: number; readonly database?: string } = {}): string {
  const url = new URL(MARIADB.url);
  if (changes.user !== undefined) url.username = changes.user;
  if (changes.password !== undefined) url.password = encodeURIComponent(changes.password);
  if (changes.port !== undefined) url.port = String(changes.port);
  url.pathname = `/${changes.database ?? NAME}`;
  return url.href;
}

async function ask(sql: string): Promise<readonly Row[]> {
  const connection = await createConnection({ uri: MARIADB.url, multipleStatements: true });
  try {
    return rowsOf((await connection.query(sql))[0]);
  } finally {
    await connection.end();
  }
}

afterAll(() => {
  fs.rmSync(folder, { recursive: true, force: true });
});

await describeWith(MARIADB, "a snapshot of MariaDB", () => {
  beforeAll(async () => {
    await ask(`DROP DATABASE IF EXISTS ${NAME}; CREATE DATABASE ${NAME} COLLATE utf8mb4_general_ci; USE ${NAME}; ${DDL}`);
    await ask(`DROP USER IF EXISTS ${USER}; CREATE USER ${USER} IDENTIFIED BY '${PASSWORD}'`);
  });

  afterAll(async () => {
    await ask(`DROP DATABASE IF EXISTS ${NAME}; DROP USER IF EXISTS ${USER}`);
  });

  it("has tables, columns, indexes, keys and rows", async () => {
    expect(await cli(folder, ["snapshot"], { DATABASE_URL: address() })).toEqual({ code: 0, out: "Wrote query-guard.schema.json: 3 tables, 8 indexes.\n", err: "" });
    const snapshot = written(folder);
    expect(snapshot.server).toMatchObject({ kind: "mariadb", collation: "utf8mb4_general_ci" });
    expect(snapshot.server.version).toMatch(/^\d+\.\d+\.\d+$/u);
    expect(snapshot.tables.map(({ schema, name, kind }) => [schema, name, kind])).toEqual([
      [undefined, "customers", "table"],
      [undefined, "orders", "table"],
      [undefined, "recent", "view"],
    ]);
    const customers = tableIn(snapshot, "customers");
    expect(customers.rows).toBeGreaterThan(1000);
    expect(customers.bytes).toBeGreaterThan(0);
    expect(customers.columns).toEqual([
      { name: "id", type: "bigint(20) unsigned", nullable: false },
      { name: "email", type: "varchar(255)", nullable: false },
      { name: "name", type: "varchar(100)", nullable: true, collation: "utf8mb4_bin" },
      { name: "kind", type: "enum('person','company')", nullable: false },
      { name: "notes", type: "text", nullable: true },
    ]);
    const indexes = indexesOf(customers);
    expect(indexes["PRIMARY"]).toEqual({ name: "PRIMARY", kind: "primary", method: "btree", parts: [{ column: "id" }] });
    expect(indexes["customers_email_key"]).toEqual({ name: "customers_email_key", kind: "unique", method: "btree", parts: [{ column: "email" }] });
    expect(indexes["customers_name_idx"]?.parts).toEqual([{ column: "name", length: 10 }, { column: "id", descending: true }]);
    expect(indexes["customers_kind_idx"]).toMatchObject({ disabled: true });
    expect(indexes["customers_notes_idx"]).toEqual({ name: "customers_notes_idx", kind: "index", method: "fulltext", parts: [{ column: "notes" }] });
    const orders = tableIn(snapshot, "orders");
    expect(orders.columns.map(({ name }) => name)).toEqual(["id", "customer_id", "placed_at", "placed_on"]);
    expect(Object.keys(indexesOf(orders))).toEqual(["PRIMARY", "orders_customer_fk", "orders_placed_on_idx"]);
    expect(orders.foreignKeys).toEqual([{ columns: ["customer_id"], table: "customers", referencedColumns: ["id"] }]);
    expect(tableIn(snapshot, "recent")).not.toHaveProperty("rows");
  });

  it("is the same text the next time, and holds nothing of the address", async () => {
    const text = (): string => fs.readFileSync(path.join(folder, "query-guard.schema.json"), "utf8");
    await cli(folder, ["snapshot", address()]);
    const first = text();
    await cli(folder, ["snapshot", address().replace(/^mysql:/u, "mariadb:")]);
    expect(text()).toBe(first);
    for (const part of [NAME, "127.0.0.1", "mysql:"]) expect(first).not.toContain(part);
    expect((await cli(folder, ["snapshot", address(), "--check"])).code).toBe(0);
  });

  it("hints at a database that is too small to be production", async () => {
    await ask(`CREATE DATABASE ${NAME}_small; USE ${NAME}_small; CREATE TABLE few (id int PRIMARY KEY)`);
    try {
      const url = address({ database: `${NAME}_small` });
      expect((await cli(folder, ["snapshot", url, "-o", "few.query-guard.json"])).err).toMatch(/^Every table has fewer than 1,000 rows/u);
      expect((await cli(folder, ["snapshot", url, "--no-rows", "-o", "few.query-guard.json"])).err).toBe("");
    } finally {
      await ask(`DROP DATABASE ${NAME}_small`);
    }
  });

  describe("that cannot be taken", () => {
    const failure = async (url: string, ...args: readonly string[]): Promise<string> => {
      const { code, out, err } = await cli(folder, ["snapshot", url, ...args]);
      expect({ code, out }).toEqual({ code: 2, out: "" });
      for (const secret of [url, PASSWORD, encodeURIComponent(PASSWORD), USER, NAME]) expect(err).not.toContain(secret);
      return err;
    };

    it("says that the server cannot be reached", async () => {
      expect(await failure(address({ port: 1, user: USER, password: PASSWORD }))).toMatch(/\(ECONNREFUSED\): the server cannot be reached/u);
    });

    it("says that the user is refused", async () => {
      expect(await failure(address({ user: USER, password: `${PASSWORD}x` }))).toMatch(/\(ER_ACCESS_DENIED_ERROR\): the server refuses the user/u);
      expect(await failure(address({ user: USER, password: PASSWORD }))).toMatch(/\(ER_DBACCESS_DENIED_ERROR\): the server refuses the user/u);
    });

    it("says that there is no such database", async () => {
      expect(await failure(address({ database: "no_such_database" }))).toMatch(/\(ER_BAD_DB_ERROR\): the server has no database of that name/u);
      expect(await failure(address({ database: "" }))).toBe("query-guard: the address names no database. Write its name at its end: mysql://host/name.\n");
    });

    it("says that single columns are not enough to know the indexes", async () => {
      await ask(`GRANT SELECT (id) ON ${NAME}.orders TO ${USER}`);
      try {
        expect(await failure(address({ user: USER, password: PASSWORD }))).toMatch(/the user may read only single columns of `orders`.*Grant SELECT on the whole table\./u);
        await ask(`GRANT SELECT ON ${NAME}.* TO ${USER}`);
        expect((await cli(folder, ["snapshot", address({ user: USER, password: PASSWORD })])).code).toBe(0);
      } finally {
        await ask(`REVOKE ALL PRIVILEGES, GRANT OPTION FROM ${USER}`);
      }
    });

    it("says that the server has no TLS, where TLS is asked for", async () => {
      const [variable] = await ask("SHOW VARIABLES LIKE 'have_ssl'");
      const { code, err } = await cli(folder, ["snapshot", address(), "--tls", "require"]);
      // A server of one's own may have it.
      if (variable?.["Value"] === "YES") expect(code).toBe(0);
      else expect(err).toBe("query-guard: the address could not be used (HANDSHAKE_NO_SSL_SUPPORT): the server has no TLS, which was asked for. Set it up there, or connect without: --tls disable.\n");
    });

    it("refuses a schema, which only PostgreSQL has", async () => {
      expect(await failure(address(), "--schema", "public")).toMatch(/--schema is for PostgreSQL/u);
    });
  });
});
