/** Tagged templates of drivers: postgres.js, Neon, PGlite, the tag store of node:sqlite. */
import type { TSESTree } from "@typescript-eslint/utils";
import type { Site } from "../../query/model.js";
import { looksLikeSql } from "../../sql/index.js";
import { memberName, unwrap } from "../../syntax/ast.js";
import { foldText } from "../../syntax/text.js";
import type { AdapterContext, Recognised } from "../contract.js";
import { queriesOfText } from "../sql-text.js";
import { placedLists, type Composer } from "./compose.js";
import { tagOf, type Driver, type Tag } from "./driver.js";
import { climb, sendingAt, siteOf, templateAround } from "./results.js";

type Template = TSESTree.TaggedTemplateExpression;

export function recogniseTag(candidate: Template, driver: Driver, context: AdapterContext, composer: Composer): Recognised | undefined {
  const found = tagAt(candidate, driver, context);
  // What only makes text is read where it is sent.
  if (!found || found.tag.composes) return undefined;
  const { tag, evidence } = found;
  const around = tag.lazy === true ? templateAround(candidate) : undefined;
  if (around && tagAt(around, driver, context)) return [];
  const text = foldText(candidate.quasi, context.module, context.values, composer.interpolation(context, driver.dialect));
  const result = climb(candidate);
  const sending = tag.lazy === true ? sendingAt(result, context.module) : "now";
  // A piece that is put into other templates, or that is no statement by itself.
  if (sending === "fragment" || (text && sending !== "now" && !looksLikeSql(text.text))) return [];
  const isStreamed = result.steps.some((step) => driver.streamedBy?.includes(step) === true);
  return queriesOfText({
    text: text && placedLists(text),
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

