import type { Client } from '@temporalio/client';
import { createMetrics } from '../../../src/api/metrics.ts';
import { createConversationWorkflows } from '../../../src/api/operator/conversation-workflows.ts';
import { createOperatorApp } from '../../../src/api/operator/index.ts';
import type { Stage } from '../../support/stage.ts';
import { aLog } from '../dispatch/dispatching.ts';
import { callerAt } from './an-operator-app.ts';

/** An operator listener on a stage; every further one is like that of another api process. */
export async function aStageListener({ store, simulator, client: own }: Stage, client: Client = own) {
  const app = await createOperatorApp({
    store,
    metrics: createMetrics(store),
    clock: simulator.clock,
    policy: {},
    workflows: createConversationWorkflows({ client, clock: simulator.clock }),
    log: aLog().log,
  });
  const url = await app.listen({ host: '127.0.0.1', port: 0 });
  return { url, call: callerAt(url), close: () => app.close() };
}
