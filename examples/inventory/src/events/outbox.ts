import type { Transaction } from "@electric-sql/pglite";
import { pg } from "../db/client.js";

export interface OutboxEvent {
  readonly id: number;
  readonly topic: string;
  readonly payload: unknown;
}

export type Send = (event: OutboxEvent) => Promise<void>;

const BATCH = 100;

/** Notes an event in the transaction that caused it. */
export async function enqueue(tx: Transaction, topic: string, payload: unknown): Promise<void> {
  await tx.query("INSERT INTO outbox_events (topic, payload) VALUES ($1, $2)", [topic, JSON.stringify(payload)]);
}

/** Sends what has not been sent yet, oldest first, until nothing is left. Returns the number of events. */
export async function drainOutbox(send: Send): Promise<number> {
  let sent = 0;
  while (true) {
    const batch = await sendBatch(send);
    sent += batch;
    if (batch < BATCH) return sent;
  }
}

async function sendBatch(send: Send): Promise<number> {
  return pg.transaction(async (tx) => {
    const pending = await tx.query<OutboxEvent>(
      `SELECT id, topic, payload FROM outbox_events
       WHERE sent_at IS NULL
       ORDER BY id
       LIMIT ${BATCH}
       FOR UPDATE SKIP LOCKED`,
    );
    for (const event of pending.rows) await send(event);
    await tx.query("UPDATE outbox_events SET sent_at = now() WHERE id = ANY($1)", [pending.rows.map((event) => event.id)]);
    return pending.rows.length;
  });
}
