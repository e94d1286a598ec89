/** Edits of the argument object that keep the call right. */
import type { TSESTree } from "@typescript-eslint/utils";
import type { Span, TextEdit } from "../../query/model.js";
import { contains, isFunction, isUndefined, memberName, walk, type Node } from "../../syntax/ast.js";
import type { ObjectShape } from "../../syntax/objects.js";
import type { SourceModule } from "../../syntax/source-module.js";
import { optionEdit } from "../option-edit.js";

/** Adds `take`, or a number in place of a `take` that may be undefined. With `distinct` no LIMIT is sent, whatever `take` says. */
export function limitEdit(call: TSESTree.CallExpression, args: ObjectShape, rows: number, module: SourceModule): readonly TextEdit[] | undefined {
  return args.entries.some((entry) => entry.key === "distinct") ? undefined : optionEdit({ call, position: 0, key: "take", args }, rows, module);
}

/**
 * A test in front of the statement for each value whose condition stands at one of the spans: `if (id === undefined) throw …`.
 * Only where the statement cannot be reached otherwise, so that nothing fails that was right.
 */
export function requireValueEdit(call: TSESTree.CallExpression, spans: readonly Span[], module: SourceModule): readonly TextEdit[] | undefined {
  const statement = unconditionalStatement(call);
  if (!statement) return undefined;
  const tests = new Set<string>();
  for (const span of spans) {
    const value = valueAt(call, span);
    if (!value || !isPath(value) || isUndefined(value) || !isUnconditional(value, call)) return undefined;
    const text = module.text.slice(...value.range);
    tests.add(`if (${text} === undefined) throw new Error("${text.replaceAll("?.", ".")} is missing");`);
  }
  if (tests.size === 0) return undefined;
  const [start] = statement.range;
  const line = module.text.slice(module.text.lastIndexOf("\n", start - 1) + 1, start);
  const gap = /^[ \t]*$/u.test(line) ? `\n${line}` : " ";
  return [{ range: [start, start], text: [...tests].map((test) => test + gap).join("") }];
}

/** The statement that a call is a part of, when it always executes the call and stands in a list of statements. */
function unconditionalStatement(call: Node): Node | undefined {
  for (let node = call; node.parent; node = node.parent) {
    const { parent } = node;
    if (isFunction(node) || node.type === "ConditionalExpression" || node.type === "LogicalExpression") return undefined;
    if (parent.type === "BlockStatement" || parent.type === "Program") {
      // What is declared further to the left does not exist before the statement.
      const isSimple = node.type === "ExpressionStatement" || node.type === "ReturnStatement" || (node.type === "VariableDeclaration" && node.declarations.length === 1);
      return isSimple ? node : undefined;
    }
  }
  return undefined;
}

/** The value of the property, or the expression, that stands exactly at a span. */
function valueAt(call: TSESTree.CallExpression, span: Span): Node | undefined {
  let found: Node | undefined;
  for (const argument of call.arguments) {
    walk(argument, (node) => {
      if (found || node.range[0] > span.start || node.range[1] < span.end) return false;
      if (node.range[0] === span.start && node.range[1] === span.end) found = node.type === "Property" ? node.value : node;
      return undefined;
    });
  }
  return found;
}

/** `id`, `this.id`, `filter?.owner.id`: reading it twice gives the same. */
function isPath(node: Node): boolean {
  const inner = node.type === "ChainExpression" ? node.expression : node;
  if (inner.type === "Identifier" || inner.type === "ThisExpression") return true;
  return inner.type === "MemberExpression" && !inner.computed && memberName(inner) !== undefined && isPath(inner.object);
}

/** Is the value part of the call however the call is made? */
function isUnconditional(value: Node, call: Node): boolean {
  for (let node: Node | undefined = value; node && node !== call; node = node.parent) {
    if (isFunction(node) || node.type === "ConditionalExpression" || node.type === "LogicalExpression") return false;
  }
  return contains(call, value);
}
