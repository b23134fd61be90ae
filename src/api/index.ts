import Fastify, { type FastifyBaseLogger, type FastifyInstance, LogController } from 'fastify';
import type { Clock } from '../domain/clock.ts';
import type { Store } from '../store/index.ts';
import { dataDeletionRoutes, type DataDeletionOptions } from './data-deletion/index.ts';
import type { Dispatcher } from './dispatch/dispatcher.ts';
import { healthRoutes } from './health.ts';
import { createMetrics, type Metrics } from './metrics.ts';
import { replyPlainText, statusText } from './plain-reply.ts';
import { webhookRoutes } from './webhook/index.ts';

/** What the HTTP app needs. */
export interface AppOptions extends Pick<DataDeletionOptions, 'publicUrl' | 'onErasure'> {
  readonly store: Store;
  /** What Meta repeats in the webhook's handshake. */
  readonly verifyToken: string;
  /** A webhook must be signed with one of them. */
  readonly appSecrets: readonly string[];
  readonly log: FastifyBaseLogger;
  readonly metrics?: Metrics;
  /** Default: real time; the time machine moves a person's clock. */
  readonly clock?: Clock;
  readonly dispatcher: Pick<Dispatcher, 'reserve' | 'isTemporalReachable'>;
  /** How long a client may take to send a whole request. Default: 15 s. */
  readonly requestTimeoutMs?: number;
}

/** Meta opens far fewer; connections beyond are refused. */
const MAX_CONNECTIONS = 4096;

/** Builds the HTTP app; it does not listen yet. */
export function createApp({
  store,
  dispatcher,
  log,
  requestTimeoutMs = 15_000,
  ...options
}: AppOptions): FastifyInstance {
  const metrics = options.metrics ?? createMetrics(store);
  const app = Fastify({
    loggerInstance: log,
    // A URL can hold a token, and an error can quote the request: the log gets neither.
    logController: new LogController({ disableRequestLogging: true }),
    forceCloseConnections: 'idle',
    requestTimeout: requestTimeoutMs,
    http: { headersTimeout: requestTimeoutMs, connectionsCheckingInterval: Math.min(1000, requestTimeoutMs) },
    frameworkErrors: (_error, _request, reply) => void replyPlainText(reply, 400, 'bad request'),
  });
  closeConnectionsThatFinish(app);
  app.server.maxConnections = MAX_CONNECTIONS;
  app.setNotFoundHandler((_request, reply) => replyPlainText(reply, 404, 'not found'));
  app.setErrorHandler<{ readonly statusCode?: number } & Error>(({ statusCode = 500, name }, _request, reply) => {
    if (statusCode >= 500) log.error({ error: name }, 'A request failed');
    return replyPlainText(reply, statusCode, statusText(statusCode));
  });
  void app.register(webhookRoutes, { ...options, inbox: store.inbox, metrics, dispatcher });
  void app.register(dataDeletionRoutes, { ...options, store });
  void app.register(healthRoutes, { store, isTemporalReachable: dispatcher.isTemporalReachable });
  return app;
}

/** Without this a connection that is busy at the close would stay open and delay it. */
function closeConnectionsThatFinish(app: FastifyInstance): void {
  let isClosing = false;
  app.addHook('preClose', async () => {
    isClosing = true;
  });
  app.addHook('onSend', async (_request, reply) => {
    if (isClosing) reply.header('connection', 'close');
  });
}
