/** The login of `dev` without a password: who gets it, and who does not. */

import { describe, expect, test } from 'vitest';
import { startServer } from '../../../src/server.ts';
import { targets } from '../../store/targets.ts';
import { anOperator, anOperatorApp, PASSWORD, type CallOptions } from './an-operator-app.ts';

const DEMO = '/api/v1/session/demo';
const SESSION = '/api/v1/session';
const cookieOf = ({ headers }: { readonly headers: Readonly<Record<string, unknown>> }) =>
  String(headers['set-cookie']).split(';')[0] ?? '';

describe.each(targets)('on $name', (target) => {
  test('a browser of the machine of `dev` logs in as Demo, an admin, and a second one as Demo 2', async () => {
    const { store, call } = await anOperatorApp({ offersDemo: true }, { target });

    expect((await call(DEMO)).body).toEqual({ offered: true, names: ['Demo', 'Demo 2'] });
    const one = await call(DEMO, { method: 'POST' });
    const other = await call(DEMO, { method: 'POST', body: { name: 'Demo 2' } });

    expect([one.status, one.body]).toEqual([200, { name: 'Demo', role: 'admin', pages: null }]);
    const { body } = await call('/api/v1/operators', { cookie: cookieOf(other) });
    expect(body.items.map(({ name }: { name: string }) => name)).toEqual(['Demo', 'Demo 2']);
    await store.operators.disable('Demo', Date.now());
    expect((await call(SESSION, { cookie: cookieOf(one) })).status).toBe(401);
    expect((await call(DEMO, { method: 'POST' })).status).toBe(200);
    expect((await call(DEMO, { method: 'POST', body: { name: 'Ada' } })).status).toBe(400);
  });

  test.each<[why: string, headers: NonNullable<CallOptions['headers']>, code: string]>([
    ['a reverse proxy passed it on', { 'x-forwarded-for': '203.0.113.7' }, 'not_found'],
    ['a proxy names itself', { via: '1.1 tunnel' }, 'not_found'],
    ['a page of another origin asks', { origin: 'https://evil.example' }, 'foreign_origin'],
    ['a page of another port asks', { 'sec-fetch-site': 'same-site' }, 'foreign_origin'],
    ['a foreign name resolves to this machine', { host: 'evil.example' }, 'foreign_host'],
  ])('nobody gets it when %s', async (_, headers, code) => {
    const { store, call } = await anOperatorApp({ offersDemo: true }, { target });

    expect((await call(DEMO, { method: 'POST', headers })).body.code).toBe(code);

    expect((await call(DEMO, { headers })).body.offered ?? false).toBe(code === 'foreign_origin');
    expect(await store.operators.list()).toEqual([]);
  });

  test.each([
    ['an address of a reverse proxy is set', { offersDemo: true, origin: 'http://127.0.0.1:3001' }],
    ['a proxy logs people in', { offersDemo: true, proxy: { header: 'x-auth-request-user', secret: 's'.repeat(32) } }],
    ['it is not `dev`', {}],
  ])('nobody gets it when %s', async (_, options) => {
    const { store, call } = await anOperatorApp(options, { target });

    expect((await call(DEMO)).body).toEqual({ offered: false, names: [] });
    expect((await call(DEMO, { method: 'POST' })).body).toMatchObject({ status: 404, code: 'not_found' });
    expect(await store.operators.list()).toEqual([]);
  });

  test('an operator of that name who is no demo is left alone', async () => {
    const { store, call } = await anOperatorApp({ offersDemo: true }, { target });
    await store.operators.add({ name: 'demo', role: 'viewer', password: PASSWORD }, Date.now());

    expect((await call(DEMO, { method: 'POST' })).body).toMatchObject({ status: 409, code: 'operator_exists' });
    expect((await store.operators.list()).map(({ role }) => role)).toEqual(['viewer']);
  });

  test('what `dev` left in a store lets nobody in elsewhere, and opens no listener to other machines', async () => {
    const dev = await anOperatorApp({ offersDemo: true }, { target });
    const cookie = cookieOf(await dev.call(DEMO, { method: 'POST' }));
    const token = await dev.store.operators.createToken('Demo', Date.now());
    expect((await dev.call(SESSION, { cookie })).status).toBe(200);

    const start = await anOperatorApp({}, { target, at: dev.storeUrl });

    expect((await start.call(SESSION, { cookie })).status).toBe(401);
    expect((await start.call(SESSION, { token })).status).toBe(401);
    expect(await start.store.operators.hasAny()).toBe(false);
    const options = { store: start.store, operators: { host: '0.0.0.0' } } as Parameters<typeof startServer>[0];
    await expect(startServer(options)).rejects.toMatchObject({ code: 'operator_missing' });
    const admin = await anOperator(start.store, { name: 'Ada', role: 'admin' });
    const { body } = await start.call('/api/v1/operators', { token: admin });
    expect(body.items.map(({ name }: { name: string }) => name)).toEqual(['Ada']);
  });
});
