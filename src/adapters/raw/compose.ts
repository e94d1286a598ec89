/** SQL text that templates compose: what an expression in a tagged template is, and the pieces that helpers make. */
import type { TSESTree } from "@typescript-eslint/utils";
import type { Dialect } from "../../query/model.js";
import { literalString, memberName, unwrap, type Node } from "../../syntax/ast.js";
import type { SourceModule } from "../../syntax/source-module.js";
import { foldText, type FoldedText, type Interpolate, type Interpolation } from "../../syntax/text.js";
import type { LibraryValue } from "../../syntax/values.js";
import type { AdapterContext } from "../contract.js";
import { methodOf, type Piece, type TextLibrary } from "./driver.js";

/** Reads the templates of a set of libraries. */
export class Composer {
  readonly #libraries: ReadonlyMap<string, TextLibrary>;

  constructor(libraries: readonly TextLibrary[]) {
    this.#libraries = new Map(libraries.map((library) => [library.id, library]));
  }

  /** What an expression in a template is: a template, what a helper makes, a bound value. */
  interpolation(context: AdapterContext, dialect: Dialect | undefined): Interpolate {
    return (expression, module, composed) => {
      const inner = unwrap(expression);
      if (inner.type === "TaggedTemplateExpression") return { inline: inner.quasi, module };
      // One of two: which, only the program knows.
      if (inner.type === "ConditionalExpression" || inner.type === "LogicalExpression") {
        const branches = inner.type === "ConditionalExpression" ? [inner.consequent, inner.alternate] : [inner.left, inner.right];
        return !composed || branches.some((branch) => this.isText(branch, module, context)) ? undefined : { hole: "value" };
      }
      const value = context.values.evaluate(inner, module);
      if (inner.type === "CallExpression") {
        const piece = this.#pieceOf(inner, module, context);
        if (piece) return this.#made(piece, inner, module, context, dialect);
      }
      if (value.kind === "library") {
        const said = this.#ofValue(value, inner, module, context, dialect);
        if (said) return said;
      }
      if (!composed) return undefined;
      switch (inner.type) {
        // What a function gives that is not seen, and what comes from elsewhere, may be anything.
        case "CallExpression":
        case "Identifier":
        case "MemberExpression":
        case "AwaitExpression":
          return { hole: "open" };
        default:
          return { hole: "value" };
      }
    };
  }

  /** Is the expression a piece of SQL text? */
  isText(node: Node, module: SourceModule, context: AdapterContext): boolean {
    const inner = unwrap(node);
    if (inner.type === "TaggedTemplateExpression" || (inner.type === "CallExpression" && this.#pieceOf(inner, module, context))) return true;
    const value = context.values.evaluate(inner, module);
    return value.kind === "library" && this.#isOf(value) === "text";
  }

  #isOf(value: LibraryValue): "text" | "name" | "value" | undefined {
    return this.#libraries.get(value.library)?.roles[value.role]?.is;
  }

  /** The helper that a call runs. */
  #pieceOf(call: TSESTree.CallExpression, module: SourceModule, context: AdapterContext): Piece | undefined {
    const callee = context.values.evaluate(call.callee, module);
    if (callee.kind === "library") return this.#libraries.get(callee.library)?.roles[callee.role]?.piece;
    if (callee.kind !== "method") return undefined;
    const library = this.#libraries.get(callee.receiver.library);
    const method = library && methodOf(library, callee.receiver.role, callee.name);
    // `sql.unsafe("…")` in a template is text of it.
    if (method?.does === "sends" && method.lazy === true) return { piece: "raw", argument: method.text };
    return method?.does === "composes" ? method.as : undefined;
  }

  #ofValue(value: LibraryValue, inner: Node, module: SourceModule, context: AdapterContext, dialect: Dialect | undefined): Interpolation | undefined {
    const role = this.#libraries.get(value.library)?.roles[value.role];
    if (role?.piece?.piece === "empty") return { text: "" };
    switch (role?.is) {
      case undefined:
        return undefined;
      case "text":
        return inner.type === "Identifier" || inner.type === "CallExpression" ? { inline: inner, module } : value.at ? { inline: value.at.node, module: value.at.module } : { hole: "text" };
      case "name": {
        const made = value.at?.node.type === "CallExpression" && value.at.node !== inner ? this.#pieceOf(value.at.node, value.at.module, context) : undefined;
        return made && value.at?.node.type === "CallExpression" ? this.#made(made, value.at.node, value.at.module, context, dialect) : { hole: "identifier" };
      }
      case "value":
        return { hole: "value" };
    }
  }

  #made(piece: Piece, call: TSESTree.CallExpression, module: SourceModule, context: AdapterContext, dialect: Dialect | undefined): Interpolation {
    const argument = (index: number): Node | undefined => {
      const before = call.arguments.slice(0, index + 1);
      return before.some((item) => item.type === "SpreadElement") ? undefined : before[index];
    };
    switch (piece.piece) {
      case "empty":
        return { text: "" };
      case "raw": {
        const text = argument(piece.argument);
        return text ? { inline: text, module } : { hole: "text" };
      }
      case "join": {
        const items = argument(piece.items);
        const given = argument(piece.separator);
        const separator = given ? this.#constantText(given, module, context) : piece.byDefault;
        if (!items || separator === undefined) return { hole: "text" };
        return isCommaList(separator) && !this.#joinsText(items, module, context) ? listOf(items, module, context) : { join: items, module, separator };
      }
      case "name": {
        const parts = piece.argument === undefined ? call.arguments : elements(argument(piece.argument));
        const names = parts?.map((part) => (part.type === "SpreadElement" ? undefined : nameOf(part, module, context)));
        return names && names.length > 0 && names.every((name) => name !== undefined) ? { text: names.map((name) => quoted(name, dialect)).join(".") } : { hole: "identifier" };
      }
      case "list": {
        const items = argument(piece.argument);
        return items ? listOf(items, module, context) : { hole: "text" };
      }
      case "value": {
        const value = argument(piece.argument);
        return { hole: "value", ...(value && { value }) };
      }
      case "unnest": {
        const value = argument(piece.argument);
        return { hole: "value", ...(value && { value }), around: ["unnest(", ")"] };
      }
      case "rows":
        return { hole: "text" };
      case "byPlace": {
        const value = argument(piece.argument);
        const name = value && literalString(value);
        if (name !== undefined) return { text: name.split(".").map((part) => quoted(part, dialect)).join(".") };
        return value ? listOf(value, module, context) : { hole: "text" };
      }
    }
  }

  /** Text without holes. */
  #constantText(node: Node, module: SourceModule, context: AdapterContext): string | undefined {
    const folded: FoldedText | undefined = foldText(node, module, context.values, this.interpolation(context, undefined));
    if (folded && folded.holes.length === 0) return folded.text;
    const inner = unwrap(node);
    return inner.type === "TaggedTemplateExpression" && inner.quasi.expressions.length === 0 ? (inner.quasi.quasis[0]?.value.cooked ?? "") : undefined;
  }

  /** Are the items of a list pieces of text, or what may be some? Else they are values. */
  #joinsText(items: Node, module: SourceModule, context: AdapterContext): boolean {
    const inner = unwrap(items);
    if (inner.type === "ArrayExpression") return inner.elements.some((element) => element !== null && (element.type === "SpreadElement" || this.isText(element, module, context) || this.#isName(element, module, context)));
    // `rows.map((row) => sql`(${row.a}, ${row.b})`)`, `Object.values(fields)`, `fields.map((field) => sql.identifier([field]))`
    if (inner.type === "CallExpression") {
      const callee = unwrap(inner.callee);
      if (callee.type === "MemberExpression" && memberName(callee) === "filter") return this.#joinsText(callee.object, module, context);
      return !mapsToValues(inner);
    }
    if (inner.type !== "Identifier") return false;
    const variable = module.lookUp(inner.name, inner);
    const declarator = variable?.defs[0]?.node as Node | undefined;
    if (declarator?.type !== "VariableDeclarator") return false;
    return declarator.init ? this.#joinsText(declarator.init, module, context) || unwrap(declarator.init).type === "ArrayExpression" : true;
  }

  #isName(node: Node, module: SourceModule, context: AdapterContext): boolean {
    const value = context.values.evaluate(unwrap(node), module);
    return value.kind === "library" && this.#isOf(value) === "name";
  }
}

/** `ids.map((id) => sql`${id}`)`: templates that are one value each. */
function mapsToValues(call: TSESTree.CallExpression): boolean {
  const callee = unwrap(call.callee);
  const [callback] = call.arguments;
  const body = callee.type === "MemberExpression" && memberName(callee) === "map" && callback?.type === "ArrowFunctionExpression" ? unwrap(callback.body) : undefined;
  return body?.type === "TaggedTemplateExpression" && body.quasi.expressions.length === 1 && body.quasi.quasis.every((quasi) => quasi.value.raw.trim() === "");
}

function isCommaList(separator: string): boolean {
  return separator.trim() === ",";
}

function listOf(items: Node, module: SourceModule, context: AdapterContext): Interpolation {
  const length = context.length(items, module);
  return { hole: "list", value: items, ...(length !== undefined && { items: length }) };
}

function elements(node: Node | undefined): readonly TSESTree.CallExpressionArgument[] | undefined {
  const inner = node && unwrap(node);
  if (inner?.type !== "ArrayExpression") return undefined;
  return inner.elements.filter((element) => element !== null);
}

function nameOf(node: Node, module: SourceModule, context: AdapterContext): string | undefined {
  const value = context.values.evaluate(node, module);
  return value.kind === "literal" && typeof value.value === "string" ? value.value : undefined;
}

/** A name as the dialect quotes it. */
function quoted(name: string, dialect: Dialect | undefined): string {
  if (dialect === "mysql" || dialect === "mariadb") return `\`${name.replaceAll("`", "``")}\``;
  return dialect === "sqlserver" ? `[${name.replaceAll("]", "]]")}]` : `"${name.replaceAll('"', '""')}"`;
}

/**
 * Lists stand where a list belongs only after IN: elsewhere a list of what is not known to be values is columns, names or
 * rows.
 */
export function placedLists(text: FoldedText): FoldedText {
  const holes = text.holes.map((hole) => {
    if (hole.kind !== "list") return hole;
    const before = text.text.slice(0, hole.span.start).trimEnd();
    if (/(?:^|[\s(])in\s*\(?$/iu.test(before) || (before.endsWith("(") && !/\binto\s+\S+\s*\($/iu.test(before))) return hole;
    return { ...hole, kind: /(?:^|[\s(])(?:from|join|into|update|table|by|select|distinct|where|and|or|on)$|[.,]$/iu.test(before) ? ("identifier" as const) : ("text" as const) };
  });
  return { ...text, holes };
}
