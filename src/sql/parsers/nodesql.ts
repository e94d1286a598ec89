/** node-sql-parser, the second reader. Only its builds for one dialect each are loaded. */
import type { Json } from "../json.js";
import { counters, load, ParserDied, SyntaxRejected } from "./resolve.js";

export type NodesqlDialect = "mysql" | "mariadb" | "sqlite" | "postgresql" | "transactsql" | "bigquery" | "snowflake";

interface Library {
  astify(sql: string, options: object): Json;
}

const libraries = new Map<NodesqlDialect, Library>();

function isLibrary(value: unknown): value is Library {
  return typeof value === "object" && value !== null && typeof Reflect.get(value, "astify") === "function";
}

function libraryOf(dialect: NodesqlDialect): Library {
  const known = libraries.get(dialect);
  if (known !== undefined) return known;
  counters.loads++;
  const module = load(`node-sql-parser/build/${dialect}.js`);
  const make: unknown = typeof module === "object" && module !== null ? Reflect.get(module, "Parser") : undefined;
  if (typeof make !== "function") throw new ParserDied("node-sql-parser has no Parser");
  const made: unknown = Reflect.construct(make, []);
  if (!isLibrary(made)) throw new ParserDied("node-sql-parser has another interface");
  libraries.set(dialect, made);
  return made;
}

/** Parses with node-sql-parser. Throws {@link SyntaxRejected} or {@link ParserDied}. */
export function parseNodesql(dialect: NodesqlDialect, sql: string): Json {
  counters.parses++;
  const library = libraryOf(dialect);
  try {
    // Without trimQuery: false every position is off by the leading white space.
    return library.astify(sql, { database: dialect, trimQuery: false });
  } catch (error) {
    if (error instanceof RangeError) throw new ParserDied(error.message);
    const message = error instanceof Error ? error.message : "rejected";
    throw new SyntaxRejected(message.length > 160 ? "the parser of the dialect rejects it" : message);
  }
}
