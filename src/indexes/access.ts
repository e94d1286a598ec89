/**
 * Can an index limit the rows of a table that a predicate selects? Pure: predicate, indexes and dialect in, a verdict out.
 *
 * "Usable" means that the condition bounds the range of the index that is read (PostgreSQL's Index Cond, MySQL's ref or
 * range, SQLite's SEARCH), not that the planner will choose it. "Unusable" is a proof and covers every configuration of a
 * filter that the program completes conditionally. What depends on a fact that is not in the repository (the collation of
 * the database, statistics) is unknown.
 *
 * Rules by the leftmost prefix: PostgreSQL manual 11.2-11.11, MySQL manual 10.2.1.2, 10.2.1.3 and 10.3.6, MariaDB
 * knowledge base "Index Condition", SQLite "The Query Optimizer Overview".
 */
import { unreachable } from "../base/exhaustive.js";
import type { ColumnRef, ColumnWrapper, Dialect, Operand, OrderItem, Predicate } from "../query/model.js";
import { foreignKeyIndexes, type Column, type Index, type IndexPart, type Relation as SchemaRelation, type Table } from "../schema/model.js";
import { normaliseType } from "../schema/types.js";
import { columnsOf, correlations, findColumn, hasFewValues, resolve, type Relation } from "./columns.js";
import { expressionNames, sameExpression } from "./expression.js";
import { implies } from "./implication.js";

export type AccessReason =
  /** usable: an index leads with the column (or the expression). */
  | "leading"
  /** usable: the condition is never true. */
  | "never-true"
  /** unusable: no index contains the column. */
  | "no-index"
  /** unusable: an index contains the column, but not in front. */
  | "not-leading"
  /** unusable: a function, cast or computation around the column that no index has. */
  | "wrapped"
  | "leading-wildcard"
  /** unusable: a pattern match that ignores case. */
  | "ignores-case"
  /** unusable: `<>`, NOT IN, NOT LIKE, IS DISTINCT FROM: what is left after taking some values away. */
  | "negated"
  /** unusable: the index covers only some rows, and the filter does not say that it wants those. */
  | "partial"
  /** unusable: the method of the index does not serve the operator. */
  | "method"
  /** unusable: the operator class or the collation of the index does not serve the operator. */
  | "operator-class"
  /** unusable in SQLite: a column that stands alone as a condition. */
  | "bare-boolean"
  /** unusable: the column is compared with another column of the same row. */
  | "same-row"
  /** unusable: compared with a value that changes from row to row. */
  | "volatile"
  /** unusable: one side of an OR has no index, so every row must be read. */
  | "or"
  /** unusable: rows are kept for lack of a related row. */
  | "anti-join"
  /** unusable: what a related row must fulfil is served by no index of its table. */
  | "related"
  | "no-filter"
  | "view"
  | "uncertain-table"
  | "unknown-column"
  | "dialect"
  | "opaque"
  | "optional"
  | "relation"
  | "subquery"
  | "operator"
  | "collation"
  | "type-mismatch"
  | "unselective"
  | "partial-unknown"
  | "partial-scan"
  | "skip-scan"
  | "expression-unknown"
  | "method-unknown"
  | "not"
  | "index-merge";

export interface AccessPath {
  readonly verdict: "usable" | "unusable" | "unknown";
  readonly reason: AccessReason;
  /** The index that serves. */
  readonly index?: Index;
  /** The index that comes nearest without serving. */
  readonly nearest?: Index;
  /** Name of the column in the database that the reason speaks of. */
  readonly column?: string;
  /** unusable by "related": the table behind the relation, and its own access path. */
  readonly through?: Through;
  /** unusable, but an index gives the order asked for: with a LIMIT the read may stop early. */
  readonly ordered?: Index;
}

/** What is asked of a related table, and what its indexes answer. */
export interface Through {
  readonly table: Table;
  readonly predicate: Predicate;
  readonly path: AccessPath;
}

export interface AccessQuestion {
  readonly table: Table;
  /** WHERE, together with the ON conditions that restrict this table. */
  readonly predicate: Predicate;
  readonly dialect: Dialect | undefined;
  /** What the statement calls the table. */
  readonly alias?: string;
  /** False when the statement has other relations: unqualified names may be theirs. */
  readonly alone?: boolean;
  readonly order?: readonly OrderItem[];
  /** The table behind a relation of `from`, when it is known and too large to be read as a whole. */
  readonly related?: (from: Table, relation: SchemaRelation) => Table | undefined;
}

type KnownDialect = "postgresql" | "mysql" | "mariadb" | "sqlite";
const KNOWN_DIALECTS: readonly KnownDialect[] = ["postgresql", "mysql", "mariadb", "sqlite"];

/** The access path of one table. */
export function accessPath(question: AccessQuestion): AccessPath {
  const { table, dialect } = question;
  if (table.view === true) return { verdict: "unknown", reason: "view" };
  if (table.uncertain !== undefined) return { verdict: "unknown", reason: "uncertain-table" };
  const known = KNOWN_DIALECTS.find((candidate) => candidate === dialect);
  if (known !== undefined) return judge(question, known);
  if (dialect !== undefined) return { verdict: "unknown", reason: "dialect" };
  // The dialect is not known: what all of them agree on holds.
  const [first, ...others] = KNOWN_DIALECTS.map((candidate) => judge(question, candidate));
  return first !== undefined && others.every((other) => other.verdict === first.verdict) ? first : { verdict: "unknown", reason: "dialect" };
}

function judge(question: AccessQuestion, dialect: KnownDialect): AccessPath {
  const judgement = new Judgement(question, dialect);
  return judgement.path();
}

/** A conjunct that says nothing about this table. */
type Neutral = undefined;
type Outcome = AccessPath | Neutral;

/** What a condition asks of the values of one column. */
type Test =
  | { readonly kind: "equal"; readonly operands: readonly Operand[]; readonly list: boolean }
  | { readonly kind: "range"; readonly operands: readonly Operand[] }
  | { readonly kind: "null" | "not-null" | "unequal" | "semi-join" }
  | { readonly kind: "boolean"; readonly value: boolean; readonly form: "bare" | "is" }
  | { readonly kind: "like"; readonly insensitive: boolean; readonly prefix: string | undefined; readonly pattern: Operand };

class Judgement {
  readonly #relation: Relation;
  readonly #predicate: Predicate;
  readonly #order: readonly OrderItem[];
  readonly #dialect: KnownDialect;
  readonly #indexes: readonly Index[];
  readonly #related: (from: Table, relation: SchemaRelation) => Table | undefined;

  constructor(question: AccessQuestion, dialect: KnownDialect) {
    this.#relation = { table: question.table, alias: question.alias, alone: question.alone ?? true };
    this.#predicate = question.predicate;
    this.#order = question.order ?? [];
    this.#dialect = dialect;
    this.#related = question.related ?? (() => undefined);
    const { indexes } = question.table;
    this.#indexes = dialect === "mysql" || dialect === "mariadb" ? [...indexes, ...foreignKeyIndexes(question.table)] : indexes;
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

  /** Of several conjuncts (or indexes) the one that serves best. */
  #best(outcomes: readonly Outcome[]): Outcome {
    const usable = outcomes.find((outcome) => outcome?.verdict === "usable");
    if (usable !== undefined) return usable;
    const unknown = outcomes.find((outcome) => outcome?.verdict === "unknown");
    if (unknown !== undefined) return unknown;
    const distance = (outcome: AccessPath): number => {
      const { table, path } = outcome.through ?? { table: this.#relation.table, path: outcome };
      const column = table.columns.find((candidate) => candidate.name === path.column);
      return (DISTANCES[outcome.reason] ?? FAR) + (column === undefined || hasFewValues(column) ? FAR : 0);
    };
    return outcomes.filter((outcome) => outcome !== undefined).sort((left, right) => distance(left) - distance(right))[0];
  }

  #visit(predicate: Predicate, ambient: readonly Predicate[]): Outcome {
    switch (predicate.op) {
      case "and":
        return this.#best(predicate.items.map((item) => this.#visit(item, ambient)));
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
        if (predicate.values.kind === "subquery") return this.#test(predicate.column, { kind: predicate.negated ? "unequal" : "semi-join" }, ambient);
        return predicate.negated
          ? this.#test(predicate.column, { kind: "unequal" }, ambient)
          : this.#test(predicate.column, { kind: "equal", list: true, operands: predicate.values.kind === "list" ? predicate.values.operands : [] }, ambient);
      case "like":
        return predicate.negated
          ? this.#test(predicate.column, { kind: "unequal" }, ambient)
          : this.#test(predicate.column, { kind: "like", insensitive: predicate.insensitive, prefix: predicate.prefix, pattern: predicate.pattern }, ambient);
      case "null":
        return this.#test(predicate.column, { kind: predicate.negated ? "not-null" : "null" }, ambient);
      case "between":
        return predicate.negated
          ? this.#atMost(this.#test(predicate.column, { kind: "range", operands: [predicate.low, predicate.high] }, ambient), "not")
          : this.#test(predicate.column, { kind: "range", operands: [predicate.low, predicate.high] }, ambient);
      case "boolean":
        return this.#test(predicate.column, { kind: "boolean", value: predicate.value, form: predicate.form }, ambient);
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
    // Index merge works on one table, and not through deep nesting (MySQL manual 10.2.1.3).
    if ((this.#dialect === "mysql" || this.#dialect === "mariadb") && columns.size > 1 && !this.#relation.alone) return { verdict: "unknown", reason: "index-merge" };
    return all[0];
  }

  #visitNot(item: Predicate, ambient: readonly Predicate[]): Outcome {
    const negated = negate(item);
    if (negated === undefined) return this.#mentioned(item, "not");
    const outcome = this.#visit(negated, ambient);
    // SQLite does not push NOT inwards; a proof that the pushed form is useless holds all the same.
    return this.#dialect === "sqlite" ? this.#atMost(outcome, "not") : outcome;
  }

  #visitCompare(predicate: Extract<Predicate, { op: "compare" }>, ambient: readonly Predicate[]): Outcome {
    const { column, operator, operand } = predicate;
    if (operand.kind === "column") return this.#visitColumns(predicate, operand.column, ambient);
    switch (operator) {
      case "=":
        return this.#test(column, { kind: "equal", operands: [operand], list: false }, ambient);
      case "<":
      case "<=":
      case ">":
      case ">=":
        return this.#test(column, { kind: "range", operands: [operand] }, ambient);
      case "<>":
        // PostgreSQL reads `flag <> true` as `NOT flag`.
        return operand.kind === "literal" && typeof operand.value === "boolean"
          ? this.#test(column, { kind: "boolean", value: !operand.value, form: "bare" }, ambient)
          : this.#test(column, { kind: "unequal" }, ambient);
      case "is distinct":
        return this.#test(column, { kind: "unequal" }, ambient);
      case "is not distinct":
        // PostgreSQL (to 18) has no index support for it; `<=>` and SQLite's IS do.
        return this.#dialect === "postgresql"
          ? this.#test(column, { kind: "unequal" }, ambient)
          : this.#test(column, { kind: "equal", operands: [operand], list: false }, ambient);
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
    if (this.#dialect === "postgresql" && NO_BTREE_OPERATORS.has(operator) && mentioning.every((index) => index.method === "btree" || index.method === "hash")) {
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
    const path = accessPath({ table, predicate: item, dialect: this.#dialect, alone: true, related: this.#related });
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

  #test(reference: ColumnRef, test: Test, ambient: readonly Predicate[]): Outcome {
    const resolution = resolve(reference, this.#relation);
    if (resolution.kind === "foreign") return undefined;
    if (resolution.kind === "unknown") return { verdict: "unknown", reason: "unknown-column" };
    const { column } = resolution;
    const wrappers = reference.wrappers.filter((wrapper) => !isWithoutEffect(wrapper, column, this.#dialect));
    if (wrappers.length > 0) return this.#testWrapped(column, wrappers, test, ambient);
    const found = this.#indexes.filter((index) => index.parts[0] !== undefined && leads(index.parts[0], column));
    const paths = found.map((index) => this.#byIndex(index, column, test, ambient));
    const chosen = this.#best(paths);
    if (chosen !== undefined && chosen.verdict !== "unusable") return chosen;
    const expression = this.#indexes.find((index) => index.parts.some((part) => part.expression !== undefined && expressionNames(part.expression, column.name)));
    if (chosen !== undefined) return chosen;
    return this.#withoutLeadingIndex(column, expression);
  }

  #withoutLeadingIndex(column: Column, expression: Index | undefined): AccessPath {
    const later = this.#indexes.find((index) => index.parts.slice(1).some((part) => leads(part, column)) && index.method === "btree");
    if (later !== undefined) {
      // PostgreSQL 18 skips over the values of a leading column, if there are few of them (manual 11.3).
      const first = later.parts[0]?.column === undefined ? undefined : findColumn({ name: later.parts[0].column }, this.#relation.table);
      if (this.#dialect === "postgresql" && first !== undefined && hasFewValues(first)) return { verdict: "unknown", reason: "skip-scan", nearest: later, column: column.name };
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
      const chosen = this.#best(same.map((index) => this.#byIndex(index, column, test, ambient)));
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
    if (this.#dialect !== "sqlite") return withNearest({ verdict: "unknown", reason: "collation", column: column.name }, first);
    // SQLite: the collation of the comparison must be that of the index ("Datatypes", 7.1).
    const chosen = this.#best(matching.map((index) => this.#byIndex(index, { ...column, collation: wanted }, test, ambient)));
    return chosen ?? withNearest({ verdict: "unusable", reason: "operator-class", column: column.name }, first);
  }

  /** Does this index, whose first part is the tested column or expression, serve the test? */
  #byIndex(index: Index, column: Column, test: Test, ambient: readonly Predicate[]): AccessPath {
    const path = this.#byMethod(index, column, test);
    if (path.verdict === "unusable" || index.where === undefined) return path;
    switch (implies(ambient, index.where, this.#relation, this.#dialect)) {
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
        // InnoDB has no hash indexes: USING HASH makes a B-tree (MySQL manual 15.1.15).
        if (this.#dialect === "mysql" || this.#dialect === "mariadb") return this.#byBtree(part, column, test, { yes, no, perhaps });
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
        // Formally two ranges in MySQL (10.2.1.2), which the optimiser may take when the value is frequent.
        return this.#dialect === "mysql" || this.#dialect === "mariadb" ? perhaps("unselective") : no("negated");
      case "boolean":
        return this.#byBoolean(column, test, answers);
      case "like":
        return this.#byLike(part, column, test, isPattern, answers);
    }
  }

  #byBoolean(column: Column, test: Extract<Test, { kind: "boolean" }>, { yes, no, perhaps }: Answers): AccessPath {
    switch (this.#dialect) {
      case "postgresql":
        return column.type === undefined || column.type === "boolean" ? yes : perhaps("type-mismatch");
      case "mysql":
      case "mariadb":
        if (test.form === "bare") return test.value ? yes : perhaps("unselective");
        return this.#dialect === "mariadb" ? no("wrapped") : perhaps("unselective");
      case "sqlite":
        return test.form === "bare" ? no("bare-boolean") : perhaps("unselective");
    }
  }

  #byLike(part: IndexPart, column: Column, test: Extract<Test, { kind: "like" }>, isPattern: boolean, { yes, no, perhaps }: Answers): AccessPath {
    const { prefix, pattern, insensitive } = test;
    if (prefix === "") return no("leading-wildcard");
    const literal = pattern.kind === "literal" && typeof pattern.value === "string" ? pattern.value : undefined;
    switch (this.#dialect) {
      case "postgresql":
        if (insensitive) {
          // A prefix without letters is the same in either case, and then the index does serve.
          return prefix !== undefined && /^\p{L}/u.test(prefix) ? no("ignores-case") : perhaps("ignores-case");
        }
        if (literal !== undefined && !/[%_\\]/u.test(literal)) return yes;
        if (prefix === undefined) return perhaps("collation");
        return isPattern || /^(?:c|posix)$/iu.test(part.collation ?? column.collation ?? "") ? yes : perhaps("collation");
      case "mysql":
      case "mariadb":
        if (prefix === undefined) return perhaps("collation");
        return column.type === undefined || isText(column.type) ? yes : perhaps("type-mismatch");
      case "sqlite": {
        // LIKE ignores case by default, so the index must as well ("The LIKE Optimization").
        const collation = (part.collation ?? column.collation ?? "binary").toLowerCase();
        if (collation !== "nocase") return no("operator-class");
        if (prefix === undefined || !/^\p{L}/u.test(prefix)) return perhaps("collation");
        return yes;
      }
    }
  }

  #byOperands(column: Column, operands: readonly Operand[], { yes, no, perhaps }: Answers): AccessPath {
    for (const operand of operands) {
      switch (operand.kind) {
        case "expression":
          // SQLite puts constants in the place of columns: in `a = b + 1 AND b = 5` the right side becomes constant.
          if (operand.volatile === "yes") return this.#dialect === "sqlite" ? perhaps("volatile") : no("volatile");
          if (operand.volatile === "unknown") return perhaps("operator");
          break;
        case "subquery":
          return perhaps("subquery");
        case "column":
          return perhaps("relation");
        case "literal":
          if (operand.value === null || mismatches(column.type, operand.value, this.#dialect)) return perhaps("type-mismatch");
          break;
        case "parameter":
          if (isNumeric(operand.type) && isText(column.type) && column.type !== undefined && (this.#dialect === "mysql" || this.#dialect === "mariadb")) return perhaps("type-mismatch");
          break;
      }
    }
    return yes;
  }

  /** Is the collation of the index that of the comparison, which is the column's? */
  #collation(part: IndexPart, column: Column): "same" | "other" | "unknown" {
    const own = column.collation?.toLowerCase();
    const indexed = part.collation?.toLowerCase();
    if (indexed === undefined || indexed === own) return "same";
    if (this.#dialect === "sqlite") return indexed === (own ?? "binary") ? "same" : "other";
    return "unknown";
  }

  /** A partial index whose condition the filter states (or may state) can be read as a whole, whatever it leads with. */
  #partialScan(): Index | undefined {
    const conjuncts = conjunctsOf(this.#predicate);
    return this.#indexes.find((index) => index.where !== undefined && implies(conjuncts, index.where, this.#relation, this.#dialect) !== "no");
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

interface Answers {
  readonly yes: AccessPath;
  readonly no: (reason: AccessReason) => AccessPath;
  readonly perhaps: (reason: AccessReason) => AccessPath;
}

/** PostgreSQL operators that neither B-tree nor hash indexes have. */
const NO_BTREE_OPERATORS: ReadonlySet<string> = new Set(["@>", "<@", "&&", "?", "?|", "?&", "@@", "@?", "~*", "!~", "!~*", "<->", "<=>", "%", "similar"]);

/**
 * How near an unusable condition is to being served, for the message: first what a change of an index or of the filter
 * would cure, last what no index helps.
 */
const DISTANCES: Readonly<Partial<Record<AccessReason, number>>> = { partial: 1, "not-leading": 1, "no-index": 2, wrapped: 3, "operator-class": 3, "type-mismatch": 3, related: 3, or: 4, "bare-boolean": 4, "ignores-case": 5, "leading-wildcard": 5 };
const FAR = 6;

function withNearest(path: AccessPath, nearest: Index | undefined): AccessPath {
  return nearest === undefined ? path : { ...path, nearest };
}

function leads(part: IndexPart, column: Column): boolean {
  return part.column !== undefined && (part.column === column.name || part.column.toLowerCase() === column.name.toLowerCase());
}

/** Does the index have anything to do with the column, at any position, in an expression or in its condition? */
function mentions(index: Index, column: Column): boolean {
  return index.parts.some((part) => leads(part, column) || (part.expression !== undefined && expressionNames(part.expression, column.name))) || (index.where !== undefined && expressionNames(index.where, column.name));
}

/** The conjuncts that hold whenever a row is selected. */
function conjunctsOf(predicate: Predicate): readonly Predicate[] {
  return predicate.op === "and" ? predicate.items.flatMap(conjunctsOf) : [predicate];
}

const OPPOSITES = { "=": "<>", "<>": "=", "<": ">=", ">=": "<", ">": "<=", "<=": ">", "is distinct": "is not distinct", "is not distinct": "is distinct" } as const;

/** NOT pushed inwards, where that does not change which rows are selected. */
function negate(predicate: Predicate): Predicate | undefined {
  switch (predicate.op) {
    case "and":
    case "or": {
      const items: Predicate[] = [];
      for (const item of predicate.items) {
        const negated = negate(item);
        if (negated === undefined) return undefined;
        items.push(negated);
      }
      // What is chosen is negated: `NOT (a)` or `NOT (b)`.
      return predicate.choice ? { ...predicate, items } : { op: predicate.op === "and" ? "or" : "and", items };
    }
    case "not":
      return predicate.item;
    case "constant":
      return { ...predicate, value: !predicate.value };
    case "compare":
      return { ...predicate, operator: OPPOSITES[predicate.operator] };
    case "in":
    case "like":
    case "null":
    case "between":
    case "exists":
      return { ...predicate, negated: !predicate.negated };
    case "boolean":
      // NOT (x IS TRUE) selects nulls as well.
      return predicate.form === "bare" ? { ...predicate, value: !predicate.value } : undefined;
    case "optional":
    case "relation":
    case "operator":
    case "opaque":
      return undefined;
  }
}

const TEXT_TYPES: ReadonlySet<string> = new Set(["text", "varchar", "char", "citext", "name", "enum"]);
const INTEGER_TYPES: ReadonlySet<string> = new Set(["integer", "bigint", "smallint"]);

function isText(type: string | undefined): boolean {
  return type === undefined || TEXT_TYPES.has(type);
}

function isNumeric(type: string | undefined): boolean {
  return type === "number" || type === "bigint" || type === "boolean";
}

/** Operand types for which the engine converts the column instead of the value, so that the index does not serve. */
function mismatches(type: string | undefined, value: string | number | boolean | bigint, dialect: KnownDialect): boolean {
  if (type === undefined) return false;
  if (dialect === "mysql" || dialect === "mariadb") return TEXT_TYPES.has(type) && typeof value !== "string";
  if (dialect === "postgresql") return INTEGER_TYPES.has(type) && typeof value === "number" && !Number.isInteger(value);
  return false;
}

/** Casts that PostgreSQL drops: to the column's own type, and between the types that share one representation. */
function isWithoutEffect(wrapper: ColumnWrapper, column: Column, dialect: KnownDialect): boolean {
  if (wrapper.kind !== "cast" || dialect !== "postgresql" || column.type === undefined) return false;
  const target = normaliseType(wrapper.type);
  const interchangeable = (type: string | undefined): boolean => type === "text" || type === "varchar";
  // A cast with a length or a precision computes; without one, to the same type, it does not.
  return !/\(/u.test(wrapper.type) && (target === column.type || (interchangeable(target) && interchangeable(column.type)));
}
