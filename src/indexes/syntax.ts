/**
 * The expressions and conditions of indexes as trees: they come as text from schema files and snapshots, spelt by people
 * and by pg_dump alike. What the small grammar does not know is undefined, never guessed.
 */
import { normaliseType } from "../schema/types.js";

export type Node =
  | { readonly kind: "name"; readonly name: string }
  /** A string, a number as written, true, false or null. */
  | { readonly kind: "literal"; readonly value: string | number | boolean | null; readonly written: string }
  | { readonly kind: "parameter"; readonly written: string }
  | { readonly kind: "call"; readonly name: string; readonly args: readonly Node[] }
  | { readonly kind: "cast"; readonly item: Node; readonly type: string }
  | { readonly kind: "collate"; readonly item: Node; readonly collation: string }
  | { readonly kind: "unary"; readonly op: string; readonly item: Node }
  | { readonly kind: "binary"; readonly op: string; readonly left: Node; readonly right: Node }
  | { readonly kind: "logical"; readonly op: "and" | "or"; readonly items: readonly Node[] }
  | { readonly kind: "not"; readonly item: Node }
  | { readonly kind: "null"; readonly item: Node; readonly negated: boolean }
  | { readonly kind: "truth"; readonly item: Node; readonly value: boolean | "unknown"; readonly negated: boolean }
  | { readonly kind: "in"; readonly item: Node; readonly items: readonly Node[]; readonly negated: boolean }
  | { readonly kind: "between"; readonly item: Node; readonly low: Node; readonly high: Node; readonly negated: boolean }
  | { readonly kind: "array"; readonly items: readonly Node[] };

interface Token {
  readonly kind: "word" | "quoted" | "string" | "number" | "operator" | "punct" | "parameter";
  /** Words in lower case, quoted names and strings without their quotes. */
  readonly text: string;
}

const TOKEN = /\s+|(?<string>[eEnN]?'(?:[^']|'')*')|(?<quoted>"(?:[^"]|"")*"|`[^`]*`)|(?<parameter>\$\d+)|(?<number>\d+(?:\.\d*)?(?:[eE][+-]?\d+)?|\.\d+(?:[eE][+-]?\d+)?)|(?<word>[\p{L}_][\p{L}\p{N}_$]*)|(?<punct>::|[()[\],.])|(?<operator>[+\-*/<>=~!@#%^&|?]+)|(?<other>.)/gsu;

/** Longer texts are not read: no index expression is that long. */
const LONGEST = 4000;

function tokensOf(text: string): readonly Token[] | undefined {
  if (text.length > LONGEST) return undefined;
  const tokens: Token[] = [];
  for (const { groups } of text.matchAll(TOKEN)) {
    if (groups === undefined) return undefined;
    if (groups["other"] !== undefined) return undefined;
    const { string, quoted, parameter, number, word, punct, operator } = groups;
    if (string !== undefined) {
      if (/^[eE]/u.test(string) && string.includes("\\")) return undefined;
      tokens.push({ kind: "string", text: string.slice(string.indexOf("'") + 1, -1).replace(/''/gu, "'") });
    } else if (quoted !== undefined) tokens.push({ kind: "quoted", text: quoted.slice(1, -1).replace(/""/gu, '"') });
    else if (parameter !== undefined) tokens.push({ kind: "parameter", text: parameter });
    else if (number !== undefined) tokens.push({ kind: "number", text: number });
    else if (word !== undefined) tokens.push({ kind: "word", text: word.toLowerCase() });
    else if (punct !== undefined) tokens.push({ kind: "punct", text: punct });
    else if (operator !== undefined) tokens.push({ kind: "operator", text: operator === "!=" ? "<>" : operator === "~~" ? "like" : operator === "~~*" ? "ilike" : operator });
  }
  return tokens;
}

/** Thrown inside this file only: the text is not of the grammar. */
class Unreadable extends Error {}

/** The tree of an expression; undefined when the text is not understood. */
export function parseExpression(text: string): Node | undefined {
  const tokens = tokensOf(text);
  if (tokens === undefined) return undefined;
  try {
    return new Parser(tokens).whole();
  } catch (error) {
    if (error instanceof Unreadable) return undefined;
    throw error;
  }
}

/** How tightly an operator binds (PostgreSQL manual 4.1.6; the other dialects differ only where this reads nothing). */
const BINDING = { or: 1, and: 2, not: 3, is: 4, comparison: 5, special: 6, other: 7, sum: 8, product: 9, power: 10, at: 11, collate: 12, sign: 13, cast: 15 } as const;
const COMPARISONS: ReadonlySet<string> = new Set(["<", ">", "=", "<=", ">=", "<>"]);
const DEEPEST = 60;

class Parser {
  readonly #tokens: readonly Token[];
  #at = 0;
  #depth = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  whole(): Node {
    const node = this.#expression(0);
    if (this.#at < this.#tokens.length) throw new Unreadable();
    return node;
  }

  #peek(offset = 0): Token | undefined {
    return this.#tokens[this.#at + offset];
  }

  #next(): Token {
    const token = this.#tokens[this.#at];
    if (token === undefined) throw new Unreadable();
    this.#at += 1;
    return token;
  }

  #word(...words: readonly string[]): boolean {
    if (!words.every((word, offset) => this.#peek(offset)?.kind === "word" && this.#peek(offset)?.text === word)) return false;
    this.#at += words.length;
    return true;
  }

  #punct(text: string): boolean {
    if (this.#peek()?.kind !== "punct" || this.#peek()?.text !== text) return false;
    this.#at += 1;
    return true;
  }

  #expect(text: string): void {
    if (!this.#punct(text)) throw new Unreadable();
  }

  #expression(least: number): Node {
    this.#depth += 1;
    if (this.#depth > DEEPEST) throw new Unreadable();
    let left = this.#prefix();
    for (;;) {
      const next = this.#infix(left, least);
      if (next === undefined) break;
      left = next;
    }
    this.#depth -= 1;
    return left;
  }

  #prefix(): Node {
    if (this.#word("not")) return { kind: "not", item: this.#expression(BINDING.not) };
    const token = this.#next();
    switch (token.kind) {
      case "string":
        return { kind: "literal", value: token.text, written: `'${token.text.replace(/'/gu, "''")}'` };
      case "number":
        return { kind: "literal", value: Number(token.text), written: token.text };
      case "parameter":
        return { kind: "parameter", written: token.text };
      case "quoted":
        return this.#name(token.text);
      case "operator":
        if (token.text === "-" || token.text === "+") {
          const item = this.#expression(BINDING.sign);
          if (token.text === "-" && item.kind === "literal" && typeof item.value === "number") return { kind: "literal", value: -item.value, written: `-${item.written}` };
          return { kind: "unary", op: token.text, item };
        }
        throw new Unreadable();
      case "punct":
        if (token.text === "(") {
          const inner = this.#expression(0);
          this.#expect(")");
          return inner;
        }
        throw new Unreadable();
      case "word":
        return this.#afterWord(token.text);
    }
  }

  #afterWord(word: string): Node {
    switch (word) {
      case "true":
      case "false":
        return { kind: "literal", value: word === "true", written: word };
      case "null":
        return { kind: "literal", value: null, written: word };
      case "cast": {
        this.#expect("(");
        const item = this.#expression(0);
        if (!this.#word("as")) throw new Unreadable();
        const type = this.#type();
        this.#expect(")");
        return { kind: "cast", item, type };
      }
      case "array": {
        this.#expect("[");
        const items = this.#list("]");
        return { kind: "array", items };
      }
      case "extract": {
        this.#expect("(");
        const field = this.#next();
        const name = field.kind === "word" || field.kind === "string" ? field.text : undefined;
        if (name === undefined || !(this.#word("from") || this.#punct(","))) throw new Unreadable();
        const item = this.#expression(0);
        this.#expect(")");
        return { kind: "call", name: "extract", args: [{ kind: "literal", value: name, written: `'${name}'` }, item] };
      }
      case "case":
      case "exists":
      case "select":
      case "row":
      case "any":
      case "all":
      case "some":
        throw new Unreadable();
      default: {
        const after = this.#peek();
        // `date '2024-01-01'`
        if (after?.kind === "string" && (word === "date" || word === "timestamp" || word === "timestamptz" || word === "interval" || word === "time")) {
          return { kind: "cast", item: this.#prefix(), type: word };
        }
        return this.#name(word);
      }
    }
  }

  #name(first: string): Node {
    let name = first;
    while (this.#peek()?.kind === "punct" && this.#peek()?.text === ".") {
      this.#at += 1;
      const token = this.#next();
      if (token.kind !== "word" && token.kind !== "quoted") throw new Unreadable();
      name = token.text;
    }
    if (!this.#punct("(")) return { kind: "name", name };
    const args = this.#list(")");
    return { kind: "call", name, args };
  }

  #list(end: string): readonly Node[] {
    const items: Node[] = [];
    if (this.#punct(end)) return items;
    do items.push(this.#expression(0));
    while (this.#punct(",") || this.#word("from") || this.#word("for"));
    this.#expect(end);
    return items;
  }

  #type(): string {
    const words: string[] = [];
    const first = this.#next();
    if (first.kind !== "word" && first.kind !== "quoted") throw new Unreadable();
    words.push(first.text);
    while (this.#punct(".")) words.splice(0, 1, this.#next().text);
    if (first.text === "character" && this.#word("varying")) words.push("varying");
    else if (first.text === "double" && this.#word("precision")) words.push("precision");
    else if (first.text === "bit" && this.#word("varying")) words.push("varying");
    let length = "";
    if (this.#peek()?.text === "(") {
      const at = this.#at;
      this.#at += 1;
      const numbers: string[] = [];
      while (this.#peek()?.kind === "number") {
        numbers.push(this.#next().text);
        this.#punct(",");
      }
      if (numbers.length > 0 && this.#punct(")")) length = `(${numbers.join(", ")})`;
      else this.#at = at;
    }
    if (first.text === "timestamp" || first.text === "time") {
      if (this.#word("with", "time", "zone")) words.push("with time zone");
      else if (this.#word("without", "time", "zone")) words.push("without time zone");
    }
    let array = "";
    while (this.#peek()?.text === "[" && this.#peek(1)?.text === "]") {
      this.#at += 2;
      array = "[]";
    }
    return `${words.join(" ")}${length}${array}`;
  }

  /** The operator that follows, where it binds tighter than `least`, with its right side. */
  #infix(left: Node, least: number): Node | undefined {
    const token = this.#peek();
    if (token === undefined) return undefined;
    if (token.kind === "punct" && token.text === "::") {
      if (least >= BINDING.cast) return undefined;
      this.#at += 1;
      return { kind: "cast", item: left, type: this.#type() };
    }
    if (token.kind === "operator" || (token.kind === "word" && (token.text === "like" || token.text === "ilike"))) return this.#operator(left, token.text, least);
    return token.kind === "word" ? this.#wordOperator(left, token.text, least) : undefined;
  }

  #operator(left: Node, op: string, least: number): Node | undefined {
    const binding = COMPARISONS.has(op) ? BINDING.comparison : op === "like" || op === "ilike" ? BINDING.special : op === "+" || op === "-" ? BINDING.sum : op === "*" || op === "/" || op === "%" ? BINDING.product : op === "^" ? BINDING.power : BINDING.other;
    if (least >= binding) return undefined;
    this.#at += 1;
    const quantifier = this.#peek();
    if (quantifier?.kind === "word" && (quantifier.text === "any" || quantifier.text === "some" || quantifier.text === "all")) return this.#quantified(left, op);
    return { kind: "binary", op, left, right: this.#expression(binding) };
  }

  /** `= ANY (ARRAY[…])`, `<> ALL ('{…}'::text[])`: how pg_dump writes IN. */
  #quantified(left: Node, op: string): Node {
    const isAll = this.#next().text === "all";
    this.#expect("(");
    let array = this.#expression(0);
    this.#expect(")");
    while (array.kind === "cast") array = array.item;
    if (array.kind !== "array" || (isAll ? op !== "<>" : op !== "=")) throw new Unreadable();
    return { kind: "in", item: left, items: array.items, negated: isAll };
  }

  #wordOperator(left: Node, word: string, least: number): Node | undefined {
    switch (word) {
      case "and":
      case "or": {
        const binding = BINDING[word];
        if (least >= binding) return undefined;
        this.#at += 1;
        const right = this.#expression(binding);
        const flat = (node: Node): readonly Node[] => (node.kind === "logical" && node.op === word ? node.items : [node]);
        return { kind: "logical", op: word, items: [...flat(left), ...flat(right)] };
      }
      case "is": {
        if (least >= BINDING.is) return undefined;
        this.#at += 1;
        const negated = this.#word("not");
        if (this.#word("null")) return { kind: "null", item: left, negated };
        if (this.#word("true")) return { kind: "truth", item: left, value: true, negated };
        if (this.#word("false")) return { kind: "truth", item: left, value: false, negated };
        if (this.#word("unknown")) return { kind: "truth", item: left, value: "unknown", negated };
        throw new Unreadable();
      }
      case "isnull":
      case "notnull":
        if (least >= BINDING.is) return undefined;
        this.#at += 1;
        return { kind: "null", item: left, negated: word === "notnull" };
      case "collate": {
        if (least >= BINDING.collate) return undefined;
        this.#at += 1;
        return { kind: "collate", item: left, collation: this.#next().text };
      }
      case "at": {
        if (least >= BINDING.at) return undefined;
        if (!this.#word("at", "time", "zone")) throw new Unreadable();
        return { kind: "call", name: "timezone", args: [this.#expression(BINDING.at), left] };
      }
      case "not":
      case "in":
      case "between":
        return this.#special(left, least);
      default:
        return undefined;
    }
  }

  #special(left: Node, least: number): Node | undefined {
    if (least >= BINDING.special) return undefined;
    const negated = this.#word("not");
    if (this.#word("in")) {
      this.#expect("(");
      const items = this.#list(")");
      return { kind: "in", item: left, items, negated };
    }
    if (this.#word("between")) {
      const low = this.#expression(BINDING.special);
      if (!this.#word("and")) throw new Unreadable();
      return { kind: "between", item: left, low, high: this.#expression(BINDING.special), negated };
    }
    const pattern = this.#peek();
    if (negated && pattern?.kind === "word" && (pattern.text === "like" || pattern.text === "ilike")) {
      this.#at += 1;
      return { kind: "not", item: { kind: "binary", op: pattern.text, left, right: this.#expression(BINDING.special) } };
    }
    throw new Unreadable();
  }
}

/** Parts of a node, in order. */
export function childrenOf(node: Node): readonly Node[] {
  switch (node.kind) {
    case "name":
    case "literal":
    case "parameter":
      return [];
    case "call":
      return node.args;
    case "cast":
    case "collate":
    case "unary":
    case "not":
    case "null":
    case "truth":
      return [node.item];
    case "binary":
      return [node.left, node.right];
    case "logical":
    case "array":
      return node.items;
    case "in":
      return [node.item, ...node.items];
    case "between":
      return [node.item, node.low, node.high];
  }
}

/** Names of the columns in an expression. */
export function namesIn(node: Node): readonly string[] {
  return node.kind === "name" ? [node.name] : childrenOf(node).flatMap(namesIn);
}

const TYPE_FUNCTIONS: ReadonlySet<string> = new Set(["date", "int2", "int4", "int8", "float4", "float8", "numeric", "text", "varchar", "bpchar", "timestamptz", "bool", "jsonb"]);

/**
 * An expression in one spelling: equal texts, equal expressions. Casts that only pg_dump writes (of a literal, of a text
 * to text) are dropped; with `casts` false all are, so that two spellings that differ in casts alone can be told.
 */
export function canonical(node: Node, casts = true): string {
  const inner = (child: Node): string => canonical(child, casts);
  switch (node.kind) {
    case "name":
      return `"${node.name.toLowerCase()}"`;
    case "literal":
    case "parameter":
      return node.written;
    case "call": {
      const name = node.name.toLowerCase();
      const [only] = node.args;
      // A type's name as a function is the cast; `trim(x)` is the grammar's way to call `btrim`.
      if (only !== undefined && node.args.length === 1 && TYPE_FUNCTIONS.has(name)) return canonical({ kind: "cast", item: only, type: name }, casts);
      return `${name === "trim" ? "btrim" : name}(${node.args.map(inner).join(",")})`;
    }
    case "cast": {
      const type = normaliseType(node.type) ?? node.type;
      const isText = type === "text" || type === "varchar";
      if (!casts || (node.item.kind === "literal" && typeof node.item.value === "string") || (isText && !/\(/u.test(node.type) && node.item.kind === "name")) return inner(node.item);
      return `(${inner(node.item)}::${type}${/\(.*\)/u.exec(node.type)?.[0] ?? ""})`;
    }
    case "collate":
      return `(${inner(node.item)} collate ${node.collation})`;
    case "unary":
      return `(${node.op} ${inner(node.item)})`;
    case "binary":
      return `(${inner(node.left)} ${node.op} ${inner(node.right)})`;
    case "logical":
      return `(${node.items.map(inner).join(` ${node.op} `)})`;
    case "not":
      return `(not ${inner(node.item)})`;
    case "null":
      return `(${inner(node.item)} is ${node.negated ? "not " : ""}null)`;
    case "truth":
      return `(${inner(node.item)} is ${node.negated ? "not " : ""}${String(node.value)})`;
    case "in":
      return `(${inner(node.item)} ${node.negated ? "not " : ""}in ${node.items.map(inner).join(",")})`;
    case "between":
      return `(${inner(node.item)} ${node.negated ? "not " : ""}between ${inner(node.low)} and ${inner(node.high)})`;
    case "array":
      return `array[${node.items.map(inner).join(",")}]`;
  }
}
