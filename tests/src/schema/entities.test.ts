/** Entities and models read from code, against the tables that their library makes of them (fixtures/truth.mjs). */
import fs from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { nodeHost } from "../../../src/host.js";
import { loadSchema } from "../../../src/schema/load.js";
import type { Column, Index, SchemaModel, Table } from "../../../src/schema/model.js";
import { normaliseType } from "../../../src/schema/types.js";

const FIXTURES = path.join(path.dirname(fileURLToPath(import.meta.url)), "fixtures");

interface Truth {
  readonly schema?: string;
  readonly view?: boolean;
  readonly columns: Readonly<Record<string, string>>;
  readonly indexes: readonly string[];
  readonly foreignKeys: readonly string[];
}

function read(name: string): { readonly model: SchemaModel; readonly truth: Readonly<Record<string, Truth>> } {
  const cwd = path.join(FIXTURES, name);
  const model = loadSchema({ host: nodeHost, cwd }).summary()[0]?.model;
  if (model === undefined) throw new Error(`no schema in ${cwd}`);
  return { model, truth: JSON.parse(fs.readFileSync(path.join(cwd, "truth.json"), "utf8")) as Readonly<Record<string, Truth>> };
}

/** Types as both sides name them; what PostgreSQL has under several names counts as one. */
function typeName(type: string): string {
  const name = normaliseType(type) ?? type;
  return name.replace("bytea", "blob").replace(/^timestamptz?$/u, "timestamp");
}

function columnOf(column: Column): string {
  return `${column.type === undefined ? "?" : typeName(column.type)} ${column.nullable === "no" ? "not null" : "null"}`;
}

/** Expressions as the server prints them have casts and parentheses. */
function comparable(expression: string): string {
  return expression.replace(/::\w+/gu, "").replace(/^\((.*)\)$/u, "$1").replaceAll('"', "");
}

function indexOf(index: Index): string {
  const parts = index.parts.map((part) => `${part.column ?? comparable(part.expression ?? "")}${part.descending === true ? " desc" : ""}`);
  return `${index.kind} ${index.method} (${parts.join(", ")})${index.where === undefined ? "" : " partial"}`;
}

/** An index over the same columns as another one of the same kind serves nothing more. */
function distinct(items: readonly string[]): readonly string[] {
  return [...new Set(items)].sort();
}

function shown(table: Table): Truth {
  return {
    ...(table.schema === undefined ? {} : { schema: table.schema }),
    ...(table.view === true ? { view: true } : {}),
    columns: table.view === true ? {} : Object.fromEntries([...table.columns].sort((left, right) => (left.name < right.name ? -1 : 1)).map((column) => [column.name, columnOf(column)])),
    indexes: distinct(table.indexes.map(indexOf)),
    foreignKeys: distinct(table.foreignKeys.map((key) => `(${key.columns.join(", ")}) -> ${key.referencedTable} (${key.referencedColumns.join(", ")})`)),
  };
}

function expected(truth: Truth): Truth {
  return {
    ...truth,
    columns: Object.fromEntries(
      Object.entries(truth.columns)
        .sort(([left], [right]) => (left < right ? -1 : 1))
        .map(([name, text]) => {
          const nullable = text.endsWith("not null") ? "not null" : "null";
          return [name, `${typeName(text.slice(0, -nullable.length - 1))} ${nullable}`];
        }),
    ),
    indexes: distinct(truth.indexes.map((index) => index.replace(/\((.*)\)( partial)?$/u, (_match, parts: string, partial: string | undefined) => `(${comparable(parts)})${partial ?? ""}`))),
    foreignKeys: distinct(truth.foreignKeys),
  };
}

describe.each(["typeorm", "typeorm-snake", "sequelize", "sequelize-typescript", "mikroorm"])("%s", (name) => {
  const { model, truth } = read(name);

  it("finds the tables that the library makes", () => {
    expect(model.tables.map((table) => table.name).sort()).toEqual(Object.keys(truth).sort());
  });

  it.each(Object.keys(truth))("reads %s", (table) => {
    const own = model.tables.find((candidate) => candidate.name === table);
    const wanted = truth[table];
    if (own === undefined || wanted === undefined) throw new Error(`no table ${table}`);
    expect(shown(own)).toEqual(expected(wanted));
  });
});
