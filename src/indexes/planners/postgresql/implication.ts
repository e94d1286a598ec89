/**
 * Does a filter imply the condition of a partial index? What predtest.c proves, and nothing more: the same term, a strict
 * operator for IS NOT NULL, and simple comparisons with constants. The value of a parameter is known to a plan made for
 * that value only, so that it proves nothing and excludes nothing.
 */
import { triAnd, triOr, type Tri } from "../../../base/tri.js";
import type { ColumnRef, Operand, Predicate } from "../../../query/model.js";
import type { Relation } from "../../columns.js";
import { columnsOf } from "../../columns.js";
import { expressionNames } from "../../expression.js";
import { canonical, namesIn, parseExpression, type Node } from "../../syntax.js";
import { normalise } from "./rewrite.js";
import { keyOfSubject, subjectOf, type Subject } from "./subjects.js";
import { familyOf } from "./types.js";

const NOWHERE = { start: 0, end: 0 };

/** One AND-term of the condition of an index, as predicate and as text. */
export interface Term {
  /** Undefined when it is not understood. */
  readonly predicate: Predicate | undefined;
  readonly text: string;
}

/** The terms of an index's condition. */
export function termsOf(condition: string): readonly Term[] {
  const node = parseExpression(condition);
  if (node === undefined) return [{ predicate: undefined, text: condition }];
  const items = node.kind === "logical" && node.op === "and" ? node.items : [node];
  return items.map((item) => {
    const predicate = predicateOf(item);
    return { predicate: predicate && normalise(predicate), text: written(item) };
  });
}

/** Readable SQL of a term. */
function written(node: Node): string {
  const text = canonical(node)
    .replace(/"([a-z_][a-z0-9_]*)"/gu, "$1")
    .replace(/\b(is|not|null|and|or|in|between|like)\b/gu, (word) => word.toUpperCase());
  return text.startsWith("(") && text.endsWith(")") ? text.slice(1, -1) : text;
}

function referenceOf(node: Node): ColumnRef | undefined {
  if (node.kind === "name") return { name: node.name, span: NOWHERE, wrappers: [] };
  const [name, ...others] = namesIn(node);
  if (name === undefined) return undefined;
  const more = others.map((other): ColumnRef => ({ name: other, span: NOWHERE, wrappers: [] }));
  return { name, span: NOWHERE, wrappers: [{ kind: "arithmetic" }], text: canonical(node), ...(more.length === 0 ? {} : { others: more }) };
}

function operandOf(node: Node): Operand | undefined {
  switch (node.kind) {
    case "literal":
      return { kind: "literal", value: node.value, ...(typeof node.value === "number" && /[.e]/iu.test(node.written) ? { sqlType: "numeric" } : {}) };
    case "cast":
      return operandOf(node.item);
    case "name": {
      const column = referenceOf(node);
      return column && { kind: "column", column };
    }
    default:
      return undefined;
  }
}

const COMPARISONS = ["=", "<>", "<", "<=", ">", ">="] as const;
const FLIPPED = { "=": "=", "<>": "<>", "<": ">", "<=": ">=", ">": "<", ">=": "<=" } as const;

/** The condition of an index in the words of the query model. */
function predicateOf(node: Node): Predicate | undefined {
  switch (node.kind) {
    case "logical": {
      const items = node.items.map(predicateOf);
      return items.every((item) => item !== undefined) ? { op: node.op, items } : undefined;
    }
    case "not": {
      const item = predicateOf(node.item);
      return item && { op: "not", item };
    }
    case "name": {
      const column = referenceOf(node);
      return column && { op: "boolean", column, value: true, form: "bare", span: NOWHERE };
    }
    case "literal":
      return typeof node.value === "boolean" ? { op: "constant", value: node.value, written: true } : undefined;
    case "null": {
      const column = referenceOf(node.item);
      return column && { op: "null", column, negated: node.negated, span: NOWHERE };
    }
    case "truth": {
      const column = node.value === "unknown" ? undefined : referenceOf(node.item);
      if (column === undefined || node.value === "unknown") return undefined;
      const predicate: Predicate = { op: "boolean", column, value: node.value, form: "is", span: NOWHERE };
      return node.negated ? { op: "not", item: predicate } : predicate;
    }
    case "in": {
      const column = referenceOf(node.item);
      const operands = node.items.map(operandOf);
      return column !== undefined && operands.every((operand) => operand !== undefined) ? { op: "in", column, negated: node.negated, values: { kind: "list", operands }, span: NOWHERE } : undefined;
    }
    case "between": {
      const column = referenceOf(node.item);
      const low = operandOf(node.low);
      const high = operandOf(node.high);
      return column && low && high && { op: "between", column, negated: node.negated, low, high, span: NOWHERE };
    }
    case "binary": {
      const operator = COMPARISONS.find((candidate) => candidate === node.op);
      if (operator === undefined) return undefined;
      const [subject, other, turned] = namesIn(node.left).length > 0 ? [node.left, node.right, operator] : [node.right, node.left, FLIPPED[operator]];
      const column = referenceOf(subject);
      const operand = operandOf(other);
      return column && operand && { op: "compare", column, operator: turned, operand, span: NOWHERE };
    }
    case "parameter":
    case "call":
    case "cast":
    case "collate":
    case "unary":
    case "array":
      return undefined;
  }
}

export interface Implication {
  readonly answer: Tri;
  /** Terms that the filter does not imply. */
  readonly lacks: readonly string[];
  /** The value of a parameter decides. */
  readonly parameter: boolean;
}

/** Does the conjunction imply the condition? */
export function implies(conjuncts: readonly Predicate[], condition: string, relation: Relation): Implication {
  const prover = new Prover(relation);
  const answers = termsOf(condition).map((term) => ({ term, answer: prover.term(conjuncts, term) }));
  return { answer: triAnd(answers.map(({ answer }) => answer)), lacks: answers.flatMap(({ term, answer }) => (answer === "yes" ? [] : [term.text])), parameter: prover.parameter };
}

/** Does the condition of an index say all that the predicate says? */
export function isImpliedBy(condition: string, predicate: Predicate, relation: Relation): boolean {
  const given = termsOf(condition).flatMap((term) => term.predicate ?? []);
  return new Prover(relation).term(given, { predicate, text: "" }) === "yes";
}

/** Longer lists are taken for no list of comparisons (MAX_SAOP_ARRAY_SIZE). */
const LONGEST_LIST = 100;

/** A list as the comparisons that it means. */
function listed({ column, span, negated, values }: Extract<Predicate, { op: "in" }>): readonly Predicate[] | undefined {
  if (values.kind !== "list" || values.operands.length > LONGEST_LIST) return undefined;
  return values.operands.map((operand): Predicate => ({ op: "compare", column, operator: negated ? "<>" : "=", operand, span }));
}

class Prover {
  readonly #relation: Relation;
  /** A parameter was met that might have had the value. */
  parameter = false;

  constructor(relation: Relation) {
    this.#relation = relation;
  }

  term(conjuncts: readonly Predicate[], { predicate, text }: Term): Tri {
    if (predicate !== undefined) return this.#byAll(conjuncts, predicate);
    // Not understood: only a filter that speaks of none of its columns certainly does not imply it.
    const speaks = conjuncts.some((conjunct) => {
      const { columns, complete } = columnsOf(conjunct);
      return !complete || columns.some((column) => expressionNames(text, column.name));
    });
    return speaks ? "unknown" : "no";
  }

  #byAll(conjuncts: readonly Predicate[], wanted: Predicate): Tri {
    const direct = (): Tri => triOr(conjuncts.map((conjunct) => this.#byOne(conjunct, wanted)));
    switch (wanted.op) {
      case "and":
        return triAnd(wanted.items.map((item) => this.#byAll(conjuncts, item)));
      case "or":
        return triOr([...wanted.items.map((item) => this.#byAll(conjuncts, item)), direct()]);
      case "in": {
        const items = listed(wanted);
        if (items === undefined) return direct();
        const each = items.map((item) => this.#byAll(conjuncts, item));
        return triOr([wanted.negated ? triAnd(each) : triOr(each), direct()]);
      }
      case "constant":
        return wanted.value ? "yes" : "no";
      default:
        return direct();
    }
  }

  #byOne(given: Predicate, wanted: Predicate): Tri {
    switch (given.op) {
      case "optional":
        return this.#byOne(given.item, wanted) === "no" ? "no" : "unknown";
      case "and":
        return this.#byAll(given.items, wanted);
      case "or":
        return triAnd(given.items.map((item) => this.#byOne(item, wanted)));
      case "constant":
        return given.value ? "no" : "yes";
      case "opaque":
        return given.restricts === "no" || given.invariant === true ? "no" : "unknown";
      case "exists":
      case "relation":
        // They speak of other tables; what they say about this one is the key they join by, never null.
        return wanted.op === "null" && wanted.negated ? "unknown" : "no";
      case "in": {
        const items = wanted.op === "null" && wanted.negated ? undefined : listed(given);
        if (items === undefined) return this.#wanted(given, wanted);
        return triOr([this.#wanted(given, wanted), given.negated ? this.#byAll(items, wanted) : triAnd(items.map((item) => this.#byOne(item, wanted)))]);
      }
      default:
        return this.#wanted(given, wanted);
    }
  }

  /** One condition against a wanted tree. */
  #wanted(given: Predicate, wanted: Predicate): Tri {
    switch (wanted.op) {
      case "and":
        return triAnd(wanted.items.map((item) => this.#wanted(given, item)));
      case "or":
        return triOr(wanted.items.map((item) => this.#wanted(given, item)));
      case "in": {
        const items = listed(wanted) ?? [];
        return triOr([this.#atom(given, wanted), items.length === 0 ? "no" : (wanted.negated ? triAnd : triOr)(items.map((item) => this.#atom(given, item)))]);
      }
      default:
        return this.#atom(given, wanted);
    }
  }

  #subject(reference: ColumnRef): Subject | undefined {
    const found = subjectOf(reference, this.#relation);
    return found.kind === "subject" ? found.subject : undefined;
  }

  #key(reference: ColumnRef): string | undefined {
    const subject = this.#subject(reference);
    return subject && keyOfSubject(subject);
  }

  #atom(given: Predicate, wanted: Predicate): Tri {
    if (wanted.op === "constant") return wanted.value ? "yes" : "no";
    if (wanted.op === "null" && wanted.negated) return this.#notNull(given, wanted.column);
    const [wantedColumn] = columnsOf(wanted).columns;
    const about = columnsOf(given);
    if (!about.complete) return "unknown";
    if (wantedColumn === undefined) return "no";
    // `a > ANY (…)` and `a <@ range` may become comparisons.
    if (given.op === "operator" && wanted.op === "compare" && /^(?:<@|@>)$| (?:any|all)$/u.test(given.operator) && given.columns.some((column) => this.#sameKey(column, wanted.column) !== "no")) return "unknown";
    if (given.op !== "compare" && given.op !== "boolean" && given.op !== "null" && given.op !== "in" && given.op !== "like" && given.op !== "not") return "no";
    const same = this.#same(given, wanted);
    if (same !== "no") return same;
    switch (given.op) {
      case "compare":
        return this.#comparison(given, wanted);
      case "in":
        // A list that is not known may hold just what is wanted.
        return given.values.kind === "array" && wanted.op === "compare" && this.#key(given.column) === this.#key(wanted.column) ? this.#maybe() : "no";
      default:
        return "no";
    }
  }

  #maybe(): Tri {
    this.parameter = true;
    return "unknown";
  }

  /** Are they the same condition, in other spellings at most? */
  #same(given: Predicate, wanted: Predicate): Tri {
    if (given.op === "not" && wanted.op === "not") return this.#same(given.item, wanted.item);
    if (given.op !== wanted.op) return "no";
    switch (given.op) {
      case "null":
        return wanted.op === "null" && given.negated === wanted.negated && given.unknown === wanted.unknown ? this.#sameKey(given.column, wanted.column) : "no";
      case "boolean":
        return wanted.op === "boolean" && given.value === wanted.value && given.form === wanted.form ? this.#sameKey(given.column, wanted.column) : "no";
      case "compare": {
        if (wanted.op !== "compare" || given.operator !== wanted.operator) return "no";
        const { operand } = given;
        if (operand.kind === "column" && wanted.operand.kind === "column") return triAnd([this.#sameKey(given.column, wanted.column), this.#sameKey(operand.column, wanted.operand.column)]);
        if (operand.kind !== "literal" || wanted.operand.kind !== "literal") return "no";
        return operand.value === wanted.operand.value && operand.sqlType === wanted.operand.sqlType ? this.#sameKey(given.column, wanted.column) : "no";
      }
      case "in": {
        if (wanted.op !== "in" || given.negated !== wanted.negated || given.values.kind !== "list" || wanted.values.kind !== "list") return "no";
        const others = wanted.values.operands;
        const equal = given.values.operands.length === others.length && given.values.operands.every((operand, at) => operand.kind === "literal" && others[at]?.kind === "literal" && others[at].value === operand.value);
        return equal ? this.#sameKey(given.column, wanted.column) : "no";
      }
      default:
        return "no";
    }
  }

  #sameKey(left: ColumnRef, right: ColumnRef): Tri {
    const [one, other] = [this.#subject(left), this.#subject(right)];
    if (one === undefined || other === undefined) return "no";
    const [key, otherKey] = [keyOfSubject(one), keyOfSubject(other)];
    if (key === undefined || otherKey === undefined) return one.columns.some((column) => other.columns.includes(column)) ? "unknown" : "no";
    return key === otherKey ? "yes" : "no";
  }

  /** clause_is_strict_for: the condition is not true of a null there. */
  #notNull(given: Predicate, wanted: ColumnRef): Tri {
    const within = (reference: ColumnRef): Tri => this.#strictIn(reference, wanted);
    switch (given.op) {
      case "compare":
        if (given.operator === "is distinct" || given.operator === "is not distinct") return "no";
        return triOr([within(given.column), given.operand.kind === "column" ? within(given.operand.column) : "no"]);
      case "in":
        // `<> ALL (empty array)` is true even of null, and only a written list is known not to be empty.
        return given.negated && given.values.kind !== "list" ? "no" : given.values.kind === "subquery" ? (within(given.column) === "no" ? "no" : "unknown") : within(given.column);
      case "like":
      case "between":
        return within(given.column);
      case "boolean":
        // To version 18 `x IS TRUE` proves nothing but itself.
        return given.form === "bare" ? within(given.column) : "no";
      case "null":
        return given.negated && given.unknown !== true ? this.#sameKey(given.column, wanted) : "no";
      case "operator":
        return triOr(given.columns.map(within)) === "no" ? "no" : given.columns.length === 1 && /^[^a-z]+$|^(?:starts_with|similar to)$/u.test(given.operator) ? triOr(given.columns.map(within)) : "unknown";
      case "not":
        return given.item.op !== "boolean" && columnsOf(given).columns.some((column) => within(column) !== "no") ? "unknown" : "no";
      default:
        return "no";
    }
  }

  /** Is the expression null whenever the wanted one is? */
  #strictIn(reference: ColumnRef, wanted: ColumnRef): Tri {
    const [subject, other] = [this.#subject(reference), this.#subject(wanted)];
    if (subject === undefined || other === undefined) return "no";
    const key = keyOfSubject(other);
    if (subject.node === undefined || key === undefined) return subject.columns.some((column) => other.columns.includes(column)) ? "unknown" : "no";
    return strictFor(subject.node, key);
  }

  /** operator_predicate_proof: the same expression compared with two constants. */
  #comparison(given: Extract<Predicate, { op: "compare" }>, wanted: Predicate): Tri {
    if (wanted.op === "boolean") return given.operator === "=" && given.operand.kind === "parameter" && this.#sameKey(given.column, wanted.column) !== "no" ? this.#maybe() : "no";
    if (wanted.op !== "compare") return "no";
    const same = this.#sameKey(given.column, wanted.column);
    if (same !== "yes") return same;
    if (given.operand.kind === "parameter") return provable(given.operator, wanted.operator) ? this.#maybe() : "no";
    // `2 + 3` and `lower('X')` are worked out before the proof.
    if (given.operand.kind === "expression" && given.operand.volatile !== "yes" && provable(given.operator, wanted.operator)) return "unknown";
    if (given.operand.kind !== "literal" || wanted.operand.kind !== "literal") return "no";
    if (!provable(given.operator, wanted.operator)) return "no";
    const order = compareConstants(given.operand, wanted.operand, this.#subject(given.column));
    if (order === undefined) return "unknown";
    if (order === "unequal") return given.operator === "=" ? (wanted.operator === "<>" ? "yes" : wanted.operator === "=" ? "no" : "unknown") : given.operator === "<>" || wanted.operator === "=" ? "no" : "unknown";
    return follows(given.operator, wanted.operator, order) ? "yes" : "no";
  }
}

/** Functions that a null argument makes null need no list: these are the ones of which it is not so. */
const NOT_STRICT: ReadonlySet<string> = new Set(["coalesce", "nullif", "greatest", "least", "concat", "concat_ws", "format", "quote_nullable", "num_nulls", "num_nonnulls", "json_build_object", "jsonb_build_object"]);
const STRICT: ReadonlySet<string> = new Set(["lower", "upper", "trim", "btrim", "ltrim", "rtrim", "length", "char_length", "abs", "round", "floor", "ceil", "date_trunc", "date_part", "extract", "date", "md5", "substring", "substr", "left", "right", "replace", "initcap", "reverse", "timezone", "to_char", "to_tsvector", "split_part"]);

function strictFor(node: Node, key: string): Tri {
  if (canonical(node) === key) return "yes";
  switch (node.kind) {
    case "cast":
    case "collate":
    case "unary":
      return strictFor(node.item, key);
    case "binary":
      return triOr([strictFor(node.left, key), strictFor(node.right, key)]);
    case "call": {
      const inner = triOr(node.args.map((argument) => strictFor(argument, key)));
      if (inner === "no" || NOT_STRICT.has(node.name)) return "no";
      return STRICT.has(node.name) ? inner : "unknown";
    }
    default:
      return namesIn(node).some((name) => `"${name.toLowerCase()}"` === key) ? "unknown" : "no";
  }
}

type Operator = Extract<Predicate, { op: "compare" }>["operator"];

/** Can a comparison of the one kind imply one of the other, for some constants? */
function provable(given: Operator, wanted: Operator): boolean {
  if (given === "is distinct" || given === "is not distinct" || wanted === "is distinct" || wanted === "is not distinct") return false;
  if (given === "=") return true;
  if (given === "<>") return wanted === "<>";
  if (wanted === "<>") return true;
  return wanted !== "=" && given.startsWith(wanted.slice(0, 1));
}

/** `order`: how the given constant compares with the wanted one. */
function follows(given: Operator, wanted: Operator, order: number): boolean {
  switch (given) {
    case "=":
      switch (wanted) {
        case "=":
          return order === 0;
        case "<>":
          return order !== 0;
        case "<":
          return order < 0;
        case "<=":
          return order <= 0;
        case ">":
          return order > 0;
        default:
          return order >= 0;
      }
    case "<>":
      return order === 0;
    case "<":
      return wanted === "<" || wanted === "<=" || wanted === "<>" ? order <= 0 : false;
    case "<=":
      return wanted === "<=" ? order <= 0 : order < 0;
    case ">":
      return wanted === ">" || wanted === ">=" || wanted === "<>" ? order >= 0 : false;
    default:
      return wanted === ">=" ? order >= 0 : order > 0;
  }
}

type Literal = Extract<Operand, { kind: "literal" }>;

/** Negative, zero, positive; `unequal` where only that is known; undefined where nothing is. */
function compareConstants(left: Literal, right: Literal, subject: Subject | undefined): number | "unequal" | undefined {
  const [one, other] = [left.value, right.value];
  if (one === null || other === null) return undefined;
  if (typeof one === "number" || typeof one === "bigint") {
    const plain = (operand: Literal): boolean => operand.sqlType === undefined || familyOf(subject?.type) !== "integer";
    if ((typeof other !== "number" && typeof other !== "bigint") || !plain(left) || !plain(right)) return undefined;
    return one < other ? -1 : one > other ? 1 : 0;
  }
  if (typeof one !== "string" || typeof other !== "string") return undefined;
  const family = familyOf(subject?.type);
  if (family === "datetime") {
    // Written alike, to the day, they are ordered like their texts.
    const isDay = (text: string): boolean => /^\d{4}-\d{2}-\d{2}$/u.test(text);
    return one === other ? 0 : isDay(one) && isDay(other) ? (one < other ? -1 : 1) : undefined;
  }
  if (family === "text" || family === "enum") return one === other ? 0 : "unequal";
  return one === other ? 0 : undefined;
}
