/** How strongly a filter restricts the rows of a table, in the worst configuration of the program. */
import { findColumn } from "../indexes/columns.js";
import type { ColumnRef, Operand, Predicate, Span } from "../query/model.js";
import { uniqueKeys } from "../schema/lookup.js";
import type { Table } from "../schema/model.js";

/**
 * From weakest to strongest.
 * - `none`: every row passes.
 * - `flags`: only conditions that many rows satisfy (booleans, constants, null tests, inequalities).
 * - `scope`: equality with the key of a parent or tenant.
 * - `filter`: some other condition.
 * - `list`: a list of keys.
 * - `one`: at most one row.
 */
export const LEVELS = ["none", "flags", "scope", "filter", "list", "one"] as const;
export type Level = (typeof LEVELS)[number];

export interface Restriction {
  /** What certainly holds. */
  readonly level: Level;
  /** A part could not be read: the filter may be stronger than `level`. */
  readonly open: boolean;
  /** Conditions that are there only sometimes. */
  readonly optional: readonly Extract<Predicate, { op: "optional" }>[];
  readonly scopeColumns: readonly string[];
  readonly flagColumns: readonly string[];
}

const EMPTY: Restriction = { level: "none", open: false, optional: [], scopeColumns: [], flagColumns: [] };

/** Restriction of the rows of `table`, which the predicate calls `alias`. The table may be unknown. */
export function restrictionOf(predicate: Predicate, table: Table | undefined): Restriction {
  switch (predicate.op) {
    case "and":
      return conjunction(predicate.items, table);
    case "or": {
      const arms = withoutShared(predicate.items).map((item) => restrictionOf(item, table));
      const weakest = arms.reduce<Restriction | undefined>((least, arm) => (!least || rank(arm.level) < rank(least.level) ? arm : least), undefined);
      if (!weakest) return EMPTY;
      const open = arms.some((arm) => arm.open);
      const optional = arms.flatMap((arm) => arm.optional);
      if (predicate.choice) return { ...weakest, open, optional };
      // A disjunction of keys is a list of keys.
      const level = weakest.level === "one" && arms.length > 1 ? "list" : weakest.level;
      return { ...weakest, level, open, optional, scopeColumns: arms.flatMap((arm) => arm.scopeColumns) };
    }
    case "not": {
      if (predicate.item.op === "not") return restrictionOf(predicate.item.item, table);
      const inner = restrictionOf(predicate.item, table);
      if (inner.open) return { ...EMPTY, open: true };
      return inner.level === "none" ? EMPTY : { ...inner, level: inner.level === "filter" ? "filter" : "flags", optional: [], scopeColumns: [] };
    }
    case "constant":
      return predicate.value ? EMPTY : { ...EMPTY, level: "one" };
    case "optional": {
      if (predicate.droppable === "yes") return { ...EMPTY, optional: [predicate] };
      const inner = restrictionOf(predicate.item, table);
      return predicate.droppable === "no" ? inner : { ...EMPTY, open: true, optional: [predicate] };
    }
    case "opaque":
      return predicate.restricts === "yes" ? { ...EMPTY, level: "filter" } : { ...EMPTY, open: predicate.restricts === "unknown" };
    case "relation": {
      // The key of a related row is the key of a parent; a list of such keys is a list of keys.
      const inner = restrictionOf(predicate.item, undefined);
      return inner.level === "one" ? { ...inner, level: "scope", scopeColumns: [predicate.relation] } : inner;
    }
    case "compare":
    case "in":
    case "like":
    case "null":
    case "between":
    case "boolean":
    case "exists":
    case "operator":
      return leaf(predicate, table);
  }
}

/** `owner = $1 OR owner IS NULL`: what belongs to one owner and what all share. The owner decides how many rows that are. */
function withoutShared(arms: readonly Predicate[]): readonly Predicate[] {
  const equal = new Set(arms.flatMap((arm) => (arm.op === "compare" && arm.operator === "=" && arm.operand.kind === "parameter" ? [arm.column.name] : [])));
  return arms.filter((arm) => arm.op !== "null" || arm.negated || !equal.has(arm.column.name));
}

function conjunction(items: readonly Predicate[], table: Table | undefined): Restriction {
  const parts = items.map((item) => restrictionOf(item, table));
  let level: Level = "none";
  for (const part of parts) if (rank(part.level) > rank(level)) level = part.level;
  if (rank(level) < rank("filter") && hasClosedRange(items)) level = "filter";
  const key = keyLevel(items, table);
  if (key && rank(key) > rank(level)) level = key;
  return {
    level,
    open: parts.some((part) => part.open),
    optional: parts.flatMap((part) => part.optional),
    scopeColumns: parts.flatMap((part) => part.scopeColumns),
    flagColumns: parts.flatMap((part) => part.flagColumns),
  };
}

/** `a >= x AND a < y`: what BETWEEN says, in two conditions. */
function hasClosedRange(items: readonly Predicate[]): boolean {
  const bounds = (lower: boolean): readonly string[] =>
    items.flatMap((item) => (item.op === "compare" && item.column.wrappers.length === 0 && (lower ? item.operator === ">" || item.operator === ">=" : item.operator === "<" || item.operator === "<=") ? [`${item.column.table ?? ""}.${item.column.name}`] : []));
  const above = new Set(bounds(true));
  return bounds(false).some((column) => above.has(column));
}

/** A unique key of which every column is fixed: one row; all but one fixed and that one in a list: a list. */
function keyLevel(items: readonly Predicate[], table: Table | undefined): Level | undefined {
  if (!table) return undefined;
  const equal = new Set<string>();
  const listed = new Set<string>();
  for (const item of items) {
    const column = (item.op === "compare" || item.op === "in") && item.column.wrappers.length === 0 ? findColumn(item.column, table) : undefined;
    if (!column) continue;
    if (item.op === "compare" && item.operator === "=" && item.operand.kind !== "column") equal.add(column.name);
    if (item.op === "in" && !item.negated && item.values.kind !== "subquery") listed.add(column.name);
  }
  let best: Level | undefined;
  for (const key of uniqueKeys(table)) {
    if (key.every((name) => equal.has(name))) return "one";
    if (key.every((name) => equal.has(name) || listed.has(name))) best = "list";
  }
  return best;
}

type Leaf = Extract<Predicate, { op: "compare" | "in" | "like" | "null" | "between" | "boolean" | "exists" | "operator" }>;

function leaf(predicate: Leaf, table: Table | undefined): Restriction {
  switch (predicate.op) {
    case "compare":
      return comparison(predicate, table);
    case "in":
      if (predicate.negated) return flag(predicate.column);
      if (predicate.values.kind === "list") {
        const flags = predicate.values.operands.every((operand) => isFlagValue(operand, predicate.column, table));
        return flags && !isKey(predicate.column, table) ? flag(predicate.column) : { ...EMPTY, level: "list" };
      }
      return { ...EMPTY, level: predicate.values.kind === "array" ? "list" : "filter" };
    case "null":
      // What the library adds is no choice of the program, and leaves nearly all rows.
      return predicate.implied ? EMPTY : flag(predicate.column);
    case "boolean":
      return flag(predicate.column);
    case "like":
      return predicate.negated ? flag(predicate.column) : { ...EMPTY, level: "filter" };
    case "between":
      return predicate.negated ? flag(predicate.column) : { ...EMPTY, level: "filter" };
    case "exists":
    case "operator":
      return { ...EMPTY, level: "filter" };
  }
}

function comparison(predicate: Extract<Predicate, { op: "compare" }>, table: Table | undefined): Restriction {
  const { column, operator, operand } = predicate;
  if (operator === "<>" || operator === "is distinct") return flag(column);
  if (operator === "=" || operator === "is not distinct") {
    if (isKey(column, table)) return { ...EMPTY, level: operand.kind === "column" ? "filter" : "one" };
    if (operand.kind === "column") return flag(column);
    if (isFlagValue(operand, column, table)) return flag(column);
    if (operand.kind === "parameter" && operand.type === "boolean") return flag(column);
    if (operand.kind === "parameter" && isParentKey(column, table)) return { ...EMPTY, level: "scope", scopeColumns: [column.name] };
    return { ...EMPTY, level: "filter" };
  }
  return operand.kind === "literal" ? flag(column) : { ...EMPTY, level: "filter" };
}

function flag(column: ColumnRef): Restriction {
  return { ...EMPTY, level: "flags", flagColumns: [column.name] };
}

/** Words in the names of columns that divide a table into a few large parts. */
const FLAG_WORDS = /^(?:is|has|can|status|state|stage|phase|type|kind|role|category|mode|level|tier|plan|source|channel|active|enabled|disabled|deleted|archived|published|visible|hidden|draft|public|private|locked|verified|approved|done|processed|completed|default|visibility|priority|direction|environment|env|scope)$/u;

/** A constant that divides the table into a few large parts: a boolean, a member of an enum, or a text for a column that by its type or name holds such. */
function isFlagValue(operand: Operand, column: ColumnRef, table: Table | undefined): boolean {
  if (operand.kind === "literal") {
    if (typeof operand.value === "boolean" || operand.value === null) return true;
  } else if (operand.kind !== "parameter" || operand.constant !== true) return false;
  const known = table && findColumn(column, table);
  if (known && (known.enumeration === true || known.type === "boolean" || known.type === "enum")) return true;
  return column.name
    .replace(/([a-z\d])([A-Z])/gu, "$1_$2")
    .toLowerCase()
    .split("_")
    .some((word) => FLAG_WORDS.test(word));
}

/** Is the column a unique key by itself? Without a schema, `id` is taken for one: by the convention of every library. */
function isKey(column: ColumnRef, table: Table | undefined): boolean {
  if (column.wrappers.length > 0) return false;
  if (!table) return /^_?(?:id|uuid|pk)$/iu.test(column.name);
  const known = findColumn(column, table);
  return known !== undefined && uniqueKeys(table).some((key) => key.length === 1 && key[0] === known.name);
}

/** Does the column hold the key of a parent or tenant: by a foreign key of the schema, or by its name? */
function isParentKey(column: ColumnRef, table: Table | undefined): boolean {
  const known = table && findColumn(column, table);
  if (known && table.foreignKeys.some((key) => key.columns.length === 1 && key.columns[0] === known.name)) return true;
  return /(?:_id|_uuid|Id|ID|Uuid)$/u.test(column.name);
}

export function rank(level: Level): number {
  return LEVELS.indexOf(level);
}

/** The span of the first optional condition, for the report. */
export function spanOfOptional(restriction: Restriction): Span | undefined {
  return restriction.optional[0]?.span;
}
