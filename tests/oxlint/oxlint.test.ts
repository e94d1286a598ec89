/** The built plugin in oxlint: the inventory service gets the same reports, at the same places, as from ESLint without types. */
import { execFileSync, spawnSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import * as parser from "@typescript-eslint/parser";
import { ESLint } from "eslint";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { plugin } from "../../src/plugin.js";
import { ROOT } from "../repo/modules.js";

const home = path.join(ROOT, "examples", "inventory");
/** Below the repository's modules, where the package finds what it depends on. */
const stage = path.join(ROOT, "node_modules", ".cache", `query-guard-oxlint-${process.pid}`);

interface Diagnostic {
  readonly message: string;
  readonly code: string;
  readonly filename: string;
  readonly labels: readonly { readonly span: { readonly line: number; readonly column: number } }[];
}

beforeAll(() => {
  fs.mkdirSync(stage, { recursive: true });
  fs.copyFileSync(path.join(ROOT, "package.json"), path.join(stage, "package.json"));
  execFileSync(process.execPath, ["node_modules/typescript/bin/tsc", "-p", "tsconfig.build.json", "--outDir", path.join(stage, "dist")], { cwd: ROOT });
}, 120_000);
afterAll(() => fs.rmSync(stage, { recursive: true, force: true }));

/** Runs oxlint over files of the inventory service with one configuration. */
function oxlint(config: object, ...files: readonly string[]): { readonly status: number | null; readonly stderr: string; readonly reports: readonly string[] } {
  const file = path.join(stage, "oxlintrc.json");
  fs.writeFileSync(file, JSON.stringify({ jsPlugins: [path.join(stage, "dist", "src", "index.js")], plugins: [], categories: { correctness: "off" }, ...config }));
  const { status, stdout, stderr } = spawnSync(process.execPath, [path.join(ROOT, "node_modules", "oxlint", "bin", "oxlint"), "-c", file, "--format", "json", ...files], { cwd: home, encoding: "utf8" });
  const { diagnostics }: { diagnostics: readonly Diagnostic[] } = stdout.startsWith("{") ? JSON.parse(stdout) : { diagnostics: [] };
  return { status, stderr: stderr + (stdout.startsWith("{") ? "" : stdout), reports: diagnostics.map(report).sort() };
}

function report({ code, message, filename, labels }: Diagnostic): string {
  const span = labels[0]?.span;
  return `${filename.replaceAll("\\", "/")}:${span?.line}:${span?.column} ${/\((.+)\)/u.exec(code)?.[1] ?? code}: ${message}`;
}

describe("oxlint", () => {
  it("reports what ESLint reports", async () => {
    const overrideConfig = [plugin.configs.all, { files: ["**/*.ts"], languageOptions: { parser } }];
    const results = await new ESLint({ cwd: home, overrideConfigFile: true, overrideConfig }).lintFiles(["src"]);
    const expected = results.flatMap(({ filePath, messages }) =>
      messages.map(({ line, column, ruleId, message }) => `${path.relative(home, filePath).split(path.sep).join("/")}:${line}:${column} ${ruleId?.replace("query-guard/", "")}: ${message}`),
    );
    expect(expected.length).toBeGreaterThan(10);
    expect(oxlint({ rules: plugin.configs.all.rules }, "src").reports).toEqual(expected.sort());
  }, 120_000);

  it("takes settings, and says which are none", () => {
    const { reports } = oxlint({ rules: { "query-guard/require-where": "error" }, settings: { "query-guard": { smallTable: ["a"] } } }, "src/main.ts");
    expect(reports).toEqual([expect.stringContaining('settings["query-guard"].smallTable is not a setting; did you mean `smallTables`?')]);
  });

  it("refuses an unknown option", () => {
    const { status, stderr } = oxlint({ rules: { "query-guard/require-where": ["error", { allows: [] }] } }, "src/main.ts");
    expect(status).not.toBe(0);
    expect(stderr).toContain("allows");
  });
});
