/** Is a value a list? Sequelize sends `IN` for one and `=` for anything else. */
import type { TSESTree } from "@typescript-eslint/utils";
import { calleeName, memberName, receiverOf, unwrap, type Node } from "../../syntax/ast.js";
import { annotationOf } from "../../syntax/patterns.js";
import type { SourceModule } from "../../syntax/source-module.js";
import type { AdapterContext } from "../contract.js";

const MAX_DEPTH = 8;
/** Methods of arrays, and functions of common packages, that give an array. */
const GIVES_LIST = /^(?:map|filter|flatMap|flat|slice|concat|splice|split|keys|values|entries|from|sort|reverse|toSorted|uniq|uniqBy|compact|without|difference|differenceBy|intersection|union|unionBy|flatten|flattenDeep|chunk|castArray|toArray|pluck|reject|sampleSize|take|orderBy|sortBy)$/u;
const LIST_TYPE = /^(?:Array|ReadonlyArray)$/u;
/** Names of what holds several keys. They decide only between two readings that both restrict. */
const LIST_NAME = /(?:^ids|^keys|^uuids|Ids|IDs|Keys|Uuids|UUIDs|List|Array)$/u;

/** Proved by how the value is made or by its type, else by a name in the plural of a key. */
export function isList(node: Node, module: SourceModule, context: AdapterContext, depth = 0): boolean {
  const inner = unwrap(node);
  if (depth > MAX_DEPTH) return false;
  switch (inner.type) {
    case "ArrayExpression":
      return true;
    case "CallExpression":
      return isListCall(inner, module, context, depth);
    case "AwaitExpression":
      return isList(inner.argument, module, context, depth + 1);
    case "NewExpression":
      return inner.callee.type === "Identifier" && LIST_TYPE.test(inner.callee.name);
    case "ConditionalExpression":
      return isList(inner.consequent, module, context, depth + 1) && isList(inner.alternate, module, context, depth + 1);
    case "LogicalExpression":
      return isList(inner.right, module, context, depth + 1);
    case "Identifier":
      return isTyped(inner, module, context) || isListVariable(inner, module, context, depth) || LIST_NAME.test(inner.name);
    case "MemberExpression":
      return isTyped(inner, module, context) || LIST_NAME.test(memberName(inner) ?? "");
    default:
      return false;
  }
}

function isTyped(node: Node, module: SourceModule, context: AdapterContext): boolean {
  return module === context.module && context.types?.typesOf(node).some(({ name, inProject }) => !inProject && LIST_TYPE.test(name)) === true;
}

function isListCall(call: TSESTree.CallExpression, module: SourceModule, context: AdapterContext, depth: number): boolean {
  const name = calleeName(call);
  if (name !== undefined && GIVES_LIST.test(name)) return true;
  if (name === "parse" || !receiverOf(call)) {
    const fn = context.values.functionOf(call, module);
    const stated = fn?.node.returnType?.typeAnnotation;
    return stated ? isListType(stated) : false;
  }
  return depth === 0 && isTyped(call, module, context);
}

function isListVariable(identifier: TSESTree.Identifier, module: SourceModule, context: AdapterContext, depth: number): boolean {
  const definition = module.lookUp(identifier.name, identifier)?.defs[0];
  const name = definition?.name as Node | undefined;
  const declared = name && annotationOf(name);
  if (declared) return isListType(declared);
  const declarator = definition?.node as Node | undefined;
  if (declarator?.type === "VariableDeclarator" && declarator.id.type === "Identifier" && declarator.init) return isList(declarator.init, module, context, depth + 1);
  const holder = name?.parent;
  return holder?.type === "AssignmentPattern" && isList(holder.right, module, context, depth + 1);
}

/** `string[]`, `readonly string[]`, `Array<string>`, also where it may be missing. */
function isListType(node: Node): boolean {
  switch (node.type) {
    case "TSArrayType":
    case "TSTupleType":
      return true;
    case "TSTypeOperator":
      return node.typeAnnotation ? isListType(node.typeAnnotation) : false;
    case "TSTypeReference": {
      const name = node.typeName.type === "Identifier" ? node.typeName.name : "";
      const [first] = node.typeArguments?.params ?? [];
      return LIST_TYPE.test(name) || (name === "Promise" && first !== undefined && isListType(first));
    }
    case "TSUnionType": {
      const rest = node.types.filter((type) => type.type !== "TSUndefinedKeyword" && type.type !== "TSNullKeyword");
      return rest.length > 0 && rest.every(isListType);
    }
    default:
      return false;
  }
}
