/** Calls of repositories, managers, active records and rows → queries. */
import type { TSESTree } from "@typescript-eslint/utils";
import { AGGREGATE, ALL_COLUMNS, and, NO_FILTER, query, spanOf, statement } from "../../query/build.js";
import type { BulkAdvice, ColumnRef, Delivery, Dialect, Edits, HostExpression, Opaque, Predicate, Projection, Query, Site, Span, Statement, StatementKind } from "../../query/model.js";
import { calleeName, isUndefined, literalString, memberName, unwrap, type Node } from "../../syntax/ast.js";
import { entriesOf, type ObjectEntry, type ObjectShape } from "../../syntax/objects.js";
import { elementsOf } from "../../syntax/text.js";
import type { LibraryValue } from "../../syntax/values.js";
import type { AdapterContext } from "../contract.js";
import { argumentNode, inList, isEmpty, isNull, opaque, operandOf, optional, spanAt, type Lowering } from "../conditions.js";
import { limitEdit } from "./edits.js";
import { tableOf, type Entity } from "../entities.js";
import { entityOfExpression, entityOfValue, primaryKeyOf } from "./entities.js";
import { FilterReader, type FilterUse } from "./filter.js";
import { assignmentsOf } from "./builder.js";
import { isRecord, TYPEORM } from "./library.js";
import { rowsOf } from "../builder/rows.js";
import { amountOfOption, orderOfObject } from "../find-options.js";
import { behaviourFor, lockingOf } from "./options.js";

/** How the first argument of a method says which rows are meant. */
type Takes = "options" | "where" | "criteria" | "id" | "ids" | "row" | "column" | "nothing";

interface Meaning {
  readonly kind: StatementKind;
  readonly takes: Takes;
  readonly delivery?: Delivery;
  /** The statement reaches every row by the meaning of the name. */
  readonly whole?: true;
}

const MEANINGS: Readonly<Record<string, Meaning>> = {
  find: { kind: "select", takes: "options", delivery: "all" },
  findAndCount: { kind: "select", takes: "options", delivery: "all" },
  findBy: { kind: "select", takes: "where", delivery: "all" },
  findAndCountBy: { kind: "select", takes: "where", delivery: "all" },
  findByIds: { kind: "select", takes: "ids", delivery: "all" },
  findOne: { kind: "select", takes: "options", delivery: "one" },
  findOneOrFail: { kind: "select", takes: "options", delivery: "one" },
  findOneBy: { kind: "select", takes: "where", delivery: "one" },
  findOneByOrFail: { kind: "select", takes: "where", delivery: "one" },
  findOneById: { kind: "select", takes: "id", delivery: "one" },
  preload: { kind: "select", takes: "row", delivery: "one" },
  findTrees: { kind: "select", takes: "nothing", delivery: "all" },
  count: { kind: "select", takes: "options", delivery: "scalar" },
  countBy: { kind: "select", takes: "where", delivery: "scalar" },
  exist: { kind: "select", takes: "options", delivery: "scalar" },
  exists: { kind: "select", takes: "options", delivery: "scalar" },
  existsBy: { kind: "select", takes: "where", delivery: "scalar" },
  sum: { kind: "select", takes: "column", delivery: "scalar" },
  average: { kind: "select", takes: "column", delivery: "scalar" },
  minimum: { kind: "select", takes: "column", delivery: "scalar" },
  maximum: { kind: "select", takes: "column", delivery: "scalar" },
  save: { kind: "insert", takes: "row" },
  insert: { kind: "insert", takes: "row" },
  upsert: { kind: "insert", takes: "row" },
  remove: { kind: "delete", takes: "row" },
  softRemove: { kind: "update", takes: "row" },
  recover: { kind: "update", takes: "row" },
  update: { kind: "update", takes: "criteria" },
  delete: { kind: "delete", takes: "criteria" },
  softDelete: { kind: "update", takes: "criteria" },
  restore: { kind: "update", takes: "criteria" },
  increment: { kind: "update", takes: "criteria" },
  decrement: { kind: "update", takes: "criteria" },
  updateAll: { kind: "update", takes: "nothing", whole: true },
  deleteAll: { kind: "delete", takes: "nothing", whole: true },
  clear: { kind: "truncate", takes: "nothing", whole: true },
};
/** Methods of a row itself. */
const OF_ROW: Readonly<Record<string, StatementKind>> = { save: "insert", remove: "delete", softRemove: "update", recover: "update", reload: "select" };

export const METHODS: readonly string[] = [...Object.keys(MEANINGS), ...Object.keys(OF_ROW)];

const BULK: BulkAdvice = { read: "`findBy` with `In(keys)`", insert: "`insert([…])` or `save([…])`", updateSame: "`update` with `In(keys)`", upsert: "`save([…])` or `upsert([…])`", delete: "`delete` with `In(keys)`" };
const BULK_REMOVE: BulkAdvice = { ...BULK, delete: "`remove([…])`" };
const BULK_COUNT: BulkAdvice = { ...BULK, read: "a query builder with `groupBy`" };

export interface Call {
  readonly call: TSESTree.CallExpression;
  readonly method: string;
  readonly receiver: LibraryValue;
  readonly site: Site;
  readonly dialect: Dialect | undefined;
}

/** The query of a call; undefined when the method of the receiver sends none. */
export function lowerCall(given: Call, context: AdapterContext): Query | Opaque | undefined {
  const { method, receiver } = given;
  if (receiver.role === "record") return OF_ROW[method] === undefined || !Object.hasOwn(OF_ROW, method) ? undefined : lowerRow(given, context);
  const meaning = Object.hasOwn(MEANINGS, method) ? MEANINGS[method] : undefined;
  if (!meaning || !["repository", "entity", "manager"].includes(receiver.role)) return undefined;
  return new CallLowering(given, meaning, context).query();
}

class CallLowering {
  readonly #given: Call;
  readonly #meaning: Meaning;
  readonly #at: Lowering;
  readonly #span: Span;
  readonly #entity: Entity;
  /** What the method is given, without the entity that a manager takes first. */
  readonly #args: readonly TSESTree.CallExpressionArgument[];

  constructor(given: Call, meaning: Meaning, context: AdapterContext) {
    this.#given = given;
    this.#meaning = meaning;
    this.#span = spanOf(given.call.range);
    this.#at = { context, site: this.#span };
    const { entity, args } = this.#subject();
    this.#entity = entity;
    this.#args = args;
  }

  get #context(): AdapterContext {
    return this.#at.context;
  }

  query(): Query | Opaque {
    const { site, dialect, method } = this.#given;
    const { kind, delivery = "none", whole = false } = this.#meaning;
    const lowered = this.#statement();
    return query(lowered, {
      library: TYPEORM,
      dialect,
      site,
      sending: "now",
      delivery,
      wholeTableByName: whole,
      byUniqueKey: this.#isByKey(),
      inputs: this.#inputs(),
      edits: this.#edits(lowered),
      bulk: kind === "delete" && method === "remove" ? BULK_REMOVE : delivery === "scalar" ? BULK_COUNT : BULK,
    });
  }

  /** The entity, and the arguments after it. */
  #subject(): { readonly entity: Entity; readonly args: readonly TSESTree.CallExpressionArgument[] } {
    const { call, receiver } = this.#given;
    const { values, module } = this.#context;
    if (receiver.role !== "manager") return { entity: entityOfValue(receiver, values), args: call.arguments };
    const [first, ...rest] = call.arguments;
    if (!first || first.type === "SpreadElement") return { entity: { name: undefined }, args: [] };
    // `manager.save(user)`, `manager.remove(users)`: the row tells its entity itself.
    if (this.#meaning.takes === "row" && (rest.length === 0 || unwrap(first).type === "ArrayExpression") && !isEntityName(first, this.#context)) return { entity: entityOfRow(first, this.#context), args: call.arguments };
    return { entity: entityOfExpression(first, module, values), args: rest };
  }

  #inputs(): readonly HostExpression[] {
    return this.#args.map(argumentNode);
  }

  #edits(lowered: Statement): Edits {
    const { call, method, receiver } = this.#given;
    if (method !== "find" && method !== "findAndCount") return {};
    return { limit: (rows) => limitEdit({ call, position: receiver.role === "manager" ? 1 : 0, args: this.#options(), rows, module: this.#context.module, limited: lowered.limit !== undefined }) };
  }

  #options(): ObjectShape {
    const [first] = this.#args;
    if (!first || isUndefined(first)) return { entries: [], open: false, absent: "always" };
    return first.type === "SpreadElement" ? { entries: [], open: true, openAt: first, absent: "no" } : this.#context.object(first);
  }

  #isByKey(): boolean {
    const { takes, kind } = this.#meaning;
    if (takes === "id") return true;
    if (takes === "row") return kind !== "insert" && !this.#isMany();
    if (takes === "criteria") return this.#criteriaIsKey();
    return false;
  }

  #isMany(): boolean {
    const [first] = this.#args;
    return first !== undefined && first.type !== "SpreadElement" && rowsOf(first, this.#context.module, this.#context, isRecord) === "many";
  }

  #statement(): Statement {
    const { kind, takes } = this.#meaning;
    const { method } = this.#given;
    const table = tableOf(this.#entity, undefined, this.#span, this.#context.module);
    const isRead = kind === "select";
    const options = takes === "options" ? this.#options() : undefined;
    const isScalar = this.#meaning.delivery === "scalar";
    const limit = options && !isScalar && this.#meaning.delivery === "all" ? amountOfOption(this.#at, options, "take") : undefined;
    const offset = options && !isScalar ? amountOfOption(this.#at, options, "skip") : undefined;
    const order = options && entriesOf(options, "order").at(-1);
    const isOne = this.#meaning.delivery === "one" && takes !== "id" && takes !== "row";
    return statement(kind, this.#span, {
      ...(isRead ? { sources: [{ kind: "table", table }] } : { target: table }),
      where: this.#where(options),
      ...(limit && { limit }),
      ...(isOne && { limit: { kind: "number", value: 1 } }),
      ...(offset && offset.kind !== "maybe" && { offset }),
      projection: isScalar ? AGGREGATE : this.#projection(options),
      orderBy: order && isRead ? orderOfObject(this.#at, order.value, order.module) : [],
      ...(options && lockingOf(this.#at, options)),
      assignments: this.#assignments(),
      ...(kind === "insert" && this.#inserted(method)),
    });
  }

  #where(options: ObjectShape | undefined): Predicate {
    const [first, second] = this.#args;
    const { takes, kind } = this.#meaning;
    const unread = (): Predicate => opaque(this.#span, "the arguments come from elsewhere");
    switch (takes) {
      case "options":
        return options ? this.#whereOfOptions(options, first) : NO_FILTER;
      case "where":
        return first ? (first.type === "SpreadElement" ? unread() : this.#filter(first, "find")) : NO_FILTER;
      case "column":
        return second ? (second.type === "SpreadElement" ? unread() : this.#filter(second, "find")) : NO_FILTER;
      case "criteria":
        return this.#criteria(first);
      case "id":
        return first && first.type !== "SpreadElement" ? this.#keyEquals(first) : unread();
      case "ids":
        return first && first.type !== "SpreadElement" ? inList(this.#at, this.#key(first), false, first, this.#context.module, spanOf(first.range)) : unread();
      case "row":
        if (kind === "insert" || !first || first.type === "SpreadElement") return NO_FILTER;
        return this.#isMany() ? inList(this.#at, this.#key(first), false, first, this.#context.module, spanOf(first.range)) : this.#keyEquals(first);
      case "nothing":
        return NO_FILTER;
    }
  }

  #filter(node: Node, use: FilterUse): Predicate {
    return new FilterReader(this.#at, use, behaviourFor(this.#context)).read(node, this.#context.module, this.#entity);
  }

  #whereOfOptions(options: ObjectShape, first: Node | undefined): Predicate {
    const entries = entriesOf(options, "where");
    const [entry] = entries;
    const isOne = this.#meaning.delivery === "one";
    if (!entry) {
      if (isOne && first && this.#isLegacy(options, first)) return this.#legacy(options, first);
      return options.open ? opaque(options.openAt ? spanAt(this.#at, options.openAt, this.#context.module) : this.#span, "the options come from elsewhere") : NO_FILTER;
    }
    const filters = entries.map((item) => new FilterReader(this.#at, "find", behaviourFor(this.#context)).read(item.value, item.module, this.#entity));
    const [only] = filters;
    const filter: Predicate = filters.length === 1 && only ? only : { op: "or", items: filters };
    if (entry.presence === "maybe") return isEmpty(filter) ? filter : optional(filter, "condition", "yes", spanAt(this.#at, entry.node, entry.module));
    return options.open && isFollowedBySpread(options, entry, this.#given.call) ? opaque(this.#span, "the options may replace the filter") : filter;
  }

  /** Up to 0.2: `findOne(id, options)` and `findOne({ email })`. */
  #isLegacy(options: ObjectShape, first: Node): boolean {
    const known = new Set(["select", "relations", "order", "cache", "lock", "withDeleted", "loadEagerRelations", "loadRelationIds", "relationLoadStrategy", "transaction", "join", "comment"]);
    if (options.open && options.entries.length === 0) return this.#args.length > 1 || unwrap(first).type === "MemberExpression" || /^\w*id$/iu.test(textOf(first));
    return options.entries.some((entry) => !known.has(entry.key));
  }

  #legacy(options: ObjectShape, first: Node): Predicate {
    return options.entries.length > 0 ? this.#filter(first, "find") : this.#keyEquals(first);
  }

  /** Ids, one or many, or a filter. An empty one is rejected, or reaches every row before 0.3.23. */
  #criteria(first: TSESTree.CallExpressionArgument | undefined): Predicate {
    const { module } = this.#context;
    const rejected = (span: Span): Predicate => ({ op: "constant", value: false, written: true, span });
    if (!first || isUndefined(first) || isNull(unwrap(first))) return rejected(first ? spanOf(first.range) : this.#span);
    if (first.type === "SpreadElement") return unseen(this.#span);
    if (this.#criteriaIsKey()) return this.#keyEquals(first);
    const list = elementsOf(first, module);
    if (list) {
      const [element] = list.elements;
      if (element && unwrap(element.node).type === "ObjectExpression") return this.#filter(first, "criteria");
      return list.elements.length === 0 && !list.open ? rejected(spanOf(first.range)) : inList(this.#at, this.#key(first), false, first, module, spanOf(first.range));
    }
    if (this.#isMany()) return inList(this.#at, this.#key(first), false, first, module, spanOf(first.range));
    const shape = this.#context.object(first);
    if (shape.entries.length === 0 && shape.open) return unseen(spanOf(first.range));
    const filter = this.#filter(first, "criteria");
    if (!isEmpty(filter)) return everyPartMayVanish(filter) && behaviourFor(this.#context).emptyCriteria === "rejected" ? certain(filter) : filter;
    switch (behaviourFor(this.#context).emptyCriteria) {
      case "every row":
        return filter;
      case "rejected":
        return rejected(spanOf(first.range));
      case "unknown":
        return opaque(spanOf(first.range), "what empty criteria reach depends on the release of TypeORM");
    }
  }

  /** Is the criterion certainly one id: a literal, a member or a variable called so, no object and no list? */
  #criteriaIsKey(): boolean {
    const [first] = this.#args;
    if (!first || first.type === "SpreadElement") return false;
    const inner = unwrap(first);
    if (inner.type === "Literal" || inner.type === "TemplateLiteral") return inner.type === "TemplateLiteral" || (inner.value !== null && inner.value !== "");
    if (inner.type !== "Identifier" && inner.type !== "MemberExpression") return inner.type === "CallExpression" && /^(?:Number|String|parseInt|BigInt)$/u.test(calleeName(inner) ?? "");
    const shape = this.#context.object(inner);
    if (shape.entries.length > 0 || elementsOf(inner, this.#context.module)) return false;
    return /(?:^|[a-z_])(?:id|uuid|key)$/iu.test(textOf(inner));
  }

  #key(at: Node): ColumnRef {
    return { name: primaryKeyOf(this.#entity, this.#context.values), property: true, span: spanOf(at.range), wrappers: [] };
  }

  #keyEquals(node: Node): Predicate {
    return { op: "compare", column: this.#key(node), operator: "=", operand: operandOf(this.#at, node, this.#context.module), span: spanOf(node.range) };
  }

  #projection(options: ObjectShape | undefined): Projection {
    const entry = options && entriesOf(options, "select").at(-1);
    if (!entry || entry.presence === "maybe") return ALL_COLUMNS;
    const column = (name: string, node: Node): ColumnRef => ({ name, property: true, span: spanAt(this.#at, node, entry.module), wrappers: [] });
    const list = elementsOf(entry.value, entry.module);
    if (list) {
      const names = list.elements.map((element) => ({ name: literalString(element.node), node: element.node }));
      if (list.open || names.some(({ name }) => name === undefined)) return ALL_COLUMNS;
      return { all: false, columns: names.map(({ name = "", node }) => column(name, node)), aggregate: "no" };
    }
    const shape = this.#context.object(entry.value, entry.module);
    if (shape.open || shape.entries.some((item) => unwrap(item.value).type === "ObjectExpression")) return ALL_COLUMNS;
    return { all: false, columns: shape.entries.filter((item) => this.#context.constant(item.value, item.module)?.value === true).map((item) => column(item.key, item.node)), aggregate: "no" };
  }

  #assignments(): Statement["assignments"] {
    const { method } = this.#given;
    const { module } = this.#context;
    const node = method === "update" ? this.#args[1] : method === "updateAll" || method === "insert" || method === "upsert" ? this.#args[0] : undefined;
    if (method === "increment" || method === "decrement") {
      const [, name, amount] = this.#args;
      const column = name && literalString(name);
      if (!name || column === undefined || !amount || amount.type === "SpreadElement") return [];
      return [{ column: { name: column, property: true, span: spanOf(name.range), wrappers: [] }, operand: { kind: "expression", volatile: "no", span: spanOf(amount.range) }, inputs: [operandOf(this.#at, amount, module)] }];
    }
    if (!node || node.type === "SpreadElement" || unwrap(node).type === "ArrayExpression") return [];
    return assignmentsOf(this.#at, node, module);
  }

  #inserted(method: string): Pick<Statement, "rows" | "conflict"> {
    const [first] = this.#args;
    const rows = first && first.type !== "SpreadElement" ? rowsOf(first, this.#context.module, this.#context, isRecord) : "unknown";
    return { rows, ...(method !== "insert" && { conflict: "update" as const }) };
  }
}

/** Criteria that are not seen restrict: empty ones are rejected. */
function unseen(span: Span): Predicate {
  return { op: "opaque", restricts: "yes", reason: "the criteria come from elsewhere", span };
}

/** A condition that is there only under a condition of the program, of criteria that are rejected when they are empty. */
function certain(filter: Predicate): Predicate {
  if (filter.op === "optional") return filter.item;
  return filter.op === "and" ? and(filter.items.map(certain)) : filter;
}

function everyPartMayVanish(filter: Predicate): boolean {
  return filter.op === "optional" || (filter.op === "and" && filter.items.every(everyPartMayVanish));
}

/** `{ where: …, ...rest }`: the rest may hold another filter. */
function isFollowedBySpread(options: ObjectShape, entry: ObjectEntry, call: TSESTree.CallExpression): boolean {
  return options.openAt !== undefined && options.openAt.range[0] > entry.node.range[0] && options.openAt.range[1] <= call.range[1];
}

/** Does an argument name an entity: a class, a schema, its name? */
function isEntityName(node: Node, context: AdapterContext): boolean {
  const value = context.values.evaluate(node, context.module);
  if (value.kind === "class" || (value.kind === "literal" && typeof value.value === "string")) return true;
  if (value.kind === "library") return value.role === "entity" || value.role === "schema";
  const inner = unwrap(node);
  return (value.kind === "external" || value.kind === "unknown") && inner.type === "Identifier" && /^[A-Z][\w$]*[a-z]/u.test(inner.name);
}

/** The entity of a row, or of the rows of a list, by the class it is made of. */
function entityOfRow(node: Node, context: AdapterContext): Entity {
  const inner = unwrap(node);
  const element = inner.type === "ArrayExpression" ? inner.elements[0] : inner;
  if (!element || element.type === "SpreadElement") return { name: undefined };
  const value = context.values.evaluate(element, context.module);
  if (value.kind === "instance") return { name: value.node.id?.name, class: { node: value.node, module: value.module } };
  if (value.kind === "library" && value.library === TYPEORM && value.role === "record") return entityOfValue(value, context.values);
  // `manager.create(User, { … })`, `users.create({ … })`.
  const made = initialCall(element, context);
  const callee = made && unwrap(made.callee);
  const receiver = made && callee?.type === "MemberExpression" && memberName(callee) === "create" ? context.library(callee.object, TYPEORM) : undefined;
  const [first] = made?.arguments ?? [];
  if (receiver?.role === "manager" && first && first.type !== "SpreadElement") return entityOfExpression(first, context.module, context.values);
  return receiver ? entityOfValue(receiver, context.values) : { name: undefined };
}

function initialCall(node: Node, context: AdapterContext): TSESTree.CallExpression | undefined {
  const inner = unwrap(node);
  if (inner.type === "CallExpression") return inner;
  if (inner.type !== "Identifier") return undefined;
  const declarator = context.module.lookUp(inner.name, inner)?.defs[0]?.node as Node | undefined;
  const init = declarator?.type === "VariableDeclarator" && declarator.init ? unwrap(declarator.init) : undefined;
  return init?.type === "CallExpression" ? init : undefined;
}

function textOf(node: Node): string {
  const inner = unwrap(node);
  if (inner.type === "Identifier") return inner.name;
  return inner.type === "MemberExpression" ? (memberName(inner) ?? "") : "";
}

/** `row.save()`, `row.remove()`, `row.reload()`: one statement by the row's key. */
function lowerRow(given: Call, context: AdapterContext): Query {
  const { call, method, receiver, site, dialect } = given;
  const kind = OF_ROW[method] ?? "select";
  const span = spanOf(call.range);
  const entity = entityOfValue(receiver, context.values);
  const table = tableOf(entity, undefined, span, context.module);
  const callee = unwrap(call.callee);
  const row: Node = callee.type === "MemberExpression" ? callee.object : call;
  const column: ColumnRef = { name: primaryKeyOf(entity, context.values), property: true, span, wrappers: [] };
  const where: Predicate = kind === "insert" ? NO_FILTER : { op: "compare", column, operator: "=", operand: operandOf({ context, site: span }, row, context.module), span };
  const lowered = statement(kind, span, { ...(kind === "select" ? { sources: [{ kind: "table", table }] } : { target: table }), where, ...(kind === "insert" && { rows: "one" as const, conflict: "update" as const }) });
  return query(lowered, { library: TYPEORM, dialect, site, delivery: kind === "select" ? "one" : "none", byUniqueKey: kind !== "insert", inputs: [row], bulk: { ...BULK_REMOVE, insert: "`save([…])`", upsert: "`save([…])` of a repository" } });
}
