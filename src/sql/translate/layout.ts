/** Where the pieces of a statement lie: token ranges found by keyword and parenthesis, for trees that lack positions. */
import type { Place } from "../tree.js";
import { TokenIndex, type Token } from "../scanner.js";

/** A half-open range of token indexes. */
export interface TokenRange {
  readonly from: number;
  readonly to: number;
}

const queryWords = new Set(["SELECT", "WITH", "VALUES", "TABLE"]);
const tailWords = ["ORDER", "LIMIT", "OFFSET", "FETCH", "FOR"];

export class Layout {
  readonly index: TokenIndex;

  constructor(tokens: readonly Token[]) {
    this.index = new TokenIndex(tokens);
  }

  get tokens(): readonly Token[] {
    return this.index.tokens;
  }

  place(range: TokenRange): Place {
    const first = this.tokens[range.from];
    const last = this.tokens[range.to - 1];
    if (first === undefined || last === undefined || range.to <= range.from) {
      const offset = first?.start ?? this.tokens[this.tokens.length - 1]?.end ?? 0;
      return { start: offset, end: offset };
    }
    return { start: first.start, end: last.end };
  }

  /** Index of the first of the words in the range that stands outside inner parentheses, -1 when there is none. */
  find(range: TokenRange, ...words: readonly string[]): number {
    for (let index = range.from; index < range.to; index++) {
      const partner = this.index.partner(index);
      if (partner > index) {
        index = partner;
        continue;
      }
      if (this.tokens[index]?.kind === "word" && words.includes(this.index.upperAt(index))) return index;
    }
    return -1;
  }

  findLast(range: TokenRange, ...words: readonly string[]): number {
    for (let index = range.to - 1; index >= range.from; index--) {
      const partner = this.index.partner(index);
      if (partner !== -1 && partner < index) {
        index = partner;
        continue;
      }
      if (this.tokens[index]?.kind === "word" && words.includes(this.index.upperAt(index))) return index;
    }
    return -1;
  }

  /** The range without parentheses that enclose all of it. */
  trim(range: TokenRange): TokenRange {
    let { from, to } = range;
    while (to - from >= 2 && this.tokens[from]?.text === "(" && this.index.partner(from) === to - 1) {
      from++;
      to--;
    }
    return { from, to };
  }

  /** What stands between the parenthesis at an index and its partner. */
  inside(open: number, fallback: TokenRange): TokenRange {
    const close = this.index.partner(open);
    return close > open ? { from: open + 1, to: close } : fallback;
  }

  /** Index of the next `(` at or after an index, -1 when there is none. */
  nextOpen(from: number, to: number): number {
    for (let index = from; index < to; index++) if (this.tokens[index]?.text === "(" && this.tokens[index]?.kind === "punct") return index;
    return -1;
  }

  /** Index of the next `(` that opens a query, inner parentheses included. */
  nextQuery(from: number, to: number): number {
    for (let index = from; index < to; index++) {
      if (this.tokens[index]?.text !== "(") continue;
      let inner = index + 1;
      while (this.tokens[inner]?.text === "(") inner++;
      if (this.tokens[inner]?.kind === "word" && queryWords.has(this.index.upperAt(inner))) return index;
    }
    return -1;
  }

  /** The ranges left and right of the last set operator in a range; the right one without a trailing ORDER BY or LIMIT. */
  splitSetOperation(range: TokenRange, operators: readonly string[]): readonly [TokenRange, TokenRange] {
    const trimmed = this.trim(range);
    const at = this.findLast(trimmed, ...operators);
    if (at === -1) return [trimmed, trimmed];
    let from = at + 1;
    while (["ALL", "DISTINCT", "BY", "NAME"].includes(this.index.upperAt(from))) from++;
    const right = { from, to: trimmed.to };
    const tail = this.find(right, ...tailWords);
    return [{ from: trimmed.from, to: at }, { from, to: tail === -1 ? trimmed.to : tail }];
  }

  /** Ranges of the statements of a text: what lies between semicolons. */
  segments(): readonly TokenRange[] {
    const found: TokenRange[] = [];
    let from = 0;
    for (let index = 0; index <= this.tokens.length; index++) {
      const partner = this.index.partner(index);
      if (partner > index) {
        index = partner;
        continue;
      }
      const token = this.tokens[index];
      if (token === undefined || (token.kind === "punct" && token.text === ";")) {
        if (index > from) found.push({ from, to: index });
        from = index + 1;
      }
    }
    return found;
  }

  /** The smallest place with balanced parentheses around places. */
  around(...places: readonly (Place | undefined)[]): Place {
    let start = Infinity;
    let end = -Infinity;
    for (const place of places) {
      if (place === undefined || place.end <= place.start) continue;
      start = Math.min(start, place.start);
      end = Math.max(end, place.end);
    }
    if (start > end) return { start: 0, end: 0 };
    return this.index.balance(start, end);
  }

  /** A place widened at its end over the words that follow it, in order, each optional. */
  tail(place: Place, ...words: readonly string[]): Place {
    let index = this.index.indexAt(place.end);
    let end = place.end;
    // The item may be in parentheses: they close before the words.
    while (this.tokens[index]?.text === ")" ) index++;
    const closed = index;
    for (const word of words) {
      if (this.index.upperAt(index) === word) {
        end = this.tokens[index]?.end ?? end;
        index++;
      }
    }
    return index === closed ? { start: place.start, end: place.end } : this.index.balance(place.start, end);
  }

  /** A place widened at its start over one of the words in front of it. */
  head(place: Place, ...words: readonly string[]): Place {
    let index = this.index.indexBefore(place.start);
    while (this.tokens[index]?.text === "(") index--;
    if (!words.includes(this.index.upperAt(index))) return { start: place.start, end: place.end };
    const start = this.tokens[index]?.start ?? place.start;
    return this.index.balance(start, place.end);
  }

  /** The place of a function call whose name begins at an offset. */
  call(offset: number): Place {
    let index = this.index.indexAt(offset);
    const start = this.tokens[index]?.start ?? offset;
    let end = this.tokens[index]?.end ?? offset;
    while (this.tokens[index + 1]?.text === "." ) {
      index += 2;
      end = this.tokens[index]?.end ?? end;
    }
    const open = index + 1;
    if (this.tokens[open]?.text === "(") {
      const close = this.index.partner(open);
      end = this.tokens[close]?.end ?? end;
    }
    return { start, end };
  }
}
