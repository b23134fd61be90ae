import { expect, test } from 'vitest';
import { decodeWebhook } from '../../src/api/webhook/decode/index.ts';
import { textOf } from '../../src/messenger/inbound/event-readers.ts';
import { aPhoto, aPostback, aReaction, aText, webhookBody, type MessagingItem } from '../support/events.ts';

function textOfItem(item: MessagingItem): string | undefined {
  const [delivered] = decodeWebhook(webhookBody(item)) ?? [];
  return delivered && textOf(delivered.event);
}

test('the text of an answer is what the person wrote or the title of the button', () => {
  expect(textOfItem(aText('hours'))).toBe('hours');
  expect(textOfItem(aText('Green', { quickReply: 'COLOR:GREEN' }))).toBe('Green');
  expect(textOfItem(aPostback('TRACK', { title: 'Track my order' }))).toBe('Track my order');
});

test('a photo and a reaction have no text', () => {
  expect(textOfItem(aPhoto('https://cdn.example/a.jpg'))).toBeUndefined();
  expect(textOfItem(aReaction('m_1'))).toBeUndefined();
});
