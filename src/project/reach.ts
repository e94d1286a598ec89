/** Which queries a call issues through functions of the project, in this file and in others. */
import type { TSESTree } from "@typescript-eslint/utils";
import { isOpaque, type HostExpression, type Opaque, type Query, type TableRef } from "../query/model.js";
import type { ReachedQuery } from "../facts/execution.js";
import { calleeName, contains, keyName, memberName, unwrap, walk, type FunctionNode, type Node } from "../syntax/ast.js";
import type { Evaluator } from "../syntax/evaluate.js";
import { patternPath } from "../syntax/patterns.js";
import { namedIterationOf, surroundingsOf, throwsAfter, type Repeater } from "../syntax/repeaters.js";
import type { SourceModule } from "../syntax/source-module.js";
import type { FunctionValue } from "../syntax/values.js";

export interface ReachOptions {
  readonly values: Evaluator;
  /** Recognised sites of a module. */
  readonly sitesOf: (module: SourceModule) => readonly (Query | Opaque)[];
  /** Who knows what functions of other modules than `own` issue: kept from file to file. */
  readonly elsewhere?: { readonly own: SourceModule; readonly reach: Reach };
}

/** How many functions a way may lead through. */
const MAX_DEPTH = 4;
/** Calls looked at for one linted file, and for one function of another module; more than code written by hand asks for. */
const MAX_CALLS = 3_000;

interface Issued {
  readonly query: Query;
  readonly via: readonly string[];
  readonly module: SourceModule;
  /** No branch stands around it, nor around a call on the way to it. */
  readonly always: boolean;
  /** What an expression of the query's function is in terms of the function that issues it. */
  readonly place: (expression: HostExpression) => HostExpression | undefined;
}

/** What a call that is given a function by name makes of the queries of that function. */
export interface ReachedByName {
  readonly reached: readonly ReachedQuery[];
  readonly repeater: Repeater;
}

export class Reach {
  readonly #options: ReachOptions;
  /** By function and by the depth it was met at. */
  readonly #issued = new Map<FunctionNode, Map<number, readonly Issued[]>>();
  #calls = 0;
  /** A cycle was cut short: what is found is right for this caller, not for every other. */
  #cut = false;

  constructor(options: ReachOptions) {
    this.#options = options;
  }

  /** Queries that one call issues. Empty for a call that leaves the project or that nothing is known of. */
  from(call: TSESTree.CallExpression, module: SourceModule): readonly ReachedQuery[] {
    const fn = this.#function(call, module);
    if (!fn || this.#descends(call, fn.node, module)) return [];
    const name = nameOf(fn.node, call.callee);
    return this.#of(fn, 1, new Set()).map(({ query, via, module: home, always, place }) => ({
      query: this.#calledOn(query, call, module),
      via: [name, ...via],
      module: home,
      always,
      argument(expression) {
        const own = place(expression);
        return own && argumentFor(own as Node, fn, call);
      },
    }));
  }

  /** Queries that a call issues once per element through a function it is given by name: `ids.map(load)`. */
  byName(call: TSESTree.CallExpression, module: SourceModule): ReachedByName | undefined {
    const named = this.#named(call, module);
    const repeater = named?.iteration.repeater(named.fn.node);
    if (!named || !repeater || this.#descends(call, named.fn.node, module, repeater)) return undefined;
    const name = nameOf(named.fn.node, named.iteration.callback);
    const reached = this.#of(named.fn, 1, new Set()).map(({ query, via, module: home, always, place }) => ({
      query,
      via: [name, ...via],
      module: home,
      always,
      // The function's own parameter is the element.
      argument: (expression: HostExpression) => place(expression) as Node | undefined,
    }));
    return { reached, repeater };
  }

  /**
   * Does a function call itself for the parts of its own argument: `walk(node) { for (const child of node.children) walk(child) }`?
   * The tree is in memory, and each node asks something of its own; who calls the function in a loop repeats it.
   */
  #descends(call: TSESTree.CallExpression, fn: FunctionNode, module: SourceModule, named?: Repeater): boolean {
    if (!contains(fn, call)) return false;
    const { repeaters, home } = surroundingsOf(call, module, this.#options.values);
    const iterated = (named ?? repeaters[0])?.iterated;
    const root = iterated && rootOf(iterated);
    return home === fn && root !== undefined && (module.lookUp(root.name, root)?.defs[0]?.node as Node | undefined) === fn;
  }

  /** The query of an inherited method, about the class that the method is called on. */
  #calledOn(query: Query, call: TSESTree.CallExpression, module: SourceModule): Query {
    const read = query.sources.some((source) => source.kind === "table" && source.table.inherited);
    const callee = unwrap(call.callee);
    if ((!read && !query.target?.inherited) || callee.type !== "MemberExpression") return query;
    const value = this.#options.values.evaluate(callee.object, module);
    const owner = value.kind === "library" ? value.owner : value.kind === "class" || value.kind === "instance" ? value : undefined;
    const name = owner?.node.id?.name;
    if (name === undefined) return query;
    const about = (table: TableRef): TableRef => (table.inherited && table.model !== name ? { ...table, name, alias: name, model: name } : table);
    return { ...query, ...(query.target && { target: about(query.target) }), sources: query.sources.map((source) => (source.kind === "table" ? { ...source, table: about(source.table) } : source)) };
  }

  #named(call: TSESTree.CallExpression, module: SourceModule): { readonly iteration: NonNullable<ReturnType<typeof namedIterationOf>>; readonly fn: FunctionValue } | undefined {
    const iteration = namedIterationOf(call, module, this.#options.values);
    if (!iteration || ++this.#calls > MAX_CALLS) return undefined;
    const value = this.#options.values.evaluate(iteration.callback, module);
    return value.kind === "function" ? { iteration, fn: value } : undefined;
  }

  #function(call: TSESTree.CallExpression, module: SourceModule): FunctionValue | undefined {
    if (++this.#calls > MAX_CALLS) return undefined;
    return this.#options.values.functionOf(call, module);
  }

  /** Queries that one call of a function of another module issues. */
  issuedBy(fn: FunctionValue): readonly Issued[] {
    this.#calls = 0;
    return this.#of(fn, 1, new Set());
  }

  #of(fn: FunctionValue, depth: number, running: ReadonlySet<FunctionNode>): readonly Issued[] {
    const { values, sitesOf, elsewhere } = this.#options;
    if (elsewhere && fn.module !== elsewhere.own) return elsewhere.reach.issuedBy(fn);
    const known = this.#issued.get(fn.node)?.get(depth);
    if (known) return known;
    if (running.has(fn.node)) this.#cut = true;
    if (running.has(fn.node) || !fn.node.body) return [];
    const outerCut = this.#cut;
    this.#cut = false;
    const { module } = fn;
    const issued: Issued[] = [];
    const own = sitesOf(module).filter((site) => contains(fn.node, site.site.node as Node) && runsIn(site.site.node as Node, fn.node, module, values));
    for (const site of own) {
      if (!isOpaque(site) && !isRare(site.site.node as Node, fn.node, module)) issued.push({ query: site, via: [], module, always: !isInBranch(site.site.node as Node, fn.node), place: (expression) => expression });
    }
    if (depth < MAX_DEPTH) {
      const next = new Set([...running, fn.node]);
      walk(fn.node.body, (node) => {
        if (node.type !== "CallExpression" || own.some((site) => site.site.node.range[0] === node.range[0] && site.site.node.range[1] >= node.range[1])) return undefined;
        if (!isPlausible(node)) return undefined;
        const called = this.#function(node, module);
        const named = called ? undefined : this.#named(node, module);
        const target = called ?? named?.fn;
        if (!target || target.node === fn.node || !runsIn(node, fn.node, module, values) || isRare(node, fn.node, module)) return undefined;
        const name = nameOf(target.node, named ? named.iteration.callback : node.callee);
        const always = !isInBranch(node, fn.node);
        for (const found of this.#of(target, depth + 1, next)) {
          const place = (expression: HostExpression): HostExpression | undefined => {
            const own = called && found.place(expression);
            return own && argumentFor(own as Node, target, node);
          };
          issued.push({ ...found, query: called ? this.#calledOn(found.query, node, module) : found.query, via: [name, ...found.via], always: always && found.always, place });
        }
        return undefined;
      });
    }
    if (running.size === 0 || !this.#cut) {
      const byDepth = this.#issued.get(fn.node);
      if (byDepth) byDepth.set(depth, issued);
      else this.#issued.set(fn.node, new Map([[depth, issued]]));
    }
    this.#cut ||= outerCut;
    return issued;
  }
}

/** The variable whose part an expression is: `node` of `node.children`, of `node.children ?? []`. */
function rootOf(node: Node): TSESTree.Identifier | undefined {
  const inner = unwrap(node);
  if (inner.type === "Identifier") return inner;
  if (inner.type === "MemberExpression") return rootOf(inner.object);
  return inner.type === "LogicalExpression" ? rootOf(inner.left) : undefined;
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

/** Does the node stand in a branch of the function, which a call may or may not take? */
function isInBranch(node: Node, fn: FunctionNode): boolean {
  for (let child: Node = node, parent = node.parent; parent && child !== fn; child = parent, parent = parent.parent) {
    switch (parent.type) {
      case "IfStatement":
      case "ConditionalExpression":
        if (parent.test !== child) return true;
        break;
      case "LogicalExpression":
        if (parent.right === child) return true;
        break;
      case "SwitchCase":
      case "CatchClause":
        return true;
      default:
    }
  }
  return false;
}

/** Does a call of the function reach the node seldom: what a cache lacks, or on the way out with an error? */
function isRare(node: Node, fn: FunctionNode, module: SourceModule): boolean {
  return isMemoised(node, fn, module) || throwsAfter(node, fn);
}

const CACHE = /\.has\(|\.get\(|(?:cache|memo)/iu;

/**
 * Is the node reached only when a cache lacks the answer: `if (cache.has(key)) return …` stands before it, or it stands in
 * the branch for what is not there yet (`if (!known) …`, `known ?? …`, `cache[key] ??= …`)?
 */
function isMemoised(node: Node, fn: FunctionNode, module: SourceModule): boolean {
  if (fn.body?.type !== "BlockStatement") return isFallback(node, fn, module, "");
  let known = "";
  for (const statement of fn.body.body) {
    if (statement.range[0] >= node.range[0] || contains(statement, node)) break;
    if (statement.type === "VariableDeclaration") {
      for (const { id, init } of statement.declarations) if (init && id.type === "Identifier" && CACHE.test(module.text.slice(...init.range)) && !contains(init, node)) known += ` ${id.name} `;
    }
    if (statement.type === "IfStatement" && endsInReturn(statement.consequent) && asksCache(statement.test, module, known)) return true;
  }
  return isFallback(node, fn, module, known);
}

function isFallback(node: Node, fn: FunctionNode, module: SourceModule, known: string): boolean {
  for (let child: Node = node, parent = node.parent; parent && child !== fn; child = parent, parent = parent.parent) {
    if (parent.type === "IfStatement" && parent.test !== child && asksCache(parent.test, module, known)) return true;
    if (parent.type === "LogicalExpression" && parent.right === child && parent.operator !== "&&" && asksCache(parent.left, module, known)) return true;
    if (parent.type === "AssignmentExpression" && parent.right === child && (parent.operator === "??=" || parent.operator === "||=") && parent.left.type === "MemberExpression") return true;
  }
  return false;
}

/** Does a test ask a cache, or a variable that holds what a cache gave? */
function asksCache(test: Node, module: SourceModule, known: string): boolean {
  const text = module.text.slice(...test.range);
  if (CACHE.test(text)) return true;
  return known !== "" && [...text.matchAll(/[\w$]+/gu)].some(([word]) => known.includes(` ${word} `));
}

function endsInReturn(node: Node): boolean {
  if (node.type === "ReturnStatement") return true;
  const last = node.type === "BlockStatement" ? node.body.at(-1) : undefined;
  return last?.type === "ReturnStatement";
}

/** The argument of the call that an expression of the function stands for: its own parameter, or what is made of one in steps. */
function argumentFor(expression: Node, fn: FunctionValue, call: TSESTree.CallExpression, depth = 0): Node | undefined {
  let root = unwrap(expression);
  while (root.type === "CallExpression" || root.type === "SpreadElement") {
    if (root.type === "SpreadElement") root = unwrap(root.argument);
    else {
      const callee = unwrap(root.callee);
      if (callee.type !== "MemberExpression") return undefined;
      root = unwrap(callee.object);
    }
  }
  if (root.type !== "Identifier" || depth > 4) return undefined;
  const definition = fn.module.lookUp(root.name, root)?.defs[0];
  const owner = definition?.node as Node | undefined;
  if (owner?.type === "VariableDeclarator") return owner.id.type === "Identifier" && owner.init ? argumentFor(owner.init, fn, call, depth + 1) : undefined;
  if (owner !== fn.node) return undefined;
  for (const [index, parameter] of fn.node.params.entries()) {
    const path = patternPath(parameter.type === "TSParameterProperty" ? parameter.parameter : parameter, definition?.name as TSESTree.Identifier);
    if (path) return path.reduce<Node | undefined>(propertyOf, call.arguments[index]);
  }
  return undefined;
}

function propertyOf(object: Node | undefined, name: string): Node | undefined {
  const inner = object && unwrap(object);
  if (inner?.type !== "ObjectExpression") return undefined;
  const property = inner.properties.find((item) => item.type === "Property" && keyName(item) === name);
  return property?.type === "Property" ? property.value : undefined;
}

/** The name a function goes by where it is called or named. */
function nameOf(fn: FunctionNode, named: Node): string {
  const inner = unwrap(named);
  if (inner.type === "Identifier") return inner.name;
  if (inner.type === "MemberExpression") return memberName(inner) ?? "a function";
  if (inner.type === "CallExpression" && calleeName(inner) === "bind") {
    const callee = unwrap(inner.callee);
    if (callee.type === "MemberExpression") return nameOf(fn, callee.object);
  }
  if (fn.id) return fn.id.name;
  const parent = fn.parent;
  if (parent?.type === "VariableDeclarator" && parent.id.type === "Identifier") return parent.id.name;
  if ((parent?.type === "MethodDefinition" || parent?.type === "Property") && parent.key.type === "Identifier") return parent.key.name;
  return "a function";
}
