/** The packed tarball in an empty project: ESLint 9 and 10, `import` and `require`, TypeScript and plain JavaScript. */
import fs from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { eslint, installed, pack, run, temporaryFolder, write } from "./project.js";

const VERSIONS = ["9", "10"] as const;

const CONFIGS = {
  import: "eslint.config.mjs",
  require: "eslint.config.cjs",
} as const;

const SETUP = {
  "eslint.config.mjs": `import parser from "@typescript-eslint/parser";
import queryGuard from "eslint-plugin-query-guard";

export default [queryGuard.configs.strict, { files: ["**/*.ts"], languageOptions: { parser } }];
`,
  "eslint.config.cjs": `const parser = require("@typescript-eslint/parser");
const queryGuard = require("eslint-plugin-query-guard");

module.exports = [queryGuard.configs.strict, { files: ["**/*.ts"], languageOptions: { parser } }];
`,
  "extends.config.mjs": `import { defineConfig } from "eslint/config";
import queryGuard from "eslint-plugin-query-guard";

export default defineConfig([{ files: ["**/*.mjs"], plugins: { guard: queryGuard }, extends: ["guard/recommended"] }]);
`,
  "types.config.mts": `import { defineConfig } from "eslint/config";
import type { ESLint, Linter } from "eslint";
import queryGuard from "eslint-plugin-query-guard";

const plugin: ESLint.Plugin = queryGuard;
const preset: Linter.Config = queryGuard.configs.recommended;
// @ts-expect-error There is no such preset.
queryGuard.configs.loud;

export default defineConfig([preset, queryGuard.configs.strict, { plugins: { guard: plugin }, extends: ["guard/all"] }]);
`,
  "tsconfig.json": '{ "compilerOptions": { "module": "nodenext", "strict": true, "noEmit": true, "types": [] }, "files": ["types.config.mts"] }\n',
  "src/quiet.mjs": "export const answer = 42;\n",
};

interface LintedFile {
  readonly filePath: string;
  readonly messages: readonly { readonly ruleId: string; readonly line: number; readonly message: string }[];
}

let paths: readonly string[] = [];
const folders = new Map<string, string>();
const scratch = temporaryFolder();

beforeAll(async () => {
  const packed = await pack(scratch);
  paths = packed.paths;
  const made = await Promise.all(VERSIONS.map(async (version) => [version, await installed(packed.tarball, version)] as const));
  for (const [version, folder] of made) {
    folders.set(version, folder);
    write(folder, SETUP);
  }
}, 180_000);

afterAll(() => {
  for (const folder of [scratch, ...folders.values()]) fs.rmSync(folder, { recursive: true, force: true });
});

async function lint(folder: string, config: string, ...args: readonly string[]): Promise<readonly LintedFile[]> {
  const { stdout, stderr } = await eslint(folder, ["-c", config, "-f", "json", "src", ...args]);
  expect(stderr).toBe("");
  return JSON.parse(stdout);
}

describe("the tarball", () => {
  it("holds the built package and its documentation, and nothing else", () => {
    expect(paths).toEqual(expect.arrayContaining(["dist/src/index.js", "dist/src/index.d.ts", "dist/rules/index.js", "docs/rules/require-where.md", "package.json", "LICENSE"]));
    expect(paths.filter((file) => !/^(?:dist\/|docs\/|package\.json$|LICENSE$|README\.md$)/u.test(file))).toEqual([]);
    expect(paths.filter((file) => /\.tsbuildinfo$|\.map$|(?<!\.d)\.ts$/u.test(file))).toEqual([]);
  });
});

describe.each(VERSIONS)("with ESLint %s", (version) => {
  const project = (): string => folders.get(version)!;

  it("is the plugin for `import` and for `require`", async () => {
    const show = "console.log(JSON.stringify([plugin.meta.name, Object.keys(plugin.configs)]));";
    const imported = await run(process.execPath, ["--input-type=module", "-e", `import plugin from "eslint-plugin-query-guard"; ${show}`], project());
    const required = await run(process.execPath, ["-e", `const plugin = require("eslint-plugin-query-guard"); ${show}`], project());
    expect(imported).toMatchObject({ code: 0, stderr: "", stdout: '["eslint-plugin-query-guard",["recommended","strict","all"]]\n' });
    expect(required).toEqual(imported);
  });

  it.each(Object.entries(CONFIGS))("lints through `%s`", async (_, config) => {
    const linted = await lint(project(), config, "--max-warnings", "0");
    expect(linted.find(({ filePath }) => filePath.endsWith("quiet.mjs"))?.messages).toEqual([]);
  });

  it("is extended by name, under another name", async () => {
    const { stdout, code } = await eslint(project(), ["-c", "extends.config.mjs", "--print-config", "src/quiet.mjs"]);
    expect(code).toBe(0);
    const { rules }: { rules: Record<string, unknown> } = JSON.parse(stdout);
    expect(Object.keys(rules)).toContain("guard/require-where");
  });

  it("has types that need nothing but ESLint's", async () => {
    const { code, stdout } = await run(process.execPath, ["node_modules/typescript/bin/tsc", "-p", "."], project());
    expect(stdout).toBe("");
    expect(code).toBe(0);
  });

  it("refuses an unknown option by its name", async () => {
    const { code, stderr } = await eslint(project(), ["-c", CONFIGS.import, "--rule", '{"query-guard/require-where": ["error", {"allows": []}]}', "src"]);
    expect(code).toBe(2);
    expect(stderr).toMatch(/"allows"/u);
  });
});
