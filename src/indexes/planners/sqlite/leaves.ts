/**
 * The conditions of a predicate, one by one, as SQLite matches them to indexes (`whereexpr.c`, `where.c`; "The Query
 * Optimizer Overview"). Conditions are taken as they are written: NOT is not pushed inwards, and only comparisons, IN,
 * IS NULL, BETWEEN and the patterns of LIKE and GLOB are looked at.
 */
import { unreachable } from "../../../base/exhaustive.js";
import type { Tri } from "../../../base/tri.js";
import type { ColumnRef, Operand, Predicate } from "../../../query/model.js";
import type { Index, IndexPart } from "../../../schema/model.js";
import type { AccessPath, AccessReason } from "../../access.js";
import { columnsOf, correlations } from "../../columns.js";
import { expressionNames } from "../../expression.js";
import { atMost, bestOf, mentions, methodProblem, otherMethod, withNearest, type Outcome } from "../../outcomes.js";
import type { Leaf, Leaves, Scope, Surroundings } from "../contract.js";
import { implies } from "./implication.js";
import { looksNumeric, prefixOfGlob, prefixOfLike } from "./patterns.js";
import { affinityOfOperand, collationOfPart, matches, rowidAlias, subjectOf, suits, type Affinity, type Subject } from "./subjects.js";

/** What a condition asks of an index. */
type Test =
  | { readonly kind: "compare"; readonly value: Affinity | undefined; /** Of a COLLATE behind the value. */ readonly collate: string | undefined }
  | { readonly kind: "null" }
  /** A range of texts in this collation. */
  | { readonly kind: "prefix"; readonly collation: "nocase" | "binary"; readonly numeric: boolean };

const COMPARISONS: ReadonlySet<string> = new Set(["=", "<", "<=", ">", ">=", "<>", "is distinct", "is not distinct", "between", "in", "not in"]);

export class SqliteLeaves implements Leaves {
  readonly #scope: Scope;

  constructor(scope: Scope) {
    this.#scope = scope;
  }

  rewrite(predicate: Predicate): Predicate {
    return predicate;
  }

  implies(conjuncts: readonly Predicate[], condition: string): Tri {
    return implies(conjuncts, condition, this.#scope.relation);
  }

  outcome(leaf: Leaf, around: Surroundings): Outcome {
    switch (leaf.op) {
      case "compare":
        return this.#compare(leaf, around);
      case "in":
        return this.#in(leaf, around);
      case "like":
        return this.#like(leaf, around);
      case "null":
        return this.#null(leaf, around);
      case "between": {
        if (leaf.negated) return this.#excluded(leaf.column);
        const { column, span } = leaf;
        const halves = [leaf.low, leaf.high].map((operand) => this.#compare({ op: "compare", column, operator: ">=", operand, span }, around));
        return bestOf(halves, this.#scope.relation);
      }
      case "boolean":
        return this.#filter(leaf.column, "bare-boolean");
      case "operator":
        return this.#operator(leaf, around);
      case "not":
        return this.#whole(leaf.item, "negated");
      default:
        return unreachable(leaf);
    }
  }

  #compare(leaf: Extract<Leaf, { op: "compare" }>, around: Surroundings): Outcome {
    const { column, operator, operand } = leaf;
    // An arm of an OR that is never true is kept, and searched like any other.
    if (operand.kind === "literal" && operand.value === null && operator !== "is distinct" && operator !== "is not distinct" && !around.belowOr) return { verdict: "usable", reason: "never-true" };
    if (operator === "<>" || operator === "is distinct") return this.#excluded(column, operand);
    if (operand.kind !== "column") return this.#byValue(column, operand, around);
    const [left, right] = [subjectOf(column, this.#scope.relation), subjectOf(operand.column, this.#scope.relation)];
    if (left.kind === "unknown" || right.kind === "unknown") return { verdict: "unknown", reason: "unknown-column" };
    if (left.kind === "foreign" && right.kind === "foreign") return undefined;
    if (left.kind === "subject" && right.kind === "foreign") return this.#join(column, around);
    if (left.kind === "foreign" && right.kind === "subject") return this.#join(operand.column, around);
    return this.#sameRow(leaf, around);
  }

  /** A value of another table, whose collation and affinity are not known. */
  #join(column: ColumnRef, around: Surroundings): Outcome {
    return this.#test(column, { kind: "compare", value: this.#likelyAffinity(column), collate: undefined }, around);
  }

  /** Columns that are joined have one type, as a rule; what follows from it is that an index serves, which is no finding. */
  #likelyAffinity(column: ColumnRef): Affinity | undefined {
    const found = subjectOf(column, this.#scope.relation);
    return found.kind === "subject" ? found.subject.affinity : undefined;
  }

  /** Of a comparison within the row one side may become a constant: `a = b AND b = 5` (`propagateConstants`). */
  #sameRow(predicate: Predicate, around: Surroundings): Outcome {
    const { columns } = columnsOf(predicate);
    // What holds of one of two equal columns holds of the other (`WO_EQUIV`).
    const isEquality = predicate.op === "compare" && (predicate.operator === "=" || predicate.operator === "is not distinct");
    const fixed = around.conjuncts.some((conjunct) => {
      const inner = conjunct.op === "optional" ? conjunct.item : conjunct;
      if (inner === predicate) return false;
      if (!isEquality && !isFixing(inner)) return false;
      return columnsOf(inner).columns.some((column) => columns.some((own) => own.name.toLowerCase() === column.name.toLowerCase()));
    });
    const first = columns.find((column) => subjectOf(column, this.#scope.relation).kind === "subject");
    if (!fixed || first === undefined) return first === undefined ? undefined : this.#filter(first, "same-row");
    const indexed = columns.some((column) => {
      const found = subjectOf(column, this.#scope.relation);
      return found.kind !== "subject" || found.subject.rowid || this.#scope.indexes.some((index) => found.subject.columns.some((own) => mentions(index, own)));
    });
    return indexed ? { verdict: "unknown", reason: "same-row" } : this.#filter(first, "same-row");
  }

  #byValue(column: ColumnRef, operand: Operand, around: Surroundings): Outcome {
    switch (operand.kind) {
      case "literal":
      case "parameter":
        return this.#test(column, { kind: "compare", value: affinityOfOperand(operand), collate: operand.collation?.toLowerCase() }, around);
      case "expression":
        return this.#test(column, { kind: "compare", value: affinityOfOperand(operand), collate: undefined }, around);
      case "subquery": {
        // It depends on the row: nothing to look up before the row is read.
        if (correlations(operand.statement, this.#scope.relation).length > 0) return this.#filter(column, "same-row");
        return this.#test(column, { kind: "compare", value: affinityOfOperand(operand), collate: undefined }, around);
      }
      case "column":
        return undefined;
    }
  }

  #in(leaf: Extract<Leaf, { op: "in" }>, around: Surroundings): Outcome {
    const { column, values } = leaf;
    if (leaf.negated) return this.#excluded(column);
    switch (values.kind) {
      case "subquery":
        return this.#byValue(column, { kind: "subquery", statement: values.statement }, around);
      case "array":
        return this.#test(column, { kind: "compare", value: "none", collate: undefined }, around);
      case "list": {
        const [only, ...others] = values.operands;
        if (only !== undefined && others.length === 0) return this.#compare({ op: "compare", column, operator: "=", operand: only, span: leaf.span }, around);
        const own = values.operands.some((operand) => operand.kind === "column" && subjectOf(operand.column, this.#scope.relation).kind !== "foreign");
        if (own) return this.#sameRow(leaf, around);
        return this.#test(column, { kind: "compare", value: "none", collate: undefined }, around);
      }
    }
  }

  #like(leaf: Extract<Leaf, { op: "like" }>, around: Surroundings): Outcome {
    const { pattern } = leaf;
    if (leaf.negated) return this.#excluded(leaf.column);
    switch (pattern.kind) {
      case "literal": {
        const prefix = typeof pattern.value === "string" ? prefixOfLike(leaf.prefix, pattern.value) : "";
        if (prefix === "") return this.#filter(leaf.column, "leading-wildcard");
        return this.#test(leaf.column, { kind: "prefix", collation: "nocase", numeric: looksNumeric(prefix) }, around);
      }
      case "parameter": {
        if (leaf.prefix === "") return this.#filter(leaf.column, "leading-wildcard");
        // Prepared anew when the value is bound: then the pattern decides.
        return atMost(this.#test(leaf.column, { kind: "prefix", collation: "nocase", numeric: false }, around), "collation");
      }
      case "expression":
      case "column":
      case "subquery":
        return this.#filter(leaf.column, "computed-pattern");
    }
  }

  #null(leaf: Extract<Leaf, { op: "null" }>, around: Surroundings): Outcome {
    const found = subjectOf(leaf.column, this.#scope.relation);
    if (found.kind !== "subject") return found.kind === "foreign" ? undefined : { verdict: "unknown", reason: "unknown-column" };
    const { subject } = found;
    // Builds with STAT4 may take it for a range.
    if (leaf.negated) return atMost(this.#test(leaf.column, { kind: "null" }, around), "unselective");
    const isKey = this.#scope.relation.table.indexes.some((index) => index.kind === "primary" && index.parts.some((part) => matches(part, subject) === "yes"));
    const never = subject.bare && (subject.rowid || (subject.column.nullable === "no" && !isKey));
    // Without row numbers it is never null, with them it may be: not what anybody asks.
    if (isKey && !subject.rowid && subject.bare) return atMost(this.#test(leaf.column, { kind: "null" }, around), "unselective");
    if (!never) return this.#test(leaf.column, { kind: "null" }, around);
    return this.#scope.relation.alone ? { verdict: "usable", reason: "never-true" } : this.#filter(leaf.column, "anti-join");
  }

  #operator(leaf: Extract<Leaf, { op: "operator" }>, around: Surroundings): Outcome {
    const { operator, columns, operands } = leaf;
    const [first] = columns;
    if (first === undefined) return { verdict: "unknown", reason: "operator" };
    const name = operator.toLowerCase();
    const [operand] = operands;
    if (name === "glob") return this.#glob(first, operand, columns.length, around);
    const found = columns.map((column) => subjectOf(column, this.#scope.relation));
    if (found.some(({ kind }) => kind === "unknown")) return { verdict: "unknown", reason: "unknown-column" };
    const own = columns.filter((_, at) => found[at]?.kind === "subject");
    if (own.length === 0 && found.every(({ kind }) => kind === "foreign")) return undefined;
    if (/^row [<>]=?$/u.test(name) && operands.length === columns.length) return operand === undefined ? undefined : this.#byValue(first, operand, around);
    if ((name === "row =" || name === "in") && operand?.kind === "subquery" && columns.length > 1) {
      if (correlations(operand.statement, this.#scope.relation).length > 0) return this.#filter(first, "same-row");
      return bestOf(columns.map((column) => this.#byValue(column, operand, around)), this.#scope.relation);
    }
    const isComparison = COMPARISONS.has(name.replace(/^row /u, ""));
    if (isComparison) return own.length < columns.length || operands.some(({ kind }) => kind === "subquery") ? this.#unlessUnindexed(leaf) : this.#sameRow(leaf, around);
    return this.#filter(first, name === "regexp" || name === "match" ? "method" : "wrapped");
  }

  #glob(column: ColumnRef, operand: Operand | undefined, columns: number, around: Surroundings): Outcome {
    if (columns > 1 || operand === undefined) return this.#filter(column, "computed-pattern");
    if (operand.kind === "parameter") return atMost(this.#test(column, { kind: "prefix", collation: "binary", numeric: false }, around), "collation");
    if (operand.kind !== "literal") return this.#filter(column, "computed-pattern");
    const prefix = typeof operand.value === "string" ? prefixOfGlob(operand.value) : "";
    return prefix === "" ? this.#filter(column, "leading-wildcard") : this.#test(column, { kind: "prefix", collation: "binary", numeric: looksNumeric(prefix) }, around);
  }

  /** A form that is not modelled: without an index on any column of it nothing can serve. */
  #unlessUnindexed(predicate: Predicate): Outcome {
    const { columns, complete } = columnsOf(predicate);
    const found = columns.map((column) => subjectOf(column, this.#scope.relation));
    const own = found.flatMap((item) => (item.kind === "subject" ? [item.subject] : []));
    const [first] = own;
    if (first === undefined) return found.length > 0 && found.every(({ kind }) => kind === "foreign") && complete ? undefined : { verdict: "unknown", reason: "operator" };
    const indexed = own.some((subject) => subject.rowid || this.#scope.indexes.some((index) => subject.columns.some((column) => mentions(index, column))));
    return indexed ? { verdict: "unknown", reason: "operator", column: first.column.name } : { verdict: "unusable", reason: "no-index", column: first.column.name };
  }

  /** `<>`, NOT IN, NOT LIKE: read row by row. */
  #excluded(column: ColumnRef, operand?: Operand): Outcome {
    const found = subjectOf(column, this.#scope.relation);
    if (found.kind === "foreign" && operand?.kind === "column") return this.#filter(operand.column, "negated");
    return this.#filter(column, "negated");
  }

  /** A condition that no index is tried for. */
  #filter(column: ColumnRef, reason: AccessReason): Outcome {
    const found = subjectOf(column, this.#scope.relation);
    if (found.kind === "foreign") return undefined;
    if (found.kind !== "subject") return { verdict: "unknown", reason: "unknown-column" };
    const { subject } = found;
    const other = otherMethod(this.#scope.indexes, subject.columns);
    if (other !== undefined) return { verdict: "unknown", reason: "method-unknown", nearest: other, column: subject.column.name };
    const nearest = this.#scope.indexes.find((index) => index.parts[0] !== undefined && matches(index.parts[0], subject) === "yes");
    if (nearest === undefined && !this.#scope.indexes.some((index) => subject.columns.some((own) => mentions(index, own)))) return { verdict: "unusable", reason: reason === "same-row" ? reason : "no-index", column: subject.column.name };
    return withNearest({ verdict: "unusable", reason: nearest === undefined && !subject.bare ? "wrapped" : reason, column: subject.column.name }, nearest);
  }

  /** The same for a whole condition, by the first column of this table in it. */
  #whole(predicate: Predicate, reason: AccessReason): Outcome {
    const { columns, complete } = columnsOf(predicate);
    const found = columns.map((column) => subjectOf(column, this.#scope.relation));
    if (found.some(({ kind }) => kind === "unknown")) return { verdict: "unknown", reason: "unknown-column" };
    const first = columns.find((_, at) => found[at]?.kind !== "foreign");
    if (first !== undefined) return this.#filter(first, reason);
    return complete && columns.length > 0 ? undefined : { verdict: "unusable", reason };
  }

  #test(reference: ColumnRef, test: Test, around: Surroundings): Outcome {
    const found = subjectOf(reference, this.#scope.relation);
    if (found.kind === "foreign") return undefined;
    if (found.kind === "unknown") return { verdict: "unknown", reason: "unknown-column" };
    if (found.kind === "mixed") return this.#filter(reference, "same-row");
    const { subject } = found;
    if (subject.rowid && test.kind === "prefix" && test.numeric) return this.#filter(reference, "type-mismatch");
    if (subject.rowid) return { verdict: "usable", reason: "leading", column: subject.column.name, ...this.#primary() };
    const paths = this.#scope.indexes.flatMap((index) => this.#byIndex(index, subject, test, around) ?? []);
    return bestOf(paths, this.#scope.relation) ?? this.#withoutIndex(subject);
  }

  #primary(): { readonly index?: Index } {
    const index = this.#scope.relation.table.indexes.find(({ kind }) => kind === "primary");
    return index === undefined || rowidAlias(this.#scope.relation.table) === undefined ? {} : { index };
  }

  #withoutIndex(subject: Subject): AccessPath {
    const column = subject.column.name;
    const other = otherMethod(this.#scope.indexes, subject.columns);
    if (other !== undefined) return { verdict: "unknown", reason: "method-unknown", nearest: other, column };
    const later = this.#scope.indexes.find((index) => index.parts.slice(1).some((part) => matches(part, subject) === "yes"));
    if (later !== undefined) return { verdict: "unusable", reason: "not-leading", nearest: later, column };
    if (!subject.bare) {
      const plain = this.#scope.indexes.find((index) => index.parts[0]?.column?.toLowerCase() === column.toLowerCase());
      if (plain !== undefined || this.#scope.indexes.some((index) => mentions(index, subject.column))) return withNearest({ verdict: "unusable", reason: "wrapped", column }, plain);
    }
    const expression = this.#scope.indexes.find((index) => index.parts.some((part) => part.expression !== undefined && expressionNames(part.expression, column)));
    return withNearest({ verdict: "unusable", reason: "no-index", column }, expression);
  }

  /** Undefined when the index begins with something else. */
  #byIndex(index: Index, subject: Subject, test: Test, around: Surroundings): AccessPath | undefined {
    const [part] = index.parts;
    if (part === undefined) return undefined;
    const column = subject.column.name;
    const matched = matches(part, subject);
    if (matched === "no") return undefined;
    const method = methodProblem(index);
    if (method !== undefined) return { ...method, nearest: index, column };
    if (matched === "unknown") return { verdict: "unknown", reason: "expression-unknown", nearest: index, column };
    const problem = this.#byPart(part, subject, test);
    if (problem !== undefined && problem.verdict === "unusable") return { ...problem, nearest: index, column };
    switch (index.where === undefined ? "yes" : implies(around.arm, index.where, this.#scope.relation)) {
      case "yes":
        return problem === undefined ? { verdict: "usable", reason: "leading", index, column } : { ...problem, nearest: index, column };
      case "no":
        return { verdict: "unusable", reason: "partial", nearest: index, column };
      case "unknown":
        return { verdict: "unknown", reason: "partial-unknown", nearest: index, column };
    }
  }

  #byPart(part: IndexPart, subject: Subject, test: Test): AccessPath | undefined {
    const indexed = collationOfPart(part, this.#scope.relation.table);
    switch (test.kind) {
      case "null":
        return undefined;
      case "compare": {
        if (indexed !== (subject.collate ?? test.collate ?? subject.collation)) return { verdict: "unusable", reason: "operator-class" };
        switch (suits(subject.affinity, test.value)) {
          case "yes":
            return undefined;
          case "no":
            return { verdict: "unusable", reason: "type-mismatch" };
          case "unknown":
            return { verdict: "unknown", reason: "type-mismatch" };
        }
        break;
      }
      case "prefix":
        if (indexed !== test.collation) return { verdict: "unusable", reason: "operator-class" };
        if (!test.numeric || (subject.bare && subject.affinity === "text")) return undefined;
        return { verdict: subject.affinity === undefined ? "unknown" : "unusable", reason: "type-mismatch" };
    }
  }
}

/** An equality with one value. */
function isFixing(predicate: Predicate): boolean {
  if (predicate.op === "compare") return predicate.operator === "=" || predicate.operator === "is not distinct";
  return predicate.op === "in" && !predicate.negated && predicate.values.kind === "list" && predicate.values.operands.length === 1;
}
