/** The port for files. Everything the analysis reads comes through it, so that tests and editors can replace it. */
import fs from "node:fs";
import path from "node:path";

export interface FileStat {
  readonly kind: "file" | "directory" | "other";
  readonly size: number;
  readonly mtimeMs: number;
}

export interface Host {
  /** Text of a file; undefined when it is missing, unreadable, binary or larger than {@link MAX_FILE_BYTES}. */
  readText(file: string): string | undefined;
  /** Undefined when there is no such file or it may not be read. Links are followed. */
  stat(file: string): FileStat | undefined;
  /** Entries of a directory, sorted by name; empty when it is missing or may not be read. Links are not followed. */
  list(directory: string): readonly { readonly name: string; readonly kind: FileStat["kind"] }[];
}

/** Larger files are not read: no hand-written source or schema is that large. */
export const MAX_FILE_BYTES = 4 * 1024 * 1024;

/** The file system of this machine. Never throws. */
export const nodeHost: Host = {
  readText(file) {
    try {
      if (fs.statSync(file).size > MAX_FILE_BYTES) return undefined;
      const text = fs.readFileSync(file, "utf8");
      return text.includes("\0") ? undefined : text.replace(/^\uFEFF/u, "");
    } catch {
      return undefined;
    }
  },
  stat(file) {
    try {
      const stat = fs.statSync(file);
      return { kind: kindOf(stat), size: stat.size, mtimeMs: stat.mtimeMs };
    } catch {
      return undefined;
    }
  },
  list(directory) {
    try {
      return fs
        .readdirSync(directory, { withFileTypes: true })
        .map((entry) => ({ name: entry.name, kind: kindOf(entry) }))
        .sort((a, b) => (a.name < b.name ? -1 : 1));
    } catch {
      return [];
    }
  },
};

function kindOf(entry: { isFile(): boolean; isDirectory(): boolean }): FileStat["kind"] {
  if (entry.isFile()) return "file";
  return entry.isDirectory() ? "directory" : "other";
}

/** A host over files held in memory, for tests. Keys are absolute paths. */
export function memoryHost(files: Readonly<Record<string, string>>): Host {
  const paths = Object.keys(files);
  const isDirectory = (file: string): boolean => paths.some((name) => name.startsWith(file.endsWith(path.sep) ? file : file + path.sep));
  return {
    readText: (file) => files[file],
    stat(file) {
      const text = files[file];
      if (text !== undefined) return { kind: "file", size: text.length, mtimeMs: 0 };
      return isDirectory(file) ? { kind: "directory", size: 0, mtimeMs: 0 } : undefined;
    },
    list(directory) {
      const names = new Set<string>();
      for (const name of paths) {
        const relative = path.relative(directory, name);
        if (relative !== "" && !relative.startsWith("..") && !path.isAbsolute(relative)) names.add(relative.split(path.sep)[0] ?? "");
      }
      return [...names].sort().map((name) => ({ name, kind: files[path.join(directory, name)] === undefined ? "directory" : "file" }));
    },
  };
}
