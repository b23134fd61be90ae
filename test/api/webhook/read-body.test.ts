import { once } from 'node:events';
import { createServer } from 'node:http';
import { connect } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { createBodyReader } from '../../../src/api/webhook/read-body.ts';

test.each([
  ['that was read', 'ok', 'read'],
  ['that was too large', 'x'.repeat(11), 'too_large'],
])('a connection that breaks while a body %s is being answered harms nobody', async (_, body, status) => {
  const readBody = createBodyReader({ maxBytes: 10, bufferBytes: 10 });
  const outcome = new Promise((resolve, reject) => {
    const server = createServer((request, response) => {
      void readBody(request, response)
        .then((read) => {
          response.write('the answer has begun');
          request.emit('error', new Error('aborted'));
          resolve(read.status);
        })
        .catch(reject);
    }).listen(0, '127.0.0.1', () => {
      const socket = connect((server.address() as { port: number }).port, '127.0.0.1');
      socket.on('error', () => {});
      socket.write(`POST / HTTP/1.1\r\nhost: bot.example\r\ncontent-length: ${body.length}\r\n\r\n${body}`);
      onTestFinished(async () => {
        socket.destroy();
        server.closeAllConnections();
        await once(server.close(), 'close');
      });
    });
  });
  expect(await outcome).toBe(status);
});
