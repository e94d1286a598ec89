import { drizzle } from "./drizzle.js";
import { prisma } from "./prisma.js";
import { betterSqlite3 } from "./better-sqlite3.js";
import { mysql2 } from "./mysql2.js";
import { nodeSqlite } from "./node-sqlite.js";
import { pg } from "./pg.js";
import { pglite } from "./pglite.js";
import { postgresJs } from "./postgres-js.js";
import { slonik } from "./slonik.js";
import { sqlite3 } from "./sqlite3.js";
import { sequelize, sequelizeTypescript } from "./sequelize.js";
import { knex } from "./knex.js";
import { mikroOrm } from "./mikro-orm.js";
import { objection, objectionCommonJs } from "./objection.js";
import { typeorm } from "./typeorm.js";
import type { LibraryScenarios } from "../scenarios.js";

export const libraries: readonly LibraryScenarios[] = [drizzle, prisma, sequelize, sequelizeTypescript, typeorm, mikroOrm, knex, objection, objectionCommonJs, pg, pglite, mysql2, betterSqlite3, nodeSqlite, sqlite3, postgresJs, slonik];
