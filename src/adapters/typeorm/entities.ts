/** Which entity a value is about, and what its class says of a property. */
import type { TSESTree } from "@typescript-eslint/utils";
import type { Span, TableRef } from "../../query/model.js";
import { isClass, isFunction, keyName, literalString, unwrap, type ClassNode, type Node } from "../../syntax/ast.js";
import type { Evaluator } from "../../syntax/evaluate.js";
import { entriesOf, readObject } from "../../syntax/objects.js";
import { importBinding, returnedExpressions } from "../../syntax/patterns.js";
import type { SourceModule } from "../../syntax/source-module.js";
import type { LibraryValue, NodeRef, TypeArgument } from "../../syntax/values.js";
import { TYPEORM } from "./library.js";

export interface Entity {
  /** The name of the class or of the entity schema; undefined when it is chosen at run time. */
  readonly name: string | undefined;
  /** The name is a table's, as the code writes it. */
  readonly isTable?: boolean;
  readonly class?: NodeRef<ClassNode>;
  /** What chooses an entity at run time; nothing where it is one for every call. Undefined: not known. */
  readonly chosenBy?: readonly NodeRef[];
}

export const UNKNOWN_ENTITY: Entity = { name: undefined };

/** The entity that an expression names: a class, an entity schema, its name. */
export function entityOfExpression(node: Node, module: SourceModule, values: Evaluator): Entity {
  const inner = unwrap(node);
  const value = values.evaluate(inner, module);
  switch (value.kind) {
    case "class":
      return entityOfClass({ node: value.node, module: value.module });
    case "library":
      return value.library === TYPEORM ? entityOfValue(value, values) : UNKNOWN_ENTITY;
    case "literal":
      return typeof value.value === "string" ? { name: value.value } : UNKNOWN_ENTITY;
    case "external":
      return value.name === "*" || value.name === "default" ? named(inner) : { name: value.name.slice(value.name.lastIndexOf(".") + 1) };
    case "unknown":
      return inner.type === "Identifier" ? imported(inner, module) : UNKNOWN_ENTITY;
    case "parameter":
      return { name: undefined, chosenBy: [{ node: inner, module }] };
    default:
      return UNKNOWN_ENTITY;
  }
}

function named(node: Node): Entity {
  return node.type === "Identifier" ? { name: node.name } : UNKNOWN_ENTITY;
}

/** A class of a module that cannot be read goes by the name it is exported with. */
function imported(node: TSESTree.Identifier, module: SourceModule): Entity {
  const definition = module.lookUp(node.name, node)?.defs[0];
  if ((definition?.type as string | undefined) !== "ImportBinding") return UNKNOWN_ENTITY;
  const binding = importBinding(definition?.node as Node, definition?.parent as unknown as Node | undefined);
  return binding ? { name: binding.name === "default" || binding.name === "*" ? node.name : binding.name } : UNKNOWN_ENTITY;
}

function entityOfClass(at: NodeRef<ClassNode>): Entity {
  return { name: at.node.id?.name, class: at };
}

/** The entity of a type argument: `User` of `Repository<User>`. A type parameter is none. */
export function entityOfArgument(argument: TypeArgument, values: Evaluator): Entity {
  if (!("node" in argument)) return argument.typeName === "" ? UNKNOWN_ENTITY : { name: argument.typeName };
  const { node, module } = argument;
  if (!node.type.startsWith("TS")) return entityOfExpression(node, module, values);
  const value = values.evaluateType(node, module);
  if (value.kind === "instance") return entityOfClass({ node: value.node, module: value.module });
  if (value.kind === "library" && value.library === TYPEORM) return entityOfValue(value, values);
  const name = node.type === "TSTypeReference" && node.typeName.type === "Identifier" ? node.typeName : undefined;
  if (!name) return UNKNOWN_ENTITY;
  const declared = module.lookUp(name.name, name)?.defs[0]?.node as Node | undefined;
  return declared?.type === "TSTypeParameter" && declared.parent.parent && isClass(declared.parent.parent) ? { name: undefined, chosenBy: [] } : imported(name, module);
}

/** The entity of a repository, of an active record, of an entity schema. */
export function entityOfValue(value: LibraryValue, values: Evaluator): Entity {
  switch (value.role) {
    case "entity":
    case "record":
      if (value.owner) return entityOfClass(value.owner);
      return value.parent ? entityOfValue(value.parent, values) : UNKNOWN_ENTITY;
    case "schema":
      return entityOfSchema(value, values);
    case "repository":
    case "custom":
      return entityOfRepository(value, values);
    case "builder":
    case "inner": {
      const [argument] = value.typeArguments ?? [];
      if (argument) return entityOfArgument(argument, values);
      return value.parent ? entityOfValue(value.parent, values) : UNKNOWN_ENTITY;
    }
    default:
      return UNKNOWN_ENTITY;
  }
}

function entityOfRepository(value: LibraryValue, values: Evaluator): Entity {
  const [argument] = value.typeArguments ?? [];
  const typed = argument ? entityOfArgument(argument, values) : UNKNOWN_ENTITY;
  if (typed.name !== undefined || typed.chosenBy) return typed;
  if (value.owner) {
    const given = classArgument(value.owner);
    if (given) return entityOfExpression(given, value.owner.module, values);
  }
  const at = value.at;
  const first = at?.node.type === "CallExpression" || at?.node.type === "NewExpression" ? at.node.arguments[0] : undefined;
  if (at && first && first.type !== "SpreadElement") {
    const given = values.evaluate(first, at.module);
    // `@InjectRepository(UserRepository)`, `manager.withRepository(users)`.
    if (given.kind === "class") {
      const instance = instanceOf(given.node, given.module, values);
      if (instance) return entityOfValue(instance, values);
    }
    return entityOfExpression(first, at.module, values);
  }
  return value.parent ? entityOfValue(value.parent, values) : typed;
}

/** What `this` is in a class that extends a repository. */
function instanceOf(node: ClassNode, module: SourceModule, values: Evaluator): LibraryValue | undefined {
  const base = node.superClass && values.evaluate(node.superClass, module);
  if (base?.kind === "class") return instanceOf(base.node, base.module, values) && { kind: "library", library: TYPEORM, role: "repository", evidence: "origin", owner: { node, module, isStatic: false }, ...typeArgumentsOf(node, module) };
  if (base?.kind !== "library" || base.library !== TYPEORM || !/Repository$/u.test(base.name ?? "")) return undefined;
  return { kind: "library", library: TYPEORM, role: "repository", evidence: "origin", owner: { node, module, isStatic: false }, ...typeArgumentsOf(node, module) };
}

function typeArgumentsOf(node: ClassNode, module: SourceModule): { readonly typeArguments?: readonly TypeArgument[] } {
  const written = node.superTypeArguments?.params ?? [];
  return written.length > 0 ? { typeArguments: written.map((argument) => ({ node: argument, module })) } : {};
}

/** The entity that a repository class names itself: `super(User, …)`, `@EntityRepository(User)`. */
function classArgument({ node }: NodeRef<ClassNode>): Node | undefined {
  for (const { expression } of node.decorators) {
    const [first] = expression.type === "CallExpression" ? expression.arguments : [];
    if (expression.type === "CallExpression" && expression.callee.type === "Identifier" && expression.callee.name === "EntityRepository" && first) return first;
  }
  for (const element of node.body.body) {
    if (element.type !== "MethodDefinition" || element.kind !== "constructor") continue;
    for (const statement of element.value.body?.body ?? []) {
      const call = statement.type === "ExpressionStatement" && statement.expression.type === "CallExpression" ? statement.expression : undefined;
      const [first] = call?.callee.type === "Super" ? call.arguments : [];
      if (first && first.type === "Identifier" && /^[A-Z]/u.test(first.name)) return first;
    }
  }
  return undefined;
}

function entityOfSchema({ at }: LibraryValue, values: Evaluator): Entity {
  const options = at?.node.type === "NewExpression" ? at.node.arguments[0] : undefined;
  if (!at || !options || options.type === "SpreadElement") return UNKNOWN_ENTITY;
  const entry = entriesOf(readObject(options, at.module, values), "name").at(-1);
  const name = entry && values.evaluate(entry.value, entry.module);
  return name?.kind === "literal" && typeof name.value === "string" ? { name: name.value } : UNKNOWN_ENTITY;
}

/** The table of an entity, as a query of a module names it. */
export function tableOf(entity: Entity, alias: string | undefined, span: Span, module: SourceModule): TableRef {
  if (entity.name === undefined) {
    const chosenBy = entity.chosenBy?.every((item) => item.module === module) ? entity.chosenBy.map((item) => item.node) : undefined;
    return { name: "", alias: alias ?? "", dynamic: true, ...(chosenBy && { chosenBy }), span: chosenBy?.[0] ? { start: chosenBy[0].range[0], end: chosenBy[0].range[1] } : span };
  }
  return { name: entity.name, alias: alias ?? entity.name, ...(!entity.isTable && { model: entity.name }), span };
}

/** What a property of an entity is: `column` for one that is not a relation and holds no columns of its own. */
export interface Property {
  readonly kind: "column" | "embedded" | "relation";
  /** Of a relation or an embedded class: the class. */
  readonly target: Entity;
}

const RELATIONS: ReadonlySet<string> = new Set(["ManyToOne", "OneToOne", "OneToMany", "ManyToMany", "TreeParent", "TreeChildren"]);
const MAX_BASES = 8;

/** What the class of an entity says of a property; undefined when it says nothing, or cannot be seen. */
export function propertyOf(entity: Entity, name: string, values: Evaluator): Property | undefined {
  const found = entity.class && memberOf(entity.class, name, values);
  if (!found) return undefined;
  for (const { decorator, call, module } of decoratorsOf(found.element, found.module, values)) {
    const target = call.arguments[0];
    const entityOfTarget = (): Entity => (target && target.type !== "SpreadElement" ? targetOf(target, module, values) : UNKNOWN_ENTITY);
    if (RELATIONS.has(decorator)) return { kind: "relation", target: entityOfTarget() };
    if (/^(?:Column|.*Column)$/u.test(decorator)) {
      const isEmbedded = target !== undefined && isFunction(unwrap(target)) && entityOfTarget().class !== undefined;
      return isEmbedded ? { kind: "embedded", target: entityOfTarget() } : { kind: "column", target: UNKNOWN_ENTITY };
    }
  }
  return undefined;
}

/** The property of the only primary key; `id` where the class does not say. */
export function primaryKeyOf(entity: Entity, values: Evaluator): string {
  const keys: string[] = [];
  for (const { node, module } of basesOf(entity.class, values)) {
    for (const element of node.body.body) {
      if (element.type !== "PropertyDefinition" || element.static) continue;
      const name = keyName(element);
      if (name !== undefined && decoratorsOf(element, module, values).some(({ decorator }) => /^Primary(?:Generated)?Column$/u.test(decorator))) keys.push(name);
    }
  }
  const [only] = keys;
  return keys.length === 1 && only !== undefined ? only : "id";
}

/** `() => User`, `(type) => User`, `"User"`. */
function targetOf(node: Node, module: SourceModule, values: Evaluator): Entity {
  const inner = unwrap(node);
  const [returned] = isFunction(inner) ? returnedExpressions(inner) : [inner];
  return returned && literalString(returned) === undefined ? entityOfExpression(returned, module, values) : { name: returned && literalString(returned) };
}

function* basesOf(start: NodeRef<ClassNode> | undefined, values: Evaluator): Generator<NodeRef<ClassNode>> {
  let current = start;
  for (let steps = 0; current && steps < MAX_BASES; steps++) {
    yield current;
    const base: ReturnType<Evaluator["evaluate"]> | null = current.node.superClass && values.evaluate(current.node.superClass, current.module);
    if (base?.kind === "class") current = { node: base.node, module: base.module };
    else current = base?.kind === "library" ? base.owner : undefined;
  }
}

function memberOf(start: NodeRef<ClassNode>, name: string, values: Evaluator): { readonly element: TSESTree.PropertyDefinition; readonly module: SourceModule } | undefined {
  for (const { node, module } of basesOf(start, values)) {
    for (const element of node.body.body) if (element.type === "PropertyDefinition" && !element.static && keyName(element) === name) return { element, module };
  }
  return undefined;
}

/** Calls of TypeORM's decorators on a member. */
function decoratorsOf(element: TSESTree.PropertyDefinition, module: SourceModule, values: Evaluator): readonly { readonly decorator: string; readonly call: TSESTree.CallExpression; readonly module: SourceModule }[] {
  return element.decorators.flatMap(({ expression }) => {
    const call = expression.type === "CallExpression" ? expression : undefined;
    const value = call && values.library(call.callee, module, TYPEORM);
    return call && value?.role === "decorator" && value.name !== undefined ? [{ decorator: value.name, call, module }] : [];
  });
}
