import { drizzle } from "drizzle-orm/pglite";
import { pg } from "./client.js";
import * as schema from "./schema.js";

/** The same database through Drizzle. */
export const db = drizzle({ client: pg, schema });

/** What `db.transaction` hands to its callback. */
export type OrmTransaction = Parameters<Parameters<typeof db.transaction>[0]>[0];
