import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { createServer as createHttpServer, type RequestListener, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { createServer as createTcpServer, type AddressInfo, type Server as TcpServer, type Socket } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { createGraphClient, type GraphClient } from '../../src/graph/graph-client.ts';
import type { SendApiRequest } from '../../src/messenger/outbound/send-api.ts';
import { senderActionRequest, typingOn } from '../../src/messenger/outbound/sender-action.ts';
import { freePort } from '../../src/temporal/server/free-port.ts';
import { ANA, PAGE } from '../support/events.ts';

const BODY: SendApiRequest = {
  recipient: { id: ANA },
  messaging_type: 'RESPONSE',
  message: { text: 'Hello', metadata: 'send-1' },
};
const TAKEN = { status: 'accepted', messageId: 'm_1' };
const NEVER_LEFT = { status: 'no_answer', outcome: 'connect_refused' };
const NO_ANSWER_IN_TIME = { status: 'no_answer', outcome: 'timeout_before_response' };
const BROKEN = { status: 'no_answer', outcome: 'connection_reset_after_request' };
const UNREADABLE = { status: 'no_answer', outcome: 'http_5xx_without_body' };

test('a message is sent in Meta’s format, over one kept-alive connection', async () => {
  const seen: string[] = [];
  const sockets = new Set<Socket>();
  const client = await aClientOf((request, response) => {
    seen.push(`${request.method} ${request.url} ${request.headers['content-type']} ${request.headers.authorization}`);
    sockets.add(request.socket);
    response.end('{"recipient_id":"1","message_id":"m_1"}');
  });

  for (let calls = 0; calls < 5; calls += 1) {
    expect(await send(client)).toEqual(TAKEN);
    await connectionIsFree();
  }

  expect(new Set(seen)).toEqual(
    new Set([`POST /graph/v25.0/${PAGE}/messages application/json Bearer page-token-of-${PAGE}`]),
  );
  expect(sockets.size).toBe(1);
});

test('a sender action is sent in the same way, and its answer has no message id', async () => {
  const seen: string[] = [];
  const client = await aClientOf((request, response) => {
    request.on('data', (chunk: Buffer) => seen.push(`${request.url} ${chunk.toString()}`));
    request.on('end', () => response.end('{"recipient_id":"1"}'));
  });

  expect(await client.sendAction(PAGE, senderActionRequest(ANA, typingOn()), 5000)).toEqual({ status: 'accepted' });
  expect(seen).toEqual([`/graph/v25.0/${PAGE}/messages {"recipient":{"id":"${ANA}"},"sender_action":"typing_on"}`]);
});

test('a refused sender action is refused, whatever the HTTP status', async () => {
  const client = await aClientOf((_request, response) => void response.end(error('{"code":551,"message":"x"}')));

  expect(await client.sendAction(PAGE, senderActionRequest(ANA, typingOn()), 5000)).toMatchObject(refused(551));
});

test.each([
  ['an hour ahead of ours', 3_600_000],
  ['half a minute behind ours', -30_000],
])('an answer tells when the clock of Meta is %s', async (_, aheadMs) => {
  const client = await aClientOf((_request, response) => {
    response.setHeader('date', new Date(Date.now() + aheadMs).toUTCString());
    response.end(error('{"code":551,"message":"x"}'));
  });

  const { clockAheadMs = 0 } = (await send(client)) as { readonly clockAheadMs?: number };

  expect(Math.abs(clockAheadMs - aheadMs)).toBeLessThan(2000);
});

test('the templates of a Page are read to the last page of the list', async () => {
  const seen: string[] = [];
  const entry = (name: string, status: string) => `{"name":"${name}","language":"en_US","status":"${status}","id":"1"}`;
  const client = await aClientOf((request, response) => {
    seen.push(request.url ?? '');
    const isLast = request.url?.includes('after=p2') === true;
    const paging = isLast ? '{"cursors":{"after":"p3"}}' : '{"cursors":{"after":"p2"},"next":"https://x"}';
    const data = isLast ? `${entry('b', 'PAUSED')},{"name":7}` : entry('a', 'APPROVED');
    response.end(`{"data":[${data}],"paging":${paging}}`);
  });

  expect(await client.listTemplates(PAGE, 5000)).toEqual({
    status: 'answered',
    value: [
      { name: 'a', language: 'en_US', status: 'APPROVED' },
      { name: 'b', language: 'en_US', status: 'PAUSED' },
    ],
  });
  expect(seen).toHaveLength(2);
});

test('with the app secret every call has an appsecret_proof', async () => {
  const seen: (string | undefined)[] = [];
  const port = await listening(
    createHttpServer((request, response) => {
      seen.push(request.url);
      response.end('{"message_id":"m_1"}');
    }),
  );
  const client = createGraphClient({
    url: `http://127.0.0.1:${port}`,
    version: 'v25.0',
    accessToken: (page) => `page-token-of-${page}`,
    appSecret: 'app-secret',
  });
  onTestFinished(() => client.close());

  await send(client);
  await send(client);

  const proof = createHmac('sha256', 'app-secret').update(`page-token-of-${PAGE}`).digest('hex');
  expect(new Set(seen)).toEqual(new Set([`/v25.0/${PAGE}/messages?appsecret_proof=${proof}`]));
});

test.each([
  ['a message that is taken', 200, '{"message_id":"m_1"}', TAKEN],
  ['a refusal', 400, error('{"code":613,"message":"x"}'), refused(613)],
  ['a refusal in words of a proxy', 429, 'slow down', refused(4)],
])('%s tells how much of the limits is used up', async (_, status, body, answer) => {
  const client = await aClientOf((_request, response) => {
    response.writeHead(status, { 'x-app-usage': '{"call_count":28,"total_time":25,"total_cputime":26}' }).end(body);
  });

  expect(await send(client)).toMatchObject({ ...answer, usage: { percent: 28 } });
});

test('concurrent calls have a connection each, up to the limit, and all get their answer', async () => {
  const sockets = new Set<Socket>();
  const client = await aClientOf((request, response) => {
    sockets.add(request.socket);
    setImmediate(() => response.end('{"message_id":"m_1"}'));
  });

  const answers = await Promise.all(Array.from({ length: 200 }, () => send(client)));

  expect(answers).toEqual(answers.map(() => TAKEN));
  expect(sockets.size).toBeLessThanOrEqual(64);
});

/** What Meta, or a proxy in between, may answer. */
const ANSWERS: readonly (readonly [what: string, status: number, body: string, answer: object])[] = [
  ['a message id', 200, '{"message_id":"m_1"}', TAKEN],
  ['no body', 200, '', UNREADABLE],
  ['no message id', 200, '{"recipient_id":"1"}', UNREADABLE],
  ['an empty message id', 200, '{"message_id":""}', UNREADABLE],
  ['a message id that is a number', 200, '{"message_id":17}', UNREADABLE],
  ['a list', 200, '[]', UNREADABLE],
  ['HTML with 200, of a portal in between', 200, '<html>Sign in</html>', UNREADABLE],
  ['a redirect', 302, '', UNREADABLE],
  ['an error with 200', 200, error('{"code":10,"error_subcode":2018278,"message":"x"}'), refused(10, 2018278)],
  ['an error', 400, error('{"code":100,"message":"x","type":"OAuthException","fbtrace_id":"A"}'), refused(100)],
  ['an error with 500', 500, error('{"code":2,"message":"x","is_transient":true}'), refused(2)],
  ['an error whose numbers are text', 400, error('{"code":"190","error_subcode":"463"}'), refused(190, 463)],
  ['an error of strange types', 400, error('{"code":551,"message":{"a":1},"fbtrace_id":7}'), refused(551)],
  [
    'an error with a trace id that is none',
    400,
    error(`{"code":100,"message":"x","fbtrace_id":"A-9_z\\u001b[2J\\n\\u202e${'B'.repeat(5000)}"}`),
    { error: { fbtrace_id: `A-9_z2J${'B'.repeat(57)}` } },
  ],
  ['an error without a code', 400, error('{"message":"x"}'), refused(100)],
  ['an error without a code and 500', 500, error('{"message":"x"}'), UNREADABLE],
  ['an error that is a text', 400, '{"error":"nope"}', refused(100)],
  ['HTML with 400', 400, '<html>Bad request</html>', refused(100)],
  ['too many requests, in words of a proxy', 429, 'slow down', refused(4)],
  ['a request that took too long for a proxy', 408, '', NO_ANSWER_IN_TIME],
  ['HTML with 502', 502, '<html>Bad gateway</html>', UNREADABLE],
  ['half a JSON with 503', 503, '{"error":{"co', UNREADABLE],
  ['an answer that is too large', 200, `{"message_id":"${'m'.repeat(2_000_000)}"}`, BROKEN],
];

test.each(ANSWERS)('%s', async (_, status, body, answer) => {
  const client = await aClientOf((_request, response) => void response.writeHead(status).end(body));

  expect(await send(client)).toMatchObject(answer);
});

test('no listener: never left', async () => {
  const client = aClientAt(`http://127.0.0.1:${await freePort()}`);

  expect(await send(client)).toEqual(NEVER_LEFT);
});

test('an unknown host name: never left', async () => {
  expect(await send(aClientAt('http://graph.invalid'))).toEqual(NEVER_LEFT);
});

test('a failed TLS handshake: never left', async () => {
  // A server without a certificate fails every handshake.
  const port = await listening(createTlsServer({}, (_request, response) => response.end('{"message_id":"m_1"}')));

  expect(await send(aClientAt(`https://127.0.0.1:${port}`))).toEqual(NEVER_LEFT);
});

test('no TLS where TLS was expected: never left', async () => {
  const bytes: Buffer[] = [];
  const port = await aTcpServer((socket) => {
    socket.on('data', (chunk: Buffer) => bytes.push(chunk));
    socket.end('HTTP/1.1 400 Bad Request\r\n\r\n');
  });

  expect(await send(aClientAt(`https://127.0.0.1:${port}`))).toEqual(NEVER_LEFT);
  expect(Buffer.concat(bytes).toString('latin1')).not.toContain('POST');
});

test('a TLS handshake that never ends: never left', async () => {
  const port = await aTcpServer((socket) => void socket.resume());

  expect(await send(aClientAt(`https://127.0.0.1:${port}`), 300)).toEqual(NEVER_LEFT);
});

test('without a token nothing is sent, and the answer is that of an invalid token', async () => {
  let requests = 0;
  const port = await listening(createHttpServer(() => void (requests += 1)));
  const client = createGraphClient({ url: `http://127.0.0.1:${port}`, version: 'v25.0', accessToken: () => undefined });
  onTestFinished(() => client.close());

  expect(await send(client)).toMatchObject(refused(190));
  expect(requests).toBe(0);
});

test('the connection is closed before the request is read: unknown', async () => {
  const port = await aTcpServer((socket) => socket.destroy());

  // Sometimes the close comes before the first byte was written: then it is known that none was.
  expect([BROKEN, NEVER_LEFT]).toContainEqual(await send(aClientAt(`http://127.0.0.1:${port}`)));
});

test('the connection is reset after the request was read: unknown', async () => {
  const port = await aTcpServer((socket) => socket.once('data', () => socket.resetAndDestroy()));

  expect(await send(aClientAt(`http://127.0.0.1:${port}`))).toEqual(BROKEN);
});

test('the connection ends in the middle of the answer: unknown', async () => {
  const port = await aTcpServer((socket) =>
    socket.once('data', () => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{"message_id":')),
  );

  expect(await send(aClientAt(`http://127.0.0.1:${port}`))).toEqual(BROKEN);
});

test('an answer that is not HTTP: unknown', async () => {
  const port = await aTcpServer((socket) => socket.once('data', () => socket.end('SSH-2.0-OpenSSH_9.9\r\n')));

  expect(await send(aClientAt(`http://127.0.0.1:${port}`))).toEqual(BROKEN);
});

test('a call without an answer ends in time', async () => {
  const client = await aClientOf(() => {});

  const startedAt = performance.now();
  expect(await send(client, 200)).toEqual(NO_ANSWER_IN_TIME);
  expect(performance.now() - startedAt).toBeLessThan(1000);
});

test('a call whose answer drips without end ends in time', async () => {
  const client = await aClientOf((_request, response) => {
    response.writeHead(200);
    const dripping = setInterval(() => response.write(' '), 20);
    response.once('close', () => clearInterval(dripping));
  });

  expect(await send(client, 200)).toEqual(NO_ANSWER_IN_TIME);
});

test('a slow answer within the time limit counts', async () => {
  const client = await aClientOf((_request, response) => {
    setTimeout(() => response.end('{"message_id":"m_1"}'), 150);
  });

  expect(await send(client)).toEqual(TAKEN);
});

test('a call that found no free connection in time never left, and does not leave later', async () => {
  let requests = 0;
  const held: (() => void)[] = [];
  const client = await aClientOf((_request, response) => {
    requests += 1;
    held.push(() => response.end('{"message_id":"m_1"}'));
  });
  const first = Array.from({ length: 64 }, () => send(client, 10_000));
  while (held.length < 64) await new Promise(setImmediate);

  expect(await send(client, 100)).toEqual(NEVER_LEFT);

  for (const answer of held) answer();
  expect(await Promise.all(first)).toEqual(first.map(() => TAKEN));
  expect(requests).toBe(64);
  const after = send(client);
  while (held.length < 65) await new Promise(setImmediate);
  held.at(-1)?.();
  expect(await after).toEqual(TAKEN);
  expect(requests).toBe(65);
});

test('without time left there is no call', async () => {
  let requests = 0;
  const client = await aClientOf(() => void (requests += 1));

  expect(await send(client, 0)).toEqual(NEVER_LEFT);
  expect(await send(client, -5)).toEqual(NEVER_LEFT);
  expect(requests).toBe(0);
});

/**
 * Meta may close an idle connection just when we use it again. Bytes were written before the close was known here, and
 * may have been read: the outcome is unknown, whatever the error. A close that is known in time only costs a new
 * connection.
 */
test('a kept-alive connection that was closed meanwhile is not used again', async () => {
  let connections = 0;
  const port = await aTcpServer((socket) => {
    connections += 1;
    socket.once('data', () => {
      socket.write('HTTP/1.1 200 OK\r\ncontent-length: 20\r\n\r\n{"message_id":"m_1"}');
      socket.end();
    });
  });
  const client = aClientAt(`http://127.0.0.1:${port}`);

  expect(await send(client)).toEqual(TAKEN);
  while (openConnections(port) > 0) await new Promise(setImmediate);
  expect(await send(client)).toEqual(TAKEN);
  expect(connections).toBe(2);
});

test('a kept-alive connection that breaks during its second request leaves that outcome unknown', async () => {
  const port = await aTcpServer((socket) => {
    let requests = 0;
    socket.on('data', () => {
      requests += 1;
      if (requests === 1) socket.write('HTTP/1.1 200 OK\r\ncontent-length: 20\r\n\r\n{"message_id":"m_1"}');
      else socket.resetAndDestroy();
    });
  });
  const client = aClientAt(`http://127.0.0.1:${port}`);

  expect(await send(client)).toEqual(TAKEN);
  await connectionIsFree();
  expect(await send(client)).toEqual(BROKEN);
});

test('nothing is sent after close', async () => {
  const client = await aClientOf((_request, response) => void response.end('{"message_id":"m_1"}'));
  await client.close();

  expect(await send(client)).toEqual(NEVER_LEFT);
});

function send(client: GraphClient, timeoutMs = 5000) {
  return client.sendMessage(PAGE, BODY, timeoutMs);
}

/** undici needs a turn or two of the event loop after an answer before it reuses the connection. */
async function connectionIsFree(): Promise<void> {
  for (let turns = 0; turns < 5; turns += 1) await new Promise(setImmediate);
}

function error(inner: string): string {
  return `{"error":${inner}}`;
}

function refused(code: number, subcode?: number): object {
  return { status: 'refused', error: { code, ...(subcode !== undefined && { error_subcode: subcode }) } };
}

function aClientAt(origin: string): GraphClient {
  const client = createGraphClient({
    url: `${origin}/graph`,
    version: 'v25.0',
    accessToken: (page) => `page-token-of-${page}`,
  });
  onTestFinished(() => client.close());
  return client;
}

async function aClientOf(listener: RequestListener): Promise<GraphClient> {
  return aClientAt(`http://127.0.0.1:${await listening(createHttpServer(listener))}`);
}

const sockets = new Map<number, Set<Socket>>();

async function aTcpServer(onConnection: (socket: Socket) => void): Promise<number> {
  const open = new Set<Socket>();
  const server = createTcpServer((socket) => {
    open.add(socket);
    socket.on('error', () => {});
    socket.once('close', () => open.delete(socket));
    onConnection(socket);
  });
  const port = await listening(server);
  sockets.set(port, open);
  onTestFinished(() => {
    for (const socket of open) socket.destroy();
  });
  return port;
}

function openConnections(port: number): number {
  return sockets.get(port)?.size ?? 0;
}

async function listening(server: Server | TcpServer): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    if ('closeAllConnections' in server) server.closeAllConnections();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}
