/** Random tables, indexes and conditions from a seed, over the rows of the table of facts about indexes. */
export type OracleDialect = "postgresql" | "sqlite" | "mariadb";

export interface Case {
  /** One statement each, the table first. */
  readonly ddl: readonly string[];
  readonly conditions: readonly string[];
}

/** mulberry32: small, seeded, good enough to choose by. */
export function random(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const TABLES: Readonly<Record<OracleDialect, string>> = {
  postgresql: "CREATE TABLE t (id integer PRIMARY KEY, a integer, b integer, c integer, s text, u text, flag boolean, ts timestamptz)",
  sqlite: "CREATE TABLE t (id integer PRIMARY KEY, a integer, b integer, c integer, s text, u text, flag boolean, ts text)",
  mariadb: "CREATE TABLE t (id integer PRIMARY KEY, a integer, b integer, c integer, s varchar(100), u varchar(100), flag boolean, ts datetime)",
};

const COMMON_INDEXES = ["(a)", "(b)", "(c)", "(s)", "(u)", "(flag)", "(ts)", "(a, b)", "(b, a)", "(b, c, a)", "(s, a)", "(a, s)", "(flag, a)", "(ts, a)", "(a DESC)"];
const INDEXES: Readonly<Record<OracleDialect, readonly string[]>> = {
  postgresql: [...COMMON_INDEXES, "(lower(s))", "(lower(s), a)", "((a + b))", "(s text_pattern_ops)", "(a) WHERE b IS NULL", "(a) WHERE flag", "(a) WHERE b = 1", "(s) WHERE c IS NOT NULL", "(c) WHERE c IS NOT NULL", "(b) WHERE s = 'x' AND a IS NOT NULL", "(a) WHERE b > 5", "(ts) WHERE NOT flag", "(lower(s)) WHERE flag"],
  sqlite: [...COMMON_INDEXES, "(lower(s))", "(lower(s), a)", "(s COLLATE NOCASE)", "(a) WHERE b IS NULL", "(a) WHERE b = 1", "(s) WHERE c IS NOT NULL", "(c) WHERE c IS NOT NULL", "(a) WHERE b > 5", "(b) WHERE s = 'x' AND a IS NOT NULL"],
  mariadb: [...COMMON_INDEXES, "(s(10))"],
};

/** A case of `count` conditions on a table with one to three indexes. */
export function makeCase(next: () => number, dialect: OracleDialect, count: number): Case {
  const pick = <Item>(items: readonly Item[]): Item => {
    const item = items[Math.floor(next() * items.length)];
    if (item === undefined) throw new Error("nothing to choose from");
    return item;
  };
  const indexes = Array.from({ length: 1 + Math.floor(next() * 3) }, () => pick(INDEXES[dialect]));
  if (dialect === "postgresql" && next() < 0.1) indexes.push("USING hash (b)");
  const ddl = [TABLES[dialect], ...[...new Set(indexes)].map((definition, at) => (definition.startsWith("USING") ? `CREATE INDEX i${String(at)} ON t ${definition}` : `CREATE INDEX i${String(at)} ON t ${definition}`))];

  const integer = (): string => pick(["a", "b", "c"]);
  const text = (): string => pick(["s", "u"]);
  const value = (): string => (dialect === "mariadb" ? String(1 + Math.floor(next() * 9)) : pick(["1", "5", "7", parameter()]));
  const word = (): string => (dialect === "mariadb" ? "'x'" : pick(["'x'", "'abc'", parameter()]));
  let parameters = 0;
  const parameter = (): string => {
    parameters += 1;
    return dialect === "postgresql" ? `$${String(parameters)}` : "?";
  };
  const comparison = (): string => pick(["=", "=", "=", "<", "<=", ">", ">=", "<>"]);

  const atoms: readonly (() => string)[] = [
    () => `${integer()} ${comparison()} ${value()}`,
    () => `${integer()} ${comparison()} ${value()}`,
    () => `${text()} = ${word()}`,
    () => `${text()} ${comparison()} ${word()}`,
    () => `${integer()} IN (1, 2, 3)`,
    () => `${integer()} NOT IN (1, 2)`,
    () => `${integer()} BETWEEN 1 AND ${value()}`,
    () => `${integer()} IS NULL`,
    () => `${integer()} IS NOT NULL`,
    () => `${text()} IS NULL`,
    () => `${text()} LIKE ${pick(["'abc%'", "'%abc'", "'%abc%'", "'abc'", "'_bc%'"])}`,
    () => `${text()} NOT LIKE 'abc%'`,
    () => `lower(${text()}) = ${word()}`,
    () => `lower(s) IN ('a', 'b')`,
    () => `${integer()} + 1 = 5`,
    () => `a + b = ${value()}`,
    () => `${integer()} = ${integer()} + 1`,
    () => `coalesce(${integer()}, 0) = 1`,
    () => pick(["flag", "flag = true", "NOT flag", "flag IS TRUE", "flag = false"]),
    () => (dialect === "postgresql" ? `ts > now() - interval '1 day'` : `ts > '2024-01-01'`),
    () => (dialect === "postgresql" ? `${integer()} = ANY(${parameter()}::int[])` : `${integer()} IN (4, 5)`),
    () => (dialect === "postgresql" ? `${integer()}::text = '5'` : `CAST(${integer()} AS CHAR) = '5'`),
    () => (dialect === "postgresql" ? `${text()} ILIKE 'abc%'` : `upper(${text()}) = 'X'`),
    () => (dialect === "mariadb" ? `${integer()} <=> 5` : `${integer()} IS NOT DISTINCT FROM 5`),
    () => (dialect === "postgresql" ? `${text()}::varchar = 'x'` : `${text()} = 'x'`),
    () => (dialect === "postgresql" ? `ts::date = '2024-01-01'` : `date(ts) = '2024-01-01'`),
    () => `NOT (${integer()} ${comparison()} 5)`,
    () => `b = 1`,
    () => `b IS NULL`,
    () => `c IS NOT NULL`,
    () => `s = 'x'`,
  ];
  const condition = (depth: number): string => {
    const roll = next();
    if (depth === 0 || roll < 0.35) return pick(atoms)();
    const items = Array.from({ length: 2 + Math.floor(next() * 2) }, () => condition(depth - 1));
    if (roll < 0.78) return `(${items.join(" AND ")})`;
    if (roll < 0.95) return `(${items.join(" OR ")})`;
    return `NOT (${items.join(" AND ")})`;
  };
  return {
    ddl,
    conditions: Array.from({ length: count }, () => {
      parameters = 0;
      return condition(2);
    }),
  };
}
