/** What TypeORM's packages export, and what follows from it. */
import type { BuilderLanguage } from "../builder/history.js";
import { libraryValue, type LibraryModel, type LibraryValue, type NodeRef } from "../../syntax/values.js";

export const TYPEORM = "typeorm";

/**
 * Roles of TypeORM values.
 * - `class`, `function`, `operator`, `decorator`: exports, by their names. `operation`: a call of an operator.
 * - `dataSource`, `manager`, `queryRunner`: what queries are sent through. `connections`: the connection manager of 0.2.
 * - `repository`: of the entity that its type argument, its call or its decorator names. `custom`: an `AbstractRepository` of 0.2.
 * - `entity`: a class that extends `BaseEntity`; `record`: an instance of one; `records`: a list of them.
 * - `builder`: a query builder, made at `at`. `inner`: one that a callback is given.
 * - `brackets`, `schema`: `new Brackets(…)`, `new EntitySchema(…)`.
 */
export type Role =
  | "class" | "function" | "operator" | "operation" | "decorator"
  | "dataSource" | "manager" | "queryRunner" | "connections" | "repository" | "custom"
  | "entity" | "record" | "records" | "builder" | "inner" | "brackets" | "schema";

/** The package itself, its bindings for frameworks, and forks that keep its name in a scope of their own. */
const OWNED = /^(?:@[\w-]+\/)?typeorm(?:-typedi-extensions)?(?:\/.*)?$/u;

const CLASSES: ReadonlySet<string> = new Set(["DataSource", "Connection", "EntityManager", "Repository", "TreeRepository", "AbstractRepository", "BaseEntity", "Brackets", "NotBrackets", "EntitySchema"]);
const FUNCTIONS: ReadonlySet<string> = new Set(["getRepository", "getTreeRepository", "getManager", "getConnection", "createConnection", "createQueryBuilder", "getConnectionManager"]);
export const OPERATORS: ReadonlySet<string> = new Set([
  "In", "Not", "Equal", "LessThan", "LessThanOrEqual", "MoreThan", "MoreThanOrEqual", "Between", "IsNull", "Like", "ILike", "Raw", "Any",
  "ArrayContains", "ArrayContainedBy", "ArrayOverlap", "JsonContains", "And", "Or",
]);
const INJECTED: ReadonlyMap<string, Role> = new Map([
  ["InjectRepository", "repository"],
  ["InjectDataSource", "dataSource"],
  ["InjectConnection", "dataSource"],
  ["InjectEntityManager", "manager"],
  ["InjectManager", "manager"],
]);
const TYPES: ReadonlyMap<string, Role> = new Map([
  ["DataSource", "dataSource"],
  ["Connection", "dataSource"],
  ["EntityManager", "manager"],
  ["QueryRunner", "queryRunner"],
  ["Repository", "repository"],
  ["TreeRepository", "repository"],
  ["AbstractRepository", "custom"],
  ["BaseEntity", "record"],
  ["SelectQueryBuilder", "inner"],
  ["UpdateQueryBuilder", "inner"],
  ["DeleteQueryBuilder", "inner"],
  ["InsertQueryBuilder", "inner"],
  ["SoftDeleteQueryBuilder", "inner"],
  ["RelationQueryBuilder", "inner"],
  ["QueryBuilder", "inner"],
  ["WhereExpressionBuilder", "inner"],
  ["WhereExpression", "inner"],
]);

/** Methods of a builder after which it holds rows, a number or text, no builder any more. */
export const TERMINALS: ReadonlySet<string> = new Set([
  "getMany", "getManyAndCount", "getRawMany", "getRawAndEntities", "getOne", "getOneOrFail", "getRawOne", "getCount", "getExists", "stream", "execute", "loadMany", "loadOne",
]);
/** Methods of a builder that give its text or its parts. */
export const TEXTS: ReadonlySet<string> = new Set(["getQuery", "getSql", "getParameters", "getQueryAndParameters"]);

/** Is the value one row? */
export function isRecord(value: LibraryValue): boolean {
  return value.library === TYPEORM && value.role === "record";
}

/** How TypeORM's builders are followed. */
export const BUILDERS: BuilderLanguage = {
  isBuilder: (value) => value.library === TYPEORM && (value.role === "builder" || value.role === "inner"),
  isMade: (value, call) => value.library === TYPEORM && value.role === "builder" && value.at?.node === call,
  ends: (name) => name === "clone" || name === "subQuery" || TERMINALS.has(name) || TEXTS.has(name),
  thenable: false,
};

export function typeormValue(role: Role, more?: Partial<Omit<LibraryValue, "kind" | "library" | "role">>): LibraryValue {
  return libraryValue(TYPEORM, role, more);
}

function afterDot(name: string): string {
  return name.slice(name.lastIndexOf(".") + 1);
}

function exported(dotted: string): LibraryValue | undefined {
  const name = afterDot(dotted);
  if (CLASSES.has(name)) return typeormValue("class", { name });
  if (FUNCTIONS.has(name)) return typeormValue("function", { name });
  if (OPERATORS.has(name)) return typeormValue("operator", { name });
  // Everything else that begins with a capital letter is a decorator, an error or a type.
  return /^[A-Z]/u.test(name) ? typeormValue("decorator", { name }) : undefined;
}

/** Instances of the classes, by what is written at the place where they are made or extended. */
function constructed(value: LibraryValue, at: NodeRef): LibraryValue | undefined {
  if (value.role === "entity") return typeormValue("record", { parent: value, evidence: value.evidence });
  if (value.role !== "class") return undefined;
  switch (value.name) {
    case "Brackets":
    case "NotBrackets":
      return typeormValue("brackets", { name: value.name, at });
    case "EntitySchema":
      return typeormValue("schema", { at });
    case "AbstractRepository":
      return typeormValue("custom", { at });
    case "BaseEntity":
      return typeormValue("record");
    default: {
      const role = TYPES.get(value.name ?? "");
      return role && typeormValue(role, { at });
    }
  }
}

export const typeormModel: LibraryModel = {
  id: TYPEORM,
  client: "dataSource",
  owns: (specifier) => OWNED.test(specifier),
  exported: (_specifier, name) => exported(name),
  typed(_specifier, name) {
    const role = TYPES.get(afterDot(name));
    return role && typeormValue(role, { name: afterDot(name) });
  },
  construct: constructed,
  extended: (value, at) => ((value.role === "class" && value.name === "BaseEntity") || value.role === "entity" ? typeormValue("entity", { at }) : undefined),
  decorated(decorator, at) {
    const role = decorator.role === "decorator" ? INJECTED.get(decorator.name ?? "") : undefined;
    return role && typeormValue(role, { at });
  },
  self: (value, method) => (value.role === "repository" && method === "extend" ? value : undefined),
  call(value, at) {
    if (value.role === "operator") return typeormValue("operation", { ...(value.name !== undefined && { name: value.name }), at });
    if (value.role !== "function") return undefined;
    switch (value.name) {
      case "getRepository":
      case "getTreeRepository":
        return typeormValue("repository", { at });
      case "getManager":
        return typeormValue("manager", { at });
      case "getConnection":
      case "createConnection":
        return typeormValue("dataSource", { at });
      case "getConnectionManager":
        return typeormValue("connections", { at });
      case "createQueryBuilder":
        return typeormValue("builder", { at });
      default:
        return undefined;
    }
  },
  member(value, name) {
    const { evidence } = value;
    switch (value.role) {
      case "dataSource":
        return name === "manager" ? typeormValue("manager", { parent: value, evidence }) : undefined;
      case "manager":
        if (name === "connection" || name === "dataSource") return typeormValue("dataSource", { evidence });
        return name === "queryRunner" ? typeormValue("queryRunner", { evidence }) : undefined;
      case "queryRunner":
        if (name === "manager") return typeormValue("manager", { evidence });
        return name === "connection" || name === "dataSource" ? typeormValue("dataSource", { evidence }) : undefined;
      case "custom":
        if (name === "repository" || name === "treeRepository") return typeormValue("repository", { parent: value, evidence, ...(value.typeArguments && { typeArguments: value.typeArguments }) });
        return name === "manager" ? typeormValue("manager", { evidence }) : undefined;
      case "repository":
        return name === "manager" ? typeormValue("manager", { evidence }) : undefined;
      case "builder":
      case "inner":
        return name === "connection" || name === "dataSource" ? typeormValue("dataSource", { evidence }) : undefined;
      default:
        return undefined;
    }
  },
  method: methodOf,
  element: (value) => (value.role === "records" ? typeormValue("record", { ...(value.parent && { parent: value.parent }), evidence: value.evidence }) : undefined),
  callback(value, method, argument, parameter) {
    if (parameter !== 0) return undefined;
    switch (value.role) {
      case "dataSource":
      case "manager":
        return method === "transaction" ? typeormValue("manager", { parent: value, evidence: value.evidence }) : undefined;
      case "records":
        return argument === 0 && /^(?:map|forEach|flatMap|filter|find|some|every)$/u.test(method) ? typeormValue("record", { ...(value.parent && { parent: value.parent }), evidence: value.evidence }) : undefined;
      case "builder":
      case "inner":
        // What a callback of `where`, `select`, `from` or a join is given makes a part of the query.
        return typeormValue("inner", { name: method, evidence: value.evidence });
      default:
        return undefined;
    }
  },
};

const RECORDS = /^(?:find|findBy|findByIds)$/u;
const RECORD = /^(?:findOne|findOneBy|findOneOrFail|findOneByOrFail|findOneById|create|preload|merge)$/u;

function methodOf(value: LibraryValue, name: string, at: NodeRef): LibraryValue | undefined {
  const { evidence } = value;
  switch (value.role) {
    case "connections":
      return name === "get" || name === "create" ? typeormValue("dataSource", { evidence }) : undefined;
    case "dataSource":
    case "manager":
      switch (name) {
        case "getRepository":
        case "getTreeRepository":
        case "withRepository":
          return typeormValue("repository", { at, evidence });
        case "createQueryBuilder":
          return typeormValue("builder", { at, parent: value, evidence });
        case "createQueryRunner":
          return typeormValue("queryRunner", { evidence });
        case "createEntityManager":
          return typeormValue("manager", { evidence });
        case "initialize":
        case "connect":
          return value.role === "dataSource" ? value : undefined;
        default:
          return undefined;
      }
    case "custom":
      if (name === "createQueryBuilder") return typeormValue("builder", { at, parent: value, evidence });
      return name === "getRepositoryFor" ? typeormValue("repository", { at, evidence }) : undefined;
    case "repository": {
      if (name === "createQueryBuilder") return typeormValue("builder", { at, parent: value, evidence });
      const argument = at.node.type === "CallExpression" ? at.node.arguments[0] : undefined;
      return name === "extend" ? { ...value, ...(argument?.type === "ObjectExpression" && { added: { node: argument, module: at.module } }) } : undefined;
    }
    case "entity":
      if (name === "createQueryBuilder") return typeormValue("builder", { at, parent: value, evidence });
      if (name === "getRepository") return typeormValue("repository", { parent: value, evidence });
      if (RECORDS.test(name)) return typeormValue("records", { parent: value, evidence });
      return RECORD.test(name) ? typeormValue("record", { parent: value, evidence }) : undefined;
    case "builder":
    case "inner":
      if (name === "subQuery") return typeormValue("builder", { name, at, evidence });
      return TERMINALS.has(name) || TEXTS.has(name) ? undefined : value;
    default:
      return undefined;
  }
}
