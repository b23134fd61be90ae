import { describe, expect, test } from 'vitest';
import { targets } from '../../store/targets.ts';
import { PAGE } from '../../support/events.ts';
import { anOperator, anOperatorApp, logIn, PASSWORD } from './an-operator-app.ts';

const OPERATORS = '/api/v1/operators';
const OTHER_PAGE = '104857600999999';

describe.each(targets)('operators on $name', (target) => {
  test('every role sees names and roles of those who share a Page; admins of all Pages see the accounts', async () => {
    const { store, call } = await anOperatorApp({}, { target });
    const admin = await anOperator(store, { name: 'Ada', role: 'admin' });
    const pageAdmin = await anOperator(store, { name: 'Ben', role: 'admin', pages: [PAGE] });
    const viewer = await anOperator(store, { name: 'Cleo', role: 'viewer', pages: [OTHER_PAGE] });
    await store.operators.add({ name: 'Dan', role: 'agent', password: PASSWORD }, Date.now());
    await store.operators.disable('Dan', Date.now());
    const names = async (token: string, query = '') =>
      (await call(`${OPERATORS}${query}`, { token })).body.items.map(({ name }: { name: string }) => name);

    expect(await names(admin)).toEqual(['Ada', 'Ben', 'Cleo', 'Dan']);
    expect(await names(admin, `?page=${PAGE}`)).toEqual(['Ada', 'Ben', 'Dan']);
    expect(await names(pageAdmin)).toEqual(['Ada', 'Ben', 'Dan']);
    expect(await names(viewer)).toEqual(['Ada', 'Cleo', 'Dan']);
    expect(await names(viewer, `?page=${PAGE}`)).toEqual([]);

    const { items } = (await call(OPERATORS, { token: admin })).body;
    expect(items[1]).toMatchObject({ name: 'Ben', role: 'admin', disabled: false });
    expect(items[1].account).toMatchObject({ pages: [PAGE], disabledAt: null, hasPassword: false });
    expect(items[1].account.lastSeenAt).toBe(`${new Date().toISOString().slice(0, 10)}T00:00:00.000Z`);
    expect(items[3]).toMatchObject({
      disabled: true,
      account: { pages: null, hasPassword: true, lastSeenAt: null, disabledAt: expect.any(String) },
    });
    for (const token of [pageAdmin, viewer])
      expect((await call(OPERATORS, { token })).body.items[0]).toEqual({
        name: 'Ada',
        role: 'admin',
        disabled: false,
        account: null,
      });
  });

  test('an admin of all Pages adds operators by the rules of the command, and nothing is stored of a password', async () => {
    const { store, call, tables } = await anOperatorApp({}, { target });
    const admin = await anOperator(store, { name: 'Ada', role: 'admin' });
    const pageAdmin = await anOperator(store, { name: 'Ben', role: 'admin', pages: [PAGE] });
    const headers = { 'idempotency-key': 'add-mia' };
    const body = { name: 'Mia', role: 'agent', pages: [PAGE], password: PASSWORD };
    const add = (other: object = {}, token = admin) =>
      call(OPERATORS, { method: 'POST', token, body: { ...body, ...other }, headers: 'name' in other ? {} : headers });

    const added = await add();

    expect([added.status, added.body]).toMatchObject([
      201,
      { name: 'Mia', account: { pages: [PAGE], hasPassword: true } },
    ]);
    expect((await add()).headers['idempotency-replayed']).toBe('true');
    // Another password is no other request: its hash would be guessed fast.
    expect((await add({ password: 'another password of twelve' })).status).toBe(201);
    expect((await add({ role: 'viewer' })).body).toMatchObject({ status: 422, code: 'idempotency_key_reused' });
    expect((await add({ name: 'MIA' })).body).toMatchObject({ status: 409, code: 'operator_exists' });
    expect((await add({ name: 'Eve', password: 'short' })).body).toMatchObject({ status: 400, code: 'password_weak' });
    expect((await add({ name: '<Eve>' })).body).toMatchObject({ status: 400, code: 'operator_name_invalid' });
    expect((await add({ name: 'Eve' }, pageAdmin)).body).toMatchObject({ status: 403, code: 'role_missing' });
    const cookie = await logIn(call, 'mia');
    expect((await call('/api/v1/session', { cookie })).body).toEqual({ name: 'Mia', role: 'agent', pages: [PAGE] });
    const { items } = (await call(OPERATORS, { token: admin })).body;
    expect(Date.parse(items[2].account.lastSeenAt)).toBeGreaterThan(Date.now() - 60_000);
    const stored = JSON.stringify([
      await tables.selectFrom('operator_requests').selectAll().execute(),
      await tables.selectFrom('operator_log').selectAll().execute(),
    ]);
    expect(stored).not.toContain(PASSWORD);
  });

  test('a disabled operator is out until enabled; nobody disables themselves or the last admin', async () => {
    const { store, call } = await anOperatorApp({}, { target });
    const ada = await anOperator(store, { name: 'Ada', role: 'admin' });
    const ben = await anOperator(store, { name: 'Ben', role: 'admin' });
    const change = (name: string, how: 'disable' | 'enable', token = ada) =>
      call(`${OPERATORS}/${name}/${how}`, { method: 'POST', token });

    expect((await change('ADA', 'disable')).body).toMatchObject({ status: 409, code: 'operator_needed' });
    expect((await change('nobody', 'disable')).body).toMatchObject({ status: 404, code: 'operator_unknown' });
    expect((await change('Ben', 'disable')).body).toMatchObject({ name: 'Ben', disabled: true });
    expect((await call(OPERATORS, { token: ben })).status).toBe(401);
    expect((await change('Ben', 'enable')).body).toMatchObject({ name: 'Ben', disabled: false });
    expect((await call(OPERATORS, { token: ben })).status).toBe(200);

    // Two admins who disable each other at the same moment: one remains.
    const both = await Promise.all([change('Ben', 'disable', ada), change('Ada', 'disable', ben)]);

    expect(both.filter(({ status }) => status === 200)).toHaveLength(1);
    const left = (await store.operators.list()).filter(({ disabledAt }) => disabledAt === undefined);
    expect(left).toHaveLength(1);
    await expect(store.operators.disable(left[0]!.name, Date.now(), { keepsAdmin: true })).rejects.toMatchObject({
      code: 'operator_needed',
    });
  });

  test('an admin makes, lists and ends tokens; none is kept to be told again', async () => {
    const { store, call, tables } = await anOperatorApp({}, { target });
    const admin = await anOperator(store, { name: 'Ada', role: 'admin' });
    await store.operators.add({ name: 'robot', role: 'viewer' }, Date.now());
    const path = `${OPERATORS}/robot/tokens`;
    const headers = { 'idempotency-key': 'token-1' };

    const made = await call(path, { method: 'POST', token: admin, headers });
    const again = await call(path, { method: 'POST', token: admin, headers });

    expect([made.status, again.status]).toEqual([201, 201]);
    expect(again.body.token).not.toBe(made.body.token);
    expect((await call('/api/v1/session', { token: made.body.token })).body.name).toBe('robot');
    expect(JSON.stringify(await tables.selectFrom('operator_requests').selectAll().execute())).not.toContain(
      made.body.token,
    );
    const { items } = (await call(path, { token: admin })).body;
    expect(items.map(({ prefix }: { prefix: string }) => prefix).toSorted()).toEqual(
      [made, again].map(({ body }) => String(body.token).slice(0, items[0].prefix.length)).toSorted(),
    );
    const prefix = made.body.token.slice(0, items[0].prefix.length);
    expect((await call(`${path}/${prefix}`, { method: 'DELETE', token: admin })).status).toBe(204);
    expect((await call('/api/v1/session', { token: made.body.token })).status).toBe(401);
    expect((await call(`${path}/${prefix}`, { method: 'DELETE', token: admin })).body).toMatchObject({
      status: 404,
      code: 'operator_token_unknown',
    });
  });
});
