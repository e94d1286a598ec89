/** What Knex exports, and what follows from its values. */
import type { TSESTree } from "@typescript-eslint/utils";
import type { BuilderLanguage } from "../builder/history.js";
import { libraryValue, type LibraryModel, type LibraryValue, type NodeRef } from "../../syntax/values.js";

export const KNEX = "knex";

/**
 * Roles of Knex values.
 * - `factory`: the function that makes clients; a package exports it as a whole.
 * - `client`: what it makes, and a transaction; `at` is the call with the configuration. `provider` gives a transaction when it is called.
 * - `builder`: a query builder, made by the call `at` on `parent`; `inner`: one that a callback or a parameter holds.
 * - `raw`, `ref`: `knex.raw(…)`, `knex.ref(…)`. `schema`: the schema builder, whose statements are no queries.
 */
export type Role = "factory" | "client" | "provider" | "builder" | "inner" | "raw" | "ref" | "schema";

/** The package, and forks that keep its name. */
const OWNED = /^(?:@[\w-]+\/)?knex(?:\/.*)?$/u;

export const CONDITIONS: ReadonlySet<string> = new Set(
  ["", "Not", "Raw", "Wrapped", "In", "NotIn", "Null", "NotNull", "Between", "NotBetween", "Exists", "NotExists", "Like", "ILike", "Column", "JsonObject", "JsonNotObject", "JsonPath", "JsonSupersetOf", "JsonSubsetOf", "JsonNotSupersetOf", "JsonNotSubsetOf"].flatMap((form) => [
    `where${form}`,
    `andWhere${form}`,
    `orWhere${form}`,
  ]),
);
export const JOINS: Readonly<Record<string, "inner" | "left" | "right" | "full" | "cross">> = {
  join: "inner", innerJoin: "inner", leftJoin: "left", leftOuterJoin: "left", rightJoin: "right", rightOuterJoin: "right", fullOuterJoin: "full", outerJoin: "full", crossJoin: "cross",
};
export const AGGREGATES: ReadonlySet<string> = new Set(["count", "countDistinct", "min", "max", "sum", "sumDistinct", "avg", "avgDistinct"]);
export const UNIONS: ReadonlySet<string> = new Set(["union", "unionAll", "intersect", "except"]);

/** Steps that make no difference to what is modelled. */
const NEUTRAL: readonly string[] = [
  "transacting", "connection", "debug", "timeout", "on", "once", "options", "queryContext", "comment", "hintComment", "withSchema", "noWait", "skipLocked", "forUpdate", "forShare", "forNoKeyUpdate", "forKeyShare", "using", "merge", "ignore", "onConflict", "as", "modify", "clone", "abortOnDropConnection", "skipUndefined",
];
const CLEARS: readonly string[] = ["clear", "clearWhere", "clearSelect", "clearOrder", "clearGroup", "clearHaving", "clearCounters", "offset", "limit"];
const HAVINGS: readonly string[] = ["", "Raw", "Wrapped", "In", "NotIn", "Null", "NotNull", "Between", "NotBetween", "Exists", "NotExists"].flatMap((form) => [`having${form}`, `andHaving${form}`, `orHaving${form}`]);

/** Every step of a query builder that gives the builder back. */
export const STEPS: ReadonlySet<string> = new Set([
  ...CONDITIONS, ...Object.keys(JOINS), ...AGGREGATES, ...UNIONS, ...NEUTRAL, ...CLEARS, ...HAVINGS,
  "select", "column", "columns", "distinct", "distinctOn", "from", "fromRaw", "fromJS", "table", "into", "first", "pluck", "with", "withRecursive", "withMaterialized", "withNotMaterialized", "withRaw", "joinRaw",
  "orderBy", "orderByRaw", "groupBy", "groupByRaw", "insert", "upsert", "update", "updateFrom", "del", "delete", "truncate", "increment", "decrement", "returning", "columnInfo", "rowNumber", "rank", "denseRank", "partitionBy",
  "jsonExtract", "jsonSet", "jsonInsert", "jsonRemove",
]);
/** Steps that a builder ends with: it is sent, or asked for its text. */
export const STREAMS: ReadonlySet<string> = new Set(["stream", "pipe"]);
export const TEXTS: ReadonlySet<string> = new Set(["toSQL", "toString", "toQuery", "toNative"]);
/** A callback in the manner of Node sends too. */
export const CALLBACKS: ReadonlySet<string> = new Set(["asCallback", "nodeify"]);

const CLIENT_TYPES: ReadonlySet<string> = new Set(["Knex", "Transaction", "TransactionOrKnex", "default", "knex"]);
const BUILDER_TYPES: ReadonlySet<string> = new Set(["QueryBuilder", "QueryInterface", "ChainableInterface", "QueryBuilderType"]);

export const BUILDERS: BuilderLanguage = {
  isBuilder: (value) => value.library === KNEX && (value.role === "builder" || value.role === "inner"),
  isMade: (value, call) => value.library === KNEX && value.role === "builder" && value.name !== "clone" && value.at?.node === call,
  ends: (name) => name === "clone" || STREAMS.has(name) || TEXTS.has(name) || CALLBACKS.has(name),
  thenable: true,
};

export function knexValue(role: Role, more?: Parameters<typeof libraryValue>[2]): LibraryValue {
  return libraryValue(KNEX, role, more);
}

function made(client: LibraryValue, name: string, at: NodeRef<TSESTree.CallExpression>): LibraryValue {
  return knexValue("builder", { name, at, parent: client, evidence: client.evidence });
}

function afterDot(name: string): string {
  return name.slice(name.lastIndexOf(".") + 1);
}

export const knexModel: LibraryModel = {
  id: KNEX,
  client: "client",
  owns: (specifier) => OWNED.test(specifier),
  exported: (_specifier, name) => (name === "default" || name === "knex" || name === "Knex" || name === "default.default" ? knexValue("factory") : undefined),
  typed(_specifier, dotted) {
    const name = afterDot(dotted);
    if (CLIENT_TYPES.has(name)) return knexValue("client");
    if (BUILDER_TYPES.has(name)) return knexValue("inner");
    if (name === "Raw") return knexValue("raw");
    return name === "SchemaBuilder" ? knexValue("schema") : undefined;
  },
  call(value, at) {
    switch (value.role) {
      case "factory":
        return knexValue("client", { at });
      case "client":
        return made(value, "", at);
      case "provider":
        return knexValue("client", { ...(value.at && { at: value.at }), evidence: value.evidence });
      default:
        return undefined;
    }
  },
  construct: (value, at) => (value.role === "factory" ? knexValue("client", { at }) : undefined),
  member(value, name) {
    if (value.role === "factory") return name === "default" || name === "knex" ? value : undefined;
    return value.role === "client" && name === "schema" ? knexValue("schema") : undefined;
  },
  method(value, name, at) {
    switch (value.role) {
      case "factory":
        return name === "default" || name === "knex" || name === "initialize" ? knexValue("client", { at }) : undefined;
      case "client":
        return methodOfClient(value, name, at);
      case "builder":
      case "inner":
        // A copy is a builder of its own.
        if (name === "clone") return knexValue("builder", { ...value, name: "clone", at });
        return STEPS.has(name) ? value : undefined;
      case "raw":
        return name === "wrap" || name === "as" || name === "transacting" || name === "timeout" ? value : undefined;
      case "ref":
        return name === "as" || name === "withSchema" ? value : undefined;
      case "schema":
        return value;
      default:
        return undefined;
    }
  },
  callback(value, method, argument, parameter) {
    if (parameter !== 0) return undefined;
    if (value.role === "client") return method === "transaction" && argument === 0 ? knexValue("client", { ...(value.at && { at: value.at }), evidence: value.evidence }) : undefined;
    // What a callback of `where`, `modify`, `whereIn` or a join is given makes a part of the query.
    return (value.role === "builder" || value.role === "inner") && STEPS.has(method) ? knexValue("inner", { name: method, evidence: value.evidence }) : undefined;
  },
};

function methodOfClient(value: LibraryValue, name: string, at: NodeRef<TSESTree.CallExpression>): LibraryValue | undefined {
  switch (name) {
    case "raw":
      return knexValue("raw", { at, parent: value, evidence: value.evidence });
    case "ref":
      return knexValue("ref", { at, evidence: value.evidence });
    case "transaction":
    case "withUserParams":
    case "savepoint":
      return knexValue("client", { ...(value.at && { at: value.at }), evidence: value.evidence });
    case "transactionProvider":
      return knexValue("provider", { ...(value.at && { at: value.at }), evidence: value.evidence });
    case "queryBuilder":
    case "batchInsert":
      return made(value, name, at);
    default:
      return STEPS.has(name) && name !== "clone" && name !== "as" && name !== "on" && name !== "once" ? made(value, name, at) : undefined;
  }
}
