/** Reads the pages of the documentation the way their tests need them. */
import fs from "node:fs";
import path from "node:path";
import { ROOT } from "./modules.js";

export interface Example {
  /** `❌`: the rule reports it. `✅`: it does not. */
  readonly verdict: "bad" | "good";
  /** The line above the code. */
  readonly title: string;
  /** Options of the rule, when the line above the code states some. */
  readonly options: object | undefined;
  readonly code: string;
  /** Line of the page at which the code begins. */
  readonly line: number;
}

export interface Page {
  readonly lines: readonly string[];
  readonly examples: readonly Example[];
  /** Schema files that the page shows, by the name that the line above them states in backticks. */
  readonly files: Readonly<Record<string, string>>;
  /** `ts` blocks whose line above says neither ❌ nor ✅. */
  readonly unmarked: readonly number[];
}

/** Text of a page below `docs`. */
export function pageText(name: string): string {
  return fs.readFileSync(path.join(ROOT, "docs", name), "utf8");
}

/** A page with its code blocks told apart by the line above each. */
export function readPage(name: string): Page {
  const lines = pageText(name).split("\n");
  const examples: Example[] = [];
  const files: Record<string, string> = {};
  const unmarked: number[] = [];
  for (let index = 0; index < lines.length; index += 1) {
    const language = /^```(\w+)$/u.exec(lines[index]!)?.[1];
    if (language === undefined) continue;
    const title = lines.slice(0, index).findLast((line) => line !== "") ?? "";
    const end = lines.indexOf("```", index + 1);
    const code = `${lines.slice(index + 1, end).join("\n")}\n`;
    const line = index + 2;
    index = end;
    if (language === "ts") {
      const verdict = title.startsWith("❌ ") ? "bad" : title.startsWith("✅ ") ? "good" : undefined;
      const options = /`(\{.+\})`/u.exec(title)?.[1];
      if (verdict === undefined) unmarked.push(line);
      else examples.push({ verdict, title, options: options === undefined ? undefined : JSON.parse(options), code, line });
    } else if (language === "sql" || language === "prisma") {
      const file = /`([^`]+)`:$/u.exec(title)?.[1];
      if (file === undefined) unmarked.push(line);
      else files[file] = code;
    }
  }
  return { lines, examples, files, unmarked };
}
