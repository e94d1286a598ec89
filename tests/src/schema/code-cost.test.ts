/** Migrations are read once and parsed once, however often the schema is asked for; repositories without any pay nothing. */
import { beforeEach, describe, expect, it, vi } from "vitest";
import { memoryHost, type Host } from "../../../src/host.js";
import { SchemaIndex } from "../../../src/schema/load.js";
import type * as sourceModule from "../../../src/syntax/source-module.js";

const parsed = vi.hoisted((): string[] => []);
vi.mock("../../../src/syntax/source-module.js", async (original) => {
  const own = await original<typeof sourceModule>();
  return {
    ...own,
    parseModule: (...args: Parameters<typeof own.parseModule>) => {
      parsed.push(args[0]);
      return own.parseModule(...args);
    },
  };
});

function counting(files: Readonly<Record<string, string>>): { readonly host: Host; readonly reads: string[] } {
  const reads: string[] = [];
  const inner = memoryHost(files);
  return { reads, host: { ...inner, readText: (file) => (reads.push(file), inner.readText(file)) } };
}

describe("the cost of migrations", () => {
  beforeEach(() => {
    parsed.length = 0;
  });

  it("is one reading of each file, and one parse of each that is code", () => {
    const files: Record<string, string> = { "/w/package.json": '{"name":"a","dependencies":{"knex":"*","pg":"*"}}', "/w/migrations/lib/stamp.js": "exports.stamp = (t) => t.timestamps();" };
    for (let number = 100; number < 160; number++) {
      const isCode = number % 2 === 0;
      files[`/w/migrations/${String(number)}_x.${isCode ? "js" : "sql"}`] = isCode
        ? `const { stamp } = require("./lib/stamp");\nexports.up = (knex) => knex.schema.createTable("t${String(number)}", (t) => { t.increments(); stamp(t); });`
        : `CREATE TABLE t${String(number)} (id int);`;
    }
    const { host, reads } = counting(files);
    const index = new SchemaIndex({ host, cwd: "/w" });
    index.digest();
    for (let time = 0; time < 3; time++) {
      expect(index.schemaFor("/w/src/x.ts")?.tables.length).toBe(60);
      index.digest();
      index.revalidate(true);
    }
    const migrations = reads.filter((file) => file.startsWith("/w/migrations/"));
    expect(migrations.length).toBe(new Set(migrations).size);
    expect(migrations.length).toBe(61);
    expect([...parsed].sort()).toEqual(Object.keys(files).filter((file) => file.endsWith(".js")).sort());
  });

  it("is nothing where there are none", () => {
    const { host, reads } = counting({ "/w/package.json": '{"name":"a","dependencies":{"knex":"*","pg":"*"}}', "/w/src/a.ts": "export const up = 1;", "/w/src/migrate.ts": "export const up = 1;" });
    expect(new SchemaIndex({ host, cwd: "/w" }).schemaFor("/w/src/a.ts")).toBeUndefined();
    expect(reads.filter((file) => file.startsWith("/w/src/"))).toEqual([]);
    expect(parsed).toEqual([]);
  });
});
