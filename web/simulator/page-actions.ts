import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import { request } from '../shared/request.ts';
import { formatDuration } from '../shared/times.ts';
import type { PageStore, Pane } from './page-store.ts';
import { faultName } from './timeline/faults.ts';
import type { FaultView, PersonView } from './views.ts';

/** What one can do on the page. Actions without another subject are the open person's. */
export interface PageActions {
  /** Writes a message; the first one adds the first person. */
  readonly writeMessage: (text: string) => void;
  /** Taps a button or a quick reply of a message. */
  readonly tap: (title: string, mid: string) => void;
  /** Sets the reaction to a message; `null` takes it back. */
  readonly react: (mid: string, reaction: string | null) => void;
  readonly tapGetStarted: () => void;
  readonly revealCoupon: (mid: string) => void;
  readonly rate: (mid: string, score: number) => void;
  readonly sendAddress: (address: Readonly<Record<string, unknown>>) => void;
  /** Any other action of the control API; `done` is what to say when it is done. */
  readonly act: (action: string, input: object, done: string) => void;
  /** Answers as an operator in the Page's inbox. */
  readonly answerFromInbox: (text: string) => void;
  /** Moves the person's clock forward; resolves when it has moved, or a notice says why it has not. */
  readonly moveTime: (hours: number) => Promise<void>;
  /** Lets the next send go wrong. */
  readonly addFault: (fault: FaultView) => void;
  readonly clearFaults: () => void;
  /** Starts a workflow again with today's code; resolves when it is started, or a notice says why it is not. */
  readonly resetRun: (workflowId: string) => Promise<void>;
  readonly addPerson: () => void;
  readonly openConversation: (psid: string) => void;
  readonly showPane: (pane: Pane) => void;
  /** Brings a timeline entry into sight, by its `seq` or its message's `mid`. */
  readonly highlight: (key: string) => void;
  /** Like `highlight`; also opens the timeline where the page shows one pane at a time. */
  readonly showEntry: (key: string) => void;
  readonly notify: (notice: string) => void;
}

const HOUR_MS = 3_600_000;

/** About a simulator without a time machine: it does not know the Temporal of the bot. */
export const TIMERS_STAY = "The timers of the bot's Temporal do not move with it: only everthread dev moves them.";

/** The actions of a page, carried out by its store. */
export function createPageActions(store: PageStore): PageActions {
  const act = (action: string, input: object, done?: string) => void store.act(action, input, done);

  function openConversation(psid: string): void {
    history.replaceState(undefined, '', `${location.pathname}${location.search}#${psid}`);
    store.update({ openPsid: psid, brokenRuns: [], highlighted: undefined, pane: 'chat' });
    void store.load([psid]);
  }

  /** Settles when the new person's conversation is open; a message that is written meanwhile is theirs. */
  let adding: Promise<void> | undefined;
  async function addPerson(): Promise<void> {
    const added = store.attempt(async () =>
      openConversation((await request<PersonView>('POST', 'api/people', {})).psid),
    );
    adding = added;
    await added;
    if (adding === added) adding = undefined;
  }

  async function writeMessage(text: string): Promise<void> {
    await adding;
    if (store.current().openPsid === undefined) await addPerson();
    await store.act('messages', { text });
  }

  function addFault(fault: FaultView): void {
    const psid = store.current().openPsid;
    void store.attempt(async () => {
      await request('POST', 'api/faults', psid === undefined ? fault : { ...fault, psid });
      store.confirm(`The next send will be broken: ${faultName(fault)}.`);
    });
  }

  async function moveTime(hours: number): Promise<void> {
    const ms = Math.round(hours * HOUR_MS);
    const { thread, simulator } = store.current();
    const moved = `${thread?.person.firstName ?? 'The person'}'s clock moved by ${formatDuration(ms)}.`;
    await store.act('time', { ms }, simulator?.movesTimers === false ? `${moved} ${TIMERS_STAY}` : moved);
  }

  return {
    writeMessage: (text) => void writeMessage(text),
    tap: (title, mid) => act('taps', { title, mid }),
    react: (mid, reaction) => act('reactions', { mid, reaction }),
    tapGetStarted: () => act('starts', {}),
    revealCoupon: (mid) => act('coupons', { mid }),
    rate: (mid, score) => act('ratings', { mid, score }),
    sendAddress: (address) => act('addresses', address),
    act,
    answerFromInbox: (text) => act('inbox', { text }, "Answered by hand, from the Page's inbox."),
    moveTime,
    addFault,
    clearFaults: () =>
      void store.attempt(async () => {
        await request('DELETE', 'api/faults');
        store.confirm('No send will be broken.');
      }),
    async resetRun(workflowId) {
      await store.act('resets', { workflowId });
      await store.loadBrokenRuns();
    },
    addPerson: () => void addPerson(),
    openConversation,
    showPane: (pane) => store.update({ pane }),
    highlight: (key) => store.update({ highlighted: { key } }),
    showEntry: (key) => store.update({ highlighted: { key }, pane: 'timeline' }),
    notify: (notice) => store.notify(notice),
  };
}

/** The actions of the page around a component. */
export const PageActionsContext = createContext<PageActions | undefined>(undefined);

/** The actions of the page that a component is part of. */
export function usePageActions(): PageActions {
  const actions = useContext(PageActionsContext);
  if (!actions) throw new Error('The component is outside of the page.');
  return actions;
}
