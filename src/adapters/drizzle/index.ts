/** Drizzle ORM 0.45 and 1.0: builders, relational queries, raw statements. */
import type { TSESTree } from "@typescript-eslint/utils";
import { replacedAmount } from "../builder/edits.js";
import { collectedIn, sentByHelper } from "../builder/sending.js";
import type { Adapter, AdapterContext, Recognised } from "../contract.js";
import { query, rangeOf } from "../../query/build.js";
import type { BulkAdvice, Delivery, Edits, Opaque, OpaqueReason, Sending, Site, Statement, TextEdit } from "../../query/model.js";
import { calleeName, enclosingFunction, memberName, receiverOf, unwrap, wrapped, type Node } from "../../syntax/ast.js";
import { fateOf, sendingOf, type Chain, type ChainStep } from "../../syntax/chain.js";
import type { LibraryValue } from "../../syntax/values.js";
import { KINDS, TERMINALS, dialectOfClient, lowerChain, opened, type Lowered } from "./builder.js";
import { DRIZZLE, PACKAGE, QUERY_METHODS, drizzleModel } from "./model.js";
import { lowerRaw } from "./raw.js";
import { Reader, type Place } from "./reader.js";
import { lowerRelational } from "./relational.js";

const RELATIONAL: ReadonlySet<string> = new Set(["findMany", "findFirst"]);
const RAW: ReadonlySet<string> = new Set(["execute", "run", "all", "get", "values"]);
const SET_OPERATORS: ReadonlySet<string> = new Set(["union", "unionAll", "intersect", "intersectAll", "except", "exceptAll"]);

export const drizzleAdapter: Adapter = {
  id: DRIZZLE,
  title: "Drizzle",
  model: drizzleModel,
  names: new Set([...QUERY_METHODS, ...RELATIONAL, ...RAW, ...SET_OPERATORS]),
  recognise(candidate, context) {
    if (candidate.type !== "CallExpression") return undefined;
    return recogniseCall(candidate, context);
  },
};

function recogniseCall(call: TSESTree.CallExpression, context: AdapterContext): Recognised | undefined {
  const name = calleeName(call);
  if (name === undefined) return undefined;
  const receiver = receiverOf(call);
  if (!receiver) return SET_OPERATORS.has(name) && context.library(call.callee, DRIZZLE)?.role === "setOperator" ? builderSite(call, name, undefined, "origin", context) : undefined;
  if (RELATIONAL.has(name)) return relationalSite(call, receiver, name, context);
  const client = context.library(receiver, DRIZZLE);
  if (client?.role === "client") {
    // A query builder without connection makes parts of other queries.
    if (client.parent) return [];
    if (QUERY_METHODS.has(name)) return builderSite(call, name, client, client.evidence, context);
    return RAW.has(name) ? rawSite(call, name, client, context) : undefined;
  }
  if (client || !QUERY_METHODS.has(name) || !hasShape(call, name, context)) return undefined;
  return builderSite(call, name, undefined, "shape", context);
}

/**
 * A chain that only Drizzle has, over a table whose definition is Drizzle's: `x.select().from(users)`,
 * `x.insert(users).values(…)`, `x.update(users).set(…)`, `x.delete(users)`.
 */
function hasShape(call: TSESTree.CallExpression, name: string, context: AdapterContext): boolean {
  const { steps } = context.chain(call);
  const step = (wanted: string): ChainStep | undefined => steps.find((item) => item.name === wanted);
  switch (name) {
    case "select":
    case "selectDistinct":
    case "selectDistinctOn":
      return isTable(step("from")?.args[0], context);
    case "insert":
    case "replace":
      return (step("values") ?? step("select")) !== undefined && isTable(call.arguments[0], context);
    case "update":
      return step("set") !== undefined && isTable(call.arguments[0], context);
    case "delete":
      // `map.delete(users)` is possible and ends there.
      return isTable(call.arguments[0], context) && (steps.length > 1 || fateOf(call).fate === "settled");
    case "$count":
      return isTable(call.arguments[0], context);
    default:
      return false;
  }
}

const SOURCE_ROLES: ReadonlySet<string> = new Set(["table", "alias", "subquery", "cte"]);

function isTable(node: Node | undefined, context: AdapterContext): boolean {
  return node !== undefined && SOURCE_ROLES.has(context.library(node, DRIZZLE)?.role ?? "");
}

function readerFor(context: AdapterContext, client: LibraryValue | undefined): Reader {
  return new Reader(context, dialectOfClient(client), (root, place, reader) => lowerChain(root, place, reader)?.statement);
}

function builderSite(call: TSESTree.CallExpression, name: string, client: LibraryValue | undefined, evidence: Site["evidence"], context: AdapterContext): Recognised | undefined {
  const reader = readerFor(context, client);
  const lowered = lowerChain(call, reader.home, reader);
  if (!lowered) return SET_OPERATORS.has(name) && !client ? { opaque: "dynamic-arguments", library: DRIZZLE, site: siteOf(call, context.chain(call).end, evidence, context), kind: "select", sending: "now", inputs: [...call.arguments] } : undefined;
  const { chain, terminal } = lowered;
  const site = siteOf(call, chain.end, evidence, context);
  const sending = sendingOfChain(chain, terminal, context);
  if (sending === "fragment") return [];
  for (const step of lowered.steps) for (const argument of step.args) reader.note(argument.type === "SpreadElement" ? argument.argument : argument, reader.home);
  const { statement } = lowered;
  const isStarted = statement.kind !== "select" || name === "$count" || statement.branches !== undefined || lowered.steps.some((step) => step.name === "from");
  if (!isStarted && chain.escapes) return opaque("escapes", site, sending, reader, statement);
  // Handed to a function that may complete it.
  const completed = sending === "unknown" ? opened(statement) : statement;
  return query(completed, {
    library: DRIZZLE,
    site,
    dialect: reader.dialect ?? context.dialect,
    sending,
    delivery: deliveryOf(statement, name, terminal),
    inputs: reader.inputs,
    locate: rangeOf,
    edits: editsOf(lowered, context),
    bulk: bulkOf(statement, name),
  });
}

function opaque(reason: OpaqueReason, site: Site, sending: Sending, reader: Reader, statement: Statement): Opaque {
  return { opaque: reason, library: DRIZZLE, site, kind: statement.kind, sending, inputs: reader.inputs };
}

/** A report marks the chain as far as it is written in one expression. */
function siteOf(call: TSESTree.CallExpression, end: Node, evidence: Site["evidence"], context: AdapterContext): Site {
  return { library: DRIZZLE, node: end, range: [call.range[0], Math.max(call.range[1], end.range[1])], file: context.module.path, evidence, name: nameOf(call, context) };
}

/** `db.select`, `ctx.db.query.users.findMany`; arguments in between are left out. */
function nameOf(call: TSESTree.CallExpression, context: AdapterContext): string {
  const callee = unwrap(call.callee);
  const text = context.module.text.slice(...callee.range).replace(/\s+/gu, "");
  if (/^[\w$.?!#]+$/u.test(text)) return text;
  return callee.type === "MemberExpression" ? `db.${memberName(callee) ?? ""}` : text.slice(0, 40);
}

function deliveryOf(statement: Statement, name: string, terminal: ChainStep | undefined): Delivery {
  if (name === "$count") return "scalar";
  if (statement.kind !== "select" && !statement.returning) return "none";
  if (terminal?.name === "get") return "one";
  return terminal?.name === "iterator" ? "stream" : "all";
}

/** When a chain is sent: a builder when it is awaited, and when a terminal is called. */
function sendingOfChain(chain: Chain, terminal: ChainStep | undefined, context: AdapterContext): Sending {
  switch (terminal?.name) {
    case "as":
    case "getSQL":
      return "fragment";
    case "toSQL":
      return "built";
    case "prepare":
      return chain.steps.slice(chain.steps.indexOf(terminal) + 1).some((step) => TERMINALS.has(step.name)) ? "now" : "built";
    case "all":
    case "get":
    case "run":
    case "values":
    case "execute":
    case "sync":
    case "iterator":
      return "now";
    default:
  }
  if (chain.fate === "settled") return isMappedIntoQuery(chain.end, context) ? "fragment" : "now";
  const taken = chain.taker ? (takenBy(chain.taker, context) ?? sentByHelper(chain.taker, chain.end, context)) : takenAround(chain.end, context);
  return taken ?? sendingOf(chain.fate);
}

/** `union(...ids.map((id) => db.select()…))`, also by way of a variable: the builders become one query. */
function isMappedIntoQuery(end: Node, context: AdapterContext): boolean {
  const fn = enclosingFunction(end);
  const isResult = fn && (fn.body === end || wrapped(end).parent?.type === "ReturnStatement" || fn.body === wrapped(end));
  const call = fn && isResult && !fn.async ? wrapped(fn).parent : undefined;
  if (call?.type !== "CallExpression" || !/^(?:map|flatMap)$/u.test(calleeName(call) ?? "")) return false;
  const outer = wrapped(call);
  if (outer.parent?.type !== "VariableDeclarator" || outer.parent.id.type !== "Identifier") return takenAround(outer, context) === "fragment";
  const holder = outer.parent.id;
  const uses = (context.module.lookUp(holder.name, holder)?.references ?? []).filter((reference) => !reference.init).map((reference) => reference.identifier as Node);
  return uses.some((use) => takenAround(use, context) === "fragment");
}

/** What a call does with a builder it is given. */
function takenBy(call: TSESTree.CallExpression, context: AdapterContext): Sending | undefined {
  const callee = context.library(call.callee, DRIZZLE);
  if (callee && (callee.role === "operator" || callee.role === "setOperator" || callee.role === "sqlMember")) return "fragment";
  const receiver = receiverOf(call);
  const name = calleeName(call);
  if (!receiver || name === undefined) return undefined;
  const owner = context.library(receiver, DRIZZLE);
  // `db.batch([…])` sends its elements.
  if (name === "batch") return "now";
  if (owner && (owner.role === "builder" || owner.role === "with" || owner.role === "table" || owner.role === "client")) return "fragment";
  // A chain on a client that is known by its shape only.
  const method = unwrap(call.callee);
  if (method.type === "MemberExpression" && FRAGMENT_TAKERS.has(name) && unwrap(method.object).type === "CallExpression") return "fragment";
  return name === "push" || name === "unshift" ? collectedIn(receiver, context) : undefined;
}

const FRAGMENT_TAKERS: ReadonlySet<string> = new Set(["from", "where", "innerJoin", "leftJoin", "rightJoin", "fullJoin", "crossJoin", "select", "with", ...SET_OPERATORS]);

/** A builder inside an object or a template that belongs to another query. */
function takenAround(end: Node, context: AdapterContext): Sending | undefined {
  let node = wrapped(end);
  for (let depth = 0; depth < 12 && node.parent; depth++) {
    const { parent } = node;
    switch (parent.type) {
      case "TemplateLiteral":
        return parent.parent.type === "TaggedTemplateExpression" && isFragment(parent.parent, context) ? "fragment" : undefined;
      case "CallExpression":
        return parent.callee === node ? undefined : takenBy(parent, context);
      case "Property":
      case "ObjectExpression":
      case "ArrayExpression":
      case "ConditionalExpression":
      case "LogicalExpression":
      case "SpreadElement":
        node = wrapped(parent);
        break;
      default:
        return undefined;
    }
  }
  return undefined;
}

function isFragment(node: Node, context: AdapterContext): boolean {
  return context.library(node, DRIZZLE)?.role === "fragment";
}

function relationalSite(call: TSESTree.CallExpression, receiver: Node, name: string, context: AdapterContext): Recognised | undefined {
  const target = context.library(receiver, DRIZZLE);
  const isKnown = target?.role === "rqbTable";
  if (target && !isKnown) return undefined;
  const table = isKnown ? target.name : tableByShape(receiver, context);
  if (table === undefined) return undefined;
  const client = isKnown ? target.parent?.parent : undefined;
  const reader = readerFor(context, client);
  const one = name === "findFirst";
  const lowered = lowerRelational(call, isKnown ? target : undefined, table, one, reader.home, reader);
  const chain = context.chain(call);
  const terminal = chain.steps.slice(1).find((step) => TERMINALS.has(step.name));
  for (const argument of call.arguments) reader.note(argument.type === "SpreadElement" ? argument.argument : argument, reader.home);
  return query(lowered, {
    library: DRIZZLE,
    site: siteOf(call, chain.end, isKnown ? target.evidence : "shape", context),
    dialect: reader.dialect ?? context.dialect,
    sending: sendingOfChain(chain, terminal, context),
    delivery: one ? "one" : "all",
    inputs: reader.inputs,
    edits: one ? {} : { limit: (rows) => relationalLimit(call, lowered, rows, context) },
    bulk: bulkOf(lowered, name),
  });
}

/** `x.query.users.findMany(…)` where the file or its package uses Drizzle. */
function tableByShape(receiver: Node, context: AdapterContext): string | undefined {
  const inner = unwrap(receiver);
  if (inner.type !== "MemberExpression") return undefined;
  const owner = unwrap(inner.object);
  if (owner.type !== "MemberExpression" || memberName(owner) !== "query") return undefined;
  return usesDrizzle(context) ? memberName(inner) : undefined;
}

/** Does the package depend on Drizzle, or the file import a value of it, be it through a module of the project? */
function usesDrizzle(context: AdapterContext): boolean {
  if (context.uses(PACKAGE)) return true;
  return context.module.program.body.some(
    (statement) => statement.type === "ImportDeclaration" && statement.specifiers.some((specifier) => context.library(specifier.local, DRIZZLE) !== undefined),
  );
}

function rawSite(call: TSESTree.CallExpression, name: string, client: LibraryValue, context: AdapterContext): Recognised | undefined {
  const [argument] = call.arguments;
  if (!argument || argument.type === "SpreadElement") return undefined;
  const reader = readerFor(context, client);
  const chain = context.chain(call);
  const site = siteOf(call, chain.end, client.evidence, context);
  const isSynchronous = reader.dialect === "sqlite" && name !== "execute";
  const sending: Sending = isSynchronous && chain.fate === "dropped" ? "now" : sendingOfChain(chain, undefined, context);
  const dialect = reader.dialect ?? context.dialect;
  const place: Place = reader.home;
  const value = reader.drizzle(argument, place);
  if (value?.role === "builder" && value.at?.node.type === "CallExpression" && value.at.module === context.module) {
    // `db.execute(db.select()…)` sends the builder, which is the site.
    return [];
  }
  return lowerRaw(argument, { site, dialect, sending, delivery: name === "get" ? "one" : "all" }, reader);
}

/** Texts for messages: the library's own way to do in one statement what a loop does in many. */
function bulkOf(statement: Statement, name: string): BulkAdvice {
  const table = (statement.target ?? statement.sources.flatMap((source) => (source.kind === "table" ? [source.table] : []))[0])?.alias;
  const named = table === undefined || table === "" ? "table" : table;
  switch (statement.kind) {
    case "select":
      return { read: RELATIONAL.has(name) ? "`findMany` with `inArray`" : "one `select` with `inArray`" };
    case "insert":
      return { insert: `\`insert(${named}).values([…])\`` };
    case "update":
      return { updateSame: `\`update(${named})\` with \`inArray\`` };
    case "delete":
      return { delete: `\`delete(${named})\` with \`inArray\`` };
    default:
      return {};
  }
}

function editsOf(lowered: Lowered, context: AdapterContext): Edits {
  if (lowered.statement.kind !== "select" || KINDS[lowered.steps[0]?.name ?? ""] === undefined || lowered.steps[0]?.name === "$count") return {};
  return { limit: (rows) => builderLimit(lowered, rows, context) };
}

/** `.limit(n)` at the end of the chain, before its terminal. */
function builderLimit({ statement, steps, chain }: Lowered, rows: number, context: AdapterContext): readonly TextEdit[] | undefined {
  if (statement.limit) {
    const argument = steps.findLast((step) => step.name === "limit" && step.presence === "always")?.args[0];
    return argument && statement.limit.kind !== "maybe" ? replacedAmount(argument, statement.limit.kind, rows, context.module) : undefined;
  }
  const last = steps.findLast((step) => step.presence === "always" && step.call.range[1] <= chain.end.range[1]);
  if (!last || steps.some((step) => step.presence === "maybe" && step.name === "limit") || !steps.some((step) => step.name === "from")) return undefined;
  return [{ range: [last.call.range[1], last.call.range[1]], text: `.limit(${rows})` }];
}

/** `limit: n` in the options of a relational query. */
function relationalLimit(call: TSESTree.CallExpression, statement: Statement, rows: number, context: AdapterContext): readonly TextEdit[] | undefined {
  const [argument] = call.arguments;
  if (!argument) {
    const end = call.range[1] - 1;
    return [{ range: [end, end], text: `{ limit: ${rows} }` }];
  }
  const options = unwrap(argument);
  if (options.type !== "ObjectExpression") return undefined;
  if (statement.limit) {
    const property = options.properties.find((item) => item.type === "Property" && item.key.type === "Identifier" && item.key.name === "limit");
    if (property?.type !== "Property" || statement.limit.kind === "maybe") return undefined;
    const edits = replacedAmount(property.value, statement.limit.kind, rows, context.module);
    const [edit] = edits ?? [];
    return property.shorthand && edit ? [{ ...edit, text: `limit: ${edit.text}` }] : edits;
  }
  const last = options.properties.at(-1);
  if (last?.type === "SpreadElement") return undefined;
  if (!last) return [{ range: [options.range[0], options.range[1]], text: `{ limit: ${rows} }` }];
  return [{ range: [last.range[1], last.range[1]], text: `, limit: ${rows}` }];
}

