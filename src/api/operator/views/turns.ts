import { eventCause } from '../../../domain/cause.ts';
import type { ConversationId } from '../../../domain/conversation-id.ts';
import { parseAnswer, type TurnRecord } from '../../../domain/turn-record.ts';
import type { TurnEvent } from '../../../store/traces/index.ts';
import type { TurnListView } from '../schemas/turns.ts';
import { isoTime } from './conversation.ts';
import { answerInWords } from './trace.ts';

/** Turns in the form of the API, newest first. `events`: those that are stored, by inbox id. */
export function toTurnViews(
  conversation: ConversationId,
  turns: readonly TurnRecord[],
  events: ReadonlyMap<number, TurnEvent>,
): TurnListView['items'] {
  return turns.toReversed().map(({ events: inboxIds, at, answers }) => {
    const { id } = eventCause(inboxIds[0] ?? 0);
    return {
      id,
      sends: `${conversation}/${id}/`,
      at: isoTime(at),
      events: inboxIds.flatMap((inboxId) => toEventView(events.get(inboxId)) ?? []),
      answers: answers.flatMap((text) => {
        const answer = parseAnswer(text);
        return answer ? { ...answer, words: answerInWords(answer) } : [];
      }),
    };
  });
}

function toEventView(event: TurnEvent | undefined) {
  if (!event) return undefined;
  const { inboxId, kind, at, messageId = null } = event;
  return { id: eventCause(inboxId).id, kind, at: isoTime(at), messageId };
}
