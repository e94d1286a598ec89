/** mysql2, its promise interface, and mysql, which it replaces. */
import type { Driver, Method, Role } from "./driver.js";

const send: Method = { does: "sends", text: 0, values: { argument: 1 } };

const connection: Role = {
  methods: {
    query: send,
    execute: send,
    prepare: { does: "prepares", text: 0, gives: "statement" },
    promise: { does: "leads", gives: "connection" },
    getConnection: { does: "leads", gives: "connection", callbacks: [{ parameter: 1, role: "connection" }] },
    on: { does: "leads", callbacks: [{ argument: 1, parameter: 0, role: "connection" }] },
    of: { does: "leads", gives: "connection" },
  },
};

export const mysql2: Driver = {
  id: "mysql2",
  title: "mysql2",
  packages: ["mysql2", "mysql2/promise", "mysql", "promise-mysql"],
  dialect: "mysql",
  client: "connection",
  // `??` is a name; `?` may be expanded to a list.
  placeholders: { question: true, doubled: true, named: [":"] },
  values: { createPool: "factory", createConnection: "factory", createPoolCluster: "factory", createPoolPromise: "factory", createConnectionPromise: "factory" },
  types: { Pool: "connection", Connection: "connection", PoolConnection: "connection", PoolCluster: "connection", PoolNamespace: "connection", PromisePool: "connection", PromiseConnection: "connection" },
  roles: {
    factory: { called: "connection" },
    connection,
    statement: { methods: { execute: { does: "executes", values: { argument: 0 } } } },
  },
  textKeys: ["sql"],
  valueKeys: ["values"],
  // `query` writes NULL, which the server rejects after LIMIT; `execute` throws.
  undefinedLimit: "rejected",
  streamedBy: ["stream"],
  shape: { role: "connection", methods: ["query", "execute"] },
  bulk: {
    read: "one `WHERE … IN (?)` with the array of keys",
    insert: "one `INSERT … VALUES ?` with the array of rows",
    updateSame: "one `UPDATE … WHERE … IN (?)`",
    delete: "one `DELETE … WHERE … IN (?)`",
  },
};
