/** Reads a stream of live updates as a browser does, and checks every event against the schema. */

import { request } from 'undici';
import { expect, onTestFinished, vi } from 'vitest';
import { liveEvent, type LiveEvent } from '../../../src/api/operator/schemas/live.ts';
import type { Call } from './an-operator-app.ts';

/** An event, with the id that the client has after it. */
export type HeardEvent = LiveEvent & { readonly id: string };

export type Listening = Awaited<ReturnType<typeof listen>>;

/** Opens a stream with a token or a cookie; it is closed when the test is over. */
export async function listen(url: string, proof: string | { readonly cookie: string }, lastEventId?: string) {
  const abort = new AbortController();
  const answer = await request(`${url}/api/v1/live`, {
    headers: {
      ...(typeof proof === 'string' ? { authorization: `Bearer ${proof}` } : proof),
      ...(lastEventId !== undefined && { 'last-event-id': lastEventId }),
    },
    signal: abort.signal,
    bodyTimeout: 0,
  });
  onTestFinished(() => abort.abort());
  let lastId = '';
  const frames = readFrames(answer.body);

  async function next(): Promise<HeardEvent | undefined> {
    for (;;) {
      const { value: fields, done } = await frames.next();
      if (done) return undefined;
      lastId = fields.get('id') ?? lastId;
      const event = fields.get('event');
      if (event === undefined) continue;
      return { ...liveEvent.parse({ event, data: JSON.parse(fields.get('data') ?? '') }), id: lastId };
    }
  }
  return { status: answer.statusCode, headers: answer.headers, next, lastId: () => lastId, cut: () => abort.abort() };
}

async function* readFrames(body: AsyncIterable<Buffer>): AsyncGenerator<ReadonlyMap<string, string>, undefined> {
  let text = '';
  for await (const chunk of body) {
    text += chunk.toString();
    for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
      const lines = text.slice(0, end).split('\n');
      text = text.slice(end + 2);
      yield new Map(lines.map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 2)]));
    }
  }
  return undefined;
}

/** The next events, as `[event, data]`. */
export async function heard(stream: Listening, count: number): Promise<(readonly [string, unknown])[]> {
  const events: (readonly [string, unknown])[] = [];
  while (events.length < count) {
    const event = await stream.next();
    if (!event) break;
    events.push([event.event, event.data]);
  }
  return events;
}

/** A stream that has heard `reset`. */
export async function listening(url: string, token: string): Promise<Listening> {
  const stream = await listen(url, token);
  expect(await heard(stream, 1)).toEqual([['reset', { reason: 'connected' }]]);
  return stream;
}

/** How many streams the api has open. */
export async function openStreams(call: Call): Promise<string | undefined> {
  return /^everthread_live_streams (\d+)$/m.exec((await call('/metrics')).text)?.[1];
}

export const untilOpen = (call: Call, count: number) =>
  vi.waitFor(async () => expect(await openStreams(call)).toBe(String(count)), { timeout: 20_000 });
