/**
 * Prisma schema files → tables. Sources of the rules: Prisma's schema reference (models, indexes, relation mode) and the
 * migrations it writes for them.
 */
import { indexMethod } from "../index-method.js";
import type { SchemaDialect } from "../names.js";
import type { SchemaPart } from "../part.js";
import { normaliseType } from "../types.js";
import { readPsl, type PslArgument, type PslAttribute, type PslBlock, type PslField, type PslValue } from "./psl.js";
import type { Column, ForeignKey, Index, IndexPart, Provenance, Relation, SchemaSourceReport, Table } from "../model.js";

export interface SchemaFile {
  readonly file: string;
  readonly text: string;
}

const DIALECTS: ReadonlyMap<string, SchemaDialect> = new Map<string, SchemaDialect>([
  ["postgresql", "postgresql"],
  ["postgres", "postgresql"],
  ["prisma+postgres", "postgresql"],
  ["mysql", "mysql"],
  ["sqlite", "sqlite"],
  ["sqlserver", "sqlserver"],
]);

/** Providers that are no SQL database with tables and B-trees. */
const FOREIGN_PROVIDERS: ReadonlySet<string> = new Set(["mongodb"]);

const SCALARS: ReadonlyMap<string, string> = new Map([
  ["String", "text"],
  ["Int", "integer"],
  ["BigInt", "bigint"],
  ["Float", "double"],
  ["Decimal", "numeric"],
  ["Boolean", "boolean"],
  ["DateTime", "timestamp"],
  ["Json", "jsonb"],
  ["Bytes", "bytea"],
]);

/** The provider that a file's datasource states; undefined when the file has no datasource. */
export function prismaProvider(text: string): string | undefined {
  return /^[ \t]*datasource\s+\w+\s*\{[^}]*?^[ \t]*provider\s*=\s*"([^"]*)"/mu.exec(text)?.[1];
}

export function hasDatasource(text: string): boolean {
  return /^[ \t]*datasource\s+\w+\s*\{/mu.test(text);
}

export function dialectOfProvider(provider: string | undefined): SchemaDialect {
  return provider === undefined ? undefined : DIALECTS.get(provider);
}

interface Located {
  readonly block: PslBlock;
  readonly file: string;
}

/** Reads the files of one Prisma schema. Undefined when its database is none of SQL. */
export function readPrisma(files: readonly SchemaFile[]): SchemaPart | undefined {
  const models: Located[] = [];
  const enums = new Set<string>();
  const problems = new Map<string, { line: number; text: string }[]>();
  let provider: string | undefined;
  let foreignKeys = true;
  let refusesUndefined = false;
  for (const { file, text } of files) {
    const document = readPsl(text);
    problems.set(file, [...document.problems, ...document.blocks.flatMap((block) => block.problems)]);
    for (const block of document.blocks) {
      switch (block.kind) {
        case "model":
        case "view":
          models.push({ block, file });
          break;
        case "enum":
          enums.add(block.name);
          break;
        case "datasource":
          provider ??= stringOf(block.properties.get("provider"));
          if (stringOf(block.properties.get("relationMode") ?? block.properties.get("referentialIntegrity")) === "prisma") foreignKeys = false;
          break;
        case "generator":
          if (namesIn(block.properties.get("previewFeatures")).includes("strictUndefinedChecks")) refusesUndefined = true;
          break;
        case "type":
          break;
      }
    }
  }
  if (provider !== undefined && FOREIGN_PROVIDERS.has(provider)) return undefined;
  const dialect = dialectOfProvider(provider);
  const reader = new ModelReader(models, enums, dialect, foreignKeys);
  const tables = reader.tables();
  const reports: SchemaSourceReport[] = files.map(({ file }) => ({
    file,
    kind: "prisma",
    tables: models.filter((model) => model.file === file).length,
    notUnderstood: problems.get(file) ?? [],
  }));
  return { kind: "declared", dialect, reports, tables, ...(refusesUndefined && { refusesUndefined }) };
}

function namesIn(list: PslValue | undefined): readonly string[] {
  return list?.kind === "list" ? list.items.flatMap((item) => stringOf(item) ?? []) : [];
}

class ModelReader {
  readonly #models: readonly Located[];
  readonly #byName: ReadonlyMap<string, Located>;
  readonly #enums: ReadonlySet<string>;
  readonly #dialect: SchemaDialect;
  readonly #foreignKeys: boolean;

  constructor(models: readonly Located[], enums: ReadonlySet<string>, dialect: SchemaDialect, foreignKeys: boolean) {
    this.#models = models;
    this.#byName = new Map(models.map((model) => [model.block.name, model]));
    this.#enums = enums;
    this.#dialect = dialect;
    this.#foreignKeys = foreignKeys;
  }

  tables(): readonly Table[] {
    const joins = new Map<string, Table>();
    const tables = this.#models.map((model) => this.#table(model, joins));
    return [...tables, ...joins.values()];
  }

  #table({ block, file }: Located, joins: Map<string, Table>): Table {
    const at = (line: number): Provenance => ({ file, line, kind: "prisma" });
    const columns: Column[] = [];
    const indexes: Index[] = [];
    const foreignKeys: ForeignKey[] = [];
    const relations: Relation[] = [];
    const columnOf = (property: string): string => columnName(block, property);
    for (const field of block.fields) {
      if (this.#byName.has(field.type)) {
        const relation = this.#relation(block, field);
        relations.push(relation);
        if (relation.through !== undefined) this.#addJoinTable(relation.through, block, field, at(field.line), joins);
        if (this.#foreignKeys && relation.columns.length > 0) {
          foreignKeys.push({ columns: relation.columns, referencedTable: this.#tableName(field.type), referencedColumns: relation.referencedColumns, provenance: at(field.line) });
        }
        continue;
      }
      columns.push(this.#column(field, at(field.line)));
      const id = attribute(field, "id");
      const unique = attribute(field, "unique");
      if (id !== undefined) indexes.push(this.#index("primary", [{ column: columnOf(field.name), ...partOptions(id.args) }], id, block, at(field.line)));
      if (unique !== undefined) indexes.push(this.#index("unique", [{ column: columnOf(field.name), ...partOptions(unique.args) }], unique, block, at(field.line)));
    }
    for (const entry of block.attributes) {
      const kind = blockIndexKind(entry.name);
      if (kind === undefined) continue;
      const parts = listItems(entry.args).map((item) => part(item, columnOf));
      indexes.push(this.#index(kind, parts, entry, block, at(entry.line)));
    }
    const uncertain = block.problems[0];
    return {
      name: this.#tableName(block.name),
      ...optional("schema", stringOf(firstArgument(blockAttribute(block, "schema")))),
      model: block.name,
      columns,
      indexes,
      foreignKeys,
      relations,
      ...(uncertain === undefined ? {} : { uncertain: `line ${uncertain.line} of the model \`${block.name}\` was not understood` }),
      ...(block.kind === "view" ? { view: true } : {}),
      provenance: at(block.line),
    };
  }

  #tableName(model: string): string {
    const block = this.#byName.get(model)?.block;
    return (block === undefined ? undefined : stringOf(firstArgument(blockAttribute(block, "map")))) ?? model;
  }

  #column(field: PslField, provenance: Provenance): Column {
    const native = field.attributes.find((entry) => entry.name.includes("."))?.name.split(".").at(-1);
    const enumeration = this.#enums.has(field.type);
    const base = enumeration ? "enum" : native === undefined ? SCALARS.get(field.type) : normaliseType(nativeType(native));
    return {
      name: mappedName(field),
      property: field.name,
      ...optional("type", base !== undefined && field.list ? `${base}[]` : base),
      nullable: field.optional ? "yes" : "no",
      ...(enumeration ? { enumeration: true } : {}),
      provenance,
    };
  }

  #index(kind: Index["kind"], parts: readonly IndexPart[], entry: PslAttribute, block: PslBlock, provenance: Provenance): Index {
    const type = named(entry.args, "type");
    const name = stringOf(named(entry.args, "map")) ?? this.#defaultIndexName(kind, parts, block);
    const where = condition(named(entry.args, "where"), block);
    return {
      ...optional("name", name),
      kind,
      method: entry.name === "fulltext" ? "fulltext" : method(type),
      parts,
      include: [],
      ...optional("where", where),
      provenance,
    };
  }

  /** Names that Prisma gives (naming conventions of the schema reference): `User_email_key`. MySQL calls every primary key PRIMARY. */
  #defaultIndexName(kind: Index["kind"], parts: readonly IndexPart[], block: PslBlock): string | undefined {
    const table = this.#tableName(block.name);
    const columns = parts.map((item) => item.column ?? "").join("_");
    switch (kind) {
      case "primary":
        return this.#dialect === "mysql" ? "PRIMARY" : `${table}_pkey`;
      case "unique":
        return `${table}_${columns}_key`;
      case "index":
        return `${table}_${columns}_idx`;
    }
  }

  #relation(block: PslBlock, field: PslField): Relation {
    const entry = attribute(field, "relation");
    const pair = entry === undefined ? undefined : (stringOf(named(entry.args, "name")) ?? stringOf(entry.args.find((argument) => argument.name === undefined)?.value));
    const target = this.#byName.get(field.type)?.block;
    const own = names(entry === undefined ? undefined : named(entry.args, "fields")).map((property) => columnName(block, property));
    const base = { name: field.name, target: field.type, list: field.list, ...optional("pair", pair) };
    if (own.length > 0) {
      const referenced = names(entry === undefined ? undefined : named(entry.args, "references"));
      return { ...base, columns: own, referencedColumns: referenced.map((property) => (target === undefined ? property : columnName(target, property))) };
    }
    const other = target === undefined ? undefined : otherSide(block, field, pair, target);
    const key = other === undefined ? undefined : attribute(other, "relation");
    const held = names(key === undefined ? undefined : named(key.args, "fields")).map((property) => (target === undefined ? property : columnName(target, property)));
    if (held.length === 0 && field.list && other?.list === true) {
      const [first, second] = [block.name, field.type].sort();
      return { ...base, columns: [], referencedColumns: [], through: `_${pair ?? `${first ?? ""}To${second ?? ""}`}` };
    }
    return { ...base, columns: [], referencedColumns: held };
  }

  /**
   * The table Prisma makes for a relation with lists on both sides: columns `A` and `B`, unique (or, since Prisma 6,
   * primary) over both, and an index on `B`.
   */
  #addJoinTable(name: string, block: PslBlock, field: PslField, provenance: Provenance, joins: Map<string, Table>): void {
    const schema = stringOf(firstArgument(blockAttribute(block, "schema")));
    const key = `${schema ?? ""}\0${name}`;
    if (joins.has(key)) return;
    const index = (kind: Index["kind"], suffix: string, columns: readonly string[]): Index => ({
      name: `${name}${suffix}`,
      kind,
      method: "btree",
      parts: columns.map((column) => ({ column })),
      include: [],
      provenance,
    });
    const [first, second] = [block.name, field.type].sort();
    const references = (column: string, model: string | undefined): ForeignKey[] => {
      const id = model === undefined ? undefined : this.#idColumn(model);
      return model === undefined || id === undefined || !this.#foreignKeys
        ? []
        : [{ columns: [column], referencedTable: this.#tableName(model), referencedColumns: [id], provenance }];
    };
    joins.set(key, {
      name,
      ...optional("schema", schema),
      columns: ["A", "B"].map((column) => ({ name: column, nullable: "no", provenance })),
      indexes: [index("unique", "_AB_unique", ["A", "B"]), index("index", "_B_index", ["B"])],
      foreignKeys: [...references("A", first), ...references("B", second)],
      relations: [],
      provenance,
    });
  }

  #idColumn(model: string): string | undefined {
    const id = this.#byName.get(model)?.block.fields.find((field) => attribute(field, "id") !== undefined);
    return id === undefined ? undefined : mappedName(id);
  }
}

/** The field of the other model that is the same relation: same name, pointing back, and not the field itself. */
function otherSide(block: PslBlock, field: PslField, pair: string | undefined, target: PslBlock): PslField | undefined {
  const candidates = target.fields.filter((other) => {
    if (other.type !== block.name || (target === block && other.name === field.name && !field.list)) return false;
    const entry = attribute(other, "relation");
    const otherPair = entry === undefined ? undefined : (stringOf(named(entry.args, "name")) ?? stringOf(entry.args.find((argument) => argument.name === undefined)?.value));
    return otherPair === pair;
  });
  const others = candidates.filter((other) => target !== block || other.name !== field.name);
  return others[0] ?? candidates[0];
}

function blockIndexKind(name: string): Index["kind"] | undefined {
  switch (name) {
    case "id":
      return "primary";
    case "unique":
      return "unique";
    case "index":
    case "fulltext":
      return "index";
    default:
      return undefined;
  }
}

function attribute(field: PslField, name: string): PslAttribute | undefined {
  return field.attributes.find((entry) => entry.name === name);
}

function blockAttribute(block: PslBlock, name: string): PslAttribute | undefined {
  return block.attributes.find((entry) => entry.name === name);
}

function firstArgument(entry: PslAttribute | undefined): PslValue | undefined {
  return entry?.args.find((argument) => argument.name === undefined || argument.name === "name")?.value;
}

function named(args: readonly PslArgument[], name: string): PslValue | undefined {
  return args.find((argument) => argument.name === name)?.value;
}

function stringOf(value: PslValue | undefined): string | undefined {
  return value?.kind === "string" ? value.value : undefined;
}

/** Names of a list: `[authorId, postId]`. */
function names(value: PslValue | undefined): readonly string[] {
  return value?.kind === "list" ? value.items.flatMap((item) => (item.kind === "name" ? [item.name] : [])) : [];
}

/** The fields of `@@index([a, b])` or `@@index(fields: [a, b])`. */
function listItems(args: readonly PslArgument[]): readonly PslValue[] {
  const value = named(args, "fields") ?? args.find((argument) => argument.name === undefined)?.value;
  return value?.kind === "list" ? value.items : value === undefined ? [] : [value];
}

function mappedName(field: PslField): string {
  return stringOf(firstArgument(attribute(field, "map"))) ?? field.name;
}

function columnName(block: PslBlock, property: string): string {
  const field = block.fields.find((candidate) => candidate.name === property);
  return field === undefined ? property : mappedName(field);
}

function part(item: PslValue, columnOf: (property: string) => string): IndexPart {
  if (item.kind !== "name") return { expression: "" };
  // A field of a composite type (`address.city`) exists in MongoDB only.
  return { column: columnOf(item.name), ...partOptions(item.args ?? []) };
}

function partOptions(args: readonly PslArgument[]): Pick<IndexPart, "descending" | "length" | "operatorClass"> {
  const sort = named(args, "sort");
  const length = named(args, "length");
  const operatorClass = operatorClassOf(named(args, "ops"));
  return {
    ...(sort?.kind === "name" && sort.name === "Desc" ? { descending: true } : {}),
    ...(length?.kind === "number" ? { length: length.value } : {}),
    ...optional("operatorClass", operatorClass),
  };
}

/** `JsonbPathOps` → `jsonb_path_ops`; `raw("gin_trgm_ops")` as it is. */
function operatorClassOf(value: PslValue | undefined): string | undefined {
  if (value?.kind !== "name") return undefined;
  if (value.name === "raw") return stringOf(value.args?.[0]?.value);
  return value.name.replace(/(?<=[a-z0-9])(?=[A-Z])/gu, "_").toLowerCase();
}

function method(type: PslValue | undefined): Index["method"] {
  return indexMethod(type?.kind === "name" ? type.name : undefined);
}

/** The condition of a partial index (`where: raw("…")` or `where: { deletedAt: null }`) as SQL text. */
function condition(value: PslValue | undefined, block: PslBlock): string | undefined {
  switch (value?.kind) {
    case undefined:
      return undefined;
    case "string":
      return value.value;
    case "name":
      return stringOf(value.args?.[0]?.value) ?? "?";
    case "object":
      return value.entries.map((entry) => term(columnName(block, entry.name ?? ""), entry.value)).join(" AND ");
    case "number":
    case "list":
      return "?";
  }
}

function term(column: string, value: PslValue): string {
  const quoted = `"${column.replace(/"/gu, '""')}"`;
  switch (value.kind) {
    case "string":
      return `${quoted} = '${value.value.replace(/'/gu, "''")}'`;
    case "number":
      return `${quoted} = ${String(value.value)}`;
    case "name":
      if (value.name === "null") return `${quoted} IS NULL`;
      return value.name === "true" || value.name === "false" ? `${quoted} = ${value.name}` : `${quoted} = '${value.name}'`;
    case "object": {
      const not = named(value.entries, "not");
      return not?.kind === "name" && not.name === "null" ? `${quoted} IS NOT NULL` : "?";
    }
    case "list":
      return "?";
  }
}

/** `@db.Timestamptz(3)` → `timestamptz`; `VarChar` → `varchar`. */
function nativeType(name: string): string {
  const lower = name.toLowerCase();
  return lower === "doubleprecision" ? "double" : lower;
}

function optional<Key extends string, Value>(key: Key, value: Value | undefined): Partial<Record<Key, Value>> {
  const result: Partial<Record<Key, Value>> = {};
  if (value !== undefined) result[key] = value;
  return result;
}
