/** MikroORM's filters → predicates. Undefined is compared as NULL; an empty filter restricts nothing. */
import { and, NO_FILTER, or } from "../../query/build.js";
import type { ColumnRef, ComparisonOperator, Predicate, Span } from "../../query/model.js";
import { isUndefined, unwrap, type Node } from "../../syntax/ast.js";
import { entriesOf, type ObjectEntry, type ObjectShape } from "../../syntax/objects.js";
import type { SourceModule } from "../../syntax/source-module.js";
import { elementsOf } from "../../syntax/text.js";
import { emptyFilter, inList, isEmpty, isNull, negate, oneOf, opaque, operandOf, optional, prefixOf, present, relation, spanAt, spanOfPart, type Lowering } from "../conditions.js";
import { rowsOf } from "../builder/rows.js";
import { UNKNOWN_ENTITY, type Entity } from "../entities.js";
import { primaryKeyOf, propertyOf } from "./entities.js";

const COMPARISONS: ReadonlyMap<string, ComparisonOperator> = new Map([["$eq", "="], ["$ne", "<>"], ["$gt", ">"], ["$gte", ">="], ["$lt", "<"], ["$lte", "<="]]);
const OPERATORS: ReadonlyMap<string, string> = new Map([["$contains", "@>"], ["$contained", "<@"], ["$overlap", "&&"], ["$re", "~"], ["$fulltext", "@@"]]);
const MAX_DEPTH = 24;

export class FilterReader {
  readonly #at: Lowering;
  #depth = 0;

  constructor(at: Lowering) {
    this.#at = at;
  }

  /** The filter that an expression is: an object, a key, a list of keys. */
  read(node: Node, module: SourceModule, entity: Entity): Predicate {
    const inner = unwrap(node);
    const span = spanAt(this.#at, inner, module);
    if (this.#depth > MAX_DEPTH) return opaque(span, "the filter nests too deeply");
    this.#depth++;
    try {
      if (isUndefined(inner) || isNull(inner)) return emptyFilter(span);
      if (inner.type === "ConditionalExpression") return oneOf([this.read(inner.consequent, module, entity), this.read(inner.alternate, module, entity)], span);
      const key: ColumnRef = { name: primaryKeyOf(entity, this.#at.context.values), property: true, span, wrappers: [] };
      const list = elementsOf(inner, module);
      if (list) return list.elements.some((element) => unwrap(element.node).type === "ObjectExpression") ? opaque(span, "keys of several columns", "yes") : inList(this.#at, key, false, inner, module, span);
      if (this.#isList(inner, module)) return inList(this.#at, key, false, inner, module, span);
      if (isKey(inner)) return { op: "compare", column: key, operator: "=", operand: operandOf(this.#at, inner, module), span };
      return this.#object(this.#at.context.object(inner, module), inner, module, entity, "");
    } finally {
      this.#depth--;
    }
  }

  /** A list by its type, or by what it is made with: `rows.map(…)`. */
  #isList(node: Node, module: SourceModule): boolean {
    return (node.type === "Identifier" || node.type === "CallExpression") && rowsOf(node, module, this.#at.context) === "many";
  }

  #object(shape: ObjectShape, node: Node, module: SourceModule, entity: Entity, path: string): Predicate {
    const span = spanAt(this.#at, node, module);
    if (shape.variants) {
      const filters = shape.variants.map((variant) => this.#object(variant, node, module, entity, path));
      return oneOf(shape.absent === "no" ? filters : [...filters, NO_FILTER], span);
    }
    const keys = [...new Set(shape.entries.map((entry) => entry.key))];
    const items = keys.map((key) => this.#key(entriesOf(shape, key), entity, path));
    if (shape.open) items.push(opaque(shape.openAt ? spanAt(this.#at, shape.openAt, module) : span, "a part of the filter comes from elsewhere"));
    const whole = and(items);
    return whole === NO_FILTER ? emptyFilter(span) : whole;
  }

  #key(entries: readonly ObjectEntry[], entity: Entity, path: string): Predicate {
    const [first] = entries;
    if (!first) return NO_FILTER;
    const span = spanAt(this.#at, first.node, first.module);
    const either = oneOf(entries.map((entry) => this.#entry(entry, entity, path)), span);
    if (first.presence === "always" || isEmpty(either) || (first.oneOf === true && entries.length > 1)) return either;
    return optional(either.op === "optional" && either.cause === "condition" ? either.item : either, "condition", "yes", spanOfPart(either, span));
  }

  #entry({ key, node, value, module }: ObjectEntry, entity: Entity, path: string): Predicate {
    const span = spanAt(this.#at, node, module);
    if (key === "$and" || key === "$or") return this.#list(key, value, module, entity, span);
    if (key === "$not") return negate(this.read(value, module, entity));
    if (key.startsWith("$")) return opaque(span, `\`${key}\` is not modelled`, "yes");
    const written = node.type === "Property" ? node.key : node;
    const column: ColumnRef = { name: path + key, property: true, span: spanAt(this.#at, written, module), wrappers: [] };
    return this.#field(column, value, module, entity, path, key, span);
  }

  /** Without arms, `$or` lets no row pass and `$and` every row. */
  #list(key: "$and" | "$or", node: Node, module: SourceModule, entity: Entity, span: Span): Predicate {
    const list = elementsOf(node, module);
    if (!list) return opaque(span, `the list of \`${key}\` comes from elsewhere`);
    const arms = list.elements.map((element) => this.read(element.node, module, entity));
    if (list.open || list.elements.some((element) => !element.certain)) arms.push(opaque(span, "further conditions are added elsewhere"));
    if (key === "$and") return and(arms);
    if (arms.length === 0) return { op: "constant", value: false, written: true, span };
    return arms.some(isEmpty) ? emptyFilter(span) : or(arms.map(present));
  }

  #field(column: ColumnRef, node: Node, module: SourceModule, entity: Entity, path: string, key: string, span: Span): Predicate {
    const inner = unwrap(node);
    const { context } = this.#at;
    if (isUndefined(inner) || isNull(inner)) return { op: "null", column, negated: false, span };
    if (inner.type === "ConditionalExpression") return oneOf([inner.consequent, inner.alternate].map((branch) => this.#field(column, branch, module, entity, path, key, span)), span);
    if (inner.type === "Literal" && inner.value instanceof RegExp) return { op: "operator", operator: "~", columns: [column], operands: [], span };
    if (elementsOf(inner, module) || this.#isList(inner, module)) return inList(this.#at, column, false, inner, module, span);
    const shape = inner.type === "ObjectExpression" || inner.type === "Identifier" ? context.object(inner, module) : undefined;
    if (!shape || (inner.type === "Identifier" && shape.entries.length === 0)) return { op: "compare", column, operator: "=", operand: operandOf(this.#at, inner, module), span };
    if (shape.variants) return opaque(span, "one of several conditions", "yes");
    if (shape.entries.some((entry) => entry.key.startsWith("$"))) return this.#operators(column, shape, entity, path, key, span);
    return this.#nested(column, shape, inner, module, entity, path, key, span);
  }

  /** A filter on a related row, or inside an embedded one. The key of a related row is the foreign key itself. */
  #nested(column: ColumnRef, shape: ObjectShape, node: Node, module: SourceModule, entity: Entity, path: string, key: string, span: Span): Predicate {
    if (shape.entries.length === 0 && !shape.open) return NO_FILTER;
    const { values } = this.#at.context;
    const property = path === "" ? propertyOf(entity, key, values) : undefined;
    if (property?.kind === "embedded") return this.#object(shape, node, module, entity, `${path}${key}.`);
    const target = property?.target ?? UNKNOWN_ENTITY;
    const [only, ...others] = shape.entries;
    const isByKey = property?.kind === "key" && only !== undefined && others.length === 0 && !shape.open && target.class !== undefined && only.key === primaryKeyOf(target, values);
    if (isByKey) return this.#field(column, only.value, only.module, entity, path, key, span);
    return relation(key, this.#object(shape, node, module, target, ""), span);
  }

  /** `{ $gte: from, $lt: to }` */
  #operators(column: ColumnRef, shape: ObjectShape, entity: Entity, path: string, key: string, span: Span): Predicate {
    const items = [...new Set(shape.entries.map((entry) => entry.key))].map((name): Predicate => {
      const entries = entriesOf(shape, name);
      const either = oneOf(entries.map((entry) => this.#operator(column, entry, entity, path, key, span)), span);
      return entries[0]?.presence === "always" || isEmpty(either) ? either : optional(either, "condition", "yes", span);
    });
    if (shape.open) items.push(opaque(span, "a part of the condition comes from elsewhere"));
    return and(items);
  }

  #operator(column: ColumnRef, { key: operator, value, module }: ObjectEntry, entity: Entity, path: string, key: string, span: Span): Predicate {
    const inner = unwrap(value);
    const at = this.#at;
    const comparison = COMPARISONS.get(operator);
    if (comparison !== undefined) {
      if (isUndefined(inner) || isNull(inner)) return { op: "null", column, negated: operator === "$ne", span };
      return { op: "compare", column, operator: comparison, operand: operandOf(at, inner, module), span };
    }
    const named = OPERATORS.get(operator);
    if (named !== undefined) return { op: "operator", operator: named, columns: [column], operands: [operandOf(at, inner, module)], span };
    switch (operator) {
      case "$in":
      case "$nin":
        return inList(at, column, operator === "$nin", inner, module, span);
      case "$like":
      case "$ilike":
        return { op: "like", column, negated: false, insensitive: operator === "$ilike", ...prefixOf(at, inner, module), pattern: operandOf(at, inner, module), span };
      case "$exists": {
        const known = at.context.constant(inner, module)?.value;
        return typeof known === "boolean" ? { op: "null", column, negated: known, span } : opaque(span, "whether it is NULL, the program decides", "yes");
      }
      case "$not":
        return negate(this.#field(column, inner, module, entity, path, key, span));
      case "$some":
      case "$none": {
        const item = this.read(inner, module, UNKNOWN_ENTITY);
        return { op: "exists", negated: operator === "$none", relation: key, ...(!isEmpty(item) && { item }), span };
      }
      default:
        return opaque(span, `\`${operator}\` is not modelled`, "yes");
    }
  }
}

/** Is the expression certainly a key: a literal, a variable or a member that is called so? */
function isKey(node: Node): boolean {
  switch (node.type) {
    case "Literal":
    case "TemplateLiteral":
      return true;
    case "Identifier":
      return /(?:^|[a-z_])(?:id|uuid)$/iu.test(node.name);
    case "MemberExpression":
      return !node.computed && node.property.type === "Identifier" && /(?:^|[a-z_])(?:id|uuid)$/iu.test(node.property.name);
    default:
      return false;
  }
}
