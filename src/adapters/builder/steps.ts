/** What the steps of a builder come to: conditions one after the other, callbacks that fill a group, a statement that is completed elsewhere. */
import { and, choice, NO_FILTER, or } from "../../query/build.js";
import type { Amount, Predicate, Span, Statement } from "../../query/model.js";
import { contains, isFunction, walk, type Node } from "../../syntax/ast.js";
import { isConditional } from "../../syntax/objects.js";
import type { SourceModule } from "../../syntax/source-module.js";
import { isEmpty, oneOf, optional } from "../conditions.js";
import { climb, type Following, type Step } from "./history.js";

/** The statement of a builder that may be told more. */
export function opened(base: Statement): Statement {
  const why = "the builder is completed where it cannot be seen";
  const further: Predicate = { op: "opaque", restricts: "unknown", reason: why };
  return {
    ...base,
    ...(!base.limit && base.kind === "select" && { limit: { kind: "maybe", why, proved: "unknown" } satisfies Amount }),
    ...(base.kind !== "insert" && { where: isEmpty(base.where) ? further : and([base.where, further]) }),
  };
}

/** How a library reads the steps that are conditions. */
export interface ConditionSteps {
  /** `first` puts aside what came before. */
  readonly how: (step: Step) => "first" | "and" | "or";
  readonly read: (step: Step) => Predicate;
  readonly spanOf: (step: Step) => Span;
  /** The place of a filter that says nothing. */
  readonly empty: Span;
}

interface Part {
  readonly joined: "and" | "or";
  readonly predicate: Predicate;
}

/** Conditions as builders write them one after the other: AND binds closer than OR. */
export function combinedConditions(steps: readonly Step[], { how, read, spanOf, empty }: ConditionSteps): Predicate {
  let parts: Part[] = [];
  for (const group of groupsOf(steps)) {
    const [first] = group.steps;
    if (!first) continue;
    const joined = how(first);
    const conditions = group.steps.map(read);
    const at = spanOf(first);
    const either = group.steps.length === 1 ? (conditions[0] ?? NO_FILTER) : choice(conditions);
    const predicate = group.certain || isEmpty(either) ? either : optional(either, "condition", "yes", at);
    if (joined === "first" && group.certain) parts = [{ joined: "and", predicate }];
    else if (joined === "first" && parts.length > 0) parts = [{ joined: "and", predicate: oneOf([joinedParts(parts), either], at) }];
    else parts.push({ joined: joined === "or" ? "or" : "and", predicate });
  }
  const whole = joinedParts(parts);
  return isEmpty(whole) && steps.length > 0 ? { op: "constant", value: true, written: false, span: empty } : whole;
}

function joinedParts(parts: readonly Part[]): Predicate {
  const arms: Predicate[][] = [];
  for (const part of parts) {
    if (isEmpty(part.predicate)) continue;
    const last = arms.at(-1);
    if (part.joined === "or" || !last) arms.push([part.predicate]);
    else last.push(part.predicate);
  }
  const joined = arms.map((arm) => and(arm));
  const [only] = joined;
  if (!only) return NO_FILTER;
  if (joined.length === 1) return only;
  // An arm that is there only sometimes lets more rows pass.
  return or(joined.map((arm) => (arm.op === "optional" ? arm.item : arm)));
}

/** Steps of which exactly one is taken, or that are taken alone. */
interface Group {
  readonly steps: readonly Step[];
  readonly certain: boolean;
}

/** `if (x) qb.andWhere(a); else qb.andWhere(b);` is one condition that is always there. */
function groupsOf(steps: readonly Step[]): readonly Group[] {
  const groups: Group[] = [];
  for (let index = 0; index < steps.length; index++) {
    const step = steps[index];
    if (!step) continue;
    const next = steps[index + 1];
    const both = step.presence === "maybe" && next?.presence === "maybe" && next.module === step.module ? branchesOf(step.call, next.call) : undefined;
    if (both && next) {
      groups.push({ steps: [step, next], certain: both === "certain" });
      index++;
    } else groups.push({ steps: [step], certain: step.presence === "always" });
  }
  return groups;
}

/** Do two calls stand in the two branches of one `if`? `certain`, when the `if` itself always runs. */
function branchesOf(a: Node, b: Node): "certain" | "sometimes" | undefined {
  for (let child: Node = b, current = b.parent; current; child = current, current = current.parent) {
    if (current.type !== "IfStatement" || current.alternate !== child || !contains(current.consequent, a)) continue;
    const isDirect = (branch: Node, call: Node): boolean => !isConditional(call, branch.type === "BlockStatement" ? (branch.body[0] ?? branch) : branch);
    return isDirect(current.consequent, a) && isDirect(child, b) && current.parent?.type === "BlockStatement" && isFunction(current.parent.parent) ? "certain" : "sometimes";
  }
  return undefined;
}

/** The steps that a callback takes with the builder it is given, as its first parameter or as `this`. */
export function stepsInCallback(fn: Node, module: SourceModule, by: Following): readonly Step[] {
  if (!isFunction(fn) || !fn.body) return [];
  const { body } = fn;
  const [parameter] = fn.params;
  const uses: Node[] = parameter?.type === "Identifier" ? (module.lookUp(parameter.name, body)?.references ?? []).map((reference) => reference.identifier as Node).filter((node) => contains(body, node)) : [];
  if (fn.type !== "ArrowFunctionExpression") {
    walk(body, (node) => {
      if (node.type === "ThisExpression") uses.push(node);
      return isFunction(node) && node.type !== "ArrowFunctionExpression" ? false : undefined;
    });
  }
  const start = parameter ?? body;
  return uses
    .sort((a, b) => a.range[0] - b.range[0])
    .flatMap((node) => climb(node, isConditional(node, start) ? "maybe" : "always", module, by.language).steps);
}

/** Does a callback hand its builder to something that is not followed? */
export function handsOn(fn: Node, module: SourceModule): boolean {
  const [parameter] = isFunction(fn) ? fn.params : [];
  if (!isFunction(fn) || !fn.body) return true;
  if (parameter?.type !== "Identifier") return parameter !== undefined;
  return (module.lookUp(parameter.name, fn.body)?.references ?? []).some((reference) => {
    const use = reference.identifier as Node;
    const { parent } = use;
    return parent !== undefined && parent.type !== "MemberExpression" && parent.type !== "ReturnStatement" && parent !== fn;
  });
}
