import { type Release, config } from "./config.js";
import { migrate } from "./db/migrate.js";
import { seed, seedSize } from "./db/seed.js";
import { createApp } from "./http/app.js";
import { releases } from "./releases.js";

/** Brings the database to the state that a release expects; an empty one is filled. */
export async function prepareDatabase(release: Release = config.release): Promise<void> {
  await migrate(releases[release].lastMigration);
  await seed(seedSize(config.seed.scale, config.seed.movements));
}

/** The HTTP application of a release, on a database that is ready. */
export async function startService(release: Release = config.release) {
  await prepareDatabase(release);
  return createApp(releases[release]);
}
