/** What a person can ask of a form besides answering its question, and the payloads of the buttons that say so. */

import type { MessageEvent } from '../../messenger/inbound/inbound-event.ts';
import { findByTitle, normalizeWords } from '../../messenger/text.ts';
import { fits } from '../pattern.ts';
import type { Answers, FormState } from './steps.ts';
import type { FormTexts } from './texts.ts';

/** Part of payloads, which people tap for as long as the button is there: never change these. */
const FORM_ACTIONS = ['cancel', 'restart', 'go-on', 'send', 'skip', 'change'] as const;
/** What a button of a form asks for. */
export type FormAction = (typeof FORM_ACTIONS)[number];

/** The payload of a form's button: `form:action`, or `form:change:field`. */
export function payloadFor(form: string, action: FormAction, field?: string): string {
  return [form, action, ...(field === undefined ? [] : [field])].join(':');
}

/** What a message means to a form. */
export type Intent =
  | { readonly action: Exclude<FormAction, 'change'> | 'answer' | 'ask-again' }
  /** Change the answer to this field. */
  | { readonly action: 'change'; readonly field: string };

interface IntentRules {
  readonly name: string;
  readonly labels: Answers;
  readonly texts: FormTexts;
  readonly cancelOn: RegExp;
  readonly changeOn: RegExp;
}

interface IntentState extends FormState {
  /** The person was asked whether to go on. */
  readonly isPaused?: true;
  /** The question may be skipped. */
  readonly canSkip: boolean;
}

const YES = /^(yes|yep|yeah|ok|okay|sure)$/i;
const NO = /^(no|nope)$/i;

/** The intent of a tap or of typed words. A button of the form whose action no longer applies is no answer: it asks again. */
export function intentOf(message: MessageEvent, form: IntentState, rules: IntentRules): Intent {
  return tappedIntent(message, form, rules.name) ?? typedIntent(message.text ?? '', form, rules);
}

function tappedIntent({ quickReply }: MessageEvent, form: IntentState, name: string): Intent | undefined {
  if (quickReply === undefined) return undefined;
  const field = Object.keys(form.answers).find((key) => quickReply === payloadFor(name, 'change', key));
  if (field !== undefined) return { action: 'change', field };
  if (quickReply.startsWith(payloadFor(name, 'change', ''))) return { action: 'ask-again' };
  const action = FORM_ACTIONS.find((one) => quickReply === payloadFor(name, one));
  if (action === undefined || action === 'change') return undefined;
  const isAllowed = action === 'send' ? isComplete(form) : action === 'skip' ? form.canSkip : true;
  return { action: isAllowed ? action : 'ask-again' };
}

function typedIntent(text: string, form: IntentState, { labels, texts, cancelOn, changeOn }: IntentRules): Intent {
  const isTitle = (title: string) => findByTitle(text, [title], (one) => one) !== undefined;
  if (fits(cancelOn, text)) return { action: 'cancel' };
  if (form.isPaused) {
    if (fits(YES, text) || isTitle(texts.goOn)) return { action: 'go-on' };
    if (fits(NO, text) || isTitle(texts.giveUp)) return { action: 'cancel' };
    if (isTitle(texts.restart)) return { action: 'restart' };
  }
  const field = isComplete(form) || fits(changeOn, text) ? namedField(text, form.answers, labels) : undefined;
  if (field !== undefined) return { action: 'change', field };
  if (isComplete(form) && (fits(YES, text) || isTitle(texts.send))) return { action: 'send' };
  if (form.canSkip && isTitle(texts.skip)) return { action: 'skip' };
  return { action: 'answer' };
}

/** No question is open: the summary is shown. */
function isComplete({ asking }: FormState): boolean {
  return asking === undefined;
}

/** The answered field whose label occurs in the text ("change my e-mail"); the longest label wins. */
function namedField(text: string, answers: Answers, labels: Answers): string | undefined {
  const words = withoutSpaces(text);
  const named = Object.keys(answers).filter((name) => {
    const label = withoutSpaces(labels[name] ?? name);
    return label !== '' && words.includes(label);
  });
  return named.toSorted((one, other) => other.length - one.length)[0];
}

function withoutSpaces(text: string): string {
  return normalizeWords(text).replaceAll(' ', '');
}
