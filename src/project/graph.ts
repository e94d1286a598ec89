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

/** A graph for one linted file. Each module it meets is checked once against the file system. */
export class ProjectGraph implements ModuleGraph {
  readonly #host: Host;
  readonly #own: SourceModule;
  readonly #workspace: Workspace;
  readonly #checked = new Map<string, SourceModule | undefined>();
  readonly #resolved = new Map<string, string | undefined>();

  constructor(host: Host, own: SourceModule, cwd: string) {
    this.#host = host;
    this.#own = own;
    this.#workspace = workspaceOf(cwd, host);
  }

  get workspace(): Workspace {
    return this.#workspace;
  }

  /** Every module that was asked for, the linted file left out. */
  get touched(): readonly string[] {
    return [...this.#checked.keys()];
  }

  resolve(specifier: string, from: string): { readonly module: SourceModule } | { readonly specifier: string } {
    const file = this.#file(specifier, from);
    if (file === undefined) return { specifier };
    if (file === this.#own.path) return { module: this.#own };
    const module = this.#load(file);
    return module ? { module } : { specifier };
  }

  #file(specifier: string, from: string): string | undefined {
    const key = `${path.dirname(from)}\0${specifier}`;
    if (this.#resolved.has(key)) return this.#resolved.get(key);
    const file = this.#resolve(specifier, from);
    this.#resolved.set(key, file);
    return file;
  }

  #resolve(specifier: string, from: string): string | undefined {
    if (specifier.startsWith("node:")) return undefined;
    counters.resolutions++;
    const file = this.#workspace.resolve(specifier, from);
    if (file === undefined || file.includes(`${path.sep}node_modules${path.sep}`)) return undefined;
    return MODULE_EXTENSIONS.includes(path.extname(file)) && !file.endsWith(".d.ts") ? file : undefined;
  }

  #load(file: string): SourceModule | undefined {
    if (this.#checked.has(file)) return this.#checked.get(file);
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
    this.#checked.set(file, module);
    return module;
  }
}

