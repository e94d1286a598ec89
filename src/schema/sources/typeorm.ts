/**
 * TypeORM's entities → tables: decorated classes and `new EntitySchema({ … })`. Names, junction tables and the indexes
 * that TypeORM makes by itself follow its metadata builders (typeorm 0.3).
 */
import { isClass, keyName, unwrap, type ClassNode, type Node } from "../../syntax/ast.js";
import type { Column, ForeignKey, Index, IndexPart, Provenance, Relation, SchemaSourceReport, Table } from "../model.js";
import { normaliseSchema, type SchemaDialect } from "../names.js";
import type { SchemaPart } from "../part.js";
import { configuredDialect } from "./declarations/dialect.js";
import { decorationsOf, inverseOf, lineage, nameOfClass, targetOf, writtenType, type Decoration, type Library } from "./declarations/decorators.js";
import { CodeModules, nodesOf, type CodeFiles, type CodeModule } from "./declarations/modules.js";
import { DEFAULT_NAMING, namingOf, UNKNOWN_NAMING, type Naming } from "./declarations/typeorm-naming.js";
import { declaredType, uuidType } from "./declarations/types.js";
import { entry, isFalse, isTrue, textOf, textsOf, Values, type ClassValue, type ObjectValue, type Value } from "./declarations/values.js";

/** TypeORM itself, and forks under a scope of their own (`@n8n/typeorm`). */
const PACKAGE = /^(?:@[^/]+\/)?typeorm(?:\/|$)/u;

const COLUMNS: ReadonlySet<string> = new Set(["Column", "PrimaryColumn", "PrimaryGeneratedColumn", "CreateDateColumn", "UpdateDateColumn", "DeleteDateColumn", "VersionColumn", "ObjectIdColumn", "ViewColumn", "TreeLevelColumn"]);
const RELATIONS: ReadonlySet<string> = new Set(["OneToOne", "ManyToOne", "OneToMany", "ManyToMany", "TreeParent", "TreeChildren"]);

const LIBRARY: Library = {
  is: (specifier) => PACKAGE.test(specifier),
  names: new Set([...COLUMNS, ...RELATIONS, "Entity", "ChildEntity", "ViewEntity", "TableInheritance", "Tree", "Index", "Unique", "JoinColumn", "JoinTable", "VirtualColumn", "ForeignKey"]),
};

/** Reads the entities of one database. `fallback` is the dialect where no configuration states one. */
export function readTypeorm(files: CodeFiles, fallback: SchemaDialect): SchemaPart {
  const modules = new CodeModules(files);
  const values = new Values(modules);
  const dialect = configuredDialect(values, "type", fallback);
  const tables = new TypeormSchema(values, dialect).tables();
  const reports = files.files.map(
    ({ file }): SchemaSourceReport => ({
      file,
      kind: "typeorm",
      tables: tables.filter((table) => table.provenance.file === file).length,
      notUnderstood: modules.broken.includes(file) ? [{ line: 1, text: "the file could not be parsed" }] : [],
    }),
  );
  return { kind: "declared", dialect, reports, tables };
}

/** A column as it is declared. `path` is its property with the properties of the embedded classes around it. */
interface ColumnDeclaration {
  readonly path: string;
  readonly property: string;
  readonly prefixes: readonly string[];
  readonly given: string | undefined;
  readonly type: string | undefined;
  readonly nullable: boolean;
  readonly primary: boolean;
  readonly collation: string | undefined;
  readonly enumeration: boolean;
  /** It may have an index, or another name, that was not seen. */
  readonly doubtful: boolean;
  readonly at: Provenance;
}

interface RelationDeclaration {
  readonly path: string;
  readonly property: string;
  readonly prefixes: readonly string[];
  readonly kind: "one-to-one" | "many-to-one" | "one-to-many" | "many-to-many";
  readonly target: ClassValue | string | undefined;
  readonly inverse: string | undefined;
  readonly nullable: boolean;
  readonly primary: boolean;
  readonly constraint: boolean;
  readonly joinColumns: readonly JoinColumn[] | undefined;
  readonly joinTable: JoinTable | undefined;
  readonly at: Provenance;
}

interface JoinColumn {
  readonly name: string | undefined;
  readonly referenced: string | undefined;
}

interface JoinTable {
  readonly name: string | undefined;
  readonly schema: string | undefined;
  readonly joinColumns: readonly JoinColumn[];
  readonly inverseColumns: readonly JoinColumn[];
}

interface IndexDeclaration {
  /** Property paths. */
  readonly paths: readonly string[];
  readonly descending: ReadonlySet<string>;
  readonly name: string | undefined;
  readonly kind: "unique" | "index";
  readonly method: Index["method"];
  readonly where: string | undefined;
  /** TypeORM's own index of the column that tells the children of an inheritance apart. */
  readonly discriminator?: boolean;
  readonly at: Provenance;
}

interface Entity {
  readonly model: string;
  readonly otherModels: string[];
  readonly node: Node;
  readonly of: ClassValue | undefined;
  readonly kind: "table" | "view" | "child";
  readonly given: string | undefined;
  readonly schema: string | undefined;
  readonly at: Provenance;
  readonly columns: ColumnDeclaration[];
  readonly relations: RelationDeclaration[];
  readonly indexes: IndexDeclaration[];
  tree: "closure" | "path" | "nested" | undefined;
  /** It has a column for the depth, which a closure table then has as well. */
  levelled: boolean;
  embeds: boolean;
  uncertain: string | undefined;
}

/** A table under construction: columns with their names in the database. */
interface Built {
  readonly entity: Entity;
  readonly name: string;
  readonly columns: BuiltColumn[];
  /** Columns of the key of a relation, by its path. */
  readonly joins: Map<string, readonly BuiltColumn[]>;
  readonly foreignKeys: ForeignKey[];
  readonly indexes: Index[];
  joined: "no" | "now" | "yes";
}

interface BuiltColumn {
  readonly path: string;
  readonly property: string;
  readonly column: Column;
  readonly primary: boolean;
  readonly doubtful: boolean;
}

/** Embedded classes within one another. */
const DEEPEST = 6;

class TypeormSchema {
  readonly #values: Values;
  readonly #dialect: SchemaDialect;
  readonly #naming: Naming;
  readonly #prefix: string | undefined;
  readonly #built: Built[] = [];
  readonly #junctions: Table[] = [];

  constructor(values: Values, dialect: SchemaDialect) {
    this.#values = values;
    this.#dialect = dialect;
    const { naming, prefix } = this.#configuration();
    this.#naming = naming;
    this.#prefix = prefix;
  }

  tables(): readonly Table[] {
    const entities = this.#values.modules.modules.flatMap((module) => this.#entitiesOf(module));
    const children = entities.filter((entity) => entity.kind === "child");
    const own = entities.filter((entity) => entity.kind !== "child");
    for (const child of children) adopt(child, own, this.#values);
    for (const entity of own) {
      const built = this.#build(entity);
      if (built !== undefined) this.#built.push(built);
    }
    for (const built of this.#built) assumeKey(built);
    for (const built of this.#built) this.#join(built);
    for (const built of this.#built) for (const relation of built.entity.relations) this.#junction(built, relation);
    for (const built of this.#built) if (built.entity.tree === "closure") this.#closure(built);
    return [...this.#built.map((built) => this.#finish(built)), ...this.#junctions];
  }

  /** `namingStrategy` and `entityPrefix` of the configurations; they count when all agree. */
  #configuration(): { readonly naming: Naming; readonly prefix: string | undefined } {
    const strategies = new Map<string, Naming>();
    const prefixes = new Set<string | undefined>();
    for (const module of this.#values.modules.configs) {
      for (const property of nodesOf(module.source.program, (node): node is Extract<Node, { type: "Property" }> => node.type === "Property")) {
        const name = keyName(property);
        if (name === "namingStrategy") {
          const value = this.#values.of(property.value, module);
          if (value.kind === "literal") continue;
          strategies.set(`${value.module.source.path}:${module.source.text.slice(...property.value.range)}`, namingOf(value, this.#values));
        } else if (name === "entityPrefix") prefixes.add(textOf(this.#values.of(property.value, module)));
      }
    }
    const distinct = new Set([...strategies.values()].map((naming) => JSON.stringify(probe(naming))));
    const [naming] = strategies.values();
    return { naming: naming === undefined ? DEFAULT_NAMING : distinct.size === 1 ? naming : UNKNOWN_NAMING, prefix: prefixes.size > 1 ? undefined : [...prefixes][0] };
  }

  #entitiesOf(module: CodeModule): readonly Entity[] {
    const entities: Entity[] = [];
    for (const node of nodesOf(module.source.program, isClass)) {
      if (node.decorators.length === 0) continue;
      const entity = this.#classEntity(node, module);
      if (entity !== undefined) entities.push(entity);
    }
    for (const node of nodesOf(module.source.program, (candidate): candidate is Extract<Node, { type: "NewExpression" }> => candidate.type === "NewExpression")) {
      const entity = this.#schemaEntity(node, module);
      if (entity !== undefined) entities.push(entity);
    }
    return entities;
  }

  #classEntity(node: ClassNode, module: CodeModule): Entity | undefined {
    const { known } = decorationsOf(node, module, this.#values, LIBRARY);
    const mark = known.find(({ name }) => name === "Entity" || name === "ChildEntity" || name === "ViewEntity");
    const model = nameOfClass(node);
    if (mark === undefined || model === undefined) return undefined;
    const of: ClassValue = { kind: "class", node, module };
    const [first, second] = mark.args;
    const options = first?.kind === "object" ? first : second;
    const given = textOf(first) ?? textOf(entry(options, "name"));
    const stated = first !== undefined && first.kind !== "object" ? first : entry(options, "name");
    const entity: Entity = {
      model,
      otherModels: [],
      node,
      of,
      kind: mark.name === "ChildEntity" ? "child" : mark.name === "ViewEntity" ? "view" : "table",
      given: given === "" ? undefined : given,
      schema: textOf(entry(options, "schema")),
      at: module.at(mark.node, "typeorm"),
      columns: [],
      relations: [],
      indexes: [],
      tree: undefined,
      levelled: false,
      embeds: false,
      uncertain: stated !== undefined && stated.kind !== "literal" ? "its name is computed" : options?.kind === "object" && options.open && given === undefined ? "its name is computed" : undefined,
    };
    const { classes, lost } = lineage(of, this.#values);
    if (lost !== undefined && !hasNoColumns(lost)) entity.uncertain ??= "its base class was not read";
    const seen = new Set<string>();
    for (const ancestor of classes) {
      this.#readMembers(entity, ancestor, [], [], seen, 0);
      this.#readClass(entity, ancestor);
    }
    return entity;
  }

  /** Decorators of the class: indexes, inheritance, trees. */
  #readClass(entity: Entity, of: ClassValue): void {
    const { known } = decorationsOf(of.node, of.module, this.#values, LIBRARY);
    for (const decoration of known) {
      const [first] = decoration.args;
      switch (decoration.name) {
        case "Index":
        case "Unique":
          this.#readIndex(entity, decoration, undefined, []);
          break;
        case "TableInheritance":
          this.#readDiscriminator(entity, first, decoration);
          break;
        case "Tree":
          entity.tree ??= textOf(first) === "closure-table" ? "closure" : textOf(first) === "materialized-path" ? "path" : textOf(first) === "nested-set" ? "nested" : undefined;
          break;
        default:
          break;
      }
    }
  }

  #readDiscriminator(entity: Entity, options: Value | undefined, decoration: Decoration): void {
    const column = entry(options, "column");
    const name = textOf(entry(column, "name")) ?? "type";
    const at = decoration.module.at(decoration.node, "typeorm");
    if (!entity.columns.some((candidate) => candidate.path === name)) {
      const type = textOf(entry(column, "type")) ?? textOf(column);
      entity.columns.push({ path: name, property: name, prefixes: [], given: name, type: type === undefined ? "varchar" : declaredType(type), nullable: false, primary: false, collation: undefined, enumeration: entry(column, "enum") !== undefined, doubtful: false, at });
    }
    // EntityMetadataBuilder.createKeysForTableInheritance
    entity.indexes.push({ paths: [name], descending: new Set(), name: undefined, kind: "index", method: "btree", where: undefined, discriminator: true, at });
  }

  /** Properties of a class, or of an embedded one below `parents`. What the child class declares hides its base's. */
  #readMembers(entity: Entity, of: ClassValue, parents: readonly string[], prefixes: readonly string[], seen: Set<string>, depth: number): void {
    for (const member of of.node.body.body) {
      if (member.type !== "PropertyDefinition" && member.type !== "MethodDefinition" && member.type !== "AccessorProperty") continue;
      const property = keyName(member);
      if (property === undefined || member.static || member.decorators.length === 0) continue;
      const { known, unknown } = decorationsOf(member, of.module, this.#values, LIBRARY);
      const path = [...parents, property].join(".");
      const hidden = seen.has(path);
      seen.add(path);
      for (const decoration of known) if (decoration.name === "Index" || decoration.name === "Unique") this.#readIndex(entity, decoration, path, parents);
      if (hidden) continue;
      const relation = known.find(({ name }) => RELATIONS.has(name));
      const column = known.find(({ name }) => COLUMNS.has(name));
      const written = member.type === "MethodDefinition" ? { name: undefined } : writtenType(member);
      if (relation !== undefined) this.#readRelation(entity, relation, known, { path, property, prefixes });
      if (column !== undefined) {
        const [first] = column.args;
        if (first?.kind === "function" || first?.kind === "class") this.#readEmbedded(entity, first, column.args[1], { path, property, parents, prefixes, seen, depth });
        else this.#readColumn(entity, known, written, { path, property, prefixes });
      } else if (relation === undefined && unknown !== undefined && member.type === "PropertyDefinition") {
        // It may be a column, with an index, that the decorator declares elsewhere.
        entity.columns.push({ path, property, prefixes, given: undefined, type: undefined, nullable: true, primary: false, collation: undefined, enumeration: false, doubtful: true, at: of.module.at(member, "typeorm") });
      }
    }
  }

  #readEmbedded(entity: Entity, first: Value, options: Value | undefined, place: { readonly path: string; readonly property: string; readonly parents: readonly string[]; readonly prefixes: readonly string[]; readonly seen: Set<string>; readonly depth: number }): void {
    const target = targetOf(first, this.#values);
    entity.embeds = true;
    if (target === undefined || typeof target === "string" || place.depth > DEEPEST) {
      entity.uncertain ??= `the class embedded at \`${place.property}\` was not read`;
      return;
    }
    const prefix = entry(options, "prefix");
    const own = prefix === undefined || isTrue(prefix) ? [textOf(prefix) ?? place.property] : [];
    if (prefix !== undefined && prefix.kind !== "literal") entity.uncertain ??= `the prefix of \`${place.property}\` is computed`;
    for (const ancestor of lineage(target, this.#values).classes) this.#readMembers(entity, ancestor, [...place.parents, place.property], [...place.prefixes, ...own], place.seen, place.depth + 1);
  }

  #readColumn(entity: Entity, known: readonly Decoration[], written: { readonly name: string | undefined }, place: { readonly path: string; readonly property: string; readonly prefixes: readonly string[] }): void {
    const columns = known.filter(({ name }) => COLUMNS.has(name));
    const [decoration] = columns;
    if (decoration === undefined) return;
    if (decoration.name === "TreeLevelColumn") entity.levelled = true;
    const at = decoration.module.at(decoration.node, "typeorm");
    const options = columns.flatMap(({ args }) => args.filter((argument): argument is ObjectValue => argument.kind === "object"));
    const option = (name: string): Value | undefined => options.map((candidate) => entry(candidate, name)).find((value) => value !== undefined);
    const has = (name: string): boolean => columns.some((candidate) => candidate.name === name);
    const [first] = decoration.args;
    const isUnread = columns.some(({ args, maybe }) => maybe || args.some((argument) => argument.kind === "unknown" && !isConstructor(argument)) || args.some((argument) => argument.kind === "call" || argument.kind === "member"));
    const name = option("name");
    const primary = has("PrimaryColumn") || has("PrimaryGeneratedColumn") || has("ObjectIdColumn") || isTrue(option("primary"));
    const type = this.#typeOf(decoration, first, option("type"), written);
    const isArray = isTrue(option("array"));
    entity.columns.push({
      ...place,
      given: textOf(name),
      type: type === undefined ? undefined : isArray ? `${type}[]` : type,
      nullable: (isTrue(option("nullable")) || has("DeleteDateColumn")) && !primary,
      primary,
      collation: textOf(option("collation")),
      enumeration: option("enum") !== undefined || type === "enum",
      doubtful: isUnread || options.some(({ open }) => open) || (name !== undefined && textOf(name) === undefined),
      at,
    });
    const unique = option("unique");
    // `unique` of other column decorators than @Column does nothing (typeorm, decorator/columns).
    if (has("Column") && isTrue(unique)) entity.indexes.push({ paths: [place.path], descending: new Set(), name: undefined, kind: "unique", method: "btree", where: undefined, at });
  }

  #typeOf(decoration: Decoration, first: Value | undefined, stated: Value | undefined, written: { readonly name: string | undefined }): string | undefined {
    const name = textOf(stated) ?? (decoration.name === "PrimaryGeneratedColumn" ? undefined : textOf(first));
    if (name !== undefined) return name.toLowerCase() === "uuid" ? uuidType(this.#dialect) : declaredType(name);
    const constructed = isConstructor(stated) ?? isConstructor(first);
    switch (decoration.name) {
      case "PrimaryGeneratedColumn":
        return textOf(first) === "uuid" ? uuidType(this.#dialect) : "integer";
      case "CreateDateColumn":
      case "UpdateDateColumn":
      case "DeleteDateColumn":
        return "timestamp";
      case "VersionColumn":
      case "TreeLevelColumn":
        return "integer";
      default:
        break;
    }
    if (stated !== undefined && constructed === undefined) return undefined;
    switch (constructed ?? written.name) {
      case "String":
      case "string":
        return "varchar";
      case "Number":
      case "number":
        return "integer";
      case "Boolean":
      case "boolean":
        return "boolean";
      case "Date":
        return "timestamp";
      case "Buffer":
        return "blob";
      default:
        return undefined;
    }
  }

  #readRelation(entity: Entity, decoration: Decoration, known: readonly Decoration[], place: { readonly path: string; readonly property: string; readonly prefixes: readonly string[] }): void {
    const { name, args } = decoration;
    const at = decoration.module.at(decoration.node, "typeorm");
    const isTree = name === "TreeParent" || name === "TreeChildren";
    const [first, second, third] = args;
    const options = isTree ? undefined : second?.kind === "object" ? second : third;
    const joins = known.filter((candidate) => candidate.name === "JoinColumn");
    const joinTable = known.find((candidate) => candidate.name === "JoinTable");
    const isPrimary = known.some((candidate) => candidate.name === "PrimaryColumn") || isTrue(entry(options, "primary"));
    const joinColumn = (value: Value | undefined): JoinColumn => ({ name: textOf(value) ?? textOf(entry(value, "name")), referenced: textOf(entry(value, "referencedColumnName")) });
    entity.relations.push({
      ...place,
      kind: name === "OneToOne" ? "one-to-one" : name === "ManyToOne" || name === "TreeParent" ? "many-to-one" : name === "ManyToMany" ? "many-to-many" : "one-to-many",
      target: isTree ? (entity.of ?? entity.model) : targetOf(first, this.#values),
      inverse: isTree ? undefined : inverseOf(second),
      nullable: !isFalse(entry(options, "nullable")),
      primary: isPrimary,
      constraint: !isFalse(entry(options, "createForeignKeyConstraints")),
      joinColumns: joins.length === 0 ? undefined : joins.flatMap(({ args: [argument] }) => (argument?.kind === "list" ? argument.items.map(joinColumn) : [joinColumn(argument)])),
      joinTable: joinTable === undefined ? undefined : readJoinTable(joinTable.args[0]),
      at,
    });
    if ([...joins, ...(joinTable === undefined ? [] : [joinTable])].some(({ args: [argument], maybe }) => maybe || (argument !== undefined && argument.kind !== "object" && argument.kind !== "list"))) entity.uncertain ??= `the columns of \`${place.property}\` are computed`;
  }

  /** `@Index("name", ["a", "b"], { unique: true })`, `@Unique(["a"])`, on a property or on the class. */
  #readIndex(entity: Entity, decoration: Decoration, path: string | undefined, parents: readonly string[]): void {
    const { args } = decoration;
    const at = decoration.module.at(decoration.node, "typeorm");
    const name = textOf(args[0]);
    const fields = name === undefined ? args[0] : args[1];
    const options = [...args].reverse().find((argument) => argument.kind === "object");
    const isUnique = decoration.name === "Unique" || isTrue(entry(options, "unique"));
    const where = entry(options, "where");
    const isHidden = decoration.maybe || isFalse(entry(options, "synchronize")) || (options?.kind === "object" && options.open);
    const method = isTrue(entry(options, "fulltext")) ? "fulltext" : isTrue(entry(options, "spatial")) ? "spatial" : entry(options, "type") !== undefined && textOf(entry(options, "type")) !== "btree" ? "other" : "btree";
    const columns = path === undefined ? this.#fields(fields) : { paths: [path], descending: new Set<string>() };
    if (columns === undefined) {
      entity.uncertain ??= "the columns of an index were not understood";
      return;
    }
    const prefix = path === undefined ? parents.map((parent) => `${parent}.`).join("") : "";
    entity.indexes.push({
      paths: columns.paths.map((column) => prefix + column.trim()),
      descending: columns.descending,
      name,
      // What TypeORM does not make was made by hand, in a form that is not said.
      kind: isUnique && !isHidden ? "unique" : "index",
      method: isHidden ? "other" : method,
      where: where === undefined ? undefined : (textOf(where) ?? "?"),
      at,
    });
  }

  /** `["a", "b"]`, `(t) => [t.a, t.b]`, `(t) => ({ a: 1, b: -1 })` */
  #fields(value: Value | undefined): { readonly paths: readonly string[]; readonly descending: ReadonlySet<string> } | undefined {
    const texts = textsOf(value);
    if (texts !== undefined) return { paths: texts, descending: new Set() };
    if (value?.kind !== "function") return undefined;
    const result = this.#values.apply(value, []);
    if (result?.kind === "list" && !result.open) {
      const paths = result.items.flatMap((item) => memberPath(item.node) ?? textOf(item) ?? []);
      return paths.length === result.items.length ? { paths, descending: new Set() } : undefined;
    }
    if (result?.kind !== "object" || result.open) return undefined;
    return { paths: [...result.entries.keys()], descending: new Set([...result.entries].filter(([, direction]) => direction.kind === "literal" && (direction.value === -1 || direction.value === "DESC")).map(([key]) => key)) };
  }

  #schemaEntity(node: Extract<Node, { type: "NewExpression" }>, module: CodeModule): Entity | undefined {
    const callee = this.#values.of(node.callee, module);
    if (callee.kind !== "library" || !PACKAGE.test(callee.specifier) || callee.path.at(-1) !== "EntitySchema") return undefined;
    const [first] = node.arguments;
    const options = first === undefined ? undefined : this.#values.of(first, module);
    if (options?.kind !== "object") return undefined;
    const target = entry(options, "target");
    const name = textOf(entry(options, "name")) ?? (target?.kind === "class" ? nameOfClass(target.node) : undefined);
    if (name === undefined) return undefined;
    const variable = node.parent.type === "VariableDeclarator" && node.parent.id.type === "Identifier" ? node.parent.id.name : undefined;
    const type = textOf(entry(options, "type"));
    const given = textOf(entry(options, "tableName"));
    const isChild = type === "entity-child";
    const entity: Entity = {
      model: name,
      otherModels: [variable, target?.kind === "class" ? nameOfClass(target.node) : undefined].filter((other) => other !== undefined && other !== name).filter((other) => other !== undefined),
      node,
      of: target?.kind === "class" ? target : undefined,
      kind: type === "view" ? "view" : isChild ? "child" : "table",
      given,
      schema: textOf(entry(options, "schema")),
      at: module.at(node, "typeorm"),
      columns: [],
      relations: [],
      indexes: [],
      tree: undefined,
      levelled: false,
      embeds: false,
      uncertain: options.open ? "some of its declaration was not understood" : entry(options, "tableName") !== undefined && given === undefined ? "its name is computed" : undefined,
    };
    this.#readSchema(entity, options, [], []);
    return entity;
  }

  #readSchema(entity: Entity, options: ObjectValue, parents: readonly string[], prefixes: readonly string[]): void {
    const columns = entry(options, "columns");
    if (columns?.kind === "object" && columns.open) entity.uncertain ??= "some of its columns were not understood";
    for (const [property, value] of columns?.kind === "object" ? columns.entries : []) this.#readSchemaColumn(entity, property, value, parents, prefixes);
    const relations = entry(options, "relations");
    if (relations?.kind === "object" && relations.open) entity.uncertain ??= "some of its relations were not understood";
    for (const [property, value] of relations?.kind === "object" ? relations.entries : []) this.#readSchemaRelation(entity, property, value, parents, prefixes);
    for (const [list, isUnique] of [["indices", false], ["uniques", true]] as const) {
      const declared = entry(options, list);
      if (declared !== undefined && (declared.kind !== "list" || declared.open)) entity.uncertain ??= "some of its indexes were not understood";
      for (const item of declared?.kind === "list" ? declared.items : []) {
        const fields = this.#fields(entry(item, "columns"));
        if (fields === undefined) {
          entity.uncertain ??= "the columns of an index were not understood";
          continue;
        }
        const where = entry(item, "where");
        const isHidden = isFalse(entry(item, "synchronize"));
        entity.indexes.push({
          ...fields,
          name: textOf(entry(item, "name")),
          kind: (isUnique || isTrue(entry(item, "unique"))) && !isHidden ? "unique" : "index",
          method: isHidden ? "other" : isTrue(entry(item, "fulltext")) ? "fulltext" : isTrue(entry(item, "spatial")) ? "spatial" : "btree",
          where: where === undefined ? undefined : (textOf(where) ?? "?"),
          at: item.module.at(item.node, "typeorm"),
        });
      }
    }
    const embedded = entry(options, "embeddeds");
    for (const [property, value] of embedded?.kind === "object" ? embedded.entries : []) {
      entity.embeds = true;
      const schema = entry(value, "schema");
      const inner = schema?.kind === "call" && schema.args[0] !== undefined ? this.#values.of(schema.args[0], schema.module, schema.given) : undefined;
      const prefix = entry(value, "prefix");
      if (inner?.kind === "object" && parents.length <= DEEPEST) this.#readSchema(entity, inner, [...parents, property], [...prefixes, ...(prefix === undefined || isTrue(prefix) ? [textOf(prefix) ?? property] : [])]);
      else entity.uncertain ??= `what is embedded at \`${property}\` was not read`;
    }
    for (const tree of [entry(options, "trees")].flatMap((value) => (value?.kind === "list" ? value.items : []))) {
      const type = textOf(entry(tree, "type"));
      entity.tree = type === "closure-table" ? "closure" : type === "materialized-path" ? "path" : type === "nested-set" ? "nested" : entity.tree;
    }
  }

  #readSchemaColumn(entity: Entity, property: string, value: Value, parents: readonly string[], prefixes: readonly string[]): void {
    const at = value.module.at(value.node, "typeorm");
    const path = [...parents, property].join(".");
    const option = (name: string): Value | undefined => entry(value, name);
    if (isTrue(option("virtualProperty"))) return;
    if (isTrue(option("treeLevel"))) entity.levelled = true;
    const typeName = textOf(option("type"));
    const constructed = isConstructor(option("type"));
    const isUuid = typeName?.toLowerCase() === "uuid" || textOf(option("generated")) === "uuid";
    const type = isUuid ? uuidType(this.#dialect) : typeName !== undefined ? declaredType(typeName) : constructed === "String" ? "varchar" : constructed === "Number" ? "integer" : constructed === "Boolean" ? "boolean" : constructed === "Date" ? "timestamp" : undefined;
    const primary = isTrue(option("primary"));
    entity.columns.push({
      path,
      property,
      prefixes,
      given: textOf(option("name")),
      type: type === undefined ? undefined : isTrue(option("array")) ? `${type}[]` : type,
      nullable: isTrue(option("nullable")) && !primary,
      primary,
      collation: textOf(option("collation")),
      enumeration: option("enum") !== undefined || type === "enum",
      doubtful: value.kind !== "object" || value.open || (option("name") !== undefined && textOf(option("name")) === undefined),
      at,
    });
    if (isTrue(option("unique"))) entity.indexes.push({ paths: [path], descending: new Set(), name: undefined, kind: "unique", method: "btree", where: undefined, at });
  }

  #readSchemaRelation(entity: Entity, property: string, value: Value, parents: readonly string[], prefixes: readonly string[]): void {
    const type = textOf(entry(value, "type"));
    if (type !== "one-to-one" && type !== "many-to-one" && type !== "one-to-many" && type !== "many-to-many") {
      entity.uncertain ??= `the relation \`${property}\` was not understood`;
      return;
    }
    const list = (option: Value | undefined): readonly JoinColumn[] => (option?.kind === "list" ? option.items : option === undefined ? [] : [option]).map((item) => ({ name: textOf(entry(item, "name")), referenced: textOf(entry(item, "referencedColumnName")) }));
    const joinColumn = entry(value, "joinColumn");
    const joinTable = entry(value, "joinTable");
    entity.relations.push({
      path: [...parents, property].join("."),
      property,
      prefixes,
      kind: type,
      target: targetOf(entry(value, "target"), this.#values),
      inverse: inverseOf(entry(value, "inverseSide")),
      nullable: !isFalse(entry(value, "nullable")),
      primary: isTrue(entry(value, "primary")),
      constraint: !isFalse(entry(value, "createForeignKeyConstraints")),
      joinColumns: joinColumn === undefined || isFalse(joinColumn) ? undefined : joinColumn.kind === "literal" ? [] : list(joinColumn),
      joinTable: joinTable === undefined || isFalse(joinTable) ? undefined : readJoinTable(joinTable),
      at: value.module.at(value.node, "typeorm"),
    });
  }

  /** Names the table and its own columns. */
  #build(entity: Entity): Built | undefined {
    const named = this.#naming.table(entity.model, entity.given);
    if (named === undefined) entity.uncertain ??= "the naming strategy of the entities was not understood";
    const name = (this.#prefix ?? "") + (named ?? DEFAULT_NAMING.table(entity.model, entity.given) ?? entity.model);
    const built: Built = { entity, name, columns: [], joins: new Map(), foreignKeys: [], indexes: [], joined: "no" };
    for (const declared of entity.columns) {
      const column = this.#naming.column(declared.property, declared.given, declared.prefixes);
      if (column === undefined) entity.uncertain ??= "the naming strategy of the entities was not understood";
      built.columns.push({
        path: declared.path,
        property: declared.property,
        primary: declared.primary,
        doubtful: declared.doubtful,
        column: {
          name: column ?? declared.given ?? declared.property,
          property: declared.path,
          ...(declared.type === undefined ? {} : { type: declared.type }),
          nullable: declared.doubtful ? "unknown" : declared.nullable ? "yes" : "no",
          ...(declared.collation === undefined ? {} : { collation: declared.collation }),
          ...(declared.enumeration ? { enumeration: true } : {}),
          provenance: declared.at,
        },
      });
    }
    const extra = (name: string, type: string, nullable: boolean): void => {
      built.columns.push({ path: name, property: name, primary: false, doubtful: false, column: { name: this.#naming.column(name, name, []) ?? name, property: name, type, nullable: nullable ? "yes" : "no", provenance: entity.at } });
    };
    if (entity.tree === "path") extra("mpath", "varchar", true);
    if (entity.tree === "nested") {
      extra("nsleft", "integer", false);
      extra("nsright", "integer", false);
    }
    return built;
  }

  /** The columns that hold the keys of its relations. A key may refer to a key that is a relation itself. */
  #join(built: Built): void {
    if (built.joined !== "no") return;
    built.joined = "now";
    for (const relation of built.entity.relations) {
      if (relation.kind === "many-to-one" || (relation.kind === "one-to-one" && relation.joinColumns !== undefined)) this.#joinRelation(built, relation);
    }
    built.joined = "yes";
  }

  #joinRelation(built: Built, relation: RelationDeclaration): void {
    const target = this.#entity(relation.target);
    const { entity } = built;
    if (target === undefined) {
      entity.uncertain ??= `the entity that \`${relation.property}\` refers to was not read`;
      return;
    }
    if (target !== built) this.#join(target);
    const wanted = (relation.joinColumns ?? []).flatMap(({ referenced }) => referenced ?? []);
    // RelationJoinColumnBuilder.collectReferencedColumns
    const referenced = wanted.length > 0 ? wanted.flatMap((property) => target.columns.find((column) => column.path === property || column.property === property) ?? []) : target.columns.filter((column) => column.primary);
    if (referenced.length === 0) {
      entity.uncertain ??= `the key that \`${relation.property}\` refers to was not read`;
      return;
    }
    const columns = referenced.map((other): BuiltColumn => {
      const stated = relation.joinColumns?.find((candidate) => candidate.name !== undefined && (candidate.referenced === undefined || candidate.referenced === other.property))?.name;
      const joined = stated ?? this.#naming.joinColumn(relation.property, other.property);
      const name = joined === undefined ? undefined : this.#naming.column(relation.property, joined, relation.prefixes);
      if (name === undefined) entity.uncertain ??= "the naming strategy of the entities was not understood";
      const final = name ?? `${relation.property}Id`;
      const own = built.columns.find((column) => column.column.name === final);
      const made: BuiltColumn = {
        path: relation.path,
        property: relation.property,
        primary: relation.primary || own?.primary === true,
        doubtful: own?.doubtful === true,
        column: own?.column ?? {
          name: final,
          property: relation.path,
          ...(other.column.type === undefined ? {} : { type: other.column.type }),
          nullable: relation.primary || !relation.nullable ? "no" : "yes",
          provenance: relation.at,
        },
      };
      if (own === undefined) built.columns.push(made);
      // A key that is a column of its own may be asked for by either name.
      else if (own.property !== relation.property) built.columns.splice(built.columns.indexOf(own), 1, { ...own, column: { ...own.column, otherProperties: [...(own.column.otherProperties ?? []), relation.path], ...(own.column.type === undefined && other.column.type !== undefined ? { type: other.column.type } : {}) } });
      return made;
    });
    built.joins.set(relation.path, columns);
    const names = columns.map(({ column }) => column.name);
    if (!relation.constraint) return;
    built.foreignKeys.push({ columns: names, referencedTable: target.name, referencedColumns: referenced.map(({ column }) => column.name), provenance: relation.at });
    if (relation.kind === "one-to-one" && !columns.every(({ primary }) => primary)) built.indexes.push(plainIndex("unique", names, undefined, relation.at));
  }

  /** The table between the two sides of a many-to-many relation, with an index for each. */
  #junction(built: Built, relation: RelationDeclaration): void {
    const { joinTable } = relation;
    if (relation.kind !== "many-to-many" || joinTable === undefined) return;
    const target = this.#entity(relation.target);
    if (target === undefined) return;
    const [first, second] = [this.#withoutPrefix(built), this.#withoutPrefix(target)];
    const name = joinTable.name ?? this.#naming.joinTable(first, second, relation.path, target.entity.relations.find((candidate) => candidate.property === relation.inverse)?.property ?? "");
    if (name === undefined) return;
    const side = (of: Built, table: string, stated: readonly JoinColumn[]): { readonly columns: string[]; readonly referenced: readonly BuiltColumn[] } => {
      const wanted = stated.flatMap(({ referenced }) => referenced ?? []);
      const referenced = wanted.length > 0 ? of.columns.filter((column) => wanted.includes(column.property)) : of.columns.filter((column) => column.primary);
      const columns = referenced.map((other) => {
        const own = stated.find((candidate) => candidate.name !== undefined && (candidate.referenced === undefined || candidate.referenced === other.property))?.name;
        const joined = own ?? this.#naming.joinTableColumn(table, other.property, other.column.name);
        return (joined === undefined ? undefined : this.#naming.column(joined, joined, [])) ?? "";
      });
      return { columns, referenced };
    };
    const owner = side(built, first, joinTable.joinColumns);
    const inverse = side(target, second, joinTable.inverseColumns);
    for (const [at, column] of owner.columns.entries()) {
      const same = inverse.columns.indexOf(column);
      if (same === -1) continue;
      owner.columns[at] = `${column}_1`;
      inverse.columns[same] = `${column}_2`;
    }
    const isDoubtful = [...owner.columns, ...inverse.columns].includes("") || owner.columns.length === 0 || inverse.columns.length === 0;
    const provenance = relation.at;
    const columns = [...owner.columns.entries(), ...inverse.columns.entries()].map(([at, column], position): Column => {
      const other = position < owner.columns.length ? owner.referenced[at] : inverse.referenced[at];
      return { name: column, property: column, ...(other?.column.type === undefined ? {} : { type: other.column.type }), nullable: "no", provenance };
    });
    const foreignKey = (of: Built, keys: readonly string[], referenced: readonly BuiltColumn[]): ForeignKey => ({ columns: keys, referencedTable: of.name, referencedColumns: referenced.map(({ column }) => column.name), provenance });
    const schema = normaliseSchema(joinTable.schema ?? built.entity.schema);
    const tableName = (this.#prefix ?? "") + name;
    // Both sides may declare the table.
    if (this.#junctions.some((table) => table.name === tableName && table.schema === schema)) return;
    this.#junctions.push({
      name: tableName,
      ...(schema === undefined ? {} : { schema }),
      columns,
      indexes: [plainIndex("primary", [...owner.columns, ...inverse.columns], undefined, provenance), plainIndex("index", owner.columns, undefined, provenance), plainIndex("index", inverse.columns, undefined, provenance)],
      foreignKeys: relation.constraint ? [foreignKey(built, owner.columns, owner.referenced), foreignKey(target, inverse.columns, inverse.referenced)] : [],
      relations: [],
      ...(isDoubtful ? { uncertain: "its columns were not understood" } : {}),
      provenance,
    });
  }

  #closure(built: Built): void {
    const keys = built.columns.filter((column) => column.primary);
    const provenance = built.entity.at;
    const side = (suffix: string): readonly Column[] => keys.map(({ column }) => ({ name: `${column.name}_${suffix}`, property: `${column.name}_${suffix}`, ...(column.type === undefined ? {} : { type: column.type }), nullable: "no", provenance }));
    const [ancestors, descendants] = [side("ancestor"), side("descendant")];
    const names = (columns: readonly Column[]): readonly string[] => columns.map(({ name }) => name);
    const schema = normaliseSchema(built.entity.schema);
    const referenced = keys.map(({ column }) => column.name);
    this.#junctions.push({
      name: `${this.#prefix ?? ""}${this.#withoutPrefix(built)}_closure`,
      ...(schema === undefined ? {} : { schema }),
      columns: [...ancestors, ...descendants, ...(built.entity.levelled ? [{ name: "level", property: "level", type: "integer", nullable: "no", provenance } as const] : [])],
      indexes: [plainIndex("primary", names([...ancestors, ...descendants]), undefined, provenance), plainIndex("index", names(ancestors), undefined, provenance), plainIndex("index", names(descendants), undefined, provenance)],
      foreignKeys: [
        { columns: names(ancestors), referencedTable: built.name, referencedColumns: referenced, provenance },
        { columns: names(descendants), referencedTable: built.name, referencedColumns: referenced, provenance },
      ],
      relations: [],
      provenance,
    });
  }

  #withoutPrefix(built: Built): string {
    return built.name.slice(this.#prefix?.length ?? 0);
  }

  #entity(target: ClassValue | string | undefined): Built | undefined {
    if (target === undefined) return undefined;
    if (typeof target !== "string") {
      const own = this.#built.find(({ entity }) => entity.of?.node === target.node);
      if (own !== undefined) return own;
    }
    const name = typeof target === "string" ? target : nameOfClass(target.node);
    const found = this.#built.filter(({ entity }) => entity.model === name || (name !== undefined && entity.otherModels.includes(name)));
    return found.length === 1 ? found[0] : undefined;
  }

  #finish(built: Built): Table {
    const { entity } = built;
    const indexes: Index[] = [];
    const keys = built.columns.filter((column) => column.primary);
    if (entity.kind === "table" && keys.length > 0) indexes.push(plainIndex("primary", keys.map(({ column }) => column.name), undefined, keys[0]?.column.provenance ?? entity.at));
    for (const declared of entity.indexes) {
      const parts = declared.paths.flatMap((path): readonly IndexPart[] => {
        const own = built.columns.find((column) => column.path === path && !built.joins.has(path));
        const columns = own === undefined ? (built.joins.get(path) ?? built.columns.filter((column) => column.column.name === path)) : [own];
        return columns.map(({ column }) => ({ column: column.name, ...(declared.descending.has(path) ? { descending: true } : {}) }));
      });
      if (parts.length < declared.paths.length) {
        entity.uncertain ??= "the columns of an index were not understood";
        continue;
      }
      // EntityMetadataBuilder loses that index when it counts the indexes of an entity with embedded columns again.
      const method = declared.discriminator === true && entity.embeds ? "other" : declared.method;
      indexes.push({ ...(declared.name === undefined ? {} : { name: declared.name }), kind: declared.kind, method, parts, include: [], ...(declared.where === undefined ? {} : { where: declared.where }), provenance: declared.at });
    }
    indexes.push(...built.indexes);
    for (const { column, doubtful } of built.columns) if (doubtful) indexes.push({ kind: "index", method: "other", parts: [{ column: column.name }], include: [], provenance: column.provenance });
    const schema = normaliseSchema(entity.schema);
    return {
      name: built.name,
      ...(schema === undefined ? {} : { schema }),
      model: entity.model,
      ...(entity.otherModels.length === 0 ? {} : { otherModels: [...new Set(entity.otherModels)] }),
      columns: built.columns.map(({ column }) => column),
      indexes,
      foreignKeys: built.foreignKeys,
      relations: entity.relations.flatMap((relation) => this.#relation(built, relation)),
      ...(entity.uncertain === undefined ? {} : { uncertain: entity.uncertain }),
      ...(entity.kind === "view" ? { view: true } : {}),
      provenance: entity.at,
    };
  }

  #relation(built: Built, relation: RelationDeclaration): readonly Relation[] {
    const target = this.#entity(relation.target);
    if (target === undefined) return [];
    const list = relation.kind === "one-to-many" || relation.kind === "many-to-many";
    const own = built.joins.get(relation.path);
    const base = { name: relation.path, target: target.entity.model, list };
    if (own !== undefined) {
      const key = built.foreignKeys.find(({ columns }) => columns.length === own.length && columns.every((column, at) => column === own[at]?.column.name));
      return [{ ...base, columns: own.map(({ column }) => column.name), referencedColumns: key?.referencedColumns ?? target.columns.filter(({ primary }) => primary).map(({ column }) => column.name) }];
    }
    const inverse = target.entity.relations.find((candidate) => candidate.property === relation.inverse || candidate.path === relation.inverse) ?? target.entity.relations.find((candidate) => candidate.inverse === relation.property && this.#entity(candidate.target) === built);
    const through = relation.kind === "many-to-many" ? this.#junctions.find((table) => table.provenance === relation.at || table.provenance === inverse?.at)?.name : undefined;
    return [{ ...base, columns: [], referencedColumns: (inverse === undefined ? undefined : target.joins.get(inverse.path))?.map(({ column }) => column.name) ?? [], ...(through === undefined ? {} : { through }) }];
  }
}

/**
 * TypeORM wants a key of every entity. Where no column is one, it is one of those that a decorator of the project makes:
 * the only one, or `id`.
 */
function assumeKey(built: Built): void {
  const { columns, entity } = built;
  if (entity.kind !== "table" || columns.some(({ primary }) => primary) || entity.relations.some(({ primary }) => primary)) return;
  const candidates = columns.filter(({ doubtful }) => doubtful);
  const key = candidates.length === 1 ? candidates[0] : candidates.find(({ path }) => path === "id");
  if (key !== undefined) columns.splice(columns.indexOf(key), 1, { ...key, primary: true, doubtful: false, column: { ...key.column, nullable: "no" } });
}

/** Single-table inheritance: the columns, relations and indexes of a child are its parent's table's. */
function adopt(child: Entity, own: readonly Entity[], values: Values): void {
  if (child.of === undefined) return;
  const { classes } = lineage(child.of, values);
  const parent = own.find((entity) => classes.some((ancestor) => ancestor.node === entity.node));
  if (parent === undefined) return;
  parent.otherModels.push(child.model);
  const known = new Set([...parent.columns, ...parent.relations].map(({ path }) => path));
  parent.columns.push(...child.columns.filter(({ path }) => !known.has(path)).map((column) => ({ ...column, nullable: true })));
  parent.relations.push(...child.relations.filter(({ path }) => !known.has(path)));
  const key = (index: IndexDeclaration): string => JSON.stringify([index.paths, index.name, index.kind]);
  const indexes = new Set(parent.indexes.map(key));
  parent.indexes.push(...child.indexes.filter((index) => !indexes.has(key(index))));
  parent.embeds ||= child.embeds;
  parent.uncertain ??= child.uncertain;
}

function readJoinTable(options: Value | undefined): JoinTable {
  const list = (value: Value | undefined): readonly JoinColumn[] => (value?.kind === "list" ? value.items : value === undefined ? [] : [value]).map((item) => ({ name: textOf(item) ?? textOf(entry(item, "name")), referenced: textOf(entry(item, "referencedColumnName")) }));
  return {
    name: textOf(entry(options, "name")),
    schema: textOf(entry(options, "schema")),
    joinColumns: list(entry(options, "joinColumns") ?? entry(options, "joinColumn")),
    inverseColumns: list(entry(options, "inverseJoinColumns") ?? entry(options, "inverseJoinColumn")),
  };
}

function plainIndex(kind: Index["kind"], columns: readonly string[], name: string | undefined, provenance: Provenance): Index {
  return { ...(name === undefined ? {} : { name }), kind, method: "btree", parts: columns.map((column) => ({ column })), include: [], provenance };
}

/** `String`, `Number`, `Date` given as a type. */
function isConstructor(value: Value | undefined): string | undefined {
  return value?.kind === "unknown" && value.node.type === "Identifier" && /^(?:String|Number|Boolean|Date|Object|Buffer|BigInt)$/u.test(value.node.name) ? value.node.name : undefined;
}

/** A base class of an installed package that declares no columns: TypeORM's own. */
function hasNoColumns(base: Value): boolean {
  return base.kind === "library" && PACKAGE.test(base.specifier);
}

/** `t.a` → `a`, `t.name.first` → `name.first` */
function memberPath(node: Node): string | undefined {
  const steps: string[] = [];
  let current = unwrap(node);
  while (current.type === "MemberExpression" && current.property.type === "Identifier" && !current.computed) {
    steps.unshift(current.property.name);
    current = unwrap(current.object);
  }
  return steps.length > 0 ? steps.join(".") : undefined;
}

/** What a strategy makes of some names, to tell two apart. */
function probe(naming: Naming): readonly (string | undefined)[] {
  return [naming.table("OrderItem", undefined), naming.column("createdAt", undefined, []), naming.column("firstName", undefined, ["name"]), naming.joinColumn("orderItem", "id"), naming.joinTable("post", "tag", "tags", "posts"), naming.joinTableColumn("post", "id", "id")];
}
