import type { ConversationId } from '../domain/conversation-id.ts';
import type { Database } from './db/database.ts';
import type { Write } from './db/group-commit.ts';
import type { Tables } from './db/tables.ts';
import { cipherOf } from './encryption/column-cipher.ts';

/** States of conversations, for the run after one that has ended, in whatever way. */
export interface Snapshots {
  /** The last state that was saved; `undefined` if none was. */
  find(conversation: ConversationId): Promise<unknown>;
  /** Replaces the state, unless the stored one is newer. `now` is epoch ms. */
  save(conversation: ConversationId, state: unknown, now: number): Promise<void>;
}

/** What tells a newer state from an older one; states of older versions lack the first. */
interface Age {
  readonly saves?: number;
  readonly lastTurnAt?: number;
}

/** Snapshots in the table `snapshots`. */
export function createSnapshots({ db }: Pick<Database, 'db'>, write: Write<Tables>): Snapshots {
  return {
    async find(conversation) {
      const row = await db
        .selectFrom('snapshots')
        .select(['conversation', 'state_json'])
        .where('conversation', '=', conversation)
        .executeTakeFirst();
      return row && (JSON.parse(cipherOf(db).open('snapshots', row).state_json) as unknown);
    },

    save: (conversation, state, now) =>
      write([conversation], async (trx) => {
        const row = await trx
          .selectFrom('snapshots')
          .select(['conversation', 'state_json'])
          .where('conversation', '=', conversation)
          .executeTakeFirst();
        const cipher = cipherOf(trx);
        const stored = row && cipher.open('snapshots', row);
        if (stored && isOlder(state as Age, JSON.parse(stored.state_json) as Age)) return;
        const state_json = JSON.stringify(state);
        const values = cipher.seal('snapshots', { conversation }, { state_json, saved_at: now });
        await trx
          .insertInto('snapshots')
          .values({ conversation, ...values })
          .onConflict((conflict) => conflict.column('conversation').doUpdateSet(values))
          .execute();
      }),
  };
}

/**
 * Whether a state is of a run that ended before the run of the stored one: its save may come late, from a worker that did not
 * hear of the end. It is behind in both: a clock that was set back changes only the time, and a run that is reset starts
 * counting again.
 */
function isOlder(state: Age, stored: Age): boolean {
  return (state.saves ?? 0) <= (stored.saves ?? 0) && (state.lastTurnAt ?? 0) < (stored.lastTurnAt ?? 0);
}
