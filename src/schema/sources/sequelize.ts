/**
 * Sequelize models → tables: `sequelize.define`, `Model.init`, the classes of sequelize-typescript and of Sequelize 7,
 * and associations wherever they are called. Names follow sequelize 6 (model.js, associations/).
 */
import { enclosingClass, isClass, keyName, memberName, unwrap, type ClassNode, type Node } from "../../syntax/ast.js";
import { indexMethod } from "../index-method.js";
import type { Column, ForeignKey, Index, IndexPart, Provenance, Relation, SchemaSourceReport, Table } from "../model.js";
import { normaliseSchema, type SchemaDialect } from "../names.js";
import type { SchemaPart } from "../part.js";
import { configuredDialect } from "./declarations/dialect.js";
import { decorationsOf, lineage, nameOfClass, targetOf, writtenType, type Decoration, type Library } from "./declarations/decorators.js";
import { camelize, pluralize, singularize, underscore } from "./declarations/inflections.js";
import { CodeModules, nodesOf, type CodeFiles, type CodeModule } from "./declarations/modules.js";
import { uuidType } from "./declarations/types.js";
import { entry, isFalse, isTrue, textOf, Values, type ClassValue, type Value } from "./declarations/values.js";

const PACKAGE = /^(?:sequelize|sequelize-typescript|@sequelize\/core)(?:\/|$)/u;

const ASSOCIATIONS: ReadonlySet<string> = new Set(["belongsTo", "hasOne", "hasMany", "belongsToMany"]);
const ASSOCIATION_DECORATORS: ReadonlyMap<string, AssociationKind> = new Map([
  ["BelongsTo", "belongsTo"],
  ["HasOne", "hasOne"],
  ["HasMany", "hasMany"],
  ["BelongsToMany", "belongsToMany"],
]);

const LIBRARY: Library = {
  is: (specifier) => PACKAGE.test(specifier),
  names: new Set([
    ...["Table", "Column", "Attribute", "ColumnName", "AllowNull", "NotNull", "PrimaryKey", "AutoIncrement", "Unique", "Index", "createIndexDecorator", "ForeignKey", "CreatedAt", "UpdatedAt", "DeletedAt", "BelongsTo", "HasOne", "HasMany", "BelongsToMany"],
    ...["IsUUID", "addAttributeOptions"],
  ]),
};

type AssociationKind = "belongsTo" | "hasOne" | "hasMany" | "belongsToMany";

export function readSequelize(files: CodeFiles, fallback: SchemaDialect): SchemaPart {
  const modules = new CodeModules(files);
  const values = new Values(modules);
  const dialect = configuredDialect(values, "dialect", fallback);
  const tables = new SequelizeSchema(values, dialect).tables();
  const reports = files.files.map(
    ({ file }): SchemaSourceReport => ({
      file,
      kind: "sequelize",
      tables: tables.filter((table) => table.provenance.file === file).length,
      notUnderstood: modules.broken.includes(file) ? [{ line: 1, text: "the file could not be parsed" }] : [],
    }),
  );
  return { kind: "declared", dialect, reports, tables };
}

interface Attribute {
  readonly name: string;
  field: string;
  readonly type: string | undefined;
  readonly enumeration: boolean;
  nullable: boolean;
  primary: boolean;
  /** The key that Sequelize adds where none is declared. */
  readonly generated: boolean;
  readonly doubtful: boolean;
  readonly at: Provenance;
}

interface Model {
  readonly name: string;
  readonly otherNames: Set<string>;
  /** The class, or the call of `define`. */
  readonly node: Node;
  readonly table: string;
  readonly schema: string | undefined;
  readonly underscored: boolean;
  readonly singular: string;
  readonly plural: string;
  readonly attributes: Attribute[];
  readonly indexes: Index[];
  /** Places of the indexes that decorators declare. */
  readonly decorated: Set<Provenance>;
  readonly foreignKeys: ForeignKey[];
  readonly references: { readonly field: string; readonly target: string | ClassValue; readonly key: string | undefined; readonly at: Provenance }[];
  readonly relations: Relation[];
  readonly at: Provenance;
  uncertain: string | undefined;
}

interface Association {
  readonly kind: AssociationKind;
  readonly source: Model;
  readonly target: Model;
  readonly options: Value | undefined;
  /** Property of a decorated association. */
  readonly as: string | undefined;
  /** Attribute that holds the key, where a decorator says so. */
  readonly key: string | undefined;
  readonly through: Model | string | undefined;
  readonly other: string | undefined;
  readonly at: Provenance;
}

/** Names of data types, in Sequelize's spelling. */
const TYPES: ReadonlyMap<string, string> = new Map([
  ["STRING", "varchar"],
  ["CHAR", "char"],
  ["TEXT", "text"],
  ["CITEXT", "citext"],
  ["NUMBER", "integer"],
  ["INTEGER", "integer"],
  ["TINYINT", "smallint"],
  ["SMALLINT", "smallint"],
  ["MEDIUMINT", "integer"],
  ["BIGINT", "bigint"],
  ["FLOAT", "double"],
  ["REAL", "real"],
  ["DOUBLE", "double"],
  ["DECIMAL", "numeric"],
  ["NUMERIC", "numeric"],
  ["BOOLEAN", "boolean"],
  ["DATEONLY", "date"],
  ["TIME", "time"],
  ["JSON", "json"],
  ["JSONB", "jsonb"],
  ["BLOB", "blob"],
  ["ENUM", "enum"],
  ["HSTORE", "hstore"],
  ["GEOMETRY", "geometry"],
  ["GEOGRAPHY", "geography"],
  ["INET", "inet"],
  ["CIDR", "cidr"],
  ["MACADDR", "macaddr"],
  ["TSVECTOR", "tsvector"],
  ["RANGE", "range"],
]);

class SequelizeSchema {
  readonly #values: Values;
  readonly #dialect: SchemaDialect;
  readonly #defaults: readonly Value[];
  readonly #models: Model[] = [];

  constructor(values: Values, dialect: SchemaDialect) {
    this.#values = values;
    this.#dialect = dialect;
    this.#defaults = this.#globalOptions();
  }

  tables(): readonly Table[] {
    const { modules } = this.#values.modules;
    for (const module of modules) {
      for (const call of nodesOf(module.source.program, isCall)) this.#readDefinition(call, module);
      for (const node of nodesOf(module.source.program, isClass)) this.#readDecorated(node, module);
    }
    const associations = [...modules.flatMap((module) => nodesOf(module.source.program, isCall).flatMap((call) => this.#association(call, module) ?? [])), ...this.#models.flatMap((model) => this.#decoratedAssociations(model))];
    // Keys first: an attribute that one association adds is what another finds.
    for (const association of associations) this.#addKey(association);
    for (const association of associations) this.#addRelation(association);
    return this.#models.map((model) => this.#finish(model));
  }

  /** `define: { … }` of the options of the connection. */
  #globalOptions(): readonly Value[] {
    const found: Value[] = [];
    for (const module of this.#values.modules.configs) {
      for (const property of nodesOf(module.source.program, (node): node is Extract<Node, { type: "Property" }> => node.type === "Property")) {
        if (keyName(property) !== "define") continue;
        const value = this.#values.of(property.value, module);
        if (value.kind === "object") found.push(value);
      }
    }
    return found;
  }

  /** The first of the options that states the name; the connection's last. */
  #option(options: readonly (Value | undefined)[], name: string): Value | undefined {
    return [...options, ...this.#defaults].map((candidate) => entry(candidate, name)).find((value) => value !== undefined);
  }

  #readDefinition(call: CallNode, module: CodeModule): void {
    const callee = unwrap(call.callee);
    if (callee.type !== "MemberExpression") return;
    const method = memberName(callee);
    const [first, second, third] = call.arguments;
    if (method === "define" && first !== undefined && second !== undefined) {
      const name = textOf(this.#values.of(first, module));
      const attributes = this.#values.of(second, module);
      if (name === undefined || attributes.kind !== "object" || !this.#isConnection(callee.object, module, attributes)) return;
      const options = third === undefined ? undefined : this.#values.of(third, module);
      const model = this.#model(name, call, module, attributes, [options]);
      const { parent } = call;
      if (parent.type === "VariableDeclarator" && parent.id.type === "Identifier") model.otherNames.add(parent.id.name);
      if (parent.type === "AssignmentExpression" && parent.left.type === "MemberExpression") model.otherNames.add(memberName(parent.left) ?? name);
      return;
    }
    if (method !== "init" || first === undefined || second === undefined) return;
    const options = this.#values.of(second, module);
    const attributes = this.#values.of(first, module);
    if (options.kind !== "object" || !(options.entries.has("sequelize") || options.open || this.#looksLikeAttributes(attributes))) return;
    const of = this.#classOf(callee.object, module);
    if (of === undefined) return;
    const className = nameOfClass(of.node);
    const stated = entry(options, "modelName");
    const name = textOf(stated) ?? className;
    if (name === undefined) return;
    const model = this.#model(name, of.node, module, attributes, [options], module.at(call, "sequelize"));
    if (className !== undefined) model.otherNames.add(className);
    if (stated !== undefined && stated.kind !== "literal") model.uncertain ??= "its name is computed";
  }

  /** The object of `define`: a connection by what it is, or attributes with types of Sequelize. */
  #isConnection(object: Node, module: CodeModule, attributes: Value): boolean {
    const value = this.#values.of(object, module);
    if (value.kind === "call" && value.callee.kind === "library" && PACKAGE.test(value.callee.specifier)) return true;
    return this.#looksLikeAttributes(attributes) || /sequelize/iu.test(module.source.text.slice(...object.range));
  }

  #looksLikeAttributes(attributes: Value): boolean {
    return attributes.kind === "object" && [...attributes.entries.values()].some((value) => typeNames(entry(value, "type") ?? value, this.#values).some((name) => TYPES.has(name) || /^(?:DATE|UUID|UUIDV4|ARRAY|VIRTUAL)$/u.test(name)));
  }

  /** `User.init`, and `super.init` or `this.init` in a static method. */
  #classOf(object: Node, module: CodeModule): ClassValue | undefined {
    const inner = unwrap(object);
    if (inner.type === "Super" || inner.type === "ThisExpression") {
      const node = enclosingClass(inner);
      return node === undefined ? undefined : { kind: "class", node, module };
    }
    const value = this.#values.of(inner, module);
    return value.kind === "class" ? value : undefined;
  }

  #model(name: string, node: Node, module: CodeModule, attributes: Value, options: readonly (Value | undefined)[], at: Provenance = module.at(node, "sequelize")): Model {
    const model = this.#empty(name, node, options, at);
    if (attributes.kind !== "object" || attributes.open) model.uncertain ??= "some of its columns were not understood";
    for (const [attribute, value] of attributes.kind === "object" ? attributes.entries : []) this.#readAttribute(model, attribute, value);
    this.#complete(model, options);
    this.#models.push(model);
    return model;
  }

  #empty(name: string, node: Node, options: readonly (Value | undefined)[], at: Provenance): Model {
    const underscored = isTrue(this.#option(options, "underscored"));
    const tableName = this.#option(options, "tableName");
    const table = textOf(tableName) ?? textOf(entry(tableName, "tableName"));
    const names = this.#option(options, "name");
    const uncertain = tableName !== undefined && table === undefined ? "its name is computed" : options.some((value) => value !== undefined && (value.kind !== "object" || value.open)) && table === undefined ? "some of its options were not understood" : undefined;
    return {
      name,
      otherNames: new Set(),
      node,
      table: table ?? (isTrue(this.#option(options, "freezeTableName")) ? name : underscoredIf(pluralize(name), underscored)),
      schema: textOf(this.#option(options, "schema")) ?? textOf(entry(tableName, "schema")),
      underscored,
      singular: textOf(entry(names, "singular")) ?? singularize(name),
      plural: textOf(entry(names, "plural")) ?? pluralize(name),
      attributes: [],
      indexes: [],
      decorated: new Set(),
      foreignKeys: [],
      references: [],
      relations: [],
      at,
      uncertain,
    };
  }

  #readAttribute(model: Model, name: string, value: Value): void {
    const at = value.module.at(value.node, "sequelize");
    const options = value.kind === "object" ? value : undefined;
    const stated = options === undefined ? value : entry(options, "type");
    const names = typeNames(stated, this.#values);
    if (names.includes("VIRTUAL")) return;
    const field = entry(options, "field") ?? entry(options, "columnName");
    const primary = isTrue(entry(options, "primaryKey"));
    const attribute: Attribute = {
      name,
      field: textOf(field) ?? underscoredIf(name, model.underscored),
      ...this.#typeOf(stated, names),
      nullable: !isFalse(entry(options, "allowNull")) && !primary,
      primary,
      generated: false,
      doubtful: (options?.open ?? false) || (field !== undefined && textOf(field) === undefined) || (options === undefined && names.length === 0),
      at,
    };
    model.attributes.push(attribute);
    this.#readUnique(model, attribute, entry(options, "unique"));
    const index = entry(options, "index");
    if (index !== undefined && !isFalse(index)) this.#addTo(model, attribute, textOf(index) ?? textOf(entry(index, "name")), isTrue(entry(index, "unique")) ? "unique" : "index", {});
    const reference = entry(options, "references");
    if (reference !== undefined) {
      const target = entry(reference, "model") ?? entry(reference, "table") ?? reference;
      const named = textOf(target) ?? textOf(entry(target, "tableName"));
      const found = named ?? (target.kind === "class" ? target : target.kind === "function" ? targetOf(target, this.#values) : target.kind === "call" ? this.#byNode(target.node)?.table : undefined);
      if (found !== undefined) model.references.push({ field: attribute.field, target: found, key: textOf(entry(reference, "key")), at });
    }
  }

  #typeOf(stated: Value | undefined, names: readonly string[]): Pick<Attribute, "type" | "enumeration"> {
    const text = textOf(stated)?.toUpperCase().replace(/\(.*$/u, "");
    const all = text === undefined ? names : [text, ...names];
    const isList = all[0] === "ARRAY";
    const name = all.find((candidate) => TYPES.has(candidate) || candidate === "DATE" || candidate === "NOW" || candidate.startsWith("UUID"));
    const type = name === undefined ? undefined : name === "DATE" || name === "NOW" ? this.#dateType() : name.startsWith("UUID") ? uuidType(this.#dialect) : TYPES.get(name);
    return { type: type === undefined ? undefined : isList ? `${type}[]` : type, enumeration: type === "enum" };
  }

  #dateType(): string {
    return this.#dialect === "postgresql" ? "timestamptz" : "timestamp";
  }

  #readUnique(model: Model, attribute: Attribute, unique: Value | undefined): void {
    if (unique === undefined || isFalse(unique)) return;
    const name = textOf(unique) ?? textOf(entry(unique, "name"));
    this.#addTo(model, attribute, name, "unique", {});
  }

  /** Adds a column to the index of that name; an index of its own without one. */
  #addTo(model: Model, attribute: Attribute, name: string | undefined, kind: Index["kind"], part: Omit<IndexPart, "column">, method: Index["method"] = "btree", at: Provenance = attribute.at): void {
    const added: IndexPart = { column: attribute.field, ...part };
    const present = name === undefined ? -1 : model.indexes.findIndex((index) => index.name === name && (index.kind === kind || kind === "index"));
    const index = model.indexes[present];
    if (index !== undefined) model.indexes.splice(present, 1, { ...index, parts: [...index.parts, added] });
    else model.indexes.push({ ...(name === undefined ? {} : { name }), kind, method, parts: [added], include: [], provenance: at });
  }

  /** The key and the timestamps that Sequelize adds, and the indexes of the options. */
  #complete(model: Model, options: readonly (Value | undefined)[]): void {
    if (!model.attributes.some(({ primary }) => primary) && model.uncertain === undefined) model.attributes.unshift({ name: "id", field: "id", type: "integer", enumeration: false, nullable: false, primary: true, generated: true, doubtful: false, at: model.at });
    if (!isFalse(this.#option(options, "timestamps"))) {
      const paranoid = isTrue(this.#option(options, "paranoid"));
      for (const name of ["createdAt", "updatedAt", ...(paranoid ? ["deletedAt"] : [])]) {
        const option = this.#option(options, name);
        if (isFalse(option)) continue;
        this.#addAttribute(model, textOf(option) ?? name, this.#dateType(), name === "deletedAt", model.at);
      }
    }
    const version = this.#option(options, "version");
    if (isTrue(version)) this.#addAttribute(model, textOf(version) ?? "version", "integer", false, model.at);
    for (const option of options) {
      const indexes = entry(option, "indexes");
      if (indexes === undefined) continue;
      // Those of the options replace those of decorators (sequelize-typescript, defineModels).
      model.indexes.splice(0, model.indexes.length, ...model.indexes.filter((index) => !model.decorated.has(index.provenance)));
      if (indexes.kind !== "list" || indexes.open) model.uncertain ??= "some of its indexes were not understood";
      for (const item of indexes.kind === "list" ? indexes.items : []) this.#readIndex(model, item);
      // The nearest class that lists indexes decides.
      break;
    }
  }

  #addAttribute(model: Model, name: string, type: string | undefined, nullable: boolean, at: Provenance): Attribute {
    const present = model.attributes.find((attribute) => attribute.name === name);
    if (present !== undefined) return present;
    const attribute: Attribute = { name, field: underscoredIf(name, model.underscored), type, enumeration: false, nullable, primary: false, generated: false, doubtful: false, at };
    model.attributes.push(attribute);
    return attribute;
  }

  /** `{ fields: ["a", { name: "b", order: "DESC" }], unique: true, where: { … }, using: "gin" }` */
  #readIndex(model: Model, item: Value): void {
    const fields = entry(item, "fields");
    if (item.kind !== "object" || item.open || fields?.kind !== "list" || fields.open) {
      model.uncertain ??= "the columns of an index were not understood";
      return;
    }
    const operatorClass = textOf(entry(item, "operator"));
    const parts = fields.items.map((field): IndexPart => {
      const name = textOf(field) ?? textOf(entry(field, "name")) ?? textOf(entry(field, "attribute"));
      if (name === undefined) return { expression: this.#expression(model, field) };
      const length = entry(field, "length");
      const collation = textOf(entry(field, "collate"));
      const own = textOf(entry(field, "operator")) ?? operatorClass;
      return {
        column: this.#fieldOf(model, name),
        ...(textOf(entry(field, "order"))?.toUpperCase() === "DESC" ? { descending: true } : {}),
        ...(length?.kind === "literal" && typeof length.value === "number" ? { length: length.value } : {}),
        ...(collation === undefined ? {} : { collation }),
        ...(own === undefined ? {} : { operatorClass: own }),
      };
    });
    const type = textOf(entry(item, "type"))?.toUpperCase();
    const where = entry(item, "where");
    const name = textOf(entry(item, "name"));
    const stated = entry(item, "using") ?? entry(item, "method");
    model.indexes.push({
      ...(name === undefined ? {} : { name }),
      kind: isTrue(entry(item, "unique")) || type === "UNIQUE" ? "unique" : "index",
      method: type === "FULLTEXT" ? "fulltext" : type === "SPATIAL" ? "spatial" : stated !== undefined && textOf(stated) === undefined ? "other" : indexMethod(textOf(stated)),
      parts,
      include: [],
      ...(where === undefined ? {} : { where: this.#condition(model, where) }),
      provenance: item.module.at(item.node, "sequelize"),
    });
  }

  /** Fields of an index are columns, passed through as they are; attributes are taken where no column has the name. */
  #fieldOf(model: Model, name: string): string {
    if (model.attributes.some(({ field }) => field === name)) return name;
    return model.attributes.find((attribute) => attribute.name === name)?.field ?? name;
  }

  /** `sequelize.fn("lower", sequelize.col("email"))`, `literal("lower(email)")`; `?` for what is not known. */
  #expression(model: Model, value: Value): string {
    if (value.kind !== "call") return "?";
    const name = value.callee.kind === "library" ? value.callee.path.at(-1) : value.callee.kind === "member" ? value.callee.name : undefined;
    const args = value.args.map((argument) => this.#values.of(argument, value.module, value.given));
    const [first, ...rest] = args;
    switch (name) {
      case "literal":
        return textOf(first) ?? "?";
      case "col":
        return textOf(first) === undefined ? "?" : `"${this.#fieldOf(model, textOf(first) ?? "")}"`;
      case "fn":
        return `${textOf(first) ?? "?"}(${rest.map((argument) => (argument.kind === "literal" ? (typeof argument.value === "string" ? `'${argument.value}'` : String(argument.value)) : this.#expression(model, argument))).join(", ")})`;
      default:
        return "?";
    }
  }

  #condition(model: Model, where: Value): string {
    if (where.kind !== "object" || where.open) return "?";
    const terms = [...where.entries].map(([key, value]): string => {
      const column = `"${this.#fieldOf(model, key)}"`;
      if (value.kind !== "literal") return `${column} ?`;
      if (value.value === null) return `${column} IS NULL`;
      return typeof value.value === "string" ? `${column} = '${value.value.replace(/'/gu, "''")}'` : `${column} = ${String(value.value)}`;
    });
    return terms.length === 0 ? "?" : terms.join(" AND ");
  }

  /** A class of sequelize-typescript or Sequelize 7: `@Table class User extends Model`. */
  #readDecorated(node: ClassNode, module: CodeModule): void {
    if (node.decorators.length === 0) return;
    const { known } = decorationsOf(node, module, this.#values, LIBRARY);
    const mark = known.find(({ name }) => name === "Table");
    const className = nameOfClass(node);
    if (mark === undefined || className === undefined || this.#models.some((model) => model.node === node)) return;
    const { classes, lost } = lineage({ kind: "class", node, module }, this.#values);
    const options: (Value | undefined)[] = [];
    for (const ancestor of classes) for (const decoration of decorationsOf(ancestor.node, ancestor.module, this.#values, LIBRARY).known) if (decoration.name === "Table" && decoration.args[0] !== undefined) options.push(decoration.args[0]);
    const own = mark.args[0];
    const stated = entry(own, "modelName");
    const model = this.#empty(textOf(stated) ?? className, node, options, module.at(mark.node, "sequelize"));
    model.otherNames.add(className);
    if (lost !== undefined && !(lost.kind === "library" && PACKAGE.test(lost.specifier))) model.uncertain ??= "its base class was not read";
    const seen = new Set<string>();
    const times: [string, Value][] = [];
    for (const ancestor of classes) for (const member of ancestor.node.body.body) this.#readMember(model, member, ancestor, seen, times);
    this.#complete(model, [{ kind: "object", entries: new Map(times), open: false, node, module }, ...options]);
    this.#models.push(model);
  }

  #readMember(model: Model, member: Node, of: ClassValue, seen: Set<string>, times: [string, Value][]): void {
    if (member.type !== "PropertyDefinition" && member.type !== "MethodDefinition" && member.type !== "AccessorProperty") return;
    const name = keyName(member);
    if (name === undefined || member.static || member.decorators.length === 0) return;
    const { known, unknown } = decorationsOf(member, of.module, this.#values, LIBRARY);
    if (known.length === 0) {
      if (unknown === undefined || member.type !== "PropertyDefinition" || seen.has(name)) return;
    }
    if (seen.has(name)) return;
    seen.add(name);
    const by = (decorator: string): Decoration | undefined => known.find((decoration) => decoration.name === decorator);
    for (const [decorator, option] of [["CreatedAt", "createdAt"], ["UpdatedAt", "updatedAt"], ["DeletedAt", "deletedAt"]] as const) {
      const found = by(decorator);
      if (found === undefined) continue;
      times.push([option, { kind: "literal", value: name, node: found.node, module: found.module }]);
      // A date of deletion makes the model paranoid (sequelize-typescript, timestamps).
      if (option === "deletedAt") times.push(["paranoid", { kind: "literal", value: true, node: found.node, module: found.module }]);
    }
    const column = by("Column") ?? by("Attribute");
    const isTime = by("CreatedAt") !== undefined || by("UpdatedAt") !== undefined || by("DeletedAt") !== undefined;
    // Sequelize itself adds the column, unless the model has no timestamps.
    if (column === undefined && isTime) return;
    if (column === undefined) {
      if (known.length === 0 && unknown !== undefined) model.attributes.push({ name, field: underscoredIf(name, model.underscored), type: undefined, enumeration: false, nullable: true, primary: false, generated: false, doubtful: true, at: of.module.at(member, "sequelize") });
      if (by("PrimaryKey") === undefined) return;
    }
    const [first] = column?.args ?? [];
    const options = first?.kind === "object" ? first : undefined;
    const stated = options === undefined ? first : entry(options, "type");
    const names = typeNames(stated, this.#values);
    if (names.includes("VIRTUAL")) return;
    const written = member.type === "MethodDefinition" ? undefined : writtenType(member).name;
    const typed = stated === undefined ? this.#writtenType(written, isTime) : this.#typeOf(stated, names);
    const added = known.filter((decoration) => decoration.name === "addAttributeOptions").map(({ args }) => args[2]);
    const all = [options, ...added];
    const option = (key: string): Value | undefined => all.map((candidate) => entry(candidate, key)).find((value) => value !== undefined);
    const field = option("field") ?? option("columnName") ?? by("ColumnName")?.args[0];
    const allowNull = by("AllowNull");
    const primary = by("PrimaryKey") !== undefined || isTrue(option("primaryKey"));
    const isRequired = by("NotNull") !== undefined || (allowNull === undefined ? isFalse(option("allowNull")) : isFalse(allowNull.args[0]));
    const attribute: Attribute = {
      name,
      field: textOf(field) ?? underscoredIf(name, model.underscored),
      ...typed,
      nullable: !isRequired && !primary,
      primary,
      generated: false,
      doubtful: (options?.open ?? false) || (field !== undefined && textOf(field) === undefined) || known.some(({ maybe }) => maybe),
      at: of.module.at(column?.node ?? member, "sequelize"),
    };
    model.attributes.push(attribute);
    this.#readUnique(model, attribute, option("unique"));
    for (const decoration of known) {
      const [argument] = decoration.args;
      if (decoration.name === "Unique") this.#readUnique(model, attribute, argument ?? { kind: "literal", value: true, node: decoration.node, module: decoration.module });
      else if (decoration.name === "Index" || decoration.name === "createIndexDecorator") this.#readIndexDecorator(model, attribute, decoration);
      else if (decoration.name === "ForeignKey") {
        const target = targetOf(argument, this.#values);
        if (target !== undefined) model.references.push({ field: attribute.field, target, key: undefined, at: attribute.at });
      }
    }
    const reference = option("references");
    const referenced = entry(reference, "model") ?? entry(reference, "table");
    const target = textOf(referenced) ?? targetOf(referenced, this.#values);
    if (target !== undefined) model.references.push({ field: attribute.field, target, key: textOf(entry(reference, "key")), at: attribute.at });
  }

  #writtenType(written: string | undefined, isTime: boolean): Pick<Attribute, "type" | "enumeration"> {
    const type = isTime || written === "Date" ? this.#dateType() : written === "string" ? "varchar" : written === "number" ? "integer" : written === "boolean" ? "boolean" : written === "bigint" ? "bigint" : written === "Buffer" ? "blob" : undefined;
    return { type, enumeration: false };
  }

  /** `@Index`, `@Index("name")`, `@Index({ name, unique, using, order })`, and what `createIndexDecorator` gives. */
  #readIndexDecorator(model: Model, attribute: Attribute, decoration: Decoration): void {
    const isMade = decoration.name === "createIndexDecorator";
    const made = isMade && decoration.maker?.kind === "call" ? this.#values.of(decoration.maker.args[0] ?? decoration.maker.node, decoration.maker.module, decoration.maker.given) : undefined;
    const options = isMade ? made : decoration.args[0];
    const name = textOf(options) ?? textOf(entry(options, "name")) ?? (isMade ? `${decoration.maker?.module.source.path ?? ""}:${String(decoration.maker?.node.range[0] ?? 0)}` : undefined);
    const own = isMade ? decoration.args[0] : options;
    const length = entry(own, "length");
    const collation = textOf(entry(own, "collate"));
    const type = textOf(entry(options, "type"))?.toUpperCase();
    const using = textOf(entry(options, "using")) ?? textOf(entry(options, "method"));
    const isOpen = options !== undefined && options.kind !== "literal" && (options.kind !== "object" || options.open) && !(isMade && options.kind === "call");
    const at = decoration.module.at(decoration.node, "sequelize");
    model.decorated.add(at);
    this.#addTo(
      model,
      attribute,
      name,
      (isTrue(entry(options, "unique")) || type === "UNIQUE") && !decoration.maybe && entry(options, "where") === undefined ? "unique" : "index",
      {
        ...(textOf(entry(own, "order"))?.toUpperCase() === "DESC" ? { descending: true } : {}),
        ...(length?.kind === "literal" && typeof length.value === "number" ? { length: length.value } : {}),
        ...(collation === undefined ? {} : { collation }),
      },
      isOpen || decoration.maybe || entry(options, "where") !== undefined ? "other" : type === "FULLTEXT" ? "fulltext" : type === "SPATIAL" ? "spatial" : indexMethod(using),
      at,
    );
  }

  #decoratedAssociations(model: Model): readonly Association[] {
    if (!isClass(model.node)) return [];
    const found: Association[] = [];
    const module = this.#values.modules.modules.find((candidate) => candidate.source.path === model.at.file);
    if (module === undefined) return [];
    for (const ancestor of lineage({ kind: "class", node: model.node, module }, this.#values).classes) {
      for (const member of ancestor.node.body.body) {
        if ((member.type !== "PropertyDefinition" && member.type !== "AccessorProperty") || member.decorators.length === 0) continue;
        const name = keyName(member);
        if (name === undefined || found.some(({ as }) => as === name)) continue;
        for (const decoration of decorationsOf(member, ancestor.module, this.#values, LIBRARY).known) {
          const kind = ASSOCIATION_DECORATORS.get(decoration.name);
          if (kind === undefined) continue;
          const [first, second, third, fourth] = decoration.args;
          const target = this.#byTarget(targetOf(first, this.#values));
          if (target === undefined) continue;
          const options = kind === "belongsToMany" ? (second?.kind === "object" ? second : undefined) : second;
          const stated = kind === "belongsToMany" ? third : second;
          const key = textOf(stated) ?? keyOf(stated) ?? this.#declaredKey(kind, model, target);
          const through = kind === "belongsToMany" ? (entry(options, "through") ?? second) : undefined;
          found.push({ kind, source: model, target, options, as: name, key, through: this.#through(through), other: textOf(fourth) ?? keyOf(fourth), at: ancestor.module.at(decoration.node, "sequelize") });
        }
      }
    }
    return found;
  }

  /** The attribute that `@ForeignKey(() => Target)` marks, on the side that holds the key. */
  #declaredKey(kind: AssociationKind, source: Model, target: Model): string | undefined {
    const [holder, other] = kind === "belongsTo" ? [source, target] : [target, source];
    const reference = holder.references.find((candidate) => this.#byTarget(candidate.target) === other);
    return reference === undefined ? undefined : holder.attributes.find(({ field }) => field === reference.field)?.name;
  }

  #association(call: CallNode, module: CodeModule): Association | undefined {
    const callee = unwrap(call.callee);
    if (callee.type !== "MemberExpression") return undefined;
    const kind = memberName(callee);
    const [first, second] = call.arguments;
    if (kind === undefined || !isAssociation(kind) || first === undefined) return undefined;
    const source = this.#modelOf(callee.object, module);
    const target = this.#modelOf(first, module);
    if (source === undefined || target === undefined) return undefined;
    const options = second === undefined ? undefined : this.#values.of(second, module);
    const through = entry(options, "through");
    return { kind, source, target, options, as: undefined, key: undefined, through: this.#through(through, kind === "belongsToMany" ? second : undefined, module), other: undefined, at: module.at(call, "sequelize") };
  }

  #through(value: Value | undefined, node?: Node, module?: CodeModule): Model | string | undefined {
    if (value === undefined) return undefined;
    const inner = entry(value, "model") ?? value;
    const text = textOf(inner);
    if (text !== undefined) return this.#models.find((model) => model.name === text) ?? text;
    if (inner.kind === "class" || inner.kind === "function") return this.#byTarget(targetOf(inner, this.#values));
    void node;
    return module === undefined ? undefined : this.#modelOf(inner.node, inner.module);
  }

  /** The model that an expression means: a class, the result of `define`, `models.User`, a parameter `{ User }`. */
  #modelOf(node: Node, module: CodeModule): Model | undefined {
    const inner = unwrap(node);
    if (inner.type === "ThisExpression") {
      const own = enclosingClass(inner);
      return own === undefined ? undefined : this.#byNode(own);
    }
    const value = this.#values.of(inner, module);
    if (value.kind === "class" || value.kind === "call") {
      const found = this.#byNode(value.node);
      if (found !== undefined) return found;
    }
    const name = inner.type === "Identifier" ? inner.name : inner.type === "MemberExpression" ? memberName(inner) : undefined;
    const called = inner.type === "CallExpression" && unwrap(inner.callee).type === "MemberExpression" && inner.arguments[0] !== undefined ? textOf(this.#values.of(inner.arguments[0], module)) : undefined;
    // `const { user } = sequelize.models`
    const part = inner.type === "Identifier" ? module.declared(inner.name, inner) : undefined;
    return this.#byName(called ?? (part?.kind === "part" ? part.name : part?.kind === "parameter" ? (part.member ?? name) : name));
  }

  #byNode(node: Node): Model | undefined {
    return this.#models.find((model) => model.node === node);
  }

  #byName(name: string | undefined): Model | undefined {
    if (name === undefined) return undefined;
    const exact = this.#models.filter((model) => model.name === name);
    if (exact.length > 0) return exact.length === 1 ? exact[0] : undefined;
    const others = this.#models.filter((model) => model.otherNames.has(name));
    return others.length === 1 ? others[0] : undefined;
  }

  #byTarget(target: ClassValue | string | undefined): Model | undefined {
    if (target === undefined) return undefined;
    return typeof target === "string" ? this.#byName(target) : (this.#byNode(target.node) ?? this.#byName(nameOfClass(target.node)));
  }

  /** The attribute that an association adds, and its constraint. */
  #addKey(association: Association): void {
    const { kind, source, target, options, at } = association;
    const hasConstraint = !isFalse(entry(options, "constraints"));
    if (kind === "belongsToMany") {
      this.#addThrough(association, hasConstraint);
      return;
    }
    const [holder, other] = kind === "belongsTo" ? [source, target] : [target, source];
    const key = other.attributes.find(({ primary }) => primary);
    const wanted = textOf(entry(options, kind === "belongsTo" ? "targetKey" : "sourceKey"));
    const referenced = wanted === undefined ? key : other.attributes.find(({ name }) => name === wanted);
    const name = this.#keyName(association, key?.name ?? "id");
    const stated = entry(options, "foreignKey");
    const isNew = !holder.attributes.some((attribute) => attribute.name === name);
    const attribute = this.#addAttribute(holder, name, referenced?.type, true, at);
    if (isNew) {
      attribute.field = textOf(entry(stated, "field")) ?? attribute.field;
      attribute.nullable = !isFalse(entry(stated, "allowNull"));
    }
    if (hasConstraint && referenced !== undefined) this.#addForeignKey(holder, { columns: [attribute.field], referencedTable: other.table, referencedColumns: [referenced.field], provenance: at });
  }

  #keyName({ kind, source, target, options, as, key }: Association, primary: string): string {
    const stated = key ?? textOf(entry(options, "foreignKey")) ?? keyOf(options);
    if (stated !== undefined) return stated;
    const alias = as ?? textOf(entry(options, "as"));
    switch (kind) {
      case "belongsTo":
        return camelize(`${alias ?? target.singular}_${primary}`);
      case "hasOne":
        return camelize(`${singularize(alias ?? source.name)}_${primary}`);
      case "hasMany":
      case "belongsToMany":
        return camelize(`${source.singular}_${primary}`);
    }
  }

  #addForeignKey(model: Model, key: ForeignKey): void {
    if (!model.foreignKeys.some(({ columns, referencedTable }) => columns.join() === key.columns.join() && referencedTable === key.referencedTable)) model.foreignKeys.push(key);
  }

  /** The table between the two sides of `belongsToMany`. */
  #addThrough(association: Association, hasConstraint: boolean): void {
    const { source, target, options, through, at } = association;
    if (through === undefined) return;
    const isNamed = typeof through === "string";
    let model = isNamed ? this.#models.find((candidate) => candidate.name === through) : through;
    if (model === undefined) {
      if (!isNamed) return;
      const settings: Value = options?.kind === "object" ? options : { kind: "object", entries: new Map(), open: false, node: source.node, module: this.#anyModule(source) };
      const made = this.#empty(through, source.node, [withTableName(settings, through)], at);
      model = { ...made, node: { ...source.node } };
      for (const name of isFalse(this.#option([options], "timestamps")) ? [] : ["createdAt", "updatedAt"]) {
        const option = this.#option([options], name);
        if (!isFalse(option)) this.#addAttribute(model, textOf(option) ?? name, this.#dateType(), false, at);
      }
      this.#models.push(model);
    }
    const { own, other } = this.#throughKeys(association);
    const sides = [
      { name: own, of: source, stated: entry(options, "foreignKey") },
      { name: other, of: target, stated: entry(options, "otherKey") },
    ];
    const fields: string[] = [];
    const generated = model.attributes.find((attribute) => attribute.generated);
    if (generated !== undefined) model.attributes.splice(model.attributes.indexOf(generated), 1);
    const isKey = generated !== undefined || !model.attributes.some(({ primary }) => primary) || model.attributes.every(({ primary, name }) => !primary || name === own || name === other);
    for (const { name, of, stated } of sides) {
      const key = of.attributes.find(({ primary }) => primary);
      const isNew = !model.attributes.some((attribute) => attribute.name === name);
      const attribute = this.#addAttribute(model, name, key?.type, !isKey, at);
      if (isNew) attribute.field = textOf(entry(stated, "field")) ?? attribute.field;
      if (isKey) {
        attribute.primary = true;
        attribute.nullable = false;
      }
      fields.push(attribute.field);
      if (hasConstraint && key !== undefined) this.#addForeignKey(model, { columns: [attribute.field], referencedTable: of.table, referencedColumns: [key.field], provenance: at });
    }
    const settings = entry(options, "through");
    const paired = model.indexes.some(({ kind, parts }) => kind === "unique" && parts.length === 2 && parts.every(({ column }) => column !== undefined && fields.includes(column)));
    if (!isKey && !paired && !isFalse(entry(settings, "unique"))) model.indexes.push({ kind: "unique", method: "btree", parts: fields.map((column) => ({ column })), include: [], provenance: at });
  }

  #throughKeys(association: Association): { readonly own: string; readonly other: string } {
    const { source, target, options, key, other, as, through } = association;
    const primary = (model: Model): string => model.attributes.find((attribute) => attribute.primary)?.name ?? "id";
    const declared = (of: Model): string | undefined => {
      if (through === undefined || typeof through === "string") return undefined;
      const reference = through.references.find((candidate) => this.#byTarget(candidate.target) === of);
      return reference === undefined ? undefined : through.attributes.find(({ field }) => field === reference.field)?.name;
    };
    const isDecorated = as !== undefined;
    const alias = textOf(entry(options, "as"));
    const stated = (value: Value | undefined): string | undefined => textOf(value) ?? keyOf({ kind: "object", entries: new Map(value === undefined ? [] : [["foreignKey", value]]), open: false, node: source.node, module: this.#anyModule(source) });
    return {
      own: key ?? stated(entry(options, "foreignKey")) ?? (isDecorated ? declared(source) : undefined) ?? camelize(`${source.singular}_${primary(source)}`),
      other: other ?? stated(entry(options, "otherKey")) ?? (isDecorated ? declared(target) : undefined) ?? camelize(`${source === target && alias !== undefined ? singularize(alias) : target.singular}_${primary(target)}`),
    };
  }

  #anyModule(model: Model): CodeModule {
    const found = this.#values.modules.modules.find((module) => module.source.path === model.at.file) ?? this.#values.modules.modules[0];
    if (found === undefined) throw new Error("a model comes from a module");
    return found;
  }

  #addRelation(association: Association): void {
    const { kind, source, target, options, as, through } = association;
    const alias = as ?? textOf(entry(options, "as")) ?? textOf(entry(entry(options, "as"), "plural"));
    const list = kind === "hasMany" || kind === "belongsToMany";
    const name = alias ?? (list ? target.plural : target.singular);
    if (source.relations.some((relation) => relation.name === name)) return;
    const field = (model: Model, attribute: string): readonly string[] => model.attributes.flatMap((candidate) => (candidate.name === attribute ? [candidate.field] : []));
    const key = (model: Model): readonly string[] => model.attributes.flatMap((attribute) => (attribute.primary ? [attribute.field] : []));
    if (kind === "belongsToMany") {
      const table = typeof through === "string" ? (this.#models.find((model) => model.name === through)?.table ?? through) : through?.table;
      source.relations.push({ name, target: target.name, list, columns: [], referencedColumns: [], ...(table === undefined ? {} : { through: table }) });
      return;
    }
    const holder = kind === "belongsTo" ? source : target;
    const other = kind === "belongsTo" ? target : source;
    const columns = field(holder, this.#keyName(association, other.attributes.find(({ primary }) => primary)?.name ?? "id"));
    source.relations.push({ name, target: target.name, list, columns: kind === "belongsTo" ? columns : [], referencedColumns: kind === "belongsTo" ? key(target) : columns });
  }

  #finish(model: Model): Table {
    const indexes: Index[] = [];
    const keys = model.attributes.filter(({ primary }) => primary);
    if (keys.length > 0) indexes.push({ kind: "primary", method: "btree", parts: keys.map(({ field }) => ({ column: field })), include: [], provenance: keys[0]?.at ?? model.at });
    // Names that only pair the parts of an index are not names of the database.
    indexes.push(...model.indexes.map(({ name, ...index }): Index => (name === undefined || name.includes("/") ? index : { ...index, name })));
    for (const { doubtful, field, at } of model.attributes) if (doubtful) indexes.push({ kind: "index", method: "other", parts: [{ column: field }], include: [], provenance: at });
    for (const { field, target, key, at } of model.references) {
      const found = typeof target === "string" ? (this.#models.find(({ table }) => table === target) ?? this.#byName(target)) : this.#byTarget(target);
      const table = found?.table ?? (typeof target === "string" ? target : undefined);
      if (table !== undefined && !model.foreignKeys.some(({ columns }) => columns.length === 1 && columns[0] === field)) model.foreignKeys.push({ columns: [field], referencedTable: table, referencedColumns: [key ?? found?.attributes.find(({ primary }) => primary)?.field ?? "id"], provenance: at });
    }
    const schema = normaliseSchema(model.schema);
    const otherModels = [...model.otherNames].filter((name) => name !== model.name);
    return {
      name: model.table,
      ...(schema === undefined ? {} : { schema }),
      model: model.name,
      ...(otherModels.length === 0 ? {} : { otherModels }),
      columns: model.attributes.map(
        ({ name, field, type, nullable, enumeration, doubtful, at }): Column => ({
          name: field,
          property: name,
          ...(type === undefined ? {} : { type }),
          nullable: doubtful ? "unknown" : nullable ? "yes" : "no",
          ...(enumeration ? { enumeration: true } : {}),
          provenance: at,
        }),
      ),
      indexes,
      foreignKeys: model.foreignKeys,
      relations: model.relations,
      ...(model.uncertain === undefined ? {} : { uncertain: model.uncertain }),
      provenance: model.at,
    };
  }
}

type CallNode = Extract<Node, { type: "CallExpression" }>;

function isCall(node: Node): node is CallNode {
  return node.type === "CallExpression";
}

function isAssociation(name: string): name is AssociationKind {
  return ASSOCIATIONS.has(name);
}

function underscoredIf(name: string, underscored: boolean): string {
  return underscored ? underscore(name) : name;
}

/** `{ foreignKey: { name: "userId" } }` */
function keyOf(options: Value | undefined): string | undefined {
  const key = entry(options, "foreignKey");
  return textOf(key) ?? textOf(entry(key, "name")) ?? textOf(entry(key, "fieldName"));
}

function withTableName(options: Extract<Value, { kind: "object" }>, name: string): Value {
  // The options of the association are those of the table between (sequelize 6, belongs-to-many.js).
  const entries = new Map([...options.entries].filter(([key]) => /^(?:timestamps|underscored|schema|createdAt|updatedAt)$/u.test(key)));
  entries.set("tableName", { kind: "literal", value: name, node: options.node, module: options.module });
  return { ...options, entries, open: false };
}

/** The names in an expression for a type: `DataTypes.ARRAY(DataTypes.STRING)` → ARRAY, STRING. */
function typeNames(value: Value | undefined, values: Values): readonly string[] {
  switch (value?.kind) {
    case "library":
      return value.path.filter((name) => /^[A-Z][A-Z0-9]+$/u.test(name));
    case "member":
      return [...typeNames(value.of, values), ...(/^[A-Z][A-Z0-9]+$/u.test(value.name) ? [value.name] : [])];
    case "call":
      return [...typeNames(value.callee, values), ...value.args.flatMap((argument) => typeNames(values.of(argument, value.module, value.given), values))];
    default:
      return [];
  }
}
