/** The schema of a workspace: found without settings, read on first need, kept until a file changes. */
import { createHash } from "node:crypto";
import path from "node:path";
import { BoundedMap } from "../base/bounded-map.js";
import type { Host } from "../host.js";
import type { Dialect } from "../query/model.js";
import { discover, type DatabaseFiles } from "./discover.js";
import { mergeParts } from "./merge.js";
import type { SchemaModel, Table } from "./model.js";
import type { SchemaDialect } from "./names.js";
import type { SchemaPart } from "./part.js";
import { readDrizzle } from "./sources/drizzle.js";
import { ParsedModules, type CodeFiles } from "./sources/declarations/modules.js";
import { readEntities } from "./sources/entities.js";
import { readPrisma } from "./sources/prisma.js";
import { readSnapshotFile, unusableSnapshot } from "./sources/snapshot.js";
import { CODE_FILE, importedFile, importsOf } from "./sources/code/read.js";
import { readSqlFiles, sniffCode, sniffDialects, type SqlFile } from "./sources/sql.js";
import type { EntityFiles } from "./discover-entities.js";
import { Imports } from "./discover-imports.js";
import { Workspace, workspaceRoot, type Package } from "./discover-workspace.js";

/** What is known about the query for which a schema is asked. Each part can only narrow the choice. */
export interface SchemaHint {
  readonly library?: string;
  readonly dialect?: Dialect;
  /** Names of tables, or of models, that the database must have. */
  readonly tables?: readonly string[];
}

export interface LoadOptions {
  readonly host: Host;
  /** Working directory of the linter. */
  readonly cwd: string;
  /** Milliseconds; tests replace it. */
  readonly now?: () => number;
}

/** One discovered database, for reports about coverage. */
export interface DatabaseSummary {
  readonly id: string;
  readonly layout: DatabaseFiles["layout"];
  readonly files: number;
  readonly model: SchemaModel | undefined;
}

/** How far imports of migrations are followed, and how many files that may be: helpers are near, the application is not meant. */
const MAX_IMPORT_STEPS = 3;
const MAX_COMPANIONS = 300;

/** Checking takes at most this share of the time between two checks. */
const CHECKING_SHARE = 0.02;

/** The schemas of one workspace. */
export class SchemaIndex {
  readonly root: string;
  readonly #host: Host;
  readonly #workspace: Workspace;
  readonly #imports: Imports;
  readonly #parsed = new ParsedModules();
  readonly #now: () => number;
  readonly #databases = new Map<string, Database>();
  /** By folder of the package; emptied when any database changes. */
  readonly #clusters = new Map<string, readonly Cluster[]>();
  #discovered = false;
  #nextCheck = 0;
  #nextWalk = 0;

  constructor({ host, cwd, now = () => performance.now() }: LoadOptions) {
    this.root = workspaceRoot(host, cwd);
    this.#host = host;
    this.#workspace = new Workspace(host, this.root);
    this.#imports = new Imports(this.#workspace);
    this.#now = now;
  }

  /** The schema that a file sees, when there is exactly one it can be. */
  schemaFor(file: string, hint: SchemaHint = {}): SchemaModel | undefined {
    const [first, ...others] = this.schemasFor(file, hint);
    return others.length === 0 ? first : undefined;
  }

  /**
   * The schemas a file may see. The nearest level that has any decides: the folder around the file, its package, the
   * packages it depends on (the fewest steps away first), the packages around it, and finally the only database of the
   * workspace. Several mean that there is no proof for one: then what holds must hold in each.
   */
  schemasFor(file: string, hint: SchemaHint = {}): readonly SchemaModel[] {
    this.#discover();
    for (const level of this.#levels(file)) {
      const models = this.#fitting(level, hint);
      if (models.length > 0) return models;
    }
    const all = this.#fitting([...this.#databases.values()], hint);
    return all.length === 1 ? all : [];
  }

  /**
   * Reads again what changed. Called once for every linted file; the time it takes bounds how soon it looks again, so that
   * a workspace of any size spends no more than a small share of a lint on it. `force` looks at once.
   */
  revalidate(force = false): void {
    if (!this.#discovered) return;
    const begun = this.#now();
    if (!force && begun < this.#nextCheck) return;
    if (force || begun >= this.#nextWalk) {
      if (this.#workspace.refresh()) this.#update();
      this.#nextWalk = this.#now() + (this.#now() - begun) / CHECKING_SHARE;
    }
    for (const database of this.#databases.values()) if (database.revalidate()) this.#clusters.clear();
    this.#nextCheck = this.#now() + (this.#now() - begun) / CHECKING_SHARE;
  }

  /** Digest of the contents of every schema file: equal digests, equal answers. */
  digest(): string {
    this.#discover();
    const hash = createHash("sha256");
    for (const [id, database] of this.#databases) hash.update(`${id}\0${database.digest()}\0`);
    this.#parsed.clear();
    return hash.digest("hex");
  }

  /** Every database of the workspace; reads them all. */
  summary(): readonly DatabaseSummary[] {
    this.#discover();
    const summaries = [...this.#databases.values()].map((database) => ({ id: database.files.id, layout: database.files.layout, files: database.paths.length, model: database.model() }));
    this.#parsed.clear();
    return summaries;
  }

  /** Snapshot files that cannot be used, each with the reason. Reads those files only. */
  problems(): readonly { readonly file: string; readonly line: number; readonly text: string }[] {
    this.#discover();
    const snapshots = [...this.#databases.values()].filter((database) => database.files.layout === "snapshot");
    return snapshots.flatMap((database) => database.model()?.sources ?? []).flatMap(({ file, notUnderstood }) => notUnderstood.map((found) => ({ file, ...found })));
  }

  #discover(): void {
    if (this.#discovered) return;
    this.#discovered = true;
    const begun = this.#now();
    this.#update();
    this.#nextWalk = this.#now() + (this.#now() - begun) / CHECKING_SHARE;
  }

  #update(): void {
    this.#clusters.clear();
    const found = discover(this.#workspace, this.#host);
    const kept = new Set(found.map((files) => files.id));
    for (const id of [...this.#databases.keys()].filter((known) => !kept.has(known))) this.#databases.delete(id);
    for (const files of found) {
      const known = this.#databases.get(files.id);
      if (known === undefined || JSON.stringify(known.files) !== JSON.stringify(files)) this.#databases.set(files.id, new Database(files, this.#host, this.root, this.#imports, this.#parsed));
    }
  }

  #fitting(databases: readonly Database[], hint: SchemaHint): readonly SchemaModel[] {
    const packages = new Set(databases.map((database) => database.files.package.directory));
    const near = [...packages].flatMap((directory) => this.#clustersOf(directory)).filter((cluster) => cluster.members.some((member) => databases.includes(member)));
    // Migrations that serve a schema of another package describe that schema's database, not one of their own.
    const clusters = near.filter((cluster) => !near.some((other) => other !== cluster && other.members.length > cluster.members.length && cluster.members.every((member) => other.members.includes(member))));
    const models = clusters
      .filter((cluster) => cluster.members.some((member) => fitsLayout(member.files, hint)))
      .map((cluster) => cluster.model)
      .filter((model) => model.tables.length > 0 && fitsDialect(model.dialect, hint.dialect));
    const { tables } = hint;
    if (tables === undefined || tables.length === 0) return models;
    return models.filter((model) => tables.every((name) => model.table(name) !== undefined || model.tableOfModel(name) !== undefined));
  }

  /**
   * The databases of a package, each with all accounts of it. Two accounts are of one database when they are of one
   * dialect, lie around each other, and most tables of the smaller are in the larger: a service whose reports use Prisma
   * and whose orders use Drizzle over hand-written migrations has one database, not three. A declaration without
   * migrations of its own also takes plain SQL from other packages (`supabase/migrations` at the root).
   */
  #clustersOf(directory: string): readonly Cluster[] {
    const known = this.#clusters.get(directory);
    if (known !== undefined) return known;
    const all = [...this.#databases.values()].filter((database) => database.model() !== undefined);
    this.#parsed.clear();
    const own = all.filter((database) => database.files.package.directory === directory);
    const groups: Database[][] = [];
    for (const database of own) {
      const joined = groups.filter((group) => group.some((member) => areOne(member, database)));
      const merged = [...joined.flat(), database];
      groups.splice(0, groups.length, ...groups.filter((group) => !joined.includes(group)), merged);
    }
    const elsewhere = all.filter((database) => database.files.layout === "sql" && database.files.package.directory !== directory);
    const clusters = groups.map((members) => {
      const needs = members.every((member) => member.files.layout !== "sql" && member.files.layout !== "snapshot" && member.files.migrations.length === 0);
      return new Cluster([...members, ...(needs ? elsewhere.filter((other) => members.some((member) => makes(other, member))) : []), ...snapshotElsewhere(members, all)]);
    });
    this.#clusters.set(directory, clusters);
    return clusters;
  }

  *#levels(file: string): Iterable<readonly Database[]> {
    const all = [...this.#databases.values()];
    const own = this.#workspace.packageOf(path.dirname(file));
    const ofPackage = all.filter((database) => database.files.package.directory === own.directory);
    // Scopes nest: the deepest around the file first. The package itself is the last of them.
    const scopes = [...new Set(ofPackage.map((database) => database.files.scope))].filter((scope) => file.startsWith(scope + path.sep)).sort((left, right) => right.length - left.length);
    for (const scope of scopes) yield ofPackage.filter((database) => database.files.scope === scope);
    yield ofPackage;
    for (const step of this.#dependencies(own)) yield all.filter((database) => step.some((candidate) => candidate.directory === database.files.package.directory));
    for (let above = path.dirname(own.directory); above.length >= this.root.length && above.startsWith(this.root); above = path.dirname(above)) {
      const around = this.#workspace.packageOf(above);
      yield all.filter((database) => database.files.package.directory === around.directory);
      above = around.directory;
      if (above === this.root) return;
    }
  }

  /** The packages of the workspace that a package depends on, by the number of steps. */
  *#dependencies(own: Package): Iterable<readonly Package[]> {
    const byName = new Map(this.#workspace.packages.flatMap((candidate) => (candidate.name === undefined ? [] : [[candidate.name, candidate] as const])));
    const seen = new Set<Package>([own]);
    for (let step: readonly Package[] = [own]; step.length > 0; ) {
      const next: Package[] = [];
      for (const name of step.flatMap((candidate) => [...candidate.dependencies])) {
        const found = byName.get(name);
        if (found === undefined || seen.has(found)) continue;
        seen.add(found);
        next.push(found);
      }
      if (next.length > 0) yield next;
      step = next;
    }
  }
}

/** A library that declares its own schema is asked about that schema only; SQL text may be about any of them. */
function fitsLayout(files: DatabaseFiles, { library }: SchemaHint): boolean {
  switch (library) {
    case "prisma":
      return files.layout === "prisma";
    case "drizzle":
    case "typeorm":
    case "sequelize":
    case "mikroorm":
      return files.layout === library;
    default:
      return true;
  }
}

function fitsDialect(own: SchemaDialect, wanted: Dialect | undefined): boolean {
  if (own === undefined || wanted === undefined || own === wanted) return true;
  const family = (dialect: string): string => (dialect === "mariadb" ? "mysql" : dialect);
  return family(own) === family(wanted);
}

interface Account {
  readonly parts: readonly SchemaPart[];
  readonly model: SchemaModel;
}

/** A file that was not read may have an index on any table. */
function doubted(part: SchemaPart, uncertain: string): SchemaPart {
  return { ...part, tables: part.tables.map((table) => ({ uncertain, ...table })) };
}

/** All accounts of one database. */
class Cluster {
  readonly members: readonly Database[];
  #model: SchemaModel | undefined;

  constructor(members: readonly Database[]) {
    this.members = members;
  }

  get model(): SchemaModel {
    this.#model ??= this.#merge();
    return this.#model;
  }

  #merge(): SchemaModel {
    const accounts = this.members.flatMap((member) => member.account() ?? []);
    const [only, ...others] = accounts;
    if (only !== undefined && others.length === 0) return only.model;
    // The server itself knows whether it is MySQL or MariaDB.
    const taken = accounts.filter(({ parts }) => parts.some((part) => part.kind === "snapshot"));
    const dialect = [...taken, ...accounts].map(({ model }) => model.dialect).find((known) => known !== undefined);
    const digest = createHash("sha256").update(accounts.map(({ model }) => model.digest).join()).digest("hex");
    return mergeParts(
      accounts.flatMap(({ parts }) => parts),
      dialect,
      digest,
    );
  }
}

/** The snapshot that another package has of the database that these describe, such as one at the root; none where several may be it. */
function snapshotElsewhere(members: readonly Database[], all: readonly Database[]): readonly Database[] {
  if (members.some((member) => member.files.layout === "snapshot")) return [];
  const found = all.filter((other) => other.files.layout === "snapshot" && members.some((member) => makes(other, member) || areOne(other, member)));
  return found.length === 1 ? found : [];
}

/** Do two sources of one package describe one database? Two snapshots never do: each is the whole of its own. */
function areOne(left: Database, right: Database): boolean {
  if (left.files.layout === "snapshot" && right.files.layout === "snapshot") return false;
  const [first, second] = [left.files.scope, right.files.scope];
  const around = first === second || first.startsWith(second + path.sep) || second.startsWith(first + path.sep);
  const shared = sharedTables(left, right);
  return around && shared > 0 && shared * 2 >= Math.min(left.model()?.tables.length ?? 0, right.model()?.tables.length ?? 0);
}

/** Does SQL kept in another package make the tables of a declaration? */
function makes(sql: Database, declaration: Database): boolean {
  const shared = sharedTables(sql, declaration);
  return shared >= 2 && shared * 2 >= (declaration.model()?.tables.length ?? 0);
}

function sharedTables(left: Database, right: Database): number {
  const [first, second] = [left.model(), right.model()];
  if (first === undefined || second === undefined || !fitsDialect(first.dialect, second.dialect)) return 0;
  // A snapshot names the schema of each table; declarations often leave it to the connection.
  const isBare = (table: Table): boolean => table.schema === undefined && (left.files.layout === "snapshot" || right.files.layout === "snapshot");
  const [from, into] = left.files.layout === "snapshot" ? [second, first] : [first, second];
  return from.tables.filter((table) => (into.table(table.name, table.schema ?? "public") ?? (isBare(table) ? into.table(table.name) : undefined)) !== undefined).length;
}

interface Stamp {
  readonly size: number;
  readonly mtimeMs: number;
}

/** One database: its files, and its model as long as none of them changes. */
class Database {
  readonly files: DatabaseFiles;
  readonly #host: Host;
  readonly #root: string;
  readonly #imports: Imports;
  readonly #parsed: ParsedModules;
  /** Files that entities take classes and constants from. */
  readonly #followed = new Set<string>();
  readonly #stamps = new Map<string, Stamp | undefined>();
  readonly #texts = new Map<string, string | undefined>();
  #built: { readonly account: Account | undefined } | undefined;
  #digest: string | undefined;
  #companions: ReadonlySet<string> | undefined;

  constructor(files: DatabaseFiles, host: Host, root: string, imports: Imports, parsed: ParsedModules) {
    this.files = files;
    this.#host = host;
    this.#root = root;
    this.#imports = imports;
    this.#parsed = parsed;
  }

  get paths(): readonly string[] {
    const { prisma, drizzle, dumps, migrations, snapshot, entities } = this.files;
    return [...prisma, ...drizzle, ...dumps, ...migrations, ...(snapshot === undefined ? [] : [snapshot]), ...(entities === undefined ? [] : [...entities.files, ...entities.configs])];
  }

  /** Forgets what was read when a file changed. */
  revalidate(): boolean {
    for (const [file, stamp] of this.#stamps) {
      const stat = this.#host.stat(file);
      if (stat?.size === stamp?.size && stat?.mtimeMs === stamp?.mtimeMs) continue;
      this.#stamps.clear();
      this.#texts.clear();
      this.#followed.clear();
      this.#built = undefined;
      this.#digest = undefined;
      this.#companions = undefined;
      return true;
    }
    return false;
  }

  digest(): string {
    // Which files entities take classes and constants from is known when they were read.
    if (this.files.entities !== undefined) this.account();
    this.#digest ??= this.#hash();
    return this.#digest;
  }

  #hash(): string {
    const hash = createHash("sha256");
    for (const file of [...this.paths, ...this.#beside(), ...[...this.#followed].sort()]) hash.update(`${path.relative(this.#root, file)}\0${this.#read(file) ?? ""}\0`);
    return hash.digest("hex");
  }

  /** What migrations written as code load and import: SQL beside them, helpers, and what those import. */
  #beside(): ReadonlySet<string> {
    if (this.#companions !== undefined) return this.#companions;
    const found = new Set(this.files.loadable);
    const code = this.files.migrations.filter((file) => CODE_FILE.test(file));
    let from: readonly string[] = code;
    for (let step = 0; step < MAX_IMPORT_STEPS && from.length > 0; step += 1) {
      const next: string[] = [];
      for (const file of from) {
        for (const specifier of importsOf(this.#read(file) ?? "")) {
          const imported = found.size < MAX_COMPANIONS ? importedFile(specifier, file, (candidate) => this.#host.stat(candidate)?.kind === "file") : undefined;
          if (imported === undefined || found.has(imported)) continue;
          found.add(imported);
          next.push(imported);
        }
      }
      from = next;
    }
    this.#companions = found;
    return found;
  }

  /** A file beside the migrations, when the digest knows it. */
  #readBeside(file: string): string | undefined {
    return this.#beside().has(file) ? this.#read(file) : undefined;
  }

  /** The database as these files alone describe it. Undefined when it is none of SQL. */
  model(): SchemaModel | undefined {
    return this.account()?.model;
  }

  account(): Account | undefined {
    this.#built ??= { account: this.#build() };
    return this.#built.account;
  }

  #build(): Account | undefined {
    const { files } = this;
    if (files.snapshot !== undefined) return this.#buildSnapshot(files.snapshot);
    const parts: SchemaPart[] = [];
    let { dialect } = files;
    if (files.prisma.length > 0) {
      const part = readPrisma(this.#readAll(files.prisma));
      if (part === undefined) return undefined;
      dialect = part.dialect ?? dialect;
      parts.push(part);
    }
    const dumps = this.#readAll(files.dumps);
    const migrations = this.#readAll(files.migrations);
    if (dialect === undefined) {
      const sniffed = sniffDialects([...dumps, ...migrations.filter(({ file }) => !CODE_FILE.test(file))].map(({ text }) => text));
      if (sniffed === "other") return undefined;
      dialect = sniffed ?? driverDialect(files.package) ?? sniffCode(migrations.filter(({ file }) => CODE_FILE.test(file)).map(({ text }) => text));
    }
    if (dumps.length > 0) parts.push(readSqlFiles(dumps, dialect));
    const replayed = migrations.length > 0 ? readSqlFiles(migrations, dialect, { read: (file) => this.#readBeside(file), dependencies: files.package.dependencies }) : undefined;
    if (replayed !== undefined) parts.push(replayed);
    if (files.drizzle.length > 0) parts.push(readDrizzle(this.#readAll(files.drizzle), dialect, files.casing, replayed?.tables));
    const { entities } = files;
    if (entities !== undefined) {
      const part = readEntities(entities.library, this.#codeOf(entities), dialect);
      dialect = part.dialect;
      parts.push(part);
    }
    const digest = this.#hash();
    this.#digest = digest;
    const unread = [...files.dumps, ...files.migrations].find((file) => this.#read(file) === undefined);
    if (unread !== undefined) parts.splice(0, parts.length, ...parts.map((part) => doubted(part, `\`${path.basename(unread)}\` could not be read`)));
    // The texts were needed for the digest and the model only.
    this.#texts.clear();
    return { parts, model: mergeParts(parts, dialect, digest) };
  }

  #buildSnapshot(file: string): Account {
    const text = this.#read(file);
    const part = text === undefined ? unusableSnapshot(file, 1, "could not be read: it is larger than 4 MB, or no text") : readSnapshotFile({ file, text });
    const digest = this.digest();
    this.#texts.clear();
    return { parts: [part], model: mergeParts([part], part.dialect, digest) };
  }

  #codeOf({ files, configs, related }: EntityFiles): CodeFiles {
    return {
      files: this.#readAll(files),
      configs: this.#readAll(configs),
      related,
      read: (file) => {
        this.#followed.add(file);
        return this.#read(file);
      },
      parse: (file, text) => this.#parsed.parse(file, text),
      resolve: (specifier, from) => this.#imports.resolve(specifier, from),
    };
  }

  #readAll(files: readonly string[]): readonly SqlFile[] {
    return files.flatMap((file) => {
      const text = this.#read(file);
      return text === undefined ? [] : [{ file, text }];
    });
  }

  #read(file: string): string | undefined {
    if (this.#texts.has(file)) return this.#texts.get(file);
    const stat = this.#host.stat(file);
    const text = stat?.kind === "file" ? this.#host.readText(file) : undefined;
    this.#stamps.set(file, stat === undefined ? undefined : { size: stat.size, mtimeMs: stat.mtimeMs });
    this.#texts.set(file, text);
    return text;
  }
}

const DRIVERS: readonly (readonly [SchemaDialect, RegExp])[] = [
  ["postgresql", /^(?:pg|postgres|pg-promise|slonik|@vercel\/postgres|@neondatabase\/serverless|@electric-sql\/pglite|node-pg-migrate|@supabase\/.*)$/u],
  ["mysql", /^(?:mysql2?|@planetscale\/database)$/u],
  ["mariadb", /^mariadb$/u],
  ["sqlite", /^(?:better-sqlite3|sqlite3?|@libsql\/client|sql\.js)$/u],
  ["sqlserver", /^(?:mssql|tedious)$/u],
];

/** The dialect of the only family of drivers that a package depends on. */
function driverDialect(owner: Package): SchemaDialect {
  const found = DRIVERS.filter(([, pattern]) => [...owner.dependencies].some((name) => pattern.test(name)));
  return found.length === 1 ? found[0]?.[0] : undefined;
}

/** Workspaces kept at a time: an editor may have several open. */
const KEPT_WORKSPACES = 8;
const indexes = new WeakMap<Host, BoundedMap<string, SchemaIndex>>();

/** The schemas of the workspace around a working directory; one index for each host and directory. */
export function loadSchema(options: LoadOptions): SchemaIndex {
  const known = indexes.get(options.host) ?? new BoundedMap<string, SchemaIndex>(KEPT_WORKSPACES);
  indexes.set(options.host, known);
  const present = known.get(options.cwd);
  if (present !== undefined) return present;
  const index = new SchemaIndex(options);
  known.set(options.cwd, index);
  return index;
}
