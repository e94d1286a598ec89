/** Builder chains: the calls that follow a call on its own result, over several statements, and what becomes of the result. */
import type { TSESTree } from "@typescript-eslint/utils";
import { enclosingFunction, isFunction, isUndefined, memberName, unwrap, wrapped, type Node } from "./ast.js";
import { isConditional } from "./objects.js";
import type { SourceModule } from "./source-module.js";
import type { Sending } from "../query/model.js";

export interface ChainStep {
  readonly name: string;
  readonly args: readonly TSESTree.CallExpressionArgument[];
  readonly call: TSESTree.CallExpression;
  /** `maybe`: the step is taken only under a condition. */
  readonly presence: "always" | "maybe";
}

/** What becomes of the value of an expression. */
export type Fate =
  /** Awaited, returned from a function, or handed to something that awaits it (`Promise.all`, `.then`). */
  | "settled"
  /** The statement ends with it: nothing waits for it. */
  | "dropped"
  /** Argument of another call, which is `taker`. */
  | "argument"
  | "unknown";

export interface Chain {
  /** The call the chain begins with, and every call after it. */
  readonly steps: readonly ChainStep[];
  /** The outermost expression in the first statement. */
  readonly end: Node;
  readonly fate: Fate;
  /** The call that takes it, when the fate is `argument`. */
  readonly taker?: TSESTree.CallExpression;
  /** The builder goes where it cannot be followed: further steps are possible. */
  readonly escapes: boolean;
}

/** The chain that begins with a call. */
export function chainOf(root: TSESTree.CallExpression, module: SourceModule): Chain {
  const steps: ChainStep[] = [{ name: stepName(root), args: root.arguments, call: root, presence: "always" }];
  const end = climb(root, steps, "always");
  const fate = listFate(end, module) ?? fateOf(end);
  if (fate.fate !== "held") return { steps, end, fate: fate.fate, ...(fate.taker && { taker: fate.taker }), escapes: fate.fate === "unknown" };
  return followVariable(fate.holder, end, steps, module);
}

function stepName(call: TSESTree.CallExpression): string {
  const callee = unwrap(call.callee);
  if (callee.type === "MemberExpression") return memberName(callee) ?? "";
  return callee.type === "Identifier" ? callee.name : "";
}

/** Follows `.method(…)` upward; pushes each step and returns the outermost expression. */
function climb(from: Node, steps: ChainStep[], presence: ChainStep["presence"]): Node {
  let current = wrapped(from);
  for (;;) {
    const member = current.parent;
    if (member?.type !== "MemberExpression" || member.object !== current) return current;
    const callee = wrapped(member);
    const call = callee.parent;
    if (call?.type !== "CallExpression" || call.callee !== callee) return current;
    const name = memberName(member);
    if (name === undefined) return current;
    if (name === "then" || name === "catch" || name === "finally") return current;
    steps.push({ name, args: call.arguments, call, presence });
    current = wrapped(call);
  }
}

type FateOf = { readonly fate: Fate; readonly taker?: TSESTree.CallExpression; readonly holder?: undefined } | { readonly fate: "held"; readonly holder: TSESTree.Identifier; readonly taker?: undefined };

const COMBINATORS = new Set(["all", "allSettled", "race", "any"]);

/** What happens with the value of an expression where it stands. */
export function fateOf(end: Node): FateOf {
  const node = wrapped(end);
  const parent = node.parent;
  if (!parent) return { fate: "unknown" };
  switch (parent.type) {
    case "AwaitExpression":
    case "ReturnStatement":
    case "YieldExpression":
      return { fate: "settled" };
    case "ArrowFunctionExpression":
      return { fate: parent.body === node ? "settled" : "unknown" };
    case "MemberExpression": {
      const call = parent.parent;
      const name = memberName(parent);
      if (parent.object === node && call.type === "CallExpression" && call.callee === parent) {
        if (name === "then" || name === "catch" || name === "finally") return { fate: "settled" };
        return { fate: "unknown" };
      }
      return { fate: "unknown" };
    }
    case "ExpressionStatement":
      return { fate: "dropped" };
    case "UnaryExpression":
      return { fate: parent.operator === "void" ? "dropped" : "unknown" };
    case "ConditionalExpression":
      return parent.test === node ? { fate: "unknown" } : fateOf(parent);
    case "LogicalExpression":
    case "SequenceExpression":
      return fateOf(parent);
    case "VariableDeclarator":
      return parent.id.type === "Identifier" ? { fate: "held", holder: parent.id } : { fate: "unknown" };
    case "AssignmentExpression":
      return parent.right === node && parent.left.type === "Identifier" && parent.operator === "=" ? { fate: "held", holder: parent.left } : { fate: "unknown" };
    case "ArrayExpression": {
      const outer = wrapped(parent);
      const taker = outer.parent;
      if (taker?.type === "CallExpression") return taken(taker);
      return fateOf(parent).fate === "settled" ? { fate: "settled" } : { fate: "unknown" };
    }
    case "SpreadElement":
      return { fate: "unknown" };
    case "CallExpression":
      return parent.callee === node ? { fate: "unknown" } : taken(parent);
    case "ForOfStatement":
      return { fate: parent.right === node ? "settled" : "unknown" };
    default:
      return { fate: "unknown" };
  }
}

/**
 * What becomes of a builder that a callback of `map` gives back: nothing is sent for it where the list is only spread into
 * the arguments of a call (`union(...parts)`), or its elements are such arguments. Undefined when that is not so.
 */
function listFate(end: Node, module: SourceModule): FateOf | undefined {
  const node = wrapped(end);
  const fn = node.parent?.type === "ReturnStatement" ? enclosingFunction(node) : node.parent;
  if (!isFunction(fn) || fn.async || (fn.body !== node && node.parent?.type !== "ReturnStatement")) return undefined;
  const call = wrapped(fn).parent;
  if (call?.type !== "CallExpression" || !/^(?:map|flatMap)$/u.test(stepName(call))) return undefined;
  const list = wrapped(call);
  const holder = list.parent?.type === "VariableDeclarator" && list.parent.id.type === "Identifier" ? list.parent.id : undefined;
  const uses = holder ? (module.lookUp(holder.name, holder)?.references ?? []).filter((reference) => !reference.init).map((reference) => reference.identifier as Node) : [list];
  const takers = uses.map(takerOfElements);
  const [first] = takers;
  return first && takers.every((taker) => taker !== undefined) ? { fate: "argument", taker: first } : undefined;
}

/** The call that takes the elements of a list as arguments: `f(...list)`, `f(list[0])`. */
function takerOfElements(list: Node): TSESTree.CallExpression | undefined {
  const part = list.parent;
  const isElement = part?.type === "SpreadElement" || (part?.type === "MemberExpression" && part.object === list && part.computed);
  const call = isElement ? wrapped(part).parent : undefined;
  if (call?.type !== "CallExpression" || call.callee === part || /^(?:push|unshift|concat)$/u.test(stepName(call))) return undefined;
  return call;
}

function taken(call: TSESTree.CallExpression): FateOf {
  const callee = unwrap(call.callee);
  if (callee.type === "MemberExpression" && callee.object.type === "Identifier" && callee.object.name === "Promise" && COMBINATORS.has(memberName(callee) ?? "")) return { fate: "settled" };
  return { fate: "argument", taker: call };
}

/** A builder held in a variable: every use of the variable in source order. */
function followVariable(holder: TSESTree.Identifier, end: Node, steps: ChainStep[], module: SourceModule): Chain {
  const variable = module.lookUp(holder.name, holder);
  if (!variable) return { steps, end, fate: "unknown", escapes: true };
  const home = enclosingFunction(end);
  let fate = "dropped" as Fate;
  let taker: TSESTree.CallExpression | undefined;
  let escapes = false;
  let isHandedOn = false;
  const settle = (next: Fate, call?: TSESTree.CallExpression): void => {
    if (next === "settled" || fate === "dropped" || fate === "unknown") {
      fate = next;
      taker = call;
    }
  };
  const uses = variable.references
    .map((reference) => ({ reference, node: reference.identifier as Node }))
    .filter(({ node }) => node.range[0] >= holder.range[0] && node !== holder)
    .sort((a, b) => a.node.range[0] - b.node.range[0]);
  for (const { reference, node } of uses) {
    if (reference.init) continue;
    const inCallback = enclosingFunction(node) !== home;
    if (node.parent?.type === "AssignmentExpression" && node.parent.left === node) {
      const source = baseOf(node.parent.right);
      // `qb = qb.where(…)` goes on with the same builder (its right side is met as a use of its own); another value ends it.
      if (!(source?.type === "Identifier" && source.name === holder.name)) escapes = true;
      continue;
    }
    const presence = inCallback || isConditional(node, holder) ? "maybe" : "always";
    const last = climb(node, steps, presence);
    const next = fateOf(last);
    if (next.fate === "held") {
      if (next.holder.name !== holder.name) {
        const further = followVariable(next.holder, last, steps, module);
        if (further.escapes) escapes = true;
        settle(further.fate, further.taker);
      }
    } else if (next.fate === "dropped") {
      // `qb.where(…);` as a statement changes the builder in place.
    } else if (next.fate === "unknown") {
      if (isTest(last)) continue;
      escapes = true;
      settle("unknown");
    } else {
      // What a function does with a builder that it is given is not seen here.
      if (next.fate === "argument" && !(next.taker && isLog(next.taker))) isHandedOn = true;
      settle(next.fate, next.taker);
    }
  }
  if (isHandedOn && fate === "settled") escapes = true;
  return { steps, end, fate, ...(taker && { taker }), escapes };
}

function isLog(call: TSESTree.CallExpression): boolean {
  const root = baseOf(call.callee);
  return root?.type === "Identifier" && /^(?:console|log|logger|debug)$/u.test(root.name);
}

/** The receiver a chain of calls and members begins with. */
export function baseOf(node: Node): Node | undefined {
  let current = unwrap(node);
  for (;;) {
    if (current.type === "AwaitExpression") current = unwrap(current.argument);
    else if (current.type === "CallExpression") {
      const callee = unwrap(current.callee);
      if (callee.type !== "MemberExpression") return callee;
      current = unwrap(callee.object);
    } else if (current.type === "MemberExpression") current = unwrap(current.object);
    else return current;
  }
}

function isTest(node: Node): boolean {
  const parent = node.parent;
  return (parent?.type === "IfStatement" && parent.test === node) || parent?.type === "UnaryExpression" || (parent?.type === "BinaryExpression" && (isUndefined(parent.left) || isUndefined(parent.right)));
}

/** When a lazily sent value (a thenable builder, a Prisma promise) goes out, by what becomes of it. */
export function sendingOf(fate: Fate): Sending {
  switch (fate) {
    case "settled":
      return "now";
    case "argument":
      return "unknown";
    case "dropped":
      return "built";
    case "unknown":
      return "unknown";
  }
}
