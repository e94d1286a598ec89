/** Objection: models over Knex's query builders. */
import type { TSESTree } from "@typescript-eslint/utils";
import type { BulkAdvice, Delivery, Query } from "../../query/model.js";
import { unwrap } from "../../syntax/ast.js";
import type { Step } from "../builder/history.js";
import { ANY_NAME, type Adapter, type AdapterContext, type Recognised } from "../contract.js";
import { dialectOfDriver } from "../dialects.js";
import { beginsHere, builderSite } from "../knex/sites.js";
import type { LibraryValue } from "../../syntax/values.js";
import { FLAVOUR, isByKey, modelOfRoot } from "./flavour.js";
import { BUILDERS, OBJECTION, ROW_STARTS, objectionModel } from "./model.js";

const BULK: BulkAdvice = { read: "`findByIds`, `whereIn` or `withGraphFetched`", insert: "`insert([…])` or `insertGraph`", upsert: "`upsertGraph`", updateSame: "`whereIn` and one `patch`", delete: "`whereIn` and one `delete`" };

export const objection: Adapter = {
  id: OBJECTION,
  title: "Objection",
  model: objectionModel,
  // A function of the project may give a builder under any name.
  names: new Set(["query", "$query", "relatedQuery", "$relatedQuery", "knexQuery", "fetchGraph", "$fetchGraph", ANY_NAME]),
  packages: [OBJECTION],
  recognise(candidate, context) {
    if (candidate.type !== "CallExpression") return undefined;
    const value = context.library(candidate, OBJECTION);
    if (!value || !BUILDERS.isBuilder(value) || value.role === "inner") return undefined;
    if (value.evidence === "shape" && !context.uses(OBJECTION)) return undefined;
    return beginsHere(candidate, value, BUILDERS, context) ? site(candidate, value, context) : undefined;
  },
};

function site(call: TSESTree.CallExpression, value: LibraryValue, context: AdapterContext): Recognised {
  const root = { call, module: context.module, parent: value.parent, name: value.name };
  const model = modelOfRoot(root, context.values);
  const isFirst = (steps: readonly Step[]): boolean => steps.some(({ name, presence }) => presence === "always" && (name === "first" || name === "findOne"));
  const isOne = (steps: readonly Step[]): boolean => isByKey(steps) || (value.name === "$query" && value.at?.node === call);
  const finished = (base: Query, steps: readonly Step[]): Query => {
    const callee = unwrap(call.callee);
    // What is read by a row depends on the row.
    const isOfRow = value.name !== undefined && ROW_STARTS.has(value.name) && callee.type === "MemberExpression";
    return { ...base, byUniqueKey: isOne(steps), ...(steps.some(({ name }) => name === "findOne") && { asksForOne: true }), ...(isOfRow && callee.type === "MemberExpression" && { inputs: [callee.object, ...base.inputs] }) };
  };
  return builderSite({
    call,
    flavour: model?.limitsFirst === true ? { ...FLAVOUR, limitsFirst: true } : FLAVOUR,
    evidence: value.evidence,
    dialect: context.dialect ?? dialectOfDriver(context),
    context,
    bulk: BULK,
    delivery: (steps, statement): Delivery | undefined => {
      if (statement.kind !== "select") return undefined;
      if (steps.some(({ name }) => name === "resultSize")) return "scalar";
      if (!isFirst(steps)) return "all";
      return model?.limitsFirst === true ? "one" : "one-unlimited";
    },
    finished,
  });
}
