import { prisma } from "./prisma.js";
import type { LibraryScenarios } from "../scenarios.js";

export const libraries: readonly LibraryScenarios[] = [prisma];
