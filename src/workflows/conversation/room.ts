/** How many topics, starts and messages for later may wait for their turn: a system that asks too often must not fill a conversation. */

import { ApplicationFailure } from '@temporalio/workflow';
import { CONVERSATION_BUSY } from '../contract/index.ts';
import type { Incoming } from './conversation-state.ts';

/** Fewer than the requests that are remembered: one that waits is never forgotten. */
const MAX_WAITING = 40;
/** As JSON; with less in its queue a run continues as new. */
const MAX_WAITING_CHARS = 250_000;

const BOUNDED: ReadonlySet<Incoming['type']> = new Set([
  'topic',
  'start-sequence',
  'schedule-message',
  'cancel-scheduled',
]);

/** Rejects an update that asks for more than can wait; one that waits already may be repeated. */
export function assertRoom(queue: readonly Incoming[], request: { readonly key: string }): void {
  const waiting = queue.flatMap((incoming) =>
    BOUNDED.has(incoming.type) && 'request' in incoming ? [incoming.request] : [],
  );
  if (waiting.length === 0 || waiting.some(({ key }) => key === request.key)) return;
  if (waiting.length < MAX_WAITING && JSON.stringify([...waiting, request]).length <= MAX_WAITING_CHARS) return;
  const message = `${waiting.length} requests wait in the conversation. Repeat this one when they are done.`;
  throw ApplicationFailure.nonRetryable(message, CONVERSATION_BUSY);
}
