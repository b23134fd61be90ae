import { log, proxyLocalActivities } from '@temporalio/workflow';
import { leadId, type Consent, type Lead } from '../../domain/lead.ts';
import { turnSendId } from '../../domain/send-id.ts';
import type { SendOutcome } from '../../domain/send.ts';
import type { OptSignal } from '../../messenger/inbound/opt-signal.ts';
import { textOfOutbound, type Sayable } from '../../messenger/outbound/outbound-message.ts';
import { outboundMessage } from '../../messenger/outbound/sayable.ts';
import type { EverthreadActivities } from '../contract/index.ts';
import { sendParts } from '../outbound/send-parts.ts';
import { addLine } from './conversation-state.ts';
import type { Turn } from './turn-parts.ts';

const outside = proxyLocalActivities<EverthreadActivities>({ startToCloseTimeout: '10 seconds' });

/** Says something in this turn; the send's name comes from the occasion and its place in the turn. */
export async function sendInTurn(turn: Turn, message: Sayable, source: string): Promise<SendOutcome> {
  const sendId = turnSendId(turn.conversation, turn.cause.id, turn.ordinal);
  turn.ordinal += 1;
  const { typing } = turn;
  const said = (turn.said ?? Promise.resolve()).then(async () => {
    // Dots that come after their message stay there for 20 seconds.
    if (typing) await typing;
    return sendParts(
      {
        sendId,
        conversation: turn.conversation,
        author: 'bot',
        // At a wake-up, or when the conversation changes hands, the business writes first.
        purpose: turn.cause.kind === 'event' ? 'reply' : 'update',
        source,
        guarantee: 'at-least-once',
      },
      message,
      turn.cancellation,
    );
  });
  // One after the other, awaited or not: what has to wait holds up what was said after it.
  turn.said = said.then(
    () => {},
    () => {},
  );
  const outcome = await said;
  if (outcome.status !== 'sent') log.warn('A send did not go out', { sendId, outcome });
  else addLine(turn.state, { at: turn.now(), by: 'bot', text: textOfOutbound(outboundMessage(message)) });
  return outcome;
}

/** Keeps what a person asked for in words that only the bot knows. */
export async function recordOptSignal(turn: Turn, wish: OptSignal, at: number): Promise<void> {
  await outside.recordWish(turn.conversation, wish, at);
}

export async function recordStep(turn: Turn, funnel: string, step: string): Promise<void> {
  await outside.recordStep(turn.conversation, funnel, step, turn.now());
}

/** Keeps a lead; named after the occasion and its place among those of the turn, so that keeping it again changes nothing. */
export async function saveLead(
  turn: Turn,
  form: string,
  fields: Lead['fields'],
  consent: Consent | undefined,
): Promise<Lead> {
  const key = `lead/${form}`;
  const ordinal = turn.calls.get(key) ?? 0;
  turn.calls.set(key, ordinal + 1);
  const lead: Lead = {
    leadId: leadId(turn.conversation, turn.cause.id, form, ordinal),
    conversation: turn.conversation,
    form,
    fields,
    ...(consent && { consent }),
    at: turn.now(),
  };
  await outside.saveLead(lead);
  return lead;
}
