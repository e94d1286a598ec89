/** What a reference of a predicate tests: the columns in it, and the expression around them as a tree. */
import type { ColumnRef, ColumnWrapper } from "../query/model.js";
import type { Column, Table } from "../schema/model.js";
import { findColumn, resolve, type Relation, type Resolution } from "./columns.js";
import { parseExpression, type Node } from "./syntax.js";

export type Reference =
  | {
      readonly kind: "own";
      /** The first column, for messages. */
      readonly column: Column;
      readonly columns: readonly Column[];
      /** Undefined when the expression cannot be read. */
      readonly node: Node | undefined;
      readonly text: string | undefined;
    }
  | { readonly kind: "foreign" }
  /** Columns of this table and of another one in one expression. */
  | { readonly kind: "mixed"; readonly column: Column }
  | { readonly kind: "unknown" };

/** What a reference means in the table that is judged. */
export function readReference(reference: ColumnRef, relation: Relation, resolved: (reference: ColumnRef, relation: Relation) => Resolution = resolve): Reference {
  const resolutions = [reference, ...(reference.others ?? [])].map((item) => resolved(item, relation));
  if (resolutions.some((item) => item.kind === "unknown")) return { kind: "unknown" };
  const columns = resolutions.flatMap((item) => (item.kind === "own" ? [item.column] : []));
  const [column] = columns;
  if (column === undefined) return { kind: "foreign" };
  if (columns.length < resolutions.length) return { kind: "mixed", column };
  const text = reference.text ?? wrapperText(reference.wrappers);
  const parsed = reference.wrappers.length === 0 ? ({ kind: "name", name: column.name } as const) : text === undefined ? byWrappers(reference.wrappers, column) : parseExpression(text);
  return { kind: "own", column, columns, node: parsed && renamed(parsed, reference, relation.table), text };
}

function wrapperText(wrappers: readonly ColumnWrapper[]): string | undefined {
  const [first] = wrappers;
  return first?.kind === "function" ? first.text : undefined;
}

/** Casts and collations say all about themselves. */
function byWrappers(wrappers: readonly ColumnWrapper[], column: Column): Node | undefined {
  let node: Node = { kind: "name", name: column.name };
  for (const wrapper of [...wrappers].reverse()) {
    if (wrapper.kind === "cast") node = { kind: "cast", item: node, type: wrapper.type };
    else if (wrapper.kind === "collate") node = { kind: "collate", item: node, collation: wrapper.collation };
    else return undefined;
  }
  return node;
}

/** The names of the database in the place of a library's property names. */
function renamed(node: Node, reference: ColumnRef, table: Table): Node {
  if (reference.property !== true) return node;
  const visit = (part: Node): Node => {
    switch (part.kind) {
      case "name": {
        const column = findColumn({ name: part.name, property: true }, table);
        return column === undefined ? part : { kind: "name", name: column.name };
      }
      case "call":
        return { ...part, args: part.args.map(visit) };
      case "cast":
      case "collate":
      case "unary":
        return { ...part, item: visit(part.item) };
      case "binary":
        return { ...part, left: visit(part.left), right: visit(part.right) };
      default:
        return part;
    }
  };
  return visit(node);
}
