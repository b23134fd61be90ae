/** The steps of an event, of a turn and of an operator's request, in the form of the API. */

import { eventCause } from '../../../domain/cause.ts';
import { parseAnswer, type RecordedAnswer, type TurnAnswer, type TurnRecord } from '../../../domain/turn-record.ts';
import type { OperatorLogLine } from '../../../store/operators/operator-log.ts';
import type { TracedEvent } from '../../../store/traces/index.ts';
import type { TraceStep } from '../schemas/trace.ts';
import { isoTime, isoTimeOrNull } from './conversation.ts';

/** A step with what most steps do not have. */
export function toStep(
  what: TraceStep['what'],
  at: number | undefined,
  words: string,
  others: Partial<Pick<TraceStep, 'by' | 'reason' | 'sendId'>> = {},
): TraceStep {
  return { at: isoTimeOrNull(at), what, words, by: null, reason: null, sendId: null, ...others };
}

/** The way of an event to its conversation. */
export function eventSteps({ kind, status, reason, receivedAt, dispatchedAt }: TracedEvent): readonly TraceStep[] {
  return [
    toStep('received', receivedAt, `Meta's webhook came with an event of the kind "${kind}".`),
    toStep('stored', receivedAt, 'The event was on disk before the webhook was acknowledged.'),
    ...deliverySteps(status, reason, dispatchedAt),
  ];
}

function deliverySteps(
  status: TracedEvent['status'],
  reason: string | undefined,
  dispatchedAt: number | undefined,
): readonly TraceStep[] {
  const why = { reason: reason ?? null };
  const rejected = toStep('dead', dispatchedAt, 'Temporal rejected the event for good.', why);
  switch (status) {
    case 'pending':
      return [toStep('waiting', undefined, 'The event waits for delivery to its conversation.')];
    case 'dispatched':
      return [toStep('dispatched', dispatchedAt, 'The event was handed to the workflow of its conversation.')];
    case 'dead':
      return [rejected, toStep('waiting', undefined, 'An admin can retry or drop it with /api/v1/dead-events.')];
    case 'stored':
      return reason === undefined
        ? [toStep('dropped', undefined, 'No conversation needs an event like this.')]
        : [toStep('dropped', undefined, 'No conversation gets the event.', why)];
  }
}

const ANSWER_WORDS: Readonly<Record<TurnAnswer, string>> = {
  handled: 'handled it, so that no part of the bot after it was asked',
  pass: 'passed it on',
  failed: 'failed; what it did besides sending was undone',
  disabled: 'was not asked: it is disabled for an hour after failing each time',
  silent: 'answers, so that the bot was silent',
  started: 'started',
};

/** One answer in words: `faq handled it, so that … (onMessage).` */
export function answerInWords({ hook, who, answer }: RecordedAnswer): string {
  return `${who} ${ANSWER_WORDS[answer]}${hook.startsWith('on') || hook === 'afterMessage' ? ` (${hook})` : ''}.`;
}

/** What the parts of the bot answered in a turn. */
export function turnSteps({ at, answers, events }: TurnRecord): readonly TraceStep[] {
  const burst =
    events.length > 1
      ? [`The turn is about ${events.length} events: ${events.map((inboxId) => eventCause(inboxId).id).join(', ')}.`]
      : [];
  return [
    ...burst.map((words) => toStep('answered', at, words)),
    ...answers.flatMap((text) => {
      const answer = parseAnswer(text);
      if (!answer) return [];
      return [toStep('answered', at, answerInWords(answer), { by: answer.who })];
    }),
  ];
}

/** An operator's request, as the operator log has it. */
export function operatorStep({ operator, interface: way, action, at, status }: OperatorLogLine): TraceStep {
  const end = status === undefined ? 'the api ended before it answered' : `answered with ${status}`;
  return toStep('asked', at, `${operator} called ${action} (${way}): ${end}.`, { by: operator });
}

/** What begins a send that no event began, by the first letter of its cause. */
const CAUSES: Readonly<Record<string, string>> = {
  w: 'A plugin was woken up at the time that it had asked for.',
  t: 'An operator took the conversation over.',
  g: 'The conversation was given back to the bot.',
  c: "Meta's window was about to close.",
  b: 'A broadcast reached the person.',
  o: 'An operator asked for it.',
  x: 'Another system emitted a topic.',
};

/** The step that names a cause other than an event. */
export function causeStep(causeId: string): TraceStep {
  return toStep('caused', undefined, CAUSES[causeId[0] ?? ''] ?? `Its cause is "${causeId}".`);
}

/** The event itself. */
export function toEventView({ inboxId, kind, at }: TracedEvent) {
  return { id: eventCause(inboxId).id, kind, at: isoTime(at) };
}
