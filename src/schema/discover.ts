/**
 * Which files of a workspace describe which database. Only names of files and folders, and a few small files
 * (configuration, journals, the heads of Prisma schemas), are looked at here; nothing is parsed.
 */
import path from "node:path";
import type { Host } from "../host.js";
import type { SchemaDialect } from "./names.js";
import { dialectOfDrizzle, dialectOfPath, DUMP, MIGRATION_FOLDER, migrationFolders, type MigrationFolder } from "./discover-migrations.js";
import { dialectOfProvider, hasDatasource, prismaProvider } from "./sources/prisma.js";
import { entityFiles, type EntityFiles, type EntityLibrary } from "./discover-entities.js";
import type { Package, Workspace } from "./discover-workspace.js";

/** The files of one database. */
export interface DatabaseFiles {
  /** Stable within the workspace. */
  readonly id: string;
  /** Files of this folder see the database before files elsewhere in the package. */
  readonly scope: string;
  readonly package: Package;
  readonly layout: "prisma" | "drizzle" | "sql" | "snapshot" | EntityLibrary;
  /** Dialect that names and configuration state. */
  readonly dialect: SchemaDialect;
  readonly prisma: readonly string[];
  /** Files that may declare Drizzle tables. */
  readonly drizzle: readonly string[];
  readonly casing: "snake_case" | "camelCase" | undefined;
  /** Migrations in the order in which they apply: SQL, JavaScript, TypeScript. */
  readonly migrations: readonly string[];
  /** SQL that migrations written as code may load. */
  readonly loadable?: readonly string[];
  /** SQL files that describe a final state. */
  readonly dumps: readonly string[];
  /** What the live database said of itself. */
  readonly snapshot?: string;
  /** Entities or models in code. */
  readonly entities?: EntityFiles;
}

const MAX_PRISMA_FILES = 1_000;
const MAX_DRIZZLE_FILES = 6_000;


/** The databases of a workspace. */
export function discover(workspace: Workspace, host: Host): readonly DatabaseFiles[] {
  const folders = migrationFolders(workspace, host);
  const prisma = prismaDatabases(workspace, host, folders);
  const drizzle = drizzleDatabases(workspace, host, folders.filter((folder) => !prisma.taken.has(folder)));
  const rest = folders.filter((folder) => !prisma.taken.has(folder) && !drizzle.taken.has(folder));
  const entities = entityFiles(workspace, host).map((files) => entityDatabase(workspace, files));
  return [...prisma.databases, ...drizzle.databases, ...entities, ...sqlDatabases(workspace, rest), ...snapshots(workspace)].sort((left, right) => (left.id < right.id ? -1 : 1));
}

function entityDatabase(workspace: Workspace, entities: EntityFiles): DatabaseFiles {
  return {
    id: path.join(path.relative(workspace.root, entities.package.directory), entities.library),
    scope: entities.package.directory,
    package: entities.package,
    layout: entities.library,
    // Its configuration is read with the entities.
    dialect: undefined,
    prisma: [],
    drizzle: [],
    casing: undefined,
    migrations: [],
    dumps: [],
    entities,
  };
}

interface Found {
  readonly databases: readonly DatabaseFiles[];
  readonly taken: ReadonlySet<MigrationFolder>;
}

function prismaDatabases(workspace: Workspace, host: Host, folders: readonly MigrationFolder[]): Found {
  const files = workspace.directories.flatMap((directory) => directory.files.filter((name) => name.endsWith(".prisma")).map((name) => path.join(directory.path, name))).slice(0, MAX_PRISMA_FILES);
  const texts = new Map<string, string>();
  for (const file of files) {
    const text = host.readText(file);
    if (text !== undefined) texts.set(file, text);
  }
  const roots = [...texts].filter(([, text]) => hasDatasource(text)).map(([file]) => file);
  const taken = new Set<MigrationFolder>();
  const databases = roots.map((root): DatabaseFiles => {
    const home = path.dirname(root);
    const isOnlyRoot = roots.filter((other) => path.dirname(other) === home).length === 1;
    const members = isOnlyRoot ? [...texts.keys()].filter((file) => file !== root && !roots.includes(file) && isInside(file, home) && nearestRoot(file, roots) === root) : [];
    const dialect = dialectOfProvider(prismaProvider(texts.get(root) ?? ""));
    const own = [path.join(home, "migrations"), ...configuredMigrations(workspace, host, root)];
    // A schema folder (`prisma/schema/`) has its migrations beside it; plain SQL there need not be Prisma's.
    const beside = path.join(path.dirname(home), "migrations");
    const candidates = folders.filter(
      (folder) => (own.includes(folder.directory) || (folder.directory === beside && folder.tool === "prisma")) && (isOnlyRoot || folder.dialect === dialect),
    );
    for (const folder of candidates) taken.add(folder);
    return {
      id: path.relative(workspace.root, root),
      scope: scopeOfPrisma(home),
      package: workspace.packageOf(home),
      layout: "prisma",
      dialect: dialect ?? candidates[0]?.dialect,
      prisma: [root, ...members],
      drizzle: [],
      casing: undefined,
      migrations: candidates.flatMap((folder) => folder.files),
      dumps: [],
    };
  });
  return { databases, taken };
}

function isInside(file: string, directory: string): boolean {
  return file.startsWith(directory.endsWith(path.sep) ? directory : directory + path.sep);
}

/** The schema that a file of a multi-file schema belongs to: the one whose folder is the nearest above. */
function nearestRoot(file: string, roots: readonly string[]): string | undefined {
  return roots.filter((root) => isInside(file, path.dirname(root))).sort((left, right) => path.dirname(right).length - path.dirname(left).length)[0];
}

/** The application around `prisma/schema.prisma`, `prisma/schema/base.prisma` or `prisma/reporting/schema.prisma`. */
function scopeOfPrisma(home: string): string {
  for (let at = home, steps = 0; steps < 3; at = path.dirname(at), steps += 1) if (path.basename(at) === "prisma") return path.dirname(at);
  return home;
}

/** `migrations: { path: "…" }` of the prisma.config.ts of the package, where its schema is this one or not said. */
function configuredMigrations(workspace: Workspace, host: Host, root: string): readonly string[] {
  const { directory } = workspace.packageOf(root);
  return (workspace.directory(directory)?.files ?? [])
    .filter((name) => name.startsWith("prisma"))
    .filter((name) => /\.config\.[cm]?[jt]s$/u.test(name))
    .flatMap((name) => {
      const text = host.readText(path.join(directory, name)) ?? "";
      const schema = /\bschema\s*:\s*["'`]([^"'`]+)["'`]/u.exec(text)?.[1];
      if (schema !== undefined && !isSameOrInside(root, path.resolve(directory, schema))) return [];
      const folder = /\bmigrations\s*:\s*\{[^}]*?\bpath\s*:\s*["'`]([^"'`]+)["'`]/u.exec(text)?.[1];
      return folder === undefined ? [] : [path.resolve(directory, folder)];
    });
}

function isSameOrInside(file: string, target: string): boolean {
  return file === target || isInside(file, target);
}

interface DrizzleConfig {
  readonly directory: string;
  readonly schema: readonly string[];
  readonly out: string;
  readonly dialect: SchemaDialect;
  readonly casing: "snake_case" | "camelCase" | undefined;
}

/** Static texts of a drizzle.config file. What is computed is not seen; then the layout of the folders decides. */
function readDrizzleConfig(file: string, text: string): DrizzleConfig {
  const directory = path.dirname(file);
  const list = /\bschema\s*:\s*\[([^\]]*)\]/u.exec(text)?.[1];
  const single = /\bschema\s*:\s*["'`]([^"'`$]+)["'`]/u.exec(text)?.[1];
  const schema = list === undefined ? (single === undefined ? [] : [single]) : [...list.matchAll(/["'`]([^"'`$]+)["'`]/gu)].map((match) => match[1] ?? "");
  const casing = casingOf(text);
  return {
    directory,
    schema: schema.map((entry) => path.resolve(directory, entry)),
    out: path.resolve(directory, /\bout\s*:\s*["'`]([^"'`$]+)["'`]/u.exec(text)?.[1] ?? "drizzle"),
    dialect: dialectOfDrizzle(/\bdialect\s*:\s*["'`](\w+)["'`]/u.exec(text)?.[1]),
    casing,
  };
}

function casingOf(text: string): DrizzleConfig["casing"] {
  const casing = /\bcasing\s*:\s*["'`](snake_case|camelCase)["'`]/u.exec(text)?.[1];
  return casing === "snake_case" || casing === "camelCase" ? casing : undefined;
}

/** Does a configured path (a file, a folder or a pattern with `*`) name the file? */
function isConfigured(file: string, target: string): boolean {
  const star = target.indexOf("*");
  if (star === -1) return isSameOrInside(file, target) || file.replace(/\.[cm]?[jt]s$/u, "") === target.replace(/\.[cm]?[jt]s$/u, "");
  return file.startsWith(target.slice(0, star));
}

const TABLE_MAKER = /\b(?:pg|mysql|sqlite|singlestore)(?:Table|Schema|TableCreator|View|MaterializedView)\b|\b(?:snakeCase|camelCase)\.table\b/u;
const CORE = /["']drizzle-orm\/(pg|mysql|sqlite|singlestore)-core["']/u;

function drizzleDatabases(workspace: Workspace, host: Host, folders: readonly MigrationFolder[]): Found {
  const direct = workspace.packages.filter((candidate) => candidate.dependencies.has("drizzle-orm"));
  // A monorepo may state its dependencies once, at the root.
  const users = workspace.packages.filter((candidate) => direct.some((owner) => owner === candidate || isInside(candidate.directory, owner.directory)));
  const taken = new Set<MigrationFolder>();
  if (users.length === 0) return { databases: [], taken };
  const groups = new Map<string, { package: Package; dialect: SchemaDialect; config: DrizzleConfig | undefined; files: string[]; casing: DrizzleConfig["casing"] }>();
  const configs = new Map<string, DrizzleConfig[]>();
  const casings = new Map<string, DrizzleConfig["casing"]>();
  const sources: { readonly file: string; readonly owner: Package; readonly dialect: SchemaDialect }[] = [];
  let read = 0;
  for (const directory of workspace.directories) {
    const owner = workspace.packageOf(directory.path);
    if (!users.includes(owner)) continue;
    for (const name of directory.files) {
      if (!/\.[cm]?[jt]s$/u.test(name) || read >= MAX_DRIZZLE_FILES) continue;
      const file = path.join(directory.path, name);
      read += 1;
      const text = host.readText(file);
      if (text?.includes("drizzle") !== true) continue;
      if (/\bconfig\b/u.test(name) && /["']drizzle-kit["']|\bdrizzle-kit\b/u.test(text)) {
        const list = configs.get(owner.directory) ?? [];
        list.push(readDrizzleConfig(file, text));
        configs.set(owner.directory, list);
        continue;
      }
      if (text.includes("casing") && casingOf(text) !== undefined) casings.set(owner.directory, casingOf(text));
      const core = CORE.exec(text)?.[1];
      const declares = core !== undefined && (TABLE_MAKER.test(text) || /Table\s*\(/u.test(text));
      if (declares || /\b(?:relations|defineRelations)\s*\(/u.test(text)) sources.push({ file, owner, dialect: core === undefined ? undefined : dialectOfDrizzle(core) });
    }
  }
  for (const { file, owner, dialect } of sources) {
    if (dialect === undefined) continue;
    const own = configs.get(owner.directory) ?? [];
    const config = own.find((candidate) => candidate.schema.some((target) => isConfigured(file, target)) && (candidate.dialect ?? dialect) === dialect);
    // Several configurations of one package are several databases; tables beside them belong to the one of their dialect.
    const isSeparate = own.filter((candidate) => (candidate.dialect ?? dialect) === dialect && candidate.schema.length > 0).length > 1;
    const key = `${owner.directory}\0${dialect}\0${isSeparate && config !== undefined ? config.schema.join() : ""}`;
    const group = groups.get(key) ?? { package: owner, dialect, config: config ?? own.find((candidate) => candidate.dialect === dialect), files: [], casing: config?.casing ?? casings.get(owner.directory) };
    group.files.push(file);
    groups.set(key, group);
  }
  for (const { file, owner, dialect } of sources) {
    // Relations alone name no dialect: they belong to every database of their package.
    if (dialect === undefined) for (const group of groups.values()) if (group.package === owner) group.files.push(file);
  }
  const databases = [...groups].map(([key, group]): DatabaseFiles => {
    const isOnly = [...groups.values()].filter((other) => other.package === group.package && other.dialect === group.dialect).length === 1;
    const own = folders.filter((folder) => {
      if (group.config !== undefined && (folder.directory === group.config.out || isInside(folder.directory, group.config.out))) return folder.dialect === undefined || folder.dialect === group.dialect;
      return isOnly && folder.tool === "drizzle" && folder.dialect === group.dialect && workspace.packageOf(folder.directory) === group.package;
    });
    for (const folder of own) taken.add(folder);
    return {
      id: path.relative(workspace.root, key.split("\0").join(path.sep)) || "drizzle",
      scope: group.package.directory,
      package: group.package,
      layout: "drizzle",
      dialect: group.dialect,
      prisma: [],
      drizzle: group.files,
      casing: group.casing ?? casings.get(group.package.directory),
      migrations: own.flatMap((folder) => folder.files),
      dumps: [],
    };
  });
  return { databases, taken };
}

/** Plain SQL: folders of migrations, each with the dumps beside it or above it; dumps alone. */
function sqlDatabases(workspace: Workspace, folders: readonly MigrationFolder[]): readonly DatabaseFiles[] {
  const migrated = new Set(folders.flatMap((folder) => folder.files));
  const dumps = workspace.directories.flatMap((directory) =>
    directory.files
      .filter((name) => DUMP.test(name) || (name.endsWith(".sql") && TABLE_FOLDER.test(path.basename(directory.path))))
      .map((name) => path.join(directory.path, name))
      .filter((file) => !migrated.has(file)),
  );
  const groups = new Map<string, { migrations: MigrationFolder[]; dumps: string[] }>();
  const groupOf = (directory: string): { migrations: MigrationFolder[]; dumps: string[] } => {
    const group = groups.get(directory) ?? { migrations: [], dumps: [] };
    groups.set(directory, group);
    return group;
  };
  for (const folder of folders) groupOf(baseOf(folder.directory, workspace.root)).migrations.push(folder);
  for (const dump of dumps) {
    const directory = path.dirname(dump);
    const own = folders.find((folder) => folder.directory === directory);
    groupOf(own === undefined ? directory : baseOf(own.directory, workspace.root)).dumps.push(dump);
  }
  return [...groups].flatMap(([directory, group]): DatabaseFiles[] => {
    // Folders of several dialects below one folder (migrations/mysql, migrations/sqlite) are several databases.
    const dialects = new Set(group.migrations.map((folder) => folder.dialect));
    // So may be those of one dialect (migrations/tenant, migrations/system): their tables tell.
    const isNested = group.migrations.length > 1 && group.migrations.some((folder) => MIGRATION_FOLDER.test(path.basename(path.dirname(folder.directory))));
    const parts = dialects.size > 1 || isNested ? group.migrations.map((folder, position) => ({ migrations: [folder], dumps: position === 0 && dialects.size === 1 ? group.dumps : [] })) : [group];
    return parts.map((part) => ({
      id: path.relative(workspace.root, part.migrations.length === 1 && parts.length > 1 ? (part.migrations[0]?.directory ?? directory) : directory) || ".",
      scope: scopeOfSql(directory, workspace),
      package: workspace.packageOf(directory),
      layout: "sql",
      dialect: part.migrations[0]?.dialect ?? dialectOfPath(directory, workspace.root),
      prisma: [],
      drizzle: [],
      casing: undefined,
      migrations: part.migrations.flatMap((folder) => folder.files),
      loadable: part.migrations.flatMap((folder) => folder.loadable),
      dumps: part.dumps,
    }));
  });
}

/** Folders that hold the final state in one file a table (`tables/users.sql`). */
const TABLE_FOLDER = /^(?:tables?|schemas?|ddl)$/iu;

const SNAPSHOT = /(?:^query-guard\.schema|\.query-guard)\.json$/u;

/** Each snapshot is of one database; which other files describe the same one, its tables tell. */
function snapshots(workspace: Workspace): readonly DatabaseFiles[] {
  return workspace.directories.flatMap((directory) =>
    directory.files
      .filter((name) => SNAPSHOT.test(name))
      .map((name): DatabaseFiles => {
        const snapshot = path.join(directory.path, name);
        const empty = { dialect: undefined, prisma: [], drizzle: [], casing: undefined, migrations: [], dumps: [] };
        return { ...empty, id: path.relative(workspace.root, snapshot), scope: scopeOfSql(directory.path, workspace), package: workspace.packageOf(directory.path), layout: "snapshot", snapshot };
      }),
  );
}

/** `db/migrations` → `db`; `migrations/mysql` → `migrations`' parent; any other folder itself. */
function baseOf(directory: string, root: string): string {
  if (directory === root) return directory;
  if (MIGRATION_FOLDER.test(path.basename(directory))) return path.dirname(directory);
  const above = path.dirname(directory);
  return above !== root && MIGRATION_FOLDER.test(path.basename(above)) ? path.dirname(above) : directory;
}

/** A folder called db, database, sql or supabase belongs to the folder around it. */
function scopeOfSql(directory: string, workspace: Workspace): string {
  const { directory: own } = workspace.packageOf(directory);
  let scope = directory;
  while (scope !== own && /^(?:db|database|sql|supabase|schema|migrations?|src|docker|init(?:db)?|server|backend|data|assets|resources|scripts)$/iu.test(path.basename(scope))) scope = path.dirname(scope);
  return scope;
}
