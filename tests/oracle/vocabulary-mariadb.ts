/** What conditions for MariaDB are made of: every row of the table of facts that it can be asked. */
import { JOINED, type Draw, type Vocabulary } from "./generate.js";

const integer = (draw: Draw): string => draw.pick(["a", "b", "c", "n"]);
const text = (draw: Draw): string => draw.pick(["s", "s", "u", "v", "w"]);
const column = (draw: Draw): string => draw.pick(["a", "b", "c", "n", "s", "u", "v", "flag", "d", "da", "m", "e", "k", "id", "f"]);
const value = (draw: Draw): string => draw.pick(["1", "3", "5", "7"]);
const word = (draw: Draw): string => draw.pick(["'x'", "'abc'", "'5'"]);
const any = (draw: Draw): string => draw.pick(["1", "5", "2.5", "'x'", "'5'", "TRUE", "-3", "1 + 2", "'2024-01-01'", "20240101", "5e0", "CAST('5' AS CHAR)", "CAST(5 AS SIGNED)"]);
const comparison = (draw: Draw): string => draw.pick(["=", "=", "=", "<", "<=", ">", ">=", "<>", "!=", "<=>"]);
const collation = (draw: Draw): string => draw.pick(["utf8mb4_bin", "utf8mb4_general_ci", "utf8mb4_unicode_ci"]);
const pattern = (draw: Draw): string => draw.pick(["'abc%'", "'abc%'", "'a_c'", "'%abc'", "'%abc%'", "'abc'", "'_bc%'", "'1abc%'", "'%'", "''", "'a\\%%'", "'!%abc%' ESCAPE '!'", "CONCAT('abc', '%')", "CONCAT('%', 'abc')", "5"]);

const COLUMNS =
  "a int, b int, c int, n int NOT NULL, s varchar(100), u varchar(100) COLLATE utf8mb4_bin, v varchar(100) CHARACTER SET latin1, w varchar(100), flag boolean, d datetime, da date, m decimal(10,2), f double, e enum('x','y','z'), k bigint unsigned, j json, p_id int, g int AS (a + 1), lo varchar(100) AS (lower(w)) STORED";
const OPTIONS = "DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_general_ci";

export const mariadb: Vocabulary = {
  dialect: "mariadb",
  tables: [`CREATE TABLE t (id int AUTO_INCREMENT PRIMARY KEY, ${COLUMNS}) ${OPTIONS}`],
  otherTables: [
    `CREATE TABLE t (id int, ${COLUMNS}, PRIMARY KEY (id, a), UNIQUE (s, b)) ${OPTIONS}`,
    `CREATE TABLE t (id int AUTO_INCREMENT PRIMARY KEY, ${COLUMNS}, CONSTRAINT fk FOREIGN KEY (p_id) REFERENCES p (id)) ${OPTIONS}`,
    `CREATE TABLE t (id varchar(20) PRIMARY KEY, ${COLUMNS}) ${OPTIONS}`,
  ],
  indexes: ["(a)", "(b)", "(c)", "(n)", "(s)", "(u)", "(v)", "(w)", "(flag)", "(d)", "(da)", "(m)", "(f)", "(e)", "(k)", "(g)", "(lo)", "(p_id)", "(a, b)", "(b, a)", "(b, c, a)", "(s, a)", "(a, s)", "(flag, a)", "(d, a)", "(n, s)", "(a DESC)", "(s DESC, a)", "(s(10))", "(s(3), a)", "(a, s(4))", "(u(5))", "(e, a)"],
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
    (draw) => `${column(draw)} ${comparison(draw)} ${any(draw)}`,
    (draw) => `${any(draw)} ${comparison(draw)} ${column(draw)}`,
    (draw) => `${text(draw)} ${comparison(draw)} ${value(draw)}`,
    (draw) => `${integer(draw)} ${comparison(draw)} '5'`,
    (draw) => `${column(draw)} BETWEEN ${value(draw)} AND ${value(draw)}`,
    (draw) => `${column(draw)} BETWEEN ${draw.pick(["'1' AND '5'", "'2024-01-01' AND '2024-01-05'", "1 AND '5'", "'a' AND 'b'"])}`,
    (draw) => `${integer(draw)} NOT BETWEEN 1 AND 5`,
    (draw) => `${column(draw)} ${draw.pick(["IS NULL", "IS NULL", "IS NOT NULL", "<=> NULL"])}`,
    // Lists
    (draw) => `${column(draw)} IN (1, 2, 3)`,
    (draw) => `${column(draw)} IN (${draw.pick(["1", "'x'", "'x', 'y'", "'5', 6", "5, '6'", "'5', '6'", "'2024-01-01', '2024-01-02'", "1, NULL", "2.5, 3"])})`,
    (draw) => `${integer(draw)} NOT IN (${draw.pick(["1", "1, 2"])})`,
    (draw) => `${integer(draw)} IN (${integer(draw)}, 5)`,
    // Patterns
    (draw) => `${text(draw)} LIKE ${pattern(draw)}`,
    (draw) => `${column(draw)} LIKE ${pattern(draw)}`,
    (draw) => `${text(draw)} NOT LIKE 'abc%'`,
    (draw) => `${text(draw)} ${draw.pick(["REGEXP", "RLIKE", "NOT REGEXP"])} '^abc'`,
    // Computations
    (draw) => `lower(${text(draw)}) = ${word(draw)}`,
    (draw) => `upper(${text(draw)}) ${comparison(draw)} 'X'`,
    (draw) => draw.pick(["lower(w) = 'x'", "lower(w) IN ('a', 'b')", "lower(w) LIKE 'abc%'", "a + 1 = 5", "length(s) = 3", "abs(a) > 5", "left(s, 3) = 'abc'", "substring(s, 1, 3) = 'abc'", "a % 10 = 3", "concat(s, u) = 'xy'", "-a = 5", "a DIV 2 = 1", "a & 1", "a & 1 = 1", "ifnull(a, 0) = 1", "isnull(a)", "NOT isnull(b)", "trim(s) = 'x'", "if(a > 1, 1, 0) = 1", "greatest(a, b) = 5", "instr(s, 'x') > 0", "find_in_set('x', s)", "soundex(s) = 'X'"]),
    (draw) => `${integer(draw)} ${draw.pick(["+", "-", "*"])} 1 = 5`,
    (draw) => `coalesce(${integer(draw)}, 0) = 1`,
    (draw) => `CAST(${column(draw)} AS ${draw.pick(["CHAR", "SIGNED", "DATE"])}) = '5'`,
    (draw) => draw.pick(["date(d) = '2024-01-01'", "year(d) = 2024", "month(d) = 1", "date_format(d, '%Y-%m') = '2024-01'", "d > '2024-01-01'", "d >= now() - INTERVAL 1 DAY", "d > date_sub(now(), INTERVAL 7 DAY)", "da = curdate()", "d < CURRENT_TIMESTAMP", "d BETWEEN '2024-01-01' AND '2024-01-02'", "unix_timestamp(d) > 5", "a = rand()", "a = floor(rand() * 10)", "d LIKE '2024-01%'", "da >= '2024-01-01' AND da < '2024-02-01'", "datediff(now(), d) > 5", "d = DATE '2024-01-01'", "a = abs(5)", "s = uuid()", "s = lower('X')", "d > sysdate()"]),
    (draw) => draw.pick(["json_extract(j, '$.k') = 'x'", "json_value(j, '$.k') = 'x'", "json_unquote(json_extract(j, '$.k')) = 'x'", "json_contains(j, '1')"]),
    // Collations
    (draw) => `${draw.pick(["s", "u", "w"])} ${comparison(draw)} 'x' COLLATE ${collation(draw)}`,
    (draw) => `${draw.pick(["s", "u", "w"])} COLLATE ${collation(draw)} ${comparison(draw)} 'x'`,
    (draw) => `${draw.pick(["s", "u", "w"])} LIKE 'abc%' COLLATE ${collation(draw)}`,
    (draw) => draw.pick(["BINARY s = 'x'", "s = BINARY 'x'", "BINARY u = 'x'", "u = BINARY 'x'", "s LIKE BINARY 'abc%'", "CONVERT(s USING latin1) = 'x'"]),
    // Booleans
    (draw) => draw.pick(["flag", "NOT flag", "!flag", "flag = 1", "flag = true", "flag = false", "flag <> true", "flag IS TRUE", "flag IS NOT TRUE", "flag IS FALSE", "flag IS UNKNOWN", "flag = 0"]),
    (draw) => integer(draw),
    // NOT
    (draw) => `NOT (${column(draw)} ${comparison(draw)} 5)`,
    (draw) => `NOT ${integer(draw)} ${draw.pick(["IS NULL", "IS NOT NULL", "IN (1, 2)", "NOT IN (1, 2)", "BETWEEN 1 AND 2", "NOT BETWEEN 1 AND 2"])}`,
    (draw) => `NOT (${text(draw)} ${draw.pick(["LIKE 'abc%'", "NOT LIKE 'abc%'", "= 'x'", "<> 'x'"])})`,
    // Row values
    (draw) => `(${integer(draw)}, ${text(draw)}) ${draw.pick(["=", "<", ">", ">=", "<>"])} (1, 'x')`,
    (draw) => draw.pick(["(a, b) IN ((1, 2), (3, 4))", "(b, a) IN ((1, 2), (3, 4))", "(a, b) IN ((1, 2))", "(a, s) IN ((1, 'x'), (2, 'y'))", "(a, b) NOT IN ((1, 2), (3, 4))", "(a > 5 OR (a = 5 AND b > 3))", "(a, b) = (5, c)"]),
    // Other columns and sub-queries
    (draw) => `${integer(draw)} = ${integer(draw)} + 1`,
    (draw) => `${integer(draw)} ${draw.pick(["=", "<", "<>", "<=>"])} ${integer(draw)}`,
    (draw) => `${column(draw)} ${draw.pick(["=", ">", "<"])} (SELECT ${draw.pick(["max(x)", "min(y)", "5"])} FROM p)`,
    (draw) => `${column(draw)} ${draw.pick(["IN", "NOT IN"])} (SELECT ${draw.pick(["x", "id"])} FROM p${draw.pick(["", " WHERE y = 'x'", " WHERE p.x = t.b"])})`,
    (draw) => `${draw.pick(["", "NOT "])}EXISTS (SELECT 1 FROM p WHERE ${draw.pick(["p.id = t.p_id", "p.x = t.a", "p.y = 'x'"])})`,
    () => "p_id = 5",
    () => "g = 5",
    () => "lo = 'x'",
  ],
};
