import type { Clock } from '../../domain/clock.ts';
import { messageClass } from '../../messenger/outbound/outbound-message.ts';
import { verdict, type PolicySettings } from '../../policy/verdict.ts';
import type { AskPolicy } from '../../store/ledger/index.ts';
import { toSendEligibility } from '../../store/to-send-eligibility.ts';
import type { SendRequest } from '../../workflows/contract/index.ts';
import { conversationPartsOf } from './conversation-parts-of.ts';

/** How the ledger asks for the verdict on one send. */
export function askPolicyAbout(
  { appId, trustsAdWindow = false, clock }: PolicySettings & { readonly clock: Clock },
  request: SendRequest,
): AskPolicy {
  return ({ contact, page, templateStatus }) => {
    const realNow = Date.now();
    const isProbe = page !== undefined && realNow >= page.probeAt;
    const answer = verdict({
      channel: conversationPartsOf(request).channel,
      author: request.author,
      purpose: request.purpose,
      messageClass: messageClass(request.message),
      templateStatus,
      eligibility: toSendEligibility(contact, isProbe ? undefined : page, appId),
      now: clock.now(request.conversation),
      trustsAdWindow,
    });
    return isProbe ? { ...answer, probesAt: realNow } : answer;
  };
}
