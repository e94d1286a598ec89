/** Which column of the table a reference in a predicate means. */
import { unreachable } from "../base/exhaustive.js";
import type { ColumnRef, Operand, Predicate, Statement } from "../query/model.js";
import type { Column, Table } from "../schema/model.js";

/** The table a predicate is judged for, and what the statement calls it. */
export interface Relation {
  readonly table: Table;
  /** Alias or name; undefined when the statement does not qualify. */
  readonly alias: string | undefined;
  /** There is no other relation in the statement. */
  readonly alone: boolean;
}

export type Resolution =
  | { readonly kind: "own"; readonly column: Column }
  /** A column of another relation. */
  | { readonly kind: "foreign" }
  /** A column that the schema does not know, or a name that may belong to another relation. */
  | { readonly kind: "unknown" };

const FOREIGN: Resolution = { kind: "foreign" };
const UNKNOWN: Resolution = { kind: "unknown" };

export function resolve(reference: ColumnRef, relation: Relation): Resolution {
  const { table, alias, alone } = relation;
  if (reference.table !== undefined) {
    const names = alias === undefined ? [table.name, table.model, ...(table.otherModels ?? [])] : [alias];
    const isOwn = names.some((name) => name?.toLowerCase() === reference.table?.toLowerCase());
    if (!isOwn) return alone && alias === undefined ? UNKNOWN : FOREIGN;
  }
  const column = findColumn(reference, table);
  if (column !== undefined) return { kind: "own", column };
  // An unqualified name that is no column of this table belongs to another relation, if there is one.
  return reference.table === undefined && !alone && table.uncertain === undefined && table.columns.length > 0 ? FOREIGN : UNKNOWN;
}

/**
 * A library's property names are matched first when the reference is one; the name itself otherwise. Exact spelling comes
 * before a spelling that differs in case, which only PostgreSQL tells apart, and there only with quotes.
 */
export function findColumn(reference: Pick<ColumnRef, "name" | "property">, table: Pick<Table, "columns">): Column | undefined {
  const { name } = reference;
  const byProperty = reference.property === true ? (table.columns.find((column) => column.property === name) ?? table.columns.find((column) => column.otherProperties?.includes(name) === true)) : undefined;
  if (byProperty !== undefined) return byProperty;
  const exact = table.columns.find((column) => column.name === name);
  if (exact !== undefined) return exact;
  const lower = name.toLowerCase();
  const similar = table.columns.filter((column) => column.name.toLowerCase() === lower);
  return similar.length === 1 ? similar[0] : undefined;
}

/** Every column that a predicate names outside sub-queries; `complete` is false when some part could not be read. */
export function columnsOf(predicate: Predicate): { readonly columns: readonly ColumnRef[]; readonly complete: boolean } {
  const columns: ColumnRef[] = [];
  let complete = true;
  const name = (column: ColumnRef): void => {
    columns.push(column, ...(column.others ?? []));
  };
  const operand = (value: Operand): void => {
    switch (value.kind) {
      case "column":
        name(value.column);
        return;
      case "subquery":
        complete = false;
        return;
      case "literal":
      case "parameter":
      case "expression":
        return;
    }
  };
  const visit = (item: Predicate): void => {
    switch (item.op) {
      case "and":
      case "or":
        item.items.forEach(visit);
        return;
      case "not":
      case "optional":
        visit(item.item);
        return;
      case "constant":
        return;
      case "compare":
        name(item.column);
        operand(item.operand);
        return;
      case "in":
        name(item.column);
        if (item.values.kind === "subquery") complete = false;
        else if (item.values.kind === "list") item.values.operands.forEach(operand);
        else operand(item.values.operand);
        return;
      case "like":
        name(item.column);
        operand(item.pattern);
        return;
      case "null":
      case "boolean":
        name(item.column);
        return;
      case "between":
        name(item.column);
        operand(item.low);
        operand(item.high);
        return;
      case "operator":
        item.columns.forEach(name);
        item.operands.forEach(operand);
        if (item.columns.length === 0) complete = false;
        return;
      case "exists":
      case "relation":
        complete = false;
        return;
      case "opaque":
        if (item.invariant !== true) complete = false;
        return;
      default:
        unreachable(item);
    }
  };
  visit(predicate);
  return { columns, complete };
}

/** Columns of the outer table that a sub-query refers to by the outer table's alias. */
export function correlations(statement: Statement, relation: Relation): readonly ColumnRef[] {
  const alias = relation.alias ?? relation.table.name;
  const shadowed = statement.sources.some((source) => (source.kind === "table" ? source.table.alias : source.alias).toLowerCase() === alias.toLowerCase());
  if (shadowed) return [];
  return columnsOf(statement.where).columns.filter((column) => column.table?.toLowerCase() === alias.toLowerCase());
}

/** Flags and enumerations: an equality with one of their values selects a large part of the table. */
export function hasFewValues(column: Column): boolean {
  return column.type === "boolean" || column.enumeration === true || column.type === "enum";
}
