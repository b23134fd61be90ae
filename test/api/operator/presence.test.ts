/** Typing and seen: what Meta, which is scripted here, is asked to show. */

import { expect, test } from 'vitest';
import type { SenderActionAnswer } from '../../../src/graph/graph-client.ts';
import { aText, BEN, PAGE } from '../../support/events.ts';
import { ANA_ID, anOperator, anOperatorApp, stored } from './an-operator-app.ts';
import { NO_META } from './no-temporal.ts';

const HOUR_MS = 3_600_000;
const PATH = `/api/v1/conversations/${ANA_ID}`;

async function anApp(answer: SenderActionAnswer = { status: 'accepted' }) {
  const shown: string[] = [];
  const graph = {
    ...NO_META,
    sendAction: async (_pageId: string, { sender_action: action }: { readonly sender_action: string }) => {
      shown.push(action);
      return answer;
    },
  };
  const app = await anOperatorApp({ graph });
  const token = await anOperator(app.store, { name: 'Mia' });
  const post = (path: string, body?: unknown, as = token) =>
    app.call(`${PATH}${path}`, { method: 'POST', token: as, body });
  return { ...app, shown, token, post };
}

test('typing is shown in the window, not too often, and no log has it', async () => {
  const { store, shown, post, tables } = await anApp();
  await stored(store, aText('Hello', { at: Date.now() }));

  expect((await post('/typing', { on: true })).body).toEqual({ shown: true, reason: null });
  expect((await post('/typing', { on: false })).body.shown).toBe(true);
  expect(shown).toEqual(['typing_on', 'typing_off']);
  for (let n = 2; n < 6; n += 1) await post('/typing', { on: true });
  expect((await post('/typing', { on: true })).body).toEqual({ shown: false, reason: 'too often' });
  expect(shown).toHaveLength(6);
  expect(await tables.selectFrom('operator_log').selectAll().execute()).toEqual([]);
  expect(await tables.selectFrom('sends').selectAll().execute()).toEqual([]);
});

test('one operator cannot use up the calls of a Page: nothing more is shown after 30 people, and others go on', async () => {
  const { store, call, token, shown } = await anApp();
  const tom = await anOperator(store, { name: 'Tom' });
  const people = Array.from({ length: 31 }, (_, n) => `61204598712310${String(n).padStart(2, '0')}`);
  for (const psid of people) await stored(store, aText('Hello', { psid, at: Date.now() }));
  const type = async (psid: string, as: string) => {
    const path = `/api/v1/conversations/messenger:${PAGE}:${psid}/typing`;
    return (await call(path, { method: 'POST', token: as, body: { on: true } })).body;
  };

  for (const psid of people.slice(1)) expect(await type(psid, token)).toMatchObject({ shown: true });

  expect(await type(people[0] ?? '', token)).toEqual({ shown: false, reason: 'too often' });
  expect(await type(people[0] ?? '', tom)).toMatchObject({ shown: true });
  expect(shown).toHaveLength(31);
});

test('nothing is shown after the window, to somebody who never wrote, and while another operator answers', async () => {
  const { store, shown, post, call, token } = await anApp();
  const now = Date.now();
  await stored(store, aText('Hello', { at: now - 25 * HOUR_MS }));
  expect((await post('/typing', { on: true })).body).toEqual({ shown: false, reason: 'window closed' });
  expect((await post('/seen')).status).toBe(204);
  const never = `/api/v1/conversations/messenger:${PAGE}:${BEN}/typing`;
  expect((await call(never, { method: 'POST', token, body: { on: true } })).status).toBe(404);

  await stored(store, aText('Hello?', { at: now }));
  await store.handoffs.record(ANA_ID, { state: 'operator', at: now, reason: 'taken', by: 'Tom' });
  expect((await post('/typing', { on: true })).body).toMatchObject({ code: 'conversation_held', heldBy: 'Tom' });
  await store.circuitBreakers.open(PAGE, { reason: 'restricted', code: '368', now });
  await store.handoffs.record(ANA_ID, { state: 'operator', at: now + 1, reason: 'taken', by: 'Mia' });
  expect((await post('/typing', { on: true })).body).toEqual({ shown: false, reason: 'restricted' });
  expect(shown).toEqual([]);
});

test('seen is shown to the person once everything is read, and is marked whatever Meta says', async () => {
  const { store, shown, post, call, token } = await anApp({ status: 'no_answer', outcome: 'timeout_before_response' });
  const now = Date.now();
  await stored(store, aText('Hello', { at: now - 2000 }));

  await post('/seen', { until: new Date(now - 3000).toISOString() });
  expect(shown).toEqual([]);
  expect((await post('/seen')).status).toBe(204);
  expect(shown).toEqual(['mark_seen']);
  expect((await call(PATH, { token })).body.unread).toBe(false);
});

test('a body with a mistake, a viewer and a foreign Page are refused', async () => {
  const { store, shown, post } = await anApp();
  await stored(store, aText('Hello'));
  for (const body of [{}, { on: 'yes' }, { on: true, for: 20 }]) expect((await post('/typing', body)).status).toBe(400);
  const viewer = await anOperator(store, { name: 'Vic', role: 'viewer' });
  const foreign = await anOperator(store, { name: 'Eve', pages: ['104857600999999'] });
  expect((await post('/typing', { on: true }, viewer)).status).toBe(403);
  expect((await post('/typing', { on: true }, foreign)).status).toBe(404);
  expect(shown).toEqual([]);
});
