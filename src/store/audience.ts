/** Selects contacts by a query, in pages, however many there are. */

import { type Expression, type ExpressionBuilder, sql, type SqlBool } from 'kysely';
import type { ContactQuery } from '../domain/contact.ts';
import type { ConversationId } from '../domain/conversation-id.ts';
import { toContact, type Contact } from './contacts.ts';
import type { Database } from './db/database.ts';
import type { Tables } from './db/tables.ts';
import { cipherOf } from './encryption/column-cipher.ts';
import { toOpenBreaker, type OpenBreaker } from './page-circuit-breaker.ts';

/** A selected contact, with its Page's circuit breaker if it is open. */
export interface AudienceMember {
  readonly contact: Contact;
  readonly page?: OpenBreaker;
}

/** Which part of the selection to read. */
export interface MemberPage {
  /** The last conversation of the previous page; left out for the first. */
  readonly after?: ConversationId;
  readonly limit: number;
}

/** The contacts that a query selects. */
export interface Audience {
  /** One page, ordered by conversation id, so that no contact is skipped or repeated between pages. */
  page(query: ContactQuery, page: MemberPage, now: number): Promise<readonly AudienceMember[]>;
  /** The time zones that contacts have, each once; `null`: some have none. */
  timeZones(): Promise<readonly (string | null)[]>;
  /** How many contacts the query selects. */
  count(query: ContactQuery, now: number): Promise<number>;
}

/** The audience in the table `contacts`. */
export function createAudience({ db }: Pick<Database, 'db'>): Audience {
  return {
    async page(query, { after, limit }, now) {
      const rows = await db
        .selectFrom('contacts')
        .leftJoin('pages', 'pages.page_id', 'contacts.page_id')
        .selectAll('contacts')
        .select(['pages.hold', 'pages.hold_code', 'pages.held_since', 'pages.probe_at'])
        .where((eb) => isMember(eb, query, now))
        .where('contacts.conversation', '>', after ?? ('' as ConversationId))
        .orderBy('contacts.conversation')
        .limit(limit)
        .execute();
      const cipher = cipherOf(db);
      return rows.map((row) => {
        const page = toOpenBreaker(row);
        return { contact: toContact(cipher.open('contacts', row)), ...(page && { page }) };
      });
    },

    async timeZones() {
      const rows = await db.selectFrom('contacts').select('time_zone').distinct().execute();
      return rows.map(({ time_zone: timeZone }) => timeZone);
    },

    async count(query, now) {
      const { people } = await db
        .selectFrom('contacts')
        .select((eb) => eb.fn.countAll<number>().as('people'))
        .where((eb) => isMember(eb, query, now))
        .executeTakeFirstOrThrow();
      return Number(people);
    },
  };
}

function isMember(eb: ExpressionBuilder<Tables, 'contacts'>, query: ContactQuery, now: number): Expression<SqlBool> {
  const { all = [], any = [], none = [], activeWithinMs, leftLead, timeZones } = query;
  return eb.and([
    ...all.map(hasTag),
    ...(any.length > 0 ? [eb.or(any.map(hasTag))] : []),
    ...none.map((tag) => eb.not(hasTag(tag))),
    ...(activeWithinMs === undefined ? [] : [eb('contacts.window_opened_at', '>=', now - activeWithinMs)]),
    ...(timeZones === undefined ? [] : [hasTimeZone(eb, timeZones)]),
    ...(leftLead === undefined
      ? []
      : [
          eb.exists(
            eb
              .selectFrom('leads')
              .select('leads.lead_id')
              .whereRef('leads.conversation', '=', 'contacts.conversation')
              .where('leads.form', '=', leftLead),
          ),
        ]),
  ]);
}

function hasTimeZone(
  eb: ExpressionBuilder<Tables, 'contacts'>,
  timeZones: readonly (string | null)[],
): Expression<SqlBool> {
  const named = timeZones.filter((timeZone) => timeZone !== null);
  return eb.or([
    ...(named.length > 0 ? [eb('contacts.time_zone', 'in', named)] : []),
    ...(timeZones.includes(null) ? [eb('contacts.time_zone', 'is', null)] : []),
  ]);
}

/**
 * Tags are stored as a JSON list of strings. Within a string a quotation mark follows a backslash, so one after `[` or
 * `,` begins a tag: only whole tags match. (`like` ignores case on SQLite.)
 */
export function hasTag(tag: string): Expression<SqlBool> {
  const written = JSON.stringify(tag);
  const tags = sql.ref('contacts.tags');
  const without = (text: string) => sql`replace(coalesce(${tags}, ''), ${text}, '')`;
  return sql<SqlBool>`(${without(`[${written}`)} <> coalesce(${tags}, '') or ${without(`,${written}`)} <> coalesce(${tags}, ''))`;
}
