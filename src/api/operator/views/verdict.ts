import { conversationParts } from '../../../domain/conversation-id.ts';
import { wordsOf } from '../../../domain/send-reasons.ts';
import type { Author } from '../../../domain/send.ts';
import { sendClassName } from '../../../messenger/outbound/send-api.ts';
import { verdictHorizon } from '../../../policy/verdict-horizon.ts';
import type { PolicySettings } from '../../../policy/verdict.ts';
import type { FoundConversation } from '../../../store/conversations/index.ts';
import { toSendEligibility } from '../../../store/to-send-eligibility.ts';
import type { VerdictView } from '../schemas/conversation.ts';
import { isoTimeOrNull } from './conversation.ts';

/** What the policy says of a text that this author sends now, `now` being the person's time. */
export function toVerdictView(
  { contact, page }: FoundConversation,
  author: Author,
  { appId, trustsAdWindow = false }: PolicySettings,
  now: number,
): VerdictView {
  const { verdict, until } = verdictHorizon({
    channel: conversationParts(contact.conversation)?.channel ?? 'messenger',
    author,
    purpose: 'reply',
    messageClass: 'ordinary',
    eligibility: toSendEligibility(contact, page, appId),
    now,
    trustsAdWindow,
  });
  const end = isoTimeOrNull(until);
  if (verdict.status === 'allowed') {
    const { sendClass } = verdict;
    return {
      status: 'allowed',
      as: sendClassName(sendClass),
      reason: null,
      words: null,
      allowedAfter: null,
      until: end,
    };
  }
  const { status, reason } = verdict;
  const allowedAfter = status === 'refused' ? verdict.allowedAfter : null;
  return { status, as: null, reason, words: wordsOf(reason), allowedAfter, until: end };
}
