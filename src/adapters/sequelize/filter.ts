/** `where` objects → predicates, with Sequelize's own meaning of arrays, symbols, null and what is empty. */
import type { TSESTree } from "@typescript-eslint/utils";
import { and, NO_FILTER, or } from "../../query/build.js";
import type { ColumnRef, ComparisonOperator, Dialect, InPredicate, Operand, Predicate, Span } from "../../query/model.js";
import { normalizeExpression } from "../../sql/index.js";
import { isUndefined, literalString, unwrap, type Node } from "../../syntax/ast.js";
import { entriesOf, type ObjectEntry, type ObjectShape } from "../../syntax/objects.js";
import type { SourceModule } from "../../syntax/source-module.js";
import { elementsOf, foldText, type FoldedText, type Interpolation } from "../../syntax/text.js";
import type { LibraryValue } from "../../syntax/values.js";
import { conditionOfText } from "../condition-text.js";
import { emptyFilter, inList, isEmpty, isNull, isStructured, negate, oneOf, opaque, operandOf, optional, parameterOf, prefixOf, present, relation, spanAt, spanOfPart, type Lowering } from "../conditions.js";
import { isList } from "./lists.js";
import { SEQUELIZE } from "./model.js";

const MAX_DEPTH = 24;
const COMPARISONS: ReadonlyMap<string, ComparisonOperator> = new Map([
  ["eq", "="],
  ["ne", "<>"],
  ["lt", "<"],
  ["lte", "<="],
  ["gt", ">"],
  ["gte", ">="],
]);
/** How PostgreSQL writes them; the names serve messages and the choice of an index method. */
const OPERATORS: ReadonlyMap<string, string> = new Map([
  ["contains", "@>"],
  ["contained", "<@"],
  ["overlap", "&&"],
  ["adjacent", "-|-"],
  ["strictLeft", "<<"],
  ["strictRight", ">>"],
  ["noExtendRight", "&<"],
  ["noExtendLeft", "&>"],
  ["match", "@@"],
  ["regexp", "~"],
  ["notRegexp", "!~"],
  ["iRegexp", "~*"],
  ["notIRegexp", "!~*"],
  ["anyKeyExists", "?|"],
  ["allKeysExist", "?&"],
]);

/** Where the filter is read: the place, the dialect of raw pieces, the release whose meaning counts. */
export interface FilterPlace extends Lowering {
  readonly dialect: Dialect | undefined;
  /** What Sequelize calls the table of the model in its statements. */
  readonly alias: string | undefined;
  /** Release 7, in which an empty OR is no condition. */
  readonly isSeven: boolean;
}

export class FilterReader {
  readonly #at: FilterPlace;
  #depth = 0;

  constructor(at: FilterPlace) {
    this.#at = at;
  }

  /** The filter that an expression is. */
  read(node: Node, module: SourceModule): Predicate {
    return this.#where(node, module);
  }

  /** The column that an expression is: `col("name")`, `fn("lower", col("name"))`. */
  column(node: Node, module: SourceModule): ColumnRef | undefined {
    const value = this.#library(node, module);
    return value && this.#columnOf(value, spanAt(this.#at, node, module));
  }

  #library(node: Node, module: SourceModule): LibraryValue | undefined {
    const inner = unwrap(node);
    if (inner.type !== "CallExpression" && inner.type !== "TaggedTemplateExpression" && inner.type !== "Identifier" && inner.type !== "MemberExpression") return undefined;
    const value = this.#at.context.values.library(inner, module, SEQUELIZE);
    return value?.role === "expression" ? value : undefined;
  }

  #where(node: Node, module: SourceModule): Predicate {
    const inner = unwrap(node);
    const span = spanAt(this.#at, inner, module);
    if (this.#depth > MAX_DEPTH) return opaque(span, "the filter nests too deeply");
    this.#depth++;
    try {
      if (isUndefined(inner) || isNull(inner)) return emptyFilter(span);
      if (inner.type === "ConditionalExpression") return oneOf([this.#where(inner.consequent, module), this.#where(inner.alternate, module)], span);
      if (inner.type === "LogicalExpression") {
        const right = this.#where(inner.right, module);
        return oneOf(inner.operator === "&&" ? [right, NO_FILTER] : [this.#where(inner.left, module), right], span);
      }
      const value = this.#library(inner, module);
      if (value) return this.#expression(value, span);
      const list = elementsOf(inner, module);
      if (list) return this.#all(inner, module);
      return this.#object(this.#at.context.object(inner, module), inner, module);
    } finally {
      this.#depth--;
    }
  }

  #object(shape: ObjectShape, node: Node, module: SourceModule): Predicate {
    const span = spanAt(this.#at, node, module);
    if (shape.variants) {
      const filters = shape.variants.map((variant) => this.#object(variant, node, module));
      return oneOf(shape.absent === "no" ? filters : [...filters, NO_FILTER], span);
    }
    const keys = [...new Set(shape.entries.map((entry) => entry.key))];
    const items = keys.map((key) => this.#key(entriesOf(shape, key), (entry) => this.#entry(entry)));
    if (shape.open) items.push(opaque(shape.openAt ? spanAt(this.#at, shape.openAt, module) : span, "a part of the filter comes from elsewhere"));
    const whole = and(items);
    return whole === NO_FILTER ? emptyFilter(span) : whole;
  }

  /** What the entries of one key say: one of them holds, or none when all of them are conditional. */
  #key(entries: readonly ObjectEntry[], read: (entry: ObjectEntry) => Predicate): Predicate {
    const [first] = entries;
    if (!first) return NO_FILTER;
    const span = spanAt(this.#at, first.node, first.module);
    const either = oneOf(entries.map(read), span);
    if (first.presence === "always" || isEmpty(either) || (first.oneOf === true && entries.length > 1)) return either;
    return optional(either.op === "optional" && either.cause === "condition" ? either.item : either, "condition", "yes", either.op === "constant" ? span : spanOfPart(either, span));
  }

  #entry(entry: ObjectEntry): Predicate {
    const { key, value, module } = entry;
    const span = spanAt(this.#at, entry.node, module);
    switch (key) {
      case "Symbol(and)":
        return this.#all(value, module);
      case "Symbol(or)":
        return this.#any(value, module);
      case "Symbol(not)": {
        const item = this.#all(value, module);
        // The negation of nothing lets nothing pass in release 6.
        return isEmpty(item) && !this.#at.isSeven ? { op: "constant", value: false, written: true, span } : negate(item);
      }
      default:
        if (key.startsWith("Symbol(")) return { op: "opaque", restricts: "yes", reason: `\`Op.${symbolName(key) ?? ""}\` without a column`, span };
        return this.#named(key, entry, span);
    }
  }

  /** `name`, `$author.name$`, `meta.a.b`, `amount::integer` */
  #named(key: string, { value, module, node }: ObjectEntry, span: Span): Predicate {
    const place = spanAt(this.#at, node.type === "Property" ? node.key : node, module);
    const nested = /^\$(.+)\$$/u.exec(key)?.[1];
    if (nested !== undefined) {
      const path = nested.split(".");
      const column: ColumnRef = { name: path.at(-1) ?? nested, property: true, span: place, wrappers: [] };
      const item = this.#value(column, value, module, span);
      // A related row without a value in a column is most often no related row.
      const [name, ...more] = path;
      if (item.op === "null" && !item.negated && name !== undefined && more.length === 1) return { op: "exists", negated: true, relation: name, span };
      return path.slice(0, -1).reduceRight<Predicate>((inner, name) => relation(name, inner, span), item);
    }
    // Names of operators of release 4, which are columns to later ones and dropped or refused by them.
    if (key.startsWith("$")) return opaque(span, `\`${key}\` is no operator of this release`);
    const [path = key, cast] = key.split("::");
    const [name = path, ...rest] = path.split(".");
    const column: ColumnRef = {
      name,
      property: true,
      span: place,
      wrappers: [...(cast === undefined ? [] : [{ kind: "cast", type: cast } as const]), ...(rest.length === 0 ? [] : [{ kind: "json", path: rest.join(",") } as const])],
    };
    return this.#value(column, value, module, span);
  }

  /** All conditions of an array or of an object. */
  #all(node: Node, module: SourceModule): Predicate {
    const branches = this.#branches(node, module, (branch) => this.#all(branch, module));
    if (branches) return branches;
    const span = spanAt(this.#at, node, module);
    const { items, open } = this.#list(node, module);
    const whole = and(open ? [...items, opaque(span, "further conditions are added elsewhere")] : items);
    return whole === NO_FILTER ? emptyFilter(span) : whole;
  }

  /** At least one of them; of an object, one of its keys. */
  #any(node: Node, module: SourceModule): Predicate {
    const branches = this.#branches(node, module, (branch) => this.#any(branch, module));
    if (branches) return branches;
    const span = spanAt(this.#at, node, module);
    const { items, open } = this.#list(node, module, true);
    const arms = items.filter((item) => !isEmpty(item)).map(present);
    if (open) return opaque(span, "further alternatives are added elsewhere");
    // An arm without conditions counts as none.
    if (arms.length > 0) return or(arms);
    return this.#at.isSeven ? emptyFilter(span) : { op: "constant", value: false, written: true, span };
  }

  #list(node: Node, module: SourceModule, eachKey = false): { readonly items: readonly Predicate[]; readonly open: boolean } {
    const list = elementsOf(node, module);
    if (list) {
      const items = list.elements.map((element) => {
        const item = this.#where(element.node, module);
        return element.certain || isEmpty(item) ? item : optional(item, "condition", "yes", spanAt(this.#at, element.node, module));
      });
      return { items, open: list.open };
    }
    const inner = unwrap(node);
    const value = this.#library(inner, module);
    if (value) return { items: [this.#expression(value, spanAt(this.#at, inner, module))], open: false };
    // `ids.map((id) => ({ … }))`: as many conditions as there are elements, perhaps none.
    if (inner.type === "CallExpression" && isList(inner, module, this.#at.context)) return { items: [], open: true };
    const shape = this.#at.context.object(inner, module);
    if (!eachKey || shape.open || shape.variants) return shape.open && shape.entries.length === 0 ? { items: [], open: true } : { items: [this.#object(shape, inner, module)], open: eachKey };
    const keys = [...new Set(shape.entries.map((entry) => entry.key))];
    return { items: keys.map((key) => this.#key(entriesOf(shape, key), (entry) => this.#entry(entry))), open: false };
  }

  /** A value of `Op.and` and its like that the program chooses. */
  #branches(node: Node, module: SourceModule, read: (branch: Node) => Predicate): Predicate | undefined {
    const inner = unwrap(node);
    const span = spanAt(this.#at, inner, module);
    if (isUndefined(inner)) return emptyFilter(span);
    if (inner.type === "ConditionalExpression") return oneOf([read(inner.consequent), read(inner.alternate)], span);
    if (inner.type === "LogicalExpression" && inner.operator === "&&") return oneOf([read(inner.right), NO_FILTER], span);
    return undefined;
  }

  /** `where(fn("lower", col("email")), email)`, `literal("…")`, `and(…)`, `or(…)` */
  #expression(value: LibraryValue, span: Span): Predicate {
    const call = value.at?.node.type === "CallExpression" ? value.at.node : undefined;
    const module = value.at?.module;
    const unread: Predicate = { op: "opaque", restricts: "yes", reason: "an expression of SQL", span };
    if (!module) return unread;
    const given = call?.arguments ?? [];
    const [first] = given;
    switch (value.name) {
      case "and":
        return this.#alone(given, (nodes) => and(nodes.map((node) => this.#all(node, module)))) ?? unread;
      case "or":
        return this.#alone(given, (nodes) => (nodes.length === 1 && nodes[0] ? this.#any(nodes[0], module) : or(nodes.map((node) => present(this.#all(node, module)))))) ?? unread;
      case "where":
        return call ? this.#compared(call, module, span) : unread;
      case "literal":
        return (first && first.type !== "SpreadElement" && this.#text(first, module, span)) || unread;
      case "sql":
        return (value.at?.node.type === "TaggedTemplateExpression" && this.#text(value.at.node.quasi, module, span, () => ({ hole: "value" }))) || unread;
      default:
        return unread;
    }
  }

  #alone(given: readonly TSESTree.CallExpressionArgument[], read: (nodes: readonly Node[]) => Predicate): Predicate | undefined {
    return given.some((argument) => argument.type === "SpreadElement") ? undefined : read(given);
  }

  /** `where(column, value)`, `where(column, Op.gt, value)`, `where(column, { [Op.gt]: value })` */
  #compared(call: TSESTree.CallExpression, module: SourceModule, span: Span): Predicate {
    const [left, second, third] = call.arguments;
    const unread: Predicate = { op: "opaque", restricts: "yes", reason: "an expression of SQL", span };
    if (!left || !second) return left ? this.#where(left, module) : unread;
    const expression = this.#library(left, module);
    const column = expression && this.#columnOf(expression, spanAt(this.#at, left, module));
    if (!column) return unread;
    if (!third) {
      const item = this.#value(column, second, module, span);
      if (item.op !== "null" || item.negated || column.table === undefined || column.table === this.#at.alias || column.wrappers.length > 0) return item;
      return { op: "exists", negated: true, relation: column.table, span };
    }
    const operator = this.#at.context.values.library(second, module, SEQUELIZE);
    const name = operator?.role === "symbol" ? operator.name : WRITTEN.get(literalString(second)?.toLowerCase().trim() ?? "");
    return name === undefined ? unread : this.#operator(column, name, third, module, span);
  }

  #columnOf(value: LibraryValue, span: Span): ColumnRef | undefined {
    const { at, name } = value;
    if (at?.node.type !== "CallExpression") return undefined;
    const [first, second] = at.node.arguments;
    switch (name) {
      case "col":
      case "attribute":
      case "identifier": {
        const path = first && literalString(first)?.split(".");
        const column = path?.at(-1);
        if (!path || column === undefined) return undefined;
        return { ...(path.length > 1 && { table: path.slice(0, -1).join(".") }), name: column, ...(name === "attribute" && { property: true }), span, wrappers: [] };
      }
      case "fn": {
        const called = first && literalString(first);
        const inner = second && this.#library(second, at.module);
        const column = inner && this.#columnOf(inner, span);
        if (called === undefined || !column) return undefined;
        const more = at.node.arguments.length > 2 ? ", …" : "";
        return { ...column, wrappers: [{ kind: "function", name: called.toLowerCase(), text: normalizeExpression(`${called}(${column.name}${more})`, this.#at.dialect) }, ...column.wrappers] };
      }
      case "cast": {
        const inner = first && this.#library(first, at.module);
        const column = inner && this.#columnOf(inner, span);
        return column && { ...column, wrappers: [{ kind: "cast", type: (second && literalString(second)) ?? "" }, ...column.wrappers] };
      }
      case "json": {
        const path = first && literalString(first)?.split(".");
        return path?.[0] === undefined ? undefined : { name: path[0], property: true, span, wrappers: [{ kind: "json", path: path.slice(1).join(",") }] };
      }
      default:
        return undefined;
    }
  }

  /** SQL text as a condition. */
  #text(node: Node, module: SourceModule, span: Span, interpolate?: (expression: Node, module: SourceModule) => Interpolation | undefined): Predicate | undefined {
    const text = foldText(node, module, this.#at.context.values, interpolate);
    if (!text || text.dynamic) return undefined;
    const read = conditionOfText({ text, dialect: this.#at.dialect, placeholders: { named: [":"], question: true }, place: (inner) => this.#located(text, inner, module) ?? span });
    if (read) return read;
    return text.holes.some((hole) => hole.kind === "text") ? opaque(span, "the SQL text cannot be followed") : undefined;
  }

  #located(text: FoldedText, inner: Span, module: SourceModule): Span | undefined {
    const range = module === this.#at.context.module ? text.locate(inner.start, inner.end) : undefined;
    return range && { start: range[0], end: range[1] };
  }

  /** What a column is compared with: a value, a list of values, an object of operators, a path into JSON. */
  #value(column: ColumnRef, node: Node, module: SourceModule, span: Span): Predicate {
    const inner = unwrap(node);
    const { context } = this.#at;
    if (inner.type === "ConditionalExpression" && [inner.consequent, inner.alternate].some((branch) => this.#isStructured(branch, module))) {
      // A branch that is undefined makes the call fail.
      const branches = [inner.consequent, inner.alternate].filter((branch) => !isUndefined(branch));
      return oneOf(branches.map((branch) => this.#value(column, branch, module, span)), span);
    }
    if (inner.type === "LogicalExpression" && inner.operator !== "&&" && this.#isStructured(inner.right, module)) {
      return oneOf([inner.left, inner.right].map((side) => this.#value(column, side, module, span)), span);
    }
    if (isNull(inner) || (context.constant(inner, module)?.known === true && context.constant(inner, module)?.value === null)) return { op: "null", column, negated: false, span };
    const value = this.#library(inner, module);
    if (value) {
      // In release 6, text and columns take the place of the whole comparison.
      if (["literal", "sql", "where", "col"].includes(value.name ?? "")) return { op: "opaque", restricts: "yes", reason: "an expression of SQL", span };
      return { op: "compare", column, operator: "=", operand: this.#operandOf(value, inner, module), span };
    }
    if (isList(inner, module, context)) return inList(this.#at, column, false, inner, module, span);
    const shape = this.#structure(inner, module);
    if (shape) return this.#structured(column, shape, inner, module, span);
    return { op: "compare", column, operator: "=", operand: operandOf(this.#at, node, module), span };
  }

  #isStructured(node: Node, module: SourceModule): boolean {
    return isStructured(node) || isUndefined(node) || isList(node, module, this.#at.context);
  }

  /** The object that a value is, when it is one in sight. */
  #structure(node: Node, module: SourceModule): ObjectShape | undefined {
    if (node.type !== "ObjectExpression" && node.type !== "Identifier" && node.type !== "CallExpression" && node.type !== "MemberExpression") return undefined;
    const shape = this.#at.context.object(node, module);
    if (node.type === "ObjectExpression") return shape;
    return shape.entries.length > 0 && shape.absent === "no" ? shape : undefined;
  }

  #structured(column: ColumnRef, shape: ObjectShape, node: Node, module: SourceModule, span: Span): Predicate {
    if (shape.variants) return oneOf(shape.variants.map((variant) => this.#structured(column, variant, node, module, span)), span);
    const keys = [...new Set(shape.entries.map((entry) => entry.key))];
    if (keys.length === 0) return shape.open ? opaque(span, `the condition on \`${column.name}\` comes from elsewhere`) : emptyFilter(span);
    const items = keys.map((key) =>
      this.#key(entriesOf(shape, key), (entry) => {
        const operator = symbolName(key);
        const at = spanAt(this.#at, entry.node, entry.module);
        if (operator !== undefined) return this.#operator(column, operator, entry.value, entry.module, keys.length === 1 ? span : at);
        return this.#value({ ...column, wrappers: [...column.wrappers, { kind: "json", path: key.split(".").join(",") }] }, entry.value, entry.module, at);
      }),
    );
    if (shape.open) items.push(opaque(shape.openAt ? spanAt(this.#at, shape.openAt, module) : span, `a part of the condition on \`${column.name}\` comes from elsewhere`));
    return and(items);
  }

  #operator(column: ColumnRef, name: string, node: Node, module: SourceModule, span: Span): Predicate {
    const inner = unwrap(node);
    const { context } = this.#at;
    if (inner.type === "ConditionalExpression" && [inner.consequent, inner.alternate].some((branch) => this.#isStructured(branch, module))) {
      const branches = [inner.consequent, inner.alternate].filter((branch) => !isUndefined(branch));
      return oneOf(branches.map((branch) => this.#operator(column, name, branch, module, span)), span);
    }
    const constant = context.constant(inner, module);
    const isNothing = isNull(inner) || (constant?.known === true && constant.value === null);
    const value = this.#library(inner, module);
    const operand = (): Operand => (value ? this.#operandOf(value, inner, module) : operandOf(this.#at, node, module));
    const comparison = COMPARISONS.get(name);
    if (comparison) {
      if (isNothing && (name === "eq" || name === "ne")) return { op: "null", column, negated: name === "ne", span };
      const quantified = inner.type === "ObjectExpression" ? this.#quantified(column, inner, module, span) : undefined;
      return quantified ?? { op: "compare", column, operator: comparison, operand: operand(), span };
    }
    switch (name) {
      case "is":
        if (isNothing) return { op: "null", column, negated: false, span };
        if (typeof constant?.value === "boolean") return { op: "boolean", column, value: constant.value, form: "is", span };
        return { op: "compare", column, operator: "is not distinct", operand: operand(), span };
      case "not":
        if (isNothing) return { op: "null", column, negated: true, span };
        if (typeof constant?.value === "boolean") return { op: "not", item: { op: "boolean", column, value: constant.value, form: "is", span } };
        if (value) return { op: "compare", column, operator: "<>", operand: operand(), span };
        return negate(this.#value(column, inner, module, span));
      case "in":
      case "notIn":
        return this.#in(column, name === "notIn", value, inner, module, span);
      case "between":
      case "notBetween": {
        const [low, high] = elementsOf(inner, module)?.elements ?? [];
        const bound = (element: typeof low): Operand => (element ? operandOf(this.#at, element.node, module) : parameterOf(this.#at, inner, module));
        return { op: "between", column, negated: name === "notBetween", low: bound(low), high: bound(high), span };
      }
      case "like":
      case "notLike":
      case "iLike":
      case "notILike": {
        const negated = name.startsWith("not");
        if (inner.type === "ObjectExpression") return { op: "operator", operator: negated ? "not like" : "like", columns: [column], operands: [parameterOf(this.#at, inner, module)], span };
        return { op: "like", column, negated, insensitive: name.endsWith("ILike") || name === "iLike", pattern: operand(), span, ...this.#prefix(inner, module) };
      }
      case "startsWith":
      case "notStartsWith":
        return { op: "like", column, negated: name.startsWith("not"), insensitive: false, pattern: operand(), span, ...prefixOf(this.#at, inner, module) };
      case "endsWith":
      case "substring":
      case "notEndsWith":
      case "notSubstring":
        return { op: "like", column, negated: name.startsWith("not"), insensitive: false, prefix: "", pattern: operand(), span };
      case "any":
      case "values":
        return inList(this.#at, column, false, inner, module, span);
      case "col": {
        const path = typeof constant?.value === "string" ? constant.value.split(".") : [];
        const target = path.at(-1);
        if (target === undefined) return { op: "opaque", restricts: "yes", reason: "a column that is chosen at run time", span };
        return { op: "compare", column, operator: "=", operand: { kind: "column", column: { ...(path.length > 1 && { table: path.slice(0, -1).join(".") }), name: target, span, wrappers: [] } }, span };
      }
      case "or":
      case "and": {
        const list = elementsOf(inner, module);
        if (list?.open === true) return opaque(span, `conditions on \`${column.name}\` are added elsewhere`);
        if (list) {
          const items = list.elements.map((element) => this.#value(column, element.node, module, span));
          return name === "or" ? or(items.map(present)) : and(items);
        }
        const shape = context.object(inner, module);
        if (shape.open || shape.variants) return opaque(span, `conditions on \`${column.name}\` come from elsewhere`);
        const items = shape.entries.map((entry) => {
          const operator = symbolName(entry.key);
          return operator === undefined ? opaque(span, "a path into JSON") : this.#operator(column, operator, entry.value, entry.module, spanAt(this.#at, entry.node, entry.module));
        });
        return name === "or" ? or(items.map(present)) : and(items);
      }
      default:
        return { op: "operator", operator: OPERATORS.get(name) ?? name, columns: [column], operands: [operand()], span };
    }
  }

  /** `{ [Op.eq]: { [Op.any]: ids } }` */
  #quantified(column: ColumnRef, node: TSESTree.ObjectExpression, module: SourceModule, span: Span): Predicate | undefined {
    const shape = this.#at.context.object(node, module);
    const [entry, ...others] = shape.entries;
    const name = entry && symbolName(entry.key);
    if (!entry || name === undefined || others.length > 0) return undefined;
    if (name === "any") return inList(this.#at, column, false, entry.value, entry.module, span);
    return name === "col" ? this.#operator(column, "col", entry.value, entry.module, span) : undefined;
  }

  #in(column: ColumnRef, negated: boolean, value: LibraryValue | undefined, node: Node, module: SourceModule, span: Span): Predicate {
    if (!value) return inList(this.#at, column, negated, node, module, span);
    const selected = value.name === "literal" ? this.#selected(value, span) : undefined;
    if (selected) return { op: "in", column, negated, values: selected, span };
    return { op: "operator", operator: negated ? "not in" : "in", columns: [column], operands: [this.#operandOf(value, node, module)], span };
  }

  /** `literal("(SELECT …)")` as the right side of IN. */
  #selected(value: LibraryValue, span: Span): InPredicate["values"] | undefined {
    const { at } = value;
    const [first] = at?.node.type === "CallExpression" ? at.node.arguments : [];
    const text = at && first && foldText(first, at.module, this.#at.context.values);
    if (!text || text.dynamic || !/^\s*\(/u.test(text.text)) return undefined;
    const opening = "q IN ";
    const moved: FoldedText = { ...text, text: opening + text.text, holes: text.holes.map((hole) => ({ ...hole, span: { start: hole.span.start + opening.length, end: hole.span.end + opening.length } })) };
    const read = conditionOfText({ text: moved, dialect: this.#at.dialect, placeholders: { named: [":"], question: true }, place: () => span });
    return read?.op === "in" ? read.values : undefined;
  }

  #prefix(node: Node, module: SourceModule): { readonly prefix?: string } {
    const known = prefixOf(this.#at, node, module);
    if (known.prefix !== undefined) return known;
    // `${text}%`, `%${text}%`
    const opening = node.type === "TemplateLiteral" ? node.quasis[0]?.value.cooked : undefined;
    const written = node.type === "BinaryExpression" ? literalString(leftmost(node)) : opening;
    return written?.startsWith("%") === true || written?.startsWith("_") === true ? { prefix: "" } : {};
  }

  #operandOf(value: LibraryValue, node: Node, module: SourceModule): Operand {
    const span = spanAt(this.#at, node, module);
    const column = this.#columnOf(value, span);
    if (column && column.wrappers.length === 0) return { kind: "column", column };
    return { kind: "expression", volatile: "unknown", span };
  }
}

/** Operators as they are written in SQL: `where(column, ">=", value)`. */
const WRITTEN: ReadonlyMap<string, string> = new Map([
  ["=", "eq"],
  ["!=", "ne"],
  ["<>", "ne"],
  ["<", "lt"],
  ["<=", "lte"],
  [">", "gt"],
  [">=", "gte"],
  ["like", "like"],
  ["not like", "notLike"],
  ["ilike", "iLike"],
  ["not ilike", "notILike"],
  ["in", "in"],
  ["not in", "notIn"],
  ["is", "is"],
  ["is not", "not"],
]);

function symbolName(key: string): string | undefined {
  return /^Symbol\((\w+)\)$/u.exec(key)?.[1];
}

function leftmost(node: Node): Node {
  let current = unwrap(node);
  while (current.type === "BinaryExpression") current = unwrap(current.left);
  return current;
}
