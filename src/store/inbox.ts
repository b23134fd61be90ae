import { sql, type Transaction } from 'kysely';
import type { ConversationId } from '../messenger/conversation.ts';
import type { InboundEvent, InboundEventKind } from '../messenger/inbound-event.ts';
import type { Database } from './database.ts';
import { recordReceipt, recordVisit } from './contacts.ts';
import type { Write } from './group-commit.ts';
import type { Delivered } from '../messenger/parse-webhook.ts';
import { confirmByEcho } from './ledger.ts';
import type { Tables } from './tables.ts';
import { recordInTranscript } from './transcript.ts';


/** A conversation that this process alone may dispatch until its claim runs out. */
export interface ClaimedConversation {
  readonly conversation: ConversationId;
  /** Oldest first. */
  readonly items: readonly { readonly inboxId: number; readonly event: InboundEvent }[];
}

export interface Inbox {
  /**
   * Keeps events and all that follows from them (window clock, receipts, echoes, transcript) in one transaction.
   * An event that is already there changes nothing. Gives the conversations that have something new to hear.
   */
  keep(delivered: readonly Delivered[], receivedAt: number): Promise<ConversationId[]>;
  /** Conversations with pending events, those waiting longest first. */
  waiting(limit: number): Promise<ConversationId[]>;
  /** Claims conversations that nobody else has claimed, with their pending events. */
  claim(
    conversations: readonly ConversationId[],
    claim: { readonly holder: string; readonly now: number; readonly until: number },
  ): Promise<ClaimedConversation[]>;
  /** The engine has these events; the claims end. */
  dispatched(inboxIds: readonly number[], conversations: readonly ConversationId[], holder: string): Promise<void>;
  /** The engine will never take this event. */
  bury(inboxId: number, reason: string): Promise<void>;
  /** Ends claims without having dispatched anything. */
  release(conversations: readonly ConversationId[], holder: string): Promise<void>;
  /** How many events are in which status. */
  counts(): Promise<Record<string, number>>;
}

/** Receipts only move a watermark: kept in `contacts`, never queued one by one. */
const RECEIPTS: ReadonlySet<InboundEventKind> = new Set(['read', 'delivery']);
/** What a conversation does not need to hear of. */
const SILENT: ReadonlySet<InboundEventKind> = new Set([
  'unknown',
  'malformed',
  'change',
  'call',
  'app_roles',
  'policy_enforcement',
  'unsend',
]);
/** One signal carries at most this many events, to stay far below the engine's payload limit. */
export const EVENTS_PER_SIGNAL = 50;

export function createInbox({ db }: Database, write: Write<Tables>): Inbox {
  return {
    keep: (delivered, receivedAt) =>
      delivered.length === 0 ? Promise.resolve([]) : write((trx) => keep(trx, delivered, receivedAt)),

    async waiting(limit) {
      const rows = await db
        .selectFrom('inbox')
        .select('conversation')
        .where('status', '=', sql.lit('pending'))
        .groupBy('conversation')
        .orderBy((eb) => eb.fn.min('id'))
        .limit(limit)
        .execute();
      return rows.map((row) => row.conversation as ConversationId);
    },

    claim: (conversations, { holder, now, until }) =>
      write(async (trx) => {
        const claimed = await trx
          .insertInto('claims')
          .values(conversations.map((conversation) => ({ conversation, holder, until })))
          .onConflict((conflict) =>
            conflict
              .column('conversation')
              .doUpdateSet({ holder, until })
              .where((eb) => eb.or([eb('claims.until', '<', now), eb('claims.holder', '=', holder)])),
          )
          .returning('conversation')
          .execute();
        return pendingOf(
          trx,
          claimed.map((row) => row.conversation as ConversationId),
        );
      }),

    dispatched: (inboxIds, conversations, holder) =>
      write(async (trx) => {
        await trx.updateTable('inbox').set({ status: 'dispatched' }).where('id', 'in', inboxIds).execute();
        await endClaims(trx, conversations, holder);
      }),

    bury: (inboxId, reason) =>
      write(async (trx) => {
        await trx.updateTable('inbox').set({ status: 'dead', reason }).where('id', '=', inboxId).execute();
      }),

    release: (conversations, holder) => write((trx) => endClaims(trx, conversations, holder)),

    async counts() {
      const rows = await db
        .selectFrom('inbox')
        .select(['status', (eb) => eb.fn.countAll<number>().as('events')])
        .groupBy('status')
        .execute();
      return Object.fromEntries(rows.map((row) => [row.status, Number(row.events)]));
    },
  };
}

async function keep(
  trx: Transaction<Tables>,
  delivered: readonly Delivered[],
  receivedAt: number,
): Promise<ConversationId[]> {
  for (const { event } of delivered) if (RECEIPTS.has(event.kind)) await recordReceipt(trx, event, receivedAt);
  const queued = delivered.filter(({ event }) => !RECEIPTS.has(event.kind));
  if (queued.length === 0) return [];

  const rows = [];
  for (const { event, raw } of queued) rows.push(await inboxRow(trx, event, raw, receivedAt));
  const added = await trx
    .insertInto('inbox')
    .values(rows)
    .onConflict((conflict) => conflict.column('dedupe_key').doNothing())
    .returning('dedupe_key')
    .execute();

  const isNew = new Set(added.map((row) => row.dedupe_key));
  const toHear = new Set<ConversationId>();
  for (const [index, { event }] of queued.entries()) {
    if (!isNew.delete(event.dedupeKey)) continue;
    await recordVisit(trx, event, receivedAt);
    await recordInTranscript(trx, event);
    if (rows[index]?.status === 'pending' && event.conversation) toHear.add(event.conversation);
  }
  return [...toHear];
}

async function inboxRow(trx: Transaction<Tables>, event: InboundEvent, raw: unknown, receivedAt: number) {
  return {
    dedupe_key: event.dedupeKey,
    page_id: event.pageId,
    conversation: event.conversation ?? null,
    kind: event.kind,
    at: event.at,
    received_at: receivedAt,
    event_json: JSON.stringify(event),
    raw_json: JSON.stringify(raw),
    status: (await mustBeHeard(trx, event, receivedAt)) ? ('pending' as const) : ('stored' as const),
    reason: event.kind === 'malformed' ? event.reason : null,
  };
}

async function mustBeHeard(trx: Transaction<Tables>, event: InboundEvent, receivedAt: number): Promise<boolean> {
  if (!event.conversation || SILENT.has(event.kind)) return false;
  if (event.kind !== 'echo') return true;
  const isOurs = await confirmByEcho(trx, event, receivedAt);
  return !isOurs;
}

async function pendingOf(
  trx: Transaction<Tables>,
  conversations: readonly ConversationId[],
): Promise<ClaimedConversation[]> {
  if (conversations.length === 0) return [];
  const rows = await trx
    .selectFrom('inbox')
    .select(['id', 'conversation', 'event_json'])
    .where('status', '=', sql.lit('pending'))
    .where('conversation', 'in', conversations)
    .orderBy('at')
    .orderBy('id')
    .execute();
  const items = new Map(conversations.map((conversation) => [conversation as string, [] as { inboxId: number; event: InboundEvent }[]]));
  for (const row of rows) {
    const list = items.get(row.conversation ?? '');
    if (list && list.length < EVENTS_PER_SIGNAL) {
      list.push({ inboxId: row.id, event: JSON.parse(row.event_json) as InboundEvent });
    }
  }
  return conversations.map((conversation) => ({ conversation, items: items.get(conversation) ?? [] }));
}

async function endClaims(
  trx: Transaction<Tables>,
  conversations: readonly ConversationId[],
  holder: string,
): Promise<void> {
  await trx.deleteFrom('claims').where('conversation', 'in', conversations).where('holder', '=', holder).execute();
}
