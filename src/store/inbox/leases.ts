/** Leases: the exclusive right of a process to dispatch a conversation. They expire, so a dead owner blocks nobody. */

import { expressionBuilder, type Kysely, sql, type Transaction } from 'kysely';
import type { ConversationId } from '../../domain/conversation-id.ts';
import type { InboundEvent } from '../../messenger/inbound/inbound-event.ts';
import type { InboxItem } from '../../messenger/inbound/inbox-item.ts';
import { compileOnce } from '../db/compile-once.ts';
import type { Tables } from '../db/tables.ts';
import { cipherOf } from '../encryption/column-cipher.ts';
import { putEvent } from '../outbox/put-event.ts';

/** A lease that is asked for. Real time, epoch ms. */
export interface Lease {
  /** The process that asks. */
  readonly owner: string;
  readonly now: number;
  readonly expiresAt: number;
}

/** A conversation that the lease's owner alone may dispatch until the lease expires. */
export interface LeasedConversation {
  readonly conversation: ConversationId;
  /** Oldest first, at most `EVENTS_PER_SIGNAL`. */
  readonly items: readonly InboxItem[];
  /** When the first of them to arrive was received, epoch ms, real time; `undefined` without items. */
  readonly receivedAt?: number | undefined;
}

/** One signal carries at most this many events, to stay far below Temporal's payload limit. */
export const EVENTS_PER_SIGNAL = 50;

/** Conversations with pending events and no valid lease, those waiting longest first. */
export async function listWaiting(db: Kysely<Tables>, limit: number, now: number): Promise<ConversationId[]> {
  const oldest = db
    .selectFrom('inbox')
    .select(['id', 'conversation'])
    .where('status', '=', sql.lit('pending'))
    .where((eb) =>
      eb.not(
        eb.exists(
          eb
            .selectFrom('claims')
            .select('holder')
            .whereRef('claims.conversation', '=', 'inbox.conversation')
            .where('until', '>=', now),
        ),
      ),
    )
    .orderBy('id')
    .limit(limit);
  const rows = await db
    .selectFrom(oldest.as('oldest'))
    .select('conversation')
    .groupBy('conversation')
    .orderBy((eb) => eb.fn.min('id'))
    .execute();
  return rows.map((row) => row.conversation as ConversationId);
}

/** Leases those that have no lease, an expired one, or one of the same owner. */
export async function acquireLeases(
  trx: Transaction<Tables>,
  conversations: readonly ConversationId[],
  { owner, now, expiresAt }: Lease,
): Promise<LeasedConversation[]> {
  if (conversations.length === 0) return [];
  const leased = await trx
    .insertInto('claims')
    .values([...new Set(conversations)].map((conversation) => ({ conversation, holder: owner, until: expiresAt })))
    .onConflict((conflict) =>
      conflict
        .column('conversation')
        .doUpdateSet({ holder: owner, until: expiresAt })
        .where((eb) => eb.or([eb('claims.until', '<', now), eb('claims.holder', '=', owner)])),
    )
    .returning('conversation')
    .execute();
  return readPendingEvents(trx, new Set(leased.map((row) => row.conversation as ConversationId)));
}

/**
 * Leases one conversation in the transaction that stores its events. Resolves to its number of pending events, or to
 * `undefined` if another owner has the lease.
 */
export async function acquireLease(
  trx: Transaction<Tables>,
  conversation: ConversationId,
  { owner, now, expiresAt }: Lease,
): Promise<number | undefined> {
  const [leased] = await leaseAndCount(trx, { conversation, owner, now, expiresAt });
  return leased && Number(leased.pending);
}

const leaseAndCount = compileOnce((db, lease: Lease & { readonly conversation: ConversationId }) =>
  db
    .insertInto('claims')
    .values({ conversation: lease.conversation, holder: lease.owner, until: lease.expiresAt })
    .onConflict((conflict) =>
      conflict
        .column('conversation')
        .doUpdateSet({ holder: lease.owner, until: lease.expiresAt })
        .where((eb) => eb.or([eb('claims.until', '<', lease.now), eb('claims.holder', '=', lease.owner)])),
    )
    .returning((eb) =>
      eb
        .selectFrom('inbox')
        .select((inbox) => inbox.fn.countAll<number>().as('events'))
        .where('status', '=', sql.lit('pending'))
        .where('inbox.conversation', '=', lease.conversation)
        .$asScalar()
        .$notNull()
        .as('pending'),
    ),
);

/** Moves the end of this owner's lease; does nothing when another owner has the lease by now. */
export async function extendLease(
  trx: Transaction<Tables>,
  conversation: ConversationId,
  owner: string,
  expiresAt: number,
): Promise<void> {
  const lease = trx.updateTable('claims').set({ until: expiresAt }).where('conversation', '=', conversation);
  await lease.where('holder', '=', owner).execute();
}

/**
 * Ends this owner's lease; does nothing to the lease of another owner. Resolves to `true` if events wait for delivery:
 * those that were stored during the lease found it taken, and were not dispatched.
 */
export async function releaseLease(
  trx: Transaction<Tables>,
  conversation: ConversationId,
  owner: string,
): Promise<boolean> {
  const [ended] = await endLease(trx, { conversation, owner });
  const [found = ended] = ended ? [] : await findPending(trx, { conversation });
  return found?.pending != null;
}

const pendingEvent = (conversation: ConversationId) =>
  expressionBuilder<Tables>()
    .selectFrom('inbox')
    .select('id')
    .where('status', '=', sql.lit('pending'))
    .where('inbox.conversation', '=', conversation)
    .limit(sql.lit(1));

const endLease = compileOnce((db, lease: { readonly conversation: ConversationId; readonly owner: string }) =>
  db
    .deleteFrom('claims')
    .where('claims.conversation', '=', lease.conversation)
    .where('holder', '=', lease.owner)
    .returning(() => pendingEvent(lease.conversation).as('pending')),
);

const findPending = compileOnce((db, { conversation }: { readonly conversation: ConversationId }) =>
  db.selectNoFrom(pendingEvent(conversation).as('pending')),
);

/** Marks events as delivered; `at` is when they were handed to Temporal. */
export async function markEventsDispatched(
  trx: Transaction<Tables>,
  inboxIds: readonly number[],
  at: number,
): Promise<void> {
  const [inboxId] = inboxIds;
  if (inboxIds.length === 1 && inboxId !== undefined) await markOne(trx, { inboxId, at });
  else await markAll(trx, inboxIds, at).execute();
}

const markAll = (db: Kysely<Tables>, inboxIds: readonly number[], at: number) =>
  db.updateTable('inbox').set({ status: 'dispatched', dispatched_at: at }).where('id', 'in', inboxIds);

const markOne = compileOnce((db, { inboxId, at }: { readonly inboxId: number; readonly at: number }) =>
  markAll(db, [inboxId], at),
);

/** Temporal refuses this event for good; other systems are told. */
export async function markEventDead(
  trx: Transaction<Tables>,
  conversation: ConversationId,
  inboxId: number,
  { reason, at }: { readonly reason: string; readonly at: number },
): Promise<void> {
  const row = await trx
    .updateTable('inbox')
    .set({ status: 'dead', reason, dispatched_at: at })
    .where('id', '=', inboxId)
    .returning(['kind', 'page_id'])
    .executeTakeFirst();
  if (!row) return;
  const { kind, page_id: pageId } = row;
  // An event that is retried may die again.
  const event = { topic: 'dead-event', key: `${inboxId} ${at}`, conversation, pageId, at };
  await putEvent(trx, { ...event, data: { inboxId, kind, reason } });
}

const UNREADABLE = 'it cannot be decrypted with ENCRYPTION_KEYS';

/** The oldest pending events of each conversation, as many as one signal carries. */
export async function readPendingEvents(
  trx: Transaction<Tables>,
  conversations: ReadonlySet<ConversationId>,
): Promise<LeasedConversation[]> {
  const items = new Map([...conversations].map((conversation) => [conversation as string, [] as InboxItem[]]));
  const receivedAt = new Map<string, number>();
  if (conversations.size === 0) return [];
  const numbered = trx
    .selectFrom('inbox')
    .select((eb) => [
      'id',
      'at',
      'conversation',
      'dedupe_key',
      'event_json',
      'received_at',
      eb.fn
        .agg<number>('row_number')
        .over((over) => over.partitionBy('conversation').orderBy('at').orderBy('id'))
        .as('place'),
    ])
    .where('status', '=', sql.lit('pending'))
    .where('conversation', 'in', [...conversations]);
  const rows = await trx
    .selectFrom(numbered.as('numbered'))
    .select(['id', 'conversation', 'dedupe_key', 'event_json', 'received_at'])
    .where('place', '<=', EVENTS_PER_SIGNAL)
    .orderBy('at')
    .orderBy('id')
    .execute();
  const cipher = cipherOf(trx);
  for (const row of rows) {
    const inboxId = Number(row.id);
    const conversation = row.conversation as ConversationId;
    const { event_json } = cipher.openReadable('inbox', row).row;
    if (event_json === undefined) {
      // It must hold up neither the webhook that is being stored nor other conversations.
      await markEventDead(trx, conversation, inboxId, { reason: UNREADABLE, at: Date.now() });
      continue;
    }
    items.get(conversation)?.push({ inboxId, event: JSON.parse(event_json) as InboundEvent });
    receivedAt.set(conversation, Math.min(receivedAt.get(conversation) ?? Infinity, Number(row.received_at)));
  }
  return [...conversations].map((conversation) => ({
    conversation,
    items: items.get(conversation) ?? [],
    receivedAt: receivedAt.get(conversation),
  }));
}
