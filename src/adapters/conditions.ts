/** What the adapters of object filters share: spans, operands, and the small algebra of conditions that may be absent. */
import type { TSESTree } from "@typescript-eslint/utils";
import type { Tri } from "../base/tri.js";
import { and, choice, NO_FILTER, or, spanOf } from "../query/build.js";
import type { Amount, ColumnRef, Operand, OptionalPredicate, ParameterOperand, Predicate, Span } from "../query/model.js";
import { isUndefined, unwrap, type Node } from "../syntax/ast.js";
import type { SourceModule } from "../syntax/source-module.js";
import { elementsOf } from "../syntax/text.js";
import type { AdapterContext } from "./contract.js";

/** What lowering needs to know of the place. */
export interface Lowering {
  readonly context: AdapterContext;
  /** The site: the span of whatever stands in another file. */
  readonly site: Span;
}

/** The span of a node; of the site when the node stands in another file. */
export function spanAt(at: Lowering, node: Node, module: SourceModule): Span {
  return module === at.context.module ? spanOf(node.range) : at.site;
}

/** What a column is compared with: a literal that is known, else a value that the program supplies. */
export function operandOf(at: Lowering, node: Node, module: SourceModule): Operand {
  const constant = at.context.constant(node, module);
  if (constant?.known === true && constant.value !== undefined) return { kind: "literal", value: constant.value, span: spanAt(at, node, module) };
  return { ...parameterOf(at, node, module), ...(constant && !constant.known && { constant: true }) };
}

export function parameterOf(at: Lowering, node: Node, module: SourceModule): ParameterOperand {
  const type = typeOf(unwrap(node));
  return {
    kind: "parameter",
    span: spanAt(at, node, module),
    // A node of another file would be looked up in the scopes of this one.
    ...(module === at.context.module && { value: node }),
    ...(type && { type }),
    undefinable: at.context.undefinable(node, module),
  };
}

/** What `take`, `limit`, `skip` or `offset` is given. Nothing is sent for undefined and null. */
export function amountOf(at: Lowering, node: Node, module: SourceModule): Amount {
  const span = spanAt(at, node, module);
  if (isUndefined(node) || isNull(unwrap(node))) return { kind: "none", span };
  const constant = at.context.constant(node, module);
  if (typeof constant?.value === "number") return { kind: "number", value: constant.value, span };
  return { kind: "parameter", span, ...(module === at.context.module && { value: node }), undefinable: at.context.undefinable(node, module) };
}

function typeOf(node: Node): ParameterOperand["type"] {
  switch (node.type) {
    case "TemplateLiteral":
      return "string";
    case "ArrayExpression":
      return "array";
    case "NewExpression":
      return node.callee.type === "Identifier" && node.callee.name === "Date" ? "date" : "object";
    case "UnaryExpression":
      return node.operator === "!" ? "boolean" : undefined;
    case "CallExpression":
      return node.callee.type === "Identifier" ? CONVERSIONS.get(node.callee.name) : undefined;
    default:
      return undefined;
  }
}

const CONVERSIONS: ReadonlyMap<string, ParameterOperand["type"]> = new Map([
  ["Number", "number"],
  ["parseInt", "number"],
  ["parseFloat", "number"],
  ["String", "string"],
  ["Boolean", "boolean"],
  ["BigInt", "bigint"],
]);

/** A column in a list of values: the values of an array that is written, else one array of the program. An empty list holds no row. */
export function inList(at: Lowering, column: ColumnRef, negated: boolean, node: Node, module: SourceModule, span: Span): Predicate {
  const list = elementsOf(node, module);
  if (list && !list.open && list.elements.every((element) => element.certain)) {
    if (list.elements.length === 0) return { op: "constant", value: negated, written: true, span };
    return { op: "in", column, negated, values: { kind: "list", operands: list.elements.map((element) => operandOf(at, element.node, module)) }, span };
  }
  const items = at.context.length(node, module);
  return { op: "in", column, negated, values: { kind: "array", operand: { ...parameterOf(at, node, module), type: "array" }, ...(items !== undefined && { items }) }, span };
}

/** An empty filter: as none, but with a place. */
export function emptyFilter(span: Span): Predicate {
  return { op: "constant", value: true, written: false, span };
}

export function isEmpty(predicate: Predicate): boolean {
  return predicate.op === "constant" && predicate.value && !predicate.written;
}

/** A condition that could not be read; whether there certainly is one, is not known unless it is said. */
export function opaque(span: Span, reason: string, restricts: Tri = "unknown"): Predicate {
  return { op: "opaque", restricts, reason, span };
}

export function optional(item: Predicate, cause: OptionalPredicate["cause"], droppable: OptionalPredicate["droppable"], span: Span, why?: string): Predicate {
  return { op: "optional", item, cause, droppable, span, ...(why !== undefined && { why }) };
}

/** Exactly one of the filters applies. */
export function oneOf(filters: readonly Predicate[], span: Span): Predicate {
  const restricting = filters.filter((filter) => !isEmpty(filter));
  if (restricting.length === 0) return emptyFilter(span);
  const either = choice(restricting);
  return restricting.length === filters.length ? either : optional(either, "condition", "yes", span);
}

/** Of nothing, nothing remains; what may be absent inside may be absent as a whole. */
export function negate(item: Predicate): Predicate {
  if (isEmpty(item)) return NO_FILTER;
  if (item.op === "optional") return { ...item, item: negate(item.item) };
  if (item.op === "not") return item.item;
  return { op: "not", item };
}

/** An arm of an OR that is left out lets fewer rows pass, not more: the most pass when it is there, with one of its parts. */
export function present(arm: Predicate): Predicate {
  if (arm.op === "optional") return present(arm.item);
  if (arm.op === "and" && arm.items.length > 0 && arm.items.every((item) => item.op === "optional")) return or(arm.items.map(present));
  return arm;
}

/** A filter on a related row; its optional parts stay optional outside, since an empty one restricts nothing. */
export function relation(name: string, item: Predicate, span: Span): Predicate {
  if (isEmpty(item)) return NO_FILTER;
  const parts = item.op === "and" ? item.items : [item];
  const certain = parts.filter((part) => part.op !== "optional");
  const sometimes = parts.flatMap((part) => (part.op === "optional" ? [{ ...part, item: relation(name, part.item, span) }] : []));
  return and([...(certain.length === 0 ? [] : [{ op: "relation", relation: name, item: and(certain), span } satisfies Predicate]), ...sometimes]);
}

export function spanOfPart(predicate: Predicate, otherwise: Span): Span {
  return ("span" in predicate ? predicate.span : undefined) ?? otherwise;
}

export function isNull(node: Node): boolean {
  return node.type === "Literal" && node.value === null && node.raw === "null";
}

/** Does a branch of a choice need to be read by itself: an object, null? */
export function isStructured(node: Node): boolean {
  const inner = unwrap(node);
  return inner.type === "ObjectExpression" || isNull(inner) || (inner.type === "ConditionalExpression" && (isStructured(inner.consequent) || isStructured(inner.alternate)));
}

/** The literal text before the first wildcard of a pattern, when the value is known. */
export function prefixOf(at: Lowering, node: Node, module: SourceModule): { readonly prefix?: string } {
  const known = at.context.constant(node, module);
  return known?.known === true && typeof known.value === "string" ? { prefix: /^[^%_]*/u.exec(known.value)?.[0] ?? "" } : {};
}

/** An argument as a node: `...args` by what is spread. */
export function argumentNode(argument: TSESTree.CallExpressionArgument): Node {
  return argument.type === "SpreadElement" ? argument.argument : argument;
}
