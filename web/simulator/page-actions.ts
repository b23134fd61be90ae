import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import { request } from '../shared/request.ts';
import { formatDayAndTime, formatDuration } from '../shared/times.ts';
import type { Composing, PageStore, Pane } from './page-store.ts';
import { createRecordings } from './recordings.ts';
import { faultName } from './timeline/faults.ts';
import type { FaultView, PersonView } from './views.ts';

/** By so many ms, or to a time of the person's clock, epoch ms. */
export type TimeMove = { readonly ms: number } | { readonly until: number };

/** People to add, and how they come to the Page. */
export interface NewPeople {
  readonly profile: Readonly<Record<string, string | number>>;
  readonly count: number;
  /** An action of the control API; `none`: they have only opened the chat. */
  readonly arrival: string;
  /** The `ref` of a link, an ad or a plugin, or the text of a comment. */
  readonly word: string;
}

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
  readonly moveTime: (move: TimeMove) => Promise<void>;
  /** Lets the next send go wrong. */
  readonly addFault: (fault: FaultView) => void;
  readonly clearFaults: () => void;
  /** Starts a workflow again with today's code; resolves when it is started, or a notice says why it is not. */
  readonly resetRun: (workflowId: string) => Promise<void>;
  /** Copies a webhook as a command for a terminal. */
  readonly copyCurl: (seq: number) => void;
  /** Delivers a webhook once more, or another body in its place. */
  readonly deliverAgain: (seq: number, body?: string) => void;
  readonly addPerson: () => void;
  /** Adds people with a profile, who then arrive. */
  readonly addPeople: (people: NewPeople) => void;
  /** Downloads the open conversation as a test. */
  readonly saveAsTest: () => void;
  /** Takes the steps of a test file as a new person. */
  readonly replayTest: (file: File) => void;
  /** Removes the open person. */
  readonly removePerson: () => void;
  /** Begins again with the open person's profile, as somebody whom the bot does not know. */
  readonly restart: () => void;
  readonly removeEverybody: () => void;
  /** Sends a file of the person's. */
  readonly sendFile: (type: string, file: File) => void;
  /** Taps an item of the Page's menu, or an ice breaker. */
  readonly chooseFromMenu: (title: string) => void;
  readonly unsend: (mid: string) => void;
  /** Says what the next text is about; `undefined`: a new message. */
  readonly compose: (composing: Composing | undefined) => void;
  readonly openConversation: (psid: string) => void;
  readonly showPane: (pane: Pane) => void;
  /** Brings a timeline entry into sight, by its `seq` or its message's `mid`. */
  readonly highlight: (key: string) => void;
  /** Like `highlight`; also opens the timeline where the page shows one pane at a time. */
  readonly showEntry: (key: string) => void;
  readonly notify: (notice: string) => void;
}

/** About a simulator without a time machine: it does not know the Temporal of the bot. */
export const TIMERS_STAY = "The timers of the bot's Temporal do not move with it: only everthread dev moves them.";

/** The actions of a page, carried out by its store. */
export function createPageActions(store: PageStore): PageActions {
  const act = (action: string, input: object, done?: string) => void store.act(action, input, done);

  function openConversation(psid: string): void {
    history.replaceState(undefined, '', `${location.pathname}${location.search}#${psid}`);
    store.update({
      openPsid: psid,
      inspection: undefined,
      brokenRuns: [],
      highlighted: undefined,
      composing: undefined,
      pane: 'chat',
    });
    void store.load([psid]);
  }

  const recordings = createRecordings(store, openConversation);

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
    const { composing } = store.current();
    store.update({ composing: undefined });
    if (composing?.kind === 'edit') return store.act('edits', { mid: composing.mid, text });
    await store.act('messages', composing ? { text, replyTo: composing.mid } : { text });
  }

  async function addPeople({ profile, count, arrival, word }: NewPeople): Promise<void> {
    await store.attempt(async () => {
      for (let number = 0; number < count; number += 1) {
        const { psid } = await request<PersonView>('POST', 'api/people', profile);
        const input = arrival === 'comments' ? { text: word || 'How much is it?' } : word === '' ? {} : { ref: word };
        if (arrival !== 'none') await request('POST', `api/people/${psid}/${arrival}`, input);
        if (number === 0) openConversation(psid);
      }
    });
  }

  /** Removes people, and opens whoever is there then. */
  async function remove(path: string): Promise<void> {
    await store.attempt(async () => {
      await request('DELETE', path);
      store.update({ openPsid: undefined, thread: undefined, inspection: undefined });
      await store.load(undefined);
    });
  }

  async function sendFile(type: string, file: File): Promise<void> {
    const bytes = new Uint8Array(await file.arrayBuffer());
    let content = '';
    for (const byte of bytes) content += String.fromCodePoint(byte);
    await store.act('files', { type, contentType: file.type, content: btoa(content) });
  }

  function addFault(fault: FaultView): void {
    const psid = store.current().openPsid;
    void store.attempt(async () => {
      await request('POST', 'api/faults', psid === undefined ? fault : { ...fault, psid });
      store.confirm(`The next send will be broken: ${faultName(fault)}.`);
    });
  }

  async function moveTime(move: TimeMove): Promise<void> {
    const { thread: before, simulator } = store.current();
    const seq = before?.timeline.at(-1)?.seq ?? 0;
    await store.act('time', move);
    const { thread: after } = store.current();
    const movedMs = (after?.person.clockAheadMs ?? 0) - (before?.person.clockAheadMs ?? 0);
    if (!after || movedMs <= 0) return;
    const { firstName, timezone } = after.person;
    const happened = after.timeline
      .filter((entry) => entry.seq > seq && entry.title !== '')
      .map((entry) => ({ seq: entry.seq, words: `${formatDayAndTime(entry.at, timezone)}: ${entry.title}` }));
    const moved = `${firstName}'s clock moved by ${formatDuration(movedMs)}.`;
    const words = simulator?.movesTimers === false ? `${moved} ${TIMERS_STAY}` : moved;
    store.confirm(happened.length > 0 ? `${words} What happened:` : words, happened);
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
    copyCurl: (seq) =>
      void store.attempt(async () => {
        const psid = store.current().openPsid ?? '';
        const { curl } = await request<{ curl: string }>('GET', `api/people/${psid}/webhooks/${seq}/curl`);
        await navigator.clipboard.writeText(curl);
        store.confirm('Copied: paste it into a terminal.');
      }),
    deliverAgain: (seq, body) =>
      act(`webhooks/${seq}/deliveries`, body === undefined ? {} : { body }, 'The webhook was delivered.'),
    addPerson: () => void addPerson(),
    addPeople: (people) => void addPeople(people),
    saveAsTest: () => void recordings.saveAsTest(),
    replayTest: (file) => void recordings.replayTest(file),
    removePerson: () => void remove(`api/people/${store.current().openPsid}`),
    removeEverybody: () => void remove('api/people'),
    restart: () =>
      void store.attempt(async () => {
        const { psid } = await request<PersonView>('POST', `api/people/${store.current().openPsid}/restarts`);
        openConversation(psid);
      }),
    sendFile: (type, file) => void sendFile(type, file),
    chooseFromMenu: (title) => act('menu', { title }),
    unsend: (mid) => act('unsends', { mid }),
    compose: (composing) => store.update({ composing }),
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
