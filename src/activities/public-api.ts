/** `everthread/activities`: what a bot's `activities.ts` may import. It runs in ordinary Node, not in the sandbox. */

import { createHash } from 'node:crypto';
import { activityInfo, Context } from '@temporalio/activity';

/**
 * The idempotency key of the running activity: the same for every attempt, after a crash of the worker, and when the whole
 * conversation is reset. Two calls never share one. Pass it to a service that takes such keys, or store it beside what you
 * write, and nothing is booked twice.
 *
 * ```ts
 * // activities.ts
 * import { idempotencyKey } from 'everthread/activities';
 *
 * export const activities = {
 *   async saveToCrm(lead: { email: string }): Promise<void> {
 *     await fetch('https://crm.example/leads', {
 *       method: 'POST',
 *       headers: { 'Idempotency-Key': idempotencyKey() },
 *       body: JSON.stringify(lead),
 *     });
 *   },
 * };
 * ```
 * 40 hexadecimal digits: a hash, from which nobody learns who the person is.
 *
 * @throws where no activity is running, as at the top of a module.
 */
export function idempotencyKey(): string {
  const { workflowExecution, activityId } = activityInfo();
  return createHash('sha256')
    .update(`${workflowExecution?.workflowId ?? ''}/${activityId}`)
    .digest('hex')
    .slice(0, 40);
}

/** A topic for one person, as `emit` takes it. */
export interface Emission {
  /** A conversation id, as `ctx.conversation` is; or the id of another system that the bot has linked to the person. */
  readonly to:
    | string
    | { readonly externalId: { readonly system: string; readonly id: string; readonly page?: string } };
  /** A topic that the bot names in `topics`. */
  readonly topic: string;
  /** Plain JSON, as the bot's schema of the topic wants it; at most 50,000 characters. Default: none. */
  readonly data?: unknown;
  /** Names the occurrence: for 90 days the same key for the same person is one topic, whoever emits it. */
  readonly key: string;
}

/** The type of {@link emit}. */
export type Emit = (emission: Emission) => Promise<void>;

/** Where a worker puts `emit` into the context of a running activity: an own copy of this module must find it. */
export const EMIT = Symbol.for('everthread.emit');

/**
 * Emits a topic in a person's conversation, as `POST /api/v1/topics` does: in order with messages, once for a key, also where
 * the conversation has closed. Resolves when the topic is in the conversation's history.
 *
 * ```ts
 * await emit({ to: { externalId: { system: 'shop', id: order } }, topic: 'order.shipped', key: `${order}-shipped` });
 * ```
 * The conversation whose hook calls the activity waits for it and cannot be meant: return what happened, and call `ctx.emit`.
 *
 * @throws where no further attempt would help: an unknown person, a topic that the bot does not declare, data that it
 * refuses, a key that came with other data. Any other failure is tried again with the activity.
 */
export const emit: Emit = async (emission) => {
  const { [EMIT]: given } = Context.current() as Context & { readonly [EMIT]?: Emit };
  if (!given) throw new Error('emit works in the activities of a bot that a worker runs.');
  return given(emission);
};
