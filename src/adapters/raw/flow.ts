/**
 * How SQL text flows to a driver: through its methods, through prepared statements, and through functions of the project
 * that pass a parameter on (wrappers). Wrappers are found by reading what they do, several levels deep.
 */
import type { Delivery } from "../../query/model.js";
import { isFunction, keyName, memberName, receiverOf, unwrap, walk, wrapped, type FunctionNode, type Node } from "../../syntax/ast.js";
import type { Evaluator } from "../../syntax/evaluate.js";
import { patternPath, returnedExpressions } from "../../syntax/patterns.js";
import { entriesOf, readObject } from "../../syntax/objects.js";
import type { SourceModule } from "../../syntax/source-module.js";
import type { FunctionValue, LibraryValue } from "../../syntax/values.js";
import type { TSESTree } from "@typescript-eslint/utils";
import type { Scope } from "eslint";
import { methodOf, type Driver, type Method, type ValuesAt } from "./driver.js";

type Call = TSESTree.CallExpression;

/** An expression and the module it stands in. */
export interface Place {
  readonly node: Node;
  readonly module: SourceModule;
}

/** SQL text on its way to a driver. */
export interface Flow {
  readonly driver: Driver;
  readonly evidence: LibraryValue["evidence"];
  /** The text, or an object that holds it. */
  readonly text: Place;
  /** The expressions that hold the values of the placeholders. */
  readonly values: readonly Place[];
  readonly delivery: Delivery | undefined;
  /** Sent when the result is awaited. */
  readonly lazy: boolean;
  /** Text that the wrapper appends, which is not known here. */
  readonly appended: boolean;
  /** What the wrapper replaces in the text. */
  readonly replaced: readonly RegExp[];
}

/** A parameter of a function, or something in it. */
interface ParameterPlace {
  readonly index: number;
  readonly path: readonly string[];
  readonly appended: boolean;
  readonly replaced: readonly RegExp[];
}

interface Forwarded {
  readonly driver: Driver;
  readonly evidence: LibraryValue["evidence"];
  readonly text: ParameterPlace;
}

/** What a function of the project does with text that it is given. */
interface Summary {
  /** Sends it. */
  readonly sends: readonly (Forwarded & { readonly delivery: Delivery | undefined; readonly lazy: boolean; readonly values: readonly ParameterPlace[] })[];
  /** Returns a prepared statement of it. */
  readonly gives: readonly (Forwarded & { readonly role: string })[];
  /** Hands a prepared statement of it to a function that is passed to it. */
  readonly passes: readonly (Forwarded & { readonly role: string; readonly callback: number; readonly parameter: number })[];
}

const NOTHING: Summary = { sends: [], gives: [], passes: [] };

/** A prepared statement, seen from where it is used. */
interface Prepared {
  readonly driver: Driver;
  readonly evidence: LibraryValue["evidence"];
  readonly role: string;
  readonly text: Place;
  readonly appended: boolean;
  readonly replaced: readonly RegExp[];
  /** The call that prepares it, where it can be seen. */
  readonly at: Node;
}

/** Wrappers of wrappers are followed so many levels deep. */
const MAX_LEVELS = 6;

export class TextFlow {
  readonly #values: Evaluator;
  readonly #drivers: ReadonlyMap<string, Driver>;
  readonly #summaries = new Map<FunctionNode, Summary>();
  readonly #executed = new Map<SourceModule, ReadonlySet<Node>>();
  #level = 0;

  constructor(values: Evaluator, drivers: readonly Driver[]) {
    this.#values = values;
    this.#drivers = new Map(drivers.map((driver) => [driver.id, driver]));
  }

  /** The method of a driver that a call runs. */
  methodAt(call: Call, module: SourceModule): { readonly driver: Driver; readonly method: Method; readonly receiver: LibraryValue; readonly name: string } | undefined {
    const callee = this.#values.evaluate(call.callee, module);
    if (callee.kind !== "method") return undefined;
    const driver = this.#drivers.get(callee.receiver.library);
    const method = driver && methodOf(driver, callee.receiver.role, callee.name);
    return driver && method && { driver, method, receiver: callee.receiver, name: callee.name };
  }

  /** Texts that a call sends to a driver: itself, or through the functions it runs. */
  flowsOf(call: Call, module: SourceModule): readonly Flow[] {
    const own = this.methodAt(call, module);
    if (own) return this.#ofMethod(call, module, own.driver, own.method, own.receiver.evidence);
    const execution = this.#executionOf(call, module);
    if (execution) return execution;
    const fn = this.#values.functionOf(call, module);
    return fn ? this.#ofFunction(fn, call, module) : [];
  }

  /** The flows of a call to a known method of a driver. */
  #ofMethod(call: Call, module: SourceModule, driver: Driver, method: Method, evidence: LibraryValue["evidence"]): readonly Flow[] {
    switch (method.does) {
      case "leads":
      case "prepares":
      case "composes":
        return [];
      case "sends": {
        const text = argumentAt(call, method.text);
        return text ? [{ driver, evidence, text: { node: text, module }, values: valuesOf(call, method.values, module), delivery: method.delivery, lazy: method.lazy === true, appended: false, replaced: [] }] : [];
      }
      case "executes":
        return this.#executionOf(call, module) ?? [];
    }
  }

  /** `shape` evidence: the method of a role of the driver, whatever the receiver is. */
  flowsByShape(call: Call, module: SourceModule, driver: Driver, name: string): readonly Flow[] {
    const method = driver.shape && methodOf(driver, driver.shape.role, name);
    return method ? this.#ofMethod(call, module, driver, method, "shape") : [];
  }

  /** `statement.all(…)`: the text of the statement. */
  #executionOf(call: Call, module: SourceModule): readonly Flow[] | undefined {
    const receiver = receiverOf(call);
    const callee = unwrap(call.callee);
    const name = callee.type === "MemberExpression" ? memberName(callee) : undefined;
    if (!receiver || name === undefined || !this.#mayExecute(name)) return undefined;
    const prepared = this.preparedAt(receiver, module);
    if (!prepared) return undefined;
    const method = methodOf(prepared.driver, prepared.role, name);
    if (method?.does !== "executes") return undefined;
    const { driver, evidence, text, appended, replaced } = prepared;
    return [{ driver, evidence, text, values: valuesOf(call, method.values, module), delivery: method.delivery, lazy: false, appended, replaced }];
  }

  #mayExecute(name: string): boolean {
    for (const driver of this.#drivers.values()) for (const role of Object.keys(driver.roles)) if (methodOf(driver, role, name)?.does === "executes") return true;
    return false;
  }

  /** The prepared statement an expression is, with its text. */
  preparedAt(node: Node, module: SourceModule, depth = 0): Prepared | undefined {
    if (depth > 8) return undefined;
    const inner = unwrap(node);
    switch (inner.type) {
      case "AwaitExpression":
        return this.preparedAt(inner.argument, module, depth + 1);
      case "AssignmentExpression":
        return this.preparedAt(inner.right, module, depth + 1);
      case "ConditionalExpression":
        return this.preparedAt(inner.consequent, module, depth + 1) ?? this.preparedAt(inner.alternate, module, depth + 1);
      case "LogicalExpression":
        return this.preparedAt(inner.left, module, depth + 1) ?? this.preparedAt(inner.right, module, depth + 1);
      case "CallExpression": {
        const made = this.#preparedBy(inner, module, depth);
        if (made) return made;
        break;
      }
      case "Identifier": {
        const definition = module.lookUp(inner.name, inner)?.defs[0];
        const declarator = definition?.node as Node | undefined;
        if (declarator?.type === "VariableDeclarator" && declarator.id.type === "Identifier" && declarator.init) {
          const made = this.preparedAt(declarator.init, module, depth + 1);
          if (made) return made;
        }
        if ((definition?.type as string | undefined) === "Parameter" && isFunction(declarator)) {
          const passed = this.#passedTo(declarator, inner, module);
          if (passed) return passed;
        }
        break;
      }
      default:
    }
    const value = this.#values.evaluate(inner, module);
    if (value.kind !== "library" || value.at?.node.type !== "CallExpression") return undefined;
    const at = value.at.node;
    const own = this.methodAt(at, value.at.module);
    const text = own?.method.does === "prepares" ? argumentAt(at, own.method.text) : undefined;
    return own && text ? { driver: own.driver, evidence: value.evidence, role: value.role, text: { node: text, module: value.at.module }, appended: false, replaced: [], at } : undefined;
  }

  #preparedBy(call: Call, module: SourceModule, depth: number): Prepared | undefined {
    const own = this.methodAt(call, module);
    if (own) {
      const { driver, method, receiver } = own;
      if (method.does === "prepares") {
        const text = argumentAt(call, method.text);
        return text && { driver, evidence: receiver.evidence, role: method.gives, text: { node: text, module }, appended: false, replaced: [], at: call };
      }
    }
    // `.pluck()`, `.raw()`: still the statement.
    const object = receiverOf(call);
    const callee = unwrap(call.callee);
    const name = callee.type === "MemberExpression" ? memberName(callee) : undefined;
    if (object && name !== undefined && this.#leadsToItself(name)) {
      const inner = this.preparedAt(object, module, depth + 1);
      const method = inner && methodOf(inner.driver, inner.role, name);
      if (inner && method?.does === "leads" && method.gives === inner.role) return inner;
    }
    const fn = own ? undefined : this.#values.functionOf(call, module);
    const given = fn && this.#summaryOf(fn).gives[0];
    const text = given && placeAt(call, given.text, module, this.#values);
    return given && text ? { driver: given.driver, evidence: given.evidence, role: given.role, text, appended: given.text.appended, replaced: given.text.replaced, at: call } : undefined;
  }

  #leadsToItself(name: string): boolean {
    for (const driver of this.#drivers.values()) {
      for (const role of Object.keys(driver.roles)) {
        const method = methodOf(driver, role, name);
        if (method?.does === "leads" && method.gives === role) return true;
      }
    }
    return false;
  }

  /** `wrap(query, s => s.all())`: the parameter of a callback to which a function passes a prepared statement. */
  #passedTo(fn: FunctionNode, identifier: TSESTree.Identifier, module: SourceModule): Prepared | undefined {
    const outer = wrapped(fn);
    const call = outer.parent;
    if (call?.type !== "CallExpression") return undefined;
    const callback = call.arguments.findIndex((argument) => argument === outer);
    const parameter = fn.params.findIndex((item) => item.type === "Identifier" && item.name === identifier.name);
    const target = callback < 0 || parameter < 0 ? undefined : this.#values.functionOf(call, module);
    const passed = target && this.#summaryOf(target).passes.find((item) => item.callback === callback && item.parameter === parameter);
    const text = passed && placeAt(call, passed.text, module, this.#values);
    return passed && text ? { driver: passed.driver, evidence: passed.evidence, role: passed.role, text, appended: passed.text.appended, replaced: passed.text.replaced, at: call } : undefined;
  }

  #ofFunction(fn: FunctionValue, call: Call, module: SourceModule): readonly Flow[] {
    return this.#summaryOf(fn).sends.flatMap(({ driver, evidence, text, values, delivery, lazy }): Flow[] => {
      const place = placeAt(call, text, module, this.#values);
      if (!place) return [];
      const bound = values.map((value) => placeAt(call, value, module, this.#values)).filter((value) => value !== undefined);
      return [{ driver, evidence, text: place, values: bound, delivery, lazy, appended: text.appended, replaced: text.replaced }];
    });
  }

  #summaryOf(fn: FunctionValue): Summary {
    const known = this.#summaries.get(fn.node);
    if (known) return known;
    if (this.#level >= MAX_LEVELS || !fn.node.body || fn.node.params.length === 0) return NOTHING;
    // Recursion ends: a function that is being read forwards nothing.
    this.#summaries.set(fn.node, NOTHING);
    this.#level++;
    try {
      const summary = this.#read(fn);
      this.#summaries.set(fn.node, summary);
      return summary;
    } finally {
      this.#level--;
    }
  }

  #read({ node: fn, module }: FunctionValue): Summary {
    const sends: Summary["sends"][number][] = [];
    const passes: Summary["passes"][number][] = [];
    const held: { readonly prepared: Prepared; readonly text: ParameterPlace; readonly call: Call }[] = [];
    const place = (text: Place, appended: boolean, replaced: readonly RegExp[]): ParameterPlace | undefined => {
      const found = text.module === module ? parameterOf(text.node, fn, module) : undefined;
      return found && { ...found, appended: found.appended || appended, replaced: [...found.replaced, ...replaced] };
    };
    if (!fn.body) return NOTHING;
    walk(fn.body, (node) => {
      if (node.type !== "CallExpression") return undefined;
      for (const flow of this.flowsOf(node, module)) {
        const text = place(flow.text, flow.appended, flow.replaced);
        if (!text) continue;
        const values = flow.values.map((value) => (value.module === module ? parameterOf(value.node, fn, module) : undefined)).filter((value) => value !== undefined);
        sends.push({ driver: flow.driver, evidence: flow.evidence, text, values, delivery: flow.delivery, lazy: flow.lazy });
      }
      const prepared = this.#preparedBy(node, module, 0);
      const text = prepared && place(prepared.text, prepared.appended, prepared.replaced);
      if (prepared && text) held.push({ prepared, text, call: node });
      // `func(statement)`
      const callback = unwrap(node.callee);
      const target = callback.type === "Identifier" ? parameterOf(callback, fn, module) : undefined;
      if (target?.path.length !== 0) return undefined;
      for (const [parameter, argument] of node.arguments.entries()) {
        const passed = argument.type === "SpreadElement" ? undefined : this.preparedAt(argument, module);
        const from = passed && place(passed.text, passed.appended, passed.replaced);
        if (passed && from) passes.push({ driver: passed.driver, evidence: passed.evidence, role: passed.role, text: from, callback: target.index, parameter });
      }
      return undefined;
    });
    const gives = returnedExpressions(fn).flatMap((returned) => {
      const prepared = this.preparedAt(returned, module);
      const text = prepared && place(prepared.text, prepared.appended, prepared.replaced);
      if (prepared && text) return [{ driver: prepared.driver, evidence: prepared.evidence, role: prepared.role, text }];
      const kept = held.find(({ call }) => isKeptAs(call, returned, module));
      return kept ? [{ driver: kept.prepared.driver, evidence: kept.prepared.evidence, role: kept.prepared.role, text: kept.text }] : [];
    });
    return { sends, gives, passes };
  }

  /** The calls of a module that prepare a statement which the module itself executes: their executions are the sites. */
  executed(module: SourceModule): ReadonlySet<Node> {
    const known = this.#executed.get(module);
    if (known) return known;
    const calls = new Set<Node>();
    this.#executed.set(module, calls);
    walk(module.program, (node) => {
      if (node.type !== "CallExpression") return undefined;
      const receiver = receiverOf(node);
      const callee = unwrap(node.callee);
      const name = callee.type === "MemberExpression" ? memberName(callee) : undefined;
      const prepared = receiver && name !== undefined && this.#mayExecute(name) ? this.preparedAt(receiver, module) : undefined;
      if (prepared) calls.add(prepared.at);
      return undefined;
    });
    return calls;
  }

  /** Is the text nothing but a parameter of a function that others call? Then each of its calls is the site. */
  isForwarded(text: Place): boolean {
    for (let node = text.node.parent; node; node = node.parent) {
      if (!isFunction(node) || !isCallable(node)) continue;
      const place = parameterOf(text.node, node, text.module);
      if (place && place.path.length <= 1) return true;
    }
    return false;
  }
}

/** A function that code calls by a name: declared, a method, held or returned. Not one that is handed to a call, which decides what it is given. */
function isCallable(fn: FunctionNode): boolean {
  const parent = wrapped(fn).parent;
  return parent?.type !== "CallExpression" && parent?.type !== "NewExpression";
}

/** `cache[sql] = db.prepare(sql); … return cache[sql]` and `cache.set(sql, statement); … return cache.get(sql)`. */
function isKeptAs(prepared: Call, returned: Node, module: SourceModule): boolean {
  const text = (node: Node): string => module.text.slice(...node.range);
  const result = unwrap(returned);
  let holder: Node = wrapped(prepared);
  for (;;) {
    const parent: Node | undefined = holder.parent;
    if (parent?.type === "AssignmentExpression" && parent.right === holder) {
      if (text(parent.left) === text(result)) return true;
      holder = parent;
      continue;
    }
    if (parent?.type === "AwaitExpression") {
      holder = parent;
      continue;
    }
    if (parent?.type === "VariableDeclarator" && parent.id.type === "Identifier") {
      if (result.type === "Identifier" && result.name === parent.id.name) return true;
      return result.type === "CallExpression" && isStored(result, parent.id, module);
    }
    if (parent?.type === "CallExpression") return result.type === "CallExpression" && isGetOf(result, parent);
    return false;
  }
}

/** `cache.set(key, statement)` somewhere in the file, for `cache.get(key)`. */
function isStored(get: Call, variable: TSESTree.Identifier, module: SourceModule): boolean {
  return (
    module.lookUp(variable.name, variable)?.references.some((reference) => {
      const use = reference.identifier as Node;
      return use.parent?.type === "CallExpression" && isGetOf(get, use.parent);
    }) === true
  );
}

function isGetOf(get: Call, set: Call): boolean {
  const from = unwrap(get.callee);
  const to = unwrap(set.callee);
  return from.type === "MemberExpression" && to.type === "MemberExpression" && memberName(from) === "get" && memberName(to) === "set" && sameName(from.object, to.object);
}

function sameName(a: Node, b: Node): boolean {
  if (a.type === "Identifier" && b.type === "Identifier") return a.name === b.name;
  return a.type === "MemberExpression" && b.type === "MemberExpression" && a.object.type === "ThisExpression" && b.object.type === "ThisExpression" && memberName(a) === memberName(b);
}

/** The argument at a position; the array that is spread there, when it is the function's own rest parameter, stands for it. */
function argumentAt(call: Call, index: number): Node | undefined {
  for (const [position, argument] of call.arguments.entries()) {
    if (argument.type === "SpreadElement") return argument;
    if (position === index) return argument;
  }
  return undefined;
}

function valuesOf(call: Call, at: ValuesAt | undefined, module: SourceModule): readonly Place[] {
  if (!at) return [];
  const nodes = "argument" in at ? call.arguments.slice(at.argument, at.argument + 1) : call.arguments.slice(at.restFrom);
  return nodes.filter((node) => !isFunction(unwrap(node))).map((node) => ({ node, module }));
}

/** What a call passes at a place of a parameter of the function it runs. */
function placeAt(call: Call, place: ParameterPlace, module: SourceModule, values: Evaluator): Place | undefined {
  const argument = call.arguments[place.index];
  if (!argument || call.arguments.slice(0, place.index + 1).some((item) => item.type === "SpreadElement")) {
    const last = call.arguments.at(-1);
    return last?.type === "SpreadElement" && call.arguments.length <= place.index + 1 && place.path.length === 0 ? { node: last, module } : undefined;
  }
  let current: Place = { node: argument, module };
  for (const key of place.path) {
    const entry = entriesOf(readObject(current.node, current.module, values), key).at(-1);
    if (!entry) return undefined;
    current = { node: entry.value, module: entry.module };
  }
  return current;
}

/** The parameter of a function that an expression in it is, with what is done to it on the way. */
export function parameterOf(node: Node, fn: FunctionNode, module: SourceModule, depth = 0): ParameterPlace | undefined {
  if (depth > 10) return undefined;
  const inner = unwrap(node);
  switch (inner.type) {
    case "Identifier": {
      const variable = module.lookUp(inner.name, inner);
      const definition = variable?.defs[0];
      if (!definition) return undefined;
      const owner = definition.node as Node;
      const name = definition.name as TSESTree.Identifier;
      if (owner === fn) {
        for (const [index, parameter] of fn.params.entries()) {
          const path = patternPath(parameter.type === "TSParameterProperty" ? parameter.parameter : parameter, name);
          if (path) return { index, path, appended: false, replaced: [] };
        }
        return undefined;
      }
      if (owner.type !== "VariableDeclarator" || !owner.init) return undefined;
      const path = patternPath(owner.id, name);
      const source = path && parameterOf(owner.init, fn, module, depth + 1);
      return source && { ...source, path: [...source.path, ...path], appended: source.appended || isExtended(variable) };
    }
    case "SpreadElement": {
      const rest = unwrap(inner.argument);
      const index = fn.params.findIndex((parameter) => parameter.type === "RestElement" && parameter.argument.type === "Identifier" && rest.type === "Identifier" && parameter.argument.name === rest.name);
      return index < 0 || module.lookUp(rest.type === "Identifier" ? rest.name : "", rest)?.defs[0]?.node !== fn ? undefined : { index, path: [], appended: false, replaced: [] };
    }
    case "MemberExpression": {
      const name = memberName(inner);
      const source = name === undefined ? undefined : parameterOf(inner.object, fn, module, depth + 1);
      return source && name !== undefined ? { ...source, path: [...source.path, name] } : undefined;
    }
    case "AwaitExpression":
      return parameterOf(inner.argument, fn, module, depth + 1);
    case "ConditionalExpression":
      return parameterOf(inner.consequent, fn, module, depth + 1) ?? parameterOf(inner.alternate, fn, module, depth + 1);
    case "LogicalExpression":
      return parameterOf(inner.left, fn, module, depth + 1) ?? parameterOf(inner.right, fn, module, depth + 1);
    case "CallExpression":
      return throughCall(inner, fn, module, depth);
    case "TemplateLiteral": {
      const [first, ...rest] = inner.quasis;
      const [expression] = inner.expressions;
      // Blanks and comments in front change nothing.
      if (!expression || !/^(?:\s|\/\*[\s\S]*?\*\/)*$/u.test(first?.value.raw ?? "x")) return undefined;
      const source = parameterOf(expression, fn, module, depth + 1);
      return source && { ...source, appended: source.appended || inner.expressions.length > 1 || rest.some((quasi) => !/^[\s;]*$/u.test(quasi.value.raw)) };
    }
    case "BinaryExpression": {
      const source = inner.operator === "+" ? parameterOf(inner.left, fn, module, depth + 1) : undefined;
      return source && { ...source, appended: true };
    }
    case "ObjectExpression": {
      // `pool.query({ text: sql, values })`
      for (const property of inner.properties) {
        const key = property.type === "Property" ? keyName(property) : undefined;
        if (property.type === "Property" && (key === "text" || key === "sql")) return parameterOf(property.value, fn, module, depth + 1);
        // `{ …config, rowMode: "array" }`
        if (property.type === "SpreadElement") {
          const source = parameterOf(property.argument, fn, module, depth + 1);
          if (source) return source;
        }
      }
      return undefined;
    }
    default:
      return undefined;
  }
}

const UNCHANGED = new Set(["trim", "trimStart", "trimEnd", "toString", "normalize"]);

function throughCall(call: Call, fn: FunctionNode, module: SourceModule, depth: number): ParameterPlace | undefined {
  const receiver = receiverOf(call);
  const callee = unwrap(call.callee);
  const [first] = call.arguments;
  if (!receiver) return callee.type === "Identifier" && callee.name === "String" && first && first.type !== "SpreadElement" ? parameterOf(first, fn, module, depth + 1) : undefined;
  const name = callee.type === "MemberExpression" ? (memberName(callee) ?? "") : "";
  if (UNCHANGED.has(name)) return parameterOf(receiver, fn, module, depth + 1);
  if ((name !== "replace" && name !== "replaceAll") || !first) return undefined;
  const source = parameterOf(receiver, fn, module, depth + 1);
  const pattern = unwrap(first);
  if (!source || pattern.type !== "Literal") return undefined;
  if (typeof pattern.value === "string") return { ...source, replaced: [...source.replaced, new RegExp(pattern.value.replace(/[$.*+?^{}()|[\]\\]/gu, String.raw`\$&`), "gu")] };
  if (!(pattern.value instanceof RegExp)) return undefined;
  return { ...source, replaced: [...source.replaced, new RegExp(pattern.value.source, pattern.value.flags.includes("g") ? pattern.value.flags : `${pattern.value.flags}g`)] };
}

/** The variable is written again: `sql += …`. */
function isExtended(variable: Scope.Variable | undefined): boolean {
  return variable !== undefined && variable.references.some((reference) => reference.isWrite() && reference.init !== true);
}
