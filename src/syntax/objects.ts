/** Object literals as the program assembles them: spreads, conditional parts, later assignments. */
import type { TSESTree } from "@typescript-eslint/utils";
import { calleeName, contains, enclosingFunction, isFunction, isUndefined, keyName, memberName, unwrap, type Node } from "./ast.js";
import type { Evaluator } from "./evaluate.js";
import { annotationOf, returnedExpressions } from "./patterns.js";
import type { SourceModule } from "./source-module.js";

export interface ObjectEntry {
  readonly key: string;
  readonly value: Node;
  readonly module: SourceModule;
  /** `maybe`: it is there only under a condition of the program. */
  readonly presence: "always" | "maybe";
  /** A `maybe` of which every branch has its own: one of the entries of this key is there in every run. */
  readonly oneOf?: boolean;
  /** What a report marks. */
  readonly node: Node;
}

export interface ObjectShape {
  /** In source order. A key may occur more than once: the last one that is `always` wins over those before it. */
  readonly entries: readonly ObjectEntry[];
  /** It may hold further keys that cannot be seen; `openAt` is the expression that hides them. */
  readonly open: boolean;
  readonly openAt?: Node;
  /** The whole object may be absent (`undefined`, a branch without it). */
  readonly absent: "no" | "maybe" | "always";
  /** The object literal, when it is one and stands in this file. */
  readonly literal?: TSESTree.ObjectExpression;
  /**
   * The program chooses between these objects (`c ? { a } : { b }`) and exactly one of them applies. `entries` then lists
   * the keys of all as `maybe`, which does not tell that one of them is certainly there.
   */
  readonly variants?: readonly ObjectShape[];
}

const NOTHING: ObjectShape = { entries: [], open: false, absent: "always" };
const MAX_DEPTH = 12;
/** Expressions that one object may be made of: objects made of objects many times over are not followed to the end. */
const MAX_WORK = 2_000;
/** Choices multiply: beyond this many combinations they are no longer told apart. */
const MAX_VARIANTS = 8;

/** Reads an expression as an object. An expression that cannot be followed yields an open shape without entries. */
export function readObject(node: Node, module: SourceModule, values: Evaluator): ObjectShape {
  return read(node, module, values, { depth: 0, work: { done: 0 } });
}

/** How deep one reading has come, and how much it has done. */
interface Reading {
  readonly depth: number;
  readonly work: { done: number };
}

function deeper({ depth, work }: Reading): Reading {
  return { depth: depth + 1, work };
}

function read(node: Node, module: SourceModule, values: Evaluator, reading: Reading): ObjectShape {
  const inner = unwrap(node);
  const opened: ObjectShape = { entries: [], open: true, openAt: inner, absent: "no" };
  reading.work.done++;
  if (reading.depth > MAX_DEPTH || reading.work.done > MAX_WORK) return opened;
  if (isUndefined(inner) || (inner.type === "Literal" && (inner.value === null || inner.value === false))) return NOTHING;
  switch (inner.type) {
    case "ObjectExpression":
      return readLiteral(inner, module, values, reading);
    case "ConditionalExpression":
      return either(read(inner.consequent, module, values, deeper(reading)), read(inner.alternate, module, values, deeper(reading)));
    case "LogicalExpression": {
      const right = read(inner.right, module, values, deeper(reading));
      if (inner.operator === "&&") return either(right, NOTHING);
      return either(read(inner.left, module, values, deeper(reading)), right);
    }
    case "AwaitExpression":
      return read(inner.argument, module, values, deeper(reading));
    case "Identifier":
      return readVariable(inner, module, values, reading) ?? opened;
    case "CallExpression": {
      const [only] = inner.arguments;
      if (only && /^Object\.(?:freeze|seal)$/u.test(module.text.slice(...inner.callee.range))) return read(only, module, values, deeper(reading));
      const fn = values.functionOf(inner, module);
      if (!fn) return opened;
      const returned = returnedExpressions(fn.node).map((expression) => read(expression, fn.module, values, deeper(reading)));
      const [first, ...rest] = returned;
      return first ? rest.reduce(either, first) : opened;
    }
    case "MemberExpression": {
      const name = memberName(inner);
      if (name === undefined) return opened;
      const owner = values.evaluate(inner.object, module);
      if (owner.kind !== "object") return opened;
      const entry = readLiteral(owner.node, owner.module, values, deeper(reading)).entries.findLast((item) => item.key === name && item.presence === "always");
      return entry ? read(entry.value, entry.module, values, deeper(reading)) : opened;
    }
    default:
      return opened;
  }
}

/** The entry of a key that certainly decides, or every entry that may. */
export function entriesOf(shape: ObjectShape, key: string): readonly ObjectEntry[] {
  const all = shape.entries.filter((entry) => entry.key === key);
  const last = all.findLastIndex((entry) => entry.presence === "always");
  return last <= 0 ? all : all.slice(last);
}

function readLiteral(node: TSESTree.ObjectExpression, module: SourceModule, values: Evaluator, reading: Reading): ObjectShape {
  const entries: ObjectEntry[] = [];
  let combinations: readonly (readonly ObjectEntry[])[] = [[]];
  let openAt: Node | undefined;
  for (const property of node.properties) {
    if (property.type === "SpreadElement") {
      const spread = read(property.argument, module, values, deeper(reading));
      const added = spread.absent === "no" ? spread.entries : maybe(spread.entries);
      entries.push(...added);
      const choices = spread.absent === "no" && spread.variants ? spread.variants.map((variant) => variant.entries) : [added];
      // What is not told apart any more may be more than `maybe` says.
      if (combinations.length * choices.length > MAX_VARIANTS) openAt ??= property.argument;
      else combinations = combinations.flatMap((base) => choices.map((choice) => [...base, ...choice]));
      if (spread.open) openAt ??= property.argument;
      continue;
    }
    const key = keyName(property) ?? computedKey(property, module, values);
    if (key === undefined) openAt ??= property.key;
    else {
      const entry: ObjectEntry = { key, value: property.value, module, presence: "always", node: property };
      entries.push(entry);
      combinations = combinations.map((base) => [...base, entry]);
    }
  }
  const common = { open: openAt !== undefined, ...(openAt && { openAt }), absent: "no" } as const;
  const variants = combinations.length > 1 ? combinations.map((combination): ObjectShape => ({ ...common, entries: combination })) : undefined;
  return { ...common, entries, literal: node, ...(variants && { variants }) };
}

function computedKey(property: TSESTree.Property, module: SourceModule, values: Evaluator): string | undefined {
  return keyOf(property.key, module, values);
}

/** The key that an expression is: its text or number, or the name of a symbol of a library. */
function keyOf(node: Node, module: SourceModule, values: Evaluator): string | undefined {
  const value = values.evaluate(node, module);
  if (value.kind === "library" && value.role === "symbol" && value.name !== undefined) return `Symbol(${value.name})`;
  return value.kind === "literal" && (typeof value.value === "string" || typeof value.value === "number") ? String(value.value) : undefined;
}

/** One of the two: what both have always, each may have. */
function either(a: ObjectShape, b: ObjectShape): ObjectShape {
  if (a.absent === "always" && b.absent === "always") return NOTHING;
  if (a.absent === "always") return { ...b, entries: maybe(b.entries), absent: "maybe" };
  if (b.absent === "always") return { ...a, entries: maybe(a.entries), absent: "maybe" };
  const openAt = a.openAt ?? b.openAt;
  const absent = a.absent === "maybe" || b.absent === "maybe" ? "maybe" : "no";
  const variants = [...(a.variants ?? [a]), ...(b.variants ?? [b])];
  // An object without keys is as good as none: then the keys of the other are simply there or not.
  const isChoice = absent === "no" && variants.length <= MAX_VARIANTS && variants.every((variant) => variant.open || variant.entries.length > 0);
  return {
    entries: [...maybe(a.entries), ...maybe(b.entries)],
    open: a.open || b.open,
    ...(openAt && { openAt }),
    absent,
    ...(isChoice && { variants }),
  };
}

function maybe(entries: readonly ObjectEntry[]): readonly ObjectEntry[] {
  return entries.map((entry) => ({ ...entry, presence: "maybe" }));
}

/** An object held in a variable, with what the program adds to it later. */
function readVariable(identifier: TSESTree.Identifier, module: SourceModule, values: Evaluator, reading: Reading): ObjectShape | undefined {
  const variable = module.lookUp(identifier.name, identifier);
  const definition = variable?.defs[0];
  if (!variable || !definition) return undefined;
  if ((definition.type as string) === "ImportBinding") {
    const value = values.evaluate(identifier, module);
    return value.kind === "object" ? readLiteral(value.node, value.module, values, deeper(reading)) : undefined;
  }
  const declarator = definition.node as Node;
  if (declarator.type !== "VariableDeclarator" || declarator.id.type !== "Identifier") return undefined;
  // What a loop or another declaration supplies.
  if (!declarator.init && (declarator.parent.kind !== "let" || declarator.parent.declare || declarator.parent.parent.type === "ForOfStatement" || declarator.parent.parent.type === "ForInStatement")) return undefined;
  const start = declarator.init ? read(declarator.init, module, values, deeper(reading)) : NOTHING;
  const entries: ObjectEntry[] = [...start.entries];
  let { open, openAt } = start;
  let absent = start.absent;
  let { literal, variants } = start;
  const home = enclosingFunction(declarator);
  const changes = variable.references.map((reference) => reference.identifier as Node);
  // A variable of a type without undefined is assigned before it is read.
  let isUnset = declarator.init === null && annotationOf(declarator.id) !== undefined && !/\b(?:undefined|null|any|unknown)\b/u.test(module.text.slice(...declarator.id.range));
  let choice: Node | undefined;
  for (const reference of variable.references) {
    const use = reference.identifier as Node;
    if (use === identifier || use.range[0] === identifier.range[0] || reference.init) continue;
    // What happens after the read does not matter to it, unless a loop comes round again.
    if (use.range[0] > identifier.range[0] && enclosingFunction(use) === enclosingFunction(identifier)) continue;
    const change = changeOf(use) ?? (isChangedElsewhere(use, module, values) ? { kind: "escape" } : undefined);
    // `where = { ...where, id }`: the part that reads it comes before the change.
    if (!change || (use.parent && contains(use.parent, identifier))) continue;
    literal = undefined;
    if (enclosingFunction(use) !== home) {
      open = true;
      openAt ??= use;
      continue;
    }
    const conditional = isConditional(use, declarator);
    switch (change.kind) {
      case "set": {
        const key = change.key ?? keyOf(change.property, module, values);
        if (key === undefined) {
          open = true;
          openAt ??= use;
        } else {
          const oneOf = conditional && completeChoice(use, declarator, changes, (other) => other.kind === "set" && (other.key ?? keyOf(other.property, module, values)) === key) !== undefined;
          const entry: ObjectEntry = { key, value: change.value, module, presence: conditional ? "maybe" : "always", node: change.node, ...(oneOf && { oneOf }) };
          entries.push(entry);
          variants = variants?.map((variant) => ({ ...variant, entries: [...variant.entries, entry] }));
        }
        break;
      }
      case "replace": {
        const next = read(change.value, module, values, deeper(reading));
        if (extendsItself(change.value, identifier.name)) {
          // `where = { ...where, id }`: what it held stays.
          const added = next.entries.slice(entries.length);
          const given = conditional ? maybe(added) : added;
          entries.push(...given);
          variants = variants?.map((variant) => ({ ...variant, entries: [...variant.entries, ...given] }));
          if (next.open && !open) ({ open, openAt } = next);
          break;
        }
        // The first of the branches that all assign it takes the place of what was there before.
        const complete = conditional ? completeChoice(use, declarator, changes, (other) => other.kind === "replace") : undefined;
        const isFirst = isUnset || (complete !== undefined && complete !== choice);
        isUnset = false;
        choice = complete;
        if (!conditional || isFirst) {
          entries.length = 0;
          entries.push(...next.entries);
          ({ open, openAt, absent, variants } = next);
        } else {
          const merged = either({ entries: [...entries], open, ...(openAt && { openAt }), absent, ...(variants && { variants }) }, next);
          entries.length = 0;
          entries.push(...merged.entries);
          ({ open, openAt, absent, variants } = merged);
        }
        break;
      }
      case "assign":
        for (const source of change.sources) {
          const added = read(source, module, values, deeper(reading));
          const certain = !conditional && added.absent === "no";
          const given = certain ? added.entries : maybe(added.entries);
          entries.push(...given);
          variants = variants?.map((variant) => ({ ...variant, entries: [...variant.entries, ...given] }));
          if (added.open) {
            open = true;
            openAt ??= source;
          }
        }
        break;
      case "escape":
        open = true;
        openAt ??= use;
        break;
    }
  }
  // A part that is hidden from the whole is hidden from each choice.
  const hidden = open ? { open, ...(openAt && { openAt }) } : {};
  return { entries, open, ...(openAt && { openAt }), absent, ...(literal && { literal }), ...(variants && { variants: variants.map((variant) => ({ ...variant, ...hidden })) }) };
}

/** The outermost `if … else` around a use, when every branch of it has such a change or leaves. */
function completeChoice(use: Node, declarator: Node, uses: readonly Node[], isSame: (change: Change) => boolean): Node | undefined {
  let outermost: Node | undefined;
  for (let current = use.parent; current && !contains(current, declarator); current = current.parent) {
    if (current.type === "IfStatement") outermost = current;
    else if (current.type !== "BlockStatement" && current.type !== "ExpressionStatement" && current.type !== "AssignmentExpression" && current.type !== "MemberExpression") return undefined;
  }
  const isChange = (node: Node): boolean =>
    uses.some((other) => {
      if (!contains(node, other)) return false;
      const change = changeOf(other);
      return change !== undefined && isSame(change) && !isConditional(other, node);
    });
  return outermost && everyBranch(outermost, isChange) ? outermost : undefined;
}

function everyBranch(node: Node, isChange: (node: Node) => boolean): boolean {
  switch (node.type) {
    case "IfStatement":
      return node.alternate !== null && everyBranch(node.consequent, isChange) && everyBranch(node.alternate, isChange);
    case "BlockStatement":
      return node.body.some((statement) => everyBranch(statement, isChange));
    case "ExpressionStatement":
      return isChange(node.expression);
    case "ReturnStatement":
    case "ThrowStatement":
    case "ContinueStatement":
    case "BreakStatement":
      return true;
    default:
      return false;
  }
}

type Change =
  | { readonly kind: "set"; readonly key: string | undefined; readonly property: Node; readonly value: Node; readonly node: Node }
  | { readonly kind: "replace"; readonly value: Node }
  | { readonly kind: "assign"; readonly sources: readonly Node[] }
  | { readonly kind: "escape" };

/** What a use of the variable does to the object. */
function changeOf(use: Node): Change | undefined {
  const parent = use.parent;
  if (!parent) return undefined;
  if (parent.type === "AssignmentExpression" && parent.left === use) return parent.operator === "=" ? { kind: "replace", value: parent.right } : { kind: "escape" };
  if (parent.type === "MemberExpression" && parent.object === use) {
    const outer = parent.parent;
    if (outer.type === "AssignmentExpression" && outer.left === parent) return { kind: "set", key: memberName(parent), property: parent.property, value: outer.right, node: outer };
    // `where.AND.push(…)`, `where.price.gte = …`: the property grows.
    if (outer.type === "MemberExpression" && outer.object === parent) {
      const top = outer.parent;
      if ((top.type === "AssignmentExpression" && top.left === outer) || (top.type === "CallExpression" && top.callee === outer && memberName(outer) === "push")) return { kind: "escape" };
    }
    if (outer.type === "UnaryExpression" && outer.operator === "delete") return { kind: "escape" };
    return undefined;
  }
  if (parent.type === "CallExpression" && parent.callee !== use) {
    const callee = unwrap(parent.callee);
    const isAssign = callee.type === "MemberExpression" && callee.object.type === "Identifier" && callee.object.name === "Object" && memberName(callee) === "assign";
    if (isAssign && parent.arguments[0] === use) return { kind: "assign", sources: parent.arguments.slice(1) };
    return undefined;
  }
  return undefined;
}

/** `{ ...where, id }` */
function extendsItself(node: Node, name: string): boolean {
  const inner = unwrap(node);
  const first = inner.type === "ObjectExpression" ? inner.properties[0] : undefined;
  return first?.type === "SpreadElement" && first.argument.type === "Identifier" && first.argument.name === name;
}

/** Names of functions that add to what they are given. */
const ADDS = /^(?:add|apply|set|append|extend|assign|merge|fill|attach|enrich|build)/iu;

/** Is the object changed under another name: by a variable that holds it too, by a function it is given to? */
function isChangedElsewhere(use: Node, module: SourceModule, values: Evaluator): boolean {
  const parent = use.parent;
  if (parent?.type === "VariableDeclarator" && parent.init === use && parent.id.type === "Identifier") {
    const alias = module.lookUp(parent.id.name, parent.id);
    return alias?.references.some((reference) => !reference.init && changeOf(reference.identifier as Node)?.kind === "set") === true;
  }
  if (parent?.type !== "CallExpression" || parent.callee === use) return false;
  const fn = values.functionOf(parent, module);
  if (!fn) return parent.parent.type === "ExpressionStatement" && ADDS.test(calleeName(parent) ?? "");
  const parameter = fn.node.params[parent.arguments.findIndex((argument) => argument === use)];
  if (parameter?.type !== "Identifier") return false;
  const variable = fn.module.lookUp(parameter.name, fn.node.body ?? fn.node);
  return variable?.references.some((reference) => changeOf(reference.identifier as Node) !== undefined) === true;
}

/** Does a place run only under a condition, seen from another place of the same function that comes before it? */
export function isConditional(node: Node, from: Node): boolean {
  let child: Node = node;
  for (let current = node.parent; current; child = current, current = current.parent) {
    if (contains(current, from)) return false;
    switch (current.type) {
      case "IfStatement":
        if (current.test !== child) return true;
        break;
      case "ConditionalExpression":
        if (current.test !== child) return true;
        break;
      case "LogicalExpression":
        if (current.right === child) return true;
        break;
      case "SwitchCase":
      case "ForStatement":
      case "ForInStatement":
      case "ForOfStatement":
      case "WhileStatement":
      case "CatchClause":
        return true;
      default:
        if (isFunction(current)) return true;
    }
  }
  return false;
}

