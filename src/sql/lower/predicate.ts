/** Conditions of the neutral tree → the predicate tree of the query model. */
import type { ColumnRef, ComparisonOperator, Dialect, InPredicate, Operand, Predicate, Span } from "../../query/model.js";
import type { Slot } from "../holes.js";
import type { Expression } from "../tree.js";
import type { Frame } from "./context.js";
import { collectQueries, columnOf, columnsIn, holeIn, operandOf, parametersIn, partsOf, subjectOf, valueSlot } from "./expression.js";

const comparisons: Readonly<Record<string, ComparisonOperator>> = {
  "=": "=", "==": "=", "<>": "<>", "!=": "<>", "^=": "<>", "<": "<", "<=": "<=", ">": ">", ">=": ">=",
  "is distinct": "is distinct", "is not distinct": "is not distinct", "<=>": "is not distinct",
};

function flip(operator: ComparisonOperator): ComparisonOperator {
  switch (operator) {
    case "<":
      return ">";
    case "<=":
      return ">=";
    case ">":
      return "<";
    case ">=":
      return "<=";
    case "=":
    case "<>":
    case "is distinct":
    case "is not distinct":
      return operator;
  }
}

/** Lowers a condition. */
export function predicateOf(expression: Expression, frame: Frame): Predicate {
  const { context } = frame;
  const span = context.span(expression);
  switch (expression.kind) {
    case "logical": {
      const items: Predicate[] = [];
      for (const item of expression.items) {
        const lowered = predicateOf(item, frame);
        if (lowered.op === expression.op) items.push(...lowered.items);
        else items.push(lowered);
      }
      return { op: expression.op, items };
    }
    case "not":
      return negate(predicateOf(expression.item, frame), span, context.dialect);
    case "binary":
      return binary(expression, frame);
    case "isNull": {
      const column = subjectOf(expression.item, context);
      if (column !== undefined) return { op: "null", column, negated: expression.negated, span };
      return columnless(expression, "is null", frame);
    }
    case "isBoolean": {
      if (expression.value === "unknown") {
        const column = columnOf(expression.item, context);
        return column === undefined ? columnless(expression, "is unknown", frame) : { op: "null", column, negated: expression.negated, unknown: true, span };
      }
      const item = expression.item;
      if (item.kind === "literal" && typeof item.value === "boolean") return { op: "constant", value: (item.value === expression.value) !== expression.negated, written: true, span };
      const column = item.kind === "column" ? columnOf(item, context) : undefined;
      if (column === undefined) {
        const inner = columnOf(item, context);
        // `(a = 1) IS TRUE` is a condition on a condition: read, not modelled.
        return inner === undefined || item.kind === "binary" ? columnless(expression, "is", frame) : negatedIf(expression.negated, { op: "boolean", column: inner, value: expression.value, form: "is", span });
      }
      return negatedIf(expression.negated, { op: "boolean", column, value: expression.value, form: "is", span });
    }
    case "inList":
      return inList(expression, frame);
    case "inQuery": {
      const statement = frame.query(expression.query, "in");
      const column = expression.item.kind === "row" && expression.item.items.length > 1 ? undefined : columnOf(expression.item, context);
      if (column === undefined) return operator(expression.negated ? "not in" : "in", expression, [{ kind: "subquery", statement }], frame);
      return { op: "in", column, negated: expression.negated, values: { kind: "subquery", statement }, span };
    }
    case "quantified":
      return quantified(expression, frame);
    case "between": {
      const column = subjectOf(expression.item, context);
      const low = operandOf(expression.low, frame);
      const high = operandOf(expression.high, frame);
      if (column === undefined && columnsIn(expression.item, context).length === 0) return betweenColumns(expression, frame);
      if (column === undefined || low === undefined || high === undefined) return columnless(expression, "between", frame);
      return { op: "between", column, negated: expression.negated, low, high, span };
    }
    case "like": {
      const column = subjectOf(expression.item, context);
      const pattern = operandOf(expression.pattern, frame);
      if (column === undefined || pattern === undefined) return columnless(expression, "like", frame);
      const prefix = prefixOf(expression.pattern, expression.escape ?? (context.dialect === "sqlite" ? undefined : "\\"), frame);
      return { op: "like", column, negated: expression.negated, insensitive: expression.insensitive, ...(prefix === undefined ? {} : { prefix }), pattern, span };
    }
    case "exists":
      return { op: "exists", negated: expression.negated, statement: frame.query(expression.query, "exists"), span };
    case "literal": {
      const slot = valueSlot(expression, context);
      if (slot !== undefined) return unknownCondition(slot, expression, frame);
      return { op: "constant", value: truth(expression.value), written: true, span };
    }
    case "parameter":
      return { op: "opaque", restricts: "unknown", reason: "a parameter is the condition", span };
    case "column": {
      const slot = holeIn(expression, context);
      if (slot !== undefined) return unknownCondition(slot, expression, frame);
      const column = columnOf(expression, context);
      return column === undefined ? columnless(expression, "column", frame) : { op: "boolean", column, value: true, form: "bare", span };
    }
    case "row": {
      const [only] = expression.items;
      if (expression.items.length === 1 && only !== undefined) return predicateOf(only, frame);
      return columnless(expression, "row", frame);
    }
    case "cast":
      if (expression.item.kind === "literal") return predicateOf(expression.item, frame);
      return columnless(expression, "cast", frame);
    case "call": {
      const name = expression.name.toLowerCase();
      const [condition] = expression.args;
      // Hints on how many rows a condition holds for (SQLite, "Built-in scalar functions").
      if (context.dialect === "sqlite" && condition !== undefined && HINTS.has(name)) return predicateOf(condition, frame);
      return columnless(expression, name, frame);
    }
    case "json":
      return columnless(expression, expression.path, frame);
    case "other":
      return columnless(expression, expression.name, frame);
    case "star":
    case "unary":
    case "collate":
    case "query":
    case "array":
      return columnless(expression, expression.kind, frame);
  }
}

function truth(value: string | number | boolean | bigint | null): boolean {
  if (typeof value === "string") return Number.parseFloat(value) !== 0 && !Number.isNaN(Number.parseFloat(value)) || /^t(?:rue)?$/iu.test(value);
  return Boolean(value);
}

function negatedIf(negated: boolean, predicate: Predicate): Predicate {
  return negated ? { op: "not", item: predicate } : predicate;
}

/** NOT, folded into the operators that have a negated form of the same meaning. */
function negate(predicate: Predicate, span: Span, dialect: Dialect | undefined): Predicate {
  // SQLite's planner takes NOT (a NOT IN (…)) as it is written.
  if (dialect === "sqlite" && ("negated" in predicate ? predicate.negated : predicate.op === "not")) return { op: "not", item: predicate };
  switch (predicate.op) {
    case "in":
    case "like":
    case "null":
    case "between":
    case "exists":
      return { ...predicate, negated: !predicate.negated, span };
    case "constant":
      return { ...predicate, value: !predicate.value, span };
    case "not":
      return predicate.item;
    case "boolean":
      return predicate.form === "bare" ? { ...predicate, value: !predicate.value, span } : { op: "not", item: predicate };
    case "opaque":
      return predicate;
    case "and":
    case "or":
    case "optional":
    case "compare":
    case "relation":
    case "operator":
      return { op: "not", item: predicate };
  }
}

/** A hole in the place of a whole condition. */
function unknownCondition(slot: Slot, expression: Expression, frame: Frame): Predicate {
  const span = frame.context.span(expression);
  if (slot.kind === "identifier") return { op: "opaque", restricts: "yes", reason: "the column is chosen at run time", span };
  return { op: "opaque", restricts: "unknown", reason: "text hole", span };
}

/** A hole among the names of a condition: which column it is about is not known. */
function dynamicName(expression: Expression, frame: Frame): Slot | undefined {
  let found: Slot | undefined;
  const visit = (part: Expression): void => {
    if (part.kind === "column") {
      const slot = holeIn(part, frame.context);
      if (slot !== undefined) found ??= slot;
    }
    for (const inner of partsOf(part)) visit(inner);
  };
  visit(expression);
  return found;
}

/** A condition that is read but fits no other form: an operator on columns, or opaque when it names no column. */
function columnless(expression: Expression, name: string, frame: Frame): Predicate {
  const operands: Operand[] = [];
  for (const part of partsOf(expression)) {
    if (columnsIn(part, frame.context).length > 0) continue;
    const operand = operandOf(part, frame);
    if (operand !== undefined) operands.push(operand);
  }
  return operator(name, expression, operands, frame);
}

function operator(name: string, expression: Expression, operands: readonly Operand[], frame: Frame): Predicate {
  collectQueries(expression, frame);
  const columns = columnsIn(expression, frame.context);
  const span = frame.context.span(expression);
  if (columns.length > 0) return { op: "operator", operator: name, columns, operands, span };
  const dynamic = dynamicName(expression, frame);
  if (dynamic !== undefined) {
    return { op: "opaque", restricts: dynamic.kind === "text" ? "unknown" : "yes", reason: "the column is chosen at run time", span };
  }
  if (operands.some((operand) => operand.kind === "subquery")) return { op: "operator", operator: name, columns, operands, span };
  const invariant = parametersIn(expression, frame.context).length > 0 && partsOf(expression).length > 0 && !hasQuery(expression);
  return { op: "opaque", restricts: "unknown", reason: "the condition names no column", ...(invariant ? { invariant } : {}), span };
}

function hasQuery(expression: Expression): boolean {
  return expression.kind === "query" || expression.kind === "exists" || expression.kind === "inQuery" || (expression.kind === "quantified" && expression.right.kind === "query") || partsOf(expression).some(hasQuery);
}

/** An expression whose value is true, false or null, by its form. */
function isCondition(expression: Expression): boolean {
  switch (expression.kind) {
    case "logical":
    case "not":
    case "isNull":
    case "isBoolean":
    case "inList":
    case "inQuery":
    case "quantified":
    case "between":
    case "like":
    case "exists":
      return true;
    case "binary":
      return comparisons[expression.op] !== undefined;
    default:
      return false;
  }
}

function isRow(expression: Expression): boolean {
  return expression.kind === "row" && expression.items.length > 1;
}

function binary(expression: Extract<Expression, { kind: "binary" }>, frame: Frame): Predicate {
  const { context } = frame;
  const { left, right } = expression;
  const comparison = comparisons[expression.op];
  if (comparison === undefined) return infix(expression, frame);
  if (isRow(left) || isRow(right)) return rows(expression, comparison, frame);
  const span = context.span(expression);
  const [condition, truthValue] = right.kind === "literal" ? [left, right.value] : [right, left.kind === "literal" ? left.value : undefined];
  // `(a = 5) = true` is `a = 5` to PostgreSQL, planner included.
  if (context.dialect === "postgresql" && typeof truthValue === "boolean" && (comparison === "=" || comparison === "<>") && isCondition(condition)) {
    const inner = predicateOf(condition, frame);
    return truthValue === (comparison === "=") ? inner : negate(inner, span, context.dialect);
  }
  if (context.prepared.slotsIn({ start: left.end, end: right.start }).some((slot) => slot.kind === "text")) {
    collectQueries(expression, frame);
    return { op: "opaque", restricts: "yes", reason: "the operator is chosen at run time", span };
  }
  const sides: readonly (readonly [Expression, Expression, ComparisonOperator])[] = [[left, right, comparison], [right, left, flip(comparison)]];
  // A hole in the place of a name on the left: `${column} = 1`.
  const holeLeft = left.kind === "column" ? holeIn(left, context) : undefined;
  if (holeLeft !== undefined && columnOf(right, context) === undefined) {
    operandOf(right, frame);
    return { op: "opaque", restricts: holeLeft.kind === "text" ? "unknown" : "yes", reason: "the column is chosen at run time", span };
  }
  for (const [subject, other, op] of sides) {
    const column = subjectOf(subject, context);
    if (column === undefined) continue;
    const operand = operandOf(other, frame);
    if (operand === undefined) break;
    return { op: "compare", column, operator: op, operand, span };
  }
  if (left.kind === "literal" && right.kind === "literal" && valueSlot(left, context) === undefined && valueSlot(right, context) === undefined) {
    const value = compareLiterals(left.value, right.value, comparison);
    if (value !== undefined) return { op: "constant", value, written: true, span };
  }
  return columnless(expression, comparison, frame);
}

const HINTS: ReadonlySet<string> = new Set(["likely", "unlikely", "likelihood"]);

/** `5 BETWEEN a AND b` is `a <= 5 AND b >= 5`: each bound may have an index. */
function betweenColumns(expression: Extract<Expression, { kind: "between" }>, frame: Frame): Predicate {
  const { item, low, high, negated, start, end } = expression;
  const side = (op: string, left: Expression): Predicate => predicateOf({ kind: "binary", op, left, right: item, start, end }, frame);
  return negated ? { op: "or", items: [side(">", low), side("<", high)] } : { op: "and", items: [side("<=", low), side(">=", high)] };
}

/** Operators that read the same from the right, by another name. */
const turned: Readonly<Record<string, string>> = { "@>": "<@", "<@": "@>", "&&": "&&", "@@": "@@", "=": "=" };

/** An operator beyond the comparisons, between a column and a value. */
function infix(expression: Extract<Expression, { kind: "binary" }>, frame: Frame): Predicate {
  const { left, right } = expression;
  const name = expression.op.toLowerCase();
  const turnedName = turned[name];
  const subject = subjectOf(left, frame.context);
  const span = frame.context.span(expression);
  if (subject?.others !== undefined) return columnless(expression, name, frame);
  if (subject !== undefined && columnsIn(right, frame.context).length === 0) {
    const operand = operandOf(right, frame);
    if (operand !== undefined) return { op: "operator", operator: name, columns: [subject], operands: [operand], span };
  }
  const other = subject === undefined && turnedName !== undefined ? columnOf(right, frame.context) : undefined;
  const operand = other === undefined ? undefined : operandOf(left, frame);
  if (turnedName !== undefined && other !== undefined && operand !== undefined) return { op: "operator", operator: turnedName, columns: [other], operands: [operand], span };
  return columnless(expression, name, frame);
}

/** `(a, b) = (1, 2)`: the rows are equal when each pair is; an order of rows is no order of the pairs. */
function rows(expression: Extract<Expression, { kind: "binary" }>, comparison: ComparisonOperator, frame: Frame): Predicate {
  const span = frame.context.span(expression);
  const pairs = pairsOf(expression.left, expression.right, frame);
  if (pairs === undefined) return columnless(expression, `row ${comparison}`, frame);
  switch (comparison) {
    case "=":
      return { op: "and", items: pairs.map(({ column, operand }): Predicate => ({ op: "compare", column, operator: "=", operand, span })) };
    case "<>":
      return { op: "or", items: pairs.map(({ column, operand }): Predicate => ({ op: "compare", column, operator: "<>", operand, span })) };
    case "<":
    case "<=":
    case ">":
    case ">=": {
      const written = pairs.every(({ flipped }) => flipped) ? flip(comparison) : comparison;
      return { op: "operator", operator: `row ${written}`, columns: pairs.map(({ column }) => column), operands: pairs.map(({ operand }) => operand), span };
    }
    case "is distinct":
    case "is not distinct":
      return columnless(expression, `row ${comparison}`, frame);
  }
}

interface Pair {
  readonly column: ColumnRef;
  readonly operand: Operand;
  /** The column stands on the right. */
  readonly flipped: boolean;
}

/** The columns of one row with the values of the other; undefined unless all columns stand on one side. */
function pairsOf(left: Expression, right: Expression, frame: Frame): readonly Pair[] | undefined {
  const [columns, values, flipped] = columnsIn(left, frame.context).length > 0 ? [left, right, false] : [right, left, true];
  if (columns.kind !== "row" || values.kind !== "row" || columns.items.length !== values.items.length) return undefined;
  const pairs = columns.items.map((item, at): Pair | undefined => {
    const column = subjectOf(item, frame.context);
    const value = values.items[at];
    const operand = value === undefined ? undefined : operandOf(value, frame);
    return column === undefined || operand === undefined ? undefined : { column, operand, flipped };
  });
  return pairs.every((pair) => pair !== undefined) ? pairs : undefined;
}

function compareLiterals(left: string | number | boolean | bigint | null, right: string | number | boolean | bigint | null, operator: ComparisonOperator): boolean | undefined {
  if (operator === "is distinct") return left !== right;
  if (operator === "is not distinct") return left === right;
  if (left === null || right === null) return false;
  if (typeof left !== typeof right) return undefined;
  switch (operator) {
    case "=":
      return left === right;
    case "<>":
      return left !== right;
    case "<":
      return left < right;
    case "<=":
      return left <= right;
    case ">":
      return left > right;
    case ">=":
      return left >= right;
  }
}

function inList(expression: Extract<Expression, { kind: "inList" }>, frame: Frame): Predicate {
  const { context } = frame;
  const span = context.span(expression);
  if (expression.list.length === 0) return { op: "constant", value: expression.negated, written: true, span };
  const column = isRow(expression.item) ? undefined : subjectOf(expression.item, context);
  if (isRow(expression.item)) {
    const choices = expression.list.map((item) => (item.kind === "row" ? pairsOf(expression.item, item, frame) : undefined));
    if (choices.every((pairs) => pairs !== undefined && pairs.every(({ flipped }) => !flipped))) {
      const items = choices.map((pairs): Predicate => ({ op: "and", items: (pairs ?? []).map(({ column: own, operand }): Predicate => ({ op: "compare", column: own, operator: "=", operand, span })) }));
      return negatedIf(expression.negated, items.length === 1 && items[0] !== undefined ? items[0] : { op: "or", items });
    }
  }
  const operands: Operand[] = [];
  let complete = column !== undefined;
  for (const item of expression.list) {
    const operand = operandOf(item, frame);
    if (operand === undefined) complete = false;
    else operands.push(operand);
  }
  if (column === undefined || !complete) return operator(`${isRow(expression.item) ? "row " : ""}${expression.negated ? "not in" : "in"}`, expression, operands, frame);
  const [only] = expression.list;
  const [operand] = operands;
  const slot = expression.list.length === 1 && only !== undefined ? valueSlot(only, context) : undefined;
  if (slot !== undefined && operand !== undefined && holdsList(slot)) {
    const items = context.holeOf(slot)?.items;
    const values: InPredicate["values"] = { kind: "array", operand, ...(items === undefined ? {} : { items }) };
    return { op: "in", column, negated: expression.negated, values, span };
  }
  return { op: "in", column, negated: expression.negated, values: { kind: "list", operands }, span };
}

/** May the only item of an IN list be expanded to many values? A driver does it for its own placeholders, a server never. */
function holdsList(slot: Slot): boolean {
  switch (slot.kind) {
    case "list":
    case "text":
      return true;
    case "value":
      return !slot.native;
    case "identifier":
    case "quoted":
    case "escaped":
      return false;
  }
}

function quantified(expression: Extract<Expression, { kind: "quantified" }>, frame: Frame): Predicate {
  const { context } = frame;
  const span = context.span(expression);
  const column = isRow(expression.item) ? undefined : subjectOf(expression.item, context);
  const isIn = (expression.op === "=" && !expression.all) || ((expression.op === "<>" || expression.op === "!=") && expression.all);
  const name = `${expression.op} ${expression.all ? "all" : "any"}`;
  if (column === undefined || !isIn) {
    const value = column === undefined || columnsIn(expression.right, context).length > 0 ? undefined : operandOf(expression.right, frame);
    return column === undefined || value === undefined ? columnless(expression, name, frame) : { op: "operator", operator: name, columns: [column, ...(column.others ?? [])], operands: [value], span };
  }
  const negated = expression.all;
  const right = expression.right;
  if (right.kind === "query" && !right.array) return { op: "in", column, negated, values: { kind: "subquery", statement: frame.query(right.query, "in") }, span };
  const array = right.kind === "cast" ? right.item : right;
  if (array.kind === "array") {
    const element = right.kind === "cast" ? right.type.replace(/\[\]$/u, "") : undefined;
    const operands = array.items.map((item) => {
      const operand = operandOf(item, frame);
      return operand?.kind === "literal" || operand?.kind === "parameter" || operand?.kind === "expression" ? { ...operand, ...(element === undefined ? {} : { sqlType: element }) } : operand;
    });
    if (operands.every((operand) => operand !== undefined)) return { op: "in", column, negated, values: { kind: "list", operands }, span };
  }
  const operand = operandOf(right, frame);
  if (operand === undefined || operand.kind === "column") return columnless(expression, name, frame);
  const slot = valueSlot(array, context);
  const items = slot === undefined ? undefined : context.holeOf(slot)?.items;
  return { op: "in", column, negated, values: { kind: "array", operand, ...(items === undefined ? {} : { items }) }, span };
}

/** The text of a pattern before its first wildcard; undefined when that is not known. */
function prefixOf(pattern: Expression, escape: string | undefined, frame: Frame): string | undefined {
  const lead = leading(pattern, frame);
  let prefix = "";
  for (let index = 0; index < lead.text.length; index++) {
    const character = lead.text.charAt(index);
    if (character === "%" || character === "_") return prefix;
    if (character === escape && index + 1 < lead.text.length) {
      index++;
      prefix += lead.text.charAt(index);
    } else prefix += character;
  }
  return lead.complete ? prefix : undefined;
}

/** The text an expression certainly begins with, and whether that is all of it. */
function leading(expression: Expression, frame: Frame): { readonly text: string; readonly complete: boolean } {
  const { context } = frame;
  switch (expression.kind) {
    case "literal": {
      if (typeof expression.value !== "string") return { text: "", complete: false };
      const [slot] = expression.end > expression.start ? context.prepared.slotsIn(expression) : [];
      if (slot === undefined) return { text: expression.value, complete: true };
      if (slot.kind !== "quoted") return { text: "", complete: false };
      const span = context.span(expression);
      const lead = context.sql.text.slice(span.start, slot.start);
      return { text: lead.slice(lead.indexOf("'") + 1), complete: false };
    }
    case "binary": {
      if (expression.op !== "||") return { text: "", complete: false };
      return joined([expression.left, expression.right], frame);
    }
    case "call":
      return expression.name.toLowerCase() === "concat" ? joined(expression.args, frame) : { text: "", complete: false };
    case "cast":
      return leading(expression.item, frame);
    default:
      return { text: "", complete: false };
  }
}

function joined(parts: readonly Expression[], frame: Frame): { readonly text: string; readonly complete: boolean } {
  let text = "";
  for (const part of parts) {
    const lead = leading(part, frame);
    text += lead.text;
    if (!lead.complete) return { text, complete: false };
  }
  return { text, complete: true };
}
