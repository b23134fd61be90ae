import { turnSendId } from '../../domain/send-id.ts';
import type { SendOutcome } from '../../domain/send.ts';
import { textOfOutbound, type Sayable } from '../../messenger/outbound/outbound-message.ts';
import { outboundMessage } from '../../messenger/outbound/sayable.ts';
import { reportUnsent } from '../outbound/report-unsent.ts';
import { sendParts } from '../outbound/send-parts.ts';
import { addLine } from './lines.ts';
import type { Turn } from './turn.ts';

/** Sends a message in this turn, after the sends before it; its send id is made of the turn's cause and its ordinal. */
export async function sendInTurn(turn: Turn, message: Sayable, source: string): Promise<SendOutcome> {
  const sendId = turnSendId(turn.conversation, turn.cause.id, turn.sends);
  turn.sends += 1;
  const { typing } = turn;
  const send = (turn.lastSend ?? Promise.resolve()).then(async () => {
    // Meta would show a typing indicator that arrives after its message for 20 seconds.
    if (typing) await typing;
    return sendParts(
      {
        sendId,
        conversation: turn.conversation,
        author: 'bot',
        // At a wake-up or a handoff the business writes on its own initiative.
        purpose: turn.cause.kind === 'event' ? 'reply' : 'update',
        source,
        guarantee: 'at-least-once',
        ...(turn.state.windowOpenedAt !== undefined && { handledUntil: turn.state.windowOpenedAt }),
      },
      message,
      turn.cancellation,
    );
  });
  // One after the other, awaited or not: a send that has to wait delays those after it.
  turn.lastSend = send.then(
    () => {},
    () => {},
  );
  const outcome = await send;
  if (outcome.status !== 'sent') reportUnsent(source, sendId, outcome);
  else addLine(turn.state, { at: turn.now(), by: 'bot', text: textOfOutbound(outboundMessage(message)) });
  return outcome;
}
