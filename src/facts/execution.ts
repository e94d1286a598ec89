/** How often a query runs: once, or once per element of a loop, and what that repetition does. */
import { relative } from "node:path";
import type { HostExpression, Operand, Predicate, Query, Range } from "../query/model.js";
import { predicatesIn } from "../query/predicates.js";
import { memberName, unwrap, type Node } from "../syntax/ast.js";
import type { Evaluator } from "../syntax/evaluate.js";
import { surroundingsOf, variesWithin, type Repeater } from "../syntax/repeaters.js";
import type { SourceModule } from "../syntax/source-module.js";
import type { RepeatedOperation, Repetition } from "./contract.js";
import { isOneTransaction } from "./transaction.js";

/** A query that a call reaches in another function, with the way to it. */
export interface ReachedQuery {
  readonly query: Query;
  /** Names of the functions on the way, outermost first. */
  readonly via: readonly string[];
  /** Module of the query. */
  readonly module: SourceModule;
  /** Every call on the way, and the query itself, stands outside of branches. */
  readonly always: boolean;
  /** What an expression of the query's function is where the call stands: the argument for a parameter. Undefined when it is made on the way. */
  readonly argument: (expression: HostExpression) => Node | undefined;
}

export interface ExecutionContext {
  readonly module: SourceModule;
  readonly values: Evaluator;
  readonly cwd: string;
  /** Queries of this module, to see what else a loop does. */
  readonly queries: readonly Query[];
}

/** The loop that repeats a query of this module, when there is one that matters. */
export function repetitionOf(query: Query, context: ExecutionContext): Repetition | undefined {
  if (!counts(query)) return undefined;
  const node = asNode(query.site.node);
  const { repeaters } = surroundingsOf(node, context.module, context.values);
  const effective = repeaters.filter((loop) => !isBatched(query, loop, (expression) => asNode(expression)));
  const [innermost] = effective;
  if (!innermost || isOverTables(query, (expression) => variesWithin(asNode(expression), innermost, context.module))) return undefined;
  if (query.batchesInTick && innermost.concurrent) return undefined;
  const operation = operationOf(query, (expression) => variesWithin(asNode(expression), innermost, context.module), () => writesTable(query, innermost, context.queries));
  return repetition({ place: query.site.range, node, module: context.module }, innermost, effective.length, operation, [], context);
}

/**
 * The repetition of a query that stands in a function which is called in a loop. `named` is the iteration that the call
 * itself is, when it is given the function by name.
 */
export function reachedRepetition(call: Node, reached: ReachedQuery, context: ExecutionContext, named?: Repeater): Repetition | undefined {
  if (!counts(reached.query)) return undefined;
  const around = surroundingsOf(call, context.module, context.values).repeaters;
  const repeaters = named ? [named, ...around] : around;
  const effective = repeaters.filter((loop) => !isBatched(reached.query, loop, (expression) => reached.argument(expression)));
  const [innermost] = effective;
  if (!innermost || isOverTables(reached.query, (expression) => chosenInLoop(reached.argument(expression), innermost, context.module))) return undefined;
  if (reached.query.batchesInTick && innermost.concurrent) return undefined;
  const callVaries = innermost === named || variesWithin(call, innermost, context.module);
  // Where nothing flows in, one answer serves all rounds; with a limit, it may be the next of a queue.
  const steady = reached.query.inputs.length === 0 && !reached.query.limit && !reached.query.locking;
  const operation = operationOf(reached.query, () => callVaries, () => !steady || writesTable(reached.query, innermost, context.queries));
  const target = reached.module === context.module ? undefined : { file: relative(context.cwd, reached.module.path), line: reached.module.lineOf(reached.query.site.range[0]) };
  return { ...repetition({ place: call.range, node: call, module: context.module }, innermost, effective.length, operation, reached.via, context), ...(target && { target }) };
}

/** Is the statement one whose repetition costs: it reads or writes rows of a table, and it is sent? */
function counts(query: Query): boolean {
  if (query.sending !== "now") return false;
  switch (query.kind) {
    case "select":
      return query.delivery !== "stream" && query.sources.some((source) => source.kind === "table" || source.kind === "cte" || source.kind === "subquery") && !query.locking?.skipLocked;
    case "insert":
    case "update":
    case "delete":
    case "merge":
      return true;
    case "truncate":
    case "ddl":
    case "transaction":
    case "utility":
      return false;
  }
}

/** Is the table itself chosen per element: does the loop run over tables, not over rows? */
function isOverTables(query: Query, varies: (expression: HostExpression) => boolean): boolean {
  const tables = [...(query.target ? [query.target] : []), ...query.sources.flatMap((source) => (source.kind === "table" ? [source.table] : []))];
  return tables.some(({ dynamic, chosenBy }) => dynamic === true && (chosenBy === undefined || chosenBy.some(varies)));
}

/** Does a loop choose what a function is given? What the function makes itself may be anything. */
function chosenInLoop(argument: Node | undefined, loop: Repeater, module: SourceModule): boolean {
  return argument === undefined || variesWithin(argument, loop, module);
}

/** What a report marks, and where the query itself stands. */
interface Repeated {
  readonly place: Range;
  readonly node: Node;
  readonly module: SourceModule;
}

function repetition(query: Repeated, loop: Repeater, depth: number, operation: RepeatedOperation, via: readonly string[], { module }: ExecutionContext): Repetition {
  const over = loop.iterated && shorten(module.text.slice(...loop.iterated.range));
  return { place: query.place, loopLine: module.lineOf(loop.node.type === "CallExpression" ? calleeEnd(loop.node) : loop.node.range[0]), loopKind: loop.kind, ...(over !== undefined && { over }), operation, concurrent: loop.concurrent && !isOneTransaction(query, { node: loop.node, module }), via, depth };
}

/** The line of `.map(` rather than that of what it is called on. */
function calleeEnd(node: Node): number {
  if (node.type !== "CallExpression") return node.range[0];
  const callee = unwrap(node.callee);
  return callee.type === "MemberExpression" ? callee.property.range[0] : callee.range[0];
}

function operationOf(query: Query, varies: (expression: HostExpression) => boolean, writes: () => boolean): RepeatedOperation {
  switch (query.kind) {
    case "insert":
      // A row that is there already is left alone: to the writer, an insert.
      return query.conflict === undefined || query.conflict === "ignore" ? "insert" : "upsert";
    case "delete":
      return "delete";
    case "update":
    case "merge": {
      if (query.assignments.length === 0) return "update-different";
      const differs = query.assignments.some(({ operand, inputs = [] }) => [operand, ...inputs].some((value) => operandVaries(value, varies)));
      return differs ? "update-different" : "update-same";
    }
    case "select":
    case "truncate":
    case "ddl":
    case "transaction":
    case "utility":
      return query.inputs.some(varies) || writes() ? "read" : "invariant";
  }
}

function operandVaries(operand: Operand, varies: (expression: HostExpression) => boolean): boolean {
  switch (operand.kind) {
    case "literal":
      return false;
    case "parameter":
      // `new Date()` and the like differ from call to call, but not from row to row in what is meant.
      return !operand.value || (!isClock(asNode(operand.value)) && varies(operand.value));
    case "column":
    case "expression":
      return false;
    case "subquery":
      return true;
  }
}

function isClock(node: Node): boolean {
  const inner = unwrap(node);
  if (inner.type === "NewExpression") return inner.callee.type === "Identifier" && inner.callee.name === "Date" && inner.arguments.length === 0;
  if (inner.type !== "CallExpression") return false;
  const callee = unwrap(inner.callee);
  if (callee.type === "MemberExpression") return memberName(callee) === "now" || (memberName(callee) === "toISOString" && isClock(callee.object));
  return false;
}

/** Does the loop also write the table that the query reads? Then its answer may change from element to element. */
function writesTable(query: Query, loop: Repeater, queries: readonly Query[]): boolean {
  const names = new Set(query.sources.flatMap((source) => (source.kind === "table" ? [source.table.name] : [])));
  return queries.some((other) => other.kind !== "select" && other.target !== undefined && names.has(other.target.name) && loop.body.range[0] <= other.site.range[0] && other.site.range[1] <= loop.body.range[1]);
}

/** Does one run of the query serve a whole list of rows that the element is? */
function isBatched(query: Query, loop: Repeater, place: (expression: HostExpression) => Node | undefined): boolean {
  const isPart = (expression: HostExpression | undefined): boolean => {
    const node = expression && place(expression);
    return node !== undefined && (standsForElement(node, loop) || standsForSlice(node, loop));
  };
  if (query.kind === "insert" && query.rows !== "one" && query.inputs.flatMap((input) => partsOf(asNode(input))).some(isPart)) return true;
  return listOperands(query.where).some((operand) => operand.kind === "parameter" && isPart(operand.value));
}

/** An input and, of `{ data: rows }`, what its properties hold. */
function partsOf(node: Node): readonly Node[] {
  const inner = unwrap(node);
  return inner.type === "ObjectExpression" ? inner.properties.flatMap((property) => (property.type === "Property" ? [property.value] : [])) : [node];
}

/** A piece of a longer list that the loop takes: `ids.slice(i, i + size)`, or a name the loop gives to one. */
function standsForSlice(node: Node, loop: Repeater): boolean {
  const inner = unwrap(node);
  if (inner.type === "CallExpression") {
    const callee = unwrap(inner.callee);
    if (callee.type !== "MemberExpression") return false;
    const name = memberName(callee);
    return name === "slice" || name === "splice" || (name !== undefined && /^(?:map|filter|flatMap)$/u.test(name) && standsForSlice(callee.object, loop));
  }
  if (inner.type !== "Identifier" || loop.body.type !== "BlockStatement") return false;
  const declared = loop.body.body.flatMap((statement) => (statement.type === "VariableDeclaration" ? statement.declarations : []));
  const declarator = declared.find((item) => item.id.type === "Identifier" && item.id.name === inner.name && item.init !== node);
  return declarator?.init ? standsForSlice(declarator.init, { ...loop, body: declarator }) : false;
}

/** The element itself, or a list made of it in one step: `chunk`, `chunk.map(…)`, `...chunk`. */
function standsForElement(node: Node, loop: Repeater): boolean {
  const inner = unwrap(node);
  if (inner.type === "Identifier") return loop.elements.some((element) => element.name === inner.name);
  if (inner.type === "CallExpression") {
    const callee = unwrap(inner.callee);
    return callee.type === "MemberExpression" && callee.object.type === "Identifier" && standsForElement(callee.object, loop);
  }
  if (inner.type === "SpreadElement") return standsForElement(inner.argument, loop);
  return false;
}

/** Arrays that the program supplies for a list of keys. */
function listOperands(where: Predicate): readonly Operand[] {
  return [...predicatesIn(where)].flatMap((predicate) => (predicate.op === "in" && predicate.values.kind === "array" ? [predicate.values.operand] : []));
}

/** The query model keeps nodes of the host program opaque; here they are nodes again. */
function asNode(expression: HostExpression): Node {
  return expression as Node;
}

function shorten(text: string): string {
  const line = text.replace(/\s+/gu, " ");
  return line.length > 40 ? `${line.slice(0, 37)}…` : line;
}
