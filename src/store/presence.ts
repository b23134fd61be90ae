/** Which operators look at a conversation: rows that end by themselves, so that nobody has to say that they left. Real time. */

import type { ConversationId } from '../domain/conversation-id.ts';
import type { Database } from './db/database.ts';
import type { Write } from './db/group-commit.ts';
import type { PresenceTable, Tables } from './db/tables.ts';

/** What an operator does in a conversation. */
export type PresenceState = PresenceTable['state'];

/** An operator who is there now. */
export interface PresentOperator {
  readonly conversation: ConversationId;
  /** The operator's name. */
  readonly operator: string;
  readonly state: PresenceState;
}

/** Who looks at which conversation; never of people, and never in the operator log. */
export interface Presence {
  /** An operator looks or types; without a repetition that ends after {@link PRESENCE_MS}. Says nothing new: writes nothing. */
  show(present: PresentOperator, now: number): Promise<void>;
  /** An operator is gone. */
  end(conversation: ConversationId, operator: string): Promise<void>;
  /** Who is there, by name. */
  list(conversations: readonly ConversationId[], now: number): Promise<readonly PresentOperator[]>;
  /** Removes those who went without a word, so that live updates hear of it. */
  expire(now: number): Promise<void>;
}

/** How long an operator is there without a repetition. */
export const PRESENCE_MS = 30_000;
/** A repetition within this time is not written. */
const MIN_RENEWAL_MS = 10_000;
const LOCK_KEYS = ['presence'];
/** Lost in a power cut, it is said again within seconds. */
const LAZY = { durability: 'lazy' } as const;

/** Presence in the table `presence`. */
export function createPresence({ db }: Pick<Database, 'db'>, write: Write<Tables>): Presence {
  return {
    async show({ conversation, operator, state }, now) {
      const known = await db
        .selectFrom('presence')
        .select(['state', 'expires_at'])
        .where('conversation', '=', conversation)
        .where('operator', '=', operator)
        .executeTakeFirst();
      if (known?.state === state && Number(known.expires_at) > now + PRESENCE_MS - MIN_RENEWAL_MS) return;
      const row = { state, expires_at: now + PRESENCE_MS };
      await write(
        LOCK_KEYS,
        (trx) =>
          trx
            .insertInto('presence')
            .values({ conversation, operator, ...row })
            .onConflict((conflict) => conflict.columns(['conversation', 'operator']).doUpdateSet(row))
            .execute(),
        LAZY,
      );
    },

    async end(conversation, operator) {
      const ofOperator = { conversation, operator };
      const known = db
        .selectFrom('presence')
        .select('state')
        .where((eb) => eb.and(ofOperator));
      if (!(await known.executeTakeFirst())) return;
      await write(
        LOCK_KEYS,
        (trx) =>
          trx
            .deleteFrom('presence')
            .where((eb) => eb.and(ofOperator))
            .execute(),
        LAZY,
      );
    },

    async list(conversations, now) {
      if (conversations.length === 0) return [];
      const rows = await db
        .selectFrom('presence')
        .select(['conversation', 'operator', 'state'])
        .where('conversation', 'in', conversations)
        .where('expires_at', '>', now)
        .orderBy('operator')
        .execute();
      return rows.map((row) => ({ ...row, conversation: row.conversation as ConversationId }));
    },

    async expire(now) {
      const over = await db
        .selectFrom('presence')
        .select('operator')
        .where('expires_at', '<=', now)
        .limit(1)
        .executeTakeFirst();
      if (over)
        await write(LOCK_KEYS, (trx) => trx.deleteFrom('presence').where('expires_at', '<=', now).execute(), LAZY);
    },
  };
}
