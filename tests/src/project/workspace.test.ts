/** How imports are resolved in real directories. */
import fs from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { nodeHost, type Host } from "../../../src/host.js";
import { FileGraph, ProjectGraph } from "../../../src/project/graph.js";
import { workspaceOf } from "../../../src/project/workspace.js";
import { parseModule, type SourceModule } from "../../../src/syntax/source-module.js";
import { directoryOf } from "../facts/support.js";

type Files = Readonly<Record<string, string>>;

/** What an import of `src/main.ts` (or of another file) means: a path below the root, or the package. */
function resolved(root: string, specifier: string, from = "src/main.ts", cwd = root): string {
  const found = graphOf(root, cwd).resolve(specifier, path.join(root, from));
  return "module" in found ? path.relative(root, found.module.path).split(path.sep).join("/") : `package ${found.specifier}`;
}

function graphOf(root: string, cwd = root, host: Host = nodeHost): ProjectGraph {
  return new ProjectGraph(host, cwd);
}

const json = (value: unknown): string => JSON.stringify(value);
const CODE = "export const db = 1;\n";

describe("one package", () => {
  const files: Files = {
    "package.json": json({ name: "app", dependencies: { pg: "8" }, imports: { "#db": "./src/db.ts" } }),
    "tsconfig.json": json({ compilerOptions: { baseUrl: ".", paths: { "@/*": ["./src/*"], "~db": ["./src/db.ts"] } } }),
    "src/main.ts": CODE,
    "src/db.ts": CODE,
    "src/view.tsx": "export const View = () => <div />;",
    "src/old.js": CODE,
    "src/mod.mts": CODE,
    "src/lib/index.ts": CODE,
    "src/both.ts": CODE,
    "src/both.js": CODE,
    "src/types.d.ts": "export declare const x: number;",
    "src/data.json": "{}",
    "src/broken.ts": "export const = = = (((",
    "node_modules/pg/package.json": json({ name: "pg", main: "index.js" }),
    "node_modules/pg/index.js": "module.exports = {};",
  };
  const root = directoryOf(files);

  it.each([
    ["./db", "src/db.ts"],
    ["./db.js", "src/db.ts"],
    ["./db.ts", "src/db.ts"],
    ["./view", "src/view.tsx"],
    ["./view.js", "src/view.tsx"],
    ["./view.jsx", "src/view.tsx"],
    ["./old", "src/old.js"],
    ["./old.js", "src/old.js"],
    ["./mod.mjs", "src/mod.mts"],
    ["./lib", "src/lib/index.ts"],
    ["./lib/index.js", "src/lib/index.ts"],
    ["./both.js", "src/both.ts"],
    ["../src/db", "src/db.ts"],
    ["@/db", "src/db.ts"],
    ["@/lib", "src/lib/index.ts"],
    ["@/db.js", "src/db.ts"],
    ["~db", "src/db.ts"],
    ["#db", "src/db.ts"],
    ["./main", "src/main.ts"],
    ["./types", "package ./types"],
    ["./data.json", "package ./data.json"],
    ["./gone", "package ./gone"],
    ["@/gone", "package @/gone"],
    ["./broken", "package ./broken"],
    ["pg", "package pg"],
    ["node:fs", "package node:fs"],
    ["fs", "package fs"],
    ["unknown", "package unknown"],
    ["", "package "],
    [".", "package ."],
  ])("%s → %s", (specifier, expected) => {
    expect(resolved(root, specifier)).toBe(expected);
  });

  it("gives the linted file itself, not what is on disk", () => {
    const own = parseModule(path.join(root, "src/main.ts"), "export const fresh = 1;");
    if (!own) throw new Error("no module");
    const graph = new FileGraph(new ProjectGraph(nodeHost, root), own);
    const back = graph.resolve("./main", path.join(root, "src/db.ts"));
    expect("module" in back && back.module === own).toBe(true);
  });

  it("never reads node_modules", () => {
    const read: string[] = [];
    const host: Host = { ...nodeHost, readText: (file) => (read.push(file), nodeHost.readText(file)) };
    const graph = graphOf(root, root, host);
    graph.resolve("pg", path.join(root, "src/main.ts"));
    graph.resolve("./db", path.join(root, "src/main.ts"));
    expect(read.filter((file) => file.includes("node_modules"))).toEqual([]);
    expect(graph.size).toBe(1);
  });

  it("knows the dependencies of the package", () => {
    const workspace = workspaceOf(root, nodeHost);
    expect(workspace.uses(path.join(root, "src/main.ts"), "pg")).toBe(true);
    expect(workspace.uses(path.join(root, "src/main.ts"), "mysql2")).toBe(false);
    expect(workspace.versionOf(path.join(root, "src/main.ts"), "pg")).toBe("8");
    expect(workspace.versionOf(path.join(root, "src/main.ts"), "mysql2")).toBeUndefined();
    expect(workspace.packageOf(path.join(root, "src/lib/index.ts"))).toMatchObject({ name: "app", directory: root });
  });
});

describe("workspaces without an install", () => {
  const packages: Files = {
    "packages/db/package.json": json({ name: "@acme/db", main: "src/index.ts", dependencies: { pg: "8" } }),
    "packages/db/src/index.ts": CODE,
    "packages/db/src/client.ts": CODE,
    "packages/exported/package.json": json({ name: "@acme/exported", exports: { ".": "./src/main.ts", "./client": { import: "./src/client.ts", types: "./src/client.ts" }, "./deep/*": "./src/deep/*.ts" } }),
    "packages/exported/src/main.ts": CODE,
    "packages/exported/src/client.ts": CODE,
    "packages/exported/src/deep/a.ts": CODE,
    "packages/built/package.json": json({ name: "@acme/built", main: "dist/index.js" }),
    "packages/built/src/index.ts": CODE,
    "packages/plain/package.json": json({ name: "plain" }),
    "packages/plain/index.ts": CODE,
    "packages/plain/util/index.ts": CODE,
    "apps/web/package.json": json({ name: "web", dependencies: { "@acme/db": "workspace:*" } }),
    "apps/web/tsconfig.json": json({ compilerOptions: { paths: { "@/*": ["./src/*"] } } }),
    "apps/web/src/main.ts": CODE,
    "apps/web/src/db.ts": CODE,
    "apps/api/package.json": json({ name: "api", dependencies: {} }),
    "apps/api/tsconfig.json": json({ extends: "../../tsconfig.base.json" }),
    "apps/api/src/main.ts": CODE,
    "tsconfig.base.json": json({ compilerOptions: { paths: { "@db/*": ["./packages/db/src/*"] } } }),
  };
  const kinds: Readonly<Record<string, Files>> = {
    pnpm: { "package.json": json({ name: "root" }), "pnpm-workspace.yaml": "packages:\n  - packages/*\n  - apps/*\n" },
    npm: { "package.json": json({ name: "root", workspaces: ["packages/*", "apps/*"] }) },
  };
  for (const [kind, head] of Object.entries(kinds)) {
    const root = directoryOf({ ...head, ...packages });
    for (const cwd of [root, path.join(root, "apps/web")]) {
      it.each([
        ["@acme/db", "packages/db/src/index.ts"],
        ["@acme/db/client", "packages/db/src/client.ts"],
        ["@acme/db/src/client", "packages/db/src/client.ts"],
        ["@acme/exported", "packages/exported/src/main.ts"],
        ["@acme/exported/client", "packages/exported/src/client.ts"],
        ["@acme/exported/deep/a", "packages/exported/src/deep/a.ts"],
        ["@acme/built", "packages/built/src/index.ts"],
        ["plain", "packages/plain/index.ts"],
        ["plain/util", "packages/plain/util/index.ts"],
        ["@/db", "apps/web/src/db.ts"],
        ["@acme/gone", "package @acme/gone"],
      ])(`${kind}, from ${path.relative(root, cwd) || "the root"}: %s → %s`, (specifier, expected) => {
        expect(resolved(root, specifier, "apps/web/src/main.ts", cwd)).toBe(expected);
      });
    }

    it(`${kind}: follows paths of an extended configuration`, () => {
      expect(resolved(root, "@db/client", "apps/api/src/main.ts")).toBe("packages/db/src/client.ts");
      expect(resolved(root, "@/db", "apps/api/src/main.ts")).toBe("package @/db");
    });

    it(`${kind}: knows what a package uses through another`, () => {
      const workspace = workspaceOf(root, nodeHost);
      expect(workspace.uses(path.join(root, "apps/web/src/main.ts"), "pg")).toBe(true);
      expect(workspace.uses(path.join(root, "apps/api/src/main.ts"), "pg")).toBe(false);
    });
  }
});

describe("what changes and what is broken", () => {
  const texts = (found: ReturnType<ProjectGraph["resolve"]>): string | undefined => ("module" in found ? found.module.text : undefined);

  it("reads a changed file again with the next graph", () => {
    const root = directoryOf({ "package.json": "{}", "src/main.ts": CODE, "src/db.ts": "export const a = 1;" });
    const from = path.join(root, "src/main.ts");
    const first = graphOf(root);
    expect(texts(first.resolve("./db", from))).toBe("export const a = 1;");
    fs.writeFileSync(path.join(root, "src/db.ts"), "export const b = 22;");
    // One lint sees one state.
    expect(texts(first.resolve("./db", from))).toBe("export const a = 1;");
    expect(texts(graphOf(root).resolve("./db", from))).toBe("export const b = 22;");
  });

  it("notices a change of the same size", () => {
    const root = directoryOf({ "package.json": "{}", "src/main.ts": CODE, "src/db.ts": "export const a = 1;" });
    const from = path.join(root, "src/main.ts");
    expect(texts(graphOf(root).resolve("./db", from))).toBe("export const a = 1;");
    const file = path.join(root, "src/db.ts");
    fs.writeFileSync(file, "export const a = 2;");
    fs.utimesSync(file, new Date(), new Date(Date.now() + 5_000));
    expect(texts(graphOf(root).resolve("./db", from))).toBe("export const a = 2;");
  });

  it("forgets a file that is gone", () => {
    const root = directoryOf({ "package.json": "{}", "src/main.ts": CODE, "src/db.ts": CODE });
    const from = path.join(root, "src/main.ts");
    expect(texts(graphOf(root).resolve("./db", from))).toBe(CODE);
    fs.rmSync(path.join(root, "src/db.ts"));
    expect(texts(graphOf(root).resolve("./db", from))).toBeUndefined();
  });

  it("keeps the modules it has read", () => {
    const root = directoryOf({ "package.json": "{}", "src/main.ts": CODE, "src/db.ts": CODE });
    const from = path.join(root, "src/main.ts");
    const module = (): SourceModule | undefined => {
      const found = graphOf(root).resolve("./db", from);
      return "module" in found ? found.module : undefined;
    };
    expect(module()).toBe(module());
  });

  it("maps paths of a configuration that extends one which is not installed", () => {
    const root = directoryOf({
      "package.json": json({ name: "app" }),
      "tsconfig.base.json": json({ compilerOptions: { paths: { "~/*": ["./lib/*"] } } }),
      "lib/db.ts": CODE,
      "web/tsconfig.json": '{\n  // the preset of the monorepo\n  "extends": "@acme/typescript-config/nextjs.json",\n  "compilerOptions": { "paths": { "@/*": ["./src/*"], "#db": ["./src/db.ts"], }, },\n}\n',
      "web/src/main.ts": CODE,
      "web/src/db.ts": CODE,
      "api/tsconfig.json": json({ extends: ["@acme/typescript-config/node.json"] }),
      "api/main.ts": CODE,
      "jobs/tsconfig.json": json({ extends: "../tsconfig.base" }),
      "jobs/main.ts": CODE,
    });
    expect(resolved(root, "@/db", "web/src/main.ts")).toBe("web/src/db.ts");
    expect(resolved(root, "#db", "web/src/main.ts")).toBe("web/src/db.ts");
    expect(resolved(root, "@/gone", "web/src/main.ts")).toBe("package @/gone");
    expect(resolved(root, "@/db", "api/main.ts")).toBe("package @/db");
    expect(resolved(root, "~/db", "jobs/main.ts")).toBe("lib/db.ts");
  });

  it("lives with a broken manifest and configuration", () => {
    const root = directoryOf({ "package.json": "{ not json", "tsconfig.json": "{ neither", "src/main.ts": CODE, "src/db.ts": CODE });
    expect(["src/db.ts", "package ./db"]).toContain(resolved(root, "./db"));
    expect(workspaceOf(root, nodeHost).uses(path.join(root, "src/main.ts"), "pg")).toBe(false);
  });

  it("lives with links in a circle and to nowhere", () => {
    const root = directoryOf({ "package.json": json({ name: "root", workspaces: ["packages/*"] }), "packages/a/package.json": json({ name: "a", main: "index.ts" }), "packages/a/index.ts": CODE, "src/main.ts": CODE });
    fs.symlinkSync(root, path.join(root, "packages/loop"));
    fs.symlinkSync(path.join(root, "gone"), path.join(root, "packages/nowhere"));
    fs.symlinkSync(path.join(root, "src/self.ts"), path.join(root, "src/self.ts"));
    expect(resolved(root, "a")).toBe("packages/a/index.ts");
    expect(resolved(root, "./self")).toBe("package ./self");
  });

  it("lives with an unreadable, a binary and an empty file", () => {
    const root = directoryOf({ "package.json": "{}", "src/main.ts": CODE, "src/binary.ts": "a\0b", "src/empty.ts": "", "src/dir.ts/x": "" });
    expect(resolved(root, "./binary")).toBe("package ./binary");
    expect(resolved(root, "./empty")).toBe("src/empty.ts");
    expect(resolved(root, "./dir.ts")).toBe("package ./dir.ts");
  });

  it("resolves nothing from a directory that is not there", () => {
    expect(resolved("/nowhere/at/all", "./db")).toBe("package ./db");
    expect(resolved("/nowhere/at/all", "pg")).toBe("package pg");
  });
});
