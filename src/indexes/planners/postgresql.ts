/** PostgreSQL (manual, chapters 11 and 65). */
import type { Tri } from "../../base/tri.js";
import type { ColumnWrapper } from "../../query/model.js";
import type { Column } from "../../schema/model.js";
import { normaliseType } from "../../schema/types.js";
import { isInteger } from "../types.js";
import type { Planner } from "./contract.js";

export const postgresql: Planner = {
  dialect: "postgresql",
  indexesOf: (table) => table.indexes,
  pushesNot: true,
  // To version 18 it has no index support.
  looksUpNotDistinct: false,
  mergesIndexesInJoins: true,
  hasHash: true,
  // From version 18 on (manual 11.3).
  skips: true,
  beyondBtree: new Set(["@>", "<@", "&&", "?", "?|", "?&", "@@", "@?", "~*", "!~", "!~*", "<->", "<=>", "%", "similar"]),
  collateNeedsSame: false,
  isWithoutEffect,
  unequal: ({ no }) => no("negated"),
  boolean: (column, _test, { yes, perhaps }) => (column.type === undefined || column.type === "boolean" ? yes : perhaps("type-mismatch")),
  like(part, column, { prefix, pattern, insensitive }, isPattern, { yes, no, perhaps }) {
    const literal = pattern.kind === "literal" && typeof pattern.value === "string" ? pattern.value : undefined;
    if (insensitive) {
      // A prefix without letters is the same in either case, and then the index does serve.
      return prefix !== undefined && /^\p{L}/u.test(prefix) ? no("ignores-case") : perhaps("ignores-case");
    }
    if (literal !== undefined && !/[%_\\]/u.test(literal)) return yes;
    if (prefix === undefined) return perhaps("collation");
    if (isPattern) return yes;
    switch (sortsByBytes(part.collation ?? column.collation)) {
      case "yes":
        return yes;
      case "no":
        return no("operator-class");
      case "unknown":
        return perhaps("collation");
    }
  },
  operand(column, operand) {
    if (operand.kind === "expression" && operand.volatile === "yes") return { verdict: "no", reason: "volatile" };
    const isFraction = operand.kind === "literal" && typeof operand.value === "number" && !Number.isInteger(operand.value);
    return isFraction && isInteger(column.type) ? { verdict: "perhaps", reason: "type-mismatch" } : undefined;
  },
  collation: () => "unknown",
};

/**
 * Does a B-tree of this collation keep the texts with one prefix together (manual 11.10 and 24.2)? Undefined: the
 * database's, which is not known. `C.UTF-8` does as PostgreSQL's own (from 17 on), not as the operating system's; a name
 * that is no locale is somebody's own collation.
 */
function sortsByBytes(collation: string | undefined): Tri {
  if (collation === undefined) return "unknown";
  if (/^(?:c|posix|ucs_basic|pg_c_utf8)$/iu.test(collation)) return "yes";
  return /^[a-z]{2,3}(?:[_-][A-Z]{2}(?:[.@].*)?|(?:-\w+)*-x-icu)$/u.test(collation) ? "no" : "unknown";
}

/** Casts that are dropped: to the column's own type, and between the types that share one representation. */
function isWithoutEffect(wrapper: ColumnWrapper, column: Column): boolean {
  if (wrapper.kind !== "cast" || column.type === undefined) return false;
  const target = normaliseType(wrapper.type);
  const interchangeable = (type: string | undefined): boolean => type === "text" || type === "varchar";
  // A cast with a length or a precision computes; without one, to the same type, it does not.
  return !/\(/u.test(wrapper.type) && (target === column.type || (interchangeable(target) && interchangeable(column.type)));
}
