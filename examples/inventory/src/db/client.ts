import { PGlite } from "@electric-sql/pglite";
import { config } from "../config.js";

/** The embedded PostgreSQL of this process, for SQL text. */
export const pg = new PGlite(config.dataDir);
