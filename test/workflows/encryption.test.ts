/** With encryption on, nothing that anybody wrote is in a file of the store or of Temporal. */

import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import type { Client } from '@temporalio/client';
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { createMissingSchedules, setPaused } from '../../src/broadcasts/schedules.ts';
import { openStore } from '../../src/store/index.ts';
import { fetchHistory } from '../../src/temporal/encryption/decrypt-history.ts';
import { createTemporalClient, temporalSettings } from '../../src/temporal/server/connect.ts';
import { startEmbeddedTemporal, type EmbeddedTemporal } from '../../src/temporal/server/embedded-temporal.ts';
import { freePort } from '../../src/temporal/server/free-port.ts';
import { anOperator, callerAt, type CallOptions } from '../api/operator/an-operator-app.ts';
import { startCli } from '../cli/run-cli.ts';
import { startStage, type Stage } from '../support/stage.ts';
import { startTalk, type Talk } from '../support/talk.ts';

const BOT = 'test/support/bots/private/bot.ts';
const KEYS = [{ id: '2026-11', bytes: randomBytes(32) }];
/** Who wrote what. */
const WORDS = {
  first: 'Apfelwein',
  last: 'Dachziegel',
  person: 'Quittenmus',
  operator: 'Fahrradklingel',
  note: 'Regenschirm',
  handback: 'Wolkenbruch',
  reply: 'Donaudampf',
  sequence: 'Zettelkasten',
  later: 'Laubfrosch',
  address: 'Bindfaden',
};

let folder: string;
let temporal: EmbeddedTemporal;
let stage: Stage;
let talk: Talk;
let token: string;
/** Of a destination. */
let secret: string;

async function ask(path: string, options: CallOptions = {}) {
  const answer = await callerAt(stage.operatorUrl ?? '')(`/api/v1${path}`, { token, ...options });
  expect(answer.status, answer.text).toBeLessThan(300);
  return answer.text;
}
/** With its key, so that the store remembers the answer. */
const write = (path: string, body: object) =>
  ask(path, { method: 'POST', body, headers: { 'idempotency-key': randomUUID() } });

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'everthread-encryption-'));
  temporal = await startEmbeddedTemporal({
    cli: inject('temporalCli'),
    port: await freePort(),
    dbFile: join(folder, 'temporal.db'),
    log: () => {},
  });
  stage = await startStage({ bot: BOT, temporalAddress: temporal.address, keys: KEYS, servesOperators: true });
  token = await anOperator(stage.store, { role: 'admin' });
  talk = await startTalk(BOT, { stage, person: { firstName: WORDS.first, lastName: WORDS.last } });
});

afterAll(async () => {
  await stage?.stop();
  await temporal?.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** A database file, and what SQLite keeps beside it. */
function filesOf(path: string): readonly { readonly name: string; readonly content: Buffer }[] {
  const names = readdirSync(dirname(path)).filter((name) => name.startsWith(basename(path)));
  return names.map((name) => ({ name, content: readFileSync(join(dirname(path), name)) }));
}

describe('a conversation with encryption', () => {
  test('goes on as without it, for the person, for operators and in Temporal', async () => {
    // Nobody listens there: the events wait.
    const url = `http://127.0.0.1:${await freePort()}/${WORDS.address}`;
    const added = JSON.parse(await write('/webhooks', { name: 'crm', url, topics: ['*'] })) as { secret: string };
    ({ secret } = added);
    await talk.says(`hand me ${WORDS.person}`);
    await talk.settles();
    expect(await talk.hears(3)).toEqual([
      `You wrote hand me ${WORDS.person}`,
      'That did not work',
      `${WORDS.sequence} for hand me ${WORDS.person}`,
    ]);
    const id = encodeURIComponent(talk.conversation);
    await write(`/conversations/${id}/take-over`, {});
    await write(`/conversations/${id}/messages`, { text: WORDS.operator });
    await write(`/conversations/${id}/notes`, { text: WORDS.note });
    await write('/saved-replies', { name: 'greeting', text: `${WORDS.reply}, {{firstName}}` });
    await write(`/conversations/${id}/messages`, { savedReply: 'greeting' });
    await write(`/conversations/${id}/give-back`, { note: WORDS.handback });
    const at = new Date(Date.now() + 3 * 86_400_000).toISOString();
    await write(`/conversations/${id}/messages`, { text: WORDS.later, at });
    await talk.settles();
    expect(await talk.hears(2)).toEqual([WORDS.operator, `${WORDS.reply}, ${WORDS.first}`]);
    expect(await talk.details()).toContain(WORDS.operator);
    const transcript = await ask(`/conversations/${id}/messages`);
    for (const word of [WORDS.person, WORDS.operator, WORDS.reply, WORDS.sequence]) expect(transcript).toContain(word);
    expect(await ask(`/conversations/${id}`)).toContain(WORDS.later);
    const exported = await ask(`/conversations/${id}/export`);
    const { later: _later, address: _address, handback: _handback, ...theirs } = WORDS;
    for (const word of Object.values(theirs)) expect(exported).toContain(word);
    expect(await stage.store.destinations.list()).toMatchObject([{ url, pending: expect.any(Number) as number }]);
    expect((await stage.store.outbox.count())['pending']).toBeGreaterThan(2);
    expect(await stage.store.leads.list(1)).toMatchObject([{ fields: { wish: `hand me ${WORDS.person}` } }]);
    // From its history alone.
    await talk.restartWorker();
    await talk.says(`also ${WORDS.person}`);
    expect(await talk.hears(1)).toContain(`You wrote also ${WORDS.person}`);
    await talk.settles();
  });

  test('is replayed and saved from decrypted histories, and not without the key', async () => {
    const read = async (client: Client) => {
      const histories = [];
      for await (const { workflowId, runId } of client.workflow.list())
        histories.push(JSON.stringify(historyToJSON(await fetchHistory(client, workflowId, runId))));
      return histories.join();
    };
    const text = (word: string) => Buffer.from(JSON.stringify(word)).toString('base64');
    const histories = await read(stage.client);
    expect(histories).toContain(text(`You wrote also ${WORDS.person}`));
    expect(histories).toContain(`Nobody has hand me ${WORDS.person}`);
    expect(histories).toContain(`Nobody can do \\\\\\"hand me ${WORDS.person}`);

    const { dataConverter: _, ...settings } = temporalSettings([], temporal.address);
    const keyless = createTemporalClient({ ...settings, namespace: stage.namespace });
    await expect(read(keyless)).rejects.toMatchObject({
      code: 'encryption_key_missing',
      message: expect.stringContaining('What Temporal stores needs the key "2026-11", and ENCRYPTION_KEYS'),
    });
    await keyless.connection.close();
  });

  test('leaves no word of anybody in a file of the store or of Temporal, and ids in both', async () => {
    const files = [...filesOf(stage.databaseUrl.slice('file:'.length)), ...filesOf(join(folder, 'temporal.db'))];
    const found = [...Object.values(WORDS), secret.replace('whsec_', '')].flatMap((word) =>
      files.flatMap(({ name, content }) => {
        const forms = [
          word,
          Buffer.from(word).toString('base64').slice(1, -4),
          Buffer.from(word, 'utf8').toString('hex'),
        ];
        const at = content.indexOf(word);
        return forms.some((form) => content.includes(form))
          ? [`${word} in ${name}: ${content.toString('latin1', at - 150, at + 40).replaceAll(/[^ -~]+/g, '~')}`]
          : [];
      }),
    );
    expect(found).toEqual([]);
    for (const file of ['store.db', 'temporal.db'])
      expect(
        files.some(({ name, content }) => name.startsWith(file) && content.includes(talk.psid)),
        file,
      ).toBe(true);
  });

  test('a rotation says which runs still need the older key, and when none does', async () => {
    const ring = [{ id: '2027-05', bytes: randomBytes(32) }, ...KEYS];
    const { databaseUrl } = stage;
    const rotate = async (namespace: string, ...args: string[]) => {
      const text = ring.map(({ id, bytes }) => `${id}:${bytes.toString('base64')}`).join();
      const env = {
        ENCRYPTION_KEYS: text,
        DATABASE_URL: databaseUrl,
        TEMPORAL_ADDRESS: temporal.address,
        TEMPORAL_NAMESPACE: namespace,
      };
      const cli = startCli(['keys', 'rotate', ...args], { cwd: folder, env });
      expect(await cli.ended, cli.output()).toBe(0);
      return cli.output();
    };
    // One that starts nothing, and was written with the older key.
    await createMissingSchedules(stage.client, [{ name: 'tea', every: { hour: 9, minute: 0 } } as never]);
    await setPaused(stage.client, 'tea', true);
    const first = await rotate(stage.namespace);
    expect(first).toMatch(/messages: [1-9]\d* of \d+ rows rewritten/);
    expect(first).toContain('Everything that the store encrypts is encrypted with "2027-05".');
    expect(first).toContain('Temporal still needs "2026-11": 2 open runs, 2 closed ones. Keep it');
    const store = await openStore(databaseUrl, { keys: ring });
    expect((await store.transcript.readLast(talk.conversation, 50)).map(({ text }) => text)).toContain(WORDS.operator);
    await store.close();

    // A namespace in which nothing has run.
    const second = await rotate('default', '--vacuum');
    expect(second).toContain('The file has no older value any more.');
    expect(second).toContain('Nothing needs "2026-11" any more: remove it from ENCRYPTION_KEYS.');
  });
});
