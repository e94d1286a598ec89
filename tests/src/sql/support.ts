import type { Dialect, Statement } from "../../../src/query/model.js";
import { readSql, type PlaceholderStyle, type SqlHole, type SqlReading, type SqlText } from "../../../src/sql/index.js";

/** The statements of a text that must be readable. */
export function statements(text: string, dialect: Dialect | "unknown" = "postgresql", placeholders?: PlaceholderStyle): readonly Statement[] {
  const reading = readSql({ text, holes: [] }, { dialect: dialect === "unknown" ? undefined : dialect, ...(placeholders === undefined ? {} : { placeholders }) });
  if (!("statements" in reading)) throw new Error(`${reading.opaque}: ${reading.message}: ${text}`);
  return reading.statements;
}

export function statement(text: string, dialect: Dialect | "unknown" = "postgresql", placeholders?: PlaceholderStyle): Statement {
  const [first] = statements(text, dialect, placeholders);
  if (first === undefined) throw new Error(`no statement: ${text}`);
  return first;
}

type HoleKind = SqlHole["kind"];

/**
 * Text with holes: `${kind:name}` marks one, or `${kind}`. Each hole's value is a node that carries the name, so that
 * a test can see which hole reached which operand.
 */
export function holed(template: string): SqlText {
  const holes: SqlHole[] = [];
  let text = "";
  let from = 0;
  for (const match of template.matchAll(/\$\{(value|list|identifier|text|scalar)(?::(\w+))?\}/gu)) {
    text += template.slice(from, match.index);
    const start = text.length;
    text += match[0];
    holes.push({ kind: match[1] as HoleKind, span: { start, end: text.length }, value: { type: match[2] ?? "x", range: [start, text.length] } });
    from = match.index + match[0].length;
  }
  return { text: text + template.slice(from), holes };
}

export function readHoled(template: string, dialect: Dialect | undefined = "postgresql"): SqlReading {
  return readSql(holed(template), { dialect });
}

export function holedStatement(template: string, dialect: Dialect | undefined = "postgresql"): Statement {
  const reading = readHoled(template, dialect);
  const [first] = "statements" in reading ? reading.statements : [];
  if (first === undefined) throw new Error(JSON.stringify(reading));
  return first;
}

/** The characters a span covers. */
export function cut(text: string, span: { readonly start: number; readonly end: number } | undefined): string | undefined {
  return span === undefined ? undefined : text.slice(span.start, span.end);
}
