/**
 * TypeORM migrations (typeorm 0.3 and 1.x, `QueryRunner`): `query(sql)` and the methods over `Table`, `TableColumn`,
 * `TableIndex` and the like. Names that it makes itself: DefaultNamingStrategy.
 */
import { createHash } from "node:crypto";
import type { DdlColumn, DdlConstraint, DdlIndex, TableName } from "../../../sql/index.js";
import type { Understood } from "../replay.js";
import { column, dotted, follow, hasColumn, hasTable, listOf, receiver, spanOf, tableOf, words, type Context, type Method } from "./library.js";
import { FROM_DATABASE, HOLE, isGiven, isOn, knownText, list, nameOf, namesOf, NOTHING, object, optionOf, text, type CodeValue, type ObjectValue, type Site } from "./values.js";

const HARMLESS = words(
  "startTransaction commitTransaction rollbackTransaction release connect createDatabase dropDatabase createSchema dropSchema clearTable clearDatabase createCheckConstraint createCheckConstraints dropCheckConstraint dropCheckConstraints createExclusionConstraint createExclusionConstraints dropExclusionConstraint dropExclusionConstraints changeTableComment getTables getViews getView getDatabases getSchemas hasDatabase hasSchema stream enableSqlMemory disableSqlMemory clearSqlMemory getMemorySql executeMemoryUpSql getCurrentDatabase getCurrentSchema",
);

function hashed(prefix: string, length: number, table: TableName, columns: readonly string[], where?: string): string {
  const name = table.schema === undefined ? table.name : `${table.schema}.${table.name}`;
  const key = `${name.replace(".", "_")}_${[...columns].sort().join("_")}${where === undefined ? "" : `_${where}`}`;
  return prefix + createHash("sha1").update(key).digest("hex").slice(0, length);
}

/** The migration's `queryRunner`. */
export function typeormHandle(context: Context): CodeValue {
  const { target } = context;
  const table = (value: CodeValue | undefined): TableName => tableOf(value, ["name"], true);
  const nothing = (act: (args: readonly CodeValue[], site: Site) => void): Method => (args, site) => {
    act(args, site);
    return FROM_DATABASE;
  };
  const change = (made: Understood, site: Site): void => target.change(made, site);
  const dropNamed = (kind: "dropIndex" | "dropConstraint"): Method =>
    nothing(([on, given], site) => {
      for (const one of listOf(given)) change({ change: kind, table: table(on), name: one.kind === "object" ? (knownText(optionOf(one, "name")) ?? madeName(context, table(on), one)) : nameOf(one), span: spanOf(site) }, site);
    });
  const createIndexes = nothing(([on, given], site) => {
    for (const one of listOf(given)) change({ change: "createIndex", table: table(on), index: indexOf(table(on), one), span: spanOf(site) }, site);
  });
  const constrain =
    (read: (on: TableName, one: CodeValue, site: Site) => DdlConstraint): Method =>
    nothing(([on, given], site) => {
      for (const one of listOf(given)) change({ change: "addConstraint", table: table(on), constraint: read(table(on), one, site), span: spanOf(site) }, site);
    });
  const addColumns = nothing(([on, given], site) => {
    for (const one of listOf(given)) addColumn(context, table(on), one, site);
  });
  const dropColumns = nothing(([on, given], site) => {
    for (const one of listOf(given)) change({ change: "dropColumn", table: table(on), column: one.kind === "object" ? nameOf(optionOf(one, "name")) : nameOf(one), span: spanOf(site) }, site);
  });
  const changeColumn = (on: TableName, before: CodeValue | undefined, after: CodeValue | undefined, site: Site): void => {
    const from = before?.kind === "object" ? nameOf(optionOf(before, "name")) : nameOf(before);
    const made = columnOf(after, site);
    if (made.name === HOLE || from === HOLE) {
      target.lost(on, site);
      return;
    }
    if (made.name !== from) change({ change: "renameColumn", table: on, column: from, to: made.name, span: spanOf(site) }, site);
    change({ change: "alterColumn", table: on, column: made.name, nullable: made.nullable, ...(made.type !== undefined && { type: made.type }), span: spanOf(site) }, site);
    if (made.unique) change({ change: "addConstraint", table: on, constraint: { kind: "unique", name: hashed("UQ_", 27, on, [made.name]), parts: [{ column: made.name }], span: spanOf(site) }, span: spanOf(site) }, site);
  };
  const setPrimary = nothing(([on, given], site) => {
    const names = listOf(given).map((one) => (one.kind === "object" ? nameOf(optionOf(one, "name")) : nameOf(one)));
    change({ change: "addConstraint", table: table(on), constraint: { kind: "primary", parts: names.map((name) => ({ column: name })), span: spanOf(site) }, span: spanOf(site) }, site);
  });
  const query: Method = ([sql], site) => {
    target.statements(sql, site);
    return FROM_DATABASE;
  };
  const engine = (): ObjectValue => object([["options", object([["type", { kind: "dialect" }]], true)], ["driver", object([["options", object([["type", { kind: "dialect" }]], true)]], true)]], true);
  const handle: CodeValue = receiver({
    name: "queryRunner",
    context,
    members: (name) => {
      if (name === "connection" || name === "dataSource") return withQuery(engine());
      return name === "manager" ? withQuery(object([["connection", engine()]], true)) : undefined;
    },
    methods: {
      query,
      sql: query,
      createTable: ([given, ifNotExists], site) => {
        createTable(context, table(given), given, isOn(ifNotExists), site);
        return FROM_DATABASE;
      },
      dropTable: nothing(([given], site) => change({ change: "dropTable", tables: [table(given)], span: spanOf(site) }, site)),
      dropView: nothing(([given], site) => change({ change: "dropTable", tables: [table(given)], span: spanOf(site) }, site)),
      createView: nothing(([given], site) => change({ change: "createView", table: table(given), materialized: false, span: spanOf(site) }, site)),
      renameTable: nothing(([from, to], site) => change({ change: "renameTable", table: table(from), to: dotted(nameOf(to), table(from).schema), span: spanOf(site) }, site)),
      addColumn: addColumns,
      addColumns,
      dropColumn: dropColumns,
      dropColumns,
      renameColumn: nothing(([on, from, to], site) => {
        const before = from?.kind === "object" ? nameOf(optionOf(from, "name")) : nameOf(from);
        if (to?.kind === "object") changeColumn(table(on), from, to, site);
        else change({ change: "renameColumn", table: table(on), column: before, to: nameOf(to), span: spanOf(site) }, site);
      }),
      changeColumn: nothing(([on, before, after], site) => changeColumn(table(on), before, after, site)),
      changeColumns: nothing(([on, given], site) => {
        for (const one of listOf(given)) changeColumn(table(on), optionOf(one, "oldColumn"), optionOf(one, "newColumn"), site);
      }),
      createPrimaryKey: setPrimary,
      updatePrimaryKeys: setPrimary,
      dropPrimaryKey: nothing(([on], site) => {
        const found = target.table(table(on))?.indexes.find((index) => index.kind === "primary");
        change({ change: "dropConstraint", table: table(on), name: found?.name ?? "PRIMARY", span: spanOf(site) }, site);
      }),
      createIndex: createIndexes,
      createIndices: createIndexes,
      dropIndex: dropNamed("dropIndex"),
      dropIndices: dropNamed("dropIndex"),
      createUniqueConstraint: constrain(uniqueOf),
      createUniqueConstraints: constrain(uniqueOf),
      dropUniqueConstraint: dropNamed("dropConstraint"),
      dropUniqueConstraints: dropNamed("dropConstraint"),
      createForeignKey: constrain(foreignOf),
      createForeignKeys: constrain(foreignOf),
      dropForeignKey: dropNamed("dropConstraint"),
      dropForeignKeys: dropNamed("dropConstraint"),
      hasTable: ([name]) => hasTable(context, table(name)),
      hasColumn: ([on, name]) => hasColumn(context, table(on), nameOf(name)),
      getTable: ([name]) => described(context, table(name)),
    },
    harmless: HARMLESS,
  });
  /** An object beside the runner that sends SQL as well: `queryRunner.manager.query(…)`. */
  const withQuery = (shape: ObjectValue): CodeValue => {
    return receiver({
      name: "manager",
      context,
      members: (name) => shape.entries.get(name) ?? (name === "queryRunner" ? handle : undefined),
      methods: { query, transaction: (args, site) => follow(context, args, site, [withQuery(shape)]), createQueryRunner: () => handle },
      otherwise: (_, args, site) => {
        follow(context, args, site);
        return FROM_DATABASE;
      },
    });
  };
  return handle;
}

/** The table as a program can ask about it. */
function described({ target }: Context, name: TableName): CodeValue {
  const found = name.name === HOLE ? undefined : target.table(name);
  if (found === undefined || found.uncertain !== undefined) return { kind: "unknown", source: "database", mentions: [name.name] };
  const named = (names: readonly string[]): CodeValue => list(names.map((one) => text(one)));
  const keys = found.foreignKeys.map((key) => object([["columnNames", named(key.columns)], ["referencedTableName", text(key.referencedTable)], ["referencedColumnNames", named(key.referencedColumns)], ["name", FROM_DATABASE]]));
  const indexes = found.indexes.map((index) => object([["name", text(index.name ?? "")], ["columnNames", named(index.parts.map((part) => part.column ?? ""))], ["isUnique", { kind: "constant", value: index.kind !== "index" }]]));
  return object([
    ["name", text(name.schema === undefined ? name.name : `${name.schema}.${name.name}`)],
    ["columns", list(found.columns.map((one) => object([["name", text(one.name)]], true)))],
    ["foreignKeys", list(keys)],
    ["indices", list(indexes)],
    ["uniques", list(indexes)],
    ["findColumnByName", { kind: "native", run: ([wanted]) => (found.columns.some((one) => one.name === knownText(wanted)) ? object([["name", wanted ?? NOTHING]], true) : FROM_DATABASE) }],
  ], true);
}

function typeOf(value: CodeValue | undefined, isArray: boolean): string | undefined {
  const written = knownText(value);
  return written === undefined ? undefined : isArray ? `${written}[]` : written;
}

function columnOf(given: CodeValue | undefined, site: Site): DdlColumn {
  const name = nameOf(optionOf(given, "name"));
  return column(site, name, {
    type: typeOf(optionOf(given, "type"), isOn(optionOf(given, "isArray"))),
    nullable: isOn(optionOf(given, "isNullable")),
    primaryKey: isOn(optionOf(given, "isPrimary")),
    unique: isOn(optionOf(given, "isUnique")),
    collation: knownText(optionOf(given, "collation")),
  });
}

function addColumn({ target }: Context, on: TableName, given: CodeValue, site: Site): void {
  const made = columnOf(given, site);
  target.change({ change: "addColumn", table: on, column: { ...made, unique: false, primaryKey: false }, span: spanOf(site) }, site);
  const parts = [{ column: made.name }];
  if (made.unique) target.change({ change: "addConstraint", table: on, constraint: { kind: "unique", name: hashed("UQ_", 27, on, [made.name]), parts, span: spanOf(site) }, span: spanOf(site) }, site);
  if (made.primaryKey) target.change({ change: "addConstraint", table: on, constraint: { kind: "primary", parts, span: spanOf(site) }, span: spanOf(site) }, site);
}

function createTable({ target }: Context, on: TableName, given: CodeValue | undefined, ifNotExists: boolean, site: Site): void {
  const columns = listOf(optionOf(given, "columns")).map((one) => columnOf(one, site));
  const constraints: DdlConstraint[] = [];
  const keys = columns.filter((one) => one.primaryKey).map((one) => ({ column: one.name }));
  if (keys.length > 0) constraints.push({ kind: "primary", name: hashed("PK_", 27, on, keys.map((key) => key.column)), parts: keys, span: spanOf(site) });
  for (const one of columns) if (one.unique) constraints.push({ kind: "unique", name: hashed("UQ_", 27, on, [one.name]), parts: [{ column: one.name }], span: spanOf(site) });
  for (const one of listOf(optionOf(given, "uniques"))) constraints.push(uniqueOf(on, one, site));
  for (const one of listOf(optionOf(given, "foreignKeys"))) constraints.push(foreignOf(on, one, site));
  const plain = columns.map((one) => ({ ...one, primaryKey: false, unique: false, nullable: one.nullable && !one.primaryKey }));
  target.change({ change: "createTable", table: on, columns: plain, constraints, ifNotExists, temporary: false, span: spanOf(site) }, site);
  for (const one of listOf(optionOf(given, "indices", "indexes"))) target.change({ change: "createIndex", table: on, index: indexOf(on, one), span: spanOf(site) }, site);
  if (given?.kind !== "object" || given.open) target.lost(on, site);
}

function indexOf(on: TableName, given: CodeValue): DdlIndex {
  const columns = isGiven(optionOf(given, "columnNames")) ? namesOf(optionOf(given, "columnNames")) : [HOLE];
  const where = knownText(optionOf(given, "where"));
  const isKnownWhere = where !== undefined || !isGiven(optionOf(given, "where"));
  const method = isOn(optionOf(given, "isFulltext")) ? "fulltext" : isOn(optionOf(given, "isSpatial")) ? "spatial" : (knownText(optionOf(given, "type")) ?? "btree");
  return {
    name: knownText(optionOf(given, "name")) ?? hashed("IDX_", 26, on, columns, where),
    unique: isOn(optionOf(given, "isUnique")),
    method: method.toLowerCase(),
    parts: columns.map((name) => ({ column: name })),
    include: [],
    ifNotExists: false,
    ...(where !== undefined && where !== "" && { where }),
    ...(!isKnownWhere && { where: HOLE }),
  };
}

/** The name of an index or a key that is given as an object without one. */
function madeName({ target }: Context, on: TableName, given: CodeValue): string {
  const columns = isGiven(optionOf(given, "columnNames")) ? namesOf(optionOf(given, "columnNames")) : [HOLE];
  if (columns.includes(HOLE)) return HOLE;
  const made = given.kind === "object" ? given.made : undefined;
  // A foreign key that was looked up among those of the table.
  if (made === "TableForeignKey" || optionOf(given, "referencedTableName") !== undefined) return target.replay.nameOfForeignKey(on, columns) ?? HOLE;
  return made === "TableUnique" ? hashed("UQ_", 27, on, columns) : hashed("IDX_", 26, on, columns);
}

function uniqueOf(on: TableName, given: CodeValue, site: Site): DdlConstraint {
  const columns = isGiven(optionOf(given, "columnNames")) ? namesOf(optionOf(given, "columnNames")) : [HOLE];
  return { kind: "unique", name: knownText(optionOf(given, "name")) ?? hashed("UQ_", 27, on, columns), parts: columns.map((name) => ({ column: name })), span: spanOf(site) };
}

function foreignOf(_on: TableName, given: CodeValue, site: Site): DdlConstraint {
  const name = knownText(optionOf(given, "name"));
  return {
    kind: "foreign",
    ...(name !== undefined && { name }),
    columns: namesOf(optionOf(given, "columnNames")),
    table: dotted(nameOf(optionOf(given, "referencedTableName"))),
    referenced: namesOf(optionOf(given, "referencedColumnNames")),
    span: spanOf(site),
  };
}
