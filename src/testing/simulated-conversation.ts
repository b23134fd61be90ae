import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { WorkflowNotFoundError, type Client } from '@temporalio/client';
import { conversationId, type ConversationId } from '../domain/conversation-id.ts';
import type { NamedOperator, TakeOver } from '../domain/handoff.ts';
import { msOf, type Duration } from '../plugins/duration.ts';
import {
  heardOf,
  simulatedSteps,
  type ApprovedTemplate,
  type Bubble,
  type Fault,
  type NewPerson,
  type ReactionName,
  type Simulator,
} from '../simulator/index.ts';
import { giveBackUpdate, operatorMessageUpdate, sequenceId, takeOverUpdate } from '../workflows/contract/index.ts';
import { faultNamed, TestError, type FailureName } from './failures.ts';
import { keepProcessAlive } from './process-alive.ts';
import { PAGE, type Stage } from './stage/index.ts';
import { formatTranscript } from './transcript.ts';

/** Who the simulated person is, and when the conversation starts. */
export interface PersonOptions {
  /** The hour of the person's first day, by UTC: `10:00`. Default: the current time. */
  readonly startsAt?: string;
  /** The person's profile; omitted fields are invented. `timezone` is in hours from UTC, as in Meta's profile; default 0. */
  readonly person?: Omit<NewPerson, 'psid'>;
}

type SimulatedMediaType = Parameters<Simulator['sendsMedia']>[1];

/**
 * One person's conversation with the bot, step by step. Only Meta and time are simulated. Every step resolves when its
 * consequences have happened: webhooks are acknowledged, none of the person's workflows is working, nothing is overdue.
 */
export interface SimulatedConversation {
  readonly conversation: ConversationId;
  readonly psid: string;

  /** The person writes; several texts are one burst. */
  says(...texts: readonly string[]): Promise<void>;
  /** Taps the button or quick reply with this title; where there is none, the item of the Page's menu, or the ice breaker. */
  taps(title: string): Promise<void>;
  /** Reacts to the newest message of the Page. */
  reacts(reaction: ReactionName): Promise<void>;
  /** Takes the reaction to the newest message of the Page back. */
  unreacts(): Promise<void>;
  /**
   * Sends an attachment; without a `url`, an invented one. A `caption` follows it as a text, as Meta sends it. Without a caption
   * the bot waits 2 real seconds for one, or as its `gather` says.
   */
  sendsMedia(type: SimulatedMediaType, url?: string, caption?: string): Promise<void>;
  /** Sends a sticker; without an id, the thumb. */
  sendsSticker(stickerId?: string): Promise<void>;
  /** Sends a place on the map. */
  sendsLocation(lat: number, long: number): Promise<void>;
  /** Edits their newest text. */
  edits(text: string): Promise<void>;
  /** Takes their newest message back; Messenger tells no bot of it. */
  unsends(): Promise<void>;
  /** Answers the newest survey with one of its scores. */
  rates(score: number, words?: string): Promise<void>;
  /** Reveals the code of the newest coupon. */
  revealsCode(): Promise<void>;
  /** Fills in the newest address form: `{ country: 'PT' }`. */
  sendsAddress(address: Readonly<Record<string, string>>): Promise<void>;
  /** Taps Get Started, perhaps after an m.me link with a `ref`. */
  getsStarted(ref?: string): Promise<void>;
  /** Opens an m.me link. With a `ref` Meta sends a referral, which opens the messaging window. */
  opensLink(ref?: string): Promise<void>;
  /** Clicks a click-to-message ad. The next message opens the messaging window and names the ad. */
  clicksAd(ref?: string, adId?: string): Promise<void>;
  /** Taps Send to Messenger on a web page. */
  optsIn(ref: string): Promise<void>;
  /** Blocks the Page: from now on it cannot write to this person. */
  blocks(): Promise<void>;
  unblocks(): Promise<void>;

  /** An operator answers in the Page inbox. */
  answersFromInbox(text: string): Promise<void>;
  /** An operator answers by hand in a native app, Messenger's or Instagram's. */
  answersFromNativeApp(text: string): Promise<void>;
  /** An operator takes over, by name or without one; the bot is silent. */
  takesOver(takeOver?: TakeOver & { readonly operator?: NamedOperator }): Promise<void>;
  /** An operator writes through everthread, and has the conversation from then on; resolves to what became of the message. */
  operatorWrites(text: string, operator?: NamedOperator): Promise<string>;
  /** The operator hands the conversation back to the bot, perhaps with a note for it. */
  givesBack(giveBack?: { readonly note?: string; readonly operator?: NamedOperator }): Promise<void>;

  /**
   * Lets time pass for this person. Whatever falls due on the way happens at its own time; Temporal's timers and
   * retries and Meta's messaging windows all follow.
   */
  skip(duration: Duration): Promise<void>;
  /** The current time for this person, epoch ms. */
  now(): number;
  /** Makes the next sends to this person fail at Meta: one, or `times`. */
  fails(failure: FailureName | Fault, times?: number): void;

  /** Meta approves a template, for all conversations with this bot. Before, a `utility` message that names it fails. */
  approves(template: ApprovedTemplate): void;

  /** What the bot said since the last call of `heard`: texts as they are, everything else as JSON. */
  heard(): readonly string[];
  /**
   * Everything that was said, oldest first, and what the bot could not say: `person: price`, `bot: Nine euros.`,
   * `bot, not sent: Our offer ends. (sequence week; refused: window_closed)`.
   */
  transcript(): Promise<readonly string[]>;
  /** All bubbles of the thread, oldest first. */
  bubbles(): readonly Bubble[];
  /** The fields of the leads this person left in forms, oldest first. */
  leads(): Promise<readonly Readonly<Record<string, string>>[]>;
  /** This person's sequence of that name, whether it ever ran or not. */
  sequence(name: string): SimulatedSequence;
  /** The conversation's search attributes in Temporal: `ConversationState`, `WindowClosesAt`, `Sequences`, `Tags`. */
  attributes(): Promise<Readonly<Record<string, unknown>>>;
  /** Lines logged at `warn` and above by this process since the bot was started, such as a failed hook. */
  warnings(): readonly string[];

  /** Resolves when no workflow is working and nothing is overdue; for events that a test causes by other means. */
  settles(): Promise<void>;
  /** Ends the conversation. Shared resources are released shortly after the last conversation that uses them. */
  end(): Promise<void>;
  /** `await using conversation = await simulate(…)` ends it with its block. */
  [Symbol.asyncDispose](): Promise<void>;
}

/** One person's sequence, by name. */
export interface SimulatedSequence {
  readonly workflowId: string;
  /** Temporal's status: `RUNNING`, `COMPLETED`, `FAILED`, …; `NOT_STARTED` when it never ran. */
  status(): Promise<string>;
  /** How it ended: `finished`, `stopped by reply`, …; `undefined` while it runs. */
  result(): Promise<string | undefined>;
  /** The workflow's type, which is the sequence's own name. */
  type(): Promise<string>;
}

/** A conversation with a person who has not met the bot before. `onEnd` is called once. */
export function createSimulatedConversation(
  stage: Stage,
  options: PersonOptions = {},
  onEnd: () => void = () => {},
): SimulatedConversation {
  const { simulator, client, timeMachine } = stage;
  const { psid } = simulator.addPerson({ timezone: 0, ...options.person });
  const conversation = conversationId({ channel: 'messenger', pageId: PAGE, psid });
  if (options.startsAt !== undefined) simulator.moveClock(conversation, msUntilHour(options.startsAt));
  const settles = (): Promise<void> => waitUntilSettled(stage, conversation, psid);
  let hasEnded = false;

  async function act(step: () => unknown): Promise<void> {
    if (hasEnded) throw new TestError('This conversation has ended. Begin another with `simulate`.');
    await keepProcessAlive(async () => {
      await step();
      await settles();
    });
  }

  async function end(): Promise<void> {
    if (hasEnded) return;
    hasEnded = true;
    onEnd();
  }

  return {
    conversation,
    psid,
    ...waitingFor(simulatedSteps(simulator, psid), act),
    ...createOperatorSteps(stage, conversation, act),
    skip: (duration) => act(() => timeMachine.skip(conversation, nonNegativeMs(duration))),
    now: () => simulator.clock.now(conversation),
    fails(failure, times = 1) {
      const fault: Fault = typeof failure === 'string' ? faultNamed(failure) : failure;
      simulator.fault({ ...fault, times, psid });
    },
    approves: (template) => simulator.approveTemplate(template),
    ...createViews(stage, { conversation, psid }),
    sequence: (name) => createSequenceView(client, sequenceId(name, conversation)),
    settles,
    end,
    [Symbol.asyncDispose]: end,
  };
}

/** Runs a step and waits for its consequences. */
type Act = (step: () => unknown) => Promise<void>;

interface PersonIds {
  readonly conversation: ConversationId;
  readonly psid: string;
}

/** Steps of which each is waited for. */
type Waiting<Steps> = {
  readonly [Name in keyof Steps]: Steps[Name] extends (...values: infer Values) => unknown
    ? (...values: Values) => Promise<void>
    : never;
};

function waitingFor<Steps extends Readonly<Record<string, (...values: never[]) => unknown>>>(
  steps: Steps,
  act: Act,
): Waiting<Steps> {
  const waiting = Object.entries(steps).map(([name, step]) => [
    name,
    (...values: never[]) => act(() => step(...values)),
  ]);
  return Object.fromEntries(waiting) as Waiting<Steps>;
}

function createOperatorSteps({ client }: Stage, conversation: ConversationId, act: Act) {
  const handle = client.workflow.getHandle(conversation);
  const update = (step: () => Promise<unknown>): Promise<void> =>
    act(() =>
      step().catch((error: unknown) => {
        if (!(error instanceof WorkflowNotFoundError)) throw error;
        throw new TestError('The person has not written to the bot yet: there is no conversation to take over.');
      }),
    );
  return {
    takesOver: (takeOver = { reason: 'a colleague answers' }) =>
      update(() => handle.executeUpdate(takeOverUpdate, { args: [takeOver] })),
    async operatorWrites(text, operator = { name: 'Mia' }) {
      let status = '';
      await update(async () => {
        const request = { key: randomUUID(), operator, message: text };
        ({ status } = await handle.executeUpdate(operatorMessageUpdate, { args: [request] }));
      });
      return status;
    },
    givesBack: (giveBack) => update(() => handle.executeUpdate(giveBackUpdate, { args: [giveBack] })),
  } satisfies Partial<SimulatedConversation>;
}

/** What a test can look at afterwards. */
function createViews({ simulator, store, client, warnings }: Stage, { conversation, psid }: PersonIds) {
  const bubbles = () => simulator.thread(psid).bubbles;
  let heardCount = 0;
  return {
    heard() {
      const ofBot = bubbles().filter(({ author }) => author === 'bot');
      const unheard = ofBot.slice(heardCount);
      heardCount = ofBot.length;
      return unheard.map(({ text, cards }) => heardOf(text, cards));
    },
    async transcript() {
      return formatTranscript(bubbles(), await store.ledger.listUnsent(conversation));
    },
    bubbles,
    async leads() {
      const newestFirst = await store.leads.list(1000);
      const ofPerson = newestFirst.filter((lead) => lead.conversation === conversation);
      return ofPerson.map(({ fields }) => fields).toReversed();
    },
    async attributes() {
      const { typedSearchAttributes } = await client.workflow.getHandle(conversation).describe();
      return Object.fromEntries(typedSearchAttributes.getAll().map(({ key, value }) => [key.name, value]));
    },
    warnings: () => warnings(),
  } satisfies Partial<SimulatedConversation>;
}

function createSequenceView(client: Client, workflowId: string): SimulatedSequence {
  const handle = client.workflow.getHandle(workflowId);
  const status = (): Promise<string> =>
    handle.describe().then(
      (run) => run.status.name,
      (error: unknown) => {
        if (error instanceof WorkflowNotFoundError) return 'NOT_STARTED';
        throw error;
      },
    );
  return {
    workflowId,
    status,
    result: async () =>
      (await status()) === 'RUNNING'
        ? undefined
        : handle.result().then(String, (error: Error) => innermostMessage(error)),
    type: async () => (await handle.describe()).type,
  };
}

/** The innermost cause has the message that the bot's developer wrote. */
function innermostMessage(error: Error): string {
  return error.cause instanceof Error ? innermostMessage(error.cause) : error.message;
}

const SETTLE_POLL_MS = 2;

/** Resolves when the inbox is empty, the person's workflows are idle, and nothing changed while that was checked. */
async function waitUntilSettled(stage: Stage, conversation: ConversationId, psid: string): Promise<void> {
  const { simulator, store, timeMachine } = stage;
  const isInboxEmpty = async () => !(await store.inbox.countByStatus())['pending'];
  for (;;) {
    const before = simulator.thread(psid).timeline.length;
    await simulator.waitForDeliveries();
    while (!(await isInboxEmpty())) await delay(SETTLE_POLL_MS);
    await timeMachine.settled(conversation);
    await simulator.waitForDeliveries();
    if (simulator.thread(psid).timeline.length === before && (await isInboxEmpty())) return;
  }
}

function nonNegativeMs(duration: Duration): number {
  const ms = msOf(duration);
  if (ms >= 0) return ms;
  throw new TestError(`skip(${JSON.stringify(duration)}): time only moves forward. Write a time such as '2 hours'.`);
}

/** From now to the next time that a clock in UTC shows this hour. */
function msUntilHour(clock: string): number {
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
