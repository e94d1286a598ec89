/** Builder chains → statements: `db.select().from(t).where(…)`, `db.insert(t).values(…)`, `db.update(t).set(…)`, `db.delete(t)`. */
import type { TSESTree } from "@typescript-eslint/utils";
import { AGGREGATE, ALL_COLUMNS, NO_FILTER, statement } from "../../query/build.js";
import type { Amount, Assignment, ColumnRef, Join, OrderItem, Predicate, Projection, Source, Span, Statement, StatementKind, TableRef } from "../../query/model.js";
import { calleeName, isFunction, isUndefined, keyName, memberName, receiverOf, unwrap, type Node } from "../../syntax/ast.js";
import { chainOf, type Chain, type ChainStep } from "../../syntax/chain.js";
import { constantOf, lengthOf } from "../../syntax/constants.js";
import { annotationOf, returnedExpressions } from "../../syntax/patterns.js";
import { readObject } from "../../syntax/objects.js";
import type { LibraryValue } from "../../syntax/values.js";
import { isAggregateText } from "../aggregates.js";
import { FragmentReader } from "./fragments.js";
import { AGGREGATES } from "./model.js";
import { isNothing, mayVanish, optional, type Place, type Reader } from "./reader.js";
import { asDialect, columnName, dialectOfTable, foreignTable, namesOf } from "./tables.js";

/** Steps after which the chain holds rows or text, no builder any more. */
export const TERMINALS: ReadonlySet<string> = new Set(["all", "get", "run", "values", "execute", "sync", "iterator", "toSQL", "getSQL", "as", "prepare"]);

const JOINS: Readonly<Record<string, Join["type"]>> = {
  innerJoin: "inner", leftJoin: "left", rightJoin: "right", fullJoin: "full", crossJoin: "cross",
  innerJoinLateral: "inner", leftJoinLateral: "left", crossJoinLateral: "cross",
};
const SET_OPERATORS: ReadonlySet<string> = new Set(["union", "unionAll", "intersect", "intersectAll", "except", "exceptAll"]);

/** A statement and what the chain says of how it is sent. */
export interface Lowered {
  readonly statement: Statement;
  readonly chain: Chain;
  /** Steps that belong to the builder, and the terminal after them. */
  readonly steps: readonly ChainStep[];
  readonly terminal: ChainStep | undefined;
}

/** The chain from its first call to the terminal. `values` of an insert is a step, `values` of a select a terminal. */
export function chainAt(root: TSESTree.CallExpression, place: Place, reader: Reader): { readonly chain: Chain; readonly steps: readonly ChainStep[]; readonly terminal: ChainStep | undefined } {
  const chain = place.module === reader.context.module ? reader.context.chain(root) : chainOf(root, place.module);
  const [first] = chain.steps;
  const isInsert = first?.name === "insert" || first?.name === "replace";
  const end = chain.steps.findIndex((step, index) => index > 0 && TERMINALS.has(step.name) && !(isInsert && step.name === "values"));
  return end < 0 ? { chain, steps: chain.steps, terminal: undefined } : { chain, steps: chain.steps.slice(0, end), terminal: chain.steps[end] };
}

/** The statement of the chain that begins with a call; undefined when it is not one of Drizzle's builders. */
export function lowerChain(root: TSESTree.CallExpression, place: Place, reader: Reader): Lowered | undefined {
  const { chain, steps, terminal } = chainAt(root, place, reader);
  const [first] = steps;
  if (!first) return undefined;
  const span: Span = place.anchor ?? { start: root.range[0], end: Math.max(root.range[1], chain.end.range[1]) };
  const { result, subqueries } = reader.collect(() => lowerSteps(first, steps, span, place, reader));
  if (!result) return undefined;
  const lowered: Statement = { ...result, subqueries: [...subqueries].sort((a, b) => a.span.start - b.span.start) };
  return { statement: escapes(chain, terminal) ? opened(lowered) : lowered, chain, steps, terminal };
}

function lowerSteps(first: ChainStep, steps: readonly ChainStep[], span: Span, place: Place, reader: Reader): Statement | undefined {
  switch (first.name) {
    case "select":
    case "selectDistinct":
    case "selectDistinctOn":
      return select(first, steps, span, place, reader);
    case "insert":
    case "replace":
      return insert(first, steps, span, place, reader);
    case "update":
      return write("update", first, steps, span, place, reader);
    case "delete":
      return write("delete", first, steps, span, place, reader);
    case "$count":
      return count(first, span, place, reader);
    default:
      return SET_OPERATORS.has(first.name) ? setOperation(first, steps, span, place, reader) : undefined;
  }
}

/** A builder that leaves sight may get a limit or a filter there. */
function escapes(chain: Chain, terminal: ChainStep | undefined): boolean {
  return terminal === undefined && chain.escapes;
}

/** The statement of a builder that is completed elsewhere. */
export function opened(base: Statement): Statement {
  const why = "the builder is handed on";
  return {
    ...base,
    ...(!base.limit && base.kind === "select" && { limit: { kind: "maybe", why, proved: "unknown" } satisfies Amount }),
    ...(isNothing(base.where) && base.kind !== "insert" && { where: { op: "opaque", restricts: "unknown", reason: why } satisfies Predicate }),
  };
}

function select(first: ChainStep, steps: readonly ChainStep[], span: Span, place: Place, reader: Reader): Statement {
  const sources: Source[] = [];
  const ctes = withNames(first, place, reader);
  const fields = first.name === "selectDistinctOn" ? first.args[1] : first.args[0];
  for (const step of steps) {
    const [target, on] = step.args;
    if (!target) continue;
    if (step.name === "from") sources.push(sourceOf(target, place, reader));
    const join = JOINS[step.name];
    if (join !== undefined) sources.push({ ...sourceOf(target, place, reader), join: { type: join, on: on ? reader.condition(on, place) : NO_FILTER } });
  }
  const groupBy = lastArguments(steps, "groupBy").map((argument) => reader.column(argument, place));
  const branches = steps.flatMap((step) => (SET_OPERATORS.has(step.name) ? branchesOf(step.args, place, reader) : []));
  const own = statement("select", span, {
    sources,
    where: whereOf(steps, place, reader),
    projection: projectionOf(fields, groupBy.length > 0, sources, place, reader),
    groupBy,
    having: steps.some((step) => step.name === "having"),
    distinct: first.name !== "select",
    orderBy: orderOf(steps, place, reader),
    ...amounts(steps, place, reader),
    ...lockingOf(steps),
    ctes,
  });
  if (branches.length === 0) return own;
  // What follows the set operator belongs to the whole.
  const at = steps.findIndex((step) => SET_OPERATORS.has(step.name));
  const before = steps.slice(0, at);
  const { limit: _limit, offset: _offset, ...branch } = own;
  return statement("select", span, {
    branches: [{ ...branch, orderBy: orderOf(before, place, reader), ...amounts(before, place, reader) }, ...branches],
    orderBy: orderOf(steps.slice(at), place, reader),
    ...amounts(steps.slice(at), place, reader),
    projection: own.projection,
    sources,
    where: own.where,
    ctes,
  });
}

/** `union(a, b).limit(5)` */
function setOperation(first: ChainStep, steps: readonly ChainStep[], span: Span, place: Place, reader: Reader): Statement | undefined {
  const branches = branchesOf(first.args, place, reader);
  const [main] = branches;
  if (!main) return undefined;
  return statement("select", span, { branches, sources: main.sources, where: main.where, projection: main.projection, orderBy: orderOf(steps, place, reader), ...amounts(steps, place, reader) });
}

function branchesOf(args: readonly Node[], place: Place, reader: Reader): readonly Statement[] {
  return args.flatMap((argument) => {
    const branch = argument.type === "SpreadElement" ? undefined : reader.subquery(argument, place, "set");
    return branch ? [branch] : [];
  });
}

function insert(first: ChainStep, steps: readonly ChainStep[], span: Span, place: Place, reader: Reader): Statement {
  const values = steps.findLast((step) => step.name === "values")?.args[0];
  const from = steps.find((step) => step.name === "select")?.args[0];
  if (from) reader.subquery(from, place, "from");
  const conflict = steps.find((step) => step.name === "onConflictDoUpdate" || step.name === "onDuplicateKeyUpdate") ? "update" : steps.some((step) => step.name === "onConflictDoNothing" || step.name === "ignore") ? "ignore" : first.name === "replace" ? "update" : undefined;
  return statement("insert", span, {
    ...targetOf(first, place, reader),
    assignments: values ? insertedColumns(values, first, place, reader) : [],
    rows: from ? "select" : values ? rowsOf(values, place, reader) : "unknown",
    ...(conflict && { conflict }),
    ...returningOf(steps),
  });
}

function insertedColumns(values: Node, first: ChainStep, place: Place, reader: Reader): readonly Assignment[] {
  const inner = unwrap(values);
  const table = writtenTable(first, place, reader);
  if (inner.type !== "ArrayExpression") return assignmentsOf(inner, table, place, reader);
  return inner.elements.flatMap((element) => {
    if (element && element.type !== "SpreadElement") return assignmentsOf(element, table, place, reader);
    if (element) reader.note(element.argument, place);
    return [];
  });
}

function writtenTable(first: ChainStep, place: Place, reader: Reader): LibraryValue | undefined {
  const [table] = first.args;
  return table && reader.drizzle(table, place);
}

function write(kind: "update" | "delete", first: ChainStep, steps: readonly ChainStep[], span: Span, place: Place, reader: Reader): Statement {
  const set = steps.findLast((step) => step.name === "set")?.args[0];
  const sources: Source[] = [];
  for (const step of steps) {
    const [target, on] = step.args;
    const join = JOINS[step.name];
    if (!target || (step.name !== "from" && join === undefined)) continue;
    sources.push(join === undefined ? sourceOf(target, place, reader) : { ...sourceOf(target, place, reader), join: { type: join, on: on ? reader.condition(on, place) : NO_FILTER } });
  }
  return statement(kind, span, {
    ...targetOf(first, place, reader),
    sources,
    where: whereOf(steps, place, reader),
    assignments: set ? assignmentsOf(set, writtenTable(first, place, reader), place, reader) : [],
    orderBy: orderOf(steps, place, reader),
    ...amounts(steps, place, reader),
    ...returningOf(steps),
    ctes: withNames(first, place, reader),
  });
}

function count(first: ChainStep, span: Span, place: Place, reader: Reader): Statement | undefined {
  const [table, filter] = first.args;
  if (!table) return undefined;
  return statement("select", span, { sources: [sourceOf(table, place, reader)], where: filter ? reader.condition(filter, place) : NO_FILTER, projection: AGGREGATE });
}

/** The filter: the last `.where` wins. */
function whereOf(steps: readonly ChainStep[], place: Place, reader: Reader): Predicate {
  let where: Predicate = NO_FILTER;
  let previous: ChainStep | undefined;
  for (const step of steps) {
    if (step.name !== "where") continue;
    const [argument] = step.args;
    const next = !argument ? NO_FILTER : argument.type === "SpreadElement" ? ({ op: "opaque", restricts: "unknown", reason: "the filter cannot be followed" } satisfies Predicate) : reader.condition(argument, place);
    // What is written and says nothing is told apart from what is not written.
    if (step.presence === "always") where = isNothing(next) ? { op: "constant", value: true, written: false, span: reader.span(argument ?? step.call, place) } : next;
    else if (previous && exclude(previous.call, step.call)) where = mayVanish(where) && where.op === "optional" && !mayVanish(next) ? reader.oneOf(where.item, next, reader.span(step.call, place)) : reader.oneOf(where, next, reader.span(step.call, place));
    else where = isNothing(where) ? optional(next, reader.span(step.call, place)) : reader.oneOf(where, next, reader.span(step.call, place));
    previous = step;
  }
  return where;
}

/** Do the two stand in the two branches of one `if`? Then one of them is taken. */
function exclude(a: Node, b: Node): boolean {
  for (let child: Node = b, current = b.parent; current; child = current, current = current.parent) {
    if (current.type !== "IfStatement" || current.alternate !== child) continue;
    const { consequent } = current;
    if (consequent.range[0] <= a.range[0] && a.range[1] <= consequent.range[1]) return true;
  }
  return false;
}

function amounts(steps: readonly ChainStep[], place: Place, reader: Reader): { readonly limit?: Amount; readonly offset?: Amount } {
  const limit = amountOf(steps, "limit", place, reader) ?? amountOf(steps, "fetch", place, reader) ?? amountOf(steps, "top", place, reader);
  const offset = amountOf(steps, "offset", place, reader);
  return { ...(limit && { limit }), ...(offset && { offset }) };
}

function amountOf(steps: readonly ChainStep[], name: string, place: Place, reader: Reader): Amount | undefined {
  let amount: Amount | undefined;
  for (const step of steps) {
    if (step.name !== name) continue;
    const [argument] = step.args;
    const next: Amount = argument && argument.type !== "SpreadElement" ? amountFrom(argument, place, reader) : { kind: "none" };
    if (step.presence === "always") amount = next;
    else if (amount && amount.kind !== "none" && next.kind !== "none") amount = { kind: "parameter", span: reader.span(step.call, place) };
    else amount = { kind: "maybe", why: `\`.${name}(…)\` is called only under a condition`, proved: "yes", span: reader.span(step.call, place) };
  }
  return amount;
}

/** What `.limit(…)` or `limit:` is given. Drizzle sends no LIMIT for undefined and for negative numbers. */
export function amountFrom(node: Node, place: Place, reader: Reader): Amount {
  const span = reader.span(node, place);
  if (isUndefined(node)) return { kind: "none", span };
  const constant = constantOf(node, place.module, reader.context.values);
  if (constant?.known) {
    if (typeof constant.value === "number") return constant.value < 0 ? { kind: "none", span } : { kind: "number", value: constant.value, span };
    if (constant.value === undefined || constant.value === null) return { kind: "none", span };
  }
  reader.note(node, place);
  return { kind: "parameter", value: node, undefinable: reader.context.undefinable(node, place.module), span };
}

function lastArguments(steps: readonly ChainStep[], name: string): readonly Node[] {
  return steps.findLast((step) => step.name === name)?.args ?? [];
}

function orderOf(steps: readonly ChainStep[], place: Place, reader: Reader): readonly OrderItem[] {
  return lastArguments(steps, "orderBy").map((argument) => orderItem(argument, place, reader));
}

/** `users.name`, `desc(users.name)`, an expression, a list that is spread. */
export function orderItem(node: Node, place: Place, reader: Reader): OrderItem {
  const inner = unwrap(node);
  const span = reader.span(inner, place);
  if (inner.type === "SpreadElement") return { descending: "unknown", span };
  const value = reader.drizzle(inner, place);
  if (inner.type === "CallExpression" && value?.role === "condition" && (value.name === "asc" || value.name === "desc")) {
    const [argument] = inner.arguments;
    const column = argument && reader.column(argument, place);
    return { ...(column && { column }), descending: value.name === "desc" ? "yes" : "no", span };
  }
  const column = reader.column(inner, place);
  return { ...(column && { column }), descending: column ? "no" : "unknown", span };
}

function lockingOf(steps: readonly ChainStep[]): Pick<Statement, "locking"> {
  const step = steps.findLast((item) => item.name === "for");
  if (!step) return {};
  const options = step.args[1] ? unwrap(step.args[1]) : undefined;
  const skipLocked = options?.type === "ObjectExpression" && options.properties.some((property) => property.type === "Property" && keyName(property) === "skipLocked" && property.value.type === "Literal" && property.value.value === true);
  return { locking: { skipLocked } };
}

function returningOf(steps: readonly ChainStep[]): Pick<Statement, "returning"> {
  return { returning: steps.some((step) => step.name === "returning" || step.name === "$returningId" || step.name === "output") };
}

function targetOf(first: ChainStep, place: Place, reader: Reader): Pick<Statement, "target"> {
  const [table] = first.args;
  return table ? { target: tableRef(table, place, reader) } : {};
}

/** A table argument. One that is chosen at run time is `dynamic`. */
export function tableRef(node: Node, place: Place, reader: Reader): TableRef {
  const inner = unwrap(node);
  const span = reader.span(inner, place);
  const value = reader.drizzle(inner, place);
  const known = value && tableRefOf(value, span, reader);
  if (known && !isVariableChoice(inner, place)) return known;
  if (value?.role === "fragment") return { name: "", alias: "", dynamic: true, span };
  const foreign = foreignTable(inner, place.module, reader.context.values);
  if (foreign !== undefined) {
    reader.foreign.add(foreign);
    return { name: foreign, model: foreign, alias: foreign, span };
  }
  reader.note(inner, place);
  return { name: "", alias: "", dynamic: true, span };
}

/** The table that a value is, by its definition. */
export function tableRefOf(value: LibraryValue, span: Span, reader: Reader): TableRef | undefined {
  const names = namesOf(value, reader.context.values);
  reader.dialect ??= names?.dialect ?? dialectOfTable(value);
  if (!names) return undefined;
  if (names.name === undefined) return { name: "", alias: names.alias, dynamic: true, span };
  return { name: names.name, alias: names.alias, ...(names.schema !== undefined && { schema: names.schema }), span };
}

/** `cond ? users : admins`: the evaluator takes the first. */
function isVariableChoice(node: Node, place: Place): boolean {
  if (node.type === "ConditionalExpression" || node.type === "LogicalExpression") return true;
  if (node.type !== "Identifier") return false;
  const declarator = place.module.lookUp(node.name, node)?.defs[0]?.node as Node | undefined;
  return declarator?.type === "VariableDeclarator" && declarator.init !== null && (declarator.init.type === "ConditionalExpression" || declarator.init.type === "LogicalExpression");
}

function sourceOf(node: Node, place: Place, reader: Reader): Source {
  const inner = unwrap(node);
  const span = reader.span(inner, place);
  const value = reader.drizzle(inner, place);
  if (value?.role === "subquery" || value?.role === "builder") {
    const nested = reader.subquery(value.role === "subquery" && value.at && value.at.module === place.module ? value.at.node : inner, place, "from");
    if (nested) return { kind: "subquery", statement: nested, alias: value.role === "subquery" ? (value.name ?? "") : "", lateral: false, span };
  }
  const alias = value ? undefined : reader.aliasOf(inner, place);
  const unowned = alias === undefined ? undefined : reader.subquery(inner, place, "from");
  if (unowned) return { kind: "subquery", statement: unowned, alias: alias ?? "", lateral: false, span };
  if (value?.role === "cte" || value?.role === "with") return { kind: "cte", name: value.name ?? "", alias: value.name ?? "", span };
  if (value?.role === "fragment") return { kind: "function", name: "sql", alias: "", span };
  return { kind: "table", table: tableRef(inner, place, reader) };
}

/** Names of the common table expressions that `db.with(…)` declares; their statements are sub-queries of this one. */
function withNames(first: ChainStep, place: Place, reader: Reader): readonly string[] {
  const receiver = receiverOf(first.call);
  const inner = receiver && unwrap(receiver);
  const callee = inner?.type === "CallExpression" ? unwrap(inner.callee) : undefined;
  if (inner?.type !== "CallExpression" || callee?.type !== "MemberExpression" || memberName(callee) !== "with") return [];
  return inner.arguments.flatMap((argument) => {
    const value = argument.type === "SpreadElement" ? undefined : reader.drizzle(argument, place);
    const body = value?.role === "cte" && value.at?.node.type === "CallExpression" ? value.at.node.arguments[0] : undefined;
    if (!value?.at || !body) return [];
    const there: Place = value.at.module === place.module ? place : { module: value.at.module, bindings: place.bindings, anchor: reader.span(argument, place) };
    reader.subquery(body, there, "cte");
    return [value.name ?? ""];
  });
}

/** What a select gives: every column, some, or aggregates of the whole. */
function projectionOf(fields: Node | undefined, grouped: boolean, sources: readonly Source[], place: Place, reader: Reader): Projection {
  if (!fields) return ALL_COLUMNS;
  const shape = readObject(fields, place.module, reader.context.values);
  const columns: ColumnRef[] = [];
  let aggregate = false;
  let all = shape.open;
  for (const entry of shape.entries) {
    const there: Place = entry.module === place.module ? place : { ...place, module: entry.module, anchor: reader.span(fields, place) };
    if (isAggregate(entry.value, there, reader)) {
      aggregate = true;
      continue;
    }
    const column = reader.column(entry.value, there);
    if (column) columns.push(column);
    else if (reader.drizzle(entry.value, there)?.role === "table") all = true;
    else reader.subquery(entry.value, there, "scalar");
  }
  // An aggregate beside a plain column without GROUP BY is rejected, or one row (MySQL, SQLite).
  return { all: all && !aggregate, columns, aggregate: grouped ? "no" : aggregate ? "yes" : shape.open && sources.length > 0 && shape.entries.length === 0 ? "unknown" : "no" };
}

function isAggregate(node: Node, place: Place, reader: Reader): boolean {
  const inner = unwrap(node);
  const value = reader.drizzle(inner, place);
  if (value?.role === "condition") return value.name !== undefined && AGGREGATES.has(value.name);
  if (value?.role !== "fragment" || !value.at) return false;
  const there: Place = value.at.module === place.module ? place : { ...place, module: value.at.module, anchor: reader.span(inner, place) };
  const folded = new FragmentReader(reader).fold(value.at.node, there, "value");
  return folded !== undefined && (isAggregateText(folded.text) || holesOf(folded.holes, there, reader));
}

/** ``sql`coalesce(${sum(x)}, 0)` `` */
function holesOf(holes: readonly { readonly expression: Node }[], place: Place, reader: Reader): boolean {
  return holes.some(({ expression }) => {
    const value = reader.drizzle(expression, place);
    return value?.role === "condition" && value.name !== undefined && AGGREGATES.has(value.name);
  });
}

/** The columns that an object sets. */
function assignmentsOf(node: Node, table: LibraryValue | undefined, place: Place, reader: Reader): readonly Assignment[] {
  const inner = unwrap(node);
  const shape = readObject(inner, place.module, reader.context.values);
  if (shape.open && shape.openAt) reader.note(shape.openAt, place);
  const assignments = shape.entries.map((entry): Assignment => {
    const there: Place = entry.module === place.module ? place : { ...place, module: entry.module, anchor: reader.span(inner, place) };
    const { name, property } = table ? columnName(table, entry.key, reader.context.values) : { name: entry.key, property: true };
    return { column: { name, ...(property && { property: true }), span: reader.span(entry.node, there), wrappers: [] }, operand: reader.assigned(entry.value, there) };
  });
  // Columns that cannot be seen are set to what the hidden object holds.
  if (shape.open) assignments.push({ column: { name: "", property: true, span: reader.span(inner, place), wrappers: [] }, operand: { kind: "parameter", value: shape.openAt ?? inner, span: reader.span(inner, place), type: "object" } });
  return assignments;
}

const LIST_METHODS: ReadonlySet<string> = new Set(["map", "flatMap", "filter", "slice", "flat", "concat", "toSorted", "sort", "reverse"]);

/** How many rows `.values(…)` writes. */
function rowsOf(node: Node, place: Place, reader: Reader, depth = 0): "one" | "many" | "unknown" {
  const inner = unwrap(node);
  if (depth > 8) return "unknown";
  switch (inner.type) {
    case "ObjectExpression":
      return "one";
    case "ArrayExpression":
      return "many";
    case "NewExpression":
      return "unknown";
    case "AwaitExpression":
      return rowsOf(inner.argument, place, reader, depth + 1);
    case "ConditionalExpression": {
      const [a, b] = [rowsOf(inner.consequent, place, reader, depth + 1), rowsOf(inner.alternate, place, reader, depth + 1)];
      return a === b ? a : "unknown";
    }
    case "CallExpression": {
      const callee = unwrap(inner.callee);
      if (callee.type === "MemberExpression") {
        const name = memberName(callee);
        if (name !== undefined && LIST_METHODS.has(name)) return "many";
        if (callee.object.type === "Identifier" && (callee.object.name === "Array" || (callee.object.name === "Object" && name !== "assign" && name !== "fromEntries"))) return "many";
      }
      const fn = reader.context.values.functionOf(inner, place.module);
      if (!fn) return "unknown";
      const annotated = fn.node.returnType && rowsOfType(fn.node.returnType.typeAnnotation);
      if (annotated && annotated !== "unknown") return annotated;
      const answers = new Set(returnedExpressions(fn.node).map((expression) => rowsOf(expression, { ...place, module: fn.module }, reader, depth + 1)));
      const [only] = answers;
      return only !== undefined && answers.size === 1 ? only : "unknown";
    }
    case "Identifier":
      return rowsOfVariable(inner, place, reader, depth);
    case "MemberExpression":
      return "unknown";
    default:
      return "unknown";
  }
}

function rowsOfVariable(node: TSESTree.Identifier, place: Place, reader: Reader, depth: number): "one" | "many" | "unknown" {
  if (lengthOf(node, place.module) !== undefined) return "many";
  const definition = place.module.lookUp(node.name, node)?.defs[0];
  const owner = definition?.node as Node | undefined;
  if (owner?.type === "VariableDeclarator" && owner.id.type === "Identifier") {
    const annotation = annotationOf(owner.id);
    const annotated = annotation && rowsOfType(annotation);
    if (annotated && annotated !== "unknown") return annotated;
    if (owner.init) return rowsOf(owner.init, place, reader, depth + 1);
    // `for (const part of chunk(rows, 500))`: each element is a list.
    const loop = owner.parent.parent;
    const iterated = loop?.type === "ForOfStatement" ? unwrap(loop.right) : undefined;
    return iterated?.type === "CallExpression" && /chunk|partition|batch/iu.test(calleeName(iterated) ?? "") ? "many" : "unknown";
  }
  if (isFunction(owner)) {
    const parameter = owner.params.find((item) => item.type === "Identifier" && item.name === node.name);
    const annotation = parameter && annotationOf(parameter);
    return annotation ? rowsOfType(annotation) : "unknown";
  }
  return "unknown";
}

function rowsOfType(node: Node): "one" | "many" | "unknown" {
  switch (node.type) {
    case "TSArrayType":
    case "TSTupleType":
      return "many";
    case "TSTypeLiteral":
      return "one";
    case "TSTypeOperator":
      return node.typeAnnotation ? rowsOfType(node.typeAnnotation) : "unknown";
    case "TSTypeReference": {
      const name = node.typeName.type === "Identifier" ? node.typeName.name : undefined;
      if (name === "Array" || name === "ReadonlyArray") return "many";
      if (name === "InferInsertModel" || name === "InferModel") return "one";
      if ((name === "Promise" || name === "Omit" || name === "Partial" || name === "Readonly") && node.typeArguments?.params[0]) return rowsOfType(node.typeArguments.params[0]);
      // `NewUser`: the name of one row, by what the schema calls its types.
      return "unknown";
    }
    case "TSTypeQuery":
      return node.exprName.type === "TSQualifiedName" && node.exprName.right.name === "$inferInsert" ? "one" : "unknown";
    default:
      return "unknown";
  }
}

/** Dialect of the client a chain begins with. */
export function dialectOfClient(client: LibraryValue | undefined): ReturnType<typeof asDialect> {
  return asDialect(client?.name);
}

/** Names of the kinds of statement that a first method begins. */
export const KINDS: Readonly<Record<string, StatementKind>> = { select: "select", selectDistinct: "select", selectDistinctOn: "select", $count: "select", insert: "insert", replace: "insert", update: "update", delete: "delete" };

