import type { HoldReason } from '../../src/domain/error-codes.ts';
import type { SendVerdict } from '../../src/store/ledger/index.ts';

/** The policy allows a reply inside the window. */
export const allow = (): SendVerdict => ({ status: 'allowed', sendClass: { messaging_type: 'RESPONSE' } });

/** The window has closed. */
export const refuse = (): SendVerdict => ({
  status: 'refused',
  reason: 'window_closed',
  allowedAfter: 'their next action',
});

/** The send has to wait. */
export const hold = (reason: HoldReason): SendVerdict => ({ status: 'held', reason });
