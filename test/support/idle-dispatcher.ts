import type { Dispatcher } from '../../src/api/dispatch/dispatcher.ts';
import type { ConversationId } from '../../src/domain/conversation-id.ts';

/** A dispatcher that leases and delivers nothing; `onWaiting` gets the conversations that have new events. */
export function anIdleDispatcher(
  onWaiting: (conversations: readonly ConversationId[]) => void = () => {},
): Pick<Dispatcher, 'reserve' | 'isTemporalReachable'> {
  return {
    reserve: () => ({
      offerLease: () => undefined,
      dispatch: ({ waiting }) => onWaiting(waiting),
      cancel: () => {},
    }),
    isTemporalReachable: () => true,
  };
}
