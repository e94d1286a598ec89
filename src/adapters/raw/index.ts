/** The drivers that are told SQL text. */
import type { Adapter } from "../contract.js";
import { driverAdapters } from "./adapter.js";
import { pg } from "./pg.js";

export const rawAdapters: readonly Adapter[] = driverAdapters([pg]);
