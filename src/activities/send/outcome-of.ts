import { toSendFailure, type RefusalReason } from '../../domain/error-codes.ts';
import type { SendOutcome } from '../../domain/send.ts';
import type { LedgerEntry } from '../../store/ledger/index.ts';

/** The outcome of a send by its record; `undefined` while the record is not final. */
export function outcomeOf({ status, messageId, code }: LedgerEntry): SendOutcome | undefined {
  switch (status) {
    case 'sent':
      return { status, messageId: messageId ?? '' };
    case 'refused':
      return { status, reason: code as RefusalReason };
    case 'failed':
      return { status, code: toSendFailure(code) };
    case 'unknown':
      return { status };
    case 'calling':
    case 'waiting':
    case 'unconfirmed':
      return undefined;
  }
}
