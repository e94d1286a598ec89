/** Folders of migrations, by the names of folders and files and by what the configuration of the tools writes out. */
import path from "node:path";
import type { Host } from "../host.js";
import type { SchemaDialect } from "./names.js";
import { compareMigrations, isDownFile, readJournal } from "./sources/migrations.js";
import { dialectOfClient } from "./sources/code/dialects.js";
import { dialectOfProvider } from "./sources/prisma.js";
import type { Directory, Workspace } from "./discover-workspace.js";

/** Folders of migrations that were found, before they are given to a database. */
export interface MigrationFolder {
  readonly directory: string;
  /** Migrations in the order in which they apply. */
  readonly files: readonly string[];
  /** Further SQL in it and in its folders, which its code may load. */
  readonly loadable: readonly string[];
  readonly tool: "prisma" | "drizzle" | "other";
  readonly dialect: SchemaDialect;
}

const MAX_MIGRATIONS = 5_000;

/** Names of files that describe a final state. */
export const DUMP = /^(?:(?:db|database|pg|mysql|sqlite|full|current|latest)[_.-]?)?(?:schema|structure|init|tables|ddl|create[_-]?tables?|database|setup|dump)(?:[_.-](?:sql|pg|postgres|postgresql|mysql|mariadb|sqlite|init|schema))?\.sql$/iu;
/** Names of folders that hold migrations. */
export const MIGRATION_FOLDER = /^(?:migrations?|migrate|migrations?[_-]?(?:sql|pg|postgres|postgresql|mysql|sqlite)|(?:db|sql|pg|database)[_-]?migrations?)$/iu;
const NUMBERED = /^(?:[VR]?\d[\d._]*__|R__|\d{3,}[_.-]|\d{4}-\d\d-\d\d|\d{1,3}[_.-])/u;

const CODE = /\.[cm]?[jt]s$/u;
/** `20240131120000_x.ts`, `001-x.js`, `2024-01-31_x.ts`, `v2.17.5-x.js`, `20240131T120000000Z-x.ts`, `Migration20240131120000.ts`, `CreateUsers1706702400000.ts`. */
const NUMBERED_CODE = /^(?:[vV]?\d[\d.]*[._-]|\d{4}-\d\d-\d\d|\d{8}T|migration[_-]?\d{8,}\b|.*\d{13}\.[cm]?[jt]s$)/iu;
const DATA_FOLDER = /^seed(?:s|ers?|ing)?$/iu;

/** The folders of migrations in a workspace. */
export function migrationFolders(workspace: Workspace, host: Host): readonly MigrationFolder[] {
  const folders: MigrationFolder[] = [];
  const hints = configurations(workspace, host);
  for (const directory of workspace.directories) {
    const folder = folderOfFiles(directory, workspace, host, hints) ?? folderOfFolders(directory, workspace, host);
    if (folder !== undefined) folders.push(folder);
  }
  // SQL that the code of a folder loads is applied by that code.
  return folders.filter((folder) => !folders.some((outer) => outer !== folder && folder.files.every((file) => outer.loadable.includes(file))));
}

/** A folder with one file a migration: SQL, code, or both. */
function folderOfFiles(directory: Directory, workspace: Workspace, host: Host, hints: readonly Configuration[]): MigrationFolder | undefined {
  const code = codeOf(directory, hints);
  const stems = code.map(stemOf);
  const all = directory.files.filter((name) => name.endsWith(".sql"));
  // `1_x.js` beside `1_x.sql`, `1_x.up.sql`: the code loads it.
  const sql = all.filter((name) => !isDownFile(name) && !stems.some((stem) => name.startsWith(stem)));
  if (code.length > 0) {
    const files = order([...code, ...sql.filter((name) => NUMBERED.test(name) && !DUMP.test(name))]);
    const inner = directory.directories.flatMap((name) => workspace.directory(path.join(directory.path, name)) ?? []);
    const loadable = [...all.map((name) => path.join(directory.path, name)), ...inner.flatMap((folder) => folder.files.filter((name) => name.endsWith(".sql")).map((name) => path.join(folder.path, name)))];
    const applied = new Set(files);
    return {
      directory: directory.path,
      files: files.map((name) => path.join(directory.path, name)),
      loadable: loadable.filter((file) => path.dirname(file) !== directory.path || !applied.has(path.basename(file))),
      tool: "other",
      dialect: dialectOfPath(directory.path, workspace.root) ?? configuredDialect(directory.path, workspace, hints),
    };
  }
  if (sql.length === 0) return undefined;
  const plan = sqitchPlan(directory, workspace, host);
  if (plan !== undefined) {
    const planned = order(sql.filter((name) => plan.has(name)), plan).map((name) => path.join(directory.path, name));
    return { directory: directory.path, files: planned, loadable: [], tool: "other", dialect: dialectOfPath(directory.path, workspace.root) };
  }
  const journalFile = path.join(directory.path, "meta", "_journal.json");
  const journal = workspace.directory(path.join(directory.path, "meta"))?.files.includes("_journal.json") === true ? readJournal(host.readText(journalFile) ?? "") : undefined;
  const numbered = sql.filter((name) => NUMBERED.test(name));
  const isFolder = MIGRATION_FOLDER.test(path.basename(directory.path)) || MIGRATION_FOLDER.test(path.basename(path.dirname(directory.path)));
  // A lone 01_seed.sql makes no migrations; three of a row do.
  if (journal === undefined && !(isFolder && numbered.length > 0) && !(isFolder && MIGRATION_FOLDER.test(path.basename(directory.path))) && !(numbered.length >= 3 && numbered.length * 2 > sql.length)) return undefined;
  const chosen = sql.filter((name) => !DUMP.test(name));
  return {
    directory: directory.path,
    files: order(chosen, journal?.tags).map((name) => path.join(directory.path, name)),
    loadable: [],
    tool: journal === undefined ? "other" : "drizzle",
    dialect: journal === undefined ? dialectOfPath(directory.path, workspace.root) : dialectOfDrizzle(journal.dialect),
  };
}

/** Sqitch applies `deploy/NAME.sql` in the order of the lines of sqitch.plan. */
function sqitchPlan(directory: Directory, workspace: Workspace, host: Host): ReadonlyMap<string, number> | undefined {
  const above = path.dirname(directory.path);
  if (path.basename(directory.path) !== "deploy" || workspace.directory(path.join(above, "revert")) === undefined) return undefined;
  const plan = host.readText(path.join(above, "sqitch.plan"));
  if (plan === undefined) return undefined;
  // `%` opens a setting, `@` a tag, `#` a remark.
  const names = plan.split("\n").flatMap((line) => /^[^\s%@#][^\s]*/u.exec(line)?.[0] ?? []);
  return new Map(names.map((name, position) => [`${name}.sql`, position]));
}

/** A folder with one folder a migration: Prisma, and Drizzle since 1.0, which leaves a snapshot beside the SQL. */
function folderOfFolders(directory: Directory, workspace: Workspace, host: Host): MigrationFolder | undefined {
  const children = directory.directories.filter((name) => NUMBERED.test(name) && workspace.directory(path.join(directory.path, name))?.files.some((file) => file === "migration.sql" || file === "up.sql") === true);
  if (children.length === 0) return undefined;
  const files = order(children).flatMap((name) => {
    const inside = path.join(directory.path, name);
    return workspace.directory(inside)?.files.includes("migration.sql") === true ? [path.join(inside, "migration.sql")] : [path.join(inside, "up.sql")];
  });
  const lock = directory.files.includes("migration_lock.toml") ? host.readText(path.join(directory.path, "migration_lock.toml")) : undefined;
  const [first] = files;
  const isDrizzle = lock === undefined && first !== undefined && host.stat(path.join(path.dirname(first), "snapshot.json"))?.kind === "file";
  return {
    directory: directory.path,
    files,
    loadable: [],
    tool: isDrizzle ? "drizzle" : lock !== undefined || path.basename(path.dirname(directory.path)) === "prisma" ? "prisma" : "other",
    dialect: dialectOfProvider(/^\s*provider\s*=\s*"([^"]+)"/mu.exec(lock ?? "")?.[1]),
  };
}

/** The files of a folder that are migrations written as code. */
function codeOf(directory: Directory, hints: readonly Configuration[]): readonly string[] {
  const base = path.basename(directory.path);
  const isNamed = MIGRATION_FOLDER.test(base) || (MIGRATION_FOLDER.test(path.basename(path.dirname(directory.path))) && !DATA_FOLDER.test(base));
  const isConfigured = hints.some((hint) => hint.folders.includes(directory.path));
  if (!isNamed && !isConfigured) return [];
  const code = directory.files.filter((name) => CODE.test(name) && !/^index\.[cm]?[jt]s$/u.test(name));
  const numbered = code.filter((name) => NUMBERED_CODE.test(name));
  const chosen = isConfigured ? code : numbered;
  // What a compiler left beside its source says the same.
  const sources = new Set(chosen.filter((name) => /\.[cm]?ts$/u.test(name)).map(stemOf));
  return chosen.filter((name) => /\.[cm]?ts$/u.test(name) || !sources.has(stemOf(name)));
}

function stemOf(name: string): string {
  return name.replace(CODE, "");
}

/** What the configuration of a migration tool writes out. What is computed is not seen. */
interface Configuration {
  /** Folder of the package. */
  readonly owner: string;
  readonly folders: readonly string[];
  readonly dialect: SchemaDialect;
}

const TOOLS = /^(?:knex|objection|sequelize(?:-cli)?|typeorm|node-pg-migrate|@mikro-orm\/.*|umzug|db-migrate)$/u;
const CONFIGURATION = /^(?:knexfile|ormconfig|mikro-orm\.config|.*data-?source|.*typeorm[\w.-]*)\.[cm]?[jt]s$/iu;
const CLIENT = /\b(?:client|dialect|type)["']?\s*:\s*["'`]([\w-]+)["'`]/gu;

/** The configuration files of the packages that use a tool for migrations; none is looked for elsewhere. */
function configurations(workspace: Workspace, host: Host): readonly Configuration[] {
  const users = workspace.packages.filter((candidate) => [...candidate.dependencies].some((name) => TOOLS.test(name)));
  if (users.length === 0) return [];
  const found: Configuration[] = [];
  for (const { directory, dependencies } of users) {
    if (dependencies.has("sequelize") || dependencies.has("sequelize-cli")) {
      const rc = host.readText(path.join(directory, ".sequelizerc"));
      const written = /["']migrations-path["']\s*:\s*([^\n]*)/u.exec(rc ?? "")?.[1];
      if (written !== undefined) found.push({ owner: directory, folders: [path.resolve(directory, ...literals(written))], dialect: undefined });
      const config = host.readText(path.join(directory, "config", "config.json"));
      if (config !== undefined) found.push({ owner: directory, folders: [], dialect: dialectIn(config) });
    }
    if (dependencies.has("node-pg-migrate")) {
      const manifest = host.readText(path.join(directory, "package.json")) ?? "";
      const folders = [...manifest.matchAll(/(?:--migrations-dir|\s-m)[ =]([\w./@-]+)/gu)].map((match) => path.resolve(directory, match[1] ?? ""));
      found.push({ owner: directory, folders, dialect: "postgresql" });
    }
  }
  for (const directory of workspace.directories) {
    const names = directory.files.filter((name) => CONFIGURATION.test(name));
    const owner = names.length === 0 ? undefined : workspace.packageOf(directory.path);
    if (owner === undefined || !users.includes(owner)) continue;
    for (const name of names) {
      const text = host.readText(path.join(directory.path, name)) ?? "";
      const folders = [...text.matchAll(/\b(?:migrations|directory|path|pathTs)["']?\s*:\s*([^\n]*)/gu)].flatMap((match) => foldersIn(match[1] ?? "", directory.path, owner.directory));
      found.push({ owner: owner.directory, folders, dialect: dialectIn(text) });
    }
  }
  return found;
}

/** The texts in a piece of code. */
function literals(code: string): readonly string[] {
  return [...code.matchAll(/["'`]([^"'`$]*)["'`]/gu)].map((match) => match[1] ?? "");
}

/** `"./db/migrations/*.ts"`, `path.join(__dirname, "migrations")`: the folders that may be meant. */
function foldersIn(code: string, from: string, owner: string): readonly string[] {
  const plain = literals(code).map((literal) => literal.replace(/[\\/]?(?:\*|\{).*$/u, ""));
  const joined = /\b(?:join|resolve)\s*\(/u.test(code) ? [plain.join("/")] : plain;
  return joined.filter((literal) => literal !== "").flatMap((literal) => [path.resolve(from, `./${literal}`), path.resolve(owner, `./${literal}`)]);
}

/** The dialect, when all that is written out agrees. */
function dialectIn(text: string): SchemaDialect {
  const named = new Set([...text.matchAll(CLIENT), ...text.matchAll(/"dialect"\s*:\s*"(\w+)"/gu)].flatMap((match) => dialectOfClient(match[1] ?? "") ?? []));
  const [only] = named;
  return named.size === 1 ? only : undefined;
}

function configuredDialect(directory: string, workspace: Workspace, hints: readonly Configuration[]): SchemaDialect {
  const owner = workspace.packageOf(directory).directory;
  const named = new Set(hints.filter((hint) => hint.owner === owner && (hint.folders.length === 0 || hint.folders.includes(directory) || hints.length === 1)).flatMap((hint) => hint.dialect ?? []));
  const [only] = named;
  return named.size === 1 ? only : undefined;
}

function order(names: readonly string[], tags?: ReadonlyMap<string, number>): readonly string[] {
  return [...names].sort((left, right) => compareMigrations(left, right, tags)).slice(0, MAX_MIGRATIONS);
}

/** The dialect that names of folders state. */
export function dialectOfPath(directory: string, root: string): SchemaDialect {
  const steps = path.relative(root, directory).toLowerCase().split(path.sep);
  if (steps.includes("supabase") || steps.some((step) => /^(?:pg|postgres|postgresql|psql)$/u.test(step))) return "postgresql";
  if (steps.some((step) => step === "mysql")) return "mysql";
  if (steps.some((step) => step === "mariadb")) return "mariadb";
  return steps.some((step) => /^(?:sqlite3?|d1|libsql|turso)$/u.test(step)) ? "sqlite" : undefined;
}

/** The dialect that drizzle-kit calls so. */
export function dialectOfDrizzle(name: string | undefined): SchemaDialect {
  switch (name) {
    case "postgresql":
    case "pg":
      return "postgresql";
    case "mysql":
    case "singlestore":
      return "mysql";
    case "sqlite":
    case "turso":
    case "d1":
      return "sqlite";
    default:
      return undefined;
  }
}
