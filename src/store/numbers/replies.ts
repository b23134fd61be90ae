import { type Kysely, sql } from 'kysely';
import type { Tables } from '../db/tables.ts';
import { DAY_MS, readWaits, type DayRow, type NumbersQuery, type WaitTimes } from './per-day.ts';

/** Questions by who answered: their waits; those that the bot answered by what of it did; those without an answer. */
export type ReplyRow = DayRow & { readonly times: WaitTimes } & (
    | { readonly kind: 'bot' | 'operator' | 'none' }
    | { readonly kind: 'by'; readonly by: string }
  );

const BY = 'by ';

/**
 * A question is a message of a person that follows none of theirs on that day. Its first reply is the first message of the
 * bot or of an operator after it, whatever the day, up to their next question.
 */
export async function readReplyTimes(
  db: Kysely<Tables>,
  { from, to, pages }: NumbersQuery,
): Promise<readonly ReplyRow[]> {
  const ofPages = pages ? sql`and page_id in (${sql.join([...pages, ''])})` : sql``;
  const rows = await readWaits(
    db,
    sql`lines as (
      select page_id, conversation, at, author,
        lag(author) over (partition by conversation order by at, mid) as previous
      from messages
      where at >= ${from} and at < ${to} ${ofPages}
    ),
    asked as (
      select page_id, conversation, at, lead(at) over (partition by conversation order by at) as next_at
      from lines
      where author = 'person' and (previous is null or previous <> 'person')
    ),
    replied as (
      select page_id, conversation, at / ${sql.lit(DAY_MS)} as day, at,
        (select min(m.at) from messages m where m.conversation = asked.conversation and m.author = 'bot'
          and m.at >= asked.at and (asked.next_at is null or m.at < asked.next_at)) as bot_at,
        (select min(m.at) from messages m where m.conversation = asked.conversation and m.author = 'human'
          and m.at >= asked.at and (asked.next_at is null or m.at < asked.next_at)) as operator_at
      from asked
    ),
    waits as (
      select page_id, day, 'bot' as kind, bot_at - at as wait_ms from replied where bot_at is not null
      union all
      select page_id, day, 'operator', operator_at - at from replied where operator_at is not null
      union all
      select page_id, day, 'none', 0 from replied where bot_at is null and operator_at is null
      union all
      select page_id, day, ${sql.lit(BY)} || coalesce((
          select s.source from messages m join sends s on s.send_id = m.send_id
          where m.conversation = replied.conversation and m.at = replied.bot_at and m.author = 'bot'
          order by m.mid limit 1
        ), 'unknown'), 0
      from replied where bot_at is not null
    )`,
  );
  return rows.map(({ kind, ...row }) =>
    kind.startsWith(BY)
      ? { ...row, kind: 'by', by: kind.slice(BY.length) }
      : { ...row, kind: kind as 'bot' | 'operator' | 'none' },
  );
}
