/** Puts events into the outbox, in the transaction that writes what they tell of: neither is there without the other. */

import { createHash } from 'node:crypto';
import { type Kysely, sql, type Transaction } from 'kysely';
import { isWanted, type OutgoingEvent } from '../../domain/outgoing-event.ts';
import type { Tables } from '../db/tables.ts';
import { cipherOf } from '../encryption/column-cipher.ts';

/** How long after an event its delivery is tried: a weekend without a receiver loses none. */
export const MAX_RETRY_MS = 4 * 86_400_000;

/**
 * Adds a row for each enabled destination that wants the event. The same event again adds none. The transaction must have
 * locked the line of the event, as {@link lineOf} names it.
 */
export async function putEvent(trx: Transaction<Tables>, event: OutgoingEvent): Promise<void> {
  const names = chooseDestinations(await readTopicChoices(trx), event);
  if (names.length === 0) return;
  const { conversation, pageId, at, data } = event;
  // PostgreSQL stores no NUL.
  const topic = event.topic.replaceAll('\0', '');
  const now = Date.now();
  const line = lineOf(event);
  const eventId = eventIdOf(event);
  const cipher = cipherOf(trx);
  const content = { data_json: JSON.stringify(data) };
  for (const destination of names) {
    const isFirst = !(await hasPending(trx, destination, line));
    await trx
      .insertInto('outbox')
      .values({
        destination,
        event_id: eventId,
        topic,
        line,
        conversation: conversation ?? null,
        page_id: pageId,
        at,
        ...cipher.seal('outbox', { event_id: eventId, destination }, content),
        status: 'pending',
        attempts: 0,
        due_at: isFirst ? now : null,
        give_up_at: now + MAX_RETRY_MS,
        trouble: null,
        settled_at: null,
      })
      .onConflict((conflict) => conflict.columns(['event_id', 'destination']).doNothing())
      .execute();
  }
}

/** The events of one line are posted one after the other. It is a lock key of all who write its rows. */
export function lineOf({ conversation, pageId }: Pick<OutgoingEvent, 'conversation' | 'pageId'>): string {
  return conversation ?? pageId;
}

/** What an enabled destination wants. */
interface TopicChoice {
  readonly name: string;
  readonly topics: readonly string[];
  /** Null: all. */
  readonly pages: readonly string[] | null;
}

/** What each enabled destination wants. */
export async function readTopicChoices(db: Kysely<Tables>): Promise<readonly TopicChoice[]> {
  const rows = await db
    .selectFrom('destinations')
    .select(['name', 'topics_json', 'pages_json'])
    .where('disabled_at', 'is', null)
    .orderBy('name')
    .execute();
  return rows.map(({ name, topics_json, pages_json }) => ({
    name,
    topics: JSON.parse(topics_json) as string[],
    pages: pages_json === null ? null : (JSON.parse(pages_json) as string[]),
  }));
}

/** The names of the destinations that want an event. */
export function chooseDestinations(
  choices: readonly TopicChoice[],
  { topic, pageId }: Pick<OutgoingEvent, 'topic' | 'pageId'>,
): readonly string[] {
  return choices
    .filter(({ topics, pages }) => isWanted(topics, topic) && (pages === null || pages.includes(pageId)))
    .map(({ name }) => name);
}

/** Whether events of a line wait for a destination. */
export async function hasPending(db: Kysely<Tables>, destination: string, line: string): Promise<boolean> {
  const first = await firstPending(db, destination, line);
  return first !== undefined;
}

/** The id of the row that is to be posted before all others of its line. */
export async function firstPending(db: Kysely<Tables>, destination: string, line: string): Promise<number | undefined> {
  const row = await db
    .selectFrom('outbox')
    .select('id')
    .where('destination', '=', destination)
    .where('line', '=', line)
    .where('status', '=', sql.lit('pending'))
    .orderBy('id')
    .limit(1)
    .executeTakeFirst();
  return row && Number(row.id);
}

/** `webhook-id`: made of the event alone, so that it is the same in every process; it has nothing of the person in it. */
function eventIdOf({ topic, key, conversation, pageId }: OutgoingEvent): string {
  const parts = JSON.stringify([topic, conversation ?? pageId, key]);
  return `msg_${createHash('sha256').update(parts).digest('base64url').slice(0, 27)}`;
}
