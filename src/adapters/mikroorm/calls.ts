/** Calls of entity managers and repositories → queries. */
import type { TSESTree } from "@typescript-eslint/utils";
import { AGGREGATE, ALL_COLUMNS, and, NO_FILTER, query, spanOf, statement } from "../../query/build.js";
import type { BulkAdvice, Delivery, Dialect, HostExpression, Opaque, Predicate, Query, Site, Span, Statement, StatementKind } from "../../query/model.js";
import { isUndefined, type Node } from "../../syntax/ast.js";
import { entriesOf, type ObjectShape } from "../../syntax/objects.js";
import type { LibraryValue } from "../../syntax/values.js";
import { rowsOf } from "../builder/rows.js";
import { argumentNode, opaque, operandOf, optional, spanAt, type Lowering } from "../conditions.js";
import type { AdapterContext } from "../contract.js";
import { tableOf, UNKNOWN_ENTITY, type Entity } from "../entities.js";
import { amountOfOption, orderOfObject } from "../find-options.js";
import { optionEdit } from "../option-edit.js";
import { entityOfExpression, entityOfValue, hasDefaultFilter } from "./entities.js";
import { FilterReader } from "./filter.js";
import { isRecord, MIKROORM } from "./library.js";

interface Meaning {
  readonly kind: StatementKind;
  readonly delivery: Delivery;
  /** Position of the filter and of the options, after the entity; the filter is among the options where it has none. */
  readonly where?: number;
  readonly options?: number;
  /** Position of what is written. */
  readonly values?: number;
}

const MEANINGS: Readonly<Record<string, Meaning>> = {
  find: { kind: "select", delivery: "all", where: 0, options: 1 },
  findAndCount: { kind: "select", delivery: "all", where: 0, options: 1 },
  findAll: { kind: "select", delivery: "all", options: 0 },
  findOne: { kind: "select", delivery: "one", where: 0, options: 1 },
  findOneOrFail: { kind: "select", delivery: "one", where: 0, options: 1 },
  count: { kind: "select", delivery: "scalar", where: 0, options: 1 },
  stream: { kind: "select", delivery: "stream", options: 0 },
  nativeUpdate: { kind: "update", delivery: "none", where: 0, values: 1, options: 2 },
  nativeDelete: { kind: "delete", delivery: "none", where: 0, options: 1 },
  insert: { kind: "insert", delivery: "none", values: 0 },
  insertMany: { kind: "insert", delivery: "none", values: 0 },
  upsert: { kind: "insert", delivery: "none", values: 0 },
  upsertMany: { kind: "insert", delivery: "none", values: 0 },
};

export const METHODS: readonly string[] = Object.keys(MEANINGS);

const BULK: BulkAdvice = { read: "`find` with `{ $in: keys }`, or `populate`", insert: "`insertMany`, or `persist` in the loop and one `flush` after it", upsert: "`upsertMany`", updateSame: "`nativeUpdate` with `{ $in: keys }`", delete: "`nativeDelete` with `{ $in: keys }`" };

export interface Call {
  readonly call: TSESTree.CallExpression;
  readonly method: string;
  readonly receiver: LibraryValue;
  readonly site: Site;
  readonly dialect: Dialect | undefined;
}

/** The query of a call; undefined when the method sends none. */
export function lowerCall({ call, method, receiver, site, dialect }: Call, context: AdapterContext): Query | Opaque | undefined {
  const meaning = Object.hasOwn(MEANINGS, method) ? MEANINGS[method] : undefined;
  if (!meaning || (receiver.role !== "manager" && receiver.role !== "repository")) return undefined;
  const span = spanOf(call.range);
  const at: Lowering = { context, site: span };
  const inputs: readonly HostExpression[] = call.arguments.map(argumentNode);
  if (call.arguments.some((argument) => argument.type === "SpreadElement")) return { opaque: "dynamic-arguments", library: MIKROORM, site, kind: meaning.kind, sending: "now", inputs };
  const isManager = receiver.role === "manager";
  const [first] = call.arguments;
  // `em.insert(user)`, `em.upsert(user)`: the row tells its entity itself.
  const isRow = isManager && meaning.kind === "insert" && call.arguments.length === 1;
  const entity = !isManager ? entityOfValue(receiver, context.values) : first && !isRow ? entityOfExpression(first, context.module, context.values) : UNKNOWN_ENTITY;
  const skipped = isManager && !isRow ? 1 : 0;
  const argument = (position: number | undefined): Node | undefined => (position === undefined ? undefined : call.arguments[position + skipped]);
  const optionsNode = argument(meaning.options);
  const options: ObjectShape = !optionsNode || isUndefined(optionsNode) ? { entries: [], open: false, absent: "always" } : context.object(optionsNode);
  const lowered = statementOf(meaning, { at, span, entity, options, where: argument(meaning.where), values: argument(meaning.values) }, method);
  const position = (meaning.options ?? 0) + skipped;
  return query(lowered, {
    library: MIKROORM,
    dialect,
    site,
    delivery: meaning.delivery,
    inputs: isManager && !isRow ? inputs.slice(1) : inputs,
    edits: meaning.delivery === "all" && meaning.kind === "select" ? { limit: (rows) => optionEdit({ call, position, key: "limit", args: options }, rows, context.module) } : {},
    bulk: BULK,
  });
}

interface Parts {
  readonly at: Lowering;
  readonly span: Span;
  readonly entity: Entity;
  readonly options: ObjectShape;
  readonly where: Node | undefined;
  readonly values: Node | undefined;
}

function statementOf(meaning: Meaning, { at, span, entity, options, where, values }: Parts, method: string): Statement {
  const { context } = at;
  const { kind, delivery } = meaning;
  const table = tableOf(entity, undefined, span, context.module);
  const isScalar = delivery === "scalar";
  const limit = kind !== "select" || isScalar ? undefined : delivery === "one" ? ({ kind: "number", value: 1 } as const) : amountOfOption(at, options, "limit");
  const offset = kind === "select" && delivery === "all" ? amountOfOption(at, options, "offset") : undefined;
  const order = kind === "select" ? entriesOf(options, "orderBy").at(-1) : undefined;
  return statement(kind, span, {
    ...(kind === "select" ? { sources: [{ kind: "table", table }] } : { target: table }),
    where: kind === "insert" ? NO_FILTER : filterOf(meaning, { at, span, entity, options, where, values }),
    ...(limit && { limit }),
    ...(offset && offset.kind !== "maybe" && { offset }),
    projection: isScalar ? AGGREGATE : ALL_COLUMNS,
    orderBy: order ? orderOfObject(at, order.value, order.module) : [],
    ...(kind === "update" && values && { assignments: assignmentsOf(at, values) }),
    ...(kind === "insert" && { rows: rowsWritten(method, values, at), ...(method.startsWith("upsert") && { conflict: "update" as const }) }),
  });
}

function filterOf(meaning: Meaning, { at, span, entity, options, where }: Parts): Predicate {
  const { context } = at;
  const own = meaning.where === undefined ? whereOfOptions(options, entity, at, span) : where ? new FilterReader(at).read(where, context.module, entity) : NO_FILTER;
  const isSwitchedOff = entriesOf(options, "filters").length > 0;
  if (!hasDefaultFilter(entity, context.values)) return own;
  return and([own, opaque(span, isSwitchedOff ? "a filter of the entity may be switched off" : "the entity has a filter of its own", isSwitchedOff ? "unknown" : "yes")]);
}

function whereOfOptions(options: ObjectShape, entity: Entity, at: Lowering, span: Span): Predicate {
  const entry = entriesOf(options, "where").at(-1);
  if (!entry) return options.open ? opaque(span, "the options come from elsewhere") : NO_FILTER;
  const filter = new FilterReader(at).read(entry.value, entry.module, entity);
  return entry.presence === "always" ? filter : optional(filter, "condition", "yes", spanAt(at, entry.node, entry.module));
}

function assignmentsOf(at: Lowering, node: Node): Statement["assignments"] {
  const shape = at.context.object(node);
  if (shape.open) return [];
  return shape.entries.map((entry) => ({
    column: { name: entry.key, property: true, span: spanAt(at, entry.node.type === "Property" ? entry.node.key : entry.node, entry.module), wrappers: [] },
    operand: operandOf(at, entry.value, entry.module),
  }));
}

function rowsWritten(method: string, values: Node | undefined, at: Lowering): NonNullable<Statement["rows"]> {
  if (method.endsWith("Many")) return "many";
  const known = values ? rowsOf(values, at.context.module, at.context, isRecord) : "unknown";
  return known === "unknown" ? "one" : known;
}
