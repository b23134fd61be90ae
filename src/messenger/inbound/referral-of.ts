import type { InboundEvent, Referral } from './inbound-event.ts';

/**
 * Where the person came from, wherever Meta says so: inside the message or the tap that began the thread (fields
 * `messages`, `messaging_postbacks`), or by itself in a thread that was there before (`messaging_referrals`).
 */
export function referralOf(event: InboundEvent): Referral | undefined {
  return event.kind === 'message' || event.kind === 'postback' || event.kind === 'referral'
    ? event.referral
    : undefined;
}
