/** The modules of the project: what an import means, and the parsed file behind it. */
import path from "node:path";
import { BoundedMap } from "../base/bounded-map.js";
import type { Host } from "../host.js";
import { MODULE_EXTENSIONS, parseModule, type SourceModule } from "../syntax/source-module.js";
import type { ModuleGraph } from "../syntax/values.js";
import { workspaceOf, type Workspace } from "./workspace.js";


/** Parsed modules kept between files. A module of 300 lines takes about half a megabyte with its scopes. */
const KEPT_MODULES = 400;

interface Parsed {
  readonly size: number;
  readonly mtimeMs: number;
  readonly module: SourceModule | undefined;
}

const parsed = new BoundedMap<string, Parsed>(KEPT_MODULES);
const counters = { parses: 0, resolutions: 0 };

/** How many modules were parsed and how many imports resolved since the process started. For tests. */
export function projectCounters(): Readonly<typeof counters> {
  return { ...counters };
}

/** The modules of a workspace as they are on disk. Each is checked against the file system once, and again by {@link isCurrent}. */
export class ProjectGraph implements ModuleGraph {
  readonly workspace: Workspace;
  readonly #host: Host;
  readonly #loaded = new Map<string, Loaded>();
  readonly #resolved = new Map<string, string | undefined>();
  /** Where relative imports that led nowhere would have led. */
  readonly #missing = new Set<string>();

  /** Packages that count as used by every file: the settings say so. */
  readonly #used: ReadonlySet<string>;

  constructor(host: Host, cwd: string, used: ReadonlySet<string> = new Set()) {
    this.#host = host;
    this.#used = used;
    this.workspace = workspaceOf(cwd, host);
  }

  /** How many modules were asked for. */
  get size(): number {
    return this.#loaded.size;
  }

  /** What the manifests say of the packages that a file may use. */
  packagesAt(file: string): { readonly uses: (name: string) => boolean; readonly version: (name: string) => string | undefined } {
    return { uses: (name) => this.#used.has(name) || this.workspace.uses(file, name), version: (name) => this.workspace.versionOf(file, name) };
  }

  resolve(specifier: string, from: string): { readonly module: SourceModule } | { readonly specifier: string } {
    const file = this.fileOf(specifier, from);
    const module = file === undefined ? undefined : this.load(file);
    return module ? { module } : { specifier };
  }

  /** The file of the project that an import means. */
  fileOf(specifier: string, from: string): string | undefined {
    const directory = path.dirname(from);
    const key = `${directory}\0${specifier}`;
    if (this.#resolved.has(key)) return this.#resolved.get(key);
    const file = this.#resolve(specifier, from);
    this.#resolved.set(key, file);
    if (file === undefined && specifier.startsWith(".")) this.#missing.add(path.resolve(directory, specifier));
    return file;
  }

  load(file: string): SourceModule | undefined {
    const loaded = this.#loaded.get(file);
    if (loaded) return loaded.module;
    const stat = this.#host.stat(file);
    const known = parsed.get(file);
    let module: SourceModule | undefined;
    if (stat && known?.size === stat.size && known.mtimeMs === stat.mtimeMs) module = known.module;
    else if (stat) {
      const text = this.#host.readText(file);
      counters.parses++;
      module = text === undefined ? undefined : parseModule(file, text);
      parsed.set(file, { size: stat.size, mtimeMs: stat.mtimeMs, module });
    }
    this.#loaded.set(file, { module, size: stat?.size, mtimeMs: stat?.mtimeMs });
    return module;
  }

  /** Is every file that was read still as it was, and every relative import that led nowhere still without a file? */
  isCurrent(): boolean {
    for (const [file, { size, mtimeMs }] of this.#loaded) {
      const stat = this.#host.stat(file);
      if (stat?.size !== size || stat?.mtimeMs !== mtimeMs) return false;
    }
    for (const base of this.#missing) {
      const stem = base.replace(/\.[cm]?jsx?$/u, "");
      if (MODULE_EXTENSIONS.some((extension) => this.#host.stat(stem + extension) !== undefined)) return false;
    }
    return true;
  }

  #resolve(specifier: string, from: string): string | undefined {
    if (specifier.startsWith("node:")) return undefined;
    counters.resolutions++;
    const file = this.workspace.resolve(specifier, from);
    if (file === undefined || file.includes(`${path.sep}node_modules${path.sep}`)) return undefined;
    return MODULE_EXTENSIONS.includes(path.extname(file)) && !file.endsWith(".d.ts") ? file : undefined;
  }
}

interface Loaded {
  readonly module: SourceModule | undefined;
  readonly size: number | undefined;
  readonly mtimeMs: number | undefined;
}

/** The graph as a linted file sees it: its own module is the one that ESLint parsed, not the one on disk. */
export class FileGraph implements ModuleGraph {
  readonly #project: ProjectGraph;
  readonly #own: SourceModule;

  constructor(project: ProjectGraph, own: SourceModule) {
    this.#project = project;
    this.#own = own;
  }

  resolve(specifier: string, from: string): { readonly module: SourceModule } | { readonly specifier: string } {
    const file = this.#project.fileOf(specifier, from);
    if (file === this.#own.path) return { module: this.#own };
    const module = file === undefined ? undefined : this.#project.load(file);
    return module ? { module } : { specifier };
  }
}
