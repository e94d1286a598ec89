/**
 * Reader of the Prisma schema language: blocks, fields, attributes, each with its line. It knows the grammar, not the
 * meaning. Tolerant: a line it cannot read is reported and costs nothing but itself, since an editor shows a schema half
 * written. (@mrleebo/prisma-ast rejects a whole file for one such line, and block comments altogether.)
 */

export type PslValue =
  | { readonly kind: "string"; readonly value: string }
  | { readonly kind: "number"; readonly value: number }
  /** `Cascade`, `db.VarChar`, `now()`, `a(sort: Desc)`. */
  | { readonly kind: "name"; readonly name: string; readonly args?: readonly PslArgument[] }
  | { readonly kind: "list"; readonly items: readonly PslValue[] }
  | { readonly kind: "object"; readonly entries: readonly PslArgument[] };

export interface PslArgument {
  readonly name?: string;
  readonly value: PslValue;
}

export interface PslAttribute {
  /** Without `@`: `id`, `db.Uuid`, `index`. */
  readonly name: string;
  readonly args: readonly PslArgument[];
  readonly line: number;
}

export interface PslField {
  readonly name: string;
  readonly type: string;
  readonly list: boolean;
  readonly optional: boolean;
  readonly attributes: readonly PslAttribute[];
  readonly line: number;
}

export interface PslBlock {
  readonly kind: "model" | "view" | "type" | "enum" | "datasource" | "generator";
  readonly name: string;
  readonly line: number;
  readonly fields: readonly PslField[];
  /** Attributes of the block: `@@map`, `@@index`. */
  readonly attributes: readonly PslAttribute[];
  /** `key = value` lines of a datasource or a generator. */
  readonly properties: ReadonlyMap<string, PslValue>;
  readonly problems: readonly PslProblem[];
}

export interface PslProblem {
  readonly line: number;
  readonly text: string;
}

export interface PslDocument {
  readonly blocks: readonly PslBlock[];
  readonly problems: readonly PslProblem[];
}

type Token =
  | { readonly kind: "name" | "string" | "number" | "mark"; readonly text: string; readonly line: number }
  | { readonly kind: "newline"; readonly text: "\n"; readonly line: number };

const TOKEN = /(?<space>[ \t\r\f\v]+|\/\/[^\n]*|\/\*[\s\S]*?(?:\*\/|$))|(?<newline>\n)|(?<string>"(?:[^"\\\n]|\\.)*")|(?<number>-?\d+(?:\.\d+)?)|(?<name>[\p{L}_][\p{L}\p{N}_-]*)|(?<mark>@@|[\s\S])/uy;

function* tokens(text: string): Generator<Token> {
  let line = 1;
  const pattern = new RegExp(TOKEN);
  for (let match = pattern.exec(text); match !== null; match = pattern.exec(text)) {
    const found = match[0];
    const groups = match.groups ?? {};
    if (groups["newline"] !== undefined) yield { kind: "newline", text: "\n", line };
    else if (groups["string"] !== undefined) yield { kind: "string", text: unquote(found), line };
    else if (groups["number"] !== undefined) yield { kind: "number", text: found, line };
    else if (groups["name"] !== undefined) yield { kind: "name", text: found, line };
    else if (groups["mark"] !== undefined) yield { kind: "mark", text: found, line };
    for (let at = found.indexOf("\n"); at !== -1; at = found.indexOf("\n", at + 1)) line += 1;
  }
}

function unquote(text: string): string {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "string" ? value : text.slice(1, -1);
  } catch {
    return text.slice(1, -1);
  }
}

const BLOCKS: ReadonlySet<string> = new Set<PslBlock["kind"]>(["model", "view", "type", "enum", "datasource", "generator"]);

function isBlockKind(text: string): text is PslBlock["kind"] {
  return BLOCKS.has(text);
}

/** Reads a schema file. Never throws; the cost is linear in the text. */
export function readPsl(text: string): PslDocument {
  const blocks: PslBlock[] = [];
  const problems: PslProblem[] = [];
  const lines = statements([...tokens(text)]);
  for (let at = 0; at < lines.length; at += 1) {
    const line = lines[at] ?? [];
    const [keyword, name, brace] = line;
    if (keyword?.kind !== "name" || !isBlockKind(keyword.text) || name?.kind !== "name" || brace?.text !== "{") {
      if (keyword !== undefined && keyword.text !== "}") problems.push({ line: keyword.line, text: words(line) });
      continue;
    }
    const body: (readonly Token[])[] = [];
    const rest = line.slice(3);
    if (rest.length > 0 && rest[0]?.text !== "}") body.push(rest);
    if (rest.at(-1)?.text !== "}") {
      // A block that is never closed ends where the next one begins.
      while (at + 1 < lines.length) {
        const next = lines[at + 1] ?? [];
        if (startsBlock(next)) break;
        at += 1;
        if (next[0]?.text === "}") break;
        body.push(next);
      }
    }
    blocks.push(readBlock(keyword.text, name.text, keyword.line, body));
  }
  return { blocks, problems };
}

function startsBlock(line: readonly Token[]): boolean {
  const [keyword, name, brace] = line;
  return keyword?.kind === "name" && isBlockKind(keyword.text) && name?.kind === "name" && brace?.text === "{";
}

/** Lines of tokens; a line goes on while a parenthesis or a bracket is open. */
function statements(all: readonly Token[]): readonly (readonly Token[])[] {
  const lines: Token[][] = [];
  let line: Token[] = [];
  let depth = 0;
  for (const [position, token] of all.entries()) {
    if (token.kind === "newline") {
      // An unclosed parenthesis must not swallow the rest of the file.
      if (depth > 0 && !endsBlock(all, position)) continue;
      if (line.length > 0) lines.push(line);
      line = [];
      depth = 0;
      continue;
    }
    if (token.kind === "mark") {
      if (token.text === "(" || token.text === "[") depth += 1;
      else if (token.text === ")" || token.text === "]") depth = Math.max(0, depth - 1);
    }
    line.push(token);
  }
  if (line.length > 0) lines.push(line);
  return lines;
}

/** Does the line after this newline close a block, or open one? */
function endsBlock(all: readonly Token[], newline: number): boolean {
  const next: Token[] = [];
  for (let at = newline + 1; at < all.length && next.length < 3; at += 1) {
    const token = all[at];
    if (token === undefined || (token.kind === "newline" && next.length > 0)) break;
    if (token.kind !== "newline") next.push(token);
  }
  return startsBlock(next) || (next.length === 1 && next[0]?.text === "}");
}

function words(line: readonly Token[]): string {
  return line
    .map((token) => token.text)
    .join(" ")
    .slice(0, 120);
}

function readBlock(kind: PslBlock["kind"], name: string, line: number, body: readonly (readonly Token[])[]): PslBlock {
  const fields: PslField[] = [];
  const attributes: PslAttribute[] = [];
  const properties = new Map<string, PslValue>();
  const problems: PslProblem[] = [];
  for (const tokensOfLine of body) {
    const reader = new LineReader(tokensOfLine);
    const first = tokensOfLine[0];
    if (first === undefined) continue;
    if (first.text === "@@") {
      const attribute = reader.attribute("@@");
      if (attribute !== undefined) attributes.push(attribute);
      if (attribute === undefined || !reader.done) problems.push({ line: first.line, text: words(tokensOfLine) });
    } else if (kind === "datasource" || kind === "generator") {
      const key = reader.name();
      const value = reader.take("=") ? reader.value() : undefined;
      if (key !== undefined && value !== undefined) properties.set(key, value);
    } else if (kind !== "enum") {
      const field = reader.field();
      if (field !== undefined) fields.push(field);
      if (field === undefined || !reader.done) problems.push({ line: first.line, text: words(tokensOfLine) });
    }
  }
  return { kind, name, line, fields, attributes, properties, problems };
}

/** Values nest; no schema needs more than this. */
const DEEPEST = 32;

/** Recursive descent over the tokens of one line. Each method answers undefined, without moving far, where it cannot read. */
class LineReader {
  readonly #tokens: readonly Token[];
  #at = 0;

  constructor(line: readonly Token[]) {
    this.#tokens = line;
  }

  get done(): boolean {
    return this.#at >= this.#tokens.length;
  }

  take(text: string): boolean {
    const token = this.#tokens[this.#at];
    if (token?.kind !== "mark" || token.text !== text) return false;
    this.#at += 1;
    return true;
  }

  name(): string | undefined {
    const token = this.#tokens[this.#at];
    if (token?.kind !== "name") return undefined;
    this.#at += 1;
    return token.text;
  }

  /** `db.VarChar` */
  dotted(): string | undefined {
    let name = this.name();
    while (name !== undefined && this.take(".")) {
      const next = this.name();
      if (next === undefined) return undefined;
      name = `${name}.${next}`;
    }
    return name;
  }

  field(): PslField | undefined {
    const line = this.#tokens[this.#at]?.line ?? 0;
    const name = this.name();
    const type = name === undefined ? undefined : this.dotted();
    if (name === undefined || type === undefined) return undefined;
    // `Unsupported("point")`
    if (this.take("(")) {
      this.value();
      if (!this.take(")")) return undefined;
    }
    let list = false;
    let optional = false;
    for (;;) {
      if (this.take("[")) {
        if (!this.take("]")) return undefined;
        list = true;
      } else if (this.take("?")) optional = true;
      else if (!this.take("!")) break;
    }
    const attributes: PslAttribute[] = [];
    while (!this.done) {
      const attribute = this.attribute("@");
      if (attribute === undefined) return undefined;
      attributes.push(attribute);
    }
    return { name, type, list, optional, attributes, line };
  }

  attribute(sign: "@" | "@@"): PslAttribute | undefined {
    const line = this.#tokens[this.#at]?.line ?? 0;
    if (!this.take(sign)) return undefined;
    const name = this.dotted();
    if (name === undefined) return undefined;
    if (!this.take("(")) return { name, args: [], line };
    const args = this.#arguments(")", 0);
    return args === undefined ? undefined : { name, args, line };
  }

  #arguments(close: string, depth: number): readonly PslArgument[] | undefined {
    const args: PslArgument[] = [];
    while (!this.take(close)) {
      const before = this.#at;
      const name = this.name();
      let value: PslValue | undefined;
      if (name !== undefined && this.take(":")) value = this.value(depth + 1);
      else {
        this.#at = before;
        value = this.value(depth + 1);
      }
      if (value === undefined) return undefined;
      args.push(name !== undefined && this.#tokens[before + 1]?.text === ":" ? { name, value } : { value });
      this.take(",");
    }
    return args;
  }

  value(depth = 0): PslValue | undefined {
    if (depth > DEEPEST) return undefined;
    const token = this.#tokens[this.#at];
    switch (token?.kind) {
      case "string":
        this.#at += 1;
        return { kind: "string", value: token.text };
      case "number":
        this.#at += 1;
        return { kind: "number", value: Number(token.text) };
      case "name": {
        const name = this.dotted();
        if (name === undefined) return undefined;
        if (!this.take("(")) return { kind: "name", name };
        const args = this.#arguments(")", depth);
        return args === undefined ? undefined : { kind: "name", name, args };
      }
      case "mark":
        if (this.take("[")) {
          const items = this.#arguments("]", depth);
          return items === undefined ? undefined : { kind: "list", items: items.map((item) => item.value) };
        }
        if (this.take("{")) {
          const entries = this.#arguments("}", depth);
          return entries === undefined ? undefined : { kind: "object", entries };
        }
        return undefined;
      case "newline":
      case undefined:
        return undefined;
    }
  }
}
