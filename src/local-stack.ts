/** Simulator, time machine, store and api on one machine, wired to each other: what `dev` and `everthread/testing` share. */

import type { Client } from '@temporalio/client';
import type { FastifyBaseLogger, FastifyInstance } from 'fastify';
import type { Clock } from './domain/clock.ts';
import { EXAMPLE_APP_ID, EXAMPLE_PAGE_ID } from './domain/example-ids.ts';
import type { KeyRing } from './encryption/sealer.ts';
import type { GraphApiOptions } from './graph/graph-api.ts';
import { fixedPages } from './graph/pages.ts';
import { callableHost } from './hosts.ts';
import { createInspector } from './inspection.ts';
import { startServer, type OperatorListenerOptions, type OutgoingOptions, type ServerOptions } from './server.ts';
import { createSimulator, type Simulator, type SimulatorOptions } from './simulator/index.ts';
import { openStore, type Store } from './store/index.ts';
import type { TemporalSettings } from './temporal/server/connect.ts';
import { createTimeMachine, type Settling, type TimeMachine } from './temporal/time-machine/index.ts';
import { startWorker, type RunningWorker, type WorkerOptions } from './worker.ts';

/** Invented secrets that the simulator and the bot share. */
export interface LocalSecrets {
  readonly verifyToken: string;
  readonly appSecret: string;
  /** The token of the simulated Page. */
  readonly accessToken: string;
}

/** What differs between `dev` and tests. */
export interface LocalStackOptions {
  readonly temporal: TemporalSettings;
  /** A client of the same Temporal; the caller closes it. */
  readonly client: Client;
  /** `file:…` or `postgres://…`. */
  readonly databaseUrl: string;
  /** Encrypt what is stored. Default: nothing is encrypted. */
  readonly keys?: KeyRing | undefined;
  readonly secrets: LocalSecrets;
  /** The simulated Page. Default: `EXAMPLE_PAGE_ID`. */
  readonly pageId?: string | undefined;
  /** The simulated app. Default: `EXAMPLE_APP_ID`. */
  readonly appId?: string | undefined;
  /** `v25.0` */
  readonly graphVersion: string;
  readonly host: string;
  /** Chooses the port right before the api listens, so that nobody else takes it meanwhile. */
  readonly choosePort: () => Promise<number>;
  /** The listener for operators, with the port chosen in the same way. Default: none. */
  readonly operators?: LocalOperatorOptions;
  /** How other systems are told of events. Default: on this machine alone, of people who wait for 15 minutes. */
  readonly outgoing?: OutgoingOptions;
  readonly log: FastifyBaseLogger;
  /** How fast people are erased. Default: that of the server. */
  readonly erasing?: ServerOptions['erasing'];
  /** The address at which others reach the api. Default: the host of their request, by https. */
  readonly publicUrl?: string | undefined;
  /** For how long data are kept. Default: for ever. */
  readonly retention?: ServerOptions['retention'];
  /** Where the simulator stores its people and messages, and what else it can do. */
  readonly simulator: Pick<
    SimulatorOptions,
    'file' | 'botFile' | 'pageName' | 'runs' | 'redeliveryMs' | 'temporalUiUrl'
  >;
  /** Called with the api's Fastify app before it listens. */
  readonly register?: (app: FastifyInstance) => void;
}

/** How operators are served on this machine. */
export interface LocalOperatorOptions extends Pick<
  OperatorListenerOptions,
  'host' | 'policy' | 'origin' | 'proxy' | 'codec' | 'offersDemo'
> {
  readonly choosePort: () => Promise<number>;
}

/** What a worker of the stack is started with; everything else is the stack's. */
export type LocalWorkerOptions = Pick<
  WorkerOptions,
  'bot' | 'bundle' | 'policy' | 'echoWaitMs' | 'hasStackTraces' | 'storeUrl' | 'recordsCommands' | 'hidesCoreWarnings'
> & {
  /** Default: the stack's. */
  readonly log?: WorkerOptions['log'];
  /** Default: the simulated Page with its token. */
  readonly pages?: WorkerOptions['pages'] | undefined;
};

/** The running parts. */
export interface LocalStack {
  /** `http://127.0.0.1:3000`: the api, and the simulator under `/simulator`. */
  readonly url: string;
  /** `http://127.0.0.1:3001`; `undefined` without a listener for operators. */
  readonly operatorUrl: string | undefined;
  readonly store: Store;
  readonly simulator: Simulator;
  readonly timeMachine: TimeMachine & Settling;
  /** Starts a worker that calls the simulator instead of Meta; the caller stops it before the stack. */
  startWorker(options: LocalWorkerOptions): RunningWorker;
  /** Stops the api, the simulator and the store, in this order. */
  stop(): Promise<void>;
}

/** How often somebody else may take a port between its choice and its use. */
const MAX_PORT_TRIES = 5;
const UNANSWERED_AFTER_MS = 15 * 60_000;

/** Starts the stack without a worker. What was started is stopped again when a later part fails. */
export async function startLocalStack(options: LocalStackOptions): Promise<LocalStack> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await startOnce(options);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE' || tries === MAX_PORT_TRIES) throw error;
    }
  }
}

async function startOnce(options: LocalStackOptions): Promise<LocalStack> {
  const { temporal, client, secrets, host, log, register } = options;
  const { pageId = EXAMPLE_PAGE_ID, appId = EXAMPLE_APP_ID, graphVersion } = options;
  const closing = createCloser();
  let worker: RunningWorker | undefined;
  try {
    const store = await openStore(options.databaseUrl, { checksFile: true, appId, keys: options.keys ?? [] });
    closing.add(() => store.close());
    const port = await options.choosePort();
    const url = `http://${callableHost(host)}:${port}`;

    const { simulator, timeMachine } = createSimulation(client, store, {
      ...secrets,
      ...options.simulator,
      pageId,
      appId,
      webhookUrl: `${url}/webhook`,
      graphVersion,
      log,
    });
    closing.add(() => simulator.close());
    const { clock } = simulator;

    const graph: GraphApiOptions = {
      url: `${url}/simulator/graph`,
      version: graphVersion,
      appSecret: secrets.appSecret,
    };
    const simulatedPage = fixedPages({ [pageId]: secrets.accessToken });
    const server = await startServer({
      store,
      client,
      clock,
      log,
      host,
      port,
      verifyToken: secrets.verifyToken,
      appSecrets: [secrets.appSecret],
      erasing: options.erasing,
      retention: options.retention,
      pages: simulatedPage,
      publicUrl: options.publicUrl,
      operators: options.operators && {
        ...options.operators,
        workerMetrics: async () => (await worker?.metrics()) ?? '',
        port: await options.operators.choosePort(),
        meta: { ...graph, accessToken: (id) => simulatedPage.accessToken(id) },
      },
      outgoing: options.outgoing ?? { privateAddresses: 'loopback', unansweredAfterMs: UNANSWERED_AFTER_MS },
      register(app) {
        void app.register(simulator.routes, { prefix: '/simulator' });
        register?.(app);
      },
    });
    closing.add(() => server.stop());

    return {
      url,
      operatorUrl: server.operatorUrl,
      store,
      simulator,
      timeMachine,
      startWorker({ pages = simulatedPage, policy, ...others }) {
        const servesMetrics = options.operators !== undefined;
        const parts = { store, temporal, client, graph, pages, policy: { ...policy, appId }, clock, servesMetrics };
        worker = startWorker({ log, ...others, ...parts });
        return worker;
      },
      stop: () => closing.close(),
    };
  } catch (error) {
    await closing.close();
    throw error;
  }
}

/** The simulator and the time machine know each other: each moves the other's clock. */
function createSimulation(client: Client, store: Store, options: Omit<SimulatorOptions, 'timeMachine' | 'inspector'>) {
  const timeMachine: TimeMachine & Settling = {
    skip: (conversation, ms) => machine.skip(conversation, ms),
    nextDue: (conversation) => machine.nextDue(conversation),
    settled: (conversation) => machine.settled(conversation),
  };
  const clock: Clock = { now: (conversation) => simulator.clock.now(conversation) };
  const inspector = createInspector({ client, store, clock, timeMachine });
  const simulator: Simulator = createSimulator({ ...options, timeMachine, inspector });
  const machine = createTimeMachine({
    client,
    clock: simulator.clock,
    moveClock: (conversation, ms) => simulator.moveClock(conversation, ms),
  });
  return { simulator, timeMachine };
}

/** Steps that stop what was started, in reverse order; each runs once. */
export interface Closer {
  add(step: () => unknown): void;
  close(): Promise<void>;
  /** True until `close` is called; false when nothing was started. */
  hasSteps(): boolean;
}

/** A `Closer` without steps. */
export function createCloser(): Closer {
  const steps: (() => unknown)[] = [];
  return {
    add: (step) => void steps.push(step),
    async close() {
      for (const step of steps.splice(0).toReversed()) await step();
    },
    hasSteps: () => steps.length > 0,
  };
}
