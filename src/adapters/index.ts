/** The registry of adapters: order matters only where two libraries claim the same package. */
import type { Adapter } from "./contract.js";
import { prisma } from "./prisma/index.js";

export const adapters: readonly Adapter[] = [prisma];
