import type { FastifyInstance } from 'fastify';
import { onTestFinished } from 'vitest';
import { createApp, type AppOptions } from '../../src/api/index.ts';
import { createMetrics } from '../../src/api/metrics.ts';
import type { ConversationId } from '../../src/domain/conversation-id.ts';
import { anEmptyStore, targets, type Target } from '../store/targets.ts';
import { anIdleDispatcher } from '../support/idle-dispatcher.ts';
import { aLog } from './dispatch/dispatching.ts';

export const SECRET = 'the app secret of a test';
export const OLD_SECRET = 'the app secret that is being rotated out';
export const VERIFY_TOKEN = 'the verify token of a test';

/** The HTTP side on a real store, not listening, closed when the test is over. */
export async function anApp(options: Partial<AppOptions> = {}, target = targets[0] as Target) {
  const { store, tables, url } = await anEmptyStore(target);
  const { log, lines } = aLog();
  const woken: ConversationId[] = [];
  const metrics = createMetrics(store);
  const app: FastifyInstance = createApp({
    store,
    log,
    verifyToken: VERIFY_TOKEN,
    appSecrets: [SECRET, OLD_SECRET],
    dispatcher: anIdleDispatcher((conversations) => void woken.push(...conversations)),
    metrics,
    ...options,
  });
  onTestFinished(() => app.close());
  return { app, store, tables, url, lines, woken, metrics, shownMetrics: () => metrics.registry.metrics() };
}
