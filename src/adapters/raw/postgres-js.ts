/** Drivers whose instance is a tag: postgres.js, Neon's HTTP driver, Vercel's pool. */
import type { Driver, Method } from "./driver.js";
import { pg } from "./pg.js";

/** A function that is given a transaction's own tag, wherever it stands among the arguments. */
const transaction: Method = { does: "leads", callbacks: [{ parameter: 0, role: "sql" }] };

export const postgresJs: Driver = {
  id: "postgres.js",
  title: "postgres.js",
  packages: ["postgres"],
  dialect: "postgresql",
  client: "sql",
  values: { default: "factory" },
  types: { Sql: "sql", ISql: "sql", TransactionSql: "sql", ReservedSql: "sql" },
  roles: {
    factory: { called: "sql" },
    sql: {
      // `sql(ids)`, `sql("name")`: a piece of a template.
      called: "helper",
      piece: { piece: "byPlace", argument: 0 },
      tag: { lazy: true, gives: "pending" },
      methods: {
        unsafe: { does: "sends", text: 0, values: { argument: 1 }, lazy: true },
        begin: transaction,
        savepoint: transaction,
        reserve: { does: "leads", gives: "sql" },
      },
    },
    helper: {},
    pending: { is: "text" },
  },
  // The driver throws on undefined.
  undefinedLimit: "rejected",
  streamedBy: ["cursor", "forEach"],
  tagShape: { role: "sql", name: "sql" },
  bulk: {
    read: "one `WHERE … IN ${sql(ids)}`",
    insert: "one `INSERT INTO … ${sql(rows)}`",
    updateSame: "one `UPDATE … WHERE … IN ${sql(ids)}`",
    delete: "one `DELETE … WHERE … IN ${sql(ids)}`",
  },
};

export const neon: Driver = {
  id: "neon",
  title: "Neon serverless driver",
  packages: ["@neondatabase/serverless"],
  dialect: "postgresql",
  client: "sql",
  values: { neon: "factory", Pool: "connectionClass", Client: "connectionClass" },
  types: { NeonQueryFunction: "sql", Pool: "connection", PoolClient: "connection", Client: "connection", ClientBase: "connection" },
  roles: {
    ...pg.roles,
    factory: { called: "sql" },
    sql: {
      tag: { lazy: true, gives: "pending" },
      methods: { query: { does: "sends", text: 0, values: { argument: 1 }, lazy: true }, transaction },
    },
    pending: { is: "text" },
  },
  textKeys: ["text"],
  valueKeys: ["values"],
  undefinedLimit: "dropped",
  tagShape: { role: "sql", name: "sql" },
  bulk: pg.bulk,
};

export const vercelPostgres: Driver = {
  id: "@vercel/postgres",
  title: "@vercel/postgres",
  packages: ["@vercel/postgres"],
  dialect: "postgresql",
  client: "pool",
  values: { sql: "pool", db: "pool", createPool: "factory", createClient: "factory" },
  types: { VercelPool: "pool", VercelClient: "pool", VercelPoolClient: "pool" },
  roles: {
    factory: { called: "pool" },
    pool: {
      tag: {},
      members: { sql: "pool" },
      methods: { query: { does: "sends", text: 0, values: { argument: 1 } }, connect: { does: "leads", gives: "pool" } },
    },
  },
  textKeys: ["text"],
  valueKeys: ["values"],
  undefinedLimit: "dropped",
  bulk: pg.bulk,
};
