/** Options of a find: amounts and order, in the shape that the libraries with entities share. */
import type { Amount, ColumnRef, OrderItem } from "../query/model.js";
import { unwrap, type Node } from "../syntax/ast.js";
import { entriesOf, type ObjectShape } from "../syntax/objects.js";
import type { SourceModule } from "../syntax/source-module.js";
import { amountOf, spanAt, type Lowering } from "./conditions.js";

/** An amount among options, by its key. */
export function amountOfOption(at: Lowering, options: ObjectShape, key: string): Amount | undefined {
  const entries = entriesOf(options, key);
  const [first] = entries;
  if (!first) return options.open ? { kind: "maybe", why: `\`${key}\` may be among the options`, proved: "unknown" } : undefined;
  const span = spanAt(at, first.node, first.module);
  if (first.presence === "maybe") return { kind: "maybe", why: `\`${key}\` is given only under a condition`, proved: "yes", span };
  if (entries.length === 1) return amountOf(at, first.value, first.module);
  const amounts = entries.map((entry) => amountOf(at, entry.value, entry.module));
  return amounts.some((amount) => amount.kind === "none") ? { kind: "maybe", why: `\`${key}\` may be undefined`, proved: "yes", span } : { kind: "parameter", span };
}

/** `{ createdAt: "DESC", name: { direction: "asc", nulls: "last" } }` */
export function orderOfObject(at: Lowering, node: Node, module: SourceModule): readonly OrderItem[] {
  const shape = at.context.object(node, module);
  if (shape.open || shape.variants) return [{ descending: "unknown", span: spanAt(at, node, module) }];
  return shape.entries.map((entry) => {
    const span = spanAt(at, entry.node, entry.module);
    const inner = unwrap(entry.value);
    const nested = inner.type === "ObjectExpression" ? at.context.object(inner, entry.module) : undefined;
    const direction = nested ? entriesOf(nested, "direction").at(-1) : entry;
    // Any other object orders by a column of a related row.
    if (!direction) return { descending: "unknown", span };
    const column: ColumnRef = { name: entry.key, property: true, span: spanAt(at, entry.node.type === "Property" ? entry.node.key : entry.node, entry.module), wrappers: [] };
    const value = at.context.constant(direction.value, direction.module)?.value;
    const word = typeof value === "string" ? value.toUpperCase() : value;
    return { ...(entry.presence === "always" && { column }), descending: word === "DESC" || word === -1 ? "yes" : word === "ASC" || word === 1 ? "no" : "unknown", span };
  });
}
