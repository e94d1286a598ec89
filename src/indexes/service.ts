/** Which index serves a test of one column, and what one index does for it. */
import type { ColumnRef, ColumnWrapper, Operand, Predicate } from "../query/model.js";
import type { Column, Index, IndexPart } from "../schema/model.js";
import type { AccessPath, AccessReason } from "./access.js";
import { findColumn, hasFewValues, resolve, type Relation } from "./columns.js";
import { expressionNames, sameExpression } from "./expression.js";
import { implies } from "./implication.js";
import type { Answers, Planner, Test } from "./planners/contract.js";
import { isText } from "./types.js";

/** A conjunct that says nothing about this table. */
type Neutral = undefined;
export type Outcome = AccessPath | Neutral;

export class Service {
  readonly #relation: Relation;
  readonly #indexes: readonly Index[];
  readonly #planner: Planner;

  constructor(relation: Relation, indexes: readonly Index[], planner: Planner) {
    this.#relation = relation;
    this.#indexes = indexes;
    this.#planner = planner;
  }

  /** The best path of the indexes for a test of a column; undefined when the column is another table's. */
  test(reference: ColumnRef, test: Test, ambient: readonly Predicate[]): Outcome {
    const resolution = resolve(reference, this.#relation);
    if (resolution.kind === "foreign") return undefined;
    if (resolution.kind === "unknown") return { verdict: "unknown", reason: "unknown-column" };
    const { column } = resolution;
    const wrappers = reference.wrappers.filter((wrapper) => !this.#planner.isWithoutEffect(wrapper, column));
    if (wrappers.length > 0) return this.#testWrapped(column, wrappers, test, ambient);
    const found = this.#indexes.filter((index) => index.parts[0] !== undefined && leads(index.parts[0], column));
    const paths = found.map((index) => this.#byIndex(index, column, test, ambient));
    const chosen = bestOf(paths, this.#relation);
    if (chosen !== undefined && chosen.verdict !== "unusable") return chosen;
    const expression = this.#indexes.find((index) => index.parts.some((part) => part.expression !== undefined && expressionNames(part.expression, column.name)));
    if (chosen !== undefined) return chosen;
    return this.#withoutLeadingIndex(column, expression);
  }

  #withoutLeadingIndex(column: Column, expression: Index | undefined): AccessPath {
    const later = this.#indexes.find((index) => index.parts.slice(1).some((part) => leads(part, column)) && index.method === "btree");
    if (later !== undefined) {
      const first = later.parts[0]?.column === undefined ? undefined : findColumn({ name: later.parts[0].column }, this.#relation.table);
      if (this.#planner.skips && first !== undefined && hasFewValues(first)) return { verdict: "unknown", reason: "skip-scan", nearest: later, column: column.name };
      return { verdict: "unusable", reason: "not-leading", nearest: later, column: column.name };
    }
    // A GIN or GiST index serves any of its columns, not only the first (manual 11.3).
    const other = this.#indexes.find((index) => index.parts.slice(1).some((part) => leads(part, column)));
    if (other !== undefined) return { verdict: "unknown", reason: "method-unknown", nearest: other, column: column.name };
    return withNearest({ verdict: "unusable", reason: "no-index", column: column.name }, expression);
  }

  /** Only an index on the same expression serves (PostgreSQL 11.7, MySQL 15.1.15, SQLite "Indexes On Expressions"). */
  #testWrapped(column: Column, wrappers: readonly ColumnWrapper[], test: Test, ambient: readonly Predicate[]): AccessPath {
    const text = wrappers[0]?.kind === "function" ? wrappers[0].text : undefined;
    const mentioning = this.#indexes.filter((index) => index.parts.some((part) => part.expression !== undefined && expressionNames(part.expression, column.name)));
    // MariaDB has no functional key parts; what looks like one comes from a MySQL file.
    if (text !== undefined) {
      const same = mentioning.filter((index) => index.parts[0]?.expression !== undefined && sameExpression(index.parts[0].expression, text));
      const chosen = bestOf(same.map((index) => this.#byIndex(index, column, test, ambient)), this.#relation);
      if (chosen !== undefined) return chosen;
    }
    const [other] = mentioning;
    if (other !== undefined) return { verdict: "unknown", reason: "expression-unknown", nearest: other, column: column.name };
    const [only] = wrappers;
    const plain = this.#indexes.find((index) => index.parts[0] !== undefined && leads(index.parts[0], column));
    if (wrappers.length === 1 && only?.kind === "collate") return this.#testCollated(column, only.collation, test, ambient);
    // A computed test on a column of a GIN or GiST index may be one of that index's operators.
    if (plain !== undefined && plain.method !== "btree" && plain.method !== "hash") return { verdict: "unknown", reason: "method-unknown", nearest: plain, column: column.name };
    if (plain === undefined && !this.#indexes.some((index) => mentions(index, column))) return { verdict: "unusable", reason: "no-index", column: column.name };
    return withNearest({ verdict: "unusable", reason: "wrapped", column: column.name }, plain);
  }

  #testCollated(column: Column, collation: string, test: Test, ambient: readonly Predicate[]): AccessPath {
    const wanted = collation.toLowerCase();
    const found = this.#indexes.filter((index) => index.parts[0] !== undefined && leads(index.parts[0], column));
    if (found.length === 0) return this.#withoutLeadingIndex(column, undefined);
    const [first] = found;
    const matching = found.filter((index) => (index.parts[0]?.collation ?? column.collation ?? "binary").toLowerCase() === wanted);
    if (!this.#planner.collateNeedsSame) return withNearest({ verdict: "unknown", reason: "collation", column: column.name }, first);
    const chosen = bestOf(matching.map((index) => this.#byIndex(index, { ...column, collation: wanted }, test, ambient)), this.#relation);
    return chosen ?? withNearest({ verdict: "unusable", reason: "operator-class", column: column.name }, first);
  }

  /** Does this index, whose first part is the tested column or expression, serve the test? */
  #byIndex(index: Index, column: Column, test: Test, ambient: readonly Predicate[]): AccessPath {
    const path = this.#byMethod(index, column, test);
    if (path.verdict === "unusable" || index.where === undefined) return path;
    switch (implies(ambient, index.where, this.#relation, this.#planner.dialect)) {
      case "yes":
        return path;
      case "no":
        return { verdict: "unusable", reason: "partial", nearest: index, column: column.name };
      case "unknown":
        return { verdict: "unknown", reason: "partial-unknown", nearest: index, column: column.name };
    }
  }

  #byMethod(index: Index, column: Column, test: Test): AccessPath {
    const no = (reason: AccessReason): AccessPath => ({ verdict: "unusable", reason, nearest: index, column: column.name });
    const perhaps = (reason: AccessReason): AccessPath => ({ verdict: "unknown", reason, nearest: index, column: column.name });
    const yes: AccessPath = { verdict: "usable", reason: "leading", index, column: column.name };
    const [part] = index.parts;
    if (part === undefined) return perhaps("method-unknown");
    switch (index.method) {
      case "btree":
        return this.#byBtree(part, column, test, { yes, no, perhaps });
      case "hash":
        if (!this.#planner.hasHash) return this.#byBtree(part, column, test, { yes, no, perhaps });
        if (test.kind === "equal") return test.list ? perhaps("method-unknown") : this.#byOperands(column, test.operands, { yes, no, perhaps });
        return no("method");
      case "fulltext":
      case "spatial":
        return no("method");
      case "gin":
      case "gist":
      case "spgist":
      case "brin":
      case "other":
        return perhaps("method-unknown");
    }
  }

  #byBtree(part: IndexPart, column: Column, test: Test, answers: Answers): AccessPath {
    const { yes, no, perhaps } = answers;
    const operatorClass = part.operatorClass?.toLowerCase();
    const isPattern = operatorClass !== undefined && /^(?:text|varchar|bpchar)_pattern_ops$/u.test(operatorClass);
    // `text_ops` and its like are the default classes, written out.
    const isPlain = operatorClass === undefined || /^(?:text|varchar|bpchar|int[248]|uuid|bool|date|timestamp|timestamptz|numeric|enum|float[48])_ops$/u.test(operatorClass);
    if (!isPattern && !isPlain) return perhaps("method-unknown");
    switch (test.kind) {
      case "equal":
      case "range": {
        // "Note that you should also create an index with the default operator class" for < and > (manual 11.10).
        if (isPattern && test.kind === "range") return no("operator-class");
        const collation = this.#collation(part, column);
        if (collation !== "same" && isText(column.type)) return collation === "other" ? no("operator-class") : perhaps("collation");
        return this.#byOperands(column, test.operands, answers);
      }
      case "null":
        return yes;
      case "semi-join":
        return perhaps("subquery");
      case "not-null":
        return perhaps("unselective");
      case "unequal":
        return this.#planner.unequal(answers);
      case "boolean":
        return this.#planner.boolean(column, test, answers);
      case "like":
        return test.prefix === "" ? no("leading-wildcard") : this.#planner.like(part, column, test, isPattern, answers);
    }
  }

  #byOperands(column: Column, operands: readonly Operand[], { yes, no, perhaps }: Answers): AccessPath {
    for (const operand of operands) {
      const effect = this.#planner.operand(column, operand);
      if (effect !== undefined) return effect.verdict === "no" ? no(effect.reason) : perhaps(effect.reason);
      switch (operand.kind) {
        case "expression":
          if (operand.volatile === "unknown") return perhaps("operator");
          break;
        case "subquery":
          return perhaps("subquery");
        case "column":
          return perhaps("relation");
        case "literal":
          if (operand.value === null) return perhaps("type-mismatch");
          break;
        case "parameter":
          break;
      }
    }
    return yes;
  }

  /** Is the collation of the index that of the comparison, which is the column's? */
  #collation(part: IndexPart, column: Column): "same" | "other" | "unknown" {
    const own = column.collation?.toLowerCase();
    const indexed = part.collation?.toLowerCase();
    return indexed === undefined || indexed === own ? "same" : this.#planner.collation(indexed, own);
  }
}

/** Of several conjuncts (or indexes) the one that serves best. */
export function bestOf(outcomes: readonly Outcome[], relation: Relation): Outcome {
  const usable = outcomes.find((outcome) => outcome?.verdict === "usable");
  if (usable !== undefined) return usable;
  const unknown = outcomes.find((outcome) => outcome?.verdict === "unknown");
  if (unknown !== undefined) return unknown;
  const distance = (outcome: AccessPath): number => {
    const { table, path } = outcome.through ?? { table: relation.table, path: outcome };
    const column = table.columns.find((candidate) => candidate.name === path.column);
    return (DISTANCES[outcome.reason] ?? FAR) + (column === undefined || hasFewValues(column) ? FAR : 0);
  };
  return outcomes.filter((outcome) => outcome !== undefined).sort((left, right) => distance(left) - distance(right))[0];
}


/**
 * How near an unusable condition is to being served, for the message: first what a change of an index or of the filter
 * would cure, last what no index helps.
 */
const DISTANCES: Readonly<Partial<Record<AccessReason, number>>> = { partial: 1, "not-leading": 1, "no-index": 2, wrapped: 3, "operator-class": 3, "type-mismatch": 3, related: 3, or: 4, "bare-boolean": 4, "ignores-case": 5, "leading-wildcard": 5 };
const FAR = 6;

export function withNearest(path: AccessPath, nearest: Index | undefined): AccessPath {
  return nearest === undefined ? path : { ...path, nearest };
}

export function leads(part: IndexPart, column: Column): boolean {
  return part.column !== undefined && (part.column === column.name || part.column.toLowerCase() === column.name.toLowerCase());
}

/** Does the index have anything to do with the column, at any position, in an expression or in its condition? */
export function mentions(index: Index, column: Column): boolean {
  return index.parts.some((part) => leads(part, column) || (part.expression !== undefined && expressionNames(part.expression, column.name))) || (index.where !== undefined && expressionNames(index.where, column.name));
}
