/** What the operator API asks Temporal of all people at once: runs of broadcasts and of sequences. */

import type { Client } from '@temporalio/client';
import { tsToMs } from '@temporalio/common/lib/time.js';
import {
  broadcastTally,
  findBroadcastRun,
  startBroadcast,
  stopBroadcast,
  type BroadcastRun,
} from '../../broadcasts/runs.ts';
import { findSchedule, setPaused, type BroadcastSchedule } from '../../broadcasts/schedules.ts';
import type { ConversationId } from '../../domain/conversation-id.ts';
import { createPersonRuns, type PersonRun } from '../../personal-data/runs.ts';
import {
  parseWorkflowId,
  TASK_QUEUE,
  type BroadcastInput,
  type BroadcastTally,
} from '../../workflows/contract/index.ts';
import { createAskTemporal } from './ask-temporal.ts';

/** Whose runs of a sequence are asked for. */
export interface SequenceQuery {
  /** The name of a sequence of the bot. */
  readonly name: string;
  /** Ids of Pages; `undefined`: all. */
  readonly pages: readonly string[] | undefined;
}

/** A person who runs a sequence. */
export interface SequenceRun {
  readonly conversation: ConversationId;
  /** Epoch ms, real time. */
  readonly startedAt: number;
}

/** The place of a run in the list. Temporal's own page tokens are not for strangers: a changed one fails after its retries. */
export interface SequenceRunPlace {
  /** When the last run before it started, ISO 8601 with nanoseconds. */
  readonly startedUntil: string;
  /** Ids of the runs that started at that time and are listed already. */
  readonly seen: readonly string[];
}

/** More runs than this do not start at one time. */
const MAX_SEEN = 10;

/** Runs of the bot's broadcasts and sequences. @throws `Problem` with `temporal_unavailable`. */
export interface BotRuns {
  /** The same `request` may be repeated. @throws `BotError` with `broadcast_running`. */
  startBroadcast(input: BroadcastInput, request: string): Promise<void>;
  /** @throws `BotError` with `broadcast_not_running`. */
  stopBroadcast(name: string): Promise<void>;
  /** The schedule of a broadcast; `undefined`: no worker has created it. */
  findSchedule(name: string): Promise<BroadcastSchedule | undefined>;
  /** @throws `BotError` with `broadcast_not_scheduled`. */
  setPaused(name: string, isPaused: boolean): Promise<void>;
  /** The latest run that was started by hand; `undefined`: there was none. */
  findBroadcast(name: string): Promise<BroadcastRun | undefined>;
  /** How far a running broadcast is; `undefined` while no worker answers, or when it does not run. */
  broadcastTally(name: string): Promise<BroadcastTally | undefined>;
  /** How many people run it. */
  countSequence(query: SequenceQuery): Promise<number>;
  /** Who runs it, those who started last first. */
  listSequence(
    query: SequenceQuery,
    page: { readonly limit: number; readonly after?: SequenceRunPlace | undefined },
  ): Promise<{ readonly runs: readonly SequenceRun[]; readonly next: SequenceRunPlace | undefined }>;
  /** Whether a worker polls for conversations; `undefined` while Temporal does not answer. */
  hasWorker(): Promise<boolean | undefined>;
  /** Every run of one person that Temporal still has. */
  ofPerson(conversation: ConversationId): Promise<readonly PersonRun[]>;
}

type StartTime = NonNullable<Parameters<typeof tsToMs>[0]>;

/** A tally comes from a worker, for which nobody waits long. */
const TALLY_DEADLINE_MS = 2000;
const READINESS_DEADLINE_MS = 2000;
/** A worker polls again after a minute; clocks of machines differ a little. */
const MAX_POLL_MS = 90_000;
/** Temporal's `TASK_QUEUE_TYPE_WORKFLOW`. */
const WORKFLOW_TASKS = 1;
/** All sequences of a Page are looked at. */
const PERSON_DEADLINE_MS = 30_000;

/** Runs by Temporal's client. */
export function createBotRuns(client: Client): BotRuns {
  const ask = createAskTemporal(client);
  const personRuns = createPersonRuns(client);

  return {
    startBroadcast: async (input, request) => {
      await ask(() => startBroadcast(client, input, request));
    },
    stopBroadcast: async (name) => {
      await ask(() => stopBroadcast(client, name));
    },
    findSchedule: (name) => ask(() => findSchedule(client, name)),
    setPaused: async (name, isPaused) => {
      await ask(() => setPaused(client, name, isPaused));
    },
    findBroadcast: (name) => ask(() => findBroadcastRun(client, name)),
    broadcastTally: (name) =>
      ask(() => broadcastTally(client, name), Date.now() + TALLY_DEADLINE_MS).catch(() => undefined),
    async hasWorker() {
      const asked = () =>
        client.workflowService.describeTaskQueue({
          namespace: client.options.namespace,
          taskQueue: { name: TASK_QUEUE },
          taskQueueType: WORKFLOW_TASKS,
        });
      const answer = await ask(asked, Date.now() + READINESS_DEADLINE_MS).catch(() => undefined);
      const polledAt = answer?.pollers?.map(({ lastAccessTime }) => (lastAccessTime ? tsToMs(lastAccessTime) : 0));
      return polledAt?.some((at) => at > Date.now() - MAX_POLL_MS);
    },
    async ofPerson(conversation) {
      return (await ask(() => personRuns.list(conversation), Date.now() + PERSON_DEADLINE_MS)) ?? [];
    },
    async countSequence(query) {
      if (query.pages?.length === 0) return 0;
      const counted = await ask(() => client.workflow.count(runningQuery(query)));
      return counted?.count ?? 0;
    },
    async listSequence(query, { limit, after }) {
      if (query.pages?.length === 0) return { runs: [], next: undefined };
      const { seen = [], startedUntil } = after ?? {};
      const before = startedUntil === undefined ? '' : ` AND StartTime <= '${startedUntil}'`;
      const answer = await ask(() =>
        client.workflowService.listWorkflowExecutions({
          namespace: client.options.namespace,
          query: `${runningQuery(query)}${before}`,
          pageSize: limit + seen.length + 1,
        }),
      );
      const found = (answer?.executions ?? []).flatMap(({ execution, startTime }) => {
        const parsed = parseWorkflowId(execution?.workflowId ?? '');
        const runId = execution?.runId ?? '';
        if (parsed?.kind !== 'sequence' || !startTime || seen.includes(runId)) return [];
        return [
          { conversation: parsed.conversation, startedAt: tsToMs(startTime), runId, exactly: exactTime(startTime) },
        ];
      });
      const runs = found.slice(0, limit);
      const last = runs.at(-1);
      if (!last || found.length <= limit) return { runs, next: undefined };
      const atSameTime = runs.filter(({ exactly }) => exactly === last.exactly).map(({ runId }) => runId);
      return { runs, next: { startedUntil: last.exactly, seen: [...seen, ...atSameTime].slice(-MAX_SEEN) } };
    },
  };
}

/** With all its digits: ISO 8601 of milliseconds would not find the run again. */
function exactTime(startTime: StartTime): string {
  const seconds = new Date(tsToMs(startTime)).toISOString().slice(0, 19);
  return `${seconds}.${String(startTime.nanos ?? 0).padStart(9, '0')}Z`;
}

/** Names of sequences are letters, digits and hyphens, and ids of Pages digits: neither ends its quotes. */
function runningQuery({ name, pages }: SequenceQuery): string {
  const onPages = pages ? ` AND PageId IN (${pages.map((page) => `'${page}'`).join(', ')})` : '';
  return `ExecutionStatus = 'Running' AND WorkflowType = '${name}'${onPages}`;
}
