import type { Transaction } from 'kysely';
import type { InboundEvent } from '../../messenger/inbound/inbound-event.ts';
import { shortKey } from '../db/short-key.ts';
import type { Tables } from '../db/tables.ts';

/** Meta's clients allow 5 edits of a message. */
const MAX_EDITS = 20;

/** A person took a message back: what is stored of it must go, whichever of the two came first. */
export async function recordRedaction(trx: Transaction<Tables>, event: InboundEvent): Promise<void> {
  // Only Instagram tells of it.
  if (event.channel !== 'instagram') return;
  if (event.kind !== 'unsend' && event.kind !== 'message' && event.kind !== 'edit' && event.kind !== 'echo') return;
  const { pageId, mid } = event;
  const line = await trx
    .selectFrom('messages')
    .select('deleted_at')
    .where('page_id', '=', pageId)
    .where('mid', '=', shortKey(mid))
    .executeTakeFirst();
  if (line?.deleted_at == null) return;

  const edits = Array.from({ length: MAX_EDITS }, (_, index) => `edit:${pageId}:${mid}:${index + 1}`);
  const keys = [`message:${pageId}:${mid}`, `echo:${pageId}:${mid}`, ...edits].map(shortKey);
  const ofMessage = () => trx.updateTable('inbox').where('dedupe_key', 'in', keys);
  await ofMessage()
    .set({ status: 'stored', reason: 'taken back before a conversation heard it' })
    .where('status', 'in', ['pending', 'dead'])
    .execute();
  await ofMessage().set({ event_json: '{}', raw_json: '{}' }).execute();
}
