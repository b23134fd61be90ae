/** Starts, stops and describes runs of broadcasts; for the CLI and the operator API. */

import { type Client, WorkflowExecutionAlreadyStartedError, WorkflowNotFoundError } from '@temporalio/client';
import { BotError } from '../domain/bot-error.ts';
import {
  BROADCAST_TYPE,
  broadcastId,
  broadcastTallyQuery,
  stopSequenceSignal,
  TASK_QUEUE,
  type BroadcastInput,
  type BroadcastTally,
} from '../workflows/contract/index.ts';
import { recentRunsOfSchedule } from './schedules.ts';

/** What the name of an edition is made of. */
export const EDITION_PATTERN = /^[\w.-]{1,40}$/;
/** What to do about a name that {@link EDITION_PATTERN} does not match. */
export const EDITION_CURE = 'Write up to 40 letters, digits, dots and hyphens, such as 2026-spring.';
/** The edition that is meant when none is named. */
export const FIRST_EDITION = '1';

/** The latest run of a broadcast. */
export interface BroadcastRun {
  readonly status: 'running' | 'finished' | 'failed';
  /** Temporal's word for the status, in lower case. */
  readonly temporalStatus: string;
  readonly startedAt: Date;
  /** Missing for runs that an older version started. */
  readonly edition?: string;
  /** Of a finished run: how it ended, and whom it reached, in words. */
  readonly result?: string;
}

/**
 * Starts the broadcast's workflow. `request` names who asks, so that the same request may be repeated.
 *
 * @throws `BotError` with `broadcast_running`.
 */
export async function startBroadcast(client: Client, input: BroadcastInput, request?: string): Promise<void> {
  const { name, edition = FIRST_EDITION } = input;
  try {
    await client.workflow.start(BROADCAST_TYPE, {
      workflowId: broadcastId(name),
      taskQueue: TASK_QUEUE,
      args: [{ ...input, edition }],
      memo: { edition, ...(request !== undefined && { request }) },
      staticSummary: `Broadcast ${name}, edition ${edition}`,
    });
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
    if (request !== undefined && (await requestOf(client, name)) === request) return;
    throw new BotError('broadcast_running', `The broadcast ${name} is running. Wait for its end, or stop it.`);
  }
}

async function requestOf(client: Client, name: string): Promise<unknown> {
  const { memo } = await client.workflow.getHandle(broadcastId(name)).describe();
  return memo?.['request'];
}

/** Makes the broadcast, also runs of its schedule, start with no further people. @throws `BotError` with `broadcast_not_running`. */
export async function stopBroadcast(client: Client, name: string): Promise<void> {
  const runs = [broadcastId(name), ...(await recentRunsOfSchedule(client, name))];
  const stopped = await Promise.all(
    runs.map((id) =>
      found(
        client.workflow
          .getHandle(id)
          .signal(stopSequenceSignal, 'an operator')
          .then(() => true),
      ),
    ),
  );
  if (!stopped.includes(true)) throw notRunning(name);
}

/** The error for a broadcast that has no run. */
export function notRunning(name: string): BotError {
  return new BotError('broadcast_not_running', `The broadcast ${name} is not running. Start it.`);
}

/** The latest run; `undefined` if none is known. */
export async function findBroadcastRun(client: Client, name: string): Promise<BroadcastRun | undefined> {
  const handle = client.workflow.getHandle(broadcastId(name));
  const described = await found(handle.describe());
  if (!described) return undefined;
  const { status, startTime: startedAt, memo } = described;
  const edition = memo?.['edition'];
  const run = {
    temporalStatus: status.name.toLowerCase(),
    startedAt,
    ...(typeof edition === 'string' && { edition }),
  };
  if (status.name === 'COMPLETED') return { ...run, status: 'finished', result: String(await handle.result()) };
  return { ...run, status: status.name === 'RUNNING' ? 'running' : 'failed' };
}

/** How many people a running broadcast has reached; a worker answers it. */
export function broadcastTally(client: Client, name: string): Promise<BroadcastTally> {
  return client.workflow.getHandle(broadcastId(name)).query(broadcastTallyQuery);
}

async function found<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return undefined;
    throw error;
  }
}
