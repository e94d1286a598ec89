/** The one door for rules: what a rule declares, and the vocabulary it may use. Rules import nothing else. */
import type { JSONSchema4 } from "json-schema";
import type { QueryFacts, Table, TableFacts } from "./facts/contract.js";
import type { Query, Range, TextEdit } from "./query/model.js";

export type * from "./facts/contract.js";
export type { Query, Range, Span, TextEdit, Predicate, ColumnRef, TableRef, StatementKind } from "./query/model.js";
export type { Tri } from "./base/tri.js";

/** The presets a rule belongs to, from the quietest on: a rule of `recommended` is in `strict` and `all` too. */
export type PresetName = "recommended" | "strict" | "all";

/** What a rule yields: place, message id, data, suggestions. */
export interface Finding<MessageId extends string> {
  readonly range: Range;
  readonly messageId: MessageId;
  readonly data?: Readonly<Record<string, string | number>>;
  readonly suggestions?: readonly Suggestion<MessageId>[];
  /** What is said once in a file: of the findings with one such key, only the first is reported. */
  readonly once?: string;
}

export interface Suggestion<MessageId extends string> {
  readonly messageId: MessageId;
  readonly data?: Readonly<Record<string, string | number>>;
  /** Made when the finding is reported. Nothing, or no edit, means that there is no right edit here. */
  readonly edits: () => readonly TextEdit[] | undefined;
}

export interface RuleContext<Options> {
  readonly facts: QueryFacts;
  readonly options: Options;
  /** Words for a place in another file: `db/schema.sql:12`, relative to the working directory. */
  readonly place: (where: { readonly file: string; readonly line: number }) => string;
}

/** What a rule may ask about a table that the linted file declares. */
export interface TableContext<Options> extends Omit<RuleContext<Options>, "facts"> {
  readonly facts: TableFacts;
}

export interface RuleDefinition<Options extends object, MessageId extends string> {
  readonly id: string;
  /** One sentence, no final period. */
  readonly description: string;
  /** The quietest preset that holds the rule. */
  readonly preset: PresetName;
  /** Options of the rule in `strict` and `all` where they differ from the defaults. */
  readonly strictOptions?: Partial<Options>;
  readonly messages: Readonly<Record<MessageId, string>>;
  /** JSON schema of each option. The object is closed: an unknown option is an error. */
  readonly options: Readonly<Record<keyof Options & string, JSONSchema4>>;
  readonly defaults: Options;
  /** Reached queries (issued by a function this file calls) are offered too. */
  readonly reached?: boolean;
  check(query: Query, context: RuleContext<Options>): Iterable<Finding<MessageId>>;
  /** Looks at each table that the linted file declares, when a schema is read from that file. */
  checkTable?(table: Table, context: TableContext<Options>): Iterable<Finding<MessageId>>;
}

/** A rule as the bridge and the presets see it, whatever its options and messages are. */
export interface AnyRule extends Omit<RuleDefinition<object, string>, "options"> {
  readonly options: Readonly<Record<string, JSONSchema4>>;
}

/** Declares a rule. */
export function defineRule<Options extends object, MessageId extends string>(
  definition: RuleDefinition<Options, MessageId>,
): RuleDefinition<Options, MessageId> {
  return definition;
}

const LONGEST_NAME = 60;

/** Words that stand for the table of a query between backticks: its name, or how the code writes a name made at run time. */
export function tableLabel(query: Query, facts: QueryFacts): string {
  const name = facts.tableName();
  if (name !== undefined) return name;
  const first = query.sources[0];
  const table = query.target ?? (first?.kind === "table" ? first.table : undefined);
  const written = table === undefined ? "" : facts.text(query.locate(table.span)).trim();
  const readable = written !== "" && written.length <= LONGEST_NAME && !/[\r\n`]/u.test(written);
  return readable ? written : "a table chosen at run time";
}

/** ` (about 4.2 million rows)`, to stand behind the name of a table; empty where the number is not known. */
export function sizeLabel(rows: number | undefined): string {
  if (rows === undefined) return "";
  const [divisor, unit] = rows >= 1e9 ? [1e9, " billion"] : rows >= 1e6 ? [1e6, " million"] : [1, ""];
  const number = divisor === 1 ? Math.round(rows) : Number((rows / divisor).toPrecision(2));
  return ` (about ${number.toLocaleString("en")}${unit} ${number === 1 && unit === "" ? "row" : "rows"})`;
}

/** Is the table among the names, compared without case, with or without its schema? */
export function isNamed(table: { readonly name: string; readonly schema?: string; readonly model?: string }, names: readonly string[]): boolean {
  const own = [table.name, table.model, table.schema === undefined ? undefined : `${table.schema}.${table.name}`];
  return names.some((name) => own.some((candidate) => candidate?.toLowerCase() === name.toLowerCase()));
}

/** Is the column among the names `table.column` or `column`, compared without case? */
export function isNamedColumn(table: { readonly name: string; readonly schema?: string; readonly model?: string }, column: string, names: readonly string[]): boolean {
  return names.some((name) => {
    const dot = name.lastIndexOf(".");
    return name.slice(dot + 1).toLowerCase() === column.toLowerCase() && (dot < 0 || isNamed(table, [name.slice(0, dot)]));
  });
}

/** `a`, `b` and `c`: names in backticks as a sentence lists them. */
export function listOfNames(names: readonly string[]): string {
  const quoted = [...new Set(names)].map((name) => `\`${name}\``);
  const last = quoted.pop() ?? "";
  return quoted.length === 0 ? last : `${quoted.join(", ")} and ${last}`;
}
