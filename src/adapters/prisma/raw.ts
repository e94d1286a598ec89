/** `$queryRaw`, `$executeRaw` and their unsafe forms: SQL text with values in its holes. */
import type { TSESTree } from "@typescript-eslint/utils";
import type { Delivery, Opaque, OpaqueReason } from "../../query/model.js";
import { unwrap, type Node } from "../../syntax/ast.js";
import { returnedExpressions } from "../../syntax/patterns.js";
import type { SourceModule } from "../../syntax/source-module.js";
import type { FoldedText, Interpolation } from "../../syntax/text.js";
import type { AdapterContext, Recognised } from "../contract.js";
import { queriesOfText, type Bindings } from "../sql-text.js";
import type { RawCall, RawMethod } from "./calls.js";
import { dialectOf } from "./dialect.js";
import { PRISMA } from "./library.js";
import { sendingOfPromise, siteOf } from "./statement.js";

export function lowerRawCall(found: RawCall, context: AdapterContext): Recognised {
  const { node, method } = found;
  const chain = node.type === "CallExpression" ? context.chain(node) : undefined;
  const site = siteOf(found, chain?.end ?? node, context);
  const sending = chain ? sendingOfPromise(chain) : "now";
  const inputs = node.type === "CallExpression" ? node.arguments : node.quasi.expressions;
  const opaque = (reason: OpaqueReason): Opaque => ({ opaque: reason, library: PRISMA, site, sending, inputs });
  switch (method) {
    case "$queryRaw":
    case "$executeRaw":
    case "$queryRawUnsafe":
    case "$executeRawUnsafe": {
      const isUnsafe = method.endsWith("Unsafe");
      const [first] = node.type === "CallExpression" ? node.arguments : [];
      const text = node.type === "TaggedTemplateExpression" ? context.text(node.quasi, interpolation(context)) : first && (isUnsafe ? context.text(first) : sqlText(first, context));
      const bindings = isUnsafe && node.type === "CallExpression" ? positional(node, context) : undefined;
      return queriesOfText({
        text,
        context,
        site,
        dialect: dialectOf(text?.text ?? "", context),
        placeholders: { question: true, numbered: ["$"] },
        ...(bindings && { bindings }),
        undefinedLimit: "rejected",
        sending,
        delivery: deliveryOf(method),
        inputs,
      });
    }
    // Their text stands in a file that another tool turns into a function; the other two speak to MongoDB.
    case "$queryRawTyped":
    case "$runCommandRaw":
    case "findRaw":
    case "aggregateRaw":
      return opaque("unmodelled-call");
  }
}

function deliveryOf(method: RawMethod): Delivery {
  return method === "$queryRaw" || method === "$queryRawUnsafe" ? "all" : "none";
}

/** The text of an argument: `Prisma.sql`, through the variable or function that makes it. */
function sqlText(node: Node, context: AdapterContext): FoldedText | undefined {
  const fragment = fragmentOf(node, context.module, context);
  return fragment?.module === context.module ? context.text(fragment.node, interpolation(context)) : undefined;
}

/** What an expression inside a template of Prisma is: a fragment, one of the helpers, else a bound value. */
function interpolation(context: AdapterContext): (expression: Node, module: SourceModule) => Interpolation {
  return (expression, module) => {
    const inner = initialOf(expression, module);
    const fragment = fragmentOf(inner, module, context);
    if (fragment) return { inline: fragment.node, module: fragment.module };
    if (isEmpty(inner, module, context)) return { text: "" };
    if (inner.type === "ConditionalExpression") {
      const branch = isEmpty(inner.alternate, module, context) ? inner.consequent : isEmpty(inner.consequent, module, context) ? inner.alternate : undefined;
      const chosen = branch && fragmentOf(branch, module, context);
      if (chosen) return { inline: chosen.node, module: chosen.module, sometimes: true };
    }
    if (inner.type === "CallExpression") {
      const helper = context.values.library(inner.callee, module, PRISMA)?.role;
      const [first] = inner.arguments;
      if (helper === "join" && first) {
        const items = context.length(first, module);
        return { hole: joinsValues(inner, module, context) ? "list" : "text", value: first, ...(items !== undefined && { items }) };
      }
      if (helper === "raw" && first) return { inline: first, module };
    }
    return { hole: mayBeFragment(inner, module, context) ? "text" : "value" };
  };
}

/** `Prisma.empty` itself; what may be it or something else is not. */
function isEmpty(node: Node, module: SourceModule, context: AdapterContext): boolean {
  const inner = initialOf(node, module);
  if (inner.type === "Identifier" && module.lookUp(inner.name, inner)?.references.some((reference) => reference.isWrite() && !reference.init) === true) return false;
  return (inner.type === "MemberExpression" || inner.type === "Identifier") && context.values.library(inner, module, PRISMA)?.role === "empty";
}

/** What a variable that never changes starts with; any other expression itself. */
function initialOf(node: Node, module: SourceModule, depth = 0): Node {
  const inner = unwrap(node);
  if (inner.type !== "Identifier" || depth > 8) return inner;
  const variable = module.lookUp(inner.name, inner);
  const declarator: unknown = variable?.defs[0]?.node;
  if (!variable || !isDeclarator(declarator) || declarator.id.type !== "Identifier" || !declarator.init) return inner;
  if (variable.references.some((reference) => reference.isWrite() && !reference.init)) return inner;
  return initialOf(declarator.init, module, depth + 1);
}

/** The template of `Prisma.sql`, through the variable or the function that makes it. */
function fragmentOf(node: Node, module: SourceModule, context: AdapterContext, depth = 0): { readonly node: Node; readonly module: SourceModule } | undefined {
  const inner = initialOf(node, module);
  if (depth > 8) return undefined;
  if (inner.type === "TaggedTemplateExpression") return context.values.library(inner.tag, module, PRISMA)?.role === "sql" ? { node: inner.quasi, module } : undefined;
  if (inner.type !== "CallExpression") return undefined;
  const fn = context.values.functionOf(inner, module);
  const [returned, ...others] = fn ? returnedExpressions(fn.node) : [];
  return fn && returned && others.length === 0 ? fragmentOf(returned, fn.module, context, depth + 1) : undefined;
}

function isDeclarator(node: unknown): node is TSESTree.VariableDeclarator {
  return typeof node === "object" && node !== null && "type" in node && node.type === "VariableDeclarator";
}

/** `Prisma.join(ids)` with its own separator makes a list of values; conditions are joined with AND. */
function joinsValues(call: TSESTree.CallExpression, module: SourceModule, context: AdapterContext): boolean {
  const [first, separator] = call.arguments;
  if (!first || separator) return false;
  const inner = unwrap(first);
  if (inner.type === "ArrayExpression") return !inner.elements.some((element) => element && element.type !== "SpreadElement" && mayBeFragment(element, module, context));
  // `Prisma.join(rows.map((row) => Prisma.sql`(${row.a}, ${row.b})`))` joins rows of VALUES.
  return !/\b(?:sql|raw)\s*[`(]/u.test(module.text.slice(...inner.range));
}

/** Could the value be a piece of SQL rather than a value to bind? */
function mayBeFragment(node: Node, module: SourceModule, context: AdapterContext, depth = 0): boolean {
  const inner = unwrap(node);
  if (depth > 8) return true;
  switch (inner.type) {
    case "TaggedTemplateExpression":
      return true;
    case "ConditionalExpression":
      return mayBeFragment(inner.consequent, module, context, depth + 1) || mayBeFragment(inner.alternate, module, context, depth + 1);
    case "LogicalExpression":
      return mayBeFragment(inner.left, module, context, depth + 1) || mayBeFragment(inner.right, module, context, depth + 1);
    case "CallExpression": {
      if (context.values.library(inner.callee, module, PRISMA)) return true;
      const fn = context.values.functionOf(inner, module);
      return fn !== undefined && returnedExpressions(fn.node).some((returned) => mayBeFragment(returned, fn.module, context, depth + 1));
    }
    case "Identifier":
    case "MemberExpression": {
      if (context.values.library(inner, module, PRISMA)) return true;
      const variable = inner.type === "Identifier" ? module.lookUp(inner.name, inner) : undefined;
      const declarator: unknown = variable?.defs[0]?.node;
      // `where: Prisma.Sql` as a parameter.
      if (!isDeclarator(declarator) || declarator.id.type !== "Identifier") return /:\s*(?:Prisma\.)?Sql\b/u.test(annotationText(variable?.defs[0]?.name, module));
      const written = variable?.references.flatMap((reference) => (reference.isWrite() && reference.writeExpr ? [reference.writeExpr as Node] : [])) ?? [];
      return [...(declarator.init ? [declarator.init] : []), ...written].some((value) => mayBeFragment(value, module, context, depth + 1));
    }
    default:
      return false;
  }
}

function annotationText(name: unknown, module: SourceModule): string {
  if (typeof name !== "object" || name === null || !("typeAnnotation" in name)) return "";
  const annotation = name.typeAnnotation as Node | null | undefined;
  return annotation ? module.text.slice(...annotation.range) : "";
}

/** `$queryRawUnsafe(text, first, second)` */
function positional(call: TSESTree.CallExpression, context: AdapterContext): Bindings {
  return {
    position(index) {
      const argument = call.arguments[index];
      const spread = call.arguments.slice(0, index + 1).some((item) => item.type === "SpreadElement");
      return argument && !spread ? { node: argument, module: context.module } : undefined;
    },
  };
}
