/** Conjunction and negation of predicates. */
import type { Predicate } from "../query/model.js";

/** The conjuncts that hold whenever a row is selected. */
export function conjunctsOf(predicate: Predicate): readonly Predicate[] {
  return predicate.op === "and" ? predicate.items.flatMap(conjunctsOf) : [predicate];
}

export const OPPOSITES = { "=": "<>", "<>": "=", "<": ">=", ">=": "<", ">": "<=", "<=": ">", "is distinct": "is not distinct", "is not distinct": "is distinct" } as const;

/** NOT pushed inwards, where that does not change which rows are selected. */
export function negate(predicate: Predicate): Predicate | undefined {
  switch (predicate.op) {
    case "and":
    case "or": {
      const items: Predicate[] = [];
      for (const item of predicate.items) {
        const negated = negate(item);
        if (negated === undefined) return undefined;
        items.push(negated);
      }
      // What is chosen is negated: `NOT (a)` or `NOT (b)`.
      return predicate.choice ? { ...predicate, items } : { op: predicate.op === "and" ? "or" : "and", items };
    }
    case "not":
      return predicate.item;
    case "constant":
      return { ...predicate, value: !predicate.value };
    case "compare":
      return { ...predicate, operator: OPPOSITES[predicate.operator] };
    case "in":
    case "like":
    case "null":
    case "between":
    case "exists":
      return { ...predicate, negated: !predicate.negated };
    case "boolean":
      // NOT (x IS TRUE) selects nulls as well.
      return predicate.form === "bare" ? { ...predicate, value: !predicate.value } : undefined;
    case "optional":
    case "relation":
    case "operator":
    case "opaque":
      return undefined;
  }
}
