import { otherOwner, type Standing } from '../../policy/send-eligibility.ts';
import type { Contact } from '../../store/contacts.ts';
import type { PageState } from '../../store/page-circuit-breaker.ts';

/** What the store knows of a person and their Page, as the policy takes it. */
export function standingOf(
  contact: Contact | undefined,
  page: PageState | undefined,
  ourAppId: string | undefined,
): Standing {
  const { windowOpenedAt: openedAt, windowMayLastUntil: mayLastUntil, threadOwner } = contact ?? {};
  const owner = threadOwner && otherOwner(threadOwner, ourAppId);
  return {
    ...(openedAt !== undefined && { window: { openedAt, ...(mayLastUntil !== undefined && { mayLastUntil }) } }),
    isUnavailable: contact?.unavailableSince !== undefined,
    hasOptedOut: contact?.optedOutAt !== undefined,
    ...(owner && { otherOwner: owner }),
    ...(page && { pageHold: page.hold }),
  };
}
