/** Constants of the program: what a reader of the code knows without running it. */
import type { TSESTree } from "@typescript-eslint/utils";
import { memberName, receiverOf, unwrap, type Node } from "./ast.js";
import type { Evaluator } from "./evaluate.js";
import type { SourceModule } from "./source-module.js";

export interface Constant {
  readonly value: string | number | boolean | bigint | null | undefined;
  /** Is `value` the value? A member of an enum is constant though its value may not be seen. */
  readonly known: boolean;
}

/** The constant an expression is: a literal, a const, a member of an enum or of a frozen object. Undefined when it is none. */
export function constantOf(node: Node, module: SourceModule, values: Evaluator): Constant | undefined {
  const inner = unwrap(node);
  if (inner.type === "UnaryExpression" && inner.operator === "-") {
    const operand = constantOf(inner.argument, module, values);
    return typeof operand?.value === "number" ? { value: -operand.value, known: true } : undefined;
  }
  const value = isFixed(inner, module) ? values.evaluate(inner, module) : undefined;
  if (value?.kind === "literal") return { value: value.value, known: true };
  if (inner.type === "MemberExpression" && isEnumMember(inner, module)) return { value: undefined, known: false };
  return undefined;
}

/**
 * Is what the expression evaluates to what it is in every run? Not so for a variable that changes, for what a call gives
 * back, and for what is taken out of either: there the evaluation tells one of the possible values.
 */
function isFixed(node: Node, module: SourceModule): boolean {
  switch (node.type) {
    case "Identifier": {
      if (node.name === "undefined") return true;
      const variable = module.lookUp(node.name, node);
      const definition = variable?.defs[0];
      if (!variable || !definition || variable.references.some((reference) => reference.isWrite() && !reference.init)) return false;
      if ((definition.type as string) !== "Variable") return (definition.type as string) !== "Parameter";
      const declarator = definition.node as Node;
      return declarator.type === "VariableDeclarator" && declarator.id.type === "Identifier" && declarator.init !== null && isFixed(unwrap(declarator.init), module);
    }
    case "MemberExpression":
      return isFixed(unwrap(node.object), module);
    case "CallExpression":
      // `Object.freeze({ … })`
      return module.text.slice(...node.callee.range) === "Object.freeze";
    case "AwaitExpression":
    case "YieldExpression":
      return false;
    default:
      return true;
  }
}

/**
 * `Status.ACTIVE`, `$Enums.Status.ACTIVE`: a member, in capitals or of a capitalised object, of something that is declared
 * or imported at the top of a module and is not a class instance.
 */
function isEnumMember(node: TSESTree.MemberExpression, module: SourceModule): boolean {
  const name = memberName(node);
  let root: Node = unwrap(node.object);
  while (root.type === "MemberExpression") root = unwrap(root.object);
  if (name === undefined || root.type !== "Identifier" || !/^[A-Z$]/u.test(root.name)) return false;
  const definition = module.lookUp(root.name, root)?.defs[0];
  const type = definition?.type as string | undefined;
  return type === "ImportBinding" || type === "TSEnumName" || (type === "Variable" && /^[A-Z][A-Z0-9_]*$/u.test(name));
}

/** Length of an array expression, when the code fixes it. */
export function lengthOf(node: Node, module: SourceModule, depth = 0): number | undefined {
  const inner = unwrap(node);
  if (depth > 6) return undefined;
  if (inner.type === "ArrayExpression") return inner.elements.some((element) => element?.type === "SpreadElement") ? undefined : inner.elements.length;
  if (inner.type === "Identifier") {
    const variable = module.lookUp(inner.name, inner);
    const declarator = variable?.defs[0]?.node as Node | undefined;
    if (!variable || declarator?.type !== "VariableDeclarator" || !declarator.init || declarator.id.type !== "Identifier") return undefined;
    const grows = variable.references.some((reference) => {
      const use = reference.identifier as Node;
      const parent = use.parent;
      return (reference.isWrite() && !reference.init) || (parent?.type === "MemberExpression" && parent.object === use && /^(?:push|unshift|splice|concat|pop|shift)$/u.test(memberName(parent) ?? ""));
    });
    return grows ? undefined : lengthOf(declarator.init, module, depth + 1);
  }
  if (inner.type === "CallExpression") {
    const receiver = receiverOf(inner);
    const callee = unwrap(inner.callee);
    if (receiver && callee.type === "MemberExpression" && memberName(callee) === "map") return lengthOf(receiver, module, depth + 1);
    if (callee.type === "MemberExpression" && callee.object.type === "Identifier" && callee.object.name === "Object" && ["values", "keys", "entries"].includes(memberName(callee) ?? "")) return undefined;
  }
  return undefined;
}
