import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from '../../logger.ts';
import type { Ledger } from '../../store/ledger/index.ts';

/** What the sweep of one process needs. */
export interface SweepOptions {
  readonly ledger: Pick<Ledger, 'listCalling' | 'abandon' | 'giveUpForgotten'>;
  readonly log: Logger;
  /** Ends the sweep. */
  readonly signal: AbortSignal;
  /** How long a call may take, ms. Default: 3 minutes, longer than any activity that calls. */
  readonly waitMs?: number;
}

const WAIT_MS = 3 * 60_000;
/** Temporal asks for a send for 8 days at most (`durableSend` in `workflows/activity-proxies.ts`). */
const FORGOTTEN_MS = 9 * 24 * 3_600_000;

/**
 * Settles sends whose record says `calling` from before this process. Temporal may have their outcome already, so that no
 * activity asks for them again: a power cut can lose the record of an outcome (docs/decisions/013-durability-classes.md). Without an
 * echo by then, an at-most-once send ends as `unknown`, and an at-least-once send is unconfirmed until somebody asks.
 */
export async function sweepAbandoned({ ledger, log, signal, waitMs = WAIT_MS }: SweepOptions): Promise<void> {
  try {
    const calling = await ledger.listCalling();
    await delay(waitMs, undefined, { signal, ref: false });
    const now = Date.now();
    let abandoned = await ledger.giveUpForgotten(now - FORGOTTEN_MS, now);
    for (const send of calling) if (await ledger.abandon(send, now)) abandoned += 1;
    if (abandoned > 0)
      log.warn(
        { sends: abandoned },
        'The outcome of sends from before this start is not recorded: they are unconfirmed or unknown now',
      );
  } catch (error) {
    if (!signal.aborted)
      log.warn(
        { error: String(error) },
        'Sends from before this start could not be settled; the next start tries again',
      );
  }
}
