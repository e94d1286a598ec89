/** MikroORM 6 and 7 with a SQL driver: entity managers, repositories, SQL text. */
import type { TSESTree } from "@typescript-eslint/utils";
import type { Dialect, Opaque, Site } from "../../query/model.js";
import { memberName, unwrap, type Node } from "../../syntax/ast.js";
import { elementsOf } from "../../syntax/text.js";
import type { Adapter, AdapterContext, Recognised } from "../contract.js";
import { argumentNode } from "../conditions.js";
import { dialectOfText, onlyDialect, type DialectOfPackage } from "../dialects.js";
import { queriesOfText } from "../sql-text.js";
import { lowerCall, METHODS } from "./calls.js";
import { MIKROORM, mikroOrmModel, TERMINALS } from "./library.js";

const DRIVERS: DialectOfPackage = [
  ["@mikro-orm/postgresql", "postgresql"],
  ["@mikro-orm/mysql", "mysql"],
  ["@mikro-orm/mariadb", "mariadb"],
  ["@mikro-orm/sqlite", "sqlite"],
  ["@mikro-orm/better-sqlite", "sqlite"],
  ["@mikro-orm/libsql", "sqlite"],
  ["@mikro-orm/mssql", "sqlserver"],
];
const FLUSHES: ReadonlySet<string> = new Set(["flush", "persistAndFlush", "removeAndFlush"]);

export const mikroorm: Adapter = {
  id: MIKROORM,
  title: "MikroORM",
  model: mikroOrmModel,
  names: new Set([...METHODS, ...TERMINALS, ...FLUSHES]),
  packages: ["mikro-orm", "@mikro-orm/core", ...DRIVERS.map(([name]) => name)],
  recognise(candidate, context) {
    if (candidate.type !== "CallExpression" || isMongo(context)) return undefined;
    const callee = unwrap(candidate.callee);
    const value = context.values.evaluate(callee, context.module);
    if (value.kind !== "method" || value.receiver.library !== MIKROORM) return undefined;
    const { receiver, name } = value;
    const site = siteOf(candidate, callee, receiver.evidence, context);
    const dialect = context.dialect ?? onlyDialect(DRIVERS, context);
    const unread: Opaque = { opaque: "unmodelled-call", library: MIKROORM, site, sending: "now", inputs: candidate.arguments.map(argumentNode) };
    switch (receiver.role) {
      case "builder":
      case "inner":
        return TERMINALS.has(name) ? unread : undefined;
      case "connection":
        return name === "execute" ? raw(candidate, site, dialect, context) : undefined;
      case "manager":
        if (name === "execute") return raw(candidate, site, dialect, context);
        return FLUSHES.has(name) ? unread : lowerCall({ call: candidate, method: name, receiver, site, dialect }, context);
      case "repository":
        return FLUSHES.has(name) ? unread : lowerCall({ call: candidate, method: name, receiver, site, dialect }, context);
      default:
        return undefined;
    }
  },
};

/** Documents, where no driver of a SQL database is there beside. */
function isMongo(context: AdapterContext): boolean {
  return context.uses("@mikro-orm/mongodb") && !DRIVERS.some(([name]) => context.uses(name));
}

function siteOf(node: TSESTree.CallExpression, callee: Node, evidence: Site["evidence"], context: AdapterContext): Site {
  const text = context.module.text.slice(...callee.range).replace(/\s+/gu, "");
  const isShort = text.length <= 60 && /^[\w$.?!#]+$/u.test(text);
  const name = isShort ? text : `${MIKROORM}.${callee.type === "MemberExpression" ? (memberName(callee) ?? "") : text.slice(0, 40)}`;
  return { library: MIKROORM, node, range: node.range, file: context.module.path, evidence, name };
}

/** `em.execute(sql, params)`: `?` is a value, `??` a name. */
function raw(call: TSESTree.CallExpression, site: Site, dialect: Dialect | undefined, context: AdapterContext): Recognised {
  const [first, values] = call.arguments;
  const text = first && first.type !== "SpreadElement" ? context.text(first) : undefined;
  const list = values && values.type !== "SpreadElement" ? elementsOf(values, context.module) : undefined;
  const { module } = context;
  return queriesOfText({
    text,
    context,
    site,
    dialect: dialect ?? dialectOfText(text?.text ?? ""),
    placeholders: { question: true, doubled: true },
    bindings: {
      position(index) {
        const element = list && !list.open ? list.elements[index - 1] : undefined;
        return element && { node: element.node, module };
      },
    },
    undefinedLimit: "dropped",
    delivery: "all",
    inputs: call.arguments.map(argumentNode),
  });
}
