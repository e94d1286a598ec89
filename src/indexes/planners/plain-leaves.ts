/** Which index serves a test of one column, and what one index does for it. */
import { unreachable } from "../../base/exhaustive.js";
import type { Tri } from "../../base/tri.js";
import type { ColumnRef, ColumnWrapper, Operand, Predicate } from "../../query/model.js";
import type { Column, Index, IndexPart } from "../../schema/model.js";
import type { AccessPath, AccessReason } from "../access.js";
import { columnsOf, resolve, type Relation } from "../columns.js";
import { expressionNames, sameExpression } from "../expression.js";
import { implies } from "../implication.js";
import { atMost, bestOf, leads, mentioned, mentions, withNearest, type Outcome } from "../outcomes.js";
import { isText } from "../types.js";
import type { Answers, Habits, Leaf, Leaves, Scope, Surroundings, Test } from "./contract.js";

/** The conditions as MySQL, MariaDB and SQLite match them to indexes, but for the habits of each. */
export class PlainLeaves implements Leaves {
  readonly #relation: Relation;
  readonly #indexes: readonly Index[];
  readonly #habits: Habits;

  constructor({ relation, indexes }: Scope, habits: Habits) {
    this.#relation = relation;
    this.#indexes = indexes;
    this.#habits = habits;
  }

  rewrite(predicate: Predicate): Predicate {
    return predicate;
  }

  implies(conjuncts: readonly Predicate[], condition: string): Tri {
    return implies(conjuncts, condition, this.#relation, this.#habits.dialect);
  }

  outcome(leaf: Leaf, { conjuncts: ambient }: Surroundings): Outcome {
    switch (leaf.op) {
      case "compare":
        return this.#compare(leaf, ambient);
      case "in":
        if (leaf.values.kind === "subquery") return this.#test(leaf.column, { kind: leaf.negated ? "unequal" : "semi-join" }, ambient);
        return leaf.negated
          ? this.#test(leaf.column, { kind: "unequal" }, ambient)
          : this.#test(leaf.column, { kind: "equal", list: true, operands: leaf.values.kind === "list" ? leaf.values.operands : [] }, ambient);
      case "like":
        return leaf.negated
          ? this.#test(leaf.column, { kind: "unequal" }, ambient)
          : this.#test(leaf.column, { kind: "like", insensitive: leaf.insensitive, prefix: leaf.prefix, pattern: leaf.pattern }, ambient);
      case "null":
        return this.#test(leaf.column, { kind: leaf.negated ? "not-null" : "null" }, ambient);
      case "between": {
        const outcome = this.#test(leaf.column, { kind: "range", operands: [leaf.low, leaf.high] }, ambient);
        return leaf.negated ? atMost(outcome, "not") : outcome;
      }
      case "boolean":
        return this.#test(leaf.column, { kind: "boolean", value: leaf.value, form: leaf.form }, ambient);
      case "operator":
        return this.#operator(leaf);
      case "not":
        return mentioned(leaf.item, "not", this.#relation, this.#indexes);
      default:
        return unreachable(leaf);
    }
  }

  #compare(predicate: Extract<Predicate, { op: "compare" }>, ambient: readonly Predicate[]): Outcome {
    const { column, operator, operand } = predicate;
    if (operand.kind === "column") return this.#columns(predicate, operand.column, ambient);
    switch (operator) {
      case "=":
        return this.#test(column, { kind: "equal", operands: [operand], list: false }, ambient);
      case "<":
      case "<=":
      case ">":
      case ">=":
        return this.#test(column, { kind: "range", operands: [operand] }, ambient);
      case "<>":
        return operand.kind === "literal" && typeof operand.value === "boolean"
          ? this.#test(column, { kind: "boolean", value: !operand.value, form: "bare" }, ambient)
          : this.#test(column, { kind: "unequal" }, ambient);
      case "is distinct":
        return this.#test(column, { kind: "unequal" }, ambient);
      case "is not distinct":
        return this.#test(column, this.#habits.looksUpNotDistinct ? { kind: "equal", operands: [operand], list: false } : { kind: "unequal" }, ambient);
    }
  }

  /** A join condition, a comparison within the row, or one of two other relations. */
  #columns(predicate: Extract<Predicate, { op: "compare" }>, other: ColumnRef, ambient: readonly Predicate[]): Outcome {
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
        return this.#test(own, { kind: "equal", operands: [], list: false }, ambient);
      case "<":
      case "<=":
      case ">":
      case ">=":
        return this.#test(own, { kind: "range", operands: [] }, ambient);
      case "<>":
      case "is distinct":
        return this.#test(own, { kind: "unequal" }, ambient);
    }
  }

  #operator(predicate: Extract<Predicate, { op: "operator" }>): Outcome {
    const { columns, complete } = columnsOf(predicate);
    if (!complete) return { verdict: "unknown", reason: "operator" };
    const resolved = columns.map((column) => resolve(column, this.#relation));
    if (resolved.some((item) => item.kind === "unknown")) return { verdict: "unknown", reason: "unknown-column" };
    const own = resolved.flatMap((item) => (item.kind === "own" ? [item.column] : []));
    const [first] = own;
    if (first === undefined) return undefined;
    const mentioning = this.#indexes.filter((index) => own.some((column) => mentions(index, column)));
    if (mentioning.length === 0) return { verdict: "unusable", reason: "no-index", column: first.name };
    return { verdict: "unknown", reason: "operator", column: first.name };
  }

  /** The best path of the indexes for a test of a column; undefined when the column is another table's. */
  #test(reference: ColumnRef, test: Test, ambient: readonly Predicate[]): Outcome {
    const resolution = resolve(reference, this.#relation);
    if (resolution.kind === "foreign") return undefined;
    if (resolution.kind === "unknown") return { verdict: "unknown", reason: "unknown-column" };
    const { column } = resolution;
    const wrappers = reference.wrappers.filter((wrapper) => !this.#habits.isWithoutEffect(wrapper, column));
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
    if (!this.#habits.collateNeedsSame) return withNearest({ verdict: "unknown", reason: "collation", column: column.name }, first);
    const chosen = bestOf(matching.map((index) => this.#byIndex(index, { ...column, collation: wanted }, test, ambient)), this.#relation);
    return chosen ?? withNearest({ verdict: "unusable", reason: "operator-class", column: column.name }, first);
  }

  /** Does this index, whose first part is the tested column or expression, serve the test? */
  #byIndex(index: Index, column: Column, test: Test, ambient: readonly Predicate[]): AccessPath {
    const path = this.#byMethod(index, column, test);
    if (path.verdict === "unusable" || index.where === undefined) return path;
    switch (implies(ambient, index.where, this.#relation, this.#habits.dialect)) {
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
        if (!this.#habits.hasHash) return this.#byBtree(part, column, test, { yes, no, perhaps });
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
        return this.#habits.unequal(answers);
      case "boolean":
        return this.#habits.boolean(column, test, answers);
      case "like":
        return test.prefix === "" ? no("leading-wildcard") : this.#habits.like(part, column, test, isPattern, answers);
    }
  }

  #byOperands(column: Column, operands: readonly Operand[], { yes, no, perhaps }: Answers): AccessPath {
    for (const operand of operands) {
      const effect = this.#habits.operand(column, operand);
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
    return indexed === undefined || indexed === own ? "same" : this.#habits.collation(indexed, own);
  }
}
