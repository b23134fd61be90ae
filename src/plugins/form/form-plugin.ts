import type { MessageEvent, PostbackEvent } from '../../messenger/inbound/inbound-event.ts';
import { endOfQuietHours } from '../../policy/quiet-hours.ts';
import { fits, wordsThatFit } from '../pattern.ts';
import type { NoActivities, ActivityFunctions } from '../plugin-activities.ts';
import type { Plugin, PluginContext } from '../plugin.ts';
import { intentOf } from './form-actions.ts';
import { pauseQuestion } from './form-messages.ts';
import { formTopics, type FormRules } from './form-options.ts';
import {
  canSkip,
  describeProgress,
  isPossiblyGreeting,
  isRepeatedTap,
  isStale,
  type FormPluginState,
  type FormProgress,
} from './form-progress.ts';
import {
  askAgain,
  cancelForm,
  finishForm,
  handleInvalidAnswer,
  startForm,
  takeAnswer,
  takeStep,
  type FormTurn,
} from './form-turn.ts';
import { changeAnswer, skipQuestion, type Answers } from './steps.ts';

/** What a plugin does with a completed form. */
export interface FormCompletion<State extends object, Activities extends ActivityFunctions> {
  /** Called before the person is told that the form is done. */
  onComplete?(ctx: PluginContext<State, Activities>, answers: Answers, form: FormProgress): Promise<void>;
  /** Called after the person was told. */
  afterwards?(ctx: PluginContext<State, Activities>): Promise<void>;
}

type FormHooks<State extends object, Activities extends ActivityFunctions> = Pick<
  Plugin<State, Activities>,
  | 'emits'
  | 'wordsToTry'
  | 'progress'
  | 'onMessage'
  | 'afterMessage'
  | 'onTopic'
  | 'onWindowClosing'
  | 'beforeWindowCloses'
>;

/** The hooks of a plugin that asks a form. */
export function formHooks<State extends FormPluginState, Activities extends ActivityFunctions = NoActivities>(
  rules: FormRules,
  completion: FormCompletion<State, Activities> = {},
): FormHooks<State, Activities> {
  type Context = PluginContext<State, Activities>;

  const turnOf = (ctx: Context): FormTurn => ({
    ctx,
    rules,
    onComplete: async (answers, form) => completion.onComplete?.(ctx, answers, form),
    afterwards: async () => completion.afterwards?.(ctx),
  });

  const startedBy = async (ctx: Context, message: MessageEvent) =>
    fits(rules.on, message.text) ? startForm(turnOf(ctx)) : 'pass';

  return {
    wordsToTry: wordsThatFit(rules.on),
    emits: formTopics(rules.name),
    progress: ({ form }) => form && describeProgress(rules, form),
    async onMessage(ctx, message) {
      const { form } = ctx.state;
      if (isRepeatedTap(rules, ctx.state, message, ctx.now)) return 'handled';
      delete ctx.state.lastTap;
      const result = form ? await takeMessage(turnOf(ctx), form, message) : await startedBy(ctx, message);
      const { quickReply: payload } = message;
      if (payload !== undefined && result === 'handled') ctx.state.lastTap = { payload, at: ctx.now };
      return result;
    },
    async afterMessage(ctx, _event: MessageEvent | PostbackEvent, handledBy) {
      const { form, complaint } = ctx.state;
      delete ctx.state.complaint;
      if (!form || handledBy === rules.name) return 'pass';
      if (form.isPaused || isStale(rules, form, ctx.now)) {
        ctx.state.form = { ...form, isPaused: true, at: ctx.now };
        await ctx.send(pauseQuestion(rules));
        return 'handled';
      }
      return complaint !== undefined && handledBy === undefined
        ? handleInvalidAnswer(turnOf(ctx), form, complaint)
        : askAgain(turnOf(ctx), form);
    },
    async onTopic(ctx, { name }) {
      if (name === 'opt-out' && ctx.state.form) await cancelForm(turnOf(ctx), 'opt-out');
    },
    ...(rules.remindBefore !== false && {
      beforeWindowCloses: rules.remindBefore,
      async onWindowClosing(ctx: Context) {
        const { form } = ctx.state;
        if (!form || form.isReminded || form.isPaused || isQuiet(rules, ctx)) return;
        await ctx.send(rules.texts.reminder);
        await askAgain(turnOf(ctx), { ...form, isReminded: true });
      },
    }),
  };
}

/** A message while the form is under way. */
async function takeMessage(turn: FormTurn, form: FormProgress, message: MessageEvent) {
  const { ctx, rules } = turn;
  const intent = intentOf(message, { ...form, canSkip: canSkip(rules, form) }, rules);
  const { isPaused: _, ...resumed } = form;
  switch (intent.action) {
    case 'cancel':
      return cancelForm(turn, 'asked');
    case 'restart':
      return startForm(turn);
    case 'answer':
      return isPossiblyGreeting(rules, form, ctx.now) ? 'pass' : takeAnswer(turn, form, message);
    case 'go-on':
    case 'ask-again':
      return askAgain(turn, resumed);
    case 'send':
      return finishForm(turn, resumed);
    case 'skip':
      return takeStep(turn, resumed, skipQuestion(rules.fields, resumed));
    case 'change':
      return takeStep(turn, resumed, changeAnswer(rules.fields, resumed, intent.field));
  }
}

function isQuiet({ quietHours }: FormRules, { now, contact }: Pick<PluginContext, 'now' | 'contact'>): boolean {
  return endOfQuietHours(now, quietHours, quietHours.timeZone ?? contact.timeZone) !== undefined;
}
