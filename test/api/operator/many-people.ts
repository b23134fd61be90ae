import type { Database } from '../../../src/store/db/database.ts';
import { storedInPlain } from '../../../src/store/encryption/encrypted.ts';
import { PAGE } from '../../support/events.ts';

const ROWS_PER_INSERT = 500;

export interface ManyPeople {
  readonly people: number;
  readonly messagesEach: number;
}

/**
 * Writes people who wrote, past the store's functions: every 50th waits, every second of those is snoozed, every 10th has a tag,
 * every 3rd was seen.
 */
export async function manyPeople(db: Database['db'], { people, messagesEach }: ManyPeople): Promise<void> {
  const now = Date.now();
  const each = Array.from({ length: people }, (_, n) => {
    const psid = String(6_120_000_000_000_000 + n);
    return { n, psid, conversation: `messenger:${PAGE}:${psid}`, at: now - n * 5000 };
  });
  const contacts = each.map(({ n, psid, conversation, at }) => ({
    conversation,
    page_id: PAGE,
    psid,
    first_seen_at: at,
    last_seen_at: at,
    window_opened_at: at,
    first_name: storedInPlain(`Name${n}`),
    last_name: storedInPlain('Example'),
    tags: n % 10 === 0 ? '["vip"]' : null,
  }));
  const handoffs = each
    .filter(({ n }) => n % 50 === 0 || n % 3 === 0)
    .map(({ n, conversation, at }) => ({
      conversation,
      state: n % 50 === 0 ? ('waiting' as const) : ('bot' as const),
      reason: n % 50 === 0 ? storedInPlain('asked for a person') : null,
      waiting_since: n % 50 === 0 ? at : null,
      updated_at: at,
      seen_at: n % 3 === 0 ? at : null,
      snoozed_until: n % 100 === 0 ? now + 3_600_000 : null,
      snoozed_after: n % 100 === 0 ? at : null,
    }));
  const messages = each.flatMap(({ n, conversation, at }) =>
    Array.from({ length: messagesEach }, (_, m) => ({
      page_id: PAGE,
      mid: `m_${n}_${m}`,
      conversation,
      author: m % 2 === 0 ? ('person' as const) : ('bot' as const),
      text: storedInPlain(`Message ${m} about parcel ${n}`),
      at: at - (messagesEach - 1 - m) * 1000,
    })),
  );
  await db.transaction().execute(async (trx) => {
    for (const rows of chunks(contacts)) await trx.insertInto('contacts').values(rows).execute();
    for (const rows of chunks(handoffs)) await trx.insertInto('handoffs').values(rows).execute();
    for (const rows of chunks(messages)) await trx.insertInto('messages').values(rows).execute();
  });
}

function* chunks<T>(rows: readonly T[]): Iterable<readonly T[]> {
  for (let start = 0; start < rows.length; start += ROWS_PER_INSERT) yield rows.slice(start, start + ROWS_PER_INSERT);
}
