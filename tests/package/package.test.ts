/** The packed tarball in an empty project: ESLint 9 and 10, `import` and `require`, TypeScript and plain JavaScript. */
import fs from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { eslint, installed, pack, run, temporaryFolder, write } from "./project.js";

const VERSIONS = ["9", "10"] as const;

// Installs and compiles: a loaded machine needs its time.
vi.setConfig({ testTimeout: 90_000, hookTimeout: 300_000 });

const CONFIGS = {
  import: "eslint.config.mjs",
  require: "eslint.config.cjs",
} as const;

const SETUP = {
  "eslint.config.mjs": `import parser from "@typescript-eslint/parser";
import queryGuard from "eslint-plugin-query-guard";

export default [queryGuard.configs.recommended, { files: ["**/*.ts"], languageOptions: { parser } }];
`,
  "eslint.config.cjs": `const parser = require("@typescript-eslint/parser");
const queryGuard = require("eslint-plugin-query-guard");

module.exports = [queryGuard.configs.recommended, { files: ["**/*.ts"], languageOptions: { parser } }];
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

/** The same code as plain JavaScript and as TypeScript. */
const orders = (type: (name: string) => string): string => `import { Pool } from "pg";

const pool = new Pool();

export async function list() {
  return await pool.query("SELECT id, status FROM orders");
}

export async function clear() {
  await pool.query("DELETE FROM orders");
}

export async function lines(ids${type("number[]")}) {
  const all = [];
  for (const id of ids) all.push(await pool.query("SELECT sku FROM order_lines WHERE order_id = $1 LIMIT 50", [id]));
  return all;
}

export async function open(status${type("string")}) {
  return await pool.query("SELECT id FROM orders WHERE status = $1 LIMIT 10", [status]);
}

export async function one(id${type("number")}) {
  return await pool.query("SELECT id, status FROM orders WHERE id = $1", [id]);
}
`;

const SOURCES = {
  "migrations/001_orders.sql": `CREATE TABLE orders (id bigint PRIMARY KEY, status text NOT NULL);
CREATE TABLE order_lines (id bigint PRIMARY KEY, order_id bigint NOT NULL, sku text NOT NULL);
CREATE INDEX order_lines_order_idx ON order_lines (order_id);
`,
  "src/plain.mjs": orders(() => ""),
  "src/typed.ts": orders((name) => `: ${name}`),
};

/** Line and rule of what is wrong in {@link orders}. */
const FOUND = ["6 no-unbounded-select", "10 require-where", "15 no-n-plus-one", "20 no-unindexed-filter"];

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
    write(folder, { ...SETUP, ...SOURCES });
  }
});

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
    expect(paths).toEqual(expect.arrayContaining(["dist/src/index.js", "dist/src/cli/main.js", "dist/src/index.d.ts", "dist/rules/index.js", "docs/rules/require-where.md", "package.json", "LICENSE"]));
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
    const linted = await lint(project(), config);
    const found = (name: string): string[] | undefined =>
      linted.find(({ filePath }) => filePath.endsWith(name))?.messages.map(({ line, ruleId }) => `${line} ${ruleId.replace("query-guard/", "")}`);
    expect(found("quiet.mjs")).toEqual([]);
    expect(found("plain.mjs")).toEqual(FOUND);
    expect(found("typed.ts")).toEqual(FOUND);
  });

  it("prints its coverage when asked, each worker for its share", async () => {
    const lines = async (...args: readonly string[]): Promise<string[]> => {
      const { stderr } = await eslint(project(), ["-c", CONFIGS.import, "src", ...args], { QUERY_GUARD_COVERAGE: "1" });
      return stderr.split("\n").filter((line) => line.startsWith("query-guard: "));
    };
    expect(await lines()).toEqual(["query-guard: 10 query sites, 10 resolved (100 %), 0 opaque"]);
    const shares = await lines("--concurrency", "2");
    expect(shares).toHaveLength(2);
    for (const share of shares) expect(share).toContain("its share of the files");
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

  it("has the program `query-guard`, which says what it needs", async () => {
    const program = (...args: readonly string[]) => run(path.join(project(), "node_modules/.bin/query-guard"), args, project());
    expect(await program("--help")).toMatchObject({ code: 0, stderr: "", stdout: expect.stringContaining("Usage: query-guard ") });
    const url = "postgres://nobody:s3cr3t@127.0.0.1:1/shop";
    const missing = await program("snapshot", url);
    expect(missing).toEqual({ code: 2, stdout: "", stderr: "query-guard: reading PostgreSQL needs the package `pg`, which is not installed here. Install it: npm install --save-dev pg.\n" });
  });

  it("refuses an unknown option by its name", async () => {
    const { code, stderr } = await eslint(project(), ["-c", CONFIGS.import, "--rule", '{"query-guard/require-where": ["error", {"allows": []}]}', "src"]);
    expect(code).toBe(2);
    expect(stderr).toMatch(/"allows"/u);
  });
});
