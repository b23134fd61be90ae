import { log } from '@temporalio/workflow';
import { checkExternalId } from '../../domain/external-id.ts';
import type { ActivityFunctions } from '../../plugins/plugin-activities.ts';
import type { SequenceContext } from '../../plugins/sequence.ts';
import { createBotActivities } from '../bot-activities.ts';
import { linkExternalIds } from '../external-ids.ts';
import { changeTags, checkTag } from '../tags.ts';
import { finishStep, type SequenceRun } from './sequence-run.ts';
import { sendInSequence } from './sequence-send.ts';
import { sleepFor, sleepUntil, waitForReply, waitForTopic, waitForWindowClosing } from './waiting.ts';

/** The context that a run's function gets: every method is a function of the run. */
export function createSequenceContext(run: SequenceRun): SequenceContext<ActivityFunctions> {
  const { conversation, contact, data, occasion } = run.input;
  return {
    conversation,
    contact,
    data,
    get now() {
      return run.now();
    },
    log: createSequenceLog(run.definition.name),
    activities: createBotActivities(run.definition.activities, {
      prefix: occasion,
      counts: new Map(),
      run: (call) => finishStep(run, call),
    }),
    sleep: (duration) => sleepFor(run, duration),
    sleepUntil: (time) => sleepUntil(run, time),
    untilWindowCloses: (options) => waitForWindowClosing(run, options),
    send: (message) => sendInSequence(run, message),
    waitForReply: (timeout, matching) => waitForReply(run, timeout, matching),
    waitFor: (topic, timeout) => waitForTopic(run, topic, timeout),
    tag: (tag) => finishStep(run, async () => changeTags(conversation, { add: [checkTag(tag)], remove: [] })),
    link: (system, id) => finishStep(run, () => linkExternalIds(conversation, [checkExternalId(system, id)])),
    untag: (tag) => finishStep(run, async () => changeTags(conversation, { add: [], remove: [checkTag(tag)] })),
  };
}

function createSequenceLog(sequence: string): SequenceContext['log'] {
  return {
    info: (message, fields) => log.info(message, { sequence, ...fields }),
    warn: (message, fields) => log.warn(message, { sequence, ...fields }),
    error: (message, fields) => log.error(message, { sequence, ...fields }),
  };
}
