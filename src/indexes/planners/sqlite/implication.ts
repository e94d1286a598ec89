/**
 * Does a filter imply the condition of a partial index? ("Partial Indexes", 3; `whereUsablePartialIndex`.) A term of the
 * condition must be a term of the filter, one of its OR arms must, or it says that a column is not null and a comparison
 * in the filter does too. SQLite does not compare values: `b = 1` does not imply `b < 5`.
 */
import { triAnd, triOr, type Tri } from "../../../base/tri.js";
import type { ColumnRef, Operand, Predicate } from "../../../query/model.js";
import { columnsOf, type Relation } from "../../columns.js";
import { namesIn, parseExpression, type Node } from "../../syntax.js";
import { patternOf } from "./patterns.js";
import { speaksOf, spell, subjectOf } from "./subjects.js";

/** `conjuncts` hold for every selected row; optional ones count as possible. */
export function implies(conjuncts: readonly Predicate[], condition: string, relation: Relation): Tri {
  const node = parseExpression(condition);
  const given = conjuncts.flatMap((conjunct) => splitUp(conjunct, relation));
  if (node === undefined) return given.some((item) => item.op !== "constant") ? "unknown" : "no";
  const terms = node.kind === "logical" && node.op === "and" ? node.items : [node];
  return triAnd(terms.map((term) => triOr(given.map((conjunct) => byOne(conjunct, term, relation)))));
}

/** The terms that SQLite adds to a filter: the two sides of BETWEEN, the range of a pattern, the list of an OR. */
function splitUp(conjunct: Predicate, relation: Relation): readonly Predicate[] {
  switch (conjunct.op) {
    case "and":
      return conjunct.items.flatMap((item) => splitUp(item, relation));
    case "between": {
      const { column, span, low, high } = conjunct;
      if (conjunct.negated) return [conjunct];
      return [conjunct, { op: "compare", column, operator: ">=", operand: low, span }, { op: "compare", column, operator: "<=", operand: high, span }];
    }
    case "or": {
      const list = listOf(conjunct.items);
      return list === undefined ? [conjunct] : [conjunct, list];
    }
    case "in": {
      // A list of one is an equality.
      const [only, ...others] = !conjunct.negated && conjunct.values.kind === "list" ? conjunct.values.operands : [];
      return only === undefined || others.length > 0 ? [conjunct] : [{ op: "compare", column: conjunct.column, operator: "=", operand: only, span: conjunct.span }];
    }
    default:
      return [conjunct];
  }
}

/** `a = 1 OR a = 2` as the list that it becomes. */
function listOf(items: readonly Predicate[]): Predicate | undefined {
  const [first] = items;
  if (first?.op !== "compare" || first.operator !== "=") return undefined;
  const operands: Operand[] = [];
  for (const item of items) {
    if (item.op !== "compare" || item.operator !== "=" || item.column.name !== first.column.name || item.column.wrappers.length > 0) return undefined;
    operands.push(item.operand);
  }
  return { op: "in", column: first.column, negated: false, values: { kind: "list", operands }, span: first.span };
}

function byOne(given: Predicate, term: Node, relation: Relation): Tri {
  if (given.op === "optional") return byOne(given.item, term, relation) === "no" ? "no" : "unknown";
  if (given.op === "opaque") return given.restricts === "no" || given.invariant === true ? "no" : "unknown";
  if (given.op === "constant") return given.value ? "no" : "yes";
  const answers: Tri[] = [same(given, term, relation)];
  if (term.kind === "logical" && term.op === "or") answers.push(...term.items.map((item) => byOne(given, item, relation)));
  if (term.kind === "null" && term.negated) answers.push(refusesNull(given, spell(term.item), relation, false));
  return triOr(answers);
}

/** Is the condition the term, in the same words? A value that a parameter may hold makes it possible. */
function same(given: Predicate, term: Node, relation: Relation): Tri {
  const text = textOf(given, relation);
  if (text !== undefined) return text === spell(term) ? "yes" : "no";
  const { columns, complete } = columnsOf(given);
  if (!complete) return given.op === "exists" || given.op === "relation" || given.op === "in" ? "no" : "unknown";
  const speaks = columns.some((column) => {
    const found = subjectOf(column, relation);
    return found.kind === "unknown" || (found.kind === "subject" && speaksOf(term, found.subject.columns.map(({ name }) => name)));
  });
  return speaks && isSameShape(given, term) ? "unknown" : "no";
}

/** Only a condition of the same form may become the term when its parameters are bound. */
function isSameShape(given: Predicate, term: Node): boolean {
  switch (given.op) {
    case "compare":
      return term.kind === "binary" && (OPERATORS[given.operator] === term.op || (given.operator === "=" && term.op === "=="));
    case "in":
      return term.kind === "in" && term.negated === given.negated;
    case "between":
      return term.kind === "between" && term.negated === given.negated;
    case "like":
      return term.kind === "binary" || term.kind === "not";
    case "null":
    case "boolean":
    case "not":
    case "operator":
    case "and":
    case "or":
      return true;
    case "exists":
    case "relation":
    case "constant":
    case "opaque":
    case "optional":
      return false;
  }
}

const OPERATORS = { "=": "=", "<>": "<>", "<": "<", "<=": "<=", ">": ">", ">=": ">=", "is distinct": "is not", "is not distinct": "is" } as const;

/** A condition in the spelling of `spell`; undefined when it holds a parameter or is not modelled. */
function textOf(predicate: Predicate, relation: Relation): string | undefined {
  const column = (reference: ColumnRef): string | undefined => {
    const found = subjectOf(reference, relation);
    if (found.kind !== "subject" || found.subject.text === undefined) return undefined;
    return found.subject.collate === undefined ? found.subject.text : `(${found.subject.text} collate ${found.subject.collate})`;
  };
  const value = (operand: Operand): string | undefined => {
    if (operand.kind === "column") return column(operand.column);
    if (operand.kind !== "literal" || operand.sqlType !== undefined) return undefined;
    const text = operand.value === null ? "null" : typeof operand.value === "string" ? `'${operand.value.replace(/'/gu, "''")}'` : String(operand.value);
    return operand.collation === undefined ? text : `(${text} collate ${operand.collation.toLowerCase()})`;
  };
  switch (predicate.op) {
    case "compare": {
      const [left, right] = [column(predicate.column), value(predicate.operand)];
      return left === undefined || right === undefined ? undefined : `(${left} ${OPERATORS[predicate.operator]} ${right})`;
    }
    case "in": {
      const left = column(predicate.column);
      const items = predicate.values.kind === "list" ? predicate.values.operands.map(value) : [undefined];
      return left === undefined || items.includes(undefined) ? undefined : `(${left} ${predicate.negated ? "not " : ""}in ${items.join(",")})`;
    }
    case "between": {
      const parts = [column(predicate.column), value(predicate.low), value(predicate.high)];
      return parts.includes(undefined) ? undefined : `(${parts[0] ?? ""} ${predicate.negated ? "not " : ""}between ${parts[1] ?? ""} and ${parts[2] ?? ""})`;
    }
    case "like": {
      const [left, right] = [column(predicate.column), value(predicate.pattern)];
      const text = left === undefined || right === undefined ? undefined : `(${left} like ${right})`;
      return text === undefined || !predicate.negated ? text : `(not ${text})`;
    }
    case "null": {
      const left = column(predicate.column);
      return left && `(${left} is ${predicate.negated ? "not " : ""}null)`;
    }
    case "boolean": {
      const left = column(predicate.column);
      if (left === undefined) return undefined;
      if (predicate.form === "is") return `(${left} is ${String(predicate.value)})`;
      return predicate.value ? left : `(not ${left})`;
    }
    case "not": {
      const item = textOf(predicate.item, relation);
      if (item === undefined) return undefined;
      return predicate.item.op === "boolean" && predicate.item.form === "is" ? item.replace(/ is (true|false)\)$/u, " is not $1)") : `(not ${item})`;
    }
    case "and":
    case "or": {
      const items = predicate.items.map((item) => textOf(item, relation));
      return items.includes(undefined) ? undefined : `(${items.join(` ${predicate.op} `)})`;
    }
    case "constant":
    case "optional":
    case "exists":
    case "relation":
    case "operator":
    case "opaque":
      return undefined;
  }
}

/** Is the condition never true of a row in which the expression is null (`exprImpliesNotNull`)? */
function refusesNull(given: Predicate, wanted: string, relation: Relation, below: boolean): Tri {
  const holds = (reference: ColumnRef): Tri => {
    const found = subjectOf(reference, relation);
    if (found.kind === "foreign") return "no";
    if (found.kind !== "subject" || found.subject.text === undefined) return reference.others === undefined ? "no" : "unknown";
    const node = parseExpression(found.subject.text);
    return node !== undefined && passesNull(node, wanted) ? "yes" : "no";
  };
  const operand = (value: Operand): Tri => (value.kind === "column" ? holds(value.column) : "no");
  switch (given.op) {
    case "compare":
      return given.operator === "is distinct" || given.operator === "is not distinct" ? "no" : triOr([holds(given.column), operand(given.operand)]);
    case "in":
      return given.negated && given.values.kind === "subquery" ? "no" : holds(given.column);
    case "between":
      return given.negated || below ? "no" : triOr([holds(given.column), operand(given.low), operand(given.high)]);
    case "like":
      // A function says nothing of nulls; the range that a pattern makes does.
      return given.negated || patternOf(given.prefix, given.pattern) !== "yes" ? "no" : holds(given.column);
    case "boolean":
      return given.form === "is" && below ? "no" : holds(given.column);
    case "not":
      return given.item.op === "boolean" && given.item.form === "is" ? "no" : refusesNull(given.item, wanted, relation, true);
    default:
      return "no";
  }
}

const STRICT: ReadonlySet<string> = new Set(["+", "-", "*", "/", "%", "||", "&", "|", "<<", ">>"]);

/** Is the expression null whenever the wanted one is? */
function passesNull(node: Node, wanted: string): boolean {
  if (spell(node) === wanted) return true;
  switch (node.kind) {
    case "binary":
      return STRICT.has(node.op) && (passesNull(node.left, wanted) || passesNull(node.right, wanted));
    case "unary":
    case "collate":
      return passesNull(node.item, wanted);
    default:
      return false;
  }
}

/** Names in the condition of an index, for messages and look-ups. */
export function namesInCondition(condition: string): readonly string[] {
  const node = parseExpression(condition);
  return node === undefined ? [] : namesIn(node);
}
