/**
 * The tolerant reader for text that no grammar accepts: the verb, the tables, and whether there are a WHERE and a LIMIT.
 * Its statements say so (`certainty: "tokens"`), and it gives none where a wrong one could mislead a rule.
 */
import type { Amount, Dialect, Predicate, Source, Statement, StatementKind, TableRef } from "../query/model.js";
import type { SqlText } from "./contract.js";
import type { Original } from "./holes.js";
import { foldName, nameOf, TokenIndex, type Token } from "./scanner.js";

const verbs: Readonly<Record<string, StatementKind>> = {
  SELECT: "select", INSERT: "insert", REPLACE: "insert", UPDATE: "update", DELETE: "delete", MERGE: "merge", TRUNCATE: "truncate",
  CREATE: "ddl", ALTER: "ddl", DROP: "ddl", COMMENT: "ddl", GRANT: "ddl", REVOKE: "ddl", REINDEX: "ddl",
  BEGIN: "transaction", COMMIT: "transaction", ROLLBACK: "transaction", SAVEPOINT: "transaction", START: "transaction", RELEASE: "transaction", END: "transaction", ABORT: "transaction",
  SET: "utility", SHOW: "utility", PRAGMA: "utility", EXPLAIN: "utility", LOCK: "utility", UNLOCK: "utility", CALL: "utility", EXEC: "utility", VACUUM: "utility", ANALYZE: "utility",
  ATTACH: "utility", DETACH: "utility", USE: "utility", DESCRIBE: "utility", LISTEN: "utility", NOTIFY: "utility", UNLISTEN: "utility", COPY: "utility", DO: "utility", DECLARE: "utility", FETCH: "utility", KILL: "utility", FLUSH: "utility", OPTIMIZE: "utility", HANDLER: "utility", LOAD: "utility", RESET: "utility", DEALLOCATE: "utility", PREPARE: "utility", EXECUTE: "utility", DISCARD: "utility",
};

const afterTable = new Set(["FROM", "WHERE", "SET", "JOIN", "INNER", "LEFT", "RIGHT", "FULL", "CROSS", "NATURAL", "ON", "USING", "GROUP", "ORDER", "HAVING", "LIMIT", "OFFSET", "FETCH", "FOR", "UNION", "EXCEPT", "INTERSECT", "VALUES", "RETURNING", "SELECT", "DEFAULT", "WINDOW", "INDEXED", "NOT", "FORCE", "USE", "IGNORE", "PARTITION", "AS", "TABLESAMPLE", "WITH", "OUTER", "LATERAL", "STRAIGHT_JOIN", "LOCK", "ONLY"]);

export interface TokenReading {
  readonly kind?: StatementKind;
  readonly statement?: Statement;
}

/** Reads what tokens alone can tell. */
export function readTokens(original: Original, sql: SqlText, dialect: Dialect | undefined, tooComplex: boolean): TokenReading {
  const index = new TokenIndex(original.tokens);
  const tokens = original.tokens;
  let first = 0;
  while (tokens[first]?.text === "(") first++;
  const verb = index.upperAt(first);
  const kind = verb === "WITH" || verb === "VALUES" || verb === "TABLE" ? "select" : verbs[verb];
  if (kind === undefined) return {};
  const last = tokens[tokens.length - 1];
  const end = last?.text === ";" ? tokens.length - 1 : tokens.length;
  const span = { start: tokens[first]?.start ?? 0, end: tokens[end - 1]?.end ?? sql.text.length };
  const base: Statement = {
    kind, span, certainty: "tokens", sources: [], where: { op: "constant", value: true, written: false }, projection: { all: false, columns: [], aggregate: "unknown" },
    groupBy: [], having: false, distinct: false, orderBy: [], assignments: [], returning: false, subqueries: [], ctes: [],
  };
  // Nothing is asked of these but their kind; a grammar that does not know a pragma is no reason to lose it.
  if (kind === "utility" || kind === "transaction" || kind === "ddl") {
    return tokens.some((token) => token.kind === "punct" && token.text === ";" && token !== last) ? { kind } : { kind, statement: Object.freeze(base) };
  }
  const unsafe = original.unterminated || tooComplex || verb === "WITH" || verb === "VALUES" || verb === "TABLE" || verb === "MERGE" || first > 0
    || original.slots.some((slot) => slot.kind === "text") || unbalanced(tokens);
  if (unsafe) return { kind };
  const at = (word: string, from = first): number => {
    for (let position = from; position < end; position++) {
      const partner = index.partner(position);
      if (partner > position) position = partner;
      else if (tokens[position]?.kind === "word" && index.upperAt(position) === word) return position;
    }
    return -1;
  };
  // More than one statement, or a set operation: whose WHERE is it?
  if (["UNION", "INTERSECT", "EXCEPT", "MINUS"].some((word) => at(word) !== -1)) return { kind };
  for (let position = first; position < end; position++) if (tokens[position]?.kind === "punct" && tokens[position]?.text === ";") return { kind };

  const table = (position: number): TableRef | undefined => {
    let place = position;
    while (["ONLY", "IGNORE", "LOW_PRIORITY", "TABLE", "INTO", "OR"].includes(index.upperAt(place))) place += index.upperAt(place) === "OR" ? 2 : 1;
    const parts: Token[] = [];
    for (;;) {
      const token = tokens[place];
      if (token === undefined || (token.kind !== "word" && token.kind !== "quoted")) break;
      if (token.kind === "word" && afterTable.has(token.upper)) break;
      parts.push(token);
      if (tokens[place + 1]?.text !== ".") break;
      place += 2;
    }
    const name = parts[parts.length - 1];
    const schema = parts[parts.length - 2];
    if (name === undefined || tokens[place + 1]?.text === "(" && kind === "select") return undefined;
    let alias = place + 1;
    if (index.upperAt(alias) === "AS") alias++;
    const aliasToken = tokens[alias];
    const hasAlias = aliasToken !== undefined && (aliasToken.kind === "quoted" || (aliasToken.kind === "word" && !afterTable.has(aliasToken.upper)));
    const folded = foldName(nameOf(name), name.kind === "quoted", dialect);
    return {
      name: folded,
      ...(schema === undefined ? {} : { schema: foldName(nameOf(schema), schema.kind === "quoted", dialect) }),
      alias: hasAlias ? foldName(nameOf(aliasToken), aliasToken.kind === "quoted", dialect) : folded,
      ...(name.holes === undefined ? {} : { dynamic: true }),
      span: { start: parts[0]?.start ?? name.start, end: name.end },
    };
  };

  const where = at("WHERE");
  const limit = ["LIMIT", "FETCH", "TOP"].map((word) => at(word)).find((position) => position !== -1);
  const predicate: Predicate = where === -1 ? base.where : { op: "opaque", restricts: "yes", reason: "the text is not understood", span: { start: tokens[where]?.start ?? span.start, end: span.end } };
  const amount: Amount | undefined = limit === undefined ? undefined : { kind: "maybe", why: "the text is not understood", proved: "unknown", span: { start: tokens[limit]?.start ?? span.start, end: tokens[limit + 1]?.end ?? span.end } };
  const sources: Source[] = [];
  const from = at("FROM");
  let target: TableRef | undefined;
  switch (kind) {
    case "select": {
      if (from === -1) return { kind };
      const found = table(from + 1);
      if (found === undefined) return { kind };
      sources.push({ kind: "table", table: found });
      break;
    }
    case "delete":
      target = from === -1 ? undefined : table(from + 1);
      break;
    case "update":
      target = table(first + 1);
      break;
    case "insert": {
      const into = at("INTO");
      target = table(into === -1 ? first + 1 : into + 1);
      break;
    }
    case "truncate":
      target = table(first + 1);
      break;
    case "merge":
      return { kind };
  }
  if (kind !== "select" && target === undefined) return { kind };
  return {
    kind,
    statement: Object.freeze({
      ...base, sources, where: predicate,
      ...(target === undefined ? {} : { target }),
      ...(amount === undefined ? {} : { limit: amount }),
      ...(kind === "insert" ? { rows: "unknown" as const } : {}),
      returning: at("RETURNING") !== -1,
    }),
  };
}

function unbalanced(tokens: readonly Token[]): boolean {
  let depth = 0;
  for (const token of tokens) {
    if (token.kind !== "punct") continue;
    if (token.text === "(") depth++;
    else if (token.text === ")" && --depth < 0) return true;
  }
  return depth !== 0;
}
