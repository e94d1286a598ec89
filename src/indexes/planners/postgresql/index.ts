/** PostgreSQL (manual, chapters 11 and 65 to 71; src/backend/optimizer). */
import type { Planner } from "../contract.js";
import { PostgresqlLeaves } from "./leaves.js";

export const postgresql: Planner = {
  dialect: "postgresql",
  indexesOf: (table) => table.indexes,
  not: "rewritten",
  mergesIndexesInJoins: true,
  plansWithValues: false,
  dropsContradictions: false,
  entersByExists: true,
  leaves: (scope) => new PostgresqlLeaves(scope),
};
