import { expect, test } from 'vitest';
import { decodeWebhook } from '../../../src/api/webhook/decode/index.ts';
import type { InboundEvent } from '../../../src/messenger/inbound/inbound-event.ts';
import { ANA, aPostback, aReaction, aText, PAGE, START, webhookBody } from '../../support/events.ts';

function read(body: unknown): InboundEvent[] {
  return (decodeWebhook(body) ?? []).map(({ event }) => event);
}

/** The one event of a body with one item. */
function readItem(item: unknown, array = 'messaging'): InboundEvent {
  const [event] = read({ object: 'page', entry: [{ id: PAGE, time: START, [array]: [item] }] });
  if (!event) throw new Error('Nothing was read.');
  return event;
}

test('a body about anything but a Page or an Instagram account is not ours', () => {
  for (const body of [{ object: 'user', entry: [] }, {}, [], null, undefined, 'page', 7, [[{ object: 'page' }]]]) {
    expect(decodeWebhook(body)).toBeUndefined();
  }
});

test('a body wrapped in an array is read like the body itself', () => {
  const body = { ...webhookBody(aText('hours', { mid: 'm_1' })), object: 'instagram' };
  expect(decodeWebhook([body])).toEqual(decodeWebhook(body));
});

test('all items of all entries are read, in their order', () => {
  const body = webhookBody(aText('one'), aPostback('TWO'), aReaction('m_Out1'));
  expect(read(body).map(({ kind }) => kind)).toEqual(['message', 'postback', 'reaction']);
});

test("the dashboard's test message is unwrapped, whatever the digits of its time", () => {
  const value = { ...aText('test_message', { mid: 'test_message_id' }), timestamp: '1791200000' };
  expect(readItem({ field: 'messages', value }, 'changes')).toMatchObject({
    kind: 'message',
    text: 'test_message',
    at: START,
    psid: ANA,
  });
});

test('a change that only resembles a message stays a change', () => {
  const change = { field: 'message_context', value: aText('hours') };
  expect(readItem(change, 'changes')).toMatchObject({ kind: 'change', field: 'message_context' });
});

test('numbers become text wherever they are ids', () => {
  const item = { sender: { id: 6120459871230045 }, recipient: { id: 104857600123456 }, timestamp: START };
  const [event] = read({
    object: 'page',
    entry: [{ id: 104857600123456, messaging: [{ ...item, postback: { mid: 'm_1', payload: 'GO' } }] }],
  });
  expect(event).toMatchObject({ pageId: PAGE, psid: ANA, conversation: `messenger:${PAGE}:${ANA}` });
});

test('seconds, milliseconds and digits as text are the same moment', () => {
  for (const timestamp of [START / 1000, START, String(START), String(START / 1000)]) {
    expect(readItem({ ...aText('hours'), timestamp }).at).toBe(START);
  }
});

test('a message from the Page itself is an echo, even if Meta does not say so', () => {
  const item = { sender: { id: PAGE }, recipient: { id: ANA }, timestamp: START, message: { mid: 'm_1', text: 'Hi' } };
  expect(readItem(item)).toMatchObject({ kind: 'echo', psid: ANA });
});

test('a reaction of the Page itself is not taken for a reaction of the person', () => {
  const item = { ...aReaction('m_1'), sender: { id: PAGE }, recipient: { id: ANA } };
  expect(readItem(item)).toMatchObject({ kind: 'unknown', psid: ANA, keys: ['reaction'] });
});

test('both ids that Meta prints for the Page inbox mean a person of the business', () => {
  for (const appId of [26390203743090, 263902037430900, 1217981644879628]) {
    const item = { sender: { id: PAGE }, recipient: { id: ANA }, timestamp: START };
    const event = readItem({ ...item, message: { is_echo: true, app_id: appId, mid: 'm_1', text: 'Hi' } });
    expect(event).toMatchObject({ kind: 'echo', isFromInbox: true });
  }
});

test.each<[string, boolean, object]>([
  ['words', true, { text: 'Ana here' }],
  ['a photo', true, { attachments: [{ type: 'image', payload: { url: 'https://scontent.xx.fbcdn.net/v/1.jpg' } }] }],
  ['words with a link', true, { text: 'See', attachments: [{ type: 'fallback', payload: null }] }],
  ['a template with a null payload', false, { attachments: [{ type: 'template', payload: null }] }],
  ['a card with a null payload', false, { text: ' ', attachments: [{ type: 'fallback', payload: null }] }],
  ['nothing', false, {}],
  ['words of an app', false, { text: 'Ana here', app_id: 690011223344556 }],
  ['words with metadata', false, { text: 'Ana here', metadata: 'send-1' }],
])('an echo of %s that names no app is of an operator: %s', (_, isFromInbox, message) => {
  for (const object of ['page', 'instagram']) {
    const item = { sender: { id: PAGE }, recipient: { id: ANA }, timestamp: START };
    const echo = { ...item, message: { is_echo: true, mid: 'm_1', ...message } };
    expect(read({ object, entry: [{ id: PAGE, time: START, messaging: [echo] }] })).toMatchObject([
      { kind: 'echo', isFromInbox },
    ]);
  }
});

test('an entry with an array that does not exist yet is kept as unknown', () => {
  const body = { object: 'page', entry: [{ id: PAGE, time: START, threads: [{ id: 't_1' }] }] };
  expect(read(body)).toMatchObject([{ kind: 'unknown', keys: ['threads'], pageId: PAGE }]);
});

test('a template that is no coupon is unknown, not a coupon', () => {
  const item = { sender: { id: ANA }, recipient: { id: PAGE }, timestamp: START, template: { type: 'raffle' } };
  expect(readItem(item)).toMatchObject({ kind: 'unknown', keys: ['template'] });
});

const ana = { sender: { id: ANA }, recipient: { id: PAGE }, timestamp: START };
const MALFORMED: [what: string, item: unknown, reason: string][] = [
  ['an item that is text', 'TEST', 'item should be an object and is text of 4 characters'],
  ['an item that is null', null, 'item should be an object and is null'],
  ['a message that is text', { ...ana, message: 'TEST' }, 'message should be an object and is text of 4 characters'],
  ['a message without mid', { ...ana, message: { text: 'hi' } }, 'message.mid is missing'],
  [
    'a text that is a number',
    { ...ana, message: { mid: 'm', text: 5 } },
    'message.text should be text and is a number',
  ],
  [
    'an attachment without type',
    { ...ana, message: { mid: 'm', attachments: [{ type: 'image' }, {}] } },
    'message.attachments[1].type is missing',
  ],
  ['a message from nobody', { message: { mid: 'm', text: 'hi' } }, 'sender.id is missing'],
  [
    'a sender whose id holds a colon',
    { ...ana, sender: { id: 'a:b' }, read: { watermark: START } },
    'sender.id should be an id of letters and digits and is text of 3 characters',
  ],
  [
    'a sender whose id is absurdly long',
    { ...ana, sender: { id: '1'.repeat(256) }, read: { watermark: START } },
    'sender.id should be an id of letters and digits and is text of 256 characters',
  ],
  [
    'a sender whose id has already lost digits',
    { ...ana, sender: { id: 2 ** 60 }, read: { watermark: START } },
    'sender.id should be an id of letters and digits and is a number',
  ],
  [
    'a timestamp that is no moment',
    { ...aText('hi'), timestamp: 'yesterday' },
    'timestamp should be a time and is text of 9 characters',
  ],
  [
    'an edit without a number',
    { ...ana, message_edit: { mid: 'm', text: 'x' } },
    'message_edit.num_edit should be a whole number',
  ],
  [
    'a reaction that does neither',
    { ...ana, reaction: { mid: 'm', action: 'hug' } },
    'reaction.action should be react or unreact',
  ],
  ['a delivery without watermark', { ...ana, delivery: { mids: ['m'] } }, 'delivery.watermark should be a time'],
];

test.each(MALFORMED)('%s is malformed, with a reason that one can read', (_, item, reason) => {
  expect(readItem(item)).toMatchObject({ kind: 'malformed', reason, pageId: PAGE });
});

test('a malformed item says whose it was, so that it can be erased with the person', () => {
  expect(readItem({ ...ana, message: { text: 'hi' } })).toMatchObject({ psid: ANA });
});

test('an entry without a usable id is malformed, and its neighbours are not', () => {
  const [good] = webhookBody(aText('hours')).entry;
  const body = { object: 'page', entry: [{ ...good, id: 'a:b' }, { ...good, id: undefined }, 'x', good] };
  expect(read(body).map(({ kind }) => kind)).toEqual(['malformed', 'malformed', 'malformed', 'message']);
});

test('a body without entries is kept as malformed', () => {
  expect(read({ object: 'page' })).toMatchObject([{ kind: 'malformed', reason: 'entry should be a list' }]);
});

test('an event without any time is malformed: its window could not be told', () => {
  const body = { object: 'page', entry: [{ id: PAGE, messaging: [{ ...aText('hours'), timestamp: undefined }] }] };
  expect(read(body)).toMatchObject([{ kind: 'malformed', reason: 'timestamp is missing, and so is entry.time' }]);
});

test('keys named __proto__ or constructor change nothing but the item that has them', () => {
  const hostile = JSON.parse(
    '{"__proto__": {"polluted": true}, "constructor": {"prototype": {"polluted": true}}}',
  ) as object;
  const event = readItem({ ...ana, app_roles: hostile });
  expect(event).toMatchObject({ kind: 'app_roles', roles: { constructor: [] } });
  readItem({ ...ana, ...hostile, message: { mid: 'm', attachments: [{ type: 'image', payload: hostile }] } });
  expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
});

test('an inherited key is no key', () => {
  expect(readItem(Object.assign(Object.create({ message: { mid: 'm', text: 'hi' } }), ana))).toMatchObject({
    kind: 'unknown',
    keys: [],
  });
});

test('NUL, which PostgreSQL cannot store, is taken out of text', () => {
  expect(readItem({ ...ana, message: { mid: 'm', text: 'a\0b' } })).toMatchObject({ text: 'ab' });
});
