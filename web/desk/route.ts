import { useEffect, useState } from 'preact/hooks';

/** The views of the desk, as the address and the navigation have them. */
export const VIEWS = ['inbox', 'leads', 'numbers', 'broadcasts', 'health', 'admin'] as const;
/** One of {@link VIEWS}. */
export type View = (typeof VIEWS)[number];

/** The lists of the inbox. */
export const INBOX_LISTS = ['waiting', 'mine', 'bot', 'all'] as const;
/** One of {@link INBOX_LISTS}. */
export type InboxList = (typeof INBOX_LISTS)[number];

/** What the page shows: in the fragment of the address, which no server and no other page gets. */
export interface Route {
  readonly view: View;
  /** What follows the view: the list of the inbox and the id of the open conversation, or a part of another view. */
  readonly parts: readonly string[];
  /** Filters. */
  readonly query: Readonly<Record<string, string>>;
}

/** The address of a route: `#/inbox/waiting/messenger%3A…?tag=vip`. */
export function toAddress({ view, parts = [], query = {} }: Partial<Route> & { readonly view: View }): string {
  const path = [view, ...parts].map(encodeURIComponent).join('/');
  const search = new URLSearchParams(Object.entries(query).filter(([, value]) => value !== '')).toString();
  return `#/${path}${search && `?${search}`}`;
}

/** The route of an address; the inbox for one that is none. */
export function toRoute(fragment: string): Route {
  const [path = '', search] = fragment.replace(/^#?\/?/, '').split('?', 2);
  const [name, ...parts] = path.split('/').map(decode);
  const view = VIEWS.find((known) => known === name) ?? 'inbox';
  return { view, parts, query: Object.fromEntries(new URLSearchParams(search)) };
}

/** The address of a conversation, in the list in which it is looked at. */
export function conversationAddress(id: string, list: InboxList = 'all', query: Route['query'] = {}): string {
  return toAddress({ view: 'inbox', parts: [list, id], query });
}

/** Shows another view. */
export function goTo(address: string): void {
  location.hash = address;
}

/** The route that the page shows. */
export function useRoute(): Route {
  const [fragment, setFragment] = useState(location.hash);
  useEffect(() => {
    const onChange = () => setFragment(location.hash);
    addEventListener('hashchange', onChange);
    return () => removeEventListener('hashchange', onChange);
  }, []);
  return toRoute(fragment);
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
