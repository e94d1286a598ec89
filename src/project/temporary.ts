/** Temporary tables of a project: emptying one of them is how it is used. */
import path from "node:path";
import { BoundedMap } from "../base/bounded-map.js";
import type { Host } from "../host.js";
import { MODULE_EXTENSIONS } from "../syntax/source-module.js";

const SKIPPED = new Set(["node_modules", "dist", "build", "out", "coverage", "vendor"]);
const MAX_FILES = 5_000;
/** The search is repeated after this many milliseconds: an editor keeps the process for days. */
const RECHECK_MS = 30_000;
const CREATES = /\bcreate\s+(?:local\s+|global\s+)?temp(?:orary)?\s+table\s+(?:if\s+not\s+exists\s+)?["`[]?(\w+)/giu;

interface Search {
  readonly names: ReadonlySet<string>;
  readonly at: number;
}

const searches = new BoundedMap<string, Search>(4);

/** Names, in lower case, of the tables that a text creates as temporary. */
export function temporaryTablesIn(text: string): readonly string[] {
  return [...text.matchAll(CREATES)].flatMap((match) => match[1]?.toLowerCase() ?? []);
}

/**
 * Names, in lower case, of the tables that some source file of a workspace creates as temporary. Asked only when a statement
 * is about to be reported for writing a whole table that the schema does not have.
 */
export function temporaryTables(root: string, host: Host, now: number = Date.now()): ReadonlySet<string> {
  const known = searches.get(root);
  if (known && now - known.at < RECHECK_MS) return known.names;
  const names = new Set<string>();
  const queue = [root];
  let files = 0;
  for (let directory = queue.pop(); directory !== undefined && files < MAX_FILES; directory = queue.pop()) {
    for (const entry of host.list(directory)) {
      const file = path.join(directory, entry.name);
      if (entry.kind === "directory" && !SKIPPED.has(entry.name) && !entry.name.startsWith(".")) queue.push(file);
      if (entry.kind !== "file" || !(MODULE_EXTENSIONS.includes(path.extname(entry.name)) || entry.name.endsWith(".sql"))) continue;
      files++;
      for (const name of temporaryTablesIn(host.readText(file) ?? "")) names.add(name);
    }
  }
  searches.set(root, { names, at: now });
  return names;
}
