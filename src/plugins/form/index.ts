/**
 * A form asks one question after the other and keeps what fits. It is data in, data out: a plugin holds the
 * {@link FormState} in its own state and says what the form hands it. Lead capture is built on it.
 */
import type { MessageEvent } from '../../messenger/inbound-event.ts';
import type { Sayable } from '../../messenger/outbound-message.ts';
import type { OptionChecks } from '../options.ts';
import type { Field } from './field.ts';

export { field, type Field, type StandardSchema } from './field.ts';
export { choice, date, email, number, phone, text } from './fields.ts';

export type Fields = Readonly<Record<string, Field>>;
export type Answers = Readonly<Record<string, string>>;

/** How far a person has come; plain JSON. */
export interface FormState {
  readonly asking: string;
  readonly answers: Answers;
}

export type FormStep =
  /** The answer fits; this is what is asked next. */
  | { readonly status: 'asks'; readonly state: FormState; readonly say: Sayable }
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
  return ask(fields, {});
}

/** The question that a form in this state waits for. */
export function question(fields: Fields, { asking }: FormState): Sayable | undefined {
  return fields[asking]?.ask;
}

/** Takes an answer. Its text, or the payload of the tapped quick reply: Meta puts an e-mail or a number into both. */
export async function answerForm(fields: Fields, state: FormState, message: MessageEvent): Promise<FormStep> {
  const field = Object.hasOwn(fields, state.asking) ? fields[state.asking] : undefined;
  if (!field) return ask(fields, state.answers);
  const result = await field.schema['~standard'].validate(message.text ?? message.quickReply ?? '');
  if (result.issues) return { status: 'misfit', say: field.retry ?? result.issues[0]?.message ?? 'Please try again.' };
  return ask(fields, { ...state.answers, [state.asking]: written(result.value) });
}

function ask(fields: Fields, answers: Answers): FormStep {
  const next = Object.entries(fields).find(([name]) => !Object.hasOwn(answers, name));
  if (!next) return { status: 'complete', answers };
  const [asking, field] = next;
  return { status: 'asks', state: { asking, answers }, say: field.ask };
}

/** A lead keeps texts; what a schema makes of an answer may be anything. */
function written(value: unknown): string {
  if (typeof value !== 'object' || value === null) return String(value);
  return value instanceof Date ? value.toISOString() : JSON.stringify(value);
}
