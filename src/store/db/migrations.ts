import { type Kysely, type Migration, type MigrationProvider, Migrator, sql } from 'kysely';
import { BotError } from '../../domain/bot-error.ts';
import { addChangeLog, addTriggers, PRESENCE_TRIGGERS } from './change-triggers.ts';
import type { DatabaseKind } from './database-kind.ts';
import { shortKey } from './short-key.ts';

const ROWS_PER_BATCH = 500;

/** Every change of the schema, oldest first. A landed one is never edited: add the next. */
const migrations = (kind: DatabaseKind): Record<string, Migration> => ({
  '001-first-tables': { up: (db: Kysely<unknown>) => createFirstTables(db, kind) },
  '002-what-is-looked-for': { up: addSearchIndexes },
  '003-standing': { up: addEligibility },
  '004-tags': { up: addTags },
  '005-lead-outbox': { up: addLeadOutbox },
  '006-funnels': { up: addFunnels },
  '007-profiles': { up: addProfileDueAt },
  '008-message-ids': { up: addMessageIds },
  '009-template-status': { up: addTemplates },
  '010-quarantine': { up: addStrikes },
  '011-store-identity': { up: addStoreIdentity },
  '012-operators': { up: (db: Kysely<unknown>) => addOperators(db, kind) },
  '013-trace': { up: addTrace },
  '014-what-operators-send': { up: addWhatOperatorsSend },
  '015-change-log': { up: (db: Kysely<unknown>) => addChangeLog(db, kind) },
  '016-topics': { up: addTopics },
  '017-outbox': { up: (db: Kysely<unknown>) => addOutbox(db, kind) },
  '018-erasures': { up: addErasures },
  '019-encryption': { up: addEncryptionKeys },
  '020-desk': { up: (db: Kysely<unknown>) => addWhatDeskNeeds(db, kind) },
});

/**
 * Brings the schema up to date; safe while other processes do the same.
 *
 * @throws `BotError` with code `store_newer` when a newer version of everthread has changed it.
 */
export async function migrate<T>(db: Kysely<T>, kind: DatabaseKind): Promise<void> {
  const provider: MigrationProvider = { getMigrations: async () => migrations(kind) };
  const { error } = await new Migrator({ db, provider }).migrateToLatest();
  if (!(error instanceof Error)) return;
  const known = Object.keys(migrations(kind));
  const unknown = (await executedMigrations(db)).find((name) => !known.includes(name));
  if (unknown === undefined) throw error;
  throw new BotError(
    'store_newer',
    `The store was changed by a newer everthread: its schema has "${unknown}", and this version knows it up to "${known.at(-1)}". Run the newer version again, or restore a copy of the store from before.`,
    { cause: error },
  );
}

/** None when that cannot be read: then something else is wrong. */
async function executedMigrations<T>(db: Kysely<T>): Promise<readonly string[]> {
  const tables = (db as Kysely<unknown>).withTables<{ kysely_migration: { name: string } }>();
  const reading = tables.selectFrom('kysely_migration').select('name').orderBy('name').execute();
  return reading.then(
    (rows) => rows.map(({ name }) => name),
    () => [],
  );
}

async function createFirstTables(db: Kysely<unknown>, kind: DatabaseKind): Promise<void> {
  await db.schema
    .createTable('inbox')
    .addColumn('id', kind === 'postgres' ? 'bigserial' : 'integer', (column) =>
      kind === 'postgres' ? column.primaryKey() : column.primaryKey().autoIncrement(),
    )
    .addColumn('dedupe_key', 'text', (column) => column.notNull().unique())
    .addColumn('page_id', 'text', (column) => column.notNull())
    .addColumn('conversation', 'text')
    .addColumn('kind', 'text', (column) => column.notNull())
    .addColumn('at', 'bigint', (column) => column.notNull())
    .addColumn('received_at', 'bigint', (column) => column.notNull())
    .addColumn('event_json', 'text', (column) => column.notNull())
    .addColumn('raw_json', 'text', (column) => column.notNull())
    .addColumn('status', 'text', (column) => column.notNull())
    .addColumn('reason', 'text')
    .execute();
  await db.schema
    .createIndex('inbox_pending')
    .on('inbox')
    .columns(['conversation', 'at', 'id'])
    .where(sql.ref('status'), '=', sql.lit('pending'))
    .execute();
  await db.schema
    .createTable('claims')
    .addColumn('conversation', 'text', (column) => column.primaryKey())
    .addColumn('holder', 'text', (column) => column.notNull())
    .addColumn('until', 'bigint', (column) => column.notNull())
    .execute();
  await db.schema
    .createTable('contacts')
    .addColumn('conversation', 'text', (column) => column.primaryKey())
    .addColumn('page_id', 'text', (column) => column.notNull())
    .addColumn('psid', 'text', (column) => column.notNull())
    .addColumn('first_seen_at', 'bigint', (column) => column.notNull())
    .addColumn('last_seen_at', 'bigint', (column) => column.notNull())
    .addColumn('window_opened_at', 'bigint')
    .addColumn('window_opener', 'text')
    .addColumn('delivered_until', 'bigint')
    .addColumn('read_until', 'bigint')
    .addColumn('first_name', 'text')
    .addColumn('last_name', 'text')
    .addColumn('locale', 'text')
    .addColumn('time_zone', 'text')
    .execute();
  await db.schema
    .createTable('sends')
    .addColumn('send_id', 'text', (column) => column.primaryKey())
    .addColumn('conversation', 'text', (column) => column.notNull())
    .addColumn('author', 'text', (column) => column.notNull())
    .addColumn('purpose', 'text', (column) => column.notNull())
    .addColumn('guarantee', 'text', (column) => column.notNull())
    .addColumn('message_json', 'text', (column) => column.notNull())
    .addColumn('status', 'text', (column) => column.notNull())
    .addColumn('code', 'text')
    .addColumn('message_id', 'text')
    .addColumn('attempts', 'integer', (column) => column.notNull())
    .addColumn('created_at', 'bigint', (column) => column.notNull())
    .addColumn('doubtful_since', 'bigint')
    .addColumn('settled_at', 'bigint')
    .execute();
  await db.schema.createIndex('sends_message_id').on('sends').column('message_id').execute();
  await db.schema
    .createTable('messages')
    .addColumn('page_id', 'text', (column) => column.notNull())
    .addColumn('mid', 'text', (column) => column.notNull())
    .addColumn('conversation', 'text', (column) => column.notNull())
    .addColumn('author', 'text', (column) => column.notNull())
    .addColumn('text', 'text')
    .addColumn('at', 'bigint', (column) => column.notNull())
    .addColumn('edited_at', 'bigint')
    .addColumn('deleted_at', 'bigint')
    .addColumn('send_id', 'text')
    .addPrimaryKeyConstraint('messages_pkey', ['page_id', 'mid'])
    .execute();
  await db.schema.createIndex('messages_of_conversation').on('messages').columns(['conversation', 'at']).execute();
  await db.schema
    .createTable('leads')
    .addColumn('lead_id', 'text', (column) => column.primaryKey())
    .addColumn('conversation', 'text', (column) => column.notNull())
    .addColumn('form', 'text', (column) => column.notNull())
    .addColumn('fields_json', 'text', (column) => column.notNull())
    .addColumn('at', 'bigint', (column) => column.notNull())
    .execute();
  await db.schema
    .createTable('snapshots')
    .addColumn('conversation', 'text', (column) => column.primaryKey())
    .addColumn('state_json', 'text', (column) => column.notNull())
    .addColumn('saved_at', 'bigint', (column) => column.notNull())
    .execute();
}

/** Indexes on the rows that need action: they are few among many, and finding them must stay cheap. */
async function addSearchIndexes(db: Kysely<unknown>): Promise<void> {
  // The rows that somebody must act on are few among many: looking for them stays cheap however many there are.
  await db.schema
    .createIndex('inbox_pending_oldest')
    .on('inbox')
    .columns(['id'])
    .where(sql.ref('status'), '=', sql.lit('pending'))
    .execute();
  await db.schema
    .createIndex('inbox_dead')
    .on('inbox')
    .columns(['id'])
    .where(sql.ref('status'), '=', sql.lit('dead'))
    .execute();
  await db.schema
    .createIndex('sends_not_sent')
    .on('sends')
    .columns(['status'])
    .where(sql.ref('status'), '!=', sql.lit('sent'))
    .execute();
  await db.schema
    .createTable('pulse')
    .addColumn('id', 'integer', (column) => column.primaryKey())
    .addColumn('at', 'bigint', (column) => column.notNull())
    .execute();
}

/** What decides whether a person may be written to, circuit breakers of Pages, rate limits and uploaded attachments. */
async function addEligibility(db: Kysely<unknown>): Promise<void> {
  // SQLite adds one column at a time.
  for (const timeColumn of [
    'window_may_last_until',
    'ad_clicked_at',
    'unavailable_since',
    'opted_out_at',
    'opted_in_at',
    'thread_owner_since',
  ]) {
    await db.schema.alterTable('contacts').addColumn(timeColumn, 'bigint').execute();
  }
  await db.schema.alterTable('contacts').addColumn('thread_owner', 'text').execute();
  await db.schema.alterTable('messages').addColumn('attachments_json', 'text').execute();
  await db.schema
    .createTable('pages')
    .addColumn('page_id', 'text', (column) => column.primaryKey())
    .addColumn('hold', 'text')
    .addColumn('hold_code', 'text')
    .addColumn('held_since', 'bigint')
    .addColumn('probe_at', 'bigint')
    .addColumn('probes', 'integer', (column) => column.notNull().defaultTo(0))
    .addColumn('notice', 'text')
    .addColumn('notice_at', 'bigint')
    .execute();
  await db.schema
    .createTable('budgets')
    .addColumn('page_id', 'text', (column) => column.notNull())
    .addColumn('lane', 'text', (column) => column.notNull())
    .addColumn('next_at_us', 'bigint', (column) => column.notNull())
    .addPrimaryKeyConstraint('budgets_pkey', ['page_id', 'lane'])
    .execute();
  await db.schema
    .createTable('attachments')
    .addColumn('page_id', 'text', (column) => column.notNull())
    .addColumn('content_key', 'text', (column) => column.notNull())
    .addColumn('attachment_id', 'text', (column) => column.notNull())
    .addColumn('uploaded_at', 'bigint', (column) => column.notNull())
    .addPrimaryKeyConstraint('attachments_pkey', ['page_id', 'content_key'])
    .execute();
}

async function addTags(db: Kysely<unknown>): Promise<void> {
  await db.schema.alterTable('contacts').addColumn('tags', 'text').execute();
}

async function addLeadOutbox(db: Kysely<unknown>): Promise<void> {
  await db.schema.alterTable('leads').addColumn('consent_json', 'text').execute();
  await db.schema
    .alterTable('leads')
    .addColumn('delivery', 'text', (column) => column.notNull().defaultTo('pending'))
    .execute();
  for (const name of ['attempts', 'due_at'] as const) {
    await db.schema
      .alterTable('leads')
      .addColumn(name, 'bigint', (column) => column.notNull().defaultTo(0))
      .execute();
  }
  await db.schema.alterTable('leads').addColumn('first_tried_at', 'bigint').execute();
  await db.schema.alterTable('leads').addColumn('trouble', 'text').execute();
  await db.schema.createIndex('leads_by_time').on('leads').columns(['at', 'lead_id']).execute();
  await db.schema
    .createIndex('leads_not_delivered')
    .on('leads')
    .columns(['delivery', 'due_at'])
    .where(sql.ref('delivery'), '!=', sql.lit('delivered'))
    .execute();
}

async function addFunnels(db: Kysely<unknown>): Promise<void> {
  await db.schema.createIndex('leads_of_conversation').on('leads').columns(['conversation', 'form']).execute();
  await db.schema
    .createTable('funnel_steps')
    .addColumn('conversation', 'text', (column) => column.notNull())
    .addColumn('funnel', 'text', (column) => column.notNull())
    .addColumn('step', 'text', (column) => column.notNull())
    .addColumn('at', 'bigint', (column) => column.notNull())
    .addPrimaryKeyConstraint('funnel_steps_pkey', ['conversation', 'funnel', 'step'])
    .execute();
  await db.schema.createIndex('funnel_steps_by_time').on('funnel_steps').columns(['funnel', 'at']).execute();
}

async function addProfileDueAt(db: Kysely<unknown>): Promise<void> {
  await db.schema.alterTable('contacts').addColumn('profile_due_at', 'bigint').execute();
}

/**
 * Lets an unsend find the events of its message. Rows of messages and echoes from before are found by their dedupe keys;
 * the key of an edit holds a number that nobody knows, so edits get their `mid` here.
 */
async function addMessageIds(db: Kysely<unknown>): Promise<void> {
  await db.schema.alterTable('inbox').addColumn('mid', 'text').execute();
  await db.schema
    .createIndex('inbox_of_message')
    .on('inbox')
    .columns(['page_id', 'mid'])
    .where(sql.ref('mid'), 'is not', null)
    .execute();
  const tables = db.withTables<{
    inbox: { id: number; kind: string; event_json: string; mid: string | null; conversation: string };
  }>();
  for (let lastId = 0; ;) {
    const edits = await tables
      .selectFrom('inbox')
      .select(['id', 'event_json'])
      .where('kind', '=', 'edit')
      .where('conversation', 'like', 'instagram:%')
      .where('id', '>', lastId)
      .orderBy('id')
      .limit(ROWS_PER_BATCH)
      .execute();
    for (const { id, event_json } of edits) {
      const { mid } = JSON.parse(event_json) as { readonly mid?: string };
      if (mid !== undefined)
        await tables
          .updateTable('inbox')
          .set({ mid: shortKey(mid) })
          .where('id', '=', id)
          .execute();
    }
    lastId = edits.at(-1)?.id ?? lastId;
    if (edits.length < ROWS_PER_BATCH) return;
  }
}

async function addTemplates(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('templates')
    .addColumn('page_id', 'text', (column) => column.notNull())
    .addColumn('name', 'text', (column) => column.notNull())
    .addColumn('language', 'text', (column) => column.notNull())
    .addColumn('status', 'text', (column) => column.notNull())
    .addColumn('at', 'bigint', (column) => column.notNull())
    .addPrimaryKeyConstraint('templates_pkey', ['page_id', 'name', 'language'])
    .execute();
}

/** The row is made by the process that opens the store. Sends of before have no proof: their echoes carry the bare send id. */
async function addStoreIdentity(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('store_identity')
    .addColumn('id', 'integer', (column) => column.primaryKey())
    .addColumn('store_id', 'text', (column) => column.notNull())
    .addColumn('echo_key', 'text', (column) => column.notNull())
    .execute();
  await db.schema.alterTable('sends').addColumn('echo_proof', 'text').execute();
}

async function addStrikes(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('strikes')
    .addColumn('workflow_id', 'text', (column) => column.primaryKey())
    .addColumn('run_id', 'text', (column) => column.notNull())
    .addColumn('task', 'integer', (column) => column.notNull())
    .addColumn('build', 'text', (column) => column.notNull())
    .addColumn('mark', 'text', (column) => column.notNull())
    .addColumn('strikes', 'integer', (column) => column.notNull())
    .addColumn('reason', 'text', (column) => column.notNull())
    .addColumn('at', 'bigint', (column) => column.notNull())
    .execute();
}

/** Operators, what they did, who answers in a conversation; and indexes for lists of conversations and for numbers per day. */
async function addOperators(db: Kysely<unknown>, kind: DatabaseKind): Promise<void> {
  await db.schema
    .createTable('operators')
    .addColumn('name_key', 'text', (column) => column.primaryKey())
    .addColumn('name', 'text', (column) => column.notNull())
    .addColumn('role', 'text', (column) => column.notNull())
    .addColumn('pages_json', 'text')
    .addColumn('password_hash', 'text')
    .addColumn('created_at', 'bigint', (column) => column.notNull())
    .addColumn('disabled_at', 'bigint')
    .execute();
  await db.schema
    .createTable('operator_tokens')
    .addColumn('token_hash', 'text', (column) => column.primaryKey())
    .addColumn('prefix', 'text', (column) => column.notNull())
    .addColumn('operator', 'text', (column) => column.notNull())
    .addColumn('created_at', 'bigint', (column) => column.notNull())
    .addColumn('last_used_day', 'integer')
    .execute();
  await db.schema
    .createTable('operator_sessions')
    .addColumn('session_hash', 'text', (column) => column.primaryKey())
    .addColumn('operator', 'text', (column) => column.notNull())
    .addColumn('created_at', 'bigint', (column) => column.notNull())
    .addColumn('expires_at', 'bigint', (column) => column.notNull())
    .execute();
  await db.schema
    .createTable('operator_log')
    .addColumn('id', kind === 'postgres' ? 'bigserial' : 'integer', (column) =>
      kind === 'postgres' ? column.primaryKey() : column.primaryKey().autoIncrement(),
    )
    .addColumn('operator', 'text', (column) => column.notNull())
    .addColumn('interface', 'text', (column) => column.notNull())
    .addColumn('action', 'text', (column) => column.notNull())
    .addColumn('conversation', 'text')
    .addColumn('at', 'bigint', (column) => column.notNull())
    .addColumn('status', 'integer')
    .execute();
  await db.schema
    .createTable('operator_requests')
    .addColumn('operator', 'text', (column) => column.notNull())
    .addColumn('idempotency_key', 'text', (column) => column.notNull())
    .addColumn('request_hash', 'text', (column) => column.notNull())
    .addColumn('started_at', 'bigint', (column) => column.notNull())
    .addColumn('status', 'integer')
    .addColumn('content_type', 'text')
    .addColumn('body', 'text')
    .addPrimaryKeyConstraint('operator_requests_pkey', ['operator', 'idempotency_key'])
    .execute();
  await db.schema.createIndex('operator_requests_by_time').on('operator_requests').column('started_at').execute();
  await db.schema
    .createTable('handoffs')
    .addColumn('conversation', 'text', (column) => column.primaryKey())
    .addColumn('state', 'text', (column) => column.notNull())
    .addColumn('held_by', 'text')
    .addColumn('reason', 'text')
    .addColumn('waiting_since', 'bigint')
    .addColumn('until', 'bigint')
    .addColumn('updated_at', 'bigint', (column) => column.notNull())
    .addColumn('seen_at', 'bigint')
    .execute();
  await db.schema
    .createIndex('handoffs_waiting')
    .on('handoffs')
    .columns(['waiting_since', 'conversation'])
    .where(sql.ref('state'), '=', sql.lit('waiting'))
    .execute();
  await db.schema
    .createTable('notes')
    .addColumn('note_id', 'text', (column) => column.primaryKey())
    .addColumn('conversation', 'text', (column) => column.notNull())
    .addColumn('operator', 'text', (column) => column.notNull())
    .addColumn('text', 'text', (column) => column.notNull())
    .addColumn('at', 'bigint', (column) => column.notNull())
    .execute();
  await db.schema.createIndex('notes_of_conversation').on('notes').columns(['conversation', 'at']).execute();
  await db.schema
    .createIndex('contacts_by_activity')
    .on('contacts')
    .expression(sql`coalesce(window_opened_at, 0), conversation`)
    .execute();
  await db.schema.createIndex('messages_by_time').on('messages').column('at').execute();
  await db.schema
    .createIndex('sends_unsent_of_conversation')
    .on('sends')
    .columns(['conversation', 'created_at'])
    .where(sql.ref('status'), '!=', sql.lit('sent'))
    .execute();
}

/** What a trace tells of a message, and how long people waited for an operator. Rows of before have no values. */
async function addTrace(db: Kysely<unknown>): Promise<void> {
  for (const name of ['source', 'operator', 'sent_as']) {
    await db.schema.alterTable('sends').addColumn(name, 'text').execute();
  }
  await db.schema.alterTable('inbox').addColumn('dispatched_at', 'bigint').execute();
  await db.schema.alterTable('operator_log').addColumn('request_key', 'text').execute();
  await db.schema
    .createIndex('operator_log_requests')
    .on('operator_log')
    .columns(['request_key'])
    .where(sql.ref('request_key'), 'is not', null)
    .execute();
  await db.schema
    .createTable('handoff_waits')
    .addColumn('conversation', 'text', (column) => column.notNull())
    .addColumn('since', 'bigint', (column) => column.notNull())
    .addColumn('ended_at', 'bigint')
    .addColumn('ended_by', 'text')
    .addPrimaryKeyConstraint('handoff_waits_pkey', ['conversation', 'since'])
    .execute();
  await db.schema.createIndex('handoff_waits_by_time').on('handoff_waits').column('since').execute();
  await sql`
    insert into handoff_waits (conversation, since)
    select conversation, waiting_since from handoffs where state = 'waiting' and waiting_since is not null`.execute(db);
}

/** Saved replies, conversations that are snoozed for some time, and what the bot has that operators start. */
async function addWhatOperatorsSend(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('saved_replies')
    .addColumn('reply_id', 'text', (column) => column.primaryKey())
    .addColumn('name_key', 'text', (column) => column.notNull())
    .addColumn('name', 'text', (column) => column.notNull())
    .addColumn('page_id', 'text', (column) => column.notNull())
    .addColumn('text', 'text', (column) => column.notNull())
    .addUniqueConstraint('saved_replies_names', ['name_key', 'page_id'])
    .execute();
  await db.schema
    .createTable('bot_facts')
    .addColumn('id', 'integer', (column) => column.primaryKey())
    .addColumn('facts_json', 'text', (column) => column.notNull())
    .addColumn('at', 'bigint', (column) => column.notNull())
    .execute();
  await db.schema.alterTable('handoffs').addColumn('snoozed_until', 'bigint').execute();
  await db.schema.alterTable('handoffs').addColumn('snoozed_after', 'bigint').execute();
}

/** By which ids other systems know people, and the topics that they emitted. */
async function addTopics(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('external_ids')
    .addColumn('account', 'text', (column) => column.notNull())
    .addColumn('system', 'text', (column) => column.notNull())
    .addColumn('external_id', 'text', (column) => column.notNull())
    .addColumn('conversation', 'text', (column) => column.notNull())
    .addColumn('linked_at', 'bigint', (column) => column.notNull())
    .addPrimaryKeyConstraint('external_ids_pkey', ['system', 'external_id', 'account'])
    .execute();
  await db.schema
    .createIndex('external_ids_of_conversation')
    .on('external_ids')
    .columns(['conversation', 'linked_at'])
    .execute();
  await db.schema
    .createTable('received_topics')
    .addColumn('conversation', 'text', (column) => column.notNull())
    .addColumn('key', 'text', (column) => column.notNull())
    .addColumn('request_hash', 'text', (column) => column.notNull())
    .addColumn('at', 'bigint', (column) => column.notNull())
    .addColumn('result_json', 'text')
    .addPrimaryKeyConstraint('received_topics_pkey', ['conversation', 'key'])
    .execute();
  await db.schema.createIndex('received_topics_by_time').on('received_topics').column('at').execute();
}

/**
 * Destinations of events, and the events that wait for them. The columns of `leads` for the webhook of before stay, because
 * processes of the version before read them; their index would grow with every lead.
 */
async function addOutbox(db: Kysely<unknown>, kind: DatabaseKind): Promise<void> {
  await db.schema
    .createTable('destinations')
    .addColumn('name', 'text', (column) => column.primaryKey())
    .addColumn('url', 'text', (column) => column.notNull())
    .addColumn('format', 'text', (column) => column.notNull())
    .addColumn('topics_json', 'text', (column) => column.notNull())
    .addColumn('pages_json', 'text')
    .addColumn('secret', 'text')
    .addColumn('previous_secret', 'text')
    .addColumn('previous_until', 'bigint')
    .addColumn('created_at', 'bigint', (column) => column.notNull())
    .addColumn('disabled_at', 'bigint')
    .addColumn('disabled_reason', 'text')
    .execute();
  await db.schema
    .createTable('outbox')
    .addColumn('id', kind === 'postgres' ? 'bigserial' : 'integer', (column) =>
      kind === 'postgres' ? column.primaryKey() : column.primaryKey().autoIncrement(),
    )
    .addColumn('destination', 'text', (column) => column.notNull())
    .addColumn('event_id', 'text', (column) => column.notNull())
    .addColumn('topic', 'text', (column) => column.notNull())
    .addColumn('line', 'text', (column) => column.notNull())
    .addColumn('conversation', 'text')
    .addColumn('page_id', 'text', (column) => column.notNull())
    .addColumn('at', 'bigint', (column) => column.notNull())
    .addColumn('data_json', 'text', (column) => column.notNull())
    .addColumn('status', 'text', (column) => column.notNull())
    .addColumn('attempts', 'bigint', (column) => column.notNull().defaultTo(0))
    .addColumn('due_at', 'bigint')
    .addColumn('give_up_at', 'bigint', (column) => column.notNull())
    .addColumn('trouble', 'text')
    .addColumn('settled_at', 'bigint')
    .addUniqueConstraint('outbox_events', ['event_id', 'destination'])
    .execute();
  const indexes = [
    { name: 'outbox_due', columns: ['due_at', 'destination'], status: 'pending' },
    { name: 'outbox_lines', columns: ['destination', 'line', 'id'], status: 'pending' },
    { name: 'outbox_dead', columns: ['id'], status: 'dead' },
    { name: 'outbox_delivered', columns: ['settled_at'], status: 'delivered' },
  ];
  for (const { name, columns, status } of indexes) {
    await db.schema
      .createIndex(name)
      .on('outbox')
      .columns(columns)
      .where(sql.ref('status'), '=', sql.lit(status))
      .execute();
  }
  await db.schema
    .createIndex('outbox_of_conversation')
    .on('outbox')
    .columns(['conversation'])
    .where(sql.ref('conversation'), 'is not', null)
    .execute();
  await db.schema.dropIndex('leads_not_delivered').execute();
  await db.schema.alterTable('handoff_waits').addColumn('unanswered_at', 'bigint').execute();
  await db.schema
    .createIndex('handoff_waits_open')
    .on('handoff_waits')
    .columns(['since'])
    .where(sql<boolean>`ended_at is null and unanswered_at is null`)
    .execute();
}

/** Erasures of people; and whose stored answers of the operator API are about, as far as their address says it. */
async function addErasures(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('erasures')
    .addColumn('erasure_id', 'text', (column) => column.primaryKey())
    .addColumn('conversation', 'text')
    .addColumn('code', 'text')
    .addColumn('requested_by', 'text')
    .addColumn('requested_at', 'bigint', (column) => column.notNull())
    .addColumn('stage', 'text', (column) => column.notNull())
    .addColumn('inbox_until', 'bigint')
    .addColumn('changes_until', 'bigint')
    .addColumn('log_until', 'bigint')
    .addColumn('finished_at', 'bigint')
    .addColumn('holder', 'text')
    .addColumn('until', 'bigint', (column) => column.notNull().defaultTo(0))
    .execute();
  await db.schema
    .createIndex('erasures_under_way')
    .unique()
    .on('erasures')
    .column('conversation')
    .where(sql.ref('conversation'), 'is not', null)
    .execute();
  await db.schema
    .createIndex('erasures_of_code')
    .on('erasures')
    .column('code')
    .where(sql.ref('code'), 'is not', null)
    .execute();
  await db.schema.alterTable('operator_requests').addColumn('conversation', 'text').execute();
}

async function addEncryptionKeys(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('encryption_keys')
    .addColumn('key_id', 'text', (column) => column.primaryKey())
    .addColumn('proof', 'text', (column) => column.notNull())
    .addColumn('first_used_at', 'bigint', (column) => column.notNull())
    .execute();
}

/** Which operators look at a conversation now, of which live updates hear; and which operators are those of `dev`. */
async function addWhatDeskNeeds(db: Kysely<unknown>, kind: DatabaseKind): Promise<void> {
  await db.schema
    .createTable('presence')
    .addColumn('conversation', 'text', (column) => column.notNull())
    .addColumn('operator', 'text', (column) => column.notNull())
    .addColumn('state', 'text', (column) => column.notNull())
    .addColumn('expires_at', 'bigint', (column) => column.notNull())
    .addPrimaryKeyConstraint('presence_pkey', ['conversation', 'operator'])
    .execute();
  await db.schema.createIndex('presence_by_end').on('presence').column('expires_at').execute();
  await addTriggers(db, kind, PRESENCE_TRIGGERS);
  await db.schema.alterTable('operators').addColumn('is_demo', 'integer').execute();
}
