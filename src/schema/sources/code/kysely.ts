/** Kysely migrations (kysely 0.29, schema module): builders that take effect with `execute()`. */
import type { DdlConstraint, DdlIndexPart, TableName } from "../../../sql/index.js";
import type { Understood } from "../replay.js";
import { column, conditionOf, directedPart, dotted, follow, listOf, literalOf, partOf, quoted, receiver, spanOf, words, writtenKeys, type Context, type Method } from "./library.js";
import { sqlOf, type Target } from "./target.js";
import { FROM_DATABASE, HOLE, isGiven, knownText, nameOf, namesOf, NOTHING, type CodeValue, type Site } from "./values.js";

const COLUMN_HARMLESS = words("autoIncrement onDelete onUpdate unsigned defaultTo check generatedAlwaysAs generatedAlwaysAsIdentity generatedByDefaultAsIdentity stored modifyFront modifyEnd $call nullsNotDistinct ifNotExists identity deferrable notDeferrable initiallyDeferred initiallyImmediate");
const BUILDER_HARMLESS = words("ifNotExists ifExists cascade onCommit modifyFront modifyEnd addCheckConstraint nullsNotDistinct $call $narrowType concurrently renameConstraint orReplace temporary materialized columns as asEnum withData");
const SCHEMA_HARMLESS = words("createSchema dropSchema createType dropType withPlugin withoutPlugins refreshMaterializedView");

/** The migration's `db`, and a transaction of it. */
export function kyselyHandle(context: Context): CodeValue {
  const handle: CodeValue = receiver({
    name: "db",
    context,
    members: (name) => {
      if (name === "schema") return schemaModule(context, undefined);
      // `db.dynamic.ref("a")` in a tagged template is a name.
      return name === "dynamic" || name === "fn" ? receiver({ name: `db.${name}`, context, methods: {}, otherwise: (called, args) => sqlHelper(called, args, context.target) ?? FROM_DATABASE }) : undefined;
    },
    methods: {
      withSchema: ([name]) => receiver({ name: "db", context, members: (member) => (member === "schema" ? schemaModule(context, knownText(name)) : undefined), methods: {}, otherwise: () => FROM_DATABASE }),
      withPlugin: () => handle,
      withoutPlugins: () => handle,
      transaction: () => receiver({ name: "db.transaction", context, methods: { execute: (args, site) => follow(context, args, site, [handle]) }, otherwise: () => handle }),
      connection: () => receiver({ name: "db.connection", context, methods: { execute: (args, site) => follow(context, args, site, [handle]) } }),
      executeQuery: ([query], site) => {
        if (query?.kind === "sql" || query?.kind === "text") context.target.statements(query, site);
        return FROM_DATABASE;
      },
    },
    otherwise: (_, args, site) => {
      follow(context, args, site);
      return FROM_DATABASE;
    },
  });
  return handle;
}

function schemaModule(context: Context, schema: string | undefined): CodeValue {
  const { target } = context;
  const table = (value: CodeValue | undefined): TableName => dotted(value?.kind === "sql" ? value.text.replace(/["`]/gu, "") : nameOf(value), schema);
  const drop: Method = ([name]) => simple(context, (site) => target.change({ change: "dropTable", tables: [table(name)], span: spanOf(site) }, site));
  const view: Method = ([name]) => simple(context, (site) => target.change({ change: "createView", table: table(name), materialized: false, span: spanOf(site) }, site));
  return receiver({
    name: "db.schema",
    context,
    methods: {
      createTable: ([name]) => tableBuilder(context, table(name), true),
      alterTable: ([name]) => tableBuilder(context, table(name), false),
      dropTable: drop,
      dropView: drop,
      createView: view,
      createIndex: ([name]) => indexBuilder(context, nameOf(name), table),
      dropIndex: ([name]) => dropIndex(context, nameOf(name), table),
      withSchema: ([name]) => schemaModule(context, knownText(name)),
    },
    harmless: SCHEMA_HARMLESS,
  });
}

/** A builder whose one effect comes with `execute()`. */
function simple(context: Context, run: (site: Site) => void): CodeValue {
  const own: CodeValue = receiver({
    name: "builder",
    context,
    methods: {
      execute: (_, site) => {
        run(site);
        return NOTHING;
      },
    },
    otherwise: () => own,
  });
  return own;
}

interface ColumnState {
  nullable: boolean;
  primaryKey: boolean;
  unique: boolean;
  references: { readonly table: TableName; readonly columns: readonly string[] } | undefined;
  lost: boolean;
}

/** What the callback of a column states: `(col) => col.primaryKey().references("users.id")`. */
function columnState(context: Context, build: CodeValue | undefined, site: Site): ColumnState {
  const state: ColumnState = { nullable: true, primaryKey: false, unique: false, references: undefined, lost: false };
  if (!isGiven(build)) return state;
  if (build.kind !== "function" && build.kind !== "native") return { ...state, lost: true };
  const chained = (act: Method): Method => (args, at) => {
    act(args, at);
    return own;
  };
  const own: CodeValue = receiver({
    name: "column",
    context,
    methods: {
      notNull: chained(() => void (state.nullable = false)),
      primaryKey: chained(() => void (state.primaryKey = true)),
      unique: chained(() => void (state.unique = true)),
      references: chained(([given]) => {
        const written = nameOf(given);
        const dot = written.lastIndexOf(".");
        if (dot > 0) state.references = { table: dotted(written.slice(0, dot)), columns: [written.slice(dot + 1)] };
      }),
    },
    otherwise: (name) => {
      if (!COLUMN_HARMLESS.has(name)) state.lost = true;
      return own;
    },
  });
  context.machine.invoke(build, [own], site);
  return state;
}

function typeOf(value: CodeValue | undefined): string | undefined {
  const written = sqlOf(value);
  return written === undefined || written.includes(HOLE) ? undefined : written;
}

function tableBuilder(context: Context, table: TableName, creates: boolean): CodeValue {
  const { target } = context;
  const changes: { readonly change: Understood; readonly site: Site }[] = [];
  const columns: Parameters<typeof column>[] = [];
  const constraints: DdlConstraint[] = [];
  const lost: Site[] = [];
  const flags = { ifNotExists: false, temporary: false, opaque: false };
  const chained = (act: Method): Method => (args, site) => {
    act(args, site);
    return own;
  };
  const alter = (change: Understood, site: Site): void => void changes.push({ change, site });
  const constrain = (constraint: DdlConstraint, site: Site): void => {
    if (creates) constraints.push(constraint);
    else alter({ change: "addConstraint", table, constraint, span: spanOf(site) }, site);
  };
  const keyed = (kind: "primary" | "unique"): Method =>
    chained(([name, given], site) => {
      constrain({ kind, ...named(name), parts: listOf(given).map((part) => partOf(part, target.dialect)), span: spanOf(site) }, site);
      return undefined;
    });
  const own: CodeValue = receiver({
    name: "table",
    context,
    methods: {
      ifNotExists: chained(() => void (flags.ifNotExists = true)),
      temporary: chained(() => void (flags.temporary = true)),
      as: chained(() => void (flags.opaque = true)),
      addColumn: chained(([name, type, build], site) => {
        const { lost: isLost, ...state } = columnState(context, build, site);
        if (isLost) lost.push(site);
        const { references, ...rest } = state;
        const made = { type: typeOf(type), ...rest, ...(references !== undefined && { references }) };
        if (creates) columns.push([site, nameOf(name), made]);
        else alter({ change: "addColumn", table, column: column(site, nameOf(name), made), span: spanOf(site) }, site);
        return undefined;
      }),
      modifyColumn: chained(([name, type, build], site) => {
        const state = columnState(context, build, site);
        const written = typeOf(type);
        alter({ change: "alterColumn", table, column: nameOf(name), nullable: state.nullable, ...(written !== undefined && { type: written }), span: spanOf(site) }, site);
        return undefined;
      }),
      alterColumn: chained(([name, build], site) => {
        alterColumn(context, build, site, (more) => alter({ change: "alterColumn", table, column: nameOf(name), ...more, span: spanOf(site) }, site));
        return undefined;
      }),
      dropColumn: chained(([name], site) => alter({ change: "dropColumn", table, column: nameOf(name), span: spanOf(site) }, site) as undefined),
      renameColumn: chained(([from, to], site) => alter({ change: "renameColumn", table, column: nameOf(from), to: nameOf(to), span: spanOf(site) }, site) as undefined),
      renameTo: chained(([to], site) => alter({ change: "renameTable", table, to: dotted(nameOf(to), table.schema), span: spanOf(site) }, site) as undefined),
      setSchema: chained(([schema], site) => alter({ change: "renameTable", table, to: { name: table.name, schema: nameOf(schema) }, span: spanOf(site) }, site) as undefined),
      addPrimaryKeyConstraint: keyed("primary"),
      addUniqueConstraint: keyed("unique"),
      addForeignKeyConstraint: chained(([name, own, other, referenced], site) => {
        constrain({ kind: "foreign", ...named(name), columns: namesOf(own), table: dotted(nameOf(other)), referenced: namesOf(referenced), span: spanOf(site) }, site);
        return undefined;
      }),
      dropConstraint: chained(([name], site) => alter({ change: "dropConstraint", table, name: nameOf(name), span: spanOf(site) }, site) as undefined),
      dropIndex: chained(([name], site) => alter({ change: "dropIndex", table, name: nameOf(name), span: spanOf(site) }, site) as undefined),
      addIndex: ([name], site) => {
        const state: IndexState = { unique: false, method: "btree", parts: [], where: undefined, ifNotExists: false };
        const index: CodeValue = indexMethods(context, state, own, () => undefined);
        alter({ change: "createIndex", table, index: { name: nameOf(name), include: [], get unique() { return state.unique; }, get method() { return state.method; }, get parts() { return state.parts; }, ifNotExists: false }, span: spanOf(site) }, site);
        return index;
      },
      execute: (_, site) => {
        if (creates) {
          const made = columns.map((given) => column(...given));
          target.change({ change: "createTable", table, columns: made, constraints, ifNotExists: flags.ifNotExists, temporary: flags.temporary, span: spanOf(site), ...(flags.opaque && { opaqueColumns: true }) }, columns[0]?.[0] ?? site);
        }
        for (const { change, site: at } of changes) target.change(change, at);
        for (const at of lost) target.lost(table, at);
        return NOTHING;
      },
    },
    otherwise: (name, args, site) => {
      if (name === "$call" && args[0] !== undefined) return context.machine.invoke(args[0], [own], site);
      if (!BUILDER_HARMLESS.has(name)) lost.push(site);
      return own;
    },
  });
  return own;
}

function named(name: CodeValue | undefined): { readonly name?: string } {
  const written = knownText(name);
  return written === undefined ? {} : { name: written };
}

function alterColumn(context: Context, build: CodeValue | undefined, site: Site, act: (more: { readonly type?: string; readonly nullable?: boolean }) => void): void {
  const own: CodeValue = receiver({
    name: "column",
    context,
    methods: {
      setDataType: ([type]) => {
        const written = typeOf(type);
        if (written !== undefined) act({ type: written });
        return own;
      },
      setNotNull: () => {
        act({ nullable: false });
        return own;
      },
      dropNotNull: () => {
        act({ nullable: true });
        return own;
      },
    },
    otherwise: () => own,
  });
  if (build !== undefined) context.machine.invoke(build, [own], site);
}

interface IndexState {
  unique: boolean;
  method: string;
  parts: DdlIndexPart[];
  where: string | undefined;
  ifNotExists: boolean;
}

function indexMethods(context: Context, state: IndexState, outer: CodeValue | undefined, execute: (site: Site) => void, on?: (table: CodeValue | undefined) => void): CodeValue {
  const { target } = context;
  const chained = (act: Method): Method => (args, site) => {
    act(args, site);
    return own;
  };
  const parts = chained((args) => {
    state.parts.push(...args.flatMap((arg) => listOf(arg)).map((part) => directedPart(part, target.dialect)));
    return undefined;
  });
  const own: CodeValue = receiver({
    name: "index",
    context,
    methods: {
      on: chained(([table]) => on?.(table) as undefined),
      column: parts,
      columns: parts,
      expression: chained(([given]) => {
        const written = sqlOf(given);
        const keys = written === undefined ? { parts: [{ expression: HOLE }] } : writtenKeys(written, target.dialect);
      state.parts.push(...keys.parts);
      if ("where" in keys) state.where = keys.where;
        return undefined;
      }),
      unique: chained(() => void (state.unique = true)),
      ifNotExists: chained(() => void (state.ifNotExists = true)),
      using: chained(([method]) => void (state.method = (knownText(method) ?? sqlOf(method) ?? HOLE).toLowerCase())),
      where: chained((args) => {
        const term = whereOf(args, target);
        state.where = state.where === undefined ? term : `${state.where} AND ${term}`;
        return undefined;
      }),
      execute: (_, site) => {
        execute(site);
        return NOTHING;
      },
    },
    otherwise: (name, args, site) => {
      if (outer?.kind === "receiver" && !BUILDER_HARMLESS.has(name)) return outer.receiver.call(name, args, site);
      if (!BUILDER_HARMLESS.has(name)) state.parts.push({ expression: HOLE });
      return own;
    },
  });
  if (outer?.kind === "receiver") {
    const { receiver: above } = outer;
    const inner = own;
    return {
      kind: "receiver",
      receiver: { get: () => undefined, call: (name, args, site) => (name === "execute" ? above.call(name, args, site) : inner.receiver.call(name, args, site)) },
    };
  }
  return own;
}

/** The condition that `where` of an index gets: SQL, or a column with an operator and a value. */
function whereOf([left, operator, right]: readonly CodeValue[], target: Target): string {
  if (left?.kind === "sql" && operator === undefined) return left.text;
  const sign = knownText(operator);
  const name = left?.kind === "sql" ? left.text : quoted(nameOf(left), target.dialect);
  if (sign === undefined || right === undefined) return HOLE;
  if (right.kind === "constant" && right.value === null) return sign === "is" || sign === "is not" ? `${name} ${sign.toUpperCase()} NULL` : HOLE;
  if (right.kind === "list") return conditionOf({ kind: "object", entries: new Map([[nameOf(left), right]]), open: false }, target.dialect) ?? HOLE;
  return `${name} ${sign} ${literalOf(right) ?? HOLE}`;
}

function indexBuilder(context: Context, name: string, table: (value: CodeValue | undefined) => TableName): CodeValue {
  const state: IndexState = { unique: false, method: "btree", parts: [], where: undefined, ifNotExists: false };
  let on: TableName = { name: HOLE };
  return indexMethods(
    context,
    state,
    undefined,
    (site) => {
      const index = { name, unique: state.unique, method: state.method, parts: state.parts, include: [], ifNotExists: state.ifNotExists, ...(state.where !== undefined && { where: state.where }) };
      context.target.change({ change: "createIndex", table: on, index, span: spanOf(site) }, site);
    },
    (given) => void (on = table(given)),
  );
}

function dropIndex(context: Context, name: string, table: (value: CodeValue | undefined) => TableName): CodeValue {
  let on: TableName | undefined;
  const own: CodeValue = receiver({
    name: "index",
    context,
    methods: {
      on: ([given]) => {
        on = table(given);
        return own;
      },
      execute: (_, site) => {
        context.target.change({ change: "dropIndex", name, ...(on !== undefined && { table: on }), span: spanOf(site) }, site);
        return NOTHING;
      },
    },
    otherwise: () => own,
  });
  return own;
}

/** `sql.ref("a")`, `sql.table("t")`, `sql.raw("…")` and the like of any library's tag: what they put into SQL. */
export function sqlHelper(name: string, args: readonly CodeValue[], target: Target): CodeValue | undefined {
  const [first] = args;
  switch (name) {
    case "raw":
    case "unsafe":
      return first?.kind === "text" ? { kind: "sql", text: first.value, ...(first.origin !== undefined && { origin: first.origin }) } : first?.kind === "sql" ? first : { kind: "sql", text: HOLE };
    case "ref":
    case "table":
    case "id":
    case "identifier":
    case "name": {
      const parts = name === "id" ? args.map(nameOf) : first?.kind === "list" ? namesOf(first) : nameOf(first).split(".");
      return { kind: "sql", text: parts.map((part) => (part === HOLE ? HOLE : quoted(part, target.dialect))).join(".") };
    }
    case "lit":
    case "val":
    case "literal":
    case "literalValue":
      return { kind: "sql", text: literalOf(first) ?? HOLE };
    case "fragment":
      return first?.kind === "sql" ? first : undefined;
    case "join": {
      const separator = args[1]?.kind === "sql" ? args[1].text : ", ";
      return first?.kind === "list" && !first.open ? { kind: "sql", text: first.items.map((item) => sqlOf(item) ?? literalOf(item) ?? HOLE).join(separator) } : { kind: "sql", text: HOLE };
    }
    default:
      return undefined;
  }
}

