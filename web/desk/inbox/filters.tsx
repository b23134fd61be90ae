import { useEffect, useState } from 'preact/hooks';
import { Icon } from '../parts/icon.tsx';
import { PageFilter, TextFilter } from '../parts/list-filters.tsx';
import { goTo, toAddress, type InboxList, type Route } from '../route.ts';

const LISTS: readonly { readonly list: InboxList; readonly name: string }[] = [
  { list: 'waiting', name: 'Waiting' },
  { list: 'mine', name: 'Mine' },
  { list: 'bot', name: 'With the bot' },
  { list: 'all', name: 'All' },
];
const SEARCH_AFTER_MS = 300;

interface FiltersProps {
  readonly list: InboxList;
  readonly openId: string | undefined;
  readonly query: Route['query'];
}

/** The lists of the inbox, the search, and further filters. */
export function Filters({ list, openId, query }: FiltersProps) {
  const parts = openId === undefined ? [list] : [list, openId];
  const change = (more: Route['query']) => goTo(toAddress({ view: 'inbox', parts, query: { ...query, ...more } }));
  return (
    <div class="filters">
      <nav class="tabs" aria-label="Lists">
        {LISTS.map(({ list: name, name: words }) => (
          <a
            key={name}
            href={toAddress({ view: 'inbox', parts: openId === undefined ? [name] : [name, openId], query })}
            aria-current={name === list ? 'true' : undefined}
          >
            {words}
          </a>
        ))}
      </nav>
      <Search text={query['search'] ?? ''} onSearch={(search) => change({ search })} />
      <div class="chips">
        <label>
          <span class="unseen">Show</span>
          <select value={query['show'] ?? ''} onChange={({ currentTarget }) => change({ show: currentTarget.value })}>
            <option value="">Any state</option>
            <option value="unread">Unread</option>
            <option value="snoozed">Snoozed</option>
            <option value="closing">Window closes within an hour</option>
          </select>
        </label>
        <TextFilter name="Tag" text={query['tag'] ?? ''} onChange={(tag) => change({ tag })} />
        {query['on'] && (
          <button
            type="button"
            aria-label={`Wrote on ${query['on']} (UTC): all days again`}
            onClick={() => change({ on: '' })}
          >
            {query['on']} ✕
          </button>
        )}
        <PageFilter page={query['page'] ?? ''} onChange={(page) => change({ page })} />
      </div>
    </div>
  );
}

function Search({ text, onSearch }: { readonly text: string; readonly onSearch: (text: string) => void }) {
  const [typed, setTyped] = useState(text);
  useEffect(() => setTyped(text), [text]);
  useEffect(() => {
    if (typed === text) return undefined;
    const timer = setTimeout(() => onSearch(typed), SEARCH_AFTER_MS);
    return () => clearTimeout(timer);
  });
  return (
    <label class="search">
      <Icon name="search" />
      <input
        type="search"
        aria-label="Search names and messages"
        placeholder="Search"
        maxLength={100}
        value={typed}
        onInput={({ currentTarget }) => setTyped(currentTarget.value)}
      />
    </label>
  );
}
