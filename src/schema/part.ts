/** What one source of schema facts hands to the merge. */
import type { SchemaDialect } from "./names.js";
import type { SchemaSourceReport, Table } from "./model.js";

export interface SchemaPart {
  /**
   * - `declared`: the library's own declaration (Prisma schema, Drizzle tables). Its property names and models count.
   * - `replayed`: SQL applied in order (migrations, a dump).
   * - `snapshot`: what the live database said of itself.
   */
  readonly kind: "declared" | "replayed" | "snapshot";
  readonly dialect: SchemaDialect;
  readonly reports: readonly SchemaSourceReport[];
  readonly tables: readonly Table[];
  /** The library is told to refuse undefined in its arguments: Prisma's preview feature `strictUndefinedChecks`. */
  readonly refusesUndefined?: boolean;
  /**
   * Tables that statements change but that were created where it was not read. They add to a table of another part;
   * alone they are uncertain.
   */
  readonly orphans?: readonly Table[];
}
