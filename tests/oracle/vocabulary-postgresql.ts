/** What conditions for PostgreSQL are made of: every row of the table of facts that it can be asked. */
import type { Draw, Vocabulary } from "./generate.js";

const integer = (draw: Draw): string => draw.pick(["a", "b", "c"]);
const text = (draw: Draw): string => draw.pick(["s", "u"]);
const value = (draw: Draw): string => draw.pick(["1", "5", "7", draw.parameter()]);
const word = (draw: Draw): string => draw.pick(["'x'", "'abc'", draw.parameter()]);
const comparison = (draw: Draw): string => draw.pick(["=", "=", "=", "<", "<=", ">", ">=", "<>"]);

export const postgresql: Vocabulary = {
  dialect: "postgresql",
  tables: ["CREATE TABLE t (id integer PRIMARY KEY, a integer, b integer, c integer, s text, u text, flag boolean, ts timestamptz)"],
  indexes: ["(a)", "(b)", "(c)", "(s)", "(u)", "(flag)", "(ts)", "(a, b)", "(b, a)", "(b, c, a)", "(s, a)", "(a, s)", "(flag, a)", "(ts, a)", "(a DESC)", "(lower(s))", "(lower(s), a)", "((a + b))", "(s text_pattern_ops)", "USING hash (b)", "(a) WHERE b IS NULL", "(a) WHERE flag", "(a) WHERE b = 1", "(s) WHERE c IS NOT NULL", "(c) WHERE c IS NOT NULL", "(b) WHERE s = 'x' AND a IS NOT NULL", "(a) WHERE b > 5", "(ts) WHERE NOT flag", "(lower(s)) WHERE flag"],
  placeholder: (position) => `$${String(position)}`,
  atoms: [
    (draw) => `${integer(draw)} ${comparison(draw)} ${value(draw)}`,
    (draw) => `${integer(draw)} ${comparison(draw)} ${value(draw)}`,
    (draw) => `${text(draw)} = ${word(draw)}`,
    (draw) => `${text(draw)} ${comparison(draw)} ${word(draw)}`,
    (draw) => `${integer(draw)} IN (1, 2, 3)`,
    (draw) => `${integer(draw)} NOT IN (1, 2)`,
    (draw) => `${integer(draw)} BETWEEN 1 AND ${value(draw)}`,
    (draw) => `${integer(draw)} IS NULL`,
    (draw) => `${integer(draw)} IS NOT NULL`,
    (draw) => `${text(draw)} IS NULL`,
    (draw) => `${text(draw)} LIKE ${draw.pick(["'abc%'", "'%abc'", "'%abc%'", "'abc'", "'_bc%'"])}`,
    (draw) => `${text(draw)} NOT LIKE 'abc%'`,
    (draw) => `lower(${text(draw)}) = ${word(draw)}`,
    () => "lower(s) IN ('a', 'b')",
    (draw) => `${integer(draw)} + 1 = 5`,
    (draw) => `a + b = ${value(draw)}`,
    (draw) => `${integer(draw)} = ${integer(draw)} + 1`,
    (draw) => `coalesce(${integer(draw)}, 0) = 1`,
    () => "ts > now() - interval '1 day'",
    (draw) => `${integer(draw)} = ANY(${draw.parameter()}::int[])`,
    (draw) => `${integer(draw)}::text = '5'`,
    (draw) => `${text(draw)} ILIKE 'abc%'`,
    (draw) => `${integer(draw)} IS NOT DISTINCT FROM 5`,
    (draw) => `${text(draw)}::varchar = 'x'`,
    () => "ts::date = '2024-01-01'",
    (draw) => `NOT (${integer(draw)} ${comparison(draw)} 5)`,
    () => "b = 1",
    () => "b IS NULL",
    () => "c IS NOT NULL",
    () => "s = 'x'",
    () => "flag",
    (draw) => draw.pick(["flag = true", "NOT flag", "flag IS TRUE", "flag = false"]),
  ],
};
