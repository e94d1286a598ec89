/** Tagged templates of drivers: postgres.js, Neon, PGlite, the tag store of node:sqlite. */
import type { TSESTree } from "@typescript-eslint/utils";
import type { Site } from "../../query/model.js";
import { looksLikeSql } from "../../sql/index.js";
import { literalString, memberName, unwrap, type Node } from "../../syntax/ast.js";
import type { SourceModule } from "../../syntax/source-module.js";
import { foldText, type FoldedText, type Interpolation } from "../../syntax/text.js";
import type { AdapterContext, Recognised } from "../contract.js";
import { queriesOfText } from "../sql-text.js";
import { tagOf, type Driver, type Tag } from "./driver.js";
import { climb, sendingAt, siteOf, templateAround } from "./results.js";

type Template = TSESTree.TaggedTemplateExpression;

export function recogniseTag(candidate: Template, driver: Driver, context: AdapterContext): Recognised | undefined {
  const found = tagAt(candidate, driver, context);
  if (!found) return undefined;
  const { tag, evidence } = found;
  const around = tag.lazy === true ? templateAround(candidate) : undefined;
  if (around && tagAt(around, driver, context)) return [];
  const text = foldText(candidate.quasi, context.module, context.values, (expression, module) => interpolation(expression, module, driver, context));
  const result = climb(candidate);
  const sending = tag.lazy === true ? sendingAt(result, context.module) : "now";
  // A piece that is put into other templates, or that is no statement by itself.
  if (sending === "fragment" || (text && sending !== "now" && !looksLikeSql(text.text))) return [];
  const isStreamed = result.steps.some((step) => driver.streamedBy?.includes(step) === true);
  return queriesOfText({
    text: text && placed(text),
    context,
    site: siteOf(candidate, driver.id, evidence, context),
    dialect: driver.dialect,
    ...(driver.placeholders && { placeholders: driver.placeholders }),
    undefinedLimit: driver.undefinedLimit,
    sending,
    ...(isStreamed ? { delivery: "stream" as const } : tag.delivery && { delivery: tag.delivery }),
    bulk: driver.bulk,
  });
}

function tagAt(candidate: Template, driver: Driver, context: AdapterContext): { readonly tag: Tag; readonly evidence: Site["evidence"] } | undefined {
  const value = context.values.evaluate(candidate.tag, context.module);
  if (value.kind === "library") {
    const tag = value.library === driver.id ? tagOf(driver, value.role) : undefined;
    return tag && { tag, evidence: value.evidence };
  }
  // `function list(sql) { return sql`SELECT …` }` in a package that depends on the driver.
  if (driver.tagShape === undefined || (value.kind !== "unknown" && value.kind !== "parameter")) return undefined;
  const inner = unwrap(candidate.tag);
  const name = inner.type === "Identifier" ? inner.name : inner.type === "MemberExpression" ? memberName(inner) : undefined;
  const tag = name === driver.tagShape.name ? tagOf(driver, driver.tagShape.role) : undefined;
  if (!tag || !driver.packages.some((item) => context.uses(item)) || !looksLikeSql(candidate.quasi.quasis.map((quasi) => quasi.value.raw).join("?"))) return undefined;
  return { tag, evidence: "shape" };
}

/** What an interpolated expression is: a fragment, a helper of the tag, a bound value. */
function interpolation(expression: Node, module: SourceModule, driver: Driver, context: AdapterContext): Interpolation | undefined {
  const inner = unwrap(expression);
  switch (inner.type) {
    case "TaggedTemplateExpression":
      return { inline: inner.quasi, module };
    case "ConditionalExpression":
    case "LogicalExpression": {
      const parts = inner.type === "ConditionalExpression" ? [inner.consequent, inner.alternate] : [inner.left, inner.right];
      return parts.some((part) => isFragment(part, module, driver, context)) ? undefined : { hole: "value" };
    }
    case "CallExpression":
      return helper(inner, module, driver, context) ?? (isFragment(inner, module, driver, context) ? undefined : { hole: "value" });
    case "Identifier":
    case "MemberExpression":
      return isFragment(inner, module, driver, context) ? (inner.type === "Identifier" ? { inline: inner, module } : { hole: "text" }) : { hole: "value" };
    default:
      return { hole: "value" };
  }
}

function isFragment(node: Node, module: SourceModule, driver: Driver, context: AdapterContext): boolean {
  const inner = unwrap(node);
  if (inner.type === "TaggedTemplateExpression") return true;
  const value = context.values.evaluate(inner, module);
  return value.kind === "library" && value.library === driver.id && value.role === "pending";
}

/** `sql(name)`, `sql(ids)`, `sql(rows, "a", "b")`, `sql.unsafe("…")`, `sql.array(ids)`. */
function helper(call: TSESTree.CallExpression, module: SourceModule, driver: Driver, context: AdapterContext): Interpolation | undefined {
  const callee = unwrap(call.callee);
  const [first] = call.arguments;
  const owner = context.values.evaluate(callee.type === "MemberExpression" ? callee.object : callee, module);
  if (owner.kind !== "library" || owner.library !== driver.id || !first || first.type === "SpreadElement") return undefined;
  if (callee.type === "MemberExpression") return memberName(callee) === "unsafe" ? { inline: first, module } : { hole: "value" };
  const name = literalString(first);
  if (name !== undefined) return { text: name.split(".").map((part) => `"${part.replaceAll('"', '""')}"`).join(".") };
  const items = context.length(first, module);
  return { hole: "list", value: first, ...(items !== undefined && { items }) };
}

/** What a helper makes depends on where it stands: a list after IN, a name where a name belongs, else columns and values. */
function placed(text: FoldedText): FoldedText {
  const holes = text.holes.map((hole) => {
    if (hole.kind !== "list") return hole;
    const before = text.text.slice(0, hole.span.start).trimEnd();
    if (/(?:^|[\s(])in\s*\(?$/iu.test(before)) return hole;
    return { ...hole, kind: /(?:^|[\s(])(?:from|join|into|update|table|by|select|distinct|where|and|or|on)$|[.,]$/iu.test(before) ? ("identifier" as const) : ("text" as const) };
  });
  return { ...text, holes };
}
