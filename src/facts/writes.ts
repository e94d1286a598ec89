/** Which rows an update or delete hits, and which conditions of a filter the library may drop. */
import type { OptionalPredicate, Predicate, Query, TableRef } from "../query/model.js";
import { predicatesIn } from "../query/predicates.js";
import type { Table } from "../schema/model.js";
import type { DroppedCondition, WriteScope } from "./contract.js";
import type { Node } from "../syntax/ast.js";
import { breaksOff } from "../syntax/undefinable.js";
import { restrictionOf } from "./filter.js";

export interface WriteContext {
  readonly table: (ref: TableRef) => Table | undefined;
  /** Is the table created as a temporary one somewhere in the project? */
  readonly isTemporary: (ref: TableRef) => boolean;
}

/** The rows an update or delete hits; `filtered` for every other statement. */
export function writeScopeOf(query: Query, context: WriteContext): WriteScope {
  if (query.kind === "truncate") return { kind: "deliberate", why: "truncate" };
  if (query.kind !== "update" && query.kind !== "delete") return { kind: "filtered" };
  if (query.sending === "built" || query.sending === "fragment") return { kind: "filtered" };
  if (query.wholeTableByName) return { kind: "deliberate", why: "named" };
  if (query.byUniqueKey || query.limit?.kind === "number" || query.limit?.kind === "parameter") return { kind: "filtered" };
  if (query.certainty === "tokens") return { kind: "unknown", why: "the statement was only skimmed" };
  const truth = certainlyTrue(query.where);
  if (!truth) return isOpen(query.where) ? { kind: "unknown", why: "a part of the filter could not be read" } : { kind: "filtered" };
  if (query.limit) return { kind: "unknown", why: "a limit may be added" };
  // An inner join with another source restricts the rows as a filter does.
  if (query.sources.length > 0) return { kind: "unknown", why: "a join restricts the rows" };
  if (query.sending === "unknown") return { kind: "unknown", why: "the builder may be completed elsewhere" };
  if (query.target?.dynamic) return { kind: "unknown", why: "the table is chosen at run time" };
  if (query.temporary === true || (query.target && context.isTemporary(query.target))) return { kind: "deliberate", why: "temporary" };
  return { kind: "all", ...truth };
}

type Truth = { readonly why: "no-where" | "empty-where" | "always-true" | "optional-where"; readonly span?: { readonly start: number; readonly end: number } };

/** Does the filter let every row pass, in at least one configuration that the program provides for? */
function certainlyTrue(predicate: Predicate): Truth | undefined {
  switch (predicate.op) {
    case "constant":
      if (!predicate.value) return undefined;
      return { why: predicate.written ? "always-true" : predicate.span ? "empty-where" : "no-where", ...(predicate.span && { span: predicate.span }) };
    case "and": {
      const parts = predicate.items.map(certainlyTrue);
      const [first] = parts;
      if (!parts.every((part) => part !== undefined)) return undefined;
      return parts.find((part) => part?.why === "optional-where") ?? first ?? { why: "empty-where" };
    }
    case "or":
      return predicate.items.map(certainlyTrue).find((part) => part?.why === "always-true");
    case "optional":
      // A value that may be undefined is reported by the rule for undefined filters, at its own place.
      return predicate.cause === "condition" && predicate.droppable === "yes" ? { why: "optional-where", span: predicate.span } : undefined;
    case "not":
      return predicate.item.op === "constant" && !predicate.item.value ? { why: "always-true", ...(predicate.item.span && { span: predicate.item.span }) } : undefined;
    case "compare":
      return predicate.operand.kind === "column" && predicate.operator === "=" && predicate.operand.column.name === predicate.column.name && predicate.operand.column.table === predicate.column.table ? { why: "always-true", span: predicate.span } : undefined;
    case "null":
      // What the library adds by itself is no filter of the program.
      return predicate.implied ? { why: "no-where" } : undefined;
    case "in":
    case "like":
    case "between":
    case "boolean":
    case "exists":
    case "relation":
    case "operator":
    case "opaque":
      return undefined;
  }
}

/** Is a part of the filter unread that may be the one that restricts? What stands under a negation or a condition restricts anyhow. */
function isOpen(predicate: Predicate): boolean {
  return [...predicatesIn(predicate, ({ op }) => op === "and" || op === "or")].some((part) => part.op === "opaque" && part.restricts !== "yes");
}

/** Conditions that the library drops because their value may be undefined. */
export function droppedConditionsOf(query: Query, context: WriteContext): readonly DroppedCondition[] {
  if (query.sending === "built" || query.sending === "fragment") return [];
  const dropped = [...predicatesIn(query.where, (predicate) => !isDropped(predicate))].filter(isDropped).flatMap(({ item, span, deliberate = false, why = "the value may be undefined" }) => {
    const column = columnOf(item);
    return column ? [{ column, span, why, accidental: isAccidental(item), deliberate }] : [];
  });
  if (dropped.length === 0) return [];
  const ref = query.target ?? query.sources.flatMap((source) => (source.kind === "table" ? [source.table] : []))[0];
  const rest = restrictionOf(query.where, ref && context.table(ref));
  const leavesAll = rest.level !== "none" ? "no" : rest.open ? "unknown" : "yes";
  return dropped.map((condition) => ({ ...condition, leavesAll }));
}

function isDropped(predicate: Predicate): predicate is OptionalPredicate {
  return predicate.op === "optional" && predicate.cause === "undefined" && predicate.droppable === "yes";
}

function columnOf(predicate: Predicate): DroppedCondition["column"] | undefined {
  if ("column" in predicate) return predicate.column;
  if (predicate.op === "operator") return predicate.columns[0];
  return predicate.op === "not" || predicate.op === "relation" || predicate.op === "optional" ? columnOf(predicate.item) : undefined;
}

/** Is the value read through `?.`, or the member of something that a search may not have found? */
function isAccidental(predicate: Predicate): boolean {
  if (predicate.op !== "compare" || predicate.operand.kind !== "parameter" || !predicate.operand.value) return false;
  return breaksOff(predicate.operand.value as Node);
}
