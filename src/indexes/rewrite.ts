/**
 * What to write in place of a condition that tests something computed from a column, so that an index on the column itself
 * serves: advice in words, and the condition itself where it selects exactly the same rows.
 */
import type { ComparisonOperator, Dialect, Operand, Predicate, Span } from "../query/model.js";
import type { Column } from "../schema/model.js";
import { normaliseType } from "../schema/types.js";

export interface Rewrite {
  /** What to do, as an imperative sentence without its period. */
  readonly advice: string;
  /** The condition in SQL. Absent where no other condition has the same meaning for certain. */
  readonly exact?: string;
}

export interface RewriteQuestion {
  readonly predicate: Predicate;
  readonly column: Column;
  readonly dialect: Dialect | undefined;
  /** The text of a part of the statement, as it stands in the code. */
  readonly textOf: (span: Span) => string;
}

/** A comparison with constants, whatever form it has. */
interface Comparison {
  readonly operator: ComparisonOperator;
  readonly operand: Operand;
}

/** Undefined where an index on the computed value is the better cure, or no cure is known. */
export function rewriteOf(question: RewriteQuestion): Rewrite | undefined {
  const { predicate, dialect } = question;
  if (predicate.op !== "compare" && predicate.op !== "in" && predicate.op !== "between" && predicate.op !== "like") return undefined;
  const [wrapper, ...others] = predicate.column.wrappers;
  if (wrapper === undefined) return undefined;
  const alone = others.length === 0;
  switch (wrapper.kind) {
    case "arithmetic":
      return { advice: "Move the computation to the other side", ...exactly(alone ? withoutArithmetic(question) : undefined) };
    case "cast": {
      const target = normaliseType(wrapper.type);
      if (target === "date") return truncation("day", question, alone);
      return { advice: "Give the value the type of the column, and leave the column as it is", ...exactly(alone && isTextual(target) ? withoutCast(question) : undefined) };
    }
    case "function": {
      const unit = unitOf(wrapper.name, wrapper.text);
      if (unit !== undefined) return truncation(unit, question, alone);
      if (wrapper.name === "coalesce" || wrapper.name === "ifnull") return { advice: "Compare the column itself, and add `OR … IS NULL` only where rows without a value are meant", ...exactly(alone ? withoutDefault(question, wrapper.text) : undefined) };
      // MariaDB has no indexes on expressions.
      if (/^(?:lower|upper|lcase|ucase)$/u.test(wrapper.name) && dialect === "mariadb") return { advice: "Compare the column itself: a collation that ignores case, as the default ones do, makes the function needless" };
      return undefined;
    }
    case "concat":
      return { advice: "Compare the columns themselves, each with its own part" };
    case "json":
    case "collate":
      return undefined;
  }
}

function exactly(exact: string | undefined): { readonly exact?: string } {
  return exact === undefined ? {} : { exact };
}

function isTextual(type: string | undefined): boolean {
  return type === "text" || type === "varchar" || type === "char";
}

const INTEGERS: ReadonlySet<string> = new Set(["integer", "bigint", "smallint"]);

/** `a + 1 = 5` → `a = 4`, for whole numbers. SQLite computes with whatever a column holds, so that it is left out. */
function withoutArithmetic({ predicate, column, dialect, textOf }: RewriteQuestion): string | undefined {
  if (predicate.op !== "compare" || !INTEGERS.has(column.type ?? "") || (dialect !== "postgresql" && dialect !== "mysql" && dialect !== "mariadb")) return undefined;
  const name = textOf(predicate.column.span);
  const written = textOf(predicate.span);
  if (!written.startsWith(name)) return undefined;
  const found = /^\s*([+-])\s*(\d{1,9})\s*(=|<=|>=|<|>)\s*(-?\d{1,9})$/u.exec(written.slice(name.length));
  if (found === null) return undefined;
  const [, sign, term, operator, value] = found;
  return `${name} ${operator ?? ""} ${Number(value) + (sign === "+" ? -Number(term) : Number(term))}`;
}

/** `id::text = '5'` → `id = 5`, for a text that the column's type writes just so. */
function withoutCast({ predicate, column, dialect, textOf }: RewriteQuestion): string | undefined {
  if (predicate.op !== "compare" || predicate.operator !== "=" || predicate.operand.kind !== "literal" || typeof predicate.operand.value !== "string") return undefined;
  const { value, span } = predicate.operand;
  const name = textOf(predicate.column.span);
  if (INTEGERS.has(column.type ?? "") && dialect !== "sqlite" && /^(?:0|-?[1-9]\d{0,8})$/u.test(value)) return `${name} = ${value}`;
  if (column.type === "uuid" && dialect === "postgresql" && span !== undefined && /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/u.test(value)) return `${name} = ${textOf(span)}`;
  return undefined;
}

/** `coalesce(n, 0) = 5` → `n = 5`: another number than the one that stands for null. */
function withoutDefault({ predicate, column, dialect, textOf }: RewriteQuestion, text: string): string | undefined {
  if (predicate.op !== "compare" || predicate.operator !== "=" || !INTEGERS.has(column.type ?? "") || dialect === "sqlite") return undefined;
  const { operand } = predicate;
  const standIn = /^\w+\([^,()]+,\s*(-?\d{1,9})\)$/u.exec(text)?.[1];
  if (standIn === undefined || operand.kind !== "literal" || typeof operand.value !== "number" || operand.value === Number(standIn)) return undefined;
  return `${textOf(predicate.column.span)} = ${String(operand.value)}`;
}

type Unit = "day" | "month" | "year" | "year number" | "other";

/** The part of a time to which a function reduces it. */
function unitOf(name: string, text: string): Unit | undefined {
  if (name === "date") return "day";
  if (name === "year") return "year number";
  if (name === "date_trunc") {
    const unit = /^date_trunc\('(\w+)',[^,]+\)$/iu.exec(text)?.[1]?.toLowerCase();
    return unit === "day" || unit === "month" || unit === "year" ? unit : "other";
  }
  if (name === "extract" || name === "date_part") return /\(\s*'?year\b/iu.test(text) ? "year number" : "other";
  return name === "strftime" || name === "date_format" || name === "to_char" ? "other" : undefined;
}

const RANGES: Readonly<Record<Unit, string>> = {
  day: "Compare the column with a range: from the beginning of the day, and before that of the next",
  month: "Compare the column with a range: from the beginning of the month, and before that of the next",
  year: "Compare the column with a range: from the beginning of the year, and before that of the next",
  "year number": "Compare the column with a range: from the beginning of the year, and before that of the next",
  other: "Compare the column with a range of times",
};

/** A condition on a part of a time → a half-open range of times. Exact where no time zone stands between the two. */
function truncation(unit: Unit, question: RewriteQuestion, alone: boolean): Rewrite {
  return { advice: RANGES[unit], ...exactly(alone && isWithoutZone(question) ? rangeOf(unit, question) : undefined) };
}

/** PostgreSQL's `timestamptz` and MySQL's `timestamp` have days of the session's time zone; SQLite has no type of time. */
function isWithoutZone({ column, dialect }: RewriteQuestion): boolean {
  if (column.type === "date") return dialect === "postgresql" || dialect === "mysql" || dialect === "mariadb";
  return dialect === "postgresql" ? column.type === "timestamp" : (dialect === "mysql" || dialect === "mariadb") && column.type === "datetime";
}

function rangeOf(unit: Unit, { predicate, textOf }: RewriteQuestion): string | undefined {
  const comparisons: readonly Comparison[] = predicate.op === "compare" ? [predicate] : predicate.op === "between" && !predicate.negated ? [{ operator: ">=", operand: predicate.low }, { operator: "<=", operand: predicate.high }] : [];
  const [first] = comparisons;
  if (first === undefined || (predicate.op !== "compare" && predicate.op !== "between")) return undefined;
  // A statement that is written the other way round (`'2024-01-01' = date(a)`) has been turned by the reader: the result reads alike.
  const name = textOf(predicate.column.span);
  const parts = comparisons.map((comparison) => bound(unit, name, comparison, textOf));
  return parts.every((part) => part !== undefined) ? parts.join(" AND ") : undefined;
}

function bound(unit: Unit, name: string, { operator, operand }: Comparison, textOf: (span: Span) => string): string | undefined {
  if (operand.kind !== "literal" || operand.span === undefined) return undefined;
  const written = textOf(operand.span);
  const start = unit === "year number" ? (typeof operand.value === "number" && /^\d{4}$/u.test(written) ? `${written}-01-01` : undefined) : /^\\?'(\d{4}-\d{2}-\d{2})\\?'$/u.exec(written)?.[1];
  const from = start === undefined ? undefined : dayOf(start);
  if (start === undefined || from === undefined) return undefined;
  // A time in the middle of the unit equals no beginning of one.
  if ((unit === "month" && !start.endsWith("-01")) || (unit === "year" && !start.endsWith("-01-01")) || unit === "other") return undefined;
  const quoted = (day: string): string => (unit === "year number" ? `'${day}'` : written.replace(start, day));
  const next = nextOf(unit, from);
  if (next === undefined) return undefined;
  switch (operator) {
    case "=":
      return `${name} >= ${quoted(start)} AND ${name} < ${quoted(next)}`;
    case ">=":
      return unit === "year number" ? undefined : `${name} >= ${quoted(start)}`;
    case "<":
      return unit === "year number" ? undefined : `${name} < ${quoted(start)}`;
    case ">":
      return unit === "year number" ? undefined : `${name} >= ${quoted(next)}`;
    case "<=":
      return unit === "year number" ? undefined : `${name} < ${quoted(next)}`;
    case "<>":
    case "is distinct":
    case "is not distinct":
      return undefined;
  }
}

/** The day, when the calendar has it. */
function dayOf(text: string): Date | undefined {
  const day = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(day.getTime()) && day.toISOString().startsWith(text) ? day : undefined;
}

function nextOf(unit: Unit, day: Date): string | undefined {
  const next = new Date(day);
  if (unit === "day") next.setUTCDate(day.getUTCDate() + 1);
  else if (unit === "month") next.setUTCMonth(day.getUTCMonth() + 1);
  else next.setUTCFullYear(day.getUTCFullYear() + 1);
  const text = next.toISOString().slice(0, 10);
  return /^\d{4}-/u.test(text) ? text : undefined;
}
