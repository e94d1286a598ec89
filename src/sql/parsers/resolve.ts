/** Files of installed packages, found and read synchronously: rules are synchronous, so the parsers must be. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

const requireHere = createRequire(import.meta.url);

/** Loads a CommonJS module. The value is not known to the compiler: readers check what they take. */
export function load(request: string): unknown {
  return requireHere(request);
}

/** Loads a file beside a package's entry, past its `exports`. */
export function packageFile(request: string, ...relative: readonly string[]): string {
  return join(dirname(requireHere.resolve(request)), ...relative);
}

export function readBytes(file: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(readFileSync(file));
}

export interface ParserCounters {
  parses: number;
  loads: number;
  rebuilds: number;
}

/** Numbers for tests: how often parsers were loaded, asked and rebuilt. */
export const counters: ParserCounters = { parses: 0, loads: 0, rebuilds: 0 };

/** The parser rejects the text. */
export class SyntaxRejected extends Error {
  override readonly name = "SyntaxRejected";
}

/** The parser gave up or died on the text. */
export class ParserDied extends Error {
  override readonly name = "ParserDied";
}
