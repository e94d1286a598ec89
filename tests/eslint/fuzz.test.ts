/**
 * Damaged code through ESLint with every rule: tokens and lines of real files deleted, doubled and swapped, files cut off,
 * code nested deeply. No crash, no report about a failure of the plugin, none outside the file, none that takes forever.
 */
import fs from "node:fs";
import path from "node:path";
import * as parser from "@typescript-eslint/parser";
import { Linter } from "eslint";
import * as espree from "espree";
import ts from "typescript";
import { describe, expect, it } from "vitest";
import { plugin } from "../../src/plugin.js";
import { pageText, readPage } from "../repo/docs.js";
import { ROOT } from "../repo/modules.js";

/** Milliseconds for all of one parser's files; `QUERY_GUARD_FUZZ_SECONDS` and `QUERY_GUARD_SEED` search longer and elsewhere. */
const BUDGET = Number(process.env["QUERY_GUARD_FUZZ_SECONDS"] ?? 8) * 1000;
const SEED = Number(process.env["QUERY_GUARD_SEED"] ?? 20_260_801);
/** Milliseconds for one file, on a loaded machine. */
const CEILING = 5_000;

const home = path.join(ROOT, "examples", "inventory");

function sourcesOf(folder: string): string[] {
  return fs
    .readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.ts$/u.test(entry.name))
    .map((entry) => path.join(entry.parentPath, entry.name))
    .sort()
    .map((file) => fs.readFileSync(file, "utf8"));
}

function examples(): string[] {
  return fs
    .readdirSync(path.join(ROOT, "docs", "rules"))
    .filter((name) => pageText(`rules/${name}`).includes("```ts"))
    .sort()
    .flatMap((name) => readPage(`rules/${name}`).examples.map(({ code }) => code));
}

const TYPESCRIPT: readonly string[] = [...sourcesOf(path.join(home, "src")), ...examples()];
/** The same as plain JavaScript, half of it as CommonJS. */
const JAVASCRIPT: readonly string[] = TYPESCRIPT.map((code, index) => ts.transpileModule(code, { compilerOptions: { target: ts.ScriptTarget.ES2022, module: index % 2 === 0 ? ts.ModuleKind.ES2022 : ts.ModuleKind.CommonJS } }).outputText);

/** Mulberry32: a seed fixes what is tried. */
function randomOf(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296) * below);
  };
}

const TOKEN = /\s+|[\w$]+|`|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|=>|\.\.\.|\?\.|\?\?=?|[=!<>]=+|&&|\|\||[^\w\s]/gu;
/** Puts around an expression or a statement. */
const NESTS: readonly ((code: string, depth: number) => string)[] = [
  (code, depth) => `${"(".repeat(depth)}${code}${")".repeat(depth)}`,
  (code, depth) => `${"[".repeat(depth)}${code}${"]".repeat(depth)}`,
  (code, depth) => `${"f(".repeat(depth)}${code}${")".repeat(depth)}`,
  (code, depth) => `${"async () => ".repeat(depth)}(${code})`,
  (code, depth) => `${"a ? b : ".repeat(depth)}${code}`,
  (code, depth) => `${"{ where: ".repeat(depth)}${code}${" }".repeat(depth)}`,
  (code, depth) => `${code}${" + x".repeat(depth)}`,
  (code, depth) => `${code}${".where(x)".repeat(depth)}`,
  (code, depth) => `${"`${".repeat(depth)}${code}${"}`".repeat(depth)}`,
];

function mutate(code: string, random: (below: number) => number): string {
  const pieces = random(3) === 0 ? code.split(/(?<=\n)/u) : (code.match(TOKEN) ?? []);
  const at = random(pieces.length);
  const other = random(pieces.length);
  const piece = pieces[at] ?? "";
  switch (random(7)) {
    case 0:
      pieces.splice(at, 1 + random(3));
      break;
    case 1:
      pieces.splice(at, 0, piece);
      break;
    case 2:
      pieces[at] = pieces[other] ?? "";
      pieces[other] = piece;
      break;
    case 3:
      // A token of the same kind somewhere else: what parses goes on parsing.
      pieces[at] = pieces.find((item, index) => index > other && /^\w+$/u.test(item) && /^\w+$/u.test(piece)) ?? piece;
      break;
    case 4:
      return code.slice(0, random(code.length));
    case 5: {
      const nest = NESTS[random(NESTS.length)]!;
      const words = pieces.flatMap((item, index) => (/^(?:"|'|[a-z]\w*$)/u.test(item) ? [index] : []));
      const word = words[random(Math.max(words.length, 1))];
      if (word !== undefined) pieces[word] = nest(pieces[word]!, 1 + random(120));
      break;
    }
    default:
      pieces.push(...pieces.slice(at, at + random(40)));
  }
  return pieces.join("");
}

const LANGUAGES = [
  { name: "typescript-eslint's parser", file: "fuzz.ts", sources: TYPESCRIPT, config: { languageOptions: { parser } } },
  { name: "ESLint's own parser", file: "fuzz.js", sources: JAVASCRIPT, config: { languageOptions: { parser: espree as Linter.Parser } } },
] as const;

describe.each(LANGUAGES)("$name", ({ file, sources, config }) => {
  it("meets damaged code", () => {
    const random = randomOf(SEED);
    const linter = new Linter({ cwd: home });
    const started = performance.now();
    let parsed = 0;
    let reported = 0;
    for (let round = 0; performance.now() - started < BUDGET; round++) {
      let code = sources[random(sources.length)]!;
      for (let times = 1 + random(2); times > 0; times--) code = mutate(code, random);
      const what = (problem: string): string => `${problem} (round ${round}):\n${code}`;
      const before = performance.now();
      let messages: Linter.LintMessage[];
      try {
        messages = linter.verify(code, [plugin.configs.all, { files: ["**/*.{js,ts}"], ...config }], path.join(home, "src", file));
      } catch (error) {
        throw new Error(what("crashed"), { cause: error });
      }
      expect(performance.now() - before, what("takes too long")).toBeLessThan(CEILING);
      if (messages.some(({ fatal }) => fatal === true)) continue;
      parsed++;
      const lines = code.split(/\r\n|[\n\r\u2028\u2029]/u);
      for (const { ruleId, messageId, message, line, column, endLine = line, endColumn = column } of messages) {
        // ESLint's own words about directives in comments.
        if (ruleId?.startsWith("query-guard/") !== true) continue;
        reported++;
        expect(messageId, what(message)).not.toBe("internalError");
        const isInside = line >= 1 && endLine <= lines.length && column >= 1 && endColumn <= lines[endLine - 1]!.length + 1;
        expect(isInside, what(`${line}:${column} to ${endLine}:${endColumn} is outside: ${ruleId}: ${message}`)).toBe(true);
      }
    }
    // What does not parse tries nothing.
    expect(parsed).toBeGreaterThan(20);
    expect(reported).toBeGreaterThan(0);
  }, BUDGET + 60_000);
});
