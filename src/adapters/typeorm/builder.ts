/** Query builders → statements. */
import { AGGREGATE, ALL_COLUMNS, NO_FILTER, statement } from "../../query/build.js";
import type { Amount, Assignment, ColumnRef, Dialect, HostExpression, OrderItem, Predicate, Projection, Source, Span, Statement, StatementKind, Subquery, TableRef } from "../../query/model.js";
import { isFunction, isUndefined, literalString, unwrap, type Node } from "../../syntax/ast.js";
import { entriesOf, type ObjectShape } from "../../syntax/objects.js";
import { returnedExpressions } from "../../syntax/patterns.js";
import type { SourceModule } from "../../syntax/source-module.js";
import { elementsOf } from "../../syntax/text.js";
import type { NodeRef } from "../../syntax/values.js";
import { amountOf, inList, isEmpty, negate, oneOf, opaque, operandOf, optional, spanAt, type Lowering } from "../conditions.js";
import type { AdapterContext } from "../contract.js";
import { isAggregateText } from "../aggregates.js";
import { tableOf, UNKNOWN_ENTITY, type Entity } from "../entities.js";
import { orderOfObject } from "../find-options.js";
import { entityOfExpression, entityOfValue, primaryKeyOf, propertyOf } from "./entities.js";
import { FilterReader } from "./filter.js";
import { combinedConditions, opened, stepsInCallback } from "../builder/steps.js";
import { historyOf, type History, type Step } from "../builder/history.js";
import { BUILDERS, isRecord, TYPEORM } from "./library.js";
import { rowsOf } from "../builder/rows.js";
import { behaviourFor } from "./options.js";
import { conditionFromText, type TextScope } from "./text.js";

/** Steps that change nothing that is modelled. */
const NEUTRAL: ReadonlySet<string> = new Set([
  "setParameter", "setParameters", "setNativeParameters", "comment", "cache", "useIndex", "setQueryRunner", "withDeleted", "callListeners", "useTransaction", "updateEntity", "printSql", "disableEscaping",
  "loadAllRelationIds", "loadRelationIdAndMap", "loadRelationCountAndMap", "setOption", "timeTravelQuery", "maxExecutionTime", "select", "addSelect", "distinct", "distinctOn", "from", "addFrom",
  "into", "values", "set", "orIgnore", "orUpdate", "onConflict", "returning", "output", "insert", "update", "delete", "softDelete", "restore", "relation", "of", "orderBy", "addOrderBy", "groupBy",
  "addGroupBy", "having", "andHaving", "orHaving", "setLock", "setOnLocked", "addCommonTableExpression", "expressionMap", "setFindOptions", "where", "andWhere", "orWhere", "whereInIds", "andWhereInIds",
  "orWhereInIds", "andWhereExists", "whereExists", "orWhereExists", "limit", "take", "skip", "offset", "subQuery", "clone", "valueOf",
]);
const JOINS: Readonly<Record<string, "inner" | "left">> = {
  innerJoin: "inner", leftJoin: "left", innerJoinAndSelect: "inner", leftJoinAndSelect: "left",
  innerJoinAndMapOne: "inner", innerJoinAndMapMany: "inner", leftJoinAndMapOne: "left", leftJoinAndMapMany: "left",
};
const WHERES: Readonly<Record<string, "first" | "and" | "or">> = {
  where: "first", andWhere: "and", orWhere: "or", whereInIds: "first", andWhereInIds: "and", orWhereInIds: "or", whereExists: "first", andWhereExists: "and", orWhereExists: "or",
};
const MAX_NESTING = 6;

export interface Built {
  readonly statement: Statement;
  readonly inputs: readonly HostExpression[];
  readonly history: History;
}

/** The statement of a builder at a place: what it is told before. */
export function lowerBuilder(node: Node, module: SourceModule, at: Lowering, dialect: Dialect | undefined, span: Span, nesting = 0): Built {
  const history = historyOf(node, module, { values: at.context.values, language: BUILDERS });
  const lowering = new BuilderLowering(history, at, dialect, span, nesting);
  return { statement: lowering.statement(), inputs: lowering.inputs(), history };
}

/** What a statement is about, and where the code says so. */
interface Main {
  readonly entity: Entity;
  readonly alias: string | undefined;
  readonly node: Node | undefined;
  readonly module: SourceModule;
}

class BuilderLowering {
  readonly #history: History;
  readonly #at: Lowering;
  readonly #dialect: Dialect | undefined;
  readonly #span: Span;
  readonly #nesting: number;
  readonly #main: Main;
  readonly #kind: StatementKind;
  readonly #aliases = new Map<string, Entity>();
  readonly #joins: Source[] = [];
  readonly #subqueries: Subquery[] = [];

  constructor(history: History, at: Lowering, dialect: Dialect | undefined, span: Span, nesting: number) {
    this.#history = history;
    this.#at = at;
    this.#dialect = dialect;
    this.#span = span;
    this.#nesting = nesting;
    this.#kind = kindOf(history.steps);
    this.#main = this.#mainEntity();
    this.#aliases.set(this.#main.alias ?? this.#main.entity.name ?? "", this.#main.entity);
    for (const step of history.steps) this.#readSource(step);
  }

  get #context(): AdapterContext {
    return this.#at.context;
  }

  /** Expressions of this file that flow into the statement. */
  inputs(): readonly HostExpression[] {
    const own = this.#history.steps.filter((step) => step.module === this.#context.module);
    return own.flatMap((step) => step.args.map((argument) => (argument.type === "SpreadElement" ? argument.argument : argument)));
  }

  statement(): Statement {
    const { steps, open } = this.#history;
    const isRead = this.#kind === "select";
    const where = this.#where();
    const limit = this.#amount(["limit", "take"]);
    const offset = this.#amount(["offset", "skip"]);
    const table = tableOf(this.#main.entity, this.#main.alias, this.#main.node && this.#main.module === this.#context.module ? spanAt(this.#at, this.#main.node, this.#main.module) : this.#span, this.#context.module);
    const base = statement(this.#kind, this.#span, {
      ...(isRead ? { sources: [this.#derived() ?? { kind: "table", table }, ...this.#joins] } : { target: table, sources: [] }),
      where: this.#kind === "insert" ? NO_FILTER : where,
      ...(limit && { limit }),
      ...(offset && isRead && { offset }),
      projection: this.#projection(),
      groupBy: this.#columnsOf(["groupBy", "addGroupBy"]),
      having: steps.some((step) => /having$/iu.test(step.name)),
      distinct: steps.some((step) => step.name === "distinct" || step.name === "distinctOn"),
      orderBy: isRead ? this.#order() : [],
      ...(steps.some((step) => step.name === "setLock") && { locking: { skipLocked: steps.some((step) => step.name === "setOnLocked" && literalString(step.args[0] ?? step.call) === "skip_locked") } }),
      assignments: this.#assignments(),
      ...(this.#kind === "insert" && this.#inserted()),
      returning: steps.some((step) => step.name === "returning"),
      subqueries: this.#subqueries,
    });
    return open || steps.some((step) => !NEUTRAL.has(step.name) && JOINS[step.name] === undefined) ? opened(base) : base;
  }

  /** The entity that the statement is about: the last that the steps name, else that of the root. */
  #mainEntity(): Main {
    const { root, typed, steps } = this.#history;
    const { values } = this.#context;
    const away = { node: undefined, module: this.#context.module };
    let main: Main = { entity: typed ? entityOfValue(typed, values) : UNKNOWN_ENTITY, alias: undefined, ...away };
    if (root) {
      const [first, second] = root.call.arguments;
      const isOwn = root.parent !== undefined && ["repository", "entity", "custom"].includes(root.parent.role);
      if (isOwn && root.parent) main = { entity: entityOfValue(root.parent, values), alias: first && literalString(first), node: root.call, module: root.module };
      else if (first && first.type !== "SpreadElement" && root.name !== "subQuery") main = { entity: entityOfExpression(first, root.module, values), alias: second && literalString(second), node: first, module: root.module };
    }
    for (const step of steps) {
      const [first, second] = step.args;
      if (!first || first.type === "SpreadElement" || !["from", "into", "update"].includes(step.name) || isFunction(unwrap(first)) || unwrap(first).type === "ObjectExpression") continue;
      const text = literalString(first);
      const entity = text === undefined ? entityOfExpression(first, step.module, values) : { name: text, isTable: true };
      // `update(values)` of a repository's builder takes values, not an entity.
      if (entity.name === undefined && step.name === "update") continue;
      main = { entity, alias: (second && literalString(second)) ?? main.alias, node: first, module: step.module };
    }
    return main;
  }

  #readSource(step: Step): void {
    const join = JOINS[step.name];
    const isMapped = step.name.includes("AndMap");
    const [target, alias, condition] = isMapped ? step.args.slice(1) : step.args;
    if (join === undefined && step.name !== "addFrom") return;
    if (!target || target.type === "SpreadElement") return;
    const name = alias ? this.#text(alias, step.module) : undefined;
    const span = spanAt(this.#at, target, step.module);
    const entity = this.#joined(target, step.module);
    if (name !== undefined) this.#aliases.set(name, entity);
    const on = condition && condition.type !== "SpreadElement" ? this.#condition(condition, undefined, step.module) : NO_FILTER;
    // A join that the program makes only sometimes does not restrict for certain.
    const type = join === "inner" && step.presence === "always" ? "inner" : "left";
    const shared = join === undefined ? {} : { join: { type, on } as const };
    if (isFunction(unwrap(target))) {
      this.#joins.push({ kind: "subquery", statement: statement("select", span), alias: name ?? "", lateral: false, ...shared, span });
      return;
    }
    const path = this.#text(target, step.module);
    const table: TableRef = entity.name === undefined ? { name: path ?? "", alias: name ?? path ?? "", model: path ?? "", span } : tableOf(entity, name, span, this.#context.module);
    this.#joins.push({ kind: "table", table, ...shared });
  }

  /** What a join leads to: an entity, a table by its name, the relation behind `user.posts`. */
  #joined(target: Node, module: SourceModule): Entity {
    const text = this.#text(target, module);
    if (text === undefined) return entityOfExpression(target, module, this.#context.values);
    const [alias, ...path] = text.split(".");
    const owner = alias === undefined ? undefined : this.#aliases.get(alias);
    const [name, ...rest] = path;
    if (name === undefined) return { name: text, isTable: true };
    const property = owner && rest.length === 0 ? propertyOf(owner, name, this.#context.values) : undefined;
    return property?.kind === "relation" ? property.target : UNKNOWN_ENTITY;
  }

  /** `from((qb) => qb.select(…).from(…), "x")` */
  #derived(): Source | undefined {
    const step = this.#history.steps.findLast((item) => item.name === "from");
    const [first, second] = step?.args ?? [];
    const fn = first && unwrap(first);
    if (!step || !fn || !isFunction(fn)) return undefined;
    const span = spanAt(this.#at, fn, step.module);
    const inner = this.#nested(fn, step.module, "from");
    return { kind: "subquery", statement: inner ?? statement("select", span), alias: (second && literalString(second)) ?? "", lateral: false, span };
  }

  /** The statement of the builder that a callback gives back. */
  #nested(fn: Node, module: SourceModule, role: Subquery["role"]): Statement | undefined {
    const [returned] = isFunction(fn) ? returnedExpressions(fn) : [fn];
    if (!returned || this.#nesting >= MAX_NESTING) return undefined;
    const span = spanAt(this.#at, fn, module);
    const nested = lowerBuilder(returned, module, this.#at, this.#dialect, span, this.#nesting + 1).statement;
    this.#subqueries.push({ statement: nested, role, span });
    return nested;
  }

  #text(node: Node, module: SourceModule): string | undefined {
    const value = this.#context.values.evaluate(node, module);
    return value.kind === "literal" && typeof value.value === "string" ? value.value : this.#context.values.evaluate(node, module).kind === "text" ? folded(node, module, this.#context) : undefined;
  }

  #parameters(own: NodeRef | undefined): TextScope["parameter"] {
    const { steps } = this.#history;
    return (name) => {
      const inside = own && entriesOf(this.#context.object(own.node, own.module), name).at(-1);
      if (inside) return { node: inside.value, module: inside.module };
      for (const step of [...steps].reverse()) {
        const [first, second] = step.args;
        if (step.name === "setParameter" && first && second && second.type !== "SpreadElement" && literalString(first) === name) return { node: second, module: step.module };
        const objects = step.name === "setParameters" ? first : /where$|Having$|Join/iu.test(step.name) ? step.args.find((argument) => unwrap(argument).type === "ObjectExpression") : undefined;
        if (!objects || objects.type === "SpreadElement" || (step.name !== "setParameters" && objects === first)) continue;
        const entry = entriesOf(this.#context.object(objects, step.module), name).at(-1);
        if (entry) return { node: entry.value, module: entry.module };
      }
      return undefined;
    };
  }

  #scope(own: NodeRef | undefined): TextScope {
    return {
      at: this.#at,
      dialect: this.#dialect,
      aliases: new Set(this.#aliases.keys()),
      bare: this.#kind !== "select",
      parameter: this.#parameters(own),
      subquery: (node, module) => this.#subquery(node, module),
    };
  }

  /** `qb.subQuery()….getQuery()`, also by way of a variable. */
  #subquery(node: Node, module: SourceModule): { readonly statement: Statement; readonly enclosed: boolean } | undefined {
    const call = initialOf(node, module);
    const callee = call.type === "CallExpression" ? unwrap(call.callee) : undefined;
    if (callee?.type !== "MemberExpression" || callee.property.type !== "Identifier" || !/^(?:getQuery|getSql)$/u.test(callee.property.name) || this.#nesting >= MAX_NESTING) return undefined;
    const value = this.#context.values.library(callee.object, module, TYPEORM);
    if (value?.role !== "builder" && value?.role !== "inner") return undefined;
    const span = spanAt(this.#at, call, module);
    const built = lowerBuilder(callee.object, module, this.#at, this.#dialect, span, this.#nesting + 1);
    this.#subqueries.push({ statement: built.statement, role: "in", span });
    return { statement: built.statement, enclosed: built.history.root?.name === "subQuery" };
  }

  /** What `where` and its like are given. */
  #condition(node: Node, parameters: Node | undefined, module: SourceModule): Predicate {
    const inner = unwrap(node);
    const span = spanAt(this.#at, inner, module);
    const { values } = this.#context;
    if (isUndefined(inner)) return opaque(span, "the condition is undefined");
    if (inner.type === "ConditionalExpression") return oneOf([this.#condition(inner.consequent, parameters, module), this.#condition(inner.alternate, parameters, module)], span);
    if (isFunction(inner)) return this.#byCallback(inner, parameters, module);
    const value = values.library(inner, module, TYPEORM);
    if (value?.role === "brackets") return this.#brackets(value.at?.node, value.at?.module ?? module, value.name === "NotBrackets", span);
    const known = values.evaluate(inner, module);
    const isText = known.kind === "text" || (known.kind === "literal" && typeof known.value === "string") || inner.type === "TemplateLiteral" || inner.type === "BinaryExpression";
    if (isText) return conditionFromText(inner, module, this.#scope(parameters && { node: parameters, module }));
    const shape = this.#context.object(inner, module);
    if (inner.type === "ObjectExpression" || shape.entries.length > 0 || elementsOf(inner, module)) {
      return new FilterReader(this.#at, "criteria", behaviourFor(this.#context)).read(inner, module, this.#main.entity);
    }
    const text = conditionFromText(inner, module, this.#scope(parameters && { node: parameters, module }));
    return text.op === "opaque" ? opaque(span, "the condition comes from elsewhere") : text;
  }

  /** A callback that gives the text: `where((qb) => "user.id IN " + qb.subQuery()….getQuery())`. */
  #byCallback(fn: Node, parameters: Node | undefined, module: SourceModule): Predicate {
    const span = spanAt(this.#at, fn, module);
    const returned = isFunction(fn) ? returnedExpressions(fn) : [];
    const [only, ...others] = returned;
    return only && others.length === 0 ? conditionFromText(only, module, this.#scope(parameters && { node: parameters, module })) : opaque(span, "the callback cannot be followed");
  }

  /** `new Brackets((qb) => { qb.where(…).orWhere(…); })` */
  #brackets(node: Node | undefined, module: SourceModule, negated: boolean, span: Span): Predicate {
    const first = node?.type === "NewExpression" ? node.arguments[0] : undefined;
    const fn = first && unwrap(first);
    const parameter = fn && isFunction(fn) ? fn.params[0] : undefined;
    if (!fn || !isFunction(fn) || !fn.body || parameter?.type !== "Identifier") return opaque(span, "the brackets cannot be followed");
    const steps = stepsInCallback(fn, module, { values: this.#context.values, language: BUILDERS });
    const inner = this.#combined(steps.filter((step) => WHERES[step.name] !== undefined), span);
    if (isEmpty(inner)) return opaque(span, "the brackets are filled elsewhere");
    return negated ? negate(inner) : inner;
  }

  #where(): Predicate {
    const steps = this.#history.steps.filter((step) => WHERES[step.name] !== undefined || step.name === "setFindOptions");
    return this.#combined(steps, this.#span);
  }

  #combined(steps: readonly Step[], span: Span): Predicate {
    return combinedConditions(steps, {
      how: (step) => WHERES[step.name] ?? "and",
      read: (step) => this.#stepCondition(step),
      spanOf: (step) => spanAt(this.#at, step.call, step.module),
      empty: span,
    });
  }

  #stepCondition(step: Step): Predicate {
    const [first, second] = step.args;
    const span = spanAt(this.#at, step.call, step.module);
    if (!first || first.type === "SpreadElement") return opaque(span, "the arguments cannot be followed");
    if (step.name === "setFindOptions") {
      const options = this.#context.object(first, step.module);
      const entry = entriesOf(options, "where").at(-1);
      if (!entry) return options.open ? opaque(span, "the options come from elsewhere") : NO_FILTER;
      const filter = new FilterReader(this.#at, "find", behaviourFor(this.#context)).read(entry.value, entry.module, this.#main.entity);
      return entry.presence === "always" || isEmpty(filter) ? filter : optional(filter, "condition", "yes", span);
    }
    if (step.name.endsWith("InIds")) {
      const column: ColumnRef = { name: primaryKeyOf(this.#main.entity, this.#context.values), property: true, span, wrappers: [] };
      return inList(this.#at, column, false, first, step.module, span);
    }
    if (step.name.endsWith("Exists")) {
      const nested = this.#nested(first, step.module, "exists");
      return { op: "exists", negated: false, ...(nested && { statement: nested }), span };
    }
    return this.#condition(first, second && second.type !== "SpreadElement" ? second : undefined, step.module);
  }

  #amount(names: readonly string[]): Amount | undefined {
    let amount: Amount | undefined;
    for (const step of this.#history.steps) {
      const [first] = step.args;
      let next: Amount | undefined;
      if (names.includes(step.name)) next = first && first.type !== "SpreadElement" ? amountOf(this.#at, first, step.module) : { kind: "none" };
      else if (step.name === "setFindOptions" && first && first.type !== "SpreadElement") next = this.#amountOfOptions(this.#context.object(first, step.module), names[1] ?? "", spanAt(this.#at, step.call, step.module));
      if (!next) continue;
      if (step.presence === "always") amount = next;
      else if (amount && amount.kind !== "none") amount = { kind: "parameter", span: spanAt(this.#at, step.call, step.module) };
      else amount = { kind: "maybe", why: `\`.${step.name}(…)\` is called only under a condition`, proved: "yes", span: spanAt(this.#at, step.call, step.module) };
    }
    return amount;
  }

  #amountOfOptions(options: ObjectShape, key: string, span: Span): Amount | undefined {
    const entry = entriesOf(options, key).at(-1);
    if (!entry) return options.open ? { kind: "maybe", why: `\`${key}\` may be among the options`, proved: "unknown", span } : undefined;
    return entry.presence === "always" ? amountOf(this.#at, entry.value, entry.module) : { kind: "maybe", why: `\`${key}\` is given only under a condition`, proved: "yes", span };
  }

  #projection(): Projection {
    const selects = this.#history.steps.filter((step) => step.name === "select" || step.name === "addSelect");
    if (this.#kind !== "select" || selects.length === 0) return ALL_COLUMNS;
    const last = selects.findLastIndex((step) => step.name === "select");
    const items = selects.slice(Math.max(last, 0)).flatMap((step) => {
      const [first] = step.args;
      if (!first || first.type === "SpreadElement") return [];
      const list = elementsOf(first, step.module);
      return list ? list.elements.map((element) => ({ node: element.node, module: step.module })) : [{ node: first, module: step.module }];
    });
    const texts = items.map((item) => folded(item.node, item.module, this.#context));
    if (texts.length > 0 && last >= 0 && texts.every((text) => text !== undefined && isAggregateText(text))) return AGGREGATE;
    const columns = items.flatMap((item, index) => this.#columnOf(texts[index], item.node, item.module));
    const all = columns.length !== items.length || texts.some((text) => text !== undefined && this.#aliases.has(text));
    return { all, columns: all ? [] : columns, aggregate: texts.some((text) => text === undefined) ? "unknown" : "no" };
  }

  #columnOf(text: string | undefined, node: Node, module: SourceModule): readonly ColumnRef[] {
    const match = /^\s*(?:([A-Za-z_]\w*)\.)?([A-Za-z_]\w*(?:\.\w+)*)\s*$/u.exec(text ?? "");
    const [, alias, name] = match ?? [];
    if (name === undefined) return [];
    const isAlias = alias !== undefined && this.#aliases.has(alias);
    return [{ ...(alias !== undefined && { table: alias }), name, ...((isAlias || this.#kind !== "select") && { property: true }), span: spanAt(this.#at, node, module), wrappers: [] }];
  }

  #columnsOf(names: readonly string[]): readonly (ColumnRef | undefined)[] {
    return this.#history.steps
      .filter((step) => names.includes(step.name))
      .flatMap((step) => {
        const [first] = step.args;
        return first ? [this.#columnOf(folded(first, step.module, this.#context), first, step.module)[0]] : [];
      });
  }

  #order(): readonly OrderItem[] {
    let items: OrderItem[] = [];
    for (const step of this.#history.steps) {
      const [first, second] = step.args;
      if (step.name === "setFindOptions" && first && first.type !== "SpreadElement") {
        const entry = entriesOf(this.#context.object(first, step.module), "order").at(-1);
        if (entry) items.push(...orderOfObject(this.#at, entry.value, entry.module));
      }
      if (step.name !== "orderBy" && step.name !== "addOrderBy") continue;
      if (step.name === "orderBy") items = [];
      if (!first || first.type === "SpreadElement") continue;
      const span = spanAt(this.#at, step.call, step.module);
      if (unwrap(first).type === "ObjectExpression") items.push({ descending: "unknown", span });
      else {
        const [column] = this.#columnOf(folded(first, step.module, this.#context), first, step.module);
        const direction = second && second.type !== "SpreadElement" ? this.#context.constant(second, step.module)?.value : "ASC";
        items.push({ ...(column && step.presence === "always" && { column }), descending: direction === "DESC" ? "yes" : direction === "ASC" ? "no" : "unknown", span });
      }
    }
    return items;
  }

  #assignments(): readonly Assignment[] {
    const { steps } = this.#history;
    const given = this.#kind === "insert" ? steps.findLast((step) => step.name === "values")?.args[0] : this.#kind === "update" ? steps.findLast((step) => step.name === "set" || (step.name === "update" && step.args.length > 0))?.args.at(-1) : undefined;
    const module = steps.find((step) => given !== undefined && step.args.includes(given))?.module ?? this.#context.module;
    if (!given || given.type === "SpreadElement" || unwrap(given).type === "ArrayExpression") return [];
    return assignmentsOf(this.#at, given, module);
  }

  #inserted(): Pick<Statement, "rows" | "conflict"> {
    const { steps } = this.#history;
    const values = steps.findLast((step) => step.name === "values");
    const [first] = values?.args ?? [];
    const conflict = steps.some((step) => step.name === "orUpdate" || step.name === "onConflict") ? "update" : steps.some((step) => step.name === "orIgnore") ? "ignore" : undefined;
    return { rows: first && values ? rowsOf(first, values.module, this.#context, isRecord) : "unknown", ...(conflict && { conflict }) };
  }
}

/** What is written to which property; nothing where a part is not seen. */
export function assignmentsOf(at: Lowering, node: Node, module: SourceModule): readonly Assignment[] {
  const shape = at.context.object(node, module);
  if (shape.open) return [];
  return shape.entries.map((entry) => {
    const inner = unwrap(entry.value);
    const span = spanAt(at, inner, entry.module);
    const column: ColumnRef = { name: entry.key, property: true, span: spanAt(at, entry.node.type === "Property" ? entry.node.key : entry.node, entry.module), wrappers: [] };
    // `balance: () => "balance - 1"`
    return { column, operand: isFunction(inner) ? { kind: "expression", volatile: "unknown", span } : operandOf(at, inner, entry.module) };
  });
}

function kindOf(steps: readonly Step[]): StatementKind {
  const step = steps.find(({ name }) => /^(?:insert|update|delete|softDelete|restore|relation)$/u.test(name));
  switch (step?.name) {
    case "insert":
      return "insert";
    case "update":
    case "softDelete":
    case "restore":
      return "update";
    case "delete":
      return "delete";
    default:
      return "select";
  }
}

/** The text of an expression with its holes as question marks. */
function folded(node: Node, module: SourceModule, context: AdapterContext): string | undefined {
  const text = node.type === "SpreadElement" ? undefined : context.values.evaluate(node, module);
  if (text?.kind === "literal") return typeof text.value === "string" ? text.value : undefined;
  const made = text?.kind === "text" && module === context.module ? context.text(node) : undefined;
  return made?.text;
}

/** What a variable that never changes starts with. */
function initialOf(node: Node, module: SourceModule, depth = 0): Node {
  const inner = unwrap(node);
  if (inner.type !== "Identifier" || depth > 6) return inner;
  const variable = module.lookUp(inner.name, inner);
  const declarator = variable?.defs[0]?.node as Node | undefined;
  if (!variable || declarator?.type !== "VariableDeclarator" || declarator.id.type !== "Identifier" || !declarator.init) return inner;
  return variable.references.some((reference) => reference.isWrite() && !reference.init) ? inner : initialOf(declarator.init, module, depth + 1);
}

