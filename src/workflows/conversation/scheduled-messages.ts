/** Messages of operators that go out later. Who answers does not change by them, neither when they are written nor when they go out. */

import { operatorCause } from '../../domain/cause.ts';
import type { ConversationId } from '../../domain/conversation-id.ts';
import { OPERATOR_ORDINAL, operatorSendId } from '../../domain/send-id.ts';
import { textOfOutbound } from '../../messenger/outbound/outbound-message.ts';
import { outboundMessage } from '../../messenger/outbound/sayable.ts';
import {
  MAX_SCHEDULED_MESSAGES,
  type CancelScheduledRequest,
  type ScheduledMessage,
  type ScheduleMessageRequest,
} from '../contract/index.ts';
import type { ConversationState } from './conversation-state.ts';
import { finishTurn } from './finish-turn.ts';
import { addLine } from './lines.ts';
import { sendOwnWords } from './operator-turns.ts';
import { settleRequest } from './outside-requests.ts';
import { newTurn, type TurnParts } from './turn.ts';

/** Remembers a message for its time. */
export function scheduleMessage({ state }: Pick<TurnParts, 'state'>, request: ScheduleMessageRequest): void {
  const { scheduled = [] } = state;
  const isFull = scheduled.length >= MAX_SCHEDULED_MESSAGES;
  if (!isFull) state.scheduled = [...scheduled, request].toSorted((a, b) => a.at - b.at);
  settleRequest(state, request.key, { status: isFull ? 'full' : 'scheduled' });
}

/** Forgets a message before its time. */
export function cancelScheduled(
  { conversation, state }: Pick<TurnParts, 'conversation' | 'state'>,
  { key, sendId }: CancelScheduledRequest,
): void {
  const { scheduled = [] } = state;
  const left = scheduled.filter((message) => operatorSendId(conversation, message.key) !== sendId);
  state.scheduled = left;
  settleRequest(state, key, { status: left.length < scheduled.length ? 'cancelled' : 'not_scheduled' });
}

/** Sends what is due. What Meta's rules say of it now decides; a refusal is in the ledger. */
export async function sendDueMessages(parts: TurnParts): Promise<void> {
  const { state, conversation, now } = parts;
  for (let next = state.scheduled?.[0]; next && next.at <= now(); next = state.scheduled?.[0]) {
    const { key, operator, message } = next;
    state.scheduled = state.scheduled?.slice(1) ?? [];
    const turn = newTurn(parts, operatorCause(key));
    turn.sends = OPERATOR_ORDINAL + 1;
    const sendId = operatorSendId(conversation, key);
    const outcome = await sendOwnWords(turn, { sendId, operator: operator.name }, message);
    if (outcome.status === 'sent') {
      const text = textOfOutbound(outboundMessage(message));
      addLine(state, { at: now(), by: 'human', operator: operator.name, text });
    }
    settleRequest(state, key, { sendId, ...outcome });
    await finishTurn(turn);
    state.lastTurnAt = now();
  }
}

/** The messages that wait, for operators. */
export function scheduledView(
  conversation: ConversationId,
  { scheduled = [] }: Pick<ConversationState, 'scheduled'>,
): readonly ScheduledMessage[] {
  return scheduled.map(({ key, operator, message, at }) => ({
    sendId: operatorSendId(conversation, key),
    operator: operator.name,
    text: textOfOutbound(outboundMessage(message)),
    at,
  }));
}
