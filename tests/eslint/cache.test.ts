/** ESLint's own cache: a finding must not outlive the schema it was made from. */
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { ESLint } from "eslint";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { plugin } from "../../src/plugin.js";

let directory: string;
const home = process.cwd();

beforeEach(() => {
  directory = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), "query-guard-cache-")));
  write("package.json", '{ "name": "shop", "dependencies": { "pg": "8" } }');
  write("migrations/0001_orders.sql", "CREATE TABLE orders (id integer PRIMARY KEY, reference text NOT NULL);\n");
  write("src/orders.js", 'import { Pool } from "pg";\nconst pool = new Pool();\nexport const find = async (reference) => await pool.query("SELECT id FROM orders WHERE reference = $1 LIMIT 5", [reference]);\n');
  process.chdir(directory);
});

afterEach(() => {
  process.chdir(home);
  fs.rmSync(directory, { recursive: true, force: true });
});

function write(file: string, text: string): void {
  const target = path.join(directory, file);
  fs.mkdirSync(path.dirname(target), { recursive: true });
  fs.writeFileSync(target, text);
}

/** Lints as a new process would: with an instance of its own. */
async function lint(cacheStrategy: "metadata" | "content", settings: object = {}): Promise<string[]> {
  const eslint = new ESLint({
    cwd: directory,
    overrideConfigFile: true,
    overrideConfig: [plugin.configs.recommended, { settings: { "query-guard": settings } }],
    cache: true,
    cacheStrategy,
    cacheLocation: path.join(directory, ".eslintcache"),
  });
  const results = await eslint.lintFiles(["src"]);
  return results.flatMap((result) => result.messages.map((message) => message.ruleId?.split("/")[1] ?? message.message));
}

describe.each(["metadata", "content"] as const)("--cache with the strategy %s", (strategy) => {
  it("looks again when a migration adds the index", async () => {
    expect(await lint(strategy)).toEqual(["no-unindexed-filter"]);
    expect(await lint(strategy)).toEqual(["no-unindexed-filter"]);
    write("migrations/0002_reference.sql", "CREATE INDEX orders_reference ON orders (reference);\n");
    expect(await lint(strategy)).toEqual([]);
    fs.rmSync(path.join(directory, "migrations/0002_reference.sql"));
    expect(await lint(strategy)).toEqual(["no-unindexed-filter"]);
  });

  it("looks again when a setting changes", async () => {
    expect(await lint(strategy)).toEqual(["no-unindexed-filter"]);
    expect(await lint(strategy, { smallTables: ["orders"] })).toEqual([]);
  });

  it("uses the cache when nothing changed", async () => {
    await lint(strategy);
    const cache = path.join(directory, ".eslintcache");
    const before = fs.readFileSync(cache, "utf8");
    await lint(strategy);
    expect(fs.readFileSync(cache, "utf8")).toBe(before);
  });
});
