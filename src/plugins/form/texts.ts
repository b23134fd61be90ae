import { LIMITS } from '../../messenger/outbound/limits.ts';
import type { OptionChecks } from '../options.ts';
import type { Answers } from './steps.ts';

/** A form's own texts, for translation. Titles of buttons have 1 to 20 characters, the others 1 to 1,999. */
export interface FormTexts {
  /** Button that skips a question after too many invalid answers. Default: `Skip`. */
  readonly skip: string;
  /** Stands above the summary of the answers. Default: `Is this right?` */
  readonly check: string;
  /** Button that sends the summary. Default: `Send`. */
  readonly send: string;
  /** Asks whether to go on, after the person was silent for `pauseAfter`. Default: `Shall we go on where we stopped?` */
  readonly pause: string;
  /** Button: go on. Default: `Go on`. */
  readonly goOn: string;
  /** Button: start from the first question. Default: `Start again`. */
  readonly restart: string;
  /** Button: end the form. Default: `No, thanks`. */
  readonly giveUp: string;
  /** Said before the open question is asked again, shortly before the window closes. Default: `One question is still open:` */
  readonly reminder: string;
  /** Said when an operator is called after too many invalid answers. Default: `Let me ask a colleague to help us.` */
  readonly stuck: string;
}

/** The default texts. */
export const ENGLISH_FORM_TEXTS: FormTexts = {
  skip: 'Skip',
  check: 'Is this right?',
  send: 'Send',
  pause: 'Shall we go on where we stopped?',
  goOn: 'Go on',
  restart: 'Start again',
  giveUp: 'No, thanks',
  reminder: 'One question is still open:',
  stuck: 'Let me ask a colleague to help us.',
};

const BUTTON_TEXTS = new Set(['skip', 'send', 'goOn', 'restart', 'giveUp']);

/** Throws `bot_invalid` for an unknown or missing text, and for one that is too long. */
export function checkTexts(check: OptionChecks, texts: Partial<FormTexts>): void {
  for (const [name, text] of Object.entries(texts)) {
    check.that(
      Object.hasOwn(ENGLISH_FORM_TEXTS, name),
      `texts.${name}`,
      `one of ${Object.keys(ENGLISH_FORM_TEXTS).join(', ')}`,
      text,
    );
    const maxChars = BUTTON_TEXTS.has(name) ? LIMITS.quickReplyTitleChars : LIMITS.textChars;
    const isText = typeof text === 'string' && text.length > 0 && text.length <= maxChars;
    check.that(isText, `texts.${name}`, `a text of 1 to ${maxChars} characters`, text);
  }
}

/** A label for every field: the given one, or its name in words: `first-name` becomes `First name`. */
export function labelsOf(fields: object, labels: Answers): Answers {
  const entries = Object.keys(fields).map((name) => {
    const words = name
      .replaceAll(/[-_]/g, ' ')
      .replaceAll(/(?<=[a-z])(?=[A-Z])/g, ' ')
      .toLowerCase();
    const label = Object.hasOwn(labels, name) ? labels[name] : undefined;
    return [name, label ?? words.charAt(0).toUpperCase() + words.slice(1)] as const;
  });
  return Object.fromEntries(entries);
}
