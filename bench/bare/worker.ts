/** A bare loop's worker, in a process of its own, with the same settings as everthread's. */

import { fileURLToPath } from 'node:url';
import { DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import { Agent, request } from 'undici';
import { withOwnWorkflowThreads } from '../../src/temporal/workflow-thread/index.ts';
import { ACCESS_TOKEN, PAGE_ID } from '../people.ts';
import { serveParent } from '../processes/child-process.ts';
import { BARE_TASK_QUEUES, type BareActivities, type BareSide } from './contract.ts';

const [address, graphUrl, side] = process.argv.slice(2) as [string, string, BareSide];
Runtime.install({ logger: new DefaultLogger('WARN'), shutdownSignals: [] });

const agent = new Agent({ connections: 64, pipelining: 1 });
const activities: BareActivities = {
  async answer(psid, { mid, text }) {
    const { body } = await request(`${graphUrl}/v25.0/${PAGE_ID}/messages`, {
      dispatcher: agent,
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${ACCESS_TOKEN}` },
      body: JSON.stringify({
        recipient: { id: psid },
        messaging_type: 'RESPONSE',
        message: { text: `You said: ${text}`, metadata: `${mid}/0` },
      }),
    });
    return ((await body.json()) as { message_id: string }).message_id;
  },
};

const connection = await NativeConnection.connect({ address });
const create = () =>
  Worker.create({
    connection,
    taskQueue: BARE_TASK_QUEUES[side],
    workflowsPath: fileURLToPath(new URL('workflow.ts', import.meta.url)),
    activities,
    maxCachedWorkflows: 5000,
    shutdownGraceTime: '10 seconds',
  });
const worker = await (side === 'tuned' ? withOwnWorkflowThreads({}, create) : create());
const done = worker.run();
serveParent({}, {}, async () => {
  worker.shutdown();
  await done;
  await connection.close();
});
