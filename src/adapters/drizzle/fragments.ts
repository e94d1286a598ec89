/** SQL text inside Drizzle: what ``sql`…` `` interpolates, and fragments read as conditions and as columns. */
import type { TSESTree } from "@typescript-eslint/utils";
import type { ColumnRef, Predicate, Span } from "../../query/model.js";
import { NO_FILTER } from "../../query/build.js";
import { literalString, memberName, unwrap, type Node } from "../../syntax/ast.js";
import type { SourceModule } from "../../syntax/source-module.js";
import { elementsOf, foldText, type FoldedText, type Interpolation, type TextHole } from "../../syntax/text.js";
import type { LibraryValue } from "../../syntax/values.js";
import { conditionOfText } from "../condition-text.js";
import type { Place, Reader } from "./reader.js";
import { namesOf } from "./tables.js";

/** What an interpolated expression is that nothing is known of: Drizzle binds values, and takes fragments as text. */
export type Guess = "value" | "text";

export class FragmentReader {
  readonly #reader: Reader;
  /** Columns without an SQL name, as they stand in the text. */
  readonly #properties = new Set<string>();

  constructor(reader: Reader) {
    this.#reader = reader;
  }

  /** A fragment as a filter. */
  condition(node: Node, place: Place): Predicate {
    const reader = this.#reader;
    const span = reader.span(node, place);
    const folded = this.fold(node, place, "value");
    if (!folded) return { op: "opaque", restricts: "unknown", reason: "the SQL text cannot be followed", span };
    if (folded.text.trim() === "") return NO_FILTER;
    this.#note(folded, place);
    const where = this.#read(folded, (inner) => this.#located(inner, folded, place) ?? span);
    if (where) return where;
    return { op: "opaque", restricts: folded.holes.some((hole) => hole.kind === "text") ? "unknown" : "yes", reason: "the SQL text cannot be read as a condition", span };
  }

  /** A fragment as a column with what stands around it: ``sql`lower(${users.email})` ``. */
  column(node: Node, place: Place): ColumnRef | undefined {
    const folded = this.fold(node, place, "value");
    if (!folded) return undefined;
    const span = this.#reader.span(node, place);
    const where = this.#read({ ...folded, text: `${folded.text} = 1` }, () => span);
    if (where?.op !== "compare" || where.operator !== "=" || where.operand.kind !== "literal" || where.operand.value !== 1) return undefined;
    return where.column;
  }

  /** Does the fragment interpolate values of the program? */
  bindsValues(node: Node, place: Place): boolean {
    return (this.fold(node, place, "value")?.holes.length ?? 1) > 0;
  }

  /** Text of a fragment; undefined when it is none. */
  fold(node: Node, place: Place, guess: Guess): FoldedText | undefined {
    const inner = unwrap(node);
    const said = this.#interpolation(inner, place.module, place, guess);
    if (said && "hole" in said && this.#reader.drizzle(inner, place)?.role === "fragment") return undefined;
    const start = said && "inline" in said ? said.inline : inner.type === "CallExpression" || inner.type === "TaggedTemplateExpression" ? undefined : inner;
    if (said && "text" in said) return constantText(said.text);
    if (!start) return undefined;
    const folded = foldText(start, place.module, this.#reader.context.values, (expression, module) => this.#interpolation(expression, module, place, guess));
    return folded && withLists(folded);
  }

  #interpolation(expression: Node, module: SourceModule, place: Place, guess: Guess): Interpolation | undefined {
    const inner = unwrap(expression);
    const reader = this.#reader;
    // One branch without text: what is in the other one is there only sometimes, which the folder marks.
    if (inner.type === "ConditionalExpression" && [inner.consequent, inner.alternate].some(isEmptyTemplate)) return undefined;
    const here: Place = module === place.module ? place : { ...place, module };
    const value = reader.drizzle(inner, here);
    if (!value) return this.#plain(inner, module, guess);
    switch (value.role) {
      case "table":
      case "alias": {
        const names = namesOf(value, reader.context.values);
        return names?.name === undefined ? { hole: "identifier" } : { text: [names.schema, names.name].flatMap((part) => (part === undefined ? [] : [this.#quoted(part)])).join(".") };
      }
      case "column": {
        const column = reader.columnRef(value, { start: 0, end: 0 });
        if (!column) return { hole: "identifier" };
        if (column.property) this.#properties.add(`${column.table ?? ""}.${column.name}`);
        return { text: [column.table, column.name].flatMap((part) => (part === undefined ? [] : [this.#quoted(part)])).join(".") };
      }
      case "subquery":
      case "cte":
        return value.name === undefined ? { hole: "identifier" } : { text: this.#quoted(value.name) };
      case "builder":
        reader.subquery(inner, here, "scalar");
        return { text: "(SELECT NULL)" };
      case "condition":
        return { hole: value.name === "placeholder" ? "value" : "text" };
      case "fragment":
        return this.#fragment(value, inner, here);
      default:
        return { hole: guess };
    }
  }

  #fragment(value: LibraryValue, node: Node, place: Place): Interpolation {
    const at = value.at;
    if (!at) return { hole: "text" };
    if (node.type === "Identifier") {
      const held = heldIn(node, place);
      if (held === "changed") return { hole: "text" };
      // The evaluator takes the first branch; the folder knows that there are two.
      if (held && held.type === "ConditionalExpression") return { inline: held, module: place.module };
    }
    if (node.type === "ConditionalExpression" || node.type === "LogicalExpression") return { hole: "text" };
    if (at.node.type === "TaggedTemplateExpression") return { inline: at.node.quasi, module: at.module };
    const call = at.node.type === "CallExpression" ? at.node : undefined;
    const [first, second] = call?.arguments ?? [];
    switch (value.name) {
      case "raw":
        return first ? { inline: first, module: at.module } : { hole: "text" };
      case "empty":
        return { text: "" };
      case "identifier": {
        const name = first && literalString(first);
        return name === undefined ? { hole: "identifier" } : { text: this.#quoted(name) };
      }
      case "param":
      case "placeholder":
        return { hole: "value" };
      case "join":
        return { hole: first && isCommaJoin(second) ? "list" : "text", ...(first && { value: first }) };
      default:
        return { hole: "text" };
    }
  }

  /** A value of the program is bound, whatever it is. */
  #plain(node: Node, module: SourceModule, guess: Guess): Interpolation | undefined {
    if (node.type === "Literal" || node.type === "TemplateLiteral" || node.type === "ArrayExpression" || node.type === "BinaryExpression" || node.type === "NewExpression") return { hole: "value" };
    const value = this.#reader.context.values.evaluate(node, module);
    if (value.kind === "literal" || elementsOf(node, module)) return { hole: "value" };
    return { hole: guess };
  }

  #quoted(name: string): string {
    const { dialect } = this.#reader;
    if (dialect === "mysql" || dialect === "mariadb") return `\`${name.replaceAll("`", "``")}\``;
    if (dialect === undefined && /^[a-z_][a-z\d_]*$/u.test(name)) return name;
    return `"${name.replaceAll('"', '""')}"`;
  }

  #read(text: FoldedText, place: (span: Span) => Span): Predicate | undefined {
    return conditionOfText({ text, dialect: this.#reader.dialect, place, properties: this.#properties });
  }

  #located(span: Span, folded: FoldedText, place: Place): Span | undefined {
    if (place.anchor) return place.anchor;
    const range = folded.locate(span.start, span.end);
    return range && { start: range[0], end: range[1] };
  }

  #note(folded: FoldedText, place: Place): void {
    for (const hole of folded.holes) if (hole.module === place.module) this.#reader.note(hole.expression, place);
  }
}

/** `sql.join(ids, sql`, `)`: a list of values. Any other separator joins pieces of SQL. */
function isCommaJoin(separator: Node | undefined): boolean {
  if (!separator) return false;
  const inner = unwrap(separator);
  const text = inner.type === "TaggedTemplateExpression" ? literalString(inner.quasi) : inner.type === "CallExpression" && inner.arguments[0] ? literalString(inner.arguments[0]) : undefined;
  return text?.trim() === ",";
}

function isEmptyTemplate(node: Node): boolean {
  const inner = unwrap(node);
  return inner.type === "TaggedTemplateExpression" && literalString(inner.quasi) === "";
}

/** The initial value of a variable that holds a fragment; `changed` when the program assigns it anew or appends to it. */
function heldIn(node: TSESTree.Identifier, place: Place): Node | "changed" | undefined {
  const variable = place.module.lookUp(node.name, node);
  const changed = variable?.references.some((reference) => {
    if (reference.isWrite()) return !reference.init;
    const use = reference.identifier as Node;
    return use.parent?.type === "MemberExpression" && use.parent.object === use && memberName(use.parent) === "append";
  });
  if (changed) return "changed";
  const declarator = variable?.defs[0]?.node as Node | undefined;
  return declarator?.type === "VariableDeclarator" && declarator.id.type === "Identifier" && declarator.init ? unwrap(declarator.init) : undefined;
}

function constantText(text: string): FoldedText {
  return { text, holes: [], locate: () => undefined, dynamic: false, optional: [] };
}

/** Drizzle writes the parentheses of a list itself: `IN ${ids}` is sent as `IN ($1, $2)`. */
function withLists(folded: FoldedText): FoldedText {
  const lists = folded.holes.filter((hole) => (hole.kind === "value" || hole.kind === "text") && /\bin\s*$/iu.test(folded.text.slice(Math.max(0, hole.span.start - 12), hole.span.start)));
  if (lists.length === 0) return folded;
  let text = "";
  let at = 0;
  for (const { span } of lists) {
    text += `${folded.text.slice(at, span.start)}(${folded.text.slice(span.start, span.end)})`;
    at = span.end;
  }
  text += folded.text.slice(at);
  /** Offset after the insertions, of one before them. */
  const later = (offset: number, isEnd: boolean): number => offset + lists.reduce((sum, { span }) => sum + Number(isEnd ? span.start < offset : span.start <= offset) + Number(isEnd ? span.end < offset : span.end <= offset), 0);
  const earlier = (offset: number): number => {
    let low = 0;
    let high = folded.text.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (later(middle, false) < offset) low = middle + 1;
      else high = middle;
    }
    return low;
  };
  const holes = folded.holes.map((hole): TextHole => ({ ...hole, kind: lists.includes(hole) ? "list" : hole.kind, span: { start: later(hole.span.start, false), end: later(hole.span.end, true) } }));
  return {
    text,
    holes,
    dynamic: folded.dynamic,
    optional: folded.optional.map((piece) => ({ start: later(piece.start, false), end: later(piece.end, true) })),
    locate: (start, end) => folded.locate(earlier(start), earlier(end)),
  };
}
