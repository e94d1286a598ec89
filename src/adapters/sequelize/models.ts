/** What the code says of one model: its name, its table, its scopes, its associations. */
import type { TSESTree } from "@typescript-eslint/utils";
import { isClass, keyName, literalString, memberName, unwrap, walk, type ClassNode, type Node } from "../../syntax/ast.js";
import type { Evaluator } from "../../syntax/evaluate.js";
import { readObject, type ObjectShape } from "../../syntax/objects.js";
import { returnedExpressions } from "../../syntax/patterns.js";
import type { SourceModule } from "../../syntax/source-module.js";
import type { LibraryValue, NodeRef } from "../../syntax/values.js";
import { SEQUELIZE } from "./model.js";

/** An object of options, where it is written. */
export interface Options {
  readonly node: Node;
  readonly module: SourceModule;
}

export interface Association {
  readonly kind: "HasMany" | "HasOne" | "BelongsTo" | "BelongsToMany";
  /** The property the related rows stand under; undefined when the name of the related model gives it. */
  readonly as: string | undefined;
  readonly target: NodeRef | undefined;
  readonly foreignKey: string | undefined;
}

export interface Model {
  /** The name of the class or of `define`. Undefined when it is chosen at run time. */
  readonly name: string | undefined;
  /** The table, when the code names it. */
  readonly table: string | undefined;
  /** The attribute that marks rows as deleted, of a model that is known to have one. */
  readonly deletedAt: string | undefined;
  readonly defaultScope: Options | undefined;
  scope(name: string): Options | undefined;
  readonly associations: readonly Association[];
}

/** Definitions, by the class or the call that makes them, for each evaluator. */
const definitions = new WeakMap<Evaluator, Map<Node, Model>>();

/** The model a value is; a row's by its class or by what made it. */
export function modelOf(value: LibraryValue, values: Evaluator): Model {
  const { owner, at } = value;
  // What a class says of `super` is still about the class.
  if (at && isClass(at.node)) {
    const { node, module } = { node: at.node, module: at.module };
    return remembered(node, values, () => ofClass(node, module, values));
  }
  if (owner) return remembered(owner.node, values, () => ofClass(owner.node, owner.module, values));
  if (value.role !== "model" && value.parent) return modelOf(value.parent, values);
  if (at?.node.type === "CallExpression") {
    const call = at.node;
    if (calledName(call) === "define") return remembered(call, values, () => ofDefinition(call, at.module, values));
    const [first] = call.arguments;
    const given = calledName(call) === "getRepository" && first ? values.library(first, at.module, SEQUELIZE) : undefined;
    if (given && given.at?.node !== call) return modelOf(given, values);
  }
  const [argument] = value.typeArguments ?? [];
  if (argument && "typeName" in argument) return named(argument.typeName === "" ? undefined : argument.typeName);
  if (argument) {
    const row = values.evaluateType(argument.node, argument.module);
    if (row.kind === "library" && row.library === SEQUELIZE && row.owner) return modelOf(row, values);
  }
  return named(value.name);
}

function remembered(node: Node, values: Evaluator, read: () => Model): Model {
  const known = definitions.get(values) ?? new Map<Node, Model>();
  definitions.set(values, known);
  let model = known.get(node);
  if (!model) {
    model = read();
    known.set(node, model);
  }
  return model;
}

function named(name: string | undefined): Model {
  return { name, table: undefined, deletedAt: undefined, defaultScope: undefined, scope: () => undefined, associations: [] };
}

function calledName(call: TSESTree.CallExpression): string | undefined {
  const callee = unwrap(call.callee);
  return callee.type === "MemberExpression" ? memberName(callee) : callee.type === "Identifier" ? callee.name : undefined;
}

interface Parts {
  readonly name: string | undefined;
  readonly options: readonly ObjectShape[];
  readonly deletedAt?: string;
  readonly defaultScope?: Options | undefined;
  readonly scopes: ReadonlyMap<string, Options>;
  readonly associations: readonly Association[];
  readonly table?: string;
}

function madeOf({ name, options, scopes, associations, ...given }: Parts, values: Evaluator): Model {
  const text = (key: string): string | undefined => valuesOf(options, key).flatMap(({ node, module }) => literalOf(node, module, values) ?? []).at(-1);
  const flag = (key: string): boolean => valuesOf(options, key).some(({ node }) => isTrue(node));
  const deletedAt = given.deletedAt ?? (flag("paranoid") ? (text("deletedAt") ?? "deletedAt") : undefined);
  const inOptions = valuesOf(options, "scopes").at(-1);
  const optionScopes = inOptions && readObject(inOptions.node, inOptions.module, values);
  return {
    name,
    table: given.table ?? text("tableName"),
    deletedAt,
    defaultScope: given.defaultScope ?? valuesOf(options, "defaultScope").at(-1),
    scope: (wanted) => scopes.get(wanted) ?? entryOf(optionScopes, wanted),
    associations,
  };
}

function valuesOf(options: readonly ObjectShape[], key: string): readonly Options[] {
  return options.flatMap((shape) => entryOf(shape, key) ?? []);
}

function entryOf(shape: ObjectShape | undefined, key: string): Options | undefined {
  const entry = shape?.entries.findLast((item) => item.key === key);
  return entry && { node: entry.value, module: entry.module };
}

function isTrue(node: Node): boolean {
  const inner = unwrap(node);
  return inner.type === "Literal" && inner.value === true;
}

function literalOf(node: Node, module: SourceModule, values: Evaluator): string | undefined {
  const value = values.evaluate(node, module);
  return value.kind === "literal" && typeof value.value === "string" ? value.value : undefined;
}

/** `sequelize.define("user", attributes, options)` */
function ofDefinition(call: TSESTree.CallExpression, module: SourceModule, values: Evaluator): Model {
  const [name, , options] = call.arguments;
  const holder = call.parent.type === "VariableDeclarator" ? call.parent.id : undefined;
  const same = (node: Node): boolean => holder?.type === "Identifier" && node.type === "Identifier" && node.name === holder.name;
  const said = statements(module, values, same);
  return madeOf({ ...said, name: name && literalString(name), options: options ? [readObject(options, module, values), ...said.options] : said.options }, values);
}

/** `class User extends Model`, with its decorators and the call of `init`, and what its own base classes say. */
function ofClass(node: ClassNode, module: SourceModule, values: Evaluator): Model {
  const ancestors = lineage(node, module, values);
  const options: ObjectShape[] = [];
  const scopes = new Map<string, Options>();
  const associations: Association[] = [];
  let defaultScope: Options | undefined;
  let deletedAt: string | undefined;
  // From the base to the class itself, which has the last word.
  for (const { node: current, module: home } of [...ancestors].reverse()) {
    const own = current === node;
    const inherits = (key: string): boolean => own || key !== "tableName";
    for (const decorator of decoratorsOf(current, home, values)) {
      const [first] = decorator.arguments;
      switch (decorator.name) {
        case "Table":
          if (first) options.push(filtered(readObject(first, home, values), inherits));
          break;
        case "DefaultScope":
          defaultScope = first && scopeBody(first, home);
          break;
        case "Scopes": {
          const body = first && scopeBody(first, home);
          if (body) for (const entry of readObject(body.node, body.module, values).entries) scopes.set(entry.key, { node: entry.value, module: entry.module });
          break;
        }
        default:
      }
    }
    for (const element of current.body.body) {
      if (element.type !== "PropertyDefinition" || element.static) continue;
      const key = keyName(element);
      for (const decorator of decoratorsOf(element, home, values)) {
        if (decorator.name === "DeletedAt") deletedAt = key;
        const association = associationOf(decorator.name, key, decorator.arguments, home, values, true);
        if (association) associations.push(association);
      }
    }
    const self = (candidate: Node): boolean => {
      if (candidate.type === "ThisExpression" || candidate.type === "Super") return isInside(candidate, current);
      return candidate.type === "Identifier" && values.library(candidate, home, SEQUELIZE)?.owner?.node === current;
    };
    const said = statements(home, values, self);
    options.push(...said.options);
    for (const [key, scope] of said.scopes) scopes.set(key, scope);
    associations.push(...said.associations);
    defaultScope = said.defaultScope ?? defaultScope;
  }
  const table = staticText(node, "tableName");
  return madeOf({ name: node.id?.name ?? modelNameIn(options, values), options, scopes, associations, defaultScope, ...(deletedAt !== undefined && { deletedAt }), ...(table !== undefined && { table }) }, values);
}

function modelNameIn(options: readonly ObjectShape[], values: Evaluator): string | undefined {
  const said = valuesOf(options, "modelName").at(-1);
  return said && literalOf(said.node, said.module, values);
}

function filtered(shape: ObjectShape, keep: (key: string) => boolean): ObjectShape {
  return { ...shape, entries: shape.entries.filter(({ key }) => keep(key)) };
}

/** The class and the classes of the project that it extends. */
function lineage(node: ClassNode, module: SourceModule, values: Evaluator): readonly NodeRef<ClassNode>[] {
  const classes: NodeRef<ClassNode>[] = [];
  let current: NodeRef<ClassNode> | undefined = { node, module };
  while (current && classes.every((item) => item.node !== current?.node)) {
    classes.push(current);
    current = current.node.superClass ? values.library(current.node.superClass, current.module, SEQUELIZE)?.owner : undefined;
  }
  return classes;
}

function staticText(node: ClassNode, name: string): string | undefined {
  for (const element of node.body.body) {
    if (element.type === "PropertyDefinition" && element.static && keyName(element) === name && element.value) return literalString(element.value);
  }
  return undefined;
}

function isInside(node: Node, outer: Node): boolean {
  for (let current: Node | undefined = node; current; current = current.parent) {
    if (current === outer) return true;
    if (current.type === "ClassDeclaration" || current.type === "ClassExpression") return false;
  }
  return false;
}

interface Decorator {
  readonly name: string;
  readonly arguments: readonly Node[];
}

/** Decorators of sequelize-typescript and of release 7. */
function decoratorsOf(node: Node, module: SourceModule, values: Evaluator): readonly Decorator[] {
  if (!("decorators" in node)) return [];
  return node.decorators.flatMap(({ expression }) => {
    const callee = expression.type === "CallExpression" ? expression.callee : expression;
    const decorator = values.library(callee, module, SEQUELIZE);
    if (decorator?.role !== "decorator" || decorator.name === undefined) return [];
    return [{ name: decorator.name, arguments: expression.type === "CallExpression" ? expression.arguments : [] }];
  });
}

/** `@DefaultScope(() => ({ … }))`, `@DefaultScope({ … })` */
function scopeBody(node: Node, module: SourceModule): Options | undefined {
  const inner = unwrap(node);
  if (inner.type !== "ArrowFunctionExpression" && inner.type !== "FunctionExpression") return { node: inner, module };
  const [returned, ...others] = returnedExpressions(inner);
  return returned && others.length === 0 ? { node: returned, module } : undefined;
}

const ASSOCIATIONS: Readonly<Record<string, Association["kind"]>> = {
  HasMany: "HasMany",
  HasOne: "HasOne",
  BelongsTo: "BelongsTo",
  BelongsToMany: "BelongsToMany",
  hasMany: "HasMany",
  hasOne: "HasOne",
  belongsTo: "BelongsTo",
  belongsToMany: "BelongsToMany",
};

function associationOf(name: string, property: string | undefined, given: readonly Node[], module: SourceModule, values: Evaluator, isDecorator: boolean): Association | undefined {
  const kind = Object.hasOwn(ASSOCIATIONS, name) ? ASSOCIATIONS[name] : undefined;
  const [target, options] = given;
  if (!kind || !target) return undefined;
  const shape = options && unwrap(options).type === "ObjectExpression" ? readObject(options, module, values) : undefined;
  const text = (key: string): string | undefined => {
    const entry = entryOf(shape, key);
    return entry && literalOf(entry.node, entry.module, values);
  };
  const lazy = unwrap(target);
  const related = isDecorator && lazy.type === "ArrowFunctionExpression" ? returnedExpressions(lazy)[0] : target;
  return {
    kind,
    as: isDecorator ? property : text("as"),
    target: related && { node: related, module },
    foreignKey: text("foreignKey") ?? (options && isDecorator ? literalString(options) : undefined),
  };
}

interface Said {
  readonly options: readonly ObjectShape[];
  readonly scopes: ReadonlyMap<string, Options>;
  readonly associations: readonly Association[];
  readonly defaultScope: Options | undefined;
}

/** What calls of its module say of a model: `User.init(…)`, `User.addScope(…)`, `User.hasMany(…)`. */
function statements(module: SourceModule, values: Evaluator, isModel: (node: Node) => boolean): Said {
  const options: ObjectShape[] = [];
  const scopes = new Map<string, Options>();
  const associations: Association[] = [];
  let defaultScope: Options | undefined;
  walk(module.program, (node) => {
    if (node.type !== "CallExpression") return undefined;
    const callee = unwrap(node.callee);
    const name = callee.type === "MemberExpression" ? memberName(callee) : undefined;
    if (callee.type !== "MemberExpression" || name === undefined || !(name === "init" || name === "addScope" || Object.hasOwn(ASSOCIATIONS, name))) return undefined;
    if (!isModel(unwrap(callee.object))) return undefined;
    const [first, second] = node.arguments;
    if (name === "init") {
      if (second) options.push(readObject(second, module, values));
    } else if (name === "addScope") {
      const scope = first && literalString(first);
      if (scope === "defaultScope" && second) defaultScope = { node: second, module };
      else if (scope !== undefined && second) scopes.set(scope, { node: second, module });
    } else {
      const association = associationOf(name, undefined, node.arguments, module, values, false);
      if (association) associations.push(association);
    }
    return undefined;
  });
  return { options, scopes, associations, defaultScope };
}
