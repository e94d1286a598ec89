/** TypeORM 0.3 and 1.x: repositories, entity managers, active records, query builders, SQL text. */
import type { TSESTree } from "@typescript-eslint/utils";
import { AGGREGATE, query, spanOf } from "../../query/build.js";
import type { BulkAdvice, Delivery, Dialect, Query, Sending, Site, Statement } from "../../query/model.js";
import { calleeName, memberName, unwrap, type Node } from "../../syntax/ast.js";
import type { Chain } from "../../syntax/chain.js";
import type { LibraryValue } from "../../syntax/values.js";
import type { Adapter, AdapterContext, Candidate, Recognised } from "../contract.js";
import { dialectOfDriver } from "../dialects.js";
import { opened } from "../builder/steps.js";
import { lowerBuilder } from "./builder.js";
import { lowerCall, METHODS } from "./calls.js";
import { TERMINALS, TEXTS, TYPEORM, typeormModel } from "./library.js";
import { lowerRaw } from "./raw.js";

const ROOTS: ReadonlySet<string> = new Set(["createQueryBuilder"]);
const RAW_ROLES: ReadonlySet<string> = new Set(["dataSource", "manager", "queryRunner", "repository", "entity"]);
const BULK: BulkAdvice = { read: "`.where({ id: In(keys) })`", insert: "`.values([…])`", upsert: "`.values([…])`", updateSame: "`.where({ id: In(keys) })`", delete: "`.where({ id: In(keys) })`" };

export const typeorm: Adapter = {
  id: TYPEORM,
  title: "TypeORM",
  model: typeormModel,
  names: new Set([...METHODS, ...TERMINALS, ...ROOTS, "query", "sql"]),
  packages: [TYPEORM],
  recognise(candidate, context) {
    const callee = unwrap(candidate.type === "CallExpression" ? candidate.callee : candidate.tag);
    const method = methodOf(callee, context);
    if (!method) return candidate.type === "CallExpression" && callee.type === "MemberExpression" ? byShape(candidate, callee, context) : undefined;
    const { receiver, name } = method;
    if (candidate.type === "TaggedTemplateExpression") return name === "sql" && RAW_ROLES.has(receiver.role) ? lowerRaw(candidate, siteOf(candidate, callee, receiver.evidence, context), dialectOf(context), context, false) : undefined;
    if (receiver.role === "builder" || receiver.role === "inner") return TERMINALS.has(name) ? terminal(candidate, callee, name, receiver.evidence, context) : undefined;
    if (ROOTS.has(name)) return root(candidate, callee, receiver, context);
    if (name === "query" && RAW_ROLES.has(receiver.role)) return lowerRaw(candidate, siteOf(candidate, callee, receiver.evidence, context), dialectOf(context), context, false);
    if (name === "stream" && receiver.role === "queryRunner") return lowerRaw(candidate, siteOf(candidate, callee, receiver.evidence, context), dialectOf(context), context, true);
    return lowerCall({ call: candidate, method: name, receiver, site: siteOf(candidate, callee, receiver.evidence, context), dialect: dialectOf(context) }, context);
  },
};

/** The method of a value of TypeORM that is called, also under another name: `const { find } = users`. */
function methodOf(callee: Node, context: AdapterContext): { readonly receiver: LibraryValue; readonly name: string } | undefined {
  const value = context.values.evaluate(callee, context.module);
  if (value.kind === "method") return value.receiver.library === TYPEORM ? { receiver: value.receiver, name: value.name } : undefined;
  // `createQueryBuilder()` of the package itself.
  return value.kind === "library" && value.library === TYPEORM && value.role === "function" && value.name !== undefined && ROOTS.has(value.name) ? { receiver: value, name: value.name } : undefined;
}

function dialectOf(context: AdapterContext): Dialect | undefined {
  return context.dialect ?? dialectOfDriver(context);
}

function siteOf(node: Candidate, callee: Node, evidence: Site["evidence"], context: AdapterContext): Site {
  const text = context.module.text.slice(...callee.range).replace(/\s+/gu, "");
  const isShort = text.length <= 60 && /^[\w$.?!#]+$/u.test(text);
  const name = isShort ? text : `${TYPEORM}.${callee.type === "MemberExpression" ? (memberName(callee) ?? "") : text.slice(0, 40)}`;
  return { library: TYPEORM, node, range: node.range, file: context.module.path, evidence, name };
}

/** A call that sends what a builder was told before. */
function terminal(call: TSESTree.CallExpression, callee: Node, name: string, evidence: Site["evidence"], context: AdapterContext): Recognised | undefined {
  if (callee.type !== "MemberExpression") return undefined;
  const span = spanOf(call.range);
  const dialect = dialectOf(context);
  const built = lowerBuilder(callee.object, context.module, { context, site: span }, dialect, span);
  // Relations that a builder changes are rows of a table between two others.
  if (built.history.steps.some((step) => step.name === "relation")) return { opaque: "unmodelled-call", library: TYPEORM, site: siteOf(call, callee, evidence, context), sending: "now", inputs: built.inputs };
  return queryOf(finished(built.statement, name), siteOf(call, callee, evidence, context), dialect, "now", deliveryOf(built.statement, name), built.inputs);
}

function queryOf(statement: Statement, site: Site, dialect: Dialect | undefined, sending: Sending, delivery: Delivery, inputs: Query["inputs"]): Query {
  return query(statement, { library: TYPEORM, site, dialect, sending, delivery, inputs, bulk: BULK });
}

/** The statement that a terminal makes of the builder's. */
function finished(statement: Statement, name: string): Statement {
  if (name !== "getCount" && name !== "getExists") return statement;
  const { limit: _limit, offset: _offset, ...rest } = statement;
  return { ...rest, projection: AGGREGATE };
}

function deliveryOf(statement: Statement, name: string): Delivery {
  switch (name) {
    case "getOne":
    case "getOneOrFail":
    case "getRawOne":
    case "loadOne":
      return "one-unlimited";
    case "getCount":
    case "getExists":
      return "scalar";
    case "stream":
      return "stream";
    default:
      return statement.kind === "select" ? "all" : "none";
  }
}

/** A builder that is made: counted where it is sent, when that is seen. */
function root(call: TSESTree.CallExpression, callee: Node, receiver: LibraryValue, context: AdapterContext): Recognised {
  const chain = context.chain(call);
  if (chain.steps.some((step) => TERMINALS.has(step.name) || TEXTS.has(step.name))) return [];
  const span = spanOf([call.range[0], Math.max(call.range[1], chain.end.range[1])]);
  const dialect = dialectOf(context);
  const built = lowerBuilder(chain.end, context.module, { context, site: span }, dialect, span);
  const sending = sendingOf(chain);
  const site = siteOf(call, callee, receiver.evidence, context);
  return queryOf(sending === "unknown" ? opened(built.statement) : built.statement, site, dialect, sending, deliveryOf(built.statement, ""), built.inputs);
}

/** A builder that is returned or handed on is completed and sent elsewhere; one that stays here is never sent. */
function sendingOf(chain: Chain): Sending {
  return chain.fate === "dropped" && !chain.escapes ? "built" : "unknown";
}

/** `x.createQueryBuilder("u")….getMany()` on something of which nothing is known, where the file's package uses TypeORM. */
function byShape(call: TSESTree.CallExpression, callee: TSESTree.MemberExpression, context: AdapterContext): Recognised | undefined {
  const name = memberName(callee);
  if (name === undefined || !TERMINALS.has(name) || name === "execute" || name === "stream" || !context.uses(TYPEORM)) return undefined;
  let base: Node = unwrap(callee.object);
  while (base.type === "CallExpression" && calleeName(base) !== "createQueryBuilder") {
    const inner: Node = unwrap(base.callee);
    if (inner.type !== "MemberExpression") return undefined;
    base = unwrap(inner.object);
  }
  const receiver = base.type === "CallExpression" ? unwrap(base.callee) : undefined;
  if (receiver?.type !== "MemberExpression") return undefined;
  const value = context.values.evaluate(receiver.object, context.module);
  if (!["unknown", "parameter", "typed", "external"].includes(value.kind)) return undefined;
  return terminal(call, callee, name, "shape", context);
}
