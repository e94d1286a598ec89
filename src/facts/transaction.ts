/** Whether queries that are started together are still sent one after the other: within one transaction, which has one connection. */
import { calleeName, contains, isFunction, memberName, unwrap, wrapped, type Node } from "../syntax/ast.js";
import type { SourceModule } from "../syntax/source-module.js";

const TRANSACTIONS = /^\$?(?:transaction|batch|begin|savepoint|withTransaction|runInTransaction)$/u;
/** What people call the client of a transaction, where it comes as a parameter. */
const TRANSACTION_CLIENT = /^(?:tx|trx|txn|transaction)$|(?:Tx|Trx|Transaction(?:Client)?)$/u;

/** Does the query run in a transaction that encloses the loop, or do all that the loop makes go into one? */
export function isOneTransaction(query: Located, loop: Located): boolean {
  return isOnTransaction(query, loop) || isGiven(loop.node, loop.module) || isPushed(query.node, query.module);
}

interface Located {
  readonly node: Node;
  readonly module: SourceModule;
}

/** `tx.orders.create(…)`, `save(order, tx)`: by what `tx` is given, or by its name. */
function isOnTransaction({ node, module }: Located, loop: Located): boolean {
  const root = rootOf(node);
  return [...(root ? [root] : []), ...argumentsOf(node)].some((part) => isTransactionClient(part, module, loop));
}

/** What a call is given, also by way of an object: `{ order, tx }`. */
function argumentsOf(node: Node): readonly Node[] {
  const call = unwrap(node);
  if (call.type !== "CallExpression") return [];
  return call.arguments.flatMap((argument): readonly Node[] => (argument.type === "ObjectExpression" ? argument.properties.flatMap((property) => (property.type === "Property" ? [property.value] : [])) : [argument]));
}

function isTransactionClient(root: Node, module: SourceModule, loop: Located): boolean {
  if (root.type !== "Identifier") return false;
  const definition = module.lookUp(root.name, root)?.defs[0];
  const owner = definition?.node as Node | undefined;
  // One that each element opens for itself is another matter.
  if (!owner || !isFunction(owner) || (loop.module === module && contains(loop.node, owner))) return false;
  const call = wrapped(owner).parent;
  return TRANSACTION_CLIENT.test(root.name) || (call?.type === "CallExpression" && call.callee !== owner && TRANSACTIONS.test(calleeName(call) ?? ""));
}

function rootOf(node: Node): Node | undefined {
  const inner = unwrap(node);
  switch (inner.type) {
    case "CallExpression":
      return rootOf(inner.callee);
    case "MemberExpression":
      return rootOf(inner.object);
    case "TaggedTemplateExpression":
      return rootOf(inner.tag);
    case "AwaitExpression":
      return rootOf(inner.argument);
    default:
      return inner;
  }
}

/** `$transaction(ids.map(…))`, `$transaction([first, ...ids.map(…)])`, also by way of a variable. */
function isGiven(node: Node, module: SourceModule): boolean {
  const outer = wrapped(node);
  const parent = outer.parent;
  switch (parent?.type) {
    case "SpreadElement":
    case "ArrayExpression":
      return isGiven(parent, module);
    case "CallExpression":
      return parent.callee !== outer && TRANSACTIONS.test(calleeName(parent) ?? "");
    case "VariableDeclarator":
      return parent.id.type === "Identifier" && isVariableGiven(parent.id, module);
    default:
      return false;
  }
}

function isVariableGiven(name: Node & { readonly name: string }, module: SourceModule): boolean {
  return module.lookUp(name.name, name)?.references.some((reference) => !reference.isWrite() && isGiven(reference.identifier as Node, module)) === true;
}

/** `work.push(prisma.order.create(…))`, where `work` goes into one transaction. */
function isPushed(query: Node, module: SourceModule): boolean {
  const outer = wrapped(query);
  const call = outer.parent;
  const callee = call?.type === "CallExpression" && call.callee !== outer ? unwrap(call.callee) : undefined;
  return callee?.type === "MemberExpression" && memberName(callee) === "push" && callee.object.type === "Identifier" && isVariableGiven(callee.object, module);
}
