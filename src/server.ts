/** The api process: stores webhooks in the inbox and dispatches their events to Temporal. */

import type { Client } from '@temporalio/client';
import type { FastifyBaseLogger, FastifyInstance } from 'fastify';
import { createConversationClient } from './api/dispatch/conversation-client.ts';
import { createDispatcher } from './api/dispatch/dispatcher.ts';
import { createApp } from './api/index.ts';
import { createMetrics, type Metrics } from './api/metrics.ts';
import { createSubscriptionWatch, type SubscriptionWatchOptions } from './api/subscription-watch.ts';
import type { Clock } from './domain/clock.ts';
import { createGraphApi, type GraphApiOptions } from './graph/graph-api.ts';
import type { Logger } from './logger.ts';
import type { Store } from './store/index.ts';

/** What an api process needs. */
export interface ServerOptions {
  readonly store: Store;
  readonly client: Client;
  readonly clock: Clock;
  readonly log: FastifyBaseLogger;
  /** What Meta repeats in the webhook's handshake. */
  readonly verifyToken: string;
  /** A webhook must be signed with one of them. */
  readonly appSecrets: readonly string[];
  readonly host: string;
  readonly port: number;
  /** Watches whether Meta still sends us the events of our Pages. Default: no watch. */
  readonly subscriptions?: SubscriptionOptions;
  /** More routes for the same port. */
  readonly register?: (app: FastifyInstance) => void;
}

/** Which subscriptions to watch, and how to reach Meta. */
export interface SubscriptionOptions extends Pick<
  SubscriptionWatchOptions,
  'pages' | 'appId' | 'fields' | 'resubscribes'
> {
  readonly graph: GraphApiOptions;
}

/** A server that is listening and dispatching. */
export interface RunningServer {
  /** `http://127.0.0.1:3000` */
  readonly url: string;
  /** Accepts no more webhooks, then finishes the deliveries that are running. */
  stop(): Promise<void>;
}

/** Resolves when the server listens; rejects when it cannot. */
export async function startServer({
  store,
  client,
  clock,
  log,
  host,
  port,
  ...options
}: ServerOptions): Promise<RunningServer> {
  const metrics = createMetrics(store);
  const dispatcher = createDispatcher({
    inbox: store.inbox,
    conversationClient: createConversationClient({ client, clock }),
    metrics,
    log,
  });
  const app = createApp({ ...options, store, dispatcher, metrics, clock, log });
  options.register?.(app);
  const url = await app.listen({ host, port }).catch(async (error: unknown) => {
    await dispatcher.stop();
    throw error;
  });
  const watching = options.subscriptions && watchSubscriptions(options.subscriptions, metrics, log);
  return {
    url,
    async stop() {
      await app.close();
      await Promise.all([dispatcher.stop(), watching?.stop()]);
    },
  };
}

function watchSubscriptions({ graph, ...options }: SubscriptionOptions, metrics: Metrics, log: Logger) {
  const api = createGraphApi(graph);
  const watch = createSubscriptionWatch({ ...options, api, metrics, log });
  return {
    async stop() {
      await watch.stop();
      await api.close();
    },
  };
}
