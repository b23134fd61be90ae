/** The half that listens: webhooks into the inbox, events on to Temporal. */

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

export interface ServerOptions {
  readonly store: Store;
  readonly client: Client;
  readonly clock: Clock;
  readonly log: FastifyBaseLogger;
  readonly verifyToken: string;
  readonly appSecrets: readonly string[];
  readonly host: string;
  readonly port: number;
  /** Watches whether our Pages still tell us what happens; left out: nobody does. */
  readonly subscriptions?: SubscriptionOptions;
  /** More routes for the same port. */
  readonly register?: (app: FastifyInstance) => void;
}

export interface SubscriptionOptions extends Pick<
  SubscriptionWatchOptions,
  'pages' | 'appId' | 'fields' | 'resubscribes'
> {
  readonly graph: GraphApiOptions;
}

export interface RunningServer {
  /** `http://127.0.0.1:3000` */
  readonly url: string;
  /** Takes no more webhooks, then hands over what is under way. */
  stop(): Promise<void>;
}

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
