/** SQL text that is a condition, not a statement: what ORMs take inside their filters. */
import type { Dialect, Predicate, Span, Statement } from "../query/model.js";
import { readSql, type PlaceholderStyle, type SqlHole } from "../sql/index.js";
import type { FoldedText } from "../syntax/text.js";
import { placedKind } from "./places.js";

/** Stands before a condition so that a grammar of statements reads it. */
const PREFIX = "SELECT 1 FROM q WHERE ";

export interface ConditionText {
  readonly text: FoldedText;
  readonly dialect: Dialect | undefined;
  readonly placeholders?: PlaceholderStyle;
  /** The span of the site for a span of the text. */
  readonly place: (span: Span) => Span;
  /** Columns whose name in the text is a property of the library: `name`, or `alias.name`. */
  readonly properties?: ReadonlySet<string>;
}

/** The condition that a text is, with its spans moved to the site. Undefined when no grammar reads it as one. */
export function conditionOfText({ text, dialect, placeholders, place, properties = NONE }: ConditionText): Predicate | undefined {
  const shift = PREFIX.length;
  const holes = text.holes.map((hole): SqlHole => ({ span: { start: hole.span.start + shift, end: hole.span.end + shift }, kind: placedKind(hole, PREFIX + text.text, shift), value: hole.expression, ...(hole.items !== undefined && { items: hole.items }) }));
  const reading = readSql({ text: PREFIX + text.text, holes }, { dialect, ...(placeholders && { placeholders }) });
  const statement = "statements" in reading ? onlyCondition(reading.statements) : undefined;
  return statement && relocated(statement.where, (span) => place({ start: span.start - shift, end: span.end - shift }), properties);
}

const NONE: ReadonlySet<string> = new Set();

function onlyCondition([only, ...others]: readonly Statement[]): Statement | undefined {
  return only?.kind === "select" && only.certainty === "parsed" && others.length === 0 ? only : undefined;
}

/**
 * A part of the query model with every span moved, nested statements included, and columns marked whose name is a property.
 * The copy has the shape of the original; nodes of the host program are left alone.
 */
export function relocated<T>(part: T, move: (span: Span) => Span, properties: ReadonlySet<string>): T {
  return copy(part) as T;

  function copy(value: unknown): unknown {
    if (Array.isArray(value)) return value.map(copy);
    if (typeof value !== "object" || value === null || isHostNode(value)) return value;
    const copied: Record<string, unknown> = {};
    for (const [key, item] of Object.entries(value) as [string, unknown][]) copied[key] = key === "span" && isSpan(item) ? move(item) : copy(item);
    if ("wrappers" in copied && properties.has(`${typeof copied["table"] === "string" ? copied["table"] : ""}.${String(copied["name"])}`)) copied["property"] = true;
    return copied;
  }
}

function isHostNode(value: object): boolean {
  return "type" in value && "range" in value;
}

function isSpan(value: unknown): value is Span {
  return typeof value === "object" && value !== null && "start" in value && "end" in value && typeof value.start === "number" && typeof value.end === "number";
}
