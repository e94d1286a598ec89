/** Runs commands the way the program does, in a folder of their own. */
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { run } from "../../src/cli/program.js";
import type { ExitCode } from "../../src/cli/terminal.js";
import { readSnapshot, type Snapshot, type SnapshotIndex, type SnapshotTable } from "../../src/schema/snapshot.js";

export interface Ended {
  readonly code: ExitCode;
  readonly out: string;
  readonly err: string;
}

/** Runs the command line in `cwd`, as a script would: nobody watches. */
export async function cli(cwd: string, args: readonly string[], env: Readonly<Record<string, string>> = {}, interactive = false): Promise<Ended> {
  let out = "";
  let err = "";
  const code = await run(args, {
    cwd,
    env,
    interactive,
    out: (text) => {
      out += text;
    },
    err: (text) => {
      err += text;
    },
  });
  return { code, out, err };
}

export function temporaryFolder(): string {
  return fs.mkdtempSync(path.join(os.tmpdir(), "query-guard-cli-"));
}

/** The snapshot that a command wrote. */
export function written(folder: string, name = "query-guard.schema.json"): Snapshot {
  const reading = readSnapshot(fs.readFileSync(path.join(folder, name), "utf8"));
  if (!("snapshot" in reading)) throw new Error(reading.problem);
  return reading.snapshot;
}

export function tableIn(snapshot: Snapshot, name: string): SnapshotTable {
  const found = snapshot.tables.find((table) => table.name === name);
  if (found === undefined) throw new Error(`no table ${name} among ${snapshot.tables.map((table) => table.name).join(", ")}`);
  return found;
}

/** Indexes by name. */
export function indexesOf(table: SnapshotTable): Record<string, SnapshotIndex> {
  return Object.fromEntries(table.indexes.map((index) => [index.name ?? "(rowid)", index]));
}
