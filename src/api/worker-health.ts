import Fastify, { LogController, type FastifyBaseLogger } from 'fastify';
import type { Store } from '../store/index.ts';
import { healthRoutes } from './health.ts';
import { metricsRoute } from './metrics-route.ts';

/** Where a worker answers health checks. */
export interface WorkerHealthOptions {
  readonly store: Store;
  readonly log: FastifyBaseLogger;
  readonly host: string;
  readonly port: number;
  /** What the worker has measured, in Prometheus' text format. */
  readonly metrics: () => Promise<string>;
  /** Whether the worker polls for tasks and Temporal is reachable. */
  readonly isAtWork: () => Promise<boolean>;
}

/** A health server that is listening. */
export interface RunningHealth {
  /** `http://127.0.0.1:3001` */
  readonly url: string;
  stop(): Promise<void>;
}

/** Serves `/healthz`, `/readyz` and `/metrics` of a worker process on a port of their own. */
export async function startWorkerHealth(options: WorkerHealthOptions): Promise<RunningHealth> {
  const { store, log, host, port, metrics, isAtWork } = options;
  const logController = new LogController({ disableRequestLogging: true });
  const app = Fastify({ loggerInstance: log, logController, forceCloseConnections: true });
  void app.register(healthRoutes, {
    store,
    isTemporalReachable: isAtWork,
    needsTemporal: true,
  });
  metricsRoute(app, [metrics]);
  return { url: await app.listen({ host, port }), stop: () => app.close() };
}
