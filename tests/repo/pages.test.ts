/** What the README and the pages about the project say is what the code says. */
import fs from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { rules } from "../../rules/index.js";
import { adapters } from "../../src/adapters/index.js";
import { memoryHost } from "../../src/host.js";
import { PRESET_NAMES, presetRules } from "../../src/presets.js";
import type { AnyRule } from "../../src/rule.js";
import { SchemaIndex } from "../../src/schema/load.js";
import { pageText, readPage } from "./docs.js";
import { ROOT } from "./modules.js";

const README = "../README.md";
const PAGES = [README, "architecture.md", "contributing.md", "schema.md", "snapshot.md", "libraries/README.md"];
const manifest: { scripts: Record<string, string>; dependencies: Record<string, string> } = JSON.parse(fs.readFileSync(path.join(ROOT, "package.json"), "utf8"));

/** Text of a file of the project. */
const source = (file: string): string => fs.readFileSync(path.join(ROOT, file), "utf8");

/** The lines below a heading, up to the next one. */
function section(page: string, heading: string): string[] {
  const lines = pageText(page).split("\n");
  const start = lines.findIndex((line) => /^#+ /u.test(line) && line.replace(/^#+ /u, "") === heading);
  expect(start, `no "${heading}" in ${page}`).toBeGreaterThan(-1);
  const length = lines.slice(start + 1).findIndex((line) => /^#+ /u.test(line));
  return lines.slice(start + 1, length < 0 ? undefined : start + 1 + length);
}

/** The cells of the table below a heading, without its head. */
function table(page: string, heading: string): string[][] {
  const rows = section(page, heading).filter((line) => line.startsWith("| "));
  return rows.slice(2).map((line) => line.slice(2, -2).split(" | "));
}

const inBackticks = (text: string): string[] => [...text.matchAll(/`([^`]+)`/gu)].map(([, inner]) => inner!);

/** The name by which a link reaches a heading. */
const anchorOf = (heading: string): string => heading.toLowerCase().replace(/[^\p{L}\p{N}\s-]/gu, "").trim().replace(/\s/gu, "-");

describe.each(PAGES)("%s", (page) => {
  const lines = pageText(page).split("\n");
  const links = [...pageText(page).matchAll(/\]\((?!https?:)([^)#]*)(?:#([^)]+))?\)/gu)].map(([, file, anchor]) => ({ file: file!, anchor }));

  it("links to what exists", () => {
    const fileOf = (file: string): string => (file === "" ? page : path.join(path.dirname(page), file));
    const wrong = links.filter(({ file, anchor }) => {
      const target = path.join(ROOT, "docs", fileOf(file));
      if (!fs.existsSync(target)) return true;
      return anchor !== undefined && !fs.readFileSync(target, "utf8").split("\n").some((line) => /^#+ /u.test(line) && anchorOf(line) === anchor);
    });
    expect(wrong).toEqual([]);
  });

  it("names files and folders that exist", () => {
    const named = lines.flatMap(inBackticks).filter((text) => /^(?:src|rules|tests|docs|examples)\/[\w./-]*$/u.test(text));
    // schema.md shows how the files of other projects are called.
    const places = page === README ? ["", "examples/inventory"] : [""];
    expect(named.filter((name) => !(page === "schema.md" && name.startsWith("src/")) && !places.some((place) => fs.existsSync(path.join(ROOT, place, name))))).toEqual([]);
  });

  it("names scripts of the package that exist", () => {
    const scripts = [...pageText(page).matchAll(/npm run (\w+)/gu)].map(([, name]) => name!);
    expect(scripts.filter((name) => manifest.scripts[name] === undefined)).toEqual([]);
  });

  it("says of every example whether it is good or bad", () => {
    expect(readPage(page).unmarked).toEqual([]);
  });

  it("has no blanks at the ends of lines and no paths of a machine", () => {
    expect(lines.filter((line) => /\s$|\t/u.test(line))).toEqual([]);
    expect(lines.filter((line) => /(?:^|[\s("'`])\/(?:home|root|tmp|Users|var)\//u.test(line))).toEqual([]);
  });
});

describe("the README", () => {
  const entryOf = (rule: AnyRule, preset: (typeof PRESET_NAMES)[number]): string => {
    const entry = presetRules(preset, rules, "q")[`q/${rule.id}`];
    if (entry === undefined) return "–";
    if (!Array.isArray(entry)) return String(entry);
    return `${String(entry[0])}, \`${JSON.stringify(entry[1]).replace(/([{:,])/gu, "$1 ").replace("}", " }")}\``;
  };

  it("lists every rule with its presets", () => {
    expect(table(README, "Rules")).toEqual(rules.map((rule) => [`[${rule.id}](docs/rules/${rule.id}.md)`, rule.description, entryOf(rule, "recommended"), entryOf(rule, "strict")]));
  });

  it("says how many rules a preset has", () => {
    const sizes = PRESET_NAMES.map((name) => {
      const entries = Object.values(presetRules(name, rules, "q"));
      const more = entries.filter(Array.isArray).length;
      return [`\`${name}\``, `${entries.length} of ${rules.length}${more === 0 ? "" : `, ${more} with more options`}`];
    });
    expect(table(README, "Presets").map((row) => row.slice(0, 2))).toEqual(sizes);
  });

  it("lists every library with packages that are its own", () => {
    const rows = table(README, "Libraries");
    const known = adapters.filter(({ id }) => id !== "sql-wrapper");
    expect(rows.map(([title]) => title).sort()).toEqual(known.map(({ title }) => title).sort());
    for (const [title, packages] of rows) {
      const { model } = known.find((adapter) => adapter.title === title)!;
      expect(inBackticks(packages!).filter((name) => !model.owns(name)), title).toEqual([]);
    }
  });

  it("names the versions of ESLint and Node that the package asks for", () => {
    const { engines, peerDependencies }: { engines: { node: string }; peerDependencies: { eslint: string } } = JSON.parse(source("package.json"));
    expect(engines.node).toBe("^20.19.0 || >=22.12.0");
    expect(pageText(README)).toContain("With Node 20.19, 22.12 or newer");
    expect(peerDependencies.eslint).toBe("^9.24.0 || ^10.0.0");
    expect(pageText(README)).toContain("ESLint 9.24 or newer, or ESLint 10");
  });

  it("names the two commands of a fresh clone", () => {
    expect(section(README, "Try it, or work on it")).toEqual(expect.arrayContaining(["npm ci && npm run demo", "npm ci && npm test"]));
  });
});

describe("the page about the architecture", () => {
  it("states the import law that is enforced", () => {
    const enforced = [...source("tests/repo/imports.test.ts").matchAll(/room: "([^"]+)",\s*files: .*?,\s*may: \[([^\]]*)\]/gsu)].map(([, room, may]) => [
      room!,
      [...may!.matchAll(/"([^"]+)"/gu)].map(([, name]) => name).join(", ") || "nothing",
    ]);
    expect(enforced.length).toBeGreaterThan(10);
    expect(table("architecture.md", "The rooms").map(([room, may]) => [room, may])).toEqual(enforced);
  });

  it("justifies every dependency", () => {
    expect(table("architecture.md", "Dependencies").map(([name]) => inBackticks(name!)[0]).sort()).toEqual(Object.keys(manifest.dependencies).sort());
  });

  it("says which are pinned", () => {
    for (const [name, , , why] of table("architecture.md", "Dependencies")) {
      expect(/pinned/iu.test(why!), name).toBe(/^\d/u.test(manifest.dependencies[inBackticks(name!)[0]!]!));
    }
  });

  it("states the limits of the guard", () => {
    const guard = source("src/sql/guard.ts");
    const longest = /longestText = ([\d_]+)/u.exec(guard)![1]!;
    const number = (text: string): number => Number(text.replace("longestText", longest).replaceAll("_", ""));
    const limits = [...guard.matchAll(/(\w+): \{ length: (\w+), nesting: (\w+), cases: (\w+), operators: (\w+), joins: (\w+)/gu)].map(([, , ...values]) => values.map(number));
    expect(limits).toHaveLength(3);
    expect(table("architecture.md", "The guard").map((row) => row.slice(1, 6).map((cell) => Number(cell.replaceAll(" ", ""))))).toEqual(limits);
  });
});

describe("the page about the schema", () => {
  const SQL = "CREATE TABLE orders (id int PRIMARY KEY);";
  const contents: readonly (readonly [pattern: RegExp, text: string])[] = [
    [/\.prisma$/u, 'datasource db {\n  provider = "postgresql"\n}\nmodel orders {\n  id Int @id\n}\n'],
    [/(?:^|\/)migrations\/[^/]*\.[jt]s$/u, 'exports.up = (db) => db.query("CREATE TABLE orders (id int PRIMARY KEY)");'],
    [/\.ts$/u, 'import { integer, pgTable } from "drizzle-orm/pg-core";\nexport const orders = pgTable("orders", { id: integer("id").primaryKey() });\n'],
    [/\.sql$/u, SQL],
  ];
  const textOf = (file: string): string => contents.find(([pattern]) => pattern.test(file))![1];
  const tablesOf = (files: Readonly<Record<string, string>>): string[] => {
    const all = { "/w/package.json": JSON.stringify({ name: "shop", dependencies: { "drizzle-orm": "0.45" } }), "/w/src/x.ts": "", ...files };
    return new SchemaIndex({ host: memoryHost(all), cwd: "/w" }).schemasFor("/w/src/x.ts").flatMap((schema) => schema.tables.map(({ name }) => name));
  };
  const files = table("schema.md", "Which files").flatMap(([cell]) => inBackticks(cell!).filter((name) => /[\w.]+\.(?:prisma|ts|sql)$|^migrations\/.*\.js$/u.test(name)));
  const beside: Readonly<Record<string, Readonly<Record<string, string>>>> = {
    "drizzle/0000_init.sql": { "/w/drizzle/meta/_journal.json": '{ "dialect": "postgresql", "entries": [{ "tag": "0000_init" }] }' },
    "deploy/orders.sql": { "/w/sqitch.plan": "%project=shop\norders 2024-01-31T12:00:00Z A <a@b.c>\n", "/w/revert/orders.sql": "DROP TABLE orders;" },
  };

  it.each(files)("is right that %s is read", (file) => {
    expect(tablesOf({ [`/w/${file}`]: textOf(file), ...beside[file] })).toEqual(["orders"]);
  });

  it.each(["fixtures/001_orders.sql", "migrations/U1__orders.sql", "migrations/1_orders.down.sql", "migrations/001_orders.ts", ".cache/schema.sql", "vendor/schema.sql", "sql/orders.sql", "src/orders.test.ts"])(
    "is right that %s is not",
    (file) => {
      expect(tablesOf({ [`/w/${file}`]: file.endsWith(".test.ts") ? textOf(file) : SQL })).toEqual([]);
    },
  );
});

describe("the index of the libraries", () => {
  const pages = fs.readdirSync(path.join(ROOT, "docs/libraries")).filter((name) => name !== "README.md");

  it("lists every page", () => {
    const listed = table("libraries/README.md", "Libraries").map((row) => /\((.+)\)/u.exec(row.at(-1)!)?.[1]);
    expect(listed.sort()).toEqual(pages.sort());
  });

  it.each(pages)("leads to a page of the common form: %s", (name) => {
    const headings = pageText(`libraries/${name}`).split("\n").filter((line) => line.startsWith("## "));
    expect(headings[0]).toBe("## What is recognised");
    expect(headings.some((line) => line.startsWith("## What stays "))).toBe(true);
  });
});
