/** The steps of sends, in the form of the API. */

import { HOLD_REASONS } from '../../../domain/error-codes.ts';
import { wordsOf } from '../../../domain/send-reasons.ts';
import type { Contact } from '../../../store/contacts.ts';
import type { TracedSend } from '../../../store/traces/index.ts';
import type { TraceStep } from '../schemas/trace.ts';
import { isoTime } from './conversation.ts';
import { toStep } from './trace.ts';

type Receipts = Pick<Contact, 'deliveredUntil' | 'readUntil'>;

/** The steps of all sends, in the order of time; a step without a time stays behind the one before it. */
export function sendSteps(sends: readonly TracedSend[], receipts: Receipts): readonly TraceStep[] {
  return sends
    .flatMap((send) => {
      let last = '';
      return stepsOf(send, receipts).map((step) => {
        last = step.at !== null && step.at > last ? step.at : last;
        return { step, at: last };
      });
    })
    .toSorted((one, other) => (one.at < other.at ? -1 : one.at > other.at ? 1 : 0))
    .map(({ step }) => step);
}

function stepsOf(send: TracedSend, receipts: Receipts): readonly TraceStep[] {
  const { sendId, createdAt, attempts, source, operator } = send;
  const by = operator ?? source ?? null;
  const steps = [
    verdictStep(send),
    ...(attempts > 0 ? [toStep('called', attempts === 1 ? createdAt : undefined, callsInWords(attempts))] : []),
    ...outcomeSteps(send, receipts),
  ];
  return steps.map((step, index) => ({ ...step, sendId, by: index === 0 ? by : null }));
}

function verdictStep({ status, code, sentAs, attempts, createdAt }: TracedSend): TraceStep {
  if (sentAs !== undefined) return toStep('verdict', createdAt, `Meta's rules allow it as ${sentAs}.`);
  if (attempts > 0) return toStep('verdict', createdAt, "Meta's rules allow it.");
  const reason = code ?? null;
  const words = code === undefined ? '' : ` ${wordsOf(code)}`;
  if (status === 'refused') return toStep('verdict', createdAt, `Meta's rules refuse it.${words}`, { reason });
  const isHeld = (HOLD_REASONS as readonly string[]).includes(code ?? '');
  if (isHeld) return toStep('verdict', createdAt, `Meta's rules hold it.${words}`, { reason });
  return toStep('verdict', createdAt, 'The send was recorded.');
}

function callsInWords(attempts: number): string {
  return attempts === 1 ? 'Meta was called.' : `Meta was called ${attempts} times.`;
}

const UNSETTLED = {
  calling: 'A worker calls Meta for it, and no answer is recorded.',
  waiting: 'Meta did not take it yet, and it is tried again.',
  unconfirmed: 'Nobody knows whether Meta took it; its echo will tell.',
} as const;

function outcomeSteps(send: TracedSend, receipts: Receipts): readonly TraceStep[] {
  const { status, code, settledAt, attempts, unconfirmedSince } = send;
  const why = { reason: code ?? null };
  const words = code === undefined ? '' : ` ${wordsOf(code)}`;
  switch (status) {
    case 'sent':
      return [
        toStep('sent', settledAt, `Meta took it as ${send.messageId ?? 'a message'}.`),
        ...receiptSteps(send, receipts),
      ];
    case 'refused':
      // Without a call the verdict says it.
      return attempts === 0 ? [] : [toStep('refused', settledAt, `It is refused.${words}`, why)];
    case 'failed':
      return [toStep('failed', settledAt, `It was not sent, and is not tried again.${words}`, why)];
    case 'unknown':
      return [toStep('unknown', settledAt, `It may have been delivered, and is not sent again.${words}`, why)];
    case 'calling':
    case 'waiting':
    case 'unconfirmed':
      return [toStep('pending', unconfirmedSince, `${UNSETTLED[status]}${words}`, why)];
  }
}

function receiptSteps({ echoedAt, saidAt }: TracedSend, receipts: Receipts): readonly TraceStep[] {
  const { deliveredUntil = -1, readUntil = -1 } = receipts;
  const isBy = (until: number) => saidAt !== undefined && saidAt <= until;
  // A receipt is a time up to which all arrived: when this one did, nobody recorded.
  const untilWords = (until: number) => `everything until ${isoTime(until)}`;
  return [
    ...(echoedAt === undefined ? [] : [toStep('echoed', echoedAt, 'Its echo came back from Meta.')]),
    ...(isBy(Math.max(deliveredUntil, readUntil))
      ? [toStep('delivered', undefined, `Meta delivered ${untilWords(Math.max(deliveredUntil, readUntil))}.`)]
      : []),
    ...(isBy(readUntil) ? [toStep('read', undefined, `The person read ${untilWords(readUntil)}.`)] : []),
  ];
}
