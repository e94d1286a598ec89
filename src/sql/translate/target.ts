/** Which of several joined tables a MySQL update or delete writes. */
import type { FromTree, Name, TableTree } from "../tree.js";

/** Splits FROM into the written table and the rest. `wanted` is its alias or name; the first table otherwise. */
export function splitTarget(from: readonly FromTree[], wanted: Name | undefined): { readonly target: TableTree | undefined; readonly rest: readonly FromTree[] } {
  const matches = (item: FromTree): boolean => {
    if (item.kind !== "table") return false;
    return wanted === undefined || (item.table.alias ?? item.table.name).text.toLowerCase() === wanted.text.toLowerCase() || item.table.name.text.toLowerCase() === wanted.text.toLowerCase();
  };
  const found = from.findIndex(matches);
  const index = found === -1 ? from.findIndex((item) => item.kind === "table") : found;
  const chosen = from[index];
  if (chosen?.kind !== "table") return { target: undefined, rest: from };
  const rest = from.filter((_, position) => position !== index);
  const [first, ...others] = rest;
  // The condition that joined the written table now joins what is left.
  if (chosen.join?.on !== undefined && first !== undefined && first.join === undefined) return { target: chosen.table, rest: [{ ...first, join: chosen.join }, ...others] };
  return { target: chosen.table, rest };
}
