import { type Kysely, sql } from 'kysely';
import { conversationParts, type ConversationId } from '../../domain/conversation-id.ts';
import type { SendId } from '../../domain/send-id.ts';
import type { Author } from '../../domain/send.ts';
import type { SendClassName } from '../../messenger/outbound/send-api.ts';
import type { Database } from '../db/database.ts';
import { shortKey } from '../db/short-key.ts';
import type { SendsTable, Tables } from '../db/tables.ts';
import { fromStoredStatus, type SendStatus } from '../ledger/send-states.ts';
import { dedupeKeyOf } from './events.ts';

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

/** Reads the sends that traces are about. */
export interface TracedSends {
  /** The send of that id. */
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

/** Sends from the tables `sends` and `messages`, and their echoes in `inbox`. */
export function createTracedSends({ db }: Pick<Database, 'db'>): TracedSends {
  return {
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
    row.message_id === null ? undefined : dedupeKeyOf('echo', pageOf(row), row.message_id);
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
