/** Which entity a value of MikroORM is about, and what its class says of a property. */
import { isFunction, keyName, unwrap, type Node } from "../../syntax/ast.js";
import type { Evaluator } from "../../syntax/evaluate.js";
import { entriesOf, readObject } from "../../syntax/objects.js";
import type { SourceModule } from "../../syntax/source-module.js";
import type { LibraryValue } from "../../syntax/values.js";
import { basesOf, decoratorsOf, entityOfArgument, entityOfExpression as expressed, memberOf, targetOf, UNKNOWN_ENTITY, type Entity, type EntityLanguage } from "../entities.js";
import { MIKROORM } from "./library.js";

const ENTITIES: EntityLanguage = { library: MIKROORM, ofValue: (value, values) => entityOfValue(value, values) };

/** The entity that an expression names: a class, an entity schema, its name. */
export function entityOfExpression(node: Node, module: SourceModule, values: Evaluator): Entity {
  return expressed(node, module, values, ENTITIES);
}

/** The entity of a repository, of a schema, of a row. */
export function entityOfValue(value: LibraryValue, values: Evaluator): Entity {
  switch (value.role) {
    case "repository": {
      const [argument] = value.typeArguments ?? [];
      const typed = argument ? entityOfArgument(argument, values, ENTITIES) : UNKNOWN_ENTITY;
      if (typed.name !== undefined || typed.chosenBy) return typed;
      return entityOfFirst(value, values) ?? typed;
    }
    case "schema":
      return entityOfSchema(value, values);
    case "records":
    case "page":
    case "record":
      if (value.rowOf) return value.rowOf.node.type.startsWith("TS") ? entityOfArgument(value.rowOf, values, ENTITIES) : entityOfExpression(value.rowOf.node, value.rowOf.module, values);
      return value.parent ? entityOfValue(value.parent, values) : UNKNOWN_ENTITY;
    case "builder":
    case "inner": {
      const [argument] = value.typeArguments ?? [];
      if (argument) return entityOfArgument(argument, values, ENTITIES);
      return value.parent?.role === "repository" ? entityOfValue(value.parent, values) : UNKNOWN_ENTITY;
    }
    default:
      return UNKNOWN_ENTITY;
  }
}

/** The entity that the call or decorator names by which a value is made. */
function entityOfFirst({ at }: LibraryValue, values: Evaluator): Entity | undefined {
  const first = at?.node.type === "CallExpression" ? at.node.arguments[0] : undefined;
  return at && first && first.type !== "SpreadElement" ? entityOfExpression(first, at.module, values) : undefined;
}

function entityOfSchema({ at }: LibraryValue, values: Evaluator): Entity {
  const options = at?.node.type === "NewExpression" || at?.node.type === "CallExpression" ? at.node.arguments[0] : undefined;
  if (!at || !options || options.type === "SpreadElement") return UNKNOWN_ENTITY;
  const shape = readObject(options, at.module, values);
  const named = entriesOf(shape, "name").at(-1);
  const name = named && values.evaluate(named.value, named.module);
  if (name?.kind === "literal" && typeof name.value === "string") return { name: name.value };
  const of = entriesOf(shape, "class").at(-1);
  return of ? entityOfExpression(of.value, of.module, values) : UNKNOWN_ENTITY;
}

/** What a property of an entity is. `key`: a relation whose foreign key is a column of the entity's own table. */
export interface Property {
  readonly kind: "column" | "embedded" | "key" | "relation";
  /** Of a relation: the entity that it leads to. */
  readonly target: Entity;
}

/** What the class of an entity says of a property; undefined when it says nothing, or cannot be seen. */
export function propertyOf(entity: Entity, name: string, values: Evaluator): Property | undefined {
  const found = entity.class && memberOf(entity.class, name, values);
  if (!found) return undefined;
  for (const { decorator, call, module } of decoratorsOf(found.element, found.module, values, MIKROORM)) {
    const first = call.arguments[0];
    const stated = first && unwrap(first).type === "ObjectExpression" ? entriesOf(readObject(first, module, values), "entity").at(-1)?.value : first;
    const target = (): Entity => (stated && (isFunction(unwrap(stated)) || stated.type === "Literal") ? targetOf(stated, module, values, ENTITIES) : UNKNOWN_ENTITY);
    switch (decorator) {
      case "ManyToOne":
        return { kind: "key", target: target() };
      case "OneToOne":
      case "OneToMany":
      case "ManyToMany":
        return { kind: "relation", target: target() };
      case "Embedded":
        return { kind: "embedded", target: target() };
      case "Property":
      case "PrimaryKey":
      case "Enum":
      case "SerializedPrimaryKey":
        return { kind: "column", target: UNKNOWN_ENTITY };
      default:
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
      if (name !== undefined && decoratorsOf(element, module, values, MIKROORM).some(({ decorator }) => decorator === "PrimaryKey")) keys.push(name);
    }
  }
  const [only] = keys;
  return keys.length === 1 && only !== undefined ? only : "id";
}

/** Does the class declare a filter that MikroORM adds by itself to every query of the entity? */
export function hasDefaultFilter(entity: Entity, values: Evaluator): boolean {
  for (const { node, module } of basesOf(entity.class, values)) {
    for (const { decorator, call } of decoratorsOf(node, module, values, MIKROORM)) {
      const options = decorator === "Filter" ? call.arguments[0] : undefined;
      const entry = options && options.type !== "SpreadElement" ? entriesOf(readObject(options, module, values), "default").at(-1) : undefined;
      const value = entry && values.evaluate(entry.value, entry.module);
      if (value?.kind === "literal" && value.value === true) return true;
    }
  }
  return false;
}
