/** What is kept for a limited time is removed in small steps, and nothing else is. */

import { describe, expect, test } from 'vitest';
import { startRetention } from '../../src/personal-data/retention.ts';
import { ROWS_PER_STEP, type RetentionKind } from '../../src/store/retention.ts';
import { ANA, aText, BEN, PAGE, START, webhookBody } from '../support/events.ts';
import { until } from '../support/talk.ts';
import { anEmptyStore, delivered, targets } from './targets.ts';

const ANAS = `messenger:${PAGE}:${ANA}` as const;
const BENS = `messenger:${PAGE}:${BEN}` as const;
const OLD = START;
const NEW = START + 1_000_000;
const BEFORE = START + 500_000;

describe.each(targets)('retention on $name', (target) => {
  async function withOldAndNew(count = 1) {
    const { store, tables } = await anEmptyStore(target);
    const old = Array.from({ length: count }, (_, index) => aText(`old ${index}`, { at: OLD + index }));
    await store.inbox.record(delivered(webhookBody(...old)), OLD);
    await store.inbox.record(delivered(webhookBody(aText('new', { psid: BEN, at: NEW, mid: 'n_last' }))), NEW);
    async function all(kind: RetentionKind): Promise<number> {
      let steps = 0;
      for (let place = await store.retention.step(kind, BEFORE); place; steps += 1)
        place = await store.retention.step(kind, BEFORE, place);
      return steps;
    }
    const inbox = () =>
      tables.selectFrom('inbox').select(['conversation', 'raw_json', 'status']).orderBy('id').execute();
    return { store, tables, all, inbox };
  }

  test('raw bodies are emptied, and the events stay', async () => {
    const { all, inbox } = await withOldAndNew();
    await all('rawBodies');
    const [ana, ben] = await inbox();
    expect(ana).toMatchObject({ conversation: ANAS, raw_json: '{}' });
    expect(ben?.raw_json).toContain(BEN);
  });

  test('delivered events are deleted, and those that wait stay however old they are', async () => {
    const { all, inbox, tables } = await withOldAndNew(2);
    await tables.updateTable('inbox').set({ status: 'dispatched' }).where('at', '=', OLD).execute();
    await all('events');
    expect((await inbox()).map(({ conversation, status }) => [conversation, status])).toEqual([
      [ANAS, 'pending'],
      [BENS, 'pending'],
    ]);
  });

  test('a step looks at so many rows and no more, and another process may write in between', async () => {
    const { store, tables } = await withOldAndNew(ROWS_PER_STEP + 5);
    const left = async () => (await tables.selectFrom('messages').select('mid').execute()).length;
    const place = await store.retention.step('transcript', BEFORE);
    expect(await left()).toBe(6);
    await store.inbox.record(delivered(webhookBody(aText('meanwhile', { at: NEW }))), NEW);
    for (let next = place; next;) next = await store.retention.step('transcript', BEFORE, next);
    expect(await left()).toBe(2);
  });

  test('a send that is not settled stays, and its neighbour of the same age goes', async () => {
    const { all, tables } = await withOldAndNew();
    const send = {
      conversation: ANAS,
      author: 'bot',
      purpose: 'reply',
      guarantee: 'at-least-once',
      message_json: '{}',
      code: null,
      message_id: null,
      attempts: 1,
      created_at: OLD,
      doubtful_since: null,
      settled_at: null,
      echo_proof: null,
      source: null,
      operator: null,
      sent_as: null,
    };
    for (const status of ['doubtful', 'sent'] as const)
      await tables
        .insertInto('sends')
        .values({ ...send, send_id: `${ANAS}/${status}/0`, status })
        .execute();
    await all('transcript');
    expect(await tables.selectFrom('sends').select('status').execute()).toEqual([{ status: 'doubtful' }]);
  });

  test('every kind has tables that are there', async () => {
    const { all } = await withOldAndNew();
    const kinds = ['rawBodies', 'events', 'transcript', 'leads', 'notes', 'states', 'numbers', 'operatorLog'] as const;
    for (const kind of kinds satisfies readonly RetentionKind[]) expect(await all(kind)).toBeGreaterThan(0);
  });

  test('goes on by itself until it is stopped', async () => {
    const { store, inbox } = await withOldAndNew();
    const log = { info() {}, warn() {}, error() {} };
    const running = startRetention({ retention: store.retention, periods: { rawBodies: Date.now() - BEFORE }, log });
    await until(async () => (await inbox())[0]?.raw_json === '{}');
    await running.stop();
    expect((await inbox())[1]?.raw_json).not.toBe('{}');
  });
});
