/**
 * Carries erasures out: ends the person's workflows, deletes their runs in Temporal and their rows in the store. What was done is
 * recorded, so that any process goes on where another one died.
 */

import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { backoffMs } from '../backoff.ts';
import type { Logger } from '../logger.ts';
import { createFailureReporter } from '../report-once.ts';
import { LeaseLost, type Erasure, type Erasures } from '../store/person/erasures.ts';
import type { PersonRuns } from './runs.ts';

/** What carrying out needs. */
export interface ErasingOptions extends ErasingPace {
  readonly erasures: Erasures;
  readonly runs: Pick<PersonRuns, 'end' | 'remove'>;
  readonly log: Pick<Logger, 'info' | 'warn' | 'error'>;
}

/** How fast erasures are carried out. */
export interface ErasingPace {
  /**
   * How long to wait for what was in progress when the workflows ended: deliveries of events, and activities that write to the
   * store. Default: 10 s.
   */
  readonly settleMs?: number;
  /** How long live updates have to tell that the person is gone. Default: 2 s. */
  readonly tellMs?: number;
  /** Between two looks for erasures that nobody carries out. Default: 2 s. */
  readonly pollMs?: number;
}

/** Erasures that are carried out. */
export interface Erasing {
  /** There is a new one. */
  wake(): void;
  /** Begins no more, and resolves when this process has let go of what it was at. */
  stop(): Promise<void>;
}

const SETTLE_MS = 10_000;
const TELL_MS = 2000;
const POLL_MS = 2000;
/** Longer than any step: Temporal may take minutes to delete runs. */
const LEASE_MS = 5 * 60_000;
const MAX_AT_ONCE = 8;
const BACKOFF = { minMs: 2000, maxMs: 5 * 60_000 };

/** Carries out what was asked for, also before this process began. */
export function startErasing({
  erasures,
  runs,
  log,
  settleMs = SETTLE_MS,
  tellMs = TELL_MS,
  pollMs = POLL_MS,
}: ErasingOptions): Erasing {
  const owner = randomUUID();
  const stopped = new AbortController();
  const { signal } = stopped;
  const running = new Map<string, Promise<void>>();
  const failures = new Map<string, number>();
  const lookFailures = createFailureReporter({ log });
  let look: Promise<void> | undefined;

  async function beginAll(): Promise<void> {
    while (!signal.aborted && running.size < MAX_AT_ONCE) {
      const now = Date.now();
      const next = await erasures.lease(owner, now, now + LEASE_MS);
      lookFailures.recovered({}, 'Erasures go on');
      if (!next) return;
      const { erasureId } = next;
      const work = erase(next).finally(() => {
        running.delete(erasureId);
        wake();
      });
      running.set(erasureId, work);
    }
  }

  async function erase(erasure: Erasure): Promise<void> {
    const { erasureId } = erasure;
    const lease = { erasureId, owner, signal };
    try {
      await carryOut(erasure);
      failures.delete(erasureId);
      log.info({ erasureId }, 'A person was erased');
    } catch (error) {
      if (error instanceof LeaseLost) return;
      const count = (failures.get(erasureId) ?? 0) + 1;
      if (!signal.aborted) {
        failures.set(erasureId, count);
        log.error({ erasureId, failures: count, error: describe(error) }, 'An erasure waits, and is tried again');
      }
      const retryAt = signal.aborted ? 0 : Date.now() + backoffMs(BACKOFF, count);
      // Without the store, the lease ends by itself.
      await erasures.release(lease, retryAt).catch(() => {});
    }
  }

  async function carryOut({ erasureId, conversation, stage }: Erasure): Promise<void> {
    if (!conversation) return;
    const lease = { erasureId, owner, signal };
    const hold = () => erasures.hold(lease, Date.now() + LEASE_MS);
    if (stage !== 'cut') {
      await erasures.begin(lease);
      await runs.end(conversation);
      await delay(settleMs, undefined, { signal });
      // What was in progress may have begun a run.
      await runs.remove(conversation, signal);
      await erasures.eraseRows(lease, LEASE_MS);
      await hold();
      await runs.remove(conversation, signal);
      await erasures.cut(lease);
    }
    await delay(tellMs, undefined, { signal });
    await erasures.eraseTraces(lease, LEASE_MS);
    await erasures.scrub();
    await erasures.finish(lease, Date.now());
    // The name of the person was in the erasure itself.
    await erasures.scrub();
  }

  function wake(): void {
    if (signal.aborted) return;
    look ??= beginAll()
      .catch((error: unknown) =>
        lookFailures.failed({ fields: { error: describe(error) }, message: 'Erasures wait: the store cannot be read' }),
      )
      .finally(() => {
        look = undefined;
      });
  }

  const polling = setInterval(wake, pollMs);
  polling.unref();
  wake();

  return {
    wake,
    async stop() {
      stopped.abort();
      clearInterval(polling);
      await look;
      await Promise.all(running.values());
    },
  };
}

/** Without the message, which can name the person. */
function describe(error: unknown): string {
  const { name = 'Error', code } = error as { readonly name?: string; readonly code?: unknown };
  return typeof code === 'string' || typeof code === 'number' ? `${name} ${code}` : name;
}
