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
