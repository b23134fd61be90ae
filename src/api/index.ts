import Fastify, { type FastifyBaseLogger, type FastifyInstance, LogController } from 'fastify';
import type { Clock } from '../domain/clock.ts';
import type { Store } from '../store/index.ts';
import type { Dispatcher } from './dispatch/dispatcher.ts';
import { healthRoutes } from './health.ts';
import { createMetrics, type Metrics } from './metrics.ts';
import { plain, refusal } from './plain-reply.ts';
import { webhookRoutes } from './webhook/index.ts';

export interface AppOptions {
  readonly store: Store;
  readonly verifyToken: string;
  readonly appSecrets: readonly string[];
  readonly log: FastifyBaseLogger;
  readonly metrics?: Metrics;
  /** Where the time machine moves a person's time; left out: it is what it is. */
  readonly clock?: Clock;
  readonly dispatcher: Pick<Dispatcher, 'wake' | 'isTemporalReachable'>;
  /** How long a client may take to send a whole request. Default: 15 s. */
  readonly requestTimeoutMs?: number;
}

/** Whoever keeps more connections open than this is not Meta; those beyond are refused. */
const MAX_CONNECTIONS = 4096;

/** The HTTP side, built and not listening. */
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
    // An address can carry a token, an error can carry what was sent: neither is for the log.
    logController: new LogController({ disableRequestLogging: true }),
    forceCloseConnections: 'idle',
    requestTimeout: requestTimeoutMs,
    http: { headersTimeout: requestTimeoutMs, connectionsCheckingInterval: Math.min(1000, requestTimeoutMs) },
    frameworkErrors: (_error, _request, reply) => void plain(reply, 400, 'bad request'),
  });
  closeConnectionsThatFinish(app);
  app.server.maxConnections = MAX_CONNECTIONS;
  app.setNotFoundHandler((_request, reply) => plain(reply, 404, 'not found'));
  app.setErrorHandler<{ readonly statusCode?: number } & Error>(({ statusCode = 500, name }, _request, reply) => {
    if (statusCode >= 500) log.error({ error: name }, 'A request failed');
    return plain(reply, statusCode, refusal(statusCode));
  });
  void app.register(webhookRoutes, { ...options, inbox: store.inbox, metrics, onKept: dispatcher.wake });
  void app.register(healthRoutes, { store, metrics, isTemporalReachable: dispatcher.isTemporalReachable });
  return app;
}

/** A connection that is busy when we close would be kept open afterwards, and the end would wait for it. */
function closeConnectionsThatFinish(app: FastifyInstance): void {
  let isClosing = false;
  app.addHook('preClose', async () => {
    isClosing = true;
  });
  app.addHook('onSend', async (_request, reply) => {
    if (isClosing) reply.header('connection', 'close');
  });
}
