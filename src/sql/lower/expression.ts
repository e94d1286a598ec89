/** Expressions of the neutral tree → columns and operands of the query model. */
import type { Amount, ColumnRef, ColumnWrapper, Operand, Span } from "../../query/model.js";
import type { Tri } from "../../base/tri.js";
import type { Slot } from "../holes.js";
import { numericMarker } from "../holes.js";
import { scan } from "../scanner.js";
import type { Dialect } from "../../query/model.js";
import type { Expression, Place } from "../tree.js";
import type { Frame, LoweringContext } from "./context.js";

const arithmetic = new Set(["+", "-", "*", "/", "%", "^", "&", "|", "#", "<<", ">>", "DIV", "MOD", "~"]);

/** The direct parts of an expression, nested queries left out. */
export function partsOf(expression: Expression): readonly Expression[] {
  switch (expression.kind) {
    case "column":
    case "star":
    case "literal":
    case "parameter":
    case "exists":
    case "query":
      return [];
    case "logical":
    case "row":
    case "array":
    case "other":
      return expression.items;
    case "not":
    case "unary":
    case "isNull":
    case "isBoolean":
    case "cast":
    case "collate":
      return [expression.item];
    case "binary":
      return [expression.left, expression.right];
    case "inList":
      return [expression.item, ...expression.list];
    case "inQuery":
      return [expression.item];
    case "quantified":
      return [expression.item, expression.right];
    case "between":
      return [expression.item, expression.low, expression.high];
    case "like":
      return [expression.item, expression.pattern];
    case "call":
      return [...expression.args, ...expression.extra];
    case "json":
      return [expression.item, ...expression.args];
  }
}

/** Lowers every query nested in an expression that was not lowered yet. */
export function collectQueries(expression: Expression, frame: Frame): void {
  switch (expression.kind) {
    case "exists":
      frame.query(expression.query, "exists");
      break;
    case "query":
      frame.query(expression.query, expression.array ? "array" : "scalar");
      break;
    case "inQuery":
      frame.query(expression.query, "in");
      break;
    default:
      break;
  }
  for (const part of partsOf(expression)) collectQueries(part, frame);
}

/** The slot whose stand-in is (part of) this name or literal. */
export function holeIn(expression: Place, context: LoweringContext): Slot | undefined {
  return expression.end > expression.start ? context.prepared.slotsIn(expression)[0] : undefined;
}

/** The slot a parameter, a marked number or a hole in the place of a value stands for. */
export function valueSlot(expression: Expression, context: LoweringContext): Slot | undefined {
  switch (expression.kind) {
    case "parameter":
    case "column":
      return holeIn(expression, context);
    case "literal": {
      if (typeof expression.value === "number" && expression.value >= numericMarker) {
        const slot = context.prepared.original.slots[expression.value - numericMarker];
        if (slot !== undefined) return slot;
      }
      return typeof expression.value === "string" ? holeIn(expression, context) : undefined;
    }
    default:
      return undefined;
  }
}

/** Every column outside nested queries; holes in the place of a name are none. */
export function columnsIn(expression: Expression, context: LoweringContext): readonly ColumnRef[] {
  const found: ColumnRef[] = [];
  const visit = (part: Expression): void => {
    if (part.kind === "column") {
      if (holeIn(part, context) === undefined) found.push(plainColumn(part.path, part, context));
      return;
    }
    for (const inner of partsOf(part)) visit(inner);
  };
  visit(expression);
  return found;
}

/** Every value of the program that an expression computes with, nested queries left out. */
export function parametersIn(expression: Expression, context: LoweringContext): readonly Operand[] {
  const slot = valueSlot(expression, context);
  if (slot !== undefined) return [context.parameter(slot, expression)];
  if (expression.kind === "parameter") return [{ kind: "parameter", span: context.span(expression) }];
  return partsOf(expression).flatMap((part) => parametersIn(part, context));
}

function plainColumn(path: readonly { readonly text: string; readonly quoted: boolean }[], place: Place, context: LoweringContext): ColumnRef {
  const name = path[path.length - 1];
  const table = path[path.length - 2];
  return {
    ...(table === undefined ? {} : { table: context.fold(table) }),
    name: name === undefined ? "" : context.fold(name),
    span: context.span(place),
    wrappers: [],
  };
}

/** The one column that an expression is about, with what stands around it; undefined when there is none or are several. */
export function columnOf(expression: Expression, context: LoweringContext): ColumnRef | undefined {
  const subject = subjectOf(expression, context);
  return subject?.others === undefined ? subject : undefined;
}

/** The first column of an expression, with what stands around it and the further columns; undefined when it names none. */
export function subjectOf(expression: Expression, context: LoweringContext): ColumnRef | undefined {
  if (expression.kind === "literal" || expression.kind === "parameter") return undefined;
  const [first, ...others] = columnsIn(expression, context);
  const subject = first === undefined ? undefined : wrapped(expression, [], context);
  if (subject === undefined || subject.wrappers.length === 0) return subject;
  return { ...subject, text: rendered(expression, context) ?? normalizedText(expression, context), ...(others.length === 0 ? {} : { others }) };
}

/** An expression written anew, with a parenthesis around every operation; undefined when it holds what is not modelled. */
function rendered(expression: Expression, context: LoweringContext): string | undefined {
  const all = (parts: readonly Expression[]): readonly string[] | undefined => {
    const texts = parts.map((part) => rendered(part, context));
    return texts.every((text) => text !== undefined) ? texts : undefined;
  };
  const slot = valueSlot(expression, context);
  if (slot !== undefined) return slot.placeholder === undefined ? undefined : `$${String(slot.placeholder)}`;
  switch (expression.kind) {
    case "column": {
      const name = expression.path.at(-1);
      return name === undefined ? undefined : `"${context.fold(name).replace(/"/gu, '""')}"`;
    }
    case "literal":
      return typeof expression.value === "string" ? `'${expression.value.replace(/'/gu, "''")}'` : expression.fraction === true ? context.sql.text.slice(context.span(expression).start, context.span(expression).end) : String(expression.value);
    case "call": {
      const args = expression.extra.length > 0 || expression.windowed ? undefined : all(expression.args);
      return args && `${expression.name.toLowerCase()}(${args.join(", ")})`;
    }
    case "cast": {
      const item = rendered(expression.item, context);
      return item && `cast(${item} as ${expression.type})`;
    }
    case "collate": {
      const item = rendered(expression.item, context);
      return item && `(${item} collate "${expression.collation}")`;
    }
    case "unary": {
      const item = rendered(expression.item, context);
      return item && `(${expression.op} ${item})`;
    }
    case "binary": {
      const sides = all([expression.left, expression.right]);
      return sides && `(${sides.join(` ${expression.op} `)})`;
    }
    case "json": {
      const operator = /^(?:->>|->|#>>|#>)/u.exec(expression.path)?.[0];
      const sides = operator === undefined || expression.args.length !== 1 ? undefined : all([expression.item, ...expression.args]);
      return sides && `(${sides.join(` ${operator ?? ""} `)})`;
    }
    case "array": {
      const items = all(expression.items);
      return items && `array[${items.join(", ")}]`;
    }
    case "row": {
      const [only] = expression.items;
      return only !== undefined && expression.items.length === 1 ? rendered(only, context) : undefined;
    }
    case "star":
    case "parameter":
    case "logical":
    case "not":
    case "isNull":
    case "isBoolean":
    case "inList":
    case "inQuery":
    case "quantified":
    case "between":
    case "like":
    case "exists":
    case "query":
    case "other":
      return undefined;
  }
}

function wrapped(expression: Expression, around: readonly ColumnWrapper[], context: LoweringContext): ColumnRef | undefined {
  const inside = (part: Expression, wrapper: ColumnWrapper): ColumnRef | undefined => wrapped(part, [...around, wrapper], context);
  // What is tested inside a function (CASE WHEN a = 1 …) does not matter: the function stands around the column.
  const insideCall = (part: Expression, wrapper: ColumnWrapper): ColumnRef | undefined => {
    const [column] = columnsIn(part, context);
    return inside(part, wrapper) ?? (column === undefined ? undefined : { ...column, wrappers: [...around, wrapper] });
  };
  const holding = (parts: readonly Expression[]): Expression | undefined => parts.find((part) => columnsIn(part, context).length > 0);
  switch (expression.kind) {
    case "column":
      return { ...plainColumn(expression.path, expression, context), wrappers: around };
    case "cast":
      return inside(expression.item, { kind: "cast", type: expression.type });
    case "collate":
      return inside(expression.item, { kind: "collate", collation: expression.collation });
    case "unary":
      return inside(expression.item, { kind: "arithmetic" });
    case "json": {
      const part = holding([expression.item]);
      return part === undefined ? undefined : inside(part, { kind: "json", path: expression.path });
    }
    case "binary": {
      const part = holding([expression.left, expression.right]);
      if (part === undefined) return undefined;
      if (expression.op === "||") return inside(part, { kind: "concat" });
      return arithmetic.has(expression.op) ? inside(part, { kind: "arithmetic" }) : undefined;
    }
    case "call": {
      const part = holding(expression.args);
      if (part === undefined || expression.windowed) return undefined;
      return insideCall(part, { kind: "function", name: expression.name.toLowerCase(), text: normalizedText(expression, context) });
    }
    case "row":
      return expression.items.length === 1 && expression.items[0] !== undefined ? wrapped(expression.items[0], around, context) : undefined;
    case "other": {
      const part = holding(expression.items);
      if (part === undefined || expression.name === "row") return undefined;
      return insideCall(part, { kind: "function", name: expression.name, text: normalizedText(expression, context) });
    }
    default:
      return undefined;
  }
}

function normalizedText(place: Place, context: LoweringContext): string {
  const span = context.span(place);
  return normalizeExpression(context.sql.text.slice(span.start, span.end), context.dialect);
}

/**
 * An expression in the form in which two spellings of it compare equal: words in lower case, one space between words,
 * none elsewhere, table qualifiers, redundant quotes and parentheses around the whole dropped.
 */
export function normalizeExpression(text: string, dialect: Dialect | undefined): string {
  const { tokens } = scan(text, dialect);
  let from = 0;
  let to = tokens.length;
  while (to - from >= 2 && tokens[from]?.text === "(" && closes(tokens, from) === to - 1) {
    from++;
    to--;
  }
  let result = "";
  for (let index = from; index < to; index++) {
    const token = tokens[index];
    if (token === undefined) continue;
    const isName = token.kind === "word" || token.kind === "quoted";
    if (isName && tokens[index + 1]?.text === "." && tokens[index + 1]?.kind === "punct") {
      index++;
      continue;
    }
    let written = token.kind === "word" ? token.text.toLowerCase() : token.text;
    if (token.kind === "quoted" && /^.[a-z_][a-z0-9_]*.$/u.test(token.text)) written = token.text.slice(1, -1);
    if (/\w$/u.test(result) && /^[\w'"]/u.test(written)) result += " ";
    result += written;
  }
  return result;
}

function closes(tokens: readonly { readonly text: string; readonly kind: string }[], open: number): number {
  let depth = 0;
  for (let index = open; index < tokens.length; index++) {
    if (tokens[index]?.kind !== "punct") continue;
    if (tokens[index]?.text === "(") depth++;
    else if (tokens[index]?.text === ")" && --depth === 0) return index;
  }
  return -1;
}

const castTypes: readonly (readonly [RegExp, "string" | "number" | "boolean" | "bigint" | "date"])[] = [
  [/^(?:int8|bigint)$/u, "bigint"],
  [/^(?:int|float|numeric|decimal|double|real|smallint|unsigned|signed)/u, "number"],
  [/^(?:text|varchar|bpchar|char|uuid|citext|name)/u, "string"],
  [/^bool/u, "boolean"],
  [/^(?:date|time)/u, "date"],
];

const volatileFunctions = new Set(["random", "rand", "gen_random_uuid", "uuid", "uuid_generate_v4", "newid", "clock_timestamp", "timeofday", "nextval", "sysdate", "randomblob", "last_insert_rowid", "changes", "last_insert_id", "pg_sleep", "sleep"]);
const stableFunctions = new Set(["now", "current_date", "current_timestamp", "current_time", "localtimestamp", "localtime", "date", "datetime", "strftime", "unixepoch", "julianday", "curdate", "utc_timestamp", "current_user", "session_user", "current_setting", "date_sub", "date_add", "date_trunc", "to_timestamp", "lower", "upper", "coalesce", "least", "greatest", "abs", "concat", "to_tsquery", "plainto_tsquery", "websearch_to_tsquery", "unix_timestamp", "getdate", "sysutcdatetime", "make_interval", "interval", "timezone", "any_value", "round", "length"]);

function volatility(expression: Expression): Tri {
  let answer: Tri = "no";
  const visit = (part: Expression): void => {
    if (part.kind === "call") {
      const name = part.name.toLowerCase();
      if (volatileFunctions.has(name)) answer = "yes";
      else if (!stableFunctions.has(name) && answer === "no") answer = "unknown";
    }
    for (const inner of partsOf(part)) visit(inner);
  };
  visit(expression);
  return answer;
}

const resultTypes: Readonly<Record<string, string>> = {
  now: "timestamptz", current_timestamp: "timestamptz", transaction_timestamp: "timestamptz", statement_timestamp: "timestamptz", clock_timestamp: "timestamptz",
  localtimestamp: "timestamp", current_date: "date", current_user: "name", session_user: "name",
  length: "integer", char_length: "integer", random: "double precision", lower: "text", upper: "text", concat: "text", md5: "text", trim: "text", current_setting: "text",
  to_timestamp: "timestamptz", to_date: "date", make_date: "date", make_interval: "interval", age: "interval", extract: "numeric", date_part: "double precision",
  gen_random_uuid: "uuid", uuid_generate_v4: "uuid", to_tsquery: "tsquery", plainto_tsquery: "tsquery", phraseto_tsquery: "tsquery", websearch_to_tsquery: "tsquery", to_tsvector: "tsvector",
  jsonb_build_object: "jsonb", to_jsonb: "jsonb",
};
const sumTypes = ["smallint", "integer", "bigint", "numeric", "double precision"];

/** SQL type of a value without columns, as far as PostgreSQL's rules for numbers and the table above tell. */
function resultType(expression: Expression, context: LoweringContext): string | undefined {
  if (valueSlot(expression, context) !== undefined) return undefined;
  switch (expression.kind) {
    case "literal":
      return expression.fraction === true ? "numeric" : typeof expression.value === "number" ? "integer" : undefined;
    case "cast":
      return expression.type;
    case "unary":
      return resultType(expression.item, context);
    case "call":
      return resultTypes[expression.name.toLowerCase()];
    case "binary": {
      const left = resultType(expression.left, context);
      const right = resultType(expression.right, context);
      if (expression.op === "||") return "text";
      const [lower, higher] = [sumTypes.indexOf(left ?? ""), sumTypes.indexOf(right ?? "")].sort((one, other) => one - other);
      // A parameter beside a number takes the number's type.
      if (arithmetic.has(expression.op) && higher !== undefined && higher >= 0 && (lower ?? -1) >= 0) return sumTypes[higher];
      return undefined;
    }
    default:
      return undefined;
  }
}

/** What a column is compared with or set to; undefined when the expression is not about its columns alone. */
export function operandOf(expression: Expression, frame: Frame): Operand | undefined {
  const { context } = frame;
  const span = (): Span => context.span(expression);
  const slot = valueSlot(expression, context);
  if (slot !== undefined) return context.parameter(slot, expression);
  switch (expression.kind) {
    case "parameter":
      return { kind: "parameter", span: span() };
    case "literal":
      return { kind: "literal", value: expression.value, ...(expression.fraction === true ? { sqlType: "numeric" } : {}), span: span() };
    case "query":
      return { kind: "subquery", statement: frame.query(expression.query, expression.array ? "array" : "scalar"), span: span() };
    case "cast": {
      const inner = operandOf(expression.item, frame);
      if (inner === undefined) return undefined;
      if (inner.kind === "parameter") {
        const type = expression.type.endsWith("[]") ? ("array" as const) : castTypes.find(([pattern]) => pattern.test(expression.type.toLowerCase()))?.[1];
        return { ...inner, sqlType: expression.type, ...(type === undefined ? {} : { type }) };
      }
      if (inner.kind === "literal") return { ...inner, sqlType: expression.type };
      if (inner.kind === "expression") return { ...inner, sqlType: expression.type };
      break;
    }
    case "collate": {
      const inner = operandOf(expression.item, frame);
      if (inner?.kind === "parameter" || inner?.kind === "literal") return { ...inner, collation: expression.collation };
      break;
    }
    case "unary":
      if (expression.op === "-" && expression.item.kind === "literal") {
        const value = expression.item.value;
        if (typeof value === "number" || typeof value === "bigint") return { kind: "literal", value: -value, ...(expression.item.fraction === true ? { sqlType: "numeric" } : {}), span: span() };
      }
      break;
    case "row":
      if (expression.items.length === 1 && expression.items[0] !== undefined) return operandOf(expression.items[0], frame);
      break;
    default:
      break;
  }
  if (columnsIn(expression, context).length > 0) {
    const column = subjectOf(expression, context);
    return column === undefined ? undefined : { kind: "column", column };
  }
  collectQueries(expression, frame);
  const sqlType = resultType(expression, context);
  return { kind: "expression", volatile: volatility(expression), ...(sqlType === undefined ? {} : { sqlType }), span: span() };
}

/** A LIMIT or OFFSET. */
export function amountOf(expression: Expression, frame: Frame): Amount {
  const operand = operandOf(expression, frame);
  const span = frame.context.span(expression);
  switch (operand?.kind) {
    case "literal": {
      const value = operand.value;
      if (value === null) return { kind: "none", span };
      if (typeof value === "bigint") return value > 0n ? { kind: "none", span } : { kind: "number", value: Number(value), span };
      const number = typeof value === "number" ? value : Number(value);
      if (Number.isNaN(number)) return { kind: "parameter", span };
      if (number < 0) return { kind: "none", span };
      return { kind: "number", value: number, span };
    }
    case "parameter":
      return {
        kind: "parameter", span,
        ...(operand.value === undefined ? {} : { value: operand.value }),
        ...(operand.undefinable === undefined ? {} : { undefinable: operand.undefinable }),
      };
    case undefined:
    case "column":
    case "subquery":
    case "expression":
      return { kind: "parameter", span };
  }
}
