import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { sql } from 'kysely';
import ts from 'typescript';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { ConversationId } from '../../src/domain/conversation-id.ts';
import type { KeyRing } from '../../src/encryption/sealer.ts';
import { startErasing } from '../../src/personal-data/erasing.ts';
import { openStoreDatabase } from '../../src/store/db/database.ts';
import { ENCRYPTED_COLUMNS, type EncryptedTable } from '../../src/store/encryption/columns.ts';
import { openStore, type Store } from '../../src/store/index.ts';
import type { RetentionPlace } from '../../src/store/retention.ts';
import { ANA, aText, PAGE, webhookBody } from '../support/events.ts';
import { until } from '../support/talk.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { aStoreAt, delivered, targets } from './targets.ts';

const ANA_ID: ConversationId = `messenger:${PAGE}:${ANA}`;
const aKey = (id: string) => ({ id, bytes: randomBytes(32) });
const [OLD, NEW] = [aKey('old'), aKey('new')];
/** In every text that is written below. */
const WORD = 'Xylophonweberei';
const AT = Date.now();

/** Writes to every encrypted column, and reads it back as an operator would. */
async function written(store: Store, mark = WORD) {
  await store.destinations.add(
    { name: 'crm', url: `https://crm.example/${mark}`, format: 'standard', topics: ['wished'] },
    AT,
  );
  await store.destinations.rotate('crm', AT);
  await store.outbox.putTopics(ANA_ID, [{ name: 'wished', key: 'k', at: AT, data: { text: `${mark} topic` } }]);
  const said = `${mark} person`;
  await store.inbox.record(delivered(webhookBody(aText(said, { mid: 'm_1', at: AT }))), AT);
  await store.contacts.saveProfile(ANA_ID, { firstName: `${mark} first`, lastName: `${mark} last` }, AT);
  const send = {
    sendId: `${ANA_ID}/i1/0`,
    conversation: ANA_ID,
    author: 'bot',
    purpose: 'reply',
    guarantee: 'at-least-once',
    message: { text: `${mark} bot` },
  } as const;
  await store.ledger.open(send, () => ({ status: 'refused', reason: 'window_closed' }) as never, AT);
  await store.leads.save({
    leadId: 'lead-1',
    conversation: ANA_ID,
    form: 'booking',
    fields: { name: `${mark} lead` },
    consent: { text: `${mark} consent`, at: AT, given: true } as never,
    at: AT,
  });
  await store.snapshots.save(ANA_ID, { text: `${mark} state`, saves: 1 }, AT);
  await store.handoffs.record(ANA_ID, { state: 'waiting', reason: `${mark} reason`, at: AT });
  await store.notes.add(ANA_ID, { operator: 'Mia', text: `${mark} note`, at: AT });
  await store.savedReplies.add({ name: 'greeting', text: `${mark} reply` });
  await store.attachments.save(PAGE, `upload:image/png:digest:${mark}.png`, 'att_1', AT);
  const write = { operator: 'Mia', interface: 'api', action: 'addNote', at: AT } as const;
  const keyed = { ...write, key: { text: 'key-1', requestHash: 'h' } };
  const begun = await store.operatorLog.begin(keyed);
  if (begun.status === 'new')
    await store.operatorLog.end(begun.logId, keyed, 200, {
      status: 200,
      contentType: 'text/plain',
      body: `${mark} answer`,
    });
}

async function readBack(store: Store, mark = WORD) {
  const [lead] = await store.leads.list(1);
  const lines = await store.conversations.lines(ANA_ID, { order: 'oldest', limit: 9 });
  const [leased] = await store.inbox.lease([ANA_ID], { owner: 'o', now: AT, expiresAt: AT });
  const [listed] = await store.conversations.list({}, { limit: 9, now: AT });
  const contact = await store.contacts.find(ANA_ID);
  const answered = await store.operatorLog.begin({
    operator: 'Mia',
    interface: 'api',
    action: 'addNote',
    at: AT,
    key: { text: 'key-1', requestHash: 'h' },
  });
  const destination = await store.destinations.findForSigning('crm', AT);
  const later = Date.now() + 1000;
  const [event] = await store.outbox.lease('crm', 1, later, later);
  return [
    destination?.url,
    destination?.secrets.map((secret) => secret.slice(0, 6)),
    event?.data,
    ...lines.map(({ text }) => text),
    (leased?.items[0]?.event as { text?: string } | undefined)?.text,
    listed?.lastLine?.text,
    listed?.handoff?.reason,
    contact?.firstName,
    contact?.lastName,
    lead?.fields['name'],
    lead?.consent?.text,
    (await store.snapshots.find(ANA_ID)) as { text: string },
    ...(await store.notes.list(ANA_ID)).map(({ text }) => text),
    ...(await store.savedReplies.list({ pages: undefined, limit: 9 })).map(({ text }) => text),
    await store.attachments.find(PAGE, `upload:image/png:digest:${mark}.png`, AT),
    answered.status === 'answered' ? answered.answer.body : answered.status,
  ];
}

const allOf = (mark: string) => [
  `https://crm.example/${mark}`,
  ['whsec_', 'whsec_'],
  { data: { text: `${mark} topic` } },
  `${mark} person`,
  `${mark} bot`,
  `${mark} person`,
  `${mark} person`,
  `${mark} reason`,
  `${mark} first`,
  `${mark} last`,
  `${mark} lead`,
  `${mark} consent`,
  { text: `${mark} state`, saves: 1 },
  `${mark} note`,
  `${mark} reply`,
  'att_1',
  `${mark} answer`,
];

/** Changes a byte of every encrypted value, so that its key does not open it. */
async function damage(db: Awaited<ReturnType<typeof tablesAt>>): Promise<void> {
  for (const [table, { columns }] of Object.entries(ENCRYPTED_COLUMNS))
    for (const column of columns)
      await sql`update ${sql.table(table)} set ${sql.ref(column)} = ${sql.ref(column)} || 'AAAA'`.execute(db);
}

/** The tables behind the store, with its keys. */
async function tablesAt(url: string, keys: KeyRing) {
  const { db } = await openStoreDatabase(url, { keys });
  onTestFinished(() => db.destroy());
  return db;
}

/** What the encrypted columns hold, without what is null. */
async function storedValues(db: Awaited<ReturnType<typeof tablesAt>>): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for (const [table, { columns }] of Object.entries(ENCRYPTED_COLUMNS)) {
    const rows: readonly object[] = await db
      .selectFrom(table as EncryptedTable)
      .selectAll()
      .execute();
    const values = columns.flatMap((column) =>
      rows.map((row, index) => [`${table}.${column}.${index}`, (row as Record<string, unknown>)[column]] as const),
    );
    for (const [name, value] of values) if (typeof value === 'string') found[name] = value;
  }
  return found;
}

/** Every file of the database, the log included. */
async function filesOf(url: string, db: Awaited<ReturnType<typeof tablesAt>>): Promise<Buffer[]> {
  if (url.startsWith('file:')) {
    const path = url.slice('file:'.length);
    const names = readdirSync(dirname(path)).filter((name) => name.startsWith(basename(path)));
    return names.map((name) => readFileSync(join(dirname(path), name)));
  }
  await sql`checkpoint`.execute(db);
  const { rows } = await sql<{ folder: string; oid: string }>`
    select current_setting('data_directory') as folder, oid::text as oid from pg_database where datname = current_database()`.execute(
    db,
  );
  const { folder = '', oid = '' } = rows[0] ?? {};
  return [join(folder, 'base', oid), join(folder, 'pg_wal')].flatMap((path) =>
    readdirSync(path, { withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map(({ name }) => readFileSync(join(path, name))),
  );
}

describe.each(targets)('an encrypted store on $name', (target) => {
  test('no word is in its files, everything is read back, and search finds whole ids alone', async () => {
    const url = await target.emptyDatabase();
    const store = await aStoreAt(url, { keys: [OLD] });
    await written(store);

    expect(await readBack(store)).toEqual(allOf(WORD));
    const search = async (words: string) =>
      (await store.conversations.list({ search: words }, { limit: 9, now: AT })).length;
    expect(await Promise.all([WORD, 'enc1', ANA, ANA_ID].map(search))).toEqual([0, 0, 1, 1]);
    const db = await tablesAt(url, [OLD]);
    const stored = await storedValues(db);
    for (const [table, { columns }] of Object.entries(ENCRYPTED_COLUMNS))
      for (const column of columns) {
        const values = Object.entries(stored).filter(([name]) => name.startsWith(`${table}.${column}.`));
        // The text has no attachment.
        if (column !== 'attachments_json') expect(values, `${table}.${column}`).not.toEqual([]);
        for (const [name, value] of values) expect(value, name).toMatch(/^enc1\.[\w-]{10}\.old\.[\w-]+$/);
      }
    const files = await filesOf(url, db);
    expect(files.some((content) => content.includes(ANA))).toBe(true);
    expect(files.filter((content) => content.includes(WORD))).toEqual([]);
  });

  test('what was stored in plain or with an older key is read with the ring, and nothing without it', async () => {
    const url = await target.emptyDatabase();
    const plain = await openStore(url);
    await written(plain, 'plain');
    expect(Object.values(await storedValues(await tablesAt(url, [])))).toContain('plain note');
    await plain.close();
    await (await openStore(url, { keys: [OLD] })).close();

    const store = await aStoreAt(url, { keys: [NEW, OLD] });
    // A name that was a part of a key is not looked for any more: the file is uploaded again.
    expect(await readBack(store, 'plain')).toEqual(allOf('plain').map((one) => (one === 'att_1' ? undefined : one)));

    await expect(openStore(url)).rejects.toMatchObject({
      code: 'encryption_key_missing',
      message:
        'What is stored needs the keys "old", "new", and ENCRYPTION_KEYS does not have them. Add them after the newest key, and start again.',
    });
    await expect(openStore(url, { keys: [NEW] })).rejects.toMatchObject({
      message: expect.stringContaining('needs the key "old", and ENCRYPTION_KEYS does not have it.'),
    });
    await expect(openStore(url, { keys: [NEW, aKey('old')] })).rejects.toMatchObject({ code: 'encryption_key_wrong' });
  });

  test('a rotation rewrites everything, goes on where it was interrupted, and shows nobody a change', async () => {
    const url = await target.emptyDatabase();
    const plain = await openStore(url);
    await written(plain, 'Rarität');
    await plain.close();
    const before = await openStore(url, { keys: [OLD] });
    const many = Array.from({ length: 250 }, (_, n) => aText(`${WORD} ${n}`, { mid: `m_many_${n}`, at: AT + n }));
    await before.inbox.record(delivered(webhookBody(...many)), AT);
    await before.close();
    const store = await aStoreAt(url, { keys: [NEW, OLD] });
    const db = await tablesAt(url, [NEW, OLD]);
    const seen = await store.changes.newestIds(1000);

    for await (const { table } of store.encryption.rotate()) if (table === 'messages') break;
    const rewritten = new Map<string, number>();
    for await (const step of store.encryption.rotate()) rewritten.set(step.table, step.rewritten);

    expect(Object.fromEntries(rewritten)).toMatchObject({ inbox: 0, contacts: 0, sends: 0, messages: 151, notes: 1 });
    for (const [name, value] of Object.entries(await storedValues(db)))
      expect(value, name).toMatch(/^enc1\.[\w-]{10}\.new\./);
    expect(await store.changes.newestIds(1000)).toEqual(seen);
    // Nothing is left in what was emptied: no rotation writes it again.
    for (let place: RetentionPlace | undefined = { rule: 0 }; place;)
      place = await store.retention.step('rawBodies', AT + 1, place);
    for await (const step of store.encryption.rotate()) rewritten.set(step.table, step.rewritten);
    expect(rewritten.get('inbox')).toBe(0);
    await store.encryption.forgetKey('old');
    const after = await aStoreAt(url, { keys: [NEW] });
    expect(await after.encryption.listKeys()).toEqual(['new']);
    const [line] = await after.conversations.lines(ANA_ID, { order: 'newest', limit: 1 });
    expect(line?.text).toBe(`${WORD} 249`);
    expect(await after.attachments.find(PAGE, 'upload:image/png:digest:Rarität.png', AT)).toBeUndefined();
    if (!(await after.encryption.vacuum())) return;
    const isLeft = (content: Buffer) => content.includes('Rarität');
    expect((await filesOf(url, db)).filter(isLeft)).toHaveLength(0);
  });
});

test('what cannot be decrypted is named by an export, hinders no erasure, and stops no other event', async () => {
  const url = `file:${join(temporaryFolder(), 'store.db')}`;
  const store = await aStoreAt(url, { keys: [OLD] });
  await written(store);
  await store.attachments.save(PAGE, 'url:image:https://files.example/x.png', 'att_2', AT);
  await damage(await tablesAt(url, [OLD]));

  const exported: Record<string, readonly object[]> = {};
  for await (const { section, rows } of store.people.read(ANA_ID)) exported[section] = rows;
  expect(exported).toMatchObject({
    inboundEvents: [{ kind: 'message', unreadable: ['event', 'raw'] }],
    leads: [{ form: 'booking', unreadable: ['fields', 'consent'] }],
    notes: [{ operator: 'Mia', unreadable: ['text'] }],
    contact: [{ psid: ANA, unreadable: ['firstName', 'lastName'] }],
  });

  // Her next message is stored and delivered; what waits in front of it is dead.
  const next = delivered(webhookBody(aText('again', { mid: 'm_2', at: AT + 1 })));
  const [leased] = (await store.inbox.record(next, AT, () => ({ owner: 'o', now: AT, expiresAt: AT + 1 }))).leased;
  expect(leased?.items.map(({ event }) => event)).toMatchObject([{ text: 'again' }]);
  const reason = expect.stringContaining('cannot be decrypted') as string;
  expect(await store.deadEvents.page({ limit: 9 })).toMatchObject([{ conversation: ANA_ID, reason }]);
  await store.outbox.putTopics(ANA_ID, [{ name: 'wished', key: 'k2', at: AT, data: { n: 2 } }]);
  const later = Date.now() + 1000;
  expect(await store.outbox.lease('crm', 1, later, later)).toEqual([]);
  expect(await store.outbox.lease('crm', 1, later, later)).toMatchObject([{ data: { data: { n: 2 } } }]);
  expect(await store.outbox.listDead({}, { limit: 9 })).toMatchObject([{ trouble: reason }]);

  const log = { info: () => {}, warn: () => {}, error: () => {} };
  const runs = { end: async () => {}, remove: async () => {} };
  const [erasure] = await store.erasures.request([ANA_ID], { requestedBy: 'Ada', at: AT });
  const erasing = startErasing({ erasures: store.erasures, runs, log, settleMs: 0, tellMs: 0, pollMs: 10 });
  await until(async () => (await store.erasures.find(erasure?.erasureId ?? ''))?.stage === 'finished');
  await erasing.stop();
  expect(await store.contacts.find(ANA_ID)).toBeUndefined();
  expect(await store.attachments.find(PAGE, `url:image:https://files.example/x.png`, AT)).toBeUndefined();
});

test('a person is exported in words, and erased; what they write meanwhile begins anew', async () => {
  const store = await aStoreAt(`file:${join(temporaryFolder(), 'store.db')}`, { keys: [OLD] });
  await written(store);
  const url = `https://files.example/${ANA}.png`;
  await store.attachments.save(PAGE, `url:image:${url}`, 'att_2', AT);
  const picture = { attachment: { type: 'image', payload: { url, is_reusable: true } } } as const;
  const send = { sendId: `${ANA_ID}/i1/1`, conversation: ANA_ID, author: 'bot', purpose: 'reply' } as const;
  const refused = () => ({ status: 'refused', reason: 'window_closed' }) as never;
  await store.ledger.open({ ...send, guarantee: 'at-least-once', message: picture }, refused, AT);
  // An item of nobody, which names them.
  const unreadable = { sender: { id: ANA }, recipient: { id: PAGE }, message: 'no object' };
  await store.inbox.record(delivered(webhookBody(unreadable)), AT);
  const read = async () => {
    const parts: [string, readonly object[]][] = [];
    for await (const { section, rows } of store.people.read(ANA_ID)) parts.push([section, rows]);
    return Object.fromEntries(parts);
  };

  const exported = await read();
  expect(exported).toMatchObject({
    inboundEvents: [{ raw: { message: { text: `${WORD} person` } } }, { raw: { message: 'no object' } }],
    transcript: [{ text: `${WORD} person` }],
    leads: [{ fields: { name: `${WORD} lead` } }],
    outgoingEvents: [{ data: { data: { text: `${WORD} topic` } } }],
    handoff: [{ reason: `${WORD} reason` }],
    contact: [{ firstName: `${WORD} first` }],
  });
  expect(JSON.stringify(exported)).not.toContain('enc1.');

  const [{ erasureId } = { erasureId: '' }] = await store.erasures.request([ANA_ID], { requestedBy: 'Mia', at: AT });
  const lease = { erasureId, owner: 'this process', signal: new AbortController().signal };
  await store.erasures.lease(lease.owner, AT, AT + 60_000);
  await store.erasures.begin(lease);
  await store.inbox.record(delivered(webhookBody(aText('still here', { mid: 'm_9', at: AT + 1 }))), AT + 1);
  await store.erasures.eraseRows(lease, 60_000);
  await store.erasures.cut(lease);
  await store.erasures.eraseTraces(lease, 60_000);

  expect(await read()).toMatchObject({
    inboundEvents: [{ event: { text: 'still here' } }],
    transcript: [{ text: 'still here' }],
    leads: [],
    sends: [],
  });
  expect(await store.attachments.find(PAGE, `url:image:${url}`, AT)).toBeUndefined();
});

test('a value that was moved or changed is refused, and one of a person that looks encrypted is text', async () => {
  const url = `file:${join(temporaryFolder(), 'store.db')}`;
  const store = await aStoreAt(url, { keys: [OLD] });
  const lookalike = 'enc1.abcdefghij.old.AAAA';
  await store.inbox.record(delivered(webhookBody(aText(lookalike, { mid: 'm_1', at: AT }))), AT);
  await store.inbox.record(delivered(webhookBody(aText('two', { mid: 'm_2', at: AT + 1 }))), AT);
  const read = async () =>
    (await store.conversations.lines(ANA_ID, { order: 'oldest', limit: 9 })).map(({ text }) => text);
  expect(await read()).toEqual([lookalike, 'two']);

  const db = await tablesAt(url, [OLD]);
  const messages = await db.selectFrom('messages').selectAll().orderBy('mid').execute();
  await db
    .updateTable('messages')
    .set({ text: messages[0]?.text ?? null })
    .where('mid', '=', 'm_2')
    .execute();
  await expect(read()).rejects.toMatchObject({ code: 'encryption_unreadable' });
});

/** Why text columns are not encrypted. */
const REASONS: Readonly<Record<string, string>> = {
  "an id, of Meta's, of ours or of another system":
    'inbox.page_id inbox.conversation inbox.mid claims.conversation claims.holder contacts.conversation contacts.page_id contacts.psid contacts.thread_owner sends.send_id sends.conversation sends.message_id messages.page_id messages.mid messages.conversation messages.send_id leads.lead_id leads.conversation pages.page_id templates.page_id budgets.page_id attachments.page_id attachments.attachment_id snapshots.conversation funnel_steps.conversation outbox.event_id outbox.line outbox.conversation outbox.page_id strikes.workflow_id strikes.run_id store_identity.store_id operator_log.conversation operator_log.request_key operator_requests.idempotency_key external_ids.account external_ids.external_id external_ids.conversation received_topics.conversation received_topics.key handoffs.conversation handoff_waits.conversation notes.note_id notes.conversation presence.conversation saved_replies.reply_id saved_replies.page_id changes.conversation changes.ref encryption_keys.key_id operator_requests.conversation erasures.erasure_id erasures.conversation erasures.holder erasures.code',
  'a hash, or made of one':
    'inbox.dedupe_key attachments.content_key strikes.build strikes.mark operators.password_hash operator_tokens.token_hash operator_sessions.session_hash operator_requests.request_hash received_topics.request_hash',
  'one of a few words of Meta or of everthread':
    'inbox.kind contacts.window_opener contacts.locale contacts.time_zone sends.author sends.purpose sends.guarantee sends.code pages.hold_code pages.notice templates.language templates.status operator_log.action operator_requests.content_type received_topics.result_json',
  'why something failed, without what people wrote': 'inbox.reason outbox.trouble destinations.disabled_reason',
  'a name that the bot gives to a part of itself':
    'sends.source leads.form templates.name funnel_steps.funnel funnel_steps.step external_ids.system outbox.topic bot_facts.facts_json',
  'the database selects people by it': 'contacts.tags',
  'a name of the business, by which the database looks rows up and sorts them':
    'sends.operator operators.name_key operators.name operators.pages_json operator_tokens.operator operator_sessions.operator operator_log.operator operator_requests.operator handoffs.held_by notes.operator presence.operator erasures.requested_by saved_replies.name_key saved_replies.name destinations.name destinations.topics_json destinations.pages_json outbox.destination',
  'the beginning of a token, by which lists name it': 'operator_tokens.prefix',
  'signs the metadata of sends, and says nothing of people': 'store_identity.echo_key',
  'encrypted by the key that it proves': 'encryption_keys.proof',
};
const PLAIN = Object.values(REASONS).flatMap((columns) => columns.split(' '));

test('each text column is encrypted, or plain for a reason', () => {
  const path = new URL('../../src/store/db/tables.ts', import.meta.url);
  const source = ts.createSourceFile('tables.ts', readFileSync(path, 'utf8'), ts.ScriptTarget.Latest, true);
  const interfaces = source.statements.filter(ts.isInterfaceDeclaration);
  const members = (name: string): readonly ts.PropertySignature[] =>
    [...(interfaces.find((one) => one.name.text === name)?.members ?? [])].filter((one) => ts.isPropertySignature(one));
  const columns = members('Tables').flatMap((table) =>
    members(table.type?.getText() ?? '').flatMap((column) => {
      const type = column.type?.getText() ?? '';
      const kind = type.includes('Encrypted') ? 'encrypted' : /\bstring\b/.test(type) ? 'plain' : undefined;
      return kind === undefined ? [] : [[`${table.name.getText()}.${column.name.getText()}`, kind] as const];
    }),
  );
  const of = (kind: string) => columns.flatMap(([name, its]) => (its === kind ? [name] : [])).toSorted();
  const listed = Object.entries(ENCRYPTED_COLUMNS).flatMap(([table, { columns: names }]) =>
    names.map((name) => `${table}.${name}`),
  );
  expect(of('encrypted')).toEqual(listed.toSorted());
  expect(of('plain')).toEqual(PLAIN.toSorted());
});
