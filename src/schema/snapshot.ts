/**
 * The snapshot file: what a live database says of itself, as JSON to commit. The command `query-guard snapshot` writes it,
 * `sources/snapshot.ts` reads it. docs/snapshot.md describes it for people.
 */

/** The only version of the format so far. A change that an older reader would misunderstand makes the next one. */
export const SNAPSHOT_VERSION = 1;

export type SnapshotServer = (typeof SERVERS)[number];
const SERVERS = ["postgresql", "mysql", "mariadb", "sqlite"] as const;

export type SnapshotTableKind = (typeof TABLE_KINDS)[number];
const TABLE_KINDS = ["table", "view", "materialized view", "foreign table", "virtual table"] as const;

const INDEX_KINDS = ["primary", "unique", "index"] as const;

export interface Snapshot {
  readonly version: typeof SNAPSHOT_VERSION;
  /** Day on which it was taken, in UTC: `2026-03-31`. */
  readonly taken: string;
  readonly server: {
    readonly kind: SnapshotServer;
    /** `15.20`, `10.11.6-MariaDB`. */
    readonly version: string;
    /** Collation of the database: that of every text column that names none. */
    readonly collation?: string;
  };
  /** By schema and name. */
  readonly tables: readonly SnapshotTable[];
}

export interface SnapshotTable {
  /** PostgreSQL only. */
  readonly schema?: string;
  readonly name: string;
  readonly kind: SnapshotTableKind;
  /** Estimated rows, rounded to two digits; absent where the server has no estimate. */
  readonly rows?: number;
  /** Size with its indexes, rounded to two digits. */
  readonly bytes?: number;
  /** Why its list of indexes does not tell the whole: indexes of single partitions. */
  readonly uncertain?: string;
  /** In the order of the table. */
  readonly columns: readonly SnapshotColumn[];
  /** By name. */
  readonly indexes: readonly SnapshotIndex[];
  readonly foreignKeys: readonly SnapshotForeignKey[];
}

export interface SnapshotColumn {
  readonly name: string;
  /** As the server writes it: `character varying(255)`, `int unsigned`. Empty in SQLite where none is declared. */
  readonly type: string;
  readonly nullable: boolean;
  /** Where it is not the database's. */
  readonly collation?: string;
  /** The type is an enumeration. */
  readonly enumeration?: boolean;
}

export interface SnapshotIndex {
  /** Absent for SQLite's rowid, which is the primary key of its table. */
  readonly name?: string;
  readonly kind: (typeof INDEX_KINDS)[number];
  /** The server's name of it, in lower case: `btree`, `gin`, `fulltext`. */
  readonly method: string;
  readonly parts: readonly SnapshotIndexPart[];
  readonly include?: readonly string[];
  /** Condition of a partial index. */
  readonly where?: string;
  /** There, but not used: invalid (PostgreSQL), invisible (MySQL), ignored (MariaDB). */
  readonly disabled?: boolean;
}

export interface SnapshotIndexPart {
  readonly column?: string;
  readonly expression?: string;
  readonly descending?: boolean;
  /** Where it is not the default of the direction. */
  readonly nulls?: "first" | "last";
  /** Where it is not the default of the type. */
  readonly operatorClass?: string;
  /** Where it is not the column's. */
  readonly collation?: string;
  /** Prefix length of MySQL and MariaDB. */
  readonly length?: number;
}

export interface SnapshotForeignKey {
  readonly columns: readonly string[];
  readonly schema?: string;
  readonly table: string;
  /** Columns of the other table; empty where they are its primary key and not named. */
  readonly referencedColumns: readonly string[];
}

/** A snapshot with the line of each of its objects, or one sentence about why the text is none. */
export type SnapshotReading =
  | { readonly snapshot: Snapshot; readonly lineOf: (item: object) => number }
  | { readonly line: number; readonly problem: string };

/** Reads the text of a snapshot file. Never throws. */
export function readSnapshot(text: string): SnapshotReading {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return { line: lineOfError(text, error), problem: "is not valid JSON" };
  }
  const lines = linesOf(text, value);
  const lineOf = (item: object): number => lines.get(item) ?? 1;
  try {
    checkSnapshot(value);
  } catch (error) {
    if (error instanceof Misshapen) return { line: error.holder === undefined ? 1 : lineOf(error.holder), problem: error.message };
    throw error;
  }
  return { snapshot: value, lineOf };
}

function lineOfError(text: string, error: unknown): number {
  const position = error instanceof Error ? /\bposition (\d+)/u.exec(error.message)?.[1] : undefined;
  return position === undefined ? 1 : text.slice(0, Number(position)).split("\n").length;
}

/** The line on which each object and array begins. JSON keeps the order of its members, so the n-th brace is the n-th object. */
function linesOf(text: string, root: unknown): ReadonlyMap<object, number> {
  const starts: number[] = [];
  let line = 1;
  for (const [token] of text.matchAll(/"(?:[^"\\]|\\.)*"|[{[\n]/gu)) {
    if (token === "\n") line += 1;
    else if (token === "{" || token === "[") starts.push(line);
  }
  const lines = new Map<object, number>();
  // A stack of its own: what somebody put into the file may be nested deeper than calls can be.
  const pending: unknown[] = [root];
  while (pending.length > 0) {
    const value = pending.pop();
    if (typeof value !== "object" || value === null) continue;
    lines.set(value, starts[lines.size] ?? 1);
    const inside: readonly unknown[] = Object.values(value);
    for (let at = inside.length - 1; at >= 0; at -= 1) pending.push(inside[at]);
  }
  return lines;
}

/** What is wrong with the shape, and the object in which. */
class Misshapen extends Error {
  readonly holder: object | undefined;

  constructor(problem: string, holder?: object) {
    super(problem);
    this.holder = holder;
  }
}

function checkSnapshot(value: unknown): asserts value is Snapshot {
  const root = new Shape(value, "the file");
  const version = root.get("version");
  if (typeof version === "number" && version > SNAPSHOT_VERSION) throw new Misshapen(`has version ${String(version)}, which this version of the plugin does not read: update eslint-plugin-query-guard`);
  if (version !== SNAPSHOT_VERSION) throw new Misshapen(`has no \`version\` that is known: take it again with \`query-guard snapshot\``);
  root.text("taken");
  const server = root.object("server");
  server.oneOf("kind", SERVERS);
  server.text("version");
  server.optionalText("collation");
  root.list("tables", (item) => {
    item.optionalText("schema");
    item.text("name");
    item.oneOf("kind", TABLE_KINDS);
    item.optionalCount("rows");
    item.optionalCount("bytes");
    item.optionalText("uncertain");
    item.list("columns", (column) => {
      column.text("name");
      column.text("type");
      column.flag("nullable");
      column.optionalText("collation");
      column.optionalFlag("enumeration");
    });
    item.list("indexes", checkIndex);
    item.list("foreignKeys", (key) => {
      key.texts("columns");
      key.optionalText("schema");
      key.text("table");
      key.texts("referencedColumns");
    });
  });
}

function checkIndex(index: Shape): void {
  index.optionalText("name");
  index.oneOf("kind", INDEX_KINDS);
  index.text("method");
  index.list("parts", (part) => {
    part.optionalText("column");
    part.optionalText("expression");
    if ((part.get("column") === undefined) === (part.get("expression") === undefined)) part.fail("must have either `column` or `expression`");
    part.optionalFlag("descending");
    if (part.get("nulls") !== undefined) part.oneOf("nulls", ["first", "last"]);
    part.optionalText("operatorClass");
    part.optionalText("collation");
    part.optionalCount("length");
  });
  if (index.get("include") !== undefined) index.texts("include");
  index.optionalText("where");
  index.optionalFlag("disabled");
}

/** An object of the file and the way to it, for messages: `tables[3].indexes[0]`. */
class Shape {
  readonly #value: object;
  readonly #path: string;

  constructor(value: unknown, path: string) {
    if (typeof value !== "object" || value === null || Array.isArray(value)) throw new Misshapen(`is no snapshot: ${path} must be an object`);
    this.#value = value;
    this.#path = path;
  }

  get(key: string): unknown {
    return Object.hasOwn(this.#value, key) ? Reflect.get(this.#value, key) : undefined;
  }

  fail(problem: string): never {
    throw new Misshapen(`is no snapshot: ${this.#path} ${problem}`, this.#value);
  }

  text(key: string): void {
    if (typeof this.get(key) !== "string") this.fail(`must have a text \`${key}\``);
  }

  optionalText(key: string): void {
    if (this.get(key) !== undefined) this.text(key);
  }

  flag(key: string): void {
    if (typeof this.get(key) !== "boolean") this.fail(`must have true or false as \`${key}\``);
  }

  optionalFlag(key: string): void {
    if (this.get(key) !== undefined) this.flag(key);
  }

  optionalCount(key: string): void {
    const value = this.get(key);
    if (value !== undefined && !(typeof value === "number" && value >= 0)) this.fail(`must have a number, 0 or more, as \`${key}\``);
  }

  oneOf(key: string, values: readonly string[]): void {
    const value = this.get(key);
    if (!values.some((candidate) => candidate === value)) this.fail(`must have one of ${values.map((candidate) => JSON.stringify(candidate)).join(", ")} as \`${key}\``);
  }

  texts(key: string): void {
    const value = this.get(key);
    if (!Array.isArray(value) || value.some((item) => typeof item !== "string")) this.fail(`must have a list of texts \`${key}\``);
  }

  object(key: string): Shape {
    return new Shape(this.get(key), `\`${key}\``);
  }

  list(key: string, check: (item: Shape) => void): void {
    const value = this.get(key);
    if (!Array.isArray(value)) this.fail(`must have a list \`${key}\``);
    const path = this.#path === "the file" ? key : `${this.#path}.${key}`;
    for (const [at, item] of value.entries()) check(new Shape(item, `${path}[${String(at)}]`));
  }
}

/**
 * The text of a snapshot file: keys and entries in one order, one line for each column, index and key, so that a change
 * of the schema is a change of those lines.
 */
export function writeSnapshot(snapshot: Snapshot): string {
  const { version, taken, server } = snapshot;
  const tables = [...snapshot.tables].sort((left, right) => compare(left.schema ?? "", right.schema ?? "") || compare(left.name, right.name)).map(tableText);
  const list = tables.length === 0 ? "[]" : `[\n${tables.join(",\n")}\n  ]`;
  return `{\n  "version": ${String(version)},\n  "taken": ${JSON.stringify(taken)},\n  "server": ${onOneLine(members(server, ["kind", "version", "collation"]))},\n  "tables": ${list}\n}\n`;
}

function tableText(table: SnapshotTable): string {
  const head = members(table, ["schema", "name", "kind", "rows", "bytes", "uncertain"]);
  const indexes = [...table.indexes].sort((left, right) => compare(left.name ?? "", right.name ?? "") || compare(JSON.stringify(left.parts), JSON.stringify(right.parts)));
  const keys = [...table.foreignKeys].sort((left, right) => compare(left.columns.join(), right.columns.join()) || compare(left.table, right.table));
  const lists = [
    listText("columns", table.columns.map((column) => members(column, ["name", "type", "nullable", "collation", "enumeration"]))),
    listText("indexes", indexes.map((index) => members({ ...index, parts: index.parts.map((part) => Object.fromEntries(members(part, ["column", "expression", "descending", "nulls", "operatorClass", "collation", "length"]))) }, ["name", "kind", "method", "parts", "include", "where", "disabled"]))),
    listText("foreignKeys", keys.map((key) => members(key, ["columns", "schema", "table", "referencedColumns"]))),
  ];
  const lines = [...head.map(([key, value]) => `      ${JSON.stringify(key)}: ${inline(value)}`), ...lists];
  return `    {\n${lines.join(",\n")}\n    }`;
}

type Member = readonly [key: string, value: unknown];

/** Members in the order of the keys; what is undefined is left out. */
function members<Item extends object>(item: Item, keys: readonly (keyof Item & string)[]): readonly Member[] {
  return keys.flatMap((key): Member[] => (item[key] === undefined ? [] : [[key, item[key]]]));
}

function listText(name: string, items: readonly (readonly Member[])[]): string {
  return `      ${JSON.stringify(name)}: ${items.length === 0 ? "[]" : `[\n${items.map((item) => `        ${onOneLine(item)}`).join(",\n")}\n      ]`}`;
}

function onOneLine(item: readonly Member[]): string {
  return `{ ${item.map(([key, value]) => `${JSON.stringify(key)}: ${inline(value)}`).join(", ")} }`;
}

function inline(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(inline).join(", ")}]`;
  return typeof value === "object" && value !== null ? onOneLine(Object.entries(value)) : JSON.stringify(value);
}

/** By code units: the same on every machine, whatever its language. */
function compare(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}

/** Two significant digits: a count that moves with every order would change the file with every order. */
export function roundCount(count: number): number {
  return count < 100 ? Math.max(0, Math.round(count)) : Number(count.toPrecision(2));
}
