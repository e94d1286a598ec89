/** What a condition tests, and whether it is the key of an index, in MySQL and MariaDB. */
import type { Tri } from "../../../base/tri.js";
import type { ColumnRef } from "../../../query/model.js";
import type { Column, IndexPart, Table } from "../../../schema/model.js";
import { findColumn, type Relation } from "../../columns.js";
import { readReference } from "../../references.js";
import { canonical, parseExpression, type Node } from "../../syntax.js";

export interface Subject {
  /** The first column, for messages. */
  readonly column: Column;
  readonly columns: readonly Column[];
  /** The column itself. */
  readonly bare: boolean;
  /** Undefined when the expression cannot be read. */
  readonly node: Node | undefined;
  /** Names of the functions around the column, outermost first. */
  readonly functions: readonly string[];
}

export type Found =
  | { readonly kind: "subject"; readonly subject: Subject }
  | { readonly kind: "foreign" }
  /** Columns of this table and of another one in one expression. */
  | { readonly kind: "mixed" }
  | { readonly kind: "unknown" };

/** What a reference means in the table that is judged. */
export function subjectOf(reference: ColumnRef, relation: Relation): Found {
  const found = readReference(reference, relation);
  if (found.kind !== "own") return found;
  const { column, columns, node } = found;
  const bare = reference.wrappers.length === 0;
  return { kind: "subject", subject: { column, columns, bare, node, functions: reference.wrappers.flatMap((wrapper) => (wrapper.kind === "function" ? [wrapper.name.toLowerCase()] : [])) } };
}

/** Is the key of the index what the condition tests? A key may be a column that is generated from the same expression. */
export function matches(part: IndexPart, subject: Subject, table: Table): Tri {
  if (part.column !== undefined) {
    if (subject.bare) return part.column.toLowerCase() === subject.column.name.toLowerCase() ? "yes" : "no";
    const generated = findColumn({ name: part.column }, table)?.generated;
    return generated === undefined ? "no" : sameText(generated, subject);
  }
  return subject.bare || part.expression === undefined ? "no" : sameText(part.expression, subject);
}

function sameText(text: string, subject: Subject): Tri {
  const node = parseExpression(text);
  const names = subject.columns.some(({ name }) => text.toLowerCase().includes(name.toLowerCase()));
  if (!names) return "no";
  if (node === undefined || subject.node === undefined) return "unknown";
  if (canonical(node) === canonical(subject.node)) return "yes";
  return canonical(node, false) === canonical(subject.node, false) ? "unknown" : "no";
}
