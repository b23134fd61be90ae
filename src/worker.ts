/** The half that works: conversations and sequences in the sandbox, sends outside it. */

import { dirname } from 'node:path';
import { getHeapStatistics } from 'node:v8';
import type { Client } from '@temporalio/client';
import { Worker, type WorkerDeploymentOptions, type WorkflowBundle } from '@temporalio/worker';
import { createActivities } from './activities/index.ts';
import type { Clock } from './domain/clock.ts';
import type { GraphApiOptions } from './graph/graph-api.ts';
import { createGraphClient } from './graph/graph-client.ts';
import type { ServedPages } from './graph/pages.ts';
import { installTemporalLog } from './log.ts';
import type { Logger } from './logger.ts';
import type { PolicySettings } from './policy/verdict.ts';
import type { Store } from './store/index.ts';
import { loadActivities } from './temporal/bundling/author-activities.ts';
import { checkActivities } from './temporal/bundling/bot-activities.ts';
import { bundleBot, findBot, type BotFacts } from './temporal/bundling/bundle-bot.ts';
import { connectWorker, type TemporalSettings } from './temporal/server/connect.ts';
import { useOwnWorkflowThreads } from './temporal/workflow-thread/index.ts';
import { TASK_QUEUE } from './workflows/contract/index.ts';

export interface WorkerOptions {
  readonly bot: string;
  readonly store: Store;
  readonly temporal: TemporalSettings;
  readonly client: Client;
  readonly graph: GraphApiOptions;
  readonly pages: ServedPages;
  readonly clock: Clock;
  readonly log: Logger;
  /** Made before, to start faster; left out: made from `bot`. */
  readonly bundle?: WorkflowBundle & { readonly facts?: BotFacts };
  readonly echoWaitMs?: number;
  readonly policy?: PolicySettings;
  /** Whether Meta is asked for names, language and time zone. Default: yes. */
  readonly asksForProfile?: boolean;
  /** How many conversations and sequences are kept ready in memory; left out: 2000, fewer where memory is short. */
  readonly cachedWorkflows?: number | undefined;
  /** Which build of the bot it is, where several run side by side; left out: any worker goes on with any run. */
  readonly deployment?: { readonly name: string; readonly buildId: string } | undefined;
  /** Whether Temporal's UI can show the call stack of a waiting run. It doubles the cost of a turn. Default: no. */
  readonly hasStackTraces?: boolean;
}

export interface RunningWorker {
  /** Resolves when it takes work. */
  readonly ready: Promise<void>;
  /** Settles when it has stopped; rejects when it failed. */
  readonly done: Promise<void>;
  /** Finishes what is under way and takes up nothing more. */
  stop(): Promise<void>;
}

/**
 * Those used last are kept ready; half of the heap at most goes to them. One weighs some 110 KiB, and one that is not kept
 * costs a replay of its last minutes when it goes on (docs/benchmarks.md).
 */
const CACHED_WORKFLOWS = 2000;
const CACHE_BYTES = getHeapStatistics().heap_size_limit / 2;
const CONVERSATION_BYTES = 128 * 1024;

export function startWorker(options: WorkerOptions): RunningWorker {
  const stopping = new AbortController();
  const { pages, log, store } = options;
  const graph = createGraphClient({ ...options.graph, accessToken: (pageId) => pages.accessToken(pageId) });
  const folder = dirname(findBot(options.bot));
  const messagesPerSecond = (pageId: string) => pages.messagesPerSecond(pageId);
  const created = createWorker(
    options,
    createActivities({ ...options, ...options.policy, graph, folder, messagesPerSecond }),
    stopping.signal,
  );
  // What a bad token held up goes on with a new one.
  pages.onTokenChanged((pageId) => {
    store.circuitBreakers
      .close(pageId, 'token_invalid')
      .then((wasHeld) => wasHeld && log.info({ pageId }, 'The Page has a new token; what waited goes out'))
      .catch((error: unknown) =>
        log.warn({ pageId, error: String(error) }, 'A hold could not be ended; it is tried soon'),
      );
  });
  const done = created
    .then(async ({ worker, connection }) => {
      const running = worker.run().finally(() => connection.close());
      // One that never ran cannot be shut down, and keeps the process alive: it runs, however short its life is.
      const shutDown = () => worker.getState() === 'RUNNING' && worker.shutdown();
      if (stopping.signal.aborted) shutDown();
      else stopping.signal.addEventListener('abort', shutDown);
      await running;
    })
    .catch((error: unknown) => {
      if (!stopping.signal.aborted) throw error;
    })
    .finally(() => graph.close());
  return {
    ready: created.then(() => {}),
    done,
    async stop() {
      stopping.abort();
      // A failure is told by `done`.
      await done.catch(() => {});
    },
  };
}

async function createWorker(options: WorkerOptions, ours: ReturnType<typeof createActivities>, signal: AbortSignal) {
  const { bot, temporal, client, log } = options;
  installTemporalLog(log);
  const workflowBundle: NonNullable<WorkerOptions['bundle']> = options.bundle ?? (await bundleBot(bot, log));
  const authors = await loadActivities(bot, ours);
  checkActivities(workflowBundle.facts?.activities ?? [], authors, dirname(findBot(bot)));
  const activities = { ...ours, ...authors };
  const connection = await connectWorker(temporal, client, log, signal);
  useOwnWorkflowThreads({ hasStackTraces: options.hasStackTraces ?? false });
  const worker = await Worker.create({
    connection,
    namespace: temporal.namespace,
    taskQueue: TASK_QUEUE,
    workflowBundle,
    activities,
    maxCachedWorkflows:
      options.cachedWorkflows ?? Math.min(CACHED_WORKFLOWS, Math.floor(CACHE_BYTES / CONVERSATION_BYTES)),
    shutdownGraceTime: '10 seconds',
    ...(options.deployment && { workerDeploymentOptions: pinned(options.deployment) }),
  });
  return { worker, connection };
}

/** What began with a build goes on with it: a sequence to its end, a conversation until it continues as new. */
function pinned({ name, buildId }: NonNullable<WorkerOptions['deployment']>): WorkerDeploymentOptions {
  return {
    version: { deploymentName: name, buildId },
    useWorkerVersioning: true,
    defaultVersioningBehavior: 'PINNED',
  };
}
