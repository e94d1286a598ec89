/** Finds the driver of a database: the user's project has it, not this package. */
import { createRequire } from "node:module";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { CommandError } from "../terminal.js";

export type DriverName = "pg" | "mysql2" | "sql.js";

/** What each of them reads, and what of it is imported. */
const DRIVERS: Readonly<Record<DriverName, { readonly reads: string; readonly entry: string }>> = {
  pg: { reads: "PostgreSQL", entry: "pg" },
  mysql2: { reads: "MySQL or MariaDB", entry: "mysql2/promise" },
  "sql.js": { reads: "SQLite with this version of Node", entry: "sql.js" },
};

/**
 * Loads a driver: that of the project in `cwd`, or one that is installed beside this package. `accepts` checks the parts
 * of it that are used.
 */
export async function loadDriver<Driver>(name: DriverName, cwd: string, accepts: (module: unknown) => module is Driver): Promise<Driver> {
  const { reads, entry } = DRIVERS[name];
  const file = [path.join(cwd, "package.json"), import.meta.url].map((from) => resolved(entry, from)).find((found) => found !== undefined);
  if (file === undefined) throw new CommandError(`reading ${reads} needs the package \`${name}\`, which is not installed here. Install it: npm install --save-dev ${name}.`);
  const module: unknown = await import(pathToFileURL(file).href);
  // A CommonJS module has its exports in the default one.
  const candidates = [module, typeof module === "object" && module !== null ? Reflect.get(module, "default") : undefined];
  for (const candidate of candidates) if (accepts(candidate)) return candidate;
  throw new CommandError(`the installed version of \`${name}\` has another interface than the known ones. Install a newer one: npm install --save-dev ${name}@latest.`);
}

function resolved(entry: string, from: string): string | undefined {
  try {
    return createRequire(from).resolve(entry);
  } catch {
    return undefined;
  }
}

/** A member of an object or a function that is not known otherwise. */
export function memberOf(value: unknown, name: string): unknown {
  return (typeof value === "object" && value !== null) || typeof value === "function" ? Reflect.get(value, name) : undefined;
}
