import type { EverthreadClient } from '../../../src/client/index.ts';
import type { Summary } from '../desk-context.ts';
import type { LiveEvent } from '../live.ts';

/** Which conversations are in a list. */
export interface ListFilter {
  readonly state?: Summary['state'];
  readonly snoozed?: boolean;
  readonly unread?: boolean;
  readonly page?: string;
  readonly tag?: string;
  readonly search?: string;
  readonly windowClosingWithin?: number;
  readonly operator?: string;
  readonly activeOn?: string;
}

/** What is known of a list. */
export interface ListState {
  /** In the order of the API: who waits, the longest first; then by the person's latest action. */
  readonly items: readonly Summary[];
  readonly isLoaded: boolean;
  readonly isLoading: boolean;
  readonly hasMore: boolean;
  readonly error: Error | undefined;
}

/** A list of conversations that live updates keep up to date, as far as it is loaded. */
export interface ConversationList {
  readonly current: ListState;
  subscribe(listener: (state: ListState) => void): () => void;
  /** Reads the first page, or as much as was read before. */
  load(): Promise<void>;
  /** Reads the next page. */
  loadMore(): Promise<void>;
  /** Takes a live event in. */
  readonly apply: (event: LiveEvent) => void;
}

const PAGE_LENGTH = 100;

/** An empty list; `load` fills it. */
export function createConversationList(api: EverthreadClient, filter: ListFilter): ConversationList {
  const listeners = new Set<(state: ListState) => void>();
  const items = new Map<string, Summary>();
  let cursor: string | null = null;
  let state: ListState = { items: [], isLoaded: false, isLoading: false, hasMore: false, error: undefined };
  /** Counts loads: the answer of an older one is dropped. */
  let generation = 0;
  let isShowing = false;

  function show(change: Partial<ListState> = {}): void {
    state = { ...state, ...change };
    // Fifty events may come at once, and the browser draws once.
    if (isShowing) return;
    isShowing = true;
    queueMicrotask(() => {
      isShowing = false;
      state = { ...state, items: [...items.values()].toSorted(byPlace), hasMore: cursor !== null };
      for (const listener of listeners) listener(state);
    });
  }

  async function readPage(after: string | null): Promise<boolean> {
    const mine = generation;
    show({ isLoading: true });
    try {
      const query = { ...filter, limit: PAGE_LENGTH, ...(after !== null && { cursor: after }) };
      const page = await api.GET('/conversations', { params: { query } });
      if (mine !== generation) return false;
      if (after === null) items.clear();
      for (const item of page.items) items.set(item.id, item);
      cursor = page.nextCursor;
      show({ isLoaded: true, isLoading: false, error: undefined });
      return true;
    } catch (error) {
      if (mine === generation) show({ isLoading: false, error: error as Error });
      return false;
    }
  }

  async function load(): Promise<void> {
    generation += 1;
    const wanted = items.size;
    if (!(await readPage(null))) return;
    while (cursor !== null && items.size < wanted) if (!(await readPage(cursor))) return;
  }

  /** Whether the place of a conversation is among those that are loaded. */
  function isWithinLoaded(summary: Summary): boolean {
    const last = cursor === null ? undefined : state.items.at(-1);
    return last === undefined || byPlace(summary, last) <= 0;
  }

  function take(summary: Summary): void {
    const isIn = items.has(summary.id);
    const belongs = matches(filter, summary, isIn) && isWithinLoaded(summary);
    if (belongs) items.set(summary.id, summary);
    else if (isIn) items.delete(summary.id);
    else return;
    show();
  }

  return {
    get current() {
      return state;
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    load,
    async loadMore() {
      if (!state.isLoading && cursor !== null) await readPage(cursor);
    },
    apply({ event, data }) {
      if (event === 'reset') void load();
      else if (event === 'conversation') take(data);
      else if (event === 'erased' && items.delete(data.conversation)) show();
    },
  };
}

/** Whether the list has this conversation; what only the server can tell stays as it was. */
function matches(filter: ListFilter, summary: Summary, isIn: boolean): boolean {
  const { state, snoozed, unread, page, tag, search, windowClosingWithin, operator, activeOn } = filter;
  const isSnoozed = summary.snoozedUntil !== null;
  return (
    (state === undefined || summary.state === state) &&
    !(state === 'waiting' && snoozed !== true && isSnoozed) &&
    (snoozed === undefined || isSnoozed === snoozed) &&
    (unread === undefined || summary.unread === unread) &&
    (page === undefined || summary.page === page) &&
    (tag === undefined || summary.tags.includes(tag)) &&
    (operator === undefined || summary.heldBy === operator) &&
    ((search === undefined && windowClosingWithin === undefined && activeOn === undefined) || isIn)
  );
}

/** The order of the API. */
function byPlace(one: Summary, other: Summary): number {
  const [isWaiting, isOtherWaiting] = [one, other].map(
    (item) => item.state === 'waiting' && item.snoozedUntil === null,
  );
  if (isWaiting !== isOtherWaiting) return isWaiting ? -1 : 1;
  return isWaiting
    ? compare(one.waitingSince, other.waitingSince) || compare(one.id, other.id)
    : compare(other.lastActionAt, one.lastActionAt) || compare(other.id, one.id);
}

/** Times of ISO 8601 are in order as texts. */
function compare(one: string | null, other: string | null): number {
  const [a, b] = [one ?? '', other ?? ''];
  return a < b ? -1 : Number(a > b);
}
