/** Find options: amounts, order, locks; and what a call is given to write. */
import type { Amount, ColumnRef, OrderItem, Statement } from "../../query/model.js";
import { unwrap, type Node } from "../../syntax/ast.js";
import type { SourceModule } from "../../syntax/source-module.js";
import { amountOf, spanAt, type Lowering } from "../conditions.js";
import type { AdapterContext } from "../contract.js";
import { entriesOf, type ObjectShape } from "../../syntax/objects.js";
import { behaviourOf, type Behaviour } from "./version.js";

const behaviours = new WeakMap<AdapterContext, Behaviour>();

export function behaviourFor(context: AdapterContext): Behaviour {
  let behaviour = behaviours.get(context);
  if (!behaviour) {
    behaviour = behaviourOf(context);
    behaviours.set(context, behaviour);
  }
  return behaviour;
}

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

/** `lock: { mode: "pessimistic_write", onLocked: "skip_locked" }` */
export function lockingOf(at: Lowering, options: ObjectShape): Pick<Statement, "locking"> {
  const entry = entriesOf(options, "lock").at(-1);
  if (!entry) return {};
  const lock = at.context.object(entry.value, entry.module);
  const word = (key: string): unknown => {
    const item = entriesOf(lock, key).at(-1);
    return item && at.context.constant(item.value, item.module)?.value;
  };
  const mode = word("mode");
  return typeof mode === "string" && mode.startsWith("pessimistic") ? { locking: { skipLocked: word("onLocked") === "skip_locked" || mode === "pessimistic_partial_write" } } : {};
}
