/** Text as the program assembles it: literals, templates, concatenation, `join`, constants; with holes, and a map back to the source. */
import type { TSESTree } from "@typescript-eslint/utils";
import type { Scope } from "eslint";
import { contains, enclosingFunction, isFunction, isUndefined, literalString, memberName, receiverOf, unwrap, type FunctionNode, type Node } from "./ast.js";
import type { Evaluator } from "./evaluate.js";
import { returnedExpressions } from "./patterns.js";
import { isConditional } from "./objects.js";
import type { SourceModule } from "./source-module.js";
import type { FunctionValue, NodeRef } from "./values.js";

/** What an adapter says of an interpolated expression. */
export type Interpolation =
  /** Its text is part of the text: a nested template, a constant. */
  | { readonly inline: Node; readonly module: SourceModule; /** It is there only under a condition of the program. */ readonly sometimes?: boolean }
  /** Known text that stands nowhere in the source (`Prisma.empty`). */
  | { readonly text: string }
  /** The items of a list with a separator between them; they are read as what is interpolated in a tagged template. */
  | { readonly join: Node; readonly module: SourceModule; readonly separator: string }
  | { readonly hole: HoleKind; readonly value?: Node; readonly items?: number; /** Known text on both sides: `unnest(` and `)`. */ readonly around?: readonly [string, string] };

/**
 * Decides what an interpolated expression is. `composed`: it stands in a tagged template, or in what one is put together of,
 * where an expression that is not text of the library is a bound value.
 */
export type Interpolate = (expression: Node, module: SourceModule, composed: boolean) => Interpolation | undefined;

/** `open`: a bound value or a piece of text, of which the place in the text tells more. */
export type HoleKind = "value" | "list" | "identifier" | "text" | "scalar" | "open";

export interface TextHole {
  readonly span: { readonly start: number; readonly end: number };
  readonly kind: HoleKind;
  readonly expression: Node;
  readonly module: SourceModule;
  readonly items?: number;
}

export interface FoldedText {
  readonly text: string;
  readonly holes: readonly TextHole[];
  /** The range of the source that a span of the text stands for; undefined when it does not stand in the module of the site. */
  locate(start: number, end: number): readonly [number, number] | undefined;
  /** Nothing but holes: the text comes from elsewhere. */
  readonly dynamic: boolean;
  /**
   * Pieces that the program adds only under a condition, in text order; they may nest. Pieces of which exactly one is there
   * (the branches of an `if … else`) are no optional pieces but a hole.
   */
  readonly optional: readonly { readonly start: number; readonly end: number }[];
}

interface Piece {
  readonly start: number;
  readonly end: number;
  readonly module: SourceModule;
  /** Source offset of each offset of the piece, relative to its start; a number when they run in step. */
  readonly offsets: number | readonly number[];
}

const MAX_LENGTH = 2_000_000;
const MAX_PIECES = 5_000;
const MAX_DEPTH = 24;
/** Functions that return text are followed while the depth is below this: a few calls deep. */
const MAX_CALLS = 12;
/** What stands in the text for a hole; readers ignore it. */
const PLACE = "?";

/**
 * Folds an expression to text. `interpolate` decides what an expression inside is; without an answer a constant is
 * inlined, a number becomes a `scalar` hole and anything else a `text` hole. Undefined when the expression is no text.
 */
export function foldText(node: Node, module: SourceModule, values: Evaluator, interpolate?: Interpolate): FoldedText | undefined {
  const folder = new Folder(module, values, interpolate);
  if (!folder.add(node, module, 0)) return undefined;
  return folder.finish();
}

/** A function that is folded for a call of it. */
interface Frame {
  readonly fn: FunctionNode;
  readonly call: TSESTree.CallExpression;
  readonly module: SourceModule;
}

class Folder {
  #text = "";
  readonly #pieces: Piece[] = [];
  readonly #holes: TextHole[] = [];
  readonly #optional: { readonly start: number; readonly end: number }[] = [];
  /** The call whose result is being folded: what its function does not know, the call decides. */
  #call: { readonly node: Node; readonly module: SourceModule } | undefined;
  readonly #home: SourceModule;
  readonly #values: Evaluator;
  readonly #interpolate: Interpolate | undefined;
  /** Calls of functions whose results are being folded, the innermost last: what their parameters are. */
  readonly #frames: Frame[] = [];

  constructor(home: SourceModule, values: Evaluator, interpolate: Interpolate | undefined) {
    this.#home = home;
    this.#values = values;
    this.#interpolate = interpolate;
  }

  finish(): FoldedText {
    const pieces = this.#pieces;
    const home = this.#home;
    return {
      text: this.#text,
      holes: this.#holes,
      dynamic: pieces.length === 0,
      optional: this.#optional,
      locate(start, end) {
        const from = sourceOffset(pieces, home, start, false);
        const to = sourceOffset(pieces, home, end, true);
        return from !== undefined && to !== undefined && from <= to ? [from, to] : undefined;
      },
    };
  }

  /** False when the expression is no text at all. */
  add(node: Node, module: SourceModule, depth: number): boolean {
    const inner = unwrap(node);
    if (depth > MAX_DEPTH || this.#text.length > MAX_LENGTH || this.#pieces.length > MAX_PIECES) {
      this.#hole("text", inner, module);
      return true;
    }
    switch (inner.type) {
      case "Literal":
        if (typeof inner.value === "string") this.#literal(inner.value, inner.range[0] + 1, module.text.slice(inner.range[0] + 1, inner.range[1] - 1), module);
        else if (typeof inner.value === "number" || typeof inner.value === "bigint") this.#literal(String(inner.value), inner.range[0], module.text.slice(...inner.range), module);
        else return false;
        return true;
      case "TemplateLiteral":
        this.#template(inner, module, depth);
        return true;
      case "TaggedTemplateExpression": {
        const name = inner.tag.type === "MemberExpression" ? memberName(inner.tag) : inner.tag.type === "Identifier" ? inner.tag.name : undefined;
        if (name === "raw" || name === "dedent" || name === "stripIndent" || name === "gql") {
          this.#template(inner.quasi, module, depth);
          return true;
        }
        const said = this.#interpolate?.(inner, module, true);
        return said !== undefined && "inline" in said && said.inline !== inner && this.add(said.inline, said.module, depth + 1);
      }
      case "BinaryExpression":
        return inner.operator === "+" && this.#concatenation(inner, module, depth);
      case "Identifier":
        return this.#variable(inner, module, depth);
      case "MemberExpression":
        return this.#value(inner, module, depth);
      case "CallExpression":
        return this.#piece(inner, module, depth) || this.#method(inner, module, depth) || this.#result(inner, module, depth);
      case "ConditionalExpression": {
        const branch = textBranch(inner);
        if (branch === undefined) return false;
        const fold = (): boolean => this.add(branch, module, depth + 1);
        return this.#isFilled(inner.test, module, depth) ? fold() : this.#optionally(fold);
      }
      case "LogicalExpression":
        // `where || ""`: nothing or the text, which is the text.
        return inner.operator !== "&&" && isEmptyText(inner.right) && this.add(inner.left, module, depth + 1);
      default:
        return false;
    }
  }

  /** What a helper of a template library makes, as text by itself. */
  #piece(node: TSESTree.CallExpression, module: SourceModule, depth: number): boolean {
    const said = this.#interpolate?.(node, module, false);
    if (!said || "hole" in said || ("inline" in said && unwrap(said.inline) === node)) return false;
    this.#said(said, node, module, depth);
    return true;
  }

  /** Marks what `fold` adds as optional. */
  #optionally(fold: () => boolean): boolean {
    const start = this.#text.length;
    const done = fold();
    if (done && this.#text.length > start) this.#optional.push({ start, end: this.#text.length });
    return done;
  }

  /**
   * Does a test hold in every run: of the length of a list that certainly has an element (`conditions.length > 0`), of a text
   * that certainly says something (`where ? … : ""`)?
   */
  #isFilled(test: Node, module: SourceModule, depth: number): boolean {
    const inner = unwrap(test);
    if (inner.type === "BinaryExpression") {
      const bound = inner.right.type === "Literal" ? inner.right.value : undefined;
      const asksForAny = (bound === 0 && [">", "!==", "!="].includes(inner.operator)) || (bound === 1 && inner.operator === ">=") || (bound === "" && ["!==", "!="].includes(inner.operator));
      return asksForAny && this.#isFilled(inner.left, module, depth);
    }
    if (inner.type === "MemberExpression" && memberName(inner) === "length") {
      return elementsOf(inner.object, module)?.elements.some((element) => element.certain) === true || this.#isFilled(inner.object, module, depth);
    }
    if (inner.type !== "Identifier") return false;
    const folder = new Folder(this.#home, this.#values, this.#interpolate);
    // A text is folded once for the test and once for itself: nested tests must not double that at every level.
    return folder.add(inner, module, depth + 8) && folder.#certainText();
  }

  /** Is there text that is no hole and in no optional piece? */
  #certainText(): boolean {
    const uncertain = [...this.#optional, ...this.#holes.map((hole) => hole.span)];
    return [...this.#text.matchAll(/\w/gu)].some((match) => !uncertain.some((span) => span.start <= match.index && match.index < span.end));
  }

  /** Adds the text or, when it cannot be followed, nothing. */
  #tried(fold: () => boolean): boolean {
    const mark = { text: this.#text, pieces: this.#pieces.length, holes: this.#holes.length, optional: this.#optional.length };
    if (fold()) return true;
    this.#text = mark.text;
    this.#pieces.length = mark.pieces;
    this.#holes.length = mark.holes;
    this.#optional.length = mark.optional;
    return false;
  }

  #said(said: Interpolation, node: Node, module: SourceModule, depth: number): void {
    if ("inline" in said) {
      const inline = (): boolean => this.add(said.inline, said.module, depth + 1);
      if (!(said.sometimes === true ? this.#optionally(inline) : inline())) this.#hole("text", node, module);
    } else if ("text" in said) this.#constant(said.text);
    else if ("join" in said) {
      if (!this.#tried(() => this.#list(said.join, said.separator, said.module, depth, true))) this.#hole("text", node, module);
    } else {
      if (said.around) this.#constant(said.around[0]);
      this.#hole(said.hole, said.value ?? node, module, said.items);
      if (said.around) this.#constant(said.around[1]);
    }
  }

  #interpolated(node: Node, module: SourceModule, depth: number, composed = false): void {
    if (depth > MAX_DEPTH) {
      this.#hole("text", node, module);
      return;
    }
    const passed = this.#passed(node, module);
    if (passed) {
      const frame = this.#frames.pop();
      this.#interpolated(passed.node, passed.module, depth + 1, composed);
      if (frame) this.#frames.push(frame);
      return;
    }
    const said = this.#interpolate?.(node, module, composed);
    if (said) {
      this.#said(said, node, module, depth);
      return;
    }
    const inner = unwrap(node);
    if (inner.type === "Literal" && (typeof inner.value === "number" || typeof inner.value === "boolean")) {
      this.#literal(String(inner.value), inner.range[0], module.text.slice(...inner.range), module);
      return;
    }
    const value = this.#values.evaluate(inner, module);
    if (value.kind === "literal" && typeof value.value === "number") {
      this.#constant(String(value.value));
      return;
    }
    const branch = inner.type === "ConditionalExpression" ? textBranch(inner) : undefined;
    if (inner.type === "ConditionalExpression" && branch) {
      const fold = (): boolean => {
        this.#interpolated(branch, module, depth + 1, composed);
        return true;
      };
      if (this.#isFilled(inner.test, module, depth)) fold();
      else this.#optionally(fold);
      return;
    }
    const numeric = isNumeric(inner, module);
    if (!numeric && isText(inner) && this.#tried(() => this.add(inner, module, depth + 1))) return;
    this.#hole(numeric ? "scalar" : "text", inner, module);
  }

  #template(node: TSESTree.TemplateLiteral, module: SourceModule, depth: number, from = 0): void {
    for (const [index, quasi] of node.quasis.entries()) {
      if (index < from) continue;
      const [start, end] = quasiRange(quasi, module);
      this.#literal(quasi.value.cooked ?? quasi.value.raw, start, module.text.slice(start, end), module);
      const expression = node.expressions[index];
      if (expression) this.#interpolated(expression, module, depth, node.parent.type === "TaggedTemplateExpression");
    }
  }

  #concatenation(node: TSESTree.BinaryExpression, module: SourceModule, depth: number): boolean {
    const parts: Node[] = [];
    let current: Node = node;
    while (current.type === "BinaryExpression" && current.operator === "+") {
      parts.push(current.right);
      current = unwrap(current.left);
    }
    parts.push(current);
    parts.reverse();
    if (!parts.some((part) => isText(unwrap(part)))) return false;
    for (const part of parts) this.#interpolated(part, module, depth);
    return true;
  }

  /** A text that stands elsewhere: in a property, in another module. */
  #value(node: Node, module: SourceModule, depth: number): boolean {
    const value = this.#values.evaluate(node, module);
    if (value.kind === "text") return value.node !== node && this.add(value.node, value.module, depth + 1);
    if (value.kind !== "literal" || typeof value.value !== "string") return false;
    if (value.at) return this.add(value.at.node, value.at.module, depth + 1);
    this.#constant(value.value);
    return true;
  }

  /** A constant, or a text that `+=` extends. */
  #variable(node: TSESTree.Identifier, module: SourceModule, depth: number): boolean {
    const variable = module.lookUp(node.name, node);
    const definition = variable?.defs[0];
    if (!variable || !definition) return false;
    const declarator = definition.node as Node;
    if (declarator.type !== "VariableDeclarator" || declarator.id.type !== "Identifier") {
      return this.#value(node, module, depth);
    }
    const writes = variable.references.filter((reference) => reference.isWrite() && !reference.init).map((reference) => reference.identifier as Node);
    if (declarator.init && isTemplateMade(declarator.init)) writes.push(...appendedTo(variable, node));
    const relevant = writes.filter((write) => write.range[0] < node.range[0] || enclosingFunction(write) !== enclosingFunction(node));
    if (relevant.some((write) => enclosingFunction(write) !== enclosingFunction(declarator))) return false;
    const init = declarator.init;
    const isFilled = (test: Node): boolean => this.#isFilled(test, module, depth);
    if (!init || isEmptyText(init)) {
      const [only] = relevant;
      const assignment = only?.parent;
      if (relevant.length === 1 && assignment?.type === "AssignmentExpression" && assignment.operator === "=" && !extensionOf(assignment, node.name)) {
        const when = conditionOf(assignment, declarator, isFilled);
        if (when === "always") return this.add(assignment.right, module, depth + 1);
        return when === "maybe" && init !== null && this.#optionally(() => this.add(assignment.right, module, depth + 1));
      }
      if (!init) return false;
    }
    const extensions: { readonly assignment: Node; readonly parts: Extension }[] = [];
    for (const write of relevant) {
      const appended = appendCall(write);
      const parts = (appended && appendedBy(appended)) ?? (write.parent?.type === "AssignmentExpression" ? extensionOf(write.parent, node.name) : undefined);
      if (!parts || !write.parent) return false;
      extensions.push({ assignment: appended ?? write.parent, parts });
    }
    if (!this.add(init, module, depth + 1)) return false;
    for (const { assignment, parts } of extensions) {
      const extend = (): boolean => {
        if (isTemplate(parts)) this.#template(parts, module, depth, 1);
        else for (const part of parts) this.#interpolated(part, module, depth);
        return true;
      };
      const when = conditionOf(assignment, declarator, isFilled);
      if (when === "always") extend();
      else if (when === "maybe") this.#optionally(extend);
      else for (const part of isTemplate(parts) ? [parts] : parts) this.#hole("text", part, module);
    }
    return true;
  }

  /** What the call gives for a parameter of the function that is being folded. */
  #passed(node: Node, module: SourceModule): NodeRef | undefined {
    const frame = this.#frames.at(-1);
    const inner = unwrap(node);
    if (!frame || inner.type !== "Identifier") return undefined;
    const variable = module.lookUp(inner.name, inner);
    if ((variable?.defs[0]?.node as Node | undefined) !== frame.fn) return undefined;
    const index = frame.fn.params.findIndex((parameter) => parameter.type === "Identifier" && parameter.name === inner.name);
    const before = frame.call.arguments.slice(0, index + 1);
    const argument = before[index];
    // What the function itself writes to is not what it is given.
    const isWritten = variable?.references.some((reference) => reference.isWrite() && !reference.init) === true;
    return argument && !isWritten && before.every((item) => item.type !== "SpreadElement") ? { node: argument, module: frame.module } : undefined;
  }

  /** A function that a call runs: one of the project, or one that the call around passes. */
  #functionOf(node: TSESTree.CallExpression, module: SourceModule): FunctionValue | undefined {
    const fn = this.#values.functionOf(node, module);
    const passed = fn ? undefined : this.#passed(node.callee, module);
    const value = passed && this.#values.evaluate(passed.node, passed.module);
    return value?.kind === "function" ? value : fn;
  }

  /** What a function of the project returns, when it returns one text; its parameters are what the call passes. */
  #result(node: TSESTree.CallExpression, module: SourceModule, depth: number): boolean {
    const fn = this.#functionOf(node, module);
    if (!fn || fn.node.async || fn.node.generator || depth > MAX_CALLS) return false;
    const [returned, ...others] = returnedExpressions(fn.node);
    if (!returned || others.length > 0) return false;
    const outer = this.#call;
    this.#call ??= { node, module };
    this.#frames.push({ fn: fn.node, call: node, module });
    try {
      return this.#tried(() => this.add(returned, fn.module, depth + 4));
    } finally {
      this.#frames.pop();
      this.#call = outer;
    }
  }

  #method(node: TSESTree.CallExpression, module: SourceModule, depth: number): boolean {
    const receiver = receiverOf(node);
    const callee = unwrap(node.callee);
    const name = callee.type === "MemberExpression" ? memberName(callee) : undefined;
    if (!receiver || name === undefined) return false;
    if (name === "trim" || name === "trimEnd" || name === "trimStart" || name === "toString") return this.add(receiver, module, depth + 1);
    if (name === "append" && isTemplateMade(initOf(receiver, module))) {
      if (!this.add(receiver, module, depth + 1)) return false;
      for (const argument of node.arguments) this.#interpolated(argument, module, depth);
      return true;
    }
    if (name === "concat") {
      if (!this.add(receiver, module, depth + 1)) return false;
      for (const argument of node.arguments) this.#interpolated(argument, module, depth);
      return true;
    }
    return name === "join" && this.#join(receiver, node, module, depth);
  }

  #join(receiver: Node, node: TSESTree.CallExpression, module: SourceModule, depth: number): boolean {
    const separator = node.arguments[0] ? literalString(node.arguments[0]) : ",";
    return separator !== undefined && this.#list(receiver, separator, module, depth, false);
  }

  #list(receiver: Node, separator: string, module: SourceModule, depth: number, composed: boolean): boolean {
    const list = elementsOf(receiver, module);
    if (!list) return false;
    const isCondition = /^\s*(?:and|or)\s*$/iu.test(separator);
    for (const [index, element] of list.elements.entries()) {
      const fold = (): boolean => {
        if (index > 0) this.#constant(separator);
        const start = this.#text.length;
        this.#interpolated(element.certain ? element.node : presentPart(element.node), module, depth, composed);
        // Conditions, columns and assignments may come in any number; of rows it matters how many there are.
        return element.certain || isCondition || !/^\s*(?:\(|$)/u.test(this.#text.slice(start));
      };
      if (element.certain) fold();
      else if (!this.#tried(() => this.#optionally(fold))) {
        if (index > 0) this.#constant(separator);
        this.#hole("text", element.node, module);
      }
    }
    if (list.open) this.#hole("text", receiver, module);
    return list.elements.length > 0;
  }

  #literal(value: string, sourceStart: number, raw: string, module: SourceModule): void {
    if (value === "") return;
    const start = this.#text.length;
    this.#text += value;
    this.#pieces.push({ start, end: this.#text.length, module, offsets: value === raw ? sourceStart : escapedOffsets(value, raw, sourceStart) });
  }

  #constant(value: string): void {
    this.#text += value;
  }

  #hole(kind: HoleKind, expression: Node, module: SourceModule, items?: number): void {
    // Unknown text is told from the words around it by its own blanks.
    const [before, after] = kind === "text" ? edgesOf(expression) : ["", ""];
    if (before !== "") this.#constant(" ");
    this.#place(kind, expression, module, items);
    if (after !== "") this.#constant(" ");
  }

  #place(kind: HoleKind, expression: Node, module: SourceModule, items: number | undefined): void {
    const start = this.#text.length;
    this.#text += PLACE;
    const source = this.#call && (this.#call.module !== module || !contains(this.#call.node, expression)) ? this.#call : { node: expression, module };
    this.#holes.push({ span: { start, end: this.#text.length }, kind, expression: source.node, module: source.module, ...(items !== undefined && { items }) });
    this.#pieces.push({ start, end: this.#text.length, module: source.module, offsets: [source.node.range[0], source.node.range[1]] });
  }
}

/** `""`, an empty template, an empty fragment: no text at all. */
function isEmptyText(node: Node): boolean {
  const inner = unwrap(node);
  if (inner.type === "TaggedTemplateExpression") return isEmptyText(inner.quasi);
  return inner.type === "Literal" ? inner.value === "" : inner.type === "TemplateLiteral" && inner.expressions.length === 0 && inner.quasis[0]?.value.raw === "";
}

/** A value that a tagged template makes, also with `.append(…)` after it. */
function isTemplateMade(node: Node): boolean {
  const inner = unwrap(node);
  if (inner.type !== "CallExpression") return inner.type === "TaggedTemplateExpression";
  const callee = unwrap(inner.callee);
  return callee.type === "MemberExpression" && memberName(callee) === "append" && isTemplateMade(callee.object);
}

/** The uses of a variable in `variable.append(…)` that stand before a use of it. */
function appendedTo(variable: Scope.Variable, use: Node): readonly Node[] {
  return variable.references.map((reference) => reference.identifier as Node).filter((identifier) => identifier.range[0] !== use.range[0] && appendCall(identifier) !== undefined);
}

/** What an expression is made by: the start of the variable that it is. */
function initOf(node: Node, module: SourceModule): Node {
  const inner = unwrap(node);
  const declarator = inner.type === "Identifier" ? (module.lookUp(inner.name, inner)?.defs[0]?.node as Node | undefined) : undefined;
  return declarator?.type === "VariableDeclarator" && declarator.init ? declarator.init : inner;
}

/** The arguments of a call of `append`, and of those that follow on its result. */
function appendedBy(call: TSESTree.CallExpression): readonly Node[] {
  const next = appendCall(call);
  return [...call.arguments, ...(next ? appendedBy(next) : [])];
}

/** The call of `append` on an expression. */
function appendCall(object: Node): TSESTree.CallExpression | undefined {
  const member = object.parent;
  const call = member?.parent;
  return member?.type === "MemberExpression" && member.object === object && memberName(member) === "append" && call?.type === "CallExpression" && call.callee === member ? call : undefined;
}

/** What is appended: expressions, or everything in a template after its first hole. */
type Extension = readonly Node[] | TSESTree.TemplateLiteral;

function isTemplate(extension: Extension): extension is TSESTree.TemplateLiteral {
  return !Array.isArray(extension);
}

/** The blanks that a text begins and ends with, as far as they are written. */
function edgesOf(node: Node): readonly [before: string, after: string] {
  const inner = unwrap(node);
  switch (inner.type) {
    case "Literal": {
      const text = typeof inner.value === "string" ? inner.value : "";
      return [/^\s*/u.exec(text)?.[0] ?? "", /\s*$/u.exec(text)?.[0] ?? ""];
    }
    case "TemplateLiteral":
      return [/^\s*/u.exec(inner.quasis[0]?.value.cooked ?? "")?.[0] ?? "", /\s*$/u.exec(inner.quasis.at(-1)?.value.cooked ?? "")?.[0] ?? ""];
    case "BinaryExpression":
      return [edgesOf(inner.left)[0], edgesOf(inner.right)[1]];
    case "ConditionalExpression":
      return [edgesOf(inner.consequent)[0], edgesOf(inner.consequent)[1]];
    default:
      return ["", ""];
  }
}

/** The text of `cond ? text : ""` and of `cond ? "" : text`. */
function textBranch(node: TSESTree.ConditionalExpression): Node | undefined {
  if (isEmptyText(node.alternate)) return node.consequent;
  return isEmptyText(node.consequent) ? node.alternate : undefined;
}

/** What is left of an element once it is known to be there: `cond && text`, `cond ? text : null`. */
function presentPart(node: Node): Node {
  const inner = unwrap(node);
  if (inner.type === "LogicalExpression" && inner.operator === "&&") return inner.right;
  if (inner.type !== "ConditionalExpression") return inner;
  if (isAbsent(inner.alternate)) return inner.consequent;
  return isAbsent(inner.consequent) ? inner.alternate : inner;
}

function isAbsent(node: Node): boolean {
  const inner = unwrap(node);
  return isEmptyText(inner) || isUndefined(inner) || (inner.type === "Literal" && (inner.value === null || inner.value === false));
}

/** What an assignment appends to the text in the variable: `sql += x`, `sql = sql + x`, ``sql = `${sql} x` ``. Undefined when it replaces the text. */
function extensionOf(assignment: TSESTree.AssignmentExpression, name: string): Extension | undefined {
  if (assignment.operator === "+=") return [assignment.right];
  const right = unwrap(assignment.right);
  if (assignment.operator === "=" && right.type === "TemplateLiteral" && right.quasis[0]?.value.raw === "") {
    const [first] = right.expressions;
    return first?.type === "Identifier" && first.name === name ? right : undefined;
  }
  if (assignment.operator !== "=" || right.type !== "BinaryExpression" || right.operator !== "+") return undefined;
  const parts: Node[] = [];
  let current: Node = right;
  while (current.type === "BinaryExpression" && current.operator === "+") {
    parts.unshift(current.right);
    current = unwrap(current.left);
  }
  return current.type === "Identifier" && current.name === name ? parts : undefined;
}

/**
 * When does a place run, seen from a place of the same function before it: always, under conditions of its own, or in a
 * way that is not clear (in a loop, in one of several branches)?
 */
function conditionOf(node: Node, from: Node, isFilled: (test: Node) => boolean): "always" | "maybe" | "unclear" {
  let answer: "always" | "maybe" = "always";
  let child: Node = node;
  for (let current = node.parent; current && !contains(current, from); child = current, current = current.parent) {
    switch (current.type) {
      case "IfStatement":
        if (current.test === child) break;
        if (current.alternate) return "unclear";
        if (!isFilled(current.test)) answer = "maybe";
        break;
      case "LogicalExpression":
        if (current.right === child) answer = "maybe";
        break;
      case "ConditionalExpression":
      case "SwitchCase":
      case "ForStatement":
      case "ForInStatement":
      case "ForOfStatement":
      case "WhileStatement":
      case "DoWhileStatement":
      case "CatchClause":
        return "unclear";
      default:
        if (isFunction(current)) return "unclear";
    }
  }
  return answer;
}

/** Inner range of a template element: parsers disagree whether the delimiters belong to it. */
function quasiRange(quasi: TSESTree.TemplateElement, module: SourceModule): readonly [number, number] {
  const [start, end] = quasi.range;
  if (end - start === quasi.value.raw.length) return [start, end];
  const inner = module.text.slice(start, start + 1);
  const from = inner === "`" || inner === "}" ? start + 1 : start;
  return [from, from + rawLength(quasi, module, from, end)];
}

/** `raw` has `\r\n` folded to `\n`; the source may not. */
function rawLength(quasi: TSESTree.TemplateElement, module: SourceModule, from: number, limit: number): number {
  if (!module.text.slice(from, limit).includes("\r")) return quasi.value.raw.length;
  let length = 0;
  for (let index = 0; index < quasi.value.raw.length; index++) {
    if (module.text[from + length] === "\r" && module.text[from + length + 1] === "\n" && quasi.value.raw[index] === "\n") length++;
    length++;
  }
  return length;
}

/** Source offset of every UTF-16 unit of a string that is written with escapes; the last entry is the end. */
function escapedOffsets(value: string, raw: string, start: number): readonly number[] {
  const offsets: number[] = [];
  let index = 0;
  while (offsets.length < value.length && index < raw.length) {
    const match = /^(?:\\(?:x[\da-fA-F]{2}|u\{[\da-fA-F]+\}|u[\da-fA-F]{4}|[0-7]{1,3}|\r\n|[^])|\r\n|[^])/u.exec(raw.slice(index, index + 14));
    const token = match?.[0] ?? raw[index] ?? "";
    if (/^\\(?:\r\n|[\n\r\u2028\u2029])$/u.test(token)) {
      index += token.length;
      continue;
    }
    const units = token.startsWith("\\u{") ? String.fromCodePoint(Number.parseInt(token.slice(3, -1), 16)).length : token.startsWith("\\") || token === "\r\n" ? 1 : token.length;
    for (let unit = 0; unit < units; unit++) offsets.push(start + index + (units === token.length ? unit : 0));
    index += token.length;
  }
  while (offsets.length < value.length) offsets.push(start + raw.length);
  offsets.push(start + index);
  return offsets;
}

function sourceOffset(pieces: readonly Piece[], home: SourceModule, offset: number, isEnd: boolean): number | undefined {
  for (const piece of pieces) {
    const inside = isEnd ? piece.start < offset && offset <= piece.end : piece.start <= offset && offset < piece.end;
    if (!inside) continue;
    if (piece.module !== home) return undefined;
    const distance = offset - piece.start;
    if (typeof piece.offsets === "number") return piece.offsets + distance;
    return isEnd && distance > 0 ? endOffset(piece.offsets, distance) : piece.offsets[distance];
  }
  return undefined;
}

/** The end of the unit before `distance`. */
function endOffset(offsets: readonly number[], distance: number): number | undefined {
  return offsets[distance];
}

function isText(node: Node): boolean {
  switch (node.type) {
    case "Literal":
      return typeof node.value === "string";
    case "TemplateLiteral":
    case "Identifier":
    case "MemberExpression":
    case "CallExpression":
      return true;
    case "BinaryExpression":
      return node.operator === "+";
    default:
      return false;
  }
}

/** Is the value certainly a number? */
function isNumeric(node: Node, module: SourceModule, depth = 0): boolean {
  const inner = unwrap(node);
  // Variables may be made of each other.
  if (depth > MAX_DEPTH) return false;
  switch (inner.type) {
    case "CallExpression":
      return inner.callee.type === "Identifier" ? ["Number", "parseInt", "parseFloat"].includes(inner.callee.name) : inner.callee.type === "MemberExpression" && inner.callee.object.type === "Identifier" && ["Math", "Number"].includes(inner.callee.object.name);
    case "MemberExpression":
      return memberName(inner) === "length";
    case "UpdateExpression":
      return true;
    case "BinaryExpression":
      return ["-", "*", "/", "%"].includes(inner.operator) || (inner.operator === "+" && isNumeric(inner.left, module, depth + 1) && isNumeric(inner.right, module, depth + 1));
    case "Literal":
      return typeof inner.value === "number";
    case "Identifier": {
      // `let index = 1; … index++ … index += 2`
      const variable = module.lookUp(inner.name, inner);
      const declarator = variable?.defs[0]?.node as Node | undefined;
      if (declarator?.type !== "VariableDeclarator" || declarator.id.type !== "Identifier" || !declarator.init || unwrap(declarator.init).type === "Identifier" || !isNumeric(declarator.init, module, depth + 1)) return false;
      return variable?.references.every((reference) => reference.init === true || !reference.isWrite() || isNumericWrite(reference.identifier as Node, module, depth + 1)) === true;
    }
    default:
      return false;
  }
}

function isNumericWrite(written: Node, module: SourceModule, depth: number): boolean {
  const parent = written.parent;
  if (parent?.type === "UpdateExpression") return true;
  return parent?.type === "AssignmentExpression" && parent.left === written && (parent.operator !== "=" || !contains(parent.right, written)) && unwrap(parent.right).type !== "Identifier" && isNumeric(parent.right, module, depth);
}

export interface ListElement {
  readonly node: Node;
  /** It is there in every run. */
  readonly certain: boolean;
}

/** Elements of an array literal, or of an array that a variable collects with `push`; `open` when there may be others. */
export function elementsOf(node: Node, module: SourceModule): { readonly elements: readonly ListElement[]; readonly open: boolean } | undefined {
  const inner = unwrap(node);
  if (inner.type === "CallExpression") {
    const receiver = receiverOf(inner);
    const callee = unwrap(inner.callee);
    const name = callee.type === "MemberExpression" ? memberName(callee) : undefined;
    // `.filter(Boolean)` takes out what is not there.
    if (!receiver || name !== "filter") return undefined;
    const list = elementsOf(receiver, module);
    return list && { open: list.open, elements: list.elements.map((element) => ({ node: element.node, certain: element.certain && isText(unwrap(element.node)) && literalString(element.node) !== undefined })) };
  }
  if (inner.type === "ArrayExpression") {
    const elements: ListElement[] = [];
    let open = false;
    for (const element of inner.elements) {
      if (!element) continue;
      if (element.type === "SpreadElement") {
        const spread = unwrap(element.argument);
        const nested = elementsOf(spread, module) ?? conditionalElements(spread, module);
        if (nested) {
          elements.push(...nested.elements);
          if (nested.open) open = true;
        } else open = true;
      } else elements.push({ node: element, certain: true });
    }
    return { elements, open };
  }
  if (inner.type !== "Identifier") return undefined;
  const variable = module.lookUp(inner.name, inner);
  const declarator = variable?.defs[0]?.node as Node | undefined;
  if (!variable || declarator?.type !== "VariableDeclarator" || declarator.id.type !== "Identifier" || !declarator.init) return undefined;
  const start = elementsOf(declarator.init, module);
  if (!start) return undefined;
  const elements = [...start.elements];
  let { open } = start;
  for (const reference of variable.references) {
    const use = reference.identifier as Node;
    if (reference.init || use === inner || use.range[0] === inner.range[0]) continue;
    if (use.range[0] > inner.range[0] && enclosingFunction(use) === enclosingFunction(inner)) continue;
    const parent = use.parent;
    if (reference.isWrite()) return undefined;
    if (parent?.type === "MemberExpression" && parent.object === use && parent.parent.type === "CallExpression" && parent.parent.callee === parent) {
      const name = memberName(parent);
      if (name !== "push" && name !== "unshift") {
        if (name === "splice" || name === "pop" || name === "shift" || name === "reverse" || name === "sort") open = true;
        continue;
      }
      const certain = enclosingFunction(use) === enclosingFunction(declarator) && !isConditional(use, declarator);
      for (const argument of parent.parent.arguments) {
        if (argument.type === "SpreadElement") open = true;
        else elements.push({ node: argument, certain });
      }
    } else if (parent?.type === "CallExpression" && parent.callee !== use && use.range[0] < inner.range[0]) open = true;
  }
  return { elements, open };
}

/** `...(x ? [a] : [])` and `...(x && [a])`. */
function conditionalElements(node: Node, module: SourceModule): { readonly elements: readonly ListElement[]; readonly open: boolean } | undefined {
  const branches = node.type === "ConditionalExpression" ? [node.consequent, node.alternate] : node.type === "LogicalExpression" ? [node.right] : undefined;
  if (!branches) return undefined;
  const elements: ListElement[] = [];
  let open = false;
  for (const branch of branches) {
    const list = elementsOf(branch, module);
    if (!list) open = true;
    else {
      elements.push(...list.elements.map((element) => ({ ...element, certain: false })));
      open ||= list.open;
    }
  }
  return { elements, open };
}
