/** The conditions of a predicate, one by one, as PostgreSQL's planner matches them to indexes (indxpath.c). */
import { unreachable } from "../../../base/exhaustive.js";
import type { Tri } from "../../../base/tri.js";
import type { ColumnRef, Operand, Predicate, Statement } from "../../../query/model.js";
import type { Index } from "../../../schema/model.js";
import type { AccessPath, AccessReason } from "../../access.js";
import { columnsOf, correlations, findColumn, hasFewValues } from "../../columns.js";
import { conjunctsOf } from "../../logic.js";
import { bestOf, leads, mentions, withNearest, type Outcome } from "../../outcomes.js";
import type { Leaf, Leaves, Scope, Surroundings } from "../contract.js";
import { implies, isImpliedBy } from "./implication.js";
import { fixedOfLike, fixedOfRegex, fixedOfSimilar, type Fixed } from "./patterns.js";
import { derive, normalise } from "./rewrite.js";
import { anyKeyServes, serve, type Test } from "./serve.js";
import { isOnCondition, keyOfSubject, matches, subjectOf, type Subject } from "./subjects.js";
import { keepsType } from "./types.js";

/** What is known around a condition, and the condition. */
interface Around extends Surroundings {
  readonly leaf: Leaf;
}

export class PostgresqlLeaves implements Leaves {
  readonly #scope: Scope;
  /** Major version. */
  readonly #version: number | undefined;

  constructor(scope: Scope) {
    this.#scope = scope;
    const version = Number.parseInt(scope.version ?? "", 10);
    this.#version = Number.isNaN(version) ? undefined : version;
  }

  rewrite(predicate: Predicate): Predicate {
    const { relation } = this.#scope;
    const normal = normalise(predicate);
    const conjuncts = conjunctsOf(normal);
    const derived = derive(
      conjuncts,
      (reference) => {
        const found = subjectOf(reference, relation);
        if (found.kind === "foreign") return reference.wrappers.length > 0 ? undefined : { key: `${reference.table ?? ""}.${reference.name}`, own: false };
        if (found.kind !== "subject") return undefined;
        const key = keyOfSubject(found.subject);
        return key === undefined ? undefined : { key, own: true };
      },
      (reference, operand) => {
        if (operand.kind === "column" || operand.kind === "subquery" || (operand.kind === "expression" && operand.volatile !== "no")) return false;
        const found = subjectOf(reference, relation);
        return found.kind === "foreign" || (found.kind === "subject" && keepsType(found.subject.type, operand) === "yes");
      },
    );
    return derived.length === conjuncts.length && derived.every((item, at) => item === conjuncts[at]) ? normal : { op: "and", items: derived };
  }

  implies(conjuncts: readonly Predicate[], condition: string): Tri {
    return implies(conjuncts, condition, this.#scope.relation).answer;
  }

  outcome(leaf: Leaf, surroundings: Surroundings): Outcome {
    const around: Around = { ...surroundings, leaf };
    switch (leaf.op) {
      case "compare":
        return this.#compare(leaf, around);
      case "in":
        return this.#in(leaf, around);
      case "like": {
        if (leaf.negated) return this.#excluded(leaf.column);
        const literal = leaf.pattern.kind === "literal" && typeof leaf.pattern.value === "string" ? leaf.pattern.value : undefined;
        const fixed = leaf.prefix === undefined ? "parameter" : leaf.prefix !== "" && literal === undefined && leaf.pattern.kind !== "literal" ? "parameter" : fixedOfLike(leaf.prefix, literal, leaf.insensitive);
        return this.#test(leaf.column, { kind: "pattern", operator: leaf.insensitive ? "ilike" : "like", fixed, operands: [leaf.pattern] }, around);
      }
      case "null":
        return this.#null(leaf, around);
      case "between":
        return this.#test(leaf.column, { kind: "compare", operator: ">=", operands: [leaf.low], any: false }, around);
      case "boolean":
        return this.#boolean(leaf, around);
      case "operator":
        return this.#operator(leaf, around);
      case "not":
        return this.#not(leaf);
      default:
        return unreachable(leaf);
    }
  }

  #compare(leaf: Extract<Leaf, { op: "compare" }>, around: Around): Outcome {
    const { column, operator, operand } = leaf;
    const excludes = operator === "<>" || operator === "is distinct" || operator === "is not distinct";
    if (operand.kind === "column") return this.#columns(column, operand.column, excludes ? undefined : operator, around);
    // To version 18 IS NOT DISTINCT FROM has no index support.
    if (excludes) return this.#excluded(column);
    return this.#test(column, { kind: "compare", operator, operands: [operand], any: false }, around);
  }

  /** A join condition, a comparison within the row, or one of two other relations. */
  #columns(left: ColumnRef, right: ColumnRef, operator: "=" | "<" | "<=" | ">" | ">=" | undefined, around: Around): Outcome {
    const { relation } = this.#scope;
    const found = [subjectOf(left, relation), subjectOf(right, relation)] as const;
    const [one, other] = found;
    if (one.kind === "unknown" || other.kind === "unknown") return { verdict: "unknown", reason: "unknown-column" };
    if (one.kind === "foreign" && other.kind === "foreign") return undefined;
    if (one.kind !== "foreign" && other.kind !== "foreign") {
      const column = one.kind === "subject" ? one.subject.column : one.column;
      return this.#orOnCondition({ verdict: "unusable", reason: "same-row", column: column.name }, one.kind === "subject" ? one.subject : undefined);
    }
    const own = one.kind === "foreign" ? right : left;
    return operator === undefined ? this.#excluded(own) : this.#test(own, { kind: "compare", operator, operands: [], any: false }, around);
  }

  #in(leaf: Extract<Leaf, { op: "in" }>, around: Around): Outcome {
    const { column, values, negated } = leaf;
    if (negated) return this.#excluded(column);
    switch (values.kind) {
      case "subquery":
        // Below an OR it is no join but a filter that is asked row by row.
        // What the sub-query asks of this row becomes a join condition as well, and may have an index of its own.
        return this.#unlessCorrelated(values.statement, around.belowOr ? this.#filter(column, "subquery") : this.#test(column, { kind: "semi-join" }, around));
      case "array":
        if (values.operand.kind === "column") return { verdict: "unknown", reason: "operator" };
        return this.#test(column, { kind: "compare", operator: "=", operands: [values.operand], any: true }, around);
      case "list": {
        const own = values.operands.filter((operand) => operand.kind === "column");
        if (own.length > 0) return own.every((operand) => subjectOf(operand.column, this.#scope.relation).kind === "subject") ? this.#filter(column, "same-row") : { verdict: "unknown", reason: "relation" };
        return this.#test(column, { kind: "compare", operator: "=", operands: values.operands, any: false }, around);
      }
    }
  }

  #unlessCorrelated(statement: Statement, outcome: Outcome): Outcome {
    return outcome?.verdict === "unusable" && correlations(statement, this.#scope.relation).length > 0 ? { ...outcome, verdict: "unknown", reason: "subquery" } : outcome;
  }

  #boolean(leaf: Extract<Leaf, { op: "boolean" }>, around: Around): Outcome {
    const outcome = this.#test(leaf.column, { kind: "boolean" }, around);
    // `f(column)` and `f(column) = true`: a support function may turn them into a range, as that of starts_with does.
    const isCall = leaf.column.wrappers.some((wrapper) => wrapper.kind === "function");
    return isCall && outcome?.verdict === "unusable" && outcome.reason !== "no-index" ? { ...outcome, verdict: "unknown", reason: "operator" } : outcome;
  }

  #null(leaf: Extract<Leaf, { op: "null" }>, around: Around): Outcome {
    const found = subjectOf(leaf.column, this.#scope.relation);
    // IS UNKNOWN is another node of the tree, which no index takes.
    if (leaf.unknown === true) return this.#filter(leaf.column, "operator");
    if (found.kind === "subject" && found.subject.bare && found.subject.column.nullable === "no") {
      // Below an outer join the column is null all the same.
      if (!this.#scope.relation.alone) return { verdict: "unknown", reason: "relation", column: found.subject.column.name };
      // In an arm of an OR what is always or never true stays as it is written, but for an arm that is nothing else.
      const path = around.belowOr ? this.#test(leaf.column, { kind: "null", negated: leaf.negated }, around) : undefined;
      if (path !== undefined) return leaf.negated ? this.#atMost(path) : path;
      if (!leaf.negated) return { verdict: "usable", reason: "never-true" };
      // From version 17 on the planner drops what is always true; before, it looks it up.
      const version = this.#version;
      if (version === undefined) return this.#atMost(this.#test(leaf.column, { kind: "null", negated: true }, around));
      if (version >= 17) return undefined;
    }
    return this.#test(leaf.column, { kind: "null", negated: leaf.negated }, around);
  }

  #atMost(outcome: Outcome): Outcome {
    return outcome?.verdict === "usable" ? { ...outcome, verdict: "unknown", reason: "unselective" } : outcome;
  }

  #operator(leaf: Extract<Leaf, { op: "operator" }>, around: Around): Outcome {
    const operator = leaf.operator.toLowerCase();
    const [column] = leaf.columns;
    const [operand] = leaf.operands;
    if (column === undefined) return { verdict: "unknown", reason: "operator" };
    if (leaf.columns.length === 1 && leaf.operands.length === 1 && operand !== undefined) {
      const test = this.#testOf(operator, operand);
      if (test !== undefined) return this.#test(column, test, around);
    }
    if (/^row [<>]=?$/u.test(operator) && leaf.columns.length > 1 && leaf.columns.length === leaf.operands.length) return this.#test(column, { kind: "row", operands: leaf.operands }, around);
    return this.#elsewhere(leaf);
  }

  #testOf(operator: string, operand: Operand): Test | undefined {
    const literal = operand.kind === "literal" && typeof operand.value === "string" ? operand.value : undefined;
    const pattern = (name: string, fixed: (text: string) => Fixed | undefined): Test => ({ kind: "pattern", operator: name, fixed: literal === undefined ? "parameter" : (fixed(literal) ?? "unknown"), operands: [operand] });
    if (operator.startsWith("row")) return undefined;
    switch (operator) {
      case "~":
        return pattern("~", (text) => fixedOfRegex(text, false));
      case "~*":
        return pattern("~*", (text) => fixedOfRegex(text, true));
      case "similar to":
        return pattern("~", fixedOfSimilar);
      case "^@":
      case "starts_with":
        return pattern("^@", (prefix) => ({ prefix, exact: false }));
      default:
        break;
    }
    const quantified = /^(=|<|<=|>|>=) any$/u.exec(operator)?.[1];
    if (quantified !== undefined && quantified !== "=") return { kind: "compare", operator: quantified === "<" || quantified === "<=" || quantified === ">" ? quantified : ">=", operands: [operand], any: true };
    return { kind: "operator", operator, operands: [operand] };
  }

  /** Shapes that are not matched to one key: without an index on any column named, nothing can serve. */
  #elsewhere(predicate: Extract<Leaf, { op: "operator" }>): Outcome {
    const { relation, indexes } = this.#scope;
    const { columns, complete } = columnsOf(predicate);
    const found = columns.map((column) => subjectOf(column, relation));
    if (!complete || found.some((item) => item.kind === "unknown")) return { verdict: "unknown", reason: "operator" };
    const subjects = found.flatMap((item) => (item.kind === "subject" ? [item.subject] : []));
    const [first] = subjects;
    if (first === undefined) return undefined;
    const near = indexes.filter((index) => subjects.some((subject) => mentions(index, subject.column)));
    if (near.length === 0) return { verdict: "unusable", reason: "no-index", column: first.column.name };
    // Columns of this table on both sides: an index holds no value to compare with.
    const isPlain = !/^(?:row|is)\b/u.test(predicate.operator) && near.every((index) => (index.method === "btree" || index.method === "hash" || index.method === "brin") && !isOnCondition(index, first) && index.parts.every((part) => part.column !== undefined));
    return isPlain && subjects.length === found.length ? withNearest({ verdict: "unusable", reason: "method", column: first.column.name }, near[0]) : { verdict: "unknown", reason: "operator", column: first.column.name };
  }

  /** What NOT is left in front of after it was pushed down: no index takes it (match_clause_to_indexcol). */
  #not(leaf: Extract<Leaf, { op: "not" }>): Outcome {
    const { columns, complete } = columnsOf(leaf.item);
    const [column] = columns;
    if (!complete || column === undefined) return complete ? undefined : { verdict: "unknown", reason: "not" };
    const own = columns.find((candidate) => subjectOf(candidate, this.#scope.relation).kind !== "foreign");
    if (own === undefined) return undefined;
    const path = this.#excluded(own);
    // `NOT (a > ALL …)` is `a <= ANY …`, and NOT before `!~` is `~` (negate_clause).
    const turns = leaf.item.op === "operator" && / (?:all|any)$|^!~\*?$/u.test(leaf.item.operator.toLowerCase());
    return turns && path?.verdict === "unusable" && path.reason !== "no-index" ? { verdict: "unknown", reason: "not", column: own.name } : path;
  }

  /** `<>`, NOT IN, NOT LIKE: no operator of an index. */
  #excluded(reference: ColumnRef): Outcome {
    return this.#filter(reference, "negated");
  }

  /** A condition that is only checked: unusable for a reason, or for want of any index on the column. */
  #filter(reference: ColumnRef, reason: AccessReason): Outcome {
    const { relation, indexes } = this.#scope;
    const found = subjectOf(reference, relation);
    if (found.kind === "foreign") return undefined;
    if (found.kind === "unknown") return { verdict: "unknown", reason: "unknown-column" };
    const column = found.kind === "subject" ? found.subject.column : found.column;
    const plain = indexes.find((index) => index.parts[0] !== undefined && leads(index.parts[0], column));
    const gist = indexes.find((index) => (index.method === "gist" || index.method === "spgist") && mentions(index, column));
    // The extension btree_gist has `<>`, and so has SP-GiST for `inet`.
    if (reason === "negated" && gist !== undefined) return withNearest({ verdict: "unknown", reason: "method-unknown", column: column.name }, gist);
    const path: AccessPath = indexes.some((index) => mentions(index, column)) ? withNearest({ verdict: "unusable", reason, column: column.name }, plain) : { verdict: "unusable", reason: "no-index", column: column.name };
    return this.#orOnCondition(path, found.kind === "subject" ? found.subject : undefined);
  }

  /** An index whose key is a condition may have just this one. */
  #orOnCondition(path: AccessPath, subject: Subject | undefined): AccessPath {
    const index = subject && this.#scope.indexes.find((candidate) => isOnCondition(candidate, subject));
    return index === undefined ? path : { verdict: "unknown", reason: "expression-unknown", nearest: index, ...(path.column === undefined ? {} : { column: path.column }) };
  }

  #test(reference: ColumnRef, test: Test, around: Around): Outcome {
    const { relation, indexes } = this.#scope;
    const found = subjectOf(reference, relation);
    switch (found.kind) {
      case "foreign":
        return undefined;
      case "unknown":
        return { verdict: "unknown", reason: "unknown-column" };
      case "mixed":
        return { verdict: "unusable", reason: "same-row", column: found.column.name };
      case "subject":
        break;
    }
    const { subject } = found;
    const paths = indexes.flatMap((index) => this.#byIndex(index, subject, test, around) ?? []);
    const chosen = bestOf(paths, relation) ?? this.#withoutIndex(subject);
    return chosen.verdict === "unusable" ? this.#orOnCondition(chosen, subject) : chosen;
  }

  /** Undefined when the index has nothing to do with the subject. */
  #byIndex(index: Index, subject: Subject, test: Test, around: Around): AccessPath | undefined {
    const { table } = this.#scope.relation;
    const about = { nearest: index, column: subject.column.name };
    const parts = anyKeyServes(index) ? index.parts : index.parts.slice(0, 1);
    let best: AccessPath | undefined;
    for (const part of parts) {
      const match = matches(part, subject, table);
      if (match === "no") continue;
      const { verdict, reason } = match === "unknown" ? { verdict: "perhaps" as const, reason: "expression-unknown" as const } : serve(index, part, subject, test, table);
      if (verdict === "no") best ??= { verdict: "unusable", reason, ...about };
      else if (verdict === "perhaps") best = best?.verdict === "usable" ? best : { verdict: "unknown", reason, ...about };
      else best = { verdict: "usable", reason: "leading", index, column: subject.column.name };
    }
    if (best === undefined || best.verdict === "unusable" || index.where === undefined) return best;
    // What the index's own condition says already is not looked up (check_index_predicates): the index is read whole.
    if (best.verdict === "usable" && isImpliedBy(index.where, around.leaf, this.#scope.relation)) return { verdict: "unknown", reason: "partial-scan", ...about };
    const { answer, lacks, parameter } = implies(around.conjuncts, index.where, this.#scope.relation);
    switch (answer) {
      case "yes":
        return best;
      case "no":
        return { verdict: "unusable", reason: "partial", lacks, ...about };
      case "unknown":
        return { verdict: "unknown", reason: parameter ? "partial-parameter" : "partial-unknown", lacks, ...about };
    }
  }

  #withoutIndex(subject: Subject): AccessPath {
    const { relation, indexes } = this.#scope;
    const version = this.#version;
    const { table } = relation;
    const { column } = subject;
    const later = indexes.find((index) => index.method === "btree" && index.parts.slice(1).some((part) => matches(part, subject, table) === "yes"));
    if (later !== undefined) {
      // PostgreSQL 18 skips over the values of a leading column, if there are few of them (manual 11.3).
      const first = later.parts[0]?.column === undefined ? undefined : findColumn({ name: later.parts[0].column }, table);
      const skips = (version === undefined || version >= 18) && first !== undefined && hasFewValues(first);
      return { verdict: skips ? "unknown" : "unusable", reason: skips ? "skip-scan" : "not-leading", nearest: later, column: column.name };
    }
    if (subject.bare) {
      const expression = indexes.find((index) => mentions(index, column) && index.parts.some((part) => part.expression !== undefined));
      return withNearest({ verdict: "unusable", reason: "no-index", column: column.name }, expression);
    }
    const unread = indexes.find((index) => index.parts.some((part) => part.expression !== undefined && matches(part, subject, table) === "unknown"));
    if (unread !== undefined) return { verdict: "unknown", reason: "expression-unknown", nearest: unread, column: column.name };
    const plain = indexes.find((index) => index.parts[0] !== undefined && leads(index.parts[0], column));
    if (plain === undefined && !indexes.some((index) => mentions(index, column))) return { verdict: "unusable", reason: "no-index", column: column.name };
    return withNearest({ verdict: "unusable", reason: "wrapped", column: column.name }, plain);
  }
}
