/** How far a person has come in a form, and what follows from it. Pure functions. */

import type { MessageEvent } from '../../messenger/inbound/inbound-event.ts';
import type { QuickReply, Sayable } from '../../messenger/outbound/outbound-message.ts';
import { outboundMessage } from '../../messenger/outbound/sayable.ts';
import { msOf } from '../duration.ts';
import type { FormRules } from './form-options.ts';
import { questionOf, type Answers, type FormState } from './steps.ts';

/** A form that a person is filling in. Persisted with the conversation: field names stay. Times are epoch ms. */
export interface FormProgress extends FormState {
  readonly startedAt: number;
  /** When the open question was last asked or answered. */
  readonly at: number;
  /** When the person gave consent. */
  readonly agreedAt?: number;
  /** Invalid answers to the open question. */
  readonly misfits?: number;
  /** The person was asked whether to go on, and has not answered. */
  readonly isPaused?: true;
  /** The person was reminded before the window closed. */
  readonly isReminded?: true;
}

/** The persisted state of a plugin that asks a form. */
export interface FormPluginState {
  form?: FormProgress;
  /** What to say about the last answer, which was invalid. Set in `onMessage`, consumed in `afterMessage` of the same turn. */
  complaint?: Sayable;
  /** The tap that the form took last, until the person does something else. */
  lastTap?: { readonly payload: string; readonly at: number };
}

/** Whether the open question may be skipped: after too many invalid answers, and never a request for consent. */
export function canSkip(rules: FormRules, form: FormProgress): boolean {
  const { asking = '', misfits = 0 } = form;
  return rules.afterTries === 'skip' && misfits >= rules.tries && rules.fields[asking]?.refusal === undefined;
}

/** Whether the person has been silent for so long that they are asked whether to go on. */
export function isStale({ pauseAfter }: FormRules, form: FormProgress, now: number): boolean {
  return !form.isPaused && now - (form.at ?? 0) >= msOf(pauseAfter);
}

/** Whether a message after a long silence may be a greeting and no answer: the open question takes any words. */
export function isPossiblyGreeting(rules: FormRules, form: FormProgress, now: number): boolean {
  return isStale(rules, form, now) && rules.fields[form.asking ?? '']?.takesAnyWords === true;
}

/** The answers without those that only gave consent. */
export function withoutConsent({ fields }: FormRules, answers: Answers): Answers {
  return Object.fromEntries(Object.entries(answers).filter(([name]) => fields[name]?.refusal === undefined));
}

/** The progress in a few words for Temporal's UI. */
export function describeProgress(rules: FormRules, form: FormProgress): string {
  const { asking, answers, isPaused } = form;
  const waits = asking === undefined ? 'waits for a yes' : `asks for ${rules.labels[asking] ?? asking}`;
  const answered = Object.keys(withoutConsent(rules, answers)).length;
  return `${waits}, ${answered} answered${isPaused ? ', left for a while' : ''}`;
}

/** Two taps on one button within this time are one, whatever the second finds. */
const MAX_REPEATED_TAP_MS = 60_000;

/**
 * Whether a tap is the second on a button that the form has taken already: people tap twice while the network is slow. A
 * tap on what the open question offers too, as "Yes" after "Yes", is an answer.
 */
export function isRepeatedTap(
  { fields }: FormRules,
  { form, lastTap }: FormPluginState,
  { quickReply: payload }: Pick<MessageEvent, 'quickReply'>,
  now: number,
): boolean {
  if (lastTap === undefined || payload !== lastTap.payload || now - lastTap.at > MAX_REPEATED_TAP_MS) return false;
  const question = form && questionOf(fields, form);
  return question === undefined || !offers(question, payload);
}

function offers(question: Sayable, payload: string): boolean {
  const message = outboundMessage(question);
  const replies: readonly QuickReply[] = ('quick_replies' in message && message.quick_replies) || [];
  // What the profile offers is not known here, so each tap may be it.
  return replies.some((reply) => reply.content_type !== 'text' || reply.payload === payload);
}
