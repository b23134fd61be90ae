/** The checks of Temporal and its workers. */

import { status } from '@grpc/grpc-js';
import { isGrpcServiceError } from '@temporalio/client';
import proto from '@temporalio/proto';
import { missingSearchAttributes } from '../../../temporal/server/search-attributes.ts';
import { TASK_QUEUE } from '../../../workflows/contract/index.ts';
import { warning, ok, error, type Check } from '../check.ts';
import type { DoctorContext } from '../context.ts';

const ACCESS_DENIED = new Set<number>([status.PERMISSION_DENIED, status.UNAUTHENTICATED]);

const temporalCheck: Check<DoctorContext> = {
  id: 'temporal',
  requires: ['settings'],
  async run(context) {
    const {
      settings: { namespace },
      label,
    } = context.chosenTemporal();
    try {
      const { connection } = await context.temporal();
      await connection.workflowService.describeNamespace({ namespace });
    } catch (cause) {
      const code = isGrpcServiceError(cause) ? cause.code : undefined;
      if (code === status.NOT_FOUND)
        return error(
          `${label} answers and has no namespace ${namespace}. Create it (temporal operator namespace create --namespace ${namespace}), or set TEMPORAL_NAMESPACE.`,
        );
      if (code !== undefined && ACCESS_DENIED.has(code))
        return error(`${label} does not let us in. See TEMPORAL_API_KEY, or the TLS variables of Temporal.`);
      return error(`${label} does not answer. Start Temporal, or set TEMPORAL_ADDRESS.`);
    }
    return ok(`${label}, namespace ${namespace}`);
  },
};

const searchAttributes: Check<DoctorContext> = {
  id: 'search-attributes',
  requires: ['temporal'],
  async run(context) {
    const { connection, namespace } = await context.temporal();
    const missing = await missingSearchAttributes(connection, namespace);
    if (missing.length === 0) return ok('all are there');
    return warning(
      `${missing.join(', ')} ${missing.length === 1 ? 'is' : 'are'} missing. A worker adds them at its start when it may; its log says how to do it by hand.`,
    );
  },
};

const { TaskQueueType } = proto.temporal.api.enums.v1;

/** Temporal lists a worker for some minutes after it has gone. */
const worker: Check<DoctorContext> = {
  id: 'worker',
  requires: ['temporal'],
  async run(context) {
    const { connection, namespace } = await context.temporal();
    const { pollers } = await connection.workflowService.describeTaskQueue({
      namespace,
      taskQueue: { name: TASK_QUEUE },
      taskQueueType: TaskQueueType.TASK_QUEUE_TYPE_WORKFLOW,
    });
    if (pollers && pollers.length > 0) return ok(`${pollers.length} at work on the task queue ${TASK_QUEUE}`);
    return error(
      `no worker takes work from the task queue ${TASK_QUEUE}. Run everthread start, or everthread worker.`,
      'no_answer',
    );
  },
};

/** Temporal, its search attributes and its workers. */
export const TEMPORAL_CHECKS = [temporalCheck, searchAttributes, worker];
