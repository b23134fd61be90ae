/**
 * Everything a bot runs on, in this process: store, simulator, server and worker, against a real Temporal server.
 * Each stage has a Temporal namespace of its own (30 ms, where a server of its own takes 190 ms to start and a second
 * to stop), so stages are isolated from each other.
 */

import type { Server } from 'node:http';
import { join, resolve } from 'node:path';
import { Writable } from 'node:stream';
import type { Worker } from 'node:worker_threads';
import type { Client } from '@temporalio/client';
import { pino } from 'pino';
import { EXAMPLE_PAGE_ID } from '../../domain/example-ids.ts';
import type { KeyRing } from '../../encryption/sealer.ts';
import type { ServedPages } from '../../graph/pages.ts';
import { createCloser, startLocalStack, type LocalSecrets, type LocalStack } from '../../local-stack.ts';
import type { Simulator } from '../../simulator/index.ts';
import type { Store } from '../../store/index.ts';
import { bundleBot } from '../../temporal/bundling/bundle-bot.ts';
import { reuseBundle } from '../../temporal/bundling/bundle-cache.ts';
import { findBot } from '../../temporal/bundling/find-bot.ts';
import { flushTemporalLog } from '../../temporal/sdk-runtime.ts';
import { createTemporalClient, temporalSettings, type TemporalSettings } from '../../temporal/server/connect.ts';
import { freePort } from '../../temporal/server/free-port.ts';
import type { Settling, TimeMachine } from '../../temporal/time-machine/index.ts';
import type { RunningWorker } from '../../worker.ts';
import { isLogShown, temporalCliInEnvironment } from '../environment-variables.ts';
import { keepProcessAlive } from '../process-alive.ts';
import { createStageFolder } from './stage-folder.ts';

/** What a stage runs. */
export interface StageOptions {
  /** The path of the bot's file. */
  readonly bot: string;
  /** A Temporal server with time skipping: `127.0.0.1:7233`. */
  readonly temporalAddress: string;
  /** Where bundles are cached from one run to the next. Default: below the user's cache folder. */
  readonly bundleFolder?: string;
  /** The Pages and their tokens. Default: the simulated Page with the token that the simulator accepts. */
  readonly pages?: ServedPages;
  /** How long an unconfirmed send waits for its echo, in ms. Default: the worker's. */
  readonly echoWaitMs?: number;
  /** Whether operators are served too. Default: no. */
  readonly servesOperators?: boolean;
  /** Encrypts the store and Temporal's payloads. Default: nothing is encrypted. */
  readonly keys?: KeyRing;
}

/** A running bot with everything around it, except Temporal. */
export interface Stage {
  /** `http://127.0.0.1:…`: the api, and the simulator under `/simulator`. */
  readonly url: string;
  /** `http://127.0.0.1:…`: the operator API; `undefined` unless the stage serves operators. */
  readonly operatorUrl: string | undefined;
  /** `file:…`, a database that only this stage uses. */
  readonly databaseUrl: string;
  /** A Temporal namespace that only this stage uses. */
  readonly namespace: string;
  readonly simulator: Simulator;
  readonly store: Store;
  readonly client: Client;
  readonly timeMachine: TimeMachine & Settling;
  /** What was logged at `warn` and above since the stage started, one line each. */
  readonly warnings: () => readonly string[];
  /** Stops the worker and starts another, by default with the same bot. */
  restartWorker(bot?: string): Promise<void>;
  /** Stops everything and removes the database; further calls wait for the same end. */
  stop(): Promise<void>;
}

/** The simulated Page of every stage. */
export const PAGE = EXAMPLE_PAGE_ID;
/** Invented secrets, the same in every stage. */
export const SECRETS: LocalSecrets = {
  verifyToken: 'verify-token',
  appSecret: 'app-secret',
  accessToken: 'page-token',
};
const GRAPH_VERSION = 'v25.0';
/** Nothing on a stage takes longer, and Temporal has noted by then that a run has ended. */
const ERASING = { settleMs: 1500, tellMs: 200 };
const DAY_SECONDS = 86_400;

// Temporal takes one logger per process, so all stages of a process share theirs.
const lines: string[] = [];
const log = pino(
  { level: 'warn', base: null },
  new Writable({
    write(chunk: Buffer, _encoding, done) {
      if (isLogShown()) process.stderr.write(chunk);
      lines.push(chunk.toString());
      done();
    },
  }),
);

let namespaces = 0;

/** Starts all of it; when a part cannot start, the parts that have are stopped. */
export function startStage(options: StageOptions): Promise<Stage> {
  return keepProcessAlive(() => startParts(options));
}

async function startParts(options: StageOptions): Promise<Stage> {
  const linesBefore = lines.length;
  const closing = createCloser();
  try {
    const { folder, remove } = createStageFolder();
    closing.add(remove);
    const databaseUrl = `file:${join(folder, 'store.db')}`;

    const namespace = `stage-${process.pid}-${Date.now()}-${(namespaces += 1)}`;
    const { keys = [] } = options;
    const temporal: TemporalSettings = { ...temporalSettings(keys, options.temporalAddress), namespace };
    const client = createTemporalClient(temporal);
    closing.add(() => client.connection.close());
    await registerNamespace(client, namespace);

    const stack = await startLocalStack({
      temporal,
      client,
      databaseUrl,
      keys,
      secrets: SECRETS,
      pageId: PAGE,
      graphVersion: GRAPH_VERSION,
      host: '127.0.0.1',
      choosePort: freePort,
      ...(options.servesOperators && { operators: { host: '127.0.0.1', policy: {}, choosePort: freePort } }),
      log,
      erasing: ERASING,
      simulator: { file: ':memory:', redeliveryMs: 100, botFile: resolve(options.bot) },
      register: (app) => unrefServer(app.server),
    });
    closing.add(() => stack.stop());

    const worker = createStageWorker(stack, options);
    closing.add(() => worker.stop());
    await worker.start(options.bot);

    let stopping: Promise<void> | undefined;
    return {
      url: stack.url,
      operatorUrl: stack.operatorUrl,
      simulator: stack.simulator,
      store: stack.store,
      timeMachine: stack.timeMachine,
      databaseUrl,
      namespace,
      client,
      warnings() {
        flushTemporalLog();
        return lines.slice(linesBefore);
      },
      async restartWorker(bot = options.bot) {
        await worker.stop();
        await worker.start(bot);
      },
      stop: () => (stopping ??= closing.close()),
    };
  } catch (error) {
    await closing.close();
    throw error;
  }
}

async function registerNamespace(client: Client, namespace: string): Promise<void> {
  await client.workflowService.registerNamespace({
    namespace,
    // The generated type asks for a Long; the wire takes the number.
    workflowExecutionRetentionPeriod: { seconds: DAY_SECONDS as never },
  });
}

/** Only this process calls the api: an open connection must not keep the process alive. */
function unrefServer(server: Server): void {
  server.unref();
  server.on('connection', (socket) => socket.unref());
}

/** One worker at a time, with the bundle of the bot that is asked for. */
function createStageWorker(stack: LocalStack, { bundleFolder, pages, echoWaitMs, keys = [] }: StageOptions) {
  const folder = bundleFolder ?? join(temporalCliInEnvironment().cacheDir, 'test-bundles');
  const bundling = keys.length > 0 ? { hidesFailures: true } : {};
  let running: RunningWorker | undefined;
  return {
    async start(bot: string): Promise<void> {
      const path = resolve(bot);
      const build = async () => ({ bundle: await bundleBot(path, { warn: () => {} }, bundling), notes: [] });
      const { bundle } = await reuseBundle(findBot(path), folder, build, bundling);
      if (bundle.facts.profile) stack.simulator.applyProfile(bundle.facts.profile);
      running = stack.startWorker({ bot: path, bundle, pages, ...(echoWaitMs !== undefined && { echoWaitMs }) });
      await unrefThreadsDuring(running.ready);
    },
    stop: async (): Promise<void> => running?.stop(),
  };
}

/** The thread that runs workflows must not keep the process alive: `stage-pool.ts` decides by what else does. */
async function unrefThreadsDuring(starting: Promise<void>): Promise<void> {
  const unref = (thread: Worker): void => thread.unref();
  process.on('worker', unref);
  try {
    await starting;
  } finally {
    process.off('worker', unref);
  }
}
