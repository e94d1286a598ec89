/** Temporary tables of a project: emptying one of them is how it is used. */
import path from "node:path";
import { BoundedMap } from "../base/bounded-map.js";
import type { Host } from "../host.js";
import { MODULE_EXTENSIONS } from "../syntax/source-module.js";

const SKIPPED = new Set(["node_modules", "dist", "build", "out", "coverage", "vendor"]);
const MAX_FILES = 5_000;
const CREATES = /\bcreate\s+(?:local\s+|global\s+)?temp(?:orary)?\s+table\s+(?:if\s+not\s+exists\s+)?["`[]?(\w+)/giu;

const found = new BoundedMap<string, ReadonlySet<string>>(4);

/**
 * Names, in lower case, of the tables that some source file creates as temporary. Read once for a workspace, and only when
 * a statement is about to be reported for writing a whole table that the schema does not have.
 */
export function temporaryTables(root: string, host: Host): ReadonlySet<string> {
  const known = found.get(root);
  if (known) return known;
  const names = new Set<string>();
  const queue = [root];
  let files = 0;
  for (let directory = queue.pop(); directory !== undefined && files < MAX_FILES; directory = queue.pop()) {
    for (const entry of host.list(directory)) {
      const file = path.join(directory, entry.name);
      if (entry.kind === "directory" && !SKIPPED.has(entry.name) && !entry.name.startsWith(".")) queue.push(file);
      if (entry.kind !== "file" || !(MODULE_EXTENSIONS.includes(path.extname(entry.name)) || entry.name.endsWith(".sql"))) continue;
      files++;
      for (const match of host.readText(file)?.matchAll(CREATES) ?? []) if (match[1] !== undefined) names.add(match[1].toLowerCase());
    }
  }
  found.set(root, names);
  return names;
}
