/** Calls that make or complete a builder → queries. Shared by Knex and the libraries on top of it. */
import type { TSESTree } from "@typescript-eslint/utils";
import { query, rangeOf, spanOf } from "../../query/build.js";
import type { BulkAdvice, Delivery, Dialect, Query, Sending, Site, Statement, TextEdit } from "../../query/model.js";
import { calleeName, unwrap, type Node } from "../../syntax/ast.js";
import { replacedAmount } from "../builder/edits.js";
import { historyOf, lifeOf, type BuilderLanguage, type Following, type Life, type Step } from "../builder/history.js";
import { sendingOfThenable } from "../builder/sending.js";
import { opened } from "../builder/steps.js";
import type { AdapterContext, Recognised } from "../contract.js";
import type { LibraryValue } from "../../syntax/values.js";
import { inputsOf, lowerBuilder, type Flavour, type Told } from "./builder.js";
import { CALLBACKS, STREAMS, TEXTS } from "./model.js";

export interface BuilderSite {
  readonly call: TSESTree.CallExpression;
  readonly flavour: Flavour;
  readonly evidence: Site["evidence"];
  readonly dialect: Dialect | undefined;
  readonly context: AdapterContext;
  readonly bulk: BulkAdvice;
  /** What the builder was told before the call, where the values do not say it: a receiver known by its shape. */
  readonly before?: Told;
  readonly delivery?: (steps: readonly Step[], statement: Statement) => Delivery | undefined;
  readonly finished?: (base: Query, steps: readonly Step[]) => Query;
}

/** Is the call the one that makes the builder, or that gets it from a function: no step of one that is there already? */
export function beginsHere(call: TSESTree.CallExpression, value: LibraryValue, { isBuilder }: BuilderLanguage, context: AdapterContext): boolean {
  if (value.role !== "inner" && value.at?.node === call) return true;
  const callee = unwrap(call.callee);
  const receiver = callee.type === "MemberExpression" ? context.library(callee.object, value.library) : undefined;
  if (receiver && isBuilder(receiver)) return false;
  const fn = context.values.functionOf(call, context.module);
  return fn !== undefined && !fn.node.async && value.role !== "inner" && givesBuilder(call, isBuilder, context);
}

/** Does the call give a builder that is not sent yet, and is it no step on a variable that holds one? */
function givesBuilder(call: TSESTree.CallExpression, isBuilder: BuilderLanguage["isBuilder"], context: AdapterContext): boolean {
  const isCompletedInPlace = call.arguments.some((argument) => {
    if (argument.type !== "Identifier") return false;
    const own = context.values.library(argument, context.module);
    const target = call.parent.type === "AssignmentExpression" && call.parent.left.type === "Identifier" ? call.parent.left.name : undefined;
    return own !== undefined && isBuilder(own) && (call.parent.type === "ExpressionStatement" || target === argument.name);
  });
  return !isCompletedInPlace;
}

/** The query of a call that makes a builder, copies it, or gets it from a function of the project. */
export function builderSite(given: BuilderSite): Recognised {
  const { call, flavour, context } = given;
  const by: Following = { values: context.values, language: flavour.language };
  const life = lifeOf(call, context.module, by);
  if (life.last && life.last.name === "clone") return [];
  const before = given.before ?? historyOf(call, context.module, by);
  const told: Told = { root: before.root, steps: [...before.steps, ...life.steps], open: before.open || life.open };
  const sending = sendingOf(life, given, by);
  if (sending === "fragment") return [];
  const span = spanOf([call.range[0], Math.max(call.range[1], life.end.range[1])]);
  const site = siteOf(given, life.end);
  const lowered = lowerBuilder(told, flavour, { context, site: span }, given.dialect, span);
  const isOpen = sending === "elsewhere" || sending === "unknown";
  const statement = isOpen ? opened(lowered) : lowered;
  const own = inputsOf(told, context.module);
  const base = query(statement, {
    library: flavour.library,
    site,
    dialect: given.dialect,
    sending: sending === "elsewhere" ? "unknown" : sending,
    delivery: given.delivery?.(told.steps, statement) ?? deliveryOf(told, statement, life),
    inputs: before.root?.call === call ? own : [...call.arguments.map((argument) => (argument.type === "SpreadElement" ? argument.argument : argument)), ...own],
    locate: rangeOf,
    wholeTableByName: statement.kind === "truncate",
    edits: { limit: (rows) => limitEdit(told, life, statement, rows, context) },
    bulk: given.bulk,
  });
  return given.finished?.(base, told.steps) ?? base;
}

function sendingOf(life: Life, { context }: BuilderSite, by: Following): Sending | "elsewhere" {
  if (life.last && TEXTS.has(life.last.name)) return "built";
  if (life.last && (STREAMS.has(life.last.name) || CALLBACKS.has(life.last.name))) return "now";
  // `.as("t")` makes a part of another query.
  if (life.steps.at(-1)?.name === "as") return "fragment";
  return sendingOfThenable(life, (taker) => isPart(taker, context), context, by);
}

/** Does a call of the library take the builder as a part: `knex.raw("? as n", [sub])`, `knex.select(sub)`, `whereIn("id", sub)`? */
function isPart(taker: TSESTree.CallExpression, context: AdapterContext): boolean {
  const made = context.values.library(taker, context.module);
  if (made?.role === "raw" || made?.role === "builder" || made?.role === "inner") return true;
  // A step of a builder whose receiver is known by its shape only, or is `this` of a callback.
  return unwrap(taker.callee).type === "MemberExpression" && /^(?:where|andWhere|orWhere|having|union|from$|with$|join|leftJoin|innerJoin|select$)/u.test(calleeName(taker) ?? "");
}

function siteOf({ call, flavour, evidence, context }: BuilderSite, end: Node): Site {
  const callee = unwrap(call.callee);
  const text = context.module.text.slice(...callee.range).replace(/\s+/gu, "");
  const name = text.length <= 60 && /^[\w$.?!#]+$/u.test(text) ? text : `${flavour.library}.${calleeName(call) ?? "query"}`;
  return { library: flavour.library, node: end, range: [call.range[0], Math.max(call.range[1], end.range[1])], file: context.module.path, evidence, name };
}

function deliveryOf({ root, steps }: Told, statement: Statement, life: Life): Delivery {
  if (statement.kind !== "select") return statement.returning ? "all" : "none";
  if (life.last && STREAMS.has(life.last.name)) return "stream";
  return root?.name === "first" || steps.some((step) => step.name === "first" && step.presence === "always") ? "one" : "all";
}

/** `.limit(n)` at the end of the chain, or a number in the place of one that may be undefined. */
function limitEdit({ steps }: Told, { end }: Life, statement: Statement, rows: number, context: AdapterContext): readonly TextEdit[] | undefined {
  if (statement.kind !== "select") return undefined;
  if (statement.limit) {
    const argument = steps.findLast((step) => step.name === "limit" && step.presence === "always" && step.module === context.module)?.args[0];
    return argument && statement.limit.kind !== "maybe" ? replacedAmount(argument, statement.limit.kind, rows, context.module) : undefined;
  }
  if (steps.some((step) => step.presence === "maybe" && step.name === "limit") || end.type !== "CallExpression") return undefined;
  return [{ range: [end.range[1], end.range[1]], text: `.limit(${rows})` }];
}
