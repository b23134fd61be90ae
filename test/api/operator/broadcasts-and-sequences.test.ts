/** Broadcasts and sequences over all people through the API, on a real Temporal server. */

import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { toKnownBot } from '../../../src/broadcasts/known-bot.ts';
import { readBot } from '../../../src/cli/read-bot.ts';
import { theTablesAt } from '../../store/targets.ts';
import { PAGE } from '../../support/events.ts';
import { startStage, type Stage } from '../../support/stage.ts';
import { startTalk, until, type Talk } from '../../support/talk.ts';
import { aStageListener } from './a-stage-listener.ts';
import { anOperator, type Answer, type Call, type CallOptions } from './an-operator-app.ts';

const GROUPS = 'test/support/bots/groups/bot.ts';
const OTHER_PAGE = '104857600999999';
let stage: Stage;
let call: Call;
let close: () => Promise<void>;
const tokens: Record<string, string> = {};

beforeAll(async () => {
  stage = await startStage({ bot: GROUPS, temporalAddress: inject('temporalAddress') });
  ({ call, close } = await aStageListener(stage));
  // A bundle from the cache of the tests does not say what it has; `dev` and `start` report it themselves.
  await stage.store.botFacts.save(toKnownBot(await readBot(GROUPS)), Date.now());
  for (const [name, role, pages] of [
    ['Ada', 'admin', undefined],
    ['Mia', 'agent', undefined],
    ['Vic', 'viewer', undefined],
    ['Eve', 'admin', [OTHER_PAGE]],
  ] as const)
    tokens[name] = await anOperator(stage.store, { name, role, ...(pages && { pages }) });
});

afterAll(async () => {
  await close();
  await stage.stop();
});

const ask = (who: string, path: string, options: CallOptions = {}): Promise<Answer> =>
  call(`/api/v1/${path}`, { token: tokens[who] ?? '', ...options });
const post = (who: string, path: string, body?: unknown, key?: string) =>
  ask(who, `broadcasts/${path}`, {
    method: 'POST',
    body,
    ...(key !== undefined && { headers: { 'idempotency-key': key } }),
  });

/** A person whose local time is outside the quiet hours of the bot. */
async function talkOf(...texts: readonly string[]): Promise<Talk> {
  const talk = await startTalk('', { stage, startsAt: '10:00' });
  for (const text of texts) await talk.says(text);
  await talk.hears();
  return talk;
}

test('health tells that Temporal answers and that a worker asks it for work; settings tell what the bot says', async () => {
  expect((await ask('Vic', 'health')).body).toMatchObject({ store: 'ok', temporal: 'ok', worker: 'ok' });
  expect((await ask('Ada', 'settings')).body.silentAfterHumanMinutes).toBe(24 * 60);
});

test('a broadcast is counted beforehand, started once for a click, and read until it has finished', async () => {
  const buyer = await talkOf('buy');
  const late = await talkOf('buy');
  await late.skip('25 hours');
  expect((await ask('Vic', 'broadcasts')).body).toEqual({
    items: ['sale', 'nightly', 'survey'].map((name) => ({
      name,
      segment: expect.any(Object),
      perSecond: name === 'sale' ? 40 : 10,
      schedule:
        name === 'nightly'
          ? {
              when: '20:00',
              timeZone: 'Europe/Lisbon',
              nextAt: expect.stringMatching(/T(19|20):00/),
              status: 'active',
            }
          : null,
      status: 'never',
      edition: null,
      startedAt: null,
      result: null,
    })),
  });

  const segment = { all: ['buyer'], any: [], none: [], activeWithinMs: 3 * 86_400_000, leftLead: null };
  expect((await ask('Vic', 'broadcasts')).body.items[0].segment).toEqual(segment);
  expect((await ask('Vic', 'broadcasts/sale')).body.segment).toEqual(segment);

  const some = ({ conversation }: Talk) => [{ conversation, name: expect.any(String) }];
  const { examples, ...counted } = (await post('Ada', 'sale/dry-run')).body;
  expect(counted).toEqual({ edition: '1', begun: 1, leftOut: { window_closed: 1 }, isComplete: true });
  expect(examples).toHaveLength(2);
  expect(examples).toEqual(
    expect.arrayContaining([
      { reason: 'begun', people: some(buyer) },
      { reason: 'window_closed', people: some(late) },
    ]),
  );
  expect(await stage.client.workflow.count("WorkflowId = 'broadcast:sale'")).toMatchObject({ count: 0 });

  const started = await post('Ada', 'sale/start', {}, 'k-1');
  expect(started).toMatchObject({ status: 200, body: { status: 'started', edition: '1' } });
  expect((await post('Ada', 'sale/start', {}, 'k-1')).body).toEqual(started.body);
  expect(await buyer.hears(1)).toEqual(['Mugs are half price today.']);
  const read = async () => (await ask('Vic', 'broadcasts/sale')).body as Record<string, unknown>;
  await until(async () => (await read())['status'] === 'finished');
  expect(await read()).toMatchObject({
    name: 'sale',
    edition: '1',
    startedAt: expect.stringMatching(/^20/),
    result: 'finished: 1 begun, 1 left out (window_closed)',
    tally: null,
  });
  expect((await post('Ada', 'sale/dry-run')).body).toMatchObject({
    begun: 0,
    leftOut: { window_closed: 1, had_it_already: 1 },
  });
  expect((await post('Ada', 'sale/dry-run', { edition: '2' })).body).toMatchObject({ begun: 1 });
});

test('a running broadcast is not started again, says how far it is, and stops', async () => {
  await talkOf('buy');
  const { circuitBreakers } = stage.store;
  await circuitBreakers.open(PAGE, { reason: 'restricted', code: '368', now: Date.now() });
  const start = (key: string) => post('Ada', 'sale/start', { edition: 'held' }, key);
  expect((await start('k-2')).status).toBe(200);
  const tally = async () =>
    (await ask('Vic', 'broadcasts/sale')).body.tally as { leftOut: Record<string, number> } | null;
  await until(async () => ((await tally())?.leftOut['restricted'] ?? 0) > 0);
  expect((await start('k-3')).body).toMatchObject({ status: 409, code: 'broadcast_running' });
  // As after a kill between the start and the answer: the key is free, and the run is its own.
  expect((await forgotten('k-2', () => start('k-2'))).body).toMatchObject({ status: 'started' });

  expect((await post('Ada', 'sale/stop')).body).toEqual({ status: 'stopping', edition: null });
  await until(async () => (await ask('Vic', 'broadcasts/sale')).body.status === 'finished');
  expect((await ask('Vic', 'broadcasts/sale')).body.result).toMatch(/^stopped by an operator: 0 begun/);
  expect((await post('Ada', 'sale/stop')).body).toMatchObject({ status: 409, code: 'broadcast_not_running' });
  await circuitBreakers.close(PAGE);
});

test('the schedule of a broadcast is read, paused and resumed', async () => {
  const status = async () => ((await ask('Vic', 'broadcasts/nightly')).body.schedule as { status: string }).status;
  expect((await post('Ada', 'sale/pause')).body).toMatchObject({ status: 409, code: 'broadcast_not_scheduled' });
  expect((await post('Ada', 'nightly/pause')).body).toEqual({ status: 'paused', edition: null });
  expect(await status()).toBe('paused');
  expect((await post('Ada', 'nightly/resume')).body).toEqual({ status: 'resumed', edition: null });
  expect(await status()).toBe('active');
});

test('who may not is refused, and a name that is not there is told', async () => {
  for (const path of ['sale/start', 'sale/stop', 'sale/dry-run', 'nightly/pause', 'nightly/resume']) {
    expect((await post('Mia', path, {})).body).toMatchObject({ status: 403, code: 'role_missing' });
    // An admin of some Pages.
    expect((await post('Eve', path, {})).body).toMatchObject({ status: 403, code: 'role_missing' });
  }
  expect((await ask('Eve', 'broadcasts')).status).toBe(403);
  expect((await post('Ada', 'sales/start', {})).body).toMatchObject({
    status: 404,
    code: 'broadcast_unknown',
    detail: 'The bot has no broadcast "sales". It has: sale, nightly, survey.',
  });
  expect((await ask('Ada', 'broadcasts/sales')).body.code).toBe('broadcast_unknown');
  expect((await post('Ada', 'sale/start', { edition: 'a b' })).body.code).toBe('request_invalid');
  expect((await post('Ada', 'never/stop')).body.code).toBe('broadcast_not_running');
});

test('a sequence is counted and listed over all people of the Pages that the operator sees', async () => {
  const people = [await talkOf('remind'), await talkOf('remind'), await talkOf('remind')];
  const running = async (who: string, query = '') =>
    ((await ask(who, `sequences${query}`)).body.items as { name: string; running: number }[]).find(
      ({ name }) => name === 'later',
    )?.running;
  // Temporal lists a run a moment after it has begun.
  await until(async () => (await running('Vic')) === 3);
  expect(await running('Vic', `?page=${PAGE}`)).toBe(3);
  expect(await running('Vic', `?page=${OTHER_PAGE}`)).toBe(0);
  expect(await running('Eve')).toBe(0);

  const found: string[] = [];
  for (let cursor: string | null = ''; cursor !== null;) {
    const { body } = await ask('Vic', `sequences/later?limit=2${cursor && `&cursor=${cursor}`}`);
    expect(body.running).toBe(3);
    found.push(...(body.items as { conversation: string }[]).map(({ conversation }) => conversation));
    cursor = body.nextCursor;
  }
  expect(found.toSorted()).toEqual(people.map(({ conversation }) => conversation).toSorted());
  const { body } = await ask('Vic', 'sequences/later');
  expect(body.items[0]).toMatchObject({ startedAt: expect.stringMatching(/^20/), conversation: expect.any(String) });
  expect((await ask('Eve', 'sequences/later')).body).toMatchObject({ running: 0, items: [], nextCursor: null });

  expect((await ask('Vic', `sequences/${encodeURIComponent("later' OR 'a' = 'a")}`)).body).toMatchObject({
    status: 404,
    code: 'sequence_unknown',
  });
  const nonsense = Buffer.from('"nonsense"').toString('base64url');
  expect((await ask('Vic', `sequences/later?cursor=${nonsense}`)).body.code).toBe('request_invalid');
});

/** What a process that was killed before its answer leaves: a key without an answer, a minute ago. */
async function forgotten<T>(key: string, repeat: () => Promise<T>): Promise<T> {
  const tables = await theTablesAt(stage.databaseUrl);
  await tables
    .updateTable('operator_requests')
    .set({ status: null, body: null, started_at: 0 })
    .where('idempotency_key', '=', key)
    .execute();
  return repeat();
}
