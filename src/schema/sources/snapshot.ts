/** A snapshot file → tables. What it says was true of the live database on the day it was taken. */
import { indexMethod } from "../index-method.js";
import { readSnapshot, type Snapshot, type SnapshotColumn, type SnapshotIndex, type SnapshotTable } from "../snapshot.js";
import type { Column, Index, Provenance, Table } from "../model.js";
import type { SchemaPart } from "../part.js";
import { normaliseType } from "../types.js";
import type { SqlFile } from "./sql.js";

/** A file that cannot be used makes a part without tables, whose report says why. */
export function readSnapshotFile({ file, text }: SqlFile): SchemaPart {
  const reading = readSnapshot(text);
  if ("problem" in reading) return unusableSnapshot(file, reading.line, reading.problem);
  const { snapshot, lineOf } = reading;
  const at = (item: object): Provenance => ({ file, line: lineOf(item), kind: "snapshot" });
  const tables = snapshot.tables.map((table) => readTable(table, snapshot, at));
  return { kind: "snapshot", dialect: snapshot.server.kind, reports: [{ file, kind: "snapshot", tables: tables.length, notUnderstood: [] }], tables };
}

/** What is left of a snapshot file that cannot be used: one sentence for the report. */
export function unusableSnapshot(file: string, line: number, text: string): SchemaPart {
  return { kind: "snapshot", dialect: undefined, reports: [{ file, kind: "snapshot", tables: 0, notUnderstood: [{ line, text }] }], tables: [] };
}

type Place = (item: object) => Provenance;

function readTable(table: SnapshotTable, { server }: Snapshot, at: Place): Table {
  return {
    name: table.name,
    ...(table.schema === undefined ? {} : { schema: table.schema }),
    columns: table.columns.map((column) => readColumn(column, server, at)),
    indexes: table.indexes.map((index) => readIndex(index, at)),
    foreignKeys: table.foreignKeys.map((key) => ({ columns: key.columns, referencedTable: key.table, referencedColumns: key.referencedColumns, provenance: at(key) })),
    relations: [],
    ...(table.uncertain === undefined ? {} : { uncertain: table.uncertain }),
    ...(table.rows === undefined ? {} : { rows: table.rows }),
    // A materialized view is stored and indexed like a table.
    ...(table.kind === "table" || table.kind === "materialized view" ? {} : { view: true }),
    provenance: at(table),
  };
}

function readColumn(column: SnapshotColumn, server: Snapshot["server"], at: Place): Column {
  const type = normaliseType(column.type);
  const collation = column.collation ?? (type === "text" || type === "varchar" || type === "char" ? server.collation : undefined);
  return {
    name: column.name,
    ...(type === undefined ? {} : { type }),
    nullable: column.nullable ? "yes" : "no",
    ...(collation === undefined ? {} : { collation }),
    ...(column.enumeration === true || type === "enum" ? { enumeration: true } : {}),
    provenance: at(column),
  };
}

function readIndex(index: SnapshotIndex, at: Place): Index {
  return {
    ...(index.name === undefined ? {} : { name: index.name }),
    kind: index.kind,
    method: index.method === "fulltext" || index.method === "spatial" ? index.method : indexMethod(index.method),
    parts: index.parts,
    include: index.include ?? [],
    ...(index.where === undefined ? {} : { where: index.where }),
    provenance: at(index),
  };
}
