import type { Client } from '@temporalio/client';
import { createMetrics } from '../../../src/api/metrics.ts';
import { createConversationWorkflows } from '../../../src/api/operator/conversation-workflows.ts';
import { createOperatorApp } from '../../../src/api/operator/index.ts';
import type { Stage } from '../../support/stage.ts';
import { aLog } from '../dispatch/dispatching.ts';

/** An operator listener on a stage's store and Temporal, as an api process has it. */
export async function aListenerOn({ store, simulator, client: own }: Stage, client: Client = own) {
  const app = await createOperatorApp({
    store,
    metrics: createMetrics(store),
    clock: simulator.clock,
    policy: {},
    workflows: createConversationWorkflows({ client, clock: simulator.clock }),
    log: aLog().log,
  });
  return { url: await app.listen({ host: '127.0.0.1', port: 0 }), close: () => app.close() };
}
