/** The steps of a form as pure functions: which question comes next, and whether an answer is valid. */

import type { MessageEvent } from '../../messenger/inbound/inbound-event.ts';
import type { Sayable } from '../../messenger/outbound/outbound-message.ts';
import type { OptionChecks } from '../options.ts';
import type { Field } from './field.ts';

/** The questions of a form by the name of their field, in the order in which they are asked. */
export type FormFields = Readonly<Record<string, Field>>;
/** Texts by the name of a field: its answer, or its label. */
export type Answers = Readonly<Record<string, string>>;

/** How far a person has come; plain JSON, persisted with the conversation: field names stay. */
export interface FormState {
  /** The field whose question is open; missing when every question was answered or skipped. */
  readonly asking?: string;
  readonly answers: Answers;
  /** FormFields that the person skipped. */
  readonly skipped?: readonly string[];
}

/** The result of a step: ask the next question, say that the answer is invalid, or finish. */
export type FormStep =
  | { readonly status: 'ask'; readonly state: FormState & { readonly asking: string }; readonly say: Sayable }
  | { readonly status: 'invalid_answer'; readonly say: Sayable }
  | { readonly status: 'complete'; readonly answers: Answers };

/** Throws `bot_invalid` unless there is a field, and every field has a question and a schema. */
export function checkFields(check: OptionChecks, fields: FormFields): void {
  const isObject = typeof fields === 'object' && fields !== null;
  check.that(isObject && Object.keys(fields).length > 0, 'fields', 'an object with a question', fields);
  for (const [name, field] of Object.entries(fields)) {
    const validate: unknown = field?.schema?.['~standard']?.validate;
    check.that(typeof validate === 'function', `fields.${name}`, "a field such as email('Which e-mail …?')", field);
    check.sayable(`fields.${name}.ask`, field.ask);
    if (field.retry !== undefined) check.sayable(`fields.${name}.retry`, field.retry);
  }
}

/** The first step: asks the first question. */
export function beginForm(fields: FormFields): FormStep {
  return nextStep(fields, { answers: {} });
}

/** The open question of a form; `undefined` when none is open. */
export function questionOf(fields: FormFields, { asking = '' }: FormState): Sayable | undefined {
  return ownField(fields, asking)?.ask;
}

/**
 * Validates an answer: the text of the message, or else the payload of the tapped quick reply. Meta puts a shared e-mail
 * address or phone number into both.
 */
export async function answerForm(fields: FormFields, state: FormState, message: MessageEvent): Promise<FormStep> {
  const { asking = '', answers } = state;
  const field = ownField(fields, asking);
  if (!field) return nextStep(fields, state);
  const result = await field.schema['~standard'].validate(message.text ?? message.quickReply ?? '');
  if (result.issues)
    return { status: 'invalid_answer', say: field.retry ?? result.issues[0]?.message ?? 'Please try again.' };
  return nextStep(fields, { ...state, answers: { ...answers, [asking]: toText(result.value) } });
}

/** Goes on without an answer to the open question. */
export function skipQuestion(fields: FormFields, state: FormState): FormStep {
  const { asking = '', answers, skipped = [] } = state;
  const { [asking]: _, ...others } = answers;
  return nextStep(fields, { answers: others, skipped: [...skipped, asking] });
}

/** Asks an answered or skipped question again; the old answer stays until there is a new one. */
export function changeAnswer(fields: FormFields, { answers, skipped = [] }: FormState, name: string): FormStep {
  const field = ownField(fields, name);
  const state = { answers, skipped: skipped.filter((other) => other !== name) };
  return field ? { status: 'ask', state: { ...state, asking: name }, say: field.ask } : nextStep(fields, state);
}

function nextStep(fields: FormFields, { answers, skipped = [] }: FormState): FormStep {
  const next = Object.entries(fields).find(([name]) => !Object.hasOwn(answers, name) && !skipped.includes(name));
  if (!next) return { status: 'complete', answers };
  const [asking, field] = next;
  const state = { asking, answers, ...(skipped.length > 0 && { skipped }) };
  return { status: 'ask', state, say: field.ask };
}

function ownField(fields: FormFields, name: string): Field | undefined {
  return Object.hasOwn(fields, name) ? fields[name] : undefined;
}

/** A lead stores text; the output of a schema may be anything. */
function toText(value: unknown): string {
  if (typeof value !== 'object' || value === null) return String(value);
  return value instanceof Date ? value.toISOString() : JSON.stringify(value);
}
