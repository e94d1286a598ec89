/** Conditions that the query builder takes as text: `"user.name = :name"`, with parameters given beside. */
import type { Dialect, Operand, Predicate, Span, Statement } from "../../query/model.js";
import { mapPredicate } from "../../query/map.js";
import { unwrap, type Node } from "../../syntax/ast.js";
import type { SourceModule } from "../../syntax/source-module.js";
import { foldText, type FoldedText, type HoleKind, type Interpolation, type TextHole } from "../../syntax/text.js";
import { conditionOfText } from "../condition-text.js";
import { opaque, operandOf, spanAt, type Lowering } from "../conditions.js";
import type { NodeRef } from "../../syntax/values.js";

export interface TextScope {
  readonly at: Lowering;
  readonly dialect: Dialect | undefined;
  /** Names that stand before a dot and mean an entity: `user` of `user.name`. */
  readonly aliases: ReadonlySet<string>;
  /** Names without a dot are properties too: in an update and a delete. */
  readonly bare: boolean;
  readonly parameter: (name: string) => NodeRef | undefined;
  /** The statement of another builder whose text is interpolated, and whether its text has parentheses of its own. */
  readonly subquery: (node: Node, module: SourceModule) => { readonly statement: Statement; readonly enclosed: boolean } | undefined;
}

/** A place of the text that is replaced by another text, as long as it is read. */
interface Piece {
  readonly start: number;
  readonly end: number;
  readonly text: string;
  readonly hole?: { readonly kind: HoleKind; readonly expression: Node; readonly module: SourceModule };
}

/** `:name`, `:...names`; not the cast `::text`. */
const PARAMETER = /(?<![:\w]):(\.\.\.)?([A-Za-z_][\w.]*)/gu;
const PATH = /(?<![\w.$"'`:@])([A-Za-z_]\w*)\.([A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*)(?![\w(])/gu;
const STRING = /'(?:[^']|'')*'/gu;

/** The condition that a text is. */
export function conditionFromText(node: Node, module: SourceModule, scope: TextScope): Predicate {
  const { at } = scope;
  const span = spanAt(at, node, module);
  const nested: Statement[] = [];
  const interpolate = (expression: Node, home: SourceModule): Interpolation | undefined => {
    const found = scope.subquery(expression, home);
    if (!found) return undefined;
    nested.push(found.statement);
    return { text: found.enclosed ? "(SELECT NULL)" : "SELECT NULL" };
  };
  const folded = foldText(unwrap(node), module, at.context.values, interpolate);
  if (!folded || folded.dynamic) return opaque(span, "the condition comes from elsewhere");
  return conditionOfFolded(folded, node, module, scope, nested);
}

export function conditionOfFolded(folded: FoldedText, node: Node, module: SourceModule, scope: TextScope, nested: Statement[] = []): Predicate {
  const { at } = scope;
  const span = spanAt(at, node, module);
  if (folded.text.trim() === "") return { op: "constant", value: true, written: false, span };
  const columns = new Map<string, { readonly table: string; readonly name: string }>();
  const changed = rewritten(folded, piecesOf(folded, node, module, scope, columns));
  const place = (part: Span): Span => {
    const range = module === at.context.module ? changed.locate(part.start, part.end) : undefined;
    return range ? { start: range[0], end: range[1] } : span;
  };
  const read = conditionOfText({ text: changed, dialect: scope.dialect, place });
  if (!read) return { ...opaque(span, "the text cannot be read as a condition"), ...(changed.holes.every((hole) => hole.kind !== "text") && { restricts: "yes" as const }) };
  if (folded.optional.length > 0) return opaque(span, "a part of the condition is there only sometimes");
  const queue = [...nested];
  return mapPredicate(withColumns(read, columns, scope.bare), {
    operand: (operand) => bound(operand, changed, node, at),
    predicate: (predicate) => {
      if (predicate.op === "in" && predicate.values.kind === "subquery") {
        const statement = queue.shift();
        return statement ? { ...predicate, values: { kind: "subquery", statement } } : predicate;
      }
      if (predicate.op === "exists" && predicate.statement) {
        const statement = queue.shift();
        return statement ? { ...predicate, statement } : predicate;
      }
      return predicate;
    },
  });
}

/** Parameters become holes, names of properties become names that no dialect folds or reserves. */
function piecesOf(folded: FoldedText, node: Node, module: SourceModule, scope: TextScope, columns: Map<string, { readonly table: string; readonly name: string }>): readonly Piece[] {
  const { text } = folded;
  const quoted = [...text.matchAll(STRING)].map((match) => [match.index, match.index + match[0].length] as const);
  const isFree = (start: number, end: number): boolean => !quoted.some(([from, to]) => from < end && start < to) && !folded.holes.some((hole) => hole.span.start < end && start < hole.span.end);
  const pieces: Piece[] = [];
  for (const match of text.matchAll(PARAMETER)) {
    const start = match.index;
    const end = start + match[0].length;
    if (!isFree(start, end)) continue;
    const given = scope.parameter(match[2] ?? "");
    pieces.push({ start, end, text: "?", hole: { kind: match[1] === undefined ? "value" : "list", expression: given?.node ?? node, module: given?.module ?? module } });
  }
  for (const match of text.matchAll(PATH)) {
    const [whole, alias = "", path = ""] = match;
    const start = match.index;
    if (!scope.aliases.has(alias) || !isFree(start, start + whole.length)) continue;
    const name = `c${String(columns.size)}`;
    columns.set(name, { table: alias, name: path });
    pieces.push({ start, end: start + whole.length, text: `t0.${name}` });
  }
  return pieces.sort((a, b) => a.start - b.start);
}

/** The value behind a hole: a constant of the program counts as what it is. */
function bound(operand: Operand, folded: FoldedText, node: Node, at: Lowering): Operand {
  if (operand.kind !== "parameter" || !operand.value) return operand;
  const hole = folded.holes.find((item) => item.expression === operand.value);
  if (!hole) return operand;
  const { value: _, ...rest } = operand;
  if (hole.expression === node) return rest;
  const known = operandOf(at, hole.expression, hole.module);
  return known.kind === "parameter" ? { ...known, ...(operand.type && { type: operand.type }), ...(operand.span && { span: operand.span }) } : known;
}

/** A predicate with the names of its columns as the program writes them. */
function withColumns<T>(part: T, columns: ReadonlyMap<string, { readonly table: string; readonly name: string }>, bare: boolean): T {
  return copy(part) as T;

  function copy(value: unknown): unknown {
    if (Array.isArray(value)) return value.map(copy);
    if (typeof value !== "object" || value === null || ("type" in value && "range" in value)) return value;
    const copied: Record<string, unknown> = Object.fromEntries(Object.entries(value).map(([key, item]: [string, unknown]) => [key, copy(item)]));
    if (!("wrappers" in copied)) return copied;
    const known = columns.get(String(copied["name"]));
    if (known && copied["table"] === "t0") return { ...copied, ...known, property: true };
    return bare && copied["table"] === undefined ? { ...copied, property: true } : copied;
  }
}

/** The text with pieces replaced, and the way back into the source. */
function rewritten(folded: FoldedText, pieces: readonly Piece[]): FoldedText {
  if (pieces.length === 0) return folded;
  let text = "";
  let from = 0;
  const shifts: { readonly start: number; readonly end: number; readonly piece: Piece }[] = [];
  for (const piece of pieces) {
    text += folded.text.slice(from, piece.start);
    shifts.push({ start: text.length, end: text.length + piece.text.length, piece });
    text += piece.text;
    from = piece.end;
  }
  text += folded.text.slice(from);
  /** Offset before the replacement; of a place inside a piece, the near end of it. */
  const before = (offset: number, isEnd: boolean): number => {
    let delta = 0;
    for (const { start, end, piece } of shifts) {
      if (offset >= end && !(isEnd && offset === start)) delta = piece.end - end;
      else if (offset > start) return isEnd ? piece.end : piece.start;
      else break;
    }
    return offset + delta;
  };
  const after = (offset: number): number => {
    let delta = 0;
    for (const { end, piece } of shifts) if (piece.end <= offset) delta = end - piece.end;
    return offset + delta;
  };
  const holes: TextHole[] = [
    ...folded.holes.map((hole) => ({ ...hole, span: { start: after(hole.span.start), end: after(hole.span.end) } })),
    ...shifts.flatMap(({ start, end, piece }) => (piece.hole ? [{ span: { start, end }, ...piece.hole }] : [])),
  ];
  return {
    ...folded,
    text,
    holes: holes.sort((a, b) => a.span.start - b.span.start),
    locate: (start, end) => folded.locate(before(start, false), before(end, true)),
  };
}
