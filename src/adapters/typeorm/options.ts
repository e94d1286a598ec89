/** Find options: amounts, order, locks; and what a call is given to write. */
import type { Amount, ColumnRef, OrderItem, Statement } from "../../query/model.js";
import { calleeName, isFunction, isUndefined, unwrap, type Node } from "../../syntax/ast.js";
import { annotationOf } from "../../syntax/patterns.js";
import type { SourceModule } from "../../syntax/source-module.js";
import { elementsOf } from "../../syntax/text.js";
import { isNull, spanAt, type Lowering } from "../conditions.js";
import type { AdapterContext } from "../contract.js";
import { entriesOf, type ObjectShape } from "../../syntax/objects.js";
import { TYPEORM } from "./library.js";
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

/** What `take`, `limit`, `skip` or `offset` is given. Nothing is sent for undefined and null. */
export function amountOf(at: Lowering, node: Node, module: SourceModule): Amount {
  const span = spanAt(at, node, module);
  if (isUndefined(node) || isNull(unwrap(node))) return { kind: "none", span };
  const constant = at.context.constant(node, module);
  if (typeof constant?.value === "number") return { kind: "number", value: constant.value, span };
  return { kind: "parameter", span, ...(module === at.context.module && { value: node }), undefinable: at.context.undefinable(node, module) };
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

/** How many rows an argument stands for. */
export function rowsOf(node: Node, module: SourceModule, context: AdapterContext): NonNullable<Statement["rows"]> {
  const inner = unwrap(node);
  switch (inner.type) {
    case "ArrayExpression":
      return "many";
    case "ObjectExpression":
    case "NewExpression":
      return "one";
    case "AwaitExpression":
      return rowsOf(inner.argument, module, context);
    case "CallExpression": {
      const name = calleeName(inner) ?? "";
      if (/^(?:map|filter|flatMap|concat|slice)$/u.test(name)) return "many";
      // `repository.create({ … })` gives one, `create([…])` and `create(list)` what it is given.
      const given = inner.arguments.at(-1);
      if (name === "create" && given && given.type !== "SpreadElement") return rowsOf(given, module, context);
      return "unknown";
    }
    case "Identifier": {
      const value = context.values.evaluate(inner, module);
      if (value.kind === "library" && value.library === TYPEORM && value.role === "record") return "one";
      if (value.kind === "instance" || value.kind === "object") return "one";
      if (elementsOf(inner, module)) return "many";
      const definition = module.lookUp(inner.name, inner)?.defs[0];
      const annotation = definition && annotationOf(definition.name as Node);
      if (annotation) return annotation.type === "TSArrayType" || (annotation.type === "TSTypeReference" && annotation.typeName.type === "Identifier" && annotation.typeName.name === "Array") ? "many" : annotation.type === "TSTypeReference" ? "one" : "unknown";
      const declarator = definition?.node as Node | undefined;
      // What a loop or a callback is given is one row of a list, unless its name says that it is several.
      if (isElement(declarator)) return /(?:s|chunk|batch|list|group|page|slice)$/iu.test(inner.name) ? "unknown" : "one";
      return declarator?.type === "VariableDeclarator" && declarator.id.type === "Identifier" && declarator.init && unwrap(declarator.init).type !== "Identifier" ? rowsOf(declarator.init, module, context) : "unknown";
    }
    default:
      return "unknown";
  }
}

/** Is a variable the element of a loop, or the parameter of a callback of `map` and its like? */
function isElement(declaration: Node | undefined): boolean {
  if (declaration?.type === "VariableDeclarator") return declaration.parent.parent.type === "ForOfStatement" && declaration.parent.parent.left === declaration.parent;
  const call = isFunction(declaration) ? declaration.parent : undefined;
  return call?.type === "CallExpression" && /^(?:map|forEach|flatMap)$/u.test(calleeName(call) ?? "");
}
