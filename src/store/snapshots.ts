import type { ConversationId } from '../domain/conversation-id.ts';
import type { Database } from './db/database.ts';
import type { Write } from './db/group-commit.ts';
import type { Tables } from './db/tables.ts';

/** States of conversations whose workflow has ended, for the next run. */
export interface Snapshots {
  /** The state that a conversation closed with; `undefined` if it never closed. */
  find(conversation: ConversationId): Promise<unknown>;
  /** Replaces the state. `now` is epoch ms. */
  save(conversation: ConversationId, state: unknown, now: number): Promise<void>;
}

/** Snapshots in the table `snapshots`. */
export function createSnapshots({ db }: Pick<Database, 'db'>, write: Write<Tables>): Snapshots {
  return {
    async find(conversation) {
      const row = await db
        .selectFrom('snapshots')
        .select('state_json')
        .where('conversation', '=', conversation)
        .executeTakeFirst();
      return row && (JSON.parse(row.state_json) as unknown);
    },

    save: (conversation, state, now) =>
      write([conversation], async (trx) => {
        const values = { state_json: JSON.stringify(state), saved_at: now };
        await trx
          .insertInto('snapshots')
          .values({ conversation, ...values })
          .onConflict((conflict) => conflict.column('conversation').doUpdateSet(values))
          .execute();
      }),
  };
}
