/** The library's decorators on a class or member, also those that a decorator of the project applies. */
import { isFunction, unwrap, walk, type ClassNode, type Node } from "../../../syntax/ast.js";
import type { CodeModule } from "./modules.js";
import { returned, type Arguments, type ClassValue, type Value, type Values } from "./values.js";

export interface Decoration {
  /** Its exported name. */
  readonly name: string;
  readonly args: readonly Value[];
  /** Made by a call on a value of the library, as `createIndexDecorator` gives it: that value. */
  readonly maker?: Value;
  readonly node: Node;
  readonly module: CodeModule;
  /** A decorator of the project applies it under a condition. */
  readonly maybe: boolean;
}

export interface Decorations {
  readonly known: readonly Decoration[];
  /** A decorator of the project in which none of the library's was seen. It may register something elsewhere. */
  readonly unknown?: Node;
}

export interface Library {
  /** Is it one of the library's packages? */
  readonly is: (specifier: string) => boolean;
  /** Names of the decorators that say something about the schema. */
  readonly names: ReadonlySet<string>;
}

/** Decorators of the project that apply one another at most. */
const DEEPEST = 4;

/** By what is decorated: a base class is read for every class that extends it. */
const cache = new WeakMap<Values, WeakMap<object, Decorations>>();

export function decorationsOf(decorated: { readonly decorators?: readonly Node[] | undefined }, module: CodeModule, values: Values, library: Library): Decorations {
  const kept = cache.get(values) ?? new WeakMap<object, Decorations>();
  cache.set(values, kept);
  const present = kept.get(decorated) ?? readDecorations(decorated, module, values, library);
  kept.set(decorated, present);
  return present;
}

function readDecorations(decorated: { readonly decorators?: readonly Node[] | undefined }, module: CodeModule, values: Values, library: Library): Decorations {
  const known: Decoration[] = [];
  let unknown: Node | undefined;
  for (const decorator of decorated.decorators ?? []) {
    const expression = decorator.type === "Decorator" ? unwrap(decorator.expression) : unwrap(decorator);
    const found = applied(expression, module, new Map(), values, library, decorator, module, 0);
    if (found === undefined) unknown ??= decorator;
    else known.push(...found);
  }
  return { known, ...(unknown === undefined ? {} : { unknown }) };
}

/** What an expression in the place of a decorator applies; undefined when that cannot be seen. */
function applied(expression: Node, module: CodeModule, given: Arguments, values: Values, library: Library, at: Node, home: CodeModule, depth: number): readonly Decoration[] | undefined {
  const isCall = expression.type === "CallExpression";
  const callee = values.of(isCall ? expression.callee : expression, module, given);
  const args = isCall ? expression.arguments.map((argument) => values.of(argument, module, given)) : [];
  switch (callee.kind) {
    case "library": {
      const name = callee.path.at(-1);
      return name !== undefined && library.is(callee.specifier) && library.names.has(name) ? [{ name, args, node: at, module: home, maybe: false }] : [];
    }
    // `const Id = PrimaryGeneratedColumn("uuid")`, used as `@Id`; what `createIndexDecorator()` gives
    case "call": {
      if (callee.callee.kind !== "library") return undefined;
      if (!library.is(callee.callee.specifier)) return [];
      const name = callee.callee.path.at(-1);
      if (name === undefined || !library.names.has(name)) return undefined;
      return isCall ? [{ name, args, maker: callee, node: at, module: home, maybe: false }] : [{ name, args: callee.args.map((argument) => values.of(argument, callee.module, callee.given)), maker: callee, node: at, module: home, maybe: false }];
    }
    case "member": {
      const of = callee.of;
      if (of.kind !== "call" || of.callee.kind !== "library" || !library.is(of.callee.specifier)) return of.kind === "call" && of.callee.kind === "library" ? [] : undefined;
      const name = of.callee.path.at(-1);
      return name !== undefined && library.names.has(name) ? [{ name, args, maker: of, node: at, module: home, maybe: false }] : undefined;
    }
    case "function": {
      if (depth > DEEPEST) return undefined;
      const found = within(callee.node, callee.module, values.arguments(callee, args), values, library, at, home, depth);
      return found.length === 0 ? undefined : found;
    }
    case "class":
    case "object":
    case "list":
    case "literal":
    case "enum":
    case "unknown":
      return undefined;
  }
}

/** The library's decorators that the body of a decorator calls. */
function within(fn: Node, module: CodeModule, given: Arguments, values: Values, library: Library, at: Node, home: CodeModule, depth: number): readonly Decoration[] {
  const found: Decoration[] = [];
  for (const node of candidatesIn(fn, module, values, library)) {
    const reached = isReached(node, fn, module, given, values);
    if (reached === "no") continue;
    const isBare = node.type !== "CallExpression";
    const callee = values.of(isBare ? node : node.callee, module, given);
    if (isBare !== (callee.kind === "call") || (!isBare && callee.kind !== "library" && callee.kind !== "function")) continue;
    const inner = applied(node, module, given, values, library, at, home, depth + 1) ?? [];
    found.push(...inner.map((decoration) => (reached === "maybe" ? { ...decoration, maybe: true } : decoration)));
  }
  return found;
}

/** By function: a decorator of the project is looked into for everything that it decorates. */
const candidates = new WeakMap<Values, WeakMap<Node, readonly Node[]>>();

/** The calls in a decorator's body that may be decorators, and names of such calls in its arguments: `both(Id, …)`. */
function candidatesIn(fn: Node, module: CodeModule, values: Values, library: Library): readonly Node[] {
  const kept = candidates.get(values) ?? new WeakMap<Node, readonly Node[]>();
  candidates.set(values, kept);
  const known = kept.get(fn);
  if (known !== undefined) return known;
  const found: Node[] = [];
  walk(fn, (node) => {
    if (node.type === "Decorator") return false;
    const isBare = node.type === "Identifier" && node.parent?.type === "CallExpression" && node.parent.callee !== node;
    if (node.type !== "CallExpression" && !isBare) return undefined;
    const callee = unwrap(node.type === "CallExpression" ? node.callee : node);
    // Methods of whatever, `Reflect.getMetadata(…)`, are none unless they are the library's.
    const value = values.of(callee, module);
    const isOther = value.kind === "library" ? !library.is(value.specifier) : value.kind !== "function" && value.kind !== "call" && callee.type !== "Identifier" && callee.type !== "CallExpression";
    if (!isOther) found.push(node);
    return undefined;
  });
  kept.set(fn, found);
  return found;
}

/** Does the decorator come to this expression, for its arguments? */
function isReached(node: Node, fn: Node, module: CodeModule, given: Arguments, values: Values): "yes" | "no" | "maybe" {
  let reached: "yes" | "maybe" = "yes";
  for (let current = node; current.parent !== undefined && current !== fn; current = current.parent) {
    const { parent } = current;
    const isBranch = (parent.type === "IfStatement" || parent.type === "ConditionalExpression") && current !== parent.test;
    if (!isBranch && parent.type !== "SwitchCase" && !(parent.type === "LogicalExpression" && current === parent.right)) continue;
    const test = isBranch ? values.of(parent.test, module, given) : parent.type === "LogicalExpression" ? values.of(parent.left, module, given) : undefined;
    const truth = test?.kind === "literal" ? Boolean(test.value) : test?.kind === "object" || test?.kind === "list" || test?.kind === "class" || test?.kind === "function" ? true : undefined;
    if (truth === undefined) reached = "maybe";
    else if (isBranch && (current === parent.consequent) !== truth) return "no";
    else if (parent.type === "LogicalExpression" && (parent.operator === "&&") !== truth) return "no";
  }
  return reached;
}

/** The class that a class extends; `undefined` when there is none, a value of another kind when it was not found. */
export function baseOf(of: ClassValue, values: Values, given: Arguments = new Map()): { readonly value: Value; readonly given: Arguments } | undefined {
  const { superClass } = of.node;
  if (!superClass) return undefined;
  const inner = unwrap(superClass);
  // `extends WithTimestamps(Base)`: the class that the function returns, with its parameter for a base.
  if (inner.type === "CallExpression") {
    const callee = values.of(inner.callee, of.module, given);
    if (callee.kind === "function") {
      const result = returned(callee.node);
      const bound = values.arguments(callee, inner.arguments.map((argument) => values.of(argument, of.module, given)));
      if (result !== undefined) return { value: values.of(result, callee.module, bound), given: bound };
    }
  }
  return { value: values.of(inner, of.module, given), given };
}

/** A class and its bases, itself first. `lost` is a base that was not found. */
export function lineage(of: ClassValue, values: Values): { readonly classes: readonly ClassValue[]; readonly lost?: Value } {
  const classes: ClassValue[] = [];
  let current: ClassValue = of;
  let given: Arguments = new Map();
  while (!classes.some((known) => known.node === current.node)) {
    classes.push(current);
    const base = baseOf(current, values, given);
    if (base === undefined) return { classes };
    if (base.value.kind !== "class") return { classes, lost: base.value };
    current = base.value;
    given = base.given;
  }
  return { classes };
}

export function nameOfClass(node: ClassNode): string | undefined {
  if (node.id) return node.id.name;
  const { parent } = node;
  if (parent?.type === "VariableDeclarator" && parent.id.type === "Identifier") return parent.id.name;
  return undefined;
}

export interface WrittenType {
  /** `string`, `number`, `Date`, the name of a class. */
  readonly name: string | undefined;
  /** The class that a wrapper such as `Ref<User>` is given. */
  readonly argument: string | undefined;
  /** `null` or `undefined` is one of the types. */
  readonly optional: boolean;
}

/** The type that is written at a property, or told by its initialiser. `null` and `undefined` do not count. */
export function writtenType(member: { readonly typeAnnotation?: { readonly typeAnnotation: Node } | undefined; readonly value?: Node | null }): WrittenType {
  const node = member.typeAnnotation?.typeAnnotation;
  if (node === undefined) return { name: typeOfValue(member.value), argument: undefined, optional: false };
  const types: readonly Node[] = node.type === "TSUnionType" ? node.types : [node];
  const kept = types.filter((type) => type.type !== "TSNullKeyword" && type.type !== "TSUndefinedKeyword");
  const names = new Set(kept.map((type) => typeName(type)));
  const [only] = kept;
  const inner = only?.type === "TSTypeReference" ? only.typeArguments?.params[0] : undefined;
  return { name: names.size === 1 ? [...names][0] : undefined, argument: kept.length === 1 && inner !== undefined ? typeName(inner) : undefined, optional: kept.length < types.length };
}

/** The type of a property by its initialiser. */
function typeOfValue(value: Node | null | undefined): string | undefined {
  if (value?.type === "Literal" && (typeof value.value === "string" || typeof value.value === "number" || typeof value.value === "boolean")) return typeof value.value;
  return value?.type === "NewExpression" && value.callee.type === "Identifier" ? value.callee.name : undefined;
}

/** Types that stand for the one they are given: MikroORM's and TypeORM's, which break circles of imports. */
const WRAPPERS: ReadonlySet<string> = new Set(["Rel", "Ref", "Reference", "IdentifiedReference", "Loaded", "Opt", "Hidden", "Relation", "Promise", "NonAttribute", "CreationOptional"]);

function typeName(node: Node | undefined): string | undefined {
  switch (node?.type) {
    case "TSStringKeyword":
      return "string";
    case "TSNumberKeyword":
      return "number";
    case "TSBooleanKeyword":
      return "boolean";
    case "TSBigIntKeyword":
      return "bigint";
    case "TSTypeReference": {
      const [inner] = node.typeArguments?.params ?? [];
      if (inner !== undefined && node.typeName.type === "Identifier" && WRAPPERS.has(node.typeName.name)) return typeName(inner);
      return node.typeName.type === "Identifier" ? node.typeName.name : undefined;
    }
    case "TSLiteralType":
      return node.literal.type === "Literal" && /^(?:string|number|boolean)$/u.test(typeof node.literal.value) ? typeof node.literal.value : undefined;
    case "TSArrayType":
      return "Array";
    default:
      return undefined;
  }
}

/** The class that `() => User`, `(type) => User`, `User` or `"User"` names, or the text. */
export function targetOf(value: Value | undefined, values: Values): ClassValue | string | undefined {
  if (value === undefined) return undefined;
  if (value.kind === "class") return value;
  // `const UserEntity = new EntitySchema({ … })`
  if (value.kind === "call") return value.node.parent?.type === "VariableDeclarator" && value.node.parent.id.type === "Identifier" ? value.node.parent.id.name : undefined;
  if (value.kind === "literal") return typeof value.value === "string" ? value.value : undefined;
  if (value.kind !== "function" || !isFunction(value.node)) return value.kind === "unknown" && value.node.type === "Identifier" ? value.node.name : undefined;
  const result = returned(value.node);
  const inner = result === undefined ? undefined : unwrap(result);
  if (inner === undefined) return undefined;
  const target = values.of(inner, value.module, value.given);
  if (target.kind === "class") return target;
  if (target.kind === "literal" && typeof target.value === "string") return target.value;
  return inner.type === "Identifier" ? inner.name : inner.type === "MemberExpression" && inner.property.type === "Identifier" ? inner.property.name : undefined;
}

/** The property that `(user) => user.posts` names, or the text. */
export function inverseOf(value: Value | undefined): string | undefined {
  if (value?.kind === "literal") return typeof value.value === "string" ? value.value : undefined;
  const result = value?.kind === "function" ? returned(value.node) : undefined;
  const inner = result === undefined ? undefined : unwrap(result);
  return inner?.type === "MemberExpression" && inner.property.type === "Identifier" ? inner.property.name : undefined;
}
