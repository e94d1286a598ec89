/** The objects of migration libraries as tables of their methods, and the pieces of changes that the methods state. */
import { readDdl, type DdlColumn, type DdlIndexPart, type TableName } from "../../../sql/index.js";
import type { SchemaDialect } from "../../names.js";
import type { Machine } from "./machine.js";
import { sqlOf, type Target } from "./target.js";
import { FROM_DATABASE, FROM_PROGRAM, HOLE, isGiven, knownText, mentionsIn, nameOf, optionOf, type CodeValue, type Receiver, type Site } from "./values.js";

/** What the tables of a library need while a migration is followed. */
export interface Context {
  readonly target: Target;
  readonly machine: Machine;
  /** Column types by name that earlier files of node-pg-migrate declared. */
  readonly shorthands: Map<string, CodeValue>;
}

/** A method: what it does with its arguments. Without a result it gives what the database answers. */
export type Method = (args: readonly CodeValue[], site: Site) => CodeValue | undefined;

export interface ReceiverTable {
  /** How messages call it: `knex.schema`. */
  readonly name: string;
  readonly context: Context;
  readonly methods: Readonly<Record<string, Method>>;
  /** Methods that change neither tables nor indexes. Functions handed to them are followed. */
  readonly harmless?: ReadonlySet<string>;
  /** Plain members. */
  readonly members?: (name: string) => CodeValue | undefined;
  /** What a method does that stands in neither list. Without it, it may have touched any table it was told of. */
  readonly otherwise?: (name: string, args: readonly CodeValue[], site: Site) => CodeValue;
}

/** An object of a library by the table of its methods. */
export function receiver({ context, methods, harmless, members, otherwise }: ReceiverTable): Extract<CodeValue, { kind: "receiver" }> {
  const own: Receiver = {
    get: (name) => members?.(name),
    call(name, args, site) {
      const method = Object.hasOwn(methods, name) ? methods[name] : undefined;
      if (method !== undefined) return method(args, site) ?? FROM_DATABASE;
      const member = members?.(name);
      if (member?.kind === "native" || member?.kind === "receiver") return context.machine.invoke(member, args, site);
      if (harmless?.has(name) === true) {
        follow(context, args, site);
        return FROM_DATABASE;
      }
      if (otherwise !== undefined) return otherwise(name, args, site);
      context.target.unknown(mentionsIn(args), site);
      return FROM_DATABASE;
    },
  };
  return { kind: "receiver", receiver: own };
}

/** Runs the functions among arguments, with nothing known of what they are given. */
export function follow(context: Context, args: readonly CodeValue[], site: Site, given: readonly CodeValue[] = [FROM_DATABASE, FROM_DATABASE]): CodeValue {
  let last: CodeValue = FROM_DATABASE;
  for (const arg of args) if (arg.kind === "function" || arg.kind === "native") last = context.machine.invoke(arg, given, site);
  return last;
}

export function words(list: string): ReadonlySet<string> {
  return new Set(list.split(/\s+/u));
}

/** `"auth.users"` is the table `users` of the schema `auth`. */
export function dotted(name: string, schema?: string): TableName {
  const dot = name.indexOf(".");
  if (dot > 0 && name !== HOLE) return { schema: name.slice(0, dot), name: name.slice(dot + 1) };
  return { name, ...(schema !== undefined && schema !== HOLE && { schema }) };
}

/** A table by its name, or by an object that has its name and schema under one of these keys. */
export function tableOf(value: CodeValue | undefined, keys: readonly string[] = ["tableName", "name"], isDotted = false): TableName {
  if (value?.kind === "object") {
    const schema = knownText(optionOf(value, "schema"));
    const name = nameOf(optionOf(value, ...keys));
    return schema === undefined ? (isDotted ? dotted(name) : { name }) : { name, schema };
  }
  const name = value?.kind === "sql" ? value.text.replace(/["`]/gu, "") : nameOf(value);
  return isDotted || value?.kind === "sql" ? dotted(name) : { name };
}

export interface ColumnOptions {
  readonly type?: string | undefined;
  readonly nullable?: boolean;
  readonly primaryKey?: boolean;
  readonly unique?: boolean;
  readonly collation?: string | undefined;
  readonly references?: DdlColumn["references"];
}

export function column(site: Site, name: string, { type, nullable = true, primaryKey = false, unique = false, collation, references }: ColumnOptions = {}): DdlColumn {
  return {
    name,
    nullable: nullable && !primaryKey,
    primaryKey,
    unique,
    span: spanOf(site),
    ...(type !== undefined && { type: type.toLowerCase() }),
    ...(collation !== undefined && { collation }),
    ...(references !== undefined && { references }),
  };
}

export function spanOf({ node }: Site): { readonly start: number; readonly end: number } {
  return { start: node.range[0], end: node.range[1] };
}

/** A key of an index: the name of a column, or SQL. */
export function partOf(value: CodeValue | undefined, dialect: SchemaDialect): DdlIndexPart {
  return value?.kind === "sql" ? (writtenKeys(value.text, dialect).parts[0] ?? { expression: HOLE }) : { column: nameOf(value) };
}

/** `"name desc nulls last"`: a column and what SQL says about it. */
export function directedPart(value: CodeValue | undefined, dialect: SchemaDialect): DdlIndexPart {
  const written = value?.kind === "sql" ? undefined : /^(\S+)\s+(\S.*)$/u.exec(nameOf(value));
  const [, name, rest] = written ?? [];
  return name === undefined || rest === undefined ? partOf(value, dialect) : (writtenKeys(`${quoted(name, dialect)} ${rest}`, dialect).parts[0] ?? { column: HOLE });
}

/** The keys of an index that are written as SQL, read as they stand in CREATE INDEX; a condition may follow them there. */
export function writtenKeys(written: string, dialect: SchemaDialect): { readonly parts: readonly DdlIndexPart[]; readonly where?: string } {
  const [change] = readDdl(`CREATE INDEX i ON t (${written})`, dialect);
  if (change?.change !== "createIndex") return { parts: [{ expression: HOLE }] };
  const { parts, where } = change.index;
  return { parts, ...(where !== undefined && { where }) };
}

export function listOf(value: CodeValue | undefined): readonly CodeValue[] {
  if (!isGiven(value)) return [];
  if (value.kind !== "list") return [value];
  return value.open ? [...value.items, FROM_PROGRAM] : value.items;
}

/** The condition of a partial index: SQL, or an object of columns and values as query builders take them. */
export function conditionOf(value: CodeValue | undefined, dialect: SchemaDialect): string | undefined {
  if (!isGiven(value)) return undefined;
  const written = sqlOf(value);
  if (written !== undefined) return written.replace(/^\s*where\s+/iu, "").trim();
  if (value.kind !== "object" || value.open || value.entries.size === 0) return HOLE;
  const terms = [...value.entries].map(([key, wanted]) => termOf(key, wanted, dialect));
  return terms.includes(undefined) ? HOLE : terms.join(" AND ");
}

function termOf(key: string, wanted: CodeValue, dialect: SchemaDialect): string | undefined {
  const operator = /(?:^|\.)(and|or)$/u.exec(key)?.[1];
  if (operator !== undefined) {
    const parts = wanted.kind === "list" && !wanted.open ? wanted.items.map((item) => conditionOf(item, dialect)) : [conditionOf(wanted, dialect)];
    return parts.some((part) => part === undefined || part.includes(HOLE)) ? undefined : `(${parts.map((part) => `(${part ?? ""})`).join(` ${operator.toUpperCase()} `)})`;
  }
  const name = quoted(key, dialect);
  if (wanted.kind === "object") {
    if (wanted.open) return undefined;
    const parts = [...wanted.entries].map(([compared, value]) => comparison(name, compared, value));
    return parts.includes(undefined) || parts.length === 0 ? undefined : parts.join(" AND ");
  }
  if (wanted.kind === "list") return comparison(name, "in", wanted);
  return comparison(name, "eq", wanted);
}

const SIGNS: Readonly<Record<string, string>> = { eq: "=", ne: "<>", gt: ">", gte: ">=", lt: "<", lte: "<=", $eq: "=", $ne: "<>", $gt: ">", $gte: ">=", $lt: "<", $lte: "<=" };

function comparison(name: string, operator: string, value: CodeValue): string | undefined {
  const short = operator.split(".").at(-1) ?? "";
  if (value.kind === "constant" && value.value === null) return ["eq", "is", "$eq"].includes(short) ? `${name} IS NULL` : ["ne", "not", "$ne"].includes(short) ? `${name} IS NOT NULL` : undefined;
  if (short === "in" && value.kind === "list" && !value.open) {
    const items = value.items.map(literalOf);
    return items.includes(undefined) ? undefined : `${name} IN (${items.join(", ")})`;
  }
  const literal = literalOf(value);
  if (literal === undefined) return undefined;
  if ((short === "is" || short === "not") && value.kind === "constant" && typeof value.value === "boolean") return `${name} IS ${short === "not" ? "NOT " : ""}${literal}`;
  const sign = short === "not" ? "<>" : SIGNS[short];
  return sign === undefined ? undefined : `${name} ${sign} ${literal}`;
}

/** A value as SQL writes it. */
export function literalOf(value: CodeValue | undefined): string | undefined {
  const written = knownText(value);
  if (written !== undefined) return `'${written.replaceAll("'", "''")}'`;
  if (value?.kind === "sql") return value.text;
  if (value?.kind !== "constant" || value.value === undefined) return undefined;
  return value.value === null ? "NULL" : String(value.value);
}

/** A name in the quotes of the dialect. */
export function quoted(name: string, dialect: SchemaDialect): string {
  return dialect === "mysql" || dialect === "mariadb" ? `\`${name.replaceAll("`", "``")}\`` : `"${name.replaceAll('"', '""')}"`;
}

/** The answer to a question about the tables, when the table is known. */
export function answer(is: boolean | undefined): CodeValue {
  return is === undefined ? FROM_DATABASE : { kind: "constant", value: is };
}

/** Is there such a table by now? What was created where it was not read leaves the answer open. */
export function hasTable({ target }: Context, table: TableName): CodeValue {
  if (table.name === HOLE) return FROM_DATABASE;
  return answer(target.table(table) === undefined ? undefined : true);
}

/** Has the table this column by now? */
export function hasColumn({ target }: Context, table: TableName, name: string): CodeValue {
  const found = table.name === HOLE || name === HOLE ? undefined : target.table(table);
  if (found === undefined || found.uncertain !== undefined) return FROM_DATABASE;
  return answer(found.columns.some((one) => one.name === name) ? true : undefined);
}

