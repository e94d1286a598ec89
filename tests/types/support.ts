/** Lints code with the types of a fixture project, and without. */
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import * as parser from "@typescript-eslint/parser";
import { Linter } from "eslint";
import { afterAll } from "vitest";
import { plugin } from "../../src/plugin.js";
import { ROOT } from "../repo/modules.js";

/** `strict` and `loose` differ in strict null checks. */
export type Project = "strict" | "loose";

/**
 * The fixtures stand in a folder of their own, whose `package.json` names no library: what is found there is found by
 * types or by the code, never by the sign that the project depends on a library.
 */
const folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), "query-guard-types-")));
for (const project of ["strict", "loose"]) fs.cpSync(path.join(import.meta.dirname, "fixtures"), path.join(folder, project), { recursive: true });
fs.writeFileSync(path.join(folder, "loose", "tsconfig.json"), '{ "extends": "../strict/tsconfig.json", "compilerOptions": { "strict": false }, "include": ["src"] }\n');
fs.symlinkSync(path.join(ROOT, "node_modules"), path.join(folder, "node_modules"), "junction");
afterAll(() => fs.rmSync(folder, { recursive: true, force: true }));

export interface Setting {
  readonly rule: string;
  readonly options?: object;
  /** The project whose types are used; without types when absent. */
  readonly types?: Project;
  /** Stands for typescript-eslint's parser. */
  readonly parser?: Linter.Parser;
}

/** The reports of one rule on a file of the fixture project. */
export function lint(code: string, { rule, options, types, parser: given = parser }: Setting): Linter.LintMessage[] {
  const cwd = path.join(folder, types ?? "strict");
  const entry: Linter.RuleEntry = options === undefined ? "error" : ["error", options];
  const parserOptions = types === undefined ? {} : { projectService: true, tsconfigRootDir: cwd };
  const config: Linter.Config = { files: ["**/*.ts"], plugins: { "query-guard": plugin }, languageOptions: { parser: given, parserOptions }, rules: { [`query-guard/${rule}`]: entry } };
  return new Linter({ cwd }).verify(code, [config], path.join(cwd, "src", "file.ts"));
}

/** Message ids of the reports; the message itself where something else went wrong. */
export function ids(code: string, setting: Setting): (string | undefined)[] {
  return lint(code, setting).map(({ messageId, message }) => messageId ?? message);
}
