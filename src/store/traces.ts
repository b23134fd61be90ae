/** What the store knows of one message: its inbox row, its send, and what it caused. Without any text. */

import { type Kysely, type Selectable, sql } from 'kysely';
import { conversationParts, type ConversationId } from '../domain/conversation-id.ts';
import type { SendId } from '../domain/send-id.ts';
import type { Author } from '../domain/send.ts';
import { messageDedupeKey } from '../messenger/inbound/dedupe-key.ts';
import type { SendClassName } from '../messenger/outbound/send-api.ts';
import type { Database } from './db/database.ts';
import { shortKey } from './db/short-key.ts';
import type { InboxTable, SendsTable, Tables } from './db/tables.ts';
import { fromStoredStatus, type SendStatus } from './ledger/send-states.ts';

/** An inbound event, as far as a trace tells of it. Epoch ms; `at` by Meta's clock, the others real time. */
export interface TracedEvent {
  readonly inboxId: number;
  readonly pageId: string;
  readonly conversation: ConversationId | undefined;
  readonly kind: string;
  readonly status: InboxTable['status'];
  readonly reason: string | undefined;
  readonly at: number;
  readonly receivedAt: number;
  /** When it was handed to Temporal, which took it or rejected it. */
  readonly dispatchedAt: number | undefined;
}

/** A send, as far as a trace tells of it. Epoch ms by the person's clock, except `unconfirmedSince`. */
export interface TracedSend {
  readonly sendId: SendId;
  readonly conversation: ConversationId;
  readonly author: Author;
  readonly source: string | undefined;
  readonly operator: string | undefined;
  readonly status: SendStatus;
  readonly code: string | undefined;
  readonly sentAs: SendClassName | undefined;
  readonly messageId: string | undefined;
  readonly attempts: number;
  readonly createdAt: number;
  readonly unconfirmedSince: number | undefined;
  readonly settledAt: number | undefined;
  /** The time of its message in the transcript, with which Meta's receipts are compared. */
  readonly saidAt: number | undefined;
  /** When its echo was received; real time. */
  readonly echoedAt: number | undefined;
}

/** Reads traces. */
export interface Traces {
  /** The event of an inbox id. */
  findEvent(inboxId: number): Promise<TracedEvent | undefined>;
  /** The event that brought the message with this id of Meta's: a message, a tap, or somebody else's echo. */
  findEventOfMessage(mid: string): Promise<TracedEvent | undefined>;
  findSend(sendId: SendId): Promise<TracedSend | undefined>;
  /** The send of ours that has this message id of Meta's. */
  findSendOfMessage(mid: string): Promise<TracedSend | undefined>;
  /** The sends of a cause, oldest first, those of sequences that it started included. `since`: when the cause happened. */
  sendsOf(conversation: ConversationId, causeId: string, since: number): Promise<readonly TracedSend[]>;
}

/** A cause can start a sequence that sends for weeks. */
const MAX_SENDS = 100;
/** Clocks of Meta and of the machines differ by less. */
const MAX_CLOCK_SKEW_MS = 60_000;
/** Kinds of events that carry a message with an id of Meta's. An echo comes last: it may be of our own send. */
const KINDS_WITH_MID = ['message', 'postback', 'echo'] as const;

/** Traces from the tables `inbox`, `sends` and `messages`. */
export function createTraces({ db }: Pick<Database, 'db'>): Traces {
  return {
    findEvent: async (inboxId) => {
      const row = await selectEvents(db).where('id', '=', inboxId).executeTakeFirst();
      return row && toEvent(row);
    },

    async findEventOfMessage(mid) {
      const pages = await listPages(db);
      if (pages.length === 0) return undefined;
      const keys = KINDS_WITH_MID.flatMap((kind) => pages.map((page) => keyOf(kind, page, mid)));
      const rows = await selectEvents(db).where('dedupe_key', 'in', keys).execute();
      const [first] = rows.toSorted((one, other) => rankOf(one.kind) - rankOf(other.kind));
      return first && toEvent(first);
    },

    findSend: async (sendId) => {
      const [send] = await withEchoes(db, await selectSends(db).where('send_id', '=', sendId).execute());
      return send;
    },

    async findSendOfMessage(mid) {
      const rows = await selectSends(db).where('message_id', '=', shortKey(mid)).limit(1).execute();
      const [send] = await withEchoes(db, rows);
      return send;
    },

    async sendsOf(conversation, causeId, since) {
      // Not `like`: collations of PostgreSQL may skip the slash, and causes of operators have letters of their own.
      const prefix = `${conversation}/${causeId}/`;
      const isOfCause = (column: string) => sql<boolean>`substr(${sql.ref(column)}, 1, ${prefix.length}) = ${prefix}`;
      // Sent ones are found by their messages, others by the index of those that are not sent.
      const sent = db
        .selectFrom('messages')
        .select('send_id')
        .where('conversation', '=', conversation)
        .where('at', '>=', since - MAX_CLOCK_SKEW_MS)
        .where(isOfCause('send_id'));
      const rows = await Promise.all([
        selectSends(db).where('send_id', 'in', sent).orderBy('created_at').limit(MAX_SENDS).execute(),
        selectSends(db)
          .where('conversation', '=', conversation)
          .where('status', '!=', sql.lit('sent'))
          .where(isOfCause('send_id'))
          .orderBy('created_at')
          .limit(MAX_SENDS)
          .execute(),
      ]);
      const byId = new Map(rows.flat().map((row) => [row.send_id, row]));
      const inOrder = [...byId.values()].toSorted((a, b) => a.created_at - b.created_at || ordinalOf(a) - ordinalOf(b));
      return withEchoes(db, inOrder.slice(0, MAX_SENDS));
    },
  };
}

function selectEvents(db: Kysely<Tables>) {
  return db
    .selectFrom('inbox')
    .select(['id', 'page_id', 'conversation', 'kind', 'status', 'reason', 'at', 'received_at', 'dispatched_at']);
}

type EventRow = Pick<
  Selectable<InboxTable>,
  'id' | 'page_id' | 'conversation' | 'kind' | 'status' | 'reason' | 'at' | 'received_at' | 'dispatched_at'
>;

function toEvent(row: EventRow): TracedEvent {
  return {
    inboxId: Number(row.id),
    pageId: row.page_id,
    conversation: (row.conversation as ConversationId | null) ?? undefined,
    kind: row.kind,
    status: row.status,
    reason: row.reason ?? undefined,
    at: row.at,
    receivedAt: row.received_at,
    dispatchedAt: row.dispatched_at ?? undefined,
  };
}

/** The Pages of which the transcript has a message, from its primary key: one look for each Page. */
async function listPages(db: Kysely<Tables>): Promise<readonly string[]> {
  const { rows } = await sql<{ page_id: string | null }>`
    with recursive pages(page_id) as (
      select min(page_id) from messages
      union all
      select (select min(m.page_id) from messages m where m.page_id > pages.page_id) from pages
      where pages.page_id is not null
    )
    select page_id from pages where page_id is not null`.execute(db);
  return rows.flatMap(({ page_id }) => page_id ?? []);
}

function keyOf(kind: (typeof KINDS_WITH_MID)[number], page: string, mid: string): string {
  return shortKey(messageDedupeKey(kind, page, mid));
}

function rankOf(kind: string): number {
  return KINDS_WITH_MID.findIndex((known) => known === kind);
}

const SEND_COLUMNS = [
  'send_id',
  'conversation',
  'author',
  'source',
  'operator',
  'status',
  'code',
  'sent_as',
  'message_id',
  'attempts',
  'created_at',
  'doubtful_since',
  'settled_at',
] as const;

type SendRow = Pick<SendsTable, (typeof SEND_COLUMNS)[number]>;

function selectSends(db: Kysely<Tables>) {
  return db.selectFrom('sends').select(SEND_COLUMNS);
}

/** An echo is found by its dedupe key, which is made of the message id. */
async function withEchoes(db: Kysely<Tables>, rows: readonly SendRow[]): Promise<readonly TracedSend[]> {
  const keyOfSend = (row: SendRow) =>
    row.message_id === null ? undefined : keyOf('echo', pageOf(row), row.message_id);
  const keys = rows.flatMap((row) => keyOfSend(row) ?? []);
  const echoes =
    keys.length === 0
      ? []
      : await db.selectFrom('inbox').select(['dedupe_key', 'received_at']).where('dedupe_key', 'in', keys).execute();
  const receivedAt = new Map(echoes.map((echo) => [echo.dedupe_key, echo.received_at]));
  const saidAt = await readTimes(db, rows);
  return rows.map((row) => ({
    ...toSend(row),
    saidAt: saidAt.get(row.send_id),
    echoedAt: receivedAt.get(keyOfSend(row) ?? ''),
  }));
}

/** The times of messages in the transcript, by send id. */
async function readTimes(db: Kysely<Tables>, rows: readonly SendRow[]): Promise<ReadonlyMap<string | null, number>> {
  const mids = rows.flatMap(({ message_id }) => message_id ?? []);
  if (mids.length === 0) return new Map();
  const pages = new Set(rows.map(pageOf));
  const lines = await db
    .selectFrom('messages')
    .select(['send_id', 'at'])
    .where('page_id', 'in', [...pages])
    .where('mid', 'in', mids)
    .execute();
  return new Map(lines.map(({ send_id, at }) => [send_id, at]));
}

function pageOf({ conversation }: SendRow): string {
  return conversationParts(conversation)?.pageId ?? '';
}

function toSend(row: SendRow): Omit<TracedSend, 'saidAt' | 'echoedAt'> {
  return {
    sendId: row.send_id as SendId,
    conversation: row.conversation as ConversationId,
    author: row.author as Author,
    source: row.source ?? undefined,
    operator: row.operator ?? undefined,
    status: fromStoredStatus(row.status),
    code: row.code ?? undefined,
    sentAs: row.sent_as ?? undefined,
    messageId: row.message_id ?? undefined,
    attempts: row.attempts,
    createdAt: row.created_at,
    unconfirmedSince: row.doubtful_since ?? undefined,
    settledAt: row.settled_at ?? undefined,
  };
}

/** Sends of one turn may be recorded in the same millisecond. */
function ordinalOf({ send_id }: SendRow): number {
  return Number.parseInt(send_id.slice(send_id.lastIndexOf('/') + 1), 10);
}
