import type { Transaction } from 'kysely';
import { conversationParts, type ConversationId } from '../../domain/conversation-id.ts';
import { SENDABLE_MEDIA_TYPES } from '../../messenger/outbound/media.ts';
import { hiddenKey } from '../attachments.ts';
import type { Tables } from '../db/tables.ts';
import type { ReadableRow } from '../encryption/column-cipher.ts';
import type { Row } from './rows.ts';

/** A hash alone: the keys of files of the bot's folder have a type before it. */
const HIDDEN = `sha256:${'_'.repeat(64)}`;

/**
 * Forgets files that Meta stores and that were sent to a person by their address, which may name the person. Files of the bot's
 * folder are everybody's, but where keys are hidden nobody can tell them apart. Of a send that cannot be decrypted nobody knows which files
 * it had: all of the Page are forgotten. A file that is needed again is uploaded again.
 */
export async function forgetAttachments(
  trx: Transaction<Tables>,
  conversation: ConversationId,
  sends: readonly ReadableRow<Row>[],
): Promise<void> {
  const { pageId = '' } = conversationParts(conversation) ?? {};
  const isUnknown = sends.some(({ unreadable }) => unreadable.length > 0);
  const messages = sends.map(({ row }) => row['message_json']).filter((json) => typeof json === 'string');
  const named = new Set(messages.flatMap((json) => stringsIn(JSON.parse(json))));
  if (named.size === 0 && !isUnknown) return;
  const files = await trx
    .selectFrom('attachments')
    .select(['content_key', 'attachment_id'])
    .where('page_id', '=', pageId)
    .where((eb) => eb.or([eb('content_key', 'like', 'url:%'), eb('content_key', 'like', HIDDEN)]))
    .execute();
  const hidden = new Set(
    [...named].flatMap((text) => SENDABLE_MEDIA_TYPES.map((type) => hiddenKey(`url:${type}:${text}`))),
  );
  const theirs = files.filter(
    ({ content_key, attachment_id }) =>
      isUnknown ||
      named.has(attachment_id) ||
      named.has(content_key.split(':').slice(2).join(':')) ||
      hidden.has(content_key),
  );
  if (theirs.length === 0) return;
  const keys = theirs.map(({ content_key }) => content_key);
  await trx.deleteFrom('attachments').where('page_id', '=', pageId).where('content_key', 'in', keys).execute();
}

function stringsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(stringsIn) : [];
}
