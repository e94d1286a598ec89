/** MySQL (manual 10.2.1, 10.3) and MariaDB, which plan alike in most and are told apart where they do not. */
import { foreignKeyIndexes } from "../../schema/model.js";
import { isText } from "../types.js";
import type { Habits } from "./contract.js";

const both = {
  indexesOf: (table) => [...table.indexes, ...foreignKeyIndexes(table)],
  pushesNot: true,
  plansWithValues: true,
  looksUpNotDistinct: true,
  // Index merge works on one table, and not through deep nesting (MySQL manual 10.2.1.3).
  mergesIndexesInJoins: false,
  // InnoDB has no hash indexes: USING HASH makes a B-tree (MySQL manual 15.1.15).
  hasHash: false,
  collateNeedsSame: false,
  isWithoutEffect: () => false,
  // Formally two ranges in MySQL (10.2.1.2), which the optimiser may take when the value is frequent.
  unequal: ({ perhaps }) => perhaps("unselective"),
  like(_part, column, { prefix }, _isPattern, { yes, perhaps }) {
    if (prefix === undefined) return perhaps("collation");
    return column.type === undefined || isText(column.type) ? yes : perhaps("type-mismatch");
  },
  operand(column, operand) {
    if (operand.kind === "expression" && operand.volatile === "yes") return { verdict: "no", reason: "volatile" };
    if (column.type === undefined || !isText(column.type)) return undefined;
    const isOther = (operand.kind === "literal" && typeof operand.value !== "string") || (operand.kind === "parameter" && (operand.type === "number" || operand.type === "bigint" || operand.type === "boolean"));
    return isOther ? { verdict: "perhaps", reason: "type-mismatch" } : undefined;
  },
  collation: () => "unknown",
} as const satisfies Omit<Habits, "dialect" | "boolean">;

export const mysql: Habits = {
  ...both,
  dialect: "mysql",
  boolean: (_column, test, { yes, perhaps }) => (test.form === "bare" && test.value ? yes : perhaps("unselective")),
};

export const mariadb: Habits = {
  ...both,
  dialect: "mariadb",
  boolean: (_column, test, { yes, no, perhaps }) => (test.form === "is" ? no("wrapped") : test.value ? yes : perhaps("unselective")),
};
