import { drainOutbox, type Send } from "../events/outbox.js";
import { purgeOutbox } from "./cleanup.js";
import { expireDrafts } from "./drafts.js";
import { findDeviations } from "./ledger-check.js";
import { recalculateReservations } from "./reservations.js";
import { takeSnapshots } from "./snapshots.js";

/** What a night's run did. */
export interface NightlyResult {
  readonly expiredDrafts: number;
  readonly deviations: number;
  readonly sentEvents: number;
  readonly purgedEvents: number;
}

/** Everything that runs once a night, in the order in which the steps need each other. */
export async function runNightly(send: Send): Promise<NightlyResult> {
  const expiredDrafts = await expireDrafts();
  await recalculateReservations();
  await takeSnapshots();
  const deviations = await findDeviations();
  const sentEvents = await drainOutbox(send);
  const purgedEvents = await purgeOutbox();
  return { expiredDrafts, deviations: deviations.length, sentEvents, purgedEvents };
}
