/**
 * SQL text of the program → queries. Every library that sends SQL text comes through here: the drivers, and the raw
 * escape hatches of the ORMs.
 */
import { mapStatement } from "../query/map.js";
import { query } from "../query/build.js";
import type { Amount, Dialect, HostExpression, Opaque, OpaqueReason, Operand, ParameterOperand, Predicate, Query, Range, Site, Span, Statement, TextEdit } from "../query/model.js";
import { spanOfPredicate } from "../query/predicates.js";
import { readSql, type PlaceholderStyle, type SqlHole, type SqlReading, type SqlText } from "../sql/index.js";
import { scan, type Token } from "../sql/scanner.js";
import { unwrap, type Node } from "../syntax/ast.js";
import type { FoldedText, TextHole } from "../syntax/text.js";
import type { SourceModule } from "../syntax/source-module.js";
import type { AdapterContext } from "./contract.js";
import { placedKind } from "./places.js";

/** A value that the program binds to a placeholder. */
export interface BoundValue {
  readonly node: Node;
  readonly module: SourceModule;
}

/** What is bound to the placeholders of a text, as far as the program says. */
export interface Bindings {
  /** By position, the first placeholder is 1. */
  position?(index: number): BoundValue | undefined;
  name?(name: string): BoundValue | undefined;
}

/** Everything about the query that is not in its text. */
export type TextQueryExtras = Partial<Pick<Query, "sending" | "delivery" | "batchesInTick" | "byUniqueKey" | "inputs" | "bulk">>;

export interface TextQuery extends TextQueryExtras {
  /** Undefined when the expression is no text that can be followed. */
  readonly text: FoldedText | undefined;
  readonly context: AdapterContext;
  readonly site: Site;
  readonly dialect: Dialect | undefined;
  readonly placeholders?: PlaceholderStyle;
  readonly bindings?: Bindings;
  /**
   * What becomes of a LIMIT whose bound value is undefined: `dropped` (bound as NULL, which PostgreSQL takes for no limit)
   * or `rejected` (by the driver or the server). Only a dropped one makes the amount possibly undefined.
   */
  readonly undefinedLimit: "dropped" | "rejected";
}

/** The statements of a text in order, each a query of the same site; or one opaque site with the reason. */
export function queriesOfText(given: TextQuery): readonly (Query | Opaque)[] {
  const { text, context } = given;
  const inputs = uniqueInputs([...(given.inputs ?? []), ...(text?.holes ?? []).filter((hole) => hole.module === context.module).map((hole) => hole.expression)]);
  if (!text || isDynamic(text)) return [opaqueText("dynamic-text", given, inputs)];
  const sql = sqlTextOf(text, given);
  const reading = readText(sql, text, given);
  if ("opaque" in reading) {
    // What the parser rejects around a piece of unknown text is not the developer's mistake.
    const hasUnknown = sql.holes.some((hole) => hole.kind === "text") || text.optional.length > 0;
    return [opaqueText(reading.opaque === "syntax-error" && hasUnknown ? "dynamic-text" : reading.opaque, given, inputs, reading.kind)];
  }
  if (reading.statements.length === 0) return [opaqueText(text.holes.length > 0 ? "dynamic-text" : "syntax-error", given, inputs)];
  const bound = boundReader(sql, given);
  return reading.statements.map((statement) => queryOfStatement(mapStatement(statement, bound), text, sql, given, inputs));
}

function queryOfStatement(statement: Statement, text: FoldedText, sql: SqlText, given: TextQuery, inputs: readonly HostExpression[]): Query {
  const { site, context } = given;
  const delivery = statement.kind === "select" || statement.returning ? given.delivery : "none";
  return query(statement, {
    library: site.library,
    site,
    dialect: given.dialect,
    ...(given.sending && { sending: given.sending }),
    ...(delivery && { delivery }),
    ...(given.batchesInTick !== undefined && { batchesInTick: given.batchesInTick }),
    ...(given.byUniqueKey !== undefined && { byUniqueKey: given.byUniqueKey }),
    ...(given.bulk && { bulk: given.bulk }),
    inputs,
    locate: (span) => locate(text, span) ?? site.range,
    edits: { limit: (rows) => limitEdit(statement, rows, text, sql, given, context.module) },
  });
}

/** Spans of nested statements may end in a hole or in a comment; the nearest range that stands in the file is the answer. */
function locate(text: FoldedText, span: Span): Range | undefined {
  return text.locate(span.start, span.end);
}

export function opaqueText(reason: OpaqueReason, given: Pick<TextQuery, "site" | "sending">, inputs: readonly HostExpression[], kind?: Opaque["kind"]): Opaque {
  return { opaque: reason, library: given.site.library, site: given.site, sending: given.sending ?? "now", inputs, ...(kind && { kind }) };
}

/** Nothing of the text is known but blanks and semicolons. */
function isDynamic(text: FoldedText): boolean {
  if (text.dynamic) return true;
  if (text.holes.length === 0) return false;
  let known = "";
  let at = 0;
  for (const hole of text.holes) {
    known += text.text.slice(at, hole.span.start);
    at = hole.span.end;
  }
  return /^[\s;()]*$/u.test(known + text.text.slice(at));
}

function sqlTextOf(text: FoldedText, { context }: TextQuery): SqlText {
  return { text: text.text, holes: text.holes.map((hole) => sqlHole(hole, text.text, context)) };
}

function sqlHole(hole: TextHole, text: string, context: AdapterContext): SqlHole {
  const isNumber = hole.kind === "text" || hole.kind === "scalar" ? isPlaceholderNumber(hole, text) : false;
  const kind = placedKind(hole, text);
  return {
    // `$${values.length}`: the sigil and the number are one placeholder.
    span: isNumber ? { start: hole.span.start - 1, end: hole.span.end } : hole.span,
    kind: isNumber ? "value" : kind,
    ...(!isNumber && { value: hole.expression }),
    ...(kind === "value" && { undefinable: context.undefinable(hole.expression, hole.module) }),
    ...(hole.items !== undefined && { items: hole.items }),
  };
}

function isPlaceholderNumber(hole: TextHole, text: string): boolean {
  return /(?<![\w$])\$$/u.test(text.slice(Math.max(0, hole.span.start - 2), hole.span.start)) && !/^[\w$]/u.test(text.slice(hole.span.end, hole.span.end + 1));
}

/**
 * Reads the text with every conditional piece in it: what lies in such a piece is then known to be optional. Where that
 * makes no statement (the branches exclude each other), the pieces become holes.
 */
function readText(sql: SqlText, text: FoldedText, given: TextQuery): SqlReading {
  const options = { dialect: given.dialect, ...(given.placeholders && { placeholders: given.placeholders }) };
  if (text.optional.length === 0) return readSql(sql, options);
  const full = readSql(sql, options);
  if ("statements" in full && full.statements.every((statement) => statement.certainty === "parsed")) {
    const isInside = (inner: Span, outer: Span): boolean => outer.start <= inner.start && inner.end <= outer.end;
    const branches = full.statements.flatMap(branchesIn);
    // What is there only with the whole of its branch is certain in it.
    const isOptional = (span: Span | undefined): boolean =>
      span !== undefined && text.optional.some((piece) => isInside(span, piece) && !branches.some((branch) => isInside(branch.span, piece) && isInside(span, branch.span)));
    // A statement that is sent only sometimes is a statement all the same.
    return { statements: full.statements.map((statement) => (isOptional(statement.span) ? statement : mapStatement(statement, optionalParts(isOptional)))) };
  }
  const outer = text.optional.filter((piece) => !text.optional.some((other) => other !== piece && other.start <= piece.start && piece.end <= other.end && (other.start < piece.start || piece.end < other.end)));
  const holes: SqlHole[] = [
    ...sql.holes.filter((hole) => !outer.some((piece) => piece.start <= hole.span.start && hole.span.end <= piece.end)),
    ...outer.map((piece): SqlHole => ({ span: trimmed(piece, sql.text), kind: "text" })),
  ];
  return readSql({ text: sql.text, holes: holes.sort((a, b) => a.span.start - b.span.start) }, options);
}

function branchesIn(statement: Statement): readonly Statement[] {
  return (statement.branches ?? []).flatMap((branch) => [branch, ...branchesIn(branch)]);
}

/** The span without the blanks around: a hole that touches a word is taken for a part of it. */
function trimmed(span: Span, text: string): Span {
  const piece = text.slice(span.start, span.end);
  const start = span.start + (piece.length - piece.trimStart().length);
  return start >= span.end ? span : { start, end: span.end - (piece.length - piece.trimEnd().length) };
}

function optionalParts(isOptional: (span: Span | undefined) => boolean): Parameters<typeof mapStatement>[1] {
  return {
    predicate: (predicate) => optionalPredicate(predicate, isOptional),
    amount: (amount): Amount => (isOptional(amount.span) ? { kind: "maybe", why: "the program adds it only under a condition", proved: "yes", ...(amount.span && { span: amount.span }) } : amount),
  };
}

function optionalPredicate(predicate: Predicate, isOptional: (span: Span | undefined) => boolean): Predicate {
  if (predicate.op === "and" || predicate.op === "or" || predicate.op === "optional") return predicate;
  const span = spanOfPredicate(predicate);
  return span && isOptional(span) ? { op: "optional", item: predicate, cause: "condition", droppable: "yes", span } : predicate;
}

/** Gives placeholders the values that the program binds to them. */
function boundReader(sql: SqlText, given: TextQuery): Parameters<typeof mapStatement>[1] {
  const { context, bindings } = given;
  const valueOf = (placeholder: number | string | undefined): BoundValue | undefined => {
    if (placeholder === undefined) return undefined;
    return typeof placeholder === "number" ? bindings?.position?.(placeholder) : bindings?.name?.(placeholder);
  };
  let tokens: readonly Token[] | undefined;
  const placeholderAt = (span: Span | undefined): number | string | undefined => {
    if (!span) return undefined;
    tokens ??= scan(sql.text, given.dialect, sql.holes.map((hole) => hole.span)).tokens.filter((token) => token.kind === "parameter");
    const index = tokens.findIndex((token) => span.start <= token.start && token.end <= span.end);
    const token = tokens[index];
    if (!token) return undefined;
    if (token.text === "?" || token.text === "??") return tokens.slice(0, index + 1).filter((item) => item.text === "?" || item.text === "??").length;
    const name = token.text.slice(1);
    return /^\d+$/u.test(name) ? Number(name) : name;
  };
  const value = (bound: BoundValue): Partial<ParameterOperand> => {
    const constant = context.constant(bound.node, bound.module);
    const type = typeOf(bound.node, constant?.known === true ? constant.value : undefined);
    return { ...(bound.module === context.module && { value: bound.node }), undefinable: context.undefinable(bound.node, bound.module), ...(type && { type }), ...(constant && { constant: true }) };
  };
  return {
    operand(operand): Operand {
      if (operand.kind !== "parameter") return operand;
      const bound = operand.value ? undefined : valueOf(operand.placeholder);
      if (bound) return { ...operand, ...value(bound) };
      const hole = operand.value && sql.holes.find((item) => item.value === operand.value);
      const source = hole && given.text?.holes.find((item) => item.expression === hole.value);
      if (!source || operand.constant !== undefined) return operand;
      const constant = context.constant(source.expression, source.module);
      const type = operand.type ?? typeOf(source.expression, constant?.known === true ? constant.value : undefined);
      return { ...operand, ...(type && { type }), ...(constant && { constant: true }) };
    },
    amount(amount): Amount {
      if (amount.kind !== "parameter") return amount;
      const bound = amount.value ? undefined : valueOf(placeholderAt(amount.span));
      const constant = bound && context.constant(bound.node, bound.module);
      if (typeof constant?.value === "number" && constant.known) return { kind: "number", value: constant.value, ...(amount.span && { span: amount.span }) };
      const known = bound ? { ...amount, ...(bound.module === context.module && { value: bound.node }), undefinable: context.undefinable(bound.node, bound.module) } : amount;
      if (given.undefinedLimit === "dropped") return known;
      const { undefinable: _rejected, ...rest } = known;
      return rest;
    },
  };
}

function typeOf(node: Node, constant: string | number | boolean | bigint | null | undefined): ParameterOperand["type"] | undefined {
  if (typeof constant === "string" || typeof constant === "number" || typeof constant === "boolean" || typeof constant === "bigint") return primitiveType(constant);
  const inner = unwrap(node);
  switch (inner.type) {
    case "ArrayExpression":
      return "array";
    case "ObjectExpression":
      return "object";
    case "TemplateLiteral":
      return "string";
    case "Literal":
      return inner.value === null ? "null" : undefined;
    case "NewExpression":
      return inner.callee.type === "Identifier" && inner.callee.name === "Date" ? "date" : undefined;
    default:
      return undefined;
  }
}

function primitiveType(value: string | number | boolean | bigint): ParameterOperand["type"] {
  if (typeof value === "string") return "string";
  if (typeof value === "number") return "number";
  return typeof value === "boolean" ? "boolean" : "bigint";
}

function uniqueInputs(nodes: readonly HostExpression[]): readonly HostExpression[] {
  return [...new Set(nodes)];
}

/** ` LIMIT n` at the end of a select that has none, before what locks its rows. Undefined where that is not certainly right. */
function limitEdit(statement: Statement, rows: number, text: FoldedText, sql: SqlText, given: TextQuery, module: SourceModule): readonly TextEdit[] | undefined {
  const { dialect } = given;
  if (statement.kind !== "select" || statement.limit || statement.certainty !== "parsed" || dialect === "sqlserver" || dialect === undefined) return undefined;
  const { tokens } = scan(sql.text, dialect, sql.holes.map((hole) => hole.span));
  const own = tokens.filter((token) => token.start >= statement.span.start && token.end <= statement.span.end && token.text !== ";");
  const locking = own.findLastIndex((token, index) => token.upper === "FOR" && /^(?:UPDATE|SHARE|NO|KEY)$/u.test(own[index + 1]?.upper ?? ""));
  const last = statement.locking && locking > 0 ? own[locking - 1] : own.at(-1);
  if (!last) return undefined;
  const added = ` LIMIT ${String(rows)}`;
  const at = last.end;
  const limited: SqlText = { text: sql.text.slice(0, at) + added + sql.text.slice(at), holes: sql.holes.map((hole) => (hole.span.start >= at ? { ...hole, span: { start: hole.span.start + added.length, end: hole.span.end + added.length } } : hole)) };
  const reading = readSql(limited, { dialect, ...(given.placeholders && { placeholders: given.placeholders }) });
  const changed = "statements" in reading ? reading.statements.find((item) => item.span.start === statement.span.start) : undefined;
  if (changed?.limit?.kind !== "number" || changed.limit.value !== rows || changed.certainty !== "parsed") return undefined;
  const place = insertionPlace(last, text, module);
  return place === undefined ? undefined : [{ range: [place, place], text: added }];
}

/** Offset of the source at which text after a token is inserted. */
function insertionPlace(token: Token, text: FoldedText, module: SourceModule): number | undefined {
  const hole = text.holes.find((item) => item.span.start < token.end && token.end <= item.span.end);
  if (!hole) return text.locate(token.end - 1, token.end)?.[1];
  // Unknown text may bring its own LIMIT; a value ends at the brace of the template.
  if (hole.kind === "text" || hole.module !== module || hole.expression.parent?.type !== "TemplateLiteral") return undefined;
  const brace = /^\s*\}/u.exec(module.text.slice(hole.expression.range[1]));
  return brace ? hole.expression.range[1] + brace[0].length : undefined;
}
