/**
 * What an expression of a declaration is, read as it stands: literals, objects and lists with their spreads, classes,
 * enums, and calls of the library, through constants, imports and helpers of the project. Nothing is run.
 */
import { isClass, isFunction, keyName, literalString, memberName, unwrap, walk, type ClassNode, type FunctionNode, type Node } from "../../../syntax/ast.js";
import type { Binding, CodeModule, CodeModules } from "./modules.js";

/** Arguments of the functions that are being looked into. */
export type Arguments = ReadonlyMap<Node, readonly Value[]>;

interface Place {
  readonly node: Node;
  readonly module: CodeModule;
}

export type Value = Place &
  (
    | { readonly kind: "literal"; readonly value: string | number | boolean | null | undefined }
    /** `open`: it has further keys that were not seen. */
    | { readonly kind: "object"; readonly entries: ReadonlyMap<string, Value>; readonly open: boolean }
    | { readonly kind: "list"; readonly items: readonly Value[]; readonly open: boolean }
    | { readonly kind: "class"; readonly node: ClassNode }
    | { readonly kind: "function"; readonly node: FunctionNode; readonly given: Arguments }
    | { readonly kind: "enum" }
    /** What an installed package exports, and members of it: `DataTypes.STRING`. */
    | { readonly kind: "library"; readonly specifier: string; readonly path: readonly string[] }
    /** A call or construction of anything that is no function of the project. */
    | { readonly kind: "call"; readonly callee: Value; readonly args: readonly Node[]; readonly given: Arguments }
    /** A member of a value that is not an object literal: `DataTypes.STRING` of a parameter, `t.createdAt`. */
    | { readonly kind: "member"; readonly of: Value; readonly name: string }
    | { readonly kind: "unknown" }
  );

export type ObjectValue = Extract<Value, { kind: "object" }>;
export type FunctionValue = Extract<Value, { kind: "function" }>;
export type CallValue = Extract<Value, { kind: "call" }>;
export type ClassValue = Extract<Value, { kind: "class" }>;

/** Constants and helpers that are followed one within another at most. */
const DEEPEST = 24;

export class Values {
  readonly modules: CodeModules;

  constructor(modules: CodeModules) {
    this.modules = modules;
  }

  of(node: Node, module: CodeModule, given: Arguments = new Map(), depth = 0): Value {
    const inner = unwrap(node);
    const place = { node: inner, module };
    if (depth > DEEPEST) return { ...place, kind: "unknown" };
    const text = literalString(inner);
    if (text !== undefined) return { ...place, kind: "literal", value: text };
    if (isFunction(inner)) return { kind: "function", node: inner, module, given };
    if (isClass(inner)) return { kind: "class", node: inner, module };
    switch (inner.type) {
      case "Literal":
        return typeof inner.value === "string" || typeof inner.value === "number" || typeof inner.value === "boolean" || inner.value === null ? { ...place, kind: "literal", value: inner.value } : { ...place, kind: "unknown" };
      case "UnaryExpression": {
        const operand = this.of(inner.argument, module, given, depth + 1);
        if (inner.operator === "void") return { ...place, kind: "literal", value: undefined };
        if (inner.operator === "!" && operand.kind === "literal") return { ...place, kind: "literal", value: !operand.value };
        return inner.operator === "-" && operand.kind === "literal" && typeof operand.value === "number" ? { ...place, kind: "literal", value: -operand.value } : { ...place, kind: "unknown" };
      }
      case "TemplateLiteral":
      case "BinaryExpression": {
        const joined = this.#text(inner, module, given, depth);
        return joined === undefined ? { ...place, kind: "unknown" } : { ...place, kind: "literal", value: joined };
      }
      case "TSEnumDeclaration":
        return { ...place, kind: "enum" };
      case "ObjectExpression":
        return this.#object(inner, module, given, depth);
      case "ArrayExpression": {
        const items: Value[] = [];
        let open = false;
        for (const element of inner.elements) {
          if (element === null) continue;
          if (element.type !== "SpreadElement") items.push(this.of(element, module, given, depth + 1));
          else {
            const spread = this.of(element.argument, module, given, depth + 1);
            if (spread.kind === "list") items.push(...spread.items);
            if (spread.kind !== "list" || spread.open) open = true;
          }
        }
        return { ...place, kind: "list", items, open };
      }
      case "Identifier": {
        // A variable without a value of its own is bound to its declaration.
        if (inner.parent.type === "VariableDeclarator" && inner.parent.id === inner) return { ...place, kind: "unknown" };
        if (inner.name === "undefined") return { ...place, kind: "literal", value: undefined };
        const binding = this.modules.find(inner.name, inner, module);
        return binding === undefined ? { ...place, kind: "unknown" } : this.#bound(binding, inner, module, given, depth + 1);
      }
      case "MemberExpression": {
        const name = memberName(inner);
        return name === undefined ? { ...place, kind: "unknown" } : this.member(this.of(inner.object, module, given, depth + 1), name, place, depth + 1);
      }
      case "CallExpression":
      case "NewExpression":
        return this.#call(inner, module, given, depth);
      case "LogicalExpression": {
        const left = this.of(inner.left, module, given, depth + 1);
        if (left.kind !== "literal") return left.kind === "unknown" ? { ...place, kind: "unknown" } : inner.operator === "&&" ? this.of(inner.right, module, given, depth + 1) : left;
        const takesRight = inner.operator === "&&" ? Boolean(left.value) : inner.operator === "||" ? !left.value : left.value === null || left.value === undefined;
        return takesRight ? this.of(inner.right, module, given, depth + 1) : left;
      }
      case "ConditionalExpression": {
        const test = this.of(inner.test, module, given, depth + 1);
        if (test.kind === "literal") return this.of(test.value ? inner.consequent : inner.alternate, module, given, depth + 1);
        return { ...place, kind: "unknown" };
      }
      case "AwaitExpression":
        return this.of(inner.argument, module, given, depth + 1);
      default:
        return { ...place, kind: "unknown" };
    }
  }

  #bound(binding: Binding, node: Node, module: CodeModule, given: Arguments, depth: number): Value {
    switch (binding.kind) {
      case "node":
        return this.of(binding.node, binding.module, binding.module === module ? given : new Map(), depth);
      case "part":
        return this.member(this.of(binding.of, binding.module, given, depth), binding.name, { node, module }, depth);
      case "parameter": {
        const args = given.get(binding.fn);
        const argument = args?.[binding.position];
        if (argument === undefined) return args === undefined ? { kind: "unknown", node, module } : { kind: "literal", value: undefined, node, module };
        return binding.member === undefined ? argument : this.member(argument, binding.member, { node, module }, depth);
      }
      case "external":
        return { kind: "library", specifier: binding.specifier, path: binding.path, node, module };
    }
  }

  member(of: Value, name: string, place: Place, depth = 0): Value {
    switch (of.kind) {
      case "object":
        return of.entries.get(name) ?? (of.open ? { ...place, kind: "unknown" } : { ...place, kind: "literal", value: undefined });
      case "library":
        return { ...place, kind: "library", specifier: of.specifier, path: name === "default" ? of.path : [...of.path, name] };
      case "class":
        return this.static(of, name, depth) ?? { ...place, kind: "member", of, name };
      case "enum": {
        const value = of.node.type === "TSEnumDeclaration" ? of.node.body.members.find((member) => keyName({ key: member.id, computed: member.computed }) === name)?.initializer : undefined;
        return value ? this.of(value, of.module, new Map(), depth + 1) : { ...place, kind: "unknown" };
      }
      case "unknown": {
        // A whole module: `import * as x`, `require("./x")`
        if (of.node.type !== "Program" || depth > DEEPEST) return { ...place, kind: "member", of, name };
        const binding = this.modules.exported(of.module, name);
        return binding === undefined ? { ...place, kind: "unknown" } : this.#bound(binding, place.node, place.module, new Map(), depth + 1);
      }
      case "literal":
        // `options?.index` of no options
        return of.value === undefined || of.value === null ? { ...place, kind: "literal", value: undefined } : { ...place, kind: "member", of, name };
      case "list":
      case "function":
      case "call":
      case "member":
        return { ...place, kind: "member", of, name };
    }
  }

  /** The value of a static property or getter that a class itself has. */
  static(of: ClassValue, name: string, depth = 0): Value | undefined {
    const found = of.node.body.body.find((member) => (member.type === "PropertyDefinition" || (member.type === "MethodDefinition" && member.kind === "get")) && member.static && keyName(member) === name);
    if (found?.type === "PropertyDefinition" && found.value) return this.of(found.value, of.module, new Map(), depth + 1);
    if (found?.type === "MethodDefinition") {
      const result = returned(found.value);
      return result === undefined ? undefined : this.of(result, of.module, new Map(), depth + 1);
    }
    return undefined;
  }

  #call(inner: Extract<Node, { type: "CallExpression" | "NewExpression" }>, module: CodeModule, given: Arguments, depth: number): Value {
    const place = { node: inner, module };
    const callee = unwrap(inner.callee);
    const [first] = inner.arguments;
    if (inner.type === "CallExpression" && callee.type === "Identifier" && callee.name === "require" && first !== undefined) {
      const specifier = literalString(first);
      const binding = specifier === undefined ? undefined : this.modules.required(specifier, module);
      if (binding !== undefined) return this.#bound(binding, inner, module, new Map(), depth + 1);
    }
    // `Object.freeze({ … })`
    if (callee.type === "MemberExpression" && first !== undefined && callee.object.type === "Identifier" && callee.object.name === "Object" && /^(?:freeze|seal)$/u.test(memberName(callee) ?? "")) return this.of(first, module, given, depth + 1);
    const target = this.of(inner.callee, module, given, depth + 1);
    if (inner.type === "CallExpression" && target.kind === "function") {
      const result = this.apply(target, inner.arguments.map((argument) => this.of(argument, module, given, depth + 1)), depth + 1);
      return result ?? { ...place, kind: "call", callee: target, args: inner.arguments, given };
    }
    return { ...place, kind: "call", callee: target, args: inner.arguments, given };
  }

  /** What a function of the project returns for these arguments, when it has one return. */
  apply(fn: FunctionValue, args: readonly Value[], depth = 0): Value | undefined {
    const result = returned(fn.node);
    return result === undefined || depth > DEEPEST ? undefined : this.of(result, fn.module, this.arguments(fn, args), depth + 1);
  }

  arguments(fn: FunctionValue, args: readonly Value[]): Arguments {
    const filled = fn.node.params.map((parameter, position): Value => {
      const argument = args[position];
      const missing = argument === undefined || (argument.kind === "literal" && argument.value === undefined);
      if (missing && parameter.type === "AssignmentPattern") return this.of(parameter.right, fn.module, fn.given, 1);
      return argument ?? { kind: "literal", value: undefined, node: parameter, module: fn.module };
    });
    return new Map([...fn.given, [fn.node, filled]]);
  }

  #object(inner: Extract<Node, { type: "ObjectExpression" }>, module: CodeModule, given: Arguments, depth: number): Value {
    const entries = new Map<string, Value>();
    let open = false;
    for (const property of inner.properties) {
      if (property.type === "SpreadElement") {
        const spread = this.of(property.argument, module, given, depth + 1);
        if (spread.kind === "object") for (const [key, value] of spread.entries) entries.set(key, value);
        // `...undefined` and `...(false && x)` add nothing.
        if (!(spread.kind === "literal" && typeof spread.value !== "string") && (spread.kind !== "object" || spread.open)) open = true;
        continue;
      }
      const computed = property.computed ? this.of(property.key, module, given, depth + 1) : undefined;
      const key = computed === undefined ? keyName(property) : computed.kind === "literal" ? String(computed.value) : undefined;
      if (key === undefined) open = true;
      else entries.set(key, this.of(property.value, module, given, depth + 1));
    }
    return { kind: "object", entries, open, node: inner, module };
  }

  #text(inner: Node, module: CodeModule, given: Arguments, depth: number): string | undefined {
    if (inner.type === "TemplateLiteral") {
      let text = "";
      for (const [at, quasi] of inner.quasis.entries()) {
        text += quasi.value.cooked ?? "";
        const hole = inner.expressions[at];
        const value = hole === undefined ? undefined : this.of(hole, module, given, depth + 1);
        if (value === undefined) continue;
        if (value.kind !== "literal") return undefined;
        text += String(value.value);
      }
      return text;
    }
    if (inner.type !== "BinaryExpression" || inner.operator !== "+") return undefined;
    const [left, right] = [this.of(inner.left, module, given, depth + 1), this.of(inner.right, module, given, depth + 1)];
    if (left.kind !== "literal" || right.kind !== "literal" || (typeof left.value !== "string" && typeof right.value !== "string")) return undefined;
    return String(left.value) + String(right.value);
  }
}

/** The expression that a function returns, when it has one return. */
export function returned(fn: FunctionNode | Node): Node | undefined {
  if (!isFunction(fn) || fn.body === null) return undefined;
  if (fn.body.type !== "BlockStatement") return fn.body;
  const returns: Node[] = [];
  walk(fn.body, (inner) => {
    if (isFunction(inner) || isClass(inner)) return false;
    if (inner.type === "ReturnStatement" && inner.argument !== null) returns.push(inner.argument);
    return undefined;
  });
  return returns.length === 1 ? returns[0] : undefined;
}

export function textOf(value: Value | undefined): string | undefined {
  return value?.kind === "literal" && typeof value.value === "string" ? value.value : undefined;
}

export function isTrue(value: Value | undefined): boolean {
  return value?.kind === "literal" && Boolean(value.value);
}

export function isFalse(value: Value | undefined): boolean {
  return value?.kind === "literal" && value.value === false;
}

export function entry(value: Value | undefined, name: string): Value | undefined {
  const found = value?.kind === "object" ? value.entries.get(name) : undefined;
  return found?.kind === "literal" && found.value === undefined ? undefined : found;
}

/** Items of a list that all are texts; undefined otherwise. */
export function textsOf(value: Value | undefined): readonly string[] | undefined {
  if (value?.kind !== "list" || value.open) return undefined;
  const texts = value.items.flatMap((item) => textOf(item) ?? []);
  return texts.length === value.items.length ? texts : undefined;
}
