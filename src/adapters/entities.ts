/** Which entity a value is about, and what its class says of its members. Shared by the libraries whose tables are classes. */
import type { TSESTree } from "@typescript-eslint/utils";
import type { LibraryId, Span, TableRef } from "../query/model.js";
import { isClass, isFunction, keyName, literalString, unwrap, type ClassNode, type Node } from "../syntax/ast.js";
import type { Evaluator } from "../syntax/evaluate.js";
import { importBinding, returnedExpressions } from "../syntax/patterns.js";
import type { SourceModule } from "../syntax/source-module.js";
import type { LibraryValue, NodeRef, TypeArgument } from "../syntax/values.js";

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

/** How a library names its entities. */
export interface EntityLanguage {
  readonly library: LibraryId;
  /** The entity that a value of the library is, or is about. */
  readonly ofValue: (value: LibraryValue, values: Evaluator) => Entity;
}

/** The entity that an expression names: a class, an entity schema, its name. */
export function entityOfExpression(node: Node, module: SourceModule, values: Evaluator, language: EntityLanguage): Entity {
  const inner = unwrap(node);
  const value = values.evaluate(inner, module);
  switch (value.kind) {
    case "class":
      return entityOfClass({ node: value.node, module: value.module });
    case "library":
      return value.library === language.library ? language.ofValue(value, values) : UNKNOWN_ENTITY;
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

export function entityOfClass(at: NodeRef<ClassNode>): Entity {
  return { name: at.node.id?.name, class: at };
}

/** The entity of a type argument: `User` of `Repository<User>`. A type parameter is none. */
export function entityOfArgument(argument: TypeArgument, values: Evaluator, language: EntityLanguage): Entity {
  if (!("node" in argument)) return argument.typeName === "" ? UNKNOWN_ENTITY : { name: argument.typeName };
  const { node, module } = argument;
  if (!node.type.startsWith("TS")) return entityOfExpression(node, module, values, language);
  const value = values.evaluateType(node, module);
  if (value.kind === "instance") return entityOfClass({ node: value.node, module: value.module });
  if (value.kind === "library" && value.library === language.library) return language.ofValue(value, values);
  const name = node.type === "TSTypeReference" && node.typeName.type === "Identifier" ? node.typeName : undefined;
  if (!name) return UNKNOWN_ENTITY;
  const declared = module.lookUp(name.name, name)?.defs[0]?.node as Node | undefined;
  return declared?.type === "TSTypeParameter" && declared.parent.parent && isClass(declared.parent.parent) ? { name: undefined, chosenBy: [] } : imported(name, module);
}

/** The table of an entity, as a query of a module names it. */
export function tableOf(entity: Entity, alias: string | undefined, span: Span, module: SourceModule): TableRef {
  if (entity.name === undefined) {
    const chosenBy = entity.chosenBy?.every((item) => item.module === module) ? entity.chosenBy.map((item) => item.node) : undefined;
    return { name: "", alias: alias ?? "", dynamic: true, ...(chosenBy && { chosenBy }), span: chosenBy?.[0] ? { start: chosenBy[0].range[0], end: chosenBy[0].range[1] } : span };
  }
  return { name: entity.name, alias: alias ?? entity.name, ...(!entity.isTable && { model: entity.name }), span };
}

const MAX_BASES = 8;

/** `() => User`, `(type) => User`, `"User"`. */
export function targetOf(node: Node, module: SourceModule, values: Evaluator, language: EntityLanguage): Entity {
  const inner = unwrap(node);
  const [returned] = isFunction(inner) ? returnedExpressions(inner) : [inner];
  return returned && literalString(returned) === undefined ? entityOfExpression(returned, module, values, language) : { name: returned && literalString(returned) };
}

/** A class and those that it extends, from the bottom up. */
export function* basesOf(start: NodeRef<ClassNode> | undefined, values: Evaluator): Generator<NodeRef<ClassNode>> {
  let current = start;
  for (let steps = 0; current && steps < MAX_BASES; steps++) {
    yield current;
    const base: ReturnType<Evaluator["evaluate"]> | null = current.node.superClass && values.evaluate(current.node.superClass, current.module);
    if (base?.kind === "class") current = { node: base.node, module: base.module };
    else current = base?.kind === "library" ? base.owner : undefined;
  }
}

/** The declaration of a member, in the class or one that it extends. */
export function memberOf(start: NodeRef<ClassNode>, name: string, values: Evaluator): { readonly element: TSESTree.PropertyDefinition; readonly module: SourceModule } | undefined {
  for (const { node, module } of basesOf(start, values)) {
    for (const element of node.body.body) if (element.type === "PropertyDefinition" && !element.static && keyName(element) === name) return { element, module };
  }
  return undefined;
}

/** Calls of a library's decorators on a member, or on a class. */
export function decoratorsOf(element: TSESTree.PropertyDefinition | ClassNode, module: SourceModule, values: Evaluator, library: LibraryId): readonly { readonly decorator: string; readonly call: TSESTree.CallExpression; readonly module: SourceModule }[] {
  return element.decorators.flatMap(({ expression }) => {
    const call = expression.type === "CallExpression" ? expression : undefined;
    const value = call && values.library(call.callee, module, library);
    return call && value?.role === "decorator" && value.name !== undefined ? [{ decorator: value.name, call, module }] : [];
  });
}
