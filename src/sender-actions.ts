/** Typing, seen and reactions: what a Page shows in a thread beside its messages. */

import type { Clock } from './domain/clock.ts';
import { conversationParts, type ConversationId } from './domain/conversation-id.ts';
import type { GraphClient } from './graph/graph-client.ts';
import { senderActionRequest, type SenderAction } from './messenger/outbound/sender-action.ts';
import { isWindowOpen } from './policy/messaging-window.ts';
import type { SendEligibility } from './policy/send-eligibility.ts';
import type { Store } from './store/index.ts';
import { toSendEligibility } from './store/to-send-eligibility.ts';

/** What sender actions need. */
export interface SenderActionsDeps {
  readonly store: Pick<Store, 'contacts' | 'circuitBreakers'>;
  readonly graph: Pick<GraphClient, 'sendAction'>;
  readonly clock: Clock;
  /** The id of our Meta app. Default: unknown. */
  readonly appId?: string | undefined;
  /** False while the rate limit leaves no room beside messages. Default: always true. */
  readonly hasSpareCapacity?: (pageId: string) => boolean;
}

/** Tries an action. Resolves to the reason why it is not shown, in words; `undefined`: Meta took it. Never throws. */
export type TrySenderAction = (conversation: ConversationId, action: SenderAction) => Promise<string | undefined>;

/** A message waits no longer than this for the typing indicator before it. */
const ACTION_TIMEOUT_MS = 1000;
/** Of 64 connections to Meta. The others are for messages, also when Meta answers no sender action. */
const MAX_CONCURRENT_ACTIONS = 16;

/**
 * Sender actions, best effort: one attempt, nothing recorded, and none while no message could be sent or the Page is busy.
 * Nothing depends on them.
 */
export function createSenderActions(deps: SenderActionsDeps): TrySenderAction {
  const { store, graph, clock, appId, hasSpareCapacity = () => true } = deps;
  let running = 0;

  return async (conversation, action) => {
    const parts = conversationParts(conversation);
    if (!parts) return 'no conversation';
    if (running >= MAX_CONCURRENT_ACTIONS || !hasSpareCapacity(parts.pageId)) return 'busy';
    running += 1;
    try {
      const [contact, breakers] = await Promise.all([
        store.contacts.find(conversation),
        store.circuitBreakers.listOpen(),
      ]);
      const objection = reasonAgainst(
        toSendEligibility(contact, breakers.get(parts.pageId), appId),
        clock.now(conversation),
      );
      if (objection !== undefined) return objection;
      const request = senderActionRequest(parts.psid, action);
      const { status } = await graph.sendAction(parts.pageId, request, ACTION_TIMEOUT_MS);
      return status === 'accepted' ? undefined : status;
    } catch {
      return 'failed';
    } finally {
      running -= 1;
    }
  };
}

/** Why no message could be sent now. */
function reasonAgainst(
  { window, isUnavailable, breakerReason, otherOwner }: SendEligibility,
  now: number,
): string | undefined {
  if (!isWindowOpen(window?.openedAt, now)) return 'window closed';
  if (isUnavailable) return 'person unavailable';
  if (otherOwner && now < otherOwner.until) return 'another app answers';
  return breakerReason;
}
