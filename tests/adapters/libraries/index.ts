import { drizzle } from "./drizzle.js";
import { prisma } from "./prisma.js";
import { pg } from "./pg.js";
import type { LibraryScenarios } from "../scenarios.js";

export const libraries: readonly LibraryScenarios[] = [drizzle, prisma, pg];
