/**
 * What PostgreSQL's planner makes of a condition before it looks at indexes (prepqual.c, clauses.c, equivclass.c): NOT is
 * pushed down to the comparisons, BETWEEN is two of them, constants are folded, and equal columns share their constant.
 */
import type { ColumnRef, ComparePredicate, InPredicate, Operand, Predicate } from "../../../query/model.js";
import { OPPOSITES } from "../../logic.js";

/** What a predicate says, in the planner's form. `negated`: what its negation says. */
export function normalise(predicate: Predicate, negated = false): Predicate {
  switch (predicate.op) {
    case "and":
    case "or": {
      const op = negated === (predicate.op === "and") ? "or" : "and";
      const items = predicate.items.map((item) => normalise(item, negated));
      // What is chosen is negated: `NOT (a)` or `NOT (b)`.
      return predicate.choice ? { ...predicate, items } : combine(op, items);
    }
    case "not":
      return normalise(predicate.item, !negated);
    case "constant":
      return negated ? { ...predicate, value: !predicate.value } : predicate;
    case "optional":
      return negated ? { op: "not", item: predicate } : { ...predicate, item: normalise(predicate.item) };
    case "compare":
      return comparison(negated ? { ...predicate, operator: OPPOSITES[predicate.operator] } : predicate);
    case "between": {
      const { column, span, low, high } = predicate;
      const compare = (operator: ComparePredicate["operator"], operand: Operand): Predicate => comparison({ op: "compare", column, operator, operand, span });
      return predicate.negated === negated ? combine("and", [compare(">=", low), compare("<=", high)]) : combine("or", [compare("<", low), compare(">", high)]);
    }
    case "in":
      return membership(negated ? { ...predicate, negated: !predicate.negated } : predicate);
    case "like":
      return isNull(predicate.pattern) ? NEVER : negated ? { ...predicate, negated: !predicate.negated } : predicate;
    case "null":
    case "exists":
      return negated ? { ...predicate, negated: !predicate.negated } : predicate;
    case "boolean":
      if (!negated) return predicate;
      // NOT (x IS TRUE) selects nulls as well.
      return predicate.form === "bare" ? { ...predicate, value: !predicate.value } : { op: "not", item: predicate };
    case "opaque":
      return predicate;
    case "relation":
    case "operator":
      return negated ? { op: "not", item: predicate } : predicate;
  }
}

const NEVER: Predicate = { op: "constant", value: false, written: true };

/** Flattened, without constants that change nothing. */
function combine(op: "and" | "or", items: readonly Predicate[]): Predicate {
  const kept: Predicate[] = [];
  for (const item of items) {
    if (item.op === "constant") {
      if (item.value === (op === "or")) return item;
      continue;
    }
    if (item.op === op && !("choice" in item && item.choice === true)) kept.push(...item.items);
    else kept.push(item);
  }
  if (op === "or" && kept.length > 1) {
    const shared = factored(kept);
    if (shared !== undefined) return shared;
  }
  const [only] = kept;
  if (only === undefined) return { op: "constant", value: op === "and", written: true };
  return kept.length === 1 ? only : { op, items: kept };
}

/** `(a AND b) OR (a AND c)` is `a AND (b OR c)` (find_duplicate_ors); undefined where the arms have nothing in common. */
function factored(arms: readonly Predicate[]): Predicate | undefined {
  const sets = arms.map((arm) => new Map((arm.op === "and" ? arm.items : [arm]).map((item): readonly [string, Predicate] => [spelling(item) ?? "", item])));
  const [first, ...others] = sets;
  const common = [...(first ?? [])].filter(([text]) => text !== "" && others.every((set) => set.has(text)));
  if (common.length === 0) return undefined;
  const texts = new Set(common.map(([text]) => text));
  const rests = arms.map((arm) => combine("and", (arm.op === "and" ? arm.items : [arm]).filter((item) => !texts.has(spelling(item) ?? ""))));
  return combine("and", [...common.map(([, item]) => item), combine("or", rests)]);
}

/** Equal texts, equal conditions; undefined where that cannot be said. */
function spelling(predicate: Predicate): string | undefined {
  const ofColumn = ({ table, name, text, wrappers }: ColumnRef): string | undefined => (wrappers.length > 0 && text === undefined ? undefined : `${table ?? ""}.${name}|${text ?? ""}`);
  const ofOperand = (operand: Operand): string | undefined => {
    switch (operand.kind) {
      case "literal":
        return `${typeof operand.value} ${String(operand.value)} ${operand.sqlType ?? ""} ${operand.collation ?? ""}`;
      case "parameter":
        return operand.placeholder === undefined || typeof operand.placeholder !== "number" ? undefined : `$${String(operand.placeholder)} ${operand.sqlType ?? ""}`;
      case "column":
        return ofColumn(operand.column);
      case "subquery":
      case "expression":
        return undefined;
    }
  };
  const parts = (...texts: readonly (string | undefined)[]): string | undefined => (texts.includes(undefined) ? undefined : [predicate.op, ...texts].join(" # "));
  switch (predicate.op) {
    case "compare":
      return parts(predicate.operator, ofColumn(predicate.column), ofOperand(predicate.operand));
    case "null":
      return parts(String(predicate.negated), String(predicate.unknown), ofColumn(predicate.column));
    case "boolean":
      return parts(String(predicate.value), predicate.form, ofColumn(predicate.column));
    case "like":
      return parts(String(predicate.negated), String(predicate.insensitive), ofColumn(predicate.column), ofOperand(predicate.pattern));
    case "in":
      return predicate.values.kind === "list" ? parts(String(predicate.negated), ofColumn(predicate.column), ...predicate.values.operands.map(ofOperand)) : undefined;
    default:
      return undefined;
  }
}

function isNull(operand: Operand): boolean {
  return operand.kind === "literal" && operand.value === null;
}

function comparison(predicate: ComparePredicate): Predicate {
  const { column, operator, operand, span } = predicate;
  if (isNull(operand)) {
    // The grammar itself turns IS [NOT] DISTINCT FROM NULL into a null test; a comparison with null is never true.
    if (operator === "is distinct" || operator === "is not distinct") return { op: "null", column, negated: operator === "is distinct", span };
    return NEVER;
  }
  if (operand.kind === "literal" && typeof operand.value === "boolean" && (operator === "=" || operator === "<>")) {
    return { op: "boolean", column, value: operand.value === (operator === "="), form: "bare", span };
  }
  return predicate;
}

function membership(predicate: InPredicate): Predicate {
  const { column, values, negated, span } = predicate;
  if (values.kind !== "list") return predicate;
  const [only] = values.operands;
  return only !== undefined && values.operands.length === 1 ? comparison({ op: "compare", column, operator: negated ? "<>" : "=", operand: only, span }) : predicate;
}

/** Where a reference belongs, for the equalities: members with the same key are the same value. */
export interface Member {
  readonly key: string;
  readonly own: boolean;
}

/**
 * Equalities that follow from others: `a = b AND b = 5` gives `a = 5` (equivclass.c). Only for the conjuncts of the whole
 * condition, as in the planner. `a = a` is a null test.
 */
export function derive(conjuncts: readonly Predicate[], memberOf: (column: ColumnRef) => Member | undefined, isConstant: (column: ColumnRef, operand: Operand) => boolean): readonly Predicate[] {
  const classes = new Map<string, string>();
  const find = (key: string): string => {
    let root = key;
    for (let up = classes.get(root); up !== undefined && up !== root; up = classes.get(root)) root = up;
    return root;
  };
  const refs = new Map<string, ColumnRef>();
  const own = new Set<string>();
  const values = new Map<string, Operand>();
  const direct = new Set<string>();
  const result: Predicate[] = [];
  let joined = false;
  const note = (column: ColumnRef, member: Member): void => {
    refs.set(member.key, column);
    if (member.own) own.add(member.key);
  };
  for (const conjunct of conjuncts) {
    const left = conjunct.op === "compare" && conjunct.operator === "=" ? memberOf(conjunct.column) : undefined;
    if (conjunct.op !== "compare" || left === undefined) {
      result.push(conjunct);
      continue;
    }
    note(conjunct.column, left);
    if (conjunct.operand.kind === "column") {
      const right = memberOf(conjunct.operand.column);
      if (right !== undefined && right.key === left.key) {
        result.push({ op: "null", column: conjunct.column, negated: true, span: conjunct.span });
        continue;
      }
      if (right !== undefined) {
        note(conjunct.operand.column, right);
        classes.set(find(left.key), find(right.key));
        joined = true;
      }
    } else if (isConstant(conjunct.column, conjunct.operand)) {
      values.set(left.key, conjunct.operand);
      direct.add(left.key);
    }
    result.push(conjunct);
  }
  if (!joined) return result;
  const shared = new Map<string, Operand>();
  for (const [key, operand] of values) shared.set(find(key), operand);
  // A column of another table is as good as a constant once that table's row is there.
  for (const [key, column] of refs) if (!own.has(key) && !shared.has(find(key))) shared.set(find(key), { kind: "column", column });
  for (const key of own) {
    const operand = shared.get(find(key));
    const column = refs.get(key);
    if (operand !== undefined && column !== undefined && !direct.has(key)) result.push({ op: "compare", column, operator: "=", operand, span: column.span });
  }
  return result;
}
