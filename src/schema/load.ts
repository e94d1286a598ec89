/** The schema of a workspace: found without settings, read on first need, kept until a file changes. */
import { createHash } from "node:crypto";
import path from "node:path";
import { BoundedMap } from "../base/bounded-map.js";
import type { Host } from "../host.js";
import type { Dialect } from "../query/model.js";
import { discover, type DatabaseFiles } from "./discover.js";
import { mergeParts } from "./merge.js";
import type { SchemaModel } from "./model.js";
import type { SchemaDialect } from "./names.js";
import type { SchemaPart } from "./part.js";
import { readDrizzle } from "./sources/drizzle.js";
import { readPrisma } from "./sources/prisma.js";
import { readSqlFiles, sniffDialects, type SqlFile } from "./sources/sql.js";
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

/** Checking takes at most this share of the time between two checks. */
const CHECKING_SHARE = 0.05;

/** The schemas of one workspace. */
export class SchemaIndex {
  readonly root: string;
  readonly #host: Host;
  readonly #workspace: Workspace;
  readonly #now: () => number;
  readonly #databases = new Map<string, Database>();
  #discovered = false;
  #nextCheck = 0;
  #nextWalk = 0;

  constructor({ host, cwd, now = () => performance.now() }: LoadOptions) {
    this.root = workspaceRoot(host, cwd);
    this.#host = host;
    this.#workspace = new Workspace(host, this.root);
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
   * a workspace of any size spends no more than a small share of a lint on it.
   */
  revalidate(): void {
    if (!this.#discovered) return;
    const begun = this.#now();
    if (begun < this.#nextCheck) return;
    if (begun >= this.#nextWalk) {
      if (this.#workspace.refresh()) this.#update();
      this.#nextWalk = this.#now() + (this.#now() - begun) / CHECKING_SHARE;
    }
    for (const database of this.#databases.values()) database.revalidate();
    this.#nextCheck = this.#now() + (this.#now() - begun) / CHECKING_SHARE;
  }

  /** Digest of the contents of every schema file: equal digests, equal answers. */
  digest(): string {
    this.#discover();
    const hash = createHash("sha256");
    for (const [id, database] of this.#databases) hash.update(`${id}\0${database.digest()}\0`);
    return hash.digest("hex");
  }

  /** Every database of the workspace; reads them all. */
  summary(): readonly DatabaseSummary[] {
    this.#discover();
    return [...this.#databases.values()].map((database) => ({ id: database.files.id, layout: database.files.layout, files: database.paths.length, model: database.model() }));
  }

  #discover(): void {
    if (this.#discovered) return;
    this.#discovered = true;
    const begun = this.#now();
    this.#update();
    this.#nextWalk = this.#now() + (this.#now() - begun) / CHECKING_SHARE;
  }

  #update(): void {
    const found = discover(this.#workspace, this.#host);
    const kept = new Set(found.map((files) => files.id));
    for (const id of [...this.#databases.keys()].filter((known) => !kept.has(known))) this.#databases.delete(id);
    for (const files of found) {
      const known = this.#databases.get(files.id);
      if (known === undefined || JSON.stringify(known.files) !== JSON.stringify(files)) this.#databases.set(files.id, new Database(files, this.#host, this.root));
    }
  }

  #fitting(databases: readonly Database[], hint: SchemaHint): readonly SchemaModel[] {
    const named = databases.filter((database) => fitsLayout(database.files, hint));
    const models = named.flatMap((database) => {
      const model = database.model();
      return model !== undefined && model.tables.length > 0 && fitsDialect(model.dialect, hint.dialect) ? [model] : [];
    });
    const { tables } = hint;
    if (tables === undefined || tables.length === 0) return models;
    return models.filter((model) => tables.every((name) => model.table(name) !== undefined || model.tableOfModel(name) !== undefined));
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
      return files.layout === "drizzle";
    default:
      return true;
  }
}

function fitsDialect(own: SchemaDialect, wanted: Dialect | undefined): boolean {
  if (own === undefined || wanted === undefined || own === wanted) return true;
  const family = (dialect: string): string => (dialect === "mariadb" ? "mysql" : dialect);
  return family(own) === family(wanted);
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
  readonly #stamps = new Map<string, Stamp | undefined>();
  readonly #texts = new Map<string, string | undefined>();
  #built: { readonly model: SchemaModel | undefined } | undefined;
  #digest: string | undefined;

  constructor(files: DatabaseFiles, host: Host, root: string) {
    this.files = files;
    this.#host = host;
    this.#root = root;
  }

  get paths(): readonly string[] {
    return [...this.files.prisma, ...this.files.drizzle, ...this.files.dumps, ...this.files.migrations];
  }

  revalidate(): void {
    for (const [file, stamp] of this.#stamps) {
      const stat = this.#host.stat(file);
      if (stat?.size === stamp?.size && stat?.mtimeMs === stamp?.mtimeMs) continue;
      this.#stamps.clear();
      this.#texts.clear();
      this.#built = undefined;
      this.#digest = undefined;
      return;
    }
  }

  digest(): string {
    this.#digest ??= this.#hash();
    return this.#digest;
  }

  #hash(): string {
    const hash = createHash("sha256");
    for (const file of this.paths) hash.update(`${path.relative(this.#root, file)}\0${this.#read(file) ?? ""}\0`);
    return hash.digest("hex");
  }

  model(): SchemaModel | undefined {
    this.#built ??= { model: this.#build() };
    return this.#built.model;
  }

  #build(): SchemaModel | undefined {
    const { files } = this;
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
      const sniffed = sniffDialects([...dumps, ...migrations].map(({ text }) => text));
      if (sniffed === "other") return undefined;
      dialect = sniffed ?? driverDialect(files.package);
    }
    if (dumps.length > 0) parts.push(readSqlFiles(dumps, dialect));
    const replayed = migrations.length > 0 ? readSqlFiles(migrations, dialect) : undefined;
    if (replayed !== undefined) parts.push(replayed);
    if (files.drizzle.length > 0) parts.push(readDrizzle(this.#readAll(files.drizzle), dialect, files.casing, replayed?.tables));
    const digest = this.digest();
    // The texts were needed for the digest and the model only.
    this.#texts.clear();
    return mergeParts(parts, dialect, digest);
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
