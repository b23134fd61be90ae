/** What a hook does through activities and signals. Nothing of it is undone when the hook fails. */

import { log } from '@temporalio/workflow';
import type { ConversationId } from '../../../domain/conversation-id.ts';
import type { ThreadControlOutcome, ThreadControlRequest } from '../../../domain/handoff.ts';
import { leadId, type Consent, type Lead } from '../../../domain/lead.ts';
import { MAX_DATA_CHARS } from '../../../domain/topic.ts';
import type { OptSignal } from '../../../messenger/inbound/opt-signal.ts';
import { copyPlainJson } from '../../../plugins/plain-json.ts';
import type { PluginContext } from '../../../plugins/plugin.ts';
import { storeActivities, threadControlActivities } from '../../activity-proxies.ts';
import { nextOrdinal } from '../../bot-activities.ts';
import { checkLength } from '../../text.ts';
import { startSequence, stopSequence } from '../sequence-signals.ts';
import type { Turn } from '../turn.ts';
import type { PendingRequests } from './pending-requests.ts';

type ActivityMethods = Pick<
  PluginContext,
  'startSequence' | 'stopSequence' | 'saveLead' | 'recordOptSignal' | 'recordStep' | 'threadControl'
>;

/** Of forms, funnels, steps and notes of wake-ups. */
export const MAX_LABEL_CHARS = 100;

/** Creates the part of a hook's context that runs activities and signals. */
export function createActivityMethods(turn: Turn, requests: PendingRequests): ActivityMethods {
  return {
    startSequence: (name, data) =>
      requests.run(async () =>
        startSequence(turn, name, data === undefined ? undefined : copyPlainJson(data, 'data', MAX_DATA_CHARS)),
      ),
    stopSequence: (name, reason) => requests.run(() => stopSequence(turn, name, reason)),
    saveLead: (form, fields, consent) =>
      requests.run(async () =>
        saveLead(
          turn,
          checkLength('A form', form, MAX_LABEL_CHARS),
          copyPlainJson(fields, 'fields'),
          consent && copyPlainJson(consent, 'consent'),
        ),
      ),
    recordOptSignal: (signal, at) => requests.run(async () => recordOptSignal(turn, signal, at)),
    recordStep: (funnel, step) =>
      requests.run(async () =>
        recordStep(
          turn,
          checkLength('A funnel', funnel, MAX_LABEL_CHARS),
          checkLength('A step', step, MAX_LABEL_CHARS),
        ),
      ),
    threadControl: (request) => requests.run(() => changeThreadControl(turn.conversation, request)),
  };
}

/** The lead id is made of the turn's cause and the ordinal among the form's leads in the turn: saving again changes nothing. */
async function saveLead(turn: Turn, form: string, fields: Lead['fields'], consent: Consent | undefined): Promise<Lead> {
  const lead: Lead = {
    leadId: leadId(turn.conversation, turn.cause.id, form, nextOrdinal(turn.callCounts, `lead/${form}`)),
    conversation: turn.conversation,
    form,
    fields,
    ...(consent && { consent }),
    at: turn.now(),
  };
  await storeActivities.saveLead(lead);
  return lead;
}

async function recordOptSignal(turn: Turn, signal: OptSignal, at: number): Promise<void> {
  await storeActivities.recordWish(turn.conversation, signal, at);
}

async function recordStep(turn: Turn, funnel: string, step: string): Promise<void> {
  await storeActivities.recordStep(turn.conversation, funnel, step, turn.now());
}

async function changeThreadControl(
  conversation: ConversationId,
  request: ThreadControlRequest,
): Promise<ThreadControlOutcome> {
  const { action } = request;
  try {
    const outcome = await threadControlActivities.threadControl.executeWithOptions(
      { summary: `${action} thread control` },
      [conversation, request],
    );
    if (outcome.status !== 'done') log.warn('Thread control did not change', { action, outcome });
    return outcome;
  } catch (error) {
    log.warn('It is not known whether thread control changed', { action, error: String(error) });
    return { status: 'unknown' };
  }
}
