/**
 * Everything a bot runs on, in this process: store, simulator, server and worker, against a real Temporal server.
 * Each stage has a Temporal namespace of its own (30 ms, where a server of its own takes 190 ms to start and a second
 * to stop), so stages do not hear of each other.
 */

import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Writable } from 'node:stream';
import type { Worker } from 'node:worker_threads';
import type { Client } from '@temporalio/client';
import { pino } from 'pino';
import { fixedPages, type ServedPages } from '../graph/pages.ts';
import { startServer } from '../server.ts';
import { createSimulator, type Simulator } from '../simulator/index.ts';
import { openStore, type Store } from '../store/index.ts';
import { createTemporalClient, type TemporalSettings } from '../temporal/server/connect.ts';
import { freePort } from '../temporal/server/free-port.ts';
import { createTimeMachine, type Settling, type TimeMachine } from '../temporal/time-machine.ts';
import { startWorker, type RunningWorker } from '../worker.ts';
import { isAlive, keepAlive } from './alive.ts';
import { bundleOnce } from './bundle-cache.ts';
import { isLogShown } from './environment.ts';

export interface StageOptions {
  /** The path of the bot's file. */
  readonly bot: string;
  /** A server that lets time be moved: `127.0.0.1:7233`. */
  readonly temporalAddress: string;
  /** Where bundles are kept from one run to the next. Default: a folder for all that run on this machine. */
  readonly bundleFolder?: string;
  /** The Pages and their tokens; left out: one, with the token that the simulator takes. */
  readonly pages?: ServedPages;
  /** How long a send with an unknown outcome waits for its echo. */
  readonly echoWaitMs?: number;
}

export interface Stage {
  /** `http://127.0.0.1:…`: the api, and the simulator under `/simulator`. */
  readonly url: string;
  readonly databaseUrl: string;
  /** Of its own, in the Temporal that all stages share. */
  readonly namespace: string;
  readonly simulator: Simulator;
  readonly store: Store;
  readonly client: Client;
  readonly timeMachine: TimeMachine & Settling;
  /** What was logged at `warn` and above, as one line each. */
  readonly warnings: () => readonly string[];
  /** Stops the worker, perhaps in the middle of something, and starts another; with another bot if you like. */
  restartWorker(bot?: string): Promise<void>;
  /** Stops everything and removes the database; calling it again waits for the same end. */
  stop(): Promise<void>;
}

/** Invented, the same in every example. */
export const PAGE = '104857600123456';
const APP = '517776481860111';
export const SECRETS = { verifyToken: 'verify-token', appSecret: 'app-secret', accessToken: 'page-token' };
const GRAPH_VERSION = 'v25.0';
const DAY_SECONDS = 86_400;
const FOLDERS = 'everthread-stage-';

// The engine takes one log per process, so all stages of a process share theirs.
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

/** Starts all of it; when something cannot start, what has is stopped. */
export function startStage(options: StageOptions): Promise<Stage> {
  return keepAlive(() => start(options));
}

async function start(options: StageOptions): Promise<Stage> {
  const { bundleFolder = join(tmpdir(), 'everthread-bundles') } = options;
  const linesBefore = lines.length;
  const closing: (() => Promise<void> | void)[] = [];
  const close = async (): Promise<void> => {
    for (const step of closing.splice(0).toReversed()) await step();
  };
  try {
    removeLeftovers();
    const folder = mkdtempSync(join(tmpdir(), `${FOLDERS}${process.pid}-`));
    closing.push(removeAlsoOnExit(folder));

    const namespace = `stage-${process.pid}-${Date.now()}-${(namespaces += 1)}`;
    const temporal: TemporalSettings = { namespace, connection: { address: options.temporalAddress } };
    const client = createTemporalClient(temporal);
    closing.push(() => client.connection.close());
    await client.workflowService.registerNamespace({
      namespace,
      // The generated type asks for a Long; the wire takes the number.
      workflowExecutionRetentionPeriod: { seconds: DAY_SECONDS as never },
    });

    const databaseUrl = `file:${join(folder, 'store.db')}`;
    const store = await openStore(databaseUrl);
    closing.push(() => store.close());

    const port = await freePort();
    const url = `http://127.0.0.1:${port}`;
    const timeMachine: TimeMachine & Settling = {
      skip: (conversation, ms) => machine.skip(conversation, ms),
      nextDue: (conversation) => machine.nextDue(conversation),
      settled: (conversation) => machine.settled(conversation),
    };
    const simulator = createSimulator({
      ...SECRETS,
      file: ':memory:',
      pageId: PAGE,
      appId: APP,
      webhookUrl: `${url}/webhook`,
      graphVersion: GRAPH_VERSION,
      log,
      timeMachine,
      redeliveryMs: 100,
    });
    closing.push(() => simulator.close());
    const { clock } = simulator;
    const machine = createTimeMachine({
      client,
      clock,
      moveClock: (conversation, ms) => simulator.moveClock(conversation, ms),
    });

    const server = await startServer({
      store,
      client,
      clock,
      log,
      host: '127.0.0.1',
      port,
      verifyToken: SECRETS.verifyToken,
      appSecrets: [SECRETS.appSecret],
      register(app) {
        void app.register(simulator.routes, { prefix: '/simulator' });
        // Nobody from outside calls: it keeps no process alive.
        app.server.unref();
        app.server.on('connection', (socket) => socket.unref());
      },
    });
    closing.push(() => server.stop());

    let worker: RunningWorker | undefined;
    closing.push(() => worker?.stop());
    const work = async (bot: string): Promise<void> => {
      const path = resolve(bot);
      const bundle = await bundleOnce(path, bundleFolder);
      worker = startWorker({
        bot: path,
        bundle,
        store,
        temporal,
        client,
        graph: { url: `${url}/simulator/graph`, version: GRAPH_VERSION, appSecret: SECRETS.appSecret },
        pages: options.pages ?? fixedPages({ [PAGE]: SECRETS.accessToken }),
        policy: { appId: APP },
        clock,
        log,
        ...(options.echoWaitMs !== undefined && { echoWaitMs: options.echoWaitMs }),
      });
      await withoutHolding(worker.ready);
    };
    await work(options.bot);

    let stopping: Promise<void> | undefined;
    return {
      url,
      databaseUrl,
      namespace,
      simulator,
      store,
      client,
      timeMachine,
      warnings: () => lines.slice(linesBefore),
      async restartWorker(bot = options.bot) {
        await worker?.stop();
        await work(bot);
      },
      stop: () => (stopping ??= close()),
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** The thread in which workflows run shall not keep the process alive: `shared-stages.ts` looks at what does. */
async function withoutHolding(starting: Promise<void>): Promise<void> {
  const letGo = (thread: Worker): void => thread.unref();
  process.on('worker', letGo);
  try {
    await starting;
  } finally {
    process.off('worker', letGo);
  }
}

/** What killed processes left behind: runners end theirs that way. */
function removeLeftovers(): void {
  for (const name of readdirSync(tmpdir())) {
    const pid = name.startsWith(FOLDERS) ? Number(/-(\d+)-\w+$/.exec(name)?.[1]) : Number.NaN;
    if (Number.isNaN(pid) || isAlive(pid)) continue;
    try {
      rmSync(join(tmpdir(), name), { recursive: true, force: true });
    } catch {
      // somebody else's
    }
  }
}

function removeAlsoOnExit(folder: string): () => void {
  const remove = (): void => rmSync(folder, { recursive: true, force: true });
  process.once('exit', remove);
  return () => {
    process.off('exit', remove);
    remove();
  };
}
