/** What a condition tests and what it is compared with, as SQLite sees them: one spelling, a collation, an affinity. */
import type { ColumnRef, Operand } from "../../../query/model.js";
import type { Column, IndexPart, Table } from "../../../schema/model.js";
import { findColumn, resolve, type Relation, type Resolution } from "../../columns.js";
import { readReference } from "../../references.js";
import { childrenOf, namesIn, parseExpression, type Node } from "../../syntax.js";

/** The affinity of a declared type ("Datatypes in SQLite", 3.1); "none" is that of an expression. */
export type Affinity = "none" | "blob" | "text" | "numeric";

export interface Subject {
  /** The first column, for messages. */
  readonly column: Column;
  readonly columns: readonly Column[];
  /** The column itself. */
  readonly bare: boolean;
  /** The row number, or a column that is another name of it. */
  readonly rowid: boolean;
  /** The expression in one spelling, without the COLLATE around it; undefined when it cannot be read. */
  readonly text: string | undefined;
  /** Of a COLLATE around it, in lower case. */
  readonly collate: string | undefined;
  /** Of the comparison when no COLLATE is written on either side. */
  readonly collation: string;
  /** Undefined when the type is not known. */
  readonly affinity: Affinity | undefined;
}

export type Found =
  | { readonly kind: "subject"; readonly subject: Subject }
  | { readonly kind: "foreign" }
  /** Columns of this table and of another one in one expression. */
  | { readonly kind: "mixed" }
  | { readonly kind: "unknown" };

const ROWID = /^(?:rowid|oid|_rowid_)$/iu;

/** What a reference means in the table that is judged. */
export function subjectOf(reference: ColumnRef, relation: Relation): Found {
  const found = readReference(reference, relation, resolveIn);
  if (found.kind !== "own") return found;
  const { column, columns, node } = found;
  const { inner, collate } = withoutCollation(node);
  const bare = inner?.kind === "name";
  const alias = rowidAlias(relation.table);
  return {
    kind: "subject",
    subject: {
      column,
      columns,
      bare,
      rowid: bare && (alias === undefined ? ROWID.test(column.name) && !relation.table.columns.includes(column) : alias.name === column.name),
      text: inner && spell(inner),
      collate,
      collation: inner === undefined ? "binary" : collationOf(inner, relation.table),
      affinity: inner === undefined ? undefined : affinityOf(inner, relation.table),
    },
  };
}

function resolveIn(reference: ColumnRef, relation: Relation): Resolution {
  const resolution = resolve(reference, relation);
  if (resolution.kind !== "unknown" || !ROWID.test(reference.name) || (!relation.alone && reference.table === undefined)) return resolution;
  const alias = rowidAlias(relation.table);
  return { kind: "own", column: alias ?? { name: "rowid", type: "integer", nullable: "no", provenance: relation.table.provenance } };
}

/** The column that is the row number under another name: the primary key, if that is one column of type INTEGER. */
export function rowidAlias(table: Table): Column | undefined {
  const primary = table.indexes.find(({ kind }) => kind === "primary");
  const [only, ...others] = primary?.parts ?? [];
  const column = only?.column === undefined || others.length > 0 ? undefined : findColumn({ name: only.column }, table);
  return column !== undefined && (column.rowid ?? column.type === "integer") ? column : undefined;
}

function withoutCollation(node: Node | undefined): { readonly inner: Node | undefined; readonly collate: string | undefined } {
  let inner = node;
  let collate: string | undefined;
  while (inner?.kind === "collate") {
    collate ??= inner.collation.toLowerCase();
    inner = inner.item;
  }
  return { inner, collate };
}

/** The collation of an expression without COLLATE: its column's, behind a cast or a plus (`sqlite3ExprCollSeq`). */
function collationOf(node: Node, table: Table): string {
  switch (node.kind) {
    case "name":
      return findColumn({ name: node.name }, table)?.collation?.toLowerCase() ?? "binary";
    case "cast":
      return collationOf(node.item, table);
    case "unary":
      return node.op === "+" ? collationOf(node.item, table) : "binary";
    default:
      return childrenOf(node).flatMap((child) => (child.kind === "collate" ? [child.collation.toLowerCase()] : []))[0] ?? "binary";
  }
}

function affinityOf(node: Node, table: Table): Affinity | undefined {
  if (node.kind === "cast") return affinityOfType(node.type);
  if (node.kind !== "name") return "none";
  const column = findColumn({ name: node.name }, table);
  if (column === undefined) return "numeric";
  if (column.type === undefined) return column.provenance.kind === "sql" ? "blob" : undefined;
  return column.enumeration === true && column.provenance.kind !== "sql" ? "text" : affinityOfType(column.type);
}

/** "Datatypes in SQLite", 3.1. INTEGER, REAL and NUMERIC are one here: indexes do not tell them apart. */
export function affinityOfType(type: string): Affinity {
  const name = type.toLowerCase();
  if (name.includes("int")) return "numeric";
  if (/char|clob|text/u.test(name)) return "text";
  return name.includes("blob") || name === "" ? "blob" : "numeric";
}

/** The affinity of a value; undefined when it depends on another table. */
export function affinityOfOperand(operand: Operand): Affinity | undefined {
  switch (operand.kind) {
    case "literal":
    case "parameter":
      return operand.sqlType === undefined ? "none" : affinityOfType(operand.sqlType);
    case "expression":
      return operand.sqlType === undefined || affinityOfType(operand.sqlType) !== "numeric" ? "none" : undefined;
    case "column":
    case "subquery":
      return undefined;
  }
}

/**
 * May an index of this affinity find the values that compare equal (`sqlite3IndexAffinityOk`)? A number compared with a
 * text column converts the column.
 */
export function suits(index: Affinity | undefined, value: Affinity | undefined): "yes" | "no" | "unknown" {
  if (index === "numeric" || value === "none") return "yes";
  if (index === undefined || value === undefined) return "unknown";
  if (index === "none") return value === "blob" ? "yes" : "no";
  return value === "numeric" ? "no" : "yes";
}

/** Is the key of the index what the condition tests? COLLATE does not count here. */
export function matches(part: IndexPart, subject: Subject): "yes" | "no" | "unknown" {
  if (part.column !== undefined) return subject.bare && part.column.toLowerCase() === subject.column.name.toLowerCase() ? "yes" : "no";
  const { inner } = withoutCollation(part.expression === undefined ? undefined : parseExpression(part.expression));
  if (inner === undefined || subject.text === undefined) {
    const text = part.expression?.toLowerCase() ?? "";
    return subject.columns.some((column) => text.includes(column.name.toLowerCase())) && !subject.bare ? "unknown" : "no";
  }
  return spell(inner) === subject.text ? "yes" : "no";
}

/** Collation of a key of an index, in lower case. */
export function collationOfPart(part: IndexPart, table: Table): string {
  if (part.collation !== undefined) return part.collation.toLowerCase();
  if (part.column !== undefined) return findColumn({ name: part.column }, table)?.collation?.toLowerCase() ?? "binary";
  const { inner, collate } = withoutCollation(part.expression === undefined ? undefined : parseExpression(part.expression));
  return collate ?? (inner === undefined ? "binary" : collationOf(inner, table));
}

/** An expression or a condition in one spelling, as `sqlite3ExprCompare` compares them: the same tree, the same texts. */
export function spell(node: Node): string {
  switch (node.kind) {
    case "name":
      return `"${node.name.toLowerCase()}"`;
    case "literal":
      return node.written.toLowerCase() === "true" || node.written.toLowerCase() === "false" ? node.written.toLowerCase() : node.written;
    case "parameter":
      return node.written;
    case "call":
      return `${node.name.toLowerCase()}(${node.args.map(spell).join(",")})`;
    case "cast":
      return `cast(${spell(node.item)} as ${node.type.toLowerCase()})`;
    case "collate":
      return `(${spell(node.item)} collate ${node.collation.toLowerCase()})`;
    case "unary":
      return `(${node.op} ${spell(node.item)})`;
    case "binary":
      return `(${spell(node.left)} ${OPERATORS[node.op] ?? node.op} ${spell(node.right)})`;
    case "logical":
      return `(${node.items.map(spell).join(` ${node.op} `)})`;
    case "not":
      return `(not ${spell(node.item)})`;
    case "null":
      return `(${spell(node.item)} is ${node.negated ? "not " : ""}null)`;
    case "truth":
      return `(${spell(node.item)} is ${node.negated ? "not " : ""}${String(node.value)})`;
    case "in":
      return `(${spell(node.item)} ${node.negated ? "not " : ""}in ${node.items.map(spell).join(",")})`;
    case "between":
      return `(${spell(node.item)} ${node.negated ? "not " : ""}between ${spell(node.low)} and ${spell(node.high)})`;
    case "array":
      return `array[${node.items.map(spell).join(",")}]`;
  }
}

const OPERATORS: Readonly<Record<string, string>> = { "==": "=", "!=": "<>" };

/** Does the expression name any of the columns? */
export function speaksOf(node: Node, columns: readonly string[]): boolean {
  const wanted = new Set(columns.map((column) => column.toLowerCase()));
  return namesIn(node).some((name) => wanted.has(name.toLowerCase()));
}
