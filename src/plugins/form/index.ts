/**
 * A form asks one question after the other and emits the answers as a topic. `lead-capture` is a form whose answers are
 * stored as a lead; a plugin of your own can be built on the steps as well.
 */

import { definePlugin, type Plugin } from '../plugin.ts';
import { formRules, type FormOptions } from './form-options.ts';
import { formHooks } from './form-plugin.ts';
import type { FormPluginState } from './form-progress.ts';

export { field, type Field, type StandardSchema } from './field.ts';
export { choice, date, email, number, phone, text } from './fields.ts';
export type { FormOptions } from './form-options.ts';
export { answerForm, beginForm } from './steps.ts';
export type { FormTexts } from './texts.ts';

/**
 * Asks questions and emits `{name}.completed` with the answers; it stores nothing. An invalid answer is offered to the
 * other plugins first, so a person can ask for the opening hours in between; then the form asks again.
 *
 * @throws BotError `bot_invalid`, with the option that is wrong.
 */
export function form(options: FormOptions): Plugin<FormPluginState> {
  const rules = formRules('form', { name: 'form', ...options });
  return definePlugin<FormPluginState>({ name: rules.name, state: {}, ...formHooks(rules) });
}
