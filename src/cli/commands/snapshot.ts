/** `query-guard snapshot`: the schema of a live database → one JSON file to commit. */
import fs from "node:fs";
import path from "node:path";
import { parseEnv } from "node:util";
import { InvalidArgumentError } from "commander";
import { MAX_FILE_BYTES } from "../../host.js";
import { readSnapshot, SNAPSHOT_VERSION, writeSnapshot, type Snapshot } from "../../schema/snapshot.js";
import { differences } from "../compare.js";
import { readAddress, readTlsMode, TLS_MODES, type TlsMode } from "../database/address.js";
import { readDatabase } from "../database/connect.js";
import { CommandError, type ExitCode, type Terminal } from "../terminal.js";
import type { AddCommand } from "./index.js";

const DEFAULT_FILE = "query-guard.schema.json";

/** Names under which the plugin finds a snapshot (src/schema/discover.ts). */
const FOUND = /(?:^query-guard\.schema|\.query-guard)\.json$/u;

/** Where every table has fewer rows, it is hardly production. */
const SUSPICIOUSLY_SMALL = 1000;

const MOST_DIFFERENCES = 20;

interface Options {
  readonly urlEnv: string;
  readonly envFile?: string;
  readonly out: string;
  readonly schema: readonly string[];
  readonly tls?: TlsMode;
  readonly ca?: string;
  readonly timeout: number;
  /** False with --no-rows. */
  readonly rows: boolean;
  readonly check?: boolean;
}

export const snapshotCommand: AddCommand = (program, terminal, finish) => {
  program
    .command("snapshot")
    .summary("write the schema of a live database to a file to commit")
    .description("Reads tables, columns, indexes, keys and numbers of rows of a PostgreSQL, MySQL, MariaDB or SQLite database and writes them to one JSON file, which the plugin reads. Changes nothing in the database.")
    .argument("[url]", "address of the database (postgres:, mysql:, mariadb:), or the path of a SQLite file; by default the one in the environment, which stands in no shell history")
    .option("--url-env <name>", "environment variable that holds the address", "DATABASE_URL")
    .option("--env-file <file>", "file with environment variables (.env), for the address")
    .option("-o, --out <file>", "file to write", DEFAULT_FILE)
    .option("--schema <name>", "PostgreSQL: read this schema only; may be repeated", (name: string, names: readonly string[]) => [...names, name], [])
    .option("--tls <mode>", `${TLS_MODES.join(", ")}: as libpq's sslmode, for every server`, tlsMode)
    .option("--ca <file>", "certificates of the authorities that are trusted, in PEM format")
    .option("--timeout <seconds>", "longest time for connecting and for each statement", seconds, 30)
    .option("--no-rows", "leave out numbers of rows and sizes: for a database that is not production")
    .option("--check", "write nothing; exit with 1 where the file has another structure than the database")
    .addHelpText("after", "\nNeeds the driver of the database in the project: pg, mysql2, or sql.js (SQLite with Node before 22.13).")
    .action(async (url: string | undefined, options: Options) => {
      finish(await snapshot(url, options, terminal));
    });
};

function tlsMode(word: string): TlsMode {
  try {
    return readTlsMode(word);
  } catch {
    throw new InvalidArgumentError(`Use one of ${TLS_MODES.join(", ")}.`);
  }
}

function seconds(text: string): number {
  const number = Number(text);
  if (!(number > 0 && number <= 3600)) throw new InvalidArgumentError("It must be a number of seconds, more than 0 and 3600 at most.");
  return number;
}

async function snapshot(url: string | undefined, options: Options, terminal: Terminal): Promise<ExitCode> {
  const { written, origin } = url === undefined ? addressFromEnvironment(options, terminal) : { written: url, origin: "the address" };
  const file = path.resolve(terminal.cwd, options.out);
  const committed = options.check === true ? readCommitted(file, options.out) : undefined;
  const read = await readDatabase(readAddress(written, origin, terminal.cwd), {
    written,
    origin,
    cwd: terminal.cwd,
    timeoutMs: Math.round(options.timeout * 1000),
    tls: options.tls,
    ca: options.ca === undefined ? undefined : path.resolve(terminal.cwd, options.ca),
    schemas: options.schema,
    progress: (doing) => {
      if (terminal.interactive) terminal.err(`${doing} …\n`);
    },
  });
  if (read.tables.length === 0) throw new CommandError("no table was found. Check that the address names the right database, and that the user has rights on its tables.");
  const taken: Snapshot = { version: SNAPSHOT_VERSION, taken: new Date().toISOString().slice(0, "2026-03-31".length), server: read.server, tables: options.rows ? read.tables : read.tables.map(({ rows: _, bytes: __, ...table }) => table) };
  if (committed !== undefined) return report(differences(committed, taken), options.out, terminal);
  write(file, writeSnapshot(taken), options.out, terminal);
  const indexes = taken.tables.reduce((sum, table) => sum + table.indexes.length, 0);
  terminal.out(`Wrote ${options.out}: ${counted(taken.tables.length, "table", "tables")}, ${counted(indexes, "index", "indexes")}.\n`);
  if (options.rows && taken.tables.every((table) => (table.rows ?? 0) < SUSPICIOUSLY_SMALL)) {
    terminal.err(`Every table has fewer than ${SUSPICIOUSLY_SMALL.toLocaleString("en")} rows, so the rules take them for small and are silent about them. Where this is not production, use --no-rows.\n`);
  }
  return 0;
}

function addressFromEnvironment({ urlEnv, envFile }: Options, { cwd, env }: Terminal): { readonly written: string; readonly origin: string } {
  const written = env[urlEnv] ?? (envFile === undefined ? undefined : parseEnv(readText(path.resolve(cwd, envFile), envFile))[urlEnv]);
  if (written === undefined || written === "") throw new CommandError(`there is no address: give one as argument, or in the environment variable ${urlEnv} (--url-env names another, --env-file a file that sets it).`);
  return { written, origin: `the address in ${urlEnv}` };
}

function readText(file: string, shown: string): string {
  try {
    return fs.readFileSync(file, "utf8");
  } catch {
    throw new CommandError(`${shown} cannot be read.`);
  }
}

function readCommitted(file: string, shown: string): Snapshot {
  if (!fs.existsSync(file)) throw new CommandError(`there is no ${shown} to check. Write it first, without --check.`);
  const reading = readSnapshot(readText(file, shown));
  if ("problem" in reading) throw new CommandError(`${shown}:${String(reading.line)} ${reading.problem}.`);
  return reading.snapshot;
}

function report(found: readonly string[], shown: string, { out }: Terminal): ExitCode {
  if (found.length === 0) {
    out(`${shown} is up to date.\n`);
    return 0;
  }
  const lines = found.slice(0, MOST_DIFFERENCES).map((line) => `  ${line}\n`);
  const rest = found.length - lines.length;
  out(`${shown} is not up to date:\n${lines.join("")}${rest === 0 ? "" : `  and ${counted(rest, "more difference", "more differences")}\n`}Take the snapshot again: query-guard snapshot\n`);
  return 1;
}

function write(file: string, text: string, shown: string, { err }: Terminal): void {
  try {
    fs.mkdirSync(path.dirname(file), { recursive: true });
    fs.writeFileSync(file, text);
  } catch {
    throw new CommandError(`${shown} cannot be written.`);
  }
  if (!FOUND.test(path.basename(file))) err(`The plugin finds ${DEFAULT_FILE} and *.query-guard.json; it will not find ${shown}.\n`);
  if (Buffer.byteLength(text) > MAX_FILE_BYTES) err(`${shown} is larger than 4 MB, and the plugin does not read such files. Read fewer schemas: --schema.\n`);
}

function counted(count: number, one: string, many: string): string {
  return `${count.toLocaleString("en")} ${count === 1 ? one : many}`;
}
