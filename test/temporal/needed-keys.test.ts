import { randomUUID } from 'node:crypto';
import { Client, Connection } from '@temporalio/client';
import { expect, inject, onTestFinished, test } from 'vitest';
import { findNeededKeys } from '../../src/temporal/encryption/needed-keys.ts';

test('a run and a schedule that were removed since they were listed need no key, and end no search', async () => {
  const connection = await Connection.connect({ address: inject('temporalAddress') });
  onTestFinished(() => connection.close());
  const client = new Client({ connection });
  const gone = { execution: { workflowId: 'erased', runId: randomUUID() } };
  const lists = {
    listWorkflowExecutions: async () => ({ executions: [gone], nextPageToken: null }),
    listSchedules: async () => ({ schedules: [{ scheduleId: 'removed' }], nextPageToken: null }),
    describeSchedule: client.workflowService.describeSchedule.bind(client.workflowService),
  };
  const { workflow, options } = client;

  const needed = await findNeededKeys({ workflow, options, workflowService: lists } as never);

  expect(needed.size).toBe(0);
});
