import { describe, expect, test } from 'vitest';
import { PRESENCE_MS } from '../../../src/store/presence.ts';
import { targets } from '../../store/targets.ts';
import { aText } from '../../support/events.ts';
import { ANA_ID, anOperator, anOperatorApp, stored } from './an-operator-app.ts';
import { heard, listening } from './live-client.ts';

const OTHER_PAGE = '104857600999999';
const PATH = `/api/v1/conversations/${ANA_ID}`;
const present = (...operators: readonly (readonly [name: string, state: string])[]) => [
  'presence',
  { conversation: ANA_ID, operators: operators.map(([name, state]) => ({ name, state })) },
];

describe.each(targets)('presence on $name', (target) => {
  test('operators hear who looks and who types, at every api process, until they are gone', async () => {
    const { store, call, storeUrl, tables } = await anOperatorApp({}, { target });
    const other = await anOperatorApp({}, { target, at: storeUrl });
    const mia = await anOperator(store, { name: 'Mia' });
    const vic = await anOperator(store, { name: 'Vic', role: 'viewer' });
    await stored(store, aText('Hello'));
    const stream = await listening(other.url, vic);
    const say = (token: string, state: string) => call(`${PATH}/presence`, { method: 'POST', token, body: { state } });

    const said = await say(mia, 'looking');

    expect([said.status, said.body]).toEqual([200, { operators: [{ name: 'Mia', state: 'looking' }] }]);
    expect(await heard(stream, 1)).toEqual([present(['Mia', 'looking'])]);
    // A repetition within ten seconds is not written, and one after them is not told.
    const end = async () => Number((await tables.selectFrom('presence').selectAll().executeTakeFirst())?.expires_at);
    const before = await end();
    await say(mia, 'looking');
    expect(await end()).toBe(before);
    const changes = async () => (await tables.selectFrom('changes').select('id').execute()).length;
    const told = await changes();
    await tables
      .updateTable('presence')
      .set({ expires_at: Date.now() + PRESENCE_MS - 11_000 })
      .execute();
    await say(mia, 'looking');
    expect(await end()).toBeGreaterThanOrEqual(before);
    expect(await changes()).toBe(told);

    await say(vic, 'looking');
    expect(await heard(stream, 1)).toEqual([present(['Mia', 'looking'], ['Vic', 'looking'])]);
    await say(mia, 'typing');
    expect(await heard(stream, 1)).toEqual([present(['Mia', 'typing'], ['Vic', 'looking'])]);
    expect((await call(PATH, { token: vic })).body.operators).toEqual([
      { name: 'Mia', state: 'typing' },
      { name: 'Vic', state: 'looking' },
    ]);
    await say(vic, 'gone');
    expect(await heard(stream, 1)).toEqual([present(['Mia', 'typing'])]);

    // Who went without a word is gone after half a minute.
    await tables.updateTable('presence').set({ expires_at: Date.now() }).execute();
    expect((await call(PATH, { token: vic })).body.operators).toEqual([]);
    expect(await heard(stream, 1)).toEqual([present()]);
    expect(await tables.selectFrom('operator_log').selectAll().execute()).toEqual([]);
  });

  test('who comes back after their time is told again, and operators of other Pages see and say nothing', async () => {
    const { store, call, tables } = await anOperatorApp({}, { target });
    const mia = await anOperator(store, { name: 'Mia' });
    const eve = await anOperator(store, { name: 'Eve', role: 'admin', pages: [OTHER_PAGE] });
    await stored(store, aText('Hello'));
    const say = (token: string, state: string) => call(`${PATH}/presence`, { method: 'POST', token, body: { state } });
    await say(mia, 'looking');
    const changes = async () =>
      (await tables.selectFrom('changes').select('id').where('kind', '=', 'presence').execute()).length;
    expect(await changes()).toBe(1);

    // Nobody listened, so that nobody removed the row.
    await tables
      .updateTable('presence')
      .set({ expires_at: Date.now() - 1 })
      .execute();
    await say(mia, 'looking');

    expect(await changes()).toBe(2);
    expect((await say(eve, 'looking')).body).toMatchObject({ status: 404, code: 'not_found' });
    expect((await say(mia, 'away')).status).toBe(400);
    for (let n = 0; n < 60; n += 1) await say(mia, n % 2 === 0 ? 'typing' : 'looking');
    const counted = await changes();
    await say(mia, 'typing');
    await say(mia, 'looking');
    expect(await changes()).toBe(counted);
  });
});
