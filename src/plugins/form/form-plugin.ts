import type { MessageEvent, PostbackEvent } from '../../messenger/inbound/inbound-event.ts';
import type { Sayable } from '../../messenger/outbound/outbound-message.ts';
import { endOfQuietHours } from '../../policy/quiet-hours.ts';
import { msOf } from '../duration.ts';
import { fits } from '../pattern.ts';
import type { NoActivities, ActivityFunctions } from '../plugin-activities.ts';
import type { HookResult, Plugin, PluginContext } from '../plugin.ts';
import { wanted } from './form-actions.ts';
import type { FormRules } from './form-options.ts';
import {
  answerForm,
  beginForm,
  changeAnswer,
  question,
  skipQuestion,
  type Answers,
  type FormState,
  type FormStep,
} from './steps.ts';
import { afterPause, skippable, summary } from './texts.ts';

/** A form that is under way. Times are epoch ms. */
export interface Filling extends FormState {
  readonly startedAt: number;
  /** When it was last asked or answered. */
  readonly at: number;
  /** When the person agreed to something. */
  readonly agreedAt?: number;
  /** Answers to this question that did not fit. */
  readonly misfits?: number;
  /** They were asked whether to go on. */
  readonly isPaused?: true;
  readonly isReminded?: true;
}

export interface FormPluginState {
  form?: Filling;
  /** What was wrong with the last answer, until somebody has dealt with it. */
  complaint?: Sayable;
}

/** What becomes of a form that is filled in. */
export interface Outcome<State extends object, Activities extends ActivityFunctions> {
  /** Before anybody is told that it is done. */
  keep?(ctx: PluginContext<State, Activities>, answers: Answers, form: Filling): Promise<void>;
  /** After the person heard it. */
  afterwards?(ctx: PluginContext<State, Activities>): Promise<void>;
}

/** Why a form ended early. */
export type Cancelled = 'asked' | 'declined' | 'misfits' | 'nothing answered' | 'opt-out';

type Hooks<State extends object, Activities extends ActivityFunctions> = Pick<
  Plugin<State, Activities>,
  'progress' | 'onMessage' | 'afterMessage' | 'onTopic' | 'onWindowClosing' | 'beforeWindowCloses'
>;

/** The hooks of a plugin that asks a form. */
export function formHooks<State extends FormPluginState, Activities extends ActivityFunctions = NoActivities>(
  rules: FormRules,
  outcome: Outcome<State, Activities> = {},
): Hooks<State, Activities> {
  const { on, fields, name, labels, texts, intro, pauseAfter, remindBefore, quietHours } = rules;
  type Context = PluginContext<State, Activities>;

  const isRequired = ({ asking = '' }: Filling) => fields[asking]?.refusal !== undefined;
  const maySkip = (form: Filling) =>
    rules.afterTries === 'skip' && (form.misfits ?? 0) >= rules.tries && !isRequired(form);
  const isStale = (form: Filling, now: number) => !form.isPaused && now - (form.at ?? 0) >= msOf(pauseAfter);

  /** An address after a pause is an answer; just any words are none to a question of last week. */
  const isGreeting = (form: Filling, now: number) =>
    isStale(form, now) && fields[form.asking ?? '']?.takesAnyWords === true;

  async function begin(ctx: Context): Promise<HookResult> {
    ctx.state.form = { answers: {}, startedAt: ctx.now, at: ctx.now };
    ctx.emit(`${name}.started`);
    if (intro !== undefined) await ctx.send(intro);
    return follow(ctx, ctx.state.form, beginForm(fields));
  }

  async function follow(ctx: Context, form: Filling, step: FormStep): Promise<HookResult> {
    if (step.status === 'misfit') {
      ctx.state.complaint = step.say;
      return 'pass';
    }
    const { startedAt, agreedAt } = form;
    const going = { startedAt, at: ctx.now, ...(agreedAt !== undefined && { agreedAt }) };
    if (step.status === 'asks') {
      ctx.state.form = { ...step.state, ...going };
      ctx.emit(`${name}.asked`, { field: step.state.asking });
      await ctx.send(step.say);
      return 'handled';
    }
    const { answers } = step;
    ctx.state.form = { ...going, answers, ...(form.skipped && { skipped: form.skipped }) };
    if (Object.keys(plain(answers)).length === 0) return cancel(ctx, 'nothing answered');
    if (!rules.confirm) return finish(ctx, ctx.state.form);
    await ctx.send(summary(name, texts, labels, plain(answers)));
    return 'handled';
  }

  async function finish(ctx: Context, form: Filling): Promise<HookResult> {
    delete ctx.state.form;
    const answers = plain(form.answers);
    await outcome.keep?.(ctx, answers, form);
    ctx.emit(`${name}.completed`, answers);
    await ctx.send(rules.done);
    await outcome.afterwards?.(ctx);
    return 'handled';
  }

  async function cancel(ctx: Context, reason: Cancelled): Promise<HookResult> {
    const { asking } = ctx.state.form ?? {};
    delete ctx.state.form;
    ctx.emit(`${name}.cancelled`, { reason, ...(asking !== undefined && { field: asking }) });
    if (reason !== 'opt-out') await ctx.send(rules.cancelled);
    return 'handled';
  }

  async function answer(ctx: Context, form: Filling, message: MessageEvent): Promise<HookResult> {
    const { asking } = form;
    if (asking === undefined) return 'pass';
    const step = await answerForm(fields, form, message);
    const refusal = Object.hasOwn(fields, asking) ? fields[asking]?.refusal : undefined;
    if (step.status === 'misfit' || refusal === undefined) return follow(ctx, form, step);
    const answers = step.status === 'asks' ? step.state.answers : step.answers;
    if (answers[asking] === refusal) return cancel(ctx, 'declined');
    return follow(ctx, { ...form, agreedAt: ctx.now }, step);
  }

  /** Asks again what waits: after somebody else answered, or with what was wrong. */
  async function askAgain(ctx: Context, form: Filling): Promise<HookResult> {
    ctx.state.form = { ...form, at: ctx.now };
    const asked = question(fields, form);
    if (form.asking === undefined) await ctx.send(summary(name, texts, labels, plain(form.answers)));
    else if (asked !== undefined) await ctx.send(maySkip(form) ? skippable(name, texts, asked) : asked);
    return 'handled';
  }

  async function takeMisfit(ctx: Context, form: Filling, complaint: Sayable): Promise<HookResult> {
    const misfits = (form.misfits ?? 0) + 1;
    if (misfits < rules.tries || rules.afterTries === 'skip') {
      await ctx.send(complaint);
      return askAgain(ctx, { ...form, misfits });
    }
    if (rules.afterTries === 'cancel') return cancel(ctx, 'misfits');
    ctx.state.form = { ...form, misfits: 0, at: ctx.now };
    await ctx.send(texts.stuck);
    ctx.handOver({ reason: `no answer fits "${form.asking ?? ''}" of ${name}`, forMs: msOf('20 hours') });
    return 'handled';
  }

  /** Without what only had to be agreed to. */
  function plain(answers: Answers): Answers {
    const kept = Object.entries(answers).filter(([field]) => fields[field]?.refusal === undefined);
    return Object.fromEntries(kept);
  }

  return {
    progress({ form }) {
      if (!form) return undefined;
      const waits = form.asking === undefined ? 'waits for a yes' : `asks for ${labels[form.asking] ?? form.asking}`;
      return `${waits}, ${Object.keys(plain(form.answers)).length} answered${form.isPaused ? ', left for a while' : ''}`;
    },
    async onMessage(ctx, message) {
      const { form } = ctx.state;
      if (!form) return fits(on, message.text) ? begin(ctx) : 'pass';
      const { deed, field = '' } = wanted(message, { ...form, maySkip: maySkip(form) }, rules);
      if (deed === 'cancel') return cancel(ctx, 'asked');
      if (deed === 'restart') return begin(ctx);
      if (deed === 'answer') return isGreeting(form, ctx.now) ? 'pass' : answer(ctx, form, message);
      const { isPaused: _, ...going } = form;
      if (deed === 'go-on') return askAgain(ctx, going);
      if (deed === 'send') return finish(ctx, going);
      return follow(ctx, going, deed === 'skip' ? skipQuestion(fields, going) : changeAnswer(fields, going, field));
    },
    async afterMessage(ctx, _event: MessageEvent | PostbackEvent, handledBy) {
      const { form, complaint } = ctx.state;
      delete ctx.state.complaint;
      if (!form || handledBy === name) return 'pass';
      if (form.isPaused || isStale(form, ctx.now)) {
        ctx.state.form = { ...form, isPaused: true, at: ctx.now };
        await ctx.send(afterPause(name, texts));
        return 'handled';
      }
      return complaint !== undefined && handledBy === undefined
        ? takeMisfit(ctx, form, complaint)
        : askAgain(ctx, form);
    },
    // Who wants to be left alone is not asked again.
    async onTopic(ctx, { name: topic }) {
      if (topic === 'opt-out' && ctx.state.form) await cancel(ctx, 'opt-out');
    },
    ...(remindBefore !== false && {
      beforeWindowCloses: remindBefore,
      async onWindowClosing(ctx: Context) {
        const { form } = ctx.state;
        if (!form || form.isReminded || form.isPaused) return;
        if (endOfQuietHours(ctx.now, quietHours, quietHours.timeZone ?? ctx.contact.timeZone) !== undefined) return;
        await ctx.send(texts.reminder);
        await askAgain(ctx, { ...form, isReminded: true });
      },
    }),
  };
}
