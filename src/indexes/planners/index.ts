/** The planners that are modelled. */
import type { Habits, KnownDialect, Planner } from "./contract.js";
import { mariadb, mysql } from "./mysql.js";
import { PlainLeaves } from "./plain-leaves.js";
import { postgresql } from "./postgresql/index.js";
import { sqlite } from "./sqlite.js";

export type { KnownDialect } from "./contract.js";

function plain(habits: Habits): Planner {
  return {
    dialect: habits.dialect,
    indexesOf: (table) => habits.indexesOf(table),
    not: habits.pushesNot ? "pushed" : "kept",
    mergesIndexesInJoins: habits.mergesIndexesInJoins,
    plansWithValues: habits.plansWithValues,
    leaves: (scope) => new PlainLeaves(scope, habits),
  };
}

export const planners: Readonly<Record<KnownDialect, Planner>> = { postgresql, mysql: plain(mysql), mariadb: plain(mariadb), sqlite: plain(sqlite) };
