/** Knex: query builders and SQL text. */
import type { TSESTree } from "@typescript-eslint/utils";
import type { BulkAdvice, Dialect, Site } from "../../query/model.js";
import { calleeName, literalString, unwrap, type Node } from "../../syntax/ast.js";
import { lifeOf, type Following } from "../builder/history.js";
import { sendingOfThenable } from "../builder/sending.js";
import { ANY_NAME, type Adapter, type AdapterContext, type Recognised } from "../contract.js";
import { argumentNode } from "../conditions.js";
import { dialectOfDriver, dialectOfText } from "../dialects.js";
import { queriesOfText } from "../sql-text.js";
import type { LibraryValue, Value } from "../../syntax/values.js";
import { FLAVOUR } from "./flavour.js";
import { AGGREGATES, BUILDERS, CONDITIONS, JOINS, KNEX, STEPS, TEXTS, knexModel } from "./model.js";
import { beginsHere, builderSite } from "./sites.js";
import { PLACEHOLDERS, bindingsOf } from "./text.js";

const BULK: BulkAdvice = { read: "`whereIn`", insert: "`insert([…])` or `batchInsert`", updateSame: "`whereIn` and one `update`", delete: "`whereIn` and one `del`" };

export const knex: Adapter = {
  id: KNEX,
  title: "Knex",
  model: knexModel,
  // The client is called itself, under any name: `db("orders")`.
  names: new Set([...STEPS, "raw", "batchInsert", "queryBuilder", "transaction", ANY_NAME]),
  packages: [KNEX],
  recognise(candidate, context) {
    if (candidate.type !== "CallExpression") return undefined;
    const value = context.library(candidate, KNEX);
    if (value?.role === "raw") return value.at?.node === candidate ? rawSite(candidate, value, context) : undefined;
    if (value && BUILDERS.isBuilder(value)) return beginsHere(candidate, value, BUILDERS, context) ? site(candidate, value.evidence, dialectOf(value, context), context) : undefined;
    if (value) return undefined;
    return byShape(candidate, context);
  },
};

function site(call: TSESTree.CallExpression, evidence: Site["evidence"], dialect: Dialect | undefined, context: AdapterContext): Recognised {
  return builderSite({ call, flavour: FLAVOUR, evidence, dialect, context, bulk: BULK });
}

const CLIENTS: Readonly<Record<string, Dialect>> = {
  pg: "postgresql", postgres: "postgresql", postgresql: "postgresql", "pg-native": "postgresql", pgnative: "postgresql", mysql: "mysql", mysql2: "mysql", sqlite3: "sqlite", sqlite: "sqlite", "better-sqlite3": "sqlite", mssql: "sqlserver",
};

/** The dialect that the client is made for, else that of the settings or of the only driver. */
export function dialectOf(value: LibraryValue, context: AdapterContext): Dialect | undefined {
  let client: LibraryValue | undefined = value;
  while (client && client.role !== "client") client = client.parent;
  const call = client?.at?.node;
  const [config] = call?.type === "CallExpression" ? call.arguments : [];
  const entry = config && client?.at && config.type !== "SpreadElement" ? context.object(config, client.at.module).entries.findLast((item) => item.key === "client" || item.key === "dialect") : undefined;
  const name = entry && context.constant(entry.value, entry.module)?.value;
  return (typeof name === "string" ? CLIENTS[name] : undefined) ?? context.dialect ?? dialectOfDriver(context);
}

/** `knex.raw("SELECT …", [values])` */
function rawSite(call: TSESTree.CallExpression, value: LibraryValue, context: AdapterContext): Recognised {
  const by: Following = { values: context.values, language: { ...BUILDERS, isBuilder: (item) => BUILDERS.isBuilder(item) || (item.library === KNEX && item.role === "raw") } };
  const life = lifeOf(call, context.module, by);
  if (life.steps.some((step) => step.name === "as" || step.name === "wrap")) return [];
  const sending = life.last && TEXTS.has(life.last.name) ? "built" : sendingOfThenable(life, (taker) => context.library(taker, KNEX) !== undefined, context, by);
  const [first, second] = call.arguments;
  const text = first && first.type !== "SpreadElement" ? context.text(first) : undefined;
  // Raw text that is not sent is a part of another query.
  if (sending === "fragment" || sending === "built" || sending === "elsewhere" || (sending === "unknown" && !/^\s*(?:select|insert|update|delete|with)\s/iu.test(text?.text ?? ""))) return [];
  const callee = unwrap(call.callee);
  const written = context.module.text.slice(...callee.range).replace(/\s+/gu, "");
  const dialect = dialectOf(value, context) ?? dialectOfText(text?.text ?? "");
  return queriesOfText({
    text,
    context,
    site: { library: KNEX, node: life.end, range: [call.range[0], Math.max(call.range[1], life.end.range[1])], file: context.module.path, evidence: value.evidence, name: /^[\w$.?!#]{1,60}$/u.test(written) ? written : "knex.raw" },
    dialect,
    placeholders: PLACEHOLDERS,
    bindings: bindingsOf(second && second.type !== "SpreadElement" ? second : undefined, context.module, context),
    // Knex refuses undefined in its bindings.
    undefinedLimit: "rejected",
    sending,
    delivery: "all",
    inputs: call.arguments.map(argumentNode),
  });
}

/** Steps that no other library of JavaScript has. */
const DISTINCTIVE: ReadonlySet<string> = new Set([
  ...[...CONDITIONS].filter((name) => name !== "where" && name !== "whereNot"),
  ...Object.keys(JOINS).filter((name) => name !== "join"),
  ...[...AGGREGATES].filter((name) => name.endsWith("Distinct")),
  "orderByRaw", "groupByRaw", "onConflict", "transacting", "returning", "del", "pluck", "forUpdate",
]);

/** `trx("orders").whereIn(…)` on something of which nothing is known, in a package that uses Knex. */
function byShape(call: TSESTree.CallExpression, context: AdapterContext): Recognised | undefined {
  const [table, ...others] = call.arguments;
  if (!table || others.length > 0 || !/^\w+(?:\.\w+)?(?:\s+as\s+\w+)?$/iu.test(literalString(table) ?? "") || !context.uses(KNEX)) return undefined;
  const callee = unwrap(call.callee);
  if (callee.type !== "Identifier" && callee.type !== "MemberExpression") return undefined;
  if (STEPS.has(calleeName(call) ?? "") || !mayBeClient(context.values.evaluate(callee, context.module), callee)) return undefined;
  const life = lifeOf(call, context.module, { values: context.values, language: BUILDERS });
  const isKnex = life.steps.some((step) => DISTINCTIVE.has(step.name)) || (life.steps.length > 1 && life.steps.every((step) => STEPS.has(step.name)) && life.steps.some((step) => step.name === "where" || step.name === "insert" || step.name === "select"));
  if (!isKnex) return undefined;
  const root = { call, module: context.module, parent: undefined, name: "" };
  return builderSite({ call, flavour: FLAVOUR, evidence: "shape", dialect: context.dialect ?? dialectOfDriver(context), context, bulk: BULK, before: { root, steps: [], open: false } });
}

/** Nothing is known that speaks against a client. */
function mayBeClient(value: Value, callee: Node): boolean {
  if (callee.type === "Identifier" && /^[$_]/u.test(callee.name)) return false;
  return value.kind === "unknown" || value.kind === "parameter";
}
