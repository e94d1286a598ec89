/** Rule ↔ page ↔ test ↔ index, the presets, and the conventions of messages. */
import fs from "node:fs";
import path from "node:path";
import { ESLint } from "eslint";
import { describe, expect, it } from "vitest";
import { rules } from "../../rules/index.js";
import { COMMON_MESSAGES } from "../../src/eslint/rules.js";
import { plugin } from "../../src/plugin.js";
import { ROOT } from "./modules.js";

const ids = rules.map(({ id }) => id);
const filesIn = (folder: string, ending: string): string[] =>
  fs
    .readdirSync(path.join(ROOT, folder))
    .filter((name) => name.endsWith(ending) && name !== `index${ending}`)
    .map((name) => name.slice(0, -ending.length));
const sorted = (names: readonly string[]): string[] => [...names].sort();

describe("every rule", () => {
  it("has a file, a page and a test of its name, and nothing has that is no rule", () => {
    expect(sorted(ids)).toEqual(sorted([...new Set(ids)]));
    expect(sorted(filesIn("rules", ".ts"))).toEqual(sorted(ids));
    expect(sorted(filesIn("docs/rules", ".md"))).toEqual(sorted(ids));
    expect(sorted(filesIn("tests/rules", ".test.ts"))).toEqual(sorted(ids));
  });

  it.each(rules)("$id describes itself in one sentence without a period", ({ description }) => {
    expect(description).toMatch(/^[A-Z][^.\n]*[^.\s]$/u);
  });

  it.each(rules)("$id has a schema, a description and a default for every option", ({ options, defaults, strictOptions = {} }) => {
    expect(Object.keys(defaults)).toEqual(Object.keys(options));
    for (const [name, schema] of Object.entries(options)) expect(schema.description, name).toMatch(/^[A-Z].*\.$/u);
    for (const name of Object.keys(strictOptions)) expect(options).toHaveProperty(name);
  });

  it.each(rules)("$id leads from ESLint to its page", ({ id }) => {
    expect(plugin.rules?.[id]?.meta?.docs?.url).toBe(`https://github.com/query-guard/eslint-plugin-query-guard/blob/main/docs/rules/${id}.md`);
    expect(plugin.rules?.[id]?.meta).toMatchObject({ type: "problem", hasSuggestions: true });
    expect(plugin.rules?.[id]?.meta).not.toHaveProperty("languages");
  });
});

describe("messages", () => {
  const all = rules.flatMap(({ id, messages }) => Object.entries(messages).map(([name, text]) => ({ name: `${id}.${name}`, text })));

  it.each(all)("$name is one sentence or more on one line", ({ text }) => {
    expect(text).toMatch(/^(?:[A-Z]|\{\{)[^\n\r\t]*$/u);
    // What ends with a part that is filled in gets its period there.
    expect(text).toMatch(/(?:\.|\{\{proposal\}\})$/u);
    expect(text).not.toMatch(/ {2}|\s$|!/u);
  });

  it.each(all)("$name has its table in backticks", ({ text }) => {
    expect(text.replaceAll("`{{table}}`", "")).not.toContain("{{table}}");
  });

  it("of the bridge are on one line too", () => {
    for (const text of Object.values(COMMON_MESSAGES)) expect(text).not.toMatch(/[\n\r]|\s$/u);
  });

  it("use no id of the bridge", () => {
    for (const { messages } of rules) for (const id of Object.keys(COMMON_MESSAGES)) expect(messages).not.toHaveProperty(id);
  });
});

describe("presets", () => {
  it("hold the rules that other tools rely on", () => {
    expect(sorted(ids)).toEqual(["no-n-plus-one", "no-non-sargable-filter", "no-unbounded-select", "no-undefined-filter", "no-unindexed-filter", "no-unindexed-order", "require-foreign-key-index", "require-where"]);
  });

  it.each([
    ["src/orders.ts", true],
    ["src/contest/latest.ts", true],
    ["src/seedling.ts", true],
    ["src/orders.test.ts", false],
    ["packages/api/e2e/login.ts", false],
    ["prisma/seed.ts", false],
    ["db/seeds/products.ts", false],
    ["db/orders-seed.mjs", false],
  ])("apply to code that runs in production: %s", async (file, applies) => {
    const eslint = new ESLint({ cwd: ROOT, overrideConfigFile: true, overrideConfig: [{ files: ["**/*.ts"] }, plugin.configs.recommended] });
    const config = (await eslint.calculateConfigForFile(path.join(ROOT, file))) as { rules?: Record<string, unknown> } | undefined;
    expect(config?.rules?.["query-guard/require-where"] !== undefined).toBe(applies);
  });

  it("are what the rules say of themselves", () => {
    expect(plugin.configs.recommended.rules).toEqual({
      "query-guard/no-unbounded-select": "error",
      "query-guard/require-where": "error",
      "query-guard/no-undefined-filter": "error",
      "query-guard/no-n-plus-one": "error",
      "query-guard/no-unindexed-filter": "error",
      "query-guard/no-unindexed-order": "error",
    });
    expect(plugin.configs.strict.rules).toEqual({
      "query-guard/no-unbounded-select": ["error", { scoped: true }],
      "query-guard/require-where": "error",
      "query-guard/no-undefined-filter": ["error", { reads: "all" }],
      "query-guard/no-n-plus-one": ["error", { updateDifferent: true }],
      "query-guard/no-unindexed-filter": "error",
      "query-guard/no-non-sargable-filter": "error",
      "query-guard/no-unindexed-order": "error",
      "query-guard/require-foreign-key-index": ["error", { filters: false }],
    });
    expect(Object.keys(plugin.configs.all.rules ?? {})).toEqual(ids.map((id) => `query-guard/${id}`));
  });

  it.each(["recommended", "strict", "all"] as const)("%s is a flat config that refers to the plugin", (name) => {
    const config = plugin.configs[name];
    expect(config.name).toBe(`query-guard/${name}`);
    expect(config.plugins).toEqual({ "query-guard": plugin });
    expect(config).not.toHaveProperty("files");
  });
});

describe("the plugin", () => {
  it("says its name and the version of the package, by which ESLint keys its cache", () => {
    const manifest: { name: string; version: string } = JSON.parse(fs.readFileSync(path.join(ROOT, "package.json"), "utf8"));
    expect(plugin.meta).toEqual({ name: manifest.name, version: manifest.version, namespace: "query-guard" });
  });
});
