/**
 * The file of the workspace that an import means, by the names of files alone: relative paths, packages of the
 * workspace, and aliases by the end of the path (`@server/models/User` is the only file that ends in `models/User.ts`).
 */
import { isBuiltin } from "node:module";
import path from "node:path";
import type { Package, Workspace } from "./discover-workspace.js";

const ENDINGS: readonly string[] = [".ts", ".tsx", ".mts", ".cts", ".js", ".mjs", ".cjs", ".jsx"];

/** `installed` is a package outside the workspace; `unknown` what no file, or several, could be. */
export type Resolution = { readonly file: string } | "installed" | "unknown";

export class Imports {
  readonly #workspace: Workspace;
  /** Paths without their ending, by the last step of it; for the walk they were made from. */
  #byName: { readonly of: readonly unknown[]; readonly names: ReadonlyMap<string, readonly string[]> } | undefined;

  #resolved: { readonly of: readonly unknown[]; readonly known: Map<string, Resolution> } | undefined;

  constructor(workspace: Workspace) {
    this.#workspace = workspace;
  }

  resolve(specifier: string, from: string): Resolution {
    const of = this.#workspace.directories;
    if (this.#resolved?.of !== of) this.#resolved = { of, known: new Map() };
    const key = `${path.dirname(from)}\0${specifier}`;
    const known = this.#resolved.known.get(key) ?? this.#resolve(specifier, path.dirname(from));
    this.#resolved.known.set(key, known);
    return known;
  }

  #resolve(specifier: string, directory: string): Resolution {
    const found = (file: string | undefined): Resolution => (file === undefined ? "unknown" : { file });
    if (specifier.startsWith(".")) return found(this.#file(path.resolve(directory, specifier)));
    const own = this.#workspace.packageOf(directory);
    const steps = specifier.split("/");
    const name = specifier.startsWith("@") ? steps.slice(0, 2).join("/") : (steps[0] ?? "");
    const neighbour = this.#workspace.packages.find((candidate) => candidate.name === name);
    if (neighbour !== undefined) return found(this.#inPackage(neighbour, steps.slice(name.split("/").length).join("/")));
    if (isBuiltin(name) || own.dependencies.has(name) || this.#workspace.packageOf(this.#workspace.root).dependencies.has(name)) return "installed";
    return found(this.#byEnd(steps, own));
  }

  #inPackage(target: Package, rest: string): string | undefined {
    const inner = rest.replace(/^(?:dist|lib|build)\//u, "");
    const places = inner === "" ? ["src/index", "index", "lib/index", "src/main"] : [inner, `src/${inner}`];
    for (const place of places) {
      const found = this.#file(path.join(target.directory, place));
      if (found !== undefined) return found;
    }
    return undefined;
  }

  /** The longest end of the specifier that one file has; files of the package before others. */
  #byEnd(steps: readonly string[], own: Package): string | undefined {
    for (let from = 0; from < steps.length; from += 1) {
      // `@server/models` and `~server/models` often are the folder `server/models`.
      const end = steps.slice(from).join("/").replace(/\.[cm]?[jt]sx?$/u, "").replace(/^[@~#$]/u, "");
      // The whole of a specifier without a path is a package that nobody declares.
      if (end === "" || (steps.length === 1 && from === 0)) continue;
      const last = end.slice(end.lastIndexOf("/") + 1);
      const found = [...(this.#names().get(last) ?? []), ...(this.#names().get("index") ?? []).filter((file) => path.basename(path.dirname(file)) === last)].filter((file) => {
        const bare = file.replace(/\.[cm]?[jt]sx?$/u, "").split(path.sep).join("/");
        return bare.endsWith(`/${end}`) || bare.endsWith(`/${end}/index`);
      });
      const near = found.filter((file) => file.startsWith(own.directory + path.sep));
      const chosen = near.length > 0 ? near : found;
      if (chosen.length === 1) return chosen[0];
      if (chosen.length > 1) return undefined;
    }
    return undefined;
  }

  #names(): ReadonlyMap<string, readonly string[]> {
    const of = this.#workspace.directories;
    if (this.#byName?.of === of) return this.#byName.names;
    const names = new Map<string, string[]>();
    for (const directory of of) {
      for (const file of directory.files) {
        if (!/\.[cm]?[jt]s$/u.test(file)) continue;
        const name = file.replace(/\.[cm]?[jt]s$/u, "");
        const list = names.get(name) ?? [];
        list.push(path.join(directory.path, file));
        names.set(name, list);
      }
    }
    this.#byName = { of, names };
    return names;
  }

  /** `./user`, `./user.js` (of user.ts), `./user/index.ts` */
  #file(target: string): string | undefined {
    const has = (file: string): boolean => this.#workspace.directory(path.dirname(file))?.files.includes(path.basename(file)) === true;
    if (has(target)) return target;
    const stem = target.replace(/\.[cm]?jsx?$/u, "");
    for (const base of stem === target ? [target] : [target, stem]) for (const ending of ENDINGS) if (has(base + ending)) return base + ending;
    for (const ending of ENDINGS) if (has(path.join(target, `index${ending}`))) return path.join(target, `index${ending}`);
    return undefined;
  }
}
