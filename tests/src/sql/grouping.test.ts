/** AND and OR are grouped rightly in every dialect and by every reader: random conditions against an independent evaluator. */
import { describe, expect, it } from "vitest";
import type { Predicate, Statement } from "../../../src/query/model.js";
import { readSql } from "../../../src/sql/index.js";
import { readingsOf } from "../../../src/sql/read.js";

/** A small generator of pseudo-random numbers: the same conditions in every run. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

const columns = ["a", "b", "c", "d", "e"] as const;
type Row = Readonly<Record<(typeof columns)[number], number>>;

/** A random condition over columns that are 0 or 1. */
function condition(next: () => number, terms: number, depth: number): string {
  let text = "";
  for (let term = 0; term < terms; term++) {
    if (term > 0) text += next() < 0.5 ? " AND " : " OR ";
    if (next() < 0.15) text += "NOT ";
    if (depth > 0 && next() < 0.3) text += `(${condition(next, 2 + Math.floor(next() * 2), depth - 1)})`;
    else {
      const column = columns[Math.floor(next() * columns.length)] ?? "a";
      text += next() < 0.8 ? `${column} = 1` : `${column} IN (0, 1)`;
    }
  }
  return text;
}

/** Evaluates the text itself, by climbing precedence: NOT, then AND, then OR. */
function evaluateText(text: string, row: Row): boolean {
  const tokens = text.match(/\(|\)|,|=|\w+/gu) ?? [];
  let at = 0;
  const take = (): string => tokens[at++] ?? "";
  const or = (): boolean => {
    let value = and();
    while (tokens[at] === "OR") {
      at++;
      const right = and();
      value = value || right;
    }
    return value;
  };
  const and = (): boolean => {
    let value = not();
    while (tokens[at] === "AND") {
      at++;
      const right = not();
      value = value && right;
    }
    return value;
  };
  const not = (): boolean => {
    if (tokens[at] === "NOT") {
      at++;
      return !not();
    }
    if (tokens[at] === "(") {
      at++;
      const value = or();
      take();
      return value;
    }
    const column = take() as keyof Row;
    if (take() === "=") return row[column] === Number(take());
    take();
    take();
    take();
    take();
    take();
    return true;
  };
  return or();
}

function evaluatePredicate(predicate: Predicate, row: Row): boolean {
  switch (predicate.op) {
    case "and":
      return predicate.items.every((item) => evaluatePredicate(item, row));
    case "or":
      return predicate.items.some((item) => evaluatePredicate(item, row));
    case "not":
      return !evaluatePredicate(predicate.item, row);
    case "compare":
      if (predicate.operand.kind !== "literal") throw new Error("not a literal");
      return row[predicate.column.name as keyof Row] === predicate.operand.value;
    case "in":
      return !predicate.negated;
    default:
      throw new Error(predicate.op);
  }
}

const rows: readonly Row[] = Array.from({ length: 32 }, (_, bits) => ({ a: bits & 1, b: (bits >> 1) & 1, c: (bits >> 2) & 1, d: (bits >> 3) & 1, e: (bits >> 4) & 1 }));

function wrong(read: (sql: string) => Statement | undefined, count: number, seed: number): readonly string[] {
  const next = random(seed);
  const found: string[] = [];
  let seen = 0;
  for (let index = 0; index < count; index++) {
    const text = condition(next, 2 + Math.floor(next() * 5), 2);
    const statement = read(`SELECT id FROM t WHERE ${text}`);
    if (statement === undefined) continue;
    seen++;
    if (rows.some((row) => evaluateText(text, row) !== evaluatePredicate(statement.where, row))) found.push(text);
  }
  expect(seen).toBeGreaterThan(count * 0.9);
  return found;
}

describe("AND and OR", () => {
  for (const dialect of ["postgresql", "mysql", "mariadb", "sqlite", "sqlserver", "bigquery", "snowflake"] as const) {
    it(`are grouped rightly in ${dialect}`, () => {
      const read = (text: string): Statement | undefined => {
        const reading = readSql({ text, holes: [] }, { dialect });
        return "statements" in reading ? reading.statements[0] : undefined;
      };
      expect(wrong(read, 150, 7)).toEqual([]);
    });
  }
  for (const dialect of ["mysql", "sqlite", "sqlserver"] as const) {
    it(`are regrouped by the second reader in ${dialect}`, () => {
      expect(wrong((text) => readingsOf({ text, holes: [] }, { dialect })[1]?.[0], 80, 11)).toEqual([]);
    });
  }
  it("are grouped rightly in ON", () => {
    for (const dialect of ["postgresql", "mysql", "sqlite"] as const) {
      const reading = readSql({ text: "SELECT * FROM t JOIN u ON a = 1 OR b = 1 AND c = 1", holes: [] }, { dialect });
      const source = "statements" in reading ? reading.statements[0]?.sources[1] : undefined;
      expect(source?.join?.on).toMatchObject({ op: "or", items: [{ op: "compare" }, { op: "and" }] });
    }
  });
});
