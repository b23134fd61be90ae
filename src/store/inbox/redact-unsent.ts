/** Removes the content of messages that were unsent from the inbox. The transcript does the same for its lines. */

import type { Transaction } from 'kysely';
import { messageDedupeKey } from '../../messenger/inbound/dedupe-key.ts';
import type { InboundEvent } from '../../messenger/inbound/inbound-event.ts';
import { shortKey } from '../db/short-key.ts';
import type { Tables } from '../db/tables.ts';
import { storedInPlain } from '../encryption/encrypted.ts';

/** The id of the message whose content this event carries, if it can be unsent: Meta reports that for Instagram only. */
export function unsendableMid(event: InboundEvent): string | undefined {
  if (event.channel !== 'instagram') return undefined;
  return event.kind === 'message' || event.kind === 'edit' || event.kind === 'echo' ? event.mid : undefined;
}

/** Removes what is stored of an unsent message, whether the unsend or the message came first. */
export async function recordRedaction(trx: Transaction<Tables>, event: InboundEvent): Promise<void> {
  const mid = event.kind === 'unsend' && event.channel === 'instagram' ? event.mid : unsendableMid(event);
  if (mid === undefined) return;
  const { pageId } = event;
  const line = await trx
    .selectFrom('messages')
    .select('deleted_at')
    .where('page_id', '=', pageId)
    .where('mid', '=', shortKey(mid))
    .executeTakeFirst();
  if (line?.deleted_at == null) return;

  // Rows from before the column `mid` are found by their key; their edits got a `mid` in migration 008.
  const keys = (['message', 'echo'] as const).map((kind) => shortKey(messageDedupeKey(kind, pageId, mid)));
  const ofMessage = () =>
    trx
      .updateTable('inbox')
      .where((eb) =>
        eb.or([eb.and([eb('page_id', '=', pageId), eb('mid', '=', shortKey(mid))]), eb('dedupe_key', 'in', keys)]),
      );
  await ofMessage()
    .set({ status: 'stored', reason: 'taken back before a conversation heard it' })
    .where('status', 'in', ['pending', 'dead'])
    .execute();
  const nothing = storedInPlain('{}');
  await ofMessage().set({ event_json: nothing, raw_json: nothing }).execute();
}
