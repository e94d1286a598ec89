/** What is known of the modules of a workspace, kept from one linted file to the next as long as no file changes. */
import { adapters } from "../adapters/index.js";
import { BoundedMap } from "../base/bounded-map.js";
import type { Host } from "../host.js";
import type { Dialect, Opaque, Query } from "../query/model.js";
import { Evaluator, type EvaluatorOptions } from "../syntax/evaluate.js";
import type { SourceModule } from "../syntax/source-module.js";
import { ProjectGraph } from "./graph.js";
import { Reach } from "./reach.js";
import { mayIssueQueries, sitesOf } from "./sites.js";

export interface StateOptions {
  readonly host: Host;
  readonly cwd: string;
  readonly dialect: Dialect | undefined;
  /** Clients that the settings name, and the digest of what they say. */
  readonly configured: { readonly clients: EvaluatorOptions["configured"]; readonly key: string; readonly packages: ReadonlySet<string> } | undefined;
}

/** A state that has met more modules is dropped: what it keeps is bounded by them. */
const MAX_MODULES = 500;
/** Imports by alias, package manifests and path mappings are looked at again after this time. */
const MAX_AGE_MS = 60_000;
/** Checking the files takes at most this share of the time between two checks. */
const CHECKING_SHARE = 0.01;

const states = new BoundedMap<string, ProjectState>(2);

/** The state for a workspace; a new one when a file changed. Answers are the same with an old and a new one. */
export function projectState(options: StateOptions, isShared: boolean): ProjectState {
  if (!isShared) return new ProjectState(options);
  const key = `${options.cwd}\0${options.dialect ?? ""}\0${options.configured?.key ?? ""}`;
  const known = states.get(key);
  if (known?.isCurrent()) return known;
  const state = new ProjectState(options);
  states.set(key, state);
  return state;
}

export class ProjectState {
  readonly graph: ProjectGraph;
  readonly values: Evaluator;
  readonly reach: Reach;
  readonly #options: StateOptions;
  readonly #sites = new Map<SourceModule, readonly (Query | Opaque)[]>();
  readonly #madeAt = performance.now();
  #nextCheck = 0;

  constructor(options: StateOptions) {
    this.#options = options;
    this.graph = new ProjectGraph(options.host, options.cwd, options.configured?.packages);
    this.values = new Evaluator({ graph: this.graph, libraries: adapters.map((adapter) => adapter.model), ...(options.configured?.clients && { configured: options.configured.clients }) });
    this.reach = new Reach({ values: this.values, sitesOf: (module) => this.sitesOf(module) });
  }

  /** Recognised sites of a module as it is on disk. */
  sitesOf(module: SourceModule): readonly (Query | Opaque)[] {
    const known = this.#sites.get(module);
    if (known) return known;
    // A module that is asked for while it is read: its own sites do not depend on themselves.
    this.#sites.set(module, []);
    const { dialect } = this.#options;
    const packages = this.graph.packagesAt(module.path);
    const sites = mayIssueQueries(module.text, packages.uses) ? sitesOf(module, { values: this.values, ...(dialect && { dialect }), ...packages }) : [];
    this.#sites.set(module, sites);
    return sites;
  }

  isCurrent(): boolean {
    const now = performance.now();
    if (this.graph.size > MAX_MODULES || now - this.#madeAt > MAX_AGE_MS) return false;
    if (now < this.#nextCheck) return true;
    const current = this.graph.isCurrent();
    const spent = performance.now() - now;
    this.#nextCheck = performance.now() + spent / CHECKING_SHARE;
    return current;
  }
}
