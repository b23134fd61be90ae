import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import { useDesk, type Conversation } from '../desk-context.ts';

type Present = Conversation['operators'];

/** A presence ends 30 seconds after it was said last. */
const REPEAT_MS = 15_000;
const TYPING_MS = 5000;

/** Who else is in the conversation. */
export interface Presence {
  /** The others who look or type now. */
  readonly others: Present;
  /** Called with each key that the operator types. */
  readonly onTyping: () => void;
}

/** Says that this operator looks at the conversation as long as it is open, and hears of others. */
export function usePresence(id: string, known: Present): Presence {
  const { api, live, session } = useDesk();
  const [present, setPresent] = useState<Present>(known);
  const state = useRef<'looking' | 'typing'>('looking');
  const timer = useRef<ReturnType<typeof setTimeout>>();
  useEffect(() => setPresent(known), [known]);

  const tell = useCallback(
    (now: 'looking' | 'typing' | 'gone') =>
      void api
        .POST('/conversations/{id}/presence', { params: { path: { id } }, body: { state: now } })
        .catch(() => undefined),
    [api, id],
  );

  useEffect(() => {
    const end = live.follow((event) => {
      if (event.event === 'presence' && event.data.conversation === id) setPresent(event.data.operators);
    });
    const repeat = () => document.visibilityState === 'visible' && tell(state.current);
    repeat();
    const every = setInterval(repeat, REPEAT_MS);
    return () => {
      clearInterval(every);
      clearTimeout(timer.current);
      end();
      tell('gone');
    };
  }, [id, live, tell]);

  const onTyping = useCallback(() => {
    clearTimeout(timer.current);
    if (state.current !== 'typing') tell((state.current = 'typing'));
    timer.current = setTimeout(() => tell((state.current = 'looking')), TYPING_MS);
  }, [tell]);

  return { others: present.filter(({ name }) => name !== session.name), onTyping };
}
