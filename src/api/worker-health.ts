import Fastify, { LogController, type FastifyBaseLogger } from 'fastify';
import type { Store } from '../store/index.ts';
import { healthRoutes } from './health.ts';
import { createMetrics } from './metrics.ts';

export interface WorkerHealthOptions {
  readonly store: Store;
  readonly log: FastifyBaseLogger;
  readonly host: string;
  readonly port: number;
  /** Whether the worker takes work, and the engine has some to give. */
  readonly isAtWork: () => Promise<boolean>;
}

export interface RunningHealth {
  /** `http://127.0.0.1:3001` */
  readonly url: string;
  stop(): Promise<void>;
}

/** `/healthz`, `/readyz` and `/metrics` of a process that only works, on a port of their own. */
export async function startWorkerHealth(options: WorkerHealthOptions): Promise<RunningHealth> {
  const { store, log, host, port, isAtWork } = options;
  const logController = new LogController({ disableRequestLogging: true });
  const app = Fastify({ loggerInstance: log, logController, forceCloseConnections: true });
  void app.register(healthRoutes, {
    store,
    metrics: createMetrics(store),
    isTemporalReachable: isAtWork,
    needsEngine: true,
  });
  return { url: await app.listen({ host, port }), stop: () => app.close() };
}
