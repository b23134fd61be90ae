/** Looks inside conversations for the simulator's page: the bot's memory, its timers, and what became of each message. */

import { setTimeout as delay } from 'node:timers/promises';
import { WorkflowNotFoundError, type Client } from '@temporalio/client';
import { createConversationWorkflows } from './api/operator/conversation-workflows.ts';
import { findTraced, readTrace } from './api/operator/read-trace.ts';
import { eventCause } from './domain/cause.ts';
import type { Clock } from './domain/clock.ts';
import type { ConversationId } from './domain/conversation-id.ts';
import { parseAnswer, type TurnRecord } from './domain/turn-record.ts';
import { recordConversation } from './recorded-conversation.ts';
import type { InspectedSequence, InspectedTurn, Inspection, Inspector } from './simulator/inspector.ts';
import type { Store } from './store/index.ts';
import type { Settling } from './temporal/time-machine/index.ts';
import {
  inspectQuery,
  sequenceId,
  waitsForQuery,
  conversationViewQuery,
  type ConversationInspection,
  type ConversationView,
} from './workflows/contract/index.ts';

/** What an inspector reads. */
export interface InspectorOptions {
  readonly client: Client;
  readonly store: Store;
  readonly clock: Clock;
  readonly timeMachine: Settling;
}

/** A page is useful without the workflow's answer. */
const MAX_WAIT_MS = 2000;
const SETTLE_POLL_MS = 10;

/** Reads from the store and from Temporal; changes nothing, except where `end` says so. */
export function createInspector({ client, store, clock, timeMachine }: InspectorOptions): Inspector {
  const { workflow, connection } = client;
  const workflows = createConversationWorkflows({ client, clock });

  /** Resolves to `undefined` if there is no such workflow or it does not answer in time. */
  async function ask<T>(call: () => Promise<T>): Promise<T | undefined> {
    try {
      return await connection.withDeadline(Date.now() + MAX_WAIT_MS, call);
    } catch {
      return undefined;
    }
  }

  async function describe(
    workflowId: string,
  ): Promise<{ readonly runId: string; readonly isOpen: boolean } | undefined> {
    const run = await ask(() => workflow.getHandle(workflowId).describe());
    return run && { runId: run.runId, isOpen: run.status.name === 'RUNNING' };
  }

  async function inspectSequence(conversation: ConversationId, name: string): Promise<InspectedSequence[]> {
    const workflowId = sequenceId(name, conversation);
    const run = await describe(workflowId);
    if (run && !run.isOpen) return [];
    const wait = run && (await ask(() => workflow.getHandle(workflowId).query(waitsForQuery)));
    const runId = run && { runId: run.runId };
    return [{ name, workflowId, ...runId, ...(wait && { waitsFor: wait.what, until: wait.until }) }];
  }

  async function readTurns(turns: readonly TurnRecord[]): Promise<InspectedTurn[]> {
    const stored = await store.traces.findTurnEvents(turns.flatMap(({ events }) => events));
    const atOf = new Map(stored.map(({ inboxId, at }) => [inboxId, at]));
    return turns.map(({ events, answers }) => ({
      events: events.flatMap((inboxId) => {
        const at = atOf.get(inboxId);
        return at === undefined ? [] : [{ id: eventCause(inboxId).id, at }];
      }),
      answers: answers.flatMap((text) => parseAnswer(text) ?? []),
    }));
  }

  async function inspect(conversation: ConversationId): Promise<Inspection> {
    const handle = workflow.getHandle(conversation);
    const [run, unsent, saved] = await Promise.all([
      describe(conversation),
      store.ledger.listUnsent(conversation),
      store.snapshots.find(conversation),
    ]);
    // One after the other: while a workflow task runs, the server buffers a single query.
    const memory = run?.isOpen ? await ask(() => handle.query(inspectQuery)) : undefined;
    const view = run?.isOpen ? await ask(() => handle.query(conversationViewQuery)) : undefined;
    const last = lastMemory(saved);
    const { plugins, tags, timers } = memory ?? last;
    const { human, sequences, turns = [] } = view ?? last;
    const running = await Promise.all(sequences.map((name) => inspectSequence(conversation, name)));
    return {
      plugins: Object.entries(plugins).map(([name, { version, state }]) => ({ name, version, state })),
      tags,
      ...(human && { human }),
      sequences: running.flat(),
      timers,
      turns: await readTurns(turns),
      unsent: unsent.map(({ sendId, createdAt: at, text, status, code }) => ({
        sendId,
        at,
        text,
        status,
        ...(code !== undefined && { code }),
      })),
      workflowId: conversation,
      ...(run && { runId: run.runId }),
      missing: run?.isOpen && !(memory && view) ? [NO_ANSWER] : [],
    };
  }

  async function end(conversation: ConversationId): Promise<void> {
    const { sequences } = await inspect(conversation);
    for (const workflowId of [...sequences.map((sequence) => sequence.workflowId), conversation]) {
      await workflow
        .getHandle(workflowId)
        .terminate('The person was deleted in the simulator')
        .catch((error: unknown) => {
          if (!(error instanceof WorkflowNotFoundError)) throw error;
        });
    }
  }

  return {
    inspect,
    end,
    record: (conversation) => recordConversation(store, conversation),
    async trace(id) {
      const traced = await findTraced(store, id);
      return traced && readTrace({ store, workflows }, id, traced);
    },
    async settled(conversation) {
      while ((await store.inbox.countByStatus())['pending']) await delay(SETTLE_POLL_MS);
      await timeMachine.settled(conversation);
    },
  };
}

const NO_ANSWER =
  'What the bot remembers and plans now: the workflow of the conversation did not answer. Look at its tab in Temporal.';

/** What a conversation that is closed has left in the store. */
function lastMemory(
  saved: unknown,
): Pick<ConversationInspection, 'plugins' | 'tags' | 'timers'> &
  Pick<ConversationView, 'human' | 'sequences' | 'turns'> {
  const {
    plugins = {},
    tags = [],
    sequences = {},
    human,
    turns,
  } = (saved ?? {}) as Partial<ConversationInspection & Pick<ConversationView, 'human' | 'turns'>> & {
    readonly sequences?: object;
  };
  return {
    plugins,
    tags,
    timers: [],
    sequences: Object.keys(sequences),
    ...(human && { human }),
    ...(turns && { turns }),
  };
}
