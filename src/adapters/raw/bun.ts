/** SQLite as Bun brings it along. */
import type { Driver } from "./driver.js";
import { betterSqlite3 } from "./sqlite.js";

const { statement = {} } = betterSqlite3.roles;

/** `client.prepare(…)` of which nothing is known says nothing of Bun. */
const { shape: _shape, ...common } = betterSqlite3;

export const bunSqlite: Driver = {
  ...common,
  id: "bun:sqlite",
  title: "bun:sqlite",
  packages: ["bun:sqlite"],
  values: { default: "databaseClass", Database: "databaseClass" },
  types: { Database: "database", Statement: "statement" },
  roles: {
    databaseClass: { constructed: "database", methods: { open: { does: "leads", gives: "database" } } },
    database: {
      methods: {
        // Only prepares, and keeps what it has prepared.
        query: { does: "prepares", text: 0, gives: "statement" },
        prepare: { does: "prepares", text: 0, gives: "statement" },
        run: { does: "sends", text: 0, values: { restFrom: 1 }, delivery: "none" },
        exec: { does: "sends", text: 0, values: { restFrom: 1 }, delivery: "none" },
        transaction: { does: "leads" },
      },
    },
    statement: { methods: { ...statement.methods, values: { does: "executes", values: { restFrom: 0 } }, as: { does: "leads", gives: "statement" } } },
  },
};
