import type { Channel } from '../domain/conversation-id.ts';
import type { HoldReason, RefusalReason } from '../domain/error-codes.ts';
import type { Author, Purpose } from '../domain/send.ts';
import type { messageClass } from '../messenger/outbound/outbound-message.ts';
import type { SendClass } from '../messenger/outbound/send-api.ts';
import { CUSTOMER_FEEDBACK_MS, HUMAN_AGENT_MS, isWindowOpen, WINDOW_MS } from './messaging-window.ts';
import type { SendEligibility } from './send-eligibility.ts';

/** Which of Meta's rules a message falls under. */
export type MessageClass = ReturnType<typeof messageClass>;

/** What the policy says of a send: Meta's rules and the person's opt-out. Only a verdict names a tag; a bot cannot. */
export type Verdict =
  | { readonly status: 'allowed'; readonly sendClass: SendClass }
  | {
      readonly status: 'held';
      readonly reason: HoldReason;
      /** When the hold ends by itself, epoch ms; missing when somebody must act. */
      readonly until?: number;
    }
  | {
      readonly status: 'refused';
      readonly reason: RefusalReason;
      /** What the person must do first; time alone does not bring the permission back. */
      readonly allowedAfter: 'their next action' | 'their "start"';
    };

/** Settings of a deployment on which verdicts depend. */
export interface PolicySettings {
  /** Tells our app from other apps in a thread. Default: the app is unknown, and Meta's answer to a send decides. */
  readonly appId?: string | undefined;
  /** Whether to trust the page of Meta's documentation that gives an ad's window up to 7 days. Default: no, 24 hours. */
  readonly trustsAdWindow?: boolean;
}

/** What the verdict depends on. Times are epoch ms. */
export interface PolicyInput extends Pick<PolicySettings, 'trustsAdWindow'> {
  readonly channel: Channel;
  readonly author: Author;
  readonly purpose: Purpose;
  readonly messageClass: MessageClass;
  readonly eligibility: SendEligibility;
  /** By the person's clock. */
  readonly now: number;
}

/**
 * May this author send this message to this person now?
 *
 * Time alone can turn `allowed` into `refused`, and `held` into either. It never ends `refused`.
 */
export function verdict(input: PolicyInput): Verdict {
  const { eligibility, author, purpose, now } = input;
  if (eligibility.isUnavailable) return refused('person_unavailable');
  if (eligibility.hasOptedOut && author === 'bot' && purpose === 'update') return refused('opted_out', 'their "start"');
  const sendClass = sendClassOf(input);
  if (typeof sendClass === 'string') return refused(sendClass);
  if (eligibility.breakerReason) return { status: 'held', reason: eligibility.breakerReason };
  const { otherOwner } = eligibility;
  if (otherOwner && now < otherOwner.until) return { status: 'held', reason: 'thread_owner', until: otherOwner.until };
  return { status: 'allowed', sendClass };
}

function refused(
  reason: RefusalReason,
  allowedAfter: 'their next action' | 'their "start"' = 'their next action',
): Verdict {
  return { status: 'refused', reason, allowedAfter };
}

/** The class with which Meta takes the message, by the window alone; or why it takes none. */
function sendClassOf(input: PolicyInput): SendClass | RefusalReason {
  const { channel, author, purpose, messageClass: kind, eligibility, now } = input;
  // An approved template that is not marketing: at any time (Meta, Utility messages, 2026-03-13).
  if (kind === 'utility') return { messaging_type: 'UTILITY' };
  const { window } = eligibility;
  if (!window) return 'never_wrote';
  const mayBeOpen = window.mayLastUntil !== undefined && isWindowOpen(window.mayLastUntil, now, 0);
  if (isOpen(author, window.openedAt, now) || (mayBeOpen && input.trustsAdWindow)) {
    return { messaging_type: purpose === 'reply' ? 'RESPONSE' : 'UPDATE' };
  }
  // Instagram has one tag, HUMAN_AGENT.
  if (kind === 'feedback' && channel === 'messenger' && isWindowOpen(window.openedAt, now, CUSTOMER_FEEDBACK_MS)) {
    return { messaging_type: 'MESSAGE_TAG', tag: 'CUSTOMER_FEEDBACK' };
  }
  if (kind === 'ordinary' && author === 'human' && isWindowOpen(window.openedAt, now, HUMAN_AGENT_MS)) {
    return { messaging_type: 'MESSAGE_TAG', tag: 'HUMAN_AGENT' };
  }
  return mayBeOpen ? 'window_uncertain' : 'window_closed';
}

/**
 * A bot stops before the window closes. An operator's messages change their class at that very time: HUMAN_AGENT inside the
 * window would be wrong, and a minute without any message is not necessary.
 */
function isOpen(author: Author, openedAt: number, now: number): boolean {
  return author === 'human' ? now < openedAt + WINDOW_MS : isWindowOpen(openedAt, now);
}
