import type { MessageEvent } from '../../messenger/inbound-event.ts';
import type { Sayable } from '../../messenger/outbound-message.ts';
import {
  answerForm,
  beginForm,
  checkFields,
  question,
  type Fields,
  type FormState,
  type FormStep,
} from '../form/index.ts';
import { optionsOf } from '../options.ts';
import { fits } from '../pattern.ts';
import { definePlugin, type Plugin, type PluginContext } from '../plugin.ts';

export interface LeadCaptureOptions {
  /** A message that fits starts the form. */
  readonly on: RegExp;
  /** What is asked, in this order. */
  readonly fields: Fields;
  /** Said when all is there. */
  readonly done?: Sayable;
  /** A message that fits ends the form without a lead. */
  readonly cancelOn?: RegExp;
  readonly cancelled?: Sayable;
  /** Two forms in one bot need two names. Default: `lead-capture`. Emits `{name}.completed` and `{name}.cancelled`. */
  readonly name?: string;
}

interface LeadCaptureState {
  form?: FormState;
  /** What was wrong with the last answer, until somebody has dealt with it. */
  complaint?: Sayable;
}

/**
 * Asks for contact data and keeps it as a lead. What is no answer is offered to the other plugins first, so a person
 * can ask for the opening hours in the middle; then the form goes on.
 */
export function leadCapture(options: LeadCaptureOptions): Plugin<LeadCaptureState> {
  const { on, fields, name = 'lead-capture', cancelOn = /^\s*(cancel|stop|quit)\s*$/i } = options;
  const { done = 'Thank you! We will be in touch.', cancelled = 'All right, we leave it at that.' } = options;
  checkOptions({ on, fields, name, cancelOn, done, cancelled });

  async function follow(ctx: PluginContext<LeadCaptureState>, step: FormStep): Promise<'handled' | 'pass'> {
    if (step.status === 'misfit') {
      ctx.state.complaint = step.say;
      return 'pass';
    }
    if (step.status === 'asks') {
      ctx.state.form = step.state;
      await ctx.send(step.say);
      return 'handled';
    }
    delete ctx.state.form;
    await ctx.saveLead(name, step.answers);
    ctx.emit(`${name}.completed`, step.answers);
    await ctx.send(done);
    return 'handled';
  }

  return definePlugin<LeadCaptureState>({
    name,
    state: {},
    async onMessage(ctx, message: MessageEvent) {
      const { form } = ctx.state;
      if (!form) return fits(on, message.text) ? follow(ctx, beginForm(fields)) : 'pass';
      if (!fits(cancelOn, message.text)) return follow(ctx, await answerForm(fields, form, message));
      delete ctx.state.form;
      ctx.emit(`${name}.cancelled`);
      await ctx.send(cancelled);
      return 'handled';
    },
    async afterMessage(ctx, _event, handledBy) {
      const { form, complaint } = ctx.state;
      delete ctx.state.complaint;
      if (!form || handledBy === name) return 'pass';
      if (complaint !== undefined && handledBy === undefined) await ctx.send(complaint);
      const again = question(fields, form);
      if (again !== undefined) await ctx.send(again);
      return 'handled';
    },
    onTopic(ctx, { name: topic }) {
      // Who wants to be left alone is not asked again.
      if (topic === 'opt-out') delete ctx.state.form;
    },
  });
}

function checkOptions({ on, fields, name, cancelOn, done, cancelled }: Required<LeadCaptureOptions>): void {
  const check = optionsOf('leadCapture');
  check.pattern('on', on);
  check.pattern('cancelOn', cancelOn);
  check.sayable('done', done);
  check.sayable('cancelled', cancelled);
  check.name('name', name);
  checkFields(check, fields);
}
