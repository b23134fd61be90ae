import type { Clock } from '../../domain/clock.ts';
import { conversationOfSend } from '../../domain/send-id.ts';
import type { Store } from '../../store/index.ts';
import { TAKEN_OVER, type EverthreadActivities } from '../../workflows/contract/index.ts';
import { settled } from './send-message.ts';

/** Writes down that nobody tries a send any more. */
export function createWithdrawSend({
  store,
  clock,
}: {
  readonly store: Pick<Store, 'ledger'>;
  readonly clock: Clock;
}): EverthreadActivities['withdrawSend'] {
  return async (sendId) => {
    const entry = await store.ledger.withdraw(sendId, TAKEN_OVER, clock.now(conversationOfSend(sendId)));
    const outcome = entry && settled(entry);
    return outcome === undefined || outcome.status === 'deferred' ? { status: 'failed', code: TAKEN_OVER } : outcome;
  };
}
