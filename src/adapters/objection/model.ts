/** What Objection exports, and what follows from its values. */
import { identifierOf } from "./shape.js";
import type { BuilderLanguage } from "../builder/history.js";
import { knexValue } from "../knex/model.js";
import { libraryValue, type LibraryModel, type LibraryValue, type NodeRef } from "../../syntax/values.js";
import type { TSESTree } from "@typescript-eslint/utils";

export const OBJECTION = "objection";

/**
 * Roles of Objection's values.
 * - `base`: `Model`; `model`: a class that extends it, by its class (`owner`) or its type argument.
 * - `row`: an instance of a model; `rows`: a list of them; `related`: what a row holds under a name; `page`: what `page` and `range` give.
 * - `builder`: a query builder, made by the call `at` of the method `name` on `parent`; `single`: one that gives one row,
 *   `paged`: one that gives a page, `settled`: one that gives a number. `inner`: one that a callback or a parameter holds.
 * - `function`: `transaction`; `raw`, `ref`: calls of the helpers of these names.
 */
export type Role = "base" | "model" | "row" | "rows" | "related" | "page" | "builder" | "single" | "paged" | "settled" | "inner" | "function" | "raw" | "ref";

const BUILDER_ROLES: ReadonlySet<string> = new Set<Role>(["builder", "single", "paged", "settled", "inner"]);
const MODEL_TYPES: ReadonlySet<string> = new Set(["ModelClass", "ModelConstructor", "AnyModelConstructor", "ModelType"]);
const BUILDER_TYPES: ReadonlySet<string> = new Set(["QueryBuilder", "QueryBuilderType", "AnyQueryBuilder", "QueryBuilderBase"]);
const SINGLE_TYPES: ReadonlySet<string> = new Set(["SingleQueryBuilder", "MaybeSingleQueryBuilder"]);
const TRANSACTION_TYPES: ReadonlySet<string> = new Set(["Transaction", "TransactionOrKnex"]);
/** Static methods that begin a query. */
const STARTS: ReadonlySet<string> = new Set(["query", "relatedQuery", "knexQuery", "fetchGraph"]);
/** Methods of a row that begin a query. */
export const ROW_STARTS: ReadonlySet<string> = new Set(["$query", "$relatedQuery", "$fetchGraph"]);
const SINGLE: ReadonlySet<string> = new Set(["first", "findById", "findOne", "insertAndFetch", "patchAndFetch", "updateAndFetch", "patchAndFetchById", "updateAndFetchById"]);
const COUNTING: ReadonlySet<string> = new Set(["patch", "update", "delete", "del", "deleteById", "increment", "decrement", "resultSize", "relate", "unrelate", "truncate"]);
const LIST_METHODS: ReadonlySet<string> = new Set(["slice", "concat", "sort", "reverse", "toSorted", "toReversed", "filter"]);
const ELEMENT_METHODS: ReadonlySet<string> = new Set(["find", "findLast", "at", "pop", "shift"]);
const ITERATIONS: ReadonlySet<string> = new Set(["map", "flatMap", "forEach", "filter", "find", "findLast", "some", "every", "findIndex", "sort"]);
/** Methods after which there is no builder of Objection any more. */
const LEAVES: ReadonlySet<string> = new Set(["then", "catch", "finally", "toKnexQuery", "toString", "isFind", "isInsert", "isUpdate", "isDelete", "hasWheres", "hasSelects", "tableNameFor", "modelClass", "knex"]);

export const BUILDERS: BuilderLanguage = {
  isBuilder: (value) => value.library === OBJECTION && BUILDER_ROLES.has(value.role),
  isMade: (value, call) => value.library === OBJECTION && BUILDER_ROLES.has(value.role) && value.name !== "clone" && value.at?.node === call,
  ends: (name) => name === "clone" || name === "toKnexQuery" || name === "toString",
  thenable: true,
};

export function objectionValue(role: Role, more?: Parameters<typeof libraryValue>[2]): LibraryValue {
  return libraryValue(OBJECTION, role, more);
}

function afterDot(name: string): string {
  return name.slice(name.lastIndexOf(".") + 1);
}

function withRole(value: LibraryValue, role: Role): LibraryValue {
  return { ...value, role };
}

/** What a row of a model is known by. */
function rowOf(model: LibraryValue): LibraryValue {
  const { owner, typeArguments, evidence } = model;
  return objectionValue("row", { parent: model, evidence, ...(owner && { owner: { ...owner, isStatic: false } }), ...(typeArguments && { typeArguments }) });
}

/** A row of what a query on `on` finds. */
function found(builder: LibraryValue): LibraryValue {
  const { parent, name } = builder;
  if (!parent) return objectionValue("row", { evidence: builder.evidence, ...(builder.typeArguments && { typeArguments: builder.typeArguments }) });
  if (name === "relatedQuery" || name === "$relatedQuery") return objectionValue("row", { parent: builder, evidence: builder.evidence });
  return parent.role === "row" || parent.role === "related" ? parent : rowOf(parent);
}

function isModel(value: LibraryValue): boolean {
  return value.role === "base" || value.role === "model";
}

function rowIn(value: LibraryValue): LibraryValue | undefined {
  switch (value.role) {
    case "rows":
      return value.parent;
    case "builder":
      return found(value);
    case "related":
      return objectionValue("row", { parent: value, evidence: value.evidence });
    default:
      return undefined;
  }
}

function awaited(value: LibraryValue): LibraryValue | undefined {
  switch (value.role) {
    case "builder":
      return objectionValue("rows", { parent: found(value), evidence: value.evidence });
    case "single":
      return found(value);
    case "paged":
      return objectionValue("page", { parent: found(value), evidence: value.evidence });
    case "settled":
    case "inner":
      return undefined;
    default:
      return value;
  }
}

export const objectionModel: LibraryModel = {
  id: OBJECTION,
  owns: (specifier) => specifier === OBJECTION || specifier.startsWith(`${OBJECTION}/`),
  exported(_specifier, dotted) {
    switch (afterDot(dotted)) {
      case "Model":
        return objectionValue("base");
      case "transaction":
        return objectionValue("function", { name: "transaction" });
      case "raw":
      case "fn":
      case "val":
      case "ref":
        return objectionValue("function", { name: afterDot(dotted) });
      default:
        return undefined;
    }
  },
  typed(_specifier, dotted) {
    const name = afterDot(dotted);
    if (name === "Model") return objectionValue("row");
    if (MODEL_TYPES.has(name)) return objectionValue("model");
    if (BUILDER_TYPES.has(name)) return objectionValue("inner");
    if (SINGLE_TYPES.has(name)) return objectionValue("inner");
    return TRANSACTION_TYPES.has(name) ? knexValue("client") : undefined;
  },
  extended: (value, at) => (isModel(value) ? objectionValue("model", { at, evidence: value.evidence }) : undefined),
  construct: (value, at) => (isModel(value) ? { ...rowOf(value), at } : undefined),
  call(value, at) {
    if (value.role !== "function") return undefined;
    if (value.name === "ref") return objectionValue("ref", { at });
    return value.name === "raw" || value.name === "fn" || value.name === "val" ? objectionValue("raw", { name: value.name, at }) : undefined;
  },
  member(value, name) {
    if (value.role === "row" && !name.startsWith("$") && name !== "constructor") return objectionValue("related", { name, parent: value, evidence: value.evidence });
    if (value.role === "row" && name === "constructor") return value.parent && isModel(value.parent) ? value.parent : undefined;
    if (value.role === "page" && name === "results") return objectionValue("rows", { ...(value.parent && { parent: value.parent }), evidence: value.evidence });
    if ((value.role === "rows" || value.role === "related") && /^\d+$/u.test(name)) return rowIn(value);
    return isModel(value) && (name === "ref" || name === "raw" || name === "fn") ? objectionValue("function", { name }) : undefined;
  },
  method(value, name, at) {
    const { role, evidence } = value;
    if (BUILDER_ROLES.has(role)) return methodOfBuilder(value, name, at);
    if (isModel(value)) return methodOfModel(value, name, at);
    if (role === "row" || role === "related") {
      if (ROW_STARTS.has(name)) return objectionValue(name === "$relatedQuery" ? "builder" : "single", { name, at, parent: value, evidence });
      if (name === "$clone" || name === "$set" || name === "$setJson" || name === "$setRelated") return value;
    }
    if (role === "rows" || role === "related") return LIST_METHODS.has(name) ? value : ELEMENT_METHODS.has(name) ? rowIn(value) : undefined;
    return undefined;
  },
  awaited,
  element: rowIn,
  shaped(name, at) {
    const model = name === "query" ? identifierOf(at.node) : undefined;
    return model === undefined ? undefined : objectionValue("builder", { name, at, evidence: "shape", parent: objectionValue("model", { name: model, evidence: "shape" }) });
  },
  callback(value, method, argument, parameter) {
    if (value.role === "function" && value.name === "transaction" && method === "") return knexValue("client");
    if (isModel(value)) return method === "transaction" ? knexValue("client") : undefined;
    if (parameter !== 0) return undefined;
    if (argument === 0 && ITERATIONS.has(method)) {
      const row = rowIn(value);
      if (row) return row;
    }
    if (!BUILDER_ROLES.has(value.role)) return undefined;
    if (method === "then" || method === "runAfter") return argument === 0 ? awaited(value) : undefined;
    return objectionValue("inner", { name: method, evidence: value.evidence });
  },
  handedOn: (value, method, argument, parameter) => (value.role === "function" && value.name === "transaction" && method === "" && argument > 1 && parameter < argument ? parameter : undefined),
};

function methodOfModel(value: LibraryValue, name: string, at: NodeRef<TSESTree.CallExpression>): LibraryValue | undefined {
  const { evidence } = value;
  if (STARTS.has(name)) return objectionValue("builder", { name, at, parent: value, evidence });
  switch (name) {
    case "bindKnex":
    case "bindTransaction":
      return value;
    case "knex":
      return at.node.arguments.length === 0 ? knexValue("client", { evidence }) : undefined;
    case "startTransaction":
      return knexValue("client", { evidence });
    case "fromJson":
    case "fromDatabaseJson":
      return rowOf(value);
    case "ref":
      return objectionValue("ref", { at, evidence });
    case "raw":
      return objectionValue("raw", { name, at, evidence });
    default:
      return undefined;
  }
}

/** Methods of a builder give it back, those that a team adds in a builder of its own too. */
function methodOfBuilder(value: LibraryValue, name: string, at: NodeRef<TSESTree.CallExpression>): LibraryValue | undefined {
  if (name.startsWith("$")) return ROW_STARTS.has(name) ? objectionValue(name === "$relatedQuery" ? "builder" : "single", { name, at, parent: found(value), evidence: value.evidence }) : undefined;
  if (LEAVES.has(name) || ITERATIONS.has(name) && name !== "find" || LIST_METHODS.has(name)) return undefined;
  if (name === "clone") return { ...value, name: "clone", at };
  if (value.role === "inner") return value;
  if (SINGLE.has(name)) return withRole(value, "single");
  if (name === "insert") return withRole(value, at.node.arguments[0]?.type === "ArrayExpression" ? "builder" : "single");
  if (name === "page" || name === "range") return withRole(value, "paged");
  return COUNTING.has(name) ? withRole(value, "settled") : value;
}
