/**
 * What every library is asked, and the one answer that all of them must give, in the words of `outline`.
 * A library that cannot express a scenario says why instead of giving code.
 * The schema is the same for all: table `orders` with `id` (primary key), `customerId`, `status`, `note`.
 */
export const SCENARIOS = {
  "read by key": "select orders, where id = parameter, ONE",
  "read many, unbounded": "select orders, where nothing",
  "read many, limited": "select orders, where nothing, limit 50",
  "read many, limit from a parameter": "select orders, where nothing, limit parameter",
  "read many, limit maybe undefined": "select orders, where nothing, limit maybe undefined",
  "read many, limited and skipped": "select orders, where nothing, limit 50, offset parameter",
  "read many by key list": "select orders, where id in array",
  "read many, filtered": "select orders, where customerId = parameter",
  "read many, filtered by two": "select orders, where (customerId = parameter and status = shipped)",
  "read many, either of two": "select orders, where (customerId = parameter or status = shipped)",
  "read many, conditional filter": "select orders, where maybe[customerId = parameter]",
  "read many, null test": "select orders, where note is null",
  "count": "select orders, where customerId = parameter, aggregate",
  "exists": "EXISTS orders, where customerId = parameter",
  "insert one": "insert orders, where nothing, rows one",
  "insert many": "insert orders, where nothing, rows many",
  "update with filter": "update orders, where customerId = parameter",
  "update without filter": "update orders, where nothing",
  "update with empty filter": "update orders, where nothing",
  "update with a filter that may be undefined": "update orders, where UNDEFINED[customerId = parameter]",
  "delete with filter": "delete orders, where customerId = parameter",
  "delete without filter": "delete orders, where nothing",
  "delete with always true filter": "delete orders, where always true",
  "delete with a filter that may be undefined": "delete orders, where UNDEFINED[customerId = parameter]",
  "raw statement": "select orders, where customerId = parameter",
  "in a transaction callback": "update orders, where id = parameter",
  "client imported through a re-export": "select orders, where nothing",
  "client annotated as a parameter": "select orders, where nothing",
  "client in a class field": "select orders, where nothing",
  "builder over several statements": "select orders, where maybe[customerId = parameter], limit 50",
  "builder never executed": "select orders, where nothing, NOT SENT",
  "sub-query is not a query of its own": "select orders, where customerId in subquery",
  "look-alikes": "no site",
} as const;

export type ScenarioId = keyof typeof SCENARIOS;

/** How one library writes the scenarios. */
export interface LibraryScenarios {
  readonly id: string;
  /** Stands before the code of each scenario. */
  readonly prelude: string;
  /** Other files of the project. */
  readonly files?: Readonly<Record<string, string>>;
  /**
   * Code, or why there is none. `expect` overrides the answer where the library really does something else, with the
   * reason: "LIMIT 1 is sent", "undefined is bound as NULL".
   */
  readonly scenarios: Readonly<Record<ScenarioId, Scenario>>;
}

export type Scenario = string | { readonly cannot: string } | { readonly code: string; readonly expect: string; readonly because: string; readonly files?: Readonly<Record<string, string>>; readonly bare?: boolean };
