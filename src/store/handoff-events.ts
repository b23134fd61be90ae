/** What other systems are told of handoffs: a person waits, an operator answers, the bot answers again, nobody has answered. */

import type { Kysely, Transaction } from 'kysely';
import { conversationParts, type ConversationId } from '../domain/conversation-id.ts';
import type { Handoff, HandoffChange } from '../domain/handoff.ts';
import type { OwnTopic } from '../domain/outgoing-event.ts';
import { findContact } from './contacts.ts';
import type { Database } from './db/database.ts';
import type { Write } from './db/group-commit.ts';
import type { Tables } from './db/tables.ts';
import { cipherOf } from './encryption/column-cipher.ts';
import { putEvent } from './outbox/put-event.ts';

/** A person who waits for an operator. Epoch ms, by the person's clock. */
export interface OpenWait {
  readonly conversation: ConversationId;
  readonly since: number;
}

/** People who wait, and of whom no destination was told that nobody has answered. */
export interface UnansweredWaits {
  /** Those who wait longest first. */
  list(limit: number): Promise<readonly OpenWait[]>;
  /** Puts the event into the outbox, once, if the person still waits. `now`: real time; `at`: by the person's clock. */
  tell(wait: OpenWait, times: { readonly now: number; readonly at: number }): Promise<void>;
}

const TOPICS = {
  waiting: 'handoff',
  operator: 'handoff.taken',
  bot: 'handoff.ended',
} as const satisfies Record<HandoffChange['state'], OwnTopic>;

/** Puts the event of a change into the outbox, in the transaction that records it, if another than before answers now. */
export async function putHandoffEvent(
  trx: Transaction<Tables>,
  conversation: ConversationId,
  before: Handoff | undefined,
  change: HandoffChange,
): Promise<void> {
  const { state, at } = change;
  const by = state === 'operator' ? change.by : undefined;
  if (state === (before?.state ?? 'bot') && by === before?.heldBy) return;
  const data = {
    ...(state !== 'bot' && { reason: change.reason }),
    ...(by !== undefined && { by }),
    name: await nameOf(trx, conversation),
  };
  const key = `${at} ${by ?? ''}`;
  await putEvent(trx, { topic: TOPICS[state], key, conversation, pageId: pageOf(conversation), at, data });
}

/** Waits in the table `handoff_waits`. */
export function createUnansweredWaits({ db }: Pick<Database, 'db'>, write: Write<Tables>): UnansweredWaits {
  return {
    async list(limit) {
      const rows = await db
        .selectFrom('handoff_waits')
        .select(['conversation', 'since'])
        .where('ended_at', 'is', null)
        .where('unanswered_at', 'is', null)
        .orderBy('since')
        .limit(limit)
        .execute();
      return rows.map(({ conversation, since }) => ({
        conversation: conversation as ConversationId,
        since: Number(since),
      }));
    },

    tell: ({ conversation, since }, { now, at }) =>
      write([conversation], async (trx) => {
        const { numUpdatedRows } = await trx
          .updateTable('handoff_waits')
          .set({ unanswered_at: now })
          .where('conversation', '=', conversation)
          .where('since', '=', since)
          .where('ended_at', 'is', null)
          .where('unanswered_at', 'is', null)
          .executeTakeFirst();
        if (Number(numUpdatedRows) === 0) return;
        const row = await trx
          .selectFrom('handoffs')
          .select(['conversation', 'reason'])
          .where('conversation', '=', conversation)
          .executeTakeFirst();
        const reason = row && cipherOf(trx).open('handoffs', row).reason;
        const data = {
          waitingSince: new Date(since).toISOString(),
          ...(reason != null && { reason }),
          name: await nameOf(trx, conversation),
        };
        const event = { topic: 'handoff.unanswered', key: String(since), conversation, pageId: pageOf(conversation) };
        await putEvent(trx, { ...event, at, data });
      }),
  };
}

/** The person's name, as Meta tells it; null: it is not known. */
async function nameOf(db: Kysely<Tables>, conversation: ConversationId): Promise<string | null> {
  const { firstName, lastName } = (await findContact(db, conversation)) ?? {};
  return [firstName, lastName].filter((name) => name !== undefined && name !== '').join(' ') || null;
}

function pageOf(conversation: ConversationId): string {
  return conversationParts(conversation)?.pageId ?? '';
}
