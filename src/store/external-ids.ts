import { conversationParts, type ConversationId } from '../domain/conversation-id.ts';
import { MAX_EXTERNAL_IDS, type ExternalId } from '../domain/external-id.ts';
import type { Database } from './db/database.ts';
import type { Write } from './db/group-commit.ts';
import type { Tables } from './db/tables.ts';

/** An external id of a person, and since when. */
export interface LinkedExternalId extends ExternalId {
  /** Epoch ms, real time. */
  readonly linkedAt: number;
}

/** By which ids other systems know people: personal data, never logged. */
export interface ExternalIds {
  /**
   * Links ids to a person. On an account, an id belongs to the person who was linked last; a person keeps the newest
   * {@link MAX_EXTERNAL_IDS}.
   *
   * @param at Epoch ms, real time.
   * @returns the systems of ids that another person of the account had.
   */
  link(conversation: ConversationId, ids: readonly ExternalId[], at: number): Promise<readonly string[]>;
  /** Who has this id, on whatever account. */
  find(id: ExternalId): Promise<readonly ConversationId[]>;
  /** The ids of a person, oldest first. */
  list(conversation: ConversationId): Promise<readonly LinkedExternalId[]>;
}

/** External ids in the table `external_ids`. */
export function createExternalIds({ db }: Pick<Database, 'db'>, write: Write<Tables>): ExternalIds {
  return {
    link(conversation, ids, at) {
      const account = accountOf(conversation);
      // Two people may be linked to the same id at the same time: the account's links come one after the other.
      return write([`external_ids:${account}`], async (trx) => {
        const relinked = new Set<string>();
        for (const { system, id } of ids) {
          const key = { system, external_id: id, account };
          const before = await trx
            .selectFrom('external_ids')
            .select('conversation')
            .where((eb) => eb.and(key))
            .executeTakeFirst();
          if (before?.conversation === conversation) continue;
          if (before) relinked.add(system);
          await trx
            .insertInto('external_ids')
            .values({ ...key, conversation, linked_at: at })
            .onConflict((conflict) =>
              conflict.columns(['system', 'external_id', 'account']).doUpdateSet({ conversation, linked_at: at }),
            )
            .execute();
        }
        const surplus = await trx
          .selectFrom('external_ids')
          .select(['system', 'external_id'])
          .where('conversation', '=', conversation)
          .orderBy('linked_at', 'desc')
          .orderBy('external_id')
          .limit(ids.length)
          .offset(MAX_EXTERNAL_IDS)
          .execute();
        for (const oldest of surplus) {
          await trx
            .deleteFrom('external_ids')
            .where((eb) => eb.and({ ...oldest, account }))
            .execute();
        }
        return [...relinked];
      });
    },

    async find({ system, id }) {
      const rows = await db
        .selectFrom('external_ids')
        .select('conversation')
        .where((eb) => eb.and({ system, external_id: id }))
        .orderBy('account')
        .execute();
      return rows.map(({ conversation }) => conversation as ConversationId);
    },

    async list(conversation) {
      const rows = await db
        .selectFrom('external_ids')
        .select(['system', 'external_id', 'linked_at'])
        .where('conversation', '=', conversation)
        .orderBy('linked_at')
        .orderBy('external_id')
        .execute();
      return rows.map(({ system, external_id: id, linked_at: linkedAt }) => ({ system, id, linkedAt }));
    },
  };
}

function accountOf(conversation: ConversationId): string {
  const { channel, pageId } = conversationParts(conversation) ?? {};
  return `${channel}:${pageId}`;
}
