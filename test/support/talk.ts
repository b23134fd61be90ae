/**
 * A simulated conversation of `everthread/testing`, with access to the store, Temporal's client and histories.
 *
 * ```ts
 * const talk = await startTalk('examples/shop/bot.ts');
 * await talk.says('price');
 * expect(await talk.hears()).toEqual(['Hi! Ask me about hours or prices.', 'Which e-mail may we write to?']);
 * await talk.skip('25 hours');
 * ```
 */

import type { WorkflowHandle } from '@temporalio/client';
import proto from '@temporalio/proto';
import { inject } from 'vitest';
import type { TimelineEntry } from '../../src/simulator/index.ts';
import {
  createSimulatedConversation,
  type PersonOptions,
  type SimulatedConversation,
} from '../../src/testing/simulated-conversation.ts';
import { startStage, type Stage } from './stage.ts';

/** Options of `startTalk`. */
export interface TalkOptions extends PersonOptions {
  /** A stage that the test starts and stops itself. Default: one that conversations of the file share. */
  readonly stage?: Stage;
}

/** A simulated conversation, and the parts behind it. */
export interface Talk extends SimulatedConversation {
  /** The parts behind the conversation: the simulator, the store, Temporal's client. */
  readonly stage: Stage;
  /** What the bot said since the last call; with `atLeast`, waits for so many messages. */
  hears(atLeast?: number): Promise<readonly string[]>;
  /** Every call of the Send API, refused ones included. */
  sends(): readonly TimelineEntry[];
  /** The workflow's current details in Temporal's UI. */
  details(): Promise<string>;
  /** Types of the events in the history of the current run. */
  history(workflowId?: string): Promise<readonly string[]>;
  status(): Promise<string>;
  handle(): WorkflowHandle;
  restartWorker(bot?: string): Promise<void>;
}

const stages = new Map<string, Promise<Stage>>();

/** Stops the shared stages at the end of a test file; `end-stages.ts` calls it. */
export async function endStages(): Promise<void> {
  const started = await Promise.allSettled(stages.values());
  stages.clear();
  await Promise.all(started.map(async (outcome) => outcome.status === 'fulfilled' && outcome.value.stop()));
}

/** Starts a conversation with a new person. Conversations of one test file with the same bot share a stage. */
export async function startTalk(bot: string, { stage: own, ...options }: TalkOptions = {}): Promise<Talk> {
  const stage = own ?? (await sharedStage(bot));
  const talk = createSimulatedConversation(stage, options);
  const { simulator, client } = stage;
  const { psid, conversation } = talk;
  const handle = (workflowId: string = conversation) => client.workflow.getHandle(workflowId);
  const spoken = () => talk.bubbles().filter(({ author }) => author === 'bot').length;
  let heard = 0;
  return {
    ...talk,
    stage,
    async hears(atLeast = 0) {
      await until(() => spoken() - heard >= atLeast);
      await talk.settles();
      const unheard = talk.heard();
      heard += unheard.length;
      return unheard;
    },
    sends: () => simulator.thread(psid).timeline.filter(({ kind }) => kind === 'sent'),
    details: async () => String(await handle().query('__temporal_workflow_metadata').then(currentDetails)),
    async history(workflowId) {
      const { events } = await handle(workflowId).fetchHistory();
      return (events ?? []).map(({ eventType }) => eventName(Number(eventType)));
    },
    status: async () => (await handle().describe()).status.name,
    handle: () => handle(),
    restartWorker: (bot) => stage.restartWorker(bot),
  };
}

function sharedStage(bot: string): Promise<Stage> {
  const opening = stages.get(bot) ?? startStage({ bot, temporalAddress: inject('temporalAddress') });
  stages.set(bot, opening);
  return opening;
}

function currentDetails(metadata: unknown): string {
  return (metadata as { currentDetails?: string }).currentDetails ?? '';
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

const POLL_MS = 5;
const GIVE_UP_MS = 30_000;

/** Polls until the condition is true; rejects after 30 s. */
export async function until(isTrue: () => boolean | Promise<boolean>): Promise<void> {
  const giveUpAt = Date.now() + GIVE_UP_MS;
  while (!(await isTrue())) {
    if (Date.now() > giveUpAt) throw new Error(`It did not come true within ${GIVE_UP_MS / 1000} s.`);
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}
