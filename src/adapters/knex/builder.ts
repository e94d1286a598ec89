/** Builders of Knex, and of libraries on top of it → statements. */
import type { TSESTree } from "@typescript-eslint/utils";
import { AGGREGATE, ALL_COLUMNS, and, NO_FILTER, statement } from "../../query/build.js";
import type { Amount, Assignment, ColumnRef, ComparisonOperator, Dialect, HostExpression, Join, Operand, OrderItem, Predicate, Projection, Source, Span, Statement, StatementKind, Subquery, TableRef } from "../../query/model.js";
import { isFunction, isUndefined, unwrap, type Node } from "../../syntax/ast.js";
import type { ObjectEntry, ObjectShape } from "../../syntax/objects.js";
import type { SourceModule } from "../../syntax/source-module.js";
import { elementsOf } from "../../syntax/text.js";
import type { LibraryValue } from "../../syntax/values.js";
import { isAggregateText } from "../aggregates.js";
import { historyOf, type BuilderLanguage, type History, type Step } from "../builder/history.js";
import { rowsOf } from "../builder/rows.js";
import { combinedConditions, handsOn, opened, stepsInCallback } from "../builder/steps.js";
import { amountOf, argumentNode, inList, isEmpty, isNull, negate, oneOf, opaque, operandOf, optional, prefixOf, spanAt, type Lowering } from "../conditions.js";
import type { AdapterContext } from "../contract.js";
import { AGGREGATES, CONDITIONS, JOINS, KNEX, STEPS, UNIONS } from "./model.js";
import { conditionOfRaw, plainText } from "./text.js";

const MAX_NESTING = 6;
const COMPARISONS: ReadonlyMap<string, ComparisonOperator> = new Map([
  ["=", "="], ["!=", "<>"], ["<>", "<>"], ["<", "<"], ["<=", "<="], [">", ">"], [">=", ">="], ["is", "is not distinct"], ["is not", "is distinct"], ["is distinct from", "is distinct"], ["is not distinct from", "is not distinct"],
]);
const KINDS: Readonly<Record<string, StatementKind>> = {
  insert: "insert", batchInsert: "insert", upsert: "insert", update: "update", updateFrom: "update", increment: "update", decrement: "update", del: "delete", delete: "delete", truncate: "truncate", columnInfo: "utility",
};

/** What a library on top of Knex does in its own way. */
export interface Flavour {
  readonly library: string;
  readonly language: BuilderLanguage;
  /** Steps that the lowering understands beside those of Knex. */
  readonly steps: ReadonlySet<string>;
  readonly kinds: Readonly<Record<string, StatementKind>>;
  /** Columns are named as properties, which a mapping may rename. */
  readonly properties: boolean;
  /** Does `first()` send LIMIT 1? */
  readonly limitsFirst: boolean;
  /** Is a limit that is undefined refused, not dropped? */
  readonly refusesUndefined?: boolean;
  /** The table that the root names. */
  readonly main?: (root: NonNullable<History["root"]>, at: Lowering, span: Span) => TableRef | undefined;
  /** A condition that the root adds by itself. */
  readonly rootCondition?: (root: NonNullable<History["root"]>, at: Lowering, span: Span) => Predicate | undefined;
  /** The condition that a step of its own is. */
  readonly condition?: (step: Step, reader: BuilderReader) => Predicate | undefined;
  /** The amount that a step of its own sets. */
  readonly amount?: (step: Step, which: "limit" | "offset", at: Lowering) => Amount | undefined;
  /** The columns of the key of the root's table. */
  readonly keyColumns?: (root: NonNullable<History["root"]>, at: Lowering) => readonly string[] | undefined;
  /** Steps that a step by name adds: a modifier. Undefined where they are not seen. */
  readonly modifier?: (step: Step, root: History["root"], at: Lowering) => readonly Step[] | undefined;
  /** Flavours whose builders may be parts of this one's. */
  readonly parts?: readonly Flavour[];
}

export const KNEX_FLAVOUR: Omit<Flavour, "language"> = { library: KNEX, steps: STEPS, kinds: {}, properties: false, limitsFirst: true };

export interface Told {
  readonly root: History["root"];
  readonly steps: readonly Step[];
  readonly open: boolean;
}

/** The statement of what a builder is told. */
export function lowerBuilder(told: Told, flavour: Flavour, at: Lowering, dialect: Dialect | undefined, span: Span, nesting = 0): Statement {
  return new BuilderReader(told, flavour, at, dialect, span, nesting).statement();
}

/** Expressions of this file that flow into the statement. */
export function inputsOf({ steps, root }: Told, module: SourceModule): readonly HostExpression[] {
  return [...(root?.module === module ? root.call.arguments : []), ...steps.filter((step) => step.module === module).flatMap((step) => step.args)].map(argumentNode);
}

type Argument = TSESTree.CallExpressionArgument;

export class BuilderReader {
  readonly #told: Told;
  readonly #flavour: Flavour;
  readonly at: Lowering;
  readonly #dialect: Dialect | undefined;
  readonly #span: Span;
  readonly #nesting: number;
  readonly #steps: readonly Step[];
  readonly #open: boolean;
  readonly #kind: StatementKind;
  readonly #subqueries: Subquery[] = [];
  readonly #ctes: string[] = [];

  constructor(told: Told, flavour: Flavour, at: Lowering, dialect: Dialect | undefined, span: Span, nesting: number) {
    this.#told = told;
    this.#flavour = flavour;
    this.at = at;
    this.#dialect = dialect;
    this.#span = span;
    this.#nesting = nesting;
    const { steps, isOpen } = this.#expanded(this.#rootSteps());
    this.#steps = steps;
    this.#open = told.open || isOpen;
    this.#kind = kindOf(this.#steps, flavour);
  }

  get #context(): AdapterContext {
    return this.at.context;
  }

  /** `knex.select("id")`, `knex.from("orders")`: the call that makes the builder is its first step. */
  #rootSteps(): readonly Step[] {
    const { root, steps } = this.#told;
    if (root?.name === undefined || root.name === "" || !(STEPS.has(root.name) || root.name === "batchInsert") || this.#flavour.main) return steps;
    return [{ name: root.name, args: root.call.arguments, call: root.call, module: root.module, presence: "always" }, ...steps];
  }

  /** The steps with those that `modify` takes. */
  #expanded(steps: readonly Step[]): { readonly steps: readonly Step[]; readonly isOpen: boolean } {
    let isOpen = false;
    const all = steps.flatMap((step) => {
      if (step.name === "modify" || step.name === "modifiers") {
        const told = this.#modifier(step);
        if (!told) isOpen = true;
        return told?.map((item) => (step.presence === "maybe" ? { ...item, presence: step.presence } : item)) ?? [];
      }
      return [step];
    });
    return { steps: all, isOpen };
  }

  #modifier(step: Step): readonly Step[] | undefined {
    const [first] = step.args;
    if (!first || first.type === "SpreadElement") return undefined;
    const fn = this.#context.values.evaluate(first, step.module);
    if (fn.kind === "function") return stepsInCallback(fn.node, fn.module, { values: this.#context.values, language: this.#flavour.language });
    return this.#flavour.modifier?.(step, this.#told.root, this.at);
  }

  statement(): Statement {
    const steps = this.#steps;
    const isRead = this.#kind === "select";
    this.#readCtes();
    const main = this.#main();
    const joins = steps.flatMap((step) => this.#join(step));
    const limit = isRead || this.#dialect !== "postgresql" ? this.#amount("limit") : undefined;
    const offset = isRead ? this.#amount("offset") : undefined;
    const where = this.#kind === "insert" || this.#kind === "truncate" ? NO_FILTER : this.#where();
    const target = main?.kind === "table" ? main.table : undefined;
    const branches = steps.flatMap((step) => (UNIONS.has(step.name) ? this.#branches(step) : []));
    const base = statement(this.#kind, this.#span, {
      ...(isRead ? { sources: [...(main ? [main] : []), ...joins] } : { ...(target && { target }), sources: joins }),
      where,
      ...(limit && { limit }),
      ...(offset && { offset }),
      projection: this.#projection(),
      groupBy: this.#groupBy(),
      having: steps.some((step) => /having/iu.test(step.name) && step.name !== "clearHaving"),
      distinct: steps.some((step) => step.name === "distinct" || step.name === "distinctOn"),
      orderBy: isRead ? this.#order() : [],
      ...(steps.some((step) => /^for(?:NoKey)?(?:Update|Share|KeyShare)$/u.test(step.name)) && { locking: { skipLocked: steps.some((step) => step.name === "skipLocked") } }),
      assignments: this.#assignments(),
      ...(this.#kind === "insert" && this.#inserted()),
      returning: steps.some((step) => step.name === "returning"),
      ctes: this.#ctes,
    });
    const { limit: _limit, offset: _offset, ...branch } = base;
    const whole: Statement = branches.length === 0 || !isRead ? base : { ...base, branches: [{ ...branch, orderBy: [] }, ...branches] };
    const full: Statement = { ...whole, subqueries: [...this.#subqueries].sort((a, b) => a.span.start - b.span.start) };
    return this.#open || steps.some((step) => !STEPS.has(step.name) && !this.#flavour.steps.has(step.name) && step.name !== "batchInsert") ? opened(full) : full;
  }

  #readCtes(): void {
    for (const step of this.#steps) {
      const [name, body] = step.args;
      if (!/^with(?!Schema|Graph)/u.test(step.name) || !name || name.type === "SpreadElement") continue;
      const text = plainText(name, step.module, this.#context);
      if (text !== undefined) this.#ctes.push(text);
      if (body && body.type !== "SpreadElement") this.nested(body, step.module, "cte");
    }
  }

  /** The table that the statement is about: the last that the steps name. */
  #main(): Source | undefined {
    const { root } = this.#told;
    const step = this.#steps.findLast((item) => item.name === "from" || item.name === "table" || item.name === "into" || item.name === "batchInsert");
    const given = step ?? (root?.name === "" && root.call.arguments.length > 0 ? { args: root.call.arguments, module: root.module } : undefined);
    const [first] = given?.args ?? [];
    if (first && given && first.type !== "SpreadElement") return this.#source(first, given.module);
    const own = root && this.#flavour.main?.(root, this.at, this.#span);
    if (own) {
      const name = this.#alias();
      return { kind: "table", table: name === undefined ? own : { ...own, alias: name } };
    }
    const isNowhere = root && !this.#open && !this.#flavour.main && this.#kind === "select" && !this.#steps.some((item) => item.name === "fromRaw");
    return isNowhere ? undefined : { kind: "table", table: { name: "", alias: "", dynamic: true, span: this.#span } };
  }

  /** `.alias("o")` */
  #alias(): string | undefined {
    const step = this.#steps.findLast((item) => item.name === "alias");
    const [first] = step?.args ?? [];
    return step && first && first.type !== "SpreadElement" ? plainText(first, step.module, this.#context) : undefined;
  }

  /** What `from` and a join are given: a name with an alias, an object of them, a builder, raw text. */
  #source(node: Node, module: SourceModule): Source {
    const inner = unwrap(node);
    const span = spanAt(this.at, inner, module);
    if (inner.type === "ObjectExpression") {
      const [entry] = this.#context.object(inner, module).entries;
      const source = entry && this.#source(entry.value, entry.module);
      if (source?.kind === "table") return { ...source, table: { ...source.table, alias: entry?.key ?? "" } };
      if (source?.kind === "subquery") return { ...source, alias: entry?.key ?? "" };
    }
    if (isFunction(inner) || this.#partOf(inner, module)) {
      const nested = this.nested(inner, module, "from");
      return { kind: "subquery", statement: nested ?? opened(statement("select", span)), alias: "", lateral: false, span };
    }
    const text = plainText(inner, module, this.#context);
    return this.named(text, span);
  }

  /** A table by its text: `orders`, `public.orders`, `orders as o`. */
  named(text: string | undefined, span: Span): Source {
    const [, schema, name, alias] = /^\s*(?:(\S+)\.)?([^\s.]+)(?:\s+(?:as\s+)?(\S+))?\s*$/iu.exec(text ?? "") ?? [];
    if (name === undefined) return { kind: "table", table: { name: "", alias: "", dynamic: true, span } };
    if (schema === undefined && this.#ctes.includes(name)) return { kind: "cte", name, alias: alias ?? name, span };
    const step = this.#steps.findLast((item) => item.name === "withSchema");
    const [first] = step?.args ?? [];
    const qualifier = schema ?? (step && first && first.type !== "SpreadElement" ? plainText(first, step.module, this.#context) : undefined);
    return { kind: "table", table: { name, alias: alias ?? name, ...(qualifier !== undefined && { schema: qualifier }), span } };
  }

  #partOf(node: Node, module: SourceModule): { readonly value: LibraryValue; readonly flavour: Flavour } | undefined {
    const value = this.#context.values.library(node, module);
    const flavour = value && [this.#flavour, ...(this.#flavour.parts ?? [])].find((item) => item.language.isBuilder(value));
    return value && flavour && { value, flavour };
  }

  /** The statement of a builder, or of the builder that a callback fills. */
  nested(node: Node, module: SourceModule, role: Subquery["role"]): Statement | undefined {
    const inner = unwrap(node);
    const span = spanAt(this.at, inner, module);
    if (this.#nesting >= MAX_NESTING) return undefined;
    const { values } = this.#context;
    let made: Statement | undefined;
    if (isFunction(inner)) {
      const steps = stepsInCallback(inner, module, { values, language: this.#flavour.language });
      if (steps.length > 0) made = lowerBuilder({ root: undefined, steps, open: false }, this.#flavour, this.at, this.#dialect, span, this.#nesting + 1);
    } else {
      const part = this.#partOf(inner, module);
      if (part) made = lowerBuilder(historyOf(inner, module, { values, language: part.flavour.language }), part.flavour, this.at, this.#dialect, span, this.#nesting + 1);
    }
    if (made) this.#subqueries.push({ statement: made, role, span });
    return made;
  }

  #branches(step: Step): readonly Statement[] {
    return step.args.flatMap((argument) => {
      if (argument.type === "SpreadElement") return [];
      const list = elementsOf(argument, step.module);
      return (list ? list.elements.map((element) => element.node) : [argument]).flatMap((node) => this.nested(node, step.module, "set") ?? []);
    });
  }

  #join(step: Step): readonly Source[] {
    const type = JOINS[step.name];
    if (step.name === "joinRaw") return [];
    const [target, ...rest] = step.args;
    if (type === undefined || !target || target.type === "SpreadElement") return [];
    const on = rest.length === 0 ? NO_FILTER : this.#on(rest, step.module, spanAt(this.at, step.call, step.module));
    // A join that the program makes only sometimes does not restrict for certain.
    const join: Join = { type: type === "inner" && step.presence === "maybe" ? "left" : type, on };
    return [{ ...this.#source(target, step.module), join }];
  }

  #on(args: readonly Argument[], module: SourceModule, span: Span): Predicate {
    const [first, second, third] = args;
    if (!first || args.some((argument) => argument.type === "SpreadElement")) return opaque(span, "the condition cannot be followed");
    const inner = unwrap(first);
    if (isFunction(inner)) {
      const steps = stepsInCallback(inner, module, { values: this.#context.values, language: this.#flavour.language });
      return combinedConditions(steps, { how: (step) => (step.name.startsWith("or") ? "or" : "and"), read: (step) => this.#onStep(step), spanOf: (step) => spanAt(this.at, step.call, step.module), empty: span });
    }
    if (inner.type === "ObjectExpression") {
      return and(
        this.#context.object(inner, module).entries.flatMap((entry) => {
          const right = this.columnAt(entry.value, entry.module);
          return right ? [{ op: "compare", column: this.column(entry.key, span), operator: "=", operand: { kind: "column", column: right }, span } satisfies Predicate] : [];
        }),
      );
    }
    const left = this.columnAt(first, module);
    const right = third ?? second;
    const operator = third && second ? COMPARISONS.get(plainText(second, module, this.#context) ?? "") : "=";
    const other = right && this.columnAt(right, module);
    if (!left || !operator || !other) return opaque(span, "the condition of the join cannot be read");
    return { op: "compare", column: left, operator, operand: { kind: "column", column: other }, span };
  }

  #onStep(step: Step): Predicate {
    const span = spanAt(this.at, step.call, step.module);
    if (/^(?:on|andOn|orOn)$/u.test(step.name)) return this.#on(step.args, step.module, span);
    if (/^(?:on|andOn|orOn)Val$/u.test(step.name)) return this.#compared(step.args, step.module, span);
    return CONDITIONS.has(step.name) ? this.#condition(step) : opaque(span, "the condition of the join is not modelled");
  }

  /** A column by its name: `status`, `o.status`. */
  column(text: string, span: Span): ColumnRef {
    const parts = text.replace(/\s+as\s.*$/iu, "").trim().split(".");
    const name = parts.at(-1) ?? text;
    const table = parts.at(-2);
    return { ...(table !== undefined && { table }), name, ...(this.#flavour.properties && { property: true }), span, wrappers: [] };
  }

  columnAt(node: Node, module: SourceModule): ColumnRef | undefined {
    const inner = unwrap(node);
    const value = this.#context.values.library(inner, module);
    if (value?.role === "ref" && value.at?.node.type === "CallExpression") {
      const [first] = value.at.node.arguments;
      return first && first.type !== "SpreadElement" ? this.columnAt(first, value.at.module) : undefined;
    }
    const text = plainText(inner, module, this.#context);
    return text === undefined || !/^[^\s()*]+(?:\s+as\s+\S+)?$/iu.test(text) ? undefined : this.column(text, spanAt(this.at, inner, module));
  }

  #where(): Predicate {
    const { root } = this.#told;
    const start = this.#steps.findLastIndex((step) => step.presence === "always" && (step.name === "clearWhere" || (step.name === "clear" && step.args[0] !== undefined && step.args[0].type !== "SpreadElement" && plainText(step.args[0], step.module, this.#context) === "where")));
    const steps = this.#steps.slice(start + 1).filter((step) => this.#isCondition(step));
    const own = root && this.#flavour.rootCondition?.(root, this.at, this.#span);
    const told = this.#combined(steps, this.#span);
    return own ? and([own, told]) : told;
  }

  #isCondition(step: Step): boolean {
    return CONDITIONS.has(step.name) || this.#flavour.condition?.(step, this) !== undefined;
  }

  #combined(steps: readonly Step[], span: Span): Predicate {
    return combinedConditions(steps, {
      how: (step) => (step.name.startsWith("or") ? "or" : "and"),
      read: (step) => this.#flavour.condition?.(step, this) ?? this.#condition(step),
      spanOf: (step) => spanAt(this.at, step.call, step.module),
      empty: span,
    });
  }

  #condition(step: Step): Predicate {
    const { args, module } = step;
    const span = spanAt(this.at, step.call, module);
    const [first, second] = args;
    if (!first || args.some((argument) => argument.type === "SpreadElement")) return opaque(span, "the arguments cannot be followed");
    const form = step.name.replace(/^(?:where|andWhere|orWhere)/u, "");
    const isNegated = /^(?:Json)?Not/u.test(form);
    const column = (): ColumnRef | undefined => this.columnAt(first, module);
    const of = (read: (column: ColumnRef) => Predicate): Predicate => {
      const found = column();
      return found ? read(found) : opaque(span, "the column is not known");
    };
    switch (form) {
      case "":
      case "Wrapped":
        return this.condition(args, module, span);
      case "Not":
        return negate(this.condition(args, module, span));
      case "Raw":
        return conditionOfRaw(args, module, this.at, this.#dialect, span);
      case "In":
      case "NotIn":
        return second ? this.#in(first, second, isNegated, module, span) : opaque(span, "there is no list");
      case "Null":
      case "NotNull":
        return of((found) => ({ op: "null", column: found, negated: isNegated, span }));
      case "Between":
      case "NotBetween": {
        const [low, high] = second ? (elementsOf(second, module)?.elements ?? []) : [];
        const bound = (node: Node | undefined): Operand => (node ? operandOf(this.at, node, module) : { kind: "parameter", span });
        return of((found) => ({ op: "between", column: found, negated: isNegated, low: bound(low?.node), high: bound(high?.node), span }));
      }
      case "Exists":
      case "NotExists": {
        const nested = this.nested(first, module, "exists");
        return { op: "exists", negated: isNegated, ...(nested && { statement: nested }), span };
      }
      case "Like":
      case "ILike":
        return second ? of((found) => this.#like(found, second, false, form === "ILike", module, span)) : opaque(span, "there is no pattern");
      case "Column":
        return this.#on(args, module, span);
      default:
        return of((found) => ({ op: "operator", operator: form, columns: [found], operands: second ? [operandOf(this.at, argumentNode(second), module)] : [], span }));
    }
  }

  /** The arguments of `where`: a column with a value, an object, a group, raw text. */
  condition(args: readonly Argument[], module: SourceModule, span: Span): Predicate {
    const [first] = args;
    if (!first || first.type === "SpreadElement") return opaque(span, "the arguments cannot be followed");
    if (args.length > 1) return this.#compared(args, module, span);
    const inner = unwrap(first);
    if (isUndefined(inner)) return { op: "constant", value: false, written: true, span };
    if (inner.type === "ConditionalExpression") return oneOf([this.condition([inner.consequent], module, span), this.condition([inner.alternate], module, span)], span);
    const { values } = this.#context;
    const fn = values.evaluate(inner, module);
    if (fn.kind === "function") {
      const steps = stepsInCallback(fn.node, fn.module, { values, language: this.#flavour.language });
      const isElsewhere = handsOn(fn.node, fn.module) || steps.some((step) => !STEPS.has(step.name) && !this.#flavour.steps.has(step.name));
      const group = this.#combined(steps.filter((step) => this.#isCondition(step)), span);
      return isElsewhere ? and([group, opaque(span, "the group is filled elsewhere")]) : isEmpty(group) ? { op: "constant", value: true, written: false, span } : group;
    }
    const value = values.library(inner, module);
    if (value?.library === KNEX && value.role === "raw") return value.at?.node.type === "CallExpression" ? conditionOfRaw(value.at.node.arguments, value.at.module, this.at, this.#dialect, span) : opaque(span, "the text comes from elsewhere");
    if (inner.type === "Literal" && typeof inner.value === "boolean") return { op: "constant", value: inner.value, written: true, span };
    const shape = this.#context.object(inner, module);
    if (fn.kind === "literal" && typeof fn.value === "string") return opaque(span, "a column without a value");
    return this.#object(shape, span);
  }

  /** `where({ a: 1, b: null })` */
  #object(shape: ObjectShape, span: Span): Predicate {
    if (shape.variants) return oneOf(shape.variants.map((variant) => this.#object(variant, span)), span);
    const items = shape.entries.map((entry) => this.#entry(entry));
    if (shape.open) items.push(opaque(span, "the object comes from elsewhere"));
    const all = and(items);
    return isEmpty(all) ? { op: "constant", value: true, written: false, span } : all;
  }

  #entry(entry: ObjectEntry): Predicate {
    const span = spanAt(this.at, entry.node, entry.module);
    const condition = this.#equal(this.column(entry.key, spanAt(this.at, entry.node.type === "Property" ? entry.node.key : entry.node, entry.module)), entry.value, entry.module, span);
    return entry.presence === "always" ? condition : optional(condition, "condition", "yes", span);
  }

  #equal(column: ColumnRef, node: Node, module: SourceModule, span: Span): Predicate {
    const inner = unwrap(node);
    if (isNull(inner)) return { op: "null", column, negated: false, span };
    // An undefined value is refused.
    if (isUndefined(inner)) return { op: "constant", value: false, written: true, span };
    return { op: "compare", column, operator: "=", operand: this.#operand(inner, module), span };
  }

  #operand(node: Node, module: SourceModule): Operand {
    const span = spanAt(this.at, node, module);
    const value = this.#context.values.library(node, module);
    if (value?.library === KNEX && value.role === "raw") return { kind: "expression", volatile: "unknown", span };
    if (value?.role === "ref") {
      const column = this.columnAt(node, module);
      if (column) return { kind: "column", column };
    }
    if (isFunction(unwrap(node)) || this.#partOf(node, module)) {
      const nested = this.nested(node, module, "scalar");
      return nested ? { kind: "subquery", statement: nested, span } : { kind: "expression", volatile: "unknown", span };
    }
    return operandOf(this.at, node, module);
  }

  /** `where("a", 1)`, `where("a", ">", 1)`, `where("a", "in", [1, 2])` */
  #compared(args: readonly Argument[], module: SourceModule, span: Span): Predicate {
    const [first, second, third] = args.map(argumentNode);
    if (!first || !second) return opaque(span, "the arguments cannot be followed");
    const column = this.columnAt(first, module);
    if (!column) {
      const raw = this.#context.values.library(first, module);
      return raw?.role === "raw" || raw?.role === "builder" ? opaque(span, "the column is an expression", "yes") : opaque(span, "the column is not known");
    }
    if (!third) return this.#equal(column, second, module, span);
    const operator = plainText(second, module, this.#context)?.toLowerCase().trim();
    switch (operator) {
      case undefined:
        return opaque(span, "the operator is not known");
      case "in":
      case "not in":
        return this.#in(first, third, operator === "not in", module, span);
      case "between":
      case "not between": {
        const [low, high] = elementsOf(third, module)?.elements ?? [];
        return { op: "between", column, negated: operator !== "between", low: low ? operandOf(this.at, low.node, module) : { kind: "parameter", span }, high: high ? operandOf(this.at, high.node, module) : { kind: "parameter", span }, span };
      }
      case "like":
      case "not like":
      case "ilike":
      case "not ilike":
        return this.#like(column, third, operator.startsWith("not"), operator.endsWith("ilike"), module, span);
      default: {
        const comparison = COMPARISONS.get(operator);
        if (!comparison) return { op: "operator", operator, columns: [column], operands: [operandOf(this.at, third, module)], span };
        if (isNull(unwrap(third)) && operator.startsWith("is")) return { op: "null", column, negated: operator === "is not", span };
        return { op: "compare", column, operator: comparison, operand: this.#operand(third, module), span };
      }
    }
  }

  #like(column: ColumnRef, pattern: Node, negated: boolean, insensitive: boolean, module: SourceModule, span: Span): Predicate {
    return { op: "like", column, negated, insensitive, ...prefixOf(this.at, pattern, module), pattern: operandOf(this.at, pattern, module), span };
  }

  #in(first: Node, second: Node, negated: boolean, module: SourceModule, span: Span): Predicate {
    const column = this.columnAt(first, module);
    if (!column) {
      const columns = (elementsOf(first, module)?.elements ?? []).flatMap((element) => this.columnAt(element.node, module) ?? []);
      return columns.length > 0 ? { op: "operator", operator: "row in", columns, operands: [operandOf(this.at, second, module)], span } : opaque(span, "the column is not known");
    }
    const inner = unwrap(second);
    if (isFunction(inner) || this.#partOf(inner, module)) {
      const nested = this.nested(inner, module, "in");
      return nested ? { op: "in", column, negated, values: { kind: "subquery", statement: nested }, span } : opaque(span, "the subquery is not seen", "yes");
    }
    const value = this.#context.values.library(inner, module);
    if (value?.role === "raw") return opaque(span, "the list is raw text", "yes");
    return inList(this.at, column, negated, second, module, span);
  }

  /** The call that makes the builder. */
  root(): History["root"] {
    return this.#told.root;
  }

  /** The columns of the key, for libraries that know it. */
  keyColumns(): readonly string[] | undefined {
    const { root } = this.#told;
    return root && this.#flavour.keyColumns?.(root, this.at);
  }

  /** An equality of a column of the key. */
  key(name: string, node: Node | undefined, module: SourceModule, span: Span): Predicate {
    const column = this.column(name, span);
    return node ? this.#equal(column, node, module, span) : opaque(span, "the key cannot be followed");
  }

  keys(name: string, node: Node, module: SourceModule, span: Span): Predicate {
    return inList(this.at, this.column(name, span), false, node, module, span);
  }

  #amount(which: "limit" | "offset"): Amount | undefined {
    let amount: Amount | undefined;
    for (const step of this.#steps) {
      const [first] = step.args;
      const span = spanAt(this.at, step.call, step.module);
      let next = this.#flavour.amount?.(step, which, this.at);
      if (step.name === which) next = first && first.type !== "SpreadElement" ? amountOf(this.at, first, step.module) : { kind: "none", span };
      else if (which === "limit" && step.name === "first" && this.#flavour.limitsFirst) next = { kind: "number", value: 1, span };
      if (!next) continue;
      if (next.kind === "parameter" && this.#flavour.refusesUndefined) next = { kind: "parameter", ...(next.value && { value: next.value }), span };
      if (step.presence === "always") amount = next;
      else if (amount && amount.kind !== "none") amount = { kind: "parameter", span };
      else amount = { kind: "maybe", why: `\`.${step.name}(…)\` is called only under a condition`, proved: "yes", span };
    }
    return amount;
  }

  #projection(): Projection {
    if (this.#kind !== "select") return ALL_COLUMNS;
    const from = this.#steps.findLastIndex((step) => step.name === "clearSelect");
    const steps = this.#steps.slice(from + 1);
    const items = steps
      .filter((step) => /^(?:select|column|columns|distinct|first|pluck)$/u.test(step.name))
      .flatMap((step) => step.args.flatMap((argument) => this.#items(argument, step.module)));
    const counts = steps.filter((step) => AGGREGATES.has(step.name) || step.name === "resultSize");
    const isAggregate = (item: { readonly node: Node; readonly module: SourceModule }): boolean => {
      const value = this.#context.values.library(item.node, item.module);
      const made = value?.role === "raw" && value.at?.node.type === "CallExpression" ? value.at : undefined;
      const [text] = made?.node.type === "CallExpression" ? made.node.arguments : [];
      const known = made && text && text.type !== "SpreadElement" ? this.#rawText(text, made.module) : undefined;
      return known !== undefined && isAggregateText(known);
    };
    const own = items.filter((item) => !isAggregate(item));
    const aggregates = counts.length + (items.length - own.length);
    if (aggregates > 0 && own.length === 0) return steps.some((step) => step.name.startsWith("groupBy")) ? { all: false, columns: [], aggregate: "no" } : AGGREGATE;
    if (items.length === 0) return ALL_COLUMNS;
    const columns = own.flatMap((item) => this.columnAt(item.node, item.module) ?? []);
    const all = columns.length !== own.length;
    return { all, columns: all ? [] : columns, aggregate: "no" };
  }

  #rawText(node: Node, module: SourceModule): string | undefined {
    const inner = unwrap(node);
    if (inner.type === "TemplateLiteral") return inner.quasis.map((quasi) => quasi.value.cooked).join("?");
    return plainText(inner, module, this.#context);
  }

  /** What is selected: names, lists of names, objects of names by alias. */
  #items(argument: Argument, module: SourceModule): readonly { readonly node: Node; readonly module: SourceModule }[] {
    if (argument.type === "SpreadElement") return [{ node: argument.argument, module }];
    const list = elementsOf(argument, module);
    if (list) return [...list.elements.map((element) => ({ node: element.node, module })), ...(list.open ? [{ node: argument, module }] : [])];
    if (unwrap(argument).type === "ObjectExpression") return this.#context.object(argument, module).entries.map((entry) => ({ node: entry.value, module: entry.module }));
    return [{ node: argument, module }];
  }

  #groupBy(): readonly (ColumnRef | undefined)[] {
    return this.#steps.flatMap((step) => {
      if (step.name === "groupByRaw") return [undefined];
      return step.name === "groupBy" ? step.args.flatMap((argument) => this.#items(argument, step.module)).map((item) => this.columnAt(item.node, item.module)) : [];
    });
  }

  #order(): readonly OrderItem[] {
    const from = this.#steps.findLastIndex((step) => step.name === "clearOrder");
    return this.#steps.slice(from + 1).flatMap((step): readonly OrderItem[] => {
      const span = spanAt(this.at, step.call, step.module);
      if (step.name === "orderByRaw") return [{ descending: "unknown", span }];
      const [first, second] = step.args;
      if (step.name !== "orderBy" || !first || first.type === "SpreadElement") return [];
      const list = elementsOf(first, step.module);
      if (!list) return [this.#orderItem(first, second && second.type !== "SpreadElement" ? second : undefined, step, span)];
      return list.elements.map(({ node }) => {
        const inner = unwrap(node);
        if (inner.type !== "ObjectExpression") return this.#orderItem(node, undefined, step, span);
        const { entries } = this.#context.object(inner, step.module);
        const column = entries.findLast((entry) => entry.key === "column");
        return column ? this.#orderItem(column.value, entries.findLast((entry) => entry.key === "order")?.value, step, span) : { descending: "unknown", span };
      });
    });
  }

  #orderItem(node: Node, direction: Node | undefined, step: Step, span: Span): OrderItem {
    const column = step.presence === "always" ? this.columnAt(node, step.module) : undefined;
    const word = direction ? plainText(direction, step.module, this.#context)?.toLowerCase() : "asc";
    return { ...(column && { column }), descending: word === "desc" ? "yes" : word === "asc" ? "no" : "unknown", span };
  }

  /** The step that writes, and what it is given. */
  #written(): { readonly step: Step; readonly values: Node | undefined } | undefined {
    const step = this.#steps.findLast((item) => kindOfStep(item.name, this.#flavour) !== undefined);
    if (!step) return undefined;
    const place = step.name === "batchInsert" || /ById$/u.test(step.name) ? 1 : 0;
    const argument = step.args[place];
    return { step, values: argument && argument.type !== "SpreadElement" ? argument : undefined };
  }

  #assignments(): readonly Assignment[] {
    const written = this.#written();
    if (!written?.values || (this.#kind !== "insert" && this.#kind !== "update")) return [];
    const { step, values } = written;
    const inner = unwrap(values);
    const span = spanAt(this.at, inner, step.module);
    const name = this.columnAt(inner, step.module);
    const [, second] = step.args;
    if (name) {
      if (/^(?:increment|decrement)$/u.test(step.name)) return [{ column: name, operand: { kind: "expression", volatile: "no", span } }];
      return second && second.type !== "SpreadElement" ? [{ column: name, operand: this.#operand(second, step.module) }] : [];
    }
    const rows = inner.type === "ArrayExpression" ? inner.elements.flatMap((element) => (element && element.type !== "SpreadElement" ? [element] : [])) : [inner];
    return rows.flatMap((row) => {
      const shape = this.#context.object(row, step.module);
      if (shape.open) return [];
      return shape.entries.map((entry) => ({ column: this.column(entry.key, spanAt(this.at, entry.node, entry.module)), operand: this.#operand(entry.value, entry.module) }));
    });
  }

  #inserted(): Pick<Statement, "rows" | "conflict"> {
    const written = this.#written();
    const steps = this.#steps;
    const isSelect = written?.values !== undefined && (isFunction(unwrap(written.values)) || this.#partOf(written.values, written.step.module) !== undefined);
    const isOpen = steps.some((step) => step.name === "onConflict");
    const conflict = steps.some((step) => step.name === "ignore") ? "ignore" : (isOpen && steps.some((step) => step.name === "merge")) || /^upsert/u.test(written?.step.name ?? "") ? "update" : undefined;
    const rows = !written?.values ? "unknown" : isSelect ? "select" : written.step.name === "batchInsert" ? "many" : rowsOf(written.values, written.step.module, this.#context);
    return { rows, ...(conflict && { conflict }) };
  }
}

function kindOfStep(name: string, flavour: Flavour): StatementKind | undefined {
  if (Object.hasOwn(flavour.kinds, name)) return flavour.kinds[name];
  return Object.hasOwn(KINDS, name) ? KINDS[name] : undefined;
}

function kindOf(steps: readonly Step[], flavour: Flavour): StatementKind {
  return steps.flatMap((step) => kindOfStep(step.name, flavour) ?? [])[0] ?? "select";
}
