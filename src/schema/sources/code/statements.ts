/** Migrations that are SQL in the main: MikroORM's `this.addSql`, db-migrate, slonik's pool, a driver's connection. */
import type { DdlColumn, DdlConstraint, TableName } from "../../../sql/index.js";
import { column, follow, listOf, partOf, receiver, spanOf, tableOf, words, type Context, type Method } from "./library.js";
import { FROM_DATABASE, isGiven, isOn, knownText, nameOf, namesOf, NOTHING, optionOf, type CodeValue, type Receiver, type Site } from "./values.js";

/** Methods by which objects of all kinds send SQL. */
const SENDING = words("query execute exec raw sql run runSql addSql unsafe any many one maybeOne none oneOrNone manyOrNone exists anyFirst oneFirst manyFirst maybeOneFirst executeSql $executeRaw $executeRawUnsafe $queryRaw $queryRawUnsafe all get");

/** What a migration class inherits from MikroORM's `Migration`. */
export function mikroBase(context: Context, knex: () => CodeValue): Receiver {
  const send: Method = ([sql], site) => {
    context.target.statements(sql, site);
    return FROM_DATABASE;
  };
  return receiver({
    name: "migration",
    context,
    members: (name) => (name === "driver" || name === "config" || name === "ctx" ? FROM_DATABASE : undefined),
    methods: { addSql: send, execute: send, getKnex: knex, getKysely: () => FROM_DATABASE, getEntityManager: () => driver(context) },
    harmless: words("getQueries reset setTransactionContext isTransactional up down"),
  }).receiver;
}

/** A connection, a pool or a transaction that takes SQL. */
export function driver(context: Context): CodeValue {
  const handle: CodeValue = receiver({
    name: "connection",
    context,
    methods: {},
    members: (name) => (["context", "client", "connection", "db", "pool", "trx", "tx"].includes(name) ? handle : undefined),
    otherwise: (name, args, site) => {
      const [first] = args;
      if (name === "" && first?.kind !== "sql") return FROM_DATABASE;
      if ((name === "" || SENDING.has(name)) && first !== undefined) context.target.statements(first.kind === "object" ? (optionOf(first, "sql", "text", "query") ?? first) : first, site);
      else if (name === "prepare" && first !== undefined) return statement(context, first);
      const last = follow(context, args.filter((arg) => arg.kind === "function"), site, [handle, handle]);
      return name === "getConnection" || name === "getKnex" ? handle : last;
    },
  });
  return handle;
}

/** `db.prepare(sql).run()` */
function statement(context: Context, sql: CodeValue): CodeValue {
  return receiver({
    name: "statement",
    context,
    methods: {},
    otherwise: (name, _, site) => {
      if (SENDING.has(name)) context.target.statements(sql, site);
      return FROM_DATABASE;
    },
  });
}

/** db-migrate's `db` (db-migrate 0.11, base interface): the last argument may be a callback. */
export function dbMigrateHandle(context: Context): CodeValue {
  const { target } = context;
  const table = (value: CodeValue | undefined): TableName => tableOf(value);
  const then =
    (act: (args: readonly CodeValue[], site: Site) => void): Method =>
    (args, site) => {
      const callback = args.at(-1);
      const isCallback = callback?.kind === "function" || callback?.kind === "native";
      act(isCallback ? args.slice(0, -1) : args, site);
      return isCallback ? context.machine.invoke(callback, [NOTHING, FROM_DATABASE], site) : FROM_DATABASE;
    };
  const runSql = then(([sql], site) => target.statements(sql, site));
  const handle: CodeValue = receiver({
    name: "db",
    context,
    methods: {
      runSql,
      all: runSql,
      // Sends it to the database as it is.
      _run: runSql,
      createTable: then(([name, given], site) => {
        const columns = given?.kind === "object" && optionOf(given, "columns")?.kind === "object" ? optionOf(given, "columns") : given;
        const made: DdlColumn[] = [];
        const constraints: DdlConstraint[] = [];
        if (columns?.kind === "object") for (const [key, spec] of columns.entries) made.push(columnOf(key, spec, site));
        const keys = made.filter((one) => one.primaryKey);
        if (keys.length > 1) constraints.push({ kind: "primary", parts: keys.map((one) => ({ column: one.name })), span: spanOf(site) });
        const plain = keys.length > 1 ? made.map((one) => ({ ...one, primaryKey: false })) : made;
        target.change({ change: "createTable", table: table(name), columns: plain, constraints, ifNotExists: isOn(optionOf(given, "ifNotExists")), temporary: false, span: spanOf(site) }, site);
        if (columns?.kind !== "object" || columns.open) target.lost(table(name), site);
      }),
      dropTable: then(([name], site) => target.change({ change: "dropTable", tables: [table(name)], span: spanOf(site) }, site)),
      renameTable: then(([from, to], site) => target.change({ change: "renameTable", table: table(from), to: table(to), span: spanOf(site) }, site)),
      addColumn: then(([name, key, spec], site) => target.change({ change: "addColumn", table: table(name), column: columnOf(nameOf(key), spec ?? NOTHING, site), span: spanOf(site) }, site)),
      removeColumn: then(([name, key], site) => target.change({ change: "dropColumn", table: table(name), column: nameOf(key), span: spanOf(site) }, site)),
      renameColumn: then(([name, from, to], site) => target.change({ change: "renameColumn", table: table(name), column: nameOf(from), to: nameOf(to), span: spanOf(site) }, site)),
      changeColumn: then(([name, key, spec], site) => {
        const made = columnOf(nameOf(key), spec ?? NOTHING, site);
        target.change({ change: "alterColumn", table: table(name), column: made.name, nullable: made.nullable, ...(made.type !== undefined && { type: made.type }), span: spanOf(site) }, site);
        if (made.unique) target.change({ change: "addConstraint", table: table(name), constraint: { kind: "unique", parts: [{ column: made.name }], span: spanOf(site) }, span: spanOf(site) }, site);
      }),
      addIndex: then(([name, index, columns, unique], site) =>
        target.change({ change: "createIndex", table: table(name), index: { name: nameOf(index), unique: isOn(unique), method: "btree", parts: listOf(columns).map((part) => partOf(part, target.dialect)), include: [], ifNotExists: false }, span: spanOf(site) }, site),
      ),
      removeIndex: then(([first, second], site) => target.change({ change: "dropIndex", ...(second !== undefined && { table: table(first) }), name: nameOf(second ?? first), span: spanOf(site) }, site)),
      addForeignKey: then(([name, other, key, mapping], site) => {
        const columns = mapping?.kind === "object" ? [...mapping.entries.keys()] : [];
        const referenced = mapping?.kind === "object" ? [...mapping.entries.values()].map(nameOf) : [];
        target.change({ change: "addConstraint", table: table(name), constraint: { kind: "foreign", name: nameOf(key), columns, table: table(other), referenced, span: spanOf(site) }, span: spanOf(site) }, site);
      }),
      removeForeignKey: then(([name, key], site) => target.change({ change: "dropConstraint", table: table(name), name: nameOf(key), span: spanOf(site) }, site)),
      addPrimaryKey: then(([name, columns], site) =>
        target.change({ change: "addConstraint", table: table(name), constraint: { kind: "primary", parts: namesOf(columns).map((one) => ({ column: one })), span: spanOf(site) }, span: spanOf(site) }, site),
      ),
    },
    // Everything else reads or writes rows, or the tool's own table.
    otherwise: (_, args, site) => {
      follow(context, args, site, [NOTHING, FROM_DATABASE]);
      return FROM_DATABASE;
    },
  });
  return handle;
}

function columnOf(key: string, spec: CodeValue, site: Site): DdlColumn {
  const type = knownText(spec) ?? knownText(optionOf(spec, "type"));
  const referred = optionOf(spec, "foreignKey");
  return column(site, key, {
    type: type === "string" ? "varchar" : type === "datetime" ? "timestamp" : type,
    nullable: !isOn(optionOf(spec, "notNull")),
    primaryKey: isOn(optionOf(spec, "primaryKey")),
    unique: isOn(optionOf(spec, "unique")),
    ...(isGiven(referred) && { references: { table: tableOf(optionOf(referred, "table")), columns: optionOf(referred, "mapping")?.kind === "text" ? namesOf(optionOf(referred, "mapping")) : [] } }),
  });
}

