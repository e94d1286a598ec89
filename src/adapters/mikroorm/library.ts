/** What MikroORM's packages export, and what follows from it. */
import type { BuilderLanguage } from "../builder/history.js";
import { libraryValue, type LibraryModel, type LibraryValue, type NodeRef } from "../../syntax/values.js";

export const MIKROORM = "mikroorm";

/**
 * Roles of MikroORM's values.
 * - `class`, `function`, `decorator`: exports, by their names.
 * - `orm`, `manager`, `connection`, `context`: what queries are sent through; `context` is a request context.
 * - `repository`: of the entity that its type argument, its call or its decorator names.
 * - `schema`: `new EntitySchema(…)`, `defineEntity(…)`.
 * - `records`, `page`, `record`: what a read gives: a list, a list with a number, one row. `at` is the read.
 * - `collection`, `reference`: relations of a row by their types. `wrapped`: `wrap(row)`.
 * - `builder`: a query builder, made at `at`; `inner`: one that a parameter holds. `raw`: a piece of SQL.
 */
export type Role =
  | "class" | "function" | "decorator" | "orm" | "manager" | "connection" | "context" | "repository" | "schema"
  | "records" | "page" | "record" | "collection" | "reference" | "wrapped" | "builder" | "inner" | "raw";

/** The packages, and frameworks that hand them on under their name: `@medusajs/framework/mikro-orm/core`. */
const OWNED = /^(?:@mikro-orm\/|@?[\w-]+\/(?:[\w-]+\/)*mikro-orm\/)/u;
/** Its rows are documents, its filters no SQL. */
const MONGO = /mongo/iu;

const INJECTED: ReadonlyMap<string, Role> = new Map([
  ["InjectRepository", "repository"],
  ["InjectEntityManager", "manager"],
  ["InjectMikroORM", "orm"],
]);

/** Methods of a builder that send it. */
export const TERMINALS: ReadonlySet<string> = new Set(["execute", "getResult", "getResultList", "getSingleResult", "getResultAndCount", "getCount", "stream"]);
/** Methods of a builder that give its text, or make it a part of another. */
export const TEXTS: ReadonlySet<string> = new Set(["getQuery", "getParams", "getFormattedQuery", "getKnexQuery", "getKnex", "getNativeQuery", "toQuery", "toRaw", "as"]);

export const BUILDERS: BuilderLanguage = {
  isBuilder: (value) => value.library === MIKROORM && (value.role === "builder" || value.role === "inner"),
  isMade: (value, call) => value.library === MIKROORM && value.role === "builder" && value.at?.node === call,
  ends: (name) => name === "clone" || TERMINALS.has(name) || TEXTS.has(name),
  thenable: false,
};

/** Is the value one row? */
export function isRecord(value: LibraryValue): boolean {
  return value.library === MIKROORM && value.role === "record";
}

function made(role: Role, more?: Parameters<typeof libraryValue>[2]): LibraryValue {
  return libraryValue(MIKROORM, role, more);
}

function afterDot(name: string): string {
  return name.slice(name.lastIndexOf(".") + 1);
}

/** The role of a value of an exported type. Drivers name theirs after themselves: `PostgreSqlEntityManager`, `SqlEntityRepository`. */
function roleOfType(name: string): Role | undefined {
  if (MONGO.test(name)) return undefined;
  if (/EntityManager$/u.test(name)) return "manager";
  if (/EntityRepository$/u.test(name)) return "repository";
  if (/QueryBuilder$/u.test(name)) return "inner";
  if (/Connection$/u.test(name)) return "connection";
  switch (name) {
    case "MikroORM":
    case "SqlMikroORM":
      return "orm";
    case "Collection":
    case "LoadedCollection":
      return "collection";
    case "Ref":
    case "Reference":
    case "IdentifiedReference":
      return "reference";
    case "RequestContext":
      return "context";
    default:
      return undefined;
  }
}

/** Where a manager comes from says whose rows it gives: the first argument of its call names the entity. */
function rowOf(value: LibraryValue, at: NodeRef): Pick<LibraryValue, "rowOf"> {
  if (value.role === "repository") {
    const [argument] = value.typeArguments ?? [];
    if (argument && "node" in argument) return { rowOf: argument };
    const given = value.at?.node.type === "CallExpression" ? value.at.node.arguments[0] : undefined;
    return value.at && given && given.type !== "SpreadElement" ? { rowOf: { node: given, module: value.at.module } } : {};
  }
  const first = at.node.type === "CallExpression" ? at.node.arguments[0] : undefined;
  return first && first.type !== "SpreadElement" ? { rowOf: { node: first, module: at.module } } : {};
}

function read(role: Role, value: LibraryValue, at: NodeRef): LibraryValue {
  return made(role, { at, parent: value, evidence: value.evidence, ...rowOf(value, at) });
}

function recordOf(value: LibraryValue): LibraryValue {
  return made("record", { evidence: value.evidence, ...(value.at && { at: value.at }), ...(value.parent && { parent: value.parent }), ...(value.rowOf && { rowOf: value.rowOf }) });
}

export const mikroOrmModel: LibraryModel = {
  id: MIKROORM,
  client: "manager",
  owns: (specifier) => OWNED.test(specifier),
  exported(specifier, dotted) {
    const name = afterDot(dotted);
    if (MONGO.test(specifier)) return undefined;
    if (name === "defineEntity" || name === "raw" || name === "sql" || name === "wrap") return made("function", { name });
    if (roleOfType(name) !== undefined || name === "EntitySchema") return made("class", { name });
    return /^[A-Z]/u.test(name) ? made("decorator", { name }) : undefined;
  },
  typed(specifier, dotted) {
    const role = MONGO.test(specifier) ? undefined : roleOfType(afterDot(dotted));
    return role && made(role, { name: afterDot(dotted) });
  },
  construct(value, at) {
    if (value.role !== "class" || value.name === undefined) return undefined;
    if (value.name === "EntitySchema") return made("schema", { at });
    const role = roleOfType(value.name);
    return role === "orm" || role === "manager" || role === "repository" ? made(role, { at }) : undefined;
  },
  decorated(decorator, at) {
    const role = decorator.role === "decorator" ? INJECTED.get(decorator.name ?? "") : undefined;
    return role && made(role, { at });
  },
  call(value, at) {
    if (value.role !== "function") return undefined;
    switch (value.name) {
      case "defineEntity":
        return made("schema", { at });
      case "raw":
        return made("raw", { at });
      case "wrap":
        return made("wrapped", { at });
      default:
        return undefined;
    }
  },
  tag: (value, at) => (value.role === "function" && value.name === "sql" ? made("raw", { at }) : undefined),
  member(value, name) {
    const { evidence } = value;
    switch (value.role) {
      case "orm":
      case "context":
        return name === "em" ? made("manager", { parent: value, evidence }) : undefined;
      case "repository":
        return name === "em" || name === "_em" ? made("manager", { evidence }) : undefined;
      case "page":
        return name === "0" ? made("records", { ...value }) : undefined;
      default:
        return undefined;
    }
  },
  method: methodOf,
  element: (value) => (value.role === "records" ? recordOf(value) : undefined),
  callback(value, method, argument, parameter) {
    if (parameter !== 0) return undefined;
    switch (value.role) {
      case "manager":
        return method === "transactional" ? value : undefined;
      case "records":
        return argument === 0 && /^(?:map|forEach|flatMap|filter|find|some|every)$/u.test(method) ? recordOf(value) : undefined;
      default:
        return undefined;
    }
  },
};

function methodOf(value: LibraryValue, name: string, at: NodeRef): LibraryValue | undefined {
  const { evidence } = value;
  switch (value.role) {
    case "class":
      if (value.name === "MikroORM" || value.name === "SqlMikroORM") return name === "init" || name === "initSync" ? made("orm", { at }) : undefined;
      if (value.name !== "RequestContext") return undefined;
      return name === "getEntityManager" ? made("manager") : name === "currentRequestContext" ? made("context") : undefined;
    case "orm":
    case "manager":
      switch (name) {
        case "fork":
        case "getContext":
        case "persist":
        case "remove":
          return value.role === "manager" ? value : undefined;
        case "getRepository":
        case "repo":
          return made("repository", { at, evidence });
        case "createQueryBuilder":
        case "qb":
          return made("builder", { at, parent: value, evidence });
        case "getConnection":
        case "getDriver":
          return made("connection", { evidence });
        default:
          return value.role === "manager" ? rowsOf(value, name, at) : undefined;
      }
    case "connection":
      return name === "getConnection" ? value : undefined;
    case "repository":
      if (name === "createQueryBuilder" || name === "qb") return made("builder", { at, parent: value, evidence });
      return name === "getEntityManager" ? made("manager", { evidence }) : rowsOf(value, name, at);
    case "builder":
    case "inner":
      return TERMINALS.has(name) || TEXTS.has(name) ? undefined : value;
    default:
      return undefined;
  }
}

function rowsOf(value: LibraryValue, name: string, at: NodeRef): LibraryValue | undefined {
  switch (name) {
    case "find":
    case "findAll":
      return read("records", value, at);
    case "findAndCount":
      return read("page", value, at);
    case "findOne":
    case "findOneOrFail":
    case "create":
    case "upsert":
      return read("record", value, at);
    default:
      return undefined;
  }
}
