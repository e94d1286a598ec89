/** Which entity a value of TypeORM is about, and what its class says of a property. */
import { isFunction, keyName, unwrap, type ClassNode, type Node } from "../../syntax/ast.js";
import type { Evaluator } from "../../syntax/evaluate.js";
import { entriesOf, readObject } from "../../syntax/objects.js";
import type { SourceModule } from "../../syntax/source-module.js";
import type { LibraryValue, NodeRef, TypeArgument } from "../../syntax/values.js";
import { basesOf, decoratorsOf, entityOfArgument, entityOfClass, entityOfExpression as expressed, memberOf, targetOf, UNKNOWN_ENTITY, type Entity, type EntityLanguage } from "../entities.js";
import { TYPEORM } from "./library.js";

const ENTITIES: EntityLanguage = { library: TYPEORM, ofValue: (value, values) => entityOfValue(value, values) };

/** The entity that an expression names: a class, an entity schema, its name. */
export function entityOfExpression(node: Node, module: SourceModule, values: Evaluator): Entity {
  return expressed(node, module, values, ENTITIES);
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
      if (argument) return entityOfArgument(argument, values, ENTITIES);
      return value.parent ? entityOfValue(value.parent, values) : UNKNOWN_ENTITY;
    }
    default:
      return UNKNOWN_ENTITY;
  }
}

function entityOfRepository(value: LibraryValue, values: Evaluator): Entity {
  const [argument] = value.typeArguments ?? [];
  const typed = argument ? entityOfArgument(argument, values, ENTITIES) : UNKNOWN_ENTITY;
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

/** What a property of an entity is: `column` for one that is not a relation and holds no columns of its own. */
export interface Property {
  readonly kind: "column" | "embedded" | "relation";
  /** Of a relation or an embedded class: the class. */
  readonly target: Entity;
}

const RELATIONS: ReadonlySet<string> = new Set(["ManyToOne", "OneToOne", "OneToMany", "ManyToMany", "TreeParent", "TreeChildren"]);

/** What the class of an entity says of a property; undefined when it says nothing, or cannot be seen. */
export function propertyOf(entity: Entity, name: string, values: Evaluator): Property | undefined {
  const found = entity.class && memberOf(entity.class, name, values);
  if (!found) return undefined;
  for (const { decorator, call, module } of decoratorsOf(found.element, found.module, values, TYPEORM)) {
    const target = call.arguments[0];
    const entityOfTarget = (): Entity => (target && target.type !== "SpreadElement" ? targetOf(target, module, values, ENTITIES) : UNKNOWN_ENTITY);
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
      if (name !== undefined && decoratorsOf(element, module, values, TYPEORM).some(({ decorator }) => /^Primary(?:Generated)?Column$/u.test(decorator))) keys.push(name);
    }
  }
  const [only] = keys;
  return keys.length === 1 && only !== undefined ? only : "id";
}

