import Fastify from 'fastify';
import { describe, expect, test } from 'vitest';
import type { SimulatorOptions } from '../../src/simulator/index.ts';
import { ANA, aSend, DAY, HOUR, PAGE, startBoth, startSimulator } from './support.ts';

async function startWithAna(options: Partial<SimulatorOptions> = {}) {
  const running = await startSimulator(options);
  running.simulator.addPerson({ psid: ANA });
  const post = (path: string, payload: object = {}, headers: Record<string, string> = {}) =>
    running.app.inject({ method: 'POST', url: `/simulator/api/${path}`, payload, headers });
  return { ...running, post };
}

test.each([
  [`people/${ANA}/messages`, { text: '  ' }, 'text: must not be empty'],
  [`people/${ANA}/messages`, { text: 'x'.repeat(2001) }, 'text: must have at most 2000 characters'],
  [`people/${ANA}/messages`, { words: 'Hi' }, /text: .*expected string.*; .*"words"/],
  [`people/${ANA}/time`, { ms: -5 }, 'ms: time only moves forward'],
  [`people/${ANA}/links`, { ref: 'a b' }, /ref: may have letters/],
  [`people/${ANA}/reactions`, { reaction: 'applause' }, /reaction: .*love/],
  ['people', { psid: 'ana' }, 'psid: must be digits'],
  ['people', { psid: ANA }, /already a person/],
  ['faults', { kind: 'earthquake' }, /kind: /],
])('bad input to %s %j is answered with a sentence', async (path, payload, sentence) => {
  const { post } = await startWithAna();
  const answer = await post(path, payload);
  expect(answer.statusCode).toBe(400);
  expect(answer.json<{ error: string }>().error).toMatch(sentence);
});

test('an impossible action is answered with a sentence', async () => {
  const { post } = await startWithAna();
  const nobody = await post('people/6120459871239999/messages', { text: 'Hi' });
  expect([nobody.statusCode, nobody.json<object>()]).toEqual([
    404,
    { error: expect.stringContaining('Add the person') },
  ]);
  const nothing = await post(`people/${ANA}/taps`, { title: 'Yes' });
  expect([nothing.statusCode, nothing.json<object>()]).toEqual([
    409,
    { error: expect.stringContaining('"Yes" to tap') },
  ]);
});

test('a conversation through the control API', async () => {
  const { post, send, app } = await startWithAna();
  await post(`people/${ANA}/starts`, { ref: 'poster_7' });
  await send(aSend({ text: 'Colour?', quick_replies: [{ content_type: 'text', title: 'Green', payload: 'G' }] }));
  await post(`people/${ANA}/reads`);
  await post(`people/${ANA}/reactions`, { reaction: 'like' });
  await post(`people/${ANA}/taps`, { title: 'Green' });
  await post(`people/${ANA}/inbox`, { text: 'Marta here' });
  const after = await post(`people/${ANA}/time`, { ms: DAY });
  const { person, bubbles } = after.json<{ person: { clockAheadMs: number; window: object }; bubbles: object[] }>();
  expect(person).toMatchObject({ clockAheadMs: DAY, window: { state: 'human_agent_only' } });
  expect(bubbles).toMatchObject([
    { author: 'person', text: 'Get Started', isTapped: true },
    { author: 'bot', text: 'Colour?', reaction: '👍', mark: 'read' },
    { author: 'person', text: 'Green', isTapped: true },
    { author: 'inbox', text: 'Marta here', mark: 'delivered' },
  ]);
  const state = (await app.inject('/simulator/api/state')).json<{ people: object[] }>();
  expect(state).toMatchObject({
    pageId: PAGE,
    movesTimers: false,
    people: [{ psid: ANA, unread: 1, lastText: 'Marta here' }],
  });
});

test('with a time machine, only it moves the clock', async () => {
  const skipped: unknown[] = [];
  const timeMachine = { skip: async (...what: unknown[]) => void skipped.push(what) };
  const { post, simulator } = await startWithAna({ timeMachine });
  await post(`people/${ANA}/time`, { ms: HOUR });
  expect(skipped).toEqual([[`messenger:${PAGE}:${ANA}`, HOUR]]);
  expect(simulator.people()[0]!.clockAheadMs).toBe(0);
});

test('a link opens the conversation in Temporal', async () => {
  const { simulator } = await startWithAna({ temporalUiUrl: 'http://127.0.0.1:8233/' });
  const query = encodeURIComponent(`WorkflowId="messenger:${PAGE}:${ANA}"`);
  const url = `http://127.0.0.1:8233/namespaces/default/workflows?query=${query}`;
  expect(simulator.thread(ANA).person.temporalUrl).toBe(url);
});

describe('access', () => {
  /** What page, state and person answer, with this option `host`. */
  async function statusesFor(host: string | undefined, call: { headers: { host: string }; remoteAddress?: string }) {
    const { app } = await startWithAna(host ? { host } : {});
    const urls = ['/simulator', '/simulator/api/state', '/simulator/api/people/' + ANA];
    return Promise.all(urls.map(async (url) => (await app.inject({ url, ...call })).statusCode));
  }

  test.each([
    ['127.0.0.1', undefined, 200],
    ['127.8.9.10', undefined, 200],
    ['::1', undefined, 200],
    ['::ffff:127.0.0.1', undefined, 200],
    ['192.0.2.7', undefined, 403],
    ['::ffff:192.0.2.7', undefined, 403],
    ['10.0.0.4', undefined, 403],
    ['2001:db8::7', undefined, 403],
    ['192.0.2.7', '*', 200],
  ])('a call from %s that says Host: localhost, with option host %s', async (remoteAddress, option, status) => {
    const statuses = await statusesFor(option, { headers: { host: 'localhost:3000' }, remoteAddress });
    expect(statuses).toEqual([status, status, status]);
  });

  test.each([
    ['localhost:3000', undefined, 200],
    ['127.0.0.1:3000', undefined, 200],
    ['[::1]:3000', undefined, 200],
    ['bot.localhost', undefined, 200],
    ['evil.example', undefined, 403],
    ['localhost.evil.example', undefined, 403],
    ['127.0.0.1.evil.example', undefined, 403],
    ['simulator:3000', undefined, 403],
    ['simulator:3000', 'simulator', 200],
    ['evil.example', 'simulator', 403],
    ['evil.example', '*', 200],
  ])('Host %s with option host %s', async (host, option, status) => {
    expect(await statusesFor(option, { headers: { host } })).toEqual([status, status, status]);
  });

  test.each([
    [undefined, 200],
    ['http://localhost:80', 200],
    ['http://localhost:5173', 403],
    ['https://evil.example', 403],
    ['null', 403],
  ])('a change asked for by a page from %s', async (origin, status) => {
    const { post, simulator } = await startWithAna();
    const answer = await post(
      `people/${ANA}/messages`,
      { text: 'Hi' },
      { host: 'localhost', ...(origin && { origin }) },
    );
    expect(answer.statusCode).toBe(status);
    expect(simulator.thread(ANA).bubbles).toHaveLength(status === 200 ? 1 : 0);
  });
});

test('the page loads nothing from other origins, and its policy forbids it', async () => {
  const { app } = await startWithAna();
  const page = await app.inject('/simulator');
  expect(page.headers['content-security-policy']).toContain("default-src 'none'; script-src 'self'");
  expect(page.body).toContain('<base href="/simulator/" />');
  expect(page.body).not.toMatch(/(src|href)="(https?:)?\/\//);
  for (const [, file] of page.body.matchAll(/(?:src|href)="(page\/[^"]+)"/g)) {
    expect((await app.inject(`/simulator/${file}`)).statusCode).toBe(200);
  }
  expect((await app.inject('/simulator/page/..%2fsimulator.ts')).statusCode).toBe(404);
});

test('the routes also work without a prefix', async () => {
  const { simulator } = await startBoth();
  const app = Fastify();
  await app.register(simulator.routes);
  expect((await app.inject('/')).body).toContain('<base href="/" />');
  expect((await app.inject('/api/state')).statusCode).toBe(200);
  await app.close();
});

test('closing the app ends the event streams', async () => {
  const { url, stop, simulator } = await startWithAna();
  const stream = await fetch(`${url}/api/live`);
  const reader = stream.body!.pipeThrough(new TextDecoderStream()).getReader();
  expect((await reader.read()).value).toContain('event: hello');
  simulator.says(ANA, 'Hi');
  expect((await reader.read()).value).toContain(`data: {"people":["${ANA}"]}`);
  await stop();
  for (let part = await reader.read(); !part.done; part = await reader.read());
});
