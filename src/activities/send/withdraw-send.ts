import type { Clock } from '../../domain/clock.ts';
import { conversationOfSend } from '../../domain/send-id.ts';
import type { Store } from '../../store/index.ts';
import type { EverthreadActivities } from '../../workflows/contract/index.ts';
import { outcomeOf } from './outcome-of.ts';

/** The activity `withdrawSend`: ends a send, so that no worker tries it again. */
export function createWithdrawSend({
  store,
  clock,
}: {
  readonly store: Pick<Store, 'ledger'>;
  readonly clock: Clock;
}): EverthreadActivities['withdrawSend'] {
  return async (sendId) => {
    const entry = await store.ledger.withdraw(sendId, 'taken_over', clock.now(conversationOfSend(sendId)));
    return (entry && outcomeOf(entry)) ?? { status: 'failed', code: 'taken_over' };
  };
}
