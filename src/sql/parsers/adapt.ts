/**
 * Constructs that sqlparser-rs does not read, written in the same number of characters as ones it does.
 * The translation sees the tokens as they were and gives back the original meaning.
 */
import type { Dialect } from "../../query/model.js";
import { TokenIndex, type Token } from "../scanner.js";
import { SyntaxRejected } from "./resolve.js";

const afterIs = new Set(["NULL", "TRUE", "FALSE", "DISTINCT", "UNKNOWN", "NOT"]);

/** The text for the parser; positions stay as they are. Throws {@link SyntaxRejected} for what the parser would read wrongly. */
export function adaptForSqlparser(text: string, tokens: readonly Token[], dialect: Dialect): string {
  const edits: { start: number; end: number; text: string }[] = [];
  const index = new TokenIndex(tokens);
  const replace = (from: number, to: number, written: string): void => {
    const start = tokens[from]?.start;
    const end = tokens[to]?.end;
    if (start === undefined || end === undefined || written.length > end - start) return;
    edits.push({ start, end, text: written.padEnd(end - start) });
  };
  const isSqlite = dialect === "sqlite";
  const isMysql = dialect === "mysql" || dialect === "mariadb";
  for (const [at, token] of tokens.entries()) {
    // There they are OR and AND (MySQL manual 14.4.3); the parser binds them tighter than a comparison, as other dialects' operators.
    if (isMysql && token.text === "||" && !joinsWord(text, token)) replace(at, at, "OR");
    else if (isMysql && (token.text === "||" || token.text === "&&")) throw new SyntaxRejected("AND or OR written as a symbol");
    if (token.kind !== "word") continue;
    const next = index.upperAt(at + 1);
    switch (token.upper) {
      case "IS": {
        const negated = next === "NOT";
        // The parser takes all that follows for the right side: `a IS DISTINCT FROM (1 AND b = 2)`.
        const distinct = at + (negated ? 2 : 1);
        if (index.upperAt(distinct) === "DISTINCT" && index.upperAt(distinct + 1) === "FROM") {
          replace(at, distinct + 1, negated ? "=" : "<>");
          break;
        }
        if (!isSqlite) break;
        const operand = tokens[at + (negated ? 2 : 1)];
        if (operand === undefined || (operand.kind === "word" && afterIs.has(operand.upper))) break;
        replace(at, negated ? at + 1 : at, negated ? "<>" : "=");
        break;
      }
      case "BINARY": {
        // The operator in front of a value; the parser takes the rest of the condition for its operand.
        const previous = tokens[at - 1];
        const operand = tokens[at + 1];
        const isType = previous?.kind === "word" && ["AS", "SET", "COLLATE", "USING"].includes(previous.upper);
        const begins = operand !== undefined && operand.text !== ")" && operand.text !== "," && !(operand.text === "(" && previous?.text === ",");
        if (isMysql && !isType && begins) replace(at, at, "~");
        break;
      }
      case "GLOB":
      case "MATCH":
        if (isSqlite && at > 0 && tokens[at + 1]?.text !== "(") replace(at, at, "LIKE");
        break;
      case "INDEXED":
        if (!isSqlite) break;
        if (next === "BY") replace(at, at + 2, "");
        else if (index.upperAt(at - 1) === "NOT") replace(at - 1, at, "");
        break;
      case "MATERIALIZED": {
        const previous = index.upperAt(at - 1);
        if (previous === "AS" && tokens[at + 1]?.text === "(") replace(at, at, "");
        else if (previous === "NOT" && index.upperAt(at - 2) === "AS") replace(at - 1, at, "");
        break;
      }
      case "WHERE": {
        // ON CONFLICT (a) WHERE … DO: which partial unique index is meant does not matter here.
        const open = index.partner(at - 1);
        if (tokens[at - 1]?.text !== ")" || open === -1 || index.upperAt(open - 1) !== "CONFLICT") break;
        let to = at;
        while (to + 1 < tokens.length && !(index.upperAt(to + 1) === "DO")) to++;
        replace(at, to, "");
        break;
      }
      case "IF":
        // ALTER TABLE … DROP INDEX IF EXISTS
        if (next === "EXISTS" && ["INDEX", "KEY"].includes(index.upperAt(at - 1)) && index.upperAt(at - 2) === "DROP" && at > 2) replace(at, at + 1, "");
        break;
      case "TOP": {
        const verb = index.upperAt(at - 1);
        const close = index.partner(at + 1);
        if (dialect === "sqlserver" && (verb === "DELETE" || verb === "UPDATE") && close > at) replace(at, close, "");
        break;
      }
      case "LOCK":
        if (next === "IN" && index.upperAt(at + 2) === "SHARE" && index.upperAt(at + 3) === "MODE") replace(at, at + 3, "FOR SHARE");
        break;
      case "WITH":
        if (next === "ROLLUP") replace(at, at + 1, "");
        else if (next === "CHECK" && index.upperAt(at + 2) === "OPTION") replace(at, at + 2, "");
        else if ((next === "LOCAL" || next === "CASCADED") && index.upperAt(at + 2) === "CHECK") replace(at, at + 3, "");
        break;
      case "FORCE":
      case "USE":
      case "IGNORE": {
        if (next !== "INDEX" && next !== "KEY") break;
        let open = at + 2;
        while (open < at + 6 && tokens[open]?.text !== "(") open++;
        const close = index.partner(open);
        if (close !== -1) replace(at, close, "");
        break;
      }
      case "PARTITION": {
        // FROM t PARTITION (p0)
        const close = index.partner(at + 1);
        const previous = tokens[at - 1];
        if (tokens[at + 1]?.text === "(" && close > at && (previous?.kind === "word" || previous?.kind === "quoted") && ["FROM", "JOIN", "UPDATE", "INTO"].includes(index.upperAt(at - 2))) replace(at, close, "");
        break;
      }
      default:
        break;
    }
  }
  if (edits.length === 0) return text;
  edits.sort((a, b) => a.start - b.start);
  let result = "";
  let copied = 0;
  for (const edit of edits) {
    if (edit.start < copied) continue;
    result += text.slice(copied, edit.start) + edit.text;
    copied = edit.end;
  }
  return result + text.slice(copied);
}

/** A word in the token's place would run into its neighbour. */
function joinsWord(text: string, token: Token): boolean {
  return /[\w$]/u.test(text.charAt(token.start - 1)) || /[\w$]/u.test(text.charAt(token.end));
}
