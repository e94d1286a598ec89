/** The packages of a workspace: their names, their dependencies, and how an import is resolved among them. */
import { createRequire } from "node:module";
import path from "node:path";
import type { Host } from "../host.js";
import { mappingOf } from "./tsconfig.js";

const require = createRequire(import.meta.url);
/** Directories that hold no package of the team. */
const SKIPPED = new Set(["node_modules", ".git", "dist", "build", "out", ".next", ".nuxt", ".turbo", ".cache", "coverage", "vendor", "tmp"]);
const MAX_DIRECTORIES = 4_000;
const MAX_WALK_DEPTH = 5;
const EXTENSIONS = [".ts", ".tsx", ".mts", ".cts", ".js", ".jsx", ".mjs", ".cjs", ".json"];

export interface PackageManifest {
  readonly directory: string;
  readonly name: string | undefined;
  /** The range of versions that each dependency is declared with. */
  readonly dependencies: ReadonlyMap<string, string>;
  readonly hasExports: boolean;
}

export interface Workspace {
  readonly root: string;
  /** The file an import means; undefined when there is none. */
  resolve(specifier: string, from: string): string | undefined;
  /** The package a file is in. */
  packageOf(file: string): PackageManifest | undefined;
  /** Is a package a dependency of the file's package or of the workspace root? */
  uses(file: string, packageName: string): boolean;
  /** The range of versions that the nearest manifest declares for a package: `^0.3.20`. */
  versionOf(file: string, packageName: string): string | undefined;
}

/** The workspace around a working directory, as it is now: what it has read it does not read again. */
export function workspaceOf(cwd: string, host: Host): Workspace {
  const root = rootOf(cwd, host);
  let packages: ReadonlyMap<string, PackageManifest> | undefined;
  const manifests = new Map<string, PackageManifest | undefined>();
  const mapping = mappingOf(root, host);
  let resolver: ((directory: string, specifier: string) => string | undefined) | undefined;

  const manifestAt = (directory: string): PackageManifest | undefined => {
    if (!manifests.has(directory)) manifests.set(directory, readManifest(directory, host));
    return manifests.get(directory);
  };
  const packageOf = (file: string): PackageManifest | undefined => {
    for (let directory = path.dirname(file); ; directory = path.dirname(directory)) {
      const manifest = manifestAt(directory);
      if (manifest) return manifest;
      if (directory === root || directory === path.dirname(directory)) return undefined;
    }
  };

  const versionOf = (file: string, packageName: string): string | undefined => {
    for (let directory = path.dirname(file); ; directory = path.dirname(directory)) {
      const version = manifestAt(directory)?.dependencies.get(packageName);
      if (version !== undefined) return version;
      if (directory === root || directory === path.dirname(directory)) break;
    }
    // In a monorepo the client often is a dependency of the package that wraps it.
    packages ??= packagesBelow(root, host, manifestAt);
    const own = packageOf(file);
    for (const name of own?.dependencies.keys() ?? []) {
      const version = packages.get(name)?.dependencies.get(packageName);
      if (version !== undefined) return version;
    }
    return undefined;
  };

  return {
    root,
    packageOf,
    uses: (file, packageName) => versionOf(file, packageName) !== undefined,
    versionOf,
    resolve(specifier, from) {
      resolver ??= createResolver();
      const directory = path.dirname(from);
      const found = resolver(directory, specifier);
      if (found !== undefined) return found;
      if (specifier.startsWith(".") || path.isAbsolute(specifier)) return undefined;
      for (const mapped of mapping(specifier, directory)) {
        const file = resolver(directory, mapped);
        if (file !== undefined) return file;
      }
      packages ??= packagesBelow(root, host, manifestAt);
      const name = packageNameOf(specifier);
      const target = packages.get(name);
      if (!target) return undefined;
      const rest = specifier.slice(name.length + 1);
      if (target.hasExports) {
        // A package may import itself by its own name: that is how its exports map is followed without an install.
        const file = resolver(target.directory, specifier);
        if (file !== undefined) return file;
      }
      const base = path.join(target.directory, rest);
      return resolver(target.directory, rest === "" ? "." : `./${rest}`) ?? (rest === "" ? resolver(target.directory, "./src") : undefined) ?? resolver(target.directory, `./src/${rest}`) ?? existing(base, host);
    },
  };
}

function createResolver(): (directory: string, specifier: string) => string | undefined {
  const { ResolverFactory } = require("oxc-resolver") as typeof import("oxc-resolver");
  const options = {
    extensions: EXTENSIONS,
    extensionAlias: { ".js": [".ts", ".tsx", ".js"], ".jsx": [".tsx", ".jsx"], ".mjs": [".mts", ".mjs"], ".cjs": [".cts", ".cjs"] },
    conditionNames: ["source", "types", "import", "module", "require", "node", "default"],
    mainFields: ["source", "module", "main"],
  };
  const configured = new ResolverFactory({ ...options, tsconfig: "auto" });
  const plain = new ResolverFactory(options);
  return (directory, specifier) => {
    // A file name is needed so that the nearest tsconfig with its path aliases is found.
    const from = path.join(directory, "index.ts");
    try {
      const found = configured.resolveFileSync(from, specifier);
      // A tsconfig that extends one that is not installed fails every import, the relative ones too.
      return found.path ?? (found.error === undefined ? undefined : plain.resolveFileSync(from, specifier).path) ?? undefined;
    } catch {
      return undefined;
    }
  };
}

function existing(file: string, host: Host): string | undefined {
  for (const candidate of [file, ...EXTENSIONS.map((extension) => file + extension), ...EXTENSIONS.map((extension) => path.join(file, `index${extension}`))]) {
    if (host.stat(candidate)?.kind === "file") return candidate;
  }
  return undefined;
}

/** The outermost directory that declares a workspace, else the working directory's package, else the working directory. */
function rootOf(cwd: string, host: Host): string {
  let root = cwd;
  let nearest: string | undefined;
  for (let directory = cwd; ; directory = path.dirname(directory)) {
    const text = host.readText(path.join(directory, "package.json"));
    if (text !== undefined) nearest ??= directory;
    if (host.stat(path.join(directory, "pnpm-workspace.yaml")) || (text !== undefined && /"workspaces"\s*:/u.test(text))) root = directory;
    if (host.stat(path.join(directory, ".git"))) {
      if (root === cwd) root = directory;
      break;
    }
    if (directory === path.dirname(directory)) break;
  }
  return root === cwd ? (nearest !== undefined && cwd.startsWith(nearest) ? nearest : cwd) : root;
}

function packagesBelow(root: string, host: Host, manifestAt: (directory: string) => PackageManifest | undefined): ReadonlyMap<string, PackageManifest> {
  const packages = new Map<string, PackageManifest>();
  const queue: { readonly directory: string; readonly depth: number }[] = [{ directory: root, depth: 0 }];
  let visited = 0;
  for (let next = queue.shift(); next && visited < MAX_DIRECTORIES; next = queue.shift()) {
    visited++;
    const entries = host.list(next.directory);
    if (entries.some((entry) => entry.name === "package.json" && entry.kind === "file")) {
      const manifest = manifestAt(next.directory);
      if (manifest?.name !== undefined && !packages.has(manifest.name)) packages.set(manifest.name, manifest);
      // Packages do not nest deep; below one that is not the root there is source, not packages.
      if (next.depth > 0 && entries.some((entry) => entry.name === "src")) continue;
    }
    if (next.depth >= MAX_WALK_DEPTH) continue;
    for (const entry of entries) {
      if (entry.kind === "directory" && !SKIPPED.has(entry.name) && !entry.name.startsWith(".")) queue.push({ directory: path.join(next.directory, entry.name), depth: next.depth + 1 });
    }
  }
  return packages;
}

function readManifest(directory: string, host: Host): PackageManifest | undefined {
  const text = host.readText(path.join(directory, "package.json"));
  if (text === undefined) return undefined;
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof json !== "object" || json === null) return undefined;
  const dependencies = new Map<string, string>();
  for (const field of ["dependencies", "devDependencies", "peerDependencies", "optionalDependencies"]) {
    const value: unknown = Reflect.get(json, field);
    if (typeof value !== "object" || value === null) continue;
    for (const [name, version] of Object.entries(value)) if (!dependencies.has(name)) dependencies.set(name, typeof version === "string" ? version : "");
  }
  const name: unknown = Reflect.get(json, "name");
  return { directory, name: typeof name === "string" ? name : undefined, dependencies, hasExports: Reflect.get(json, "exports") !== undefined };
}

function packageNameOf(specifier: string): string {
  const parts = specifier.split("/");
  return specifier.startsWith("@") ? parts.slice(0, 2).join("/") : (parts[0] ?? specifier);
}
