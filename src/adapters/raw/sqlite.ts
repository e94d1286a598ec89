/** The drivers of SQLite: better-sqlite3, node:sqlite, sqlite3 and its promise wrapper. */
import type { BulkAdvice } from "../../query/model.js";
import type { Driver, Method, Role } from "./driver.js";

const BULK: BulkAdvice = {
  read: "one `WHERE … IN (SELECT value FROM json_each(?))` with the keys as JSON",
  insert: "one `INSERT` of many rows",
  updateSame: "one `UPDATE … WHERE … IN (SELECT value FROM json_each(?))`",
  delete: "one `DELETE … WHERE … IN (SELECT value FROM json_each(?))`",
};

const PLACEHOLDERS = { question: true, named: [":", "@", "$"], numbered: ["?"] } as const;

/** A statement whose values are its arguments: `.all(a, b)`, `.all([a, b])`, `.all({ a, b })`. */
const executions: Readonly<Record<string, Method>> = {
  all: { does: "executes", values: { restFrom: 0 } },
  get: { does: "executes", values: { restFrom: 0 }, delivery: "one" },
  run: { does: "executes", values: { restFrom: 0 }, delivery: "none" },
  iterate: { does: "executes", values: { restFrom: 0 }, delivery: "stream" },
};

const configured: Method = { does: "leads", gives: "statement" };

const statement: Role = {
  methods: {
    ...executions,
    pluck: configured,
    raw: configured,
    expand: configured,
    bind: configured,
    safeIntegers: configured,
    setReadBigInts: configured,
    setReturnArrays: configured,
  },
};

export const betterSqlite3: Driver = {
  id: "better-sqlite3",
  title: "better-sqlite3",
  packages: ["better-sqlite3", "better-sqlite3-multiple-ciphers", "libsql"],
  dialect: "sqlite",
  client: "database",
  placeholders: PLACEHOLDERS,
  values: { default: "databaseClass", Database: "databaseClass" },
  types: { default: "database", Database: "database", Statement: "statement" },
  roles: {
    databaseClass: { constructed: "database", called: "database" },
    database: {
      methods: {
        prepare: { does: "prepares", text: 0, gives: "statement" },
        exec: { does: "sends", text: 0, gives: "database" },
        // The text of a pragma is no statement.
        pragma: { does: "leads" },
        transaction: { does: "leads" },
        defaultSafeIntegers: { does: "leads", gives: "database" },
      },
    },
    statement,
  },
  undefinedLimit: "rejected",
  shape: { role: "database", methods: ["prepare"] },
  bulk: BULK,
};

export const nodeSqlite: Driver = {
  id: "node:sqlite",
  title: "node:sqlite",
  packages: ["node:sqlite"],
  dialect: "sqlite",
  client: "database",
  placeholders: PLACEHOLDERS,
  values: { DatabaseSync: "databaseClass" },
  types: { DatabaseSync: "database", StatementSync: "statement", SQLTagStore: "tagStore" },
  roles: {
    databaseClass: { constructed: "database" },
    database: {
      methods: {
        prepare: { does: "prepares", text: 0, gives: "statement" },
        exec: { does: "sends", text: 0 },
        createTagStore: { does: "leads", gives: "tagStore" },
      },
    },
    statement,
    tagStore: { members: { all: "allTag", get: "getTag", run: "runTag", iterate: "iterateTag" } },
    allTag: { tag: {} },
    getTag: { tag: { delivery: "one" } },
    runTag: { tag: { delivery: "none" } },
    iterateTag: { tag: { delivery: "stream" } },
  },
  undefinedLimit: "rejected",
  bulk: BULK,
};

/** The values follow the text, one array or object or one per argument; a callback comes last. */
const following = { restFrom: 1 } as const;

const directly: Readonly<Record<string, Method>> = {
  run: { does: "sends", text: 0, values: following, delivery: "none", gives: "database" },
  get: { does: "sends", text: 0, values: following, delivery: "one" },
  all: { does: "sends", text: 0, values: following },
  each: { does: "sends", text: 0, values: following, delivery: "stream" },
  exec: { does: "sends", text: 0 },
  prepare: { does: "prepares", text: 0, gives: "statement" },
  serialize: { does: "leads" },
  parallelize: { does: "leads" },
};

export const sqlite3: Driver = {
  id: "sqlite3",
  title: "sqlite3",
  packages: ["sqlite3", "@vscode/sqlite3", "sqlite"],
  dialect: "sqlite",
  client: "database",
  placeholders: PLACEHOLDERS,
  values: { Database: "databaseClass", "cached.Database": "opener", verbose: "verbose", open: "opener" },
  types: { Database: "database", Statement: "statement" },
  roles: {
    verbose: { called: "module" },
    module: { members: { Database: "databaseClass" } },
    databaseClass: { constructed: "database" },
    // `open()` of the package `sqlite` resolves to a database whose methods return promises.
    opener: { called: "database", constructed: "database" },
    database: { methods: directly },
    statement: { methods: { ...executions, each: { does: "executes", values: { restFrom: 0 }, delivery: "stream" }, bind: configured, reset: configured } },
  },
  undefinedLimit: "rejected",
  bulk: BULK,
};
