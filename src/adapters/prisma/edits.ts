/** Edits of the argument object that keep the call right. */
import type { TSESTree } from "@typescript-eslint/utils";
import type { TextEdit } from "../../query/model.js";
import { unwrap } from "../../syntax/ast.js";
import { entriesOf, type ObjectShape } from "../../syntax/objects.js";
import type { SourceModule } from "../../syntax/source-module.js";

/** Adds `take`, or a number in place of a `take` that may be undefined. */
export function limitEdit(call: TSESTree.CallExpression, args: ObjectShape, rows: number, module: SourceModule): readonly TextEdit[] | undefined {
  // With `distinct` no LIMIT is sent, whatever `take` says.
  if (args.entries.some((entry) => entry.key === "distinct")) return undefined;
  const [first] = call.arguments;
  if (!first) {
    const end = call.range[1] - 1;
    return module.text[end] === ")" ? [{ range: [end, end], text: `{ take: ${rows} }` }] : undefined;
  }
  const [take, ...others] = entriesOf(args, "take");
  if (take) {
    if (others.length > 0 || take.presence === "maybe" || take.module !== module) return undefined;
    const property = take.node;
    if (property.type !== "Property") return undefined;
    const name = unwrap(take.value);
    if (name.type !== "Identifier" && name.type !== "MemberExpression") return undefined;
    if (name.type === "Identifier" && name.name === "undefined") return [{ range: take.value.range, text: String(rows) }];
    const value = module.text.slice(...take.value.range);
    return property.shorthand ? [{ range: property.range, text: `take: ${value} ?? ${rows}` }] : [{ range: take.value.range, text: `${value} ?? ${rows}` }];
  }
  const object = unwrap(first);
  if (object.type !== "ObjectExpression" || args.open) return undefined;
  const last = object.properties.at(-1);
  if (!last) return [{ range: object.range, text: `{ take: ${rows} }` }];
  return [{ range: [last.range[1], last.range[1]], text: `,${gapOf(object, module)}take: ${rows}` }];
}

/** What stands between two properties: a line break with its indentation where the object is written over several lines. */
function gapOf(object: TSESTree.ObjectExpression, module: SourceModule): string {
  const [first] = object.properties;
  const before = first ? module.text.slice(object.range[0] + 1, first.range[0]) : "";
  return /^\s*[\r\n]\s*$/u.test(before) ? before.slice(before.lastIndexOf("\n")) : " ";
}
