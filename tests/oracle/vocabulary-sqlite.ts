/** What conditions for SQLite are made of: every row of the table of facts that it can be asked. */
import { JOINED, type Draw, type Vocabulary } from "./generate.js";

const integer = (draw: Draw): string => draw.pick(["a", "b", "c", "n"]);
const text = (draw: Draw): string => draw.pick(["s", "s", "u", "v"]);
const column = (draw: Draw): string => draw.pick(["a", "b", "c", "n", "s", "u", "flag", "r", "x", "ts", "id"]);
const value = (draw: Draw): string => draw.pick(["1", "5", "7", draw.parameter()]);
const word = (draw: Draw): string => draw.pick(["'x'", "'abc'", "'5'", draw.parameter()]);
const any = (draw: Draw): string => draw.pick(["1", "5", "2.5", "'x'", "'5'", "NULL", "-3", "1 + 2", draw.parameter()]);
const comparison = (draw: Draw): string => draw.pick(["=", "=", "=", "==", "<", "<=", ">", ">=", "<>", "!="]);
const collation = (draw: Draw): string => draw.pick(["NOCASE", "BINARY", "RTRIM"]);
const pattern = (draw: Draw): string => draw.pick(["'abc%'", "'abc%'", "'a_c'", "'%abc'", "'%abc%'", "'abc'", "'_bc%'", "'1abc%'", "'-5%'", "'%'", "''", "'abc%' ESCAPE '!'", "'a!%%' ESCAPE '!'", draw.parameter()]);

const COLUMNS = "a integer, b integer, c integer, n integer NOT NULL, s text, u text COLLATE NOCASE, v varchar(20), flag boolean, r real, x, ts text, d datetime, j text";

export const sqlite: Vocabulary = {
  dialect: "sqlite",
  tables: [`CREATE TABLE t (id integer PRIMARY KEY, ${COLUMNS})`, "CREATE TABLE p (id integer PRIMARY KEY, a integer, s text, t_id integer)"],
  otherTables: [
    `CREATE TABLE t (id int PRIMARY KEY, ${COLUMNS})`,
    `CREATE TABLE t (id text PRIMARY KEY, ${COLUMNS})`,
    `CREATE TABLE t (id integer, ${COLUMNS}, PRIMARY KEY (a, id)) WITHOUT ROWID`,
    `CREATE TABLE t (id integer, ${COLUMNS}, PRIMARY KEY (id, a), UNIQUE (s, b))`,
  ],
  indexes: [
    ...["(a)", "(b)", "(c)", "(n)", "(s)", "(u)", "(v)", "(flag)", "(r)", "(x)", "(ts)", "(d)", "(a, b)", "(b, a)", "(b, c, a)", "(s, a)", "(a, s)", "(flag, a)", "(ts, a)", "(n, s)", "(a DESC)", "(s DESC, a)"],
    ...["(s COLLATE NOCASE)", "(u COLLATE BINARY)", "(a, s COLLATE NOCASE)", "(s COLLATE RTRIM)", "(v COLLATE NOCASE)", "(x COLLATE NOCASE)"],
    ...["(lower(s))", "(lower(s), a)", "(upper(s))", "(a + b)", "(b + a)", "(coalesce(a, 0))", "(length(s))", "(json_extract(j, '$.k'))", "(j ->> '$.k')", "(j ->> 'k')", "(CAST(a AS text))", "(date(ts))", "(abs(a))", "(substr(s, 1, 3))", "(a % 10)", "(s || u)", "(lower(s) COLLATE NOCASE)"],
    ...["(a) WHERE b IS NULL", "(a) WHERE b = 1", "(s) WHERE c IS NOT NULL", "(c) WHERE c IS NOT NULL", "(a) WHERE b > 5", "(b) WHERE s = 'x' AND a IS NOT NULL", "(a) WHERE flag", "(a) WHERE flag = 1", "(a) WHERE NOT flag", "(a) WHERE b IN (1, 2, 3)", "(a) WHERE b = 1 OR b = 2", "(a) WHERE b = 1 OR c IS NOT NULL", "(s) WHERE s LIKE 'abc%'", "(a) WHERE s IS NOT NULL", "(a) WHERE b BETWEEN 1 AND 5", "(a) WHERE b <> 1", "(lower(s)) WHERE a > 0", "(a) WHERE lower(s) = 'x'", "(b) WHERE a = 5"],
  ],
  sources: JOINED,
  placeholder: () => "?",
  atoms: [
    // Comparisons
    (draw) => `${integer(draw)} ${comparison(draw)} ${value(draw)}`,
    (draw) => `${integer(draw)} ${comparison(draw)} ${value(draw)}`,
    (draw) => `${integer(draw)} ${comparison(draw)} ${value(draw)}`,
    (draw) => `${text(draw)} = ${word(draw)}`,
    (draw) => `${text(draw)} ${comparison(draw)} ${word(draw)}`,
    (draw) => `${column(draw)} ${comparison(draw)} ${any(draw)}`,
    (draw) => `${any(draw)} ${comparison(draw)} ${column(draw)}`,
    (draw) => `${column(draw)} ${draw.pick(["IS", "IS NOT", "IS NOT DISTINCT FROM", "IS DISTINCT FROM"])} ${any(draw)}`,
    (draw) => `${column(draw)} BETWEEN ${value(draw)} AND ${value(draw)}`,
    (draw) => `${column(draw)} NOT BETWEEN 1 AND 5`,
    (draw) => `${column(draw)} ${draw.pick(["IS NULL", "IS NULL", "ISNULL", "IS NOT NULL", "NOTNULL", "NOT NULL"])}`,
    (draw) => `+${column(draw)} = 5`,
    (draw) => `${column(draw)} = +5`,
    // Lists
    (draw) => `${column(draw)} IN (1, 2, 3)`,
    (draw) => `${column(draw)} IN (${draw.pick(["1", "'x'", "1, 'x'", "NULL", "?", "?, ?"])})`,
    (draw) => `${column(draw)} NOT IN (${draw.pick(["1", "1, 2"])})`,
    (draw) => `${integer(draw)} IN (${integer(draw)}, 5)`,
    // Patterns
    (draw) => `${text(draw)} LIKE ${pattern(draw)}`,
    (draw) => `${column(draw)} LIKE ${pattern(draw)}`,
    (draw) => `${text(draw)} NOT LIKE 'abc%'`,
    (draw) => `${text(draw)} ${draw.pick(["GLOB", "GLOB", "NOT GLOB"])} ${draw.pick(["'abc*'", "'*abc'", "'a?c'", "'abc'", "'[ab]c*'", "'1*'", draw.parameter()])}`,
    // Computations
    (draw) => `lower(${text(draw)}) = ${word(draw)}`,
    (draw) => `upper(${text(draw)}) ${comparison(draw)} 'X'`,
    (draw) => draw.pick(["lower(s) IN ('a', 'b')", "lower( \"s\" ) = 'x'", "LOWER(t.s) > 'x'", "lower(s) LIKE 'abc%'", "lower(s) IS NULL", "lower(s) BETWEEN 'a' AND 'b'", "length(s) = 3", "abs(a) > 5", "substr(s, 1, 3) = 'abc'", "a % 10 = 3", "s || u = 'xy'", "lower(s) = 'x' COLLATE NOCASE"]),
    (draw) => `${integer(draw)} ${draw.pick(["+", "-", "*"])} 1 = 5`,
    (draw) => `${draw.pick(["a + b", "b + a", "(a+b)", "a + c"])} ${comparison(draw)} ${value(draw)}`,
    (draw) => `coalesce(${integer(draw)}, 0) = 1`,
    (draw) => `CAST(${integer(draw)} AS ${draw.pick(["text", "integer", "char"])}) = '5'`,
    (draw) => `${column(draw)} = CAST(${draw.pick(["5", "'5'"])} AS ${draw.pick(["text", "integer", "real", "numeric", "blob"])})`,
    (draw) => draw.pick(["json_extract(j, '$.k') = 'x'", "j ->> '$.k' = 'x'", "j ->> 'k' = 'x'", "j -> 'k' = 'x'", "json_extract(j, '$.other') = 'x'"]),
    (draw) => draw.pick(["date(ts) = '2024-01-01'", "ts > '2024-01-01'", "ts >= date('now')", "ts > datetime('now', '-1 day')", "d < CURRENT_TIMESTAMP", "strftime('%Y', ts) = '2024'", "a = random()", "a = abs(5)"]),
    // Collations
    (draw) => `${text(draw)} ${comparison(draw)} 'x' COLLATE ${collation(draw)}`,
    (draw) => `${text(draw)} COLLATE ${collation(draw)} ${comparison(draw)} 'x'`,
    (draw) => `${column(draw)} COLLATE ${collation(draw)} IN ('x', 'y')`,
    (draw) => `${text(draw)} COLLATE ${collation(draw)} LIKE 'abc%'`,
    // Booleans
    (draw) => draw.pick(["flag", "NOT flag", "flag = 1", "flag = true", "flag = false", "flag <> true", "flag IS TRUE", "flag IS NOT TRUE", "flag IS FALSE", "flag IS 1", "flag == 0"]),
    (draw) => `${integer(draw)}`,
    // NOT
    (draw) => `NOT (${column(draw)} ${comparison(draw)} 5)`,
    (draw) => `NOT ${column(draw)} ${draw.pick(["IS NULL", "IS NOT NULL", "IN (1, 2)", "NOT IN (1, 2)", "BETWEEN 1 AND 2", "NOT BETWEEN 1 AND 2", "LIKE 'abc%'", "NOT LIKE 'abc%'"])}`,
    // Row values
    (draw) => `(${integer(draw)}, ${text(draw)}) ${draw.pick(["=", "<", ">", ">=", "<>"])} (1, 'x')`,
    (draw) => `(a, b) ${draw.pick(["IN (VALUES (1, 2), (3, 4))", "IN (SELECT id, a FROM p)", "= (SELECT id, a FROM p)", "> (1, 2)", "= (c, 5)"])}`,
    // Other columns and sub-queries
    (draw) => `${integer(draw)} = ${integer(draw)} + 1`,
    (draw) => `${column(draw)} ${comparison(draw)} ${column(draw)}`,
    (draw) => `${column(draw)} ${draw.pick(["=", ">", "<"])} (SELECT ${draw.pick(["max(a)", "s", "a", "5"])} FROM p)`,
    (draw) => `${column(draw)} ${draw.pick(["IN", "IN", "NOT IN"])} (SELECT ${draw.pick(["a", "s", "id", "lower(s)", "max(a)"])} FROM p${draw.pick(["", " WHERE s = 'x'", " WHERE p.a = t.b"])})`,
    (draw) => `${draw.pick(["", "NOT "])}EXISTS (SELECT 1 FROM p WHERE ${draw.pick(["p.t_id = t.id", "p.a = t.a", "p.s = 'x'"])})`,
    // What partial indexes ask for
    (draw) => draw.pick(["b = 1", "1 = b", "b IS NULL", "c IS NOT NULL", "s = 'x'", "a > 0", "b > 5", "5 < b", "b > 7", "b IN (1, 2, 3)", "b BETWEEN 1 AND 5", "b <> 1", "(b = 1 OR b = 2)", "b = ?", "s LIKE 'abc%'", "flag = 1", "flag", "NOT flag", "a = 5", "c = 7", "(c = 1 OR c > 5)", "s IS NOT NULL"]),
    (draw) => draw.pick(["b = 1", "b IS NULL", "c IS NOT NULL", "s = 'x'", "b > 5", "flag = 1", "a = 5"]),
    (draw) => `a ${draw.pick(["= 5", "> 5", "IN (1, 2)"])} AND ${draw.pick(["b = 1", "b IS NULL", "b > 5", "b BETWEEN 1 AND 5", "b IN (1, 2, 3)", "flag", "flag = 1", "s IS NOT NULL", "s = 'x'", "lower(s) = 'x'", "b <> 1", "c > 3"])}`,
    (draw) => `${draw.pick(["rowid", "oid", "_rowid_"])} ${draw.pick(["=", ">"])} 5`,
  ],
};
