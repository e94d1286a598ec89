/** `settings["query-guard"]`: validated once, with defaults. Settings correct what was found; nothing needs them to start. */
import type { Dialect } from "./query/model.js";

export interface Settings {
  /** Dialect of SQL text whose driver does not tell it. */
  readonly dialect: Dialect | undefined;
  /** Tables whose reads need no bound: small by nature. Compared without case. */
  readonly smallTables: readonly string[];
  /** Estimated rows per table; a table below `smallTableRows` is small. */
  readonly tableRows: Readonly<Record<string, number>>;
  readonly smallTableRows: number;
  /** Modules whose exports are clients of a library: `{ "@acme/db": "prisma" }`, `{ "@acme/db#pool": "pg" }`. */
  readonly clients: Readonly<Record<string, string>>;
  /** Print the coverage of the run when the process ends. */
  readonly coverage: boolean;
}

export const DEFAULT_SETTINGS: Settings = {
  dialect: undefined,
  smallTables: [],
  tableRows: {},
  smallTableRows: 1000,
  clients: {},
  coverage: false,
};

/** Settings as far as they are valid, and one sentence for each part that is not. The default stands in for such a part. */
export interface SettingsReading {
  readonly settings: Settings;
  readonly problems: readonly string[];
}

/** The names a team may write for {@link Settings.dialect}. */
export const DIALECT_NAMES: readonly Dialect[] = ["postgresql", "mysql", "mariadb", "sqlite", "sqlserver", "bigquery", "snowflake"];

interface Kind<Value> {
  readonly expected: string;
  accepts(value: unknown): value is Value;
}

/** What each setting takes. The documentation's table is checked against this. */
const KINDS: { readonly [Key in keyof Settings]: Kind<Settings[Key]> } = {
  dialect: { expected: `one of ${DIALECT_NAMES.map((name) => JSON.stringify(name)).join(", ")}`, accepts: isDialect },
  smallTables: { expected: "an array of table names", accepts: isNames },
  tableRows: { expected: "an object of table names with their number of rows", accepts: isRecordOf(isCount) },
  smallTableRows: { expected: "a number, 0 or more", accepts: isCount },
  clients: { expected: 'an object of modules with the library they export, like { "@acme/db": "prisma" }', accepts: isRecordOf(isName) },
  coverage: { expected: "true or false", accepts: (value) => typeof value === "boolean" },
};

const NOTHING: SettingsReading = { settings: DEFAULT_SETTINGS, problems: [] };

const readings = new WeakMap<object, SettingsReading>();

/**
 * Reads the value of `settings["query-guard"]`; `libraries` are the ids that `clients` may give, any when it is left out.
 * The answer is computed once per object. Never throws.
 */
export function readSettings(raw: unknown, libraries?: readonly string[]): SettingsReading {
  if (raw === undefined) return NOTHING;
  if (!isRecord(raw)) return { settings: DEFAULT_SETTINGS, problems: ['settings["query-guard"] must be an object; see docs/settings.md for its keys.'] };
  const known = readings.get(raw);
  if (known !== undefined) return known;
  const reading = validate(raw, libraries);
  readings.set(raw, reading);
  return reading;
}

function validate(raw: Readonly<Record<string, unknown>>, libraries: readonly string[] | undefined): SettingsReading {
  const problems = Object.keys(raw)
    .filter((key) => !isSettingName(key) && !isCacheKey(key, raw[key]))
    .map((key) => `settings["query-guard"].${onOneLine(key)} is not a setting; ${remedy(key)}`);
  const take = <Key extends keyof Settings>(key: Key): Settings[Key] => {
    const value = raw[key];
    if (value === undefined) return DEFAULT_SETTINGS[key];
    const kind: Kind<Settings[Key]> = KINDS[key];
    if (kind.accepts(value)) return value;
    problems.push(`settings["query-guard"].${key} must be ${kind.expected}, but is ${shown(value)}.`);
    return DEFAULT_SETTINGS[key];
  };
  const settings: Settings = {
    dialect: take("dialect"),
    smallTables: take("smallTables"),
    tableRows: take("tableRows"),
    smallTableRows: take("smallTableRows"),
    clients: take("clients"),
    coverage: take("coverage"),
  };
  for (const [module, library] of Object.entries(settings.clients)) {
    if (libraries && !libraries.includes(library)) problems.push(`settings["query-guard"].clients[${JSON.stringify(onOneLine(module))}] names no library: it must be one of ${libraries.map((id) => JSON.stringify(id)).join(", ")}, but is ${shown(library)}.`);
  }
  return { settings, problems };
}

function isSettingName(key: string): key is keyof Settings {
  return Object.hasOwn(KINDS, key);
}

/** The presets add a function of this name: ESLint's cache calls it for its key. */
function isCacheKey(key: string, value: unknown): boolean {
  return key === "toJSON" && typeof value === "function";
}

function remedy(key: string): string {
  const names = Object.keys(KINDS);
  const near = names.map((name) => ({ name, distance: editDistance(name.toLowerCase(), key.toLowerCase()) })).sort((a, b) => a.distance - b.distance)[0];
  if (near !== undefined && near.distance <= 3 && near.distance < near.name.length) return `did you mean \`${near.name}\`?`;
  return `remove it, or use one of ${names.join(", ")}.`;
}

/** Levenshtein distance of two short words. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const change = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(change, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}

const LONGEST_VALUE = 60;

function onOneLine(text: string): string {
  const line = text.replace(/\s+/gu, " ");
  return line.length <= LONGEST_VALUE ? line : `${line.slice(0, LONGEST_VALUE)}…`;
}

function shown(value: unknown): string {
  if (typeof value === "function") return "a function";
  if (typeof value === "number") return String(value);
  try {
    return onOneLine(JSON.stringify(value) ?? typeof value);
  } catch {
    return typeof value;
  }
}

function isDialect(value: unknown): value is Dialect {
  return DIALECT_NAMES.some((name) => name === value);
}

function isCount(value: unknown): value is number {
  return typeof value === "number" && Number.isFinite(value) && value >= 0;
}

function isName(value: unknown): value is string {
  return typeof value === "string" && value !== "";
}

function isNames(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every(isName);
}

function isRecordOf<Value>(accepts: (value: unknown) => value is Value): (value: unknown) => value is Readonly<Record<string, Value>> {
  return (value): value is Readonly<Record<string, Value>> => isRecord(value) && Object.values(value).every(accepts);
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
