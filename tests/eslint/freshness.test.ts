/** One process that lints for days: what another file says is seen as it is now. */
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { ESLint } from "eslint";
import { afterEach, beforeEach, expect, it } from "vitest";
import { analysisCounters } from "../../src/analyze.js";
import { plugin } from "../../src/plugin.js";
import { projectCounters } from "../../src/project/graph.js";

let directory: string;

beforeEach(() => {
  directory = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), "query-guard-fresh-")));
  write("package.json", '{ "name": "shop", "type": "module", "dependencies": { "pg": "8" } }');
  write("src/db.js", 'import { Pool } from "pg";\nexport const pool = new Pool();\n');
  write("src/orders.js", READS);
});

afterEach(() => fs.rmSync(directory, { recursive: true, force: true }));

const READS = 'import { pool } from "./db.js";\nexport async function load(id) { return await pool.query("SELECT status FROM orders WHERE id = $1", [id]); }\n';
const COUNTS = "const seen = new Map();\nexport async function load(id) { return seen.get(id); }\n";
const MAIN = 'import { load } from "./orders.js";\nexport async function all(ids) { for (const id of ids) await load(id); }\n';

function write(file: string, text: string): void {
  const target = path.join(directory, file);
  fs.mkdirSync(path.dirname(target), { recursive: true });
  fs.writeFileSync(target, text);
}

/** Lints as an editor does: text of a buffer, a new instance each time. */
async function lint(text: string, file = "src/main.js"): Promise<string[]> {
  const eslint = new ESLint({ cwd: directory, overrideConfigFile: true, overrideConfig: [plugin.configs.recommended] });
  const [result] = await eslint.lintText(text, { filePath: path.join(directory, file) });
  return (result?.messages ?? []).map((message) => message.ruleId?.split("/")[1] ?? message.message);
}

it("sees a helper that changed in another file", async () => {
  expect(await lint(MAIN)).toEqual(["no-n-plus-one"]);
  write("src/orders.js", COUNTS);
  expect(await lint(MAIN)).toEqual([]);
  write("src/orders.js", READS);
  expect(await lint(MAIN)).toEqual(["no-n-plus-one"]);
});

it("sees a helper that comes and goes", async () => {
  fs.rmSync(path.join(directory, "src/orders.js"));
  expect(await lint(MAIN)).toEqual([]);
  write("src/orders.js", READS);
  expect(await lint(MAIN)).toEqual(["no-n-plus-one"]);
  fs.rmSync(path.join(directory, "src/orders.js"));
  expect(await lint(MAIN)).toEqual([]);
});

it("sees a client that is no longer one, two modules away", async () => {
  expect(await lint(MAIN)).toEqual(["no-n-plus-one"]);
  write("src/db.js", "export const pool = { query: async (text) => text.length };\n");
  expect(await lint(MAIN)).toEqual([]);
});

it("judges the text in the buffer, not the file on disk", async () => {
  write("src/main.js", "export const nothing = 1;\n");
  expect(await lint(MAIN)).toEqual(["no-n-plus-one"]);
  const alone = `${READS}export async function all(ids) { for (const id of ids) await load(id); }\n`;
  expect(await lint(alone, "src/orders.js")).toEqual(["no-n-plus-one"]);
});

it("gives the same answer in whatever order files are linted", async () => {
  write("src/main.js", MAIN);
  write("src/other.js", MAIN);
  const order = ["src/main.js", "src/orders.js", "src/db.js", "src/other.js"];
  const results: string[][] = [];
  for (const files of [order, [...order].reverse()]) {
    const found: string[] = [];
    for (const file of files) for (const rule of await lint(fs.readFileSync(path.join(directory, file), "utf8"), file)) found.push(`${file} ${rule}`);
    results.push(found.sort());
  }
  expect(results[0]).toEqual(["src/main.js no-n-plus-one", "src/other.js no-n-plus-one"]);
  expect(results[1]).toEqual(results[0]);
});

it("parses a module once for all that import it, and analyses a file once for all rules", async () => {
  write("src/orders.js", `${READS}// another text, so that no other test has parsed it\n`);
  await lint(MAIN);
  const before = { ...projectCounters(), ...analysisCounters() };
  for (const name of ["a", "b", "c", "d"]) await lint(MAIN, `src/${name}.js`);
  const after = { ...projectCounters(), ...analysisCounters() };
  expect(after.parses - before.parses).toBe(0);
  expect(after.analyses - before.analyses).toBe(4);
  await lint("export const total = (items) => items.map((item) => item.price);\n", "src/e.js");
  expect(analysisCounters().gated - after.gated).toBe(1);
});
