import type { FastifyPluginAsync } from 'fastify';
import type { BotError } from '../domain/bot-error.ts';
import type { Store } from '../store/index.ts';

/** What the health routes report on. */
export interface HealthOptions {
  readonly store: Pick<Store, 'ping'>;
  readonly isTemporalReachable: () => boolean | Promise<boolean>;
  /** Whether the process is unready without Temporal: a worker can do nothing without it. Default: no. */
  readonly needsTemporal?: boolean;
}

const STORE_STATES: Readonly<Record<string, string>> = { store_damaged: 'damaged', store_replaced: 'replaced' };

/**
 * `GET /healthz`: the process answers. `GET /readyz`: the store can be written; an unreachable Temporal is reported, and makes
 * only a worker (`needsTemporal`) unready, because events wait in the inbox.
 */
export const healthRoutes: FastifyPluginAsync<HealthOptions> = async (app, options) => {
  const { store, isTemporalReachable, needsTemporal = false } = options;
  app.get('/healthz', async () => ({ status: 'ok' }));

  app.get('/readyz', async (_request, reply) => {
    const engine = (await isTemporalReachable()) ? 'ok' : 'away';
    try {
      await store.ping();
      if (needsTemporal && engine === 'away') reply.code(503);
      return { status: reply.statusCode === 200 ? 'ok' : 'unready', store: 'ok', engine };
    } catch (error) {
      const { code, message } = error as BotError;
      app.log.error({ error: String(error) }, 'The store cannot write');
      return reply
        .code(503)
        .send({ status: 'unready', store: STORE_STATES[code] ?? 'cannot write', reason: message, engine });
    }
  });
};
