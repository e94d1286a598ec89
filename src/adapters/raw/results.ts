/** What becomes of the result of a call or of a tagged template, and the site it makes. */
import type { LibraryId, Sending, Site } from "../../query/model.js";
import { memberName, unwrap, wrapped, type Node } from "../../syntax/ast.js";
import { fateOf } from "../../syntax/chain.js";
import type { SourceModule } from "../../syntax/source-module.js";
import type { AdapterContext, Candidate } from "../contract.js";

/** A site with the words of the call: `pool.query`, `this.db.all`, `sql`. */
export function siteOf(candidate: Candidate, library: LibraryId, evidence: Site["evidence"], context: AdapterContext): Site {
  const callee = candidate.type === "CallExpression" ? candidate.callee : candidate.tag;
  return { library, node: climb(candidate).end, range: [callee.range[0], callee.range[1]], file: context.module.path, evidence, name: nameOf(callee) };
}

function nameOf(callee: Node): string {
  const inner = unwrap(callee);
  switch (inner.type) {
    case "Identifier":
      return inner.name;
    case "ThisExpression":
      return "this";
    case "MemberExpression":
      return `${nameOf(inner.object)}.${memberName(inner) ?? "…"}`;
    case "CallExpression":
      return `${nameOf(inner.callee)}()`;
    default:
      return "…";
  }
}

/** The calls that follow on the result, by name, and the outermost expression. `.then(…)` is no part of the chain. */
export function climb(from: Node): { readonly steps: readonly string[]; readonly end: Node } {
  const steps: string[] = [];
  let current = wrapped(from);
  for (;;) {
    const member = current.parent;
    if (member?.type !== "MemberExpression" || member.object !== current) return { steps, end: current };
    const name = memberName(member);
    const callee = wrapped(member);
    const call = callee.parent;
    if (call?.type !== "CallExpression" || call.callee !== callee || name === undefined || name === "then" || name === "catch" || name === "finally") return { steps, end: current };
    steps.push(name);
    current = wrapped(call);
  }
}

/** Calls that send a lazy query at once. */
const SENDING = new Set(["execute", "cursor", "forEach"]);

/** When a lazy query is sent: by what awaits it, by `execute` and by what streams it; held in a variable, by the uses of that. */
export function sendingAt({ steps, end }: ReturnType<typeof climb>, module: SourceModule): Sending {
  if (steps.some((step) => SENDING.has(step))) return "now";
  const fate = fateOf(end);
  switch (fate.fate) {
    case "settled":
      return "now";
    case "dropped":
      return "built";
    case "held":
      return sendingOfUses(fate.holder, module);
    case "argument":
    case "unknown":
      return "unknown";
  }
}

function sendingOfUses(holder: Extract<Node, { type: "Identifier" }>, module: SourceModule): Sending {
  const variable = module.lookUp(holder.name, holder);
  if (!variable) return "unknown";
  let answer: Sending = "built";
  for (const reference of variable.references) {
    const use = reference.identifier as Node;
    if (!reference.isRead() || use.range[0] < holder.range[0]) continue;
    const result = climb(use);
    const fate = fateOf(result.end);
    if (fate.fate === "settled" || result.steps.some((step) => SENDING.has(step))) return "now";
    answer = isInTemplate(use) ? "fragment" : "unknown";
  }
  return answer;
}

/** Is the expression interpolated in a tagged template? */
export function isInTemplate(node: Node): boolean {
  return templateAround(node) !== undefined;
}

/** The tagged template an expression is interpolated in, through conditions. */
export function templateAround(node: Node): Extract<Node, { type: "TaggedTemplateExpression" }> | undefined {
  let current = wrapped(node);
  for (;;) {
    const parent: Node | undefined = current.parent;
    if (parent?.type === "TemplateLiteral") return parent.parent.type === "TaggedTemplateExpression" ? parent.parent : undefined;
    if (parent?.type !== "ConditionalExpression" && parent?.type !== "LogicalExpression") return undefined;
    current = wrapped(parent);
  }
}
