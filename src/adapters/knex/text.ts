/** SQL text inside a builder: `whereRaw("a = ?", [x])`, `knex.raw("…", { name })`. */
import type { TSESTree } from "@typescript-eslint/utils";
import { mapPredicate } from "../../query/map.js";
import type { Dialect, Operand, Predicate, Span } from "../../query/model.js";
import type { PlaceholderStyle } from "../../sql/index.js";
import { keyName, unwrap, type Node } from "../../syntax/ast.js";
import { entriesOf } from "../../syntax/objects.js";
import type { SourceModule } from "../../syntax/source-module.js";
import { elementsOf, foldText } from "../../syntax/text.js";
import { conditionOfText } from "../condition-text.js";
import { opaque, operandOf, type Lowering } from "../conditions.js";
import type { AdapterContext } from "../contract.js";
import type { Bindings, BoundValue } from "../sql-text.js";

/** `?` is a value, `??` a name, `:name` a value. */
export const PLACEHOLDERS: PlaceholderStyle = { question: true, doubled: true, named: [":"] };

/** What is bound: an array by position, an object by name, anything else as the only value. */
export function bindingsOf(node: Node | undefined, module: SourceModule, context: AdapterContext): Bindings {
  if (!node) return {};
  const inner = unwrap(node);
  const list = elementsOf(inner, module);
  return {
    position(index) {
      if (inner.type !== "ArrayExpression" && inner.type !== "Identifier" && inner.type !== "ObjectExpression") return index === 1 ? { node: inner, module } : undefined;
      const element = list && list.elements.slice(0, index).every((item) => item.certain) ? list.elements[index - 1] : undefined;
      return element && { node: element.node, module };
    },
    name(name): BoundValue | undefined {
      if (inner.type === "ObjectExpression") {
        const property = inner.properties.find((item) => item.type === "Property" && keyName(item) === name);
        return property?.type === "Property" ? { node: property.value, module } : undefined;
      }
      const entry = entriesOf(context.object(inner, module), name).at(-1);
      return entry && { node: entry.value, module: entry.module };
    },
  };
}

/** The condition that a text with its bindings is. */
export function conditionOfRaw(args: readonly TSESTree.CallExpressionArgument[], module: SourceModule, at: Lowering, dialect: Dialect | undefined, span: Span): Predicate {
  const [first, second] = args;
  if (!first || first.type === "SpreadElement") return opaque(span, "the text cannot be followed");
  const folded = foldText(unwrap(first), module, at.context.values);
  if (!folded || folded.dynamic) return opaque(span, "the condition comes from elsewhere");
  if (folded.text.trim() === "") return { op: "constant", value: true, written: false, span };
  if (folded.optional.length > 0) return opaque(span, "a part of the condition is there only sometimes");
  const place = (part: Span): Span => {
    const range = module === at.context.module ? folded.locate(part.start, part.end) : undefined;
    return range ? { start: range[0], end: range[1] } : span;
  };
  const read = conditionOfText({ text: folded, dialect, placeholders: PLACEHOLDERS, place });
  if (!read) return opaque(span, "the text cannot be read as a condition", folded.holes.every((hole) => hole.kind !== "text") ? "yes" : "unknown");
  const bindings = bindingsOf(second && second.type !== "SpreadElement" ? second : undefined, module, at.context);
  const bound = (operand: Operand): Operand => {
    if (operand.kind !== "parameter" || operand.value || operand.placeholder === undefined) return operand;
    const value = typeof operand.placeholder === "number" ? bindings.position?.(operand.placeholder) : bindings.name?.(operand.placeholder);
    if (!value) return operand;
    const known = operandOf(at, value.node, value.module);
    return known.kind === "parameter" && operand.span ? { ...known, span: operand.span } : known;
  };
  return mapPredicate(read, { operand: bound });
}

/** The text of an expression, when it is one without holes of unknown text. */
export function plainText(node: Node, module: SourceModule, context: AdapterContext): string | undefined {
  const value = context.values.evaluate(node, module);
  if (value.kind === "literal") return typeof value.value === "string" ? value.value : undefined;
  if (value.kind !== "text") return undefined;
  const folded = foldText(unwrap(node), module, context.values);
  return folded && folded.holes.length === 0 && folded.optional.length === 0 ? folded.text : undefined;
}
