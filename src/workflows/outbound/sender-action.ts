import { log } from '@temporalio/workflow';
import type { SenderAction } from '../../messenger/outbound/sender-action.ts';
import { senderActions } from '../activity-proxies.ts';
import type { Turn } from '../conversation/turn.ts';

/** Runs a sender action in the background while the turn goes on. Never throws; it does nothing while an operator answers. */
export function runSenderAction(turn: Turn, createAction: () => SenderAction): void {
  // Operators show typing and reactions themselves.
  if (turn.state.human) return;
  let action: SenderAction;
  try {
    action = createAction();
  } catch (error) {
    log.warn('A sender action is left out', { error: String(error) });
    return;
  }
  const run = () =>
    senderActions.senderAction
      .executeWithOptions({ summary: action.sender_action }, [turn.conversation, action])
      .catch(() => {});
  if (action.sender_action === 'typing_on') turn.typing = run();
  else if (action.sender_action === 'mark_seen') void run();
  // One after the other: a reaction must be there before it can be removed.
  else turn.reaction = (turn.reaction ?? Promise.resolve()).then(run);
}
