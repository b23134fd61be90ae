/** The steps of a form as data in and data out: which question comes next, whether an answer fits. */

import type { MessageEvent } from '../../messenger/inbound/inbound-event.ts';
import type { Sayable } from '../../messenger/outbound/outbound-message.ts';
import type { OptionChecks } from '../options.ts';
import type { Field } from './field.ts';

export type Fields = Readonly<Record<string, Field>>;
export type Answers = Readonly<Record<string, string>>;

/** How far a person has come; plain JSON. */
export interface FormState {
  /** The question that waits; left out when all is answered. */
  readonly asking?: string;
  readonly answers: Answers;
  /** Questions that the person left out. */
  readonly skipped?: readonly string[];
}

export type FormStep =
  /** The answer fits; this is what is asked next. */
  | { readonly status: 'asks'; readonly state: FormState & { readonly asking: string }; readonly say: Sayable }
  /** The answer does not fit. */
  | { readonly status: 'misfit'; readonly say: Sayable }
  /** That was the last one. */
  | { readonly status: 'complete'; readonly answers: Answers };

/** Throws when a form with these fields could not be filled in. */
export function checkFields(check: OptionChecks, fields: Fields): void {
  const isObject = typeof fields === 'object' && fields !== null;
  check.that(isObject && Object.keys(fields).length > 0, 'fields', 'an object with a question', fields);
  for (const [name, field] of Object.entries(fields)) {
    const validate: unknown = field?.schema?.['~standard']?.validate;
    check.that(typeof validate === 'function', `fields.${name}`, "a field such as email('Which e-mail …?')", field);
    check.sayable(`fields.${name}.ask`, field.ask);
    if (field.retry !== undefined) check.sayable(`fields.${name}.retry`, field.retry);
  }
}

export function beginForm(fields: Fields): FormStep {
  return nextStep(fields, { answers: {} });
}

/** The question that a form in this state waits for. */
export function question(fields: Fields, { asking = '' }: FormState): Sayable | undefined {
  return fieldOf(fields, asking)?.ask;
}

/** Takes an answer. Its text, or the payload of the tapped quick reply: Meta puts an e-mail or a number into both. */
export async function answerForm(fields: Fields, state: FormState, message: MessageEvent): Promise<FormStep> {
  const { asking = '', answers } = state;
  const field = fieldOf(fields, asking);
  if (!field) return nextStep(fields, state);
  const result = await field.schema['~standard'].validate(message.text ?? message.quickReply ?? '');
  if (result.issues) return { status: 'misfit', say: field.retry ?? result.issues[0]?.message ?? 'Please try again.' };
  return nextStep(fields, { ...state, answers: { ...answers, [asking]: written(result.value) } });
}

/** Goes on without an answer to the question that waits. */
export function skipQuestion(fields: Fields, state: FormState): FormStep {
  const { asking = '', answers, skipped = [] } = state;
  const { [asking]: _, ...others } = answers;
  return nextStep(fields, { answers: others, skipped: [...skipped, asking] });
}

/** Asks a question again that was answered or left out; its answer stays until there is another. */
export function changeAnswer(fields: Fields, { answers, skipped = [] }: FormState, name: string): FormStep {
  const field = fieldOf(fields, name);
  const state = { answers, skipped: skipped.filter((other) => other !== name) };
  return field ? { status: 'asks', state: { ...state, asking: name }, say: field.ask } : nextStep(fields, state);
}

function nextStep(fields: Fields, { answers, skipped = [] }: FormState): FormStep {
  const next = Object.entries(fields).find(([name]) => !Object.hasOwn(answers, name) && !skipped.includes(name));
  if (!next) return { status: 'complete', answers };
  const [asking, field] = next;
  const state = { asking, answers, ...(skipped.length > 0 && { skipped }) };
  return { status: 'asks', state, say: field.ask };
}

function fieldOf(fields: Fields, name: string): Field | undefined {
  return Object.hasOwn(fields, name) ? fields[name] : undefined;
}

/** A lead keeps texts; what a schema makes of an answer may be anything. */
function written(value: unknown): string {
  if (typeof value !== 'object' || value === null) return String(value);
  return value instanceof Date ? value.toISOString() : JSON.stringify(value);
}
