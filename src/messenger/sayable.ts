import { BotError } from './bot-error.ts';
import { callButton, postbackButton, urlButton } from './button.ts';
import { buttonMessage, textMessage } from './message-builders.ts';
import type { Button, OutboundMessage, QuickReply, Sayable } from './outbound-message.ts';
import { askEmail, askPhone, quickReply } from './quick-reply.ts';

/**
 * What goes out for a {@link Sayable}, checked against Meta's limits, or a `BotError`. Messages written by hand are
 * checked like built ones: a bot may be plain JavaScript, and its words may come out of a database.
 */
export function outboundMessage(sayable: Sayable): OutboundMessage {
  if (typeof sayable === 'string') return textMessage(sayable);
  const message: unknown = sayable;
  if (hasOnly(message, 'text', 'quick_replies')) return checkedText(message);
  if (hasOnly(message, 'attachment')) return checkedButtons(message);
  throw unsayable('The message', message, 'Use a string, textMessage(…) or buttonMessage(…)');
}

function checkedText(message: Fields): OutboundMessage {
  const text = textField(message, 'text');
  const replies = message['quick_replies'];
  if (replies === undefined) return textMessage(text);
  return textMessage(text, listField(message, 'quick_replies').map(checkedQuickReply));
}

function checkedQuickReply(reply: unknown): QuickReply {
  if (hasOnly(reply, 'content_type', 'title', 'payload', 'image_url') && reply['content_type'] === 'text') {
    const checked = quickReply(textField(reply, 'title'), textField(reply, 'payload'));
    return reply['image_url'] === undefined ? checked : { ...checked, image_url: textField(reply, 'image_url') };
  }
  if (hasOnly(reply, 'content_type') && reply['content_type'] === 'user_email') return askEmail();
  if (hasOnly(reply, 'content_type') && reply['content_type'] === 'user_phone_number') return askPhone();
  throw unsayable('A quick reply', reply, 'Use quickReply(…), askEmail() or askPhone()');
}

function checkedButtons(message: Fields): OutboundMessage {
  const { attachment } = message;
  const payload = hasOnly(attachment, 'type', 'payload') && attachment['type'] === 'template' && attachment['payload'];
  if (!hasOnly(payload, 'template_type', 'text', 'buttons') || payload['template_type'] !== 'button') {
    throw unsayable('The attachment', attachment, 'Use buttonMessage(…)');
  }
  return buttonMessage(textField(payload, 'text'), listField(payload, 'buttons').map(checkedButton));
}

function checkedButton(button: unknown): Button {
  if (hasOnly(button, 'type', 'title', 'payload', 'url')) {
    const title = textField(button, 'title');
    if (button['type'] === 'postback') return postbackButton(title, textField(button, 'payload'));
    if (button['type'] === 'web_url') return urlButton(title, textField(button, 'url'));
    if (button['type'] === 'phone_number') return callButton(title, textField(button, 'payload'));
  }
  throw unsayable('A button', button, 'Use postbackButton(…), urlButton(…) or callButton(…)');
}

type Fields = Readonly<Record<string, unknown>>;

function hasOnly(value: unknown, ...keys: string[]): value is Fields {
  return typeof value === 'object' && value !== null && Object.keys(value).every((key) => keys.includes(key));
}

function textField(from: Fields, key: string): string {
  const value = from[key];
  if (typeof value === 'string') return value;
  throw new BotError('message_invalid', `"${key}" is ${typeof value} where Meta wants text. Give it a string.`);
}

function listField(from: Fields, key: string): readonly unknown[] {
  const value = from[key];
  if (Array.isArray(value)) return value;
  throw new BotError('message_invalid', `"${key}" is ${typeof value} where Meta wants a list. Give it an array.`);
}

function unsayable(what: string, value: unknown, cure: string): BotError {
  const found =
    typeof value === 'object' && value !== null ? `the keys ${Object.keys(value).join(', ')}` : typeof value;
  return new BotError('message_invalid', `${what} is of a form that cannot be sent: ${found}. ${cure}.`);
}
