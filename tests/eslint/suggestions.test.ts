/** Every suggestion made over the pages of the rules and over the inventory service: what it makes parses, and its rule is content there. */
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import * as parser from "@typescript-eslint/parser";
import { Linter } from "eslint";
import { afterAll, describe, expect, it } from "vitest";
import { rules } from "../../rules/index.js";
import { plugin } from "../../src/plugin.js";
import { readPage } from "../repo/docs.js";
import { ROOT } from "../repo/modules.js";

const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) fs.rmSync(folder, { recursive: true, force: true });
});

interface Source {
  readonly cwd: string;
  readonly file: string;
  readonly code: string;
  readonly rules: Linter.RulesRecord;
}

function lint({ cwd, file, rules: entries }: Source, code: string): Linter.LintMessage[] {
  const config: Linter.Config = { files: ["**/*.ts"], plugins: { "query-guard": plugin }, languageOptions: { parser }, rules: entries };
  return new Linter({ cwd }).verify(code, [config], file);
}

/** Applies each suggestion by itself; answers how many there were. */
function tryAll(source: Source): number {
  const before = lint(source, source.code);
  let tried = 0;
  for (const { ruleId, message, suggestions = [] } of before) {
    for (const { desc, fix } of suggestions) {
      tried++;
      const changed = source.code.slice(0, fix.range[0]) + fix.text + source.code.slice(fix.range[1]);
      const after = lint(source, changed);
      const what = `${path.basename(source.file)}: ${message}\n"${desc}" makes\n${changed}`;
      expect(after.filter(({ fatal }) => fatal === true), what).toEqual([]);
      const of = (messages: readonly Linter.LintMessage[]): number => messages.filter((item) => item.ruleId === ruleId).length;
      expect(of(after), what).toBe(of(before) - 1);
      // No other rule is given a reason that it did not have.
      expect(after.length, what).toBeLessThan(before.length);
    }
  }
  return tried;
}

function filesBelow(folder: string): string[] {
  return fs.readdirSync(folder, { recursive: true, withFileTypes: true }).flatMap((entry) => (entry.isFile() && entry.name.endsWith(".ts") ? [path.join(entry.parentPath, entry.name)] : []));
}

describe.each(rules)("the page of $id", ({ id }) => {
  const page = readPage(`rules/${id}.md`);
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "query-guard-suggestions-"));
  folders.push(folder);
  const files = { "package.json": JSON.stringify({ name: "example", dependencies: { pg: "8", "@prisma/client": "6", "drizzle-orm": "0.45" } }), ...page.files };
  for (const [name, text] of Object.entries(files)) {
    fs.mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    fs.writeFileSync(path.join(folder, name), text);
  }

  it.each(page.examples)("line $line: $title", ({ code, options }) => {
    const own: Linter.RuleEntry = options === undefined ? "error" : ["error", options];
    tryAll({ cwd: folder, file: path.join(folder, "src", "example.ts"), code, rules: { ...plugin.configs.all.rules, [`query-guard/${id}`]: own } as Linter.RulesRecord });
  });
});

it("the inventory service", () => {
  const cwd = path.join(ROOT, "examples", "inventory");
  const tried = filesBelow(path.join(cwd, "src")).map((file) => tryAll({ cwd, file, code: fs.readFileSync(file, "utf8"), rules: plugin.configs.all.rules as Linter.RulesRecord }));
  expect(tried.reduce((sum, count) => sum + count, 0)).toBeGreaterThan(0);
}, 60_000);
