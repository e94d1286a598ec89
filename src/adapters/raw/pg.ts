/** node-postgres, and the drivers that copy its interface: Neon's serverless pool, Vercel's. */
import type { Driver, Role } from "./driver.js";

const connection: Role = {
  methods: {
    query: { does: "sends", text: 0, values: { argument: 1 } },
    connect: { does: "leads", gives: "connection", callbacks: [{ argument: 0, parameter: 1, role: "connection" }] },
    on: { does: "leads", callbacks: [{ argument: 1, parameter: 0, role: "connection" }] },
    once: { does: "leads", callbacks: [{ argument: 1, parameter: 0, role: "connection" }] },
  },
};

export const pg: Driver = {
  id: "pg",
  title: "node-postgres (pg)",
  packages: ["pg", "pg-pool", "pg-native", "pg-cursor", "pg-query-stream"],
  dialect: "postgresql",
  client: "connection",
  values: {
    Pool: "connectionClass",
    Client: "connectionClass",
    "native.Pool": "connectionClass",
    "native.Client": "connectionClass",
    "pg-pool#default": "connectionClass",
    "pg-cursor#default": "cursorClass",
    "pg-query-stream#default": "cursorClass",
  },
  types: { Pool: "connection", PoolClient: "connection", Client: "connection", ClientBase: "connection", "pg-pool#default": "connection" },
  roles: {
    connectionClass: { constructed: "connection" },
    connection,
    cursorClass: { constructed: "cursor" },
    // Handed to `query`, which streams it.
    cursor: {},
  },
  textKeys: ["text"],
  valueKeys: ["values"],
  undefinedLimit: "dropped",
  shape: { role: "connection", methods: ["query"] },
  bulk: {
    read: "one `WHERE … = ANY($1)` with the array of keys",
    insert: "one `INSERT … SELECT … FROM unnest($1::…, …)` or a `VALUES` list of many rows",
    updateSame: "one `UPDATE … WHERE … = ANY($1)`",
    delete: "one `DELETE … WHERE … = ANY($1)`",
  },
};
