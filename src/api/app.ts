import Fastify, { type FastifyBaseLogger, type FastifyInstance } from 'fastify';
import type { Store } from '../store/store.ts';
import type { Dispatcher } from './dispatcher.ts';
import { createMetrics, type Metrics } from './metrics.ts';
import { healthRoutes } from './health.ts';
import { webhookRoutes } from './webhook.ts';

export interface AppOptions {
  readonly store: Store;
  readonly verifyToken: string;
  readonly appSecrets: readonly string[];
  readonly log: FastifyBaseLogger;
  readonly metrics?: Metrics;
  readonly dispatcher: Pick<Dispatcher, 'wake' | 'isEngineReachable'>;
}

/** The HTTP side, built and not listening. */
export function createApp({ store, dispatcher, log, ...options }: AppOptions): FastifyInstance {
  const metrics = options.metrics ?? createMetrics(store);
  const app = Fastify({ loggerInstance: log, disableRequestLogging: true, forceCloseConnections: 'idle' });
  void app.register(webhookRoutes, { ...options, inbox: store.inbox, metrics, onKept: dispatcher.wake });
  void app.register(healthRoutes, { store, metrics, isEngineReachable: dispatcher.isEngineReachable });
  return app;
}
