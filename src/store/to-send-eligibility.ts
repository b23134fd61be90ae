import { otherOwner, type SendEligibility } from '../policy/send-eligibility.ts';
import type { Contact } from './contacts.ts';
import type { OpenBreaker } from './page-circuit-breaker.ts';

/** The records of a person and their Page in the form that the policy takes. */
export function toSendEligibility(
  contact: Contact | undefined,
  page: OpenBreaker | undefined,
  ourAppId: string | undefined,
): SendEligibility {
  const { windowOpenedAt: openedAt, windowMayLastUntil: mayLastUntil, threadOwner } = contact ?? {};
  const owner = threadOwner && otherOwner(threadOwner, ourAppId);
  return {
    ...(openedAt !== undefined && { window: { openedAt, ...(mayLastUntil !== undefined && { mayLastUntil }) } }),
    isUnavailable: contact?.unavailableSince !== undefined,
    hasOptedOut: contact?.optedOutAt !== undefined,
    ...(owner && { otherOwner: owner }),
    ...(page && { breakerReason: page.reason }),
  };
}
