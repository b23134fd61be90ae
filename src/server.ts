/** The half that listens: webhooks into the inbox, events on to Temporal. */
import type { Client } from '@temporalio/client';
import type { FastifyInstance } from 'fastify';
import type { Logger } from 'pino';
import { createApp } from './api/app.ts';
import { createDispatcher } from './api/dispatcher.ts';
import { createTemporalEngine } from './api/engine.ts';
import { createMetrics } from './api/metrics.ts';
import type { Store } from './store/store.ts';
import type { Clock } from './workflows/contract.ts';

export interface ServerOptions {
  readonly store: Store;
  readonly client: Client;
  readonly clock: Clock;
  readonly log: Logger;
  readonly verifyToken: string;
  readonly appSecrets: readonly string[];
  readonly host: string;
  readonly port: number;
  /** More routes for the same port. */
  readonly register?: (app: FastifyInstance) => void;
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
    engine: createTemporalEngine({ client, clock }),
    metrics,
    log,
  });
  const app = createApp({ ...options, store, dispatcher, metrics, log });
  options.register?.(app);
  const url = await app.listen({ host, port }).catch(async (error: unknown) => {
    await dispatcher.stop();
    throw error;
  });
  return {
    url,
    async stop() {
      await app.close();
      await dispatcher.stop();
    },
  };
}
