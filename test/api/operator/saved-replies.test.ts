import { describe, expect, test } from 'vitest';
import type { OperatorMessageRequest } from '../../../src/workflows/contract/index.ts';
import { targets, type Target } from '../../store/targets.ts';
import { ANA, aText, PAGE } from '../../support/events.ts';
import { ANA_ID, anOperator, anOperatorApp, stored, type CallOptions } from './an-operator-app.ts';
import { NO_TEMPORAL } from './no-temporal.ts';

const OTHER_PAGE = '104857600999999';
const PATH = '/api/v1/saved-replies';
const SEND_ID = `${ANA_ID}/o1/0` as const;

/** A listener whose conversations remember what they are asked to send. */
async function anApp(target?: Target) {
  const asked: OperatorMessageRequest[] = [];
  const workflows = {
    ...NO_TEMPORAL,
    tagsChanged: async () => {},
    sendMessage: async (_: string, request: OperatorMessageRequest) => {
      asked.push(request);
      return { status: 'sent', sendId: SEND_ID, messageId: 'm1' } as const;
    },
  };
  const app = await anOperatorApp({ workflows }, target && { target });
  const { store, call } = app;
  await stored(store, aText('Hello'), aText('Hello', { page: OTHER_PAGE }));
  const admin = await anOperator(store, { name: 'Ada', role: 'admin' });
  const agent = await anOperator(store, { name: 'Mia', role: 'agent' });
  const save = (body: unknown, token = admin, options: CallOptions = {}) =>
    call(PATH, { method: 'POST', token, body, ...options });
  const sends = (savedReply: string, conversation: string = ANA_ID, key?: string) =>
    call(`/api/v1/conversations/${conversation}/messages`, {
      method: 'POST',
      token: agent,
      body: { savedReply },
      ...(key !== undefined && { headers: { 'idempotency-key': key } }),
    });
  return { ...app, asked, admin, agent, save, sends };
}

describe.each(targets)('on $name', (target) => {
  test('an admin saves, changes and deletes replies, and agents read them by name', async () => {
    const { call, save, admin, agent } = await anApp(target);
    const first = await save({ name: 'Welcome', text: ' Hi {{firstName|there}} ' });
    await save({ name: 'address', text: 'We are at the harbour.', page: PAGE });

    expect(first).toMatchObject({
      status: 201,
      body: { id: expect.any(String), name: 'Welcome', page: null, text: 'Hi {{firstName|there}}' },
    });
    const list = async (query = '') => (await call(`${PATH}${query}`, { token: agent })).body;
    expect(((await list()).items as { name: string }[]).map(({ name }) => name)).toEqual(['address', 'Welcome']);
    expect((await list(`?page=${OTHER_PAGE}`)).items).toHaveLength(1);
    const page = await list('?limit=1');
    expect((await list(`?limit=1&cursor=${page.nextCursor}`)).items).toEqual([first.body]);

    expect((await save({ name: 'WELCOME', text: 'Again' })).body).toMatchObject({
      status: 409,
      code: 'saved_reply_exists',
      detail: 'A saved reply for all Pages has the name "WELCOME".',
    });
    // For one Page the same name is another reply.
    expect((await save({ name: 'welcome', text: 'Here', page: PAGE })).status).toBe(201);
    const put = (body: unknown, id: string = first.body.id) =>
      call(`${PATH}/${id}`, { method: 'PUT', token: admin, body });
    expect((await put({ name: 'Hello', text: 'Hello {{name|you}}' })).body).toMatchObject({
      name: 'Hello',
      page: null,
    });
    expect((await put({ name: 'Address', text: 'x', page: PAGE })).body.code).toBe('saved_reply_exists');
    expect((await put({ name: 'x', text: 'x' }, 'nothing')).status).toBe(404);
    const remove = () => call(`${PATH}/${first.body.id}`, { method: 'DELETE', token: admin });
    expect([(await remove()).status, (await remove()).status]).toEqual([204, 404]);
  });

  test('a reply is sent with what is known of the person; one of the Page comes before one of all', async () => {
    const { store, call, save, sends, asked, agent } = await anApp(target);
    await store.contacts.saveProfile(ANA_ID, { firstName: 'Ana', lastName: '{{operator}}' }, Date.now());
    await save({ name: 'hi', text: 'Hi {{firstName}} {{lastName}}, {{operator}} here' });
    await save({ name: 'bye', text: 'Bye from everywhere' });
    await save({ name: 'Bye', text: 'Bye from the harbour', page: PAGE });

    expect((await sends('HI')).body).toMatchObject({ status: 'sent', id: SEND_ID });
    await sends('bye');
    await sends('bye', `messenger:${OTHER_PAGE}:${ANA}`);

    expect(asked.map(({ message }) => message)).toEqual([
      { text: 'Hi Ana {{operator}}, Mia here' },
      { text: 'Bye from the harbour' },
      { text: 'Bye from everywhere' },
    ]);
    const preview = await call(`/api/v1/conversations/${ANA_ID}/saved-replies`, { token: agent });
    expect(preview.body.items).toEqual([
      { name: 'Bye', text: 'Bye from the harbour', missing: [] },
      { name: 'hi', text: 'Hi Ana {{operator}}, Mia here', missing: [] },
    ]);
  });

  test('who is limited to a Page sees and writes only its replies', async () => {
    const { store, call, save } = await anApp(target);
    const eve = await anOperator(store, { name: 'Eve', role: 'admin', pages: [PAGE] });
    const all = (await save({ name: 'all', text: 'x' })).body.id as string;
    const other = (await save({ name: 'other', text: 'x', page: OTHER_PAGE })).body.id as string;
    const change = (id: string, method: 'PUT' | 'DELETE') =>
      call(`${PATH}/${id}`, {
        method,
        token: eve,
        ...(method === 'PUT' && { body: { name: 'mine', text: 'x', page: PAGE } }),
      });

    const { body } = await call(PATH, { token: eve });
    expect((body.items as { name: string }[]).map(({ name }) => name)).toEqual(['all']);
    for (const method of ['PUT', 'DELETE'] as const) {
      expect((await change(other, method)).body).toMatchObject({ status: 404, code: 'not_found' });
      expect((await change(all, method)).body).toMatchObject({ status: 403, code: 'role_missing' });
    }
    expect((await save({ name: 'x', text: 'x' }, eve)).status).toBe(403);
    expect((await save({ name: 'x', text: 'x', page: OTHER_PAGE }, eve)).status).toBe(404);
    const mine = await save({ name: 'x', text: 'x', page: PAGE }, eve);
    expect(mine.status).toBe(201);
    // It cannot be given to a Page, or to all, that are not theirs.
    const give = (page: string | null) =>
      call(`${PATH}/${mine.body.id}`, { method: 'PUT', token: eve, body: { name: 'x', text: 'x', page } });
    expect([(await give(null)).status, (await give(OTHER_PAGE)).status]).toEqual([403, 404]);
    expect(await store.savedReplies.find(other)).toMatchObject({ name: 'other', pageId: OTHER_PAGE });
  });
});

test('a mistake is told when the reply is saved, with the placeholders that there are', async () => {
  const { save, agent } = await anApp();
  expect((await save({ name: 'x', text: 'Hi {{fistName}}' })).body).toMatchObject({
    status: 400,
    code: 'request_invalid',
    errors: [
      {
        field: 'body.text',
        message:
          'There is no placeholder {{fistName}}. There are: {{firstName}}, {{lastName}}, {{name}}, {{operator}}.',
      },
    ],
  });
  for (const body of [
    {},
    { name: 'x' },
    { name: '', text: 'x' },
    { name: 'x'.repeat(51), text: 'x' },
    { name: 'x', text: ' ' },
    { name: 'x', text: 'x'.repeat(2001) },
    { name: 'x', text: 'Hi {{firstName' },
    { name: 'x', text: 'x', page: "'" },
    { name: 'x', text: 'x', author: 'me' },
  ])
    expect((await save(body)).body.code).toBe('request_invalid');
  expect((await save({ name: 'x', text: 'x' }, agent)).body.code).toBe('role_missing');
});

test('a reply that is not there, or lacks a value, is not sent, and the answer says which', async () => {
  const { call, save, sends, asked, agent } = await anApp();
  await save({ name: 'hi', text: 'Hi {{firstName}} {{lastName}}' });

  expect((await sends('nope')).body).toMatchObject({ status: 404, code: 'saved_reply_unknown' });
  expect((await sends('hi')).body).toMatchObject({
    status: 409,
    code: 'saved_reply_incomplete',
    missing: 'firstName, lastName',
  });
  const preview = await call(`/api/v1/conversations/${ANA_ID}/saved-replies`, { token: agent });
  expect(preview.body.items).toEqual([{ name: 'hi', text: null, missing: ['firstName', 'lastName'] }]);
  const both = { savedReply: 'hi', text: 'x' };
  const path = `/api/v1/conversations/${ANA_ID}/messages`;
  expect((await call(path, { method: 'POST', token: agent, body: both })).body.code).toBe('request_invalid');
  expect(asked).toEqual([]);
});
