import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { expect, onTestFinished, test } from 'vitest';
import { aText, signed, webhookBody } from '../../support/events.ts';
import { anApp, SECRET } from '../an-app.ts';

const TIMEOUT_MS = 250;

async function aListeningApp() {
  const { app, store } = await anApp({ requestTimeoutMs: TIMEOUT_MS });
  await app.listen({ host: '127.0.0.1', port: 0 });
  const { port } = app.server.address() as { port: number };
  const dial = async (): Promise<Socket> => {
    const socket = connect(port, '127.0.0.1');
    onTestFinished(() => void socket.destroy());
    socket.on('error', () => {});
    await once(socket, 'connect');
    return socket;
  };
  return { app, store, dial };
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

test('bodies that are under way at once may take so much memory and no more', async () => {
  const { dial } = await aListeningApp();
  const announce = `${HEAD}content-length: ${4 * 1024 * 1024}\r\nx-hub-signature-256: sha256=${'0'.repeat(64)}\r\n\r\n`;
  const sockets = await Promise.all(Array.from({ length: 70 }, dial));
  const said = sockets.map((socket) => text(socket).catch(() => ''));

  for (const socket of sockets) socket.write(`${announce}{`);

  const answers = await Promise.all(said);
  expect(answers.filter((answer) => answer.startsWith('HTTP/1.1 503 '))).toHaveLength(6);
  const next = await dial();
  next.end(`${HEAD}content-length: 2\r\nx-hub-signature-256: sha256=${'0'.repeat(64)}\r\nconnection: close\r\n\r\n{}`);
  expect(await text(next)).toMatch(/^HTTP\/1\.1 401 /);
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
