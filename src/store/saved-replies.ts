import { randomUUID } from 'node:crypto';
import { type ExpressionBuilder, sql, type Transaction } from 'kysely';
import { nameKey } from '../domain/name-key.ts';
import type { Database } from './db/database.ts';
import type { Write } from './db/group-commit.ts';
import type { SavedRepliesTable, Tables } from './db/tables.ts';
import { cipherOf, type Opened } from './encryption/column-cipher.ts';

/** A text that operators send again and again. */
export interface SavedReply {
  readonly replyId: string;
  /** Unique for its Page, whatever its case. */
  readonly name: string;
  /** The Page whose operators use it; left out: all Pages. */
  readonly pageId?: string | undefined;
  /** May have placeholders: see `domain/saved-reply.ts`. */
  readonly text: string;
}

/** What is saved of a reply. */
export type SavedReplyFields = Omit<SavedReply, 'replyId'>;

/** The place of a reply in the list, which is sorted by name. */
export interface SavedReplyPlace {
  readonly nameKey: string;
  readonly replyId: string;
}

/** Which saved replies to list. */
export interface SavedReplyPage {
  /** Those of these Pages and those of all Pages; `undefined`: every one. */
  readonly pages: readonly string[] | undefined;
  /** One of these Pages hides one of all Pages with the same name. Default: no. */
  readonly hidesGeneral?: boolean;
  readonly after?: SavedReplyPlace | undefined;
  readonly limit: number;
}

/** Texts that operators send again and again. */
export interface SavedReplies {
  /** By name. */
  list(page: SavedReplyPage): Promise<readonly SavedReply[]>;
  find(replyId: string): Promise<SavedReply | undefined>;
  /** The reply of that name for a Page: its own before one of all Pages. */
  findForPage(pageId: string, name: string): Promise<SavedReply | undefined>;
  /** Resolves to `undefined` if a reply for the same Page, or for all, has this name. */
  add(fields: SavedReplyFields): Promise<SavedReply | undefined>;
  change(replyId: string, fields: SavedReplyFields): Promise<'changed' | 'unknown' | 'name_taken'>;
  /** Resolves to `false` if there is no such reply. */
  remove(replyId: string): Promise<boolean>;
}

/** Of a reply for all Pages; no Page has it as its id. */
const ALL_PAGES = '';
/** One after the other, so that a name is compared with those that are there. */
const LOCK_KEYS = ['saved replies'];

/** Saved replies in the table `saved_replies`. */
export function createSavedReplies({ db }: Pick<Database, 'db'>, write: Write<Tables>): SavedReplies {
  const toOpened = (row: SavedRepliesTable) => toSavedReply(cipherOf(db).open('saved_replies', row));

  return {
    async list({ pages, hidesGeneral = false, after, limit }) {
      let query = db.selectFrom('saved_replies').selectAll().orderBy('name_key').orderBy('reply_id').limit(limit);
      if (pages) query = query.where('page_id', 'in', [ALL_PAGES, ...pages]);
      if (after) query = query.where((eb) => isBeyond(eb, after));
      if (pages && hidesGeneral) query = query.where((eb) => isNotHidden(eb, pages));
      return (await query.execute()).map(toOpened);
    },

    async find(replyId) {
      const row = await db.selectFrom('saved_replies').selectAll().where('reply_id', '=', replyId).executeTakeFirst();
      return row && toOpened(row);
    },

    async findForPage(pageId, name) {
      const row = await db
        .selectFrom('saved_replies')
        .selectAll()
        .where('name_key', '=', nameKey(name))
        .where('page_id', 'in', [pageId, ALL_PAGES])
        .orderBy(sql`case when page_id = '' then 1 else 0 end`)
        .executeTakeFirst();
      return row && toOpened(row);
    },

    add: (fields) =>
      write(LOCK_KEYS, async (trx) => {
        const replyId = randomUUID();
        const { numInsertedOrUpdatedRows } = await trx
          .insertInto('saved_replies')
          .values({ reply_id: replyId, ...toColumns(trx, replyId, fields) })
          .onConflict((conflict) => conflict.columns(['name_key', 'page_id']).doNothing())
          .executeTakeFirst();
        return Number(numInsertedOrUpdatedRows) === 0 ? undefined : { replyId, ...fields };
      }),

    change: (replyId, fields) =>
      write(LOCK_KEYS, async (trx) => {
        const columns = toColumns(trx, replyId, fields);
        const other = await trx
          .selectFrom('saved_replies')
          .select('reply_id')
          .where('name_key', '=', columns.name_key)
          .where('page_id', '=', columns.page_id)
          .where('reply_id', '!=', replyId)
          .executeTakeFirst();
        if (other) return 'name_taken' as const;
        const { numUpdatedRows } = await trx
          .updateTable('saved_replies')
          .set(columns)
          .where('reply_id', '=', replyId)
          .executeTakeFirst();
        return Number(numUpdatedRows) > 0 ? ('changed' as const) : ('unknown' as const);
      }),

    remove: (replyId) =>
      write(LOCK_KEYS, async (trx) => {
        const { numDeletedRows } = await trx
          .deleteFrom('saved_replies')
          .where('reply_id', '=', replyId)
          .executeTakeFirst();
        return Number(numDeletedRows) > 0;
      }),
  };
}

function isBeyond(eb: ExpressionBuilder<Tables, 'saved_replies'>, { nameKey: key, replyId }: SavedReplyPlace) {
  return eb.or([eb('name_key', '>', key), eb.and([eb('name_key', '=', key), eb('reply_id', '>', replyId)])]);
}

function isNotHidden(eb: ExpressionBuilder<Tables, 'saved_replies'>, pages: readonly string[]) {
  const own = eb
    .selectFrom('saved_replies as own')
    .select('own.reply_id')
    .whereRef('own.name_key', '=', 'saved_replies.name_key')
    .where('own.page_id', 'in', pages);
  return eb.or([eb('page_id', '!=', ALL_PAGES), eb.not(eb.exists(own))]);
}

function toColumns(
  trx: Transaction<Tables>,
  replyId: string,
  { name, pageId, text }: SavedReplyFields,
): Omit<SavedRepliesTable, 'reply_id'> {
  const words = cipherOf(trx).seal('saved_replies', { reply_id: replyId }, { text });
  return { name_key: nameKey(name), name, page_id: pageId ?? ALL_PAGES, ...words };
}

function toSavedReply({ reply_id: replyId, name, page_id, text }: Opened<SavedRepliesTable>): SavedReply {
  return { replyId, name, text, ...(page_id !== ALL_PAGES && { pageId: page_id }) };
}
