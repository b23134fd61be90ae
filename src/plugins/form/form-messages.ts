/** The messages of a form that carry its buttons. */

import { LIMITS } from '../../messenger/outbound/limits.ts';
import { textMessage } from '../../messenger/outbound/message-builders.ts';
import type { QuickReply, Sayable } from '../../messenger/outbound/outbound-message.ts';
import { quickReply } from '../../messenger/outbound/quick-reply.ts';
import { outboundMessage, withQuickReplies } from '../../messenger/outbound/sayable.ts';
import { truncate } from '../../messenger/text.ts';
import { payloadFor } from './form-actions.ts';
import type { FormRules } from './form-options.ts';
import type { Answers } from './steps.ts';

/** Shows all answers, with buttons to send them or to change one. */
export function answersSummary({ name: form, texts, labels }: FormRules, answers: Answers): Sayable {
  const lines = Object.entries(answers).map(([name, answer]) => `${labels[name] ?? name}: ${answer}`);
  const changes = Object.keys(answers).map((name) =>
    quickReply(truncate(labels[name] ?? name, LIMITS.quickReplyTitleChars), payloadFor(form, 'change', name)),
  );
  const replies = [quickReply(texts.send, payloadFor(form, 'send')), ...changes];
  return textMessage([texts.check, ...lines].join('\n'), replies.slice(0, LIMITS.quickReplies));
}

/** Asks a person who was silent for a long time whether to go on with the form. */
export function pauseQuestion({ name, texts: { pause, goOn, restart, giveUp } }: FormRules): Sayable {
  return textMessage(pause, [
    quickReply(goOn, payloadFor(name, 'go-on')),
    quickReply(restart, payloadFor(name, 'restart')),
    quickReply(giveUp, payloadFor(name, 'cancel')),
  ]);
}

/** The question with a button to skip it, if the message has room for one. */
export function withSkip({ name, texts }: FormRules, question: Sayable): Sayable {
  const message = outboundMessage(question);
  if (!('text' in message || 'attachment' in message)) return question;
  const replies: readonly QuickReply[] = message.quick_replies ?? [];
  if (replies.length >= LIMITS.quickReplies) return question;
  return withQuickReplies([...replies, quickReply(texts.skip, payloadFor(name, 'skip'))], question);
}
