/**
 * A talk with a bot that reads like a script:
 *
 * ```ts
 * const talk = await startTalk('examples/shop/bot.ts');
 * await talk.says('price');
 * expect(await talk.hears()).toEqual(['Hi! Ask me about hours or prices.', 'Which e-mail may we write to?']);
 * await talk.skip('25 hours');
 * ```
 * All of it is real but Meta and time. Every step resolves when its consequences have happened: the webhooks are
 * taken, no workflow of this person is at work, and nothing is overdue. Nothing waits for a fixed time.
 */
import type { WorkflowHandle } from '@temporalio/client';
import proto from '@temporalio/proto';
import { msOf, type Duration } from '../../src/plugins/duration.ts';
import { afterAll, inject } from 'vitest';
import { conversationId, type ConversationId } from '../../src/messenger/conversation.ts';
import type { Bubble, Happening, NewPerson } from '../../src/simulator/index.ts';
import { giveBackUpdate, sequenceId, takeOverUpdate, type TakeOver } from '../../src/workflows/contract.ts';
import { PAGE, startStage, type Stage } from './stage.ts';

export interface TalkOptions {
  /** The hour of the person's first day, by UTC: `10:00`. Default: whatever hour it is. */
  readonly startsAt?: string;
  readonly person?: Omit<NewPerson, 'psid'>;
  /** One of the test's own, which it stops itself. */
  readonly stage?: Stage;
}

export interface Talk {
  readonly conversation: ConversationId;
  readonly psid: string;
  /** The parts behind the talk, for steps that are not in the script: faults, the store, Temporal's client. */
  readonly stage: Stage;

  /** Writes; several texts are one burst. */
  says(...texts: readonly string[]): Promise<void>;
  /** Taps a button or a quick reply by what is written on it. */
  taps(title: string): Promise<void>;
  getsStarted(ref?: string): Promise<void>;
  /** Somebody of the business answers by hand in the Page inbox. */
  answersFromInbox(text: string): Promise<void>;
  takesOver(takeOver: TakeOver): Promise<void>;
  givesBack(): Promise<void>;
  /** What the bot said since this was asked last; with a number, waits until it is so much. */
  hears(atLeast?: number): Promise<readonly string[]>;
  /** Lets time pass for this person. What falls due on the way happens at its own time. */
  skip(duration: Duration): Promise<void>;
  /** What time it is for the person, epoch ms. */
  now(): number;
  /** Resolves when nothing is at work and nothing is overdue. */
  settles(): Promise<void>;

  /** All bubbles of the thread, oldest first. */
  bubbles(): readonly Bubble[];
  /** Every call of the Send API, refused ones included. */
  sends(): readonly Happening[];
  leads(): Promise<readonly Readonly<Record<string, string>>[]>;
  /** What Temporal's UI shows beside the conversation. */
  details(): Promise<string>;
  attributes(): Promise<Readonly<Record<string, unknown>>>;
  /** Types of the events in the history of the current run. */
  history(workflowId?: string): Promise<readonly string[]>;
  status(): Promise<string>;
  handle(): WorkflowHandle;
  sequence(name: string): SequenceOfTalk;
  restartWorker(bot?: string): Promise<void>;
}

export interface SequenceOfTalk {
  readonly workflowId: string;
  status(): Promise<string>;
  /** The workflow's type, which is the sequence's own name. */
  type(): Promise<string>;
  /** What it ended with; an error message for one that failed. */
  result(): Promise<string>;
}

const stages = new Map<string, Promise<Stage>>();

afterAll(async () => {
  const started = await Promise.allSettled(stages.values());
  stages.clear();
  await Promise.all(started.map(async (outcome) => outcome.status === 'fulfilled' && outcome.value.stop()));
});

/** Somebody who has not met the bot before. Talks of one test file with the same bot share its stage. */
export async function startTalk(bot: string, options: TalkOptions = {}): Promise<Talk> {
  const stage = options.stage ?? (await sharedStage(bot));
  const { psid } = stage.simulator.addPerson(options.person);
  const talk = createTalk(stage, psid);
  if (options.startsAt !== undefined) stage.simulator.moveClock(talk.conversation, untilHour(options.startsAt));
  return talk;
}

function sharedStage(bot: string): Promise<Stage> {
  const opening = stages.get(bot) ?? startStage({ bot, temporalAddress: inject('temporalAddress') });
  stages.set(bot, opening);
  return opening;
}

function createTalk(stage: Stage, psid: string): Talk {
  const { simulator, store, client, timeMachine } = stage;
  const conversation = conversationId({ channel: 'messenger', pageId: PAGE, psid });
  const handle = (workflowId: string = conversation) => client.workflow.getHandle(workflowId);
  const bubbles = () => simulator.thread(psid).bubbles;
  const spoken = () => bubbles().filter(({ author }) => author === 'bot');
  let heard = 0;

  async function settles(): Promise<void> {
    for (;;) {
      const before = simulator.thread(psid).happenings.length;
      await simulator.settled();
      await until(isInboxEmpty);
      await timeMachine.settled(conversation);
      await simulator.settled();
      if (simulator.thread(psid).happenings.length === before && (await isInboxEmpty())) return;
    }
  }

  const isInboxEmpty = async () => !(await store.inbox.counts())['pending'];

  async function act(step: () => unknown): Promise<void> {
    await step();
    await settles();
  }

  return {
    conversation,
    psid,
    stage,
    says: (...texts) => act(() => texts.map((text) => simulator.says(psid, text))),
    taps: (title) => act(() => simulator.taps(psid, title)),
    getsStarted: (ref) => act(() => simulator.getsStarted(psid, ref)),
    answersFromInbox: (text) => act(() => simulator.answersFromInbox(psid, text)),
    takesOver: (takeOver) => act(() => handle().executeUpdate(takeOverUpdate, { args: [takeOver] })),
    givesBack: () => act(() => handle().executeUpdate(giveBackUpdate)),
    async hears(atLeast = 0) {
      await until(() => spoken().length - heard >= atLeast);
      await settles();
      const news = spoken().slice(heard);
      heard += news.length;
      return news.map(wordsOf);
    },
    skip: (duration) => act(() => timeMachine.skip(conversation, msOf(duration))),
    now: () => simulator.clock.now(conversation),
    settles,

    bubbles,
    sends: () => simulator.thread(psid).happenings.filter(({ kind }) => kind === 'sent'),
    async leads() {
      const all = await store.leads.list(1000);
      return all.filter((lead) => lead.conversation === conversation).map(({ fields }) => fields);
    },
    details: async () => String(await handle().query('__temporal_workflow_metadata').then(currentDetails)),
    async attributes() {
      const { typedSearchAttributes } = await handle().describe();
      return Object.fromEntries(typedSearchAttributes.getAll().map(({ key, value }) => [key.name, value]));
    },
    async history(workflowId) {
      const { events } = await handle(workflowId).fetchHistory();
      return (events ?? []).map(({ eventType }) => eventName(Number(eventType)));
    },
    status: async () => (await handle().describe()).status.name,
    handle: () => handle(),
    sequence(name) {
      const workflowId = sequenceId(name, conversation);
      return {
        workflowId,
        status: async () => (await handle(workflowId).describe()).status.name,
        type: async () => (await handle(workflowId).describe()).type,
        result: () =>
          handle(workflowId)
            .result()
            .then(String, (error: Error) => messageOf(error)),
      };
    },
    restartWorker: (bot) => stage.restartWorker(bot),
  };
}

function currentDetails(metadata: unknown): string {
  return (metadata as { currentDetails?: string }).currentDetails ?? '';
}

function wordsOf({ text, cards }: Bubble): string {
  return text ?? JSON.stringify(cards);
}

/** The innermost cause says what the author wrote. */
function messageOf(error: Error): string {
  return error.cause instanceof Error ? messageOf(error.cause) : error.message;
}

const EVENT_NAMES: Readonly<Record<number, string>> = Object.fromEntries(
  Object.entries(proto.temporal.api.enums.v1.EventType).map(([name, number]) => [
    number,
    name.replace('EVENT_TYPE_', ''),
  ]),
);

function eventName(type: number): string {
  return EVENT_NAMES[type] ?? String(type);
}

const LOOK_AGAIN_MS = 5;
const GIVE_UP_MS = 30_000;

/** Looks again and again, until it is so. */
export async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  const giveUpAt = Date.now() + GIVE_UP_MS;
  while (!(await isSo())) {
    if (Date.now() > giveUpAt) throw new Error(`It did not come true within ${GIVE_UP_MS / 1000} s.`);
    await new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN_MS));
  }
}

/** From now to the next time that a clock in UTC shows this. */
function untilHour(clock: string): number {
  const [hours = 0, minutes = 0] = clock.split(':').map(Number);
  const now = new Date();
  const then = new Date(now);
  then.setUTCHours(hours, minutes, 0, 0);
  if (then <= now) then.setUTCDate(then.getUTCDate() + 1);
  return then.getTime() - now.getTime();
}
