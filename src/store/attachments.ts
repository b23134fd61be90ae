/** Ids of files that were uploaded to Meta for a Page, so that each file is uploaded once. */

import { createHash } from 'node:crypto';
import type { Database } from './db/database.ts';
import type { Write } from './db/group-commit.ts';
import type { Tables } from './db/tables.ts';
import { cipherOf } from './encryption/column-cipher.ts';

/** Uploaded files by Page and content. Real time, epoch ms. */
export interface UploadedAttachments {
  /** Meta's id of this content for this Page, unless it has expired. */
  find(pageId: string, contentKey: string, now: number): Promise<string | undefined>;
  /** Records an upload. */
  save(pageId: string, contentKey: string, attachmentId: string, now: number): Promise<void>;
  /** Deletes an id that Meta no longer knows. */
  forget(pageId: string, attachmentId: string): Promise<void>;
}

/** An `attachment_id` is good for 90 days (Meta, saving-assets, read 2026-10-06); a day less is safe. */
const UPLOAD_REUSE_MS = 89 * 24 * 3_600_000;

/** The uploads in the table `attachments`. */
export function createUploadedAttachments({ db }: Pick<Database, 'db'>, write: Write<Tables>): UploadedAttachments {
  const storedKey = (contentKey: string) =>
    cipherOf(db).newestPrefix === undefined ? contentKey : hiddenKey(contentKey);

  return {
    async find(pageId, contentKey, now) {
      const row = await db
        .selectFrom('attachments')
        .select('attachment_id')
        .where('page_id', '=', pageId)
        .where('content_key', '=', storedKey(contentKey))
        .where('uploaded_at', '>', now - UPLOAD_REUSE_MS)
        .executeTakeFirst();
      return row?.attachment_id;
    },
    save: (page_id, contentKey, attachment_id, uploaded_at) =>
      write([page_id], async (trx) => {
        const content_key = storedKey(contentKey);
        await trx
          .insertInto('attachments')
          .values({ page_id, content_key, attachment_id, uploaded_at })
          .onConflict((conflict) =>
            conflict.columns(['page_id', 'content_key']).doUpdateSet({ attachment_id, uploaded_at }),
          )
          .execute();
      }),
    forget: (pageId, attachmentId) =>
      write([pageId], async (trx) => {
        await trx
          .deleteFrom('attachments')
          .where('page_id', '=', pageId)
          .where('attachment_id', '=', attachmentId)
          .execute();
      }),
  };
}

/** What stands for a key where names and addresses are encrypted: a key may have one in it. */
export function hiddenKey(contentKey: string): string {
  return `sha256:${createHash('sha256').update(contentKey).digest('hex')}`;
}
