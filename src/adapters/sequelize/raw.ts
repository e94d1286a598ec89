/** `sequelize.query(…)`: SQL text with replacements or bound values. */
import type { BulkAdvice, Delivery } from "../../query/model.js";
import { unwrap, type Node } from "../../syntax/ast.js";
import { entriesOf, type ObjectShape } from "../../syntax/objects.js";
import type { SourceModule } from "../../syntax/source-module.js";
import { elementsOf, type FoldedText, type Interpolation } from "../../syntax/text.js";
import type { AdapterContext, Recognised } from "../contract.js";
import { queriesOfText, type Bindings, type BoundValue } from "../sql-text.js";
import type { RawCall } from "./calls.js";
import { dialectOf } from "./dialect.js";
import { SEQUELIZE } from "./model.js";
import { siteOf } from "./statement.js";

const BULK: BulkAdvice = {
  read: "one `WHERE … IN (:keys)` with the array of keys",
  insert: "one multi-row `INSERT`, or `bulkCreate`",
  updateSame: "one `UPDATE … WHERE … IN (:keys)`",
  delete: "one `DELETE … WHERE … IN (:keys)`",
};

export function lowerRawCall(found: RawCall, context: AdapterContext): Recognised {
  const { call } = found;
  const [first, second] = call.arguments;
  const options = second && second.type !== "SpreadElement" ? context.object(second) : NO_OPTIONS;
  const site = siteOf(found, context);
  const inputs = call.arguments.map((argument) => (argument.type === "SpreadElement" ? argument.argument : argument));
  const given = first && first.type !== "SpreadElement" ? textIn(first, context) : undefined;
  return queriesOfText({
    text: given?.text,
    context,
    site,
    dialect: dialectOf(context),
    placeholders: { question: true, named: [":", "$"], numbered: ["$"] },
    bindings: bindingsOf(options, given?.values, context),
    // Sequelize writes NULL, which the databases reject or take for no limit.
    undefinedLimit: dialectOf(context) === "postgresql" ? "dropped" : "rejected",
    sending: "now",
    delivery: deliveryOf(options, context),
    inputs,
    bulk: BULK,
  });
}

const NO_OPTIONS: ObjectShape = { entries: [], open: false, absent: "always" };

interface Given {
  readonly text: FoldedText | undefined;
  readonly values?: BoundValue;
}

/** The text: a string, `{ query, values }`, ``sql`…` `` of release 7, `literal("…")`. */
function textIn(node: Node, context: AdapterContext): Given {
  const inner = unwrap(node);
  if (inner.type === "TaggedTemplateExpression") return { text: context.text(inner.quasi, boundValue) };
  const expression = inner.type === "CallExpression" || inner.type === "Identifier" ? context.library(inner, SEQUELIZE) : undefined;
  if (expression?.role === "expression" && expression.at?.module === context.module) {
    const { node: made } = expression.at;
    if (made.type === "TaggedTemplateExpression") return { text: context.text(made.quasi, boundValue) };
    const [first] = made.type === "CallExpression" ? made.arguments : [];
    return { text: first && context.text(first) };
  }
  if (inner.type === "ObjectExpression") {
    const shape = context.object(inner);
    const query = entriesOf(shape, "query").at(-1);
    const values = entriesOf(shape, "values").at(-1);
    return { text: query && query.module === context.module ? context.text(query.value) : undefined, ...(values && { values: { node: values.value, module: values.module } }) };
  }
  return { text: context.text(inner) };
}

function boundValue(expression: Node, module: SourceModule): Interpolation {
  const inner = unwrap(expression);
  return inner.type === "TaggedTemplateExpression" ? { inline: inner.quasi, module } : { hole: "value" };
}

function deliveryOf(options: ObjectShape, context: AdapterContext): Delivery {
  const plain = entriesOf(options, "plain").at(-1);
  return plain && context.constant(plain.value, plain.module)?.value === true ? "one-unlimited" : "all";
}

/** `replacements` and `bind`, each an array or an object. */
function bindingsOf(options: ObjectShape, values: BoundValue | undefined, context: AdapterContext): Bindings {
  const sources: BoundValue[] = [...["replacements", "bind"].flatMap((key) => entriesOf(options, key).at(-1) ?? []).map((entry) => ({ node: entry.value, module: entry.module })), ...(values ? [values] : [])];
  return {
    position(index) {
      for (const { node, module } of sources) {
        const list = elementsOf(node, module);
        const element = list?.elements[index - 1];
        if (element && list.elements.slice(0, index).every((item) => item.certain)) return { node: element.node, module };
      }
      return undefined;
    },
    name(name) {
      for (const { node, module } of sources) {
        const entry = entriesOf(context.object(node, module), name).at(-1);
        if (entry) return { node: entry.value, module: entry.module };
      }
      return undefined;
    },
  };
}

