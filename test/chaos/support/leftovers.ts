import { setTimeout as delay } from 'node:timers/promises';
import { openStore } from '../../../src/store/index.ts';

/** What is left in a store after a run. */
export interface Leftovers {
  /** Pending events, and sends without an outcome. */
  readonly open: number;
  /** Sends that ended as anything but `sent`. */
  readonly notSent: number;
  /** Events that Temporal rejected for good. */
  readonly dead: number;
  /** Workflows that are quarantined because workers were killed while they ran. */
  readonly quarantined: number;
}

/** What is left when every message was handled and no worker died at one. */
export const NOTHING_LEFT: Leftovers = { open: 0, notSent: 0, dead: 0, quarantined: 0 };

/** Waits until nothing is open: a second answer could come until the last unconfirmed send has its outcome. */
export async function untilSettled(databaseUrl: string, patienceMs = 120_000): Promise<Leftovers> {
  const store = await openStore(databaseUrl);
  try {
    for (const giveUpAt = Date.now() + patienceMs; ; await delay(250)) {
      const { calling, waiting, unconfirmed, refused, failed, unknown } = await store.ledger.counts();
      const { pending, dead } = await store.inbox.backlog();
      const open = calling + waiting + unconfirmed + pending;
      if (open > 0 && Date.now() <= giveUpAt) continue;
      const { quarantined } = await store.quarantine.count();
      return { open, notSent: refused + failed + unknown, dead, quarantined };
    }
  } finally {
    await store.close();
  }
}
