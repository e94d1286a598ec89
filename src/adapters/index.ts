/** The registry of adapters: order matters only where two libraries claim the same package. */
import type { Adapter } from "./contract.js";
import { drizzleAdapter } from "./drizzle/index.js";
import { prisma } from "./prisma/index.js";
import { sequelize } from "./sequelize/index.js";
import { rawAdapters } from "./raw/index.js";
import { mikroorm } from "./mikroorm/index.js";
import { knex } from "./knex/index.js";
import { objection } from "./objection/index.js";
import { typeorm } from "./typeorm/index.js";

export const adapters: readonly Adapter[] = [drizzleAdapter, prisma, sequelize, typeorm, mikroorm, knex, objection, ...rawAdapters];
