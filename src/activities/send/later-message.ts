/** Whether the person's next message waits for a send: then the send must not take long. */

import { setTimeout as delay } from 'node:timers/promises';
import type { ConversationId } from '../../domain/conversation-id.ts';
import type { Contacts } from '../../store/contacts.ts';

/** What a send or an upload says of the conversation that waits for it. */
export interface WaitingConversation {
  readonly conversation: ConversationId;
  /** The person's last action that the conversation has handled, epoch ms; left out when no conversation waits. */
  readonly handledUntil?: number;
}

/** How long a call of Meta, or the wait for an echo, may hold up a later message of the same person. */
export const MAX_HOLD_UP_MS = 5000;
const POLL_MS = 1000;

/** Whether the person acted after what the conversation has handled: a later message then waits for an answer. */
export async function hasActedSince(
  contacts: Pick<Contacts, 'find'>,
  { conversation, handledUntil }: WaitingConversation,
): Promise<boolean> {
  if (handledUntil === undefined) return false;
  const { windowOpenedAt = 0 } = (await contacts.find(conversation)) ?? {};
  return windowOpenedAt > handledUntil;
}

/**
 * Waits for a call, and no longer than {@link MAX_HOLD_UP_MS} once a later message of the person waits: resolves to
 * `undefined` then, and the call goes on.
 */
export async function waitForCall<T>(
  contacts: Pick<Contacts, 'find'>,
  waiting: WaitingConversation,
  call: Promise<T>,
): Promise<T | undefined> {
  if (waiting.handledUntil === undefined) return call;
  const ended = new AbortController();
  try {
    return await Promise.race([call, untilLaterMessageWaits(contacts, waiting, ended.signal)]);
  } finally {
    ended.abort();
  }
}

/** Resolves when the call has had its time and a later message waits; never after `signal`. */
async function untilLaterMessageWaits(
  contacts: Pick<Contacts, 'find'>,
  waiting: WaitingConversation,
  signal: AbortSignal,
): Promise<undefined> {
  try {
    await delay(MAX_HOLD_UP_MS, undefined, { signal });
    while (!(await hasActedSince(contacts, waiting).catch(() => false))) await delay(POLL_MS, undefined, { signal });
    return undefined;
  } catch {
    // The call has ended.
    return new Promise(() => {});
  }
}
