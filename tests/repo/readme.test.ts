/** The README's output is the demo's, and its configurations and the schema page's examples work as they stand. */
import { spawnSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { ESLint } from "eslint";
import { afterAll, describe, expect, it } from "vitest";
import { pageText, readPage } from "./docs.js";
import { ROOT } from "./modules.js";

const folders: string[] = [];

/** A folder with these files, in which this package and ESLint are installed. */
function project(files: Readonly<Record<string, string>>): string {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "query-guard-readme-"));
  folders.push(folder);
  fs.symlinkSync(path.join(ROOT, "node_modules"), path.join(folder, "node_modules"), "junction");
  for (const [name, text] of Object.entries({ "package.json": '{ "name": "shop", "private": true, "type": "module", "dependencies": { "pg": "8" } }', ...files })) {
    fs.mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    fs.writeFileSync(path.join(folder, name), text);
  }
  return folder;
}

afterAll(() => {
  for (const folder of folders) fs.rmSync(folder, { recursive: true, force: true });
});

const onOneLine = (text: string): string => text.replace(/\s+/gu, " ").trim();

/** The blocks of a page in one language; plain ones have none. */
function blocks(page: string, language: string): string[] {
  return [...pageText(page).matchAll(/^```(\w*)\n(.*?)^```$/gmsu)].filter(([, name]) => name === language).map(([, , text]) => text!);
}

describe("the output in the README", () => {
  const home = path.join(ROOT, "examples/inventory");
  const demo = spawnSync(process.execPath, ["demo.mjs"], { cwd: home, encoding: "utf8" });
  const output = (demo.stdout + demo.stderr).replaceAll(home + path.sep, "").replaceAll("\\", "/");
  const [shown = ""] = blocks("../README.md", "");

  it.each(shown.trim().split("\n\n").map((part) => ({ name: part.split("\n")[0], part })))("is what the demo prints: $name", ({ name, part }) => {
    if (onOneLine(output).includes(onOneLine(part))) return;
    // The README is to be brought up to date with this.
    const real = output.split("\n\n").find((found) => found.trimStart().startsWith(name!)) ?? output.split("\n").find((line) => line.startsWith("query-guard:"));
    expect(part).toBe(real);
  });

  it("is right that the corrected report has no finding", () => {
    expect(output).toContain("src/reports/low-stock.incident.ts");
    expect(output).not.toContain("src/reports/low-stock.ts");
  });
});

const BAD = 'import { Pool } from "pg";\nconst pool = new Pool();\nexport async function clear() {\n  await pool.query("DELETE FROM sessions");\n}\n';

describe.each(["../README.md", "schema.md"])("the configurations in %s", (page) => {
  const configs = blocks(page, "js").flatMap((text) => {
    const file = /^\/\/ (eslint\.config\.\S+)/u.exec(text)?.[1];
    return file === undefined ? [] : [{ file, text, language: text.includes(".ts") ? "TypeScript" : "JavaScript" }];
  });

  it("are there", () => {
    expect(configs.length).toBeGreaterThan(0);
  });

  it.each(configs)("work: $file for $language", async ({ file, text, language }) => {
    const name = language === "TypeScript" ? "src/clear.ts" : "src/clear.js";
    const folder = project({ [file]: text, [name]: BAD });
    const [linted] = await new ESLint({ cwd: folder }).lintFiles(["src"]);
    expect(linted?.messages.map(({ ruleId }) => ruleId)).toEqual(["query-guard/require-where"]);
  });
});

describe("the examples in the page about the schema", () => {
  const page = readPage("schema.md");

  it.each(page.examples)("line $line: $title", async ({ code, verdict }) => {
    const config = blocks("../README.md", "js").find((text) => text.includes("@typescript-eslint/parser"))!;
    const folder = project({ ...page.files, "eslint.config.js": config, "src/example.ts": code });
    const [linted] = await new ESLint({ cwd: folder }).lintFiles(["src"]);
    expect(linted?.messages.map(({ ruleId }) => ruleId)).toEqual(verdict === "bad" ? ["query-guard/no-unindexed-filter"] : []);
  });
});
