/** What a query builder has been told by the time of a call: its steps, over statements, functions and files. */
import type { TSESTree } from "@typescript-eslint/utils";
import { calleeName, enclosingFunction, isFunction, memberName, unwrap, wrapped, type FunctionNode, type Node } from "../../syntax/ast.js";
import type { Evaluator } from "../../syntax/evaluate.js";
import { isConditional } from "../../syntax/objects.js";
import { returnedExpressions } from "../../syntax/patterns.js";
import type { SourceModule } from "../../syntax/source-module.js";
import type { LibraryValue } from "../../syntax/values.js";
import { TEXTS, TERMINALS, TYPEORM } from "./library.js";

export interface Step {
  readonly name: string;
  readonly args: readonly TSESTree.CallExpressionArgument[];
  readonly call: TSESTree.CallExpression;
  readonly module: SourceModule;
  /** `maybe`: the step is taken only under a condition. */
  readonly presence: "always" | "maybe";
}

export interface History {
  /** The call that makes the builder, and what it is called on. Undefined where it is made out of sight. */
  readonly root: { readonly call: TSESTree.CallExpression; readonly module: SourceModule; readonly parent: LibraryValue | undefined; readonly name: string | undefined } | undefined;
  /** What is known of a builder that is made out of sight: its type. */
  readonly typed?: LibraryValue;
  readonly steps: readonly Step[];
  /** There may be steps that are not seen. */
  readonly open: boolean;
}

const UNSEEN: History = { root: undefined, steps: [], open: true };
const MAX_DEPTH = 12;

/** The steps of a builder up to a place. */
export function historyOf(node: Node, module: SourceModule, values: Evaluator, depth = 0): History {
  const inner = unwrap(node);
  if (depth > MAX_DEPTH) return UNSEEN;
  switch (inner.type) {
    case "AwaitExpression":
      return historyOf(inner.argument, module, values, depth + 1);
    case "Identifier":
      return historyOfVariable(inner, module, values, depth);
    case "CallExpression":
      return historyOfCall(inner, module, values, depth);
    default:
      return UNSEEN;
  }
}

function historyOfCall(call: TSESTree.CallExpression, module: SourceModule, values: Evaluator, depth: number): History {
  const value = values.library(call, module, TYPEORM);
  if (value?.role === "builder" && value.at?.node === call) return { root: { call, module, parent: value.parent, name: value.name }, steps: [], open: false };
  const callee = unwrap(call.callee);
  if (callee.type === "MemberExpression") {
    const name = memberName(callee);
    const receiver = values.library(callee.object, module, TYPEORM);
    if (name !== undefined && (receiver?.role === "builder" || receiver?.role === "inner")) {
      const before = historyOf(callee.object, module, values, depth + 1);
      return name === "clone" ? before : { ...before, steps: [...before.steps, { name, args: call.arguments, call, module, presence: "always" }] };
    }
  }
  // A function of the project that makes a builder, or goes on with one.
  const fn = values.functionOf(call, module);
  const returned = fn ? returnedExpressions(fn.node) : [];
  const [first, ...others] = returned;
  if (!fn || !first) return UNSEEN;
  const made = historyOf(first, fn.module, values, depth + 1);
  const taken = made.root ? made : continued(call, fn.node, made, module, values, depth);
  return others.length > 0 ? { ...taken, open: true } : taken;
}

/** `withPaging(qb, page)`: the function returns the builder that it is given. */
function continued(call: TSESTree.CallExpression, fn: FunctionNode, made: History, module: SourceModule, values: Evaluator, depth: number): History {
  const index = fn.params.findIndex((_, position) => isBuilder(call.arguments[position], module, values));
  const argument = call.arguments[index];
  if (!argument || argument.type === "SpreadElement") return made;
  const before = historyOf(argument, module, values, depth + 1);
  return { root: before.root, steps: [...before.steps, ...made.steps], open: before.open || (made.open && made.steps.length === 0) };
}

function isBuilder(node: Node | undefined, module: SourceModule, values: Evaluator): boolean {
  const role = node && node.type !== "SpreadElement" ? values.library(node, module, TYPEORM)?.role : undefined;
  return role === "builder" || role === "inner";
}

function historyOfVariable(use: TSESTree.Identifier, module: SourceModule, values: Evaluator, depth: number): History {
  const variable = module.lookUp(use.name, use);
  const definition = variable?.defs[0];
  const declaration = definition?.node as Node | undefined;
  if (!variable || !declaration) return UNSEEN;
  if (isFunction(declaration)) {
    const { steps } = stepsOf(use.name, use, declaration, use.range[0], module, values, depth);
    const typed = values.library(use, module, TYPEORM);
    return { root: undefined, ...(typed && { typed }), steps, open: true };
  }
  if (declaration.type !== "VariableDeclarator" || declaration.id.type !== "Identifier" || !declaration.init) return UNSEEN;
  const start = historyOf(declaration.init, module, values, depth + 1);
  const later = stepsOf(use.name, use, declaration, use.range[0], module, values, depth);
  return { root: start.root, steps: [...start.steps, ...later.steps], open: start.open || later.open };
}

/** Steps that a variable or parameter is told before an offset, in source order. */
function stepsOf(name: string, at: Node, declaration: Node, until: number, module: SourceModule, values: Evaluator, depth: number): { readonly steps: readonly Step[]; readonly open: boolean } {
  const steps: Step[] = [];
  let open = false;
  const start = isFunction(declaration) ? (declaration.body ?? declaration) : declaration;
  const home = isFunction(declaration) ? declaration : enclosingFunction(declaration);
  const uses = (module.lookUp(name, at)?.references ?? []).filter((reference) => !reference.init).map((reference) => reference.identifier as Node);
  for (const node of uses.sort((a, b) => a.range[0] - b.range[0])) {
    if ( node.range[0] >= until || node === declaration) continue;
    const conditional = (isFunction(declaration) ? isConditionalIn(node, declaration) : isConditional(node, start)) || enclosingFunction(node) !== home;
    const presence = conditional ? "maybe" : "always";
    const parent = wrapped(node).parent;
    if (parent?.type === "AssignmentExpression" && parent.left === node) {
      // `qb = qb.andWhere(…)`, `qb = withPaging(qb)`: what is met on the right side counts.
      if (!mentions(parent.right, name)) open = true;
      continue;
    }
    if (parent?.type === "CallExpression" && parent.callee !== node) {
      const told = toldBy(parent, node, presence, module, values, depth);
      if (told) steps.push(...told);
      else open = true;
      continue;
    }
    steps.push(...climb(node, presence, module));
  }
  return { steps, open };
}

/** Steps that a function of the project takes with a builder it is given; undefined where it cannot be seen. */
function toldBy(call: TSESTree.CallExpression, node: Node, presence: Step["presence"], module: SourceModule, values: Evaluator, depth: number): readonly Step[] | undefined {
  if (/^(?:log|debug|info|all)$/u.test(calleeName(call) ?? "")) return [];
  const fn = values.functionOf(call, module);
  const index = call.arguments.findIndex((argument) => unwrap(argument) === unwrap(node));
  const parameter = fn?.node.params[index];
  const name = parameter?.type === "AssignmentPattern" ? parameter.left : parameter;
  if (!fn?.node.body || name?.type !== "Identifier" || depth > MAX_DEPTH) return undefined;
  const told = stepsOf(name.name, fn.node.body, fn.node, Number.POSITIVE_INFINITY, fn.module, values, depth + 1);
  if (told.open) return undefined;
  return presence === "always" ? told.steps : told.steps.map((step) => ({ ...step, presence }));
}

/** The calls on a builder, from the inside out, as far as they give the builder back. */
function climb(from: Node, presence: Step["presence"], module: SourceModule): readonly Step[] {
  const steps: Step[] = [];
  for (let current = wrapped(from); ; ) {
    const member = current.parent;
    if (member?.type !== "MemberExpression" || member.object !== current) return steps;
    const callee = wrapped(member);
    const call = callee.parent;
    const name = memberName(member);
    if (call?.type !== "CallExpression" || call.callee !== callee || name === undefined) return steps;
    // A copy goes its own way; what is read from the builder changes nothing.
    if (name === "clone" || name === "subQuery" || TERMINALS.has(name) || TEXTS.has(name)) return steps;
    steps.push({ name, args: call.arguments, call, module, presence });
    current = wrapped(call);
  }
}

function isConditionalIn(node: Node, fn: FunctionNode): boolean {
  const [first] = fn.params;
  return first ? isConditional(node, first) : true;
}

function mentions(node: Node, name: string): boolean {
  const inner = unwrap(node);
  if (inner.type === "Identifier") return inner.name === name;
  if (inner.type === "AwaitExpression") return mentions(inner.argument, name);
  if (inner.type !== "CallExpression") return false;
  const callee = unwrap(inner.callee);
  return (callee.type === "MemberExpression" && mentions(callee.object, name)) || inner.arguments.some((argument) => mentions(argument.type === "SpreadElement" ? argument.argument : argument, name));
}
