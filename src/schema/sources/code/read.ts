/**
 * Migrations in JavaScript and TypeScript → the changes they make, applied in order to the tables that the migrations
 * before them left. The code is followed, never run. One reader serves all migrations of a database: helpers are read once.
 */
import path from "node:path";
import { MODULE_EXTENSIONS, parseModule, type SourceModule } from "../../../syntax/source-module.js";
import type { SchemaSourceReport } from "../../model.js";
import type { SchemaDialect } from "../../names.js";
import type { Replay } from "../replay.js";
import { dialectOfClient, isDialectName } from "./dialects.js";
import { kyselyHandle, sqlHelper } from "./kysely.js";
import { knexHandle } from "./knex.js";
import type { Context } from "./library.js";
import { Machine } from "./machine.js";
import { pgmHandle } from "./node-pg-migrate.js";
import { sequelizeExport, sequelizeHandle } from "./sequelize.js";
import { dbMigrateHandle, driver, mikroBase } from "./statements.js";
import { Target } from "./target.js";
import { typeormHandle } from "./typeorm.js";
import { mentionsIn, NOTHING, object, text, type CodeValue, type ObjectValue, type Site } from "./values.js";

/** What can be read beside the migrations themselves: helpers they import, SQL they load. */
export type ReadText = (file: string) => string | undefined;

export const CODE_FILE = /\.[cm]?[jt]sx?$/u;

type Library = "knex" | "kysely" | "node-pg-migrate" | "sequelize" | "typeorm" | "mikro-orm" | "db-migrate" | "driver";

/** Words that only a migration for this library has. Where several fit, the first. */
const MARKS: readonly (readonly [Library, RegExp])[] = [
  ["mikro-orm", /["']@mikro-orm\/migrations(?:-mongodb)?["']|\bthis\.addSql\s*\(/u],
  ["typeorm", /\bQueryRunner\b|\bqueryRunner\s*\.|["']typeorm["']/u],
  ["node-pg-migrate", /\bpgm\b|["']node-pg-migrate["']/u],
  ["sequelize", /\bqueryInterface\b|\bQueryInterface\b|["'](?:sequelize|@sequelize\/core|umzug)["']/u],
  ["kysely", /["']kysely["']|\bKysely\b/u],
  ["db-migrate", /\bdbmigrate\b|["']db-migrate["']|\bdb\s*\.\s*runSql\b/u],
  ["knex", /\bknex\b|\bKnex\b/u],
];

/** Libraries by the package that a project depends on, for migrations that no mark tells. */
const PACKAGES: readonly (readonly [string, Library])[] = [
  ["node-pg-migrate", "node-pg-migrate"],
  ["kysely", "kysely"],
  ["knex", "knex"],
  ["objection", "knex"],
  ["sequelize", "sequelize"],
  ["typeorm", "typeorm"],
  ["db-migrate", "db-migrate"],
];

function markedLibrary(source: string): Library | undefined {
  return MARKS.find(([, pattern]) => pattern.test(source))?.[0];
}

function dependedLibrary(dependencies: ReadonlySet<string>): Library {
  const used = new Set(PACKAGES.filter(([name]) => dependencies.has(name)).map(([, library]) => library));
  const [only] = used;
  return used.size === 1 && only !== undefined ? only : "driver";
}

export class CodeReader {
  readonly #target: Target;
  readonly #machine: Machine;
  readonly #context: Context;
  readonly #read: ReadText;
  readonly #dependencies: ReadonlySet<string>;
  readonly #dialect: SchemaDialect;
  readonly #modules = new Map<string, ObjectValue | undefined>();
  /** The library of the migration before: one folder seldom has two. */
  #library: Library | undefined;

  constructor(replay: Replay, dialect: SchemaDialect, read: ReadText, dependencies: ReadonlySet<string>) {
    this.#dialect = dialect;
    this.#target = new Target(replay, dialect);
    this.#read = read;
    this.#dependencies = dependencies;
    this.#machine = new Machine({
      external: (specifier, steps, args, site) => this.#external(specifier, steps, args, site),
      inherited: (specifier, steps) => (/^@mikro-orm\//u.test(specifier) || steps.at(-1) === "Migration" ? mikroBase(this.#context, () => knexHandle(this.#context)) : undefined),
      module: (specifier, from) => this.#import(specifier, from),
      file: (file) => this.#text(file),
      statement: (sql, site) => this.#target.statements(sql, site),
      escaped: (args, site) => this.#escaped(args, site),
      doubtful: (begins) => this.#target.doubtful(begins),
      isDialect: (name) => this.#isDialect(name),
    });
    this.#context = { target: this.#target, machine: this.#machine, shorthands: new Map() };
  }

  /** Applies one file. Undefined when it is no migration. */
  apply(file: string, source: string): SchemaSourceReport | undefined {
    const { replay, notUnderstood } = this.#target;
    const before = replay.count;
    notUnderstood.length = 0;
    const failed = (why: string): void => {
      notUnderstood.push({ line: 1, text: why });
      replay.doubtAll(`\`${path.basename(file)}\` was not understood`);
    };
    try {
      if (!this.#follow(file, source)) return undefined;
    } catch {
      // Too long a way, a stack that overflows, or a bug: it may have done anything.
      failed("the migration could not be followed");
    }
    return { file, kind: "code", tables: Math.max(0, replay.count - before), notUnderstood: [...notUnderstood] };
  }

  #follow(file: string, source: string): boolean {
    // The cheap question first: helpers and lists beside the migrations have no such word.
    if (!/\bup\b/u.test(source)) return false;
    const module = parseModule(file, source, { parents: false });
    if (module === undefined) {
      this.#target.notUnderstood.push({ line: 1, text: "the file could not be parsed" });
      this.#target.replay.doubtAll(`\`${path.basename(file)}\` could not be parsed`);
      return true;
    }
    this.#machine.begin();
    this.#target.begin();
    const exports = object();
    this.#modules.set(file, exports);
    this.#machine.evaluateModule(module, exports);
    const shorthands = exports.entries.get("shorthands");
    if (shorthands?.kind === "object") for (const [name, options] of shorthands.entries) this.#context.shorthands.set(name, options);
    const site: Site = { node: module.program, module };
    const runs = this.#migrationsOf(exports, site);
    const marked = markedLibrary(source);
    this.#library = marked ?? this.#library;
    const library = marked ?? this.#library ?? dependedLibrary(this.#dependencies);
    for (const run of runs) this.#machine.invoke(run, this.#argumentsOf(library), site);
    return runs.length > 0;
  }

  /** The functions that run forwards: `up` of the module, of its default export, of its classes. */
  #migrationsOf(exports: ObjectValue, site: Site): readonly CodeValue[] {
    const up = exports.entries.get("up");
    if (up !== undefined) return isRunnable(up) ? [up] : [];
    const found: CodeValue[] = [];
    for (const value of new Set(exports.entries.values())) {
      const made = value.kind === "class" ? this.#machine.instantiate(value, [], site) : value;
      const own = made.kind === "object" ? made.entries.get("up") : undefined;
      if (own !== undefined && isRunnable(own) && !found.some((known) => known === own)) found.push(own);
    }
    if (found.length > 0) return found;
    // A class that is not exported, of a tool that registers it.
    return [];
  }

  #argumentsOf(library: Library): readonly CodeValue[] {
    const context = this.#context;
    switch (library) {
      case "knex":
        return [knexHandle(context), NOTHING];
      case "kysely":
        return [kyselyHandle(context)];
      case "node-pg-migrate":
        return [pgmHandle(context), { kind: "native", run: () => NOTHING }];
      case "sequelize":
        return [sequelizeHandle(context), { kind: "external", specifier: "sequelize", path: [] }];
      case "typeorm":
        return [typeormHandle(context)];
      case "db-migrate":
        return [dbMigrateHandle(context), { kind: "native", run: () => NOTHING }];
      case "mikro-orm":
      case "driver":
        return [driver(context)];
    }
  }

  #external(specifier: string, steps: readonly string[], args: readonly CodeValue[], _site: Site): CodeValue | undefined {
    const name = steps.at(-1) ?? "";
    if (steps.length > 1 && (steps[0] === "sql" || steps[0] === "Prisma")) return sqlHelper(name, args, this.#target);
    if (/^(?:sequelize|@sequelize\/core|sequelize-typescript)$/u.test(specifier)) return sequelizeExport(name, args, this.#context) ?? { kind: "external", specifier, path: steps };
    if (name === "sql" && args[0]?.kind === "text") return args[0];
    return undefined;
  }

  #isDialect(name: string): boolean | undefined {
    return this.#dialect === undefined || !isDialectName(name) ? undefined : dialectOfClient(name) === this.#dialect;
  }

  /** An object of the library goes to code that is not followed. */
  #escaped(args: readonly CodeValue[], site: Site): void {
    if (holdsReceiver(args, 0)) this.#target.unknown(mentionsIn(args), site);
  }

  #text(file: string): CodeValue | undefined {
    const content = this.#read(file);
    if (content === undefined) return undefined;
    const starts = lineStarts(content);
    return text(content, (at) => ({ file, line: lineAt(starts, at), kind: "sql" }));
  }

  #import(specifier: string, from: SourceModule): ObjectValue | undefined {
    const file = importedFile(specifier, from.path, (candidate) => this.#read(candidate) !== undefined);
    if (file === undefined) return undefined;
    if (this.#modules.has(file)) return this.#modules.get(file);
    const source = this.#read(file);
    if (source === undefined) return undefined;
    const module = file.endsWith(".json") ? undefined : parseModule(file, source, { parents: false });
    if (module === undefined) {
      this.#modules.set(file, undefined);
      return undefined;
    }
    const exports = object();
    this.#modules.set(file, exports);
    try {
      this.#machine.evaluateImport(module, exports);
    } catch {
      // A module of the application: what it exported so far counts.
      exports.open = true;
    }
    return exports;
  }
}

function isRunnable(value: CodeValue): boolean {
  return value.kind === "function" || value.kind === "native";
}

function holdsReceiver(values: readonly CodeValue[], depth: number): boolean {
  if (depth > 3) return false;
  return values.some((value) => value.kind === "receiver" || (value.kind === "list" && holdsReceiver(value.items, depth + 1)) || (value.kind === "object" && value.made === undefined && holdsReceiver([...value.entries.values()], depth + 1)));
}

/** The file that a relative import means. `exists` says whether there is such a file. */
export function importedFile(specifier: string, from: string, exists: (file: string) => boolean): string | undefined {
  if (!specifier.startsWith(".")) return undefined;
  const target = path.resolve(path.dirname(from), specifier);
  const bare = target.replace(/\.[cm]?jsx?$/u, "");
  const candidates = [target, ...MODULE_EXTENSIONS.map((extension) => bare + extension), ...MODULE_EXTENSIONS.map((extension) => target + extension), ...MODULE_EXTENSIONS.map((extension) => path.join(target, `index${extension}`))];
  return candidates.find((candidate) => CODE_FILE.test(candidate) && exists(candidate));
}

const IMPORTED = /\bfrom\s*["'](\.[^"']*)["']|\brequire\s*\(\s*["'](\.[^"']*)["']\s*\)/gu;

/** The relative imports of a text, as they are written. */
export function importsOf(source: string): readonly string[] {
  return [...source.replace(/\bimport\s+type\b[^"']*["'][^"'\n]*["']/gu, "").matchAll(IMPORTED)].map((match) => match[1] ?? match[2] ?? "");
}

function lineStarts(content: string): readonly number[] {
  const starts = [0];
  for (let at = content.indexOf("\n"); at !== -1; at = content.indexOf("\n", at + 1)) starts.push(at + 1);
  return starts;
}

function lineAt(starts: readonly number[], offset: number): number {
  let low = 0;
  let high = starts.length;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if ((starts[middle] ?? 0) <= offset) low = middle;
    else high = middle;
  }
  return low + 1;
}

