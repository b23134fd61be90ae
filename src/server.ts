/** The api process: stores webhooks in the inbox and dispatches their events to Temporal. */

import type { Client } from '@temporalio/client';
import type { FastifyBaseLogger, FastifyInstance } from 'fastify';
import { createConversationClient } from './api/dispatch/conversation-client.ts';
import { createDispatcher } from './api/dispatch/dispatcher.ts';
import { createApp } from './api/index.ts';
import { createMetrics, type Metrics } from './api/metrics.ts';
import { createBotRuns } from './api/operator/bot-runs.ts';
import { createConversationWorkflows } from './api/operator/conversation-workflows.ts';
import { createOperatorApp, type OperatorAppOptions } from './api/operator/index.ts';
import {
  createSubscriptionWatch,
  type SubscriptionWatch,
  type SubscriptionWatchOptions,
} from './api/subscription-watch.ts';
import { BotError } from './domain/bot-error.ts';
import type { Clock } from './domain/clock.ts';
import { createGraphApi, type GraphApiOptions } from './graph/graph-api.ts';
import { createGraphClient, type GraphClientOptions } from './graph/graph-client.ts';
import type { ServedPages } from './graph/pages.ts';
import { isLoopbackHost } from './hosts.ts';
import type { Logger } from './logger.ts';
import { startOutboxRelay, type OutboxRelayOptions } from './outbox/index.ts';
import { startErasing, type ErasingPace } from './personal-data/erasing.ts';
import { startRetention } from './personal-data/retention.ts';
import { createPersonRuns } from './personal-data/runs.ts';
import type { Store } from './store/index.ts';
import type { RetentionPeriods } from './store/retention.ts';

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
  /** The address at which Meta reaches the server. Default: the host of its request, by https. */
  readonly publicUrl?: string | undefined;
  readonly host: string;
  readonly port: number;
  /** Watches whether Meta still sends us the events of our Pages. Default: no watch. */
  readonly subscriptions?: SubscriptionOptions;
  /** The Pages that are served, for what operators hear of them. Default: those whose subscriptions are watched. */
  readonly pages?: Pick<ServedPages, 'ids'> | undefined;
  /** The listener for operators. Default: none. */
  readonly operators?: OperatorListenerOptions | undefined;
  /** How other systems are told of events. */
  readonly outgoing: OutgoingOptions;
  /** How fast people are erased. Default: with time for everything that is in progress. */
  readonly erasing?: ErasingPace | undefined;
  /** For how long data are kept. Default: for ever. */
  readonly retention?: RetentionPeriods | undefined;
  /** More routes for the same port. */
  readonly register?: (app: FastifyInstance) => void;
}

/** Where operators are served, and on which settings their verdicts depend. */
export interface OperatorListenerOptions extends Pick<
  OperatorAppOptions,
  'policy' | 'origin' | 'proxy' | 'codec' | 'offersDemo' | 'workerMetrics'
> {
  readonly host: string;
  readonly port: number;
  /** Where Meta is, and the current token of a Page. */
  readonly meta: GraphClientOptions;
}

/** Where events may be posted to, and when people have waited for too long. */
export type OutgoingOptions = Pick<OutboxRelayOptions, 'privateAddresses' | 'unansweredAfterMs'>;

/** Which subscriptions to watch, and how to reach Meta. */
export interface SubscriptionOptions extends Pick<
  SubscriptionWatchOptions,
  'pages' | 'appId' | 'fields' | 'resubscribes' | 'everyMs'
> {
  readonly graph: GraphApiOptions;
}

/** A server that is listening and dispatching. */
export interface RunningServer {
  /** `http://127.0.0.1:3000` */
  readonly url: string;
  /** `http://127.0.0.1:3001`; `undefined` without a listener for operators. */
  readonly operatorUrl: string | undefined;
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
  operators,
  outgoing,
  ...options
}: ServerOptions): Promise<RunningServer> {
  if (operators) await refuseStrangers(operators.host, store);
  const metrics = createMetrics(store);
  const dispatcher = createDispatcher({
    inbox: store.inbox,
    conversationClient: createConversationClient({ client, clock }),
    metrics,
    log,
  });
  const erasing = startErasing({
    ...options.erasing,
    erasures: store.erasures,
    runs: createPersonRuns(client),
    log,
  });
  const onErasure = () => erasing.wake();
  const app = createApp({ ...options, store, dispatcher, metrics, clock, log, onErasure });
  options.register?.(app);
  const workflows = createConversationWorkflows({ client, clock });
  const pages = options.pages ?? options.subscriptions?.pages;
  let watching: SubscriptionWatch | undefined;
  const graph = operators && createGraphClient(operators.meta);
  const operatorApp =
    operators &&
    graph &&
    (await createOperatorApp({
      ...operators,
      store,
      metrics,
      clock,
      workflows,
      runs: createBotRuns(client),
      graph,
      pages: pages && { ids: () => pages.ids(), findSubscription: (pageId) => watching?.find(pageId) },
      settings: { retention: options.retention ?? {}, unansweredAfterMs: outgoing.unansweredAfterMs },
      privateAddresses: outgoing.privateAddresses,
      log,
      onErasure,
    }));
  const close = async () => {
    await Promise.all([app.close(), operatorApp?.close()]);
    await graph?.close();
  };
  const retention = startRetention({ retention: store.retention, periods: options.retention ?? {}, log });
  const endWork = () => Promise.all([dispatcher.stop(), erasing.stop(), retention.stop()]);
  try {
    const operatorUrl = operators && (await operatorApp?.listen({ host: operators.host, port: operators.port }));
    // Last: what Meta calls answers only when everything is there.
    const url = await app.listen({ host, port });
    watching = options.subscriptions && watchSubscriptions(options.subscriptions, metrics, log);
    const relay = startOutboxRelay({ ...outgoing, store, clock, log });
    return {
      url,
      operatorUrl,
      async stop() {
        await close();
        await Promise.all([endWork(), watching?.stop(), relay.stop()]);
      },
    };
  } catch (error) {
    await Promise.all([close(), endWork()]);
    throw error;
  }
}

/** Other machines may reach the listener only when somebody can log in: nobody protects what has no users yet. */
async function refuseStrangers(host: string, { operators }: Pick<Store, 'operators'>): Promise<void> {
  if (isLoopbackHost(host) || (await operators.hasAny())) return;
  throw new BotError(
    'operator_missing',
    `OPERATOR_HOST=${host} lets other machines reach the operator API, and there is no operator yet who could log in. Run \`everthread operators add NAME --role admin\` first, or leave OPERATOR_HOST out.`,
  );
}

function watchSubscriptions(
  { graph, ...options }: SubscriptionOptions,
  metrics: Metrics,
  log: Logger,
): SubscriptionWatch {
  const api = createGraphApi(graph);
  const watch = createSubscriptionWatch({ ...options, api, metrics, log });
  return {
    ...watch,
    async stop() {
      await watch.stop();
      await api.close();
    },
  };
}
