/** What a query builder has been told: its steps, over statements, functions and files, and what becomes of it. Shared by every library with builders. */
import type { TSESTree } from "@typescript-eslint/utils";
import { calleeName, enclosingFunction, isFunction, isUndefined, memberName, unwrap, wrapped, type FunctionNode, type Node } from "../../syntax/ast.js";
import { fateOf, type Fate } from "../../syntax/chain.js";
import type { Evaluator } from "../../syntax/evaluate.js";
import { isConditional } from "../../syntax/objects.js";
import { returnedExpressions } from "../../syntax/patterns.js";
import type { SourceModule } from "../../syntax/source-module.js";
import type { LibraryValue } from "../../syntax/values.js";

/** What has to be known of a library to follow its builders. */
export interface BuilderLanguage {
  /** Is the value a builder that can be told more? */
  isBuilder(value: LibraryValue): boolean;
  /** Is the value the builder that this call makes? */
  isMade(value: LibraryValue, call: TSESTree.CallExpression): boolean;
  /** Does the builder end at a method of this name: is it sent, copied, or only asked for its text? */
  ends(name: string): boolean;
  /** A builder that is awaited is sent: what is left are rows. */
  readonly thenable: boolean;
}

/** What is needed to follow a builder. */
export interface Following {
  readonly values: Evaluator;
  readonly language: BuilderLanguage;
}

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
export function historyOf(node: Node, module: SourceModule, by: Following, depth = 0): History {
  const inner = unwrap(node);
  if (depth > MAX_DEPTH) return UNSEEN;
  switch (inner.type) {
    case "AwaitExpression":
      return by.language.thenable ? UNSEEN : historyOf(inner.argument, module, by, depth + 1);
    case "Identifier":
      return historyOfVariable(inner, module, by, depth);
    case "CallExpression":
      return historyOfCall(inner, module, by, depth);
    default:
      return UNSEEN;
  }
}

function historyOfCall(call: TSESTree.CallExpression, module: SourceModule, by: Following, depth: number): History {
  const value = by.values.library(call, module);
  if (value && by.language.isMade(value, call)) return { root: { call, module, parent: value.parent, name: value.name }, steps: [], open: false };
  const callee = unwrap(call.callee);
  if (callee.type === "MemberExpression") {
    const name = memberName(callee);
    const receiver = by.values.library(callee.object, module);
    if (name !== undefined && receiver && by.language.isBuilder(receiver)) {
      const before = historyOf(callee.object, module, by, depth + 1);
      return name === "clone" ? before : { ...before, steps: [...before.steps, { name, args: call.arguments, call, module, presence: "always" }] };
    }
  }
  // A function of the project that makes a builder, or goes on with one.
  const fn = by.values.functionOf(call, module);
  if (fn?.node.async && by.language.thenable) return UNSEEN;
  const returned = fn ? returnedExpressions(fn.node) : [];
  const [first, ...others] = returned;
  if (!fn || !first) return UNSEEN;
  const made = historyOf(first, fn.module, by, depth + 1);
  const taken = made.root ? made : continued(call, fn.node, made, module, by, depth);
  return others.length > 0 ? { ...taken, open: true } : taken;
}

/** `withPaging(qb, page)`: the function returns the builder that it is given. */
function continued(call: TSESTree.CallExpression, fn: FunctionNode, made: History, module: SourceModule, by: Following, depth: number): History {
  const index = fn.params.findIndex((_, position) => isBuilder(call.arguments[position], module, by));
  const argument = call.arguments[index];
  if (!argument || argument.type === "SpreadElement") return made;
  const before = historyOf(argument, module, by, depth + 1);
  return { root: before.root, steps: [...before.steps, ...made.steps], open: before.open || (made.open && made.steps.length === 0) };
}

function isBuilder(node: Node | undefined, module: SourceModule, by: Following): boolean {
  const value = node && node.type !== "SpreadElement" ? by.values.library(node, module) : undefined;
  return value !== undefined && by.language.isBuilder(value);
}

function historyOfVariable(use: TSESTree.Identifier, module: SourceModule, by: Following, depth: number): History {
  const variable = module.lookUp(use.name, use);
  const definition = variable?.defs[0];
  const declaration = definition?.node as Node | undefined;
  if (!variable || !declaration) return UNSEEN;
  if (isFunction(declaration)) {
    const { steps } = stepsOf(use.name, use, declaration, use.range[0], module, by, depth);
    const typed = by.values.library(use, module);
    return { root: undefined, ...(typed && by.language.isBuilder(typed) && { typed }), steps, open: true };
  }
  if (declaration.type !== "VariableDeclarator" || declaration.id.type !== "Identifier" || !declaration.init) return UNSEEN;
  const start = historyOf(declaration.init, module, by, depth + 1);
  const later = stepsOf(use.name, use, declaration, use.range[0], module, by, depth);
  return { root: start.root, steps: [...start.steps, ...later.steps], open: start.open || later.open };
}

/** Steps that a variable or parameter is told before an offset, in source order. */
export function stepsOf(name: string, at: Node, declaration: Node, until: number, module: SourceModule, by: Following, depth: number): { readonly steps: readonly Step[]; readonly open: boolean } {
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
      const told = toldBy(parent, node, presence, module, by, depth);
      if (told) steps.push(...told);
      else open = true;
      continue;
    }
    steps.push(...climb(node, presence, module, by.language).steps);
  }
  return { steps, open };
}

/** Steps that a function of the project takes with a builder it is given; undefined where it cannot be seen. */
export function toldBy(call: TSESTree.CallExpression, node: Node, presence: Step["presence"], module: SourceModule, by: Following, depth: number): readonly Step[] | undefined {
  if (/^(?:log|debug|info|all)$/u.test(calleeName(call) ?? "")) return [];
  const fn = by.values.functionOf(call, module);
  const index = call.arguments.findIndex((argument) => unwrap(argument) === unwrap(node));
  const parameter = fn?.node.params[index];
  const name = parameter?.type === "AssignmentPattern" ? parameter.left : parameter;
  if (!fn?.node.body || name?.type !== "Identifier" || depth > MAX_DEPTH) return undefined;
  const told = stepsOf(name.name, fn.node.body, fn.node, Number.POSITIVE_INFINITY, fn.module, by, depth + 1);
  if (told.open) return undefined;
  return presence === "always" ? told.steps : told.steps.map((step) => ({ ...step, presence }));
}

/** The calls on a builder, from the inside out, as far as they give the builder back; and what it is ended by. */
export function climb(from: Node, presence: Step["presence"], module: SourceModule, language: BuilderLanguage): { readonly steps: readonly Step[]; readonly end: Node; readonly last?: Step } {
  const steps: Step[] = [];
  for (let current = wrapped(from); ; ) {
    const member = current.parent;
    if (member?.type !== "MemberExpression" || member.object !== current) return { steps, end: current };
    const callee = wrapped(member);
    const call = callee.parent;
    const name = memberName(member);
    if (call?.type !== "CallExpression" || call.callee !== callee || name === undefined || SETTLES.has(name)) return { steps, end: current };
    const step: Step = { name, args: call.arguments, call, module, presence };
    // A copy goes its own way; what is read from the builder changes nothing.
    if (language.ends(name)) return { steps, end: current, last: step };
    steps.push(step);
    current = wrapped(call);
  }
}

const SETTLES: ReadonlySet<string> = new Set(["then", "catch", "finally"]);

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

/** What becomes of a builder after the call that gives it. */
export interface Life {
  /** The steps after the call. */
  readonly steps: readonly Step[];
  /** There may be steps that are not seen. */
  readonly open: boolean;
  readonly fate: Fate;
  /** The outermost expression of the first statement. */
  readonly end: Node;
  /** The expression that is awaited, returned or handed on. */
  readonly outcome: Node;
  /** The call that takes it, when the fate is `argument`. */
  readonly taker?: TSESTree.CallExpression;
  /** The step that ends it. */
  readonly last?: Step;
}

/** Follows a builder from the call that gives it to where it is sent: through its chain, and the variable that holds it. */
export function lifeOf(call: TSESTree.CallExpression, module: SourceModule, by: Following): Life {
  const { steps, end, last } = climb(call, "always", module, by.language);
  if (last) return { steps, end: wrapped(last.call), outcome: wrapped(last.call), open: false, fate: "settled", last };
  const fate = fateOf(end);
  if (fate.fate !== "held") return { steps, end, outcome: end, open: fate.fate === "unknown", fate: fate.fate, ...(fate.taker && { taker: fate.taker }) };
  return held(fate.holder, { steps, end }, module, by);
}

function held(holder: TSESTree.Identifier, first: { readonly steps: readonly Step[]; readonly end: Node }, module: SourceModule, by: Following): Life {
  const variable = module.lookUp(holder.name, holder);
  const steps = [...first.steps];
  const { end } = first;
  if (!variable) return { steps, end, outcome: end, open: true, fate: "unknown" };
  const home = enclosingFunction(end);
  let life: Pick<Life, "fate" | "outcome" | "taker" | "last"> = { fate: "dropped", outcome: end };
  let open = false;
  const uses = variable.references
    .filter((reference) => !reference.init)
    .map((reference) => reference.identifier as Node)
    .filter((node) => node.range[0] > holder.range[0])
    .sort((a, b) => a.range[0] - b.range[0]);
  for (const node of uses) {
    const presence = enclosingFunction(node) !== home || isConditional(node, holder) ? "maybe" : "always";
    const parent = wrapped(node).parent;
    if (parent?.type === "AssignmentExpression" && parent.left === node) {
      if (!mentions(parent.right, holder.name)) open = true;
      continue;
    }
    const told = climb(node, presence, module, by.language);
    steps.push(...told.steps);
    if (told.last) {
      // A copy goes its own way, and text that is asked for sends nothing.
      if (told.last.name !== "clone") life = { fate: "settled", outcome: wrapped(told.last.call), last: told.last };
      continue;
    }
    const next = fateOf(told.end);
    switch (next.fate) {
      case "settled":
        life = { fate: "settled", outcome: told.end };
        break;
      case "argument": {
        const given = parent?.type === "CallExpression" && parent.callee !== node ? toldBy(parent, node, presence, module, by, 0) : undefined;
        if (given) {
          steps.push(...given);
          // What the function gives back goes on.
          const on = parent?.type === "CallExpression" ? fateOf(parent).fate : "dropped";
          if (parent?.type === "CallExpression" && (on === "settled" || on === "argument") && isBuilder(parent, module, by)) life = { fate: "argument", outcome: told.end, taker: parent };
        } else if (life.fate !== "settled") life = { fate: "argument", outcome: told.end, ...(next.taker && { taker: next.taker }) };
        if (!given && !(next.taker && takesPart(next.taker, module, by))) open = true;
        break;
      }
      case "held":
        if (next.holder.name !== holder.name) open = true;
        break;
      case "unknown":
        if (isTest(told.end)) break;
        open = true;
        if (life.fate === "dropped") life = { fate: "unknown", outcome: told.end };
        break;
      case "dropped":
    }
  }
  return { steps, end, open, ...life };
}

/** Is the call a step of another builder, which takes this one as a part? */
export function takesPart(call: TSESTree.CallExpression, module: SourceModule, by: Following): boolean {
  const callee = unwrap(call.callee);
  const receiver = callee.type === "MemberExpression" ? by.values.library(callee.object, module) : undefined;
  return receiver !== undefined && by.language.isBuilder(receiver);
}

function isTest(node: Node): boolean {
  const parent = node.parent;
  return (parent?.type === "IfStatement" && parent.test === node) || parent?.type === "UnaryExpression" || (parent?.type === "BinaryExpression" && (isUndefined(parent.left) || isUndefined(parent.right)));
}
