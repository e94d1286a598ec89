import type { Release } from "./config.js";
import { lowStockReport as corrected } from "./reports/low-stock.js";
import { lowStockReport as incident } from "./reports/low-stock.incident.js";
import type { LowStockReport } from "./reports/low-stock.types.js";

/** What differs from release to release. */
export interface ReleaseContent {
  /** The last migration of the release. */
  readonly lastMigration: string;
  /** Absent where the release has no such report yet. */
  readonly lowStockReport?: LowStockReport;
}

export const releases: Readonly<Record<Release, ReleaseContent>> = {
  before: { lastMigration: "0003" },
  incident: { lastMigration: "0003", lowStockReport: incident },
  corrected: { lastMigration: "0004", lowStockReport: corrected },
};
