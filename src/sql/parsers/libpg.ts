/**
 * libpg-query, PostgreSQL's own grammar as WASM. The package's public API loads asynchronously; its Emscripten factory
 * takes a hook that instantiates synchronously, which is why the internal module is used and the version pinned.
 */
import { parseJson, type Json } from "../json.js";
import { compile, instantiate as instantiateWasm } from "./webassembly.js";
import { counters, load, packageFile, ParserDied, readBytes, SyntaxRejected } from "./resolve.js";

interface Library {
  parse(sql: string): Json;
}

let library: Library | undefined;
let compiled: object | undefined;

/** The functions of the Emscripten module that are used; present on it once the instance exists. */
interface PgModule {
  lengthBytesUTF8(text: string): number;
  stringToUTF8(text: string, pointer: number, length: number): void;
  UTF8ToString(pointer: number): string;
  getValue(pointer: number, type: string): number;
  _malloc(size: number): number;
  _free(pointer: number): void;
  _wasm_parse_query_raw(pointer: number): number;
  _wasm_free_parse_result(pointer: number): void;
}

const functionNames = ["lengthBytesUTF8", "stringToUTF8", "UTF8ToString", "getValue", "_malloc", "_free", "_wasm_parse_query_raw", "_wasm_free_parse_result"] as const;

function isPgModule(value: object): value is PgModule {
  return functionNames.every((name) => typeof Reflect.get(value, name) === "function");
}

function instantiate(): Library {
  counters.loads++;
  const factory = load(packageFile("libpg-query", "libpg-query.js"));
  if (typeof factory !== "function") throw new ParserDied("libpg-query has no factory");
  compiled ??= compile(readBytes(packageFile("libpg-query", "libpg-query.wasm")));
  const module = compiled;
  const host: object = {
    instantiateWasm(imports: object, done: (instance: object) => void): object {
      const instance = instantiateWasm(module, imports);
      done(instance);
      return instance.exports;
    },
    print: () => undefined,
    printErr: () => undefined,
  };
  const pending: unknown = Reflect.apply(factory, undefined, [host]);
  // The factory's promise only signals what the hook has done already; a failure shows in the missing functions.
  if (pending instanceof Promise) pending.catch(() => undefined);
  if (!isPgModule(host)) throw new ParserDied("libpg-query did not instantiate synchronously");
  const pg = host;
  return {
    parse(sql) {
      const length = pg.lengthBytesUTF8(sql) + 1;
      const pointer = pg._malloc(length);
      let result = 0;
      try {
        pg.stringToUTF8(sql, pointer, length);
        result = pg._wasm_parse_query_raw(pointer);
        if (result === 0) throw new ParserDied("out of memory");
        const error = pg.getValue(result + 8, "i32");
        if (error !== 0) throw new SyntaxRejected(pg.UTF8ToString(pg.getValue(error, "i32")));
        return parseJson(pg.UTF8ToString(pg.getValue(result, "i32")));
      } finally {
        pg._free(pointer);
        if (result !== 0) pg._wasm_free_parse_result(result);
      }
    },
  };
}

/** Parses with PostgreSQL's grammar. Throws {@link SyntaxRejected} or {@link ParserDied}. */
export function parsePostgres(sql: string): Json {
  counters.parses++;
  library ??= instantiate();
  try {
    return library.parse(sql);
  } catch (error) {
    if (error instanceof SyntaxRejected) throw error;
    // Whatever else is thrown may have left the instance in any state.
    library = undefined;
    counters.rebuilds++;
    throw new ParserDied(error instanceof Error ? error.message : "unknown");
  }
}
