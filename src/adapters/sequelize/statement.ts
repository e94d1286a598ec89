/** A call of a model's method → the query it sends. */
import type { TSESTree } from "@typescript-eslint/utils";
import { AGGREGATE, ALL_COLUMNS, and, NO_FILTER, query, spanOf, statement } from "../../query/build.js";
import type { Amount, Assignment, BulkAdvice, ColumnRef, Delivery, Opaque, OrderItem, Predicate, Projection, Query, Site, Span, Statement, StatementKind, TableRef } from "../../query/model.js";
import { calleeName, isFunction, isUndefined, literalString, memberName, unwrap, type Node } from "../../syntax/ast.js";
import { baseOf } from "../../syntax/chain.js";
import { entriesOf, type ObjectEntry, type ObjectShape } from "../../syntax/objects.js";
import { returnedExpressions } from "../../syntax/patterns.js";
import type { SourceModule } from "../../syntax/source-module.js";
import { elementsOf } from "../../syntax/text.js";
import type { LibraryValue } from "../../syntax/values.js";
import { emptyFilter, isEmpty, oneOf, opaque, operandOf, optional, parameterOf, relation, spanAt } from "../conditions.js";
import type { AdapterContext } from "../contract.js";
import { optionEdit } from "../option-edit.js";
import { STATIC_METHODS, type AssociationCall, type ModelCall, type RowCall, type SequelizeCall, type StaticMethod } from "./calls.js";
import { dialectOf } from "./dialect.js";
import { FilterReader, type FilterPlace } from "./filter.js";
import { SEQUELIZE } from "./model.js";
import { modelOf, type Association, type Model, type Options } from "./models.js";

/** What each method sends and gives. */
interface Meaning {
  readonly kind: StatementKind;
  readonly delivery: Delivery;
  /** Without `where` the call fails, so that nothing is sent. */
  readonly needsWhere?: boolean;
}

const MEANINGS: Readonly<Record<StaticMethod, Meaning>> = {
  findAll: { kind: "select", delivery: "all" },
  findOne: { kind: "select", delivery: "one" },
  findByPk: { kind: "select", delivery: "one" },
  // A count goes with it.
  findAndCountAll: { kind: "select", delivery: "all" },
  // A read goes before it.
  findOrCreate: { kind: "insert", delivery: "none" },
  findCreateFind: { kind: "insert", delivery: "none" },
  findOrBuild: { kind: "select", delivery: "one" },
  count: { kind: "select", delivery: "scalar" },
  sum: { kind: "select", delivery: "scalar" },
  min: { kind: "select", delivery: "scalar" },
  max: { kind: "select", delivery: "scalar" },
  aggregate: { kind: "select", delivery: "scalar" },
  create: { kind: "insert", delivery: "none" },
  bulkCreate: { kind: "insert", delivery: "none" },
  update: { kind: "update", delivery: "none", needsWhere: true },
  upsert: { kind: "insert", delivery: "none" },
  destroy: { kind: "delete", delivery: "none", needsWhere: true },
  restore: { kind: "update", delivery: "none" },
  increment: { kind: "update", delivery: "none", needsWhere: true },
  decrement: { kind: "update", delivery: "none", needsWhere: true },
  truncate: { kind: "truncate", delivery: "none" },
};

const BULK: BulkAdvice = {
  read: "`findAll` and `where: { id: ids }`",
  insert: "`bulkCreate`",
  updateSame: "`update` and `where: { id: ids }`",
  delete: "`destroy` and `where: { id: ids }`",
};
const COUNTS: ReadonlySet<StaticMethod> = new Set<StaticMethod>(["count", "sum", "min", "max", "aggregate"]);

/** Options that apply together: those of the scopes, then those of the call. */
interface Given {
  readonly scopes: readonly ObjectShape[];
  readonly call: ObjectShape;
  /** A scope that is not in sight may add anything. */
  readonly isHidden: boolean;
}

/** The query of a static call; opaque when the model is chosen at run time; none when the call fails before it sends anything. */
export function lowerModelCall(found: ModelCall, context: AdapterContext): Query | Opaque | readonly [] {
  const { call, method, model } = found;
  const site = siteOf(found, context);
  const { kind, needsWhere = false } = MEANINGS[method];
  const definition = modelOf(model, context.values);
  const inputs = call.arguments.map((argument) => (argument.type === "SpreadElement" ? argument.argument : argument)).filter((argument) => !isFunction(argument));
  if (definition.name === undefined) return { opaque: "dynamic-table", library: SEQUELIZE, site, kind, sending: "now", inputs };
  const at: FilterPlace = { context, site: spanOf(call.range), dialect: dialectOf(context), alias: definition.name, isSeven: isSeven(context) };
  const args = optionsOf(call, method, context);
  const given = withScopes(model, definition, args, context);
  if (method === "destroy" && args.entries.some((entry) => entry.key === "truncate" && isTrue(entry.value))) return rawQuery(statement("truncate", spanOf(call.range), { target: tableOf(found, definition, definition.name) }), site, at, inputs);
  const isFiltered = [...given.scopes, args].some((shape) => shape.open || shape.entries.some((entry) => entry.key === "where" && !isUndefined(entry.value)));
  if (needsWhere && !isFiltered && !given.isHidden) return [];
  const table = tableOf(found, definition, definition.name);
  const own = method === "findByPk" ? byKey(at, call) : whereOf(at, args, call);
  const filter = and([...given.scopes.map((shape) => whereOf(at, shape, call)), own, ...includesOf(at, given), ...(given.isHidden ? [opaque(at.site, "a scope that is not in sight may add conditions")] : [])]);
  const isRead = kind === "select";
  const leavesOut = isRead || method === "update" || method === "destroy";
  const where = leavesOut && !isEmpty(filter) ? and([filter, ...undeleted(at, definition, args)]) : isEmpty(filter) ? own : filter;
  const options = [...given.scopes, args];
  const amounts = amountsOf(at, given, method);
  const grouped = method === "findAll" || method === "count" || method === "findAndCountAll" ? columnsOf(at, options, "group") : [];
  const lowered: Statement = statement(kind, spanOf(call.range), {
    where: kind === "insert" || kind === "truncate" ? NO_FILTER : where,
    ...(isRead ? { sources: [{ kind: "table", table }] } : { target: table }),
    projection: grouped.length === 0 && COUNTS.has(method) ? AGGREGATE : projectionOf(at, options, grouped.length > 0),
    orderBy: isRead ? orderOf(at, options) : [],
    groupBy: grouped,
    having: options.some((shape) => shape.entries.some((entry) => entry.key === "having")),
    ...amounts,
    ...lockingOf(args),
    assignments: assignmentsOf(at, call, method),
    ...insertOf(args, method),
    returning: method === "create" || method === "bulkCreate" || method === "upsert",
  });
  const delivery = grouped.length > 0 ? "all" : MEANINGS[method].delivery;
  return query(lowered, {
    library: SEQUELIZE,
    dialect: at.dialect,
    site,
    delivery,
    byUniqueKey: method === "findByPk",
    inputs,
    edits: method === "findAll" || method === "findAndCountAll" ? { limit: (rows) => optionEdit({ call, position: 0, key: "limit", args }, rows, context.module) } : {},
    bulk: COUNTS.has(method) ? { ...BULK, read: `\`${method}\` and \`group\`` } : BULK,
  });
}

/** `user.save()`, `user.destroy()`: one row, by its key. */
export function lowerRowCall(found: RowCall, context: AdapterContext): Query | Opaque {
  const { call, method, row } = found;
  const site = siteOf(found, context);
  const definition = modelOf(row, context.values);
  const isNew = method === "save" && isBuilt(row);
  const kind: StatementKind = isNew ? "insert" : method === "destroy" ? "delete" : method === "reload" ? "select" : "update";
  const receiver = receiverIn(found);
  const inputs = [receiver, ...call.arguments.filter((argument) => argument.type !== "SpreadElement")];
  if (definition.name === undefined) return { opaque: "dynamic-table", library: SEQUELIZE, site, kind, sending: "now", inputs };
  const at: FilterPlace = { context, site: spanOf(call.range), dialect: dialectOf(context), alias: definition.name, isSeven: isSeven(context) };
  const table = tableOf(found, definition, definition.name);
  const key: Predicate = { op: "compare", column: { name: "id", property: true, span: at.site, wrappers: [] }, operator: "=", operand: parameterOf(at, receiver, context.module), span: at.site };
  const [first] = call.arguments;
  return query(
    statement(kind, spanOf(call.range), {
      where: kind === "insert" ? NO_FILTER : key,
      ...(kind === "select" ? { sources: [{ kind: "table", table }] } : { target: table }),
      assignments: method === "update" && first && first.type !== "SpreadElement" ? writtenIn(at, first, context.module) : [],
      ...(kind === "insert" && { rows: "one" }),
      returning: kind !== "delete",
    }),
    { library: SEQUELIZE, dialect: at.dialect, site, delivery: kind === "select" ? "one" : "none", byUniqueKey: kind !== "insert", inputs, bulk: BULK },
  );
}

/** `new User(…)`, `User.build(…)`: not in the table yet. */
function isBuilt(row: LibraryValue): boolean {
  const node = row.at?.node;
  return node?.type === "NewExpression" || (node?.type === "CallExpression" && calleeName(node) === "build");
}

/** What the method is called on. */
function receiverIn({ callee }: SequelizeCall): Node {
  const inner = unwrap(callee);
  return inner.type === "MemberExpression" ? inner.object : inner;
}

/** Methods that an association adds. Undefined where no association of the model explains the name. */
export function lowerAssociationCall(found: AssociationCall, context: AdapterContext): Query | Opaque | undefined {
  const { call, row } = found;
  const definition = modelOf(row, context.values);
  const dynamic = found.method.startsWith("$");
  const [first, ...rest] = call.arguments;
  const verb = dynamic ? found.method.slice(1) : (/^[a-z]+/u.exec(found.method)?.[0] ?? "");
  const wanted = dynamic ? (first && literalString(first)) : found.method.slice(verb.length);
  if (wanted === undefined) return undefined;
  const association = definition.associations.find((item) => isCalled(item, wanted, context));
  if (!association && !dynamic) return undefined;
  const site = siteOf(found, context);
  const receiver = receiverIn(found);
  const inputs = [receiver, ...call.arguments.filter((argument) => argument.type !== "SpreadElement")];
  const isMany = association?.kind === "HasMany" || association?.kind === "BelongsToMany";
  const reads = verb === "get" || verb === "count" || verb === "has";
  const kind: StatementKind = reads ? "select" : verb === "create" || (verb === "add" && association?.kind === "BelongsToMany") ? "insert" : verb === "remove" && association?.kind === "BelongsToMany" ? "delete" : "update";
  const target = association?.target && context.values.library(association.target.node, association.target.module, SEQUELIZE);
  const name = target && modelOf(target, context.values).name;
  if (!association || name === undefined) return { opaque: "dynamic-table", library: SEQUELIZE, site, kind, sending: "now", inputs };
  const at: FilterPlace = { context, site: spanOf(call.range), dialect: dialectOf(context), alias: name, isSeven: isSeven(context) };
  // `getPosts(options)`, `$get("posts", options)`
  const given = dynamic ? rest[0] : reads ? first : undefined;
  const args = given && given.type !== "SpreadElement" ? context.object(given) : NO_OPTIONS;
  const table: TableRef = { name, alias: name, model: name, span: spanOf(found.callee.range) };
  const scope = { context, key: parameterOf(at, receiver, context.module), span: at.site };
  const link = association.kind === "BelongsTo" ? keyColumn("id", scope.span) : keyColumn(association.foreignKey ?? `${lowerFirst(definition.name ?? "")}Id`, scope.span);
  const own: Predicate = association.kind === "BelongsToMany" ? { op: "opaque", restricts: "yes", reason: "the rows that a table of pairs names", span: at.site } : { op: "compare", column: link, operator: "=", operand: scope.key, span: at.site };
  const where = and([own, whereOf(at, args, call)]);
  const many = verb === "get" && isMany;
  const lowered = statement(kind, spanOf(call.range), {
    where: kind === "insert" ? NO_FILTER : where,
    ...(kind === "select" ? { sources: [{ kind: "table", table }] } : { target: table }),
    projection: verb === "count" || verb === "has" ? AGGREGATE : ALL_COLUMNS,
    orderBy: kind === "select" ? orderOf(at, [args]) : [],
    ...(kind === "insert" && { rows: verb === "create" ? "one" : "unknown" }),
    ...amountsOf(at, { scopes: [], call: args, isHidden: false }, "findAll"),
  });
  return query(lowered, {
    library: SEQUELIZE,
    dialect: at.dialect,
    site,
    delivery: kind !== "select" ? "none" : verb === "count" || verb === "has" ? "scalar" : many ? "all" : "one",
    byUniqueKey: kind === "select" && !many && association.kind === "BelongsTo",
    inputs,
    bulk: { ...BULK, read: `\`include\`, or \`findAll\` and \`where: { ${link.name}: ids }\`` },
  });
}

function keyColumn(name: string, span: Span): ColumnRef {
  return { name, property: true, span, wrappers: [] };
}

function lowerFirst(name: string): string {
  return name.charAt(0).toLowerCase() + name.slice(1);
}

/** Is the association called so: by its alias, or by the name of its model in the singular or the plural? */
function isCalled(association: Association, wanted: string, context: AdapterContext): boolean {
  const target = association.target && context.values.library(association.target.node, association.target.module, SEQUELIZE);
  const names = [association.as, association.as === undefined && target ? modelOf(target, context.values).name : undefined].flatMap((name) => name ?? []);
  return names.some((name) => sameWord(name, wanted));
}

/** The same word in the singular or the plural, whatever its first letter. */
function sameWord(left: string, right: string): boolean {
  const stem = (word: string): string => word.toLowerCase().replace(/ies$/u, "y").replace(/(?<=s|x|z|ch|sh)es$/u, "").replace(/s$/u, "");
  return stem(left) === stem(right);
}

export function siteOf(found: SequelizeCall, context: AdapterContext): Site {
  const name = context.module.text.slice(...found.callee.range).replace(/\s+/gu, "");
  const callee = unwrap(found.callee);
  return {
    library: SEQUELIZE,
    node: context.chain(found.call).end,
    range: found.callee.range,
    file: context.module.path,
    evidence: found.evidence,
    name: name.length <= 60 ? name : callee.type === "MemberExpression" ? `….${memberName(callee) ?? ""}` : name.slice(0, 60),
  };
}

function rawQuery(lowered: Statement, site: Site, at: FilterPlace, inputs: Query["inputs"]): Query {
  return query(lowered, { library: SEQUELIZE, dialect: at.dialect, site, inputs, bulk: BULK });
}

/** Release 7 has another name. */
export function isSeven(context: AdapterContext): boolean {
  return context.uses("@sequelize/core") && !context.uses("sequelize");
}

const NO_OPTIONS: ObjectShape = { entries: [], open: false, absent: "always" };

function optionsOf(call: TSESTree.CallExpression, method: StaticMethod, context: AdapterContext): ObjectShape {
  const position = STATIC_METHODS[method];
  const spread = call.arguments.slice(0, position + 1).find((argument) => argument.type === "SpreadElement");
  if (spread) return { entries: [], open: true, openAt: spread, absent: "no" };
  const given = call.arguments[position];
  return given ? context.object(given) : NO_OPTIONS;
}

function tableOf(found: SequelizeCall, { table }: Model, model: string): TableRef {
  const callee = unwrap(found.callee);
  const receiver = callee.type === "MemberExpression" ? unwrap(callee.object) : callee;
  return { name: table ?? model, alias: model, model, ...(isOnThis(receiver) && { inherited: true }), span: spanOf((receiver.type === "MemberExpression" ? receiver.property : receiver).range) };
}

/** Reads and writes of a model that only marks rows as deleted leave those out; `force` deletes them for good. */
function undeleted(at: FilterPlace, { deletedAt }: Model, args: ObjectShape): readonly Predicate[] {
  if (deletedAt === undefined || args.entries.some((entry) => entry.key === "paranoid" || entry.key === "force")) return [];
  return [{ op: "null", column: keyColumn(deletedAt, at.site), negated: false, implied: true, span: at.site }];
}

/** `this.findAll()`, `this.scope("x").findAll()`, `super.create()` */
function isOnThis(receiver: Node): boolean {
  const root = baseOf(receiver);
  return root?.type === "ThisExpression" || root?.type === "Super";
}

function byKey(at: FilterPlace, call: TSESTree.CallExpression): Predicate {
  const [key] = call.arguments;
  const span = at.site;
  if (!key || key.type === "SpreadElement") return opaque(span, "the key comes from elsewhere");
  return { op: "compare", column: keyColumn("id", spanOf(key.range)), operator: "=", operand: operandOf(at, key, at.context.module), span: spanOf(key.range) };
}

/** The options of the scopes that apply to a call. */
function withScopes(value: LibraryValue, definition: Model, call: ObjectShape, context: AdapterContext): Given {
  const bodies: (Options | undefined)[] = [];
  if (value.role !== "scoped") bodies.push(...(definition.defaultScope ? [definition.defaultScope] : []));
  else {
    const at = value.at?.node.type === "CallExpression" ? { call: value.at.node, module: value.at.module } : undefined;
    const callee = at && unwrap(at.call.callee);
    const name = callee?.type === "MemberExpression" ? memberName(callee) : undefined;
    if (!at || name === "withInitialScope") bodies.push(undefined);
    else if (name !== "unscoped" && name !== "withoutScope") bodies.push(...at.call.arguments.flatMap((argument) => scopesNamed(argument, at.module, definition)));
  }
  const shapes: ObjectShape[] = [];
  let isHidden = bodies.includes(undefined);
  for (const body of bodies) {
    if (!body) continue;
    const read = scopeShape(body, context);
    if (read) shapes.push(read);
    else isHidden = true;
  }
  return { scopes: shapes, call, isHidden };
}

/** What an argument of `scope` stands for: a name, `{ method: [name, …] }`, a list of such, `null`. Undefined for what is not in sight. */
function scopesNamed(argument: Node, module: SourceModule, definition: Model): readonly (Options | undefined)[] {
  const inner = unwrap(argument);
  const name = literalString(inner);
  if (name === "defaultScope") return [definition.defaultScope];
  if (name !== undefined) return [definition.scope(name)];
  if (inner.type === "Literal" && inner.value === null) return [];
  if (inner.type === "ArrayExpression") return inner.elements.flatMap((element) => (element ? scopesNamed(element, module, definition) : []));
  if (inner.type !== "ObjectExpression") return [undefined];
  const method = inner.properties.find((property) => property.type === "Property" && property.key.type === "Identifier" && property.key.name === "method");
  if (method?.type !== "Property") return [{ node: inner, module }];
  const value = unwrap(method.value);
  const called = value.type === "ArrayExpression" && value.elements[0] ? literalString(value.elements[0]) : literalString(value);
  return [called === undefined ? undefined : definition.scope(called)];
}

/** The options that a scope is, or that its function returns. */
function scopeShape({ node, module }: Options, context: AdapterContext): ObjectShape | undefined {
  const inner = unwrap(node);
  if (!isFunction(inner)) return context.object(inner, module);
  const [returned, ...others] = returnedExpressions(inner);
  return returned && others.length === 0 ? context.object(returned, module) : undefined;
}

function whereOf(at: FilterPlace, args: ObjectShape, call: TSESTree.CallExpression): Predicate {
  const entries = entriesOf(args, "where");
  const [first] = entries;
  if (!first) return args.open ? opaque(args.openAt ? spanAt(at, args.openAt, at.context.module) : at.site, "the options come from elsewhere") : NO_FILTER;
  const reader = new FilterReader(at);
  const predicates = entries.map((entry) => reader.read(entry.value, entry.module));
  const [only] = predicates;
  // Several places may supply the filter, one of which applies.
  const filter: Predicate = predicates.length === 1 && only ? only : oneOf(predicates, spanAt(at, first.node, first.module));
  const isReplaced = args.open && args.openAt !== undefined && args.openAt.range[0] > first.node.range[0] && args.openAt.range[1] <= call.range[1];
  if (first.presence === "always" && !isReplaced) return filter;
  if (first.presence === "maybe") return isEmpty(filter) ? emptyFilter(spanAt(at, first.node, first.module)) : optional(filter, "condition", "yes", spanAt(at, first.node, first.module));
  return opaque(at.site, "the options may replace the filter");
}

/** Conditions that included models put on the rows: their `where`, unless it is not required. */
function includesOf(at: FilterPlace, { scopes, call }: Given): readonly Predicate[] {
  return [...scopes, call].flatMap((shape) => entriesOf(shape, "include").flatMap((entry) => included(at, entry.value, entry.module, 0)));
}

function included(at: FilterPlace, node: Node, module: SourceModule, depth: number): readonly Predicate[] {
  const inner = unwrap(node);
  const span = spanAt(at, inner, module);
  if (depth > 6) return [opaque(span, "the included models nest too deeply")];
  if (isUndefined(inner) || literalString(inner) !== undefined) return [];
  const list = elementsOf(inner, module);
  if (list) {
    const parts = list.elements.flatMap((element) => included(at, element.node, module, depth + 1).map((part) => (element.certain ? part : optional(part, "condition", "yes", span))));
    return list.open ? [...parts, opaque(span, "further models are included elsewhere")] : parts;
  }
  if (inner.type === "ConditionalExpression") {
    const both = [inner.consequent, inner.alternate].map((branch) => and(included(at, branch, module, depth + 1)));
    const either = oneOf(both, span);
    return isEmpty(either) ? [] : [either];
  }
  const value = at.context.values.library(inner, module, SEQUELIZE);
  // A model, or an association that a model holds, alone.
  if (value || (inner.type === "MemberExpression" && !/include/iu.test(memberName(inner) ?? "include"))) return [];
  const shape = at.context.object(inner, module);
  if (shape.open && shape.entries.length === 0) return [opaque(span, "the included models come from elsewhere")];
  const flag = (key: string): Node | undefined => entriesOf(shape, key).at(-1)?.value;
  const required = flag("required");
  const separate = flag("separate");
  if ((required && isFalse(required)) || (separate && isTrue(separate))) return [];
  const name = includedName(at, shape) ?? "include";
  const entries = entriesOf(shape, "where");
  const filter = entries.length === 0 ? NO_FILTER : oneOf(entries.map((entry) => new FilterReader(at).read(entry.value, entry.module)), span);
  // What is nested restricts only through a parent that is required.
  const isRequired = entries.length > 0 || (required !== undefined && isTrue(required));
  const nested = isRequired ? entriesOf(shape, "include").flatMap((entry) => included(at, entry.value, entry.module, depth + 1)) : [];
  const whole = relation(name, and([filter, ...nested]), span);
  if (isEmpty(whole)) return [];
  return [entries.some((entry) => entry.presence === "maybe") ? optional(whole, "condition", "yes", span) : whole];
}

function includedName(at: FilterPlace, shape: ObjectShape): string | undefined {
  const alias = entriesOf(shape, "as").at(-1) ?? entriesOf(shape, "association").at(-1);
  const named = alias && literalString(alias.value);
  if (named !== undefined) return named;
  const model = entriesOf(shape, "model").at(-1);
  const value = model && at.context.values.library(model.value, model.module, SEQUELIZE);
  return value && modelOf(value, at.context.values).name;
}

function amountsOf(at: FilterPlace, given: Given, method: StaticMethod): Pick<Statement, "limit" | "offset"> {
  switch (method) {
    case "findOne":
    case "findOrBuild":
      // Where the filter names a unique key no LIMIT is sent, and no more than one row matches.
      return { limit: { kind: "number", value: 1 } };
    case "findAll":
    case "findAndCountAll": {
      const limit = amountOf(at, given, "limit");
      const offset = amountOf(at, given, "offset");
      return { ...(limit && { limit }), ...(offset && offset.kind !== "maybe" && { offset }) };
    }
    case "destroy": {
      const limit = amountOf(at, given, "limit");
      return limit && limit.kind !== "maybe" ? { limit } : {};
    }
    case "update": {
      const limit = amountOf(at, given, "limit");
      if (!limit || limit.kind === "maybe") return {};
      // PostgreSQL's UPDATE has no LIMIT: Sequelize drops it there.
      if (at.dialect === "mysql" || at.dialect === "mariadb") return { limit };
      return at.dialect === undefined ? { limit: { kind: "maybe", why: "not every database limits an update", proved: "unknown" } } : {};
    }
    case "findByPk":
    case "findOrCreate":
    case "findCreateFind":
    case "count":
    case "sum":
    case "min":
    case "max":
    case "aggregate":
    case "create":
    case "bulkCreate":
    case "upsert":
    case "restore":
    case "increment":
    case "decrement":
    case "truncate":
      return {};
  }
}

/** The amount of the call, else that of a scope. */
function amountOf(at: FilterPlace, { scopes, call, isHidden }: Given, key: string): Amount | undefined {
  for (const shape of [call, ...[...scopes].reverse()]) {
    const amount = amountIn(at, shape, key);
    if (amount) return amount;
  }
  return isHidden ? { kind: "maybe", why: `a scope may set \`${key}\``, proved: "unknown" } : undefined;
}

function amountIn(at: FilterPlace, shape: ObjectShape, key: string): Amount | undefined {
  const entries = entriesOf(shape, key);
  const [first] = entries;
  if (!first) return shape.open ? { kind: "maybe", why: `\`${key}\` may be among the options`, proved: "unknown" } : undefined;
  const span = spanAt(at, first.node, first.module);
  if (first.presence === "maybe" && first.oneOf !== true) return { kind: "maybe", why: `\`${key}\` is given only under a condition`, proved: "yes", span };
  if (entries.length === 1) return amountOfValue(at, first, span);
  const amounts = entries.map((entry) => amountOfValue(at, entry, span));
  const none = amounts.some((amount) => amount.kind === "none" || amount.kind === "maybe");
  return none ? { kind: "maybe", why: `\`${key}\` may be undefined`, proved: "yes", span } : { kind: "parameter", span };
}

function amountOfValue(at: FilterPlace, { value, module }: ObjectEntry, span: Span): Amount {
  const inner = unwrap(value);
  // `limit: null` is as good as none.
  if (isUndefined(inner) || (inner.type === "Literal" && inner.value === null)) return { kind: "none", span };
  const constant = at.context.constant(value, module);
  if (typeof constant?.value === "number") return { kind: "number", value: constant.value, span };
  return { kind: "parameter", span, ...(module === at.context.module && { value }), undefinable: at.context.undefinable(value, module) };
}

function lockingOf(args: ObjectShape): Pick<Statement, "locking"> {
  // `lock: true`, `lock: t.LOCK.UPDATE`, `lock: "UPDATE"`; what a variable holds may be nothing.
  const locks = args.entries.some(({ key, presence, value }) => key === "lock" && presence === "always" && (isTrue(value) || literalString(value) !== undefined || /\bLOCK\b/u.test(memberPath(value))));
  if (!locks) return {};
  return { locking: { skipLocked: args.entries.some((entry) => entry.key === "skipLocked" && isTrue(entry.value)) } };
}

function memberPath(node: Node): string {
  const inner = unwrap(node);
  if (inner.type === "Identifier") return inner.name;
  return inner.type === "MemberExpression" ? `${memberPath(inner.object)}.${memberName(inner) ?? ""}` : "";
}

function projectionOf(at: FilterPlace, options: readonly ObjectShape[], isGrouped: boolean): Projection {
  const entry = options.flatMap((shape) => entriesOf(shape, "attributes")).at(-1);
  if (!entry || entry.presence === "maybe") return ALL_COLUMNS;
  const list = elementsOf(entry.value, entry.module);
  if (!list || list.open) return ALL_COLUMNS;
  const items = list.elements.map((element) => attributeOf(at, element.node, entry.module));
  const aggregates = items.length > 0 && items.every((item) => item === "aggregate");
  if (aggregates && !isGrouped) return AGGREGATE;
  const columns = items.flatMap((item) => (item === "aggregate" || item === undefined ? [] : [item]));
  return { all: false, columns, aggregate: items.includes("aggregate") && !isGrouped ? "unknown" : "no" };
}

const AGGREGATES = /^(?:count|sum|avg|min|max|array_agg|json_agg|jsonb_agg|string_agg|group_concat|bool_or|bool_and)$/iu;
const AGGREGATE_TEXT = /^\s*(?:count|sum|avg|min|max)\s*\((?!.*\bover\b)/iu;

/** One item of `attributes`: a name, `[name, alias]`, `[fn("COUNT", col("id")), alias]`. */
function attributeOf(at: FilterPlace, node: Node, module: SourceModule): ColumnRef | "aggregate" | undefined {
  const inner = unwrap(node);
  const name = literalString(inner);
  if (name !== undefined) return keyColumn(name, spanAt(at, inner, module));
  const [first] = inner.type === "ArrayExpression" ? inner.elements : [];
  if (!first) return undefined;
  const selected = literalString(first);
  if (selected !== undefined) return keyColumn(selected, spanAt(at, inner, module));
  const expression = at.context.values.library(first, module, SEQUELIZE);
  const call = expression?.role === "expression" && expression.at?.node.type === "CallExpression" ? expression.at.node : undefined;
  const called = call?.arguments[0] && literalString(call.arguments[0]);
  if (called === undefined) return undefined;
  return (expression?.name === "fn" && AGGREGATES.test(called)) || (expression?.name === "literal" && AGGREGATE_TEXT.test(called)) ? "aggregate" : undefined;
}

/** Columns named by strings, by `col` or by a function of one: `group: ["status"]`, `group: "status"`. */
function columnsOf(at: FilterPlace, options: readonly ObjectShape[], key: string): readonly (ColumnRef | undefined)[] {
  const entry = options.flatMap((shape) => entriesOf(shape, key)).at(-1);
  if (!entry || isUndefined(entry.value)) return [];
  const nodes = elementsOf(entry.value, entry.module)?.elements.map((element) => element.node) ?? [entry.value];
  return nodes.map((node) => {
    const name = literalString(node);
    return name === undefined ? new FilterReader(at).column(node, entry.module) : keyColumn(name, spanAt(at, node, entry.module));
  });
}

function orderOf(at: FilterPlace, options: readonly ObjectShape[]): readonly OrderItem[] {
  const entries = options.map((shape) => entriesOf(shape, "order")).findLast((found) => found.length > 0) ?? [];
  const [entry] = entries;
  if (!entry || isUndefined(entry.value)) return [];
  const { module } = entry;
  const unknown: OrderItem = { descending: "unknown", span: spanAt(at, entry.value, module) };
  const list = elementsOf(entry.value, module);
  if (entries.length > 1 || entry.presence === "maybe" || !list || list.open || list.elements.some((element) => !element.certain)) return [unknown];
  return list.elements.map(({ node }) => orderItem(at, node, module));
}

/** `"name"`, `["name", "DESC"]`, `[col("name"), "DESC NULLS LAST"]`; anything longer orders by a column of another model. */
function orderItem(at: FilterPlace, node: Node, module: SourceModule): OrderItem {
  const span = spanAt(at, node, module);
  const inner = unwrap(node);
  const parts = inner.type === "ArrayExpression" ? inner.elements : [inner];
  const [first, second, ...more] = parts;
  if (!first || more.length > 0) return { descending: "unknown", span };
  const name = literalString(first);
  const column = name === undefined ? new FilterReader(at).column(first, module) : keyColumn(name, spanAt(at, first, module));
  if (!column) return { descending: "unknown", span };
  const said = second ? at.context.constant(second, module)?.value : "ASC";
  const direction = typeof said === "string" ? /^(asc|desc)(?:\s+nulls\s+(first|last))?$/iu.exec(said.trim()) : null;
  const nulls = direction?.[2]?.toLowerCase();
  return {
    column,
    descending: direction ? (direction[1]?.toLowerCase() === "desc" ? "yes" : "no") : "unknown",
    ...((nulls === "first" || nulls === "last") && { nulls }),
    span,
  };
}

function assignmentsOf(at: FilterPlace, call: TSESTree.CallExpression, method: StaticMethod): readonly Assignment[] {
  const [values] = call.arguments;
  if (!values || values.type === "SpreadElement" || (method !== "create" && method !== "update" && method !== "upsert")) return [];
  return writtenIn(at, values, at.context.module);
}

function writtenIn(at: FilterPlace, values: Node, module: SourceModule): readonly Assignment[] {
  const shape = at.context.object(values, module);
  if (shape.open) return [];
  return shape.entries.map((entry) => {
    const key = entry.node.type === "Property" ? entry.node.key : entry.node;
    const column = keyColumn(entry.key, spanAt(at, key, entry.module));
    const expression = at.context.values.library(entry.value, entry.module, SEQUELIZE);
    if (expression?.role === "expression") return { column, operand: { kind: "expression", volatile: "unknown", span: spanAt(at, entry.value, entry.module) } };
    return { column, operand: operandOf(at, entry.value, entry.module) };
  });
}

function insertOf(args: ObjectShape, method: StaticMethod): Pick<Statement, "rows" | "conflict"> {
  const has = (key: string): boolean => args.entries.some((entry) => entry.key === key && !isUndefined(entry.value) && !isFalse(entry.value));
  switch (method) {
    case "create":
      return { rows: "one", ...(has("ignoreDuplicates") && { conflict: "ignore" }) };
    case "findOrCreate":
    case "findCreateFind":
      return { rows: "one", conflict: "ignore" };
    case "upsert":
      return { rows: "one", conflict: "update" };
    case "bulkCreate":
      return { rows: "many", ...(has("updateOnDuplicate") ? { conflict: "update" } : has("ignoreDuplicates") ? { conflict: "ignore" } : {}) };
    case "findAll":
    case "findOne":
    case "findByPk":
    case "findAndCountAll":
    case "findOrBuild":
    case "count":
    case "sum":
    case "min":
    case "max":
    case "aggregate":
    case "update":
    case "destroy":
    case "restore":
    case "increment":
    case "decrement":
    case "truncate":
      return {};
  }
}

function isTrue(node: Node): boolean {
  const inner = unwrap(node);
  return inner.type === "Literal" && inner.value === true;
}

function isFalse(node: Node): boolean {
  const inner = unwrap(node);
  return inner.type === "Literal" && inner.value === false;
}
