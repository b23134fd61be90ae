import type { MessageEvent } from './inbound-event.ts';

/**
 * Several messages of one person as one: all words, a line each, and all attachments, in their order. Ids and time are those
 * of the last one; a quoted message and a referral are the first that a message names.
 */
export function mergeMessages(messages: readonly [MessageEvent, ...MessageEvent[]]): MessageEvent {
  const [first] = messages;
  const last = messages.at(-1) ?? first;
  if (messages.length === 1) return first;
  const texts = messages.flatMap(({ text }) => (text === undefined ? [] : [text]));
  const replyTo = messages.find((message) => message.replyTo)?.replyTo;
  const referral = messages.find((message) => message.referral)?.referral;
  return {
    ...last,
    ...(texts.length > 0 && { text: texts.join('\n') }),
    attachments: messages.flatMap(({ attachments }) => attachments),
    ...(replyTo && { replyTo }),
    ...(referral && { referral }),
  };
}
