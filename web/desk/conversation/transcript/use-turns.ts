import { useEffect } from 'preact/hooks';
import type { Item } from '../../../../src/client/index.ts';
import { useDesk, type Message } from '../../desk-context.ts';
import { useLoaded } from '../../load.ts';

/** What the bot did with one event, or with a burst of them. */
export type Turn = Item<'/conversations/{id}/turns'>;

/** A turn comes some moments after its last message. */
const READ_AGAIN_AFTER_MS = 700;

/** The last turns of a conversation, by the message under which they are shown. */
export function useTurns(id: string, lines: readonly Message[]): ReadonlyMap<string, readonly Turn[]> {
  const { api, live } = useDesk();
  const { data, reload } = useLoaded(
    (signal) => api.GET('/conversations/{id}/turns', { params: { path: { id } }, signal }),
    [id],
  );
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const end = live.follow((event) => {
      if (event.event !== 'messages' || event.data.conversation !== id) return;
      clearTimeout(timer);
      timer = setTimeout(reload, READ_AGAIN_AFTER_MS);
    });
    return () => {
      clearTimeout(timer);
      end();
    };
  }, [id, live, reload]);
  return placeTurns(data?.items ?? [], lines);
}

/** A turn belongs under the last of its messages; one without a message under the line before it. */
function placeTurns(turns: readonly Turn[], lines: readonly Message[]): ReadonlyMap<string, readonly Turn[]> {
  const places = new Map<string, Turn[]>();
  const shown = new Set(lines.map((line) => line.id));
  for (const turn of turns.toReversed()) {
    const ids = turn.events.flatMap(({ messageId }) => (messageId !== null && shown.has(messageId) ? [messageId] : []));
    const place = ids.at(-1) ?? lines.findLast(({ at }) => at <= turn.at)?.id;
    if (place === undefined) continue;
    const before = places.get(place);
    if (before) before.push(turn);
    else places.set(place, [turn]);
  }
  return places;
}
