/** node-pg-migrate (8 and 9): `pgm.createTable("t", { … })`. Default names: operations/indexes/shared.ts, operations/tables/shared.ts. */
import type { DdlColumn, DdlConstraint, DdlIndexPart, TableName } from "../../../sql/index.js";
import { column, dotted, listOf, partOf, quoted, receiver, spanOf, tableOf, words, writtenKeys, type Context, type Method } from "./library.js";
import { sqlOf } from "./target.js";
import { FROM_DATABASE, HOLE, isGiven, isOn, knownText, nameOf, namesOf, optionOf, text, truthOf, type CodeValue, type Origin, type Site } from "./values.js";

const HARMLESS = words(
  "createExtension dropExtension addExtension createType dropType addType addTypeValue addTypeAttribute dropTypeAttribute setTypeAttribute renameType renameTypeAttribute renameTypeValue createDomain dropDomain alterDomain renameDomain createSequence dropSequence alterSequence renameSequence createFunction dropFunction renameFunction createTrigger dropTrigger renameTrigger createPolicy dropPolicy alterPolicy renamePolicy createRole dropRole alterRole renameRole grantOnTables grantOnSchemas grantRoles revokeOnTables revokeOnSchemas revokeRoles createOperator dropOperator createOperatorClass dropOperatorClass renameOperatorClass createOperatorFamily dropOperatorFamily renameOperatorFamily addToOperatorFamily removeFromOperatorFamily createCast dropCast createSchema renameSchema noTransaction alterView alterViewColumn renameView alterMaterializedView renameMaterializedView renameMaterializedViewColumn refreshMaterializedView alterTable setTableOptions disableRowLevelSecurity enableRowLevelSecurity commentOn getSteps reverse isReversed",
);

const TYPES: Readonly<Record<string, string>> = { int: "integer", string: "text", float: "real", double: "double precision", datetime: "timestamp", bool: "boolean" };

/** The migration's `pgm`. */
export function pgmHandle(context: Context): CodeValue {
  const { target } = context;
  const nothing = (act: (args: readonly CodeValue[], site: Site) => void): Method => (args, site) => {
    act(args, site);
    return FROM_DATABASE;
  };
  const dropTable = nothing(([name], site) => target.change({ change: "dropTable", tables: [tableOf(name)], span: spanOf(site) }, site));
  const addColumns = nothing(([name, columns], site) => {
    const on = tableOf(name);
    const read = readColumns(context, columns, site);
    for (const made of read.columns) target.change({ change: "addColumn", table: on, column: made, span: spanOf(site) }, site);
    if (read.open) target.lost(on, site);
  });
  const dropColumns = nothing(([name, columns], site) => {
    const names = columns?.kind === "object" ? [...columns.entries.keys()] : namesOf(columns);
    for (const one of names) target.change({ change: "dropColumn", table: tableOf(name), column: one, span: spanOf(site) }, site);
  });
  const createIndex = nothing(([name, columns, options], site) => {
    const on = tableOf(name);
    const given = listOf(columns);
    const unique = isOn(optionOf(options, "unique"));
    const where = optionOf(options, "where");
    const operatorClass = knownText(optionOf(options, "opclass"));
    const condition = isGiven(where) ? (sqlOf(where) ?? HOLE) : undefined;
    const include = optionOf(options, "include");
    target.change(
      {
        change: "createIndex",
        table: on,
        index: {
          name: knownText(optionOf(options, "name")) ?? indexName(on, given, unique),
          unique,
          method: knownText(optionOf(options, "method")) ?? (isGiven(optionOf(options, "method")) ? HOLE : "btree"),
          parts: given.map((part) => ({ ...(operatorClass !== undefined && { operatorClass }), ...indexPart(part, target.dialect) })),
          include: isGiven(include) ? namesOf(include) : [],
          ifNotExists: isOn(optionOf(options, "ifNotExists")),
          ...(condition !== undefined && { where: condition }),
        },
        span: spanOf(site),
      },
      site,
    );
  });
  const addConstraint = nothing(([name, given, expression], site) => {
    const on = tableOf(name);
    const written = sqlOf(expression);
    const constraintName = knownText(given);
    if (written !== undefined) {
      const named = constraintName === undefined ? "" : `CONSTRAINT ${quoted(constraintName, target.dialect)} `;
      const here: Origin = () => ({ file: site.module.path, line: site.module.lineOf(site.node.range[0]), kind: "code" });
      const origin = (expression?.kind === "text" || expression?.kind === "sql" ? expression.origin : undefined) ?? here;
      const head = `ALTER TABLE ${tableSql(on, target.dialect)} ADD ${named}`;
      target.statements(text(head + written, (offset) => origin(Math.max(0, offset - head.length))), site);
      return;
    }
    const constraints = readConstraints(expression, on, constraintName, site);
    for (const constraint of constraints) target.change({ change: "addConstraint", table: on, constraint, span: spanOf(site) }, site);
    if (expression?.kind !== "object" || expression.open) target.lost(on, site);
  });
  const view = nothing(([name], site) => target.change({ change: "createView", table: tableOf(name), materialized: false, span: spanOf(site) }, site));
  const sql: Method = ([given, args], site) => {
    target.statements(templated(given, args), site);
    return FROM_DATABASE;
  };
  return receiver({
    name: "pgm",
    context,
    members: (name) => (name === "db" ? receiver({ name: "pgm.db", context, methods: { query: sql, select: () => FROM_DATABASE } }) : undefined),
    methods: {
      createTable: ([name, columns, options], site) => {
        const on = tableOf(name);
        const read = readColumns(context, columns, site);
        const constraints = [...read.constraints, ...readConstraints(optionOf(options, "constraints"), on, knownText(optionOf(options, "constraintName")), site)];
        const opaque = isGiven(optionOf(options, "like")) || isGiven(optionOf(options, "inherits"));
        target.change({ change: "createTable", table: on, columns: read.columns, constraints, ifNotExists: isOn(optionOf(options, "ifNotExists")), temporary: isOn(optionOf(options, "temporary")), span: spanOf(site), ...(opaque && { opaqueColumns: true }) }, site);
        if (read.open) target.lost(on, site);
        return FROM_DATABASE;
      },
      dropTable,
      dropView: dropTable,
      dropMaterializedView: dropTable,
      createView: view,
      createMaterializedView: view,
      renameTable: nothing(([from, to], site) => target.change({ change: "renameTable", table: tableOf(from), to: tableOf(to), span: spanOf(site) }, site)),
      addColumns,
      addColumn: addColumns,
      dropColumns,
      dropColumn: dropColumns,
      renameColumn: nothing(([name, from, to], site) => target.change({ change: "renameColumn", table: tableOf(name), column: nameOf(from), to: nameOf(to), span: spanOf(site) }, site)),
      alterColumn: nothing(([name, one, options], site) => {
        const type = knownText(optionOf(options, "type"));
        const notNull = optionOf(options, "notNull");
        const allow = optionOf(options, "allowNull");
        const nullable = notNull !== undefined ? truthOf(notNull) === false : allow === undefined ? undefined : truthOf(allow);
        target.change({ change: "alterColumn", table: tableOf(name), column: nameOf(one), ...(type !== undefined && { type: typeName(type) }), ...(nullable !== undefined && { nullable }), span: spanOf(site) }, site);
      }),
      createIndex,
      addIndex: createIndex,
      dropIndex: nothing(([name, columns, options], site) => {
        const on = tableOf(name);
        const written = knownText(optionOf(options, "name")) ?? indexName(on, listOf(columns), isOn(optionOf(options, "unique")));
        target.change({ change: "dropIndex", table: on, name: written, span: spanOf(site) }, site);
      }),
      addConstraint,
      createConstraint: addConstraint,
      dropConstraint: nothing(([name, given], site) => target.change({ change: "dropConstraint", table: tableOf(name), name: nameOf(given), span: spanOf(site) }, site)),
      renameConstraint: nothing(([name, from, to], site) => target.change({ change: "renameIndex", table: tableOf(name), name: nameOf(from), to: nameOf(to), span: spanOf(site) }, site)),
      sql,
      func: ([given]) => ({ kind: "sql", text: sqlOf(given) ?? HOLE }),
    },
    harmless: HARMLESS,
  });
}

function tableSql(on: TableName, dialect: Context["target"]["dialect"]): string {
  const name = on.name === HOLE ? HOLE : quoted(on.name, dialect);
  return on.schema === undefined ? name : `${quoted(on.schema, dialect)}.${name}`;
}

/** `pgm.sql("… {name} …", { name: "t" })` puts names in. */
function templated(given: CodeValue | undefined, args: CodeValue | undefined): CodeValue | undefined {
  const written = sqlOf(given);
  if (written === undefined || args?.kind !== "object") return given;
  return text(written.replace(/\{(\w+)\}/gu, (whole, key: string) => {
    const value = args.entries.get(key);
    return value === undefined ? whole : (sqlOf(value) ?? HOLE);
  }));
}

function typeName(type: string): string {
  return TYPES[type.toLowerCase()] ?? type;
}

interface ReadColumns {
  readonly columns: readonly DdlColumn[];
  readonly constraints: readonly DdlConstraint[];
  readonly open: boolean;
}

function readColumns(context: Context, given: CodeValue | undefined, site: Site): ReadColumns {
  if (given?.kind !== "object") return { columns: [], constraints: [], open: isGiven(given) };
  let { open } = given;
  const columns: DdlColumn[] = [];
  for (const [name, options] of given.entries) {
    const made = readColumn(context, name, options, site, 0);
    if (made === undefined) open = true;
    columns.push(made ?? column(site, name));
  }
  const keys = columns.filter((made) => made.primaryKey);
  if (keys.length < 2) return { columns, constraints: [], open };
  // Several columns with primaryKey are one key.
  return {
    columns: columns.map((made) => ({ ...made, primaryKey: false })),
    constraints: [{ kind: "primary", parts: keys.map((made) => ({ column: made.name })), span: spanOf(site) }],
    open,
  };
}

function readColumn(context: Context, name: string, options: CodeValue, site: Site, depth: number): DdlColumn | undefined {
  const { target, shorthands } = context;
  const written = knownText(options) ?? knownText(optionOf(options, "type"));
  const shorthand = written === undefined ? undefined : shorthands.get(written);
  if (shorthand !== undefined && depth < 5) {
    const base = readColumn(context, name, shorthand, site, depth + 1);
    if (base === undefined || options.kind !== "object") return base;
    return { ...base, ...given(options) };
  }
  if (written === "id") return { ...column(site, name, { type: "serial", primaryKey: true }), ...(options.kind === "object" ? given(options) : {}) };
  if (written === undefined && options.kind !== "object") return options.kind === "sql" ? column(site, name) : undefined;
  if (options.kind === "object" && options.open) return undefined;
  const referred = optionOf(options, "references");
  const references = isGiven(referred) ? referenceOf(referred, target.dialect) : undefined;
  const collation = knownText(optionOf(options, "collation"));
  return column(site, name, {
    type: written === undefined ? undefined : typeName(written),
    nullable: !isOn(optionOf(options, "notNull")),
    primaryKey: isOn(optionOf(options, "primaryKey")),
    unique: isOn(optionOf(options, "unique")),
    collation,
    ...(references !== undefined && { references }),
  });
}

/** What options beside a shorthand override. */
function given(options: CodeValue): Partial<DdlColumn> {
  const notNull = optionOf(options, "notNull");
  const unique = optionOf(options, "unique");
  const primaryKey = optionOf(options, "primaryKey");
  return {
    ...(notNull !== undefined && { nullable: !isOn(notNull) }),
    ...(unique !== undefined && { unique: isOn(unique) }),
    ...(primaryKey !== undefined && { primaryKey: isOn(primaryKey) }),
  };
}

/** `"users"`, `users(id)`, `{ schema, name }` */
function referenceOf(value: CodeValue, _dialect: Context["target"]["dialect"]): DdlColumn["references"] | undefined {
  if (value.kind === "object") return { table: tableOf(value), columns: [] };
  const written = sqlOf(value);
  if (written === undefined || written.includes(HOLE)) return undefined;
  const match = /^\s*([^(\s]+)\s*(?:\(([^)]*)\))?/u.exec(written);
  const name = (match?.[1] ?? written).replace(/"/gu, "");
  const columns = (match?.[2] ?? "").split(",").map((one) => one.trim().replace(/"/gu, "")).filter((one) => one !== "");
  return { table: dotted(name), columns };
}

function readConstraints(given: CodeValue | undefined, on: TableName, name: string | undefined, site: Site): readonly DdlConstraint[] {
  if (given?.kind !== "object") return [];
  const made: DdlConstraint[] = [];
  const span = spanOf(site);
  const named = name === undefined ? {} : { name };
  const primary = optionOf(given, "primaryKey");
  if (isGiven(primary)) made.push({ kind: "primary", name: name ?? `${on.name}_pkey`, parts: namesOf(primary).map((one) => ({ column: one })), span });
  const unique = optionOf(given, "unique");
  if (isGiven(unique)) {
    const isNested = unique.kind === "list" && unique.items.some((item) => item.kind === "list");
    for (const columns of isNested ? unique.items : [unique]) {
      const names = namesOf(columns);
      made.push({ kind: "unique", name: name ?? `${on.name}_uniq_${names.join("_")}`, parts: names.map((one) => ({ column: one })), span });
    }
  }
  for (const foreign of listOf(optionOf(given, "foreignKeys"))) {
    const referred = optionOf(foreign, "references");
    const reference = isGiven(referred) ? referenceOf(referred, undefined) : undefined;
    if (reference !== undefined) made.push({ kind: "foreign", ...named, columns: namesOf(optionOf(foreign, "columns")), table: reference.table, referenced: reference.columns, span });
  }
  return made;
}

function indexPart(value: CodeValue, dialect: Context["target"]["dialect"]): DdlIndexPart {
  if (value.kind !== "object") {
    const part = partOf(value, dialect);
    // `"lower(email)"`: what is no plain name is written as SQL.
    return part.column !== undefined && part.column !== HOLE && /[()\s]/u.test(part.column) ? (writtenKeys(part.column, dialect).parts[0] ?? part) : part;
  }
  const sort = knownText(optionOf(value, "sort"))?.toUpperCase();
  const opclass = optionOf(value, "opclass");
  const operatorClass = opclass?.kind === "object" ? knownText(optionOf(opclass, "name")) : knownText(opclass);
  const base = indexPart(optionOf(value, "name") ?? text(HOLE), dialect);
  return { ...base, ...(sort !== undefined && { descending: sort === "DESC" }), ...(operatorClass !== undefined && { operatorClass }) };
}

/** `users_email_index`, `users_email_unique_index` */
function indexName(on: TableName, columns: readonly CodeValue[], unique: boolean): string {
  const names = columns.map((one) => (one.kind === "object" ? nameOf(optionOf(one, "name")) : nameOf(one)));
  if (names.includes(HOLE)) return HOLE;
  return [on.name, ...names.map((name) => name.replace(/\W+/gu, "_")), ...(unique ? ["unique"] : []), "index"].join("_");
}
