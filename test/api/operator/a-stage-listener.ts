import type { Client } from '@temporalio/client';
import { createMetrics } from '../../../src/api/metrics.ts';
import { createBotRuns } from '../../../src/api/operator/bot-runs.ts';
import {
  createConversationWorkflows,
  type ConversationWorkflows,
} from '../../../src/api/operator/conversation-workflows.ts';
import { createOperatorApp } from '../../../src/api/operator/index.ts';
import { createGraphClient } from '../../../src/graph/graph-client.ts';
import { SECRETS } from '../../../src/testing/stage/index.ts';
import type { Stage } from '../../support/stage.ts';
import { aLog } from '../dispatch/dispatching.ts';
import { callerAt } from './an-operator-app.ts';

export interface StageListenerOptions {
  /** Default: the client of the stage. */
  readonly client?: Client;
  /** Default: those that the client reaches. */
  readonly workflows?: ConversationWorkflows;
}

/** An operator listener on a stage; every further one is like that of another api process. */
export async function aStageListener(
  { store, simulator: { clock }, url, client: own }: Stage,
  { client = own, workflows = createConversationWorkflows({ client, clock }) }: StageListenerOptions = {},
) {
  const graph = createGraphClient({
    url: `${url}/simulator/graph`,
    version: 'v25.0',
    appSecret: SECRETS.appSecret,
    accessToken: () => SECRETS.accessToken,
  });
  const app = await createOperatorApp({
    store,
    metrics: createMetrics(store),
    clock,
    policy: {},
    workflows,
    runs: createBotRuns(client),
    graph,
    settings: { retention: {}, unansweredAfterMs: 900_000 },
    privateAddresses: 'loopback',
    log: aLog().log,
  });
  const listening = await app.listen({ host: '127.0.0.1', port: 0 });
  return {
    url: listening,
    call: callerAt(listening),
    async close() {
      await app.close();
      await graph.close();
    },
  };
}
