/** Export and erasure of a person over the operator API, on a real Temporal server. */

import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Client } from '@temporalio/client';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { createPersonRuns } from '../../../src/personal-data/runs.ts';
import { createDataConverter } from '../../../src/temporal/encryption/data-converter.ts';
import { theTablesAt } from '../../store/targets.ts';
import { startStage, type Stage } from '../../support/stage.ts';
import { startTalk, until, type Talk } from '../../support/talk.ts';
import { aStageListener } from './a-stage-listener.ts';
import { anOperator } from './an-operator-app.ts';
import { heard, listen, listening } from './live-client.ts';

let stage: Stage;
let listener: Awaited<ReturnType<typeof aStageListener>>;
const tokens: Record<string, string> = {};

beforeAll(async () => {
  stage = await startStage({ bot: 'test/support/bots/probe/bot.ts', temporalAddress: inject('temporalAddress') });
  listener = await aStageListener(stage);
  tokens['Ada'] = await anOperator(stage.store, { name: 'Ada', role: 'admin' });
  tokens['Mia'] = await anOperator(stage.store, { name: 'Mia', role: 'agent' });
  tokens['Eve'] = await anOperator(stage.store, { name: 'Eve', role: 'admin', pages: ['104857600999999'] });
});

afterAll(async () => {
  await listener.close();
  await stage.stop();
});

async function ask(
  path: string,
  { who = 'Ada', method = 'POST', body }: { who?: string; method?: 'GET' | 'POST'; body?: unknown } = {},
) {
  const token = tokens[who] ?? '';
  const answer = await listener.call(`/api/v1/${path}`, { method, token, body });
  return { status: answer.status, body: answer.body as Record<string, unknown> };
}

/** What the person would find of themselves in the files of the store. */
function filesWith(words: string): readonly string[] {
  const folder = dirname(stage.databaseUrl.slice('file:'.length));
  return readdirSync(folder).filter((file) => readFileSync(join(folder, file), 'latin1').includes(words));
}

async function untilErased(erasureId: unknown): Promise<Record<string, unknown>> {
  const read = async () => (await ask(`erasures/${String(erasureId)}`, { method: 'GET' })).body;
  await until(async () => (await read())['status'] === 'finished');
  return read();
}

/** Somebody of whom there is something everywhere: sequence, lead, note, external id, earlier runs. */
async function aKnownPerson(): Promise<Talk> {
  const talk = await startTalk('', { stage, person: { firstName: `Zoe${Date.now()}` } });
  for (const words of ['hello', 'start parcel', 'leads cake', `link shop ${talk.psid}`, 'tag vip'])
    await talk.says(words);
  await talk.hears(2);
  await ask(`conversations/${talk.conversation}/notes`, { body: { text: `allergic, says ${talk.psid}` } });
  return talk;
}

test('a person is erased in the middle of a turn: from the store, its files and Temporal; then they begin anew', async () => {
  const [talk, neighbour] = [await aKnownPerson(), await startTalk('', { stage })];
  await neighbour.says('hello');
  const { conversation, psid } = talk;
  const runs = createPersonRuns(stage.client);
  await until(async () => (await runs.list(conversation)).length === 2);
  expect(filesWith(psid)).not.toEqual([]);
  const live = await listening(listener.url, tokens['Ada'] ?? '');
  const lastHeard = live.lastId();
  talk.fails({ kind: 'slow', ms: 300 });
  stage.simulator.says(psid, 'slow');
  await until(async () => (await stage.store.ledger.listUnsent(conversation)).length > 0);

  const asked = await ask(`conversations/${conversation}/erase`);
  expect(asked).toMatchObject({ status: 202, body: { status: 'under_way', requestedBy: 'Ada', finishedAt: null } });
  // Asked for again it is the same one; nothing else is done for the person any more.
  expect((await ask(`conversations/${conversation}/erase`)).body['id']).toBe(asked.body['id']);
  for (const to of [conversation, { externalId: { system: 'shop', id: psid } }])
    expect(await ask('topics', { body: { to, topic: 'shipped', key: 'k' } })).toMatchObject({
      status: 409,
      body: { code: 'person_being_erased', cure: expect.stringContaining('Do not repeat it') as string },
    });
  expect(await untilErased(asked.body['id'])).toMatchObject({ status: 'finished' });

  expect(await runs.list(conversation)).toEqual([]);
  for (const workflowId of [conversation, `sequence:parcel:${conversation}`])
    await expect(stage.client.workflow.getHandle(workflowId).fetchHistory()).rejects.toThrow(/not found/i);
  expect(filesWith(psid)).toEqual([]);
  // Who still has the address names nobody by it.
  expect((await ask(`conversations/${conversation}/notes`, { body: { text: 'late' } })).status).toBe(404);
  expect(filesWith(psid)).toEqual([]);
  for (let events = await heard(live, 1); events[0]?.[0] !== 'erased'; events = await heard(live, 1));
  // Who was away cannot be told any more who it was.
  const away = await listen(listener.url, tokens['Ada'] ?? '', lastHeard);
  expect(await heard(away, 1)).toEqual([['reset', { reason: 'too_far_behind' }]]);
  const { body: log } = await ask('operator-log', { method: 'GET' });
  expect(log['items']).toContainEqual(
    expect.objectContaining({
      operator: 'Ada',
      action: 'erasePerson',
      conversation: `erased:${String(asked.body['id'])}`,
    }),
  );
  expect(JSON.stringify(log)).not.toContain(psid);

  await talk.says('hello again');
  await until(() => talk.bubbles().some(({ text }) => text === '1 hello again'));
  expect(await stage.store.contacts.find(conversation)).not.toHaveProperty('tags');
  await neighbour.says('and me?');
  await until(() => neighbour.bubbles().some(({ text }) => text === '2 and me?'));
});

test.each(['requested', 'begun', 'cut'] as const)(
  'an erasure whose process died when it was %s is finished by another one',
  async (stage_) => {
    const talk = await startTalk('', { stage });
    await talk.says('hello', 'again');
    await talk.settles();
    const tables = await theTablesAt(stage.databaseUrl);
    const newest = (table: 'inbox' | 'changes' | 'operator_log') =>
      tables.selectFrom(table).select('id').orderBy('id', 'desc').limit(1).executeTakeFirst();
    const isCut = stage_ === 'cut';
    // What the process that died had done by then.
    if (isCut) await tables.deleteFrom('contacts').where('conversation', '=', talk.conversation).execute();
    await tables
      .insertInto('erasures')
      .values({
        erasure_id: stage_,
        conversation: talk.conversation,
        code: null,
        requested_by: 'Ada',
        requested_at: 1,
        stage: stage_,
        finished_at: null,
        inbox_until: stage_ === 'requested' ? null : ((await newest('inbox'))?.id ?? 0),
        changes_until: isCut ? ((await newest('changes'))?.id ?? 0) : null,
        log_until: isCut ? ((await newest('operator_log'))?.id ?? 0) : null,
        holder: 'a process that died',
        until: Date.now() + 10,
      })
      .execute();
    await untilErased(stage_);
    const left = await tables
      .selectFrom('changes')
      .select('id')
      .where('conversation', '=', talk.conversation)
      .execute();
    expect(left).toEqual([]);
    if (!isCut) expect(await createPersonRuns(stage.client).list(talk.conversation)).toEqual([]);
    if (!isCut) expect(await stage.store.transcript.readLast(talk.conversation, 9)).toEqual([]);
  },
);

test('a person who has written again, while the rest of their erasure is done, is erased again when asked for', async () => {
  const talk = await startTalk('', { stage });
  await talk.says('hello again');
  await talk.settles();
  const tables = await theTablesAt(stage.databaseUrl);
  const row = { code: null, requested_by: 'Ada', requested_at: 1, stage: 'cut', finished_at: null } as const;
  const rest = { inbox_until: 0, changes_until: 0, log_until: 0, holder: 'another api', until: Date.now() + 300_000 };
  await tables
    .insertInto('erasures')
    .values({ ...row, ...rest, erasure_id: 'again', conversation: talk.conversation })
    .execute();

  const asked = await ask(`conversations/${talk.conversation}/erase`);

  expect(asked).toMatchObject({ status: 202, body: { id: 'again', status: 'under_way' } });
  expect(await untilErased('again')).toMatchObject({ status: 'finished' });
  expect(await stage.store.contacts.find(talk.conversation)).toBeUndefined();
  expect(await createPersonRuns(stage.client).list(talk.conversation)).toEqual([]);
});

test('everything of a person is exported as one JSON, for an admin of the Page alone', async () => {
  const talk = await aKnownPerson();
  const path = `conversations/${talk.conversation}/export`;
  await until(async () => (await createPersonRuns(stage.client).list(talk.conversation)).length === 2);

  const { status, body } = await ask(path, { method: 'GET' });

  expect(status).toBe(200);
  expect(body).toMatchObject({
    conversation: talk.conversation,
    contact: [{ psid: talk.psid, tags: ['vip'] }],
    leads: [{ form: 'order', fields: { size: 'cake' } }],
    externalIds: [{ system: 'shop', externalId: talk.psid }],
    notes: [{ operator: 'Ada', text: `allergic, says ${talk.psid}` }],
  });
  const workflows = body['workflows'] as { type: string; status: string }[];
  expect(workflows.map((run) => `${run.type} ${run.status}`).toSorted()).toEqual([
    'conversation RUNNING',
    'parcel RUNNING',
  ]);
  expect((body['transcript'] as { text: string }[]).map(({ text }) => text)).toContain('hello');

  expect(await ask(path, { method: 'GET', who: 'Mia' })).toMatchObject({ status: 403, body: { code: 'role_missing' } });
  expect(await ask(path, { method: 'GET', who: 'Eve' })).toMatchObject({ status: 404 });
  const { body: log } = await ask('operator-log', { method: 'GET' });
  expect(log['items']).toContainEqual(
    expect.objectContaining({ action: 'exportPerson', conversation: talk.conversation }),
  );
});

test('runs are found and removed also where their key is lost', async () => {
  const conversation = `messenger:104857600123456:${Date.now()}` as const;
  const dataConverter = createDataConverter([{ id: 'lost', bytes: randomBytes(32) }]) ?? {};
  const { connection, options } = stage.client;
  const { workflow } = new Client({ connection, namespace: options.namespace, dataConverter });
  const memo = { occasion: 'a secret' };
  await workflow.start('conversation', { workflowId: conversation, taskQueue: 'nobody', memo });
  const runs = createPersonRuns(stage.client);
  await until(async () => (await runs.list(conversation)).length === 1);

  await runs.remove(conversation, new AbortController().signal);

  expect(await runs.list(conversation)).toEqual([]);
});

test('only an admin of the Page erases, and only somebody who is known', async () => {
  const talk = await startTalk('', { stage });
  await talk.says('hello');
  const path = `conversations/${talk.conversation}/erase`;
  expect(await ask(path, { who: 'Mia' })).toMatchObject({ status: 403, body: { code: 'role_missing' } });
  expect(await ask(path, { who: 'Eve' })).toMatchObject({ status: 404, body: { code: 'not_found' } });
  const unknown = await ask('conversations/messenger:104857600123456:1/erase');
  expect(unknown).toMatchObject({ status: 404, body: { detail: 'There is no such conversation on your Pages.' } });
  expect(await ask('erasures/nobody', { method: 'GET' })).toMatchObject({ status: 404 });
  expect(await stage.store.contacts.find(talk.conversation)).toBeDefined();
});
