/** The planners that are modelled. */
import type { KnownDialect, Planner } from "./contract.js";
import { mariadb, mysql } from "./mysql/index.js";
import { postgresql } from "./postgresql/index.js";
import { sqlite } from "./sqlite/index.js";

export type { KnownDialect } from "./contract.js";

export const planners: Readonly<Record<KnownDialect, Planner>> = { postgresql, mysql, mariadb, sqlite };
