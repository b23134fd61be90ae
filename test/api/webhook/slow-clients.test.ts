import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { expect, onTestFinished, test } from 'vitest';
import { aText, signed, webhookBody } from '../../support/events.ts';
import { anApp, SECRET } from '../an-app.ts';

const TIMEOUT_MS = 250;

async function aListeningApp(requestTimeoutMs = TIMEOUT_MS) {
  const { app, store } = await anApp({ requestTimeoutMs });
  await app.listen({ host: '127.0.0.1', port: 0 });
  const { port } = app.server.address() as { port: number };
  const dial = async (): Promise<Socket> => {
    const socket = connect(port, '127.0.0.1');
    onTestFinished(() => void socket.destroy());
    socket.on('error', () => {});
    await once(socket, 'connect');
    return socket;
  };
  /** Delivers a signed webhook over a connection of its own; resolves to the answer. */
  const deliver = async (words: string): Promise<string> => {
    const { payload, headers } = signed(webhookBody(aText(words)), SECRET);
    const socket = await dial();
    socket.write(
      `${HEAD}content-length: ${Buffer.byteLength(payload)}\r\nx-hub-signature-256: ${headers['x-hub-signature-256']}\r\nconnection: close\r\n\r\n${payload}`,
    );
    return text(socket);
  };
  return { app, store, dial, deliver };
}

const HEAD = 'POST /webhook HTTP/1.1\r\nhost: bot.example\r\ncontent-type: application/json\r\n';

test.each([
  ['never ends its headers', HEAD],
  [
    'never ends its body',
    `${HEAD}content-length: 5000\r\nx-hub-signature-256: sha256=${'0'.repeat(64)}\r\n\r\n{"object":`,
  ],
  ['says nothing at all', ''],
])('a client that %s is cut, and the others are served meanwhile', async (_, start) => {
  const { app, dial } = await aListeningApp();
  const slow = await Promise.all(Array.from({ length: 50 }, dial));
  const said = slow.map((socket) => text(socket).catch(() => ''));
  for (const socket of slow) socket.write(start);
  // A byte now and then does not buy more time.
  const drip = setInterval(() => {
    for (const socket of slow) if (socket.writable && start !== '') socket.write('x');
  }, 50);
  onTestFinished(() => clearInterval(drip));

  const quick = await app.inject({ method: 'POST', url: '/webhook', ...signed(webhookBody(aText('hi')), SECRET) });

  expect(quick.statusCode).toBe(200);
  for (const answer of await Promise.all(said)) expect(answer).toMatch(/^(HTTP\/1\.1 4(01|08) |$)/);
});

test('bytes that are no HTTP are answered shortly, without being repeated', async () => {
  const { dial } = await aListeningApp();
  const socket = await dial();

  socket.end('my secret\r\n\r\n');

  const answer = await text(socket);
  expect(answer).toMatch(/^HTTP\/1\.1 400 /);
  expect(answer).not.toContain('secret');
});

test('headers beyond 16 KB are refused', async () => {
  const { dial } = await aListeningApp();
  const socket = await dial();

  socket.end(`${HEAD}x-much: ${'x'.repeat(20_000)}\r\n\r\n`);

  expect(await text(socket).catch(() => '')).toMatch(/^(HTTP\/1\.1 431 |$)/);
});

const MiB = 1024 * 1024;
const announce = (bytes: number) =>
  `${HEAD}content-length: ${bytes}\r\nx-hub-signature-256: sha256=${'0'.repeat(64)}\r\nconnection: close\r\n\r\n`;

test.each([
  ['a byte', 1],
  ['the first 32 KiB', 32 * 1024],
])('clients that announce 4 MiB and send %s take no room from others', async (_, bytes) => {
  const { dial, deliver } = await aListeningApp(15_000);
  const sockets = await Promise.all(Array.from({ length: 200 }, dial));

  for (const socket of sockets) socket.write(announce(4 * MiB) + 'x'.repeat(bytes));

  expect(await deliver('hi')).toMatch(/^HTTP\/1\.1 200 /);
  expect(await deliver('x'.repeat(3 * MiB))).toMatch(/^HTTP\/1\.1 200 /);
});

test('clients that send nearly 4 MiB each get 503 beyond 128 MiB, and usual webhooks are served meanwhile', async () => {
  const { dial, deliver } = await aListeningApp(15_000);
  const sockets = await Promise.all(Array.from({ length: 40 }, dial));
  const refused = sockets.map((socket) => once(socket, 'data').then(([chunk]) => String(chunk)));
  const body = 'x'.repeat(4 * MiB - 1);

  for (const socket of sockets) socket.write(announce(4 * MiB) + body);

  expect(await Promise.any(refused)).toMatch(/^HTTP\/1\.1 503 /);
  expect(await deliver('hi')).toMatch(/^HTTP\/1\.1 200 /);
  for (const socket of sockets) socket.destroy();
  await expect.poll(() => deliver('y'.repeat(3 * MiB))).toMatch(/^HTTP\/1\.1 200 /);
});

test.each([
  ['that is announced', () => announce(5 * MiB)],
  [
    'that comes in chunks',
    () => `${announce(0).replace('content-length: 0', 'transfer-encoding: chunked')}500000\r\n${'x'.repeat(5 * MiB)}`,
  ],
])('a body beyond 4 MiB %s gets 413', async (_, request) => {
  const { dial } = await aListeningApp(15_000);
  const socket = await dial();
  const answer = once(socket, 'data').then(([chunk]) => String(chunk));

  socket.write(request());

  expect(await answer).toMatch(/^HTTP\/1\.1 413 /);
});

test('closing takes no new request and finishes those under way', async () => {
  const { app, dial } = await aListeningApp();
  const socket = await dial();
  const { payload, headers } = signed(webhookBody(aText('hi')), SECRET);
  const said = text(socket);
  socket.write(
    `${HEAD}content-length: ${payload.length}\r\nx-hub-signature-256: ${headers['x-hub-signature-256']}\r\n\r\n`,
  );
  await once(app.server, 'request');

  const closed = app.close();
  socket.write(payload);

  expect(await said).toMatch(/^HTTP\/1\.1 200 [^]*EVENT_RECEIVED$/);
  await closed;
});
