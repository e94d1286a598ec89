/**
 * The conditions of a predicate, one by one, as the range and ref optimisers of MySQL and MariaDB match them to indexes
 * (MySQL manual 10.2.1.2, 10.2.1.22 and 10.3; MariaDB `opt_range.cc`, `item_cmpfunc.cc`).
 */
import { unreachable } from "../../../base/exhaustive.js";
import type { Tri } from "../../../base/tri.js";
import type { ColumnRef, Operand, Predicate } from "../../../query/model.js";
import type { Index, IndexPart } from "../../../schema/model.js";
import type { AccessPath, AccessReason } from "../../access.js";
import { columnsOf, correlations, resolve } from "../../columns.js";
import { expressionNames } from "../../expression.js";
import { atMost, bestOf, mentions, methodProblem, otherMethod, withNearest, type Outcome } from "../../outcomes.js";
import { isBefore } from "../../version.js";
import type { Leaf, Leaves, Scope, Surroundings } from "../contract.js";
import { pushNot } from "./rewrite.js";
import { matches, subjectOf, type Subject } from "./subjects.js";
import { familyOf, problemWith, problemWithList, sameCollation, type Comparison, type Problem } from "./values.js";

/** What a condition asks of an index: what stands in the way for a column. */
type Test = (subject: Subject, part: IndexPart) => Problem;

const NONE: Test = () => undefined;
const COMPARISONS: ReadonlySet<string> = new Set(["=", "<", "<=", ">", ">=", "<>", "is distinct", "is not distinct", "between", "in", "not in", "like", "xor"]);
/** Functions that indexes of their own kinds serve: multi-valued and spatial ones. */
const SPECIAL = /^(?:json_contains|json_overlaps|member of|memberof|st_|mbr)/u;
/** Rewritten to ranges since MariaDB 11.1, UPPER since 11.3. */
const SARGABLE: ReadonlySet<string> = new Set(["date", "year", "upper", "ucase"]);

export class MysqlLeaves implements Leaves {
  readonly #scope: Scope;
  readonly #isMariadb: boolean;

  constructor(scope: Scope, isMariadb: boolean) {
    this.#scope = scope;
    this.#isMariadb = isMariadb;
  }

  rewrite(predicate: Predicate): Predicate {
    return pushNot(predicate);
  }

  implies(): Tri {
    return "unknown";
  }

  outcome(leaf: Leaf, around: Surroundings): Outcome {
    switch (leaf.op) {
      case "compare":
        return this.#compare(leaf, around);
      case "in":
        return this.#in(leaf, around);
      case "like":
        return this.#like(leaf);
      case "null":
        return this.#null(leaf);
      case "between": {
        const operands = [leaf.low, leaf.high];
        if (operands.some(({ kind }) => kind === "column")) return this.#acrossColumns(leaf, around);
        const outcome = this.#test(leaf.column, ({ column }) => first(operands.map((operand) => problemWith(column, operand, "between", this.#isMariadb))));
        return leaf.negated ? atMost(outcome, "unselective") : outcome;
      }
      case "boolean":
        // A column alone is the condition `<> 0`, its negation `= 0`.
        if (leaf.form === "bare") return leaf.value ? atMost(this.#test(leaf.column, numeric), "unselective") : this.#test(leaf.column, numeric);
        return this.#isMariadb ? this.#filter(leaf.column, "wrapped") : atMost(this.#test(leaf.column, numeric), "unselective");
      case "operator":
        return this.#operator(leaf, around);
      case "not":
        return this.#not(leaf.item);
      default:
        return unreachable(leaf);
    }
  }

  #compare(leaf: Extract<Leaf, { op: "compare" }>, around: Surroundings): Outcome {
    const { column, operator, operand } = leaf;
    // `MATCH … > 0` searches the full-text index.
    if (column.wrappers.some((wrapper) => wrapper.kind === "function" && wrapper.name === "match")) return { verdict: "unknown", reason: "operator", column: column.name };
    if (operand.kind === "column") return this.#acrossColumns(leaf, around);
    if (operand.kind === "literal" && operand.value === null && operator !== "is distinct" && operator !== "is not distinct") return { verdict: "usable", reason: "never-true" };
    if (operator === "is distinct") return this.#filter(column, "negated");
    if (operand.kind === "subquery" && correlations(operand.statement, this.#scope.relation).length > 0) return this.#filter(column, "same-row");
    const comparison: Comparison = operator === "=" || operator === "is not distinct" ? "equal" : "range";
    const outcome = this.#test(column, (subject) => problemWith(subject.column, operand, comparison, this.#isMariadb));
    return operator === "<>" ? atMost(outcome, "unselective") : outcome;
  }

  /** A comparison with another column: of another table, which is then read before, or of the same row. */
  #acrossColumns(predicate: Extract<Predicate, { op: "compare" | "between" }>, around: Surroundings): Outcome {
    const operands = predicate.op === "compare" ? [predicate.operand] : [predicate.low, predicate.high];
    const references = operands.flatMap((operand) => (operand.kind === "column" ? [operand.column] : []));
    const sides = [predicate.column, ...references].map((reference) => ({ reference, found: subjectOf(reference, this.#scope.relation) }));
    if (sides.some(({ found }) => found.kind === "unknown")) return { verdict: "unknown", reason: "unknown-column" };
    const own = sides.filter(({ found }) => found.kind === "subject");
    const [only, ...others] = own;
    if (only === undefined) return sides.some(({ found }) => found.kind === "mixed") ? this.#unlessUnindexed(predicate) : undefined;
    if (others.length > 0 || own.length < sides.length - references.length) return this.#sameRow(predicate, around);
    if (predicate.op === "between") return atMost(this.#test(only.reference, joined), "relation");
    switch (predicate.operator) {
      case "=":
      case "is not distinct":
        return this.#test(only.reference, joined);
      case "<>":
      case "is distinct":
        return this.#filter(only.reference, "negated");
      default:
        // The range is made anew for each row of the other table.
        return atMost(this.#test(only.reference, joined), "relation");
    }
  }

  /** What fixes one of the columns fixes the other: `a = b AND b = 5`. */
  #sameRow(predicate: Predicate, around: Surroundings): Outcome {
    const { columns } = columnsOf(predicate);
    const isEquality = predicate.op === "compare" && (predicate.operator === "=" || predicate.operator === "is not distinct");
    const names = (item: Predicate): boolean => columnsOf(item).columns.some((column) => columns.some((own) => own.name.toLowerCase() === column.name.toLowerCase()));
    const fixed = around.conjuncts.some((conjunct) => {
      const inner = conjunct.op === "optional" ? conjunct.item : conjunct;
      return inner !== predicate && (isEquality || isFixing(inner)) && names(inner);
    });
    return fixed ? this.#unlessUnindexed(predicate, "same-row") : this.#whole(predicate, "same-row");
  }

  #in(leaf: Extract<Leaf, { op: "in" }>, around: Surroundings): Outcome {
    const { column, values } = leaf;
    switch (values.kind) {
      case "subquery": {
        if (leaf.negated) return this.#filter(column, "negated");
        // Turned into a join, the table is entered by the column, or by one that the sub-query names.
        const outcome = this.#test(column, () => ({ verdict: "unknown", reason: "subquery" }));
        const named = correlations(values.statement, this.#scope.relation).some((reference) => {
          const found = resolve(reference, this.#scope.relation);
          return found.kind !== "own" || this.#scope.indexes.some((index) => mentions(index, found.column));
        });
        return outcome?.verdict === "unusable" && named ? { verdict: "unknown", reason: "subquery" } : outcome;
      }
      case "array": {
        const outcome = this.#test(column, NONE);
        return leaf.negated ? atMost(outcome, "unselective") : outcome;
      }
      case "list": {
        if (values.operands.some((operand) => operand.kind === "column")) return this.#sameRow(leaf, around);
        if (values.operands.some((operand) => operand.kind === "subquery")) return this.#unlessUnindexed(leaf);
        const outcome = this.#test(column, (subject) => problemWithList(subject.column, values.operands, this.#isMariadb));
        return leaf.negated ? atMost(outcome, "unselective") : outcome;
      }
    }
  }

  #like(leaf: Extract<Leaf, { op: "like" }>): Outcome {
    const { column, pattern, prefix } = leaf;
    if (leaf.negated) return this.#filter(column, "negated");
    if (pattern.kind === "column" || pattern.kind === "subquery") return this.#unlessUnindexed(leaf);
    // An empty pattern has no wildcard.
    const isEmpty = pattern.kind === "literal" && pattern.value === "";
    if (prefix === "" && !isEmpty) return this.#filter(column, "leading-wildcard");
    return this.#test(column, (subject) => {
      const family = familyOf(subject.column);
      if (family !== undefined && family !== "text" && family !== "binary") return family === "other" ? { verdict: "unknown", reason: "type-mismatch" } : { verdict: "unusable", reason: "type-mismatch" };
      const isKnown = isEmpty || prefix !== undefined || (pattern.kind === "literal" && pattern.value !== null);
      if (!isKnown) return { verdict: "unknown", reason: "collation" };
      const collation = pattern.kind === "literal" || pattern.kind === "parameter" ? pattern.collation : undefined;
      if (pattern.kind === "literal" && pattern.sqlType?.toLowerCase() === "binary" && family === "text") return { verdict: this.#isMariadb ? "unusable" : "unknown", reason: "operator-class" };
      if (pattern.kind === "literal" && pattern.sqlType !== undefined && family === "text") return { verdict: "unknown", reason: "collation" };
      if (collation !== undefined) {
        const same = sameCollation(subject.column.collation, collation);
        if (same !== "yes") return same === "no" ? { verdict: "unusable", reason: "operator-class" } : { verdict: "unknown", reason: "collation" };
      }
      return family === undefined ? { verdict: "unknown", reason: "type-mismatch" } : undefined;
    });
  }

  #null(leaf: Extract<Leaf, { op: "null" }>): Outcome {
    const found = subjectOf(leaf.column, this.#scope.relation);
    if (found.kind === "subject" && found.subject.bare && found.subject.column.nullable === "no" && !leaf.negated && this.#scope.relation.alone) return { verdict: "usable", reason: "never-true" };
    const outcome = this.#test(leaf.column, NONE);
    return leaf.negated ? atMost(outcome, "unselective") : outcome;
  }

  #not(item: Predicate): Outcome {
    // `NOT isnull(a)`
    if (item.op === "operator" && item.operator.toLowerCase() === "isnull") return atMost(this.#unlessUnindexed(item), "unselective");
    if (item.op === "operator" || item.op === "boolean" || item.op === "compare") return this.#whole(item, "negated");
    return this.#unlessUnindexed(item, "not");
  }

  #operator(leaf: Extract<Leaf, { op: "operator" }>, around: Surroundings): Outcome {
    const { operator, columns, operands } = leaf;
    const name = operator.toLowerCase();
    const [reference] = columns;
    if (name === "isnull" && columns.length === 1 && reference !== undefined) return this.#test(reference, NONE);
    if (name === "match") return this.#fulltext(leaf);
    if (/^row [<>]=?$/u.test(name)) return this.#whole(leaf, "row-comparison");
    if (SPECIAL.test(name)) return this.#unlessUnindexed(leaf);
    const isOpen = operands.some(({ kind }) => kind === "subquery");
    if (COMPARISONS.has(name.replace(/^row /u, "")) || isOpen) {
      const found = columns.map((column) => subjectOf(column, this.#scope.relation));
      return !isOpen && name !== "between" && found.length > 0 && found.every(({ kind }) => kind === "subject") ? this.#sameRow(leaf, around) : this.#unlessUnindexed(leaf);
    }
    return this.#whole(leaf, "wrapped");
  }

  /** Only the index over exactly these columns serves (MySQL manual 14.9). */
  #fulltext(leaf: Extract<Leaf, { op: "operator" }>): Outcome {
    const names = leaf.columns.map((column) => {
      const found = resolve(column, this.#scope.relation);
      return found.kind === "own" ? found.column.name.toLowerCase() : undefined;
    });
    if (names.length === 0) return { verdict: "unknown", reason: "operator" };
    if (names.every((name) => name === undefined)) return undefined;
    const index = this.#scope.indexes.find(({ method, parts }) => method === "fulltext" && parts.length === names.length && parts.every((part) => names.includes(part.column?.toLowerCase())));
    const column = names.find((name) => name !== undefined);
    return index === undefined ? { verdict: "unknown", reason: "operator" } : { verdict: "usable", reason: "leading", index, ...(column === undefined ? {} : { column }) };
  }

  /** A form that is not modelled: without an index on any column of it nothing can serve. */
  #unlessUnindexed(predicate: Predicate, reason: AccessReason = "operator"): Outcome {
    const { columns, complete } = columnsOf(predicate);
    const found = columns.map((column) => resolve(column, this.#scope.relation));
    if (found.some(({ kind }) => kind === "unknown")) return { verdict: "unknown", reason: "unknown-column" };
    const own = found.flatMap((item) => (item.kind === "own" ? [item.column] : []));
    const [only] = own;
    if (only === undefined) return complete && columns.length > 0 ? undefined : { verdict: "unknown", reason };
    const indexed = !complete || this.#scope.indexes.some((index) => own.some((column) => mentions(index, column)));
    return indexed ? { verdict: "unknown", reason, column: only.name } : { verdict: "unusable", reason: "no-index", column: only.name };
  }

  /** A condition that no index is tried for. */
  #filter(reference: ColumnRef, reason: AccessReason): Outcome {
    const found = subjectOf(reference, this.#scope.relation);
    if (found.kind === "foreign") return undefined;
    if (found.kind !== "subject") return { verdict: "unknown", reason: "unknown-column" };
    const { subject } = found;
    const other = otherMethod(this.#scope.indexes, subject.columns);
    if (other !== undefined) return { verdict: "unknown", reason: "method-unknown", nearest: other, column: subject.column.name };
    const nearest = this.#scope.indexes.find((index) => index.parts[0] !== undefined && matches(index.parts[0], subject, this.#scope.relation.table) === "yes");
    if (nearest === undefined && !this.#scope.indexes.some((index) => subject.columns.some((own) => mentions(index, own)))) return { verdict: "unusable", reason: reason === "same-row" ? reason : "no-index", column: subject.column.name };
    return withNearest({ verdict: "unusable", reason: nearest === undefined && !subject.bare ? "wrapped" : reason, column: subject.column.name }, nearest);
  }

  /** The same for a whole condition, by the first column of this table in it. */
  #whole(predicate: Predicate, reason: AccessReason): Outcome {
    const { columns, complete } = columnsOf(predicate);
    const found = columns.map((column) => resolve(column, this.#scope.relation));
    if (found.some(({ kind }) => kind === "unknown")) return { verdict: "unknown", reason: "unknown-column" };
    const own = columns.find((_, at) => found[at]?.kind === "own");
    if (own !== undefined) return this.#filter({ ...own, wrappers: [], others: [] }, reason);
    return complete && columns.length > 0 ? undefined : { verdict: "unknown", reason: "operator" };
  }

  #test(reference: ColumnRef, test: Test): Outcome {
    const found = subjectOf(reference, this.#scope.relation);
    if (found.kind === "foreign") return undefined;
    if (found.kind === "unknown") return { verdict: "unknown", reason: "unknown-column" };
    if (found.kind === "mixed") return this.#filter({ ...reference, others: [], wrappers: [] }, "same-row");
    const { subject } = found;
    const paths = this.#scope.indexes.flatMap((index) => this.#byIndex(index, subject, test) ?? []);
    return bestOf(paths, this.#scope.relation) ?? this.#withoutIndex(subject);
  }

  /** Undefined when the index begins with something else. */
  #byIndex(index: Index, subject: Subject, test: Test): AccessPath | undefined {
    const [part] = index.parts;
    if (part === undefined) return undefined;
    const column = subject.column.name;
    const matched = matches(part, subject, this.#scope.relation.table);
    if (matched === "no") return undefined;
    const method = methodProblem(index);
    if (method !== undefined) return { ...method, nearest: index, column };
    // There are no partial indexes: a library may leave the condition out, or the index.
    if (index.where !== undefined) return { verdict: "unknown", reason: "partial-unknown", nearest: index, column };
    if (matched === "unknown") return { verdict: "unknown", reason: "expression-unknown", nearest: index, column };
    // MariaDB puts a generated column in the place of its expression since 11.8 only.
    if (!subject.bare && this.#isMariadb) {
      const isOld = isBefore(this.#scope.version, 11, 8);
      return { verdict: isOld ? "unusable" : "unknown", reason: isOld ? "wrapped" : "version", nearest: index, column };
    }
    const problem = subject.bare ? test(subject, part) : undefined;
    return problem === undefined ? { verdict: "usable", reason: "leading", index, column } : { ...problem, nearest: index, column };
  }

  #withoutIndex(subject: Subject): AccessPath {
    const { indexes } = this.#scope;
    const column = subject.column.name;
    const other = otherMethod(indexes, subject.columns);
    if (other !== undefined) return { verdict: "unknown", reason: "method-unknown", nearest: other, column };
    if (subject.bare) {
      const later = indexes.find((index) => index.parts.slice(1).some((part) => matches(part, subject, this.#scope.relation.table) === "yes"));
      if (later !== undefined) return { verdict: "unusable", reason: "not-leading", nearest: later, column };
      return withNearest({ verdict: "unusable", reason: "no-index", column }, indexes.find((index) => index.parts.some((part) => part.expression !== undefined && expressionNames(part.expression, column))));
    }
    const plain = indexes.find((index) => index.parts[0]?.column?.toLowerCase() === column.toLowerCase());
    if (plain === undefined) return { verdict: "unusable", reason: indexes.some((index) => mentions(index, subject.column)) ? "wrapped" : "no-index", column };
    const isSargable = this.#isMariadb && !isBefore(this.#scope.version, 11, 1) && subject.functions.length === 1 && SARGABLE.has(subject.functions[0] ?? "");
    return { verdict: isSargable ? "unknown" : "unusable", reason: isSargable ? "version" : "wrapped", nearest: plain, column };
  }
}

/** Compared with a number. */
const numeric: Test = ({ column }) => {
  const family = familyOf(column);
  if (family === "integer" || family === "number") return undefined;
  return family === "text" || family === "binary" ? { verdict: "unusable", reason: "type-mismatch" } : { verdict: "unknown", reason: "type-mismatch" };
};

/** Compared with a column of another table, which has the same type and collation as a rule. */
const joined: Test = () => undefined;

function first(problems: readonly Problem[]): Problem {
  return problems.find((problem) => problem?.verdict === "unusable") ?? problems.find((problem) => problem !== undefined);
}

/** An equality with one value, or a list of values. */
function isFixing(predicate: Predicate): boolean {
  if (predicate.op === "compare") return (predicate.operator === "=" || predicate.operator === "is not distinct") && !isColumn(predicate.operand);
  return predicate.op === "null" ? !predicate.negated : predicate.op === "in" && !predicate.negated && predicate.values.kind === "list" && predicate.values.operands.length === 1;
}

function isColumn(operand: Operand): boolean {
  return operand.kind === "column";
}
