/** What conditions for PostgreSQL are made of: every row of the table of facts that it can be asked. */
import type { Draw, Topic, Vocabulary } from "./generate.js";

/** The collation of PGlite's database is C; only where a column says so do we know it. */
const TABLE = `CREATE TABLE t (
  id integer PRIMARY KEY, a integer, b integer, c bigint, sm smallint, req integer NOT NULL, n numeric(10,2), f double precision,
  s text COLLATE "C", u text, v varchar(50) COLLATE "C", ch char(8), ci citext, e mood,
  flag boolean, ok boolean NOT NULL, ts timestamptz, tp timestamp, d date, g uuid,
  data jsonb, arr integer[], tags text[], doc tsvector, span int4range)`;

const comparison = (draw: Draw): string => draw.pick(["=", "=", "=", "<", "<=", ">", ">=", "<>"]);
const integer = (draw: Draw): string => draw.pick(["a", "b", "c", "sm", "req"]);
const ab = (draw: Draw): string => draw.pick(["a", "b"]);
const number = (draw: Draw): string => draw.pick(["1", "5", "7", "100", "-3", draw.parameter()]);
const text = (draw: Draw): string => draw.pick(["s", "s", "v", "u"]);
const word = (draw: Draw): string => draw.pick(["'x'", "'abc'", "'5'", draw.parameter()]);
const day = (draw: Draw): string => draw.pick(["'2024-01-01'", "'2025-06-30'"]);
const moment = (draw: Draw): string => draw.pick([day(draw), "now() - interval '1 day'", "current_date", "now()", draw.parameter(), "'2024-01-01'::timestamp", "current_timestamp - interval '7 days'", "clock_timestamp()", "localtimestamp"]);

const numbers: Topic = {
  indexes: [
    "(a)", "(b)", "(c)", "(sm)", "(req)", "(n)", "(f)", "(a, b)", "(b, a)", "(b, c, a)", "(a, b, c)", "(c, a)", "(a DESC)", "(a DESC NULLS LAST, b)", "(a) INCLUDE (b)", "(flag, a)", "(e, a)", "USING hash (b)", "USING hash (a)", "USING brin (a, b)", "USING brin (c)", "((a + b))", "((a % 10))", "((a * 2), b)", "((-a))", "(abs(a))", "((a - b))", "(coalesce(a, 0))", "((a::bigint))", "((n::integer))", "(greatest(a, b))", "(a int4_ops)",
  ],
  atoms: [
    (draw) => `${integer(draw)} ${comparison(draw)} ${number(draw)}`,
    (draw) => `${integer(draw)} ${comparison(draw)} ${number(draw)}`,
    (draw) => `${number(draw)} ${comparison(draw)} ${ab(draw)}`,
    (draw) => `${ab(draw)} = ${number(draw)}`,
    (draw) => `${integer(draw)} IN (1, 2, 3)`,
    (draw) => `${integer(draw)} IN (${number(draw)}, ${number(draw)})`,
    (draw) => `${integer(draw)} IN (${draw.pick(["1, 2.5", "1, '2'", "1, NULL", "5", "NULL", "1, b", "1, 2::bigint", "1, b + 1"])})`,
    (draw) => `${integer(draw)} NOT IN (${draw.pick(["1, 2", "5", "1, NULL", draw.parameter()])})`,
    (draw) => `${integer(draw)} BETWEEN ${number(draw)} AND ${number(draw)}`,
    (draw) => `${integer(draw)} NOT BETWEEN 1 AND 5`,
    (draw) => `${integer(draw)} BETWEEN SYMMETRIC 5 AND ${number(draw)}`,
    (draw) => `${ab(draw)} NOT BETWEEN SYMMETRIC 5 AND 1`,
    (draw) => `${ab(draw)} BETWEEN 1 AND 2.5`,
    (draw) => `${integer(draw)} IS NULL`,
    (draw) => `${integer(draw)} IS NOT NULL`,
    (draw) => `${ab(draw)} ${draw.pick(["= NULL", "<> NULL", "IS DISTINCT FROM NULL", "IS NOT DISTINCT FROM NULL", "IS DISTINCT FROM 5", "IS NOT DISTINCT FROM 5", `IS NOT DISTINCT FROM ${draw.parameter()}`])}`,
    (draw) => `${integer(draw)} = ANY(${draw.parameter()}::int[])`,
    (draw) => `${integer(draw)} ${draw.pick(["= ANY(ARRAY[1, 2])", "= ANY('{1,2}')", "= ANY('{1,2}'::int[])", "<> ALL(ARRAY[1, 2])", "< ANY(ARRAY[1, 2])", "> ALL(ARRAY[1, 2])", "= ANY(ARRAY[1, 2]::numeric[])", "= ANY(ARRAY[1, 2]::bigint[])", "= ANY(ARRAY[1.5, 2])", "= SOME(ARRAY[3])", "<> ANY(ARRAY[1, 2])", ">= ANY('{4,5}'::int[])"])}`,
    (draw) => `${ab(draw)} = ANY(${draw.pick([`${draw.parameter()}::bigint[]`, `${draw.parameter()}::numeric[]`, "arr", "ARRAY[b, 1]"])})`,
    (draw) => `${integer(draw)} ${comparison(draw)} ${draw.pick(["5.0", "1.5", "5::numeric", "5::float8", "5::bigint", "5::smallint", "'5'", "5e0", "2 + 3", "10 / 2", "2.5 * 2", "length('abcde')", "random()", "(random() * 10)::int", "(5)", "- 5", "abs(-5)", "round(4.6)", "+ 5"])}`,
    (draw) => `${integer(draw)} ${comparison(draw)} ${draw.parameter()}${draw.pick(["::numeric", "::int", "::bigint", "::float8", " + 1", "::text::int"])}`,
    (draw) => `${draw.pick(["n", "f"])} ${comparison(draw)} ${draw.pick(["5", "5.5", "5::float8", "5::bigint", draw.parameter(), "random()", "'5.5'", "5::real"])}`,
    (draw) => `${ab(draw)} + 1 = 5`,
    (draw) => draw.pick(["a + b = 5", "b + a = 5", "(a + b) > 10", "(a + b) IN (1, 2)", "a + b IS NULL", "a + b BETWEEN 1 AND 9", "a - b = 0", "a % 10 = 3", "a * 2 = 10", "-a = 5", "+a = 5", "abs(a) = 5", "abs(a) > 2", "coalesce(a, 0) = 1", "coalesce(b, 0) = 1", "a::bigint = 5", "a::text = '5'", "n::integer = 5", "cast(a as bigint) = 5", "a::integer = 5", "greatest(a, b) = 5", "a # 3 = 0", "a & 1 = 1", "mod(a, 10) = 3", "sqrt(a) > 2", "nullif(a, 0) = 3", "CASE WHEN a > 1 THEN 1 ELSE 0 END = 1", "(a + b) = 5.0", "a + b = c", "a % 10 + 0 = 3"]),
    (draw) => `${draw.pick(["a", "b", "c"])} ${draw.pick(["=", "=", "<", "<>"])} ${draw.pick(["a", "b", "sm", "b + 1", "a * 2", "coalesce(b, 0)"])}`,
    (draw) => `(a, b) ${draw.pick(["=", "<>", "<", "<=", ">", ">="])} (1, ${number(draw)})`,
    (draw) => draw.pick(["(b, a) > (1, 2)", "(a, c) >= (1, 2)", "(1, 2) < (a, b)", "(a, b, c) > (1, 2, 3)", "(a, 1) > (1, 1)", "(a, b) IN ((1, 2), (3, 4))", "(a, b) IN ((1, 2))", "(a, b) NOT IN ((1, 2), (3, 4))", "(a, c) = (1, 2.5)", "(a, b) > (1.5, 2)", "ROW(a, b) = ROW(1, 2)", "(a, b) IS NOT DISTINCT FROM (1, 2)", "NOT (a, b) > (1, 2)", "(a + 1, b) > (1, 2)", "(a, b) < ($1, $2)"]),
    (draw) => `NOT (${ab(draw)} ${comparison(draw)} 5)`,
    (draw) => `NOT ${ab(draw)} ${draw.pick(["IN (1, 2)", "BETWEEN 1 AND 5", "IS NULL", "IS NOT NULL"])}`,
    () => "req IS NOT NULL",
    () => "id = 5",
    (draw) => `id ${draw.pick(["IN (1, 2)", "> 5", "<> 5", "= $1", "IS NOT NULL", "IS NULL", "= a", "% 2 = 0"])}`,
    (draw) => `${draw.pick(["a = 1 OR a = 2", "a = 1 OR b = 2", "a = 1 OR a IS NULL", "a < 1 OR a > 10", "a = 5 OR b IN (1, 2)", "a = 1 OR b <> 2"])}`,
    (draw) => `(${draw.parameter()}::int IS NULL OR ${ab(draw)} = ${draw.parameter()})`,
    () => "(a = 5) IS TRUE",
    () => "(a = 5) IS NOT FALSE",
    () => "(a > 1) = (b > 1)",
    () => "(a = 5) = true",
    (draw) => draw.pick(["1 = 1", "1 = 0", "true", "false", "'a' = 'a'", "1 + 1 = 3", "NULL", "NOT true", "now() > '2020-01-01'", "2 > 1"]),
    (draw) => `a = b AND b = ${number(draw)}`,
    () => "a = a",
    (draw) => `a = (${draw.pick(["SELECT 5", "SELECT max(o.x) FROM o", "SELECT o.x FROM o WHERE o.y = t.b", "SELECT count(*) FROM o"])})`,
    (draw) => `${ab(draw)} ${draw.pick(["IN (SELECT o.x FROM o)", "NOT IN (SELECT o.x FROM o)", "= ANY (SELECT o.x FROM o WHERE o.y = 1)"])}`,
    (draw) => `${draw.pick(["EXISTS", "NOT EXISTS"])} (SELECT 1 FROM o WHERE o.x = t.${ab(draw)})`,
  ],
};

const texts: Topic = {
  indexes: [
    "(s)", "(u)", "(v)", "(ch)", "(ci)", "(e)", "(s, a)", "(a, s)", "(lower(s))", "(lower(s), a)", "(upper(u))", "(lower(v))", "(s text_pattern_ops)", "(u text_pattern_ops)", "(v varchar_pattern_ops)", "(lower(u) text_pattern_ops)", "(lower(s) varchar_pattern_ops)", '(u COLLATE "C")', '(s COLLATE "POSIX")', '(u COLLATE "pg_c_utf8")', "(ch bpchar_pattern_ops)", "USING hash (s)", "USING hash (v)", "USING brin (s)", "USING gin (s gin_trgm_ops)", "USING gin (u gin_trgm_ops)", "USING gist (s gist_trgm_ops)", "USING gin (lower(u) gin_trgm_ops)", "USING spgist (s)", "USING gin (s gin_trgm_ops, u gin_trgm_ops)", "((s || u))", "(left(s, 3))", "(substring(s, 1, 3))", "(md5(s))", "(length(s))", "(trim(u))", "(coalesce(s, ''))", "((lower(s) || '-' || u))", '(lower(u) COLLATE "C")', "(s text_ops)",
  ],
  atoms: [
    (draw) => `${text(draw)} = ${word(draw)}`,
    (draw) => `${text(draw)} ${comparison(draw)} ${word(draw)}`,
    (draw) => `${text(draw)} LIKE ${draw.pick(["'abc%'", "'%abc'", "'%abc%'", "'abc'", "'_bc%'", "'a%c'", "'ab_d%'", "'a\\_b%'", "'100%'", draw.parameter(), `${draw.parameter()} || '%'`, "'abc' || '%'", "''", "'%'", "'a#%b%' ESCAPE '#'", "concat('abc', '%')", "'abc%' COLLATE \"C\""])}`,
    (draw) => `${text(draw)} LIKE ${draw.pick(["'abc%'", "'%abc%'"])}`,
    (draw) => `${text(draw)} NOT LIKE 'abc%'`,
    (draw) => `${text(draw)} ILIKE ${draw.pick(["'abc%'", "'%abc%'", "'123%'", "'123'", "'12a%'", draw.parameter()])}`,
    (draw) => `${text(draw)} ${draw.pick(["~", "~", "~*", "!~"])} ${draw.pick(["'^abc'", "'abc'", "'^ab*c'", "'^abc$'", "'^(abc|abd)'", "'^[a-c]'", "'^12'", draw.parameter(), "'^ab+c'", "'^'"])}`,
    (draw) => `${text(draw)} ${draw.pick(["SIMILAR TO 'abc%'", "SIMILAR TO '%abc'", "NOT SIMILAR TO 'abc%'", "^@ 'abc'", `^@ ${draw.parameter()}`])}`,
    (draw) => `starts_with(${text(draw)}, ${draw.pick(["'abc'", draw.parameter()])})`,
    (draw) => `${text(draw)} ${draw.pick(["LIKE ANY (ARRAY['abc%', 'd%'])", "LIKE ALL (ARRAY['abc%', 'd%'])", "ILIKE ANY (ARRAY['%abc%'])", "= ANY(ARRAY['a', 'b'])", `= ANY(${draw.parameter()}::text[])`, `= ANY(${draw.parameter()})`, "IN ('a', 'b')", "NOT IN ('a', 'b')", `IN (${draw.parameter()}, 'b')`, "= ANY('{a,b}'::varchar[])"])}`,
    (draw) => `${draw.pick(["s", "u"])} % ${word(draw)}`,
    (draw) => `${draw.pick(["lower", "upper"])}(${text(draw)}) = ${word(draw)}`,
    (draw) => `lower(${draw.pick(["s", "u", "v"])}) = lower(${draw.parameter()})`,
    (draw) => `lower(${draw.pick(["s", "u", "v"])}) ${draw.pick(["LIKE 'abc%'", "LIKE '%abc%'", "IN ('a', 'b')", "> 'm'", "IS NULL", "= ANY(ARRAY['a','b'])", "<> 'x'", "~ '^abc'"])}`,
    (draw) => draw.pick(["left(s, 3) = 'abc'", "left(s, 2) = 'ab'", "substring(s, 1, 3) = 'abc'", "substring(s from 1 for 3) = 'abc'", "substr(s, 1, 3) = 'abc'", "md5(s) = 'x'", "length(s) = 3", "length(s) > 5", "trim(u) = 'x'", "s || u = 'xy'", "s || 'x' = 'yx'", "coalesce(s, '') = ''", "coalesce(s, 'z') = ''", "concat(s, u) = 'xy'", "lower(s) || '-' || u = 'x-y'", "position('x' in s) > 0", "strpos(s, 'x') = 1", "replace(s, 'a', 'b') = 'x'", "reverse(s) LIKE 'x%'"]),
    (draw) => `${text(draw)}${draw.pick(["::varchar", "::text", "::varchar(10)", "::char(3)", "::bpchar"])} = 'x'`,
    (draw) => `${draw.pick(["s", "v", "u", "ch"])} = ${draw.pick(["'x'::text", "'x'::varchar", "'x'::char(3)", "current_user", `${draw.parameter()}::text`, `${draw.parameter()}::varchar`, "upper('x')", "'a' || 'b'"])}`,
    (draw) => `ch ${draw.pick(["= 'x'", "= $1", "LIKE 'abc%'", "LIKE 'abc'", "< 'x'", "IN ('a', 'b')", "IS NULL", "= 'x'::text", "= $1::text"])}`,
    (draw) => `ci ${draw.pick(["= 'x'", "= $1", "LIKE 'abc%'", "> 'x'", "IN ('a', 'b')", "= 'x'::text", "= 'x'::citext", "IS NULL", "ILIKE 'abc%'"])}`,
    () => "ci::text = 'x'",
    (draw) => `e ${draw.pick(["= 'sad'", "IN ('sad', 'ok')", "= $1", "> 'sad'", "<> 'sad'", "::text = 'sad'", "IS NULL", "= 'sad'::mood", "NOT IN ('sad')"])}`,
    (draw) => `${text(draw)} COLLATE ${draw.pick(['"C"', '"ucs_basic"', '"POSIX"'])} ${draw.pick(["= 'x'", "> 'x'", "LIKE 'abc%'"])}`,
    (draw) => `${text(draw)} = 'x' COLLATE ${draw.pick(['"C"', '"ucs_basic"'])}`,
    (draw) => `${text(draw)} ${draw.pick(["IS NULL", "IS NOT NULL", "BETWEEN 'a' AND 'm'", "IS NOT DISTINCT FROM 'x'", "= u", "= s", "> ''"])}`,
    (draw) => `(${text(draw)}, ${text(draw)}) > ('x', 'y')`,
    (draw) => `(${draw.parameter()}::text IS NULL OR s = ${draw.parameter()})`,
  ],
};

const times: Topic = {
  indexes: ["(ts)", "(tp)", "(d)", "(ts, a)", "(a, ts)", "(ts DESC)", "(date_trunc('day', tp))", "((tp::date))", "(extract(year from d))", "(date(tp))", "((ts AT TIME ZONE 'UTC'))", "(((ts AT TIME ZONE 'UTC')::date))", "USING brin (ts)", "USING hash (d)", "(g)", "USING hash (g)", "(date_part('year', d))", "((tp + interval '1 day'))"],
  atoms: [
    (draw) => `${draw.pick(["ts", "tp", "d"])} ${draw.pick([">", ">=", "<", "=", "<>"])} ${moment(draw)}`,
    (draw) => `${draw.pick(["ts", "tp", "d"])} ${draw.pick([">", ">=", "<"])} ${moment(draw)}`,
    (draw) => `${draw.pick(["ts", "tp", "d"])} BETWEEN ${day(draw)} AND ${moment(draw)}`,
    (draw) => `${draw.pick(["ts", "tp", "d"])} >= ${day(draw)} AND ts < ${day(draw)}`,
    (draw) => `${draw.pick(["ts", "tp"])}::date = ${draw.pick(["'2024-01-01'", "current_date", draw.parameter()])}`,
    (draw) => `date(${draw.pick(["ts", "tp"])}) = '2024-01-01'`,
    (draw) => `date_trunc(${draw.pick(["'day'", "'month'"])}, ${draw.pick(["ts", "tp"])}) = ${draw.pick(["'2024-01-01'", "date_trunc('day', now()::timestamp)"])}`,
    (draw) => `extract(${draw.pick(["year", "month"])} from ${draw.pick(["ts", "d"])}) = 2024`,
    () => "date_part('year', d) = 2024",
    (draw) => `${draw.pick(["ts", "tp"])} + interval '1 day' > ${draw.pick(["now()", "'2024-01-01'"])}`,
    () => "now() - ts < interval '1 day'",
    () => "age(ts) < interval '1 day'",
    () => "ts AT TIME ZONE 'UTC' > '2024-01-01'",
    () => "(ts AT TIME ZONE 'UTC')::date = '2024-01-01'",
    () => "to_char(ts, 'YYYY-MM') = '2024-01'",
    (draw) => `ts ${draw.pick(["IS NULL", "IS NOT NULL", "IN ('2024-01-01', '2024-01-02')", "= tp", "> d", "> $1::date", "> timestamptz '2024-01-01'", "> to_timestamp(5)", "> $1 - interval '1 day'"])}`,
    (draw) => `g ${draw.pick(["= '7b1e0f9e-3c7e-4a3e-9d0b-0d8f6a4f0001'", "= $1", "= $1::uuid", "IN ($1, $2)", "= ANY($1::uuid[])", "= gen_random_uuid()", "::text = 'x'", "IS NULL", "> $1"])}`,
    (draw) => `tstzrange(ts, ts) && ${draw.parameter()}::tstzrange`,
  ],
};

const booleans: Topic = {
  indexes: ["(flag)", "(ok)", "(flag, a)", "(a, flag)", "USING hash (flag)", "(flag) WHERE a > 5", "((flag IS TRUE))", "((a > 5))", "(a) WHERE flag", "(ts) WHERE NOT flag", "(a) WHERE flag IS TRUE", "(b) WHERE flag = true", "(b) WHERE ok", "(a) WHERE NOT ok"],
  atoms: [
    () => "flag", () => "NOT flag", () => "ok", () => "NOT ok",
    (draw) => `flag ${draw.pick(["= true", "= false", "<> true", "<> false", "IS TRUE", "IS FALSE", "IS NOT TRUE", "IS NOT FALSE", "IS NULL", "IS NOT NULL", "IS UNKNOWN", "IS NOT UNKNOWN", "= 't'", "= $1", "<> $1", "IN (true)", "IN (true, false)", "IS DISTINCT FROM true", "IS NOT DISTINCT FROM true", "= ok", "< true", "= NOT ok"])}`,
    () => "NOT (flag = true)", () => "NOT (flag IS TRUE)", () => "ok IS NOT NULL", () => "ok = false", () => "flag AND a = 5", () => "flag IS TRUE AND a = 5", () => "coalesce(flag, false)", () => "coalesce(flag, false) = true", () => "(flag OR ok)", () => "a > 5", () => "flag = true AND b = 1", () => "a = 5 AND NOT flag", () => "a = 5 AND NOT ok",
  ],
};

const partials: Topic = {
  indexes: [
    "(a) WHERE b IS NULL", "(a) WHERE flag", "(a) WHERE b = 1", "(s) WHERE c IS NOT NULL", "(c) WHERE c IS NOT NULL", "(b) WHERE s = 'x' AND a IS NOT NULL", "(a) WHERE b > 5", "(ts) WHERE NOT flag", "(lower(s)) WHERE flag", "(a) WHERE b IN (1, 2, 3)", "(a) WHERE s <> 'done'", "(a) WHERE b < 100 AND flag", "(a) WHERE s = 'x' OR s = 'y'", "(a) WHERE b BETWEEN 1 AND 10", "(b) WHERE a >= 10", "(a) WHERE e = 'sad'", "(a) WHERE ts IS NULL", "(c) WHERE d > '2024-01-01'", "(a) WHERE s IN ('x', 'y')", "(a) WHERE b <> 5", "(a) WHERE b NOT IN (1, 2)", "(b) WHERE a IS NOT NULL AND c IS NOT NULL", "(a) WHERE lower(s) = 'x'", "(u) WHERE u <> ''", "(a, b) WHERE flag AND NOT ok", "(s) WHERE s LIKE 'a%'", "(a) WHERE n > 1.5", "(c) WHERE length(s) > 3", "USING gin (data) WHERE data IS NOT NULL", "(a) WHERE flag IS NOT TRUE", "(a) WHERE (data->>'k') = 'x'", "(a) WHERE id > 100", "(a) WHERE coalesce(b, 0) = 0",
  ],
  atoms: [
    () => "b = 1", () => "b IS NULL", () => "c IS NOT NULL", () => "s = 'x'", () => "flag", () => "NOT flag", () => "a = 5", () => "a = 5", (draw) => `a ${comparison(draw)} ${number(draw)}`, () => "s = 'y'", () => "b = 7", () => "b > 7", () => "b > 5", () => "b >= 5", () => "b >= 6", () => "b < 50", () => "b <= 100", () => "b IN (1, 2)", () => "b IN (2, 9)", () => "b BETWEEN 6 AND 8", () => "b BETWEEN 1 AND 10",
    (draw) => `b = ${draw.parameter()}`, (draw) => `s = ${draw.parameter()}`, (draw) => `b > ${draw.parameter()}`, () => "s <> 'done'", () => "s = 'done'", () => "s IN ('x', 'y')", () => "(s = 'x' OR s = 'y')", () => "a > 20", () => "a >= 10", () => "a = 15", () => "c = 5", () => "c > 5", (draw) => `c = ${draw.parameter()}`, () => "c IS NULL", () => "lower(s) = 'x'", () => "lower(s) = 'abc'", () => "e = 'sad'", () => "e = 'ok'", () => "ts IS NULL", () => "ts > now()", () => "d > '2024-06-01'", () => "d = '2024-06-01'", () => "d > '2023-01-01'", () => "b <> 5", () => "b NOT IN (1, 2)", () => "b NOT IN (1, 2, 3)", () => "u = 'x'", () => "u > 'a'", () => "u <> ''", () => "flag = true", () => "flag IS TRUE", () => "flag = false", () => "ok", () => "NOT ok", () => "s LIKE 'a%'", () => "s LIKE 'ab%'", () => "n > 2", () => "n > 1.5", () => "length(s) > 3", () => "length(s) > 5", () => "data @> '{}'", () => "data ? 'k'", () => "a IS NOT NULL", () => "b + 1 = 5", () => "flag IS NOT TRUE", () => "data->>'k' = 'x'", () => "id > 200", () => "id = 150", () => "coalesce(b, 0) = 0", () => "b = 1 OR b = 2", () => "a = b", () => "upper(s) = 'X'",
  ],
};

const documents: Topic = {
  indexes: ["USING gin (data)", "USING gin (data jsonb_path_ops)", "USING gin (data jsonb_ops)", "((data->>'k'))", "((data->'k'))", "(((data->>'k')::int))", "((data #>> '{a,b}'))", "USING gin ((data->'tags'))", "(lower(data->>'k'))", "(data)", "USING hash ((data->>'k'))", "((data->>'k'), a)", "((data->'a'->>'b'))"],
  atoms: [
    (draw) => `data ${draw.pick(["@>", "<@"])} ${draw.pick(["'{\"k\": 1}'", draw.parameter(), "'{}'::jsonb", "jsonb_build_object('k', 1)"])}`,
    (draw) => `data ${draw.pick(["?", "? 'x' AND data ?"])} 'k'`,
    (draw) => `data ${draw.pick(["?| ARRAY['a', 'b']", "?& ARRAY['a', 'b']", "@? '$.k'", "@@ '$.k == 1'", "= '{}'", "IS NULL", "IS NOT NULL", `@? ${draw.parameter()}`, "<> '{}'", "?| $1::text[]"])}`,
    (draw) => `data->>'k' ${draw.pick(["= 'x'", "= $1", "IN ('x', 'y')", "LIKE 'x%'", "IS NULL", "IS NOT NULL", "> 'm'", "<> 'x'", "= ANY($1::text[])", "ILIKE '%x%'"])}`,
    (draw) => `(data->>'k')::int ${draw.pick(["= 5", "> 5", "= $1", "IN (1, 2)", "= 5.0", "BETWEEN 1 AND 3"])}`,
    (draw) => draw.pick(["data->'k' = '1'", "data->'k' = '\"x\"'::jsonb", "data #>> '{a,b}' = 'x'", "data #>> '{a}' = 'x'", "data->'a'->>'b' = 'x'", "data->'tags' @> '[1]'", "data->'tags' ? 'x'", "data->'other' ? 'x'", "lower(data->>'k') = 'x'", "data->>'j' = 'x'", "data['k'] = '1'", "jsonb_array_length(data->'tags') > 0", "data->>'k' = data->>'j'", "'{}' <@ data", "'{\"a\":1}'::jsonb <@ data", "'k' = data->>'k'", "data::text LIKE '%x%'", "jsonb_path_exists(data, '$.k')", "(data->>'k')::bigint = 5", "cast(data->>'k' as integer) = 5", "data ->> 'k' = 'x' AND a = 1", "NOT data @> '{}'", "data || '{}' @> '{}'"]),
  ],
};

const collections: Topic = {
  indexes: ["USING gin (arr)", "USING gin (tags)", "USING gin (tags array_ops)", "(arr)", "USING gin (doc)", "USING gist (doc)", "USING gin (to_tsvector('english', s))", "USING gin (to_tsvector('simple', u))", "USING gin (to_tsvector('english', coalesce(s, '') || ' ' || coalesce(u, '')))", "USING gin (arr, tags)", "USING gist (to_tsvector('english', s))", "USING gin (doc) WHERE flag", "((arr[1]))", "(cardinality(arr))", "USING gist (span)"],
  atoms: [
    (draw) => `${draw.pick(["arr @>", "arr <@", "arr &&", "arr =", "arr <>"])} ${draw.pick(["ARRAY[1, 2]", "'{1,2}'", draw.parameter(), `${draw.parameter()}::int[]`])}`,
    (draw) => `tags ${draw.pick(["@>", "<@", "&&", "="])} ${draw.pick(["ARRAY['x']::text[]", "'{x}'", draw.parameter()])}`,
    (draw) => draw.pick(["5 = ANY(arr)", "$1 = ANY(arr)", "'x' = ANY(tags)", "$1 = ALL(arr)", "arr[1] = 5", "cardinality(arr) = 2", "cardinality(arr) > 0", "array_length(arr, 1) = 2", "ARRAY[1] <@ arr", "ARRAY[1] && arr", "ARRAY[1, 2] @> arr", "arr IS NULL", "arr IS NOT NULL", "arr > '{1}'", "array_position(arr, 5) > 0", "NOT (arr @> '{1}')", "NOT arr && '{1}'", "arr || 1 @> '{1}'", "5 <> ALL(arr)", "arr = '{}'", "a = ANY(arr)", "arr @> ARRAY[a]", "arr @> tags::int[]"]),
    (draw) => `doc @@ ${draw.pick(["to_tsquery('x')", "to_tsquery('english', 'x')", "plainto_tsquery($1)", "'x'::tsquery", "websearch_to_tsquery('english', $1)", "$1", "phraseto_tsquery('x y')"])}`,
    (draw) => `to_tsvector(${draw.pick(["'english'", "'simple'"])}, ${draw.pick(["s", "u"])}) @@ ${draw.pick(["to_tsquery('english', 'x')", "plainto_tsquery('english', $1)", "'x'"])}`,
    (draw) => draw.pick(["to_tsvector(s) @@ to_tsquery('x')", "s @@ 'x'", "to_tsquery('x') @@ doc", "to_tsvector('english', coalesce(s, '') || ' ' || coalesce(u, '')) @@ to_tsquery('x')", "to_tsvector('english', s || u) @@ to_tsquery('x')", "NOT doc @@ to_tsquery('x')", "doc IS NOT NULL", "doc @@ to_tsquery('x') AND flag", "ts_rank(doc, to_tsquery('x')) > 0.1", "doc = ''", "to_tsvector('english', u) @@ to_tsquery('english', s)"]),
    (draw) => `span ${draw.pick(["@> 5", "&& int4range(1, 5)", "<@ int4range(1, 5)", "= int4range(1, 5)", "IS NULL", "@> $1::int"])}`,
    (draw) => draw.pick(["upper(span) > 5", "isempty(span)", "5 <@ span", "lower(span) = 1"]),
  ],
};

export const postgresql: Vocabulary = {
  dialect: "postgresql",
  tables: ["CREATE TABLE o (k integer PRIMARY KEY, x integer, y integer, z text)", TABLE],
  indexes: ["(a)", "(b)", "(s)", "(a, b)"],
  atoms: [(draw) => `a = ${number(draw)}`, () => "b = 1", () => "s = 'x'"],
  topics: [numbers, numbers, texts, texts, times, booleans, partials, partials, documents, collections],
  // One row of the other table, which has no index on what it is joined by: then `t` is read for that row, or as a whole.
  sources: [...Array.from({ length: 16 }, () => "t"), "t JOIN o ON o.x = t.a AND o.k = 7", "o JOIN t ON t.b = o.x AND o.k = 7", "t JOIN o ON (t.s = o.z OR t.c = o.y) AND o.k = 7", "t LEFT JOIN o ON o.x = t.a AND o.k = 7"],
  placeholder: (position) => `$${String(position)}`,
};
