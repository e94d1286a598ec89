/** How many rows the argument of an insert stands for. */
import type { Statement } from "../../query/model.js";
import { calleeName, isFunction, unwrap, type Node } from "../../syntax/ast.js";
import { annotationOf } from "../../syntax/patterns.js";
import type { SourceModule } from "../../syntax/source-module.js";
import { elementsOf } from "../../syntax/text.js";
import type { LibraryValue } from "../../syntax/values.js";
import type { AdapterContext } from "../contract.js";

/** How many rows an argument stands for; `isRow` knows the library's own values that are one row. */
export function rowsOf(node: Node, module: SourceModule, context: AdapterContext, isRow: (value: LibraryValue) => boolean = () => false): NonNullable<Statement["rows"]> {
  const inner = unwrap(node);
  switch (inner.type) {
    case "ArrayExpression":
      return "many";
    case "ObjectExpression":
    case "NewExpression":
      return "one";
    case "AwaitExpression":
      return rowsOf(inner.argument, module, context, isRow);
    case "CallExpression": {
      const name = calleeName(inner) ?? "";
      if (/^(?:map|filter|flatMap|concat|slice)$/u.test(name)) return "many";
      // `repository.create({ … })` gives one, `create([…])` and `create(list)` what it is given.
      const given = inner.arguments.at(-1);
      if (name === "create" && given && given.type !== "SpreadElement") return rowsOf(given, module, context, isRow);
      return "unknown";
    }
    case "Identifier": {
      const value = context.values.evaluate(inner, module);
      if (value.kind === "library" && isRow(value)) return "one";
      if (value.kind === "instance" || value.kind === "object") return "one";
      if (elementsOf(inner, module)) return "many";
      const definition = module.lookUp(inner.name, inner)?.defs[0];
      const annotation = definition && annotationOf(definition.name as Node);
      if (annotation) return annotation.type === "TSArrayType" || (annotation.type === "TSTypeReference" && annotation.typeName.type === "Identifier" && annotation.typeName.name === "Array") ? "many" : annotation.type === "TSTypeReference" ? "one" : "unknown";
      const declarator = definition?.node as Node | undefined;
      // What a loop or a callback is given is one row of a list, unless its name says that it is several.
      if (isElement(declarator)) return /(?:s|chunk|batch|list|group|page|slice)$/iu.test(inner.name) ? "unknown" : "one";
      return declarator?.type === "VariableDeclarator" && declarator.id.type === "Identifier" && declarator.init && unwrap(declarator.init).type !== "Identifier" ? rowsOf(declarator.init, module, context, isRow) : "unknown";
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
