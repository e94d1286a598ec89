/** The walk over a predicate: what AND, OR, NOT and optional conditions make of the paths of single conditions. */
import { unreachable } from "../base/exhaustive.js";
import type { ColumnRef, OrderItem, Predicate } from "../query/model.js";
import type { Index } from "../schema/model.js";
import type { AccessPath, AccessQuestion, AccessReason } from "./access.js";
import { columnsOf, correlations, findColumn, resolve, type Relation } from "./columns.js";
import { implies } from "./implication.js";
import { conjunctsOf, negate } from "./logic.js";
import type { Planner } from "./planners/contract.js";
import { bestOf, leads, mentions, Service, withNearest, type Outcome } from "./service.js";

/** The access path as one planner sees it. */
export function walk(question: AccessQuestion, planner: Planner): AccessPath {
  const { table } = question;
  if (table.view === true) return { verdict: "unknown", reason: "view" };
  if (table.uncertain !== undefined) return { verdict: "unknown", reason: "uncertain-table" };
  return new Walk(question, planner).path();
}

class Walk {
  readonly #relation: Relation;
  readonly #predicate: Predicate;
  readonly #order: readonly OrderItem[];
  readonly #planner: Planner;
  readonly #indexes: readonly Index[];
  readonly #service: Service;
  readonly #related: NonNullable<AccessQuestion["related"]>;

  constructor(question: AccessQuestion, planner: Planner) {
    this.#relation = { table: question.table, alias: question.alias, alone: question.alone ?? true };
    this.#predicate = question.predicate;
    this.#order = question.order ?? [];
    this.#planner = planner;
    this.#indexes = planner.indexesOf(question.table);
    this.#related = question.related ?? (() => undefined);
    this.#service = new Service(this.#relation, this.#indexes, planner);
  }

  path(): AccessPath {
    const outcome = this.#visit(this.#predicate, conjunctsOf(this.#predicate));
    if (outcome === undefined) return { verdict: "unknown", reason: "no-filter" };
    if (outcome.verdict !== "unusable") return outcome;
    const scanned = this.#partialScan();
    if (scanned !== undefined) return { verdict: "unknown", reason: "partial-scan", nearest: scanned };
    const ordered = this.#orderIndex();
    return ordered === undefined ? outcome : { ...outcome, ordered };
  }

  #visit(predicate: Predicate, ambient: readonly Predicate[]): Outcome {
    switch (predicate.op) {
      case "and":
        return bestOf(predicate.items.map((item) => this.#visit(item, ambient)), this.#relation);
      case "or":
        return this.#visitOr(predicate.items, ambient);
      case "not":
        return this.#visitNot(predicate.item, ambient);
      case "constant":
        return predicate.value ? undefined : { verdict: "usable", reason: "never-true" };
      case "optional": {
        // Present, it can only help; absent, it says nothing.
        const outcome = this.#visit(predicate.item, [...ambient, ...conjunctsOf(predicate.item)]);
        return outcome?.verdict === "usable" ? { ...outcome, verdict: "unknown", reason: "optional" } : outcome;
      }
      case "compare":
        return this.#visitCompare(predicate, ambient);
      case "in":
        if (predicate.values.kind === "subquery") return this.#service.test(predicate.column, { kind: predicate.negated ? "unequal" : "semi-join" }, ambient);
        return predicate.negated
          ? this.#service.test(predicate.column, { kind: "unequal" }, ambient)
          : this.#service.test(predicate.column, { kind: "equal", list: true, operands: predicate.values.kind === "list" ? predicate.values.operands : [] }, ambient);
      case "like":
        return predicate.negated
          ? this.#service.test(predicate.column, { kind: "unequal" }, ambient)
          : this.#service.test(predicate.column, { kind: "like", insensitive: predicate.insensitive, prefix: predicate.prefix, pattern: predicate.pattern }, ambient);
      case "null":
        return this.#service.test(predicate.column, { kind: predicate.negated ? "not-null" : "null" }, ambient);
      case "between":
        return predicate.negated
          ? this.#atMost(this.#service.test(predicate.column, { kind: "range", operands: [predicate.low, predicate.high] }, ambient), "not")
          : this.#service.test(predicate.column, { kind: "range", operands: [predicate.low, predicate.high] }, ambient);
      case "boolean":
        return this.#service.test(predicate.column, { kind: "boolean", value: predicate.value, form: predicate.form }, ambient);
      case "operator":
        return this.#visitOperator(predicate);
      case "exists":
        return this.#visitExists(predicate);
      case "relation":
        return this.#relationOutcome(predicate.relation, predicate.item, false);
      case "opaque":
        return predicate.restricts === "no" ? undefined : { verdict: "unknown", reason: "opaque" };
      default:
        return unreachable(predicate);
    }
  }

  /**
   * Every arm must be served (PostgreSQL 11.5 bitmap OR, MySQL 10.2.1.3 index merge, SQLite OR optimisation). An optional
   * arm may be missing: what the required arms prove unusable stays so; what only an optional arm spoils is unknown.
   */
  #visitOr(items: readonly Predicate[], ambient: readonly Predicate[]): Outcome {
    const required: Outcome[] = [];
    const optional: Outcome[] = [];
    for (const item of items) {
      if (item.op === "constant" && !item.value) continue;
      const inner = item.op === "optional" ? item.item : item;
      const outcome = this.#visit(inner, [...ambient, ...conjunctsOf(inner)]);
      (item.op === "optional" ? optional : required).push(outcome);
    }
    const all = [...required, ...optional];
    if (all.length === 0) return items.length === 0 ? undefined : { verdict: "usable", reason: "never-true" };
    // No arm speaks of this table, or one arm is always true: nothing is selected.
    if (all.every((outcome) => outcome === undefined)) return undefined;
    if (items.some((item) => item.op === "constant" && item.value)) return undefined;
    const spoils = (outcome: Outcome): boolean => outcome === undefined || outcome.verdict === "unusable";
    const proved = required.length > 0 ? required.some(spoils) : optional.every(spoils);
    if (proved) {
      const arm = all.find((outcome) => outcome?.verdict === "unusable");
      if (arm !== undefined && all.every(spoils)) return arm;
      return { ...(arm ?? { verdict: "unusable" }), reason: "or" };
    }
    if (optional.some(spoils) || required.length === 0) return { verdict: "unknown", reason: "optional" };
    const unknown = all.find((outcome) => outcome?.verdict === "unknown");
    if (unknown !== undefined) return unknown;
    const columns = new Set(all.map((outcome) => outcome?.column));
    if (!this.#planner.mergesIndexesInJoins && columns.size > 1 && !this.#relation.alone) return { verdict: "unknown", reason: "index-merge" };
    return all[0];
  }

  #visitNot(item: Predicate, ambient: readonly Predicate[]): Outcome {
    const negated = negate(item);
    if (negated === undefined) return this.#mentioned(item, "not");
    const outcome = this.#visit(negated, ambient);
    // Where NOT is not pushed inwards, a proof that the pushed form is useless holds all the same.
    return this.#planner.pushesNot ? outcome : this.#atMost(outcome, "not");
  }

  #visitCompare(predicate: Extract<Predicate, { op: "compare" }>, ambient: readonly Predicate[]): Outcome {
    const { column, operator, operand } = predicate;
    if (operand.kind === "column") return this.#visitColumns(predicate, operand.column, ambient);
    switch (operator) {
      case "=":
        return this.#service.test(column, { kind: "equal", operands: [operand], list: false }, ambient);
      case "<":
      case "<=":
      case ">":
      case ">=":
        return this.#service.test(column, { kind: "range", operands: [operand] }, ambient);
      case "<>":
        // PostgreSQL reads `flag <> true` as `NOT flag`.
        return operand.kind === "literal" && typeof operand.value === "boolean"
          ? this.#service.test(column, { kind: "boolean", value: !operand.value, form: "bare" }, ambient)
          : this.#service.test(column, { kind: "unequal" }, ambient);
      case "is distinct":
        return this.#service.test(column, { kind: "unequal" }, ambient);
      case "is not distinct":
        return this.#service.test(column, this.#planner.looksUpNotDistinct ? { kind: "equal", operands: [operand], list: false } : { kind: "unequal" }, ambient);
    }
  }

  /** A join condition, a comparison within the row, or one of two other relations. */
  #visitColumns(predicate: Extract<Predicate, { op: "compare" }>, other: ColumnRef, ambient: readonly Predicate[]): Outcome {
    const left = resolve(predicate.column, this.#relation);
    const right = resolve(other, this.#relation);
    if (left.kind === "unknown" || right.kind === "unknown") return { verdict: "unknown", reason: "unknown-column" };
    if (left.kind === "foreign" && right.kind === "foreign") return undefined;
    if (left.kind === "own" && right.kind === "own") {
      // `a = b AND b = 5` makes planners conclude `a = 5`.
      const indexed = this.#indexes.some((index) => mentions(index, left.column) || mentions(index, right.column));
      return { verdict: predicate.operator === "=" && indexed ? "unknown" : "unusable", reason: "same-row", column: left.column.name };
    }
    const own = left.kind === "own" ? predicate.column : other;
    switch (predicate.operator) {
      case "=":
      case "is not distinct":
        return this.#service.test(own, { kind: "equal", operands: [], list: false }, ambient);
      case "<":
      case "<=":
      case ">":
      case ">=":
        return this.#service.test(own, { kind: "range", operands: [] }, ambient);
      case "<>":
      case "is distinct":
        return this.#service.test(own, { kind: "unequal" }, ambient);
    }
  }

  #visitOperator(predicate: Extract<Predicate, { op: "operator" }>): Outcome {
    const { columns, complete } = columnsOf(predicate);
    if (!complete) return { verdict: "unknown", reason: "operator" };
    const resolved = columns.map((column) => resolve(column, this.#relation));
    if (resolved.some((item) => item.kind === "unknown")) return { verdict: "unknown", reason: "unknown-column" };
    const own = resolved.flatMap((item) => (item.kind === "own" ? [item.column] : []));
    const [first] = own;
    if (first === undefined) return undefined;
    const mentioning = this.#indexes.filter((index) => own.some((column) => mentions(index, column)));
    if (mentioning.length === 0) return { verdict: "unusable", reason: "no-index", column: first.name };
    const operator = predicate.operator.toLowerCase();
    // Operators that no B-tree and no hash index has (PostgreSQL manual 11.2, 65.1).
    if (this.#planner.beyondBtree.has(operator) && mentioning.every((index) => index.method === "btree" || index.method === "hash")) {
      return withNearest({ verdict: "unusable", reason: "method", column: first.name }, mentioning[0]);
    }
    return { verdict: "unknown", reason: "operator", column: first.name };
  }

  #visitExists(predicate: Extract<Predicate, { op: "exists" }>): Outcome {
    if (predicate.relation !== undefined) return this.#relationOutcome(predicate.relation, predicate.item, predicate.negated);
    if (predicate.negated) return { verdict: "unusable", reason: "anti-join" };
    const outer = predicate.statement === undefined ? [] : correlations(predicate.statement, this.#relation);
    const own = outer.flatMap((reference) => {
      const found = resolve(reference, this.#relation);
      return found.kind === "own" ? [found.column] : [];
    });
    // Turned into a semi-join, the table may become the inner side: then an index on the correlated column serves.
    const [first] = own;
    return first !== undefined && own.length === outer.length && !this.#indexes.some((index) => own.some((column) => mentions(index, column)))
      ? { verdict: "unusable", reason: "no-index", column: first.name }
      : { verdict: "unknown", reason: "subquery" };
  }

  /**
   * A filter on a related row. The planner may start from the other side, where an index serves what the related row
   * must fulfil, and come in by the key: by its index where this table holds it, by this table's own key otherwise.
   * Without an index on the other side one of the two tables is read as a whole.
   */
  #relationOutcome(name: string, item: Predicate | undefined, negated: boolean): Outcome {
    if (negated) return { verdict: "unusable", reason: "anti-join" };
    const relation = this.#relation.table.relations.find((candidate) => candidate.name === name);
    if (relation === undefined) return { verdict: "unknown", reason: "relation" };
    const [first] = relation.columns;
    const column = first === undefined ? undefined : findColumn({ name: first }, this.#relation.table);
    if (column !== undefined && !this.#indexes.some((index) => mentions(index, column))) return { verdict: "unusable", reason: "no-index", column: column.name };
    const own = column === undefined ? {} : { column: column.name };
    const table = item === undefined ? undefined : this.#related(this.#relation.table, relation);
    if (item === undefined || table === undefined) return { verdict: "unknown", reason: "relation", ...own };
    const path = walk({ table, predicate: item, dialect: this.#planner.dialect, alone: true, related: this.#related }, this.#planner);
    return path.verdict === "unusable" ? { verdict: "unusable", reason: "related", through: path.through ?? { table, predicate: item, path } } : { verdict: "unknown", reason: "relation", ...own };
  }

  /** The fallback for shapes that are not modelled: without an index on any column named, nothing can serve. */
  #mentioned(predicate: Predicate, reason: AccessReason): Outcome {
    const { columns, complete } = columnsOf(predicate);
    const resolved = columns.map((column) => resolve(column, this.#relation));
    if (!complete || resolved.some((item) => item.kind === "unknown")) return { verdict: "unknown", reason };
    const own = resolved.flatMap((item) => (item.kind === "own" ? [item.column] : []));
    const [first] = own;
    if (first === undefined) return undefined;
    return this.#indexes.some((index) => own.some((column) => mentions(index, column)))
      ? { verdict: "unknown", reason, column: first.name }
      : { verdict: "unusable", reason: "no-index", column: first.name };
  }

  #atMost(outcome: Outcome, reason: AccessReason): Outcome {
    return outcome?.verdict === "usable" && outcome.reason !== "never-true" ? { ...outcome, verdict: "unknown", reason } : outcome;
  }

  /** A partial index whose condition the filter states (or may state) can be read as a whole, whatever it leads with. */
  #partialScan(): Index | undefined {
    const conjuncts = conjunctsOf(this.#predicate);
    return this.#indexes.find((index) => index.where !== undefined && implies(conjuncts, index.where, this.#relation, this.#planner.dialect) !== "no");
  }

  #orderIndex(): Index | undefined {
    const [first] = this.#order;
    if (first?.column === undefined || first.column.wrappers.length > 0) return undefined;
    const resolution = resolve(first.column, this.#relation);
    if (resolution.kind !== "own") return undefined;
    const { column } = resolution;
    return this.#indexes.find((index) => index.method === "btree" && index.where === undefined && index.parts[0] !== undefined && leads(index.parts[0], column) && index.parts[0].length === undefined);
  }
}
