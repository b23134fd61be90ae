/** Files go from the operator to Meta, which is the simulator here. */

import { connect } from 'node:net';
import { promisify } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';
import { createGraphClient } from '../../../src/graph/graph-client.ts';
import { MAX_UPLOAD_BYTES } from '../../../src/messenger/outbound/file-types.ts';
import { SECRET, startSimulator, TOKEN } from '../../simulator/support.ts';
import { delivered } from '../../store/targets.ts';
import { aText, ANA, PAGE, webhookBody } from '../../support/events.ts';
import { ANA_ID, anOperator, anOperatorApp, logIn, PASSWORD, stored, type CallOptions } from './an-operator-app.ts';

const PATH = `/api/v1/conversations/${ANA_ID}/uploads`;
const PNG = Buffer.from('\x89PNG\r\n\x1A\n and a picture', 'latin1');
const PDF = Buffer.from('%PDF-1.7 and a bill');
const MB = 1024 * 1024;

async function anApp(pageToken = TOKEN) {
  const simulated = await startSimulator();
  const graph = createGraphClient({
    url: `${simulated.url}/graph`,
    version: 'v25.0',
    appSecret: SECRET,
    accessToken: (pageId) => (pageId === PAGE ? pageToken : undefined),
  });
  onTestFinished(() => graph.close());
  const app = await anOperatorApp({ graph });
  await stored(app.store, aText('Hello'));
  const token = await anOperator(app.store);
  const uploads = (
    contentType: string,
    body: Buffer,
    { path = PATH, ...options }: CallOptions & { path?: string } = {},
  ) =>
    app.call(path, {
      method: 'POST',
      token,
      body,
      ...options,
      headers: { 'content-type': contentType, ...options.headers },
    });
  return { ...app, ...simulated, app: app.app, url: app.url, simulated, token, uploads };
}

test('a file of an operator is stored at Meta unchanged, and the same one only once', async () => {
  const { uploads, simulated } = await anApp();

  const first = await uploads('image/png', PNG);

  expect(first).toMatchObject({ status: 201, body: { type: 'image', attachmentId: expect.stringMatching(/^\d+$/) } });
  const stored = await fetch(`${simulated.url}/attachments/${first.body.attachmentId}`);
  expect(stored.headers.get('content-type')).toBe('image/png');
  expect(Buffer.from(await stored.arrayBuffer())).toEqual(PNG);
  expect((await uploads('image/png', PNG)).body).toEqual(first.body);
  // Another name is another file, and the key belongs to the bytes.
  const bill = await uploads('application/pdf', PDF, {
    path: `${PATH}?name=bill.pdf`,
    headers: { 'idempotency-key': 'k' },
  });
  expect(bill.body).toMatchObject({ type: 'file' });
  expect((await uploads('application/pdf', PDF, { path: `${PATH}?name=b` })).body).not.toEqual(bill.body);
  const reused = { path: `${PATH}?name=bill.pdf`, headers: { 'idempotency-key': 'k' } };
  expect((await uploads('application/pdf', Buffer.from('%PDF-2'), reused)).body.code).toBe('idempotency_key_reused');
  const key = { headers: { 'idempotency-key': 'of-a-kind' } };
  await uploads('application/pdf', PDF, key);
  expect((await uploads('application/octet-stream', PDF, key)).body.code).toBe('idempotency_key_reused');
});

test('the name is a name: no path, no other ending, nothing that hides', async () => {
  const names: string[] = [];
  const graph = {
    sendAction: async () => ({ status: 'accepted' }) as const,
    uploadAttachment: async ({ source }: { source: object }) => {
      names.push((source as { name: string }).name);
      return { status: 'uploaded', attachmentId: '7' } as const;
    },
  };
  const { store, call } = await anOperatorApp({ graph });
  const token = await anOperator(store);
  await stored(store, aText('Hello'));
  for (const name of [
    '../../etc/Bill 7.exe',
    'C:\\x\\Ré\u202Esumé.pdf',
    '"; x="\r\n',
    '....',
    `${'x'.repeat(150)}.pdf`,
  ]) {
    await call(`${PATH}?name=${encodeURIComponent(name)}`, {
      method: 'POST',
      token,
      body: Buffer.concat([PDF, Buffer.from(name)]),
      headers: { 'content-type': 'application/pdf' },
    });
  }
  expect(names).toEqual(['Bill 7.pdf', 'Ré sumé.pdf', 'x.pdf', 'file.pdf', `${'x'.repeat(80)}.pdf`]);
});

test('a file that is of another kind, empty or too large is refused with the reason, and Meta is not asked', async () => {
  const { uploads, url, token } = await anApp();
  const refused = async (contentType: string, body: Buffer) => {
    const { status, body: problem } = await uploads(contentType, body);
    return [status, problem.code, problem.detail];
  };
  const unsupported = 'This kind of file cannot be sent.';
  expect(await refused('image/svg+xml', Buffer.from('<svg/>'))).toEqual([415, 'file_unsupported', unsupported]);
  expect(await refused('text/html', Buffer.from('<p>'))).toEqual([415, 'file_unsupported', unsupported]);
  // A form of another origin could send these.
  for (const simple of ['text/plain', 'multipart/form-data; boundary=x', 'application/x-www-form-urlencoded'])
    expect(await refused(simple, PDF)).toEqual([415, 'file_unsupported', unsupported]);
  expect(await refused('image/png', PDF)).toEqual([
    415,
    'file_unsupported',
    'The file does not begin as image/png does.',
  ]);
  expect(await refused('application/pdf', Buffer.alloc(0))).toEqual([400, 'request_invalid', 'The file is empty.']);
  const large = Buffer.concat([PDF, Buffer.alloc(MAX_UPLOAD_BYTES)]);
  expect(await refused('application/pdf', large)).toEqual([
    413,
    'file_too_large',
    'The file has 25.0 MB, and Meta takes 25.0 MB.',
  ]);
  // Without a length it is refused when it has come.
  expect(await sendChunked(url, token, large.subarray(0, MAX_UPLOAD_BYTES + 1))).toContain('413');
});

test('Instagram takes fewer kinds, and pictures up to 8 MB', async () => {
  const account = '17841400000000001';
  const { store, uploads } = await anApp();
  const body = { ...webhookBody(aText('Hello', { page: account })), object: 'instagram' };
  await store.inbox.record(delivered(body), Date.now());
  const path = `/api/v1/conversations/instagram:${account}:${ANA}/uploads`;
  expect((await uploads('application/zip', Buffer.from('PK\x03\x04'), { path })).body).toMatchObject({
    status: 415,
    detail: 'Instagram takes no application/zip.',
  });
  const picture = Buffer.concat([PNG, Buffer.alloc(8 * MB)]);
  expect((await uploads('image/png', picture, { path })).body).toMatchObject({ status: 413, code: 'file_too_large' });
  expect((await uploads('image/png', picture)).status).toBe(201);
});

test('who may not is refused before the file is read: a viewer, nobody, a foreign Page, a page of another origin', async () => {
  const { store, call, uploads } = await anApp();
  const viewer = await anOperator(store, { name: 'Vic', role: 'viewer' });
  const foreign = await anOperator(store, { name: 'Eve', pages: ['104857600999999'] });
  expect((await uploads('image/png', PNG, { token: viewer })).body.code).toBe('role_missing');
  expect((await uploads('image/png', PNG, { token: 'x' })).status).toBe(401);
  expect((await uploads('image/png', PNG, { token: foreign })).status).toBe(404);
  await store.operators.add({ name: 'Tom', role: 'agent', password: PASSWORD }, Date.now());
  const cookie = await logIn(call, 'Tom');
  const withCookie = (headers: Record<string, string>) =>
    call(PATH, { method: 'POST', cookie, body: PNG, headers: { 'content-type': 'image/png', ...headers } });
  expect((await withCookie({ origin: 'https://evil.example' })).body.code).toBe('foreign_origin');
  expect((await withCookie({ 'content-type': 'text/plain' })).body.code).toBe('file_unsupported');
  expect((await withCookie({})).status).toBe(201);
  // JSON is a file nowhere, and a file is JSON nowhere.
  expect((await withCookie({ 'content-type': 'application/json' })).body.code).toBe('file_unsupported');
  const note = { method: 'POST', cookie, body: PNG, headers: { 'content-type': 'image/png' } } as const;
  expect((await call(`/api/v1/conversations/${ANA_ID}/notes`, note)).body.code).toBe('media_type_unsupported');
});

test('Meta that refuses, or does not answer, is told with what to do; a held Page is not asked', async () => {
  const { store, uploads } = await anApp('a-token-of-yesterday');
  expect((await uploads('image/png', PNG)).body).toMatchObject({ code: 'upload_failed', reason: 'token_invalid' });
  await store.circuitBreakers.open(PAGE, { reason: 'restricted', code: '368', now: Date.now() });
  expect((await uploads('image/png', PNG)).body).toMatchObject({ status: 409, reason: 'restricted' });

  const { store: other, call } = await anOperatorApp();
  const token = await anOperator(other);
  await stored(other, aText('Hello'));
  const options = { method: 'POST', token, body: PNG, headers: { 'content-type': 'image/png' } } as const;
  expect((await call(PATH, options)).body).toMatchObject({ status: 504, code: 'upload_unanswered' });
});

test('four files at a time are held in memory; a fifth waits, and a file that breaks off makes room', async () => {
  const { uploads, url, token } = await anApp();
  const slow = await Promise.all(Array.from({ length: 4 }, () => aSlowUpload(url, token)));
  const fifth = await uploads('image/png', PNG);
  expect([fifth.status, fifth.body.code, fifth.headers['retry-after']]).toEqual([429, 'too_many_uploads', '5']);
  for (const socket of slow) socket.destroy();
  await expect.poll(async () => (await uploads('image/png', PNG)).status).toBe(201);
});

test('uploads whose client is gone before anybody knew who it was hold no place', async () => {
  const { store, storeUrl } = await anOperatorApp();
  await stored(store, aText('Hello'));
  const token = await anOperator(store);
  let asked = 0;
  let release = () => {};
  const released = new Promise<void>((resolve) => (release = resolve));
  const findByToken: typeof store.operators.findByToken = async (...args) => {
    asked += 1;
    await released;
    return store.operators.findByToken(...args);
  };
  const slow = { ...store, operators: { ...store.operators, findByToken } };
  const { app, url, call } = await anOperatorApp({ store: slow }, { at: storeUrl });
  const sockets = [1, 2, 3, 4].map(() => connect(Number(new URL(url).port), '127.0.0.1'));
  for (const socket of sockets) socket.write(head(url, token, 'content-type: image/png', 'content-length: 1000'));
  await expect.poll(() => asked).toBe(4);

  for (const socket of sockets) socket.destroy();
  await expect.poll(() => promisify(app.server.getConnections.bind(app.server))()).toBe(0);
  release();

  const upload = { method: 'POST', token, body: PNG, headers: { 'content-type': 'image/png' } } as const;
  await expect.poll(async () => (await call(PATH, upload)).body.code).toBe('upload_unanswered');
});

function head(url: string, token: string, ...lines: readonly string[]): string {
  const { host } = new URL(url);
  return [`POST ${PATH} HTTP/1.1`, `host: ${host}`, `authorization: Bearer ${token}`, ...lines, '', ''].join('\r\n');
}

/** An upload of which only the beginning comes; resolves when the listener has read its head. */
async function aSlowUpload(url: string, token: string) {
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  socket.write(head(url, token, 'content-type: image/png', 'content-length: 1000', 'expect: 100-continue'));
  await new Promise((resolve) => socket.once('data', resolve));
  socket.write('x');
  return socket;
}

/** The first line of the answer to a file without a length. */
async function sendChunked(url: string, token: string, content: Buffer): Promise<string> {
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  socket.on('error', () => {});
  const answer = new Promise<string>((resolve) => socket.once('data', (data) => resolve(data.toString())));
  socket.write(head(url, token, 'content-type: application/pdf', 'transfer-encoding: chunked'));
  socket.write(`${content.length.toString(16)}\r\n`);
  socket.write(content);
  socket.write('\r\n0\r\n\r\n');
  const [line = ''] = (await answer).split('\r\n');
  socket.destroy();
  return line;
}
