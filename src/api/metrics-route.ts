import type { FastifyInstance } from 'fastify';
import type { Metrics } from './metrics.ts';

/** Adds `GET /metrics`: Prometheus. */
export function metricsRoute(app: FastifyInstance, { registry }: Pick<Metrics, 'registry'>): void {
  app.get('/metrics', { schema: { hide: true } }, async (_request, reply) => {
    return reply.type(registry.contentType).send(await registry.metrics());
  });
}
