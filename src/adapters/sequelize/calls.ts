/** Which calls are Sequelize's: by what the receiver evaluates to, else by a shape that no other library has. */
import type { TSESTree } from "@typescript-eslint/utils";
import type { Site } from "../../query/model.js";
import { looksLikeSql } from "../../sql/index.js";
import { keyName, memberName, unwrap, type Node } from "../../syntax/ast.js";
import type { LibraryValue, Value } from "../../syntax/values.js";
import type { AdapterContext } from "../contract.js";
import { PACKAGES, SEQUELIZE, isModel, sequelizeValue } from "./model.js";

/** Static methods of a model, with the place of their options among the arguments. */
export const STATIC_METHODS = {
  findAll: 0,
  findOne: 0,
  findByPk: 1,
  findAndCountAll: 0,
  findOrCreate: 0,
  findCreateFind: 0,
  findOrBuild: 0,
  count: 0,
  sum: 1,
  min: 1,
  max: 1,
  aggregate: 2,
  create: 1,
  bulkCreate: 1,
  update: 1,
  upsert: 1,
  destroy: 0,
  restore: 0,
  increment: 1,
  decrement: 1,
  truncate: 0,
} as const;
export type StaticMethod = keyof typeof STATIC_METHODS;

export const ROW_METHODS = ["save", "update", "destroy", "restore", "reload", "increment", "decrement"] as const;
export type RowMethod = (typeof ROW_METHODS)[number];

interface Place {
  readonly call: TSESTree.CallExpression;
  readonly evidence: Site["evidence"];
  /** The called member: what a report marks, and the call's name. */
  readonly callee: Node;
}

export interface ModelCall extends Place {
  readonly kind: "model";
  readonly method: StaticMethod;
  readonly model: LibraryValue;
}

export interface RowCall extends Place {
  readonly kind: "row";
  readonly method: RowMethod;
  readonly row: LibraryValue;
}

/** A method that an association adds to the instances of a model: `user.getPosts()`, `user.$get("posts")`. */
export interface AssociationCall extends Place {
  readonly kind: "association";
  readonly method: string;
  readonly row: LibraryValue;
}

/** `sequelize.query(…)` */
export interface RawCall extends Place {
  readonly kind: "raw";
}

export type SequelizeCall = ModelCall | RowCall | AssociationCall | RawCall;

export const ASSOCIATION_METHOD = /^(?:get|count|has|set|add|remove|create)[A-Z]/u;
export const DYNAMIC_METHODS: readonly string[] = ["$get", "$count", "$has", "$set", "$add", "$remove", "$create"];

function isStaticMethod(name: string): name is StaticMethod {
  return Object.hasOwn(STATIC_METHODS, name);
}

function isRowMethod(name: string): name is RowMethod {
  return ROW_NAMES.has(name);
}

const ROW_NAMES: ReadonlySet<string> = new Set(ROW_METHODS);
const DYNAMIC_NAMES: ReadonlySet<string> = new Set(DYNAMIC_METHODS);

/** The call of Sequelize that a node is, if it is one. */
export function sequelizeCall(call: TSESTree.CallExpression, context: AdapterContext): SequelizeCall | undefined {
  const callee = unwrap(call.callee);
  const written = callee.type === "MemberExpression" ? memberName(callee) : callee.type === "Identifier" ? callee.name : undefined;
  if (written === undefined) return undefined;
  const isNamed = isStaticMethod(written) || isRowMethod(written) || written === "query" || DYNAMIC_NAMES.has(written);
  if (!isNamed && !(ASSOCIATION_METHOD.test(written) && callee.type === "MemberExpression" && usesSequelize(context))) {
    // A static method under another name: `const { findAll } = User` keeps its name.
    return undefined;
  }
  const value = context.values.evaluate(callee, context.module);
  if (value.kind === "method") {
    // What a model of the project declares itself under this name is no method of the library, and evaluates to a function.
    return value.receiver.library === SEQUELIZE ? callOf(call, callee, value.name, value.receiver, context) : undefined;
  }
  if (!mayBeModel(value) || callee.type !== "MemberExpression") return undefined;
  return written === "query" ? rawOfShape(call, callee, context) : callOfShape(call, callee, written, context);
}

function callOf(call: TSESTree.CallExpression, callee: Node, name: string, receiver: LibraryValue, context: AdapterContext): SequelizeCall | undefined {
  const place = { call, callee, evidence: receiver.evidence };
  // A shape needs a second sign.
  if (receiver.evidence === "shape" && !usesSequelize(context)) return undefined;
  if (receiver.role === "client") return name === "query" ? { kind: "raw", ...place } : undefined;
  if (isModel(receiver)) return isStaticMethod(name) && receiver.role !== "base" ? { kind: "model", method: name, model: receiver, ...place } : undefined;
  if (receiver.role !== "row") return undefined;
  if (isRowMethod(name)) return { kind: "row", method: name, row: receiver, ...place };
  return DYNAMIC_NAMES.has(name) || ASSOCIATION_METHOD.test(name) ? { kind: "association", method: name, row: receiver, ...place } : undefined;
}

export function usesSequelize(context: AdapterContext): boolean {
  return PACKAGES.some((name) => context.uses(name));
}

/** Methods that no other library of JavaScript has. */
const DISTINCTIVE: ReadonlySet<StaticMethod> = new Set<StaticMethod>(["findAll", "findByPk", "findAndCountAll", "findOrCreate", "findCreateFind", "bulkCreate"]);
const OPTIONS: ReadonlySet<string> = new Set([
  "where", "include", "attributes", "order", "group", "having", "limit", "offset", "raw", "nest", "plain", "paranoid", "transaction", "lock", "skipLocked", "logging", "benchmark", "distinct", "col", "subQuery", "searchPath", "rejectOnEmpty", "defaults", "returning", "fields", "hooks", "individualHooks", "validate", "silent", "sideEffects", "ignoreDuplicates", "updateOnDuplicate", "force", "truncate", "cascade", "by", "dataType", "useMaster", "mapToModel", "type",
]);
/** Names of objects that hold the models of an application. Weighed only together with a shape and a dependency. */
const HOLDER = /^(?:models?|db|database|sequelize|orm|entities)$/iu;

/** `User.findAll({ where })`, `db.User.update(values, { where })`, where nothing is known of `User`, in a package that uses Sequelize. */
function callOfShape(call: TSESTree.CallExpression, callee: TSESTree.MemberExpression, name: string, context: AdapterContext): ModelCall | undefined {
  if (!isStaticMethod(name) || !usesSequelize(context) || context.uses("typeorm") || context.uses("mongoose")) return undefined;
  const receiver = unwrap(callee.object);
  const model = receiver.type === "Identifier" ? receiver.name : receiver.type === "MemberExpression" ? memberName(receiver) : undefined;
  if (model === undefined || !mayBeModel(context.values.evaluate(receiver, context.module))) return undefined;
  const holder = receiver.type === "MemberExpression" ? lastName(receiver.object) : undefined;
  if (!/^[A-Z]\w*[a-z]/u.test(model) && !(holder !== undefined && HOLDER.test(holder))) return undefined;
  return fits(call, name) ? { kind: "model", method: name, call, callee, evidence: "shape", model: sequelizeValue("model", { name: model, evidence: "shape" }) } : undefined;
}

/** `this.sequelize.query("SELECT …")`, where nothing is known of `this.sequelize`: the dependency, the text and the name say it together. */
function rawOfShape(call: TSESTree.CallExpression, callee: TSESTree.MemberExpression, context: AdapterContext): RawCall | undefined {
  const [first] = call.arguments;
  if (!usesSequelize(context) || !/sequelize$/iu.test(lastName(callee.object) ?? "") || !mayBeModel(context.values.evaluate(callee.object, context.module))) return undefined;
  const text = first && first.type !== "SpreadElement" ? context.text(first) : undefined;
  return text && looksLikeSql(text.text) ? { kind: "raw", call, callee, evidence: "shape" } : undefined;
}

/** Nothing is known that speaks against a model. */
function mayBeModel(value: Value): boolean {
  return value.kind === "unknown" || value.kind === "parameter" || (value.kind === "external" && /^(?:[.~@#]\/|#|src\/|\.{1,2}\/)/u.test(value.specifier));
}

function lastName(node: Node): string | undefined {
  const inner = unwrap(node);
  if (inner.type === "Identifier") return inner.name;
  return inner.type === "MemberExpression" ? memberName(inner) : undefined;
}

/** Are the options Sequelize's: `where` among them, or a method that is its alone? */
function fits(call: TSESTree.CallExpression, method: StaticMethod): boolean {
  const options = call.arguments[STATIC_METHODS[method]];
  const inner = options && unwrap(options);
  if (!inner || inner.type !== "ObjectExpression") return DISTINCTIVE.has(method);
  const keys = inner.properties.map((property) => (property.type === "Property" ? keyName(property) : undefined));
  if (keys.some((key) => key !== undefined && !OPTIONS.has(key))) return false;
  return DISTINCTIVE.has(method) || keys.includes("where");
}
