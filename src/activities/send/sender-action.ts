import type { Clock } from '../../domain/clock.ts';
import { conversationParts } from '../../domain/conversation-id.ts';
import type { GraphClient } from '../../graph/graph-client.ts';
import type { Logger } from '../../logger.ts';
import { senderActionRequest } from '../../messenger/outbound/sender-action.ts';
import { isWindowOpen } from '../../policy/messaging-window.ts';
import type { SendEligibility } from '../../policy/send-eligibility.ts';
import type { Store } from '../../store/index.ts';
import { toSendEligibility } from '../../store/to-send-eligibility.ts';
import type { EverthreadActivities } from '../../workflows/contract/index.ts';

/** What sender actions need. */
export interface SenderActionDeps {
  readonly store: Pick<Store, 'contacts' | 'circuitBreakers'>;
  readonly graph: Pick<GraphClient, 'sendAction'>;
  readonly clock: Clock;
  readonly log: Pick<Logger, 'debug'>;
  /** The id of our Meta app. Default: unknown. */
  readonly appId?: string | undefined;
  /** False while the rate limit leaves no room beside messages. Default: always true. */
  readonly hasSpareCapacity?: (pageId: string) => boolean;
}

/** A message waits no longer than this for the typing indicator before it. */
const ACTION_TIMEOUT_MS = 1000;
/** Of 64 connections to Meta. The others are for messages, also when Meta answers no sender action. */
const MAX_CONCURRENT_ACTIONS = 16;

/**
 * The activity `senderAction`: typing, seen and reactions. Best effort: one attempt, and none while no message could be sent
 * or the Page is busy. It never throws, because nothing depends on it. A turn that runs again may repeat it.
 */
export function createSenderAction(deps: SenderActionDeps): EverthreadActivities['senderAction'] {
  const { store, graph, clock, log, appId, hasSpareCapacity = () => true } = deps;
  let running = 0;

  return async (conversation, action) => {
    const leaveOut = (reason: string) =>
      log.debug({ conversation, action: action.sender_action, reason }, 'Sender action left out');
    const parts = conversationParts(conversation);
    if (!parts) return leaveOut('no conversation');
    if (running >= MAX_CONCURRENT_ACTIONS || !hasSpareCapacity(parts.pageId)) return leaveOut('busy');
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
      if (objection !== undefined) return leaveOut(objection);
      const { status } = await graph.sendAction(
        parts.pageId,
        senderActionRequest(parts.psid, action),
        ACTION_TIMEOUT_MS,
      );
      if (status !== 'accepted') leaveOut(status);
    } catch (error) {
      leaveOut(String(error));
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
