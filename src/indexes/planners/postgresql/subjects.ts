/** What a condition tests: a column or an expression over columns, in the one spelling that index keys are compared in. */
import type { ColumnRef } from "../../../query/model.js";
import type { Column, Index, IndexPart, Table } from "../../../schema/model.js";
import { normaliseType } from "../../../schema/types.js";
import { findColumn, type Relation } from "../../columns.js";
import { expressionNames, sameExpression } from "../../expression.js";
import { readReference } from "../../references.js";
import { canonical, childrenOf, namesIn, parseExpression, type Node } from "../../syntax.js";
import { familyOf, typeOf } from "./types.js";

export interface Subject {
  /** The first column, for messages. */
  readonly column: Column;
  readonly columns: readonly Column[];
  /** Without what changes nothing around it; undefined when the expression cannot be read. */
  readonly node: Node | undefined;
  readonly text: string | undefined;
  /** The column itself. */
  readonly bare: boolean;
  /** Type by which the operator is chosen. */
  readonly type: string | undefined;
  /** Collation of the comparison, in lower case; undefined for that of the database. */
  readonly collation: string | undefined;
}

export type Found =
  | { readonly kind: "subject"; readonly subject: Subject }
  | { readonly kind: "foreign" }
  /** Columns of this table and of another one in one expression. */
  | { readonly kind: "mixed"; readonly column: Column }
  | { readonly kind: "unknown" };

/** What a reference means in the table that is judged. */
export function subjectOf(reference: ColumnRef, relation: Relation): Found {
  const found = readReference(reference, relation);
  if (found.kind !== "own") return found;
  const { column, columns, node, text } = found;
  if (node === undefined) return { kind: "subject", subject: { column, columns, node, text, bare: false, type: undefined, collation: collationOf(column) } };
  const stripped = strip(node, relation.table);
  const bare = stripped.node.kind === "name";
  return { kind: "subject", subject: { column, columns, node: stripped.node, text, bare, type: stripped.type, collation: stripped.collation ?? collationOfNode(stripped.node, relation.table) } };
}

interface Stripped {
  readonly node: Node;
  readonly type: string | undefined;
  readonly collation: string | undefined;
}

/** Drops what match_index_to_operand drops from the outside: relabelling casts, and collations, which only relabel. */
function strip(node: Node, table: Table): Stripped {
  let current = node;
  let collation: string | undefined;
  let type: string | undefined;
  for (;;) {
    if (current.kind === "collate") {
      collation ??= current.collation.toLowerCase();
      current = current.item;
    } else if (current.kind === "cast" && relabels(typeOf(current.item, table), current.type)) {
      type ??= normaliseType(current.type);
      current = current.item;
    } else break;
  }
  return { node: current, type: type ?? typeOf(current, table), collation };
}

/** Casts between types of one representation do nothing to the value; one with a length computes. */
function relabels(from: string | undefined, to: string): boolean {
  const target = normaliseType(to);
  if (from === undefined || target === undefined || /\(/u.test(to)) return false;
  if (from === target) return true;
  const texts = ["text", "varchar", "citext"];
  return texts.includes(from) && (texts.includes(target) || target === "char");
}

function collationOf(column: Column): string | undefined {
  const collation = column.collation?.toLowerCase();
  return collation === "default" ? undefined : collation;
}

/** The collation of an expression is that of the columns in it (manual 24.2). */
function collationOfNode(node: Node, table: Table): string | undefined {
  if (node.kind === "collate") return node.collation.toLowerCase();
  if (node.kind === "name") {
    const column = findColumn({ name: node.name }, table);
    return column && collationOf(column);
  }
  return childrenOf(node).map((child) => collationOfNode(child, table)).find((found) => found !== undefined);
}

/** A key of an index as the planner sees it. */
export interface Key {
  readonly type: string | undefined;
  readonly collation: string | undefined;
}

export function keyOf(part: IndexPart, table: Table): Key {
  const node = nodeOf(part);
  const stripped = node && strip(node, table);
  const written = part.collation?.toLowerCase();
  return {
    type: stripped && typeOf(stripped.node, table),
    collation: written === "default" ? undefined : (written ?? stripped?.collation ?? (stripped && collationOfNode(stripped.node, table))),
  };
}

function nodeOf(part: IndexPart): Node | undefined {
  return part.column === undefined ? (part.expression === undefined ? undefined : parseExpression(part.expression)) : { kind: "name", name: part.column };
}

/** Is the key of the index what the condition tests? */
export function matches(part: IndexPart, subject: Subject, table: Table): "yes" | "no" | "unknown" {
  if (part.column !== undefined) return subject.bare && part.column.toLowerCase() === subject.column.name.toLowerCase() ? "yes" : "no";
  const names = subject.columns.some((column) => part.expression !== undefined && expressionNames(part.expression, column.name));
  if (!names || part.expression === undefined) return "no";
  const node = nodeOf(part);
  if (node === undefined || subject.node === undefined) return subject.text !== undefined && sameExpression(part.expression, subject.text) ? "yes" : subject.bare ? "no" : "unknown";
  const key = strip(node, table).node;
  if (canonical(key) === canonical(subject.node)) return "yes";
  return canonical(key, false) === canonical(subject.node, false) && !subject.bare ? "unknown" : "no";
}

/** An index on conditions: a whole conjunct may be its key. */
export function isOnCondition(index: Index, subject: Subject): boolean {
  return index.parts.some((part) => {
    const node = part.expression === undefined ? undefined : parseExpression(part.expression);
    if (part.expression === undefined || !subject.columns.some((column) => expressionNames(part.expression ?? "", column.name))) return false;
    return node === undefined || ["logical", "not", "null", "truth", "in", "between"].includes(node.kind) || (node.kind === "binary" && ["=", "<", ">", "<=", ">=", "<>", "like", "ilike"].includes(node.op));
  });
}

/** Do the operators of the key's class take a value of the subject's type? */
export function sameFamily(key: Key, subject: Subject): "yes" | "no" | "unknown" {
  if (key.type === undefined || subject.type === undefined) return key.type === subject.type || subject.bare ? "yes" : "unknown";
  if (key.type === subject.type) return "yes";
  const [one, other] = [familyOf(key.type), familyOf(subject.type)];
  return one === undefined || other === undefined ? "unknown" : one === other ? "yes" : "no";
}

/** One spelling of a subject; equal keys, equal values. */
export function keyOfSubject(subject: Subject): string | undefined {
  return subject.node && canonical(subject.node);
}

/** A function whose result may change between rows keeps an expression out of an index, and out of equalities. */
export function namesOf(node: Node): readonly string[] {
  return namesIn(node);
}
