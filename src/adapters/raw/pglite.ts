/** PGlite: PostgreSQL in the process. */
import type { Driver, Method } from "./driver.js";
import { pg } from "./pg.js";

const query: Method = { does: "sends", text: 0, values: { argument: 1 } };

export const pglite: Driver = {
  id: "pglite",
  title: "PGlite",
  packages: ["@electric-sql/pglite", "@electric-sql/pglite/worker"],
  dialect: "postgresql",
  client: "database",
  values: { PGlite: "databaseClass", PGliteWorker: "databaseClass" },
  types: { PGlite: "database", PGliteInterface: "database", PGliteWithLive: "database", PGliteWorker: "database", Transaction: "database" },
  roles: {
    databaseClass: { constructed: "database", methods: { create: { does: "leads", gives: "database" } } },
    database: {
      members: { sql: "tag", live: "live" },
      methods: {
        query,
        exec: { does: "sends", text: 0 },
        transaction: { does: "leads", callbacks: [{ argument: 0, parameter: 0, role: "database" }] },
        runExclusive: { does: "leads" },
      },
    },
    tag: { tag: {} },
    live: { methods: { query, incrementalQuery: query, changes: query } },
  },
  undefinedLimit: "dropped",
  shape: { role: "database", methods: ["query"] },
  bulk: pg.bulk,
};
