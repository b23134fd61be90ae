import type { Sayable } from '../../messenger/outbound/outbound-message.ts';
import type { Hours } from '../../policy/quiet-hours.ts';
import type { Duration } from '../duration.ts';
import { optionsOf } from '../options.ts';
import { checkFields, type Answers, type Fields } from './steps.ts';
import { checkTexts, ENGLISH, labelsOf, type FormTexts } from './texts.ts';

export interface FormOptions {
  /** A message that fits starts the form. */
  readonly on: RegExp;
  /** What is asked, in this order. */
  readonly fields: Fields;
  /** Said when all is there. */
  readonly done?: Sayable;
  /** A message that fits ends the form. */
  readonly cancelOn?: RegExp;
  readonly cancelled?: Sayable;
  /** Two forms in one bot need two names. Its topics begin with it. */
  readonly name?: string;
  /** Shows all answers at the end, to be sent or changed by a tap. Default: no. */
  readonly confirm?: boolean;
  /** What the answers are called in the summary, and in "change my e-mail". Default: the names of the fields. */
  readonly labels?: Readonly<Record<string, string>>;
  /** A message that fits and names an answer changes it. Default: one that begins with "change", "correct" or "edit". */
  readonly changeOn?: RegExp;
  /** How many answers to one question may not fit before something is done about it. Default: 3. */
  readonly tries?: number;
  /** `skip` (default): the question may be left out. `person`: a colleague is called. `cancel`: the form ends. */
  readonly afterTries?: 'skip' | 'person' | 'cancel';
  /** After so long a silence the person is asked whether to go on. Default: 6 hours. */
  readonly pauseAfter?: Duration;
  /** So long before the window closes the open question is asked once more; `false`: never. Default: 4 hours. */
  readonly remindBefore?: Duration | false;
  /** Not then, in the person's time zone. Default: 21:00 to 08:00. */
  readonly quietHours?: Hours;
  readonly texts?: Partial<FormTexts>;
}

/** The options with every default, and what is said before the first question. */
export interface FormRules extends Required<Omit<FormOptions, 'texts'>> {
  readonly texts: FormTexts;
  readonly labels: Answers;
  readonly intro?: Sayable;
}

/** `whose` is the builder's name as the author wrote it. */
export function formRules(whose: string, options: FormOptions & { readonly name: string }): FormRules {
  const rules = {
    done: 'Thank you!',
    cancelOn: /^\s*(cancel|stop|quit)\s*$/i,
    cancelled: 'All right, we leave it at that.',
    confirm: false,
    changeOn: /^\W*(change|correct|edit)\b/i,
    tries: 3,
    afterTries: 'skip',
    pauseAfter: '6 hours',
    remindBefore: '4 hours',
    quietHours: { from: '21:00', to: '08:00' },
    ...options,
    texts: { ...ENGLISH, ...options.texts },
  } as const;
  const check = optionsOf(whose);
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
