import { log, proxyLocalActivities } from '@temporalio/workflow';
import type { SenderAction } from '../../messenger/outbound/sender-action.ts';
import type { EverthreadActivities } from '../contract/index.ts';
import type { Turn } from '../conversation/turn-parts.ts';

/** Tried once: what comes late is of no use. */
const outside = proxyLocalActivities<EverthreadActivities>({
  scheduleToCloseTimeout: '2 seconds',
  retry: { maximumAttempts: 1 },
});

/** Does something in the thread without a word, while the turn goes on. Never throws. */
export function runSenderAction(turn: Turn, action: () => SenderAction): void {
  // Whoever answers by hand has seen or not seen it themselves.
  if (turn.state.human) return;
  let wanted;
  try {
    wanted = action();
  } catch (error) {
    log.warn('An action is left out', { error: String(error) });
    return;
  }
  const run = () =>
    outside.senderAction
      .executeWithOptions({ summary: wanted.sender_action }, [turn.conversation, wanted])
      .catch(() => {});
  if (wanted.sender_action === 'typing_on') turn.typing = run();
  else if (wanted.sender_action === 'mark_seen') void run();
  // One after the other: what is taken off must have been put on.
  else turn.reaction = (turn.reaction ?? Promise.resolve()).then(run);
}
