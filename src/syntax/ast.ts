/** Small questions about ESTree nodes. Every node carries `range` and `parent`. */
import type { TSESTree } from "@typescript-eslint/utils";
import { visitorKeys } from "@typescript-eslint/visitor-keys";

export type Node = TSESTree.Node;
export type Expression = TSESTree.Expression;
export type CallExpression = TSESTree.CallExpression;
export type FunctionNode = TSESTree.FunctionDeclaration | TSESTree.FunctionExpression | TSESTree.ArrowFunctionExpression;
export type ClassNode = TSESTree.ClassDeclaration | TSESTree.ClassExpression;

export function isFunction(node: Node | null | undefined): node is FunctionNode {
  return node?.type === "FunctionDeclaration" || node?.type === "FunctionExpression" || node?.type === "ArrowFunctionExpression";
}

export function isClass(node: Node | null | undefined): node is ClassNode {
  return node?.type === "ClassDeclaration" || node?.type === "ClassExpression";
}

/** The expression inside parentheses, casts, `!`, `satisfies`, optional chains and `await`-free wrappers. */
export function unwrap(node: Node): Node {
  let current = node;
  for (;;) {
    switch (current.type) {
      case "TSAsExpression":
      case "TSNonNullExpression":
      case "TSSatisfiesExpression":
      case "TSTypeAssertion":
      case "TSInstantiationExpression":
      case "ChainExpression":
        current = current.expression;
        break;
      default:
        // oxc keeps parentheses when asked to; ESLint's parsers never do.
        return current;
    }
  }
}

/** The outermost node that {@link unwrap} would reduce to this one. */
export function wrapped(node: Node): Node {
  let current = node;
  while (
    current.parent &&
    (current.parent.type === "TSAsExpression" ||
      current.parent.type === "TSNonNullExpression" ||
      current.parent.type === "TSSatisfiesExpression" ||
      current.parent.type === "TSTypeAssertion" ||
      current.parent.type === "TSInstantiationExpression" ||
      current.parent.type === "ChainExpression")
  ) {
    current = current.parent;
  }
  return current;
}

/** Name of a member access, when it is written in the code: `a.b`, `a["b"]`, `a.#b`. */
export function memberName(node: TSESTree.MemberExpression): string | undefined {
  if (!node.computed) return node.property.type === "PrivateIdentifier" ? `#${node.property.name}` : node.property.type === "Identifier" ? node.property.name : undefined;
  return literalString(node.property);
}

/** Name of the called function or method: `f` of `f()`, `g` of `a.b.g()`. */
export function calleeName(call: TSESTree.CallExpression | TSESTree.NewExpression): string | undefined {
  const callee = unwrap(call.callee);
  if (callee.type === "Identifier") return callee.name;
  if (callee.type === "MemberExpression") return memberName(callee);
  return undefined;
}

/** The object a method is called on; undefined for a plain function call. */
export function receiverOf(call: TSESTree.CallExpression): Expression | undefined {
  const callee = unwrap(call.callee);
  return callee.type === "MemberExpression" ? callee.object : undefined;
}

/** Text of a string literal or of a template without holes. */
export function literalString(node: Node): string | undefined {
  const inner = unwrap(node);
  if (inner.type === "Literal" && typeof inner.value === "string") return inner.value;
  if (inner.type === "TemplateLiteral" && inner.expressions.length === 0) return inner.quasis[0]?.value.cooked ?? undefined;
  return undefined;
}

/** Name of an object property, class member or signature, when it is written in the code. */
export function keyName(node: { readonly computed?: boolean; readonly key: Node }): string | undefined {
  if (!node.computed && node.key.type === "Identifier") return node.key.name;
  if (node.key.type === "PrivateIdentifier") return `#${node.key.name}`;
  if (node.key.type === "Literal" && typeof node.key.value === "number") return String(node.key.value);
  return literalString(node.key);
}

/** The nearest function around a node, the node itself excluded. */
export function enclosingFunction(node: Node): FunctionNode | undefined {
  for (let current = node.parent; current; current = current.parent) if (isFunction(current)) return current;
  return undefined;
}

/** The nearest class around a node. */
export function enclosingClass(node: Node): ClassNode | undefined {
  for (let current = node.parent; current; current = current.parent) if (isClass(current)) return current;
  return undefined;
}

export function contains(outer: Node, inner: Node): boolean {
  return outer.range[0] <= inner.range[0] && inner.range[1] <= outer.range[1];
}

export function isUndefined(node: Node): boolean {
  const inner = unwrap(node);
  return (inner.type === "Identifier" && inner.name === "undefined") || (inner.type === "UnaryExpression" && inner.operator === "void");
}

/** Child nodes in source order, as far as the parsers list them in source order. */
export function childrenOf(node: Node): Node[] {
  const known = visitorKeys[node.type];
  const children: Node[] = [];
  for (const key of known ?? Object.keys(node)) {
    const value: unknown = Reflect.get(node, key);
    if (Array.isArray(value)) {
      for (const item of value) if (isNode(item)) children.push(item);
    } else if (isNode(value)) children.push(value);
  }
  // A node that the table of typescript-eslint lacks is another parser's, and may refer to nodes that are not below it.
  return known ? children : children.filter((child) => child.parent === node);
}

/**
 * Visits a node and everything below it, parents first, without recursion (a chain of ten thousand `+` must not overflow
 * the stack). `enter` returns false to leave the children out.
 */
export function walk(root: Node, enter: (node: Node) => boolean | undefined): void {
  const stack: Node[] = [root];
  for (let node = stack.pop(); node; node = stack.pop()) {
    if (enter(node) === false) continue;
    const children = childrenOf(node);
    for (let index = children.length - 1; index >= 0; index--) {
      const child = children[index];
      if (child) stack.push(child);
    }
  }
}

function isNode(value: unknown): value is Node {
  return typeof value === "object" && value !== null && "type" in value && typeof value.type === "string";
}
