import type { Sayable } from '../../messenger/outbound/outbound-message.ts';
import type { Hours } from '../../policy/quiet-hours.ts';
import type { Duration } from '../duration.ts';
import { optionsOf } from '../options.ts';
import { checkFields, type Answers, type FormFields } from './steps.ts';
import { checkTexts, ENGLISH_FORM_TEXTS, labelsOf, type FormTexts } from './texts.ts';

/** The options of {@link form}, and of `leadCapture`. */
export interface FormOptions {
  /** A message that matches starts the form. */
  readonly on: RegExp;
  /** The questions, in the order in which they are asked; at least one. */
  readonly fields: FormFields;
  /** Said when every question is answered. Default: `Thank you!` */
  readonly done?: Sayable;
  /** A message that matches ends the form. Default: a message that is only "cancel", "stop" or "quit". */
  readonly cancelOn?: RegExp;
  /** Said when the form ends early, except after an opt-out. Default: `All right, we leave it at that.` */
  readonly cancelled?: Sayable;
  /** The plugin's name and the prefix of its topics, in kebab-case. Two forms in one bot need two names. Default: `form`. */
  readonly name?: string;
  /** Shows all answers at the end, with buttons to send or change them. Default: `false`. */
  readonly confirm?: boolean;
  /** What answers are called in the summary and in "change my e-mail", by field. Default: the fields' names in words. */
  readonly labels?: Readonly<Record<string, string>>;
  /** A message that matches and names an answer changes it. Default: one that begins with "change", "correct" or "edit". */
  readonly changeOn?: RegExp;
  /** After how many invalid answers to one question `afterTries` happens; at least 1. Default: 3. */
  readonly tries?: number;
  /** `skip` (default): the question may be skipped. `person`: an operator is called. `cancel`: the form ends. */
  readonly afterTries?: 'skip' | 'person' | 'cancel';
  /** A person who was silent for this long is asked whether to go on. At most a year; default: 6 hours. */
  readonly pauseAfter?: Duration;
  /** The open question is asked once more this long before Meta's window closes; `false`: never. Default: 4 hours. */
  readonly remindBefore?: Duration | false;
  /** No such reminder between these hours of the person's day. Default: 21:00 to 08:00. */
  readonly quietHours?: Hours;
  /** The form's own texts, for translation. Default: English. */
  readonly texts?: Partial<FormTexts>;
}

/** The checked options with every default. */
export interface FormRules extends Required<Omit<FormOptions, 'texts'>> {
  readonly texts: FormTexts;
  readonly labels: Answers;
  /** Said before the first question. */
  readonly intro?: Sayable;
}

/** Every option of a form. */
export const FORM_OPTIONS = {
  on: true,
  fields: true,
  done: true,
  cancelOn: true,
  cancelled: true,
  name: true,
  confirm: true,
  labels: true,
  changeOn: true,
  tries: true,
  afterTries: true,
  pauseAfter: true,
  remindBefore: true,
  quietHours: true,
  texts: true,
} satisfies Record<keyof FormOptions, true>;

/** The topics of a form of this name. */
export function formTopics(name: string): readonly string[] {
  return ['started', 'asked', 'completed', 'cancelled', 'not-saved'].map((what) => `${name}.${what}`);
}

/** Checks the options and fills in the defaults. `whose` is the builder's name, for errors. Throws `bot_invalid`. */
export function formRules(whose: string, options: FormOptions & { readonly name: string }): FormRules {
  const rules = {
    done: 'Thank you!',
    cancelOn: /^(cancel|stop|quit)$/i,
    cancelled: 'All right, we leave it at that.',
    confirm: false,
    changeOn: /^\W*(change|correct|edit)\b/i,
    tries: 3,
    afterTries: 'skip',
    pauseAfter: '6 hours',
    remindBefore: '4 hours',
    quietHours: { from: '21:00', to: '08:00' },
    ...options,
    texts: { ...ENGLISH_FORM_TEXTS, ...options.texts },
  } as const;
  const check = optionsOf(whose);
  check.known(options, FORM_OPTIONS);
  for (const pattern of ['on', 'cancelOn', 'changeOn'] as const) check.pattern(pattern, rules[pattern]);
  check.sayable('done', rules.done);
  check.sayable('cancelled', rules.cancelled);
  check.name('name', rules.name);
  checkFields(check, rules.fields);
  const { confirm, labels = {}, tries, afterTries, remindBefore } = rules;
  check.that(typeof confirm === 'boolean', 'confirm', 'true or false', confirm);
  for (const [name, label] of Object.entries(labels)) {
    check.that(Object.hasOwn(rules.fields, name), `labels.${name}`, 'the label of a field', label);
    check.that(typeof label === 'string' && label.trim() !== '', `labels.${name}`, 'a text', label);
  }
  check.that(Number.isInteger(tries) && tries > 0, 'tries', 'a whole number from 1', tries);
  check.that(
    ['skip', 'person', 'cancel'].includes(afterTries),
    'afterTries',
    "'skip', 'person' or 'cancel'",
    afterTries,
  );
  check.duration('pauseAfter', rules.pauseAfter);
  if (remindBefore !== false) check.duration('remindBefore', remindBefore);
  check.hours('quietHours', rules.quietHours);
  checkTexts(check, options.texts ?? {});
  return { ...rules, labels: labelsOf(rules.fields, labels) };
}
