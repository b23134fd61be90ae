/**
 * Everything a bot runs on, in this process: store, simulator, server and worker, against a real Temporal server.
 * Each stage has a Temporal namespace of its own (30 ms, where a server of its own takes 190 ms to start and a second
 * to stop), so stages do not hear of each other.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Writable } from 'node:stream';
import type { Client } from '@temporalio/client';
import { pino } from 'pino';
import { createTemporalClient, type TemporalSettings } from '../../src/engine/connect.ts';
import { freePort } from '../../src/engine/free-port.ts';
import { createTimeMachine, type Settling, type TimeMachine } from '../../src/engine/time-machine.ts';
import { fixedPages, type Pages } from '../../src/graph/pages.ts';
import { startServer } from '../../src/server.ts';
import { createSimulator, type Simulator } from '../../src/simulator/index.ts';
import { openStore, type Store } from '../../src/store/store.ts';
import { startWorker, type RunningWorker } from '../../src/worker.ts';
import { bundleOnce } from './bundle-cache.ts';

export interface StageOptions {
  readonly bot: string;
  readonly temporalAddress: string;
  /** The Pages and their tokens; left out: one, with the token that the simulator takes. */
  readonly pages?: Pages;
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
  stop(): Promise<void>;
}

export const PAGE = '104857600123456';
const APP = '517776481860111';
export const SECRETS = { verifyToken: 'verify-token', appSecret: 'app-secret', accessToken: 'page-token' };
const GRAPH_VERSION = 'v25.0';
const DAY_SECONDS = 86_400;

// The engine takes one log per process, so all stages of a test file share theirs.
const lines: string[] = [];
const log = pino(
  { level: 'warn', base: null },
  new Writable({
    write(chunk: Buffer, _encoding, done) {
      if (process.env['SHOW_LOG']) process.stderr.write(chunk);
      lines.push(chunk.toString());
      done();
    },
  }),
);

let namespaces = 0;

export async function startStage(options: StageOptions): Promise<Stage> {
  const folder = mkdtempSync(join(tmpdir(), 'everthread-stage-'));
  const namespace = `stage-${process.pid}-${(namespaces += 1)}`;
  const temporal: TemporalSettings = { namespace, connection: { address: options.temporalAddress } };
  const client = createTemporalClient(temporal);
  await client.workflowService.registerNamespace({
    namespace,
    // The generated type asks for a Long; the wire takes the number.
    workflowExecutionRetentionPeriod: { seconds: DAY_SECONDS as never },
  });

  const databaseUrl = `file:${join(folder, 'store.db')}`;
  const store = await openStore(databaseUrl);
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
  const { clock, moveClock } = simulator;
  const machine = createTimeMachine({ client, clock, moveClock });
  const server = await startServer({
    store,
    client,
    clock,
    log,
    host: '127.0.0.1',
    port,
    verifyToken: SECRETS.verifyToken,
    appSecrets: [SECRETS.appSecret],
    register: (app) => void app.register(simulator.routes, { prefix: '/simulator' }),
  });

  async function work(bot: string): Promise<RunningWorker> {
    const worker = startWorker({
      bot,
      bundle: await bundleOnce(resolve(bot)),
      store,
      temporal,
      client,
      graph: { url: `${url}/simulator/graph`, version: GRAPH_VERSION, appSecret: SECRETS.appSecret },
      pages: options.pages ?? fixedPages({ [PAGE]: SECRETS.accessToken }),
      appId: APP,
      clock,
      log,
      ...(options.echoWaitMs !== undefined && { echoWaitMs: options.echoWaitMs }),
    });
    await worker.ready;
    return worker;
  }
  let worker = await work(options.bot);
  const linesBefore = lines.length;

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
      await worker.stop();
      worker = await work(bot);
    },
    async stop() {
      await worker.stop();
      await server.stop();
      await simulator.close();
      await store.close();
      await client.connection.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
