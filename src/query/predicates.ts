/** Questions that are asked of every kind of predicate. */
import type { Predicate, Span } from "./model.js";

/** What a compound predicate is made of; nothing for a condition. */
export function partsOf(predicate: Predicate): readonly Predicate[] {
  switch (predicate.op) {
    case "and":
    case "or":
      return predicate.items;
    case "not":
    case "optional":
    case "relation":
      return [predicate.item];
    case "constant":
    case "compare":
    case "in":
    case "like":
    case "null":
    case "between":
    case "boolean":
    case "exists":
    case "operator":
    case "opaque":
      return [];
  }
}

/** The predicate and everything in it, from the outside in; without what `enter` refuses. */
export function* predicatesIn(predicate: Predicate, enter: (predicate: Predicate) => boolean = () => true): Generator<Predicate> {
  yield predicate;
  if (!enter(predicate)) return;
  for (const part of partsOf(predicate)) yield* predicatesIn(part, enter);
}

/** What a report about the predicate marks: its own span, or from the first to the last of its parts. */
export function spanOfPredicate(predicate: Predicate): Span | undefined {
  if ("span" in predicate && predicate.span) return predicate.span;
  const spans = partsOf(predicate).flatMap((part) => spanOfPredicate(part) ?? []);
  if (spans.length === 0) return undefined;
  return { start: Math.min(...spans.map((span) => span.start)), end: Math.max(...spans.map((span) => span.end)) };
}
