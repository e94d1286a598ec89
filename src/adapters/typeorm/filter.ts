/** `where` of find options, and the criteria of writes → predicates, with TypeORM's own meaning of what is empty or undefined. */
import type { TSESTree } from "@typescript-eslint/utils";
import { and, NO_FILTER, or } from "../../query/build.js";
import type { ColumnRef, ComparisonOperator, Predicate, Span } from "../../query/model.js";
import { isFunction, isUndefined, unwrap, type Node } from "../../syntax/ast.js";
import { entriesOf, type ObjectEntry, type ObjectShape } from "../../syntax/objects.js";
import { returnedExpressions } from "../../syntax/patterns.js";
import type { SourceModule } from "../../syntax/source-module.js";
import { elementsOf, foldText } from "../../syntax/text.js";
import { emptyFilter, inList, isEmpty, isNull, negate, oneOf, opaque, operandOf, optional, parameterOf, prefixOf, present, relation, spanAt, spanOfPart, type Lowering } from "../conditions.js";
import { UNKNOWN_ENTITY, type Entity } from "../entities.js";
import { propertyOf } from "./entities.js";
import { TYPEORM } from "./library.js";
import { conditionOfFolded, type TextScope } from "./text.js";
import type { Behaviour } from "./version.js";

/**
 * How the filter is used. `find`: in find options, where a condition may be dropped. `criteria`: of a write or of a query
 * builder, where undefined is compared with NULL, which no row equals.
 */
export type FilterUse = "find" | "criteria";

const COMPARISONS: ReadonlyMap<string, ComparisonOperator> = new Map([
  ["Equal", "="],
  ["LessThan", "<"],
  ["LessThanOrEqual", "<="],
  ["MoreThan", ">"],
  ["MoreThanOrEqual", ">="],
]);
const CONTAINMENT: ReadonlyMap<string, string> = new Map([
  ["ArrayContains", "@>"],
  ["ArrayContainedBy", "<@"],
  ["ArrayOverlap", "&&"],
  ["JsonContains", "@>"],
]);
const MAX_DEPTH = 24;

interface Context {
  readonly entity: Entity;
  /** Properties that lead from the entity to an embedded one. */
  readonly path: readonly string[];
}

export class FilterReader {
  readonly #at: Lowering;
  readonly #use: FilterUse;
  readonly #behaviour: Behaviour;
  #depth = 0;

  constructor(at: Lowering, use: FilterUse, behaviour: Behaviour) {
    this.#at = at;
    this.#use = use;
    this.#behaviour = behaviour;
  }

  /** The filter that an expression is: an object, or a list of objects of which one must hold. */
  read(node: Node, module: SourceModule, entity: Entity): Predicate {
    return this.#where(node, module, { entity, path: [] });
  }

  #where(node: Node, module: SourceModule, context: Context): Predicate {
    const span = spanAt(this.#at, node, module);
    if (this.#depth > MAX_DEPTH) return opaque(span, "the filter nests too deeply");
    this.#depth++;
    try {
      const inner = unwrap(node);
      if (isUndefined(inner) || isNull(inner)) return emptyFilter(span);
      if (inner.type === "ConditionalExpression") return oneOf([this.#where(inner.consequent, module, context), this.#where(inner.alternate, module, context)], span);
      const list = elementsOf(inner, module);
      if (list) return this.#list(list, span, module, context);
      return this.object(this.#at.context.object(inner, module), inner, module, context);
    } finally {
      this.#depth--;
    }
  }

  /** Arms without conditions are left out; without any arm there is no condition. */
  #list(list: NonNullable<ReturnType<typeof elementsOf>>, span: Span, module: SourceModule, context: Context): Predicate {
    const arms = list.elements.map((element) => this.#where(element.node, module, context)).filter((arm) => !isEmpty(arm));
    if (list.open) arms.push(opaque(span, "further alternatives are added elsewhere"));
    if (arms.length === 0) return emptyFilter(span);
    const [only] = arms;
    return arms.length === 1 && only ? only : or(arms.map(present));
  }

  object(shape: ObjectShape, node: Node, module: SourceModule, context: Context): Predicate {
    const span = spanAt(this.#at, node, module);
    if (shape.variants) {
      const filters = shape.variants.map((variant) => this.object(variant, node, module, context));
      return oneOf(shape.absent === "no" ? filters : [...filters, NO_FILTER], span);
    }
    const keys = [...new Set(shape.entries.map((entry) => entry.key))];
    const items = keys.map((key) => this.#key(entriesOf(shape, key), context));
    if (shape.open) items.push(opaque(shape.openAt ? spanAt(this.#at, shape.openAt, module) : span, "a part of the filter comes from elsewhere"));
    const whole = and(items);
    return whole === NO_FILTER ? emptyFilter(span) : whole;
  }

  #key(entries: readonly ObjectEntry[], context: Context): Predicate {
    const [first] = entries;
    if (!first) return NO_FILTER;
    const span = spanAt(this.#at, first.node, first.module);
    const either = oneOf(entries.map((entry) => this.#entry(entry, context)), span);
    if (first.presence === "always" || isEmpty(either) || (first.oneOf === true && entries.length > 1)) return either;
    return optional(either.op === "optional" && either.cause === "condition" ? either.item : either, "condition", "yes", spanOfPart(either, span));
  }

  #entry({ key, node, value, module }: ObjectEntry, context: Context): Predicate {
    const written = node.type === "Property" ? node.key : node;
    const column: ColumnRef = { name: [...context.path, key].join("."), property: true, span: spanAt(this.#at, written, module), wrappers: [] };
    return this.#field(column, key, value, module, spanAt(this.#at, node, module), context);
  }

  #field(column: ColumnRef, key: string, node: Node, module: SourceModule, span: Span, context: Context): Predicate {
    const inner = unwrap(node);
    const { context: adapter } = this.#at;
    if (isUndefined(inner) || isNull(inner) || adapter.constant(inner, module)?.value === null) return this.#nothing(column, span);
    if (inner.type === "ConditionalExpression" && [inner.consequent, inner.alternate].some((branch) => this.#isSpecial(branch, module))) {
      return oneOf([inner.consequent, inner.alternate].map((branch) => this.#field(column, key, branch, module, span, context)), span);
    }
    if (inner.type === "LogicalExpression" && this.#isSpecial(inner.right, module)) {
      const right = this.#field(column, key, inner.right, module, span, context);
      if (inner.operator === "&&") return this.#use === "find" ? oneOf([right, NO_FILTER], span) : right;
      return oneOf([this.#field(column, key, inner.left, module, span, context), right], span);
    }
    const operation = adapter.values.library(inner, module, TYPEORM);
    if (operation?.role === "operation" && operation.at?.node.type === "CallExpression") {
      const away = operation.at.node === inner ? module : operation.at.module;
      return this.#operation(column, operation.name ?? "", operation.at.node, away, span);
    }
    const property = context.path.length === 0 ? propertyOf(context.entity, key, adapter.values) : undefined;
    const shape = this.#structure(inner, module);
    if (shape && shape.entries.length === 0 && !shape.open) return NO_FILTER;
    if (shape && property?.kind === "embedded") return this.object(shape, inner, module, { entity: property.target, path: [...context.path, key] });
    if (shape) return relation(key, this.object(shape, inner, module, { entity: property?.target ?? UNKNOWN_ENTITY, path: [] }), span);
    // A related row itself stands for its key.
    if (property?.kind === "relation") return this.#dropped({ op: "relation", relation: key, item: { op: "opaque", restricts: "yes", reason: "the key of a related row", span }, span }, node, module, span);
    return this.#dropped({ op: "compare", column, operator: "=", operand: operandOf(this.#at, node, module), span }, node, module, span);
  }

  /** A value that is undefined or null: the condition is dropped, or compares with NULL, or the call is rejected. */
  #nothing(column: ColumnRef, span: Span): Predicate {
    const never: Predicate = { op: "compare", column, operator: "=", operand: { kind: "literal", value: null, span }, span };
    if (this.#use === "criteria" || this.#behaviour.undefinedValue === "rejected") return never;
    return this.#behaviour.undefinedValue === "dropped" ? NO_FILTER : opaque(span, "what becomes of undefined depends on the release of TypeORM");
  }

  /** Does a branch of a choice need to be read by itself? */
  #isSpecial(node: Node, module: SourceModule): boolean {
    const inner = unwrap(node);
    if (inner.type === "ObjectExpression" || isUndefined(inner) || isNull(inner)) return true;
    if (inner.type === "ConditionalExpression") return this.#isSpecial(inner.consequent, module) || this.#isSpecial(inner.alternate, module);
    return this.#at.context.values.library(inner, module, TYPEORM)?.role === "operation";
  }

  #structure(inner: Node, module: SourceModule): ObjectShape | undefined {
    switch (inner.type) {
      case "ObjectExpression":
        return this.#at.context.object(inner, module);
      case "Identifier":
      case "MemberExpression": {
        const shape = this.#at.context.object(inner, module);
        return shape.entries.length > 0 ? shape : undefined;
      }
      default:
        return undefined;
    }
  }

  #dropped(predicate: Predicate, value: Node, module: SourceModule, span: Span): Predicate {
    if (this.#use !== "find" || this.#behaviour.undefinedValue === "rejected") return predicate;
    const { answer, why } = this.#at.context.undefinable(value, module);
    return answer === "yes" ? optional(predicate, "undefined", this.#behaviour.undefinedValue === "dropped" ? "yes" : "unknown", span, why) : predicate;
  }

  #operation(column: ColumnRef, name: string, call: TSESTree.CallExpression, module: SourceModule, span: Span): Predicate {
    const [first, second] = call.arguments;
    const unread: Predicate = { op: "opaque", restricts: "yes", reason: `\`${name}\` could not be read`, span };
    if (name === "IsNull") return { op: "null", column, negated: false, span };
    if (name === "And" || name === "Or") {
      if (call.arguments.some((argument) => argument.type === "SpreadElement")) return unread;
      const items = call.arguments.map((argument) => this.#value(column, argument, module, span));
      return name === "And" ? and(items) : or(items);
    }
    if (!first || first.type === "SpreadElement") return unread;
    const comparison = COMPARISONS.get(name);
    if (comparison) return { op: "compare", column, operator: comparison, operand: operandOf(this.#at, first, module), span };
    const containment = CONTAINMENT.get(name);
    if (containment !== undefined) return { op: "operator", operator: containment, columns: [column], operands: [operandOf(this.#at, first, module)], span };
    switch (name) {
      case "Not":
        return this.#not(column, first, module, span);
      case "In":
        return inList(this.#at, column, false, first, module, span);
      case "Any":
        return { op: "in", column, negated: false, values: { kind: "array", operand: { ...parameterOf(this.#at, first, module), type: "array" } }, span };
      case "Like":
      case "ILike":
        return { op: "like", column, negated: false, insensitive: name === "ILike", ...prefixOf(this.#at, first, module), pattern: operandOf(this.#at, first, module), span };
      case "Between":
        return second && second.type !== "SpreadElement" ? { op: "between", column, negated: false, low: operandOf(this.#at, first, module), high: operandOf(this.#at, second, module), span } : unread;
      case "Raw":
        return this.#raw(column, call, module, span) ?? unread;
      default:
        return unread;
    }
  }

  /** An argument of `And`, `Or`, `Not`: an operator, or a value that is compared. */
  #value(column: ColumnRef, node: Node, module: SourceModule, span: Span): Predicate {
    const operation = this.#at.context.values.library(node, module, TYPEORM);
    if (operation?.role === "operation" && operation.at?.node.type === "CallExpression") return this.#operation(column, operation.name ?? "", operation.at.node, operation.at.module, span);
    return { op: "compare", column, operator: "=", operand: operandOf(this.#at, node, module), span };
  }

  #not(column: ColumnRef, node: Node, module: SourceModule, span: Span): Predicate {
    const item = this.#value(column, node, module, span);
    switch (item.op) {
      case "compare":
        return item.operator === "=" ? { ...item, operator: "<>" } : negate(item);
      case "in":
      case "null":
      case "like":
      case "between":
        return { ...item, negated: !item.negated };
      case "constant":
        return { ...item, value: !item.value };
      default:
        return negate(item);
    }
  }

  /** ``Raw((alias) => `${alias} > NOW()`)`` */
  #raw(column: ColumnRef, call: TSESTree.CallExpression, module: SourceModule, span: Span): Predicate | undefined {
    const [first, given] = call.arguments;
    const fn = first && unwrap(first);
    if (!fn || !isFunction(fn)) return undefined;
    const [text, ...others] = returnedExpressions(fn);
    const parameter = fn.params[0];
    if (!text || others.length > 0) return undefined;
    const { context } = this.#at;
    const folded = foldText(unwrap(text), module, context.values, (expression) => (parameter?.type === "Identifier" && expression.type === "Identifier" && expression.name === parameter.name ? { text: "t0.c0" } : undefined));
    if (!folded) return undefined;
    const parameters = given && given.type !== "SpreadElement" ? context.object(given, module) : undefined;
    const scope: TextScope = {
      at: this.#at,
      dialect: context.dialect,
      aliases: new Set(["t0"]),
      bare: false,
      parameter(name) {
        const entry = parameters && entriesOf(parameters, name).at(-1);
        return entry && { node: entry.value, module: entry.module };
      },
      subquery: () => undefined,
    };
    const read = conditionOfFolded(folded, text, module, scope);
    return read.op === "opaque" ? { ...read, restricts: "yes" } : named(read, column, span);
  }
}

/** The condition with the column that its text calls by its alias. */
function named(predicate: Predicate, column: ColumnRef, span: Span): Predicate {
  switch (predicate.op) {
    case "and":
    case "or":
      return { ...predicate, items: predicate.items.map((item) => named(item, column, span)) };
    case "not":
      return { ...predicate, item: named(predicate.item, column, span) };
    case "compare":
    case "in":
    case "like":
    case "null":
    case "between":
    case "boolean":
      return { ...predicate, column: predicate.column.table === "t0" ? { ...column, wrappers: predicate.column.wrappers } : predicate.column, span };
    case "operator":
      return { ...predicate, columns: predicate.columns.map((item) => (item.table === "t0" ? { ...column, wrappers: item.wrappers } : item)), span };
    default:
      return predicate;
  }
}
