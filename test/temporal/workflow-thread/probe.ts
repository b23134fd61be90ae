/** Runs the workflows beside it on a worker of this Node and prints what became of them, as JSON on the last line. */

import { fileURLToPath } from 'node:url';
import { Client, Connection, type WorkflowHandle } from '@temporalio/client';
import { bundleWorkflowCode, DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import { withOwnWorkflowThreads } from '../../../src/temporal/workflow-thread/index.ts';
import type { ProbeReport } from './report.ts';

const [address = '', taskQueue = '', stackTraces] = process.argv.slice(2);

Runtime.install({ logger: new DefaultLogger('ERROR', () => {}), shutdownSignals: [] });
const native = await NativeConnection.connect({ address });
const fileOf = (name: string) => fileURLToPath(new URL(name, import.meta.url));
// As the bundle of a bot: the SDK asks the sandbox's `Function` for the workflow of a promise.
const workflowBundle = await bundleWorkflowCode({
  workflowsPath: fileOf('workflows.ts'),
  preloadModules: [fileOf('realm.ts')],
});
const worker = await withOwnWorkflowThreads({ hasStackTraces: stackTraces === 'with-stack-traces' }, () =>
  Worker.create({
    connection: native,
    taskQueue,
    workflowBundle,
  }),
);
const connection = await Connection.connect({ address });
const client = new Client({ connection });
const report = await worker.runUntil(probe);
await Promise.all([connection.close(), native.close()]);
console.log(JSON.stringify(report));

async function probe(): Promise<ProbeReport> {
  const start = (type: string) =>
    client.workflow.start(type, { workflowId: `${taskQueue}-${type}`, taskQueue, args: [] });
  const neighbour = await start('neighbour');
  await neighbour.signal('poke');
  const asyncContext = (await (await start('asyncContext')).result()) as ProbeReport['asyncContext'];
  const stackTrace = await neighbour.query<string>('__stack_trace').catch((error: unknown) => String(error));
  const floatingPromises = (await (await start('floatingPromises')).result()) as unknown as string[];
  const loop = await start('endlessLoop');
  const endlessLoop = await firstTaskFailure(loop);
  await neighbour.signal('poke');
  await neighbour.signal('poke');
  const answer = (await neighbour.result()) as unknown as string;
  await loop.terminate();
  return { node: process.version, asyncContext, stackTrace, floatingPromises, endlessLoop, neighbour: answer };
}

/** The message with which a workflow task of this run failed first. */
async function firstTaskFailure(handle: WorkflowHandle): Promise<string> {
  for (;;) {
    const { events } = await handle.fetchHistory();
    const failed = events?.find((event) => event.workflowTaskFailedEventAttributes);
    if (failed) return failed.workflowTaskFailedEventAttributes?.failure?.message ?? '';
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
