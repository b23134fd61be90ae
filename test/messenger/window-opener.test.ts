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

const LINK = { ref: 'spring', type: 'OPEN_THREAD' };
const AD = { ad_id: '6411900112233', ads_context_data: { ad_title: 'Spring sale' } };

test.each<[string, object, 'referral' | undefined]>([
  ['an m.me link', { ...LINK, source: 'SHORTLINK' }, 'referral'],
  ['an ig.me link', { ...LINK, source: 'IGME-SOURCE-LINK' }, 'referral'],
  ['a link in Europe or Japan, without a source', LINK, 'referral'],
  ['a link with a source that nobody knows yet', { ...LINK, source: 'CUSTOMER_CHAT_PLUGIN' }, 'referral'],
  ['a link to a product', { ...LINK, product: { id: '990011' } }, 'referral'],
  ['a link without ref', { source: 'SHORTLINK', type: 'OPEN_THREAD' }, undefined],
  ['a link with an empty ref', { ...LINK, ref: '', source: 'SHORTLINK' }, undefined],
  ['an ad', { ...LINK, source: 'ADS', ...AD }, undefined],
  ['an ad in Europe or Japan, without a source', { ...LINK, ...AD }, undefined],
  ['an ad of which only the title is known', { ...LINK, ads_context_data: { ad_title: 'Spring sale' } }, undefined],
  ['a finished lead ad', { ref: 'spring', source: 'ADS', type: 'LEAD_COMPLETE' }, undefined],
])('%s opens the window if it should', (_, referral, opener) => {
  const item = { sender: { id: '1' }, recipient: { id: '2' }, timestamp: 1791200000000, referral };
  for (const object of ['page', 'instagram']) {
    const [delivered] = decodeWebhook({ object, entry: [{ id: '2', messaging: [item] }] }) ?? [];
    expect(delivered?.event.kind).toBe('referral');
    expect(delivered && windowOpener(delivered.event)).toBe(opener);
  }
});
