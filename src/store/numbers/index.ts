/** Numbers per day and Page, computed from what is stored. Days are of UTC. */

import { type Kysely, sql } from 'kysely';
import type { Database } from '../db/database.ts';
import type { MessagesTable, Tables } from '../db/tables.ts';
import { readHandoffWaits } from './handoff-waits.ts';
import { dayOfColumn, type DayRow, type NumbersQuery, type WaitTimes } from './per-day.ts';
import { readReplyTimes } from './replies.ts';
import { readSequenceSteps, type SequenceStep } from './sequence-steps.ts';

export type { WaitTimes };

/** The numbers of one day of one Page; a number that is missing is zero. */
export interface DayNumbers {
  /** Days since 1970, UTC. */
  readonly day: number;
  readonly pageId: string;
  readonly messages: Readonly<Partial<Record<MessagesTable['author'], number>>>;
  readonly firstReply: { readonly bot?: WaitTimes; readonly operator?: WaitTimes };
  /** Questions that the bot answered, by what of it did first: `plugin faq`. */
  readonly answeredBy: Readonly<Record<string, number>>;
  /** Questions that have no answer of the bot or of an operator. */
  readonly unanswered: number;
  /** People who waited for an operator: until one came, since then, or until the bot went on. */
  readonly handoffs: { readonly answered?: WaitTimes; readonly waiting: number; readonly leftToBot: number };
  readonly sequenceSteps: readonly SequenceStep[];
  /** Sends that the policy or Meta refused, by reason. */
  readonly refused: Readonly<Record<string, number>>;
  readonly leads: number;
}

/** Computes numbers. */
export interface Numbers {
  /** In the order of days, then of Pages; days without anything are left out. */
  read(query: NumbersQuery): Promise<readonly DayNumbers[]>;
}

/** Numbers from the tables `messages`, `sends`, `handoff_waits` and `leads`. */
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
        const day = dayOf(row);
        if (row.kind === 'none') day.unanswered = row.times.answered;
        else if (row.kind === 'by') day.answeredBy[row.by] = row.times.answered;
        else day.firstReply[row.kind] = row.times;
      }
      for (const { kind, times, ...row } of await readHandoffWaits(db, query)) {
        if (kind === 'answered') dayOf(row).handoffs.answered = times;
        else dayOf(row).handoffs[kind] = times.answered;
      }
      for (const { step, ...row } of await readSequenceSteps(db, query)) dayOf(row).sequenceSteps.push(step);
      for (const row of await readRefused(db, query)) dayOf(row).refused[row.code ?? 'unknown'] = Number(row.count);
      for (const row of await readLeads(db, query)) dayOf(row).leads = Number(row.count);
      return [...days.values()].toSorted((a, b) => a.day - b.day || (a.pageId < b.pageId ? -1 : 1));
    },
  };
}

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] extends object ? Mutable<T[Key]> : T[Key] };

function emptyDay(day: number, pageId: string): Mutable<DayNumbers> {
  return {
    day,
    pageId,
    messages: {},
    firstReply: {},
    answeredBy: {},
    unanswered: 0,
    handoffs: { waiting: 0, leftToBot: 0 },
    sequenceSteps: [],
    refused: {},
    leads: 0,
  };
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
