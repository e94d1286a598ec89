/** The linear check in front of every parser: refuses text that a parser would take too long on or die of. */
import type { Token } from "./scanner.js";

export type Engine = "libpg" | "sqlparser" | "nodesql";

interface Limits {
  readonly length: number;
  readonly nesting: number;
  readonly cases: number;
  readonly operators: number;
  readonly joins: number;
  readonly tokens: number;
  readonly statements: number;
}

/** The longest text that is looked at at all. */
export const longestText = 160_000;

// Measured: see docs/architecture.md. libpg-query is limited by the translation of its tree, not by itself.
const limits: Readonly<Record<Engine, Limits>> = {
  libpg: { length: longestText, nesting: 250, cases: 250, operators: 1_000, joins: 400, tokens: 30_000, statements: 300 },
  sqlparser: { length: longestText, nesting: 16, cases: 8, operators: 400, joins: 300, tokens: 30_000, statements: 300 },
  nodesql: { length: 24_000, nesting: 7, cases: 7, operators: 400, joins: 60, tokens: 3_000, statements: 50 },
};

const countedWords = new Set(["AND", "OR", "NOT", "LIKE", "XOR", "DIV", "MOD", "COLLATE", "IS", "BETWEEN", "UNION", "INTERSECT", "EXCEPT"]);

/** What the guard counts in a text. */
export interface Measure {
  readonly length: number;
  readonly nesting: number;
  readonly cases: number;
  /** The longest run of operators that no comma or parenthesis of the same level interrupts. */
  readonly operators: number;
  readonly joins: number;
  readonly tokens: number;
  readonly statements: number;
  readonly unterminated: boolean;
  readonly unbalanced: boolean;
}

export function measure(tokens: readonly Token[], length: number, unterminated: boolean): Measure {
  let depth = 0;
  let nesting = 0;
  let cases = 0;
  let openCases = 0;
  let joins = 0;
  let operators = 0;
  let unbalanced = false;
  let statements = 1;
  const runs: number[] = [0];
  for (const token of tokens) {
    if (token.kind === "punct") {
      if (token.text === "(" || token.text === "[") {
        depth++;
        runs[depth] = 0;
      } else if (token.text === ")" || token.text === "]") {
        depth--;
        if (depth < 0) {
          unbalanced = true;
          depth = 0;
        }
      } else if (token.text === "," || token.text === ";") {
        runs[depth] = 0;
        if (token.text === ";" && depth === 0) statements++;
      }
    } else if (token.kind === "word") {
      if (token.upper === "CASE") openCases++;
      else if (token.upper === "END") openCases = Math.max(0, openCases - 1);
      else if (token.upper === "JOIN") joins++;
      if (countedWords.has(token.upper)) runs[depth] = (runs[depth] ?? 0) + 1;
    } else if (token.kind === "operator") runs[depth] = (runs[depth] ?? 0) + 1;
    operators = Math.max(operators, runs[depth] ?? 0);
    cases = Math.max(cases, openCases);
    nesting = Math.max(nesting, depth + openCases);
  }
  return { length, nesting, cases, operators, joins, tokens: tokens.length, statements, unterminated, unbalanced: unbalanced || depth > 0 };
}

export type Verdict = "ok" | "too-complex" | "syntax-error";

/** May this engine be given the text? An unclosed quote or parenthesis is a syntax error in every dialect. */
export function guard(engine: Engine, measured: Measure): Verdict {
  const limit = limits[engine];
  const over =
    measured.length > limit.length || measured.nesting > limit.nesting || measured.cases > limit.cases ||
    measured.operators > limit.operators || measured.joins > limit.joins || measured.statements > limit.statements || measured.tokens > limit.tokens;
  if (over) return "too-complex";
  return measured.unterminated || measured.unbalanced ? "syntax-error" : "ok";
}
