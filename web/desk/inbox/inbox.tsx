import { useEffect, useMemo, useState } from 'preact/hooks';
import { ConversationView } from '../conversation/conversation-view.tsx';
import { useDesk, type Session } from '../desk-context.ts';
import { INBOX_LISTS, type InboxList, type Route } from '../route.ts';
import { createConversationList, type ListFilter, type ListState } from './conversation-list.ts';
import { Filters } from './filters.tsx';
import { Rows } from './rows.tsx';

/** The list of conversations, and the one that is open beside it; a narrow window shows one of them. */
export function Inbox({ route }: { readonly route: Route }) {
  const [name, openId] = route.parts;
  const list = INBOX_LISTS.find((known) => known === name) ?? 'waiting';
  return (
    <div class="inbox" data-open={openId !== undefined}>
      <h1 class="unseen">Inbox</h1>
      <section class="list" aria-label="Conversations">
        <Filters list={list} openId={openId} query={route.query} />
        <ListedConversations list={list} openId={openId} query={route.query} />
      </section>
      {openId === undefined ? (
        <p class="nothing-open">Choose a conversation.</p>
      ) : (
        <ConversationView key={openId} id={openId} list={list} query={route.query} />
      )}
    </div>
  );
}

interface ListedProps {
  readonly list: InboxList;
  readonly openId: string | undefined;
  readonly query: Route['query'];
}

const EMPTY: Readonly<Record<InboxList, string>> = {
  waiting: 'Nobody waits for an operator.',
  mine: 'You have no conversation.',
  bot: 'The bot has no conversation.',
  all: 'There is no conversation yet.',
};

function ListedConversations({ list: name, openId, query }: ListedProps) {
  const { api, live, session } = useDesk();
  const filter = toFilter(name, query, session);
  const key = JSON.stringify(filter);
  const list = useMemo(() => createConversationList(api, JSON.parse(key) as ListFilter), [api, key]);
  const [state, setState] = useState<ListState>(list.current);
  useEffect(() => {
    setState(list.current);
    const ends = [list.subscribe(setState), live.follow(list.apply)];
    void list.load();
    return () => ends.forEach((end) => end());
  }, [list, live]);

  if (state.error && !state.isLoaded) {
    return (
      <div class="empty" role="alert">
        <p>{state.error.message}</p>
        <button type="button" onClick={() => void list.load()}>
          Try again
        </button>
      </div>
    );
  }
  if (!state.isLoaded) return <p class="empty">Loading …</p>;
  if (state.items.length === 0) {
    const isFiltered = Object.values(query).some((value) => value !== '');
    return <p class="empty">{isFiltered ? 'No conversation matches the filters.' : EMPTY[name]}</p>;
  }
  return <Rows state={state} list={name} openId={openId} query={query} onEnd={() => void list.loadMore()} />;
}

function toFilter(list: InboxList, query: Route['query'], { name }: Session): ListFilter {
  const { page, tag, search, show, on } = query;
  return {
    ...(list === 'waiting' && { state: 'waiting' }),
    ...(list === 'bot' && { state: 'bot' }),
    ...(list === 'mine' && { operator: name }),
    ...(page && { page }),
    ...(tag && { tag }),
    ...(search && search.trim().length >= 2 && { search: search.trim() }),
    ...(on && { activeOn: on }),
    ...(show === 'unread' && { unread: true }),
    ...(show === 'snoozed' && { snoozed: true }),
    ...(show === 'closing' && { windowClosingWithin: 60 }),
  };
}
