/** `sendMessage` between a real store and the simulator's Graph API over HTTP, whose webhooks come back into the store. */

import { join } from 'node:path';
import { Writable } from 'node:stream';
import Fastify from 'fastify';
import { pino, type Logger } from 'pino';
import { onTestFinished } from 'vitest';
import { createRateLimiter } from '../../src/activities/send/rate-limit/rate-limiter.ts';
import { createSendMessage, type SendMessageDeps } from '../../src/activities/send/send-message.ts';
import { createTemplateReader } from '../../src/activities/send/template-reader.ts';
import type { ConversationClient } from '../../src/api/dispatch/conversation-client.ts';
import { createDispatcher } from '../../src/api/dispatch/dispatcher.ts';
import { createApp } from '../../src/api/index.ts';
import { createMetrics } from '../../src/api/metrics.ts';
import type { Clock } from '../../src/domain/clock.ts';
import { createGraphClient } from '../../src/graph/graph-client.ts';
import { createSimulator, type Simulator } from '../../src/simulator/index.ts';
import { openStore, type Store } from '../../src/store/index.ts';
import type { Ledger } from '../../src/store/ledger/index.ts';
import { createWorkerMetrics } from '../../src/worker-metrics.ts';
import type { SendAttempt, SendRequest } from '../../src/workflows/contract/index.ts';
import { ANA, OUR_APP, PAGE } from '../support/events.ts';
import { anIdleDispatcher } from '../support/idle-dispatcher.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

export const TOKEN = 'page-token-nobody-may-read';
export const ANAS = `messenger:${PAGE}:${ANA}` as const;

export interface GateOptions {
  readonly echoes?: boolean | 'unnamed';
  /** Default: a new SQLite file. */
  readonly databaseUrl?: string;
  /** Gets what Ana writes, as Temporal would. Default: nobody does. */
  readonly conversationClient?: ConversationClient;
  readonly echoWaitMs?: number;
  /** Read at every call. */
  readonly accessToken?: () => string;
  readonly messagesPerSecond?: number;
  /** The longest pause after a rate limit error, ms. Default: 20. */
  readonly maxPauseMs?: number;
  /** Called with every answer of the Graph API before it goes out. */
  readonly beforeAnswer?: (gate: Gate) => Promise<void>;
}

export interface Gate {
  readonly simulator: Simulator;
  readonly store: Store;
  readonly databaseUrl: string;
  /** Where the simulator's Graph API is. */
  readonly graphUrl: string;
  /** The lines of the log. */
  readonly lines: readonly string[];
  readonly log: Logger;
  send(request?: Partial<SendRequest>): Promise<SendAttempt>;
  /** The final outcome, after as many durable attempts as it takes. */
  sendsUntilSettled(request?: Partial<SendRequest>): Promise<SendAttempt>;
  /** Another worker on the same store. */
  anotherWorker(deps?: Partial<SendMessageDeps>): Gate['send'];
  /** The texts of the bot that the person sees. */
  heard(): readonly string[];
  /** The number of calls of the Send API. */
  calls(): number;
}

export const SEND_ID = `${ANAS}/i7/0` as const;

function aRequest(request: Partial<SendRequest> = {}): SendRequest {
  return {
    sendId: SEND_ID,
    conversation: ANAS,
    author: 'bot',
    purpose: 'reply',
    source: 'plugin greeter',
    guarantee: 'at-least-once',
    message: { text: 'Hello Ana' },
    phase: 'local',
    ...request,
  };
}

/** Ana has written, unless the test wants to begin earlier. */
export async function aGate(options: GateOptions = {}): Promise<Gate> {
  const gate = await anEmptyGate(options);
  gate.simulator.says(ANA, 'hi');
  await gate.simulator.waitForDeliveries();
  return gate;
}

export async function anEmptyGate(options: GateOptions = {}): Promise<Gate> {
  const lines: string[] = [];
  const log = pino(
    { level: 'debug' },
    new Writable({ write: (chunk: Buffer, _, done) => (lines.push(chunk.toString()), done()) }),
  );
  const { databaseUrl = `file:${join(temporaryFolder(), 'store.db')}`, conversationClient } = options;
  const store = await openStore(databaseUrl, { appId: OUR_APP });
  const dispatching =
    conversationClient &&
    createDispatcher({ inbox: store.inbox, conversationClient, metrics: createMetrics(store), log });
  const dispatcher = dispatching ?? anIdleDispatcher();
  const clock: Clock = { now: (conversation) => simulator.clock.now(conversation) };
  const api = createApp({ store, dispatcher, log, clock, verifyToken: 'verify', appSecrets: ['app-secret'] });
  const apiUrl = await api.listen({ host: '127.0.0.1', port: 0 });
  const simulator = createSimulator({
    file: ':memory:',
    pageId: PAGE,
    appId: OUR_APP,
    accessToken: TOKEN,
    appSecret: 'app-secret',
    webhookUrl: `${apiUrl}/webhook`,
    graphVersion: 'v25.0',
    log,
    echoes: options.echoes ?? true,
    receipts: false,
    redeliveryMs: 40,
  });
  const meta = Fastify();
  meta.addHook('onSend', async () => options.beforeAnswer?.(gate));
  await meta.register(simulator.routes, { prefix: '/simulator' });
  const graphUrl = `${await meta.listen({ host: '127.0.0.1', port: 0 })}/simulator/graph`;

  const { accessToken = () => TOKEN } = options;
  const graph = createGraphClient({ url: graphUrl, version: 'v25.0', accessToken });
  const { echoWaitMs = 150 } = options;
  const { messagesPerSecond = 40, maxPauseMs = 20 } = options;
  const rateLimiterOptions = { slots: store.rateLimitSlots, messagesPerSecond: () => messagesPerSecond, maxPauseMs };
  const rateLimiter = createRateLimiter(rateLimiterOptions);
  const templateReader = createTemplateReader({ store, graph, log });
  const deps: SendMessageDeps = {
    store,
    graph,
    rateLimiter,
    templateReader,
    clock,
    log,
    metrics: createWorkerMetrics(),
    echoWaitMs,
    appId: OUR_APP,
  };
  const sendMessage = createSendMessage(deps);
  const send: Gate['send'] = (request) => sendMessage(aRequest(request));
  onTestFinished(async () => {
    await graph.close();
    await simulator.close();
    await Promise.all([meta.close(), api.close()]);
    await dispatching?.stop();
    await store.close();
  });

  const gate: Gate = {
    simulator,
    store,
    databaseUrl,
    graphUrl,
    lines,
    log,
    send,
    sendsUntilSettled: (request) => untilSettled(send, request),
    anotherWorker(others) {
      const other = createSendMessage({ ...deps, rateLimiter: createRateLimiter(rateLimiterOptions), ...others });
      return (request) => other(aRequest(request));
    },
    heard: () => simulator.thread(ANA).bubbles.flatMap(({ author, text }) => (author === 'bot' ? [text ?? ''] : [])),
    calls: () => simulator.thread(ANA).timeline.filter(({ kind }) => kind === 'sent').length,
  };
  return gate;
}

/** An activity failure with which Temporal tries again. */
export interface RetryError {
  readonly type: string;
  readonly nextRetryDelay: number;
  readonly nonRetryable: boolean;
  readonly category: string;
}

export function isRetryError(error: unknown): error is RetryError {
  return typeof error === 'object' && error !== null && 'nextRetryDelay' in error;
}

async function untilSettled(send: Gate['send'], request: Partial<SendRequest> = {}): Promise<SendAttempt> {
  for (;;) {
    try {
      return await send({ ...request, phase: 'durable' });
    } catch (error) {
      if (!isRetryError(error)) throw error;
      // Not the whole delay: tests of their own look at it.
      await new Promise((resolve) => setTimeout(resolve, Math.min(error.nextRetryDelay, 20)));
    }
  }
}

/** A store whose ledger has some functions replaced by the test. */
export function storeWith(store: Store, change: Partial<Ledger>): Store {
  return { ...store, ledger: { ...store.ledger, ...change } };
}
