import type { Clock } from '../../domain/clock.ts';
import { conversationParts } from '../../domain/conversation-id.ts';
import type { GraphClient } from '../../graph/graph-client.ts';
import type { Logger } from '../../logger.ts';
import { senderActionRequest } from '../../messenger/outbound/sender-action.ts';
import { isWindowOpen } from '../../policy/messaging-window.ts';
import type { SendEligibility } from '../../policy/send-eligibility.ts';
import type { Store } from '../../store/index.ts';
import type { EverthreadActivities } from '../../workflows/contract/index.ts';
import { toSendEligibility } from './send-eligibility.ts';

export interface SenderActionDeps {
  readonly store: Pick<Store, 'contacts' | 'circuitBreakers'>;
  readonly graph: Pick<GraphClient, 'sendAction'>;
  readonly clock: Clock;
  readonly log: Pick<Logger, 'debug'>;
  /** Tells our app from others in a thread. */
  readonly appId?: string | undefined;
  /** False while the Page has no room for more than its messages. */
  readonly hasSpareCapacity?: (pageId: string) => boolean;
}

/** A message waits for its three dots at most so long. */
const ANSWER_MS = 1000;
/** Of 64 connections to Meta; the others are for messages, also when Meta leaves every action hanging. */
const MAX_CONCURRENT_ACTIONS = 16;

/**
 * Shows typing, marks as seen, reacts. At best effort: it is tried once, and left out while no message could go out or much
 * is going on. Never throws, for nothing depends on it; it is in no ledger, so a turn that runs again may show it again.
 */
export function createSenderAction(deps: SenderActionDeps): EverthreadActivities['senderAction'] {
  const { store, graph, clock, log, appId, hasSpareCapacity = () => true } = deps;
  let underWay = 0;

  return async (conversation, action) => {
    const leaveOut = (why: string) => log.debug({ conversation, action: action.sender_action, why }, 'Action left out');
    const parts = conversationParts(conversation);
    if (!parts) return leaveOut('no conversation');
    if (underWay >= MAX_CONCURRENT_ACTIONS || !hasSpareCapacity(parts.pageId)) return leaveOut('busy');
    underWay += 1;
    try {
      const [contact, held] = await Promise.all([store.contacts.find(conversation), store.circuitBreakers.listOpen()]);
      const objection = objectionTo(toSendEligibility(contact, held.get(parts.pageId), appId), clock.now(conversation));
      if (objection !== undefined) return leaveOut(objection);
      const { status } = await graph.sendAction(parts.pageId, senderActionRequest(parts.psid, action), ANSWER_MS);
      if (status !== 'accepted') leaveOut(status);
    } catch (error) {
      leaveOut(String(error));
    } finally {
      underWay -= 1;
    }
  };
}

/** Nothing is shown where a message could not go out now. */
function objectionTo(
  { window, isUnavailable, breakerReason: pageHold, otherOwner }: SendEligibility,
  now: number,
): string | undefined {
  if (!isWindowOpen(window?.openedAt, now)) return 'window closed';
  if (isUnavailable) return 'person unavailable';
  if (otherOwner && now < otherOwner.until) return 'another app answers';
  return pageHold;
}
