/** The walk over a predicate: what AND, OR, NOT and optional conditions make of the paths of single conditions. */
import { unreachable } from "../base/exhaustive.js";
import type { OrderItem, Predicate } from "../query/model.js";
import type { Index } from "../schema/model.js";
import type { AccessPath, AccessQuestion } from "./access.js";
import { correlations, findColumn, resolve, type Relation } from "./columns.js";
import { mayContradict } from "./contradiction.js";
import { conjunctsOf, negate } from "./logic.js";
import type { Leaves, Planner, Surroundings } from "./planners/contract.js";
import { atMost, bestOf, leads, mentioned, mentions, type Outcome } from "./outcomes.js";

/** The access path as one planner sees it. */
export function walk(question: AccessQuestion, planner: Planner): AccessPath {
  const { table } = question;
  if (table.view === true) return { verdict: "unknown", reason: "view" };
  if (table.uncertain !== undefined) return { verdict: "unknown", reason: "uncertain-table" };
  return new Walk(question, planner).path();
}

function around(conjuncts: readonly Predicate[]): Surroundings {
  return { conjuncts, arm: conjuncts, belowOr: false };
}

class Walk {
  readonly #relation: Relation;
  readonly #predicate: Predicate;
  readonly #order: readonly OrderItem[];
  readonly #planner: Planner;
  readonly #indexes: readonly Index[];
  readonly #leaves: Leaves;
  readonly #version: string | undefined;
  readonly #related: NonNullable<AccessQuestion["related"]>;

  constructor(question: AccessQuestion, planner: Planner) {
    this.#relation = { table: question.table, alias: question.alias, alone: question.alone ?? true };
    this.#order = question.order ?? [];
    this.#planner = planner;
    this.#indexes = planner.indexesOf(question.table);
    this.#version = question.version;
    this.#related = question.related ?? (() => undefined);
    this.#leaves = planner.leaves({ relation: this.#relation, indexes: this.#indexes, version: question.version });
    this.#predicate = this.#leaves.rewrite(question.predicate);
  }

  path(): AccessPath {
    const outcome = this.#visit(this.#predicate, around(conjunctsOf(this.#predicate)));
    if (outcome === undefined) return { verdict: "unknown", reason: "no-filter" };
    if (outcome.verdict !== "unusable") return outcome;
    if (outcome.reason === "partial-scan") return outcome;
    if (this.#planner.dropsContradictions && mayContradict(conjunctsOf(this.#predicate))) return { verdict: "unknown", reason: "contradiction" };
    const scanned = this.#partialScan(conjunctsOf(this.#predicate));
    if (scanned !== undefined) return { verdict: "unusable", reason: "partial-scan", nearest: scanned };
    const ordered = this.#orderIndex();
    return ordered === undefined ? outcome : { ...outcome, ordered };
  }

  #visit(predicate: Predicate, surroundings: Surroundings): Outcome {
    switch (predicate.op) {
      case "and":
        return bestOf(predicate.items.map((item) => this.#visit(item, surroundings)), this.#relation);
      case "or":
        return this.#visitOr(predicate.items, surroundings);
      case "not":
        return this.#planner.not === "rewritten" ? this.#leaves.outcome(predicate, surroundings) : this.#visitNot(predicate.item, surroundings);
      case "constant":
        return predicate.value ? undefined : { verdict: "usable", reason: "never-true" };
      case "optional": {
        // Present, it can only help; absent, it says nothing.
        const own = conjunctsOf(predicate.item);
        const outcome = this.#visit(predicate.item, { ...surroundings, conjuncts: [...surroundings.conjuncts, ...own], arm: [...surroundings.arm, ...own] });
        return outcome?.verdict === "usable" ? { ...outcome, verdict: "unknown", reason: "optional" } : outcome;
      }
      case "compare":
      case "in":
      case "like":
      case "null":
      case "between":
      case "boolean":
      case "operator":
        return this.#leaves.outcome(predicate, surroundings);
      case "exists":
        return this.#visitExists(predicate, surroundings.belowOr);
      case "relation":
        return this.#relationOutcome(predicate.relation, predicate.item, false);
      case "opaque":
        return predicate.restricts === "no" || predicate.invariant === true ? undefined : { verdict: "unknown", reason: "opaque" };
      default:
        return unreachable(predicate);
    }
  }

  /**
   * Every arm must be served (PostgreSQL 11.5 bitmap OR, MySQL 10.2.1.3 index merge, SQLite OR optimisation). An optional
   * arm may be missing: what the required arms prove unusable stays so; what only an optional arm spoils is unknown.
   */
  #visitOr(items: readonly Predicate[], surroundings: Surroundings): Outcome {
    const required: Outcome[] = [];
    const optional: Outcome[] = [];
    for (const item of items) {
      if (item.op === "constant" && !item.value) continue;
      if (item.op === "opaque" && item.invariant === true) {
        required.push(this.#planner.plansWithValues ? { verdict: "unknown", reason: "parameter" } : { verdict: "unusable", reason: "or-parameter" });
        continue;
      }
      const inner = item.op === "optional" ? item.item : item;
      const arm = conjunctsOf(inner);
      const conjuncts = [...surroundings.conjuncts, ...arm];
      const found = this.#visit(inner, { conjuncts, arm, belowOr: true });
      if (found?.verdict === "unusable" && this.#planner.dropsContradictions && mayContradict(arm)) {
        required.push({ verdict: "unknown", reason: "contradiction" });
        continue;
      }
      // An arm may read a partial index as a whole.
      const whole = found?.verdict === "unusable" ? this.#partialScan(conjuncts) : undefined;
      const outcome: Outcome = whole === undefined ? found : { verdict: "unusable", reason: "partial-scan", nearest: whole };
      (item.op === "optional" ? optional : required).push(outcome);
    }
    const all = [...required, ...optional];
    if (all.length === 0) return items.length === 0 ? undefined : { verdict: "usable", reason: "never-true" };
    // No arm speaks of this table, or one arm is always true: nothing is selected.
    if (all.every((outcome) => outcome === undefined || outcome.reason === "or-parameter" || (outcome.reason === "parameter" && outcome.column === undefined))) return undefined;
    if (items.some((item) => item.op === "constant" && item.value)) return undefined;
    const spoils = (outcome: Outcome): boolean => outcome === undefined || outcome.verdict === "unusable";
    const proved = required.length > 0 ? required.some(spoils) : optional.every(spoils);
    if (proved) {
      // Where nothing else is in the way, the arms together may read partial indexes and not the table.
      const whole = all.find((outcome) => outcome?.reason === "partial-scan");
      const others = required.filter((outcome) => outcome?.reason !== "partial-scan");
      if (whole !== undefined && !(others.some(spoils) || (required.length === 0 && optional.every((outcome) => spoils(outcome) && outcome?.reason !== "partial-scan")))) return whole;
      const unusable = all.filter((outcome) => outcome?.verdict === "unusable");
      const arm = unusable.find((outcome) => outcome?.reason !== "or-parameter") ?? unusable[0];
      if (arm?.reason === "or-parameter") return arm;
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

  #visitNot(item: Predicate, surroundings: Surroundings): Outcome {
    const negated = negate(item);
    if (negated === undefined) return mentioned(item, "not", this.#relation, this.#indexes);
    const outcome = this.#visit(negated, surroundings);
    // Where NOT is not pushed inwards, a proof that the pushed form is useless holds all the same.
    return this.#planner.not === "pushed" ? outcome : atMost(outcome, "not");
  }

  #visitExists(predicate: Extract<Predicate, { op: "exists" }>, belowOr: boolean): Outcome {
    if (predicate.relation !== undefined) return this.#relationOutcome(predicate.relation, predicate.item, predicate.negated);
    const outer = predicate.statement === undefined ? [] : correlations(predicate.statement, this.#relation);
    // The same for every row, it is known before the table is read, and an arm of an OR may be gone.
    if (belowOr && predicate.statement !== undefined && outer.length === 0) return { verdict: "unknown", reason: "subquery" };
    if (predicate.negated) return { verdict: "unusable", reason: "anti-join" };
    if (!this.#planner.entersByExists) return { verdict: "unusable", reason: "exists" };
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
    const path = walk({ table, predicate: item, dialect: this.#planner.dialect, alone: true, related: this.#related, ...(this.#version === undefined ? {} : { version: this.#version }) }, this.#planner);
    return path.verdict === "unusable" && path.reason !== "partial-scan" ? { verdict: "unusable", reason: "related", through: path.through ?? { table, predicate: item, path } } : { verdict: "unknown", reason: "relation", ...own };
  }

  /** A partial index whose condition the filter states (or may state) can be read as a whole, whatever it leads with. */
  #partialScan(conjuncts: readonly Predicate[]): Index | undefined {
    return this.#indexes.find((index) => index.where !== undefined && this.#leaves.implies(conjuncts, index.where) !== "no");
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
