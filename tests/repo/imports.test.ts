/** Who may import whom: the law of docs/architecture.md, read from the files' real imports. Imports of types count. */
import fs from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { COMPUTED, loadedBy, modulesIn, ROOT, type Module } from "./modules.js";

const modules = modulesIn("src", "rules");

/** The rooms, and what each may import besides itself. The first room whose pattern fits a file is its room. */
const LAW: readonly { readonly room: string; readonly files: RegExp; readonly may: readonly string[] }[] = [
  { room: "base", files: /^src\/base\//u, may: [] },
  { room: "host", files: /^src\/host\.ts$/u, may: [] },
  { room: "query", files: /^src\/query\//u, may: ["base"] },
  { room: "syntax", files: /^src\/syntax\//u, may: ["base", "query"] },
  { room: "sql", files: /^src\/sql\//u, may: ["base", "query"] },
  { room: "schema sources", files: /^src\/schema\/sources\//u, may: ["base", "query", "schema", "sql", "syntax", "host"] },
  // Finding and reading the sources of a repository.
  { room: "schema loading", files: /^src\/schema\/(?:discover[^/]*|load|workspace)\.ts$/u, may: ["base", "query", "schema", "schema sources", "host"] },
  { room: "schema", files: /^src\/schema\/[^/]+$/u, may: ["base", "query"] },
  { room: "adapters", files: /^src\/adapters\//u, may: ["base", "query", "sql", "syntax"] },
  { room: "indexes", files: /^src\/indexes\//u, may: ["base", "query", "schema"] },
  { room: "facts", files: /^src\/facts\//u, may: ["base", "query", "syntax", "indexes", "schema"] },
  { room: "project", files: /^src\/project\//u, may: ["base", "query", "syntax", "adapters", "facts", "host"] },
  { room: "settings", files: /^src\/settings\.ts$/u, may: ["query"] },
  {
    room: "analyze",
    files: /^src\/analyze\.ts$/u,
    may: ["base", "query", "syntax", "sql", "adapters", "facts", "project", "schema", "schema loading", "schema sources", "settings", "host"],
  },
  { room: "rule", files: /^src\/rule\.ts$/u, may: ["base", "query", "facts"] },
  { room: "rule index", files: /^rules\/index\.ts$/u, may: ["rule", "rules"] },
  { room: "rules", files: /^rules\//u, may: ["rule"] },
  { room: "eslint", files: /^src\/eslint\//u, may: ["analyze", "rule", "settings"] },
  { room: "presets", files: /^src\/presets\.ts$/u, may: ["rule"] },
  { room: "plugin", files: /^src\/plugin\.ts$/u, may: ["rule index", "eslint", "presets", "analyze", "rule"] },
  { room: "index", files: /^src\/index\.ts$/u, may: ["plugin"] },
  // Nothing else may import the commands.
  { room: "commands", files: /^src\/cli\//u, may: ["schema", "sql", "host", "plugin"] },
];

const COMMANDS = /^src\/cli\//u;

function roomOf(file: string): (typeof LAW)[number] | undefined {
  return LAW.find(({ files }) => files.test(file));
}

/** `file → specifier` for every import that `wrong` finds fault with. */
function offences(wrong: (module: Module, entry: Module["imports"][number]) => boolean, among: readonly Module[] = modules): string[] {
  return among.flatMap((module) => module.imports.filter((entry) => wrong(module, entry)).map(({ specifier }) => `${module.file} → ${specifier}`));
}

describe("the import law", () => {
  it("knows the room of every file", () => {
    expect(modules.filter(({ file }) => roomOf(file) === undefined).map(({ file }) => file)).toEqual([]);
  });

  it("holds", () => {
    const wrong = offences(({ file }, { file: imported }) => {
      if (imported === undefined) return false;
      const own = roomOf(file);
      const other = roomOf(imported);
      return other === undefined || (other.room !== own?.room && own?.may.includes(other.room) !== true);
    });
    expect(wrong).toEqual([]);
  });

  it("lets no rule import another rule", () => {
    expect(offences(({ file }, { file: imported }) => file !== "rules/index.ts" && imported?.startsWith("rules/") === true, modulesIn("rules"))).toEqual([]);
  });

  it("points at files that exist", () => {
    expect(offences((_, { file }) => file !== undefined && !fs.existsSync(path.join(ROOT, file)))).toEqual([]);
  });
});

describe("packages", () => {
  const SQL_PARSERS = ["node-sql-parser", "libpg-query", "@guanmingchiu/sqlparser-ts", "@pgsql/types", "pgsql-ast-parser"];
  const naming = (names: readonly string[]): RegExp => new RegExp(`["'\`](?:${names.map((name) => name.replaceAll("/", "\\/")).join("|")})(?:\\/[^"'\`]*)?["'\`]`, "u");

  it("that read SQL are named in src/sql only", () => {
    const names = naming(SQL_PARSERS);
    expect(modules.filter(({ file, text }) => !file.startsWith("src/sql/") && names.test(text)).map(({ file }) => file)).toEqual([]);
  });

  it("that connect to a database are imported in src/cli only", () => {
    const drivers = /^(?:pg|pg-[^/]+|mysql2?|mariadb|better-sqlite3|sqlite3|node:sqlite|postgres|@electric-sql\/pglite|tedious|mssql|@prisma\/client|drizzle-orm)(?:\/|$)/u;
    expect(offences(({ file }, { specifier }) => !COMMANDS.test(file) && drivers.test(specifier))).toEqual([]);
  });

  it("that connect to a database are loaded when a command needs one, and then those of the project", () => {
    const { packages } = loadedBy("src/cli/main.ts");
    const manifest: { peerDependencies: object; peerDependenciesMeta: Record<string, { optional: boolean }> } = JSON.parse(fs.readFileSync(path.join(ROOT, "package.json"), "utf8"));
    const drivers = Object.keys(manifest.peerDependencies).filter((name) => name !== "eslint");
    expect(drivers).toEqual(["mysql2", "pg", "sql.js"]);
    expect([...packages].filter((name) => drivers.some((driver) => name === driver || name.startsWith(`${driver}/`)))).toEqual([]);
    expect(Object.fromEntries(drivers.map((name) => [name, manifest.peerDependenciesMeta[name]]))).toEqual(Object.fromEntries(drivers.map((name) => [name, { optional: true }])));
  });

  it("of typescript-eslint and ESLint give types, but for the small ones about scopes and syntax", () => {
    const typesOnly = /^(?:@typescript-eslint\/(?!scope-manager$|visitor-keys$)|eslint$|eslint\/|typescript$|estree$|json-schema$)/u;
    expect(offences(({ file }, { specifier, typeOnly }) => !COMMANDS.test(file) && typesOnly.test(specifier) && !typeOnly)).toEqual([]);
  });

  it("of Node reach no network and no other process", () => {
    const outward = /^(?:node:)?(?:https?|http2|net|tls|dgram|dns|child_process|cluster|inspector)(?:\/|$)/u;
    expect(offences(({ file }, { specifier }) => !COMMANDS.test(file) && outward.test(specifier))).toEqual([]);
  });

  it("of Node read files only through the port", () => {
    // The coverage line is written, not read.
    const allowed = new Set(["src/host.ts", "src/eslint/coverage.ts"]);
    const wrong = offences(({ file }, { specifier }) => /^(?:node:)?fs(?:\/|$)/u.test(specifier) && !allowed.has(file) && !COMMANDS.test(file) && !file.startsWith("src/sql/parsers/"));
    expect(wrong).toEqual([]);
  });

  it("that are imported are dependencies", () => {
    const manifest: { dependencies: object; peerDependencies: object } = JSON.parse(fs.readFileSync(path.join(ROOT, "package.json"), "utf8"));
    const known = new Set([...Object.keys(manifest.dependencies), ...Object.keys(manifest.peerDependencies)]);
    // The drivers of the project that a command runs in.
    const mayCompute = "src/cli/database/drivers.ts";
    const wrong = offences((module, { specifier, file, typeOnly }) => {
      if (file !== undefined || typeOnly || specifier.startsWith("node:")) return false;
      if (specifier === COMPUTED) return module.file !== mayCompute;
      return !known.has(specifier.split("/").slice(0, specifier.startsWith("@") ? 2 : 1).join("/"));
    });
    expect(wrong).toEqual([]);
  });
});

describe("importing the plugin", () => {
  it("loads no command, and nothing that only commands need", () => {
    const { files, packages } = loadedBy("src/index.ts");
    expect([...files].filter((file) => COMMANDS.test(file))).toEqual([]);
    expect([...packages]).not.toContain("commander");
  });

  it("loads no parser", () => {
    const small = new Set(["@typescript-eslint/scope-manager", "@typescript-eslint/visitor-keys"]);
    const others = [...loadedBy("src/index.ts").packages].filter((name) => !name.startsWith("node:") && !small.has(name));
    expect(others).toEqual([]);
  });
});
