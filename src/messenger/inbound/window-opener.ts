import type { InboundEvent, ReferralEvent } from './inbound-event.ts';

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

/** An m.me or ig.me link counts when it carries `ref`; a click on an ad counts only once a message follows. */
function isLinkWithRef({ referral }: ReferralEvent): boolean {
  return referral.source === 'SHORTLINK' && referral.ref !== undefined;
}
