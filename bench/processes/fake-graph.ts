/**
 * A minimal Send API in a process of its own: answers `POST /{version}/{page}/messages` at once, or after so many
 * milliseconds as its argument says, and streams every call at once to readers of `GET /calls`. Unlike the simulator, it
 * checks nothing.
 */

import { createServer, type ServerResponse } from 'node:http';
import type { SendApiCall } from '../load/answers.ts';
import { monotonicMs, serveParent } from './child-process.ts';

const answerAfterMs = Number(process.argv[2] ?? 0);
const listeners = new Set<ServerResponse>();
let calls = 0;

const server = createServer((request, response) => {
  const at = monotonicMs();
  if (request.method === 'GET') {
    response.writeHead(200, { 'content-type': 'application/x-ndjson' }).flushHeaders();
    listeners.add(response);
    response.once('close', () => listeners.delete(response));
    return;
  }
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => void chunks.push(chunk));
  request.on('end', () => {
    const body = JSON.parse(Buffer.concat(chunks).toString()) as {
      recipient: { id: string };
      message: { text?: string; metadata: string };
    };
    const psid = body.recipient.id;
    const { text, metadata } = body.message;
    calls += 1;
    const mid = `m_bench${process.pid}_${calls}`;
    const answer = () => {
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ recipient_id: psid, message_id: mid }));
    };
    if (answerAfterMs > 0) setTimeout(answer, answerAfterMs);
    else answer();
    const isFirst = /\/0(#|$)/.test(metadata);
    const call: SendApiCall = { psid, mid, ...(text !== undefined && { text }), metadata, isFirst, at };
    for (const listener of listeners) listener.write(`${JSON.stringify(call)}\n`);
  });
});

server.keepAliveTimeout = 60_000;
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  serveParent({}, { url: `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}` });
});
