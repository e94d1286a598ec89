/** Whether a builder that is handed to something is sent there. */
import type { TSESTree } from "@typescript-eslint/utils";
import type { Sending } from "../../query/model.js";
import { calleeName, contains, enclosingFunction, keyName, receiverOf, unwrap, walk, wrapped, type Node } from "../../syntax/ast.js";
import { annotationOf } from "../../syntax/patterns.js";
import type { AdapterContext } from "../contract.js";
import { takesPart, type Following, type Life } from "./history.js";

/** A function of the project that is given a builder, or a list of them: sent there when nothing but awaiting is done with it. */
export function sentByHelper(call: TSESTree.CallExpression, builder: Node, context: AdapterContext): Sending | undefined {
  const index = call.arguments.findIndex((argument) => contains(argument, builder));
  const fn = context.values.functionOf(call, context.module);
  const parameter = fn?.node.params[index];
  const body = fn?.node.body;
  if (!fn || !body || parameter?.type !== "Identifier") return undefined;
  let sent = false;
  let completed = false;
  walk(body, (node) => {
    if (node.type !== "Identifier" || node.name !== parameter.name || fn.module.lookUp(node.name, node)?.defs[0]?.node !== fn.node) return undefined;
    const use = wrapped(node);
    const parent = use.parent;
    if (parent?.type === "AwaitExpression" || parent?.type === "ReturnStatement" || (parent?.type === "ArrowFunctionExpression" && parent.body === use)) sent = true;
    else if (parent?.type === "CallExpression" && parent.callee !== use && /^(?:all|allSettled|batch|transaction)$/u.test(calleeName(parent) ?? "")) sent = true;
    else if (parent?.type !== "UnaryExpression" && parent?.type !== "IfStatement") completed = true;
    return undefined;
  });
  return sent && !completed ? "now" : undefined;
}

/** `queries.push(db.insert(…))`: sent with the list, by `Promise.all(queries)` or `db.batch(queries)`. */
export function collectedIn(list: Node, context: AdapterContext): Sending {
  const inner = unwrap(list);
  const variable = inner.type === "Identifier" ? context.module.lookUp(inner.name, inner) : undefined;
  for (const reference of variable?.references ?? []) {
    const use = wrapped(reference.identifier as Node);
    const parent = use.parent;
    const taker = parent?.type === "SpreadElement" ? parent.parent.parent : parent;
    if (taker?.type === "CallExpression" && /^(?:all|allSettled|batch|any|race)$/u.test(calleeName(taker) ?? "") && receiverOf(taker)) return "now";
    if (parent?.type === "ForOfStatement" && parent.right === use) return "now";
  }
  return "unknown";
}

/**
 * When a builder that is sent by awaiting it goes out. `elsewhere`: a function gives it back, and the call of that function
 * is where it is completed and sent.
 */
export function sendingOfThenable(life: Life, isPart: (call: TSESTree.CallExpression) => boolean, context: AdapterContext, by: Following): Sending | "elsewhere" {
  switch (life.fate) {
    case "settled":
      return isGivenBack(life.outcome) ? "elsewhere" : "now";
    case "dropped":
      return life.open ? "unknown" : "built";
    case "argument":
    case "unknown": {
      const taker = life.taker ?? takerAround(life.outcome);
      if (!taker) return "unknown";
      if (takesPart(taker, context.module, by) || isPart(taker)) return "fragment";
      const name = calleeName(taker);
      const list = receiverOf(taker);
      if (list && (name === "push" || name === "unshift")) return collectedIn(list, context);
      const made = context.values.library(taker, context.module);
      if (made && by.language.isBuilder(made)) return "fragment";
      return sentByHelper(taker, life.outcome, context) ?? "unknown";
    }
  }
}

/** The call that takes a builder inside an object or a list. */
function takerAround(end: Node): TSESTree.CallExpression | undefined {
  for (let node = wrapped(end); ; ) {
    const { parent } = node;
    switch (parent?.type) {
      case "CallExpression":
        return parent.callee === node ? undefined : parent;
      case "Property":
      case "ObjectExpression":
      case "ArrayExpression":
      case "ConditionalExpression":
      case "LogicalExpression":
        node = wrapped(parent);
        break;
      default:
        return undefined;
    }
  }
}

/**
 * Does a function that has a name give the builder back without waiting for it? Who calls it may complete it. Not so where the
 * function is async or says that it gives a promise, and for callbacks, whose result the called function awaits.
 */
function isGivenBack(outcome: Node): boolean {
  const node = wrapped(outcome);
  const { parent } = node;
  if (parent?.type !== "ReturnStatement" && !(parent?.type === "ArrowFunctionExpression" && parent.body === node)) return false;
  const fn = enclosingFunction(node);
  if (!fn || fn.async) return false;
  const type = fn.returnType?.typeAnnotation;
  if (type?.type === "TSTypeReference" && type.typeName.type === "Identifier" && /^(?:Promise|PromiseLike|Bluebird)$/u.test(type.typeName.name)) return false;
  if (fn.type === "FunctionDeclaration") return true;
  const holder = wrapped(fn).parent;
  switch (holder?.type) {
    case "VariableDeclarator":
      return annotationOf(holder.id) === undefined;
    case "MethodDefinition":
    case "PropertyDefinition":
    case "AssignmentExpression":
      return true;
    case "Property":
      return holder.value === fn && keyName(holder) !== undefined;
    default:
      return false;
  }
}
