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
      /** What must happen first; time alone does not bring the permission back. */
      readonly allowedAfter: AllowedAfter;
    };

/** What ends a refusal: the person acts, or Meta approves the template. `nothing`: the channel has no such message. */
export type AllowedAfter = 'their next action' | 'their "start"' | 'the approval of the template' | 'nothing';

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
  /** Of a utility message: the last status of its template that Meta named; left out if none is known. */
  readonly templateStatus?: string | undefined;
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
  if (eligibility.hasOptedOut && author === 'bot' && purpose === 'update') return refused('opted_out');
  const sendClass = sendClassOf(input);
  if (typeof sendClass === 'string') return refused(sendClass);
  if (eligibility.breakerReason) return { status: 'held', reason: eligibility.breakerReason };
  const { otherOwner } = eligibility;
  if (otherOwner && now < otherOwner.until) return { status: 'held', reason: 'thread_owner', until: otherOwner.until };
  return { status: 'allowed', sendClass };
}

const ALLOWED_AFTER: Readonly<Partial<Record<RefusalReason, AllowedAfter>>> = {
  opted_out: 'their "start"',
  template_not_approved: 'the approval of the template',
  not_on_instagram: 'nothing',
};

/** What must happen before a message that is refused for this reason is allowed. */
export function allowedAfter(reason: RefusalReason): AllowedAfter {
  return ALLOWED_AFTER[reason] ?? 'their next action';
}

function refused(reason: RefusalReason): Verdict {
  return { status: 'refused', reason, allowedAfter: allowedAfter(reason) };
}

/** Meta takes no message from a template in these states. Meta decides about any other state. */
const UNUSABLE_TEMPLATE_STATUSES: ReadonlySet<string> = new Set(['PENDING', 'REJECTED', 'PAUSED', 'DISABLED']);

/** Whether a template with this status, in Meta's words, may be sent; one whose status is not known may. */
export function isTemplateUsable(status: string | undefined): boolean {
  return status === undefined || !UNUSABLE_TEMPLATE_STATUSES.has(status.toUpperCase());
}

/** The class with which Meta takes the message, by the window alone; or why it takes none. */
function sendClassOf(input: PolicyInput): SendClass | RefusalReason {
  const { channel, author, purpose, messageClass: kind, eligibility, now } = input;
  if (kind === 'utility') return utilityClassOf(input);
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

/** An approved template that is not marketing: at any time, on Messenger only (Meta, Utility messages, 2026-03-13). */
function utilityClassOf({ channel, templateStatus }: PolicyInput): SendClass | RefusalReason {
  if (channel === 'instagram') return 'not_on_instagram';
  return isTemplateUsable(templateStatus) ? { messaging_type: 'UTILITY' } : 'template_not_approved';
}

/**
 * A bot stops before the window closes. An operator's messages change their class at that very time: HUMAN_AGENT inside the
 * window would be wrong, and a minute without any message is not necessary.
 */
function isOpen(author: Author, openedAt: number, now: number): boolean {
  return author === 'human' ? now < openedAt + WINDOW_MS : isWindowOpen(openedAt, now);
}
