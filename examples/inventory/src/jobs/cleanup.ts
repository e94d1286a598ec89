import { pg } from "../db/client.js";

const KEPT_DAYS = 30;
const BATCH = 1000;

/** Deletes events that were sent more than a month ago, in batches so that nobody waits for the locks. */
export async function purgeOutbox(now: Date = new Date()): Promise<number> {
  const before = new Date(now.getTime() - KEPT_DAYS * 86_400_000).toISOString();
  let purged = 0;
  let deleted: number;
  do {
    const result = await pg.query(
      `DELETE FROM outbox_events
       WHERE id IN (SELECT id FROM outbox_events WHERE sent_at < $1 ORDER BY sent_at LIMIT $2)`,
      [before, BATCH],
    );
    deleted = result.affectedRows ?? 0;
    purged += deleted;
  } while (deleted === BATCH);
  return purged;
}
