/** The examples of the rules' pages, linted with the rule as a team that follows the page has it. */
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import * as parser from "@typescript-eslint/parser";
import { Linter } from "eslint";
import { afterAll, describe, expect, it } from "vitest";
import { rules } from "../../rules/index.js";
import { plugin } from "../../src/plugin.js";
import { readPage, type Example } from "./docs.js";

const folders: string[] = [];

/** A folder that holds the schema files which the page shows. */
function folderOf(files: Readonly<Record<string, string>>): string {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "query-guard-docs-"));
  folders.push(folder);
  const dependencies = { pg: "8", "@prisma/client": "6", "drizzle-orm": "0.45" };
  fs.writeFileSync(path.join(folder, "package.json"), JSON.stringify({ name: "example", private: true, dependencies }));
  for (const [name, text] of Object.entries(files)) {
    fs.mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    fs.writeFileSync(path.join(folder, name), text);
  }
  return folder;
}

afterAll(() => {
  for (const folder of folders) fs.rmSync(folder, { recursive: true, force: true });
});

describe.each(rules)("the page of $id", ({ id }) => {
  const page = readPage(`rules/${id}.md`);

  const lint = (example: Example): string[] => {
    const folder = folderOf(page.files);
    const file = path.join(folder, "src", "example.ts");
    fs.mkdirSync(path.dirname(file), { recursive: true });
    fs.writeFileSync(file, example.code);
    const entry: Linter.RuleEntry = example.options === undefined ? "error" : ["error", example.options];
    const config: Linter.Config = { files: ["**/*.ts"], plugins: { "query-guard": plugin }, languageOptions: { parser }, rules: { [`query-guard/${id}`]: entry } };
    return new Linter({ cwd: folder }).verify(example.code, [config], file).map(({ message, line }) => `${example.line + line - 1}: ${message}`);
  };

  it.each(page.examples)("line $line: $title", (example) => {
    const found = lint(example);
    if (example.verdict === "good") expect(found).toEqual([]);
    else expect(found).toHaveLength(1);
  });
});
