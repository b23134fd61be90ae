import { expect, test } from 'vitest';
import { decodeWebhook } from '../../src/api/webhook/decode/index.ts';
import { parseJson } from '../../src/api/webhook/parse-json.ts';
import {
  anEcho,
  anEdit,
  aPhoto,
  aReaction,
  aText,
  BEN,
  PAGE,
  START,
  webhookBody,
  type MessagingItem,
} from '../support/events.ts';
import { fixtureBytes } from '../support/fixtures.ts';

const HOUR = 3_600_000;

function keyOf(item: MessagingItem): string | undefined {
  return keyOfBody(webhookBody(item));
}

function keyOfBody(body: unknown): string | undefined {
  return decodeWebhook(body)?.[0]?.event.dedupeKey;
}

test('the key of a message is its mid, whatever else changed', () => {
  const first = aPhoto('https://cdn.example/a.jpg', { mid: 'm_1' });
  const again = aPhoto('https://cdn.example/b.jpg', { mid: 'm_1' });
  expect(keyOf(again)).toBe(keyOf(first));
  expect(keyOf(first)).toBe(`message:${PAGE}:m_1`);
});

test('a message, its echo, its edits and its unsend are different events', () => {
  const unsent = { ...aText(''), message: { mid: 'm_1', is_deleted: true } };
  const items = [aText('a', { mid: 'm_1' }), anEcho('a', { mid: 'm_1' }), anEdit('m_1', 'b'), unsent];
  const keys = [...items, anEdit('m_1', 'c', { editNumber: 2 })].map(keyOf);
  expect(new Set(keys).size).toBe(5);
});

test('the same mid on two Pages is two events', () => {
  expect(keyOf(aText('a', { mid: 'm_1', page: '1' }))).not.toBe(keyOf(aText('a', { mid: 'm_1', page: '2' })));
});

test('a reaction added, removed and added again is three events', () => {
  const keys = [
    aReaction('m_1', { at: START }),
    aReaction('m_1', { at: START + 1, action: 'unreact' }),
    aReaction('m_1', { at: START + 2 }),
  ].map(keyOf);
  expect(new Set(keys).size).toBe(3);
});

test('reactions of two people at the same time are two events', () => {
  expect(keyOf(aReaction('m_1'))).not.toBe(keyOf(aReaction('m_1', { psid: BEN })));
});

test('passing a thread and taking it are different events, even at the same time', () => {
  const control = { new_owner_app_id: '1', previous_owner_app_id: null };
  const { message: _, ...item } = aText('');
  expect(keyOf({ ...item, pass_thread_control: control })).not.toBe(keyOf({ ...item, take_thread_control: control }));
});

test('the same feedback is one event when Meta repeats it, and another when it is given on another day', () => {
  const body = parseJson(fixtureBytes('feedback')) as { entry: [{ time: number }] };
  const sentAt = (time: number) => keyOfBody({ ...body, entry: [{ ...body.entry[0], time }] });
  const [{ time }] = body.entry;
  expect(sentAt(time + 5000)).toBe(sentAt(time));
  expect(sentAt(time + 24 * HOUR)).not.toBe(sentAt(time));
});

test('a label added, removed and added again later is three events', () => {
  const label = (action: string, time: number) => {
    const value = { user: { id: BEN }, action, label: { id: '88' } };
    return keyOfBody({ object: 'page', entry: [{ id: PAGE, time, changes: [{ field: 'inbox_labels', value }] }] });
  };
  const keys = [label('add', START), label('remove', START), label('add', START + HOUR)];
  expect(new Set(keys).size).toBe(3);
});

test('an id counts the same as number and as text', () => {
  const order = (id: unknown) => ({ ...aText(''), message: null, order: { products: [{ id }] } });
  expect(keyOf(order(123))).toBe(keyOf(order('123')));
  expect(keyOf(order(123))).not.toBe(keyOf(order(124)));
});
