import { setTimeout as delay } from 'node:timers/promises';
import { type Client, WorkflowExecutionAlreadyStartedError, type WorkflowHandle } from '@temporalio/client';
import { clockOffset } from '../conversations.ts';
import type { Clock } from '../domain/clock.ts';
import { conversationParts } from '../domain/conversation-id.ts';
import type { Runs } from '../domain/sequence-start.ts';
import {
  isEndingQuery,
  pageIdKey,
  sequenceId,
  sequencesKey,
  TASK_QUEUE,
  type EverthreadActivities,
  type SequenceInput,
} from '../workflows/contract/index.ts';

/** The longest wait of a start for a run that is stopping. */
const MAX_END_WAIT_MS = 3000;
const END_POLL_MS = 50;

/** The activity `startSequence`: starts a sequence as a top-level workflow under its own name. */
export function createStartSequence({
  client,
  clock,
}: {
  readonly client: Client;
  readonly clock: Clock;
}): EverthreadActivities['startSequence'] {
  /** Resolves to false when there is a run already. */
  async function tryStart(name: string, input: SequenceInput, runs: Runs, replaces = false): Promise<boolean> {
    const { conversation, occasion, version = 1 } = input;
    try {
      await client.workflow.start(name, {
        workflowId: sequenceId(name, conversation),
        taskQueue: TASK_QUEUE,
        workflowIdReusePolicy: runs === 'once' ? 'REJECT_DUPLICATE' : 'ALLOW_DUPLICATE',
        workflowIdConflictPolicy: replaces ? 'TERMINATE_EXISTING' : 'FAIL',
        args: [{ ...input, ...clockOffset(clock, conversation) }],
        memo: { occasion },
        staticSummary: `Sequence ${name}`,
        typedSearchAttributes: [
          { key: pageIdKey, value: conversationParts(conversation)?.pageId ?? '' },
          { key: sequencesKey, value: [`${name}@${version}`] },
        ],
      });
      return true;
    } catch (error) {
      if (error instanceof WorkflowExecutionAlreadyStartedError) return false;
      throw error;
    }
  }

  return async (name, input, runs = 'one_at_a_time') => {
    const giveUpAt = Date.now() + MAX_END_WAIT_MS;
    const handle = client.workflow.getHandle(sequenceId(name, input.conversation));
    while (!(await tryStart(name, input, runs))) {
      const { status, memo } = await handle.describe();
      // The same turn started it, and runs again.
      if (memo?.['occasion'] === input.occasion) return 'started';
      if (runs === 'restart') {
        await tryStart(name, input, runs, true);
        return 'started';
      }
      const isRunning = status.name === 'RUNNING';
      if (!isRunning && runs === 'once') return 'already_ran';
      if (isRunning && (Date.now() > giveUpAt || !(await isEnding(handle)))) return 'already_running';
      await delay(END_POLL_MS);
    }
    return 'started';
  };

  /** A run that does not answer counts as working. */
  async function isEnding(handle: WorkflowHandle): Promise<boolean> {
    try {
      return await client.withDeadline(Date.now() + MAX_END_WAIT_MS, () => handle.query(isEndingQuery));
    } catch {
      return false;
    }
  }
}
