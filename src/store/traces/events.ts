import { type Kysely, type Selectable, sql } from 'kysely';
import type { ConversationId } from '../../domain/conversation-id.ts';
import { messageDedupeKey } from '../../messenger/inbound/dedupe-key.ts';
import type { Database } from '../db/database.ts';
import { shortKey } from '../db/short-key.ts';
import type { InboxTable, Tables } from '../db/tables.ts';
import { cipherOf } from '../encryption/column-cipher.ts';

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

/** Reads the events that traces are about. */
export interface TracedEvents {
  /** The event of an inbox id. */
  findEvent(inboxId: number): Promise<TracedEvent | undefined>;
  /** The event that brought the message with this id of Meta's: a message, a tap, or somebody else's echo. */
  findEventOfMessage(mid: string): Promise<TracedEvent | undefined>;
  /** The events of these inbox ids, in no order, with the ids of their messages in the transcript. */
  findTurnEvents(inboxIds: readonly number[]): Promise<readonly TurnEvent[]>;
}

/** An event of a turn. */
export interface TurnEvent {
  readonly inboxId: number;
  readonly kind: string;
  /** By Meta's clock, epoch ms. */
  readonly at: number;
  /** Its line in the transcript; `undefined` if it is no message, or its content is gone. */
  readonly messageId: string | undefined;
}

/** Kinds of events that carry a message with an id of Meta's. An echo comes last: it may be of our own send. */
const KINDS_WITH_MID = ['message', 'postback', 'echo'] as const;

/** Events from the table `inbox`. */
export function createTracedEvents({ db }: Pick<Database, 'db'>): TracedEvents {
  return {
    findEvent: async (inboxId) => {
      const row = await selectEvents(db).where('id', '=', inboxId).executeTakeFirst();
      return row && toEvent(row);
    },

    async findEventOfMessage(mid) {
      const pages = await listPages(db);
      if (pages.length === 0) return undefined;
      const keys = KINDS_WITH_MID.flatMap((kind) => pages.map((page) => dedupeKeyOf(kind, page, mid)));
      const rows = await selectEvents(db).where('dedupe_key', 'in', keys).execute();
      const [first] = rows.toSorted((one, other) => rankOf(one.kind) - rankOf(other.kind));
      return first && toEvent(first);
    },

    async findTurnEvents(inboxIds) {
      if (inboxIds.length === 0) return [];
      const rows = await db
        .selectFrom('inbox')
        .select(['id', 'dedupe_key', 'kind', 'at', 'event_json'])
        .where('id', 'in', inboxIds)
        .execute();
      const cipher = cipherOf(db);
      return rows.map((row) => {
        const { mid } = JSON.parse(cipher.open('inbox', row).event_json || '{}') as { readonly mid?: unknown };
        const isLine = row.kind === 'message' && typeof mid === 'string';
        return { inboxId: Number(row.id), kind: row.kind, at: row.at, messageId: isLine ? shortKey(mid) : undefined };
      });
    },
  };
}

/** The dedupe key of the event that has this message id of Meta's. */
export function dedupeKeyOf(kind: (typeof KINDS_WITH_MID)[number], page: string, mid: string): string {
  return shortKey(messageDedupeKey(kind, page, mid));
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

function rankOf(kind: string): number {
  return KINDS_WITH_MID.findIndex((known) => known === kind);
}
