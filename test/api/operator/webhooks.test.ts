/** Destinations of events over the operator API: who may do what, on which Pages, and what is told of an address. */

import { describe, expect, test } from 'vitest';
import type { Store } from '../../../src/store/index.ts';
import { targets } from '../../store/targets.ts';
import { ANA, PAGE, START } from '../../support/events.ts';
import { anOperator, anOperatorApp, type Call } from './an-operator-app.ts';

const OTHER_PAGE = '104857600999999';
const CRM = { name: 'crm', url: 'https://crm.example/hook?token=t0k3n', topics: ['lead.*'] };

const aLead = (pageId: string) => ({
  leadId: `lead of ${pageId}`,
  conversation: `messenger:${pageId}:${ANA}` as const,
  form: 'booking',
  fields: { name: 'Ana' },
  at: START,
});

/** Gives up what waits for a destination. */
async function giveUp({ outbox }: Store, name: string): Promise<void> {
  const now = Date.now();
  for (const event of await outbox.lease(name, 10, now, now + 1))
    await outbox.recordFailure(event, { trouble: 'HTTP 500' }, now);
}

describe.each(targets)('webhooks on $name', (target) => {
  async function anApp() {
    const { store, call, tables } = await anOperatorApp({ privateAddresses: 'refuse' }, { target });
    const admin = await anOperator(store, { role: 'admin' });
    const ofOther = await anOperator(store, { name: 'other', role: 'admin', pages: [OTHER_PAGE] });
    const agent = await anOperator(store, { name: 'agent', role: 'agent' });
    return { store, call, tables, admin, ofOther, agent };
  }
  const post = (call: Call, path: string, token: string, body?: unknown, headers = {}) =>
    call(`/api/v1/webhooks${path}`, { method: 'POST', token, body, headers });

  test('an admin adds, lists, rotates and removes one; its secret is told once, and its address never', async () => {
    const { store, call, tables, admin } = await anApp();
    const key = { 'idempotency-key': 'add-crm' };
    const added = await post(call, '', admin, CRM, key);
    expect(added).toMatchObject({
      status: 201,
      body: {
        name: 'crm',
        host: 'crm.example',
        format: 'standard',
        pages: null,
        secret: expect.stringMatching(/^whsec_/),
      },
    });
    // A repetition gets the same answer without the secret, which the store remembers in no answer.
    const repeated = await post(call, '', admin, CRM, key);
    expect([repeated.status, repeated.body]).toEqual([201, { ...added.body, secret: null }]);
    expect((await post(call, '', admin, CRM)).body).toMatchObject({ status: 409, code: 'webhook_exists' });

    const rotated = await post(call, '/crm/rotate', admin);
    expect(rotated.body).toEqual({ secret: expect.stringMatching(/^whsec_/), previousUntil: expect.any(String) });
    expect((await store.destinations.findForSigning('crm', Date.now()))?.secrets).toEqual([
      rotated.body.secret,
      added.body.secret,
    ]);
    const again = { 'idempotency-key': 'again' };
    const secrets = [await post(call, '/crm/rotate', admin, undefined, again)].map(({ body }) => body.secret as string);
    expect((await post(call, '/crm/rotate', admin, undefined, again)).body).toMatchObject({ secret: null });
    expect((await store.destinations.findForSigning('crm', Date.now()))?.secrets[0]).toBe(secrets[0]);
    const answers = JSON.stringify(await tables.selectFrom('operator_requests').selectAll().execute());
    expect(answers).toContain('previousUntil');
    expect(answers).not.toContain('whsec_');
    const slack = await post(call, '', admin, { ...CRM, name: 'team', format: 'slack' });
    expect(slack.body).toMatchObject({ secret: null });
    expect((await post(call, '/team/rotate', admin)).body).toMatchObject({ status: 409, code: 'webhook_unsigned' });

    const listed = await call('/api/v1/webhooks', { token: admin });
    expect(listed.body.items).toMatchObject([{ name: 'crm', pending: 0, dead: 0, trouble: null }, { name: 'team' }]);
    expect(listed.text).not.toMatch(/whsec_|t0k3n/);
    expect((await call('/api/v1/webhooks/crm', { method: 'DELETE', token: admin })).status).toBe(204);
    expect((await call('/api/v1/webhooks/crm', { method: 'DELETE', token: admin })).status).toBe(404);
    const log = await tables.selectFrom('operator_log').select('action').orderBy('id').execute();
    expect(log.map(({ action }) => action)).toContain('rotateWebhookSecret');
  });

  test('events that were given up are listed, posted again and dropped', async () => {
    const { store, call, admin } = await anApp();
    await post(call, '', admin, CRM);
    await store.leads.save(aLead(PAGE));
    await store.leads.save(aLead(OTHER_PAGE));
    await giveUp(store, 'crm');
    const list = async () => (await call('/api/v1/webhooks/dead', { token: admin })).body.items as { id: number }[];

    const [one, two] = await list();
    expect(one).toMatchObject({
      destination: 'crm',
      topic: 'lead.created',
      page: PAGE,
      attempts: 1,
      trouble: 'HTTP 500',
    });
    expect(JSON.stringify(await list())).not.toContain('booking');
    const first = await call('/api/v1/webhooks/dead?limit=1', { token: admin });
    expect(
      (await call(`/api/v1/webhooks/dead?cursor=${first.body.nextCursor}`, { token: admin })).body.items,
    ).toMatchObject([{ id: two?.id }]);
    expect((await post(call, '/dead/retry', admin, { ids: [one?.id, 999_999] })).body).toEqual({ changed: [one?.id] });
    expect((await post(call, '/dead/drop', admin, { ids: [one?.id, two?.id] })).body).toEqual({ changed: [two?.id] });
    expect(await list()).toEqual([]);
    expect(await store.outbox.count()).toEqual({ pending: 1 });
  });

  test('one who sees some Pages has destinations of those Pages alone', async () => {
    const { store, call, admin, ofOther, agent } = await anApp();
    for (const [path, method] of [
      ['', 'GET'],
      ['', 'POST'],
      ['/dead', 'GET'],
      ['/crm', 'DELETE'],
    ] as const)
      expect(
        (await call(`/api/v1/webhooks${path}`, { method, token: agent, ...(method === 'POST' && { body: CRM }) }))
          .status,
      ).toBe(403);

    await post(call, '', admin, { ...CRM, name: 'all' });
    await post(call, '', admin, { ...CRM, name: 'first', pages: [PAGE] });
    expect((await post(call, '', ofOther, { ...CRM, name: 'mine', pages: [OTHER_PAGE, PAGE] })).status).toBe(404);
    expect((await post(call, '', ofOther, { ...CRM, name: 'mine' })).body).toMatchObject({ pages: [OTHER_PAGE] });
    await store.leads.save(aLead(PAGE));
    await store.leads.save(aLead(OTHER_PAGE));
    for (const name of ['all', 'first', 'mine']) await giveUp(store, name);

    const seen = (await call('/api/v1/webhooks', { token: ofOther })).body.items as { name: string }[];
    expect(seen).toMatchObject([{ name: 'mine', dead: 1 }]);
    const dead = (await call('/api/v1/webhooks/dead', { token: ofOther })).body.items as { destination: string }[];
    expect(dead.map(({ destination }) => destination)).toEqual(['mine']);
    for (const path of ['/all/rotate', '/first/enable']) expect((await post(call, path, ofOther)).status).toBe(404);
    expect((await call('/api/v1/webhooks/all', { method: 'DELETE', token: ofOther })).status).toBe(404);
    const all = await store.outbox.listDead({}, { limit: 10 });
    const ids = all.map(({ id }) => id);
    expect((await post(call, '/dead/drop', ofOther, { ids })).body.changed).toHaveLength(1);
    expect(await store.outbox.count()).toEqual({ dead: 3 });
  });
});

test.each<[string, object, string, string]>([
  ['no topics', { topics: [] }, 'body.topics', 'Name 1 to 50 topics'],
  ['a pattern in the middle', { topics: ['lead.*.x'] }, 'body.topics', '"lead.*.x" is no topic'],
  ['a name with spaces', { name: 'My CRM' }, 'body.name', 'lower-case letters'],
  ['no address', { url: 'crm' }, 'body.url', 'no web address'],
  ['a file', { url: 'file:///etc/passwd' }, 'body.url', 'no web address'],
  ['a password', { url: 'https://u:hunter2@crm.example/' }, 'body.url', 'a user or a password'],
  ['unencrypted', { url: 'http://crm.example/?t0k3n' }, 'body.url', 'unencrypted'],
  ['a private address', { url: 'https://169.254.169.254/latest' }, 'body.url', 'OUTGOING_PRIVATE_ADDRESSES=allow'],
  ['one that is written in another way', { url: 'https://0x7f.1/' }, 'body.url', 'private network'],
  ['another format', { format: 'xml' }, 'body.format', ''],
  ['another field', { secret: 'whsec_x' }, 'body', ''],
])('refused: %s', async (_, change, field, message) => {
  const { store, call } = await anOperatorApp({ privateAddresses: 'refuse' });
  const token = await anOperator(store, { role: 'admin' });
  const answer = await call('/api/v1/webhooks', { method: 'POST', token, body: { ...CRM, ...change } });
  expect(answer.body).toMatchObject({
    status: 400,
    code: 'request_invalid',
    errors: [{ field: expect.stringContaining(field), message: expect.stringContaining(message) }],
  });
  expect(answer.text).not.toMatch(/hunter2|t0k3n/);
});
