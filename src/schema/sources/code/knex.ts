/** Knex migrations (knex 3, schema builder): `knex.schema.createTable("t", (table) => { … })`. Default names: schema/tablecompiler.js. */
import type { DdlColumn, DdlConstraint, DdlIndex, TableName } from "../../../sql/index.js";
import type { Understood } from "../replay.js";
import { column, conditionOf, dotted, follow, hasColumn, hasTable, listOf, literalOf, partOf, quoted, receiver, spanOf, words, type Context, type Method } from "./library.js";
import { sqlOf } from "./target.js";
import { FROM_DATABASE, HOLE, isGiven, isOn, knownText, list, nameOf, namesOf, NOTHING, object, optionOf, truthOf, type CodeValue, type Site } from "./values.js";

/** Types by the name of the column method. */
const TYPES: Readonly<Record<string, string>> = {
  increments: "serial", bigIncrements: "bigserial", bigincrements: "bigserial", integer: "integer", int: "integer", tinyint: "smallint", smallint: "smallint", mediumint: "integer", bigint: "bigint", bigInteger: "bigint",
  biginteger: "bigint", text: "text", string: "varchar", float: "real", double: "double precision", decimal: "numeric", boolean: "boolean", bool: "boolean", date: "date", datetime: "datetime", dateTime: "datetime",
  timestamp: "datetime", time: "time", binary: "binary", enum: "enum", enu: "enum", json: "json", jsonb: "jsonb", uuid: "uuid", geometry: "geometry", geography: "geography", point: "point", specificType: "",
};

const COLUMN_HARMLESS = words(
  "unsigned defaultTo comment after first onDelete onUpdate withKeyName deferrable checkPositive checkNegative checkIn checkNotIn checkBetween checkLength checkRegex queryContext zerofill binary charset constraint default",
);
const SCHEMA_HARMLESS = words(
  "createSchema createSchemaIfNotExists createExtension createExtensionIfNotExists dropExtension dropExtensionIfExists refreshMaterializedView alterView debug transacting toString toSQL toQuery generateDdlCommands on once connection queryContext renameView",
);
const TABLE_HARMLESS = words("comment engine charset collate queryContext check checkPositive dropChecks");

/** The migration's `knex`, and a transaction of it. */
export function knexHandle(context: Context): CodeValue {
  const { target } = context;
  const data = (): CodeValue => FROM_DATABASE;
  const raw: Method = (args, site) => {
    const made = bound(args, context);
    target.statements(made, site);
    return made;
  };
  const handle: CodeValue = receiver({
    name: "knex",
    context,
    members: (name) => {
      if (name === "schema") return schemaBuilder(context, handle, undefined);
      if (name === "fn") return receiver({ name: "knex.fn", context, methods: {}, otherwise: (called) => ({ kind: "sql", text: `${called}()` }) });
      return name === "client" ? client() : undefined;
    },
    methods: {
      "": data,
      raw,
      transaction: (args, site) => follow(context, args, site, [handle]),
      whereNull: ([name]) => ({ kind: "sql", text: `${quoted(nameOf(name), target.dialect)} IS NULL` }),
      whereNotNull: ([name]) => ({ kind: "sql", text: `${quoted(nameOf(name), target.dialect)} IS NOT NULL` }),
      whereRaw: (args) => bound(args, context),
      where: ([key, operator, value]) => (key?.kind === "object" ? { kind: "sql", text: conditionOf(key, target.dialect) ?? HOLE } : predicate(key, value === undefined ? undefined : operator, value ?? operator, context)),
      ref: ([name]) => ({ kind: "sql", text: quoted(nameOf(name), target.dialect) }),
      withSchema: () => FROM_DATABASE,
    },
    // Everything else reads or writes rows.
    otherwise: (_, args, site) => {
      follow(context, args, site);
      return FROM_DATABASE;
    },
  });
  return handle;
}

/** `knex.client.config.client` names the dialect. */
function client(): CodeValue {
  const name: CodeValue = { kind: "dialect" };
  return object([["config", object([["client", name], ["dialect", name]], true)], ["dialect", name], ["driverName", name]], true);
}

function predicate(key: CodeValue | undefined, operator: CodeValue | undefined, value: CodeValue | undefined, { target }: Context): CodeValue {
  const sign = operator === undefined ? "=" : knownText(operator);
  const literal = literalOf(value);
  return { kind: "sql", text: sign === undefined || literal === undefined ? HOLE : `${quoted(nameOf(key), target.dialect)} ${sign} ${literal}` };
}

/** `knex.raw(sql, bindings)`: `??` is a name, `?` a value, `:name:` a name, `:name` a value. */
function bound([sql, bindings]: readonly CodeValue[], { target }: Context): CodeValue {
  const written = sqlOf(sql);
  if (written === undefined || sql === undefined) return sql ?? NOTHING;
  const origin = sql.kind === "text" || sql.kind === "sql" ? sql.origin : undefined;
  let made = written;
  const name = (value: CodeValue | undefined): string => (value?.kind === "sql" ? value.text : namesOf(value).flatMap((one) => one.split(".").map((part) => quoted(part, target.dialect)).join(".")).join(", "));
  if (bindings?.kind === "list") {
    let next = 0;
    made = written.replace(/\\\?|\?\??/gu, (sign) => (sign === "\\?" ? "?" : sign === "??" ? name(bindings.items[next++]) : (literalOf(bindings.items[next++]) ?? HOLE)));
  } else if (bindings?.kind === "object") {
    made = written.replace(/(?<!:):(\w+)(:?)/gu, (_, key: string, isName: string) => (isName === ":" ? name(bindings.entries.get(key)) : (literalOf(bindings.entries.get(key)) ?? HOLE)));
  }
  return { kind: "sql", text: made, ...(origin !== undefined && made === written && { origin }) };
}

function schemaBuilder(context: Context, handle: CodeValue, schema: string | undefined): CodeValue {
  const { target } = context;
  const table = (value: CodeValue | undefined): TableName => dotted(nameOf(value), schema);
  const again = (): CodeValue => builder;
  const create =
    (ifNotExists: boolean): Method =>
    ([name, build], site) => {
      const made = new TableBuilder(context, table(name), true);
      made.run(build, site);
      made.finishCreate(site, ifNotExists);
      return builder;
    };
  const alter: Method = ([name, build], site) => {
    new TableBuilder(context, table(name), false).run(build, site);
    return builder;
  };
  const drop: Method = ([name], site) => {
    target.change({ change: "dropTable", tables: [table(name)], span: spanOf(site) }, site);
    return builder;
  };
  const view: Method = ([name], site) => {
    target.change({ change: "createView", table: table(name), materialized: false, span: spanOf(site) }, site);
    return builder;
  };
  const builder: CodeValue = receiver({
    name: "knex.schema",
    context,
    methods: {
      createTable: create(false),
      createTableIfNotExists: create(true),
      createTableLike: ([name], site) => {
        target.change({ change: "createTable", table: table(name), columns: [], constraints: [], ifNotExists: false, temporary: false, opaqueColumns: true, span: spanOf(site) }, site);
        return builder;
      },
      table: alter,
      alterTable: alter,
      dropTable: drop,
      dropTableIfExists: drop,
      dropView: drop,
      dropViewIfExists: drop,
      dropMaterializedView: drop,
      dropMaterializedViewIfExists: drop,
      createView: view,
      createViewOrReplace: view,
      createMaterializedView: view,
      renameTable: ([from, to], site) => {
        target.change({ change: "renameTable", table: table(from), to: table(to), span: spanOf(site) }, site);
        return builder;
      },
      hasTable: ([name]) => hasTable(context, table(name)),
      hasColumn: ([name, wanted]) => hasColumn(context, table(name), nameOf(wanted)),
      raw: (args, site) => {
        target.statements(bound(args, context), site);
        return builder;
      },
      withSchema: ([name]) => schemaBuilder(context, handle, knownText(name)),
    },
    harmless: SCHEMA_HARMLESS,
    members: (name) => (name === "schema" ? again() : undefined),
  });
  return builder;
}

/** What the function that is given to `createTable` or `alterTable` states. */
class TableBuilder {
  readonly #context: Context;
  readonly #table: TableName;
  readonly #creates: boolean;
  readonly #columns: DdlColumn[] = [];
  readonly #constraints: DdlConstraint[] = [];
  /** Changes that follow the creation, or are the alteration. */
  readonly #changes: { readonly change: Understood; readonly site: Site }[] = [];
  readonly #pending: (() => void)[] = [];
  readonly #lost: Site[] = [];

  constructor(context: Context, table: TableName, creates: boolean) {
    this.#context = context;
    this.#table = table;
    this.#creates = creates;
  }

  run(build: CodeValue | undefined, site: Site): void {
    if (build?.kind === "function" || build?.kind === "native") {
      const self = this.#receiver();
      this.#context.machine.invoke(build.kind === "function" ? { ...build, ...(build.self === undefined && { self }) } : build, [self], site);
    } else if (isGiven(build)) this.#lost.push(site);
    for (const finish of this.#pending) finish();
    if (!this.#creates) this.#send();
  }

  finishCreate(site: Site, ifNotExists: boolean): void {
    const { target } = this.#context;
    target.change({ change: "createTable", table: this.#table, columns: this.#columns, constraints: this.#constraints, ifNotExists, temporary: false, span: spanOf(site) }, site);
    this.#send();
  }

  #send(): void {
    const { target } = this.#context;
    for (const { change, site } of this.#changes) target.change(change, site);
    for (const site of this.#lost) target.lost(this.#table, site);
  }

  #change(change: Understood, site: Site): void {
    this.#changes.push({ change, site });
  }

  #receiver(): CodeValue {
    const drop = (suffix: string, kind: "dropIndex" | "dropConstraint"): Method => ([columns, name], site) => {
      const written = knownText(name) ?? this.#defaultName(namesOf(columns), suffix);
      this.#change({ change: kind, table: this.#table, name: written, span: spanOf(site) }, site);
      return undefined;
    };
    const dropColumns: Method = (args, site) => {
      for (const name of args.flatMap((arg) => namesOf(arg))) this.#change({ change: "dropColumn", table: this.#table, column: name, span: spanOf(site) }, site);
      return undefined;
    };
    const nullable = (is: boolean): Method => ([name], site) => {
      this.#change({ change: "alterColumn", table: this.#table, column: nameOf(name), nullable: is, span: spanOf(site) }, site);
      return undefined;
    };
    const methods: Record<string, Method> = {
      index: ([columns, name, more], site) => this.#index(listOf(columns), name, more, site),
      unique: ([columns, name, more], site) => this.#unique(listOf(columns), name, more, site),
      primary: ([columns, name], site) => this.#primary(listOf(columns), name, site),
      foreign: ([columns, name], site) => this.#foreign(namesOf(columns), name, site),
      dropColumn: dropColumns,
      dropColumns,
      dropTimestamps: ([camel], site) => dropColumns([list([{ kind: "text", value: isOn(camel) ? "createdAt" : "created_at" }, { kind: "text", value: isOn(camel) ? "updatedAt" : "updated_at" }])], site),
      dropIndex: drop("index", "dropIndex"),
      dropUnique: drop("unique", "dropConstraint"),
      dropForeign: drop("foreign", "dropConstraint"),
      dropPrimary: ([name], site) => {
        const named = knownText(name);
        this.#change({ change: "dropConstraint", table: this.#table, name: this.#context.target.isMysql ? "PRIMARY" : (named ?? `${this.#table.name}_pkey`), span: spanOf(site) }, site);
        return undefined;
      },
      renameColumn: ([from, to], site) => {
        this.#change({ change: "renameColumn", table: this.#table, column: nameOf(from), to: nameOf(to), span: spanOf(site) }, site);
        return undefined;
      },
      setNullable: nullable(true),
      dropNullable: nullable(false),
      timestamps: ([first, second, third], site) => this.#timestamps([first, second, third], site),
      inherits: (_, site) => {
        this.#lost.push(site);
        return undefined;
      },
    };
    for (const [name, type] of Object.entries(TYPES)) {
      const isKey = /increments/iu.test(name);
      methods[name] = ([given, second, third], site) => {
        const written = isKey ? (knownText(given) ?? "id") : nameOf(given);
        const options = isKey ? (given?.kind === "object" ? given : second) : third;
        const primaryKey = isKey && truthOf(optionOf(options, "primaryKey")) !== false || (isKey && optionOf(options, "primaryKey") === undefined);
        return this.#column(written, name === "specificType" ? (knownText(second) ?? sqlOf(second)) : type, primaryKey, site);
      };
    }
    return receiver({
      name: "table",
      context: this.#context,
      methods,
      harmless: TABLE_HARMLESS,
      otherwise: (_, __, site) => {
        this.#lost.push(site);
        return FROM_DATABASE;
      },
    });
  }

  #column(name: string, type: string | undefined, isKey: boolean, site: Site): CodeValue {
    const state = { nullable: !isKey, alters: false, primaryKey: isKey, primaryName: undefined as CodeValue | undefined, collation: undefined as string | undefined };
    let references: { columns: string[]; table: TableName | undefined } | undefined;
    const chained = (act: Method): Method => (args, at) => {
      act(args, at);
      return own;
    };
    const later: (() => void)[] = [];
    const own: CodeValue = receiver({
      name: "column",
      context: this.#context,
      methods: {
        notNullable: chained(() => void (state.nullable = false)),
        notNull: chained(() => void (state.nullable = false)),
        nullable: chained(([is]) => void (state.nullable = truthOf(is ?? { kind: "constant", value: true }) !== false)),
        alter: chained(() => void (state.alters = true)),
        collate: chained(([name]) => void (state.collation = knownText(name))),
        primary: chained(([given]) => {
          state.primaryKey = true;
          state.primaryName = given;
        }),
        unique: chained(([given], at) => void later.push(() => this.#unique([{ kind: "text", value: name }], given, undefined, at))),
        index: chained(([given, more], at) => void later.push(() => this.#index([{ kind: "text", value: name }], given, more, at))),
        references: chained(([given]) => {
          const written = nameOf(given);
          const dot = written.lastIndexOf(".");
          references = dot > 0 ? { columns: [written.slice(dot + 1)], table: dotted(written.slice(0, dot)) } : { columns: [written], table: references?.table };
        }),
        inTable: chained(([given]) => void (references = { columns: references?.columns ?? [], table: dotted(nameOf(given)) })),
        on: chained(([given]) => void (references = { columns: references?.columns ?? [], table: dotted(nameOf(given)) })),
      },
      otherwise: (called, _, at) => {
        // `.defaultTo(x).foo()`: a method that is not known may make an index.
        if (!COLUMN_HARMLESS.has(called)) this.#lost.push(at);
        return own;
      },
    });
    this.#pending.push(() => {
      const made = column(site, name, {
        type: this.#typeOf(type),
        nullable: state.nullable,
        primaryKey: state.primaryKey && knownText(state.primaryName) === undefined,
        collation: state.collation,
        ...(references?.table !== undefined && { references: { table: references.table, columns: references.columns } }),
      });
      if (state.alters) this.#change({ change: "alterColumn", table: this.#table, column: name, nullable: state.nullable, ...(made.type !== undefined && { type: made.type }), span: spanOf(site) }, site);
      else if (this.#creates) this.#columns.push(made);
      else this.#change({ change: "addColumn", table: this.#table, column: made, span: spanOf(site) }, site);
      if (state.primaryKey && knownText(state.primaryName) !== undefined) this.#primary([{ kind: "text", value: name }], state.primaryName, site);
      for (const act of later) act();
    });
    return own;
  }

  #typeOf(type: string | undefined): string | undefined {
    const isPostgres = this.#context.target.dialect === "postgresql";
    if (type === "datetime") return isPostgres ? "timestamptz" : "timestamp";
    if (type === "enum") return isPostgres ? "text" : "enum";
    if (type === "binary") return isPostgres ? "bytea" : "blob";
    return type === "" ? undefined : type;
  }

  #timestamps([first, second, third]: readonly (CodeValue | undefined)[], site: Site): undefined {
    const camel = first?.kind === "object" ? isOn(optionOf(first, "useCamelCase")) : isOn(third);
    const given = first?.kind === "object" ? isOn(optionOf(first, "defaultToNow", "defaultToNow")) : isOn(second);
    for (const name of camel ? ["createdAt", "updatedAt"] : ["created_at", "updated_at"]) {
      this.#pending.push(() => {
        const made = column(site, name, { type: this.#typeOf("datetime"), nullable: !given });
        if (this.#creates) this.#columns.push(made);
        else this.#change({ change: "addColumn", table: this.#table, column: made, span: spanOf(site) }, site);
      });
    }
    return undefined;
  }

  #index(columns: readonly CodeValue[], name: CodeValue | undefined, more: CodeValue | undefined, site: Site): undefined {
    const options = name?.kind === "object" ? name : more;
    const type = (knownText(options?.kind === "object" ? optionOf(options, "indexType", "type") : options) ?? "").toLowerCase();
    const engine = knownText(optionOf(options?.kind === "object" ? options : undefined, "storageEngineIndexType"))?.toLowerCase();
    const predicateText = options?.kind === "object" ? conditionOf(optionOf(options, "predicate"), this.#context.target.dialect) : undefined;
    const index: DdlIndex = {
      name: knownText(name) ?? this.#defaultName(columns.map((value) => (value.kind === "sql" ? value.text : nameOf(value))), "index"),
      unique: type === "unique",
      method: type === "" || type === "unique" ? (engine ?? "btree") : type,
      parts: columns.map((value) => partOf(value, this.#context.target.dialect)),
      include: [],
      ifNotExists: false,
      ...(predicateText !== undefined && { where: predicateText }),
    };
    this.#change({ change: "createIndex", table: this.#table, index, span: spanOf(site) }, site);
    return undefined;
  }

  #unique(columns: readonly CodeValue[], name: CodeValue | undefined, _more: CodeValue | undefined, site: Site): undefined {
    const options = name?.kind === "object" ? name : undefined;
    const written = knownText(name) ?? knownText(optionOf(options, "indexName")) ?? this.#defaultName(columns.map((value) => nameOf(value)), "unique");
    const predicateText = conditionOf(optionOf(options, "predicate"), this.#context.target.dialect);
    const parts = columns.map((value) => partOf(value, this.#context.target.dialect));
    if (predicateText !== undefined) {
      this.#change({ change: "createIndex", table: this.#table, index: { name: written, unique: true, method: "btree", parts, include: [], ifNotExists: false, where: predicateText }, span: spanOf(site) }, site);
    } else this.#change({ change: "addConstraint", table: this.#table, constraint: { kind: "unique", name: written, parts, span: spanOf(site) }, span: spanOf(site) }, site);
    return undefined;
  }

  #primary(columns: readonly CodeValue[], name: CodeValue | undefined, site: Site): undefined {
    const written = knownText(name) ?? knownText(optionOf(name?.kind === "object" ? name : undefined, "constraintName"));
    this.#change({ change: "addConstraint", table: this.#table, constraint: { kind: "primary", ...(written !== undefined && { name: written }), parts: columns.map((value) => partOf(value, this.#context.target.dialect)), span: spanOf(site) }, span: spanOf(site) }, site);
    return undefined;
  }

  /** `table.foreign("a").references("id").inTable("b")`, `.references("b.id")` */
  #foreign(columns: readonly string[], name: CodeValue | undefined, site: Site): CodeValue {
    let referenced: readonly string[] = [];
    let other: TableName | undefined;
    const chained = (act: Method): Method => (args, at) => {
      act(args, at);
      return own;
    };
    const table = chained(([given]) => void (other = dotted(nameOf(given))));
    const own: CodeValue = receiver({
      name: "foreign",
      context: this.#context,
      methods: {
        references: chained(([given]) => {
          const names = namesOf(given);
          const [first] = names;
          const dot = first?.lastIndexOf(".") ?? -1;
          if (first !== undefined && dot > 0) {
            other = dotted(first.slice(0, dot));
            referenced = [first.slice(dot + 1)];
          } else referenced = names;
        }),
        inTable: table,
        on: table,
      },
      otherwise: () => own,
    });
    this.#pending.push(() => {
      const written = knownText(name) ?? this.#defaultName(columns, "foreign");
      if (other !== undefined) this.#change({ change: "addConstraint", table: this.#table, constraint: { kind: "foreign", name: written, columns, table: other, referenced, span: spanOf(site) }, span: spanOf(site) }, site);
    });
    return own;
  }

  /** `users_email_unique` */
  #defaultName(columns: readonly string[], suffix: string): string {
    if (columns.includes(HOLE)) return HOLE;
    return [this.#table.name.replace(/[.-]/gu, "_"), ...columns, suffix].join("_").toLowerCase();
  }
}
