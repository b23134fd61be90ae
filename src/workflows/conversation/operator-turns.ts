/** The turns in which a conversation does what operators asked for. */

import { log } from '@temporalio/workflow';
import { operatorSendId, OPERATOR_ORDINAL } from '../../domain/send-id.ts';
import type { SendOutcome } from '../../domain/send.ts';
import { textOfOutbound, type Sayable } from '../../messenger/outbound/outbound-message.ts';
import { outboundMessage } from '../../messenger/outbound/sayable.ts';
import { newestSequence } from '../bot.ts';
import type { GiveBackRequest, OperatorMessageRequest, SendRequest, StartSequenceRequest } from '../contract/index.ts';
import { createSendCancellation } from '../outbound/send-cancellation.ts';
import { sendParts } from '../outbound/send-parts.ts';
import { finishTurn } from './finish-turn.ts';
import { handBack, handOver, noteOperatorAnswer, prolong, silenceMs } from './handoffs.ts';
import { addLine } from './lines.ts';
import { settleRequest } from './outside-requests.ts';
import { startSequence } from './sequence-signals.ts';
import type { Turn } from './turn.ts';

/** Gives the conversation back to the bot, which answers the next message as if nothing had silenced it. */
export async function giveBack(turn: Turn, request: GiveBackRequest | undefined): Promise<void> {
  const { note, operator } = request ?? {};
  // An operator has looked: this is no talk of two bots.
  if (request) delete turn.state.exchanges;
  await handBack(turn, { reason: 'given back', ...(note !== undefined && { note }), ...(operator && { operator }) });
  await finishTurn(turn);
}

/**
 * Sends an operator's own words. If they do not have the conversation, they have it from now on, for as long as the bot is
 * silent after an operator who wrote elsewhere.
 */
export async function sendOperatorMessage(
  turn: Turn,
  { key, operator, message }: OperatorMessageRequest,
): Promise<void> {
  const { state } = turn;
  // Plugins that hear of the handoff send after this ordinal, so that the send id is the same when the request is repeated.
  turn.sends = OPERATOR_ORDINAL + 1;
  if (state.human?.operator === operator.name) await prolong(turn);
  else await handOver(turn, { by: 'operator', operator, reason: 'an operator answered', forMs: silenceMs() });
  const sendId = operatorSendId(turn.conversation, key);
  const outcome = await sendOwnWords(turn, { sendId, operator: operator.name }, message);
  if (outcome.status === 'sent') {
    const text = textOfOutbound(outboundMessage(message));
    addLine(state, { at: turn.now(), by: 'human', operator: operator.name, text });
  }
  if (outcome.status === 'sent' || outcome.status === 'unknown') noteOperatorAnswer(turn);
  settleRequest(state, key, { sendId, ...outcome });
  await finishTurn(turn);
}

/** Sends an operator's message. Only the bot's sends end with a take-over; those of operators have a cancellation of their own, which nobody uses. */
export function sendOwnWords(
  turn: Turn,
  own: Pick<SendRequest, 'sendId' | 'operator'>,
  message: Sayable,
): Promise<SendOutcome> {
  const { windowOpenedAt } = turn.state;
  return sendParts(
    {
      ...own,
      conversation: turn.conversation,
      author: 'human',
      purpose: 'reply',
      source: 'an operator',
      guarantee: 'at-least-once',
      ...(windowOpenedAt !== undefined && { handledUntil: windowOpenedAt }),
    },
    message,
    createSendCancellation(),
  );
}

/** Starts a sequence that an operator asked for. */
export async function startSequenceFor(turn: Turn, { key, name, data }: StartSequenceRequest): Promise<void> {
  if (!newestSequence(name)) {
    log.info('An operator asked for a sequence that the bot does not have', { sequence: name });
    settleRequest(turn.state, key, { status: 'unknown_sequence' });
    return;
  }
  settleRequest(turn.state, key, { status: await startSequence(turn, name, data) });
}
