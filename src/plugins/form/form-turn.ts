/** What a form does in one turn of a conversation: each function changes the plugin's state, sends messages, or both. */

import type { MessageEvent } from '../../messenger/inbound/inbound-event.ts';
import type { Sayable } from '../../messenger/outbound/outbound-message.ts';
import { msOf } from '../duration.ts';
import type { HookResult, PluginContext } from '../plugin.ts';
import { answersSummary, withSkip } from './form-messages.ts';
import type { FormRules } from './form-options.ts';
import { canSkip, withoutConsent, type FormPluginState, type FormProgress } from './form-progress.ts';
import { answerForm, beginForm, questionOf, type Answers, type FormStep } from './steps.ts';

/** One call of a form's hook. */
export interface FormTurn {
  readonly ctx: Pick<PluginContext<FormPluginState>, 'state' | 'now' | 'emit' | 'send' | 'handOver'>;
  readonly rules: FormRules;
  /** Called with the answers before the person is told that the form is done. */
  readonly onComplete: (answers: Answers, form: FormProgress) => Promise<void>;
  /** Called after the person was told. */
  readonly afterwards: () => Promise<void>;
}

/** `reason` of the topic `{name}.cancelled`. */
export type CancelReason = 'asked' | 'declined' | 'misfits' | 'nothing answered' | 'opt-out';

/** How long the bot is silent after an operator was called because of invalid answers. */
const HANDOFF_MS = msOf('20 hours');

/** Starts the form from its first question, also when it was under way. */
export async function startForm(turn: FormTurn): Promise<HookResult> {
  const { ctx, rules } = turn;
  ctx.state.form = { answers: {}, startedAt: ctx.now, at: ctx.now };
  ctx.emit(`${rules.name}.started`);
  if (rules.intro !== undefined) await ctx.send(rules.intro);
  return takeStep(turn, ctx.state.form, beginForm(rules.fields));
}

/** Asks the next question, shows the summary, or finishes. An invalid answer is offered to the other plugins first. */
export async function takeStep(turn: FormTurn, form: FormProgress, step: FormStep): Promise<HookResult> {
  const { ctx, rules } = turn;
  if (step.status === 'invalid_answer') {
    ctx.state.complaint = step.say;
    return 'pass';
  }
  const { startedAt, agreedAt, skipped } = form;
  const times = { startedAt, at: ctx.now, ...(agreedAt !== undefined && { agreedAt }) };
  if (step.status === 'ask') {
    ctx.state.form = { ...step.state, ...times };
    ctx.emit(`${rules.name}.asked`, { field: step.state.asking });
    await ctx.send(step.say);
    return 'handled';
  }
  const completed: FormProgress = { ...times, answers: step.answers, ...(skipped && { skipped }) };
  ctx.state.form = completed;
  const answers = withoutConsent(rules, step.answers);
  if (Object.keys(answers).length === 0) return cancelForm(turn, 'nothing answered');
  if (!rules.confirm) return finishForm(turn, completed);
  await ctx.send(answersSummary(rules, answers));
  return 'handled';
}

/** Hands over the answers, then tells the person that the form is done. */
export async function finishForm({ ctx, rules, ...turn }: FormTurn, form: FormProgress): Promise<HookResult> {
  delete ctx.state.form;
  const answers = withoutConsent(rules, form.answers);
  await turn.onComplete(answers, form);
  ctx.emit(`${rules.name}.completed`, answers);
  await ctx.send(rules.done);
  await turn.afterwards();
  return 'handled';
}

/** Ends the form early. A person who opted out is not sent a message about it. */
export async function cancelForm({ ctx, rules }: FormTurn, reason: CancelReason): Promise<HookResult> {
  const { asking } = ctx.state.form ?? {};
  delete ctx.state.form;
  ctx.emit(`${rules.name}.cancelled`, { reason, ...(asking !== undefined && { field: asking }) });
  if (reason !== 'opt-out') await ctx.send(rules.cancelled);
  return 'handled';
}

/** Takes a message as the answer to the open question. */
export async function takeAnswer(turn: FormTurn, form: FormProgress, message: MessageEvent): Promise<HookResult> {
  const { fields } = turn.rules;
  const { asking } = form;
  if (asking === undefined) return 'pass';
  const step = await answerForm(fields, form, message);
  const refusal = Object.hasOwn(fields, asking) ? fields[asking]?.refusal : undefined;
  if (step.status === 'invalid_answer' || refusal === undefined) return takeStep(turn, form, step);
  const answers = step.status === 'ask' ? step.state.answers : step.answers;
  if (answers[asking] === refusal) return cancelForm(turn, 'declined');
  return takeStep(turn, { ...form, agreedAt: turn.ctx.now }, step);
}

/** Asks the open question again, or shows the summary again. */
export async function askAgain({ ctx, rules }: FormTurn, form: FormProgress): Promise<HookResult> {
  ctx.state.form = { ...form, at: ctx.now };
  const question = questionOf(rules.fields, form);
  if (form.asking === undefined) await ctx.send(answersSummary(rules, withoutConsent(rules, form.answers)));
  else if (question !== undefined) await ctx.send(canSkip(rules, form) ? withSkip(rules, question) : question);
  return 'handled';
}

/** Deals with an invalid answer that no other plugin handled: asks again, calls an operator, or ends the form. */
export async function handleInvalidAnswer(turn: FormTurn, form: FormProgress, complaint: Sayable): Promise<HookResult> {
  const { ctx, rules } = turn;
  const misfits = (form.misfits ?? 0) + 1;
  if (misfits < rules.tries || rules.afterTries === 'skip') {
    await ctx.send(complaint);
    return askAgain(turn, { ...form, misfits });
  }
  if (rules.afterTries === 'cancel') return cancelForm(turn, 'misfits');
  ctx.state.form = { ...form, misfits: 0, at: ctx.now };
  await ctx.send(rules.texts.stuck);
  ctx.handOver({ reason: `no answer fits "${form.asking ?? ''}" of ${rules.name}`, forMs: HANDOFF_MS });
  return 'handled';
}
