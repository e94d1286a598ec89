/**
 * Evaluates expressions and type annotations to what they are, as far as it can be proved: through variables, imports and
 * re-exports, classes and their fields, functions and what they return, annotations, and callbacks of known calls.
 * One evaluator serves one linted file; it holds no state beyond that.
 */
import type { Scope } from "eslint";
import type { TSESTree } from "@typescript-eslint/utils";
import {
  calleeName,
  isClass,
  isFunction,
  keyName,
  literalString,
  memberName,
  unwrap,
  walk,
  wrapped,
  type ClassNode,
  type FunctionNode,
  type Node,
} from "./ast.js";
import { annotationOf, identifiersOf, importBinding, nameOf, patternDefault, patternPath, returnedExpressions } from "./patterns.js";
import type { SourceModule } from "./source-module.js";
import { UNKNOWN, type ClassOwner, type FunctionValue, type LibraryModel, type LibraryValue, type ModuleGraph, type NodeRef, type ParameterValue, type TypeArgument, type TypeEvidence, type Value } from "./values.js";

/** Deeper than any code a person wrote to be read; ends runaway recursion through generated code. */
const MAX_DEPTH = 48;
/** Calls of a function that are asked what its parameters are. */
const MAX_CALLERS = 20;
/** Steps one question may take: code that calls itself along many paths must not be followed along all of them. */
const MAX_STEPS = 5_000;
/** Types that are transparent for the question what a value is. */
const TRANSPARENT_TYPES = new Set(["Promise", "PromiseLike", "Awaited", "Readonly", "Partial", "Required", "NonNullable", "Omit", "Pick", "DeepReadonly"]);

export interface EvaluatorOptions {
  readonly graph: ModuleGraph;
  readonly libraries: readonly LibraryModel[];
  /** Type evidence for the nodes of the linted file. */
  readonly types?: TypeEvidence;
  /** Can a call of this name send a query? Types are asked for what it is called on. */
  readonly isQueryMethod?: (name: string) => boolean;
  /** Who evaluates what stands in another module than `own`: an evaluator that is kept from file to file. */
  readonly elsewhere?: { readonly own: SourceModule; readonly values: Evaluator };
  /** Exports that the settings name as clients: by their own name, or with all others of their module. */
  readonly configured?: (specifier: string, name: string, how: "export" | "module") => LibraryValue | undefined;
}

/** Values found, and those that are being looked for with their place on the stack. */
class Memory<Key extends object> {
  readonly values = new Map<Key, Value>();
  readonly running = new Map<Key, number>();
}

export class Evaluator {
  readonly #options: EvaluatorOptions;
  readonly #libraries: ReadonlyMap<string, LibraryModel>;
  readonly #values = new Memory<Node>();
  readonly #types = new Memory<Node>();
  readonly #declarations = new Memory<Node>();
  readonly #assignedMembers = new Map<Node, ReadonlyMap<string | undefined, readonly Node[]>>();
  readonly #variables = new Memory<Scope.Variable>();
  /** Calls whose callback is being followed. */
  readonly #handing = new Set<Node>();
  #depth = 0;
  #steps = 0;
  /** Evaluations under way. */
  #stack = 0;
  /** The lowest evaluation under way that what is being found has met again, and that it therefore depends on. */
  #lowest = Number.POSITIVE_INFINITY;

  constructor(options: EvaluatorOptions) {
    this.#options = options;
    this.#libraries = new Map(options.libraries.map((library) => [library.id, library]));
  }

  /** What an expression evaluates to. A promise is the value it resolves to. Never throws. */
  evaluate(node: Node, module: SourceModule): Value {
    const { elsewhere } = this.#options;
    if (elsewhere && module !== elsewhere.own) return elsewhere.values.evaluate(node, module);
    return this.#remember(this.#values, node, () => {
      const value = this.#expression(node, module);
      return MORE_BY_TYPE.has(value.kind) ? (this.#byTypes(node) ?? value) : value;
    });
  }

  /**
   * Finds a value once. A value found while an evaluation that it depends on was still under way may be incomplete: what
   * is known stays known, but an unknown of that kind is asked for again.
   */
  #remember<Key extends object>(memory: Memory<Key>, key: Key, find: () => Value): Value {
    const known = memory.values.get(key);
    if (known) return known;
    const running = memory.running.get(key);
    if (running !== undefined) {
      this.#lowest = Math.min(this.#lowest, running);
      return UNKNOWN;
    }
    if (this.#depth >= MAX_DEPTH || (this.#depth > 0 && this.#steps >= MAX_STEPS)) return UNKNOWN;
    this.#steps = this.#depth === 0 ? 0 : this.#steps + 1;
    const level = this.#stack++;
    const outer = this.#lowest;
    this.#lowest = Number.POSITIVE_INFINITY;
    memory.running.set(key, level);
    this.#depth++;
    try {
      const value = find();
      if (value.kind !== "unknown" || this.#lowest >= level || this.#steps >= MAX_STEPS) memory.values.set(key, value);
      return value;
    } finally {
      this.#depth--;
      memory.running.delete(key);
      this.#lowest = Math.min(outer, this.#lowest >= level ? Number.POSITIVE_INFINITY : this.#lowest);
      this.#stack--;
    }
  }

  /** The library value an expression evaluates to, if it is one. */
  library(node: Node, module: SourceModule, library?: string): LibraryValue | undefined {
    const value = this.evaluate(node, module);
    return value.kind === "library" && (library === undefined || value.library === library) ? value : undefined;
  }

  /** What an expression of this type is. */
  evaluateType(node: Node, module: SourceModule): Value {
    const { elsewhere } = this.#options;
    if (elsewhere && module !== elsewhere.own) return elsewhere.values.evaluateType(node, module);
    return this.#remember(this.#types, node, () => this.#type(node, module));
  }

  /** The value of a property. */
  member(value: Value, name: string): Value {
    if (this.#depth >= MAX_DEPTH || (this.#depth > 0 && this.#steps >= MAX_STEPS)) return UNKNOWN;
    this.#steps = this.#depth === 0 ? 0 : this.#steps + 1;
    this.#depth++;
    try {
      return this.#member(value, name);
    } finally {
      this.#depth--;
    }
  }

  /** What an export of a module is. */
  exportOf(module: SourceModule, name: string, seen: ReadonlySet<SourceModule> = new Set()): Value {
    if (seen.has(module)) return UNKNOWN;
    const { elsewhere } = this.#options;
    if (elsewhere && module !== elsewhere.own) return elsewhere.values.exportOf(module, name);
    return this.#exportOf(module, name, new Set([...seen, module]));
  }

  /** The types that an interface extends. */
  basesOf(node: TSESTree.TSInterfaceDeclaration, module: SourceModule): readonly Value[] {
    return node.extends.map((heritage) => this.#entity(heritage.expression, module));
  }

  /** The function a call runs, when it is one of the project; for `new C()` and tagged templates nothing. */
  functionOf(call: TSESTree.CallExpression, module: SourceModule): FunctionValue | undefined {
    const value = this.evaluate(call.callee, module);
    return value.kind === "function" ? value : undefined;
  }

  /** The value of a parameter of a function that stands in a call as an argument. */
  callbackParameter(fn: FunctionNode, module: SourceModule, parameter: number): Value {
    const outer = wrapped(fn);
    const call = outer.parent;
    if (call?.type !== "CallExpression") return UNKNOWN;
    const argument = call.arguments.indexOf(outer as TSESTree.CallExpressionArgument);
    if (argument < 0) return UNKNOWN;
    return this.#callbackOf(call, module, argument, parameter);
  }

  /** What the checker says. It is asked only about what a query may be sent on: every question may make it work out a type. */
  #byTypes(node: Node): LibraryValue | undefined {
    const { types, libraries, isQueryMethod } = this.#options;
    if (!types || !isReceiver(node, isQueryMethod)) return undefined;
    const names = types.typesOf(node);
    for (const { specifier, name, typeArguments = [] } of names) {
      const value = this.#typedExport(specifier, name);
      if (value) return { ...value, evidence: "types", ...(typeArguments.length > 0 && { typeArguments: typeArguments.map((typeName) => ({ typeName: typeName ?? "" })) }) };
    }
    if (!names.some(({ inProject }) => inProject)) return undefined;
    for (const library of libraries) {
      const value = library.behaving?.((method) => types.resultsOf(node, method), names);
      if (value) return { ...value, evidence: "types" };
    }
    return undefined;
  }

  #expression(node: Node, module: SourceModule): Value {
    switch (node.type) {
      case "Identifier":
        return this.#identifier(node, module);
      case "MemberExpression": {
        const name = memberName(node);
        const owner = this.evaluate(node.object, module);
        return name === undefined ? this.#elementOf(owner) : this.#member(owner, name);
      }
      case "CallExpression":
        return this.#call(node, module);
      case "NewExpression":
        return this.#construct(this.evaluate(node.callee, module), { node, module });
      case "TaggedTemplateExpression": {
        const tag = this.evaluate(node.tag, module);
        return tag.kind === "library" ? (this.#libraries.get(tag.library)?.tag?.(tag, { node, module }) ?? UNKNOWN) : UNKNOWN;
      }
      case "AwaitExpression":
      case "YieldExpression":
        return node.argument ? this.#awaited(this.evaluate(node.argument, module)) : UNKNOWN;
      case "ChainExpression":
      case "TSNonNullExpression":
      case "TSInstantiationExpression":
        return this.evaluate(node.expression, module);
      case "TSAsExpression":
      case "TSTypeAssertion":
      case "TSSatisfiesExpression": {
        const value = this.evaluate(node.expression, module);
        if (value.kind !== "unknown" && value.kind !== "parameter" && value.kind !== "external") return value;
        const typed = this.evaluateType(node.typeAnnotation, module);
        return typed.kind === "unknown" ? value : typed;
      }
      case "LogicalExpression":
        return this.#best([node.left, node.right], module);
      case "ConditionalExpression":
        return this.#best([node.consequent, node.alternate], module);
      case "AssignmentExpression":
        return this.evaluate(node.right, module);
      case "SequenceExpression": {
        const last = node.expressions.at(-1);
        return last ? this.evaluate(last, module) : UNKNOWN;
      }
      case "FunctionExpression":
      case "ArrowFunctionExpression":
      case "FunctionDeclaration":
        return { kind: "function", node, module };
      case "ClassExpression":
      case "ClassDeclaration":
        return this.#class(node, module);
      case "Super":
        return this.#super(node, module);
      case "ObjectExpression":
        return { kind: "object", node, module };
      case "Literal":
        if (node.value instanceof RegExp) return UNKNOWN;
        return { kind: "literal", value: node.value, ...(typeof node.value === "string" && { at: { node, module } }) };
      case "TemplateLiteral": {
        const text = literalString(node);
        return text === undefined ? { kind: "text", node, module } : { kind: "literal", value: text, at: { node, module } };
      }
      case "BinaryExpression":
        return isConcatenation(node) ? { kind: "text", node, module } : UNKNOWN;
      case "ImportExpression": {
        const specifier = literalString(node.source);
        return specifier === undefined ? UNKNOWN : this.#module(specifier, module);
      }
      case "ThisExpression":
        return this.#this(node, module);
      default:
        return UNKNOWN;
    }
  }

  /** The first alternative that is a library value; else the first that is known. A literal only when all are that literal. */
  #best(nodes: readonly Node[], module: SourceModule): Value {
    let best: Value = UNKNOWN;
    const values: Value[] = [];
    for (const node of nodes) {
      const value = this.evaluate(node, module);
      if (value.kind === "library") return value;
      values.push(value);
      if (best.kind === "unknown" || (best.kind === "literal" && (best.value === null || best.value === undefined))) best = value;
    }
    return agreed(best, values);
  }

  #identifier(node: TSESTree.Identifier, module: SourceModule): Value {
    if (node.name === "undefined") return { kind: "literal", value: undefined };
    const variable = module.lookUp(node.name, node);
    if (!variable) {
      if (node.name === "globalThis" || node.name === "global") return { kind: "external", specifier: "global", name: "*" };
      return UNKNOWN;
    }
    return this.#remember(this.#variables, variable, () => this.#variable(variable, module));
  }

  #variable(variable: Scope.Variable, module: SourceModule): Value {
    for (const definition of variable.defs) {
      const value = this.#definition(definition, variable, module);
      if (value.kind !== "unknown") return value;
    }
    // A function that is declared without a body has no other definition, or an overload of one that says nothing.
    const declared = variable.defs.map((definition) => definition.node as Node).find((node) => node.type === "TSDeclareFunction");
    return declared ? { kind: "typed", node: declared, module } : UNKNOWN;
  }

  #definition(definition: Scope.Definition, variable: Scope.Variable, module: SourceModule): Value {
    const name = definition.name as TSESTree.Identifier;
    const node = definition.node as Node;
    switch (definition.type as string) {
      case "ImportBinding":
        return this.#import(node, definition.parent as unknown as Node | undefined, module);
      case "FunctionName":
      case "ClassName":
        return isFunction(node) || isClass(node) ? this.evaluate(node, module) : UNKNOWN;
      case "Parameter":
        return isFunction(node) ? this.#parameter(node, name, module) : UNKNOWN;
      case "Variable": {
        if (node.type !== "VariableDeclarator") return UNKNOWN;
        return this.#declared(node, name, variable, module);
      }
      default:
        return UNKNOWN;
    }
  }

  #declared(declarator: TSESTree.VariableDeclarator, name: TSESTree.Identifier, variable: Scope.Variable, module: SourceModule): Value {
    const path = patternPath(declarator.id, name);
    if (!path) return UNKNOWN;
    if (variable.references.some((reference) => reference.isWrite() && !reference.init && this.#isOther(reference.writeExpr as Node | undefined, module))) return UNKNOWN;
    const annotation = annotationOf(declarator.id);
    if (annotation) {
      const typed = this.#follow(this.evaluateType(annotation, module), path);
      if (typed.kind === "library") return typed;
    }
    if (declarator.init) {
      const value = this.#follow(this.evaluate(declarator.init, module), path);
      // What a changing variable starts with is not what it holds where it is read.
      if ((value.kind === "text" || (value.kind === "literal" && !isNothing(value))) && variable.references.some((reference) => reference.isWrite() && !reference.init)) return UNKNOWN;
      if (value.kind !== "unknown" && !isNothing(value)) return value;
      const element = this.#element(declarator.init, path, module);
      if (element.kind !== "unknown") return element;
    }
    const otherwise = this.#byDefault(declarator.id, name, module);
    if (otherwise) return otherwise;
    const loop = declarator.parent.parent;
    if (loop.type === "ForOfStatement" && loop.left === declarator.parent) return this.#follow(this.#elementOf(this.evaluate(loop.right, module)), path);
    if (annotation) {
      const typed = this.#follow(this.evaluateType(annotation, module), path);
      if (typed.kind !== "unknown") return typed;
    }
    if (path.length > 0) return UNKNOWN;
    for (const reference of variable.references) {
      if (!reference.isWrite() || reference.init) continue;
      const identifier = reference.identifier as Node;
      const assignment = identifier.parent;
      if (assignment?.type === "AssignmentExpression" && assignment.left === identifier) {
        const value = this.evaluate(assignment.right, module);
        if (value.kind !== "unknown" && value.kind !== "literal") return value;
      }
    }
    return UNKNOWN;
  }

  /** Is the value that a variable is given certainly none of a library, nor the lack of one? */
  #isOther(given: Node | undefined, module: SourceModule): boolean {
    const inner = given && unwrap(given);
    if (!inner) return false;
    switch (inner.type) {
      case "NewExpression": {
        const { kind } = this.evaluate(inner, module);
        // A class of a package that no library claims, or of the language.
        return kind === "instance" || (kind === "unknown" && ["unknown", "external"].includes(this.evaluate(inner.callee, module).kind));
      }
      case "ArrayExpression":
      case "ArrowFunctionExpression":
      case "FunctionExpression":
      case "TemplateLiteral":
        return true;
      case "Literal":
        return inner.value !== null;
      default:
        return false;
    }
  }

  /** The default of a destructured name, when that is a library's. */
  #byDefault(pattern: Node, name: TSESTree.Identifier, module: SourceModule): LibraryValue | undefined {
    const given = patternDefault(pattern, name);
    return given && this.library(given, module);
  }

  /** An element of an array literal, or of `await Promise.all([…])`. */
  #element(node: Node, path: readonly string[], module: SourceModule): Value {
    let inner = unwrap(node);
    if (inner.type === "AwaitExpression") inner = unwrap(inner.argument);
    const isAwaited = inner.type === "CallExpression" && module.text.slice(...inner.callee.range) === "Promise.all";
    if (isAwaited && inner.type === "CallExpression" && inner.arguments[0]) inner = unwrap(inner.arguments[0]);
    const [index, ...rest] = path;
    if (inner.type !== "ArrayExpression" || index === undefined || !/^\d+$/u.test(index)) return UNKNOWN;
    const elements = inner.elements.slice(0, Number(index) + 1);
    const element = elements[Number(index)];
    if (!element || elements.some((item) => item?.type === "SpreadElement")) return UNKNOWN;
    const value = this.evaluate(element, module);
    return this.#follow(isAwaited ? this.#awaited(value) : value, rest);
  }

  /** What a loop over the value is given. */
  #elementOf(value: Value): Value {
    if (value.kind === "typed") return this.#elementOfType(value);
    return value.kind === "library" ? (this.#libraries.get(value.library)?.element?.(value) ?? UNKNOWN) : UNKNOWN;
  }

  #elementOfType({ node, module, typeArguments }: Value & { readonly kind: "typed" }): Value {
    const element = elementType(node);
    return element ? this.#typeFor(element, module, typeArguments) : UNKNOWN;
  }

  /** What is left when the value is awaited. */
  #awaited(value: Value): Value {
    const model = value.kind === "library" ? this.#libraries.get(value.library) : undefined;
    return value.kind === "library" && model?.awaited ? (model.awaited(value) ?? UNKNOWN) : value;
  }

  #follow(value: Value, path: readonly string[]): Value {
    return path.reduce((current, name) => this.member(current, name), value);
  }

  #parameter(fn: FunctionNode, name: TSESTree.Identifier, module: SourceModule): Value {
    for (const [index, parameter] of fn.params.entries()) {
      const pattern = parameter.type === "TSParameterProperty" ? parameter.parameter : parameter;
      const path = patternPath(pattern, name);
      if (!path) continue;
      const value = this.#follow(this.#parameterAt(fn, index, module), path);
      if (value.kind !== "unknown" && value.kind !== "parameter") return value;
      const annotated = annotationOf(pattern) !== undefined;
      return this.#byDefault(pattern, name, module) ?? (annotated || path.length === 0 ? undefined : this.#fromCallers(fn, module, index, path)) ?? value;
    }
    return UNKNOWN;
  }

  /** What a parameter as a whole is: by its annotation, by the call the function is passed to, by its default, by its callers. */
  #parameterAt(fn: FunctionNode, index: number, module: SourceModule): Value {
    const parameter = fn.params[index];
    if (!parameter) return UNKNOWN;
    const pattern = parameter.type === "TSParameterProperty" ? parameter.parameter : parameter;
    const annotation = annotationOf(pattern);
    const own: ParameterValue = { kind: "parameter", function: fn, module, index, path: [] };
    let typed: Value = UNKNOWN;
    if (annotation) {
      typed = this.evaluateType(annotation, module);
      if (typed.kind === "library") return typed;
    }
    const decorated = this.#decorated(parameter, module) ?? this.#decorated(pattern, module);
    if (decorated) return decorated;
    if (!annotation) {
      const passed = this.callbackParameter(fn, module, index);
      if (passed.kind !== "unknown") return passed;
      const contextual = this.#contextualParameter(fn, module, index);
      if (contextual.kind !== "unknown") return contextual;
    }
    if (pattern.type === "AssignmentPattern") {
      const value = this.evaluate(pattern.right, module);
      if (value.kind === "library") return value;
    }
    if (typed.kind !== "unknown") return typed;
    return annotation ? own : (this.#fromCallers(fn, module, index, []) ?? own);
  }

  /** What a decorator of a library puts into a parameter or a field. */
  #decorated(node: Node, module: SourceModule): LibraryValue | undefined {
    for (const { expression } of "decorators" in node ? node.decorators : []) {
      const callee = expression.type === "CallExpression" ? expression.callee : expression;
      const decorator = this.library(callee, module);
      const value = decorator && this.#libraries.get(decorator.library)?.decorated?.(decorator, { node: expression, module });
      if (value) return value;
    }
    return undefined;
  }

  /** The parameter of a function whose own type is stated: `const f: Handler = (ctx) => …`, `handler: (tx: Tx) => …`. */
  #contextualParameter(fn: FunctionNode, module: SourceModule, index: number): Value {
    const parent = wrapped(fn).parent;
    if (parent?.type === "Property") return this.#parameterOfMember(parent, module, index);
    if (parent?.type !== "VariableDeclarator") return UNKNOWN;
    const annotation = annotationOf(parent.id);
    if (!annotation) return UNKNOWN;
    return this.#parameterOfType(this.evaluateType(annotation, module), index);
  }

  /** The parameter of a function in an object that a function of the project is given: `run({ handle: (tx) => … })`. */
  #parameterOfMember(property: TSESTree.Property, module: SourceModule, index: number): Value {
    const object = wrapped(property.parent);
    const call = object.parent;
    const name = keyName(property);
    if (name === undefined || call?.type !== "CallExpression") return UNKNOWN;
    const position = call.arguments.findIndex((argument) => argument === object);
    const fn = position < 0 ? undefined : this.evaluate(call.callee, module);
    const declared = fn?.kind === "function" ? fn.node.params[position] : undefined;
    const annotation = declared && annotationOf(declared.type === "TSParameterProperty" ? declared.parameter : declared);
    if (fn?.kind !== "function" || !annotation) return UNKNOWN;
    return this.#parameterOfType(this.member(this.evaluateType(annotation, fn.module), name), index);
  }

  /** A function without annotations that is called in its own file: the arguments say what the parameter is, when none contradicts. */
  #fromCallers(fn: FunctionNode, module: SourceModule, index: number, path: readonly string[]): Value | undefined {
    const name = fn.id ?? (fn.parent?.type === "VariableDeclarator" && fn.parent.id.type === "Identifier" ? fn.parent.id : undefined);
    if (!name) return undefined;
    const variable = module.lookUp(name.name, fn.parent ?? fn);
    let found: Value | undefined;
    for (const reference of variable?.references.slice(0, MAX_CALLERS) ?? []) {
      const identifier = reference.identifier as Node;
      const call = identifier.parent;
      if (call?.type !== "CallExpression" || call.callee !== identifier) continue;
      const argument = call.arguments[index];
      if (!argument || argument.type === "SpreadElement") continue;
      if (path.length === 0 && this.#isOther(argument, module)) return undefined;
      const value = this.#follow(this.evaluate(argument, module), path);
      if (value.kind === "library") found ??= value;
    }
    return found;
  }

  #callbackOf(call: TSESTree.CallExpression, module: SourceModule, argument: number, parameter: number): Value {
    // A function that hands its callback on to itself.
    if (this.#handing.has(call) || this.#depth >= MAX_DEPTH) return UNKNOWN;
    this.#handing.add(call);
    this.#depth++;
    try {
      return this.#passedToCallback(call, module, argument, parameter);
    } finally {
      this.#depth--;
      this.#handing.delete(call);
    }
  }

  #passedToCallback(call: TSESTree.CallExpression, module: SourceModule, argument: number, parameter: number): Value {
    const callee = unwrap(call.callee);
    let receiver: Value = UNKNOWN;
    if (callee.type === "MemberExpression") {
      const name = memberName(callee);
      if (name === undefined) return UNKNOWN;
      receiver = this.evaluate(callee.object, module);
      if (receiver.kind === "library") {
        const own = this.#subclassMember(receiver, name);
        if (!own) return this.#callbackOfLibrary(receiver, name, { node: call, module }, argument, parameter);
      }
      if (receiver.kind === "typed" && argument === 0 && parameter === 0 && ITERATIONS.has(name)) {
        const element = this.#elementOfType(receiver);
        if (element.kind !== "unknown") return element;
      }
      if (receiver.kind === "external" && argument === 1 && parameter === 0 && ITERATIONS.has(name)) return this.#elementOfList(call, module);
    }
    const value = this.evaluate(callee, module);
    if (value.kind === "library") return this.#callbackOfLibrary(value, "", { node: call, module }, argument, parameter);
    if (value.kind === "method") return this.#callbackOfLibrary(value.receiver, value.name, { node: call, module }, argument, parameter);
    if (value.kind === "external" && argument === 1 && parameter === 0) return this.#elementOfList(call, module);
    if (value.kind === "typed") return this.#parameterOfType(this.#parameterOfType(value, argument), parameter);
    if (value.kind !== "function") return UNKNOWN;
    return this.#boundTo(receiver, this.#parameterOfCallback(value, argument, parameter, { node: call, module }));
  }

  #callbackOfLibrary(value: LibraryValue, method: string, call: NodeRef<TSESTree.CallExpression>, argument: number, parameter: number): Value {
    const model = this.#libraries.get(value.library);
    const handed = model?.handedOn?.(value, method, argument, parameter);
    const given = handed === undefined ? undefined : call.node.arguments[handed];
    if (given && given.type !== "SpreadElement" && handed !== argument) return this.evaluate(given, call.module);
    return model?.callback?.(value, method, argument, parameter) ?? UNKNOWN;
  }

  /** `Bluebird.each(rows, (row) => …)`, `pMap(rows, (row) => …)`: functions of packages that take a list and then a callback for its items. */
  #elementOfList(call: TSESTree.CallExpression, module: SourceModule): Value {
    const [list] = call.arguments;
    return list && list.type !== "SpreadElement" ? this.#elementOf(this.evaluate(list, module)) : UNKNOWN;
  }

  /** What a function of the project passes to a function it is given. */
  #parameterOfCallback(fn: FunctionValue, argument: number, parameter: number, call: NodeRef<TSESTree.CallExpression>): Value {
    const declared = fn.node.params[argument];
    if (!declared) return UNKNOWN;
    const annotation = annotationOf(declared.type === "TSParameterProperty" ? declared.parameter : declared);
    if (annotation) {
      const typed = this.#parameterOfType(this.evaluateType(annotation, fn.module), parameter);
      if (typed.kind !== "unknown") return typed;
    }
    const target = declared.type === "AssignmentPattern" ? declared.left : declared;
    if (target.type !== "Identifier" || !fn.node.body) return UNKNOWN;
    let result: Value = UNKNOWN;
    walk(fn.node.body, (node) => {
      if (result.kind !== "unknown") return false;
      if (node.type !== "CallExpression") return undefined;
      const callee = unwrap(node.callee);
      if (callee.type === "Identifier" && callee.name === target.name && fn.module.lookUp(callee.name, callee)?.defs[0]?.node === fn.node) {
        const passed = node.arguments[parameter];
        if (passed && passed.type !== "SpreadElement") result = this.#substitute(this.evaluate(passed, fn.module), fn.node, call);
        return undefined;
      }
      // The function is handed on: `return db.transaction(handler)`.
      const position = node.arguments.findIndex((item) => item.type === "Identifier" && item.name === target.name);
      if (position >= 0 && fn.module.lookUp(target.name, node)?.defs[0]?.node === fn.node) result = this.#substitute(this.#callbackOf(node, fn.module, position, parameter), fn.node, call);
      return undefined;
    });
    return result;
  }

  /** The type of a parameter of a function type. */
  #parameterOfType(value: Value, index: number): Value {
    if (value.kind === "callback") return this.#libraries.get(value.receiver.library)?.callback?.(value.receiver, value.method, value.argument, index) ?? UNKNOWN;
    if (value.kind === "method") return { kind: "callback", receiver: value.receiver, method: value.name, argument: index };
    if (value.kind === "function") {
      return this.#parameterAt(value.node, index, value.module);
    }
    if (value.kind === "typed" && isSignature(value.node)) {
      const parameter = value.node.params[index];
      const annotation = parameter && annotationOf(parameter.type === "TSParameterProperty" ? parameter.parameter : parameter);
      return annotation ? this.#typeFor(annotation, value.module, value.typeArguments) : UNKNOWN;
    }
    return UNKNOWN;
  }

  #import(node: Node, parent: Node | undefined, module: SourceModule): Value {
    if (node.type === "TSImportEqualsDeclaration") {
      const reference = node.moduleReference;
      if (reference.type !== "TSExternalModuleReference") return UNKNOWN;
      const specifier = literalString(reference.expression);
      return specifier === undefined ? UNKNOWN : this.#require(specifier, module);
    }
    if (parent?.type !== "ImportDeclaration") return UNKNOWN;
    const specifier = parent.source.value;
    if (node.type === "ImportNamespaceSpecifier") return this.#module(specifier, module);
    if (node.type === "ImportDefaultSpecifier") return this.importedFrom(specifier, "default", module);
    if (node.type !== "ImportSpecifier") return UNKNOWN;
    return this.importedFrom(specifier, node.imported.type === "Identifier" ? node.imported.name : node.imported.value, module);
  }

  /** What a name imported from a module is. */
  importedFrom(specifier: string, name: string, from: SourceModule, seen?: ReadonlySet<SourceModule>): Value {
    const named = this.#options.configured?.(specifier, name, "export");
    if (named) return named;
    const value = this.#imported(specifier, name, from, seen);
    // A module that the settings name exports tables and operators too: what is known already stays what it is.
    return value.kind === "library" ? value : (this.#options.configured?.(specifier, name, "module") ?? value);
  }

  #imported(specifier: string, name: string, from: SourceModule, seen: ReadonlySet<SourceModule> | undefined): Value {
    if (this.#owner(specifier)) return this.#external(specifier, name);
    const resolved = this.#options.graph.resolve(specifier, from.path);
    if (!("module" in resolved)) return this.#external(resolved.specifier, name);
    const value = this.exportOf(resolved.module, name, seen);
    return value.kind === "unknown" ? (this.#unexplained(specifier, name, false) ?? value) : value;
  }

  #unexplained(specifier: string, name: string, asType: boolean): LibraryValue | undefined {
    for (const library of this.#options.libraries) {
      const value = library.unexplained?.(specifier, name, asType);
      if (value) return value;
    }
    return undefined;
  }

  #module(specifier: string, from: SourceModule): Value {
    if (this.#owner(specifier)) return this.#external(specifier, "*");
    const resolved = this.#options.graph.resolve(specifier, from.path);
    return "module" in resolved ? { kind: "namespace", module: resolved.module } : this.#external(resolved.specifier, "*");
  }

  #owner(specifier: string): LibraryModel | undefined {
    return this.#options.libraries.find((library) => library.owns(specifier));
  }

  #external(specifier: string, name: string): Value {
    for (const library of this.#options.libraries) {
      const value = library.owns(specifier) ? library.exported(specifier, name) : undefined;
      if (value) return value;
    }
    return this.#unexplained(specifier, name, false) ?? { kind: "external", specifier, name };
  }

  #typedExport(specifier: string, name: string): LibraryValue | undefined {
    for (const library of this.#options.libraries) {
      const value = library.owns(specifier) ? library.typed(specifier, name) : undefined;
      if (value) return value;
    }
    return undefined;
  }

  #exportOf(module: SourceModule, name: string, seen: ReadonlySet<SourceModule>): Value {
    const stars: string[] = [];
    let commonJs = true;
    for (const statement of module.program.body) {
      switch (statement.type) {
        case "ExportNamedDeclaration": {
          commonJs = false;
          const declared = statement.declaration ? this.#declaredName(statement.declaration, name, module) : undefined;
          if (declared) return declared;
          for (const item of statement.specifiers) {
            if (nameOf(item.exported) !== name) continue;
            if (statement.source) return this.importedFrom(statement.source.value, nameOf(item.local), module, seen);
            return item.local.type === "Identifier" ? this.#identifierOrType(item.local, module) : UNKNOWN;
          }
          break;
        }
        case "ExportDefaultDeclaration":
          commonJs = false;
          if (name === "default") return this.evaluate(statement.declaration, module);
          break;
        case "ExportAllDeclaration":
          commonJs = false;
          if (statement.exported) {
            if (nameOf(statement.exported) === name) return this.#module(statement.source.value, module);
          } else if (name !== "default") stars.push(statement.source.value);
          break;
        case "TSExportAssignment":
          commonJs = false;
          return name === "default" || name === "module.exports" ? this.evaluate(statement.expression, module) : this.member(this.evaluate(statement.expression, module), name);
        default:
      }
    }
    for (const specifier of stars) {
      const value = this.importedFrom(specifier, name, module, seen);
      if (value.kind !== "unknown" && value.kind !== "external") return value;
    }
    return commonJs ? this.#commonJsExport(module, name) : UNKNOWN;
  }

  #identifierOrType(node: TSESTree.Identifier, module: SourceModule): Value {
    return this.evaluate(node, module);
  }

  #declaredName(declaration: Node, name: string, module: SourceModule): Value | undefined {
    if (declaration.type === "VariableDeclaration") {
      for (const declarator of declaration.declarations) {
        const identifier = identifiersOf(declarator.id).find((item) => item.name === name);
        if (identifier) return this.evaluate(identifier, module);
      }
      return undefined;
    }
    if (isFunction(declaration) || isClass(declaration)) return declaration.id?.name === name ? this.evaluate(declaration, module) : undefined;
    return undefined;
  }

  #commonJsExport(module: SourceModule, name: string): Value {
    let whole: Node | undefined;
    let single: Node | undefined;
    let exportsMembers = false;
    for (const statement of module.program.body) {
      if (statement.type !== "ExpressionStatement") continue;
      let assignment: Node = statement.expression;
      // exports.a = exports.b = value
      while (assignment.type === "AssignmentExpression") {
        const target = assignment.left;
        if (target.type === "MemberExpression") {
          const property = memberName(target);
          if (isModuleExports(target)) whole = assignment.right;
          else if (isModuleExports(target.object) || isExports(target.object)) {
            exportsMembers = true;
            if (property === name) single = assignment.right;
          }
        }
        assignment = assignment.right;
      }
    }
    if (single) return this.evaluate(single, module);
    // The members of `exports` together are what a default import gets.
    if (!whole) return name === "default" && exportsMembers ? { kind: "namespace", module } : UNKNOWN;
    const value = this.evaluate(whole, module);
    return name === "default" || name === "module.exports" ? value : this.member(value, name);
  }

  #call(node: TSESTree.CallExpression, module: SourceModule): Value {
    const value = this.#called(node, module);
    if (value.kind !== "unknown") return value;
    const asked = this.#asked(node, module);
    return asked.kind === "unknown" && mayMakeClass(node) ? { kind: "made", node, module } : asked;
  }

  /** What a container is asked for by its class or its type: `injector.get(UserService)`, `container.resolve<EntityManager>("em")`. */
  #asked(node: TSESTree.CallExpression, module: SourceModule): Value {
    const [first] = node.arguments;
    if (!first || first.type === "SpreadElement" || !ASKS.test(calleeName(node) ?? "")) return UNKNOWN;
    const [written, ...others] = node.typeArguments?.params ?? [];
    const stated = written && others.length === 0 ? this.evaluateType(written, module) : UNKNOWN;
    if (stated.kind === "library" || stated.kind === "instance") return stated;
    const asked = this.evaluate(first, module);
    return asked.kind === "class" ? this.#instance(asked.node, asked.module) : UNKNOWN;
  }

  #called(node: TSESTree.CallExpression, module: SourceModule): Value {
    const callee = unwrap(node.callee);
    const first = node.arguments[0];
    if (callee.type === "Identifier" && callee.name === "require" && first) {
      const specifier = literalString(first);
      if (specifier !== undefined && isRequire(module.lookUp("require", callee))) return this.#require(specifier, module);
    }
    if (callee.type === "MemberExpression") {
      const name = memberName(callee);
      if (name === undefined) return UNKNOWN;
      const receiver = this.evaluate(callee.object, module);
      if (receiver.kind === "library") {
        const own = this.#subclassMember(receiver, name);
        if (own) return own.kind === "function" ? this.#boundTo(receiver, this.#result(own, { node, module })) : UNKNOWN;
        const result = this.#libraries.get(receiver.library)?.method?.(receiver, name, { node, module });
        if (result) return result;
      }
      if (receiver.kind === "parameter" || receiver.kind === "unknown") {
        const shaped = this.#shaped(name, { node, module });
        if (shaped) return shaped;
      }
      // `pool.query.bind(pool)` is the method still.
      if (name === "bind" && (receiver.kind === "method" || receiver.kind === "function")) return receiver;
      if (receiver.kind === "external" && isPassThrough(receiver.specifier, name)) return first && first.type !== "SpreadElement" ? this.evaluate(first, module) : UNKNOWN;
    }
    const value = this.#callable(this.evaluate(callee, module));
    switch (value.kind) {
      case "library":
        return this.#libraries.get(value.library)?.call?.(value, { node, module }) ?? UNKNOWN;
      case "method":
        return this.#libraries.get(value.receiver.library)?.method?.(value.receiver, value.name, { node, module }) ?? UNKNOWN;
      case "function":
        return this.#result(value, { node, module });
      case "typed":
        return this.#resultOfType(value);
      case "external":
        return isPassThrough(value.specifier, value.name) && first && first.type !== "SpreadElement" ? this.evaluate(first, module) : UNKNOWN;
      case "unknown":
        return this.#loaded(node, module);
      case "parameter":
      case "class":
      case "instance":
      case "object":
      case "namespace":
      case "parameters":
      case "callback":
      case "literal":
      case "text":
      case "made":
        return UNKNOWN;
    }
  }

  #shaped(name: string, at: NodeRef<TSESTree.CallExpression>): LibraryValue | undefined {
    for (const library of this.#options.libraries) {
      const value = library.shaped?.(name, at);
      if (value) return value;
    }
    return undefined;
  }

  /** `require(path)(client)`: what a module that is chosen at run time makes of a library's value. */
  #loaded(node: TSESTree.CallExpression, module: SourceModule): Value {
    const [first] = node.arguments;
    if (!first || first.type === "SpreadElement" || !isLoadedModule(node.callee, module)) return UNKNOWN;
    const argument = this.evaluate(first, module);
    return argument.kind === "library" ? (this.#libraries.get(argument.library)?.loaded?.(argument) ?? UNKNOWN) : UNKNOWN;
  }

  /** `require(m)` is what a module of the project assigns to `module.exports`, or its namespace. */
  #require(specifier: string, module: SourceModule): Value {
    const value = this.#module(specifier, module);
    if (value.kind !== "namespace") return value;
    const whole = this.exportOf(value.module, "module.exports");
    return whole.kind === "unknown" ? value : whole;
  }

  /** What is called, or made with `new`: a package as a whole stands for what it exports by default. */
  #callable(value: Value): Value {
    return value.kind === "external" && value.name === "*" ? this.#external(value.specifier, "default") : value;
  }

  #resultOfType(value: Value): Value {
    if (value.kind !== "typed") return UNKNOWN;
    if (isSignature(value.node)) {
      return value.node.returnType ? this.#typeFor(value.node.returnType.typeAnnotation, value.module, value.typeArguments) : UNKNOWN;
    }
    return UNKNOWN;
  }

  /** What a function of the project returns for a call. */
  #result(fn: FunctionValue, call: NodeRef<TSESTree.CallExpression>): Value {
    if (fn.node.generator) return UNKNOWN;
    const annotation = fn.node.returnType?.typeAnnotation;
    if (annotation) {
      const inferred = this.#inferred(fn, annotation, call);
      if (inferred) return inferred;
      const typed = this.evaluateType(annotation, fn.module);
      if (typed.kind !== "unknown") return this.#substitute(typed, fn.node, call);
    }
    let best: Value = UNKNOWN;
    const values: Value[] = [];
    for (const expression of returnedExpressions(fn.node)) {
      const returned = this.evaluate(expression, fn.module);
      const value = this.#substitute(fn.node.async ? this.#awaited(returned) : returned, fn.node, call);
      if (value.kind === "library") return value;
      values.push(value);
      if (best.kind === "unknown") best = value;
      const made = value.kind === "unknown" ? this.#madeByArgument(expression, fn, call) : UNKNOWN;
      if (made.kind !== "unknown") return made;
    }
    return agreed(best, values);
  }

  /** `return (value ??= make())`: a function that is given as an argument makes the result. */
  #madeByArgument(expression: Node, fn: FunctionValue, call: NodeRef<TSESTree.CallExpression>): Value {
    if (expression.type === "TSAsExpression") {
      const typed = this.#typeForCall(expression.typeAnnotation, fn, call);
      if (typed.kind !== "unknown") return typed;
    }
    const inner = unwrap(expression);
    switch (inner.type) {
      case "AwaitExpression":
        return this.#madeByArgument(inner.argument, fn, call);
      case "LogicalExpression":
      case "AssignmentExpression":
        return this.#madeByArgument(inner.right, fn, call);
      case "CallExpression": {
        const maker = this.evaluate(inner.callee, fn.module);
        const made = maker.kind === "parameter" ? this.#substitute(maker, fn.node, call) : UNKNOWN;
        return made.kind === "function" ? this.#result(made, { node: inner, module: fn.module }) : UNKNOWN;
      }
      default:
        return UNKNOWN;
    }
  }

  /** `f<T>(make: () => T): T`: the type parameter is what the argument is or returns. */
  #inferred(fn: FunctionValue, annotation: Node, call: NodeRef<TSESTree.CallExpression>): Value | undefined {
    const parameters = fn.node.typeParameters?.params.map((item) => item.name.name) ?? [];
    const wanted = typeName(transparent(annotation));
    if (wanted === undefined || !parameters.includes(wanted)) return undefined;
    for (const [index, parameter] of fn.node.params.entries()) {
      const declared = annotationOf(parameter.type === "TSParameterProperty" ? parameter.parameter : parameter);
      const argument = call.node.arguments[index];
      if (!declared || !argument || argument.type === "SpreadElement") continue;
      if (typeName(transparent(declared)) === wanted) return this.evaluate(argument, call.module);
      if (declared.type === "TSFunctionType" && declared.returnType && typeName(transparent(declared.returnType.typeAnnotation)) === wanted) {
        const made = this.evaluate(argument, call.module);
        if (made.kind === "function") return this.#result(made, call);
      }
    }
    return undefined;
  }

  /** A type that is stated over a type parameter of the function, for one call: `ReturnType<T["sqlite"]>`. */
  #typeForCall(node: Node, fn: FunctionValue, call: NodeRef<TSESTree.CallExpression>): Value {
    if (node.type === "TSIndexedAccessType" && node.indexType.type === "TSLiteralType" && node.indexType.literal.type === "Literal") {
      return this.member(this.#typeForCall(node.objectType, fn, call), String(node.indexType.literal.value));
    }
    const name = typeName(node);
    const first = node.type === "TSTypeReference" ? node.typeArguments?.params[0] : undefined;
    if (name === "ReturnType" && first) {
      const made = this.#typeForCall(first, fn, call);
      return made.kind === "function" ? this.#result(made, call) : UNKNOWN;
    }
    if (name === undefined || fn.node.typeParameters?.params.some((item) => item.name.name === name) !== true) return UNKNOWN;
    for (const [index, parameter] of fn.node.params.entries()) {
      const declared = annotationOf(parameter.type === "TSParameterProperty" ? parameter.parameter : parameter);
      const argument = call.node.arguments[index];
      if (declared && typeName(declared) === name && argument && argument.type !== "SpreadElement") return this.evaluate(argument, call.module);
    }
    return UNKNOWN;
  }

  /** Replaces the function's own parameter by what the call passes. */
  #substitute(value: Value, fn: FunctionNode, call: NodeRef<TSESTree.CallExpression>): Value {
    const mixed = this.#mixedIn(value, fn, call);
    if (mixed) return mixed;
    if (value.kind === "library" && fn.typeParameters) return withTypeArguments(value, fn, (index) => this.#argumentOfType(fn, index, call));
    if (value.kind !== "parameter" || value.function !== fn) return value;
    const argument = call.node.arguments[value.index];
    if (!argument || argument.type === "SpreadElement" || call.node.arguments.slice(0, value.index).some((item) => item.type === "SpreadElement")) return value;
    return this.#follow(this.evaluate(argument, call.module), value.path);
  }

  /** `(Base) => class extends Base { … }`: the class that a call makes of the one it is given. */
  #mixedIn(value: Value, fn: FunctionNode, call: NodeRef<TSESTree.CallExpression>): Value | undefined {
    const made = value.kind === "class" ? value : value.kind === "library" && value.owner?.isStatic === true ? value.owner : undefined;
    const extended = made?.node.superClass ? unwrap(made.node.superClass) : undefined;
    if (!made || extended?.type !== "Identifier") return undefined;
    const index = fn.params.findIndex((parameter) => parameter.type === "Identifier" && parameter.name === extended.name);
    const argument = call.node.arguments[index];
    if (!argument || argument.type === "SpreadElement" || made.module.lookUp(extended.name, extended)?.defs[0]?.node !== fn) return undefined;
    const base = this.#heritage(this.evaluate(argument, call.module), made);
    return base.kind === "unknown" || base.kind === "parameter" ? undefined : this.#classOver(made.node, made.module, base, base);
  }

  /** What a call gives for a type parameter of the function: a type argument, else the class among its arguments that is of that type. */
  #argumentOfType(fn: FunctionNode, index: number, call: NodeRef<TSESTree.CallExpression>): TypeArgument | undefined {
    const written = call.node.typeArguments?.params[index];
    if (written) return { node: written, module: call.module };
    const name = fn.typeParameters?.params[index]?.name.name;
    if (name === undefined) return undefined;
    let handedOn: TypeArgument | undefined;
    for (const [position, parameter] of fn.params.entries()) {
      const annotation = annotationOf(parameter.type === "TSParameterProperty" ? parameter.parameter : parameter);
      const argument = call.node.arguments[position];
      if (!argument || argument.type === "SpreadElement") break;
      if (!annotation || !mentionsType(annotation, name)) continue;
      const { kind } = this.evaluate(argument, call.module);
      // A parameter of the function around the call: of overloads, what is about the type comes last.
      if (kind === "parameter") handedOn = { node: argument, module: call.module };
      // What is not of the project is a class by its name only.
      if (kind === "class" || kind === "library" || ((kind === "external" || kind === "unknown") && argument.type === "Identifier" && /^[A-Z][\w$]*[a-z]/u.test(argument.name))) return { node: argument, module: call.module };
    }
    return handedOn;
  }

  #construct(constructed: Value, at: NodeRef): Value {
    const value = this.#callable(constructed);
    if (value.kind === "library") {
      const instance = this.#libraries.get(value.library)?.construct?.(value, at);
      return instance ? { ...instance, ...(value.owner && { owner: { ...value.owner, isStatic: false } }) } : UNKNOWN;
    }
    if (value.kind === "class") return this.#instance(value.node, value.module, [], value.base);
    return UNKNOWN;
  }

  /** A class of the project; a library's value where the library says so of classes that extend one of its own. */
  #class(node: ClassNode, module: SourceModule): Value {
    return this.#classOver(node, module, this.baseOf({ node, module }));
  }

  /** A class over its base. `given`: the base, where its own code does not say it. */
  #classOver(node: ClassNode, module: SourceModule, base: Value, given?: Value): Value {
    const extended = base.kind === "library" ? this.#libraries.get(base.library)?.extended?.(base, { node, module }) : undefined;
    const over = given && { base: given };
    return extended ? { ...extended, owner: { node, module, isStatic: true, ...over } } : { kind: "class", node, module, ...over };
  }

  /** What a class extends: a class of the project, a library's value; unknown where it extends nothing that is seen. */
  baseOf({ node, module, base }: Pick<ClassOwner, "node" | "module" | "base">): Value {
    return base ?? (node.superClass ? this.#heritage(this.evaluate(node.superClass, module), { node, module }) : UNKNOWN);
  }

  /** The class that a value is, or that a function out of sight adds to for the class `by`. */
  #heritage(value: Value, by: NodeRef<ClassNode>, depth = 0): Value {
    const base = this.#callable(value);
    if (base.kind !== "made" || depth > MAX_MIXINS) return base;
    for (const argument of base.node.arguments) {
      if (argument.type === "SpreadElement") continue;
      const inner = unwrap(argument);
      const given = this.evaluate(inner, base.module);
      const added = this.#heritage(given.kind === "unknown" && inner.type === "CallExpression" ? { kind: "made", node: inner, module: base.module } : given, by, depth + 1);
      if (added.kind === "class" || (added.kind === "library" && this.#libraries.get(added.library)?.extended?.(added, by))) return added;
    }
    return UNKNOWN;
  }

  /** An instance of a class of the project; of a library, when the class extends one of its classes. */
  #instance(node: ClassNode, module: SourceModule, below: readonly ClassNode[] = [], over?: Value): Value {
    if ((over ?? node.superClass) && !below.includes(node)) {
      const base = this.baseOf({ node, module, ...(over && { base: over }) });
      if (base.kind === "library") {
        const instance = this.#libraries.get(base.library)?.construct?.(base, { node, module });
        const typeArguments = superTypeArguments(node, module);
        if (instance) return { ...instance, at: { node, module }, owner: { node, module, isStatic: false, ...(over && { base: over }) }, ...(typeArguments.length > 0 && { typeArguments }) };
      }
      if (base.kind === "class") {
        const instance = this.#instance(base.node, base.module, [...below, node], base.base);
        if (instance.kind === "library") return { ...this.#inherited(instance, base.node, node, module), at: { node, module }, owner: { node, module, isStatic: false, ...(over && { base: over }) } };
      }
    }
    return { kind: "instance", node, module };
  }

  /** A value of a base class, with the type arguments that the class extends it with. */
  #inherited<V extends Value>(value: V, base: ClassNode, node: ClassNode, module: SourceModule): V {
    if (value.kind !== "library" || !base.typeParameters) return value;
    const given = superTypeArguments(node, module);
    return withTypeArguments(value, base, (index) => given[index]) as V;
  }

  /**
   * What an inherited static method gives when it is called on a class: in its body `this` is the class that declares it,
   * here it is the one that it is called on.
   */
  #boundTo(receiver: Value, value: Value): Value {
    if (receiver.kind !== "library" || value.kind !== "library" || !receiver.owner?.isStatic || !value.owner) return value;
    const from = value.owner.node;
    const below: ClassNode[] = [];
    for (let current: ClassOwner | undefined = receiver.owner; current?.node.superClass && !below.includes(current.node); ) {
      below.push(current.node);
      const base = this.baseOf(current);
      current = base.kind === "library" ? base.owner : undefined;
      if (current?.node === from) return rebound(value, from, receiver.owner);
    }
    return value;
  }

  /** A member that a subclass of a library's class declares itself, or that the program adds to a value. */
  #subclassMember(value: LibraryValue, name: string): Value | undefined {
    if (value.added) {
      const added = this.#objectMember(value.added.node, value.added.module, name);
      if (added.kind !== "unknown") return added;
    }
    const owner = value.owner ?? this.#rowClass(value);
    if (!owner) return undefined;
    const own = this.#classMember(owner, name, owner.isStatic);
    return own.kind === "unknown" ? undefined : own;
  }

  /** The class whose instance a row is. */
  #rowClass({ rowOf }: LibraryValue): ClassOwner | undefined {
    const named = rowOf && (rowOf.node.type.startsWith("TS") ? this.evaluateType(rowOf.node, rowOf.module) : this.evaluate(rowOf.node, rowOf.module));
    return named?.kind === "class" || named?.kind === "instance" ? { node: named.node, module: named.module, isStatic: false } : undefined;
  }

  #this(node: TSESTree.ThisExpression, module: SourceModule): Value {
    for (let current = node.parent as Node | undefined; current; current = current.parent) {
      if (current.type === "PropertyDefinition" || current.type === "MethodDefinition" || current.type === "StaticBlock") {
        const owner = current.parent?.parent;
        if (!isClass(owner)) return UNKNOWN;
        const isStatic = current.type === "StaticBlock" || current.static;
        return isStatic ? this.evaluate(owner, module) : this.#instance(owner, module);
      }
      if (current.type === "FunctionExpression" || current.type === "FunctionDeclaration") {
        const property = current.parent;
        if (property?.type === "MethodDefinition" || (property?.type === "PropertyDefinition" && property.value === current)) continue;
        if (property?.type === "Property" && property.parent.type === "ObjectExpression") return this.#selfOf(property.parent, module) ?? { kind: "object", node: property.parent, module };
        return property?.type === "AssignmentExpression" && property.right === current ? this.#assignedTo(property.left, module) : UNKNOWN;
      }
    }
    return UNKNOWN;
  }

  /** `this` of a function that is assigned to a member: `User.active = function () { … }`, `User.prototype.rename = …`. */
  #assignedTo(target: Node, module: SourceModule): Value {
    if (target.type !== "MemberExpression") return UNKNOWN;
    const owner = unwrap(target.object);
    if (owner.type === "MemberExpression" && memberName(owner) === "prototype") return this.#construct(this.evaluate(owner.object, module), { node: owner, module });
    const value = this.evaluate(owner, module);
    return value.kind === "library" || value.kind === "class" ? value : UNKNOWN;
  }

  /** The class that the class around extends, or an instance of it. */
  #super(node: TSESTree.Super, module: SourceModule): Value {
    for (let current = node.parent as Node | undefined; current; current = current.parent) {
      if (current.type !== "PropertyDefinition" && current.type !== "MethodDefinition" && current.type !== "StaticBlock") continue;
      const owner = current.parent?.parent;
      if (!isClass(owner) || !owner.superClass) return UNKNOWN;
      const base = this.baseOf({ node: owner, module });
      const at = { node: owner, module };
      if (current.type === "StaticBlock" || current.static) {
        // The same class, of which the members of the base are meant.
        const extended = base.kind === "library" ? this.#libraries.get(base.library)?.extended?.(base, at) : undefined;
        return extended && base.kind === "library" ? { ...extended, ...(base.owner && { owner: base.owner }) } : base;
      }
      const instance = this.#construct(base, at);
      if (base.kind === "class") return this.#inherited(instance, base.node, owner, module);
      const typeArguments = superTypeArguments(owner, module);
      return instance.kind === "library" && typeArguments.length > 0 ? { ...instance, typeArguments } : instance;
    }
    return UNKNOWN;
  }

  /** `this` in the functions of an object that a call of a library takes. */
  #selfOf(object: TSESTree.ObjectExpression, module: SourceModule): LibraryValue | undefined {
    const argument = wrapped(object);
    const call = argument.parent;
    const callee = call?.type === "CallExpression" ? unwrap(call.callee) : undefined;
    if (call?.type !== "CallExpression" || callee?.type !== "MemberExpression") return undefined;
    const name = memberName(callee);
    const position = call.arguments.findIndex((item) => item === argument);
    const receiver = name === undefined || position < 0 ? undefined : this.library(callee.object, module);
    return receiver && this.#libraries.get(receiver.library)?.self?.(receiver, name ?? "", position, { node: call, module });
  }

  #member(value: Value, name: string): Value {
    switch (value.kind) {
      case "library": {
        const own = this.#subclassMember(value, name);
        if (own) return own;
        const model = this.#libraries.get(value.library);
        return model?.member?.(value, name) ?? { kind: "method", receiver: value, name };
      }
      case "namespace":
        return this.exportOf(value.module, name);
      case "external": {
        if (value.specifier === "global") return UNKNOWN;
        const base = value.name === "*" || value.name === "default" ? "" : `${value.name}.`;
        const member = this.#external(value.specifier, base + name);
        if (member.kind !== "external" || value.name !== "*") return member;
        // `require("lib").member` of a package whose default export is the whole.
        const whole = this.#callable(value);
        return whole.kind === "library" ? this.#member(whole, name) : member;
      }
      case "class":
        return this.#classMember(value, name, true);
      case "instance":
        return this.#classMember(value, name, false);
      case "object":
        return this.#objectMember(value.node, value.module, name);
      case "typed":
        return /^\d+$/u.test(name) ? this.#elementOfType(value) : this.#typeMember(value, name);
      case "parameter":
        return { ...value, path: [...value.path, name] };
      case "parameters":
        return /^\d+$/u.test(name) ? this.#parameterOfType(value.of, Number(name)) : UNKNOWN;
      case "function":
      case "method":
      case "callback":
      case "literal":
      case "text":
      case "made":
      case "unknown":
        return UNKNOWN;
    }
  }

  #classMember(owner: Pick<ClassOwner, "node" | "module" | "base">, name: string, isStatic: boolean, below: readonly ClassNode[] = []): Value {
    const { node, module } = owner;
    if (below.includes(node)) return UNKNOWN;
    for (const element of node.body.body) {
      switch (element.type) {
        case "PropertyDefinition":
        case "TSAbstractPropertyDefinition": {
          if (element.static !== isStatic || keyName(element) !== name) break;
          const typed = element.typeAnnotation ? this.evaluateType(element.typeAnnotation.typeAnnotation, module) : UNKNOWN;
          if (typed.kind === "library") return typed;
          const decorated = this.#decorated(element, module);
          if (decorated) return decorated;
          if (typed.kind !== "unknown") return typed;
          if (element.value) {
            const value = this.evaluate(element.value, module);
            return isPlain(value) && assignsMember(node.body, (object) => object.type === "ThisExpression", name) ? UNKNOWN : value;
          }
          const assigned = this.#assigned(node, module, name);
          if (assigned) return assigned;
          break;
        }
        case "MethodDefinition":
          if (element.static === isStatic && element.kind !== "constructor" && keyName(element) === name && element.value.type === "FunctionExpression") {
            const fn: FunctionValue = { kind: "function", node: element.value, module };
            return element.kind === "get" ? this.#getter(fn) : fn;
          }
          if (!isStatic && element.kind === "constructor") {
            for (const [index, parameter] of element.value.params.entries()) {
              if (parameter.type !== "TSParameterProperty") continue;
              const target = parameter.parameter.type === "AssignmentPattern" ? parameter.parameter.left : parameter.parameter;
              if (target.type === "Identifier" && target.name === name && element.value.type === "FunctionExpression") return this.#parameterAt(element.value, index, module);
            }
          }
          break;
        default:
      }
    }
    if (!isStatic) {
      const assigned = this.#assigned(node, module, name);
      if (assigned) return assigned;
    }
    const base = this.baseOf(owner);
    const above = base.kind === "class" ? base : base.kind === "library" ? base.owner : undefined;
    return above ? this.#inherited(this.#classMember(above, name, isStatic, [...below, node]), above.node, node, module) : UNKNOWN;
  }

  #getter(fn: FunctionValue): Value {
    const annotation = fn.node.returnType?.typeAnnotation;
    if (annotation) {
      const typed = this.evaluateType(annotation, fn.module);
      if (typed.kind !== "unknown") return typed;
    }
    return this.#best(returnedExpressions(fn.node), fn.module);
  }

  /** `this.name = value` in a constructor or method. */
  #assigned(node: ClassNode, module: SourceModule, name: string): Value | undefined {
    for (const element of node.body.body) {
      if (element.type !== "MethodDefinition" || element.static || !element.value.body) continue;
      let found: Value | undefined;
      walk(element.value.body, (child) => {
        if (found) return false;
        if (child.type === "AssignmentExpression" && child.left.type === "MemberExpression" && child.left.object.type === "ThisExpression" && memberName(child.left) === name) {
          const value = this.evaluate(child.right, module);
          if (value.kind !== "unknown" && value.kind !== "literal") found = value;
        }
        return undefined;
      });
      if (found) return found;
    }
    return undefined;
  }

  #objectMember(node: TSESTree.ObjectExpression, module: SourceModule, name: string): Value {
    for (let index = node.properties.length - 1; index >= 0; index--) {
      const property = node.properties[index];
      if (!property) continue;
      if (property.type === "SpreadElement") {
        const value = this.member(this.evaluate(property.argument, module), name);
        if (value.kind !== "unknown" && value.kind !== "parameter") return value;
        continue;
      }
      if (keyName(property) !== name) continue;
      if (property.kind === "get" && isFunction(property.value)) return this.#getter({ kind: "function", node: property.value, module });
      const value = this.evaluate(property.value, module);
      const assigned = isPlain(value) ? this.#assignedMembersOf(node, module) : undefined;
      return assigned?.has(name) === true || assigned?.has(undefined) === true ? UNKNOWN : value;
    }
    return this.#memberAssigned(node, module, name);
  }

  /** A member that an object literal is given later: `db.users = …`, `db[model.name] = model`. */
  #memberAssigned(node: TSESTree.ObjectExpression, module: SourceModule, name: string): Value {
    const assigned = this.#assignedMembersOf(node, module);
    const own = assigned.get(name);
    if (own) {
      const value = this.#best(own, module);
      return isPlain(value) ? UNKNOWN : value;
    }
    for (const given of assigned.get(undefined) ?? []) {
      const value = this.evaluate(given, module);
      const listed = value.kind === "library" ? this.#libraries.get(value.library)?.listed?.(value, name) : undefined;
      if (listed) return listed;
    }
    return UNKNOWN;
  }

  #assignedMembersOf(node: TSESTree.ObjectExpression, module: SourceModule): ReadonlyMap<string | undefined, readonly Node[]> {
    let members = this.#assignedMembers.get(node);
    if (!members) {
      members = assignedMembers(node, module);
      this.#assignedMembers.set(node, members);
    }
    return members;
  }

  #typeMember({ node, module, typeArguments }: Value & { readonly kind: "typed" }, name: string): Value {
    switch (node.type) {
      case "TSIntersectionType":
      case "TSUnionType":
        for (const part of node.types) {
          const value = this.member(this.#typeFor(part, module, typeArguments), name);
          if (value.kind !== "unknown") return value;
        }
        return UNKNOWN;
      case "TSTypeLiteral":
        return this.#signature(node.members, module, name, typeArguments) ?? UNKNOWN;
      case "TSInterfaceDeclaration": {
        const own = this.#signature(node.body.body, module, name, typeArguments);
        if (own) return own;
        for (const heritage of node.extends) {
          const value = this.member(this.#entity(heritage.expression, module), name);
          if (value.kind !== "unknown") return value;
        }
        return UNKNOWN;
      }
      default:
        return UNKNOWN;
    }
  }

  /** A type inside the declaration of a generic alias or interface, for the type arguments that it is used with. */
  #typeFor(node: Node, module: SourceModule, given: readonly TypeArgument[] | undefined): Value {
    if (!given) return this.evaluateType(node, module);
    const inner = transparent(node);
    const parameter = typeParameterOf({ node: inner, module });
    const argument = parameter && isTypeDeclaration(parameter.owner) ? given[parameter.index] : undefined;
    if (argument) return "node" in argument ? this.evaluateType(argument.node, argument.module) : UNKNOWN;
    const value = this.evaluateType(inner, module);
    if (value.kind !== "library" && value.kind !== "typed") return value;
    // A list of a type parameter has the arguments of the declaration around it.
    return value.kind === "typed" && value.node === inner && !value.typeArguments ? { ...value, typeArguments: given } : value.typeArguments ? withReference(value, given) : value;
  }

  #signature(members: readonly TSESTree.TypeElement[], module: SourceModule, name: string, typeArguments: readonly TypeArgument[] | undefined): Value | undefined {
    for (const member of members) {
      if ((member.type !== "TSPropertySignature" && member.type !== "TSMethodSignature") || keyName(member) !== name) continue;
      if (member.type === "TSMethodSignature") return { kind: "typed", node: member, module, ...(typeArguments && { typeArguments }) };
      return member.typeAnnotation ? this.#typeFor(member.typeAnnotation.typeAnnotation, module, typeArguments) : UNKNOWN;
    }
    return undefined;
  }

  #type(node: Node, module: SourceModule): Value {
    switch (node.type) {
      case "TSTypeReference":
        return this.#typeReference(node, module);
      case "TSTypeQuery":
        return node.exprName.type === "TSImportType" ? UNKNOWN : this.#typeQuery(node.exprName, module);
      case "TSUnionType":
      case "TSIntersectionType": {
        let best: Value = UNKNOWN;
        for (const part of node.types) {
          const value = this.evaluateType(part, module);
          if (value.kind === "library") return value;
          if (best.kind === "unknown") best = value;
        }
        return best.kind === "typed" ? { kind: "typed", node, module } : best;
      }
      case "TSTypeLiteral":
      case "TSFunctionType":
      case "TSInterfaceDeclaration":
        return { kind: "typed", node, module };
      case "TSArrayType":
        return this.#listType(node, module);
      case "TSTypeOperator":
        return node.typeAnnotation ? this.evaluateType(node.typeAnnotation, module) : UNKNOWN;
      case "TSIndexedAccessType": {
        const index = node.indexType.type === "TSLiteralType" && node.indexType.literal.type === "Literal" ? String(node.indexType.literal.value) : undefined;
        return index === undefined ? UNKNOWN : this.member(this.evaluateType(node.objectType, module), index);
      }
      case "TSImportType": {
        const specifier = node.source.value;
        const name = node.qualifier ? entityText(node.qualifier) : undefined;
        return name === undefined ? this.#module(specifier, module) : this.#typeNamed(specifier, name, module);
      }
      default:
        return UNKNOWN;
    }
  }

  #typeReference(node: TSESTree.TSTypeReference, module: SourceModule): Value {
    const name = node.typeName.type === "Identifier" ? node.typeName.name : undefined;
    const first = node.typeArguments?.params[0];
    if (name !== undefined && first && !module.lookUp(name, node)) {
      if (TRANSPARENT_TYPES.has(name)) return this.evaluateType(first, module);
      if (name === "Parameters") return { kind: "parameters", of: this.evaluateType(first, module) };
      if (name === "ReturnType") {
        const fn = this.evaluateType(first, module);
        if (fn.kind === "function") return this.#best(returnedExpressions(fn.node), fn.module);
        if (fn.kind === "library") return this.#libraries.get(fn.library)?.call?.(fn, { node: EMPTY_CALL, module }) ?? UNKNOWN;
        return this.#resultOfType(fn);
      }
      if (name === "InstanceType") return this.#construct(this.evaluateType(first, module), { node, module });
      if (LISTS.has(name)) return this.#listType(node, module);
    }
    const value = this.#entity(node.typeName, module);
    if ((value.kind !== "library" && value.kind !== "typed") || !node.typeArguments) return value;
    return withReference(value, node.typeArguments.params.map((argument) => ({ node: argument, module })));
  }

  /** `Row[]`, `Array<Row>`: known where what it is a list of is a library's or may be, by a type parameter. */
  #listType(node: Node, module: SourceModule): Value {
    const element = elementType(node);
    if (!element) return UNKNOWN;
    return this.evaluateType(element, module).kind === "library" || typeParameterOf({ node: element, module }) ? { kind: "typed", node, module } : UNKNOWN;
  }

  /** A type name, or the expression of an `extends` clause. */
  #entity(node: Node, module: SourceModule): Value {
    if (node.type === "TSQualifiedName" || node.type === "MemberExpression") {
      const text = entityText(node);
      const root = entityRoot(node);
      if (text === undefined || !root) return UNKNOWN;
      const variable = module.lookUp(root.name, node);
      const definition = variable?.defs[0];
      if ((definition?.type as string | undefined) !== "ImportBinding") return UNKNOWN;
      const binding = importBinding(definition?.node as Node, definition?.parent as unknown as Node | undefined);
      if (!binding) return UNKNOWN;
      const rest = text.slice(root.name.length + 1);
      return this.#typeNamed(binding.specifier, binding.name === "*" || binding.name === "default" ? rest : `${binding.name}.${rest}`, module);
    }
    if (node.type !== "Identifier") return UNKNOWN;
    const definition = module.lookUp(node.name, node)?.defs[0];
    if (!definition) return UNKNOWN;
    if ((definition.type as string) === "ImportBinding") {
      const binding = importBinding(definition.node as Node, definition.parent as unknown as Node | undefined);
      return binding ? this.#typeNamed(binding.specifier, binding.name, module) : UNKNOWN;
    }
    return this.#typeDeclaration(definition.node as Node, module);
  }

  #typeDeclaration(node: Node, module: SourceModule): Value {
    return this.#remember(this.#declarations, node, () => this.#declaredType(node, module));
  }

  #declaredType(node: Node, module: SourceModule): Value {
    if (node.type === "TSTypeAliasDeclaration") return this.evaluateType(node.typeAnnotation, module);
    if (node.type === "TSInterfaceDeclaration") {
      // An interface that only extends a library's type is that type.
      for (const heritage of node.extends) {
        const value = this.#entity(heritage.expression, module);
        if (value.kind === "library") return heritage.typeArguments ? withReference(value, heritage.typeArguments.params.map((argument) => ({ node: argument, module }))) : value;
      }
      return { kind: "typed", node, module };
    }
    if (node.type === "TSTypeParameter") return node.constraint ? this.evaluateType(node.constraint, module) : UNKNOWN;
    return isClass(node) ? this.#instance(node, module) : UNKNOWN;
  }

  #typeNamed(specifier: string, name: string, from: SourceModule, seen: ReadonlySet<SourceModule> = new Set()): Value {
    const named = this.#options.configured?.(specifier, name, "export");
    if (named) return named;
    const typed = this.#typedExport(specifier, name);
    if (typed) return typed;
    if (this.#owner(specifier)) return UNKNOWN;
    const resolved = this.#options.graph.resolve(specifier, from.path);
    const value = "module" in resolved ? this.#exportedType(resolved.module, name, seen) : UNKNOWN;
    return value.kind === "unknown" ? (this.#unexplained(specifier, name, true) ?? value) : value;
  }

  #exportedType(module: SourceModule, name: string, seen: ReadonlySet<SourceModule>): Value {
    if (seen.has(module)) return UNKNOWN;
    const next = new Set([...seen, module]);
    const stars: string[] = [];
    for (const statement of module.program.body) {
      switch (statement.type) {
        case "ExportNamedDeclaration": {
          const declaration = statement.declaration;
          if (declaration && "id" in declaration && declaration.id?.type === "Identifier" && declaration.id.name === name) return this.#typeDeclaration(declaration, module);
          for (const item of statement.specifiers) {
            if (nameOf(item.exported) !== name) continue;
            if (statement.source) return this.#typeNamed(statement.source.value, nameOf(item.local), module, next);
            return this.#entity(item.local, module);
          }
          break;
        }
        case "ExportDefaultDeclaration":
          if (name === "default") return statement.declaration.type === "Identifier" ? this.#entity(statement.declaration, module) : this.#typeDeclaration(statement.declaration, module);
          break;
        case "ExportAllDeclaration":
          if (!statement.exported) stars.push(statement.source.value);
          break;
        default:
      }
    }
    for (const specifier of stars) {
      const value = this.#typeNamed(specifier, name, module, next);
      if (value.kind !== "unknown") return value;
    }
    return UNKNOWN;
  }

  #typeQuery(name: TSESTree.EntityName | TSESTree.ThisExpression, module: SourceModule): Value {
    if (name.type === "Identifier") return this.evaluate(name, module);
    if (name.type === "TSQualifiedName") return this.member(this.#typeQuery(name.left, module), name.right.name);
    return this.evaluate(name, module);
  }
}

/** Methods of lists, and functions of packages over lists, that call a function with each item first. */
const ITERATIONS: ReadonlySet<string> = new Set(["map", "flatMap", "forEach", "filter", "find", "findLast", "some", "every", "findIndex", "sort", "each", "mapSeries", "eachSeries", "forEachSeries", "eachLimit", "concurrently"]);
/** Types that are lists of their first argument. */
const LISTS: ReadonlySet<string> = new Set(["Array", "ReadonlyArray", "Set", "ReadonlySet", "Iterable"]);
/** Mixins around mixins. */
const MAX_MIXINS = 8;
/** Kinds of values of which a type may tell more. */
const MORE_BY_TYPE: ReadonlySet<Value["kind"]> = new Set<Value["kind"]>(["unknown", "parameter", "external", "typed", "instance"]);
/** Methods of containers that give an instance of the class they are given. */
const ASKS = /^(?:get|resolve|inject|getInstance|getCustomRepository)$/u;
/** Calls and members between a client and the method that sends: `ctx.db.query.users.findMany()`. */
const MAX_LINKS = 12;

/** Is a method called on the expression, or on what it leads to, that may send a query? A tag may be one itself. */
function isReceiver(node: Node, isQueryMethod: (name: string) => boolean = () => true): boolean {
  if (node.type !== "Identifier" && node.type !== "MemberExpression" && node.type !== "CallExpression" && node.type !== "ThisExpression") return false;
  let inner = wrapped(node);
  if (inner.parent?.type === "TaggedTemplateExpression" && inner.parent.tag === inner) return true;
  for (let links = 0; links < MAX_LINKS; links++) {
    const outer: Node | undefined = inner.parent;
    if (outer?.type === "AwaitExpression") inner = wrapped(outer);
    else if (outer?.type === "CallExpression" && outer.callee === inner) inner = wrapped(outer);
    else if (outer?.type === "MemberExpression" && outer.object === inner) {
      inner = wrapped(outer);
      const isCalled = (inner.parent?.type === "CallExpression" && inner.parent.callee === inner) || (inner.parent?.type === "TaggedTemplateExpression" && inner.parent.tag === inner);
      const name = isCalled ? memberName(outer) : undefined;
      if (name !== undefined && isQueryMethod(name) && !isMapping(name, inner.parent)) return true;
    } else return false;
  }
  return false;
}

/** `list.map((item) => …)` and `list.each(…)`: nothing that a function is handed to first by these names sends a query. */
function isMapping(name: string, call: Node | undefined): boolean {
  const first = call?.type === "CallExpression" ? call.arguments[0] : undefined;
  return (name === "map" || name === "each") && (first?.type === "ArrowFunctionExpression" || first?.type === "FunctionExpression");
}

/** The type arguments that a class extends its base with. */
function superTypeArguments(node: ClassNode, module: SourceModule): readonly TypeArgument[] {
  return (node.superTypeArguments?.params ?? []).map((argument) => ({ node: argument, module }));
}

/** The declaration of the type parameter that a type argument is, and its place among the parameters. */
function typeParameterOf(argument: TypeArgument): { readonly owner: Node; readonly index: number } | undefined {
  if (!("node" in argument)) return undefined;
  const { node, module } = argument;
  const name = node.type === "TSTypeReference" && node.typeName.type === "Identifier" ? node.typeName : undefined;
  const parameter = name && (module.lookUp(name.name, name)?.defs[0]?.node as Node | undefined);
  const list = parameter?.type === "TSTypeParameter" ? parameter.parent : undefined;
  if (list?.type !== "TSTypeParameterDeclaration") return undefined;
  return { owner: list.parent, index: list.params.findIndex((item) => item === parameter) };
}

/** A value of a generic class or function, with the type parameters of `owner` filled in. */
function withTypeArguments(value: LibraryValue, owner: Node, given: (index: number) => TypeArgument | undefined): LibraryValue {
  if (!value.typeArguments) return value;
  const typeArguments = value.typeArguments.map((argument) => {
    const parameter = typeParameterOf(argument);
    return (parameter?.owner === owner ? given(parameter.index) : undefined) ?? argument;
  });
  return { ...value, typeArguments };
}

/** A value that a reference with type arguments gives: its own arguments, or those of the alias or class it goes through. */
function withReference<V extends LibraryValue | (Value & { readonly kind: "typed" })>(value: V, given: readonly TypeArgument[]): V {
  if (!value.typeArguments) return { ...value, typeArguments: given };
  const typeArguments = value.typeArguments.map((argument) => {
    const parameter = typeParameterOf(argument);
    return (parameter && !isFunction(parameter.owner) ? given[parameter.index] : undefined) ?? argument;
  });
  return { ...value, typeArguments };
}

function mentionsType(annotation: Node, name: string): boolean {
  let found = false;
  walk(annotation, (node) => {
    if (node.type === "TSTypeReference" && node.typeName.type === "Identifier" && node.typeName.name === name) found = true;
    return found ? false : undefined;
  });
  return found;
}

function rebound(value: LibraryValue, from: ClassNode, to: ClassOwner): LibraryValue {
  const { owner, at, parent } = value;
  return {
    ...value,
    ...(owner?.node === from && { owner: { ...to, isStatic: owner.isStatic } }),
    ...(at?.node === from && { at: { node: to.node, module: to.module } }),
    ...(parent && { parent: rebound(parent, from, to) }),
  };
}

/** A literal is known only when every alternative is the same one, a text when there is no other. */
function agreed(best: Value, alternatives: readonly Value[]): Value {
  if (best.kind === "text") return alternatives.length === 1 ? best : UNKNOWN;
  return best.kind === "literal" && alternatives.some((value) => value.kind !== "literal" || value.value !== best.value) ? UNKNOWN : best;
}

/** What a list type is a list of. */
function elementType(node: Node): Node | undefined {
  if (node.type === "TSArrayType") return node.elementType;
  return node.type === "TSTypeReference" && LISTS.has(typeName(node) ?? "") ? node.typeArguments?.params[0] : undefined;
}

function isTypeDeclaration(node: Node): boolean {
  return node.type === "TSTypeAliasDeclaration" || node.type === "TSInterfaceDeclaration";
}

/** May a call out of sight make a class that another extends: by its place, and by a class among its arguments? */
function mayMakeClass(call: TSESTree.CallExpression): boolean {
  const outer = wrapped(call);
  const { parent } = outer;
  const isPlace =
    (parent !== undefined && isClass(parent) && parent.superClass === outer) ||
    (parent?.type === "VariableDeclarator" && parent.id.type === "Identifier" && /^[A-Z]/u.test(parent.id.name)) ||
    parent?.type === "ExportDefaultDeclaration" ||
    (parent?.type === "AssignmentExpression" && isModuleExports(parent.left));
  return isPlace && takesClass(call);
}

function takesClass(call: TSESTree.CallExpression): boolean {
  return call.arguments.some((argument) => {
    const inner = argument.type === "SpreadElement" ? argument : unwrap(argument);
    if (inner.type === "CallExpression") return takesClass(inner);
    const name = inner.type === "Identifier" ? inner.name : inner.type === "MemberExpression" ? memberName(inner) : undefined;
    return name !== undefined && /^[A-Z][\w$]*[a-z]/u.test(name);
  });
}

/** A call without arguments, for `ReturnType<typeof factory>`. */
const EMPTY_CALL = { type: "CallExpression", arguments: [], range: [0, 0] } as unknown as TSESTree.CallExpression;

function transparent(node: Node): Node {
  let current = node;
  while (current.type === "TSTypeReference" && current.typeName.type === "Identifier" && TRANSPARENT_TYPES.has(current.typeName.name)) {
    const first = current.typeArguments?.params[0];
    if (!first) break;
    current = first;
  }
  return current;
}

function typeName(node: Node): string | undefined {
  return node.type === "TSTypeReference" && node.typeName.type === "Identifier" ? node.typeName.name : undefined;
}

function entityText(node: Node): string | undefined {
  if (node.type === "Identifier") return node.name;
  if (node.type === "TSQualifiedName") {
    const left = entityText(node.left);
    return left === undefined ? undefined : `${left}.${node.right.name}`;
  }
  if (node.type === "MemberExpression") {
    const left = entityText(node.object);
    const name = memberName(node);
    return left === undefined || name === undefined ? undefined : `${left}.${name}`;
  }
  return undefined;
}

function entityRoot(node: Node): TSESTree.Identifier | undefined {
  if (node.type === "Identifier") return node;
  if (node.type === "TSQualifiedName") return entityRoot(node.left);
  return node.type === "MemberExpression" ? entityRoot(node.object) : undefined;
}

/** A type that says what a function takes and gives. */
function isSignature(node: Node): node is TSESTree.TSFunctionType | TSESTree.TSMethodSignature | TSESTree.TSDeclareFunction {
  return node.type === "TSFunctionType" || node.type === "TSMethodSignature" || node.type === "TSDeclareFunction";
}

/** A value of the language, which a program changes as it goes. */
function isPlain(value: Value): boolean {
  return value.kind === "literal" || value.kind === "text";
}

/** Is something assigned to the member of an object, anywhere below the node? */
function assignsMember(root: Node, isObject: (node: Node) => boolean, name: string): boolean {
  let found = false;
  walk(root, (node) => {
    if (node.type === "AssignmentExpression" && isMemberOf(node.left, isObject, name)) found = true;
    return found ? false : undefined;
  });
  return found;
}

function isMemberOf(node: Node, isObject: (node: Node) => boolean, name: string): boolean {
  if (node.type !== "MemberExpression" || !isObject(unwrap(node.object))) return false;
  const written = memberName(node);
  return written === undefined || written === name;
}

/** What is assigned to the members of an object literal through the variable that holds it, by name; undefined for a name that is not seen. */
function assignedMembers(literal: Node, module: SourceModule): ReadonlyMap<string | undefined, readonly Node[]> {
  const declarator = wrapped(literal).parent;
  const names = new Map<string | undefined, Node[]>();
  if (declarator?.type !== "VariableDeclarator" || declarator.id.type !== "Identifier") return names;
  for (const reference of module.lookUp(declarator.id.name, declarator.id)?.references ?? []) {
    const member = (reference.identifier as Node).parent;
    const assignment = member?.parent;
    if (member?.type === "MemberExpression" && member.object === reference.identifier && assignment?.type === "AssignmentExpression" && assignment.left === member) {
      const name = memberName(member);
      names.set(name, [...(names.get(name) ?? []), assignment.right]);
    }
  }
  return names;
}

/** Is the function what a module exports whose path the program works out: `require(path)`, `require(path).default`? */
function isLoadedModule(callee: Node, module: SourceModule): boolean {
  let inner = unwrap(callee);
  if (inner.type === "MemberExpression" && memberName(inner) === "default") inner = unwrap(inner.object);
  if (inner.type === "Identifier") {
    const declarator = module.lookUp(inner.name, inner)?.defs[0]?.node as Node | undefined;
    if (declarator?.type !== "VariableDeclarator" || declarator.id.type !== "Identifier" || !declarator.init) return false;
    inner = unwrap(declarator.init);
  }
  if (inner.type === "AwaitExpression") inner = unwrap(inner.argument);
  if (inner.type === "ImportExpression") return literalString(inner.source) === undefined;
  return inner.type === "CallExpression" && calleeName(inner) === "require" && inner.arguments[0] !== undefined && literalString(inner.arguments[0]) === undefined;
}

/** A sum one of whose parts is a text. */
function isConcatenation(node: TSESTree.BinaryExpression): boolean {
  for (let current: Node = node; current.type === "BinaryExpression" && current.operator === "+"; current = unwrap(current.left)) {
    if ([current.left, current.right].some((part) => part.type === "TemplateLiteral" || (part.type === "Literal" && typeof part.value === "string"))) return true;
  }
  return false;
}

function isNothing(value: Value): boolean {
  return value.kind === "literal" && (value.value === null || value.value === undefined);
}

function isModuleExports(node: Node): boolean {
  return node.type === "MemberExpression" && node.object.type === "Identifier" && node.object.name === "module" && memberName(node) === "exports";
}

function isExports(node: Node): boolean {
  return node.type === "Identifier" && node.name === "exports";
}

/** The `require` of CommonJS, or one that `createRequire(import.meta.url)` makes. */
function isRequire(variable: Scope.Variable | undefined): boolean {
  if (!variable) return true;
  const declarator = variable.defs[0]?.node as Node | undefined;
  return declarator?.type === "VariableDeclarator" && declarator.init?.type === "CallExpression" && calleeName(declarator.init) === "createRequire";
}

/** Functions of the language and of common packages that give back what they are given. */
function isPassThrough(specifier: string, name: string): boolean {
  if (specifier === "util" || specifier === "node:util") return name === "promisify";
  return specifier === "react" && (name === "cache" || name === "useMemo");
}

