import type { Transaction } from 'kysely';
import { conversationParts, type ConversationId } from '../../domain/conversation-id.ts';
import type { Tables } from '../db/tables.ts';
import type { Row } from './rows.ts';

/**
 * Forgets files that Meta stores and that were sent to a person by their address, which may name the person. Files of the bot's
 * folder are everybody's. A file that is needed again is uploaded again.
 */
export async function forgetAttachments(
  trx: Transaction<Tables>,
  conversation: ConversationId,
  sends: readonly Row[],
): Promise<void> {
  const { pageId = '' } = conversationParts(conversation) ?? {};
  const named = new Set(sends.flatMap(({ message_json }) => stringsIn(JSON.parse(String(message_json)))));
  if (named.size === 0) return;
  const files = await trx
    .selectFrom('attachments')
    .select(['content_key', 'attachment_id'])
    .where('page_id', '=', pageId)
    .where('content_key', 'like', 'url:%')
    .execute();
  const theirs = files.filter(
    ({ content_key, attachment_id }) =>
      named.has(attachment_id) || named.has(content_key.split(':').slice(2).join(':')),
  );
  if (theirs.length === 0) return;
  const keys = theirs.map(({ content_key }) => content_key);
  await trx.deleteFrom('attachments').where('page_id', '=', pageId).where('content_key', 'in', keys).execute();
}

function stringsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(stringsIn) : [];
}
