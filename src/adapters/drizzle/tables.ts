/** Names of tables and columns, as the code that defines them states them. */
import type { TSESTree } from "@typescript-eslint/utils";
import type { Dialect } from "../../query/model.js";
import { isFunction, literalString, memberName, unwrap, type Node } from "../../syntax/ast.js";
import type { Evaluator } from "../../syntax/evaluate.js";
import { returnedExpressions } from "../../syntax/patterns.js";
import { entriesOf, readObject, type ObjectShape } from "../../syntax/objects.js";
import type { SourceModule } from "../../syntax/source-module.js";
import type { LibraryValue, NodeRef, Value } from "../../syntax/values.js";
import { DRIZZLE } from "./model.js";

/** A table as its definition names it. */
export interface TableNames {
  /** Undefined when the name is chosen at run time. */
  readonly name: string | undefined;
  readonly schema?: string;
  /** The name that qualifies its columns. */
  readonly alias: string;
  readonly dialect?: Dialect;
}

export interface ColumnName {
  readonly name: string;
  /** The code gives no SQL name: `name` is the property, which the `casing` of the client may change. */
  readonly property: boolean;
}

/** Definitions already read, by the call that makes the table. One evaluator serves one linted file. */
const read = new WeakMap<Evaluator, Map<Node, ObjectShape | undefined>>();

/** Names of a value of the role `table` or `alias`; undefined when nothing is known of its definition. */
export function namesOf(value: LibraryValue, values: Evaluator): TableNames | undefined {
  if (value.role === "alias") {
    const aliased = aliasedTable(value, values);
    const names = aliased && namesOf(aliased, values);
    if (!names) return undefined;
    return value.name === undefined ? names : { ...names, alias: value.name };
  }
  if (value.role !== "table" || !value.at) return undefined;
  const name = value.name ?? constantName(value.at, values);
  const factory = value.parent;
  const dialect = dialectOfTable(value);
  const given = { ...(dialect && { dialect }) };
  if (factory?.role === "schema") return { name, alias: name ?? "", ...(factory.name !== undefined && { schema: factory.name }), ...given };
  const full = name !== undefined && factory?.at ? createdName(factory.at, name, values) : name;
  return { name: full, alias: full ?? "", ...given };
}

/** The dialect that the function which makes the table belongs to. */
export function dialectOfTable(value: LibraryValue): Dialect | undefined {
  for (let current: LibraryValue | undefined = value.parent; current; current = current.parent) {
    if (current.role === "tableFactory" || current.role === "schemaFactory") return asDialect(current.name);
  }
  return undefined;
}

const DIALECTS: readonly Dialect[] = ["postgresql", "mysql", "mariadb", "sqlite", "sqlserver", "bigquery", "snowflake", "other"];

/** The model keeps dialects as names of values. */
export function asDialect(name: string | undefined): Dialect | undefined {
  return DIALECTS.find((dialect) => dialect === name);
}

/** The table an alias stands for. */
export function aliasedTable(alias: LibraryValue, values: Evaluator): LibraryValue | undefined {
  const at = alias.at;
  const argument = at?.node.type === "CallExpression" ? at.node.arguments[0] : undefined;
  return at && argument ? values.library(argument, at.module, DRIZZLE) : undefined;
}

/** The SQL name of a column of a table, by its property. */
export function columnName(table: LibraryValue, property: string, values: Evaluator): ColumnName {
  const definition = table.role === "alias" ? aliasedTable(table, values) : table;
  const shape = definition?.at && columnsOf(definition.at, values);
  const entry = shape && entriesOf(shape, property).at(-1);
  const name = entry && builderName(entry.value, entry.module, values, 0);
  return name === undefined ? { name: property, property: true } : { name, property: false };
}

/** The properties a table's definition gives columns; undefined when they cannot be seen. */
export function columnsOf(at: NodeRef, values: Evaluator): ObjectShape | undefined {
  let known = read.get(values);
  if (!known) {
    known = new Map();
    read.set(values, known);
  }
  if (known.has(at.node)) return known.get(at.node);
  // A table may mention itself (`references(() => users.id)`): the entry ends the recursion.
  known.set(at.node, undefined);
  const argument = at.node.type === "CallExpression" ? at.node.arguments[1] : undefined;
  const shape = argument && columnsShape(argument, at.module, values);
  known.set(at.node, shape);
  return shape;
}

function columnsShape(argument: Node, module: SourceModule, values: Evaluator): ObjectShape | undefined {
  const inner = unwrap(argument);
  if (!isFunction(inner)) return readObject(inner, module, values);
  const [returned] = returnedExpressions(inner);
  return returned && readObject(returned, module, values);
}

/** First argument of the column's builder: `text("full_name").notNull()`. Undefined when it has no name. */
function builderName(node: Node, module: SourceModule, values: Evaluator, depth: number): string | undefined {
  const base = baseCall(node);
  if (!base || depth > 4) return undefined;
  const fn = values.functionOf(base, module);
  if (fn) {
    const [returned] = returnedExpressions(fn.node);
    const inner = returned && baseCall(returned);
    const first = inner?.arguments[0];
    if (!inner || !first) return undefined;
    // `const id = (name: string) => uuid(name).primaryKey()`
    const parameter = unwrap(first);
    const position = parameter.type === "Identifier" ? fn.node.params.findIndex((item) => item.type === "Identifier" && item.name === parameter.name) : -1;
    const argument = position >= 0 ? base.arguments[position] : undefined;
    return argument ? literalString(argument) : builderName(inner, fn.module, values, depth + 1);
  }
  const first = base.arguments[0];
  if (!first) return undefined;
  const literal = literalString(first);
  if (literal !== undefined) return literal;
  const value = first.type === "SpreadElement" || first.type === "ObjectExpression" ? undefined : values.evaluate(first, module);
  return value?.kind === "literal" && typeof value.value === "string" ? value.value : undefined;
}

/** The call at the foot of a chain of calls. */
export function baseCall(node: Node): TSESTree.CallExpression | undefined {
  let current = unwrap(node);
  while (current.type === "CallExpression") {
    const callee = unwrap(current.callee);
    const below = callee.type === "MemberExpression" ? unwrap(callee.object) : undefined;
    if (below?.type !== "CallExpression") return current;
    current = below;
  }
  return undefined;
}

function constantName(at: NodeRef, values: Evaluator): string | undefined {
  const argument = at.node.type === "CallExpression" ? at.node.arguments[0] : undefined;
  const value = argument && argument.type !== "SpreadElement" ? values.evaluate(argument, at.module) : undefined;
  return value?.kind === "literal" && typeof value.value === "string" ? value.value : undefined;
}

/** What a creator makes of a name: ``pgTableCreator((name) => `app_${name}`)``. */
function createdName(creator: NodeRef, name: string, values: Evaluator): string | undefined {
  const argument = creator.node.type === "CallExpression" ? creator.node.arguments[0] : undefined;
  const fn = argument && values.evaluate(argument, creator.module);
  if (fn?.kind !== "function") return undefined;
  const [returned] = returnedExpressions(fn.node);
  const parameter = fn.node.params[0];
  if (!returned || parameter?.type !== "Identifier") return undefined;
  return textWith(returned, parameter.name, name, fn.module, values);
}

function textWith(node: Node, parameter: string, value: string, module: SourceModule, values: Evaluator): string | undefined {
  const inner = unwrap(node);
  switch (inner.type) {
    case "Identifier":
      if (inner.name === parameter) return value;
      break;
    case "TemplateLiteral": {
      let text = "";
      for (const [index, quasi] of inner.quasis.entries()) {
        text += quasi.value.cooked ?? quasi.value.raw;
        const expression = inner.expressions[index];
        if (!expression) continue;
        const part = textWith(expression, parameter, value, module, values);
        if (part === undefined) return undefined;
        text += part;
      }
      return text;
    }
    case "BinaryExpression": {
      if (inner.operator !== "+") return undefined;
      const left = textWith(inner.left, parameter, value, module, values);
      const right = textWith(inner.right, parameter, value, module, values);
      return left === undefined || right === undefined ? undefined : left + right;
    }
    default:
  }
  const constant = values.evaluate(inner, module);
  return constant.kind === "literal" && typeof constant.value === "string" ? constant.value : undefined;
}

/**
 * The table that `db.query.users` reads: the member of the schema that the client was made with. Undefined when the client
 * is only known by its type.
 */
export function relationalTable(value: LibraryValue, values: Evaluator): LibraryValue | undefined {
  const client = value.parent?.parent;
  const at = client?.at;
  if (at?.node.type !== "CallExpression" || value.name === undefined) return undefined;
  for (const argument of at.node.arguments) {
    const schema = argument.type === "SpreadElement" ? undefined : schemaOption(argument, at.module, values);
    if (!schema) continue;
    const found = values.member(values.evaluate(schema.node, schema.module), value.name);
    if (found.kind === "library" && found.library === DRIZZLE && found.role === "table") return found;
  }
  return undefined;
}

function schemaOption(argument: Node, module: SourceModule, values: Evaluator): NodeRef | undefined {
  const shape = readObject(argument, module, values);
  const entry = entriesOf(shape, "schema").at(-1);
  return entry && { node: entry.value, module: entry.module };
}

/**
 * A table imported from where its definition cannot be read: the name of the import. Its columns are the members of that
 * binding. Undefined for anything else.
 */
export function foreignTable(node: Node, module: SourceModule, values: Evaluator): string | undefined {
  const inner = unwrap(node);
  if (inner.type === "MemberExpression") {
    // `schema.users` of `import * as schema`
    const owner = unwrap(inner.object);
    const name = memberName(inner);
    if (owner.type !== "Identifier" || name === undefined || !isImport(owner, module)) return undefined;
    return isUnseen(values.evaluate(inner, module)) ? name : undefined;
  }
  if (inner.type !== "Identifier" || !isImport(inner, module)) return undefined;
  return isUnseen(values.evaluate(inner, module)) ? inner.name : undefined;
}

/** Nothing is known of the value, or no more than its type. */
function isUnseen(value: Value): boolean {
  return value.kind === "unknown" || value.kind === "external" || (value.kind === "library" && value.library === DRIZZLE && value.role === "table" && !value.at);
}

function isImport(node: TSESTree.Identifier, module: SourceModule): boolean {
  return (module.lookUp(node.name, node)?.defs[0]?.type as string | undefined) === "ImportBinding";
}
