/** SQLite ("The Query Optimizer Overview", "Partial Indexes", "Datatypes in SQLite"; src/where.c, src/whereexpr.c). */
import type { Planner } from "../contract.js";
import { SqliteLeaves } from "./leaves.js";

export const sqlite: Planner = {
  dialect: "sqlite",
  indexesOf: (table) => table.indexes,
  // It is not pushed down at all.
  not: "rewritten",
  mergesIndexesInJoins: true,
  // Values that are bound are looked at for patterns only.
  plansWithValues: false,
  dropsContradictions: false,
  // The table of an EXISTS is always the inner one.
  entersByExists: false,
  leaves: (scope) => new SqliteLeaves(scope),
};
