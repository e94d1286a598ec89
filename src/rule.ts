/** The one door for rules: what a rule declares, and the vocabulary it may use. Rules import nothing else. */
import type { JSONSchema4 } from "json-schema";
import type { QueryFacts } from "./facts/contract.js";
import type { Query, Range, TextEdit } from "./query/model.js";

export type * from "./facts/contract.js";
export type { Query, Range, Span, TextEdit, Predicate, ColumnRef, TableRef } from "./query/model.js";
export type { Tri } from "./base/tri.js";

/** The presets a rule belongs to, from the quietest on: a rule of `recommended` is in `strict` and `all` too. */
export type PresetName = "recommended" | "strict" | "all";

/** What a rule yields: place, message id, data, suggestions. */
export interface Finding<MessageId extends string> {
  readonly range: Range;
  readonly messageId: MessageId;
  readonly data?: Readonly<Record<string, string | number>>;
  readonly suggestions?: readonly Suggestion<MessageId>[];
}

export interface Suggestion<MessageId extends string> {
  readonly messageId: MessageId;
  readonly data?: Readonly<Record<string, string | number>>;
  readonly edits: readonly TextEdit[];
}

export interface RuleContext<Options> {
  readonly facts: QueryFacts;
  readonly options: Options;
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
}

/** Declares a rule. */
export function defineRule<Options extends object, MessageId extends string>(
  definition: RuleDefinition<Options, MessageId>,
): RuleDefinition<Options, MessageId> {
  return definition;
}
