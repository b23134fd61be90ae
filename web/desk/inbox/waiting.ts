import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { useDesk } from '../desk-context.ts';
import { conversationAddress, goTo } from '../route.ts';
import { alertWaiting } from './alerts.ts';
import { createConversationList, type ListState } from './conversation-list.ts';
import { nameOf } from './names.ts';

/** How many people wait for an operator. */
export interface Waiting {
  readonly count: number;
  /** `7`, or `100+`. */
  readonly words: string;
}

/** Counts the people who wait, shows the count in the title, and alerts the operator when somebody begins to wait. */
export function useWaiting(): Waiting {
  const { api, live } = useDesk();
  const list = useMemo(() => createConversationList(api, { state: 'waiting', snoozed: false }), [api]);
  const [state, setState] = useState<ListState>(list.current);
  const known = useRef<ReadonlySet<string>>();

  useEffect(() => {
    const ends = [list.subscribe(setState), live.follow(list.apply)];
    void list.load();
    return () => ends.forEach((end) => end());
  }, [list, live]);

  useEffect(() => {
    if (!state.isLoaded) return;
    const ids = new Set(state.items.map(({ id }) => id));
    // Who waited before the page was opened is no news.
    const news = known.current && state.items.find(({ id }) => !known.current?.has(id));
    known.current = ids;
    if (news) alertWaiting(nameOf(news), () => goTo(conversationAddress(news.id, 'waiting')));
  }, [state]);

  const count = state.items.length;
  const words = state.hasMore ? `${count}+` : String(count);
  useEffect(() => {
    document.title = count > 0 ? `(${words}) Desk` : 'Desk';
  }, [count, words]);
  return { count, words };
}
