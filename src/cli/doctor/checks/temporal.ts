/** Temporal, and whether somebody works for it. */

import { isGrpcServiceError } from '@temporalio/client';
import proto from '@temporalio/proto';
import { temporalSettings } from '../../../temporal/server/connect.ts';
import { missingSearchAttributes } from '../../../temporal/server/search-attributes.ts';
import { TASK_QUEUE } from '../../../workflows/contract/index.ts';
import { look, ok, wrong, type Check } from '../check.ts';
import type { Visit } from '../context.ts';

/** gRPC's numbers. */
const NOT_FOUND = 5;
const LOCKED_OUT = new Set([7, 16]);

const temporal: Check<Visit> = {
  id: 'temporal',
  after: ['settings'],
  async look(visit) {
    const {
      namespace,
      connection: { address = 'localhost:7233' },
    } = temporalSettings();
    try {
      const { connection } = await visit.temporal();
      await connection.workflowService.describeNamespace({ namespace });
    } catch (error) {
      const code = isGrpcServiceError(error) ? error.code : undefined;
      if (code === NOT_FOUND)
        return wrong(
          `${address} answers and has no namespace ${namespace}. Create it (temporal operator namespace create --namespace ${namespace}), or set TEMPORAL_NAMESPACE.`,
        );
      if (code !== undefined && LOCKED_OUT.has(code))
        return wrong(`${address} does not let us in. See TEMPORAL_API_KEY, or the TLS variables of Temporal.`);
      return wrong(`${address} does not answer. Start Temporal, or set TEMPORAL_ADDRESS.`);
    }
    return ok(`${address}, namespace ${namespace}`);
  },
};

const searchAttributes: Check<Visit> = {
  id: 'search-attributes',
  after: ['temporal'],
  async look(visit) {
    const { connection, namespace } = await visit.temporal();
    const missing = await missingSearchAttributes(connection, namespace);
    if (missing.length === 0) return ok('all are there');
    return look(
      `${missing.join(', ')} ${missing.length === 1 ? 'is' : 'are'} missing. A worker adds them at its start when it may; its log says how to do it by hand.`,
    );
  },
};

const { TaskQueueType } = proto.temporal.api.enums.v1;

/** The server remembers a worker for some minutes after it is gone. */
const worker: Check<Visit> = {
  id: 'worker',
  after: ['temporal'],
  async look(visit) {
    const { connection, namespace } = await visit.temporal();
    const { pollers } = await connection.workflowService.describeTaskQueue({
      namespace,
      taskQueue: { name: TASK_QUEUE },
      taskQueueType: TaskQueueType.TASK_QUEUE_TYPE_WORKFLOW,
    });
    if (pollers && pollers.length > 0) return ok(`${pollers.length} at work on the task queue ${TASK_QUEUE}`);
    return wrong(
      `no worker takes work from the task queue ${TASK_QUEUE}. Run everthread start, or everthread worker.`,
      'no_answer',
    );
  },
};

export const ENGINE_CHECKS = [temporal, searchAttributes, worker];
