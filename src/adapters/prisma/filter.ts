/** `where` objects → predicates, with Prisma's own meaning of what is empty, undefined or null. */
import type { TSESTree } from "@typescript-eslint/utils";
import { and, NO_FILTER, or } from "../../query/build.js";
import type { ColumnRef, ComparisonOperator, Operand, Predicate, Span, Undefinable } from "../../query/model.js";
import { isUndefined, unwrap, type Node } from "../../syntax/ast.js";
import { entriesOf, type ObjectEntry, type ObjectShape } from "../../syntax/objects.js";
import type { SourceModule } from "../../syntax/source-module.js";
import { elementsOf } from "../../syntax/text.js";
import { emptyFilter as empty, inList, isEmpty, isNull, isStructured, negate, oneOf, opaque, operandOf as valueOf, optional, prefixOf, present, relation, spanAt, spanOfPart as spanOfPredicate, type Lowering } from "../conditions.js";
import { PRISMA } from "./library.js";

/**
 * How the filter is used. `unique`: as a `WhereUniqueInput` (findUnique, update, delete, upsert). There a key may be
 * compound, and a filter whose unique key is undefined is rejected instead of dropped.
 */
export type FilterUse = "many" | "unique";

const NEVER_SPAN = (span: Span): Predicate => ({ op: "constant", value: false, written: true, span });
const OPERATORS = new Set(["equals", "not", "in", "notIn", "lt", "lte", "gt", "gte", "contains", "startsWith", "endsWith", "mode", "search", "has", "hasSome", "hasEvery", "isEmpty", "isSet"]);
const JSON_OPERATORS = new Set(["path", "string_contains", "string_starts_with", "string_ends_with", "array_contains", "array_starts_with", "array_ends_with"]);
const LIST_RELATIONS = new Set(["some", "every", "none"]);
const COMPARISONS: ReadonlyMap<string, ComparisonOperator> = new Map([
  ["lt", "<"],
  ["lte", "<="],
  ["gt", ">"],
  ["gte", ">="],
]);
const MAX_DEPTH = 24;

export class FilterReader {
  readonly #at: Lowering;
  readonly #use: FilterUse;
  #depth = 0;

  constructor(at: Lowering, use: FilterUse) {
    this.#at = at;
    this.#use = use;
  }

  /** The filter that an expression is. */
  read(node: Node, module: SourceModule): Predicate {
    return this.#where(node, module, this.#use);
  }

  #where(node: Node, module: SourceModule, use: FilterUse): Predicate {
    if (this.#depth > MAX_DEPTH) return opaque(spanAt(this.#at, node, module), "the filter nests too deeply");
    this.#depth++;
    try {
      const inner = unwrap(node);
      if (isUndefined(inner)) return empty(spanAt(this.#at, inner, module));
      if (inner.type === "ConditionalExpression") {
        return oneOf([this.#where(inner.consequent, module, use), this.#where(inner.alternate, module, use)], spanAt(this.#at, inner, module));
      }
      return this.#object(this.#at.context.object(inner, module), inner, module, use);
    } finally {
      this.#depth--;
    }
  }

  #object(shape: ObjectShape, node: Node, module: SourceModule, use: FilterUse): Predicate {
    const span = spanAt(this.#at, node, module);
    if (shape.variants) {
      const filters = shape.variants.map((variant) => this.#object(variant, node, module, use));
      return oneOf(shape.absent === "no" ? filters : [...filters, NO_FILTER], span);
    }
    const keys = [...new Set(shape.entries.map((entry) => entry.key))];
    const items = keys.map((key) => this.#key(entriesOf(shape, key), use, keys.length));
    if (shape.open) items.push(opaque(shape.openAt ? spanAt(this.#at, shape.openAt, module) : span, "a part of the filter comes from elsewhere"));
    const whole = and(items);
    return whole === NO_FILTER ? empty(span) : whole;
  }

  /** What the entries of one key say: one of them holds, or none when all of them are conditional. */
  #key(entries: readonly ObjectEntry[], use: FilterUse, keys: number): Predicate {
    const [first] = entries;
    if (!first) return NO_FILTER;
    const predicates = entries.map((entry) => this.#entry(entry, use, keys));
    const span = spanAt(this.#at, first.node, first.module);
    const either = oneOf(predicates, span);
    if (first.presence === "always" || isEmpty(either) || (first.oneOf === true && entries.length > 1)) return either;
    return optional(either.op === "optional" && either.cause === "condition" ? either.item : either, "condition", "yes", either.op === "constant" ? span : spanOfPredicate(either, span));
  }

  #entry(entry: ObjectEntry, use: FilterUse, keys: number): Predicate {
    switch (entry.key) {
      case "AND":
        return this.#and(entry.value, entry.module);
      case "OR":
        return this.#or(entry.value, entry.module);
      case "NOT":
        return this.#not(entry.value, entry.module);
      default: {
        const key = entry.node.type === "Property" ? entry.node.key : entry.node;
        const column: ColumnRef = { name: entry.key, property: true, span: spanAt(this.#at, key, entry.module), wrappers: [] };
        return this.#field(column, entry.value, entry.module, spanAt(this.#at, entry.node, entry.module), use, keys);
      }
    }
  }

  /** Filters of an array or of a single object; `open` when there may be more. */
  #list(node: Node, module: SourceModule): { readonly items: readonly Predicate[]; readonly open: boolean } {
    const list = elementsOf(node, module);
    if (!list) return { items: [this.#where(node, module, "many")], open: false };
    return {
      items: list.elements.map((element) => {
        const item = this.#where(element.node, module, "many");
        return element.certain || isEmpty(item) ? item : optional(item, "condition", "yes", spanAt(this.#at, element.node, module));
      }),
      open: list.open,
    };
  }

  #and(node: Node, module: SourceModule): Predicate {
    const branches = this.#branches(node, module, (branch) => this.#and(branch, module));
    if (branches) return branches;
    const { items, open } = this.#list(node, module);
    const kept = items.map((item) => (isEmpty(item) ? NO_FILTER : item));
    return and(open ? [...kept, opaque(spanAt(this.#at, node, module), "further conditions are added elsewhere")] : kept);
  }

  /** An empty OR lets nothing pass, and an arm without conditions counts as none. */
  #or(node: Node, module: SourceModule): Predicate {
    const branches = this.#branches(node, module, (branch) => this.#or(branch, module));
    if (branches) return branches;
    const span = spanAt(this.#at, node, module);
    const inner = unwrap(node);
    const list = elementsOf(node, module);
    // A single object is one arm; what is no array in sight may be any number of arms.
    if (!list && inner.type !== "ObjectExpression") return opaque(span, "the alternatives come from elsewhere");
    const { items, open } = this.#list(node, module);
    const arms = items.filter((item) => !isEmpty(item)).map(present);
    if (open) arms.push(opaque(span, "further alternatives are added elsewhere"));
    return arms.length === 0 ? NEVER_SPAN(span) : or(arms);
  }

  #not(node: Node, module: SourceModule): Predicate {
    const branches = this.#branches(node, module, (branch) => this.#not(branch, module));
    if (branches) return branches;
    const { items, open } = this.#list(node, module);
    const negated = items.map(negate);
    return and(open ? [...negated, opaque(spanAt(this.#at, node, module), "further conditions are added elsewhere")] : negated);
  }

  /** A value of AND, OR or NOT that the program chooses, or that is undefined: then the key is ignored. */
  #branches(node: Node, module: SourceModule, read: (branch: Node) => Predicate): Predicate | undefined {
    const inner = unwrap(node);
    if (isUndefined(inner)) return NO_FILTER;
    const span = spanAt(this.#at, inner, module);
    if (inner.type === "ConditionalExpression") return oneOf([read(inner.consequent), read(inner.alternate)], span);
    if (inner.type === "LogicalExpression" && inner.operator === "&&") return oneOf([read(inner.right), NO_FILTER], span);
    return undefined;
  }

  #field(column: ColumnRef, node: Node, module: SourceModule, span: Span, use: FilterUse, keys: number): Predicate {
    const inner = unwrap(node);
    const { context } = this.#at;
    if (this.#isSkip(inner, module)) return NO_FILTER;
    if (inner.type === "ConditionalExpression" && [inner.consequent, inner.alternate].some((branch) => isStructured(branch) || this.#isSkip(unwrap(branch), module))) {
      return this.#chosen(inner, column, module, span, use, keys, context.undefinable(node, module));
    }
    if (inner.type === "LogicalExpression" && (isStructured(inner.right) || this.#isSkip(unwrap(inner.right), module))) {
      const sides = inner.operator === "&&" ? [inner.right] : [inner.left, inner.right];
      const parts = sides.map((side) => this.#field(column, side, module, span, use, keys));
      if (inner.operator === "&&") return oneOf([...parts, NO_FILTER], span);
      // The left side is taken only when it is there.
      return oneOf(parts.map((part, index) => (index === 0 && part.op === "optional" && part.cause === "undefined" ? part.item : part)), span);
    }
    if (isNull(inner) || context.constant(inner, module)?.value === null) return { op: "null", column, negated: false, span };
    const shape = this.#structure(inner, module);
    if (shape) return this.#structured(column, shape, inner, module, span, use, keys);
    return this.#dropped({ op: "compare", column, operator: "=", operand: operandOf(this.#at, node, module), span }, node, context.undefinable(node, module), span, use, keys);
  }

  /** `Prisma.skip`: the key counts as not given. */
  #isSkip(node: Node, module: SourceModule): boolean {
    return (node.type === "MemberExpression" || node.type === "Identifier") && this.#at.context.values.library(node, module, PRISMA)?.role === "skip";
  }

  /** One of several values, some of them undefined. */
  #chosen(choice: TSESTree.ConditionalExpression, column: ColumnRef, module: SourceModule, span: Span, use: FilterUse, keys: number, whole: Undefinable): Predicate {
    const values = [choice.consequent, choice.alternate];
    const present = values.filter((value) => !isUndefined(value));
    const either = oneOf(present.map((value) => this.#field(column, value, module, span, use, keys)), span);
    return present.length === values.length ? either : this.#dropped(either, choice, { answer: "yes", ...(whole.why !== undefined && { why: whole.why }) }, span, use, keys);
  }

  /** The value as an object of operators or of a relation; undefined when it is a plain value. */
  #structure(inner: Node, module: SourceModule): ObjectShape | undefined {
    switch (inner.type) {
      case "ObjectExpression":
        return this.#at.context.object(inner, module);
      case "Identifier":
      case "MemberExpression":
      case "CallExpression": {
        const shape = this.#at.context.object(inner, module);
        return shape.entries.length > 0 ? shape : undefined;
      }
      default:
        return undefined;
    }
  }

  #structured(column: ColumnRef, shape: ObjectShape, node: Node, module: SourceModule, span: Span, use: FilterUse, keys: number): Predicate {
    if (shape.variants) return oneOf(shape.variants.map((variant) => this.#structured(column, variant, node, module, span, use, keys)), span);
    const names = [...new Set(shape.entries.map((entry) => entry.key))];
    if (names.length === 0) return shape.open ? opaque(span, `the condition on \`${column.name}\` comes from elsewhere`) : NO_FILTER;
    const sub: Shaped = { column, shape, names, node, module, span };
    const isJson = names.includes("path") && names.some((name) => name !== "path" && (JSON_OPERATORS.has(name) || OPERATORS.has(name)));
    if (isJson || names.every((name) => OPERATORS.has(name) || (name !== "path" && JSON_OPERATORS.has(name)))) return this.#operators(sub, use, keys);
    if (names.every((name) => LIST_RELATIONS.has(name))) return this.#listRelation(sub);
    if (names.every((name) => name === "is" || name === "isNot")) return this.#relation(sub);
    if (use === "unique" && (column.name.includes("_") || keys === 1)) return this.#object(shape, node, module, "unique");
    return relation(column.name, this.#object(shape, node, module, "many"), span);
  }

  #operators({ column, shape, names, module, span }: Shaped, use: FilterUse, keys: number): Predicate {
    const insensitive = entriesOf(shape, "mode").some((entry) => this.#at.context.constant(entry.value, entry.module)?.value === "insensitive");
    const [path] = entriesOf(shape, "path");
    const target: ColumnRef = path ? { ...column, wrappers: [{ kind: "json", path: pathText(path.value) }] } : column;
    const items = names
      .filter((name) => name !== "mode" && name !== "path")
      .map((name) => {
        const entries = entriesOf(shape, name);
        const [first] = entries;
        if (!first) return NO_FILTER;
        const either = oneOf(
          entries.map((entry) => this.#operator(target, name, entry, insensitive, use, keys)),
          span,
        );
        return first.presence === "always" || isEmpty(either) ? either : optional(either, "condition", "yes", spanAt(this.#at, first.node, first.module));
      });
    if (shape.open) items.push(opaque(shape.openAt ? spanAt(this.#at, shape.openAt, module) : span, `a part of the condition on \`${column.name}\` comes from elsewhere`));
    return and(items);
  }

  #operator(column: ColumnRef, name: string, entry: ObjectEntry, insensitive: boolean, use: FilterUse, keys: number): Predicate {
    const { value, module } = entry;
    const { context } = this.#at;
    const inner = unwrap(value);
    const span = spanAt(this.#at, entry.node, module);
    const dropped = (predicate: Predicate): Predicate => this.#dropped(predicate, value, context.undefinable(value, module), span, use, keys);
    if (inner.type === "ConditionalExpression" && (isStructured(inner.consequent) || isStructured(inner.alternate))) {
      const branches = [inner.consequent, inner.alternate];
      const present = branches.filter((branch) => !isUndefined(branch));
      const either = oneOf(present.map((branch) => this.#operator(column, name, { ...entry, value: branch }, insensitive, use, keys)), span);
      return present.length === branches.length ? either : dropped(either);
    }
    const isNothing = isNull(inner) || context.constant(inner, module)?.value === null;
    const comparison = COMPARISONS.get(name);
    if (comparison) return dropped({ op: "compare", column, operator: comparison, operand: operandOf(this.#at, value, module), span });
    switch (name) {
      case "equals":
        if (isNothing) return { op: "null", column, negated: false, span };
        // Sent as ILIKE, so that the value's own wildcards count.
        if (insensitive) return dropped({ op: "like", column, negated: false, insensitive: true, pattern: operandOf(this.#at, value, module), span, ...prefixOf(this.#at, value, module) });
        return dropped({ op: "compare", column, operator: "=", operand: operandOf(this.#at, value, module), span });
      case "not": {
        if (isNothing) return { op: "null", column, negated: true, span };
        const shape = inner.type === "ObjectExpression" ? context.object(inner, module) : undefined;
        if (shape) return negate(this.#structured(column, shape, inner, module, span, use, keys));
        return dropped({ op: "compare", column, operator: "<>", operand: operandOf(this.#at, value, module), span });
      }
      case "in":
      case "notIn":
        return dropped(inList(this.#at, insensitive ? { ...column, wrappers: [...column.wrappers, { kind: "function", name: "lower", text: `lower(${column.name})` }] } : column, name === "notIn", value, module, span));
      case "contains":
      case "endsWith":
      case "string_contains":
      case "string_ends_with":
        return dropped({ op: "like", column, negated: false, insensitive, prefix: "", pattern: operandOf(this.#at, value, module), span });
      case "startsWith":
      case "string_starts_with":
        return dropped({ op: "like", column, negated: false, insensitive, pattern: operandOf(this.#at, value, module), span, ...prefixOf(this.#at, value, module) });
      default:
        return dropped({ op: "operator", operator: OPERATOR_NAMES.get(name) ?? name, columns: [column], operands: [operandOf(this.#at, value, module)], span });
    }
  }

  #listRelation({ column, shape, names, module, span }: Shaped): Predicate {
    const items = names.map((name) => {
      const entries = entriesOf(shape, name);
      const [first] = entries;
      if (!first) return NO_FILTER;
      if (isUndefined(first.value)) return NO_FILTER;
      const inside = and(entries.map((entry) => this.#where(entry.value, entry.module, "many")));
      // Of every row of an empty set anything holds: `every: {}` restricts nothing.
      if (name === "every" && isEmpty(inside)) return NO_FILTER;
      // `every` is that none exists which does not fulfil it.
      const item = isEmpty(inside) ? undefined : name === "every" ? negate(inside) : inside;
      const exists: Predicate = { op: "exists", negated: name !== "some", relation: column.name, ...(item && { item }), span: spanAt(this.#at, first.node, first.module) };
      const { answer, why } = this.#at.context.undefinable(first.value, first.module);
      if (first.presence === "maybe") return optional(exists, "condition", "yes", exists.span);
      return answer === "yes" ? optional(exists, "undefined", "yes", exists.span, why) : exists;
    });
    if (shape.open) items.push(opaque(shape.openAt ? spanAt(this.#at, shape.openAt, module) : span, `a part of the condition on \`${column.name}\` comes from elsewhere`));
    return and(items);
  }

  #relation({ column, shape, names, module, span }: Shaped): Predicate {
    const items = names.map((name) => {
      const [entry] = entriesOf(shape, name);
      if (!entry || isUndefined(entry.value)) return NO_FILTER;
      const at = spanAt(this.#at, entry.node, entry.module);
      if (isNull(unwrap(entry.value))) return { op: "null", column, negated: name === "isNot", span: at } satisfies Predicate;
      const inside = relation(column.name, this.#where(entry.value, entry.module, "many"), at);
      const item = name === "isNot" ? negate(inside) : inside;
      return entry.presence === "maybe" && !isEmpty(item) ? optional(item, "condition", "yes", at) : item;
    });
    if (shape.open) items.push(opaque(shape.openAt ? spanAt(this.#at, shape.openAt, module) : span, `a part of the condition on \`${column.name}\` comes from elsewhere`));
    return and(items);
  }

  /**
   * A condition that Prisma drops when its value is undefined. In a unique filter the call fails instead when the unique
   * key is undefined; which of several keys that is, the schema knows.
   */
  #dropped(predicate: Predicate, value: Node, { answer, why }: Undefinable, span: Span, use: FilterUse, keys: number): Predicate {
    if (answer !== "yes" || isEmpty(predicate) || (use === "unique" && keys === 1)) return predicate;
    return { ...optional(predicate, "undefined", use === "unique" ? "unknown" : "yes", span, why), ...(writesUndefined(value) && { deliberate: true }) };
  }
}

interface Shaped {
  readonly column: ColumnRef;
  readonly shape: ObjectShape;
  readonly names: readonly string[];
  readonly node: Node;
  readonly module: SourceModule;
  readonly span: Span;
}

/** How PostgreSQL writes them; the names serve messages and the choice of an index method. */
const OPERATOR_NAMES: ReadonlyMap<string, string> = new Map([
  ["search", "@@"],
  ["has", "@>"],
  ["hasEvery", "@>"],
  ["hasSome", "&&"],
  ["array_contains", "@>"],
]);

/** What a column is compared with; a column where the value is `prisma.user.fields.name`. */
export function operandOf(at: Lowering, node: Node, module: SourceModule): Operand {
  const field = at.context.values.library(node, module, PRISMA);
  if (field?.role === "field" && field.name !== undefined) {
    const table = field.parent?.parent?.name;
    return { kind: "column", column: { ...(table !== undefined && { table }), name: field.name, property: true, span: spanAt(at, node, module), wrappers: [] } };
  }
  return valueOf(at, node, module);
}

/** `undefined`, or a choice of which one branch is that. */
function writesUndefined(node: Node): boolean {
  const inner = unwrap(node);
  return isUndefined(inner) || (inner.type === "ConditionalExpression" && (writesUndefined(inner.consequent) || writesUndefined(inner.alternate)));
}

function pathText(node: Node): string {
  const inner = unwrap(node);
  if (inner.type === "Literal") return String(inner.value);
  if (inner.type !== "ArrayExpression") return "";
  return inner.elements.map((element: TSESTree.ArrayExpression["elements"][number]) => (element?.type === "Literal" ? String(element.value) : "?")).join(",");
}
