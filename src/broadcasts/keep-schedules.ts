import type { Client } from '@temporalio/client';
import type { Logger } from '../logger.ts';
import type { KnownBroadcast } from '../store/bot-facts.ts';
import { createMissingSchedules, removeOldSchedules } from './schedules.ts';

/** What keeping schedules needs. */
export interface KeepSchedulesDeps {
  readonly client: Client;
  readonly log: Logger;
  /** Ends it. */
  readonly signal: AbortSignal;
}

/** How often the schedules that another deploy has removed are created again. */
const EVERY_MS = 600_000;

/**
 * Creates and removes schedules, for a worker that starts. Later it creates those that a worker of an older deploy has removed
 * meanwhile. A failure is logged.
 */
export async function keepSchedules(
  { client, log, signal }: KeepSchedulesDeps,
  broadcasts: readonly KnownBroadcast[],
): Promise<void> {
  const orWarn = (work: Promise<void>) =>
    work.catch((error: unknown) =>
      log.warn(
        { error: String(error) },
        'The schedules of broadcasts could not be kept; see that Temporal answers, and start the worker again',
      ),
    );
  await orWarn(createMissingSchedules(client, broadcasts));
  await orWarn(
    removeOldSchedules(client, broadcasts).then((removed) => {
      if (removed.length > 0) log.info({ broadcasts: removed }, 'Schedules that the bot no longer has were removed');
    }),
  );
  const timer = setInterval(() => void orWarn(createMissingSchedules(client, broadcasts)), EVERY_MS);
  timer.unref();
  signal.addEventListener('abort', () => clearInterval(timer));
}
