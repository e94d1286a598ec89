/**
 * Dumps of real servers, against what the servers' own catalogues say. `dumps/*.sql` are pg_dump 15, mariadb-dump 10.11 and
 * SQLite's `.schema` of schemas made for this purpose; `dumps/expected.json` was read from pg_index, information_schema and
 * SQLite's pragmas of the same databases.
 */
import fs from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { memoryHost } from "../../../src/host.js";
import { SchemaIndex } from "../../../src/schema/load.js";
import type { Index, SchemaModel, Table } from "../../../src/schema/model.js";

const FOLDER = path.join(import.meta.dirname, "dumps");
const expected = JSON.parse(fs.readFileSync(path.join(FOLDER, "expected.json"), "utf8")) as Record<string, Record<string, readonly string[]>>;

function read(dialect: string): SchemaModel {
  const text = fs.readFileSync(path.join(FOLDER, `${dialect}.sql`), "utf8");
  const found = new SchemaIndex({ host: memoryHost({ "/w/package.json": '{"name":"a"}', "/w/db/structure.sql": text }), cwd: "/w" }).schemaFor("/w/x.ts");
  if (found === undefined) throw new Error("no schema");
  return found;
}

function indexText({ kind, method, parts, include, where }: Index): string {
  const keys = parts.map((part) => [part.column ?? part.expression, part.length === undefined ? undefined : `[${String(part.length)}]`, part.operatorClass, part.descending === true ? "desc" : undefined].filter((piece) => piece !== undefined).join(" "));
  return `${kind} ${method === "btree" ? "" : `${method} `}(${keys.join(", ")})${include.length > 0 ? ` include (${include.join(", ")})` : ""}${where === undefined ? "" : ` where ${where}`}`;
}

function lines(table: Table): readonly string[] {
  return [
    ...table.columns.map((column) => `${column.name} ${column.type ?? "?"}${column.nullable === "no" ? "!" : ""}`),
    ...table.indexes.map(indexText),
    ...table.foreignKeys.map((key) => `(${key.columns.join(", ")}) → ${key.referencedTable} (${key.referencedColumns.join(", ")})`),
    ...(table.uncertain === undefined ? [] : [`uncertain: ${table.uncertain}`]),
  ].sort();
}

describe.each(["postgresql", "mariadb", "sqlite"])("a dump of %s", (dialect) => {
  const schema = read(dialect);
  const tables = schema.tables.filter((table) => table.view !== true);

  it("has the tables of the catalogue and no others, in its dialect", () => {
    expect(schema.dialect).toBe(dialect);
    expect(tables.map(({ name, schema: own }) => (own === undefined ? name : `${own}.${name}`)).sort()).toEqual(Object.keys(expected[dialect] ?? {}).sort());
  });

  it.each(Object.entries(expected[dialect] ?? {}))("%s", (name, content) => {
    const found = tables.find((table) => (table.schema === undefined ? table.name : `${table.schema}.${table.name}`) === name);
    expect(found === undefined ? [] : lines(found)).toEqual(content);
  });
});
