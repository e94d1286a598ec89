/** Edits of builder chains that keep them right. */
import type { Amount, TextEdit } from "../../query/model.js";
import { unwrap, type Node } from "../../syntax/ast.js";
import type { SourceModule } from "../../syntax/source-module.js";

/** A number in place of an amount that may be absent, or behind `??`. Undefined where the amount is a number already. */
export function replacedAmount(argument: Node, kind: Exclude<Amount["kind"], "maybe">, rows: number, module: SourceModule): readonly TextEdit[] | undefined {
  if (kind === "number") return undefined;
  if (kind === "none") return [{ range: [argument.range[0], argument.range[1]], text: String(rows) }];
  const inner = unwrap(argument);
  const text = module.text.slice(...argument.range);
  const isSimple = inner === argument && (inner.type === "Identifier" || inner.type === "MemberExpression" || inner.type === "CallExpression");
  return [{ range: [argument.range[0], argument.range[1]], text: isSimple ? `${text} ?? ${rows}` : `(${text}) ?? ${rows}` }];
}
