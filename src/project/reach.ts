/** Which queries a call issues through functions of the project, in this file and in others. */
import type { TSESTree } from "@typescript-eslint/utils";
import { isOpaque, type HostExpression, type Opaque, type Query } from "../query/model.js";
import type { ReachedQuery } from "../facts/execution.js";
import { calleeName, contains, isFunction, memberName, unwrap, walk, type FunctionNode, type Node } from "../syntax/ast.js";
import type { Evaluator } from "../syntax/evaluate.js";
import { surroundingsOf } from "../syntax/repeaters.js";
import type { SourceModule } from "../syntax/source-module.js";
import type { FunctionValue } from "../syntax/values.js";

export interface ReachOptions {
  readonly values: Evaluator;
  /** Recognised sites of a module. */
  readonly sitesOf: (module: SourceModule) => readonly (Query | Opaque)[];
}

/** How many functions a way may lead through. */
const MAX_DEPTH = 4;
/** Calls looked at for one linted file; more than any file written by hand asks for. */
const MAX_CALLS = 3_000;

interface Issued {
  readonly query: Query;
  readonly via: readonly string[];
  readonly module: SourceModule;
  readonly owner: FunctionNode;
}

export class Reach {
  readonly #options: ReachOptions;
  readonly #issued = new Map<FunctionNode, readonly Issued[]>();
  #calls = 0;

  constructor(options: ReachOptions) {
    this.#options = options;
  }

  /** Queries that one call issues. Empty for a call that leaves the project or that nothing is known of. */
  from(call: TSESTree.CallExpression, module: SourceModule): readonly ReachedQuery[] {
    const fn = this.#function(call, module);
    if (!fn) return [];
    const name = nameOf(fn.node, call);
    return this.#of(fn, 1, new Set()).map(({ query, via, module: home, owner }) => ({
      query,
      via: [name, ...via],
      module: home,
      argument: (expression) => (owner === fn.node ? argumentFor(expression, fn, call) : undefined),
    }));
  }

  #function(call: TSESTree.CallExpression, module: SourceModule): FunctionValue | undefined {
    if (++this.#calls > MAX_CALLS) return undefined;
    return this.#options.values.functionOf(call, module);
  }

  #of(fn: FunctionValue, depth: number, running: ReadonlySet<FunctionNode>): readonly Issued[] {
    const known = this.#issued.get(fn.node);
    if (known) return known;
    if (running.has(fn.node) || !fn.node.body) return [];
    const { values, sitesOf } = this.#options;
    const { module } = fn;
    const issued: Issued[] = [];
    const own = sitesOf(module).filter((site) => contains(fn.node, site.site.node as Node) && runsIn(site.site.node as Node, fn.node, module, values));
    for (const site of own) {
      if (!isOpaque(site) && !isMemoised(site.site.node as Node, fn.node, module)) issued.push({ query: site, via: [], module, owner: fn.node });
    }
    if (depth < MAX_DEPTH) {
      const next = new Set([...running, fn.node]);
      walk(fn.node.body, (node) => {
        if (node.type !== "CallExpression" || own.some((site) => site.site.node.range[0] === node.range[0] && site.site.node.range[1] >= node.range[1])) return undefined;
        if (!isPlausible(node)) return undefined;
        const target = this.#function(node, module);
        if (!target || target.node === fn.node || !runsIn(node, fn.node, module, values) || isMemoised(node, fn.node, module)) return undefined;
        for (const found of this.#of(target, depth + 1, next)) issued.push({ ...found, via: [nameOf(target.node, node), ...found.via] });
        return undefined;
      });
    }
    // What was found while a cycle was cut short is right for this caller, not for every other.
    if (running.size === 0) this.#issued.set(fn.node, issued);
    return issued;
  }
}

/** Calls that can lead to a query: of a name or of a member, not of a result, and not of a language built-in. */
function isPlausible(call: TSESTree.CallExpression): boolean {
  const callee = unwrap(call.callee);
  if (callee.type === "Identifier") return callee.name !== "require";
  if (callee.type !== "MemberExpression") return false;
  const root = unwrap(callee.object);
  return !(root.type === "Identifier" && /^(?:Promise|Object|Array|JSON|Math|console|Number|String|Date|z|log|logger)$/u.test(root.name));
}

/** Does a call of the function run the node, callbacks that run in place included? */
function runsIn(node: Node, fn: FunctionNode, module: SourceModule, values: Evaluator): boolean {
  return surroundingsOf(node, module, values).home === fn;
}

/** Is the node reached only when a cache lacks the answer: `if (cache.has(key)) return …` stands before it? */
function isMemoised(node: Node, fn: FunctionNode, module: SourceModule): boolean {
  if (fn.body?.type !== "BlockStatement") return false;
  for (const statement of fn.body.body) {
    if (statement.range[0] >= node.range[0]) return false;
    if (statement.type !== "IfStatement" || !endsInReturn(statement.consequent)) continue;
    const test = module.text.slice(...statement.test.range);
    if (/\.has\(|\.get\(|(?:cache|memo)/iu.test(test)) return true;
  }
  return false;
}

function endsInReturn(node: Node): boolean {
  if (node.type === "ReturnStatement") return true;
  const last = node.type === "BlockStatement" ? node.body.at(-1) : undefined;
  return last?.type === "ReturnStatement";
}

/** The argument of the call that an expression of the function, its own parameter, stands for. */
function argumentFor(expression: HostExpression, fn: FunctionValue, call: TSESTree.CallExpression): Node | undefined {
  let root = unwrap(expression as Node);
  while (root.type === "CallExpression" && unwrap(root.callee).type === "MemberExpression") {
    const callee = unwrap(root.callee);
    if (callee.type !== "MemberExpression") break;
    root = unwrap(callee.object);
  }
  if (root.type !== "Identifier") return undefined;
  const { name } = root;
  const index = fn.node.params.findIndex((parameter) => (parameter.type === "Identifier" && parameter.name === name) || (parameter.type === "AssignmentPattern" && parameter.left.type === "Identifier" && parameter.left.name === name));
  return index < 0 ? undefined : call.arguments[index];
}

/** The name a function goes by at a call. */
function nameOf(fn: FunctionNode, call: TSESTree.CallExpression): string {
  const called = calleeName(call);
  if (called !== undefined) return called;
  if (fn.id) return fn.id.name;
  const parent = fn.parent;
  if (parent?.type === "VariableDeclarator" && parent.id.type === "Identifier") return parent.id.name;
  if ((parent?.type === "MethodDefinition" || parent?.type === "Property") && parent.key.type === "Identifier") return parent.key.name;
  return parent?.type === "MemberExpression" ? (memberName(parent) ?? "a function") : "a function";
}

/** Functions given to an iterating call by name: `items.forEach(save)`, `Promise.all(ids.map(load))`. */
export function namedCallback(call: TSESTree.CallExpression): Node | undefined {
  const name = calleeName(call);
  if (name === undefined || !/^(?:map|forEach|flatMap|pMap|each|eachSeries|mapSeries)$/u.test(name)) return undefined;
  const candidate = call.arguments.find((argument) => argument.type === "Identifier" || argument.type === "MemberExpression");
  return candidate && !isFunction(candidate) ? candidate : undefined;
}
