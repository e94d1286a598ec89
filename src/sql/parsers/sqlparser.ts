/**
 * sqlparser-ts: datafusion's sqlparser-rs as WASM, for MySQL, MariaDB and SQLite. The package's own glue keeps one
 * instance for the life of the process; a trap leaves that one unusable, so the few imports are supplied here and a
 * dead instance is replaced.
 */
import { parseJson, type Json } from "../json.js";
import { counters, packageFile, ParserDied, readBytes, SyntaxRejected } from "./resolve.js";
import { compile, importsOf, instantiate } from "./webassembly.js";

export type SqlparserDialect = "mysql" | "sqlite" | "generic" | "postgresql" | "mssql" | "bigquery" | "snowflake";

interface Exports {
  readonly memory: { readonly buffer: ArrayBuffer };
  readonly __wbindgen_externrefs: { get(index: number): unknown; set(index: number, value: unknown): void; grow(by: number): number };
  __wbindgen_malloc(size: number, align: number): number;
  __wbindgen_free(pointer: number, size: number, align: number): void;
  __externref_table_dealloc(index: number): void;
  __wbindgen_start(): void;
  parse_sql_to_json_string(dialect: number, dialectLength: number, sql: number, sqlLength: number): readonly number[];
}

const functionNames = ["__wbindgen_malloc", "__wbindgen_free", "__externref_table_dealloc", "__wbindgen_start", "parse_sql_to_json_string"] as const;

function isExports(value: object): value is Exports {
  return functionNames.every((name) => typeof Reflect.get(value, name) === "function")
    && typeof Reflect.get(value, "memory") === "object" && typeof Reflect.get(value, "__wbindgen_externrefs") === "object";
}

interface Library {
  parse(dialect: SqlparserDialect, sql: string): string;
}

let compiled: object | undefined;
let library: Library | undefined;

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

function build(): Library {
  counters.loads++;
  compiled ??= compile(readBytes(packageFile("@guanmingchiu/sqlparser-ts", "..", "wasm", "sqlparser_rs_wasm_bg.wasm")));
  // The imports are made before the instance whose memory they read.
  const made: { wasm?: Exports } = {};
  const textAt = (pointer: number, length: number): string => (made.wasm === undefined ? "" : decoder.decode(new Uint8Array(made.wasm.memory.buffer, pointer >>> 0, length)));
  // The names carry a hash of their signature; only these are called on the way to a JSON string.
  const supplied: readonly (readonly [prefix: string, make: unknown])[] = [
    ["__wbg_Error_", (pointer: number, length: number) => new Error(textAt(pointer, length))],
    ["__wbg_new_", () => new Error("panic")],
    ["__wbg_stack_", () => undefined],
    ["__wbg_error_", () => undefined],
    ["__wbg___wbindgen_throw", (pointer: number, length: number) => {
      throw new ParserDied(textAt(pointer, length));
    }],
    ["__wbindgen_init_externref_table", () => {
      const table = made.wasm?.__wbindgen_externrefs;
      if (table === undefined) return;
      const offset = table.grow(4);
      table.set(0, undefined);
      table.set(offset, undefined);
      table.set(offset + 1, null);
      table.set(offset + 2, true);
      table.set(offset + 3, false);
    }],
    ["__wbindgen_cast_0000000000000003", (pointer: number, length: number) => textAt(pointer, length)],
  ];
  const imports: Record<string, Record<string, unknown>> = {};
  for (const { module, name } of importsOf(compiled)) {
    const found = supplied.find(([prefix]) => name.startsWith(prefix));
    const namespace = (imports[module] ??= {});
    namespace[name] = found === undefined ? () => {
      throw new ParserDied(`${name} is not supplied`);
    } : found[1];
  }
  const exports = instantiate(compiled, imports).exports;
  if (!isExports(exports)) throw new ParserDied("sqlparser-ts has another interface");
  made.wasm = exports;
  exports.__wbindgen_start();
  const pass = (text: string): readonly [number, number] => {
    const bytes = encoder.encode(text);
    const pointer = exports.__wbindgen_malloc(bytes.length, 1) >>> 0;
    new Uint8Array(exports.memory.buffer, pointer, bytes.length).set(bytes);
    return [pointer, bytes.length];
  };
  return {
    parse(dialect, sql) {
      const [pointer = 0, length = 0, error = 0, failed = 0] = exports.parse_sql_to_json_string(...pass(dialect), ...pass(sql));
      if (failed !== 0) {
        const message = exports.__wbindgen_externrefs.get(error);
        exports.__externref_table_dealloc(error);
        throw new SyntaxRejected(typeof message === "string" ? message : String(message));
      }
      const json = textAt(pointer, length);
      exports.__wbindgen_free(pointer, length, 1);
      return json;
    },
  };
}

/** Parses with sqlparser-rs. Throws {@link SyntaxRejected} or {@link ParserDied}. */
export function parseSqlparser(dialect: SqlparserDialect, sql: string): Json {
  counters.parses++;
  library ??= build();
  try {
    return parseJson(library.parse(dialect, sql));
  } catch (error) {
    if (error instanceof SyntaxRejected) throw error;
    // After a trap every later parse of the instance fails.
    library = undefined;
    counters.rebuilds++;
    throw new ParserDied(error instanceof Error ? error.message : "unknown");
  }
}
