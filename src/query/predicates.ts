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

/** More combinations of choices than code written by hand has. */
const MAX_ALTERNATIVES = 8;

/** What the program may send: the predicate with each of its choices made. Choices below a disjunction or a negation stay. */
export function alternativesOf(predicate: Predicate): readonly Predicate[] {
  const found = expand(predicate);
  return found.length > MAX_ALTERNATIVES ? [predicate] : found;
}

function expand(predicate: Predicate): readonly Predicate[] {
  switch (predicate.op) {
    case "or":
      return predicate.choice ? predicate.items.flatMap(expand) : [predicate];
    case "and": {
      let combined: readonly (readonly Predicate[])[] = [[]];
      for (const item of predicate.items) {
        const alternatives = expand(item);
        combined = combined.flatMap((items) => alternatives.map((alternative) => [...items, alternative]));
        if (combined.length > MAX_ALTERNATIVES) return [predicate];
      }
      return combined.length === 1 ? [predicate] : combined.map((items) => ({ ...predicate, items }));
    }
    case "optional": {
      const alternatives = expand(predicate.item);
      return alternatives.length === 1 ? [predicate] : alternatives.map((item) => ({ ...predicate, item }));
    }
    default:
      return [predicate];
  }
}

/** What a report about the predicate marks: its own span, or from the first to the last of its parts. */
export function spanOfPredicate(predicate: Predicate): Span | undefined {
  if ("span" in predicate && predicate.span) return predicate.span;
  const spans = partsOf(predicate).flatMap((part) => spanOfPredicate(part) ?? []);
  if (spans.length === 0) return undefined;
  return { start: Math.min(...spans.map((span) => span.start)), end: Math.max(...spans.map((span) => span.end)) };
}
