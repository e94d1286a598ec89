/** Relational queries: `db.query.users.findMany({ where, with, columns, orderBy, limit, offset })`, of both versions. */
import type { TSESTree } from "@typescript-eslint/utils";
import { ALL_COLUMNS, NO_FILTER, and, or, statement } from "../../query/build.js";
import type { Amount, ColumnRef, Operand, OrderItem, Predicate, Projection, Span, Statement, TableRef } from "../../query/model.js";
import { isFunction, isUndefined, unwrap, type Node } from "../../syntax/ast.js";
import { returnedExpressions } from "../../syntax/patterns.js";
import { entriesOf, readObject, type ObjectEntry, type ObjectShape } from "../../syntax/objects.js";
import { elementsOf } from "../../syntax/text.js";
import type { LibraryValue } from "../../syntax/values.js";
import { amountFrom, orderItem, tableRefOf } from "./builder.js";
import { drizzleValue } from "./model.js";
import { optional, type Binding, type Place, type Reader } from "./reader.js";
import { columnName, relationalTable } from "./tables.js";

/** Operators of an object filter (version 1). */
const FIELD_OPERATORS: Readonly<Record<string, string>> = {
  eq: "=", ne: "<>", gt: ">", gte: ">=", lt: "<", lte: "<=", in: "in", notIn: "not in", like: "like", notLike: "like", ilike: "like", notIlike: "like",
  isNull: "null", isNotNull: "null", arrayContains: "@>", arrayContained: "<@", arrayOverlaps: "&&", AND: "AND", OR: "OR", NOT: "NOT",
};

/** The statement of a relational query. `one`: `findFirst`, which sends LIMIT 1. */
export function lowerRelational(call: TSESTree.CallExpression, target: LibraryValue | undefined, name: string, one: boolean, place: Place, reader: Reader): Statement {
  const span = reader.span(call, place);
  const { values } = reader.context;
  const definition = target && relationalTable(target, values);
  const table: LibraryValue = definition ?? drizzleValue("table", { name });
  const ref: TableRef = (definition && tableRefOf(definition, span, reader)) ?? { name, model: name, alias: name, span };
  const [argument] = call.arguments;
  const { result, subqueries } = reader.collect((): Statement => {
    const shape: ObjectShape = argument ? (argument.type === "SpreadElement" ? { entries: [], open: true, absent: "no" } : readObject(argument, place.module, values)) : { entries: [], open: false, absent: "always" };
    const filter = new Filter(table, definition !== undefined, place, reader);
    if (shape.open && shape.openAt) reader.note(shape.openAt, place);
    const limit: Amount | undefined = one ? { kind: "number", value: 1 } : amountOf(shape, "limit", place, reader);
    const offset = amountOf(shape, "offset", place, reader);
    return statement("select", span, {
      sources: [{ kind: "table", table: ref }],
      where: filter.of(shape, span),
      projection: projectionOf(shape, filter),
      orderBy: orderOf(shape, filter, place, reader),
      ...(limit && { limit }),
      ...(offset && { offset }),
    });
  });
  return { ...result, subqueries };
}

function amountOf(shape: ObjectShape, key: string, place: Place, reader: Reader): Amount | undefined {
  const entries = entriesOf(shape, key);
  if (entries.length === 0) return shape.open ? { kind: "maybe", why: "the options come from elsewhere", proved: "unknown" } : undefined;
  const read = entries.map((entry) => ({ presence: entry.presence, amount: amountFrom(entry.value, placeOf(entry, place, reader), reader) }));
  const last = read.at(-1);
  if (!last) return undefined;
  if (last.presence === "always" || read.some((item) => item.presence === "always" && item.amount.kind !== "none")) return last.amount;
  return { kind: "maybe", why: `\`${key}\` is given only under a condition`, proved: "yes" };
}

function placeOf(entry: ObjectEntry, place: Place, reader: Reader): Place {
  return entry.module === place.module ? place : { ...place, module: entry.module, anchor: reader.span(entry.node, place) };
}

function projectionOf(shape: ObjectShape, filter: Filter): Projection {
  const [only, ...others] = entriesOf(shape, "columns");
  const value = only && unwrap(only.value);
  if (value?.type !== "ObjectExpression" || others.length > 0) return ALL_COLUMNS;
  const columns: ColumnRef[] = [];
  for (const property of value.properties) {
    if (property.type !== "Property" || property.computed || property.key.type !== "Identifier") return ALL_COLUMNS;
    // `{ password: false }` leaves one column out.
    if (property.value.type === "Literal" && property.value.value === false) return ALL_COLUMNS;
    columns.push(filter.column(property.key.name, { start: property.range[0], end: property.range[1] }));
  }
  return { all: false, columns, aggregate: "no" };
}

function orderOf(shape: ObjectShape, filter: Filter, place: Place, reader: Reader): readonly OrderItem[] {
  const entry = entriesOf(shape, "orderBy").at(-1);
  if (!entry) return [];
  const there = placeOf(entry, place, reader);
  const value = unwrap(entry.value);
  if (isFunction(value)) {
    const inside = filter.inside(value, there);
    return returnedExpressions(value).flatMap((returned) => orderItems(unwrap(returned), inside, reader));
  }
  if (value.type === "ObjectExpression") {
    return readObject(value, there.module, reader.context.values).entries.map((item): OrderItem => {
      const direction = unwrap(item.value);
      const descending = direction.type === "Literal" && typeof direction.value === "string" ? (direction.value.startsWith("desc") ? "yes" : "no") : "unknown";
      const span = reader.span(item.node, there);
      return { column: filter.column(item.key, span), descending, span };
    });
  }
  return orderItems(value, there, reader);
}

function orderItems(node: Node, place: Place, reader: Reader): readonly OrderItem[] {
  if (node.type === "ArrayExpression") return node.elements.flatMap((element) => (element ? [orderItem(element, place, reader)] : []));
  return [orderItem(node, place, reader)];
}

/** The `where` of a relational query. */
class Filter {
  readonly #table: LibraryValue;
  readonly #known: boolean;
  readonly #place: Place;
  readonly #reader: Reader;

  constructor(table: LibraryValue, known: boolean, place: Place, reader: Reader) {
    this.#table = table;
    this.#known = known;
    this.#place = place;
    this.#reader = reader;
  }

  of(shape: ObjectShape, span: Span): Predicate {
    const entries = entriesOf(shape, "where");
    const opaque = (): Predicate => ({ op: "opaque", restricts: "unknown", reason: "the options come from elsewhere", span });
    const [first, ...rest] = entries.map((entry) => {
      const predicate = this.#value(entry.value, placeOf(entry, this.#place, this.#reader));
      return entry.presence === "maybe" ? optional(predicate, this.#reader.span(entry.node, this.#place)) : predicate;
    });
    if (!first) return shape.open ? opaque() : NO_FILTER;
    const read = rest.reduce((current, next) => this.#reader.oneOf(current, next, span), first);
    return shape.open && shape.openAt && entries.every((entry) => (shape.openAt?.range[0] ?? 0) > entry.node.range[0]) ? and([opaque()]) : read;
  }

  column(key: string, span: Span): ColumnRef {
    const { name, property } = this.#known ? columnName(this.#table, key, this.#reader.context.values) : { name: key, property: true };
    return { name, ...(property && { property: true }), span, wrappers: [] };
  }

  /** Inside a callback: its first parameter is the table, its second holds the operators. */
  inside(fn: Node, place: Place): Place {
    if (!isFunction(fn)) return place;
    const operators = drizzleValue("operators");
    const binding: Binding = { kind: "given", values: [this.#table, operators] };
    return { ...place, bindings: new Map([...place.bindings, [fn, binding]]) };
  }

  #value(node: Node, place: Place): Predicate {
    const inner = unwrap(node);
    if (isUndefined(inner)) return NO_FILTER;
    if (isFunction(inner)) return this.#reader.condition(inner, this.inside(inner, place));
    if (inner.type === "ConditionalExpression") return this.#reader.oneOf(this.#value(inner.consequent, place), this.#value(inner.alternate, place), this.#reader.span(inner, place));
    if (inner.type === "ObjectExpression") return this.#object(readObject(inner, place.module, this.#reader.context.values), inner, place);
    const value = this.#reader.value(inner, place);
    if (value.kind === "object" && inner.type !== "CallExpression") {
      const shape = readObject(inner, place.module, this.#reader.context.values);
      return this.#object(shape, inner, place);
    }
    return this.#reader.condition(inner, place);
  }

  /** An object filter: siblings are ANDed. */
  #object(shape: ObjectShape, node: Node, place: Place): Predicate {
    const items: Predicate[] = [];
    for (const entry of shape.entries) {
      const there = placeOf(entry, place, this.#reader);
      const item = this.#entry(entry, there);
      items.push(entry.presence === "maybe" ? optional(item, this.#reader.span(entry.node, there)) : item);
    }
    if (shape.open) items.push({ op: "opaque", restricts: "unknown", reason: "the filter comes from elsewhere", span: this.#reader.span(shape.openAt ?? node, place) });
    return and(items);
  }

  #entry(entry: ObjectEntry, place: Place): Predicate {
    const reader = this.#reader;
    const span = reader.span(entry.node, place);
    const value = unwrap(entry.value);
    switch (entry.key) {
      case "AND":
        return and(this.#list(value, place));
      case "OR":
        return or(this.#list(value, place));
      case "NOT":
        return { op: "not", item: this.#value(value, place) };
      case "RAW":
        return isFunction(value) ? reader.condition(value, this.inside(value, place)) : reader.condition(value, place);
      default:
    }
    const column = this.column(entry.key, span);
    if (value.type !== "ObjectExpression") return { op: "compare", column, operator: "=", operand: reader.operand(value, place), span };
    const shape = readObject(value, place.module, reader.context.values);
    const keys = shape.entries.map((item) => item.key);
    if (shape.open || keys.some((key) => !(key in FIELD_OPERATORS))) return { op: "relation", relation: entry.key, item: this.#object(shape, value, place), span };
    return and(shape.entries.map((item) => this.#field(column, item.key, item, place)));
  }

  #field(column: ColumnRef, operator: string, entry: ObjectEntry, place: Place): Predicate {
    const reader = this.#reader;
    const span = reader.span(entry.node, place);
    const operand = (): Operand => reader.operand(entry.value, place);
    switch (operator) {
      case "eq":
        return { op: "compare", column, operator: "=", operand: operand(), span };
      case "ne":
        return { op: "compare", column, operator: "<>", operand: operand(), span };
      case "gt":
        return { op: "compare", column, operator: ">", operand: operand(), span };
      case "gte":
        return { op: "compare", column, operator: ">=", operand: operand(), span };
      case "lt":
        return { op: "compare", column, operator: "<", operand: operand(), span };
      case "lte":
        return { op: "compare", column, operator: "<=", operand: operand(), span };
      case "in":
      case "notIn":
        return reader.membership(column, operator === "notIn", entry.value, place, span);
      case "like":
      case "notLike":
      case "ilike":
      case "notIlike":
        return reader.like(column, operator, entry.value, place, span);
      case "isNull":
      case "isNotNull": {
        const negated = operator === "isNotNull";
        const constant = unwrap(entry.value);
        return { op: "null", column, negated: constant.type === "Literal" && constant.value === false ? !negated : negated, span };
      }
      case "AND":
      case "OR":
      case "NOT": {
        const list = this.#fields(column, entry, place);
        return operator === "AND" ? and(list) : operator === "OR" ? or(list) : { op: "not", item: and(list) };
      }
      default:
        return { op: "operator", operator: FIELD_OPERATORS[operator] ?? operator, columns: [column], operands: [operand()], span };
    }
  }

  #fields(column: ColumnRef, entry: ObjectEntry, place: Place): readonly Predicate[] {
    const value = unwrap(entry.value);
    const objects = value.type === "ArrayExpression" ? (elementsOf(value, place.module)?.elements ?? []).map((element) => element.node) : [value];
    return objects.map((object) => and(readObject(object, place.module, this.#reader.context.values).entries.map((item) => this.#field(column, item.key, item, place))));
  }

  #list(node: Node, place: Place): readonly Predicate[] {
    const list = elementsOf(node, place.module);
    const unread: Predicate = { op: "opaque", restricts: "unknown", reason: "the list of conditions cannot be followed", span: this.#reader.span(node, place) };
    if (!list) return [unread];
    const items = list.elements.map((element) => {
      const item = this.#value(element.node, place);
      return element.certain ? item : optional(item, this.#reader.span(element.node, place));
    });
    return list.open ? [...items, unread] : items;
  }
}
