/** Columns, constraints and index parts of DDL. */
import type { DdlColumn, DdlConstraint, DdlIndex, DdlIndexPart } from "../contract.js";
import type { Cursor } from "./cursor.js";

/** Words that end the type of a column. */
const afterType = new Set([
  "NOT", "NULL", "DEFAULT", "PRIMARY", "UNIQUE", "REFERENCES", "CHECK", "CONSTRAINT", "COLLATE", "GENERATED", "AUTO_INCREMENT", "AUTOINCREMENT", "COMMENT", "ON", "AS", "KEY", "CHARSET", "STORAGE", "COMPRESSION",
  "IDENTITY", "VISIBLE", "INVISIBLE", "VIRTUAL", "STORED", "FIRST", "AFTER", "DEFERRABLE", "INITIALLY", "USING", "CASCADE", "RESTRICT", "SPARSE", "ROWGUIDCOL", "MASKED", "ENCODE", "OPTIONS", "SRID", "COLUMN_FORMAT", "ASC", "DESC",
]);

/** Types whose column is never null. */
const serial = /^(?:small|big)?serial\d?$/u;

/** A type as written, lower case, without lengths. */
export function readType(cursor: Cursor): string | undefined {
  const words: string[] = [];
  let array = "";
  while (!cursor.ended) {
    const token = cursor.token();
    if (token === undefined) break;
    if (token.kind === "word") {
      if (afterType.has(token.upper)) break;
      if (token.upper === "CHARACTER" && cursor.upper(1) === "SET") break;
      // WITH belongs to the type only in WITH TIME ZONE.
      if ((token.upper === "WITH" || token.upper === "WITHOUT") && cursor.upper(1) !== "TIME" && cursor.upper(1) !== "LOCAL") break;
      words.push(token.text.toLowerCase());
    } else if (token.kind === "quoted") words.push(cursor.fold(token));
    else if (cursor.isPunct(".")) words.push(".");
    else if (cursor.isPunct("(")) {
      cursor.step();
      continue;
    } else if (cursor.isPunct("[")) {
      array += "[]";
      cursor.step();
      continue;
    } else break;
    cursor.at++;
  }
  return words.length === 0 ? undefined : words.join(" ").replace(/ \. /gu, ".") + array;
}

/** A column definition; the cursor is over it alone. */
export function readColumn(cursor: Cursor): DdlColumn | undefined {
  const from = cursor.at;
  const name = cursor.name();
  if (name === undefined) return undefined;
  const type = readType(cursor);
  let nullable = type === undefined || !serial.test(type);
  let primaryKey = false;
  let unique = false;
  let collation: string | undefined;
  let charset: string | undefined;
  let generated: string | undefined;
  let references: DdlColumn["references"];
  while (!cursor.ended) {
    if (cursor.words("NOT", "NULL")) nullable = false;
    else if (cursor.words("PRIMARY", "KEY")) {
      primaryKey = true;
      nullable = false;
    } else if (cursor.words("UNIQUE")) {
      unique = true;
      cursor.skip("KEY");
    } else if (cursor.isMysql && cursor.words("KEY")) {
      primaryKey = true;
      nullable = false;
    } else if (cursor.words("CONSTRAINT")) cursor.name();
    else if (cursor.words("COLLATE")) collation = cursor.table()?.name;
    else if (cursor.isMysql && (cursor.words("CHARSET") || cursor.words("CHARACTER", "SET"))) charset = cursor.name()?.toLowerCase();
    else if (cursor.words("REFERENCES")) {
      const table = cursor.table();
      if (table !== undefined) references = { table, columns: cursor.names() };
    } else if (cursor.words("ON")) {
      // ON DELETE SET NULL, ON UPDATE CURRENT_TIMESTAMP: not the column's own NULL.
      cursor.at++;
      if (!cursor.words("SET", "NULL") && !cursor.words("SET", "DEFAULT")) cursor.step();
    } else if (cursor.words("DEFAULT")) {
      if (!cursor.ended) cursor.step();
    } else if (cursor.words("GENERATED")) {
      cursor.skip("ALWAYS", "BY", "DEFAULT");
      if (cursor.words("AS", "IDENTITY")) nullable = false;
    } else if (cursor.peek("AS") && cursor.isPunct("(", 1)) {
      const start = cursor.at + 1;
      cursor.at = start;
      cursor.step();
      generated = withoutParentheses(cursor.written(start, cursor.at));
    } else if (cursor.words("IDENTITY")) nullable = false;
    else cursor.step();
  }
  return {
    name, nullable, primaryKey, unique, span: cursor.span(from),
    ...(type === undefined ? {} : { type }),
    ...(collation === undefined ? {} : { collation }),
    ...(charset === undefined ? {} : { charset }),
    ...(generated === undefined ? {} : { generated }),
    ...(references === undefined ? {} : { references }),
  };
}

/** One key of an index: a column or an expression with what is said about it. */
export function readPart(cursor: Cursor): DdlIndexPart {
  const from = cursor.at;
  const isSuffix = (): boolean => cursor.peek("COLLATE", "ASC", "DESC", "NULLS", "WITH");
  let column: string | undefined;
  let expression: string | undefined;
  let length: number | undefined;
  const token = cursor.token();
  if (cursor.isName && token !== undefined) {
    const inner = cursor.token(2);
    const isPrefix = cursor.isMysql && cursor.isPunct("(", 1) && inner?.kind === "number" && cursor.isPunct(")", 3);
    const after = isPrefix ? cursor.token(4) : cursor.token(1);
    const endsHere = after === undefined || after.kind === "word" || after.kind === "quoted";
    if (endsHere) {
      column = cursor.fold(token);
      cursor.at += isPrefix ? 4 : 1;
      if (isPrefix) length = Number(inner.text);
    }
  }
  if (column === undefined) {
    if (cursor.isPunct("(")) cursor.step();
    while (!cursor.ended && !isSuffix()) {
      // After a whole operand a bare name is an operator class: `lower(a) text_pattern_ops`.
      const previous = cursor.index.tokens[cursor.at - 1];
      const isOperand = cursor.at > from && (previous?.text === ")" || previous?.kind === "word" || previous?.kind === "quoted");
      if (isOperand && (cursor.token()?.kind === "word" || cursor.token()?.kind === "quoted") && !cursor.peek("AND", "OR", "IS", "IN", "LIKE", "NOT", "NULL")) break;
      cursor.step();
    }
    expression = withoutParentheses(cursor.written(from, cursor.at));
  }
  let collation: string | undefined;
  let operatorClass: string | undefined;
  let descending: boolean | undefined;
  let nulls: "first" | "last" | undefined;
  while (!cursor.ended) {
    if (cursor.words("COLLATE")) collation = cursor.table()?.name;
    else if (cursor.words("ASC")) descending = false;
    else if (cursor.words("DESC")) descending = true;
    else if (cursor.words("NULLS", "FIRST")) nulls = "first";
    else if (cursor.words("NULLS", "LAST")) nulls = "last";
    else if (cursor.words("WITH")) {
      while (!cursor.ended) cursor.step();
    } else if (cursor.isName) operatorClass = cursor.table()?.name;
    else cursor.step();
  }
  return {
    ...(column === undefined ? {} : { column }),
    ...(expression === undefined ? {} : { expression }),
    ...(descending === undefined ? {} : { descending }),
    ...(nulls === undefined ? {} : { nulls }),
    ...(operatorClass === undefined ? {} : { operatorClass }),
    ...(collation === undefined ? {} : { collation }),
    ...(length === undefined ? {} : { length }),
  };
}

function withoutParentheses(text: string): string {
  let result = text.trim();
  for (;;) {
    if (!result.startsWith("(") || !result.endsWith(")")) return result;
    let depth = 0;
    for (let at = 0; at < result.length - 1; at++) {
      const character = result.charAt(at);
      if (character === "(") depth++;
      else if (character === ")") depth--;
      if (depth === 0) return result;
    }
    result = result.slice(1, -1).trim();
  }
}

export function readParts(cursor: Cursor): readonly DdlIndexPart[] {
  return cursor.group()?.items().map(readPart) ?? [];
}

/** What follows the keys of an index. */
export function readIndexTail(cursor: Cursor): { readonly include: readonly string[]; readonly where?: string; readonly method?: string } {
  let include: readonly string[] = [];
  let where: string | undefined;
  let method: string | undefined;
  while (!cursor.ended) {
    if (cursor.words("INCLUDE")) include = cursor.names();
    else if (cursor.words("USING")) method = cursor.name()?.toLowerCase();
    else if (cursor.words("WHERE")) {
      where = withoutParentheses(cursor.written(cursor.at));
      break;
    } else cursor.step();
  }
  return { include, ...(where === undefined ? {} : { where }), ...(method === undefined ? {} : { method }) };
}

/** A table constraint or, in MySQL, an index among the columns; undefined when it is a column. */
export function readConstraint(cursor: Cursor): DdlConstraint | undefined {
  const from = cursor.at;
  const span = cursor.span(from);
  let name: string | undefined;
  if (cursor.words("CONSTRAINT")) {
    if (!cursor.peek("PRIMARY", "UNIQUE", "FOREIGN", "CHECK", "EXCLUDE") || cursor.token(0)?.kind === "quoted") name = cursor.name();
  }
  const named = (): { readonly name?: string } => (name === undefined ? {} : { name });
  if (cursor.words("PRIMARY", "KEY")) return { kind: "primary", ...named(), ...keyed(cursor), span };
  if (cursor.words("UNIQUE")) {
    cursor.skip("KEY", "INDEX", "CLUSTERED", "NONCLUSTERED", "NULLS", "NOT", "DISTINCT");
    if (!cursor.isPunct("(") && !cursor.peek("USING")) name = cursor.name() ?? name;
    return { kind: "unique", ...named(), ...keyed(cursor), span };
  }
  if (cursor.words("FOREIGN", "KEY")) {
    if (!cursor.isPunct("(")) {
      cursor.words("IF", "NOT", "EXISTS");
      if (!cursor.isPunct("(")) name ??= cursor.name();
    }
    const columns = cursor.names();
    const table = cursor.words("REFERENCES") ? cursor.table() : undefined;
    if (table === undefined) return { kind: "other", ...named(), span };
    return { kind: "foreign", ...named(), columns, table, referenced: cursor.names(), span };
  }
  const excludes = cursor.peek("EXCLUDE") && cursor.token(0)?.kind !== "quoted" && (cursor.isPunct("(", 1) || cursor.upper(1) === "USING");
  if (excludes) {
    // PostgreSQL enforces an exclusion constraint by an index over its keys.
    cursor.at++;
    const method = cursor.words("USING") ? cursor.name()?.toLowerCase() : undefined;
    const parts = readParts(cursor);
    const tail = readIndexTail(cursor);
    const index: DdlIndex = { ...named(), unique: false, method: method ?? "gist", parts, include: tail.include, ifNotExists: false, ...(tail.where === undefined ? {} : { where: tail.where }) };
    return { kind: "index", index, span };
  }
  const special = cursor.peek("FULLTEXT", "SPATIAL", "VECTOR") ? cursor.upper() : undefined;
  const hasIndexItems = cursor.isMysql || cursor.dialect === "sqlserver";
  if (hasIndexItems && cursor.token()?.kind === "word" && (cursor.peek("KEY", "INDEX") || special !== undefined)) {
    cursor.skip("FULLTEXT", "SPATIAL", "VECTOR");
    cursor.skip("KEY", "INDEX");
    cursor.words("IF", "NOT", "EXISTS");
    let indexName: string | undefined;
    if (!cursor.isPunct("(") && !cursor.peek("USING")) indexName = cursor.name();
    cursor.skip("UNIQUE", "CLUSTERED", "NONCLUSTERED");
    const method = cursor.words("USING") ? cursor.name()?.toLowerCase() : undefined;
    const parts = readParts(cursor);
    const tail = readIndexTail(cursor);
    const index: DdlIndex = {
      ...(indexName === undefined ? {} : { name: indexName }),
      unique: false, method: special?.toLowerCase() ?? tail.method ?? method ?? "btree", parts, include: tail.include, ifNotExists: false,
      ...(tail.where === undefined ? {} : { where: tail.where }),
    };
    return { kind: "index", index, span };
  }
  if (name !== undefined || cursor.index.upperAt(from) === "CONSTRAINT") return { kind: "other", ...named(), span };
  if (cursor.peek("CHECK", "PERIOD") && cursor.token(1)?.kind !== "quoted" && (cursor.isPunct("(", 1) || ["USING", "FOR"].includes(cursor.upper(1)))) return { kind: "other", span };
  return undefined;
}

/** The keys of a primary or unique constraint. */
function keyed(cursor: Cursor): { readonly parts: readonly DdlIndexPart[]; readonly usingIndex?: string } {
  cursor.skip("CLUSTERED", "NONCLUSTERED", "NULLS", "NOT", "DISTINCT");
  if (cursor.words("USING", "INDEX")) {
    const usingIndex = cursor.table()?.name;
    return { parts: [], ...(usingIndex === undefined ? {} : { usingIndex }) };
  }
  if (cursor.words("USING")) cursor.name();
  if (!cursor.isPunct("(") && cursor.isName) cursor.name();
  return { parts: readParts(cursor) };
}
