import type { InboundEvent, Referral, ReferralEvent } from './inbound-event.ts';

/**
 * Length of the window, in ms, after the person's first message from a click-to-message ad (Meta, Policy, 2026-09-28; two
 * other pages of Meta say 24 hours).
 */
export const AD_WINDOW_MS = 7 * 24 * 3_600_000;

/** The action of a person that opens Meta's 24-hour window. */
export type WindowOpener = 'message' | 'postback' | 'reaction' | 'referral' | 'optin';

/**
 * How this event opens the 24-hour window, which starts at `event.at`; `undefined` if it does not open it.
 *
 * Where Meta's pages differ (send-messages and policy, 2026-10-06), only what both allow counts, so comments do not.
 * Standby events count too: the person wrote to the Page, whichever app owned the thread.
 */
export function windowOpener(event: InboundEvent): WindowOpener | undefined {
  if (!event.psid) return undefined;
  switch (event.kind) {
    case 'message':
    case 'postback':
      return event.kind;
    case 'reaction':
      return event.action === 'react' ? 'reaction' : undefined;
    case 'referral':
      return isLinkWithRef(event) ? 'referral' : undefined;
    case 'optin':
      // An opt-in by a plugin on a web page opens it; one to marketing or to a single notification has a type and does not.
      return event.type === undefined && !event.isStop ? 'optin' : undefined;
    default:
      return undefined;
  }
}

/**
 * A link into the thread counts when it carries `ref`, whatever Meta names as its source: in Europe and Japan it may name
 * none, and its sample for ig.me prints `IGME-SOURCE-LINK` (send-messages and webhooks, read 2026-11-29). A click on an ad
 * counts only once a message follows.
 */
function isLinkWithRef({ referral }: ReferralEvent): boolean {
  return referral.type === 'OPEN_THREAD' && Boolean(referral.ref) && !isAdReferral(referral);
}

/** Whether the person came from an ad. In Europe and Japan Meta may name the ad and no source. */
export function isAdReferral({ source, adId, adTitle, flowId }: Referral): boolean {
  return source === 'ADS' || [adId, adTitle, flowId].some((part) => part !== undefined);
}
