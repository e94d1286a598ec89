/**
 * The workspace's folders and packages, as far as schema discovery needs them. One bounded walk; afterwards only folders
 * whose time of change moved are listed again.
 */
import path from "node:path";
import type { Host } from "../host.js";

/** Folders that hold no sources of the project. Folders whose name begins with a dot are skipped as well. */
const SKIPPED: ReadonlySet<string> = new Set(["node_modules", "bower_components", "dist", "build", "coverage", "vendor", "target", "tmp", "temp", "__snapshots__", "__mocks__", "__tests__", "__fixtures__", "fixtures", "storybook-static", "playwright-report", "test-results", "Pods", "venv"]);

/** Beyond these, what was found so far counts. A repository of ten thousand packages stays responsive. */
const MAX_DIRECTORIES = 30_000;
const MAX_ENTRIES = 400_000;
const MAX_DEPTH = 24;

export interface Directory {
  readonly path: string;
  /** Names of the files that matter: SQL, Prisma, JavaScript and TypeScript, configuration. */
  readonly files: readonly string[];
  readonly directories: readonly string[];
  readonly mtimeMs: number;
}

export interface Package {
  readonly directory: string;
  readonly name: string | undefined;
  /** Names of everything it depends on, in every section. */
  readonly dependencies: ReadonlySet<string>;
}

const RELEVANT = /\.(?:sql|prisma|[cm]?[jt]s)$|^package\.json$|^_journal\.json$|(?:^query-guard\.schema|\.query-guard)\.json$|^migration_lock\.toml$/u;
const IRRELEVANT = /\.(?:test|spec|stories|d)\.[cm]?[jt]s$|\.min\.js$/u;

export class Workspace {
  readonly root: string;
  readonly #host: Host;
  readonly #directories = new Map<string, Directory>();
  readonly #packages = new Map<string, Package>();
  readonly #packageStamps = new Map<string, string>();
  #found: readonly Directory[] | undefined;

  constructor(host: Host, root: string) {
    this.#host = host;
    this.root = root;
  }

  /** Every folder, parents first, children by name. */
  get directories(): readonly Directory[] {
    this.#found ??= this.#walk();
    return this.#found;
  }

  get packages(): readonly Package[] {
    return this.directories.length === 0 ? [] : [...this.#packages.values()];
  }

  directory(directory: string): Directory | undefined {
    return this.directories.length === 0 ? undefined : this.#directories.get(directory);
  }

  /** The package a file or folder belongs to: the nearest folder above with a package.json; the root if there is none. */
  packageOf(file: string): Package {
    for (let at = file; ; at = path.dirname(at)) {
      const found = this.#packages.get(at);
      if (found !== undefined) return found;
      if (at === this.root || path.dirname(at) === at) return this.#packages.get(this.root) ?? { directory: this.root, name: undefined, dependencies: new Set() };
    }
  }

  /** Walks again; folders that did not change are not listed. True when something relevant came, went or changed. */
  refresh(): boolean {
    const before = this.#found;
    this.#found = this.#walk();
    return before === undefined || before.length !== this.#found.length || before.some((directory, at) => directory !== this.#found?.[at]);
  }

  #walk(): readonly Directory[] {
    const found: Directory[] = [];
    const pending: { readonly directory: string; readonly depth: number }[] = [{ directory: this.root, depth: 0 }];
    let entries = 0;
    for (let next = pending.pop(); next !== undefined && found.length < MAX_DIRECTORIES && entries < MAX_ENTRIES; next = pending.pop()) {
      const { directory, depth } = next;
      const listed = this.#read(directory);
      if (listed === undefined) continue;
      found.push(listed);
      entries += listed.files.length + listed.directories.length;
      if (listed.files.includes("package.json")) this.#readPackage(directory);
      else this.#packages.delete(directory);
      if (depth < MAX_DEPTH) for (const name of [...listed.directories].reverse()) pending.push({ directory: path.join(directory, name), depth: depth + 1 });
    }
    const kept = new Set(found.map((directory) => directory.path));
    for (const gone of [...this.#directories.keys()].filter((directory) => !kept.has(directory))) {
      this.#directories.delete(gone);
      this.#packages.delete(gone);
    }
    return found;
  }

  #read(directory: string): Directory | undefined {
    const stat = this.#host.stat(directory);
    if (stat?.kind !== "directory") return undefined;
    const known = this.#directories.get(directory);
    // A host without times (files in memory) is listed every time.
    if (known !== undefined && known.mtimeMs === stat.mtimeMs && stat.mtimeMs !== 0) return known;
    const files: string[] = [];
    const directories: string[] = [];
    for (const { name, kind } of this.#host.list(directory)) {
      if (kind === "directory") {
        if (!name.startsWith(".") && !SKIPPED.has(name)) directories.push(name);
      } else if (kind === "file" && RELEVANT.test(name) && !IRRELEVANT.test(name)) files.push(name);
    }
    const same = known !== undefined && known.files.join("\0") === files.join("\0") && known.directories.join("\0") === directories.join("\0");
    const listed = same && stat.mtimeMs === 0 ? known : { path: directory, files, directories, mtimeMs: stat.mtimeMs };
    this.#directories.set(directory, listed);
    return listed;
  }

  #readPackage(directory: string): void {
    const file = path.join(directory, "package.json");
    const stat = this.#host.stat(file);
    const stamp = stat === undefined ? "" : `${String(stat.size)}:${String(stat.mtimeMs)}`;
    if (this.#packageStamps.get(directory) === stamp && this.#packages.has(directory)) return;
    this.#packageStamps.set(directory, stamp);
    const read = readPackage(directory, this.#host.readText(file));
    // A package.json that only says `"type": "module"` makes no package.
    if (read !== undefined && (read.name !== undefined || read.dependencies.size > 0 || directory === this.root)) this.#packages.set(directory, read);
    else this.#packages.delete(directory);
  }
}

function readPackage(directory: string, text: string | undefined): Package | undefined {
  const json = parseJson(text);
  if (json === undefined) return undefined;
  const name: unknown = Reflect.get(json, "name");
  const dependencies = new Set<string>();
  for (const section of ["dependencies", "devDependencies", "peerDependencies", "optionalDependencies"]) {
    const entries: unknown = Reflect.get(json, section);
    if (typeof entries === "object" && entries !== null) for (const dependency of Object.keys(entries)) dependencies.add(dependency);
  }
  return { directory, name: typeof name === "string" ? name : undefined, dependencies };
}

function parseJson(text: string | undefined): object | undefined {
  if (text === undefined) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}

/**
 * The root of the workspace that a folder belongs to: the folder itself, unless a folder above declares workspaces that
 * contain it (npm, yarn and bun in package.json, pnpm in pnpm-workspace.yaml). A linter started inside one package of a
 * monorepo finds the schema of its neighbours.
 */
export function workspaceRoot(host: Host, cwd: string): string {
  for (let above = path.dirname(cwd), depth = 0; depth < 8 && above !== path.dirname(above); above = path.dirname(above), depth += 1) {
    const patterns = workspacePatterns(host, above);
    const relative = path.relative(above, cwd).split(path.sep).join("/");
    if (patterns.some((pattern) => matches(pattern, relative))) return above;
    if (host.stat(path.join(above, ".git")) !== undefined) break;
  }
  return cwd;
}

function workspacePatterns(host: Host, directory: string): readonly string[] {
  const json = parseJson(host.readText(path.join(directory, "package.json")));
  const declared: unknown = json === undefined ? undefined : Reflect.get(json, "workspaces");
  const list: unknown = typeof declared === "object" && declared !== null && !Array.isArray(declared) ? Reflect.get(declared, "packages") : declared;
  const patterns = Array.isArray(list) ? (list as readonly unknown[]).filter((pattern) => typeof pattern === "string") : [];
  const pnpm = host.readText(path.join(directory, "pnpm-workspace.yaml")) ?? "";
  const block = /^packages:[ \t]*\n((?:[ \t]*(?:-.*|#.*)?\n?)*)/mu.exec(pnpm)?.[1] ?? "";
  return [...patterns, ...[...block.matchAll(/^[ \t]*-[ \t]*["']?([^"'\s#]+)/gmu)].map((match) => match[1] ?? "")];
}

/** `packages/*`, `apps/**`, `examples/inventory`. Patterns that exclude are ignored: a root too high only costs time. */
function matches(pattern: string, relative: string): boolean {
  if (pattern.startsWith("!")) return false;
  const steps = pattern.replace(/^\.\//u, "").replace(/\/$/u, "").split("/");
  const own = relative.split("/");
  const match = (at: number, position: number): boolean => {
    const step = steps[at];
    if (step === undefined) return position === own.length;
    if (step === "**") return own.slice(position).some((_, skip) => match(at + 1, position + skip)) || match(at + 1, own.length);
    const name = own[position];
    if (name === undefined) return false;
    const parts = step.split("*");
    const isMatch = parts.length === 1 ? step === name : name.startsWith(parts[0] ?? "") && name.endsWith(parts.at(-1) ?? "") && name.length >= step.length - (parts.length - 1);
    return isMatch && match(at + 1, position + 1);
  };
  return match(0, 0);
}
