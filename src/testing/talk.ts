import { WorkflowNotFoundError } from '@temporalio/client';
import { conversationId, type ConversationId } from '../domain/conversation-id.ts';
import type { TakeOver } from '../domain/take-over.ts';
import { msOf, type Duration } from '../plugins/duration.ts';
import type { Bubble, Fault, NewPerson, Simulator } from '../simulator/index.ts';
import type { UtilityTemplate } from '../simulator/state/utility-templates.ts';
import { giveBackUpdate, sequenceId, takeOverUpdate } from '../workflows/contract/index.ts';
import { keepAlive } from './alive.ts';
import { FAILURES, type FailureName } from './failures.ts';
import { PAGE, type Stage } from './stage.ts';
import { TestError } from './test-error.ts';

export interface PersonOptions {
  /** The hour of the person's first day, by UTC: `10:00`. Default: whatever hour it is. */
  readonly startsAt?: string;
  /** Who it is; what is left out is invented. `timezone` counts hours from UTC, as Meta's profile does; default 0. */
  readonly person?: Omit<NewPerson, 'psid'>;
}

type ReactionName = Parameters<Simulator['reacts']>[1];
type MediaType = Parameters<Simulator['sendsMedia']>[1];

/**
 * One person's talk with the bot, step by step. All of it is real but Meta and time. Every step resolves when its
 * consequences have happened: the webhooks are taken, nothing of this person is at work, and nothing is overdue.
 */
export interface Talk {
  readonly conversation: ConversationId;
  readonly psid: string;

  /** Writes; several texts are one burst. */
  says(...texts: readonly string[]): Promise<void>;
  /** Taps a button or a quick reply by what is written on it. */
  taps(title: string): Promise<void>;
  /** Puts a reaction on the newest message of the Page. */
  reacts(reaction: ReactionName): Promise<void>;
  sendsMedia(type: MediaType, url?: string): Promise<void>;
  /** Taps Get Started, perhaps after an m.me link with a `ref`. */
  getsStarted(ref?: string): Promise<void>;
  /** Opens an m.me link; with a `ref` a referral, which opens the window. */
  opensLink(ref?: string): Promise<void>;
  /** Clicks an ad that opens the chat. The next message opens the window and names the ad. */
  clicksAd(ref?: string, adId?: string): Promise<void>;
  /** From now on the Page cannot write to this person. */
  blocks(): Promise<void>;
  unblocks(): Promise<void>;

  /** Somebody of the business answers by hand in the Page inbox. */
  answersFromInbox(text: string): Promise<void>;
  /** Somebody of the business takes over; the bot is silent. */
  takesOver(takeOver?: TakeOver): Promise<void>;
  givesBack(): Promise<void>;

  /**
   * Lets time pass for this person. What falls due on the way happens at its own time, and the engine's timers,
   * windows and retries are the real ones.
   */
  skip(duration: Duration): Promise<void>;
  /** What time it is for the person, epoch ms. */
  now(): number;
  /** Lets the next send to this person go wrong at Meta, or the next `times`. */
  fails(failure: FailureName | Fault, times?: number): void;

  /** Meta approves a template, for all talks with this bot: before, a `utility` message that names it fails. */
  approves(template: UtilityTemplate): void;

  /** What the bot said since this was asked last: texts as they are, anything else as JSON. */
  heard(): readonly string[];
  /** All bubbles of the thread, oldest first. */
  bubbles(): readonly Bubble[];
  /** What was kept of this person in forms, oldest first. */
  leads(): Promise<readonly Readonly<Record<string, string>>[]>;
  sequence(name: string): SequenceOfTalk;
  /** How the conversation stands in Temporal: `ConversationState`, `WindowClosesAt`, `Sequences`, `Tags`. */
  attributes(): Promise<Readonly<Record<string, unknown>>>;
  /** What was logged at `warn` and above by this process since the bot was started, such as a hook that failed. */
  warnings(): readonly string[];

  /** Resolves when nothing is at work and nothing is overdue: for steps that were taken otherwise. */
  settles(): Promise<void>;
  /** The talk is over. What it ran on goes a moment after the last one that uses it. */
  end(): Promise<void>;
  /** `await using talk = await simulate(…)` ends it with its block. */
  [Symbol.asyncDispose](): Promise<void>;
}

/** A sequence of this person, by name. */
export interface SequenceOfTalk {
  readonly workflowId: string;
  /** As Temporal says it: `RUNNING`, `COMPLETED`, `FAILED`, …; `NOT_STARTED` when it never ran, under whatever name. */
  status(): Promise<string>;
  /** What it ended with, as a person reads it: `finished`, `stopped by reply`; `undefined` while it runs. */
  result(): Promise<string | undefined>;
  /** The workflow's type, which is the sequence's own name. */
  type(): Promise<string>;
}

/** Somebody who has not met the bot before. `onEnd` is called once. */
export function createTalk(stage: Stage, options: PersonOptions = {}, onEnd: () => void = () => {}): Talk {
  const { simulator, store, client, timeMachine } = stage;
  const { psid } = simulator.addPerson({ timezone: 0, ...options.person });
  const conversation = conversationId({ channel: 'messenger', pageId: PAGE, psid });
  if (options.startsAt !== undefined) simulator.moveClock(conversation, untilHour(options.startsAt));
  const handle = (workflowId: string = conversation) => client.workflow.getHandle(workflowId);
  const bubbles = () => simulator.thread(psid).bubbles;
  let heardSoFar = 0;
  let hasEnded = false;

  const isInboxEmpty = async () => !(await store.inbox.countByStatus())['pending'];

  async function settles(): Promise<void> {
    for (;;) {
      const before = simulator.thread(psid).happenings.length;
      await simulator.settled();
      while (!(await isInboxEmpty())) await aMoment();
      await timeMachine.settled(conversation);
      await simulator.settled();
      if (simulator.thread(psid).happenings.length === before && (await isInboxEmpty())) return;
    }
  }

  async function act(step: () => unknown): Promise<void> {
    if (hasEnded) throw new TestError('This talk has ended. Begin another with `simulate`.');
    await keepAlive(async () => {
      await step();
      await settles();
    });
  }

  function byHand(step: () => Promise<unknown>): Promise<void> {
    return act(() =>
      step().catch((error: unknown) => {
        if (!(error instanceof WorkflowNotFoundError)) throw error;
        throw new TestError('Nobody has written to the bot yet, so there is no talk to take over or to give back.');
      }),
    );
  }

  async function end(): Promise<void> {
    if (hasEnded) return;
    hasEnded = true;
    onEnd();
  }

  return {
    conversation,
    psid,
    says: (...texts) => act(() => texts.map((text) => simulator.says(psid, text))),
    taps: (title) => act(() => simulator.taps(psid, title)),
    reacts: (reaction) => act(() => simulator.reacts(psid, reaction)),
    sendsMedia: (type, url) => act(() => simulator.sendsMedia(psid, type, url)),
    getsStarted: (ref) => act(() => simulator.getsStarted(psid, ref)),
    opensLink: (ref) => act(() => simulator.opensLink(psid, ref)),
    clicksAd: (ref, adId) => act(() => simulator.clicksAd(psid, ref, adId)),
    blocks: () => act(() => simulator.blocks(psid)),
    unblocks: () => act(() => simulator.unblocks(psid)),
    answersFromInbox: (text) => act(() => simulator.answersFromInbox(psid, text)),
    takesOver: (takeOver = { reason: 'a colleague answers' }) =>
      byHand(() => handle().executeUpdate(takeOverUpdate, { args: [takeOver] })),
    givesBack: () => byHand(() => handle().executeUpdate(giveBackUpdate)),
    skip: (duration) => act(() => timeMachine.skip(conversation, forward(duration))),
    now: () => simulator.clock.now(conversation),
    fails(failure, times = 1) {
      const fault: Fault = typeof failure === 'string' ? faultCalled(failure) : failure;
      simulator.fault({ ...fault, times, psid });
    },
    approves: (template) => simulator.approveTemplate(template),
    heard() {
      const spoken = bubbles().filter(({ author }) => author === 'bot');
      const news = spoken.slice(heardSoFar);
      heardSoFar = spoken.length;
      return news.map(wordsOf);
    },
    bubbles,
    async leads() {
      const newestFirst = await store.leads.list(1000);
      const mine = newestFirst.filter((lead) => lead.conversation === conversation);
      return mine.map(({ fields }) => fields).toReversed();
    },
    async attributes() {
      const { typedSearchAttributes } = await handle().describe();
      return Object.fromEntries(typedSearchAttributes.getAll().map(({ key, value }) => [key.name, value]));
    },
    sequence(name) {
      const workflowId = sequenceId(name, conversation);
      const status = () =>
        handle(workflowId)
          .describe()
          .then((found) => found.status.name)
          .catch(neverStarted);
      return {
        workflowId,
        status,
        result: async () => ((await status()) === 'RUNNING' ? undefined : resultOf(handle(workflowId).result())),
        type: async () => (await handle(workflowId).describe()).type,
      };
    },
    warnings: () => stage.warnings(),
    settles,
    end,
    [Symbol.asyncDispose]: end,
  };
}

/** In ms. */
function forward(duration: Duration): number {
  const ms = msOf(duration);
  if (ms >= 0) return ms;
  throw new TestError(`skip(${JSON.stringify(duration)}): time only moves forward. Write a time such as '2 hours'.`);
}

function faultCalled(name: FailureName): Fault {
  if (Object.hasOwn(FAILURES, name)) return FAILURES[name].fault;
  const names = Object.keys(FAILURES).map((one) => `"${one}"`);
  throw new TestError(`There is no failure called "${name}". There are: ${names.join(', ')}.`);
}

function neverStarted(error: unknown): string {
  if (error instanceof WorkflowNotFoundError) return 'NOT_STARTED';
  throw error;
}

function wordsOf({ text, cards }: Bubble): string {
  return text ?? JSON.stringify(cards);
}

function resultOf(result: Promise<unknown>): Promise<string> {
  return result.then(String, (error: Error) => messageOf(error));
}

/** The innermost cause says what the author wrote. */
function messageOf(error: Error): string {
  return error.cause instanceof Error ? messageOf(error.cause) : error.message;
}

const LOOK_AGAIN_MS = 2;

function aMoment(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN_MS));
}

/** From now to the next time that a clock in UTC shows this. */
function untilHour(clock: string): number {
  const [, hours, minutes] = /^([01]\d|2[0-3]):([0-5]\d)$/.exec(clock) ?? [];
  if (hours === undefined || minutes === undefined) {
    throw new TestError(`startsAt is "${clock}". Write an hour of the day, by UTC: "09:30".`);
  }
  const now = new Date();
  const then = new Date(now);
  then.setUTCHours(Number(hours), Number(minutes), 0, 0);
  if (then <= now) then.setUTCDate(then.getUTCDate() + 1);
  return then.getTime() - now.getTime();
}
