/** A call of a model's method → the query it sends. */
import type { TSESTree } from "@typescript-eslint/utils";
import { AGGREGATE, ALL_COLUMNS, NO_FILTER, query, spanOf, statement } from "../../query/build.js";
import type { Amount, Assignment, BulkAdvice, ColumnRef, Delivery, Opaque, OrderItem, Predicate, Projection, Query, Sending, Site, Span, Statement, StatementKind, TableRef } from "../../query/model.js";
import { enclosingFunction, isUndefined, literalString, memberName, unwrap, wrapped, type Node } from "../../syntax/ast.js";
import type { Chain } from "../../syntax/chain.js";
import { entriesOf, type ObjectEntry, type ObjectShape } from "../../syntax/objects.js";
import { elementsOf } from "../../syntax/text.js";
import type { AdapterContext } from "../contract.js";
import type { Method, ModelCall } from "./calls.js";
import { limitEdit, requireValueEdit } from "./edits.js";
import { opaque, optional, spanAt, type Lowering } from "../conditions.js";
import { FilterReader, operandOf, type FilterUse } from "./filter.js";
import { PRISMA } from "./library.js";

/** What each method sends and gives. */
interface Meaning {
  readonly kind: StatementKind;
  readonly delivery: Delivery;
  /** Its `where` names one row by a unique key. */
  readonly unique: boolean;
}

const MEANINGS: Readonly<Record<Method, Meaning>> = {
  findMany: { kind: "select", delivery: "all", unique: false },
  findFirst: { kind: "select", delivery: "one", unique: false },
  findFirstOrThrow: { kind: "select", delivery: "one", unique: false },
  findUnique: { kind: "select", delivery: "one", unique: true },
  findUniqueOrThrow: { kind: "select", delivery: "one", unique: true },
  count: { kind: "select", delivery: "scalar", unique: false },
  aggregate: { kind: "select", delivery: "scalar", unique: false },
  groupBy: { kind: "select", delivery: "all", unique: false },
  create: { kind: "insert", delivery: "none", unique: false },
  createMany: { kind: "insert", delivery: "none", unique: false },
  createManyAndReturn: { kind: "insert", delivery: "none", unique: false },
  update: { kind: "update", delivery: "none", unique: true },
  updateMany: { kind: "update", delivery: "none", unique: false },
  updateManyAndReturn: { kind: "update", delivery: "none", unique: false },
  upsert: { kind: "insert", delivery: "none", unique: true },
  delete: { kind: "delete", delivery: "none", unique: true },
  deleteMany: { kind: "delete", delivery: "none", unique: false },
};

const RETURNING: ReadonlySet<Method> = new Set<Method>(["create", "createManyAndReturn", "update", "updateManyAndReturn", "upsert", "delete"]);
const BULK: BulkAdvice = {
  read: "`findMany` and `{ in: keys }`",
  insert: "`createMany`",
  updateSame: "`updateMany` and `{ in: keys }`",
  delete: "`deleteMany` and `{ in: keys }`",
};

/** The query of a model call; opaque when the model is chosen at run time. */
export function lowerModelCall(found: ModelCall, context: AdapterContext): Query | Opaque {
  const { call, method, model } = found;
  const chain = context.chain(call);
  const site = siteOf(found, chain.end, context);
  const sending = sendingOfPromise(chain);
  const inputs = call.arguments;
  const { kind, delivery, unique } = MEANINGS[method];
  if (model === undefined) return { opaque: "dynamic-table", library: PRISMA, site, kind, sending, inputs };
  const at: Lowering = { context, site: spanOf(call.range) };
  const args = argumentsOf(call, context);
  const table = tableOf(found, model);
  const where = whereOf(at, args, unique ? "unique" : "many", call);
  const amounts = amountsOf(at, args, method);
  const lowered: Statement = statement(kind, spanOf(call.range), {
    where,
    ...(kind === "select" ? { sources: [{ kind: "table", table }] } : { target: table }),
    projection: projectionOf(at, args, method),
    orderBy: kind === "select" ? orderOf(at, args) : [],
    ...amounts,
    returning: RETURNING.has(method),
    assignments: assignmentsOf(at, args, method),
    ...insertOf(args, method),
    ...(method === "groupBy" && { groupBy: columnsOf(at, args, "by"), having: args.entries.some((entry) => entry.key === "having") }),
  });
  return query(lowered, {
    library: PRISMA,
    dialect: context.dialect,
    site,
    sending,
    delivery,
    byUniqueKey: unique,
    batchesInTick: (method === "findUnique" || method === "findUniqueOrThrow") && batches(where),
    inputs,
    edits: {
      ...(method === "findMany" && lowered.distinctAfterRead !== true && { limit: (rows) => limitEdit(call, args, rows, context.module) }),
      requireValue: (spans) => requireValueEdit(call, spans, context.module),
    },
    bulk: bulkOf(at, method, args),
  });
}

export function siteOf(found: { readonly callee: Node; readonly evidence: Site["evidence"] }, end: Node, context: AdapterContext): Site {
  const { text } = context.module;
  const name = text.slice(...found.callee.range).replace(/\s+/gu, "");
  return {
    library: PRISMA,
    node: end,
    range: found.callee.range,
    file: context.module.path,
    evidence: found.evidence,
    name: name.length <= 60 ? name : `prisma.${name.split(".").slice(-2).join(".")}`,
  };
}

/**
 * A Prisma promise is lazy: it sends when it is awaited. One that is given away (`Promise.all`, `$transaction`, `push`) will
 * be; one that the statement drops never is.
 */
export function sendingOfPromise(chain: Chain): Sending {
  if (chain.fate === "dropped") return "built";
  return chain.fate === "settled" && isDroppedByForEach(chain.end) ? "built" : "now";
}

/** `ids.forEach((id) => prisma.x.delete(…))`: the callback gives the promise to nobody. */
function isDroppedByForEach(end: Node): boolean {
  const fn = enclosingFunction(end);
  if (fn?.type !== "ArrowFunctionExpression" || fn.async || fn.body !== wrapped(end)) return false;
  const call = wrapped(fn).parent;
  const callee = call?.type === "CallExpression" ? unwrap(call.callee) : undefined;
  return callee?.type === "MemberExpression" && memberName(callee) === "forEach";
}

const NO_ARGUMENTS: ObjectShape = { entries: [], open: false, absent: "always" };

function argumentsOf(call: TSESTree.CallExpression, context: AdapterContext): ObjectShape {
  const [first] = call.arguments;
  if (!first) return NO_ARGUMENTS;
  return first.type === "SpreadElement" ? { entries: [], open: true, openAt: first, absent: "no" } : context.object(first);
}

function tableOf({ callee }: ModelCall, model: string): TableRef {
  const receiver = callee.type === "MemberExpression" ? unwrap(callee.object) : callee;
  const span = receiver.type === "MemberExpression" ? spanOf(receiver.property.range) : spanOf(receiver.range);
  return { name: model, alias: model, model, span };
}

function whereOf(at: Lowering, args: ObjectShape, use: FilterUse, call: TSESTree.CallExpression): Predicate {
  const entries = entriesOf(args, "where");
  const [first] = entries;
  if (!first) return args.open ? opaque(args.openAt ? spanAt(at, args.openAt, at.context.module) : at.site, "the arguments come from elsewhere") : NO_FILTER;
  const predicates = entries.map((entry) => new FilterReader(at, use).read(entry.value, entry.module));
  const [only] = predicates;
  // Several places may supply the filter, one of which applies.
  const filter: Predicate = predicates.length === 1 && only ? only : { op: "or", items: predicates };
  if (first.presence === "always" && !(args.open && followedBySpread(args, first, call))) return filter;
  if (first.presence === "maybe") return filter.op === "constant" && filter.value ? filter : optional(filter, "condition", "yes", spanAt(at, first.node, first.module));
  return opaque(at.site, "the arguments may replace the filter");
}

/** `{ where: …, ...rest }`: the rest may hold another filter. */
function followedBySpread(args: ObjectShape, entry: ObjectEntry, call: TSESTree.CallExpression): boolean {
  return args.openAt !== undefined && args.openAt.range[0] > entry.node.range[0] && args.openAt.range[1] <= call.range[1];
}

function amountsOf(at: Lowering, args: ObjectShape, method: Method): Pick<Statement, "limit" | "offset" | "distinctAfterRead"> {
  switch (method) {
    case "findFirst":
    case "findFirstOrThrow":
      return { limit: { kind: "number", value: 1 } };
    case "findMany":
    case "groupBy":
    case "count":
    case "aggregate": {
      const take = amountOf(at, args, "take");
      const offset = amountOf(at, args, "skip");
      const distinct = args.entries.find((entry) => entry.key === "distinct" && !isUndefined(entry.value));
      // Rows are made distinct in memory, after all of them were read.
      const limit: Amount | undefined = take && distinct && method === "findMany" ? { kind: "none", ...(take.span && { span: take.span }) } : take;
      return { ...(limit && { limit }), ...(offset && offset.kind !== "maybe" && { offset }), ...(distinct && method === "findMany" && { distinctAfterRead: true }) };
    }
    case "updateMany":
    case "updateManyAndReturn":
    case "deleteMany": {
      const limit = amountOf(at, args, "limit");
      // `limit` is recent and rare: arguments that cannot be seen are not taken to hold it.
      return limit && limit.kind !== "maybe" ? { limit } : {};
    }
    case "findUnique":
    case "findUniqueOrThrow":
    case "create":
    case "createMany":
    case "createManyAndReturn":
    case "update":
    case "upsert":
    case "delete":
      return {};
  }
}

function amountOf(at: Lowering, args: ObjectShape, key: string): Amount | undefined {
  const entries = entriesOf(args, key);
  const [first] = entries;
  if (!first) return args.open ? { kind: "maybe", why: `\`${key}\` may be among the arguments`, proved: "unknown" } : undefined;
  const span = spanAt(at, first.node, first.module);
  if (first.presence === "maybe") return { kind: "maybe", why: `\`${key}\` is given only under a condition`, proved: "yes", span };
  if (entries.length === 1) return amountOfValue(at, first, span);
  const amounts = entries.map((entry) => amountOfValue(at, entry, span));
  const none = amounts.some((amount) => amount.kind === "none" || amount.kind === "maybe");
  return none ? { kind: "maybe", why: `\`${key}\` may be undefined`, proved: "yes", span } : { kind: "parameter", span };
}

function amountOfValue(at: Lowering, entry: ObjectEntry, span: Span): Amount {
  const { value, module } = entry;
  if (isUndefined(value)) return { kind: "none", span };
  const constant = at.context.constant(value, module);
  // A negative number takes from the end.
  if (typeof constant?.value === "number") return { kind: "number", value: Math.abs(constant.value), span };
  const isLocal = module === at.context.module;
  return { kind: "parameter", span, ...(isLocal && { value }), undefinable: at.context.undefinable(value, module) };
}

function projectionOf(at: Lowering, args: ObjectShape, method: Method): Projection {
  switch (method) {
    case "count":
    case "aggregate":
      return AGGREGATE;
    case "groupBy":
      return { all: false, columns: columnsOf(at, args, "by"), aggregate: "no" };
    case "findMany":
    case "findFirst":
    case "findFirstOrThrow":
    case "findUnique":
    case "findUniqueOrThrow":
    case "create":
    case "createMany":
    case "createManyAndReturn":
    case "update":
    case "updateMany":
    case "updateManyAndReturn":
    case "upsert":
    case "delete":
    case "deleteMany": {
      const [select, ...others] = entriesOf(args, "select");
      if (!select || others.length > 0 || select.presence === "maybe" || isUndefined(select.value)) return ALL_COLUMNS;
      const shape = at.context.object(select.value, select.module);
      if (shape.open) return ALL_COLUMNS;
      const chosen = shape.entries.filter((entry) => at.context.constant(entry.value, entry.module)?.value === true);
      return { all: false, columns: chosen.map((entry) => columnOf(at, entry)), aggregate: "no" };
    }
  }
}

function columnOf(at: Lowering, entry: ObjectEntry): ColumnRef {
  const key = entry.node.type === "Property" ? entry.node.key : entry.node;
  return { name: entry.key, property: true, span: spanAt(at, key, entry.module), wrappers: [] };
}

/** Columns named by strings: `by: ["a", "b"]`, `by: "a"`. */
function columnsOf(at: Lowering, args: ObjectShape, key: string): readonly ColumnRef[] {
  const entry = entriesOf(args, key).at(-1);
  if (!entry) return [];
  const nodes = elementsOf(entry.value, entry.module)?.elements.map((element) => element.node) ?? [entry.value];
  return nodes.flatMap((node) => {
    const name = literalString(node);
    return name === undefined ? [] : [{ name, property: true, span: spanAt(at, node, entry.module), wrappers: [] }];
  });
}

function orderOf(at: Lowering, args: ObjectShape): readonly OrderItem[] {
  const entries = entriesOf(args, "orderBy");
  const [entry] = entries;
  if (!entry || isUndefined(entry.value)) return [];
  const { module } = entry;
  const unknown: OrderItem = { descending: "unknown", span: spanAt(at, entry.value, module) };
  if (entries.length > 1 || entry.presence === "maybe") return [unknown];
  const list = elementsOf(entry.value, module);
  const nodes = list ? list.elements : [{ node: entry.value, certain: true }];
  if (list?.open === true || nodes.some((node) => !node.certain)) return [unknown];
  return nodes.flatMap(({ node }) => {
    const shape = at.context.object(node, module);
    if (shape.open || shape.variants) return [{ descending: "unknown", span: spanAt(at, node, module) } satisfies OrderItem];
    return shape.entries.map((item) => orderItem(at, item));
  });
}

function orderItem(at: Lowering, entry: ObjectEntry): OrderItem {
  const span = spanAt(at, entry.node, entry.module);
  const direction = (node: Node): OrderItem["descending"] => {
    const value = at.context.constant(node, entry.module)?.value;
    return value === "desc" ? "yes" : value === "asc" ? "no" : "unknown";
  };
  const inner = unwrap(entry.value);
  if (inner.type !== "ObjectExpression") return { column: columnOf(at, entry), descending: direction(inner), span };
  const shape = at.context.object(inner, entry.module);
  const sort = shape.entries.find((item) => item.key === "sort");
  // Any other object orders by a column of a related row, or by its number.
  if (!sort) return { descending: "unknown", span };
  const nulls = shape.entries.find((item) => item.key === "nulls");
  const place = nulls && at.context.constant(nulls.value, nulls.module)?.value;
  return { column: columnOf(at, entry), descending: direction(sort.value), ...((place === "first" || place === "last") && { nulls: place }), span };
}

function assignmentsOf(at: Lowering, args: ObjectShape, method: Method): readonly Assignment[] {
  const key = method === "upsert" ? "update" : "data";
  const entries = entriesOf(args, key);
  const [entry] = entries;
  if (!entry || entries.length > 1) return [];
  const inner = unwrap(entry.value);
  if (inner.type === "ArrayExpression") return [];
  const shape = at.context.object(inner, entry.module);
  // With values that cannot be seen, or of related rows, it is not known what is written to this table.
  if (shape.open) return [];
  const written = shape.entries.map((item) => assignmentOf(at, item));
  return written.every((item) => item !== undefined) ? written : [];
}

/** What computes the value from the one that is there. `set` is none: of a relation it sets the related rows. */
const STEPS = new Set(["increment", "decrement", "multiply", "divide"]);

/** Undefined for what may write related rows: `{ connect: … }`, `{ set: … }`. */
function assignmentOf(at: Lowering, item: ObjectEntry): Assignment | undefined {
  const column = columnOf(at, item);
  const inner = unwrap(item.value);
  if (inner.type !== "ObjectExpression") return { column, operand: operandOf(at, inner, item.module) };
  const shape = at.context.object(inner, item.module);
  if (shape.open || !shape.entries.every(({ key }) => STEPS.has(key))) return undefined;
  const inputs = shape.entries.map(({ value, module }) => operandOf(at, value, module));
  return { column, operand: { kind: "expression", volatile: "unknown", span: spanAt(at, inner, item.module) }, inputs };
}

function insertOf(args: ObjectShape, method: Method): Pick<Statement, "rows" | "conflict"> {
  switch (method) {
    case "create":
      return { rows: "one" };
    case "upsert":
      return { rows: "one", conflict: "update" };
    case "createMany":
    case "createManyAndReturn": {
      const ignores = args.entries.some((entry) => entry.key === "skipDuplicates" && !(unwrap(entry.value).type === "Literal" && literalIsFalse(entry.value)));
      const data = entriesOf(args, "data").at(-1);
      return { rows: data && unwrap(data.value).type === "ObjectExpression" ? "one" : "many", ...(ignores && { conflict: "ignore" }) };
    }
    case "findMany":
    case "findFirst":
    case "findFirstOrThrow":
    case "findUnique":
    case "findUniqueOrThrow":
    case "count":
    case "aggregate":
    case "groupBy":
    case "update":
    case "updateMany":
    case "updateManyAndReturn":
    case "delete":
    case "deleteMany":
      return {};
  }
}

function literalIsFalse(node: Node): boolean {
  const inner = unwrap(node);
  return inner.type === "Literal" && inner.value === false;
}

/**
 * `findUnique` calls of one tick become one statement when every condition is an equality of a scalar; a filter that cannot
 * be read is nearly always that.
 */
function batches(where: Predicate): boolean {
  switch (where.op) {
    case "and":
      return where.items.every(batches);
    case "compare":
      return where.operator === "=" && where.operand.kind !== "column" && where.column.wrappers.length === 0;
    case "optional":
      return batches(where.item);
    case "opaque":
    case "constant":
      return true;
    case "or":
    case "not":
    case "in":
    case "like":
    case "null":
    case "between":
    case "boolean":
    case "exists":
    case "relation":
    case "operator":
      return false;
  }
}

function bulkOf(at: Lowering, method: Method, args: ObjectShape): BulkAdvice {
  switch (method) {
    case "upsert":
      // There is no bulk upsert.
      return {};
    case "count":
    case "aggregate":
    case "groupBy":
      return { ...BULK, read: "`groupBy` and `{ in: keys }`" };
    case "create":
      return createsRelated(at, args) ? { ...BULK, insert: "`createMany`, once for each table" } : BULK;
    default:
      return BULK;
  }
}

const RELATED_INSERTS = new Set(["create", "createMany", "connectOrCreate"]);

/** Does `data` hold rows of other tables, which `createMany` does not take? */
function createsRelated(at: Lowering, args: ObjectShape): boolean {
  return entriesOf(args, "data").some((data) =>
    at.context.object(data.value, data.module).entries.some(({ value, module }) => {
      const inner = unwrap(value);
      return inner.type === "ObjectExpression" && at.context.object(inner, module).entries.some(({ key }) => RELATED_INSERTS.has(key));
    }),
  );
}
