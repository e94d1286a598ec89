/** The project's own source files and what they import, read from the files themselves. */
import fs from "node:fs";
import path from "node:path";
import { parseSync } from "oxc-parser";

export const ROOT = path.resolve(import.meta.dirname, "../..");

/** The specifier of an import that only the running program knows. */
export const COMPUTED = "(computed)";

export interface Import {
  /** As written, or {@link COMPUTED}. */
  readonly specifier: string;
  /** Path from the root, for a file of the project. */
  readonly file: string | undefined;
  /** Nothing of it is left at run time. */
  readonly typeOnly: boolean;
  readonly dynamic: boolean;
}

export interface Module {
  /** Path from the root, with `/`. */
  readonly file: string;
  readonly text: string;
  readonly imports: readonly Import[];
}

/** Every TypeScript file below these folders of the project. */
export function modulesIn(...folders: readonly string[]): Module[] {
  return folders.flatMap((folder) =>
    fs
      .readdirSync(path.join(ROOT, folder), { recursive: true, encoding: "utf8" })
      .filter((name) => name.endsWith(".ts"))
      .map((name) => readModule(path.posix.join(folder, name.split(path.sep).join("/")))),
  );
}

/** One file of the project. */
export function readModule(file: string): Module {
  const text = fs.readFileSync(path.join(ROOT, file), "utf8");
  const { module } = parseSync(file, text);
  const imports: Import[] = [];
  const add = (specifier: string, typeOnly: boolean, dynamic = false): void => {
    const relative = specifier.startsWith(".") ? path.posix.join(path.posix.dirname(file), specifier).replace(/\.js$/u, ".ts") : undefined;
    imports.push({ specifier, file: relative, typeOnly, dynamic });
  };
  for (const { moduleRequest, entries } of module.staticImports) add(moduleRequest.value, entries.length > 0 && entries.every(({ isType }) => isType));
  for (const { entries } of module.staticExports) {
    for (const { moduleRequest, isType } of entries) if (moduleRequest) add(moduleRequest.value, isType);
  }
  for (const { moduleRequest } of module.dynamicImports) {
    const written = text.slice(moduleRequest.start, moduleRequest.end);
    add(/^["'`]/u.test(written) ? written.slice(1, -1) : COMPUTED, false, true);
  }
  return { file, text, imports };
}

/** The files of the project and the packages that loading this file loads. */
export function loadedBy(entry: string): { readonly files: ReadonlySet<string>; readonly packages: ReadonlySet<string> } {
  const files = new Set<string>();
  const packages = new Set<string>();
  const queue = [entry];
  for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
    if (files.has(next)) continue;
    files.add(next);
    for (const { specifier, file, typeOnly, dynamic } of readModule(next).imports) {
      if (typeOnly || dynamic) continue;
      if (file === undefined) packages.add(specifier);
      else queue.push(file);
    }
  }
  return { files, packages };
}
