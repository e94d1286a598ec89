/**
 * Does a filter imply the condition of a partial index? PostgreSQL manual 11.8 and `predtest.c`; SQLite "Partial Indexes",
 * section 3. Both match a term that is written the same; a strict comparison implies IS NOT NULL; a bound parameter
 * implies nothing about values. PostgreSQL knows simple inequalities besides, which is why the rest is unknown there.
 */
import { triAnd, triOr, type Tri } from "../base/tri.js";
import type { ColumnRef, Dialect, Operand, Predicate } from "../query/model.js";
import { columnsOf, resolve, type Relation } from "./columns.js";
import { conditionTerms, type ConditionTerm } from "./expression.js";

/** `conjuncts` are the conditions that hold for every selected row; optional ones among them count as possible. */
export function implies(conjuncts: readonly Predicate[], condition: string, relation: Relation, dialect: Dialect): Tri {
  return triAnd(conditionTerms(condition).map((term) => triOr(conjuncts.map((conjunct) => impliesTerm(conjunct, term, relation, dialect)))));
}

function impliesTerm(conjunct: Predicate, term: ConditionTerm, relation: Relation, dialect: Dialect): Tri {
  switch (conjunct.op) {
    case "optional":
      return impliesTerm(conjunct.item, term, relation, dialect) === "no" ? "no" : "unknown";
    case "and":
      return triOr(conjunct.items.map((item) => impliesTerm(item, term, relation, dialect)));
    case "or":
      return triAnd(conjunct.items.map((item) => impliesTerm(item, term, relation, dialect)));
    case "constant":
      return conjunct.value ? "no" : "yes";
    case "opaque":
      return conjunct.restricts === "no" ? "no" : "unknown";
    case "exists":
    case "relation":
      // They speak of other tables; what they say about this one is the key they join by, never null.
      return term.kind === "not null" ? "unknown" : "no";
    case "not":
    case "operator":
      return speaksOf(conjunct, term, relation) ? "unknown" : "no";
    case "null":
      if (!isColumn(conjunct.column, term, relation)) return mayBeOther(conjunct, term, relation);
      if (term.kind === "other") return "unknown";
      return term.kind === (conjunct.negated ? "not null" : "null") ? "yes" : "no";
    case "boolean":
      if (!isColumn(conjunct.column, term, relation)) return mayBeOther(conjunct, term, relation);
      if (term.kind === "not null") return "yes";
      if (conjunct.form === "is") return "unknown";
      return term.kind === (conjunct.value ? "true" : "false") ? "yes" : "unknown";
    case "compare":
      if (!isColumn(conjunct.column, term, relation)) return mayBeOther(conjunct, term, relation);
      if (conjunct.operator === "is distinct" || conjunct.operator === "is not distinct") return "unknown";
      if (term.kind === "not null") return "yes";
      return conjunct.operator === "=" ? byValues([conjunct.operand], term, dialect) : term.kind === "null" ? "no" : "unknown";
    case "in":
      if (!isColumn(conjunct.column, term, relation)) return mayBeOther(conjunct, term, relation);
      if (conjunct.negated) return term.kind === "null" ? "no" : "unknown";
      if (term.kind === "not null") return "yes";
      return conjunct.values.kind === "list" ? byValues(conjunct.values.operands, term, dialect) : dialect === "sqlite" || term.kind === "null" ? "no" : "unknown";
    case "like":
    case "between":
      if (!isColumn(conjunct.column, term, relation)) return mayBeOther(conjunct, term, relation);
      if (term.kind === "not null") return conjunct.negated ? "unknown" : "yes";
      return term.kind === "null" ? "no" : "unknown";
  }
}

/** An equality with known values against a term about the same column. */
function byValues(operands: readonly Operand[], term: ConditionTerm, dialect: Dialect): Tri {
  if (term.kind === "null") return "no";
  return triAnd(
    operands.map((operand): Tri => {
      // A custom plan of PostgreSQL knows the value; a generic plan and SQLite never do.
      if (operand.kind !== "literal") return dialect === "sqlite" ? "no" : "unknown";
      switch (term.kind) {
        case "equal":
          return operand.value === term.value ? "yes" : typeof operand.value === typeof term.value ? "no" : "unknown";
        case "true":
        case "false":
          if (typeof operand.value === "boolean") return operand.value === (term.kind === "true") ? "yes" : "no";
          return "unknown";
        case "null":
        case "not null":
        case "other":
          return "unknown";
      }
    }),
  );
}

/** Is the bare column the one the term is about? A term that is not modelled is about all its words. */
function isColumn(reference: ColumnRef, term: ConditionTerm, relation: Relation): boolean {
  return reference.wrappers.length === 0 && resolve(reference, relation).kind === "own" && names(reference, term, relation);
}

function names(reference: ColumnRef, term: ConditionTerm, relation: Relation): boolean {
  const resolution = resolve(reference, relation);
  if (resolution.kind !== "own") return resolution.kind === "unknown";
  const wanted = resolution.column.name.toLowerCase();
  return term.kind === "other" ? term.words.some((word) => word.toLowerCase() === wanted) : term.column.toLowerCase() === wanted;
}

/** A condition on a computation over the column, or one whose other side is the column, may imply the term. */
function mayBeOther(conjunct: Predicate, term: ConditionTerm, relation: Relation): Tri {
  return speaksOf(conjunct, term, relation) ? "unknown" : "no";
}

function speaksOf(conjunct: Predicate, term: ConditionTerm, relation: Relation): boolean {
  const { columns, complete } = columnsOf(conjunct);
  return !complete || columns.some((column) => names(column, term, relation));
}
