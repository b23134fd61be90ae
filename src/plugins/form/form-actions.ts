/** What somebody in the middle of a form wants, besides answering. */

import type { MessageEvent } from '../../messenger/inbound/inbound-event.ts';
import { normalizeWords } from '../../messenger/text.ts';
import { fits } from '../pattern.ts';
import { DEEDS, payloadFor, type Deed } from './payload.ts';
import type { Answers, FormState } from './steps.ts';
import type { FormTexts } from './texts.ts';

export interface Wanted {
  readonly deed: Deed | 'answer';
  /** With `change`. */
  readonly field?: string;
}

interface Rules {
  readonly name: string;
  readonly labels: Answers;
  readonly texts: FormTexts;
  readonly cancelOn: RegExp;
  readonly changeOn: RegExp;
}

interface Moment extends FormState {
  /** They were asked whether to go on. */
  readonly isPaused?: true;
  /** They may leave out the question. */
  readonly maySkip: boolean;
}

const YES = /^\W*(yes|yep|yeah|ok|okay|sure)\W*$/i;
const NO = /^\W*(no|nope)\W*$/i;

/** Reads a tap or words. What a tap on an old button asks for may be out of place by now; then it is an answer. */
export function wanted(message: MessageEvent, form: Moment, { name, labels, texts, ...on }: Rules): Wanted {
  const { text = '', quickReply = '' } = message;
  const isSummary = form.asking === undefined;
  const says = (title: string) => normalizeWords(text) === normalizeWords(title);
  const tapped = DEEDS.find((deed) => quickReply === payloadFor(name, deed));
  const changed = Object.keys(form.answers).find((field) => quickReply === payloadFor(name, 'change', field));
  const may: Record<Deed, boolean> = {
    cancel: true,
    restart: true,
    'go-on': true,
    change: false,
    send: isSummary,
    skip: form.maySkip,
  };
  if (changed !== undefined) return { deed: 'change', field: changed };
  if (tapped !== undefined && may[tapped]) return { deed: tapped };
  if (fits(on.cancelOn, text)) return { deed: 'cancel' };
  if (form.isPaused) {
    if (YES.test(text) || says(texts.goOn)) return { deed: 'go-on' };
    if (NO.test(text) || says(texts.giveUp)) return { deed: 'cancel' };
    if (says(texts.restart)) return { deed: 'restart' };
  }
  const field = isSummary || fits(on.changeOn, text) ? namedField(text, form.answers, labels) : undefined;
  if (field !== undefined) return { deed: 'change', field };
  if (isSummary && (YES.test(text) || says(texts.send))) return { deed: 'send' };
  if (form.maySkip && says(texts.skip)) return { deed: 'skip' };
  return { deed: 'answer' };
}

/** "change my e-mail": the answered field with the longest name in it. */
function namedField(text: string, answers: Answers, labels: Answers): string | undefined {
  const words = joined(text);
  const named = Object.keys(answers).filter((name) => {
    const label = joined(labels[name] ?? name);
    return label !== '' && words.includes(label);
  });
  return named.toSorted((one, other) => other.length - one.length)[0];
}

function joined(text: string): string {
  return normalizeWords(text).replaceAll(' ', '');
}
