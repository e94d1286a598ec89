/** What makes a piece of code run once per element: loops, callbacks of iterating calls, and what stands between. */
import type { TSESTree } from "@typescript-eslint/utils";
import { calleeName, contains, isClass, isFunction, literalString, memberName, receiverOf, unwrap, walk, wrapped, type FunctionNode, type Node } from "./ast.js";
import type { Evaluator } from "./evaluate.js";
import { identifiersOf } from "./patterns.js";
import type { SourceModule } from "./source-module.js";

/** A loop, or a call that runs its callback once per element. */
export interface Repeater {
  readonly node: Node;
  /** As people call it: `for…of`, `map`. */
  readonly kind: string;
  /** What is iterated, when it can be named. */
  readonly iterated: Node | undefined;
  /** Variables that hold the element, or what is taken from it. */
  readonly elements: readonly TSESTree.Identifier[];
  /** The part that is repeated. */
  readonly body: Node;
  /** All elements are started before the first one is awaited. */
  readonly concurrent: boolean;
}

export interface Surroundings {
  /** Innermost first. Only those that run once per element of something the program does not fix. */
  readonly repeaters: readonly Repeater[];
  /** The function whose call runs the code, after callbacks that run in place; undefined at the top of a module. */
  readonly home: FunctionNode | undefined;
}

/** Methods of arrays and iterators that call back per element. */
const ITERATING_METHODS = new Set(["map", "forEach", "flatMap", "filter", "some", "every", "find", "findIndex", "findLast", "reduce", "reduceRight", "each", "eachSeries", "mapSeries", "mapAsync", "forEachAsync"]);
/** Functions that take a collection and a callback, of packages and of the team's own making. */
const ITERATING_FUNCTIONS = new Set(["pMap", "pEach", "pMapSeries", "pForEach", "asyncMap", "asyncForEach", "forEachAsync", "mapAsync", "mapSeries", "eachSeries", "eachLimit", "eachOf", "eachOfLimit", "mapLimit", "forEachLimit", "forEachSeries", "each", "map", "forEach", "promiseMap", "asyncPool", "eachOfSeries", "mapValuesLimit"]);
/** Methods whose callbacks do not start together. */
const SEQUENTIAL = new Set(["reduce", "reduceRight", "eachSeries", "mapSeries", "pMapSeries", "forEachSeries", "eachOfSeries", "for…of", "for", "for…in", "for await"]);
/** Calls that keep the callback for later: events, routes, timers. What they run is not run by the loop around them. */
const DEFERRING = /^(?:on|once|off|set|addListener|addEventListener|subscribe|setTimeout|setInterval|setImmediate|schedule|process|use|get|post|put|patch|delete|all|route|handler?|listen|register|define|describe|it|test|beforeEach|afterEach|beforeAll|afterAll|createServer|useEffect|useCallback|useMemo|useQuery|useMutation|cron|job|task|worker|query|mutation|subscription|procedure|middleware|action|loader)$/u;

/** Everything around a node that repeats it, up to the function whose call runs it. */
export function surroundingsOf(node: Node, module: SourceModule, values: Evaluator): Surroundings {
  const repeaters: Repeater[] = [];
  let child: Node = node;
  for (let current = node.parent; current; child = current, current = current.parent) {
    if (isClass(current)) return { repeaters, home: undefined };
    if (isFunction(current)) {
      const step = callbackStep(current, module, values);
      if (step.kind === "home") return { repeaters, home: current };
      if (step.repeater && repeats(step.repeater, node, module, values)) repeaters.push(step.repeater);
      continue;
    }
    const loop = loopOf(current, child);
    if (loop && repeats(loop, node, module, values)) repeaters.push(loop);
  }
  return { repeaters, home: undefined };
}

/** A call that runs a function of the project once per element, by its name: `items.forEach(save)`. */
export interface NamedIteration {
  readonly callback: Node;
  /** The repeater, as if the function stood where its name stands. */
  readonly repeater: (fn: FunctionNode) => Repeater | undefined;
}

/** The function that an iterating call is given by name: `ids.map(load)`, `pMap(ids, this.load)`. */
export function namedIterationOf(call: TSESTree.CallExpression, module: SourceModule, values: Evaluator): NamedIteration | undefined {
  const name = calleeName(call);
  if (name === undefined || !(ITERATING_METHODS.has(name) || ITERATING_FUNCTIONS.has(name) || name === "from")) return undefined;
  const position = call.arguments.findIndex((argument, index) => isNameOfFunction(argument) && (index > 0 || receiverOf(call) !== undefined));
  const callback = call.arguments[position];
  if (!callback) return undefined;
  return {
    callback,
    repeater(fn) {
      const repeater = iterationOf(call, fn, name, receiverOf(call), position);
      return repeater && repeats(repeater, call, module, values) ? repeater : undefined;
    },
  };
}

/** `load`, `this.load`, `this.load.bind(this)` */
function isNameOfFunction(node: Node): boolean {
  if (node.type === "CallExpression") return calleeName(node) === "bind" && receiverOf(node)?.type === "MemberExpression";
  return node.type === "MemberExpression" || (node.type === "Identifier" && !/^[A-Z]/u.test(node.name));
}

function loopOf(node: Node, child: Node): Repeater | undefined {
  switch (node.type) {
    case "ForOfStatement":
    case "ForInStatement": {
      if (child !== node.body) return undefined;
      const left = node.left.type === "VariableDeclaration" ? (node.left.declarations[0]?.id ?? node.left) : node.left;
      const kind = node.type === "ForInStatement" ? "for…in" : node.await ? "for await" : "for…of";
      return { node, kind, iterated: node.right, elements: identifiersOf(left), body: node.body, concurrent: false };
    }
    case "ForStatement": {
      if (child === node.init) return undefined;
      const elements = node.init?.type === "VariableDeclaration" ? node.init.declarations.flatMap((declarator) => identifiersOf(declarator.id)) : [];
      return { node, kind: "for", iterated: undefined, elements, body: node.body, concurrent: false };
    }
    default:
      // `while` and `do` run until a condition of the program holds: retries, pages, queues. They are not counted.
      return undefined;
  }
}

type CallbackStep = { readonly kind: "home" } | { readonly kind: "through"; readonly repeater?: Repeater };

/** What running a function expression means for the code inside: a repeater, the same run, or a run of its own. */
function callbackStep(fn: FunctionNode, module: SourceModule, values: Evaluator): CallbackStep {
  const outer = wrapped(fn);
  const call = outer.parent;
  if (call?.type === "NewExpression") return calleeName(call) === "Promise" ? { kind: "through" } : { kind: "home" };
  if (call?.type !== "CallExpression") return { kind: "home" };
  // An immediately invoked function.
  if (call.callee === outer) return { kind: "through" };
  const position = call.arguments.indexOf(outer as TSESTree.CallExpressionArgument);
  const name = calleeName(call);
  if (position < 0 || name === undefined) return { kind: "home" };
  const receiver = receiverOf(call);
  const repeater = iterationOf(call, fn, name, receiver, position);
  if (repeater) return { kind: "through", repeater };
  if (name === "then" || name === "catch" || name === "finally") return { kind: "through" };
  // A method of a library that runs a closure: a transaction. Everything else of that name is read below.
  if (receiver && values.evaluate(receiver, module).kind === "library") return { kind: "through" };
  return DEFERRING.test(name) ? { kind: "home" } : { kind: "through" };
}

function iterationOf(call: TSESTree.CallExpression, fn: FunctionNode, name: string, receiver: Node | undefined, position: number): Repeater | undefined {
  const first = call.arguments[0];
  const isReduce = name === "reduce" || name === "reduceRight";
  const element = fn.params[isReduce ? 1 : 0];
  const make = (iterated: Node | undefined, kind: string): Repeater => ({
    node: call,
    kind,
    iterated,
    elements: element ? identifiersOf(element) : [],
    body: fn.body ?? fn,
    concurrent: !SEQUENTIAL.has(kind),
  });
  // `Array.from({ length }, callback)`, `Array.from(set, callback)`
  if (name === "from" && position === 1 && receiver?.type === "Identifier" && receiver.name === "Array" && first) return make(first, "Array.from");
  if (receiver && position === 0 && ITERATING_METHODS.has(name)) return make(receiver, name);
  // `pMap(ids, fn)`, `async.eachLimit(ids, 5, fn)`, `_.forEach(items, fn)`, `Promise.map(ids, fn)`
  if (position > 0 && first && first.type !== "SpreadElement" && (ITERATING_FUNCTIONS.has(name) || (receiver !== undefined && ITERATING_METHODS.has(name)))) return make(first, name);
  return undefined;
}

/** Does the loop run its body for an amount of elements that the code does not fix, for the code at `node`? */
function repeats(loop: Repeater, node: Node, module: SourceModule, values: Evaluator): boolean {
  if (leavesAfter(node, loop)) return false;
  let known = iterating.get(values);
  if (!known) {
    known = new Map<Node, boolean>();
    iterating.set(values, known);
  }
  // The loop and, where a function is given by name, the function.
  const key = loop.node.type === "CallExpression" ? loop.body : loop.node;
  let answer = known.get(key);
  if (answer === undefined) known.set(key, (answer = iterates(loop, module, values)));
  return answer;
}

/** Loops of the files that an evaluator has met: a body is read once, however many calls it holds. */
const iterating = new WeakMap<Evaluator, Map<Node, boolean>>();

function iterates(loop: Repeater, module: SourceModule, values: Evaluator): boolean {
  if (loop.node.type === "ForStatement") return countsCollection(loop.node, module) && !isChunked(loop, module);
  if (loop.iterated && isFixed(loop.iterated, module, values, 0)) return false;
  return !isChunked(loop, module);
}

/** The convention for constants: `SUPPORTED_LOCALES`. */
const CONSTANT_NAME = /^[A-Z][A-Z0-9_]+$/u;

/** Is the collection written down in the code: a literal, a constant, the members of an enum? */
function isFixed(node: Node, module: SourceModule, values: Evaluator, depth: number): boolean {
  const inner = unwrap(node);
  if (depth > 6) return false;
  switch (inner.type) {
    case "ArrayExpression":
      return inner.elements.every((element) => element !== null && (element.type === "SpreadElement" ? isFixed(element.argument, module, values, depth + 1) : true));
    case "ObjectExpression":
      return inner.properties.every((property) => property.type !== "SpreadElement" && (keyed(property) !== "length" || isFixedNumber(property.value, module, depth + 1)));
    case "CallExpression": {
      const receiver = receiverOf(inner);
      const name = calleeName(inner);
      const first = inner.arguments[0];
      if (!receiver || name === undefined) return false;
      if (receiver.type === "Identifier" && receiver.name === "Object" && (name === "values" || name === "keys" || name === "entries") && first) return isFixedObject(first, module, values, depth + 1);
      if (["map", "filter", "slice", "sort", "toSorted", "reverse", "entries", "values", "keys", "flatMap", "concat"].includes(name)) return isFixed(receiver, module, values, depth + 1);
      return false;
    }
    case "NewExpression": {
      const first = inner.arguments[0];
      return calleeName(inner) === "Set" && first !== undefined && first.type !== "SpreadElement" && isFixed(first, module, values, depth + 1);
    }
    case "Identifier": {
      const variable = module.lookUp(inner.name, inner);
      const definition = variable?.defs[0];
      if (!variable || !definition) return false;
      const declarator = definition.node as Node;
      if (declarator.type === "VariableDeclarator" && declarator.id.type === "Identifier") {
        if (!declarator.init || grows(variable)) return false;
        return isFixed(declarator.init, module, values, depth + 1);
      }
      if ((definition.type as string) !== "ImportBinding") return false;
      const value = values.evaluate(inner, module);
      // A constant of another module, by the convention of its name: `SUPPORTED_LOCALES`.
      return value.kind === "unknown" ? CONSTANT_NAME.test(inner.name) : false;
    }
    case "MemberExpression":
      return CONSTANT_NAME.test(memberName(inner) ?? "");
    default:
      return false;
  }
}

/** A number of the code: a literal, a constant of that name or value, or the least of some numbers with one of those. */
function isFixedNumber(node: Node, module: SourceModule, depth: number): boolean {
  const inner = unwrap(node);
  if (inner.type === "Literal") return true;
  if (inner.type === "CallExpression") return calleeName(inner) === "min" && inner.arguments.some((argument) => isFixedNumber(argument, module, depth + 1));
  if (inner.type === "MemberExpression") return CONSTANT_NAME.test(memberName(inner) ?? "");
  if (inner.type !== "Identifier" || depth > 6) return false;
  if (CONSTANT_NAME.test(inner.name)) return true;
  const variable = module.lookUp(inner.name, inner);
  const declarator = variable?.defs[0]?.node as Node | undefined;
  if (!variable || declarator?.type !== "VariableDeclarator" || !declarator.init || grows(variable)) return false;
  return isFixedNumber(declarator.init, module, depth + 1);
}

function keyed(property: TSESTree.Property): string | undefined {
  return property.key.type === "Identifier" ? property.key.name : literalString(property.key);
}

/** An object literal or an enum: as many entries as were written. */
function isFixedObject(node: Node, module: SourceModule, values: Evaluator, depth: number): boolean {
  const inner = unwrap(node);
  if (inner.type === "ObjectExpression") return inner.properties.every((property) => property.type !== "SpreadElement");
  if (inner.type !== "Identifier") return false;
  const definition = module.lookUp(inner.name, inner)?.defs[0];
  const type = definition?.type as string | undefined;
  if (type === "TSEnumName") return true;
  if (type === "ImportBinding") return /^[A-Z]/u.test(inner.name);
  const declarator = definition?.node as Node | undefined;
  if (declarator?.type !== "VariableDeclarator" || !declarator.init || depth > 6) return false;
  const variable = module.lookUp(inner.name, inner);
  const written = variable?.references.some((reference) => {
    const use = reference.identifier as Node;
    const member = use.parent;
    return member?.type === "MemberExpression" && member.object === use && member.parent.type === "AssignmentExpression" && member.parent.left === member;
  });
  return written !== true && isFixedObject(declarator.init, module, values, depth + 1);
}

function grows(variable: NonNullable<ReturnType<SourceModule["lookUp"]>>): boolean {
  return variable.references.some((reference) => {
    const use = reference.identifier as Node;
    const parent = use.parent;
    if (reference.isWrite() && !reference.init) return true;
    return parent?.type === "MemberExpression" && parent.object === use && /^(?:push|unshift|splice|add|set)$/u.test(memberName(parent) ?? "");
  });
}

/** A counting loop over a collection: its condition asks for a length, or its body takes the element at the counter. */
function countsCollection(loop: TSESTree.ForStatement, module: SourceModule): boolean {
  const counters = loop.init?.type === "VariableDeclaration" ? loop.init.declarations.flatMap((declarator) => identifiersOf(declarator.id)) : [];
  // `i += size` takes a slice each time.
  const update = loop.update;
  if (update?.type === "AssignmentExpression" && !(update.right.type === "Literal" && update.right.value === 1)) return false;
  const names = new Set(counters.map((counter) => counter.name));
  if (loop.test && /\.(?:length|size)\b/u.test(module.text.slice(...loop.test.range))) return true;
  let found = false;
  walk(loop.body, (node) => {
    if (node.type === "MemberExpression" && node.computed && node.property.type === "Identifier" && names.has(node.property.name)) found = true;
    return found ? false : undefined;
  });
  return found;
}

/** Names of what cuts a list into lists, and of what comes out. */
const CHUNK_NAMES = /(?:chunk|chunck|batch|partition|bulk)/iu;
/** What is done with a list and not with a row. */
const LIST_MEMBERS = new Set(["map", "filter", "flatMap", "forEach", "reduce", "some", "every", "join", "push", "sort", "find", "slice", "length", "at"]);

/** Is each element itself a list of rows: a chunk, a page? Then one query per element is a query per batch. */
function isChunked(loop: Repeater, module: SourceModule): boolean {
  if (loop.node.type === "ForStatement") return takesChunks(loop, module);
  const element = loop.elements.at(-1);
  if (!element) return false;
  const use = usedAs(element.name, loop.body);
  // A row may be called `batch` or `page`: what is done with it decides before any name.
  if (use !== "unknown") return use === "list";
  return CHUNK_NAMES.test(element.name) || (loop.iterated !== undefined && isChunkSource(loop.iterated, module));
}

/** `chunks[i]` in a counting loop, as far as nothing is done with it that only a row has. */
function takesChunks(loop: Repeater, module: SourceModule): boolean {
  const counters = new Set(loop.elements.map(({ name }) => name));
  let found = false;
  walk(loop.body, (node) => {
    if (node.type !== "MemberExpression" || !node.computed || node.property.type !== "Identifier" || !counters.has(node.property.name)) return undefined;
    if (!isChunkSource(node.object, module)) return undefined;
    const parent = wrapped(node).parent;
    const property = parent?.type === "MemberExpression" && parent.object === wrapped(node) ? memberName(parent) : undefined;
    if (property === undefined || LIST_MEMBERS.has(property)) found = true;
    return undefined;
  });
  return found;
}

/** `chunks`, `chunk(ids, 500)`, or a variable that holds the result of such a call. */
function isChunkSource(node: Node, module: SourceModule): boolean {
  const inner = unwrap(node);
  if (inner.type === "CallExpression") return CHUNK_NAMES.test(calleeName(inner) ?? "");
  if (inner.type === "MemberExpression") return CHUNK_NAMES.test(memberName(inner) ?? "");
  if (inner.type !== "Identifier") return false;
  if (CHUNK_NAMES.test(inner.name)) return true;
  const declarator = module.lookUp(inner.name, inner)?.defs[0]?.node as Node | undefined;
  const init = declarator?.type === "VariableDeclarator" && declarator.init ? unwrap(declarator.init) : undefined;
  const source = init?.type === "AwaitExpression" ? unwrap(init.argument) : init;
  return source?.type === "CallExpression" && CHUNK_NAMES.test(calleeName(source) ?? "");
}

/** Is a variable used as a row (`order.id`), or as a list (`chunk.map(…)`, `[...chunk]`)? */
function usedAs(name: string, body: Node): "row" | "list" | "unknown" {
  let use: "row" | "list" | "unknown" = "unknown";
  walk(body, (node) => {
    if (use === "row") return false;
    if (node.type !== "Identifier" || node.name !== name) return undefined;
    const parent = node.parent;
    if (parent.type === "MemberExpression" && parent.object === node) {
      const property = memberName(parent);
      if (property === undefined || !LIST_MEMBERS.has(property)) use = parent.computed ? use : "row";
      else if (property !== "length" && property !== "slice" && property !== "at") use = "list";
    }
    if (parent.type === "SpreadElement" && parent.parent.type !== "ObjectExpression") use = "list";
    if (parent.type === "VariableDeclarator" && parent.init === node && parent.id.type === "ObjectPattern") use = "row";
    return undefined;
  });
  return use;
}

/** Does the iteration that reaches the node always leave the loop? A search for a free name, a retry that succeeded. */
function leavesAfter(node: Node, loop: Repeater): boolean {
  if (loop.node.type === "CallExpression") return false;
  let child: Node = node;
  for (let current = node.parent; current && current !== loop.node.parent; child = current, current = current.parent) {
    if (isFunction(current)) return false;
    if (current.type === "ReturnStatement") return true;
    const statements = current.type === "BlockStatement" ? current.body : current.type === "SwitchCase" ? current.consequent : undefined;
    if (!statements) continue;
    for (const statement of leavingOf(current, statements)) {
      if (statement.range[0] < child.range[1]) continue;
      if (statement.type === "ReturnStatement") return true;
      // `if (row) continue; throw …` goes on as long as all is well.
      if (statement.type === "ThrowStatement") return !leaves(current, node.range[0], statement.range[0], ["ContinueStatement"]);
      if (statement.type === "BreakStatement") {
        if (isLeft(loop.node, statement)) return true;
        break;
      }
      // The iteration ends here, the loop does not.
      if (statement.type === "ContinueStatement") return false;
    }
  }
  return false;
}

/** Does the function always end in an error after the node, one that it does not catch itself? What calls it in a loop then leaves the loop. */
export function throwsAfter(node: Node, fn: FunctionNode): boolean {
  let thrown: Node | undefined;
  // Where another way out would have to stand: after the node, or anywhere in a loop around it.
  let [from] = node.range;
  let child: Node = node;
  for (let current = node.parent; current && current !== fn; child = current, current = current.parent) {
    if (isFunction(current) || current.type === "ReturnStatement") return false;
    if (!thrown && isLoop(current)) [from] = current.range;
    // Caught here, whatever is thrown inside.
    if (current.type === "TryStatement" && current.block === child && current.handler) thrown = undefined;
    const statements = current.type === "BlockStatement" ? current.body : current.type === "SwitchCase" ? current.consequent : undefined;
    if (thrown || !statements) continue;
    const after = leavingOf(current, statements).find((statement) => statement.range[0] >= child.range[1]);
    if (after?.type === "ThrowStatement") thrown = after;
    else if (after) return false;
  }
  return thrown !== undefined && fn.body !== null && !leaves(fn.body, from, thrown.range[0], ["ReturnStatement", "BreakStatement", "ContinueStatement"]);
}

/** Is there a statement of one of some kinds between two places of a body, in the functions of which it does not count? */
function leaves(body: Node, from: number, to: number, kinds: readonly `${Node["type"]}`[]): boolean {
  let found = false;
  walk(body, (node) => {
    if (found || node.range[1] <= from || node.range[0] >= to || isFunction(node)) return false;
    if (node.range[0] >= from && kinds.includes(node.type)) found = true;
    return undefined;
  });
  return found;
}

const leaving = new WeakMap<Node, readonly Node[]>();

/** The statements of a block with which it is left. Kept, since each call of a long block asks. */
function leavingOf(block: Node, statements: readonly Node[]): readonly Node[] {
  let found = leaving.get(block);
  if (!found) {
    found = statements.filter(({ type }) => type === "ReturnStatement" || type === "ThrowStatement" || type === "BreakStatement" || type === "ContinueStatement");
    leaving.set(block, found);
  }
  return found;
}

/** Does a `break` end the loop: it stands in no other loop or `switch` of it, or names a label outside? */
function isLeft(loop: Node, statement: TSESTree.BreakStatement): boolean {
  const { label } = statement;
  for (let current: Node | undefined = statement.parent; current; current = current.parent) {
    if (label) {
      if (current.type === "LabeledStatement" && current.label.name === label.name) return contains(current, loop);
    } else if (current.type === "SwitchStatement" || isLoop(current)) return current === loop;
  }
  return false;
}

function isLoop(node: Node): boolean {
  return node.type === "ForOfStatement" || node.type === "ForInStatement" || node.type === "ForStatement" || node.type === "WhileStatement" || node.type === "DoWhileStatement";
}

/**
 * Does an expression change from element to element: does it mention the element, something declared or assigned in the
 * body, or a call without arguments that may give another value each time?
 */
export function variesWithin(expression: Node, loop: Repeater, module: SourceModule): boolean {
  let varies = false;
  walk(expression, (node) => {
    if (varies) return false;
    if (node.type === "CallExpression" || node.type === "NewExpression") {
      // A fresh identifier, the time, a counter; a call of its own arguments alone is judged by them.
      if (node.arguments.length === 0 && !isFluent(node)) varies = true;
      return undefined;
    }
    if (node.type === "UpdateExpression" || node.type === "AwaitExpression") varies = true;
    if (node.type !== "Identifier" || isName(node)) return undefined;
    const variable = module.lookUp(node.name, node);
    if (!variable) return undefined;
    if (variable.defs.some((definition) => contains(loop.node, definition.name as Node) && !contains(expression, definition.name as Node))) varies = true;
    else if (variable.references.some((reference) => reference.isWrite() && !reference.init && contains(loop.node, reference.identifier as Node))) varies = true;
    return undefined;
  });
  return varies;
}

/** A step of a chain: `db.select().from(t)`. */
function isFluent(node: TSESTree.CallExpression | TSESTree.NewExpression): boolean {
  return node.type === "CallExpression" && node.callee.type === "MemberExpression";
}

/** A property name or key, not a variable. */
function isName(node: TSESTree.Identifier): boolean {
  const parent = node.parent;
  if (parent.type === "MemberExpression") return parent.property === node && !parent.computed;
  return parent.type === "Property" && parent.key === node && !parent.computed && !parent.shorthand;
}
