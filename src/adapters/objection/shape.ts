/** Calls that only Objection's models have: `Order.query().findById(id)`. */
import type { TSESTree } from "@typescript-eslint/utils";
import { memberName, unwrap, wrapped } from "../../syntax/ast.js";

/** Steps that stand after `Model.query()`, and after a method of that name of nothing else that is common. */
const FOLLOWING: ReadonlySet<string> = new Set([
  "where", "whereIn", "whereNull", "whereNotNull", "whereRaw", "whereExists", "whereNot", "orderBy", "select", "modify", "joinRelated", "leftJoinRelated", "withGraphFetched", "withGraphJoined", "findById", "findByIds", "findOne",
  "insert", "insertAndFetch", "insertGraph", "upsertGraph", "patch", "update", "patchAndFetchById", "updateAndFetchById", "delete", "deleteById", "increment", "decrement", "throwIfNotFound", "resultSize",
]);

/** The name of the model in `Order.query(trx).where(…)`: capitalised, at most one argument that is no text, and a step of Objection's behind it. */
export function identifierOf(call: TSESTree.CallExpression): string | undefined {
  const callee = unwrap(call.callee);
  const [first, ...others] = call.arguments;
  if (callee.type !== "MemberExpression" || others.length > 0 || (first && first.type !== "Identifier" && first.type !== "MemberExpression")) return undefined;
  const receiver = unwrap(callee.object);
  const name = receiver.type === "Identifier" ? receiver.name : receiver.type === "MemberExpression" ? memberName(receiver) : undefined;
  if (name === undefined || !/^[A-Z][\w$]*[a-z]/u.test(name)) return undefined;
  const member = wrapped(call).parent;
  if (member?.type !== "MemberExpression" || unwrap(member.object) !== call || member.parent.type !== "CallExpression") return undefined;
  return FOLLOWING.has(memberName(member) ?? "") ? name : undefined;
}
