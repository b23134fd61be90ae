import { expect, test } from 'vitest';
import { decodeWebhook } from '../../src/api/webhook/decode/index.ts';
import { parseJson } from '../../src/api/webhook/parse-json.ts';
import { windowOpener } from '../../src/messenger/inbound/window-opener.ts';
import { fixtureBytes, fixtureNames } from '../support/fixtures.ts';

/** All recorded bodies that open the window; the others must not. */
const OPENERS: Readonly<Record<string, string>> = {
  text: 'message',
  'text-with-quick-reply': 'message',
  'text-reply-to': 'message',
  image: 'message',
  video: 'message',
  audio: 'message',
  file: 'message',
  'several-attachments': 'message',
  sticker: 'message',
  reel: 'message',
  'shared-post': 'message',
  appointment: 'message',
  'link-fallback': 'message',
  'product-template': 'message',
  'message-from-ad': 'message',
  'message-from-shop-product': 'message',
  command: 'message',
  'lead-summary': 'message',
  'standby-message': 'message',
  'instagram-text': 'message',
  'instagram-story-reply': 'message',
  postback: 'postback',
  'get-started-with-referral': 'postback',
  'standby-postback': 'postback',
  reaction: 'reaction',
  'referral-m-me': 'referral',
  'optin-send-to-messenger': 'optin',
};

function openersOf(name: string) {
  return (decodeWebhook(parseJson(fixtureBytes(name))) ?? []).map(({ event }) => windowOpener(event));
}

const single = fixtureNames().filter((name) => name !== 'batch-mixed' && name !== 'big-ids');

test.each(single)('%s.json opens the window if and only if Meta says so', (name) => {
  expect(openersOf(name)[0]).toBe(OPENERS[name]);
});

test('in a batch each event counts separately', () => {
  const none = undefined;
  expect(openersOf('batch-mixed')).toEqual(['message', 'message', 'postback', none, 'message', none, none, none, none]);
});

test('an m.me link without ref does not open the window', () => {
  const referral = { source: 'SHORTLINK', type: 'OPEN_THREAD' };
  const item = { sender: { id: '1' }, recipient: { id: '2' }, timestamp: 1791200000000, referral };
  const [delivered] = decodeWebhook({ object: 'page', entry: [{ id: '2', messaging: [item] }] }) ?? [];
  expect(delivered?.event.kind).toBe('referral');
  expect(delivered && windowOpener(delivered.event)).toBeUndefined();
});
