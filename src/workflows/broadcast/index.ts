/**
 * One broadcast: it goes through a segment in the order of the ids, some seconds' worth at a time, and has each
 * conversation begin the sequence. What is under way when a worker dies is done again; whoever has begun does not begin
 * again, and nobody hears anything twice.
 */

import {
  condition,
  continueAsNew,
  proxyActivities,
  setCurrentDetails,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow';
import { broadcastCauseId } from '../../domain/cause.ts';
import { contactQuery } from '../../plugins/segment.ts';
import { findBroadcast } from '../bot.ts';
import {
  broadcastTallyQuery,
  stopSequenceSignal,
  type BroadcastInput,
  type BroadcastTally,
  type EverthreadActivities,
} from '../contract/index.ts';

const outside = proxyActivities<EverthreadActivities>({
  startToCloseTimeout: '1 minute',
  retry: { initialInterval: '1 second', maximumInterval: '1 minute' },
});

/** Goes on as new after so many steps, so that no replay is long. */
const STEPS_PER_RUN = 300;
const LOOK_AGAIN_AFTER = '1 minute';
/** Why a whole Page can send nothing for a while: its people get their turn when that is over. */
const HOLDS = ['token_invalid', 'restricted'];
/** Of later rounds it says only who got it in the earlier ones. */
const HAD_IT = 'had_it_already';

export async function broadcast(input: BroadcastInput): Promise<string> {
  const { name, edition } = input;
  let { after, round = 1, tally = NOBODY } = input;
  let stopped: string | undefined;
  setHandler(stopSequenceSignal, (reason) => void (stopped ??= reason));
  setHandler(broadcastTallyQuery, () => tally);
  const definition = findBroadcast(name);
  // Not a failure of the run: it waits until a worker that knows the broadcast is deployed again.
  if (!definition) throw new Error(`This bot has no broadcast "${name}". Deploy one that has, or terminate this run.`);
  const { segment, perSecond, messageClass } = definition;

  for (let steps = 0; stopped === undefined; steps += 1) {
    if (steps >= STEPS_PER_RUN || workflowInfo().continueAsNewSuggested) {
      await continueAsNew<typeof broadcast>({ ...input, round, tally, ...(after !== undefined && { after }) });
    }
    setCurrentDetails(details(edition, tally));
    const step = await outside.broadcastStep({
      name,
      occasion: broadcastCauseId(name, edition),
      query: contactQuery(segment),
      perSecond,
      messageClass,
      ...(after !== undefined && { after }),
    });
    after = step.after;
    tally = added(tally, step.tally, round);
    if (!step.isDone) continue;
    const hold = HOLDS.find((reason) => Object.hasOwn(tally.leftOut, reason));
    if (hold === undefined) break;
    setCurrentDetails(`${details(edition, tally)}\n- **Waits**: a Page is held back (${hold})`);
    await condition(() => stopped !== undefined, LOOK_AGAIN_AFTER, { summary: `A Page is held back: ${hold}` });
    if (stopped !== undefined) break;
    const { [HAD_IT]: hadIt } = tally.leftOut;
    tally = { begun: tally.begun, leftOut: hadIt === undefined ? {} : { [HAD_IT]: hadIt } };
    after = undefined;
    round += 1;
  }
  setCurrentDetails(details(edition, tally));
  return `${stopped === undefined ? 'finished' : `stopped by ${stopped}`}: ${inWords(tally)}`;
}

const NOBODY: BroadcastTally = { begun: 0, leftOut: {} };

function added(one: BroadcastTally, other: BroadcastTally, round: number): BroadcastTally {
  const leftOut: Record<string, number> = { ...one.leftOut };
  for (const [reason, people] of Object.entries(other.leftOut)) {
    if (reason !== HAD_IT || round === 1) leftOut[reason] = (leftOut[reason] ?? 0) + people;
  }
  return { begun: one.begun + other.begun, leftOut };
}

function inWords({ begun, leftOut }: BroadcastTally): string {
  const reasons = Object.entries(leftOut).map(([reason, people]) => `${people} left out (${reason})`);
  return [`${begun} begun`, ...reasons].join(', ');
}

function details(edition: string, tally: BroadcastTally): string {
  const reasons = Object.entries(tally.leftOut).map(([reason, people]) => `- **Left out** ${people}: ${reason}`);
  return [`- **Edition** ${edition}`, `- **Begun** ${tally.begun}`, ...reasons].join('\n');
}
