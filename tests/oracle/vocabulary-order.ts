/** What orders are made of: indexes, filters in front of them, and the ORDER BY itself. */
import type { Draw, OracleDialect } from "./generate.js";

export interface OrderVocabulary {
  readonly tables: readonly string[];
  readonly indexes: readonly string[];
  readonly filters: readonly ((draw: Draw) => string)[];
  readonly terms: readonly string[];
  readonly suffixes: readonly string[];
}

const INDEXES = ["(a)", "(b)", "(s)", "(a, b)", "(b, a)", "(a, b, c)", "(b, c, a)", "(a DESC)", "(a, b DESC)", "(a DESC, b)", "(a DESC, b DESC)", "(s, a)", "(flag, a)", "(n, a)", "(a, n)"];
const FILTERS: OrderVocabulary["filters"] = [
  () => "1 = 1",
  (draw) => `${draw.pick(["a", "b", "c", "n"])} = ${draw.pick(["1", "5"])}`,
  (draw) => `${draw.pick(["a", "b", "n"])} = 5 AND ${draw.pick(["b", "c"])} = 1`,
  (draw) => `${draw.pick(["a", "b"])} > 3`,
  (draw) => `${draw.pick(["a", "b"])} IN (1, 2)`,
  (draw) => `${draw.pick(["a", "b"])} IN (1)`,
  (draw) => `${draw.pick(["a", "b"])} IS NULL`,
  (draw) => `${draw.pick(["a", "b"])} BETWEEN 1 AND 5`,
  (draw) => `(${draw.pick(["a", "b"])} = 1 OR ${draw.pick(["a", "c"])} = 2)`,
  () => "s = 'x'",
  () => "id = 5",
  () => "a = 1 AND b > 2",
];
const TERMS = ["a", "b", "c", "n", "s", "id", "a", "b"];

export const ORDERS: Readonly<Record<OracleDialect, OrderVocabulary>> = {
  postgresql: {
    tables: ["CREATE TABLE t (id integer PRIMARY KEY, a integer, b integer, c integer, n integer NOT NULL, s text, flag boolean)"],
    indexes: [...INDEXES, "(a NULLS FIRST)", "(a DESC NULLS LAST)", "(lower(s))", "(a, lower(s))", "(s COLLATE \"C\")", "(s text_pattern_ops)", "(a) WHERE b IS NULL", "(a) WHERE b = 1", "(b) WHERE a > 3"],
    filters: [...FILTERS, () => "flag", () => "NOT flag", () => "flag = true", () => "a IS NOT DISTINCT FROM 5", () => "NOT (a <> 5)"],
    terms: [...TERMS, "lower(s)", "upper(s)", 's COLLATE "C"', "flag", "a + 1"],
    suffixes: ["", "", "", " DESC", " DESC", " NULLS FIRST", " DESC NULLS LAST"],
  },
  sqlite: {
    tables: ["CREATE TABLE t (id INTEGER PRIMARY KEY, a integer, b integer, c integer, n integer NOT NULL, s text, flag boolean)"],
    indexes: [...INDEXES, "(lower(s))", "(a, lower(s))", "(s COLLATE NOCASE)", "(a, s COLLATE NOCASE)", "(a) WHERE b IS NULL", "(a) WHERE b = 1", "(b) WHERE a > 3"],
    filters: [...FILTERS, () => "flag", () => "a IS 5", () => "s = 'x' COLLATE NOCASE", () => "NOT (a <> 5)", () => "a = (SELECT 1)"],
    terms: [...TERMS, "lower(s)", "upper(s)", "s COLLATE NOCASE", "rowid", "flag"],
    suffixes: ["", "", "", " DESC", " DESC", " NULLS LAST", " DESC NULLS FIRST"],
  },
  mariadb: {
    tables: ["CREATE TABLE t (id integer PRIMARY KEY, a integer, b integer, c integer, n integer NOT NULL, s varchar(100), flag boolean)"],
    indexes: [...INDEXES, "(s(4))", "(s(4), a)", "(a, s(4))"],
    filters: [...FILTERS, () => "flag", () => "a <=> 5", () => "s = 5", () => "NOT (a <> 5)"],
    terms: [...TERMS, "lower(s)", "s COLLATE utf8mb4_bin", "flag", "a + 1"],
    suffixes: ["", "", "", " DESC", " DESC"],
  },
};

/** One to three different terms, each with a direction. */
export function makeOrder(draw: Draw, { terms, suffixes }: OrderVocabulary): string {
  return draw
    .some(terms, 1 + Math.floor(draw.next() * 3))
    .map((term) => `${term}${draw.pick(suffixes)}`)
    .join(", ");
}
