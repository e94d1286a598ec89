/** What Objection does with Knex's builders in its own way. */
import { and } from "../../query/build.js";
import type { Amount, Predicate, Span, StatementKind, TableRef } from "../../query/model.js";
import { unwrap } from "../../syntax/ast.js";
import type { LibraryValue } from "../../syntax/values.js";
import { elementsOf } from "../../syntax/text.js";
import type { Evaluator } from "../../syntax/evaluate.js";
import { stepsInCallback } from "../builder/steps.js";
import type { History, Step } from "../builder/history.js";
import { amountOf, inList, opaque, operandOf, spanAt, type Lowering } from "../conditions.js";
import { FLAVOUR as KNEX_FLAVOUR } from "../knex/flavour.js";
import { STEPS } from "../knex/model.js";
import type { BuilderReader, Flavour } from "../knex/builder.js";
import { BUILDERS, OBJECTION, ROW_STARTS } from "./model.js";
import { modelOf, relationOf, type Model } from "./models.js";

type Root = NonNullable<History["root"]>;

const KINDS: Readonly<Record<string, StatementKind>> = {
  patch: "update", patchAndFetch: "update", patchAndFetchById: "update", updateAndFetch: "update", updateAndFetchById: "update", relate: "update", unrelate: "update",
  deleteById: "delete", insertAndFetch: "insert", insertGraph: "insert", insertGraphAndFetch: "insert", upsertGraph: "insert", upsertGraphAndFetch: "insert",
};
const BY_KEY: ReadonlySet<string> = new Set(["findById", "deleteById", "patchAndFetchById", "updateAndFetchById"]);
/** Steps that say nothing about which rows of the table are meant. */
const OWN_STEPS: readonly string[] = [
  ...Object.keys(KINDS), "findById", "findByIds", "findOne", "whereComposite", "whereInComposite", "whereNotInComposite", "alias", "throwIfNotFound", "withGraphFetched", "withGraphJoined", "allowGraph", "modifyGraph", "clearWithGraph",
  "runBefore", "runAfter", "onError", "context", "castTo", "execute", "page", "range", "resultSize", "for", "skipUndefined", "first", "clearAllowGraph", "clearWithGraphFetched", "transacting", "findOptions", "timeout", "eager", "joinEager", "mergeEager", "allowEager",
  "joinRelated", "innerJoinRelated", "leftJoinRelated", "leftOuterJoinRelated", "rightJoinRelated", "outerJoinRelated", "fullOuterJoinRelated", "joinRelation", "leftJoinRelation", "innerJoinRelation", "whereNotDeleted", "whereDeleted", "undelete", "hardDelete",
];

/** The builder that the call of a root makes. */
function made({ call, module }: Root, values: Evaluator): LibraryValue | undefined {
  return values.library(call, module, OBJECTION);
}

/** The model whose rows a builder is about. */
export function modelOfRoot(root: Root, values: Evaluator): Model | undefined {
  const builder = made(root, values);
  if (!builder) return undefined;
  if (root.name !== "$fetchGraph" && root.name !== "fetchGraph") return modelOf(builder, values);
  const relation = relationNamed(root, values);
  return relation === undefined || !root.parent ? undefined : modelOf(root.parent, values)?.relation(relation)?.target;
}

/** The first relation that a graph names: `items` of `[items.product, customer]`. */
function relationNamed(root: Root, values: Evaluator): string | undefined {
  const argument = root.call.arguments[root.name === "fetchGraph" ? 1 : 0];
  const text = argument && argument.type !== "SpreadElement" ? values.evaluate(argument, root.module) : undefined;
  return text?.kind === "literal" && typeof text.value === "string" ? /^\W*(\w+)/u.exec(text.value)?.[1] : undefined;
}

function mainOf(root: Root, at: Lowering, span: Span): TableRef {
  const model = modelOfRoot(root, at.context.values);
  if (model?.table === undefined && model?.name !== undefined && made(root, at.context.values)?.evidence === "shape") return { name: model.name, alias: model.name, model: model.name, span };
  if (model?.table === undefined) return { name: "", alias: "", dynamic: true, chosenBy: [], span };
  const [name = model.table, schema] = model.table.split(".").reverse();
  return { name, alias: name, ...(schema !== undefined && { schema }), span };
}

/** What `row.$query()`, `row.$relatedQuery("items")` and the loading of a graph ask for by themselves. */
function rootCondition(root: Root, at: Lowering, span: Span): Predicate | undefined {
  const { name, parent, call, module } = root;
  if (name === undefined || !parent || (!ROW_STARTS.has(name) && name !== "fetchGraph")) return undefined;
  const { values } = at.context;
  const callee = unwrap(call.callee);
  if (callee.type !== "MemberExpression") return undefined;
  const value = operandOf(at, callee.object, module);
  if (name === "$query") {
    const key = modelOf(parent, values)?.key;
    if (!key) return opaque(span, "the key is not known", "yes");
    return and(key.map((column): Predicate => ({ op: "compare", column: { name: column, span, wrappers: [] }, operator: "=", operand: value, span })));
  }
  const builder = made(root, values);
  const relationName = name === "$relatedQuery" && builder ? relationOf(builder, values) : relationNamed(root, values);
  const relation = relationName === undefined ? undefined : modelOf(parent, values)?.relation(relationName);
  if (relation?.to === undefined || relation.kind === "ManyToMany" || relation.kind === "HasOneThrough") return opaque(span, "the rows of one relation", "yes");
  const column = { name: relation.to, span, wrappers: [] };
  if (name === "fetchGraph") return { op: "in", column, negated: false, values: { kind: "array", operand: { kind: "parameter", type: "array", span } }, span };
  return { op: "compare", column, operator: "=", operand: value, span };
}

/** Conditions of Objection's own. */
function condition(step: Step, reader: BuilderReader): Predicate | undefined {
  const { name, args, module } = step;
  const [first, second] = args;
  const span = spanAt(reader.at, step.call, module);
  const given = first && first.type !== "SpreadElement" ? first : undefined;
  switch (name) {
    case "findOne":
      return args.length === 0 ? undefined : reader.condition(args, module, span);
    case "findById":
    case "deleteById":
    case "patchAndFetchById":
    case "updateAndFetchById": {
      const [key, ...others] = reader.keyColumns() ?? [];
      if (key === undefined || !given) return opaque(span, "the key cannot be followed", "yes");
      if (others.length === 0) return reader.key(key, given, module, span);
      const list = elementsOf(given, module)?.elements ?? [];
      return and([key, ...others].map((column, index): Predicate => ({ op: "compare", column: reader.column(column, span), operator: "=", operand: list[index] ? operandOf(reader.at, list[index].node, module) : { kind: "parameter", span }, span })));
    }
    case "findByIds": {
      const [key, ...others] = reader.keyColumns() ?? [];
      return key === undefined || others.length > 0 || !given ? opaque(span, "the keys cannot be followed", "yes") : reader.keys(key, given, module, span);
    }
    case "for":
      return given ? ofRelated(given, step, reader, span) : undefined;
    case "whereComposite":
    case "whereInComposite":
    case "whereNotInComposite": {
      const column = given && reader.columnAt(given, module);
      const isSingle = column !== undefined && second !== undefined && second.type !== "SpreadElement";
      if (!isSingle) return opaque(span, "a key of several columns", "yes");
      return name === "whereComposite" ? reader.key(column.name, second, module, span) : inList(reader.at, column, name === "whereNotInComposite", second, module, span);
    }
    case "whereNotDeleted":
    case "whereDeleted":
      return opaque(span, "rows by whether they are marked as deleted", "yes");
    default:
      return undefined;
  }
}

/** `Order.relatedQuery("items").for(ids)` */
function ofRelated(ids: Step["args"][number], step: Step, reader: BuilderReader, span: Span): Predicate {
  const root = reader.root();
  const builder = root && made(root, reader.at.context.values);
  const name = builder && relationOf(builder, reader.at.context.values);
  const relation = name === undefined || !root?.parent ? undefined : modelOf(root.parent, reader.at.context.values)?.relation(name);
  if (ids.type === "SpreadElement" || relation?.to === undefined || (relation.kind !== "HasMany" && relation.kind !== "HasOne")) return opaque(span, "the rows of one relation", "yes");
  const value = reader.at.context.values.library(ids, step.module);
  if (value && BUILDERS.isBuilder(value)) return opaque(span, "the rows of one relation", "yes");
  return elementsOf(ids, step.module) ? inList(reader.at, reader.column(relation.to, span), false, ids, step.module, span) : reader.key(relation.to, ids, step.module, span);
}

/** `page(index, size)` and `range(from, to)` */
function amount(step: Step, which: "limit" | "offset", at: Lowering): Amount | undefined {
  const [first, second] = step.args;
  if ((step.name !== "page" && step.name !== "range") || !first || first.type === "SpreadElement" || !second || second.type === "SpreadElement") return undefined;
  const span = spanAt(at, step.call, step.module);
  if (which === "limit" && step.name === "page") return amountOf(at, second, step.module);
  if (which === "offset") return { kind: "parameter", span };
  const [from, to] = [first, second].map((node) => at.context.constant(node, step.module)?.value);
  return typeof from === "number" && typeof to === "number" ? { kind: "number", value: to - from + 1, span } : { kind: "parameter", span };
}

/** `.modify("open")`, by the modifiers of the model. */
function modifier(step: Step, root: History["root"], at: Lowering): readonly Step[] | undefined {
  const [first] = step.args;
  const { values } = at.context;
  const model = root && modelOfRoot(root, values);
  if (!model || !first || first.type === "SpreadElement") return undefined;
  const names = elementsOf(first, step.module)?.elements.map((element) => element.node) ?? [first];
  const steps: Step[] = [];
  for (const node of names) {
    const name = values.evaluate(node, step.module);
    const fn = name.kind === "literal" && typeof name.value === "string" ? model.modifier(name.value) : undefined;
    if (!fn) return undefined;
    steps.push(...stepsInCallback(fn.node, fn.module, { values, language: BUILDERS }));
  }
  return steps;
}

export const FLAVOUR: Flavour = {
  library: OBJECTION,
  language: BUILDERS,
  steps: new Set([...STEPS, ...OWN_STEPS]),
  kinds: KINDS,
  properties: true,
  limitsFirst: false,
  refusesUndefined: true,
  main: mainOf,
  rootCondition,
  condition,
  amount,
  modifier,
  keyColumns: (root, at) => modelOfRoot(root, at.context.values)?.key,
  parts: [KNEX_FLAVOUR],
};

/** Steps that name one row by its key. */
export function isByKey(steps: readonly Step[]): boolean {
  return steps.some(({ name, presence }) => presence === "always" && BY_KEY.has(name));
}
