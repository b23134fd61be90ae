import type { FastifyPluginAsync } from 'fastify';
import type { Store } from '../store/store.ts';
import type { Metrics } from './metrics.ts';

export interface HealthOptions {
  readonly store: Pick<Store, 'ping'>;
  readonly metrics: Metrics;
  readonly isEngineReachable: () => boolean;
}

/**
 * `GET /healthz`: the process answers. `GET /readyz`: it can keep events; an engine that is away is reported and does
 * not make us unready, because the inbox waits for it. `GET /metrics`: Prometheus.
 */
export const healthRoutes: FastifyPluginAsync<HealthOptions> = async (app, { store, metrics, isEngineReachable }) => {
  app.get('/healthz', async () => ({ status: 'ok' }));

  app.get('/readyz', async (_request, reply) => {
    const engine = isEngineReachable() ? 'ok' : 'away';
    try {
      await store.ping();
      return { status: 'ok', store: 'ok', engine };
    } catch (error) {
      app.log.error({ error: String(error) }, 'The store cannot write');
      return reply.code(503).send({ status: 'unready', store: 'cannot write', engine });
    }
  });

  app.get('/metrics', async (_request, reply) => {
    return reply.type(metrics.registry.contentType).send(await metrics.registry.metrics());
  });
};
