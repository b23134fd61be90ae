/** Leases: the exclusive right of a process to dispatch a conversation. They expire, so a dead owner blocks nobody. */

import { type Kysely, sql, type Transaction } from 'kysely';
import type { ConversationId } from '../../domain/conversation-id.ts';
import type { InboundEvent } from '../../messenger/inbound/inbound-event.ts';
import type { InboxItem } from '../../messenger/inbound/inbox-item.ts';
import type { Tables } from '../db/tables.ts';

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

/** Ends this owner's lease; does nothing when another owner has the lease by now. */
export async function releaseLease(
  trx: Transaction<Tables>,
  conversation: ConversationId,
  owner: string,
): Promise<void> {
  await trx.deleteFrom('claims').where('conversation', '=', conversation).where('holder', '=', owner).execute();
}

/** Whether events of a conversation wait for delivery. */
export async function hasPendingEvents(trx: Transaction<Tables>, conversation: ConversationId): Promise<boolean> {
  const row = await trx
    .selectFrom('inbox')
    .select('id')
    .where('status', '=', sql.lit('pending'))
    .where('conversation', '=', conversation)
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}

async function readPendingEvents(
  trx: Transaction<Tables>,
  conversations: ReadonlySet<ConversationId>,
): Promise<LeasedConversation[]> {
  const items = new Map([...conversations].map((conversation) => [conversation as string, [] as InboxItem[]]));
  if (conversations.size === 0) return [];
  const numbered = trx
    .selectFrom('inbox')
    .select((eb) => [
      'id',
      'at',
      'conversation',
      'event_json',
      eb.fn
        .agg<number>('row_number')
        .over((over) => over.partitionBy('conversation').orderBy('at').orderBy('id'))
        .as('place'),
    ])
    .where('status', '=', sql.lit('pending'))
    .where('conversation', 'in', [...conversations]);
  const rows = await trx
    .selectFrom(numbered.as('numbered'))
    .select(['id', 'conversation', 'event_json'])
    .where('place', '<=', EVENTS_PER_SIGNAL)
    .orderBy('at')
    .orderBy('id')
    .execute();
  for (const { id, conversation, event_json } of rows) {
    items.get(conversation ?? '')?.push({ inboxId: id, event: JSON.parse(event_json) as InboundEvent });
  }
  return [...conversations].map((conversation) => ({ conversation, items: items.get(conversation) ?? [] }));
}
