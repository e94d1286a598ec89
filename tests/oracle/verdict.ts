/** Our verdict on a condition, from the text of the DDL and of the statement alone. */
import { accessPath, type AccessPath } from "../../src/indexes/access.js";
import { findColumn } from "../../src/indexes/columns.js";
import { restrictionOf } from "../../src/indexes/restriction.js";
import { mergeParts } from "../../src/schema/merge.js";
import type { SchemaModel } from "../../src/schema/model.js";
import { readSqlFiles } from "../../src/schema/sources/sql.js";
import { readSql } from "../../src/sql/index.js";
import type { OracleDialect } from "./generate.js";

export function schemaOfDdl(ddl: readonly string[], dialect: OracleDialect): SchemaModel {
  return mergeParts([readSqlFiles([{ file: "/schema.sql", text: `${ddl.join(";\n")};` }], dialect)], dialect, "oracle");
}

/** Undefined when the statement cannot be read. */
export function verdictOf(schema: SchemaModel, condition: string, dialect: OracleDialect, version?: string, source = "t"): AccessPath | undefined {
  const reading = readSql({ text: `SELECT * FROM ${source} WHERE ${condition}`, holes: [] }, { dialect });
  const table = schema.table("t");
  if ("opaque" in reading || table === undefined) return undefined;
  const [statement] = reading.statements;
  const ref = statement?.sources.find((item) => item.kind === "table" && item.table.name === "t");
  if (statement === undefined || ref?.kind !== "table") return undefined;
  const predicate = restrictionOf(statement, ref.table, (column) => findColumn(column, table) !== undefined);
  return accessPath({ table, predicate, dialect, alias: "t", alone: statement.sources.length === 1, ...(version === undefined ? {} : { version }) });
}

export interface Tally {
  pairs: number;
  unread: number;
  definite: number;
  agree: number;
  /** We say unusable, the planner seeks: must never happen. */
  readonly denied: string[];
  /** We say usable, the planner does not seek. */
  readonly promised: string[];
  readonly unknown: Map<string, number>;
}

export function newTally(): Tally {
  return { pairs: 0, unread: 0, definite: 0, agree: 0, denied: [], promised: [], unknown: new Map() };
}

/** Compares one verdict with what the planner does. */
export function count(tally: Tally, path: AccessPath | undefined, seeks: boolean, what: string): void {
  tally.pairs += 1;
  if (path === undefined) {
    tally.unread += 1;
    return;
  }
  switch (path.verdict) {
    case "unknown":
      tally.unknown.set(path.reason, (tally.unknown.get(path.reason) ?? 0) + 1);
      return;
    case "usable":
      tally.definite += 1;
      if (seeks) tally.agree += 1;
      else tally.promised.push(what);
      return;
    case "unusable":
      tally.definite += 1;
      if (seeks) tally.denied.push(`${what} [${path.reason}]`);
      else tally.agree += 1;
  }
}

/** Prints the figures where QUERY_GUARD_FIGURES asks for them. */
export function report(tally: Tally): void {
  if (process.env["QUERY_GUARD_FIGURES"] !== undefined) process.stdout.write(`${JSON.stringify({ ...tally, unknown: Object.fromEntries(tally.unknown) }, undefined, 1)}\n`);
}
