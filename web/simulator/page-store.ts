import { request } from '../shared/request.ts';
import { followChanges } from './live.ts';
import type { BrokenWorkflow, InspectionView, StateView, ThreadView } from './views.ts';

/** The parts of the page; a narrow window shows one at a time. */
export type Pane = 'people' | 'chat' | 'timeline';

/** A sentence about the last action. */
export interface Notice {
  readonly text: string;
  readonly isFailure: boolean;
  /** What happened meanwhile, by the `seq` of each entry; a notice with a list stays until the next. */
  readonly happened?: readonly { readonly seq: number; readonly words: string }[];
}

/** What the next text is about. */
export interface Composing {
  readonly kind: 'reply' | 'edit';
  readonly mid: string;
  /** The message in one line. */
  readonly words: string;
}

/** Everything the page shows. */
export interface PageState {
  readonly simulator: StateView | undefined;
  /** The PSID of the open conversation. */
  readonly openPsid: string | undefined;
  /** The open conversation; the one before it until the new one is loaded. */
  readonly thread: ThreadView | undefined;
  /** The inside of the bot, of the open conversation; missing until it is loaded. */
  readonly inspection: InspectionView | undefined;
  /** Workflows of the open conversation that cannot go on. */
  readonly brokenRuns: readonly BrokenWorkflow[];
  /** What the last action did, or why it failed; shown for a while. */
  readonly notice: Notice | undefined;
  /** The message that the next text answers or replaces. */
  readonly composing: Composing | undefined;
  readonly pane: Pane;
  readonly isConnected: boolean;
  /** The timeline entry to bring into sight, by its `seq` or its message's `mid`. */
  readonly highlighted: { readonly key: string } | undefined;
}

/** Holds the page's state, loads it from the control API and follows its changes. */
export interface PageStore {
  current(): PageState;
  update(change: Partial<PageState>): void;
  /** Calls back with every new state. */
  subscribe(listener: (state: PageState) => void): () => void;
  /** Runs work and shows its error, if it fails, as a notice. */
  attempt(work: () => Promise<unknown>): Promise<void>;
  /** Shows why something was not done; `stays`: until the next notice. */
  notify(failure: string, stays?: 'stays'): void;
  /** Shows what was done. */
  confirm(done: string, happened?: Notice['happened']): void;
  /**
   * Does something as the open person, with an action of the control API, and shows the thread after it; `done` is
   * what to say then.
   */
  act(action: string, input: object, done?: string): Promise<void>;
  /** Loads the list of people, and the open thread if it is one of theirs; `undefined`: in any case. */
  load(people: readonly string[] | undefined): Promise<void>;
  /** Asks whether the open conversation's workflows can go on. */
  loadBrokenRuns(): Promise<void>;
  /** Loads everything and keeps it up to date as long as the page is open. */
  start(): void;
}

const NOTICE_MS = 6000;
/** A workflow that cannot go on changes nothing, so no live event tells. */
const BROKEN_RUNS_EVERY_MS = 2000;
/** The bot has done its work by then, mostly; a change that comes later is seen at the next look. */
const INSPECTION_AFTER_MS = 250;
const INSPECTION_EVERY_MS = 3000;
/** How often the person's clock is moved on while nothing changes. */
const CLOCK_EVERY_MS = 10_000;

/** The store of a page that was just opened; the address's fragment says which conversation to open. */
export function createPageStore(): PageStore {
  let state: PageState = {
    simulator: undefined,
    openPsid: location.hash.slice(1) || undefined,
    thread: undefined,
    inspection: undefined,
    brokenRuns: [],
    notice: undefined,
    composing: undefined,
    pane: 'chat',
    isConnected: false,
    highlighted: undefined,
  };
  const listeners = new Set<(state: PageState) => void>();

  function update(change: Partial<PageState>): void {
    state = { ...state, ...change };
    for (const listener of listeners) listener(state);
  }

  let noticeTimer: ReturnType<typeof setTimeout> | undefined;
  function show(notice: Notice, stays = notice.happened !== undefined && notice.happened.length > 0): void {
    update({ notice });
    clearTimeout(noticeTimer);
    if (stays) return;
    noticeTimer = setTimeout(() => update({ notice: undefined }), NOTICE_MS);
  }

  const notify: PageStore['notify'] = (text, stays) => show({ text, isFailure: true }, stays === 'stays');
  const confirm: PageStore['confirm'] = (text, happened) =>
    show({ text, isFailure: false, ...(happened && { happened }) });

  async function attempt(work: () => Promise<unknown>): Promise<void> {
    try {
      await work();
    } catch (error) {
      notify(error instanceof Error ? error.message : String(error));
    }
  }

  async function act(action: string, input: object, done?: string): Promise<void> {
    const psid = state.openPsid;
    if (psid === undefined) return notify('Add a person first.');
    await attempt(async () => {
      const thread = await request<ThreadView>('POST', `api/people/${psid}/${action}`, input);
      if (psid === state.openPsid) showThread(thread);
      if (done !== undefined) confirm(done);
    });
  }

  function showThread(thread: ThreadView): void {
    update({ thread });
    markRead();
    inspectionTimer ??= setTimeout(() => void loadInspection(), INSPECTION_AFTER_MS);
  }

  let inspectionTimer: ReturnType<typeof setTimeout> | undefined;
  async function loadInspection(): Promise<void> {
    inspectionTimer = undefined;
    const { simulator, openPsid } = state;
    if (!simulator?.inspects || openPsid === undefined || document.visibilityState !== 'visible') return;
    const path = `api/people/${openPsid}/inspection`;
    const inspection = await request<InspectionView>('GET', path).catch(() => undefined);
    if (inspection && openPsid === state.openPsid) update({ inspection });
  }

  /** What an open page shows counts as read, as on a phone. */
  function markRead(): void {
    const unread = state.thread?.person.unread ?? 0;
    if (unread > 0 && document.visibilityState === 'visible') void act('reads', {});
  }

  async function loadOnce(people: readonly string[] | undefined): Promise<void> {
    const wasOpen = state.openPsid;
    const simulator = await request<StateView>('GET', 'api/state');
    const isThere = simulator.people.some(({ psid }) => psid === state.openPsid);
    // Somebody who was added and opened meanwhile need not be in the answer yet.
    const openPsid = isThere || state.openPsid !== wasOpen ? state.openPsid : simulator.people[0]?.psid;
    update({ simulator, openPsid });
    if (openPsid === undefined) return;
    const isStale = people === undefined || people.includes(openPsid) || state.thread?.person.psid !== openPsid;
    if (!isStale) return;
    const thread = await request<ThreadView>('GET', `api/people/${openPsid}`);
    if (openPsid === state.openPsid) showThread(thread);
  }

  let isLoading = false;
  let missed: { readonly people: readonly string[] | undefined } | undefined;
  /** One load at a time: changes meanwhile are loaded right after. */
  async function load(people: readonly string[] | undefined): Promise<void> {
    if (isLoading) {
      const isPartial = people !== undefined && (!missed || missed.people !== undefined);
      missed = { people: isPartial ? [...(missed?.people ?? []), ...people] : undefined };
      return;
    }
    isLoading = true;
    await attempt(() => loadOnce(people));
    isLoading = false;
    const next = missed;
    missed = undefined;
    if (next) await load(next.people);
  }

  async function loadBrokenRuns(): Promise<void> {
    const { simulator, openPsid } = state;
    if (!simulator?.knowsRuns || openPsid === undefined || document.visibilityState !== 'visible') return;
    const brokenRuns = await request<BrokenWorkflow[]>('GET', `api/people/${openPsid}/broken`).catch(() => []);
    if (openPsid === state.openPsid) update({ brokenRuns });
  }

  function moveClock(): void {
    const { thread } = state;
    if (!thread) return;
    update({ thread: { ...thread, person: { ...thread.person, now: thread.person.now + CLOCK_EVERY_MS } } });
  }

  function start(): void {
    followChanges({
      onChange: (people) => void load(people),
      onConnection: (isConnected) => update({ isConnected }),
    });
    document.addEventListener('visibilitychange', markRead);
    setInterval(() => void loadBrokenRuns(), BROKEN_RUNS_EVERY_MS);
    setInterval(() => void loadInspection(), INSPECTION_EVERY_MS);
    setInterval(moveClock, CLOCK_EVERY_MS);
  }

  function subscribe(listener: (state: PageState) => void): () => void {
    listeners.add(listener);
    return () => void listeners.delete(listener);
  }

  return { current: () => state, update, subscribe, attempt, notify, confirm, act, load, loadBrokenRuns, start };
}
