/**
 * Sequelize migrations (sequelize 6, `queryInterface`; umzug's `context`). Names that it makes itself: `nameIndex` and
 * `generateConstraintName` of its query generator.
 */
import type { DdlColumn, DdlConstraint, DdlIndexPart, TableName } from "../../../sql/index.js";
import type { Table } from "../../model.js";
import { column, conditionOf, follow, listOf, literalOf, partOf, quoted, receiver, spanOf, tableOf, words, type Context } from "./library.js";
import { sqlOf } from "./target.js";
import { constant, FROM_DATABASE, HOLE, isGiven, isOn, knownText, list, nameOf, namesOf, NOTHING, object, optionOf, text, truthOf, type CodeValue, type Site } from "./values.js";

const HARMLESS = words(
  "bulkInsert bulkUpdate bulkDelete insert update upsert delete select increment decrement rawSelect createSchema dropSchema createFunction dropFunction renameFunction createTrigger dropTrigger renameTrigger createDatabase dropDatabase dropEnum pgEnums authenticate close define model isDefined log setTransactionIsolationLevel quoteIdentifier quoteIdentifiers quoteTable escape databaseVersion getForeignKeysForTables getForeignKeyReferencesForTable showAllSchemas showAllTables showConstraint ensureEnums bulkBuild random",
);

/** `DataTypes.STRING(255)` by its name. */
const TYPES: Readonly<Record<string, string>> = {
  STRING: "varchar", TEXT: "text", CITEXT: "citext", CHAR: "char", INTEGER: "integer", BIGINT: "bigint", SMALLINT: "smallint", TINYINT: "smallint", MEDIUMINT: "integer", FLOAT: "double precision", DOUBLE: "double precision",
  REAL: "real", DECIMAL: "numeric", NUMERIC: "numeric", BOOLEAN: "boolean", DATE: "datetime", DATEONLY: "date", TIME: "time", JSON: "json", JSONB: "jsonb", UUID: "uuid", UUIDV4: "uuid", BLOB: "blob", ENUM: "enum", TSVECTOR: "tsvector",
  INET: "inet", CIDR: "cidr", GEOMETRY: "geometry", GEOGRAPHY: "geography", HSTORE: "hstore",
};

/** The migration's `queryInterface`; also `sequelize` of it, and umzug's context. */
export function sequelizeHandle(context: Context): CodeValue {
  const { target } = context;
  const table = (value: CodeValue | undefined): TableName => tableOf(value, ["tableName", "name"]);
  const handle: CodeValue = receiver({
    name: "queryInterface",
    context,
    members: (name) => {
      if (["sequelize", "context", "queryInterface", "Sequelize", "qi"].includes(name)) return handle;
      if (name === "queryGenerator" || name === "QueryGenerator" || name === "QueryTypes" || name === "models") return FROM_DATABASE;
      if (name === "options" || name === "dialect") return object([["dialect", { kind: "dialect" }], ["name", { kind: "dialect" }]], true);
      return name === "logger" ? { kind: "external", specifier: "", path: ["console"] } : undefined;
    },
    methods: {
      getQueryInterface: () => handle,
      getDialect: () => ({ kind: "dialect" }),
      query: ([sql], site) => {
        target.statements(sql?.kind === "object" ? optionOf(sql, "query") : sql, site);
        return FROM_DATABASE;
      },
      transaction: (args, site) => follow(context, args, site),
      literal: ([sql]) => ({ kind: "sql", text: sqlOf(sql) ?? HOLE }),
      createTable: ([name, attributes, options], site) => {
        const columns: DdlColumn[] = [];
        const constraints: DdlConstraint[] = [];
        readAttributes(context, attributes, site, columns, constraints);
        const keys = optionOf(options, "uniqueKeys");
        if (keys?.kind === "object") {
          for (const [key, value] of keys.entries) constraints.push({ kind: "unique", name: key, parts: listOf(optionOf(value, "fields")).map((part) => partOf(part, context.target.dialect)), span: spanOf(site) });
        }
        const schema = knownText(optionOf(options, "schema"));
        const written = table(name);
        const made = schema === undefined || written.schema !== undefined ? written : { ...written, schema };
        // Sequelize writes CREATE TABLE IF NOT EXISTS.
        target.change({ change: "createTable", table: made, columns, constraints, ifNotExists: true, temporary: false, span: spanOf(site) }, site);
        if (attributes?.kind !== "object" || attributes.open) target.lost(made, site);
        return FROM_DATABASE;
      },
      dropTable: ([name], site) => {
        target.change({ change: "dropTable", tables: [table(name)], span: spanOf(site) }, site);
        return FROM_DATABASE;
      },
      dropAllTables: (_, site) => {
        target.change({ change: "dropTable", tables: target.replay.names().map((name) => ({ name })), span: spanOf(site) }, site);
        return FROM_DATABASE;
      },
      renameTable: ([from, to], site) => {
        target.change({ change: "renameTable", table: table(from), to: table(to), span: spanOf(site) }, site);
        return FROM_DATABASE;
      },
      addColumn: ([name, key, attribute], site) => {
        const on = table(name);
        const { made, unique } = readAttribute(context, nameOf(key), attribute, site);
        target.change({ change: "addColumn", table: on, column: made, span: spanOf(site) }, site);
        if (typeof unique === "string") target.change({ change: "addConstraint", table: on, constraint: { kind: "unique", name: unique, parts: [{ column: made.name }], span: spanOf(site) }, span: spanOf(site) }, site);
        if (attribute?.kind === "unknown") target.lost(on, site);
        return FROM_DATABASE;
      },
      removeColumn: ([name, key], site) => {
        target.change({ change: "dropColumn", table: table(name), column: nameOf(key), span: spanOf(site) }, site);
        return FROM_DATABASE;
      },
      changeColumn: ([name, key, attribute], site) => {
        const on = table(name);
        const { made, unique } = readAttribute(context, nameOf(key), attribute, site);
        const allowsNull = optionOf(attribute, "allowNull") !== undefined;
        target.change({ change: "alterColumn", table: on, column: nameOf(key), ...(made.type !== undefined && { type: made.type }), ...(allowsNull && { nullable: made.nullable }), span: spanOf(site) }, site);
        if (made.unique || typeof unique === "string") {
          const name_ = typeof unique === "string" ? { name: unique } : {};
          target.change({ change: "addConstraint", table: on, constraint: { kind: "unique", ...name_, parts: [{ column: made.name }], span: spanOf(site) }, span: spanOf(site) }, site);
        }
        if (made.references !== undefined) {
          target.change({ change: "addConstraint", table: on, constraint: { kind: "foreign", columns: [made.name], table: made.references.table, referenced: made.references.columns, span: spanOf(site) }, span: spanOf(site) }, site);
        }
        return FROM_DATABASE;
      },
      renameColumn: ([name, from, to], site) => {
        target.change({ change: "renameColumn", table: table(name), column: nameOf(from), to: nameOf(to), span: spanOf(site) }, site);
        return FROM_DATABASE;
      },
      addIndex: ([name, second, third], site) => {
        // addIndex(table, fields, options), addIndex(table, options), and `{ fields }` in the options of the first.
        const isOptions = second?.kind === "object";
        const options = isOptions ? second : third;
        const fields = isOptions ? optionOf(second, "fields") : second;
        addIndex(context, table(name), fields, options, site);
        return FROM_DATABASE;
      },
      removeIndex: ([name, given], site) => {
        const on = table(name);
        const written = given?.kind === "list" ? indexName(on.name, listOf(given)) : nameOf(given);
        target.change({ change: "dropIndex", table: on, name: written, span: spanOf(site) }, site);
        return FROM_DATABASE;
      },
      addConstraint: ([name, second, third], site) => {
        const options = second?.kind === "object" ? second : third;
        const fields = second?.kind === "object" ? optionOf(second, "fields") : second;
        addConstraint(context, table(name), fields, options, site);
        return FROM_DATABASE;
      },
      removeConstraint: ([name, given], site) => {
        target.change({ change: "dropConstraint", table: table(name), name: nameOf(given), span: spanOf(site) }, site);
        return FROM_DATABASE;
      },
      describeTable: ([name]) => describe(target.table(table(name))),
      tableExists: ([name]) => (target.table(table(name)) === undefined ? FROM_DATABASE : constant(true)),
      showIndex: ([name]) => {
        const found = target.table(table(name));
        return found === undefined || found.uncertain !== undefined ? FROM_DATABASE : list(found.indexes.map((index) => object([["name", text(index.name ?? "")], ["unique", constant(index.kind !== "index")], ["fields", list(index.parts.map((part) => object([["attribute", text(part.column ?? "")]])))]], true)), true);
      },
      fn: (args) => call(args, context),
      col: ([name]) => ({ kind: "sql", text: quoted(nameOf(name), target.dialect) }),
      commit: () => NOTHING,
      rollback: () => NOTHING,
    },
    harmless: HARMLESS,
  });
  return handle;
}

/** `Sequelize.literal(…)`, `Sequelize.fn(…)`, `Sequelize.col(…)`: exports of the package that make SQL. */
export function sequelizeExport(name: string, args: readonly CodeValue[], context: Context): CodeValue | undefined {
  switch (name) {
    case "literal":
      return { kind: "sql", text: sqlOf(args[0]) ?? HOLE };
    case "fn":
      return call(args, context);
    case "col":
      return { kind: "sql", text: quoted(nameOf(args[0]), context.target.dialect) };
    case "where":
      return { kind: "sql", text: HOLE };
    default:
      return undefined;
  }
}

function call([name, ...args]: readonly CodeValue[], _context: Context): CodeValue {
  return { kind: "sql", text: `${nameOf(name)}(${args.map((arg) => (arg.kind === "sql" ? arg.text : (literalOf(arg) ?? HOLE))).join(", ")})` };
}

function describe(found: Table | undefined): CodeValue {
  if (found === undefined || found.uncertain !== undefined) return FROM_DATABASE;
  const one = object([["type", FROM_DATABASE]], true);
  // A column that is not known may have been made where it was not read: the answer is open.
  const described = object(found.columns.map((each) => [each.name, one]));
  return { kind: "receiver", receiver: { get: (name) => described.entries.get(name) ?? FROM_DATABASE, call: () => FROM_DATABASE } };
}

interface Attribute {
  readonly made: DdlColumn;
  /** Name of the unique key that the column shares, or whether it has one. */
  readonly unique: string | boolean;
}

function readAttribute({ target }: Context, key: string, given: CodeValue | undefined, site: Site): Attribute {
  const options = given?.kind === "object" && given.made === undefined ? given : undefined;
  const type = typeName(options === undefined ? given : optionOf(options, "type"), target.dialect === "postgresql");
  const unique = optionOf(options, "unique");
  const shared = unique?.kind === "text" ? nameOf(unique) : unique?.kind === "object" ? (knownText(optionOf(unique, "name")) ?? true) : isOn(unique);
  const referred = optionOf(options, "references");
  const model = referred?.kind === "object" ? optionOf(referred, "model", "table") : referred;
  const other = isGiven(model) ? tableOf(model, ["tableName", "name"]) : undefined;
  const primaryKey = isOn(optionOf(options, "primaryKey"));
  const made = column(site, knownText(optionOf(options, "field")) ?? key, {
    type,
    nullable: truthOf(optionOf(options, "allowNull") ?? constant(true)) !== false,
    primaryKey,
    unique: shared === true,
    ...(other !== undefined && other.name !== HOLE && { references: { table: other, columns: referred?.kind === "object" ? namesOf(optionOf(referred, "key") ?? text("id")) : ["id"] } }),
  });
  return { made, unique: shared };
}

function readAttributes(context: Context, attributes: CodeValue | undefined, site: Site, columns: DdlColumn[], constraints: DdlConstraint[]): void {
  if (attributes?.kind !== "object") return;
  const read = [...attributes.entries].map(([key, given]) => readAttribute(context, key, given, site));
  const keys = read.filter(({ made }) => made.primaryKey);
  const groups = new Map<string, string[]>();
  for (const { made, unique } of read) {
    // Several of them are one key together.
    columns.push(keys.length > 1 && made.primaryKey ? { ...made, primaryKey: false } : made);
    if (typeof unique === "string") groups.set(unique, [...(groups.get(unique) ?? []), made.name]);
  }
  if (keys.length > 1) constraints.push({ kind: "primary", parts: keys.map(({ made }) => ({ column: made.name })), span: spanOf(site) });
  for (const [name, names] of groups) constraints.push({ kind: "unique", name, parts: names.map((one) => ({ column: one })), span: spanOf(site) });
}

/** `Sequelize.STRING`, `DataTypes.ARRAY(DataTypes.TEXT)`, `"VARCHAR(20)"`. */
function typeName(value: CodeValue | undefined, isPostgres: boolean): string | undefined {
  const written = knownText(value);
  if (written !== undefined) return TYPES[written] ?? written.toLowerCase();
  if (value?.kind !== "external") return undefined;
  const name = value.path.find((step) => TYPES[step] !== undefined || step === "ARRAY");
  if (name === "ARRAY") return undefined;
  const type = name === undefined ? undefined : TYPES[name];
  return type === "datetime" ? (isPostgres ? "timestamptz" : "timestamp") : type === "blob" && isPostgres ? "bytea" : type;
}

function fieldOf(value: CodeValue, dialect: Context["target"]["dialect"]): DdlIndexPart {
  if (value.kind !== "object") return partOf(value, dialect);
  const order = knownText(optionOf(value, "order"))?.toUpperCase();
  const collation = knownText(optionOf(value, "collate"));
  const operatorClass = knownText(optionOf(value, "operator"));
  const length = optionOf(value, "length");
  const named = optionOf(value, "name", "attribute", "value");
  const base = named?.kind === "sql" ? partOf(named, dialect) : { column: nameOf(named) };
  return {
    ...base,
    ...(order !== undefined && { descending: order.startsWith("DESC") }),
    ...(collation !== undefined && { collation }),
    ...(operatorClass !== undefined && dialect !== "sqlite" && { operatorClass }),
    ...(length?.kind === "constant" && typeof length.value === "number" && { length: length.value }),
  };
}

function addIndex({ target }: Context, table: TableName, fields: CodeValue | undefined, options: CodeValue | undefined, site: Site): void {
  const given = listOf(fields ?? optionOf(options, "fields"));
  const type = (knownText(optionOf(options, "type")) ?? "").toUpperCase();
  const operatorClass = knownText(optionOf(options, "operator"));
  const where = conditionOf(optionOf(options, "where"), target.dialect);
  const method = (type === "FULLTEXT" || type === "SPATIAL" ? type : (knownText(optionOf(options, "using", "method")) ?? "btree")).toLowerCase();
  target.change(
    {
      change: "createIndex",
      table,
      index: {
        name: knownText(optionOf(options, "name", "indexName")) ?? indexName(table.name, given),
        unique: isOn(optionOf(options, "unique")) || type === "UNIQUE",
        method,
        parts: given.map((field) => ({ ...(operatorClass !== undefined && { operatorClass }), ...fieldOf(field, target.dialect) })),
        include: isGiven(optionOf(options, "include")) ? namesOf(optionOf(options, "include")) : [],
        ifNotExists: false,
        ...(where !== undefined && { where }),
      },
      span: spanOf(site),
    },
    site,
  );
}

/** `users_email`: as `inflection.underscore` writes table and fields. */
function indexName(table: string, fields: readonly CodeValue[]): string {
  const names = fields.map((field) => (field.kind === "object" ? nameOf(optionOf(field, "name", "attribute")) : nameOf(field)));
  return names.includes(HOLE) ? HOLE : underscore(`${table}_${names.join("_")}`);
}

function underscore(name: string): string {
  return name.replace(/::/gu, "/").replace(/([A-Z]+)([A-Z][a-z])/gu, "$1_$2").replace(/([a-z\d])([A-Z])/gu, "$1_$2").replace(/-/gu, "_").toLowerCase();
}

const SUFFIXES: Readonly<Record<string, string>> = { "unique": "uk", "primary key": "pk", "foreign key": "fk" };

function addConstraint({ target }: Context, table: TableName, fields: CodeValue | undefined, options: CodeValue | undefined, site: Site): void {
  const type = knownText(optionOf(options, "type"))?.toLowerCase();
  const given = listOf(fields);
  const names = given.map((field) => (field.kind === "object" ? nameOf(optionOf(field, "name", "attribute")) : nameOf(field)));
  const suffix = type === undefined ? undefined : SUFFIXES[type];
  const written = knownText(optionOf(options, "name")) ?? (suffix === undefined ? undefined : `${table.name}_${names.join("_")}_${suffix}`);
  const named = written === undefined ? {} : { name: written };
  switch (type) {
    case "unique":
    case "primary key":
      target.change({ change: "addConstraint", table, constraint: { kind: type === "unique" ? "unique" : "primary", ...named, parts: names.map((name) => ({ column: name })), span: spanOf(site) }, span: spanOf(site) }, site);
      return;
    case "foreign key": {
      const referred = optionOf(options, "references");
      target.change(
        { change: "addConstraint", table, constraint: { kind: "foreign", ...named, columns: names, table: tableOf(optionOf(referred, "table", "model"), ["tableName", "name"]), referenced: namesOf(optionOf(referred, "field", "fields", "key")), span: spanOf(site) }, span: spanOf(site) },
        site,
      );
      return;
    }
    case "check":
    case "default":
      return;
    default:
      target.lost(table, site);
  }
}
