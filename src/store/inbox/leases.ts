/** Who dispatches a conversation at the moment. A claim ends by itself when its holder died. */

import { sql, type Transaction } from 'kysely';
import type { ConversationId } from '../../domain/conversation-id.ts';
import type { InboundEvent } from '../../messenger/inbound/inbound-event.ts';
import type { InboxItem } from '../../messenger/inbound/inbox-item.ts';
import type { Tables } from '../db/tables.ts';

export interface Lease {
  readonly owner: string;
  readonly now: number;
  readonly expiresAt: number;
}

/** A conversation that its holder alone may dispatch until the claim runs out. */
export interface LeasedConversation {
  readonly conversation: ConversationId;
  /** Oldest first, at most `EVENTS_PER_SIGNAL`. */
  readonly items: readonly InboxItem[];
}

/** One signal carries at most this many events, to stay far below the engine's payload limit. */
export const EVENTS_PER_SIGNAL = 50;

/** Takes those that are free, expired, or this holder's own already. */
export async function acquireLeases(
  trx: Transaction<Tables>,
  conversations: readonly ConversationId[],
  { owner, now, expiresAt }: Lease,
): Promise<LeasedConversation[]> {
  if (conversations.length === 0) return [];
  const taken = await trx
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
  return readPendingEvents(trx, new Set(taken.map((row) => row.conversation as ConversationId)));
}

export async function extendLease(
  trx: Transaction<Tables>,
  conversation: ConversationId,
  holder: string,
  until: number,
): Promise<void> {
  const ours = trx.updateTable('claims').set({ until }).where('conversation', '=', conversation);
  await ours.where('holder', '=', holder).execute();
}

export async function releaseLease(
  trx: Transaction<Tables>,
  conversation: ConversationId,
  holder: string,
): Promise<void> {
  await trx.deleteFrom('claims').where('conversation', '=', conversation).where('holder', '=', holder).execute();
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
