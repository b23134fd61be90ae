/** Proxies of everthread's own activities, by how they are timed and retried, and the code of an activity that failed. */

import { ActivityFailure, ApplicationFailure, proxyActivities, proxyLocalActivities } from '@temporalio/workflow';
import { toSendFailure, type SendFailure } from '../domain/error-codes.ts';
import type { EverthreadActivities } from './contract/index.ts';

/** Calls that only touch the store or Temporal, as local activities. */
export const storeActivities = proxyLocalActivities<EverthreadActivities>({ startToCloseTimeout: '10 seconds' });

/** One quick try of a send in the workflow task: half the events and a third of the latency of a normal activity. */
export const localSend = proxyLocalActivities<Pick<EverthreadActivities, 'sendMessage'>>({
  startToCloseTimeout: '6 seconds',
  retry: { maximumAttempts: 1 },
});

/** Sends that the quick try could not finish: retried until Meta's rules forbid them, for 7 days at most. */
export const durableSend = proxyActivities<Pick<EverthreadActivities, 'sendMessage'>>({
  startToCloseTimeout: '30 seconds',
  scheduleToCloseTimeout: '8 days',
  retry: { initialInterval: '1 second', maximumInterval: '1 minute' },
});

/** Looks a file up among those that Meta already stores, in the workflow task. */
export const localUpload = proxyLocalActivities<Pick<EverthreadActivities, 'keepAttachment'>>({
  startToCloseTimeout: '6 seconds',
  retry: { maximumAttempts: 1 },
});

/** Uploads a file. Meta may take 75 seconds for a video from a URL, and the upload waits while its Page has to wait. */
export const durableUpload = proxyActivities<Pick<EverthreadActivities, 'keepAttachment'>>({
  startToCloseTimeout: '3 minutes',
  scheduleToCloseTimeout: '8 days',
  retry: { initialInterval: '2 seconds', maximumInterval: '1 minute' },
});

/** Sender actions are tried once: a late one is of no use. */
export const senderActions = proxyLocalActivities<Pick<EverthreadActivities, 'senderAction'>>({
  scheduleToCloseTimeout: '2 seconds',
  retry: { maximumAttempts: 1 },
});

/** Thread control is rare, so it needs no place in the workflow task. A turn waits for it no longer than for a late send. */
export const threadControlActivities = proxyActivities<Pick<EverthreadActivities, 'threadControl'>>({
  startToCloseTimeout: '15 seconds',
  scheduleToCloseTimeout: '2 minutes',
  retry: { initialInterval: '1 second', maximumInterval: '20 seconds' },
});

/** Steps of a broadcast, retried without end. */
export const broadcastActivities = proxyActivities<Pick<EverthreadActivities, 'broadcastStep'>>({
  startToCloseTimeout: '1 minute',
  retry: { initialInterval: '1 second', maximumInterval: '1 minute' },
});

/** The code that an activity failed with; `not_settled` when it timed out or failed without a code of a send. */
export function failureCode(error: unknown): SendFailure {
  const cause = error instanceof ActivityFailure ? error.cause : error;
  return toSendFailure(cause instanceof ApplicationFailure ? cause.type : undefined);
}
