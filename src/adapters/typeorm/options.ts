/** Find options: locks, and what the release makes of undefined. */
import type { Statement } from "../../query/model.js";
import type { Lowering } from "../conditions.js";
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
