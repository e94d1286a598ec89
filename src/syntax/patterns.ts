/** What binds names: patterns, parameters, imports, and what functions return. */
import type { TSESTree } from "@typescript-eslint/utils";
import { isClass, isFunction, keyName, walk, type FunctionNode, type Node } from "./ast.js";

/** Names of the properties that lead from a pattern to one of its identifiers; undefined when it is not in the pattern or under a rest. */
export function patternPath(pattern: Node, identifier: TSESTree.Identifier): readonly string[] | undefined {
  switch (pattern.type) {
    case "Identifier":
      return pattern === identifier || (pattern.name === identifier.name && pattern.range[0] === identifier.range[0]) ? [] : undefined;
    case "AssignmentPattern":
      return patternPath(pattern.left, identifier);
    case "ObjectPattern":
      for (const property of pattern.properties) {
        if (property.type === "RestElement") continue;
        const path = patternPath(property.value, identifier);
        const key = keyName(property);
        if (path) return key === undefined ? undefined : [key, ...path];
      }
      return undefined;
    case "ArrayPattern":
      for (const [index, element] of pattern.elements.entries()) {
        const path = element && element.type !== "RestElement" ? patternPath(element, identifier) : undefined;
        if (path) return [String(index), ...path];
      }
      return undefined;
    default:
      return undefined;
  }
}

/** The default that a pattern gives one of its identifiers. */
export function patternDefault(pattern: Node, identifier: TSESTree.Identifier): Node | undefined {
  switch (pattern.type) {
    case "AssignmentPattern":
      return pattern.left.type === "Identifier" && pattern.left.range[0] === identifier.range[0] ? pattern.right : patternDefault(pattern.left, identifier);
    case "ObjectPattern":
      for (const property of pattern.properties) {
        const found = property.type === "RestElement" ? undefined : patternDefault(property.value, identifier);
        if (found) return found;
      }
      return undefined;
    case "ArrayPattern":
      for (const element of pattern.elements) {
        const found = element ? patternDefault(element, identifier) : undefined;
        if (found) return found;
      }
      return undefined;
    default:
      return undefined;
  }
}

/** The annotation of a parameter or of a variable's pattern. */
export function annotationOf(pattern: Node): Node | undefined {
  if (pattern.type === "AssignmentPattern") return annotationOf(pattern.left);
  return "typeAnnotation" in pattern && pattern.typeAnnotation && pattern.typeAnnotation.type === "TSTypeAnnotation" ? pattern.typeAnnotation.typeAnnotation : undefined;
}

/** What a function returns, as far as it is written as expressions. At most eight. */
export function returnedExpressions(fn: FunctionNode): readonly Node[] {
  if (!fn.body) return [];
  if (fn.body.type !== "BlockStatement") return [fn.body];
  const returned: Node[] = [];
  walk(fn.body, (node) => {
    if (isFunction(node) || isClass(node) || returned.length >= 8) return false;
    if (node.type === "ReturnStatement" && node.argument) returned.push(node.argument);
    return undefined;
  });
  return returned;
}

/** Every identifier a pattern binds. */
export function identifiersOf(pattern: Node): readonly TSESTree.Identifier[] {
  switch (pattern.type) {
    case "Identifier":
      return [pattern];
    case "AssignmentPattern":
      return identifiersOf(pattern.left);
    case "RestElement":
      return identifiersOf(pattern.argument);
    case "ObjectPattern":
      return pattern.properties.flatMap((property) => (property.type === "RestElement" ? identifiersOf(property.argument) : identifiersOf(property.value)));
    case "ArrayPattern":
      return pattern.elements.flatMap((element) => (element ? identifiersOf(element) : []));
    case "TSParameterProperty":
      return identifiersOf(pattern.parameter);
    default:
      return [];
  }
}

/** The import a binding stands for. `*` for a namespace. */
export function importBinding(node: Node, parent: Node | undefined): { readonly specifier: string; readonly name: string } | undefined {
  if (parent?.type !== "ImportDeclaration") return undefined;
  const specifier = parent.source.value;
  if (node.type === "ImportDefaultSpecifier") return { specifier, name: "default" };
  if (node.type === "ImportNamespaceSpecifier") return { specifier, name: "*" };
  return node.type === "ImportSpecifier" ? { specifier, name: nameOf(node.imported) } : undefined;
}

/** The name of an import or export specifier. */
export function nameOf(node: Node): string {
  if (node.type === "Identifier") return node.name;
  return node.type === "Literal" ? String(node.value) : "";
}
