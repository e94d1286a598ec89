/** SQL text: `dataSource.query(text, values)`, ``dataSource.sql`…` ``. */
import type { Dialect, Site } from "../../query/model.js";
import { keyName, type Node } from "../../syntax/ast.js";
import type { PlaceholderStyle } from "../../sql/index.js";
import { elementsOf } from "../../syntax/text.js";
import type { AdapterContext, Candidate, Recognised } from "../contract.js";
import { argumentNode } from "../conditions.js";
import { dialectOfText } from "../dialects.js";
import { queriesOfText, type Bindings } from "../sql-text.js";

/** Placeholders are the driver's own. */
const PLACEHOLDERS: PlaceholderStyle = { question: true, numbered: ["$"] };

export function lowerRaw(node: Candidate, site: Site, dialect: Dialect | undefined, context: AdapterContext, streams: boolean): Recognised {
  if (node.type === "TaggedTemplateExpression") {
    // `${() => list}` binds a list, any other function gives text.
    const text = context.text(node.quasi, (expression) => (expression.type === "ArrowFunctionExpression" ? { hole: expression.body.type === "ArrayExpression" ? "list" : "text" } : { hole: "value" }));
    return queriesOfText({ text, context, site, dialect: dialect ?? dialectOfText(text?.text ?? ""), undefinedLimit: "dropped", delivery: "all", inputs: node.quasi.expressions });
  }
  const [first, values] = node.arguments;
  const text = first && first.type !== "SpreadElement" ? context.text(first) : undefined;
  return queriesOfText({
    text,
    context,
    site,
    dialect: dialect ?? dialectOfText(text?.text ?? ""),
    placeholders: dialect === "sqlserver" ? { named: ["@"] } : PLACEHOLDERS,
    ...(values && values.type !== "SpreadElement" && { bindings: bindingsOf(values, context) }),
    undefinedLimit: "dropped",
    delivery: streams ? "stream" : "all",
    inputs: node.arguments.map(argumentNode),
  });
}

function bindingsOf(values: Node, context: AdapterContext): Bindings {
  const list = elementsOf(values, context.module);
  const { module } = context;
  return {
    position(index) {
      const element = list && !list.open ? list.elements[index - 1] : undefined;
      return element && { node: element.node, module };
    },
    name(name) {
      const property = values.type === "ObjectExpression" ? values.properties.find((item) => item.type === "Property" && keyName(item) === name) : undefined;
      return property?.type === "Property" ? { node: property.value, module } : undefined;
    },
  };
}
