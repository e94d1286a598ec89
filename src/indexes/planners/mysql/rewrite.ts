/** NOT, pushed down to the conditions that have an opposite (`Item::neg_transformer`); in front of the others it stays. */
import type { Predicate } from "../../../query/model.js";
import { OPPOSITES } from "../../logic.js";

export function pushNot(predicate: Predicate, negated = false): Predicate {
  switch (predicate.op) {
    case "and":
    case "or": {
      const items = predicate.items.map((item) => pushNot(item, negated));
      // What is chosen is negated: `NOT (a)` or `NOT (b)`.
      if (predicate.choice) return { ...predicate, items };
      return { op: negated === (predicate.op === "and") ? "or" : "and", items };
    }
    case "not":
      return pushNot(predicate.item, !negated);
    case "optional":
      return negated ? { op: "not", item: predicate } : { ...predicate, item: pushNot(predicate.item) };
    case "constant":
      return negated ? { ...predicate, value: !predicate.value } : predicate;
    case "compare":
      // `<=>` has no opposite.
      if (!negated) return predicate;
      return predicate.operator === "is not distinct" ? { op: "not", item: predicate } : { ...predicate, operator: OPPOSITES[predicate.operator] };
    case "in":
    case "like":
    case "null":
    case "between":
    case "exists":
      return negated ? { ...predicate, negated: !predicate.negated } : predicate;
    case "boolean":
      if (!negated) return predicate;
      return predicate.form === "bare" ? { ...predicate, value: !predicate.value } : { op: "not", item: predicate };
    case "relation":
    case "operator":
    case "opaque":
      return negated ? { op: "not", item: predicate } : predicate;
  }
}
