/** What the pages say of rules and settings is what the code says. */
import fs from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { rules } from "../../rules/index.js";
import { PRESET_NAMES } from "../../src/presets.js";
import type { AnyRule } from "../../src/rule.js";
import { DEFAULT_SETTINGS, DIALECT_NAMES, readSettings } from "../../src/settings.js";
import { pageText, readPage } from "./docs.js";
import { ROOT } from "./modules.js";

const SECTIONS = ["The problem", "How it decides", "Examples", "Options", "When not to use it"];
const LIBRARIES = ["SQL", "Prisma", "Drizzle"];

function optionsTable({ options, defaults, strictOptions = {} }: AnyRule): string[] {
  const values = new Map(Object.entries(defaults));
  const strict = new Map(Object.entries(strictOptions));
  const shown = (value: unknown): string => `\`${JSON.stringify(value).replaceAll(",", ", ")}\``;
  return Object.entries(options).map(
    ([name, { description = "" }]) => `| \`${name}\` | ${shown(values.get(name))} | ${strict.has(name) ? shown(strict.get(name)) : "the same"} | ${description} |`,
  );
}

describe.each(rules)("the page of $id", (rule) => {
  const page = readPage(`rules/${rule.id}.md`);

  it("begins with its name, what it does and its presets", () => {
    const presets = PRESET_NAMES.slice(PRESET_NAMES.indexOf(rule.preset)).map((name) => `\`${name}\``);
    expect(page.lines.slice(0, 5)).toEqual([`# ${rule.id}`, "", `${rule.description}.`, "", `In the presets ${presets.join(", ")}.`]);
  });

  it("has the sections of every page, in their order", () => {
    expect(page.lines.filter((line) => line.startsWith("## ")).map((line) => line.slice(3))).toEqual(SECTIONS);
  });

  it("states every option with its default", () => {
    expect(page.lines.filter((line) => line.startsWith("| `"))).toEqual(optionsTable(rule));
  });

  it("says of every example whether it is good or bad", () => {
    expect(page.unmarked).toEqual([]);
    expect(new Set(page.examples.map(({ verdict }) => verdict))).toEqual(new Set(["bad", "good"]));
  });

  it("has examples for raw SQL, Prisma and Drizzle", () => {
    const titles = page.lines.filter((line) => line.startsWith("### ")).map((line) => line.slice(4));
    expect(titles.sort()).toEqual([...LIBRARIES].sort());
  });
});

describe("the page of the settings", () => {
  const rows = pageText("settings.md")
    .split("\n")
    .filter((line) => /^\| `[a-z]/u.test(line))
    .map((line) => line.split(" | ").map((cell) => cell.replace(/^\| | \|$/gu, "")));

  it("lists every setting with its default", () => {
    const shown = (value: unknown): string => (value === undefined ? "not set" : `\`${JSON.stringify(value)}\``);
    expect(rows.map(([name, value]) => [name, value])).toEqual(Object.entries(DEFAULT_SETTINGS).map(([name, value]) => [`\`${name}\``, shown(value)]));
  });

  it("says what each takes in the words of the error message", () => {
    for (const [name = "", , takes = ""] of rows) {
      const [problem] = readSettings({ [name.replaceAll("`", "")]: Symbol("nothing that is accepted") }).problems;
      expect(problem).toContain(`must be ${takes.replaceAll("`", "")}, but is`);
    }
  });

  it("names every dialect", () => {
    for (const dialect of DIALECT_NAMES) expect(rows[0]?.[2]).toContain(`\`"${dialect}"\``);
  });

  it("quotes the message of a mistake", () => {
    const [problem] = readSettings({ smallTable: [] }).problems;
    expect(pageText("settings.md")).toContain(`> ${problem}`);
  });
});

describe("the page about certainty", () => {
  it("lists every reason why a query is opaque", () => {
    const model = fs.readFileSync(path.join(ROOT, "src/query/model.ts"), "utf8");
    const reasons = [...(/export type OpaqueReason =([^;]+);/u.exec(model)?.[1] ?? "").matchAll(/\| "([a-z-]+)"/gu)].map(([, reason]) => reason);
    const listed = [...pageText("certainty.md").matchAll(/^\| `([a-z-]+)` \|/gmu)].map(([, reason]) => reason);
    expect(reasons.length).toBeGreaterThan(0);
    expect(listed).toEqual(reasons);
  });
});

describe("links between pages", () => {
  const pages = fs.readdirSync(path.join(ROOT, "docs"), { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".md"));

  it.each(pages)("of %s lead somewhere", (name) => {
    const targets = [...pageText(name).matchAll(/\]\((?!https?:|#)([^)#]+)[^)]*\)/gu)].map(([, target]) => target!);
    expect(targets.filter((target) => !fs.existsSync(path.join(ROOT, "docs", path.dirname(name), target)))).toEqual([]);
  });
});
