/** Conditions that may exclude each other by their literals: MariaDB and MySQL see that, and plan with what is left. */
import type { ComparisonOperator, Operand, Predicate } from "../query/model.js";

type Literal = string | number | boolean | bigint | null;

interface Bound {
  readonly column: string;
  readonly operator: ComparisonOperator;
  readonly value: Literal;
}

/**
 * May the conjuncts be recognised as never true, or one column as fixed by two bounds, from their literals alone? What
 * cannot be compared (values of two types, different texts that must be equal) counts as a yes.
 */
export function mayContradict(conjuncts: readonly Predicate[]): boolean {
  const bounds: Bound[] = [];
  for (const conjunct of conjuncts) {
    if (conjunct.op === "compare") {
      const { column, operand, operator } = conjunct;
      if (operand.kind === "column" && operand.column.name.toLowerCase() === column.name.toLowerCase() && operand.column.table === column.table) return true;
      const value = literalOf(operand);
      if (value !== undefined) bounds.push({ column: column.name.toLowerCase(), operator, value });
    } else if (conjunct.op === "between") {
      const low = literalOf(conjunct.low);
      const high = literalOf(conjunct.high);
      if (low === undefined || high === undefined) continue;
      if (!isBelow(low, high)) return true;
      if (!conjunct.negated) bounds.push({ column: conjunct.column.name.toLowerCase(), operator: ">=", value: low }, { column: conjunct.column.name.toLowerCase(), operator: "<=", value: high });
    }
  }
  return bounds.some((one, at) => bounds.slice(at + 1).some((other) => one.column === other.column && excludes(one, other)));
}

function literalOf(operand: Operand): Literal | undefined {
  return operand.kind === "literal" ? operand.value : undefined;
}

function isNumber(value: Literal): value is number | bigint {
  return typeof value === "number" || typeof value === "bigint";
}

/** Of two texts, by their code units: a collation may order letters of different case the other way. */
function isBelow(low: Literal, high: Literal): boolean {
  return isNumber(low) && isNumber(high) ? low < high : typeof low === "string" && typeof high === "string" && low < high;
}

/** Is it not sure that the two bounds of one column leave more than one value? */
function excludes(one: Bound, other: Bound): boolean {
  const [first, second] = [sideOf(one.operator), sideOf(other.operator)];
  if (first === "equal" && second === "equal") return one.value !== other.value;
  if (first === "other" || second === "other") return first !== second && (first === "equal" || second === "equal") && one.value === other.value;
  if (first === second) return false;
  if (first === "equal") return !isInside(one.value, other);
  if (second === "equal") return !isInside(other.value, one);
  return first === "lower" ? !isBelow(one.value, other.value) : !isBelow(other.value, one.value);
}

function isInside(value: Literal, bound: Bound): boolean {
  if (value === bound.value) return bound.operator === ">=" || bound.operator === "<=";
  return sideOf(bound.operator) === "lower" ? isBelow(bound.value, value) : isBelow(value, bound.value);
}

function sideOf(operator: ComparisonOperator): "equal" | "lower" | "upper" | "other" {
  switch (operator) {
    case "=":
    case "is not distinct":
      return "equal";
    case ">":
    case ">=":
      return "lower";
    case "<":
    case "<=":
      return "upper";
    case "<>":
    case "is distinct":
      return "other";
  }
}
