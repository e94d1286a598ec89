/** An edit of the options of a call that keeps the call right. */
import type { TSESTree } from "@typescript-eslint/utils";
import type { TextEdit } from "../query/model.js";
import { unwrap } from "../syntax/ast.js";
import { entriesOf, type ObjectShape } from "../syntax/objects.js";
import type { SourceModule } from "../syntax/source-module.js";

export interface OptionPlace {
  readonly call: TSESTree.CallExpression;
  /** The argument that holds the options, counted from 0; all before it are there. */
  readonly position: number;
  readonly key: string;
  readonly args: ObjectShape;
}

/** Adds an option with a number, or a number in place of a value that may be undefined. Undefined where that is not certainly right. */
export function optionEdit({ call, position, key, args }: OptionPlace, value: number, module: SourceModule): readonly TextEdit[] | undefined {
  const given = call.arguments[position];
  if (!given) {
    if (call.arguments.length !== position) return undefined;
    const last = call.arguments.at(-1);
    if (last) return last.type === "SpreadElement" ? undefined : [{ range: [last.range[1], last.range[1]], text: `, { ${key}: ${value} }` }];
    const end = call.range[1] - 1;
    return module.text[end] === ")" ? [{ range: [end, end], text: `{ ${key}: ${value} }` }] : undefined;
  }
  const [entry, ...others] = entriesOf(args, key);
  if (entry) {
    if (others.length > 0 || entry.presence === "maybe" || entry.module !== module) return undefined;
    const property = entry.node;
    if (property.type !== "Property") return undefined;
    const name = unwrap(entry.value);
    if (name.type !== "Identifier" && name.type !== "MemberExpression") return undefined;
    if (name.type === "Identifier" && name.name === "undefined") return [{ range: entry.value.range, text: String(value) }];
    const text = module.text.slice(...entry.value.range);
    return property.shorthand ? [{ range: property.range, text: `${key}: ${text} ?? ${value}` }] : [{ range: entry.value.range, text: `${text} ?? ${value}` }];
  }
  const object = unwrap(given);
  if (object.type !== "ObjectExpression" || args.open) return undefined;
  const last = object.properties.at(-1);
  if (!last) return [{ range: object.range, text: `{ ${key}: ${value} }` }];
  return [{ range: [last.range[1], last.range[1]], text: `,${gapOf(object, module)}${key}: ${value}` }];
}

/** What stands between two properties: a line break with its indentation where the object is written over several lines. */
function gapOf(object: TSESTree.ObjectExpression, module: SourceModule): string {
  const [first] = object.properties;
  const before = first ? module.text.slice(object.range[0] + 1, first.range[0]) : "";
  return /^\s*[\r\n]\s*$/u.test(before) ? before.slice(before.lastIndexOf("\n")) : " ";
}
