/** What Sequelize, its release 7 and sequelize-typescript export, and what follows from their values. */
import type { TSESTree } from "@typescript-eslint/utils";
import { literalString, unwrap, type Node } from "../../syntax/ast.js";
import { libraryValue, type LibraryModel, type LibraryValue, type NodeRef } from "../../syntax/values.js";

/** Name of the library in settings and reports. */
export const SEQUELIZE = "sequelize";
export const PACKAGES: readonly string[] = ["sequelize", "@sequelize/core", "sequelize-typescript"];

/**
 * Roles of Sequelize's values.
 *
 * | role | name | parent | at |
 * | --- | --- | --- | --- |
 * | `class`: `Sequelize` | | | |
 * | `client`: an instance | | | `new Sequelize(…)` |
 * | `base`: `Model`, which models extend | | | |
 * | `model`: a model, by its class (`owner`), its name, or the call that makes it | name | | the class, the call of `define` or of `getRepository` |
 * | `scoped`: `User.scope("x")`, `User.unscoped()` | | model or scoped | the call |
 * | `registry`: `sequelize.models` | | client | |
 * | `row`: an instance of a model | | model | what makes it |
 * | `rows`, `page`, `pair`: what `findAll`, `findAndCountAll`, `findOrCreate` give | | model | |
 * | `operators`: `Op`; `symbol`: `Op.gt` | `gt` | | |
 * | `helper`: `fn`, `literal`, `where`, … | its name | | |
 * | `expression`: the result of a helper | name of the helper | | the call |
 * | `types`: `QueryTypes`; `type`: `QueryTypes.SELECT` | `SELECT` | | |
 * | `decorator`: `Table`, `Scopes`, `HasMany`, … | its name | | |
 */
export type Role =
  | "class" | "client" | "base" | "model" | "scoped" | "registry" | "row" | "rows" | "page" | "pair"
  | "operators" | "symbol" | "helper" | "expression" | "types" | "type" | "decorator";

export function sequelizeValue(role: Role, more?: Parameters<typeof libraryValue>[2]): LibraryValue {
  return libraryValue(SEQUELIZE, role, more);
}

const HELPERS: ReadonlySet<string> = new Set(["literal", "fn", "col", "cast", "where", "and", "or", "json", "sql", "attribute", "identifier", "list", "jsonPath"]);
const DECORATORS: ReadonlySet<string> = new Set(["Table", "Scopes", "DefaultScope", "HasMany", "HasOne", "BelongsTo", "BelongsToMany", "DeletedAt", "Column", "PrimaryKey", "ForeignKey"]);
/** Types of the packages that are a model, not an instance of one. */
const MODEL_TYPES: ReadonlySet<string> = new Set(["ModelStatic", "ModelCtor", "ModelDefined", "ModelType", "Repository", "NonConstructor"]);
/** Static methods that give the model with other conditions. */
export const SCOPING: ReadonlySet<string> = new Set(["scope", "unscoped", "withScope", "withoutScope", "withInitialScope"]);
/** Array methods that give rows of the same list. */
const LIST_METHODS: ReadonlySet<string> = new Set(["filter", "slice", "concat", "sort", "reverse", "toSorted", "toReversed"]);
const ELEMENT_METHODS: ReadonlySet<string> = new Set(["find", "findLast", "at", "pop", "shift"]);
const ITERATIONS: ReadonlySet<string> = new Set(["map", "flatMap", "forEach", "filter", "find", "findLast", "some", "every", "findIndex", "sort"]);

/** Is the value a model on which static methods send queries? */
export function isModel(value: LibraryValue): boolean {
  return value.library === SEQUELIZE && (value.role === "model" || value.role === "scoped" || value.role === "base");
}

export const sequelizeModel: LibraryModel = {
  client: "client",
  id: SEQUELIZE,
  owns: (specifier) => PACKAGES.some((name) => specifier === name || specifier.startsWith(`${name}/`)),

  exported(_specifier, name) {
    const own = name.startsWith("Sequelize.") ? name.slice("Sequelize.".length) : name;
    if (own === "default" || own === "Sequelize") return sequelizeValue("class");
    return memberOfLibrary(own);
  },

  typed(_specifier, name) {
    if (name === "Sequelize") return sequelizeValue("client");
    if (name === "Model") return sequelizeValue("row");
    return MODEL_TYPES.has(name) ? sequelizeValue("model") : undefined;
  },

  construct(value, at) {
    if (value.role === "class") return sequelizeValue("client", { at });
    if (value.role === "base") return sequelizeValue("row", { at });
    return isModel(value) ? rowOf(value, at) : undefined;
  },

  extended: (value, at) => (isModel(value) ? sequelizeValue("model", { at }) : undefined),

  call: (value, at) => (value.role === "helper" ? sequelizeValue("expression", { ...(value.name !== undefined && { name: value.name }), at }) : undefined),

  tag: (value, at) => (value.role === "helper" && value.name === "sql" ? sequelizeValue("expression", { name: "sql", at }) : undefined),

  member(value, name) {
    switch (value.role) {
      case "class":
        return memberOfLibrary(name);
      case "client":
        if (name === "models") return sequelizeValue("registry", { parent: value });
        return name === "Sequelize" ? sequelizeValue("class") : memberOfLibrary(name);
      case "registry":
        return sequelizeValue("model", { name });
      case "operators":
        return sequelizeValue("symbol", { name });
      case "types":
        return sequelizeValue("type", { name });
      case "model":
      case "scoped":
      case "base":
      case "row":
        if (name === "constructor") return classOf(value);
        return name === "sequelize" ? sequelizeValue("client") : undefined;
      case "page":
        return name === "rows" ? sequelizeValue("rows", inherit(value)) : undefined;
      case "pair":
        return name === "0" ? instanceOf(value) : undefined;
      case "rows":
        return /^\d+$/u.test(name) ? instanceOf(value) : undefined;
      default:
        return undefined;
    }
  },

  method(value, name, at) {
    switch (value.role) {
      case "client":
        return methodOfClient(name, at);
      case "class":
        return HELPERS.has(name) ? sequelizeValue("expression", { name, at }) : undefined;
      case "model":
      case "scoped":
      case "base":
        return methodOfModel(value, name, at);
      case "row":
        return name === "save" || name === "update" || name === "reload" || name === "set" || name === "increment" || name === "decrement" ? value : undefined;
      case "rows":
        if (LIST_METHODS.has(name)) return value;
        return ELEMENT_METHODS.has(name) ? instanceOf(value) : undefined;
      case "helper":
        // ``sql.literal(…)`` of release 7.
        return HELPERS.has(name) ? sequelizeValue("expression", { name, at }) : undefined;
      default:
        return undefined;
    }
  },

  element: (value) => (value.role === "rows" ? instanceOf(value) : undefined),

  listed: (value, name) => (isModel(value) ? sequelizeValue("model", { ...value, name }) : undefined),

  loaded: (argument) => (argument.role === "client" ? sequelizeValue("model") : undefined),

  shaped: (name, at) => (name === "define" && definesModel(at.node) ? defined(at, "shape") : undefined),

  callback(value, method, argument, parameter) {
    if (value.role === "rows" && argument === 0 && parameter === 0 && ITERATIONS.has(method)) return instanceOf(value);
    return undefined;
  },
};

function memberOfLibrary(name: string): LibraryValue | undefined {
  if (name === "Model") return sequelizeValue("base");
  if (name === "Op") return sequelizeValue("operators");
  if (name.startsWith("Op.")) return sequelizeValue("symbol", { name: name.slice("Op.".length) });
  if (name === "QueryTypes") return sequelizeValue("types");
  if (name.startsWith("QueryTypes.")) return sequelizeValue("type", { name: name.slice("QueryTypes.".length) });
  if (HELPERS.has(name)) return sequelizeValue("helper", { name });
  return DECORATORS.has(name) ? sequelizeValue("decorator", { name }) : undefined;
}

function methodOfClient(name: string, at: NodeRef<TSESTree.CallExpression>): LibraryValue | undefined {
  switch (name) {
    case "define":
      return defined(at, "origin");
    case "model":
      return sequelizeValue("model", literalName(at.node));
    case "getRepository":
    case "import":
      return sequelizeValue("model", { at });
    default:
      return HELPERS.has(name) ? sequelizeValue("expression", { name, at }) : undefined;
  }
}

function methodOfModel(value: LibraryValue, name: string, at: NodeRef): LibraryValue | undefined {
  if (SCOPING.has(name)) return sequelizeValue("scoped", { parent: value, at, evidence: value.evidence, ...(value.owner && { owner: value.owner }) });
  switch (name) {
    case "init":
    case "schema":
    case "withSchema":
      return value;
    case "findOne":
    case "findByPk":
    case "create":
    case "build":
      return rowOf(value, at);
    case "findAll":
    case "bulkCreate":
    case "bulkBuild":
      return sequelizeValue("rows", from(value));
    case "findAndCountAll":
      return sequelizeValue("page", from(value));
    case "findOrCreate":
    case "findCreateFind":
    case "findOrBuild":
    case "upsert":
      return sequelizeValue("pair", from(value));
    default:
      return undefined;
  }
}

function from(model: LibraryValue): Parameters<typeof libraryValue>[2] {
  return { parent: model, evidence: model.evidence, ...(model.owner && { owner: { ...model.owner, isStatic: false } }) };
}

function rowOf(model: LibraryValue, at: NodeRef): LibraryValue {
  return sequelizeValue("row", { ...from(model), at });
}

/** One of the rows that a value holds. */
function instanceOf(value: LibraryValue): LibraryValue {
  return sequelizeValue("row", inherit(value));
}

/** The model that a row is one of. */
function classOf({ owner, parent, evidence }: LibraryValue): LibraryValue | undefined {
  if (!owner) return parent;
  const { node, module } = owner;
  return sequelizeValue("model", { evidence, at: { node, module }, owner: { node, module, isStatic: true } });
}

function inherit(value: LibraryValue): Parameters<typeof libraryValue>[2] {
  return { evidence: value.evidence, ...(value.parent && { parent: value.parent }), ...(value.owner && { owner: value.owner }) };
}

function defined(at: NodeRef<TSESTree.CallExpression>, evidence: LibraryValue["evidence"]): LibraryValue {
  return sequelizeValue("model", { ...literalName(at.node), at, evidence });
}

function literalName(call: TSESTree.CallExpression): { readonly name?: string } {
  const [first] = call.arguments;
  const name = first && literalString(first);
  return name === undefined ? {} : { name };
}

/** `sequelize.define("User", { email: DataTypes.STRING })`, where nothing is known of what it is called on. */
function definesModel(call: TSESTree.CallExpression): boolean {
  const [name, attributes] = call.arguments;
  if (!name || literalString(name) === undefined || attributes?.type !== "ObjectExpression") return false;
  return attributes.properties.some((property) => property.type === "Property" && isDataType(typeIn(property.value)));
}

/** The type of an attribute: the value itself, or its `type`. */
function typeIn(attribute: Node): Node {
  const inner = unwrap(attribute);
  if (inner.type !== "ObjectExpression") return inner;
  const type = inner.properties.find((property) => property.type === "Property" && property.key.type === "Identifier" && property.key.name === "type");
  return type?.type === "Property" ? unwrap(type.value) : inner;
}

/** `DataTypes.STRING`, `DataTypes.STRING(20)`, `Sequelize.DATE`. */
function isDataType(node: Node): boolean {
  const inner = node.type === "CallExpression" ? unwrap(node.callee) : node;
  if (inner.type !== "MemberExpression" || inner.property.type !== "Identifier" || !/^[A-Z][A-Z\d]+$/u.test(inner.property.name)) return false;
  const owner = unwrap(inner.object);
  return (owner.type === "Identifier" && /^(?:DataTypes?|Sequelize|sequelize|types)$/iu.test(owner.name)) || isDataType(owner);
}
