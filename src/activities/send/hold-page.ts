import type { BreakerReason } from '../../policy/send-eligibility.ts';
import type { PageCircuitBreakers } from '../../store/page-circuit-breaker.ts';
import type { Logger } from '../logger.ts';

/** Told once, however many sends find out. */
const ALERTS: Record<BreakerReason, string> = {
  token_invalid:
    "Meta no longer takes this Page's token: its sends wait. Make a new one (everthread pages, or App Dashboard → " +
    'Messenger → Access Tokens) and put it where the old one is; it is taken up without a restart',
  restricted:
    "Meta has restricted this Page: its sends wait, and one tries now and then. Read the Page's Support Inbox",
};

/** Holds a Page back, and tells it when that is news. `code` is Meta's: `190/463`. */
export async function openPageBreaker(
  { circuitBreakers, log }: { readonly circuitBreakers: Pick<PageCircuitBreakers, 'open'>; readonly log: Logger },
  pageId: string,
  reason: BreakerReason,
  code: string,
): Promise<void> {
  const isNews = await circuitBreakers.open(pageId, { reason, code, now: Date.now() });
  if (isNews) log.error({ pageId, code }, ALERTS[reason]);
}

/** `190/463`, or the code alone. */
export function codeOf({ code, error_subcode }: { readonly code: number; readonly error_subcode?: number }): string {
  return [code, error_subcode].filter((part) => part !== undefined).join('/');
}
