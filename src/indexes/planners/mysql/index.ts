/** MySQL (manual 10.2.1, 10.3) and MariaDB, which plan alike in most and are told apart where they do not. */
import { foreignKeyIndexes } from "../../../schema/model.js";
import type { Planner } from "../contract.js";
import { MysqlLeaves } from "./leaves.js";

const both = {
  indexesOf: (table) => [...table.indexes, ...foreignKeyIndexes(table)],
  not: "rewritten",
  // Index merge works on one table, and not through deep nesting (MySQL manual 10.2.1.3).
  mergesIndexesInJoins: false,
  plansWithValues: true,
  dropsContradictions: true,
  entersByExists: true,
} as const satisfies Partial<Planner>;

export const mysql: Planner = { ...both, dialect: "mysql", leaves: (scope) => new MysqlLeaves(scope, false) };
export const mariadb: Planner = { ...both, dialect: "mariadb", leaves: (scope) => new MysqlLeaves(scope, true) };
