/**
 * Drizzle tables in TypeScript → tables. Nothing is run: the calls of the schema builders are read as they stand, names
 * are followed within the file and, by their exported name, across the files of the same schema.
 */
import { indexMethod } from "../index-method.js";
import { isFunction, keyName, literalString, memberName, unwrap, walk, type CallExpression, type Node } from "../../syntax/ast.js";
import { parseModule, type SourceModule } from "../../syntax/source-module.js";
import { camelCase, normaliseSchema, snakeCase, type SchemaDialect } from "../names.js";
import type { SchemaPart } from "../part.js";
import { normaliseType } from "../types.js";
import type { SqlFile } from "./sql.js";
import type { Column, ForeignKey, Index, IndexPart, Provenance, Relation, SchemaSourceReport, Table } from "../model.js";

type Casing = "snake_case" | "camelCase" | undefined;

/** Makers of tables by their exported name, with the core they come from. */
const TABLE_MAKERS: ReadonlySet<string> = new Set(["pgTable", "mysqlTable", "sqliteTable", "singlestoreTable"]);
const SCHEMA_MAKERS: ReadonlySet<string> = new Set(["pgSchema", "mysqlSchema", "singlestoreSchema"]);
const CREATOR_MAKERS: ReadonlySet<string> = new Set(["pgTableCreator", "mysqlTableCreator", "sqliteTableCreator", "singlestoreTableCreator"]);
const VIEW_MAKERS: ReadonlySet<string> = new Set(["pgView", "pgMaterializedView", "mysqlView", "sqliteView"]);
const CORE_MODULE = /^drizzle-orm\/(?:pg|mysql|sqlite|singlestore)-core(?:\/|$)/u;

/** Types by the name of the column builder, where the two differ. */
const BUILDER_TYPES: ReadonlyMap<string, string> = new Map([
  ["int", "integer"],
  ["serial", "integer"],
  ["bigserial", "bigint"],
  ["smallserial", "smallint"],
  ["tinyint", "smallint"],
  ["mediumint", "integer"],
  ["doublePrecision", "double"],
  ["decimal", "numeric"],
  ["datetime", "timestamp"],
  ["mysqlEnum", "enum"],
  ["json", "json"],
]);

/**
 * Reads the files of one schema. A file that cannot be parsed is reported and gives nothing. Where no configuration states
 * the casing of nameless columns, the columns that the migrations made tell it (`replayed`).
 */
export function readDrizzle(files: readonly SqlFile[], dialect: SchemaDialect, casing: Casing, replayed: readonly Table[] = []): SchemaPart {
  const modules = files.map(({ file, text }) => ({ file, module: parseModule(file, text) }));
  const parsed = modules.flatMap(({ module }) => (module === undefined ? [] : [new SchemaModule(module)]));
  const tables = casing === undefined ? tablesByMigrations(parsed, replayed) : new DrizzleSchema(parsed, casing).tables();
  const reports = modules.map(
    ({ file, module }): SchemaSourceReport => ({
      file,
      kind: "drizzle",
      tables: tables.filter((table) => table.provenance.file === file).length,
      notUnderstood: module === undefined ? [{ line: 1, text: "the file could not be parsed" }] : [],
    }),
  );
  return { kind: "declared", dialect, reports, tables };
}

/** The reading whose columns the migrations know best; as written when they do not tell. */
function tablesByMigrations(modules: readonly SchemaModule[], replayed: readonly Table[]): readonly Table[] {
  const plain = new DrizzleSchema(modules, undefined).tables();
  const made = new Map(replayed.map((table) => [table.name, new Set(table.columns.map((column) => column.name))]));
  const strangers = (tables: readonly Table[]): number => tables.reduce((sum, table) => sum + table.columns.filter((column) => made.get(table.name)?.has(column.name) === false).length, 0);
  let best = { tables: plain, strangers: strangers(plain) };
  for (const casing of best.strangers > 0 ? (["snake_case", "camelCase"] as const) : []) {
    const tables = new DrizzleSchema(modules, casing).tables();
    if (strangers(tables) < best.strangers) best = { tables, strangers: strangers(tables) };
  }
  return best.tables;
}

/** The names of one file: what its top level declares and what it imports. */
class SchemaModule {
  readonly source: SourceModule;
  /** Initialisers of top-level constants, and functions, by name. */
  readonly declarations = new Map<string, Node>();
  /** Local name → exported name of what the drizzle core exports; `*` for the namespace. */
  readonly core = new Map<string, string>();
  /** Local name → exported name of what any other module exports. */
  readonly imports = new Map<string, string>();

  constructor(source: SourceModule) {
    this.source = source;
    for (const statement of source.program.body) {
      if (statement.type === "ImportDeclaration") {
        const isCore = CORE_MODULE.test(statement.source.value);
        for (const specifier of statement.specifiers) {
          const imported = specifier.type === "ImportSpecifier" ? (specifier.imported.type === "Identifier" ? specifier.imported.name : specifier.imported.value) : specifier.type === "ImportDefaultSpecifier" ? "default" : "*";
          (isCore ? this.core : this.imports).set(specifier.local.name, imported);
        }
        continue;
      }
      const declaration = statement.type === "ExportNamedDeclaration" ? statement.declaration : statement;
      if (declaration?.type === "VariableDeclaration") {
        for (const { id, init } of declaration.declarations) if (id.type === "Identifier" && init !== null) this.declarations.set(id.name, init);
      } else if (declaration?.type === "FunctionDeclaration" && declaration.id !== null) this.declarations.set(declaration.id.name, declaration);
    }
  }

  at(node: Node): Provenance {
    return { file: this.source.path, line: this.source.lineOf(node.range[0]), kind: "drizzle" };
  }
}

/** A call chain: `a.b(x).c(y)` is the root call `a.b(x)` with the links `c(y)`. */
interface Link {
  readonly name: string;
  readonly args: readonly Node[];
}
interface Chain {
  readonly call: CallExpression;
  readonly links: readonly Link[];
}

interface Reach {
  readonly module: SchemaModule;
  readonly node: Node;
}

interface Declared {
  readonly table: MutableTable;
  readonly variable: string;
  readonly module: SchemaModule;
}

interface MutableTable {
  readonly name: string;
  readonly schema: string | undefined;
  readonly columns: Column[];
  readonly indexes: Index[];
  readonly foreignKeys: { readonly key: ForeignKey; readonly reference: Reference }[];
  readonly relations: Relation[];
  uncertain: string | undefined;
  readonly view: boolean;
  readonly provenance: Provenance;
}

/** `users.id` or `table.users`: a table by its variable, and the properties of its columns. */
interface Reference {
  readonly variable: string;
  readonly module: SchemaModule;
  readonly properties: readonly string[];
}

/** Helpers that are followed one after another at most. */
const DEEPEST = 6;

class DrizzleSchema {
  readonly #modules: readonly SchemaModule[];
  readonly #casing: Casing;
  readonly #declared: Declared[] = [];

  constructor(modules: readonly SchemaModule[], casing: Casing) {
    this.#modules = modules;
    this.#casing = casing;
  }

  tables(): readonly Table[] {
    for (const module of this.#modules) {
      for (const [variable, node] of module.declarations) {
        const table = this.#readTable(module, node);
        if (table !== undefined) this.#declared.push({ table, variable, module });
      }
    }
    for (const module of this.#modules) for (const node of module.declarations.values()) this.#readRelations(module, node);
    return this.#declared.map((declared) => this.#finish(declared));
  }

  #finish({ table, variable }: Declared): Table {
    return {
      name: table.name,
      ...(table.schema === undefined ? {} : { schema: table.schema }),
      model: variable,
      columns: table.columns,
      indexes: table.indexes,
      foreignKeys: table.foreignKeys.map(({ key, reference }) => {
        const target = this.#tableOf(reference.module, reference.variable)?.table;
        return target === undefined ? key : { ...key, referencedTable: target.name, referencedColumns: reference.properties.map((property) => columnOf(target, property) ?? property) };
      }),
      relations: table.relations,
      ...(table.uncertain === undefined ? {} : { uncertain: table.uncertain }),
      ...(table.view ? { view: true } : {}),
      provenance: table.provenance,
    };
  }

  /** The table that a variable means: of this file, or the only one of that exported name. */
  #tableOf(module: SchemaModule, variable: string): Declared | undefined {
    const own = this.#declared.find((declared) => declared.module === module && declared.variable === variable);
    if (own !== undefined) return own;
    const name = module.imports.get(variable) ?? variable;
    const found = this.#declared.filter((declared) => declared.variable === name);
    return found.length === 1 ? found[0] : undefined;
  }

  /** What a name stands for: a declaration of this file, or of the only file that declares the imported name. */
  #resolve(module: SchemaModule, name: string): Reach | undefined {
    const own = module.declarations.get(name);
    if (own !== undefined) return { module, node: own };
    const imported = module.imports.get(name);
    if (imported === undefined || imported === "*") return undefined;
    const found = this.#modules.flatMap((candidate) => {
      const node = candidate.declarations.get(imported);
      return node === undefined || candidate === module ? [] : [{ module: candidate, node }];
    });
    return found.length === 1 ? found[0] : undefined;
  }

  /** The name in the drizzle core that an expression means: `pgTable`, or `p.pgTable` of a namespace. */
  #coreName(module: SchemaModule, node: Node): string | undefined {
    const inner = unwrap(node);
    if (inner.type === "Identifier") {
      const name = module.core.get(inner.name);
      return name === "*" ? undefined : name;
    }
    if (inner.type !== "MemberExpression") return undefined;
    const object = unwrap(inner.object);
    return object.type === "Identifier" && module.core.get(object.name) === "*" ? memberName(inner) : undefined;
  }

  #readTable(module: SchemaModule, node: Node): MutableTable | undefined {
    const chain = chainOf(node);
    if (chain === undefined) return undefined;
    const { call } = chain;
    const maker = this.#tableMaker(module, call);
    if (maker === undefined) return undefined;
    const provenance = module.at(call);
    const written = call.arguments[0] === undefined ? undefined : literalString(call.arguments[0]);
    if (written === undefined) return undefined;
    const table: MutableTable = {
      name: maker.rename(written) ?? written,
      schema: normaliseSchema(maker.schema),
      columns: [],
      indexes: [],
      foreignKeys: [],
      relations: [],
      uncertain: maker.rename(written) === undefined ? "its name is computed" : undefined,
      view: maker.view,
      provenance,
    };
    if (maker.view) return table;
    const columns = call.arguments[1];
    if (columns === undefined) return undefined;
    this.#readColumns(module, columns, table, 0, undefined);
    if (call.arguments[2] !== undefined) this.#readExtras(module, call.arguments[2], table);
    return table;
  }

  #tableMaker(module: SchemaModule, call: CallExpression): { readonly rename: (name: string) => string | undefined; readonly schema: string | undefined; readonly view: boolean } | undefined {
    const plain = (name: string): string => name;
    const core = this.#coreName(module, call.callee);
    if (core !== undefined && TABLE_MAKERS.has(core)) return { rename: plain, schema: undefined, view: false };
    if (core !== undefined && VIEW_MAKERS.has(core)) return { rename: plain, schema: undefined, view: true };
    const callee = unwrap(call.callee);
    if (callee.type === "Identifier") {
      const creator = this.#creator(module, callee.name);
      return creator === undefined ? undefined : { rename: creator, schema: undefined, view: false };
    }
    if (callee.type !== "MemberExpression") return undefined;
    const method = memberName(callee);
    const object = unwrap(callee.object);
    // `pgTable.withRLS(…)`
    const inner = this.#coreName(module, object);
    if (method === "withRLS" && inner !== undefined && TABLE_MAKERS.has(inner)) return { rename: plain, schema: undefined, view: false };
    if ((method !== "table" && method !== "view" && method !== "materializedView") || object.type !== "Identifier") return undefined;
    const schema = this.#schemaName(module, object.name);
    return schema === undefined ? undefined : { rename: plain, schema, view: method !== "table" };
  }

  /** `const auth = pgSchema("auth")` */
  #schemaName(module: SchemaModule, name: string): string | undefined {
    const reach = this.#resolve(module, name);
    const call = reach === undefined ? undefined : unwrap(reach.node);
    if (reach === undefined || call?.type !== "CallExpression" || call.arguments[0] === undefined) return undefined;
    const core = this.#coreName(reach.module, call.callee);
    return core !== undefined && SCHEMA_MAKERS.has(core) ? literalString(call.arguments[0]) : undefined;
  }

  /** `const createTable = pgTableCreator((name) => `app_${name}`)` */
  #creator(module: SchemaModule, name: string): ((table: string) => string | undefined) | undefined {
    const reach = this.#resolve(module, name);
    const call = reach === undefined ? undefined : unwrap(reach.node);
    if (reach === undefined) return undefined;
    if (call?.type === "Identifier" || call?.type === "MemberExpression") {
      // `const createTable = pgTable`
      const core = this.#coreName(reach.module, call);
      return core !== undefined && TABLE_MAKERS.has(core) ? (table) => table : undefined;
    }
    if (call?.type !== "CallExpression") return undefined;
    const core = this.#coreName(reach.module, call.callee);
    if (core === undefined || !CREATOR_MAKERS.has(core)) return undefined;
    const customise = call.arguments[0] === undefined ? undefined : unwrap(call.arguments[0]);
    if (!isFunction(customise)) return () => undefined;
    const body = returned(customise);
    const parameter = customise.params[0];
    if (body === undefined || parameter?.type !== "Identifier") return () => undefined;
    return (table) => this.#text(reach.module, body, new Map([[parameter.name, table]]));
  }

  /** Text made of literals, constants and the parameters given. */
  #text(module: SchemaModule, node: Node, values: ReadonlyMap<string, string>, depth = 0): string | undefined {
    const inner = unwrap(node);
    const literal = literalString(inner);
    if (literal !== undefined || depth > DEEPEST) return literal;
    if (inner.type === "Identifier") {
      const given = values.get(inner.name);
      if (given !== undefined) return given;
      const reach = this.#resolve(module, inner.name);
      return reach === undefined ? undefined : this.#text(reach.module, reach.node, new Map(), depth + 1);
    }
    if (inner.type === "TemplateLiteral") {
      let text = "";
      for (const [at, quasi] of inner.quasis.entries()) {
        text += quasi.value.cooked ?? "";
        const hole = inner.expressions[at];
        if (hole === undefined) continue;
        const value = this.#text(module, hole, values, depth + 1);
        if (value === undefined) return undefined;
        text += value;
      }
      return text;
    }
    if (inner.type === "BinaryExpression" && inner.operator === "+") {
      const left = this.#text(module, inner.left, values, depth + 1);
      const right = this.#text(module, inner.right, values, depth + 1);
      return left === undefined || right === undefined ? undefined : left + right;
    }
    return undefined;
  }

  /** The columns: an object, a function of the builders that returns one, or a constant that is one. */
  #readColumns(module: SchemaModule, node: Node, table: MutableTable, depth: number, builders: string | undefined): void {
    const inner = unwrap(node);
    if (depth > DEEPEST) table.uncertain ??= "its columns are assembled from too many places";
    else if (isFunction(inner)) {
      const body = returned(inner);
      const parameter = inner.params[0];
      if (body === undefined) table.uncertain ??= "its columns are made by a function that was not understood";
      else this.#readColumns(module, body, table, depth + 1, parameter?.type === "Identifier" ? parameter.name : undefined);
    } else if (inner.type === "ObjectExpression") {
      for (const property of inner.properties) {
        if (property.type === "SpreadElement") this.#readColumns(module, property.argument, table, depth + 1, builders);
        else {
          const key = keyName(property);
          if (key === undefined) table.uncertain ??= "the name of a column is computed";
          else this.#readColumn(module, key, property.value, table, builders);
        }
      }
    } else if (inner.type === "Identifier") {
      const reach = this.#resolve(module, inner.name);
      if (reach === undefined) table.uncertain ??= `\`${inner.name}\` adds columns that were not read`;
      else this.#readColumns(reach.module, reach.node, table, depth + 1, builders);
    } else if (inner.type === "CallExpression" && unwrap(inner.callee).type === "Identifier") {
      const callee = unwrap(inner.callee);
      const reach = callee.type === "Identifier" ? this.#resolve(module, callee.name) : undefined;
      if (reach !== undefined && isFunction(reach.node)) this.#readColumns(reach.module, reach.node, table, depth + 1, builders);
      else table.uncertain ??= "a call adds columns that were not read";
    } else table.uncertain ??= "some of its columns were not understood";
  }

  #readColumn(module: SchemaModule, key: string, node: Node, table: MutableTable, builders: string | undefined): void {
    const provenance = module.at(node);
    const chain = this.#columnChain(module, node, builders, 0);
    if (chain === undefined) {
      table.columns.push({ name: this.#cased(key), property: key, nullable: "unknown", provenance });
      table.uncertain ??= `column \`${key}\` is made by an expression that was not understood`;
      return;
    }
    const { builder, links, call } = chain;
    const written = call.arguments[0] === undefined ? undefined : literalString(call.arguments[0]);
    const name = written ?? this.#cased(key);
    const has = (link: string): boolean => links.some((candidate) => candidate.name === link);
    const isEnumeration = builder.enumeration || call.arguments.some((argument) => argument.type === "ObjectExpression" && argument.properties.some((property) => property.type === "Property" && keyName(property) === "enum"));
    const type = builder.type === undefined ? undefined : has("array") ? `${builder.type}[]` : builder.type;
    table.columns.push({
      name,
      property: key,
      ...(type === undefined ? {} : { type }),
      nullable: has("notNull") || has("primaryKey") || /^(?:small|big)?serial$/iu.test(builder.name) ? "no" : "yes",
      ...(isEnumeration ? { enumeration: true } : {}),
      provenance,
    });
    const index = (kind: Index["kind"], written: string | undefined): Index => ({
      ...(written === undefined ? {} : { name: written }),
      kind,
      method: "btree",
      parts: [{ column: name }],
      include: [],
      provenance,
    });
    for (const link of links) {
      if (link.name === "primaryKey") table.indexes.push(index("primary", undefined));
      else if (link.name === "unique") table.indexes.push(index("unique", link.args[0] === undefined ? undefined : literalString(link.args[0])));
      else if (link.name === "references" && link.args[0] !== undefined) {
        const reference = referenceOf(module, link.args[0]);
        if (reference !== undefined) table.foreignKeys.push({ key: { columns: [name], referencedTable: reference.variable, referencedColumns: reference.properties, provenance }, reference });
      }
    }
  }

  #cased(key: string): string {
    return this.#casing === "snake_case" ? snakeCase(key) : this.#casing === "camelCase" ? camelCase(key) : key;
  }

  /** The call of a column builder with what is chained to it, through helpers that return one. */
  #columnChain(module: SchemaModule, node: Node, builders: string | undefined, depth: number): (Chain & { readonly builder: { readonly name: string; readonly type: string | undefined; readonly enumeration: boolean } }) | undefined {
    const chain = chainOf(node);
    if (chain === undefined || depth > DEEPEST) return undefined;
    const { call, links } = chain;
    const callee = unwrap(call.callee);
    const core = this.#coreName(module, callee);
    if (core !== undefined) return { call, links, builder: { name: core, type: BUILDER_TYPES.get(core) ?? normaliseType(core), enumeration: core === "mysqlEnum" } };
    if (callee.type === "MemberExpression") {
      // `t.text()` of the callback form
      const object = unwrap(callee.object);
      const name = memberName(callee);
      if (object.type === "Identifier" && object.name === builders && name !== undefined) return { call, links, builder: { name, type: BUILDER_TYPES.get(name) ?? normaliseType(name), enumeration: name === "mysqlEnum" } };
      return undefined;
    }
    if (callee.type !== "Identifier") return undefined;
    const reach = this.#resolve(module, callee.name);
    if (reach === undefined) return undefined;
    const made = unwrap(reach.node);
    if (made.type === "CallExpression") {
      const maker = this.#coreName(reach.module, made.callee);
      if (maker === "pgEnum") return { call, links, builder: { name: maker, type: "enum", enumeration: true } };
      if (maker === "customType") return { call, links, builder: { name: maker, type: undefined, enumeration: false } };
      const isEnumOfSchema = unwrap(made.callee).type === "MemberExpression" && calleeMember(made) === "enum";
      return isEnumOfSchema ? { call, links, builder: { name: "pgEnum", type: "enum", enumeration: true } } : undefined;
    }
    if (!isFunction(made)) return undefined;
    const body = returned(made);
    const inside = body === undefined ? undefined : this.#columnChain(reach.module, body, undefined, depth + 1);
    if (inside === undefined) return undefined;
    // The helper's parameters are not followed: its column is named by a literal at the call or inside.
    const isNamed = call.arguments[0] !== undefined && literalString(call.arguments[0]) !== undefined;
    return { call: isNamed ? call : inside.call, links: [...inside.links, ...links], builder: inside.builder };
  }

  /** The third argument: an array or an object of indexes and constraints, or a function that returns one. */
  #readExtras(module: SchemaModule, node: Node, table: MutableTable): void {
    let inner = unwrap(node);
    if (inner.type === "Identifier") {
      const reach = this.#resolve(module, inner.name);
      if (reach?.module === module) inner = unwrap(reach.node);
    }
    const body = isFunction(inner) ? returned(inner) : inner;
    const list = body === undefined ? undefined : unwrap(body);
    const items = list?.type === "ArrayExpression" ? list.elements : list?.type === "ObjectExpression" ? list.properties.map((property) => (property.type === "Property" ? property.value : null)) : undefined;
    if (items === undefined) {
      table.uncertain ??= "its indexes are made by an expression that was not understood";
      return;
    }
    for (const item of items) {
      if (item === null || item.type === "SpreadElement" || !this.#readExtra(module, item, table)) table.uncertain ??= "one of its indexes was not understood";
    }
  }

  #readExtra(module: SchemaModule, node: Node, table: MutableTable): boolean {
    const chain = chainOf(node);
    if (chain === undefined) return false;
    const { call, links } = chain;
    const maker = this.#coreName(module, call.callee);
    const provenance = module.at(call);
    const [first] = call.arguments;
    const name = first === undefined ? undefined : literalString(first);
    switch (maker) {
      case "index":
      case "uniqueIndex":
      case "unique":
      case "vectorIndex": {
        const using = links.find((link) => link.name === "using");
        const on = links.find((link) => link.name === "on" || link.name === "onOnly");
        const columns = on?.args ?? using?.args.slice(1) ?? [];
        if (columns.length === 0) return false;
        const where = links.find((link) => link.name === "where");
        const method = on === undefined || using?.args[0] === undefined ? using?.args[0] : using.args[0];
        const parts = columns.map((column) => this.#part(column, table));
        if (parts.some((part) => part === undefined)) return false;
        table.indexes.push({
          ...(name === undefined ? {} : { name }),
          kind: maker === "index" || maker === "vectorIndex" ? "index" : "unique",
          method: maker === "vectorIndex" ? "other" : indexMethod(method === undefined ? undefined : literalString(method)),
          parts: parts.filter((part) => part !== undefined),
          include: [],
          ...(where === undefined ? {} : { where: where.args[0] === undefined ? "?" : this.#sql(where.args[0], table) }),
          provenance,
        });
        return true;
      }
      case "primaryKey": {
        const columns = propertyList(first, "columns") ?? call.arguments;
        const parts = columns.map((column) => this.#part(column, table));
        if (parts.length === 0 || parts.some((part) => part === undefined)) return false;
        table.indexes.push({ kind: "primary", method: "btree", parts: parts.filter((part) => part !== undefined), include: [], provenance });
        return true;
      }
      case "foreignKey": {
        const own = propertyList(first, "columns")?.map((column) => this.#part(column, table)?.column) ?? [];
        const foreign = propertyList(first, "foreignColumns")?.map((column) => memberReference(module, column)) ?? [];
        const [target] = foreign;
        if (target !== undefined) {
          const properties = foreign.flatMap((reference) => reference?.properties ?? []);
          table.foreignKeys.push({ key: { columns: own.filter((column) => column !== undefined), referencedTable: target.variable, referencedColumns: properties, provenance }, reference: { ...target, properties } });
        }
        return true;
      }
      case "check":
      case "pgPolicy":
      case "crudPolicy":
        return true;
      default:
        // Policies and checks made by helpers make no index; a helper that was not read might.
        return maker !== undefined;
    }
  }

  /** `t.email`, `t.email.desc()`, `t.meta.op("jsonb_path_ops")`, `sql`lower(${t.email})``. */
  #part(node: Node, table: MutableTable): IndexPart | undefined {
    const inner = unwrap(node);
    if (inner.type === "TaggedTemplateExpression") {
      const text = this.#sql(inner, table);
      const bare = /^\s*"([^"]+)"\s*(desc|asc)?\s*$/iu.exec(text);
      return bare?.[1] === undefined ? { expression: text } : { column: bare[1], ...(bare[2]?.toLowerCase() === "desc" ? { descending: true } : {}) };
    }
    let current: Node = inner;
    let descending = false;
    let nulls: IndexPart["nulls"];
    let operatorClass: string | undefined;
    while (current.type === "CallExpression") {
      const callee: Node = unwrap(current.callee);
      if (callee.type !== "MemberExpression") return undefined;
      switch (memberName(callee)) {
        case "desc":
          descending = true;
          break;
        case "nullsFirst":
          nulls = "first";
          break;
        case "nullsLast":
          nulls = "last";
          break;
        case "op":
          operatorClass = current.arguments[0] === undefined ? undefined : literalString(current.arguments[0]);
          break;
        default:
          break;
      }
      current = unwrap(callee.object);
    }
    if (current.type !== "MemberExpression") return undefined;
    const property = memberName(current);
    const column = property === undefined ? undefined : columnOf(table, property);
    if (column === undefined) return undefined;
    return { column, ...(descending ? { descending } : {}), ...(nulls === undefined ? {} : { nulls }), ...(operatorClass === undefined ? {} : { operatorClass }) };
  }

  /** Text of an sql`` template with its columns by name; `?` for what is not known. */
  #sql(node: Node, table: MutableTable): string {
    const inner = unwrap(node);
    if (inner.type !== "TaggedTemplateExpression") return this.#condition(inner, table);
    let text = "";
    for (const [at, quasi] of inner.quasi.quasis.entries()) {
      text += quasi.value.cooked ?? "";
      const hole = inner.quasi.expressions[at];
      if (hole === undefined) continue;
      const value = unwrap(hole);
      const property = value.type === "MemberExpression" ? memberName(value) : undefined;
      const column = property === undefined ? undefined : columnOf(table, property);
      const literal = value.type === "Literal" ? value.value : undefined;
      if (column !== undefined) text += `"${column}"`;
      else text += typeof literal === "number" || typeof literal === "boolean" ? String(literal) : typeof literal === "string" ? `'${literal.replace(/'/gu, "''")}'` : "?";
    }
    return text;
  }

  /** `isNull(t.deletedAt)`, `eq(t.kind, "x")`, `and(…)` as conditions of a partial index. */
  #condition(node: Node, table: MutableTable): string {
    if (node.type !== "CallExpression") return "?";
    const callee = unwrap(node.callee);
    const name = callee.type === "Identifier" ? callee.name : undefined;
    const [left, right] = node.arguments;
    const property = left === undefined ? undefined : unwrap(left);
    const member = property?.type === "MemberExpression" ? memberName(property) : undefined;
    const column = member === undefined ? undefined : columnOf(table, member);
    if (name === "and") return node.arguments.map((argument) => this.#condition(unwrap(argument), table)).join(" AND ");
    if (column === undefined) return "?";
    if (name === "isNull") return `"${column}" IS NULL`;
    if (name === "isNotNull") return `"${column}" IS NOT NULL`;
    const value = right === undefined ? undefined : unwrap(right);
    if (name !== "eq" || value?.type !== "Literal") return `"${column}" ?`;
    return typeof value.value === "string" ? `"${column}" = '${value.value.replace(/'/gu, "''")}'` : `"${column}" = ${String(value.value)}`;
  }

  /** `relations(users, ({ many }) => ({ posts: many(posts) }))`, and `defineRelations(schema, (r) => ({ users: { … } }))`. */
  #readRelations(module: SchemaModule, node: Node): void {
    const call = unwrap(node);
    if (call.type !== "CallExpression") return;
    const callee = unwrap(call.callee);
    if (callee.type !== "Identifier") return;
    const imported = module.imports.get(callee.name);
    const [first, second] = call.arguments;
    const maker = second === undefined ? undefined : unwrap(second);
    if (first === undefined || !isFunction(maker)) return;
    const body = returned(maker);
    const entries = body === undefined ? undefined : unwrap(body);
    if (entries?.type !== "ObjectExpression") return;
    if (imported === "relations") {
      const subject = unwrap(first);
      const declared = subject.type === "Identifier" ? this.#tableOf(module, subject.name) : undefined;
      if (declared !== undefined) for (const property of entries.properties) if (property.type === "Property") this.#addRelation(module, declared, property);
    } else if (imported === "defineRelations" || imported === "defineRelationsPart") {
      for (const property of entries.properties) {
        if (property.type !== "Property" || property.value.type !== "ObjectExpression") continue;
        const key = keyName(property);
        const declared = key === undefined ? undefined : this.#declared.find((candidate) => candidate.variable === key);
        if (declared !== undefined) for (const inner of property.value.properties) if (inner.type === "Property") this.#addRelation(module, declared, inner);
      }
    }
  }

  #addRelation(module: SchemaModule, declared: Declared, property: { readonly key: Node; readonly computed?: boolean; readonly value: Node }): void {
    const name = keyName(property);
    const call = unwrap(property.value);
    if (name === undefined || call.type !== "CallExpression") return;
    const callee = unwrap(call.callee);
    let list: boolean | undefined;
    let target: string | undefined;
    if (callee.type === "Identifier") {
      list = callee.name === "many" ? true : callee.name === "one" ? false : undefined;
      const argument = call.arguments[0] === undefined ? undefined : unwrap(call.arguments[0]);
      target = argument?.type === "Identifier" ? argument.name : undefined;
    } else if (callee.type === "MemberExpression") {
      // `r.many.posts(…)`
      const kind = unwrap(callee.object);
      const word = kind.type === "MemberExpression" ? memberName(kind) : undefined;
      list = word === "many" ? true : word === "one" ? false : undefined;
      target = memberName(callee);
    }
    if (list === undefined || target === undefined) return;
    const other = this.#tableOf(module, target);
    const options = call.arguments.at(-1);
    const keys = (option: string, table: MutableTable | undefined): readonly string[] =>
      (propertyList(options, option) ?? []).flatMap((item) => {
        const reference = lastProperty(item);
        const column = reference === undefined || table === undefined ? undefined : columnOf(table, reference);
        return column === undefined ? [] : [column];
      });
    const own = keys("fields", declared.table).length > 0 ? keys("fields", declared.table) : keys("from", declared.table);
    const far = keys("references", other?.table).length > 0 ? keys("references", other?.table) : keys("to", other?.table);
    const pair = options === undefined ? undefined : stringProperty(options, "relationName");
    declared.table.relations.push({ name, target: other?.variable ?? target, list, columns: list ? [] : own, referencedColumns: far, ...(pair === undefined ? {} : { pair }) });
  }
}

function columnOf(table: MutableTable, property: string): string | undefined {
  return table.columns.find((column) => column.property === property)?.name;
}

/** The expression that a function returns, when it has one return at its end. */
function returned(node: Node): Node | undefined {
  if (!isFunction(node)) return undefined;
  if (node.body.type !== "BlockStatement") return node.body;
  const returns: Node[] = [];
  walk(node.body, (inner) => {
    if (isFunction(inner)) return false;
    if (inner.type === "ReturnStatement" && inner.argument !== null) returns.push(inner.argument);
    return undefined;
  });
  return returns.length === 1 ? returns[0] : undefined;
}

/**
 * The innermost call of a chain and the methods called on its result. `t.text("x").notNull()` has the root `t.text("x")`:
 * the root is the first call whose receiver is not itself a call.
 */
function chainOf(node: Node): Chain | undefined {
  const links: Link[] = [];
  let current = unwrap(node);
  while (current.type === "CallExpression") {
    const callee: Node = unwrap(current.callee);
    const object: Node | undefined = callee.type === "MemberExpression" ? unwrap(callee.object) : undefined;
    if (object?.type !== "CallExpression") return { call: current, links: links.reverse() };
    const name = callee.type === "MemberExpression" ? memberName(callee) : undefined;
    links.push({ name: name ?? "", args: current.arguments });
    current = object;
  }
  return undefined;
}

function calleeMember(call: CallExpression): string | undefined {
  const callee = unwrap(call.callee);
  return callee.type === "MemberExpression" ? memberName(callee) : undefined;
}

/** `() => users.id`, `(): AnyPgColumn => users.id` */
function referenceOf(module: SchemaModule, node: Node): Reference | undefined {
  const inner = unwrap(node);
  const body = isFunction(inner) ? returned(inner) : inner;
  return body === undefined ? undefined : memberReference(module, body);
}

function memberReference(module: SchemaModule, node: Node): Reference | undefined {
  const inner = unwrap(node);
  if (inner.type !== "MemberExpression") return undefined;
  const object = unwrap(inner.object);
  const property = memberName(inner);
  if (property === undefined) return undefined;
  // `schema.users.id` of a namespace import
  if (object.type === "MemberExpression") {
    const variable = memberName(object);
    return variable === undefined ? undefined : { variable, module, properties: [property] };
  }
  return object.type === "Identifier" ? { variable: object.name, module, properties: [property] } : undefined;
}

function lastProperty(node: Node): string | undefined {
  const inner = unwrap(node);
  return inner.type === "MemberExpression" ? memberName(inner) : undefined;
}

function propertyOf(node: Node | undefined, name: string): Node | undefined {
  const inner = node === undefined ? undefined : unwrap(node);
  if (inner?.type !== "ObjectExpression") return undefined;
  const property = inner.properties.find((candidate) => candidate.type === "Property" && keyName(candidate) === name);
  return property?.type === "Property" ? property.value : undefined;
}

/** The items of an array property; one item where a single value is allowed. */
function propertyList(node: Node | undefined, name: string): readonly Node[] | undefined {
  const value = propertyOf(node, name);
  if (value === undefined) return undefined;
  const inner = unwrap(value);
  return inner.type === "ArrayExpression" ? inner.elements.filter((element) => element !== null) : [inner];
}

function stringProperty(node: Node, name: string): string | undefined {
  const value = propertyOf(node, name);
  return value === undefined ? undefined : literalString(value);
}
