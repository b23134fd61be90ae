/** Everything that the store has of one person: found, read and erased. */

import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { startErasing } from '../../src/personal-data/erasing.ts';
import type { Tables } from '../../src/store/db/tables.ts';
import type { Store } from '../../src/store/index.ts';
import { PERSON_TABLE_LIST, type PERSON_TABLES } from '../../src/store/person/tables.ts';
import { ANA, aText, BEN, PAGE, START, webhookBody } from '../support/events.ts';
import { until } from '../support/talk.ts';
import { anEmptyStore, delivered, targets } from './targets.ts';

const ANAS = `messenger:${PAGE}:${ANA}` as const;
const LEASE = { erasureId: '', owner: 'this process', signal: new AbortController().signal };
const STEP_MS = 60_000;

/** A row of each table for one person, with words that occur nowhere else. */
function rowsOf(psid: string) {
  const conversation = `messenger:${PAGE}:${psid}`;
  const words = `words of ${psid}`;
  const at = START;
  return {
    inbox: {
      dedupe_key: `message:${psid}`,
      page_id: PAGE,
      conversation,
      kind: 'message',
      at,
      received_at: at,
      event_json: `{"text":"${words}"}`,
      raw_json: `{"sender":{"id":"${psid}"}}`,
      status: 'dead',
      reason: 'too large',
      mid: null,
      dispatched_at: at,
    },
    sends: {
      send_id: `${conversation}/i1/0`,
      conversation,
      author: 'bot',
      purpose: 'reply',
      guarantee: 'at-least-once',
      message_json: `{"attachment":{"type":"image","payload":{"attachment_id":"file-${psid}"}},"text":"${words}"}`,
      status: 'sent',
      code: null,
      message_id: `m_of_${psid}`,
      attempts: 1,
      created_at: at,
      doubtful_since: null,
      settled_at: at,
      echo_proof: null,
      source: null,
      operator: null,
      sent_as: null,
    },
    messages: {
      page_id: PAGE,
      mid: `m_of_${psid}`,
      conversation,
      author: 'bot',
      text: words,
      at,
      edited_at: null,
      deleted_at: null,
      send_id: `${conversation}/i1/0`,
      attachments_json: null,
    },
    leads: {
      lead_id: `${conversation}/i1/order`,
      conversation,
      form: 'order',
      fields_json: `{"email":"${psid}@shop.example"}`,
      at,
      consent_json: null,
    },
    outbox: {
      destination: 'crm',
      event_id: `event of ${psid}`,
      topic: 'lead.created',
      line: conversation,
      conversation,
      page_id: PAGE,
      at,
      data_json: `{"email":"${psid}@shop.example"}`,
      status: 'dead',
      due_at: null,
      give_up_at: at,
      trouble: 'HTTP 500',
      settled_at: at,
    },
    funnel_steps: { conversation, funnel: 'order', step: 'begun', at },
    notes: { note_id: `note of ${psid}`, conversation, operator: 'Ada', text: words, at },
    handoffs: {
      conversation,
      state: 'waiting',
      held_by: null,
      reason: words,
      waiting_since: at,
      until: null,
      updated_at: at,
      seen_at: null,
      snoozed_until: null,
      snoozed_after: null,
    },
    handoff_waits: { conversation, since: at, ended_at: null, ended_by: null },
    presence: { conversation, operator: 'Ada', state: 'looking', expires_at: at },
    external_ids: {
      account: `messenger:${PAGE}`,
      system: 'shop',
      external_id: `customer ${psid}`,
      conversation,
      linked_at: at,
    },
    received_topics: { conversation, key: `order of ${psid}`, request_hash: '', at, result_json: null },
    snapshots: { conversation, state_json: `{"name":"${words}"}`, saved_at: at },
    strikes: {
      workflow_id: `sequence:tea:${conversation}`,
      run_id: 'r',
      task: 1,
      build: 'b',
      mark: 'm',
      strikes: 1,
      reason: 'stuck',
      at,
    },
    claims: { conversation, holder: 'a process that died', until: at },
    changes: { kind: 'message', conversation, ref: `m_of_${psid}` },
    operator_requests: {
      operator: 'Ada',
      idempotency_key: `key ${psid}`,
      request_hash: '',
      started_at: at,
      status: 200,
      content_type: '',
      body: `{"to":"${conversation}","text":"${words}"}`,
      conversation: null,
    },
    operator_log: {
      operator: 'Ada',
      interface: 'api',
      action: 'takeOver',
      conversation,
      at,
      status: 200,
      request_key: 'hash',
    },
    erasures: undefined,
    contacts: {
      conversation,
      page_id: PAGE,
      psid,
      first_seen_at: at,
      last_seen_at: at,
      window_opened_at: at,
      window_opener: 'message',
      window_may_last_until: null,
      ad_clicked_at: null,
      unavailable_since: null,
      opted_out_at: null,
      opted_in_at: null,
      thread_owner: null,
      thread_owner_since: null,
      delivered_until: at,
      read_until: null,
      first_name: `Name${psid}`,
      last_name: null,
      locale: 'pt_PT',
      time_zone: null,
      profile_due_at: null,
      tags: '["vip"]',
    },
  } satisfies Record<keyof typeof PERSON_TABLES, object | undefined>;
}

describe.each(targets)('a person on $name', (target) => {
  async function withTwoPeople() {
    const { url, store, tables } = await anEmptyStore(target);
    for (const psid of [ANA, BEN]) {
      for (const [table, row] of Object.entries(rowsOf(psid)))
        if (row)
          await tables
            .insertInto(table as keyof Tables)
            .values(row)
            .execute();
      await store.attachments.save(PAGE, `url:image:https://files.shop.example/${psid}.png`, `file-${psid}`, START);
    }
    // Its sender is in none of the columns.
    await store.inbox.record(
      delivered(webhookBody({ sender: { id: ANA }, recipient: { id: PAGE }, message: 'no object' })),
      START,
    );
    /** Every table as text. */
    async function dump(): Promise<string> {
      const found = await tables.introspection.getTables();
      const rows = await Promise.all(
        found.map(async ({ name }) => [
          name,
          await tables
            .selectFrom(name as keyof Tables)
            .selectAll()
            .execute(),
        ]),
      );
      return JSON.stringify(rows);
    }
    return { url, store, tables, dump };
  }

  async function begun(store: Store) {
    const [{ erasureId } = { erasureId: '' }] = await store.erasures.request([ANAS], { requestedBy: 'Ada', at: START });
    const lease = { ...LEASE, erasureId };
    await store.erasures.lease(lease.owner, START, START + STEP_MS);
    await store.erasures.begin(lease);
    return lease;
  }

  async function finished(store: Store, lease: typeof LEASE) {
    await store.erasures.eraseRows(lease, STEP_MS);
    await store.erasures.cut(lease);
    await store.erasures.eraseTraces(lease, STEP_MS);
    await store.erasures.finish(lease, START + 1);
    await store.erasures.scrub();
  }

  test('is erased from every table and from the files, and the neighbour stays as they were', async () => {
    const { url, store, dump, tables } = await withTwoPeople();
    const bensBefore = (await dump()).split(BEN).length;

    const lease = await begun(store);
    await finished(store, lease);

    expect(await dump()).not.toContain(ANA);
    expect((await dump()).split(BEN)).toHaveLength(bensBefore);
    expect(await store.erasures.find(lease.erasureId)).toEqual({
      erasureId: lease.erasureId,
      stage: 'finished',
      requestedBy: 'Ada',
      requestedAt: START,
      finishedAt: START + 1,
    });
    expect(
      await tables
        .selectFrom('operator_log')
        .select(['operator', 'conversation', 'request_key'])
        .orderBy('id')
        .execute(),
    ).toEqual([
      { operator: 'Ada', conversation: `erased:${lease.erasureId}`, request_key: null },
      { operator: 'Ada', conversation: `messenger:${PAGE}:${BEN}`, request_key: 'hash' },
    ]);
    if (!url.startsWith('file:')) return;
    const folder = dirname(url.slice('file:'.length));
    for (const file of readdirSync(folder)) expect(readFileSync(join(folder, file), 'latin1')).not.toContain(ANA);
  });

  test('who writes during the erasure begins anew with that message, and one without a lease deletes nothing', async () => {
    const { store, tables } = await withTwoPeople();
    const lease = await begun(store);
    await store.inbox.record(
      delivered(webhookBody(aText('still here', { mid: 'm_new', at: START + 5 }))),
      START + 5,
      () => ({
        owner: 'dispatcher',
        now: START + 5,
        expiresAt: START + 50_000,
      }),
    );
    expect(
      await store.inbox.lease([ANAS], { owner: 'dispatcher', now: Date.now(), expiresAt: Date.now() + 1 }),
    ).toEqual([]);
    await expect(store.erasures.cut({ ...lease, owner: 'another process' })).rejects.toThrow(lease.erasureId);
    expect(await store.erasures.isUnderWay(ANAS)).toBe(true);

    await finished(store, lease);

    expect(await store.transcript.readLast(ANAS, 9)).toMatchObject([{ mid: 'm_new', text: 'still here' }]);
    expect(await store.contacts.find(ANAS)).toMatchObject({ windowOpenedAt: START + 5 });
    expect((await store.contacts.find(ANAS))?.tags).toBeUndefined();
    const [waiting] = await store.inbox.lease([ANAS], { owner: 'dispatcher', now: START + 9, expiresAt: START + 10 });
    expect(waiting?.items.map(({ event }) => event)).toMatchObject([{ text: 'still here' }]);
    expect(await tables.selectFrom('inbox').select('kind').where('conversation', '=', ANAS).execute()).toHaveLength(1);
    expect(await store.erasures.isUnderWay(ANAS)).toBe(false);
  });

  test('is read as a whole, with readable names and times', async () => {
    const { store } = await withTwoPeople();
    const parts = [];
    for await (const { section, rows } of store.people.read(ANAS)) parts.push([section, rows] as const);

    const sections = PERSON_TABLE_LIST.flatMap(([, { section }]) => section ?? []);
    expect(parts.map(([section]) => section)).toEqual(sections);
    const read = Object.fromEntries(parts);
    expect(read['contact']).toMatchObject([{ psid: ANA, firstSeenAt: new Date(START).toISOString(), tags: ['vip'] }]);
    expect(read['leads']).toMatchObject([{ fields: { email: `${ANA}@shop.example` } }]);
    expect(read['inboundEvents']).toHaveLength(2);
    expect(JSON.stringify(parts)).not.toContain(BEN);
  });

  test('stays as it was while Temporal is away, and is erased when it is back', async () => {
    const { store, dump } = await withTwoPeople();
    const lines: string[] = [];
    const log = { info: () => {}, warn: () => {}, error: (_: object, line: string) => void lines.push(line) };
    let isAway = true;
    const end = () => (isAway ? Promise.reject(new Error(`no answer about ${ANA}`)) : Promise.resolve());
    const options = { erasures: store.erasures, runs: { end, remove: end }, log, settleMs: 0, tellMs: 0, pollMs: 10 };
    const [erasure] = await store.erasures.request([ANAS], { requestedBy: 'Ada', at: START });
    const first = startErasing(options);
    await until(() => lines.length > 0);
    expect(lines).toEqual(['An erasure waits, and is tried again']);
    expect(await store.contacts.find(ANAS)).toBeDefined();
    await first.stop();

    isAway = false;
    const second = startErasing(options);
    await until(async () => (await store.erasures.find(erasure?.erasureId ?? ''))?.stage === 'finished');
    await second.stop();
    expect(await dump()).not.toContain(ANA);
  });
});
