/** SQL text → statements of the query model. The only door to the SQL parsers. */
import { counters, type ParserCounters } from "./parsers/resolve.js";

export type * from "./contract.js";
export { guessDialect, readDdl } from "./ddl/read.js";
export { splitStatements, type SplitStatement } from "./ddl/split.js";
export { normalizeExpression } from "./lower/expression.js";
export { looksLikeSql } from "./looks.js";
export { clearSqlCache, readSql } from "./read.js";

/** How often parsers were loaded, asked and rebuilt since the process began. For tests. */
export function sqlCounters(): Readonly<ParserCounters> {
  return { ...counters };
}
