/**
 * MikroORM's entities → tables: decorated classes, `new EntitySchema({ … })` and `defineEntity({ … })`. After MikroORM 6
 * (metadata/MetadataDiscovery.js, naming-strategy/).
 */
import { isClass, keyName, type ClassNode, type Node } from "../../syntax/ast.js";
import { indexMethod } from "../index-method.js";
import type { Column, ForeignKey, Index, Provenance, Relation, SchemaSourceReport, Table } from "../model.js";
import { normaliseSchema, type SchemaDialect } from "../names.js";
import type { SchemaPart } from "../part.js";
import { decorationsOf, inverseOf, lineage, nameOfClass, targetOf, writtenType, type Decoration, type Library } from "./declarations/decorators.js";
import { CodeModules, nodesOf, type CodeFiles, type CodeModule } from "./declarations/modules.js";
import { declaredType, uuidType } from "./declarations/types.js";
import { entry, isFalse, isTrue, textOf, textsOf, Values, type ClassValue, type ObjectValue, type Value } from "./declarations/values.js";
import { readSqlFiles } from "./sql.js";

const PACKAGE = /^@mikro-orm\//u;

const KINDS: ReadonlyMap<string, Kind> = new Map([
  ["Property", "scalar"],
  ["PrimaryKey", "scalar"],
  ["SerializedPrimaryKey", "scalar"],
  ["Enum", "scalar"],
  ["ManyToOne", "m:1"],
  ["OneToOne", "1:1"],
  ["OneToMany", "1:m"],
  ["ManyToMany", "m:n"],
  ["Embedded", "embedded"],
]);

const LIBRARY: Library = {
  is: (specifier) => PACKAGE.test(specifier),
  names: new Set([...KINDS.keys(), "Entity", "Embeddable", "Index", "Unique", "Formula"]),
};

type Kind = "scalar" | "m:1" | "1:1" | "1:m" | "m:n" | "embedded";

interface Naming {
  readonly table: (name: string) => string;
  readonly column: (property: string) => string;
  readonly key: (name: string, referenced: string, composite: boolean) => string;
}

function underscored(name: string): string {
  return name.replace(/([a-z])([A-Z])/gu, "$1_$2").toLowerCase();
}

const UNDERSCORE: Naming = { table: underscored, column: underscored, key: (name, referenced) => `${underscored(name)}_${referenced}` };

function lowered(name: string): string {
  return name.charAt(0).toLowerCase() + name.slice(1);
}

const ENTITY_CASE: Naming = { table: lowered, column: (property) => property, key: (name, referenced, composite) => (composite ? `${lowered(name)}_${referenced}` : lowered(name)) };

/** Reads the entities of one database. `fallback` is the dialect where no configuration states one. */
export function readMikroOrm(files: CodeFiles, fallback: SchemaDialect): SchemaPart {
  const modules = new CodeModules(files);
  const values = new Values(modules);
  const dialect = driverOf(modules) ?? fallback;
  const tables = new MikroOrmSchema(values, dialect).tables();
  const reports = files.files.map(
    ({ file }): SchemaSourceReport => ({
      file,
      kind: "mikroorm",
      tables: tables.filter((table) => table.provenance.file === file).length,
      notUnderstood: modules.broken.includes(file) ? [{ line: 1, text: "the file could not be parsed" }] : [],
    }),
  );
  return { kind: "declared", dialect, reports, tables };
}

/** The dialect of the only driver that the configurations and entities import. */
function driverOf(modules: CodeModules): SchemaDialect {
  const found = new Set<SchemaDialect>();
  for (const module of [...modules.configs, ...modules.modules]) {
    for (const { specifier } of module.imports.values()) {
      const driver = /^@mikro-orm\/([\w-]+)$/u.exec(specifier)?.[1];
      if (driver === "postgresql") found.add("postgresql");
      else if (driver === "mysql" || driver === "mariadb") found.add(driver);
      else if (driver === "sqlite" || driver === "better-sqlite" || driver === "libsql") found.add("sqlite");
      else if (driver === "mssql") found.add("sqlserver");
    }
  }
  return found.size === 1 ? [...found][0] : undefined;
}

interface Property {
  readonly name: string;
  readonly kind: Kind;
  readonly option: (name: string) => Value | undefined;
  readonly target: ClassValue | string | undefined;
  readonly inverse: string | undefined;
  readonly primary: boolean;
  readonly type: string | undefined;
  readonly enumeration: boolean;
  /** Its column is of another entity of the same table too, and so may be null. */
  readonly inherited?: boolean;
  /** `?` at the property, which counts where MikroORM reads the types. */
  readonly optional: boolean;
  readonly marks: readonly Mark[];
  readonly doubtful: boolean;
  readonly at: Provenance;
}

/** `@Index` or `@Unique` on a property. */
interface Mark {
  readonly kind: "unique" | "index";
  readonly options: Value | undefined;
  readonly maybe: boolean;
  readonly at: Provenance;
}

interface Entity {
  readonly name: string;
  readonly otherNames: string[];
  readonly node: Node;
  readonly options: Value | undefined;
  readonly bases: readonly Node[];
  readonly properties: Property[];
  readonly marks: Mark[];
  readonly abstract: boolean;
  readonly at: Provenance;
  uncertain: string | undefined;
}

interface Field {
  readonly path: string;
  readonly property: Property;
  readonly column: Column;
  readonly primary: boolean;
}

interface Built {
  readonly entity: Entity;
  readonly names: readonly string[];
  readonly name: string;
  readonly fields: Field[];
  readonly indexes: Index[];
  readonly foreignKeys: ForeignKey[];
  readonly relations: Property[];
  /** Entities whose properties the table holds: itself and, with single-table inheritance, its children. */
  readonly parts: readonly Entity[];
  joined: "no" | "now" | "yes";
}

const DEEPEST = 6;

class MikroOrmSchema {
  readonly #values: Values;
  readonly #dialect: SchemaDialect;
  readonly #naming: Naming;
  readonly #isNamed: boolean;
  readonly #built: Built[] = [];
  readonly #pivots: Table[] = [];

  constructor(values: Values, dialect: SchemaDialect) {
    this.#values = values;
    this.#dialect = dialect;
    const naming = this.#configuredNaming();
    this.#naming = naming ?? UNDERSCORE;
    this.#isNamed = naming !== undefined;
  }

  tables(): readonly Table[] {
    const entities = this.#values.modules.modules.flatMap((module) => this.#entitiesOf(module));
    const rootOf = (entity: Entity): Entity => entities.filter((candidate) => entity.bases.includes(candidate.node)).find((candidate) => entry(candidate.options, "discriminatorColumn") !== undefined) ?? entity;
    for (const entity of entities) {
      if (rootOf(entity) !== entity) continue;
      const children = entities.filter((candidate) => candidate !== entity && rootOf(candidate) === entity);
      if (entity.abstract && children.length === 0) continue;
      // Backed by an expression, not by a table.
      if (entry(entity.options, "expression") !== undefined) continue;
      this.#built.push(this.#build(entity, children));
    }
    for (const built of this.#built) this.#join(built);
    for (const built of this.#built) for (const property of built.relations) if (property.kind === "m:n") this.#pivot(built, property);
    return [...this.#built.map((built) => this.#finish(built)), ...this.#pivots];
  }

  #configuredNaming(): Naming | undefined {
    const found = new Set<Naming | undefined>();
    for (const module of this.#values.modules.configs) {
      for (const property of nodesOf(module.source.program, (node): node is Extract<Node, { type: "Property" }> => node.type === "Property")) {
        if (keyName(property) !== "namingStrategy") continue;
        const value = this.#values.of(property.value, module);
        const name = value.kind === "library" && PACKAGE.test(value.specifier) ? value.path.at(-1) : undefined;
        found.add(name === "UnderscoreNamingStrategy" ? UNDERSCORE : name === "EntityCaseNamingStrategy" ? ENTITY_CASE : undefined);
      }
    }
    return found.size === 0 ? UNDERSCORE : found.size === 1 ? [...found][0] : undefined;
  }

  #entitiesOf(module: CodeModule): readonly Entity[] {
    const entities: Entity[] = [];
    for (const node of nodesOf(module.source.program, isClass)) {
      const entity = node.decorators.length === 0 ? undefined : this.#classEntity(node, module);
      if (entity !== undefined) entities.push(entity);
    }
    for (const node of nodesOf(module.source.program, (candidate): candidate is Extract<Node, { type: "NewExpression" | "CallExpression" }> => candidate.type === "NewExpression" || candidate.type === "CallExpression")) {
      const entity = this.#schemaEntity(node, module);
      if (entity !== undefined) entities.push(entity);
    }
    return entities;
  }

  #classEntity(node: ClassNode, module: CodeModule): Entity | undefined {
    const mark = decorationsOf(node, module, this.#values, LIBRARY).known.find(({ name }) => name === "Entity");
    const name = nameOfClass(node);
    if (mark === undefined || name === undefined) return undefined;
    const [options] = mark.args;
    const of: ClassValue = { kind: "class", node, module };
    const { classes, lost } = lineage(of, this.#values);
    const entity: Entity = { name, otherNames: [], node, options, bases: classes.slice(1).map((ancestor) => ancestor.node), properties: [], marks: [], abstract: isTrue(entry(options, "abstract")), at: module.at(mark.node, "mikroorm"), uncertain: undefined };
    if (lost !== undefined && !(lost.kind === "library" && PACKAGE.test(lost.specifier))) entity.uncertain = "its base class was not read";
    if (options !== undefined && (options.kind !== "object" || options.open) && textOf(entry(options, "tableName")) === undefined) entity.uncertain ??= "its name is computed";
    for (const ancestor of classes) {
      this.#readMembers(entity.properties, ancestor);
      for (const decoration of decorationsOf(ancestor.node, ancestor.module, this.#values, LIBRARY).known) if (decoration.name === "Index" || decoration.name === "Unique") entity.marks.push(markOf(decoration));
    }
    return entity;
  }

  #readMembers(into: Property[], of: ClassValue): void {
    for (const member of of.node.body.body) {
      if (member.type !== "PropertyDefinition" && member.type !== "MethodDefinition" && member.type !== "AccessorProperty") continue;
      const name = keyName(member);
      if (name === undefined || member.static || member.decorators.length === 0 || into.some((known) => known.name === name)) continue;
      const { known, unknown } = decorationsOf(member, of.module, this.#values, LIBRARY);
      const decoration = known.find((candidate) => KINDS.has(candidate.name));
      const kind = decoration === undefined ? undefined : KINDS.get(decoration.name);
      const marks = known.filter((candidate) => candidate.name === "Index" || candidate.name === "Unique").map(markOf);
      const at = of.module.at(decoration?.node ?? member, "mikroorm");
      if (decoration === undefined || kind === undefined) {
        // It may be a column, with an index, that the decorator declares elsewhere.
        if (unknown !== undefined && known.length === 0 && member.type === "PropertyDefinition") into.push({ name, kind: "scalar", option: () => undefined, target: undefined, inverse: undefined, primary: false, type: undefined, enumeration: false, optional: false, marks, doubtful: true, at });
        continue;
      }
      const written = member.type === "MethodDefinition" ? { name: undefined, argument: undefined, optional: false } : writtenType(member);
      const objects = decoration.args.filter((argument): argument is ObjectValue => argument.kind === "object");
      const option = (key: string): Value | undefined => objects.map((candidate) => entry(candidate, key)).find((value) => value !== undefined);
      const [first, second] = decoration.args;
      const target = (first?.kind === "object" ? undefined : targetOf(first, this.#values)) ?? targetOf(option("entity"), this.#values) ?? (kind === "m:1" || kind === "1:1" ? (written.argument ?? written.name) : undefined);
      const isEnum = decoration.name === "Enum" || option("items") !== undefined;
      const items = option("items") ?? (first?.kind === "function" ? this.#values.apply(first, []) : undefined);
      into.push({
        name,
        kind,
        option,
        target,
        inverse: inverseOf(second?.kind === "object" ? undefined : second) ?? inverseOf(option("mappedBy")) ?? inverseOf(option("inversedBy")),
        primary: decoration.name === "PrimaryKey" || isTrue(option("primary")),
        type: isEnum ? this.#enumType(items, option) : this.#typeOf(option, written.name),
        enumeration: isEnum,
        optional: written.optional || ("optional" in member && member.optional),
        marks,
        doubtful: decoration.maybe || objects.some(({ open }) => open) || decoration.args.some((argument) => argument.kind === "unknown" || argument.kind === "call"),
        at,
      });
    }
  }

  /** Enums are text with a check but for MySQL's and named ones (platforms, getEnumTypeDeclarationSQL). */
  #enumType(items: Value | undefined, option: (name: string) => Value | undefined): string | undefined {
    if (option("nativeEnumName") !== undefined) return "enum";
    const list = items?.kind === "function" ? this.#values.apply(items, []) : items;
    const first = list?.kind === "list" ? list.items[0] : list?.kind === "enum" && list.node.type === "TSEnumDeclaration" ? list.node.body.members[0] : undefined;
    if (first === undefined) return undefined;
    const isText = "kind" in first ? textOf(first) !== undefined : first.initializer?.type === "Literal" && typeof first.initializer.value === "string";
    if (!isText) return "smallint";
    return this.#dialect === "mysql" || this.#dialect === "mariadb" ? "enum" : "text";
  }

  #typeOf(option: (name: string) => Value | undefined, written: string | undefined): string | undefined {
    const column = textOf(option("columnType"));
    if (column !== undefined) return declaredType(column);
    const stated = option("type");
    // `types.text`, `t.text`, `TextType`, `"text"`, `String`
    const named = textOf(stated) ?? (stated?.kind === "library" ? stated.path.at(-1)?.replace(/Type$/u, "") : stated?.kind === "member" ? stated.name : stated?.kind === "unknown" && stated.node.type === "Identifier" ? stated.node.name : undefined);
    if (stated !== undefined && named === undefined) return undefined;
    return this.#typeNamed(named ?? written);
  }

  #typeNamed(name: string | undefined): string | undefined {
    switch (name?.toLowerCase()) {
      case "string":
      case "varchar":
        return "varchar";
      case "character":
      case "char":
        return "char";
      case "number":
      case "integer":
      case "int":
      case "mediumint":
        return "integer";
      case "smallint":
      case "tinyint":
        return "smallint";
      case "bigint":
        return "bigint";
      case "float":
      case "double":
        return "double";
      case "decimal":
        return "numeric";
      case "boolean":
      case "bool":
        return "boolean";
      case "date":
      case "datetime":
        // The type `date` of a column, and the class `Date`, which is a date with its time.
        return name === "date" ? "date" : this.#dialect === "postgresql" ? "timestamptz" : "timestamp";
      case "time":
        return "time";
      case "text":
        return "text";
      case "uuid":
        return uuidType(this.#dialect);
      case "json":
        return this.#dialect === "postgresql" ? "jsonb" : "json";
      case "enum":
        return "enum";
      case "blob":
      case "buffer":
      case "uint8array":
        return "blob";
      case "array":
        return this.#dialect === "postgresql" ? "text[]" : "text";
      default:
        return undefined;
    }
  }

  #schemaEntity(node: Extract<Node, { type: "NewExpression" | "CallExpression" }>, module: CodeModule): Entity | undefined {
    const callee = this.#values.of(node.callee, module);
    const name = callee.kind === "library" && PACKAGE.test(callee.specifier) ? callee.path.at(-1) : undefined;
    if (!(node.type === "NewExpression" && name === "EntitySchema") && !(node.type === "CallExpression" && name === "defineEntity")) return undefined;
    const [first] = node.arguments;
    const options = first === undefined ? undefined : this.#values.of(first, module);
    if (options?.kind !== "object" || isTrue(entry(options, "embeddable"))) return undefined;
    const of = entry(options, "class");
    const own = textOf(entry(options, "name")) ?? (of?.kind === "class" ? nameOfClass(of.node) : undefined);
    if (own === undefined) return undefined;
    const variable = node.parent.type === "VariableDeclarator" && node.parent.id.type === "Identifier" ? node.parent.id.name : undefined;
    const at = module.at(node, "mikroorm");
    const entity: Entity = { name: own, otherNames: variable === undefined || variable === own ? [] : [variable], node, options, bases: [], properties: [], marks: [], abstract: isTrue(entry(options, "abstract")), at, uncertain: options.open ? "some of its declaration was not understood" : undefined };
    this.#readSchema(entity, options, 0);
    return entity;
  }

  #readSchema(entity: Entity, options: Value | undefined, depth: number): void {
    if (options?.kind !== "object" || depth > DEEPEST) return;
    const declared = entry(options, "properties");
    const properties = declared?.kind === "function" ? this.#values.apply(declared, []) : declared;
    if (properties?.kind !== "object" || properties.open) entity.uncertain ??= "some of its columns were not understood";
    for (const [name, value] of properties?.kind === "object" ? properties.entries : []) if (!entity.properties.some((known) => known.name === name)) this.#readSchemaProperty(entity, name, value);
    for (const [key, kind] of [["indexes", "index"], ["uniques", "unique"]] as const) {
      const list = entry(options, key);
      if (list !== undefined && (list.kind !== "list" || list.open)) entity.uncertain ??= "some of its indexes were not understood";
      for (const item of list?.kind === "list" ? list.items : []) entity.marks.push({ kind, options: item, maybe: false, at: item.module.at(item.node, "mikroorm") });
    }
    const base = entry(options, "extends");
    if (base === undefined) return;
    const call = base.kind === "call" && base.args[0] !== undefined ? this.#values.of(base.args[0], base.module, base.given) : undefined;
    if (call?.kind === "object") this.#readSchema(entity, call, depth + 1);
    else entity.uncertain ??= "its base was not read";
  }

  #readSchemaProperty(entity: Entity, name: string, value: Value): void {
    const at = value.module.at(value.node, "mikroorm");
    // `author: () => p.manyToOne(Author)`, which breaks a circle of declarations
    const lazy = value.kind === "function" ? this.#values.apply(value, []) : undefined;
    if (lazy !== undefined) {
      this.#readSchemaProperty(entity, name, lazy);
      return;
    }
    if (value.kind === "call") {
      this.#readChain(entity, name, value, at);
      return;
    }
    const option = (key: string): Value | undefined => entry(value, key);
    const stated = textOf(option("kind")) ?? textOf(option("reference"));
    const isEnum = isTrue(option("enum")) || option("items") !== undefined;
    entity.properties.push({
      name,
      kind: stated === "m:1" || stated === "1:1" || stated === "1:m" || stated === "m:n" || stated === "embedded" ? stated : "scalar",
      option,
      target: targetOf(option("entity"), this.#values) ?? textOf(option("type")),
      inverse: inverseOf(option("mappedBy")) ?? inverseOf(option("inversedBy")),
      primary: isTrue(option("primary")),
      type: isEnum ? this.#enumType(option("items"), option) : this.#typeOf(option, undefined),
      enumeration: isEnum,
      optional: false,
      marks: [],
      doubtful: value.kind !== "object" || value.open,
      at,
    });
  }

  /** `p.string().nullable().index()` */
  #readChain(entity: Entity, name: string, value: Extract<Value, { kind: "call" }>, at: Provenance): void {
    const links = new Map<string, Value | undefined>();
    let current: Value = value;
    let root: { readonly name: string; readonly args: readonly Value[] } | undefined;
    while (current.kind === "call") {
      const { callee, args, module, given }: Extract<Value, { kind: "call" }> = current;
      const link = callee.kind === "member" ? callee.name : callee.kind === "library" ? callee.path.at(-1) : undefined;
      if (link === undefined) break;
      const read = args.map((argument) => this.#values.of(argument, module, given));
      root = { name: link, args: read };
      links.set(link, read[0]);
      if (callee.kind !== "member" || callee.of.kind !== "call") break;
      current = callee.of;
    }
    if (root === undefined) {
      entity.uncertain ??= `\`${name}\` was not understood`;
      return;
    }
    const literal: Value = { kind: "literal", value: true, node: value.node, module: value.module };
    const option = (key: string): Value | undefined => (links.has(key) ? (links.get(key) ?? literal) : undefined);
    const kinds: Readonly<Record<string, Kind>> = { manyToOne: "m:1", oneToOne: "1:1", oneToMany: "1:m", manyToMany: "m:n", embedded: "embedded" };
    const kind = kinds[root.name] ?? "scalar";
    const isEnum = root.name === "enum";
    const column = textOf(option("columnType"));
    entity.properties.push({
      name,
      kind,
      option,
      target: kind === "scalar" ? undefined : targetOf(root.args[0], this.#values),
      inverse: inverseOf(option("mappedBy")) ?? inverseOf(option("inversedBy")),
      primary: links.has("primary"),
      type: isEnum ? this.#enumType(root.args[0], option) : column === undefined ? this.#typeNamed(root.name === "datetime" ? "Date" : root.name) : declaredType(column),
      enumeration: isEnum,
      optional: false,
      marks: [],
      doubtful: false,
      at,
    });
  }

  #build(entity: Entity, children: readonly Entity[]): Built {
    const options = entity.options;
    const given = textOf(entry(options, "tableName")) ?? textOf(entry(options, "collection"));
    if (given === undefined && !this.#isNamed) entity.uncertain ??= "the naming strategy of the entities was not understood";
    const built: Built = {
      entity,
      names: [...entity.otherNames, ...children.flatMap((child) => [child.name, ...child.otherNames])],
      name: given ?? this.#naming.table(entity.name),
      fields: [],
      indexes: [],
      foreignKeys: [],
      relations: [],
      parts: [entity, ...children],
      joined: "no",
    };
    const discriminator = textOf(entry(options, "discriminatorColumn"));
    for (const part of built.parts) {
      if (part.uncertain !== undefined) entity.uncertain ??= part.uncertain;
      for (const property of part.properties) this.#addProperty(built, property, "", "", part !== entity, 0);
    }
    if (discriminator !== undefined && !built.fields.some(({ path }) => path === discriminator)) {
      const name = this.#naming.column(discriminator);
      const property: Property = { name: discriminator, kind: "scalar", option: () => undefined, target: undefined, inverse: undefined, primary: false, type: "text", enumeration: true, optional: false, marks: [], doubtful: false, at: entity.at };
      built.fields.push({ path: discriminator, property, primary: false, column: { name, property: discriminator, type: "text", nullable: "no", enumeration: true, provenance: entity.at } });
    }
    if (discriminator !== undefined) {
      const field = built.fields.find(({ path }) => path === discriminator);
      if (field !== undefined && !built.indexes.some(({ parts }) => parts[0]?.column === field.column.name)) built.indexes.push(plain("index", [field.column.name], entity.at));
    }
    return built;
  }

  #addProperty(built: Built, property: Property, parents: string, prefix: string, inherited: boolean, depth: number): void {
    const path = parents + property.name;
    if (built.fields.some((field) => field.path === path) || built.relations.some(({ name }) => name === path)) return;
    const { option } = property;
    if (isFalse(option("persist")) || option("formula") !== undefined) return;
    if (property.kind === "embedded") {
      this.#addEmbedded(built, property, path, prefix, inherited, depth);
      return;
    }
    if (property.kind !== "scalar") {
      built.relations.push({ ...property, name: path, ...(inherited ? { inherited } : {}) });
      return;
    }
    const given = option("fieldName") ?? option("name");
    const stated = textOf(given);
    if (stated === undefined && !this.#isNamed) built.entity.uncertain ??= "the naming strategy of the entities was not understood";
    const nullable = option("nullable");
    const name = prefix + (stated ?? this.#naming.column(property.name));
    const isDoubtful = property.doubtful || (given !== undefined && stated === undefined);
    built.fields.push({
      path,
      property,
      primary: property.primary,
      column: {
        name,
        property: path,
        ...(property.type === undefined ? {} : { type: isTrue(option("array")) && !property.type.endsWith("[]") ? `${property.type}[]` : property.type }),
        nullable: isDoubtful ? "unknown" : property.primary ? "no" : isTrue(nullable) || inherited ? "yes" : property.optional && nullable === undefined ? "unknown" : "no",
        ...(property.enumeration ? { enumeration: true } : {}),
        provenance: property.at,
      },
    });
    this.#markProperty(built, property, [name]);
    if (isDoubtful) built.indexes.push({ kind: "index", method: "other", parts: [{ column: name }], include: [], provenance: property.at });
  }

  #addEmbedded(built: Built, property: Property, path: string, prefix: string, inherited: boolean, depth: number): void {
    const { option } = property;
    if (isTrue(option("object")) || isTrue(option("array"))) {
      const name = prefix + (textOf(option("fieldName")) ?? this.#naming.column(property.name));
      built.fields.push({ path, property, primary: false, column: { name, property: path, type: this.#dialect === "postgresql" ? "jsonb" : "json", nullable: isTrue(option("nullable")) ? "yes" : "no", provenance: property.at } });
      this.#indexInside(built, property, name);
      return;
    }
    const { target } = property;
    if (target === undefined || typeof target === "string" || depth > DEEPEST) {
      built.entity.uncertain ??= `the class embedded at \`${property.name}\` was not read`;
      return;
    }
    const stated = option("prefix");
    const own = isFalse(stated) ? "" : (textOf(stated) ?? `${this.#naming.column(property.name)}_`);
    const properties: Property[] = [];
    for (const ancestor of lineage(target, this.#values).classes) this.#readMembers(properties, ancestor);
    for (const inner of properties) this.#addProperty(built, inner, `${path}.`, prefix + own, inherited || isTrue(option("nullable")), depth + 1);
  }

  /** Indexes on what a JSON column holds. */
  #indexInside(built: Built, { target, option }: Property, column: string): void {
    if (target === undefined || typeof target === "string" || isTrue(option("array"))) return;
    const properties: Property[] = [];
    for (const ancestor of lineage(target, this.#values).classes) this.#readMembers(properties, ancestor);
    for (const inner of properties) {
      const kind = inner.marks[0]?.kind ?? (isTrue(inner.option("unique")) ? "unique" : isTrue(inner.option("index")) ? "index" : undefined);
      if (kind === undefined) continue;
      const field = textOf(inner.option("fieldName")) ?? this.#naming.column(inner.name);
      built.indexes.push({ kind, method: "btree", parts: [{ expression: this.#dialect === "postgresql" ? `${column} ->> '${field}'` : "?" }], include: [], provenance: inner.marks[0]?.at ?? inner.at });
    }
  }

  /** `index: true`, `unique: "name"`, `@Index()` on a property. */
  #markProperty(built: Built, property: Property, columns: readonly string[]): void {
    for (const kind of ["index", "unique"] as const) {
      const option = property.option(kind);
      if (option !== undefined && !isFalse(option)) built.indexes.push(plain(kind, columns, property.at, textOf(option)));
    }
    for (const mark of property.marks) this.#addIndex(built, mark, columns);
  }

  #addIndex(built: Built, { kind, options, maybe, at }: Mark, columns: readonly string[]): void {
    const expression = entry(options, "expression");
    const type = entry(options, "type");
    const where = entry(options, "where");
    const name = textOf(entry(options, "name")) ?? textOf(options);
    const written = textOf(expression);
    if (written !== undefined && !maybe) {
      // A whole statement. One that cannot be read leaves an index of unknown form.
      const made = readSqlFiles([{ file: `${at.file}.sql`, text: written }], this.#dialect).orphans?.flatMap(({ indexes }) => indexes) ?? [];
      if (made.length > 0) {
        built.indexes.push(...made.map((index) => ({ ...index, provenance: at })));
        return;
      }
    }
    const isOpen = maybe || expression !== undefined || (options !== undefined && options.kind !== "literal" && (options.kind !== "object" || options.open)) || entry(options, "columns") !== undefined;
    const stated = textOf(type)?.toLowerCase();
    built.indexes.push({
      ...(name === undefined ? {} : { name }),
      kind: isOpen ? "index" : kind,
      method: isOpen || (type !== undefined && stated === undefined) ? "other" : stated === "fulltext" ? "fulltext" : stated === "spatial" ? "spatial" : indexMethod(stated),
      parts: columns.map((column) => ({ column })),
      include: [],
      ...(where === undefined ? {} : { where: textOf(where) ?? "?" }),
      provenance: at,
    });
  }

  #join(built: Built): void {
    if (built.joined !== "no") return;
    built.joined = "now";
    for (const property of built.relations) if (property.kind === "m:1" || (property.kind === "1:1" && isOwner(property))) this.#joinRelation(built, property);
    built.joined = "yes";
  }

  #joinRelation(built: Built, property: Property): void {
    const target = this.#entity(property.target);
    if (target === undefined) {
      built.entity.uncertain ??= `the entity that \`${property.name}\` refers to was not read`;
      return;
    }
    if (target !== built) this.#join(target);
    const { option } = property;
    const wanted = textsOf(option("referencedColumnNames")) ?? [textOf(option("referenceColumnName")) ?? textOf(option("referencedColumnName"))].filter((name) => name !== undefined);
    const referenced = wanted.length > 0 ? target.fields.filter(({ column }) => wanted.includes(column.name)) : target.fields.filter(({ primary }) => primary);
    if (referenced.length === 0) {
      built.entity.uncertain ??= `the key that \`${property.name}\` refers to was not read`;
      return;
    }
    const single = textOf(option("joinColumn")) ?? textOf(option("fieldName")) ?? textOf(option("name"));
    const stated = textsOf(option("joinColumns")) ?? textsOf(option("fieldNames")) ?? (single === undefined ? undefined : [single]);
    const columns = referenced.map((other, at): string => stated?.[at] ?? this.#naming.key(property.name, other.column.name, referenced.length > 1));
    if (stated === undefined && !this.#isNamed) built.entity.uncertain ??= "the naming strategy of the entities was not understood";
    for (const [at, name] of columns.entries()) {
      const own = built.fields.findIndex(({ column }) => column.name === name);
      const present = built.fields[own];
      const type = referenced[at]?.column.type;
      if (present !== undefined) {
        built.fields.splice(own, 1, { ...present, primary: present.primary || property.primary, column: { ...present.column, otherProperties: [...(present.column.otherProperties ?? []), property.name] } });
        continue;
      }
      const nullable = option("nullable");
      built.fields.push({ path: property.name, property, primary: property.primary, column: { name, property: property.name, ...(type === undefined ? {} : { type }), nullable: property.primary ? "no" : isTrue(nullable) || property.inherited === true ? "yes" : property.optional && nullable === undefined ? "unknown" : "no", provenance: property.at } });
    }
    if (!isFalse(option("createForeignKeyConstraint"))) built.foreignKeys.push({ columns, referencedTable: target.name, referencedColumns: referenced.map(({ column }) => column.name), provenance: property.at });
    this.#markProperty(built, property, columns);
    const isUnique = property.kind === "1:1" && !property.primary;
    if (isUnique && !built.indexes.some(({ kind, parts }) => kind === "unique" && parts.map(({ column }) => column).join() === columns.join())) built.indexes.push(plain("unique", columns, property.at));
    // Every platform but PostgreSQL indexes its foreign keys (platforms, indexForeignKeys).
    if (!isUnique && this.#indexesKeys() && !isFalse(option("index"))) this.#addKeyIndex(built, columns, property.at);
  }

  #indexesKeys(): boolean {
    return this.#dialect !== undefined && this.#dialect !== "postgresql";
  }

  #addKeyIndex(built: Built, columns: readonly string[], at: Provenance): void {
    if (!built.indexes.some(({ parts }) => parts.map(({ column }) => column).join() === columns.join())) built.indexes.push(plain("index", columns, at));
  }

  #pivot(built: Built, property: Property): void {
    if (!isOwner(property)) return;
    const target = this.#entity(property.target);
    const { option } = property;
    // An entity of its own stands between.
    if (target === undefined || option("pivotEntity") !== undefined) return;
    const stated = textOf(option("pivotTable"));
    const [schemaName, bare] = stated?.includes(".") === true ? stated.split(".") : [undefined, stated];
    const name = bare ?? `${this.#naming.table(built.name)}_${this.#naming.table(property.name)}`;
    const schema = normaliseSchema(schemaName ?? textOf(entry(built.entity.options, "schema")));
    if (this.#pivots.some((table) => table.name === name && table.schema === schema)) return;
    const keys = (of: Built, list: Value | undefined, one: Value | undefined, suffix: string): readonly string[] => textsOf(list) ?? of.fields.filter(({ primary }) => primary).map(({ column }) => textOf(one) ?? this.#naming.key(of.entity.name + suffix, column.name, of.fields.filter(({ primary }) => primary).length > 1));
    const isSame = target === built && option("joinColumn") === undefined && option("joinColumns") === undefined;
    const own = keys(built, option("joinColumns"), option("joinColumn"), isSame ? "_1" : "");
    const other = keys(target, option("inverseJoinColumns"), option("inverseJoinColumn"), isSame ? "_2" : "");
    const provenance = property.at;
    const referenced = (of: Built): readonly Field[] => of.fields.filter(({ primary }) => primary);
    const columns = [...own.map((column, at) => [column, referenced(built)[at]] as const), ...other.map((column, at) => [column, referenced(target)[at]] as const)].map(
      ([column, key]): Column => ({ name: column, property: column, ...(key?.column.type === undefined ? {} : { type: key.column.type }), nullable: "no", provenance }),
    );
    const isOrdered = isTrue(option("fixedOrder"));
    const indexes: Index[] = isOrdered ? [] : [plain("primary", [...own, ...other], provenance)];
    if (this.#indexesKeys()) indexes.push(plain("index", own, provenance), plain("index", other, provenance));
    this.#pivots.push({
      name,
      ...(schema === undefined ? {} : { schema }),
      columns,
      indexes,
      foreignKeys: [
        { columns: own, referencedTable: built.name, referencedColumns: referenced(built).map(({ column }) => column.name), provenance },
        { columns: other, referencedTable: target.name, referencedColumns: referenced(target).map(({ column }) => column.name), provenance },
      ],
      relations: [],
      ...(isOrdered ? { uncertain: "its rows have an order of their own" } : stated === undefined && !this.#isNamed ? { uncertain: "the naming strategy of the entities was not understood" } : {}),
      provenance,
    });
  }

  #entity(target: ClassValue | string | undefined): Built | undefined {
    if (target === undefined) return undefined;
    if (typeof target !== "string") {
      const own = this.#built.find(({ parts }) => parts.some(({ node }) => node === target.node));
      if (own !== undefined) return own;
    }
    const name = typeof target === "string" ? target : nameOfClass(target.node);
    const found = this.#built.filter(({ entity, names }) => entity.name === name || (name !== undefined && names.includes(name)));
    return found.length === 1 ? found[0] : undefined;
  }

  #finish(built: Built): Table {
    const { entity } = built;
    const indexes: Index[] = [];
    const keys = built.fields.filter(({ primary }) => primary);
    if (keys.length > 0) indexes.push(plain("primary", keys.map(({ column }) => column.name), keys[0]?.property.at ?? entity.at));
    indexes.push(...built.indexes);
    for (const mark of built.parts.flatMap(({ marks }) => marks)) {
      const properties = entry(mark.options, "properties");
      const paths = textsOf(properties) ?? (textOf(properties) === undefined ? (textOf(entry(mark.options, "expression")) === undefined ? undefined : []) : [textOf(properties) ?? ""]);
      if (paths === undefined) {
        entity.uncertain ??= "the columns of an index were not understood";
        continue;
      }
      const columns = paths.flatMap((path) => built.fields.filter((field) => field.path === path || field.column.otherProperties?.includes(path) === true).map(({ column }) => column.name));
      if (columns.length < paths.length) {
        entity.uncertain ??= "the columns of an index were not understood";
        continue;
      }
      const before = built.indexes.length;
      this.#addIndex(built, mark, columns);
      indexes.push(...built.indexes.splice(before));
    }
    const schema = normaliseSchema(textOf(entry(entity.options, "schema")));
    return {
      name: built.name,
      ...(schema === undefined ? {} : { schema }),
      model: entity.name,
      ...(built.names.length === 0 ? {} : { otherModels: [...new Set(built.names)] }),
      columns: built.fields.map(({ column }) => column),
      indexes,
      foreignKeys: built.foreignKeys,
      relations: built.relations.flatMap((property) => this.#relation(built, property)),
      ...(entity.uncertain === undefined ? {} : { uncertain: entity.uncertain }),
      provenance: entity.at,
    };
  }

  #relation(built: Built, property: Property): readonly Relation[] {
    const target = this.#entity(property.target);
    if (target === undefined) return [];
    const list = property.kind === "1:m" || property.kind === "m:n";
    const base = { name: property.name, target: target.entity.name, list };
    const own = built.fields.filter((field) => field.path === property.name || field.column.otherProperties?.includes(property.name) === true).map(({ column }) => column.name);
    const key = built.foreignKeys.find(({ provenance }) => provenance === property.at);
    if (!list && isOwner(property)) return [{ ...base, columns: key?.columns ?? own, referencedColumns: key?.referencedColumns ?? target.fields.filter(({ primary }) => primary).map(({ column }) => column.name) }];
    const inverse = target.relations.find(({ name }) => name === property.inverse);
    const through = property.kind === "m:n" ? this.#pivots.find(({ provenance }) => provenance === property.at || provenance === inverse?.at)?.name : undefined;
    return [{ ...base, columns: [], referencedColumns: target.foreignKeys.find(({ provenance }) => provenance === inverse?.at)?.columns ?? [], ...(through === undefined ? {} : { through }) }];
  }
}

/** The side that holds the key: the one that is mapped by no other. */
function isOwner(property: Property): boolean {
  const { option, kind } = property;
  if (kind === "m:1") return true;
  if (isTrue(option("owner")) || option("inversedBy") !== undefined) return true;
  if (option("mappedBy") !== undefined) return false;
  // The second argument of @OneToOne and @ManyToMany is the property that maps this one.
  return property.inverse === undefined;
}

function markOf(decoration: Decoration): Mark {
  return { kind: decoration.name === "Unique" ? "unique" : "index", options: decoration.args[0], maybe: decoration.maybe, at: decoration.module.at(decoration.node, "mikroorm") };
}

function plain(kind: Index["kind"], columns: readonly string[], provenance: Provenance, name?: string): Index {
  return { ...(name === undefined ? {} : { name }), kind, method: "btree", parts: columns.map((column) => ({ column })), include: [], provenance };
}
