/** A position in the tokens of one DDL statement. */
import type { Dialect, Span } from "../../query/model.js";
import type { TableName } from "../contract.js";
import { foldName, nameOf, type TokenIndex, type Token } from "../scanner.js";

export class Cursor {
  readonly index: TokenIndex;
  readonly dialect: Dialect;
  readonly text: string;
  readonly #end: number;
  at: number;

  constructor(index: TokenIndex, text: string, dialect: Dialect, from = 0, end = index.tokens.length) {
    this.index = index;
    this.text = text;
    this.dialect = dialect;
    this.at = from;
    this.#end = end;
  }

  get isMysql(): boolean {
    return this.dialect === "mysql" || this.dialect === "mariadb";
  }

  get ended(): boolean {
    return this.at >= this.#end;
  }

  token(ahead = 0): Token | undefined {
    return this.at + ahead < this.#end ? this.index.tokens[this.at + ahead] : undefined;
  }

  upper(ahead = 0): string {
    return this.at + ahead < this.#end ? this.index.upperAt(this.at + ahead) : "";
  }

  /** Steps over these words if all of them follow. */
  words(...expected: readonly string[]): boolean {
    for (const [ahead, word] of expected.entries()) if (this.token(ahead)?.kind !== "word" || this.upper(ahead) !== word) return false;
    this.at += expected.length;
    return true;
  }

  /** Steps over any of these words, each on its own. */
  skip(...words: readonly string[]): void {
    while (this.token()?.kind === "word" && words.includes(this.upper())) this.at++;
  }

  peek(...words: readonly string[]): boolean {
    return this.token()?.kind === "word" && words.includes(this.upper());
  }

  isPunct(text: string, ahead = 0): boolean {
    const token = this.token(ahead);
    return token?.kind === "punct" && token.text === text;
  }

  get isName(): boolean {
    const token = this.token();
    return token?.kind === "word" || token?.kind === "quoted" || (token?.kind === "string" && token.text.startsWith('"'));
  }

  fold(token: Token): string {
    return foldName(nameOf(token), token.kind !== "word", this.dialect);
  }

  name(): string | undefined {
    const token = this.token();
    if (token === undefined || !this.isName) return undefined;
    this.at++;
    return this.fold(token);
  }

  /** A name of one to three parts. */
  table(): TableName | undefined {
    const parts: string[] = [];
    for (;;) {
      const part = this.name();
      if (part === undefined) break;
      parts.push(part);
      if (!this.isPunct(".")) break;
      this.at++;
    }
    const name = parts[parts.length - 1];
    const schema = parts[parts.length - 2];
    return name === undefined ? undefined : { name, ...(schema === undefined ? {} : { schema }) };
  }

  /** The inside of the parenthesis here, as a cursor; steps over it. */
  group(): Cursor | undefined {
    if (!this.isPunct("(")) return undefined;
    const close = this.index.partner(this.at);
    if (close === -1) return undefined;
    const inner = new Cursor(this.index, this.text, this.dialect, this.at + 1, close);
    this.at = close + 1;
    return inner;
  }

  /** Steps to the next token, over a parenthesis as a whole. */
  step(): void {
    const partner = this.index.partner(this.at);
    this.at = partner > this.at ? partner + 1 : this.at + 1;
  }

  /** Cursors over the parts between commas. */
  items(): readonly Cursor[] {
    const found: Cursor[] = [];
    let from = this.at;
    while (!this.ended) {
      if (this.isPunct(",")) {
        if (this.at > from) found.push(this.slice(from, this.at));
        this.at++;
        from = this.at;
      } else this.step();
    }
    if (this.#end > from) found.push(this.slice(from, this.#end));
    return found;
  }

  slice(from: number, to: number): Cursor {
    return new Cursor(this.index, this.text, this.dialect, from, to);
  }

  /** The text from a token to where the cursor stands, or to the end. */
  written(from: number, to = this.#end): string {
    const first = this.index.tokens[from];
    const last = this.index.tokens[to - 1];
    return first === undefined || last === undefined || to <= from ? "" : this.text.slice(first.start, last.end);
  }

  span(from: number, to = this.#end): Span {
    const first = this.index.tokens[from];
    const last = this.index.tokens[to - 1];
    return { start: first?.start ?? 0, end: last?.end ?? first?.end ?? 0 };
  }

  /** The names in a parenthesis. */
  names(): readonly string[] {
    return this.group()?.items().flatMap((item) => item.name() ?? []) ?? [];
  }
}
