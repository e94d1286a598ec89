/** What Drizzle exports, and what follows from its values: clients, tables, columns, operators, SQL fragments, builders. */
import type { Dialect } from "../../query/model.js";
import { literalString } from "../../syntax/ast.js";
import { libraryValue, type LibraryModel, type LibraryValue, type NodeRef } from "../../syntax/values.js";

/** Name of the library in settings and reports. */
export const DRIZZLE = "drizzle";
/** The package; drivers and dialects are paths below it. */
export const PACKAGE = "drizzle-orm";

/**
 * Roles of Drizzle's values.
 *
 * | role | name | parent | at |
 * | --- | --- | --- | --- |
 * | `factory`: `drizzle` of a driver | dialect | | |
 * | `client`: a client, a transaction | dialect | | the call of the factory |
 * | `client`: a query builder without connection, which sends nothing | dialect | with, table or queryBuilder | |
 * | `rqb`: `db.query` | | client | |
 * | `rqbTable`: `db.query.users` | `users` | rqb | |
 * | `tableFactory`: `pgTable`, a creator's result | dialect | | the call of the creator |
 * | `tableCreator`: `pgTableCreator` | dialect | | |
 * | `schemaFactory`: `pgSchema` | dialect | | |
 * | `schema`: `pgSchema("x")` | `x` | schemaFactory | |
 * | `table`: a table or a view | SQL name, when it is a literal | tableFactory or schema | the defining call |
 * | `aliasFactory`, `alias`: `alias(users, "u")` | alias | | the call |
 * | `column` | property name | table, alias, sub-query | |
 * | `operator`: `eq`, `count`, `desc`, … | its name | | |
 * | `condition`: the result of an operator | name of the operator | | the call |
 * | `sql`, `sqlMember`: `sql`, `sql.raw` | name | | |
 * | `fragment`: ``sql`…` `` | name of the member | | the template or call |
 * | `builder`: `db.select()` and what follows on it | first method | client | the first call |
 * | `subquery`: `….as("x")` | `x` | builder | the call of `as` |
 * | `with`, `cte`: `db.$with("x")`, `.as(…)` of it | `x` | | the call of `as` |
 * | `setOperator`: `union`, … | its name | | |
 * | `operators`: what a callback of a relational query gets | | | |
 */
export type Role =
  | "factory" | "client" | "rqb" | "rqbTable" | "tableFactory" | "tableCreator" | "schemaFactory" | "schema" | "table" | "aliasFactory" | "alias" | "column"
  | "operator" | "condition" | "sql" | "sqlMember" | "fragment" | "builder" | "subquery" | "with" | "cte" | "setOperator" | "replicas" | "queryBuilder" | "operators";

/** A value of Drizzle with one of its roles. */
export function drizzleValue(role: Role, more?: Parameters<typeof libraryValue>[2]): LibraryValue {
  return libraryValue(DRIZZLE, role, more);
}

/** Part of the specifier after `drizzle-orm/` → dialect; the longest key that begins it decides. */
const DIALECTS: readonly (readonly [string, Dialect])[] = [
  ["aws-data-api", "postgresql"],
  ["better-sqlite3", "sqlite"],
  ["bun-sql/mysql", "mysql"],
  ["bun-sql/sqlite", "sqlite"],
  ["bun-sqlite", "sqlite"],
  ["bun-sql", "postgresql"],
  ["cockroach", "other"],
  ["d1", "sqlite"],
  ["durable-sqlite", "sqlite"],
  ["effect-postgres", "postgresql"],
  ["expo-sqlite", "sqlite"],
  ["gel", "other"],
  ["libsql", "sqlite"],
  ["mssql", "sqlserver"],
  ["mysql", "mysql"],
  ["neon", "postgresql"],
  ["netlify-db", "postgresql"],
  ["node-mssql", "sqlserver"],
  ["node-postgres", "postgresql"],
  ["node-sqlite", "sqlite"],
  ["op-sqlite", "sqlite"],
  ["pg", "postgresql"],
  ["planetscale-serverless", "mysql"],
  ["postgres", "postgresql"],
  ["prisma/mysql", "mysql"],
  ["prisma/pg", "postgresql"],
  ["prisma/sqlite", "sqlite"],
  ["singlestore", "mysql"],
  ["sql-js", "sqlite"],
  ["sqlite", "sqlite"],
  ["supabase", "postgresql"],
  ["tidb-serverless", "mysql"],
  ["tursodatabase", "sqlite"],
  ["vercel-postgres", "postgresql"],
  ["xata-http", "postgresql"],
];

/** The dialect a subpath of the package speaks. */
function dialectOf(specifier: string): Dialect | undefined {
  const path = specifier.slice(PACKAGE.length + 1);
  return DIALECTS.find(([prefix]) => path.startsWith(prefix))?.[1];
}

export const COMPARISONS: ReadonlySet<string> = new Set(["eq", "ne", "gt", "gte", "lt", "lte"]);
/** Aggregate functions that Drizzle exports. */
export const AGGREGATES: ReadonlySet<string> = new Set(["count", "countDistinct", "avg", "avgDistinct", "sum", "sumDistinct", "max", "min"]);
export const OPERATORS: ReadonlySet<string> = new Set([
  ...COMPARISONS,
  ...AGGREGATES,
  "inArray", "notInArray", "isNull", "isNotNull", "exists", "notExists", "between", "notBetween", "like", "notLike", "ilike", "notIlike",
  "not", "and", "or", "arrayContains", "arrayContained", "arrayOverlaps", "asc", "desc", "placeholder", "getTableColumns", "getColumns", "getViewSelectedFields",
  "l2Distance", "l1Distance", "innerProduct", "cosineDistance", "hammingDistance", "jaccardDistance", "bindIfParam",
]);
const SET_OPERATORS: ReadonlySet<string> = new Set(["union", "unionAll", "intersect", "intersectAll", "except", "exceptAll"]);

/** Methods that begin a query on a client. */
export const QUERY_METHODS: ReadonlySet<string> = new Set(["select", "selectDistinct", "selectDistinctOn", "insert", "replace", "update", "delete", "$count"]);
/** Methods of a builder that give the builder back. */
const BUILDER_METHODS: ReadonlySet<string> = new Set([
  "from", "where", "innerJoin", "leftJoin", "rightJoin", "fullJoin", "crossJoin", "innerJoinLateral", "leftJoinLateral", "crossJoinLateral", "limit", "offset", "orderBy", "groupBy", "having", "for",
  "values", "set", "returning", "onConflictDoNothing", "onConflictDoUpdate", "onDuplicateKeyUpdate", "$dynamic", "$withCache", "select", "overridingSystemValue", "ignore", "output", "top", "fetch",
  ...SET_OPERATORS,
]);

const TABLE = /^(?:pg|mysql|sqlite|mssql|singlestore|cockroach|gel)Table$/u;
const VIEW = /^(?:pg|mysql|sqlite|mssql|singlestore|cockroach|gel)(?:Materialized)?View$/u;
const TABLE_CREATOR = /^(?:pg|mysql|sqlite|mssql|singlestore|cockroach|gel)TableCreator$/u;
const SCHEMA = /^(?:pg|mysql|sqlite|mssql|singlestore|cockroach|gel)(?:Schema|Database)$/u;
const DATABASE_TYPE = /^[A-Za-z\d]+(?:Database|Transaction|DatabaseBase)$/u;
const TABLE_TYPE = /^(?:Any)?(?:Pg|MySql|SQLite|Gel|Mssql|SingleStore|Cockroach)?(?:Table|TableWithColumns|View|ViewBase|ViewWithSelection)$/u;
const COLUMN_TYPE = /^(?:Any)?(?:Pg|MySql|SQLite|Gel|Mssql|SingleStore|Cockroach)?Column$/u;

export const drizzleModel: LibraryModel = {
  client: "client",
  id: DRIZZLE,

  owns: (specifier) => specifier === PACKAGE || specifier.startsWith(`${PACKAGE}/`),

  exported(specifier, name) {
    const dialect = dialectOf(specifier);
    const named = dialect === undefined ? {} : { name: dialect };
    if (name === "drizzle") return drizzleValue("factory", named);
    if (name === "sql") return drizzleValue("sql");
    if (name.startsWith("sql.")) return drizzleValue("sqlMember", { name: name.slice("sql.".length) });
    if (OPERATORS.has(name)) return drizzleValue("operator", { name });
    if (TABLE.test(name) || VIEW.test(name)) return drizzleValue("tableFactory", named);
    if (TABLE_CREATOR.test(name)) return drizzleValue("tableCreator", named);
    if (SCHEMA.test(name)) return drizzleValue("schemaFactory", named);
    if (name === "alias" || name === "aliasedTable") return drizzleValue("aliasFactory");
    if (SET_OPERATORS.has(name)) return drizzleValue("setOperator", { name });
    if (name === "QueryBuilder") return drizzleValue("queryBuilder", named);
    if (name === "withReplicas") return drizzleValue("replicas", named);
    // The class of a client is exported as a value too; `extends` and `instanceof` meet it.
    return undefined;
  },

  typed(specifier, name) {
    const dialect = dialectOf(specifier);
    const named = dialect === undefined ? {} : { name: dialect };
    if (DATABASE_TYPE.test(name)) return drizzleValue("client", named);
    if (name === "QueryBuilder") return drizzleValue("client", named);
    if (name === "SQL") return drizzleValue("condition");
    if (TABLE_TYPE.test(name)) return drizzleValue("table");
    if (COLUMN_TYPE.test(name)) return drizzleValue("column");
    return undefined;
  },

  construct: (value) => (value.role === "queryBuilder" ? drizzleValue("client", { ...nameOf(value), parent: value }) : undefined),

  call(value, at) {
    switch (value.role) {
      case "factory":
      case "replicas":
        return drizzleValue("client", { ...nameOf(value), at });
      case "tableFactory":
        return table(value, at);
      case "tableCreator":
        return drizzleValue("tableFactory", { ...nameOf(value), at });
      case "schemaFactory":
        return drizzleValue("schema", { ...literalName(at, 0), parent: value, at });
      case "aliasFactory":
        return drizzleValue("alias", { ...literalName(at, 1), at });
      case "operator":
        return drizzleValue("condition", { ...nameOf(value), at });
      case "setOperator":
        return drizzleValue("builder", { ...nameOf(value), at });
      case "sql":
      case "sqlMember":
        return drizzleValue("fragment", { ...nameOf(value), at });
      default:
        return undefined;
    }
  },

  tag: (value, at) => (value.role === "sql" ? drizzleValue("fragment", { at }) : undefined),

  member(value, name) {
    switch (value.role) {
      case "client":
        if (name === "query" || name === "_query") return drizzleValue("rqb", { parent: value });
        return name === "$primary" ? value : undefined;
      case "rqb":
        return drizzleValue("rqbTable", { name, parent: value });
      case "sql":
        return drizzleValue("sqlMember", { name });
      case "operators":
        if (name === "sql") return drizzleValue("sql");
        return OPERATORS.has(name) ? drizzleValue("operator", { name }) : undefined;
      case "table":
      case "alias":
      case "subquery":
      case "cte":
        return name.startsWith("$") || name === "_" ? undefined : drizzleValue("column", { name, parent: value });
      default:
        return undefined;
    }
  },

  method(value, name, at) {
    switch (value.role) {
      case "client":
        if (name === "with") return value;
        if (name === "$with") return drizzleValue("with", literalName(at, 0));
        return QUERY_METHODS.has(name) ? drizzleValue("builder", { name, parent: value, at }) : undefined;
      case "tableFactory":
        // `pgTable.withRLS("users", …)`
        return name === "withRLS" ? table(value, at) : undefined;
      case "schema":
        return name === "table" || name === "view" || name === "materializedView" ? table(value, at) : undefined;
      case "table":
        return name === "as" || name === "existing" || name === "with" || name === "using" || name === "tablespace" || name === "withNoData" || name === "enableRLS" ? value : undefined;
      case "builder":
        if (name === "as") return drizzleValue("subquery", { ...literalName(at, 0), parent: value, at });
        return BUILDER_METHODS.has(name) ? value : undefined;
      case "with":
        return name === "as" ? drizzleValue("cte", { ...nameOf(value), at }) : undefined;
      case "column":
        return name === "as" || name === "getSQL" ? value : undefined;
      case "sql":
        return drizzleValue("fragment", { name, at });
      case "operators":
        return OPERATORS.has(name) ? drizzleValue("condition", { name, at }) : undefined;
      case "fragment":
      case "condition":
        return name === "as" || name === "mapWith" || name === "getSQL" || name === "inlineParams" ? value : undefined;
      default:
        return undefined;
    }
  },

  callback(value, method, argument, parameter) {
    if (value.role === "client" && method === "transaction" && argument === 0 && parameter === 0) return value;
    if ((value.role === "with" || value.role === "table") && method === "as" && argument === 0 && parameter === 0) return drizzleValue("client", { parent: value });
    return undefined;
  },
};

function table(factory: LibraryValue, at: NodeRef): LibraryValue {
  return drizzleValue("table", { ...literalName(at, 0), parent: factory, at });
}

function nameOf(value: LibraryValue): { readonly name?: string } {
  return value.name === undefined ? {} : { name: value.name };
}

function literalName(at: NodeRef, argument: number): { readonly name?: string } {
  const node = at.node.type === "CallExpression" ? at.node.arguments[argument] : undefined;
  const name = node && literalString(node);
  return name === undefined ? {} : { name };
}
