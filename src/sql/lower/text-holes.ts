/** What a hole that holds unknown SQL text may change in the statement around it. */
import type { Amount, Predicate, Span, Statement } from "../../query/model.js";
import type { Prepared, Slot, TextChoice } from "../holes.js";
import { TokenIndex } from "../scanner.js";

interface TextHole {
  readonly slot: Slot;
  readonly choice: TextChoice;
  /** Index of the parenthesis that opens the query around the hole, -1 outside all. */
  readonly region: number;
  readonly segment: number;
  /** The token at the level of the query: the hole's own or the parenthesis around it. */
  readonly anchor: number;
  readonly nested: boolean;
}

const clauses = new Set(["SELECT", "FROM", "WHERE", "GROUP", "HAVING", "ORDER", "LIMIT", "OFFSET", "FETCH", "FOR", "SET", "VALUES", "RETURNING", "UPDATE", "DELETE", "INSERT", "INTO", "USING", "UNION", "INTERSECT", "EXCEPT", "ON", "JOIN", "WINDOW"]);
const tableWords = new Set(["FROM", "JOIN", "INTO", "UPDATE", "TABLE", "TRUNCATE", "ONLY"]);

/** What the holes inside one statement make unknown. */
export interface HoleEffect {
  readonly where?: Span;
  readonly limit?: Span;
  readonly projection: boolean;
  readonly rows: boolean;
}

export class TextHoles {
  readonly #index: TokenIndex;
  readonly #unclaimed: Set<TextHole>;

  constructor(prepared: Prepared) {
    this.#index = new TokenIndex(prepared.original.tokens);
    this.#unclaimed = new Set();
    for (const [position, slot] of prepared.original.slots.entries()) {
      if (slot.kind !== "text") continue;
      this.#unclaimed.add({ slot, choice: prepared.choices.get(position) ?? "nothing", ...this.#surroundings(slot.token) });
    }
  }

  /** The query a token belongs to. */
  #surroundings(token: number): Pick<TextHole, "region" | "segment" | "anchor" | "nested"> {
    let segment = 0;
    for (let index = token - 1; index >= 0; index--) {
      if (this.#index.tokens[index]?.text === ";" && this.#index.tokens[index]?.kind === "punct") {
        segment = index + 1;
        break;
      }
    }
    let anchor = token;
    let nested = false;
    for (let index = token - 1; index >= segment; index--) {
      const partner = this.#index.partner(index);
      if (partner !== -1 && partner < index) {
        index = partner;
        continue;
      }
      if (this.#index.tokens[index]?.text !== "(") continue;
      let inner = index + 1;
      while (this.#index.tokens[inner]?.text === "(") inner++;
      const opensQuery = ["SELECT", "WITH", "VALUES", "UPDATE", "DELETE", "INSERT"].includes(this.#index.upperAt(inner));
      if (opensQuery) return { region: index, segment, anchor, nested };
      anchor = index;
      nested = true;
    }
    return { region: -1, segment, anchor, nested };
  }

  /** Takes the holes of the statement that begins at an offset; nested statements must have taken theirs before. */
  claim(span: Span): HoleEffect {
    const effect: { where?: Span; limit?: Span; projection: boolean; rows: boolean } = { projection: false, rows: false };
    if (this.#unclaimed.size === 0) return effect;
    const own = this.#surroundings(this.#index.indexAt(span.start));
    for (const hole of this.#unclaimed) {
      if (hole.slot.start < span.start || hole.region !== own.region || hole.segment !== own.segment) continue;
      this.#unclaimed.delete(hole);
      this.#judge(hole, own, effect);
    }
    return effect;
  }

  #judge(hole: TextHole, own: Pick<TextHole, "region" | "segment">, effect: { where?: Span; limit?: Span; projection: boolean; rows: boolean }): void {
    // Branches of a CASE change what is computed, never which rows it is computed for.
    if (hole.choice === "branches") return;
    const at: Span = { start: hole.slot.start, end: hole.slot.end };
    const clause = this.#clauseBefore(hole.anchor, Math.max(own.region + 1, own.segment));
    const following = this.#clauseAfter(hole.anchor);
    const previous = this.#index.tokens[hole.slot.token - 1];
    const isOperand = hole.choice !== "nothing" && (previous?.kind === "operator" || (previous?.kind === "punct" && previous.text !== ")") || ["LIKE", "ILIKE", "BETWEEN", "IN", "AND"].includes(previous?.upper ?? "") && this.#isOperandOf(hole));
    const isLeft = hole.choice === "identifier" && this.#isComparison(hole.slot.token + 1);
    const isTable = hole.choice === "identifier" && previous?.kind === "word" && tableWords.has(previous.upper);
    const noteLimit = (): void => {
      if (!hole.nested && this.#endsStatement(hole.slot.token + 1) && (following === undefined || following === "UNION" || following === "INTERSECT" || following === "EXCEPT" || following === "RETURNING" || following === "OFFSET" || following === "FOR")) effect.limit = at;
    };
    switch (clause) {
      case "SELECT":
        if (hole.nested) return;
        effect.projection = true;
        if (following !== undefined) return;
        effect.where = at;
        effect.limit = at;
        return;
      case "WHERE":
        if (isOperand || isLeft || hole.choice === "operator") return;
        if (hole.choice === "nothing") effect.where = at;
        noteLimit();
        return;
      case "GROUP":
      case "HAVING":
      case "ORDER":
      case "WINDOW":
        if (!hole.nested) noteLimit();
        return;
      case "VALUES":
        effect.rows = true;
        return;
      case "LIMIT":
      case "OFFSET":
      case "FETCH":
      case "FOR":
      case "RETURNING":
        return;
      default:
        if (isTable || isOperand || hole.nested) return;
        if (clause === "INSERT" || clause === "INTO") {
          effect.rows = true;
          return;
        }
        if (following !== "WHERE") effect.where = at;
        noteLimit();
    }
  }

  #isComparison(index: number): boolean {
    const token = this.#index.tokens[index];
    return token?.kind === "operator" || ["IN", "LIKE", "ILIKE", "IS", "BETWEEN", "NOT"].includes(this.#index.upperAt(index));
  }

  /** May the token follow a LIMIT? */
  #endsStatement(index: number): boolean {
    const token = this.#index.tokens[index];
    if (token === undefined || token.kind === "hole" || token.text === ";" || token.text === ")") return true;
    return ["UNION", "INTERSECT", "EXCEPT", "RETURNING", "OFFSET", "FOR"].includes(this.#index.upperAt(index));
  }

  /** After BETWEEN x AND: the hole is an operand, not a condition. */
  #isOperandOf(hole: TextHole): boolean {
    const word = this.#index.upperAt(hole.slot.token - 1);
    return word !== "AND" || this.#index.upperAt(hole.slot.token - 3) === "BETWEEN";
  }

  #clauseBefore(anchor: number, from: number): string | undefined {
    for (let index = anchor - 1; index >= from; index--) {
      const partner = this.#index.partner(index);
      if (partner !== -1 && partner < index) {
        index = partner;
        continue;
      }
      const upper = this.#index.upperAt(index);
      if (this.#index.tokens[index]?.kind === "word" && clauses.has(upper)) return upper;
    }
    return undefined;
  }

  #clauseAfter(anchor: number): string | undefined {
    const partner = this.#index.partner(anchor);
    for (let index = Math.max(anchor, partner) + 1; index < this.#index.tokens.length; index++) {
      const token = this.#index.tokens[index];
      if (token?.kind === "punct" && (token.text === ")" || token.text === ";")) return undefined;
      const close = this.#index.partner(index);
      if (close > index) {
        index = close;
        continue;
      }
      const upper = this.#index.upperAt(index);
      if (token?.kind === "word" && clauses.has(upper) && upper !== "ON" && upper !== "JOIN") return upper;
    }
    return undefined;
  }
}

/** The statement with what its text holes make unknown. */
export function withHoles(statement: Statement, effect: HoleEffect): Statement {
  let result = statement;
  if (effect.where !== undefined) {
    const opaque: Predicate = { op: "opaque", restricts: "unknown", reason: "text hole", span: effect.where };
    const absent = result.where.op === "constant" && !result.where.written;
    result = { ...result, where: absent ? opaque : { op: "and", items: result.where.op === "and" ? [...result.where.items, opaque] : [result.where, opaque] } };
  }
  if (effect.limit !== undefined && result.limit === undefined) {
    const limit: Amount = { kind: "maybe", why: "a hole of the text may hold a LIMIT", proved: "unknown", span: effect.limit };
    result = { ...result, limit };
  }
  if (effect.projection && result.projection.aggregate === "no") result = { ...result, projection: { ...result.projection, aggregate: "unknown" } };
  if (effect.rows && result.rows !== undefined && result.rows !== "select") result = { ...result, rows: "unknown" };
  return result;
}
