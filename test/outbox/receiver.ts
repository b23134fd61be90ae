/** A receiver of posts: records requests, and answers as the test says. */

import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';

export interface Received {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface Receiver {
  readonly url: URL;
  readonly received: readonly Received[];
  /** Answers each request, or leaves it open. */
  answer: (response: ServerResponse, request: Received) => void;
}

export async function aReceiver(): Promise<Receiver> {
  const received: Received[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (part: string) => {
      body += part;
    });
    request.on('end', () => {
      const whole = { path: request.url ?? '', headers: request.headers, body };
      received.push(whole);
      receiver.answer(response, whole);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  const receiver: Receiver = {
    url: new URL(`http://127.0.0.1:${port}/hook?token=in-the-address`),
    received,
    answer: (response) => response.writeHead(204).end(),
  };
  return receiver;
}
