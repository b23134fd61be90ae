import {
  broadcastCause,
  eventCause,
  giveBackCause,
  operatorCause,
  takeOverCause,
  topicCause,
} from '../../domain/cause.ts';
import { applyTagChange } from '../../domain/tags.ts';
import { saveLinks } from '../external-ids.ts';
import { saveTags } from '../tags.ts';
import { cyrb53 } from '../text.ts';
import { rememberEvent, type Incoming } from './conversation-state.ts';
import { putEmitted } from './emitted-topics.ts';
import { finishTurn } from './finish-turn.ts';
import { handleEvents } from './handle-event.ts';
import { handOver } from './handoffs.ts';
import { giveBack, sendOperatorMessage, startSequenceFor } from './operator-turns.ts';
import { emitOutsideTopic } from './outside-topics.ts';
import { cancelScheduled, scheduleMessage } from './scheduled-messages.ts';
import { beginBroadcast, removeEndedSequence } from './sequence-signals.ts';
import { beginRecord } from './turn-records.ts';
import { newTurn, type TurnParts } from './turn.ts';

/**
 * Handles one item of the queue, or a burst of messages, from its first hook to its last send. `wasIdle`: whether
 * the conversation was idle when the item came.
 */
export async function takeTurn(
  parts: TurnParts,
  [incoming, ...others]: readonly [Incoming, ...Incoming[]],
  wasIdle: boolean,
): Promise<void> {
  const { conversation, state, now } = parts;
  const { tags } = state;
  switch (incoming.type) {
    case 'event': {
      const burst = others.flatMap((other) => (other.type === 'event' ? [other.item] : []));
      const [first, ...more] = [incoming.item, ...burst].filter(({ inboxId }) => rememberEvent(state, inboxId));
      if (!first) return;
      const turn = { ...newTurn(parts, eventCause(first.inboxId)), wasIdle };
      beginRecord(turn, [first.inboxId, ...more.map(({ inboxId }) => inboxId)]);
      await handleEvents(turn, [first.event, ...more.map(({ event }) => event)]);
      break;
    }
    case 'sequence-ended':
      removeEndedSequence(state, incoming.end);
      break;
    case 'broadcast':
      await beginBroadcast(newTurn(parts, broadcastCause(incoming.begin.occasion)), incoming.begin.name);
      break;
    case 'tags':
      state.tags = applyTagChange(state.tags, incoming.change);
      break;
    case 'take-over': {
      const turn = newTurn(parts, takeOverCause(updateKey(incoming)));
      const { reason, forMs, operator } = incoming.takeOver;
      await handOver(turn, {
        by: 'operator',
        reason,
        ...(forMs !== undefined && { forMs }),
        ...(operator && { operator }),
      });
      await finishTurn(turn);
      break;
    }
    case 'give-back':
      await giveBack(newTurn(parts, giveBackCause(updateKey(incoming))), incoming.giveBack);
      break;
    case 'operator-message':
      await sendOperatorMessage(newTurn(parts, operatorCause(incoming.request.key)), incoming.request);
      break;
    case 'schedule-message':
      scheduleMessage(parts, incoming.request);
      break;
    case 'cancel-scheduled':
      cancelScheduled(parts, incoming.request);
      break;
    case 'start-sequence':
      await startSequenceFor(newTurn(parts, operatorCause(incoming.request.key)), incoming.request);
      break;
    case 'topic':
      await emitOutsideTopic(newTurn(parts, topicCause(incoming.request.key)), incoming.request);
      break;
  }
  await saveLinks(conversation, state);
  await putEmitted(conversation, state);
  // Tags that a sequence changed are in the store already.
  if (incoming.type !== 'tags') await saveTags(conversation, tags, state.tags);
  state.lastTurnAt = now();
}

/** Names an update by its id: its time is computed anew when the run is reset. Old queues have no ids. */
function updateKey({ at, updateId }: { readonly at: number; readonly updateId?: string }): string {
  return updateId === undefined ? String(at) : cyrb53(updateId);
}
