/** The worker process: runs workflows in the sandbox and their activities outside it. */

import { createHash } from 'node:crypto';
import { dirname } from 'node:path';
import { getHeapStatistics } from 'node:v8';
import type { Client } from '@temporalio/client';
import { Worker, type InjectedSinks, type WorkerDeploymentOptions, type WorkflowBundle } from '@temporalio/worker';
import { createActivities } from './activities/index.ts';
import { provideEmit } from './activities/provide-emit.ts';
import { sweepAbandoned } from './activities/send/sweep-abandoned.ts';
import { keepSchedules } from './broadcasts/keep-schedules.ts';
import { toKnownBot } from './broadcasts/known-bot.ts';
import { logOutput, type ConsoleOutput } from './console-output.ts';
import type { Clock } from './domain/clock.ts';
import type { GraphApiOptions } from './graph/graph-api.ts';
import { createGraphClient } from './graph/graph-client.ts';
import type { ServedPages } from './graph/pages.ts';
import type { Logger } from './logger.ts';
import type { PolicySettings } from './policy/verdict.ts';
import type { Store } from './store/index.ts';
import { checkActivities } from './temporal/bundling/bot-activities.ts';
import type { BotFacts } from './temporal/bundling/bundle-bot.ts';
import { findBot } from './temporal/bundling/find-bot.ts';
import { loadActivities } from './temporal/bundling/load-activities.ts';
import { flushTemporalLog, installTemporalRuntime, readTemporalMetrics } from './temporal/sdk-runtime.ts';
import { connectWorker } from './temporal/server/connect-worker.ts';
import type { TemporalSettings } from './temporal/server/connect.ts';
import { freePort } from './temporal/server/free-port.ts';
import { startGuard } from './temporal/workflow-thread/guard.ts';
import { withOwnWorkflowThreads } from './temporal/workflow-thread/index.ts';
import { beginBotSeries, createWorkerMetrics, type WorkerMetrics } from './worker-metrics.ts';
import { TASK_QUEUE, type FailureSinks } from './workflows/contract/index.ts';

/** What a worker process needs. */
export interface WorkerOptions {
  /** The path of the bot's file. */
  readonly bot: string;
  readonly store: Store;
  readonly temporal: TemporalSettings;
  readonly client: Client;
  readonly graph: GraphApiOptions;
  readonly pages: ServedPages;
  readonly clock: Clock;
  readonly log: Logger;
  /** Made from `bot`. */
  readonly bundle: WorkflowBundle & { readonly facts?: BotFacts };
  /** How long an unconfirmed send waits for its echo, ms. Default: the activity's own. */
  readonly echoWaitMs?: number;
  readonly policy?: PolicySettings;
  /** Whether to ask Meta for names, language and time zone. Default: yes. */
  readonly asksForProfile?: boolean;
  /** How many workflows are cached. Default: 2000, fewer where memory is short. */
  readonly cachedWorkflows?: number | undefined;
  /** The build of the bot, where several run side by side. Default: any worker continues any run. */
  readonly deployment?: { readonly name: string; readonly buildId: string } | undefined;
  /** Whether Temporal's UI can show the call stack of a waiting run. It doubles the cost of a turn. Default: no. */
  readonly hasStackTraces?: boolean;
  /** Names the store for workers that come after one that died: its URL. Default: a death leaves no mark. */
  readonly storeUrl?: string | undefined;
  /** Whether this process is started again when it ends, so that a stuck workflow may end it. Default: no. */
  readonly endsWhenStuck?: boolean;
  /** Whether the bundle was made with `recordsCommands`, for replays; the worker ignores the records. Default: no. */
  readonly recordsCommands?: boolean;
  /**
   * Whether the log has everything: also what the bot prints with `console` in the sandbox, and what the SDK's core says. Default:
   * both are printed as text.
   */
  readonly logsConsole?: boolean;
  /** Whether Temporal's SDK measures, for `metrics`. Default: no. */
  readonly servesMetrics?: boolean;
  /** Whether the core of Temporal's SDK logs no warnings, such as those of a run that an edit broke. Default: it logs them. */
  readonly hidesCoreWarnings?: boolean;
}

/** A worker that is starting or running. */
export interface RunningWorker {
  /** Resolves when it polls for tasks; rejects when it cannot start. */
  readonly ready: Promise<void>;
  /** Resolves when it has stopped; rejects when it failed. */
  readonly done: Promise<void>;
  /** What it has measured, in Prometheus' text format. */
  metrics(): Promise<string>;
  /** Finishes the tasks that are running and begins no more. */
  stop(): Promise<void>;
}

/**
 * The workflows used last are cached, in half of the heap at most. One of the example bot takes 66 KiB, and more with its states; without it the next task replays
 * the workflow's last minutes (docs/benchmarks.md).
 */
const CACHED_WORKFLOWS = 2000;
const CACHE_BYTES = getHeapStatistics().heap_size_limit / 2;
const CONVERSATION_BYTES = 128 * 1024;

/** Starts at once and returns; `ready` and `done` tell the rest. */
export function startWorker(options: WorkerOptions): RunningWorker {
  const stopping = new AbortController();
  const { pages, log, store } = options;
  const graph = createGraphClient({ ...options.graph, accessToken: (pageId) => pages.accessToken(pageId) });
  const folder = dirname(findBot(options.bot));
  const metrics = createWorkerMetrics();
  const messagesPerSecond = (pageId: string) => pages.messagesPerSecond(pageId);
  const created = createWorker(
    options,
    metrics,
    createActivities({ ...options, ...options.policy, graph, folder, metrics, messagesPerSecond }),
    stopping.signal,
  );
  // A new token closes the circuit breaker that the old one opened.
  pages.onTokenChanged((pageId) => {
    store.circuitBreakers
      .close(pageId, 'token_invalid')
      .then((wasOpen) => wasOpen && log.info({ pageId }, 'The Page has a new token; pending sends go out'))
      .catch((error: unknown) =>
        log.warn({ pageId, error: String(error) }, 'A circuit breaker could not be closed; its next probe does it'),
      );
  });
  void sweepAbandoned({ ledger: store.ledger, log, signal: stopping.signal });
  const done = created
    .then(async ({ worker, connection, guard }) => {
      const running = worker.run().finally(() => {
        guard.stop();
        return connection.close();
      });
      // A worker that never ran cannot be shut down and keeps the process alive, so it runs for an instant.
      const shutDown = () => worker.getState() === 'RUNNING' && worker.shutdown();
      if (stopping.signal.aborted) shutDown();
      else stopping.signal.addEventListener('abort', shutDown);
      await running;
    })
    .catch((error: unknown) => {
      if (!stopping.signal.aborted) throw error;
    })
    .finally(() => {
      flushTemporalLog();
      return graph.close();
    });
  return {
    ready: created.then(() => {}),
    done,
    metrics: async () => `${await metrics.registry.metrics()}${await readTemporalMetrics()}`,
    async stop() {
      stopping.abort();
      // Callers see a failure in `done`.
      await done.catch(() => {});
    },
  };
}

async function createWorker(
  options: WorkerOptions,
  metrics: WorkerMetrics,
  builtIn: ReturnType<typeof createActivities>,
  signal: AbortSignal,
) {
  const { bot, bundle, temporal, client, log, store } = options;
  installTemporalRuntime(log, {
    hidesCoreWarnings: options.hidesCoreWarnings ?? false,
    forwardsCore: options.logsConsole ?? false,
    metricsPort: options.servesMetrics ? await freePort() : undefined,
  });
  const ofBot = await loadActivities(bot, builtIn);
  checkActivities(bundle.facts?.activities ?? [], ofBot, dirname(findBot(bot)));
  const activities = { ...builtIn, ...provideEmit(ofBot, options) };
  const connection = await connectWorker(temporal, client, log, signal);
  const guard = await startGuard({
    records: store.quarantine,
    log,
    build: buildOf(bundle),
    hasOtherBuilds: options.deployment !== undefined,
    store: options.storeUrl,
    endsStuckProcess: options.endsWhenStuck ?? false,
  });
  const create = () =>
    Worker.create({
      connection,
      namespace: temporal.namespace,
      taskQueue: TASK_QUEUE,
      workflowBundle: bundle,
      activities,
      ...(temporal.dataConverter && { dataConverter: temporal.dataConverter }),
      maxCachedWorkflows:
        options.cachedWorkflows ?? Math.min(CACHED_WORKFLOWS, Math.floor(CACHE_BYTES / CONVERSATION_BYTES)),
      shutdownGraceTime: '10 seconds',
      sinks: {
        ...failureSinks(metrics),
        ...(options.recordsCommands && { recorder: { record: { fn: () => {}, callDuringReplay: false } } }),
      },
      ...(options.deployment && { workerDeploymentOptions: pinned(options.deployment) }),
    });
  if (bundle.facts) {
    beginBotSeries(metrics, bundle.facts);
    await reportBot(bundle.facts, options);
    await keepSchedules({ ...options, signal }, toKnownBot(bundle.facts).broadcasts);
  }
  const threadOptions = {
    hasStackTraces: options.hasStackTraces ?? false,
    guard,
    ...(options.logsConsole && {
      onOutput: (output: ConsoleOutput, workflow: string) => logOutput(log, output, { workflow }),
    }),
  };
  const worker = await withOwnWorkflowThreads(threadOptions, create).catch((error: unknown) => {
    guard.stop();
    throw error;
  });
  return { worker, connection, guard };
}

/** Tells the api processes, which do not run the bot, what it has. */
async function reportBot(facts: BotFacts, { store, log }: Pick<WorkerOptions, 'store' | 'log'>): Promise<void> {
  await store.botFacts
    .save(toKnownBot(facts), Date.now())
    .catch((error: unknown) =>
      log.warn(
        { error: String(error) },
        'The api does not hear which broadcasts and sequences the bot has; start the worker again',
      ),
    );
}

function failureSinks({ pluginFailures, sequenceFailures }: WorkerMetrics): InjectedSinks<FailureSinks> {
  return {
    failures: {
      plugin: { fn: (_, plugin) => pluginFailures.inc({ plugin }), callDuringReplay: false },
      sequence: { fn: (_, sequence) => sequenceFailures.inc({ sequence }), callDuringReplay: false },
    },
  };
}

/** Tells bundles apart: the quarantine ends with another one. */
function buildOf({ code }: WorkflowBundle): string {
  return createHash('sha256').update(code).digest('hex').slice(0, 16);
}

/** Runs stay on the build that began them: a sequence to its end, a conversation until it continues as new. */
function pinned({ name, buildId }: NonNullable<WorkerOptions['deployment']>): WorkerDeploymentOptions {
  return {
    version: { deploymentName: name, buildId },
    useWorkerVersioning: true,
    defaultVersioningBehavior: 'PINNED',
  };
}
