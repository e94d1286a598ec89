/** Path mappings of a tsconfig that cannot be read as a whole, because it extends one that is not installed. */
import { createRequire } from "node:module";
import path from "node:path";
import type { PathsMatcher, TsConfigJson } from "get-tsconfig";
import type { Host } from "../host.js";
import type { Node } from "../syntax/ast.js";

const require = createRequire(import.meta.url);
const NAMES = ["tsconfig.json", "jsconfig.json"];
/** Configurations that extend each other further are not followed. */
const MAX_EXTENDS = 6;

/** Where a tsconfig maps a specifier that a file of the directory imports: absolute paths without an ending, the likeliest first. */
export type Mapping = (specifier: string, directory: string) => readonly string[];

/**
 * The mappings of a workspace. The nearest tsconfig around a directory counts; only what it and those it extends by a
 * relative path say themselves is known. Each is read once. `root` ends the search.
 */
export function mappingOf(root: string, host: Host): Mapping {
  const matchers = new Map<string, PathsMatcher | null>();
  const matcherAt = (directory: string): PathsMatcher | null => {
    const known = matchers.get(directory);
    if (known !== undefined) return known;
    const file = NAMES.map((name) => path.join(directory, name)).find((name) => host.stat(name)?.kind === "file");
    const isEnd = directory === root || directory === path.dirname(directory);
    const matcher = file !== undefined ? matcherOf(file, host) : isEnd ? null : matcherAt(path.dirname(directory));
    matchers.set(directory, matcher);
    return matcher;
  };
  return (specifier, directory) => matcherAt(directory)?.(specifier) ?? [];
}

function matcherOf(file: string, host: Host): PathsMatcher | null {
  const { createPathsMatcher } = require("get-tsconfig") as typeof import("get-tsconfig");
  let current: string | undefined = file;
  for (let depth = 0; current !== undefined && depth < MAX_EXTENDS; depth++) {
    const config = readJson(host.readText(current) ?? "");
    const options = field(config, "compilerOptions");
    const paths = field(options, "paths");
    const baseUrl = field(options, "baseUrl");
    if (isPaths(paths)) {
      const compilerOptions: TsConfigJson.CompilerOptions = { paths, ...(typeof baseUrl === "string" && { baseUrl: path.resolve(path.dirname(current), baseUrl) }) };
      return createPathsMatcher({ path: current, config: { compilerOptions } });
    }
    const parent = field(config, "extends");
    current = typeof parent === "string" && parent.startsWith(".") ? withEnding(path.resolve(path.dirname(current), parent)) : undefined;
  }
  return null;
}

function withEnding(file: string): string {
  return file.endsWith(".json") ? file : `${file}.json`;
}

function isPaths(value: unknown): value is Record<string, string[]> {
  return typeof value === "object" && value !== null && Object.values(value).every((item) => Array.isArray(item) && item.every((target) => typeof target === "string"));
}

function field(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null && Object.hasOwn(value, name) ? (Reflect.get(value, name) as unknown) : undefined;
}

/** A tsconfig is JSON with comments and trailing commas: an expression of JavaScript. Undefined when it is broken. */
function readJson(text: string): unknown {
  const { parseSync } = require("oxc-parser") as typeof import("oxc-parser");
  try {
    const { program } = parseSync("config.js", `(${text})`, { preserveParens: false });
    const [statement] = program.body;
    return statement?.type === "ExpressionStatement" ? valueOf(statement.expression as unknown as Node) : undefined;
  } catch {
    return undefined;
  }
}

function valueOf(node: Node): unknown {
  switch (node.type) {
    case "Literal":
      return node.value;
    case "ArrayExpression":
      return node.elements.map((element) => (element ? valueOf(element) : undefined));
    case "ObjectExpression":
      return Object.fromEntries(node.properties.flatMap((property) => (property.type === "Property" && property.key.type === "Literal" ? [[String(property.key.value), valueOf(property.value)]] : [])));
    default:
      return undefined;
  }
}
