/** Reads the expressions that a Drizzle query is made of: conditions, columns, operands, tables. */
import type { TSESTree } from "@typescript-eslint/utils";
import type { AdapterContext } from "../contract.js";
import { NO_FILTER, and, choice, or, spanOf } from "../../query/build.js";
import type { ColumnRef, ComparisonOperator, Dialect, HostExpression, Operand, Predicate, Span, Statement, Subquery } from "../../query/model.js";
import { calleeName, contains, enclosingFunction, isFunction, isUndefined, literalString, memberName, receiverOf, unwrap, walk, wrapped, type FunctionNode, type Node } from "../../syntax/ast.js";
import { constantOf, lengthOf } from "../../syntax/constants.js";
import { returnedExpressions } from "../../syntax/patterns.js";
import { isConditional } from "../../syntax/objects.js";
import type { SourceModule } from "../../syntax/source-module.js";
import { elementsOf } from "../../syntax/text.js";
import type { LibraryValue, Value } from "../../syntax/values.js";
import { FragmentReader } from "./fragments.js";
import { COMPARISONS, DRIZZLE, drizzleValue } from "./model.js";
import { baseCall, columnName, foreignTable, namesOf } from "./tables.js";

/** Where an expression stands, and what the parameters around it are. */
export interface Place {
  readonly module: SourceModule;
  /** Of an expression of another module or function: the place in the linted file that a report marks for it. */
  readonly anchor?: Span;
  readonly bindings: ReadonlyMap<FunctionNode, Binding>;
}

/** What the parameters of a function are: arguments of a call, or values that Drizzle passes. */
export type Binding =
  | { readonly kind: "call"; readonly args: readonly TSESTree.CallExpressionArgument[]; readonly place: Place }
  | { readonly kind: "given"; readonly values: readonly (LibraryValue | undefined)[] };

interface Placed {
  readonly node: Node;
  readonly place: Place;
}

const MAX_DEPTH = 24;
const OPERATOR_TEXT: Readonly<Record<string, ComparisonOperator>> = { eq: "=", ne: "<>", gt: ">", gte: ">=", lt: "<", lte: "<=" };
const FLIPPED: Readonly<Record<ComparisonOperator, ComparisonOperator>> = { "=": "=", "<>": "<>", "<": ">", "<=": ">=", ">": "<", ">=": "<=", "is distinct": "is distinct", "is not distinct": "is not distinct" };
const CONTAINMENT: Readonly<Record<string, string>> = { arrayContains: "@>", arrayContained: "<@", arrayOverlaps: "&&" };

/** One reader serves one site: it collects what flows into the statement. */
export class Reader {
  readonly context: AdapterContext;
  readonly home: Place;
  /** Expressions of the program that supply values. */
  readonly inputs: HostExpression[] = [];
  /** Tables of the statement whose definition cannot be read, by the name of their import. */
  readonly foreign = new Set<string>();
  /** The dialect as far as the parts read so far tell it. */
  dialect: Dialect | undefined;
  readonly #statementOf: (root: TSESTree.CallExpression, place: Place, reader: Reader) => Statement | undefined;
  readonly #fragments: FragmentReader;
  #subqueries: Subquery[] = [];
  #depth = 0;

  constructor(context: AdapterContext, dialect: Dialect | undefined, statementOf: (root: TSESTree.CallExpression, place: Place, reader: Reader) => Statement | undefined) {
    this.context = context;
    this.home = { module: context.module, bindings: new Map() };
    this.dialect = dialect;
    this.#statementOf = statementOf;
    this.#fragments = new FragmentReader(this);
  }

  /** Runs a reading and returns the sub-queries met in it. */
  collect<T>(reading: () => T): { readonly result: T; readonly subqueries: readonly Subquery[] } {
    const outer = this.#subqueries;
    const own: Subquery[] = [];
    this.#subqueries = own;
    try {
      return { result: reading(), subqueries: own };
    } finally {
      this.#subqueries = outer;
    }
  }

  span(node: Node, place: Place): Span {
    return place.anchor ?? spanOf(node.range);
  }

  addSubquery(statement: Statement, role: Subquery["role"], span: Span): void {
    this.#subqueries.push({ statement, role, span });
  }

  /** What an expression is, with the parameters of the place filled in. */
  value(node: Node, place: Place): Value {
    const value = this.context.values.evaluate(node, place.module);
    if (value.kind === "unknown" && place.bindings.size > 0) return this.#applied(unwrap(node), place) ?? value;
    if (value.kind !== "parameter") return value;
    const binding = place.bindings.get(value.function);
    if (!binding) return value;
    if (binding.kind === "given") {
      const given = binding.values[value.index];
      return given ? value.path.reduce<Value>((current, name) => this.context.values.member(current, name), given) : value;
    }
    const argument = binding.args[value.index];
    if (!argument || argument.type === "SpreadElement") return value;
    return value.path.reduce<Value>((current, name) => this.context.values.member(current, name), this.value(argument, binding.place));
  }

  /** The Drizzle value an expression is. */
  drizzle(node: Node, place: Place): LibraryValue | undefined {
    const value = this.value(node, place);
    return value.kind === "library" && value.library === DRIZZLE ? value : undefined;
  }

  /** What an operator that is itself a parameter makes: `(users, { eq }) => eq(…)`. */
  #applied(node: Node, place: Place): Value | undefined {
    const callee = node.type === "CallExpression" ? node.callee : node.type === "TaggedTemplateExpression" ? node.tag : undefined;
    const applied = callee && this.drizzle(callee, place);
    if (applied?.role === "operator") return drizzleValue("condition", { ...(applied.name !== undefined && { name: applied.name }), at: { node, module: place.module } });
    return applied?.role === "sql" ? drizzleValue("fragment", { at: { node, module: place.module } }) : undefined;
  }

  /** The argument behind a parameter of a helper, and the initial value behind a constant. */
  #behindParameter(node: Node, place: Place): Placed | undefined {
    const inner = unwrap(node);
    if (inner.type !== "Identifier") return undefined;
    const definition = place.module.lookUp(inner.name, inner)?.defs[0];
    const fn = definition?.node as Node | undefined;
    if ((definition?.type as string | undefined) !== "Parameter" || !isFunction(fn)) return undefined;
    const binding = place.bindings.get(fn);
    if (binding?.kind !== "call") return undefined;
    const index = fn.params.findIndex((parameter) => parameter.type === "Identifier" && parameter.name === inner.name);
    const argument = index < 0 ? undefined : binding.args[index];
    return argument && argument.type !== "SpreadElement" ? { node: argument, place: binding.place } : undefined;
  }

  /** The initial value of a constant of the module. */
  #initial(node: Node, place: Place): Node | undefined {
    if (node.type !== "Identifier") return undefined;
    const variable = place.module.lookUp(node.name, node);
    const declarator = variable?.defs[0]?.node as Node | undefined;
    if (!variable || declarator?.type !== "VariableDeclarator" || declarator.id.type !== "Identifier" || !declarator.init) return undefined;
    return variable.references.some((reference) => reference.isWrite() && !reference.init) ? undefined : declarator.init;
  }

  /** The statement of a builder that is not awaited: a sub-query. */
  subquery(node: Node, place: Place, role: Subquery["role"]): Statement | undefined {
    const inner = unwrap(node);
    if (this.#depth > MAX_DEPTH) return undefined;
    this.#depth++;
    try {
      const behind = this.#behindParameter(inner, place);
      if (behind) return this.subquery(behind.node, behind.place, role);
      const initial = this.#initial(inner, place);
      if (initial) return unwrap(initial).type === "AwaitExpression" ? undefined : this.subquery(initial, place, role);
      if (isFunction(inner)) {
        const [returned] = returnedExpressions(inner);
        return returned && this.subquery(returned, place, role);
      }
      if (inner.type !== "CallExpression") return undefined;
      const value = this.drizzle(inner, place);
      const builder = value?.role === "subquery" ? value.parent : value;
      if (builder?.role !== "builder" || builder.at?.node.type !== "CallExpression") {
        const root = value ? undefined : selectWithoutClient(inner);
        const statement = root && this.#statementOf(root, place, this);
        if (statement) this.addSubquery(statement, role, this.span(inner, place));
        return statement;
      }
      const away = builder.at.module !== place.module || !contains(inner, builder.at.node);
      const there: Place = away ? { module: builder.at.module, bindings: place.bindings, anchor: this.span(inner, place) } : place;
      const statement = this.#statementOf(builder.at.node, there, this);
      if (statement) this.addSubquery(statement, role, this.span(inner, place));
      return statement;
    } finally {
      this.#depth--;
    }
  }

  /** A filter: what `.where(…)` is given. */
  condition(node: Node, place: Place): Predicate {
    if (this.#depth > MAX_DEPTH) return this.#unread("nested too deeply", "unknown", node, place);
    this.#depth++;
    try {
      return this.#condition(unwrap(node), place);
    } finally {
      this.#depth--;
    }
  }

  #condition(node: Node, place: Place): Predicate {
    if (isUndefined(node) || (node.type === "Literal" && node.value === null)) return NO_FILTER;
    switch (node.type) {
      case "ConditionalExpression":
        return this.oneOf(this.condition(node.consequent, place), this.condition(node.alternate, place), this.span(node, place));
      case "LogicalExpression": {
        const right = this.condition(node.right, place);
        if (node.operator === "&&") return optional(right, this.span(node, place));
        const left = this.condition(node.left, place);
        return isNothing(left) ? right : mayVanish(left) || left.op === "opaque" ? this.oneOf(certain(left), right, this.span(node, place)) : left;
      }
      case "AwaitExpression":
        return this.condition(node.argument, place);
      case "Identifier":
        return this.#variable(node, place);
      case "TaggedTemplateExpression":
        return this.#fragments.condition(node, place);
      case "CallExpression":
        return this.#call(node, place);
      case "MemberExpression":
        return this.#member(node, place);
      case "ArrowFunctionExpression":
      case "FunctionExpression": {
        const returned = returnedExpressions(node);
        return this.#alternatives(node, returned.map((expression) => ({ node: expression, place })), this.span(node, place));
      }
      default:
        return this.#unread("the filter cannot be followed", "unknown", node, place);
    }
  }

  #member(node: TSESTree.MemberExpression, place: Place): Predicate {
    const value = this.drizzle(node, place);
    if (value?.role === "column") {
      const column = this.column(node, place);
      if (column) return { op: "boolean", column, value: true, form: "bare", span: this.span(node, place) };
    }
    return this.#away(value, node, place) ?? this.#unread("the filter cannot be followed", "unknown", node, place);
  }

  /** A condition that is made elsewhere: imported, or a member of an object. */
  #away(value: LibraryValue | undefined, node: Node, place: Place): Predicate | undefined {
    if (!value || (value.role !== "condition" && value.role !== "fragment")) return undefined;
    if (!value.at) return this.#unread("the condition is made elsewhere", "unknown", node, place);
    if (value.at.node === unwrap(node)) return undefined;
    return this.condition(value.at.node, { module: value.at.module, bindings: place.bindings, anchor: this.span(node, place) });
  }

  /** A condition held in a variable, with what the program makes of it before this use. */
  #variable(node: TSESTree.Identifier, place: Place): Predicate {
    const behind = this.#behindParameter(node, place);
    if (behind) return this.condition(behind.node, behind.place);
    const unread = (): Predicate => this.#unread("the filter comes from elsewhere", "unknown", node, place);
    const variable = place.module.lookUp(node.name, node);
    const definition = variable?.defs[0];
    const declarator = definition?.node as Node | undefined;
    if (!variable || declarator?.type !== "VariableDeclarator" || declarator.id.type !== "Identifier") {
      return this.#away(this.drizzle(node, place), node, place) ?? unread();
    }
    const writes = variable.references.filter((reference) => reference.isWrite() && !reference.init).map((reference) => reference.identifier as Node);
    const before = writes.filter((write) => write.range[0] < node.range[0]);
    if (writes.some((write) => enclosingFunction(write) !== enclosingFunction(declarator)) && before.length > 0) return unread();
    let current: Predicate = declarator.init ? this.condition(declarator.init, place) : NO_FILTER;
    for (const write of before) {
      const assignment = write.parent;
      if (assignment?.type !== "AssignmentExpression" || assignment.left !== write || assignment.operator !== "=") return unread();
      const next = this.#extended(assignment.right, node.name, current, place);
      if (contains(assignment, node)) continue;
      if (!isConditional(assignment, declarator)) current = next;
      else if (isNothing(current) && writtenOnEveryPath(assignment, before, declarator)) current = next;
      else if (writtenOnEveryPath(assignment, before, declarator) && !declarator.init) current = choice([current, next]);
      else current = this.oneOf(current, next, this.span(node, place));
    }
    return current;
  }

  /** The right side of `where = and(where, …)`, where the variable itself stands for what it holds so far. */
  #extended(node: Node, name: string, current: Predicate, place: Place): Predicate {
    const inner = unwrap(node);
    if (inner.type === "Identifier" && inner.name === name) return current;
    if (inner.type === "ConditionalExpression") {
      return this.oneOf(this.#extended(inner.consequent, name, current, place), this.#extended(inner.alternate, name, current, place), this.span(inner, place));
    }
    if (inner.type === "CallExpression") {
      const value = this.drizzle(inner, place);
      const isAnd = value?.role === "condition" && value.name === "and";
      if (isAnd && inner.arguments.some((argument) => argument.type === "Identifier" && argument.name === name)) {
        return and(inner.arguments.map((argument) => (argument.type === "SpreadElement" ? this.#unread("the list cannot be followed", "unknown", argument, place) : this.#extended(argument, name, current, place))));
      }
    }
    return this.condition(inner, place);
  }

  /** One of two conditions, by what the program decides. */
  oneOf(a: Predicate, b: Predicate, span: Span): Predicate {
    if (isNothing(a)) return optional(b, span);
    if (isNothing(b)) return optional(a, span);
    // `where = and(where, more)`: what both have is certain.
    const [base, rest] = [conjuncts(a), conjuncts(b)];
    if (rest.length > base.length && base.every((item, index) => item === rest[index])) return and([a, optional(and(rest.slice(base.length)), span)]);
    const either = choice([certain(a), certain(b)]);
    return mayVanish(a) || mayVanish(b) ? optional(either, span) : either;
  }

  #alternatives(fn: FunctionNode, returned: readonly Placed[], span: Span): Predicate {
    const [first, ...others] = returned.map((item) => this.condition(item.node, item.place));
    if (!first) return { op: "opaque", restricts: "unknown", reason: "the function returns nothing that can be read", span };
    const all = others.reduce((current, next) => this.oneOf(current, next, span), first);
    return returnsNothingSometimes(fn) ? optional(all, span) : all;
  }

  #call(node: TSESTree.CallExpression, place: Place): Predicate {
    const value = this.drizzle(node, place);
    const callee = unwrap(node.callee);
    if (callee.type === "MemberExpression") {
      const method = memberName(callee);
      const receiver = this.drizzle(callee.object, place);
      if (receiver?.role === "condition" || receiver?.role === "fragment") {
        // `eq(…).if(x)` is undefined when x is falsy.
        if (method === "if") return optional(this.condition(callee.object, place), this.span(node, place));
        if (method === "mapWith" || method === "as" || method === "getSQL" || method === "inlineParams") return this.condition(callee.object, place);
      }
    }
    const operators = this.#operatorsOf(node, place);
    if (operators.length > 0) return choice(operators.map((operator) => this.#operation(operator, node, place)));
    if (value?.role === "fragment" && value.at?.node === node) return this.#fragments.condition(node, place);
    const helper = this.#helper(node, place);
    if (helper) return helper;
    return this.#away(value, node, place) ?? this.#unread("the condition is made elsewhere", "unknown", node, place);
  }

  /** The Drizzle operator that a call applies; two where the program chooses: `const compare = on ? eq : ne`. */
  #operatorsOf(node: TSESTree.CallExpression, place: Place): readonly string[] {
    const callee = unwrap(node.callee);
    const held = unwrap(this.#initial(callee, place) ?? callee);
    const names = (held.type === "ConditionalExpression" ? [held.consequent, held.alternate] : [callee]).map((branch) => {
      const value = this.drizzle(branch, place);
      return value?.role === "operator" ? value.name : undefined;
    });
    return names.every((name) => name !== undefined) ? names : [];
  }

  /** A function of the project that makes a condition. */
  #helper(node: TSESTree.CallExpression, place: Place): Predicate | undefined {
    const fn = this.context.values.functionOf(node, place.module);
    if (!fn || place.bindings.has(fn.node)) return undefined;
    const returned = returnedExpressions(fn.node);
    if (returned.length === 0) return undefined;
    const there = this.#inside(fn.node, fn.module, node, place);
    return this.#alternatives(fn.node, returned.map((expression) => ({ node: expression, place: there })), this.span(node, place));
  }

  #inside(fn: FunctionNode, module: SourceModule, call: TSESTree.CallExpression, place: Place): Place {
    return { module, anchor: this.span(call, place), bindings: new Map([...place.bindings, [fn, { kind: "call", args: call.arguments, place } satisfies Binding]]) };
  }

  #operation(operator: string, node: TSESTree.CallExpression, place: Place, first = node.arguments[0]): Predicate {
    const span = this.span(node, place);
    const [, second, third] = node.arguments;
    if (operator === "and" || operator === "or") return this.#combined(operator, node, place);
    if (operator === "not") return first ? { op: "not", item: this.condition(first, place) } : NO_FILTER;
    if (operator === "exists" || operator === "notExists") {
      const statement = first && this.subquery(first, place, "exists");
      return { op: "exists", negated: operator === "notExists", ...(statement && { statement }), span };
    }
    if (!first || first.type === "SpreadElement") return this.#unread("the arguments cannot be followed", "yes", node, place);
    const chosen = unwrap(first);
    if (chosen.type === "ConditionalExpression") return choice([this.#operation(operator, node, place, chosen.consequent), this.#operation(operator, node, place, chosen.alternate)]);
    const column = this.column(first, place);
    if (COMPARISONS.has(operator) && second) {
      const comparison = OPERATOR_TEXT[operator] ?? "=";
      if (column) return { op: "compare", column, operator: comparison, operand: this.operand(second, place), span };
      const right = this.column(second, place);
      if (right) return { op: "compare", column: right, operator: FLIPPED[comparison], operand: this.operand(first, place), span };
    }
    if (!column) {
      for (const argument of node.arguments) this.note(argument, place);
      return this.#unread("the column cannot be followed", "yes", node, place);
    }
    switch (operator) {
      case "isNull":
      case "isNotNull":
        return { op: "null", column, negated: operator === "isNotNull", span };
      case "inArray":
      case "notInArray":
        return second ? this.membership(column, operator === "notInArray", second, place, span) : this.#unread("the list is missing", "unknown", node, place);
      case "between":
      case "notBetween":
        if (second && third) return { op: "between", column, negated: operator === "notBetween", low: this.operand(second, place), high: this.operand(third, place), span };
        break;
      case "like":
      case "notLike":
      case "ilike":
      case "notIlike":
        if (second) return this.like(column, operator, second, place, span);
        break;
      case "arrayContains":
      case "arrayContained":
      case "arrayOverlaps":
        return { op: "operator", operator: CONTAINMENT[operator] ?? operator, columns: [column], operands: second ? [this.operand(second, place)] : [], span };
      default:
    }
    return this.#unread(`\`${operator}\` is not modelled as a condition`, "yes", node, place);
  }

  #combined(op: "and" | "or", node: TSESTree.CallExpression, place: Place): Predicate {
    const items: Predicate[] = [];
    for (const argument of node.arguments) {
      if (argument.type !== "SpreadElement") items.push(this.condition(argument, place));
      else items.push(...this.#list(argument.argument, place));
    }
    if (op === "and") return and(items);
    return disjunction(items, this.span(node, place));
  }

  /** Conditions of an array that is spread into `and` or `or`. */
  #list(node: Node, place: Place): readonly Predicate[] {
    const inner = unwrap(node);
    const unread = (): readonly Predicate[] => [this.#unread("the list of conditions cannot be followed", "unknown", inner, place)];
    if (this.#depth > MAX_DEPTH) return unread();
    const behind = this.#behindParameter(inner, place);
    if (behind) return this.#list(behind.node, behind.place);
    if (inner.type === "ConditionalExpression") return [...this.#list(inner.consequent, place), ...this.#list(inner.alternate, place)].map((item) => optional(item, this.span(inner, place)));
    if (inner.type === "LogicalExpression" && inner.operator !== "&&") return this.#list(inner.left, place);
    if (inner.type === "LogicalExpression") return this.#list(inner.right, place).map((item) => optional(item, this.span(inner, place)));
    if (inner.type === "CallExpression") {
      const callee = unwrap(inner.callee);
      const receiver = receiverOf(inner);
      // `[…].filter(Boolean)`: a condition that is there is truthy.
      if (receiver && callee.type === "MemberExpression" && memberName(callee) === "filter") return this.#list(receiver, place);
      if (receiver && callee.type === "MemberExpression" && (memberName(callee) === "map" || memberName(callee) === "flatMap")) return this.#mapped(inner, place) ?? unread();
      const fn = this.context.values.functionOf(inner, place.module);
      if (fn && !place.bindings.has(fn.node)) {
        const returned = returnedExpressions(fn.node);
        const there = this.#inside(fn.node, fn.module, inner, place);
        const [only] = returned;
        if (only && returned.length === 1) {
          this.#depth++;
          try {
            return this.#list(only, there);
          } finally {
            this.#depth--;
          }
        }
      }
      return unread();
    }
    const initial = this.#initial(inner, place);
    if (initial) {
      const source = unwrap(initial);
      // A variable that only renames or filters: `const active = conditions.filter(Boolean)`.
      if (source.type === "CallExpression" || source.type === "Identifier" || source.type === "ConditionalExpression") return this.#list(source, place);
    }
    const list = elementsOf(inner, place.module);
    if (!list) return unread();
    const items = list.elements.map((element) => {
      const item = this.condition(element.node, place);
      // A report marks the query that may go without the condition, not the place that adds it.
      return element.certain ? item : optional(item, this.span(inner, place));
    });
    if (list.open) items.push(...unread());
    return items;
  }

  /** `…terms.map((term) => ilike(users.name, term))`: one condition per element; without elements there is none. */
  #mapped(call: TSESTree.CallExpression, place: Place): readonly Predicate[] | undefined {
    const fn = call.arguments[0] ? unwrap(call.arguments[0]) : undefined;
    const [returned, ...others] = isFunction(fn) ? returnedExpressions(fn) : [];
    if (!returned || others.length > 0 || unwrap(returned).type === "ArrayExpression") return undefined;
    const item = this.condition(returned, place);
    return [isNothing(item) || mayVanish(item) ? item : { op: "optional", item, cause: "condition", droppable: "unknown", span: this.span(call, place) }];
  }

  /** `inArray` and `notInArray`. */
  membership(column: ColumnRef, negated: boolean, node: Node, place: Place, span: Span): Predicate {
    const statement = this.subquery(node, place, "in");
    if (statement) return { op: "in", column, negated, values: { kind: "subquery", statement }, span };
    const inner = unwrap(node);
    if (inner.type === "ArrayExpression" && inner.elements.every((element) => element && element.type !== "SpreadElement")) {
      // The library sends `false` and `true` for an empty list.
      if (inner.elements.length === 0) return { op: "constant", value: negated, written: true, span };
      return { op: "in", column, negated, values: { kind: "list", operands: inner.elements.flatMap((element) => (element ? [this.operand(element, place)] : [])) }, span };
    }
    const items = lengthOf(inner, place.module);
    const operand = this.operand(node, place);
    return { op: "in", column, negated, values: { kind: "array", operand: operand.kind === "parameter" ? { ...operand, type: "array" } : operand, ...(items !== undefined && { items }) }, span };
  }

  like(column: ColumnRef, operator: string, pattern: Node, place: Place, span: Span): Predicate {
    const prefix = this.#prefix(pattern, place);
    return { op: "like", column, negated: operator.startsWith("not"), insensitive: operator.toLowerCase().includes("ilike"), ...(prefix !== undefined && { prefix }), pattern: this.operand(pattern, place), span };
  }

  /** Text of a pattern before its first wildcard. */
  #prefix(node: Node, place: Place): string | undefined {
    const inner = unwrap(node);
    const head = inner.type === "TemplateLiteral" ? inner.quasis[0]?.value.cooked : undefined;
    if (inner.type === "TemplateLiteral" && inner.expressions.length > 0) {
      if (!head) return undefined;
      return /[%_]/u.test(head) ? head.replace(/[%_].*$/su, "") : head;
    }
    const constant = constantOf(inner, place.module, this.context.values);
    return typeof constant?.value === "string" ? constant.value.replace(/[%_].*$/su, "") : undefined;
  }

  /** Alias of a sub-query, its client being known or not: `x` of `….as("x")`. */
  aliasOf(node: Node, place: Place): string | undefined {
    const inner = unwrap(node);
    const initial = this.#initial(inner, place);
    const call = unwrap(initial ?? inner);
    const callee = call.type === "CallExpression" ? unwrap(call.callee) : undefined;
    if (call.type !== "CallExpression" || callee?.type !== "MemberExpression" || memberName(callee) !== "as" || !selectWithoutClient(call)) return undefined;
    return call.arguments[0] ? literalString(call.arguments[0]) : undefined;
  }

  /** The column an expression is, with what stands around it. */
  column(node: Node, place: Place): ColumnRef | undefined {
    const inner = unwrap(node);
    const behind = this.#behindParameter(inner, place);
    if (behind) return this.column(behind.node, behind.place);
    const span = this.span(inner, place);
    const value = this.drizzle(inner, place);
    if (value?.role === "column" && value.parent?.at) return this.columnRef(value, span);
    if (value?.role === "fragment") {
      const at = value.at;
      if (!at) return undefined;
      // `lower(users.email)` of the project: what its parameter is, the call says.
      const fn = inner.type === "CallExpression" ? this.context.values.functionOf(inner, place.module) : undefined;
      if (fn && inner.type === "CallExpression" && !place.bindings.has(fn.node)) return this.#fragments.column(at.node, this.#inside(fn.node, at.module, inner, place));
      return this.#fragments.column(at.node, at.node === inner ? place : { module: at.module, bindings: place.bindings, anchor: span });
    }
    if (inner.type === "MemberExpression" && (!value || value.role === "column")) {
      const name = memberName(inner);
      const alias = this.aliasOf(inner.object, place);
      if (alias !== undefined && name !== undefined) return { table: alias, name, span, wrappers: [] };
      const table = foreignTable(inner.object, place.module, this.context.values);
      if (table !== undefined && name !== undefined) return { table, name, property: true, span, wrappers: [] };
    }
    if (value?.role === "column") return this.columnRef(value, span);
    return undefined;
  }

  columnRef(value: LibraryValue, span: Span): ColumnRef | undefined {
    const parent = value.parent;
    if (!parent || value.name === undefined) return undefined;
    if (parent.role === "table" || parent.role === "alias") {
      const names = namesOf(parent, this.context.values);
      const { name, property } = columnName(parent, value.name, this.context.values);
      return { ...(names?.alias && { table: names.alias }), name, ...(property && { property: true }), span, wrappers: [] };
    }
    return { ...(parent.name !== undefined && { table: parent.name }), name: value.name, span, wrappers: [] };
  }

  /** What a column is compared with, or set to. */
  operand(node: Node, place: Place): Operand {
    const inner = unwrap(node);
    const behind = this.#behindParameter(inner, place);
    if (behind) return this.operand(behind.node, behind.place);
    const span = this.span(inner, place);
    const value = this.drizzle(inner, place);
    if (value?.role === "column") {
      const column = this.columnRef(value, span);
      if (column) return { kind: "column", column };
    }
    if (inner.type === "MemberExpression" && !value) {
      // A member of any other import is a value.
      const table = foreignTable(inner.object, place.module, this.context.values);
      const column = (table !== undefined && this.foreign.has(table)) || this.aliasOf(inner.object, place) !== undefined ? this.column(inner, place) : undefined;
      if (column) return { kind: "column", column };
    }
    if (value?.role === "builder" || value?.role === "subquery") {
      const statement = this.subquery(inner, place, "scalar");
      if (statement) return { kind: "subquery", statement, span };
    }
    if (value?.role === "condition" && value.name === "placeholder") return this.#placeholder(value, span);
    if (value?.role === "fragment") {
      if (value.name === "placeholder") return this.#placeholder(value, span);
      this.note(inner, place);
      return { kind: "expression", volatile: "unknown", span };
    }
    if (isUndefined(inner)) return { kind: "literal", value: null, span };
    const constant = constantOf(inner, place.module, this.context.values);
    if (constant?.known) return { kind: "literal", value: constant.value ?? null, span };
    this.note(inner, place);
    return { kind: "parameter", value: inner, span, ...(constant && { constant: true }), ...(isDate(inner) && { type: "date" as const }) };
  }

  /** What a column is set to: a fragment that interpolates values varies with them. */
  assigned(node: Node, place: Place): Operand {
    const operand = this.operand(node, place);
    return operand.kind === "expression" && this.#fragments.bindsValues(node, place) ? { kind: "parameter", value: unwrap(node), span: this.span(node, place) } : operand;
  }

  #placeholder(value: LibraryValue, span: Span): Operand {
    const argument = value.at?.node.type === "CallExpression" ? value.at.node.arguments[0] : undefined;
    const name = argument?.type === "Literal" && typeof argument.value === "string" ? argument.value : undefined;
    return { kind: "parameter", ...(name !== undefined && { placeholder: name }), span };
  }

  /** Remembers an expression whose value flows into the statement. Those of other files vary with the call, which is remembered itself. */
  note(node: Node, place: Place): void {
    if (place.module === this.context.module) this.inputs.push(node);
  }

  #unread(reason: string, restricts: "yes" | "unknown", node: Node, place: Place): Predicate {
    return { op: "opaque", restricts, reason, span: this.span(node, place) };
  }
}

/** The first call of `x.select(…).from(…)…`, whatever `x` is. */
function selectWithoutClient(call: TSESTree.CallExpression): TSESTree.CallExpression | undefined {
  const base = baseCall(call);
  const name = base && calleeName(base);
  if (!base || !receiverOf(base) || (name !== "select" && name !== "selectDistinct" && name !== "selectDistinctOn")) return undefined;
  const next = wrapped(base).parent;
  return next?.type === "MemberExpression" && memberName(next) === "from" ? base : undefined;
}

function isDate(node: Node): boolean {
  return node.type === "NewExpression" && node.callee.type === "Identifier" && node.callee.name === "Date";
}

/** No condition at all. */
export function isNothing(predicate: Predicate): boolean {
  return predicate.op === "constant" && predicate.value && !predicate.written;
}

/** Is there a run of the program in which the condition is absent? */
export function mayVanish(predicate: Predicate): boolean {
  switch (predicate.op) {
    case "optional":
      return true;
    case "and":
    case "or":
      return predicate.items.every(mayVanish);
    case "not":
      return mayVanish(predicate.item);
    default:
      return isNothing(predicate);
  }
}

/** A condition that the program adds only sometimes. */
export function optional(predicate: Predicate, span: Span): Predicate {
  if (isNothing(predicate) || predicate.op === "optional") return predicate;
  return { op: "optional", item: predicate, cause: "condition", droppable: "yes", span };
}

/**
 * `or(…)`: arms that are undefined are left out, and without any arm there is no condition. An arm that is there only
 * sometimes lets more rows pass than its absence does, so beside a certain one it counts as there.
 */
function disjunction(items: readonly Predicate[], span: Span): Predicate {
  const arms = items.filter((item) => !isNothing(item));
  if (arms.length === 0) return NO_FILTER;
  const all = or(arms.map(certain));
  if (!arms.every(mayVanish)) return all;
  const proved = arms.every((arm) => arm.op !== "optional" || arm.droppable === "yes");
  return proved ? optional(all, span) : { op: "optional", item: all, cause: "condition", droppable: "unknown", span };
}

function certain(predicate: Predicate): Predicate {
  return predicate.op === "optional" ? predicate.item : predicate;
}

function conjuncts(predicate: Predicate): readonly Predicate[] {
  return predicate.op === "and" ? predicate.items : isNothing(predicate) ? [] : [predicate];
}

/** Does the function end, or return, without a value on some path? */
function returnsNothingSometimes(fn: FunctionNode): boolean {
  if (fn.body?.type !== "BlockStatement") return false;
  let bare = false;
  walk(fn.body, (node) => {
    if (isFunction(node)) return false;
    if (node.type === "ReturnStatement" && !node.argument) bare = true;
    return undefined;
  });
  return bare || !leaves(fn.body);
}

function leaves(node: Node | null | undefined): boolean {
  switch (node?.type) {
    case "ReturnStatement":
    case "ThrowStatement":
      return true;
    case "BlockStatement":
      return leaves(node.body.at(-1));
    case "IfStatement":
      return leaves(node.consequent) && leaves(node.alternate);
    case "SwitchStatement":
      return node.cases.some((item) => item.test === null) && node.cases.every((item) => item.consequent.length === 0 || leaves(item.consequent.at(-1)));
    case "TryStatement":
      return leaves(node.finalizer) || (leaves(node.block) && (!node.handler || leaves(node.handler.body)));
    default:
      return false;
  }
}

/** `if (a) x = …; else x = …;`: the assignment and another one of the list together happen whatever the test says. */
function writtenOnEveryPath(assignment: Node, writes: readonly Node[], declarator: Node): boolean {
  for (let child: Node = assignment, current = assignment.parent; current && !contains(current, declarator); child = current, current = current.parent) {
    if (current.type !== "IfStatement") continue;
    const other: Node | null = current.consequent === child ? current.alternate : current.consequent;
    if (!other || !(writes.some((write) => contains(other, write)) || leaves(other))) return false;
    if (!current.parent || contains(current.parent, declarator)) return true;
  }
  return false;
}
