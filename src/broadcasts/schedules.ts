/**
 * The schedules of broadcasts in Temporal, one for each. All are alike: each quarter of an hour they start a run, which is for
 * the people whose clock shows the broadcast's time then. So the bot alone says when a broadcast is due, and a schedule of an
 * older deploy cannot be wrong; an operator pauses and resumes it.
 */

import { type Client, ScheduleAlreadyRunning, ScheduleNotFoundError, type ScheduleSummary } from '@temporalio/client';
import { BotError } from '../domain/bot-error.ts';
import { describeLocalTime, nextLocalTime, type LocalTime } from '../policy/local-time.ts';
import type { KnownBroadcast } from '../store/bot-facts.ts';
import { BROADCAST_TYPE, broadcastId, TASK_QUEUE, type BroadcastInput } from '../workflows/contract/index.ts';

/** The schedule of a broadcast. */
export interface BroadcastSchedule {
  readonly isPaused: boolean;
}

/** All time zones differ from UTC by full quarters of an hour. */
const INTERVAL = '15 minutes';
/** Temporal starts what it missed in this time when it is back; a run that begins later reaches nobody. */
const CATCHUP_WINDOW = '1 hour';
const PREFIX = broadcastId('');

/** Creates the schedules that are missing. Two processes may do so at once. */
export async function createMissingSchedules(client: Client, broadcasts: readonly KnownBroadcast[]): Promise<void> {
  for (const { name } of broadcasts.filter(({ every }) => every !== undefined)) {
    if ((await findSchedule(client, name)) === undefined) await createSchedule(client, name);
  }
}

/**
 * Removes the schedules of broadcasts that the bot does not have, or that have none. One that is paused stays: the deploy may go back,
 * and an operator's pause must outlast that.
 *
 * @returns the names of the broadcasts.
 */
export async function removeOldSchedules(
  client: Client,
  broadcasts: readonly KnownBroadcast[],
): Promise<readonly string[]> {
  const scheduled = new Set(broadcasts.filter(({ every }) => every !== undefined).map(({ name }) => name));
  const removed: string[] = [];
  for await (const { scheduleId, state, action } of client.schedule.list()) {
    const name = scheduleId.slice(PREFIX.length);
    if (!isOfBroadcast(scheduleId, action) || scheduled.has(name) || state.paused) continue;
    await unlessMissing(client.schedule.getHandle(scheduleId).delete());
    removed.push(name);
  }
  return removed;
}

/** Writes what Temporal has of the schedules again, so that the newest key encrypts it; pauses stay. */
export async function rewriteSchedules(client: Client): Promise<void> {
  for await (const { scheduleId, action } of client.schedule.list())
    if (isOfBroadcast(scheduleId, action))
      await unlessMissing(client.schedule.getHandle(scheduleId).update((written) => written));
}

/** The schedule of a broadcast; `undefined` if there is none. */
export async function findSchedule(client: Client, name: string): Promise<BroadcastSchedule | undefined> {
  const described = await unlessMissing(client.schedule.getHandle(broadcastId(name)).describe());
  return described && { isPaused: described.state.paused };
}

/** Makes the broadcast start no more by itself, or again; runs that are under way go on. @throws `BotError` with `broadcast_not_scheduled`. */
export async function setPaused(client: Client, name: string, isPaused: boolean): Promise<void> {
  const handle = client.schedule.getHandle(broadcastId(name));
  const set = isPaused ? handle.pause('Paused by an operator') : handle.unpause('Resumed by an operator');
  if ((await unlessMissing(set.then(() => true))) === undefined)
    throw new BotError(
      'broadcast_not_scheduled',
      `The broadcast ${name} has no schedule. Give it \`every\` in the bot, and start a worker.`,
    );
}

/** When a broadcast starts by itself next, for people whose time zone is not known. */
export interface NextStart {
  /** In words: `20:00`, `09:00 of monday`. */
  readonly when: string;
  readonly timeZone: string;
  /** Epoch ms. */
  readonly nextAt: number;
}

/** When a broadcast starts by itself next. */
export function nextStart(every: LocalTime, now: number): NextStart {
  const { timeZone = 'UTC' } = every;
  return { when: describeLocalTime(every), timeZone, nextAt: nextLocalTime(now, every, timeZone) };
}

/** The workflow ids of the last runs that the schedule has started. */
export async function recentRunsOfSchedule(client: Client, name: string): Promise<readonly string[]> {
  const described = await unlessMissing(client.schedule.getHandle(broadcastId(name)).describe());
  return (described?.info.recentActions ?? []).map(({ action }) => action.workflow.workflowId);
}

function isOfBroadcast(scheduleId: string, action: ScheduleSummary['action']): boolean {
  return scheduleId.startsWith(PREFIX) && action?.workflowType === BROADCAST_TYPE;
}

async function createSchedule(client: Client, name: string): Promise<void> {
  const input: BroadcastInput = { name };
  try {
    await client.schedule.create({
      scheduleId: broadcastId(name),
      spec: { intervals: [{ every: INTERVAL }] },
      action: {
        type: 'startWorkflow',
        workflowType: BROADCAST_TYPE,
        workflowId: broadcastId(name),
        taskQueue: TASK_QUEUE,
        args: [input],
        staticSummary: `Broadcast ${name}, by its schedule`,
      },
      // Each run is for other time zones: none may be left out because the one before is under way.
      policies: { overlap: 'ALLOW_ALL', catchupWindow: CATCHUP_WINDOW },
    });
  } catch (error) {
    if (!(error instanceof ScheduleAlreadyRunning)) throw error;
  }
}

async function unlessMissing<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof ScheduleNotFoundError) return undefined;
    throw error;
  }
}
