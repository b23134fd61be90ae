import { LIMITS } from '../../messenger/outbound/limits.ts';
import { textMessage } from '../../messenger/outbound/message-builders.ts';
import type { QuickReply, Sayable } from '../../messenger/outbound/outbound-message.ts';
import { quickReply } from '../../messenger/outbound/quick-reply.ts';
import { outboundMessage, withQuickReplies } from '../../messenger/outbound/sayable.ts';
import type { OptionChecks } from '../options.ts';
import { payloadFor } from './payload.ts';
import type { Answers } from './steps.ts';

/** The small words of a form, to be said in another language. Those on buttons have at most 20 characters. */
export interface FormTexts {
  /** A button under a question whose answers did not fit. */
  readonly skip: string;
  /** Above the summary, and the button that sends it. */
  readonly check: string;
  readonly send: string;
  /** Asked after a pause, and its three buttons. */
  readonly pause: string;
  readonly goOn: string;
  readonly restart: string;
  readonly giveUp: string;
  /** Said before the question is asked again, shortly before the window closes. */
  readonly reminder: string;
  /** Said when a colleague is called for somebody whose answers never fit. */
  readonly stuck: string;
}

export const ENGLISH: FormTexts = {
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

const BUTTONS = new Set(['skip', 'send', 'goOn', 'restart', 'giveUp']);

export function checkTexts(check: OptionChecks, texts: Partial<FormTexts>): void {
  for (const [name, text] of Object.entries(texts)) {
    check.that(Object.hasOwn(ENGLISH, name), `texts.${name}`, `one of ${Object.keys(ENGLISH).join(', ')}`, text);
    const most = BUTTONS.has(name) ? LIMITS.quickReplyTitle : LIMITS.text;
    const isText = typeof text === 'string' && text.length > 0 && text.length <= most;
    check.that(isText, `texts.${name}`, `a text of 1 to ${most} characters`, text);
  }
}

/** All answers, to be sent or changed by a tap. */
export function summary(form: string, texts: FormTexts, labels: Answers, answers: Answers): Sayable {
  const lines = Object.entries(answers).map(([name, answer]) => `${labels[name] ?? name}: ${answer}`);
  const changes = Object.keys(answers).map((name) =>
    quickReply(shortened(labels[name] ?? name), payloadFor(form, 'change', name)),
  );
  const replies = [quickReply(texts.send, payloadFor(form, 'send')), ...changes];
  return textMessage([texts.check, ...lines].join('\n'), replies.slice(0, LIMITS.quickReplies));
}

/** Asked when somebody comes back to a form that they left. */
export function afterPause(form: string, { pause, goOn, restart, giveUp }: FormTexts): Sayable {
  return textMessage(pause, [
    quickReply(goOn, payloadFor(form, 'go-on')),
    quickReply(restart, payloadFor(form, 'restart')),
    quickReply(giveUp, payloadFor(form, 'cancel')),
  ]);
}

/** A question that may be left out, if there is room to say so. */
export function skippable(form: string, { skip }: FormTexts, say: Sayable): Sayable {
  const message = outboundMessage(say);
  if (!('text' in message || 'attachment' in message)) return say;
  const known: readonly QuickReply[] = message.quick_replies ?? [];
  if (known.length >= LIMITS.quickReplies) return say;
  return withQuickReplies([...known, quickReply(skip, payloadFor(form, 'skip'))], say);
}

/** `first-name` becomes `First name`, unless somebody has a better word. */
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

function shortened(title: string): string {
  const { quickReplyTitle: most } = LIMITS;
  return title.length > most ? `${title.slice(0, most - 1)}…` : title;
}
