import { expect, test } from 'vitest';
import type { MessageEvent } from '../../src/index.ts';
import { mergeMessages } from '../../src/messenger/inbound/merge-messages.ts';
import { ANA, PAGE, START } from '../support/events.ts';

function aMessage(order: number, more: Partial<MessageEvent>): MessageEvent {
  return {
    kind: 'message',
    channel: 'messenger',
    pageId: PAGE,
    psid: ANA,
    conversation: `messenger:${PAGE}:${ANA}`,
    at: START + order,
    dedupeKey: `message:${PAGE}:m_${order}`,
    isStandby: false,
    mid: `m_${order}`,
    attachments: [],
    commands: [],
    ...more,
  };
}

test('a burst has all words and files, what it quotes and where it came from, and the id of its last message', () => {
  const photo = { type: 'image', url: 'https://scontent.xx.fbcdn.net/v/1.jpg' };
  const sound = { type: 'audio', url: 'https://scontent.xx.fbcdn.net/v/2.mp3' };
  const merged = mergeMessages([
    aMessage(1, { attachments: [photo], referral: { ref: 'spring' } }),
    aMessage(2, { text: 'this one', replyTo: { mid: 'm_0' } }),
    aMessage(3, { attachments: [sound], text: 'please', replyTo: { mid: 'm_9' } }),
  ]);
  expect(merged).toEqual(
    aMessage(3, {
      text: 'this one\nplease',
      attachments: [photo, sound],
      replyTo: { mid: 'm_0' },
      referral: { ref: 'spring' },
    }),
  );
});

test('one message stays as it is, and files without words have none', () => {
  const one = aMessage(1, { text: 'hi' });
  expect(mergeMessages([one])).toBe(one);
  expect(mergeMessages([aMessage(1, {}), aMessage(2, {})])).not.toHaveProperty('text');
});
