/** Every place that lowering gives covers exactly what it names, over the whole corpus. */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { readSql } from "../../../src/sql/index.js";

interface Item {
  readonly sql: string;
  readonly dialect?: string;
  readonly accepted?: boolean;
  readonly driverLevel?: boolean;
}

function load(name: string): readonly Item[] {
  return JSON.parse(readFileSync(new URL(`./corpus/${name}.json`, import.meta.url), "utf8")) as Item[];
}

interface Found {
  readonly what: string;
  readonly start: number;
  readonly end: number;
  readonly name?: string;
}

/** Every object with a span, with the name it should end in where it is a column or a table. */
function spansOf(value: unknown, found: Found[], key = ""): void {
  if (Array.isArray(value)) {
    for (const item of value) spansOf(item, found, key);
    return;
  }
  if (typeof value !== "object" || value === null) return;
  const node = value as Record<string, unknown>;
  const span = node["span"] as { start: number; end: number } | undefined;
  if (span !== undefined) {
    const isName = ("wrappers" in node || ("alias" in node && key === "table") || key === "target") && typeof node["name"] === "string";
    found.push({ what: [node["op"], node["kind"], key].find((item) => typeof item === "string") as string, ...span, ...(isName ? { name: String(node["name"]) } : {}) });
  }
  for (const [name, item] of Object.entries(node)) if (name !== "span") spansOf(item, found, name);
}

function unquoted(text: string): string {
  return text.replace(/^(["`[])([\s\S]*)["`\]]$/u, (_, quote: string, inner: string) => inner.split(quote + quote).join(quote)).toLowerCase();
}

function balanced(text: string): boolean {
  const bare = text.replace(/'(?:[^'\\]|''|\\.)*'|"(?:[^"]|"")*"|`(?:[^`]|``)*`/gu, "");
  return bare.split("(").length === bare.split(")").length;
}

/** Names that the grammar makes up or that USING places at the table. */
const allowed = /^(?:[^.]*\.)?$/u;

describe("places", () => {
  for (const dialect of ["postgresql", "mysql", "sqlite"] as const) {
    it(`are exact in ${dialect}`, () => {
      const wrong: string[] = [];
      let names = 0;
      for (const { sql } of [...load(`emitted-${dialect}`), ...load("application").filter((item) => item.dialect === dialect && item.accepted === true && item.driverLevel === false)]) {
        const reading = readSql({ text: sql, holes: [] }, { dialect });
        if (!("statements" in reading)) continue;
        const found: Found[] = [];
        spansOf(reading.statements, found);
        for (const item of found) {
          const text = sql.slice(item.start, item.end);
          const complain = (): number => wrong.push(`${item.what} ${item.name ?? ""} [${text}] of ${sql}`);
          if (item.start < 0 || item.end > sql.length || item.start >= item.end) complain();
          else if (item.name !== undefined) {
            names++;
            const last = /(?:"(?:[^"]|"")+"|`(?:[^`]|``)+`|\[[^\]]+\]|[^."`[\]]+)$/u.exec(text)?.[0] ?? "";
            const isUsing = /\busing\s*\(/iu.test(sql) || allowed.test(item.name);
            if (unquoted(last) !== item.name.toLowerCase() && !isUsing) complain();
          } else if (!balanced(text)) complain();
        }
      }
      expect(wrong).toEqual([]);
      expect(names).toBeGreaterThan(500);
    });
  }
});
