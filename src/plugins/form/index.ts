/**
 * Asks one question after the other and tells what came of it. Lead capture is a form whose answers are kept; a plugin
 * of one's own can build on the steps as well.
 */

import { definePlugin, type Plugin } from '../plugin.ts';
import { formRules, type FormOptions } from './form-options.ts';
import { formHooks, type FormPluginState } from './form-plugin.ts';

export { field, type Field, type StandardSchema } from './field.ts';
export { choice, date, email, number, phone, text } from './fields.ts';
export type { FormOptions } from './form-options.ts';
export { answerForm, beginForm } from './steps.ts';
export type { FormTexts } from './texts.ts';

/**
 * Asks, and emits `{name}.completed` with the answers; nothing is kept. What is no answer is offered to the other plugins
 * first, so a person can ask for the opening hours in the middle; then the form goes on.
 */
export function form(options: FormOptions): Plugin<FormPluginState> {
  const rules = formRules('form', { name: 'form', ...options });
  return definePlugin<FormPluginState>({ name: rules.name, state: {}, ...formHooks(rules) });
}
