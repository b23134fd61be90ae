/** Numbers per day and Page, computed from what is stored. Days are of UTC. */

import { type Kysely, type RawBuilder, sql } from 'kysely';
import type { Database } from './db/database.ts';
import type { MessagesTable, Tables } from './db/tables.ts';

/** Which days and Pages. Epoch ms; `to` is the end of the last day. */
export interface NumbersQuery {
  readonly from: number;
  readonly to: number;
  /** Left out: all Pages. */
  readonly pages?: readonly string[] | undefined;
}

/** How long people waited for the first answer to what they wrote. */
export interface ReplyTimes {
  readonly answered: number;
  readonly p50Ms: number;
  readonly p95Ms: number;
}

/** The numbers of one day of one Page; a number that is missing is zero. */
export interface DayNumbers {
  /** Days since 1970, UTC. */
  readonly day: number;
  readonly pageId: string;
  readonly messages: Readonly<Partial<Record<MessagesTable['author'], number>>>;
  readonly firstReply: { readonly bot?: ReplyTimes; readonly operator?: ReplyTimes };
  /** Questions that have no answer of the bot or of an operator. */
  readonly unanswered: number;
  /** Sends that the policy or Meta refused, by reason. */
  readonly refused: Readonly<Record<string, number>>;
  readonly leads: number;
}

/** Computes numbers. */
export interface Numbers {
  /** In the order of days, then of Pages; days without anything are left out. */
  read(query: NumbersQuery): Promise<readonly DayNumbers[]>;
}

const DAY_MS = 86_400_000;

/** Numbers from the tables `messages`, `sends` and `leads`. */
export function createNumbers({ db }: Pick<Database, 'db'>): Numbers {
  return {
    async read(query) {
      const days = new Map<string, Mutable<DayNumbers>>();
      const dayOf = ({ day, page_id: pageId }: DayRow) => {
        const key = `${day} ${pageId}`;
        const known = days.get(key) ?? emptyDay(Number(day), pageId);
        days.set(key, known);
        return known;
      };
      for (const row of await readMessages(db, query)) dayOf(row).messages[row.author] = Number(row.count);
      for (const row of await readReplyTimes(db, query)) {
        const times = { answered: Number(row.answered), p50Ms: Number(row.p50), p95Ms: Number(row.p95) };
        if (row.kind === 'none') dayOf(row).unanswered = times.answered;
        else dayOf(row).firstReply[row.kind] = times;
      }
      for (const row of await readRefused(db, query)) dayOf(row).refused[row.code ?? 'unknown'] = Number(row.count);
      for (const row of await readLeads(db, query)) dayOf(row).leads = Number(row.count);
      return [...days.values()].toSorted((a, b) => a.day - b.day || (a.pageId < b.pageId ? -1 : 1));
    },
  };
}

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] extends object ? Mutable<T[Key]> : T[Key] };

function emptyDay(day: number, pageId: string): Mutable<DayNumbers> {
  return { day, pageId, messages: {}, firstReply: {}, unanswered: 0, refused: {}, leads: 0 };
}

interface DayRow {
  readonly day: number;
  readonly page_id: string;
}

/** Both databases divide whole numbers to whole numbers. */
function dayOfColumn(column: string): RawBuilder<number> {
  return sql<number>`${sql.ref(column)} / ${sql.lit(DAY_MS)}`;
}

function readMessages(db: Kysely<Tables>, { from, to, pages }: NumbersQuery) {
  let query = db
    .selectFrom('messages')
    .select(['page_id', 'author', dayOfColumn('at').as('day')])
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .where('at', '>=', from)
    .where('at', '<', to)
    .groupBy(['page_id', 'author', dayOfColumn('at')]);
  if (pages) query = query.where('page_id', 'in', [...pages, '']);
  return query.execute();
}

interface ReplyRow extends DayRow {
  readonly kind: 'bot' | 'operator' | 'none';
  readonly answered: number;
  readonly p50: number;
  readonly p95: number;
}

/**
 * A question is a message of a person that follows none of theirs on that day. Its first reply is the first message of the
 * bot or of an operator after it, whatever the day, up to their next question.
 */
async function readReplyTimes(db: Kysely<Tables>, { from, to, pages }: NumbersQuery): Promise<readonly ReplyRow[]> {
  const ofPages = pages ? sql`and page_id in (${sql.join([...pages, ''])})` : sql``;
  const { rows } = await sql<ReplyRow>`
    with lines as (
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
      select page_id, at / ${sql.lit(DAY_MS)} as day, at,
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
    ),
    ranked as (
      select page_id, day, kind, wait_ms,
        row_number() over (partition by page_id, day, kind order by wait_ms) as place,
        count(*) over (partition by page_id, day, kind) as answered
      from waits
    )
    select page_id, day, kind, max(answered) as answered,
      min(case when place >= (answered * 50 + 99) / 100 then wait_ms end) as p50,
      min(case when place >= (answered * 95 + 99) / 100 then wait_ms end) as p95
    from ranked
    group by page_id, day, kind`.execute(db);
  return rows;
}

function readRefused(db: Kysely<Tables>, { from, to, pages }: NumbersQuery) {
  let query = db
    .selectFrom('sends')
    .innerJoin('contacts', 'contacts.conversation', 'sends.conversation')
    .select(['contacts.page_id', 'sends.code', dayOfColumn('sends.created_at').as('day')])
    .select((eb) => eb.fn.countAll<number>().as('count'))
    // For the partial index.
    .where('sends.status', '!=', sql.lit('sent'))
    .where('sends.status', '=', 'refused')
    .where('sends.created_at', '>=', from)
    .where('sends.created_at', '<', to)
    .groupBy(['contacts.page_id', 'sends.code', dayOfColumn('sends.created_at')]);
  if (pages) query = query.where('contacts.page_id', 'in', [...pages, '']);
  return query.execute();
}

function readLeads(db: Kysely<Tables>, { from, to, pages }: NumbersQuery) {
  let query = db
    .selectFrom('leads')
    .innerJoin('contacts', 'contacts.conversation', 'leads.conversation')
    .select(['contacts.page_id', dayOfColumn('leads.at').as('day')])
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .where('leads.at', '>=', from)
    .where('leads.at', '<', to)
    .groupBy(['contacts.page_id', dayOfColumn('leads.at')]);
  if (pages) query = query.where('contacts.page_id', 'in', [...pages, '']);
  return query.execute();
}
