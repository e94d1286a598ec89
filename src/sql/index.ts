/** SQL text → statements of the query model. The only door to the SQL parsers. */
export type * from "./contract.js";
