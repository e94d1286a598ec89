/** The drivers that are told SQL text. */
import type { Adapter } from "../contract.js";
import { driverAdapters } from "./adapter.js";
import { bunSqlite } from "./bun.js";
import { mysql2 } from "./mysql2.js";
import { pg } from "./pg.js";
import { pgPromise } from "./pg-promise.js";
import { pglite } from "./pglite.js";
import { neon, postgresJs, vercelPostgres } from "./postgres-js.js";
import { slonik } from "./slonik.js";
import { betterSqlite3, nodeSqlite, sqlite3 } from "./sqlite.js";
import { sqlTemplateStrings, sqlTemplateTag } from "./templates.js";

export const rawAdapters: readonly Adapter[] = driverAdapters([pg, pglite, mysql2, betterSqlite3, nodeSqlite, sqlite3, postgresJs, neon, vercelPostgres, slonik, pgPromise, bunSqlite], [sqlTemplateStrings, sqlTemplateTag]);
