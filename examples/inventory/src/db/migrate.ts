import { readdir, readFile } from "node:fs/promises";
import { pg } from "./client.js";

const folder = new URL("../../migrations/", import.meta.url);

/**
 * Applies the migrations that the database does not have yet, all of them or none.
 * Files after `last` (a file name's number, such as "0003") are left alone: they belong to a later release.
 */
export async function migrate(last?: string): Promise<string[]> {
  await pg.exec(
    "CREATE TABLE IF NOT EXISTS schema_migrations (name text PRIMARY KEY, applied_at timestamptz NOT NULL DEFAULT now())",
  );
  const files = (await readdir(folder)).filter((file) => file.endsWith(".sql")).sort();
  const wanted = files.filter((file) => last === undefined || file.slice(0, last.length) <= last);
  const known = await pg.query<{ name: string }>("SELECT name FROM schema_migrations WHERE name = ANY($1)", [wanted]);
  const applied = new Set(known.rows.map((row) => row.name));
  const missing = wanted.filter((file) => !applied.has(file));

  if (missing.length === 0) return missing;

  const texts = await Promise.all(missing.map((file) => readFile(new URL(file, folder), "utf8")));
  await pg.transaction(async (tx) => {
    for (const text of texts) await tx.exec(text);
    await tx.query("INSERT INTO schema_migrations (name) SELECT unnest($1::text[])", [missing]);
  });
  return missing;
}
