/**
 * One broadcast. It goes through a segment in the order of the conversation ids, a few seconds' worth of people per step,
 * and each conversation starts the broadcast's sequence. After a crash a step is repeated; nobody starts twice, because
 * starts and sends are named after the edition.
 */

import { defineSearchAttributeKey, SearchAttributeType } from '@temporalio/common';
import { condition, continueAsNew, setCurrentDetails, setHandler, workflowInfo } from '@temporalio/workflow';
import { broadcastCauseId } from '../../domain/cause.ts';
import { escapeMarkdown } from '../../domain/markdown.ts';
import { contactQuery } from '../../plugins/segment.ts';
import type { BreakerReason } from '../../policy/send-eligibility.ts';
import { broadcastActivities } from '../activity-proxies.ts';
import { findBroadcast } from '../bot.ts';
import * as checks from '../checks/messages.ts';
import { assertInput, dropUnknownSignals, onSignal } from '../checks/receive.ts';
import { optional } from '../checks/shape.ts';
import {
  BY_HAND,
  broadcastTallyQuery,
  stopSequenceSignal,
  type BroadcastInput,
  type BroadcastTally,
  type LeftOutReason,
} from '../contract/index.ts';
import { formatUtcMinute } from '../time.ts';

/** Continues as new after this many steps, so that no replay is long. */
const STEPS_PER_RUN = 300;
/** While the circuit breaker of a Page is open, another round is tried this often. */
const RETRY_AFTER = '1 minute';
/** People left out for these reasons get the broadcast in a later round. */
const BREAKER_REASONS = Object.keys({ token_invalid: true, restricted: true } satisfies Record<BreakerReason, true>);
/** Nobody wants an evening's broadcast at night: a run of a schedule that is later than this starts with no further people. */
const MAX_LATE_MS = 3_600_000;
/** Set by Temporal. */
const SCHEDULED_START = defineSearchAttributeKey('TemporalScheduledStartTime', SearchAttributeType.DATETIME);
/** Of an edition and of a reason, in Temporal's UI. */
const MAX_SHOWN_CHARS = 160;
const HAD_IT_ALREADY = 'had_it_already' satisfies LeftOutReason;
const EMPTY_TALLY: BroadcastTally = { begun: 0, leftOut: {} };

/** The workflow of one broadcast; its result is the tally in words. */
export async function broadcast(input: BroadcastInput): Promise<string> {
  assertInput(input, checks.broadcastInput);
  const { name } = input;
  const scheduledAt = input.edition === undefined ? (input.scheduledAt ?? scheduledTime()) : undefined;
  const edition = input.edition ?? `due at ${formatUtcMinute(scheduledAt ?? Date.now())}`;
  let { after, round = 1, tally = EMPTY_TALLY } = input;
  let stopped: string | undefined;
  onSignal(stopSequenceSignal, [optional(checks.label)], (reason = BY_HAND) => void (stopped ??= reason));
  setHandler(broadcastTallyQuery, () => tally);
  dropUnknownSignals();
  const definition = findBroadcast(name);
  const schedule = definition?.schedule;
  if (scheduledAt !== undefined && !schedule) return 'finished: the bot has no schedule for it any more';
  if (scheduledAt !== undefined && isLate(scheduledAt)) return `finished: it is too late, because it was ${edition}`;
  // Fails the workflow task, not the run: it waits until a worker that has the broadcast is deployed again.
  if (!definition) throw new Error(`This bot has no broadcast "${name}". Deploy one that has, or terminate this run.`);
  const { segment, perSecond, messageClass } = definition;

  for (let steps = 0; stopped === undefined; steps += 1) {
    if (steps >= STEPS_PER_RUN || workflowInfo().continueAsNewSuggested) {
      const due = scheduledAt !== undefined && { scheduledAt };
      await continueAsNew<typeof broadcast>({ ...input, ...due, round, tally, ...(after !== undefined && { after }) });
    }
    setCurrentDetails(formatTally(edition, tally));
    const step = await broadcastActivities.broadcastStep({
      name,
      ...(scheduledAt !== undefined && schedule
        ? { due: { at: scheduledAt, time: schedule } }
        : { occasion: broadcastCauseId(name, edition) }),
      query: contactQuery(segment),
      perSecond,
      messageClass,
      ...(after !== undefined && { after }),
    });
    after = step.after;
    tally = addTally(tally, step.tally, round);
    if (!step.isDone) continue;
    const breaker = BREAKER_REASONS.find((reason) => Object.hasOwn(tally.leftOut, reason));
    if (breaker === undefined) break;
    const summary = `The circuit breaker of a Page is open: ${breaker}`;
    setCurrentDetails(`${formatTally(edition, tally)}\n- **Waits**: ${summary}`);
    await condition(() => stopped !== undefined, RETRY_AFTER, { summary });
    if (scheduledAt !== undefined && isLate(scheduledAt)) stopped ??= 'lateness';
    if (stopped !== undefined) break;
    tally = tallyForNextRound(tally);
    after = undefined;
    round += 1;
  }
  setCurrentDetails(formatTally(edition, tally));
  return `${stopped === undefined ? 'finished' : `stopped by ${stopped}`}: ${describeTally(tally)}`;
}

/** When Temporal's schedule wanted this run to start, which may be long ago. */
function scheduledTime(): number {
  const { typedSearchAttributes, startTime } = workflowInfo();
  return (typedSearchAttributes.get(SCHEDULED_START) ?? startTime).getTime();
}

function isLate(scheduledAt: number): boolean {
  return Date.now() - scheduledAt > MAX_LATE_MS;
}

/** A later round counts everybody anew who did not get the broadcast yet. */
function tallyForNextRound({ begun, leftOut }: BroadcastTally): BroadcastTally {
  const { [HAD_IT_ALREADY]: hadIt } = leftOut;
  return { begun, leftOut: hadIt === undefined ? {} : { [HAD_IT_ALREADY]: hadIt } };
}

/** In later rounds `had_it_already` only means somebody whom an earlier round reached. */
function addTally(one: BroadcastTally, other: BroadcastTally, round: number): BroadcastTally {
  const leftOut: Record<string, number> = { ...one.leftOut };
  for (const [reason, people] of Object.entries(other.leftOut)) {
    if (reason !== HAD_IT_ALREADY || round === 1) leftOut[reason] = (leftOut[reason] ?? 0) + people;
  }
  return { begun: one.begun + other.begun, leftOut };
}

function describeTally({ begun, leftOut }: BroadcastTally): string {
  const reasons = Object.entries(leftOut).map(([reason, people]) => `${people} left out (${reason})`);
  return [`${begun} begun`, ...reasons].join(', ');
}

function formatTally(edition: string, tally: BroadcastTally): string {
  const reasons = Object.entries(tally.leftOut).map(
    ([reason, people]) => `- **Left out** ${people}: ${escapeMarkdown(reason, MAX_SHOWN_CHARS)}`,
  );
  return [`- **Edition** ${escapeMarkdown(edition, MAX_SHOWN_CHARS)}`, `- **Begun** ${tally.begun}`, ...reasons].join(
    '\n',
  );
}
