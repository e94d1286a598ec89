/** SQLite ("The Query Optimizer Overview", "Partial Indexes", "Datatypes in SQLite"). */
import type { Habits } from "./contract.js";

export const sqlite: Habits = {
  dialect: "sqlite",
  indexesOf: (table) => table.indexes,
  pushesNot: false,
  plansWithValues: false,
  looksUpNotDistinct: true,
  mergesIndexesInJoins: true,
  hasHash: true,
  // The collation of the comparison must be that of the index ("Datatypes", 7.1).
  collateNeedsSame: true,
  isWithoutEffect: () => false,
  unequal: ({ no }) => no("negated"),
  boolean: (_column, test, { no, perhaps }) => (test.form === "bare" ? no("bare-boolean") : perhaps("unselective")),
  like(part, column, { prefix }, _isPattern, { yes, no, perhaps }) {
    // LIKE ignores case by default, so the index must as well ("The LIKE Optimization").
    const collation = (part.collation ?? column.collation ?? "binary").toLowerCase();
    if (collation !== "nocase") return no("operator-class");
    return prefix === undefined || !/^\p{L}/u.test(prefix) ? perhaps("collation") : yes;
  },
  // Constants are put in the place of columns: in `a = b + 1 AND b = 5` the right side becomes constant.
  operand: (_column, operand) => (operand.kind === "expression" && operand.volatile === "yes" ? { verdict: "perhaps", reason: "volatile" } : undefined),
  collation: (indexed, own) => (indexed === (own ?? "binary") ? "same" : "other"),
};
