import type { Logger } from '../../logger.ts';
import type { BreakerReason } from '../../policy/send-eligibility.ts';
import type { PageCircuitBreakers } from '../../store/page-circuit-breaker.ts';

const ALERTS: Record<BreakerReason, string> = {
  token_invalid:
    "Meta no longer takes this Page's token: its sends wait. Make a new one (everthread pages, or App Dashboard → " +
    'Messenger → Access Tokens) and put it where the old one is; it is read without a restart',
  restricted:
    "Meta has restricted this Page: its sends wait, and one tries now and then. Read the Page's Support Inbox",
};

const SET_UP_ALERT =
  "Meta does not take this Page's calls because of its set-up: its sends wait, and one tries now and then";

/** Why a breaker opens; `cure` for a mistake in the set-up that a new token does not mend. */
interface BreakerCause {
  readonly reason: BreakerReason;
  /** Meta's: `190/463`. */
  readonly code: string;
  readonly cure?: string;
}

/** Opens a Page's circuit breaker, and logs one alert however many sends do so. */
export async function openPageBreaker(
  { circuitBreakers, log }: { readonly circuitBreakers: Pick<PageCircuitBreakers, 'open'>; readonly log: Logger },
  pageId: string,
  { reason, code, cure }: BreakerCause,
): Promise<void> {
  const isNew = await circuitBreakers.open(pageId, { reason, code, now: Date.now() });
  if (isNew) log.error({ pageId, code }, cure === undefined ? ALERTS[reason] : `${SET_UP_ALERT}. ${cure}`);
}

/** Meta's code with its subcode, `190/463`, or the code alone. */
export function metaErrorCode(error: { readonly code: number; readonly error_subcode?: number }): string {
  return [error.code, error.error_subcode].filter((part) => part !== undefined).join('/');
}
