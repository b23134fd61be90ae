import type { FastifyInstance } from 'fastify';
import { Registry } from 'prom-client';

/** Adds `GET /metrics`: Prometheus. Each part is text in its format, and no two parts have a metric of the same name. */
export function metricsRoute(app: FastifyInstance, parts: readonly (() => Promise<string>)[]): void {
  app.get('/metrics', { schema: { hide: true } }, async (_request, reply) => {
    const texts = await Promise.all(parts.map((read) => read()));
    return reply.type(Registry.PROMETHEUS_CONTENT_TYPE).send(texts.join(''));
  });
}
