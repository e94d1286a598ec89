/** Is a string SQL at all? A cheap, strict test that can stand in front of every string of a code base. */
import { scan, type Token } from "./scanner.js";

/** Comments, blanks and parentheses in front of the verb. Each alternative begins with another character: no backtracking. */
const opening = /^(?:\s|--[^\n]*(?:\n|$)|\/\*(?:[^*]|\*(?!\/))*\*\/|\(|;)*/u;

/** How much of a text is looked at. */
const sampleLength = 6_000;

/**
 * Does the text open like a statement and go on like one? "Select all notes from the current level" is no SQL.
 * A hole may stand as an empty string or as any name.
 */
export function looksLikeSql(text: string): boolean {
  if (text.length < 5) return false;
  const lead = opening.exec(text.length > sampleLength ? text.slice(0, sampleLength) : text)?.[0].length ?? 0;
  const verb = /^[A-Za-z]{3,9}(?![A-Za-z])/u.exec(text.slice(lead, lead + 12))?.[0].toUpperCase();
  if (verb === undefined) return false;
  const shape = shapes[verb];
  if (shape === undefined) return false;
  const { tokens } = scan(text.slice(lead, lead + sampleLength), undefined);
  // "Select …", "Delete from …": people write SQL verbs in one case; a capital opens a sentence unless signs say otherwise.
  const written = text.slice(lead, lead + verb.length);
  const isTitle = written !== verb && written !== verb.toLowerCase();
  if (isTitle && !tokens.some((token) => token.kind === "operator" || token.kind === "parameter" || token.kind === "quoted")) return false;
  return shape(new Reader(tokens, lead + sampleLength < text.length, /\s$/u.test(text)));
}

class Reader {
  readonly #tokens: readonly Token[];
  /** The sample ends before the text does. */
  readonly cut: boolean;
  /** The text ends in a blank: more is to be appended. */
  readonly open: boolean;
  at = 1;

  constructor(tokens: readonly Token[], cut: boolean, open: boolean) {
    this.#tokens = tokens;
    this.cut = cut;
    this.open = open;
  }

  token(ahead = 0): Token | undefined {
    return this.#tokens[this.at + ahead];
  }

  get rest(): readonly Token[] {
    return this.#tokens.slice(this.at);
  }

  /** Nothing follows but perhaps a semicolon. */
  get ended(): boolean {
    const token = this.token();
    return token === undefined || (token.text === ";" && token.kind === "punct");
  }

  word(...words: readonly string[]): boolean {
    const token = this.token();
    if (token?.kind !== "word" || !words.includes(token.upper)) return false;
    this.at++;
    return true;
  }

  skip(...words: readonly string[]): void {
    while (this.word(...words));
  }

  peek(...words: readonly string[]): boolean {
    const token = this.token();
    return token?.kind === "word" && words.includes(token.upper);
  }

  punct(text: string): boolean {
    const token = this.token();
    if (token?.text !== text || token.kind === "string" || token.kind === "quoted") return false;
    this.at++;
    return true;
  }

  /** A name with dots, or a placeholder in its place. */
  path(): boolean {
    const token = this.token();
    if (token === undefined || (token.kind !== "word" && token.kind !== "quoted" && token.kind !== "parameter")) return false;
    this.at++;
    while (this.token()?.text === ".") this.at += 2;
    return true;
  }

  /** Steps over a parenthesis and what is in it. */
  group(): boolean {
    if (this.token()?.text !== "(") return false;
    let depth = 0;
    for (; this.at < this.#tokens.length; this.at++) {
      const token = this.token();
      if (token?.kind !== "punct") continue;
      if (token.text === "(") depth++;
      else if (token.text === ")" && --depth === 0) {
        this.at++;
        return true;
      }
    }
    return this.cut;
  }
}

const clauseWords = ["WHERE", "JOIN", "INNER", "LEFT", "RIGHT", "FULL", "CROSS", "NATURAL", "GROUP", "ORDER", "LIMIT", "OFFSET", "FETCH", "FOR", "HAVING", "UNION", "EXCEPT", "INTERSECT", "WINDOW", "TABLESAMPLE", "FORCE", "USE", "IGNORE", "LATERAL", "INDEXED", "NOT", "RETURNING", "WITH", "ON", "USING", "PARTITION", "AS", "MINUS"] as const;

const clauses: ReadonlySet<string> = new Set(clauseWords);

const determiners = new Set(["THE", "A", "AN", "YOUR", "OUR", "THEIR", "THIS", "THAT", "THESE", "THOSE", "EACH", "ANY", "MY", "HIS", "HER", "ITS", "BELOW", "ABOVE", "HERE", "WHERE", "EVERY", "ONE", "ANOTHER", "WHICH", "WITHIN"]);

const objects = ["TABLE", "INDEX", "VIEW", "FUNCTION", "PROCEDURE", "TRIGGER", "SEQUENCE", "SCHEMA", "EXTENSION", "TYPE", "DATABASE", "POLICY", "ROLE", "USER", "DOMAIN", "PUBLICATION", "SUBSCRIPTION", "STATISTICS"] as const;

/** After the table: nothing, a clause, or an alias and then one of these. */
function endsOrClause(reader: Reader, ...clauses: readonly string[]): boolean {
  if (reader.ended || reader.peek(...clauses)) return true;
  if ([",", ")", "#", "["].includes(reader.token()?.text ?? "")) return true;
  reader.word("AS");
  const token = reader.token();
  if (token?.kind !== "word" && token?.kind !== "quoted") return false;
  reader.at++;
  return reader.ended || reader.peek(...clauses) || reader.token()?.text === ",";
}

/** A table that a sentence would not name there. */
function plausibleTable(reader: Reader): boolean {
  const token = reader.token();
  if (token?.kind !== "word" || !determiners.has(token.upper)) return true;
  const next = reader.token(1);
  return next === undefined || next.kind === "punct" || next.kind === "operator" || (next.kind === "word" && (clauses.has(next.upper) || next.upper === "SET" || next.upper === "VALUES"));
}

const shapes: Readonly<Record<string, (reader: Reader) => boolean>> = {
  SELECT: looksLikeSelect,
  INSERT(reader) {
    if (reader.word("OR")) reader.at++;
    reader.skip("IGNORE", "LOW_PRIORITY", "DELAYED", "HIGH_PRIORITY");
    return reader.word("INTO", "OVERWRITE") && looksLikeInsertTail(reader);
  },
  REPLACE(reader) {
    return reader.word("INTO") && looksLikeInsertTail(reader);
  },
  DELETE(reader) {
    reader.skip("LOW_PRIORITY", "QUICK", "IGNORE");
    if (!reader.peek("FROM")) {
      // DELETE a, b FROM a JOIN b …
      if (!reader.path()) return false;
      while (reader.punct(",")) reader.path();
      return reader.word("FROM") && plausibleTable(reader) && reader.path() && !reader.ended && endsOrClause(reader, "WHERE", "JOIN", "INNER", "LEFT", "AS", "USING");
    }
    reader.at++;
    reader.word("ONLY");
    if (reader.ended) return true;
    if (!plausibleTable(reader)) return false;
    if (!reader.peek("WHERE", "USING") && !reader.path()) return reader.token()?.text === "(";
    return endsOrClause(reader, "WHERE", "USING", "RETURNING", "ORDER", "LIMIT", "JOIN", "INNER", "LEFT", "AS", "INDEXED", "PARTITION");
  },
  UPDATE(reader) {
    if (reader.word("OR")) reader.at++;
    reader.skip("ONLY", "IGNORE", "LOW_PRIORITY");
    const words = reader.rest;
    // The table, perhaps an alias or joins, then SET column =.
    const set = words.findIndex((token) => token.kind === "word" && token.upper === "SET");
    if (set === -1 || set > 60) return false;
    const before = words.slice(0, set);
    const joined = before.some((token) => token.text === "," || token.upper === "JOIN");
    if (!joined && before.filter((token) => token.kind === "word" && token.upper !== "AS").length > 4) return false;
    if (before.some((token) => token.kind === "string" || token.text === ";")) return false;
    reader.at += set + 1;
    if (reader.ended || reader.token()?.text === "(") return true;
    if (reader.token()?.kind === "operator") return true;
    return reader.path() && (reader.token()?.text === "=" || reader.token()?.text === "[" || reader.token()?.text.startsWith("=") === true || reader.token()?.text === ":=");
  },
  WITH(reader) {
    reader.word("RECURSIVE");
    if (!reader.path()) return false;
    if (reader.token()?.text === "(") reader.group();
    if (!reader.word("AS")) return false;
    reader.skip("NOT", "MATERIALIZED");
    return reader.token()?.text === "(";
  },
  MERGE(reader) {
    return reader.word("INTO") && reader.path() && reader.rest.some((token) => token.kind === "word" && token.upper === "USING");
  },
  TRUNCATE(reader) {
    const isTable = reader.word("TABLE");
    reader.word("ONLY");
    if (isTable && reader.ended) return true;
    return plausibleTable(reader) && reader.path() && (reader.ended || reader.peek("CASCADE", "RESTART", "CONTINUE", "RESTRICT") || reader.token()?.text === ",");
  },
  CREATE(reader) {
    if (reader.word("OR")) reader.word("REPLACE");
    reader.skip("GLOBAL", "LOCAL", "TEMP", "TEMPORARY", "UNLOGGED", "UNIQUE", "FULLTEXT", "SPATIAL", "VIRTUAL", "MATERIALIZED", "RECURSIVE", "FOREIGN", "CONSTRAINT", "CLUSTERED", "NONCLUSTERED");
    if (!reader.word(...objects)) return false;
    reader.skip("CONCURRENTLY", "IF", "NOT", "EXISTS");
    if (reader.ended) return reader.open;
    if (!plausibleTable(reader) || !reader.path()) return false;
    return reader.ended || reader.token()?.text === "(" || reader.peek("AS", "ON", "USING", "WITH", "START", "INCREMENT", "LIKE", "PARTITION", "BEFORE", "AFTER", "INSTEAD", "FROM", "AUTHORIZATION", "ENGINE", "CHARACTER", "DEFAULT", "FOR", "LOGIN", "PASSWORD", "OWNER", "ENCODING", "TEMPLATE", "IDENTIFIED", "CHARSET", "OF", "SCHEMA", "MINVALUE", "OPTIONS");
  },
  ALTER(reader) {
    if (!reader.word(...objects)) return false;
    reader.skip("IF", "EXISTS", "ONLY");
    if (reader.ended) return reader.open;
    return reader.path() && reader.peek("ADD", "DROP", "ALTER", "RENAME", "MODIFY", "CHANGE", "SET", "OWNER", "ENABLE", "DISABLE", "ATTACH", "DETACH", "VALIDATE", "ENGINE", "CONVERT", "CLUSTER", "INHERIT", "COMMENT", "WITH", "RESTART", "FORCE", "AUTO_INCREMENT", "PASSWORD", "DEFAULT", "CHARACTER", "REPLICA", "ORDER", "RESET", "UPDATE", "ON", "TO");
  },
  DROP(reader) {
    reader.skip("TEMPORARY", "MATERIALIZED");
    if (!reader.word(...objects)) return false;
    reader.skip("CONCURRENTLY", "IF", "EXISTS");
    if (reader.ended) return reader.open;
    if (!plausibleTable(reader) || !reader.path()) return false;
    if (reader.token()?.text === "(") reader.group();
    return reader.ended || reader.token()?.text === "," || reader.peek("CASCADE", "RESTRICT", "ON", "WITH");
  },
  PRAGMA(reader) {
    return reader.path() && (reader.ended || reader.token()?.text === "=" || reader.token()?.text === "(");
  },
  EXPLAIN(reader) {
    if (reader.token()?.text === "(") reader.group();
    reader.skip("ANALYZE", "VERBOSE", "QUERY", "PLAN", "EXTENDED");
    return reader.peek("SELECT", "INSERT", "UPDATE", "DELETE", "WITH");
  },
  BEGIN(reader) {
    reader.skip("TRANSACTION", "WORK", "IMMEDIATE", "DEFERRED", "EXCLUSIVE", "ISOLATION", "LEVEL", "READ", "WRITE", "ONLY", "COMMITTED", "UNCOMMITTED", "REPEATABLE", "SERIALIZABLE");
    return reader.ended;
  },
  START(reader) {
    return reader.word("TRANSACTION");
  },
  COMMIT(reader) {
    reader.skip("TRANSACTION", "WORK");
    return reader.ended;
  },
  ROLLBACK(reader) {
    reader.skip("TRANSACTION", "WORK");
    if (reader.word("TO")) {
      reader.word("SAVEPOINT");
      reader.path();
    }
    return reader.ended;
  },
  SAVEPOINT(reader) {
    return (reader.ended || reader.path()) && reader.ended;
  },
  RELEASE(reader) {
    return reader.word("SAVEPOINT") && (reader.ended || reader.path()) && reader.ended;
  },
  VACUUM(reader) {
    return reader.ended || reader.token()?.text === "(" || reader.peek("FULL", "ANALYZE", "INTO", "FREEZE");
  },
  LOCK(reader) {
    return reader.word("TABLE", "TABLES") && reader.path();
  },
  REFRESH(reader) {
    return reader.word("MATERIALIZED") && reader.word("VIEW");
  },
  VALUES(reader) {
    if (!reader.punct("(")) return false;
    const token = reader.token();
    return token !== undefined && (token.kind === "number" || token.kind === "string" || token.kind === "parameter");
  },
  CALL(reader) {
    return reader.path() && reader.group() && reader.ended;
  },
};

function looksLikeInsertTail(reader: Reader): boolean {
  reader.word("TABLE");
  if (reader.ended) return true;
  if (reader.peek("VALUES", "SELECT", "DEFAULT") || reader.token()?.text === "(") return true;
  if (!plausibleTable(reader) || !reader.path()) return false;
  if (reader.word("AS")) reader.path();
  if (reader.peek("ON") && ["CONFLICT", "DUPLICATE"].includes(reader.token(1)?.upper ?? "")) return true;
  return reader.ended || reader.token()?.text === "(" || reader.peek("VALUES", "VALUE", "SELECT", "DEFAULT", "SET", "WITH", "OVERRIDING") || reader.token()?.kind === "parameter";
}

function looksLikeSelect(reader: Reader): boolean {
  if (reader.ended) return false;
  const first = reader.token();
  // SELECT (s), Select: …
  if (first?.kind === "operator" && first.text !== "*" && first.text !== "-" && first.text !== "+" && first.text !== "@") return false;
  const items: Token[] = [];
  let depth = 0;
  let from: Token | undefined;
  for (; ; reader.at++) {
    const token = reader.token();
    if (token === undefined) break;
    if (token.kind === "punct" && token.text === "(") depth++;
    else if (token.kind === "punct" && token.text === ")") depth--;
    if (depth < 0 || (depth === 0 && token.kind === "punct" && token.text === ";")) break;
    if (depth === 0 && token.kind === "word" && token.upper === "FROM") {
      from = token;
      reader.at++;
      break;
    }
    items.push(token);
  }
  if (from === undefined) return looksLikeValueSelect(items, reader.cut);
  if (items.length === 0) return true;
  const previous = items[items.length - 1];
  const modified = items[0]?.kind === "word" && ["DISTINCT", "TOP"].includes(items[0].upper) && items.length > 1;
  const technical = modified || items.some((token) => token.kind !== "word" && token.kind !== "punct")
    || items.some((token) => token.kind === "punct" && (token.text === "." || token.text === "[")) || items.some((token) => token.kind === "word" && /[_\d]|[a-z][A-Z]/u.test(token.text));
  const call = items.some((token, index) => token.text === "(" && items[index - 1]?.kind === "word" && items[index - 1]?.end === token.start && !(items[index + 1]?.text.toLowerCase() === "s" && items[index + 2]?.text === ")"));
  if (technical || call) {
    // "Select up to 5 items from the list": a number among plain words is no sign.
    const isProse = items.filter((token) => token.kind === "word").length > 1 && !items.some((token) => token.text === "," || token.text === "*" || token.text === "(" || token.text === "." || token.text === "[" || token.kind === "quoted" || token.kind === "operator" || token.kind === "parameter") && !items.some((token) => token.kind === "word" && (token.upper === "AS" || token.upper === "DISTINCT" || token.upper === "CASE"));
    if (!isProse) return plausibleTable(reader) || items.some((token) => token.text === "*" || token.text === "(" || token.kind === "quoted");
  }
  // Only plain words: a column list has commas, a sentence has blanks.
  if (!plausibleTable(reader)) return false;
  let adjacent = 0;
  for (const [index, token] of items.entries()) if (token.kind === "word" && items[index - 1]?.kind === "word" && token.upper !== "AS" && items[index - 1]?.upper !== "AS") adjacent++;
  if (previous?.text === ",") return false;
  if (adjacent > 1) return false;
  const opensQuery = reader.token()?.text === "(";
  if (opensQuery || reader.ended) return adjacent === 0;
  const quoted = reader.token()?.kind === "quoted";
  if (!reader.path()) return false;
  if (quoted) return true;
  // "Select users from list": one word, one table and then words that are no clause.
  const fits = endsOrClause(reader, ...clauseWords);
  if (!fits) return false;
  const closes = reader.ended;
  return adjacent === 0 ? true : !closes;
}

/** SELECT without FROM: a value or a call, and nothing that reads on as a sentence. */
function looksLikeValueSelect(items: readonly Token[], cut: boolean): boolean {
  const [first, second] = items;
  if (first === undefined) return false;
  if (first.kind === "quoted") return second === undefined || second.kind !== "word" || second.upper === "AS";
  if (first.kind === "word") {
    const isCall = second?.text === "(" && second.end - 1 === first.end && !(items[2]?.text.toLowerCase() === "s" && items[3]?.text === ")");
    const isConstant = ["NULL", "TRUE", "FALSE"].includes(first.upper) || first.upper.startsWith("CURRENT_") || first.upper === "CASE" || first.upper === "EXISTS" || first.upper === "NOT" && items[1]?.text.toUpperCase() === "EXISTS";
    if (isCall) return cut || items.some((token) => token.text === ")");
    if (first.upper === "EXISTS" || items[1]?.text.toUpperCase() === "EXISTS") return items.some((token) => token.text === "(");
    if (second?.kind === "operator" && second.text === "::") return true;
    return isConstant && (second === undefined || second.kind !== "word" || second.upper === "AS" || first.upper === "CASE" && items.some((token) => token.upper === "WHEN"));
  }
  // A number before more words is a sentence ("Select 3 items").
  if (first.kind === "number") return second === undefined || second.kind !== "word" || second.upper === "AS" || ["WHERE", "UNION", "LIMIT"].includes(second.upper);
  if (first.kind === "string" || first.kind === "parameter") return second === undefined || second.kind !== "word" || second.upper === "AS";
  if (first.kind === "operator") return first.text === "*" || first.text === "@" || (second?.kind === "number" && items.length < 3);
  return first.text === "(" && items.some((token) => token.kind === "word" && token.upper === "SELECT");
}
