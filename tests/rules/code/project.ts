/** Runs rules over code in a project that has a schema: the real analysis, without types and with them. */
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import * as parser from "@typescript-eslint/parser";
import { Linter } from "eslint";
import { afterAll, expect } from "vitest";
import { plugin } from "../../../src/plugin.js";
import { ROOT } from "../../repo/modules.js";

const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) fs.rmSync(folder, { recursive: true, force: true });
});

const TSCONFIG = '{ "compilerOptions": { "strict": true, "target": "es2022", "module": "nodenext", "moduleResolution": "nodenext", "skipLibCheck": true, "types": ["node"] }, "include": ["src"] }';

export interface SchemaProject {
  /** Every report of the rule on the code, as `src/file.ts` unless another name is given. */
  lint(rule: string, code: string, options?: object, file?: string): Linter.LintMessage[];
  /** The messages, which types change in nothing. Every suggestion is applied: what it makes is reported no more. */
  messages(rule: string, code: string, options?: object, file?: string): string[];
}

/** A folder with these files, in which the libraries are installed. */
export function schemaProject(files: Readonly<Record<string, string>>, settings: object = {}): SchemaProject {
  const root = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), "query-guard-schema-")));
  folders.push(root);
  const dependencies = { pg: "8", mysql2: "3", "better-sqlite3": "12", "@prisma/client": "6", "drizzle-orm": "0.45" };
  const all = { "package.json": JSON.stringify({ name: "shop", private: true, type: "module", dependencies }), "tsconfig.json": TSCONFIG, ...files };
  for (const [name, text] of Object.entries(all)) {
    fs.mkdirSync(path.dirname(path.join(root, name)), { recursive: true });
    fs.writeFileSync(path.join(root, name), text);
  }
  fs.symlinkSync(path.join(ROOT, "node_modules"), path.join(root, "node_modules"), "junction");
  const run = (rule: string, code: string, options: object | undefined, name: string, typed: boolean): Linter.LintMessage[] => {
    const file = path.join(root, name);
    fs.mkdirSync(path.dirname(file), { recursive: true });
    if (files[name] === undefined) fs.writeFileSync(file, code);
    const entry: Linter.RuleEntry = options === undefined ? "error" : ["error", options];
    const parserOptions = typed ? { projectService: true, tsconfigRootDir: root } : {};
    const config: Linter.Config = { files: ["**/*.ts"], plugins: { "query-guard": plugin }, settings: { "query-guard": settings }, languageOptions: { parser, parserOptions }, rules: { [`query-guard/${rule}`]: entry } };
    return new Linter({ cwd: root }).verify(code, [config], file);
  };
  const lint: SchemaProject["lint"] = (rule, code, options, file = "src/file.ts") => run(rule, code, options, file, false);
  return {
    lint,
    messages(rule, code, options, file = "src/file.ts") {
      const found = lint(rule, code, options, file);
      for (const { suggestions = [] } of found) {
        for (const { desc, fix } of suggestions) {
          const changed = code.slice(0, fix.range[0]) + fix.text + code.slice(fix.range[1]);
          expect(lint(rule, changed, options, file), `"${desc}" makes\n${changed}`).toHaveLength(found.length - 1);
        }
      }
      const words = found.map(({ message }) => message);
      expect(run(rule, code, options, file, true).map(({ message }) => message), "with types").toEqual(words);
      return words;
    },
  };
}
