import { describe, expect, test } from 'vitest';
import { targets, type Target } from '../../store/targets.ts';
import { aText, BEN, PAGE } from '../../support/events.ts';
import { ANA_ID, anOperator, anOperatorApp, stored } from './an-operator-app.ts';

const HOUR_MS = 3_600_000;
const BEN_ID = `messenger:${PAGE}:${BEN}` as const;
const iso = (at: number) => new Date(at).toISOString();

/** Ana and Ben wait, Ana for longer. */
async function twoWait(target?: Target) {
  const app = await anOperatorApp({}, target && { target });
  const { store, call } = app;
  const token = await anOperator(store);
  const now = Date.now();
  await stored(store, aText('Help', { at: now - 3000 }), aText('Help', { psid: BEN, at: now - 2000 }));
  await store.handoffs.record(ANA_ID, { state: 'waiting', at: now - 2900, reason: 'asked' });
  await store.handoffs.record(BEN_ID, { state: 'waiting', at: now - 1900, reason: 'asked' });
  const ids = async (query = '') => {
    const { body } = await call(`/api/v1/conversations${query}`, { token });
    return (body.items as { id: string }[]).map(({ id }) => id);
  };
  const snooze = (body: unknown, id: string = ANA_ID) =>
    call(`/api/v1/conversations/${id}/snooze`, { method: 'POST', token, body });
  const wake = () => call(`/api/v1/conversations/${ANA_ID}/snooze`, { method: 'DELETE', token });
  const snoozedUntil = async () => (await call(`/api/v1/conversations/${ANA_ID}`, { token })).body.snoozedUntil;
  return { ...app, token, now, ids, snooze, wake, snoozedUntil };
}

describe.each(targets)('on $name', (target) => {
  test('a conversation that is snoozed is not among those that wait, until it is brought back', async () => {
    const { ids, snooze, wake, snoozedUntil, now } = await twoWait(target);
    const until = iso(now + HOUR_MS);
    expect(await ids('?state=waiting')).toEqual([ANA_ID, BEN_ID]);

    expect(await snooze({ until })).toMatchObject({ status: 200, body: { snoozedUntil: until } });

    expect(await ids('?state=waiting')).toEqual([BEN_ID]);
    expect(await ids('?state=waiting&snoozed=true')).toEqual([ANA_ID]);
    expect(await ids('?snoozed=true')).toEqual([ANA_ID]);
    expect(await ids('?snoozed=false')).toEqual([BEN_ID]);
    expect(await ids('?state=bot&snoozed=true')).toEqual([]);
    expect(await ids()).toEqual([BEN_ID, ANA_ID]);
    expect(await ids('?limit=1')).toEqual([BEN_ID]);
    expect(await snoozedUntil()).toBe(until);

    expect([(await wake()).status, (await wake()).status]).toEqual([204, 204]);
    expect(await ids('?state=waiting')).toEqual([ANA_ID, BEN_ID]);
    expect(await snoozedUntil()).toBeNull();
  });

  test("the person's next message, the time, and a change of who answers end it", async () => {
    const { store, tables, ids, snooze, snoozedUntil, now } = await twoWait(target);
    await snooze({ forMinutes: 60 });
    await stored(store, aText('Hello?', { at: now - 2500 }));
    expect(await ids('?state=waiting')).toEqual([ANA_ID, BEN_ID]);
    expect(await snoozedUntil()).toBeNull();

    await snooze({ forMinutes: 60 });
    expect(await ids('?state=waiting')).toEqual([BEN_ID]);
    await tables
      .updateTable('handoffs')
      .set({ snoozed_until: Date.now() - 1 })
      .where('conversation', '=', ANA_ID)
      .execute();
    expect(await ids('?state=waiting')).toEqual([ANA_ID, BEN_ID]);

    await snooze({ forMinutes: 60 });
    // Asking again without the person, as a sequence can, is no new wait.
    await store.handoffs.record(ANA_ID, { state: 'waiting', at: now + 1, reason: 'again' });
    expect(await ids('?state=waiting')).toEqual([BEN_ID]);
    await store.handoffs.record(ANA_ID, { state: 'operator', at: now + 2, reason: 'taken', by: 'Ada' });
    expect(await snoozedUntil()).toBeNull();
    await store.handoffs.record(ANA_ID, { state: 'waiting', at: now + 3, reason: 'handed over' });
    expect(await ids('?state=waiting')).toEqual([BEN_ID, ANA_ID]);
  });
});

test('only a conversation that waits can be snoozed, for a time that comes, by who may', async () => {
  const { store, call, snooze, now } = await twoWait();
  const day = 24 * HOUR_MS;
  for (const body of [
    {},
    { forMinutes: 0 },
    { forMinutes: 30 * 24 * 60 + 1 },
    { forMinutes: 5, until: iso(now + HOUR_MS) },
    { until: 'tomorrow' },
    { until: iso(now - 1) },
    { until: iso(now + 31 * day) },
  ])
    expect((await snooze(body)).body).toMatchObject({ status: 400, code: 'request_invalid' });
  await store.handoffs.record(ANA_ID, { state: 'bot', at: now });
  expect((await snooze({ forMinutes: 5 })).body).toMatchObject({ status: 409, code: 'conversation_not_waiting' });
  expect((await snooze({ forMinutes: 5 }, `messenger:${PAGE}:1`)).status).toBe(404);
  const eve = await anOperator(store, { name: 'Eve', pages: ['104857600999999'] });
  for (const method of ['POST', 'DELETE'] as const) {
    const options = { method, token: eve, ...(method === 'POST' && { body: { forMinutes: 5 } }) };
    expect((await call(`/api/v1/conversations/${BEN_ID}/snooze`, options)).status).toBe(404);
  }
});
