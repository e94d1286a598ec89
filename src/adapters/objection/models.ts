/** What the class of a model says: its table, its key, its relations, its modifiers. */
import { isFunction, keyName, memberName, unwrap, type ClassNode, type Node } from "../../syntax/ast.js";
import type { Evaluator } from "../../syntax/evaluate.js";
import { readObject, type ObjectShape } from "../../syntax/objects.js";
import { returnedExpressions } from "../../syntax/patterns.js";
import type { SourceModule } from "../../syntax/source-module.js";
import { elementsOf, foldText } from "../../syntax/text.js";
import type { ClassOwner, LibraryValue, NodeRef, Value } from "../../syntax/values.js";
import { BUILDERS, OBJECTION } from "./model.js";

export interface Relation {
  readonly kind: "HasMany" | "HasOne" | "BelongsToOne" | "ManyToMany" | "HasOneThrough";
  readonly target: Model | undefined;
  /** Columns of the two sides; undefined where they are no single columns. */
  readonly from: string | undefined;
  readonly to: string | undefined;
}

export interface Model {
  /** Name of the class. */
  readonly name: string | undefined;
  readonly table: string | undefined;
  /** The columns of the key; undefined where the code does not settle them. */
  readonly key: readonly string[] | undefined;
  readonly limitsFirst: boolean;
  relation(name: string): Relation | undefined;
  /** The function that a modifier is. */
  modifier(name: string): NodeRef | undefined;
}

const MAX_DEPTH = 6;

/** The model that a value is of: a class, a row, a query builder. */
export function modelOf(value: LibraryValue, values: Evaluator, depth = 0): Model | undefined {
  if (depth > MAX_DEPTH || value.library !== OBJECTION) return undefined;
  const { owner, parent, name, role } = value;
  if (BUILDERS.isBuilder(value) && parent) {
    if (name !== "relatedQuery" && name !== "$relatedQuery") return modelOf(parent, values, depth + 1);
    const relation = relationOf(value, values);
    return (relation === undefined ? undefined : modelOf(parent, values, depth + 1)?.relation(relation))?.target;
  }
  if (role === "related" && parent && name !== undefined) return modelOf(parent, values, depth + 1)?.relation(name)?.target;
  if (owner) return ofClass(owner, values);
  if (parent) return modelOf(parent, values, depth + 1);
  const [argument] = value.typeArguments ?? [];
  if (argument && "node" in argument) {
    const row = values.evaluateType(argument.node, argument.module);
    if (row.kind === "library" && row.owner) return modelOf(row, values, depth + 1);
  }
  return name === undefined || role !== "model" ? undefined : { name, table: undefined, key: ["id"], limitsFirst: false, relation: () => undefined, modifier: () => undefined };
}

/** The relation that a query of related rows names. */
export function relationOf(value: LibraryValue, values: Evaluator): string | undefined {
  const call = value.at?.node;
  const [first] = call?.type === "CallExpression" ? call.arguments : [];
  const text = first && value.at && first.type !== "SpreadElement" ? values.evaluate(first, value.at.module) : undefined;
  return text?.kind === "literal" && typeof text.value === "string" ? text.value : undefined;
}

function ofClass(owner: ClassOwner, values: Evaluator): Model {
  const table = textOf(staticOf(owner, "tableName", values), values);
  const relations = (): ObjectShape | undefined => objectOf(staticOf(owner, "relationMappings", values), values);
  return {
    name: owner.node.id?.name,
    table,
    key: keyOf(staticOf(owner, "idColumn", values), values),
    limitsFirst: isTrue(staticOf(owner, "useLimitInFirst", values)),
    relation(name) {
      const entry = relations()?.entries.findLast((item) => item.key === name);
      return entry && relationIn(readObject(entry.value, entry.module, values), values);
    },
    modifier(name) {
      const entry = objectOf(staticOf(owner, "modifiers", values), values)?.entries.findLast((item) => item.key === name);
      const value = entry && values.evaluate(entry.value, entry.module);
      return value?.kind === "function" ? { node: value.node, module: value.module } : undefined;
    },
  };
}

/** What a static property, getter or method of the class, or of a class that it extends, holds or returns. */
function staticOf(owner: Pick<ClassOwner, "node" | "module" | "base">, name: string, values: Evaluator): NodeRef | undefined {
  const seen = new Set<ClassNode>();
  for (let current: Pick<ClassOwner, "node" | "module" | "base"> | undefined = owner; current && !seen.has(current.node); ) {
    seen.add(current.node);
    for (const element of current.node.body.body) {
      if ((element.type !== "PropertyDefinition" && element.type !== "MethodDefinition") || !element.static || keyName(element) !== name) continue;
      const held: Node | undefined = element.value ? unwrap(element.value) : undefined;
      if (!held) return undefined;
      const [returned, ...others] = isFunction(held) ? returnedExpressions(held) : [held];
      return returned && others.length === 0 ? { node: returned, module: current.module } : undefined;
    }
    const base: Value = values.baseOf(current);
    current = base.kind === "library" ? base.owner : base.kind === "class" ? base : undefined;
  }
  return undefined;
}

function isTrue(at: NodeRef | undefined): boolean {
  return at?.node.type === "Literal" && at.node.value === true;
}

function textOf(at: NodeRef | undefined, values: Evaluator): string | undefined {
  if (!at) return undefined;
  const value = values.evaluate(at.node, at.module);
  if (value.kind === "literal") return typeof value.value === "string" ? value.value : undefined;
  if (value.kind !== "text") return undefined;
  const folded = foldText(unwrap(at.node), at.module, values);
  return folded && folded.holes.length === 0 && folded.optional.length === 0 ? folded.text : undefined;
}

/** `id`, unless the class says something else. */
function keyOf(at: NodeRef | undefined, values: Evaluator): readonly string[] | undefined {
  if (!at) return ["id"];
  const list = elementsOf(at.node, at.module);
  const names = (list ? list.elements.map((element) => textOf({ node: element.node, module: at.module }, values)) : [textOf(at, values)]).flatMap((name) => name ?? []);
  return names.length === 0 || (list && names.length !== list.elements.length) ? undefined : names;
}

function objectOf(at: NodeRef | undefined, values: Evaluator): ObjectShape | undefined {
  return at && readObject(at.node, at.module, values);
}

const KINDS: Readonly<Record<string, Relation["kind"]>> = {
  HasManyRelation: "HasMany", HasOneRelation: "HasOne", BelongsToOneRelation: "BelongsToOne", ManyToManyRelation: "ManyToMany", HasOneThroughRelation: "HasOneThrough",
};

function relationIn(shape: ObjectShape, values: Evaluator): Relation | undefined {
  const entry = (of: ObjectShape, key: string): NodeRef | undefined => {
    const item = of.entries.findLast(({ key: name }) => name === key);
    return item && { node: item.value, module: item.module };
  };
  const relation = entry(shape, "relation");
  const named = relation && unwrap(relation.node);
  const kind = named?.type === "MemberExpression" ? KINDS[memberName(named) ?? ""] : undefined;
  const join = entry(shape, "join");
  if (!kind || !join) return undefined;
  const sides = readObject(join.node, join.module, values);
  const column = (key: string): string | undefined => textOf(entry(sides, key), values)?.split(".").at(-1);
  const target = entry(shape, "modelClass");
  return { kind, target: target && targetOf(target.node, target.module, values), from: column("from"), to: column("to") };
}

/** `modelClass: Item`, `modelClass: () => Item`, `modelClass: require("./item")`, a path. */
function targetOf(node: Node, module: SourceModule, values: Evaluator): Model | undefined {
  const inner = unwrap(node);
  const [returned] = isFunction(inner) ? returnedExpressions(inner) : [inner];
  let value = returned ? values.evaluate(returned, module) : undefined;
  if (value?.kind === "namespace") value = values.exportOf(value.module, "default");
  return value?.kind === "library" && value.library === OBJECTION ? modelOf(value, values) : undefined;
}
