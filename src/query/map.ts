/** A statement with some of its parts replaced, nested statements included. */
import type { Amount, InPredicate, Operand, Predicate, Source, Statement } from "./model.js";

/** What takes the place of a part; the part itself where nothing changes. */
export interface Replacement {
  /** Asked from the outside in. A predicate that is replaced is not descended into. */
  predicate?(predicate: Predicate): Predicate;
  operand?(operand: Operand): Operand;
  amount?(amount: Amount): Amount;
}

export function mapStatement<S extends Statement>(statement: S, by: Replacement): S {
  const sources = statement.sources.map((source) => mapSource(source, by));
  const limit = statement.limit && mapAmount(statement.limit, by);
  const offset = statement.offset && mapAmount(statement.offset, by);
  return {
    ...statement,
    sources,
    where: mapPredicate(statement.where, by),
    ...(limit && { limit }),
    ...(offset && { offset }),
    ...(statement.branches && { branches: statement.branches.map((branch) => mapStatement(branch, by)) }),
    assignments: statement.assignments.map(({ column, operand, inputs }) => ({
      column,
      operand: mapOperand(operand, by),
      ...(inputs && { inputs: inputs.map((input) => mapOperand(input, by)) }),
    })),
    subqueries: statement.subqueries.map((item) => ({ ...item, statement: mapStatement(item.statement, by) })),
  };
}

function mapSource(source: Source, by: Replacement): Source {
  const joined = source.join ? { ...source, join: { ...source.join, on: mapPredicate(source.join.on, by) } } : source;
  return joined.kind === "subquery" ? { ...joined, statement: mapStatement(joined.statement, by) } : joined;
}

function mapAmount(amount: Amount, by: Replacement): Amount {
  return by.amount?.(amount) ?? amount;
}

function mapOperand(operand: Operand, by: Replacement): Operand {
  const replaced = by.operand?.(operand) ?? operand;
  return replaced.kind === "subquery" ? { ...replaced, statement: mapStatement(replaced.statement, by) } : replaced;
}

/** A predicate with its operands and nested predicates replaced. */
export function mapPredicate(predicate: Predicate, by: Replacement): Predicate {
  const replaced = by.predicate?.(predicate) ?? predicate;
  if (replaced !== predicate) return replaced;
  switch (predicate.op) {
    case "and":
    case "or":
      return { ...predicate, items: predicate.items.map((item) => mapPredicate(item, by)) };
    case "not":
    case "optional":
    case "relation":
      return { ...predicate, item: mapPredicate(predicate.item, by) };
    case "compare":
      return { ...predicate, operand: mapOperand(predicate.operand, by) };
    case "in":
      return { ...predicate, values: mapValues(predicate.values, by) };
    case "like":
      return { ...predicate, pattern: mapOperand(predicate.pattern, by) };
    case "between":
      return { ...predicate, low: mapOperand(predicate.low, by), high: mapOperand(predicate.high, by) };
    case "exists":
      return {
        ...predicate,
        ...(predicate.statement && { statement: mapStatement(predicate.statement, by) }),
        ...(predicate.item && { item: mapPredicate(predicate.item, by) }),
      };
    case "operator":
      return { ...predicate, operands: predicate.operands.map((operand) => mapOperand(operand, by)) };
    case "constant":
    case "null":
    case "boolean":
    case "opaque":
      return predicate;
  }
}

function mapValues(values: InPredicate["values"], by: Replacement): InPredicate["values"] {
  switch (values.kind) {
    case "list":
      return { ...values, operands: values.operands.map((operand) => mapOperand(operand, by)) };
    case "array":
      return { ...values, operand: mapOperand(values.operand, by) };
    case "subquery":
      return { ...values, statement: mapStatement(values.statement, by) };
  }
}

/** The statement of a library that is told to refuse undefined: where it is sent at all, no condition and no limit is dropped. */
export function withoutUndefined<S extends Statement>(statement: S): S {
  const predicate = (part: Predicate): Predicate => (part.op === "optional" && part.cause === "undefined" ? mapPredicate(part.item, { predicate }) : part);
  const amount = (part: Amount): Amount => {
    if (part.kind !== "parameter" || part.undefinable?.answer !== "yes") return part;
    const { undefinable: _, ...certain } = part;
    return certain;
  };
  return mapStatement(statement, { predicate, amount });
}
